"""The parts of the models by themselves: the kernel's passes, the nests, the labour markets, the trade graph."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from economies import economies, random_economy, random_shock
from hypothesis import given
from hypothesis import strategies as st

from amur.economy.baseline import sector_first
from amur.errors import NoEquilibriumError
from amur.models.closure import FixedDeficit, ProportionalDeficit, deficit_rule, spread_within
from amur.models.connectivity import (
    components,
    has_bans,
    open_links,
    require_buyers,
    require_payable_deficits,
    require_suppliers,
)
from amur.models.fixed_point import Settings, accelerate
from amur.models.joint import blend, build_joint_map
from amur.models.long_run import build_long_run
from amur.models.shock import NO_SHOCK, LongRun, Roy, Shock, ShortRun
from amur.models.short_run import build_short_run
from amur.models.trade import build_kernel
from amur.solver import Anderson, solve
from amur.validate.closed_forms import without_inputs

ROUNDING = 1e-12  # sums of a few cells


# -- trade -------------------------------------------------------------------------------------------------------


@given(economies, st.integers(0, 10_000))
def test_kernel_passes_equal_sums_over_cells(economy, seed):
    draw = np.random.default_rng(seed)
    shock = random_shock(economy, seed)
    kernel = build_kernel(economy, shock, economy.theta)
    kappa = shock.cost_hat * (1 + shock.tariff_new) / (1 + economy.tariff) * (1 + shock.export_tax_new)
    weight = economy.pi * shock.taste_hat * kappa**-economy.theta
    n, s = len(economy.regions), len(economy.sectors)
    a, x = draw.uniform(0.5, 2, (s, n)), draw.uniform(0.5, 2, (s, n))
    for k in range(s):
        cells = weight[:, :, k]
        border = cells / (1 + shock.tariff_new[:, :, k])
        producer = border / (1 + shock.export_tax_new[:, :, k])
        assert np.allclose(kernel.price_sum(a)[k], a[k] @ cells, rtol=ROUNDING)
        assert np.allclose(kernel.border_sales(x)[k], border @ x[k], rtol=ROUNDING)
        assert np.allclose(kernel.producer_sales(x)[k], producer @ x[k], rtol=ROUNDING)
        assert np.allclose(kernel.border_full()[k], border, rtol=ROUNDING)
        if kernel.taxed.start <= k < kernel.taxed.stop:
            assert np.allclose(kernel.border_sum(a)[k - kernel.taxed.start], a[k] @ border, rtol=ROUNDING)
        else:
            assert (shock.tariff_new[:, :, k] == 0).all()


def test_kernel_shares_memory_where_no_duty_is_levied():
    economy = random_economy(3, 4, 1)
    tariff = economy.tariff.copy()
    tariff[:, :, [0, 3]] = 0
    tariff[0, 1, [1, 2]] = 0.1
    kernel = build_kernel(economy, Shock(tariff_new=tariff), economy.theta)
    assert kernel.taxed == slice(1, 3)
    assert kernel.border.shape == (2, 3, 3)
    free = build_kernel(economy, Shock(tariff_new=np.zeros((1, 1, 1))).checked(economy), economy.theta)
    assert free.border.size == 0
    x = np.ones((4, 3))
    assert np.allclose(free.border_sales(x), free.share.sum(axis=2))


def test_no_shock_leaves_the_kernel_calm_and_a_ban_is_an_exact_zero():
    economy = random_economy(3, 2, 1)
    calm = build_kernel(economy, NO_SHOCK, economy.theta)
    assert calm.calm
    assert np.shares_memory(calm.share, sector_first(economy.pi))
    cost = economy.full(1.0)
    cost[0, 1, 0] = np.inf
    for scale in (1.0, 1.1):  # few cells and all cells: the two ways of taking the power
        kernel = build_kernel(economy, Shock(cost_hat=cost * scale), economy.theta)
        assert not kernel.calm
        assert kernel.share[0, 0, 1] == 0
        assert (kernel.share > 0).sum() == (economy.pi > 0).sum() - 1
    assert np.allclose(kernel.share[1], economy.pi[:, :, 1] * 1.1 ** -economy.theta[1])


def test_a_preference_shift_is_a_cost_to_the_power_of_minus_theta():
    economy = random_economy(3, 2, 6)
    cost = economy.full(1.0)
    cost[0, 1], cost[2, 0] = 1.3, 0.8
    by_cost = solve(economy, Shock(cost_hat=cost), Anderson(atol=1e-12))
    by_taste = solve(economy, Shock(taste_hat=cost**-economy.theta), Anderson(atol=1e-12))
    assert np.allclose(by_cost.real_income_hat, by_taste.real_income_hat, rtol=1e-10)


def test_productivity_everywhere_raises_real_wages_by_itself_and_by_its_inputs():
    economy = random_economy(3, 2, 6)
    everywhere = Shock(productivity_hat=np.full((1, 1), 1.25))
    plain = solve(without_inputs(economy), everywhere, Anderson(atol=1e-12))
    assert np.allclose(plain.w_hat, 1, rtol=1e-9)  # all alike: no terms of trade move
    assert np.allclose(plain.real_wage_hat, 1.25, rtol=1e-9)
    assert np.allclose(plain.c_hat, 0.8, rtol=1e-9)
    linked = solve(economy, everywhere, Anderson(atol=1e-12))
    assert (linked.real_wage_hat > 1.25).all()  # cheaper inputs multiply the gain


# -- labour and nests --------------------------------------------------------------------------------------------


def test_short_run_shares_are_the_baseline_at_unit_prices():
    economy = random_economy(3, 3, 2, gaps=True)
    joint = build_joint_map(economy, NO_SHOCK, FixedDeficit(economy.deficit), ShortRun())
    now = joint.sweep(joint.start())
    beta, gamma = joint.model.cost_shares(now.nest, now.log_p)
    assert np.allclose(beta.T, economy.beta, rtol=ROUNDING)
    assert np.allclose(gamma, economy.gamma, rtol=ROUNDING, atol=1e-15)
    assert np.allclose(joint.model.final_shares(now.log_p).T, economy.alpha, rtol=ROUNDING)
    assert np.abs(now.excess).max() < ROUNDING


@given(economies, st.integers(0, 10_000), st.floats(0.05, 2), st.floats(0.05, 2), st.floats(0.05, 2))
def test_cost_shares_sum_to_one_at_any_prices(economy, seed, eps_va, eps_inputs, eps_final):
    draw = np.random.default_rng(seed)
    horizon = ShortRun(eps_va=eps_va, eps_inputs=eps_inputs, eps_final=eps_final)
    joint = build_joint_map(economy, NO_SHOCK, FixedDeficit(economy.deficit), horizon)
    log_w = draw.normal(0, 0.5, joint.model.wage_shape)
    log_p = draw.normal(0, 0.5, joint.shape)
    _, nest = joint.model.unit_cost(log_w, log_p)
    beta, gamma = joint.model.cost_shares(nest, log_p)
    assert np.allclose(beta.T + gamma.sum(axis=1), 1, rtol=1e-9)
    assert np.allclose(joint.model.final_shares(log_p).sum(axis=0), 1, rtol=1e-9)


def test_complements_lose_more_than_substitutes_from_a_lost_input():
    """A ban on one supplier of an input hurts more the smaller the elasticity between inputs."""
    economy = random_economy(4, 4, 9)
    cost = economy.full(1.0)
    cost[0, 1, 2] = np.inf
    losses = [
        1 - solve(economy, Shock(cost_hat=cost), horizon=ShortRun(eps_inputs=eps)).real_income_hat[1]
        for eps in (0.1, 0.6, 1.0, 1.8)
    ]
    assert losses == sorted(losses, reverse=True)


def test_labour_that_can_leave_an_industry_loses_less():
    economy = random_economy(4, 3, 11)
    cost = economy.full(1.0)
    cost[0, 1:] = np.inf
    cost[0, 1:, 1:] = 1
    wages = [
        solve(economy, Shock(cost_hat=cost), horizon=ShortRun(labour=labour)).sector_wage_hat[0]
        for labour in ("immobile", Roy(2.0), Roy(8.0), "mobile")
    ]
    spreads = [np.ptp(np.log(wage)) for wage in wages]
    assert spreads == sorted(spreads, reverse=True)
    assert spreads[-1] == pytest.approx(0, abs=1e-12)
    assert wages[0][0] == wages[0].min()  # the industry that lost its buyers pays


@given(economies)
def test_wages_move_at_the_pace_that_is_documented(economy):
    """One over one plus the own-wage elasticity of demand: only a pace, but a wrong one costs steps."""
    long = build_long_run(economy, economy.theta)
    kappa = 2.0
    short = build_short_run(economy, ShortRun(labour=Roy(kappa)), economy.theta)
    home_sales = np.einsum("nns->ns", economy.trade)
    for n in range(len(economy.regions)):
        spent = economy.expenditure[n] / economy.expenditure[n].sum()
        leaving = sum(w * (1 - economy.pi[n, n, s]) * economy.theta[s] for s, w in enumerate(spent))
        assert long.wage_step[n] == pytest.approx(1 / (1 + leaving), rel=ROUNDING)
        assert short.mean_step[n] == pytest.approx(1 / (1 + leaving), rel=ROUNDING)
        for s in range(len(economy.sectors)):
            made = economy.output[n, s]
            own = home_sales[n, s] / made * economy.pi[n, n, s] if made > 0 else 0.0
            pace = 1 / (kappa + economy.beta[n, s] * economy.theta[s] * (1 - own))
            assert short.own_step[s, n] == pytest.approx(pace, rel=ROUNDING)
    excess = np.arange(1.0, 1 + short.own_step.size).reshape(short.own_step.shape)
    moved = short.wage_move(excess)
    weight = short.va_by_sector / short.va
    common = (weight * excess).sum(axis=0)
    expected = short.own_step * (excess - common) + short.mean_step * common
    assert np.allclose(moved[short.employed], expected[short.employed], rtol=ROUNDING)
    assert (moved[~short.employed] == 0).all()


def test_documented_defaults():
    assert (Anderson().atol, Anderson().memory, Anderson().max_steps, Anderson().throw) == (1e-10, 15, 2000, True)
    assert Settings() == Settings(atol=1e-10, memory=15, max_steps=2000, max_move=2.0)
    assert ShortRun() == ShortRun(eps_va=0.5, eps_inputs=0.2, eps_final=0.9, labour="immobile", theta_scale=0.5)


# -- closures ----------------------------------------------------------------------------------------------------


@given(economies, st.integers(0, 10_000))
def test_proportional_deficits_sum_to_zero_in_each_component(economy, seed):
    draw = np.random.default_rng(seed)
    component = draw.integers(0, 2, len(economy.regions))
    component[0] = 0
    component = np.unique(component, return_inverse=True)[1]
    earned = draw.uniform(1, 5, len(economy.regions))
    rule = deficit_rule(economy, "share_of_income", component)
    assert isinstance(rule, ProportionalDeficit)
    deficit = rule.income(earned) - earned
    assert np.abs(np.bincount(component, weights=deficit)).max() < 1e-12 * earned.sum()
    spread = spread_within(economy, component)
    assert np.abs(np.bincount(component, weights=spread)).max() < 1e-9 * economy.va.sum()
    moved = (spread - economy.deficit) / economy.va
    for label in range(component.max() + 1):
        assert np.ptp(moved[component == label]) < 1e-12


def test_proportional_deficits_reproduce_the_baseline():
    economy = random_economy(4, 2, 0)
    rule = deficit_rule(economy, "share_of_income", np.zeros(4, dtype=int))
    assert np.allclose(rule.income(economy.income - economy.deficit), economy.income, rtol=1e-12)


# -- the trade graph ---------------------------------------------------------------------------------------------


def test_components_of_the_trade_graph():
    economy = random_economy(5, 2, 0)
    cost = economy.full(1.0)
    cost[:2, 2:], cost[2:, :2] = np.inf, np.inf
    links = open_links(economy, Shock(cost_hat=cost))
    labels = components(links)
    assert labels[0] == labels[1] != labels[2]
    assert labels[2] == labels[3] == labels[4]
    cost[1, 4, 1] = 1.0  # one cell of trade joins them
    assert len(set(components(open_links(economy, Shock(cost_hat=cost))))) == 1
    assert len(set(components(open_links(economy, NO_SHOCK)))) == 1
    taste = np.ones_like(cost)
    taste[3], taste[:, 3] = 0, 0
    alone = components(open_links(economy, Shock(taste_hat=taste)))
    assert (alone == alone[3]).sum() == 1


def test_what_counts_as_a_ban():
    assert not has_bans(NO_SHOCK)
    assert not has_bans(Shock(cost_hat=np.full((1, 1, 1), 1e9)))
    assert has_bans(Shock(cost_hat=np.full((1, 1, 1), np.inf)))
    assert has_bans(Shock(taste_hat=np.zeros((1, 1, 1))))
    assert not has_bans(Shock(taste_hat=np.ones((1, 1, 1))))


def test_one_way_signs_look_at_everyone_whom_goods_reach():
    """R0 sells only to R1, and R1 to nobody else: together they must run a deficit with the rest."""
    economy = random_economy(4, 1, 3)
    cost = economy.full(1.0)
    cost[0, 2:], cost[1, 2:], cost[1, 0] = np.inf, np.inf, np.inf
    links = open_links(economy, Shock(cost_hat=cost))
    for sign, fine in ((1, True), (-1, False)):
        deficit = np.array([0.1, 0.3, -0.2, -0.2]) * sign
        tilted = replace(economy, deficit=deficit)
        if fine:
            require_payable_deficits(tilted, links, "fixed")
        else:
            with pytest.raises(NoEquilibriumError, match=r"sells nothing to the rest|buys nothing from the rest"):
                require_payable_deficits(tilted, links, "fixed")
        require_payable_deficits(tilted, links, "share_of_income")


def test_buying_from_one_region_is_buying_from_the_rest():
    economy = random_economy(4, 1, 3)
    cost = economy.full(1.0)
    cost[0, 1:], cost[2:, 0] = np.inf, np.inf  # R0 sells nothing and buys from R1 alone
    links = open_links(economy, Shock(cost_hat=cost))
    surplus = replace(economy, deficit=np.array([-0.3, 0.1, 0.1, 0.1]))
    with pytest.raises(NoEquilibriumError, match="R0 sells nothing to the rest of the world but buys from it"):
        require_payable_deficits(surplus, links, "fixed")
    require_payable_deficits(replace(surplus, deficit=-surplus.deficit), links, "fixed")


def test_long_lists_of_names_are_cut_with_a_count():
    economy = random_economy(17, 2, 1)
    cost = economy.full(1.0)
    cost[:8, 8:], cost[8:, :8] = np.inf, np.inf
    links = open_links(economy, Shock(cost_hat=cost))
    total = economy.deficit[:8].sum()
    with pytest.raises(
        NoEquilibriumError, match=rf"bans R0, R1, R2, R3, R4, R5 and 2 more trades .* is {total:+,.1f} bn"
    ):
        require_payable_deficits(economy, links, "fixed")
    require_payable_deficits(economy, links, "component_balanced")
    cost = np.ones_like(cost)
    cost[:, :7, 1] = np.inf
    named = ", ".join(f"R{k} in S1" for k in range(5))
    with pytest.raises(NoEquilibriumError, match=rf"left for {named} and 2 more: the price"):
        require_suppliers(economy, open_links(economy, Shock(cost_hat=cost)))
    cost = np.ones_like(cost)
    cost[:6, :, 0] = np.inf
    links = open_links(economy, Shock(cost_hat=cost))
    named = ", ".join(f"R{k} in S0" for k in range(5))
    with pytest.raises(NoEquilibriumError, match=rf"left for {named} and 1 more, and labour"):
        require_buyers(economy, links, ShortRun(labour=Roy(2.0)))
    require_buyers(economy, links, ShortRun(labour="mobile"))
    require_buyers(economy, links, LongRun())


def test_deficits_that_cancel_in_each_component_are_payable():
    economy = random_economy(4, 2, 1)
    cost = economy.full(1.0)
    cost[:2, 2:], cost[2:, :2] = np.inf, np.inf
    links = open_links(economy, Shock(cost_hat=cost))
    balanced = replace(economy, deficit=spread_within(economy, components(links)))
    require_payable_deficits(balanced, links, "fixed")
    slack = 2e-9 * economy.va[:2].sum()
    tilted = replace(economy, deficit=balanced.deficit + np.array([slack, 0, 0, -slack]))
    with pytest.raises(NoEquilibriumError, match="trades with nobody else"):
        require_payable_deficits(tilted, links, "fixed")


# -- the iteration -----------------------------------------------------------------------------------------------


def linear_map(matrix, constant):
    def step(z):
        after = matrix @ z + constant
        return after, float(np.abs(after - z).max())

    return step


def test_acceleration_solves_a_linear_map_in_about_its_dimension():
    draw = np.random.default_rng(0)
    matrix = draw.normal(size=(8, 8))
    matrix *= 0.95 / np.abs(np.linalg.eigvals(matrix)).max()
    constant = draw.normal(size=8)
    exact = np.linalg.solve(np.eye(8) - matrix, constant)
    found = accelerate(linear_map(matrix, constant), np.zeros(8), Settings(atol=1e-11, max_move=100))
    assert found.converged
    assert found.steps < 25  # the plain map needs about 450
    assert np.allclose(found.state, exact, atol=1e-8)


def test_a_step_that_leaves_the_domain_is_rejected_and_the_iteration_recovers():
    def step(z):
        if (z > 3).any():
            return np.full_like(z, np.nan), np.inf
        after = np.cos(z) + 0.01 * z
        return after, float(np.abs(after - z).max())

    found = accelerate(step, np.linspace(-2, 2.9, 6), Settings(atol=1e-12))
    assert found.converged
    assert np.allclose(np.cos(found.state) + 0.01 * found.state, found.state, atol=1e-11)


def test_an_iteration_that_cannot_succeed_ends_unconverged_at_its_best_state():
    found = accelerate(lambda z: (z + 1.0, 1.0), np.zeros(3), Settings(max_steps=20))
    assert not found.converged
    assert found.steps == 20
    assert found.residual == 1.0
    lost = accelerate(lambda z: (np.full_like(z, np.nan), np.inf), np.zeros(3), Settings())
    assert not lost.converged
    assert lost.steps == 1


@pytest.mark.parametrize(("jump", "rejected"), [(9.0, 0), (11.0, 1)])
def test_a_step_is_rejected_when_it_grows_beyond_ten_times_the_best(jump, rejected):
    """The first two states move by 1 and by `jump`; afterwards the map stands still."""
    sizes = iter([1.0, jump, 0.0, 0.0])

    def step(z):
        size = next(sizes)
        return z + size, size

    found = accelerate(step, np.zeros(1), Settings(max_move=100))
    assert found.converged
    assert found.rejected == rejected
    assert found.steps == 3


def test_the_memory_forgets_the_oldest_and_needs_at_least_two_states():
    draw = np.random.default_rng(3)
    matrix = draw.normal(size=(30, 30))
    matrix *= 0.9 / np.abs(np.linalg.eigvals(matrix)).max()
    constant = draw.normal(size=30)
    steps = {
        memory: accelerate(
            linear_map(matrix, constant), np.zeros(30), Settings(atol=1e-10, memory=memory, max_move=1e3)
        ).steps
        for memory in (1, 5, 40)
    }
    assert steps[40] < steps[5] < steps[1]
    assert steps[40] <= 36  # as many as the map has dimensions, and a few


def test_a_map_that_stands_still_in_one_direction_does_not_divide_by_zero():
    found = accelerate(lambda z: (z + 0.25, 0.25 if z[0] < 0.9 else 0.0), np.zeros(2), Settings())
    assert found.converged
    assert found.state == pytest.approx([1.0, 1.0])


def test_a_single_step_moves_no_coordinate_beyond_its_limit():
    seen = []

    def step(z):
        seen.append(z)
        return z - 0.9 * (z - 50.0), float(np.abs(z - 50.0).max())

    found = accelerate(step, np.zeros(2), Settings(max_move=2.0))
    assert found.converged
    assert max(np.abs(b - a).max() for a, b in pairwise(seen)) <= 2.0 + 1e-12


def test_blending_runs_from_the_calm_map_to_the_target():
    economy = random_economy(3, 2, 4)
    shock = random_shock(economy, 1)
    rule = FixedDeficit(economy.deficit)
    calm = build_joint_map(economy, NO_SHOCK, rule, LongRun())
    target = build_joint_map(economy, shock, rule, LongRun())
    state = calm.start()
    assert np.allclose(blend(calm, target, 0.0).step(state)[0], calm.step(state)[0], atol=1e-12)
    assert np.allclose(blend(calm, target, 1.0).step(state)[0], target.step(state)[0], atol=1e-12)
    half = blend(calm, target, 0.5)
    assert np.allclose(half.kernel.share, (calm.kernel.share + target.kernel.share) / 2)
    assert np.allclose(half.log_productivity, target.log_productivity / 2)


def test_a_cell_is_open_where_something_is_sold_and_no_ban_stops_it():
    economy = random_economy(4, 3, 1, gaps=True)
    sold = (economy.pi > 0) & (economy.expenditure.T[None, :, :] > 0).transpose(0, 2, 1)
    calm = open_links(economy, Shock())
    assert (calm.transpose(1, 2, 0) == sold).all()
    assert not sold.all()
    taste, cost = np.full_like(economy.pi, 0.5), np.full_like(economy.pi, 2.0)
    assert (open_links(economy, Shock(taste_hat=taste, cost_hat=cost)) == calm).all()
    taste[0, 1, 2], cost[1, 2, 0] = 0, np.inf
    closed = open_links(economy, Shock(taste_hat=taste, cost_hat=cost))
    expected = calm.copy()
    expected[2, 0, 1] = expected[0, 1, 2] = False
    assert (closed == expected).all()
    assert has_bans(Shock(taste_hat=taste))
    assert has_bans(Shock(cost_hat=cost))
    assert not has_bans(Shock(taste_hat=np.full_like(economy.pi, 0.5)))


# -- the iteration by itself -------------------------------------------------------------------------------------


def iterated(answers, start, **settings):
    """Iterate over given answers `(image, residual)`; also returns the states that were asked about."""
    asked, waiting = [], iter(answers)

    def step(state):
        asked.append(state.copy())
        return next(waiting)

    return accelerate(step, np.asarray(start, dtype=float), Settings(**settings)), asked


def test_steps_are_counted_and_their_number_is_kept():
    far = [(np.array([1.0 + n]), 1.0 / (n + 1)) for n in range(9)]
    found, asked = iterated(far, [0.0], max_steps=3, atol=1e-9)
    assert (found.steps, len(asked), found.converged) == (3, 3, False)
    assert found.residual == pytest.approx(1 / 3)
    found, asked = iterated([(np.array([1.0]), 0.5), (np.array([1.0]), 1e-9)], [0.0], max_steps=9, atol=1e-9)
    assert (found.steps, len(asked), found.converged, found.rejected) == (2, 2, True, 0)


def test_two_rejected_steps_in_a_row_end_at_the_nearest_state():
    lost = np.array([np.nan, 0.0])
    found, asked = iterated([(np.array([0.5, 0.1]), 0.3), (lost, 0.1), (lost, 0.1), (lost, 0.1)], [0.0, 0.0], atol=1e-9)
    assert (found.steps, found.rejected, found.converged) == (3, 2, False)
    assert (found.residual, found.state.tolist()) == (0.3, [0.0, 0.0])
    assert len(asked) == 3


def test_a_move_is_drawn_back_by_its_largest_coordinate():
    answers = [(np.array([4.0, 1.0, -1.0]), 1.0), (np.zeros(3), 0.0)]
    _, asked = iterated(answers, [0.0, 0.0, 0.0], atol=1e-9, max_move=2.0)
    assert asked[1] == pytest.approx([2.0, 0.5, -0.5])
