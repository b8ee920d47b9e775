"""Reading: an article → its statistical claims on trade and ties, each with its words and its slots."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import cast

from amur.claims.assemble import read_sentence
from amur.claims.claim import Claim, Document, Language
from amur.claims.clock import Clock
from amur.claims.dates import find_date
from amur.claims.draft import Draft
from amur.claims.lexicon import LANGUAGES, Lexicon, detect_language, load_lexicon
from amur.claims.memory import Memory
from amur.claims.normalise import NormalText, normalise
from amur.claims.scene import Scene, build_scene
from amur.claims.segment import Sentence, split_sentences
from amur.claims.tokens import tokenise
from amur.errors import ClaimsError

_LEAST_MENTIONS = 2
_THIRD_IN_BILATERAL = 0.4
_LONGEST_TITLE = 200


def read(
    text: str | bytes, *, date: datetime.date | str | None = None, lang: str | None = None, title: str | None = None
) -> Document:
    """Find every statistical claim on trade and ties between countries in a text.

    `date` is the day the text was published (a `date` or `YYYY-MM-DD`); without it the date is sought
    in the text. `lang` is `en` or `sv` (`ru`, `zh`, `de` read numbers only); without it the language is
    recognised. Deterministic and offline, in time linear in the length of the text. Raises
    ClaimsError for bytes that are no text, a text too long, or an unknown language or date.
    """
    normal = normalise(text)
    language = _language(lang, normal.text)
    today, date_from = _today(date, normal.text, language)
    lexicon = load_lexicon(language)
    grammar = lexicon.grammar
    abbreviations = frozenset(grammar.get("abbreviations", ()))
    credit = frozenset(grammar.get("stop", {}).get("credit", ()))
    sentences = split_sentences(normal.text, abbreviations, credit)
    scenes = _scenes(normal.text, sentences, lexicon)
    topic, bilateral = _topic([scene for _, scene in scenes])
    claims = _claims(normal, scenes, Clock(today), Memory(topic=topic, bilateral=bilateral))
    return Document(
        claims=tuple(claims),
        lang=cast(Language, language),
        date=today,
        date_from=date_from,
        title=title if title is not None else _title(normal.text, sentences),
        source=normal.source,
        topic=topic,
        notes=_notes(normal, language, today, date_from, lang),
    )


def _scenes(text: str, sentences: list[Sentence], lexicon: Lexicon) -> list[tuple[Sentence, Scene]]:
    """Each sentence with its scene, in which places count from the start of the sentence: said twice, marked once."""
    marked: dict[str, Scene] = {}
    found = []
    for sentence in sentences:
        words = text[sentence.start : sentence.end]
        if words not in marked:
            marked[words] = build_scene(tokenise(words), lexicon)
        found.append((sentence, marked[words]))
    return found


def _language(lang: str | None, text: str) -> str:
    if lang is None:
        return detect_language(text)
    if lang not in LANGUAGES:
        raise ClaimsError(f"No claims are read in the language '{lang}'. Use one of: {', '.join(LANGUAGES)}.")
    return lang


def _today(given: datetime.date | str | None, text: str, language: str) -> tuple[datetime.date | None, str]:
    if given is None:
        return find_date(text, language)
    if isinstance(given, datetime.date):
        return given, "given"
    try:
        return datetime.date.fromisoformat(given), "given"
    except ValueError as error:
        raise ClaimsError(f"'{given}' is not a date. Write it as YYYY-MM-DD, such as 2025-08-21.") from error


def _topic(scenes: list[Scene]) -> tuple[tuple[str, ...], bool]:
    """The places a text speaks of most, most often named first, and whether it is about the first two."""
    counts: Counter[str] = Counter()
    for scene in scenes:
        counts.update(place.code for place in scene.places if place.form not in ("region", "group"))
    first = next((place.code for scene in scenes[:1] for place in scene.places if place.code in counts), "")
    if first:
        # What a title names first the text is about: half as much again as what is only named as often.
        counts[first] += counts[first] // 2
    ranked = [(code, number) for code, number in counts.most_common(6) if number >= _LEAST_MENTIONS]
    third = ranked[2][1] if len(ranked) > 2 else 0
    bilateral = len(ranked) > 1 and third <= _THIRD_IN_BILATERAL * ranked[1][1]
    return tuple(code for code, _ in ranked), bilateral


def _title(text: str, sentences: list[Sentence]) -> str:
    for sentence in sentences[:5]:
        if sentence.kind in ("heading", "text"):
            return text[sentence.start : min(sentence.end, sentence.start + _LONGEST_TITLE)].strip()
    return ""


def _notes(
    normal: NormalText, language: str, today: datetime.date | None, date_from: str, lang: str | None
) -> tuple[str, ...]:
    notes = list(normal.notes)
    if language not in ("en", "sv"):
        notes.append("numbers_only")
    if today is None:
        notes.append("date_unknown")
    elif date_from in ("address", "anniversary", "years"):
        notes.append(f"date_from_{date_from}")
    return tuple(notes)


def _claims(normal: NormalText, scenes: list[tuple[Sentence, Scene]], clock: Clock, memory: Memory) -> list[Claim]:
    claims: list[Claim] = []
    for sentence, scene in scenes:
        if sentence.kind == "caption" or not scene.tokens:
            continue
        drafts, memory = read_sentence(scene, clock, memory, sentence.paragraph)
        # A heading says in short what the text says below, where it is read with its slots.
        for draft in drafts if sentence.kind != "heading" else ():
            claims.append(_claim(normal, sentence, scene, draft, len(claims)))
    return claims


def _claim(normal: NormalText, sentence: Sentence, scene: Scene, draft: Draft, number: int) -> Claim:
    last = min(draft.last, len(scene.tokens))
    first = min(draft.first, last - 1)
    at = sentence.start
    start, end = normal.original(at + scene.tokens[first].start, at + scene.tokens[last - 1].end)
    whole_start, whole_end = normal.original(sentence.start, sentence.end)
    return Claim(
        id=f"c{number + 1}",
        quote=normal.source[start:end],
        start=start,
        end=end,
        reading=draft.reading,
        other_readings=draft.others,
        sentence=normal.source[whole_start:whole_end],
        sentence_start=whole_start,
        sentence_end=whole_end,
        confidence=round(max(0.1, 1.0 - draft.penalty), 2),
    )


def lexicon_for(lang: str) -> Lexicon:
    """The word lists by which a language is read."""
    return load_lexicon(lang)
