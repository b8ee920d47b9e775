"""Technology, tastes and labour markets run backwards, for the long run and for the short run.

The equations are those of `amur.models.long_run` and `amur.models.short_run`; `y_bar` is the derivative of an outcome
by `y`, with the outcomes on the last axis. Nest prices meet demand as well as cost, so what demand says about them is
carried to the cost equation in `Pulled`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from amur.economy.baseline import FloatArray
from amur.models.joint import Sweep
from amur.models.long_run import LongRunModel
from amur.models.short_run import ShortRunModel


@dataclass(frozen=True)
class Pulled:
    """What demand and the labour market say: weights of output, income and value added, and of prices in the nests."""

    output: FloatArray
    income: FloatArray
    value_added: FloatArray
    log_w: FloatArray | float = 0.0
    log_p: FloatArray | float = 0.0
    bundle: FloatArray | float = 0.0
    cost: FloatArray | float = 0.0
    wage: FloatArray | float = 0.0


class Backwards(Protocol):
    """A horizon's equations run backwards at one sweep."""

    def wage_move(self, moved_bar: FloatArray) -> FloatArray: ...

    def demand_and_labour(self, demand_bar: FloatArray, excess_bar: FloatArray) -> Pulled: ...

    def cost(self, cost_bar: FloatArray, pulled: Pulled) -> tuple[FloatArray, FloatArray]: ...

    def value_added(self, value_added_bar: FloatArray) -> FloatArray: ...

    def consumer_prices(self, log_price_bar: FloatArray) -> FloatArray: ...


def backwards_of(model: Any, sweep: Sweep) -> Backwards:
    """The reverse of a horizon's model."""
    if isinstance(model, LongRunModel):
        return _LongRun(model, sweep, np.ascontiguousarray(model.gamma.transpose(0, 2, 1)))
    if isinstance(model, ShortRunModel):
        return _short_run(model, sweep)
    raise TypeError(f"The model {type(model).__name__} has no derivative yet.")


@dataclass(frozen=True)
class _LongRun:
    model: LongRunModel
    sweep: Sweep
    gamma_t: FloatArray

    def wage_move(self, moved_bar: FloatArray) -> FloatArray:
        return self.model.wage_step[:, None] * moved_bar

    def demand_and_labour(self, demand_bar: FloatArray, excess_bar: FloatArray) -> Pulled:
        model, now = self.model, self.sweep
        labour = (model.beta * now.output).sum(axis=0)[:, None]
        output_bar = _by_region(self.gamma_t, demand_bar) + model.beta[..., None] * (excess_bar / labour)
        return Pulled(
            output=output_bar,
            income=np.einsum("sn,snc->nc", model.alpha, demand_bar),
            value_added=-excess_bar / now.value_added[:, None],
        )

    def cost(self, cost_bar: FloatArray, pulled: Pulled) -> tuple[FloatArray, FloatArray]:
        return np.einsum("sn,snc->nc", self.model.beta, cost_bar), _by_region(self.model.gamma, cost_bar)

    def value_added(self, value_added_bar: FloatArray) -> FloatArray:
        return self.sweep.value_added[:, None] * value_added_bar

    def consumer_prices(self, log_price_bar: FloatArray) -> FloatArray:
        return self.model.alpha[..., None] * log_price_bar


@dataclass(frozen=True)
class _ShortRun:
    """Shares of the nests at a sweep: `input_share` [region, input, user] in the bundle, the rest [sector, region].

    `value_share` and `bundle_share` split unit cost; `inputs` and `final` are spending; `labour` is what industries
    pay for value added; `wage_share` is each industry's weight in the region's mean wage.
    """

    model: ShortRunModel
    sweep: Sweep
    input_share: FloatArray
    input_share_t: FloatArray
    value_share: FloatArray
    bundle_share: FloatArray
    final_share: FloatArray
    inputs: FloatArray
    users: FloatArray
    labour: FloatArray
    wage_share: FloatArray

    def wage_move(self, moved_bar: FloatArray) -> FloatArray:
        model = self.model
        if model.kappa is None:
            return model.mean_step[:, None] * moved_bar
        held = np.where(model.employed[..., None], moved_bar, 0.0)
        own = model.own_step[..., None] * held
        common = (model.mean_step[:, None] * held - own).sum(axis=0)
        return own + (model.va_by_sector / model.va)[..., None] * common

    def demand_and_labour(self, demand_bar: FloatArray, excess_bar: FloatArray) -> Pulled:
        model, now = self.model, self.sweep
        rho_va, rho_in, rho_c = model.rho
        # users is spending on the bundle; each user spreads it over inputs by input_share.
        pull = _by_region(self.input_share_t, demand_bar) * self.users[..., None]
        weight = self.final_share[..., None] * demand_bar
        spent = weight * now.income[:, None]
        log_p = rho_in * (self.inputs[..., None] * demand_bar)
        log_p = log_p + rho_c * (spent - self.final_share[..., None] * spent.sum(axis=0))
        labour_bar, value_added_bar, log_w = self._labour(excess_bar)
        output = np.divide(
            pull + labour_bar, now.output[..., None], out=np.zeros_like(pull), where=now.output[..., None] > 0
        )
        return Pulled(
            output=output,
            income=weight.sum(axis=0),
            value_added=value_added_bar,
            log_w=log_w,
            log_p=log_p,
            bundle=(rho_va - rho_in) * pull,
            cost=-rho_va * (pull + labour_bar),
            wage=rho_va * labour_bar,
        )

    def _labour(self, excess_bar: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray | float]:
        """Weights of the log of each industry's labour cost, of value added, and of wages directly."""
        model, now = self.model, self.sweep
        if model.kappa is None:
            share = self.labour / self.labour.sum(axis=0)
            return share[..., None] * excess_bar, -excess_bar / now.value_added[:, None], 0.0
        held = np.where(model.employed[..., None], excess_bar, 0.0)
        mean = -(1 - model.kappa) * held.sum(axis=0)
        log_w = -model.kappa * held + self.wage_share[..., None] * mean
        return held, np.zeros((now.value_added.size, excess_bar.shape[-1])), log_w

    def cost(self, cost_bar: FloatArray, pulled: Pulled) -> tuple[FloatArray, FloatArray]:
        total = cost_bar + pulled.cost
        wage = self.value_share[..., None] * total + pulled.wage
        bundle = self.bundle_share[..., None] * total + pulled.bundle
        log_w = wage.sum(axis=0) if self.model.kappa is None else wage
        return log_w + pulled.log_w, _by_region(self.input_share, bundle) + pulled.log_p

    def value_added(self, value_added_bar: FloatArray) -> FloatArray:
        mean = self.sweep.value_added[:, None] * value_added_bar
        return mean if self.model.kappa is None else self.wage_share[..., None] * mean

    def consumer_prices(self, log_price_bar: FloatArray) -> FloatArray:
        return self.final_share[..., None] * log_price_bar


def _short_run(model: ShortRunModel, sweep: Sweep) -> _ShortRun:
    rho_va, rho_in, _ = model.rho
    nest = sweep.nest
    input_share = model.bundle_share * np.exp(rho_in * (sweep.log_p.T[:, :, None] - nest.bundle.T[:, None, :]))
    value_share = model.beta * np.exp(rho_va * (nest.wage - nest.cost))
    bundle_share = (1 - model.beta) * np.exp(rho_va * (nest.bundle - nest.cost))
    users = bundle_share * sweep.output
    if model.kappa is None:
        wage_share = np.ones_like(users)
    else:
        # Relative to the highest wage, so that a large kappa does not overflow.
        highest = np.max(sweep.log_w, axis=0, where=model.employed, initial=-np.inf)
        below = np.where(model.employed, sweep.log_w - highest, 0.0)
        weight = model.va_by_sector * np.exp(model.kappa * below)
        wage_share = weight / weight.sum(axis=0)
    return _ShortRun(
        model=model,
        sweep=sweep,
        input_share=input_share,
        input_share_t=np.ascontiguousarray(input_share.transpose(0, 2, 1)),
        value_share=value_share,
        bundle_share=bundle_share,
        final_share=model.final_shares(sweep.log_p),
        inputs=np.matvec(input_share, np.ascontiguousarray(users.T)).T,
        users=users,
        labour=value_share * sweep.output,
        wage_share=wage_share,
    )


def _by_region(matrix: FloatArray, values: FloatArray) -> FloatArray:
    """`matrix[region] @ values[:, region]` for every region; values and result `[sector, region, outcome]`."""
    return np.matmul(matrix, np.ascontiguousarray(values.transpose(1, 0, 2))).transpose(1, 0, 2)
