"""Matrices: one square a pair, coloured in steps, with its value written in it where there is room."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from amur.charts.later import alt
from amur.charts.layers import Key, end_x, end_y, header, ink_of, inline, lettering, pixel_x, pixel_y
from amur.charts.lettering import text_width, wrap
from amur.charts.palette import ON, STEPS, Scheme, ink
from amur.charts.rows import Row, Table, distinct, rows_of
from amur.charts.theme import LINE, SIZE, Axis, Canvas, Margins, Ruler, finish, fit
from amur.errors import OutputError

_CELL = (24.0, 40.0)
_SMALLEST_CELL = 3.0
_SELF: Row = {"colour": ink("surface"), "on": ink("surface"), "label": ""}


def steps_of(values: Sequence[float], scheme: Scheme, *, count: int = 7) -> tuple[float, ...]:
    """Bounds between `count` steps of colour.

    Sequential bounds are quantiles with equal numbers of values in each step, since trade is spread
    over many sizes; diverging ones are symmetric around zero and evenly spaced.
    """
    if scheme == "diverging":
        reach = max((abs(value) for value in values), default=0.0) or 1.0
        return tuple(reach * (2 * n / count - 1) for n in range(1, count))
    ordered = sorted(values)
    spots = ((len(ordered) - 1) * n / count for n in range(1, count))
    bounds = []
    for spot in spots:
        below, share = math.floor(spot), spot - math.floor(spot)
        above = min(below + 1, len(ordered) - 1)
        bounds.append(ordered[below] + (ordered[above] - ordered[below]) * share)
    return tuple(bounds)


def step_token(value: float, bounds: Sequence[float], scheme: Scheme) -> str:
    """The colour token of a value."""
    tokens = STEPS[scheme]
    return tokens[sum(value > bound for bound in bounds)]


def matrix(table: Table, canvas: Canvas, *, axis: Axis, scheme: Scheme = "sequential") -> alt.LayerChart:
    """A matrix of pairs with values. Columns: `row`, `column`, `value`.

    A pair without value (or a missing one) is left in the colour of no data, the diagonal blank. Rows
    and columns keep the order of the table. Raises OutputError where a pair occurs twice.
    """
    rows = rows_of(table, ("row", "column", "value"))
    down, across = distinct(rows, "row"), distinct(rows, "column")
    # The first row of a square matrix lacks its own column, which must not move that column to the end.
    across = down if set(across) == set(down) else across
    cells = _unique(rows)
    known = [value for value in cells.values() if value is not None]
    ruler = fit(axis, known, canvas)
    bounds = steps_of(known, scheme)
    left = min(max(text_width(name, SIZE) for name in down) + 10, canvas.width * 0.34)
    width, height = _cell_size(canvas.width - left, len(across), len(down))
    names = [_column_label(name, width) for name in across]
    squares = [
        dict(_SELF if row == column else _square(cells.get((row, column)), ruler, bounds, scheme=scheme))
        | {"px": n * width, "px2": (n + 1) * width, "py": m * height, "py2": (m + 1) * height}
        for m, row in enumerate(down)
        for n, column in enumerate(across)
    ]
    head = header(ruler.heading, _keys(squares, canvas), canvas, left=left, gap=_names_height(names) + 14)
    rect = alt.Chart(inline(squares)).mark_rect(stroke=ink("surface"), strokeWidth=2)
    layers = [rect.encode(x=pixel_x(), x2=end_x("px2"), y=pixel_y(), y2=end_y("py2"), color=ink_of())]
    layers += [*_values(squares, width), *_row_names(down, left, height), *_column_names(names, width), *head.layers]
    right = canvas.width - left - width * len(across)
    return finish(layers, canvas, Margins(left, max(right, 0.0), head.height, 4), height=height * len(down))


def _unique(rows: Sequence[Row]) -> dict[tuple[str, str], float | None]:
    cells: dict[tuple[str, str], float | None] = {}
    for row in rows:
        pair = (str(row["row"]), str(row["column"]))
        if pair in cells:
            raise OutputError(f"The matrix has {pair[0]} and {pair[1]} twice. Leave one, or add them up.")
        cells[pair] = row["value"]
    return cells


def _cell_size(room: float, across: int, down: int) -> tuple[float, float]:
    """Width and height of a cell; few cells stay small enough to be read as a table."""
    width = min(room / across, 118.0)
    if width < _SMALLEST_CELL:
        raise OutputError(f"A matrix of {across} columns does not fit in {room:.0f} pixels. Show fewer.")
    low, high = _CELL
    return width, max(min(low, width), min(high, width * 0.62)) if down < 30 else max(width * 0.8, 4.0)


def _square(value: float | None, ruler: Ruler, bounds: Sequence[float], *, scheme: Scheme) -> dict[str, Any]:
    if value is None:
        return {"colour": ink("void"), "on": ink("muted"), "label": ""}
    token = step_token(value, bounds, scheme)
    sign = scheme == "diverging"
    return {"colour": ink(token), "on": ink(ON[token]), "label": ruler.label(value, sign=sign)}


def _keys(squares: Sequence[Row], canvas: Canvas) -> list[Key]:
    empty = any(square["colour"] == ink("void") for square in squares)
    return [Key(canvas.text("kit.chart.no_data"), "void")] if empty else []


def _values(squares: Sequence[Row], width: float) -> list[alt.Chart]:
    """Values in the squares, all or none, in the largest type that fits."""
    size = next((s for s in (SIZE, 11.0, 10.0) if all(text_width(q["label"], s) + 6 <= width for q in squares)), None)
    if size is None:
        return []
    texts = [
        {
            "px": (square["px"] + square["px2"]) / 2,
            "py": (square["py"] + square["py2"]) / 2,
            "label": square["label"],
            "align": "center",
            "colour": square["on"],
        }
        for square in squares
    ]
    return lettering(texts, size=size)


def _column_label(name: str, width: float) -> str:
    """A column's name in as many lines as it needs."""
    return "\n".join(wrap(name, max(width - 4, 20), SIZE))


def _names_height(names: Sequence[str]) -> float:
    return LINE * max(name.count("\n") + 1 for name in names)


def _row_names(down: Sequence[str], left: float, height: float) -> list[alt.Chart]:
    size = SIZE if height >= 14 else max(4.0, height * 0.85)
    texts = []
    for n, name in enumerate(down):
        lines = wrap(name, left - 8, size)
        y = (n + 0.5) * height - LINE / 2 * (len(lines) - 1)
        texts.append({"px": -8, "py": y, "label": "\n".join(lines), "align": "right", "colour": ink("ink")})
    return lettering(texts, size=size)


def _column_names(names: Sequence[str], width: float) -> list[alt.Chart]:
    texts = []
    for n, name in enumerate(names):
        y = -8 - LINE * (name.count("\n") + 0.5)
        texts.append({"px": (n + 0.5) * width, "py": y, "label": name, "align": "center", "colour": ink("ink")})
    return lettering(texts, size=SIZE if width >= 30 else max(4.0, width * 0.42))
