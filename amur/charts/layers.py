"""Layers that many charts share: headings, keys, lettering, rules and axes in plain pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from amur.charts.later import alt
from amur.charts.lettering import text_width, wrap
from amur.charts.palette import ink
from amur.charts.theme import LINE, SIZE, Canvas, Ruler

Symbol = Literal["line", "dash", "dot", "hollow", "diamond", "square", "tick", "band", "inner", "outline"]

_SWATCH = 14.0
_BETWEEN = 16.0


@dataclass(frozen=True)
class Key:
    """One entry of a chart's key: what a colour and a symbol stand for."""

    label: str
    token: str
    symbol: Symbol = "square"


@dataclass(frozen=True)
class Header:
    """The lines above a plot: layers to draw and the room they take in pixels."""

    layers: tuple[alt.Chart, ...]
    height: float


def inline(rows: Sequence[Mapping[str, Any]]) -> alt.InlineData:
    """Rows as data inside the chart: no file, no address."""
    return alt.InlineData(values=[dict(row) for row in rows])


def pixel_x(field: str = "px") -> alt.X:
    """A horizontal position in pixels from the plot's left edge."""
    return alt.X(field=field, type="quantitative", scale=None)


def pixel_y(field: str = "py") -> alt.Y:
    """A vertical position in pixels from the plot's top edge."""
    return alt.Y(field=field, type="quantitative", scale=None)


def end_x(field: str) -> alt.X2:
    """The other end of a horizontal mark, on the scale of the first."""
    return alt.X2(field=field)


def end_y(field: str) -> alt.Y2:
    """The other end of a vertical mark, on the scale of the first."""
    return alt.Y2(field=field)


def value_x(ruler: Ruler, field: str = "value", *, axis: alt.Axis | None = None) -> alt.X:
    """A value along the horizontal axis; one layer of a chart gives the axis, the others share it."""
    return alt.X(field=field, type="quantitative", scale=ruler.scale(), axis=axis or alt.Undefined)


def value_y(ruler: Ruler, field: str = "value", *, axis: alt.Axis | None = None) -> alt.Y:
    """A value along the vertical axis; one layer of a chart gives the axis, the others share it."""
    return alt.Y(field=field, type="quantitative", scale=ruler.scale(), axis=axis or alt.Undefined)


def ink_of(field: str = "colour") -> alt.Color:
    """The colour that a row names itself."""
    return alt.Color(field=field, type="nominal", scale=None)


def grid_axis(ruler: Ruler, *, orient: Literal["left", "bottom"] = "left", flush: bool = False) -> alt.Axis:
    """An axis with thin rules at the ticks, in the reader's numbers; `flush` keeps its ends in the plot."""
    if ruler.axis.scale == "log":
        form = ",~r"
    else:
        digits = max((len(f"{tick:.10g}".partition(".")[2]) for tick in ruler.ticks), default=0)
        form = f",.{digits}f"
    return alt.Axis(orient=orient, values=list(ruler.ticks), format=form, grid=True, title=None, labelFlush=flush)


def lettering(rows: Sequence[Mapping[str, Any]], *, size: float = SIZE, bold: bool = False) -> list[alt.Chart]:
    """Lines of text; each row has px, py, label, align (left, center, right) and colour (`#rrggbb`)."""
    layers: list[alt.Chart] = []
    aligns: tuple[Literal["left", "center", "right"], ...] = ("left", "center", "right")
    for align in aligns:
        mine = [row for row in rows if row["align"] == align]
        if not mine:
            continue
        mark = alt.MarkDef(
            type="text",
            align=align,
            baseline="middle",
            fontSize=size,
            fontWeight="bold" if bold else "normal",
            lineBreak="\n",
            lineHeight=LINE,
        )
        chart = alt.Chart(inline(mine), mark=mark)
        layers.append(
            chart.encode(x=pixel_x(), y=pixel_y(), text=alt.Text(field="label", type="nominal"), color=ink_of())
        )
    return layers


def header(ruler_heading: str, keys: Sequence[Key], canvas: Canvas, *, left: float, gap: float = 8.0) -> Header:
    """Heading and key above a plot whose left margin is `left`; `gap` is the room just above the plot."""
    lines = wrap(ruler_heading, canvas.width, SIZE) if ruler_heading else []
    placed, key_rows = _place(keys, canvas.width)
    height = gap + LINE * (len(lines) + key_rows) + (4 if lines and key_rows else 0) + 2
    texts = [
        {"px": -left, "py": LINE * (n + 0.5) - height, "label": line, "align": "left", "colour": ink("muted")}
        for n, line in enumerate(lines)
    ]
    top = LINE * len(lines) + (4 if lines and key_rows else 0) - height
    layers: list[alt.Chart] = []
    for key, x, row in placed:
        y = top + LINE * (row + 0.5)
        layers += _swatch(key, x - left, y)
        texts.append({"px": x - left + _SWATCH + 5, "py": y, "label": key.label, "align": "left", "colour": ink("ink")})
    return Header(tuple(layers + (lettering(texts) if texts else [])), height)


def _place(keys: Sequence[Key], width: float) -> tuple[list[tuple[Key, float, int]], int]:
    placed, x, row = [], 0.0, 0
    for key in keys:
        size = _SWATCH + 5 + text_width(key.label, SIZE)
        if x and x + size > width:
            x, row = 0.0, row + 1
        placed.append((key, x, row))
        x += size + _BETWEEN
    return placed, row + 1 if keys else 0


def _swatch(key: Key, x: float, y: float) -> list[alt.Chart]:
    colour = ink(key.token)
    point = alt.Chart(inline([{"px": x + _SWATCH / 2, "py": y}])).encode(x=pixel_x(), y=pixel_y())
    line = alt.Chart(inline([{"px": x, "px2": x + _SWATCH, "py": y}])).encode(x=pixel_x(), x2=end_x("px2"), y=pixel_y())
    match key.symbol:
        case "line":
            return [line.mark_rule(color=colour, strokeWidth=2.5)]
        case "dash":
            return [line.mark_rule(color=colour, strokeWidth=2, strokeDash=[4, 3])]
        case "dot":
            return [point.mark_point(shape="circle", filled=True, size=60, color=colour, opacity=1)]
        case "hollow":
            return [
                point.mark_point(shape="circle", filled=True, size=50, fill=ink("surface"), stroke=colour, opacity=1)
            ]
        case "outline":
            return [
                point.mark_point(shape="square", filled=True, size=110, fill=ink("surface"), stroke=colour, opacity=1)
            ]
        case "diamond":
            return [
                point.mark_point(shape="diamond", filled=True, size=60, fill=ink("surface"), stroke=colour, opacity=1)
            ]
        case "tick":
            return [point.mark_tick(orient="vertical", color=colour, thickness=2, size=12)]
        case "band":
            return [point.mark_point(shape="square", filled=True, size=150, color=colour, opacity=0.28)]
        case "inner":
            return [point.mark_point(shape="square", filled=True, size=150, color=colour, opacity=0.48)]
        case "square":
            return [point.mark_point(shape="square", filled=True, size=120, color=colour, opacity=1)]
