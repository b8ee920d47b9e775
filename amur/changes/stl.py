"""STL: seasonal and trend decomposition by local regression, robust to outliers.

Source: Cleveland, Cleveland, McRae and Terpenning (1990), "STL: a seasonal-trend decomposition procedure
based on Loess", Journal of Official Statistics 6. Local lines throughout, no jumps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amur.errors import MeasureError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Components:
    """A series as the sum of three: seasonal, trend and remainder, `[time]` each, in units of the series."""

    seasonal: Array
    trend: Array
    remainder: Array


@dataclass(frozen=True)
class Spans:
    """Lengths of the local regressions, all odd: over years for the seasonal part, over months for the others.

    `seasonal_line` fits local lines to each calendar month, else local means, which one odd last year
    cannot tilt. `inner` and `outer` count the rounds of smoothing and of robustness weights.
    """

    seasonal: int = 7
    trend: int = 23
    low_pass: int = 13
    inner: int = 2
    outer: int = 15
    seasonal_line: bool = True


def decompose(values: Array, *, period: int = 12, spans: Spans | None = None) -> Components:
    """Split a series of at least two periods into seasonal, trend and remainder.

    The default spans are those of the original programme for monthly data, with its fifteen rounds of
    robustness weights.
    """
    chosen = spans or Spans()
    if len(values) < 2 * period:
        raise MeasureError(
            f"{len(values)} values are too few for a season of {period}. Give at least {2 * period} in a row."
        )
    weights = np.ones(len(values))
    trend, seasonal = np.zeros(len(values)), np.zeros(len(values))
    for round_ in range(chosen.outer + 1):
        for _ in range(chosen.inner):
            seasonal = _seasonal(values - trend, weights, period, chosen)
            trend = loess(values - seasonal, chosen.trend, weights=weights)
        if round_ < chosen.outer:
            weights = _robustness(values - seasonal - trend)
    return Components(seasonal, trend, values - seasonal - trend)


def _seasonal(detrended: Array, weights: Array, period: int, spans: Spans) -> Array:
    """Smooth each calendar month over the years, one period beyond both ends, and take out what is trend in it."""
    n = len(detrended)
    cycle = np.zeros(n + 2 * period)
    for k in range(period):
        part = detrended[k::period]
        at = np.arange(-1, len(part) + 1)
        smooth = loess if spans.seasonal_line else local_mean
        cycle[k::period][: len(at)] = smooth(part, spans.seasonal, weights=weights[k::period], at=at)
    low = _moving_mean(_moving_mean(_moving_mean(cycle, period), period), 3)
    return cycle[period : period + n] - loess(low, spans.low_pass)


def _moving_mean(values: Array, length: int) -> Array:
    total = np.cumsum(np.insert(values, 0, 0.0))
    return (total[length:] - total[:-length]) / length


def _robustness(remainder: Array) -> Array:
    """Bisquare weights: 1 near zero, 0 beyond six median absolute remainders."""
    reach = 6 * float(np.median(np.abs(remainder)))
    if reach == 0:
        return np.ones(len(remainder))
    size = np.abs(remainder) / reach
    return np.where(size <= 0.001, 1.0, np.where(size <= 0.999, (1 - size**2) ** 2, 0.0))


def loess(values: Array, span: int, *, weights: Array | None = None, at: NDArray[np.int64] | None = None) -> Array:
    """Local lines through equally spaced values, with tricube weights over the `span` nearest points.

    `weights` are multiplied in; `at` are positions to evaluate, those of the values by default, and may
    lie outside.
    """
    where = np.arange(len(values)) if at is None else at
    index, local = _neighbours(len(values), span, where, weights)
    centre = (local * index).sum(axis=1, keepdims=True)
    spread = (local * (index - centre) ** 2).sum(axis=1, keepdims=True)
    # Where the weights sit on one point there is no slope, and the line is level.
    sloped = np.sqrt(spread) > 0.001 * (len(values) - 1)
    slope = (where[:, None] - centre) * (index - centre) / np.where(sloped, spread, np.inf)
    return (local * (1 + slope) * values[index]).sum(axis=1)


def local_mean(values: Array, span: int, *, weights: Array | None = None, at: NDArray[np.int64] | None = None) -> Array:
    """Local means with the same weights as `loess`."""
    where = np.arange(len(values)) if at is None else at
    index, local = _neighbours(len(values), span, where, weights)
    return (local * values[index]).sum(axis=1)


def _neighbours(n: int, span: int, where: NDArray[np.int64], weights: Array | None) -> tuple[NDArray[np.int64], Array]:
    """Positions of the nearest values and their weights, which sum to 1, `[place, neighbour]` each."""
    near = min(span, n)
    left = np.clip(where - near // 2, 0, n - near)
    index = left[:, None] + np.arange(near)
    distance = np.abs(index - where[:, None]).astype(float)
    reach = distance.max(axis=1, keepdims=True) + max(span - n, 0) // 2
    tricube = (1 - (np.minimum(distance / np.maximum(reach, 1), 1)) ** 3) ** 3
    local = np.where(distance <= 0.001 * reach, 1.0, np.where(distance <= 0.999 * reach, tricube, 0.0))
    if weights is not None:
        local = local * weights[index]
    # A place all of whose neighbours were judged outliers takes them alike.
    local = np.where(local.sum(axis=1, keepdims=True) > 0, local, 1.0)
    return index, local / local.sum(axis=1, keepdims=True)
