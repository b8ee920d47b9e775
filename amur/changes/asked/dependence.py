"""Which goods a place depends on others for: criteria, distances, persistence and churn, product by product."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from amur import codes
from amur.changes.asked.answer import Answer, Asked, Good, Remark, carried, fraction
from amur.changes.asked.own import one_year, periods_of
from amur.changes.dependence import GEODEP, bloc_indicators, dependence, persistence
from amur.changes.dependence_tables import (
    YEARS,
    import_dependence,
    import_partners,
    sector_bloc_indicators,
    sector_dependence,
    sector_persistence,
)
from amur.changes.problems import Problem, found, problem
from amur.errors import NoDataError
from amur.periods import Period

_HS6 = "us-census-hs6"
_NARROW = ("product", "imports", "top_supplier", "top_share", "import_hhi", "distance")


def answer(asked: Asked) -> Answer:
    """The criteria for every good that `asked.a` imports, the furthest beyond its thresholds first.

    With `asked.b` only goods whose largest supplier it is. The year is that of `asked.end`, the newest where
    it is left out.
    """
    place = codes.place(asked.a)
    if asked.data is not None:
        table, problems, origins = _own(asked, asked.data, place)
    elif asked.end is None or asked.end.label not in {str(year) for year in YEARS}:
        table, problems, origins = _products(asked, place.code)
    else:
        table, problems, origins = _sectors(place, asked.end.start.year)
    if asked.b:
        other = codes.place(asked.b).code
        table = table.filter(pl.col("top_supplier").cast(pl.String) == other)
        if table.is_empty():
            raise NoDataError(f"{other} is the largest supplier of {place.code} for no good of the table.")
    ordered = table.drop("importer", strict=False).sort(["distance", "product"], descending=[True, False])
    rows = ordered.with_columns(pl.col("product", "top_supplier").cast(pl.String)).to_dicts()
    remarks = [_remark(place.code, rows)]
    if asked.end is not None and "oecd-icio" in origins:
        remarks += carried((place.code, str(rows[0]["top_supplier"])), (asked.end,))
    return Answer("dependence", tuple(rows), tuple(remarks), problems, origins, _NARROW)


def _remark(place: str, rows: list[dict[str, object]]) -> Remark:
    """How many goods cross the thresholds, and the good furthest beyond them."""
    first = rows[0]
    flag = "dependent" if "dependent" in first else "concentrated"
    values = {
        "n": sum(bool(row[flag]) for row in rows),
        "goods": len(rows),
        "product": Good(str(first["product"])),
        "share": fraction(float(str(first["top_share"]))),
    }
    return Remark(flag, {"place": place, "supplier": str(first["top_supplier"])}, values)


Found = tuple[pl.DataFrame, tuple[Problem, ...], tuple[str, ...]]


def _sectors(place: codes.Place, year: int) -> Found:
    """Sectors of the input-output tables with persistence and churn, and for a bloc the Commission's indicators."""
    bloc = place.code if isinstance(place, codes.Bloc) else ""
    table = _of(sector_dependence(year, bloc=bloc), place.code)
    window = [y for y in range(year - GEODEP.window + 1, year + 1) if y in YEARS]
    held = _of(sector_persistence(window, bloc=bloc), place.code).filter(pl.col("year") == year)
    table = table.join(_named(held.select("product", "persistent", "churned")), on="product", how="left")
    if bloc:
        own = sector_bloc_indicators(year, bloc).select("product", "outside_share", "outside_to_exports")
        table = table.join(_named(own), on="product", how="left")
    return table, (), ("oecd-icio",)


def _products(asked: Asked, place: str) -> Found:
    """Six-digit imports of the one country whose table ships, the bloc in it as one partner."""
    try:
        left_out = import_partners(place).left_out
    except NoDataError as missing:
        raise NoDataError(
            f"Goods by sector are known for {YEARS[0]} to {YEARS[-1]} (--to {YEARS[-1]}), by six digits for the USA in "
            "2024 only. For others give a table of one year of world trade (--data FILE)."
        ) from missing
    if asked.end is not None and asked.end.label != "2024":
        raise NoDataError(f"Imports of {place} by six digits are known for 2024, not for {asked.end.label}.")
    problems = found(problem("counted_elsewhere", left_out))
    return _named(import_dependence(place)), problems, (_HS6,)


def _own(asked: Asked, data: Path, place: codes.Place) -> Found:
    flows, problems = one_year(data, asked.end)
    table = _of(dependence(_merged(flows, place)), place.code)
    if table.is_empty():
        raise NoDataError(f"{data.name} has no imports of {place.code}. Check the code, or choose another period.")
    earlier = _earlier(asked, data, place)
    if earlier:
        year = int(flows["period"][0])
        tables = {year: table, **earlier}
        held = persistence(tables).filter(pl.col("year") == year)
        table = table.join(_named(held.select("product", "persistent", "churned")), on="product", how="left")
    if isinstance(place, codes.Bloc):
        plain = flows.select("exporter", "importer", "product", "value_usd")
        own = bloc_indicators(plain, place.members).select("product", "outside_share", "outside_to_exports")
        table = table.join(_named(own), on="product", how="left")
    return table, problems, (f"user:{data.name}",)


def _earlier(asked: Asked, data: Path, place: codes.Place) -> dict[int, pl.DataFrame]:
    """The flags of the years before in the window, where the table has years."""
    labels = {label for label in periods_of(data) if label.isdigit()}
    last = asked.end.label if asked.end else max(labels, default="")
    if not last.isdigit():
        return {}
    wanted = [year for year in range(int(last) - GEODEP.window + 1, int(last)) if str(year) in labels]
    found_tables = {}
    for year in wanted:
        flows, _ = one_year(data, Period.of_year(year))
        found_tables[year] = _of(dependence(_merged(flows, place)), place.code)
    return found_tables


def _merged(flows: pl.DataFrame, place: codes.Place) -> pl.DataFrame:
    """Exporter, importer, product and dollars, with the members of a bloc as one and trade among them left out."""
    kept = flows.select("exporter", "importer", "product", "value_usd")
    if not isinstance(place, codes.Bloc):
        return kept
    kept = kept.with_columns(pl.col("exporter", "importer", "product").cast(pl.String))
    merged = kept.with_columns(
        pl.when(pl.col(name).is_in(sorted(place.members))).then(pl.lit(place.code)).otherwise(pl.col(name)).alias(name)
        for name in ("exporter", "importer")
    ).filter(pl.col("exporter") != pl.col("importer"))
    return merged.group_by("exporter", "importer", "product").agg(pl.col("value_usd").sum())


def _of(table: pl.DataFrame, place: str) -> pl.DataFrame:
    return _named(table.filter(pl.col("importer").cast(pl.String) == place))


def _named(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(pl.col("product").cast(pl.String))
