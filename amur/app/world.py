"""The world page: a map, a ranking and a matrix of any measure, with measure, year and subject in the address."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from amur import charts, codes, kit
from amur.app.across import Across, View, across, fullest_year, traders, years_across
from amur.app.forms import Field, Option, form
from amur.app.home import EXAMPLES
from amur.app.shell import Drawn, Where, at_once, collecting, fragment, part, twin_links
from amur.app.squares import drawn_matrix
from amur.charts import Axis, Classes
from amur.charts.palette import Scheme
from amur.errors import CodeError, MeasureError, OriginError
from amur.figures import Figure
from amur.indicators import Measure, Query
from amur.kit import Chart, Column, Page, Section, Sentence, Table, notice, served
from amur.measuring import find_measure, measures
from amur.origins import Origin, origin
from amur.simulate import capital, label, sector_label
from amur.text import Text

FLOWS = ("total", "exports", "imports")
IN_MATRIX = 10
_CHOSEN = "c4"
"""The colour of the country that others are compared with: on none of the scales."""
MOST_REASONS = 3
_BY_SECTOR = frozenset({"rca"})
"""Measures that are of one sector, so that a map needs one."""


@dataclass(frozen=True)
class Asked:
    """What the page shows, as its address holds it."""

    measure: Measure
    subject: str
    view: View
    year: int
    flow: str
    product: str

    @property
    def query(self) -> Query:
        """The question to the registry."""
        return Query(flow="total" if self.measure.flow else self.flow, period=self.year, product=self.product)

    def address(self) -> str:
        """Its place in an address, defaults left out."""
        pairs = [
            ("measure", self.measure.name),
            ("subject", self.subject if self.measure.pair else ""),
            ("view", "" if self.view == "of" or not self.measure.pair else self.view),
            ("year", str(self.year)),
            ("flow", "" if self.flow == "total" or self.measure.flow else self.flow),
            ("product", self.product),
        ]
        return urlencode([pair for pair in pairs if pair[1]])


def asked_of(given: Mapping[str, str]) -> Asked:
    """What an address asks for. Raises MeasureError or CodeError that name the field and the remedy."""
    measure = find_measure(given.get("measure", "")[:60] or "share")
    subject = codes.place(given.get("subject", "")[:80].strip() or EXAMPLES[0][1]).code if measure.pair else ""
    view, flow = given.get("view", "") or "of", given.get("flow", "") or "total"
    if view not in ("of", "with"):
        raise MeasureError(f"'{view[:40]}' is no view. Use one of: of, with.")
    if flow not in FLOWS:
        raise MeasureError(f"'{flow[:40]}' is no flow. Use one of: {', '.join(FLOWS)}.")
    product = given.get("product", "")[:20]
    if product not in (option.value for option in _products("en")):
        raise MeasureError(f"'{product}' is no sector of this page. Choose one from the list.")
    if measure.name in _BY_SECTOR and not product:
        product = _sectors()[0]
    return Asked(measure, subject, view, _year(given.get("year", "")), flow, product)  # type: ignore[arg-type]


def _year(raw: str) -> int:
    years = years_across()
    if not raw:
        return fullest_year()
    if not raw.isdecimal() or int(raw[:6]) not in years:
        raise MeasureError(
            f"There is no table of the world for '{raw[:20]}'. Use a year from {years[0]} to {years[-1]}."
        )
    return int(raw)


@lru_cache(maxsize=1)
def _sectors() -> tuple[str, ...]:
    return tuple(item.code for item in codes.sectors() if item.is_goods)


def _products(language: str) -> tuple[Option, ...]:
    text = Text(language)
    first = [Option(code, text(f"app.world.product_{code or 'goods'}")) for code in ("", "services", "all")]
    return (*first, *(Option(code, f"{code} {sector_label(code, text)}") for code in _sectors()))


@lru_cache(maxsize=128)
def values_of(asked: Asked, language: str) -> Across:
    """The figures for the map."""
    return across(asked.measure, asked.subject, replace(asked.query, language=language), view=asked.view)


# ── the page ────────────────────────────────────────────────────────────────────────────────────


def world_page(where: Where, asked: Asked) -> Drawn:
    """The page whole."""
    text, found = where.text, dict[str, Chart]()
    with served(collecting(found, where.address("world"), asked.address())):
        inner = kit.joined(_outcome(where, asked))
    live = part("live", text, inner=inner, part=where.address("world/part"), form="world")
    page = Page(
        title=_head(asked, text),
        description=asked.measure.words("definition", where.language),
        eyebrow=text("app.nav.world"),
        sections=(
            Section("choose", text("app.world.choose"), (_form(where, asked),)),
            Section("map", text("app.world.map"), (live,)),
        ),
        origins=_origins(values_of(asked, where.language).figures.values()),
    )
    return Drawn(page, found)


def _head(asked: Asked, text: Text) -> str:
    name = capital(asked.measure.words("name", text.language))
    return text("app.world.title", measure=name, place=label(asked.subject, text)) if asked.subject else name


def world_part(where: Where, asked: Asked, size: str) -> bytes:
    """The map and what belongs to it alone, as the slider asks for them."""
    with served(at_once({}, where.address("world"), asked.address(), size, where.text)):
        return fragment(kit.joined(_outcome(where, asked)))


def matrix_page(where: Where, asked: Asked) -> Drawn:
    """The matrix as a page of its own."""
    text, found = where.text, dict[str, Chart]()
    address = where.address("world/matrix")
    with served(collecting(found, address, asked.address())):
        squares = _squares(where, asked)
    back = part("links", text, links=[(text("app.world.back"), f"{where.address('world')}?{asked.address()}")])
    twins = twin_links(where, address, query=asked.address())
    page = Page(
        title=capital(asked.measure.words("name", where.language)),
        description=asked.measure.words("definition", where.language),
        eyebrow=text("app.nav.world"),
        sections=(
            Section("matrix", text("app.world.matrix"), squares),
            Section("further", text("app.pair.further"), (back, twins)),
        ),
    )
    return Drawn(page, found)


def matrix_part(where: Where, asked: Asked) -> bytes:
    """The matrix as the world page fetches it."""
    with served(collecting({}, where.address("world/matrix"), asked.address())):
        return fragment(kit.joined(_squares(where, asked)), first=8000)


def trouble_page(where: Where, given: Mapping[str, str], trouble: str) -> Page:
    """The form with what was wrong."""
    asked = asked_of({})
    typed = {"subject": given.get("subject", "")[:80]}
    return Page(
        title=where.text("app.world.choose"),
        description=where.text("app.world.description"),
        sections=(Section("choose", where.text("app.world.choose"), (notice(trouble), _form(where, asked, typed))),),
    )


def _form(where: Where, asked: Asked, typed: Mapping[str, str] | None = None) -> Markup:
    text, item = where.text, asked.measure
    names = tuple(Option(one.name, capital(one.words("name", where.language))) for one in measures())
    fields = [Field("measure", text("app.world.measure"), item.name, names)]
    if item.pair:
        subject = (typed or {}).get("subject") or capital(label(asked.subject, text))
        views = tuple(Option(view, text(f"app.world.view_{view}")) for view in ("of", "with"))
        fields += [
            Field("subject", text("app.world.subject"), subject, place=True, required=True),
            Field("view", text("app.world.view"), asked.view, views),
        ]
    if not item.flow:
        flows = tuple(Option(flow, text(f"app.world.flow_{flow}")) for flow in FLOWS)
        fields.append(Field("flow", text("app.flow.label"), asked.flow, flows))
    fields.append(Field("product", text("app.world.product"), asked.product, _products(where.language)))
    years = years_across()
    fields.append(Field("year", text("app.world.year"), str(asked.year), span=(years[0], years[-1])))
    return form(where, where.address("world"), fields, text("app.world.go"), anchor="world")


def _outcome(where: Where, asked: Asked) -> list[str]:
    text, found = where.text, values_of(asked, where.language)
    reasons = [notice(reason, kind="missing") for reason in found.reasons[:MOST_REASONS]]
    twins = twin_links(where, where.address("world"), query=asked.address())
    if not found.figures:
        return [notice(text("app.world.nothing", year=str(asked.year))), *reasons, twins]
    later = part(
        "later",
        text,
        address=f"{where.address('world/matrix/part')}?{asked.address()}",
        page=f"{where.address('world/matrix')}?{asked.address()}",
        words=text("app.world.matrix"),
    )
    table = kit.table(ranking(asked, found, text), text, downloads=False)
    return [kit.chart(map_chart(asked, found, text), text), *reasons, later, table, twins]


def map_chart(asked: Asked, found: Across, text: Text) -> Chart:
    """The map, with what it finds: the largest, the smallest, and how many have none."""
    figures = found.figures
    rows = [{"country": code, "value": figures[code].value} for code in figures if _on_map(code)]
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
        origins=_origins(figures.values()),
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
    values = {"high": found.figures[top], "top": label(top, text)}
    if len(ordered) == 1:
        return kit.finding(text, "app.world.finding_one", values)
    low = {"low": found.figures[last], "last": label(last, text), "n": len(ordered)}
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


# ── the matrix ──────────────────────────────────────────────────────────────────────────────────


def _squares(where: Where, asked: Asked) -> tuple[str, ...]:
    text = where.text
    chart = matrix_chart(asked, text)
    if chart is None:
        return (notice(text("app.world.no_matrix", year=str(asked.year))),)
    return (kit.chart(chart, text),)


def matrix_chart(asked: Asked, text: Text) -> Chart | None:
    """Pairs of the largest traders, or the largest traders by year where the measure is of one country."""
    rows = _pair_rows(asked, text) if asked.measure.pair else _year_rows(asked, text)
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
        origins=_origins(row["figure"] for row in known),
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


def _pair_rows(asked: Asked, text: Text) -> list[dict[str, Any]]:
    found, places = _matrix_figures(asked, text.language), _largest(asked.year)
    return [
        _cell((one, other), (capital(label(one, text)), capital(label(other, text))), found.get((one, other)))
        for one in places
        for other in places
        if one != other
    ]


def _year_rows(asked: Asked, text: Text) -> list[dict[str, Any]]:
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


# ── data ────────────────────────────────────────────────────────────────────────────────────────


def world_data(asked: Asked, language: str) -> dict[str, object]:
    """The figures, the places without one, and the reasons, as JSON has them."""
    found = values_of(asked, language)
    return {
        "measure": asked.measure.name,
        "subject": asked.subject,
        "view": asked.view,
        "year": asked.year,
        "source": found.source,
        "figures": [{"place": code, **figure.to_dict()} for code, figure in found.figures.items()],
        "no_data": [code for code in found.asked if code not in found.figures],
        "reasons": list(found.reasons),
    }


def matrix_rows(asked: Asked, text: Text) -> list[dict[str, object]]:
    """The cells of the matrix; those without a figure have an empty value."""
    rows = _pair_rows(asked, text) if asked.measure.pair else _year_rows(asked, text)
    return [{key: row[key] for key in ("row", "column", "value")} for row in rows]


def world_rows(asked: Asked, language: str) -> list[dict[str, object]]:
    """One row a place; those without a figure have an empty value."""
    found = values_of(asked, language)
    rows = []
    for code in found.asked:
        figure = found.figures.get(code)
        rows.append(
            {
                "place": code,
                "measure": asked.measure.name,
                "subject": asked.subject,
                "year": asked.year,
                "value": None if figure is None else figure.value,
                "low": None if figure is None else figure.low,
                "high": None if figure is None else figure.high,
                "unit": "" if figure is None else figure.unit,
                "source": found.source,
            }
        )
    return rows


def _unit(figure: Figure) -> str:
    return figure.currency or figure.unit


def _on_map(code: str) -> bool:
    try:
        return bool(codes.country(code).iso_num)
    except CodeError:
        return False


def _members(code: str) -> tuple[str, ...]:
    if not code:
        return ()
    place = codes.place(code)
    members = sorted(place.members) if isinstance(place, codes.Bloc) else [place.code]
    return tuple(one for one in members if _on_map(one))


def _origins(figures: Any) -> tuple[Origin, ...]:
    found = []
    for key in dict.fromkeys(key for figure in figures for key in figure.origins):
        try:
            found.append(origin(key))
        except OriginError:
            continue
    return tuple(found)


__all__ = [
    "Asked",
    "asked_of",
    "matrix_page",
    "matrix_part",
    "matrix_rows",
    "trouble_page",
    "world_data",
    "world_page",
    "world_part",
    "world_rows",
]
