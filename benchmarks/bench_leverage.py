"""Speed of gradients, the leverage matrix, batches of draws and the fast exposure on the bundled table."""

from __future__ import annotations

import numpy as np
import pytest

from amur.adjoint import RealIncome, gradient
from amur.economy import load_economy
from amur.ensemble import Place, Settings, published_draws, run_ensemble
from amur.leverage import exposure, leverage_matrix
from amur.models.shock import Shock, ShortRun
from amur.scenario import load_scenario
from amur.solver import Anderson, Equilibrium, solve


@pytest.fixture(scope="module")
def baseline() -> Equilibrium:
    return solve(load_economy("icio-2022"), Shock())


def cut() -> Shock:
    economy = load_economy("icio-2022")
    cost = economy.full(1.0)
    russia, china = economy.region("RUS"), economy.region("CHN")
    cost[russia, china], cost[china, russia] = np.inf, np.inf
    return Shock(cost_hat=cost)


@pytest.mark.parametrize("horizon", [None, ShortRun()], ids=["long", "short"])
def test_solve(benchmark, horizon) -> None:
    """What a gradient is measured against: at most 1.3 of these."""
    benchmark(solve, load_economy("icio-2022"), cut(), Anderson(atol=1e-10), horizon=horizon)


@pytest.mark.parametrize("horizon", [None, ShortRun()], ids=["long", "short"])
def test_gradient_by_all_costs(benchmark, horizon) -> None:
    equilibrium = solve(load_economy("icio-2022"), cut(), horizon=horizon)
    benchmark(lambda: gradient(equilibrium, RealIncome(("RUS",))).cost)


def test_leverage_matrix(benchmark, baseline) -> None:
    """Target: 1 s."""
    benchmark.pedantic(lambda: leverage_matrix(baseline).pairs, rounds=3)


def test_fast_exposure(benchmark, baseline) -> None:
    benchmark(exposure, baseline.economy)


def test_thousand_draws_of_a_cut(benchmark) -> None:
    """Target: 15 s on two cores."""
    economy, scenario = load_economy("icio-2022"), load_scenario("cut-rus-chn")
    thetas = published_draws(economy, 1000)
    benchmark.pedantic(run_ensemble, args=(economy, scenario, thetas, Settings(place=Place(workers=2))), rounds=1)
