"""Insights: figures that the texts imply and do not print. Notes: claims that look contradictory and are not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from amur import arithmetic
from amur.claims.amounts import Statement, base_of, sides
from amur.claims.link import Linked, figure_of
from amur.claims.pairs import pairs_of_a_kind
from amur.claims.rescan import first_direction, is_first
from amur.claims.services import mirrors
from amur.figures import Figure
from amur.periods import Period


@dataclass(frozen=True)
class Insight:
    """A derived figure and the claims that it is derived from; `kind` names the sentence that tells it."""

    kind: str
    figure: Figure
    claims: tuple[str, ...]
    second: Figure | None = None


@dataclass(frozen=True)
class Note:
    """What is said of claims beside their conflicts.

    Two do not conflict although they seem to, or more conflicts than are told may lie between two of them. `kind`
    names the sentence that says it.
    """

    kind: str
    claims: tuple[str, ...]


def insights(said: Sequence[Statement], items: Sequence[Linked]) -> tuple[Insight, ...]:
    """What follows from the figures of the texts: the months between two totals, changes of shares, asymmetry."""
    found: list[Insight] = []
    for maker in (_differences, _asymmetries):
        found += maker(said)
    return (*found, *_share_changes(items))


# ── the time between two totals ─────────────────────────────────────────────────────────────────


def _differences(said: Sequence[Statement]) -> Iterator[Insight]:
    """July out of January–July and the first half, with its growth where the growth of both is stated."""
    levels = [item for item in said if item.relation == "level" and item.kind == "trade" and item.figure.period]
    stated = {_series(item, item.figure.period) for item in levels}
    seen: set[object] = set()
    for whole, part in _of_one_series(levels):
        between = _between(whole, part)
        if between is None:
            continue
        name = _series(whole, between)
        if name in stated or name in seen:
            continue
        seen.add(name)
        figure = replace(arithmetic.subtract(whole.figure, part.figure, period=between), measure="implied_level")
        rates = _rates(said, whole), _rates(said, part)
        growth = _growth_between(figure, (whole, part), (rates[0], rates[1]))
        keys = (whole.key, part.key, *(rate.key for rate in rates if rate and growth))
        yield Insight("between", figure, keys, growth)


def _of_one_series(levels: Sequence[Statement]) -> Iterator[tuple[Statement, Statement]]:
    """Every two levels of a series in its currency; of those of one period the first, since the others add no time."""
    first: dict[object, dict[Period | None, Statement]] = defaultdict(dict)
    kept = []
    for item in levels:
        held = first[_series(item, None), item.figure.currency]
        if held.setdefault(item.figure.period, item) is item:
            kept.append((item, held))
    for whole, held in kept:
        yield from ((whole, part) for part in held.values() if part is not whole)


def _series(item: Statement, period: Period | None) -> object:
    figure = replace(item.figure, period=period)
    return item.kind, sides(replace(item, figure=figure, relation="level"), item.units[0])[0]


def _between(whole: Statement, part: Statement) -> Period | None:
    """The stretch that is left of a period when another at one of its ends is taken away; none where series differ."""
    longer, shorter = whole.figure.period, part.figure.period
    if longer is None or shorter is None or longer == shorter or not longer.contains(shorter):
        return None
    if longer.start != shorter.start and longer.end != shorter.end:
        return None
    if _series(whole, shorter) != _series(part, shorter) or whole.figure.currency != part.figure.currency:
        return None
    return longer.minus(shorter)


def _rates(said: Sequence[Statement], level: Statement) -> Statement | None:
    """The stated growth on the year before of the same flow and period."""
    period = level.figure.period
    for item in said:
        same = item.relation == "growth" and item.kind == level.kind and item.figure.period == period
        if same and period and base_of(item.figure) == period.shift_years(-1) and item.against is None:
            unit = level.units[0]
            if sides(replace(item, relation="level"), unit)[0] == sides(level, unit)[0]:
                return item
    return None


def _growth_between(
    new: Figure, levels: tuple[Statement, Statement], rates: tuple[Statement | None, Statement | None]
) -> Figure | None:
    if rates[0] is None or rates[1] is None or new.period is None:
        return None
    whole, part = (
        arithmetic.implied_base(level.figure, rate.figure) for level, rate in zip(levels, rates, strict=True) if rate
    )
    old = arithmetic.subtract(whole, part, period=new.period.shift_years(-1))
    if not old.value:
        # Growth from nothing has no meaning.
        return None
    return replace(arithmetic.growth(new, old, measure="implied_growth"), currency="")


# ── shares ──────────────────────────────────────────────────────────────────────────────────────


def _asymmetries(said: Sequence[Statement]) -> Iterator[Insight]:
    """How much more one country depends on the other than the other way round."""
    shares = [
        item
        for item in said
        if item.relation == "share" and item.kind == "trade" and item.against is None and item.figure.flow == "total"
    ]
    for one, other in pairs_of_a_kind(shares, _shared_by):
        first, second = one.figure, other.figure
        both_ways = (first.subject, first.object) == (second.object, second.subject)
        if both_ways and min(first.value, second.value) > 0:
            larger, smaller = (one, other) if first.value >= second.value else (other, one)
            figure = arithmetic.ratio(larger.figure, smaller.figure, measure="asymmetry_ratio")
            yield Insight("asymmetry", figure, (larger.key, smaller.key))


def _shared_by(share: Statement) -> object:
    figure = share.figure
    return frozenset((figure.subject, figure.object)), figure.product, figure.period


def _share_changes(items: Sequence[Linked]) -> Iterator[Insight]:
    """From 63 to 50 per cent: minus 13 percentage points, which is minus 20.6 per cent."""
    for one, other in pairwise(items):
        first, second = one.reading, other.reading
        shares = first.measure == second.measure == "share" and first.concept == second.concept
        here = one.sentence == other.sentence
        dated = first.period is not None and second.period is not None and first.period < second.period
        if not (shares and here and dated and _same_share(one, other)):
            continue
        old, new = figure_of(first), replace(figure_of(second), subject=first.subject, object=first.object)
        if old.value > 0:
            points, percent = change_of_share(old, new)
            yield Insight("share_change", points, (one.key, other.key), percent)


def change_of_share(old: Figure, new: Figure) -> tuple[Figure, Figure]:
    """How a share moved, in percentage points and in percent. Raises FigureError where it was zero."""
    points = replace(arithmetic.subtract(new, old, period=new.period), measure="share_change", unit="pp")
    return replace(points, base_period=old.period), arithmetic.growth(new, old)


def _same_share(one: Linked, other: Linked) -> bool:
    """Whether two shares are of one thing: the slots agree, or the second leaves them to the first."""
    first, second = one.reading, other.reading
    agree = first.product == second.product and first.flow == second.flow
    if first.concept == "trade":
        return agree and (first.subject, first.object) == (second.subject, second.object)
    return agree


# ── notes ───────────────────────────────────────────────────────────────────────────────────────


def notes(items: Sequence[Linked]) -> tuple[Note, ...]:
    """Pairs of claims that may both hold: firsts of different series, and one flow as each side counts it."""
    firsts = [item for item in items if item.reading.modality == "outcome" and is_first(item)]
    apart = [pair for pair in pairs_of_a_kind(firsts, _moved) if _alike_but_apart(*pair)]
    return (
        *(Note("different_series", (one.key, other.key)) for one, other in apart),
        *(Note("mirror", (one.key, other.key)) for one, other in mirrors(items)),
    )


def _moved(item: Linked) -> object:
    """Between whom something happened for the first time, and whether it rose or fell."""
    return frozenset((item.reading.subject, item.reading.object)), first_direction(item)


def _alike_but_apart(one: Linked, other: Linked) -> bool:
    """Whether two firsts of one kind on one pair are of another flow or another frequency."""
    first, second = one.reading, other.reading
    if first.period is None or second.period is None or first.period == second.period:
        return False
    return first.flow != second.flow or _is_yearly(first.period) != _is_yearly(second.period)


def _is_yearly(period: Period) -> bool:
    return period.kind in ("year", "years")
