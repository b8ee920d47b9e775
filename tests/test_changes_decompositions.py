"""Splits of a change: they add up, and do not depend on units or on how goods are cut up."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from amur.changes import price_quantity
from amur.changes.index_numbers import index_numbers
from amur.changes.lmdi import contributions, log_mean, log_ratio, span_over_orders
from amur.changes.price_quantity import CAUSES, is_heterogeneous, match_goods, split_value
from amur.changes.shares import constant_market_share, decompose_share, one_sided, within_between
from amur.errors import FlowsError, MeasureError

# The issue asks for sums to 1e-12; everything here is a few roundings of doubles away from exact.
EXACT = 1e-12

positive = st.floats(1e-3, 1e6)
# Zero, or of ordinary size: denormals would test the machine, not the method.
value = st.one_of(st.just(0.0), positive)
vectors = st.integers(1, 6).flatmap(lambda n: st.tuples(*(arrays(float, n, elements=positive) for _ in range(4))))


def close(a: float, b: float, scale: float) -> bool:
    return abs(a - b) <= EXACT * max(scale, 1e-300)


# ── logarithmic mean and LMDI ───────────────────────────────────────────────────────────────────


@given(positive, positive)
def test_log_mean_lies_between_geometric_and_arithmetic_mean(a: float, b: float) -> None:
    mean = float(log_mean(a, b))
    assert math.sqrt(a * b) * (1 - EXACT) <= mean <= (a + b) / 2 * (1 + EXACT)
    assert mean == pytest.approx(float(log_mean(b, a)), rel=EXACT)


@given(positive, st.floats(-1e-3, 1e-3))
def test_log_mean_keeps_its_digits_where_the_two_are_close(a: float, distance: float) -> None:
    # Its series about equality, to the fourth order; the fifth is below 1e-18.
    b = a * (1 + distance)
    x = b / a - 1
    series = a * (1 + x / 2 - x**2 / 12 + x**3 / 24 - 19 * x**4 / 720)
    assert float(log_mean(b, a)) == pytest.approx(series, rel=1e-13)


def test_log_mean_at_zero_and_at_equality() -> None:
    assert log_mean([0, 3, 0, 5], [2, 0, 0, 5]).tolist() == [0, 0, 0, 5]
    assert float(log_mean(2, 1)) == pytest.approx(1 / math.log(2), rel=EXACT)
    with pytest.raises(FlowsError, match="not negative"):
        log_mean(-1, 2)
    with pytest.raises(FlowsError, match="not negative"):
        log_mean(1, -2)
    with pytest.raises(FlowsError, match="not negative"):
        log_mean([-1, 2], [1, 2])
    with pytest.raises(FlowsError, match="not negative"):
        log_mean([1, 2], [1, -2])


@given(positive, positive)
def test_log_ratio_is_the_logarithm_of_the_ratio(a: float, b: float) -> None:
    assert float(log_ratio(a, b)) == pytest.approx(math.log(a) - math.log(b), abs=1e-13)
    assert math.isnan(log_ratio(a, 0.0)) and math.isnan(log_ratio(0.0, b))
    assert float(log_ratio(1 + 1e-12, 1.0)) == pytest.approx(1e-12, rel=1e-3, abs=0)


@given(arrays(float, (3, 5), elements=value), arrays(float, (3, 5), elements=value))
def test_contributions_sum_to_the_change_of_every_item(old: np.ndarray, new: np.ndarray) -> None:
    parts = contributions(old, new)
    change = new.prod(axis=0) - old.prod(axis=0)
    assert np.abs(parts.sum(axis=0) - change).max() <= EXACT * max(new.prod(axis=0).max(), old.prod(axis=0).max(), 1)


@given(arrays(float, (3, 4), elements=positive), arrays(float, (3, 4), elements=positive), positive)
def test_contributions_do_not_depend_on_the_units_of_a_factor(old: np.ndarray, new: np.ndarray, unit: float) -> None:
    scale = np.array([[unit], [1 / unit], [1.0]])
    assert contributions(old * scale, new * scale) == pytest.approx(contributions(old, new), rel=1e-9, abs=1e-6)


@given(positive, positive, positive, positive)
def test_zero_limits_are_those_of_ever_smaller_numbers(p0: float, q1: float, p1: float, other: float) -> None:
    # A quantity that goes to zero takes the whole change; a small number only creeps towards that.
    limit = contributions([[0.0], [p0], [other]], [[q1], [p1], [other]])[:, 0]
    assert limit == pytest.approx([q1 * p1 * other, 0, 0], rel=EXACT)
    creeping = [contributions([[d], [p0], [other]], [[q1], [p1], [other]])[1, 0] for d in (1e-50, 1e-100, 1e-200)]
    size = np.abs(creeping)
    assert size[0] >= size[1] >= size[2]


def test_two_factors_that_vanish_together_share_the_change() -> None:
    parts = contributions([[2.0, 0.0], [3.0, 0.0], [5.0, 7.0]], [[0.0, 4.0], [0.0, 0.0], [1.0, 2.0]])
    assert parts.tolist() == [[-15, 0], [-15, 0], [0, 0]]
    assert contributions([[0.0], [1.0]], [[0.25], [1.0]]).tolist() == [[0.25], [0]]
    assert contributions([[0.25], [1.0]], [[0.0], [1.0]]).tolist() == [[-0.25], [0]]
    with pytest.raises(FlowsError, match="differ in shape"):
        contributions([[1.0]], [[1.0, 2.0]])


@given(arrays(float, (3, 4), elements=positive), arrays(float, (3, 4), elements=positive))
def test_span_holds_laspeyres_and_paasche_and_their_complements(old: np.ndarray, new: np.ndarray) -> None:
    span = span_over_orders(old, new)
    before, after = old.prod(axis=0).sum(), new.prod(axis=0).sum()
    for k in range(3):
        first, last = old.copy(), new.copy()
        first[k], last[k] = new[k], old[k]
        for part in (first.prod(axis=0).sum() - before, after - last.prod(axis=0).sum()):
            assert span.low[k] - 1e-9 * after <= part <= span.high[k] + 1e-9 * after
    assert (span.low <= span.high).all()


def test_span_of_two_factors_is_laspeyres_to_paasche() -> None:
    span = span_over_orders([[10.0], [2.0]], [[15.0], [3.0]])
    assert span.low.tolist() == [10.0, 10.0]
    assert span.high.tolist() == [15.0, 15.0]


# ── index numbers ───────────────────────────────────────────────────────────────────────────────


@given(vectors)
def test_fisher_price_times_quantity_is_the_value_ratio(data: tuple[np.ndarray, ...]) -> None:
    v0, v1, q0, q1 = data
    index = index_numbers(v0, v1, quantity_before=q0, quantity_after=q1)
    assert index.price_fisher * index.quantity_fisher == pytest.approx(v1.sum() / v0.sum(), rel=EXACT)
    assert close(index.price_part + index.volume_part, v1.sum() - v0.sum(), v0.sum() + v1.sum())
    low, high = sorted((index.price_laspeyres, index.price_paasche))
    assert low * (1 - EXACT) <= index.price_fisher <= high * (1 + EXACT)


@given(vectors)
def test_fisher_reverses_with_time(data: tuple[np.ndarray, ...]) -> None:
    v0, v1, q0, q1 = data
    forward = index_numbers(v0, v1, quantity_before=q0, quantity_after=q1)
    back = index_numbers(v1, v0, quantity_before=q1, quantity_after=q0)
    assert forward.price_fisher * back.price_fisher == pytest.approx(1, rel=1e-9)
    assert forward.price_tornqvist * back.price_tornqvist == pytest.approx(1, rel=1e-9)


def test_index_numbers_on_paper() -> None:
    # Prices 2→3 and 1→4, quantities 10→20 and 30→15: Laspeyres 150/50, Paasche 120/55.
    index = index_numbers([20, 30], [60, 60], quantity_before=[10, 30], quantity_after=[20, 15])
    assert index.price_laspeyres == pytest.approx(3.0, rel=EXACT)
    assert index.price_paasche == pytest.approx(120 / 55, rel=EXACT)
    assert index.price_tornqvist == pytest.approx(1.5**0.45 * 4**0.55, rel=EXACT)
    assert (index.value_before, index.value_after) == (50, 120)


@pytest.mark.parametrize("place", range(4))
def test_index_numbers_name_the_good_without_a_positive_number(place: int) -> None:
    data = [np.array([1.0, 2.0]) for _ in range(4)]
    data[place][1] = 0.0
    with pytest.raises(FlowsError, match=r"1 goods have no positive .* position 1"):
        index_numbers(data[0], data[1], quantity_before=data[2], quantity_after=data[3])
    with pytest.raises(FlowsError, match="at least one good"):
        index_numbers([], [], quantity_before=[], quantity_after=[])


# ── price, quantity, mix, entry, exit ───────────────────────────────────────────────────────────

row = st.fixed_dictionaries(
    {"value": value, "quantity": st.one_of(st.none(), positive), "unit": st.sampled_from(["t", "kg", "p", ""])}
)
tables = st.lists(st.tuples(st.one_of(st.none(), row), st.one_of(st.none(), row)), min_size=1, max_size=7)
Table = list[tuple[dict[str, object] | None, dict[str, object] | None]]


def rows_of(table: Table, side: int) -> list[dict[str, object]]:
    return [{"product": f"g{k}", **pair[side]} for k, pair in enumerate(table) if pair[side] is not None]


def split(table: Table):
    old, new = rows_of(table, 0), rows_of(table, 1)
    assume(old and new)
    return split_value(match_goods(old, new, period_before="2021", period_after="2022"))


@given(tables)
def test_causes_sum_to_the_change_in_value(table: Table) -> None:
    result = split(table)
    scale = result.goods.value_before.sum() + result.goods.value_after.sum()
    assert close(sum(part.value for part in result.parts), result.change, scale)
    assert all(part.low <= part.value <= part.high for part in result.parts)
    by_item = result.goods.value_after - result.goods.value_before
    assert np.abs(result.by_product.sum(axis=0) - by_item).max() <= EXACT * max(scale, 1)


@given(tables, positive)
def test_causes_do_not_depend_on_units(table: Table, factor: float) -> None:
    def rescaled(item: dict[str, object] | None) -> dict[str, object] | None:
        if item is None or item["quantity"] is None:
            return item
        return {**item, "quantity": item["quantity"] * factor}  # type: ignore[operator]

    scaled = [(rescaled(a), rescaled(b)) for a, b in table]
    one, two = split(table), split(scaled)
    scale = one.goods.value_before.sum() + one.goods.value_after.sum()
    for a, b in zip(one.parts, two.parts, strict=True):
        assert abs(a.value - b.value) <= 1e-10 * scale
        assert abs(a.low - b.low) <= 1e-10 * scale and abs(a.high - b.high) <= 1e-10 * scale


@given(tables)
def test_causes_do_not_change_when_a_product_is_cut_into_identical_halves(table: Table) -> None:
    def halved(item: dict[str, object] | None) -> dict[str, object] | None:
        if item is None:
            return None
        amount = item["quantity"]
        return {**item, "value": item["value"] / 2, "quantity": None if amount is None else amount / 2}  # type: ignore[operator]

    cut = [pair for a, b in table for pair in ((halved(a), halved(b)), (halved(a), halved(b)))]
    one, two = split(table), split(cut)
    scale = one.goods.value_before.sum() + one.goods.value_after.sum()
    for a, b in zip(one.parts, two.parts, strict=True):
        assert abs(a.value - b.value) <= 1e-10 * scale
    if one.fisher and two.fisher:
        assert two.fisher.price_fisher == pytest.approx(one.fisher.price_fisher, rel=1e-10)
    assert two.coverage == pytest.approx(one.coverage, nan_ok=True)


def good(name: str, value: float | None, quantity: float | None = None, unit: str = "t") -> dict[str, object]:
    return {"product": name, "value": value, "quantity": quantity, "unit": unit}


def parts_of(old: list[dict[str, object]], new: list[dict[str, object]]) -> dict[str, float]:
    result = split_value(match_goods(old, new, period_before="2021", period_after="2022"))
    return {part.cause: part.value for part in result.parts}


def test_only_prices_move() -> None:
    parts = parts_of([good("a", 10, 5), good("b", 6, 2)], [good("a", 20, 5), good("b", 9, 2)])
    assert parts == pytest.approx(
        {"price": 13, "quantity": 0, "mix": 0, "entry": 0, "exit": 0, "unsplit": 0}, abs=1e-12
    )


def test_only_the_amount_moves() -> None:
    parts = parts_of([good("a", 10, 5), good("b", 6, 2)], [good("a", 30, 15), good("b", 18, 6)])
    assert parts["quantity"] == pytest.approx(32) and parts["price"] == pytest.approx(0, abs=1e-12)
    assert parts["mix"] == pytest.approx(0, abs=1e-12)


def test_only_the_mix_moves() -> None:
    parts = parts_of([good("a", 10, 5), good("b", 6, 1)], [good("a", 6, 3), good("b", 18, 3)])
    assert parts["mix"] == pytest.approx(8) and parts["price"] == pytest.approx(0, abs=1e-12)


def test_entry_and_exit_are_causes_of_their_own() -> None:
    parts = parts_of([good("a", 10, 5), good("old", 7, 1)], [good("a", 10, 5), good("new", 4)])
    assert (parts["entry"], parts["exit"], parts["quantity"], parts["price"]) == (4, -7, 0, 0)


def test_goods_in_other_units_have_an_amount_of_their_own() -> None:
    parts = parts_of([good("a", 10, 5), good("c", 8, 2, "p")], [good("a", 20, 10), good("c", 8, 2, "p")])
    assert parts["quantity"] == pytest.approx(10) and parts["mix"] == pytest.approx(0, abs=1e-12)


def test_what_has_no_usable_quantity_is_named_counted_and_left_whole() -> None:
    old = [good("a", 10, 5), good("b", 6), good("c", 3, 0), good("d", 4, 2), good("e", None, 1), good("f", -2, 1)]
    new = [good("a", 10, 5), good("b", 9, 3), good("c", 5, 1), good("d", 5, 2, "kg"), good("e", 2, 1), good("f", 3, 1)]
    goods = match_goods(old, new, period_before="2021", period_after="2022")
    result = split_value(goods)
    named = {item.kind: (item.count, item.examples) for item in goods.problems}
    assert named == {
        "value_missing": (1, ("e 2021",)),
        "value_negative": (1, ("f 2021",)),
        "quantity_missing": (1, ("b 2021",)),
        "quantity_zero": (1, ("c 2021",)),
        "mixed_units": (1, ("d (t, kg)",)),
    }
    shares = {item.kind: item.value_share for item in goods.problems}
    assert shares["quantity_missing"] == pytest.approx(6 / 23) and shares["mixed_units"] == pytest.approx(9 / 52)
    assert {part.cause: part.value for part in result.parts}["unsplit"] == 3 + 2 + 1
    assert goods.products == ("a", "b", "c", "d")
    assert result.coverage == pytest.approx(20 / 52)
    assert result.is_split.tolist() == [True, False, False, False]


def test_a_good_without_a_unit_is_not_split() -> None:
    result = split_value(
        match_goods([good("a", 1, 1, "")], [good("a", 2, 1, "")], period_before="2021", period_after="2022")
    )
    assert [part.value for part in result.parts] == [0, 0, 0, 0, 0, 1] and result.fisher is None
    assert not result.signs_differ and result.coverage == 0


def test_copies_and_empty_periods_are_refused() -> None:
    a = [good("a", 1, 1)]
    with pytest.raises(FlowsError, match="1 rows repeat a product in 2022: a"):
        match_goods(a, a + a, period_before="2021", period_after="2022")
    with pytest.raises(FlowsError, match="no rows for 2021"):
        match_goods([], a, period_before="2021", period_after="2022")
    with pytest.raises(FlowsError, match="no rows for 2022"):
        match_goods(a, [], period_before="2021", period_after="2022")
    with pytest.raises(FlowsError, match="Both periods are 2021"):
        match_goods(a, a, period_before="2021", period_after="2021")


def test_lmdi_and_fisher_may_disagree_and_then_say_so() -> None:
    # A large price rise of a good that all but vanishes: Fisher weighs it by what was bought before.
    rng = np.random.default_rng(1)
    seen = set()
    for _ in range(400):
        v0, v1, q0, q1 = np.exp(rng.normal(0, 2, (4, 2)))
        old, new = ([good(f"g{k}", v[k], q[k]) for k in range(2)] for v, q in ((v0, q0), (v1, q1)))
        result = split_value(match_goods(old, new, period_before="2021", period_after="2022"))
        assert result.fisher is not None
        value = {part.cause: part.value for part in result.parts}
        agree = (value["price"] > 0) == (result.fisher.price_part > 0)
        agree &= (value["quantity"] + value["mix"] > 0) == (result.fisher.volume_part > 0)
        assert result.signs_differ == (not agree)
        seen.add(agree)
    assert seen == {True, False}


def test_heterogeneous_goods_are_known_by_their_chapter() -> None:
    assert [is_heterogeneous(code) for code in ("847130", "8703", "90", "270900", "8", "84abc", "91")] == [
        True, True, True, False, False, False, False,
    ]  # fmt: skip
    result = split_value(
        match_goods(
            [good("270900", 10, 5), good("847130", 5, 1, "p"), good("852000", 9)],
            [good("270900", 20, 5), good("847130", 5, 1, "p"), good("852000", 9)],
            period_before="2021",
            period_after="2022",
        )
    )
    assert result.heterogeneous_share == pytest.approx(10 / 40)
    assert result.coverage == pytest.approx(40 / 58)
    assert tuple(part.cause for part in result.parts) == CAUSES


# ── shares ──────────────────────────────────────────────────────────────────────────────────────


@given(value, value, value, value)
def test_own_and_others_sum_to_the_change_of_the_share(a0: float, a1: float, b0: float, b1: float) -> None:
    assume(a0 + b0 > 0 and a1 + b1 > 0)
    result = decompose_share((a0, a1), (b0, b1))
    assert close(result.own + result.others, a1 / (a1 + b1) - a0 / (a0 + b0), 1)
    assert result.change == pytest.approx(a1 / (a1 + b1) - a0 / (a0 + b0), abs=1e-15)
    if min(a0, a1, b0, b1) > 0:
        logit = math.log(a1 / b1) - math.log(a0 / b0)
        assert result.logit_change == pytest.approx(logit, abs=1e-11)
        assert result.own * result.own_log_change >= 0 and result.others * result.others_log_change <= 0


@given(positive, positive, positive, positive, positive)
def test_a_share_does_not_depend_on_money(a0: float, a1: float, b0: float, b1: float, factor: float) -> None:
    one = decompose_share((a0, a1), (b0, b1))
    two = decompose_share((factor * a0, factor * a1), (factor * b0, factor * b1))
    assert (two.own, two.others) == pytest.approx((one.own, one.others), abs=1e-12)
    mirrored = decompose_share((b0, b1), (a0, a1))
    assert (mirrored.own, mirrored.others) == pytest.approx((-one.others, -one.own), abs=1e-12)


def test_shares_on_paper() -> None:
    # Others fall by half, own value stands still: 80 becomes 88.9 %.
    result = decompose_share((80, 80), (20, 10))
    assert result.share_after == pytest.approx(80 / 90) and result.own == 0
    assert result.others == pytest.approx(80 / 90 - 0.8)
    # All grow alike: the share stands still, and the two sides cancel at s (1 − s) a log point.
    still = decompose_share((30, 60), (70, 140))
    assert (still.own, still.others) == pytest.approx((0.21 * math.log(2), -0.21 * math.log(2)))
    alone = one_sided(0.8, 0.9)
    assert (alone.own_factor, alone.others_factor) == pytest.approx((2.25, 1 / 2.25))


def test_shares_at_zero() -> None:
    entered, left = decompose_share((0, 5), (10, 5)), decompose_share((5, 0), (10, 5))
    assert (entered.own, entered.others) == (0.5, 0) and (left.own, left.others) == pytest.approx((-1 / 3, 0))
    swapped = decompose_share((0, 5), (10, 0))
    assert (swapped.own, swapped.others) == (0.5, 0.5)
    absent = decompose_share((0, 0), (10, 5))
    assert (absent.own, absent.others, absent.change) == (0, 0, 0)
    with pytest.raises(MeasureError, match="total is zero"):
        decompose_share((0, 1), (0, 1))
    with pytest.raises(MeasureError, match="total is zero"):
        decompose_share((1, 0), (1, 0))
    with pytest.raises(MeasureError, match="own value -1"):
        decompose_share((-1, 1), (0, 1))
    with pytest.raises(MeasureError, match="others value nan"):
        decompose_share((1, 1), (0, math.nan))
    for share in (0.0, 1.0, 80.0):
        with pytest.raises(MeasureError, match="not a share"):
            one_sided(share, 0.5)
        with pytest.raises(MeasureError, match="not a share"):
            one_sided(0.5, share)


sectors = st.integers(1, 5).flatmap(
    lambda n: st.tuples(
        *(arrays(float, n, elements=st.floats(0, 1)) for _ in range(2)),
        *(arrays(float, n, elements=value) for _ in range(2)),
    )
)


@given(sectors)
def test_within_and_between_sum_to_the_change_of_the_total_share(data: tuple[np.ndarray, ...]) -> None:
    s0, s1, all0, all1 = data
    assume(all0.sum() > 0 and all1.sum() > 0)
    own0, own1 = s0 * all0, s1 * all1
    result = within_between(own0, own1, all_before=all0, all_after=all1)
    assert close(result.change, own1.sum() / all1.sum() - own0.sum() / all0.sum(), 1)
    halves = [np.repeat(x / 2, 2) for x in (own0, own1, all0, all1)]
    cut = within_between(halves[0], halves[1], all_before=halves[2], all_after=halves[3])
    assert cut.within.sum() == pytest.approx(result.within.sum(), abs=1e-12)
    assert cut.between.sum() == pytest.approx(result.between.sum(), abs=1e-12)


def test_within_and_between_on_paper() -> None:
    # Shares stand still, weights move to the sector in which the partner is strong: all is between.
    moved = within_between([40, 10], [60, 5], all_before=[50, 50], all_after=[75, 25])
    assert moved.within.tolist() == pytest.approx([0, 0], abs=1e-12) and moved.between.sum() == pytest.approx(0.15)
    # The strong sector lies above the mean share of 0.575 and grows; the weak one below and shrinks: both add.
    assert moved.between.tolist() == pytest.approx([0.25 * (0.8 - 0.575), -0.25 * (0.2 - 0.575)])
    # Weights stand still: all is within.
    own = within_between([40, 10], [45, 10], all_before=[50, 50], all_after=[50, 50])
    assert own.between.tolist() == [0, 0] and own.within.tolist() == pytest.approx([0.05, 0])
    # A sector that appears is between, and so is one that vanishes.
    new = within_between([10, 0], [10, 30], all_before=[100, 0], all_after=[100, 100])
    assert new.within.tolist() == [0, 0] and new.change == pytest.approx(0.1)
    gone = within_between([10, 30], [10, 0], all_before=[100, 100], all_after=[100, 0])
    assert gone.within.tolist() == [0, 0] and gone.change == pytest.approx(-0.1)
    for old, later in (([0.0], [1.0]), ([1.0], [0.0])):
        with pytest.raises(MeasureError, match="total is zero"):
            within_between([0], [0], all_before=old, all_after=later)


cells = st.tuples(
    *(arrays(float, (3, 4), elements=st.floats(0, 1)) for _ in range(2)),
    *(arrays(float, (3, 4), elements=value) for _ in range(2)),
)


@given(cells)
def test_constant_market_share_adds_up(data: tuple[np.ndarray, ...]) -> None:
    s0, s1, w0, w1 = data
    result = constant_market_share(s0 * w0, s1 * w1, demand_before=w0, demand_after=w1)
    assert close(result.change, (s1 * w1 - s0 * w0).sum(), w0.sum() + w1.sum())


def test_constant_market_share_on_paper() -> None:
    demand = np.array([[100.0, 50.0], [40.0, 10.0]])
    exports = demand * 0.1
    alike = constant_market_share(exports, 2 * exports, demand_before=demand, demand_after=2 * demand)
    assert (alike.world, alike.sectors, alike.markets, alike.competitiveness) == pytest.approx((20, 0, 0, 0), abs=1e-12)
    better = constant_market_share(exports, 2 * exports, demand_before=demand, demand_after=demand)
    assert (better.world, better.sectors, better.markets, better.competitiveness) == pytest.approx((0, 0, 0, 20))
    # One sector doubles everywhere, and the exporter sells in that sector only.
    grown = demand * [2, 1]
    sold = np.array([[10.0, 0.0], [4.0, 0.0]])
    strong = constant_market_share(sold, sold * 2, demand_before=demand, demand_after=grown)
    world = (grown - demand).sum() / ((grown + demand).sum() / 2) * 0.1 * 210
    assert (strong.world, strong.sectors, strong.markets) == pytest.approx((world, 14 - world, 0))
    # One market doubles, and the exporter sells there only.
    grown = demand * [[2], [1]]
    sold = np.array([[10.0, 5.0], [0.0, 0.0]])
    placed = constant_market_share(sold, sold * [[2], [1]], demand_before=demand, demand_after=grown)
    assert placed.markets > 0 and placed.competitiveness == pytest.approx(0) and placed.change == pytest.approx(15)


def test_constant_market_share_refuses_exports_beyond_demand() -> None:
    with pytest.raises(MeasureError, match=r"1 cells have exports below zero or above the demand \(first at \(0, 1\)"):
        constant_market_share([[1, 3]], [[1, 1]], demand_before=[[2, 2]], demand_after=[[2, 2]])
    with pytest.raises(MeasureError, match="1 cells"):
        constant_market_share([[1, 1]], [[1, -1]], demand_before=[[2, 2]], demand_after=[[2, 2]])
    with pytest.raises(MeasureError, match="differ in shape"):
        constant_market_share([[1, 1]], [[1]], demand_before=[[2, 2]], demand_after=[[2, 2]])


def test_spans_over_orders_add_up_over_kinds_of_goods() -> None:
    # Twice the amount at twice the price: the first to change adds 1, the last 2, of 3 in all; and again for pieces.
    before = [good("a", 1, 1, "t"), good("b", 10, 5, "p")]
    after = [good("a", 4, 2, "t"), good("b", 40, 10, "p")]
    result = split_value(match_goods(before, after, period_before="2021", period_after="2022"))
    part = {item.cause: item for item in result.parts}
    for cause in ("price", "quantity"):
        assert (part[cause].low, part[cause].high) == pytest.approx((11, 22))
        assert part[cause].value == pytest.approx(11 * 3 / math.log(4) * math.log(2))
    assert [part[cause].value for cause in ("mix", "entry", "exit", "unsplit")] == [0, 0, 0, 0]


def test_groups_and_units_are_known_from_either_period() -> None:
    goods = match_goods(
        [{"product": "a", "value": 1, "group": "coal"}, {"product": "b", "value": 1, "unit": "t", "quantity": 1}],
        [{"product": "a", "value": 1}, {"product": "b", "value": 1, "group": "oil"}],
        period_before="2021",
        period_after="2022",
    )
    assert goods.groups == ("coal", "oil") and goods.units == ("", "t")


@pytest.mark.parametrize(
    ("one", "other", "opposed"),
    [
        (1.0, -1.0, True),
        (-2.0, 3.0, True),
        (1.0, 2.0, False),
        (-1.0, -2.0, False),
        (0.0, -1.0, False),
        (0.0, 1.0, False),
    ],
)
def test_nothing_is_opposed_to_no_change(one: float, other: float, opposed: bool) -> None:
    before = [good("a", 100.0, 10.0, "t"), good("b", 100.0, 10.0, "t")]
    result = split_value(match_goods(before, before, period_before="2021", period_after="2022"))
    assert not result.signs_differ
    assert price_quantity._opposed(one, other) is opposed
