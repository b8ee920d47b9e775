"""The charts of a pair that follow the reader's choice: a flow by year, and its shares beside third parties."""

from __future__ import annotations

from typing import Any

from amur.brief.dependence import longest_series
from amur.brief.pair import Pair, draw_of, is_nowcast
from amur.brief.turnover import reporter_name, series_by_source
from amur.changes.pairs import MEASURES, MIRRORED, Flow
from amur.charts import OBJECT, Axis, time_lines
from amur.charts.timelines import Marks
from amur.figures import Figure
from amur.kit import Chart, Column, Table, finding
from amur.measuring import find_measure
from amur.origins import known_origins
from amur.pages.explanation.flags import pair_flags
from amur.simulate import capital


def view_charts(pair: Pair, flow: str) -> tuple[Chart, ...]:
    """The level of the flow from every source, and for each of the two its shares; what has no data is left out."""
    seen: Flow = flow  # type: ignore[assignment]
    a, b = pair.a.code, pair.b.code
    charts = [_level(pair, seen), _shares(pair, a, b, seen), _shares(pair, b, a, MIRRORED[seen])]
    return tuple(chart for chart in charts if chart is not None)


def _level(pair: Pair, flow: Flow) -> Chart | None:
    text, measure = pair.text, MEASURES[flow]
    figures = pair.over_time(measure, pair.a.code, pair.b.code)
    if not figures:
        return None
    rows = [_row(pair, figure, reporter_name(pair, figure)) for figure in figures]
    line = max(series_by_source(figures).values(), key=len)
    name = capital(find_measure(measure).words("name", text.language))
    title = text("app.pair.level", measure=name, a=text.country(pair.a.code), b=text.country(pair.b.code))
    values: dict[str, object] = {"now": line[-1], "period": line[-1].period, "reporter": reporter_name(pair, line[-1])}
    if len(line) > 1:
        values |= {"then": line[0], "since": line[0].period}
    key = "app.pair.level_finding" if len(line) > 1 else "app.pair.level_year"
    return Chart(
        name="view-level",
        title=title,
        finding=finding(text, key, {"measure": name, **values}),
        draw=draw_of(time_lines, rows, axis=Axis(unit=figures[0].currency or "USD"), marks=_marks(pair, rows)),
        table=_table(pair, "view-level-data", title, rows),
        origins=known_origins(key for figure in figures for key in figure.origins),
    )


def _shares(pair: Pair, subject: str, partner: str, flow: Flow) -> Chart | None:
    """The partner's share in a flow of the subject, and third parties' beside it, each from its longest series."""
    text = pair.text
    lines = {
        other: longest_series(pair.over_time("share", subject, other, flow=flow)) for other in (partner, *pair.thirds)
    }
    kept = {other: line for other, line in lines.items() if line}
    if partner not in kept:
        return None
    names = {other: capital(text.country(other)) for other in kept}
    rows = [_row(pair, figure, names[other]) for other, line in kept.items() for figure in line]
    line = kept[partner]
    words = {"a_s": text.genitive(subject), "flow": text(f"app.pair.flow_{flow}")}
    title = text.sentence("app.pair.shares", **words)
    values: dict[str, object] = {"b": text.the(partner), "now": line[-1], "period": line[-1].period}
    if len(line) > 1:
        values |= {"then": line[0], "since": line[0].period}
    key = "app.pair.shares_finding" if len(line) > 1 else "app.pair.shares_year"
    figures = [figure for some in kept.values() for figure in some]
    return Chart(
        name=f"view-shares-{subject.lower()}",
        title=title,
        finding=finding(text, key, {**words, **values}),
        draw=draw_of(time_lines, rows, axis=Axis(unit="fraction"), marks=_marks(pair, rows, {names[partner]: OBJECT})),
        table=_table(pair, f"view-shares-{subject.lower()}-data", title, rows),
        origins=known_origins(key for figure in figures for key in figure.origins),
    )


def _marks(pair: Pair, rows: list[dict[str, Any]], roles: dict[str, str] | None = None) -> Marks:
    """The events of the pair within the years drawn, and who has which colour."""
    return Marks(events=pair_flags(pair.a.code, pair.b.code, rows, pair.text), roles=roles or {})


def _row(pair: Pair, figure: Figure, name: str) -> dict[str, Any]:
    return {
        "series": name,
        "period": figure.period,
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "figure": figure,
        "status": "nowcast" if is_nowcast(pair, figure) else "reported",
    }


def _table(pair: Pair, name: str, title: str, rows: list[dict[str, Any]]) -> Table:
    text = pair.text
    columns = (
        Column("period", text("brief.column.period"), "period"),
        Column("series", text("brief.column.series")),
        Column("figure", text("brief.column.figure"), "value"),
        Column("status", text("brief.column.status")),
    )
    return Table(name, title, columns, [{**row, "status": text(f"kit.status.{row['status']}")} for row in rows])
