"""survey(a): the leverage of one country or bloc over all others, or of everybody over everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np

from amur.adjoint import Gradient, RealIncome, gradient
from amur.economy import Economy, load_economy
from amur.leverage.cut import CutLoss, World, closed_form_cut, pair_cuts
from amur.leverage.exposure import exposure
from amur.leverage.records import METHOD, Advance, Part, Setting, party_record, planned, record
from amur.leverage.sides import SIDES, Party, Side, cells, mirrored, party
from amur.leverage.slopes import ONE_PERCENT, Marginal, Matrix, leverage_matrix
from amur.models.shock import Closure, Shock
from amur.progress import each
from amur.scenario.selection import EVERYTHING
from amur.solver import solve

Pair = tuple[Party, Party]


@dataclass(frozen=True, eq=False)
class Survey:
    """Leverage over many ties: `a` is who is asked about, everybody where it is None; the default setting first."""

    a: Party | None
    parts: tuple[Part, ...]
    draws: dict[str, object] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """The same shape as that of a single tie, with a row for every tie."""
        economy = load_economy(self.parts[0].setting.economy)
        everybody: dict[str, object] = {"code": EVERYTHING, "regions": list(economy.regions)}
        first = everybody if self.a is None else party_record(self.a, economy)
        return record([first, everybody], self.parts, self.draws)


@dataclass(frozen=True)
class FastRow:
    """What one percent on all that `by` sells abroad costs `hurt`: exact, and in the fast closed form."""

    hurt: str
    by: str
    exact: float
    fast: float


def survey(
    name: str, *, economies: Sequence[str] = (), closure: Closure = "fixed", advance: Advance | None = None
) -> Survey:
    """The margin, the cut, its first order and closed form for a country or bloc and each region outside it.

    `all` is everybody over everybody; exact cuts are then made in the long run of the default setting alone, where
    they take half a minute. Otherwise as `leverage`.
    """
    settings = planned(economies, closure)
    default, *_ = settings
    everybody = name == EVERYTHING
    if everybody:
        settings = [setting for setting in settings if setting.theta == default.theta]
    steps = _Steps(len(settings), advance)
    parts = []
    for number, setting in enumerate(each(settings)):
        parts.append(_everybody_part(setting, number == 0, steps) if everybody else _part(setting, name, steps))
        steps.done += 1
    return Survey(None if everybody else party(default.load(), name), tuple(parts))


@dataclass
class _Steps:
    """Progress over settings, each of which counts its cuts."""

    settings: int
    advance: Advance | None
    done: int = 0

    def inside(self, done: int, total: int) -> None:
        if self.advance:
            self.advance(self.done * 100 + 100 * done // total, self.settings * 100)


def _part(setting: Setting, name: str, steps: _Steps) -> Part:
    """One party and each region outside it."""
    economy = setting.load()
    world = World(economy, setting.closure, setting.adjustment)
    a = party(economy, name)
    pairs = [(a, Party(code, (code,))) for code in economy.regions if code not in a.regions]
    baseline = solve(world.start, Shock(), METHOD, horizon=world.horizon)
    matrix = leverage_matrix(baseline)
    slope = gradient(baseline, RealIncome(a.regions))
    marginal, first_order = [], []
    for pair in pairs:
        for side in SIDES:
            rows = _hurt(matrix, slope, pair, side)
            marginal += _marginal_pair(world.start, pair, side, rows[0])
            first_order += _cut_pair(world.start, pair, side, rows[1])
    exact = pair_cuts(world, pairs, advance=steps.inside)
    closed = _closed_forms(economy, pairs) if setting.horizon == "long" else ()
    return Part(setting, tuple(marginal), exact, tuple(first_order), closed)


def _everybody_part(setting: Setting, cut: bool, steps: _Steps) -> Part:
    """Every pair of regions; the exact cut where it is asked for."""
    economy = setting.load()
    world = World(economy, setting.closure, setting.adjustment)
    single = [Party(code, (code,)) for code in economy.regions]
    pairs = list(combinations(single, 2))
    slopes = leverage_matrix(solve(world.start, Shock(), METHOD, horizon=world.horizon)).slopes
    at = {item.code: number for number, item in enumerate(single)}
    marginal, first_order = [], []
    for side in SIDES:
        by_side, cuts = ((pick(side), pick(mirrored(side))) for pick in (slopes.loss_matrix, slopes.cut_matrix))
        for pair in pairs:
            i, j = at[pair[0].code], at[pair[1].code]
            # The first party's own loss is what the other does to it by the same flows.
            marginal += _marginal_pair(world.start, pair, side, (by_side[1][i, j], by_side[0][j, i]))
            first_order += _cut_pair(world.start, pair, side, (cuts[1][i, j], cuts[0][j, i]))
    exact = pair_cuts(world, pairs, advance=steps.inside) if cut else ()
    closed = _closed_forms(economy, pairs) if setting.horizon == "long" else ()
    return Part(setting, tuple(marginal), exact, tuple(first_order), closed)


def _hurt(matrix: Matrix, slope: Gradient, pair: Pair, side: Side) -> tuple[tuple[float, float], tuple[float, float]]:
    """Losses of both parties by one percent, and by the cut to first order, on a side of the first."""
    a, b = pair
    economy = slope.equilibrium.economy
    own, (at,) = a.rows(economy), b.rows(economy)
    chosen = cells(economy, a, b, side)
    mine = -ONE_PERCENT * float(slope.cost[chosen].sum()), float(slope.taste[chosen].sum())
    theirs = [float(pick(side)[at, own].sum()) for pick in (matrix.slopes.loss_matrix, matrix.slopes.cut_matrix)]
    return (mine[0], theirs[0]), (mine[1], theirs[1])


def _marginal_pair(economy: Economy, pair: Pair, side: Side, losses: tuple[float, float]) -> list[Marginal]:
    """Both parties as users of the same flows; `side` is that of the first."""
    a, b = pair
    mine, theirs = (float(loss) for loss in losses)
    rows = []
    ends: tuple[tuple[Party, Party, Side, float, float], ...] = (
        (a, b, side, mine, theirs),
        (b, a, mirrored(side), theirs, mine),
    )
    for user, target, seen, own, loss in ends:
        money = loss * target.income_usd(economy), own * user.income_usd(economy)
        rows.append(Marginal(user.code, target.code, seen, "friction", "total", loss, own, *money))
    return rows


def _cut_pair(economy: Economy, pair: Pair, side: Side, losses: tuple[float, float]) -> list[CutLoss]:
    a, b = pair
    ends: tuple[tuple[Party, Party, Side, float], ...] = (
        (a, b, side, float(losses[0])),
        (b, a, mirrored(side), float(losses[1])),
    )
    return [
        CutLoss(one.code, other.code, seen, "total", loss, loss * one.income_usd(economy))
        for one, other, seen, loss in ends
    ]


def _closed_forms(economy: Economy, pairs: Sequence[Pair]) -> tuple[CutLoss, ...]:
    """The closed form for every pair; blocs are merged once."""
    blocs = {item.code: item.regions for pair in pairs for item in pair if item.regions != (item.code,)}
    merged = economy.aggregate(regions=blocs) if blocs else economy
    alone = {item.code: replace(item, regions=(item.code,)) for pair in pairs for item in pair}
    return tuple(row for a, b in pairs for row in closed_form_cut(merged, alone[a.code], alone[b.code]))


def fast_rows(economy: Economy, name: str) -> tuple[FastRow, ...]:
    """The fast exposure of everybody to a country or bloc (or to everybody, `all`) beside the exact matrix."""
    fast, exact = exposure(economy), leverage_matrix(solve(economy, Shock(), METHOD))
    by = economy.regions if name == EVERYTHING else party(economy, name).regions
    columns = [economy.region(code) for code in by]
    found = [
        FastRow(hurt, economy.regions[k], float(exact.by_exporter[n, k]), -ONE_PERCENT * float(fast.costs[n, k]))
        for k in columns
        for n, hurt in enumerate(economy.regions)
        if n != k
    ]
    return tuple(sorted(found, key=lambda row: -row.exact))


def rank_correlation(rows: Sequence[FastRow]) -> float:
    """How alike the exact and the fast order are: the correlation of their ranks, by Spearman."""
    exact, fast = (np.argsort(np.argsort(values)) for values in ([r.exact for r in rows], [r.fast for r in rows]))
    return float(np.corrcoef(exact, fast)[0, 1])


__all__ = ["FastRow", "Survey", "fast_rows", "rank_correlation", "survey"]
