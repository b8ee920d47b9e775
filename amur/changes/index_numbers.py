"""Price and quantity index numbers: Laspeyres, Paasche, Fisher, Törnqvist, for goods traded in both periods.

Source: International Monetary Fund and others (2009), "Export and Import Price Index Manual", chapters 15 to 17.
Unit values stand in for prices. That suits homogeneous goods; the same manual calls unit-value indices of
heterogeneous goods "not price indices".
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amur.changes.lmdi import log_mean
from amur.errors import FlowsError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class IndexNumbers:
    """Price and quantity relatives between two periods (1 = unchanged), and the change in value they split."""

    price_laspeyres: float
    price_paasche: float
    price_fisher: float
    price_tornqvist: float
    quantity_fisher: float
    value_before: float
    value_after: float

    @property
    def price_part(self) -> float:
        """What prices add to the change in value by Fisher, in its currency."""
        return float(log_mean(self.value_after, self.value_before)) * math.log(self.price_fisher)

    @property
    def volume_part(self) -> float:
        """What quantities and their mix add to the change in value by Fisher, in its currency."""
        return float(log_mean(self.value_after, self.value_before)) * math.log(self.quantity_fisher)


def index_numbers(
    value_before: ArrayLike, value_after: ArrayLike, *, quantity_before: ArrayLike, quantity_after: ArrayLike
) -> IndexNumbers:
    """Index numbers of one set of goods; all four arrays are `[product]` and positive throughout.

    Fisher's price times Fisher's quantity index is the value ratio exactly.
    """
    old, new = np.asarray(value_before, float), np.asarray(value_after, float)
    amount_old, amount_new = np.asarray(quantity_before, float), np.asarray(quantity_after, float)
    _check_positive({"value": old, "later value": new, "quantity": amount_old, "later quantity": amount_new})
    price_old, price_new = old / amount_old, new / amount_new
    laspeyres = float((price_new * amount_old).sum() / old.sum())
    paasche = float(new.sum() / (price_old * amount_new).sum())
    fisher = math.sqrt(laspeyres * paasche)
    weights = (old / old.sum() + new / new.sum()) / 2
    return IndexNumbers(
        price_laspeyres=laspeyres,
        price_paasche=paasche,
        price_fisher=fisher,
        price_tornqvist=float(np.exp((weights * np.log(price_new / price_old)).sum())),
        quantity_fisher=float(new.sum() / old.sum()) / fisher,
        value_before=float(old.sum()),
        value_after=float(new.sum()),
    )


def _check_positive(arrays: dict[str, Array]) -> None:
    for name, array in arrays.items():
        if not array.size:
            raise FlowsError("Index numbers need at least one good that is traded in both periods.")
        bad = np.flatnonzero(~(array > 0))
        if bad.size:
            raise FlowsError(
                f"{bad.size} goods have no positive {name} (first at position {bad[0]}: {array[bad[0]]}). "
                "Leave them out, or count them as entry, exit or unsplit."
            )
