"""Ranks: 'Germany's fourth-largest trading partner', 'seventh place among China's partners'."""

from __future__ import annotations

from dataclasses import dataclass

from amur.claims.frames import Frame
from amur.claims.lexicon import Mark
from amur.claims.scene import Place, Scene, before_articles
from amur.claims.units import Quantity

_FLOW_OF = {"total": "total", "exports": "exports", "imports": "imports", "investment": ""}
_CUT = frozenset((",", ";", ":", "(", ")", "–", "—"))


@dataclass(frozen=True)
class Rank:
    """A rank with the frame it is in: `frame.subject` is the one ranked, `frame.object` whose list it is."""

    frame: Frame
    value: int
    first: int
    last: int
    core: int
    own: bool = False


def find_ranks(scene: Scene) -> list[Rank]:
    """The ranks that a sentence gives a place among the partners of another."""
    found: list[Rank] = []
    for noun in scene.of("rank_noun"):
        if found and noun.first < found[-1].last:
            continue
        rank = _rank(scene, noun)
        if rank is not None:
            found.append(rank)
    return found


def _rank(scene: Scene, noun: Mark) -> Rank | None:
    superlative = _superlative(scene, noun)
    ordinal = _ordinal(scene, noun, superlative)
    if superlative is None and ordinal is None:
        return None
    start = min(mark.first for mark in (superlative, ordinal) if mark is not None)
    owner, owner_first, owner_last = _owner(scene, noun, start)
    ranked = _ranked(scene, min(start, owner_first), exclude=owner)
    plural = scene.tokens[noun.last - 1].low.endswith(
        ("partners", "suppliers", "markets", "buyers", "investors", "leverantörer", "marknader")
    )
    if plural and ordinal is None:
        return None
    beyond = any(place.code.startswith("outside") for place in scene.places if place.first >= noun.last)
    if (not ranked and not owner) or beyond:
        return None
    concept = "investment" if noun.key == "investment" else "trade"
    frame = Frame(concept, _FLOW_OF[noun.key], ranked, owner if owner != ranked else "", _product(scene, noun))
    value = int(ordinal.value) if ordinal is not None else 1
    if value > 60:
        return None
    first = min(start, owner_first)
    own = any(start - 3 <= mark.first < noun.first for mark in scene.of("pair_own"))
    return Rank(frame, value, first, max(noun.last, owner_last), start, own)


def _superlative(scene: Scene, noun: Mark) -> Mark | None:
    """The superlative of a noun, up to five words before it."""
    for mark in reversed(scene.of("superlative")):
        gap = scene.tokens[mark.last : noun.first]
        if mark.last <= noun.first and len(gap) <= 5 and not any(token.text in _CUT for token in gap):
            return mark
    return None


def _ordinal(scene: Scene, noun: Mark, superlative: Mark | None) -> Quantity | None:
    for quantity in scene.quantities:
        if quantity.kind != "ordinal" or quantity.first > noun.last:
            continue
        before = superlative is not None and 0 <= superlative.first - quantity.last <= 1
        place = any(
            0 <= mark.first - quantity.last <= 1 and noun.first - mark.last <= 14 for mark in scene.of("rank_place")
        )
        verb = (superlative is None and noun.key == "total" and noun.first == quantity.last) or any(
            0 <= quantity.first - mark.last <= 1 and noun.first - quantity.last <= 8 for mark in scene.of("rank_verb")
        )
        if before or place or verb:
            return quantity
    return None


def _owner(scene: Scene, noun: Mark, start: int) -> tuple[str, int, int]:
    """Whose list it is: the genitive before the rank or the noun, or the place behind 'of', 'to', 'for'."""
    for place in scene.places:
        inside = start <= place.first < noun.first
        reach = 3 if place.genitive else 0
        if (place.genitive or place.is_adjective) and (inside or 0 <= start - place.last <= reach):
            return place.code, min(place.first, start), noun.last
    for place in scene.places:
        if not noun.last <= place.first <= noun.last + 9:
            continue
        at = before_articles(scene, place.first)
        if any(token.text in _CUT for token in scene.tokens[noun.last : at]):
            break
        if scene.text(at - 2, at) in scene.words("ranked_before"):
            continue
        if scene.roles_before(at) & {"of", "to", "on", "in"} or scene.is_word("for", at - 1):
            return place.code, start, place.last
    return "", start, noun.last


def _ranked(scene: Scene, before: int, *, exclude: str) -> str:
    """The one that is ranked: the first place before the rank that nothing governs."""
    apposed = scene.place_ends.get(before - 1)
    if apposed is not None and scene.tokens[before - 1].text == "," and apposed.code != exclude:
        return apposed.code
    first: Place | None = None
    for place in scene.places:
        if place.first >= before or place.code == exclude or place.genitive:
            continue
        if scene.roles_before(before_articles(scene, place.first)) - {"with"}:
            continue
        if place.form == "adj":
            continue
        first = first or place
    return first.code if first is not None else ""


def _product(scene: Scene, noun: Mark) -> str:
    products = [
        mark for mark in scene.of("product") if noun.first - 3 <= mark.first <= noun.last + 5 and mark.key != "total"
    ]
    return products[0].key if products else "total"
