"""Synthetic control from outcomes alone: which mix of other partners moved like this one before the event.

Weights are not negative, sum to 1 and minimise the squared distance before the event (Abadie, Diamond and
Hainmueller 2010). No covariates: with them the weights of the covariates are not identified and the result
hangs on the optimiser. The quadratic programme is solved exactly by non-negative least squares (Lawson and
Hanson, in scipy), see `simplex_weights`.

With more donors than years the past can be copied exactly, by this unit and by its placebos, and distances
over zero rank nothing. So the last years before the event are held back from the fit, and the distance in
them, which no weight has seen, is what the distance after the event is compared with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from amur.changes.problems import Problem, found, problem
from amur.errors import MeasureError

Array = NDArray[np.float64]

# Below this share of the treated unit's size before the event the fit is exact, and other weights fit as well.
_EXACT_FIT = 1e-6


def simplex_weights(target: Array, donors: Array) -> Array:
    """Weights `[donor]` ≥ 0 with sum 1 that minimise `|target − donors @ weights|`; donors are `[time, donor]`.

    Since the weights sum to 1, the distance is the length of `(donors − target) @ weights`: the point of a
    convex hull nearest to the origin. Minimising that length squared plus `c² (sum − 1)²` over weights that
    are only not negative gives a multiple of the same point for every `c`, so that one non-negative least
    squares problem and a division are exact.
    """
    shifted = donors - target[:, None]
    scale = float(np.abs(shifted).max())
    if scale == 0:
        return np.full(donors.shape[1], 1 / donors.shape[1])
    system = np.vstack([shifted / scale, np.ones(donors.shape[1])])
    goal = np.append(np.zeros(len(target)), 1.0)
    weights, _ = nnls(system, goal, maxiter=50 * donors.shape[1])
    return weights / weights.sum()


@dataclass(frozen=True)
class Panel:
    """Outcomes `[time, unit]`, complete and positive; `problems` says which units were left out and why."""

    units: tuple[str, ...]
    times: tuple[int, ...]
    values: Array
    problems: tuple[Problem, ...] = ()


def panel(table: dict[str, dict[int, float]], *, times: tuple[int, ...], floor: float = 0.0) -> Panel:
    """A complete panel from unit → time → value.

    Units that lack a time, hold a zero, or whose mean lies below `floor` are left out, counted and named.
    """
    lacking, zero, small, kept = [], [], [], []
    for unit, series in sorted(table.items()):
        values = [series.get(time) for time in times]
        if any(value is None or not np.isfinite(value) for value in values):
            lacking.append(unit)
        elif min(values) <= 0:  # type: ignore[type-var]
            zero.append(unit)
        elif np.mean(values) < floor:  # type: ignore[arg-type]
            small.append(unit)
        else:
            kept.append(unit)
    if not kept:
        raise MeasureError("No unit has a value above zero in every year. Choose fewer years or a lower floor.")
    values = np.array([[table[unit][time] for unit in kept] for time in times])
    problems = found(problem("incomplete", lacking), problem("value_zero", zero), problem("too_small", small))
    return Panel(tuple(kept), times, values, problems)


@dataclass(frozen=True)
class SyntheticControl:
    """The treated unit beside its synthetic twin, in the units of the outcome, and where it ranks among placebos.

    `ratio` is the root mean squared distance from the event on over that in the years held back (over all
    years before, where none are). `exact_fit` warns that the donors copy the fitted years exactly, so that
    the weights are one choice among many.
    """

    unit: str
    times: tuple[int, ...]
    event: int
    held_back: int
    actual: Array
    synthetic: Array
    donors: tuple[str, ...]
    weights: Array
    distance_before: float
    ratio: float
    placebo_ratios: dict[str, float]
    exact_fit: bool
    problems: tuple[Problem, ...]

    @property
    def effect(self) -> Array:
        """Actual minus synthetic from the event on, `[time]`."""
        after = np.array(self.times) >= self.event
        return (self.actual - self.synthetic)[after]

    @property
    def p_value(self) -> float:
        """Share of all units, the treated one included, whose ratio is at least as large."""
        above = sum(ratio >= self.ratio for ratio in self.placebo_ratios.values())
        return (1 + above) / (1 + len(self.placebo_ratios))


@dataclass(frozen=True)
class _Split:
    """Which times are fitted, which are compared before the event, and which come after."""

    fitted: NDArray[np.bool_]
    compared: NDArray[np.bool_]
    after: NDArray[np.bool_]


def synthetic_control(data: Panel, unit: str, *, event: int, held_back: int = 3) -> SyntheticControl:
    """Compare a unit with its synthetic twin from time `event` on, and every donor with its own.

    The last `held_back` times before the event are not fitted. Outcomes are divided by each unit's mean
    before the event, so that units of any size can be donors and weights are shares of growth paths; the
    result is scaled back. A donor's own twin is made of the other donors, never of the treated unit.
    """
    split = _split(data, event, held_back)
    if unit not in data.units:
        raise MeasureError(
            f"{unit} is not in the panel, or was left out of it: {[p.to_dict() for p in data.problems]}."
        )
    if len(data.units) < 3:
        raise MeasureError(f"A synthetic control needs at least two donors, not {len(data.units) - 1}.")
    size = data.values[~split.after].mean(axis=0)
    paths = data.values / size
    place = data.units.index(unit)
    rest = [k for k in range(len(data.units)) if k != place]
    weights = simplex_weights(paths[split.fitted, place], paths[split.fitted][:, rest])
    twin = paths[:, rest] @ weights
    ratios = {}
    for k in rest:
        others = [j for j in rest if j != k]
        own = simplex_weights(paths[split.fitted, k], paths[split.fitted][:, others])
        ratios[data.units[k]] = _ratio(paths[:, k] - paths[:, others] @ own, split)
    distance = paths[:, place] - twin
    return SyntheticControl(
        unit=unit,
        times=data.times,
        event=event,
        held_back=held_back,
        actual=data.values[:, place],
        synthetic=twin * size[place],
        donors=tuple(data.units[k] for k in rest),
        weights=weights,
        distance_before=_length(distance[split.compared]) * float(size[place]),
        ratio=_ratio(distance, split),
        placebo_ratios=ratios,
        exact_fit=_length(distance[split.fitted]) < _EXACT_FIT,
        problems=data.problems,
    )


def _split(data: Panel, event: int, held_back: int) -> _Split:
    times = np.array(data.times)
    before = times < event
    fitted = before & (np.arange(len(times)) < before.sum() - held_back)
    if held_back < 0 or fitted.sum() < 3 or before.all():
        raise MeasureError(
            f"A synthetic control for {event} with {held_back} times held back needs three more times before the event "
            f"and one after it; the panel runs from {data.times[0]} to {data.times[-1]}."
        )
    return _Split(fitted, before & ~fitted if held_back else before, ~before)


def _ratio(distance: Array, split: _Split) -> float:
    """Distance after over before; infinite where it is zero before and not after."""
    before, after = _length(distance[split.compared]), _length(distance[split.after])
    if before == 0:
        return np.inf if after > 0 else 1.0
    return after / before


def _length(distance: Array) -> float:
    """Root mean square."""
    return float(np.sqrt((distance**2).mean()))
