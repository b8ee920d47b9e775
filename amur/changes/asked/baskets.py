"""Exports of listed goods, list by list and tier by tier, after over before; and the span over the lists."""

from __future__ import annotations

from amur import codes
from amur.baskets import convert, tiers_of
from amur.changes.asked.answer import Answer, Asked, Number, Remark, Row
from amur.changes.asked.own import months_of, own_pair
from amur.changes.asked.rerouting import own_route
from amur.changes.problems import found, problem
from amur.changes.rerouted import Route, basket_products, comparable_ratio, route
from amur.errors import CodeError, NoDataError


def answer(asked: Asked) -> Answer:
    """One row for every list and tier that has goods in the table of exports from `a` to `b`.

    `refused` counts codes of six digits that do not exist in HS2017, and are never mapped to another.
    """
    exporter, importer = asked.pair("baskets")
    if asked.data is not None:
        months_of(own_pair(asked.data, exporter, importer), asked.data)
    rows: list[Row] = []
    empty: list[str] = []
    for basket in (item for whole in codes.baskets() for item in (whole, *tiers_of(whole))):
        one = _route(asked, exporter, importer, basket)
        if one is None or not one.listed_before:
            empty.append(basket.code)
            continue
        rows.append(_row(asked, basket, one))
    if not rows:
        raise NoDataError(f"No list has goods in the table of exports from {exporter} to {importer}.")
    whole = [float(str(row["ratio"])) for row in rows if "/" not in str(row["basket"])]
    values = {"low": Number(min(whole)), "high": Number(max(whole)), "n": len(whole)}
    remark = Remark("baskets", {"exporter": exporter, "importer": importer}, values)
    return Answer("baskets", tuple(rows), (remark,), found(problem("empty_list", empty)), _origins(asked))


def _route(asked: Asked, exporter: str, importer: str, basket: codes.Basket) -> Route | None:
    if asked.data is None:
        return route(exporter, importer, basket=basket.code) if basket_products(basket) else None
    try:
        return own_route(asked.data, exporter, importer, basket=basket)
    except NoDataError:
        # No goods on this list, or none beside it: the list is counted as empty.
        return None


def _row(asked: Asked, basket: codes.Basket, one: Route) -> Row:
    try:
        held = convert(basket, "HS2017")
        refused: int | None = len(held.refused)
    except CodeError:
        refused = None
    comparable = comparable_ratio(one.exporter, one.importer, basket=basket.code) if asked.data is None else None
    return {
        "basket": basket.code,
        "version": basket.version,
        "codes": len(basket.codes),
        "refused": refused,
        "before": one.before.label,
        "after": one.after.label,
        "listed_before": one.listed_before,
        "listed_after": one.listed_after,
        "ratio": one.ratio,
        "comparable_ratio": comparable,
        "untouched_ratio": one.control_ratio,
    }


def _origins(asked: Asked) -> tuple[str, ...]:
    return ("eurostat-cn8", "eurostat-total-hs27") if asked.data is None else (f"user:{asked.data.name}",)
