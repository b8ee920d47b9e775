"""Imports of a country that stopped reporting, from what its partners say they sent."""

from __future__ import annotations

import polars as pl

from amur import codes
from amur.changes.asked.answer import Answer, Asked, Remark, Row, fraction, money
from amur.changes.asked.own import own_reports
from amur.changes.mirror_estimate import MirrorEstimate, mirror_estimate
from amur.errors import FlowsError, NoDataError
from amur.periods import Period

Reports = dict[int, dict[str, float]]


def answer(asked: Asked) -> Answer:
    """Estimated imports of `a` for every year without a report of its own, or for the year of `asked.end` alone.

    The table holds reports of both sides: the partners' exports to `a`, and its own imports while it reported.
    """
    place = codes.place(asked.a).code
    data = asked.table("mirror")
    sent, received = _reports(own_reports(data), place, data.name)
    silent = sorted(set(sent) - set(received))
    wanted = [asked.end.start.year] if asked.end else silent
    if not wanted:
        raise NoDataError(f"{place} reported in every year of {data.name}. Name a year to test the method on (--to).")
    found = [mirror_estimate(sent, {y: v for y, v in received.items() if y not in wanted}, year=y) for y in wanted]
    remarks = [_remark(place, item) for item in found]
    remarks += [_silent(item) for item in found if item.silent]
    problems = tuple(dict.fromkeys(problem for item in found for problem in item.problems))
    return Answer("mirror", tuple(_row(item) for item in found), tuple(remarks), problems, (f"user:{data.name}",))


def _reports(table: pl.DataFrame, place: str, name: str) -> tuple[Reports, Reports]:
    """Partners' exports to the place and its own imports, by year and partner."""
    rows = table.filter(pl.col("importer") == place)
    if rows.is_empty():
        raise NoDataError(f"{name} has no reports of trade to {place}. Check the code.")
    if other := sorted({label for label in rows["period"] if Period.parse(label).kind != "year"}):
        raise FlowsError(f"{name}: {len(other)} periods are no years ({', '.join(other[:5])}). Give yearly reports.")
    sides: list[Reports] = []
    for column in ("reported_by_exporter", "reported_by_importer"):
        known = rows.drop_nulls(column).group_by("period", "exporter").agg(pl.col(column).sum())
        side: Reports = {}
        for label, partner, value in known.iter_rows():
            side.setdefault(int(label), {})[partner] = value
        sides.append(side)
    return sides[0], sides[1]


def _row(item: MirrorEstimate) -> Row:
    return {
        "year": item.year,
        "partners_sum": item.partners_sum,
        "coverage": item.coverage,
        "freight": item.freight,
        "estimate": item.value,
        "low": item.interval.low,
        "high": item.interval.high,
        "partners": len(item.partners),
        "silent": len(item.silent),
        "largest_error": max(map(abs, item.errors.values())),
    }


def _remark(place: str, item: MirrorEstimate) -> Remark:
    values = {
        "year": str(item.year),
        "value": money(item.value),
        "low": money(item.interval.low),
        "high": money(item.interval.high),
        "coverage": fraction(item.coverage),
        "freight": fraction(item.freight),
        "n": len(item.partners),
    }
    return Remark("mirror", {"place": place}, values)


def _silent(item: MirrorEstimate) -> Remark:
    names = ", ".join(item.silent[:5]) + (" …" if len(item.silent) > 5 else "")
    return Remark("silent", {}, {"year": str(item.year), "n": len(item.silent), "names": names})
