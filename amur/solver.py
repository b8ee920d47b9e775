"""solve(economy, shock): the equilibrium after a shock, with a certificate that it is one.

    equilibrium = solve(load_economy("icio-2022"), Shock(cost_hat=...), Anderson(atol=1e-10))

The equations are in `amur.models`; here they are iterated, checked and read off.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, Protocol, runtime_checkable

import numpy as np
from threadpoolctl import ThreadpoolController

from amur.economy.baseline import Economy, FloatArray, sector_last
from amur.errors import NoEquilibriumError, NotConvergedError, ScenarioError
from amur.models.closure import DeficitRule, FixedDeficit, deficit_rule
from amur.models.connectivity import (
    components,
    has_bans,
    open_links,
    require_buyers,
    require_payable_deficits,
    require_suppliers,
)
from amur.models.fixed_point import FixedPoint, Settings, accelerate
from amur.models.joint import JointMap, Sweep, blend, build_joint_map
from amur.models.shock import NO_SHOCK, Closure, Horizon, LongRun, Shock, require_closure

PURGE_TOLERANCE = 1e-11
"""Residual at which deficits count as purged; the solve itself aims lower."""

HOMOTOPY_TOLERANCE = 1e-6
"""Residual at which an intermediate point of a homotopy is good enough to go on from."""

SMALLEST_STRIDE = 1 / 256
"""A homotopy gives up when even this small a part of the shock cannot be added."""

__all__ = ["Anderson", "Equilibrium", "Residual", "ShockSource", "purge_deficits", "solve"]


@runtime_checkable
class ShockSource(Protocol):
    """Anything that turns into a shock on an economy, such as a scenario."""

    def shock(self, economy: Economy) -> Shock:
        """The shock in the economy's own regions and sectors."""
        ...


@dataclass(frozen=True)
class Anderson:
    """Settings of the solver: the joint map with safeguarded Anderson acceleration.

    `atol`: residual to reach, in logs. `memory`: earlier sweeps that are combined. `max_steps`: sweeps allowed.
    `start`: an equilibrium of the same economy and horizon to begin from. `throw`: raise when the tolerance is not
    reached; when False the equilibrium is returned with `converged` False.
    """

    atol: float = 1e-10
    memory: int = 15
    max_steps: int = 2000
    start: Equilibrium | None = None
    throw: bool = True


@dataclass(frozen=True)
class Residual:
    """What is left of each condition: goods and prices (log), labour (log), payments (share of value added)."""

    goods: float
    labour: float
    payments: float

    @property
    def worst(self) -> float:
        """The largest of the three."""
        return max(self.goods, self.labour, self.payments)


@dataclass(frozen=True, eq=False, repr=False)
class Equilibrium:
    """The world after a shock, in changes (`_hat` = new / old) and new values in the economy's units of money.

    Shapes: `w_hat`, `P_hat`, `income_new`, `tariff_revenue_new`, `export_tax_revenue_new`, `deficit_new` [region];
    `sector_wage_hat`, `p_hat`, `c_hat`, `expenditure`, `output` [region, sector]; `pi_new`, `trade_new`
    [exporter, importer, sector], computed when asked for. `w_hat` is the mean wage, `c_hat` the producer's price
    (productivity included, export tax not), `p_hat` the sector's price index, `P_hat` that of final spending.
    `exists` is None where that could not be told; `reason` says why there is none or none was found, else nothing.
    `economy` is the baseline that the hats refer to; under closure `balanced` that is the world without deficits.
    The numeraire is world value added. `walras` is the redundant condition: world labour demand over supply less one.
    """

    economy: Economy
    shock: Shock
    closure: Closure
    horizon: Horizon
    w_hat: FloatArray
    sector_wage_hat: FloatArray
    p_hat: FloatArray
    c_hat: FloatArray
    P_hat: FloatArray
    expenditure: FloatArray
    output: FloatArray
    income_new: FloatArray
    tariff_revenue_new: FloatArray
    export_tax_revenue_new: FloatArray
    deficit_new: FloatArray
    converged: bool
    residual: Residual
    walras: float
    steps: int
    seconds: float
    exists: bool | None
    reason: str
    state: FloatArray
    joint: JointMap

    def __repr__(self) -> str:
        how = f"residual {self.residual.worst:.1e}, {self.steps} steps" if self.converged else self.reason
        return f"<Equilibrium of {self.economy.name}, closure {self.closure}, {self.horizon}: {how}>"

    @cached_property
    def real_income_hat(self) -> FloatArray:
        """Exact change of real income, `(I'/I) / P_hat`."""
        return self.income_new / self.economy.income / self.P_hat

    @cached_property
    def real_wage_hat(self) -> FloatArray:
        """Change of the mean wage in terms of final goods."""
        return self.w_hat / self.P_hat

    @cached_property
    def va_new(self) -> FloatArray:
        """New value added of each region."""
        return self.w_hat * self.economy.va

    @cached_property
    def sweep(self) -> Sweep:
        """The joint map evaluated at the equilibrium, for gradients."""
        return self.joint.sweep(self.state)

    @cached_property
    def pi_new(self) -> FloatArray:
        """New shares [exporter, importer, sector] of duty-inclusive spending."""
        return sector_last(self.joint.new_shares(self.sweep))

    @cached_property
    def trade_new(self) -> FloatArray:
        """New flows [exporter, importer, sector] before import duty, export taxes included."""
        return sector_last(self.joint.border_flows(self.sweep))

    @cached_property
    def tariff_new(self) -> FloatArray:
        """Duties [exporter, importer, sector] after the shock."""
        new = self.shock.tariff_new
        return self.economy.tariff if new is None else np.broadcast_to(new, self.economy.tariff.shape)

    def as_economy(self, name: str, note: str = "") -> Economy:
        """The equilibrium as a baseline of its own; refused where export taxes are levied."""
        if self.joint.kernel.producer is not None:
            raise ScenarioError("An equilibrium with export taxes cannot become a baseline: baselines hold none.")
        beta, gamma = self.joint.model.cost_shares(self.sweep.nest, self.sweep.log_p)
        alpha = self.joint.model.final_shares(self.sweep.log_p)
        return replace(
            self.economy,
            name=name,
            pi=self.pi_new,
            gamma=gamma,
            beta=beta.T,
            alpha=(alpha / alpha.sum(axis=0)).T,
            va=self.joint.model.labour_value(self.sweep.nest, self.output.T),
            deficit=self.deficit_new,
            tariff=self.tariff_new,
            expenditure=self.expenditure,
            note=note or self.economy.note,
        )


def solve(
    economy: Economy,
    scenario: Shock | ShockSource,
    method: Anderson = Anderson(),
    *,
    closure: Closure | None = None,
    horizon: Horizon | None = None,
) -> Equilibrium:
    """The equilibrium of `economy` after `scenario`, a `Shock` or anything with a method `shock(economy)`.

    `closure` says what becomes of deficits and `horizon` how far the world adjusts; where they are not given they
    are the scenario's own, otherwise `fixed` and `LongRun()`. Raises `NoEquilibriumError` before solving when the
    trade graph and the closure contradict each other, and after it when a region's fixed surplus leaves it nothing to
    spend; `NotConvergedError` when the tolerance is not reached.
    """
    began = time.perf_counter()
    chosen: Closure = closure or getattr(scenario, "closure", None) or "fixed"
    reach: Horizon = horizon or getattr(scenario, "horizon", None) or LongRun()
    require_closure(chosen)
    economy.require_balance()
    if chosen == "balanced":
        economy = purge_deficits(economy)
    shock = scenario if isinstance(scenario, Shock) else scenario.shock(_at_horizon(economy, reach))
    shock = shock.checked(economy)
    rule = _rule(economy, shock, chosen, reach)
    task = _Task(economy, shock, chosen, reach, build_joint_map(economy, shock, rule, reach))
    equilibrium = _iterate(task, method, began)
    if method.throw and not equilibrium.converged:
        raise (NotConvergedError if equilibrium.exists is None else NoEquilibriumError)(equilibrium.reason)
    return equilibrium


@lru_cache(maxsize=4)
def purge_deficits(economy: Economy) -> Economy:
    """The economy after all trade deficits are removed in the long run: the baseline of closure `balanced`."""
    if not economy.deficit.any():
        return economy
    rule = FixedDeficit(np.zeros_like(economy.deficit))
    joint = build_joint_map(economy, NO_SHOCK, rule, LongRun())
    task = _Task(economy, NO_SHOCK, "fixed", LongRun(), joint)
    method = Anderson(atol=1e-13)
    equilibrium = _iterate(task, method, time.perf_counter())
    if not equilibrium.converged and equilibrium.residual.worst > PURGE_TOLERANCE:
        raise NotConvergedError(equilibrium.reason)
    return equilibrium.as_economy(
        f"{economy.name}, deficits purged", f"{economy.note} All trade deficits removed by solving the long run."
    )


@dataclass(frozen=True)
class _Task:
    """What is being solved."""

    economy: Economy
    shock: Shock
    closure: Closure
    horizon: Horizon
    joint: JointMap


def _at_horizon(economy: Economy, horizon: Horizon) -> Economy:
    """The economy with the elasticities of the horizon, which shocks that split a flow in parts depend on."""
    return economy if isinstance(horizon, LongRun) else economy.with_theta(economy.theta * horizon.theta_scale)


def _rule(economy: Economy, shock: Shock, closure: Closure, horizon: Horizon) -> DeficitRule:
    """The closure as a rule, after checking that bans leave room for an equilibrium."""
    if not has_bans(shock):
        return deficit_rule(economy, closure, np.zeros(len(economy.regions), dtype=np.intp))
    links = open_links(economy, shock)
    require_suppliers(economy, links)
    require_buyers(economy, links, horizon)
    require_payable_deficits(economy, links, closure)
    return deficit_rule(economy, closure, components(links))


def _iterate(task: _Task, method: Anderson, began: float) -> Equilibrium:
    """Iterate to the fixed point, by homotopy if need be, and read the equilibrium off."""
    settings = Settings(atol=method.atol, memory=method.memory, max_steps=method.max_steps)
    with one_thread(), np.errstate(all="ignore"):
        found = accelerate(task.joint.step, _start(task.joint, method.start), settings)
        spent_out: tuple[str, ...] = ()
        if not found.converged and not task.joint.is_baseline:
            found, spent_out = _by_homotopy(task, found, settings)
        sweep = task.joint.sweep(found.state)
        residual = certify(task.joint, sweep)
        poor = _without_income(task.economy, sweep) or spent_out
        if poor:
            ending = _Ending(found, residual, False, _exhausted(task.economy, poor))
        elif found.converged:
            ending = _Ending(found, residual, True, "")
        else:
            ending = _Ending(found, residual, None, _advice(found.steps, residual.worst, method.atol))
        return _read_off(task, sweep, ending, time.perf_counter() - began)


@dataclass(frozen=True)
class _Ending:
    """How an iteration ended."""

    found: FixedPoint
    residual: Residual
    exists: bool | None
    reason: str


def _start(joint: JointMap, near: Equilibrium | None) -> FloatArray:
    """The state to begin from: the baseline, or another equilibrium of the same size."""
    start = joint.start()
    if near is None:
        return start
    if near.state.shape != start.shape:
        raise ScenarioError(
            f"The equilibrium to start from has {near.state.size} unknowns and this problem {start.size}: it belongs "
            "to another economy or horizon. Leave `start` out."
        )
    return near.state


def _by_homotopy(task: _Task, direct: FixedPoint, settings: Settings) -> tuple[FixedPoint, tuple[str, ...]]:
    """Approach the shock step by step along `K = pi ((1-l) + l kappa ** -theta)`, each step from the last.

    Also returns the regions whose income is used up on the way, where that ends the path.
    """
    calm = build_joint_map(task.economy, NO_SHOCK, task.joint.rule, task.horizon)
    coarse = replace(settings, atol=HOMOTOPY_TOLERANCE)
    state, reached, stride, steps = calm.start(), 0.0, 0.5, direct.steps
    while stride >= SMALLEST_STRIDE and steps <= settings.max_steps:
        # Strides are halves of one, so the last step ends on one exactly.
        target = reached + stride
        joint = task.joint if target == 1 else blend(calm, task.joint, target)
        found = accelerate(joint.step, state, settings if target == 1 else coarse)
        steps += found.steps
        if not found.converged:
            stride /= 2
            continue
        if target == 1:
            return replace(found, steps=steps), ()
        poor = _without_income(task.economy, joint.sweep(found.state))
        if poor:
            return replace(direct, steps=steps), poor
        state, reached = found.state, target
    return replace(direct, steps=steps), ()


def _without_income(economy: Economy, sweep: Sweep) -> tuple[str, ...]:
    """Regions that would have to spend less than nothing."""
    return tuple(code for code, income in zip(economy.regions, sweep.income, strict=True) if income <= 0)


def _exhausted(economy: Economy, regions: tuple[str, ...]) -> str:
    """Why there is no equilibrium in which these regions spend anything."""
    surplus = -economy.deficit[economy.region(regions[0])] * economy.unit_usd / 1e9
    return (
        f"There is no equilibrium: what {', '.join(regions[:5])} earns after the shock does not cover its fixed trade "
        f"surplus ({regions[0]}: {surplus:,.1f} bn USD), so nothing would be left to spend. Use closure "
        "'share_of_income' or 'balanced', or a milder shock."
    )


def _advice(steps: int, residual: float, wanted: float) -> str:
    """What happened, and what to try."""
    return (
        f"The solver stopped after {steps} steps at a residual of {residual:.2g} (wanted {wanted:g}). Try closure "
        "'share_of_income', a milder shock, a start from a milder equilibrium, or more steps."
    )


def _read_off(task: _Task, sweep: Sweep, ending: _Ending, seconds: float) -> Equilibrium:
    """Collect the equilibrium at the final sweep, with its certificate."""
    joint, economy = task.joint, task.economy
    labour_value = joint.model.labour_value(sweep.nest, sweep.output)
    return Equilibrium(
        economy=economy,
        shock=task.shock,
        closure=task.closure,
        horizon=task.horizon,
        w_hat=sweep.value_added / economy.va,
        sector_wage_hat=np.exp(joint.model.sector_wages(sweep.log_w)).T,
        p_hat=np.exp(sweep.log_p).T,
        c_hat=np.exp(sweep.log_cost).T,
        P_hat=np.exp(joint.model.consumer_prices(sweep.log_p)),
        expenditure=sweep.spending.T,
        output=sweep.output.T,
        income_new=sweep.income,
        tariff_revenue_new=sweep.duties,
        export_tax_revenue_new=sweep.export_taxes,
        deficit_new=sweep.income - sweep.earned,
        converged=bool(ending.exists),
        residual=ending.residual,
        walras=float(labour_value.sum() / sweep.value_added.sum() - 1),
        steps=ending.found.steps,
        seconds=seconds,
        exists=ending.exists,
        reason=ending.reason,
        state=ending.found.state,
        joint=joint,
    )


def certify(joint: JointMap, sweep: Sweep) -> Residual:
    """How far each condition of an equilibrium is from holding at a sweep."""
    spent = sweep.spending > 0
    ratio = np.divide(sweep.spending_next, sweep.spending, out=np.ones_like(sweep.spending), where=spent)
    goods = max(np.abs(np.log(ratio)).max(), np.abs(np.where(spent, sweep.log_p_next - sweep.log_p, 0.0)).max())
    payments = np.abs(joint.payments_gap(sweep)).max()
    return Residual(goods=float(goods), labour=float(np.abs(sweep.excess).max()), payments=float(payments))


@lru_cache(maxsize=1)
def _thread_controller() -> ThreadpoolController:
    return ThreadpoolController()


def one_thread() -> Any:
    """Context in which linear algebra runs on one thread: many threads are slower on products this small."""
    return _thread_controller().limit(limits=1, user_api="blas")  # same either way
