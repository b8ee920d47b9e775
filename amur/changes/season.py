"""Season: moving holidays and working days by regression, what repeats every year by STL; raw and adjusted together.

In place of X-13: the log series is regressed on the shares of days around Chinese New Year and on
working days, in first differences and robustly, and what remains is split by STL. January and February
are always shown as a sum as well, since the holiday moves between them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky_banded, solve_banded
from scipy.special import fdtrc, stdtrit

from amur.changes.holidays import HolidayWindow, holiday_regressors, working_day_regressors
from amur.changes.monthly import Monthly, month_of
from amur.changes.stl import Components, Spans, decompose
from amur.errors import MeasureError
from amur.periods import Period

Array = NDArray[np.float64]

REGRESSORS = ("before_new_year", "new_year", "after_new_year", "working_day", "leap_day")
_FEWEST_MONTHS = 60
_HUBER = 1.345
_ROUNDS = 30
_MOST_AUTOCORRELATION = 0.49


# A season that changes slowly, so that one odd year does not become one; the trend span follows from it.
STEADY = Spans(seasonal=25, trend=21, seasonal_line=False)


@dataclass(frozen=True)
class Effect:
    """The effect of one regressor on the logarithm of trade, with a 95 % interval."""

    name: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Adjusted:
    """A series with what repeats or moves by the calendar taken out; all `[month]`, in the units of the series.

    `adjusted` = raw over holiday, working-day and seasonal factors; `trend` the smooth path in it.
    """

    raw: Monthly
    adjusted: Array
    trend: Array
    seasonal_factor: Array
    calendar_factor: Array
    effects: tuple[Effect, ...]
    window: HolidayWindow | None
    components: Components


def adjust(series: Monthly, *, window: HolidayWindow | None = None, spans: Spans | None = None) -> Adjusted:
    """Seasonally adjust a positive monthly series of five years or more.

    `window` is how trade moves around Chinese New Year, None for trade that does not; `best_window` asks the data.
    """
    _check_length(series)
    logs, design = series.logs(), _design(series, window)
    fit = _fit_differences(logs, design, series.calendar_months)
    calendar_part = design @ fit.coefficients
    parts = decompose(logs - calendar_part, spans=spans or STEADY)
    half = float(stdtrit(fit.freedom, 0.975)) * np.sqrt(np.diag(fit.covariance))
    names = REGRESSORS if window else REGRESSORS[3:]
    effects = tuple(
        Effect(name, value, value - width, value + width)
        for name, value, width in zip(names, fit.coefficients.tolist(), half.tolist(), strict=True)
    )
    return Adjusted(
        raw=series,
        adjusted=np.exp(logs - calendar_part - parts.seasonal),
        trend=np.exp(parts.trend),
        seasonal_factor=np.exp(parts.seasonal),
        calendar_factor=np.exp(calendar_part),
        effects=effects,
        window=window,
        components=parts,
    )


def best_window(series: Monthly, delays: Iterable[int] = range(0, 61, 5)) -> HolidayWindow | None:
    """The window whose delay of arrival, in days, fits best; None where the holiday does not show in the series.

    Goods that leave before the holiday are counted by the buyer when they land; the delay is an estimate of
    that voyage. The three coefficients are tested together at 5 %, divided by the number of delays tried.
    """
    _check_length(series)
    logs, months = series.logs(), series.calendar_months
    windows = [HolidayWindow(delay=days) for days in delays]
    fits = [_fit_differences(logs, _design(series, item), months) for item in windows]
    best = int(np.argmin([fit.scale for fit in fits]))
    fit, count = fits[best], 3
    if fit.scale == 0:
        # Nothing is left to be explained, and nothing to test against: no month differs from its neighbours.
        return None
    effect = fit.coefficients[:count]
    wald = float(effect @ np.linalg.solve(fit.covariance[:count, :count], effect)) / count
    return windows[best] if fdtrc(count, fit.freedom, wald) < 0.05 / len(windows) else None


def _check_length(series: Monthly) -> None:
    if len(series.values) < _FEWEST_MONTHS:
        raise MeasureError(
            f"{series.name} has {len(series.values)} months. "
            f"Seasons and a moving holiday need at least {_FEWEST_MONTHS}."
        )


def _design(series: Monthly, window: HolidayWindow | None) -> Array:
    working_days = working_day_regressors(series.months)
    if window is None:
        return working_days
    return np.column_stack([holiday_regressors(series.months, window=window), working_days])


@dataclass(frozen=True)
class _Fit:
    """Coefficients of the calendar regressors with their covariance; `scale` is the robust size of the residuals."""

    coefficients: Array
    covariance: Array
    scale: float
    freedom: int


def _fit_differences(logs: Array, design: Array, calendar_months: NDArray[np.int64]) -> _Fit:
    """Huber regression of month-on-month changes on changes of the regressors and on calendar months.

    Differences take the trend out, calendar months what repeats; a crisis month is bounded in its pull. The
    irregular part of a level makes changes that undo each other, so both sides are whitened by a moving
    average whose weight comes from the residuals, as in the airline model.
    """
    changes, regressors = np.diff(logs), np.diff(design, axis=0)
    seasons = (calendar_months[1:, None] == np.arange(12)).astype(float)
    wide = np.column_stack([regressors, seasons])
    first = _huber(wide, changes)
    root = _moving_average_root(changes - wide @ first.coefficients)
    x, y = _whitened(root, wide), _whitened(root, changes)
    fit = _huber(x, y)
    residual = y - x @ fit.coefficients
    covariance = _covariance(x, fit.weights, residual)
    k = design.shape[1]
    # The determinant of the root keeps scales of different whitenings comparable.
    unit = float(np.exp(np.log(root[0]).mean()))
    scale = unit * float((fit.weights * residual**2).mean() ** 0.5)
    return _Fit(fit.coefficients[:k], covariance[:k, :k], scale, len(changes) - wide.shape[1])


@dataclass(frozen=True)
class _Robust:
    coefficients: Array
    weights: Array


def _huber(design: Array, values: Array) -> _Robust:
    """Least squares in which residuals beyond 1.345 robust standard deviations pull no more than those at it."""
    weights = np.ones(len(values))
    coefficients = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        weighted = design.T * weights
        # On the small square system: a regressor that never moves, such as a leap day, then has no effect.
        coefficients = np.linalg.lstsq(weighted @ design, weighted @ values, rcond=1e-12)[0].astype(float)
        residual = np.abs(values - design @ coefficients)
        scale = 1.4826 * float(np.median(residual))
        if scale == 0:
            break
        previous, weights = weights, np.minimum(1.0, _HUBER * scale / np.maximum(residual, 1e-300))
        if np.abs(weights - previous).max() < 1e-6:
            break
    return _Robust(coefficients, weights)


def _moving_average_root(residual: Array) -> Array:
    """Lower Cholesky root of the correlation of a first-order moving average that fits the residuals.

    The root has its diagonal and one line below it, and is given as these two rows.
    """
    power = float(residual @ residual)
    raw = float(residual[1:] @ residual[:-1]) / power if power else 0.0
    # A moving average cannot have an autocorrelation beyond one half; at one half it cannot be inverted.
    first = float(np.clip(raw, -_MOST_AUTOCORRELATION, _MOST_AUTOCORRELATION))
    ones = np.ones(len(residual))
    return cholesky_banded(np.array([ones, first * ones]), lower=True)


def _whitened(root: Array, values: Array) -> Array:
    """The values, by column, with the moving average of `_moving_average_root` taken out."""
    return solve_banded((1, 0), root, values)


def _covariance(design: Array, weights: Array, residual: Array) -> Array:
    """Covariance of the coefficients of a Huber regression with even errors (Huber 1981, section 7.6).

    A covariance that also allows for changing spread would rest on the ten or so Februaries in a series,
    and finds holidays where there are none.
    """
    n, k = design.shape
    inside = float((weights >= 1).mean())
    variance = float(((weights * residual) ** 2).sum()) / (n - k) / max(inside, 0.5) ** 2
    return variance * np.linalg.pinv(design.T @ design)


# ── the sum of January and February ─────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class JointMonths:
    """January and February together: their sum, and its growth over the same two months a year before.

    `growth` is a fraction, None where the year before is not in the series.
    """

    period: Period
    value: float
    growth: float | None


def january_february(series: Monthly) -> tuple[JointMonths, ...]:
    """The sum of January and February for every year that has both."""
    held = series.period
    sums: dict[int, float] = {}
    for year in range(held.start.year, held.end.year + 1):
        both = Period.of_months((year, 1), (year, 2))
        if held.contains(both):
            sums[year] = series.sum_of(both)
    return tuple(
        JointMonths(
            Period.of_months((year, 1), (year, 2)),
            value,
            value / sums[year - 1] - 1 if sums.get(year - 1) else None,
        )
        for year, value in sums.items()
    )


def season_rows(result: Adjusted) -> list[dict[str, object]]:
    """One row a month: period, raw and adjusted value, trend, factors and growth on a year before (fractions).

    In January and February the growth on a year before is that of the two months together.
    """
    joint = {item.period.start.year: item for item in january_february(result.raw)}
    rows = []
    for k, number in enumerate(result.raw.months.tolist()):
        year, month = divmod(number, 12)
        both = joint.get(year) if month < 2 else None
        alone = float(result.raw.values[k] / result.raw.values[k - 12]) - 1 if k >= 12 else None
        rows.append(
            {
                "period": month_of(number).label,
                "raw": float(result.raw.values[k]),
                "adjusted": float(result.adjusted[k]),
                "trend": float(result.trend[k]),
                "seasonal_factor": float(result.seasonal_factor[k]),
                "calendar_factor": float(result.calendar_factor[k]),
                "growth_on_year": both.growth if both else None if month < 2 else alone,
                "growth_is_of": both.period.label if both else month_of(number).label,
            }
        )
    return rows
