"""Synthetic twins on the bundled data: one exporter's sales to a partner against a mix of its other partners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import narwhals as nw
import numpy as np
import polars as pl

from amur import codes
from amur.changes.synthetic import Panel, SyntheticControl, panel, synthetic_control
from amur.errors import NoDataError
from amur.flows import load_flows
from amur.intervals import Interval

SOURCE = "eurostat-annual"


@lru_cache(maxsize=4)
def export_panel(exporter: str, *, floor: float = 0.0, source: str = SOURCE) -> Panel:
    """Yearly exports of one exporter to every partner, in the currency reported.

    Partners without a value in every year, or below `floor` on average, are left out and counted; so are
    aggregates of partners.
    """
    aggregates = [item.code for item in codes.blocs()]
    flows = load_flows(source).filter(nw.col("exporter") == exporter, ~nw.col("importer").is_in(aggregates))
    rows: pl.DataFrame = flows.select("importer", "period", "value").collect(backend="polars").to_native()
    if rows.is_empty():
        raise NoDataError(f"The table has no exports of {exporter} by partner. Choose another exporter or source.")
    table: dict[str, dict[int, float]] = {}
    for partner, label, value in rows.drop_nulls().iter_rows():
        table.setdefault(str(partner), {})[int(label)] = float(value)
    years = sorted({year for series in table.values() for year in series})
    return panel(table, times=tuple(years), floor=floor)


def synthetic_exports(
    exporter: str, partner: str, *, event: int, floor: float = 0.0, source: str = SOURCE
) -> SyntheticControl:
    """Exports to `partner` from year `event` on against a twin made of all other partners."""
    return synthetic_control(export_panel(exporter, floor=floor, source=source), partner, event=event)


@dataclass(frozen=True)
class TwinSpan:
    """The same comparison under several donor pools, by the least mean size of a donor, and the span of the effect."""

    results: Mapping[float, SyntheticControl]

    @property
    def effect(self) -> tuple[Interval, ...]:
        """The span of the effect over pools, for each time from the event on."""
        effects = np.array([item.effect for item in self.results.values()])
        return tuple(
            Interval(low, high)
            for low, high in zip(effects.min(axis=0).tolist(), effects.max(axis=0).tolist(), strict=True)
        )

    @property
    def p_values(self) -> Interval:
        """The span of the placebo ranks."""
        ranks = [item.p_value for item in self.results.values()]
        return Interval(min(ranks), max(ranks))


FLOORS = (0.0, 1e8, 1e9, 5e9)


@lru_cache(maxsize=16)
def synthetic_span(exporter: str, partner: str, *, event: int, floors: tuple[float, ...] = FLOORS) -> TwinSpan:
    """All partners as donors, then only those above ever higher floors (in the currency of the table).

    Whether tiny partners may stand in for a large one is a matter of judgement, so the result is shown as
    the span over the answers to it.
    """
    return TwinSpan({floor: synthetic_exports(exporter, partner, event=event, floor=floor) for floor in floors})
