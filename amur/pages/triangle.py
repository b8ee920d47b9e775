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
from amur.leverage import World, pair_cuts, parties
from amur.origins import Origin, origin
from amur.output import write_file
from amur.pages.alignment import (
    AGREEMENT_ORIGIN,
    AGREEMENT_YEARS,
    IDEAL_ORIGIN,
    IDEAL_YEAR,
    ideal_distance,
    ideal_distances,
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
    _Asked("asymmetry_difference", "asymmetry_difference", "total", "points", 1),
)
TRADE = (
    _Asked("turnover", "turnover", "total", "money", 1),
    _Asked("exports", "exports", "exports", "money", 1),
    _Asked("imports", "imports", "imports", "money", 1),
    _Asked("balance", "balance", "total", "money", 1),
    _Asked("growth", "growth", "total", "percent", 1),
    _Asked("complementarity", "complementarity", "total", "number", 2),
    _Asked("grubel_lloyd", "grubel_lloyd", "total", "number", 2),
)
CONCENTRATION = (
    _Asked("hhi", "hhi", "total", "number", 3),
    _Asked("effective_partners", "effective_partners", "total", "number", 1),
)


def write_triangle_page(path: str | Path, places: Sequence[str] = DEFAULT, *, lang: str = "en") -> Path:
    """Write the page on some powers to `path`, whole or not at all."""
    text = Text(lang)
    return write_file(path, kit.render_page(triangle_record(text, places), text))


def triangle_record(text: Text, places: Sequence[str] = DEFAULT) -> Page:
    """The page as a record. Raises MeasureError for fewer than three places."""
    listed = places_of(places)
    names = text("leverage.triangle.and").join(label(code, text) for code in listed)
    found = _found(listed)
    return Page(
        title=text("leverage.triangle.title", places=names),
        description=text("leverage.triangle.description", places=names),
        sections=(
            Section("dependence", text("leverage.triangle.dependence"), _dependence(found, listed, text)),
            Section("cut", text("leverage.triangle.cut"), (kit.table(cut_table(listed, text), text),)),
            Section(
                "alignment",
                text("leverage.triangle.alignment"),
                (
                    kit.chart(distance_chart(listed, text), text),
                    kit.table(alignment_table(listed, text), text),
                    kit.paragraph(text("leverage.triangle.apart")),
                ),
            ),
        ),
        eyebrow=text("leverage.page.eyebrow"),
        origins=_origins(found),
        cite=text("leverage.triangle.cite", places=names),
        rebuild=f"amur leverage {' '.join(listed)} --lang {text.language} -o triangle.html",
    )


def places_of(places: Sequence[str]) -> tuple[str, ...]:
    """The codes of some places, each once. Raises MeasureError for fewer than three."""
    listed = tuple(dict.fromkeys(codes.place(place).code for place in places))
    if len(listed) < 3:
        raise MeasureError(f"The triangle needs three places at least, and got {', '.join(listed)}. Name one more.")
    return listed


def _found(places: tuple[str, ...]) -> dict[str, dict[tuple[str, str], Figure]]:
    """Every measure of the page, by the pair it is of; concentration is of one place and has no object."""
    return {item.key: _answers(item, places) for item in (*MEASURES, *TRADE, *CONCENTRATION)}


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
    tables = (pick(found, places, text) for pick in (measures_table, trade_table, concentration_table))
    return (*parts, *(kit.table(table, text) for table in tables))


def measures_table(found: dict[str, dict[tuple[str, str], Figure]], places: tuple[str, ...], text: Text) -> Table:
    """Every ordered pair by every measure; one source for each measure, so that a column compares."""
    return _pairs_table("measures", MEASURES, found, places, text)


def trade_table(found: dict[str, dict[tuple[str, str], Figure]], places: tuple[str, ...], text: Text) -> Table:
    """Every ordered pair by what passes between the two and how well it fits."""
    return _pairs_table("trade", TRADE, found, places, text)


def concentration_table(found: dict[str, dict[tuple[str, str], Figure]], places: tuple[str, ...], text: Text) -> Table:
    """How much each place leans on few partners; a place without a bilateral table that can be trusted is empty."""
    columns = (
        Column("subject", text("leverage.triangle.subject")),
        *(
            Column(item.key, text(f"leverage.triangle.{item.key}"), "value", digits=item.digits)
            for item in CONCENTRATION
        ),
    )
    rows = [
        {"subject": capital(label(a, text)), **{item.key: found[item.key].get((a, "")) for item in CONCENTRATION}}
        for a in places
    ]
    return Table("triangle-concentration", text("leverage.triangle.caption_concentration"), columns, rows)


def _pairs_table(
    name: str,
    asked: tuple[_Asked, ...],
    found: dict[str, dict[tuple[str, str], Figure]],
    places: tuple[str, ...],
    text: Text,
) -> Table:
    columns = [
        Column("subject", text("leverage.triangle.subject")),
        Column("object", text("leverage.triangle.object")),
        *(Column(item.key, text(f"leverage.triangle.{item.key}"), "value", digits=item.digits) for item in asked),
    ]
    rows = [
        {
            "subject": capital(label(a, text)),
            "object": capital(label(b, text)),
            **{item.key: found[item.key].get((a, b)) for item in asked},
        }
        for a, b in permutations(places, 2)
    ]
    return Table(f"triangle-{name}", text(f"leverage.triangle.caption_{name}"), tuple(columns), rows)


def triangle_tables(places: tuple[str, ...], text: Text) -> dict[str, Table]:
    """The tables of the page by name, as data: measures, cuts and votes."""
    found = _found(places)
    return {
        "measures": measures_table(found, places, text),
        "trade": trade_table(found, places, text),
        "concentration": concentration_table(found, places, text),
        "cut": cut_table(places, text),
        "alignment": alignment_table(places, text),
    }


def cut_table(places: tuple[str, ...], text: Text) -> Table:
    """What both ends of each pair lose when their trade stops, in the long run of the default baseline."""
    from amur.economy import load_economy

    economy = load_economy(ECONOMY)
    pairs = [parties(economy, *pair) for pair in combinations(places, 2)]
    rows = [
        {
            "subject": capital(label(row.country, text)),
            "object": capital(label(row.other, text)),
            "loss": row.loss,
            "loss_usd": row.loss_usd,
        }
        for row in pair_cuts(World(economy), pairs)
    ]
    columns = (
        Column("subject", text("leverage.triangle.subject")),
        Column("object", text("leverage.triangle.object")),
        Column("loss", text("leverage.table.cut"), "percent", digits=2),
        Column("loss_usd", text("leverage.table.cut_usd"), "money", unit="USD"),
    )
    return Table("triangle-cut", text("leverage.triangle.caption_cut"), columns, rows)


def distance_chart(places: tuple[str, ...], text: Text) -> Chart:
    """How far each pair stood apart in every year to the newest."""
    pairs = list(combinations(places, 2))
    rows = [
        {"series": _joined(pair, text), "period": str(year), "value": value}
        for pair in pairs
        for year, value in ideal_distances(*pair).items()
        if value is not None
    ]
    now = {pair: value for pair in pairs if (value := ideal_distance(*pair)) is not None}
    title = text("leverage.triangle.caption_distance")
    columns = (
        Column("series", text("leverage.triangle.one")),
        Column("period", text("kit.figure.period")),
        Column("value", text("leverage.triangle.distance_axis"), "number", digits=2),
    )
    apart, near = (pick(now, key=lambda pair: now[pair], default=pairs[0]) for pick in (max, min))
    words = dict(zip("abcd", (label(code, text) for code in (*apart, *near)), strict=True))
    return Chart(
        name="triangle-distance",
        title=title,
        finding=kit.sentence(text.sentence("leverage.triangle.say_distance", year=str(IDEAL_YEAR), **words)),
        draw=partial(charts.time_lines, rows, axis=Axis(text("leverage.triangle.distance_axis"), digits=1)),
        table=Table("triangle-distance-data", title, columns, rows),
        origins=(origin(IDEAL_ORIGIN),),
    )


def _joined(pair: tuple[str, str], text: Text) -> str:
    return "–".join(capital(label(code, text)) for code in pair)


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
