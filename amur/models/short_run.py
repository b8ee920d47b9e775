"""The short run: nested CES technology and tastes, labour that stays in its industry, wholly or in part.

Symbols beyond those of `long_run.py`:

    g[n,k,s]          share of input k inside the bundle of inputs, gamma / mu       mu = 1 - beta
    eps_va            elasticity between value added and the bundle
    eps_in            elasticity between inputs
    eps_c             elasticity between final goods
    pM[n,s]           change of the price of the bundle
    w[n,s]            change of the sectoral wage (price of value added)
    lam[n,s]          VA[n,s] / VA[n]                                                  W[n]  mean wage
    kl                1 for immobile labour, larger for labour that moves (Roy, or CET)

Equations (an elasticity of one is the geometric mean):

    pM[n,s] ** (1-eps_in) = sum_k g[n,k,s] p[n,k] ** (1-eps_in)
    c[n,s]  ** (1-eps_va) = beta w ** (1-eps_va) + mu pM ** (1-eps_va)
    P[n]    ** (1-eps_c)  = sum_k alpha[n,k] p[n,k] ** (1-eps_c)
    beta'  = beta (w/c) ** (1-eps_va)
    gamma' = mu (pM/c) ** (1-eps_va)  g (p_k/pM) ** (1-eps_in)                beta' + sum_k gamma' = 1
    alpha' = alpha (p_k/P) ** (1-eps_c)
    X[n,k] = sum_s gamma' Y[n,s] + alpha' I[n]
    mobile    w[n,s] = w[n],   w[n] VA[n] = sum_s beta' Y[n,s]
    sectoral  VA[n,s] w ** kl W ** (1-kl) = beta' Y[n,s],   W ** kl = sum_s lam w ** kl,   VA'[n] = W VA[n]

The exact-hat frame is Caliendo and Parro's; the nests follow Baqaee and Farhi in spirit and are our own extension.
Industries without value added have no labour condition; their wage is left at one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from amur.economy.baseline import BoolArray, Economy, FloatArray
from amur.models.shock import Roy, ShortRun

NEAR_ONE = 1e-3
"""Elasticities closer to one than this are averaged as powers less one, which keeps their digits."""


@dataclass(frozen=True)
class NestPrices:
    """Log prices inside the nests, `[sector, region]`: bundle of inputs, unit cost, wage."""

    bundle: FloatArray
    cost: FloatArray
    wage: FloatArray


@dataclass(frozen=True)
class ShortRunModel:
    """Cost, demand and labour market of the short run; arrays `[sector, region]`.

    `kappa` is None where labour is mobile, and wages then are `[region]`; otherwise they are `[sector, region]`.
    """

    bundle_share: FloatArray
    beta: FloatArray
    alpha: FloatArray
    va: FloatArray
    va_by_sector: FloatArray
    employed: BoolArray
    rho: tuple[float, float, float]
    kappa: float | None
    own_step: FloatArray
    mean_step: FloatArray

    @property
    def wage_shape(self) -> tuple[int, ...]:
        """Shape of the wages in the state."""
        return self.va.shape if self.kappa is None else self.va_by_sector.shape

    def unit_cost(self, log_w: FloatArray, log_p: FloatArray) -> tuple[FloatArray, NestPrices]:
        """Log change of unit cost, and the nest prices that demand needs."""
        rho_va, rho_in, _ = self.rho
        wage = self.sector_wages(log_w)
        powers = _power(rho_in, np.ascontiguousarray(log_p.T))
        bundle = _log_mean(rho_in, np.vecmat(powers, self.bundle_share)).T
        cost = _log_mean(rho_va, self.beta * _power(rho_va, wage) + (1 - self.beta) * _power(rho_va, bundle))
        return cost, NestPrices(bundle=bundle, cost=cost, wage=wage)

    def demand(self, nest: NestPrices, log_p: FloatArray, output: FloatArray, income: FloatArray) -> FloatArray:
        """Spending on each sector for intermediate and final use."""
        _, rho_in, _ = self.rho
        users = self._bundle_weight(nest) * output * np.exp(-rho_in * nest.bundle)
        inputs = np.matvec(self.bundle_share, np.ascontiguousarray(users.T)).T * np.exp(rho_in * log_p)
        return inputs + self.final_shares(log_p) * income

    def value_added(self, log_w: FloatArray) -> FloatArray:
        """New value added of each region."""
        return np.exp(self._mean_wage(log_w)) * self.va

    def excess_labour(
        self, nest: NestPrices, log_w: FloatArray, output: FloatArray, value_added: FloatArray
    ) -> FloatArray:
        """Log of labour demanded over labour supplied, in value; zero in industries without value added."""
        if self.kappa is None:
            return np.log(self.labour_value(nest, output) / value_added)
        demanded = self._value_added_share(nest) * output
        ratio = np.divide(demanded, self.va_by_sector, out=np.ones_like(demanded), where=self.employed)
        excess = np.log(ratio) - self.kappa * log_w - (1 - self.kappa) * self._mean_wage(log_w)
        return np.where(self.employed, excess, 0.0)

    def wage_move(self, excess: FloatArray) -> FloatArray:
        """Damped move of log wages; a region's mean and the departures from it move at paces of their own."""
        if self.kappa is None:
            return self.mean_step * excess
        common = (self.va_by_sector * excess).sum(axis=0) / self.va
        return np.where(self.employed, self.own_step * (excess - common) + self.mean_step * common, 0.0)

    def labour_value(self, nest: NestPrices, output: FloatArray) -> FloatArray:
        """Value of labour demanded by each region's industries."""
        return (self._value_added_share(nest) * output).sum(axis=0)

    def consumer_prices(self, log_p: FloatArray) -> FloatArray:
        """Log change of the price index of final spending."""
        rho_c = self.rho[2]
        return _log_mean(rho_c, (self.alpha * _power(rho_c, log_p)).sum(axis=0))

    def sector_wages(self, log_w: FloatArray) -> FloatArray:
        """Log wage in each sector, `[sector, region]`."""
        return np.broadcast_to(log_w, self.beta.shape)

    def cost_shares(self, nest: NestPrices, log_p: FloatArray) -> tuple[FloatArray, FloatArray]:
        """New `beta` [sector, region] and `gamma` [region, input, user]."""
        _, rho_in, _ = self.rho
        weight = (self._bundle_weight(nest) * np.exp(-rho_in * nest.bundle)).T[:, None, :]
        return self._value_added_share(nest), weight * self.bundle_share * np.exp(rho_in * log_p).T[:, :, None]

    def final_shares(self, log_p: FloatArray) -> FloatArray:
        """New `alpha` [sector, region]."""
        rho_c = self.rho[2]
        return self.alpha if rho_c == 0 else self.alpha * np.exp(rho_c * (log_p - self.consumer_prices(log_p)))

    def _value_added_share(self, nest: NestPrices) -> FloatArray:
        return self.beta * np.exp(self.rho[0] * (nest.wage - nest.cost))

    def _bundle_weight(self, nest: NestPrices) -> FloatArray:
        return (1 - self.beta) * np.exp(self.rho[0] * (nest.bundle - nest.cost))

    def _mean_wage(self, log_w: FloatArray) -> FloatArray:
        """Log of W[n]."""
        if self.kappa is None:
            return log_w
        # Relative to the highest wage, so that a large kappa does not overflow.
        highest = np.max(log_w, axis=0, where=self.employed, initial=-np.inf)
        weight = self.va_by_sector / self.va
        below = np.where(self.employed, log_w - highest, 0.0)
        return highest + np.log((weight * np.exp(self.kappa * below)).sum(axis=0)) / self.kappa


def _power(rho: float, log_price: FloatArray) -> FloatArray:
    """What is averaged in a mean of order `rho`: the power, the power less one near rho = 0, the log at rho = 0."""
    if rho == 0:
        return log_price
    return np.expm1(rho * log_price) if abs(rho) < NEAR_ONE else np.exp(rho * log_price)


def _log_mean(rho: float, average: FloatArray) -> FloatArray:
    """The log of the mean of order `rho` from the average of `_power`; weights sum to one."""
    if rho == 0:
        return average
    return (np.log1p(average) if abs(rho) < NEAR_ONE else np.log(average)) / rho


def build_short_run(economy: Economy, horizon: ShortRun, theta: FloatArray) -> ShortRunModel:
    """The short-run model of an economy; `theta` are the elasticities already scaled to the horizon."""
    mu = 1 - economy.beta
    inputs = economy.gamma.sum(axis=1)
    # Where nothing is bought the composition of the bundle is moot: its weight in cost is zero.
    share = (
        np.where(inputs[:, None, :] > 0, economy.gamma, 1.0)
        / np.where(inputs > 0, inputs, len(economy.sectors))[:, None, :]
    )
    va_by_sector = np.ascontiguousarray((economy.va_by_sector).T)
    kappa = horizon.labour.kappa if isinstance(horizon.labour, Roy) else 1.0
    mobile = horizon.labour == "mobile"
    own_step, mean_step = _wage_steps(economy, theta, kappa)
    return ShortRunModel(
        bundle_share=share,
        beta=np.ascontiguousarray(1 - mu.T),
        alpha=np.ascontiguousarray(economy.alpha.T),
        va=economy.va,
        va_by_sector=va_by_sector,
        employed=va_by_sector > 0,
        rho=(1 - horizon.eps_va, 1 - horizon.eps_inputs, 1 - horizon.eps_final),
        kappa=None if mobile else kappa,
        own_step=own_step,
        mean_step=mean_step,
    )


def _wage_steps(economy: Economy, theta: FloatArray, kappa: float) -> tuple[FloatArray, FloatArray]:
    """Damping of sectoral departures `[sector, region]` and of the mean `[region]`; sets the pace, not the answer.

    Each is one over the own-wage elasticity of labour demand plus that of supply.
    """
    home_spending = np.einsum("nns->ns", economy.pi)
    weight = economy.expenditure / economy.expenditure.sum(axis=1, keepdims=True)
    mean = 1 / (1 + ((1 - home_spending) * weight * theta).sum(axis=1))
    home_sales = np.einsum("nns->ns", economy.trade)
    own = np.divide(home_sales, economy.output, out=np.zeros_like(home_sales), where=economy.output > 0) * home_spending
    return np.ascontiguousarray((1 / (kappa + economy.beta * theta * (1 - own))).T), mean
