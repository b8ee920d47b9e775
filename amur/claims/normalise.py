"""Text as typed or pasted → text as read, with the way back to every original character.

What is mended: byte order marks and odd encodings, HTML tags and entities, soft hyphens, words
broken at line ends, non-breaking and zero-width spaces, minus signs, marks of writing direction and
letters typed as letter plus accent. Nothing else changes, and each change keeps its offset, so that
a claim's quote is always a verbatim piece of the input.
"""

from __future__ import annotations

import html
import re
import unicodedata
from array import array
from dataclasses import dataclass

from amur.errors import ClaimsError

MAX_CHARACTERS = 12_000_000

_BLOCK_TAGS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "td",
        "th",
        "tr",
        "ul",
        "title",
        "option",
        "select",
        "body",
        "html",
        "head",
    ]
)
_SKIPPED_TAGS = frozenset(("script", "style", "noscript", "template", "svg", "iframe", "button"))
_LOOKS_LIKE_HTML = re.compile(
    r"<(?:!doctype html|html|body|head|p|div|span|br|h[1-6]|ul|ol|li|table|tr|td|article|section|a|b|i|em|strong)"
    r"\b[^<>]{0,500}>",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})\b[^<>]{0,4000}>|<!--|<![a-zA-Z][^<>]{0,4000}>|<\?[^<>]{0,4000}>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_ODD = re.compile(
    "\u00ad[ \t]*\r?\n\\s{0,20}"  # soft hyphen at a line end
    "|(?<=[^\\W\\d_])[-\u00ac\u2010][ \t]{0,5}\r?\n\\s{0,20}(?=[a-zà-öø-ÿа-я])"  # word broken at a line end
    "|\r\n?|[\u2028\u2029\u0085\x0b\x0c]"  # other ends of line
    "|[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufe0f]"  # invisible marks
    "|[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\t]"  # other spaces
    "|[\u2212\ufe63\uff0d\u2010\u2011]"  # minus signs and hyphens
    "|[^\\W\\d_][\u0300-\u036f]{1,4}"  # letter and accent
    "|[\x00-\x08\x0e-\x1f\x7f]"
)
_SPACES = frozenset("\u00a0\u1680\u202f\u205f\u3000\t") | {chr(c) for c in range(0x2000, 0x200B)}
_MINUS = frozenset("\u2212\ufe63\uff0d\u2010\u2011")
_ENDS = frozenset("\r\u2028\u2029\u0085\x0b\x0c")


@dataclass(frozen=True)
class NormalText:
    """`text` as read; `offsets[k]` is where its character k begins in `source`, and the end follows last."""

    source: str
    text: str
    offsets: array[int]
    notes: tuple[str, ...] = ()

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of `source` that the characters `start` to `end` of `text` come from."""
        if start >= end:
            return self.offsets[start], self.offsets[start]
        first, last = self.offsets[start], self.offsets[end - 1]
        after = self.offsets[end]
        gap = self.source[last + 1 : after]
        return first, last + 1 if gap.strip() == "" or gap.lstrip().startswith("<") else after


def decode(data: bytes | str) -> tuple[str, tuple[str, ...]]:
    """Bytes → characters, with a note where the encoding had to be inferred.

    Raises ClaimsError where the bytes are no text at all.
    """
    if isinstance(data, str):
        return data, ()
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), ()
    if data.startswith(b"%PDF-"):
        raise ClaimsError("The file is a PDF, which is no text. Save or copy the article as plain text or HTML.")
    if _is_binary(data):
        raise ClaimsError(
            f"The {len(data)} bytes are no text: they hold control characters as a binary file does. "
            "Give the article as plain text or HTML."
        )
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), ("encoding_inferred_cp1252",)


def _is_binary(data: bytes) -> bool:
    sample = data[:65536]
    if not sample:
        return False
    control = sum(sample.count(bytes((code,))) for code in (*range(9), *range(14, 27), *range(28, 32)))
    return control > len(sample) * 0.02


def normalise(data: bytes | str) -> NormalText:
    """The text of an article with offsets back to its characters.

    Raises ClaimsError for bytes that are no text and for more than `MAX_CHARACTERS` characters.
    """
    source, notes = decode(data)
    if len(source) > MAX_CHARACTERS:
        raise ClaimsError(
            f"The text has {len(source)} characters; at most {MAX_CHARACTERS} are read. Split it into articles."
        )
    text, offsets = source, None
    if _LOOKS_LIKE_HTML.search(source):
        text, offsets = _strip_tags(source)
        notes = (*notes, "html_stripped")
    text, offsets = _mend(text, offsets)
    return NormalText(source, text, offsets, notes)


class _Writer:
    """Collects pieces of text and the offset of each character."""

    def __init__(self, before: array[int] | None) -> None:
        self.pieces: list[str] = []
        self.offsets: array[int] = array("I")
        self._before = before

    def copy(self, text: str, start: int, end: int) -> None:
        if start < end:
            self.pieces.append(text[start:end])
            self.offsets.extend(range(start, end) if self._before is None else self._before[start:end])

    def write(self, text: str, at: int) -> None:
        self.pieces.append(text)
        self.offsets.extend([at if self._before is None else self._before[at]] * len(text))

    def finish(self, end: int) -> tuple[str, array[int]]:
        self.offsets.append(end if self._before is None else self._before[end])
        return "".join(self.pieces), self.offsets


def _strip_tags(source: str) -> tuple[str, array[int]]:
    out, at = _Writer(None), 0
    while (match := _TAG.search(source, at)) is not None:
        _copy_with_entities(out, source, at, match.start())
        at = match.end()
        if match.group(0) == "<!--":
            close = source.find("-->", at)
            at = len(source) if close < 0 else close + 3
            continue
        name = (match.group(2) or "").lower()
        if name in _SKIPPED_TAGS and not match.group(1):
            at = _after_closing(source, name, at)
        elif name in _BLOCK_TAGS:
            out.write("\n" if name in ("br", "td", "th") else "\n\n", match.start())
    _copy_with_entities(out, source, at, len(source))
    return out.finish(len(source))


def _after_closing(source: str, name: str, at: int) -> int:
    close = re.compile(rf"</{name}\s{{0,20}}>", re.IGNORECASE).search(source, at)
    return close.end() if close else len(source)


def _copy_with_entities(out: _Writer, source: str, start: int, end: int) -> None:
    for match in _ENTITY.finditer(source, start, end):
        out.copy(source, start, match.start())
        out.write(html.unescape(match.group(0)), match.start())
        start = match.end()
    out.copy(source, start, end)


def _mend(text: str, before: array[int] | None) -> tuple[str, array[int]]:
    out, at = _Writer(before), 0
    for match in _ODD.finditer(text):
        out.copy(text, at, match.start())
        out.write(_replacement(match.group(0)), match.start())
        at = match.end()
    out.copy(text, at, len(text))
    return out.finish(len(text))


def _replacement(odd: str) -> str:
    first = odd[0]
    if len(odd) > 1 and unicodedata.combining(odd[1]):
        return unicodedata.normalize("NFC", odd)
    if first in _SPACES:
        return " "
    if len(odd) == 1 and first in _MINUS:
        return "-"
    if first in _ENDS:
        return "\n"
    return ""
