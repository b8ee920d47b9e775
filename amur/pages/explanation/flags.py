"""Dated events on charts with time across: which of the registry's to draw, and all of them in a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from amur.changes.events import Event, find_events
from amur.changes.explanation import event_title
from amur.charts import Event as Flag
from amur.kit import Column, Table
from amur.pages.explanation.words import event_label
from amur.periods import Period, as_period
from amur.text import Text

MOST_EVENTS = 7
_MOST_BY_YEAR = 3


def pair_flags(a: str, b: str, rows: Sequence[Mapping[str, Any]], text: Text) -> tuple[Flag, ...]:
    """The events to draw on a chart about two places: inside the span of its rows, and few enough to be read.

    Acts of one of the two on the other by name come first; all others fill what room is left.
    """
    if not rows:
        return ()
    # A line over years has room for the first, the middle and the last only.
    by_year = sum((as_period(row["period"]).months or 0) > 1 for row in rows) > len(rows) / 2
    most = _MOST_BY_YEAR if by_year else MOST_EVENTS
    inside = find_events(a, b, period=span_of(rows))
    chosen = _spread([event for event in inside if _is_direct(event, a, b)], most)
    taken = {event.month for event in chosen}
    chosen += _spread([event for event in inside if event.month not in taken], most - len(chosen))
    return tuple(Flag(event.date, event_label(event, text)) for event in sorted(chosen, key=lambda item: item.key))


def span_of(rows: Sequence[Mapping[str, Any]]) -> Period:
    """From the first to the last day of the periods of rows."""
    spans = [as_period(row["period"]) for row in rows]
    return Period(min(span.start for span in spans), max(span.end for span in spans))


def _is_direct(event: Event, a: str, b: str) -> bool:
    """Whether one of the two acts on the other by name, alone or in a bloc."""
    return any(event.acts(actor) and event.targets_place(target) for actor, target in ((a, b), (b, a)))


def _spread(events: Sequence[Event], most: int) -> list[Event]:
    """At most so many, evenly over their order, one a month."""
    by_month: dict[date, Event] = {}
    for event in events:
        by_month.setdefault(event.month.start, event)
    distinct = list(by_month.values())
    if len(distinct) <= most:
        return distinct
    if most < 2:
        return distinct[:most]
    step = (len(distinct) - 1) / (most - 1)
    return [distinct[round(k * step)] for k in range(most)]


def events_table(events: Iterable[Event], text: Text) -> Table:
    """Events with their title, how sure the date is, and the source."""
    rows = [
        {
            "date": text.date(event.date) if event.precision == "day" else text.period(event.month),
            "what": event_title(event, text),
            "confidence": text(f"explain.confidence.{event.confidence}"),
            "source": event.source,
        }
        for event in events
    ]
    columns = tuple(Column(name, text(f"explain.table.{name}")) for name in ("date", "what", "confidence", "source"))
    return Table("why-events", text("explain.chart.events"), columns, rows)
