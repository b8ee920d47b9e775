"""Code tables of the data build: bloc members, sectors, regions, products, baskets, currencies."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
from data_writing import write_parquet, write_rows

EU27_SINCE = "2020-02-01"
EURO_20 = [
    "AUT",
    "BEL",
    "CYP",
    "DEU",
    "ESP",
    "EST",
    "FIN",
    "FRA",
    "GRC",
    "HRV",
    "IRL",
    "ITA",
    "LTU",
    "LUX",
    "LVA",
    "MLT",
    "NLD",
    "PRT",
    "SVK",
    "SVN",
]
USMCA = ["CAN", "MEX", "USA"]
ASEAN = ["BRN", "IDN", "KHM", "LAO", "MMR", "MYS", "PHL", "SGP", "THA", "VNM"]
BLOC_CODES = {"OPEC+ (non-OPEC)": "OPEC+"}
MEMBER_COLUMNS = ("bloc", "iso3", "date_from", "date_to", "note", "source", "confidence")

# What counts as what, as HS2022 prefixes; a chapter holds all codes below it.
ENERGY = {"2701": "coal", "2702": "coal", "2709": "oil", "2710": "oil", "2711": "gas", "2716": "electricity"}
CARS = {"8701": "vehicles", "8702": "vehicles", "8703": "cars", "8704": "vehicles", "8706": "parts", "8707": "parts",
        "8708": "parts"}  # fmt: skip
CHIPS = {"8541": "discrete", "8542": "integrated circuits", "8486": "equipment"}


def build_codes(shared: Path, out: Path, tools: Path) -> None:
    """Write every code table that comes from the shared data."""
    _bloc_members(shared, out)
    _sectors(shared, out, tools)
    _products(shared, out)
    _baskets(shared, out)
    regions = (shared / "model/regions.csv").read_text(encoding="utf-8")
    write_rows(list(csv.DictReader(regions.splitlines()).fieldnames or ()), csv.DictReader(regions.splitlines()),
               out / "regions.csv")  # fmt: skip
    currencies = pl.read_parquet(shared / "ties/currency_names_cldr.parquet").sort("currency")
    write_rows(currencies.columns, currencies.iter_rows(named=True), out / "currencies.csv")


def _bloc_members(shared: Path, out: Path) -> None:
    table = pl.read_parquet(shared / "ties/bloc_membership.parquet").rename({"source_url": "source"})
    rows = [{**row, "bloc": BLOC_CODES.get(row["bloc"], row["bloc"])} for row in table.iter_rows(named=True)]
    # OPEC+ is OPEC with its partners: the declaration of December 2016 bound those who were members then or later.
    rows += [
        {**row, "bloc": "OPEC+", "date_from": max(row["date_from"] or "", "2016-12-10")}
        for row in rows
        if row["bloc"] == "OPEC" and (row["date_to"] is None or row["date_to"] > "2016-12-10")
    ]
    now_in_eu = [row["iso3"] for row in rows if row["bloc"] == "EU" and row["date_to"] is None]
    recalled = "composition held constant"
    rows += [_always("EU27", iso3, recalled, "composition_checked") for iso3 in now_in_eu]
    rows += [_always("EA20", iso3, recalled, "recalled") for iso3 in EURO_20]
    rows += [_always("USMCA", iso3, "NAFTA from 1994", "recalled", "1994-01-01") for iso3 in USMCA]
    rows += [_always("ASEAN", iso3, "since 1999 or earlier", "recalled") for iso3 in ASEAN]
    rows += [_always("ASEAN", "TLS", "", "recalled", "2025-10-26")]
    regions = pl.read_csv(shared / "model/regions.csv").filter(pl.col("west_coalition") == 1)
    rows += [_always("WEST", iso3, "dates unknown", "dates_unknown") for iso3 in regions["iso3"]]
    rows.sort(key=lambda row: (row["bloc"], row["iso3"], row["date_from"] or ""))
    write_rows(MEMBER_COLUMNS, rows, out / "bloc_members.csv")


def _always(bloc: str, iso3: str, note: str, confidence: str, since: str | None = None) -> dict[str, str | None]:
    return {"bloc": bloc, "iso3": iso3, "date_from": since, "date_to": None, "note": note, "source": "",
            "confidence": confidence}  # fmt: skip


def _sectors(shared: Path, out: Path, tools: Path) -> None:
    with (tools / "sector_names.csv").open(encoding="utf-8") as stream:
        names = {row["code"]: row for row in csv.DictReader(stream)}
    with (shared / "model/sectors.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    thetas = [key for key in rows[0] if key.startswith("theta")]
    header = ["index", "code", "name_en", "name_sv", "description", "group", "is_goods", *thetas]
    write_rows(
        header,
        ({key: {**row, **names[row["code"]]}[key] for key in header} for row in rows),
        out / "sectors.csv",
    )


def _products(shared: Path, out: Path) -> None:
    codes = pl.read_parquet(shared / "trade/hs_codes_datahub.parquet")
    hs = codes.select(code="hscode", description="description", parent="parent", level="level", section="section")
    write_parquet(hs.sort("code"), out / "hs_codes.parquet")
    cn8 = pl.read_parquet(shared / "trade/eurostat_cn8_sanction_relevant_codes.parquet")
    described = cn8.select(
        "code",
        description="desc",
        parent=pl.when(pl.col("code").str.len_chars() == 8).then(pl.col("code").str.head(6)).otherwise(pl.lit("")),
    )
    write_parquet(described.sort("code"), out / "cn8_codes.parquet")
    for name in ("hs_concordances_bec_isic_sitc", "classification_descriptions", "sitc2_rauch"):
        frame = pl.read_parquet(shared / f"ties/{name}.parquet")
        write_parquet(frame.sort(frame.columns), out / f"{name}.parquet")


def _baskets(shared: Path, out: Path) -> None:
    chpl = pl.read_parquet(shared / "trade/chpl_hs6.parquet")
    cn8 = pl.read_parquet(shared / "trade/eurostat_cn8_sanction_relevant_codes.parquet")["code"].to_list()
    lists: dict[tuple[str, str], dict[str, str]] = {
        ("CHPL", "2024-02-23"): dict(zip(chpl["hs6"], chpl["tier"], strict=True)),
        ("ENERGY", "1"): ENERGY,
        ("CARS", "1"): CARS,
        ("SEMICONDUCTORS", "1"): CHIPS,
        ("EU-SANCTIONED-CN8", "2022"): {code: "" for code in cn8 if len(code) == 8},
        ("EU-SANCTIONED-HS4", "2022"): {code: "" for code in cn8 if len(code) == 4},
    }
    rows = [
        {"basket": basket, "version": version, "code": code, "tier": tier}
        for (basket, version), items in lists.items()
        for code, tier in sorted(items.items())
    ]
    write_rows(("basket", "version", "code", "tier"), rows, out / "basket_items.csv")
