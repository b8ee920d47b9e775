"""The joint map run backwards: from weights on its results to weights on the state and on every cell of its kernel.

Write `y_bar` for the derivative of one outcome by the quantity `y`. If `F` is the joint map, `z` its state at the
equilibrium and `b` a parameter, the outcome moves by

    y_b + lambda . F_b,          lambda = y_z + F_z' lambda

so that one linear fixed point in `lambda` serves every parameter at once. A sweep backwards costs the same three
products of a kernel and a vector in each sector as a sweep forwards.

Arrays are those of `amur.models` with one axis more at the end, one column for each outcome: `[sector, region,
outcome]` and `[region, outcome]`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from amur.adjoint.nests import Backwards, backwards_of
from amur.economy.baseline import FloatArray
from amur.models.closure import FixedDeficit, ProportionalDeficit
from amur.models.joint import JointMap, Sweep


@dataclass(frozen=True)
class Seeds:
    """Derivatives of the outcomes by what a sweep computes; an array that is None is zero.

    `income`, `duties` [region, outcome]; `log_p`, `log_spending`, `a`, `x` [sector, region, outcome], where `a` and
    `x` are those of the sweep; `border` [sector, exporter, importer, outcome] is the direct weight of the kernel.
    """

    income: FloatArray | None = None
    duties: FloatArray | None = None
    log_p: FloatArray | None = None
    log_spending: FloatArray | None = None
    log_w: FloatArray | None = None
    a: FloatArray | None = None
    x: FloatArray | None = None
    border: FloatArray | None = None


@dataclass(frozen=True)
class Weights:
    """Derivatives of the outcomes by the state and by the quantities that meet the kernel."""

    log_w: FloatArray
    log_p: FloatArray
    log_spending: FloatArray
    log_cost: FloatArray
    a: FloatArray
    q: FloatArray
    sales: FloatArray
    duties: FloatArray
    export_taxes: FloatArray

    @property
    def state(self) -> FloatArray:
        """The weights of the state, `[state, outcome]`."""
        columns = self.log_w.shape[-1]
        return np.concatenate(
            [part.reshape(part.size // columns, columns) for part in (self.log_w, self.log_p, self.log_spending)]
        )


def join_weights(parts: Sequence[Weights]) -> Weights:
    """Several sets of outcomes side by side."""
    if len(parts) == 1:
        return parts[0]
    names = [field.name for field in fields(Weights)]
    return Weights(**{name: np.concatenate([getattr(part, name) for part in parts], axis=-1) for name in names})


@dataclass(frozen=True)
class ReverseMap:
    """The joint map at one sweep, ready to be run backwards for any number of outcomes."""

    joint: JointMap
    sweep: Sweep
    model: Backwards
    spending_weight: FloatArray
    calm_price: FloatArray
    wage_weight: FloatArray

    def zeros(self, columns: int) -> FloatArray:
        """A state of zero weights."""
        return np.zeros((self.joint.start().size, columns))

    def step(self, state_bar: FloatArray, seeds: Seeds) -> Weights:
        """One sweep backwards: `y_z + F_z' state_bar`, and the weights on the way."""
        kernel, now = self.joint.kernel, self.sweep
        w_bar, p_bar, x_bar = self._split(state_bar)
        # Wages: log w' = u - log(V(u) / V0), u = log w + step * excess.
        moved = w_bar - self.wage_weight[..., None] * w_bar.sum(axis=tuple(range(w_bar.ndim - 1)))
        excess_bar = self.model.wage_move(moved)
        demand_bar = x_bar * self.spending_weight[..., None]
        pulled = self.model.demand_and_labour(demand_bar, excess_bar)
        income_bar = _plus(pulled.income, seeds.income)
        earned_bar = _earned_bar(self.joint.rule, now, income_bar)
        duties_bar = _plus(earned_bar, seeds.duties)
        value_added_bar = earned_bar + pulled.value_added
        # Trade: Y = a S, S = K3 x, duties = sum X - x (K2' a), export taxes = sum a (K2 x - K3 x).
        sales_bar = now.a[..., None] * pulled.output
        a_bar = _plus(now.sales[..., None] * pulled.output, seeds.a)
        px_bar = self._through_producer(sales_bar)
        taxed = kernel.taxed
        px_bar[taxed] -= now.duty_sum[..., None] * duties_bar
        if now.duty_sum.size:
            a_bar[taxed] -= np.matmul(kernel.border, now.x[taxed][..., None] * duties_bar)
        spent_bar = np.zeros_like(px_bar)
        spent_bar[taxed] += duties_bar
        if kernel.producer is not None:
            border = kernel.border_full()
            gap = (np.matvec(border, now.x) - now.sales)[..., None]
            a_bar += gap * earned_bar
            weighted = now.a[..., None] * earned_bar
            px_bar += np.matmul(border.transpose(0, 2, 1), weighted) - self._through_producer(weighted)
        px_bar = _plus(px_bar, seeds.x)
        over_q = 1 / self.sweep.q[..., None]
        spent_bar += px_bar * over_q
        q_bar = -(px_bar * now.x[..., None] + p_bar * self.calm_price[..., None]) * over_q
        a_bar += np.matmul(kernel.share, q_bar)
        cost_bar = -kernel.theta[..., None] * now.a[..., None] * a_bar
        log_w_bar, log_p_bar = self.model.cost(cost_bar, pulled)
        log_w_bar = moved + log_w_bar + self.model.value_added(value_added_bar)
        return Weights(
            log_w=_plus(log_w_bar, seeds.log_w),
            log_p=_plus(log_p_bar, seeds.log_p),
            log_spending=_plus(now.spending[..., None] * spent_bar, seeds.log_spending),
            log_cost=cost_bar,
            a=a_bar,
            q=q_bar,
            sales=sales_bar,
            duties=duties_bar,
            export_taxes=earned_bar,
        )

    def _split(self, state: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        columns, shape = state.shape[-1], self.joint.shape
        cells = int(np.prod(shape))
        wages = state[: len(state) - 2 * cells].reshape(*self.joint.model.wage_shape, columns)
        prices = state[-2 * cells : -cells].reshape(*shape, columns)
        return wages, prices, state[-cells:].reshape(*shape, columns)

    def _through_producer(self, sales_bar: FloatArray) -> FloatArray:
        """`K3' sales_bar`, sector by sector where border and share differ."""
        kernel = self.joint.kernel
        if kernel.producer is not None:
            return np.matmul(kernel.producer.transpose(0, 2, 1), sales_bar)
        out = np.empty_like(sales_bar)
        taxed = kernel.taxed
        for part, matrix in (
            (slice(0, taxed.start), kernel.share[: taxed.start]),
            (taxed, kernel.border),
            (slice(taxed.stop, None), kernel.share[taxed.stop :]),
        ):
            if len(matrix):
                out[part] = np.matmul(matrix.transpose(0, 2, 1), sales_bar[part])
        return out


def reverse_map(joint: JointMap, sweep: Sweep) -> ReverseMap:
    """Prepare a joint map to be run backwards at a sweep, which should be at its fixed point."""
    spent = sweep.spending_next > 0
    weight = np.divide(1.0, sweep.spending_next, out=np.zeros_like(sweep.spending_next), where=spent)
    if joint.spent is not None:
        weight = np.where(joint.spent, weight, 0.0)
    model = backwards_of(joint.model, sweep)
    world = np.full((sweep.value_added.size, 1), 1 / sweep.value_added.sum())
    return ReverseMap(
        joint=joint,
        sweep=sweep,
        model=model,
        spending_weight=weight,
        calm_price=np.broadcast_to(1 / joint.kernel.theta, sweep.q.shape),
        wage_weight=model.value_added(world)[..., 0],
    )


def _earned_bar(rule: object, now: Sweep, income_bar: FloatArray) -> FloatArray:
    """From weights on income to weights on what is earned, by the closure."""
    if isinstance(rule, FixedDeficit):
        return income_bar
    if not isinstance(rule, ProportionalDeficit):
        raise TypeError(f"The closure rule {type(rule).__name__} has no derivative yet.")
    wanted = rule.ratio * now.earned
    parts = rule.component
    earned_sum, wanted_sum = (np.bincount(parts, weights=values) for values in (now.earned, wanted))
    scale = (earned_sum / wanted_sum)[parts][:, None]
    pulled = np.zeros((len(earned_sum), income_bar.shape[1]))
    np.add.at(pulled, parts, wanted[:, None] * income_bar)
    through_scale = pulled[parts] * (
        1 / wanted_sum[parts][:, None] - scale / wanted_sum[parts][:, None] * rule.ratio[:, None]
    )
    return scale * rule.ratio[:, None] * income_bar + through_scale


def _plus(values: FloatArray, seed: FloatArray | None) -> FloatArray:
    return values if seed is None else values + seed
