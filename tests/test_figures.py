"""Intervals contain the truth under every operation; figures carry derivation, unit and origins."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from amur import arithmetic
from amur.errors import FigureError
from amur.figures import Figure, printed, with_interval, written, written_interval
from amur.intervals import Interval
from amur.periods import Period

# Values are compared with intervals that are rounded outwards by one unit in the last place per
# step; the comparison itself needs no more than a few of those.
RELATIVE = 1e-12

NUMBERS = st.floats(min_value=-1e6, max_value=1e6, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-6)
POSITIVE = st.floats(min_value=1e-3, max_value=1e6)


@st.composite
def spans(draw: st.DrawFn, numbers: st.SearchStrategy[float] = NUMBERS) -> tuple[Interval, float]:
    """An interval and a value inside it."""
    low, high = sorted((draw(numbers), draw(numbers)))
    at = low + draw(st.floats(min_value=0, max_value=1)) * (high - low)
    return Interval(low, high), min(max(at, low), high)


def close_in(interval: Interval, value: float) -> bool:
    return interval.widen(RELATIVE * (1 + abs(value))).contains(value)


OPERATIONS: dict[str, Callable] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
}


@pytest.mark.parametrize("name", OPERATIONS)
@given(spans(), spans())
def test_an_operation_on_intervals_contains_the_truth(
    name: str, a: tuple[Interval, float], b: tuple[Interval, float]
) -> None:
    operate = OPERATIONS[name]
    if name == "divide":
        assume(not b[0].contains(0))
    assert close_in(operate(a[0], b[0]), operate(a[1], b[1]))


@given(spans(), spans(POSITIVE))
def test_plain_numbers_enter_from_either_side(a: tuple[Interval, float], b: tuple[Interval, float]) -> None:
    assert close_in(3 + a[0], 3 + a[1])
    assert close_in(3 - a[0], 3 - a[1])
    assert close_in(3 * a[0], 3 * a[1])
    assert close_in(3 / b[0], 3 / b[1])
    assert close_in(b[0].log(), math.log(b[1]))


@given(spans(), spans())
def test_intersection_and_hull(a: tuple[Interval, float], b: tuple[Interval, float]) -> None:
    shared, hull = a[0].intersect(b[0]), a[0].hull(b[0])
    assert hull.contains(a[1])
    assert hull.contains(b[1])
    assert (shared is not None) == a[0].overlaps(b[0]) == b[0].overlaps(a[0])
    if shared:
        assert hull.contains(shared.low)
        assert a[0].contains(shared.high)
        assert b[0].contains(shared.low)
    assert hull.width >= max(a[0].width, b[0].width)


def test_an_unbounded_end_stays_unbounded() -> None:
    at_least = Interval(100.0, math.inf)
    assert (at_least + 1).high == math.inf
    assert (1 / at_least).low <= 0.0
    assert math.isclose((1 / at_least).high, 0.01)
    assert (Interval.point(0.0) * at_least).high == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("240.1", 240.05, 240.15),
        ("245", 244.5, 245.5),
        ("−8.1", -8.15, -8.05),
        ("0.50", 0.495, 0.505),
        ("1e3", 999.5, 1000.5),
    ],
)
def test_a_printed_number_stands_for_half_a_unit_either_side(text: str, low: float, high: float) -> None:
    interval = Interval.of_printed(text)
    assert interval.low == pytest.approx(low)
    assert interval.high == pytest.approx(high)
    scaled = Interval.of_printed(text, scale=1e9)
    assert scaled.width == pytest.approx(1e9 * (high - low))


@pytest.mark.parametrize("text", ["", "abc", "1,5", "nan", "inf"])
def test_what_is_not_a_printed_number_is_named(text: str) -> None:
    with pytest.raises(FigureError, match=r"not a (finite )?number"):
        Interval.of_printed(text)


# ── figures ─────────────────────────────────────────────────────────────────────────────────────


def level(text: str, period: str, *, measure: str = "turnover") -> Figure:
    template = Figure(
        measure, "CHN", "RUS", "total", period=Period.parse(period), unit="USD", currency="USD", reporter="customs"
    )
    return printed(replace(template, origins=(f"origin-{period}",)), text, scale=1e9)


def rate(text: str, period: str) -> Figure:
    template = Figure("growth", "CHN", "RUS", "total", period=Period.parse(period), unit="fraction")
    return printed(template, text, scale=0.01)


def uncertain(pair: tuple[Interval, float], name: str, *, unit: str = "USD") -> Figure:
    # Figures that are equal in every field are one quantity, so what differs needs another name.
    bare = Figure(name, "AAA", "BBB", value=pair[1], unit=unit, currency=unit if unit == "USD" else "")
    return with_interval(bare, pair[0], "rounding")


TWO_FIGURES: dict[str, tuple[Callable[[Figure, Figure], Figure], Callable[[float, float], float]]] = {
    "subtract": (arithmetic.subtract, lambda a, b: a - b),
    "add": (lambda a, b: arithmetic.add([a, b]), lambda a, b: a + b),
    "ratio": (arithmetic.ratio, lambda a, b: a / b),
    "share": (arithmetic.share, lambda a, b: a / b),
    "share of sum": (arithmetic.share_of_sum, lambda a, b: a / (a + b)),
    "growth": (arithmetic.growth, lambda a, b: a / b - 1),
    "log ratio": (arithmetic.log_ratio, lambda a, b: math.log(a / b)),
}


@pytest.mark.parametrize("name", TWO_FIGURES)
@given(spans(POSITIVE), spans(POSITIVE), st.floats(0, 1), st.floats(0, 1))
def test_a_figure_contains_the_truth_wherever_its_inputs_lie(
    name: str, a: tuple[Interval, float], b: tuple[Interval, float], s: float, t: float
) -> None:
    operate, truth = TWO_FIGURES[name]
    result = operate(uncertain(a, "first"), uncertain(b, "second"))
    x = a[0].low + s * a[0].width
    y = b[0].low + t * b[0].width
    assert result.value == pytest.approx(truth(a[1], b[1]), rel=1e-9, abs=1e-9)
    assert result.interval is not None
    assert close_in(result.interval, truth(x, y))


@given(spans(POSITIVE), spans(st.floats(min_value=-0.9, max_value=5)), st.floats(0, 1), st.floats(0, 1))
def test_growth_links_levels_both_ways(
    a: tuple[Interval, float], g: tuple[Interval, float], s: float, t: float
) -> None:
    base, growth = uncertain(a, "base"), uncertain(g, "rate", unit="fraction")
    x, y = a[0].low + s * a[0].width, g[0].low + t * g[0].width
    for result, truth in (
        (arithmetic.implied_level(base, growth), x * (1 + y)),
        (arithmetic.implied_base(base, growth), x / (1 + y)),
        (arithmetic.growth_of_share(growth, growth), 0.0),
    ):
        assert result.interval is not None
        assert close_in(result.interval, truth)


@given(spans(POSITIVE), spans(POSITIVE), spans(st.floats(-0.5, 0.5)), spans(st.floats(-0.5, 0.5)), st.data())
def test_an_input_used_twice_is_narrowed_to_what_it_can_reach(
    a: tuple[Interval, float],
    b: tuple[Interval, float],
    g: tuple[Interval, float],
    h: tuple[Interval, float],
    data: st.DataObject,
) -> None:
    long, short = uncertain(a, "long"), uncertain(b, "short")
    long_rate, short_rate = uncertain(g, "g", unit="fraction"), uncertain(h, "h", unit="fraction")
    difference = arithmetic.subtract(long, short)
    before = arithmetic.subtract(arithmetic.implied_base(long, long_rate), arithmetic.implied_base(short, short_rate))
    assume(before.interval is not None and not before.interval.contains(0) and before.value != 0)
    result = arithmetic.growth(difference, before)
    assert result.interval is not None
    x, y, u, v = (span[0].low + data.draw(st.floats(0, 1)) * span[0].width for span in (a, b, g, h))
    truth = (x - y) / (x / (1 + u) - y / (1 + v)) - 1
    assert result.interval.widen(1e-6 * (1 + abs(truth))).contains(truth)


def test_july_follows_from_two_releases_with_the_interval_of_the_corners() -> None:
    seven, six = level("125.8", "2025-01/2025-07"), level("106.48", "2025-H1")
    july = arithmetic.subtract(seven, six)
    base = arithmetic.subtract(
        arithmetic.implied_base(seven, rate("-8.1", "2025-01/2025-07")),
        arithmetic.implied_base(six, rate("-9.1", "2025-H1")),
    )
    growth = arithmetic.growth(july, base)
    assert july.period == Period.of_month(2025, 7)
    assert base.period == growth.base_period == Period.of_month(2024, 7)
    assert written(july) == "19.32 billion USD"
    assert written(growth) == "−2.2 %"
    assert written_interval(growth) == "[−2.9, −1.5]"
    corners = [
        (x - y) / (x / (1 + g) - y / (1 + h)) - 1
        for x in (125.75, 125.85)
        for y in (106.475, 106.485)
        for g in (-0.0815, -0.0805)
        for h in (-0.0915, -0.0905)
    ]
    assert growth.low == pytest.approx(min(corners), abs=1e-9)
    assert growth.high == pytest.approx(max(corners), abs=1e-9)
    assert july.origins == ("origin-2025-01/2025-07", "origin-2025-H1")


def test_the_arithmetic_is_printed_as_on_paper() -> None:
    july = arithmetic.subtract(level("125.8", "2025-01/2025-07"), level("106.48", "2025-H1"))
    assert july.explain().splitlines() == [
        "turnover total CHN–RUS 2025-07 = 125.8 billion USD − 106.48 billion USD = 19.32 billion USD [19.26, 19.38]",
        "  turnover total CHN–RUS 2025-01/2025-07: 125.8 billion USD [125.75, 125.85], customs",
        "  turnover total CHN–RUS 2025-H1: 106.48 billion USD [106.475, 106.485], customs",
    ]


def test_months_add_up_to_a_half() -> None:
    months = [level("1.5", f"2025-0{month}") for month in range(1, 7)]
    half = arithmetic.add(months)
    assert half.period == Period.of_half(2025, 1)
    assert half.value == pytest.approx(9e9)
    assert half.interval is not None
    assert half.interval.width == pytest.approx(0.6e9)
    with pytest.raises(FigureError, match="neither agree nor adjoin"):
        arithmetic.add([months[0], months[2]])
    with pytest.raises(FigureError, match="at least one"):
        arithmetic.add([])


def test_a_model_value_makes_no_claim_about_its_precision() -> None:
    model = Figure("trade", "CHN", "RUS", value=5.0, unit="USD", currency="USD", period=Period.of_year(2025))
    mixed = arithmetic.share(model, level("10", "2025"))
    assert mixed.interval is None
    assert mixed.interval_kind == "none"
    assert mixed.to_dict()["low"] is None
    assert written_interval(mixed) == ""


def test_the_stronger_kind_of_interval_wins() -> None:
    sources = with_interval(replace(level("10", "2025"), printed=""), Interval(9e9, 11e9), "sources")
    assert arithmetic.share(level("5", "2025"), sources).interval_kind == "sources"
    estimate = with_interval(sources, Interval(9e9, 11e9), "estimate")
    assert arithmetic.share(estimate, sources).interval_kind == "estimate"


def test_conversion_changes_the_currency_and_keeps_the_amount() -> None:
    yuan = printed(Figure("turnover", "CHN", "RUS", unit="CNY", currency="CNY"), "1.63", scale=1e12)
    per_yuan = printed(Figure("rate", "CHN", unit="USD per CNY"), "0.1399")
    dollars = arithmetic.convert(yuan, per_yuan, "USD")
    assert (dollars.unit, dollars.currency) == ("USD", "USD")
    assert dollars.value == pytest.approx(1.63e12 * 0.1399)
    with pytest.raises(FigureError, match="not an amount of money"):
        arithmetic.convert(per_yuan, per_yuan, "USD")


def test_what_does_not_go_together_is_refused() -> None:
    amount, growth = level("10", "2025"), rate("5", "2025")
    zero = replace(amount, value=0.0, low=0.0, high=0.0, printed="")
    refusals: list[tuple[str, Callable[[], Figure]]] = [
        ("different units", lambda: arithmetic.share(amount, growth)),
        ("different units", lambda: arithmetic.add([amount, growth])),
        ("from zero", lambda: arithmetic.growth(amount, zero)),
        ("which is 0", lambda: arithmetic.share(amount, zero)),
        ("two amounts above zero", lambda: arithmetic.share_of_sum(zero, amount)),
        ("Both must be positive", lambda: arithmetic.log_ratio(zero, amount)),
        ("not a growth rate", lambda: arithmetic.implied_base(amount, amount)),
        ("not a growth rate", lambda: arithmetic.growth_of_share(amount, growth)),
        ("−100 %", lambda: arithmetic.implied_base(amount, rate("-100", "2025"))),
        ("outside its interval", lambda: replace(amount, value=99e9)),
        ("Give both bounds", lambda: replace(amount, low=None)),
        ("Give both bounds", lambda: replace(amount, interval_kind="none")),
        ("smaller number first", lambda: Interval(2.0, 1.0)),  # type: ignore[arg-type,return-value]
        ("holds zero", lambda: Interval(1.0, 2.0) / Interval(-1.0, 1.0)),  # type: ignore[return-value]
        ("no logarithm", lambda: Interval(0.0, 1.0).log()),  # type: ignore[return-value]
    ]
    for message, attempt in refusals:
        with pytest.raises(FigureError, match=message):
            attempt()


def test_a_quotient_that_may_divide_by_zero_stands_without_interval() -> None:
    small = with_interval(Figure("x", "AAA", value=0.1, unit="USD"), Interval(-0.4, 0.6), "rounding")
    result = arithmetic.ratio(small, small)
    assert result.value == 1
    assert result.interval is None


def test_a_quantity_less_itself_is_nothing_whatever_its_interval() -> None:
    amount = level("10", "2025")
    nothing = arithmetic.subtract(amount, amount)
    assert nothing.interval is not None
    assert nothing.interval.width < 1e-3


def test_the_json_shape_is_complete_and_plain() -> None:
    july = arithmetic.subtract(level("125.8", "2025-01/2025-07"), level("106.48", "2025-H1"))
    shape = json.loads(json.dumps(july.to_dict()))
    wanted = (
        "measure subject object flow product period value low high interval_kind unit currency basis reporter "
        "vintage derivation origins"
    )
    assert set(wanted.split()) <= shape.keys()
    assert shape["period"] == {"start": "2025-07-01", "end": "2025-07-31", "label": "2025-07"}
    assert shape["derivation"]["operation"] == "difference"
    assert len(shape["derivation"]["inputs"]) == 2
    at_least = with_interval(level("1", "2025"), Interval(1e9, math.inf), "sources")
    assert at_least.to_dict()["high"] is None


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (2.28e11, "USD", "228 billion USD"),
        (1.23456e7, "t", "12.3 million t"),
        (0.2042, "fraction", "20.4 %"),
        (8.5, "ratio", "8.50"),
        (-0.5, "fraction", "−50.0 %"),
        (0.0, "USD", "0 USD"),
        (1e12, "USD", "1.00 trillion USD"),
        (1e6, "t", "1.00 million t"),
        (999.0, "t", "999 t"),
        (1e3, "t", "1.00 thousand t"),
        (4.2e-4, "ratio", "0.000420"),
        (1e-9, "ratio", "0.000000"),
        (0.5, "log points", "0.500 log points"),
        (12345.0, "ratio", "12,345"),
    ],
)
def test_a_value_without_interval_shows_three_digits(value: float, unit: str, shown: str) -> None:
    assert written(Figure("x", "AAA", value=value, unit=unit)) == shown


def test_digits_follow_the_interval_and_the_printed_source() -> None:
    bare = Figure("x", "AAA", value=5.0, unit="USD")
    for margin, shown in ((0.5, "5.0 USD"), (0.05, "5.00 USD"), (5.0, "5 USD"), (5e-9, "5.000 USD")):
        assert written(with_interval(bare, Interval(5 - margin, 5 + margin), "estimate")) == shown
    unbounded = with_interval(bare, Interval(4.0, math.inf), "sources")
    assert written(unbounded) == "5.00 USD"
    assert written(level("240.10", "2023")) == "240.10 billion USD"
    assert written(level("1,000".replace(",", ""), "2023")) == "1 trillion USD"
    assert written_interval(level("240.1", "2023")) == "[240.05, 240.15]"


def test_a_figure_says_its_name_in_one_line() -> None:
    crude = Figure("growth", "CHN", "RUS", "imports", "crude", Period.of_year(2024), 0.1, unit="fraction")
    assert crude.name == "growth imports CHN–RUS crude 2024"
    assert Figure("hhi", "CHN").name == "hhi CHN"
    shape = crude.to_dict()
    assert (shape["subject"], shape["object"], shape["flow"], shape["product"]) == ("CHN", "RUS", "imports", "crude")
    assert (shape["low"], shape["high"], shape["derivation"], shape["base_period"]) == (None, None, None, None)
    renamed = level("10", "2025").described(crude)
    assert renamed.name == "growth imports CHN–RUS crude 2025"
    assert (renamed.value, renamed.basis) == (10e9, "")


def test_bounds_are_kept_in_order_and_held_around_the_value() -> None:
    amount = level("10", "2025")
    assert (amount.low, amount.high) == (pytest.approx(9.5e9), pytest.approx(10.5e9))
    assert amount.to_dict()["low"] == pytest.approx(9.5e9)
    assert amount.to_dict()["high"] == pytest.approx(10.5e9)
    stretched = with_interval(amount, Interval(11e9, 12e9), "sources")
    assert (stretched.low, stretched.high) == (10e9, 12e9)
    for low, high in ((10.1e9, 11e9), (8e9, 9.9e9)):
        with pytest.raises(FigureError, match="outside its interval"):
            replace(amount, low=low, high=high)
    one_sided = with_interval(amount, Interval(-math.inf, 1e10), "sources")
    assert one_sided.interval == Interval(-math.inf, 1e10)
    assert one_sided.to_dict()["low"] is None


def test_a_note_and_nested_inputs_are_written_below_their_result() -> None:
    difference = arithmetic.subtract(level("3", "2025"), level("2", "2024"), period=Period.of_year(2025))
    assert difference.derivation is not None
    noted = replace(difference, derivation=replace(difference.derivation, note="two releases"))
    assert noted.explain().splitlines()[1] == "  (two releases)"
    twice = arithmetic.ratio(difference, level("1", "2025"))
    depths = [len(line) - len(line.lstrip()) for line in twice.explain().splitlines()]
    assert depths == [0, 2, 4, 4, 2]
    assert (
        twice.explain(lambda figure: f"<{figure.value:.0f}>")
        .splitlines()[0]
        .startswith("ratio total CHN–RUS 2025 = <1000000000> / <1000000000> = <1>")
    )


# ── an input that enters twice ──────────────────────────────────────────────────────────────────


def between(low: float, high: float, name: str, *, unit: str = "USD") -> Figure:
    return uncertain((Interval(low, high), (low + high) / 2), name, unit=unit)


def spread(figure: Figure) -> tuple[float, float]:
    assert figure.interval is not None
    return figure.interval.low, figure.interval.high


def test_what_is_left_over_the_whole_is_one_less_the_other_share() -> None:
    whole, part = between(9, 11, "whole"), between(1, 2, "part")
    left = arithmetic.share(arithmetic.subtract(whole, part), whole)
    assert spread(left) == pytest.approx((1 - 2 / 9, 1 - 1 / 11), rel=1e-9)
    other_way = arithmetic.share(whole, arithmetic.add([whole, part]))
    assert spread(other_way) == pytest.approx((9 / 11, 11 / 12), rel=1e-9)
    shrunk = arithmetic.growth(arithmetic.subtract(whole, part), whole)
    assert spread(shrunk) == pytest.approx((-2 / 9, -1 / 11), rel=1e-9)


def test_growth_undone_gives_back_the_level() -> None:
    base, rate_ = between(90, 110, "base"), between(0.1, 0.2, "rate", unit="fraction")
    again = arithmetic.implied_base(arithmetic.implied_level(base, rate_), rate_)
    # The rate enters in degree two here, so the interval may be wide but never too narrow.
    low, high = spread(again)
    assert low <= 90
    assert high >= 110
    undone = arithmetic.ratio(arithmetic.implied_level(base, rate_), base)
    assert spread(undone) == pytest.approx((1.1, 1.2), rel=1e-9)


def test_a_square_is_not_narrowed_to_its_corners() -> None:
    around_zero = between(-1, 2, "x")
    squared = arithmetic.convert(around_zero, around_zero, "USD")
    low, high = spread(squared)
    assert low <= 0
    assert high >= 4


def test_a_logarithm_of_a_repeated_input_is_not_narrowed() -> None:
    a, b = between(9, 11, "a"), between(1, 2, "b")
    wide = arithmetic.log_ratio(arithmetic.add([a, b]), a)
    low, high = spread(wide)
    assert low <= math.log(12 / 11)
    assert high >= math.log(11 / 9)


def test_inputs_that_enter_once_keep_plain_interval_arithmetic() -> None:
    a, b = between(9, 11, "a"), between(1, 2, "b")
    assert spread(arithmetic.ratio(a, b)) == pytest.approx((4.5, 11), rel=1e-12)
    certain = between(2, 2, "certain")
    assert spread(arithmetic.ratio(arithmetic.add([certain, a]), certain)) == pytest.approx((5.5, 6.5), rel=1e-9)


def test_many_inputs_fall_back_to_the_wide_interval() -> None:
    parts = [between(1, 2, f"part {index}") for index in range(13)]
    whole = arithmetic.add(parts)
    few = arithmetic.share(parts[0], arithmetic.add(parts[:12]))
    many = arithmetic.share(parts[0], whole)
    assert spread(few) == pytest.approx((1 / 23, 2 / 13), rel=1e-9)
    assert spread(many) == pytest.approx((1 / 26, 2 / 13), rel=1e-9)


def test_reporters_and_origins_of_all_inputs_are_kept_once() -> None:
    first, second = level("3", "2025"), replace(level("2", "2024"), reporter="other", origins=("origin-2025", "b"))
    result = arithmetic.growth(first, second)
    assert result.reporter == "customs; other"
    assert result.origins == ("origin-2025", "b")
    assert result.base_period == Period.of_year(2024)


def test_periods_of_a_sum_and_a_difference() -> None:
    undated = replace(level("1", "2025"), period=None)
    assert arithmetic.add([undated, undated]).period is None
    assert arithmetic.subtract(undated, level("1", "2025")).period is None
    same = arithmetic.subtract(level("3", "2025"), level("1", "2025"))
    assert same.period == Period.of_year(2025)
    with pytest.raises(FigureError, match="neither agree nor adjoin"):
        arithmetic.add([undated, level("1", "2025"), level("1", "2026")])
    tail = arithmetic.add([level("1", "2025-08"), level("1", "2025-07")])
    assert tail.period == Period.parse("2025-07/2025-08")


def test_the_base_of_growth_is_dated() -> None:
    now, growth = level("110", "2025"), rate("10", "2025")
    assert arithmetic.implied_base(now, growth).period == Period.of_year(2024)
    since = replace(growth, base_period=Period.of_year(2020))
    assert arithmetic.implied_base(now, since).period == Period.of_year(2020)
    assert arithmetic.implied_base(now, since, period=Period.of_year(2019)).period == Period.of_year(2019)
    assert arithmetic.implied_level(level("100", "2024"), growth).period == Period.of_year(2025)
    shares = arithmetic.growth_of_share(rate("10", "2025"), rate("21", "2025"))
    assert shares.value == pytest.approx(1.1 / 1.21 - 1)


def test_degrees_of_rational_formulas() -> None:
    x, y = between(1, 2, "x"), between(3, 4, "y")
    p, q = arithmetic._Degrees({x: (1, 0)}), arithmetic._Degrees({y: (1, 0)})
    cases = {
        "sum": (p + q, {x: (1, 0), y: (1, 0)}),
        "number first": (1 + p, {x: (1, 0)}),
        "difference": (p - q, {x: (1, 0), y: (1, 0)}),
        "product": (p * q, {x: (1, 0), y: (1, 0)}),
        "square": (p * p, {x: (2, 0)}),
        "quotient": (p / q, {x: (1, 0), y: (0, 1)}),
        "inverse": (1 / p, {x: (0, 1)}),
        "x + 1/x": (p + 1 / p, {x: (2, 1)}),
        "1/x + 1/y": (1 / p + 1 / q, {x: (1, 1), y: (1, 1)}),
        "x / (x + y)": (p / (p + q), {x: (1, 1), y: (0, 1)}),
        "(x / y) (y / x)": (p / q * (q / p), {x: (1, 1), y: (1, 1)}),
        "(x / y) / (y / x)": (p / q / (q / p), {x: (2, 0), y: (0, 2)}),
    }
    for name, (degrees, wanted) in cases.items():
        assert dict(degrees.of) == wanted, name
    assert min((p / q).log().of[x]) > 1


def test_one_bound_alone_is_no_interval() -> None:
    amount = level("10", "2025")
    for changes in ({"low": None}, {"high": None}, {"low": None, "high": None}, {"interval_kind": "none"}):
        with pytest.raises(FigureError, match="Give both bounds"):
            replace(amount, **changes)
    bare = replace(amount, low=None, high=None, interval_kind="none")
    assert bare.interval is None
    edge = replace(amount, low=10e9, high=10e9)
    assert edge.interval == Interval(10e9, 10e9)
    assert amount.interval == Interval(amount.low or 0, amount.high or 0)


def test_an_interval_refuses_what_is_no_number() -> None:
    for low, high in ((math.nan, 1.0), (0.0, math.nan)):
        with pytest.raises(FigureError, match="is not an interval"):
            Interval(low, high)
    assert Interval(1.0, 2.0).overlaps(Interval(2.0, 3.0))
    assert Interval(1.0, 2.0).intersect(Interval(2.0, 3.0)) == Interval(2.0, 2.0)
    assert not Interval(1.0, 2.0).overlaps(Interval(2.5, 3.0))
    with pytest.raises(FigureError, match="holds zero"):
        Interval(1.0, 2.0) / Interval(0.0, 1.0)


def test_printed_integers() -> None:
    assert Interval.of_printed("240").width == pytest.approx(1.0)
    assert Interval.of_printed("2e2").width == pytest.approx(1.0)


def test_a_sum_of_one_keeps_its_period() -> None:
    assert arithmetic.add([level("1", "2025")]).period == Period.of_year(2025)
    second = replace(level("1", "2025"), measure="other")
    assert arithmetic.add([level("1", "2025"), second]).period == Period.of_year(2025)
