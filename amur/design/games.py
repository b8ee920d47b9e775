"""Optimal tariffs, best responses and Nash equilibria: every player pulls its own levers for its own real income.

With two countries, one sector, one factor and balanced trade, the best tariff is `1 / (theta * home share of the
other country)`, at the shares of the tariff equilibrium; for a small country that is `1 / theta`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from amur.design.levers import Levers
from amur.design.optimise import climb
from amur.design.problem import Evaluator, Problem
from amur.economy.baseline import FloatArray
from amur.errors import NotConvergedError, PolicyError
from amur.models.shock import Closure, Horizon, LongRun
from amur.solver import Equilibrium

MOST_ROUNDS = 100
SETTLED = 1e-5
"""A Nash equilibrium is found when no lever moves by more in a whole round."""


@dataclass(frozen=True, eq=False)
class Player:
    """Who plays: a name, the regions whose real income counts, and its levers."""

    name: str
    regions: tuple[str, ...]
    levers: Levers


@dataclass(frozen=True, eq=False)
class Game:
    """Players on one economy, their settings in the order of all levers, and what came of them.

    `losses` are falls of log real income from where nobody pulls a lever, one for each player.
    """

    players: tuple[Player, ...]
    policies: tuple[FloatArray, ...]
    losses: tuple[float, ...]
    rounds: int
    equilibrium: Equilibrium


@dataclass(frozen=True)
class World:
    """Closure and horizon of a game."""

    closure: Closure = "fixed"
    horizon: Horizon = LongRun()  # noqa: RUF009 — frozen


def best_response(
    players: Sequence[Player], policies: Sequence[FloatArray], mover: int, *, world: World = World()
) -> FloatArray:
    """The settings that are best for one player, given those of the others."""
    problem = _everyone(players, world)
    held = np.concatenate([np.asarray(policy, dtype=float) for policy in policies])
    first = sum(len(player.levers.items) for player in players[:mover])
    own = np.arange(first, first + len(players[mover].levers.items))
    return climb(Evaluator(problem, (players[mover].regions,)), held, moving=own)[own]


def nash(players: Sequence[Player], *, world: World = World()) -> Game:
    """Settings from which no player gains by moving alone, found by best responses in turn.

    Raises NotConvergedError where the responses go round in circles.
    """
    if len(players) < 2:
        raise PolicyError("A game needs at least two players. For one, ask for the best response.")
    policies = [np.clip(np.zeros(len(p.levers.items)), p.levers.lower, p.levers.upper) for p in players]
    moved = np.inf
    for count in range(1, MOST_ROUNDS + 1):
        moved = 0.0
        for mover in range(len(players)):
            answer = best_response(players, policies, mover, world=world)
            moved = max(moved, float(np.abs(answer - policies[mover]).max()))
            policies[mover] = answer
        if moved <= SETTLED:
            return _described(players, policies, count, world)
    raise NotConvergedError(
        f"Best responses still moved by {moved:.2g} after {MOST_ROUNDS} rounds: there may be no equilibrium in these "
        "levers. Narrow their bounds."
    )


def _everyone(players: Sequence[Player], world: World) -> Problem:
    """All levers on the table: those of the first against the rest of the world, and everybody else's."""
    first, *rest = players
    levers = first.levers
    for player in rest:
        levers = levers.join(player.levers)
    others = tuple(code for code in levers.economy.regions if code not in first.regions)
    return Problem(levers, first.regions, others, world.closure, world.horizon)


def _described(players: Sequence[Player], policies: Sequence[FloatArray], rounds: int, world: World) -> Game:
    evaluator = Evaluator(_everyone(players, world), tuple(player.regions for player in players))
    whole = np.concatenate(list(policies))
    losses = tuple(float(loss) for loss in evaluator.losses(whole))
    return Game(tuple(players), tuple(policies), losses, rounds, evaluator.solve(whole))
