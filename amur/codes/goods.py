"""Sectors, products and baskets."""

from __future__ import annotations

import difflib
from functools import cache

from amur.codes.lookup import DATA, hint, read_date, read_rows
from amur.codes.records import Basket, Product, Sector
from amur.errors import CodeError


@cache
def sectors() -> tuple[Sector, ...]:
    """The 28 ICIO sectors in the order of every array."""
    return tuple(
        Sector(
            int(row["index"]),
            row["code"],
            row["name_en"],
            row["name_sv"],
            row["description"],
            row["group"],
            row["is_goods"] == "1",
        )
        for row in read_rows("sectors.csv")
    )


def sector(name: str) -> Sector:
    """The sector of a code or short name. Raises CodeError with the nearest on a miss."""
    wanted = name.strip().casefold()
    for item in sectors():
        if wanted in (item.code.casefold(), item.name_en.casefold(), item.name_sv.casefold()):
            return item
    index = {text.casefold(): item.code for item in sectors() for text in (item.code, item.name_en, item.name_sv)}
    raise CodeError(
        f"No sector is called '{name}'. {hint(name, index, lambda code: f'{code} ({sector(code).name_en})')}"
    )


def product(code: str, *, nomenclature: str = "HS") -> Product:
    """The product of a code in `HS` (HS2022, 2, 4 or 6 digits) or `CN8` (4 or 8 digits)."""
    table = products(nomenclature)
    if code not in table:
        near = difflib.get_close_matches(code, table, n=1)
        remedy = (
            f"The nearest is {near[0]} ({table[near[0]].description[:60]})."
            if near
            else "Give its digits without dots."
        )
        raise CodeError(f"{nomenclature} has no product '{code}'. {remedy}")
    return table[code]


@cache
def products(nomenclature: str = "HS") -> dict[str, Product]:
    """All products of a nomenclature, by code."""
    import duckdb

    files = {"HS": "hs_codes.parquet", "CN8": "cn8_codes.parquet"}
    if nomenclature not in files:
        raise CodeError(f"'{nomenclature}' is no nomenclature with descriptions. Use one of: {', '.join(files)}.")
    with duckdb.connect(":memory:") as database:
        table = database.read_parquet((DATA / files[nomenclature]).as_posix())
        rows = table.project("code, description, parent").fetchall()
    return {code: Product(nomenclature, code, description, parent) for code, description, parent in rows}


@cache
def baskets() -> tuple[Basket, ...]:
    """All product lists, the newest version of each first."""
    tiers: dict[tuple[str, str], dict[str, str]] = {}
    for row in read_rows("basket_items.csv"):
        tiers.setdefault((row["basket"], row["version"]), {})[row["code"]] = row["tier"]
    found = [_basket(row, tiers.get((row["code"], row["version"]), {})) for row in read_rows("baskets.csv")]
    return tuple(sorted(found, key=lambda item: item.version, reverse=True))


def basket(code: str, *, version: str | None = None) -> Basket:
    """The product list of a code; its newest version unless one is named."""
    same = [item for item in baskets() if item.code.casefold() == code.strip().casefold()]
    if not same:
        index = {item.code.casefold(): item.code for item in baskets()}
        raise CodeError(f"No basket is called '{code}'. {hint(code, index, lambda name: name)}")
    matching = [item for item in same if version in (None, item.version)]
    if not matching:
        listed = ", ".join(item.version for item in same)
        raise CodeError(f"The basket {same[0].code} has no version '{version}'. Its versions are: {listed}.")
    return matching[0]


def _basket(row: dict[str, str], tiers: dict[str, str]) -> Basket:
    return Basket(
        code=row["code"],
        version=row["version"],
        nomenclature=row["nomenclature"],
        name_en=row["name_en"],
        name_sv=row["name_sv"],
        codes=tuple(tiers),
        tiers=tiers,
        valid_from=read_date(row["valid_from"]),
        valid_to=read_date(row["valid_to"]),
        source=row["source"],
        note=row["note"],
    )
