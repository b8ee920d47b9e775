"""Gradients: how any outcome of an equilibrium moves with every trade cost, duty, productivity and elasticity.

    slope = gradient(equilibrium, RealIncome(("RUS",)))
    slope.cost[i, n, s]      d outcome / d log of the cost of shipping s from i to n

One linear solve serves all parameters at once (see `reverse`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from amur.adjoint.linear import solve_linear
from amur.adjoint.outcomes import (
    FlowValue,
    NominalIncome,
    RealIncome,
    SectorPrice,
    Target,
    TariffRevenue,
    flow_weights,
    seeds_of,
    value_of,
)
from amur.adjoint.reverse import ReverseMap, Weights, join_weights, reverse_map
from amur.economy.baseline import FloatArray
from amur.models.shock import LongRun
from amur.solver import Equilibrium, one_thread

__all__ = [
    "FlowValue",
    "Gradient",
    "NominalIncome",
    "RealIncome",
    "SectorPrice",
    "Target",
    "TariffRevenue",
    "exporter_sums",
    "gradient",
    "gradients",
    "value_of",
    "weights_of",
]

RTOL = 1e-11
"""Relative tolerance of the linear solve, well below the 1e-8 that gradients are checked to."""

COLUMNS_A_THREAD = 16
"""Fewer targets than this are not worth a thread of their own."""


@dataclass(frozen=True, eq=False)
class Gradient:
    """Derivatives of one outcome at an equilibrium; zero where an instrument cannot act, as on a banned flow.

    `cost`, `tariff`, `export_tax`, `taste` [exporter, importer, sector]: by the log of the iceberg cost, by the duty
    and the export tax as fractions, by the log of the preference weight. `productivity` [region, sector]: by its log.
    `theta` [sector]: by the trade elasticity, for a shock that is held fixed; it is zero at the baseline.
    """

    target: Target
    equilibrium: Equilibrium
    weights: Weights
    column: int
    steps: int

    @cached_property
    def cost(self) -> FloatArray:
        """By the log of each iceberg cost."""
        return _last(-self._theta * self._total)

    @cached_property
    def taste(self) -> FloatArray:
        """By the log of each preference weight."""
        return _last(self._total)

    @cached_property
    def tariff(self) -> FloatArray:
        """By each duty, as a fraction of the value at the border."""
        new = np.moveaxis(self.equilibrium.tariff_new, 2, 0)
        paid = self._border + self._producer
        return _last((-self._theta * (self._share + paid) - paid) / (1 + new))

    @cached_property
    def export_tax(self) -> FloatArray:
        """By each export tax, as a fraction of the exporter's price."""
        new = self.equilibrium.shock.export_tax_new
        level = 0.0 if new is None else np.moveaxis(np.broadcast_to(new, self.equilibrium.economy.pi.shape), 2, 0)
        return _last((-self._theta * self._total - self._producer) / (1 + level))

    @cached_property
    def productivity(self) -> FloatArray:
        """By the log of productivity in each region and sector."""
        return -self._of(self.weights.log_cost).T

    @cached_property
    def theta(self) -> FloatArray:
        """By each sector's trade elasticity in the baseline; the short run scales it."""
        now, kernel = self.equilibrium.sweep, self.equilibrium.joint.kernel
        by_cell = (self._total * -self._log_kappa).sum(axis=(1, 2))
        by_cost = (-now.a * now.log_cost * self._of(self.weights.a)).sum(axis=1)
        price_bar = -self._price_bar * now.log_p_next / kernel.theta
        horizon = self.equilibrium.horizon
        scale = 1.0 if isinstance(horizon, LongRun) else horizon.theta_scale
        return scale * (by_cell + by_cost + price_bar.sum(axis=1))

    # K K_bar, K2 K2_bar and K3 K3_bar: the weight of each cell of the kernels in logs.

    @cached_property
    def _total(self) -> FloatArray:
        """All three, the weight of each cell's cost. Without export taxes one pass makes it, sector by sector."""
        now, kernel = self.equilibrium.sweep, self.equilibrium.joint.kernel
        if kernel.producer is not None or isinstance(self.target, FlowValue):
            return self._share + self._border + self._producer
        duties = self._of(self.weights.duties)
        bars = zip(now.a, now.x, self._of(self.weights.q), self._of(self.weights.sales), strict=True)
        total = np.empty_like(kernel.share)
        for sector, (a, x, q_bar, sales_bar) in enumerate(bars):
            cell = np.multiply.outer(a, q_bar, out=total[sector])
            if kernel.taxed.start <= sector < kernel.taxed.stop:
                cell *= kernel.share[sector]
                cell += kernel.border[sector - kernel.taxed.start] * x * (sales_bar[:, None] - np.outer(a, duties))
            else:
                cell += np.outer(sales_bar, x)
                cell *= kernel.share[sector]
        return total

    @cached_property
    def _share(self) -> FloatArray:
        """Through prices; where no duty is levied, spending net of duty is written as all spending less nothing."""
        now, kernel = self.equilibrium.sweep, self.equilibrium.joint.kernel
        q_bar = self._of(self.weights.q) + self._free(now.x * self._of(self.weights.duties))
        return kernel.share * now.a[:, :, None] * q_bar[:, None, :]

    @cached_property
    def _border(self) -> FloatArray:
        """Through duties and export taxes, both counted at the border, and through the flow that is the outcome."""
        now, kernel = self.equilibrium.sweep, self.equilibrium.joint.kernel
        pull = -(now.x * self._of(self.weights.duties))[:, None, :]
        pull = pull + now.x[:, None, :] * self._of(self.weights.export_taxes)[None, :, None]
        weight = kernel.border_full() * now.a[:, :, None] * pull
        if isinstance(self.target, FlowValue):
            economy = self.equilibrium.economy
            at = economy.region(self.target.exporter), economy.region(self.target.importer)
            weight[:, at[0], at[1]] += flow_weights(self.equilibrium, self.target)
        return weight

    @cached_property
    def _producer(self) -> FloatArray:
        """Through what producers receive."""
        now, kernel = self.equilibrium.sweep, self.equilibrium.joint.kernel
        matrix = kernel.border_full() if kernel.producer is None else kernel.producer
        sales_bar = self._of(self.weights.sales) - now.a * self._of(self.weights.export_taxes)[None, :]
        return matrix * sales_bar[:, :, None] * now.x[:, None, :]

    @property
    def _theta(self) -> FloatArray:
        return self.equilibrium.joint.kernel.theta[:, :, None]

    @property
    def _price_bar(self) -> FloatArray:
        shape = self.equilibrium.joint.shape
        cells = int(np.prod(shape))
        return self._of(self.weights.state)[-2 * cells : -cells].reshape(shape)

    @cached_property
    def _log_kappa(self) -> FloatArray:
        """Log of the change of the cost of each cell, zero where a ban leaves nothing to weigh."""
        shock, economy = self.equilibrium.shock, self.equilibrium.economy
        kappa = (1 + self.equilibrium.tariff_new) / (1 + economy.tariff)
        if shock.cost_hat is not None:
            kappa = kappa * shock.cost_hat
        if shock.export_tax_new is not None:
            kappa = kappa * (1 + shock.export_tax_new)
        return np.moveaxis(np.log(np.where(np.isfinite(kappa), kappa, 1.0)), 2, 0)

    def _free(self, values: FloatArray) -> FloatArray:
        """`values` in the sectors without any duty, zero elsewhere."""
        kept = values.copy()
        kept[self.equilibrium.joint.kernel.taxed] = 0.0
        return kept

    def _of(self, values: FloatArray) -> FloatArray:
        return values[..., self.column]


def gradient(equilibrium: Equilibrium, target: Target) -> Gradient:
    """All derivatives of one outcome. Raises NotConvergedError where the linear solve does not settle."""
    return gradients(equilibrium, (target,))[0]


def gradients(equilibrium: Equilibrium, targets: Sequence[Target]) -> tuple[Gradient, ...]:
    """All derivatives of several outcomes, solved together."""
    weights, steps = weights_of(equilibrium, targets)
    return tuple(Gradient(target, equilibrium, weights, column, steps) for column, target in enumerate(targets))


def weights_of(equilibrium: Equilibrium, targets: Sequence[Target], *, rtol: float = RTOL) -> tuple[Weights, int]:
    """The weights of the state for each target, one column each, and the sweeps that it took.

    Many targets are shared out over the processor's cores; columns do not meet, so the answer is the same.
    """
    reverse = reverse_map(equilibrium.joint, equilibrium.sweep)
    parts = max(1, min(os.cpu_count() or 1, len(targets) // COLUMNS_A_THREAD))
    bounds = [len(targets) * k // parts for k in range(parts + 1)]
    chunks = [targets[first:last] for first, last in pairwise(bounds)]
    with one_thread():
        if parts == 1:
            found = [_solve_columns(equilibrium, reverse, targets, rtol)]
        else:
            with ThreadPoolExecutor(parts) as pool:
                found = list(pool.map(lambda chunk: _solve_columns(equilibrium, reverse, chunk, rtol), chunks))
    return join_weights([weights for weights, _ in found]), max(steps for _, steps in found)


def _solve_columns(
    equilibrium: Equilibrium, reverse: ReverseMap, targets: Sequence[Target], rtol: float
) -> tuple[Weights, int]:
    with np.errstate(all="ignore"):
        seeds = seeds_of(equilibrium, reverse, targets)
        start = reverse.zeros(len(targets))
        state, steps = solve_linear(lambda state: reverse.step(state, seeds).state, start, rtol=rtol)
        return reverse.step(state, seeds), steps


def exporter_sums(equilibrium: Equilibrium, weights: Weights) -> FloatArray:
    """Derivative of each outcome by the log of all foreign costs of an exporter, `[outcome, exporter]`.

    The sum of `Gradient.cost` over importers abroad and sectors, without forming it cell by cell.
    """
    now, kernel = equilibrium.sweep, equilibrium.joint.kernel
    border, theta = kernel.border_full(), kernel.theta[:, :, None]
    taxes = weights.export_taxes[None]
    producer = border if kernel.producer is None else kernel.producer
    sales_bar = weights.sales - now.a[..., None] * taxes
    duty_bar = now.x[..., None] * weights.duties
    free = duty_bar.copy()
    free[kernel.taxed] = 0.0
    q_bar = weights.q + free
    total = now.a[..., None] * (np.matmul(kernel.share, q_bar) - np.matmul(border, duty_bar))
    total += now.a[..., None] * np.matvec(border, now.x)[..., None] * taxes
    total += np.matvec(producer, now.x)[..., None] * sales_bar
    home_share, home_border, home_producer = (
        np.einsum("snn->sn", matrix)[..., None] for matrix in (kernel.share, border, producer)
    )
    a, x = now.a[..., None], now.x[..., None]
    home = (
        a * (home_share * q_bar - home_border * duty_bar) + a * home_border * x * taxes + home_producer * x * sales_bar
    )
    return np.einsum("snc->cn", -theta * (total - home))


def _last(values: FloatArray) -> FloatArray:
    """From `[sector, exporter, importer]` to `[exporter, importer, sector]`."""
    return np.moveaxis(values, 0, 2)
