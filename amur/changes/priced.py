"""Price and quantity on the data at hand: which goods of a pair carry quantities, and how their value moved.

Rows come from every table of flows that holds quantities, or from the user's own file. A product that
overlaps its parts is replaced by what the parts leave over (all coal by other coal). What has no
quantities, and until when it had, is said instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import narwhals as nw
import polars as pl

from amur.changes.price_quantity import ValueSplit, match_goods, split_value
from amur.errors import NoDataError
from amur.figures import Figure
from amur.flows import Frame, load_flows
from amur.flows.reading import columns_of
from amur.indicators import Query, answers
from amur.periods import Period

# A product that contains others of the same source, and the group whose amounts add up.
PARTS: Mapping[str, tuple[str, ...]] = {"coal": ("steam coal", "coking coal")}
GROUPS: Mapping[str, str] = {"steam coal": "coal", "coking coal": "coal", "other coal": "coal"}

_ROWS = {
    "product": pl.String,
    "period": pl.String,
    "value": pl.Float64,
    "quantity": pl.Float64,
    "unit": pl.String,
    "origin": pl.String,
    "group": pl.String,
}


@dataclass(frozen=True)
class Priced:
    """The split of a pair's priced goods between two periods, and what it leaves out.

    `total_before`, `total_after` are the value of all goods of the flow where it is known. Products that have
    a value and no quantity are in the split as such.
    """

    exporter: str
    importer: str
    before: Period
    after: Period
    split: ValueSplit
    total_before: Figure | None
    total_after: Figure | None
    origins: tuple[str, ...]

    @property
    def coverage(self) -> float | None:
        """Share of the flow's value in the later period that the split covers, a fraction; None where it is unknown."""
        if self.total_after is None or not self.total_after.value:
            return None
        return float(self.split.goods.value_after[self.split.is_split].sum()) / self.total_after.value


def split_pair(
    exporter: str, importer: str, *, before: Period, after: Period, data: str | Path | None = None
) -> Priced:
    """Price, quantity, mix, entry and exit of all goods of a pair that carry quantities in both periods.

    Raises NoDataError that names the products whose quantities are missing, and since when.
    """
    rows = priced_rows(exporter, importer, data=data)
    sides = [_summed(rows, period) for period in (before, after)]
    if not all(_has_quantity(side) for side in sides):
        raise NoDataError(_nothing(exporter, importer, before, after, rows))
    goods = match_goods(*sides, period_before=before.label, period_after=after.label)
    return Priced(
        exporter,
        importer,
        before,
        after,
        split_value(goods),
        _total(exporter, importer, before, data),
        _total(exporter, importer, after, data),
        tuple(sorted(set(rows["origin"]))),
    )


def split_months(
    exporter: str, importer: str, *, months: Iterable[Period], data: str | Path | None = None
) -> tuple[Priced, ...]:
    """Each month against the same month a year before; months without quantities are left out."""
    rows = priced_rows(exporter, importer, data=data)
    found = []
    for month in months:
        before = month.shift_years(-1)
        sides = [_summed(rows, period) for period in (before, month)]
        if all(_has_quantity(side) for side in sides):
            goods = match_goods(*sides, period_before=before.label, period_after=month.label)
            origins = tuple(sorted(set(rows["origin"])))
            totals = _total(exporter, importer, before, data), _total(exporter, importer, month, data)
            found.append(Priced(exporter, importer, before, month, split_value(goods), *totals, origins))
    return tuple(found)


def priced_rows(exporter: str, importer: str, *, data: str | Path | None = None) -> pl.DataFrame:
    """Rows of a pair with a value, from every source that has quantities for it, without overlapping products.

    Columns: product, group, period, value, quantity (null where unknown), unit, origin. Values are in the
    currency reported. A product that contains others of the table is replaced by what they leave over.
    """
    if data is not None:
        if "reporter" in columns_of(data):
            # Reports of two sides are reconciled in value alone.
            return pl.DataFrame(schema=_ROWS)
        path = Path(data)
        own = _own_flows(path, path.stat().st_mtime_ns)
        table = _with_quantities(nw.from_native(own.lazy()), exporter, importer)
        return _finest(table).with_columns(group=pl.lit("")).sort("period", "product")
    return _bundled_rows(exporter, importer)


@lru_cache(maxsize=2)
def _own_flows(data: Path, changed: int) -> pl.DataFrame:
    """The user's file, read and checked once for each version of it."""
    del changed
    return load_flows(data=data).collect("polars").to_native()


@lru_cache(maxsize=64)
def _bundled_rows(exporter: str, importer: str) -> pl.DataFrame:
    if (exporter, importer) not in _pairs_with_quantities():
        return pl.DataFrame(schema=_ROWS)
    table = _with_quantities(load_flows(), exporter, importer).drop("nomenclature")
    for whole, parts in PARTS.items():
        table = _with_remainder(table, whole, parts)
    group = pl.col("product").replace_strict(dict(GROUPS), default=pl.col("product"))
    return table.with_columns(group=group).sort("period", "product")


@cache
def _pairs_with_quantities() -> frozenset[tuple[str, str]]:
    """Who sells to whom in any bundled row that has a quantity: few, so that most pairs need no query."""
    known = load_flows().filter(~nw.col("quantity").is_null(), ~nw.col("value").is_null())
    pairs: pl.DataFrame = known.select("exporter", "importer").unique().collect(backend="polars").to_native()
    return frozenset(pairs.rows())


def _with_quantities(flows: Frame, exporter: str, importer: str) -> pl.DataFrame:
    """Rows of a pair with a value, from every origin that has a quantity for it."""
    frame = flows.filter(nw.col("exporter") == exporter, nw.col("importer") == importer)
    priced = frame.filter(~nw.col("quantity").is_null()).select("origin").unique().lazy().collect()["origin"].to_list()
    columns = ("product", "nomenclature", "period", "value", "quantity", "unit", "origin")
    known = frame.filter(nw.col("origin").is_in(sorted(priced)), ~nw.col("value").is_null())
    return known.select(*columns).lazy().collect(backend="polars").to_native()


def _has_quantity(side: list[dict[str, object]]) -> bool:
    return any(row["value"] is not None and row["quantity"] is not None for row in side)


def _finest(table: pl.DataFrame) -> pl.DataFrame:
    """Rows of the nomenclature with most products: a file may hold totals beside their parts."""
    if table.is_empty():
        return table.drop("nomenclature")
    counts = table.group_by("nomenclature").agg(pl.col("product").n_unique()).sort("product", "nomenclature")
    return table.filter(pl.col("nomenclature") == counts["nomenclature"][-1]).drop("nomenclature")


def _with_remainder(table: pl.DataFrame, whole: str, parts: tuple[str, ...]) -> pl.DataFrame:
    """The table with `whole` replaced, month by month, by `other whole`: whole less those of its parts that are there.

    Months in which the parts exceed the whole keep the parts alone, for their sum contradicts the whole.
    """
    of_whole = table.filter(pl.col("product") == whole)
    if of_whole.is_empty():
        return table
    of_parts = (
        table.filter(pl.col("product").is_in(parts))
        .group_by("period", "origin")
        .agg(pl.col("value").sum().alias("part_value"), pl.col("quantity").sum().alias("part_quantity"))
    )
    rest = of_whole.join(of_parts, on=["period", "origin"], how="left").with_columns(
        product=pl.lit(f"other {whole}"),
        value=pl.col("value") - pl.col("part_value").fill_null(0),
        quantity=pl.col("quantity") - pl.col("part_quantity").fill_null(0),
    )
    usable = rest.filter((pl.col("value") > 0) & (pl.col("quantity") > 0)).select(table.columns)
    return pl.concat([table.filter(pl.col("product") != whole), usable])


def _summed(rows: pl.DataFrame, period: Period) -> list[dict[str, object]]:
    """One row a product over the months of a period; a product that lacks a month has no known sum."""
    exact = rows.filter(pl.col("period") == period.label)
    if not exact.is_empty():
        return exact.to_dicts()
    wanted = _months(period)
    inside = rows.filter(pl.col("period").is_in([month.label for month in wanted]))
    summed = inside.group_by("product", "group").agg(
        pl.len().alias("months"),
        pl.col("value").sum(),
        pl.when(pl.col("quantity").is_not_null().all()).then(pl.col("quantity").sum()).alias("quantity"),
        pl.col("unit").first(),
        pl.col("unit").n_unique().alias("units"),
    )
    return [
        {
            **row,
            "value": row["value"] if row["months"] == len(wanted) else None,
            "quantity": row["quantity"] if row["units"] == 1 else None,
        }
        for row in summed.sort("product").to_dicts()
    ]


def _months(period: Period) -> tuple[Period, ...]:
    return period.split_months() if period.months else ()


def _total(exporter: str, importer: str, period: Period, data: str | Path | None) -> Figure | None:
    """The whole flow as the importer's side counts it, the preferred source that observed it; None where nobody did."""
    if data is not None:
        found = answers("imports", importer, exporter, Query(period=period, data=data)).figures
        return found[0] if found else None
    found = answers("imports", importer, exporter, Query(period=period)).figures
    observed = [figure for figure in found if "oecd-icio" not in figure.origins]
    return observed[0] if observed else None


def _nothing(exporter: str, importer: str, before: Period, after: Period, rows: pl.DataFrame) -> str:
    pair = f"{exporter} to {importer}"
    if rows.is_empty():
        return (
            f"No table holds quantities for exports from {pair}, so price and volume cannot be told apart. "
            "Give a file with value, quantity and unit by product (--data FILE)."
        )
    known = rows.drop_nulls("quantity")
    first, last = known["period"].min(), known["period"].max()
    names = ", ".join(sorted(set(known["product"])))
    return (
        f"Quantities of exports from {pair} ({names}) run from {first} to {last}, so {before.label} and {after.label} "
        "cannot be split into price and volume. Choose periods inside, or give a file with quantities (--data FILE)."
    )
