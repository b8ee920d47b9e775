"""Trade tables of the data build: names become codes, rows are sorted, values stay as they were."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
from data_names import census_code, comtrade_code, eurostat_code
from data_writing import write_parquet, write_rows

from amur import codes

# Files that need no change but an order; the columns to sort by make equal tables equal bytes.
UNCHANGED = {
    "trade/bilateral_goods_2023_baci.parquet": ("exporter", "importer"),
    "trade/china_imports_russia_energy_monthly_1995_2023m02.parquet": ("series", "month"),
    "trade/ecb_fx_monthly.parquet": ("month",),
    "trade/wdi_gdp_population.parquet": ("iso3", "year"),
    "trade/icio2022_intermediate_by_seller_sector.parquet": ("seller", "seller_sector", "buyer"),
    "trade/icio2022_nodes.parquet": ("country", "sector"),
    "trade/us_avg_tariff_daily_2025_2026.parquet": ("date",),
    "ties/worldbank_pinksheet_monthly.parquet": ("series", "month"),
    "ties/eia_oil_spot_monthly.parquet": ("series", "month"),
    "ties/un_ideal_points_1946_2024.parquet": ("iso3c", "ccode", "year"),
    "ties/unga_ukraine_votes_by_country.parquet": ("resolution", "iso3", "states"),
    "ties/worldbank_lpi_2007_2018.parquet": ("iso3", "year", "dimension", "what"),
    "ties/events_trade_policy.parquet": ("date", "actor", "target", "instrument", "title"),
    "ties/fx_annual_means.parquet": ("year",),
    "ties/sea_distances_ports.parquet": ("node_a", "node_b"),
    "ties/sea_ports.parquet": ("node",),
    "model/tariffs_2011_2022.parquet": ("importer", "sector", "year_from", "exporter"),
    "model/trade_elasticities.parquet": ("source", "classification", "sector"),
    "model/broda_weinstein_sigma_hs0_3d.parquet": ("iso3c", "HS0_3d"),
}

# Partners below this share are left out of the extract of shares.
SHARE_SHOWN = 0.002
FRENCH_YEAR = 2016


def build_flows(shared: Path, out: Path) -> None:
    """Write every trade, price and tie table."""
    for file, order in UNCHANGED.items():
        write_parquet(pl.read_parquet(shared / file).sort(order, maintain_order=True), out / file)
    _icio(shared, out)
    _eurostat(shared, out)
    _united_states(shared, out)
    _comtrade(shared, out)
    _geography(shared, out)
    _votes(shared, out)


def _coded(frame: pl.DataFrame, column: str, code: Callable[[str], str]) -> pl.DataFrame:
    """Replace names by codes; a name without code stops the build."""
    names = frame[column].unique().drop_nulls().to_list()
    return frame.with_columns(pl.col(column).replace_strict({name: code(name) for name in names}, default=None))


def _icio(shared: Path, out: Path) -> None:
    file = "model/icio_flows_2011_2022.parquet"
    frame = pl.read_parquet(shared / file)
    # Plain text codes: an enum would tie the file to the category order of its writer.
    columns = [pl.col(name).cast(pl.String) for name in ("sector", "exporter", "importer")]
    write_parquet(frame.with_columns(columns).sort("sector", "exporter", "importer", "year"), out / file)


def _eurostat(shared: Path, out: Path) -> None:
    file = "trade/eurostat_eu27_exports_annual_by_partner.parquet"
    raw = pl.read_parquet(shared / file)
    # The year that came in French has both "Guinée" and "Guinea"; by its size (0.126 bn, between 0.117 and 0.148 in the
    # years beside it, against 0.8–1.2 bn for Guinea) the second is Guinea-Bissau, which that year lacks otherwise.
    mistaken = (pl.col("year") == FRENCH_YEAR) & (pl.col("partner") == "Guinea")
    raw = raw.with_columns(partner=pl.when(mistaken).then(pl.lit("Guinea-Bissau")).otherwise("partner"))
    annual = _coded(raw, "partner", eurostat_code)
    # Several rows of "not specified" partners share one code: they are added up, and so are Ceuta and Melilla.
    summed = annual.group_by("year", importer="partner").agg(pl.col("value_eur").sum())
    write_parquet(summed.sort("importer", "year"), out / file)
    for file, keys in {
        "trade/eurostat_eu_monthly_russia_neighbours_2019_2024.parquet": ("flow", "reporter", "partner", "month"),
        "trade/eurostat_eu_monthly_total_hs27_2020_2022.parquet": ("flow", "code", "reporter", "partner", "month"),
    }.items():
        frame = _coded(_coded(pl.read_parquet(shared / file), "reporter", eurostat_code), "partner", eurostat_code)
        write_parquet(frame.with_columns(pl.col("flow").str.to_lowercase()).sort(keys), out / file)
    file = "trade/eurostat_cn8_sanction_relevant_eu_exports_2020_2022.parquet"
    frame = _coded(pl.read_parquet(shared / file), "partner", eurostat_code)
    write_parquet(frame.sort("code", "partner", "month"), out / file)


def _united_states(shared: Path, out: Path) -> None:
    file = "trade/us_imports_monthly_naics3_top30.parquet"
    raw = pl.read_parquet(shared / file)
    names = raw.select(code="naics3", name=pl.col("naics_desc").str.replace(r"^NAICS CODE \d+, ", "")).unique()
    write_rows(names.columns, names.sort("code").iter_rows(named=True), out / "trade/naics3.csv")
    frame = _coded(raw.drop("naics_desc"), "country", census_code)
    write_parquet(frame.rename({"country": "exporter"}).sort("naics3", "exporter", "month"), out / file)
    file = "trade/us_imports_2024_hs6_by_country.parquet"
    frame = pl.read_parquet(shared / file).select(
        exporter="CTY_NAME", hs6="HS6", imports_usd="imports_usd", duty_usd="duty_usd"
    )
    write_parquet(_coded(frame, "exporter", census_code).sort("hs6", "exporter"), out / file)
    file = "trade/us_tariff_by_country_by_action_2025_2026.parquet"
    frame = _coded(pl.read_parquet(shared / file).rename({"country_name": "exporter"}), "exporter", census_code)
    write_parquet(frame.sort("exporter", "date"), out / file)


def _comtrade(shared: Path, out: Path) -> None:
    """Shares of partners in China's imports of some products: UN Comtrade's values may not be passed on, shares may."""
    imports = pl.read_parquet(shared / "trade/comtrade_selected_hs6_imports_by_partner.parquet")
    china = imports.filter(pl.col("reporter") == "China", pl.col("partner") != "China", pl.col("value_usd") > 0)
    shares = china.with_columns(share=pl.col("value_usd") / pl.col("value_usd").sum().over("year", "hs6"))
    shown = shares.filter(pl.col("share") >= SHARE_SHOWN)
    codes_of = {name: comtrade_code(name) for name in shown["partner"].unique().sort().to_list()}
    named = shown.with_columns(exporter=pl.col("partner").replace_strict(codes_of, default=None))
    table = named.drop_nulls("exporter").select(
        "year", "hs6", "exporter", importer=pl.lit("CHN"), share=pl.col("share").round(4)
    )
    write_parquet(table.sort("hs6", "exporter", "year"), out / "trade/comtrade_shares_china_hs6.parquet")


def _geography(shared: Path, out: Path) -> None:
    def successor(code: str) -> str:
        old = codes.historical(code)
        return old.iso3 if old and old.iso3 else code

    for file, keys in {
        "trade/cepii_geodist_bilateral.parquet": ("iso_o", "iso_d"),
        "trade/cepii_geo_countries.parquet": ("iso3", "city_en"),
    }.items():
        frame = pl.read_parquet(shared / file)
        for column in ("iso_o", "iso_d", "iso3"):
            if column in frame.columns:
                frame = _coded(frame, column, successor)
        write_parquet(frame.sort(keys, maintain_order=True), out / file)


def _votes(shared: Path, out: Path) -> None:
    file = "trade/un_vote_agreement_1946_2019.parquet"
    iso3 = {item.iso2: item.iso3 for item in codes.countries()}
    frame = pl.read_parquet(shared / file).select(
        "year",
        "country",
        iso3=pl.col("country_code").replace_strict(iso3, default=None),
        partner=pl.col("ref").replace_strict(iso3),
        agreement="agreement",
        n_votes="n_votes",
    )
    write_parquet(frame.sort("partner", "country", "year"), out / file)
