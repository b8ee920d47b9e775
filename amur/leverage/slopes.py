"""Leverage at the margin: what a little more friction or tax on a tie costs the one who uses it and the one it hits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np

from amur.adjoint import Gradient, RealIncome, Weights, exporter_sums, gradients, weights_of
from amur.economy.baseline import FloatArray, sector_last
from amur.leverage.sides import SIDES, Party, Side, cells, mirrored
from amur.solver import Equilibrium

Instrument = Literal["friction", "tax"]
"""`friction` wastes what it adds to the cost; `tax` is a duty on imports or a tax on exports, and is collected."""

INSTRUMENTS: tuple[Instrument, ...] = get_args(Instrument)

ONE_PERCENT = 0.01

MATRIX_RTOL = 1e-9
"""Relative tolerance of the linear solve behind whole matrices."""


@dataclass(frozen=True)
class Marginal:
    """What one percent more cost on a side of a tie does to the real income of its user and its target.

    Losses are fractions of real income, positive where something is lost; `sector` is `total` or one sector.
    """

    user: str
    target: str
    side: Side
    instrument: Instrument
    sector: str
    loss: float
    own_loss: float
    loss_usd: float
    own_loss_usd: float

    @property
    def ratio(self) -> float | None:
        """Loss of the target per loss of the user, both as shares of income; None where the user does not lose."""
        return self.loss / self.own_loss if self.own_loss > 0 else None

    @property
    def ratio_usd(self) -> float | None:
        """Dollars that the target loses per dollar that the user loses; None where the user does not lose."""
        return self.loss_usd / self.own_loss_usd if self.own_loss_usd > 0 else None

    def to_dict(self) -> dict[str, object]:
        """All fields and the two ratios."""
        return {**vars(self), "ratio": self.ratio, "ratio_usd": self.ratio_usd}


def party_slopes(equilibrium: Equilibrium, a: Party, b: Party) -> dict[Party, Gradient]:
    """The gradient of each party's real income, solved together."""
    found = gradients(equilibrium, tuple(RealIncome(party.regions) for party in (a, b)))
    return dict(zip((a, b), found, strict=True))


def marginal(
    equilibrium: Equilibrium, a: Party, b: Party, *, slopes: Mapping[Party, Gradient] | None = None
) -> tuple[Marginal, ...]:
    """Leverage of each party over the other at an equilibrium: every side, instrument and sector, totals first.

    `slopes` are those of `party_slopes`, where they are at hand.
    """
    slopes = slopes or party_slopes(equilibrium, a, b)
    found: list[Marginal] = []
    for user, target in ((a, b), (b, a)):
        for side in SIDES:
            for instrument in INSTRUMENTS:
                found += _marginal_rows(equilibrium, (user, target), side, instrument, slopes)
    return tuple(sorted(found, key=lambda row: row.sector != "total"))


def _marginal_rows(
    equilibrium: Equilibrium,
    pair: tuple[Party, Party],
    side: Side,
    instrument: Instrument,
    slopes: Mapping[Party, Gradient],
) -> list[Marginal]:
    economy = equilibrium.economy
    user, target = pair
    losses = {party: _loss_by_sector(equilibrium, pair, side, _entries(slopes[party], instrument)) for party in pair}
    rows = []
    for sector, pick in (("total", slice(None)), *((name, slice(k, k + 1)) for k, name in enumerate(economy.sectors))):
        loss, own = (float(losses[party][pick].sum()) for party in (target, user))
        rows.append(
            Marginal(
                user=user.code,
                target=target.code,
                side=side,
                instrument=instrument,
                sector=sector,
                loss=loss,
                own_loss=own,
                loss_usd=loss * _real_usd(equilibrium, target),
                own_loss_usd=own * _real_usd(equilibrium, user),
            )
        )
    return rows


def _loss_by_sector(
    equilibrium: Equilibrium, pair: tuple[Party, Party], side: Side, entries: tuple[FloatArray, FloatArray]
) -> FloatArray:
    """Loss by sector for one percent on a side; `entries` are the slopes for what the user sells and buys."""
    economy, (user, target) = equilibrium.economy, pair
    sold, bought = entries
    total = np.zeros(len(economy.sectors))
    if side in ("both", "exports"):
        total -= np.where(cells(economy, user, target, "exports"), sold, 0.0).sum(axis=(0, 1))
    if side in ("both", "imports"):
        total -= np.where(cells(economy, user, target, "imports"), bought, 0.0).sum(axis=(0, 1))
    return ONE_PERCENT * total


def _entries(slope: Gradient, instrument: Instrument) -> tuple[FloatArray, FloatArray]:
    return (slope.cost, slope.cost) if instrument == "friction" else (slope.export_tax, slope.tariff)


def _real_usd(equilibrium: Equilibrium, party: Party) -> float:
    """Real income at baseline prices, in dollars."""
    rows = party.rows(equilibrium.economy)
    real = (equilibrium.income_new / equilibrium.P_hat)[rows].sum()
    return float(real) * equilibrium.economy.unit_usd


@dataclass(frozen=True)
class PairSlopes:
    """Derivatives of real income by the log cost of each flow, for its two ends: `[exporter, importer, sector]`.

    `theta` [sector] are the trade elasticities of the horizon.
    """

    of_importer: FloatArray
    of_exporter: FloatArray
    theta: FloatArray

    def loss_matrix(self, side: Side = "both") -> FloatArray:
        """`[hurt, by whom]`: loss for one percent more cost on the side of a tie that the latter controls."""
        return ONE_PERCENT * self._hurt(side, np.ones_like(self.theta))

    def cut_matrix(self, side: Side = "both") -> FloatArray:
        """`[hurt, by whom]`: loss from shutting a side of a tie, to first order in the weight of its flows."""
        return self._hurt(side, 1 / self.theta)

    def own_matrix(self, side: Side = "both") -> FloatArray:
        """`[target, user]`: what the same one percent costs the user itself."""
        return self.loss_matrix(mirrored(side)).T

    def _hurt(self, side: Side, weight: FloatArray) -> FloatArray:
        """Sums over sectors `[hurt, user]` of losses, weighted by sector; nobody hurts itself."""
        by_exporter = -(self.of_importer @ weight).T
        by_importer = -(self.of_exporter @ weight)
        total = {"exports": by_exporter, "imports": by_importer, "both": by_exporter + by_importer}[side]
        np.fill_diagonal(total, 0.0)
        return total


@dataclass(frozen=True)
class Matrix:
    """Leverage of all over all: loss of the row for one percent more cost that the column controls.

    `pairs` looks at the trade between the two; `by_exporter` at all that the column sells abroad, to anybody.
    """

    regions: tuple[str, ...]
    slopes: PairSlopes
    by_exporter: FloatArray

    @cached_property
    def pairs(self) -> FloatArray:
        """Trade between the two, both directions."""
        return self.slopes.loss_matrix()


def leverage_matrix(equilibrium: Equilibrium) -> Matrix:
    """Who can hurt whom at the margin, from one linear solve for all countries at once."""
    regions = equilibrium.economy.regions
    weights, _ = weights_of(equilibrium, tuple(RealIncome((code,)) for code in regions), rtol=MATRIX_RTOL)
    by_exporter = -ONE_PERCENT * exporter_sums(equilibrium, weights)
    return Matrix(regions, pair_slopes(equilibrium, weights), by_exporter)


def pair_slopes(equilibrium: Equilibrium, weights: Weights) -> PairSlopes:
    """The slopes at both ends of every flow; `weights` holds one column of real income for each region, in order."""
    now, kernel = equilibrium.sweep, equilibrium.joint.kernel
    border = kernel.border_full()
    producer = border if kernel.producer is None else kernel.producer
    duty = now.x[..., None] * weights.duties
    free = duty.copy()
    free[kernel.taxed] = 0.0
    q_bar, sales_bar, taxes = weights.q + free, weights.sales, weights.export_taxes
    a, x = now.a[:, :, None], now.x[:, None, :]
    # Column n belongs to the importer, column i to the exporter of the cell [s, i, n].
    importer = kernel.share * a * _own(q_bar)[:, None, :]
    importer += border * a * (x * taxes - _own(duty)[:, None, :])
    importer += producer * x * (sales_bar - a * taxes)
    exporter = kernel.share * a * q_bar.transpose(0, 2, 1)
    own_taxes = np.diagonal(taxes)[None, :, None]
    exporter += border * a * (x * own_taxes - duty.transpose(0, 2, 1))
    exporter += producer * x * (_own(sales_bar)[:, :, None] - a * own_taxes)
    theta = kernel.theta[:, :, None]
    return PairSlopes(
        of_importer=sector_last(-theta * importer), of_exporter=sector_last(-theta * exporter), theta=kernel.theta[:, 0]
    )


def _own(values: FloatArray) -> FloatArray:
    """`[sector, region]` of each region's own column."""
    return np.einsum("snn->sn", values)


__all__ = [
    "INSTRUMENTS",
    "Instrument",
    "Marginal",
    "Matrix",
    "PairSlopes",
    "leverage_matrix",
    "marginal",
    "pair_slopes",
    "party_slopes",
]
