"""Sources: each yields the flows schema, keeps its contract, and holds the values it was checked against."""

from __future__ import annotations

import narwhals as nw
import pytest

from amur import codes, store
from amur.errors import StoreError
from amur.flows import COLUMNS, bundled_reports, check_flows, countries_only, load_flows
from amur.origins import origin
from amur.periods import Period
from amur.sources import Source, source, sources

SOURCES = pytest.mark.parametrize("item", sources(), ids=lambda item: item.key)
# Sums of rounded or float32 values agree to this with a total that was published or summed elsewhere.
SUM = 1e-6
# Values printed in the manifest with three or four digits.
PRINTED = 2e-3


@SOURCES
def test_a_source_keeps_the_contract_of_flows(item: Source) -> None:
    frame = check_flows(load_flows(item.key), self_trade=item.home_sales)
    assert frame.collect_schema().names() == list(COLUMNS)
    assert origin(item.origin).licence


@SOURCES
def test_a_source_says_its_own_span_and_nomenclatures(item: Source) -> None:
    row = load_flows(item.key).select(nw.col("period").min().alias("a"), nw.col("period").max().alias("b")).collect()
    assert (row["a"][0], row["b"][0]) == (item.first, item.last)
    assert Period.parse(item.first).kind == item.frequency
    found = load_flows(item.key).select("nomenclature").unique().collect()["nomenclature"].to_list()
    assert sorted(found) == sorted(item.nomenclatures)


@SOURCES
def test_a_reported_total_partner_is_there(item: Source) -> None:
    if item.total_partner:
        side = "importer" if item.totals == "exporter" else "exporter"
        assert len(load_flows(item.key).filter(nw.col(side) == item.total_partner).head(1).collect()) == 1


def test_unknown_sources_name_the_known() -> None:
    with pytest.raises(StoreError, match="icio, baci-2023"):
        source("baci")


def test_all_sources_together_keep_their_origins_apart() -> None:
    counted = load_flows().group_by("origin").agg(nw.len().alias("n")).collect()
    assert sorted(counted["origin"].to_list()) == sorted(item.origin for item in sources())


def total(key: str, *filters: nw.Expr) -> float:
    return float(load_flows(key).filter(*filters).select(nw.col("value").sum()).collect().item())


def pair(exporter: str, importer: str) -> tuple[nw.Expr, nw.Expr]:
    return nw.col("exporter") == exporter, nw.col("importer") == importer


def test_values_that_the_tables_were_checked_against() -> None:
    """Amounts in billions of the reporting currency, as read when the tables were collected."""
    period, product = nw.col("period"), nw.col("product")
    icio_goods = (period == "2022", product != "SERV")
    found = {
        "BACI RUS to CHN": total("baci-2023", *pair("RUS", "CHN")),
        "BACI CHN to RUS": total("baci-2023", *pair("CHN", "RUS")),
        "BACI CHN to USA": total("baci-2023", *pair("CHN", "USA")),
        "ICIO goods between": total("icio", *icio_goods, *pair("RUS", "CHN"))
        + total("icio", *icio_goods, *pair("CHN", "RUS")),
        "EU to CHN 2023": total("eurostat-annual", *pair("EU27", "CHN"), period == "2023"),
        "EU27 to RUS 2021": total("eurostat-neighbours", *pair("EU27", "RUS"), period >= "2021", period < "2022"),
        "EU from RUS 2021": total("eurostat-hs27", nw.col("exporter") == "RUS", product == "total",
                                  period >= "2021", period < "2022"),
        "CN8 to RUS 2021": total("eurostat-cn8", nw.col("nomenclature") == "CN8", nw.col("importer") == "RUS",
                                 period >= "2021", period < "2022"),
        "USA from CHN 2022": total("us-census-naics3", *pair("CHN", "USA"), product == "total", period >= "2022",
                                   period < "2023"),
        "USA from MEX 2024": total("us-census-hs6", *pair("MEX", "USA")),
        "CHN crude from RUS 2022": total("china-energy", product == "crude oil", period >= "2022", period < "2023"),
    }  # fmt: skip
    wanted = {
        "BACI RUS to CHN": 129.0,
        "BACI CHN to RUS": 110.0,
        "BACI CHN to USA": 440.5,
        "ICIO goods between": 134.0,
        "EU to CHN 2023": 223.5,
        "EU27 to RUS 2021": 89.2,
        "EU from RUS 2021": 163.6,
        "CN8 to RUS 2021": 33.2,
        "USA from CHN 2022": 526.1,
        "USA from MEX 2024": 503.4,
        "CHN crude from RUS 2022": 58.377523628,
    }
    assert {name: value / 1e9 for name, value in found.items()} == pytest.approx(wanted, rel=PRINTED)


def test_parts_of_a_reported_total_add_up_to_it() -> None:
    parts = load_flows("us-census-naics3").filter(nw.col("exporter") == "CHN", nw.col("period") == "2024-05")
    sums = parts.group_by("nomenclature").agg(nw.col("value").sum()).collect()
    by_kind = dict(zip(sums["nomenclature"].to_list(), sums["value"].to_list(), strict=True))
    assert by_kind["NAICS3"] == pytest.approx(by_kind["total"], rel=SUM)


def test_partners_outside_the_union_add_up_to_the_reported_total() -> None:
    inside = [*codes.bloc("EU27").members, "INTRA-EU27", "EXTRA-EU27", "UNSPECIFIED-INTRA"]
    for year in ("2010", "2016", "2018"):
        rows = load_flows("eurostat-annual").filter(nw.col("period") == year)
        reported = rows.filter(nw.col("importer") == "EXTRA-EU27").select(nw.col("value").sum()).collect().item()
        summed = rows.filter(~nw.col("importer").is_in(inside)).select(nw.col("value").sum()).collect().item()
        assert summed == pytest.approx(reported, rel=SUM), year


def test_the_year_that_came_in_french_has_the_partners_of_its_neighbours() -> None:
    def partners(year: str) -> set[str]:
        rows = load_flows("eurostat-annual").filter(nw.col("period") == year).select("importer").collect()
        return set(rows["importer"].to_list())

    assert partners("2016") - {"HMD"} == partners("2015") - {"HMD"}
    assert partners("2016") == partners("2017")
    for name in ("DOM", "DMA", "ASM", "WSM", "GIN", "GNB"):
        values = [total("eurostat-annual", nw.col("importer") == name, nw.col("period") == year)
                  for year in ("2015", "2016", "2017")]  # fmt: skip
        assert 0.2 < values[1] / (values[0] + values[2]) < 1.2


def test_value_and_volume_of_different_trade_never_share_a_row() -> None:
    gas = load_flows("china-energy").filter(nw.col("nomenclature") == "energy, unmatched")
    both = gas.filter(~nw.col("value").is_null(), ~nw.col("quantity").is_null()).collect()
    assert len(both) == 0
    world = gas.filter(nw.col("product") == "LNG, value").select("exporter").unique().collect()
    assert world["exporter"].to_list() == ["WLD"]


def test_crude_oil_has_value_and_quantity_of_the_same_trade() -> None:
    crude = load_flows("china-energy").filter(
        nw.col("product") == "crude oil", nw.col("period") >= "2022", nw.col("period") < "2023"
    )
    tonnes = crude.select(nw.col("quantity").sum()).collect().item()
    assert tonnes == pytest.approx(86.25e6, rel=1e-3)
    assert crude.select("unit").unique().collect()["unit"].to_list() == ["t"]


def test_euro_amounts_become_dollars_at_the_monthly_mean() -> None:
    row = load_flows("eurostat-neighbours").filter(*pair("EU27", "RUS"), nw.col("period") == "2022-03").collect()
    rate = store.rows("SELECT eur_usd FROM read_parquet('{data}/trade/ecb_fx_monthly.parquet') WHERE month = '2022-03'")
    assert row["value_usd"][0] == pytest.approx(row["value"][0] * rate[0]["eur_usd"], rel=1e-12)


def test_aggregates_can_be_told_from_countries() -> None:
    frame = load_flows("us-census-naics3").filter(nw.col("period") == "2024-01", nw.col("product") == "total")
    exporters = countries_only(frame).select("exporter").collect()["exporter"].to_list()
    assert len(exporters) == len(set(exporters)) == 30
    assert not {"EU", "WLD", "USMCA"} & set(exporters)


def test_reports_name_who_filed_them() -> None:
    reports = bundled_reports()
    sides = reports.select("reporter", "direction", "origin").unique().collect()
    by_origin: dict[str, set[tuple[str, str]]] = {}
    for reporter, direction, key in sides.iter_rows():
        by_origin.setdefault(key, set()).add((reporter, direction))
    assert by_origin["us-census-naics3"] == {("USA", "import")}
    assert by_origin["eurostat-annual"] == {("EU27", "export")}
    assert ("DEU", "import") in by_origin["eurostat-total-hs27"]
    assert not any(reporter == "RUS" for pairs in by_origin.values() for reporter, _ in pairs)
