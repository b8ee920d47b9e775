"""The slots around a number that hold no place: qualifier and interval, modality, who says so."""

from __future__ import annotations

import math

from amur.claims.claim import Modality, Qualifier
from amur.claims.lexicon import Mark
from amur.claims.scene import Scene
from amur.claims.units import Quantity

# How far the words reach that bound a number on one side only by a little, and "about" on both.
NEARLY = 0.05
ABOUT = 0.05

_LOOSE = ("only", "exactly")
_STRENGTH: tuple[Modality, ...] = ("hypothetical", "norm", "target", "forecast", "negated", "opinion")
_QUOTES = "“”\"«»„’‘'"


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
        if mark is None and at and scene.tokens[at - 1].low in _PASSED and scene.ending("qualifier", at - 1):
            mark = scene.ending("qualifier", at - 1)
        if mark is None:
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
        return telling[0].key, at  # type: ignore[return-value]
    return _qualifier_after(scene, quantity), quantity.first


def _is_negated(scene: Scene, mark: Mark) -> bool:
    """'Should not exceed' sets an upper bound."""
    return any(other.key == "negated" and other.last == mark.first for other in scene.of("modality"))


_PASSED = frozenset("a an the till to en ett den på i $ € £".split())


def _qualifier_after(scene: Scene, quantity: Quantity) -> Qualifier:
    words = scene.text(quantity.last, quantity.last + 2)
    if words.startswith(("or more", "eller mer", "or above", "eller fler")):
        return "at_least"
    if words.startswith(("or less", "eller mindre", "or fewer")):
        return "up_to"
    return "about" if words.startswith(("or so", "eller så")) else ""


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
    found: set[str] = set()
    for mark in scene.of("modality"):
        if not first <= mark.first < last or mark.first in scene.in_time:
            continue
        if mark.key == "negated" and not _negates(scene, mark, core):
            continue
        if mark.key == "hypothetical" and mark.first > core and scene.tokens[mark.first].low in ("if", "om"):
            continue
        if mark.key == "norm" and _is_expectation(scene, mark):
            continue
        if mark.key == "target" and mark.first > core:
            continue
        if mark.first > core and any(0 <= q.first - mark.last <= 2 for q in scene.quantities):
            continue
        found.add(mark.key)
    if scene.tokens[0].low in ("om", "if", "ifall", "unless") or (
        len(scene.tokens) > 1 and scene.tokens[1].low == "if"
    ):
        found.add("hypothetical")
    reported = any(m.first < core for m in scene.of("who_verbs"))
    if "hypothetical" in found and reported and not _is_conditional(scene) and _only_would(scene, first, last):
        found.discard("hypothetical")
        found.add("forecast")
    if "forecast" in found and "hypothetical" in found and not _is_conditional(scene):
        found.discard("hypothetical")
    return next((kind for kind in _STRENGTH if kind in found), "outcome")


def _only_would(scene: Scene, first: int, last: int) -> bool:
    """Whether only reported speech makes a clause unreal: 'said India would double …'."""
    marks = [m for m in scene.of("modality") if m.key == "hypothetical" and first <= m.first < last]
    return all(scene.tokens[m.first].low in ("would", "skulle") for m in marks)


def _is_conditional(scene: Scene) -> bool:
    return any(token.low in ("if", "om", "unless", "were", "ifall") for token in scene.tokens)


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


# ── attribution ─────────────────────────────────────────────────────────────────────────────────


def find_attribution(scene: Scene) -> tuple[str, int, int]:
    """Who the sentence says it from, with the tokens of the name; an empty name where nobody is named."""
    spans: list[tuple[int, int]] = []
    for mark in scene.of("who_before"):
        first, last = _name_after(scene, mark.last)
        if last > first and _names_someone(scene, first, last):
            spans.append((first, last))
    for mark in scene.of("who_verbs"):
        if mark.first in scene.in_time or not _is_saying(scene, mark):
            continue
        span = _speaker(scene, mark)
        if span is not None and not any(a < span[1] and span[0] < b for a, b in spans):
            spans.append(span)
    if not spans:
        return "", 0, 0
    names = dict.fromkeys(_clean(scene, *span) for span in spans[:2])
    return "; ".join(name for name in names if name), *spans[0]


_STOP_NAME = frozenset(", . ; : ( ) [ ] – — ? ! \n".split())
_STOP_WORDS = frozenset(
    "that which who has have had is are was were will and att som har hade är var och said says show shows showed "
    "visar visade in on for med på under by last i cited published".split()
)


_NAME_ARTICLES = ("the", "a", "an", "new", "den", "det", "de", "en", "ett")


def _name_after(scene: Scene, at: int) -> tuple[int, int]:
    first = at
    while first < len(scene.tokens) and scene.tokens[first].low in _NAME_ARTICLES:
        first += 1
    last = first
    while last < len(scene.tokens) and last - first < 9:
        token = scene.tokens[last]
        if token.text in _STOP_NAME or any(q.first <= last < q.last for q in scene.quantities) or last in scene.in_time:
            break
        named = any(t.text[0].isupper() for t in scene.tokens[first:last] if t.kind == "w")
        joins = token.low in _IN_NAMES and last + 1 < len(scene.tokens) and scene.tokens[last + 1].text[0].isupper()
        if token.low in _STOP_WORDS and not (joins and last > first):
            break
        if (
            named
            and token.kind == "w"
            and token.text[0].islower()
            and token.low not in _IN_NAMES
            and not _is_someone(scene, last)
        ):
            break
        cue = scene.at("cue", last)
        head = scene.at("head", last)
        if (
            last > first
            and token.text[0].islower()
            and ((cue is not None and cue.form == "verb") or (head is not None and head.form == "verb"))
        ):
            break
        last += 1
    return first, last


_IN_NAMES = frozenset("vid på för och av von de of for and the at in from s och 's ’s group institute och".split())


def _is_someone(scene: Scene, at: int) -> bool:
    """Whether a word is an office or a source: minister, data, institute."""
    return scene.at("who_people", at) is not None or scene.at("who_data_words", at) is not None


def _is_saying(scene: Scene, mark: Mark) -> bool:
    """Whether a word such as 'found' or 'show' reports a figure here."""
    word = scene.tokens[mark.first].low
    if word in (
        "put",
        "puts",
        "found",
        "finds",
        "told",
        "added",
        "stated",
        "published",
        "cited",
        "räknar",
        "tror",
        "spår",
    ):
        return _speaker(scene, mark) is not None
    return True


def _speaker(scene: Scene, mark: Mark) -> tuple[int, int] | None:
    after_verb = _name_after(scene, mark.last)
    before = _name_before(scene, mark.first)
    inverted = scene.lang == "sv" or _closes_quote(scene, mark.first)
    options = (after_verb, before) if inverted else (before, after_verb)
    for span in options:
        if span is not None and _names_someone(scene, *span):
            return span
    return None


def _closes_quote(scene: Scene, at: int) -> bool:
    return at > 0 and scene.tokens[at - 1].text in '”"»,'


def _name_before(scene: Scene, at: int) -> tuple[int, int]:
    last = at
    while last > 0 and scene.tokens[last - 1].low in (
        "have",
        "has",
        "had",
        "also",
        "recently",
        "har",
        "också",
        "nyligen",
    ):
        last -= 1
    first = last
    while first > 0 and last - first < 9:
        token = scene.tokens[first - 1]
        joins = token.low in ("and", "och") and not _joins_names(scene, first - 1)
        if (
            token.text in _STOP_NAME
            or token.text in _QUOTES
            or token.low in ("as", "while", "but", "som", "att", "that", "after", "efter")
            or joins
        ):
            break
        if any(q.first < first <= q.last for q in scene.quantities):
            break
        cue = scene.at("cue", first - 1)
        if cue is not None and cue.form == "verb":
            return at, at
        first -= 1
    return first, last


def _joins_names(scene: Scene, at: int) -> bool:
    """Whether 'and' stands inside a name: Ministry of Industry and Trade."""
    inside = 0 < at < len(scene.tokens) - 1
    return inside and scene.tokens[at - 1].text[0].isupper() and scene.tokens[at + 1].text[0].isupper()


def _names_someone(scene: Scene, first: int, last: int) -> bool:
    if first >= last:
        return False
    if scene.tokens[first].text.startswith(("'", "’")):
        return False
    known = any(first <= m.first < last for kind in ("who_people", "who_data_words") for m in scene.of(kind))
    named = any(
        token.text[0].isupper() and token.kind == "w" and (step > 0 or known)
        for step, token in enumerate(scene.tokens[first:last], first)
    )
    opens = scene.tokens[first].text[0].isupper() or any(first <= m.first <= first + 2 for m in scene.of("who_people"))
    opens = opens or any(first <= m.first <= first + 3 for m in scene.of("who_data_words"))
    if not opens:
        return False
    pronoun = scene.tokens[first].low in (
        "he",
        "she",
        "they",
        "it",
        "we",
        "i",
        "han",
        "hon",
        "de",
        "man",
        "vi",
        "jag",
        "this",
        "which",
    )
    return (known or named) and not (pronoun and last - first == 1)


def _clean(scene: Scene, first: int, last: int) -> str:
    while first < last and scene.tokens[first].low in ("the", "a", "an", "according", "to", "and", "that"):
        first += 1
    while last > first and scene.tokens[last - 1].kind == "p" and scene.tokens[last - 1].text not in ").":
        last -= 1
    pieces: list[str] = []
    for step in range(first, last):
        token = scene.tokens[step]
        pieces.append(token.text if token.glued or not pieces else f" {token.text}")
    return "".join(pieces).strip()
