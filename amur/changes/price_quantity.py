"""Price, quantity, mix, entry and exit: the split of a change in value between two periods.

LMDI-I is the default, since it is exact and even-handed; Fisher stands beside it. Prices here are unit
values, value over quantity, which suits crude oil and coal and misleads for machines. What carries no
usable quantity is kept as its own part, so that the parts always add up to the change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from amur.changes.index_numbers import IndexNumbers, index_numbers
from amur.changes.lmdi import contributions, span_over_orders
from amur.changes.problems import Problem, found, problem
from amur.errors import FlowsError

Array = NDArray[np.float64]
Cause = Literal["price", "quantity", "mix", "entry", "exit", "unsplit"]
CAUSES: tuple[Cause, ...] = ("price", "quantity", "mix", "entry", "exit", "unsplit")

# HS chapters of goods too varied for unit values: machinery, electronics, vehicles, aircraft, ships, instruments.
HETEROGENEOUS_CHAPTERS = ("84", "85", "86", "87", "88", "89", "90")


def is_heterogeneous(product: str) -> bool:
    """Whether an HS code lies in a chapter whose unit values say little about prices."""
    return product.isdigit() and product[:2] in HETEROGENEOUS_CHAPTERS


@dataclass(frozen=True)
class GoodsChange:
    """The same goods in two periods: arrays are `[product]`, values in one currency, quantities in `units`.

    A quantity is NaN where it is not known, and a unit is empty then. Amounts add up within one unit and one
    group, such as coals: a tonne of coal is no tonne of crude. `problems` says what could not be used.
    """

    products: tuple[str, ...]
    value_before: Array
    value_after: Array
    quantity_before: Array
    quantity_after: Array
    units: tuple[str, ...]
    groups: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class CausePart:
    """One cause of a change: its size, and the span over all orders in which the factors could have moved."""

    cause: Cause
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class ValueSplit:
    """The change in value, its causes by product `[cause, product]` in order of `CAUSES`, and the cross-check."""

    goods: GoodsChange
    by_product: Array
    is_split: NDArray[np.bool_]
    span: dict[Cause, tuple[float, float]]
    fisher: IndexNumbers | None

    @property
    def change(self) -> float:
        """Value after minus value before."""
        return float(self.goods.value_after.sum() - self.goods.value_before.sum())

    @cached_property
    def parts(self) -> tuple[CausePart, ...]:
        """One part a cause; they sum to `change`."""
        totals = {cause: float(row.sum()) for cause, row in zip(CAUSES, self.by_product, strict=True)}
        return tuple(CausePart(cause, totals[cause], *self._bounds(cause, totals[cause])) for cause in CAUSES)

    @property
    def coverage(self) -> float:
        """Share of the values of both periods that could be split, as a fraction; NaN where all values are 0."""
        weights = self.goods.value_before + self.goods.value_after
        return float(weights[self.is_split].sum() / weights.sum()) if weights.sum() else np.nan

    @property
    def split_products(self) -> tuple[str, ...]:
        """The goods that could be split."""
        return tuple(name for name, split in zip(self.goods.products, self.is_split, strict=True) if split)

    @property
    def heterogeneous_share(self) -> float:
        """Share of the split value in HS chapters for which unit values are poor prices; NaN if none is split."""
        weights = np.where(self.is_split, self.goods.value_before + self.goods.value_after, 0.0)
        varied = np.array([is_heterogeneous(name) for name in self.goods.products], bool)
        return float(weights[varied].sum() / weights.sum()) if weights.sum() else np.nan

    @property
    def signs_differ(self) -> bool:
        """Whether LMDI and Fisher disagree about the direction of the price or of the volume part."""
        if self.fisher is None:
            return False
        value = {part.cause: part.value for part in self.parts}
        volume = value["quantity"] + value["mix"]
        return _opposed(value["price"], self.fisher.price_part) or _opposed(volume, self.fisher.volume_part)

    def _bounds(self, cause: Cause, value: float) -> tuple[float, float]:
        low, high = self.span.get(cause, (value, value))
        return min(low, value), max(high, value)


def _opposed(one: float, other: float) -> bool:
    """Whether two changes go in opposite directions; nothing is opposed to no change."""
    return min(one, other) < 0 < max(one, other)


def match_goods(
    before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]], *, period_before: str, period_after: str
) -> GoodsChange:
    """Two lists of rows (product, value, quantity, unit and perhaps group) side by side, product by product.

    A product that is absent from one list was not traded then. Values that are missing or negative
    take the product out of both periods; a missing or zero quantity, or another unit than in the other
    period, leaves the product unsplit. All of these are counted in `problems`; nothing is filled in.
    """
    lists = {period_before: _by_product(before, period_before), period_after: _by_product(after, period_after)}
    if len(lists) < 2:
        raise FlowsError(f"Both periods are {period_before}, so nothing can have changed. Give two different periods.")
    for when, rows in lists.items():
        if not rows:
            raise FlowsError(
                f"There are no rows for {when}, so nothing can be compared. Give two periods that both have data."
            )
    missing = [(name, when) for when, rows in lists.items() for name, row in rows.items() if not _known(row["value"])]
    negative = [(name, when) for when, rows in lists.items() for name, row in rows.items() if _negative(row["value"])]
    unusable = {name for name, _ in missing + negative}
    names = tuple(sorted({name for rows in lists.values() for name in rows} - unusable))
    old, new = (_side(names, rows) for rows in lists.values())
    problems = [
        problem("value_missing", [f"{name} {when}" for name, when in missing]),
        problem("value_negative", [f"{name} {when}" for name, when in negative]),
        *_quantity_problems(names, old, period_before),
        *_quantity_problems(names, new, period_after),
        _unit_problem(names, old, new),
    ]
    units = tuple(a or b for a, b in zip(old.units, new.units, strict=True))
    groups = tuple(a or b for a, b in zip(old.groups, new.groups, strict=True))
    return GoodsChange(names, old.value, new.value, old.quantity, new.quantity, units, groups, found(*problems))


def split_value(goods: GoodsChange) -> ValueSplit:
    """Split the change in value into price, quantity, mix, entry, exit and what cannot be split.

    Quantity is the change of the total amount at given mix and prices, mix that of the products'
    shares in the amount, price that of unit values. Amounts add up within one unit and group only, so
    tonnes and pieces have a quantity and a mix part each. Exact: the parts sum to the change in value.
    Method: LMDI-I; the span is over all orders of change (own derivation).
    """
    old, new = goods.value_before, goods.value_after
    amount_old, amount_new = goods.quantity_before, goods.quantity_after
    continuing = (old > 0) & (new > 0)
    usable = continuing & (amount_old > 0) & (amount_new > 0) & (np.array(goods.units, dtype=object) != "")
    by_product = np.zeros((len(CAUSES), len(goods.products)))
    span = {cause: np.zeros(2) for cause in ("price", "quantity", "mix")}
    kinds = list(zip(goods.units, goods.groups, strict=True))
    for kind in sorted({kinds[k] for k in np.flatnonzero(usable)}):
        group = usable & np.array([item == kind for item in kinds])
        before, after = _factors(old[group], amount_old[group]), _factors(new[group], amount_new[group])
        quantity, mix, price = contributions(before, after)
        for cause, row in (("quantity", quantity), ("mix", mix), ("price", price)):
            by_product[CAUSES.index(cause), group] = row
        orders = span_over_orders(before, after)
        for k, cause in enumerate(("quantity", "mix", "price")):
            span[cause] += (orders.low[k], orders.high[k])
    by_product[CAUSES.index("entry")] = np.where(old == 0, new, 0)
    by_product[CAUSES.index("exit")] = np.where(new == 0, -old, 0)
    by_product[CAUSES.index("unsplit")] = np.where(continuing & ~usable, new - old, 0)
    bounds: dict[Cause, tuple[float, float]] = {
        "price": (float(span["price"][0]), float(span["price"][1])),
        "quantity": (float(span["quantity"][0]), float(span["quantity"][1])),
        "mix": (float(span["mix"][0]), float(span["mix"][1])),
    }
    is_split = usable | (old == 0) | (new == 0)
    return ValueSplit(goods, by_product, is_split, bounds, _fisher(goods, usable))


def _factors(value: Array, quantity: Array) -> Array:
    """Total amount, share in it, and unit value: `[3, product]`; their product is the value."""
    total = quantity.sum()
    return np.array([np.full(len(value), total), quantity / total, value / quantity])


def _fisher(goods: GoodsChange, usable: NDArray[np.bool_]) -> IndexNumbers | None:
    if not usable.any():
        return None
    return index_numbers(
        goods.value_before[usable],
        goods.value_after[usable],
        quantity_before=goods.quantity_before[usable],
        quantity_after=goods.quantity_after[usable],
    )


def _by_product(rows: Iterable[Mapping[str, Any]], when: str) -> dict[str, Mapping[str, Any]]:
    table: dict[str, Mapping[str, Any]] = {}
    twice: list[str] = []
    for row in rows:
        name = str(row["product"])
        if name in table:
            twice.append(name)
        table[name] = row
    if twice:
        raise FlowsError(
            f"{len(twice)} rows repeat a product in {when}: {', '.join(twice[:5])}. Add them up or remove the copies."
        )
    return table


@dataclass(frozen=True)
class _Side:
    """One period's values, quantities and units in the order of the matched products."""

    value: Array
    quantity: Array
    units: tuple[str, ...]
    groups: tuple[str, ...]


def _side(names: tuple[str, ...], rows: Mapping[str, Mapping[str, Any]]) -> _Side:
    return _Side(
        np.array([float(rows[name]["value"]) if name in rows else 0.0 for name in names]),
        np.array([_number(rows[name].get("quantity")) if name in rows else np.nan for name in names]),
        *(tuple(str(rows[name].get(key) or "") if name in rows else "" for name in names) for key in ("unit", "group")),
    )


def _quantity_problems(names: tuple[str, ...], side: _Side, when: str) -> list[Problem]:
    """Problems of one period, counted among goods with a value; a quantity that is not positive is set unknown."""
    traded = side.value > 0
    missing, zero = traded & np.isnan(side.quantity), traded & (side.quantity <= 0)
    side.quantity[zero] = np.nan
    return [
        problem("quantity_missing", _places(names, missing, when), _share(side.value, missing)),
        problem("quantity_zero", _places(names, zero, when), _share(side.value, zero)),
    ]


def _unit_problem(names: tuple[str, ...], old: _Side, new: _Side) -> Problem:
    """Goods whose two quantities are in different units; both quantities are set unknown."""
    differ = np.array([a != b for a, b in zip(old.units, new.units, strict=True)], bool)
    differ &= ~np.isnan(old.quantity) & ~np.isnan(new.quantity)
    old.quantity[differ] = np.nan
    new.quantity[differ] = np.nan
    places = [f"{names[k]} ({old.units[k]}, {new.units[k]})" for k in np.flatnonzero(differ)]
    return problem("mixed_units", places, _share(old.value + new.value, differ))


def _places(names: tuple[str, ...], mask: NDArray[np.bool_], when: str) -> list[str]:
    return [f"{names[k]} {when}" for k in np.flatnonzero(mask)]


def _share(value: Array, mask: NDArray[np.bool_]) -> float | None:
    return float(value[mask].sum() / value.sum()) if value.sum() else None


def _known(value: Any) -> bool:
    return value is not None and bool(np.isfinite(value))


def _negative(value: Any) -> bool:
    return _known(value) and value < 0


def _number(value: Any) -> float:
    return float(value) if _known(value) else np.nan
