"""Dated events that touch the trade of two places, and what a monthly series did in the year after each."""

from __future__ import annotations

from amur.changes.asked.answer import Answer, Asked, Remark
from amur.changes.asked.own import months_of, own_pair, values_by
from amur.changes.counterfactual import Departure, Trend
from amur.changes.events import Event, Window, event_study, events, find_events
from amur.changes.monthly import Monthly, month_number, monthly
from amur.changes.reported_months import monthly_pair
from amur.errors import AmurError, NoDataError
from amur.periods import Period

_WINDOW = Window(before=60, after=12)


def answer(asked: Asked) -> Answer:
    """Every event between the periods asked for; with months of trade, how far the twelve months after departed."""
    a, b = asked.pair("events")
    first = asked.start.start if asked.start else events()[0].date
    last = asked.end.end if asked.end else events()[-1].date
    found = find_events(a, b, period=Period(first, last))
    if not found:
        raise NoDataError(f"The registry has no event that touches {a} and {b} from {first} to {last}.")
    series = _series(asked, a, b)
    rows = tuple(_row(event, None if series is None else _study(series, event)) for event in found)
    judged = [row for row in rows if row["factor"] is not None]
    places = {"a": a, "b": b}
    remarks = [Remark("events", places, {"n": len(rows)})]
    if judged:
        beyond = sum(bool(row["beyond_noise"]) for row in judged)
        remarks.append(Remark("studied", {}, {"n": beyond, "tried": len(judged)}))
    return Answer(
        "events", rows, tuple(remarks), (), (), ("date", "actors", "targets", "instrument", "confidence", "factor")
    )


def _series(asked: Asked, a: str, b: str) -> Monthly | None:
    if asked.data is not None:
        exporter, importer = (b, a) if asked.flow == "imports" else (a, b)
        table = own_pair(asked.data, exporter, importer)
        months_of(table, asked.data)
        return monthly(f"{exporter} to {importer}", values_by(table).items())
    reported = monthly_pair(a, b)
    return reported.series if reported else None


def _study(series: Monthly, event: Event) -> Departure | None:
    """None for an event outside the series, or with too few months before it.

    The twelve months after hold every season once; the months themselves are told apart where five years
    before are enough for it.
    """
    seasons = month_number(event.month) - series.first >= _WINDOW.before
    try:
        return event_study(series, event.month, window=_WINDOW, trend=Trend(line=True, seasons=seasons))
    except AmurError:
        return None


def _row(event: Event, study: Departure | None) -> dict[str, object]:
    span = study.factor_interval if study else None
    return {
        "date": event.date.isoformat() if event.precision == "day" else event.month.label,
        "event": event.key,
        "actors": " ".join(event.actors),
        "targets": " ".join(event.targets),
        "instrument": event.instrument,
        "confidence": event.confidence,
        "factor": study.factor if study else None,
        "factor_low": span.low if span else None,
        "factor_high": span.high if span else None,
        "beyond_noise": study.is_beyond_noise if study else None,
        "source": event.source,
    }
