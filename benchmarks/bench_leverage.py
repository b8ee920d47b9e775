"""Speed of gradients, the leverage matrix and batches of draws on the bundled table, in units of one solve.

Ratios are of medians of processor time over interleaved rounds, which a loaded machine does not blur; they are what
is asked for. Seconds are printed beside them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from statistics import median

import numpy as np
import pytest

from amur.adjoint import RealIncome, gradient
from amur.economy import load_economy
from amur.ensemble import Place, Settings, published_draws, run_ensemble
from amur.leverage import exposure, leverage_matrix
from amur.models.shock import LongRun, Shock, ShortRun
from amur.scenario import load_scenario
from amur.solver import Anderson, Equilibrium, solve

GRADIENT_IN_SOLVES = 1.3
MATRIX_IN_GRADIENTS = 0.6  # for each country: all together share their matrices
DRAW_IN_SOLVES = 1.0  # a draw in a batch costs less than a solve by itself; 0.74 to 0.82 where nothing else runs
ROUNDS = 9
TOLERANCE = 1e-10
HORIZONS = pytest.mark.parametrize("horizon", [LongRun(), ShortRun()], ids=["long", "short"])


def cut() -> Shock:
    economy = load_economy("icio-2022")
    cost = economy.full(1.0)
    russia, china = economy.region("RUS"), economy.region("CHN")
    cost[russia, china], cost[china, russia] = np.inf, np.inf
    return Shock(cost_hat=cost)


def by_all_costs(equilibrium: Equilibrium) -> None:
    _ = gradient(equilibrium, RealIncome(("RUS",))).cost


def interleaved(*works: Callable[[], object]) -> list[float]:
    """Median processor time of each, in turn for several rounds."""
    times: list[list[float]] = [[] for _ in works]
    for work in works:
        work()
    for _ in range(ROUNDS):
        for work, spent in zip(works, times, strict=True):
            begun = time.process_time()
            work()
            spent.append(time.process_time() - begun)
    return [median(spent) for spent in times]


def say(capsys: pytest.CaptureFixture[str], line: str) -> None:
    with capsys.disabled():
        print(f"\n{line}")


@HORIZONS
def test_a_gradient_costs_little_more_than_a_solve(benchmark, capsys, horizon) -> None:
    economy, shock, method = load_economy("icio-2022"), cut(), Anderson(atol=TOLERANCE)
    equilibrium = solve(economy, shock, method, horizon=horizon)
    once = partial(by_all_costs, equilibrium)
    slope, one = interleaved(once, partial(solve, economy, shock, method, horizon=horizon))
    benchmark.extra_info["in_solves"] = slope / one
    benchmark.pedantic(once, rounds=3)
    say(capsys, f"gradient by all costs: {slope:.3f} s = {slope / one:.2f} solves of {one:.3f} s (processor time)")
    assert slope <= GRADIENT_IN_SOLVES * one


@HORIZONS
def test_the_leverage_matrix(benchmark, capsys, horizon) -> None:
    """Target: 1 s in the long run."""
    equilibrium = solve(load_economy("icio-2022"), Shock(), horizon=horizon)
    whole = partial(leverage_matrix, equilibrium)
    matrix, one = interleaved(lambda: whole().pairs, partial(by_all_costs, equilibrium))
    count = len(equilibrium.economy.regions)
    benchmark.extra_info["in_gradients"] = matrix / one
    benchmark.pedantic(whole, rounds=3)
    say(capsys, f"leverage matrix, {count} countries: {matrix:.2f} s = {matrix / one:.1f} gradients (processor time)")
    assert matrix <= MATRIX_IN_GRADIENTS * count * one


def test_fast_exposure(benchmark) -> None:
    benchmark(exposure, load_economy("icio-2022"))


def test_a_thousand_draws_of_a_cut(benchmark, capsys) -> None:
    """Target: 15 s on two cores."""
    economy, scenario = load_economy("icio-2022"), load_scenario("cut-rus-chn")
    thetas = published_draws(economy, 1000)
    begun = time.process_time()
    run_ensemble(economy, scenario, thetas[:200], Settings(place=Place(workers=1)))
    draw = (time.process_time() - begun) / 200
    (one,) = interleaved(partial(solve, economy, scenario, Anderson(atol=TOLERANCE)))
    settings = Settings(place=Place(workers=2))
    benchmark.pedantic(run_ensemble, args=(economy, scenario, thetas, settings), rounds=1)
    wall = benchmark.stats.stats.max
    say(capsys, f"a draw: {1000 * draw:.1f} ms = {draw / one:.2f} solves; 1,000 on two processes: {wall:.1f} s (wall)")
    assert draw <= DRAW_IN_SOLVES * one
