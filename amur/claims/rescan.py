"""A second look at the words of a claim, for what no slot holds: records of growth, and 'for the first time'."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from amur.claims.lexicon import load_lexicon
from amur.claims.link import Linked, figure_of
from amur.claims.scene import Scene, build_scene
from amur.claims.tokens import tokenise


def scene_of(words: str, lang: str) -> Scene:
    """The marked words of a sentence or a quote."""
    return build_scene(tokenise(words), load_lexicon(lang))


def is_growth_record(item: Linked) -> bool:
    """Whether a record is one of growth, not of level: 'record growth', where the noun stands right behind."""
    if item.reading.direction == 1:
        return True
    scene = scene_of(item.claim.quote, item.lang)
    nouns = [mark for mark in scene.of("cue") if mark.form == "noun" and mark.key in ("up", "down")]
    records = [mark for mark in scene.of("trend") if mark.key == "record"]
    return any(record.first <= noun.first <= record.last for record in records for noun in nouns)


def is_first(item: Linked) -> bool:
    """Whether a claim says that something happened for the first time, with a number or without."""
    if item.reading.measure in ("first_decline", "first_rise"):
        return True
    if item.reading.measure != "growth":
        return False
    return any(mark.key == "first_time" for mark in scene_of(item.claim.quote, item.lang).of("trend"))


def first_direction(item: Linked) -> int:
    """Of a first: −1 for a fall, 1 for a rise."""
    if item.reading.measure == "growth":
        return -1 if (item.reading.value or 0.0) < 0 else 1
    return -1 if item.reading.measure == "first_decline" else 1


def with_deficits(items: Iterable[Linked]) -> tuple[Linked, ...]:
    """The claims, with a growing deficit as a falling balance: of a change in money no slot tells which it is."""
    return tuple(_turned(item) if _is_change_of_deficit(item) else item for item in items)


def _is_change_of_deficit(item: Linked) -> bool:
    if item.reading.measure != "change" or item.reading.flow != "balance":
        return False
    return any(mark.key == "deficit" for mark in scene_of(item.claim.quote, item.lang).of("head"))


def _turned(item: Linked) -> Linked:
    links = []
    for link in item.links:
        statement, figure = link.statement, figure_of(link.reading)
        if statement is not None and figure.low is not None and figure.high is not None:
            figure = replace(figure, value=-figure.value, low=-figure.high, high=-figure.low)
            statement = replace(statement, figure=figure)
        links.append(replace(link, statement=statement))
    return replace(item, links=tuple(links))
