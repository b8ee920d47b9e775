"""Matrices of pairs on pages of any width."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from amur import charts
from amur.charts import Axis, Canvas
from amur.charts.palette import Scheme


def drawn_matrix(rows: Sequence[dict[str, Any]], canvas: Canvas, *, axis: Axis, scheme: Scheme = "sequential") -> Any:
    """The matrix; on narrow pages codes stand for names, which would not fit."""
    return charts.matrix([_named(row, canvas) for row in rows], canvas, axis=axis, scheme=scheme)


def _named(row: Mapping[str, Any], canvas: Canvas) -> dict[str, Any]:
    """A cell of a matrix with the names of its row and column, or their codes where there is little room."""
    one, other = row["codes"] if canvas.narrow else (row["row"], row["column"])
    return {"row": one, "column": other, "value": row["value"]}
