"""Quotas and price caps: limits whose shadow price is found by complementarity.

Each limit k has a wedge u_k >= 0, an ad-valorem gap between what the buyers pay and what the sellers ask:

    quota       u_k >= 0,  v_k - V_k(u) >= 0,  u_k (v_k - V_k) = 0       V  volume delivered over the baseline's
    price cap   u_k >= 0,  m_k - c_k(u) >= 0,  u_k (m_k - c_k) = 0       c  change of the seller's price

Who keeps the wedge decides what it is: a duty (importer), an export tax (exporter), or a cost (nobody). A price cap
is kept by the buyers: they hold back demand until the price that the seller can obtain anywhere is at the cap. It is
in units of the numeraire, world value added.

With g = ln(V/v) or ln(c/m) in the limits that bind and h = ln(1+u), the binding ones solve g(h) = 0 by Newton steps
with Broyden's update of the derivative; limits enter and leave the binding set as their wedge or their slack asks.
Each g is one equilibrium, started from the one before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from amur.economy import Economy
from amur.economy.baseline import BoolArray, FloatArray
from amur.errors import NoEquilibriumError, NotConvergedError
from amur.models.shock import Closure, Horizon, LongRun, Shock
from amur.scenario import Compiled, Limit, PriceCap, Quota, Scenario, at_horizon
from amur.solver import Anderson, Equilibrium, purge_deficits, solve

TOLERANCE = 1e-9
"""How far a binding limit may be from holding exactly, in logs; the equilibria are solved to 1e-10."""

MOST_ROUNDS = 60
LARGEST_STEP = 1.5
"""Longest change of ln(1 + wedge) in one step, so that a poor first derivative does no harm."""

LARGEST_WEDGE = np.log(1e4)
"""A wedge above a factor of 10,000 leaves no trade worth the name."""

FLATTEST = -1e-3
"""A limit always eases as its own wedge grows; a flatter measured derivative means that trade has run out."""

PROBE = 0.02
"""Step of ln(1 + wedge) with which the effect on a capped price is first measured."""


@dataclass(frozen=True)
class Bound:
    """One limit in the equilibrium: its wedge, whether it binds, what it limits, and what the wedge is worth."""

    number: int
    kind: str
    exporter: str
    importer: str
    sector: str
    limit: float
    reached: float
    wedge: float
    rent_usd: float
    rent_to: str

    @property
    def binds(self) -> bool:
        """Whether the wedge is above zero."""
        return self.wedge > 0

    def to_dict(self) -> dict[str, object]:
        """Plain data, with `binds`."""
        return {**self.__dict__, "binds": self.binds}


@dataclass(frozen=True, eq=False)
class LimitedEquilibrium:
    """An equilibrium in which every limit holds, with the wedges that make it so."""

    equilibrium: Equilibrium
    bounds: tuple[Bound, ...]


@dataclass(frozen=True, eq=False)
class _Cell:
    """One wedge: the flows that share it and the limit that it serves."""

    limit: Limit
    flows: BoolArray


@dataclass(frozen=True, eq=False)
class _Problem:
    """What is solved for: the economy, the shock without wedges, and the wedges to find."""

    economy: Economy
    shock: Shock
    cells: tuple[_Cell, ...]
    method: Anderson
    closure: Closure
    horizon: Horizon

    def at(self, h: FloatArray, start: Equilibrium | None) -> Equilibrium:
        """The equilibrium under wedges exp(h) - 1."""
        shock = with_wedges(self.economy, self.shock, self.cells, h)
        return solve(self.economy, shock, replace(self.method, start=start), closure=self.closure, horizon=self.horizon)

    def excess(self, equilibrium: Equilibrium) -> FloatArray:
        """ln(V/v) or ln(c/m) for each wedge: above zero where the limit is broken."""
        return np.array([np.log(reached(equilibrium, cell) / _level(cell.limit)) for cell in self.cells])


def solve_with_limits(
    economy: Economy,
    scenario: Scenario,
    method: Anderson = Anderson(),  # noqa: B008
    *,
    closure: Closure | None = None,
    horizon: Horizon | None = None,
) -> LimitedEquilibrium:
    """The equilibrium of a scenario in which its quotas and price caps hold.

    `closure` and `horizon` are the scenario's where not given. Raises `NoEquilibriumError` where no wedge is large
    enough, as for a price that would stay above its cap without the buyers who cap it.
    """
    chosen, reach = closure or scenario.closure, horizon or scenario.horizon
    base = purge_deficits(economy) if chosen == "balanced" else economy
    return solve_compiled(base, scenario.compiled(at_horizon(base, reach)), method, closure=chosen, horizon=reach)


def solve_compiled(
    economy: Economy,
    compiled: Compiled,
    method: Anderson = Anderson(),  # noqa: B008
    *,
    closure: Closure = "fixed",
    horizon: Horizon = LongRun(),  # noqa: B008
) -> LimitedEquilibrium:
    """The same for a scenario that is compiled already; without limits it is `solve`."""
    cells = tuple(cell for limit in compiled.limits for cell in _cells(limit))
    problem = _Problem(economy, compiled.shock, cells, method, closure, horizon)
    h, equilibrium = _complementarity(problem)
    bounds = tuple(_bound(equilibrium, cell, wedge) for cell, wedge in zip(cells, np.expm1(h), strict=True))
    return LimitedEquilibrium(equilibrium, bounds)


# ── the wedges ──────────────────────────────────────────────────────────────────────────────────


def _complementarity(problem: _Problem) -> tuple[FloatArray, Equilibrium]:
    """Wedges ln(1+u) >= 0 and the equilibrium in which every limit holds and those with a wedge bind."""
    h = np.zeros(len(problem.cells))
    equilibrium = problem.at(h, problem.method.start)
    g = problem.excess(equilibrium)
    slopes = _first_slopes(problem, h, g, equilibrium)
    for _ in range(MOST_ROUNDS):
        binding = (h > 0) | (g > TOLERANCE)
        if np.abs(g[binding]).max(initial=0.0) <= TOLERANCE:
            return h, equilibrium
        step = np.zeros_like(h)
        step[binding] = np.linalg.solve(slopes[np.ix_(binding, binding)], -g[binding])
        after = np.maximum(0.0, h + np.clip(step, -LARGEST_STEP, LARGEST_STEP))
        if after.max() > LARGEST_WEDGE:
            raise NoEquilibriumError(_unreachable(problem, equilibrium, int(after.argmax())))
        equilibrium = problem.at(after, equilibrium)
        g_after = problem.excess(equilibrium)
        slopes = _broyden(slopes, after - h, g_after - g)
        h, g = after, g_after
    short = float(np.abs(g[(h > 0) | (g > 0)]).max())
    raise NotConvergedError(
        f"The wedges of the quotas and price caps stopped {short:.2g} (log) short of their limits after {MOST_ROUNDS} "
        f"rounds (wanted {TOLERANCE:g}). Try milder limits, or fewer at once."
    )


def _first_slopes(problem: _Problem, h: FloatArray, g: FloatArray, equilibrium: Equilibrium) -> FloatArray:
    """A first derivative of g: for quotas from the trade elasticity, for caps by a probe, which own prices need."""
    theta = equilibrium.joint.kernel.theta[:, 0]
    slopes = np.zeros((len(h), len(h)))
    for at, cell in enumerate(problem.cells):
        if isinstance(cell.limit.instrument, Quota):
            slopes[at, at] = -1 - float(theta[cell.flows.any(axis=(0, 1))].mean())
            continue
        probe = h.copy()
        probe[at] += PROBE
        slopes[:, at] += (problem.excess(problem.at(probe, equilibrium)) - g) / PROBE
    return slopes


def _broyden(slopes: FloatArray, step: FloatArray, change: FloatArray) -> FloatArray:
    """The nearest derivative that explains the last step exactly, kept falling in each limit's own wedge."""
    size = float(step @ step)
    if size == 0:
        return slopes
    after = slopes + np.outer(change - slopes @ step, step) / size
    np.fill_diagonal(after, np.minimum(np.diag(after), FLATTEST))
    return after


def with_wedges(economy: Economy, shock: Shock, cells: tuple[_Cell, ...], h: FloatArray) -> Shock:
    """The shock with each wedge as a duty, an export tax or a cost, by who keeps it."""
    factors = {kind: np.ones(economy.tariff.shape) for kind in ("importer", "exporter", "lost")}
    for cell, wedge in zip(cells, h, strict=True):
        factors[_keeper(cell.limit)][cell.flows] *= np.exp(wedge)
    duty, tax, cost = factors["importer"], factors["exporter"], factors["lost"]
    tariff = economy.tariff if shock.tariff_new is None else shock.tariff_new
    taxed = np.zeros_like(tariff) if shock.export_tax_new is None else shock.export_tax_new
    costs = np.ones_like(tariff) if shock.cost_hat is None else shock.cost_hat
    return replace(
        shock,
        tariff_new=shock.tariff_new if (duty == 1).all() else (1 + tariff) * duty - 1,
        export_tax_new=shock.export_tax_new if (tax == 1).all() else (1 + taxed) * tax - 1,
        cost_hat=shock.cost_hat if (cost == 1).all() else costs * cost,
    )


# ── what a limit is about ───────────────────────────────────────────────────────────────────────


def _cells(limit: Limit) -> list[_Cell]:
    """One wedge for all flows of a limit, or one for each flow."""
    instrument = limit.instrument
    if isinstance(instrument, PriceCap) or instrument.scope == "together":
        return [_Cell(limit, limit.cells)]
    found = []
    for at in np.argwhere(limit.cells):
        flows = np.zeros_like(limit.cells)
        flows[tuple(at)] = True
        found.append(_Cell(limit, flows))
    return found


def _level(limit: Limit) -> float:
    return limit.instrument.price if isinstance(limit.instrument, PriceCap) else limit.instrument.volume


def _keeper(limit: Limit) -> str:
    return "importer" if isinstance(limit.instrument, PriceCap) else limit.instrument.rent


def reached(equilibrium: Equilibrium, cell: _Cell) -> float:
    """What the limit is about, over its baseline: the volume delivered, or the seller's price."""
    if isinstance(cell.limit.instrument, PriceCap):
        return float(equilibrium.c_hat[cell.flows.any(axis=1)][0])
    new, old = equilibrium.trade_new[cell.flows], equilibrium.economy.trade[cell.flows]
    price = np.broadcast_to(equilibrium.c_hat[:, None, :], cell.flows.shape)[cell.flows]
    shock = equilibrium.shock
    if shock.export_tax_new is not None:
        price = price * (1 + shock.export_tax_new[cell.flows])
    if shock.cost_hat is not None:
        price = price * shock.cost_hat[cell.flows]
    return float((new / price).sum() / old.sum())


def _bound(equilibrium: Equilibrium, cell: _Cell, wedge: float) -> Bound:
    economy, keeper = equilibrium.economy, _keeper(cell.limit)
    border = equilibrium.trade_new[cell.flows]
    if keeper == "importer":
        rate = equilibrium.tariff_new[cell.flows]
        rent = (border * (1 + rate) * wedge / (1 + wedge)).sum()
    else:
        # The border value holds an export tax, and an equal gap where the rent is lost as a cost.
        rent = (border * wedge / (1 + wedge)).sum()
    return Bound(
        number=cell.limit.number + 1,
        kind=cell.limit.instrument.instrument,
        exporter=_named(economy.regions, cell.flows.any(axis=(1, 2))),
        importer=_named(economy.regions, cell.flows.any(axis=(0, 2))),
        sector=_named(economy.sectors, cell.flows.any(axis=(0, 1))),
        limit=_level(cell.limit),
        reached=reached(equilibrium, cell),
        wedge=float(wedge),
        rent_usd=float(rent) * economy.unit_usd,
        rent_to=keeper,
    )


def _named(labels: tuple[str, ...], chosen: np.ndarray | np.bool_) -> str:
    chosen = np.atleast_1d(chosen)
    return " ".join(label for label, inside in zip(labels, chosen, strict=True) if inside)


def _unreachable(problem: _Problem, equilibrium: Equilibrium, at: int) -> str:
    cell = problem.cells[at]
    now, wanted = reached(equilibrium, cell), _level(cell.limit)
    what = "price" if isinstance(cell.limit.instrument, PriceCap) else "volume"
    return (
        f"No wedge brings the {what} that shock {cell.limit.number + 1} limits down to {wanted:g} of its baseline: "
        f"with almost no trade left it is {now:.4g}. Raise the limit, or add buyers to those who hold it."
    )
