"""World maps in the Equal Earth projection, from the bundled Natural Earth outlines.

The outlines follow internationally recognised borders; their Origin states the
convention. Projection: Šavrič, Patterson and Jenny (2019), equal in area.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from amur.charts.later import alt
from amur.charts.layers import Key, header, ink_of, inline
from amur.charts.matrices import steps_of
from amur.charts.palette import STEPS, Scheme, ink
from amur.charts.rows import Row, Table, rows_of
from amur.charts.theme import Axis, Canvas, Margins, Ruler, finish, fit
from amur.codes import country
from amur.errors import OutputError

OUTLINES = Path(__file__).parent.parent / "data" / "ties" / "world_atlas_countries-110m.json"
_ANTARCTICA = "010"
_SHAPE = 0.47
_CENTRE = -11
"""Turns the globe so that the edge of the map cuts the Bering Strait and no country."""


@dataclass(frozen=True)
class Classes:
    """The bounds between a map's classes, in the unit of the values, and the scheme of their colours."""

    bounds: tuple[float, ...] = ()
    scheme: Scheme = "sequential"


QUANTILES = Classes()


def world_map(table: Table, canvas: Canvas, *, axis: Axis, classes: Classes = QUANTILES) -> alt.LayerChart:
    """A choropleth map. Columns: `country` (ISO3), `value`; optional `role` (a token, for the subject).

    Countries without value stand in outline. Class bounds are quantiles where `classes`
    gives none; at most seven classes. Raises OutputError for a country twice, CodeError for an unknown one.
    """
    rows = rows_of(table, ("country", "value"), optional={"role": ""})
    _refuse_twice(rows)
    known = [row["value"] for row in rows if row["value"] is not None]
    ruler = fit(axis, known, canvas)
    bounds = classes.bounds or _distinct(steps_of(known, classes.scheme, count=5 if canvas.narrow else 7))
    if len(bounds) > len(STEPS[classes.scheme]) - 1:
        raise OutputError(f"A map has at most 7 classes, not {len(bounds) + 1}. Give fewer bounds.")
    spread = _spread(bounds, classes.scheme)
    coloured = [(country(str(row["country"])).iso_num, _colour(row, spread)) for row in rows]
    colours = [{"id": code, "colour": colour} for code, colour in coloured if colour]
    head = header(ruler.heading, _class_keys(bounds, spread, ruler), canvas, left=0, gap=10)
    layers = [*_countries(colours), *head.layers]
    return finish(layers, canvas, Margins(top=head.height, bottom=4), height=round(canvas.width * _SHAPE))


@dataclass(frozen=True)
class _Spread:
    """Class bounds with the step of colour that each class takes."""

    bounds: tuple[float, ...]
    tokens: tuple[str, ...]

    def token(self, value: float) -> str:
        return self.tokens[sum(value > bound for bound in self.bounds)]


def _spread(bounds: Sequence[float], scheme: Scheme) -> _Spread:
    """Spread few classes over all seven steps, so that neighbours can be told apart."""
    steps, count = STEPS[scheme], len(bounds) + 1
    if count == 1:
        return _Spread((), (steps[3],))
    return _Spread(tuple(bounds), tuple(steps[round(n * (len(steps) - 1) / (count - 1))] for n in range(count)))


def _distinct(bounds: Sequence[float]) -> tuple[float, ...]:
    return tuple(dict.fromkeys(bounds))


def _refuse_twice(rows: Sequence[Row]) -> None:
    names = [str(row["country"]) for row in rows]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise OutputError(f"The map has {', '.join(twice)} more than once. Leave one row for each country.")


def _colour(row: Row, spread: _Spread) -> str:
    if row["role"]:
        return ink(str(row["role"]))
    return "" if row["value"] is None else ink(spread.token(row["value"]))


def _class_keys(bounds: Sequence[float], spread: _Spread, ruler: Ruler) -> list[Key]:
    text = ruler.text
    if not bounds:
        return []
    low = Key(text("kit.chart.below", value=ruler.label(bounds[0])), spread.tokens[0])
    high = Key(text("kit.chart.above", value=ruler.label(bounds[-1])), spread.tokens[-1])
    between = [
        Key(text("common.range", low=ruler.label(a), high=ruler.label(b)), token)
        for a, b, token in zip(bounds, bounds[1:], spread.tokens[1:], strict=False)
    ]
    return [low, *between, high, Key(text("kit.chart.no_data"), "baseline", "outline")]


def _countries(colours: Sequence[Row]) -> list[alt.Chart]:
    """Countries with a colour, and in outline those without: no data must not look like next to nothing."""
    shapes = alt.InlineData(values=_outlines(), format=alt.TopoDataFormat(feature="countries", type="topojson"))
    chosen = alt.LookupData(data=inline(colours), key="id", fields=["colour"])
    every = (
        alt.Chart(shapes)
        .transform_filter(f"datum.id != '{_ANTARCTICA}'")
        .transform_lookup(lookup="id", from_=chosen)
        .project(type="equalEarth", rotate=[_CENTRE, 0, 0])
    )
    known = every.transform_filter("isValid(datum.colour)").mark_geoshape(stroke=ink("surface"), strokeWidth=0.5)
    unknown = every.transform_filter("!isValid(datum.colour)").mark_geoshape(
        fill=ink("surface"), stroke=ink("baseline"), strokeWidth=0.4
    )
    return [unknown, known.encode(color=ink_of())]


@cache
def _outlines() -> str:
    """The outlines as JSON text, which the renderer parses itself and faster."""
    try:
        return OUTLINES.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise OutputError(f"The map outlines {OUTLINES.name} are missing from amur/data. Reinstall amur.") from error


__all__ = ["QUANTILES", "Classes", "world_map"]
