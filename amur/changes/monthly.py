"""Monthly: a series without gaps, since a method that skips a month is wrong by a season."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from amur.errors import FlowsError
from amur.periods import Period

Array = NDArray[np.float64]


def month_number(period: Period) -> int:
    """Months since the year 0, so that neighbours differ by one."""
    if period.months != 1:
        raise FlowsError(f"{period.label} is not one month. Give months such as 2022-03.")
    first = period.start
    return 12 * first.year + first.month - 1


def month_of(number: int) -> Period:
    """The month of a number from `month_number`."""
    return Period.of_month(number // 12, number % 12 + 1)


@dataclass(frozen=True)
class Monthly:
    """One value a month from `first` on (a `month_number`), all known and not negative."""

    name: str
    first: int
    values: Array

    @cached_property
    def months(self) -> NDArray[np.int64]:
        """The number of every month."""
        return self.first + np.arange(len(self.values))

    @property
    def period(self) -> Period:
        """From the first to the last month."""
        start, end = month_of(self.first), month_of(self.first + len(self.values) - 1)
        return Period(start.start, end.end)

    @property
    def calendar_months(self) -> NDArray[np.int64]:
        """0 for January to 11 for December."""
        return self.months % 12

    def within(self, period: Period) -> Monthly:
        """The part that lies in `period`; an error where a month of it is not in the series."""
        numbers = [month_number(month) for month in period.split_months()]
        if not (self.first <= numbers[0] and numbers[-1] < self.first + len(self.values)):
            raise FlowsError(f"{self.name} runs from {self.period.label} and does not hold all of {period.label}.")
        return replace(self, first=numbers[0], values=self.values[numbers[0] - self.first :][: len(numbers)])

    def sum_of(self, period: Period) -> float:
        """The sum over a period."""
        return float(self.within(period).values.sum())

    def logs(self) -> Array:
        """Natural logarithms; an error that counts the months at zero, which have none."""
        zero = self.months[self.values <= 0]
        if zero.size:
            raise FlowsError(
                f"{self.name} is zero in {zero.size} months (first {month_of(int(zero[0])).label}), which have no "
                "logarithm. Use a sum of more products, or quarters."
            )
        return np.log(self.values)


def monthly(name: str, values: Iterable[tuple[Period | str, float | None]]) -> Monthly:
    """A series from (month, value) pairs in any order.

    Copies of a month, months without a value, months left out between the first and the last, and
    negative values are errors that name and count them: none is filled, averaged or dropped.
    """
    table: dict[int, float] = {}
    copies: list[int] = []
    unknown: list[int] = []
    for month, value in values:
        number = month_number(month if isinstance(month, Period) else Period.parse(month))
        if number in table or number in unknown:
            copies.append(number)
        elif value is None or not np.isfinite(value):
            unknown.append(number)
        else:
            table[number] = float(value)
    _refuse(name, "are given more than once", copies, "Keep one row a month.")
    if not table:
        raise FlowsError(f"{name} has no month with a value. Choose another source or product.")
    first, last = min([*table, *unknown]), max([*table, *unknown])
    missing = [number for number in range(first, last + 1) if number not in table]
    _refuse(name, "have no value", missing, "Choose a span without gaps; gaps are not filled.")
    _refuse(name, "are negative", [n for n, value in table.items() if value < 0], "Remove returns and corrections.")
    if len(table) == 1:
        raise FlowsError(f"{name} has one month only ({month_of(first).label}), so nothing can have changed.")
    return Monthly(name, first, np.array([table[number] for number in range(first, last + 1)]))


def _refuse(name: str, what: str, numbers: list[int], remedy: str) -> None:
    if numbers:
        shown = ", ".join(month_of(number).label for number in numbers[:5])
        raise FlowsError(f"{name}: {len(numbers)} months {what} ({shown}). {remedy}")
