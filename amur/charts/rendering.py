"""From a chart to pictures: SVG for the page in both themes, SVG and PNG files with title and source.

One path only: Vega-Lite to SVG by vl-convert, which carries its own fonts and JavaScript engine and
is allowed no address. Everything else is made from that SVG as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from html import escape
from threading import Lock
from typing import TypeAlias

import vl_convert

from amur.charts.later import alt
from amur.charts.lettering import FONT, wrap
from amur.charts.palette import ink, token_of
from amur.charts.png import shrink
from amur.charts.theme import NARROW, WIDE, Canvas
from amur.errors import OutputError
from amur.text import Text

Draw: TypeAlias = "Callable[[Canvas], alt.LayerChart]"
"""What draws one chart on any canvas, such as `partial(bars, rows, axis=axis)`."""

_PNG_SCALE = 2.0
_ALTAIR = Lock()
"""Altair's switch for its checks is global, so only one thread at a time turns it off."""
_PAD = 16.0
_TITLE_SIZE, _TITLE_LINE = 16.0, 21.0
_NOTE_SIZE, _NOTE_LINE = 11.0, 15.0

_TAG = re.compile(r"<[a-zA-Z][^<>]*>")
_DROPPED = re.compile(
    r' (?:aria-[a-z]+|role|class|style|xmlns:xlink|pointer-events|font-style|font-weight="normal")="[^"]*"'
    r'| font-weight="normal"| opacity="1"| stroke-miterlimit="10"'
)
_NUMBERED = re.compile(r' (d|transform|x|y|x1|x2|y1|y2|width|height|cx|cy|r)="([^"]*)"')
_LONG = re.compile(r"-?\d*\.\d{2,}(?:e-?\d+)?")
_LONG_PATH = 200
_OTHER_COMMAND = re.compile(r"[^MLZ\d.,\-]")
_POINT = re.compile(r"([MLZ])(?:(-?[\d.]+),(-?[\d.]+))?")
_COLOUR = re.compile(r' (fill|stroke|stop-color)="([^"]*)"')
_ID = re.compile(r'( id="|url\(#|href="#)([^")]+)')
_NO_COLOUR = frozenset({"none", "transparent", "currentColor"})


@dataclass(frozen=True)
class Legend:
    """The words around a picture: what names it, describes it to those who cannot see it, and its source.

    `name` is a slug, unique on a page and used in file names; `title` and `source` are printed into
    the files, so that a picture passed on alone still says what it shows and whose data it draws.
    """

    name: str
    title: str
    description: str
    source: str


@dataclass(frozen=True)
class Rendered:
    """One chart as pictures: for wide and narrow pages (colours are CSS variables), and as a file."""

    svg_page: str
    svg_phone: str
    svg_file: str

    @cached_property
    def png(self) -> bytes:
        """The file's picture at twice its size in pixels, with a palette; drawn when first asked for."""
        return shrink(vl_convert.svg_to_png(self.svg_file, scale=_PNG_SCALE))


def render(draw: Draw, text: Text, *, legend: Legend) -> Rendered:
    """Draw a chart for page, phone and file."""
    wide, narrow = (_drawn(_specification(draw, Canvas(text, width))) for width in (WIDE, NARROW))
    return Rendered(
        svg_page=_for_page(wide, legend, suffix="w"),
        svg_phone=_for_page(narrow, legend, suffix="n"),
        svg_file=_for_file(wide, legend),
    )


def picture(draw: Draw, text: Text, *, legend: Legend, width: int) -> str:
    """The SVG of a chart for pages of one width alone, `WIDE` or `NARROW`: what has to be quick draws no more."""
    drawing = _drawn(_specification(draw, Canvas(text, width)))
    return _for_page(drawing, legend, suffix="w" if width == WIDE else "n")


def warm_up() -> None:
    """Start the renderer (about half a second) ahead of need; it may be called from another thread."""
    vl_convert.vegalite_to_svg({"data": {"values": [{}]}, "mark": "point"}, vl_version=_vega_lite())


def _specification(draw: Draw, canvas: Canvas) -> str:
    """A chart as Vega-Lite, without checking each part against the schema, which the tests do."""
    from altair.utils import schemapi

    with _ALTAIR, schemapi.debug_mode(False):
        return json.dumps(draw(canvas).to_dict(validate=False), ensure_ascii=False)


@lru_cache(maxsize=256)
def _drawn(specification: str) -> str:
    """The bare SVG of a chart, in light colours, without roles, classes or needless decimals."""
    try:
        svg = vl_convert.vegalite_to_svg(specification, allowed_base_urls=[], vl_version=_vega_lite())
    except ValueError as error:
        raise OutputError(
            f"The renderer refused a chart: {str(error).splitlines()[0]} Report it with the data."
        ) from error
    return _TAG.sub(lambda tag: _NUMBERED.sub(_rounded, _DROPPED.sub("", tag[0])), svg)


@cache
def _vega_lite() -> str:
    """The version of Vega-Lite that Altair writes."""
    return alt.VEGALITE_VERSION.rsplit(".", 1)[0]


def _rounded(attribute: re.Match[str]) -> str:
    if attribute[1] == "d" and len(attribute[2]) > _LONG_PATH and not _OTHER_COMMAND.search(attribute[2]):
        return f' d="{_relative(attribute[2])}"'
    shorter = _LONG.sub(lambda number: f"{float(number[0]):.1f}".removesuffix(".0").replace("-0", "-0"), attribute[2])
    return f' {attribute[1]}="{shorter}"'


def _relative(path: str) -> str:
    """A path of straight lines in steps of a tenth of a pixel, each from the point before; half as long.

    Points that fall together are left out.
    """
    parts, at = [], (0, 0)
    for command, x, y in _POINT.findall(path):
        if command == "Z":
            parts.append("z")
            continue
        point = (round(float(x) * 10), round(float(y) * 10))
        if command == "M":
            parts.append(f"M{_tenths(point[0])} {_tenths(point[1])}l")
        elif point != at:
            parts.append(f"{_tenths(point[0] - at[0])} {_tenths(point[1] - at[1])} ")
        at = point
    # A minus sign parts numbers by itself, and a command needs no space before it.
    return re.sub(r"l?(?=z|$)", "", re.sub(r" (?=-|z|$)", "", "".join(parts)))


def _tenths(number: int) -> str:
    """A number of tenths without needless zeros: `-.3`."""
    return f"{number / 10:g}".replace("0.", ".", 1) if -10 < number < 10 else f"{number / 10:g}"


def _for_page(svg: str, legend: Legend, *, suffix: str) -> str:
    """The SVG as part of a page: variables for colours, own ids, a name and a description."""
    prefix = f"{legend.name}-{suffix}"
    themed = _TAG.sub(lambda tag: _COLOUR.sub(_variable, tag[0]), svg)
    own = _TAG.sub(lambda tag: _ID.sub(rf"\g<1>{prefix}-\g<2>", tag[0]), themed)
    width, height = _size(own)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" '
        f'role="img" aria-labelledby="{prefix}-title" aria-describedby="{prefix}-desc">'
        f'<title id="{prefix}-title">{escape(legend.title)}</title>'
        f'<desc id="{prefix}-desc">{escape(legend.description)}</desc>'
    )
    return opening + own[own.index(">") + 1 :]


def _variable(attribute: re.Match[str]) -> str:
    name, colour = attribute[1], attribute[2]
    if colour in _NO_COLOUR or colour.startswith("url("):
        return attribute[0]
    token = token_of(colour)
    if token is None:
        raise OutputError(
            f"A chart uses the colour {colour}, which has no token in the palette. Use amur.charts.ink(token)."
        )
    return f' {name}="var(--{token})"'


def _for_file(svg: str, legend: Legend) -> str:
    """The SVG as a file of its own: ground, title above, source below, description inside."""
    width, height = _size(svg)
    full = width + 2 * _PAD
    titles = wrap(legend.title, width, _TITLE_SIZE * 1.05)
    notes = wrap(legend.source, width, _NOTE_SIZE)
    top = _PAD + _TITLE_LINE * len(titles) + 6
    total = top + height + 8 + _NOTE_LINE * len(notes) + _PAD - 4
    lines = [
        _line(
            line, _PAD + _TITLE_LINE * (n + 0.75), f'font-size="{_TITLE_SIZE:g}" font-weight="bold" fill="{ink("ink")}"'
        )
        for n, line in enumerate(titles)
    ]
    lines += [
        _line(line, top + height + 8 + _NOTE_LINE * (n + 0.75), f'font-size="{_NOTE_SIZE:g}" fill="{ink("muted")}"')
        for n, line in enumerate(notes)
    ]
    inner = svg[svg.index(">") + 1 : svg.rindex("</svg>")]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {full:g} {total:g}" width="{full:g}" height="{total:g}" '
        f'role="img" aria-labelledby="title" aria-describedby="desc">'
        f'<title id="title">{escape(legend.title)}</title><desc id="desc">{escape(legend.description)}</desc>'
        f'<rect width="{full:g}" height="{total:g}" fill="{ink("surface")}"/>{"".join(lines)}'
        f'<g transform="translate({_PAD:g},{top:g})">{inner}</g></svg>'
    )


def _line(text: str, y: float, style: str) -> str:
    return f'<text x="{_PAD:g}" y="{y:g}" font-family="{FONT}" {style}>{escape(text)}</text>'


def _size(svg: str) -> tuple[float, float]:
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    if found is None:
        raise OutputError("The renderer returned a picture without size. Report it with the data.")
    return float(found[1]), float(found[2])
