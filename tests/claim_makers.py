"""Claims, readings and published facts made by hand, so that linking and judging are tested without reading."""

from __future__ import annotations

import csv
import datetime
from dataclasses import replace
from pathlib import Path

from amur.claims.claim import Claim, Document, Reading
from amur.claims.link import Linked, link_document
from amur.periods import Period

A, B = "SWE", "NOR"
TODAY = datetime.date(2025, 8, 21)

COLUMNS = (
    "subject", "object", "measure", "flow", "product", "concept", "printed", "scale", "unit", "currency", "period",
    "base_period", "reporter", "marks",
)  # fmt: skip


_UNITS = {"growth": "fraction", "share": "fraction", "value": "USD", "change": "USD", "ratio": "ratio"}


def reading(
    measure: str, value: float | None, period: str | None, *, half: float | None = None, **slots: object
) -> Reading:
    """A reading on trade between Sweden and Norway; `half` is half a unit of the last printed digit."""
    step = 0.0 if half is None else half
    default = Reading(
        measure=measure,  # type: ignore[arg-type]
        subject=A,
        object=B,
        flow="total",
        value=value,
        low=None if value is None else value - step,
        high=None if value is None else value + step,
        unit=_UNITS.get(measure, ""),
        currency="USD" if measure in ("value", "change") else "",
        period=Period.parse(period) if period else None,
    )
    made = {name: Period.parse(str(slot)) if name == "base" and slot else slot for name, slot in slots.items()}
    return replace(default, **made)  # type: ignore[arg-type]


def linked(*readings: Reading, **options: object) -> tuple[Linked, ...]:
    """The readings as claims of one sentence of one document, linked."""
    return link_document(document(*readings, **options), 0)  # type: ignore[arg-type]


def document(
    *readings: Reading,
    source: str = "",
    quotes: tuple[str, ...] = (),
    today: datetime.date = TODAY,
    others: tuple[Reading, ...] = (),
) -> Document:
    """A document of one sentence, `source`, that makes these claims with these words; `others` are of the first."""
    words = quotes or tuple(f"claim {number}" for number in range(len(readings)))
    text = source or ". ".join(words)
    claims = tuple(
        Claim(
            id=f"c{number}",
            quote=quote,
            start=text.index(quote),
            end=text.index(quote) + len(quote),
            reading=one,
            other_readings=others if number == 0 else (),
            sentence=text,
            sentence_start=0,
            sentence_end=len(text),
            confidence=1.0,
        )
        for number, (one, quote) in enumerate(zip(readings, words, strict=True))
    )
    return Document(claims, "en", today, "given", "", text)


FACTS = (
    # levels seen from Norway, as its customs report them
    {"measure": "turnover", "flow": "total", "printed": "100.0", "period": "2023"},
    {"measure": "exports", "flow": "exports", "printed": "60.0", "period": "2023"},
    {"measure": "imports", "flow": "imports", "printed": "40.0", "period": "2023"},
    {"measure": "turnover", "flow": "total", "printed": "125.4", "period": "2024"},
    {"measure": "exports", "flow": "exports", "printed": "80.0", "period": "2024"},
    {"measure": "imports", "flow": "imports", "printed": "45.4", "period": "2024"},
    {"measure": "turnover", "flow": "total", "printed": "80.0", "period": "2022"},
    {"measure": "turnover", "flow": "total", "printed": "60.0", "period": "2021"},
    {"measure": "turnover", "flow": "total", "printed": "56.0", "period": "2024-H1"},
    {"measure": "turnover", "flow": "total", "printed": "52.0", "period": "2025-H1"},
    # growth as published
    {"measure": "growth", "flow": "total", "printed": "25.4", "period": "2024", "base_period": "2023"},
    {"measure": "growth", "flow": "exports", "printed": "33.3", "period": "2024", "base_period": "2023"},
    {"measure": "growth", "flow": "imports", "printed": "13.5", "period": "2024", "base_period": "2023"},
    {"measure": "growth", "flow": "total", "printed": "25.0", "period": "2023", "base_period": "2022"},
    {"measure": "growth", "flow": "total", "printed": "33.3", "period": "2022", "base_period": "2021"},
    {"measure": "growth", "flow": "total", "printed": "-7.1", "period": "2025-H1", "base_period": "2024-H1"},
    # a target, shares, a stock
    {"measure": "turnover", "flow": "total", "printed": "150", "period": "2024", "concept": "target"},
    {"measure": "share", "flow": "exports", "printed": "8.1", "period": "2024"},
    {"measure": "share", "flow": "exports", "printed": "7.4", "period": "2023"},
    {"measure": "direct_investment", "flow": "outward", "printed": "18.2", "period": "2024", "concept": "stock"},
)  # fmt: skip


def write_facts(path: Path, rows: tuple[dict[str, str], ...] = FACTS) -> Path:
    """A file of facts that Norwegian customs report on trade with Sweden, in billions of dollars."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for row in rows:
            rate = row["measure"] in ("growth", "share")
            default = {
                "subject": B, "object": A, "product": "total", "concept": "flow", "scale": "0.01" if rate else "1e9",
                "unit": "fraction" if rate else "USD", "currency": "USD", "reporter": "SSB",
            }  # fmt: skip
            writer.writerow({**dict.fromkeys(COLUMNS, ""), **default, **row})
    return path
