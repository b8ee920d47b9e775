"""Words, digit runs and signs, each with its place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CHARACTERS = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"  # each is a word of its own
_FRACTIONS = r"\u00bc-\u00be\u2150-\u215e"  # ½ and its like
_PIECES = re.compile(
    r"(?P<d>\d+)"
    rf"|(?P<w>[{_CHARACTERS}]|['’]s\b(?=\W|$)|[^\W\d_{_CHARACTERS}{_FRACTIONS}]+)"
    rf"|(?P<p>[^\w\s]|_|[{_FRACTIONS}])"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word (`w`), a run of digits (`d`) or one sign (`p`); `glued` if no space stands before it."""

    text: str
    low: str
    start: int
    end: int
    kind: str
    glued: bool


def tokenise(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The tokens of `text[start:end]`, with offsets into `text`."""
    found: list[Token] = []
    last = -1
    for match in _PIECES.finditer(text, start, len(text) if end is None else end):
        piece, first, after = match.group(0), match.start(), match.end()
        found.append(Token(piece, piece.lower(), first, after, match.lastgroup or "p", first == last))
        last = after
    return found


def phrase(text: str) -> tuple[str, ...]:
    """The lower-case words and signs of a written form, as the word lists are looked up."""
    return tuple(token.low for token in tokenise(text))


def stands_at(tokens: list[Token], at: int, words: tuple[str, ...]) -> bool:
    """Whether these words and signs stand at a token, one after the other."""
    if at < 0 or at + len(words) > len(tokens):
        return False
    for word in words:
        if tokens[at].low != word:
            return False
        at += 1
    return True
