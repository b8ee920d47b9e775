"""What a series would have been: a regression on the time before, with errors that remember the month before.

Forecasts are best linear predictions under AR(1) errors, and their covariance holds both the noise of
the months to come and the doubt about the coefficients. The autocorrelation is corrected upwards for
its small-sample bias, since the uncorrected one makes intervals too narrow (Kendall 1954; Marriott and
Pope 1954), and months that remember each other count as fewer. How often such intervals err is measured
by simulation in the tests, not assumed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from amur.changes.monthly import Monthly
from amur.errors import MeasureError
from amur.intervals import Interval

Array = NDArray[np.float64]

LEVEL = 0.95
_MOST_MEMORY = 0.95
_FEWEST = 6
_FEWEST_FREE = 3.0
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Forecast:
    """Expected values `[month]`, the covariance of their errors, and how many free observations stand behind it."""

    expected: Array
    covariance: Array
    freedom: float
    memory: float

    def quantile(self, level: float = LEVEL) -> float:
        """Half-width in standard errors of a two-sided interval."""
        return float(stdtrit(self.freedom, 0.5 + level / 2))


def forecast(known: Array, design_known: Array, design_next: Array) -> Forecast:
    """Predict the months after `known` `[month]` from regressors `[month, regressor]` for both spans."""
    n, k = design_known.shape
    freedom = n - k
    if freedom < _FEWEST:
        raise MeasureError(
            f"{n} months before the event are too few to tell {k} coefficients and noise apart. "
            f"Start at least {k + _FEWEST} months before it."
        )
    plain, *_ = np.linalg.lstsq(design_known, known, rcond=None)
    left = known - design_known @ plain
    # What least squares leaves of an exact fit is rounding, and rounding remembers nothing.
    memory = 0.0 if np.abs(left).max() <= _ROUNDING * np.abs(known).max() else _memory(left, k)
    span = n + len(design_next)
    lags = np.abs(np.subtract.outer(np.arange(span), np.arange(span)))
    correlation = memory**lags
    old, cross = correlation[:n, :n], correlation[n:, :n]
    weighted = np.linalg.solve(old, design_known)
    information = np.linalg.inv(design_known.T @ weighted)
    coefficients = information @ weighted.T @ known
    residual = known - design_known @ coefficients
    variance = float(residual @ np.linalg.solve(old, residual)) / freedom
    carry = np.linalg.solve(old, cross.T).T
    open_design = design_next - carry @ design_known
    spread = correlation[n:, n:] - carry @ cross.T + open_design @ information @ open_design.T
    # A mean of n months with autocorrelation r is as noisy as one of n (1 − r) / (1 + r) independent months.
    effective = max(freedom * (1 - memory) / (1 + memory), _FEWEST_FREE)
    return Forecast(design_next @ coefficients + carry @ residual, variance * spread, effective, memory)


def _memory(residual: Array, regressors: int) -> float:
    """First autocorrelation of regression residuals, corrected for its bias towards minus, held in [0, 0.95]."""
    raw = float(residual[1:] @ residual[:-1] / (residual @ residual))
    n = len(residual)
    return float(np.clip((n * raw + regressors) / (n - 2 - regressors), 0, _MOST_MEMORY))


@dataclass(frozen=True)
class Trend:
    """What moves the counterfactual besides its level: a straight line in logs, calendar months, both or neither."""

    line: bool = True
    seasons: bool = False

    def design(self, months: NDArray[np.int64], origin: int) -> Array:
        """Regressors `[month, regressor]`."""
        columns = [np.ones(len(months))]
        if self.line:
            columns.append((months - origin).astype(float))
        if self.seasons:
            columns += [(months % 12 == k).astype(float) for k in range(1, 12)]
        return np.column_stack(columns)


LEVEL_ONLY = Trend(line=False)
LINE = Trend()


@dataclass(frozen=True)
class Departure:
    """A series against its counterfactual, month by month and in sum, over the months after the event.

    `expected`, `low`, `high` are `[month]` in the units of the series; the interval of a sum is narrower
    than the sum of intervals, so it has its own fields.
    """

    series: Monthly
    expected: Array
    low: Array
    high: Array
    expected_sum: float
    sum_interval: Interval
    method: str
    memory: float

    @property
    def actual_sum(self) -> float:
        """What happened, in sum."""
        return float(self.series.values.sum())

    @property
    def excess(self) -> float:
        """What happened beyond the counterfactual, in sum."""
        return self.actual_sum - self.expected_sum

    @property
    def excess_interval(self) -> Interval:
        """The interval of the excess."""
        return self.actual_sum - self.sum_interval

    @property
    def factor(self) -> float:
        """What happened over the counterfactual."""
        return self.actual_sum / self.expected_sum

    @property
    def factor_interval(self) -> Interval:
        """The interval of the factor."""
        return self.actual_sum / self.sum_interval

    @property
    def is_beyond_noise(self) -> bool:
        """Whether what happened lies outside the interval of the counterfactual."""
        return not self.sum_interval.contains(self.actual_sum)


def depart(
    series: Monthly, event: int, *, control: Monthly | None = None, trend: Trend = LINE, level: float = LEVEL
) -> Departure:
    """Compare a series from month number `event` on with what the months before let one expect.

    With a `control`, its logarithm is taken out first, so that the counterfactual moves with it one for
    one. Both series must be positive throughout and cover the same months.
    """
    logs, offset = series.logs(), np.zeros(len(series.values))
    if control is not None:
        if (control.first, len(control.values)) != (series.first, len(series.values)):
            raise MeasureError(
                f"{series.name} runs over {series.period.label} and its control {control.name} over "
                f"{control.period.label}. Cut both to the same months."
            )
        offset = control.logs()
    cut = event - series.first
    if not 0 < cut < len(logs):
        raise MeasureError(f"{series.name} ({series.period.label}) needs months on both sides of the event.")
    design = trend.design(series.months, event)
    result = forecast((logs - offset)[:cut], design[:cut], design[cut:])
    expected = np.exp(result.expected + offset[cut:])
    half = result.quantile(level) * np.sqrt(np.diag(result.covariance))
    total = float(expected.sum())
    half_sum = result.quantile(level) * float(np.sqrt(expected @ result.covariance @ expected)) / total
    kind = {(False, False): "level", (True, False): "line", (False, True): "seasons", (True, True): "line_seasons"}
    return Departure(
        series=Monthly(series.name, event, series.values[cut:]),
        expected=expected,
        low=expected * np.exp(-half),
        high=expected * np.exp(half),
        expected_sum=total,
        sum_interval=Interval(total * np.exp(-half_sum), total * np.exp(half_sum)),
        method=("control_" if control is not None else "") + kind[trend.line, trend.seasons],
        memory=result.memory,
    )
