"""Amounts of a pair out of ledgers, as figures: levels, totals with all partners, and rows of the tabular measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import polars as pl

from amur.errors import NoDataError
from amur.figures import Figure
from amur.indicators import gaps, wording
from amur.indicators import ledger as books
from amur.indicators.concentration import concentrations
from amur.indicators.ledger import Ledger
from amur.indicators.question import Question
from amur.indicators.shares import partner_ranks, partner_shares
from amur.indicators.structure import trade_intensities
from amur.indicators.values import Frame
from amur.periods import Period

LEVELS: Mapping[str, str] = {"total": "turnover", "exports": "exports", "imports": "imports", "balance": "balance"}
"""The measure that holds the level of a flow."""

WORLD = "WLD"
"""The object of a total with all partners."""

_TABULAR: Mapping[str, Callable[[Any], Frame]] = {
    "shares": partner_shares,
    "ranks": partner_ranks,
    "concentration": concentrations,
    "intensity": trade_intensities,
}
_OF_THE_WORLD = ("intensity",)


def by_closeness(ledgers: tuple[Ledger, ...]) -> list[Ledger]:
    """Ledgers with the one closest to a customs declaration first: filed, then reconciled, then modelled."""
    return sorted(ledgers, key=lambda item: (item.side == "model", item.side == "reconciled"))


def newest(question: Question, ledger: Ledger) -> Period:
    """The period asked for, or the ledger's newest in which the two trade: the year to date where it has months."""
    if question.period is not None:
        return question.period
    found = _periods(question, ledger)
    if not found:
        raise NoDataError(f"{ledger.name} has no trade between {question.subject.code} and {question.other.code}.")
    last = found[-1]
    return Period.year_to_date(last.start.year, last.start.month) if last.kind == "month" else last


def _periods(question: Question, ledger: Ledger) -> tuple[Period, ...]:
    blocs = _blocs(question, ledger)
    if question.other.code == WORLD and ledger.totals == "both":
        return tuple(sorted(Period.parse(label) for label in books.labels(ledger, question.product)))
    return books.periods(ledger, question.product, *_codes(question), blocs)


def amount(question: Question, ledger: Ledger, flow: str, period: Period) -> Figure:
    """What passes between the two in a period; NoDataError where the ledger cannot say."""
    if question.other.code == WORLD and ledger.totals == "both":
        return whole(question, ledger, flow, period)
    frame = books.in_period(ledger, question.product, period, _blocs(question, ledger))
    one, other = _codes(question)
    wanted = {"exports": ((one, other),), "imports": ((other, one),)}.get(flow, ((one, other), (other, one)))
    for ends in wanted:
        gaps.refuse_missing(ledger, ends, period)
    held = (ledger, question.product, period, _blocs(question, ledger))
    cells = {ends: _cell(held, ends) for ends in wanted}
    for ends, value in cells.items():
        if value is None:
            _refuse_unknown(question, ledger, frame, (period, ends))
    if all(value is None for value in cells.values()):
        raise NoDataError(f"{ledger.name} has no trade between {one} and {other} in {period.label}.")
    exports, imports = (cells.get(ends) or 0.0 for ends in ((one, other), (other, one)))
    value = {"exports": exports, "imports": imports, "total": exports + imports, "balance": exports - imports}[flow]
    return described(question, ledger, flow, period, value)


def _refuse_unknown(
    question: Question, ledger: Ledger, frame: pl.DataFrame, where: tuple[Period, tuple[str, str]]
) -> None:
    """Raise NoDataError unless an absent flow is a true zero.

    It is one in a table of the world whose seller exports and whose buyer imports, and which has no hole around
    either. Elsewhere nobody reported it.
    """
    period, (exporter, importer) = where
    said = f"what {exporter} sold to {importer} in {period.label}"
    if ledger.totals != "both":
        raise NoDataError(f"{ledger.name} does not hold {said}.")
    blocs = _blocs(question, ledger)
    if any(books.in_hole(ledger, code, period, blocs) for code in (exporter, importer)):
        raise NoDataError(f"{ledger.name} lacks {said}: missing, not zero.")
    if exporter not in frame["exporter"] or importer not in frame["importer"]:
        raise NoDataError(f"{ledger.name} holds no exports of {exporter} or no imports of {importer}, so not {said}.")


def described(question: Question, ledger: Ledger, flow: str, period: Period, value: float) -> Figure:
    """An amount with all that is known of its ledger; a nowcast is never called observed."""
    text, label = question.text, books.select(ledger, question.product).label
    asked = tuple(dict.fromkeys((question.subject, question.other)))
    carried = tuple(dict.fromkeys(code for place in asked for code in books.carried_forward(ledger, place, period)))
    basis = wording.together(
        wording.nowcast_basis(carried, period, text),
        wording.table_basis(ledger, text),
        wording.goods_basis(label, text),
        wording.bloc_basis(asked, text),
        text("measures.basis.nominal"),
    )
    return Figure(
        measure=LEVELS[flow],
        subject=question.subject.code,
        object=question.other.code,
        flow=flow,
        product=label,
        period=period,
        value=value,
        unit="USD",
        currency="USD",
        basis=basis,
        reporter=wording.producer(ledger.origin),
        vintage=wording.vintage(ledger.origin),
        origins=(ledger.origin,),
    )


def whole(question: Question, ledger: Ledger, flow: str, period: Period) -> Figure:
    """The subject's flow with all partners; NoDataError where the ledger cannot give it."""
    if ledger.total_partner:
        value = _reported_whole(question, ledger, flow, period)
    else:
        row = _rows_of_subject("shares", question, ledger, period).row(0, named=True)
        gaps.refuse_gap(ledger, question.subject, flow, period)
        exports, imports = row["exports_usd_all"], row["imports_usd_all"]
        value = exports - imports if flow == "balance" else row[f"{flow}_usd_all"]
    if value is None or (value <= 0 and flow != "balance"):
        raise NoDataError(f"{ledger.name} has no {flow} of {question.subject.code} in {period.label}.")
    return replace(described(question, ledger, flow, period, value), object=WORLD)


def _reported_whole(question: Question, ledger: Ledger, flow: str, period: Period) -> float | None:
    """The total that the source itself reports under the name of its total partner."""
    held = (ledger, question.product, period, _blocs(question, ledger))
    code = question.subject.code
    ends = {"exports": (code, ledger.total_partner), "imports": (ledger.total_partner, code)}
    if ledger.totals != {"exports": "exporter", "imports": "importer"}.get(flow):
        raise NoDataError(f"{ledger.name} does not hold the {flow} of {code} with all partners.")
    return _cell(held, ends[flow])


def tabular_row(measure: str, question: Question, ledger: Ledger, period: Period) -> dict[str, Any]:
    """The pair's (or, for concentration, the subject's) row of a tabular measure; holes are refused first."""
    own = _rows_of_subject(measure, question, ledger, period)
    gaps.refuse_gap(ledger, question.subject, question.flow, period)
    if measure != "concentration":
        own = own.filter(pl.col("object") == question.other.code)
    if own.is_empty():
        one, other = _codes(question)
        raise NoDataError(f"{ledger.name} has no trade between {one} and {other} in {period.label}.")
    return own.row(0, named=True)


def _rows_of_subject(measure: str, question: Question, ledger: Ledger, period: Period) -> pl.DataFrame:
    """The subject's rows of a tabular measure, at least one; NoDataError where its totals are not whole."""
    code = question.subject.code
    if ledger.totals != "both":
        raise NoDataError(f"{ledger.name} does not hold trade with all partners of {code}.")
    blocs = _blocs(question, ledger)
    books.refuse_hole(ledger, question.subject, period, blocs)
    # World measures need every flow; the others only those of the two places, for all years at once.
    around = () if measure in _OF_THE_WORLD else books.around(*_codes(question))
    every = bool(around) and books.holds(ledger, question.product, period)
    found = _tabular(measure, ledger, question.product, None if every else period, (blocs, around))
    own = found.filter((pl.col("subject") == code) & (pl.col("period") == period.label))
    if own.is_empty():
        raise NoDataError(f"{ledger.name} has no trade of {code} in {period.label}.")
    row, missing = own.row(0, named=True), []
    for flow in ("exports", "imports"):
        size = row.get(f"{flow}_usd_all", row.get(f"partners_{flow}"))
        missing += [flow] if size is not None and size <= 0 else []
    if question.flow in ("total", *missing) and missing:
        raise NoDataError(
            f"{ledger.name} holds no {missing[0]} of {code} in {period.label}, so no {question.flow} of it."
        )
    return own


@lru_cache(maxsize=128)
def _tabular(
    measure: str,
    ledger: Ledger,
    product: str,
    period: Period | None,
    scope: tuple[tuple[str, ...], tuple[str, ...]],
) -> pl.DataFrame:
    """A tabular measure for one period, or for all of the ledger's own; `scope` is the blocs and the places around."""
    blocs, around = scope
    frame = books.table(ledger, product, blocs) if period is None else books.in_period(ledger, product, period, blocs)
    if around:
        frame = frame.filter(pl.col("exporter").is_in(around) | pl.col("importer").is_in(around))
    return _TABULAR[measure](frame.lazy()).collect("polars").to_native()


Held = tuple[Ledger, str, Period, tuple[str, ...]]
"""Which flows: the ledger, the product, the period, and the blocs whose members are merged."""


def _cell(held: Held, ends: tuple[str, str]) -> float | None:
    """The amount from the one to the other; None where there is no row, an error where it has no dollar value."""
    sold = _sold(held, ends[0])
    if ends[1] not in sold:
        return None
    value = sold[ends[1]]
    if value is None:
        name = held[0].name
        raise NoDataError(f"{name} has no dollar value for what {ends[0]} sold to {ends[1]}: no exchange rate.")
    return value


@lru_cache(maxsize=4096)
def _sold(held: Held, exporter: str) -> Mapping[str, float | None]:
    """What a place sold to each importer in the table. A page asks for many cells of few places."""
    found = books.in_period(*held).filter(pl.col("exporter") == exporter)
    return dict(zip(found["importer"].to_list(), found["value_usd"].to_list(), strict=True))


def _codes(question: Question) -> tuple[str, str]:
    return question.subject.code, question.other.code


def _blocs(question: Question, ledger: Ledger) -> tuple[str, ...]:
    asked = [place for place in dict.fromkeys((question.subject, question.other)) if place.code != WORLD]
    named = WORLD in books.places(ledger, question.product)
    return books.merged(ledger, question.product, *((question.subject, question.other) if named else asked))
