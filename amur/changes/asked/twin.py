"""A partner beside its synthetic twin: the same exporter's sales to a mix of its other partners."""

from __future__ import annotations

import polars as pl

from amur.changes.asked.answer import Answer, Asked, Number, Remark, Weights, fraction, money
from amur.changes.asked.own import own_flows
from amur.changes.rerouted import first_event
from amur.changes.synthetic import Panel, panel, synthetic_control
from amur.changes.twin import FLOORS, SOURCE, TwinSpan, synthetic_span
from amur.errors import FlowsError, MeasureError, NoDataError
from amur.periods import Period


def answer(asked: Asked) -> Answer:
    """Exports of `a` to `b` by year, twins under several pools of donors, and the rank among placebos.

    The event is the year of `asked.start`, or that of the exporter's first sanctions on the partner.
    """
    exporter, partner = asked.pair("twin")
    event = asked.start.start.year if asked.start else first_event(exporter, partner).start.year
    if asked.data is None:
        span, currency, origin = synthetic_span(exporter, partner, event=event), "EUR", SOURCE
    else:
        span, currency, origin = _own(asked, exporter, partner, event), "USD", f"user:{asked.data.name}"
    first = next(iter(span.results.values()))
    rows = []
    for k, year in enumerate(first.times):
        row: dict[str, object] = {"year": year, "actual": float(first.actual[k]), "currency": currency}
        for floor, item in span.results.items():
            row[f"twin_{floor:g}" if floor else "twin"] = float(item.synthetic[k])
        rows.append(row)
    remarks = [_effect(span, exporter, partner, currency), *(_pool(item, currency, span) for item in span.results)]
    return Answer("twin", tuple(rows), tuple(remarks), first.problems, (origin,))


def _effect(span: TwinSpan, exporter: str, partner: str, currency: str) -> Remark:
    last, first = span.effect[-1], next(iter(span.results.values()))
    values = {
        "year": str(first.times[-1]),
        "low": money(last.low, currency),
        "high": money(last.high, currency),
        "rank_low": fraction(span.p_values.low),
        "rank_high": fraction(span.p_values.high),
    }
    return Remark("twin", {"exporter": exporter, "partner": partner}, values)


def _pool(floor: float, currency: str, span: TwinSpan) -> Remark:
    """The pool of donors, the three that weigh most, and how well the years held back were met."""
    item = span.results[floor]
    heavy = sorted(zip(item.weights.tolist(), item.donors, strict=True), reverse=True)[:3]
    values = {
        "n": len(item.donors),
        "floor": money(floor, currency),
        "donors": Weights([(name, weight) for weight, name in heavy if weight > 0]),
        "ratio": Number(item.ratio),
    }
    return Remark("pool_exact" if item.exact_fit else "pool", {}, values)


def _own(asked: Asked, exporter: str, partner: str, event: int) -> TwinSpan:
    data = asked.table("twin")
    rows = own_flows(data).filter(pl.col("exporter") == exporter)
    if rows.is_empty():
        raise NoDataError(f"{data.name} has no exports of {exporter}. Check the code.")
    if other := sorted({label for label in rows["period"] if Period.parse(label).kind != "year"}):
        raise FlowsError(
            f"{data.name}: {len(other)} periods are no years ({', '.join(other[:5])}). Give yearly values."
        )
    sums = rows.group_by("importer", "period").agg(pl.col("value_usd").sum())
    table: dict[str, dict[int, float]] = {}
    for name, label, value in sums.iter_rows():
        table.setdefault(name, {})[int(label)] = float(value)
    whole: Panel = panel(table, times=tuple(sorted({year for series in table.values() for year in series})))
    results = {}
    for floor in FLOORS:
        try:
            results[floor] = synthetic_control(panel(table, times=whole.times, floor=floor), partner, event=event)
        except MeasureError:
            if not floor:
                raise
    return TwinSpan(results)
