"""Bars as SVG without a renderer, for pictures that follow a slider: the same layout, a hundredth of the time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from amur.charts.bands import MARK, bands_of, edge, plot_width, reach
from amur.charts.lettering import FONT, wrap
from amur.charts.rendering import Legend
from amur.charts.theme import LINE, SIZE, WIDE, Axis, Canvas, Ruler, fit

_BOTTOM = 26
_GAP = 8
_BESIDE = 9.0
_BASELINE = 4.0
"""Pixels from the middle of a line of lettering down to its baseline."""


def plain_bars(rows: Sequence[Mapping[str, Any]], canvas: Canvas, *, axis: Axis, legend: Legend) -> str:
    """The picture that `bars` gives of rows with `label` and `value`, for a page whose colours are variables.

    No row may lack its value, have an interval or a group: those need the renderer.
    """
    bands = bands_of([str(row["label"]) for row in rows], canvas)
    ruler = fit(axis, [row["value"] for row in rows], canvas, length=True)
    drawn = [
        {
            "value": row["value"] / ruler.divisor,
            "side": -1 if row["value"] < 0 else 1,
            "label": ruler.label(row["value"]),
            "py": middle,
        }
        for row, middle in zip(rows, bands.middles, strict=True)
    ]
    ruler = reach(ruler, drawn, bands)
    width, zero = plot_width(bands), ruler.along(0.0) * plot_width(bands)
    head = wrap(ruler.heading, canvas.width, SIZE) if ruler.heading else []
    top = _GAP + LINE * len(head)
    parts = [
        *(_rule(ruler.along(tick) * width, bands.height, "rule") for tick in ruler.ticks),
        *(_text(x, bands.height + 12, words, "middle", "muted") for x, words in _ticks(ruler, width)),
        _rule(zero, bands.height, "baseline"),
    ]
    for row in drawn:
        end = ruler.along(row["value"]) * width
        parts.append(
            f'<rect x="{_px(min(zero, end))}" y="{_px(row["py"] - MARK / 2)}" width="{_px(abs(end - zero))}" '
            f'height="{_px(MARK)}" fill="var(--c1)"/>'
        )
        at = ruler.along(edge(row, ruler)) * width + row["side"] * _BESIDE
        parts.append(_text(at, row["py"], row["label"], "start" if row["side"] > 0 else "end", "ink"))
    for lines, middle in zip(bands.lines, bands.middles, strict=True):
        up = (len(lines) - 0.5) * LINE + MARK / 2 + 1 if bands.above else LINE / 2 * (len(lines) - 1)
        place = (0.0, "start") if bands.above else (-10.0, "end")
        parts += [_text(place[0], middle - up + n * LINE, line, place[1], "ink") for n, line in enumerate(lines)]
    parts += [_text(-bands.left, LINE * (n + 0.5) - top, line, "start", "muted") for n, line in enumerate(head)]
    return _framed(parts, (canvas.width, top + bands.height + _BOTTOM), (bands.left, top), legend)


def _ticks(ruler: Ruler, width: float) -> list[tuple[float, str]]:
    """Where each tick stands and how it is labelled: its number alone, since the heading has the unit."""
    digits = max((len(f"{tick:.10g}".partition(".")[2]) for tick in ruler.ticks), default=0)
    return [(ruler.along(tick) * width, ruler.text.number(tick, digits=digits)) for tick in ruler.ticks]


def _framed(parts: Sequence[str], size: tuple[float, float], origin: tuple[float, float], legend: Legend) -> str:
    name = f"{legend.name}-{'w' if size[0] == WIDE else 'n'}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_px(size[0])} {_px(size[1])}" '
        f'width="{_px(size[0])}" height="{_px(size[1])}" '
        f'role="img" aria-labelledby="{name}-title" aria-describedby="{name}-desc">'
        f'<title id="{name}-title">{escape(legend.title)}</title>'
        f'<desc id="{name}-desc">{escape(legend.description)}</desc>'
        f'<g transform="translate({_px(origin[0])},{_px(origin[1])})" font-family="{FONT}" font-size="{SIZE:g}px">'
        f"{''.join(parts)}</g></svg>"
    )


def _rule(x: float, height: float, token: str) -> str:
    return f'<line x1="{_px(x)}" x2="{_px(x)}" y1="0" y2="{_px(height)}" stroke="var(--{token})"/>'


def _text(x: float, y: float, words: str, anchor: str, token: str) -> str:
    place = f'x="{_px(x)}" y="{_px(y + _BASELINE)}" text-anchor="{anchor}"'
    return f'<text {place} fill="var(--{token})">{escape(words)}</text>'


def _px(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


__all__ = ["plain_bars"]
