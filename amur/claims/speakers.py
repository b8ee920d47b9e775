"""Who says so: 'according to the IMF', 'said a spokesman', 'säger Chiles gruvminister', 'customs data showed'."""

from __future__ import annotations

from dataclasses import dataclass

from amur.claims.lexicon import Mark
from amur.claims.scene import Scene

_LONGEST_NAME = 9
_MOST_NAMED = 2
_SIGNS = frozenset((",", ".", ";", ":", "(", ")", "[", "]", "–", "—", "?", "!"))
_QUOTES = frozenset("“”\"«»„’‘'")
_CLOSING = frozenset('”"»,')


@dataclass(frozen=True)
class Speaker:
    """Who is quoted: the names as written, and the tokens of the first; an empty name where nobody is."""

    name: str = ""
    first: int = 0
    last: int = 0


def find_speaker(scene: Scene) -> Speaker:
    """Those a sentence quotes: behind 'according to' and the like first, then by verbs of saying."""
    spans: list[tuple[int, int]] = []
    for mark in scene.of("who_before"):
        span = _behind(scene, mark.last)
        if _is_someone(scene, *span):
            spans.append(span)
    for mark in scene.of("who_verbs"):
        span = _by_verb(scene, mark)
        if span is not None and not any(first < span[1] and span[0] < last for first, last in spans):
            spans.append(span)
    if not spans:
        return Speaker()
    names = dict.fromkeys(_written(scene, *span) for span in spans[:_MOST_NAMED])
    return Speaker("; ".join(name for name in names if name), *spans[0])


def _by_verb(scene: Scene, mark: Mark) -> tuple[int, int] | None:
    """The speaker before or behind a verb of saying; behind it in Swedish and after a quotation."""
    if mark.first in scene.in_time:
        return None
    before, behind = _before(scene, mark.first), _behind(scene, mark.last)
    closes = mark.first > 0 and scene.tokens[mark.first - 1].text in _CLOSING
    inverted = scene.lang == "sv" or closes
    options = (behind, before) if inverted else (before, behind)
    return next((span for span in options if _is_someone(scene, *span)), None)


def _behind(scene: Scene, at: int) -> tuple[int, int]:
    """The words behind a token that can be a name with an office."""
    first = at
    while scene.is_word("name_articles", first):
        first += 1
    last = first
    while last < len(scene.tokens) and last - first < _LONGEST_NAME and not _ends_name(scene, first, last):
        last += 1
    return first, last


def _ends_name(scene: Scene, first: int, at: int) -> bool:
    token = scene.tokens[at]
    if token.text in _SIGNS or at in scene.in_time or any(q.first <= at < q.last for q in scene.quantities):
        return True
    is_low = token.text[0].islower()
    joins = at > first and scene.is_word("in_names", at) and _is_capital(scene, at + 1)
    if scene.is_word("no_name", at) and not joins:
        return True
    named = any(_is_capital(scene, step) for step in range(first, at))
    joins = joins or (scene.lang == "sv" and _is_title(scene, at))
    if (
        named
        and token.kind == "w"
        and is_low
        and not joins
        and not scene.is_word("in_names", at)
        and not _is_office(scene, at)
    ):
        return True
    verb = any(mark is not None and mark.form == "verb" for mark in (scene.at("cue", at), scene.at("head", at)))
    return at > first and is_low and verb


def _before(scene: Scene, at: int) -> tuple[int, int]:
    """The words before a verb of saying that can be a name with an office."""
    last = at
    while scene.is_word("before_saying", last - 1):
        last -= 1
    first = last
    while first > 0 and last - first < _LONGEST_NAME:
        token = scene.tokens[first - 1]
        joins = scene.is_word("and", first - 1) and not _joins_names(scene, first - 1)
        if token.text in _SIGNS or token.text in _QUOTES or joins or scene.is_word("name_breaks", first - 1):
            break
        if any(q.first < first <= q.last for q in scene.quantities):
            break
        cue = scene.at("cue", first - 1)
        if cue is not None and cue.form == "verb":
            return at, at
        first -= 1
    return first, last


def _is_capital(scene: Scene, at: int) -> bool:
    return at < len(scene.tokens) and scene.tokens[at].kind == "w" and scene.tokens[at].text[0].isupper()


def _is_office(scene: Scene, at: int) -> bool:
    """Whether a word is an office or a source: minister, data, institute."""
    return scene.at("who_people", at) is not None or scene.at("who_data_words", at) is not None


def _is_title(scene: Scene, at: int) -> bool:
    """Whether a word stands between an employer and a name: 'Business Swedens chefsekonom Lena Sellgren'."""
    owned = at > 0 and _is_capital(scene, at - 1) and scene.tokens[at - 1].low.endswith("s")
    return owned and scene.tokens[at].text[0].islower() and _is_capital(scene, at + 1)


def _joins_names(scene: Scene, at: int) -> bool:
    """Whether 'and' stands inside a name: Ministry of Industry and Trade."""
    return at > 0 and _is_capital(scene, at - 1) and _is_capital(scene, at + 1)


def _is_someone(scene: Scene, first: int, last: int) -> bool:
    """Whether words name a person, an office or a source, and not merely 'he'."""
    if first >= last or scene.tokens[first].text.startswith(("'", "’")):
        return False
    if last - first == 1 and scene.is_word("persons", first):
        return False
    offices = [at for at in range(first, last) if _is_office(scene, at)]
    if not _is_capital(scene, first) and not (offices and offices[0] <= first + 3):
        return False
    if not offices and scene.ending("head", last) is not None:
        return False
    named = any(_is_capital(scene, at) and (at > 0 or offices) for at in range(first, last))
    return bool(offices) or named or (last - first == 1 and _is_proper_name(scene, first))


def _is_proper_name(scene: Scene, at: int) -> bool:
    """Whether the first word of a sentence is a name, going by what else it could be: 'Kpler estimates that …'."""
    kinds = ("head", "product", "cue", "place", "role", "clause", "modality", "anaphor_pronouns", "trend", "pair_both")
    known = any(scene.at(kind, at) is not None for kind in kinds) or at in scene.in_time
    return scene.tokens[at].kind == "w" and not known and not scene.is_word("no_name", at)


def _written(scene: Scene, first: int, last: int) -> str:
    """The name as it is written, without what leads to it."""
    while first < last and scene.is_word("name_openers", first):
        first += 1
    while last > first and scene.tokens[last - 1].kind == "p" and scene.tokens[last - 1].text not in ").":
        last -= 1
    tokens = scene.tokens[first:last]
    return "".join(t.text if t.glued or step == 0 else f" {t.text}" for step, t in enumerate(tokens)).strip()
