"""Linking: open slots become readings, readings become statements, multiples get their other side."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from claim_makers import A, B, linked, reading
from hypothesis import given
from hypothesis import strategies as st

from amur.claims.comparisons import multiples, with_comparands
from amur.claims.edits import reprinted, transposed
from amur.claims.link import Linked, figure_of, printed_digits, stated
from amur.claims.rescan import first_direction, is_first, is_growth_record


def spans(item: Linked) -> list[tuple[str, str]]:
    """Period and base of every link."""
    return [(str(link.reading.period), str(link.reading.base or "")) for link in item.links]


def only(*readings: object, **options: object) -> Linked:
    (item,) = linked(*readings, **options)  # type: ignore[arg-type]
    return item


# ── open spans of time ──────────────────────────────────────────────────────────────────────────


def test_growth_without_a_base_is_on_the_year_before_and_for_a_month_on_the_month_before_too() -> None:
    assert spans(only(reading("growth", 0.1, "2024"))) == [("2024", "2023")]
    assert spans(only(reading("growth", 0.1, "2024-07"))) == [("2024-07", "2023-07"), ("2024-07", "2024-06")]
    assert spans(only(reading("growth", 0.1, "2024-Q2"))) == [("2024-Q2", "2023-Q2"), ("2024-Q2", "2024-Q1")]
    assert spans(only(reading("growth", 0.1, "2024-H1"))) == [("2024-H1", "2023-H1")]


def test_since_an_event_counts_from_the_year_before_it_then_from_its_own() -> None:
    item = only(reading("growth", 1.0, "2022-02/2025-12", base="2022-02"))
    assert spans(item) == [("2024", "2021"), ("2024", "2022")]
    day = only(reading("growth", 1.0, "2022-02-24/2025-06-30", base="2022-02-24"))
    assert ("2024", "2021") in spans(day)


def test_since_a_year_counts_from_that_year_alone() -> None:
    assert spans(only(reading("growth", 1.0, "2020/2025", base="2020"))) == [("2024", "2020")]


def test_a_year_that_is_over_counts_itself() -> None:
    item = only(reading("growth", 1.0, "2022-02/2024-12", base="2022-02"), today=datetime.date(2025, 1, 2))
    assert spans(item)[0] == ("2024", "2021")
    running = only(reading("growth", 1.0, "2022-02/2024-12", base="2022-02"), today=datetime.date(2024, 12, 30))
    assert spans(running)[0] == ("2023", "2021")


def test_an_assumed_time_may_be_the_year_before_and_a_stated_one_may_not() -> None:
    before = datetime.date(2025, 9, 15)
    told = {"today": before}
    running = reading("value", 1e9, "2025", assumed=("period",))
    assert spans(only(running, **told)) == [("2025", ""), ("2024", "")]
    assert spans(only(replace(running, assumed=()), **told)) == [("2025", "")]
    over = reading("value", 1e9, "2023", assumed=("period",))
    assert spans(only(over, **told)) == [("2023", "")]
    for months, others in (("2025-01/2025-02", [("2024", "")]), ("2023-01/2023-12", [])):
        share = reading("share", 0.3, months, assumed=("period",))
        assert spans(only(share, **told))[1:] == others
    value = reading("value", 1e9, "2025-01/2025-02", assumed=("period",))
    assert spans(only(value, **told)) == [("2025-01/2025-02", "")]


def test_since_an_event_up_to_an_assumed_time_reaches_the_last_full_year() -> None:
    told = {"today": datetime.date(2025, 9, 15)}
    since = reading("growth", 1.0, "2022-02/2023-12", base="2022-02")
    assert spans(only(since, **told))[0] == ("2023", "2021")
    assert spans(only(replace(since, assumed=("period",)), **told))[0] == ("2024", "2021")


def test_exact_and_open_figures_show_their_own_digits() -> None:
    exact = figure_of(reading("value", 245e9, "2024", half=0.0))
    assert printed_digits(exact) == "245"
    assert printed_digits(replace(exact, low=245e9, high=float("inf"))) == "245"


def test_a_rank_is_a_figure_of_the_one_whose_partners_are_ranked() -> None:
    (link,) = only(reading("rank", 2.0, "2024", subject=A, object=B, flow="exports")).links
    assert link.statement is not None
    assert (link.statement.figure.subject, link.statement.figure.object) == (B, A)
    assert link.statement.relation == "rank"


def test_a_number_from_words_shows_at_most_three_of_many_digits() -> None:
    third = replace(figure_of(reading("share", 1 / 3, "2024", half=0.02)), interval_kind="rounding")
    assert printed_digits(third, exact=False) == "33.3"
    eight = figure_of(reading("value", 123_456.7e9, "2024"))
    assert printed_digits(eight, exact=False) == "123.4567"
    nine = figure_of(reading("value", 123_456.78e9, "2024"))
    assert printed_digits(nine, exact=False) == "123"


def test_a_month_as_base_of_a_year_stands_for_the_years_around_it() -> None:
    item = only(reading("growth", 0.64, "2023", base="2022-02"))
    assert spans(item) == [("2023", "2021"), ("2023", "2022")]


def test_an_event_in_the_year_itself_leaves_only_the_year_before() -> None:
    assert spans(only(reading("growth", 1.0, "2024-02/2025-12", base="2024-02"))) == [("2024", "2023")]
    item = only(reading("growth", 0.64, "2023/2024", base="2023-02"))
    assert spans(item) == [("2023/2024", "2022"), ("2023/2024", "2022/2023")]


def test_part_of_a_year_against_a_year_means_the_same_months() -> None:
    item = only(reading("growth", -0.081, "2025-01/2025-07", base="2024"))
    assert spans(item) == [("2025-01/2025-07", "2024-01/2024-07"), ("2025-01/2025-07", "2024")]


def test_an_assumed_period_that_is_not_over_may_be_the_year_before() -> None:
    assert spans(only(reading("value", 1e9, "2025", assumed=("period",)))) == [("2025", ""), ("2024", "")]
    assert spans(only(reading("value", 1e9, "2025"))) == [("2025", "")]
    assert spans(only(reading("value", 1e9, "2023", assumed=("period",)))) == [("2023", "")]
    assert spans(only(reading("value", 1e9, None, assumed=("period",)))) == [("None", "")]
    last_day = datetime.date(2024, 12, 31)
    assert spans(only(reading("value", 1e9, "2024", assumed=("period",)), today=last_day))[1:] == [("2023", "")]


def test_the_end_of_the_calendar_is_survived() -> None:
    assert spans(only(reading("growth", 0.1, "0001"))) == [("0001", "")]


def test_readings_that_turn_named_countries_round_are_dropped() -> None:
    main = reading("value", 1e9, "2024", flow="exports")
    turned = replace(main, subject=B, object=A)
    assert [link.reading.subject for link in only(main, others=(turned,)).links] == [A]
    half_open = replace(main, assumed=("subject",))
    assert len(only(half_open, others=(turned,)).links) == 1
    assert len(only(replace(main, assumed=("object",)), others=(turned,)).links) == 1
    open_both = replace(main, assumed=("subject", "object"))
    assert [link.reading.subject for link in only(open_both, others=(turned,)).links] == [A, B]
    with_itself = replace(main, object=A)
    assert len(only(with_itself, others=(replace(with_itself, value=2e9),)).links) == 2


def test_other_readings_are_kept_but_not_without_end() -> None:
    main = reading("value", 1e9, "2024", flow="exports")
    others = tuple(replace(main, flow="imports", value=number * 1e9) for number in range(2, 12))
    assert [link.reading.value for link in only(main, others=others).links] == [n * 1e9 for n in range(1, 9)]


# ── statements ──────────────────────────────────────────────────────────────────────────────────


def test_claims_are_numbered_by_document_and_place() -> None:
    items = linked(reading("value", 1e9, "2024"), reading("growth", 0.1, "2024"))
    assert [item.key for item in items] == ["1.1", "1.2"]
    assert [item.links[0].statement.key for item in items if item.links[0].statement] == ["1.1", "1.2"]


@pytest.mark.parametrize(
    ("measure", "relation"),
    [
        ("value", "level"),
        ("growth", "growth"),
        ("change", "change"),
        ("share", "share"),
        ("rank", "rank"),
        ("ratio", "ratio"),
    ],
)
def test_measures_become_relations(measure: str, relation: str) -> None:
    statement = only(reading(measure, 2.0, "2024")).links[0].statement
    assert statement is not None
    assert statement.relation == relation
    assert statement.series == "0"


def test_points_are_changes_of_shares_and_product_shares_have_their_own_whole() -> None:
    points = only(reading("change", 0.13, "2024", unit="pp", currency="")).links[0].statement
    assert points is not None
    assert points.relation == "share change"
    energy = (
        only(reading("product_share", 0.8, "2024", product="energy", flow="exports", unit="fraction"))
        .links[0]
        .statement
    )
    assert energy is not None
    assert energy.against is not None
    assert (energy.against.product, energy.against.object) == ("total", B)


def test_growth_of_a_share_is_told_by_its_other_reading() -> None:
    main = reading("growth", -0.156, "2025", flow="exports", base="2024")
    points = replace(main, measure="change", unit="pp")
    statement = only(main, others=(points,)).links[0].statement
    assert statement is not None
    assert statement.against is not None
    assert statement.against.object == "WLD"
    plain = only(main).links[0].statement
    assert plain is not None
    assert plain.against is None


def test_words_and_places_without_number_state_nothing() -> None:
    assert only(reading("trend", None, "2024", direction=1)).links[0].statement is None
    assert only(reading("distance", 4300.0, "2024", unit="km")).links[0].statement is None


def test_a_deficit_is_a_negative_balance() -> None:
    figure = figure_of(reading("deficit", 5e9, "2024", half=0.5e9, unit="USD", currency="USD", flow=""))
    assert (figure.flow, figure.value, figure.low, figure.high) == ("balance", -5e9, -5.5e9, -4.5e9)
    surplus = figure_of(reading("surplus", 5e9, "2024", unit="USD", currency="USD", flow=""))
    assert (surplus.flow, surplus.value) == ("balance", 5e9)


def test_a_flow_left_open_is_trade_both_ways_and_only_for_trade() -> None:
    assert figure_of(reading("value", 1e9, "2024", flow="")).flow == "total"
    assert figure_of(reading("value", 1e9, "2024", flow="", concept="investment")).flow == ""
    assert figure_of(reading("value", 1e9, "2024", object="")).object == "WLD"
    assert figure_of(reading("value", 1e9, "2024", object="", subject="")).object == ""


def test_a_value_outside_its_own_bounds_widens_them() -> None:
    figure = figure_of(reading("share", 0.5, "2024", low=0.6, high=0.7))
    assert (figure.low, figure.high) == (0.5, 0.7)


def test_a_bound_that_is_not_given_is_the_value() -> None:
    at_most = figure_of(replace(reading("share", 0.5, "2024"), low=0.4, high=None))
    at_least = figure_of(replace(reading("share", 0.5, "2024"), low=None, high=0.6))
    assert ((at_most.low, at_most.high), (at_least.low, at_least.high)) == ((0.4, 0.5), (0.5, 0.6))


@pytest.mark.parametrize(
    ("value", "half", "digits"),
    [
        (-0.081, 0.0005, "8.1"),
        (245e9, 0.5e9, "245"),
        (1.63e12, 0.005e12, "1.63"),
        (0.03, 0.005, "3"),
        (4300.0, 0.5, "4.300"),
        (107e6, 0.5e6, "107"),
    ],
)
def test_the_interval_shows_the_printed_digits(value: float, half: float, digits: str) -> None:
    measure = "growth" if abs(value) < 1 else "value"
    assert figure_of(reading(measure, value, "2024", half=half)).printed == digits


def test_words_that_widen_leave_the_shortest_decimal() -> None:
    assert figure_of(reading("value", 245e9, "2024", half=20e9, qualifier="almost")).printed == "245"
    assert printed_digits(figure_of(reading("value", 245.5e9, "2024")), exact=False) == "245.5"


@given(st.integers(11, 9999), st.sampled_from([-0.001, 0.01, 1e6, 1e8]))
def test_exchanging_printed_digits_moves_the_value_in_its_own_scale(number: int, scale: float) -> None:
    figure = figure_of(reading("growth" if abs(scale) < 1 else "value", number * scale, "2024", half=abs(scale) / 2))
    for text in transposed(figure.printed):
        changed = reprinted(figure, text)
        assert abs(changed.value / figure.value) == pytest.approx(float(text) / float(figure.printed), rel=1e-9)


def test_only_outcomes_on_trade_and_stocks_of_investment_are_held_against_each_other() -> None:
    items = linked(
        reading("value", 1e9, "2024"),
        reading("value", 2e9, "2024", modality="target"),
        reading("value", 3e9, None),
        reading("value", 4e9, "2024", subject=""),
        reading("count", 4.0, "2024", unit="companies"),
        reading("share", 0.5, "2024", concept="opinion"),
        reading("value", 5e9, "2024", concept="investment"),
        reading("share", 0.5, "2024", concept="investment"),
        reading("rank", 1.0, "2024"),
    )
    chosen = {item.key: item.links[0] for item in items}
    assert [item.figure.value for item in stated(items, chosen)] == [1e9, 5e9]


# ── multiples ───────────────────────────────────────────────────────────────────────────────────


def comparison(source: str, quote: str) -> Linked:
    """A multiple behind Norway's share of Swedish exports."""
    share = reading("share", 0.027, "2025", flow="exports")
    ratio = reading("ratio", 5.0, "2025", flow="exports")
    return with_comparands(linked(share, ratio, source=source, quotes=("2.7%", quote)))[1]


@pytest.mark.parametrize(
    ("source", "quote", "larger", "smaller"),
    [
        ("Norway took 2.7%, more than five times less than Germany.", "more than five times", "DEU", "NOR"),
        ("Norway took 2.7%, which is five times smaller than Germany.", "five times", "DEU", "NOR"),
        ("Norway took 2.7%, five times as much as Iceland.", "five times", "NOR", "ISL"),
    ],
)
def test_a_multiple_has_two_sides_and_smaller_turns_them(source: str, quote: str, larger: str, smaller: str) -> None:
    statement = comparison(source, quote).links[0].statement
    assert statement is not None
    assert statement.against is not None
    assert statement.relation == "ratio"
    assert (statement.figure.subject, statement.figure.object, statement.against.object) == (A, larger, smaller)
    assert statement.figure.value == 5
    assert statement.figure.printed == "5.00" or statement.figure.printed.startswith("5")


def test_a_multiple_of_nothing_known_states_nothing() -> None:
    assert with_comparands(linked(reading("ratio", 5.0, "2025")))[0].links[0].statement is None
    assert comparison("Norway took 2.7%, five times as much as before.", "five times").links[0].statement is None


def test_a_multiple_of_an_earlier_year_is_growth() -> None:
    item = linked(reading("ratio", 2.0, "2025", base="2020", half=0.1))
    statement = with_comparands(item)[0].links[0].statement
    assert statement is not None
    assert (statement.relation, statement.figure.value, statement.figure.unit) == ("growth", 1.0, "fraction")
    assert (statement.figure.low, statement.figure.high) == pytest.approx((0.9, 1.1))


def shares(first: float, second: float, source: str) -> tuple[Linked, ...]:
    both = [reading("share", value, "2025", half=0.005, concept="opinion") for value in (first, second)]
    return linked(*both, source=source, quotes=("56 percent", "27 percent"))


def test_twice_as_many_holds_between_two_shares_of_a_sentence() -> None:
    source = "Twice as many (56 percent) believe in their own country as in the other (27 percent)."
    (found,) = multiples(shares(0.56, 0.27, source))
    assert found.holds
    assert found.found.contains(56 / 27)
    (wrong,) = multiples(shares(0.56, 0.40, source))
    assert not wrong.holds


def test_shares_without_a_multiple_are_left_alone() -> None:
    assert multiples(shares(0.56, 0.27, "Many (56 percent) think so, few (27 percent) do not.")) == ()


# ── a second look at the words ──────────────────────────────────────────────────────────────────


def test_record_growth_is_not_a_record() -> None:
    def record(quote: str, **slots: object) -> Linked:
        return only(reading("record", None, "2024", **slots), quotes=(quote,))

    assert is_growth_record(record("record growth in 2024"))
    assert not is_growth_record(record("a record turnover was reached"))
    assert is_growth_record(record("a record", direction=1))


def test_firsts_with_and_without_a_number() -> None:
    words = only(reading("first_decline", None, "2024"))
    number = only(reading("growth", -0.065, "2025"), quotes=("trade fell for the first time since 2020, by 6.5%",))
    plain = only(reading("growth", -0.065, "2025"), quotes=("trade fell by 6.5%",))
    assert (is_first(words), is_first(number), is_first(plain)) == (True, True, False)
    assert not is_first(only(reading("value", 1e9, "2025"), quotes=("for the first time above 1 billion",)))
    rise = only(reading("first_rise", None, "2024"))
    assert [first_direction(item) for item in (words, number, rise)] == [-1, -1, 1]
    assert first_direction(only(reading("growth", 0.065, "2025"))) == 1
