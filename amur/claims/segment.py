"""Normal text → sentences, with headings, captions and list items told apart.

Lines are joined to paragraphs as a reader would: a page that breaks lines at a fixed width, or a PDF
that leaves an empty line after each, gives whole sentences again; a short line without full stop
before a paragraph is a heading.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

SentenceKind = Literal["text", "item", "heading", "caption"]

_LINE = re.compile(r"[^\n]+")
_BULLET = re.compile(r"\s{0,20}(?:[•·▪◦‣*–—-]|\(?\d{1,2}[.)])\s")
_DATED_ITEM = re.compile(r"\s{0,20}(?:[•·▪◦‣*–—-]\s{0,4})?(?:19|20)\d\d\s{0,2}:")
_LABELLED = re.compile(r"[^\d\n:]{2,40}:\s")
_SENTENCE_END = re.compile(r"[.!?…。！？]+[\"”’»)\]]{0,3}(?=\s|$)|[。！？]")
_CLOSED = re.compile(r"[.!?…:;。！？][\"”’»)\]]{0,3}\s{0,3}$")
_NUMBER_WITH_UNIT = re.compile(
    r"\d[\d., ]{0,15}\s?(?:%|procent|per ?cent|percent|miljard|miljon|billion|million|bn\b|mn\b|m\b|ton)|[$€£¥]\s?\d",
    re.IGNORECASE,
)
_LONGEST_SENTENCE = 2_500
# A heading has at most this many words; the first line of a text, its title, may have more.
_HEADING_WORDS = 14
_TITLE_WORDS = 24


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of text from `start` to `end`, in the paragraph with number `paragraph`."""

    start: int
    end: int
    paragraph: int
    kind: SentenceKind


def split_sentences(text: str, abbreviations: Collection[str], credit_words: Collection[str]) -> list[Sentence]:
    """The sentences of a text in order; none overlaps another and none is longer than a screenful."""
    paragraphs = _paragraphs(text)
    several = len(paragraphs) > 1
    found: list[Sentence] = []
    for number, (start, end, broken) in enumerate(paragraphs):
        longest = (_TITLE_WORDS if number == 0 else _HEADING_WORDS) if several else 0
        kind = _kind(text, start, end, longest=longest, credit_words=credit_words, broken=broken)
        pieces = [(start, end)] if kind == "heading" else _pieces(text, start, end, abbreviations)
        found.extend(Sentence(first, last, number, kind) for first, last in pieces)
    return found


def _paragraphs(text: str) -> list[tuple[int, int, bool]]:
    """Joined lines as (start, end, whether several lines were joined)."""
    lines = [(m.start(), m.end()) for m in _LINE.finditer(text) if text[m.start() : m.end()].strip()]
    width = _usual_width([end - start for start, end in lines])
    spaced = _is_double_spaced(text, lines, width)
    merged: list[tuple[int, int, bool]] = []
    for start, end in lines:
        if merged and _continues(text, merged[-1], (start, end), width=width, spaced=spaced):
            merged[-1] = (merged[-1][0], end, True)
        else:
            merged.append((start, end, False))
    return merged


def _usual_width(lengths: list[int]) -> int:
    """The line length at which the page breaks, 0 where lines are whole paragraphs."""
    if len(lengths) < 4:
        return 0
    top = sorted(lengths)[int(len(lengths) * 0.9)]
    return top if 40 <= top <= 140 else 0


def _is_double_spaced(text: str, lines: list[tuple[int, int]], width: int) -> bool:
    if not width:
        return False
    gaps = [text.count("\n", a[1], b[0]) for a, b in pairwise(lines)]
    apart = sum(gap > 1 for gap in gaps)
    unclosed = sum(text[b[0] : b[1]].lstrip()[:1].islower() for a, b in pairwise(lines) if b[0] - a[1] > 1)
    return apart > 0.8 * len(gaps) and unclosed > 0.3 * len(gaps)


def _continues(text: str, before: tuple[int, int, bool], line: tuple[int, int], *, width: int, spaced: bool) -> bool:
    """Whether a line goes on with the paragraph before it."""
    previous = text.rfind("\n", before[0], before[1]) + 1 or before[0]
    last_line = text[previous : before[1]].strip()
    here = text[line[0] : line[1]]
    if _BULLET.match(here) or _DATED_ITEM.match(here):
        return False
    adjacent = text.count("\n", before[1], line[0]) <= 1
    filled = bool(width) and len(last_line) >= 0.7 * width
    starts_low = here.lstrip()[:1].islower()
    if adjacent:
        return filled or (starts_low and not _CLOSED.search(last_line))
    if _CLOSED.search(last_line) and not (spaced and filled):
        return False
    return (spaced and filled) or (starts_low and len(last_line) > 20)


def _kind(
    text: str, start: int, end: int, *, longest: int, credit_words: Collection[str], broken: bool
) -> SentenceKind:
    line = text[start:end].strip()
    words = line.split()
    first = re.sub(r"[^\w©]", "", words[0]).lower() if words else ""
    if first in credit_words and (":" in line[:30] or len(words) < 12):
        return "caption"
    if _DATED_ITEM.match(line) or (_LABELLED.match(line) and _NUMBER_WITH_UNIT.search(line)):
        return "item"
    numbered = re.match(r"\d{1,2}[.)]\s", line) is not None
    if _BULLET.match(line) and not numbered:
        return "item"
    closed = _CLOSED.search(line) is not None
    if closed or broken or len(words) > (longest or _HEADING_WORDS):
        return "text"
    if numbered and not _NUMBER_WITH_UNIT.search(line, 3):
        return "heading"
    return "heading" if longest else "text"


def _pieces(text: str, start: int, end: int, abbreviations: Collection[str]) -> list[tuple[int, int]]:
    """A paragraph cut at its full stops."""
    found: list[tuple[int, int]] = []
    first = start
    for match in _SENTENCE_END.finditer(text, start, end):
        if match.end() >= end:
            break
        if _is_stop(text, first, match, abbreviations, end):
            found.append((first, match.end()))
            first = match.end()
    found.append((first, end))
    trimmed = [_trim(text, a, b) for a, b in found]
    return [piece for a, b in trimmed if a < b for piece in _cut_long(text, a, b)]


def _is_stop(text: str, first: int, match: re.Match[str], abbreviations: Collection[str], end: int) -> bool:
    if match.group(0)[0] != ".":
        return True
    before = text[max(first, match.start() - 24) : match.start()]
    word = before.split()[-1].lstrip("(\"“”«'").lower() if before.split() else ""
    after = text[match.end() : min(end, match.end() + 40)].lstrip()
    if not after or after[0].islower():
        return False
    if word in abbreviations:
        return word in ("bn", "tn", "mn", "mln", "co", "inc", "etc", "milj", "mdr", "m.m", "osv") and after[0].isupper()
    return not (len(word) == 1 and word.isalpha() and before[-1:].isupper()) and not re.fullmatch(r"(?:\w\.)+\w", word)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _cut_long(text: str, start: int, end: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    while end - start > _LONGEST_SENTENCE:
        cut = text.rfind(" ", start, start + _LONGEST_SENTENCE)
        cut = cut if cut > start else start + _LONGEST_SENTENCE
        found.append((start, cut))
        start = cut
    found.append((start, end))
    return found
