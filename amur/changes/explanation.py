"""What an explanation is: a change, its parts, and the list of what the data cannot tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from amur.changes.events import Event
from amur.figures import Figure
from amur.periods import Period
from amur.text import Text

COLUMNS = ("of", "about", "cause", "value", "low", "high", "unit", "method", "coverage")


@dataclass(frozen=True)
class Part:
    """One cause of a change, in its unit: the figure, the method, and the share of the flow that it is known for.

    `cause` is a key of the catalogue (`explain.cause`), `coverage` a fraction or None where it has no
    meaning. By the method `bounds` there is no value: only the interval of the figure holds.
    """

    cause: str
    figure: Figure
    method: str
    coverage: float | None = None

    @property
    def value(self) -> float | None:
        """The size of the cause; None where only bounds are known."""
        return None if self.method == "bounds" else self.figure.value

    def to_dict(self) -> dict[str, object]:
        """DESIGN's row of `parts`, with who and which flow it is about."""
        told = self.figure
        return {
            "cause": self.cause,
            "value": self.value,
            "low": told.low,
            "high": told.high,
            "unit": told.unit,
            "method": self.method,
            "coverage": self.coverage,
            "subject": told.subject,
            "object": told.object,
            "flow": told.flow,
            "period": told.period.label if told.period else None,
        }


@dataclass(frozen=True)
class Untold:
    """Something that the data cannot tell: a key of the catalogue (`explain.untold`), and what fills its sentence.

    `places` are codes, written as the reader's language writes them; `products` names of goods;
    `periods` are listed, `values` anything else that the catalogue takes.
    """

    key: str
    places: Mapping[str, str] = field(default_factory=dict)
    products: tuple[str, ...] = ()
    periods: tuple[Period, ...] = ()
    currency: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, text: Text) -> str:
        """The sentence in the reader's language."""
        shown: dict[str, object] = {name: text.the(code) for name, code in self.places.items()}
        if self.products:
            shown["products"] = listed(text, [product_name(text, name) for name in self.products])
        if self.periods:
            shown["periods"] = listed(text, [text.period(period) for period in self.periods])
        if self.currency:
            shown["currency"] = text.currency(self.currency)
        return text.sentence(f"explain.untold.{self.key}", **shown, **self.values)


@dataclass(frozen=True)
class Block:
    """A change with its parts, which sum to it where `exact`; `name` says what kind of question it answers.

    `is_nowcast` warns that the data carry an older structure forward, so that the change is none that anyone saw.
    """

    name: str
    change: Figure | None
    parts: tuple[Part, ...]
    exact: bool = True
    is_nowcast: bool = False

    def to_dict(self) -> dict[str, object]:
        """JSON shape."""
        return {
            "name": self.name,
            "change": self.change.to_dict() if self.change else None,
            "parts": [part.to_dict() for part in self.parts],
            "is_nowcast": self.is_nowcast,
        }


@dataclass(frozen=True)
class Explanation:
    """Why trade between two countries moved: the change of its value, other blocks, and what cannot be told.

    `cross_checks` repeat parts of the main block by another method, and never add to it.
    """

    a: str
    b: str
    flow: str
    main: Block
    cross_checks: tuple[Part, ...]
    more: tuple[Block, ...]
    events: tuple[Event, ...]
    untold: tuple[Untold, ...]

    @property
    def change(self) -> Figure | None:
        """The change of the flow's value; None where no source holds both periods."""
        return self.main.change

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts of the change of value."""
        return self.main.parts

    def block(self, name: str, subject: str = "") -> Block | None:
        """A further block by name, and by the subject of its change where several share the name."""
        same = [block for block in self.more if block.name == name]
        matching = [item for item in same if not subject or (item.change and item.change.subject == subject)]
        return matching[0] if matching else None

    def to_dict(self, language: str = "en") -> dict[str, object]:
        """DESIGN's `explain` shape, with the further blocks and events beside it."""
        text = Text(language)
        return {
            "change": self.change.to_dict() if self.change else None,
            "parts": [part.to_dict() for part in self.parts],
            "untold": [{"code": item.key, "sentence": item.sentence(text)} for item in self.untold],
            "cross_checks": [part.to_dict() for part in self.cross_checks],
            "more": [block.to_dict() for block in self.more],
            "events": [event_record(event, text) for event in self.events],
        }

    def rows(self, language: str = "en") -> list[dict[str, object]]:
        """All that a table shows: the rows of the parts, and one row for everything that cannot be told."""
        text = Text(language)
        empty = dict.fromkeys(("value", "low", "high", "coverage"))
        limits = [
            {
                "of": text("explain.table.untold"),
                "about": "",
                "cause": item.sentence(text),
                **empty,
                "unit": "",
                "method": "",
            }
            for item in self.untold
        ]
        return [*self.part_rows(language), *({name: row[name] for name in COLUMNS} for row in limits)]

    def part_rows(self, language: str = "en") -> list[dict[str, object]]:
        """One row a part: what changed, cause, value, bounds, unit, method, coverage."""
        text = Text(language)
        out = [] if self.change is None else [_row(text, self.main, None)]
        out += [_row(text, self.main, part) for part in self.parts]
        out += [_row(text, self.main, part, check=True) for part in self.cross_checks]
        usual = next((part.figure.period for part in self.parts), self.change.period if self.change else None)
        for block in self.more:
            shown: list[Part | None] = [None] if block.change else []
            for part in [*shown, *block.parts]:
                row, told = _row(text, block, part), part.figure if part else block.change
                if told and told.period and told.period != usual:
                    row["about"] = text("explain.about.in_period", about=row["about"], period=told.period)
                out.append(row)
        return out


def _row(text: Text, block: Block, part: Part | None, *, check: bool = False) -> dict[str, object]:
    told = part.figure if part else block.change
    cause = text(f"explain.cause.{part.cause}") if part else text("explain.table.change")
    named = text(f"explain.block.{'cross_check' if check else block.name}")
    return {
        "of": text("explain.table.nowcast", block=named) if block.is_nowcast else named,
        "about": about(text, told) if told else "",
        "cause": cause,
        "value": part.value if part else told.value if told else None,
        "low": told.low if told else None,
        "high": told.high if told else None,
        "unit": told.unit if told else "",
        "method": text(f"explain.method.{part.method}") if part else "",
        "coverage": part.coverage if part else None,
    }


def about(text: Text, told: Figure) -> str:
    """The flow that a figure is about, in words: `imports of China from Russia`."""
    if not told.object:
        return text.country(told.subject)
    key = f"explain.about.{told.flow if told.flow in ('exports', 'imports', 'total') else 'total'}"
    return text(key, subject=text.the(told.subject), object=text.the(told.object))


def product_name(text: Text, product: str) -> str:
    """A product of the priced tables in the reader's language; other names stand as they are."""
    key = "explain.product." + product.replace(",", "").replace(" ", "_")
    return text(key) if text.has(key) else product


def listed(text: Text, words: list[str]) -> str:
    """Words as a list in a sentence: `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return text("explain.list", first=", ".join(words[:-1]), last=words[-1])


def event_title(event: Event, text: Text) -> str:
    """What happened, in the reader's language; an event that the catalogue lacks stands as registered."""
    key = f"events.title.{event.key}"
    return text(key) if text.has(key) else event.title


def event_record(event: Event, text: Text) -> dict[str, object]:
    """An event in JSON, its title in the reader's language and as the registry has it."""
    return {
        "date": event.date.isoformat(),
        "precision": event.precision,
        "kind": event.kind,
        "actors": list(event.actors),
        "targets": list(event.targets),
        "instrument": event.instrument,
        "title": event_title(event, text),
        "registered_title": event.title,
        "value": event.magnitude,
        "unit": event.unit,
        "source": event.source,
        "confidence": event.confidence,
        "note": event.note,
    }
