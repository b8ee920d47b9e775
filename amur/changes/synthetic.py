"""Synthetic control from outcomes alone: which mix of other partners moved like this one before the event.

Weights are not negative, sum to 1 and minimise the squared distance before the event (Abadie, Diamond and
Hainmueller 2010). No covariates: with them the weights of the covariates are not identified and the result
hangs on the optimiser. The quadratic programme is solved exactly by non-negative least squares (Lawson and
Hanson, in scipy), see `simplex_weights`.
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

    `ratio` is the root mean squared distance after the event over that before; `p_value` the share of all
    units, the treated one included, whose ratio is at least as large. `exact_fit` warns that the donors can
    copy the past exactly, so that the weights are one choice among many.
    """

    unit: str
    times: tuple[int, ...]
    event: int
    actual: Array
    synthetic: Array
    donors: tuple[str, ...]
    weights: Array
    rmspe_before: float
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
        """Rank among the placebos as a probability; never below one over the number of units."""
        above = sum(ratio >= self.ratio for ratio in self.placebo_ratios.values())
        return (1 + above) / (1 + len(self.placebo_ratios))


def synthetic_control(data: Panel, unit: str, *, event: int) -> SyntheticControl:
    """Compare a unit with its synthetic twin from time `event` on, and every donor with its own.

    Outcomes are divided by each unit's mean before the event, so that units of any size can be donors and
    weights are shares of growth paths; the result is scaled back. A donor's own twin is made of the other
    donors, never of the treated unit.
    """
    if unit not in data.units:
        raise MeasureError(
            f"{unit} is not in the panel, or was left out of it: {[p.to_dict() for p in data.problems]}."
        )
    before = np.array(data.times) < event
    if before.sum() < 3 or before.all():
        raise MeasureError(
            f"A synthetic control for {event} needs at least three times before the event and one after it; "
            f"the panel runs from {data.times[0]} to {data.times[-1]}."
        )
    if len(data.units) < 3:
        raise MeasureError(f"A synthetic control needs at least two donors, not {len(data.units) - 1}.")
    size = data.values[before].mean(axis=0)
    paths = data.values / size
    place = data.units.index(unit)
    rest = [k for k in range(len(data.units)) if k != place]
    weights, twin = _twin(paths[:, place], paths[:, rest], before)
    ratios = {}
    for k in rest:
        _, other = _twin(paths[:, k], paths[:, [j for j in rest if j != k]], before)
        ratios[data.units[k]] = _ratio(paths[:, k] - other, before)
    distance = paths[:, place] - twin
    rmspe = float(np.sqrt((distance[before] ** 2).mean()))
    return SyntheticControl(
        unit=unit,
        times=data.times,
        event=event,
        actual=data.values[:, place],
        synthetic=twin * size[place],
        donors=tuple(data.units[k] for k in rest),
        weights=weights,
        rmspe_before=rmspe * float(size[place]),
        ratio=_ratio(distance, before),
        placebo_ratios=ratios,
        exact_fit=rmspe < _EXACT_FIT,
        problems=data.problems,
    )


def _twin(target: Array, donors: Array, before: NDArray[np.bool_]) -> tuple[Array, Array]:
    weights = simplex_weights(target[before], donors[before])
    return weights, donors @ weights


def _ratio(distance: Array, before: NDArray[np.bool_]) -> float:
    """Root mean squared distance after over before; infinite where the fit before is exact and that after is not."""
    fit, miss = float((distance[before] ** 2).mean()), float((distance[~before] ** 2).mean())
    if fit == 0:
        return np.inf if miss > 0 else 1.0
    return float(np.sqrt(miss / fit))
