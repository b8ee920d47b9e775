"""Rerouting through third countries: excess exports, bounds of transit, lost shipments, false declarations.

Trade data see goods arrive at a transit country and may see goods leave it; they never see whether these
are the same goods. So transit is always a pair of bounds and never one number (after Chupilkin, Javorcik
and Plekhanov 2023, and Fisman and Wei 2004 for the gaps).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amur.changes.counterfactual import LEVEL, LEVEL_ONLY, LINE, Departure, Forecast, depart, forecast
from amur.changes.monthly import Monthly, month_of
from amur.changes.problems import Problem, found, problem
from amur.errors import MeasureError
from amur.intervals import Interval

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Excess:
    """Exports to a transit country beyond the counterfactual, under every counterfactual that the data allow.

    Amounts are in the units of the series, over the months after the event.
    """

    partner: str
    departures: Mapping[str, Departure]

    @property
    def interval(self) -> Interval:
        """From the lowest to the highest excess over all methods and their intervals."""
        spans = [item.excess_interval for item in self.departures.values()]
        return Interval(min(span.low for span in spans), max(span.high for span in spans))

    @property
    def points(self) -> tuple[float, ...]:
        """The excess by each method."""
        return tuple(item.excess for item in self.departures.values())


def excess_exports(partner: str, listed: Monthly, *, event: int, control: Monthly | None = None) -> Excess:
    """Excess of a partner's imports of listed goods from month number `event` on.

    Counterfactuals: the level before, the straight line before, and, given untouched goods as
    `control`, both of these for the ratio to the control.
    """
    methods = [depart(listed, event, trend=trend) for trend in (LEVEL_ONLY, LINE)]
    if control is not None:
        methods += [depart(listed, event, control=control, trend=trend) for trend in (LEVEL_ONLY, LINE)]
    return Excess(partner, {item.method: item for item in methods})


@dataclass(frozen=True)
class Transit:
    """Bounds on what went on, in the units of the excess; `has_lower` says whether the data see goods leave."""

    low: float
    high: float
    has_lower: bool


def transit_bounds(excess: Interval, onward: Interval | None = None) -> Transit:
    """Bounds of transit from the excess of arrivals and, where known, the excess of onward exports.

    Upper: all of the excess of arrivals, at the top of its interval. Lower: the smaller of the two
    excesses at the bottom of theirs; zero where onward exports are not known, since all of the excess
    may have stayed. What was lost on the way and never arrived is inside the upper bound.
    """
    high = max(excess.high, 0.0)
    low = 0.0 if onward is None else max(min(excess.low, onward.low), 0.0)
    return Transit(min(low, high), high, onward is not None)


# ── placebos ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class PlaceboRate:
    """How often a method finds an effect where there was none: `found` of `tried`, beside its nominal rate."""

    tried: int
    found: int
    nominal: float
    names: tuple[str, ...]

    @property
    def rate(self) -> float:
        """Share of false findings; NaN without trials."""
        return self.found / self.tried if self.tried else float("nan")


def placebo_rate(departures: Sequence[Departure], *, level: float = LEVEL) -> PlaceboRate:
    """The false-positive rate over untouched countries, products or earlier dates."""
    beyond = [item.series.name for item in departures if item.is_beyond_noise]
    return PlaceboRate(len(departures), len(beyond), 1 - level, tuple(beyond))


# ── gaps between two reports of the same trade ──────────────────────────────────────────────────


@dataclass(frozen=True)
class Gap:
    """The log gap of export over import reports after an event, beyond its mean before; with its interval.

    `lost` is the share of reported exports that the gap stands for, `1 − exp(−gap)`; below 0 where
    imports exceed exports by more than they used to.
    """

    gap: float
    low: float
    high: float
    problems: tuple[Problem, ...]

    @property
    def lost(self) -> float:
        """Share of what was sent that the gap stands for."""
        return 1 - float(np.exp(-self.gap))

    @property
    def is_beyond_noise(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


def mirror_gap(exported: Monthly, imported: Monthly, *, event: int) -> Gap:
    """How much more went missing between sender's and receiver's report after the event than before.

    Freight and insurance, and lasting differences of classification, are in the mean before and so
    taken out. Months in which either report is zero have no gap: they are counted, and left out.
    """
    if (exported.first, len(exported.values)) != (imported.first, len(imported.values)):
        raise MeasureError(f"{exported.name} and {imported.name} cover different months. Cut both to the same.")
    usable = (exported.values > 0) & (imported.values > 0)
    after = exported.months >= event
    problems = found(problem("value_zero", [month_of(int(n)).label for n in exported.months[~usable]]))
    gaps = np.log(exported.values, where=usable, out=np.zeros(len(usable)))
    gaps -= np.log(imported.values, where=usable, out=np.zeros(len(usable)))
    return _mean_shift(gaps[usable & ~after], gaps[usable & after], problems)


def misclassification(listed: Gap, unlisted: Gap) -> Gap:
    """How much wider the gap of listed goods grew than that of unlisted goods under the same heading.

    Goods declared as a harmless neighbour vanish from one code and turn up in the other: the listed gap
    rises and the unlisted one falls.
    """
    centre = listed.gap - unlisted.gap
    half = float(np.hypot(listed.high - listed.gap, unlisted.high - unlisted.gap))
    return Gap(centre, centre - half, centre + half, listed.problems + unlisted.problems)


def _mean_shift(before: Array, after: Array, problems: tuple[Problem, ...]) -> Gap:
    if not len(after):
        raise MeasureError("No month after the event has both reports. Choose an earlier event or more data.")
    result: Forecast = forecast(before, np.ones((len(before), 1)), np.ones((len(after), 1)))
    shift = float((after - result.expected).mean())
    half = result.quantile() * float(np.sqrt(result.covariance.mean()))
    return Gap(shift, shift - half, shift + half, problems)
