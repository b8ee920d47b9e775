"""The tie cut altogether: the exact loss, its first order, and the closed form that looks at imports alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from amur.adjoint import Gradient
from amur.cutoff import closed_form
from amur.economy import Economy
from amur.economy.baseline import BoolArray, FloatArray
from amur.ensemble.batch import solve_batch
from amur.errors import MeasureError, NoEquilibriumError, NotConvergedError
from amur.leverage.sides import ONE_WAY, SIDES, Party, Side, cells, mirrored
from amur.leverage.slopes import party_slopes
from amur.models.shock import Closure, Horizon, LongRun, Shock
from amur.solver import Anderson, Equilibrium, one_thread, purge_deficits, solve

AT_ONCE = 28  # same either way
"""Cuts of single sectors that are solved together."""

BATCH_ATOL = 1e-10


@dataclass(frozen=True)
class CutLoss:
    """What a country or bloc loses when a side of its tie is cut; a fraction of real income, positive for a loss.

    `side` is seen from `country`: `imports` is what it no longer gets from `other`. `sector` is `total` or the one
    sector that is cut. `loss` is None where the cut has no equilibrium, and `reason` says why.
    """

    country: str
    other: str
    side: Side
    sector: str
    loss: float | None
    loss_usd: float | None
    reason: str = ""

    def to_dict(self) -> dict[str, object]:
        """All fields."""
        return dict(vars(self))


@dataclass(frozen=True)
class World:
    """Where a cut happens: the baseline, what becomes of deficits, how far the world adjusts."""

    economy: Economy
    closure: Closure = "fixed"
    horizon: Horizon = LongRun()  # noqa: RUF009

    @property
    def start(self) -> Economy:
        """The baseline that changes refer to."""
        return purge_deficits(self.economy) if self.closure == "balanced" else self.economy


def exact_cut(world: World, a: Party, b: Party, method: Anderson = Anderson()) -> tuple[CutLoss, ...]:  # noqa: B008
    """The loss of both parties when each side of the tie, and the whole of it, is banned."""
    found: list[CutLoss] = []
    for side in SIDES:
        found += _both(world, (a, b), side, "total", cells(world.economy, a, b, side), method)
    return tuple(sorted(found, key=lambda row: (row.country != a.code, SIDES.index(row.side))))


def sector_cuts(world: World, a: Party, b: Party) -> tuple[CutLoss, ...]:
    """The loss of both parties when one sector alone is cut, one direction at a time, where there is trade in it."""
    economy = world.economy
    tasks = [_Task((a, b), side, sector) for side in ONE_WAY for sector in economy.sectors]
    return _cut_each(world, [task for task in tasks if economy.trade[task.chosen(economy)].sum() > 0])


def pair_cuts(
    world: World, pairs: Sequence[tuple[Party, Party]], *, advance: Callable[[int, int], None] | None = None
) -> tuple[CutLoss, ...]:
    """The loss of both parties of every pair when all trade between them, and nothing else, is banned."""
    return _cut_each(world, [_Task(pair, "both", "total") for pair in pairs], advance=advance)


@dataclass(frozen=True)
class _Task:
    """One ban: a side of a tie as its first party sees it, in one sector or in total."""

    pair: tuple[Party, Party]
    side: Side
    sector: str

    def chosen(self, economy: Economy) -> BoolArray:
        """The flows that are banned."""
        found = cells(economy, *self.pair, self.side)
        if self.sector == "total":
            return found
        return found & (np.arange(len(economy.sectors)) == economy.sector(self.sector))


def _cut_each(
    world: World, tasks: Sequence[_Task], *, advance: Callable[[int, int], None] | None = None
) -> tuple[CutLoss, ...]:
    """Each ban by itself, some solved as a batch where that can be; those without equilibrium keep the reason."""
    economy, found = world.economy, list[CutLoss]()
    batched = isinstance(world.horizon, LongRun) and world.closure != "balanced"
    calm = solve(economy, Shock(), closure=world.closure) if batched else None
    for first in range(0, len(tasks), AT_ONCE):
        some = tasks[first : first + AT_ONCE]
        bans = [task.chosen(economy) for task in some]
        incomes = [None] * len(some) if calm is None else _together(calm, bans)
        for task, chosen, real in zip(some, bans, incomes, strict=True):
            if real is None:
                found += _both(world, task.pair, task.side, task.sector, chosen, Anderson(atol=BATCH_ATOL))
            else:
                found += _rows(economy, task.pair, task.side, task.sector, real)
        if advance:
            advance(first + len(some), len(tasks))
    return tuple(found)


def _together(calm: Equilibrium, bans: list[BoolArray]) -> list[FloatArray | None]:
    """Real income in money `[region]` after each ban, solved as a batch near a calm equilibrium; None where not."""
    economy = calm.economy
    shocks = []
    for chosen in bans:
        cost = economy.full(1.0)
        cost[chosen] = np.inf
        shocks.append(Shock(cost_hat=cost))
    thetas = np.repeat(economy.theta[None], len(bans), axis=0)
    with one_thread():
        found = solve_batch(economy, thetas, shocks, calm.joint.rule, atol=BATCH_ATOL, start=calm.state)
    price = np.exp(np.einsum("ns,msn->mn", economy.alpha, found.log_price))
    return [real if solved else None for real, solved in zip(found.income / price, found.solved, strict=True)]


def _rows(economy: Economy, pair: tuple[Party, Party], side: Side, sector: str, real: FloatArray) -> list[CutLoss]:
    """What each party loses, from real income in money `[region]`; `side` is that of the first."""
    first, second = pair
    rows = []
    ends: tuple[tuple[Party, Party, Side], ...] = ((first, second, side), (second, first, mirrored(side)))
    for party, other, own in ends:
        at = party.rows(economy)
        loss = float(1 - real[at].sum() / economy.income[at].sum())
        rows.append(CutLoss(party.code, other.code, own, sector, loss, loss * party.income_usd(economy)))
    return rows


def _both(
    world: World, pair: tuple[Party, Party], side: Side, sector: str, chosen: BoolArray, method: Anderson
) -> list[CutLoss]:
    """One ban and what each party loses by it, or why there is no equilibrium; `side` is that of the first."""
    economy = world.start
    cost = economy.full(1.0)
    cost[chosen] = np.inf
    try:
        after = solve(economy, Shock(cost_hat=cost), method, closure=_kept(world.closure), horizon=world.horizon)
    except (NoEquilibriumError, NotConvergedError) as error:
        first, second = pair
        return [
            CutLoss(first.code, second.code, side, sector, None, None, str(error)),
            CutLoss(second.code, first.code, mirrored(side), sector, None, None, str(error)),
        ]
    return _rows(economy, pair, side, sector, after.income_new / after.P_hat)


def first_order_cut(
    baseline: Equilibrium, a: Party, b: Party, *, slopes: Mapping[Party, Gradient] | None = None
) -> tuple[CutLoss, ...]:
    """The cut to first order: the slope of log real income by the weight of the flows, from all of it to nothing.

    It leaves out that what is lost is the dearer, the more of it is gone.
    """
    economy = baseline.economy
    slopes = slopes or party_slopes(baseline, a, b)
    found: list[CutLoss] = []
    for party, other, slope in ((a, b, slopes[a]), (b, a, slopes[b])):
        for side in SIDES:
            chosen = cells(economy, party, other, side)
            for sector in ("total", *economy.sectors):
                weight = slope.taste if sector == "total" else slope.taste[:, :, [economy.sector(sector)]]
                picked = chosen if sector == "total" else chosen[:, :, [economy.sector(sector)]]
                loss = float(weight[picked].sum())
                usd = loss * party.income_usd(economy)
                found.append(CutLoss(party.code, other.code, side, sector, loss, usd))
    return tuple(found)


def closed_form_cut(economy: Economy, a: Party, b: Party) -> tuple[CutLoss, ...]:
    """The closed form of `amur.cutoff` for both parties: imports alone, a change of logarithms, no bound."""
    blocs = {party.code: party.regions for party in (a, b) if party.regions != (party.code,)}
    merged = economy.aggregate(regions=blocs) if blocs else economy
    found: list[CutLoss] = []
    for party, other in ((a, b), (b, a)):
        loss, reason = None, ""
        try:
            loss = closed_form(merged, party.code, other.code).total
        except NoEquilibriumError as error:
            reason = str(error)
        usd = None if loss is None else loss * party.income_usd(economy)
        found.append(CutLoss(party.code, other.code, "imports", "total", loss, usd, reason))
    return tuple(found)


@dataclass(frozen=True)
class ShareRise:
    """What a supplier's higher share of one good means when it stops selling.

    `share_growth` is that of the share; `loss_growth` that of the log price rise, `-ln(1 - share) / (sigma - 1)`,
    and the same whatever sigma is.
    """

    share_before: float
    share_after: float
    share_growth: float
    loss_growth: float


def share_rise(before: float, after: float) -> ShareRise:
    """How the loss from a cut-off grows when the supplier's share rises from `before` to `after`, both below one."""
    for value in (before, after):
        if not 0 < value < 1:
            raise MeasureError(f"A supplier's share of {value} has no finite loss; give shares between 0 and 1.")
    return ShareRise(before, after, after / before - 1, log(1 - after) / log(1 - before) - 1)


def _kept(closure: Closure) -> Closure:
    """The closure to solve under, once deficits are purged."""
    return "fixed" if closure == "balanced" else closure
