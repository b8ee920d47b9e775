"""Listed goods on every route to a sanctioned country: growth beside untouched goods, excess, bounds of transit."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from amur import codes
from amur.baskets import find_list
from amur.changes.asked.answer import Answer, Asked, Number, Remark, Row, fraction, money
from amur.changes.asked.own import months_of, own_flows
from amur.changes.diversion import TradeChange, replacement
from amur.changes.monthly import Monthly, month_number, monthly
from amur.changes.problems import Problem, found, problem
from amur.changes.rerouted import (
    BASKET,
    Rerouting,
    Route,
    all_routes,
    first_event,
    placebos,
    ratio_over_baskets,
    redirected,
    route,
)
from amur.changes.rerouting import excess_exports, transit_bounds
from amur.errors import AmurError, FlowsError, MeasureError, NoDataError
from amur.periods import Period

_ORIGINS = ("eurostat-cn8", "eurostat-total-hs27")
_NARROW = ("importer", "before", "after", "ratio", "ratio_low", "ratio_high", "untouched_ratio")


def answer(asked: Asked) -> Answer:
    """Exports of `a` to the neighbours of `b`: one row a route, the largest upper bound of transit first.

    With an own table of months by product, listed goods are those of `asked.basket`, untouched goods all
    others of the table; what a neighbour sends on to `b` gives the lower bound.
    """
    exporter, final = asked.pair("rerouting")
    if asked.data is not None:
        return _own(asked, asked.data, exporter, final)
    basket = asked.basket or BASKET
    routes = all_routes(exporter, final=final, basket=basket)
    rows: list[Row] = [_row(item) | _over_lists(exporter, item.route.importer) for item in routes.found]
    direct = route(exporter, final, basket=basket)
    empty = dict.fromkeys(name for name in rows[0] if name not in _base(direct)) if rows else {}
    rows.append(empty | _base(direct) | _over_lists(exporter, final))
    rates = placebos(exporter, final=final)
    moved = redirected(exporter, final, basket=basket)
    remarks = [
        _bounds(routes.found, exporter, final, "EUR"),
        Remark("redirected", {"final": final}, {"ratio": Number(moved.total, 2), "share": fraction(moved.replaced)}),
        *(
            Remark(f"placebo_{name}", {}, {"n": rate.found, "tried": rate.tried, "nominal": fraction(rate.nominal)})
            for name, rate in rates.items()
        ),
    ]
    problems = found(problem("refused", [f"{name}: {reason}" for name, reason in routes.refused.items()]))
    return Answer("rerouting", tuple(rows), tuple(remarks), (*moved.problems, *problems), _ORIGINS, _NARROW)


def _bounds(items: tuple[Rerouting, ...], exporter: str, final: str, currency: str) -> Remark:
    low, high = (sum(getattr(item.transit, side) for item in items) for side in ("low", "high"))
    places = {"exporter": exporter, "final": final}
    known = any(item.transit.has_lower for item in items)
    values: dict[str, object] = {"high": money(high, currency), "n": len(items)}
    if known:
        values["low"] = money(low, currency)
    return Remark("transit" if known else "transit_upper", places, values)


def _base(one: Route) -> dict[str, object]:
    return {
        "importer": one.importer,
        "before": one.before.label,
        "after": one.after.label,
        "listed_before": one.listed_before,
        "listed_after": one.listed_after,
        "ratio": one.ratio,
        "untouched_ratio": one.control_ratio,
        "ratio_to_control": one.ratio_to_control,
    }


def _row(item: Rerouting) -> dict[str, object]:
    controlled = item.controlled()
    span = controlled.excess_interval if controlled else None
    return _base(item.route) | {
        "since": item.event.label,
        "excess": controlled.excess if controlled else None,
        "excess_low": span.low if span else None,
        "excess_high": span.high if span else None,
        "beyond_noise": controlled.is_beyond_noise if controlled else None,
        "transit_low": item.transit.low,
        "transit_high": item.transit.high,
    }


def _over_lists(exporter: str, importer: str) -> dict[str, object]:
    span = ratio_over_baskets(exporter, importer).span
    return {"ratio_low": span.low, "ratio_high": span.high}


# ── the user's own table ────────────────────────────────────────────────────────────────────────


def own_route(data: Path, exporter: str, importer: str, *, basket: codes.Basket) -> Route:
    """Listed and untouched goods of the table from one place to another, its last months and the year before."""
    months = months_of(own_flows(data), data)
    listed = _series(data, exporter, importer, basket, months, inside=True)
    rest = _series(data, exporter, importer, basket, months, inside=False)
    last = Period.parse(months[-1]).start
    after = Period.year_to_date(last.year, last.month)
    before = after.shift_years(-1)
    return Route(
        exporter,
        importer,
        basket.code,
        before,
        after,
        listed,
        rest,
        listed.sum_of(before),
        listed.sum_of(after),
        rest.sum_of(before),
        rest.sum_of(after),
    )


def _series(
    data: Path, exporter: str, importer: str, basket: codes.Basket, months: list[str], *, inside: bool
) -> Monthly:
    """Months in which the table has rows of others only are months without trade in these goods."""
    table = own_flows(data).filter((pl.col("exporter") == exporter) & (pl.col("importer") == importer))
    products = [name for name in table["product"].unique() if basket.contains(name) == inside]
    rows = table.filter(pl.col("product").is_in(products))
    if rows.is_empty():
        kind = "goods on the list" if inside else "goods beside the list"
        raise NoDataError(f"{data.name} has no {kind} {basket.code} from {exporter} to {importer}.")
    if missing := rows["value_usd"].null_count():
        raise FlowsError(f"{missing} rows of {data.name} have no value in dollars, for want of a rate.")
    sums = dict(rows.group_by("period").agg(pl.col("value_usd").sum()).iter_rows())
    return monthly(f"{exporter} to {importer}", [(month, sums.get(month, 0.0)) for month in months])


def _own(asked: Asked, data: Path, exporter: str, final: str) -> Answer:
    basket = find_list(asked.basket or "CHPL")
    event = asked.start or first_event(exporter, final)
    buyers = own_flows(data).filter((pl.col("exporter") == exporter) & (pl.col("importer") != final))["importer"]
    judged, refused = [], []
    for via in sorted(set(buyers)):
        try:
            judged.append(_own_rerouting(data, exporter, via, final=final, basket=basket, event=event))
        except (MeasureError, FlowsError, NoDataError) as reason:
            refused.append(f"{via}: {reason}")
    if not judged:
        raise NoDataError(f"{data.name} has no route that can be judged. " + (refused[0] if refused else ""))
    judged.sort(key=lambda item: -item.transit.high)
    remarks = [_bounds(tuple(judged), exporter, final, "USD")]
    remarks += _own_redirected(data, exporter, final, basket=basket, after=judged[0].route.after)
    problems: tuple[Problem, ...] = found(problem("refused", refused))
    return Answer("rerouting", tuple(_row(item) for item in judged), tuple(remarks), problems, (f"user:{data.name}",))


def _own_rerouting(
    data: Path, exporter: str, via: str, *, final: str, basket: codes.Basket, event: Period
) -> Rerouting:
    one = own_route(data, exporter, via, basket=basket)
    number = month_number(event)
    excess = excess_exports(via, one.listed, event=number, control=one.control)
    onward = None
    try:
        leaving = _series(data, via, final, basket, months_of(own_flows(data), data), inside=True)
        onward = excess_exports(via, leaving, event=number).interval
    except AmurError:
        # What leaves is not in the table: the lower bound is then zero, and the answer says so.
        onward = None
    return Rerouting(one, event, excess, transit_bounds(excess.interval, onward))


def _own_redirected(data: Path, exporter: str, final: str, *, basket: codes.Basket, after: Period) -> list[Remark]:
    """Listed goods, product by product: the rise to all others over the fall to the final country."""
    table = own_flows(data).filter(pl.col("exporter") == exporter)
    table = table.filter(pl.col("product").is_in([name for name in table["product"].unique() if basket.contains(name)]))
    products = tuple(sorted(set(table["product"])))

    def change(*, to_final: bool) -> TradeChange:
        sides = []
        for span in (after.shift_years(-1), after):
            months = [month.label for month in span.split_months()]
            side = (pl.col("importer") == final) == to_final
            rows = table.filter(side & pl.col("period").is_in(months))
            sums = dict(rows.group_by("product").agg(pl.col("value_usd").sum()).iter_rows())
            sides.append([sums.get(name, 0.0) for name in products])
        return TradeChange.of(*sides)

    try:
        moved = replacement(change(to_final=True), change(to_final=False), products=products)
    except MeasureError:
        return []
    return [
        Remark("redirected", {"final": final}, {"ratio": Number(moved.total, 2), "share": fraction(moved.replaced)})
    ]
