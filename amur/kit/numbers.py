"""Numbers that explain themselves, and sentences computed from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup, escape

from amur.codes import place
from amur.errors import CodeError, OriginError, TextError
from amur.figures import Figure
from amur.kit.markup import part
from amur.origins import origin
from amur.text import Text

_DEPTH = 3
# Private-use characters stand for figures while the catalogue fills its sentence.
_OPEN, _CLOSE = "\ue000", "\ue001"


@dataclass(frozen=True)
class Shown:
    """A figure written otherwise than by default, as in “fell by 8.1%” for −8.1 %."""

    figure: Figure
    written: str


@dataclass(frozen=True)
class Sentence:
    """A sentence as plain text, to copy and to read aloud, and as markup whose numbers explain themselves."""

    plain: str
    markup: Markup

    def __str__(self) -> str:
        return self.plain

    def __html__(self) -> Markup:
        return self.markup


@dataclass(frozen=True)
class Row:
    """One line of a note: a label and one or more lines; `sums` sets them as arithmetic."""

    label: str
    lines: tuple[str, ...]
    sums: bool = False


def figure(value: Figure | Shown, text: Text) -> Markup:
    """A number in running text: its interval, period, source and derivation on hover and on focus."""
    shown = value if isinstance(value, Shown) else Shown(value, text.figure(value))
    told = shown.figure
    head = heading(told, text)
    return part("number", shown.written, _rows(told, text), head[:1].upper() + head[1:], told.derivation is not None)


def finding(text: Text, key: str, values: Mapping[str, object]) -> Sentence:
    """The catalogue's sentence `key`, computed from figures and words.

    Values are Figures, `Shown` ones, or anything the catalogue takes (names, periods, counts). Raises
    TextError where the sentence leaves out one of them, so no number can drop out of a caption unseen.
    """
    figures = {name: value for name, value in values.items() if isinstance(value, Figure | Shown)}
    marks = {name: f"{_OPEN}{name}{_CLOSE}" for name in figures}
    filled = text.sentence(key, **{**values, **marks})
    plain, markup = filled, escape(filled)
    for name, mark in marks.items():
        if mark not in filled:
            raise TextError(f"The text '{key}' ({text.language}) does not say {name}. Put it into the sentence.")
        value = figures[name]
        plain = plain.replace(mark, value.written if isinstance(value, Shown) else text.figure(value))
        markup = Markup(markup.replace(mark, figure(value, text)))
    return Sentence(plain[:1].upper() + plain[1:], markup)


def sentence(words: str) -> Sentence:
    """Words without a figure as a sentence."""
    return Sentence(words, escape(words))


def heading(told: Figure, text: Text) -> str:
    """What a figure is, in the reader's words: `share of trade, imports, Russia–China`."""
    spaces = ("simulate.measure", "simulate.part", "explain.measure", "leverage.measure")
    keys = (f"measures.{told.measure}.name", *(f"{space}.{told.measure}" for space in spaces))
    measure = next((key for key in keys if text.has(key)), "")
    flow = f"common.flow.{told.flow}"
    words = [text(measure) if text.has(measure) else "", text(flow) if text.has(flow) else ""]
    pair = "–".join(_name(code, text) for code in (told.subject, told.object) if code)
    # A flow often names the measure: imports, imports.
    return ", ".join(dict.fromkeys(word for word in (*words, pair) if word))


def derivation_lines(told: Figure, text: Text) -> tuple[str, ...]:
    """The arithmetic on paper, each step on a line, the inputs below their result."""
    return tuple(_steps(told, text, _DEPTH))


def source_names(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Producer and title of each origin; a key without origin stands as it is."""
    return tuple(_source_name(key) for key in dict.fromkeys(keys))


def _source_name(key: str) -> str:
    try:
        found = origin(key)
    except OriginError:
        return key
    return f"{found.producer}, {found.title}" + (f" ({found.vintage})" if found.vintage else "")


def _rows(told: Figure, text: Text) -> list[Row]:
    rows = []
    if told.interval is not None:
        kind = text(f"kit.interval.{told.interval_kind}")
        rows.append(Row(text("kit.figure.interval"), (f"{text.interval(told)} ({kind})",)))
    if told.period is not None:
        rows.append(Row(text("kit.figure.period"), (text.period(told.period),)))
    if told.base_period is not None:
        rows.append(Row(text("kit.figure.base_period"), (text.period(told.base_period),)))
    said = {"reporter": told.reporter, "basis": told.basis}
    rows += [Row(text(f"kit.figure.{kind}"), (_term(kind, word, text),)) for kind, word in said.items() if word]
    if told.derivation is not None:
        rows.append(Row(text("kit.figure.computed"), derivation_lines(told, text), sums=True))
    if told.origins:
        rows.append(Row(text("kit.figure.origins"), source_names(told.origins)))
    if told.note:
        rows.append(Row(text("kit.figure.note"), (told.note,)))
    return rows


def _steps(told: Figure, text: Text, depth: int) -> list[str]:
    derivation = told.derivation
    if derivation is None or depth == 0:
        return []
    sides = [text.figure(item) for item in derivation.inputs]
    lines = [f"{derivation.formula.format(*sides)} = {text.figure(told)}"]
    for item, side in zip(derivation.inputs, sides, strict=True):
        period = text.period(item.period) if item.period else ""
        reporter = _term("reporter", item.reporter, text) if item.reporter else ""
        lines.append(f"{side}: " + ", ".join(word for word in (heading(item, text), period, reporter) if word))
        lines += _steps(item, text, depth - 1)
    return lines


def _term(kind: str, word: str, text: Text) -> str:
    """A reporter or basis in the reader's language, where the catalogue or the codes know it."""
    key = f"kit.{kind}.{word}"
    if text.has(key):
        return text(key)
    return _name(word, text) if kind == "reporter" else word


def _name(code: str, text: Text) -> str:
    """A country's or bloc's name; a word that is no code stands as it is, such as an institute's name."""
    return text.country(code) if _is_place(code) else code


@cache
def _is_place(code: str) -> bool:
    try:
        place(code)
    except CodeError:
        return False
    return True
