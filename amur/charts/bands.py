"""Horizontal bands, one a row of a table: where they lie and how they are labelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from amur.charts.later import alt
from amur.charts.layers import Key, end_y, grid_axis, header, inline, lettering, pixel_y, value_x
from amur.charts.lettering import text_width, wrap
from amur.charts.palette import ink
from amur.charts.rows import Row
from amur.charts.theme import LINE, SIZE, Canvas, Margins, Ruler, finish, within

MARK = 15.0
RIGHT = 10.0
_BESIDE = 9.0
_ROUNDS = 8
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
    heights = [max(_LEAST_PITCH, len(some) * LINE + 7) for some in lines]
    starts = [0.0, *accumulate(heights)]
    left = max(text_width(line, SIZE) for some in lines for line in some) + 12
    middles = tuple(start + height / 2 for start, height in zip(starts, heights, strict=False))
    return Bands(lines, middles, left, starts[-1], canvas, above)


def reach(ruler: Ruler, rows: Sequence[Row], bands: Bands) -> Ruler:
    """The ruler with its domain stretched so that the labels at the ends of marks find room.

    Each row has `label`, `side` (1 to the right of its mark, -1 to the left), divided `value`, and
    perhaps `low` and `high`.
    """
    width = plot_width(bands)
    spots = [
        (ruler.place(edge(row, ruler)), row["side"] * (text_width(row["label"], SIZE) + _BESIDE + 2)) for row in rows
    ]
    ends = tuple(map(ruler.place, ruler.domain))
    low, high = ends
    # Stretching makes every pixel worth more, so labels need more again; it settles quickly.
    for _ in range(_ROUNDS):
        unit = (high - low) / width
        wanted = [spot + pixels * unit for spot, pixels in spots]
        low, high = min([ends[0], *wanted]), max([ends[1], *wanted])
    return within(ruler, ruler.value_at(low), ruler.value_at(high))


def edge(row: Row, ruler: Ruler) -> float:
    """The end of a row's mark on the side of its label: of its interval, if it has one."""
    if row["value"] is None:
        low, high = ruler.domain
        return 0.0 if low <= 0 <= high else low
    bound = row.get("high" if row["side"] > 0 else "low")
    return row["value"] if bound is None else bound


def end_labels(rows: Sequence[Row], ruler: Ruler, bands: Bands) -> list[alt.Chart]:
    """The labels at the ends of marks; those of rows without value are muted."""
    width = plot_width(bands)
    return lettering(
        [
            {
                "px": ruler.along(edge(row, ruler)) * width + row["side"] * _BESIDE,
                "py": row["py"],
                "label": row["label"],
                "align": "left" if row["side"] > 0 else "right",
                "colour": ink("muted" if row["value"] is None else "ink"),
            }
            for row in rows
        ]
    )


def plot_width(bands: Bands) -> float:
    """Pixels between the labels and the right margin."""
    return bands.canvas.width - bands.left - RIGHT


def value_axis(ruler: Ruler, bands: Bands, zero: str) -> alt.Chart:
    """The value axis with its rules from top to bottom, and the zero line in the token `zero`."""
    low, high = ruler.domain
    opacity = 1 if low <= 0 <= high and ruler.axis.scale == "linear" else 0
    data = [{"value": 0 if opacity else low, "py": 0, "py2": bands.height}]
    rule = alt.Chart(inline(data)).mark_rule(color=ink(zero), opacity=opacity)
    return rule.encode(
        x=value_x(ruler, axis=grid_axis(ruler, orient="bottom", flush=bands.above)), y=pixel_y(), y2=end_y("py2")
    )


def assemble(
    layers: Sequence[alt.Chart], bands: Bands, *, ruler: Ruler, keys: Sequence[Key], zero: str = "baseline"
) -> alt.LayerChart:
    """Bands with header, axis, labels and marks as one chart; `zero` is the token of the zero line."""
    head = header(ruler.heading, keys, bands.canvas, left=bands.left, gap=6)
    margins = Margins(left=bands.left, right=RIGHT, top=head.height, bottom=26)
    every = [value_axis(ruler, bands, zero), *layers, *bands.lettering(), *head.layers]
    return finish(every, bands.canvas, margins, height=bands.height)
