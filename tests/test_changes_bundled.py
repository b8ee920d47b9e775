"""What the bundled data must yield, beside numbers known from elsewhere."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import polars as pl
import pytest

from amur import codes
from amur.changes.dependence import Thresholds
from amur.changes.dependence_tables import (
    YEARS,
    import_dependence,
    import_partners,
    own_dependence,
    sector_bloc_indicators,
    sector_dependence,
    sector_flows,
    sector_persistence,
    sector_trade,
)
from amur.changes.priced import priced_rows, split_months, split_pair
from amur.changes.reported_shares import (
    export_share_changes,
    export_shares,
    import_shares_by_month,
    outside_exports,
    share_figure,
)
from amur.changes.rerouted import (
    all_routes,
    basket_products,
    comparable_codes,
    comparable_ratio,
    destinations,
    first_event,
    listed_goods,
    placebos,
    ratio_over_baskets,
    redirected,
    rerouting,
    route,
    untouched_goods,
)
from amur.changes.share_tables import market_cells, sector_parts, share_changes
from amur.changes.twin import export_panel, synthetic_exports, synthetic_span
from amur.errors import FlowsError, MeasureError, NoDataError
from amur.flows import load_flows
from amur.periods import Period

EXACT = 1e-12
YEAR = Period.of_year

# ── price and quantity: Chinese imports of Russian crude and coal ───────────────────────────────


def test_crude_and_coal_cover_three_fifths_of_chinese_imports_from_russia() -> None:
    found = split_pair("RUS", "CHN", before=YEAR(2021), after=YEAR(2022))
    # Published: 58.38 bn of crude, and 114.15 bn of imports in all.
    value = dict(zip(found.split.goods.products, found.split.goods.value_after.tolist(), strict=True))
    assert value["crude oil"] == pytest.approx(58_377_523_628) and found.total_after is not None
    assert found.total_after.value == pytest.approx(114.15e9) and found.total_before is None
    assert found.coverage == pytest.approx(0.614, abs=0.001)
    assert found.split.split_products == ("coking coal", "crude oil", "other coal", "steam coal")
    assert found.origins == ("china-energy",)


def test_prices_moved_more_than_quantities_in_2022() -> None:
    split = split_pair("RUS", "CHN", before=YEAR(2021), after=YEAR(2022)).split
    part = {item.cause: item for item in split.parts}
    assert sum(item.value for item in split.parts) == pytest.approx(split.change, rel=EXACT)
    # By hand for crude alone: unit values 505.9 and 676.9 dollars a tonne, amounts 79.65 and 86.25 Mt.
    crude = split.goods.products.index("crude oil")
    price, quantity = split.by_product[0, crude], split.by_product[1, crude]
    mean = (58.377523628e9 - split.goods.value_before[crude]) / np.log(58.377523628e9 / split.goods.value_before[crude])
    assert price == pytest.approx(mean * np.log(676.86 / 505.92), rel=1e-3)
    assert quantity == pytest.approx(mean * np.log(86.248 / 79.646), rel=1e-3)
    assert part["price"].value == pytest.approx(16.8e9, rel=0.01) and part["quantity"].value == pytest.approx(
        5.4e9, rel=0.02
    )
    assert part["unsplit"].value == pytest.approx(3.980856658e9 - 1.5104e9, rel=1e-3)
    assert part["entry"].value == part["exit"].value == 0 and not split.signs_differ
    # Gas is never divided: its value and volume are not of the same trade.
    assert [problem.kind for problem in split.goods.problems] == ["quantity_missing", "quantity_missing"]
    assert not any("LNG" in name for name in split.goods.products)


def test_every_month_is_split_against_the_year_before() -> None:
    months = split_months("RUS", "CHN", months=[*YEAR(2022).split_months(), Period.parse("2024-01")])
    assert [item.after.label for item in months] == [f"2022-{m:02d}" for m in range(1, 13)]
    for item in months:
        assert item.before == item.after.shift_years(-1)
        assert sum(part.value for part in item.split.parts) == pytest.approx(item.split.change, rel=EXACT)
    year = split_pair("RUS", "CHN", before=YEAR(2021), after=YEAR(2022)).split.change
    assert sum(item.split.change for item in months) == pytest.approx(year)


def test_other_coal_is_what_the_named_kinds_leave_over() -> None:
    rows = priced_rows("RUS", "CHN")
    assert "coal" not in set(rows["product"])
    june = {row["product"]: row for row in rows.filter(pl.col("period") == "2022-06").to_dicts()}
    raw = load_flows("china-energy").filter(nw.col("period") == "2022-06", nw.col("product") == "coal")
    whole = raw.collect(backend="polars").to_native()["value"].item()
    assert sum(june[name]["value"] for name in ("steam coal", "coking coal", "other coal")) == pytest.approx(whole)
    assert (
        june["steam coal"]["group"] == june["other coal"]["group"] == "coal"
        and june["crude oil"]["group"] == "crude oil"
    )


def test_missing_quantities_are_named_with_their_last_month() -> None:
    with pytest.raises(NoDataError, match=r"coking coal, crude oil, .* run from 1995-06 to 2023-02"):
        split_pair("RUS", "CHN", before=YEAR(2024), after=YEAR(2025))
    with pytest.raises(NoDataError, match="No table holds quantities for exports from SWE to DEU"):
        split_pair("SWE", "DEU", before=YEAR(2021), after=YEAR(2022))


def test_a_users_own_table_is_split(tmp_path) -> None:
    file = tmp_path / "own.csv"
    head = "exporter,importer,product,nomenclature,period,value,currency,quantity,unit"
    rows = [
        "SWE,NOR,440710,HS6,2021,100,USD,10,t",
        "SWE,NOR,440710,HS6,2022,240,USD,12,t",
        "SWE,NOR,847130,HS6,2021,50,USD,,",
        "SWE,NOR,847130,HS6,2022,60,USD,,",
    ]
    file.write_text("\n".join([head, *rows]) + "\n")
    found = split_pair("SWE", "NOR", before=YEAR(2021), after=YEAR(2022), data=file)
    part = {item.cause: item.value for item in found.split.parts}
    assert part["unsplit"] == 10 and part["price"] + part["quantity"] == pytest.approx(140)
    assert part["price"] == pytest.approx(140 / np.log(2.4) * np.log(2)) and found.total_after is not None
    assert found.coverage == pytest.approx(240 / 300)


# ── shares ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("flow", ["exports", "imports", "total"])
def test_every_pair_and_sector_decomposes_exactly(flow) -> None:
    flows = load_flows("icio").filter(
        nw.col("period").is_in(["2018", "2019"]), nw.col("exporter") != nw.col("importer")
    )
    table = share_changes(flows, before=YEAR(2018), after=YEAR(2019), flow=flow)
    assert table.select(((pl.col("own") + pl.col("others")) - pl.col("change")).abs().max()).item() < EXACT
    assert (
        table["subject"].n_unique() == 81
        and table["product"].n_unique() == 28
        and table.null_count().sum_horizontal().item() == 0
    )
    shares = table.group_by("subject", "product").agg(pl.col("share_before").sum(), pl.col("share_after").sum())
    assert (shares.select("share_before", "share_after") - 1).select(
        pl.all().abs().max()
    ).max_horizontal().item() < 1e-9


def test_years_and_pairs_that_are_not_there_are_refused() -> None:
    flows = load_flows("icio").filter(nw.col("period") == "2019", nw.col("exporter") != nw.col("importer"))
    with pytest.raises(NoDataError, match="no imports in 2018"):
        share_changes(flows, before=YEAR(2018), after=YEAR(2019))
    with pytest.raises(NoDataError, match="no imports in 2020"):
        share_changes(flows, before=YEAR(2019), after=YEAR(2020))
    with pytest.raises(NoDataError, match="without 2010"):
        sector_trade("RUS", "CHN", year=2010)
    # Neither the subject nor the object may be in the rest of the world.
    for pair in (("XKX", "CHN"), ("EU27", "KGZ")):
        with pytest.raises(NoDataError, match=r"no trade of (XKX|KGZ)"):
            sector_trade(*pair, year=2019)


def test_within_and_between_agree_with_the_one_pair_query() -> None:
    flows = load_flows("icio").filter(
        nw.col("period").is_in(["2018", "2019"]), nw.col("exporter") != nw.col("importer"), nw.col("product") != "SERV"
    )
    table = share_changes(flows, before=YEAR(2018), after=YEAR(2019))
    parts = sector_parts(table, "RUS", "CHN")
    old, new = (sector_trade("RUS", "CHN", year=year) for year in (2018, 2019))
    change = sum(new.imports) / sum(new.imports_all) - sum(old.imports) / sum(old.imports_all)
    assert parts.parts.change == pytest.approx(change, abs=1e-9) and parts.products == old.products
    members = list(codes.bloc("EU27").members)
    rows = flows.filter(nw.col("exporter").is_in(members), nw.col("importer") == "RUS", nw.col("period") == "2019")
    sold = rows.filter(nw.col("product") == old.products[0]).collect(backend="polars").to_native()["value_usd"].sum()
    assert sector_trade("EU27", "RUS", year=2019).exports[0] == pytest.approx(sold)
    with pytest.raises(NoDataError, match="no trade of RUS with XKX"):
        sector_parts(table, "RUS", "XKX")


def test_constant_market_share_adds_up_to_the_change_of_exports() -> None:
    flows = load_flows("icio").filter(
        nw.col("period").is_in(["2018", "2019"]), nw.col("exporter") != nw.col("importer"), nw.col("product") != "SERV"
    )
    cells = market_cells(flows, "SWE", before=YEAR(2018), after=YEAR(2019))
    parts = cells.total
    table = flows.filter(nw.col("exporter") == "SWE").collect(backend="polars").to_native()
    sums = dict(table.group_by("period").agg(pl.col("value_usd").sum()).iter_rows())
    assert parts.change == pytest.approx(sums["2019"] - sums["2018"], rel=1e-9)
    norway = dict(
        table.filter(pl.col("importer") == "NOR").group_by("period").agg(pl.col("value_usd").sum()).iter_rows()
    )
    assert cells.of("NOR").change == pytest.approx(norway["2019"] - norway["2018"], rel=1e-9)
    assert len(cells.by_market) == 80 and cells.of("XKX").change == 0
    with pytest.raises(NoDataError, match="no exports of XKX in 2018"):
        market_cells(flows, "XKX", before=YEAR(2018), after=YEAR(2019))


def test_eu_export_shares_run_from_2010_to_2023_with_the_reported_total() -> None:
    shares = export_shares("EU27", "RUS")
    assert [period.label for period in shares] == [str(year) for year in range(2010, 2024)]
    reported = (
        load_flows("eurostat-annual").filter(nw.col("importer") == "EXTRA-EU27").collect(backend="polars").to_native()
    )
    sums = dict(outside_exports("EU27").group_by("period").agg(pl.col("value_usd").sum()).iter_rows())
    for row in reported.iter_rows(named=True):
        assert sums[row["period"]] == pytest.approx(row["value_usd"], rel=1e-3)
    changes = export_share_changes("EU27", before=YEAR(2021), after=YEAR(2022))
    russia = changes.filter(pl.col("object") == "RUS").to_dicts()[0]
    assert russia["change"] == pytest.approx(shares[YEAR(2022)] - shares[YEAR(2021)], abs=EXACT)
    assert russia["own"] < 0 and russia["own"] + russia["others"] == pytest.approx(russia["change"], abs=EXACT)
    figure = share_figure("EU27", "RUS", YEAR(2021))
    assert figure is not None and figure.value == pytest.approx(shares[YEAR(2021)]) and figure.derivation is not None
    assert share_figure("EU27", "RUS", YEAR(2009)) is None and share_figure("SWE", "RUS", YEAR(2021)) is None
    with pytest.raises(NoDataError, match="about the EU27, not about SWE"):
        outside_exports("SWE")


def test_us_import_shares_are_explained_month_by_month() -> None:
    table = import_shares_by_month("USA", "CHN")
    assert table.height == 155 and table["period"][0] == "2013-01" and table["period"][-1] == "2025-11"
    assert table["change"].null_count() == 12
    known = table.drop_nulls()
    assert (known["own"] + known["others"] - known["change"]).abs().max() < EXACT
    row = known.filter(pl.col("period") == "2024-05").to_dicts()[0]
    before = table.filter(pl.col("period") == "2023-05")["share"].item()
    assert row["change"] == pytest.approx(row["share"] - before, abs=EXACT)
    assert table.filter(pl.col("period").str.starts_with("2024"))["value"].sum() == pytest.approx(429.4e9, rel=1e-3)
    with pytest.raises(NoDataError, match="none of CHN from RUS"):
        import_shares_by_month("CHN", "RUS")


# ── dependence ──────────────────────────────────────────────────────────────────────────────────


def test_sector_criteria_exist_for_all_economies_and_years() -> None:
    table = sector_dependence(2019)
    assert table["importer"].n_unique() == 81 and table["product"].n_unique() == 27
    row = table.filter((pl.col("importer") == "RUS") & (pl.col("product") == "C26")).to_dicts()[0]
    flows = sector_flows(2019).filter(nw.col("product") == "C26").collect(backend="polars").to_native()
    bought = flows.filter(pl.col("importer") == "RUS")["value_usd"]
    assert row["import_hhi"] == pytest.approx((bought**2).sum() / bought.sum() ** 2, rel=1e-9)
    assert row["top_supplier"] == "CHN" and row["binding"] == "world_hhi"
    long = sector_persistence(range(2017, 2020), thresholds=Thresholds(import_hhi=0.2, world_hhi=0.1))
    assert set(long["year"]) == {2017, 2018, 2019} and long["persistent"].sum() > 0
    assert tuple(YEARS) == tuple(range(2011, 2023))
    with pytest.raises(NoDataError, match="from 2011 to 2022, without 2023"):
        sector_flows(2023)


def test_the_bloc_has_its_own_indicators() -> None:
    table = sector_bloc_indicators(2019, "EU27")
    merged = sector_dependence(2019, bloc="EU27").filter(pl.col("importer") == "EU27")
    joined = table.join(merged.select(pl.col("product").cast(pl.String), "imports", "import_hhi"), on="product")
    assert joined["outside_imports"].to_list() == pytest.approx(joined["imports"].to_list())
    assert joined["outside_hhi"].to_list() == pytest.approx(joined["import_hhi"].to_list())


def test_us_products_count_nobody_twice() -> None:
    one, members = (import_partners("USA", bloc_as=kind) for kind in ("one", "members"))
    assert one.left_out == ("SVK",) and len(one.names) == 50 and "EU" in one.names and "SVK" not in one.names
    assert members.left_out == () and len(members.names) == 51 and "SVK" in members.names
    assert one.flows["value_usd"].sum() == pytest.approx(members.flows["value_usd"].sum())
    raw = load_flows("us-census-hs6").collect(backend="polars").to_native()
    slovak = raw.filter(pl.col("exporter") == "SVK")["value_usd"].sum()
    assert one.flows["value_usd"].sum() == pytest.approx(raw["value_usd"].sum() - slovak)
    table = import_dependence()
    assert table.height > 5000 and table["importer"].unique().to_list() == ["USA"]
    chips = table.filter(pl.col("product") == "854231").to_dicts()[0]
    partners = one.flows.filter(pl.col("product") == "854231")
    assert chips["imports"] == pytest.approx(partners["value_usd"].sum())
    assert chips["top_supplier"] == partners.sort("value_usd")["exporter"][-1]
    assert chips["distance"] == pytest.approx(np.log(chips["import_hhi"] / 0.4))
    with pytest.raises(NoDataError, match="about the USA, not SWE"):
        import_partners("SWE")


def test_a_users_own_world_table_has_all_criteria(tmp_path) -> None:
    file = tmp_path / "world.csv"
    head = "exporter,importer,product,nomenclature,period,value_usd"
    rows = [
        head,
        "CHN,SWE,01,HS2,2022,90",
        "DEU,SWE,01,HS2,2022,10",
        "SWE,DEU,01,HS2,2022,20",
        "SWE,WLD,01,HS2,2022,20",
        "CHN,SWE,01,HS2,2021,5",
    ]
    file.write_text("\n".join(rows) + "\n")
    table = own_dependence(file, period="2022")
    row = table.filter(pl.col("importer") == "SWE").to_dicts()[0]
    assert row["import_hhi"] == pytest.approx(0.82) and row["imports_to_exports"] == pytest.approx(5)


# ── rerouting ───────────────────────────────────────────────────────────────────────────────────

# Sums of the sanctions table, January to November, 2022 over 2021, in euros as reported.
RATIOS = {"KGZ": 7.1, "ARM": 3.9, "KAZ": 2.2, "RUS": 0.41}


@pytest.mark.parametrize(("country", "ratio"), RATIOS.items())
def test_listed_goods_grew_as_reported(country: str, ratio: float) -> None:
    found = route("EU27", country)
    assert found.ratio == pytest.approx(ratio, rel=0.02)
    assert (found.before.label, found.after.label) == ("2021-01/2021-11", "2022-01/2022-11")
    assert found.control_ratio is not None and found.ratio_to_control == pytest.approx(
        found.ratio / found.control_ratio
    )
    raw = load_flows("eurostat-cn8").filter(
        nw.col("importer") == country, nw.col("nomenclature") == "CN8", nw.col("period") == "2022-05"
    )
    may = raw.collect(backend="polars").to_native()["value"].sum()
    assert found.listed.sum_of(Period.parse("2022-05")) == pytest.approx(may)


def test_four_and_eight_digits_are_never_added() -> None:
    eight, four = (basket_products(codes.basket(name)) for name in ("EU-SANCTIONED-CN8", "EU-SANCTIONED-HS4"))
    assert {len(code) for code in eight} == {8} and {len(code) for code in four} == {4}
    assert len(eight) == 2219 and len(four) == 114
    assert {len(code) for code in basket_products(codes.basket("CHPL"))} == {8}
    total = load_flows("eurostat-hs27").filter(
        nw.col("importer") == "KGZ", nw.col("product") == "total", nw.col("period") == "2022-05"
    )
    whole = total.collect(backend="polars").to_native()["value"].sum()
    raw = load_flows("eurostat-cn8").filter(nw.col("importer") == "KGZ", nw.col("period") == "2022-05")
    table = raw.collect(backend="polars").to_native()
    headings = table.filter(pl.col("nomenclature") == "HS4")
    lone = table.filter((pl.col("nomenclature") == "CN8") & ~pl.col("product").str.slice(0, 4).is_in(list(four)))
    untouched = untouched_goods("EU27", "KGZ").sum_of(Period.parse("2022-05"))
    assert untouched == pytest.approx(whole - headings["value"].sum() - lone["value"].sum())


def test_transit_has_bounds_and_a_control() -> None:
    found = rerouting("EU27", "KGZ", final="RUS")
    assert found.event.label == "2022-03" == first_event("EU27", "RUS").label
    assert found.transit.low == 0 and not found.transit.has_lower
    assert found.transit.high == max(item.excess_interval.high for item in found.excess.departures.values())
    controlled = found.controlled()
    assert controlled is not None and controlled.is_beyond_noise and controlled.method == "control_level"
    assert 0 < controlled.excess < found.transit.high
    routes = all_routes("EU27", final="RUS")
    assert {item.route.importer for item in routes.found} == {
        "ARM",
        "BLR",
        "GEO",
        "KAZ",
        "KGZ",
        "UZB",
    } and routes.refused == {}
    assert [item.transit.high for item in routes.found] == sorted((i.transit.high for i in routes.found), reverse=True)
    assert routes.bounds.low == 0 and routes.bounds.high == pytest.approx(sum(i.transit.high for i in routes.found))
    narrow = all_routes("EU27", final="RUS", basket="SEMICONDUCTORS")
    # A list with months at zero has no logarithms, and is refused by name.
    assert narrow.refused and all("is zero in" in reason for reason in narrow.refused.values())


def test_the_ratio_hangs_on_the_list_and_on_the_revision() -> None:
    span = ratio_over_baskets("EU27", "KGZ")
    assert span.results["EU-SANCTIONED-CN8"] == pytest.approx(7.07, abs=0.01)
    assert span.span.low < 5 and span.span.high > 9 and len(span.results) == 6
    named = ratio_over_baskets("EU27", "KGZ", baskets=("CARS", "CHPL"))
    assert set(named.results) == {"CARS", "CHPL"}
    kept = comparable_codes(since=YEAR(2022))
    assert len(kept.codes) == 2058 and [problem.count for problem in kept.problems] == [69, 92]
    assert comparable_ratio("EU27", "KGZ") == pytest.approx(6.76, abs=0.01)


def test_lost_sales_to_russia_were_redirected_in_part() -> None:
    result = redirected("EU27", "RUS")
    assert 0.1 < result.low <= result.total <= result.high < 0.2
    assert result.replaced <= 1 and result.problems[0].kind == "too_small"
    lost = result.lost[~np.isnan(result.ratio)].sum()
    assert lost == pytest.approx(route("EU27", "RUS").listed_before - route("EU27", "RUS").listed_after, rel=0.1)


def test_placebos_say_how_often_the_method_errs() -> None:
    rates = placebos("EU27", final="RUS")
    assert set(rates) == {"dates", "products", "countries"}
    assert rates["dates"].tried == 18 and rates["dates"].rate <= 0.2
    # Without a control, half the untouched goods of these countries look rerouted: so the control is what counts.
    assert rates["products"].rate > 0.5
    assert rates["countries"].tried >= 50 and rates["countries"].rate < 0.25
    assert not any("RUS" in name for name in rates["countries"].names)


def test_routes_that_are_not_in_the_table_are_refused() -> None:
    assert destinations() == ("ARM", "BLR", "GEO", "KAZ", "KGZ", "RUS", "UZB")
    with pytest.raises(NoDataError, match="no exports from EU27 to CHN"):
        listed_goods("EU27", "CHN", products=("85423190",))
    with pytest.raises(NoDataError, match="The table of totals has no exports from EU27 to CHN"):
        untouched_goods("EU27", "CHN")
    with pytest.raises(MeasureError, match="no sanctions of EU27 on KGZ"):
        first_event("EU27", "KGZ")


# ── the synthetic twin ──────────────────────────────────────────────────────────────────────────


def test_eu_exports_to_russia_fell_below_every_twin() -> None:
    span = synthetic_span("EU27", "RUS", event=2022)
    assert [len(item.donors) for item in span.results.values()] == [229, 178, 111, 69]
    assert len(span.effect) == 2 and all(item.high < -40e9 for item in span.effect)
    assert span.p_values.low < 0.05 and span.p_values.high < 0.2
    everyone = span.results[0.0]
    assert everyone.actual[-3:].tolist() == pytest.approx([89.169305012e9, 55.008109008e9, 38.1816655e9])
    assert everyone.times == tuple(range(2010, 2024)) and {p.kind for p in everyone.problems} == {"incomplete"}
    placebo = synthetic_exports("EU27", "CHE", event=2022, floor=1e9)
    assert placebo.p_value > 0.1


def test_panels_hold_partners_and_no_aggregates() -> None:
    panel = export_panel("EU27")
    aggregates = {item.code for item in codes.blocs()}
    assert aggregates.isdisjoint(panel.units) and len(panel.units) == 230
    with pytest.raises(NoDataError, match="no exports of SWE by partner"):
        export_panel("SWE")


def test_bad_tables_of_the_user_are_named(tmp_path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("exporter,importer,product,period,value_usd\nSWE,NOR,01,2022,-5\n")
    with pytest.raises(FlowsError, match=r"bad\.csv"):
        split_pair("SWE", "NOR", before=YEAR(2021), after=YEAR(2022), data=file)
