"""The search for a policy, in worlds whose best policies are known in closed form: both goals, bounds and refusals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from economies import random_economy
from test_design import lever, small_problem, two_countries

from amur.design import (
    Evaluator,
    Lever,
    Player,
    Problem,
    World,
    best_response,
    climb,
    design,
    games,
    make_levers,
    nash,
    optimise,
)
from amur.errors import NotConvergedError, PolicyError
from amur.models.shock import ShortRun

FOUND = 1e-5  # SLSQP stops at 1e-9 of an objective that is flat at its optimum
SHARP = 1e-8  # a root of slopes is found to 1e-9
Function = Callable[[np.ndarray], np.ndarray]


@dataclass
class Known:
    """In place of an evaluator: losses `[group]` and slopes `[group, lever]` that are given as functions."""

    problem: Problem
    losses: Function
    slopes: Function
    solves: int = 0

    def solve(self, policy: np.ndarray) -> tuple[float, ...]:
        return tuple(policy)


def known(losses: Function, slopes: Function, bounds: Sequence[tuple[float, float]]) -> Known:
    """A world with one lever for each pair of bounds; what the levers are plays no part."""
    economy = random_economy(4, 2, 60)
    items = [replace(lever(economy, "tariff", 0, 1), lower=low, upper=high) for low, high in bounds]
    return Known(Problem(make_levers(economy, items), ("R1",), ("R0",)), losses, slopes)


def plain(gains: Sequence[float], upper: float = 0.5, size: float = 1.0) -> Known:
    """The target loses `gains` a point of each lever, and the coalition half the sum of squares, all times `size`."""
    a = np.array(gains)
    return known(
        lambda x: size * np.array([a @ x, x @ x / 2]),
        lambda x: size * np.array([a, x]),
        [(0.0, upper)] * len(a),
    )


@pytest.fixture
def designed(monkeypatch):
    """`design` in a world that is known."""

    def call(world: Known, goal, bound: float, **given):
        monkeypatch.setattr(optimise, "Evaluator", lambda problem, groups: world)
        return design(world.problem, goal, bound, **given)

    return call


# -- whole designs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1.0, 1e-3, 50.0])
def test_a_design_is_the_one_in_closed_form_whatever_the_size_of_the_losses(designed, size):
    gains = np.array([0.4, 0.3, 0.1])
    long = np.linalg.norm(gains)
    bound = 0.02 * size
    found = designed(plain(gains, size=size), "most_harm", bound)
    assert found.policy == pytest.approx(gains / long * 0.2, abs=FOUND)
    assert found.own_loss == pytest.approx(bound, abs=FOUND * size)
    assert found.target_loss == pytest.approx(0.2 * long * size, abs=FOUND * size)
    assert found.shadow_price == pytest.approx(long / 0.2, rel=1e-4)
    assert found.binds
    assert found.places() == ("free",) * 3
    assert found.equilibrium == tuple(found.policy)
    back = designed(plain(gains, size=size), "least_cost", float(found.target_loss))
    assert back.policy == pytest.approx(found.policy, abs=2 * FOUND)
    assert back.shadow_price == pytest.approx(0.2 / long, rel=1e-4)
    assert back.binds


def test_levers_at_their_bounds_play_no_part_in_the_price(designed):
    found = designed(plain([5.0, 0.3, 0.4]), "most_harm", 0.125 + 0.02)
    assert found.places() == ("upper", "free", "free")
    assert found.policy == pytest.approx([0.5, 0.12, 0.16], abs=FOUND)
    assert found.shadow_price == pytest.approx(0.5 / 0.2, rel=1e-4)
    left = np.array([0.3, 0.4]) - found.shadow_price * found.policy[1:]
    assert found.stationarity == pytest.approx(np.abs(left).max() / 5.0)


def test_levers_that_the_bounded_loss_does_not_feel_play_no_part_in_the_price(designed):
    world = known(
        lambda x: np.array([0.4 * x[0] - (x[1] - 0.3) ** 2, x[0] ** 2 / 2]),
        lambda x: np.array([[0.4, -2 * (x[1] - 0.3)], [x[0], 0.0]]),
        [(0.0, 0.5)] * 2,
    )
    found = designed(world, "most_harm", 0.02)
    assert found.places() == ("free", "free")
    assert found.policy == pytest.approx([0.2, 0.3], abs=1e-4)
    assert found.shadow_price == pytest.approx(2, rel=1e-4)
    unfelt = known(
        lambda x: np.array([-((x[0] - 0.3) ** 2), 0.0]), lambda x: np.array([-2 * (x - 0.3), 0 * x]), [(0, 1)]
    )
    assert designed(unfelt, "most_harm", 0.0).shadow_price is None


def test_where_no_lever_is_free_a_bound_that_binds_has_no_price(designed):
    full = designed(plain([1.0, 1.0]), "most_harm", 0.25)  # all levers at the top cost just as much
    assert full.places() == ("upper", "upper")
    assert full.binds
    assert full.shadow_price is None
    assert full.stationarity == 0
    slack = designed(plain([1.0, 1.0]), "most_harm", 0.3)
    assert not slack.binds
    assert slack.shadow_price == 0
    assert slack.stationarity == 0


def test_the_best_of_several_ends_is_told(designed, monkeypatch):
    monkeypatch.setattr(optimise, "_search", lambda evaluator, goal, bound, start: start)  # it ends where it begins

    def ends(target: dict[float, float], own: dict[float, float]) -> Known:
        return known(lambda x: np.array([target[x[0]], own[x[0]]]), lambda x: np.zeros((2, 1)), [(0.25, 0.75)])

    rising, falling, even = ({0.25: a, 0.5: b, 0.75: c} for a, b, c in ((1, 2, 3), (3, 2, 1), (1, 1, 1)))
    far = (np.array([7.0]),)  # is brought within the bounds
    assert designed(ends(rising, even), "most_harm", 1.0).policy == [0.5]
    assert designed(ends(rising, even), "most_harm", 1.0, starts=far).policy == [0.75]
    assert designed(ends(falling, even), "most_harm", 1.0, starts=far).policy == [0.25]
    assert designed(ends(rising, rising), "most_harm", 2.0, starts=far).policy == [0.5]
    assert designed(ends(even, rising), "least_cost", 1.0, starts=far).policy == [0.25]
    assert designed(ends(even, falling), "least_cost", 1.0, starts=far).policy == [0.75]
    assert designed(ends(rising, rising), "least_cost", 2.0, starts=far).policy == [0.5]


@pytest.mark.parametrize(("goal", "way"), [("most_harm", 1), ("least_cost", -1)])
def test_a_bound_may_be_missed_by_the_slack_and_no_more(designed, monkeypatch, goal, way):
    ends = [[0.3 + way * miss] for miss in (-0.1, 0.9e-7, 1.1e-7)]
    world = known(lambda x: np.array([x[0], x[0]]), lambda x: np.ones((2, 1)), [(0.0, 1.0)])
    left = [np.array(end) for end in ends]
    monkeypatch.setattr(optimise, "_search", lambda *_: left.pop(0))
    found = designed(world, goal, 0.3, starts=(np.zeros(1),))
    assert found.policy[0] == ends[1][0]
    assert found.shadow_price == pytest.approx(1)
    left[:] = [np.array(ends[2])] * 2
    with pytest.raises(PolicyError, match=r"the (least|most) is"):
        designed(world, goal, 0.3)


def test_a_loss_at_its_bound_binds(designed):
    found = designed(plain([1.0, 1.0]), "most_harm", 0.3)
    assert replace(found, own_loss=1e-6, bound=0.0).binds
    assert replace(found, own_loss=0.3 - 0.9e-6).binds
    assert not replace(found, own_loss=1.1e-6, bound=0.0).binds
    least = replace(found, goal="least_cost", target_loss=0.3, own_loss=7.0)
    assert least.binds
    assert not replace(least, target_loss=0.3 - 2e-6).binds


def test_a_lever_near_its_bound_is_at_it(designed):
    world = known(lambda x: np.array([x.sum(), 0.0]), lambda x: np.ones((2, 3)), [(0.0, 2.0), (-0.5, 0.5), (0.5, 0.6)])
    found = designed(world, "most_harm", 1.0)
    assert found.places() == ("upper",) * 3
    for setting, place in (
        ([2e-6, -0.5 + 1e-7, 0.5], "lower"),
        ([2.5e-6, -0.5 + 2e-6, 0.5 + 2e-7], "free"),
        ([2 - 2.5e-6, 0.5 - 2e-6, 0.6 - 2e-7], "free"),
        ([2 - 2e-6, 0.5 - 1e-7, 0.6], "upper"),
    ):
        assert replace(found, policy=np.array(setting)).places() == (place,) * 3


def test_a_policy_along_which_the_loss_still_moves_is_no_answer(designed, monkeypatch):
    end = np.array([1.0, 0.5, 0.5])
    monkeypatch.setattr(optimise, "_search", lambda *_: end)

    def sloping(slope: float) -> Known:
        slopes = np.array([[-1.0, slope, 0.0], [0.0, 0.0, 0.0]])
        return known(lambda x: slopes @ x, lambda x: slopes, [(0.0, 1.0)] * 3)

    assert designed(sloping(1e-3), "most_harm", 1.0).stationarity == 1e-3
    assert designed(sloping(-1e-4), "most_harm", 1.0).stationarity == 1e-4
    with pytest.raises(NotConvergedError, match=r"slopes still differ by 0\.002 of the steepest"):
        designed(sloping(2e-3), "most_harm", 1.0)


def test_impossible_bounds_name_what_could_be_reached(designed):
    center = np.array([0.2, 0.3])

    def world(sign: int) -> Known:
        """The loss that is bound has its end at `center`, the other one elsewhere."""
        return known(
            lambda x: np.array([0.07 - ((x - center) ** 2).sum(), 0.03 + ((x - 2 * center) ** 2).sum()]),
            lambda x: np.array([-2 * (x - center), 2 * (x - 2 * center)]),
            [(0.0, 1.0)] * 2,
        )

    with pytest.raises(PolicyError, match=r"loss to 1\.0000%; the least is 3\.0000%\. "):
        designed(world(1), "most_harm", 0.01)
    with pytest.raises(PolicyError, match=r"lose 9\.0000%; the most is 7\.0000%\. "):
        designed(world(1), "least_cost", 0.09)


# -- climbs ------------------------------------------------------------------------------------------------------


def bowl(center: Sequence[float], size: float = 1.0, bounds: tuple[float, float] = (0.0, 1.0)) -> Known:
    """The first loss is least at `center`, the second greatest; neither is a square, so that roots need a search."""
    c = np.array(center)
    return known(
        lambda x: size * np.array([np.cosh(3 * (x - c)).sum(), -np.cosh(3 * (x - c)).sum()]),
        lambda x: size * 3 * np.array([np.sinh(3 * (x - c)), -np.sinh(3 * (x - c))]),
        [bounds] * len(c),
    )


@pytest.mark.parametrize("size", [1.0, 1e-4, 1e3])
@pytest.mark.parametrize("given", [{}, {"group": 1, "sign": -1}])
def test_a_climb_ends_where_the_loss_is_least(size, given):
    center = [0.35, 0.6, 0.1]
    assert climb(bowl(center, size), np.zeros(3), **given) == pytest.approx(center, abs=SHARP)


def test_a_climb_moves_only_the_levers_that_it_may():
    start = np.array([0.9, 0.9, 0.9])
    found = climb(bowl([0.35, 0.6, 0.1]), start, moving=np.array([2, 0]))
    assert found == pytest.approx([0.35, 0.9, 0.1], abs=SHARP)
    assert list(start) == [0.9] * 3


def test_a_climb_stops_at_the_bounds():
    assert climb(bowl([1.4, 0.6, -0.3]), np.full(3, 0.5)) == pytest.approx([1, 0.6, 0], abs=SHARP)
    assert list(climb(bowl([1.4, -0.3]), np.full(2, 0.5))) == [1, 0]


def test_an_optimum_of_few_levers_is_made_sharp(monkeypatch):
    def sharpened(count: int) -> bool:
        center = np.linspace(0.3, 0.5, count)
        rough = center + 1e-3
        end = optimise._sharpened(bowl(center), rough, np.arange(count), 0)  # type: ignore[arg-type]
        assert np.array_equal(end, rough) or end == pytest.approx(center, abs=SHARP)
        return not np.array_equal(end, rough)

    monkeypatch.setattr(optimise, "FEW", 3)
    assert [sharpened(count) for count in (1, 2, 3, 4)] == [True, True, True, False]


def test_a_root_far_from_where_the_search_ended_is_another_place():
    own = np.arange(2)
    world = bowl([0.3, 0.3])
    near, far = np.array([0.305, 0.295]), np.array([0.305, 0.32])
    assert optimise._sharpened(world, near, own, 0) == pytest.approx([0.3, 0.3], abs=SHARP)  # type: ignore[arg-type]
    assert optimise._sharpened(world, far, own, 0) is far  # type: ignore[arg-type]
    assert optimise._sharpened(world, far, own[:1], 0) == pytest.approx([0.3, 0.32], abs=SHARP)  # type: ignore[arg-type]
    rootless = known(lambda x: x, lambda x: np.array([(x - 0.3) ** 2 + 0.1]), [(0.0, 1.0)])
    here = np.array([0.3])
    assert optimise._sharpened(rootless, here, own[:1], 0) is here  # type: ignore[arg-type]


def test_slopes_are_measured_by_the_steepest():
    assert optimise._scale(np.array([0.5, -2.0, 1.0])) == 2
    assert optimise._scale(np.zeros(3)) == 1


# -- evaluators --------------------------------------------------------------------------------------------------


def test_a_policy_that_is_asked_again_is_not_solved_again():
    problem = small_problem()
    evaluator = Evaluator(problem, (problem.target, problem.coalition))
    assert evaluator.solves == 1  # of no policy
    one, other = np.array([0.1, 0.2, 0.05, 0.4]), np.array([0.3, 0.0, 0.1, 0.2])
    losses, slopes = evaluator.losses(one), evaluator.slopes(one)
    assert evaluator.slopes(one.copy()) is slopes
    assert evaluator.solve(one) is evaluator.solve(one.copy())
    assert evaluator.solves == 2
    assert not np.allclose(evaluator.slopes(other), slopes, rtol=1e-3)
    assert evaluator.solves == 3
    assert evaluator.slopes(one) == pytest.approx(slopes, abs=1e-7 * np.abs(slopes).max())
    assert evaluator.losses(one) == pytest.approx(losses, abs=1e-9)
    assert evaluator.solves == 4


def test_slopes_and_losses_are_as_exact_as_they_say():
    problem = small_problem()
    evaluator = Evaluator(problem, (problem.target, problem.coalition))
    policy = np.array([0.1, 0.2, 0.05, 0.4])
    exact = Evaluator(problem, (problem.target, problem.coalition))
    exact.solve(policy + 1e-6)  # so near that the next solve starts at its own end
    assert evaluator.losses(policy) == pytest.approx(exact.losses(policy), abs=1e-9)
    assert evaluator.slopes(policy) == pytest.approx(exact.slopes(policy), abs=1e-7)


# -- levers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "lower", "upper", "why"),
    [
        ("tariff", -0.99, 0.5, ""),
        ("tariff", -1.0, 0.5, "above -1"),
        ("tariff", 0.2, 0.2, "the lower one must lie below"),
        ("tariff", 0.3, 0.2, "are 0.3 and 0.2"),
        ("tariff", 0.0, 4.0, ""),
        ("export_tax", -0.2, -0.1, ""),
        ("ban", 0.0, 0.999, ""),
        ("ban", 0.3, 0.5, ""),
        ("ban", -0.01, 0.5, "between 0 and 0.999"),
        ("ban", 0.0, 0.9995, "between 0 and 0.999"),
    ],
)
def test_bounds_that_a_lever_may_have(kind, lower, upper, why):
    economy = random_economy(3, 2, 1)
    item = lever(economy, kind, 0, 1, lower=lower, upper=upper)
    if why:
        with pytest.raises(PolicyError, match=why):
            make_levers(economy, [item])
    else:
        made = make_levers(economy, [item])
        assert (made.lower[0], made.upper[0]) == (lower, upper)


def test_a_lever_on_little_trade_is_kept():
    economy = two_countries(0.9, 4.0, 1.0)  # the flow is a tenth of the unit
    assert 0 < economy.trade[0, 1].sum() < 1
    assert len(make_levers(economy, [lever(economy, "tariff", 0, 1)]).items) == 1


def test_levers_on_the_same_flow_add_up_and_bans_multiply():
    economy = random_economy(3, 2, 1)
    items = [
        *(lever(economy, "tariff", 0, 1), lever(economy, "tariff", 0, 1, at=1)),
        *(lever(economy, "export_tax", 0, 1), lever(economy, "export_tax", 0, 1, at=1)),
        *(lever(economy, "ban", 0, 1), lever(economy, "ban", 0, 1, at=1)),
    ]
    shock = make_levers(economy, items).shock(np.array([0.1, 0.2, 0.05, 0.15, 0.4, 0.5]))
    tariff, tax, taste = economy.tariff.copy(), economy.full(0.0), economy.full(1.0)
    tariff[0, 1] += [0.1, 0.3]
    tax[0, 1] = [0.05, 0.2]
    taste[0, 1] = [0.6, 0.3]
    for found, wanted in ((shock.tariff_new, tariff), (shock.export_tax_new, tax), (shock.taste_hat, taste)):
        assert found == pytest.approx(wanted)
    alone = make_levers(economy, items[:1]).shock(np.array([0.1]))
    assert alone.export_tax_new is None
    assert alone.taste_hat is None


# -- games -------------------------------------------------------------------------------------------------------


class Duel:
    """In place of an evaluator: each loses `x² / 2 - x (wish - pull of the others' levers)` over its own levers."""

    owners = ("R0", "R0", "R1")
    pull = np.array([[0.0, 0.0, 4.0], [0.0, 0.0, 0.0], [0.15, 0.0, 0.0]])
    wishes = np.array([])

    def __init__(self, problem: Problem, groups: tuple[tuple[str, ...], ...]) -> None:
        self.problem, self.groups = problem, groups

    def losses(self, policy: np.ndarray) -> np.ndarray:
        parts = policy**2 / 2 - policy * (self.wishes - self.pull @ policy)
        return np.array([sum(parts[k] for k in range(3) if self.owners[k] == group[0]) for group in self.groups])

    def slopes(self, policy: np.ndarray) -> np.ndarray:
        own = np.array([[owner == group[0] for owner in self.owners] for group in self.groups])
        return np.where(own, policy - (self.wishes - self.pull @ policy), 0.0)

    def solve(self, policy: np.ndarray) -> tuple[str, object, tuple[float, ...]]:
        return self.problem.closure, self.problem.horizon, tuple(policy)


@pytest.fixture
def duel(monkeypatch):
    """Two players, the first with two levers, whose best responses are lines."""
    economy = random_economy(3, 2, 60)

    def made(wishes: Sequence[float], bounds: tuple[float, float] = (0.0, 6.0)) -> tuple[Player, ...]:
        low, high = bounds

        def items(owner: str, count: int) -> list[Lever]:
            importer = int(owner[1])
            return [
                replace(lever(economy, "tariff", 2, importer, at=at), actor=owner, lower=low, upper=high)
                for at in range(count)
            ]

        players = tuple(
            Player(name, (name,), make_levers(economy, items(name, count))) for name, count in (("R0", 2), ("R1", 1))
        )
        monkeypatch.setattr(Duel, "wishes", np.array(wishes))
        monkeypatch.setattr(games, "Evaluator", Duel)
        return players

    return made


def test_a_best_response_holds_the_others_levers(duel):
    players = duel([2.9, 0.4, 1.0])
    held = (np.array([2.0, 0.1]), np.array([0.6]))
    assert best_response(players, held, 0) == pytest.approx([0.5, 0.4], abs=SHARP)
    assert best_response(players, held, 1) == pytest.approx([0.7], abs=SHARP)
    assert list(held[0]) == [2.0, 0.1]


def test_nash_is_where_the_best_responses_meet(duel):
    players = duel([4.4, 0.6, 1.0])
    x, y, rounds, moved = 0.0, 0.0, 0, 1.0
    while moved > games.SETTLED:
        answer = 4.4 - 4 * y
        back = 1.0 - 0.15 * answer
        moved = max(abs(answer - x), abs(back - y))
        x, y, rounds = answer, back, rounds + 1
    world = World("share_of_income", ShortRun())
    game = nash(players, world=world)
    assert game.rounds == rounds
    assert 5 < rounds < games.MOST_ROUNDS
    # x = 4.4 - 4 y and y = 1 - 0.15 x
    assert game.policies[0] == pytest.approx([1.0, 0.6], abs=1e-4)
    assert game.policies[1] == pytest.approx([0.85], abs=1e-4)
    assert game.losses == pytest.approx([-(1.0**2 + 0.6**2) / 2, -(0.85**2) / 2], abs=1e-3)
    assert game.equilibrium == ("share_of_income", world.horizon, tuple(np.concatenate(game.policies)))
    assert game.players == players


def test_nash_gives_up_after_the_most_rounds(duel, monkeypatch):
    players = duel([4.4, 0.6, 1.0])
    rounds = nash(players).rounds
    monkeypatch.setattr(games, "MOST_ROUNDS", rounds)
    assert nash(players).rounds == rounds
    monkeypatch.setattr(games, "MOST_ROUNDS", rounds - 1)
    with pytest.raises(NotConvergedError, match=f"after {rounds - 1} rounds"):
        nash(players)


def test_players_who_stay_where_they_start_are_done_in_one_round(duel, monkeypatch):
    players = duel([0.1, 0.1, 0.1], (0.5, 1.0))  # the start is no lever pulled, or as near as the bounds allow
    monkeypatch.setattr(games, "SETTLED", 0.0)
    game = nash(players)
    assert game.rounds == 1
    assert [list(policy) for policy in game.policies] == [[0.5, 0.5], [0.5]]
    with pytest.raises(PolicyError, match="at least two players"):
        nash(players[:1])
