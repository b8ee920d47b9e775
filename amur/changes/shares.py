"""Why a share moved: own growth or others' fall, within sectors or between them, demand or competitiveness.

All three decompositions are exact. The first is `Δlogit(s) = Δln a − Δln b` for a share `s = a / (a + b)`
(own derivation); the others use midpoints, so that no interaction term is left over (the index-number
problem of constant-market-share analysis is then a choice of weights and not a residual).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amur.changes.lmdi import log_mean, log_ratio
from amur.errors import MeasureError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ShareChange:
    """The change of `a / (a + b)`; `own` and `others` are in share points as fractions and sum to `change`."""

    share_before: float
    share_after: float
    own_log_change: float
    others_log_change: float
    own: float
    others: float

    @property
    def change(self) -> float:
        """Share after minus share before, as a fraction."""
        return self.share_after - self.share_before

    @property
    def logit_change(self) -> float:
        """Change of `ln(s / (1 − s))`: the log change of own less that of others."""
        return self.own_log_change - self.others_log_change


def decompose_share(own: tuple[float, float], others: tuple[float, float]) -> ShareChange:
    """How far own growth and how far others' fall moved a share, each given as (before, after).

    Where a value is 0 in one period the limit holds: the side that appears or vanishes takes the
    whole change; if both sides do, each takes half.
    """
    (a0, a1), (b0, b1) = _checked("own", own), _checked("others", others)
    if a0 + b0 == 0 or a1 + b1 == 0:
        raise MeasureError(
            f"The total is zero in one of the periods ({a0 + b0:g}, {a1 + b1:g}), so there is no share to explain. "
            "Choose periods in which there is trade."
        )
    part_own, part_others = share_parts(a0, a1, others_before=b0, others_after=b1)
    return ShareChange(
        a0 / (a0 + b0), a1 / (a1 + b1), _log_change(a0, a1), _log_change(b0, b1), float(part_own), float(part_others)
    )


def share_parts(
    own_before: ArrayLike, own_after: ArrayLike, *, others_before: ArrayLike, others_after: ArrayLike
) -> tuple[Array, Array]:
    """The parts `own` and `others` of `decompose_share` for arrays of any one shape; NaN where a total is zero.

    Since `Δs = s₁ (1 − s₀) (1 − e^−Δlogit)`, the points a log point moves, `Δs / Δlogit`, are the logarithmic
    mean of `s₁ (1 − s₀)` and `s₀ (1 − s₁)`; they keep their digits where the two shares are close.
    """
    a0, a1, b0, b1 = np.broadcast_arrays(
        *(np.asarray(x, float) for x in (own_before, own_after, others_before, others_after))
    )
    total0, total1 = np.where(a0 + b0 > 0, a0 + b0, np.nan), np.where(a1 + b1 > 0, a1 + b1, np.nan)
    weight = log_mean(np.nan_to_num(a1 / total1 * (b0 / total0)), np.nan_to_num(a0 / total0 * (b1 / total1)))
    own = weight * np.nan_to_num(log_ratio(a1, a0))
    others = -weight * np.nan_to_num(log_ratio(b1, b0))
    own_endless, others_endless = (a0 == 0) != (a1 == 0), (b0 == 0) != (b1 == 0)
    sides = own_endless.astype(float) + others_endless
    change = a1 / total1 - a0 / total0
    limit = np.divide(change, sides, where=sides > 0, out=np.zeros(change.shape))
    valid = np.where(np.isnan(total0 + total1), np.nan, 0.0)
    return (
        np.where(sides > 0, limit * own_endless, own) + valid,
        np.where(sides > 0, limit * others_endless, others) + valid,
    )


@dataclass(frozen=True)
class OneSided:
    """What one side alone would have had to do: factors on own value, or on all others', that give the new share."""

    own_factor: float
    others_factor: float


def one_sided(share_before: float, share_after: float) -> OneSided:
    """The factor by which own value would have to change with others unchanged, and the other way round.

    From 80 to 90 %: own value times 2.25, or others' value times 0.44.
    """
    for share in (share_before, share_after):
        if not 0 < share < 1:
            raise MeasureError(f"{share:g} is not a share between 0 and 1. Write 80 % as 0.8; 0 and 1 have no odds.")
    odds = (share_after / (1 - share_after)) / (share_before / (1 - share_before))
    return OneSided(odds, 1 / odds)


@dataclass(frozen=True)
class WithinBetween:
    """The change of a total share by sector, in points: `within` of moving shares, `between` of moving weights."""

    within: Array
    between: Array

    @property
    def change(self) -> float:
        """The change of the total share; the sum of all parts."""
        return float(self.within.sum() + self.between.sum())


def within_between(
    own_before: ArrayLike, own_after: ArrayLike, *, all_before: ArrayLike, all_after: ArrayLike
) -> WithinBetween:
    """Split the change of `Σ own / Σ all` by sector; arrays are `[sector]` in one currency.

    `within` weighs each sector's change of share by its mean weight; `between` weighs each sector's
    change of weight by how far its mean share lies above the mean total share, so that a sector that
    grows adds only if the partner is strong in it. A sector without trade in one period has its
    other share in both: all it does is then `between`.
    """
    own0, own1, all0, all1 = (np.asarray(x, float) for x in (own_before, own_after, all_before, all_after))
    if all0.sum() == 0 or all1.sum() == 0:
        raise MeasureError("The total is zero in one of the periods, so there is no share. Choose other periods.")
    weight0, weight1 = all0 / all0.sum(), all1 / all1.sum()
    share0, share1 = _ratio(own0, all0), _ratio(own1, all1)
    share0, share1 = np.where(all0 > 0, share0, share1), np.where(all1 > 0, share1, share0)
    total = (own0.sum() / all0.sum() + own1.sum() / all1.sum()) / 2
    within = (weight0 + weight1) / 2 * (share1 - share0)
    between = ((share0 + share1) / 2 - total) * (weight1 - weight0)
    return WithinBetween(within, between)


@dataclass(frozen=True)
class MarketShareParts:
    """The change of exports by cause, in their currency; the four sum to it.

    `world` all markets growing alike, `sectors` and `markets` being in the fast-growing ones,
    `competitiveness` the change of market shares.
    """

    world: float
    sectors: float
    markets: float
    competitiveness: float

    @property
    def change(self) -> float:
        """The change of exports."""
        return self.world + self.sectors + self.markets + self.competitiveness


MARKET_CAUSES = ("world", "sectors", "markets", "competitiveness")


def constant_market_share(
    exports_before: ArrayLike, exports_after: ArrayLike, *, demand_before: ArrayLike, demand_after: ArrayLike
) -> MarketShareParts:
    """Midpoint constant-market-share analysis of one exporter over all markets; arrays are `[market, sector]`.

    `demand` is each market's imports of the sector from all, the exporter included. Growth rates are
    over the midpoint of the two periods; every cell's growth is split into the world's, its sector's
    beyond the world's, and its own beyond its sector's. No interaction term is left.
    """
    rows = market_shares(exports_before, exports_after, demand_before=demand_before, demand_after=demand_after)
    return MarketShareParts(*(sum(getattr(row, name) for row in rows) for name in MARKET_CAUSES))


def market_shares(
    exports_before: ArrayLike, exports_after: ArrayLike, *, demand_before: ArrayLike, demand_after: ArrayLike
) -> tuple[MarketShareParts, ...]:
    """The same market by market, in their order; each sums to the change of exports to that market."""
    x0, x1, w0, w1 = (np.asarray(x, float) for x in (exports_before, exports_after, demand_before, demand_after))
    _check_within("exports", (x0, w0), (x1, w1))
    demand_mid, demand_change = (w0 + w1) / 2, w1 - w0
    share0, share1 = _ratio(x0, w0), _ratio(x1, w1)
    held = (share0 + share1) / 2 * demand_mid
    growth_cell = _ratio(demand_change, demand_mid)
    growth_sector = _ratio(demand_change.sum(axis=0), demand_mid.sum(axis=0))
    growth_world = float(_ratio(demand_change.sum(), demand_mid.sum()))
    causes = (
        growth_world * held,
        held * (growth_sector - growth_world),
        held * (growth_cell - growth_sector),
        demand_mid * (share1 - share0),
    )
    return tuple(MarketShareParts(*row) for row in np.column_stack([cause.sum(axis=1) for cause in causes]).tolist())


def _checked(side: str, values: tuple[float, float]) -> tuple[float, float]:
    for value in values:
        if not (math.isfinite(value) and value >= 0):
            raise MeasureError(f"The {side} value {value} is not a trade value. Give numbers that are not negative.")
    return values


def _log_change(before: float, after: float) -> float:
    """`ln(after / before)`, infinite where one of them is 0 and 0 where both are."""
    if before > 0 and after > 0:
        return float(log_ratio(after, before))
    if before == after:
        return 0.0
    return math.inf if before == 0 else -math.inf


def _ratio(part: ArrayLike, whole: ArrayLike) -> Array:
    """Elementwise ratio, 0 where the whole is 0."""
    top, bottom = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    return np.divide(top, bottom, where=bottom != 0, out=np.zeros(bottom.shape))


def _check_within(name: str, *pairs: tuple[Array, Array]) -> None:
    for part, whole in pairs:
        if part.shape != whole.shape:
            raise MeasureError(
                f"The {name} {part.shape} and the demand {whole.shape} differ in shape. Match the cells."
            )
        bad = np.argwhere((part < 0) | (part > whole * (1 + 1e-9)))
        if len(bad):
            where = tuple(int(k) for k in bad[0])
            raise MeasureError(
                f"{len(bad)} cells have {name} below zero or above the demand (first at {where}: "
                f"{part[where]:g} of {whole[where]:g}). Demand must contain the {name}."
            )
