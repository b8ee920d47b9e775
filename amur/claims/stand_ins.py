"""Weights borrowed from a neighbouring period, where the growth of a total is set against that of its parts.

A turnover grows by the mean of the growth of its two legs, weighted by their shares in the base period.
Where nothing said or known fixes these shares, those of a period within the base, or of a year beside
it, stand in for them, and the statement made of them says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from amur.claims.amounts import Statement, amount, base_of
from amur.claims.conflict import System
from amur.claims.relations import joined, units_of
from amur.figures import Figure, with_interval
from amur.intervals import Interval
from amur.periods import Period

# A weight known only to lie in a wider span than this says nothing about which leg is the larger.
TELLING = 0.3


def stand_ins(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """One borrowed weight for every growth of a turnover whose legs grow at stated rates and unknown weights."""
    found = [_stand_in(total, statements) for total in statements if _is_total_growth(total)]
    return tuple({item.key: item for item in found if item}.values())


def weight(figure: Figure, statements: Sequence[Statement]) -> Interval | None:
    """The range that statements on this very period leave for the share of exports in a pair's turnover."""
    speaking = [item for item in statements if _speaks_of(item, figure)]
    for unit in dict.fromkeys(unit for units in units_of(speaking).values() for unit in units):
        leg, both = (amount(replace(figure, flow=flow), unit=unit) for flow in ("exports", "total"))
        span = System(*joined(speaking)).implied(leg, both)
        if span is not None and span.width < TELLING:
            return span
    return None


def _is_total_growth(statement: Statement) -> bool:
    flow = statement.figure.flow
    return (
        statement.relation == "growth"
        and statement.kind == "trade"
        and flow == "total"
        and statement.figure.period is not None
    )


def _stand_in(total: Statement, statements: Sequence[Statement]) -> Statement | None:
    triple = _with_legs(total, statements)
    if triple is None:
        return None
    base = base_of(total.figure)
    about = replace(
        total.figure,
        measure="weight",
        flow="exports",
        period=base,
        base_period=None,
        currency="",
        printed="",
        derivation=None,
    )
    others = [item for item in statements if item.key not in triple]
    if weight(about, others) is not None:
        return None
    for period in _periods_near(base, about, others):
        near = replace(about, period=period)
        span = weight(near, others)
        if span is not None:
            return _named(about, span, period, _behind(near, others))
    return None


def _with_legs(total: Statement, statements: Sequence[Statement]) -> frozenset[str] | None:
    """The keys of the growth of a turnover and of both its legs; None where a leg is missing."""
    legs = {
        (item.figure.subject, item.figure.flow == "exports"): item.key
        for item in statements
        if item.relation == "growth"
        and item.figure.flow in ("exports", "imports")
        and _same_pair(item.figure, total.figure)
        and item.figure.period == total.figure.period
        and base_of(item.figure) == base_of(total.figure)
        and item.figure.product == total.figure.product
    }
    subject = total.figure.subject
    # What one side exports is what the other imports.
    directions = {(who == subject) == exports for who, exports in legs}
    return frozenset((total.key, *legs.values())) if len(directions) > 1 else None


def _periods_near(base: Period, about: Figure, statements: Sequence[Statement]) -> Iterator[Period]:
    """Periods spoken of that lie within the base, the longest first; then the years beside it."""
    spoken = {
        period
        for item in statements
        if _same_pair(item.figure, about) and item.figure.period
        for period in _periods_of(item)
        if period != base
    }
    yield from sorted((period for period in spoken if base.contains(period)), key=lambda period: -period.days)
    beside = (base.shift_years(1), base.shift_years(-1))
    yield from (period for period in beside if period in spoken)


def _periods_of(statement: Statement) -> tuple[Period, ...]:
    period = statement.figure.period
    if period is None:
        return ()
    return (period, base_of(statement.figure)) if statement.relation in ("growth", "change") else (period,)


def _behind(figure: Figure, statements: Sequence[Statement]) -> tuple[str, ...]:
    """The fewest statements that still fix the weight, found by leaving out one after the other."""
    kept = [item for item in statements if _speaks_of(item, figure)]
    for item in tuple(kept):
        without = [other for other in kept if other is not item]
        if weight(figure, without) is not None:
            kept = without
    return tuple(item.key for item in kept)


def _named(about: Figure, span: Interval, period: Period, behind: tuple[str, ...]) -> Statement:
    figure = replace(
        about, value=(span.low + span.high) / 2, low=None, high=None, interval_kind="none", unit="fraction"
    )
    base = about.period.label if about.period else ""
    return Statement(
        key=f"stand-in:{about.subject}:{about.object}:{base}",
        figure=with_interval(replace(figure, note=period.label), span, "estimate"),
        relation="share",
        against=replace(figure, flow="total"),
        given=True,
        assumes=behind,
    )


def _speaks_of(statement: Statement, figure: Figure) -> bool:
    """Whether a statement is about the trade of this pair in this very period, or from it."""
    return (
        statement.kind == "trade"
        and _same_pair(statement.figure, figure)
        and figure.period in _periods_of(statement)
        and statement.figure.product == figure.product
    )


def _same_pair(one: Figure, other: Figure) -> bool:
    return {one.subject, one.object} == {other.subject, other.object}
