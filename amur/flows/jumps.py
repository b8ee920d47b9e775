"""Flows that are all but absent in one year and large in the next: missing, and not a trade that sprang up.

Balanced tables fill what customs did not record. Where a customs union stops filing declarations, or a table
begins to use another report, a pair's trade can stand at next to nothing in one year and at its true size a year
later. Trade between economies does not grow twentyfold in a year while it is a sizeable part of what one of them
buys or sells; so a flow more than `FACTOR` times smaller than in an adjacent year, in which it made up at least
`PART` of the exporter's exports or the importer's imports, is called missing. Small flows may jump: a ship or an
aircraft is enough. The rule is the same for all countries and tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl

from amur.periods import Period

FACTOR = 20.0
PART = 0.015


@dataclass(frozen=True)
class Jump:
    """A flow that is missing in `period`: it is `value_usd` there and `beside_usd` in the adjacent year."""

    exporter: str
    importer: str
    period: str
    value_usd: float
    beside_usd: float


def jumps(flows: Any) -> tuple[Jump, ...]:
    """The missing flows of a yearly bilateral table (columns of flows; products are added up), by size."""
    years = _by_year(flows)
    found = [jump for step in (-1, 1) for jump in _against(years, step)]
    seen = {(jump.exporter, jump.importer, jump.period): jump for jump in found}
    return tuple(sorted(seen.values(), key=lambda jump: (-jump.beside_usd, jump.exporter, jump.importer, jump.period)))


def _by_year(flows: Any) -> pl.DataFrame:
    frame = nw.from_native(flows).lazy().filter(nw.col("exporter") != nw.col("importer"))
    summed = frame.group_by("exporter", "importer", "period").agg(nw.col("value_usd").sum())
    table = summed.collect("polars").to_native().filter(pl.col("value_usd") > 0)
    kinds = {label: Period.parse(label) for label in table["period"].unique()}
    whole = [label for label, period in kinds.items() if period.kind == "year"]
    return (
        table.filter(pl.col("period").is_in(whole))
        .with_columns(year=pl.col("period").cast(pl.Int64))
        .with_columns(
            sold=pl.col("value_usd").sum().over("exporter", "period"),
            bought=pl.col("value_usd").sum().over("importer", "period"),
        )
    )


def _against(table: pl.DataFrame, step: int) -> list[Jump]:
    """Flows missing in a year although the year `step` later (or earlier) has them."""
    part = pl.max_horizontal(pl.col("value_usd") / pl.col("sold"), pl.col("value_usd") / pl.col("bought"))
    beside = table.filter(part >= PART).select(
        "exporter", "importer", (pl.col("year") - step).alias("year"), pl.col("value_usd").alias("beside_usd")
    )
    known = table.select("year").unique()
    pairs = beside.join(known, on="year").join(
        table.select("exporter", "importer", "year", "value_usd"), on=("exporter", "importer", "year"), how="left"
    )
    small = pairs.with_columns(pl.col("value_usd").fill_null(0.0)).filter(
        pl.col("beside_usd") > FACTOR * pl.col("value_usd")
    )
    return [
        Jump(row["exporter"], row["importer"], str(row["year"]), row["value_usd"], row["beside_usd"])
        for row in small.to_dicts()
    ]
