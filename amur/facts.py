"""Facts: figures published in reports, each with the digits as printed, its concept, and who reported it.

A fact is one number of one source. It is kept as printed, so that its rounding is known; it is marked where
it contradicts itself or another, and never averaged, filled or corrected. `concept` says what kind of
number it is, so that a target is never read as an outcome nor a stock as a flow.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

from amur import codes, store
from amur.errors import AmurError, FactsError
from amur.figures import Figure, printed
from amur.origins import DATA
from amur.periods import Period

Concept = Literal[
    "flow",
    "outcome",
    "stock",
    "stock_change",
    "flow_mean",
    "commitment",
    "pipeline",
    "target",
    "forecast",
    "estimate",
    "conversion",
    "price",
    "vote",
    "poll",
    "count",
    "deal",
]
CONCEPTS = frozenset(Concept.__args__)  # type: ignore[attr-defined]

# Marks under which a printed number says no more than itself: half a unit of its last digit is no bound.
VAGUE_MARKS = frozenset({"approximate", "derived", "forecast", "period approximate"})
_MATCH_ANY = ""


@dataclass(frozen=True)
class Reporter:
    """Who published figures: an office, a bank, a newspaper; `place` is its country or bloc, where it has one."""

    code: str
    place: str
    kind: str
    article_en: str
    name_en: str
    name_sv: str

    def name(self, lang: codes.Lang = "en") -> str:
        """The name in the reader's language."""
        return self.name_sv if lang == "sv" else self.name_en

    def the(self, lang: codes.Lang = "en") -> str:
        """The name as it stands within a sentence: `the General Administration of Customs of China`."""
        return self.name_sv if lang == "sv" else f"{self.article_en} {self.name_en}".strip()


@dataclass(frozen=True)
class Fact:
    """One published number.

    `subject` is whom the number is about (the country whose total a share refers to), `object` the partner, `flow` is
    seen from the subject. `value` is `printed` × `scale`, in `unit` (money in units of the currency, rates
    and shares as fractions), None where the source gives no level. `marks` lists what is wrong or special.
    `confidence` says how the page was read; `press_claim` means that an article states it and nothing else
    supports it.
    """

    id: str
    subject: str
    object: str
    measure: str
    flow: str
    product: str
    concept: str
    label: str
    printed: str
    scale: float
    value: float | None
    unit: str
    currency: str
    period: Period | None
    base_period: Period | None
    reporter: str
    marks: tuple[str, ...]
    source_title: str
    source_url: str
    confidence: str
    note: str
    origin: str

    def figure(self) -> Figure:
        """The fact as a Figure: its interval is the rounding of the printed digits, none where it is vague."""
        if self.value is None:
            raise FactsError(f"The fact {self.id} ({self.label}) gives no number. Use its note instead.")
        bare = Figure(
            measure=self.measure,
            subject=self.subject,
            object=self.object,
            flow=self.flow,
            product=self.product,
            period=self.period,
            unit=self.unit,
            currency=self.currency if self.unit == self.currency else "",
            basis=self.basis,
            reporter=self.reporter,
            origins=(self.origin,),
            note="; ".join(part for part in (self.note, *self.marks) if part),
        )
        figure = printed(bare, self.printed, scale=self.scale)
        if VAGUE_MARKS & set(self.marks):
            figure = replace(figure, low=None, high=None, interval_kind="none")
        return replace(figure, base_period=self.base_period)

    @property
    def basis(self) -> str:
        """What the number rests on: its concept where that is not a plain flow, and the currency of a rate."""
        parts = [self.concept.replace("_", " ")] if self.concept not in ("flow", "outcome") else []
        if self.currency and self.unit != self.currency:
            parts.append(f"in {self.currency}")
        return ", ".join(parts)

    @property
    def vague(self) -> bool:
        """Whether the source calls the number approximate, derived or expected."""
        return bool(VAGUE_MARKS & set(self.marks))


def load_facts(*, data: str | Path | None = None) -> tuple[Fact, ...]:
    """All bundled facts, or those of the user's own file (CSV or Parquet, columns as in `COLUMNS`)."""
    return _bundled() if data is None else read_facts(data)


def find(
    *,
    subject: str = _MATCH_ANY,
    object: str = _MATCH_ANY,  # noqa: A002 - the name that the whole project uses
    measure: str = _MATCH_ANY,
    period: Period | str | None = None,
    facts: Iterable[Fact] | None = None,
) -> tuple[Fact, ...]:
    """Facts that match all that is given, the most precise first within a period, periods in order.

    Matching is exact; narrow down by flow, product or concept on the result. `facts` searches others than
    the bundled ones.
    """
    span = Period.parse(period) if isinstance(period, str) else period
    pool = _bundled() if facts is None else tuple(facts)
    found = [
        fact
        for fact in pool
        if subject in (_MATCH_ANY, fact.subject)
        and object in (_MATCH_ANY, fact.object)
        and measure in (_MATCH_ANY, fact.measure)
        and span in (None, fact.period)
    ]
    return tuple(sorted(found, key=_order))


def best(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """One fact for each period: unmarked before marked, then the one with most digits, then the first."""
    chosen: dict[Period | None, Fact] = {}
    for fact in sorted(facts, key=_order):
        chosen.setdefault(fact.period, fact)
    return tuple(chosen.values())


def gaps(facts: Iterable[Fact], *, kind: str = "year") -> tuple[Period, ...]:
    """The periods of a kind (`year`, `month` …) that are missing between the first and the last such fact."""
    spans = sorted({fact.period for fact in facts if fact.period and fact.period.kind == kind})
    missing: list[Period] = []
    for before, after in pairwise(spans):
        step = Period(after.start, after.end).previous()
        between: list[Period] = []
        while step > before:
            between.append(step)
            step = step.previous()
        missing += reversed(between)
    return tuple(missing)


@cache
def reporters() -> dict[str, Reporter]:
    """Those whose figures are among the facts and who have a name of their own, by code."""
    with (DATA / "reporters.csv").open(encoding="utf-8", newline="") as stream:
        return {row["code"]: Reporter(**row) for row in csv.DictReader(stream)}


COLUMNS = tuple(field.name for field in fields(Fact))
NEEDED = ("subject", "measure", "concept", "printed", "unit", "period", "reporter")
NUMBERS = ("scale", "value")


def read_facts(path: str | Path) -> tuple[Fact, ...]:
    """The user's facts, each line checked. Raises FactsError that names line, column and value.

    Needed: `subject`, `measure`, `concept`, `printed`, `unit`, `period`, `reporter`. Optional: the other columns of
    `COLUMNS`; `scale` is 1 where absent, `value` is computed and must agree where it is given.
    """
    from amur.flows.reading import read_table

    raw, where = read_table(path, FactsError)
    names = [name for name in raw.columns if name != "_line"]
    if unknown := [name for name in names if name not in COLUMNS]:
        raise FactsError(
            f"{where} has a column '{unknown[0]}' that is not understood. Known are: {', '.join(COLUMNS)}."
        )
    if missing := [name for name in NEEDED if name not in names]:
        raise FactsError(f"{where} lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}. Add it.")
    found = [_user_fact(row, f"{where}, line {row['_line']}", where) for row in raw.iter_rows(named=True)]
    _refuse_repeated_ids(found, where)
    return tuple(found)


# ── reading ─────────────────────────────────────────────────────────────────────────────────────


@cache
def _bundled() -> tuple[Fact, ...]:
    return tuple(_fact(row) for row in store.rows("SELECT * FROM read_parquet('{data}/facts.parquet')"))


def _fact(row: dict[str, object]) -> Fact:
    cells = {name: row[name] for name in COLUMNS}
    cells["marks"] = tuple(part for part in str(row["marks"]).split("; ") if part)
    for name in ("period", "base_period"):
        cells[name] = _span(str(row[name])) if row[name] else None
    return Fact(**cells)  # type: ignore[arg-type]


@cache
def _span(label: str) -> Period:
    return Period.parse(label)


def _order(fact: Fact) -> tuple[object, ...]:
    period = fact.period or Period.parse("0001")
    digits = sum(character.isdigit() for character in fact.printed)
    doubtful = [mark for mark in fact.marks if mark != "several figures for this period"]
    return (period.start, period.end, len(doubtful), -digits, fact.id)


def _user_fact(row: dict[str, object], where: str, file: str) -> Fact:
    text = {name: str(row.get(name) if row.get(name) is not None else "").strip() for name in COLUMNS}
    for name in NEEDED:
        if not text[name]:
            raise FactsError(f"{where}: the column {name} is empty. Fill it in.")
    if text["concept"] not in CONCEPTS:
        raise FactsError(f"{where}: '{text['concept']}' is no concept. Use one of: {', '.join(sorted(CONCEPTS))}.")
    for name in ("subject", "object"):
        if text[name] and text[name] not in codes.place_codes():
            meant = codes.suggest(text[name])
            hint = f"Did you mean {meant}?" if meant else "Use an ISO3 code or a code of data/blocs.csv."
            raise FactsError(f"{where}, column {name}: '{text[name]}' is no known code. {hint}")
    try:
        scale = float(text["scale"] or 1)
        value = float(text["printed"].replace("−", "-")) * scale
        period = _span(text["period"])
        base = _span(text["base_period"]) if text["base_period"] else None
    except (ValueError, AmurError) as error:
        raise FactsError(f"{where}: {error}") from error
    if text["value"] and abs(float(text["value"]) - value) > 1e-9 * max(1.0, abs(value)):
        raise FactsError(f"{where}: value {text['value']} is not printed × scale = {value:g}. Leave value out.")
    given = {name: text[name] for name in COLUMNS if name not in (*NUMBERS, "period", "base_period", "marks", "origin")}
    given["id"] = text["id"] or where.replace(", line ", ":")
    given["product"] = text["product"] or "total"
    marks = tuple(part.strip() for part in text["marks"].split(";") if part.strip())
    return Fact(**given, scale=scale, value=value, period=period, base_period=base, marks=marks, origin=f"user:{file}")  # type: ignore[arg-type]


def _refuse_repeated_ids(found: list[Fact], where: str) -> None:
    seen: set[str] = set()
    for fact in found:
        if fact.id in seen:
            raise FactsError(f"{where} uses the id '{fact.id}' twice. Give each fact an id of its own.")
        seen.add(fact.id)
