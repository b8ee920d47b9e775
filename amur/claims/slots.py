"""The slots around a number that hold no place: qualifier and interval, and modality."""

from __future__ import annotations

import math
from typing import cast

from amur.claims.claim import Modality, Qualifier
from amur.claims.lexicon import Mark
from amur.claims.scene import Scene
from amur.claims.units import Quantity

# How far the words reach that bound a number on one side only by a little, and "about" on both.
NEARLY = 0.05
ABOUT = 0.05

_CURRENCY_SIGNS = frozenset("$€£")
_LOOSE = ("only", "exactly")
_STRENGTH: tuple[Modality, ...] = ("hypothetical", "norm", "target", "forecast", "negated", "opinion")


# ── qualifier ───────────────────────────────────────────────────────────────────────────────────


def find_qualifier(scene: Scene, quantity: Quantity) -> tuple[Qualifier, int]:
    """The qualifier of a number and where its words start; the one that says most where several stand there."""
    at, found = quantity.first, []
    for _ in range(4):
        mark = scene.ending("qualifier", at)
        first_time = scene.ending("trend", at)
        if mark is None and first_time is not None and first_time.key == "first_time":
            at = first_time.first
            mark = scene.ending("qualifier", at)
        if mark is None and (scene.is_word("before_number", at - 1) or scene.tokens[at - 1].text in _CURRENCY_SIGNS):
            mark = scene.ending("qualifier", at - 1)
        if mark is None or (mark.key == "up_to" and scene.is_word("moves_up", mark.first - 1)):
            break
        found.append(mark)
        at = mark.first
    telling = [mark for mark in found if mark.key not in _LOOSE]
    row = next((q for q in scene.quantities if q.borrowed and q.last == quantity.first - 1), None)
    if not telling and row is not None and scene.tokens[row.last].text in ("-", "–", "—"):
        return find_qualifier(scene, row)[0], quantity.first
    if telling and telling[0].key == "more_than" and _is_negated(scene, telling[0]):
        return "up_to", at
    if telling:
        return cast(Qualifier, telling[0].key), at
    return _qualifier_after(scene, quantity), quantity.first


def _is_negated(scene: Scene, mark: Mark) -> bool:
    """'Should not exceed' sets an upper bound."""
    return any(other.key == "negated" and other.last == mark.first for other in scene.of("modality"))


def _qualifier_after(scene: Scene, quantity: Quantity) -> Qualifier:
    words = scene.text(quantity.last, quantity.last + 2)
    kinds: tuple[tuple[str, Qualifier], ...] = (("or_more", "at_least"), ("or_less", "up_to"), ("or_so", "about"))
    found: list[Qualifier] = [key for name, key in kinds if words in scene.words(name)]
    return found[0] if found else ""


def interval(value: float, half: float, qualifier: Qualifier) -> tuple[float, float]:
    """The bounds that printed digits and a qualifier leave: the digits alone give half a unit either side.

    One-sided words (*more than*) leave the other side open; *nearly* and *just over* reach 5 percent,
    *about* 5 percent either side. For a fall the bounds are on its size.
    """
    size = abs(value)
    near = max(half, NEARLY * size)
    low, high = {
        "": (size - half, size + half),
        "only": (size - half, size + half),
        "more_than": (size, math.inf),
        "at_least": (size, math.inf),
        "a_bit_over": (size, size + near),
        "almost": (size - near, size),
        "less_than": (0.0, size),
        "up_to": (0.0, size),
        "about": (size - max(half, ABOUT * size), size + max(half, ABOUT * size)),
    }[qualifier]
    return (low, high) if value >= 0 else (-high, -low)


# ── modality ────────────────────────────────────────────────────────────────────────────────────


def find_modality(scene: Scene, first: int, last: int, core: int) -> Modality:
    """Whether the clause from `first` to `last` states an outcome, a target, a forecast, a norm …

    `core` is where the number stands: a negation counts only close before it.
    """
    found: set[Modality] = set()
    aside = first > 0 and scene.tokens[first].text == "," and scene.is_word("relative", first + 1)
    if aside:
        closes = (at for at in range(core, last) if scene.tokens[at].text == "," and at not in scene.inside_number)
        last = next(closes, last)
    marks = (mark for mark in scene.of("modality") if first <= mark.first < last)
    found |= {cast(Modality, mark.key) for mark in marks if _colours(scene, mark, core)}
    opens = scene.is_word("if", 0) or (scene.lang == "en" and scene.is_word("if", 1))
    if (_is_inverted_if(scene) or opens) and not aside:
        found.add("hypothetical")
    reported = any(m.first < core for m in scene.of("who_verbs"))
    if "hypothetical" in found and reported and not _is_conditional(scene) and _only_would(scene, first, last):
        found.discard("hypothetical")
        found.add("forecast")
    if "forecast" in found and "hypothetical" in found and not _is_conditional(scene):
        found.discard("hypothetical")
    strongest: list[Modality] = [kind for kind in _STRENGTH if kind in found]
    return strongest[0] if strongest else "outcome"


def _colours(scene: Scene, mark: Mark, core: int) -> bool:
    """Whether a word of modality says how a number is meant, and is not only part of another word or phrase."""
    inside = any(q.first <= mark.first < q.last for q in scene.quantities)  # 'standard cubic metres'
    bounds_next = mark.first > core and any(0 <= q.first - mark.last <= 2 for q in scene.quantities)
    if mark.first in scene.in_time or inside or bounds_next:
        return False
    if mark.key == "negated":
        return _negates(scene, mark, core)
    if mark.key == "hypothetical":
        return not (mark.first > core and scene.is_word("if", mark.first))
    if mark.key == "target":
        return mark.first <= core and not scene.is_word("say", mark.last)
    if mark.key in ("forecast", "hypothetical") and any(scene.is_word("since", at) for at in range(core, mark.first)):
        return False  # '… fell to 96 million after Washington threatened banks'
    elsewhere = {"norm": _is_expectation, "forecast": _is_waiting}.get(mark.key)
    return elsewhere is None or not elsewhere(scene, mark)


def _is_waiting(scene: Scene, mark: Mark) -> bool:
    """Whether a word that can foresee only waits: 'väntade lastbilar i fyra dygn'."""
    waits = any(h.key == "border" and h.first <= mark.first < h.last for h in scene.of("head"))
    return waits and any(q.kind == "time" for q in scene.quantities)


def _is_inverted_if(scene: Scene) -> bool:
    """'Were the EU to impose a tariff, imports would fall': a condition told by word order."""
    asks = bool(scene.tokens) and scene.tokens[-1].text == "?"
    return scene.is_word("inverted_if", 0) and not asks


def _only_would(scene: Scene, first: int, last: int) -> bool:
    """Whether only reported speech makes a clause unreal: 'said India would double …'."""
    marks = [m for m in scene.of("modality") if m.key == "hypothetical" and first <= m.first < last]
    return all(scene.is_word("would", m.first) for m in marks)


def _is_conditional(scene: Scene) -> bool:
    return any(scene.is_word("conditional", at) for at in range(len(scene.tokens)))


def _negates(scene: Scene, mark: Mark, core: int) -> bool:
    follows = scene.tokens[mark.last].low if mark.last < len(scene.tokens) else ""
    if follows in (
        "only",
        "bara",
        "enbart",
        "just",
        "least",
        "minst",
        "mindre",
        "less",
        "fewer",
        "more",
        "quite",
        "fullt",
    ):
        return False
    return 0 <= core - mark.last <= 7


def _is_expectation(scene: Scene, mark: Mark) -> bool:
    """'Should be expected' foresees, it does not oblige."""
    return any(other.key == "forecast" and 0 <= other.first - mark.last <= 2 for other in scene.of("modality"))
