"""The pair that a brief is about, and what its chapters are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
from markupsafe import Markup

from amur import codes
from amur.charts.rendering import Draw
from amur.errors import MeasureError, NoDataError
from amur.figures import Figure
from amur.indicators import Answers, Query, answers, series
from amur.indicators import ledger as books
from amur.indicators.ledger import Ledger
from amur.kit import Chart, Column, Sentence, Shown, Table, finding
from amur.origins import Origin, known_origins
from amur.periods import Period
from amur.text import Text, placeholders

THIRD_PARTIES = ("USA", "EU27", "CHN", "IND")
"""Who stands beside a pair, in this order, as far as they are not part of it; a page shows the first two."""


@dataclass(frozen=True)
class Choice:
    """What a reader chose to see of a pair: years from `since` to `until`, sectors, and who stands beside the two.

    What is empty is left to the page.
    """

    since: int | None = None
    until: int | None = None
    sectors: tuple[str, ...] = ()
    thirds: tuple[str, ...] = ()

    def holds(self, period: Period | None) -> bool:
        """Whether a period lies in the years chosen."""
        if period is None:
            return self.since is None and self.until is None
        return (self.since or 0) <= period.start.year and period.end.year <= (self.until or 9999)


@dataclass(frozen=True)
class Pair:
    """Two places, those beside them, the language, and the user's own data if any."""

    a: codes.Place
    b: codes.Place
    text: Text
    data: Path | None = None
    choice: Choice = Choice()

    @property
    def both_ways(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """The two directions, each a subject and its partner."""
        return (self.a.code, self.b.code), (self.b.code, self.a.code)

    @cached_property
    def thirds(self) -> tuple[str, ...]:
        """Third parties that share no member with the pair or with each other."""
        chosen: list[str] = []
        for code in self.choice.thirds or THIRD_PARTIES:
            try:
                for other in (self.a, self.b, *map(codes.place, chosen)):
                    books.refuse_overlap(codes.place(code), other)
            except MeasureError:
                continue
            chosen.append(code)
        return tuple(chosen if self.choice.thirds else chosen[:2])

    def query(self, **how: Any) -> Query:
        """A query in the page's language on the page's data."""
        return Query(data=self.data, language=self.text.language, **how)

    def ask(self, measure: str, one: str, other: str, **how: Any) -> Answers:
        """The figures of a measure, the preferred source first, and the reasons of those without."""
        return answers(measure, one, other, self.query(**how))

    def first(self, measure: str, one: str, other: str, **how: Any) -> Figure | None:
        """The preferred figure, or None."""
        return next(iter(self.ask(measure, one, other, **how).figures), None)

    def over_time(self, measure: str, one: str, other: str, **how: Any) -> tuple[Figure, ...]:
        """A measure year by year, every source, within the years chosen."""
        try:
            found = series(measure, one, other, self.query(**how))
        except NoDataError:
            return ()
        return tuple(figure for figure in found if self.choice.holds(figure.period))

    def ledgers(self) -> tuple[Ledger, ...]:
        """The flow tables that the page draws on, preferred first."""
        return books.ledgers(self.data)

    def names(self, one: str, other: str) -> dict[str, str]:
        """What sentences call the two: names with article, and their genitives."""
        text = self.text
        return {"a": text.the(one), "b": text.the(other), "a_s": text.genitive(one), "b_s": text.genitive(other)}

    def say(self, key: str, way: tuple[str, str] | None = None, **values: object) -> str:
        """A text of the brief about the pair, or about one direction of it, without figures."""
        return self.text(f"brief.{key}", **self._named(key, way), **values)

    def told(self, key: str, values: Mapping[str, object], *, way: tuple[str, str] | None = None) -> Sentence:
        """A sentence of the brief, computed from figures, about the pair or about one direction of it."""
        return finding(self.text, f"brief.{key}", {**self._named(key, way), **values})

    def _named(self, key: str, way: tuple[str, str] | None) -> dict[str, str]:
        """Those of the pair's names that the text asks for; figures, unlike names, may never be left out."""
        wanted = placeholders(self.text.template(f"brief.{key}"))
        return {name: word for name, word in self.names(*(way or self.both_ways[0])).items() if name in wanted}


@dataclass(frozen=True)
class Chapter:
    """A chapter: its id, its title, and parts in order; charts are drawn together when the page is written."""

    name: str
    title: str
    parts: tuple[str | Markup | Chart | Table, ...]
    origins: tuple[str, ...] = ()


@dataclass
class Parts:
    """The parts of a chapter as they are collected, with the origins of all that was shown."""

    pair: Pair
    items: list[str | Markup | Chart | Table] = field(default_factory=list)
    origins: dict[str, None] = field(default_factory=dict)

    def add(self, *items: str | Markup | Chart | Table) -> None:
        """Append parts."""
        self.items += items

    def cite(self, figures: Iterable[Figure]) -> tuple[Origin, ...]:
        """Note the origins of figures, and return those that are known."""
        keys = tuple(dict.fromkeys(key for figure in figures for key in figure.origins))
        self.origins |= dict.fromkeys(keys)
        return known_origins(keys)

    def chapter(self, name: str) -> Chapter:
        """The finished chapter, titled by the catalogue."""
        return Chapter(name, self.pair.text(f"brief.{name}.title"), tuple(self.items), tuple(self.origins))


def capital(words: str) -> str:
    """The words with a capital first letter, as a title has it."""
    return words[:1].upper() + words[1:]


def fallen(pair: Pair, figure: Figure) -> Shown:
    """The size of a change without its sign, for sentences that say the direction in words."""
    return Shown(figure, pair.text.percent(abs(figure.value), digits=1))


def draw_of(draw: Any, rows: Sequence[dict[str, Any]], **how: Any) -> Draw:
    """A chart function bound to its rows."""
    from functools import partial

    return partial(draw, list(rows), **how)


def column(pair: Pair, key: str, **how: Any) -> Column:
    """A column whose head is in the brief's catalogue."""
    return Column(key, pair.text(f"brief.column.{key}"), **how)


def is_nowcast(pair: Pair, figure: Figure) -> bool:
    """Whether the table behind a figure carries an older structure of one of the two forward."""
    if figure.period is None:
        return False
    used = [item for item in pair.ledgers() if item.origin in figure.origins]
    places = [codes.place(code) for code in (figure.subject, figure.object) if code]
    return any(books.carried_forward(item, place, figure.period) for item in used for place in places)


def table_for(pair: Pair, period: Period | None = None) -> tuple[Ledger, Period, tuple[str, ...]] | None:
    """The flow table by sector that knows both places: with its newest period and the blocs to merge."""
    for item in pair.ledgers():
        try:
            if not [name for name in item.nomenclatures if name != "total"] or item.totals != "both":
                continue
            blocs = books.merged(item, "", pair.a, pair.b)
            found = books.periods(item, "", pair.a.code, pair.b.code, blocs)
        except NoDataError:
            continue
        chosen = [span for span in found if pair.choice.holds(span)]
        if chosen:
            return item, period or chosen[-1], blocs
    return None


def sector_flows(pair: Pair) -> tuple[Ledger, Period, pl.DataFrame] | None:
    """The newest flows by sector of the table that knows both places."""
    chosen = table_for(pair)
    if chosen is None:
        return None
    item, period, blocs = chosen
    return item, period, books.sector_table(item, period.label, blocs)
