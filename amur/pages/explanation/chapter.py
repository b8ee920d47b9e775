"""The chapter "Why it moved": what the data carry, each chart with its sentence, and what they cannot tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from amur import kit
from amur.changes.events import Event, find_events
from amur.changes.explain import explain_change
from amur.changes.explain_blocks import is_sanctioned
from amur.changes.explanation import Explanation, about
from amur.changes.monthly import Monthly
from amur.changes.pairs import FLOWS, MEASURES, Flow
from amur.changes.priced import priced_rows
from amur.changes.reported_months import Reported, adjusted_pair, monthly_pair
from amur.changes.rerouted import Routes, all_routes, destinations
from amur.changes.season import Adjusted, january_february
from amur.changes.twin import synthetic_span
from amur.errors import MeasureError, NoDataError
from amur.figures import Figure
from amur.indicators import Query, series
from amur.kit import Chart, Column, Sentence, Table
from amur.pages.explanation import pictures
from amur.pages.explanation.flags import events_table, span_of
from amur.periods import Period
from amur.text import Text

Item = str | Markup | Chart | Table

_ROUTED = "EU27"


@dataclass(frozen=True)
class Why:
    """The parts of the chapter in order, and the keys of the origins of all that is shown."""

    parts: tuple[Item, ...]
    origins: tuple[str, ...]


def why_it_moved(a: str, b: str, text: Text, *, data: str | Path | None = None) -> Why:
    """The chapter on a pair: the newest two years, and the newest two whose goods have quantities.

    Never raises for missing data: what is missing is a sentence of the chapter.
    """
    explained: list[Explanation] = []
    newest = _explained(a, b, _newest(a, b, data), data)
    explained += newest[:1]
    explained += [item for item in _explained(a, b, _with_quantities(a, b, data), data) if not _same(item, explained)]
    if not explained:
        names = {"a": text.the(a), "b": text.the(b)}
        return Why((kit.notice(text.sentence("explain.say.nothing", **names)),), ())
    return why_parts(explained[0], text, more=tuple(explained[1:]), data=data)


def why_parts(
    explanation: Explanation, text: Text, *, more: tuple[Explanation, ...] = (), data: str | Path | None = None
) -> Why:
    """The chapter on one explanation; of `more` only the parts of the value are shown."""
    parts: list[Item] = [kit.paragraph(text("explain.say.lead"))]
    for item in (explanation, *more):
        chart = pictures.value_chart(item, text)
        if chart is None:
            parts.append(kit.notice(text.sentence("explain.say.no_parts", a=text.the(item.a), b=text.the(item.b))))
        else:
            table = replace(chart.table, name=f"{chart.table.name}-{len(parts)}")
            parts.append(replace(chart, name=f"{chart.name}-{len(parts)}", table=table))
    parts += _some(pictures.share_chart(explanation, text))
    if data is None:
        parts += _routes(explanation, text)
        parts += _months(explanation, text)
    happened = _events(explanation, parts)
    if happened:
        parts.append(_folded(events_table(happened, text), text))
    untold = {item.sentence(text): item for each in (explanation, *more) for item in each.untold}
    parts.append(_untold(untold, text))
    origins = [key for each in (explanation, *more) for part in _figures(each) for key in part.origins]
    return Why(tuple(parts), tuple(dict.fromkeys(origins)))


Span = tuple[Flow, Period, Period]


def _explained(a: str, b: str, spans: Iterable[Span], data: str | Path | None) -> list[Explanation]:
    """Explanations of spans, those with parts first; spans without any data are left out."""
    found = []
    for flow, before, after in spans:
        try:
            found.append(explain_change(a, b, start=before, end=after, flow=flow, data=data))
        except NoDataError:
            continue
        if found[-1].parts:
            break
    return sorted(found, key=lambda item: not item.parts)


def _same(item: Explanation, others: list[Explanation]) -> bool:
    """Whether an explanation of the same flow and years is there already."""
    ends = [(other.flow, other.change.period if other.change else None) for other in others]
    return (item.flow, item.change.period if item.change else None) in ends


def _newest(a: str, b: str, data: str | Path | None) -> list[Span]:
    """The newest two years with a level of each flow, the newest flow first and of equals the trade both ways."""
    return list(_bundled_newest(a, b)) if data is None else _found_newest(a, b, data)


@lru_cache(maxsize=256)
def _bundled_newest(a: str, b: str) -> tuple[Span, ...]:
    return tuple(_found_newest(a, b, None))


def _found_newest(a: str, b: str, data: str | Path | None) -> list[Span]:
    years: list[tuple[Flow, Period]] = [
        (flow, year) for flow in FLOWS if (year := _newest_year(a, b, flow, data)) is not None
    ]
    years.sort(key=lambda item: (item[1].end, -FLOWS.index(item[0])), reverse=True)
    return [(flow, year.shift_years(-1), year) for flow, year in years]


def _with_quantities(a: str, b: str, data: str | Path | None) -> list[Span]:
    """The newest two whole years in which goods of the pair have quantities."""
    months = [
        Period.parse(label)
        for exporter, importer in ((a, b), (b, a))
        for label in priced_rows(exporter, importer, data=data).drop_nulls("quantity")["period"].to_list()
    ]
    if not months:
        return []
    last = max(months, key=lambda period: period.end)
    year = Period.of_year(last.end.year if last.end.month == 12 else last.end.year - 1)
    return [("total", year.shift_years(-1), year)]


def _newest_year(a: str, b: str, flow: Flow, data: str | Path | None) -> Period | None:
    """The newest year of which one source has the level and that of the year before."""
    years: dict[Period, set[str]] = {}
    for figure in series(MEASURES[flow], a, b, Query(data=data)):
        if figure.period:
            years.setdefault(figure.period, set()).add(figure.reporter)
    both = [year for year, reporters in years.items() if reporters & years.get(year.shift_years(-1), set())]
    return max(both, default=None)


def _some(item: Chart | None) -> list[Item]:
    return [] if item is None else [item]


def _figures(explanation: Explanation) -> Iterable[Figure]:
    for block in (explanation.main, *explanation.more):
        yield from (part.figure for part in block.parts)


# ── sanctions: routes, band, twin ───────────────────────────────────────────────────────────────


def _routes(explanation: Explanation, text: Text) -> list[Item]:
    """Listed goods on every route to a sanctioned country of the pair, and the exporter's synthetic twin."""
    final = next((place for place in (explanation.b, explanation.a) if _is_final(place)), None)
    if final is None:
        return _neighbour(explanation, text)
    routes: Routes = all_routes(_ROUTED, final=final)
    found = list(_some(pictures.routes_chart(routes.found, pictures.route_ratios(routes.found), text)))
    widest = max(routes.found, key=lambda item: item.route.ratio_to_control or 0.0, default=None)
    if widest is not None:
        found += _some(pictures.band_chart(widest, final, text))
    found += [kit.notice(reason) for reason in routes.refused.values()]
    try:
        span = synthetic_span(_ROUTED, final, event=widest.event.start.year if widest else 0)
    except MeasureError:
        return found
    return [*found, pictures.twin_chart(span, _ROUTED, text)]


def _neighbour(explanation: Explanation, text: Text) -> list[Item]:
    """The band of listed goods from the bloc to a neighbour of a sanctioned country, where these are the two."""
    via = next((place for place in (explanation.a, explanation.b) if place in destinations()), None)
    final = next((place for place in destinations() if _is_final(place)), None)
    if via is None or final is None or _ROUTED not in (explanation.a, explanation.b):
        return []
    found = next((item for item in all_routes(_ROUTED, final=final).found if item.route.importer == via), None)
    return _some(pictures.band_chart(found, final, text)) if found else []


def _is_final(place: str) -> bool:
    return place in destinations() and is_sanctioned(place)


# ── months ──────────────────────────────────────────────────────────────────────────────────────


def _months(explanation: Explanation, text: Text) -> list[Item]:
    """A monthly series with its events, raw and adjusted, and the sums of January and February."""
    reported = monthly_pair(explanation.a, explanation.b)
    if reported is None:
        return []
    result = adjusted_pair(explanation.a, explanation.b)
    lines: dict[str, Monthly] = {text("explain.chart.raw"): reported.series}
    if result:
        lines[text("explain.chart.adjusted")] = replace(reported.series, values=result.adjusted)
    told = Figure(
        measure="exports",
        subject=reported.exporter,
        object=reported.importer,
        flow="exports",
        currency=reported.currency,
    )
    title = text("explain.chart.months", about=about(text, told))
    words = pictures.Words(
        title,
        _month_sentence(reported, result, text),
        reported.currency,
        (reported.origin,),
        note=text("explain.say.season") if result else "",
    )
    parts: list[Item] = [pictures.lines_chart("why-months", lines, (reported.exporter, reported.importer), words, text)]
    if result:
        parts.append(_joint_table(reported, text))
    return parts


def _month_sentence(reported: Reported, result: Adjusted | None, text: Text) -> Sentence:
    """January and February together against the year before: the one comparison that the holiday cannot move."""
    joint = [item for item in january_february(reported.series) if item.growth is not None]
    names = {"exporter": text.the(reported.exporter), "importer": text.the(reported.importer)}
    if not joint:
        last = reported.series.period.end
        value = _money(reported, float(reported.series.values[-1]))
        month = text.period(Period.of_month(last.year, last.month))
        return kit.finding(text, "explain.finding.month", {**names, "month": month, "value": value})
    item = joint[-1]
    growth = Figure(
        measure="growth",
        subject=reported.exporter,
        object=reported.importer,
        flow="exports",
        period=item.period,
        base_period=item.period.shift_years(-1),
        value=item.growth or 0.0,
        unit="fraction",
        origins=(reported.origin,),
    )
    values = {
        **names,
        "value": _money(reported, item.value),
        "year": str(item.period.start.year),
        "growth": kit.Shown(growth, text.percent(growth.value, sign=True)),
    }
    return kit.finding(text, "explain.finding.joint_months", values)


def _money(reported: Reported, value: float) -> Figure:
    return Figure(
        measure="exports",
        subject=reported.exporter,
        object=reported.importer,
        flow="exports",
        value=value,
        unit=reported.currency,
        currency=reported.currency,
        origins=(reported.origin,),
    )


def _joint_table(reported: Reported, text: Text) -> Table:
    rows = [
        {"year": str(item.period.start.year), "value": item.value, "growth": item.growth}
        for item in january_february(reported.series)
    ]
    columns = (
        Column("year", text("explain.table.year")),
        Column("value", text("explain.table.value"), "money", unit=reported.currency),
        Column("growth", text("explain.table.growth"), "percent"),
    )
    return Table("why-january-february", text("explain.chart.joint"), columns, rows)


# ── events, untold ──────────────────────────────────────────────────────────────────────────────


def _events(explanation: Explanation, parts: list[Item]) -> tuple[Event, ...]:
    """Events of the span explained, and of the spans of all charts with time across."""
    drawn = [part.table.rows for part in parts if isinstance(part, Chart) and "period" in part.table.rows[0]]
    found = {event.key: event for event in explanation.events}
    for rows in drawn:
        found |= {event.key: event for event in find_events(explanation.a, explanation.b, period=span_of(rows))}
    return tuple(found[key] for key in sorted(found))


def _folded(table: Table, text: Text) -> Markup:
    """A long table behind its caption, which opens it."""
    shown = kit.table(table, text, quiet=True)
    return Markup("<details><summary>{}</summary>{}</details>").format(table.caption, shown)


def _untold(sentences: Iterable[str], text: Text) -> Markup:
    """What these data cannot tell, as a list."""
    items = Markup("").join(Markup("<li>{}.</li>").format(words) for words in sentences)
    return Markup("<h3>{}</h3><ul>{}</ul>").format(text("explain.say.untold"), items)
