"""What the solver is measured against: an earlier joint-map solver, and the damped algorithm of the literature.

Both are complete solvers of the same model from the same arrays, written plainly. The first is the speed to beat:
the joint map with Anderson acceleration, list memory and a Gram matrix formed anew at every step. The second is the
algorithm of Caliendo and Parro (2015): wages damped in the outer loop, prices and spending solved inside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from amur.economy.baseline import Economy, FloatArray
from amur.models.shock import Shock


@dataclass(frozen=True)
class Outcome:
    """Log wages, the largest residual, and the number of sweeps."""

    log_w: FloatArray
    residual: float
    steps: int


@dataclass(frozen=True)
class Problem:
    """The model in plain arrays, `[sector, exporter, importer]`."""

    kernel: FloatArray
    border: FloatArray
    theta: FloatArray
    gamma: FloatArray
    beta: FloatArray
    alpha: FloatArray
    va: FloatArray
    deficit: FloatArray
    spending: FloatArray
    pace: FloatArray
    taxed: bool


def problem(economy: Economy, shock: Shock) -> Problem:
    """Set the model up: a power in every cell."""
    pi = np.ascontiguousarray(np.moveaxis(economy.pi, 2, 0))
    old = np.moveaxis(economy.tariff, 2, 0)
    new = old if shock.tariff_new is None else np.moveaxis(shock.tariff_new, 2, 0)
    cost = np.ones_like(pi) if shock.cost_hat is None else np.moveaxis(shock.cost_hat, 2, 0)
    kappa = cost * (1 + new) / (1 + old)
    kernel = pi * np.exp(-economy.theta[:, None, None] * np.log(kappa))
    home = np.einsum("snn->ns", pi)
    weight = economy.expenditure / economy.expenditure.sum(axis=1, keepdims=True)
    return Problem(
        kernel=kernel,
        border=kernel / (1 + new),
        theta=economy.theta[:, None],
        gamma=economy.gamma,
        beta=economy.beta,
        alpha=economy.alpha,
        va=economy.va,
        deficit=economy.deficit,
        spending=economy.expenditure,
        pace=1 / (1 + ((1 - home) * weight * economy.theta).sum(axis=1)),
        taxed=bool(new.any()),
    )


def _prices(p: Problem, log_w: FloatArray, log_p: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    by_region = np.ascontiguousarray(log_p.T)[:, None, :]
    cost = (p.beta * log_w[:, None]).T + np.matmul(by_region, p.gamma)[:, 0, :].T
    a = np.exp(-p.theta * cost)
    q = np.matmul(a[:, None, :], p.kernel)[:, 0, :]
    return a, q, -np.log(q) / p.theta


def _net_of_duty(p: Problem, a: FloatArray, q: FloatArray) -> FloatArray:
    return np.matmul(a[:, None, :], p.border)[:, 0, :] / q if p.taxed else np.ones_like(q)


def _spending(
    p: Problem, w: FloatArray, a: FloatArray, q: FloatArray, net: FloatArray, spending: FloatArray
) -> tuple[FloatArray, FloatArray]:
    output = (a * np.matmul(p.border, (spending.T / q)[:, :, None])[:, :, 0]).T
    income = w * p.va + (spending * (1 - net.T)).sum(axis=1) + p.deficit
    return output, np.matmul(p.gamma, output[:, :, None])[:, :, 0] + p.alpha * income[:, None]


def _sweep(p: Problem, z: FloatArray) -> tuple[FloatArray, float]:
    regions, sectors = len(p.va), len(p.theta)
    log_w, log_p = z[:regions], z[regions : regions + regions * sectors].reshape(sectors, regions)
    log_x = z[regions + regions * sectors :].reshape(regions, sectors)
    w = np.exp(log_w)
    a, q, new_p = _prices(p, log_w, log_p)
    output, new_x = _spending(p, w, a, q, _net_of_duty(p, a, q), np.exp(log_x))
    excess = np.log((p.beta * output).sum(axis=1) / (w * p.va))
    residual = max(np.abs(excess).max(), np.abs(new_p - log_p).max(), np.abs(np.log(new_x) - log_x).max())
    new_w = log_w + p.pace * excess
    new_w -= np.log((np.exp(new_w) * p.va).sum() / p.va.sum())
    return np.concatenate([new_w, new_p.ravel(), np.log(new_x).ravel()]), float(residual)


def joint_anderson(economy: Economy, shock: Shock, tolerance: float = 1e-10, memory: int = 8) -> Outcome:
    """The yardstick: the joint map, Anderson acceleration with plain lists."""
    p = problem(economy, shock)
    regions, sectors = len(p.va), len(p.theta)
    z = np.concatenate([np.zeros(regions + regions * sectors), np.log(p.spending).ravel()])
    moves: list[FloatArray] = []
    images: list[FloatArray] = []
    last: tuple[FloatArray, FloatArray] | None = None
    for step in range(1, 501):
        image, residual = _sweep(p, z)
        if residual < tolerance:
            return Outcome(z[:regions], residual, step)
        move = image - z
        after = image
        if last is not None:
            moves.append(move - last[0])
            images.append(image - last[1])
            if len(moves) > memory:
                moves.pop(0)
                images.pop(0)
            stacked = np.array(moves)
            gram = stacked @ stacked.T
            scale = 1 / np.sqrt(np.diag(gram))
            system = gram * scale[:, None] * scale + 1e-12 * np.eye(len(gram))
            after = image - (scale * np.linalg.solve(system, scale * (stacked @ move))) @ np.array(images)
            if np.abs(after[:regions] - z[:regions]).max() > 1:
                after = image
                moves.clear()
                images.clear()
        last, z = (move, image), after
    return Outcome(z[:regions], residual, 500)


def damped(economy: Economy, shock: Shock, tolerance: float = 1e-10, pace: float = 0.1) -> Outcome:
    """The literature's algorithm: wages move by a tenth of the excess; prices and spending are solved inside."""
    p = problem(economy, shock)
    w, log_p, spending = np.ones(len(p.va)), np.zeros((len(p.theta), len(p.va))), p.spending.copy()
    sweeps = 0
    inner = tolerance / 100
    for _ in range(5000):
        log_w = np.log(w)
        while True:
            a, q, new_p = _prices(p, log_w, log_p)
            sweeps += 1
            change, log_p = np.abs(new_p - log_p).max(), new_p
            if change < inner:
                break
        net = _net_of_duty(p, a, q)
        while True:
            output, new_x = _spending(p, w, a, q, net, spending)
            sweeps += 1
            change, spending = np.abs(new_x / spending - 1).max(), new_x
            if change < inner:
                break
        residual = float(np.abs(np.log((p.beta * output).sum(axis=1) / (w * p.va))).max())
        if residual < tolerance:
            return Outcome(np.log(w), residual, sweeps)
        excess = (output.sum(axis=1) - (spending * net.T).sum(axis=1) + p.deficit) / p.va
        w = w * (1 + pace * excess / w)
        w *= p.va.sum() / (w * p.va).sum()
    return Outcome(np.log(w), residual, sweeps)
