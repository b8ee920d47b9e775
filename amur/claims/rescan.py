"""A second look at the words of a claim, for what no slot holds: records of growth, and 'for the first time'."""

from __future__ import annotations

from amur.claims.lexicon import load_lexicon
from amur.claims.link import Linked
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
