"""Monthly series of a pair: what a source reports by month, and the same seasonally adjusted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import narwhals as nw
import polars as pl

from amur.changes.monthly import Monthly, monthly
from amur.changes.season import Adjusted, adjust, best_window
from amur.errors import FlowsError, MeasureError
from amur.flows import load_flows
from amur.sources import sources


@dataclass(frozen=True)
class Reported:
    """A monthly series that one side reported: who sold to whom, in which currency, from which source."""

    exporter: str
    importer: str
    currency: str
    origin: str
    series: Monthly


@lru_cache(maxsize=64)
def monthly_pair(a: str, b: str) -> Reported | None:
    """The longest monthly series of total trade in one direction between two places; None where there is none."""
    found = [
        item
        for source in sources()
        if source.frequency == "month" and source.complete
        for exporter, importer in ((a, b), (b, a))
        if (exporter, importer) in _pairs(source.key)
        and (item := _reported(source.key, source.origin, exporter, importer)) is not None
    ]
    return max(found, key=lambda item: len(item.series.values), default=None)


@lru_cache(maxsize=16)
def _pairs(key: str) -> frozenset[tuple[str, str]]:
    """Who sells to whom in a source."""
    pairs: pl.DataFrame = load_flows(key).select("exporter", "importer").unique().collect(backend="polars").to_native()
    return frozenset(pairs.rows())


def _reported(key: str, origin: str, exporter: str, importer: str) -> Reported | None:
    flows = load_flows(key).filter(
        nw.col("exporter") == exporter, nw.col("importer") == importer, nw.col("product") == "total"
    )
    rows: pl.DataFrame = flows.select("period", "value", "currency").collect(backend="polars").to_native()
    if rows.height < 2:
        return None
    try:
        series = monthly(f"{exporter} to {importer}", rows.select("period", "value").iter_rows())
    except FlowsError:
        # A series with gaps cannot be drawn as one line or adjusted; the yearly measures still hold it.
        return None
    return Reported(exporter, importer, str(rows["currency"][0]), origin, series)


@lru_cache(maxsize=64)
def adjusted_pair(a: str, b: str) -> Adjusted | None:
    """The series of `monthly_pair` seasonally adjusted; None where it is too short or holds zeros."""
    reported = monthly_pair(a, b)
    return None if reported is None else season_of(reported.series)


def season_of(series: Monthly) -> Adjusted | None:
    """The series adjusted, with the holiday where it shows; None where it is too short or holds zeros."""
    try:
        return adjust(series, window=best_window(series))
    except (MeasureError, FlowsError):
        return None
