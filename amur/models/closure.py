"""Trade deficits after the shock, by closure; `earned` is value added plus tax revenue, `[region]`.

fixed, component_balanced   I[n] = earned[n] + D[n]
share_of_income             I[n] = lambda_C (1 + d[n]) earned[n],   d = D / earned in the baseline,
                            lambda_C such that deficits of the component C of the trade graph sum to zero
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from amur.economy.baseline import Economy, FloatArray
from amur.models.shock import Closure

IntArray = np.ndarray[tuple[int], np.dtype[np.intp]]


class DeficitRule(Protocol):
    """How income follows from what each region earns."""

    def income(self, earned: FloatArray) -> FloatArray:
        """What each region spends on final goods."""
        ...


@dataclass(frozen=True)
class FixedDeficit:
    """Deficits that keep their value in units of world value added."""

    deficit: FloatArray

    def income(self, earned: FloatArray) -> FloatArray:
        """Earnings and deficit."""
        return earned + self.deficit


@dataclass(frozen=True)
class ProportionalDeficit:
    """Spending in proportion to earnings, scaled by one factor in each component of the trade graph."""

    ratio: FloatArray
    component: IntArray

    def income(self, earned: FloatArray) -> FloatArray:
        """Earnings times the baseline ratio, scaled so that each component spends what it earns."""
        wanted = self.ratio * earned
        scale = np.bincount(self.component, weights=earned) / np.bincount(self.component, weights=wanted)
        return scale[self.component] * wanted


def deficit_rule(economy: Economy, closure: Closure, component: IntArray) -> DeficitRule:
    """The rule of a closure; `component` labels each region's component of the trade graph after the shock."""
    deficit = economy.deficit
    if closure == "share_of_income":
        return ProportionalDeficit(economy.income / (economy.income - deficit), component)
    if closure == "component_balanced":
        deficit = spread_within(economy, component)
    return FixedDeficit(deficit)


def spread_within(economy: Economy, component: IntArray) -> FloatArray:
    """Deficits that sum to zero in each component: what is left over is spread in proportion to value added."""
    surplus = np.bincount(component, weights=economy.deficit) / np.bincount(component, weights=economy.va)
    return economy.deficit - surplus[component] * economy.va
