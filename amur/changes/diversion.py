"""Diversion: how much of a trade that fell was replaced by another supplier, or went to another buyer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amur.changes.problems import Problem, found, problem
from amur.errors import MeasureError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class TradeChange:
    """A trade before and after, `[product]` in one currency."""

    before: Array
    after: Array

    @classmethod
    def of(cls, before: ArrayLike, after: ArrayLike) -> TradeChange:
        """From two arrays or lists, checked to match and to hold values that are not negative."""
        old, new = np.atleast_1d(np.asarray(before, float)), np.atleast_1d(np.asarray(after, float))
        if old.shape != new.shape:
            raise MeasureError(f"Before {old.shape} and after {new.shape} differ in shape. Match the products.")
        bad = np.flatnonzero(~((old >= 0) & (new >= 0) & np.isfinite(old + new)))
        if bad.size:
            raise MeasureError(
                f"{bad.size} products have a value that is missing or negative (first at position {bad[0]}: "
                f"{old[bad[0]]}, {new[bad[0]]}). Leave them out."
            )
        return cls(old, new)


@dataclass(frozen=True)
class Replacement:
    """Replacement product by product: `lost` and `gained` in the currency, `ratio` NaN where nothing was lost.

    `total` is the sum gained over the sum lost, over products with a loss beyond noise; `replaced` the
    same with every product's gain held between nothing and its loss. `low` and `high` leave out one
    product at a time: a wide span means that one product makes the result.
    """

    lost: Array
    gained: Array
    ratio: Array
    total: float
    replaced: float
    low: float
    high: float
    problems: tuple[Problem, ...]


def replacement(
    fallen: TradeChange, risen: TradeChange, *, noise: float = 0.1, products: tuple[str, ...] = ()
) -> Replacement:
    """`(gain of the other) / (loss of the one)`, product by product and in total.

    A fall smaller than `noise` (as a fraction of the value before) is no loss: the ratio over it would
    be noise over noise. Such products are counted and left out of the totals.
    """
    if fallen.before.shape != risen.before.shape:
        raise MeasureError(f"{fallen.before.size} products fell and {risen.before.size} rose. Match the products.")
    lost, gained = fallen.before - fallen.after, risen.after - risen.before
    usable = lost > noise * fallen.before
    if not usable.any():
        raise MeasureError(f"No product fell by more than {noise:.0%}, so nothing was there to be replaced.")
    names = products or tuple(str(k) for k in range(len(lost)))
    share = float(fallen.before[~usable].sum() / fallen.before.sum())
    small = problem("too_small", [names[k] for k in np.flatnonzero(~usable)], share)
    ratio = np.divide(gained, lost, where=usable, out=np.full(len(lost), np.nan))
    losses, gains = lost[usable], gained[usable]
    total = float(gains.sum() / losses.sum())
    without = [total]
    if len(losses) > 1:
        without += [*((gains.sum() - gains) / (losses.sum() - losses))]
    return Replacement(
        lost=lost,
        gained=gained,
        ratio=ratio,
        total=total,
        replaced=float(np.clip(gains, 0, losses).sum() / losses.sum()),
        low=float(min(without)),
        high=float(max(without)),
        problems=found(small),
    )
