"""Regressors of a moving holiday and of working days, centred so that they shift months and not years.

The construction of the holiday follows the Census Bureau's `genhol`: the share of the days before,
during and after the holiday that falls in a month, less the mean share of that calendar month.
"""

from __future__ import annotations

import calendar
import datetime
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from amur.errors import MeasureError

Array = NDArray[np.float64]

# First day of the Chinese year, 1990 to 2040, by the calendar of the Purple Mountain Observatory.
_NEW_YEARS = (
    "1990-01-27 1991-02-15 1992-02-04 1993-01-23 1994-02-10 1995-01-31 1996-02-19 1997-02-07 1998-01-28 "
    "1999-02-16 2000-02-05 2001-01-24 2002-02-12 2003-02-01 2004-01-22 2005-02-09 2006-01-29 2007-02-18 "
    "2008-02-07 2009-01-26 2010-02-14 2011-02-03 2012-01-23 2013-02-10 2014-01-31 2015-02-19 2016-02-08 "
    "2017-01-28 2018-02-16 2019-02-05 2020-01-25 2021-02-12 2022-02-01 2023-01-22 2024-02-10 2025-01-29 "
    "2026-02-17 2027-02-06 2028-01-26 2029-02-13 2030-02-03 2031-01-23 2032-02-11 2033-01-31 2034-02-19 "
    "2035-02-08 2036-01-28 2037-02-15 2038-02-04 2039-01-24 2040-02-12"
)


@cache
def chinese_new_years() -> dict[int, datetime.date]:
    """The first day of the Chinese year, by calendar year, 1990 to 2040."""
    days = [datetime.date.fromisoformat(text) for text in _NEW_YEARS.split()]
    return {day.year: day for day in days}


@dataclass(frozen=True)
class HolidayWindow:
    """Days before, during and after the holiday on which trade may differ, and by how many days goods arrive later."""

    before: int = 20
    during: int = 7
    after: int = 20
    delay: int = 0


def holiday_regressors(months: NDArray[np.int64], *, window: HolidayWindow | None = None) -> Array:
    """Centred shares of the days before, during and after Chinese New Year, `[month, 3]`.

    `months` are numbers of `amur.changes.monthly`. Each column sums to about zero over the years, so that
    it moves trade between months and leaves the year as it is.
    """
    chosen = window or HolidayWindow()
    years = chinese_new_years()
    first, last = min(years), max(years)
    lags = np.ceil((chosen.delay + chosen.during + chosen.after) / 28) + 1
    if not 12 * first <= months.min() - lags or not months.max() + 2 < 12 * (last + 1):
        raise MeasureError(
            f"Chinese New Year is known from {first} to {last} only. Choose months well inside these years."
        )
    return _centred_shares(chosen)[months - 12 * (first - 1)]


@lru_cache(maxsize=32)
def _centred_shares(window: HolidayWindow) -> Array:
    """Shares of the three spans by month, less the mean of the calendar month, from January before the table on."""
    new_years = np.array(list(chinese_new_years().values()), "datetime64[D]")
    origin = int(new_years[0].astype("datetime64[Y]").astype(int)) - 1
    months = 12 * (len(new_years) + 2)
    spans = ((-window.before, 0), (0, window.during), (window.during, window.during + window.after))
    long = np.zeros((months, 3))
    for column, (left, right) in enumerate(spans):
        days = new_years[:, None] + window.delay + np.arange(left, right)
        number = days.astype("datetime64[M]").astype(int) - 12 * origin
        long[:, column] = np.bincount(number.ravel(), minlength=months) / max(right - left, 1)
    # Past the edges of the table neighbouring holidays are missing, so that means are taken inside it.
    inner = long[12:-12].reshape(-1, 12, 3)
    centred = long - np.tile(inner.mean(axis=0), (months // 12, 1))
    centred.flags.writeable = False
    return centred


def working_day_regressors(months: NDArray[np.int64]) -> Array:
    """Working days beyond the usual and the leap day, `[month, 2]`.

    The first column is Mondays to Fridays less 5/2 of Saturdays and Sundays, which is zero over whole
    weeks; the second the length of the month less that of the calendar month on average. Public
    holidays other than the New Year are not in it.
    """
    rows = []
    for number in months:
        year, month = int(number) // 12, int(number) % 12 + 1
        first, length = calendar.monthrange(year, month)
        weekdays = sum((first + k) % 7 < 5 for k in range(length))
        usual = 28.25 if month == 2 else length
        rows.append((weekdays - 2.5 * (length - weekdays), length - usual))
    return np.array(rows, float)
