"""Mirror values: one flow as its exporter, its importer and those who reconcile the two have it, each by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from amur import arithmetic, facts
from amur.errors import NoDataError
from amur.figures import Figure
from amur.indicators import amounts, wording
from amur.indicators import ledger as books
from amur.indicators.ledger import Ledger
from amur.indicators.levels import level
from amur.indicators.question import Answers, Question, gather
from amur.indicators.values import MIRRORED
from amur.periods import Period

_COLUMNS = {"exporter": "reported_by_exporter", "importer": "reported_by_importer"}


def mirror_values(question: Question) -> Answers:
    """The same flow from every source that filed, reconciled or modelled it, never mixed, and their gaps in logarithms.

    Each figure says in its note which side it is from; a gap compares a figure with the first of the same period.
    """
    own = [item for item in question.ledgers() if item.own and books.reports(item) is not None]
    sides = gather([lambda item=item: _both_sides(question, item) for item in own])
    found = sides if sides.figures else sides + level(question)
    shown = found.figures if sides.figures else tuple(_with_side(question, figure) for figure in found.figures)
    figures = tuple(replace(figure, measure="mirror") for figure in shown)
    comparable = [figure for figure in figures if figure.value > 0]
    gaps = [_gap(question, comparable[0], figure) for figure in comparable[1:] if figure.period == comparable[0].period]
    return Answers((*figures, *gaps), found.refusals)


# ── the user's own reports ──────────────────────────────────────────────────────────────────────


def _both_sides(question: Question, ledger: Ledger) -> list[Figure]:
    """What the exporter filed, what the importer filed, and the value that the default rule takes."""
    if question.flow not in ("exports", "imports"):
        raise NoDataError("The two sides report one direction each. Ask for exports or for imports.")
    period = amounts.newest(question, ledger)
    row, text = _filed(question, ledger, period), question.text
    found = [
        replace(
            amounts.described(question, ledger, question.flow, period, row[column]),
            note=text(f"measures.note.side_{side}"),
        )
        for side, column in _COLUMNS.items()
        if row[column] is not None
    ]
    reconciled = amounts.described(question, ledger, question.flow, period, row["reconciled"])
    return [*found, replace(reconciled, note=text(f"measures.note.reconciled_{row['how']}"))]


def _filed(question: Question, ledger: Ledger, period: Period) -> dict[str, Any]:
    mirrored = books.reports(ledger)
    ends = (question.subject.code, question.other.code)
    exporter, importer = ends if question.flow == "exports" else ends[::-1]
    selection = books.select(ledger, question.product)
    if mirrored is None or selection.products is None or len(selection.products) != 1:
        raise NoDataError(f"{ledger.name} holds no reports of one product that both sides could have filed.")
    found = mirrored.filter(
        (pl.col("exporter") == exporter)
        & (pl.col("importer") == importer)
        & (pl.col("period") == period.label)
        & (pl.col("product") == selection.products[0])
        & (pl.col("nomenclature") == selection.nomenclature)
    )
    if found.is_empty():
        raise NoDataError(f"{ledger.name} has no report of what {exporter} sold to {importer} in {period.label}.")
    return found.row(0, named=True)


# ── sides ───────────────────────────────────────────────────────────────────────────────────────


def _with_side(question: Question, figure: Figure) -> Figure:
    """The figure with the side that it is from in front of its note, where that is known."""
    side = _side(question, figure)
    if not side:
        return figure
    note = question.text(f"measures.note.side_{side}")
    return replace(figure, note=" ".join(part for part in (note, figure.note) if part))


def _side(question: Question, figure: Figure) -> str:
    """Who filed a figure: exporter, importer, one of the two, nobody (reconciled, model); empty where not known."""
    by_origin = {item.origin: item for item in question.ledgers()}
    ledger = by_origin.get(figure.origins[0]) if figure.origins else None
    if ledger is not None:
        return "one" if ledger.side == "either" else ledger.side
    office = facts.reporters().get(figure.reporter)
    if office is None or not office.place:
        return ""
    flow = figure.flow if office.place == figure.subject else MIRRORED.get(figure.flow, "")
    return {"exports": "exporter", "imports": "importer", "total": "one"}.get(flow, "")


def _gap(question: Question, first: Figure, other: Figure) -> Figure:
    text = question.text
    note = text("measures.note.mirror_gap", first=_who(question, first), other=_who(question, other))
    return replace(
        arithmetic.log_ratio(other, first),
        measure="mirror_gap",
        subject=other.subject,
        object=other.object,
        vintage=other.vintage,
        note=note,
    )


def _who(question: Question, figure: Figure) -> str:
    """What stands behind a figure, as a sentence names it: its side in the user's reports, its table, its publisher."""
    ledger = next((item for item in question.ledgers() if item.origin in figure.origins[:1]), None)
    if ledger is not None and ledger.own:
        return figure.note.rstrip(".")
    named = wording.table_name(ledger, question.text) if ledger else ""
    return named or wording.reporter_name(figure.reporter, question.text)
