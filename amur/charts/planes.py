"""Charts with a value on both axes: scatter and frontier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from amur.charts.later import alt
from amur.charts.layers import Key, grid_axis, header, ink_of, inline, lettering, value_x, value_y
from amur.charts.lettering import keep_apart, text_width
from amur.charts.palette import assign, ink
from amur.charts.rows import Row, Table, distinct, rows_of
from amur.charts.theme import LINE, SIZE, Axis, Canvas, Margins, Ruler, finish, fit

_HEIGHT = {False: 360.0, True: 300.0}
_LABEL_SIZE = SIZE - 1


def scatter(
    table: Table, canvas: Canvas, *, x: Axis, y: Axis, roles: Mapping[str, str] | None = None
) -> alt.LayerChart:
    """Points by two values. Columns: `x`, `y`, optional `label` (written beside the point) and `group`."""
    rows = rows_of(table, ("x", "y"), optional={"label": "", "group": ""})
    tokens = assign(distinct(rows, "group"), roles)
    plane = _plane(rows, canvas, x=x, y=y)
    drawn = [_placed(row, plane) | {"colour": ink(tokens[str(row["group"])])} for row in plane.complete(rows)]
    point = alt.Chart(inline(drawn)).mark_point(filled=True, shape="circle", size=70, opacity=0.85)
    layers = [point.encode(x=plane.x_of("x"), y=plane.y_of("y"), color=ink_of()), *_labels(drawn, plane)]
    keys = [Key(name, token, "dot") for name, token in tokens.items() if name]
    return _assembled(layers, plane, keys)


def frontier(table: Table, canvas: Canvas, *, x: Axis, y: Axis) -> alt.LayerChart:
    """A frontier: points joined in the order of x, some of them labelled, `chosen` ones set off.

    Columns: `x`, `y`; optional `label`, `chosen`, and `dominated` (drawn apart from the line).
    """
    rows = rows_of(table, ("x", "y"), optional={"label": "", "chosen": False, "dominated": False})
    plane = _plane(rows, canvas, x=x, y=y)
    drawn = [_placed(row, plane) | {"colour": ink(_frontier_token(row))} for row in plane.complete(rows)]
    on_line = sorted((row for row in drawn if not row["dominated"]), key=lambda row: row["x"])
    line = alt.Chart(inline(on_line)).mark_line(color=ink("c1")).encode(x=plane.x_of("x"), y=plane.y_of("y"))
    point = alt.Chart(inline(drawn)).mark_point(filled=True, shape="circle", size=70, opacity=1)
    layers = [line, point.encode(x=plane.x_of("x"), y=plane.y_of("y"), color=ink_of()), *_labels(drawn, plane)]
    return _assembled(layers, plane, [])


@dataclass(frozen=True)
class _Plane:
    """Two rulers and the room they leave for the plot."""

    x: Ruler
    y: Ruler
    canvas: Canvas

    @property
    def left(self) -> float:
        return self.y.tick_width() + 8

    @property
    def right(self) -> float:
        return max(14.0, text_width(self.x.tick(self.x.ticks[-1]), SIZE) / 2 + 4)

    @property
    def width(self) -> float:
        return self.canvas.width - self.left - self.right

    @property
    def height(self) -> float:
        return _HEIGHT[self.canvas.narrow]

    def x_of(self, field: str) -> alt.X:
        return value_x(self.x, field, axis=grid_axis(self.x, orient="bottom"))

    def y_of(self, field: str) -> alt.Y:
        return value_y(self.y, field, axis=grid_axis(self.y))

    @staticmethod
    def complete(rows: Sequence[Row]) -> list[Row]:
        return [row for row in rows if row["x"] is not None and row["y"] is not None]


def _plane(rows: Sequence[Row], canvas: Canvas, *, x: Axis, y: Axis) -> _Plane:
    return _Plane(fit(x, [row["x"] for row in rows], canvas), fit(y, [row["y"] for row in rows], canvas), canvas)


def _frontier_token(row: Row) -> str:
    return "c8" if row["dominated"] else "c2" if row["chosen"] else "c1"


def _placed(row: Row, plane: _Plane) -> dict[str, Any]:
    """The row in divided values."""
    return {**row, "x": row["x"] / plane.x.divisor, "y": row["y"] / plane.y.divisor}


def _labels(drawn: Sequence[Row], plane: _Plane) -> list[alt.Chart]:
    """Labels beside their points, on the side with room, kept apart vertically."""
    named = [row for row in drawn if row["label"]]
    if not named:
        return []
    spots = [(plane.x.along(row["x"]) * plane.width, (1 - plane.y.along(row["y"])) * plane.height) for row in named]
    texts: list[dict[str, Any]] = []
    for side in ("left", "right"):
        mine = [i for i, row in enumerate(named) if _side(spots[i][0], row["label"], plane) == side]
        heights = _apart([spots[i] for i in mine], [named[i]["label"] for i in mine])
        shift = 9 if side == "left" else -9
        for i, y in zip(mine, heights, strict=True):
            row, (x, _) = named[i], spots[i]
            texts.append({"px": x + shift, "py": y, "label": row["label"], "align": side, "colour": ink("ink")})
    return lettering(texts, size=_LABEL_SIZE)


def _side(x: float, label: str, plane: _Plane) -> str:
    """The text's alignment: `left` where it stands to the right of its point."""
    return "left" if x + text_width(label, _LABEL_SIZE) + 12 <= plane.width + plane.right else "right"


def _apart(spots: Sequence[tuple[float, float]], labels: Sequence[str]) -> list[float]:
    """Heights at which labels do not cover each other; only those that overlap sideways are moved."""
    heights = [y for _, y in spots]
    left_to_right = sorted(range(len(spots)), key=lambda i: spots[i][0])
    for position, i in enumerate(left_to_right):
        start, end = spots[i][0], spots[i][0] + text_width(labels[i], _LABEL_SIZE)
        close = [j for j in left_to_right[:position] if spots[j][0] + text_width(labels[j], _LABEL_SIZE) > start]
        cluster = [j for j in (*close, i) if spots[j][0] <= end]
        for j, y in zip(cluster, keep_apart([heights[j] for j in cluster], LINE - 2), strict=True):
            heights[j] = y
    return heights


def _assembled(layers: Sequence[alt.Chart], plane: _Plane, keys: Sequence[Key]) -> alt.LayerChart:
    head = header(f"↑ {plane.y.heading}", keys, plane.canvas, left=plane.left)
    below = lettering(
        [
            {
                "px": plane.width + plane.right - 2,
                "py": plane.height + 32,
                "label": f"{plane.x.heading} →",
                "align": "right",
                "colour": ink("muted"),
            }
        ]
    )
    margins = Margins(plane.left, plane.right, head.height, 44)
    return finish([*layers, *below, *head.layers], plane.canvas, margins, height=plane.height)
