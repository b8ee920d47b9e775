"""Monthly series of a pair for the chapter: what a source reports by month, raw and adjusted."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw
import polars as pl

from amur import codes
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


def monthly_pair(a: str, b: str) -> Reported | None:
    """The longest monthly series of total trade in one direction between two places; None where there is none."""
    found = [
        item
        for source in sources()
        if source.frequency == "month" and source.complete
        for exporter, importer in ((a, b), (b, a))
        if (item := _reported(source.key, source.origin, exporter, importer)) is not None
    ]
    return max(found, key=lambda item: len(item.series.values), default=None)


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


def adjusted(reported: Reported) -> Adjusted | None:
    """The seasonally adjusted series; None where it is too short or holds zeros."""
    try:
        return adjust(reported.series, window=best_window(reported.series))
    except (MeasureError, FlowsError):
        return None


def member_of(place: str, bloc: str) -> bool:
    """Whether a place is a bloc or one of its members."""
    return place == bloc or place in codes.bloc(bloc).members
