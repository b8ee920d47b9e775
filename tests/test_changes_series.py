"""Series before and after: gaps named, intervals of their size, rerouting bounded, seasons taken out."""

from __future__ import annotations

import datetime
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amur.changes.counterfactual import LEVEL_ONLY, LINE, Departure, Trend, depart, forecast
from amur.changes.diversion import TradeChange, replacement
from amur.changes.events import Window, event_study, events, find_events
from amur.changes.monthly import Monthly, month_number, month_of, monthly
from amur.changes.problems import found, problem
from amur.changes.rerouting import (
    Gap,
    excess_exports,
    mirror_gap,
    misclassification,
    placebo_rate,
    transit_bounds,
)
from amur.changes.synthetic import Panel, panel, simplex_weights, synthetic_control
from amur.errors import FlowsError, MeasureError
from amur.intervals import Interval
from amur.periods import Period

REFERENCE = Path(__file__).parent / "reference"
# The reference is written with twelve digits.
WRITTEN = 1e-9
START = month_number(Period.of_month(2015, 1))
MONTH = Period.of_month


def series(values: object, name: str = "x", first: int = START) -> Monthly:
    return Monthly(name, first, np.asarray(values, float))


def noise(n: int, memory: float, rng: np.random.Generator) -> np.ndarray:
    shocks = rng.normal(size=n)
    out = np.empty(n)
    out[0] = shocks[0] / math.sqrt(1 - memory**2)
    for k in range(1, n):
        out[k] = memory * out[k - 1] + shocks[k]
    return out


# ── months ──────────────────────────────────────────────────────────────────────────────────────


@given(st.integers(1990, 2040), st.integers(1, 12))
def test_month_numbers_count_months(year: int, month: int) -> None:
    number = month_number(MONTH(year, month))
    assert month_of(number) == MONTH(year, month) and month_of(number + 1) == MONTH(year, month).next()


def test_a_series_is_read_in_any_order() -> None:
    read = monthly("x", [("2022-02", 3.0), ("2021-12", 1.0), (MONTH(2022, 1), 2.0)])
    assert read.values.tolist() == [1, 2, 3] and read.period == Period.parse("2021-12/2022-02")
    assert read.calendar_months.tolist() == [11, 0, 1]
    assert read.sum_of(Period.parse("2022-01/2022-02")) == 5
    assert read.within(MONTH(2022, 1)).values.tolist() == [2]
    assert read.within(Period.parse("2021-12/2022-01")).period.label == "2021-12/2022-01"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("2022-01", 1.0), ("2022-04", 1.0)], r"2 months have no value \(2022-02, 2022-03\)"),
        ([("2022-01", 1.0), ("2022-02", None), ("2022-03", 1.0)], r"1 months have no value \(2022-02\)"),
        ([("2022-01", 1.0), ("2022-02", 2.0), ("2022-03", None)], r"1 months have no value \(2022-03\)"),
        ([("2022-01", 1.0), ("2022-01", 1.0)], r"1 months are given more than once \(2022-01\)"),
        ([("2022-01", None), ("2022-01", None)], r"1 months are given more than once \(2022-01\)"),
        ([("2022-01", 1.0), ("2022-02", -1.0)], r"1 months are negative \(2022-02\)"),
        ([("2022-01", 1.0)], r"one month only \(2022-01\)"),
        ([("2022-01", math.nan)], "no month with a value"),
        ([], "no month with a value"),
        ([("2022", 1.0)], "not one month"),
    ],
)
def test_gaps_copies_and_single_months_are_named_and_never_filled(rows: list, message: str) -> None:
    with pytest.raises(FlowsError, match=message):
        monthly("x", rows)


def test_a_span_outside_the_series_and_a_zero_month_are_refused() -> None:
    for span in ("2014-12/2015-01", "2015-02/2015-04"):
        with pytest.raises(FlowsError, match="does not hold all of"):
            series([1, 2, 3]).within(Period.parse(span))
    assert series([1, 2, 3]).within(Period.parse("2015-01/2015-03")).values.tolist() == [1, 2, 3]
    with pytest.raises(FlowsError, match=r"zero in 2 months \(first 2015-02\)"):
        series([1, 0, 0, 3]).logs()


def test_problems_keep_five_examples_and_count_all() -> None:
    seven = problem("gap", range(7), 0.5)
    assert (seven.count, seven.examples, seven.value_share) == (7, ("0", "1", "2", "3", "4"), 0.5)
    assert found(seven, problem("gap", [])) == (seven,)
    assert seven.to_dict() == {"kind": "gap", "count": 7, "examples": ["0", "1", "2", "3", "4"], "value_share": 0.5}


# ── counterfactuals ─────────────────────────────────────────────────────────────────────────────


def rejected(memory: float, trend: Trend, *, trials: int = 300, before: int = 36) -> float:
    """How often noise alone is taken for an event, at a nominal 5 %."""
    rng = np.random.default_rng(7)
    hits = 0
    for _ in range(trials):
        values = np.exp(0.1 * noise(before + 12, memory, rng) + 2)
        hits += depart(series(values), START + before, trend=trend).is_beyond_noise
    return hits / trials


@pytest.mark.parametrize("trend", [LEVEL_ONLY, LINE])
@pytest.mark.parametrize(("memory", "most"), [(0.0, 0.09), (0.4, 0.10), (0.7, 0.13)])
def test_intervals_err_about_as_often_as_they_say(memory: float, most: float, trend: Trend) -> None:
    # Nominal 5 %; two standard errors of 300 trials are 2.5 points, and long memory costs some more.
    rate = rejected(memory, trend)
    assert 0.01 <= rate <= most


def test_a_true_event_is_found_and_measured() -> None:
    rng = np.random.default_rng(3)
    values = np.exp(0.05 * noise(48, 0.3, rng) + 1)
    values[36:] *= 1.5
    result = depart(series(values), START + 36, trend=LEVEL_ONLY)
    assert result.is_beyond_noise and result.factor_interval.contains(1.5)
    assert result.factor == pytest.approx(1.5, rel=0.05)
    assert result.excess == pytest.approx(result.actual_sum - result.expected_sum)
    assert result.excess_interval.low <= result.excess <= result.excess_interval.high
    assert result.actual_sum == pytest.approx(values[36:].sum()) and result.method == "level"
    assert (result.low < result.expected).all() and (result.expected < result.high).all()
    assert result.series.first == START + 36


def test_a_straight_line_goes_on_and_a_control_is_followed() -> None:
    rng = np.random.default_rng(5)
    wiggle = 0.01 * rng.normal(size=48)
    line = np.exp(0.02 * np.arange(48) + wiggle)
    onward = depart(series(line), START + 36)
    assert onward.expected == pytest.approx(np.exp(0.02 * np.arange(36, 48)), rel=0.02) and onward.method == "line"
    control = series(np.exp(rng.normal(0, 1, 48)), "control")
    tied = depart(series(control.values * 3 * np.exp(wiggle)), START + 36, control=control, trend=LEVEL_ONLY)
    assert tied.expected == pytest.approx(control.values[36:] * 3, rel=0.02) and tied.method == "control_level"
    assert not tied.is_beyond_noise


def test_seasons_are_learnt_month_by_month() -> None:
    season = np.exp(np.tile(np.linspace(-1, 1, 12), 5) + 0.001 * np.random.default_rng(1).normal(size=60))
    result = depart(series(season), START + 48, trend=Trend(line=False, seasons=True))
    assert result.expected == pytest.approx(season[48:], rel=0.01) and result.method == "seasons"
    both = depart(series(season), START + 48, trend=Trend(line=True, seasons=True))
    assert both.method == "line_seasons" and both.expected == pytest.approx(season[48:], rel=0.02)


@given(st.floats(0.1, 1e6))
def test_departures_do_not_depend_on_money(factor: float) -> None:
    values = np.exp(0.1 * noise(40, 0.4, np.random.default_rng(2)))
    one, two = (depart(series(values * f), START + 30) for f in (1.0, factor))
    assert two.factor == pytest.approx(one.factor, rel=1e-9)
    assert two.sum_interval.low == pytest.approx(one.sum_interval.low * factor, rel=1e-9)
    assert two.memory == pytest.approx(one.memory, abs=1e-9)


def test_forecast_on_paper() -> None:
    # No memory: the mean goes on, with variance s² (1 + 1/n) and covariance s² / n.
    known = np.array([1.0, -1.0] * 10)
    result = forecast(known, np.ones((20, 1)), np.ones((2, 1)))
    variance = (known**2).sum() / 19
    assert result.memory == 0 and result.expected == pytest.approx([0, 0], abs=1e-12) and result.freedom == 19
    assert result.covariance == pytest.approx(np.array([[1.05, 0.05], [0.05, 1.05]]) * variance)
    assert result.quantile() == pytest.approx(2.093, abs=1e-3)
    assert result.quantile(0.5) == pytest.approx(0.688, abs=1e-3)


def test_memory_is_corrected_upwards_and_costs_freedom() -> None:
    known = noise(40, 0.6, np.random.default_rng(11))
    residual = known - known.mean()
    raw = float(residual[1:] @ residual[:-1] / (residual @ residual))
    result = forecast(known, np.ones((40, 1)), np.ones((1, 1)))
    assert result.memory == pytest.approx((40 * raw + 1) / 37)
    assert result.freedom == pytest.approx(39 * (1 - result.memory) / (1 + result.memory))
    walk = forecast(np.arange(20.0), np.ones((20, 1)), np.ones((1, 1)))
    assert walk.memory == 0.95 and walk.freedom == 3.0


def test_errors_of_forecasts_grow_with_the_months_as_memory_fades() -> None:
    # By hand for a mean under AR(1): the mean is known from (n − (n − 2) r) / (1 + r) months' worth.
    known, n, ahead = noise(40, 0.6, np.random.default_rng(11)), 40, 60
    result = forecast(known, np.ones((n, 1)), np.ones((ahead, 1)))
    r, steps = result.memory, np.arange(1, ahead + 1)
    spread = 1 - r ** (2 * steps) + (1 - r**steps) ** 2 * (1 + r) / (n - (n - 2) * r)
    found_spread = np.diag(result.covariance)
    assert found_spread / found_spread[-1] == pytest.approx(spread / spread[-1])
    assert 0.3 < r < 0.95 and found_spread[-1] == pytest.approx(known.var() * spread[-1], rel=0.5)


@pytest.mark.parametrize("rounding", [0.0, 2**-52, -(2**-52)])
def test_an_exact_past_has_no_memory_however_it_was_rounded(rounding: float) -> None:
    # The last bit of a least squares fit depends on the machine; the forecast must not.
    values = np.full(20, 3.0) * (1 + rounding * np.repeat([1.0, 0.0], 10))
    constant = forecast(values, np.ones((20, 1)), np.ones((1, 1)))
    assert constant.memory == 0 and constant.covariance[0, 0] < 1e-20
    line = np.column_stack([np.ones(20), np.arange(20) / 12])
    assert forecast(line @ [2.0, 0.1], line, line[-1:]).memory == 0
    nothing = forecast(np.zeros(20), np.ones((20, 1)), np.ones((1, 1)))
    assert nothing.memory == 0 and nothing.covariance[0, 0] == 0
    assert forecast(3 + 1e-9 * np.arange(20.0), np.ones((20, 1)), np.ones((1, 1))).memory == 0.95


def test_too_little_before_the_event_is_refused() -> None:
    with pytest.raises(MeasureError, match="6 months before the event are too few"):
        depart(series(np.ones(12)), START + 6, trend=LEVEL_ONLY)
    assert depart(series(np.exp(np.arange(12) % 3)), START + 7, trend=LEVEL_ONLY).method == "level"
    for event in (START - 1, START, START + 12):
        with pytest.raises(MeasureError, match="both sides"):
            depart(series(np.ones(12)), event)
    with pytest.raises(MeasureError, match="1 months before the event are too few"):
        depart(series(np.ones(12)), START + 1)
    with pytest.raises(MeasureError, match="same months"):
        depart(series(np.ones(12)), START + 8, control=series(np.ones(11)))
    with pytest.raises(MeasureError, match="same months"):
        depart(series(np.ones(12)), START + 8, control=series(np.ones(12), first=START + 1))


# ── events ──────────────────────────────────────────────────────────────────────────────────────


def test_the_registry_has_its_events_in_order_with_a_source_each() -> None:
    all_events = events()
    assert len(all_events) == 83
    assert [event.date for event in all_events] == sorted(event.date for event in all_events)
    assert all(event.source.startswith("http") and event.confidence and event.actors for event in all_events)
    packages = [event for event in all_events if event.instrument == "sanctions_package" and event.kind == "adopted"]
    assert [event.magnitude for event in packages] == [float(n) for n in range(1, 21)]
    undated = next(event for event in all_events if event.precision == "not_before_inferred")
    assert undated.date == datetime.date(2026, 4, 1) and undated.month == MONTH(2026, 4)


def test_events_belong_to_blocs_and_to_the_world() -> None:
    first = find_events("EU27", "RUS", instruments=("sanctions_package",))[0]
    assert first.date == datetime.date(2022, 2, 23)
    assert first.acts("EU27") and first.acts("SWE") and not first.acts("GBR") and not first.acts("RUS")
    assert first.targets_place("RUS") and not first.targets_place("CHN")
    assert first.lies_between("SWE", "RUS") and first.lies_between("RUS", "SWE")
    assert not first.lies_between("RUS", "CHN") and first.touches("RUS", "CHN") and first.touches("CHN", "RUS")
    assert not first.touches("SWE", "FIN")
    baseline = next(event for event in events() if event.date == datetime.date(2025, 4, 5))
    assert baseline.lies_between("USA", "SWE") and not baseline.touches("RUS", "SWE")
    assert not baseline.targets_place("SWE")


def test_a_day_is_dated_by_a_source_that_names_it() -> None:
    event = next(item for item in events() if item.precision == "day" and item.confidence == "press")
    assert event.is_dated and not replace(event, precision="month").is_dated
    for memory in ("day_from_memory", "day_from_manifest"):
        assert not replace(event, confidence=memory).is_dated
        assert not replace(event, confidence=memory, precision="month").is_dated


def test_events_are_narrowed_by_period_and_instrument() -> None:
    span = Period.parse("2022-02-23/2022-02-28")
    inside = find_events("RUS", "EU27", period=span, instruments=["sanctions_package"])
    assert [event.magnitude for event in inside] == [1, 2, 3]
    assert find_events("SWE", "FIN") == ()


def test_three_years_before_and_one_after_are_studied() -> None:
    values = np.exp(0.02 * np.random.default_rng(4).normal(size=60))
    usual = event_study(series(values), month_of(START + 40))
    assert len(usual.expected) == 12 and usual.method == "line"
    assert usual.expected == pytest.approx(depart(series(values[4:52], first=START + 4), START + 40).expected)


def test_an_event_study_is_cut_to_what_the_series_holds() -> None:
    values = np.exp(0.02 * np.random.default_rng(4).normal(size=60))
    result = event_study(series(values), month_of(START + 40), window=Window(before=24, after=6), trend=LEVEL_ONLY)
    assert len(result.expected) == 6 and result.series.first == START + 40
    by_hand = depart(series(values[16:46], first=START + 16), START + 40, trend=LEVEL_ONLY)
    assert result.expected == pytest.approx(by_hand.expected)
    longer = event_study(series(values), month_of(START + 55))
    assert len(longer.expected) == 5
    early = event_study(series(values), month_of(START + 12), window=Window(before=24, after=3), trend=LEVEL_ONLY)
    assert early.expected == pytest.approx(depart(series(values[:15]), START + 12, trend=LEVEL_ONLY).expected)
    control = series(np.ones(60), "control")
    tied = event_study(series(values), month_of(START + 40), window=Window(24, 6), control=control, trend=LEVEL_ONLY)
    assert tied.expected == pytest.approx(result.expected)
    for outside in (START, START + 60):
        with pytest.raises(MeasureError, match="not inside"):
            event_study(series(values), month_of(outside))


# ── rerouting ───────────────────────────────────────────────────────────────────────────────────


def simulated_route(rng: np.random.Generator, share: float) -> tuple[Monthly, Monthly, Monthly, float]:
    """Arrivals, untouched goods and onward exports with a known transit; 36 months before, 12 after."""
    common = 0.05 * noise(48, 0.5, rng)
    control = 100 * np.exp(common)
    demand = 20 * np.exp(common + 0.08 * rng.normal(size=48))
    own_exports = 5 * np.exp(0.1 * rng.normal(size=48))
    moved = np.zeros(48)
    moved[36:] = share * demand[36:]
    return series(demand + moved), series(control), series(own_exports + moved), float(moved.sum())


@pytest.mark.parametrize("share", [0.5, 2.0, 6.0])
def test_bounds_contain_the_truth_on_simulated_rerouting(share: float) -> None:
    rng = np.random.default_rng(17)
    inside = 0
    for _ in range(100):
        arrived, control, sent, moved = simulated_route(rng, share)
        excess = excess_exports("C", arrived, event=START + 36, control=control)
        onward = excess_exports("C", sent, event=START + 36)
        bounds = transit_bounds(excess.interval, onward.interval)
        inside += bounds.low <= moved <= bounds.high
    # The bounds join several 95 % intervals, so that they hold at least as often.
    assert inside >= 95


def test_excess_takes_every_counterfactual_and_the_widest_span() -> None:
    rng = np.random.default_rng(5)
    arrived, control, _, moved = simulated_route(rng, 3.0)
    full = excess_exports("C", arrived, event=START + 36, control=control)
    assert set(full.departures) == {"level", "line", "control_level", "control_line"}
    assert set(excess_exports("C", arrived, event=START + 36).departures) == {"level", "line"}
    spans = [item.excess_interval for item in full.departures.values()]
    assert full.interval == Interval(min(s.low for s in spans), max(s.high for s in spans))
    assert all(point == pytest.approx(moved, rel=0.2) for point in full.points) and len(full.points) == 4
    assert full.partner == "C"


def test_a_fall_sends_nothing_on() -> None:
    assert transit_bounds(Interval(-2.0, -0.5)) == transit_bounds(Interval(-2.0, 0.0))
    assert transit_bounds(Interval(-2.0, -0.5)).high == 0


def test_transit_is_a_pair_of_bounds() -> None:
    unknown = transit_bounds(Interval(2, 5))
    assert (unknown.low, unknown.high, unknown.has_lower) == (0, 5, False)
    seen = transit_bounds(Interval(2, 5), Interval(1, 9))
    assert (seen.low, seen.high, seen.has_lower) == (1, 5, True)
    less = transit_bounds(Interval(2, 5), Interval(3, 9))
    assert less.low == 2
    none = transit_bounds(Interval(-3, -1), Interval(-1, 2))
    assert (none.low, none.high) == (0, 0)


def test_placebo_rate_counts_what_it_names() -> None:
    rng = np.random.default_rng(1)
    quiet = depart(series(np.exp(0.1 * rng.normal(size=48)), "quiet"), START + 36, trend=LEVEL_ONLY)
    values = np.exp(0.01 * rng.normal(size=48))
    values[36:] *= 9
    loud = depart(series(values, "loud"), START + 36, trend=LEVEL_ONLY)
    rate = placebo_rate([quiet, loud])
    assert (rate.tried, rate.found, rate.names, rate.rate) == (2, 1, ("loud",), 0.5)
    assert rate.nominal == pytest.approx(0.05) and math.isnan(placebo_rate([]).rate)


def test_mirror_gaps_measure_what_goes_missing_after_the_event() -> None:
    rng = np.random.default_rng(2)
    sent = np.exp(0.1 * rng.normal(size=48) + 3)
    received = sent * 1.05 * np.exp(0.02 * rng.normal(size=48))
    received[36:] *= 0.6
    gap = mirror_gap(series(sent), series(received), event=START + 36)
    assert gap.low <= -math.log(0.6) <= gap.high and gap.is_beyond_noise
    assert gap.lost == pytest.approx(0.4, abs=0.02)
    still = mirror_gap(series(sent), series(sent * np.exp(0.02 * rng.normal(size=48))), event=START + 36)
    assert not still.is_beyond_noise
    reverse = mirror_gap(series(received), series(sent), event=START + 36)
    assert reverse.is_beyond_noise and reverse.gap == pytest.approx(-gap.gap)


def test_mirror_gaps_count_months_without_both_reports() -> None:
    rng = np.random.default_rng(2)
    sent = np.exp(0.1 * rng.normal(size=48))
    received = sent * np.exp(0.05 * rng.normal(size=48))
    received[5] = sent[40] = 0
    gap = mirror_gap(series(sent), series(received), event=START + 36)
    assert gap.problems == (problem("value_zero", ["2015-06", "2018-05"]),)
    with pytest.raises(MeasureError, match="different months"):
        mirror_gap(series(sent), series(received[:-1]), event=START + 36)
    received[36:] = 0
    with pytest.raises(MeasureError, match="No month after the event"):
        mirror_gap(series(sent), series(received), event=START + 36)


def test_a_gap_is_beyond_noise_where_its_interval_leaves_zero_out() -> None:
    for low, high, beyond in ((-1, 1, False), (0, 2, False), (-2, 0, False), (0.1, 2, True), (-2, -0.1, True)):
        assert Gap((low + high) / 2, low, high, ()).is_beyond_noise is beyond
    # Upper halves of 0.3 and 0.4 make one of 0.5.
    both = misclassification(Gap(1.0, 0.9, 1.3, ()), Gap(0.5, 0.4, 0.9, ()))
    assert (both.gap, both.low, both.high) == pytest.approx((0.5, 0, 1)) and both.lost == pytest.approx(
        1 - math.exp(-0.5)
    )


def test_misclassification_is_the_difference_of_gaps() -> None:
    rng = np.random.default_rng(6)

    def gap(change: float):
        sent = np.exp(0.1 * rng.normal(size=48))
        received = sent * np.exp(0.02 * rng.normal(size=48))
        received[36:] *= change
        return mirror_gap(series(sent), series(received), event=START + 36)

    listed, unlisted = gap(0.5), gap(1.3)
    both = misclassification(listed, unlisted)
    assert both.gap == pytest.approx(listed.gap - unlisted.gap)
    assert both.low <= math.log(1.3 / 0.5) <= both.high
    half = math.hypot(listed.high - listed.gap, unlisted.high - unlisted.gap)
    assert (both.low, both.high) == pytest.approx((both.gap - half, both.gap + half))


# ── diversion ───────────────────────────────────────────────────────────────────────────────────


def test_replacement_on_paper() -> None:
    fallen = TradeChange.of([100, 50, 10, 0], [20, 49, 0, 5])
    risen = TradeChange.of([10, 10, 10, 1], [50, 30, 5, 1])
    result = replacement(fallen, risen, products=("a", "b", "c", "d"))
    assert result.lost.tolist() == [80, 1, 10, -5] and result.gained.tolist() == [40, 20, -5, 0]
    assert result.ratio[0] == 0.5 and result.ratio[2] == -0.5 and np.isnan(result.ratio[[1, 3]]).all()
    assert result.total == pytest.approx(35 / 90) and result.replaced == pytest.approx(40 / 90)
    assert (result.low, result.high) == pytest.approx((-0.5, 0.5))
    small = result.problems[0]
    assert (small.kind, small.examples) == ("too_small", ("b", "d")) and small.value_share == pytest.approx(50 / 160)
    over = replacement(TradeChange.of([10], [0]), TradeChange.of([0], [30]))
    assert (over.total, over.replaced, over.low, over.high) == (3, 1, 3, 3) and over.problems == ()


def test_replacement_refuses_what_has_no_answer() -> None:
    with pytest.raises(MeasureError, match="No product fell by more than 10%"):
        replacement(TradeChange.of([10], [9.5]), TradeChange.of([0], [30]))
    assert replacement(TradeChange.of([10], [9.5]), TradeChange.of([0], [1]), noise=0.04).total == pytest.approx(2)
    with pytest.raises(MeasureError, match="1 products fell and 2 rose"):
        replacement(TradeChange.of([10], [0]), TradeChange.of([0, 1], [30, 1]))
    with pytest.raises(MeasureError, match="differ in shape"):
        TradeChange.of([1], [1, 2])
    for bad in ([math.nan, 1], [-1, 1], [math.inf, 1]):
        with pytest.raises(MeasureError, match="1 products have a value that is missing or negative"):
            TradeChange.of(bad, [1, 1])
        with pytest.raises(MeasureError, match="1 products have a value"):
            TradeChange.of([1, 1], bad)


# ── synthetic control ───────────────────────────────────────────────────────────────────────────


@given(st.integers(0, 400), st.integers(2, 12), st.integers(3, 10))
def test_weights_solve_the_quadratic_programme(seed: int, donors: int, times: int) -> None:
    rng = np.random.default_rng(seed)
    target, pool = rng.normal(size=times), rng.normal(size=(times, donors))
    weights = simplex_weights(target, pool)
    assert (weights >= 0).all() and weights.sum() == pytest.approx(1, abs=1e-12)
    # First-order conditions on the simplex: no donor's gradient lies below that of those in use.
    gradient = pool.T @ (pool @ weights - target)
    floor = gradient[weights > 1e-9].max()
    assert (gradient >= floor - 1e-7 * max(1, np.abs(gradient).max())).all()


def test_weights_of_a_mix_are_found_and_of_copies_are_even() -> None:
    rng = np.random.default_rng(1)
    pool = rng.normal(size=(20, 4))
    mix = np.array([0.1, 0.0, 0.6, 0.3])
    assert simplex_weights(pool @ mix, pool) == pytest.approx(mix, abs=1e-9)
    assert simplex_weights(pool[:, 0], np.repeat(pool[:, :1], 3, axis=1)) == pytest.approx([1 / 3] * 3)


def factor_panel(rng: np.random.Generator, units: int = 12, times: int = 16) -> np.ndarray:
    """Units of two common factors and a little noise of their own."""
    factors = np.cumsum(rng.normal(0, 0.1, (times, 2)), axis=0)
    return np.exp(
        factors @ rng.dirichlet((1, 1), units).T + 0.01 * rng.normal(size=(times, units)) + rng.normal(size=units)
    )


def table_of(values: np.ndarray) -> dict[str, dict[int, float]]:
    return {f"U{k:02d}": {2000 + t: float(v) for t, v in enumerate(column)} for k, column in enumerate(values.T)}


def test_an_effect_is_measured_against_the_twin() -> None:
    values = factor_panel(np.random.default_rng(3))
    truth = values[13:, 0].copy()
    values[13:, 0] *= 0.5
    data = panel(table_of(values), times=tuple(range(2000, 2016)))
    result = synthetic_control(data, "U00", event=2013)
    assert result.synthetic[13:] == pytest.approx(truth, rel=0.1)
    assert result.effect == pytest.approx(values[13:, 0] - result.synthetic[13:])
    assert result.p_value == pytest.approx(1 / 12) and len(result.placebo_ratios) == 11
    assert result.weights.sum() == pytest.approx(1) and "U00" not in result.donors and not result.exact_fit
    compared = (result.actual - result.synthetic)[10:13]
    assert result.distance_before == pytest.approx(np.sqrt((compared**2).mean()))
    size = values[:13, 0].mean()
    after = (result.actual - result.synthetic)[13:] / size
    assert result.ratio == pytest.approx(np.sqrt((after**2).mean()) / (result.distance_before / size))


def test_placebo_ranks_have_their_nominal_size() -> None:
    # Nothing happens to unit 0: its rank is one of 12 alike, so that p <= 1/12 comes about once in 12.
    rng = np.random.default_rng(9)
    hits = 0
    for _ in range(150):
        data = panel(table_of(factor_panel(rng)), times=tuple(range(2000, 2016)))
        hits += synthetic_control(data, "U00", event=2013).p_value <= 1 / 12
    # Binomial(150, 1/12): mean 12.5, standard deviation 3.4; four of them to either side.
    assert 1 <= hits <= 26


def test_twins_do_not_depend_on_money_or_size() -> None:
    values = factor_panel(np.random.default_rng(4))
    one = synthetic_control(panel(table_of(values), times=tuple(range(2000, 2016))), "U03", event=2012)
    scaled = values * np.geomspace(1, 1e6, 12)
    two = synthetic_control(panel(table_of(scaled), times=tuple(range(2000, 2016))), "U03", event=2012)
    assert two.ratio == pytest.approx(one.ratio, rel=1e-6) and two.weights == pytest.approx(one.weights, abs=1e-6)
    assert two.placebo_ratios["U05"] == pytest.approx(one.placebo_ratios["U05"], rel=1e-6)


def test_a_twin_that_never_errs_departs_by_nothing_or_without_bound() -> None:
    flat = np.ones((8, 4))
    same = synthetic_control(Panel(tuple("ABCD"), tuple(range(8)), flat), "A", event=6)
    assert same.ratio == 1 and same.p_value == 1
    moved = flat.copy()
    moved[6:, 0] = 2
    assert synthetic_control(Panel(tuple("ABCD"), tuple(range(8)), moved), "A", event=6).ratio == np.inf


def test_without_years_held_back_all_years_before_are_compared() -> None:
    values = factor_panel(np.random.default_rng(5))
    data = panel(table_of(values), times=tuple(range(2000, 2016)))
    result = synthetic_control(data, "U01", event=2013, held_back=0)
    before = (result.actual - result.synthetic)[:13]
    assert result.distance_before == pytest.approx(np.sqrt((before**2).mean()))
    wide = Panel(
        tuple(f"U{k}" for k in range(30)), tuple(range(6)), np.exp(np.random.default_rng(1).normal(size=(6, 30)))
    )
    assert synthetic_control(wide, "U0", event=5, held_back=0).exact_fit


def test_panels_name_whom_they_leave_out() -> None:
    table = {
        "A": {1: 1.0, 2: 2.0},
        "B": {1: 1.0},
        "C": {1: 0.0, 2: 1.0},
        "D": {1: 0.1, 2: 0.1},
        "E": {1: 5.0, 2: math.nan},
    }
    data = panel(table, times=(1, 2), floor=0.5)
    assert data.units == ("A",) and data.values.tolist() == [[1], [2]]
    assert {p.kind: p.examples for p in data.problems} == {
        "incomplete": ("B", "E"),
        "value_zero": ("C",),
        "too_small": ("D",),
    }
    assert panel(table, times=(1, 2), floor=0.1).units == ("A", "D")
    with pytest.raises(MeasureError, match="No unit"):
        panel({"A": {1: 0.0}}, times=(1,))


def test_synthetic_controls_refuse_too_little() -> None:
    data = panel(table_of(factor_panel(np.random.default_rng(1))), times=tuple(range(2000, 2016)))
    with pytest.raises(MeasureError, match="U99 is not in the panel"):
        synthetic_control(data, "U99", event=2010)
    for event, held_back in ((2005, 3), (2016, 3), (2010, -1)):
        with pytest.raises(MeasureError, match="needs three more times"):
            synthetic_control(data, "U00", event=event, held_back=held_back)
    assert synthetic_control(data, "U00", event=2006).held_back == 3
    two = Panel(("A", "B"), data.times, data.values[:, :2])
    with pytest.raises(MeasureError, match="at least two donors, not 1"):
        synthetic_control(two, "A", event=2010)


def test_departures_are_frozen() -> None:
    assert Departure.__dataclass_params__.frozen  # type: ignore[attr-defined]
