"""Is a growing trade near a ceiling: a logistic curve through years, or through sums of twelve months."""

from __future__ import annotations

import numpy as np

from amur.changes.asked.answer import Answer, Asked, Remark, fraction, money
from amur.changes.asked.own import own_pair, values_by
from amur.changes.monthly import monthly
from amur.changes.pairs import MEASURES
from amur.changes.saturation import saturate
from amur.errors import FlowsError, MeasureError, NoDataError
from amur.figures import Figure
from amur.indicators import Query, series
from amur.periods import Period

Points = tuple[list[float], list[float], tuple[str, ...]]


def answer(asked: Asked) -> Answer:
    """The ceiling of a flow seen from `a` with its interval, or that it is not identified and a lower bound."""
    a, b = asked.pair("saturation")
    times, values, origins = _own(asked, a, b) if asked.data is not None else _bundled(asked, a, b)
    inside = [k for k, time in enumerate(times) if _inside(asked, time)]
    times, values = [times[k] for k in inside], [values[k] for k in inside]
    found = saturate(np.array(times), np.array(values))
    rows = tuple(
        {"time": time, "value": value, "fitted": float(fitted)}
        for time, value, fitted in zip(times, values, found.fitted, strict=True)
    )
    shown: dict[str, object] = {"n": len(rows), "speed": fraction(found.speed)}
    places = {"subject": a, "object": b}
    if found.ceiling is None or found.interval is None or found.filled is None:
        remark = Remark(f"no_ceiling_{asked.flow}", places, {**shown, "bound": money(found.lower_bound)})
        return Answer("saturation", rows, (remark,), (), origins)
    shown |= {
        "ceiling": money(found.ceiling),
        "low": money(found.interval.low),
        "high": money(found.interval.high),
        "filled": fraction(found.filled),
    }
    return Answer("saturation", rows, (Remark(f"ceiling_{asked.flow}", places, shown),), (), origins)


def _inside(asked: Asked, time: float) -> bool:
    """Whether a year, or the last month of a sum as a fraction of its year, lies in the years asked for."""
    year = int(time)
    return (asked.start is None or year >= asked.start.start.year) and (asked.end is None or year <= asked.end.end.year)


def _bundled(asked: Asked, a: str, b: str) -> Points:
    """The longest yearly series of one source; years that it lacks are an error, not a gap."""
    by_source: dict[tuple[str, ...], dict[int, Figure]] = {}
    for figure in series(MEASURES[asked.flow], a, b, Query(flow=asked.flow)):
        if figure.period is not None and figure.period.kind == "year":
            by_source.setdefault((figure.reporter, *figure.origins), {}).setdefault(figure.period.start.year, figure)
    if not by_source:
        raise NoDataError(f"No source has {asked.flow} of {a} with {b} by year. See: amur coverage {a} {b}")
    longest = max(by_source.values(), key=len)
    years = sorted(longest)
    if gaps := sorted(set(range(years[0], years[-1])) - set(years)):
        raise MeasureError(f"{len(gaps)} years have no value ({', '.join(map(str, gaps[:5]))}); gaps are not filled.")
    origins = tuple(dict.fromkeys(key for figure in longest.values() for key in figure.origins))
    return [float(year) for year in years], [longest[year].value for year in years], origins


def _own(asked: Asked, a: str, b: str) -> Points:
    """Years of the table, or sums of twelve months that do not overlap and end with its last month."""
    data = asked.table("saturation")
    directions = {"exports": [(a, b)], "imports": [(b, a)], "total": [(a, b), (b, a)]}[asked.flow]
    sums: dict[str, float] = {}
    for exporter, importer in directions:
        for label, value in values_by(own_pair(data, exporter, importer)).items():
            sums[label] = sums.get(label, 0.0) + value
    kinds = {Period.parse(label).kind for label in sums}
    origins = (f"user:{data.name}",)
    if kinds == {"year"}:
        years = sorted(sums)
        wanted = [str(year) for year in range(int(years[0]), int(years[-1]))]
        if gaps := [year for year in wanted if year not in sums]:
            raise FlowsError(
                f"{data.name}: {len(gaps)} years are missing ({', '.join(gaps[:5])}); gaps are not filled."
            )
        return [float(year) for year in years], [sums[year] for year in years], origins
    if kinds != {"month"}:
        raise FlowsError(f"{data.name} mixes periods of several lengths ({', '.join(sorted(kinds))}). Give one kind.")
    table = monthly(f"{a} with {b}", sums.items())
    whole = len(table.values) // 12
    yearly = table.values[len(table.values) - 12 * whole :].reshape(whole, 12).sum(axis=1)
    last = (table.first + len(table.values) - 1) / 12
    return [last - whole + 1 + k for k in range(whole)], yearly.tolist(), origins
