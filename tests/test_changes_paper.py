"""The tables behind explanations on tables small enough to reckon by hand, put in place of the bundled ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from amur import codes
from amur.changes import dependence_tables, priced, reported_shares, share_tables, twin
from amur.changes.dependence import Thresholds
from amur.errors import FlowsError, NoDataError
from amur.periods import Period

YEAR = Period.of_year
PutTables = Callable[..., None]


@pytest.fixture
def put_tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[PutTables]:
    """Gives a module tables of flows by source in place of the bundled ones; nothing read before is kept."""
    modules: list[Any] = []

    def forget(module: Any) -> None:
        for item in vars(module).values():
            if hasattr(item, "cache_clear"):
                item.cache_clear()

    def put(module: Any, tables: dict[str, pl.DataFrame]) -> None:
        def load(source: str = "", **_: object) -> Any:
            return nw.from_native(tables[source].lazy())

        monkeypatch.setattr(module, "load_flows", load)
        forget(module)
        modules.append(module)

    yield put
    for module in modules:
        forget(module)


# ── the synthetic twin ──────────────────────────────────────────────────────────────────────────

YEARS = range(2014, 2023)


def exports_of(exporter: str, partner: str, values: list[float | None]) -> list[dict[str, Any]]:
    return [
        {"exporter": exporter, "importer": partner, "period": str(year), "value": value}
        for year, value in zip(YEARS, values, strict=True)
    ]


@pytest.fixture
def twin_table(put_tables: PutTables) -> None:
    rows = [
        *exports_of("SWE", "RUS", [8e9] * 8 + [1e9]),
        *exports_of("SWE", "NOR", [9e9, 8e9, 9e9, 8e9, 9e9, 8e9, 9e9, 8e9, 9e9]),
        *exports_of("SWE", "FIN", [6e9, 7e9, 6e9, 7e9, 6e9, 7e9, 6e9, 7e9, 6e9]),
        *exports_of("SWE", "DEU", [7e9, 7e9, 6e9, 6e9, 7e9, 7e9, 6e9, 6e9, 7e9]),
        *exports_of("SWE", "TUV", [0.3, 0.2, 0.3, 0.2, 0.3, 0.2, 0.3, 0.2, 0.6]),
        *exports_of("SWE", "ISL", [None] + [5e9] * 8),
        *exports_of("SWE", "EU27", [5e10] * 9),
        *exports_of("DNK", "BRA", [5e9] * 9),
    ]
    put_tables(twin, {"eurostat-annual": pl.DataFrame(rows, schema_overrides={"value": pl.Float64})})


def test_a_panel_holds_every_partner_however_small_and_no_bloc(twin_table: None) -> None:
    found = twin.export_panel("SWE")
    assert found.units == ("DEU", "FIN", "NOR", "RUS", "TUV") and found.times == tuple(YEARS)
    assert found.values[:, found.units.index("RUS")].tolist() == [8e9] * 8 + [1e9]
    assert [(item.kind, item.examples) for item in found.problems] == [("incomplete", ("ISL",))]
    large = twin.export_panel("SWE", floor=7e9)
    # Germany sells 6.56 and Finland 6.44 on average, Norway 8.56, Russia 7.22 (billion).
    assert large.units == ("NOR", "RUS")
    assert twin.synthetic_exports("SWE", "RUS", event=2022).donors == ("DEU", "FIN", "NOR", "TUV")


def test_the_span_of_a_twin_is_that_of_its_pools(twin_table: None) -> None:
    span = twin.synthetic_span("SWE", "RUS", event=2021)
    assert list(span.results) == [0, 100e6, 1e9, 5e9]
    assert [item.donors for item in span.results.values()] == [("DEU", "FIN", "NOR", "TUV")] + [
        ("DEU", "FIN", "NOR")
    ] * 3
    effects = [item.effect.tolist() for item in span.results.values()]
    for k, year in enumerate((2021, 2022)):
        assert span.effect[k].low == min(row[k] for row in effects), year
        assert span.effect[k].high == max(row[k] for row in effects), year
    assert span.effect[1].low < span.effect[1].high < 0
    ranks = [item.p_value for item in span.results.values()]
    assert (span.p_values.low, span.p_values.high) == (min(ranks), max(ranks)) == (1 / 4, 2 / 5)


# ── price and quantity ──────────────────────────────────────────────────────────────────────────


def good(product: str, period: str, value: float | None, quantity: float | None, **more: Any) -> dict[str, Any]:
    usual = {"exporter": "RUS", "importer": "CHN", "nomenclature": "own", "unit": "t", "origin": "customs"}
    return usual | {"product": product, "period": period, "value": value, "quantity": quantity} | more


def goods_table(*rows: dict[str, Any]) -> dict[str, pl.DataFrame]:
    return {"": pl.DataFrame(list(rows), schema_overrides={"value": pl.Float64, "quantity": pl.Float64})}


@pytest.fixture
def no_totals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(priced, "_total", lambda *_: None)


def rows_of(table: pl.DataFrame) -> dict[tuple[str, str], tuple[float, float | None, str]]:
    return {
        (row["product"], row["period"]): (row["value"], row["quantity"], row["group"])
        for row in table.iter_rows(named=True)
    }


def test_a_whole_is_replaced_by_what_its_parts_leave_over(put_tables: PutTables) -> None:
    table = goods_table(
        good("coal", "2020-01", 100, 50), good("steam coal", "2020-01", 60, 25), good("coking coal", "2020-01", 30, 5),
        good("coal", "2020-02", 100, 50),
        good("coal", "2020-03", 100, 50), good("steam coal", "2020-03", 100, 20),
        good("coal", "2020-04", 100, 50), good("steam coal", "2020-04", 40, 50),
        good("coal", "2020-05", 100, 50), good("steam coal", "2020-05", 99, 49),
        good("coal", "2020-06", 100, 50), good("steam coal", "2020-06", 101, 10),
        good("steam coal", "2020-07", 7, 3), good("crude oil", "2020-07", 9, 4),
        good("steam coal", "2020-02", 11, 3, origin="port"),
    )  # fmt: skip
    put_tables(priced, table)
    rows = rows_of(priced.priced_rows("RUS", "CHN"))
    other = {period: row for (product, period), row in rows.items() if product == "other coal"}
    # In March and April nothing is left of the value or of the amount, in June the parts exceed the whole.
    assert other == {"2020-01": (10, 20, "coal"), "2020-02": (100, 50, "coal"), "2020-05": (1, 1, "coal")}
    assert not any(product == "coal" for product, _ in rows)
    assert rows["steam coal", "2020-04"] == (40, 50, "coal") and rows["crude oil", "2020-07"] == (9, 4, "crude oil")
    assert len(rows) == 12


def test_a_source_counts_where_it_has_a_quantity_at_all(put_tables: PutTables) -> None:
    table = goods_table(
        good("gas", "2021", 5, None),
        good("crude oil", "2021", 100, 10),
        good("crude oil", "2022", None, 12),
        good("all", "2021", 900, None, origin="bank"),
        good("crude oil", "2021", 70, 9, importer="IND"),
        good("gold", "2021", 70, 9, exporter="CHN", importer="RUS", origin="mint"),
        good("gold", "2021", None, 9, exporter="CHN", importer="IND"),
    )
    put_tables(priced, table)
    found = priced.priced_rows("RUS", "CHN")
    assert rows_of(found) == {("gas", "2021"): (5, None, "gas"), ("crude oil", "2021"): (100, 10, "crude oil")}
    assert priced.priced_rows("CHN", "RUS")["product"].to_list() == ["gold"]
    assert priced.priced_rows("CHN", "IND").is_empty() and priced.priced_rows("SWE", "CHN").is_empty()


def test_both_sides_need_a_good_with_value_and_quantity(put_tables: PutTables, no_totals: None) -> None:
    table = goods_table(
        good("crude oil", "2021", 100, 10), good("gas", "2021", 5, None),
        good("crude oil", "2022", 150, None), good("gas", "2022", 8, None),
        good("crude oil", "2023", 180, 12), good("gas", "2023", 9, None),
    )  # fmt: skip
    put_tables(priced, table)
    for pair in ((2021, 2022), (2022, 2023)):
        with pytest.raises(NoDataError, match=r"\(crude oil\) run from 2021 to 2023, so"):
            priced.split_pair("RUS", "CHN", before=YEAR(pair[0]), after=YEAR(pair[1]))
    assert priced.split_months("RUS", "CHN", months=[YEAR(2022), YEAR(2023)]) == ()
    found = priced.split_pair("RUS", "CHN", before=YEAR(2021), after=YEAR(2023))
    assert found.split.change == 84 and found.split.split_products == ("crude oil",)
    assert found.coverage is None and found.total_after is None


def test_coverage_is_a_share_of_a_flow_that_is_known_and_not_zero(tmp_path: Path) -> None:
    lines = ["exporter,importer,product,nomenclature,period,value_usd,quantity,unit"]
    for year, values in ((2021, (100, 20)), (2022, (180, 60))):
        lines += [f"SWE,NOR,440710,HS6,{year},{values[0]},10,t", f"SWE,NOR,270900,HS6,{year},{values[1]},,t"]
    file = tmp_path / "own.csv"
    file.write_text("\n".join(lines) + "\n")
    found = priced.split_pair("SWE", "NOR", before=YEAR(2021), after=YEAR(2022), data=file)
    assert found.total_before is not None and found.total_before.value == 120
    assert found.total_after is not None and found.total_after.value == 240 and found.coverage == 180 / 240
    assert priced.priced_rows("SWE", "NOR", data=file)["group"].unique().to_list() == [""]
    assert [item.before.label for item in priced.split_months("SWE", "NOR", months=[YEAR(2022)], data=file)] == ["2021"]
    with pytest.raises(NoDataError, match="No table holds quantities for exports from NOR to SWE"):
        priced.split_pair("NOR", "SWE", before=YEAR(2021), after=YEAR(2022), data=file)


def test_reports_of_two_sides_have_no_quantities(tmp_path: Path) -> None:
    file = tmp_path / "reports.csv"
    head = "reporter,partner,direction,product,nomenclature,period,value_usd,quantity,unit"
    file.write_text(f"{head}\nSWE,NOR,export,440710,HS6,2021,100,10,t\nNOR,SWE,import,440710,HS6,2021,90,10,t\n")
    assert priced.priced_rows("SWE", "NOR", data=file).is_empty()
    # A table of flows that names partners all the same is no table of reports: it is refused, not read as empty.
    odd = tmp_path / "odd.csv"
    odd.write_text("exporter,importer,partner,period,value_usd\nSWE,NOR,NOR,2021,1\n")
    for file, what in ((odd, "a column 'partner' that is not understood"), (tmp_path / "gone.csv", "There is no file")):
        with pytest.raises(FlowsError, match=what):
            priced.priced_rows("SWE", "NOR", data=file)


def test_only_the_finest_nomenclature_of_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    lines = ["exporter,importer,product,nomenclature,period,value_usd,quantity,unit"]
    lines += ["SWE,NOR,44,HS2,2021,30,7,t", "SWE,NOR,48,HS2,2021,4,1,t"]
    lines += [f"SWE,NOR,{code},HS6,2021,10,2,t" for code in ("440710", "440711", "480100")]
    file.write_text("\n".join(lines) + "\n")
    assert priced.priced_rows("SWE", "NOR", data=file)["product"].to_list() == ["440710", "440711", "480100"]


def test_months_add_up_to_a_year_only_where_all_are_known(put_tables: PutTables, no_totals: None) -> None:
    def months(product: str, year: int, count: int = 12, gap: int = 0, unit: str = "t") -> list[dict[str, Any]]:
        kept = (None if month == gap else 1.0 for month in range(1, count + 1))
        return [
            good(product, f"{year}-{month:02d}", float(month), amount, unit=unit if month > 1 else "t")
            for month, amount in enumerate(kept, start=1)
        ]

    rows = [row for year in (2021, 2022) for row in months("crude oil", year)]
    rows += [*months("gas", 2021, 11), *months("gas", 2022)]
    rows += [*months("steel", 2021, gap=5), *months("steel", 2022)]
    rows += [*months("timber", 2021, unit="m3"), *months("timber", 2022)]
    put_tables(priced, goods_table(*rows))
    found = priced.split_pair("RUS", "CHN", before=YEAR(2021), after=YEAR(2022)).split
    # 1 + 2 + … + 12 = 78. Gas lacks December, steel the amount of May, and timber is in two units.
    assert found.goods.products == ("crude oil", "steel", "timber")
    assert found.goods.value_before.tolist() == [78, 78, 78] and found.goods.quantity_after.tolist() == [12, 12, 12]
    assert found.split_products == ("crude oil",)
    assert {item.kind: item.count for item in found.goods.problems} == {"value_missing": 1, "quantity_missing": 2}
    half = Period.parse("2022-01/2022-06")
    assert priced._summed(priced.priced_rows("RUS", "CHN"), half)[0]["value"] == 21
    assert priced._summed(priced.priced_rows("RUS", "CHN"), Period.parse("2022-03"))[0]["value"] == 3
    assert priced._summed(priced.priced_rows("RUS", "CHN"), YEAR(2020)) == []


def test_the_whole_flow_is_the_first_that_somebody_observed() -> None:
    # The model's tables know Swedish purchases of 2019; nobody observed them by the month.
    assert priced._total("NOR", "SWE", YEAR(2019), None) is None
    china = priced._total("RUS", "CHN", YEAR(2022), None)
    assert china is not None and china.value == pytest.approx(114.15e9) and "oecd-icio" not in china.origins
    assert (china.subject, china.object) == ("CHN", "RUS")


# ── shares ──────────────────────────────────────────────────────────────────────────────────────


def flow(exporter: str, importer: str, product: str, year: int, value: float) -> dict[str, Any]:
    return {
        "exporter": exporter,
        "importer": importer,
        "product": product,
        "period": f"{year:04d}",
        "value_usd": float(value),
    }


SHARED = pl.DataFrame([
    flow("A", "X", "g", 1, 30), flow("B", "X", "g", 1, 70),
    flow("A", "X", "g", 2, 60), flow("B", "X", "g", 2, 60),
    flow("B", "X", "h", 1, 100), flow("B", "X", "h", 2, 20), flow("A", "X", "h", 2, 60),
    flow("A", "Y", "g", 1, 50), flow("A", "Y", "g", 2, 90),
    flow("X", "A", "g", 1, 10), flow("X", "A", "g", 2, 30), flow("B", "A", "g", 2, 30),
    flow("A", "Z", "g", 2, 5),
])  # fmt: skip


def share_row(subject: str, other: str, product: str, **how: Any) -> dict[str, Any]:
    table = share_tables.share_changes(SHARED, before=YEAR(1), after=YEAR(2), **how)
    found = table.filter(pl.col("subject") == subject, pl.col("object") == other, pl.col("product") == product)
    return found.to_dicts()[0]


def test_shares_by_hand_in_every_direction() -> None:
    row = share_row("X", "A", "g")
    assert (row["value_before"], row["all_before"], row["value_after"], row["all_after"]) == (30, 100, 60, 120)
    assert (row["share_before"], row["share_after"], row["change"]) == pytest.approx((0.3, 0.5, 0.2))
    # Own doubles and others fall by a seventh: both raise the share, own by ln 2 to ln 7/6.
    assert row["own"] / row["others"] == pytest.approx(0.6931472 / 0.1541507, rel=1e-6) and row["others"] > 0
    sold = share_row("A", "X", "g", flow="exports")
    assert (sold["value_before"], sold["all_before"], sold["all_after"]) == (30, 80, 155)
    both = share_row("A", "X", "g", flow="total")
    assert (both["value_before"], both["all_before"]) == (40, 90) and (both["value_after"], both["all_after"]) == (
        90,
        215,
    )


def test_a_pair_without_a_row_traded_nothing_then() -> None:
    row = share_row("X", "A", "h")
    assert (row["value_before"], row["share_before"], row["share_after"]) == (0, 0, 0.75)
    assert (row["own"], row["others"]) == pytest.approx((0.75, 0))
    gone = share_row("A", "B", "g")
    assert (gone["value_before"], gone["value_after"], gone["change"]) == (0, 30, 0.5)
    # Z bought nothing before: it has no share then, and so no row.
    table = share_tables.share_changes(SHARED, before=YEAR(1), after=YEAR(2))
    assert set(table["subject"]) == {"A", "X", "Y"}
    alone = share_row("Y", "A", "g")
    assert (alone["share_before"], alone["change"], alone["own"], alone["others"]) == (1, 0, 0, 0)


def test_a_subject_whose_trade_is_zero_in_a_period_has_no_share() -> None:
    zero = pl.concat([SHARED, pl.DataFrame([flow("A", "Z", "g", 1, 0), flow("A", "V", "g", 1, 4)])])
    zero = pl.concat([zero, pl.DataFrame([flow("A", "V", "g", 2, 0)])])
    table = share_tables.share_changes(zero, before=YEAR(1), after=YEAR(2))
    assert set(table["subject"]) == {"A", "X", "Y"}


def test_shares_do_not_depend_on_the_unit_of_money() -> None:
    small = SHARED.with_columns(pl.col("value_usd") / 1000)
    one, two = (share_tables.share_changes(table, before=YEAR(1), after=YEAR(2)) for table in (SHARED, small))
    names = ("share_before", "share_after", "change", "own", "others")
    assert two.height == one.height
    for name in names:
        assert two[name].to_list() == pytest.approx(one[name].to_list(), abs=1e-12)


def test_within_and_between_by_hand() -> None:
    table = share_tables.share_changes(SHARED, before=YEAR(1), after=YEAR(2))
    found = share_tables.sector_parts(table, "X", "A")
    # Shares 0.3 → 0.5 in g and 0 → 0.75 in h; weights 1/2 → 3/5 and 1/2 → 2/5; the total 0.15 → 0.6.
    assert found.products == ("g", "h")
    assert found.parts.within.tolist() == pytest.approx([0.55 * 0.2, 0.45 * 0.75])
    assert found.parts.between.tolist() == pytest.approx([(0.4 - 0.375) * 0.1, (0.375 - 0.375) * -0.1])
    assert found.parts.change == pytest.approx(0.45)
    # Germany sells one good only, and the other still carries weight.
    lone = pl.concat([SHARED, pl.DataFrame([flow("DEU", "X", "g", 1, 25), flow("DEU", "X", "g", 2, 80)])])
    other = share_tables.sector_parts(share_tables.share_changes(lone, before=YEAR(1), after=YEAR(2)), "X", "DEU")
    assert other.products == ("g", "h") and other.parts.change == pytest.approx(80 / 280 - 25 / 225)


def test_market_cells_by_hand() -> None:
    cells = share_tables.market_cells(SHARED, "A", before=YEAR(1), after=YEAR(2))
    # What A itself buys is no market of A.
    assert set(cells.by_market) == {"B", "X", "Y", "Z"}
    assert [cells.of(name).change for name in ("X", "Y", "Z", "NOR")] == pytest.approx([90, 40, 5, 0])
    assert cells.total.change == pytest.approx(135)
    nothing = cells.of("NOR")
    assert (nothing.world, nothing.sectors, nothing.markets, nothing.competitiveness) == (0, 0, 0, 0)
    # A is alone in Y and in Z, so its share moves in X only: g 0.3 → 0.5 of 110, h 0 → 0.75 of 90.
    assert cells.of("X").competitiveness == pytest.approx(110 * 0.2 + 90 * 0.75)
    assert cells.of("Y").competitiveness == pytest.approx(0)
    # In h, A is half of 0 and 0.75 in a market of 90 that shrank by 20; g of all three markets grew by 65 of 182.5.
    world, g = 45 / (182.5 + 90), 65 / 182.5
    assert cells.of("Y").world == pytest.approx(world * 70) and cells.of("Y").sectors == pytest.approx((g - world) * 70)
    assert cells.of("Y").markets == pytest.approx((40 / 70 - g) * 70)


def test_a_side_without_exports_is_named_with_its_year() -> None:
    late = pl.DataFrame([flow("Q", "X", "g", 2, 5), flow("A", "X", "g", 1, 5), flow("A", "X", "g", 2, 5)])
    with pytest.raises(NoDataError, match="no exports of Q in 0001"):
        share_tables.market_cells(late, "Q", before=YEAR(1), after=YEAR(2))
    with pytest.raises(NoDataError, match="no exports of Q in 0001"):
        share_tables.market_cells(late, "Q", before=YEAR(2), after=YEAR(1))
    # A market that nobody served before, and a good that nobody sold before, count from zero.
    new = pl.concat([late, pl.DataFrame([flow("A", "W", "k", 2, 9)])])
    cells = share_tables.market_cells(new, "A", before=YEAR(1), after=YEAR(2))
    old = share_tables.market_cells(new, "A", before=YEAR(2), after=YEAR(1))
    assert old.of("W").change == pytest.approx(-9) and set(old.by_market) == set(cells.by_market)
    assert cells.of("W").change == pytest.approx(9) and set(cells.by_market) == {"Q", "W", "X"}


# ── dependence ──────────────────────────────────────────────────────────────────────────────────


def test_trade_by_sector_by_hand(put_tables: PutTables) -> None:
    rows = [
        flow("SWE", "RUS", "C26", 2019, 7), flow("DEU", "RUS", "C26", 2019, 5), flow("RUS", "SWE", "C26", 2019, 3),
        flow("SWE", "DEU", "C26", 2019, 100), flow("SWE", "CHN", "C26", 2019, 11), flow("CHN", "DEU", "C26", 2019, 13),
        flow("SWE", "SWE", "C26", 2019, 1000), flow("RUS", "CHN", "B06", 2019, 17), flow("RUS", "DEU", "B06", 2019, 19),
        flow("SWE", "RUS", "C26", 2018, 999), flow("SWE", "RUS", "SERV", 2019, 999),
    ]  # fmt: skip
    table = pl.DataFrame(rows).with_columns(
        value=pl.col("value_usd"), quantity=None, nomenclature=pl.lit("ISIC"), currency=pl.lit("USD"),
        unit=pl.lit(""), origin=pl.lit("oecd-icio"),
    )  # fmt: skip
    put_tables(dependence_tables, {"icio": table.with_columns(pl.col("quantity").cast(pl.Float64))})
    found = dependence_tables.sector_trade("EU27", "RUS", year=2019)
    assert found.products == ("B06", "C26")
    amounts = dict(
        zip(
            found.products,
            zip(found.exports, found.imports, found.exports_all, found.imports_all, strict=True),
            strict=True,
        )
    )
    assert amounts == {"B06": (0, 19, 0, 19), "C26": (12, 3, 23, 16)}
    back = dependence_tables.sector_trade("RUS", "SWE", year=2019)
    assert dict(zip(back.products, back.exports, strict=True)) == {"B06": 0, "C26": 3}
    assert dict(zip(back.products, back.imports_all, strict=True)) == {"B06": 0, "C26": 12}
    flows = dependence_tables.sector_flows(2019).collect(backend="polars").to_native()
    assert flows.height == 8 and set(flows["product"]) == {"B06", "C26"}
    merged = dependence_tables.sector_flows(2019, bloc="EU27").lazy().collect(backend="polars").to_native()
    inside = merged.filter((pl.col("exporter") == "EU27") & (pl.col("importer") == "RUS"))
    assert inside["value_usd"].to_list() == [12] and "SWE" not in set(merged["exporter"])


def test_a_place_that_only_buys_is_no_place_of_the_tables(put_tables: PutTables) -> None:
    rows = [flow("SWE", "RUS", "C26", 2019, 7), flow("RUS", "KGZ", "C26", 2019, 5)]
    put_tables(dependence_tables, {"icio": pl.DataFrame(rows)})
    for pair in (("KGZ", "RUS"), ("RUS", "KGZ")):
        with pytest.raises(NoDataError, match="no trade of KGZ in 2019"):
            dependence_tables.sector_trade(*pair, year=2019)
    assert dependence_tables.sector_trade("RUS", "SWE", year=2019).imports == (7,)


def partners_table() -> pl.DataFrame:
    rows = [
        ("CHN", "850000", 60), ("DEU", "850000", 10), ("EU", "850000", 40), ("SVK", "850000", 5),
        ("ASEAN", "850000", 90),
        ("DEU", "860000", 30), ("EU", "860000", 30), ("CHN", "860000", 0), ("EU", "870000", 0.5), ("CHN", "870000", -1),
    ]  # fmt: skip
    table = [flow(name, "USA", code, 2024, value) for name, code, value in rows]
    return pl.DataFrame([*table, flow("CHN", "MEX", "850000", 2024, 77)])


def test_partners_stand_once_as_one_or_as_members(put_tables: PutTables) -> None:
    assert {"DEU", "SVK"} <= codes.bloc("EU").members
    put_tables(dependence_tables, {"us-census-hs6": partners_table()})

    def amounts(found: dependence_tables.Partners) -> dict[tuple[str, str], float]:
        return {(e, p): v for e, p, v in found.flows.select("exporter", "product", "value_usd").iter_rows()}

    one = dependence_tables.import_partners("USA")
    assert amounts(one) == {
        ("CHN", "850000"): 60, ("EU", "850000"): 40, ("EU", "860000"): 30, ("EU", "870000"): 0.5
    }  # fmt: skip
    assert one.names == ("CHN", "EU") and one.left_out == ("DEU", "SVK", "ASEAN")
    members = dependence_tables.import_partners("USA", bloc_as="members")
    # Of the bloc 25 are left in the first good, nothing in the second, all in the third.
    assert amounts(members) == {
        ("CHN", "850000"): 60, ("DEU", "850000"): 10, ("SVK", "850000"): 5, ("EU", "850000"): 25,
        ("DEU", "860000"): 30, ("EU", "870000"): 0.5,
    }  # fmt: skip
    assert members.left_out == ("ASEAN",) and members.names == ("CHN", "DEU", "EU", "SVK")
    table = dependence_tables.import_dependence("USA", thresholds=Thresholds(import_hhi=0.5))
    row = table.filter(pl.col("product") == "850000").to_dicts()[0]
    assert row["import_hhi"] == pytest.approx(0.6**2 + 0.4**2) and row["top_supplier"] == "CHN"
    assert dependence_tables.import_partners("MEX").names == ("CHN",)


# ── reported shares ─────────────────────────────────────────────────────────────────────────────


def test_reported_shares_by_hand(put_tables: PutTables) -> None:
    rows = [
        flow("EU27", "RUS", "total", 2021, 20), flow("EU27", "CHN", "total", 2021, 60),
        flow("EU27", "UNSPECIFIED-EXTRA", "total", 2021, 20), flow("EU27", "RUS", "total", 2022, 10),
        flow("EU27", "CHN", "total", 2022, 90), flow("EU27", "DEU", "total", 2021, 500),
        flow("EU27", "INTRA-EU27", "total", 2021, 900), flow("EU27", "UNSPECIFIED-INTRA", "total", 2021, 70),
        flow("EU27", "EXTRA-EU27", "total", 2021, 100), flow("CHN", "RUS", "total", 2021, 33),
    ]  # fmt: skip
    put_tables(reported_shares, {"eurostat-annual": pl.DataFrame(rows)})
    assert reported_shares.export_shares("EU27", "RUS") == {YEAR(2021): 0.2, YEAR(2022): 0.1}
    figure = reported_shares.share_figure("EU27", "RUS", YEAR(2021))
    assert figure is not None and figure.derivation is not None
    assert (figure.subject, figure.object, figure.flow, figure.value) == ("EU27", "RUS", "exports", 0.2)
    part, whole = figure.derivation.inputs
    assert (part.object, part.value, part.flow, part.measure) == ("RUS", 20, "exports", "exports")
    assert (whole.object, whole.value, whole.flow, whole.unit) == ("WLD", 100, "exports", "USD")
    assert reported_shares.share_figure("EU27", "RUS", YEAR(2020)) is None
    assert reported_shares.share_figure("EU27", "BRA", YEAR(2021)) is None
    changes = reported_shares.export_share_changes("EU27", before=YEAR(2021), after=YEAR(2022))
    assert set(changes["subject"]) == {"EU27"} and set(changes["object"]) == {"RUS", "CHN", "UNSPECIFIED-EXTRA"}
    russia = changes.filter(pl.col("object") == "RUS").to_dicts()[0]
    # Own halves, others grow by an eighth: both lower the share.
    assert russia["change"] == pytest.approx(-0.1) and russia["own"] / russia["others"] == pytest.approx(
        0.6931472 / 0.1177830, rel=1e-6
    )


def test_monthly_shares_by_hand(put_tables: PutTables) -> None:
    def month(partner: str, label: str, value: float, product: str = "total") -> dict[str, Any]:
        return flow(partner, "USA", product, 0, value) | {"period": label}

    rows = [
        month("CHN", "2020-01", 20), month("WLD", "2020-01", 100), month("CHN", "2020-02", 30),
        month("WLD", "2020-02", 100), month("CHN", "2021-01", 40), month("WLD", "2021-01", 120),
        month("CHN", "2021-03", 50), month("WLD", "2021-03", 100), month("CHN", "2021-04", 9),
        month("CHN", "2021-01", 7, "334"), month("MEX", "2021-01", 60),
    ]  # fmt: skip
    put_tables(reported_shares, {"us-census-naics3": pl.DataFrame(rows)})
    table = reported_shares.import_shares_by_month("USA", "CHN")
    assert table["period"].to_list() == ["2020-01", "2020-02", "2021-01", "2021-03"]
    assert table["share"].to_list() == pytest.approx([0.2, 0.3, 1 / 3, 0.5])
    # Only January has a year before; others stand at 80 in both years, so that own does it all.
    assert table["change"].to_list()[:2] == [None, None] and table["change"][3] is None
    row = table.row(2, named=True)
    assert (row["value"], row["whole"]) == (40, 120)
    assert (row["change"], row["own"], row["others"]) == pytest.approx((1 / 3 - 0.2, 1 / 3 - 0.2, 0))
    with pytest.raises(NoDataError, match="none of USA from NOR"):
        reported_shares.import_shares_by_month("USA", "NOR")
