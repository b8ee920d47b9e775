"""Chapter: how much the two trade, as reported, as implied, and how it moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from amur.brief.pair import Chapter, Pair, Parts, capital, column, draw_of, fallen, is_nowcast
from amur.charts import Axis, time_lines
from amur.charts.timelines import Marks
from amur.figures import Figure
from amur.kit import Chart, Shown, Table, notice, paragraph
from amur.pages.explanation.flags import pair_flags
from amur.periods import Period


def turnover_chapter(pair: Pair) -> Chapter:
    """Turnover year by year from every source, its newest growth, and what the latest releases imply."""
    parts = Parts(pair)
    figures = pair.over_time("turnover", pair.a.code, pair.b.code)
    if not figures:
        parts.add(notice(pair.say("turnover.none")))
        return parts.chapter("turnover")
    parts.add(paragraph(_level(pair, figures)))
    for growth in _growths(pair, figures):
        parts.add(paragraph(_growth(pair, growth)))
        parts.cite(growth)
    parts.cite(figures)
    if len(preferred_by_year(figures)) > 1:
        parts.add(_chart(pair, parts, figures))
    releases = _releases(pair)
    if releases:
        parts.cite(row["level"] for row in releases)
        parts.add(_release_table(pair, releases))
        notes = dict.fromkeys(row["level"].note for row in releases if row["level"].note)
        parts.add(*(notice(note, kind="info") for note in notes))
        parts.add(*_implied_month(pair, parts))
    return parts.chapter("turnover")


def preferred_by_year(figures: tuple[Figure, ...]) -> dict[Period, Figure]:
    """The first figure of each period, which is the preferred source's."""
    chosen: dict[Period, Figure] = {}
    for figure in figures:
        if figure.period is not None:
            chosen.setdefault(figure.period, figure)
    return dict(sorted(chosen.items()))


def _growths(pair: Pair, figures: tuple[Figure, ...]) -> list[tuple[Figure, ...]]:
    """Growth in the year of the level that was told, then in the newest period where that is a later one."""
    year = list(preferred_by_year(figures))[-1]
    of_year = pair.ask("growth", pair.a.code, pair.b.code, period=year).figures
    newest = newest_growth(pair)
    later = bool(newest) and newest[0].period != year and pair.choice.holds(newest[0].period)
    return [found for found in (of_year, newest if later else ()) if found]


def newest_growth(pair: Pair) -> tuple[Figure, ...]:
    """Growth of turnover in the newest period: as published first, then as computed."""
    found = pair.ask("growth", pair.a.code, pair.b.code).figures
    if not found:
        return ()
    newest = max((figure.period for figure in found if figure.period), key=lambda span: span.end)
    return tuple(figure for figure in found if figure.period == newest)


def _level(pair: Pair, figures: tuple[Figure, ...]) -> Any:
    latest = list(preferred_by_year(figures).values())[-1]
    values: dict[str, object] = {
        "level": latest,
        "period": dated(pair, latest),
        "reporter": reporter_name(pair, latest),
    }
    return pair.told("turnover.level", values)


def _agree(one: Figure, other: Figure) -> bool:
    return one.interval is not None and other.interval is not None and one.interval.overlaps(other.interval)


def _growth(pair: Pair, growth: tuple[Figure, ...]) -> Any:
    published = growth[0]
    way = "rose" if published.value > 0 else "fell"
    values: dict[str, object] = {"period": dated(pair, published), "growth": fallen(pair, published)}
    if len(growth) > 1 and growth[0].derivation is None and growth[1].derivation is not None:
        # Where the two agree there is nothing to explain: the publisher's base was not revised.
        if _agree(*growth[:2]):
            return pair.told(f"turnover.{way}", values)
        return pair.told(f"turnover.{way}_twice", {**values, "computed": two_decimals(pair, growth[1])})
    return pair.told(f"turnover.{way}", values)


def two_decimals(pair: Pair, rate: Figure) -> Shown:
    """A computed rate with one digit more than rates are published with."""
    return Shown(rate, pair.text.percent(rate.value, digits=2))


def _chart(pair: Pair, parts: Parts, figures: tuple[Figure, ...]) -> Chart:
    rows = [_row(pair, figure) for figure in figures]
    origins = parts.cite(figures)
    marks = Marks(events=pair_flags(pair.a.code, pair.b.code, rows, pair.text))
    return Chart(
        name="turnover-by-year",
        title=capital(pair.say("turnover.chart")),
        finding=_finding(pair, figures),
        draw=draw_of(time_lines, rows, axis=Axis(unit="USD"), marks=marks),
        table=Table(
            "turnover-data",
            capital(pair.say("turnover.chart")),
            (
                column(pair, "period", kind="period"),
                column(pair, "series"),
                column(pair, "figure", kind="value"),
                column(pair, "status"),
            ),
            [{**row, "status": pair.text(f"kit.status.{row['status']}")} for row in rows],
            note=pair.text("brief.nominal"),
        ),
        origins=origins,
    )


def _finding(pair: Pair, figures: tuple[Figure, ...]) -> Any:
    """First and last level of one source: that of the newest figure where it has several years, else the longest."""
    newest = list(preferred_by_year(figures).values())[-1]
    by_source = series_by_source(figures)
    line = by_source[source_of(newest)]
    if len(line) < 2:
        line = max(by_source.values(), key=len)
    first, last = line[0], line[-1]
    values = {"now": last, "period": dated(pair, last), "reporter": reporter_name(pair, last)}
    return pair.told("turnover.finding", {**values, "then": first, "since": first.period})


def source_of(figure: Figure) -> tuple[str, ...]:
    """What tells one series from another: who reports, and from which body of data."""
    return (figure.reporter, *figure.origins[:1])


def series_by_source(figures: Sequence[Figure]) -> dict[tuple[str, ...], list[Figure]]:
    """Figures of one source together, one a period, in order of time."""
    found: dict[tuple[str, ...], dict[Period, Figure]] = {}
    for figure in figures:
        if figure.period is not None:
            found.setdefault(source_of(figure), {}).setdefault(figure.period, figure)
    return {source: [line[period] for period in sorted(line)] for source, line in found.items()}


def dated(pair: Pair, figure: Figure) -> str:
    """The period in words; that of a nowcast says so."""
    period = pair.text.period(figure.period) if figure.period else ""
    return pair.text("brief.carried", period=period) if is_nowcast(pair, figure) else period


def _row(pair: Pair, figure: Figure) -> dict[str, Any]:
    derived = figure.derivation is not None and figure.derivation.operation != "ratio"
    status = "nowcast" if is_nowcast(pair, figure) else "derived" if derived and _is_fact(figure) else "reported"
    return {
        "series": reporter_name(pair, figure),
        "period": figure.period,
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "figure": figure,
        "status": status,
    }


def _is_fact(figure: Figure) -> bool:
    return any("facts" in key or "customs" in key or "gacc" in key for key in figure.origins) or figure.printed != ""


def reporter_name(pair: Pair, figure: Figure) -> str:
    """Who reports a figure, as readers know them."""
    key = f"brief.reporter.{figure.reporter}"
    if pair.text.has(key):
        return pair.text(key)
    return figure.reporter or next(iter(figure.origins), "")


def _releases(pair: Pair) -> list[dict[str, Any]]:
    """The published periods of the newest two years that are no whole years, with growth where it was published."""
    from amur.indicators.question import ask
    from amur.indicators.releases import releases

    found = releases(ask(pair.a.code, pair.b.code, pair.query())).dollars
    if not found.levels:
        return []
    levels = [figure for figure in found.levels if figure.flow == "total" and figure.period is not None]
    newest = max(figure.period.end.year for figure in levels if figure.period)
    rows: dict[Period, dict[str, Any]] = {}
    for figure in levels:
        if figure.period is None or figure.period.end.year < newest - 1:
            continue
        growth = next((rate for rate in found.rates if rate.flow == "total" and rate.period == figure.period), None)
        rows.setdefault(figure.period, {"period": figure.period, "level": _noted(pair, figure), "growth": growth})
    ordered = sorted(rows.values(), key=lambda row: (row["period"].end, -row["period"].days))
    return ordered[-14:]


def _noted(pair: Pair, figure: Figure) -> Figure:
    """The figure as the measure gives it, with a note where other releases imply something else."""
    found = pair.ask("turnover", pair.a.code, pair.b.code, period=figure.period, source="facts").figures
    return next((item for item in found if item.value == figure.value), figure)


def _release_table(pair: Pair, rows: list[dict[str, Any]]) -> Table:
    return Table(
        "releases",
        pair.text("brief.turnover.releases"),
        (
            column(pair, "period", kind="period"),
            column(pair, "level", kind="figure"),
            column(pair, "growth", kind="figure"),
        ),
        rows,
        note=pair.text("brief.turnover.releases_note"),
    )


def _implied_month(pair: Pair, parts: Parts) -> list[Any]:
    """What two cumulative releases imply for the month between them, where nobody printed it as such."""
    for row in reversed(_releases(pair)):
        period: Period = row["period"]
        if period.kind not in ("ytd", "half", "quarter", "year") or not period.months or period.months < 2:
            continue
        month = Period.of_month(period.end.year, period.end.month)
        level = pair.first("implied_level", pair.a.code, pair.b.code, period=month)
        growth = pair.first("implied_growth", pair.a.code, pair.b.code, period=month)
        if level is None or growth is None:
            continue
        parts.cite((level, growth))
        way = "rose" if growth.value > 0 else "fell"
        values = {"month": month, "level": level, "growth": fallen(pair, growth), "range": pair.text.interval(growth)}
        return [paragraph(pair.told(f"turnover.implied_{way}", values))]
    return []
