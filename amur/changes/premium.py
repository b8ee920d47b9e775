"""Price premium: did one buyer's unit values rise more than others', and more for controlled goods?

Unit values differ by quality, so levels say little; changes of the same product from the same seller to
different buyers say more. `ln u = α(product, buyer) + δ(product, time) + β · buyer · after · controlled + ε`,
with the errors of one product free to move together. Two periods are compared, so that the product and
buyer terms fall out in differences.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from amur.changes.lmdi import log_ratio
from amur.changes.problems import Problem, found, problem
from amur.errors import MeasureError

Array = NDArray[np.float64]

_MAD_TO_SIGMA = 1.4826


@dataclass(frozen=True)
class UnitValueChanges:
    """Log changes of unit values, one row a product and buyer that pass the quality filters."""

    product: tuple[str, ...]
    buyer: tuple[str, ...]
    change: Array
    value_before: Array
    kept_share: float
    problems: tuple[Problem, ...]


def unit_value_changes(
    before: Iterable[Mapping[str, Any]],
    after: Iterable[Mapping[str, Any]],
    *,
    spread: float = 3.0,
    controlled: Container[str] = frozenset(),
) -> UnitValueChanges:
    """Changes from rows (product, buyer, value, quantity, unit) of two periods.

    Left out and counted: pairs that lack a period (`incomplete`), quantities that are missing or zero,
    units that differ, and changes further from the buyer's median than `spread` robust standard deviations
    (a median over all buyers would throw out the very buyer whose prices rose, and one over all goods the
    very goods, so that `controlled` ones have a median of their own). `kept_share` is the share of the value
    of both periods that remains.
    """
    old, new = _table(before), _table(after)
    places = sorted(old.keys() | new.keys())
    total = sum(row["value"] or 0.0 for table in (old, new) for row in table.values())
    rejected: dict[str, list[str]] = defaultdict(list)
    kept, changes = [], []
    for place in places:
        defect = _defect(old.get(place), new.get(place))
        if defect:
            rejected[defect].append(f"{place[0]} to {place[1]}")
            continue
        first, last = old[place], new[place]
        kept.append(place)
        changes.append(float(log_ratio(last["value"] / last["quantity"], first["value"] / first["quantity"])))
    if not kept:
        raise MeasureError(f"No product has usable unit values in both periods ({_counts(rejected)}).")
    change = np.array(changes)
    groups = np.array([f"{buyer} {product in controlled}" for product, buyer in kept])
    inside = _inside(change, groups, spread)
    rejected["outlier"] = [f"{kept[k][0]} to {kept[k][1]}" for k in np.flatnonzero(~inside)]
    places_kept = [kept[k] for k in np.flatnonzero(inside)]
    value = sum(table[place]["value"] for table in (old, new) for place in places_kept)
    return UnitValueChanges(
        product=tuple(place[0] for place in places_kept),
        buyer=tuple(place[1] for place in places_kept),
        change=change[inside],
        value_before=np.array([old[place]["value"] for place in places_kept]),
        kept_share=float(value / total),
        problems=found(*(problem(kind, where) for kind, where in sorted(rejected.items()))),  # type: ignore[arg-type]
    )


def _inside(change: Array, group: NDArray[np.str_], spread: float) -> NDArray[np.bool_]:
    """Which changes lie near their group's median; all of them where a group's changes do not differ."""
    inside = np.ones(len(change), bool)
    for name in np.unique(group):
        rows = group == name
        distance = np.abs(change[rows] - np.median(change[rows]))
        scale = _MAD_TO_SIGMA * float(np.median(distance))
        if scale > 0:
            inside[rows] = distance <= spread * scale
    return inside


@dataclass(frozen=True)
class Premium:
    """By how much more a buyer's unit values rose than others', in logs, with a 95 % interval over products.

    `median_buyer` and `median_others` are plain ratios of unit values after over before.
    """

    value: float
    low: float
    high: float
    median_buyer: float
    median_others: float
    products: int
    kept_share: float
    problems: tuple[Problem, ...]

    @property
    def percent(self) -> float:
        """The premium as a fraction: 0.8 for prices that rose by 80 % more."""
        return float(np.expm1(self.value))


def premium(changes: UnitValueChanges, buyer: str, *, products: frozenset[str] | None = None) -> Premium:
    """The mean excess change of `buyer` over the other buyers of the same product, over `products` or all."""
    rows = _within(changes, buyer, products)
    return _premium(changes, rows, buyer, np.ones((rows.sum(), 1)), 0)


def premium_difference(changes: UnitValueChanges, buyer: str, *, controlled: frozenset[str]) -> Premium:
    """How much larger the premium is for `controlled` products than for all others: what controls add."""
    rows = _within(changes, buyer, None)
    is_controlled = np.array([name in controlled for name in np.array(changes.product)[rows]], float)
    if not 0 < is_controlled.sum() < len(is_controlled):
        raise MeasureError("A difference needs both controlled and other products with usable unit values.")
    return _premium(changes, rows, buyer, np.column_stack([is_controlled, np.ones(len(is_controlled))]), 0)


def _premium(changes: UnitValueChanges, rows: NDArray[np.bool_], buyer: str, design: Array, which: int) -> Premium:
    """Regress changes on `buyer × design` within products; errors are clustered by product."""
    product, change = np.array(changes.product)[rows], changes.change[rows]
    is_buyer = np.array(changes.buyer)[rows] == buyer
    names, group = np.unique(product, return_inverse=True)
    x = _demeaned(design * is_buyer[:, None], group)
    y = _demeaned(change[:, None], group)[:, 0]
    bread = np.linalg.inv(x.T @ x)
    coefficients = bread @ x.T @ y
    scores = np.zeros((len(names), x.shape[1]))
    np.add.at(scores, group, x * (y - x @ coefficients)[:, None])
    count = len(names)
    meat = scores.T @ scores * count / (count - 1)
    error = float(np.sqrt((bread @ meat @ bread)[which, which]))
    half = float(stdtrit(count - x.shape[1], 0.975)) * error
    value = float(coefficients[which])
    chosen = design[:, which] > 0
    return Premium(
        value=value,
        low=value - half,
        high=value + half,
        median_buyer=float(np.exp(np.median(change[is_buyer & chosen]))),
        median_others=float(np.exp(np.median(change[~is_buyer & chosen]))),
        products=count,
        kept_share=changes.kept_share,
        problems=changes.problems,
    )


def _within(changes: UnitValueChanges, buyer: str, products: frozenset[str] | None) -> NDArray[np.bool_]:
    """Rows of products that both the buyer and somebody else bought."""
    by_product: dict[str, set[str]] = defaultdict(set)
    for name, who in zip(changes.product, changes.buyer, strict=True):
        by_product[name].add(who)
    usable = {
        name
        for name, who in by_product.items()
        if buyer in who and len(who) > 1 and (products is None or name in products)
    }
    if len(usable) < 4:
        raise MeasureError(
            f"{len(usable)} products have usable unit values for {buyer} and for others. "
            "An interval needs four or more: add products or buyers."
        )
    return np.array([name in usable for name in changes.product])


def _demeaned(columns: Array, group: NDArray[np.int64]) -> Array:
    counts = np.bincount(group)
    means = np.column_stack([np.bincount(group, column) / counts for column in columns.T])
    return columns - means[group]


Place = tuple[str, str]


def _table(rows: Iterable[Mapping[str, Any]]) -> dict[Place, Mapping[str, Any]]:
    table: dict[Place, Mapping[str, Any]] = {}
    for row in rows:
        place = str(row["product"]), str(row["buyer"])
        if place in table:
            raise MeasureError(f"{place[0]} to {place[1]} is given twice in one period. Add the rows up first.")
        table[place] = row
    return table


def _defect(first: Mapping[str, Any] | None, last: Mapping[str, Any] | None) -> str | None:
    if first is None or last is None or not first["value"] or not last["value"]:
        return "incomplete"
    amounts = first.get("quantity"), last.get("quantity")
    if any(amount is None or not np.isfinite(amount) for amount in amounts):
        return "quantity_missing"
    if any(amount is not None and amount <= 0 for amount in amounts):
        return "quantity_zero"
    return "mixed_units" if first.get("unit") != last.get("unit") else None


def _counts(rejected: Mapping[str, list[str]]) -> str:
    return ", ".join(f"{kind} {len(where)}" for kind, where in sorted(rejected.items())) or "no rows"
