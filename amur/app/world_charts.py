"""The charts of the world page: the map with its ranking, and the matrix."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from itertools import pairwise
from typing import Any

from amur import charts, codes, kit
from amur.app.across import Across, across, traders, years_across
from amur.app.squares import drawn_matrix
from amur.app.wanted import Asked, values_of
from amur.charts import Axis, Classes
from amur.charts.palette import Scheme
from amur.errors import CodeError
from amur.figures import Figure
from amur.kit import Chart, Column, Sentence, Table
from amur.origins import Origin, known_origins
from amur.simulate import capital, label
from amur.text import Text

IN_MATRIX = 10
_CHOSEN = "c4"
"""The colour of the country that others are compared with: on none of the scales."""


def map_chart(asked: Asked, found: Across, text: Text) -> Chart:
    """The map, with what it finds: the largest, the smallest, and how many have none."""
    figures = found.figures
    rows = [{"country": code, "value": figures[code].value} for code in figures if on_map(code)]
    if asked.subject:
        taken = {row["country"] for row in rows}
        rows += [
            {"country": code, "value": None, "role": _CHOSEN} for code in _members(asked.subject) if code not in taken
        ]
    title = _title(asked, text)
    table = ranking(asked, found, text)
    classes = _classes([row["value"] for row in rows])
    unit = _unit(next(iter(figures.values())))
    axis = Axis(title, unit, digits=_digits([figure.value for figure in figures.values()], unit))
    return Chart(
        name="world-map",
        title=title,
        finding=_finding(asked, found, text),
        draw=partial(charts.world_map, rows, axis=axis, classes=classes),
        table=replace(table, name="world-map-data"),
        origins=origins_of(figures.values()),
        note=_note(asked, found, text),
    )


def _title(asked: Asked, text: Text) -> str:
    name = capital(asked.measure.words("name", text.language))
    if not asked.measure.pair:
        return text("app.world.title_one", measure=name, year=str(asked.year))
    key = f"app.world.title_{asked.view}"
    return text(key, measure=name, place=label(asked.subject, text), year=str(asked.year))


def _finding(asked: Asked, found: Across, text: Text) -> Sentence:
    ordered = sorted(found.figures, key=lambda code: -found.figures[code].value)
    top, last = ordered[0], ordered[-1]
    values = {"high": found.figures[top], "top": text.the(top)}
    if len(ordered) == 1:
        return kit.finding(text, "app.world.finding_one", values)
    low = {"low": found.figures[last], "last": text.the(last), "n": len(ordered)}
    return kit.finding(text, "app.world.finding", {**values, **low})


def _note(asked: Asked, found: Across, text: Text) -> str:
    """Which country is which colour, how many have none, and whose outlines these are."""
    bare = [code for code in found.asked if code not in found.figures and code not in _members(asked.subject)]
    said = [text("app.world.chosen", place=capital(label(asked.subject, text)))] if asked.subject else []
    said += [text("app.world.bare", n=len(bare))] if bare else []
    return " ".join([*said, text("app.world.note")])


def _digits(values: Sequence[float], unit: str) -> int | None:
    """So many decimals that neighbouring classes read differently; None where the unit is money, which is scaled."""
    if unit.isupper() and len(unit) == 3:
        return None
    ordered = sorted(values)
    spots = [ordered[round(n * (len(ordered) - 1) / 7)] for n in range(1, 7)]
    gaps = [after - before for before, after in pairwise(spots) if after > before]
    if not gaps:
        return None
    smallest = min(gaps) * (100 if unit == "fraction" else 1)
    return max(0, min(4, math.ceil(-math.log10(smallest))))


def _classes(values: Sequence[float | None]) -> Classes:
    """Values of both signs are coloured around zero, by quantiles of their size: a few large ones leave room."""
    known = sorted(abs(value) for value in values if value is not None)
    if not known or not any(value is not None and value < 0 for value in values):
        return Classes()
    if all(value is None or value <= 0 for value in values):
        return Classes((), "diverging")
    sizes = sorted({known[int(share * (len(known) - 1))] for share in (0.25, 0.6, 0.9)} - {0.0})
    return Classes((*(-size for size in reversed(sizes)), *sizes), "diverging")


def ranking(asked: Asked, found: Across, text: Text) -> Table:
    """Every place that was asked about, the largest first, those without a value at the end."""
    ordered = sorted(found.figures, key=lambda code: -found.figures[code].value)
    bare = [code for code in found.asked if code not in found.figures and code not in _members(asked.subject)]
    rows = [{"place": capital(label(code, text)), "value": found.figures.get(code)} for code in (*ordered, *bare)]
    columns = (Column("place", text("app.world.place")), Column("value", _title(asked, text), "value"))
    return Table("world-ranking", text("app.world.ranking"), columns, rows)


def matrix_chart(asked: Asked, text: Text) -> Chart | None:
    """Pairs of the largest traders, or the largest traders by year where the measure is of one country."""
    rows = pair_rows(asked, text) if asked.measure.pair else year_rows(asked, text)
    known = [row for row in rows if row["value"] is not None]
    if not known:
        return None
    top = max(known, key=lambda row: row["value"])
    name = capital(asked.measure.words("name", text.language))
    paired = asked.measure.pair
    title = (
        text("app.world.matrix_title", measure=name, year=str(asked.year))
        if paired
        else text("app.world.years_title", measure=name)
    )
    figure: Figure = top["figure"]
    columns = (
        Column("row", text("app.world.place")),
        Column("column", text("app.world.partner" if paired else "app.world.year")),
        Column("figure", name, "value"),
    )
    scheme: Scheme = "diverging" if any(row["value"] < 0 for row in known) else "sequential"
    plain = [{key: row[key] for key in ("row", "column", "value", "codes")} for row in rows]
    finding = kit.finding(
        text, "app.world.matrix_finding", {"value": figure, "row": top["row"], "column": top["column"]}
    )
    return Chart(
        name="world-matrix",
        title=title,
        finding=finding,
        draw=partial(drawn_matrix, plain, axis=Axis(name, _unit(figure)), scheme=scheme),
        table=Table("world-matrix-data", title, columns, rows),
        origins=origins_of(row["figure"] for row in known),
    )


@lru_cache(maxsize=32)
def _largest(year: int) -> tuple[str, ...]:
    """The places that trade most in a year, by the table of the world that holds it."""
    return traders(year)[:IN_MATRIX]


@lru_cache(maxsize=64)
def _matrix_figures(asked: Asked, language: str) -> dict[tuple[str, str], Figure]:
    query = replace(asked.query, language=language)
    places = _largest(asked.year)
    source = values_of(replace(asked, subject=places[0], view="of"), language).source
    found: dict[tuple[str, str], Figure] = {}
    for one in places:
        some = across(asked.measure, one, replace(query, source=source), among=places)
        found |= {(one, other): figure for other, figure in some.figures.items()}
    return found


def pair_rows(asked: Asked, text: Text) -> list[dict[str, Any]]:
    """The cells of the matrix of pairs."""
    found, places = _matrix_figures(asked, text.language), _largest(asked.year)
    return [
        _cell((one, other), (capital(label(one, text)), capital(label(other, text))), found.get((one, other)))
        for one in places
        for other in places
        if one != other
    ]


def year_rows(asked: Asked, text: Text) -> list[dict[str, Any]]:
    """The cells of the matrix of places by year."""
    places = _largest(asked.year)
    by_year = {year: values_of(replace(asked, year=year), text.language).figures for year in years_across()}
    return [
        _cell((one, str(year)), (capital(label(one, text)), str(year)), figures.get(one))
        for one in places
        for year, figures in by_year.items()
    ]


def _cell(pair: tuple[str, str], names: tuple[str, str], figure: Figure | None) -> dict[str, Any]:
    value = None if figure is None else figure.value
    return {"codes": pair, "row": names[0], "column": names[1], "figure": figure, "value": value}


def _unit(figure: Figure) -> str:
    return figure.currency or figure.unit


def on_map(code: str) -> bool:
    """Whether a code is of a country that an outline may stand for."""
    try:
        return bool(codes.country(code).iso_num)
    except CodeError:
        return False


def _members(code: str) -> tuple[str, ...]:
    if not code:
        return ()
    place = codes.place(code)
    members = sorted(place.members) if isinstance(place, codes.Bloc) else [place.code]
    return tuple(one for one in members if on_map(one))


def origins_of(figures: Iterable[Figure]) -> tuple[Origin, ...]:
    """The origins of figures, those that ship."""
    return known_origins(key for figure in figures for key in figure.origins)
