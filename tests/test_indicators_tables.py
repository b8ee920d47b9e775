"""The tables of measures: what must hold for any flows, and that every engine gives the same."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amur.errors import MeasureError
from amur.indicators import concentration, shares, structure, values
from amur.periods import Period

SAME = 1e-12  # engines add in different orders: a few units in the last of 16 digits
CLOSE = 1e-9  # identities after several roundings

PLACES, PRODUCTS, PERIODS = ("AAA", "BBB", "CCC", "DDD", "EEE"), ("p", "q", "r"), ("2021", "2022")
COLUMNS = ("exporter", "importer", "product", "period", "value_usd")
FLOWS = ("exports", "imports", "total")


def table(rows: list[tuple[str, str, str, str, float]]) -> pl.DataFrame:
    schema = {name: pl.Float64 if name == "value_usd" else pl.String for name in COLUMNS}
    return pl.DataFrame(rows, schema=schema, orient="row")


@st.composite
def flow_tables(draw: st.DrawFn, products: tuple[str, ...] = PRODUCTS) -> pl.DataFrame:
    """Any flows among five places, home sales and zeros included; every place sells something to another.

    Only the seed and the habits of the table are drawn one by one, which keeps a hundred tables quick.
    """
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    present, zero, spread = (
        draw(st.sampled_from((0.0, 0.4, 1.0))),
        draw(st.sampled_from((0.0, 0.5))),
        draw(st.floats(0, 5)),
    )
    ring = [(a, b, products[0], t) for a, b in zip(PLACES, PLACES[1:] + PLACES[:1], strict=True) for t in PERIODS]
    rows = [(*key, float(random.uniform(1, 1e6))) for key in ring]
    keys = [(a, b, k, t) for a in PLACES for b in PLACES for k in products for t in PERIODS]
    chosen = [key for key in keys if key not in ring and random.random() < present]
    rows += [(*key, 0.0 if random.random() < zero else float(random.lognormal(5, spread))) for key in chosen]
    return table(rows)


def rows_of(frame: nw.LazyFrame[Any]) -> list[dict[str, Any]]:
    return frame.collect("polars").to_native().to_dicts()


def keyed(frame: nw.LazyFrame[Any], *keys: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    return {tuple(row[key] for key in keys): row for row in rows_of(frame)}


def by_hand(flows: pl.DataFrame, period: str, product: str) -> Callable[[str, str], float]:
    """X(i, j) by adding the rows one by one, in plain Python."""
    sums: dict[tuple[str, str], float] = {}
    for row in flows.to_dicts():
        if row["period"] == period and row["product"] == product and row["exporter"] != row["importer"]:
            key = (row["exporter"], row["importer"])
            sums[key] = sums.get(key, 0.0) + row["value_usd"]
    return lambda i, j: sums.get((i, j), 0.0)


# ── what must hold for any flows ────────────────────────────────────────────────────────────────


@settings(deadline=None, max_examples=25)
@given(flow_tables(("p",)))
def test_pair_values_are_sums_by_hand_seen_from_both_sides(flows: pl.DataFrame) -> None:
    found = keyed(values.pair_values(flows), "subject", "object", "period")
    x = by_hand(flows, "2022", "p")
    for i in PLACES:
        for j in PLACES:
            row = found.get((i, j, "2022"))
            assert (row is None) == (x(i, j) == 0 and x(j, i) == 0 and (j, i, "2022") not in found)
            if row is None:
                continue
            assert row["exports_usd"] == pytest.approx(x(i, j), rel=SAME)
            assert row["imports_usd"] == pytest.approx(x(j, i), rel=SAME)
            assert row["total_usd"] == pytest.approx(x(i, j) + x(j, i), rel=SAME)
            assert row["balance_usd"] == row["exports_usd"] - row["imports_usd"]
            mirrored = found[(j, i, "2022")]
            assert mirrored["exports_usd"] == row["imports_usd"]
            assert mirrored["balance_usd"] == -row["balance_usd"]


@settings(deadline=None, max_examples=25)
@given(flow_tables(("p",)))
def test_home_sales_enter_nothing(flows: pl.DataFrame) -> None:
    abroad = flows.filter(pl.col("exporter") != pl.col("importer"))
    assert "AAA" not in {row["object"] for row in rows_of(values.pair_values(flows)) if row["subject"] == "AAA"}
    for function in (shares.partner_shares, concentration.concentrations, structure.trade_intensities):
        key = ("subject", "object", "period") if function is not concentration.concentrations else ("subject", "period")
        here, there = keyed(function(flows), *key), keyed(function(abroad), *key)
        assert here.keys() == there.keys()
        for place, row in here.items():
            assert all(_same(row[name], there[place][name]) for name in row if isinstance(row[name], float))


@settings(deadline=None, max_examples=25)
@given(flow_tables(("p",)))
def test_shares_sum_to_one_and_are_parts_of_the_named_denominator(flows: pl.DataFrame) -> None:
    sums: dict[tuple[str, str, str], float] = {}
    x = by_hand(flows, "2021", "p")
    for row in rows_of(shares.partner_shares(flows)):
        for flow in FLOWS:
            share = row[f"share_of_{flow}"]
            assert 0 <= share <= 1 + SAME
            assert share * row[f"{flow}_usd_all"] == pytest.approx(row[f"{flow}_usd"], rel=CLOSE)
            key = (row["subject"], row["period"], flow)
            sums[key] = sums.get(key, 0.0) + share
        if row["period"] == "2021":
            i = row["subject"]
            assert row["exports_usd_all"] == pytest.approx(sum(x(i, j) for j in PLACES), rel=CLOSE)
            assert row["imports_usd_all"] == pytest.approx(sum(x(j, i) for j in PLACES), rel=CLOSE)
    assert all(total == pytest.approx(1, rel=CLOSE) for total in sums.values())


@settings(deadline=None, max_examples=20)
@given(flow_tables(("p",)), st.floats(1e-6, 1e6))
def test_shares_ranks_and_concentration_do_not_depend_on_the_unit(flows: pl.DataFrame, scale: float) -> None:
    scaled = flows.with_columns(pl.col("value_usd") * scale)
    for function, names in (
        (shares.partner_shares, [f"share_of_{flow}" for flow in FLOWS]),
        (shares.asymmetries, [f"difference_of_{flow}" for flow in FLOWS]),
        (concentration.concentrations, [f"hhi_{flow}" for flow in FLOWS]),
        (structure.trade_intensities, [f"intensity_of_{flow}" for flow in FLOWS]),
        (structure.complementarities, ["complementarity"]),
        (structure.grubel_lloyd, ["grubel_lloyd"]),
    ):
        keys = [name for name in ("subject", "object", "period") if name in function(flows).collect_schema().names()]
        here, there = keyed(function(flows), *keys), keyed(function(scaled), *keys)
        assert here.keys() == there.keys()
        for key, row in here.items():
            for name in names:
                assert there[key][name] == (
                    None if row[name] is None else pytest.approx(row[name], rel=CLOSE, abs=CLOSE)
                )


@settings(deadline=None, max_examples=20)
@given(flow_tables())
def test_shares_over_products_aggregate_to_the_share_of_the_sum(flows: pl.DataFrame) -> None:
    whole = keyed(shares.partner_shares(values.sum_products(flows, PRODUCTS, "all")), "subject", "object", "period")
    by_product = rows_of(shares.partner_shares(flows))
    for (i, j, t), row in whole.items():
        parts = [r for r in by_product if (r["subject"], r["object"], r["period"]) == (i, j, t)]
        weighted = math.fsum(r["share_of_total"] * r["total_usd_all"] for r in parts if r["total_usd_all"] > 0)
        assert row["share_of_total"] * row["total_usd_all"] == pytest.approx(weighted, rel=CLOSE, abs=CLOSE)


@settings(deadline=None, max_examples=20)
@given(flow_tables(("p",)))
def test_total_share_lies_between_the_shares_of_exports_and_imports(flows: pl.DataFrame) -> None:
    for row in rows_of(shares.partner_shares(flows)):
        ends = (row["share_of_exports"], row["share_of_imports"])
        assert min(ends) - CLOSE <= row["share_of_total"] <= max(ends) + CLOSE


@settings(deadline=None, max_examples=20)
@given(flow_tables(("p",)))
def test_asymmetry_is_antisymmetric(flows: pl.DataFrame) -> None:
    found = keyed(shares.asymmetries(flows), "subject", "object", "period")
    assert found
    for (i, j, t), row in found.items():
        back = found[(j, i, t)]
        for flow, met in (("exports", "imports"), ("imports", "exports"), ("total", "total")):
            assert row[f"difference_of_{flow}"] == -back[f"difference_of_{met}"]
            assert row[f"share_of_{flow}_reverse"] == back[f"share_of_{met}"]
            if row[f"log_ratio_of_{flow}"] is None:
                assert row[f"share_of_{flow}"] == 0 or back[f"share_of_{met}"] == 0
                continue
            assert row[f"log_ratio_of_{flow}"] == pytest.approx(-back[f"log_ratio_of_{met}"], rel=CLOSE, abs=CLOSE)
            assert row[f"ratio_of_{flow}"] * back[f"ratio_of_{met}"] == pytest.approx(1, rel=CLOSE)
            larger = row[f"share_of_{flow}"] > back[f"share_of_{met}"]
            assert (row[f"ratio_of_{flow}"] > 1) == larger
            assert (row[f"difference_of_{flow}"] > 0) == larger


@settings(deadline=None, max_examples=20)
@given(flow_tables(("p",)))
def test_ratio_of_asymmetry_is_the_ratio_of_whole_trades(flows: pl.DataFrame) -> None:
    whole = keyed(values.country_values(flows), "subject", "period")
    for row in rows_of(shares.asymmetries(flows)):
        if row["ratio_of_exports"] is not None and row["ratio_of_exports"] > 0:
            mine, theirs = whole[(row["subject"], row["period"])], whole[(row["object"], row["period"])]
            assert row["ratio_of_total"] == pytest.approx(theirs["total_usd"] / mine["total_usd"], rel=CLOSE)
            assert row["ratio_of_exports"] == pytest.approx(theirs["imports_usd"] / mine["exports_usd"], rel=CLOSE)


@settings(deadline=None, max_examples=25)
@given(flow_tables(("p",)))
def test_concentration_lies_between_equal_shares_and_one(flows: pl.DataFrame) -> None:
    share_rows = rows_of(shares.partner_shares(flows))
    for row in rows_of(concentration.concentrations(flows)):
        for flow in FLOWS:
            own = [
                r[f"share_of_{flow}"]
                for r in share_rows
                if (r["subject"], r["period"]) == (row["subject"], row["period"]) and r[f"{flow}_usd"] > 0
            ]
            n, hhi = row[f"partners_{flow}"], row[f"hhi_{flow}"]
            assert n == len(own)
            assert 1 / n - CLOSE <= hhi <= 1 + CLOSE
            assert hhi == pytest.approx(math.fsum(s * s for s in own), rel=CLOSE)
            assert row[f"effective_{flow}"] == pytest.approx(1 / hhi, rel=CLOSE)
            assert row[f"hirschman_{flow}"] ** 2 == pytest.approx(hhi, rel=CLOSE)
            if n == 1:
                assert row[f"hhi_normalised_{flow}"] is None
            else:
                assert -CLOSE <= row[f"hhi_normalised_{flow}"] <= 1 + CLOSE
                count = row[f"partners_{flow}"]
                expected = (row[f"hhi_{flow}"] * count - 1) / (count - 1)
                assert row[f"hhi_normalised_{flow}"] == pytest.approx(expected, abs=CLOSE)


def test_concentration_of_equal_partners_is_one_over_their_number() -> None:
    flows = table([("AAA", other, "p", "2022", 5.0) for other in PLACES[1:]])
    row = keyed(concentration.concentrations(flows), "subject")[("AAA",)]
    assert (row["hhi_exports"], row["effective_exports"], row["hirschman_exports"]) == (0.25, 4.0, 0.5)
    assert row["hhi_normalised_exports"] == pytest.approx(0, abs=SAME)
    assert row["hhi_imports"] is None


@settings(deadline=None, max_examples=25)
@given(flow_tables(("p",)))
def test_rank_is_one_more_than_the_number_of_clearly_larger_partners(flows: pl.DataFrame) -> None:
    found = rows_of(shares.partner_ranks(flows))
    for row in found:
        rivals = [r for r in found if (r["subject"], r["period"]) == (row["subject"], row["period"])]
        for flow in FLOWS:
            mine, amount = row[f"rank_by_{flow}"], f"{flow}_usd"
            if row[amount] == 0:
                assert mine is None
                continue
            strictly = sum(r[amount] > row[amount] for r in rivals)
            clearly = sum(r[amount] > row[amount] * (1 + len(rivals) * shares.TIE) for r in rivals)
            assert clearly + 1 <= mine <= strictly + 1


def test_partners_that_tie_share_the_better_rank() -> None:
    flows = table([("AAA", "BBB", "p", "2022", 9.0), ("AAA", "CCC", "p", "2022", 4.0),
                   ("AAA", "DDD", "p", "2022", 4.0 * (1 - 1e-15)), ("AAA", "EEE", "p", "2022", 1.0)])  # fmt: skip
    found = keyed(shares.partner_ranks(flows), "subject", "object")
    assert [found[("AAA", other)]["rank_by_exports"] for other in PLACES[1:]] == [1, 2, 2, 4]


def test_top_partner_has_rank_one_and_its_distance_to_the_threshold() -> None:
    flows = table(
        [("AAA", "BBB", "p", "2022", 6.0), ("AAA", "CCC", "p", "2022", 4.0), ("CCC", "AAA", "p", "2022", 1.0)]
    )
    found = keyed(shares.top_partners(flows), "subject", "flow")
    row = found[("AAA", "exports")]
    assert (row["top"], row["top_share"], row["dependent"]) == ("BBB", 0.6, True)
    assert row["distance_to_threshold"] == pytest.approx(-0.1, rel=CLOSE)
    assert not keyed(shares.top_partners(flows, threshold=0.7), "subject", "flow")[("AAA", "exports")]["dependent"]
    just = table([("AAA", "BBB", "p", "2022", 0.1 + 0.2), ("AAA", "CCC", "p", "2022", 0.3)])
    assert keyed(shares.top_partners(just), "subject", "flow")[("AAA", "exports")]["dependent"]


@settings(deadline=None, max_examples=20)
@given(flow_tables(("p",)))
def test_intensity_weighted_by_the_partners_size_averages_one(flows: pl.DataFrame) -> None:
    """Σ_j weight_j · intensity_ij = Σ_j share_ij = 1: partners without trade with i have an intensity of zero."""
    sums: dict[tuple[str, str, str], float] = {}
    for row in rows_of(structure.trade_intensities(flows)):
        for flow in FLOWS:
            if row[f"intensity_of_{flow}"] is None:
                # The partner trades nothing in that flow, so neither does the pair.
                assert row[f"{flow}_usd"] == 0
                continue
            key = (row["subject"], row["period"], flow)
            sums[key] = sums.get(key, 0.0) + row[f"intensity_of_{flow}"] * row[f"weight_for_{flow}"]
    assert all(total == pytest.approx(1, rel=CLOSE) for total in sums.values())


def test_intensity_leaves_the_subject_out_of_the_world() -> None:
    flows = table([("AAA", "BBB", "p", "2022", 2.0), ("AAA", "CCC", "p", "2022", 2.0), ("BBB", "CCC", "p", "2022", 4.0),
                   ("CCC", "AAA", "p", "2022", 8.0)])  # fmt: skip
    row = keyed(structure.trade_intensities(flows), "subject", "object")[("AAA", "BBB")]
    # X/E = 2/4; the imports of B are 2 of the world's 16 less the 8 of A.
    assert row["intensity_of_exports"] == pytest.approx((2 / 4) / (2 / (16 - 8)), rel=SAME)
    # Total: T_AB/T_A = 2/12; T_B = 6 of 32 − 12.
    assert row["intensity_of_total"] == pytest.approx((2 / 12) / (6 / 20), rel=SAME)


@settings(deadline=None, max_examples=20)
@given(flow_tables())
def test_advantage_weighted_by_world_shares_averages_one(flows: pl.DataFrame) -> None:
    sums: dict[tuple[str, str], float] = {}
    for row in rows_of(structure.revealed_advantages(flows)):
        if row["rca"] is not None:
            key = (row["subject"], row["period"])
            sums[key] = sums.get(key, 0.0) + row["rca"] * row["share_in_world"]
    assert sums
    assert all(total == pytest.approx(1, rel=CLOSE) for total in sums.values())


@settings(deadline=None, max_examples=20)
@given(flow_tables())
def test_complementarity_equals_its_definition(flows: pl.DataFrame) -> None:
    sold = keyed(structure.product_shares(flows, "exports"), "subject", "product", "period")
    bought = keyed(structure.product_shares(flows, "imports"), "subject", "product", "period")
    for row in rows_of(structure.complementarities(flows)):
        i, j, t = row["subject"], row["object"], row["period"]
        assert i != j
        gaps = [
            abs((bought.get((j, k, t)) or {"share": 0})["share"] - (sold.get((i, k, t)) or {"share": 0})["share"])
            for k in PRODUCTS
        ]
        assert row["complementarity"] == pytest.approx(1 - math.fsum(gaps) / 2, rel=CLOSE, abs=CLOSE)
        assert -CLOSE <= row["complementarity"] <= 1 + CLOSE


def test_complementarity_of_a_country_without_exports_is_unknown() -> None:
    flows = table([("AAA", "BBB", "p", "2022", 1.0), ("BBB", "AAA", "p", "2022", 0.0)])
    found = keyed(structure.complementarities(flows), "subject", "object")
    assert found[("BBB", "AAA")]["complementarity"] is None
    assert found[("AAA", "BBB")]["complementarity"] == 1


@settings(deadline=None, max_examples=20)
@given(flow_tables())
def test_grubel_lloyd_lies_in_unit_interval_and_is_the_same_from_both_sides(flows: pl.DataFrame) -> None:
    found = keyed(structure.grubel_lloyd(flows), "subject", "object", "period")
    by_product = rows_of(structure.grubel_lloyd_by_product(flows))
    for (i, j, t), row in found.items():
        value = row["grubel_lloyd"]
        if value is None:
            assert row["total_usd"] == 0
            continue
        assert -CLOSE <= value <= 1 + CLOSE
        assert found[(j, i, t)]["grubel_lloyd"] == pytest.approx(value, rel=CLOSE, abs=CLOSE)
        parts = [r for r in by_product if (r["subject"], r["object"], r["period"]) == (i, j, t) and r["total_usd"] > 0]
        weighted = math.fsum(r["grubel_lloyd"] * r["total_usd"] for r in parts)
        assert value * row["total_usd"] == pytest.approx(weighted, rel=CLOSE, abs=CLOSE)


def test_grubel_lloyd_of_one_way_and_of_balanced_trade() -> None:
    one_way = table([("AAA", "BBB", "p", "2022", 3.0), ("BBB", "AAA", "q", "2022", 3.0)])
    assert keyed(structure.grubel_lloyd(one_way), "subject", "object")[("AAA", "BBB")]["grubel_lloyd"] == 0
    balanced = table([("AAA", "BBB", "p", "2022", 3.0), ("BBB", "AAA", "p", "2022", 3.0)])
    assert keyed(structure.grubel_lloyd(balanced), "subject", "object")[("AAA", "BBB")]["grubel_lloyd"] == 1


@settings(deadline=None, max_examples=20)
@given(flow_tables(("p",)))
def test_growth_takes_the_old_level_to_the_new(flows: pl.DataFrame) -> None:
    new, old = Period.of_year(2022), Period.of_year(2021)
    levels = keyed(values.pair_values(flows), "subject", "object", "period")
    for row in rows_of(values.growth_rates(flows, period=new, base=old)):
        pair = (row["subject"], row["object"])
        assert row["base_period"] == "2021"
        for flow in FLOWS:
            before, after = levels[(*pair, "2021")][f"{flow}_usd"], levels[(*pair, "2022")][f"{flow}_usd"]
            rate = row[f"growth_of_{flow}"]
            assert (rate is None) == (before == 0)
            if rate is not None:
                assert before * (1 + rate) == pytest.approx(after, rel=CLOSE, abs=before * CLOSE)


def test_growth_from_a_period_to_itself_is_refused() -> None:
    with pytest.raises(MeasureError, match="from 2022 to itself"):
        values.growth_rates(table([]), period=Period.of_year(2022), base=Period.of_year(2022))


def test_world_exports_equal_world_imports() -> None:
    flows = table(
        [("AAA", "BBB", "p", "2022", 3.0), ("BBB", "CCC", "p", "2022", 4.0), ("CCC", "CCC", "p", "2022", 9.0)]
    )
    (row,) = rows_of(values.world_values(flows))
    assert (row["exports_usd"], row["imports_usd"], row["total_usd"]) == (7.0, 7.0, 14.0)


def test_an_unknown_amount_makes_every_sum_over_it_unknown() -> None:
    flows = pl.concat([
        table([("AAA", "BBB", "p", "2022", 3.0), ("CCC", "BBB", "p", "2022", 1.0)]),
        table([("AAA", "CCC", "p", "2022", 1.0)]).with_columns(value_usd=pl.lit(None, dtype=pl.Float64)),
    ])  # fmt: skip
    found = keyed(shares.partner_shares(flows), "subject", "object")
    assert found[("AAA", "BBB")]["exports_usd"] == 3.0
    assert found[("AAA", "BBB")]["share_of_exports"] is None
    assert found[("BBB", "AAA")]["share_of_imports"] == 0.75
    assert keyed(concentration.concentrations(flows), "subject")[("AAA",)]["hhi_exports"] is None
    assert keyed(structure.product_shares(flows, "exports"), "subject")[("AAA",)]["share"] is None


def test_shares_of_gdp_divide_by_the_subjects_own_gdp() -> None:
    flows = table([("AAA", "BBB", "p", "2022", 3.0), ("BBB", "AAA", "p", "2022", 1.0)])
    gdp = pl.DataFrame({"place": ["AAA", "BBB"], "period": ["2022", "2022"], "gdp_usd": [10.0, 40.0]})
    found = keyed(shares.shares_of_gdp(flows, gdp), "subject", "object")
    row = found[("AAA", "BBB")]
    assert (row["exports_over_gdp"], row["imports_over_gdp"], row["total_over_gdp"]) == (0.3, 0.1, 0.4)
    assert found[("BBB", "AAA")]["total_over_gdp"] == 0.1
    with pytest.raises(MeasureError, match="gdp_usd"):
        shares.shares_of_gdp(flows, gdp.drop("gdp_usd"))


def test_a_table_without_the_columns_is_refused_by_name() -> None:
    with pytest.raises(MeasureError, match="lacks the columns importer, value_usd"):
        values.pair_values(table([]).drop("importer", "value_usd"))


# ── every engine gives the same ─────────────────────────────────────────────────────────────────


FUNCTIONS: dict[str, Callable[[Any, Any], nw.LazyFrame[Any]]] = {
    **{
        function.__name__: lambda flows, _, function=function: function(flows)
        for function in (
            values.pair_values, values.country_values, values.world_values, shares.partner_shares, shares.asymmetries,
            shares.partner_ranks, shares.top_partners, concentration.concentrations, structure.trade_intensities,
            structure.revealed_advantages, structure.complementarities, structure.grubel_lloyd,
            structure.grubel_lloyd_by_product,
        )
    },
    "sum_products": lambda flows, _: values.sum_products(flows, ("p", "q"), "both"),
    "growth_rates": lambda flows, _: values.growth_rates(flows, period=Period.of_year(2022), base=Period.of_year(2021)),
    "shares_of_gdp": shares.shares_of_gdp,
    "product_shares": lambda flows, _: structure.product_shares(flows, "imports"),
}  # fmt: skip


@pytest.fixture(scope="module")
def sample() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Flows with zeros, ties, home sales and gaps, and GDP; the seed is fixed."""
    random = np.random.default_rng(20250821)
    keys = [(a, b, k, t) for a in PLACES for b in PLACES for k in PRODUCTS for t in PERIODS]
    rows = [(*key, float(random.choice([0.0, 1.0, 1.0 / 3.0, random.lognormal(3, 4)]))) for key in keys]
    flows = table([row for row in rows if random.random() < 0.8])
    gdp = [(place, period, float(random.lognormal(9, 1))) for place in PLACES for period in PERIODS]
    return flows, pl.DataFrame(gdp, schema=["place", "period", "gdp_usd"], orient="row")


@pytest.fixture(scope="module")
def engines(sample: tuple[pl.DataFrame, pl.DataFrame]) -> dict[str, tuple[Any, Any]]:
    connection = duckdb.connect()
    return {
        "duckdb": tuple(connection.from_arrow(frame.to_arrow()) for frame in sample),
        "polars": sample,
        "pandas": tuple(frame.to_pandas() for frame in sample),
    }  # type: ignore[return-value]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_engines_agree(name: str, engines: dict[str, tuple[Any, Any]]) -> None:
    tables = {engine: _sorted(FUNCTIONS[name](*frames)) for engine, frames in engines.items()}
    reference = tables["polars"]
    assert reference.height > 0
    for engine, other in tables.items():
        assert other.columns == reference.columns, engine
        assert other.height == reference.height, engine
        for column in reference.columns:
            here, there = reference[column].to_list(), other[column].to_list()
            for left, right in zip(here, there, strict=True):
                if isinstance(left, float) or isinstance(right, float):
                    assert _same(left, right), (engine, column, left, right)
                else:
                    assert left == right, (engine, column, left, right)


def _sorted(frame: nw.LazyFrame[Any]) -> pl.DataFrame:
    found: pl.DataFrame = frame.collect("polars").to_native()
    found = found.select(sorted(found.columns))
    texts = [name for name in found.columns if found[name].dtype == pl.String]
    return found.sort(texts)


def _same(left: float | None, right: float | None) -> bool:
    """Equal to a relative 1e-12; pandas writes unknown as NaN; differences are measured against one."""
    left_unknown = left is None or math.isnan(left)
    right_unknown = right is None or math.isnan(right)
    if left_unknown or right_unknown:
        return left_unknown and right_unknown
    return math.isclose(left, right, rel_tol=SAME, abs_tol=SAME)  # type: ignore[arg-type]
