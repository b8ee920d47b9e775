"""Synthetic economies that balance, of any size, and the two shocks that the solver is timed on."""

from __future__ import annotations

import numpy as np

from amur.economy.baseline import Economy, FloatArray, sector_last
from amur.models.fixed_point import Settings, accelerate
from amur.models.shock import Shock

GOODS_SHARE = 0.6
LARGEST_DEFICIT = 0.06


def synthetic_economy(regions: int, sectors: int, seed: int = 0) -> Economy:
    """A random economy: Zipf sizes, gravity shares with home bias, duties on goods, dense input coefficients."""
    draw = np.random.default_rng(seed)
    goods = np.arange(sectors) < max(1, int(GOODS_SHARE * sectors))
    size = np.sort(np.arange(1, regions + 1) ** -0.9)[::-1] * draw.uniform(0.7, 1.3, regions)
    pi, tariff = _trade(draw, size, goods)
    beta = draw.uniform(0.3, 0.65, (regions, sectors))
    gamma = draw.gamma(0.5, 1.0, (regions, sectors, sectors)) + 1e-3 + 2.0 * np.eye(sectors)
    gamma *= ((1 - beta) / gamma.sum(axis=1))[:, None, :]
    alpha = draw.gamma(1.0, 1.0, (regions, sectors)) + 0.02
    alpha /= alpha.sum(axis=1, keepdims=True)
    theta = np.where(goods, draw.uniform(2.5, 10, sectors), draw.uniform(2.5, 5, sectors))
    ratio = draw.uniform(-LARGEST_DEFICIT, LARGEST_DEFICIT, regions)
    va, spending = _levels(pi / (1 + tariff), gamma, beta, alpha, ratio)
    border = np.einsum("sin,ns->in", pi / (1 + tariff), spending)
    return Economy(
        name=f"synthetic {regions} x {sectors}",
        regions=tuple(f"R{k:03d}" for k in range(regions)),
        sectors=tuple(f"S{k:03d}" for k in range(sectors)),
        pi=sector_last(pi),
        gamma=gamma,
        beta=beta,
        alpha=alpha,
        va=va,
        deficit=border.sum(axis=0) - border.sum(axis=1),
        tariff=sector_last(tariff),
        theta=theta,
        expenditure=spending,
        goods=goods,
    )


def trade_war(economy: Economy) -> Shock:
    """The first region raises duties on all goods by 25 points, and everybody raises them on it."""
    tariff = np.moveaxis(np.moveaxis(economy.tariff, 2, 0).copy(), 0, 2)
    tariff[:, 0, economy.goods] += 0.25
    tariff[0, :, economy.goods] += 0.25
    tariff[0, 0, :] = economy.tariff[0, 0, :]
    return Shock(tariff_new=tariff)


def decoupling(economy: Economy) -> Shock:
    """Two blocs: iceberg costs between them double in every sector, duties on goods rise by 25 points."""
    bloc = np.arange(len(economy.regions)) % 3 == 0
    between = bloc[:, None] ^ bloc[None, :]
    cost = economy.full(1.0)
    cost[between] = 2.0
    tariff = np.moveaxis(np.moveaxis(economy.tariff, 2, 0).copy(), 0, 2)
    tariff += 0.25 * between[:, :, None] * economy.goods
    return Shock(cost_hat=cost, tariff_new=tariff)


def _trade(draw: np.random.Generator, size: FloatArray, goods: np.ndarray) -> tuple[FloatArray, FloatArray]:
    """Shares and duties `[sector, exporter, importer]`."""
    regions, sectors = len(size), len(goods)
    place = draw.uniform(0, 1, (regions, 2))
    distance = np.sqrt(((place[:, None] - place[None]) ** 2).sum(axis=2)) + 0.05
    home = np.where(goods, 6.0, 60.0) * draw.uniform(0.6, 1.6, sectors)
    strength = np.exp(draw.normal(0, 1, (sectors, regions)))
    noise = np.exp(draw.normal(0, 0.5, (sectors, regions, regions)))
    pi = size[None, :, None] * strength[:, :, None] / distance * noise
    own = np.arange(regions)
    pi[:, own, own] *= 2 * home[:, None]
    pi /= pi.sum(axis=1, keepdims=True)
    levels = draw.uniform(0, 0.12, (int(goods.sum()), 1, regions)) * draw.uniform(
        0.3, 1, (int(goods.sum()), regions, regions)
    )
    tariff = np.zeros_like(pi)
    tariff[goods] = levels
    tariff[:, own, own] = 0
    return pi, tariff


def _levels(
    border: FloatArray, gamma: FloatArray, beta: FloatArray, alpha: FloatArray, ratio: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Value added and spending at which every account balances, with deficits near `ratio` times value added."""
    regions = len(ratio)
    duty = 1 - border.sum(axis=1).T

    def step(state: FloatArray) -> tuple[FloatArray, float]:
        va, spending = np.exp(state[:regions]), np.exp(state[regions:]).reshape(alpha.shape)
        deficit = ratio * va
        deficit -= deficit.sum() * va / va.sum()
        output = np.matvec(border, np.ascontiguousarray(spending.T)).T
        income = va + (spending * duty).sum(axis=1) + deficit
        new_spending = np.matvec(gamma, output) + alpha * income[:, None]
        new_va = (beta * output).sum(axis=1)
        after = np.log(np.concatenate([new_va / new_va.sum(), new_spending.ravel()]))
        return after, float(np.abs(after - state).max())

    start = np.log(np.concatenate([np.full(regions, 1 / regions), (2 * alpha / regions).ravel()]))
    found = accelerate(step, start, Settings(atol=3e-15, memory=10, max_steps=600))
    return np.exp(found.state[:regions]), np.exp(found.state[regions:]).reshape(alpha.shape)
