"""Chapter: each country's share in the other's trade, over time, and why sources give several answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from amur import codes
from amur.brief.pair import Chapter, Pair, Parts, capital, column, draw_of, is_nowcast
from amur.brief.turnover import dated, preferred_by_year, reporter_name, series_by_source
from amur.charts import OBJECT, SUBJECT, Axis, time_lines
from amur.charts.timelines import Marks
from amur.figures import Figure
from amur.indicators.gaps import spoiled_years
from amur.kit import Chart, Table, notice, paragraph
from amur.pages.explanation.flags import pair_flags
from amur.periods import Period


def dependence_chapter(pair: Pair) -> Chapter:
    """Shares both ways year by year, then every answer there is to the newest share, with who says so."""
    parts = Parts(pair)
    lines = {way: pair.over_time("share", *way) for way in pair.both_ways}
    if any(len(preferred_by_year(figures)) > 1 for figures in lines.values()):
        parts.add(_chart(pair, parts, lines))
        parts.add(*_left_out(pair, lines))
    elif not any(lines.values()):
        parts.add(notice(pair.say("dependence.none")))
    for one, other in pair.both_ways:
        rows = _answers(pair, one, other)
        if rows:
            parts.cite(row["share"] for row in rows)
            mirrored = _mirrored(pair, rows, one, other)
            parts.add(paragraph(_span(pair, rows, one, other)), *([paragraph(mirrored)] if mirrored else []))
            parts.add(_table(pair, rows, one, other))
        parts.add(*(notice(reason[:1].upper() + reason[1:]) for reason in _refusals(pair, one, other)))
    return parts.chapter("dependence")


def _left_out(pair: Pair, lines: Mapping[tuple[str, str], tuple[Figure, ...]]) -> list[Markup]:
    """Years without a share because a table lacks a large part of the subject's trade."""
    notes: dict[str, None] = {}
    for way, figures in lines.items():
        years = {figure.period for figure in figures}
        spoiled = [spoiled_years(ledger, codes.place(way[0]), "total") for ledger in pair.ledgers() if years]
        for year, partners in (item for found in spoiled for item in found.items()):
            if year not in years:
                names = ", ".join(pair.text.country(code) for code in partners)
                notes[pair.say("dependence.left_out", way, period=year, partners=names)] = None
    return [notice(note) for note in notes]


def _chart(pair: Pair, parts: Parts, lines: dict[tuple[str, str], tuple[Figure, ...]]) -> Chart:
    names = {way: pair.say("dependence.series", way) for way in lines}
    rows = [_row(pair, figure, names[way]) for way, figures in lines.items() for figure in _one_a_year(figures)]
    shown = [figure for figures in lines.values() for figure in figures]
    roles = {names[pair.both_ways[0]]: SUBJECT, names[pair.both_ways[1]]: OBJECT}
    title = capital(pair.say("dependence.chart"))
    marks = Marks(events=pair_flags(pair.a.code, pair.b.code, rows, pair.text), roles=roles)
    return Chart(
        name="shares-by-year",
        title=title,
        finding=_finding(pair, lines),
        draw=draw_of(time_lines, _two_sources(rows), axis=Axis(unit="fraction"), marks=marks),
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


def _two_sources(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """For the picture: the longest series apart from all others, so that one break is marked and not five.

    Points of other sources are not joined, since each has its own valuation: a gap stands after each.
    """
    names = [row["source"] for row in rows]
    main = max(names, key=names.count)
    drawn = []
    for row in rows:
        drawn.append({**row, "source": main if row["source"] == main else ""})
        if row["source"] != main:
            after = Period.of_day(row["period"].end)
            drawn.append({**drawn[-1], "period": after, "value": None, "low": None, "high": None})
    return drawn


def _one_a_year(figures: tuple[Figure, ...]) -> list[Figure]:
    """One figure a year: that of the longest series where it reaches, else the preferred source's."""
    longest = {figure.period: figure for figure in longest_series(figures)}
    chosen = {**preferred_by_year(figures), **longest}
    return [chosen[period] for period in sorted(chosen)]  # type: ignore[type-var]


def longest_series(figures: Sequence[Figure]) -> list[Figure]:
    """The figures of the source that reaches over most years: only these may be compared with each other."""
    return max(series_by_source(figures).values(), key=len, default=[])


def _row(pair: Pair, figure: Figure, name: str) -> dict[str, Any]:
    return {
        "series": name,
        "period": figure.period,
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "share": figure,
        "status": "nowcast" if is_nowcast(pair, figure) else "reported",
        "source": reporter_name(pair, figure),
    }


def _finding(pair: Pair, lines: dict[tuple[str, str], tuple[Figure, ...]]) -> Any:
    """First and last share of the direction that weighs more, and the last of the other."""
    firsts = {way: longest_series(figures) for way, figures in lines.items() if figures}
    way = max(firsts, key=lambda item: firsts[item][-1].value)
    heavy = firsts[way]
    values: dict[str, object] = {
        "then": heavy[0],
        "since": heavy[0].period,
        "now": heavy[-1],
        "period": dated(pair, heavy[-1]),
    }
    back = firsts.get((way[1], way[0]))
    if not back:
        return pair.told("dependence.finding_one", values, way=way)
    key = "dependence.finding" if len(heavy) > 1 else "dependence.finding_year"
    if len(heavy) == 1:
        del values["then"], values["since"]
    return pair.told(key, {**values, "back": back[-1], "back_period": dated(pair, back[-1])}, way=way)


def _answers(pair: Pair, one: str, other: str) -> list[dict[str, Any]]:
    """Every share there is for the newest period of each source, by flow."""
    return [
        {
            "flow": pair.say(f"dependence.of_{flow}", (one, other)),
            "share": figure,
            "period": figure.period,
            "reporter": reporter_name(pair, figure),
            "basis": "; ".join(word for word in (figure.basis, figure.note) if word),
            "key": flow,
        }
        for flow in ("total", "exports", "imports")
        for figure in pair.ask("share", one, other, flow=flow).figures
    ]


def _refusals(pair: Pair, one: str, other: str) -> tuple[str, ...]:
    """Why tables of the whole trade of countries cannot answer, where they cannot."""
    whole = (item for item in pair.ledgers() if item.totals == "both")
    reasons = (pair.ask("share", one, other, source=item.key).refusals for item in whole)
    return tuple(dict.fromkeys(reason for some in reasons for reason in some))


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
            "low_who": reporter_name(pair, low),
            "low_period": low.period,
            "high": high,
            "high_who": reporter_name(pair, high),
            "high_period": high.period,
        },
        way=way,
    )


def _mirrored(pair: Pair, rows: list[dict[str, Any]], one: str, other: str) -> Any:
    """Whether two shares differ by the trade between the two or by the whole; None where amounts are not known.

    A share is a part over a whole, so the ratio of two shares is that of their parts over that of their wholes.
    """
    known = [row["share"] for row in rows if row["key"] == "total" and _amounts(row["share"])]
    if len(known) < 2:
        return None
    low, high = min(known, key=lambda f: f.value), max(known, key=lambda f: f.value)
    part, whole = (after / before for before, after in zip(_amounts(low), _amounts(high), strict=True))
    values = {
        "low_who": reporter_name(pair, low),
        "high_who": reporter_name(pair, high),
        "times": pair.text.number(high.value / low.value, digits=2),
        "part": pair.text.number(part, digits=2),
        "whole": pair.text.number(whole, digits=2),
    }
    return pair.told("dependence.mirrored", values, way=(one, other))


def _amounts(share: Figure) -> tuple[float, ...]:
    """The part and the whole behind a share, where it was computed from them."""
    inputs = share.derivation.inputs if share.derivation else ()
    amounts = tuple(figure.value for figure in inputs)
    return amounts if len(amounts) == 2 and min(amounts) > 0 else ()


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
