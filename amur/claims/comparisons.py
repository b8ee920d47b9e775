"""Multiples: 'five times smaller than that of the United States', 'twice as many (56 per cent) as … (27 per cent)'.

A multiple has two sides. One is the figure that the sentence has just given; the other is the same figure
of the place named behind it, or the next figure of the sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from amur.claims.link import Link, Linked, by_sentence, figure_of
from amur.claims.rescan import scene_of
from amur.figures import Figure
from amur.intervals import Interval


@dataclass(frozen=True)
class Multiple:
    """A multiple that the text puts between two of its own figures."""

    first: str
    second: str
    stated: Interval
    found: Interval

    @property
    def holds(self) -> bool:
        """Whether the two figures are as far apart as the word says."""
        return self.stated.overlaps(self.found)


def with_comparands(items: Sequence[Linked]) -> tuple[Linked, ...]:
    """Ratio claims with both sides: what is compared, and with whom."""
    beside = by_sentence(items)
    return tuple(
        replace(item, links=_two_sided(item, beside[item.sentence])) if item.reading.measure == "ratio" else item
        for item in items
    )


def _two_sided(item: Linked, beside: Sequence[Linked]) -> tuple[Link, ...]:
    if item.reading.base not in (None, item.reading.period):
        return tuple(_multiple_of_before(link) for link in item.links)
    given = _figure_before(item, beside)
    other, smaller = _compared(item, given)
    found = []
    for link in item.links:
        if given is None or not other or link.statement is None:
            return tuple(_multiple_of_before(link) for link in item.links)
        left = replace(given, period=link.reading.period if given.period is None else given.period, base_period=None)
        right = replace(left, object=other)
        sides = (right, left) if smaller else (left, right)
        about = link.statement.figure
        number = {name: getattr(about, name) for name in ("value", "low", "high", "interval_kind", "printed")}
        figure = replace(sides[0], measure="ratio", unit="ratio", currency="", **number)
        concept = item.reading.concept
        statement = replace(link.statement, figure=figure, relation="ratio", kind=concept, against=_bare(sides[1]))
        found.append(replace(link, statement=statement))
    return tuple(found)


def _multiple_of_before(link: Link) -> Link:
    """'More than twice as much as in 2020' says how much more; a multiple of nothing known states nothing."""
    statement = link.statement
    if statement is None or statement.relation != "ratio" or statement.against is not None:
        return link
    figure = statement.figure
    if figure.base_period is None or figure.low is None or figure.high is None:
        return replace(link, statement=None)
    grown = replace(figure, value=figure.value - 1, low=figure.low - 1, high=figure.high - 1, printed="")
    return replace(link, statement=replace(statement, figure=replace(grown, unit="fraction"), relation="growth"))


def _bare(figure: Figure) -> Figure:
    """A figure that only says what is measured."""
    return replace(
        figure, value=float("nan"), low=None, high=None, interval_kind="none", printed="", currency="", unit=""
    )


def _figure_before(item: Linked, beside: Sequence[Linked]) -> Figure | None:
    """The share or level of the same sentence that a multiple refers to: the last before it, else the first behind."""
    near = [
        other
        for other in beside
        if other.reading.measure in ("share", "value") and other.reading.value is not None and other.reading.object
    ]
    before = [other for other in near if other.claim.start < item.claim.start]
    chosen = before[-1] if before else (near[0] if near else None)
    return figure_of(chosen.reading) if chosen else None


def _compared(item: Linked, given: Figure | None) -> tuple[str, bool]:
    """The place on the other side of the comparison, and whether the words turn it round (smaller, fewer)."""
    if given is None:
        return "", False
    claim = item.claim
    scene = scene_of(claim.sentence, item.lang)
    end = claim.end - claim.sentence_start
    behind = [
        place
        for place in scene.places
        if scene.tokens[place.first].start >= end and place.code not in (given.subject, given.object)
    ]
    code = behind[0].code if behind else item.reading.object
    limit = scene.tokens[behind[0].first].start if behind else len(claim.sentence)
    start = claim.start - claim.sentence_start
    words = (
        mark for mark in scene.of("cue") if mark.form == "more" and start <= scene.tokens[mark.first].start < limit
    )
    turned = any(mark.key == "down" for mark in words)
    return (code if code not in (given.subject, given.object) else ""), turned


def multiples(items: Sequence[Linked]) -> tuple[Multiple, ...]:
    """Multiples in words between the two shares of a sentence: 'twice as many (56 per cent) as … (27 per cent)'."""
    return tuple(found for group in by_sentence(items).values() for found in _between_shares(group))


def _between_shares(group: Sequence[Linked]) -> Iterable[Multiple]:
    shares = [item for item in group if item.reading.measure == "share" and item.reading.value]
    if len(shares) != 2 or any(item.reading.measure == "ratio" for item in group):
        return
    scene = scene_of(group[0].claim.sentence, group[0].lang)
    first = shares[0].claim.start - shares[0].claim.sentence_start
    for quantity in scene.quantities:
        word = quantity.number
        if word.kind in ("multiple", "ratio") and scene.tokens[word.first].start < first + len(shares[0].claim.quote):
            big, small = (_interval(item) for item in shares)
            stated = Interval(word.value - word.half, word.value + word.half)
            yield Multiple(shares[0].key, shares[1].key, stated, big / small)
            return


def _interval(item: Linked) -> Interval:
    figure = figure_of(item.reading)
    return figure.interval or Interval.point(figure.value)
