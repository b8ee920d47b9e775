"""Amounts of a pair out of ledgers, as figures: levels, totals with all partners, and rows of the tabular measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import polars as pl

from amur.errors import NoDataError
from amur.figures import Figure
from amur.indicators import ledger as books
from amur.indicators import wording
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

_BY_SIDE = {"exporter": 0, "importer": 0, "either": 0, "reconciled": 1, "model": 2}

_TABULAR: Mapping[str, Callable[[Any], Frame]] = {
    "shares": partner_shares,
    "ranks": partner_ranks,
    "concentration": concentrations,
    "intensity": trade_intensities,
}
_OF_THE_WORLD = ("intensity",)


def by_closeness(ledgers: tuple[Ledger, ...]) -> list[Ledger]:
    """Ledgers with the one closest to a customs declaration first: filed, then reconciled, then modelled."""
    return sorted(ledgers, key=lambda item: _BY_SIDE[item.side])


def newest(question: Question, ledger: Ledger) -> Period:
    """The period asked for, or the ledger's newest in which the two trade: the year to date where it has months."""
    if question.period is not None:
        return question.period
    found = books.periods(ledger, question.product, *_codes(question), _blocs(question, ledger))
    if not found:
        raise NoDataError(f"{ledger.name} has no trade between {question.subject.code} and {question.other.code}.")
    last = found[-1]
    return Period.year_to_date(last.start.year, last.start.month) if last.kind == "month" else last


def amount(question: Question, ledger: Ledger, flow: str, period: Period) -> Figure:
    """What passes between the two in a period; NoDataError where the ledger cannot say."""
    blocs = _blocs(question, ledger)
    frame = books.in_period(ledger, question.product, period, blocs)
    one, other = _codes(question)
    sold, bought = (_cell(frame, *ends) for ends in ((one, other), (other, one)))
    known = {"exports": (sold,), "imports": (bought,), "total": (sold, bought), "balance": (sold, bought)}[flow]
    if ledger.totals != "both" and None in known:
        raise NoDataError(f"{ledger.name} does not hold the {flow} of {one} with {other} in {period.label}.")
    if None in known and any(books.in_hole(ledger, code, period, blocs) for code in (one, other)):
        raise NoDataError(f"{ledger.name} lacks trade of {one} with {other} in {period.label}: missing, not zero.")
    if all(value is None for value in known):
        raise NoDataError(f"{ledger.name} has no trade between {one} and {other} in {period.label}.")
    exports, imports = sold or 0.0, bought or 0.0
    value = {"exports": exports, "imports": imports, "total": exports + imports, "balance": exports - imports}[flow]
    return described(question, ledger, flow, period, value)


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
        row = tabular_row("shares", question, ledger, period)
        value = row[f"{flow}_usd_all"]
    if value is None or value <= 0:
        raise NoDataError(f"{ledger.name} has no {flow} of {question.subject.code} in {period.label}.")
    figure = described(question, ledger, flow, period, value)
    return replace(figure, object=WORLD)


def _reported_whole(question: Question, ledger: Ledger, flow: str, period: Period) -> float | None:
    """The total that the source itself reports under the name of its total partner."""
    frame = books.in_period(ledger, question.product, period, _blocs(question, ledger))
    code = question.subject.code
    ends = {"exports": (code, ledger.total_partner), "imports": (ledger.total_partner, code)}
    if ledger.totals != {"exports": "exporter", "imports": "importer"}.get(flow):
        raise NoDataError(f"{ledger.name} does not hold the {flow} of {code} with all partners.")
    return _cell(frame, *ends[flow])


def tabular_row(measure: str, question: Question, ledger: Ledger, period: Period) -> dict[str, Any]:
    """The pair's (or, for concentration, the subject's) row of a tabular measure; holes are refused first."""
    if ledger.totals != "both":
        raise NoDataError(f"{ledger.name} does not hold trade with all partners of {question.subject.code}.")
    blocs = _blocs(question, ledger)
    books.refuse_hole(ledger, question.subject, period, blocs)
    # World measures need every flow; the others only those of the two places, for all years at once.
    around = () if measure in _OF_THE_WORLD else _codes(question)
    if books.holds(ledger, question.product, period):
        found = _tabular(measure, ledger, question.product, None if around else period, (blocs, around))
    else:
        found = _tabular(measure, ledger, question.product, period, (blocs, around))
    own = found.filter((pl.col("subject") == question.subject.code) & (pl.col("period") == period.label))
    if measure != "concentration":
        own = own.filter(pl.col("object") == question.other.code)
    if own.is_empty():
        one, other = _codes(question)
        raise NoDataError(f"{ledger.name} has no trade between {one} and {other} in {period.label}.")
    return own.row(0, named=True)


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


def _cell(frame: pl.DataFrame, exporter: str, importer: str) -> float | None:
    found = frame.filter((pl.col("exporter") == exporter) & (pl.col("importer") == importer))["value_usd"]
    return None if found.is_empty() else found[0]


def _codes(question: Question) -> tuple[str, str]:
    return question.subject.code, question.other.code


def _blocs(question: Question, ledger: Ledger) -> tuple[str, ...]:
    return books.merged(ledger, question.product, *dict.fromkeys((question.subject, question.other)))
