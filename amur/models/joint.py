"""The joint map: one sweep through prices, trade, incomes and labour, whose fixed point is the equilibrium.

State: log wages, log sector prices and log spending, one vector. A sweep updates all three at once; there are no
inner loops. With `K`, `K2`, `K3` of `trade.py` it is three products of a matrix and a vector in each sector:

    c from w, p;  a = c ** -theta / z ** -theta;  q = a K;  p' = q ** (-1/theta)
    x = X / q;  Y = a (K3 x);  duties = sum (X - x (a K2))
    I = earned + D;  X' from Y and I;  wages move by a damped log excess demand for labour
    numeraire: world value added keeps its baseline value

Residual = max of |log excess labour demand|, |change of log p|, |change of log X| in one sweep, and of the gap in
each region's payments over its value added.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from amur.economy.baseline import BoolArray, Economy, FloatArray
from amur.models.closure import DeficitRule
from amur.models.long_run import build_long_run
from amur.models.shock import Horizon, LongRun, Shock
from amur.models.short_run import build_short_run
from amur.models.trade import Kernel, build_kernel


class Model(Protocol):
    """What a horizon supplies: cost, demand and the labour market. `nest` is whatever its cost hands to its demand."""

    @property
    def wage_shape(self) -> tuple[int, ...]: ...

    def wage_move(self, excess: FloatArray) -> FloatArray: ...

    def unit_cost(self, log_w: FloatArray, log_p: FloatArray) -> tuple[FloatArray, Any]: ...

    def demand(self, nest: Any, log_p: FloatArray, output: FloatArray, income: FloatArray) -> FloatArray: ...

    def value_added(self, log_w: FloatArray) -> FloatArray: ...

    def excess_labour(
        self, nest: Any, log_w: FloatArray, output: FloatArray, value_added: FloatArray
    ) -> FloatArray: ...

    def labour_value(self, nest: Any, output: FloatArray) -> FloatArray: ...

    def consumer_prices(self, log_p: FloatArray) -> FloatArray: ...

    def sector_wages(self, log_w: FloatArray) -> FloatArray: ...

    def cost_shares(self, nest: Any, log_p: FloatArray) -> tuple[FloatArray, FloatArray]: ...

    def final_shares(self, log_p: FloatArray) -> FloatArray: ...


@dataclass(frozen=True)
class Sweep:
    """Everything one sweep computes at a state; arrays `[sector, region]`, wages in the shape of the labour market.

    `a` is cost ** -theta of the exporter, `q` price ** -theta of the importer, `x` = X / q, `sales` = K3 x,
    `duty_sum` = a K2 in the taxed sectors.
    """

    log_w: FloatArray
    log_p: FloatArray
    spending: FloatArray
    nest: Any
    log_cost: FloatArray
    a: FloatArray
    q: FloatArray
    log_p_next: FloatArray
    x: FloatArray
    sales: FloatArray
    output: FloatArray
    duty_sum: FloatArray
    duties: FloatArray
    value_added: FloatArray
    export_taxes: FloatArray
    earned: FloatArray
    income: FloatArray
    spending_next: FloatArray
    excess: FloatArray


@dataclass(frozen=True)
class JointMap:
    """The equilibrium conditions of one economy under one shock, as a map from state to state."""

    kernel: Kernel
    model: Model
    rule: DeficitRule
    log_productivity: FloatArray | None
    spending0: FloatArray
    spent: BoolArray | None
    world: float

    @property
    def is_baseline(self) -> bool:
        """Whether nothing is changed but, at most, the deficits."""
        return self.kernel.calm and self.log_productivity is None

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape `[sector, region]` of prices and spending."""
        return self.spending0.shape

    def start(self) -> FloatArray:
        """The baseline as a state: wages and prices at one."""
        wages = np.zeros(int(np.prod(self.model.wage_shape)))
        return np.concatenate([wages, np.zeros(self.spending0.size), _log(self.spending0, self.spent).ravel()])

    def split(self, state: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Log wages, log prices and log spending as views of the state."""
        cells = self.spending0.size
        wages = state[: state.size - 2 * cells].reshape(self.model.wage_shape)
        prices = state[-2 * cells : -cells].reshape(self.shape)
        return wages, prices, state[-cells:].reshape(self.shape)

    def sweep(self, state: FloatArray) -> Sweep:
        """All quantities of the model at a state."""
        kernel, model = self.kernel, self.model
        log_w, log_p, log_x = self.split(state)
        log_cost, nest = model.unit_cost(log_w, log_p)
        if self.log_productivity is not None:
            log_cost = log_cost - self.log_productivity
        a = np.exp(-kernel.theta * log_cost)
        q = kernel.price_sum(a)
        spending = np.exp(log_x)
        if self.spent is not None:
            q = np.where(self.spent, q, 1.0)
            spending = np.where(self.spent, spending, 0.0)
        x = spending / q
        sales = kernel.producer_sales(x)
        output = a * sales
        duty_sum = kernel.border_sum(a)
        duties = (spending[kernel.taxed] - x[kernel.taxed] * duty_sum).sum(axis=0)
        export_taxes = self._export_taxes(a, x, sales)
        value_added = model.value_added(log_w)
        earned = value_added + duties + export_taxes
        income = self.rule.income(earned)
        return Sweep(
            log_w=log_w,
            log_p=log_p,
            spending=spending,
            nest=nest,
            log_cost=log_cost,
            a=a,
            q=q,
            log_p_next=np.log(q) / -kernel.theta,
            x=x,
            sales=sales,
            output=output,
            duty_sum=duty_sum,
            duties=duties,
            value_added=value_added,
            export_taxes=export_taxes,
            earned=earned,
            income=income,
            spending_next=model.demand(nest, log_p, output, income),
            excess=model.excess_labour(nest, log_w, output, value_added),
        )

    def step(self, state: FloatArray) -> tuple[FloatArray, float]:
        """The next state, and the residual at this one (infinite where the state is outside the model's domain)."""
        return self.advance(state, self.sweep(state))

    def advance(self, state: FloatArray, now: Sweep) -> tuple[FloatArray, float]:
        """The next state and the residual, from a sweep already made."""
        log_w = now.log_w + self.model.wage_move(now.excess)
        log_w = log_w - np.log(self.model.value_added(log_w).sum() / self.world)
        after = np.concatenate([log_w.ravel(), now.log_p_next.ravel(), _log(now.spending_next, self.spent).ravel()])
        cells = 2 * self.spending0.size
        moved = np.abs(after[-cells:] - state[-cells:]).max()
        residual = float(max(moved, np.abs(now.excess).max(), np.abs(self.payments_gap(now)).max()))
        return after, residual if np.isfinite(residual) else np.inf

    def payments_gap(self, now: Sweep) -> FloatArray:
        """Imports less exports less the deficit, over value added, in each region."""
        imports = now.spending.sum(axis=0) - now.duties
        exports = now.output.sum(axis=0) + now.export_taxes
        return (imports - exports - now.income + now.earned) / now.value_added

    def new_shares(self, now: Sweep) -> FloatArray:
        """Trade shares `[sector, exporter, importer]` at a sweep."""
        return self.kernel.share * now.a[:, :, None] / now.q[:, None, :]

    def border_flows(self, now: Sweep) -> FloatArray:
        """Flows `[sector, exporter, importer]` before import duty, export taxes included, at a sweep."""
        return self.kernel.border_full() * now.a[:, :, None] * now.x[:, None, :]

    def _export_taxes(self, a: FloatArray, x: FloatArray, sales: FloatArray) -> FloatArray:
        if self.kernel.producer is None:
            return np.zeros(self.shape[1])
        return (a * (self.kernel.border_sales(x) - sales)).sum(axis=0)


def build_joint_map(economy: Economy, shock: Shock, rule: DeficitRule, horizon: Horizon) -> JointMap:
    """The equilibrium conditions of an economy under a checked shock, a rule for deficits and a horizon."""
    if isinstance(horizon, LongRun):
        theta = economy.theta
        model: Model = build_long_run(economy, theta)
    else:
        theta = economy.theta * horizon.theta_scale
        model = build_short_run(economy, horizon, theta)
    spending0 = np.ascontiguousarray(economy.expenditure.T)
    productivity = shock.productivity_hat
    return JointMap(
        kernel=build_kernel(economy, shock, theta),
        model=model,
        rule=rule,
        log_productivity=None if productivity is None else np.log(np.ascontiguousarray(productivity.T)),
        spending0=spending0,
        spent=None if spending0.all() else spending0 > 0,
        world=float(economy.va.sum()),
    )


def blend(calm: JointMap, target: JointMap, part: float) -> JointMap:
    """A map between two of the same economy: kernels mixed as `(1 - part) calm + part target`, for homotopy."""
    before, after = calm.kernel, target.kernel
    border0, border1 = before.border_full(), after.border_full()
    producer = None if after.producer is None else (1 - part) * border0 + part * after.producer
    kernel = Kernel(
        share=(1 - part) * before.share + part * after.share,
        border=(1 - part) * border0 + part * border1,
        producer=producer,
        taxed=slice(0, len(border1)),
        theta=after.theta,
    )
    productivity = None if target.log_productivity is None else part * target.log_productivity
    return replace(target, kernel=kernel, log_productivity=productivity)


def _log(spending: FloatArray, spent: BoolArray | None) -> FloatArray:
    """Log spending; cells in which nothing is ever spent are held at zero."""
    return np.log(spending) if spent is None else np.log(np.where(spent, spending, 1.0))
