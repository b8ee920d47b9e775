"""Claim: what a text says, slot by slot, beside the very words; and Document: all of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Literal

from amur.periods import Period

Language = Literal["en", "sv", "ru", "zh", "de"]
Modality = Literal["outcome", "target", "forecast", "norm", "opinion", "hypothetical", "negated"]
Qualifier = Literal["", "more_than", "a_bit_over", "almost", "about", "at_least", "up_to", "less_than", "only"]
Measure = Literal[
    "value",
    "quantity",
    "count",
    "price",
    "growth",
    "change",
    "share",
    "product_share",
    "share_of_gdp",
    "ratio",
    "rank",
    "deficit",
    "surplus",
    "tariff_rate",
    "duration",
    "distance",
    "area",
    "trend",
    "record",
    "saturation",
    "balance",
    "first_decline",
    "first_rise",
]
Flow = Literal["", "exports", "imports", "total", "balance"]
Concept = Literal[
    "trade",
    "investment",
    "projects",
    "tariff",
    "settlement",
    "opinion",
    "transport",
    "border",
    "loans",
    "market",
    "tourism",
    "dependence",
]


@dataclass(frozen=True)
class Reading:
    """One way to take a claim.

    `value` is in units of `unit`: rates and shares as fractions, percentage points likewise with
    unit `pp`, money in units of its currency. `low` and `high` bound what the printed digits and the
    qualifier allow (infinite where the words leave an end open); all three are None for a claim
    without a number. `subject` is the country whose total is the denominator or that the figure is
    about, `object` the partner, and `flow` is seen from the subject. A country or bloc is its code
    in `amur.codes`; a region or a loose group, which has none there, is its English name.
    `direction` is 1, 0 or −1 where the claim says how something moves. `assumed` names the slots that
    the sentence itself leaves open, filled from the text around it or by custom. `counted` is the unit in
    which goods that grew are counted, where the sentence tells it: quantities and values grow apart.
    """

    measure: Measure
    subject: str = ""
    object: str = ""
    flow: Flow = ""
    product: str = "total"
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    currency: str = ""
    period: Period | None = None
    base: Period | None = None
    modality: Modality = "outcome"
    qualifier: Qualifier = ""
    attributed_to: str = ""
    concept: Concept = "trade"
    direction: int | None = None
    assumed: tuple[str, ...] = ()
    counted: str = ""

    def to_dict(self) -> dict[str, object]:
        """The JSON shape; an open end of the interval is null."""
        return {
            "measure": self.measure,
            "subject": self.subject,
            "object": self.object,
            "flow": self.flow,
            "product": self.product,
            "value": self.value,
            "low": _finite(self.low),
            "high": _finite(self.high),
            "unit": self.unit,
            "currency": self.currency,
            "period": self.period.to_dict() if self.period else None,
            "base": self.base.to_dict() if self.base else None,
            "modality": self.modality,
            "qualifier": self.qualifier,
            "attributed_to": self.attributed_to,
            "concept": self.concept,
            "direction": self.direction,
            "assumed": list(self.assumed),
            "counted": self.counted,
        }


@dataclass(frozen=True)
class Claim:
    """A statistical statement: its words, where they stand, and what they may mean.

    `quote` is `source[start:end]` of the text as given; `sentence` likewise for the sentence around
    it. `reading` is the most plausible one and `other_readings` follow in order. `confidence` in the
    reading lies between 0 and 1; it falls with every slot that had to be assumed.
    """

    id: str
    quote: str
    start: int
    end: int
    reading: Reading
    other_readings: tuple[Reading, ...]
    sentence: str
    sentence_start: int
    sentence_end: int
    confidence: float
    document: int = 0

    def to_dict(self) -> dict[str, object]:
        """The JSON shape of the reading half of a checked claim."""
        return {
            "id": self.id,
            "quote": self.quote,
            "start": self.start,
            "end": self.end,
            "reading": self.reading.to_dict(),
            "other_readings": [reading.to_dict() for reading in self.other_readings],
            "confidence": self.confidence,
            "sentence": self.sentence,
            "sentence_start": self.sentence_start,
            "sentence_end": self.sentence_end,
        }


@dataclass(frozen=True)
class Document:
    """A text as read: its claims in order, its language, its date and where that came from.

    `date_from` is `given`, `text`, `address`, `anniversary`, `years` (inferred from the years named) or
    `none`; `notes` are keys of what was mended or assumed. `topic` are the places it speaks of most.
    """

    claims: tuple[Claim, ...]
    lang: Language
    date: date | None
    date_from: str
    title: str
    source: str
    topic: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """The JSON shape, without the source text."""
        return {
            "title": self.title,
            "date": self.date.isoformat() if self.date else None,
            "date_from": self.date_from,
            "lang": self.lang,
            "topic": list(self.topic),
            "notes": list(self.notes),
            "claims": [claim.to_dict() for claim in self.claims],
        }


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
