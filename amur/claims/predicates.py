"""Claims without a number: trade rises, is a record, is balanced, falls for the first time. Tests on series."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from amur.claims.amounts import Statement
from amur.claims.evidence import Evidence, Knowledge
from amur.claims.link import Link, Linked, figure_of
from amur.claims.rescan import is_growth_record
from amur.claims.verdict import Code, Judgement
from amur.figures import Figure
from amur.periods import Period

# Exports and imports that differ by less than this part of the larger are "comparable", "balanced".
BALANCED = 0.2
# Growth of less than this in either direction is "stable", "unchanged".
STABLE = 0.02
# How many years back a record or a first fall is looked for; published series are not longer.
_YEARS_BACK = 15
_SURENESS = 0.85


def judge_predicate(item: Linked, knowledge: Knowledge) -> Judgement:
    """The verdict on a trend, a record, a balance or a first fall; other predicates are outside the data."""
    link = item.links[0]
    reading = link.reading
    if reading.modality != "outcome":
        return Judgement("not_an_outcome", link, item.claim.confidence, detail=reading.modality)
    if reading.period is None or not (reading.subject and reading.object):
        return Judgement("underspecified", link, item.claim.confidence)
    tests = {
        "trend": _trend,
        "record": _record,
        "balance": _balance,
        "first_decline": _first,
        "first_rise": _first,
    }
    test = tests.get(reading.measure)
    found = test(item, knowledge) if test and reading.concept == "trade" else None
    if found is None:
        return Judgement("outside_data", link, item.claim.confidence)
    code, evidence, detail = found
    return Judgement(code, link, round(_SURENESS * item.claim.confidence, 2), evidence, detail=detail)


Finding = tuple[Code, tuple[Evidence, ...], str]


def _trend(item: Linked, knowledge: Knowledge) -> Finding | None:
    """Whether the flow rose or fell against the same months of the year before."""
    direction = item.reading.direction
    if direction is None:
        return None
    for link in item.links:
        grown = growth(knowledge, link)
        if grown is None:
            continue
        rate = grown.figure.value
        if abs(rate) <= grown.near:
            return "outside_data", (grown,), "undecided"
        holds = abs(rate) <= STABLE if direction == 0 else _sign(rate) == direction
        if not holds and "period" in item.reading.assumed:
            return "underspecified", (grown,), "trend"
        return ("supported" if holds else "contradicted"), (grown,), "trend"
    return None


def _record(item: Linked, knowledge: Knowledge) -> Finding | None:
    """A record level is the highest of all years before; record growth is another matter."""
    link = item.links[0]
    period = _year_of(link)
    if period is None:
        return None
    levels = list(_yearly(knowledge, link, period, "level"))
    if len(levels) < 2 or levels[0].figure.period != period:
        return _no_record_yet(link, knowledge)
    highest = max(levels[1:], key=lambda one: one.figure.value)
    is_highest = levels[0].figure.value > highest.figure.value
    if not is_growth_record(item):
        return ("supported" if is_highest else "contradicted"), (levels[0], highest), "record"
    rates = list(_yearly(knowledge, link, period, "growth"))
    if len(rates) < 2 or rates[0].figure.period != period:
        return None
    fastest = max(rates[1:], key=lambda one: one.figure.value)
    if rates[0].figure.value > fastest.figure.value:
        return "supported", (rates[0], fastest), "record_growth"
    code: Code = "level_growth_confusion" if is_highest else "contradicted"
    return code, (rates[0], fastest, levels[0], highest), "record_growth"


def _year_of(link: Link) -> Period | None:
    """The year of a record: the period, or the year from which a span is counted ("after record growth in …")."""
    named = (link.reading.period, link.reading.base)
    return next((period for period in named if period is not None and period.kind == "year"), None)


def _no_record_yet(link: Link, knowledge: Knowledge) -> Finding | None:
    """A year that is not over cannot be a record while its months lie below those of the year before."""
    grown = growth(knowledge, link)
    if grown is None or grown.figure.value >= -grown.near:
        return None
    return "contradicted", (grown,), "trend"


def _balance(item: Linked, knowledge: Knowledge) -> Finding | None:
    link = item.links[0]
    sides = [_level(knowledge, replace(figure_of(link.reading), flow=flow)) for flow in ("exports", "imports")]
    if sides[0] is None or sides[1] is None:
        return None
    sold, bought = sides[0].figure.value, sides[1].figure.value
    holds = abs(sold - bought) <= BALANCED * max(sold, bought)
    return ("supported" if holds else "contradicted"), (sides[0], sides[1]), "balance"


def _first(item: Linked, knowledge: Knowledge) -> Finding | None:
    """Whether the flow fell (rose) in the period and in no year before it since the base."""
    link = item.links[0]
    sign = -1 if link.reading.measure == "first_decline" else 1
    now = growth(knowledge, link)
    if now is None or link.reading.period is None:
        return None
    if _sign(now.figure.value) != sign:
        return "contradicted", (now,), "trend"
    if link.reading.period.kind != "year":
        return None
    since = link.reading.base.start.year if link.reading.base else None
    earlier = [
        one
        for one in list(_yearly(knowledge, link, link.reading.period, "growth"))[1:]
        if since is None or (one.figure.period and one.figure.period.year >= since)
    ]
    before = [one for one in earlier if _sign(one.figure.value) == sign]
    if before:
        return "contradicted", (now, before[0]), "first"
    return ("supported", (now, *earlier[:1]), "first") if earlier else None


def _sign(rate: float) -> int:
    """1 for a rise, −1 for a fall, 0 for neither."""
    return (rate > 0) - (rate < 0)


# ── series ──────────────────────────────────────────────────────────────────────────────────────


def growth(knowledge: Knowledge, link: Link) -> Evidence | None:
    """Growth on the year before of the flow that a claim is about; of its newest months where the year is open."""
    figure = replace(figure_of(link.reading), base_period=None, currency="", unit="fraction")
    for period in _narrowed(link.reading.period):
        found = knowledge.evidence(
            Statement("", replace(figure, period=period), "growth", link.reading.concept), tables=False
        )
        if found:
            return found[0]
    return None


def _narrowed(period: Period | None) -> Iterator[Period]:
    """The period, and for a year what is known of it before it is over: its years to date, the longest first."""
    if period is None:
        return
    yield period
    if period.kind == "year":
        yield from (Period.year_to_date(period.year, month) for month in range(11, 0, -1))


def _level(knowledge: Knowledge, figure: Figure) -> Evidence | None:
    found = knowledge.evidence(Statement("", replace(figure, currency="USD", unit="USD"), "level"), tables=False)
    return next((one for one in found if one.nature in ("published", "implied")), None)


def _yearly(knowledge: Knowledge, link: Link, period: Period, relation: str) -> Iterator[Evidence]:
    """The flow, or its growth, in a year and in those before it that are known, the newest first."""
    figure = replace(figure_of(link.reading), base_period=None, currency="", unit="fraction")
    for back in range(_YEARS_BACK):
        year = replace(figure, period=period.shift_years(-back))
        found = (
            _level(knowledge, year)
            if relation == "level"
            else next(iter(knowledge.evidence(Statement("", year, "growth"), tables=False)), None)
        )
        if found is not None:
            yield found
