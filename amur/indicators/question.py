"""What is asked of a measure and what comes back: figures, and the reasons for what was refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from amur import codes
from amur.errors import MeasureError, NoDataError
from amur.figures import Figure
from amur.indicators.ledger import Ledger, concerns, ledgers, refuse_overlap
from amur.indicators.values import FLOWS
from amur.periods import Period, as_period
from amur.text import Text

Flow = Literal["exports", "imports", "total"]


@dataclass(frozen=True)
class Query:
    """How a measure is asked for.

    `flow` is seen from the first country; `period` the newest that each source has unless given; `product` all
    goods unless given (a sector code, `services`, `all`); `base` the base of growth; `source` limits the
    answer to one source of flows or to `facts`; `data` is a file of the user's own that takes the place of
    the bundled data; `language` is that of basis and notes.
    """

    flow: str = "total"
    period: Period | str | int | None = None
    product: str = ""
    base: Period | str | int | None = None
    source: str = ""
    data: str | Path | None = None
    language: str = "en"


@dataclass(frozen=True)
class Question:
    """A query about two places, checked and resolved; `other` is the first place again for one-country measures."""

    subject: codes.Place
    other: codes.Place
    query: Query
    flow: str
    period: Period | None
    base: Period | None

    @property
    def text(self) -> Text:
        """The catalogue in the language of the query."""
        return text_of(self.query.language)

    @property
    def product(self) -> str:
        """The product asked for; empty for all goods."""
        return "" if self.query.product in ("total", "goods") else self.query.product

    def ledgers(self) -> tuple[Ledger, ...]:
        """The ledgers to ask, preferred first: the one that was named, else all that concern the two places."""
        found = ledgers(self.query.data)
        if self.query.source:
            return tuple(item for item in found if item.key == self.query.source)
        return tuple(item for item in found if concerns(item, self.product, self.subject, self.other))

    @property
    def asks_facts(self) -> bool:
        """Whether published figures may answer."""
        return self.query.source in ("", "facts") and not self.product


@dataclass(frozen=True)
class Answers:
    """Figures, the preferred first, and one sentence for each source that could not answer."""

    figures: tuple[Figure, ...] = ()
    refusals: tuple[str, ...] = ()

    def __add__(self, other: Answers) -> Answers:
        return Answers(self.figures + other.figures, tuple(dict.fromkeys(self.refusals + other.refusals)))


def ask(a: str, b: str, query: Query, *, flow: str = "") -> Question:
    """Check a query about two places. Raises CodeError, PeriodError or MeasureError with the remedy."""
    subject, other = codes.place(a), codes.place(b or a)
    if b:
        refuse_overlap(subject, other)
    wanted = flow or query.flow
    if wanted not in (*FLOWS, "balance"):
        raise MeasureError(f"'{wanted}' is no flow. Use one of: {', '.join(FLOWS)}.")
    known = [item.key for item in ledgers(query.data)]
    if query.source not in ("", "facts", *known):
        raise MeasureError(f"There is no source '{query.source}'. Use one of: {', '.join(['facts', *known])}.")
    return Question(subject, other, query, wanted, _period(query.period), _period(query.base))


def gather(tries: Iterable[Callable[[], Iterable[Figure]]]) -> Answers:
    """The figures of all tries in order; a try without data adds its reason instead."""
    figures: list[Figure] = []
    refusals: list[str] = []
    for attempt in tries:
        try:
            figures += attempt()
        except NoDataError as reason:
            said = str(reason)
            # Names of tables begin with an article; names of files stand as they are.
            refusals.append(f"T{said[1:]}" if said.startswith("the ") else said)
    return Answers(tuple(figures), tuple(dict.fromkeys(refusals)))


def _period(value: Period | str | int | None) -> Period | None:
    return None if value in (None, "") else as_period(value)  # type: ignore[arg-type]


@cache
def text_of(language: str) -> Text:
    """One catalogue object a language."""
    return Text(language)
