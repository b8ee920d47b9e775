"""Period: a closed span of days, with the labels and the arithmetic of statistical releases."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from functools import cached_property
from typing import Literal

from amur.errors import PeriodError

Kind = Literal["day", "month", "quarter", "half", "year", "ytd", "months", "years", "days"]

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Period:
    """A span of days from `start` to `end`, both included.

    Spans that begin and end with whole months carry the labels of statistics: `2024`, `2025-H1`,
    `2025-Q3`, `2025-07`, `2025-01/2025-07` (year to date), `2020/2024` (five years); all others are
    written day by day, `2025-02-24/2025-03-04`. `Period.parse(period.label) == period` always.
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise PeriodError(f"The period ends before it starts: {self.start} to {self.end}. Swap the two dates.")

    # ── ways to make one ────────────────────────────────────────────────────────────────────────

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read a label such as `2024`, `2025-H1`, `2025-Q3`, `2025-07`, `2025-01/2025-07`, `2020/2024`."""
        parts = [part.strip() for part in text.strip().split("/")]
        if not 1 <= len(parts) <= 2:
            raise PeriodError(_unreadable(text))
        spans = [_single(part, text) for part in parts]
        if spans[-1].end < spans[0].start:
            raise PeriodError(f"The period '{text}' ends before it starts. Write the earlier part first.")
        return cls(spans[0].start, spans[-1].end)

    @classmethod
    def of_year(cls, year: int) -> Period:
        """The calendar year."""
        return cls.of_months((year, 1), (year, 12))

    @classmethod
    def of_half(cls, year: int, half: int) -> Period:
        """The first (1) or second (2) half of a year."""
        _within("half", half, 2)
        return cls.of_months((year, 6 * half - 5), (year, 6 * half))

    @classmethod
    def of_quarter(cls, year: int, quarter: int) -> Period:
        """A quarter, 1 to 4."""
        _within("quarter", quarter, 4)
        return cls.of_months((year, 3 * quarter - 2), (year, 3 * quarter))

    @classmethod
    def of_month(cls, year: int, month: int) -> Period:
        """One calendar month."""
        return cls.of_months((year, month), (year, month))

    @classmethod
    def of_day(cls, day: date) -> Period:
        """One day."""
        return cls(day, day)

    @classmethod
    def of_months(cls, first: tuple[int, int], last: tuple[int, int]) -> Period:
        """Whole months from `first` to `last`, each a (year, month) pair, both included."""
        return cls(_month_start(*first), _month_end(*last))

    @classmethod
    def of_years(cls, first: int, last: int) -> Period:
        """Whole years from `first` to `last`, both included, such as a five-year window."""
        return cls.of_months((first, 1), (last, 12))

    @classmethod
    def year_to_date(cls, year: int, month: int) -> Period:
        """January to `month` of a year, as customs releases cumulate."""
        return cls.of_months((year, 1), (year, month))

    @classmethod
    def rolling(cls, year: int, month: int, months: int = 12) -> Period:
        """The `months` months that end with the given one."""
        if months < 1:
            raise PeriodError(f"A rolling window needs at least one month, not {months}.")
        return cls.of_months(_add_months(year, month, 1 - months), (year, month))

    # ── what it is ──────────────────────────────────────────────────────────────────────────────

    @cached_property
    def months(self) -> int | None:
        """How many whole months it has; None where it begins or ends within a month."""
        if self.start.day != 1 or self.end != _month_end(self.end.year, self.end.month):
            return None
        return 12 * (self.end.year - self.start.year) + self.end.month - self.start.month + 1

    @cached_property
    def kind(self) -> Kind:
        """The kind of span; a year to date that is also a quarter or a half is called by the latter."""
        months, first = self.months, self.start.month
        if months is None:
            return "day" if self.start == self.end else "days"
        if first == 1 and months % 12 == 0:
            return "year" if months == 12 else "years"
        if months == 1:
            return "month"
        if months == 3 and first % 3 == 1:
            return "quarter"
        if months == 6 and first % 6 == 1:
            return "half"
        return "ytd" if first == 1 and months < 12 else "months"

    @cached_property
    def label(self) -> str:
        """The canonical label; `Period.parse` reads it back."""
        return _LABELS[self.kind](self)

    @property
    def year(self) -> int:
        """The year it lies in; an error where it spans several."""
        if self.start.year != self.end.year:
            raise PeriodError(f"The period {self.label} lies in more than one year. Ask for its start or its end.")
        return self.start.year

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days + 1

    def __str__(self) -> str:
        return self.label

    def to_dict(self) -> dict[str, str]:
        """The JSON shape: start, end, label."""
        return {"start": self.start.isoformat(), "end": self.end.isoformat(), "label": self.label}

    # ── relations and arithmetic ────────────────────────────────────────────────────────────────

    def contains(self, other: Period) -> bool:
        """Whether every day of `other` lies in this period."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Period) -> bool:
        """Whether the two share a day."""
        return self.start <= other.end and other.start <= self.end

    def adjoins(self, other: Period) -> bool:
        """Whether `other` begins the day after this one ends."""
        return self.end < date.max and self.end + _ONE_DAY == other.start

    def previous(self) -> Period:
        """The span of the same length just before: the month, the half, the year before."""
        return (
            self._moved(-self.months)
            if self.months
            else Period(self.start - self.days * _ONE_DAY, self.start - _ONE_DAY)
        )

    def next(self) -> Period:
        """The span of the same length just after."""
        return self._moved(self.months) if self.months else Period(self.end + _ONE_DAY, self.end + self.days * _ONE_DAY)

    def shift_years(self, years: int) -> Period:
        """The same months of another year: `shift_years(-1)` is the base of year-on-year growth."""
        if self.months:
            return self._moved(12 * years)
        return Period(_same_day(self.start, years), _same_day(self.end, years))

    def minus(self, other: Period) -> Period:
        """What is left when a part at either end is taken away: January–July minus first half is July."""
        if not self.contains(other) or self == other or (self.start != other.start and self.end != other.end):
            raise PeriodError(
                f"{self.label} minus {other.label} is not one period. The second must lie at one end of the first."
            )
        if self.start == other.start:
            return Period(other.end + _ONE_DAY, self.end)
        return Period(self.start, other.start - _ONE_DAY)

    def split_months(self) -> tuple[Period, ...]:
        """Its months in order."""
        if not self.months:
            raise PeriodError(f"{self.label} does not consist of whole months. Give a period such as 2025-07.")
        year, month = self.start.year, self.start.month
        return tuple(Period.of_month(*_add_months(year, month, step)) for step in range(self.months))

    def split_years(self) -> tuple[Period, ...]:
        """Its years in order."""
        if self.kind not in ("year", "years"):
            raise PeriodError(f"{self.label} does not consist of whole years. Give a period such as 2020/2024.")
        return tuple(Period.of_year(year) for year in range(self.start.year, self.end.year + 1))

    def _moved(self, months: int) -> Period:
        first = _add_months(self.start.year, self.start.month, months)
        return Period.of_months(first, _add_months(self.end.year, self.end.month, months))


def as_period(value: Period | str | int) -> Period:
    """A `Period` from itself, from its label, or from a year."""
    if isinstance(value, Period):
        return value
    return Period.of_year(value) if isinstance(value, int) else Period.parse(value)


_LABELS: dict[str, Callable[[Period], str]] = {
    "day": lambda p: p.start.isoformat(),
    "days": lambda p: f"{p.start.isoformat()}/{p.end.isoformat()}",
    "month": lambda p: _month_label(p.start),
    "quarter": lambda p: f"{p.start.year:04d}-Q{(p.start.month + 2) // 3}",
    "half": lambda p: f"{p.start.year:04d}-H{(p.start.month + 5) // 6}",
    "year": lambda p: f"{p.start.year:04d}",
    "years": lambda p: f"{p.start.year:04d}/{p.end.year:04d}",
    "ytd": lambda p: f"{_month_label(p.start)}/{_month_label(p.end)}",
    "months": lambda p: f"{_month_label(p.start)}/{_month_label(p.end)}",
}

_PATTERNS: tuple[tuple[re.Pattern[str], Callable[..., Period]], ...] = (
    (re.compile(r"(\d{4})"), lambda y: Period.of_year(int(y))),
    (re.compile(r"(\d{4})-H(\d)"), lambda y, h: Period.of_half(int(y), int(h))),
    (re.compile(r"(\d{4})-Q(\d)"), lambda y, q: Period.of_quarter(int(y), int(q))),
    (re.compile(r"(\d{4})-(\d{2})"), lambda y, m: Period.of_month(int(y), int(m))),
    (re.compile(r"(\d{4})-(\d{2})-(\d{2})"), lambda y, m, d: Period.of_day(_day(int(y), int(m), int(d)))),
)


def _single(part: str, whole: str) -> Period:
    for pattern, build in _PATTERNS:
        if match := pattern.fullmatch(part.upper()):
            try:
                return build(*match.groups())
            except PeriodError as error:
                raise PeriodError(f"{_unreadable(whole)} {error}") from error
    raise PeriodError(_unreadable(whole))


def _unreadable(text: str) -> str:
    return (
        f"'{text}' is not a period. Write a year (2024), half (2025-H1), quarter (2025-Q3), month (2025-07), "
        "day (2025-07-31), or two of these with a slash between (2025-01/2025-07)."
    )


def _within(name: str, number: int, top: int) -> None:
    if not 1 <= number <= top:
        raise PeriodError(f"There is no {name} {number}. Use 1 to {top}.")


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise PeriodError(f"There is no day {year:04d}-{month:02d}-{day:02d}. Check the calendar.") from error


def _month_start(year: int, month: int) -> date:
    _within("month", month, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise PeriodError(f"The year {year} is out of range. Use {MINYEAR} to {MAXYEAR}.")
    return date(year, month, 1)


def _month_end(year: int, month: int) -> date:
    first = _month_start(year, month)
    return first.replace(day=calendar.monthrange(year, month)[1])


def _add_months(year: int, month: int, months: int) -> tuple[int, int]:
    years, zero_based = divmod(12 * year + month - 1 + months, 12)
    return years, zero_based + 1


def _same_day(day: date, years: int) -> date:
    """The same day of another year; 29 February becomes the 28th where there is none."""
    year = day.year + years
    return date(year, day.month, min(day.day, _month_end(year, day.month).day))


def _month_label(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"
