"""Exposure to first order in closed form, one sector and no input links (after Kleinman, Liu and Redding).

    S[n,i]  share of i in n's spending               T[i,n]  share of n in what i earns
    M = T S − I                                      q  share of world income,  q · d ln w = 0
    d ln w = T d ln w + θ (M d ln w + m)             m  what the costs themselves move
    d ln u = d ln w − S d ln w − (costs paid)

For a cost common to all that exporter j sells abroad, with D the diagonal of home trade taken out,
`m[i,j] = sum_n T[i,n] S°[n,j] − δ_ij sum_n T°[i,n]`, and the buyer n pays `S°[n,j]`. For productivity, home sales
count as well, and the sign turns. Everything is one small inverse: milliseconds where the exact matrix takes a
second, at the price of industries, input links, duties and deficits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from amur.economy import Economy
from amur.economy.baseline import FloatArray


@dataclass(frozen=True)
class Exposure:
    """Derivatives of log real income, `[hurt, by whom]`.

    `costs`: by the log cost of all that the column sells abroad. `productivity`: by the column's log productivity.
    """

    regions: tuple[str, ...]
    costs: FloatArray
    productivity: FloatArray


def exposure(economy: Economy) -> Exposure:
    """The fast exposure matrices of an economy, all its sectors added up and theta averaged over foreign trade."""
    flows = economy.trade.sum(axis=2)
    spending = (flows / flows.sum(axis=0)).T
    earning = flows / flows.sum(axis=1, keepdims=True)
    theta = _mean_theta(economy)
    identity = np.eye(len(flows))
    system = identity - earning - theta * (earning @ spending - identity)
    system += np.ones_like(system)  # a numeraire; welfare is free of it
    abroad_s, abroad_t = (matrix * (1 - identity) for matrix in (spending, earning))
    pull = earning @ abroad_s - np.diag(abroad_t.sum(axis=1))
    by_cost = _welfare(np.linalg.solve(system, theta * pull), spending) - abroad_s
    pull = earning @ spending - identity
    by_productivity = _welfare(np.linalg.solve(system, -theta * pull), spending) + spending
    return Exposure(economy.regions, by_cost, by_productivity)


def _welfare(wages: FloatArray, spending: FloatArray) -> FloatArray:
    return wages - spending @ wages


def _mean_theta(economy: Economy) -> float:
    foreign = economy.trade.sum(axis=(0, 1)) - np.einsum("nns->s", economy.trade)
    return float(foreign @ economy.theta / foreign.sum())
