"""Ceilings, premiums and mirrors on simulated truth: what a user's own table would show."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from amur.changes.mirror_estimate import mirror_estimate
from amur.changes.premium import premium, premium_difference, unit_value_changes
from amur.changes.saturation import saturate
from amur.errors import MeasureError

# ── saturation ──────────────────────────────────────────────────────────────────────────────────


def logistic(t: np.ndarray, ceiling: float, speed: float, midpoint: float) -> np.ndarray:
    return ceiling / (1 + np.exp(-speed * (t - midpoint)))


@settings(max_examples=20)
@given(st.floats(1, 1e9), st.floats(0.1, 0.5), st.floats(8, 20))
def test_an_exact_curve_gives_its_ceiling_back(ceiling: float, speed: float, midpoint: float) -> None:
    t = np.arange(40.0)
    result = saturate(t, logistic(t, ceiling, speed, midpoint))
    assert result.ceiling == pytest.approx(ceiling, rel=1e-4) and result.is_identified
    assert result.speed == pytest.approx(speed, rel=1e-3) and result.midpoint == pytest.approx(midpoint, abs=1e-2)
    assert result.interval is not None and result.interval.low <= result.ceiling <= result.interval.high
    assert result.filled == pytest.approx(logistic(np.array([39.0]), 1, speed, midpoint)[0], rel=1e-3)


def test_intervals_hold_the_ceiling_as_often_as_they_say() -> None:
    rng, t = np.random.default_rng(4), np.arange(40.0)
    inside = 0
    for _ in range(60):
        result = saturate(t, logistic(t, 100, 0.2, 20) * np.exp(0.05 * rng.normal(size=40)))
        inside += result.interval is not None and result.interval.contains(100)
    # 95 % of 60 is 57, with a standard deviation of 1.7.
    assert inside >= 51


def test_growth_without_a_bend_has_no_ceiling() -> None:
    rng, t = np.random.default_rng(4), np.arange(30.0)
    noise = np.exp(0.03 * rng.normal(size=30))
    early = saturate(t, logistic(t, 100, 0.2, 60) * noise)
    assert not early.is_identified and early.ceiling is None and early.interval is None and early.filled is None
    assert early.lower_bound <= 100 and early.speed == pytest.approx(0.2, rel=0.1)
    falling = saturate(t, np.exp(-0.1 * t) * noise)
    assert not falling.is_identified and falling.speed < 0
    bent = saturate(t, logistic(t, 100, 0.3, 15) * noise)
    assert bent.is_identified and bent.interval is not None and bent.lower_bound == bent.interval.low
    assert bent.error == pytest.approx(0.03, rel=0.3)
    assert bent.fitted == pytest.approx(logistic(t, 100, 0.3, 15), rel=0.1)


@settings(max_examples=15)
@given(st.floats(1e-3, 1e9), st.floats(-100, 100), st.floats(0.1, 10))
def test_ceilings_scale_with_money_and_ignore_the_clock(money: float, shift: float, pace: float) -> None:
    rng, t = np.random.default_rng(4), np.arange(30.0)
    values = logistic(t, 10, 0.3, 15) * np.exp(0.02 * rng.normal(size=30))
    one, two = saturate(t, values), saturate(shift + pace * t, money * values)
    assert one.ceiling is not None and two.ceiling is not None and one.interval and two.interval
    assert two.ceiling == pytest.approx(one.ceiling * money, rel=1e-5)
    assert two.interval.high == pytest.approx(one.interval.high * money, rel=1e-4)
    assert two.speed == pytest.approx(one.speed / pace, rel=1e-4)
    assert two.midpoint == pytest.approx(shift + pace * one.midpoint, rel=1e-3, abs=1e-2 * pace)


def test_a_higher_level_gives_a_wider_interval() -> None:
    rng, t = np.random.default_rng(4), np.arange(30.0)
    values = logistic(t, 10, 0.3, 15) * np.exp(0.05 * rng.normal(size=30))
    narrow, wide = saturate(t, values, level=0.5).interval, saturate(t, values, level=0.99).interval
    assert narrow and wide and wide.low < narrow.low < narrow.high < wide.high


@pytest.mark.parametrize("level", [0.5, 0.95])
def test_the_interval_ends_where_an_f_test_ends(level: float) -> None:
    rng, t = np.random.default_rng(7), np.arange(25.0)
    values = logistic(t, 10, 0.3, 12) * np.exp(0.05 * rng.normal(size=25))
    result = saturate(t, values, level=level)
    assert result.ceiling is not None and result.interval is not None
    least = line_loss(t, values, result.ceiling)
    allowed = 1 + stats.f.ppf(level, 1, 22) / 22
    for end in (result.interval.low, result.interval.high):
        assert line_loss(t, values, end) / least == pytest.approx(allowed, rel=1e-6)
    assert result.error == pytest.approx(math.sqrt(least / 25), rel=1e-9)
    assert all(line_loss(t, values, near * result.ceiling) > least for near in (0.999, 1.001))


def line_loss(t: np.ndarray, values: np.ndarray, ceiling: float) -> float:
    """The least sum of squared log distances at a given ceiling, by SciPy."""
    logs = np.log(values)

    def distance(odds: np.ndarray) -> np.ndarray:
        return logs - math.log(ceiling) + np.logaddexp(0, -(odds[0] + odds[1] * (t - t.mean())))

    starts = ([0.0, 0.1], [1.0, 0.3], [-1.0, 0.3])
    return min(2 * optimize.least_squares(distance, start, xtol=1e-14, ftol=1e-14).cost for start in starts)


def test_an_exponential_has_no_ceiling_but_a_bound_below_which_none_lies() -> None:
    t = np.arange(20.0)
    result = saturate(t, 5 * np.exp(0.1 * t))
    assert not result.is_identified
    assert result.speed == pytest.approx(0.1, rel=1e-3)
    assert result.lower_bound > 5 * math.exp(1.9)


def test_a_single_time_out_of_order_is_refused() -> None:
    for times in ([0, 1, 1, 2, 3, 4], [0, 1, 3, 2, 4, 5]):
        with pytest.raises(MeasureError, match="do not increase"):
            saturate(np.array(times, float), np.arange(1.0, 7))


def test_a_ceiling_is_sought_down_to_half_of_the_largest_value() -> None:
    t = np.arange(20.0)
    spiked = np.where(t == 12, 3.0, 1.0) * logistic(t, 10, 0.6, 6)
    # One odd year at three times a level of ten: the ceiling tried stops at e to the −0.7 of the largest value.
    result = saturate(t, spiked)
    assert result.ceiling == pytest.approx(spiked.max() * math.exp(-0.7)) == result.lower_bound
    milder = saturate(t, np.where(t == 12, 1.8, 1.0) * logistic(t, 10, 0.6, 6))
    assert milder.ceiling is not None and 10 < milder.ceiling < 11 and milder.lower_bound < 10


def test_saturation_refuses_bad_series() -> None:
    t = np.arange(6.0)
    with pytest.raises(MeasureError, match="5 values at 5 times"):
        saturate(t[:5], np.ones(5))
    with pytest.raises(MeasureError, match="6 values at 5 times"):
        saturate(t[:5], np.ones(6))
    with pytest.raises(MeasureError, match="do not increase"):
        saturate(np.zeros(6), np.arange(1.0, 7))
    for bad in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(MeasureError, match=r"1 values are missing or not positive \(first at position 2"):
            saturate(t, np.array([1, 1, bad, 1, 1, 1]))


# ── premium ─────────────────────────────────────────────────────────────────────────────────────

Rows = list[dict[str, object]]


def market(
    rng: np.random.Generator, *, mark_up: float = 0.5, others_up: float = 0.05, products: int = 80
) -> tuple[Rows, Rows]:
    """Two periods of exports of controlled (C) and other (N) goods to one buyer R and five others."""
    before, after = [], []
    for k in range(products):
        controlled = k < products // 2
        quality = rng.normal(0, 1)
        for buyer in ("R", "A", "B", "D", "E", "F"):
            own = quality + rng.normal(0, 0.3)
            rise = others_up + (mark_up if buyer == "R" and controlled else 0.1 if buyer == "R" else 0)
            rise += rng.normal(0, 0.1)
            name = f"{'C' if controlled else 'N'}{k:03d}"
            for rows, price, amount in ((before, own, 100.0), (after, own + rise, 120.0)):
                rows.append(
                    {
                        "product": name,
                        "buyer": buyer,
                        "value": amount * math.exp(price),
                        "quantity": amount,
                        "unit": "kg",
                    }
                )
    return before, after


CONTROLLED = frozenset(f"C{k:03d}" for k in range(80))


def test_premium_finds_the_mark_up_and_what_controls_add() -> None:
    changes = unit_value_changes(*market(np.random.default_rng(1)))
    own = premium(changes, "R", products=CONTROLLED)
    assert own.low <= 0.5 <= own.high and own.high - own.low < 0.15 and own.products == 40
    assert own.percent == pytest.approx(math.exp(own.value) - 1)
    assert own.median_buyer == pytest.approx(math.exp(0.55), rel=0.05)
    assert own.median_others == pytest.approx(math.exp(0.05), rel=0.05)
    added = premium_difference(changes, "R", controlled=CONTROLLED)
    assert added.low <= 0.4 <= added.high and added.products == 80
    everything = premium(changes, "R")
    assert everything.value == pytest.approx(0.3, abs=0.05) and everything.products == 80
    assert changes.kept_share > 0.95


def test_premium_intervals_hold_their_level() -> None:
    rng = np.random.default_rng(2)
    inside = 0
    for _ in range(60):
        changes = unit_value_changes(*market(rng, mark_up=0.0, products=20))
        result = premium(changes, "R", products=CONTROLLED)
        inside += result.low <= 0 <= result.high
    # 95 % of 60 is 57, with a standard deviation of 1.7.
    assert inside >= 51


def test_premium_on_paper() -> None:
    # R's prices double, others' stand still, in four products: the premium is ln 2 without any spread.
    before = [{"product": p, "buyer": b, "value": 10.0, "quantity": 5.0, "unit": "kg"} for p in "wxyz" for b in "RAB"]
    after = [{**row, "value": 20.0} if row["buyer"] == "R" else row for row in before]
    changes = unit_value_changes(before, after)
    result = premium(changes, "R")
    assert (result.value, result.low, result.high) == pytest.approx((math.log(2),) * 3)
    assert (result.median_buyer, result.median_others, result.kept_share) == pytest.approx((2, 1, 1))
    assert changes.value_before.tolist() == [10.0] * 12


@settings(max_examples=15)
@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
def test_premium_does_not_depend_on_units(money: float, amount: float) -> None:
    before, after = market(np.random.default_rng(3), products=12)
    scaled = [
        [{**r, "value": r["value"] * money, "quantity": r["quantity"] * amount} for r in rows]
        for rows in (before, after)
    ]  # type: ignore[operator]
    one, two = (premium(unit_value_changes(*rows), "R") for rows in ((before, after), scaled))
    assert (two.value, two.low, two.high) == pytest.approx((one.value, one.low, one.high), rel=1e-6, abs=1e-9)


def row(
    product: str, buyer: str, value: float | None = 10.0, quantity: float | None = 5.0, unit: str = "kg"
) -> dict[str, object]:
    return {"product": product, "buyer": buyer, "value": value, "quantity": quantity, "unit": unit}


def test_what_fails_the_quality_filters_is_named_and_counted() -> None:
    good = [row(p, b) for p in "abcdefgh" for b in "RA"]
    before = [
        *good,
        row("i", "R"),
        row("j", "R", quantity=None),
        row("k", "R", quantity=0),
        row("l", "R"),
        row("m", "R"),
        row("n", "R", value=0),
    ]
    after = [*good, row("j", "R"), row("k", "R"), row("l", "R", unit="p"), row("m", "R", value=1e6), row("n", "R")]
    # One percent of noise, so that the robust spread is not zero.
    after = [{**r, "value": r["value"] * (1 + 0.01 * (k % 5))} for k, r in enumerate(after)]  # type: ignore[operator]
    changes = unit_value_changes(before, after)
    assert {p.kind: p.examples for p in changes.problems} == {
        "incomplete": ("i to R", "n to R"),
        "quantity_missing": ("j to R",),
        "quantity_zero": ("k to R",),
        "mixed_units": ("l to R",),
        "outlier": ("m to R",),
    }
    assert len(changes.change) == 16
    total = sum(r["value"] for r in (*before, *after))  # type: ignore[misc]
    kept = sum(r["value"] for r in (*before, *after) if r["product"] in "abcdefgh")  # type: ignore[misc, operator]
    assert changes.kept_share == pytest.approx(kept / total)
    assert len(unit_value_changes(before, after, spread=1e9).change) == 17
    infinite = unit_value_changes([*good, row("o", "R", quantity=math.inf)], [*good, row("o", "R")])
    assert infinite.problems[0].kind == "quantity_missing"


def test_controlled_goods_are_no_outliers_among_others() -> None:
    goods, controlled = [f"{n:02d}" for n in range(20)], frozenset({"00", "01", "02", "03"})
    before = [row(good, buyer) for good in goods for buyer in "AB"]
    after = [
        row(good, buyer, 10 + int(good) / 100 + (10 if buyer == "A" and good in controlled else 0))
        for good in goods
        for buyer in "AB"
    ]
    plain, own = (unit_value_changes(before, after, controlled=names) for names in (frozenset(), controlled))
    assert ("03", "A") not in zip(plain.product, plain.buyer, strict=True)
    assert ("03", "A") in zip(own.product, own.buyer, strict=True) and not own.problems


def test_premium_refuses_what_has_no_answer() -> None:
    few = [row(p, b) for p in "abc" for b in "RA"]
    changes = unit_value_changes(few, few)
    with pytest.raises(MeasureError, match="3 products have usable unit values for R"):
        premium(changes, "R")
    alone = [row(p, "R") for p in "abcd"]
    with pytest.raises(MeasureError, match="0 products"):
        premium(unit_value_changes(alone, alone), "R")
    four = [row(p, b) for p in "abcd" for b in "RA"]
    assert premium(unit_value_changes(four, four), "R").value == pytest.approx(0)
    for controlled in (frozenset(), frozenset("abcd")):
        with pytest.raises(MeasureError, match="both controlled and other"):
            premium_difference(unit_value_changes(four, four), "R", controlled=controlled)
    with pytest.raises(MeasureError, match="a to R is given twice"):
        unit_value_changes([*few, few[0]], few)
    with pytest.raises(MeasureError, match=r"No product has usable unit values.*incomplete 6"):
        unit_value_changes(few, [])
    with pytest.raises(MeasureError, match="no rows"):
        unit_value_changes([], [])


# ── mirror estimates ────────────────────────────────────────────────────────────────────────────


def reports(rng: np.random.Generator, *, freight: float = 0.06, noise: float = 0.02) -> tuple[dict, dict, dict]:
    """Partners' exports and a country's imports 2010 to 2022; five of eight partners report in every year."""
    names = [f"P{k}" for k in range(8)]
    size = np.array([50, 30, 20, 10, 8, 6, 4, 2.0])
    sent: dict[int, dict[str, float]] = {}
    own: dict[int, dict[str, float]] = {}
    for year in range(2010, 2023):
        flows = size * (1 + 0.03 * (year - 2010)) * np.exp(noise * rng.normal(size=8))
        own[year] = dict(zip(names, (flows * (1 + freight) * np.exp(noise * rng.normal(size=8))).tolist(), strict=True))
        sent[year] = {name: float(flow) for name, flow in zip(names[:5], flows[:5], strict=True)}
    truth = {year: sum(values.values()) for year, values in own.items()}
    return sent, own, truth


def test_mirrors_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(3)
    inside = 0
    for _ in range(60):
        sent, own, truth = reports(rng)
        del own[2022]
        result = mirror_estimate(sent, own, year=2022)
        inside += result.interval.contains(truth[2022])
    # 95 % of 60 is 57, with a standard deviation of 1.7.
    assert inside >= 51


def test_mirrors_on_paper() -> None:
    sent = {year: {"A": 80.0, "B": 10.0} for year in (1, 2, 3)} | {4: {"A": 100.0, "B": 20.0, "N": 5.0}}
    own = {year: {"A": 88.0, "B": 11.0, "Z": 33.0} for year in (1, 2, 3)}
    result = mirror_estimate(sent, own, year=4)
    assert result.coverage == pytest.approx(99 / 132) and result.freight == pytest.approx(0.1)
    assert result.partners_sum == 120 and result.value == pytest.approx(120 * 1.1 / 0.75)
    assert (result.interval.low, result.interval.high) == pytest.approx((result.value, result.value))
    assert result.partners == ("A", "B") and result.silent == () and result.year == 4
    assert result.problems[0].examples == ("N",) and result.problems[0].value_share == pytest.approx(5 / 125)
    assert set(result.errors) == {1, 2, 3} and max(map(abs, result.errors.values())) < 1e-12


def test_left_out_years_make_the_interval() -> None:
    sent = {1: {"A": 100.0}, 2: {"A": 100.0}, 3: {"A": 100.0}, 4: {"A": 100.0}}
    own = {1: {"A": 100.0}, 2: {"A": 110.0}, 3: {"A": 121.0}}
    result = mirror_estimate(sent, own, year=4)
    assert result.value == pytest.approx(110) and result.freight == pytest.approx(0.1)
    step = math.log(1.1)
    # Leaving one out, the geometric mean of the others misses it by 1.5, 0 and −1.5 steps.
    assert list(result.errors.values()) == pytest.approx([1.5 * step, 0, -1.5 * step], abs=1e-12)
    half = 4.302653 * 1.5 * step * math.sqrt(4 / 3)
    assert result.interval.high == pytest.approx(110 * math.exp(half), rel=1e-5)
    assert result.interval.low == pytest.approx(110 * math.exp(-half), rel=1e-5)


def test_partners_that_fall_silent_are_named() -> None:
    sent = {year: {"A": 80.0, "B": 10.0, "S": 5.0} for year in (1, 2, 3)} | {4: {"A": 100.0, "B": 10.0}}
    sent[2]["B"] = 0.0
    own = {year: {"A": 88.0, "B": 11.0} for year in (1, 2, 3)}
    result = mirror_estimate(sent, own, year=4)
    assert result.silent == ("S",) and result.partners == ("A",) and result.problems[0].examples == ("B",)


def test_mirrors_refuse_what_has_no_answer() -> None:
    sent = {year: {"A": 1.0} for year in (1, 2, 3, 4)}
    own = {year: {"A": 1.0} for year in (1, 2, 3)}
    with pytest.raises(MeasureError, match="No partner reports exports in 9"):
        mirror_estimate(sent, own, year=9)
    with pytest.raises(MeasureError, match="there are 2"):
        mirror_estimate(sent, {1: own[1], 2: own[2]}, year=4)
    with pytest.raises(MeasureError, match="there are 2"):
        mirror_estimate(sent, own, year=3)
    with pytest.raises(MeasureError, match="reported in all of"):
        mirror_estimate({**sent, 4: {"B": 1.0}}, own, year=4)
    with pytest.raises(MeasureError, match="no imports from the partners"):
        mirror_estimate(sent, {year: {"Z": 1.0} for year in (1, 2, 3)}, year=4)
