"""Batches from inside: which cells are touched, what a residual measures, and when a member has arrived."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from economies import random_economy, random_shock

from amur.economy import Economy
from amur.ensemble import Place, Settings, batch, run_ensemble
from amur.ensemble.batch import can_batch, solve_batch
from amur.models.shock import Shock
from amur.quotas import solve_with_limits
from amur.scenario import Scenario
from amur.solver import Anderson, solve

SAME = 1e-8  # batch and single solve stop at 1e-10 or below; sums of a few cells amplify
LIMITED = 1e-7  # limits are held to 1e-9, times elasticities up to 9
EXACT = Anderson(atol=1e-12)


def one_cell(economy: Economy, name: str, value: float) -> Shock:
    """A shock of one kind in the flow of sector 1 from region 0 to region 2."""
    array = economy.tariff.copy() if name == "tariff_new" else economy.full(0.0 if name == "export_tax_new" else 1.0)
    array[0, 2, 1] = value
    return Shock(**{name: array})


@pytest.mark.parametrize("name", ["cost_hat", "tariff_new", "export_tax_new", "taste_hat"])
def test_cells_are_touched_where_a_shock_changes_them(name):
    economy = random_economy(3, 2, 4)
    touched = batch._touched(economy, [one_cell(economy, name, 0.7)])
    assert [tuple(map(int, cell)) for cell in np.argwhere(touched)] == [(1, 0, 2)]
    neutral = {"tariff_new": economy.tariff[0, 2, 1], "export_tax_new": 0.0}.get(name, 1.0)
    assert not batch._touched(economy, [one_cell(economy, name, float(neutral))]).any()


def test_cells_are_touched_by_any_of_the_shocks_where_there_is_trade():
    economy = random_economy(3, 2, 4)
    other = economy.full(1.0)
    other[1, 0, 0] = 2.0
    touched = batch._touched(economy, [one_cell(economy, "cost_hat", 2.0), Shock(taste_hat=other)])
    assert [tuple(map(int, cell)) for cell in np.argwhere(touched)] == [(0, 1, 0), (1, 0, 2)]
    pi = economy.pi.copy()
    pi[0, 2, 1] = 0
    without = replace(economy, pi=pi / pi.sum(axis=0))
    assert not batch._touched(without, [one_cell(without, "cost_hat", 2.0)]).any()


def test_a_batch_pays_up_to_a_quarter_of_all_cells():
    economy = random_economy(4, 1, 4)
    cost = economy.full(1.0)
    cost[0] = 2.0
    assert can_batch(economy, [Shock(cost_hat=cost)])
    cost[1, 0] = 2.0
    assert not can_batch(economy, [Shock(cost_hat=cost)])


def test_a_batch_that_starts_at_its_end_is_there_at_once():
    economy = random_economy(3, 2, 4)
    thetas = np.repeat(economy.theta[None], 2, axis=0)
    rule = solve(economy, Shock(), EXACT).joint.rule
    calm = solve_batch(economy, thetas, [Shock().checked(economy)], rule)
    assert calm.steps == 1
    assert np.allclose(calm.log_wage, 0, atol=1e-12)
    assert np.allclose(calm.income, economy.income)
    shock = one_cell(economy, "cost_hat", 1.3).checked(economy)
    end = solve(economy, shock, EXACT)
    near = solve_batch(economy, thetas, [shock], end.joint.rule, start=end.state)
    assert near.steps == 1
    assert near.solved.all()
    assert solve_batch(economy, thetas, [shock], end.joint.rule).steps > 1


def test_a_batch_is_exact_unless_told_otherwise():
    economy = random_economy(4, 2, 4)
    shock = one_cell(economy, "tariff_new", 0.9).checked(economy)
    rule = solve(economy, shock, EXACT).joint.rule
    found = solve_batch(economy, economy.theta[None], [shock], rule)
    alone = solve(economy, shock, EXACT)
    assert np.allclose(found.income[0], alone.income_new, rtol=SAME)
    assert np.allclose(np.exp(found.log_price[0]).T, alone.p_hat, rtol=SAME)


def test_each_member_may_have_a_shock_of_its_own():
    economy = random_economy(3, 2, 4)
    shocks = [one_cell(economy, "cost_hat", 1.3).checked(economy), one_cell(economy, "cost_hat", 2.0).checked(economy)]
    rule = solve(economy, Shock(), EXACT).joint.rule
    two = solve_batch(economy, np.repeat(economy.theta[None], 2, axis=0), shocks, rule)
    alone = [solve(economy, shock, EXACT).income_new for shock in shocks]
    assert np.allclose(two.income, alone, rtol=SAME)
    assert not np.allclose(two.income[0], two.income[1], rtol=1e-4)


def test_a_residual_is_the_greatest_gap_of_any_kind_in_any_cell():
    economy = random_economy(3, 2, 4)
    shock = random_shock(economy, 5).checked(economy)
    end = solve(economy, shock, EXACT)
    states = np.repeat(end.state[:, None], 4, axis=1)
    regions, cells = 3, 6
    states[1, 0] += 0.01  # a wage
    states[regions + 2, 1] += 0.01  # a price
    states[regions + cells + 4, 2] += 0.01  # what is spent
    problem = batch._problem(economy, np.repeat(economy.theta[None], 4, axis=0), [shock])
    sweep = batch._Iteration(economy, problem, end.joint.rule, 1e-10)._sweep(states)
    gaps = np.abs(sweep.image - states)
    assert sweep.residual[3] < 1e-10
    assert (sweep.residual[:3] > 1e-3).all()
    assert (sweep.residual >= gaps[regions:].max(axis=0) * (1 - 1e-12)).all()
    assert sweep.residual[1] == pytest.approx(gaps[regions : regions + cells, 1].max())
    assert sweep.income[:, 3] == pytest.approx(end.income_new)
    assert sweep.residual[2] >= gaps[regions + cells :, 2].max() >= 0.005


def test_a_member_that_has_arrived_is_not_moved_by_those_that_have_not():
    economy = random_economy(3, 2, 4)
    far = economy.full(1.0)
    far[0, 1] = far[1, 0] = 40.0
    shocks = [Shock().checked(economy), one_cell(economy, "cost_hat", 1.01).checked(economy)]
    shocks += [Shock(cost_hat=far).checked(economy)] * 2
    thetas = economy.theta * np.array([[1.0], [1.0], [0.7], [1.3]])
    rule = solve(economy, Shock(), EXACT, closure="share_of_income").joint.rule
    found = solve_batch(economy, thetas, shocks, rule, atol=1e-11)
    assert found.solved.all()
    for member, shock in enumerate(shocks):
        alone = solve(economy.with_theta(thetas[member]), shock, EXACT, closure="share_of_income")
        assert np.allclose(found.income[member], alone.income_new, rtol=SAME)
        assert np.allclose(np.exp(found.log_wage[member]), alone.w_hat, rtol=SAME)


def test_a_batch_does_not_depend_on_the_unit_of_money():
    economy = random_economy(3, 2, 4, gaps=True)
    small = replace(economy, va=economy.va / 1e4, deficit=economy.deficit / 1e4, expenditure=economy.expenditure / 1e4)
    shock = one_cell(economy, "export_tax_new", 0.2).checked(economy)
    large, little = (
        solve_batch(world, world.theta[None], [shock], solve(world, Shock(), EXACT).joint.rule, atol=1e-11)
        for world in (economy, small)
    )
    assert large.solved.all()
    assert little.solved.all()
    assert np.allclose(little.log_wage, large.log_wage, atol=SAME)
    assert np.allclose(little.log_price, large.log_price, atol=SAME)
    assert np.allclose(little.income * 1e4, large.income, rtol=SAME)


@pytest.mark.parametrize("closure", ["fixed", "balanced"])
def test_draws_under_a_quota_are_solved_one_by_one(closure):
    economy = random_economy(3, 2, 4)
    quota = {"instrument": "quota", "exporters": "R0", "importers": "R1", "sectors": "S0"}
    limited = quota | {"volume": 0.6, "rent": "importer"}
    scenario = Scenario.model_validate({"title": "T", "shocks": [limited], "closure": closure})
    thetas = economy.theta * np.array([[0.9], [1.2]])
    found = run_ensemble(economy, scenario, thetas, Settings(place=Place(workers=1)))
    for draw, theta in enumerate(thetas):
        alone = solve_with_limits(economy.with_theta(theta), scenario, closure=closure)
        assert alone.bounds[0].binds
        assert [found.draws(code)[draw] for code in economy.regions] == pytest.approx(
            list(alone.equilibrium.real_income_hat - 1), abs=LIMITED
        )
