"""Why figures differ, and what is missing for a pair: sentences computed from what is known of the sources."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache

from amur import codes, facts
from amur.errors import NoDataError
from amur.figures import Figure
from amur.indicators import ledger as books
from amur.indicators import wording
from amur.indicators.ledger import Ledger
from amur.indicators.question import Query, Question, ask
from amur.indicators.releases import releases
from amur.indicators.weights import gdp_years
from amur.origins import DATA
from amur.periods import Period
from amur.text import Text

_SILENCES = DATA / "silences.csv"


def why_different(figures: Iterable[Figure], query: Query | None = None) -> tuple[str, ...]:
    """Why several figures for one question differ, one sentence a reason, in the language of the query.

    The reasons come from the figures themselves: other periods, other flows, how each table values goods, years
    carried forward, a country that publishes no trade by partner, publishers whose method is not known.
    """
    asked = query or Query()
    shown = tuple(figures)
    if len(shown) < 2:
        return ()
    text = Text(asked.language)
    tables = {item.origin: item for item in books.ledgers(asked.data)}
    used = list(dict.fromkeys(tables[key] for figure in shown for key in figure.origins[:1] if key in tables))
    return (
        *_flows(shown, text),
        *_periods(shown, text),
        *(text(f"measures.table.{item.key}.why") for item in used if text.has(f"measures.table.{item.key}.why")),
        *_nowcasts(shown, tables, text),
        *_silent(shown, text),
        *_methods(shown, text),
    )


def carried_countries(figure: Figure, query: Query | None = None) -> tuple[str, ...]:
    """The countries whose structure the figure's table carries forward in its year; empty for an observation."""
    tables = {item.origin: item for item in books.ledgers((query or Query()).data)}
    return _carried(figure, tables)


def missing_data(a: str, b: str, query: Query | None = None) -> str:
    """One sentence that names what is missing for a pair; empty where nothing is."""
    question = ask(a, b, query or Query())
    text = question.text
    parts = [part for item in books.ledgers(question.query.data) for part in _missing_in(question, item)]
    known = releases(question).dollars
    if question.asks_facts and not known.levels:
        parts.append(text("measures.missing.no_releases"))
    parts += [
        text("measures.missing.no_gdp", place=text.the(place.code))
        for place in (question.subject, question.other)
        if not gdp_years(place.code)
    ]
    listed = wording.joined(list(dict.fromkeys(parts)), text)
    return text("measures.missing.sentence", list=listed) if parts else ""


# ── what is missing ─────────────────────────────────────────────────────────────────────────────


def _missing_in(question: Question, ledger: Ledger) -> list[str]:
    """What a table of the world lacks for the pair; other tables are never expected to hold it."""
    if ledger.totals != "both":
        return []
    text, name = question.text, wording.table_name(ledger, question.text)
    places = question.subject, question.other
    absent = [place for place in places if not _listed(ledger, place)]
    if absent:
        return [text("measures.missing.not_listed", source=name, place=text.the(place.code)) for place in absent]
    blocs = books.merged(ledger, "", *places)
    found = books.periods(ledger, "", question.subject.code, question.other.code, blocs)
    if not found:
        return [text("measures.missing.no_pair", source=name)]
    return [
        text("measures.missing.hole", source=name, genitive=text.genitive(place.code))
        for place in places
        if books.in_hole(ledger, place.code, found[-1], blocs)
    ]


def _listed(ledger: Ledger, place: codes.Place) -> bool:
    try:
        books.merged(ledger, "", place)
    except NoDataError:
        return False
    return True


# ── why figures differ ──────────────────────────────────────────────────────────────────────────


def _flows(figures: tuple[Figure, ...], text: Text) -> list[str]:
    flows = dict.fromkeys(figure.flow for figure in figures if figure.flow)
    if len(flows) < 2:
        return []
    return [text("measures.why.flows", list=wording.joined([text(f"common.flow.{flow}") for flow in flows], text))]


def _periods(figures: tuple[Figure, ...], text: Text) -> list[str]:
    spans = sorted({figure.period for figure in figures if figure.period})
    if len(spans) < 2:
        return []
    return [text("measures.why.years", list=wording.joined([text.period(span) for span in spans], text))]


def _nowcasts(figures: tuple[Figure, ...], tables: dict[str, Ledger], text: Text) -> list[str]:
    said = {}
    for figure in figures:
        countries = _carried(figure, tables)
        if countries and figure.period:
            said[figure.origins[0], figure.period] = text(
                "measures.why.nowcast",
                source=wording.table_name(tables[figure.origins[0]], text),
                countries=wording.joined([text.genitive(code) for code in countries], text),
                year=text.period(figure.period),
            )
    return list(said.values())


def _carried(figure: Figure, tables: dict[str, Ledger]) -> tuple[str, ...]:
    ledger = next((tables[key] for key in figure.origins if key in tables), None)
    if ledger is None or figure.period is None:
        return ()
    names = dict.fromkeys(name for name in (figure.subject, figure.object) if name)
    period: Period = figure.period
    found = (books.carried_forward(ledger, codes.place(name), period) for name in names)
    return tuple(dict.fromkeys(code for group in found for code in group))


def _silent(figures: tuple[Figure, ...], text: Text) -> list[str]:
    """Subjects that stopped publishing before the end of a figure's period."""
    found = {}
    for figure in figures:
        since = silences().get(figure.subject)
        if since and figure.period and figure.period.end >= since.start:
            name = text.the(figure.subject)
            found[figure.subject] = text.sentence("measures.why.stopped", country=name, since=text.period(since))
    return list(found.values())


def _methods(figures: tuple[Figure, ...], text: Text) -> list[str]:
    named = dict.fromkeys(
        wording.reporter_name(figure.reporter, text)
        for figure in figures
        if figure.measure == "share" and figure.derivation is None and figure.reporter in facts.reporters()
    )
    if not named:
        return []
    return [text("measures.why.stated", reporters=wording.joined(list(named), text))]


@cache
def silences() -> dict[str, Period]:
    """Countries that stopped publishing trade by partner, with the first month that they left out."""
    with _SILENCES.open(encoding="utf-8", newline="") as stream:
        return {row["iso3"]: Period.parse(row["since"]) for row in csv.DictReader(stream)}
