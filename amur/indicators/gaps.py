"""Large flows that a yearly table of the world lacks in one year, and which of its totals they spoil.

See `amur.flows.jumps` for the rule by which they are found.
"""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from amur import codes
from amur.errors import NoDataError
from amur.flows import Jump, jumps
from amur.indicators import ledger as books
from amur.indicators.ledger import Ledger
from amur.periods import Period

MATTERS = 0.01
"""The part of a place's trade in the year, in the flow asked for, below which a missing flow is let pass."""


def missing_flows(ledger: Ledger, place: codes.Place, flow: str, period: Period) -> tuple[Jump, ...]:
    """The missing flows into (`imports`) or out of (`exports`) a place, or either, that matter to that total."""
    inside = _members(place)
    found = [jump for jump in _jumps(ledger) if jump.period == period.label and _concerns(jump, inside, flow)]
    if not found:
        return ()
    within = pl.col("exporter").is_in(inside), pl.col("importer").is_in(inside)
    side = {"exports": within[0], "imports": within[1]}.get(flow, within[0] | within[1])
    trade = books.table(ledger, "").filter(pl.col("period") == period.label, ~(within[0] & within[1]), side)
    whole = float(trade["value_usd"].sum())
    return tuple(jump for jump in found if jump.beside_usd >= MATTERS * whole)


def missing_partners(ledger: Ledger, place: codes.Place, flow: str, period: Period) -> tuple[str, ...]:
    """The partners of those flows, by code."""
    inside = _members(place)
    found = missing_flows(ledger, place, flow, period)
    return tuple(sorted({code for jump in found for code in (jump.exporter, jump.importer) if code not in inside}))


def spoiled_years(ledger: Ledger, place: codes.Place, flow: str) -> dict[Period, tuple[str, ...]]:
    """The years whose total lacks large flows, each with the partners."""
    years = sorted({Period.parse(jump.period) for jump in _jumps(ledger)})
    found = {year: missing_partners(ledger, place, flow, year) for year in years}
    return {year: partners for year, partners in found.items() if partners}


def refuse_gap(ledger: Ledger, place: codes.Place, flow: str, period: Period) -> None:
    """Raise NoDataError where a place's total lacks a large flow."""
    for jump in missing_flows(ledger, place, flow, period):
        raise NoDataError(
            f"{ledger.name} cannot give the {flow} of {place.code} in {period.label}: {_said(jump)}. "
            "Ask for another year or another source."
        )


def refuse_missing(ledger: Ledger, ends: tuple[str, str], period: Period) -> None:
    """Raise NoDataError where the flow from the one to the other is missing although the table has a small value."""
    for jump in _jumps(ledger):
        if (jump.exporter, jump.importer, jump.period) == (*ends, period.label):
            raise NoDataError(f"{ledger.name} lacks a flow: {_said(jump)}. Ask for another year or another source.")


def _said(jump: Jump) -> str:
    return (
        f"what {jump.exporter} sold to {jump.importer} is all but missing in {jump.period} "
        f"({jump.value_usd / 1e6:,.0f} mn USD, {jump.beside_usd / 1e6:,.0f} mn in an adjacent year)"
    )


def _members(place: codes.Place) -> frozenset[str]:
    return frozenset({place.code}) | (place.members if isinstance(place, codes.Bloc) else frozenset())


def _concerns(jump: Jump, inside: frozenset[str], flow: str) -> bool:
    out, into = jump.exporter in inside, jump.importer in inside
    return out != into and {"exports": out, "imports": into}.get(flow, True)


@lru_cache(maxsize=32)
def _jumps(ledger: Ledger) -> tuple[Jump, ...]:
    if ledger.totals != "both" or ledger.frequency != "year":
        return ()
    return jumps(books.table(ledger, "").lazy())
