"""What published spans imply for others: every implied interval holds the truth, and nothing is built on doubt."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amur.figures import Figure, printed
from amur.indicators.reported import Published, disagreements, shortest_paths, turned
from amur.periods import Period

CLOSE = 1e-9  # sums of a dozen amounts in another order
PARSE = Period.parse


def level(flow: str, label: str, text: str) -> Figure:
    measure = {"total": "turnover"}.get(flow, flow)
    bare = Figure(measure, "AAA", "BBB", flow, period=PARSE(label), unit="USD", currency="USD", reporter="R")
    return printed(bare, text, scale=1e9)


def rate(flow: str, label: str, text: str) -> Figure:
    period = PARSE(label)
    figure = printed(
        Figure("growth", "AAA", "BBB", flow, period=period, unit="fraction", reporter="R"), text, scale=0.01
    )
    return replace(figure, base_period=period.shift_years(-1))


amounts = st.lists(st.floats(5, 50), min_size=24, max_size=24)


class World:
    """Two years of true months, of which year-to-date totals and their growth are published, rounded."""

    def __init__(self, months: list[float], published: list[int], digits: int) -> None:
        self.old, self.new = months[:12], months[12:]
        levels, rates = [], []
        for month in published:
            new, old = sum(self.new[:month]), sum(self.old[:month])
            label = Period.year_to_date(2025, month).label
            levels.append(level("total", label, f"{new:.{digits}f}"))
            rates.append(rate("total", label, f"{100 * (new / old - 1):.1f}"))
        self.published = Published(tuple(levels), tuple(rates))

    def true_level(self, first: int, last: int) -> float:
        return 1e9 * sum(self.new[first - 1 : last])

    def true_rate(self, first: int, last: int) -> float:
        return sum(self.new[first - 1 : last]) / sum(self.old[first - 1 : last]) - 1


worlds = st.builds(
    World,
    amounts,
    st.lists(st.integers(1, 12), min_size=2, max_size=5, unique=True),
    st.integers(0, 3),
)


@settings(deadline=None, max_examples=60)
@given(worlds, st.integers(1, 12), st.integers(1, 12))
def test_implied_levels_hold_the_truth(world: World, one: int, other: int) -> None:
    first, last = min(one, other), max(one, other)
    for figure in world.published.implied_levels("total", Period.of_months((2025, first), (2025, last))):
        assert figure.interval is not None
        assert figure.interval.widen(1.0).contains(world.true_level(first, last))
        assert figure.derivation is not None


@settings(deadline=None, max_examples=60)
@given(worlds, st.integers(1, 12), st.integers(1, 12))
def test_implied_growth_holds_the_truth(world: World, one: int, other: int) -> None:
    first, last = min(one, other), max(one, other)
    found = world.published.implied_rate("total", Period.of_months((2025, first), (2025, last)))
    if found is not None and found.interval is not None:
        assert found.interval.widen(1e-9).contains(world.true_rate(first, last))
        assert found.base_period == Period.of_months((2024, first), (2024, last))


@settings(deadline=None, max_examples=60)
@given(worlds)
def test_every_difference_of_two_published_spans_is_found(world: World) -> None:
    ends = sorted(figure.period.end.month for figure in world.published.levels if figure.period)
    for before, after in pairwise(ends):
        span = Period.of_months((2025, before + 1), (2025, after))
        assert world.published.implied_levels("total", span)


def test_july_is_january_to_july_less_the_first_half() -> None:
    published = Published(
        (level("total", "2025-01/2025-07", "125.8"), level("total", "2025-H1", "106.48")),
        (rate("total", "2025-01/2025-07", "-8.1"), rate("total", "2025-H1", "-9.1")),
    )
    (july,) = published.implied_levels("total", PARSE("2025-07"))
    assert july.value == pytest.approx(19.32e9, rel=CLOSE)
    assert (july.low, july.high) == (pytest.approx(19.265e9, rel=CLOSE), pytest.approx(19.375e9, rel=CLOSE))
    growth = published.implied_rate("total", PARSE("2025-07"))
    assert growth is not None
    assert round(growth.value, 3) == -0.022
    assert growth.interval is not None
    assert (round(growth.interval.low, 3), round(growth.interval.high, 3)) == (-0.029, -0.015)


def test_paths_are_the_shortest_and_signed() -> None:
    spans = [level("total", "2025", "228"), level("total", "2025-H1", "106"), level("total", "2025-Q1", "50"),
             level("total", "2025-Q2", "56")]  # fmt: skip
    (path,) = shortest_paths(spans, PARSE("2025-H2"))
    assert [(sign, span.period.label) for sign, span in path if span.period] == [(-1, "2025-H1"), (1, "2025")]
    assert shortest_paths(spans, PARSE("2025-H1"))[0] == [(1, spans[1])]
    assert len(shortest_paths(spans[2:], PARSE("2025-H1"))[0]) == 2
    assert shortest_paths(spans, PARSE("2025-08")) == []
    assert shortest_paths(spans, PARSE("2025-H2"), most=1) == []


def test_a_span_over_the_turn_of_the_year_adds_and_takes_away() -> None:
    published = Published(
        (level("total", "2024", "240"), level("total", "2024-H1", "110"), level("total", "2025-H1", "130"))
    )
    (found,) = published.implied_levels("total", PARSE("2024-07/2025-06"))
    assert found.value == pytest.approx(260e9)
    assert found.interval is not None
    assert found.interval.width == pytest.approx(3e9, rel=1e-6)


def test_flows_follow_from_each_other() -> None:
    published = Published((level("total", "2025", "228.1"), level("exports", "2025", "103.3")))
    (imports,) = published.implied_levels("imports", PARSE("2025"))
    assert (imports.measure, imports.flow) == ("imports", "imports")
    assert imports.value == pytest.approx(124.8e9)
    balance = published.level("balance", PARSE("2025"))
    assert balance is not None
    assert (balance.measure, balance.flow) == ("balance", "balance")
    assert balance.value == pytest.approx(103.3e9 - 124.8e9)
    both = Published((level("exports", "2025", "103.3"), level("imports", "2025", "124.8")))
    (total,) = both.implied_levels("total", PARSE("2025"))
    assert (total.measure, total.value) == ("turnover", pytest.approx(228.1e9))
    (exports,) = Published((level("total", "2025", "228.1"), level("imports", "2025", "124.8"))).implied_levels(
        "exports", PARSE("2025")
    )
    assert exports.value == pytest.approx(103.3e9)


def test_the_base_follows_from_level_and_growth() -> None:
    published = Published((level("total", "2025", "228.1"),), (rate("total", "2025", "-6.9"),))
    (base,) = published.implied_levels("total", PARSE("2024"))
    assert base.period == PARSE("2024")
    assert base.value == pytest.approx(228.1e9 / 0.931)
    assert published.implied_levels("total", PARSE("2023")) == []
    assert published.implied_levels("exports", PARSE("2024")) == []


def test_the_most_precise_of_several_printed_levels_is_used() -> None:
    rough, fine = level("total", "2024-H1", "116.9"), level("total", "2024-H1", "116.87")
    published = Published((rough, fine, level("total", "2024-01/2024-07", "136.67")))
    assert published.published_levels("total", PARSE("2024-H1")) == [fine, rough]
    (july,) = published.implied_levels("total", PARSE("2024-07"))
    assert july.value == pytest.approx(136.67e9 - 116.87e9)
    assert published.level("total", PARSE("2024-H1")) == fine


def test_nothing_is_built_on_a_doubtful_level() -> None:
    bad, good = level("total", "2023-01/2023-02", "36.7"), level("total", "2023-Q1", "53.8")
    published = Published((bad, good), doubtful=frozenset({bad}))
    assert published.published_levels("total", PARSE("2023-01/2023-02")) == [bad]
    assert published.level("total", PARSE("2023-01/2023-02")) is None
    assert published.implied_levels("total", PARSE("2023-03")) == []
    parts = Published(
        (bad, level("exports", "2023-01/2023-02", "15.04"), level("imports", "2023-01/2023-02", "18.65")),
        doubtful=frozenset({bad}),
    )
    found = parts.level("total", PARSE("2023-01/2023-02"))
    assert found is not None
    assert found.value == pytest.approx(33.69e9)


def test_computed_growth_uses_the_best_levels_of_both_periods() -> None:
    published = Published(
        (level("total", "2025-H1", "106.48"), level("total", "2024-H1", "116.87"), level("total", "2021", "146.887"),
         level("total", "2024", "244.819"), level("total", "2020", "0")),
    )  # fmt: skip
    half = published.computed_rate("total", PARSE("2025-H1"), PARSE("2024-H1"))
    assert half is not None
    assert half.value == pytest.approx(-0.0889, abs=5e-5)
    since = published.computed_rate("total", PARSE("2024"), PARSE("2021"))
    assert since is not None
    assert since.base_period == PARSE("2021")
    assert since.value == pytest.approx(244.819 / 146.887 - 1)
    assert published.computed_rate("total", PARSE("2021"), PARSE("2020")) is None
    assert published.computed_rate("total", PARSE("2025"), PARSE("2024")) is None


def test_disagreements_are_pairs_without_a_common_value() -> None:
    published = Published(
        (
            level("total", "2025-01/2025-07", "125.8"),
            level("total", "2025-H1", "106.48"),
            level("total", "2025-07", "19.14"),
        )
    )
    printed_level = published.published_levels("total", PARSE("2025-07"))
    implied = published.implied_levels("total", PARSE("2025-07"))
    assert list(disagreements([*printed_level, *implied])) == [(printed_level[0], implied[0])]
    assert list(disagreements([level("total", "2025-07", "19.3"), *implied])) == []
    assert list(disagreements(implied)) == []


def test_latest_is_the_span_that_ends_last_and_the_longest_of_those() -> None:
    published = Published(
        (level("total", "2025", "1"), level("total", "2026-04", "2"), level("total", "2026-01/2026-04", "3"),
         level("exports", "2026-05", "4"))
    )  # fmt: skip
    assert published.latest("total") == PARSE("2026-01/2026-04")
    assert published.latest("balance") is None
    assert published.periods("total") == (PARSE("2025"), PARSE("2026-01/2026-04"), PARSE("2026-04"))


@pytest.mark.parametrize(
    ("flow", "measure", "other"), [("exports", "exports", "imports"), ("total", "turnover", "total")]
)
def test_a_flow_seen_from_the_other_side(flow: str, measure: str, other: str) -> None:
    figure = Figure(measure, "AAA", "BBB", flow, value=1.0, unit="USD")
    back = turned(figure)
    assert (back.subject, back.object, back.flow, back.value) == ("BBB", "AAA", other, 1.0)
    assert back.measure == ("turnover" if flow == "total" else other)
    assert turned(back) == figure


def test_sound_levels_come_before_doubtful_ones_however_precise() -> None:
    coarse, fine = level("total", "2025", "228"), level("total", "2025", "236.55")
    doubted = Published((coarse, fine), doubtful=frozenset({fine}))
    assert doubted.published_levels("total", PARSE("2025")) == [coarse, fine]
    assert doubted.level("total", PARSE("2025")) == coarse
    assert Published((coarse, fine)).published_levels("total", PARSE("2025")) == [fine, coarse]


def test_of_two_ways_over_time_the_more_precise_is_taken() -> None:
    published = Published(
        (
            level("total", "2025-H1", "106.48"),
            level("total", "2025-Q2", "56"),
            level("total", "2025-01/2025-09", "163.62"),
            level("total", "2025-04/2025-09", "113.14"),
        )
    )
    (first,) = published.implied_levels("total", PARSE("2025-Q1"))
    assert first.value == pytest.approx((163.62 - 113.14) * 1e9, rel=CLOSE)
    assert first.interval is not None
    assert first.interval.width == pytest.approx(0.02e9, rel=1e-6)


def test_a_month_is_a_quarter_less_its_two_others() -> None:
    published = Published(
        (level("total", "2025-Q1", "53.2"), level("total", "2025-01", "18.1"), level("total", "2025-02", "16.7"))
    )
    (march,) = published.implied_levels("total", PARSE("2025-03"))
    assert march.value == pytest.approx((53.2 - 18.1 - 16.7) * 1e9, rel=CLOSE)
    assert march.interval is not None
    assert march.interval.width == pytest.approx(3 * 0.1e9, rel=1e-6)


@pytest.mark.parametrize("lacking", ["exports", "imports"])
def test_a_balance_needs_one_side_and_the_total(lacking: str) -> None:
    other = {"exports": "imports", "imports": "exports"}[lacking]
    published = Published((level("total", "2025", "228"), level(other, "2025", "100")))
    (balance,) = published.implied_levels("balance", PARSE("2025"))
    assert balance.value == pytest.approx({"imports": 28e9, "exports": -28e9}[other], rel=CLOSE)
    assert Published((level(other, "2025", "100"),)).implied_levels("balance", PARSE("2025")) == []
