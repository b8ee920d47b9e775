"""What went missing between two reports of the same trade: listed goods, their unlisted neighbours, the difference."""

from __future__ import annotations

import polars as pl

from amur.baskets import find_list
from amur.changes.asked.answer import Answer, Asked, Remark, Row, fraction
from amur.changes.asked.own import own_reports
from amur.changes.monthly import Monthly, month_number, monthly
from amur.changes.problems import Problem, found, problem
from amur.changes.rerouted import first_event
from amur.changes.rerouting import Gap, mirror_gap, misclassification
from amur.codes import Basket
from amur.errors import FlowsError, MeasureError, NoDataError
from amur.periods import Period

_HEADING = 4


def answer(asked: Asked) -> Answer:
    """Gaps of every route of `a` in a table of both sides' monthly reports, since the month of `asked.start`.

    With `b`, the event is by default the first sanctions on it, and it is no route. Unlisted goods are those
    under the headings of listed ones: goods declared as a harmless neighbour turn up there.
    """
    data = asked.table("gaps")
    table = own_reports(data).filter(pl.col("exporter") == asked.a)
    if table.is_empty():
        raise NoDataError(f"{data.name} has no reports of exports from {asked.a}. Check the code.")
    if other := sorted(label for label in set(table["period"]) if Period.parse(label).months != 1):
        raise FlowsError(f"{data.name}: {len(other)} periods are no months ({', '.join(other[:5])}). Give months.")
    if asked.start is None and not asked.b:
        raise MeasureError("A gap widens at an event. Name its month (--from), or the sanctioned country.")
    event = month_number(asked.start or first_event(*asked.pair("gaps")))
    basket = find_list(asked.basket or "CHPL")
    rows: list[Row] = []
    refused: list[str] = []
    problems: list[Problem] = []
    for importer in sorted(set(table["importer"]) - {asked.b}):
        try:
            listed, rest = _gaps(table.filter(pl.col("importer") == importer), basket, event)
        except (MeasureError, FlowsError) as reason:
            refused.append(f"{importer}: {reason}")
            continue
        rows.append(_row(importer, listed, rest))
        problems += listed.problems
    if not rows:
        raise NoDataError(f"{data.name} has no route with reports of both sides. " + (refused[0] if refused else ""))
    rows.sort(key=lambda row: -float(str(row["gap"])))
    problems += found(problem("refused", refused))
    return Answer("gaps", tuple(rows), (_remark(asked.a, rows),), tuple(problems), (f"user:{data.name}",))


def _gaps(route: pl.DataFrame, basket: Basket, event: int) -> tuple[Gap, Gap | None]:
    """The gap of listed goods, and of unlisted ones under the same headings; None where there are none."""
    listed = {name for name in route["product"] if basket.contains(name)}
    headings = {name[:_HEADING] for name in listed}
    beside = {name for name in route["product"] if name[:_HEADING] in headings} - listed
    gap = mirror_gap(*_sides(route, listed), event=event)
    return gap, mirror_gap(*_sides(route, beside), event=event) if beside else None


def _sides(route: pl.DataFrame, products: set[str]) -> tuple[Monthly, Monthly]:
    """Both reports by month; a month without a report of a side is a zero there, counted by the gap."""
    rows = route.filter(pl.col("product").is_in(sorted(products)))
    months = sorted(set(route["period"]))
    sides = []
    for column in ("reported_by_exporter", "reported_by_importer"):
        sums = dict(rows.group_by("period").agg(pl.col(column).sum()).iter_rows())
        sides.append(monthly(column, [(month, sums.get(month, 0.0)) for month in months]))
    return sides[0], sides[1]


def _row(importer: str, listed: Gap, rest: Gap | None) -> Row:
    moved = misclassification(listed, rest) if rest else None
    return {
        "importer": importer,
        "gap": listed.gap,
        "low": listed.low,
        "high": listed.high,
        "lost": listed.lost,
        "beyond_noise": listed.is_beyond_noise,
        "unlisted_gap": rest.gap if rest else None,
        "misclassified": moved.gap if moved else None,
        "misclassified_low": moved.low if moved else None,
        "misclassified_high": moved.high if moved else None,
    }


def _remark(exporter: str, rows: list[Row]) -> Remark:
    """The route on which most went missing."""
    first = rows[0]
    beyond = sum(bool(row["beyond_noise"]) for row in rows)
    values = {"lost": fraction(float(str(first["lost"]))), "n": beyond, "tried": len(rows)}
    return Remark("gaps", {"exporter": exporter, "importer": str(first["importer"])}, values)
