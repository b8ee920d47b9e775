"""Design: known optimal tariffs, slopes against differences, and policies that no random or single move improves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from economies import random_economy
from test_leverage import halved, plain_armington

from amur.design import (
    Design,
    DesignFile,
    Evaluator,
    Lever,
    LeverGroup,
    Player,
    Problem,
    Study,
    best_response,
    climb,
    design,
    design_notes,
    design_policy,
    load_design,
    make_levers,
    nash,
    pair_design,
)
from amur.economy import Economy
from amur.errors import NotConvergedError, PolicyError
from amur.models.shock import LongRun, Shock, ShortRun
from amur.solver import Anderson, solve
from amur.text import Text

RATE = 1e-6  # optima are roots of slopes that are exact to 1e-9 of the steepest
SLOPE = 1e-6  # of the steepest: STEP ** 4 and the solves' 1e-11 over STEP are below
STEP = 5e-3


def lever(economy: Economy, kind: str, exporter: int, importer: int, **given) -> Lever:
    """One lever on all sectors of a flow, or on the one named by `at`."""
    cells = np.zeros(economy.pi.shape, dtype=bool)
    at = given.pop("at", None)
    cells[exporter, importer, slice(None) if at is None else at] = True
    actor = importer if kind == "tariff" else exporter
    bounds = {"lower": 0.0, "upper": 0.5 if kind != "ban" else 0.9} | given
    return Lever(kind, f"R{actor}", "x", "all" if at is None else f"S{at}", cells, **bounds)


def small_problem(horizon=None) -> Problem:
    """Two countries against one, with duties, export taxes and bans by sector."""
    economy = random_economy(4, 2, 60)
    items = [
        lever(economy, kind, *((0, member) if kind == "tariff" else (member, 0)), at=sector)
        for kind, member, sector in (("tariff", 1, 0), ("tariff", 1, 1), ("export_tax", 2, 0), ("ban", 2, 1))
    ]
    return Problem(make_levers(economy, items), ("R1", "R2"), ("R0",), horizon=horizon or LongRun())


# -- slopes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("horizon", [LongRun(), ShortRun()], ids=str)
def test_slopes_of_losses_equal_differences(horizon):
    problem = small_problem(horizon)
    evaluator = Evaluator(problem, (problem.target, problem.coalition))
    policy = np.array([0.1, 0.2, 0.05, 0.4])
    slopes = evaluator.slopes(policy).copy()
    for at in range(4):
        near = {k: evaluator.losses(policy + k * STEP * np.eye(4)[at]) for k in (-2, -1, 1, 2)}
        found = (8 * (near[1] - near[-1]) - (near[2] - near[-2])) / (12 * STEP)
        assert np.allclose(slopes[:, at], found, rtol=0, atol=SLOPE * np.abs(slopes).max())
    assert np.allclose(evaluator.losses(np.zeros(4)), 0, atol=1e-10)


def test_losses_are_falls_of_log_real_income():
    problem = small_problem()
    economy = problem.economy
    policy = np.array([0.3, 0.0, 0.2, 0.5])
    tariff, tax, taste = economy.tariff.copy(), economy.full(0.0), economy.full(1.0)
    tariff[0, 1, 0] += 0.3
    tax[2, 0, 0] = 0.2
    taste[2, 0, 1] = 0.5
    after = solve(economy, Shock(tariff_new=tariff, export_tax_new=tax, taste_hat=taste), Anderson(atol=1e-12))
    target, own = Evaluator(problem, (problem.target, problem.coalition)).losses(policy)
    assert target == pytest.approx(-np.log(after.real_income_hat[0]), abs=1e-9)
    real = economy.income * after.real_income_hat
    assert own == pytest.approx(-np.log(real[1:3].sum() / economy.income[1:3].sum()), abs=1e-9)


# -- known cases -------------------------------------------------------------------------------------------------


def two_countries(home: float, theta: float, size: float) -> Economy:
    """One sector, balanced trade; country 0 has `size` times the income of country 1, which spends `home` at home."""
    imports = 1 - home  # of country 1, whose income is 1
    flows = np.array([[size - imports, imports], [imports, home]])
    spending = flows.sum(axis=0)
    ones = np.ones((2, 1))
    return Economy(
        name="two",
        regions=("R0", "R1"),
        sectors=("S0",),
        pi=(flows / spending)[:, :, None],
        gamma=np.zeros((2, 1, 1)),
        beta=ones,
        alpha=ones,
        va=spending,
        deficit=np.zeros(2),
        tariff=np.zeros((2, 2, 1)),
        theta=np.array([theta]),
        expenditure=spending[:, None],
    )


def best_tariff(economy: Economy, kind: str = "tariff") -> tuple[float, float]:
    """The optimal tariff (or export tax) of country 0, and country 1's home share under it."""
    flow = (1, 0) if kind == "tariff" else (0, 1)
    levers = make_levers(economy, [lever(economy, kind, *flow, upper=3.0)])
    problem = Problem(levers, ("R0",), ("R1",))
    (rate,) = climb(Evaluator(problem, (("R0",),)), np.array([0.1]))
    return float(rate), float(solve(economy, levers.shock(np.array([rate])), Anderson(atol=1e-12)).pi_new[1, 1, 0])


@pytest.mark.parametrize(("home", "theta", "size"), [(0.8, 4.0, 1.0), (0.6, 2.5, 3.0), (0.7, 6.0, 0.5)])
def test_optimal_tariff_is_one_over_theta_times_the_others_home_share(home, theta, size):
    rate, share = best_tariff(two_countries(home, theta, size))
    assert rate == pytest.approx(1 / (theta * share), abs=RATE)


def test_an_export_tax_does_as_well_as_a_tariff():
    economy = two_countries(0.7, 3.0, 1.0)
    tariff, _ = best_tariff(economy)
    tax, _ = best_tariff(economy, "export_tax")
    assert tax == pytest.approx(tariff, abs=RATE)  # Lerner symmetry


def test_optimal_tariff_tends_to_one_over_theta_as_the_country_becomes_small():
    theta = 4.0
    gaps = [best_tariff(two_countries(1 - 0.3 * size, theta, size))[0] - 1 / theta for size in (0.3, 0.03, 0.003)]
    assert gaps[0] > gaps[1] > gaps[2] > 0
    assert gaps[2] < 1e-3


def test_nash_of_two_countries_holds_both_first_order_conditions():
    economy = two_countries(0.7, 3.0, 1.3)
    players = (
        Player("R0", ("R0",), make_levers(economy, [lever(economy, "tariff", 1, 0, upper=3.0)])),
        Player("R1", ("R1",), make_levers(economy, [lever(economy, "tariff", 0, 1, upper=3.0)])),
    )
    game = nash(players)
    rates = [float(policy[0]) for policy in game.policies]
    shares = game.equilibrium.pi_new[:, :, 0]
    for own, other in ((0, 1), (1, 0)):
        # The other's home share at world prices, where its own duty is taken out.
        grossed = shares[other, other] * (1 + rates[other])
        at_world_prices = grossed / (grossed + 1 - shares[other, other])
        assert rates[own] == pytest.approx(1 / (3.0 * at_world_prices), abs=10 * RATE)
        assert best_response(players, game.policies, own)[0] == pytest.approx(rates[own], abs=10 * RATE)
    assert game.rounds > 1
    assert max(game.losses) > 0  # a tariff war cannot leave both better off
    three = plain_armington(3, 4)
    more = [
        Player(f"R{n}", (f"R{n}",), make_levers(three, [lever(three, "tariff", (n + 1) % 3, n, upper=3.0)]))
        for n in range(3)
    ]
    found = nash(more)
    for n in range(3):
        assert best_response(more, found.policies, n)[0] == pytest.approx(found.policies[n][0], abs=10 * RATE)


def test_a_best_response_is_the_best_on_a_grid():
    economy = random_economy(3, 2, 62)
    levers = make_levers(economy, [lever(economy, "tariff", 1, 0, at=0, upper=2.0)])
    evaluator = Evaluator(Problem(levers, ("R0",), ("R1",)), (("R0",),))
    (rate,) = climb(evaluator, np.array([0.0]))
    losses = {x: evaluator.losses(np.array([x]))[0] for x in np.linspace(0, 2, 201)}
    assert abs(min(losses, key=lambda x: losses[x]) - rate) <= 0.01
    assert evaluator.losses(np.array([rate]))[0] <= min(losses.values()) + 1e-10


# -- whole designs -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found() -> Design:
    problem = small_problem()
    evaluator = Evaluator(problem, (problem.target, problem.coalition))
    everything = evaluator.losses(problem.levers.upper)[1]
    least = evaluator.losses(climb(evaluator, np.full(4, 0.1), group=1))[1]
    return design(problem, "most_harm", float(least + 0.5 * (everything - least)))


def test_a_design_beats_ten_thousand_random_feasible_policies(found):
    evaluator = Evaluator(found.problem, (found.problem.target, found.problem.coalition))
    assert found.own_loss <= found.bound + 1e-7
    assert found.binds
    draw = np.random.default_rng(5)
    levers = found.problem.levers
    from amur.ensemble.batch import solve_batch

    economy, better, feasible = found.problem.economy, 0, 0
    rule = found.equilibrium.joint.rule
    while feasible < 10_000:
        policies = levers.lower + draw.uniform(size=(500, 4)) * (levers.upper - levers.lower)
        shocks = [levers.shock(policy).checked(economy) for policy in policies]
        thetas = np.repeat(economy.theta[None], len(policies), axis=0)
        solved = solve_batch(economy, thetas, shocks, rule, atol=1e-9)
        assert solved.solved.all()
        price = np.exp(np.einsum("ns,msn->mn", economy.alpha, solved.log_price))
        real = solved.income / price
        own = -np.log(real[:, 1:3].sum(axis=1) / economy.income[1:3].sum())
        target = -np.log(real[:, 0] / economy.income[0])
        allowed = own <= found.bound
        feasible += int(allowed.sum())
        better += int((target[allowed] > found.target_loss + 1e-8).sum())
        if not allowed.any():
            pytest.fail("no random policy is feasible, so the comparison says nothing")
    assert better == 0
    assert evaluator.losses(found.policy)[0] == pytest.approx(found.target_loss, abs=1e-9)


def test_no_move_of_a_single_lever_improves_a_design(found):
    problem = found.problem
    evaluator = Evaluator(problem, (problem.target, problem.coalition))
    for at, (low, high) in enumerate(zip(problem.levers.lower, problem.levers.upper, strict=True)):
        for move in (1e-3, -1e-3, 0.02, -0.02):
            policy = found.policy.copy()
            policy[at] = np.clip(policy[at] + move, low, high)
            target, own = evaluator.losses(policy)
            assert target <= found.target_loss + 1e-8 or own > found.bound + 1e-9


def test_shadow_price_is_the_slope_of_the_frontier(found):
    step = 1e-5
    more, less = (design(found.problem, found.goal, found.bound + k * step, starts=(found.policy,)) for k in (1, -1))
    slope = (more.target_loss - less.target_loss) / (2 * step)
    assert found.shadow_price == pytest.approx(slope, rel=1e-2)
    assert found.stationarity < 1e-3
    assert set(found.places()) <= {"lower", "upper", "free"}


def test_the_reverse_problem_finds_the_same_policy(found):
    back = design(found.problem, "least_cost", found.target_loss, starts=(found.policy,))
    assert back.own_loss == pytest.approx(found.own_loss, abs=1e-6)
    assert back.shadow_price == pytest.approx(1 / found.shadow_price, rel=1e-2)
    assert back.binds


def test_a_bound_that_does_not_bind_has_no_price():
    problem = small_problem()
    free = design(problem, "most_harm", 10.0)
    assert not free.binds
    assert free.shadow_price == 0
    evaluator = Evaluator(problem, (problem.target, problem.coalition))
    assert free.target_loss == pytest.approx(
        evaluator.losses(climb(evaluator, problem.levers.upper / 2, group=0, sign=-1))[0], abs=1e-7
    )


def flows_with(world: Economy, members: tuple[int, ...], targets: tuple[int, ...]) -> Problem:
    """A duty and an export tax of each member on all that it trades with the targets."""
    items = []
    for kind in ("tariff", "export_tax"):
        for member in members:
            cells = np.zeros(world.pi.shape, dtype=bool)
            for one in targets:
                cells[(one, member) if kind == "tariff" else (member, one)] = True
            items.append(Lever(kind, world.regions[member], "R0", "all", cells, 0.0, 0.5))
    regions = [tuple(world.regions[k] for k in group) for group in (members, targets)]
    return Problem(make_levers(world, items), *regions)


def test_a_design_does_not_change_when_the_target_is_split_in_two():
    economy = random_economy(4, 2, 60)
    whole, parts = flows_with(economy, (1, 2), (0,)), flows_with(halved(economy), (2, 3), (0, 1))
    everything = Evaluator(whole, (whole.coalition,)).losses(whole.levers.upper)[0]
    one, two = (design(problem, "most_harm", float(everything) / 2) for problem in (whole, parts))
    assert one.binds
    assert two.policy == pytest.approx(one.policy, abs=1e-4)  # an optimum is flat: its losses say more
    assert two.target_loss == pytest.approx(one.target_loss, abs=1e-7)
    assert two.own_loss == pytest.approx(one.own_loss, abs=1e-7)
    assert two.shadow_price == pytest.approx(one.shadow_price, rel=1e-3)


# -- files -------------------------------------------------------------------------------------------------------


@pytest.fixture
def written(tmp_path):
    path = random_economy(4, 2, 60).save(tmp_path / "own.npz")

    def write(extra: str = "", **changes: str) -> str:
        fields = {
            "coalition": "[R1, R2]",
            "target": "R0",
            "bound": "0.002",
            "instruments": "[{instrument: tariff, by: member}, {instrument: export_tax, sectors: S0}]",
        } | changes
        text = "".join(f"{name}: {value}\n" for name, value in fields.items()) + f"economy: {path}\n{extra}"
        file = tmp_path / "design.yaml"
        file.write_text(text)
        return str(file)

    return write


def test_a_design_file_is_found_and_told(written):
    seen = []
    file = written("frontier: [0.001, 0.003]\nretaliation: 0.3\ncoordination: true\n")
    study = design_policy(file, advance=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (5, 5)
    levers = study.design.problem.levers.items
    assert [(item.kind, item.actor, item.sector) for item in levers] == [
        ("tariff", "R1", "S0"),
        ("tariff", "R1", "S1"),
        ("tariff", "R2", "S0"),
        ("tariff", "R2", "S1"),
        ("export_tax", "coalition", "S0"),
    ]
    assert levers[0].cells[0, 1, 0]
    assert levers[0].cells.sum() == 1
    assert levers[4].cells[1:3, 0, 0].all()
    assert study.frontier[0].target_loss <= study.design.target_loss <= study.frontier[1].target_loss + 1e-9
    assert study.retaliation is not None
    assert study.retaliation.target_loss <= study.design.target_loss + 1e-9
    assert all(0 <= rate <= 0.3 for rate in study.retaliation.policy.values())
    assert study.coordination is not None
    assert study.coordination.burdens.keys() == {"R1", "R2"}
    record = study.to_dict()
    assert record["design"]["levers"][0]["setting"] == study.design.policy[0]
    assert len(record["frontier"]) == 2
    economy, after = study.design.problem.economy, study.design.equilibrium
    bought = next(leak for leak in study.leakage if leak.direction == "imports")
    assert bought.before_usd == pytest.approx(economy.trade[1:3, 0].sum() * economy.unit_usd)
    assert bought.after_usd == pytest.approx(after.trade_new[1:3, 0].sum() * economy.unit_usd)
    assert bought.third_usd == pytest.approx((after.trade_new - economy.trade)[3, 0].sum() * economy.unit_usd)
    sold = next(leak for leak in study.leakage if leak.direction == "exports")
    assert sold.before_usd == pytest.approx(economy.trade[0, 1:3].sum() * economy.unit_usd)
    assert sold.share == pytest.approx(sold.third_usd / (sold.before_usd - sold.after_usd))


def test_other_kinds_and_horizons_of_a_file(written):
    groups = "[{instrument: ban, together: true}, {instrument: import_ban, upper: 0.5}]"
    file = load_design(written("horizon: short\nclosure: balanced\n", instruments=groups))
    problem = file.problem()
    assert isinstance(problem.horizon, ShortRun)
    assert problem.closure == "fixed"
    assert np.allclose(problem.economy.deficit, 0, atol=1e-9)
    first, second, _ = problem.levers.items
    assert (first.kind, first.sector, first.upper) == ("ban", "all", 0.999)
    assert first.cells[1, 0].all()
    assert first.cells[2, 0].all()
    assert (second.kind, second.sector, second.upper) == ("ban", "S0", 0.5)
    assert second.cells[0, 1, 0]


def test_each_name_in_the_target_may_have_levers_of_its_own(written):
    groups = "[{instrument: tariff, sectors: S0, against: each}, {instrument: export_tax, sectors: S1, by: member}]"
    problem = load_design(written(target="[R0, R3]", instruments=groups)).problem()
    assert [(lever.actor, lever.partner) for lever in problem.levers.items] == [
        ("coalition", "R0"),
        ("coalition", "R3"),
        ("R1", "R0 R3"),
        ("R2", "R0 R3"),
    ]
    cells = [{tuple(map(int, cell)) for cell in np.argwhere(lever.cells)} for lever in problem.levers.items]
    assert cells[0] == {(0, 1, 0), (0, 2, 0)}
    assert cells[1] == {(3, 1, 0), (3, 2, 0)}
    assert cells[2] == {(1, 0, 1), (1, 3, 1)}
    assert problem.target == ("R0", "R3")


def test_a_pair_has_a_design_of_two_levers():
    file = pair_design("CHN", "RUS", bounds=(0.002, 0.003, 0.001))
    assert (file.coalition, file.target, file.bound, file.frontier) == (("CHN",), ("RUS",), 0.003, (0.002, 0.001))
    assert [(group.instrument, group.sectors, group.together) for group in file.instruments] == [
        ("tariff", ("goods",), True),
        ("export_tax", ("goods",), True),
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"target": "R1"}, "R1 cannot be in the coalition and the target"),
        ({"instruments": "[]"}, "line 4, instruments"),
        ({"bound": "much"}, "line 3, bound"),
        ({"instruments": "[{instrument: tariff, lower: 0.6}]"}, "the lower one must"),
        ({"instruments": "[{instrument: ban, upper: 1.5}]"}, "must lie between 0 and 0.999"),
        ({"goal": "glory"}, "goal"),
        ({"bound": "0.9", "goal": "least_cost"}, "the most is"),
        ({"bound": "-0.9"}, "the least is"),
    ],
)
def test_impossible_designs_say_why(written, changes, message):
    with pytest.raises(PolicyError, match=message):
        design_policy(written(**changes))


def test_problems_that_cannot_be_posed():
    problem = small_problem()
    economy = problem.economy
    with pytest.raises(PolicyError, match="at least one lever"):
        Problem(problem.levers.only([False] * 4), ("R1",), ("R0",))
    with pytest.raises(PolicyError, match="needs a coalition and a target"):
        Problem(problem.levers, (), ("R0",))
    with pytest.raises(PolicyError, match="R0 cannot be in"):
        Problem(problem.levers, ("R0",), ("R0",))
    with pytest.raises(PolicyError, match="purge its deficits"):
        Problem(problem.levers, ("R1",), ("R0",), closure="balanced")
    cells = np.zeros(economy.pi.shape, dtype=bool)
    with pytest.raises(PolicyError, match="No lever is left"):
        make_levers(economy, [Lever("tariff", "R1", "R0", "all", cells, 0.0, 0.5)])
    with pytest.raises(PolicyError, match="at least two players"):
        nash((Player("R0", ("R0",), problem.levers),))
    with pytest.raises(PolicyError, match="cannot be read"):
        load_design("nowhere.yaml")


def test_levers_without_trade_are_left_out():
    economy = random_economy(3, 2, 1, gaps=True)  # R2 never makes S0
    levers = make_levers(economy, [lever(economy, "tariff", 2, 0, at=0), lever(economy, "tariff", 2, 0, at=1)])
    assert [item.sector for item in levers.items] == ["S1"]


def test_best_responses_that_circle_are_reported(monkeypatch):
    economy = two_countries(0.7, 3.0, 1.0)
    players = [
        Player(f"R{n}", (f"R{n}",), make_levers(economy, [lever(economy, "tariff", 1 - n, n)])) for n in range(2)
    ]
    monkeypatch.setattr("amur.design.games.MOST_ROUNDS", 1)
    with pytest.raises(NotConvergedError, match="still moved"):
        nash(players)


def test_the_price_of_a_bound_in_words(found):
    text = Text("en")
    file = DesignFile(coalition=("R1",), target=("R0",), bound=0.1, instruments=(LeverGroup(instrument="tariff"),))
    study = Study(file, found, (), (), None, None)
    said = " ".join(design_notes(study, text))
    assert text.percent(found.own_loss, digits=3) in said
    assert text.percent(found.target_loss, digits=3) in said
    assert f"buys {text.number(found.shadow_price, digits=3)} units" in said
    least = design_notes(replace(study, design=replace(found, goal="least_cost", bound=found.target_loss)), text)
    assert f"costs {text.number(found.shadow_price, digits=3)} units" in " ".join(least)
    assert "does not bind" in " ".join(design_notes(replace(study, design=replace(found, bound=1.0)), text))
    assert "no price" in " ".join(design_notes(replace(study, design=replace(found, shadow_price=None)), text))
