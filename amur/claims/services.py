"""Whose statistics a text quotes: both sides of one trade count it, and never the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import combinations

from amur import facts
from amur.claims.amounts import sides
from amur.claims.link import Linked
from amur.claims.rescan import scene_of
from amur.errors import AmurError


def counted_by(item: Linked) -> str:
    """The country to whose authorities a text attributes a figure; nothing where it names none, or several."""
    return _country_of(item.reading.attributed_to, item.lang) if item.reading.attributed_to else ""


@cache
def _country_of(speaker: str, lang: str) -> str:
    found = {place.code for place in scene_of(speaker, lang).places}
    found = found or {known.place for known in facts.reporters().values() if _is_named(known, speaker)}
    return found.pop() if len(found) == 1 else ""


def _is_named(known: facts.Reporter, speaker: str) -> bool:
    return speaker.casefold() in {name.casefold() for name in (known.code, known.name_en, known.name_sv)}


def from_both_sides(items: Iterable[Linked]) -> bool:
    """Whether figures on the trade of two countries are partly those of one and partly those of the other."""
    counted = [(counted_by(item), item.reading) for item in items]
    countries = {country for country, reading in counted if country in (reading.subject, reading.object)}
    return len(countries) > 1


def mirrors(items: Sequence[Linked]) -> list[tuple[Linked, Linked]]:
    """Pairs of amounts of one flow that differ because each side counted it."""
    by_flow: dict[object, list[Linked]] = {}
    for item in items:
        if item.reading.modality == "outcome" and counted_by(item) and (flow := _flow_of(item)) is not None:
            by_flow.setdefault(flow, []).append(item)
    return [
        (one, other)
        for levels in by_flow.values()
        for one, other in combinations(levels, 2)
        if from_both_sides((one, other)) and not _agree(one, other)
    ]


def _flow_of(item: Linked) -> object:
    """The quantities of a level of trade, whichever side names them; None for anything else."""
    statement = item.links[0].statement
    if statement is None or statement.relation != "level" or statement.kind != "trade":
        return None
    try:
        return frozenset(quantity for quantity, _ in sides(statement, statement.units[0])[0])
    except AmurError:
        return None


def _agree(one: Linked, other: Linked) -> bool:
    first, second = one.links[0].statement, other.links[0].statement
    return first is not None and second is not None and first.interval.overlaps(second.interval)
