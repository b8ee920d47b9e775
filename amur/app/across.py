"""A measure across the world: of one place with every other, of every other with it, or of every place by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from amur import codes, cutoff
from amur.economy import bundled_economies, load_economy
from amur.errors import MeasureError
from amur.figures import Figure
from amur.indicators import Measure, Query
from amur.indicators import ledger as books
from amur.indicators.ledger import Ledger
from amur.indicators.registry import answers
from amur.periods import Period

View = Literal["of", "with"]
"""`of` the subject with every other place, or of every other place `with` it."""

_SAME_REASON = 12
"""A source that refuses so many places for one and the same reason, and answers none, would refuse them all."""


@dataclass(frozen=True)
class Across:
    """What was found: a figure by place, the places that were asked about, the source, and why some have none."""

    figures: dict[str, Figure]
    asked: tuple[str, ...] = ()
    source: str = ""
    reasons: tuple[str, ...] = ()


def across(measure: Measure, subject: str, query: Query, *, view: View = "of", among: tuple[str, ...] = ()) -> Across:
    """A measure for every place that a source lists, all from the one source that answers most, so that they compare.

    A measure of one country has no subject. Places that overlap with the subject are left out. Raises MeasureError
    where a measure of two countries has no subject, and CodeError for an unknown one. `among` limits the places, and
    a source in the query the tables.
    """
    if measure.pair and not subject:
        raise MeasureError(f"{measure.name} is about two countries. Name the one that is compared with all others.")
    if measure in cutoff.MEASURES:
        return _from_source(measure, subject, replace(query, product="", source=""), among or _regions(), view)
    held = [item for item in _worlds() if _holds(item, query) and query.source in ("", item.key)]
    found = [
        _from_source(measure, subject, replace(query, source=item.key), among or _listed(item), view) for item in held
    ]
    best = max(found, key=lambda item: len(item.figures), default=Across({}))
    if best.figures:
        return best
    everywhere = tuple(sorted({code for item in _worlds() for code in _listed(item)}))
    published = _from_source(measure, subject, replace(query, source="facts", product=""), among or everywhere, view)
    return published if published.figures else replace(best, reasons=best.reasons or published.reasons)


def _from_source(measure: Measure, subject: str, query: Query, listed: tuple[str, ...], view: View) -> Across:
    figures: dict[str, Figure] = {}
    reasons: dict[str, int] = {}
    with books.many_pairs():
        for code in listed:
            pair = _pair(measure, subject, code, view)
            if pair is None:
                continue
            found = answers(measure, *pair, query)
            if found.figures:
                figures[code] = found.figures[0]
                continue
            for reason in found.refusals[:1]:
                reasons[reason] = reasons.get(reason, 0) + 1
            if not figures and max(reasons.values(), default=0) >= _SAME_REASON:
                break
    return Across(figures, listed, query.source, tuple(sorted(reasons, key=lambda reason: -reasons[reason])))


def _pair(measure: Measure, subject: str, code: str, view: View) -> tuple[str, str] | None:
    if not measure.pair:
        return code, ""
    if books.common_members(codes.place(subject), codes.place(code)):
        return None
    return (subject, code) if view == "of" else (code, subject)


def _worlds() -> tuple[Ledger, ...]:
    """The tables that hold the trade of the whole world."""
    return tuple(item for item in books.ledgers() if item.totals == "both" and item.complete)


def _holds(ledger: Ledger, query: Query) -> bool:
    return query.period is None or str(query.period) in _years(ledger)


@lru_cache(maxsize=16)
def _listed(ledger: Ledger) -> tuple[str, ...]:
    return tuple(sorted(books.places(ledger, "")))


@lru_cache(maxsize=1)
def _regions() -> tuple[str, ...]:
    return load_economy(bundled_economies()[0]).regions


@lru_cache(maxsize=16)
def _years(ledger: Ledger) -> frozenset[str]:
    labels = books.table(ledger, "")["period"].unique().to_list()
    return frozenset(str(Period.parse(label).start.year) for label in labels)


@lru_cache(maxsize=1)
def years_across() -> tuple[int, ...]:
    """The years for which a table of the whole world exists."""
    return tuple(sorted({int(year) for item in _worlds() for year in _years(item)}))


def fullest_year() -> int:
    """The newest year of the table that holds most years: the one a reader begins with."""
    return max(map(int, max(map(_years, _worlds()), key=len)))


def traders(year: int) -> tuple[str, ...]:
    """The countries of a year by their trade with all others, the largest first."""
    import polars as pl

    ledger = next(item for item in _worlds() if str(year) in _years(item))
    flows = books.in_period(ledger, "", Period.of_year(year)).filter(pl.col("exporter") != pl.col("importer"))
    ends = [flows.select(place=side, value="value_usd") for side in ("exporter", "importer")]
    summed = pl.concat(ends).group_by("place").agg(pl.col("value").sum()).sort("value", descending=True)
    known = {item.code for item in codes.countries()}
    return tuple(code for code in summed["place"].to_list() if code in known)
