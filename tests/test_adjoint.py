"""Gradients: every outcome by every parameter against differences of whole solves, on both horizons."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from economies import HORIZONS, economies, random_economy, random_shock
from hypothesis import given, settings
from hypothesis import strategies as st

from amur.adjoint import (
    FlowValue,
    NominalIncome,
    RealIncome,
    SectorPrice,
    TariffRevenue,
    exporter_sums,
    gradient,
    gradients,
    value_of,
    weights_of,
)
from amur.adjoint.linear import solve_linear
from amur.economy import Economy, load_economy
from amur.errors import EconomyError, NotConvergedError
from amur.models.shock import LongRun, Shock, ShortRun
from amur.solver import Anderson, Equilibrium, solve

DIFFERENCE = 1e-8  # of the largest entry: 4th-order differences of solves at 2e-13 reach about 1e-9
LINEAR = 1e-9  # two roads through the same linear solve, each to 1e-12 of its largest entry
STEP = 2e-3  # h**4 and 2e-13 / h are both near 1e-10
TIGHT = Anderson(atol=2e-13, throw=False)  # rounding sometimes leaves 3e-13
TIGHT_ENOUGH = 2e-12
CLOSURES = ("fixed", "share_of_income", "balanced", "component_balanced")
KINDS = ("cost", "tariff", "export_tax", "taste", "productivity", "theta")


def targets_of(economy: Economy) -> tuple:
    regions, sectors = economy.regions, economy.sectors
    return (
        RealIncome((regions[0],)),
        RealIncome(regions[:2]),
        NominalIncome((regions[-1],)),
        NominalIncome(regions[1:]),
        SectorPrice(regions[1], sectors[-1]),
        FlowValue(regions[0], regions[1]),
        FlowValue(regions[1], regions[0], sectors[-1:]),
        TariffRevenue(regions[0]),
    )


def solved(economy: Economy, shock: Shock, like: Equilibrium) -> Equilibrium:
    """As tight a solve as rounding allows, under the closure and horizon of another."""
    closure = "fixed" if like.closure == "balanced" else like.closure  # its economy is balanced already
    q = solve(economy, shock, TIGHT, closure=closure, horizon=like.horizon)
    assert q.residual.worst < TIGHT_ENOUGH
    return q


def moved(q: Equilibrium, kind: str, direction: np.ndarray, size: float) -> Equilibrium:
    """The equilibrium after one kind of parameter moves along a direction."""
    shock, economy, step = q.shock, q.economy, direction * size
    ones, zeros = np.ones_like(economy.pi), np.zeros_like(economy.pi)
    match kind:
        case "cost":
            shock = replace(shock, cost_hat=(ones if shock.cost_hat is None else shock.cost_hat) * np.exp(step))
        case "taste":
            shock = replace(shock, taste_hat=(ones if shock.taste_hat is None else shock.taste_hat) * np.exp(step))
        case "tariff":
            shock = replace(shock, tariff_new=q.tariff_new + step)
        case "export_tax":
            tax = zeros if shock.export_tax_new is None else shock.export_tax_new
            shock = replace(shock, export_tax_new=tax + step)
        case "productivity":
            base = np.ones_like(economy.beta) if shock.productivity_hat is None else shock.productivity_hat
            shock = replace(shock, productivity_hat=base * np.exp(step))
        case "theta":
            economy = economy.with_theta(economy.theta + step)
    return solved(economy, shock, q)


def slope_by_differences(q: Equilibrium, kind: str, direction: np.ndarray, targets: tuple) -> np.ndarray:
    """Fourth-order central difference of all targets along a direction."""
    worlds = {k: moved(q, kind, direction, k * STEP) for k in (-2, -1, 1, 2)}
    at = {k: np.array([value_of(world, target) for target in targets]) for k, world in worlds.items()}
    return (8 * (at[1] - at[-1]) - (at[2] - at[-2])) / (12 * STEP)


def check(q: Equilibrium, kind: str, direction: np.ndarray, targets: tuple) -> None:
    by_difference = slope_by_differences(q, kind, direction, targets)
    for found, slope in zip(by_difference, gradients(q, targets), strict=True):
        entries = getattr(slope, kind)
        assert entries.shape == direction.shape
        scale = max(np.abs(entries).max(), np.abs(slope.cost).max())
        assert abs((entries * direction).sum() - found) < DIFFERENCE * scale, (kind, slope.target)


def random_direction(q: Equilibrium, kind: str, seed: int) -> np.ndarray:
    """A direction that moves every cell at once, of length one in the largest entry."""
    shape = {"productivity": q.economy.beta.shape, "theta": q.economy.theta.shape}.get(kind, q.economy.pi.shape)
    return np.random.default_rng(seed).uniform(-1, 1, shape)


# -- against differences -----------------------------------------------------------------------------------------


@settings(max_examples=30)
@given(economies, st.integers(0, 10_000), st.sampled_from(HORIZONS), st.sampled_from(CLOSURES), st.sampled_from(KINDS))
def test_every_gradient_equals_differences_away_from_the_baseline(economy, seed, horizon, closure, kind):
    q = solve(economy, random_shock(economy, seed), TIGHT, closure=closure, horizon=horizon)
    targets = targets_of(q.economy)
    sold = [t for t in targets if not isinstance(t, FlowValue) or sells(q, t)]
    check(q, kind, random_direction(q, kind, seed), tuple(sold))


def sells(q: Equilibrium, target: FlowValue) -> bool:
    sectors = [q.economy.sector(s) for s in target.sectors] or slice(None)
    return bool(q.trade_new[q.economy.region(target.exporter), q.economy.region(target.importer), sectors].sum() > 0)


@pytest.mark.parametrize("horizon", HORIZONS, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_every_gradient_equals_differences_at_the_baseline(horizon, kind):
    economy = random_economy(3, 3, 11)
    q = solve(economy, Shock(), TIGHT, horizon=horizon)
    check(q, kind, random_direction(q, kind, 5), targets_of(economy))


@pytest.mark.parametrize("horizon", [LongRun(), ShortRun()], ids=str)
def test_single_cells_equal_differences(horizon):
    economy = random_economy(4, 3, 3)
    q = solve(economy, random_shock(economy, 8), TIGHT, horizon=horizon)
    targets = targets_of(economy)
    for kind, cell in (("cost", (0, 1, 2)), ("cost", (2, 2, 0)), ("tariff", (3, 0, 1)), ("export_tax", (1, 3, 0))):
        direction = np.zeros_like(economy.pi)
        direction[cell] = 1
        check(q, kind, direction, targets)


@given(economies, st.integers(0, 10_000), st.sampled_from(HORIZONS))
@settings(max_examples=15)
def test_elasticities_do_not_matter_where_nothing_changes(economy, seed, horizon):
    q = solve(economy, Shock(), TIGHT, horizon=horizon)
    assert np.abs(gradient(q, RealIncome(economy.regions[:1])).theta).max() < 1e-10


def test_bans_leave_zero_gradients_and_the_rest_equals_differences():
    economy = random_economy(4, 2, 21)
    cost = economy.full(1.0)
    cost[0, 1], cost[1, 0] = np.inf, np.inf
    q = solve(economy, Shock(cost_hat=cost), TIGHT)
    targets = (RealIncome(economy.regions[:1]), FlowValue(economy.regions[0], economy.regions[2]))
    for slope in gradients(q, targets):
        for kind in ("cost", "tariff", "export_tax", "taste"):
            assert not getattr(slope, kind)[0, 1].any()
            assert not getattr(slope, kind)[1, 0].any()
    direction = random_direction(q, "cost", 2)
    direction[0, 1], direction[1, 0] = 0, 0
    check(q, "cost", direction, targets)
    check(q, "theta", random_direction(q, "theta", 2), targets)


@pytest.mark.parametrize("horizon", [LongRun(), ShortRun()], ids=str)
def test_gradients_are_zero_where_an_instrument_cannot_act(horizon):
    economy = random_economy(4, 2, 5, gaps=True)  # region 2 never makes sector 0, region 1 never buys it
    q = solve(economy, random_shock(economy, 6), TIGHT, horizon=horizon)
    slope = gradient(q, RealIncome(("R0",)))
    for kind in ("cost", "tariff", "export_tax", "taste"):
        entries = getattr(slope, kind)
        assert not entries[2, :, 0].any(), kind
        assert not entries[:, 1, 0].any(), kind
        assert entries[1, 0].all(), kind
    assert slope.productivity[2, 0] == 0


# -- identities --------------------------------------------------------------------------------------------------


@given(economies, st.integers(0, 10_000), st.sampled_from(HORIZONS), st.sampled_from(CLOSURES))
@settings(max_examples=30)
def test_all_costs_of_an_exporter_are_a_loss_of_its_productivity(economy, seed, horizon, closure):
    # To every buyer at once, home included: the two gradients must agree, sector by sector.
    q = solve(economy, random_shock(economy, seed), Anderson(atol=1e-12), closure=closure, horizon=horizon)
    slope = gradient(q, RealIncome(q.economy.regions[:1]))
    by_exporter = slope.cost.sum(axis=1)
    assert np.allclose(by_exporter, -slope.productivity, rtol=0, atol=LINEAR * np.abs(slope.cost).max())


@given(economies, st.integers(0, 10_000), st.sampled_from(HORIZONS))
@settings(max_examples=30)
def test_exporter_sums_are_the_sums_of_the_costs_abroad(economy, seed, horizon):
    q = solve(economy, random_shock(economy, seed), Anderson(atol=1e-12), horizon=horizon)
    targets = tuple(RealIncome((code,)) for code in economy.regions)
    weights, _ = weights_of(q, targets)
    sums = exporter_sums(q, weights)
    for row, slope in zip(sums, gradients(q, targets), strict=True):
        abroad = slope.cost.sum(axis=2)
        np.fill_diagonal(abroad, 0)
        assert np.allclose(row, abroad.sum(axis=1), rtol=0, atol=LINEAR * np.abs(slope.cost).max())


def test_many_targets_together_equal_each_alone():
    economy = random_economy(5, 3, 4)
    q = solve(economy, random_shock(economy, 4), Anderson(atol=1e-12), horizon=ShortRun())
    targets = targets_of(economy)
    for together, target in zip(gradients(q, targets), targets, strict=True):
        alone = gradient(q, target)
        scale = np.abs(alone.cost).max()
        assert np.allclose(together.cost, alone.cost, rtol=0, atol=LINEAR * scale)
        assert together.steps >= 1


@pytest.mark.parametrize("cores", [1, 2, 3])
def test_targets_that_are_shared_out_over_cores_come_back_in_order(monkeypatch, cores):
    economy = random_economy(3, 2, 4)
    q = solve(economy, random_shock(economy, 4), Anderson(atol=1e-12))
    targets = tuple(SectorPrice(region, sector) for region in economy.regions for sector in economy.sectors) * 9
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    found = gradients(q, targets)
    for slope, target in zip(found[:6] + found[-6:], targets[:6] + targets[-6:], strict=True):
        alone = gradient(q, target)
        assert np.allclose(slope.cost, alone.cost, rtol=0, atol=LINEAR * np.abs(alone.cost).max())


def test_gradients_do_not_depend_on_units():
    economy = random_economy(4, 3, 6)
    richer = replace(economy, va=economy.va * 1e6, deficit=economy.deficit * 1e6, expenditure=economy.expenditure * 1e6)
    slopes = [gradient(solve(e, Shock()), RealIncome(("R0",))).cost for e in (economy, richer)]
    assert np.allclose(slopes[0], slopes[1], rtol=0, atol=1e-10)


# -- the real table ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("horizon", [LongRun(), ShortRun()], ids=str)
def test_gradient_of_russia_on_the_bundled_table(horizon):
    economy = load_economy("icio-2022")
    q = solve(economy, Shock(), Anderson(atol=1e-12), horizon=horizon)
    target = RealIncome(("RUS",))
    slope = gradient(q, target).cost
    china, russia = economy.region("CHN"), economy.region("RUS")
    direction = np.zeros_like(economy.pi)
    direction[china, russia] = 1.0
    worlds = {}
    for k in (-2, -1, 1, 2):
        cost = np.exp(k * 1e-2 * direction)
        worlds[k] = value_of(solve(economy, Shock(cost_hat=cost), Anderson(atol=1e-12), horizon=horizon), target)
    found = (8 * (worlds[1] - worlds[-1]) - (worlds[2] - worlds[-2])) / 12e-2
    assert abs((slope * direction).sum() - found) < 1e-7 * abs(found)  # the step of 1 % leaves h**4 = 1e-8
    assert found < 0


# -- refusals ----------------------------------------------------------------------------------------------------


def test_a_flow_that_is_not_sold_has_no_gradient():
    economy = random_economy(3, 2, 1, gaps=True)
    q = solve(economy, Shock())
    with pytest.raises(EconomyError, match="sells nothing to R0"):
        gradient(q, FlowValue("R2", "R0", ("S0",)))


def test_an_income_of_nobody_is_refused():
    q = solve(random_economy(3, 2, 1), Shock())
    with pytest.raises(EconomyError, match="at least one region"):
        gradient(q, RealIncome(()))
    with pytest.raises(EconomyError, match="has no region 'XXX'"):
        gradient(q, RealIncome(("XXX",)))


def test_a_linear_map_that_does_not_settle_says_so():
    asked = []

    def step(x):
        asked.append(x)
        return x + 1

    with pytest.raises(NotConvergedError, match="did not settle in 400 sweeps"):
        solve_linear(step, np.zeros((3, 1)), rtol=1e-12)
    assert len(asked) == 400


# -- the linear solve --------------------------------------------------------------------------------------------


def test_a_linear_map_is_solved_in_about_as_many_sweeps_as_it_has_dimensions():
    draw = np.random.default_rng(3)
    matrix = draw.normal(size=(6, 6))
    matrix *= 0.95 / np.abs(np.linalg.eigvals(matrix)).max()
    # Columns of very different size: each is held to its own largest entry.
    right = draw.normal(size=(6, 3)) * [1.0, 1e-12, 1e12]
    found, steps = solve_linear(lambda x: matrix @ x + right, np.zeros((6, 3)), rtol=1e-11)
    exact = np.linalg.solve(np.eye(6) - matrix, right)
    assert np.allclose(found / np.abs(exact).max(axis=0), exact / np.abs(exact).max(axis=0), rtol=0, atol=1e-9)
    assert 7 <= steps <= 10


def test_a_column_that_has_settled_does_not_disturb_the_others():
    matrix = np.diag([0.5, 0.9, -0.8])
    right = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]])
    found, steps = solve_linear(lambda x: matrix @ x + right, np.zeros((3, 2)), rtol=1e-12)
    assert np.allclose(found[:, 0], 1 / (1 - np.diag(matrix)))
    assert not found[:, 1].any()
    assert steps <= 6


def test_a_map_that_is_at_rest_is_done_at_once():
    still = np.array([[2.0], [-1.0]])
    found, steps = solve_linear(lambda _: still, still, rtol=0)
    assert steps == 1
    assert np.array_equal(found, still)
