"""Ensembles: batches equal single solves, results do not depend on where they ran, and a killed run goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from economies import economies, random_economy, random_shock
from hypothesis import given, settings
from hypothesis import strategies as st

from amur.adjoint import RealIncome, gradient
from amur.economy import Economy, load_economy
from amur.ensemble import (
    CHUNK,
    MEASURES,
    Driver,
    Drivers,
    Ensemble,
    Place,
    Range,
    Request,
    Settings,
    drawn_columns,
    ensemble_notes,
    ensemble_table,
    from_standard_errors,
    published_draws,
    read_standard_errors,
    run_ensemble,
    simulation_draws,
    with_numbers,
)
from amur.ensemble.batch import _capped, can_batch, solve_batch
from amur.ensemble.elasticities import require_draws
from amur.ensemble.request import driver_words
from amur.ensemble.runners import run
from amur.errors import EconomyError, InputError, MeasureError, NoEquilibriumError, OutputError, ScenarioError
from amur.models.shock import Shock, ShortRun
from amur.scenario import Scenario, load_scenario
from amur.simulate import Plan, percent_digits, simulate
from amur.simulate import rows as rows_of_simulation
from amur.solver import Anderson, solve
from amur.text import Text

SAME = 1e-8  # batch and single solve both stop at 1e-10; sums of a few cells amplify
EXACT = Anderson(atol=1e-12)
ONE = Settings(place=Place(workers=1))


def thetas_for(economy: Economy, count: int, seed: int) -> np.ndarray:
    return economy.theta * np.exp(np.random.default_rng(seed).normal(0, 0.2, (count, len(economy.theta))))


def cut(economy: Economy) -> Shock:
    cost = economy.full(1.0)
    cost[0, 1], cost[1, 0] = np.inf, np.inf
    return Shock(cost_hat=cost)


# -- batches -----------------------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(economies, st.integers(0, 10_000), st.sampled_from(["fixed", "share_of_income", "component_balanced"]))
def test_a_batch_equals_single_solves(economy, seed, closure):
    thetas = thetas_for(economy, 4, seed)
    shocks = [random_shock(economy, seed + k).checked(economy) for k in range(4)]
    rule = solve(economy, shocks[0], EXACT, closure=closure).joint.rule
    found = solve_batch(economy, thetas, shocks, rule, atol=1e-11)
    assert found.steps > 1
    for k in np.flatnonzero(found.solved):
        alone = solve(economy.with_theta(thetas[k]), shocks[k], EXACT, closure=closure)
        assert np.allclose(np.exp(found.log_wage[k]), alone.w_hat, rtol=SAME)
        assert np.allclose(np.exp(found.log_price[k]).T, alone.p_hat, rtol=SAME)
        assert np.allclose(found.income[k], alone.income_new, rtol=SAME)
    assert found.solved.all() or not economy.expenditure.all()


@given(economies, st.integers(0, 10_000))
@settings(max_examples=15)
def test_bans_in_a_batch_are_exact(economy, seed):
    if len(economy.regions) < 3:
        return
    shock = cut(economy).checked(economy)
    thetas = thetas_for(economy, 3, seed)
    central = solve(economy, shock, EXACT, closure="component_balanced")
    found = solve_batch(economy, thetas, [shock], central.joint.rule, atol=1e-11, start=central.state)
    for k in np.flatnonzero(found.solved):
        alone = solve(economy.with_theta(thetas[k]), shock, EXACT, closure="component_balanced")
        assert np.allclose(found.income[k], alone.income_new, rtol=SAME)


def test_a_batch_reaches_far_places_by_steps_that_are_not_too_long():
    economy = random_economy(4, 2, 8)
    productivity = np.ones_like(economy.beta)
    productivity[0] = 0.05  # costs rise by three log points
    shocks = [Shock(productivity_hat=productivity).checked(economy), Shock().checked(economy)]
    thetas = np.repeat(economy.theta[None], 2, axis=0)
    rule = solve(economy, Shock(), EXACT, closure="share_of_income").joint.rule
    found = solve_batch(economy, thetas, shocks, rule, atol=1e-11)
    assert found.solved.all()
    for member, shock in enumerate(shocks):
        alone = solve(economy, shock, EXACT, closure="share_of_income")
        assert np.allclose(found.income[member], alone.income_new, rtol=SAME)
    state, far = np.zeros((2, 3)), np.array([[1.0, -8.0, 2.0], [0.5, 4.0, -1.0]])
    assert np.array_equal(_capped(state, far), [[1.0, -2.0, 2.0], [0.5, 1.0, -1.0]])


def test_one_hopeless_member_does_not_disturb_the_others():
    economy = random_economy(4, 2, 7)
    shock = cut(economy).checked(economy)
    rule = solve(economy, shock, EXACT).joint.rule
    thetas = thetas_for(economy, 5, 1)
    calm = solve_batch(economy, thetas, [shock], rule)
    wild = thetas.copy()
    wild[2] = 1e6
    mixed = solve_batch(economy, wild, [shock], rule)
    others = [0, 1, 3, 4]
    assert calm.solved.all()
    assert mixed.solved[others].all()
    assert np.allclose(mixed.income[others], calm.income[others], rtol=SAME)


def test_a_batch_pays_only_where_few_cells_are_touched():
    economy = load_economy("icio-2022")
    assert can_batch(economy, [cut(economy)])
    assert not can_batch(economy, [Shock(cost_hat=economy.full(1.1))])


# -- whole ensembles ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings_", [ONE, Settings("share_of_income"), Settings("balanced"), Settings(None, ShortRun())]
)
def test_draws_equal_single_solves(settings_):
    economy = random_economy(4, 3, 12)
    thetas = thetas_for(economy, 3, 5)
    shock = cut(economy)
    found = run_ensemble(economy, shock, thetas, settings_)
    for number, theta in enumerate(thetas):
        alone = solve(
            economy.with_theta(theta),
            shock,
            EXACT,
            closure=settings_.closure or "fixed",
            horizon=settings_.horizon,
        )
        for place, code in enumerate(economy.regions):
            assert found.draws(code)[number] == pytest.approx(alone.real_income_hat[place] - 1, abs=SAME)
            wages = found.draws(code, "real_wage_change")
            assert wages[number] == pytest.approx(alone.real_wage_hat[place] - 1, abs=SAME)
            prices = found.draws(code, "price_index_change")
            assert prices[number] == pytest.approx(alone.P_hat[place] - 1, abs=SAME)


def test_results_are_the_same_on_any_number_of_workers(tmp_path):
    economy = random_economy(5, 2, 20)
    thetas = thetas_for(economy, CHUNK + 10, 3)
    alone = run_ensemble(economy, cut(economy), thetas, ONE)
    two = run_ensemble(economy, cut(economy), thetas, Settings(place=Place(workers=2, folder=tmp_path)))
    assert np.array_equal(alone.values, two.values)
    assert len(alone.values) == CHUNK + 10
    again = run_ensemble(economy, cut(economy), thetas, Settings(place=Place(workers=1, folder=tmp_path)))
    assert np.array_equal(alone.values, again.values)


def test_results_are_the_same_on_a_cluster():
    distributed = pytest.importorskip("distributed")
    economy = random_economy(4, 2, 21)
    thetas = thetas_for(economy, CHUNK + 5, 3)
    alone = run_ensemble(economy, cut(economy), thetas, ONE)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        place = Place(cluster=cluster.scheduler_address)
        there = run_ensemble(economy, cut(economy), thetas, Settings(place=place))
    assert np.array_equal(alone.values, there.values)


def test_a_run_that_was_stopped_goes_on_where_it_was(tmp_path):
    economy = random_economy(4, 2, 22)
    thetas = thetas_for(economy, 3 * CHUNK, 4)
    here = Settings(place=Place(workers=1, folder=tmp_path))

    def stop(done: int, total: int) -> None:
        if done >= 2 * CHUNK:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_ensemble(economy, cut(economy), thetas, here, advance=stop)
    kept = sorted(tmp_path.rglob("*.npz"))
    assert len(kept) == 2
    seen = []
    found = run_ensemble(economy, cut(economy), thetas, here, advance=lambda done, total: seen.append((done, total)))
    assert seen == [(2 * CHUNK, 3 * CHUNK), (3 * CHUNK, 3 * CHUNK)]
    assert np.array_equal(found.values, run_ensemble(economy, cut(economy), thetas, ONE).values)
    other = run_ensemble(economy, cut(economy), thetas * 1.01, here)  # other draws do not meet the kept ones
    assert not np.array_equal(found.values, other.values)
    np.savez(kept[0], values=found.values[:3], reasons=np.array('["", "", ""]'))
    with pytest.raises(OutputError, match="holds 3 draws"):
        run_ensemble(economy, cut(economy), thetas, here)


KILLED = """
import os, signal, sys
from pathlib import Path
import numpy as np
from amur.economy import load_economy
from amur.ensemble import Place, Settings, run_ensemble
from amur.models.shock import Shock

economy = load_economy(sys.argv[1])
thetas = np.load(sys.argv[2])
settings = Settings("share_of_income", place=Place(workers=1, folder=Path(sys.argv[3])))
kill = lambda done, total: os.kill(os.getpid(), signal.SIGKILL)
run_ensemble(economy, Shock(), thetas, settings, advance=kill)
"""


def test_a_run_that_was_killed_goes_on_where_it_was(tmp_path):
    economy = random_economy(4, 2, 23)
    thetas = thetas_for(economy, 2 * CHUNK, 4)
    world, draws, kept = (tmp_path / name for name in ("world.npz", "draws.npy", "kept"))
    economy.save(world)
    np.save(draws, thetas)
    done = subprocess.run([sys.executable, "-c", KILLED, world, draws, kept], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert len(list(kept.rglob("*.npz"))) == 1
    seen = []
    same = load_economy(world)
    goes_on = Settings("share_of_income", place=Place(workers=1, folder=kept))
    found = run_ensemble(same, Shock(), thetas, goes_on, advance=lambda done, _: seen.append(done))
    assert seen == [CHUNK, 2 * CHUNK]
    afresh = run_ensemble(same, Shock(), thetas, Settings("share_of_income", place=Place(workers=1)))
    assert np.array_equal(found.values, afresh.values)


class Deadly:
    """Draws whose arrival ends the process that receives them."""

    def __reduce__(self):
        return os._exit, (3,)


def test_a_worker_that_is_killed_is_told_in_one_sentence():
    economy = random_economy(3, 1, 1)
    work = run_ensemble(economy, Shock(), economy.theta[None], ONE).work
    doomed = replace(work, thetas=thetas_for(economy, 2 * CHUNK, 1), numbers={"x": Deadly()})
    with pytest.raises(InputError, match="A process ended before its draws were solved"):
        run(doomed, Place(workers=2))


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    economy = random_economy(3, 1, 1)
    with pytest.raises(OutputError, match="cannot be made"):
        run_ensemble(
            economy,
            cut(economy),
            economy.theta[None],
            Settings("share_of_income", place=Place(1, folder=tmp_path / "file")),
        )


# -- what is drawn -----------------------------------------------------------------------------------------------


def test_published_draws_are_those_of_the_economy():
    economy = load_economy("icio-2022")
    assert np.array_equal(published_draws(economy, 1000), economy.theta_draws)
    some = published_draws(economy, 40, seed=3)
    assert np.array_equal(some, published_draws(economy, 40, seed=3))
    assert not np.array_equal(some, published_draws(economy, 40, seed=4))
    assert all((row == economy.theta_draws).all(axis=1).any() for row in some)
    with pytest.raises(EconomyError, match="the published ones are 1000"):
        published_draws(economy, 1001)
    with pytest.raises(EconomyError, match="at least one"):
        published_draws(economy, 0)
    with pytest.raises(EconomyError, match="no published draws"):
        published_draws(random_economy(3, 2, 1), 5)


def test_standard_errors_give_that_mean_and_spread(tmp_path):
    economy = random_economy(3, 2, 1)
    path = tmp_path / "errors.csv"
    path.write_text("sector,standard_error,theta\nS0,0.8,4\n")
    errors, means = read_standard_errors(path)
    draws = from_standard_errors(economy, errors, 200_000, means=means, seed=1)
    assert draws[:, 0].mean() == pytest.approx(4, abs=0.01)  # 0.8 / sqrt(200,000) = 0.002
    assert draws[:, 0].std() == pytest.approx(0.8, abs=0.01)
    assert np.allclose(draws[:, 1], economy.theta[1])
    assert (draws > 0).all()
    path.write_text("sector,standard_error\nS1,0.5\n")
    errors, means = read_standard_errors(path)
    assert means == {}
    assert from_standard_errors(economy, errors, 100_000)[:, 1].mean() == pytest.approx(economy.theta[1], abs=0.02)
    with pytest.raises(EconomyError, match="has no sector 'X'"):
        from_standard_errors(economy, {"X": 1.0}, 5)
    with pytest.raises(EconomyError, match="must be zero or more"):
        from_standard_errors(economy, {"S1": -1.0}, 5)
    path.write_text("industry,se\nS0,1\n")
    with pytest.raises(EconomyError, match="lacks the columns"):
        read_standard_errors(path)
    with pytest.raises(EconomyError, match="cannot be read"):
        read_standard_errors(tmp_path / "none.csv")


def test_a_draw_outside_the_domain_is_named():
    economy = random_economy(3, 2, 1)
    bad = np.full((3, 2), 4.0)
    bad[1, 1] = -0.5
    with pytest.raises(EconomyError, match=r"Draw 2 has the trade elasticity -0.5 in S1"):
        run_ensemble(economy, cut(economy), bad)
    with pytest.raises(EconomyError, match="one column for each of the 2 sectors"):
        run_ensemble(economy, cut(economy), np.ones((3, 5)))


def test_a_request_makes_its_draws(tmp_path):
    bundled = load_economy("icio-2022")
    assert np.array_equal(Request(3).thetas(bundled), published_draws(bundled, 3, seed=0))
    assert np.array_equal(Request(3, seed=5).thetas(bundled), published_draws(bundled, 3, seed=5))
    economy = random_economy(3, 2, 1)
    assert np.array_equal(Request(1, "fixed").thetas(economy), economy.theta[None])
    with pytest.raises(EconomyError, match="at least one"):
        Request(0, "fixed").thetas(economy)
    low = np.array([[0.5, 1.0]])
    assert np.array_equal(require_draws(economy, low), low)
    with pytest.raises(EconomyError, match="has the trade elasticity 0 in S0"):
        require_draws(economy, np.array([[0.0, 1.0]]))
    (tmp_path / "mine.csv").write_text("S1\n3\n5.5\n2\n")
    own = Request(3, str(tmp_path / "mine.csv")).thetas(economy)
    assert np.array_equal(own[:, 1], [3, 5.5, 2])
    assert np.array_equal(own[:, 0], np.repeat(economy.theta[0], 3))
    some = Request(2, str(tmp_path / "mine.csv"), seed=1).thetas(economy)
    assert len(some) == 2


@pytest.mark.parametrize("horizon", ["long", "short"])
def test_draws_of_a_simulation_are_of_its_default_run(tmp_path, horizon):
    economy = replace(random_economy(4, 2, 31), regions=("RUS", "CHN", "DEU", "FRA"))
    path = str(economy.save(tmp_path / "own.npz"))
    duty = {"instrument": "tariff", "exporters": "RUS", "importers": "CHN", "sectors": "all", "add": 0.1}
    scenario = Scenario.model_validate({"title": "duty", "shocks": [duty], "economy": path})
    run_ = simulate(scenario, Plan(horizons=(horizon,), closures=("share_of_income",)))
    found = simulation_draws(run_, Request(2, "fixed", ("shocks.0.add=0.1:0.1",)), Place(workers=1))
    central = run_.default().equilibrium
    assert found.work.central.real_income_hat == pytest.approx(central.real_income_hat, abs=SAME)
    rows = drawn_columns(found, rows_of_simulation(run_))
    first = rows[0]
    assert first["real_income_p50"] == pytest.approx(first["real_income_change"], abs=SAME)
    assert [row["country"] for row in rows if "real_income_p05" in row] == [row["country"] for row in rows]


def test_ranges_draw_numbers_of_a_scenario():
    economy = random_economy(4, 2, 31)
    duty = {"instrument": "tariff", "exporters": "R1", "importers": "R0", "sectors": "all", "add": 0.1}
    scenario = Scenario.model_validate({"title": "duty", "shocks": [duty]})
    thetas = np.repeat(economy.theta[None], 4, axis=0)
    chosen = Settings(ranges=(Range("shocks.0.add", 0.05, 0.4),), seed=2, place=Place(workers=1))
    found = run_ensemble(economy, scenario, thetas, chosen)
    drawn = found.work.numbers["shocks.0.add"]
    assert ((drawn >= 0.05) & (drawn <= 0.4)).all()
    assert len(set(drawn)) == 4
    for number, value in enumerate(drawn):
        alone = solve(economy, with_numbers(scenario, {"shocks.0.add": float(value)}), EXACT)
        assert found.draws("R1")[number] == pytest.approx(alone.real_income_hat[1] - 1, abs=SAME)
    assert Range.parse("shocks.0.add = 0.1:0.4") == Range("shocks.0.add", 0.1, 0.4)
    for text, why in (("shocks.0.add=0.4:0.1", "from high to low"), ("shocks.0.add", "cannot be read")):
        with pytest.raises(ScenarioError, match=why):
            Range.parse(text)
    for path in ("shocks.9.add", "shocks.0.instrument", "title", "shocks.0", "shocks"):
        with pytest.raises(ScenarioError, match="is not a number"):
            with_numbers(scenario, {path: 1.0})
    with pytest.raises(ScenarioError, match=r"cannot take shocks.0.add = -2"):
        with_numbers(scenario, {"shocks.0.add": -2.0})
    with pytest.raises(ScenarioError, match="has none"):
        run_ensemble(economy, Shock(), thetas, chosen)


def test_ranges_must_be_possible_at_both_ends():
    economy = random_economy(4, 2, 30)
    ban = {"instrument": "ban", "exporters": "R0", "importers": "R1", "sectors": "all", "escapes": 0.3}
    scenario = Scenario.model_validate({"title": "partial", "shocks": [ban]})
    thetas = economy.theta[None]
    for low, high in ((-1e-9, 0.3), (0.3, 1 + 1e-9)):  # what is drawn between them would do
        with pytest.raises(ScenarioError, match="cannot take"):
            run_ensemble(economy, scenario, thetas, Settings(ranges=(Range("shocks.0.escapes", low, high),)))
    fine = Range("shocks.0.escapes", 0.2, 0.4)
    here = Settings("share_of_income", ranges=(fine,), place=Place(workers=1))
    found = run_ensemble(economy, scenario, np.repeat(thetas, 2, axis=0), here)
    assert np.array_equal(found.work.numbers["shocks.0.escapes"], fine.draw(2, seed=0))


def test_a_scenario_from_which_a_share_escapes_is_compiled_for_each_draw():
    economy = random_economy(4, 2, 30)
    scenario = Scenario.model_validate(
        {
            "title": "partial",
            "shocks": [
                {"instrument": "ban", "exporters": "R0", "importers": "R1", "sectors": "all", "escapes": 0.3},
                {"instrument": "tariff", "exporters": "R2", "importers": "R1", "sectors": "all", "add": 0.1},
            ],
        }
    )
    thetas = thetas_for(economy, 2, 8)
    found = run_ensemble(economy, scenario, thetas, Settings("fixed", None, place=Place(workers=1)))
    for number, theta in enumerate(thetas):
        alone = solve(economy.with_theta(theta), scenario, EXACT)
        assert found.draws("R1")[number] == pytest.approx(alone.real_income_hat[1] - 1, abs=SAME)


# -- what it says ------------------------------------------------------------------------------------------------


def made_up(values: np.ndarray, reasons: tuple[str, ...] = ()) -> Ensemble:
    """An ensemble of a random economy with the real incomes given, `[draw, region]`."""
    economy = random_economy(3, 2, 2)
    work = run_ensemble(
        economy, cut(economy), economy.theta[None].repeat(len(values), 0), Settings("share_of_income")
    ).work
    whole = np.stack([values, 2 * values, 3 * values], axis=1)
    return Ensemble(work, whole, reasons or ("",) * len(values))


def test_quantiles_probabilities_and_ranks():
    values = np.array([[-4.0, -1, 1], [-3.0, -5, 2], [-2.0, -1, 3], [-1.0, 0.5, -7]]) / 100
    found = made_up(values)
    assert found.quantiles("R0", at=(0, 0.5, 1)) == pytest.approx((-0.04, -0.025, -0.01))
    assert found.quantiles("R0", "real_wage_change", at=(0,)) == pytest.approx((-0.08,))
    assert found.quantiles("R0", "price_index_change", at=(0,)) == pytest.approx((-0.12,))
    assert len(found.quantiles("R0")) == 5
    assert found.probability_of_loss("R0") == 1
    assert found.probability_of_loss("R1") == 0.75
    assert found.probability_hurt_more("R0", "R1") == 0.75
    ranks = found.rank_probabilities(["R0", "R1", "R2"])
    assert np.allclose(ranks, [[0.5, 0.5, 0], [0.25, 0.5, 0.25], [0.25, 0, 0.75]])
    assert np.allclose(ranks.sum(axis=0), 1)
    assert np.allclose(ranks.sum(axis=1), 1)
    with pytest.raises(MeasureError, match="Ensembles keep"):
        found.draws("R0", "nominal_income_change")  # type: ignore[arg-type]


def test_what_does_not_move_is_neither_lost_nor_explained():
    found = made_up(np.zeros((4, 3)))
    assert found.probability_of_loss("R0") == 0
    assert found.probability_hurt_more("R0", "R1") == 0
    told = found.drivers("R0")
    assert told.explained == 0
    assert told.drivers == ()


def test_draws_without_equilibrium_are_left_out_and_told():
    values = np.array([[-0.04, -0.01, 0.01], [np.nan] * 3, [-0.02, -0.01, 0.03]])
    found = made_up(values, ("", "no way", ""))
    assert found.failures == ((2, "no way"),)
    assert list(found.draws("R0")) == [-0.04, -0.02]
    nothing = made_up(values[1:2], ("no way",))
    with pytest.raises(MeasureError, match="None of the 1 draws"):
        nothing.draws("R0")


def test_a_central_case_without_equilibrium_raises_at_once():
    economy = random_economy(2, 1, 3)
    with pytest.raises(NoEquilibriumError):
        run_ensemble(economy, cut(economy), economy.theta[None])


def test_drivers_come_from_the_gradient_and_agree_with_the_draws():
    economy = random_economy(4, 3, 9)
    draw = np.random.default_rng(1)
    thetas = economy.theta * np.exp(draw.normal(0, [0.002, 0.004, 0.0], (400, 3)))
    found = run_ensemble(economy, cut(economy), thetas, ONE)
    drivers = found.drivers("R0")
    assert drivers.explained > 0.999
    assert {driver.sectors for driver in drivers.drivers} == {("S0",), ("S1",)}
    assert sum(driver.index for driver in drivers.drivers) == pytest.approx(1)
    assert drivers.drivers[0].index >= drivers.drivers[1].index
    slope = gradient(found.work.central, RealIncome(("R0",))).theta
    parts = (slope[:2] * economy.theta[:2] * [0.002, 0.004]) ** 2
    for driver in drivers.drivers:
        at = economy.sector(driver.sectors[0])
        assert driver.index == pytest.approx(parts[at] / parts.sum(), abs=0.1)  # 400 draws: about 0.05 of noise
        assert driver.by_draws == pytest.approx(driver.index, abs=0.1)
        assert driver.slope == pytest.approx(-slope[at] * economy.theta[at] ** 2)


def test_the_ten_greatest_drivers_are_told():
    economy = random_economy(3, 12, 9)
    found = run_ensemble(
        economy, cut(economy), thetas_for(economy, 30, 2), Settings("share_of_income", place=ONE.place)
    )
    drivers = found.drivers("R0")
    assert len(drivers.drivers) == 12
    assert [row["sectors"] for row in drivers.rows] == [list(driver.sectors) for driver in drivers.drivers[:10]]
    assert found.to_dict(["R1", "R0"])["countries"][1]["drivers"][0]["index"] == pytest.approx(drivers.drivers[0].index)


def test_drivers_of_several_together_are_those_of_their_common_income():
    economy = random_economy(4, 2, 9)
    found = run_ensemble(economy, cut(economy), thetas_for(economy, 12, 2), ONE)
    weight = economy.income[:2] / economy.income[:2].sum()
    assert found.joint_draws(("R0", "R1")) == pytest.approx(
        weight[0] * found.draws("R0") + weight[1] * found.draws("R1")
    )
    slope = gradient(found.work.central, RealIncome(("R0", "R1"))).theta
    for driver in found.drivers("R0", "R1").drivers:
        at = economy.sector(driver.sectors[0])
        assert driver.slope == pytest.approx(-slope[at] * economy.theta[at] ** 2)


def test_elasticities_drawn_as_one_are_one_driver():
    economy = random_economy(4, 3, 9)
    common = np.exp(np.random.default_rng(1).normal(0, 0.01, (60, 1)))
    thetas = economy.theta * np.concatenate([common, np.ones_like(common), common], axis=1)
    # Equal in shape, since the inverse of a common factor is common too.
    found = run_ensemble(economy, cut(economy), thetas, ONE).drivers("R0")
    assert [driver.sectors for driver in found.drivers] == [("S0", "S2")]
    assert found.drivers[0].index == pytest.approx(1)


def test_record_for_json():
    economy = random_economy(4, 2, 9)
    found = run_ensemble(economy, cut(economy), thetas_for(economy, 12, 2), ONE)
    record = found.to_dict(["R0", "R1"])
    assert record["count"] == record["solved"] == 12
    first = record["countries"][0]
    assert first["country"] == "R0"
    assert first["quantiles"].keys() == set(MEASURES)
    assert first["quantiles"]["real_income_change"]["0.5"] == pytest.approx(np.median(found.draws("R0")))
    assert first["central"] == pytest.approx(found.work.central.real_income_hat[0] - 1)
    assert sum(first["rank_probabilities"]) == pytest.approx(1)
    assert first["drivers"]


def test_a_table_of_draws():
    values = np.array([[-4.0, -1, 1], [-3.0, -5, 2], [-2.0, -1, 3], [-1.0, 0.5, -7]]) / 100
    found = made_up(values)
    text = Text("en")
    title, rows = ensemble_table(found, text)
    assert title == text("ensemble.table.title")
    central = dict(zip(found.regions, found.work.central.real_income_hat - 1, strict=True))
    assert [row["Country"] for row in rows] == sorted(central, key=lambda code: central[code])
    (first,) = (row for row in rows if row["Country"] == "R0")
    low, middle, high = found.quantiles("R0", at=(0.05, 0.5, 0.95))
    digits = percent_digits(list(central.values()))
    cells = [text.percent(value, digits=digits, sign=True) for value in (central["R0"], low, middle, high)]
    assert list(first.values())[1:5] == cells
    assert first["Draws with a loss"] == "100%"
    assert ensemble_notes(found, text)[0].startswith("Real income over 4 draws")
    gone = made_up(values, ("", "no way", "", "nor here"))
    assert "2 draws have no equilibrium and are left out. The first, number 2: no way" in ensemble_notes(gone, text)[1]
    some = Driver(("S0", "S1", "S2", "S3", "S4"), 1.0, 0.25, 0.2)
    assert driver_words(Drivers("R0", (some,), 1.0), text) == "S0, S1, S2 and 2 more: 25%"
    assert driver_words(Drivers("R0", (replace(some, sectors=("S0",)),), 1.0), text) == "S0: 25%"
    assert driver_words(Drivers("R0", (), 1.0), text) == ""


# -- the real table ----------------------------------------------------------------------------------------------


def test_russia_loses_more_than_china_in_every_published_draw():
    economy = load_economy("icio-2022")
    found = run_ensemble(economy, load_scenario("cut-rus-chn"), published_draws(economy, 30, seed=1), ONE)
    assert found.probability_hurt_more("RUS", "CHN") == 1
    low, high = found.quantiles("RUS", at=(0.05, 0.95))
    assert -0.08 < low < high < -0.01


# -- refusals ----------------------------------------------------------------------------------------------------


def test_places_that_cannot_be(monkeypatch):
    monkeypatch.setattr("amur.ensemble.runners.CONNECT_SECONDS", 0.5)
    with pytest.raises(InputError, match="at least one"):
        Place(workers=0)
    economy = random_economy(3, 1, 1)
    with pytest.raises(InputError, match="No Dask scheduler answers"):
        run_ensemble(
            economy,
            cut(economy),
            economy.theta[None],
            Settings("share_of_income", place=Place(cluster="tcp://127.0.0.1:9")),
        )
