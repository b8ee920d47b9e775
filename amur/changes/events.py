"""The registry of dated events, and the event study: what a series did after one that it had not done before."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import polars as pl

from amur import codes
from amur.changes.counterfactual import LEVEL, LINE, Departure, Trend, depart
from amur.changes.monthly import Monthly, month_number, month_of
from amur.errors import CodeError, MeasureError
from amur.origins import DATA
from amur.periods import Period

FILE = "ties/events_trade_policy.parquet"
WORLD = "WLD"

Precision = Literal["day", "month", "not_before_inferred"]


@dataclass(frozen=True)
class Event:
    """A dated act of trade policy: who did what to whom, when, how sure the date is, and who says so.

    `key` is its day and instrument, by which the catalogue holds its title in the reader's language.
    `date` is the day, or the first day of the month where only that is known (`precision`). `actors`
    and `targets` are the places named; `magnitude` is in `unit`, None where the act has no number.
    """

    key: str
    date: datetime.date
    precision: Precision
    kind: str
    actors: tuple[str, ...]
    targets: tuple[str, ...]
    instrument: str
    title: str
    magnitude: float | None
    unit: str
    note: str
    source: str
    confidence: str

    @property
    def is_dated(self) -> bool:
        """Whether the day itself is sourced, and not only the month or a list."""
        return self.precision == "day" and self.confidence not in ("day_from_memory", "day_from_manifest")

    @property
    def month(self) -> Period:
        """The month it falls in."""
        return Period.of_month(self.date.year, self.date.month)

    def acts(self, place: str) -> bool:
        """Whether `place` is an actor, or belongs to a bloc that is."""
        return any(_holds(named, place, self.date) for named in self.actors)

    def targets_place(self, place: str) -> bool:
        """Whether `place` is a target, or belongs to a bloc that is; a target that is the whole world counts not."""
        return any(_holds(named, place, self.date) for named in self.targets if named != WORLD)

    def lies_between(self, a: str, b: str) -> bool:
        """Whether one of the two acts on the other, alone, in a bloc, or on all the world."""
        return any(
            self.acts(actor) and (self.targets_place(target) or WORLD in self.targets)
            for actor, target in ((a, b), (b, a))
        )

    def touches(self, a: str, b: str) -> bool:
        """Whether it lies between the two, or third parties act on one of them by name."""
        return self.lies_between(a, b) or self.targets_place(a) or self.targets_place(b)


def _holds(named: str, place: str, day: datetime.date) -> bool:
    """Whether `place` is `named`, or all of it belongs to the bloc `named` on that day."""
    return named == place or _members(place, day) <= _members(named, day)


@cache
def _members(place: str, day: datetime.date) -> frozenset[str]:
    """The countries of a bloc on a day; anything else stands for itself."""
    bloc = _bloc(place)
    return (bloc.members_at(day) if bloc else frozenset()) or frozenset({place})


@cache
def _bloc(place: str) -> codes.Bloc | None:
    """The bloc of a name, or None; looked up once, since a miss looks for the nearest name."""
    try:
        return codes.bloc(place)
    except CodeError:
        return None


@cache
def events() -> tuple[Event, ...]:
    """All events of the registry in order of date."""
    found = [_event(row) for row in pl.read_parquet(DATA / FILE).iter_rows(named=True)]
    return tuple(sorted(found, key=lambda item: item.key))


def find_events(
    a: str, b: str, *, period: Period | None = None, instruments: Iterable[str] | None = None
) -> tuple[Event, ...]:
    """Events that touch trade between `a` and `b`, in order of date; `period` and `instruments` narrow them down."""
    wanted = None if instruments is None else set(instruments)
    return tuple(
        event
        for event in events()
        if (period is None or period.start <= event.date <= period.end)
        and (wanted is None or event.instrument in wanted)
        and event.touches(a, b)
    )


def _event(row: dict[str, object]) -> Event:
    text = {name: str(value) if value is not None else "" for name, value in row.items()}
    day = text["date"] if len(text["date"]) == 10 else f"{text['date']}-01"
    magnitude = row["value"]
    return Event(
        key=f"{day}-{text['instrument']}",
        date=datetime.date.fromisoformat(day),
        precision=text["precision"],  # type: ignore[arg-type]
        kind=text["kind"],
        actors=_places(text["actor"]),
        targets=_places(text["target"]),
        instrument=text["instrument"],
        title=text["title"],
        magnitude=float(magnitude) if isinstance(magnitude, float) else None,
        unit=text["unit"],
        note=text["note"],
        source=text["source_url"],
        confidence=text["confidence"],
    )


def _places(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"\+", text) if part.strip())


# ── event study ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Window:
    """Months used before the event, and months followed from it on."""

    before: int = 36
    after: int = 12


def event_study(
    series: Monthly,
    event: Period,
    *,
    window: Window | None = None,
    control: Monthly | None = None,
    trend: Trend = LINE,
) -> Departure:
    """How a monthly series departed from its own past after the month of an event.

    The months of `window.before` set the expectation (level, line or seasons, see `Trend`); the months
    from the event on are compared with it. The series is cut to what it has, and too short a past is an
    error. The departure is what followed the event, which is not yet what the event caused.
    """
    span = window or Window()
    centre = month_number(event)
    last = series.first + len(series.values) - 1
    if not series.first < centre <= last:
        raise MeasureError(
            f"{event.label} is not inside {series.name} ({series.period.label}). Choose an event within the series."
        )
    first, final = max(series.first, centre - span.before), min(last, centre + span.after - 1)
    cut = Period(month_of(first).start, month_of(final).end)
    cut_control = None if control is None else control.within(cut)
    return depart(series.within(cut), centre, control=cut_control, trend=trend, level=LEVEL)
