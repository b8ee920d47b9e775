"""Asked and Answer: what is asked of the data, and rows with sentences, named defects and limits in return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from amur import codes
from amur.baskets import find_list
from amur.changes.explanation import listed
from amur.changes.pairs import Flow
from amur.changes.problems import Problem
from amur.errors import CodeError, MeasureError
from amur.figures import Figure
from amur.indicators.ledger import carried_forward, ledgers
from amur.periods import Period, as_period
from amur.text import Text

Row = Mapping[str, object]

_MOST_SHOWN = 40


@dataclass(frozen=True)
class Asked:
    """Two places (the second may be empty), the periods between which to compare, the list of goods, the own table."""

    a: str
    b: str = ""
    start: Period | None = None
    end: Period | None = None
    flow: Flow = "total"
    basket: str = ""
    data: Path | None = None

    @classmethod
    def read(cls, *words: Any) -> Asked:
        """From the words of a command line, in the order of the fields; periods are read, empty ones left open."""
        a, b, start, end, *rest = words
        return cls(a, b, as_period(start) if start else None, as_period(end) if end else None, *rest)

    def command(self, question: str) -> str:
        """What to type to ask this."""
        words = ["amur explain", question, self.a, self.b]
        spans = (("--from", self.start), ("--to", self.end))
        words += [f"{option} {period.label}" for option, period in spans if period]
        words += [f"--flow {self.flow}"] if self.flow != "total" else []
        words += [f"--basket {self.basket}"] if self.basket else []
        words += [f"--data {self.data.name}"] if self.data else []
        return " ".join(word for word in words if word)

    def pair(self, question: str) -> tuple[str, str]:
        """The codes of both places; an error where the second is left out."""
        if not self.b:
            raise MeasureError(f"'{question}' is about two places. Name the partner of {self.a} as well.")
        return codes.place(self.a).code, codes.place(self.b).code

    def table(self, question: str) -> Path:
        """The user's own table; an error where a question cannot do without."""
        if self.data is None:
            raise MeasureError(f"The bundled data do not suffice for '{question}'. Give a table (--data FILE).")
        return self.data


@dataclass(frozen=True)
class Remark:
    """A sentence of an answer: a key of the catalogue under `explain.told`, and what fills it."""

    key: str
    places: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)
    basket: str = ""

    def sentence(self, text: Text) -> str:
        """The sentence in the reader's language."""
        shown: dict[str, object] = {name: text.the(code) for name, code in self.places.items()}
        if self.basket:
            shown["list"] = find_list(self.basket).name(text.language)
        for name, value in self.values.items():
            shown[name] = value.words(text) if isinstance(value, Change | Good | Number | Weights | Years) else value
        return text.sentence(f"explain.told.{self.key}", **shown)


@dataclass(frozen=True)
class Change:
    """A change as sentences write it, with its sign: of a share in points, or of an amount in its currency."""

    value: float
    currency: str = ""

    def words(self, text: Text) -> str:
        """The change in the reader's language."""
        if self.currency:
            return text.money(self.value, self.currency, sign=True)
        return text.points(self.value, digits=2)


@dataclass(frozen=True)
class Number:
    """A plain number as sentences write it, with so many decimals."""

    value: float
    digits: int = 1

    def words(self, text: Text) -> str:
        """The number in the reader's language."""
        return text.number(self.value, digits=self.digits)


@dataclass(frozen=True)
class Weights:
    """Places with their weights as sentences list them."""

    places: Sequence[tuple[str, float]]

    def words(self, text: Text) -> str:
        """The list in the reader's language."""
        return listed(
            text, [f"{text.country(name)} ({text.percent(weight, digits=0)})" for name, weight in self.places]
        )


@dataclass(frozen=True)
class Years:
    """Periods as sentences list them."""

    periods: Sequence[Period]

    def words(self, text: Text) -> str:
        """The list in the reader's language."""
        return listed(text, [text.period(period) for period in self.periods])


@dataclass(frozen=True)
class Good:
    """A good as sentences write it: a sector by its name, any other code as it stands."""

    code: str

    def words(self, text: Text) -> str:
        """The name in the reader's language."""
        try:
            name = codes.sector(self.code).name(text.language)
        except CodeError:
            return self.code
        return name[:1].lower() + name[1:]


@dataclass(frozen=True)
class Answer:
    """Rows of one kind, sentences about them, what is wrong with the data, and where they come from.

    `rows` hold codes and numbers, shares as fractions and amounts in the units that their columns name;
    `narrow` names the columns that matter most, all where it is empty; `command` asks the same again.
    """

    question: str
    rows: tuple[Row, ...]
    remarks: tuple[Remark, ...]
    problems: tuple[Problem, ...] = ()
    origins: tuple[str, ...] = ()
    narrow: tuple[str, ...] = ()
    command: str = ""

    def shown(self) -> tuple[Row, ...]:
        """The first rows, and their columns, that a terminal has room for."""
        first = self.rows[:_MOST_SHOWN]
        return tuple({name: row[name] for name in self.narrow} for row in first) if self.narrow else first

    def sentences(self, language: str = "en") -> list[str]:
        """What the rows say, what was left out of them and how often, and what they cannot tell."""
        text = Text(language)
        told = [item.sentence(text) for item in self.remarks]
        return told + [problem_sentence(item, text) for item in self.problems]

    def to_dict(self, language: str = "en") -> dict[str, object]:
        """JSON shape."""
        return {
            "question": self.question,
            "sentences": self.sentences(language),
            "rows": [dict(row) for row in self.rows],
            "problems": [item.to_dict() for item in self.problems],
            "origins": list(self.origins),
        }


def problem_sentence(item: Problem, text: Text) -> str:
    """A defect with its count and the first places where it occurs."""
    places = listed(text, list(item.examples))
    if more := item.count - len(item.examples):
        places = text("explain.table.more", first=", ".join(item.examples), n=more)
    return text.sentence(f"explain.problem.{item.kind}", n=item.count, places=places)


def fraction(value: float) -> Figure:
    """A share or growth as sentences write it."""
    return Figure("explain", "", value=value, unit="fraction")


def money(value: float, currency: str = "USD") -> Figure:
    """An amount as sentences write it."""
    return Figure("explain", "", value=value, unit=currency, currency=currency)


def carried(places: Iterable[str], periods: Iterable[Period]) -> list[Remark]:
    """A warning for every place whose structure the input-output tables carry forward in one of the years."""
    model = next(item for item in ledgers() if item.key == "icio")
    years: dict[str, list[Period]] = {}
    for period in periods:
        for country in sorted({name for p in places for name in carried_forward(model, codes.place(p), period)}):
            years.setdefault(country, []).append(period)
    return [Remark("nowcast", {"country": country}, {"periods": Years(found)}) for country, found in years.items()]
