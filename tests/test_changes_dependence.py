"""Dependence and complexity: hand-sized worlds, a slow second way, and the field's own package."""

from __future__ import annotations

import warnings
from collections import defaultdict

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from amur.changes.coded import CodedFlows, _is_ordered, code_flows
from amur.changes.complexity import complexity, complexity_of
from amur.changes.dependence import (
    CRITERIA,
    BlocThresholds,
    Thresholds,
    bloc_indicators,
    churn,
    dependence,
    import_concentration,
    persistence,
    suppliers_of,
)
from amur.errors import FlowsError, MeasureError

# Sums in another order differ by roundings only.
ROUNDING = 1e-12
# What the issue asks against the field's package.
PACKAGE = 1e-10

COUNTRIES = ["AUT", "BEL", "CHE", "DNK", "EST"]
PRODUCTS = ["01", "02", "03"]

flow = st.tuples(st.sampled_from(COUNTRIES), st.sampled_from(COUNTRIES), st.sampled_from(PRODUCTS))
worlds = st.dictionaries(flow.filter(lambda key: key[0] != key[1]), st.floats(0.01, 1e6), min_size=1, max_size=40)
World = dict[tuple[str, str, str], float]


def frame(world: World) -> pl.DataFrame:
    keys = list(world)
    return pl.DataFrame(
        {
            "exporter": [key[0] for key in keys],
            "importer": [key[1] for key in keys],
            "product": [key[2] for key in keys],
            "value_usd": list(world.values()),
        },
        schema_overrides={"value_usd": pl.Float64},
    )


def by_hand(world: World) -> dict[tuple[str, str], dict[str, float]]:
    """The definitions written out with plain loops."""
    bought: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    sold: dict[tuple[str, str], float] = defaultdict(float)
    for (exporter, importer, product), value in world.items():
        bought[importer, product][exporter] = value
        sold[exporter, product] += value
    out = {}
    for (importer, product), suppliers in bought.items():
        imports = sum(suppliers.values())
        top = min(name for name, value in suppliers.items() if value == max(suppliers.values()))
        of_product = {name: value for (name, item), value in sold.items() if item == product}
        all_sold = sum(of_product.values())
        own = sold.get((importer, product), 0.0)
        out[importer, product] = {
            "imports": imports,
            "suppliers": len(suppliers),
            "import_hhi": sum((value / imports) ** 2 for value in suppliers.values()),
            "top_supplier": top,
            "top_share": suppliers[top] / imports,
            "exports": own,
            "world_exports": all_sold,
            "world_hhi": sum((value / all_sold) ** 2 for value in of_product.values()),
            "imports_to_exports": imports / own if own else float("inf"),
            "residual_supply": max(all_sold - of_product[top] - own, 0) / imports,
            "top_share_of_world": of_product[top] / all_sold,
        }
    return out


@pytest.mark.parametrize(
    ("rows", "ordered"),
    [
        (["ABx", "ABy", "ACx", "BAx", "BAz"], True),
        (["BAx", "BAz", "ABx", "ABy"], True),
        (["ABx"], True),
        (["ACx", "BCx"], True),
        (["ABx", "ACx"], True),
        (["ABx", "ABx"], False),
        (["ABy", "ABx"], False),
        (["ABx", "ACx", "ABx"], False),
        (["ABx", "ACx", "ABy"], False),
        (["ABx", "ABy", "ACx", "ACx"], False),
    ],
)
def test_a_table_in_order_is_known_to_have_no_copies(rows: list[str], ordered: bool) -> None:
    exporter, importer, product = (np.array([names.index(row[k]) for row in rows])
                                   for k, names in enumerate(("ABC", "ABC", "xyz")))  # fmt: skip
    coded = CodedFlows(("A", "B", "C"), ("x", "y", "z"), exporter, importer, product, np.ones(len(rows)))
    assert bool(_is_ordered(coded)) is ordered
    table = pl.DataFrame(
        {
            "exporter": [row[0] for row in rows],
            "importer": [row[1] for row in rows],
            "product": [row[2] for row in rows],
            "value_usd": 1.0,
        }
    )
    if len(set(rows)) == len(rows):
        assert len(code_flows(table).value) == len(rows)
    else:
        with pytest.raises(FlowsError, match="1 rows repeat"):
            code_flows(table)


@given(worlds)
def test_every_column_is_what_plain_loops_give(world: World) -> None:
    expected = by_hand(world)
    rows = dependence(frame(world)).to_dicts()
    assert {(row["importer"], row["product"]) for row in rows} == expected.keys()
    for row in rows:
        for name, value in expected[row["importer"], row["product"]].items():
            if name == "residual_supply":
                # A difference of sums: exact up to rounding of the sums themselves.
                scale = row["world_exports"] / row["imports"]
                assert row[name] == pytest.approx(value, rel=1e-9, abs=ROUNDING * scale * 10)
            else:
                assert row[name] == pytest.approx(value, rel=1e-9) if isinstance(value, float) else row[name] == value


@given(worlds, st.floats(1e-3, 1e3))
def test_dependence_does_not_depend_on_money_or_on_the_order_of_rows(world: World, factor: float) -> None:
    one = dependence(frame(world))
    scaled = {key: value * factor for key, value in reversed(world.items())}
    two = dependence(frame(scaled)).sort("importer", "product")
    for name in ("import_hhi", "world_hhi", "imports_to_exports", "residual_supply", "top_share", "distance"):
        assert two[name].to_numpy() == pytest.approx(
            one.sort("importer", "product")[name].to_numpy(), rel=1e-6, abs=1e-9
        )


@given(worlds)
def test_concentration_lies_between_one_over_suppliers_and_one(world: World) -> None:
    table = import_concentration(frame(world))
    hhi, suppliers = table["import_hhi"].to_numpy(), table["suppliers"].to_numpy()
    assert (hhi >= 1 / suppliers - ROUNDING).all() and (hhi <= 1 + ROUNDING).all()
    assert (hhi <= table["top_share"].to_numpy() + ROUNDING).all()
    assert (hhi >= table["top_share"].to_numpy() ** 2 - ROUNDING).all()
    full = dependence(frame(world))
    assert full["import_hhi"].to_list() == table["import_hhi"].to_list()


WORLD: World = {
    ("AUT", "BEL", "01"): 90.0,
    ("CHE", "BEL", "01"): 10.0,
    ("BEL", "CHE", "01"): 50.0,
    ("AUT", "CHE", "02"): 5.0,
}


def test_criteria_on_paper() -> None:
    rows = {(row["importer"], row["product"]): row for row in dependence(frame(WORLD)).to_dicts()}
    bel = rows["BEL", "01"]
    assert bel["import_hhi"] == pytest.approx(0.82) and bel["imports_to_exports"] == pytest.approx(2)
    assert bel["world_hhi"] == pytest.approx((90**2 + 10**2 + 50**2) / 150**2)
    assert bel["residual_supply"] == pytest.approx((150 - 90 - 50) / 100)
    assert bel["binding"] == "world_hhi" and bel["distance"] == pytest.approx(np.log(bel["world_hhi"] / 0.4))
    assert bel["dependent"] is True and bel["top_supplier"] == "AUT"
    che = rows["CHE", "02"]
    assert che["imports_to_exports"] == float("inf") and che["dependent"] is True
    assert che["residual_supply"] == 0 and che["top_share_of_world"] == 1
    strict = dependence(frame(WORLD), thresholds=Thresholds(world_hhi=0.5)).to_dicts()
    assert {(row["importer"], row["product"]): row["dependent"] for row in strict}["BEL", "01"] is False


def test_a_value_at_its_threshold_has_not_crossed_it() -> None:
    halves: World = {("AUT", "BEL", "01"): 1.0, ("CHE", "BEL", "01"): 1.0}
    # 0.1 + 0.2 style roundings put the index a hair above one half.
    thirds: World = {(name, "BEL", "01"): 0.1 for name in ("AUT", "CHE", "DNK")}
    for world, threshold in ((halves, 0.5), (thirds, 1 / 3)):
        table = import_concentration(frame(world), thresholds=Thresholds(import_hhi=threshold))
        assert table["concentrated"].to_list() == [False]
        below = import_concentration(frame(world), thresholds=Thresholds(import_hhi=threshold * 0.999))
        assert below["concentrated"].to_list() == [True] and below["distance"][0] > 0


def test_suppliers_within_the_tie_share_the_first_rank() -> None:
    world: World = {("DNK", "BEL", "01"): 0.1 + 0.2, ("CHE", "BEL", "01"): 0.3, ("AUT", "BEL", "01"): 0.29}
    row = import_concentration(frame(world)).to_dicts()[0]
    assert (row["top_supplier"], row["top_ties"], row["suppliers"]) == ("CHE", 2, 3)
    exact = suppliers_of(code_flows(frame(world)), tie=0.0)
    assert exact.ties.tolist() == [1]
    wide = suppliers_of(code_flows(frame(world)), tie=0.05)
    assert wide.ties.tolist() == [3] and wide.top.tolist() == [0]


def test_zero_flows_are_no_suppliers() -> None:
    world: World = {("AUT", "BEL", "01"): 1.0, ("CHE", "BEL", "01"): 0.0, ("DNK", "EST", "01"): 0.0}
    table = import_concentration(frame(world))
    assert table.select("importer", "suppliers", "top_supplier").rows() == [("BEL", 1, "AUT")]


def test_thresholds_must_make_sense() -> None:
    for bad in ({"import_hhi": 0.0}, {"world_hhi": -1.0}, {"imports_to_exports": 0.0}, {"tie": -1e-9}):
        with pytest.raises(MeasureError, match="must be positive"):
            Thresholds(**bad)
    for years, window in ((0, 3), (4, 3)):
        with pytest.raises(MeasureError, match="cannot be met"):
            Thresholds(years=years, window=window)
    assert (Thresholds(years=3).years, Thresholds(years=1, tie=0.0).years) == (3, 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value_usd": [1.0, None]}, r"1 rows have a value_usd that is missing.*BEL→CHE 01"),
        ({"value_usd": [1.0, -2.0]}, r"negative or infinite .*-2.0"),
        ({"value_usd": [1.0, float("inf")]}, r"1 rows have a value_usd"),
        ({"exporter": ["AUT", "CHE"]}, r"1 rows are sales of a country to itself \(first CHE→CHE 01"),
        ({"exporter": ["AUT", "AUT"], "importer": ["BEL", "BEL"]}, r"1 rows repeat .*first AUT→BEL 01"),
        ({"product": ["01", None]}, "1 rows have no product"),
    ],
)
def test_bad_rows_are_named_and_counted(change: dict[str, list[object]], message: str) -> None:
    columns = {"exporter": ["AUT", "BEL"], "importer": ["BEL", "CHE"], "product": ["01", "01"], "value_usd": [1.0, 2.0]}
    with pytest.raises(FlowsError, match=message):
        dependence(pl.DataFrame({**columns, **change}))


def test_missing_columns_and_rows_are_refused() -> None:
    with pytest.raises(FlowsError, match="no column product, value_usd"):
        code_flows(pl.DataFrame({"exporter": ["AUT"], "importer": ["BEL"]}))
    with pytest.raises(FlowsError, match="is empty"):
        code_flows(frame(WORLD).clear())


@given(st.permutations(range(4)))
def test_copies_are_found_in_any_order(order: list[int]) -> None:
    table = frame(WORLD)[order]
    assert dependence(table).height == 3
    with pytest.raises(FlowsError, match="4 rows repeat"):
        dependence(pl.concat([table, table]))


@pytest.mark.parametrize("kind", ["lazy", "pandas", "duckdb", "categorical"])
def test_any_table_will_do(kind: str) -> None:
    import duckdb

    table = frame(WORLD)
    given_table = {
        "lazy": table.lazy,
        "pandas": table.to_pandas,
        "duckdb": lambda: duckdb.from_arrow(table.to_arrow()),
        "categorical": lambda: table.with_columns(pl.col("exporter", "importer", "product").cast(pl.Categorical)),
    }[kind]()
    assert dependence(given_table).equals(dependence(table))


# ── persistence and churn ───────────────────────────────────────────────────────────────────────


def flags(*dependent: bool | None) -> dict[int, pl.DataFrame]:
    """One product of one importer, year by year from 2015; None is a year without the row."""
    tables = {}
    for k, flag in enumerate(dependent):
        rows = {"importer": ["BEL"], "product": ["01"], "dependent": [bool(flag)], "distance": [0.1 if flag else -0.1]}
        tables[2015 + k] = pl.DataFrame(rows).filter(flag is not None)
    return tables


@pytest.mark.parametrize(
    ("dependent", "persistent", "churned"),
    [
        ((True, True, False), [None, True, True], [None, False, True]),
        ((True, False, False), [None, None, False], [None, True, False]),
        ((False, False, True), [None, False, False], [None, False, True]),
        ((True, None, True), [None, True], [None, None]),
        ((True, None, False), [None, None], [None, None]),
    ],
)
def test_persistence_counts_years_and_leaves_open_what_missing_years_leave_open(
    dependent: tuple[bool | None, ...], persistent: list[bool | None], churned: list[bool | None]
) -> None:
    table = persistence(flags(*dependent))
    assert table["persistent"].to_list() == persistent
    assert table["churned"].to_list() == churned
    assert table["years_dependent"].to_list()[-1] == sum(bool(flag) for flag in dependent)
    assert table["years_known"].to_list()[-1] == sum(flag is not None for flag in dependent)


def test_persistence_over_one_year_is_the_flag() -> None:
    table = persistence(flags(True, False, True), thresholds=Thresholds(years=1, window=1))
    assert table["persistent"].to_list() == [True, False, True]
    assert table["churned"].to_list() == [None, True, True]


def test_churn_is_the_share_of_flags_that_moved() -> None:
    years = {}
    for year, of_two in ((2015, [True, False]), (2016, [False, False])):
        rows = {"importer": ["BEL", "BEL"], "product": ["01", "02"], "dependent": of_two, "distance": [0.0, 0.0]}
        years[year] = pl.DataFrame(rows)
    assert churn(persistence(years)).rows() == [("BEL", 2016, 2, 0.5)]


# ── blocs ───────────────────────────────────────────────────────────────────────────────────────

BLOC = frozenset({"AUT", "BEL"})
BLOC_WORLD: World = {
    ("CHE", "AUT", "01"): 60.0,
    ("CHE", "BEL", "01"): 20.0,
    ("DNK", "BEL", "01"): 20.0,
    ("AUT", "BEL", "01"): 40.0,
    ("BEL", "CHE", "01"): 10.0,
    ("AUT", "BEL", "02"): 7.0,
    ("EST", "AUT", "03"): 7.0,
}


def test_bloc_indicators_on_paper() -> None:
    rows = {row["product"]: row for row in bloc_indicators(frame(BLOC_WORLD), BLOC).to_dicts()}
    assert rows.keys() == {"01", "03"}
    one = rows["01"]
    assert one["outside_imports"] == 100 and one["outside_hhi"] == pytest.approx(0.8**2 + 0.2**2)
    assert one["outside_share"] == pytest.approx(100 / 140) and one["outside_to_exports"] == pytest.approx(100 / 50)
    assert (one["top_supplier"], one["dependent"]) == ("CHE", True) and one["top_share"] == pytest.approx(0.8)
    assert one["distance"] == pytest.approx(np.log(100 / 140 / 0.5))
    assert rows["03"]["outside_to_exports"] == float("inf")
    strict = bloc_indicators(frame(BLOC_WORLD), BLOC, thresholds=BlocThresholds(outside_share=0.8)).to_dicts()
    assert [row["dependent"] for row in strict] == [False, True]


def test_bloc_indicators_do_not_depend_on_money() -> None:
    one, other = (bloc_indicators(frame({key: v * unit for key, v in BLOC_WORLD.items()}), BLOC) for unit in (1, 1e-4))
    same = [name for name in one.columns if name != "outside_imports"]
    assert one.select(same).to_dicts() == [pytest.approx(row) for row in other.select(same).to_dicts()]


def test_a_bloc_needs_members_and_outsiders() -> None:
    with pytest.raises(MeasureError, match="1 of 1 are absent"):
        bloc_indicators(frame(BLOC_WORLD), frozenset({"ZZZ"}))
    with pytest.raises(MeasureError, match="0 of 5 are absent"):
        bloc_indicators(frame(BLOC_WORLD), frozenset(COUNTRIES))


# ── complexity ──────────────────────────────────────────────────────────────────────────────────


def exports_table(countries: int, products: int, seed: int) -> pl.DataFrame:
    """Exports nested by ability, as in the world: the able make what the others make, and more."""
    rng = np.random.default_rng(seed)
    able, hard = rng.normal(0, 1, countries), rng.normal(0, 1, products)
    chance = 1 / (1 + np.exp(-3 * (able[:, None] - hard)))
    made = rng.random((countries, products)) < chance
    made[np.arange(products) % countries, np.arange(products)] = True
    made[np.arange(countries), np.arange(countries) % products] = True
    value = made * np.exp(rng.normal(0, 2, (countries, products)))
    exporter, product = np.nonzero(value)
    return pl.DataFrame(
        {
            "exporter": [f"C{k:03d}" for k in exporter],
            "importer": ["WLD"] * len(exporter),
            "product": [f"{k:06d}" for k in product],
            "value_usd": value[exporter, product],
        }
    )


@pytest.mark.parametrize("seed", range(5))
def test_complexity_equals_the_growth_labs_package(seed: int) -> None:
    ecomplexity = pytest.importorskip("ecomplexity")
    table = exports_table(25, 120, seed)
    ours = complexity(table)
    with warnings.catch_warnings():
        # The package divides by zero in parts that are not used here.
        warnings.simplefilter("ignore")
        theirs = ecomplexity.ecomplexity(
            table.with_columns(year=pl.lit(2020)).to_pandas(),
            {"time": "year", "loc": "exporter", "prod": "product", "val": "value_usd"},
            check_logsupermodularity=False,
            verbose=False,
        )
    eci = theirs.groupby("exporter")["eci"].first().loc[list(ours.countries)].to_numpy()
    pci = theirs.groupby("product")["pci"].first().loc[list(ours.products)].to_numpy()
    assert ours.eci == pytest.approx(eci, abs=PACKAGE)
    assert ours.pci == pytest.approx(pci, abs=PACKAGE)


def is_connected(table: pl.DataFrame) -> bool:
    """Whether the countries hang together through products in which they have an advantage (a second way)."""
    exports = code_flows(table).exports
    exports = exports[exports.sum(1) > 0]
    present = exports / exports.sum(1, keepdims=True) / (exports.sum(0) / exports.sum()) >= 1
    links = (present.astype(int) @ present.T.astype(int)) > 0
    return connected_components(links, directed=False)[0] == 1


@given(st.integers(0, 50))
def test_complexity_is_scaled_and_signed_where_countries_hang_together(seed: int) -> None:
    table = exports_table(15, 60, seed)
    if not is_connected(table):
        with pytest.raises(MeasureError, match="share no product"):
            complexity(table)
        return
    ours = complexity(table)
    assert ours.eci.mean() == pytest.approx(0, abs=1e-9) and ours.eci.std() == pytest.approx(1, abs=1e-9)
    assert np.corrcoef(ours.diversity, ours.eci)[0, 1] > 0


def test_complexity_follows_names_and_ignores_money() -> None:
    table = exports_table(15, 60, 1)
    ours = complexity(table)
    scaled = complexity(table.with_columns(pl.col("value_usd") * 1000).reverse())
    assert scaled.countries == ours.countries and scaled.eci == pytest.approx(ours.eci, abs=1e-9)
    # A country's complexity is the mean of what it makes.
    exports = code_flows(table).exports[:15]
    rca = exports / exports.sum(1, keepdims=True) / (exports.sum(0) / exports.sum())
    present = rca >= 1
    assert (present * ours.pci).sum(1) / present.sum(1) == pytest.approx(ours.eci, abs=1e-9)
    assert present.sum(0).tolist() == ours.ubiquity.tolist() and present.sum(1).tolist() == ours.diversity.tolist()


def test_no_advantage_means_no_complexity() -> None:
    exports = code_flows(exports_table(25, 120, 1)).exports[:25]
    # A country with the world's own mix, and a good of which all sell the same share, have no advantage of 1.2.
    exports = np.vstack([exports, exports.sum(axis=0)])
    exports = np.hstack([exports, exports.sum(axis=1, keepdims=True) / 100])
    names, goods = tuple(f"C{k}" for k in range(26)), tuple(f"{k}" for k in range(121))
    ours = complexity_of(exports, names, products=goods, threshold=1.2)
    assert np.isnan(ours.eci).tolist() == [False] * 25 + [True] and ours.diversity[-1] == 0
    assert np.isnan(ours.pci).tolist() == [False] * 120 + [True] and ours.ubiquity[-1] == 0


def test_a_country_that_only_imports_has_no_complexity() -> None:
    table = exports_table(15, 60, 1)
    buyer = pl.DataFrame(
        {"exporter": ["C00"], "importer": ["ZZZ"], "product": [table["product"][0]], "value_usd": [0.0]}
    )
    wider = complexity(pl.concat([table, buyer], how="diagonal_relaxed"))
    assert wider.countries == complexity(table).countries and "ZZZ" not in wider.countries


def test_three_countries_and_a_share_like_the_worlds_are_enough() -> None:
    # Both the second country and the world earn a fifth with the first good: an advantage of one, which counts.
    names = ("A", "B", "C")
    ours = complexity_of(np.array([[0.0, 0, 2], [1, 2, 2], [1, 0, 2]]), names, products=names)
    assert ours.diversity.tolist() == [1, 2, 2] and ours.ubiquity.tolist() == [2, 1, 2]
    assert ours.eci == pytest.approx([-1.118034, 1.309017, -0.190983], abs=1e-6)
    with pytest.raises(MeasureError, match="two orders"):
        complexity_of(np.ones((4, 4)), (*names, "D"), products=(*names, "D"))


def test_complexity_refuses_what_has_no_answer() -> None:
    names = ("A", "B", "C", "D")
    apart = np.kron(np.eye(2), np.ones((2, 2))) + np.diag([0.5, 0, 0.5, 0])
    with pytest.raises(MeasureError, match="share no product"):
        complexity_of(apart, names, products=names, threshold=0.9)
    ring = np.eye(4) + np.roll(np.eye(4), 1, axis=1)
    with pytest.raises(MeasureError, match="two orders"):
        complexity_of(ring, names, products=names)
    with pytest.raises(MeasureError, match="at least three"):
        complexity_of(np.ones((2, 4)), ("A", "B"), products=names)


@given(worlds)
def test_criteria_flag_and_distance_agree(world: World) -> None:
    assume(world)
    for row in dependence(frame(world)).to_dicts():
        ratios = [row[name] / limit for name, limit in zip(CRITERIA, (0.4, 0.4, 1.0), strict=True)]
        assert row["distance"] == pytest.approx(np.log(min(ratios)))
        assert row["binding"] == CRITERIA[int(np.argmin(ratios))]
        if abs(row["distance"]) > 1e-6:
            assert row["dependent"] == (row["distance"] > 0)
