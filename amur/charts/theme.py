"""What all charts share: the canvas they are drawn on, their axes, their lettering and their theme."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from babel import numbers

from amur.charts.later import alt
from amur.charts.lettering import FONT, text_width
from amur.charts.palette import CATEGORIES, STEPS, ink
from amur.errors import OutputError
from amur.figures import Figure, display_scale
from amur.text import Text

WIDE, NARROW = 720, 344
SIZE = 12.5
LINE = 16.0
_NARROW_BELOW = 520
_MOST_DIGITS = 4


@dataclass(frozen=True)
class Canvas:
    """Where a chart is drawn: the reader's language and the full width in pixels."""

    text: Text
    width: int = WIDE

    @property
    def narrow(self) -> bool:
        """Whether it is a phone's width, where labels stand above their marks."""
        return self.width < _NARROW_BELOW


@dataclass(frozen=True)
class Axis:
    """What an axis measures.

    `title` is in the reader's language and without unit; `unit` is that of the values: `fraction`
    (written in per cent), `points` (a difference of fractions), `ratio`, a currency code, or any
    other unit of the catalogue. `digits` are the decimals of written values, chosen from the size of
    the values where None. `from_zero` makes a linear axis reach zero; marks that are read by their
    length (bars, waterfalls, stacks) always do.
    """

    title: str = ""
    unit: str = "ratio"
    digits: int | None = None
    scale: Literal["linear", "log"] = "linear"
    from_zero: bool = True


@dataclass(frozen=True)
class Ruler:
    """An axis fitted to values: their divisor, the written unit, the domain and the ticks (divided)."""

    axis: Axis
    text: Text
    divisor: float
    words: str
    domain: tuple[float, float]
    ticks: tuple[float, ...]

    @property
    def heading(self) -> str:
        """What the axis says about itself: title and unit."""
        joined = ", ".join(part for part in (self.axis.title, self.words) if part)
        return joined[:1].upper() + joined[1:]

    @property
    def digits(self) -> int:
        """Decimals of a written value: one more than the ticks need, but no more than three significant digits."""
        if self.axis.digits is not None:
            return self.axis.digits
        largest = max(abs(end) for end in self.domain)
        significant = 2 - math.floor(math.log10(largest)) if largest > 0 else 0
        return max(min(_MOST_DIGITS, _digits_of(self.ticks) + 1, max(significant, 1)), 0)

    def label(self, value: float | None, *, sign: bool = False) -> str:
        """A value of the data, in its own unit, as its mark is labelled; empty for a missing one."""
        if value is None:
            return ""
        return self._written(value / self.divisor, self.digits, sign=sign)

    def tick(self, value: float) -> str:
        """A tick (already divided), as it is labelled."""
        digits = _digits_of(self.ticks) if self.axis.scale == "linear" else _digits_of((value,))
        return self._written(value, digits, sign=False)

    def _written(self, value: float, digits: int, *, sign: bool) -> str:
        number = self.text.number(value, digits=digits, sign=sign)
        return self.text("common.percent", number=number) if self.axis.unit == "fraction" else number

    def along(self, value: float) -> float:
        """How far along the axis a (divided) value lies: 0 at the low end of the domain, 1 at the high."""
        low, high = map(self.place, self.domain)
        return (self.place(value) - low) / (high - low)

    def place(self, value: float) -> float:
        """A (divided) value on a straight line: its logarithm where the axis is logarithmic."""
        return math.log10(value) if self.axis.scale == "log" else value

    def value_at(self, place: float) -> float:
        """The inverse of `place`."""
        return 10.0**place if self.axis.scale == "log" else place

    def scale(self) -> alt.Scale:
        """The Vega-Lite scale with exactly this domain."""
        return alt.Scale(domain=list(self.domain), type=self.axis.scale, nice=False, zero=False)

    def tick_width(self) -> float:
        """Width in pixels of the widest tick label."""
        return max((text_width(self.tick(tick), SIZE) for tick in self.ticks), default=0.0)


@dataclass(frozen=True)
class Margins:
    """Room in pixels around the plot."""

    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0


def fit(axis: Axis, values: Iterable[float | None], canvas: Canvas, *, length: bool = False) -> Ruler:
    """Fit `axis` to values: a readable divisor, a domain with round ends, ticks.

    `length` says that marks are read by their length, so the domain holds zero whatever the axis says.
    """
    known = [value for value in values if value is not None]
    if not known:
        raise OutputError(f"The chart '{axis.title}' has no value to draw. Say in a notice what is missing instead.")
    if not all(map(math.isfinite, known)):
        raise OutputError(f"The chart '{axis.title}' was given an infinite value. Leave that row out or give a bound.")
    divisor, words = _unit(axis, max(map(abs, known)), canvas.text)
    low, high = min(known) / divisor, max(known) / divisor
    if axis.scale == "log":
        if length:
            raise OutputError(
                f"The marks of '{axis.title}' are read by their length, which has no logarithm. Use a linear axis."
            )
        if low <= 0:
            raise OutputError(
                f"The chart '{axis.title}' has a log scale but the value {low * divisor:g}. Use a linear one."
            )
        ticks = _decades(low, high)
    else:
        if axis.from_zero or length:
            low, high = min(low, 0.0), max(high, 0.0)
        ticks = _round_ticks(low, high, 4 if canvas.narrow else 6)
    return Ruler(axis, canvas.text, divisor, words, (min(low, ticks[0]), max(high, ticks[-1])), ticks)


def within(ruler: Ruler, low: float, high: float) -> Ruler:
    """The same ruler over another domain (divided values); ticks outside are left out."""
    return replace(ruler, domain=(low, high), ticks=tuple(tick for tick in ruler.ticks if low <= tick <= high))


def _unit(axis: Axis, largest: float, text: Text) -> tuple[float, str]:
    if axis.unit == "fraction":
        return 0.01, text("kit.unit.percent")
    if axis.unit == "points":
        return 0.01, text("kit.unit.points")
    if axis.unit in ("ratio", ""):
        return 1.0, ""
    sample = Figure(measure="", subject="", value=largest, unit=axis.unit)
    divisor, word = display_scale(sample)
    scale = text(f"common.scale.{word}", n=2, number="").strip() if word else ""
    name = text.currency(axis.unit) if text.has(f"common.currency.{axis.unit}") else text.unit(axis.unit)
    # A heading may break between its words, an amount may not.
    return divisor, text("common.amount", number=scale, unit=name).replace("\u00a0", " ").strip()


def _round_ticks(low: float, high: float, most: int) -> tuple[float, ...]:
    """At most about `most` steps of 1, 2, 2.5 or 5 times a power of ten that span low to high."""
    span = (high - low) or abs(high) or 1.0
    rough = span / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(n * step, 12) for n in range(first, max(last, first + 1) + 1))


def _decades(low: float, high: float) -> tuple[float, ...]:
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    return tuple(10.0**n for n in range(first, max(last, first + 1) + 1))


def _digits_of(ticks: Sequence[float]) -> int:
    for digits in range(_MOST_DIGITS):
        if all(abs(round(tick, digits) - tick) < 1e-9 for tick in ticks):
            return digits
    return _MOST_DIGITS


# ── theme ───────────────────────────────────────────────────────────────────────────────────────


@cache
def number_locale(text: Text) -> Mapping[str, Any]:
    """d3's number locale: decimal comma, no-break space, real minus and so on, as the catalogue writes."""
    return {
        "decimal": numbers.get_decimal_symbol(text.locale),
        "thousands": numbers.get_group_symbol(text.locale),
        "grouping": [3],
        "currency": ["", ""],
        "percent": text("common.percent", number=""),
        "minus": text.number(-1, digits=0)[0],
    }


@cache
def time_locale(text: Text) -> Mapping[str, Any]:
    """d3's time locale with the names of days and months of the language."""
    days, months = text.locale.days["format"], text.locale.months["format"]
    week = [6, 0, 1, 2, 3, 4, 5]
    return {
        "dateTime": "%Y-%m-%d %H:%M",
        "date": "%Y-%m-%d",
        "time": "%H:%M",
        "periods": ["", ""],
        "days": [days["wide"][day] for day in week],
        "shortDays": [days["abbreviated"][day].rstrip(".") for day in week],
        "months": [months["wide"][month] for month in range(1, 13)],
        "shortMonths": [months["abbreviated"][month].rstrip(".") for month in range(1, 13)],
    }


def config(text: Text) -> dict[str, Any]:
    """The Vega-Lite config of every chart: type, colours, thin rules, the reader's number format."""
    lettering = {"font": FONT, "fontSize": SIZE}
    return {
        "font": FONT,
        "background": "transparent",
        "view": {"stroke": "transparent", "fill": "transparent"},
        "locale": {"number": number_locale(text), "time": time_locale(text)},
        "axis": {
            "domain": False,
            "ticks": False,
            "grid": False,
            "gridColor": ink("rule"),
            "gridWidth": 1,
            "labelColor": ink("muted"),
            "labelFont": FONT,
            "labelFontSize": SIZE,
            "labelPadding": 6,
            "labelLimit": 0,
            "labelOverlap": False,
            "title": None,
            "tickColor": ink("baseline"),
            "domainColor": ink("baseline"),
        },
        "legend": {"disable": True},
        "text": {**lettering, "fill": ink("ink")},
        "line": {"strokeWidth": 2.25, "strokeJoin": "round", "strokeCap": "round"},
        "range": {
            "category": [ink(token) for token in CATEGORIES],
            "heatmap": [ink(token) for token in STEPS["sequential"]],
            "ramp": [ink(token) for token in STEPS["sequential"]],
            "diverging": [ink(token) for token in STEPS["diverging"]],
        },
    }


def register_theme(text: Text) -> None:
    """Register and enable the Altair theme `amur`, for charts of the user's own."""

    @alt.theme.register("amur", enable=True)
    def amur() -> alt.theme.ThemeConfig:
        return alt.theme.ThemeConfig(config={**config(text), "legend": {"disable": False}})  # type: ignore[typeddict-item]


def finish(layers: Sequence[alt.Chart], canvas: Canvas, margins: Margins, *, height: float) -> alt.LayerChart:
    """One chart out of layers, exactly as wide as the canvas, with the theme inside it.

    Nothing is left for the renderer to lay out: margins and plot are given, so a chart has the same
    width whatever its labels, and draws faster.
    """
    width = canvas.width - margins.left - margins.right
    if width < 60:
        raise OutputError(
            f"The labels leave {width:.0f} of {canvas.width} pixels for the plot. Shorten them or draw wider."
        )
    return alt.LayerChart(
        layer=list(layers),
        width=width,
        height=height,
        padding={side: getattr(margins, side) for side in ("left", "right", "top", "bottom")},
        autosize=alt.AutoSizeParams(type="none"),
        config=config(canvas.text),
    )
