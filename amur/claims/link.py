"""Linking: each way to read a claim as a statement about quantities, the most plausible first.

Where the text leaves a slot open (which year after an event, which base, which flow), every candidate
becomes a reading of its own; which of them was meant is judged later, by the data and never in silence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from amur.claims.amounts import WORLD, Relation, Statement
from amur.claims.claim import Claim, Document, Reading
from amur.errors import AmurError
from amur.figures import Figure, display_scale
from amur.periods import Period

_RELATIONS: Mapping[str, Relation] = {
    "value": "level",
    "quantity": "level",
    "count": "level",
    "surplus": "level",
    "deficit": "level",
    "growth": "growth",
    "change": "change",
    "share": "share",
    "product_share": "share",
    "share_of_gdp": "share of gdp",
    "ratio": "ratio",
    "rank": "rank",
}
# Measures whose subject, object and flow make them statements on goods trade unless the concept says otherwise.
_KINDS: Mapping[str, str] = {"dependence": "trade"}
_MOST_READINGS = 8
# Printed units are powers of ten; what floating-point arithmetic takes off them is far less than half a digit.
_HALF_DIGIT = 0.5
_MOST_DIGITS = 8


@dataclass(frozen=True)
class Link:
    """One reading of a claim, and what it states; `statement` is None where no figure can answer it."""

    reading: Reading
    statement: Statement | None


@dataclass(frozen=True)
class Linked:
    """A claim with an id of its own among all documents, its place, and its readings in order."""

    key: str
    claim: Claim
    document: int
    today: date | None
    links: tuple[Link, ...]
    lang: str = "en"

    @property
    def reading(self) -> Reading:
        """The most plausible reading."""
        return self.claim.reading

    @property
    def sentence(self) -> tuple[int, int]:
        """Which sentence of all documents it stands in."""
        return self.document, self.claim.sentence_start


def by_sentence(items: Iterable[Linked]) -> dict[tuple[int, int], list[Linked]]:
    """The claims of each sentence, in the order of the text."""
    found: dict[tuple[int, int], list[Linked]] = {}
    for item in items:
        found.setdefault(item.sentence, []).append(item)
    return found


def link_document(document: Document, number: int) -> tuple[Linked, ...]:
    """The claims of a document, each with every reading worth a look."""
    found = []
    for index, claim in enumerate(document.claims, start=1):
        key = f"{number + 1}.{index}"
        of_share = _is_of_share(claim)
        links = tuple(
            Link(item, _statement(item, key, series=str(number), of_share=of_share))
            for item in _readings(claim, document)
        )
        found.append(Linked(key, replace(claim, id=key, document=number), number, document.date, links, document.lang))
    return tuple(found)


def _readings(claim: Claim, document: Document) -> list[Reading]:
    others = (other for other in claim.other_readings if not _turns(claim.reading, other))
    every = [variant for reading in (claim.reading, *others) for variant in _variants(reading, document.date)]
    # Where no span can be filled in, the claim stands as it was read.
    return list(dict.fromkeys(every))[:_MOST_READINGS] or [claim.reading]


def _turns(main: Reading, other: Reading) -> bool:
    """Whether a reading exchanges two countries of which the text names at least one in its place."""
    exchanged = (main.subject, main.object) == (other.object, other.subject) and main.subject != main.object
    return exchanged and not {"subject", "object"} <= set(main.assumed)


def _variants(reading: Reading, today: date | None) -> Iterator[Reading]:
    """A reading with its open slots filled in each sensible way."""
    try:
        for period, base in _spans(reading, today):
            yield replace(reading, period=period, base=base)
    except AmurError:
        # A period next to the end of the calendar has no neighbours.
        yield reading


# ── open spans of time ──────────────────────────────────────────────────────────────────────────


def _spans(reading: Reading, today: date | None) -> Iterator[tuple[Period | None, Period | None]]:
    period, base = reading.period, reading.base
    if period is None or reading.measure not in ("growth", "change"):
        yield from ((span, base) for span in _finished(period, reading, today))
        return
    if base is not None and period.start == base.start and period != base:
        # "Since" an event: the newest full year against the years around the event.
        span = _newest_year(period, today)
        if today and "period" in reading.assumed:
            span = Period.of_year(max(span.end.year, today.year - 1))
        yield from ((span, start) for start in _years_around(base, before=span))
        return
    for span in _finished(period, reading, today):
        if span is not None:
            yield from ((span, start) for start in _bases(span, base))


def _bases(period: Period, base: Period | None) -> Iterator[Period]:
    year_before = period.shift_years(-1)
    if base is None:
        yield year_before
        if period.kind in ("month", "quarter"):
            yield period.previous()
        return
    if _shorter(base, period):
        yield from _years_around(base, before=period)
        yield year_before
        return
    if period.kind not in ("year", "years") and base.contains(year_before) and base.kind == "year":
        # "Compared with 2024" of part of a year means the same months of it.
        yield year_before
    yield base


def _shorter(base: Period, period: Period) -> bool:
    """Whether a base is an event or a month while the figure is of a year or more."""
    return period.kind in ("year", "years") and base.kind in ("day", "days", "month")


def _years_around(event: Period, *, before: Period) -> list[Period]:
    """The years from which to count since an event: the last full one before it, and its own.

    A year that is named is no event: "since 2020" counts from 2020.
    """
    if event.kind == "year":
        return [event]
    year = event.start.year
    return [Period.of_year(number) for number in (year - 1, year) if number < before.start.year]


def _newest_year(period: Period, today: date | None) -> Period:
    """The newest full year that a span reaches, as known on the day of the text."""
    last = min(period.end, today) if today else period.end
    over = (last.month, last.day) == (12, 31)
    return Period.of_year(last.year if over else last.year - 1)


def _finished(period: Period | None, reading: Reading, today: date | None) -> Iterator[Period | None]:
    """A period, and where it was assumed the newest year that was over on the day of the text, or before its months."""
    yield period
    if period is None or "period" not in reading.assumed or today is None:
        return
    if period.end >= today or (reading.measure == "share" and (period.months or 12) < 12):
        yield Period.of_year(today.year - 1)


# ── statements ──────────────────────────────────────────────────────────────────────────────────


def _is_of_share(claim: Claim) -> bool:
    """Whether a growth rate is that of a share: the reader then offers percentage points as another reading."""
    return claim.reading.measure == "growth" and any(other.unit == "pp" for other in claim.other_readings)


def _statement(reading: Reading, key: str, *, series: str, of_share: bool) -> Statement | None:
    relation = _RELATIONS.get(reading.measure)
    if relation is None or reading.value is None:
        return None
    if reading.measure == "product_share" and reading.product == "total":
        # A part of a flow of which the text does not say in words known here what it is.
        return None
    if reading.unit == "pp" and relation in ("growth", "change", "share"):
        relation = "share change"
    kind = _KINDS.get(reading.concept, reading.concept)
    figure = figure_of(reading)
    if relation == "rank":
        # A claim is about the one ranked, the figure about the one whose partners are ranked.
        figure = replace(figure, subject=reading.object, object=reading.subject)
    against = None
    if reading.measure == "product_share":
        against = replace(figure, product="total")
    elif of_share and relation == "growth":
        against = replace(figure, object=WORLD)
    return Statement(key, figure, relation, kind, against, series=series, counted=reading.counted)


def figure_of(reading: Reading) -> Figure:
    """The reading as a figure, with the digits that its interval shows to have been printed."""
    value = reading.value or 0.0
    low = value if reading.low is None else reading.low
    high = value if reading.high is None else reading.high
    if reading.measure == "deficit":
        value, low, high = -value, -high, -low
    flow = reading.flow
    if reading.measure in ("deficit", "surplus"):
        flow = "balance"
    elif not flow and reading.concept in ("trade", "dependence"):
        flow = "total"
    figure = Figure(
        measure=reading.measure,
        subject=reading.subject,
        object=reading.object or (WORLD if reading.subject else ""),
        flow=flow,
        product=reading.product,
        period=reading.period,
        value=value,
        low=min(low, value),
        high=max(high, value),
        interval_kind="rounding",
        unit=reading.unit,
        currency=reading.currency,
        base_period=reading.base,
    )
    return replace(figure, printed=printed_digits(figure, exact=not reading.qualifier))


def printed_digits(figure: Figure, *, exact: bool = True) -> str:
    """The digits of the number as they stand on paper, in its own scale: 8.1 for 8.1 percent, 245 for 245 billion.

    The rounding interval shows the last digit; where words have widened it (not `exact`), the shortest
    decimal is taken.
    """
    factor, _ = display_scale(figure)
    shown = abs(figure.value) / factor
    unit = figure.interval.width / factor if figure.interval else 0.0
    if exact and 0 < unit < math.inf:
        return f"{shown:.{max(0, -math.floor(math.log10(unit) + _HALF_DIGIT))}f}"
    whole = f"{shown:.10g}"
    # A third is no number of ten digits.
    return whole if len(whole) <= _MOST_DIGITS else f"{shown:.3g}"


def stated(items: Iterable[Linked], chosen: Mapping[str, Link]) -> list[Statement]:
    """What the claims state under the readings chosen for them: outcomes only, each with its time and places."""
    found = []
    for item in items:
        link = chosen[item.key]
        statement = link.statement
        usable = statement is not None and link.reading.modality == "outcome" and link.reading.period is not None
        if usable and statement is not None and statement.figure.subject and _joins(statement):
            found.append(statement)
    return found


def _joins(statement: Statement) -> bool:
    """Whether identities hold for a statement: not for counts of firms, nor for shares whose whole is not known."""
    if statement.relation not in _IN_IDENTITIES or statement.figure.measure == "count":
        return False
    return statement.kind in _JOINED and (statement.kind == "trade" or statement.relation == "level")


_IN_IDENTITIES = frozenset({"level", "growth", "change", "share", "ratio", "share change"})
_JOINED = frozenset({"trade", "investment"})
