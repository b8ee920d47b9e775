"""Horizontal bands, one a row of a table: where they lie and how they are labelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import altair as alt

from amur.charts.layers import Key, end_y, grid_axis, header, inline, lettering, pixel_y, value_x
from amur.charts.lettering import text_width, wrap
from amur.charts.palette import ink
from amur.charts.theme import LINE, SIZE, Canvas, Margins, Ruler, finish, within

MARK = 15.0
_LABEL_SHARE = 0.36
_SHORT = 96.0
_LEAST_PITCH = 27.0
_OVER_MARK = 9.0


@dataclass(frozen=True)
class Bands:
    """The bands of a chart: each label's lines, the middle of each mark, the left margin, the height.

    `above` says that labels stand above their marks, not to the left of them.
    """

    lines: tuple[tuple[str, ...], ...]
    middles: tuple[float, ...]
    left: float
    height: float
    canvas: Canvas
    above: bool

    def lettering(self) -> list[alt.Chart]:
        """The labels themselves."""
        texts: list[Mapping[str, Any]] = []
        for lines, middle in zip(self.lines, self.middles, strict=True):
            up = (len(lines) - 0.5) * LINE + MARK / 2 + 1 if self.above else LINE / 2 * (len(lines) - 1)
            place = {"px": 0 if self.above else -10, "py": middle - up}
            align = "left" if self.above else "right"
            texts.append({**place, "label": "\n".join(lines), "align": align, "colour": ink("ink")})
        return lettering(texts)


def bands_of(labels: Sequence[str], canvas: Canvas) -> Bands:
    """Lay out one band for each label; on a phone, long labels stand above their marks."""
    above = canvas.narrow and max(text_width(label, SIZE) for label in labels) > _SHORT
    room = canvas.width - 8 if above else canvas.width * _LABEL_SHARE
    lines = tuple(tuple(wrap(label, room, SIZE)) for label in labels)
    if above:
        heights = [len(some) * LINE + MARK + _OVER_MARK for some in lines]
        starts = [0.0, *accumulate(heights)]
        middles = tuple(start + height - MARK / 2 - 4 for start, height in zip(starts, heights, strict=False))
        return Bands(lines, middles, 0.0, starts[-1], canvas, above)
    pitch = max(_LEAST_PITCH, max(len(some) for some in lines) * LINE + 7)
    left = max(text_width(line, SIZE) for some in lines for line in some) + 12
    middles = tuple(pitch * (n + 0.5) for n in range(len(lines)))
    return Bands(lines, middles, left, pitch * len(lines), canvas, above)


def reach(ruler: Ruler, ends: Sequence[tuple[float, str]], bands: Bands) -> tuple[Ruler, float]:
    """The ruler stretched, and the left margin widened, so that labels at mark ends find room.

    `ends` are divided values and the label that stands outside them (left of negative ones). Returns
    the ruler and the plot's right margin.
    """
    low, high = ruler.domain
    width = canvas_width(bands) - 8
    for _ in range(3):
        unit = (high - low) / width
        beyond = [(end, text_width(label, SIZE) + 8) for end, label in ends]
        top = max([ruler.domain[1], *(end + room * unit for end, room in beyond if end >= 0)])
        bottom = min([ruler.domain[0], *(end - room * unit for end, room in beyond if end < 0)])
        low, high = bottom, top
    return within(ruler, low, high), 8.0


def canvas_width(bands: Bands) -> float:
    """Pixels between the left margin and the canvas's right edge."""
    return bands.canvas.width - bands.left


def value_axis(ruler: Ruler, bands: Bands) -> alt.Chart:
    """The value axis with its rules from top to bottom, and the zero line."""
    low, high = ruler.domain
    opacity = 1 if low <= 0 <= high and ruler.axis.scale == "linear" else 0
    data = [{"value": 0 if opacity else low, "py": 0, "py2": bands.height}]
    rule = alt.Chart(inline(data)).mark_rule(color=ink("baseline"), opacity=opacity)
    return rule.encode(
        x=value_x(ruler, axis=grid_axis(ruler, orient="bottom", flush=bands.above)), y=pixel_y(), y2=end_y("py2")
    )


def assemble(
    layers: Sequence[alt.Chart], bands: Bands, *, ruler: Ruler, keys: Sequence[Key], right: float
) -> alt.LayerChart:
    """Bands with header, axis, labels and marks as one chart."""
    head = header(ruler.heading, keys, bands.canvas, left=bands.left, gap=6)
    margins = Margins(left=bands.left, right=right, top=head.height, bottom=26)
    every = [value_axis(ruler, bands), *layers, *bands.lettering(), *head.layers]
    return finish(every, bands.canvas, margins, height=bands.height)
