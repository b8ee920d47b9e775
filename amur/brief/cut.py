"""Chapter: a first look at what a cut would cost, from a closed form, over several sets of elasticities."""

from __future__ import annotations

from typing import Any

from amur.brief.pair import Chapter, Pair, Parts, column, draw_of
from amur.brief.sectors import sector_name
from amur.charts import OBJECT, SUBJECT, Axis, intervals
from amur.cutoff import MEASURE_WITHOUT_LINKS, first_look, first_look_by_sector
from amur.errors import EconomyError, MeasureError, NoEquilibriumError
from amur.figures import Figure
from amur.kit import Chart, Shown, Table, notice, paragraph

MOST_SECTORS = 8


def cut_chapter(pair: Pair) -> Chapter:
    """What each would lose when nothing comes from the other any more: import side, first order."""
    parts = Parts(pair)
    losses: dict[tuple[str, str], tuple[Figure, ...]] = {}
    for way in pair.both_ways:
        try:
            losses[way] = first_look(*way, language=pair.text.language)
        except (MeasureError, EconomyError, NoEquilibriumError) as reason:
            parts.add(notice(pair.say("cut.none", way, reason=str(reason))))
    if not losses:
        return parts.chapter("cut")
    parts.add(paragraph(pair.text("brief.cut.lead")))
    if pair.data is not None:
        parts.add(notice(pair.text("brief.cut.not_yours"), kind="info"))
    parts.add(_chart(pair, parts, losses))
    for way in losses:
        parts.add(_table(pair, way))
    return parts.chapter("cut")


def _chart(pair: Pair, parts: Parts, losses: dict[tuple[str, str], tuple[Figure, ...]]) -> Chart:
    drawn = ((way, figure) for way, figures in losses.items() for figure in figures if figure.interval or figure.note)
    rows = [_row(pair, way, figure) for way, figure in drawn]
    way = max(losses, key=lambda item: losses[item][0].value)
    heavy = losses[way]
    values: dict[str, object] = {
        "loss": _percent(pair, heavy[0]),
        "range": pair.text.interval(heavy[0]),
        "direct": _percent(pair, heavy[1]),
    }
    back = losses.get((way[1], way[0]))
    key = "cut.finding_one" if back is None else "cut.finding"
    if back is not None:
        values |= {"back": _percent(pair, back[0]), "back_range": pair.text.interval(back[0])}
    title = pair.text("brief.cut.chart")
    roles = {pair.text.country(pair.a.code): SUBJECT, pair.text.country(pair.b.code): OBJECT}
    return Chart(
        name="cut-loss",
        title=title,
        finding=pair.told(key, values, way=way),
        draw=draw_of(intervals, rows, axis=Axis(unit="fraction"), roles=roles),
        table=Table(
            "cut-data",
            title,
            (column(pair, "label"), column(pair, "figure", kind="value"), column(pair, "group")),
            rows,
            note=pair.text("brief.cut.note"),
        ),
        origins=parts.cite(figure for figures in losses.values() for figure in figures),
    )


def _percent(pair: Pair, loss: Figure) -> Shown:
    """A loss with two decimals: the width of its interval is that of the elasticities, not of rounding."""
    return Shown(loss, pair.text.percent(loss.value, digits=2))


def _row(pair: Pair, way: tuple[str, str], figure: Figure) -> dict[str, Any]:
    name = pair.text.country(way[0])
    if figure.measure == MEASURE_WITHOUT_LINKS:
        what = pair.text("brief.cut.without_links")
    else:
        what = figure.note or pair.text("brief.cut.with_links")
    return {
        "label": f"{name}: {what}",
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "group": name,
        "figure": figure,
    }


def _table(pair: Pair, way: tuple[str, str]) -> Table:
    rows = [
        {**row, "sector": sector_name(pair, str(row["sector"]))} for row in first_look_by_sector(*way)[:MOST_SECTORS]
    ]
    return Table(
        f"cut-{way[0].lower()}",
        pair.say("cut.sectors", way),
        (
            column(pair, "sector"),
            column(pair, "share_of_spending", kind="percent"),
            column(pair, "loss", kind="percent", digits=2),
        ),
        rows,
    )
