"""The long run: Cobb–Douglas technology and tastes, one labour market in each region (Caliendo and Parro 2015).

Symbols (code order `[sector, region]`; `gamma[region, input, user]`):

    w[n]           change of the wage                    VA[n]       value added (baseline)
    p[s,n]         change of the sector's price index    c[s,n]      change of unit cost
    beta, gamma    cost shares, beta + sum_k gamma = 1   alpha       shares in final spending
    X[s,n], Y[s,n] spending (duties included) and output at basic prices
    I[n]           income

Equations:

    log c[n,s]  = beta[n,s] log w[n] + sum_k gamma[n,k,s] log p[n,k]              (their equation 10)
    X[n,k]      = sum_s gamma[n,k,s] Y[n,s] + alpha[n,k] I[n]                     (13)
    w[n] VA[n]  = sum_s beta[n,s] Y[n,s]                                          (14, through trade balance)
    log P[n]    = sum_k alpha[n,k] log p[n,k]
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from amur.economy.baseline import Economy, FloatArray


@dataclass(frozen=True)
class LongRunModel:
    """Cost, demand and labour market of the long run; arrays `[sector, region]`, wages `[region]`."""

    gamma: FloatArray
    beta: FloatArray
    alpha: FloatArray
    va: FloatArray
    wage_step: FloatArray

    @property
    def wage_shape(self) -> tuple[int, ...]:
        """Shape of the wages in the state."""
        return self.va.shape

    def unit_cost(self, log_w: FloatArray, log_p: FloatArray) -> tuple[FloatArray, None]:
        """Log change of unit cost; nothing further is needed by the demand below."""
        inputs = np.vecmat(np.ascontiguousarray(log_p.T), self.gamma)
        return self.beta * log_w + inputs.T, None

    def demand(self, nest: None, log_p: FloatArray, output: FloatArray, income: FloatArray) -> FloatArray:
        """Spending on each sector for intermediate and final use."""
        return np.matvec(self.gamma, np.ascontiguousarray(output.T)).T + self.alpha * income

    def value_added(self, log_w: FloatArray) -> FloatArray:
        """New value added of each region."""
        return np.exp(log_w) * self.va

    def excess_labour(self, nest: None, log_w: FloatArray, output: FloatArray, value_added: FloatArray) -> FloatArray:
        """Log of labour demanded over labour supplied, in value."""
        return np.log((self.beta * output).sum(axis=0) / value_added)

    def wage_move(self, excess: FloatArray) -> FloatArray:
        """Damped move of log wages towards clearing."""
        return self.wage_step * excess

    def labour_value(self, nest: None, output: FloatArray) -> FloatArray:
        """Value of labour demanded by each region's industries."""
        return (self.beta * output).sum(axis=0)

    def consumer_prices(self, log_p: FloatArray) -> FloatArray:
        """Log change of the price index of final spending."""
        return (self.alpha * log_p).sum(axis=0)

    def sector_wages(self, log_w: FloatArray) -> FloatArray:
        """Log wage in each sector, `[sector, region]`: everywhere the region's."""
        return np.broadcast_to(log_w, self.beta.shape)

    def cost_shares(self, nest: None, log_p: FloatArray) -> tuple[FloatArray, FloatArray]:
        """New `beta` [sector, region] and `gamma` [region, input, user]: unchanged."""
        return self.beta, self.gamma

    def final_shares(self, log_p: FloatArray) -> FloatArray:
        """New `alpha` [sector, region]: unchanged."""
        return self.alpha


def build_long_run(economy: Economy, theta: FloatArray) -> LongRunModel:
    """The long-run model of an economy.

    The wage step damps by the own-wage elasticity of labour demand, `1 + sum_s share (1 - home share) theta`: a
    heuristic that only sets the pace of the iteration, never its answer.
    """
    home = np.einsum("nns->ns", economy.pi)
    weight = economy.expenditure / economy.expenditure.sum(axis=1, keepdims=True)
    return LongRunModel(
        gamma=economy.gamma,
        beta=np.ascontiguousarray(economy.beta.T),
        alpha=np.ascontiguousarray(economy.alpha.T),
        va=economy.va,
        wage_step=1 / (1 + ((1 - home) * weight * theta).sum(axis=1)),
    )
