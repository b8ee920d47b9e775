"""Coverage: which data exist for a pair, from which source, for which measure, and to which month."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import narwhals as nw
import polars as pl

from amur import codes, facts
from amur.errors import CodeError
from amur.flows import load_flows
from amur.flows.reading import columns_of
from amur.origins import load_origins
from amur.periods import Period
from amur.sources import sources


@dataclass(frozen=True)
class Covered:
    """What one source says about a pair: a measure (exports and imports are the first country's) and a span.

    `count` is the number of periods, `missing` those between first and last that are not there, `note` what limits
    the use of the source for this pair.
    """

    source: str
    measure: str
    first: Period
    last: Period
    frequency: str
    count: int
    missing: tuple[Period, ...] = ()
    note: str = ""

    def to_dict(self) -> dict[str, object]:
        """The row of DESIGN's `coverage` shape."""
        return {
            "source": self.source,
            "measure": self.measure,
            "first": self.first.label,
            "last": self.last.label,
            "frequency": self.frequency,
            "count": self.count,
            "missing": [period.label for period in self.missing],
            "note": self.note,
        }


@dataclass(frozen=True)
class Coverage:
    """All that exists for a pair, flows before facts; `rows` may be empty."""

    first: str
    second: str
    rows: tuple[Covered, ...]

    @property
    def newest(self) -> Period | None:
        """The span that ends last, for the line `newest data` of a page; None where nothing exists."""
        return max((row.last for row in self.rows), key=lambda span: span.end, default=None)

    def to_dict(self) -> dict[str, object]:
        """DESIGN's `coverage` shape: the pair and its rows."""
        return {"pair": [self.first, self.second], "rows": [row.to_dict() for row in self.rows]}


def coverage(first: str, second: str, *, data: str | Path | None = None) -> Coverage:
    """What exists for two countries or blocs, named by code or name.

    A member of a bloc is not the bloc: for EU27 the rows are those that a source reports for it, and those that its
    members add up to (marked so). With `data` the user's file takes the place of the bundled flows or facts.
    Raises CodeError for an unknown place or the same place twice.
    """
    one, other = codes.place(first), codes.place(second)
    if one.code == other.code:
        raise CodeError(f"{one.code} stands on both sides. Name two different places.")
    return _bundled(one, other) if data is None else _found(one, other, data)


@lru_cache(maxsize=256)
def _bundled(one: codes.Place, other: codes.Place) -> Coverage:
    return _found(one, other, None)


def _found(one: codes.Place, other: codes.Place, data: str | Path | None) -> Coverage:
    user_facts = data is not None and "subject" in columns_of(data)
    flow_rows = [] if user_facts else _flow_rows(one, other, data)
    fact_rows = [] if data is not None and not user_facts else _fact_rows(one.code, other.code, data)
    return Coverage(one.code, other.code, (*flow_rows, *fact_rows))


def described_sources() -> list[dict[str, object]]:
    """DESIGN's `sources` shape: every origin, with the span of its flows or facts where it holds any."""
    spans: dict[str, dict[str, object]] = {
        item.origin: {"first": item.first, "last": item.last, "frequency": item.frequency, "source": item.key,
                      "nomenclatures": list(item.nomenclatures), "valuation": item.valuation, "note": item.note}
        for item in sources()
    }  # fmt: skip
    for fact in facts.load_facts():
        if fact.period:
            found = spans.setdefault(fact.origin, {"first": fact.period, "last": fact.period, "frequency": "facts"})
            found["first"] = min(found["first"], fact.period)  # type: ignore[type-var]
            found["last"] = max(found["last"], fact.period, key=lambda span: span.end)  # type: ignore[attr-defined]
    rows = []
    for item in load_origins().values():
        span = spans.get(item.key)
        written = (
            {name: cell.label if isinstance(cell, Period) else cell for name, cell in span.items()} if span else None
        )
        rows.append({**item.to_dict(), "coverage": written})
    return rows


# ── flows ───────────────────────────────────────────────────────────────────────────────────────


def _flow_rows(one: codes.Place, other: codes.Place, data: str | Path | None) -> list[Covered]:
    if data is not None:
        return _spans(load_flows(data=data), Path(data).name, one, other)
    rows: list[Covered] = []
    # One pair is read by itself; a process that is asked about a second reads all pairs at once.
    alone = _bundled.cache_info().misses <= 1
    for item in sources():
        flows = load_flows(item.key) if alone else nw.from_native(_cells(item.key).lazy())
        found = _spans(flows, item.key, one, other)
        rows += [_noted(row, item.note) for row in found]
    return rows


@lru_cache(maxsize=32)
def _cells(source: str) -> pl.DataFrame:
    """Who traded with whom in which period, in each nomenclature of a bundled source."""
    return (
        load_flows(source)
        .select("nomenclature", "period", "exporter", "importer")
        .unique()
        .collect("polars")
        .to_native()
    )


def _noted(row: Covered, note: str) -> Covered:
    joined = " ".join(part for part in (row.note, note) if part)
    return Covered(row.source, row.measure, row.first, row.last, row.frequency, row.count, row.missing, joined)


def _spans(flows: nw.LazyFrame, source: str, one: codes.Place, other: codes.Place) -> list[Covered]:
    """One row for each direction and nomenclature in which the pair occurs."""
    ones, others = _codes_of(one), _codes_of(other)
    forth = nw.col("exporter").is_in(ones) & nw.col("importer").is_in(others)
    back = nw.col("exporter").is_in(others) & nw.col("importer").is_in(ones)
    cells = (
        flows.filter(forth | back)
        .with_columns(nw.when(forth).then(nw.lit("exports")).otherwise(nw.lit("imports")).alias("measure"))
        .select("measure", "nomenclature", "period", "exporter", "importer")
        .unique()
        .collect()
    )
    groups: dict[tuple[str, str], set[str]] = {}
    by_members: set[tuple[str, str]] = set()
    for measure, nomenclature, period, exporter, importer in cells.iter_rows():
        groups.setdefault((measure, nomenclature), set()).add(period)
        if {exporter, importer} != {one.code, other.code}:
            by_members.add((measure, nomenclature))
    return [
        _covered(source, _measure(*key), labels, "Also by members of the bloc." if key in by_members else "")
        for key, labels in sorted(groups.items())
    ]


def _codes_of(place: codes.Place) -> list[str]:
    return [place.code, *sorted(place.members_ever)] if isinstance(place, codes.Bloc) else [place.code]


def _measure(direction: str, nomenclature: str) -> str:
    return direction if nomenclature == "total" else f"{direction} by {nomenclature}"


def _covered(source: str, measure: str, labels: set[str], note: str) -> Covered:
    spans = sorted(Period.parse(label) for label in labels)
    kinds = {span.kind for span in spans}
    frequency = kinds.pop() if len(kinds) == 1 else "mixed"
    missing = _between(spans) if frequency in ("year", "month", "quarter", "half") else ()
    return Covered(source, measure, spans[0], spans[-1], frequency, len(spans), missing, note)


def _between(spans: list[Period]) -> tuple[Period, ...]:
    missing, step = [], spans[-1]
    present = set(spans)
    while step > spans[0]:
        if step not in present:
            missing.append(step)
        step = step.previous()
    return tuple(reversed(missing))


# ── facts ───────────────────────────────────────────────────────────────────────────────────────


def _fact_rows(one: str, other: str, data: str | Path | None) -> list[Covered]:
    pool = facts.load_facts(data=data)
    groups: dict[tuple[str, str], list[facts.Fact]] = {}
    for fact in pool:
        if fact.period and {fact.subject, fact.object} == {one, other} and fact.value is not None:
            groups.setdefault((fact.origin, _described(fact)), []).append(fact)
    rows = []
    for (origin, measure), members in sorted(groups.items()):
        spans = sorted({fact.period for fact in members if fact.period}, key=lambda span: (span.end, span.start))
        kinds = ", ".join(sorted({span.kind for span in spans}))
        # Reports come for odd spans; only whole years form a series in which one can be missing.
        missing = facts.gaps(members)
        rows.append(Covered(origin, measure, spans[0], spans[-1], kinds, len(spans), missing, _reported_by(members)))
    return rows


def _described(fact: facts.Fact) -> str:
    """`quantity imports crude oil of CHN`: facts are seen from their own subject, which is said."""
    product = "" if fact.product == "total" else f" {fact.product}"
    flow = "" if fact.flow in ("", "total", fact.measure) else f" {fact.flow}"
    concept = "" if fact.concept in ("flow", "outcome") else f" ({fact.concept.replace('_', ' ')})"
    return f"{fact.measure}{flow}{product} of {fact.subject}{concept}"


def _reported_by(members: list[facts.Fact]) -> str:
    names = dict.fromkeys(fact.reporter for fact in members if fact.reporter)
    note = load_origins()[members[0].origin].note if members[0].origin in load_origins() else ""
    return " ".join(part for part in (f"Reported by {', '.join(names)}." if names else "", note) if part)
