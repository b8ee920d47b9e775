"""Chapter: who weighs how much in whose trade, among the pair and third parties; and a map of one of the two."""

from __future__ import annotations

from typing import Any

import polars as pl

from amur import codes
from amur.brief.pair import Chapter, Pair, Parts, capital, column, draw_of, table_for
from amur.charts import SUBJECT, Axis, matrix, world_map
from amur.figures import Figure
from amur.indicators import ledger as books
from amur.indicators import matrix as measure_matrix
from amur.indicators.shares import partner_shares
from amur.kit import Chart, Table, notice, paragraph


def asymmetry_chapter(pair: Pair) -> Chapter:
    """The matrix of shares, the ratio of the pair's two shares, and where the heavier of the two weighs most."""
    parts = Parts(pair)
    places = (pair.a.code, pair.b.code, *pair.thirds)
    cells = _cells(pair, places)
    if not cells:
        parts.add(notice(pair.say("asymmetry.none")))
        return parts.chapter("asymmetry")
    ratio = pair.first("asymmetry_ratio", pair.a.code, pair.b.code)
    if ratio is not None:
        parts.cite((ratio,))
        parts.add(paragraph(_ratio(pair, ratio)))
    parts.add(_matrix(pair, parts, cells, places))
    drawn = _map(pair, parts)
    if drawn is not None:
        parts.add(drawn)
    return parts.chapter("asymmetry")


def _cells(pair: Pair, places: tuple[str, ...]) -> tuple[Figure, ...]:
    """Shares of total trade for every ordered pair, all from one table and year where one knows them all."""
    chosen = table_for(pair)
    how = pair.query() if chosen is None else pair.query(source=chosen[0].key, period=chosen[1])
    return measure_matrix("share", places, how)


def _ratio(pair: Pair, ratio: Figure) -> Any:
    """The heavier side first: a ratio below one is told from the other side."""
    one, other = pair.both_ways[0]
    if ratio.value < 1:
        turned = pair.first("asymmetry_ratio", other, one, period=ratio.period)
        if turned is not None:
            ratio, one, other = turned, other, one
    return pair.told("asymmetry.ratio", {"ratio": ratio, "period": ratio.period}, way=(one, other))


def _matrix(pair: Pair, parts: Parts, cells: tuple[Figure, ...], places: tuple[str, ...]) -> Chart:
    names = {code: pair.text.country(code) for code in places}
    rows = [
        {"row": names[one], "column": names[other], "value": figure.value if figure else None, "share": figure}
        for one in places
        for other in places
        if one != other
        for figure in [_of(cells, one, other)]
    ]
    largest = max(cells, key=lambda figure: figure.value)
    title = pair.text.sentence("brief.asymmetry.chart")
    return Chart(
        name="share-matrix",
        title=title,
        finding=pair.told(
            "asymmetry.finding",
            {"share": largest, "period": largest.period},
            way=(largest.subject, largest.object),
        ),
        draw=draw_of(matrix, rows, axis=Axis(unit="fraction")),
        table=Table(
            "asymmetry-data",
            title,
            (column(pair, "row"), column(pair, "column"), column(pair, "share", kind="value")),
            rows,
            note=pair.text("brief.asymmetry.note"),
        ),
        origins=parts.cite(cells),
    )


def _of(cells: tuple[Figure, ...], one: str, other: str) -> Figure | None:
    return next((figure for figure in cells if (figure.subject, figure.object) == (one, other)), None)


def _map(pair: Pair, parts: Parts) -> Chart | None:
    """The weight of the pair's larger trader in every country's trade, where a world table is at hand."""
    chosen = table_for(pair)
    if chosen is None:
        return None
    ledger, period, _ = chosen
    heavy = _heavier(pair)
    blocs = books.merged(ledger, "", heavy)
    frame = books.in_period(ledger, "", period, blocs)
    found = partner_shares(frame.lazy()).collect("polars").to_native().filter(pl.col("object") == heavy.code)
    countries = {item.iso3 for item in codes.countries()}
    rows = [
        {"country": row["subject"], "name": pair.text.country(row["subject"]), "value": row["share_of_total"]}
        for row in found.sort("share_of_total", descending=True, nulls_last=True).to_dicts()
        if row["subject"] in countries and row["share_of_total"] is not None
    ]
    if len(rows) < 3:
        return None
    marked = [{"country": heavy.code, "name": "", "value": None, "role": SUBJECT}] if heavy.code in countries else []
    top = rows[0]
    values = {
        "share": pair.text.percent(top["value"]),
        "period": period,
        "n": sum(row["value"] > 0.1 for row in rows),
        "all": len(rows),
    }
    title = capital(pair.say("asymmetry.map", (heavy.code, heavy.code)))
    return Chart(
        name="share-map",
        title=title,
        finding=pair.told("asymmetry.map_finding", values, way=(heavy.code, top["country"])),
        draw=draw_of(world_map, [*rows, *marked], axis=Axis(unit="fraction")),
        table=Table("map-data", title, (column(pair, "name"), column(pair, "value", kind="percent")), rows),
        origins=parts.cite((Figure("share", heavy.code, origins=(ledger.origin,)),)),
        note=pair.text("brief.asymmetry.borders"),
    )


def _heavier(pair: Pair) -> codes.Place:
    """The one of the two that weighs more in the other's trade."""
    shares = {one: pair.first("share", other, one) for one, other in pair.both_ways}
    known = {code: figure.value for code, figure in shares.items() if figure is not None}
    return codes.place(max(known, key=lambda code: known[code])) if known else pair.b
