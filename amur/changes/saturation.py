"""Saturation: is a growing trade near a ceiling, and can the data tell where the ceiling is?

A logistic curve `K / (1 + e^(−r (t − t₀)))` with errors in proportion (own derivation). The interval of the
ceiling K comes from its profile likelihood. Without a ceiling the curve is an exponential; where that
fits nearly as well, the ceiling is not identified, and the answer says so instead of giving a number.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import fminbound, root_scalar
from scipy.special import fdtri

from amur.errors import MeasureError
from amur.intervals import Interval

Array = NDArray[np.float64]
Loss = Callable[[float], float]

_FEWEST = 6
# In logs of K over the largest value: from just below it to where the curve is an exponential to 1e-6.
_NEAREST, _FARTHEST = -0.7, 14.0
_STEPS = 60  # same either way


@dataclass(frozen=True)
class Saturation:
    """A logistic fit: ceiling in units of the series, its interval, speed and midpoint (in the units of time).

    `ceiling` and `interval` are None where the ceiling is not identified; `lower_bound` holds even then.
    `filled` is the last fitted value over the ceiling, a fraction.
    """

    ceiling: float | None
    interval: Interval | None
    lower_bound: float
    speed: float
    midpoint: float
    fitted: Array
    filled: float | None
    error: float

    @property
    def is_identified(self) -> bool:
        """Whether the data bound the ceiling from above."""
        return self.ceiling is not None


def saturate(times: Array, values: Array, *, level: float = 0.95) -> Saturation:
    """Fit a logistic ceiling to a positive series, such as twelve-month sums, at increasing times.

    The error of a fit is the root mean squared log distance. The interval holds every ceiling whose fit is
    not worse than the best by more than an F test at `level` allows.
    """
    t, logs = np.asarray(times, float), _logs(values)
    if len(t) != len(logs) or len(t) < _FEWEST:
        raise MeasureError(
            f"{len(logs)} values at {len(t)} times cannot bound a ceiling. Give at least {_FEWEST} of each."
        )
    if (np.diff(t) <= 0).any():
        raise MeasureError("The times do not increase. Sort the series and remove repeated times.")
    top = float(logs.max())

    def loss(position: float) -> float:
        return _line(t, logs, top + position)[0]

    grid = np.linspace(_NEAREST, _FARTHEST, _STEPS)
    losses = np.array([loss(position) for position in grid])
    best = _refined(loss, grid, losses)
    least, speed, midpoint, fitted = _line(t, logs, top + best)
    allowed = least * (1 + float(fdtri(1, len(t) - 3, level)) / (len(t) - 3))
    low = _crossing(loss, grid[losses > allowed], best, allowed, side=-1)
    high = _crossing(loss, grid[losses > allowed], best, allowed, side=1)
    error = math.sqrt(least / len(t))
    if high is None or speed <= 0:
        bound = -math.inf if low is None else top + low
        return Saturation(None, None, math.exp(bound), speed, midpoint, np.exp(fitted), None, error)
    lower = math.exp(top + (grid[0] if low is None else low))
    ceiling = math.exp(top + best)
    return Saturation(
        ceiling=ceiling,
        interval=Interval(min(lower, ceiling), max(math.exp(top + high), ceiling)),
        lower_bound=lower,
        speed=speed,
        midpoint=midpoint,
        fitted=np.exp(fitted),
        filled=float(np.exp(fitted[-1]) / ceiling),
        error=error,
    )


def _logs(values: Array) -> Array:
    given = np.asarray(values, float)
    bad = np.flatnonzero(~((given > 0) & np.isfinite(given)))
    if bad.size:
        raise MeasureError(
            f"{bad.size} values are missing or not positive (first at position {bad[0]}: {given[bad[0]]}). "
            "Sum over longer spans, or choose a span in which there is trade."
        )
    return np.log(given)


def _line(t: Array, logs: Array, log_ceiling: float) -> tuple[float, float, float, Array]:
    """Loss, speed, midpoint and fitted logs at a given ceiling, by Gauss-Newton with halved steps.

    With the ceiling given, the curve is `ln K − ln(1 + e^(−(a + r t)))` in two coefficients.
    """
    centre = t.mean()
    design = np.column_stack([np.ones(len(t)), t - centre])
    # The start: log-odds of the values, drawn in below the ceiling where they lie above it.
    share = np.clip(np.exp(logs - log_ceiling), 1e-12, 0.98)  # same either way
    state = _plane(design, np.log(share / (1 - share)))  # same either way
    fitted = _curve(design @ state, log_ceiling)
    loss = float(((logs - fitted) ** 2).sum())  # same either way
    for _ in range(200):  # same either way
        slope = 1 / (1 + np.exp(np.clip(design @ state, -500, 500)))  # same either way
        step = _plane(design * slope[:, None], logs - fitted)
        size = 1.0  # same either way
        while size > 1e-10:  # same either way
            trial = state + size * step
            new = _curve(design @ trial, log_ceiling)
            with np.errstate(over="ignore"):
                new_loss = float(((logs - new) ** 2).sum())
            if new_loss <= loss:  # same either way
                break
            size /= 2  # same either way
        else:
            break
        gained = loss - new_loss
        state, fitted, loss = trial, new, new_loss
        if gained <= 1e-14 * (1e-12 + loss):  # same either way
            break
    level, speed = state
    midpoint = centre - level / speed if speed else math.nan
    return loss, float(speed), float(midpoint), fitted


def _plane(design: Array, values: Array) -> Array:
    """Least squares in two coefficients; a direction that the data do not show gets none."""
    return np.linalg.lstsq(design.T @ design, design.T @ values, rcond=1e-14)[0].astype(float)


def _curve(odds: Array, log_ceiling: float) -> Array:
    return log_ceiling - np.logaddexp(0, -odds)


def _refined(loss: Loss, grid: Array, losses: Array) -> float:
    k = int(np.argmin(losses))
    if k in (0, len(grid) - 1):
        return float(grid[k])
    return float(np.asarray(fminbound(loss, grid[k - 1], grid[k + 1], xtol=1e-10)).item())


def _crossing(loss: Loss, outside: Array, best: float, allowed: float, *, side: int) -> float | None:
    """Where the loss first exceeds what is allowed to one side of the best; None where it never does."""
    beyond = outside[np.sign(outside - best) == side]
    if not len(beyond):
        return None
    nearest = beyond[np.argmin(np.abs(beyond - best))]
    return float(root_scalar(lambda position: loss(position) - allowed, bracket=(best, nearest)).root)
