"""The triangle page: three or four powers, who depends on whom on every measure, and how they vote beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations, permutations
from pathlib import Path

from amur import charts, codes, kit
from amur.charts import Axis
from amur.errors import MeasureError
from amur.figures import Figure
from amur.indicators import Query, matrix
from amur.kit import Chart, Column, Page, Section, Table
from amur.kit.tables import Kind
from amur.leverage import World, exact_cut, parties
from amur.origins import Origin, origin
from amur.output import write_file
from amur.pages.alignment import (
    AGREEMENT_ORIGIN,
    AGREEMENT_YEARS,
    IDEAL_ORIGIN,
    IDEAL_YEAR,
    ideal_distance,
    vote_agreement,
)
from amur.simulate import capital, label
from amur.text import Text

DEFAULT = ("RUS", "CHN", "USA", "EU27")
ECONOMY = "icio-2022"


@dataclass(frozen=True)
class _Asked:
    """A measure of the page: its key, how to ask for it, and how its cells are written."""

    key: str
    measure: str
    flow: str
    kind: Kind
    digits: int


MEASURES = (
    _Asked("share_total", "share", "total", "percent", 1),
    _Asked("share_exports", "share", "exports", "percent", 1),
    _Asked("share_imports", "share", "imports", "percent", 1),
    _Asked("share_of_gdp", "share_of_gdp", "total", "percent", 2),
    _Asked("rank", "rank", "total", "number", 0),
    _Asked("trade_intensity", "trade_intensity", "total", "number", 2),
    _Asked("asymmetry_ratio", "asymmetry_ratio", "total", "number", 1),
)


def write_triangle_page(path: str | Path, places: Sequence[str] = DEFAULT, *, lang: str = "en") -> Path:
    """Write the page on some powers to `path`, whole or not at all."""
    text = Text(lang)
    return write_file(path, kit.render_page(triangle_record(text, places), text))


def triangle_record(text: Text, places: Sequence[str] = DEFAULT) -> Page:
    """The page as a record. Raises MeasureError for fewer than three places."""
    listed = tuple(dict.fromkeys(codes.place(place).code for place in places))
    if len(listed) < 3:
        raise MeasureError(f"The triangle needs three places at least, and got {', '.join(listed)}. Name one more.")
    names = text("leverage.triangle.and").join(label(code, text) for code in listed)
    found = {item.key: _answers(item, listed) for item in MEASURES}
    return Page(
        title=text("leverage.triangle.title", places=names),
        description=text("leverage.triangle.description", places=names),
        sections=(
            Section("dependence", text("leverage.triangle.dependence"), _dependence(found, listed, text)),
            Section("cut", text("leverage.triangle.cut"), (kit.table(cut_table(listed, text), text),)),
            Section(
                "alignment",
                text("leverage.triangle.alignment"),
                (kit.table(alignment_table(listed, text), text), kit.paragraph(text("leverage.triangle.apart"))),
            ),
        ),
        eyebrow=text("leverage.page.eyebrow"),
        origins=_origins(found),
        cite=text("leverage.triangle.cite", places=names),
        rebuild=f"amur triangle {' '.join(listed)} --lang {text.language} -o triangle.html",
    )


def _answers(asked: _Asked, places: tuple[str, ...]) -> dict[tuple[str, str], Figure]:
    found = matrix(asked.measure, places, Query(flow=asked.flow))
    return {(figure.subject, figure.object): figure for figure in found}


def _dependence(
    found: dict[str, dict[tuple[str, str], Figure]], places: tuple[str, ...], text: Text
) -> tuple[str, ...]:
    shares = found["share_total"]
    rows = [
        {
            "row": capital(label(a, text)),
            "column": capital(label(b, text)),
            "value": shares[a, b].value if (a, b) in shares else None,
        }
        for a, b in permutations(places, 2)
    ]
    title = text("leverage.triangle.share_title")
    known = [pair for pair in permutations(places, 2) if pair in shares]
    parts = []
    if known:
        most = max(known, key=lambda pair: shares[pair].value)
        words = {"subject": label(most[0], text), "object": label(most[1], text), "share": shares[most]}
        columns = (
            Column("row", text("leverage.triangle.subject")),
            Column("column", text("leverage.triangle.object")),
            Column("value", text("leverage.triangle.share_total"), "percent"),
        )
        chart = Chart(
            name="triangle-share",
            title=title,
            finding=kit.finding(text, "leverage.triangle.say_share", words),
            draw=partial(charts.matrix, rows, axis=Axis(text("leverage.triangle.share_total"), "fraction")),
            table=Table("triangle-share-data", title, columns, rows),
            origins=_origins({"share_total": shares}),
        )
        parts.append(kit.chart(chart, text))
    return (*parts, kit.table(measures_table(found, places, text), text))


def measures_table(found: dict[str, dict[tuple[str, str], Figure]], places: tuple[str, ...], text: Text) -> Table:
    """Every ordered pair by every measure; one source for each measure, so that a column compares."""
    columns = [
        Column("subject", text("leverage.triangle.subject")),
        Column("object", text("leverage.triangle.object")),
        *(Column(item.key, text(f"leverage.triangle.{item.key}"), "value", digits=item.digits) for item in MEASURES),
    ]
    rows = [
        {
            "subject": capital(label(a, text)),
            "object": capital(label(b, text)),
            **{item.key: found[item.key].get((a, b)) for item in MEASURES},
        }
        for a, b in permutations(places, 2)
    ]
    return Table("triangle-measures", text("leverage.triangle.caption_measures"), tuple(columns), rows)


def triangle_tables(places: tuple[str, ...], text: Text) -> dict[str, Table]:
    """The tables of the page by name, as data: measures, cuts and votes."""
    found = {item.key: _answers(item, places) for item in MEASURES}
    return {
        "measures": measures_table(found, places, text),
        "cut": cut_table(places, text),
        "alignment": alignment_table(places, text),
    }


def cut_table(places: tuple[str, ...], text: Text) -> Table:
    """What both ends of each pair lose when their trade stops, in the long run of the default baseline."""
    from amur.economy import load_economy

    economy = load_economy(ECONOMY)
    rows = []
    for a, b in combinations(places, 2):
        pair = parties(economy, a, b)
        rows += [
            {
                "subject": capital(label(row.country, text)),
                "object": capital(label(row.other, text)),
                "loss": row.loss,
                "loss_usd": row.loss_usd,
            }
            for row in exact_cut(World(economy), *pair)
            if row.side == "both"
        ]
    columns = (
        Column("subject", text("leverage.triangle.subject")),
        Column("object", text("leverage.triangle.object")),
        Column("loss", text("leverage.table.cut"), "percent", digits=2),
        Column("loss_usd", text("leverage.table.cut_usd"), "money", unit="USD"),
    )
    return Table("triangle-cut", text("leverage.triangle.caption_cut"), columns, rows)


def alignment_table(places: tuple[str, ...], text: Text) -> Table:
    """Vote agreement and distance of ideal points for every pair."""
    rows = [
        {
            "subject": capital(label(a, text)),
            "object": capital(label(b, text)),
            "agreement": vote_agreement(a, b),
            "distance": ideal_distance(a, b),
        }
        for a, b in combinations(places, 2)
    ]
    first, last = AGREEMENT_YEARS
    columns = (
        Column("subject", text("leverage.triangle.one")),
        Column("object", text("leverage.triangle.other")),
        Column("agreement", text("leverage.triangle.agreement", years=f"{first}–{last}"), "percent"),
        Column("distance", text("leverage.triangle.distance", year=str(IDEAL_YEAR)), "number", digits=2),
    )
    return Table("triangle-alignment", text("leverage.triangle.caption_alignment"), columns, rows)


def _origins(found: dict[str, dict[tuple[str, str], Figure]]) -> tuple[Origin, ...]:
    keys = dict.fromkeys(key for figures in found.values() for figure in figures.values() for key in figure.origins)
    both = [*keys, AGREEMENT_ORIGIN, IDEAL_ORIGIN] if len(found) > 1 else list(keys)
    return tuple(origin(key) for key in both)
