"""Many equilibria at once: long runs that share one baseline and differ in elasticities or in a few cells.

In changes, the kernel `K = pi kappa ** -theta` equals the baseline's shares in every cell that no shock touches,
whatever theta is. So all members of a batch share one matrix, each pass over it is a product of matrices, and the
cells that are touched are put right one by one:

    q[s,:,b] = pi[s]' a[s,:,b] + sum over touched cells (K - pi) a

Members do not meet; each has its own Anderson memory. Arrays `[sector, region, member]`; the equations are those of
`amur.models.trade`, `long_run` and `joint`. A member that leaves the domain or stalls is given up here and left to
the ordinary solver.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from amur.economy import Economy
from amur.economy.baseline import BoolArray, FloatArray, sector_first
from amur.models.closure import DeficitRule, FixedDeficit, ProportionalDeficit
from amur.models.shock import Shock

MEMORY = 10  # same either way
DIAGONAL = 1.000000000001  # same either way
"""A little above one, so that moves along one line do not make the system singular."""
GROWTH = 100.0  # same either way
"""A member whose step exceeds this many times its best is given up."""
MOST_STEPS = 150  # same either way
MOST_TOUCHED = 0.25  # same either way
"""Where shocks touch more than this share of all cells, one matrix for all is no gain."""
LONGEST_MOVE = 2.0  # same either way
COMPACT = 0.7  # same either way
"""Members that have arrived are taken out when the others are fewer than this share."""


@dataclass(frozen=True)
class Members:
    """What a batch of equilibria came to; rows are members. `solved` is False where one was given up."""

    solved: BoolArray
    log_wage: FloatArray
    log_price: FloatArray
    income: FloatArray
    steps: int


@dataclass(frozen=True)
class _Cells:
    """Touched cells sorted by where they add up; `starts` and `at` say which run of cells belongs to which sum."""

    order: np.ndarray
    starts: np.ndarray
    at: tuple[np.ndarray, np.ndarray]

    def add(self, values: FloatArray, total: FloatArray) -> None:
        """Add `values` `[cell, member]` to their sums in `total`."""
        if len(self.order):
            total[self.at] += np.add.reduceat(values[self.order], self.starts, axis=0)


@dataclass(frozen=True)
class _Problem:
    """A batch in arrays; the last axis of `theta`, `share`, `border`, `producer` and `step` is the member."""

    pi: FloatArray
    pi_t: FloatArray
    net: FloatArray
    net_t: FloatArray
    cells: tuple[np.ndarray, np.ndarray, np.ndarray]
    by_importer: _Cells
    by_exporter: _Cells
    share: FloatArray
    border: FloatArray
    producer: FloatArray
    theta: FloatArray
    productivity: FloatArray
    step: FloatArray

    def only(self, keep: BoolArray) -> _Problem:
        """The members that are kept."""
        names = ("share", "border", "producer", "theta", "productivity", "step")
        return replace(self, **{name: np.ascontiguousarray(getattr(self, name)[..., keep]) for name in names})


def can_batch(economy: Economy, shocks: Sequence[Shock]) -> bool:
    """Whether the shocks leave most cells alone, so that a batch pays."""
    return bool(np.mean(_touched(economy, shocks)) <= MOST_TOUCHED)


def solve_batch(
    economy: Economy,
    thetas: FloatArray,
    shocks: Sequence[Shock],
    rule: DeficitRule,
    *,
    atol: float = 1e-10,
    start: FloatArray | None = None,
) -> Members:
    """Long-run equilibria for `thetas` `[member, sector]`, with one checked shock for all or one for each member.

    `start` is the state of an equilibrium near by. No member raises: those given up are marked.
    """
    with np.errstate(all="ignore"):
        return _Iteration(economy, _problem(economy, thetas, shocks), rule, atol).run(start)


def _touched(economy: Economy, shocks: Sequence[Shock]) -> BoolArray:
    touched = np.zeros(sector_first(economy.pi).shape, dtype=bool)
    for shock in {id(shock): shock for shock in shocks}.values():
        for values, neutral in (
            (shock.cost_hat, 1.0),
            (shock.tariff_new, economy.tariff),
            (shock.export_tax_new, 0.0),
            (shock.taste_hat, 1.0),
        ):
            if values is not None:
                touched |= np.moveaxis(values != neutral, 2, 0)
    return touched & (sector_first(economy.pi) > 0)


def _problem(economy: Economy, thetas: FloatArray, shocks: Sequence[Shock]) -> _Problem:
    pi, old = sector_first(economy.pi), sector_first(economy.tariff)
    count = len(thetas)
    each = list(shocks) if len(shocks) == count else [shocks[0]] * count
    s, i, n = np.nonzero(_touched(economy, shocks))
    theta = np.ascontiguousarray(thetas.T)
    share, border, producer = (np.empty((len(s), count)) for _ in range(3))
    productivity = np.zeros((*economy.expenditure.T.shape, count))
    base, base_net = pi[s, i, n], (pi / (1 + old))[s, i, n]
    for member, shock in enumerate(each):
        cost, taste, tax = (
            np.full(len(s), neutral) if values is None else values[i, n, s]
            for values, neutral in ((shock.cost_hat, 1.0), (shock.taste_hat, 1.0), (shock.export_tax_new, 0.0))
        )
        duty = old[s, i, n] if shock.tariff_new is None else shock.tariff_new[i, n, s]
        kappa = cost * (1 + duty) / (1 + old[s, i, n]) * (1 + tax)
        kernel = base * taste * np.exp(-theta[s, member] * np.log(kappa))
        share[:, member] = kernel - base
        border[:, member] = kernel / (1 + duty) - base_net
        producer[:, member] = kernel / (1 + duty) / (1 + tax) - base_net
        if shock.productivity_hat is not None:
            productivity[:, :, member] = np.log(shock.productivity_hat.T)
    home = np.einsum("nns->ns", economy.pi)
    weight = economy.expenditure / economy.expenditure.sum(axis=1, keepdims=True)  # same either way
    net = pi / (1 + old)
    return _Problem(
        pi=pi,
        pi_t=np.ascontiguousarray(pi.transpose(0, 2, 1)),
        net=net,
        net_t=np.ascontiguousarray(net.transpose(0, 2, 1)),
        cells=(s, i, n),
        by_importer=_sorted(s, n),
        by_exporter=_sorted(s, i),
        share=share,
        border=border,
        producer=producer,
        theta=theta[:, None, :],
        productivity=productivity,
        step=1 / (1 + np.einsum("ns,sb->nb", (1 - home) * weight, theta)),  # same either way
    )


def _sorted(sector: np.ndarray, region: np.ndarray) -> _Cells:
    order = np.lexsort((region, sector))
    pairs = np.stack([sector[order], region[order]])
    new = np.ones(len(order), dtype=bool)
    new[1:] = (pairs[:, 1:] != pairs[:, :-1]).any(axis=0)
    starts = np.flatnonzero(new)
    return _Cells(order, starts, (pairs[0, starts], pairs[1, starts]))


@dataclass(frozen=True)
class _Sweep:
    """One pass for all members: the next state and the residual and size of the move of each."""

    image: FloatArray
    residual: FloatArray
    income: FloatArray


class _Iteration:
    """The joint map for a batch, iterated with a memory for each member until all have arrived or are given up."""

    def __init__(self, economy: Economy, problem: _Problem, rule: DeficitRule, atol: float) -> None:
        self.economy, self.problem, self.rule, self.atol = economy, problem, rule, atol
        self.regions, self.sectors = len(economy.regions), len(economy.sectors)
        self.beta, self.alpha = economy.beta.T[:, :, None], economy.alpha.T[:, :, None]
        self.gamma, self.gamma_t = economy.gamma, np.ascontiguousarray(economy.gamma.transpose(0, 2, 1))
        spending = np.ascontiguousarray(economy.expenditure.T)
        self.spent = spending > 0
        self.log_spending = np.log(np.where(self.spent, spending, 1.0))

    def run(self, start: FloatArray | None) -> Members:
        """Iterate from `start`, or from the baseline."""
        count = self.problem.theta.shape[-1]
        first = self._baseline() if start is None else start
        state = np.repeat(first[:, None], count, axis=1)
        members = np.arange(count)
        solved = np.zeros(count, dtype=bool)
        ended = np.zeros((count, len(first)))
        income = np.zeros((count, self.regions))
        memory, best = _Memory(count, len(first)), np.full(count, np.inf)
        steps = 0
        while len(members) and steps < MOST_STEPS:
            steps += 1
            sweep = self._sweep(state)
            move = sweep.image - state
            size = np.sqrt(np.einsum("dm,dm->m", move, move))
            arrived = sweep.residual <= self.atol
            for local in np.flatnonzero(arrived & ~solved[members]):
                who = members[local]
                solved[who], ended[who], income[who] = True, state[:, local], sweep.income[:, local]
            lost = ~np.isfinite(size) | ~np.isfinite(sweep.residual) | (size > GROWTH * best)
            best = np.fmin(best, size)
            active = ~(solved[members] | lost)
            state = _capped(state, memory.propose(sweep.image, move))
            if lost.any() or active.mean() <= COMPACT:
                members, best, state = members[active], best[active], np.ascontiguousarray(state[:, active])
                memory.keep(active)
                self.problem = self.problem.only(active)
        prices = ended[:, self.regions : self.regions + self.sectors * self.regions]
        return Members(
            solved, ended[:, : self.regions], prices.reshape(count, self.sectors, self.regions), income, steps
        )

    def _baseline(self) -> FloatArray:
        zeros = np.zeros(self.regions + self.sectors * self.regions)
        return np.concatenate([zeros, self.log_spending.ravel()])

    def _sweep(self, state: FloatArray) -> _Sweep:
        problem, shape = self.problem, (self.sectors, self.regions, state.shape[1])
        log_w = state[: self.regions]
        log_p, log_x = (part.reshape(shape) for part in np.split(state[self.regions :], 2))
        s, i, n = problem.cells
        log_cost = self.beta * log_w + _by_region(self.gamma_t, log_p) - problem.productivity
        a = np.exp(-problem.theta * log_cost)
        a_cells = a[s, i]
        q = np.matmul(problem.pi_t, a)
        problem.by_importer.add(problem.share * a_cells, q)
        q = np.where(self.spent[:, :, None], q, 1.0)
        spending = np.where(self.spent[:, :, None], np.exp(log_x), 0.0)
        x = spending / q
        x_cells = x[s, n]
        net = np.matmul(problem.net_t, a)
        problem.by_importer.add(problem.border * a_cells, net)
        duties = (spending - x * net).sum(axis=0)
        sales = np.matmul(problem.net, x)
        problem.by_exporter.add(problem.producer * x_cells, sales)
        output = a * sales
        taxes = np.zeros((self.regions, shape[2]))
        np.add.at(taxes, i, (problem.border - problem.producer) * a_cells * x_cells)
        value_added = np.exp(log_w) * self.economy.va[:, None]
        earned = value_added + duties + taxes
        income = _income(self.rule, earned)
        wanted = _by_region(self.gamma, output) + self.alpha * income
        excess = np.log((self.beta * output).sum(axis=0) / value_added)
        next_w = log_w + problem.step * excess
        next_w = next_w - np.log((np.exp(next_w) * self.economy.va[:, None]).sum(axis=0) / self.economy.va.sum())
        next_x = np.log(np.where(self.spent[:, :, None], wanted, 1.0))
        next_p = np.log(q) / -problem.theta
        gap = (spending.sum(axis=0) - duties - output.sum(axis=0) - taxes - income + earned) / value_added
        residual = np.max(
            [
                np.abs(next_x - log_x).max(axis=(0, 1)),
                np.abs(next_p - log_p).max(axis=(0, 1)),
                np.abs(excess).max(axis=0),
                np.abs(gap).max(axis=0),
            ],
            axis=0,
        )
        columns = shape[2]
        image = np.concatenate([next_w, next_p.reshape(-1, columns), next_x.reshape(-1, columns)])
        return _Sweep(image, residual, income)


class _Memory:
    """Anderson's memory with a Gram matrix for each member; arrays `[member, entry, state]`."""

    def __init__(self, members: int, size: int) -> None:
        self.moves = np.empty((members, MEMORY, size))
        self.images = np.empty((members, MEMORY, size))
        self.gram = np.zeros((members, MEMORY, MEMORY))
        self.filled = self.next = 0
        self.last: tuple[FloatArray, FloatArray] | None = None

    def keep(self, members: BoolArray) -> None:
        """Forget all but some members."""
        self.moves, self.images, self.gram = self.moves[members], self.images[members], self.gram[members]
        if self.last is not None:
            self.last = self.last[0][members], self.last[1][members]

    def propose(self, image: FloatArray, move: FloatArray) -> FloatArray:
        """The accelerated next states from the newest images and moves, `[state, member]`."""
        image, move = np.ascontiguousarray(image.T), np.ascontiguousarray(move.T)
        if self.last is not None:
            at = self.next
            np.subtract(image, self.last[0], out=self.images[:, at])
            np.subtract(move, self.last[1], out=self.moves[:, at])
            self.next, self.filled = (at + 1) % MEMORY, min(self.filled + 1, MEMORY)
            row = np.matvec(self.moves[:, : self.filled], self.moves[:, at])
            self.gram[:, at, : self.filled] = row
            self.gram[:, : self.filled, at] = row
        self.last = (image, move)
        gram = self.gram[:, : self.filled, : self.filled]
        norm = np.sqrt(np.maximum(np.diagonal(gram, axis1=1, axis2=2), np.finfo(float).tiny))  # same either way
        scaled = gram / norm[:, :, None] / norm[:, None, :]
        # A member that is lost holds no numbers; its own answer is dropped, the others must not suffer.
        scaled = np.where(np.isfinite(scaled), scaled, 0.0)  # same either way
        scaled[:, np.arange(self.filled), np.arange(self.filled)] = DIAGONAL
        right = np.matvec(self.moves[:, : self.filled], move) / norm
        weights = np.linalg.solve(scaled, right[:, :, None])[:, :, 0] / norm
        return np.ascontiguousarray((image - np.vecmat(weights, self.images[:, : self.filled])).T)


def _capped(state: FloatArray, proposal: FloatArray) -> FloatArray:
    """No entry of a member moves further than the longest move; short moves are taken as they are."""
    move = proposal - state
    furthest = np.abs(move).max(axis=0)
    return np.where(furthest > LONGEST_MOVE, state + move * (LONGEST_MOVE / furthest), proposal)


def _income(rule: DeficitRule, earned: FloatArray) -> FloatArray:
    if isinstance(rule, FixedDeficit):
        return earned + rule.deficit[:, None]
    if not isinstance(rule, ProportionalDeficit):
        raise TypeError(f"The closure rule {type(rule).__name__} cannot be solved in batches yet.")
    wanted = rule.ratio[:, None] * earned
    parts = int(rule.component.max()) + 1
    member = np.equal.outer(np.arange(parts), rule.component).astype(float)
    return (member @ earned / (member @ wanted))[rule.component] * wanted


def _by_region(matrix: FloatArray, values: FloatArray) -> FloatArray:
    """`matrix[region] @ values[:, region]` for every region; values and result `[sector, region, member]`."""
    return np.matmul(matrix, np.ascontiguousarray(values.transpose(1, 0, 2))).transpose(1, 0, 2)
