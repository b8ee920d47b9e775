"""Times: what each expression comes to, at the edges of years, months and releases."""

from __future__ import annotations

import datetime

import pytest

from amur.claims.clock import Clock, resolve
from amur.claims.when import TimeMark
from amur.periods import Period


def came_to(
    means: str, *, today: str = "2025-09-15", anchor: str = "", clock: dict[str, int] | None = None, **args: int
) -> tuple[str, str, bool]:
    """Period, base and whether something was assumed."""
    day = datetime.date.fromisoformat(today) if today else None
    mark = TimeMark(0, 1, means, tuple(args.items()))
    found = resolve(mark, Clock(day, **(clock or {})), Period.parse(anchor) if anchor else None)
    return found.period.label if found.period else "", found.base.label if found.base else "", found.assumed


@pytest.mark.parametrize(
    ("means", "args", "period"),
    [
        ("year", {"year": 2023}, "2023"),
        ("year", {"rel": -1}, "2024"),
        ("year", {"then": 1, "clock": {"year": 2020}}, "2021"),
        ("years", {"year": 2020, "year2": 2022}, "2020/2022"),
        ("years", {"year": 2023, "year2": 24}, "2023/2024"),
        ("years", {"year": 2022, "year2": 2022}, ""),
        ("years", {"year": 2022, "year2": 2020}, ""),
        ("years", {"year": 1950, "year2": 2010}, "1950/2010"),
        ("years", {"year": 1950, "year2": 2011}, ""),
        ("years", {"year": 2023, "year2": 24, "clock": {"fiscal_start": 4}}, "2023-04/2024-03"),
        ("span", {"year": 2022, "year2": 2022}, ""),
        ("fiscal", {"fiscal_first": 2023, "clock": {"fiscal_start": 4}}, "2023-04/2024-03"),
        ("fiscal", {"fiscal_named": 2024, "clock": {"fiscal_start": 4}}, "2023-04/2024-03"),
        ("fiscal", {"fiscal_named": 2024, "clock": {"fiscal_start": 4, "fiscal_first": True}}, "2024-04/2025-03"),
        ("fiscal_relative", {"n": -1, "today": "2025-04-01", "clock": {"fiscal_start": 4}}, "2024-04/2025-03"),
        ("fiscal_relative", {"n": -1, "today": "2025-03-31", "clock": {"fiscal_start": 4}}, "2023-04/2024-03"),
        ("season", {"fiscal_first": 2023}, "2023-07/2024-06"),
        ("to_month", {"n": 12, "month": 9}, "2024-10/2025-09"),
        ("to_month", {"n": 12, "month": 10}, "2023-11/2024-10"),
        ("rolling", {"n": 12}, "2024-09/2025-08"),
        ("last_quarter", {"today": "2025-03-31"}, "2024-Q4"),
        ("last_quarter", {"today": "2025-04-01"}, "2025-Q1"),
        ("first_months", {"n": 7}, "2025-01/2025-07"),
        ("first_months", {"n": 9, "today": "2025-09-19"}, "2024-01/2024-09"),
        ("first_months", {"n": 9, "today": "2025-09-20"}, "2025-01/2025-09"),
        ("first_months", {"n": 10}, "2024-01/2024-10"),
        ("first_months", {"n": 12}, "2024"),
        ("first_months", {"n": 13}, ""),
        ("half", {"ord": 1}, "2025-H1"),
        ("half", {"ord": 2}, "2024-H2"),
        ("quarter", {"d": 3}, "2024-Q3"),
        ("quarter", {"ord": 2}, "2025-Q2"),
        ("months", {"month": 1, "month2": 8}, "2025-01/2025-08"),
        ("months", {"month": 11, "month2": 2}, "2024-11/2025-02"),
        ("months", {"month": 5, "month2": 5}, "2025-05"),
        ("month", {"month": 9}, "2025-09"),
        ("month", {"month": 10}, "2024-10"),
        ("last_month_named", {"month": 9}, "2024-09"),
        ("last_month_named", {"month": 8}, "2025-08"),
        ("day", {"month": 8, "d": 6}, "2025-08-06"),
        ("iso_day", {"year": 2024, "d": 2, "d2": 29}, "2024-02-29"),
        ("day", {"year": 2023, "month": 2, "d": 29}, ""),
        ("last_month", {"today": "2025-01-02"}, "2024-12"),
        ("season_of_year", {"season": (12, 2), "year": 2025}, "2024-12/2025-02"),
        ("season_of_year", {"season": (6, 8)}, "2025-06/2025-08"),
        ("ytd", {}, "2025-01/2025-08"),
        ("year_end", {"year": 2030}, "2030"),
        ("year_end", {}, "2025"),
        ("rel", {"shift": -2}, "2023"),
        ("then", {"shift": -1, "anchor": "2024-H1"}, "2023-H1"),
        ("then", {"shift": -1, "clock": {"year": 2020}}, "2019"),
        ("then", {"shift": -1}, ""),
        ("pre_event", {"event": datetime.date(2022, 2, 24)}, "2021"),
        ("pre_year", {"year": 2025}, "2024"),
        ("pre_year", {"year": 2026}, "2026"),
    ],
)
def test_the_period_of_an_expression(means: str, args: dict[str, object], period: str) -> None:
    assert came_to(means, **args)[0] == period  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("means", "args", "base"),
    [
        ("span", {"year": 2020, "year2": 2024}, "2020"),
        ("span", {"year": 2020, "year2": 21}, "2020"),
        ("quarter_before", {"anchor": "2025-Q1"}, "2024-Q4"),
        ("mom", {"anchor": "2025-01"}, "2024-12"),
        ("mom", {}, ""),
        ("yoy", {"anchor": "2025-01/2025-07"}, "2024-01/2024-07"),
        ("yoy", {}, ""),
        ("same_period", {"anchor": "2025-01/2025-07"}, "2024-01/2024-07"),
        ("same_period", {"anchor": "2025-01/2025-07", "year": 2021}, "2021-01/2021-07"),
        ("same_period", {"anchor": "2024-10/2025-03", "year": 2024}, "2023-10/2024-03"),
        ("years_before", {"n": 5, "anchor": "2020/2024"}, "2015/2019"),
        ("past_years", {"n": 2}, "2023"),
        ("event", {"event": datetime.date(2022, 2, 24)}, "2022-02"),
    ],
)
def test_the_base_of_an_expression(means: str, args: dict[str, object], base: str) -> None:
    assert came_to(means, **args)[1] == base  # type: ignore[arg-type]


def test_the_window_of_a_span_ends_with_its_last_year() -> None:
    def window(means: str, **args: int) -> str:
        found = resolve(TimeMark(0, 1, means, tuple(args.items())), Clock(datetime.date(2025, 9, 15))).window
        return found.label if found else ""

    assert window("past_years", n=2) == "2023/2024"
    assert window("years_to", year=2024, n=5) == "2020/2024"
    assert window("span", year=2020, year2=2024) == "2020/2024"


def test_a_part_of_a_year_needs_the_year() -> None:
    assert came_to("half", today="", ord=1, rel=-1)[0] == ""
    assert came_to("half", ord=1, rel=-1)[0] == "2024-H1"
    assert came_to("half", today="", ord=1, clock={"year": 2021})[0] == "2021-H1"
    assert came_to("ytd", today="2025-03-01")[0] == "2025-01/2025-02"
    assert came_to("rolling", today="2025-03-01", n=3)[0] == "2024-12/2025-02"


@pytest.mark.parametrize(
    "means",
    ["rolling", "last_quarter", "past_years", "fiscal_relative", "ytd", "year_end", "rel", "last_month", "month"],
)
def test_without_a_date_nothing_is_guessed(means: str) -> None:
    assert came_to(means, today="", n=1, month=5, shift=-1)[:2] == ("", "")
