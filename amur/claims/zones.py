"""Zones: which words of a sentence belong to which of its numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from amur.claims.frames import FlowPhrase
from amur.claims.lexicon import Mark, load_grammar
from amur.claims.scene import Scene
from amur.claims.units import Quantity

_CUTS = frozenset((",", ";", "(", ")", "–", "—", ":", "•"))
_NEAR = 3


@dataclass(frozen=True, slots=True)
class Zone:
    """The words before (`first` to the number) and after (to `last`) that a number may draw on."""

    quantity: Quantity
    first: int
    last: int
    after_cut: bool
    until: int = 0
    tail: int = 0


@cache
def _links(lang: str) -> dict[str, frozenset[str]]:
    return {key: frozenset(words) for key, words in load_grammar(lang).get("links", {}).items()}


def find_zones(scene: Scene, flows: tuple[FlowPhrase, ...], quantities: list[Quantity]) -> list[Zone]:
    """A zone for each number: the words between two numbers are cut at the first sign or joining word."""
    if not quantities:
        return []
    cuts: list[tuple[int, bool]] = [(0, True)]
    for here, after in pairwise(quantities):
        cuts.append(_cut(scene, flows, here.last, after.first))
    ends = [*(cut for cut, _ in cuts[1:]), len(scene.tokens)]
    limits = [*(quantity.first for quantity in quantities[1:]), len(scene.tokens)]
    zones = [
        Zone(quantity, cut, end, found, until, quantity.last)
        for quantity, (cut, found), end, until in zip(quantities, cuts, ends, limits, strict=True)
    ]
    for at in range(len(zones) - 2, -1, -1):
        here, after = zones[at], zones[at + 1]
        if _is_range(here.quantity, after.quantity) or _is_bracketed(scene, here.quantity, after.quantity):
            zones[at] = replace(here, last=after.last, until=after.until, tail=after.tail)
            zones[at + 1] = replace(after, first=here.first, after_cut=here.after_cut)
    return zones


def _is_range(here: Quantity, after: Quantity) -> bool:
    """Whether two numbers are the ends of one range, 10–15 percent."""
    return here.borrowed and after.first - here.last <= 1


def _is_bracketed(scene: Scene, here: Quantity, after: Quantity) -> bool:
    """'Between 8% and 10%': a range in which both ends show the unit."""
    return scene.is_word("between", here.first - 1) and after.first - here.last <= 1 and here.unit == after.unit


def _cut(scene: Scene, flows: tuple[FlowPhrase, ...], first: int, last: int) -> tuple[int, bool]:
    """Where the words between two numbers change sides; right after the first number where nothing parts them."""
    strong = next((at for at in range(last - 1, first - 1, -1) if scene.tokens[at].text == ";"), None)
    if strong is not None:
        return strong, True
    covered = {step for phrase in flows if first <= phrase.head.first for step in range(phrase.head.last, phrase.last)}
    for at in range(first, last):
        if at in scene.in_time or at in covered or _is_in_word(scene, at):
            continue
        token, clause = scene.tokens[at], scene.at("clause", at)
        if token.text in _CUTS or (clause is not None and (clause.key == "joins" or not scene.roles_at(at))):
            return at, True
    return first, False


def _is_in_word(scene: Scene, at: int) -> bool:
    """Whether a sign stands inside a word, as the colon of 'EU:s'."""
    inside = scene.tokens[at].text == ":" and at + 1 < len(scene.tokens)
    return inside and scene.tokens[at].glued and scene.tokens[at + 1].glued


def preposition(scene: Scene, quantity: Quantity) -> str:
    """The word that ties a number to what is before it, as `from`, `to`, `by` or `of`; empty where there is none."""
    links = _links(scene.lang)
    at = quantity.first
    row = next((q for q in scene.quantities if q.last == at - 1 and q.borrowed), None)
    if row is not None and scene.tokens[at - 1].low not in (*links.get("to", ()), *links.get("from", ())):
        return preposition(scene, row)
    for _ in range(6):
        mark = scene.ending("qualifier", at)
        if mark is not None:
            at = mark.first
            if _is_level(scene, at) or (mark.key == "up_to" and scene.is_word("moves_up", at - 1)):
                return "to"
            for key in ("from", "to", "by"):
                if mark.last - mark.first > 1 and scene.tokens[at].low in links.get(key, ()):
                    return key
            continue
        if at == 0:
            return ""
        word = scene.tokens[at - 1].low
        for key in ("from", "to", "by", "of"):
            if word in links.get(key, ()):
                return key
        if word not in links.get("passed", ()):
            return ""
        at -= 1
    return ""


def _is_level(scene: Scene, at: int) -> bool:
    """'Fell below 40%', 'sjunka under 40 procent': a bound right behind a word of direction is a level."""
    cue = scene.ending("cue", at)
    return cue is not None and cue.form == "verb" and cue.key != "level" and scene.is_word("level_links", at)


def cue_before(scene: Scene, zone: Zone) -> Mark | None:
    """The nearest word of direction before a number, in its zone."""
    best: Mark | None = None
    for mark in scene.of("cue"):
        if mark.key == "level" or not zone.first <= mark.first or mark.last > zone.quantity.first:
            continue
        if mark.first in scene.in_time or mark.form == "more" or _is_part_of_verb(scene, mark):
            continue
        if scene.is_word("up", mark.first) and scene.is_word("to", mark.last):
            continue
        if best is None or mark.first >= best.first:
            best = mark
    return best


def _is_part_of_verb(scene: Scene, mark: Mark) -> bool:
    """Whether a word of direction belongs to a verb such as 'made up'."""
    return any(h.first < mark.first < h.last and h.form == "verb" for h in scene.of("head"))


def cue_after(scene: Scene, zone: Zone) -> Mark | None:
    """A word of direction right behind a number: a 9% drop, 12 percent lower, 28% more coffee."""
    end = min(zone.quantity.last + _NEAR, len(scene.tokens))
    for at in range(zone.quantity.last, end):
        token = scene.tokens[at]
        for mark in scene.of("cue"):
            if mark.first == at and mark.form in ("noun", "more") and mark.key != "level":
                return mark
        if token.kind == "p" and token.text != "-":
            return None
        if scene.is_word("cue_stops", at):
            return None
    return None


def more_before(scene: Scene, zone: Zone) -> Mark | None:
    """A word such as 'additional' right before a number."""
    for mark in scene.of("cue"):
        near = 0 <= zone.quantity.first - mark.last <= 1
        if near and mark.form == "more" and mark.key == "up" and scene.is_word("extra", mark.first):
            return mark
    return None


def is_beside(scene: Scene, cue: Mark, quantity: Quantity) -> bool:
    """Whether only a qualifier or an article stands between a word of direction and a number."""
    at = quantity.first
    while at > cue.last:
        mark = scene.ending("qualifier", at)
        if mark is not None:
            at = mark.first
        elif scene.tokens[at - 1].low in _links(scene.lang).get("passed", ()):
            at -= 1
        else:
            return False
    return True
