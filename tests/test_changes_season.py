"""Season: STL against the original programme, holidays against the moon, and what is taken out of a series."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import t

from amur.changes import season
from amur.changes.holidays import HolidayWindow, chinese_new_years, holiday_regressors, working_day_regressors
from amur.changes.monthly import Monthly, month_number
from amur.changes.season import STEADY, adjust, best_window, january_february, season_rows
from amur.changes.stl import Spans, decompose, local_mean, loess
from amur.errors import MeasureError
from amur.periods import Period

REFERENCE = Path(__file__).parent / "reference"
# The reference is written with twelve digits.
WRITTEN = 1e-9
START = month_number(Period.of_month(2015, 1))
MONTH = Period.of_month


def series(values: object, first: int = START) -> Monthly:
    return Monthly("x", first, np.asarray(values, float))


def reference() -> dict[str, np.ndarray]:
    with (REFERENCE / "stl.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


@pytest.mark.parametrize(
    ("name", "spans"),
    [
        ("plain", Spans(inner=5, outer=0)),
        ("robust", Spans(seasonal=13, trend=25)),
        ("level", Spans(seasonal=25, trend=21, seasonal_line=False)),
    ],
)
def test_stl_is_that_of_the_original_programme(name: str, spans: Spans) -> None:
    data = reference()
    parts = decompose(data["value"], spans=spans)
    assert parts.seasonal == pytest.approx(data[f"{name}_seasonal"], abs=WRITTEN)
    assert parts.trend == pytest.approx(data[f"{name}_trend"], abs=WRITTEN)
    assert parts.seasonal + parts.trend + parts.remainder == pytest.approx(data["value"], abs=1e-12)


def test_loess_keeps_lines_and_means_keep_levels() -> None:
    line = 3 + 0.5 * np.arange(30)
    assert loess(line, 7) == pytest.approx(line) and loess(line, 61) == pytest.approx(line)
    assert loess(line, 7, at=np.array([-1, 30])) == pytest.approx([2.5, 18])
    assert local_mean(np.full(9, 4.0), 5) == pytest.approx(np.full(9, 4.0))
    # A point without weight is filled from its neighbours.
    bent = line.copy()
    bent[10] = 99
    assert loess(bent, 7, weights=(np.arange(30) != 10).astype(float))[10] == pytest.approx(line[10])
    assert np.isfinite(loess(line, 3, weights=np.zeros(30))).all()
    with pytest.raises(MeasureError, match="23 values are too few"):
        decompose(np.ones(23))
    assert decompose(np.ones(24)).remainder == pytest.approx(np.zeros(24), abs=1e-12)


def new_moon_age(day: datetime.date) -> float:
    """Days since the last mean new moon at midnight in Beijing; the true one differs by up to 0.6 days."""
    since = (
        datetime.datetime(day.year, day.month, day.day) - datetime.datetime(2000, 1, 7, 2, 14)
    ).total_seconds() / 86400
    return since % 29.530588853


def test_chinese_new_years_fall_on_new_moons_in_their_season() -> None:
    days = chinese_new_years()
    assert list(days) == list(range(1990, 2041))
    for day in days.values():
        assert datetime.date(day.year, 1, 21) <= day <= datetime.date(day.year, 2, 20)
        age = new_moon_age(day)
        assert min(age, 29.530588853 - age) < 1.7, day
    gaps = {(days[year + 1] - days[year]).days for year in range(1990, 2040)}
    # Twelve or thirteen moons.
    assert all(min(abs(gap - 354.4), abs(gap - 383.9)) < 1.5 for gap in gaps)


def test_holiday_regressors_count_days_and_are_centred() -> None:
    months = month_number(MONTH(2024, 1)) + np.arange(12)
    window = HolidayWindow(before=20, during=7, after=20)
    rows = holiday_regressors(months, window=window)
    every = month_number(MONTH(1991, 1)) + np.arange(12 * 49)
    whole = holiday_regressors(every, window=window)
    # 10 February 2024: of the twenty days before 11 lie in January; the seven days lie in February.
    means = np.array([holiday_shares(year, window) for year in range(1990, 2041)]).mean(axis=0)
    assert rows[0, 0] == pytest.approx(11 / 20 - means[0, 0]) and rows[1, 1] == pytest.approx(1 - means[1, 1])
    assert rows[1, 2] == pytest.approx(13 / 20 - means[1, 2]) and rows[2, 2] == pytest.approx(7 / 20 - means[2, 2])
    assert np.abs(whole.reshape(49, 12, 3).sum(axis=1)).max() < 1e-9
    assert np.abs(whole.reshape(49, 12, 3).mean(axis=0)).max() < 0.02
    late = holiday_regressors(months, window=HolidayWindow(delay=30))
    assert late[2, 1] > 0 > late[1, 1]


def holiday_shares(year: int, window: HolidayWindow) -> np.ndarray:
    """Shares by month of the holiday's own year and the one before, counted day by day (all lie in the year here)."""
    start = chinese_new_years()[year] + datetime.timedelta(days=window.delay)
    out = np.zeros((12, 3))
    for column, days in enumerate(
        (range(-window.before, 0), range(window.during), range(window.during, window.during + window.after))
    ):
        for k in days:
            out[(start + datetime.timedelta(days=k)).month - 1, column] += 1 / len(days)
    return out


def test_holidays_are_known_for_some_years_only() -> None:
    for year in (1989, 2041):
        with pytest.raises(MeasureError, match="known from 1990 to 2040"):
            holiday_regressors(month_number(MONTH(year, 6)) + np.arange(3))


@pytest.mark.parametrize(("delay", "first"), [(0, (1990, 3)), (60, (1990, 6))])
def test_holidays_are_known_up_to_the_edge_of_the_table(delay: int, first: tuple[int, int]) -> None:
    assert HolidayWindow() == HolidayWindow(before=20, during=7, after=20, delay=0)
    window = HolidayWindow(delay=delay)
    start, end = month_number(MONTH(*first)), month_number(MONTH(2040, 10))
    assert holiday_regressors(np.arange(start, end + 1), window=window).shape == (end - start + 1, 3)
    for months in (np.arange(start - 1, end), np.arange(start, end + 2)):
        with pytest.raises(MeasureError, match="known from"):
            holiday_regressors(months, window=window)


def test_working_days_on_paper() -> None:
    # February 2021 has twenty weekdays and eight days of weekend; February 2024 a 29th day, a Thursday.
    rows = working_day_regressors(np.array([month_number(MONTH(2021, 2)), month_number(MONTH(2024, 2))]))
    assert rows.tolist() == [[0, 28 - 28.25], [21 - 2.5 * 8, 29 - 28.25]]
    march = working_day_regressors(np.array([month_number(MONTH(2024, 3))]))
    assert march.tolist() == [[21 - 2.5 * 10, 0]]


def seasonal_series(effect: float, rng: np.random.Generator, years: int = 12) -> Monthly:
    months = START - 24 + np.arange(12 * years)
    window = HolidayWindow(delay=30)
    season = 0.15 * np.sin(2 * np.pi * (months % 12) / 12) - 0.1 * (months % 12 == 1)
    logs = 3 + 0.003 * np.arange(len(months)) + season + 0.02 * rng.normal(size=len(months))
    logs += holiday_regressors(months, window=window) @ [0, effect, effect]
    logs += working_day_regressors(months) @ [0.006, 0.03]
    return Monthly("x", int(months[0]), np.exp(logs))


def test_season_and_holiday_are_taken_out() -> None:
    given_series = seasonal_series(-0.2, np.random.default_rng(8))
    window = best_window(given_series)
    assert window is not None and abs(window.delay - 30) <= 10
    result = adjust(given_series, window=HolidayWindow(delay=30))
    told = {effect.name: effect for effect in result.effects}
    assert list(told) == ["before_new_year", "new_year", "after_new_year", "working_day", "leap_day"]
    assert told["new_year"].low <= -0.2 <= told["new_year"].high
    assert told["after_new_year"].low <= -0.2 <= told["after_new_year"].high
    assert told["before_new_year"].low <= 0 <= told["before_new_year"].high
    assert told["working_day"].low <= 0.006 <= told["working_day"].high
    assert told["new_year"].high - told["new_year"].low < 0.15
    # What is left moves little more than the noise.
    assert np.diff(np.log(result.adjusted)).std() < 0.04 < np.diff(np.log(given_series.values)).std()
    factors = result.adjusted * result.seasonal_factor * result.calendar_factor
    assert factors == pytest.approx(given_series.values)
    assert np.log(result.trend) == pytest.approx(result.components.trend)


def test_whitening_by_two_lines_is_that_by_the_whole_matrix() -> None:
    given_series = seasonal_series(-0.2, np.random.default_rng(3), years=8)
    logs, design = given_series.logs(), holiday_regressors(given_series.months)
    fit = season._fit_differences(logs, design, given_series.calendar_months)
    changes = np.diff(logs)
    calendar = (given_series.calendar_months[1:, None] == np.arange(12)).astype(float)
    wide = np.column_stack([np.diff(design, axis=0), calendar])
    rest = changes - wide @ season._huber(wide, changes).coefficients
    first = float(rest[1:] @ rest[:-1] / (rest @ rest))
    assert -0.49 < first < 0
    root = np.linalg.cholesky(np.eye(95) + first * (np.eye(95, k=1) + np.eye(95, k=-1)))
    x, y = np.linalg.solve(root, wide), np.linalg.solve(root, changes)
    by_hand = season._huber(x, y)
    assert fit.coefficients == pytest.approx(by_hand.coefficients[:3]) and fit.freedom == 95 - 15
    size = np.sqrt((by_hand.weights * (y - x @ by_hand.coefficients) ** 2).mean())
    assert fit.scale == pytest.approx(size * np.linalg.det(root) ** (1 / 95))


def test_huber_balances_residuals_cut_at_its_bound() -> None:
    rng = np.random.default_rng(6)
    design = np.column_stack([np.ones(200), rng.normal(size=200)])
    values = design @ [1.0, 2.0] + rng.standard_t(2, size=200)
    fit = season._huber(design, values)
    residual = values - design @ fit.coefficients
    bound = 1.345 * 1.4826 * np.median(np.abs(residual))
    assert design.T @ np.clip(residual, -bound, bound) == pytest.approx([0, 0], abs=1e-3)
    assert (np.abs(residual) > bound).any() and ((fit.weights < 1) == (np.abs(residual) > bound)).all()
    exact = season._huber(np.ones((8, 1)), np.ones(8))
    assert exact.coefficients.tolist() == [1.0]


def correlation_of(root: np.ndarray) -> np.ndarray:
    """The matrix whose banded Cholesky root is given."""
    n = root.shape[1]
    whole = np.diag(root[0]) + np.diag(root[1, : n - 1], -1)
    return whole @ whole.T


@pytest.mark.parametrize(
    ("residual", "first"),
    [
        ([1, -1] * 10, -0.49),
        ([1.0] * 20, 0.49),
        ([0.0] * 20, 0),
        ([1, 0, -1, 0, 1, 0], 0),
        ([2, 1, 0, 1], 0.0 + 2 / 6),
        ([2, -1, 0, 1], -2 / 6),
    ],
)
def test_months_remember_their_neighbours_as_a_moving_average_can(residual: list[float], first: float) -> None:
    n = len(residual)
    root = season._moving_average_root(np.array(residual, float))
    by_hand = np.eye(n) + first * (np.eye(n, k=1) + np.eye(n, k=-1))
    assert correlation_of(root) == pytest.approx(by_hand, abs=1e-12)
    values = np.arange(2.0 * n).reshape(n, 2)
    assert season._whitened(root, values) == pytest.approx(np.linalg.solve(np.linalg.cholesky(by_hand), values))


@pytest.mark.parametrize(("bounded", "inside"), [(0, 1.0), (2, 0.75), (4, 0.5), (6, 0.5)])
def test_the_covariance_is_that_of_least_squares_widened_by_what_was_bounded(bounded: int, inside: float) -> None:
    design = np.column_stack([np.ones(8), np.arange(8.0)])
    weights = np.where(np.arange(8) < bounded, 0.5, 1.0)
    residual = np.full(8, 3.0)
    # Each whole residual counts 9 and each halved one 2.25, over six free observations.
    variance = (9 * (8 - bounded) + 2.25 * bounded) / 6 / inside**2
    # Σx = 28 and Σx² = 140, so that the determinant is 8 · 140 − 28² = 336.
    by_hand = variance * np.array([[140, -28], [-28, 8]]) / 336
    assert season._covariance(design, weights, residual) == pytest.approx(by_hand)


@pytest.mark.parametrize("window", [None, HolidayWindow(delay=30)])
def test_effects_have_intervals_of_students_distribution(window: HolidayWindow | None) -> None:
    given_series = seasonal_series(-0.2, np.random.default_rng(4), years=7)
    columns = [working_day_regressors(given_series.months)]
    if window:
        columns = [holiday_regressors(given_series.months, window=window), *columns]
    fit = season._fit_differences(given_series.logs(), np.column_stack(columns), given_series.calendar_months)
    effects = adjust(given_series, window=window).effects
    assert fit.freedom == 83 - 12 - len(effects) and len(effects) == (5 if window else 2)
    wide = t.ppf(0.975, fit.freedom) * np.sqrt(np.diag(fit.covariance))
    assert [item.value for item in effects] == pytest.approx(fit.coefficients.tolist())
    assert [item.high - item.value for item in effects] == pytest.approx(wide.tolist())
    assert [item.value - item.low for item in effects] == pytest.approx(wide.tolist())


def test_a_series_without_holiday_gets_none() -> None:
    # A test at 5 %: of four quiet series at most one may show a holiday by chance (probability 0.014 of more).
    quiet = [seasonal_series(0.0, np.random.default_rng(seed)) for seed in range(4)]
    assert sum(best_window(item, range(0, 61, 15)) is not None for item in quiet) <= 1
    plain = quiet[0]
    assert [effect.name for effect in adjust(plain).effects] == ["working_day", "leap_day"]
    with pytest.raises(MeasureError, match="has 59 months"):
        adjust(Monthly("x", START, np.exp(np.random.default_rng(1).normal(size=59))))
    assert len(adjust(Monthly("x", START, np.exp(np.random.default_rng(1).normal(size=60)))).adjusted) == 60


def test_january_and_february_are_a_sum() -> None:
    data = series(np.arange(1.0, 28.0), first=month_number(MONTH(2020, 2)))
    joint = january_february(data)
    assert [(item.period.label, item.value) for item in joint] == [("2021-01/2021-02", 25), ("2022-01/2022-02", 49)]
    assert joint[0].growth is None and joint[1].growth == pytest.approx(49 / 25 - 1)
    zero = series([0, 0, *np.ones(11), 1.0])
    assert january_february(zero)[1].growth is None


def test_rows_show_the_growth_of_both_months_together() -> None:
    given_series = seasonal_series(-0.2, np.random.default_rng(8), years=6)
    rows = season_rows(adjust(given_series))
    by_month = {row["period"]: row for row in rows}
    joint = {item.period.label: item.growth for item in january_february(given_series)}
    for month in ("2015-01", "2015-02"):
        assert by_month[month]["growth_on_year"] == joint["2015-01/2015-02"]
        assert by_month[month]["growth_is_of"] == "2015-01/2015-02"
    values = dict(zip((row["period"] for row in rows), given_series.values.tolist(), strict=True))
    assert by_month["2015-03"]["growth_on_year"] == pytest.approx(values["2015-03"] / values["2014-03"] - 1)
    assert by_month["2015-03"]["growth_is_of"] == "2015-03" and by_month["2013-03"]["growth_on_year"] is None
    assert by_month["2013-01"]["growth_on_year"] is None
    assert [row["raw"] for row in rows] == given_series.values.tolist()
    result = adjust(given_series)
    for name in ("adjusted", "trend", "seasonal_factor", "calendar_factor"):
        assert [row[name] for row in rows] == getattr(result, name).tolist()
    assert [row["period"] for row in rows] == [
        f"{year}-{month:02d}" for year in range(2013, 2019) for month in range(1, 13)
    ]
    assert by_month["2013-12"]["growth_on_year"] is None and by_month["2013-02"]["growth_is_of"] == "2013-01/2013-02"
    assert by_month["2014-12"]["growth_on_year"] == pytest.approx(values["2014-12"] / values["2013-12"] - 1)


def test_the_spans_are_those_of_the_reference() -> None:
    # The level of the reference file: seasons over 25 years, the trend over 21 months, no lines in a season.
    values = reference()["value"]
    parts = decompose(values, spans=STEADY)
    assert parts.seasonal == pytest.approx(reference()["level_seasonal"], abs=WRITTEN)
    assert parts.trend == pytest.approx(reference()["level_trend"], abs=WRITTEN)
    given = seasonal_series(0.0, np.random.default_rng(2), years=7)
    plain = adjust(given)
    again = decompose(np.log(given.values / plain.calendar_factor), spans=STEADY)
    assert plain.seasonal_factor == pytest.approx(np.exp(again.seasonal), rel=1e-12)
    assert plain.trend == pytest.approx(np.exp(again.trend), rel=1e-12)


@pytest.mark.parametrize("delay", [0, 60])
def test_delays_are_tried_from_none_to_two_months(delay: int) -> None:
    rng = np.random.default_rng(5)
    months = START - 24 + np.arange(144)
    shift = holiday_regressors(months, window=HolidayWindow(delay=delay)) @ [-0.3, -0.5, -0.4]
    window = best_window(Monthly("x", int(months[0]), np.exp(3 + shift + 0.01 * rng.normal(size=144))))
    assert window == HolidayWindow(delay=delay)


def test_a_short_or_still_series_shows_no_holiday() -> None:
    for find in (adjust, best_window):
        with pytest.raises(MeasureError, match="has 59 months"):
            find(series(np.arange(1.0, 60.0)))
    still = series(np.full(60, 7.0))
    assert best_window(still) is None and adjust(still).adjusted == pytest.approx(np.full(60, 7.0))
