"""Closed forms that the solver does not use: autarky, real wages from home shares, the limit of the short run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from amur.economy import Economy, load_economy
from amur.economy.baseline import FloatArray
from amur.models.shock import Shock, ShortRun
from amur.solver import Anderson, Equilibrium, purge_deficits, solve
from amur.validate.checks import Check

CLOSED = 1e-8
"""Closed forms are exact; solves stop at 1e-12 and prices multiply that by small numbers."""

LIMIT = 1e-9
"""The Cobb–Douglas, mobile-labour limit of the short run against the long run."""

SOURCE = (
    "Arkolakis, Costinot and Rodríguez-Clare (2012) with inputs and duties, derived in amur/validate/closed_forms.py"
)


def closed_autarky(economy: Economy) -> FloatArray:
    """Real income in autarky over that of the baseline, region by region, without solving.

    With home share `h = pi[n,n,s]`, prices relative to the wage solve `u = -log(h)/theta + gamma' u`; duties vanish:

        real income = (va / income) exp(-sum_k alpha_k u_k)

    Arkolakis, Costinot and Rodríguez-Clare (2012) with inputs and tariff revenue; regions without a home supplier
    have none (NaN).
    """
    home = np.einsum("nns->ns", economy.pi)
    with np.errstate(divide="ignore"):
        own = np.where(economy.expenditure > 0, -np.log(home) / economy.theta, 0.0)
    possible = np.asarray(np.isfinite(own).all(axis=1))
    identity = np.eye(len(economy.sectors))
    system = identity - economy.gamma.transpose(0, 2, 1)
    prices = np.linalg.solve(system, np.where(possible[:, None], own, 0.0)[:, :, None])[:, :, 0]
    loss = np.exp(-(economy.alpha * prices).sum(axis=1)) * economy.va / economy.income
    return np.where(possible, loss, np.nan)


def closed_real_wage(equilibrium: Equilibrium) -> FloatArray:
    """Real wage over baseline from home shares alone: the sufficient statistic of the long run.

    `u = (log h' - log h)/theta + gamma' u`, real wage = exp(-sum_k alpha_k u_k); NaN where a home share is zero.
    """
    economy = equilibrium.economy
    old, new = (np.einsum("nns->ns", shares) for shares in (economy.pi, equilibrium.pi_new))
    used = (old > 0) & (new > 0)
    own = np.log(np.where(used, new, 1.0) / np.where(used, old, 1.0)) / economy.theta
    system = np.eye(len(economy.sectors)) - economy.gamma.transpose(0, 2, 1)
    prices = np.linalg.solve(system, own[:, :, None])[:, :, 0]
    complete = (used | (economy.expenditure == 0)).all(axis=1)
    return np.where(complete, np.exp(-(economy.alpha * prices).sum(axis=1)), np.nan)


def without_inputs(economy: Economy) -> Economy:
    """The same flows and duties in a world that uses no inputs: output is value added, spending is final."""
    spending = economy.expenditure
    return replace(
        economy,
        name=f"{economy.name}, without inputs",
        gamma=np.zeros_like(economy.gamma),
        beta=np.ones_like(economy.beta),
        alpha=spending / spending.sum(axis=1, keepdims=True),
        va=economy.output.sum(axis=1),
    )


def autarky(economy: Economy) -> Equilibrium:
    """Every region that can live alone is cut off from everybody; deficits were purged first.

    Regions without a home supplier of something they buy trade on among themselves; where that leaves them without
    any supplier, the largest one stays with them.
    """
    balanced = purge_deficits(economy)
    alone = np.isfinite(closed_autarky(balanced))
    while True:
        rest = ~alone
        unsupplied = (balanced.pi[rest].sum(axis=0)[rest] == 0) & (balanced.expenditure[rest] > 0)
        if not unsupplied.any():
            break
        sold = np.einsum("ins,ns->i", balanced.trade[:, rest], unsupplied.astype(float))
        alone[np.argmax(np.where(alone, sold, -1.0))] = False
    cost = balanced.full(1.0)
    cost[alone[:, None] | alone[None, :]] = np.inf
    cost[np.arange(len(alone)), np.arange(len(alone))] = 1.0
    return solve(balanced, Shock(cost_hat=cost), Anderson(atol=1e-12), closure="balanced")


def autarky_checks(economy: Economy, name: str, source: str) -> Iterable[Check]:
    """Autarky against its closed form: one sector, many sectors, with inputs."""
    one = economy.aggregate(sectors={"ALL": economy.sectors})
    variants = {
        "one sector, no inputs": without_inputs(one),
        "one sector, inputs": one,
        "all sectors, no inputs": without_inputs(economy),
        "all sectors, inputs": economy,
    }
    for label, variant in variants.items():
        equilibrium = autarky(variant)
        home = np.einsum("nns->ns", equilibrium.pi_new)
        cut_off = ((home == 1) | (variant.expenditure == 0)).all(axis=1)
        wanted = np.where(cut_off, closed_autarky(equilibrium.economy), np.nan)
        count = int(np.isfinite(wanted).sum())
        quantity = f"autarky of {count} regions, {label}: ratio of ours to the closed form, worst region"
        yield _closed(name, quantity, _furthest(equilibrium.real_income_hat / wanted), source)


def closed_form_checks() -> Iterable[Check]:
    """Closed forms on the 2022 table; the two regions that stop trading are those of largest deficit and surplus."""
    economy = load_economy("icio-2022")
    yield from autarky_checks(economy, "closed-forms", SOURCE)
    first, second = int(np.argmax(economy.deficit)), int(np.argmin(economy.deficit))
    cost = economy.full(1.0)
    cost[first, second], cost[second, first] = np.inf, np.inf
    cut = solve(economy, Shock(cost_hat=cost), Anderson(atol=1e-12))
    wanted = closed_real_wage(cut)
    pair = f"{economy.regions[first]} and {economy.regions[second]} stop trading"
    quantity = f"real wages of {int(np.isfinite(wanted).sum())} regions from home shares when {pair}: ratio, worst"
    yield _closed("closed-forms", quantity, _furthest(cut.real_wage_hat / wanted), SOURCE)
    limit = ShortRun(eps_va=1, eps_inputs=1, eps_final=1, labour="mobile", theta_scale=1)
    short = solve(economy, Shock(cost_hat=cost), Anderson(atol=1e-12), horizon=limit)
    ratio = _furthest(short.real_income_hat / cut.real_income_hat)
    quantity = f"short run at unit elasticities and mobile labour over long run when {pair}: real income, worst region"
    yield replace(_closed("closed-forms", quantity, ratio, "amur/models/short_run.py"), tolerance=LIMIT)


def _closed(name: str, quantity: str, ratio: float, source: str) -> Check:
    return Check(name, "closed_form", quantity, ratio, 1.0, CLOSED, source)


def _furthest(ratio: FloatArray) -> float:
    """The ratio furthest from one, of those that exist; NaN, which no tolerance admits, when none does."""
    known = ratio[np.isfinite(ratio)]
    return float(known[np.argmax(np.abs(known - 1))]) if known.size else float("nan")
