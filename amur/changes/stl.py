"""STL: seasonal and trend decomposition by local regression, robust to outliers.

Source: Cleveland, Cleveland, McRae and Terpenning (1990), "STL: a seasonal-trend decomposition procedure
based on Loess", Journal of Official Statistics 6. Local lines throughout, no jumps.
"""

from __future__ import annotations

import math
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
    """Lengths of the local regressions, all odd: over years for the seasonal part, over months for the others."""

    seasonal: int = 7
    trend: int = 23
    low_pass: int = 13
    inner: int = 2
    outer: int = 15


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
        cycle[k::period][: len(at)] = loess(part, spans.seasonal, weights=weights[k::period], at=at)
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

    `at` are positions to evaluate, those of the values by default; they may lie outside.
    """
    n = len(values)
    where = np.arange(n) if at is None else at
    given = np.ones(n) if weights is None else weights
    near = min(span, n)
    left = np.clip(where - near // 2, 0, n - near)
    index = left[:, None] + np.arange(near)
    distance = np.abs(index - where[:, None]).astype(float)
    reach = distance.max(axis=1, keepdims=True) + max(span - n, 0) // 2
    local = np.where(
        distance <= 0.001 * reach, 1.0, np.where(distance <= 0.999 * reach, (1 - (distance / reach) ** 3) ** 3, 0.0)
    )
    local = local * given[index]
    total = local.sum(axis=1, keepdims=True)
    # A point all of whose neighbours were judged outliers falls back on their distance alone.
    local = np.where(total > 0, local, 1.0)
    local /= local.sum(axis=1, keepdims=True)
    return _local_line(values[index], index, local, where)


def _local_line(values: Array, index: NDArray[np.int64], weights: Array, at: NDArray[np.int64]) -> Array:
    centre = (weights * index).sum(axis=1, keepdims=True)
    spread = (weights * (index - centre) ** 2).sum(axis=1)
    slope = (at[:, None] - centre) * (index - centre) / np.where(spread > 0, spread, math.inf)[:, None]
    return (weights * (1 + slope) * values).sum(axis=1)
