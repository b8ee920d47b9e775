"""The world page: a map, a ranking and a matrix of any measure, with measure, year and subject in the address."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from amur import kit
from amur.app.across import years_across
from amur.app.forms import Field, Option, form
from amur.app.shell import Drawn, Where, at_once, collecting, fragment, part, twin_links
from amur.app.wanted import FLOWS, Asked, asked_of, products, values_of
from amur.app.world_charts import map_chart, matrix_chart, on_map, origins_of, pair_rows, ranking, year_rows
from amur.kit import Chart, Page, Section, notice, served
from amur.measuring import measures
from amur.simulate import capital, label
from amur.text import Text

MOST_REASONS = 3


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
        origins=origins_of(values_of(asked, where.language).figures.values()),
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
    fields.append(Field("product", text("app.world.product"), asked.product, products(where.language)))
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
    drawn = [kit.chart(map_chart(asked, found, text), text)] if any(map(on_map, found.figures)) else []
    return [*drawn, *reasons, later, table, twins]


def _squares(where: Where, asked: Asked) -> tuple[str, ...]:
    text = where.text
    chart = matrix_chart(asked, text)
    if chart is None:
        return (notice(text("app.world.no_matrix", year=str(asked.year))),)
    return (kit.chart(chart, text),)


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
    rows = pair_rows(asked, text) if asked.measure.pair else year_rows(asked, text)
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
