"""Periods round-trip through their labels, partition, and refuse what is not a span."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amur.errors import PeriodError
from amur.periods import Period, as_period

YEARS = st.integers(min_value=1900, max_value=2100)
MONTHS = st.tuples(YEARS, st.integers(min_value=1, max_value=12))
DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))
MONTH_SPANS = st.tuples(MONTHS, MONTHS).map(lambda pair: Period.of_months(min(pair), max(pair)))
DAY_SPANS = st.tuples(DAYS, DAYS).map(lambda pair: Period(min(pair), max(pair)))
SPANS = st.one_of(MONTH_SPANS, DAY_SPANS, YEARS.map(Period.of_year))


@given(SPANS)
def test_a_label_reads_back_as_the_same_period(period: Period) -> None:
    assert Period.parse(period.label) == period
    assert Period.parse(period.label.lower()) == period


@given(SPANS)
def test_previous_and_next_adjoin(period: Period) -> None:
    assert period.previous().adjoins(period)
    assert period.adjoins(period.next())
    assert not period.previous().overlaps(period)
    assert not period.adjoins(period)


@given(MONTH_SPANS)
def test_whole_months_keep_their_count_when_moved(period: Period) -> None:
    assert period.previous().months == period.months == period.next().months
    assert period.next().previous() == period
    assert period.shift_years(3).shift_years(-3) == period
    assert period.shift_years(1).start.year == period.start.year + 1


@given(MONTH_SPANS)
def test_its_months_partition_a_period(period: Period) -> None:
    months = period.split_months()
    assert len(months) == period.months
    assert (months[0].start, months[-1].end) == (period.start, period.end)
    assert all(first.adjoins(second) for first, second in pairwise(months))
    assert sum(month.days for month in months) == period.days


@given(MONTH_SPANS, st.data())
def test_a_span_less_one_end_is_the_other_end(period: Period, data: st.DataObject) -> None:
    months = period.split_months()
    if len(months) == 1:
        return
    cut = data.draw(st.integers(min_value=1, max_value=len(months) - 1))
    head, tail = Period(period.start, months[cut - 1].end), Period(months[cut].start, period.end)
    assert period.minus(head) == tail
    assert period.minus(tail) == head


@given(SPANS, SPANS)
def test_containing_and_overlapping_agree(a: Period, b: Period) -> None:
    assert a.overlaps(b) == b.overlaps(a)
    assert a.contains(a)
    if a.contains(b):
        assert a.overlaps(b)
        assert a.days >= b.days
    hull = Period(min(a.start, b.start), max(a.end, b.end))
    assert hull.contains(a)
    assert hull.contains(b)


@pytest.mark.parametrize(
    ("label", "kind", "months", "first", "last"),
    [
        ("2024", "year", 12, "2024-01-01", "2024-12-31"),
        ("2025-H1", "half", 6, "2025-01-01", "2025-06-30"),
        ("2025-H2", "half", 6, "2025-07-01", "2025-12-31"),
        ("2025-Q3", "quarter", 3, "2025-07-01", "2025-09-30"),
        ("2024-02", "month", 1, "2024-02-01", "2024-02-29"),
        ("2025-01/2025-07", "ytd", 7, "2025-01-01", "2025-07-31"),
        ("2024-08/2025-07", "months", 12, "2024-08-01", "2025-07-31"),
        ("2020/2024", "years", 60, "2020-01-01", "2024-12-31"),
        ("2025-02-24", "day", None, "2025-02-24", "2025-02-24"),
        ("2025-02-24/2025-03-04", "days", None, "2025-02-24", "2025-03-04"),
    ],
)
def test_labels_of_statistics(label: str, kind: str, months: int | None, first: str, last: str) -> None:
    period = Period.parse(label)
    assert (period.kind, period.months, period.label) == (kind, months, label)
    assert period.to_dict() == {"start": first, "end": last, "label": label}


def test_january_to_july_less_the_first_half_is_july() -> None:
    assert Period.parse("2025-01/2025-07").minus(Period.of_half(2025, 1)) == Period.of_month(2025, 7)


def test_other_ways_to_make_one() -> None:
    assert Period.year_to_date(2025, 7) == Period.parse("2025-01/2025-07")
    assert Period.rolling(2025, 7) == Period.parse("2024-08/2025-07")
    assert Period.rolling(2025, 3, 3) == Period.of_quarter(2025, 1)
    assert Period.of_years(2020, 2024).split_years()[0] == Period.of_year(2020)
    assert as_period(2024) == as_period("2024") == Period.of_year(2024)
    assert Period.parse("2024-02-29").shift_years(1).label == "2025-02-28"
    assert str(Period.of_half(2025, 2).previous()) == "2025-H1"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("2025-13", "There is no month 13"),
        ("2025-H3", "There is no half 3"),
        ("2025-Q5", "There is no quarter 5"),
        ("2025-02-30", "no day 2025-02-30"),
        ("0000", "out of range"),
        ("2024/2020", "earlier part first"),
        ("last year", "'last year' is not a period"),
        ("", "'' is not a period"),
        ("2024/2025/2026", "is not a period"),
    ],
)
def test_what_is_not_a_period_is_named(text: str, part: str) -> None:
    with pytest.raises(PeriodError, match=part):
        Period.parse(text)


@pytest.mark.parametrize("other", ["2025-02", "2025-01/2025-07", "2026-01"])
def test_a_difference_must_be_one_period(other: str) -> None:
    with pytest.raises(PeriodError, match="not one period"):
        Period.parse("2025-01/2025-07").minus(Period.parse(other))


def test_the_calendar_has_two_ends() -> None:
    assert Period.parse("0001").label == "0001"
    assert Period.parse("9999-12").split_months() == (Period.parse("9999-12"),)
    assert not Period.parse("9999-12").adjoins(Period.parse("9999-12"))
    assert Period.rolling(2025, 3, 1) == Period.of_month(2025, 3)
    assert Period.of_years(2020, 2022).split_years() == tuple(Period.of_year(year) for year in (2020, 2021, 2022))
    assert Period.parse("2024-02-24/2024-03-04").shift_years(-1).label == "2023-02-24/2023-03-04"
    for step in (Period.parse("9999").next, Period.parse("0001").previous):
        with pytest.raises(PeriodError, match="out of range"):
            step()


def test_a_period_in_several_years_has_no_year() -> None:
    assert Period.parse("2025-H1").year == 2025
    with pytest.raises(PeriodError, match="more than one year"):
        _ = Period.parse("2024/2025").year
    with pytest.raises(PeriodError, match="does not consist of whole years"):
        Period.parse("2025-H1").split_years()
    with pytest.raises(PeriodError, match="does not consist of whole months"):
        Period.parse("2025-02-24").split_months()
    with pytest.raises(PeriodError, match="at least one month"):
        Period.rolling(2025, 1, 0)
    with pytest.raises(PeriodError, match="ends before it starts"):
        Period(date(2025, 2, 1), date(2025, 1, 1))
