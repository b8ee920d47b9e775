"""Chapter: each country's share in the other's trade, over time, and why sources give several answers."""

from __future__ import annotations

from typing import Any

from amur.brief.pair import Chapter, Pair, Parts, column, draw_of, is_nowcast
from amur.brief.turnover import preferred_by_year
from amur.charts import OBJECT, SUBJECT, Axis, time_lines
from amur.charts.timelines import Marks
from amur.figures import Figure
from amur.kit import Chart, Table, notice, paragraph


def dependence_chapter(pair: Pair) -> Chapter:
    """Shares both ways year by year, then every answer there is to the newest share, with who says so."""
    parts = Parts(pair)
    lines = {way: pair.over_time("share", *way) for way in pair.both_ways}
    if any(lines.values()):
        parts.add(_chart(pair, parts, lines))
    else:
        parts.add(notice(pair.say("dependence.none")))
    for one, other in pair.both_ways:
        rows, refusals = _answers(pair, one, other)
        if rows:
            parts.cite(row["share"] for row in rows)
            parts.add(paragraph(_span(pair, rows, one, other)), _table(pair, rows, one, other))
        parts.add(*(notice(reason) for reason in refusals))
    return parts.chapter("dependence")


def _chart(pair: Pair, parts: Parts, lines: dict[tuple[str, str], tuple[Figure, ...]]) -> Chart:
    names = {way: pair.say("dependence.series", way) for way in lines}
    rows = [_row(pair, figure, names[way]) for way, figures in lines.items() for figure in figures_of_one_kind(figures)]
    shown = [figure for figures in lines.values() for figure in figures]
    roles = {names[pair.both_ways[0]]: SUBJECT, names[pair.both_ways[1]]: OBJECT}
    title = pair.say("dependence.chart")
    return Chart(
        name="shares-by-year",
        title=title,
        finding=_finding(pair, lines),
        draw=draw_of(time_lines, rows, axis=Axis(unit="fraction"), marks=Marks(roles=roles)),
        table=Table(
            "dependence-data",
            title,
            (
                column(pair, "period", kind="period"),
                column(pair, "series"),
                column(pair, "share", kind="value"),
                column(pair, "source"),
                column(pair, "status"),
            ),
            [{**row, "status": pair.text(f"kit.status.{row['status']}")} for row in rows],
            note=pair.text("brief.dependence.note"),
        ),
        origins=parts.cite(shown),
    )


def figures_of_one_kind(figures: tuple[Figure, ...]) -> list[Figure]:
    """One figure a year: the preferred source's, total trade."""
    return list(preferred_by_year(figures).values())


def _row(pair: Pair, figure: Figure, name: str) -> dict[str, Any]:
    return {
        "series": name,
        "period": figure.period,
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "share": figure,
        "status": "nowcast" if is_nowcast(pair, figure) else "reported",
        "source": figure.reporter,
    }


def _finding(pair: Pair, lines: dict[tuple[str, str], tuple[Figure, ...]]) -> Any:
    """First and last share of the direction that weighs more, and the last of the other."""
    firsts = {way: figures_of_one_kind(figures) for way, figures in lines.items() if figures}
    way = max(firsts, key=lambda item: firsts[item][-1].value)
    heavy = firsts[way]
    values: dict[str, object] = {
        "then": heavy[0],
        "since": heavy[0].period,
        "now": heavy[-1],
        "period": heavy[-1].period,
    }
    back = firsts.get((way[1], way[0]))
    if not back:
        return pair.told("dependence.finding_one", values, way=way)
    key = "dependence.finding" if len(heavy) > 1 else "dependence.finding_year"
    if len(heavy) == 1:
        del values["then"], values["since"]
    return pair.told(key, {**values, "back": back[-1], "back_period": back[-1].period}, way=way)


def _answers(pair: Pair, one: str, other: str) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Every share there is for the newest period of each source, by flow."""
    rows: list[dict[str, Any]] = []
    refusals: dict[str, None] = {}
    for flow in ("total", "exports", "imports"):
        found = pair.ask("share", one, other, flow=flow)
        refusals |= dict.fromkeys(found.refusals if flow == "total" else ())
        for figure in found.figures:
            rows.append(
                {
                    "flow": pair.say(f"dependence.of_{flow}", (one, other)),
                    "share": figure,
                    "period": figure.period,
                    "reporter": figure.reporter,
                    "basis": "; ".join(word for word in (figure.basis, figure.note) if word),
                    "key": flow,
                }
            )
    return rows, tuple(refusals)


def _span(pair: Pair, rows: list[dict[str, Any]], one: str, other: str) -> Any:
    """How far the answers about total trade lie apart."""
    totals = [row["share"] for row in rows if row["key"] == "total"] or [row["share"] for row in rows]
    low, high = min(totals, key=lambda f: f.value), max(totals, key=lambda f: f.value)
    way = (one, other)
    if low is high or low.value == high.value:
        return pair.told("dependence.one_answer", {"share": low, "period": low.period}, way=way)
    return pair.told(
        "dependence.several",
        {
            "n": len(totals),
            "low": low,
            "low_who": low.reporter,
            "low_period": low.period,
            "high": high,
            "high_who": high.reporter,
            "high_period": high.period,
        },
        way=way,
    )


def _table(pair: Pair, rows: list[dict[str, Any]], one: str, other: str) -> Table:
    return Table(
        f"answers-{one.lower()}",
        pair.say("dependence.answers", (one, other)),
        (
            column(pair, "flow"),
            column(pair, "share", kind="figure"),
            column(pair, "period", kind="period"),
            column(pair, "reporter"),
            column(pair, "basis"),
        ),
        rows,
    )
