"""Tidy tables into rows: any frame or list of records in, checked dictionaries out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import narwhals as nw

from amur.errors import OutputError
from amur.periods import Period, as_period

Row = Mapping[str, Any]
Table = Sequence[Row] | Any
"""A list of records, or an eager frame that narwhals knows (Polars, pandas, PyArrow)."""


def rows_of(table: Table, needed: Sequence[str], *, optional: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """The rows of a table as dictionaries with all `needed` and `optional` columns.

    Optional columns that the table lacks get their default; NaN becomes None, which charts draw as a
    gap. Raises OutputError for an empty table or a missing column.
    """
    records = list(table) if _is_records(table) else _of_frame(table)
    if not records:
        raise OutputError("The chart was given an empty table. Say in a notice what is missing instead.")
    for number, record in enumerate(records, 1):
        if absent := [name for name in needed if name not in record]:
            raise OutputError(
                f"Row {number} of the chart's table lacks {', '.join(absent)}; it has {', '.join(map(str, record))}."
            )
    defaults = optional or {}
    return [{**defaults, **{str(name): _plain(value) for name, value in record.items()}} for record in records]


def distinct(rows: Sequence[Row], column: str) -> list[str]:
    """The values of a column in order of first appearance."""
    return list(dict.fromkeys(str(row[column]) for row in rows))


def instant(when: date) -> int:
    """A day as milliseconds since 1970 in UTC, the way the renderer counts time."""
    return int(datetime.combine(when, time(), tzinfo=UTC).timestamp() * 1000)


def midpoint(period: Period | str | int) -> int:
    """The middle of a period in milliseconds: where its value is drawn."""
    span = as_period(period)
    return (instant(span.start) + instant(span.end) + 86_400_000) // 2


def _is_records(table: Table) -> bool:
    return isinstance(table, Sequence) and all(isinstance(row, Mapping) for row in table)


def _of_frame(table: Any) -> list[dict[str, Any]]:
    try:
        return nw.from_native(table, eager_only=True).rows(named=True)
    except TypeError as error:
        raise OutputError(
            f"A chart cannot read a {type(table).__name__}. Give a list of records or an eager frame."
        ) from error


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value
