"""Clock: what an expression of time comes to, given the date of the document and the year spoken of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from amur.claims.lexicon import load_shared
from amur.claims.when import TimeMark, full_year
from amur.errors import PeriodError
from amur.periods import Period

_DATA_OUT_ON = 20  # the day of a month by which its own statistics may be out


@dataclass(frozen=True)
class Clock:
    """What a time expression is relative to: the document's date and the year the text speaks of."""

    today: date | None
    year: int | None = None
    fiscal_start: int | None = None
    fiscal_first: bool = False


@dataclass(frozen=True)
class Resolved:
    """What a time expression comes to: a period, or the two ends of a comparison, or the base alone."""

    period: Period | None = None
    base: Period | None = None
    window: Period | None = None
    assumed: bool = False


def resolve(mark: TimeMark, clock: Clock, anchor: Period | None = None) -> Resolved:
    """The period a time expression stands for; empty where it needs a date that is not known."""
    try:
        return _RESOLVERS[mark.means](mark, clock, anchor)
    except (PeriodError, OverflowError, ValueError):
        return Resolved()


def _year_of(mark: TimeMark, clock: Clock) -> int | None:
    """The year named in an expression, outright or relative to the document's date."""
    if (year := mark.get("year")) is not None:
        return year
    if (shift := mark.get("rel")) is not None and clock.today:
        return clock.today.year + shift
    if (shift := mark.get("then")) is not None and clock.year:
        return clock.year + shift
    return None


def _year(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    year = _year_of(mark, clock)
    return Resolved(Period.of_year(year)) if year else Resolved()


def _years(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    first = mark.get("year")
    last = full_year(mark.get("year2"), first)
    if last == first + 1 and clock.fiscal_start:
        return _fiscal_year(first, clock)
    if not first < last <= first + 60:
        return Resolved()
    window = Period.of_years(first, last)
    return Resolved(window, window=window)


def _span_of_years(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    first = mark.get("year")
    last = full_year(mark.get("year2"), first)
    if not first < last:
        return Resolved()
    return Resolved(Period.of_year(last), base=Period.of_year(first), window=Period.of_years(first, last))


def _fiscal_year(first: int, clock: Clock) -> Resolved:
    start = clock.fiscal_start or 1
    if start == 1:
        return Resolved(Period.of_years(first, first + 1), assumed=True)
    return Resolved(Period.of_months((first, start), (first + 1, start - 1)))


def _fiscal(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    if (first := mark.get("fiscal_first")) is not None:
        return _fiscal_year(first, clock)
    named = mark.get("fiscal_named")
    if not clock.fiscal_start:
        return Resolved(Period.of_year(named), assumed=True)
    return _fiscal_year(named if clock.fiscal_first else named - 1, clock)


def _fiscal_relative(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    """'Last fiscal year': the latest one that was over on the document's date, moved by `n` years."""
    if not clock.today:
        return Resolved()
    start = clock.fiscal_start or 1
    current = clock.today.year - (clock.today.month < start)
    first = current + mark.get("n")
    return _fiscal_year(first, clock) if start > 1 else Resolved(Period.of_year(first), assumed=True)


def _season_year(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    first = mark.get("fiscal_first")
    if first is None:
        return Resolved(Period.of_year(mark.get("fiscal_named")))
    return Resolved(Period.of_months((first, 7), (first + 1, 6)))


def _to_month(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    month = mark.get("month")
    year = mark.get("year") or _latest_year(month, clock)
    return Resolved(Period.rolling(year, month, mark.get("n"))) if year else Resolved()


def _latest_year(month: int, clock: Clock) -> int | None:
    """The year of the latest such month that is not after the document's date."""
    if not clock.today:
        return None
    return clock.today.year - (month > clock.today.month)


def _last_full_month(today: date) -> date:
    """The first day of the month before."""
    return Period.of_month(today.year, today.month).previous().start


def _rolling(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    if not clock.today:
        return Resolved()
    last = _last_full_month(clock.today)
    return Resolved(Period.rolling(last.year, last.month, mark.get("n")), assumed=True)


def _last_quarter(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    if not clock.today:
        return Resolved()
    return Resolved(Period.of_quarter(clock.today.year, (clock.today.month + 2) // 3).previous())


def _before_anchor(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    return Resolved(base=anchor.previous()) if anchor else Resolved()


def _past_years(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    if not clock.today:
        return Resolved()
    last, count = clock.today.year, mark.get("n")
    window = Period.of_years(last - count, last - 1)
    return Resolved(Period.of_year(last), base=Period.of_year(last - count), window=window, assumed=True)


def _years_to(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    window = Period.of_years(mark.get("year") - mark.get("n") + 1, mark.get("year"))
    return Resolved(window, window=window)


def _years_before(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    if anchor is None:
        return Resolved()
    return Resolved(base=Period.of_years(anchor.start.year - mark.get("n"), anchor.start.year - 1))


def _first_months(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    months = mark.get("n")
    if months > 12:
        return Resolved()
    year = _year_of(mark, clock) or _year_with_end(months, clock)
    return Resolved(Period.year_to_date(year, months)) if year else Resolved()


def _year_with_end(month: int, clock: Clock) -> int | None:
    """The year the text speaks of, or the latest in which a span that ends with `month` is over."""
    if clock.year:
        return clock.year
    if not clock.today:
        return None
    over = month < clock.today.month or (month == clock.today.month and clock.today.day >= _DATA_OUT_ON)
    return clock.today.year - (not over)


def _half(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    half = mark.get("ord") or mark.get("d")
    year = _year_of(mark, clock) or _year_with_end(6 * half, clock)
    return Resolved(Period.of_half(year, half)) if year else Resolved()


def _quarter(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    quarter = mark.get("ord") or mark.get("d")
    year = _year_of(mark, clock) or _year_with_end(3 * quarter, clock)
    return Resolved(Period.of_quarter(year, quarter)) if year else Resolved()


def _months(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    first, last = mark.get("month"), mark.get("month2")
    year = _year_of(mark, clock) or _year_with_end(last, clock)
    if not year:
        return Resolved()
    return Resolved(Period.of_months((year - (first > last), first), (year, last)))


def _month_span(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    """'Between March and July': what grew did so from the first month to the last, of a window of all of them."""
    window = _months(mark, clock, anchor).period
    if window is None or window.start.month == 1:
        return Resolved(window, window=window)  # what is told from January on is added up
    ends = (Period.of_month(day.year, day.month) for day in (window.start, window.end))
    base, last = ends
    return Resolved(last, base=base, window=window)


def _month(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    month = mark.get("month")
    year = _year_of(mark, clock) or clock.year or _latest_year(month, clock)
    return Resolved(Period.of_month(year, month)) if year else Resolved()


def _last_named_month(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    if not clock.today:
        return Resolved()
    month = mark.get("month")
    return Resolved(Period.of_month(clock.today.year - (month >= clock.today.month), month))


def _day(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    month = mark.get("month") or mark.get("d")
    day = mark.get("d") if mark.get("month") else mark.get("d2")
    year = mark.get("year") or _latest_year(month, clock)
    return Resolved(Period.of_day(date(year, month, day))) if year else Resolved()


def _last_month(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    return Resolved(Period.of_month(clock.today.year, clock.today.month).previous()) if clock.today else Resolved()


def _year_on_year(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    return Resolved(base=anchor.shift_years(-1)) if anchor else Resolved()


def _same_period(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    if anchor is None:
        return Resolved()
    year = mark.get("year")
    return Resolved(base=anchor.shift_years(year - anchor.end.year if year else -1))


def _season(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    first, last = mark.get("season")
    year = mark.get("year") or _year_with_end(last, clock)
    return Resolved(Period.of_months((year - (first > last), first), (year, last))) if year else Resolved()


def _year_to_date(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    if not clock.today:
        return Resolved()
    last = _last_full_month(clock.today)
    return Resolved(Period.year_to_date(last.year, last.month), assumed=True)


def _end_of_year(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    year = mark.get("year") or (clock.today.year if clock.today else None)
    return Resolved(Period.of_year(year)) if year else Resolved()


def _relative_year(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    return Resolved(Period.of_year(clock.today.year + mark.get("shift"))) if clock.today else Resolved()


def _then(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    shift = mark.get("shift")
    if anchor is not None:
        return Resolved(anchor.shift_years(shift))
    return Resolved(Period.of_year(clock.year + shift)) if clock.year else Resolved()


def _event(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    day = mark.get("event")
    return Resolved(base=Period.of_month(day.year, day.month), assumed=True)


def _before_event(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    """Before a war or a pandemic: the last whole year before it."""
    day = mark.get("event")
    return Resolved(Period.of_year(day.year - 1), assumed=True) if day else Resolved()


def _before_year(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    """'Before 2022' tells of the year before it; of a year to come, by when something is to be."""
    year = mark.get("year")
    past = clock.today is None or year <= clock.today.year
    return Resolved(Period.of_year(year - past), assumed=True)


def _nothing(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    return Resolved()


_RESOLVERS: dict[str, Callable[[TimeMark, Clock, Period | None], Resolved]] = {
    "year": _year,
    "years": _years,
    "span": _span_of_years,
    "fiscal": _fiscal,
    "fiscal_relative": _fiscal_relative,
    "season": _season_year,
    "to_month": _to_month,
    "rolling": _rolling,
    "last_quarter": _last_quarter,
    "quarter_before": _before_anchor,
    "month_before": _before_anchor,
    "past_years": _past_years,
    "years_to": _years_to,
    "years_before": _years_before,
    "first_months": _first_months,
    "half": _half,
    "quarter": _quarter,
    "months": _months,
    "month_span": _month_span,
    "month": _month,
    "month_then": _month,
    "last_month_named": _last_named_month,
    "day": _day,
    "daymonth": _day,
    "iso_day": _day,
    "last_month": _last_month,
    "yoy": _year_on_year,
    "mom": _before_anchor,
    "qoq": _before_anchor,
    "same_period": _same_period,
    "season_of_year": _season,
    "ytd": _year_to_date,
    "year_end": _end_of_year,
    "year_start": _nothing,
    "half_turn": _nothing,
    "pre_event": _before_event,
    "pre_year": _before_year,
    "rel": _relative_year,
    "then": _then,
    "event": _event,
}


def fiscal_clock(clock: Clock, code: str) -> Clock:
    """The clock with a country's fiscal year, where it does not start in January."""
    shared = load_shared()
    start = shared["fiscal"].get(code)
    if not start:
        return clock
    return Clock(clock.today, clock.year, start, code in shared["fiscal_names"]["start_is_first"])
