"""Design files and what is told of a design: levers, leakage, acting apart, retaliation, the record and the words."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from economies import random_economy
from test_design import lever

from amur.design import (
    Coordination,
    Design,
    DesignFile,
    Evaluator,
    Leak,
    LeverGroup,
    Player,
    Problem,
    Retaliation,
    Study,
    best_response,
    design,
    design_notes,
    design_policy,
    leakage,
    load_design,
    make_levers,
    pair_design,
)
from amur.economy import Economy
from amur.errors import PolicyError
from amur.models.shock import LongRun, ShortRun
from amur.solver import Anderson, solve
from amur.text import Text

EXACT = 1e-8  # the solves' 1e-11, and some room
FOUND = 1e-5  # a search from another start


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> tuple[Economy, str]:
    """Four regions and two sectors, and the file they are kept in."""
    economy = random_economy(4, 2, 60)
    return economy, str(economy.save(tmp_path_factory.mktemp("world") / "own.npz"))


def asked(path: str, groups: list[dict] | None = None, **given) -> DesignFile:
    """A design file with R1 and R2 against R0."""
    fields = {
        "coalition": ("R1", "R2"),
        "target": "R0",
        "bound": 0.002,
        "instruments": groups or [{"instrument": "tariff", "by": "member"}],
        "economy": path,
    } | given
    return DesignFile.model_validate(fields)


# -- files -------------------------------------------------------------------------------------------------------


def test_a_file_says_no_more_than_it_must(world):
    file = asked(world[1])
    assert (file.goal, file.closure, file.horizon, file.title) == ("most_harm", "fixed", "long", "")
    assert (file.theta, file.frontier, file.coordination, file.retaliation) == (None, (), False, None)
    group = LeverGroup(instrument="tariff")
    assert (group.sectors, group.lower, group.upper, group.by, group.against) == (
        ("all",),
        0,
        None,
        "coalition",
        "all",
    )
    problem = file.problem()
    assert (problem.coalition, problem.target, problem.closure) == (("R1", "R2"), ("R0",), "fixed")
    assert isinstance(problem.horizon, LongRun)
    assert np.array_equal(problem.economy.theta, world[0].theta)
    assert np.array_equal(problem.economy.deficit, world[0].deficit)


def test_the_world_of_a_file(world):
    short = asked(world[1], horizon="short", closure="share_of_income").problem()
    assert isinstance(short.horizon, ShortRun)
    assert short.closure == "share_of_income"
    assert np.array_equal(short.economy.deficit, world[0].deficit)
    balanced = asked(world[1], closure="balanced").problem()
    assert balanced.closure == "fixed"
    assert np.abs(balanced.economy.deficit).max() < 1e-9 < np.abs(world[0].deficit).max()


@pytest.mark.parametrize(
    ("instrument", "kind", "highest", "bought"),
    [
        ("tariff", "tariff", 0.5, True),
        ("export_tax", "export_tax", 0.5, False),
        ("ban", "ban", 0.999, False),
        ("import_ban", "ban", 0.999, True),
    ],
)
def test_kinds_bounds_and_directions_of_levers(world, instrument, kind, highest, bought):
    problem = asked(world[1], [{"instrument": instrument}, {"instrument": instrument, "upper": 0.3, "lower": 0.1}])
    items = problem.problem().levers.items
    assert [(item.kind, item.lower, item.upper) for item in items] == [(kind, 0, highest)] * 2 + [(kind, 0.1, 0.3)] * 2
    for at in (0, 1):
        flows = [(0, 1, at), (0, 2, at)] if bought else [(1, 0, at), (2, 0, at)]
        assert [tuple(map(int, cell)) for cell in np.argwhere(items[at].cells)] == flows


def test_who_pulls_on_whom_and_in_which_sectors(world):
    def levers(**given) -> list[tuple[str, str, str, int]]:
        file = asked(world[1], [{"instrument": "tariff"} | given], coalition=("R1", "R2"), target=("R0", "R3"))
        return [(x.actor, x.partner, x.sector, int(x.cells.sum())) for x in file.problem().levers.items]

    assert levers() == [("coalition", "R0 R3", "S0", 4), ("coalition", "R0 R3", "S1", 4)]
    assert levers(together=True) == [("coalition", "R0 R3", "all", 8)]
    assert levers(together=True, sectors=["S1", "S0"]) == [("coalition", "R0 R3", "S1 S0", 8)]
    assert levers(sectors="S1") == [("coalition", "R0 R3", "S1", 4)]
    assert levers(sectors="S1", by="member") == [("R1", "R0 R3", "S1", 2), ("R2", "R0 R3", "S1", 2)]
    assert levers(sectors="S0", against="each") == [("coalition", "R0", "S0", 2), ("coalition", "R3", "S0", 2)]
    assert levers(sectors="S0", against="each", by="member") == [
        (member, target, "S0", 1) for member in ("R1", "R2") for target in ("R0", "R3")
    ]


def test_a_bound_to_the_right_of_a_name_may_stand_alone(world):
    assert asked(world[1], frontier=0.001).frontier == (0.001,)
    assert asked(world[1], frontier=[0.001, 0.002]).frontier == (0.001, 0.002)


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ("bound: much\n", r"design.yaml, line 4, bound"),
        ("bound: 0.1\ncolour: red\n", r"design.yaml, line 5, colour"),
        ("bound: 0.1\nretaliation: 0\n", r"line 5, retaliation: .*greater than 0"),
        ("bound: 0.1\nretaliation: 11\n", r"line 5, retaliation: .*less than or equal to 10"),
        ("bound: much\nretaliation: 0\n", r"line 4, bound"),  # the first of several
        ("bound: [\n", r"design.yaml"),
    ],
)
def test_a_file_that_cannot_be_understood_is_named_by_line_and_field(tmp_path, fields, where):
    file = tmp_path / "design.yaml"
    file.write_text(f"coalition: R1\ntarget: R0\ninstruments: [{{instrument: ban}}]\n{fields}")
    with pytest.raises(PolicyError, match=where):
        load_design(file)


def test_a_pair_is_asked_for_three_bounds():
    file = pair_design("CHN", "RUS")
    assert (file.bound, sorted(file.frontier)) == (0.001, [0.0001, 0.0003])
    assert file.economy == "icio-2022"
    one = pair_design("CHN", "RUS", economy="own.npz", bounds=(0.02,))
    assert (one.bound, one.frontier, one.economy) == (0.02, (), "own.npz")


# -- leakage -----------------------------------------------------------------------------------------------------


def test_a_share_leaks_only_of_what_was_lost():
    assert Leak("imports", 10.0, 9.5, 0.25).share == 0.5
    assert Leak("imports", 10.0, 6.0, -1.0).share == -0.25
    assert Leak("imports", 10.0, 10.0, 1.0).share is None
    assert Leak("imports", 10.0, 11.0, 1.0).share is None


def test_leakage_counts_the_sectors_that_are_hit():
    economy = replace(random_economy(5, 3, 61), unit_usd=2e6)
    items = [lever(economy, "tariff", 0, 1, at=at) for at in (0, 1)]
    items += [lever(economy, "export_tax", 2, 0, at=2, upper=1.5)]
    problem = Problem(make_levers(economy, items), ("R1", "R2"), ("R0",))
    policy = np.array([0.0, 0.3, 1.0])
    after = solve(economy, problem.levers.shock(policy), Anderson(atol=1e-11))
    found = SimpleNamespace(problem=problem, policy=policy, equilibrium=after)
    bought, sold = leakage(found)  # type: ignore[arg-type]
    old, new = economy.trade[:, :, 1:], after.trade_new[:, :, 1:]
    assert (bought.direction, sold.direction) == ("imports", "exports")
    assert bought.before_usd == pytest.approx(old[1:3, 0].sum() * 2e6)
    assert bought.after_usd == pytest.approx(new[1:3, 0].sum() * 2e6)
    assert bought.third_usd == pytest.approx((new - old)[3:, 0].sum() * 2e6)
    assert sold.before_usd == pytest.approx(old[0, 1:3].sum() * 2e6)
    assert sold.after_usd == pytest.approx(new[0, 1:3].sum() * 2e6)
    assert sold.third_usd == pytest.approx((new - old)[0, 3:].sum() * 2e6)


# -- whole studies -----------------------------------------------------------------------------------------------

ONE_DUTY = [{"instrument": "tariff", "sectors": "S0"}]


@pytest.mark.parametrize(
    ("given", "steps"),
    [
        ({}, 1),
        ({"frontier": [0.003, 0.001]}, 3),
        ({"retaliation": 0.2}, 2),
        ({"coordination": True}, 2),
    ],
)
def test_a_study_counts_its_steps_and_holds_what_was_asked_for(world, given, steps):
    seen = []
    study = design_policy(asked(world[1], ONE_DUTY, **given), advance=lambda *done: seen.append(done))
    assert seen == [(step, steps) for step in range(1, steps + 1)]
    assert [found.bound for found in study.frontier] == sorted(given.get("frontier", []))
    assert (study.coordination is not None) == ("coordination" in given)
    assert (study.retaliation is not None) == ("retaliation" in given)
    assert study.leakage == leakage(study.design)
    losses = [found.target_loss for found in study.frontier]
    assert losses == sorted(losses)


def test_a_frontier_goes_on_from_the_policy_before(world, monkeypatch):
    calls = []

    def recorded(problem, goal, bound, *, starts=()):
        calls.append((bound, [float(start[0]) for start in starts]))
        return SimpleNamespace(policy=np.array([bound]), problem=problem)

    monkeypatch.setattr("amur.design.study.design", recorded)
    monkeypatch.setattr("amur.design.study.leakage", lambda found: ())
    design_policy(asked(world[1], ONE_DUTY, bound=0.5, frontier=[0.3, 0.1, 0.2]))
    assert calls == [(0.5, []), (0.1, [0.5]), (0.2, [0.1]), (0.3, [0.2])]


def test_a_policy_that_is_best_for_its_makers_is_found_though_no_slope_is_left(world):
    file = asked(world[1], ONE_DUTY, goal="least_cost", bound=0.001)  # the optimal tariff hurts the target more
    found = design_policy(file).design
    assert not found.binds
    assert found.shadow_price == 0
    assert found.stationarity < 1e-4
    evaluator = Evaluator(found.problem, (("R1", "R2"),))
    assert found.own_loss < 0
    for move in (-0.01, 0.01):
        assert evaluator.losses(found.policy + move)[0] > found.own_loss


def test_members_apart_each_keep_to_the_bound_by_themselves(world):
    groups = [{"instrument": "tariff", "sectors": "S0", "by": "member"}, {"instrument": "export_tax", "sectors": "S1"}]
    file = asked(world[1], groups, coordination=True, bound=0.001)
    study = design_policy(file)
    problem = file.problem()
    whole = np.zeros(3)  # the lever of all together is pulled by nobody alone
    for at, member in enumerate(("R1", "R2")):
        mine = [place == at for place in range(3)]
        alone = Problem(problem.levers.only(mine), (member,), ("R0",))
        whole[at] = design(alone, "most_harm", 0.001).policy[0]
    losses = Evaluator(problem, (("R0",), ("R1",), ("R2",))).losses(whole)
    assert study.coordination is not None
    assert study.coordination.together == study.design.target_loss
    assert study.coordination.apart == pytest.approx(losses[0], abs=EXACT)
    assert study.coordination.burdens == pytest.approx({"R1": losses[1], "R2": losses[2]}, abs=EXACT)
    assert len({round(loss, 6) for loss in losses}) == 3
    assert whole[0] != pytest.approx(whole[1], abs=1e-3)


def test_acting_apart_is_compared_for_one_goal_only(world):
    with pytest.raises(PolicyError, match="goal: most_harm"):
        design_policy(asked(world[1], ONE_DUTY, goal="least_cost", bound=0.001, coordination=True))


def test_retaliation_is_the_best_answer_in_each_sector(world):
    economy, path = world
    study = design_policy(asked(path, ONE_DUTY, retaliation=0.15))
    assert study.retaliation is not None
    problem = study.design.problem
    answer = []
    for at in (0, 1):
        one = lever(economy, "tariff", 1, 0, at=at, upper=0.15)
        one.cells[2, 0, at] = True
        answer.append(one)
    levers = make_levers(economy, answer)
    players = (Player("them", ("R1", "R2"), problem.levers), Player("R0", ("R0",), levers))
    rates = best_response(players, (study.design.policy, np.zeros(2)), 1)
    assert list(study.retaliation.policy) == ["S0", "S1"]
    assert list(study.retaliation.policy.values()) == pytest.approx(list(rates), abs=FOUND)
    assert max(rates) > 0.01
    both = Evaluator(problem.with_levers(problem.levers.join(levers)), (("R0",), ("R1", "R2")))
    target, own = both.losses(np.concatenate([study.design.policy, rates]))
    assert study.retaliation.target_loss == pytest.approx(target, abs=EXACT)
    assert study.retaliation.own_loss == pytest.approx(own, abs=EXACT)
    assert own > study.design.own_loss > target - study.design.target_loss


def test_retaliation_leaves_out_what_is_not_bought(tmp_path):
    path = str(random_economy(4, 2, 3, gaps=True).save(tmp_path / "gaps.npz"))  # R2 never makes S0
    study = design_policy(asked(path, ONE_DUTY, coalition=("R2",), bound=0.01, retaliation=0.2, target="R0"))
    assert study.retaliation is not None
    assert list(study.retaliation.policy) == ["S1"]


# -- records and words -------------------------------------------------------------------------------------------


@pytest.fixture
def made_up() -> Study:
    """A study with numbers that are easily told apart."""
    economy = random_economy(4, 2, 60)
    items = [lever(economy, "tariff", 0, 1, at=0), lever(economy, "ban", 1, 0, at=1)]
    found = Design(
        problem=Problem(make_levers(economy, items), ("R1",), ("R0",)),
        goal="most_harm",
        bound=0.01234567,
        policy=np.array([0.25, 0.9]),
        target_loss=0.0456789,
        own_loss=0.01234567,
        shadow_price=3.14159,
        stationarity=1e-5,
        solves=17,
        equilibrium=None,  # type: ignore[arg-type]
    )
    file = asked("own.npz", title="Duty and ban")
    parts = (Leak("imports", 10.0, 6.0, 1.0),)
    apart = Coordination(0.05, 0.04, {"R1": 0.01})
    return Study(file, found, (replace(found, bound=0.5),), parts, apart, Retaliation({"S0": 0.1}, 0.03, 0.02))


def test_a_record_holds_every_number_by_name(made_up):
    duty = {"kind": "tariff", "actor": "R1", "partner": "x", "sector": "S0", "setting": 0.25}
    ban = {"kind": "ban", "actor": "R1", "partner": "x", "sector": "S1", "setting": 0.9}
    one = {
        "goal": "most_harm",
        "bound": 0.01234567,
        "binds": True,
        "target_loss": 0.0456789,
        "own_loss": 0.01234567,
        "shadow_price": 3.14159,
        "stationarity": 1e-5,
        "solves": 17,
        "levers": [
            {**duty, "lower": 0.0, "upper": 0.5, "at": "free"},
            {**ban, "lower": 0.0, "upper": 0.9, "at": "upper"},
        ],
    }
    assert made_up.to_dict() == {
        "design": {"title": "Duty and ban", **one},
        "frontier": [{**one, "bound": 0.5, "binds": False}],
        "leakage": [
            {"direction": "imports", "before_usd": 10.0, "after_usd": 6.0, "third_usd": 1.0, "share": 0.25},
        ],
        "coordination": {"together": 0.05, "apart": 0.04, "burdens": {"R1": 0.01}},
        "retaliation": {"policy": {"S0": 0.1}, "target_loss": 0.03, "own_loss": 0.02},
    }
    bare = replace(made_up, coordination=None, retaliation=None).to_dict()
    assert bare["coordination"] is bare["retaliation"] is None


def test_words_round_to_three_digits(made_up):
    text = Text("en")
    first, price, _ = design_notes(made_up, text)
    assert "1.235%" in first
    assert "4.568%" in first
    assert "3.142 units" in price
