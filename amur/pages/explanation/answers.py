"""The page of a question of `amur explain` other than trade: its sentences, and its rows as a table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from markupsafe import Markup

from amur import kit
from amur.changes.asked import Answer
from amur.changes.asked.answer import Good
from amur.changes.explanation import listed
from amur.kit import Column, Page, Section, Table
from amur.origins import known_origins
from amur.output import write_file
from amur.pages.explanation.words import place
from amur.periods import Period
from amur.text import Text

Kind = Literal["text", "number", "percent", "points", "money", "value", "period"]

_SHARES = {"share", "share_before", "share_after", "top_share", "outside_share", "top_share_of_world", "kept_share"}
_POINTS = {"change", "own", "others", "within", "between", "share_change", "share_own", "share_others"}
_RATES = {"coverage", "freight", "growth_on_year", "premium", "largest_error", "lost"}
_MILLIONS = {
    *("priced_change", "price", "quantity", "mix", "entry", "exit", "unsplit", "value", "adjusted", "trend"),
    *("imports", "exports", "world_exports", "listed_before", "listed_after", "excess", "excess_low", "excess_high"),
    *("transit_low", "transit_high", "actual", "twin", "fitted", "partners_sum", "estimate"),
}
"""Columns of money, whose heads say that they are in millions; so are those of twins of larger partners."""
_DIGITS = 3
_LARGE = 1e5


def write_answer_page(answer: Answer, path: str | Path, *, lang: str = "en") -> Path:
    """Write the page to `path`, whole or not at all."""
    return write_file(path, answer_page(answer, Text(lang)))


def answer_page(answer: Answer, text: Text) -> str:
    """The page as HTML."""
    title = text.sentence(f"explain.question.{answer.question}")
    said = Markup("").join(Markup("<li>{}</li>").format(words) for words in answer.sentences(text.language))
    parts = (Markup("<ul>{}</ul>").format(said), kit.table(answer_table(answer, text), text))
    return kit.render_page(
        Page(
            title=title,
            description=title,
            eyebrow=text("explain.page.eyebrow"),
            sections=(Section("answer", title, parts),),
            origins=known_origins(answer.origins),
            cite=text("explain.page.cite", title=title),
            rebuild=f"{answer.command} --lang {text.language} -o page.html",
        ),
        text,
    )


def answer_table(answer: Answer, text: Text) -> Table:
    """The rows as words: numbers as the reader's language writes them, places by name."""
    names = list(dict.fromkeys(name for row in answer.rows for name in row))
    columns = tuple(Column(name, head(name, text), "text") for name in names)
    rows = [{name: _cell(row, name, text) for name in names} for row in answer.rows]
    return Table("rows", text.sentence(f"explain.question.{answer.question}"), columns, rows)


def head(name: str, text: Text) -> str:
    """The head of a column; twins of larger partners name how large."""
    kind, _, floor = name.rpartition("_")
    if kind == "twin":
        return text("explain.column.twin_of", floor=text.money(float(floor), "EUR", digits=0))
    return text(f"explain.column.{name}")


def _cell(row: Mapping[str, object], name: str, text: Text) -> str:
    value = row.get(name)
    if value is None:
        return "–"
    if isinstance(value, bool):
        return text("explain.column.yes" if value else "explain.column.no")
    if isinstance(value, int):
        # Years and counts: only counts are grouped.
        return str(value) if name in ("year", "rank") else text.number(value, digits=0)
    if isinstance(value, float):
        return _number(value, name, text)
    return _words(str(value), name, text)


_PLACES = {"partner", "top_supplier", "importer", "country"}
_PERIODS = {"period", "before", "after", "since", "growth_is_of"}


def _words(value: str, name: str, text: Text) -> str:
    """A code as the reader's language names it."""
    if name in _PLACES:
        return place(value, text)
    if name in _PERIODS:
        return text.period(Period.parse(value))
    if name in ("actors", "targets"):
        return listed(text, [place(code, text) for code in value.split()])
    if name == "product":
        return Good(value).words(text)
    kind = {"confidence": "explain.confidence", "event": "events.title", "instrument": "explain.instrument"}.get(name)
    return text(f"{kind}.{value}") if kind and text.has(f"{kind}.{value}") else value


def _number(value: float, name: str, text: Text) -> str:
    if name in _SHARES or name in _RATES:
        return text.percent(value)
    if name in _POINTS:
        return text.points(value, digits=2)
    if name in _MILLIONS or name.startswith("twin_"):
        millions = value / 1e6
        # Less than a million keeps two digits that tell something.
        small = 0 < abs(millions) < 1
        return text.number(millions, digits=1 - math.floor(math.log10(abs(millions))) if small else 1)
    return text.number(value, digits=0 if abs(value) >= _LARGE else _DIGITS)
