"""Did one buyer pay more: unit values of one seller to one buyer against others, all goods and controlled ones."""

from __future__ import annotations

import polars as pl

from amur.baskets import find_list
from amur.changes.asked.answer import Answer, Asked, Remark, Row, fraction
from amur.changes.asked.own import own_flows
from amur.changes.premium import Premium, UnitValueChanges, premium, premium_difference, unit_value_changes
from amur.errors import MeasureError, NoDataError
from amur.periods import Period


def answer(asked: Asked) -> Answer:
    """The premium that `b` pays `a` between two periods: over all goods, over those of a list, and the difference."""
    seller, buyer = asked.pair("premium")
    data = asked.table("premium")
    if asked.start is None or asked.end is None:
        raise MeasureError("A premium is a change between two periods. Name both (--from, --to).")
    table = own_flows(data).filter(pl.col("exporter") == seller)
    basket = find_list(asked.basket or "CHPL")
    controlled = frozenset(name for name in set(table["product"]) if basket.contains(name))
    changes = unit_value_changes(_rows(table, asked.start), _rows(table, asked.end), controlled=controlled)
    rows, remarks = [], []
    for goods in ("all", "listed", "difference"):
        try:
            found = _measured(changes, buyer, goods, controlled)
        except MeasureError as reason:
            remarks.append(Remark(f"no_premium_{goods}", {}, {"reason": str(reason)}, basket.code))
            continue
        rows.append(_row(goods, found))
        values = {"value": fraction(found.percent), "low": _rise(found.low), "high": _rise(found.high)}
        remarks.append(Remark(f"premium_{goods}", {"buyer": buyer}, values, basket.code if goods != "all" else ""))
    if not rows:
        raise NoDataError(f"{data.name} has too few goods with quantities from {seller} to {buyer} and to others.")
    remarks.append(Remark("kept", {}, {"share": fraction(changes.kept_share)}))
    return Answer("premium", tuple(rows), tuple(remarks), changes.problems, (f"user:{data.name}",))


def _rows(table: pl.DataFrame, period: Period) -> list[dict[str, object]]:
    """Product, buyer, value, quantity and unit of one period of the table."""
    found = table.filter(pl.col("period") == period.label)
    if found.is_empty():
        raise NoDataError(f"The table has no rows in {period.label}. Choose a period that it holds.")
    return found.select("product", buyer="importer", value="value_usd", quantity="quantity", unit="unit").to_dicts()


def _measured(changes: UnitValueChanges, buyer: str, goods: str, controlled: frozenset[str]) -> Premium:
    if goods == "all":
        return premium(changes, buyer)
    if goods == "listed":
        return premium(changes, buyer, products=controlled)
    return premium_difference(changes, buyer, controlled=controlled)


def _row(goods: str, found: Premium) -> Row:
    return {
        "goods": goods,
        "log_premium": found.value,
        "low": found.low,
        "high": found.high,
        "premium": found.percent,
        "median_buyer": found.median_buyer,
        "median_others": found.median_others,
        "products": found.products,
        "kept_share": found.kept_share,
    }


def _rise(logarithm: float) -> object:
    """A log premium as a fraction: 0.8 for prices that rose by 80 % more."""
    from math import expm1

    return fraction(expm1(logarithm))
