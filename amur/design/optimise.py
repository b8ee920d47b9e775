"""Finding a policy: sequential quadratic programming (SciPy's SLSQP) with the exact gradient of the equilibrium."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize, root

from amur.design.problem import Evaluator, Goal, Problem
from amur.economy.baseline import BoolArray, FloatArray
from amur.errors import NotConvergedError, PolicyError
from amur.models.closure import IntArray
from amur.solver import Equilibrium

FTOL = 1e-9
"""Relative to the steepest slope; solves are an order more exact than this asks."""

CLIMB_FTOL = 1e-12

ROOT_TOL = 1e-9

FEW = 6  # same either way
"""Up to so many free levers an optimum without a constraint is made sharp by finding the root of its slopes."""

MOST_ROUNDS = 200  # same either way

NEAR = 0.01
"""How far the root of the slopes may lie from where the search ended."""

SLACK = 1e-7
"""How far a bound on a loss may be missed, in log points."""

BINDS = 1e-6
"""A loss this close to its bound, in log points, is at it."""

AT_BOUND = 1e-6
"""A lever this close to a bound, as a part of its range, is at it."""

STATIONARY = 1e-3
"""What may be left of the slope along free levers, relative to the steepest slope, for a policy to count as found."""

# The groups of an evaluator whose loss is sought and whose loss is bound, and -1 where more is better of the first
# and worse of the second.
_AIMS: dict[Goal, tuple[int, int, int]] = {"most_harm": (0, 1, -1), "least_cost": (1, 0, 1)}


@dataclass(frozen=True, eq=False)
class Design:
    """A policy and what it does.

    `policy` holds the settings of the levers in order. Losses are log points of real income. `shadow_price` is what
    one more unit of own loss buys of the target's (for `least_cost`: what one more unit of the target's loss costs),
    zero where the bound does not bind and None where no lever is free to tell. `stationarity` is what is left of the
    slopes along the free levers, relative to the steepest, there or where no lever is pulled.
    """

    problem: Problem
    goal: Goal
    bound: float
    policy: FloatArray
    target_loss: float
    own_loss: float
    shadow_price: float | None
    stationarity: float
    solves: int
    equilibrium: Equilibrium

    @property
    def binds(self) -> bool:
        """Whether the bound on the loss holds with equality."""
        _, held, _ = _AIMS[self.goal]
        return _binds((self.target_loss, self.own_loss)[held], self.bound)

    def places(self) -> tuple[str, ...]:
        """Where each lever stands: `lower`, `upper` or `free`."""
        return tuple(_places(self.problem, self.policy))


def design(problem: Problem, goal: Goal, bound: float, *, starts: Sequence[FloatArray] = ()) -> Design:
    """The policy that hurts the target most while own loss stays within `bound`, or the reverse.

    Raises PolicyError where no policy within the levers' bounds meets `bound`. A local search from several starts:
    from no policy, from the middle of every lever's range, and from `starts`; the best is returned.
    """
    evaluator = Evaluator(problem, (problem.target, problem.coalition))
    low, high = problem.levers.lower, problem.levers.upper
    calm = np.clip(np.zeros(len(low)), low, high)
    wanted, held, sign = _AIMS[goal]
    steep = _scale(evaluator.slopes(calm)[wanted])
    begin = [calm, (low + high) / 2, *starts]  # same either way
    found = [_search(evaluator, goal, bound, np.clip(start, low, high)) for start in begin]
    feasible = [policy for policy in found if sign * (bound - evaluator.losses(policy)[held]) <= SLACK]
    if not feasible:
        raise PolicyError(_infeasible(evaluator, goal, bound))
    best = min(feasible, key=lambda policy: sign * evaluator.losses(policy)[wanted])
    return _described(evaluator, goal, bound, best, steep)


def climb(
    evaluator: Evaluator, start: FloatArray, *, group: int = 0, sign: int = 1, moving: IntArray | None = None
) -> FloatArray:
    """The policy that makes the loss of a group smallest (`sign` 1) or largest (-1), within the levers' bounds.

    Only the levers at the positions `moving` are pulled, all where it is left out; the others stay at `start`.
    """
    own = np.arange(len(start)) if moving is None else moving
    levers = evaluator.problem.levers
    low, high = levers.lower[own], levers.upper[own]

    def whole(x: FloatArray) -> FloatArray:
        policy = start.copy()
        policy[own] = x
        return policy

    # Where the start is flat, as a best response may be, the middle of the range says how steep losses are.
    middle = whole((low + high) / 2)  # same either way
    scale = max(_scale(evaluator.slopes(point)[group][own]) for point in (start, middle))  # same either way
    result = minimize(
        lambda x: sign * evaluator.losses(whole(x))[group] / scale,
        start[own],
        jac=lambda x: sign * evaluator.slopes(whole(x))[group][own] / scale,
        bounds=np.stack([low, high], axis=1),
        method="SLSQP",
        options={"ftol": CLIMB_FTOL, "maxiter": MOST_ROUNDS},
    )
    return _sharpened(evaluator, whole(np.clip(result.x, low, high)), own, group)


def _sharpened(evaluator: Evaluator, policy: FloatArray, own: IntArray, group: int) -> FloatArray:
    """An optimum is flat, so its value says little about where it is; the root of its slopes does."""
    levers = evaluator.problem.levers
    free = own[_free(evaluator.problem, policy)[own]]
    if not 0 < len(free) <= FEW:
        return policy

    def moved(x: FloatArray) -> FloatArray:
        sharp = policy.copy()
        sharp[free] = np.clip(x, levers.lower[free], levers.upper[free])
        return sharp

    found = root(lambda x: evaluator.slopes(moved(x))[group][free], policy[free], tol=ROOT_TOL)
    near = np.abs(found.x - policy[free]).max() <= NEAR
    return moved(found.x) if found.success and near else policy


def _search(evaluator: Evaluator, goal: Goal, bound: float, start: FloatArray) -> FloatArray:
    """Where SLSQP ends from one start."""
    wanted, held, sign = _AIMS[goal]
    slopes = evaluator.slopes(start)
    scale, hold = _scale(slopes[wanted]), _scale(slopes[held])
    constraint: dict[str, object] = {  # met where `fun` is not below zero
        "type": "ineq",
        "fun": lambda x: sign * (evaluator.losses(x)[held] - bound) / hold,
        "jac": lambda x: sign * evaluator.slopes(x)[held] / hold,
    }

    def objective(x: FloatArray) -> float:
        return sign * evaluator.losses(x)[wanted] / scale

    low, high = evaluator.problem.levers.lower, evaluator.problem.levers.upper
    result = minimize(
        objective,
        start,
        jac=lambda x: sign * evaluator.slopes(x)[wanted] / scale,
        bounds=np.stack([low, high], axis=1),
        constraints=[constraint],
        method="SLSQP",
        options={"ftol": FTOL, "maxiter": MOST_ROUNDS},
    )
    return np.clip(result.x, low, high)


def _infeasible(evaluator: Evaluator, goal: Goal, bound: float) -> str:
    """What could be reached, where the bound cannot."""
    levers = evaluator.problem.levers
    middle = (levers.lower + levers.upper) / 2  # same either way
    if goal == "most_harm":
        least = evaluator.losses(climb(evaluator, middle, group=1))[1]
        return (
            f"No policy within the levers' bounds keeps the coalition's loss to {bound:.4%}; the least is {least:.4%}. "
            "Allow more, or change the levers."
        )
    most = evaluator.losses(climb(evaluator, middle, group=0, sign=-1))[0]
    return (
        f"No policy within the levers' bounds makes the target lose {bound:.4%}; the most is {most:.4%}. "
        "Ask for less, or give more levers."
    )


def _described(evaluator: Evaluator, goal: Goal, bound: float, policy: FloatArray, steep: float) -> Design:
    """The policy with its numbers; `steep` is the steepest slope where the search began, since none may be left."""
    at_wanted, at_held, _ = _AIMS[goal]
    losses, slopes = evaluator.losses(policy), evaluator.slopes(policy)
    free = _free(evaluator.problem, policy)
    wanted, held = slopes[at_wanted][free], slopes[at_held][free]
    price: float | None = 0.0
    if _binds(losses[at_held], bound):
        price = float(wanted @ held / (held @ held)) if held.any() else None
    left = wanted - (price or 0.0) * held
    stationarity = float(np.abs(left).max(initial=0.0) / max(steep, _scale(slopes[at_wanted])))
    if stationarity > STATIONARY:
        raise NotConvergedError(
            f"The search for a policy ended where the slopes still differ by {stationarity:.1g} of the steepest. "
            "Narrow the levers' bounds, or start from another policy."
        )
    return Design(
        problem=evaluator.problem,
        goal=goal,
        bound=bound,
        policy=policy,
        target_loss=float(losses[0]),
        own_loss=float(losses[1]),
        shadow_price=price,
        stationarity=stationarity,
        solves=evaluator.solves,
        equilibrium=evaluator.solve(policy),
    )


def _binds(loss: float, bound: float) -> bool:
    return bool(abs(loss - bound) <= BINDS)


def _free(problem: Problem, policy: FloatArray) -> BoolArray:
    return np.array([place == "free" for place in _places(problem, policy)])


def _places(problem: Problem, policy: FloatArray) -> list[str]:
    low, high = problem.levers.lower, problem.levers.upper
    near = AT_BOUND * (high - low)
    at = np.where(policy <= low + near, "lower", np.where(policy >= high - near, "upper", "free"))
    return [str(place) for place in at]


def _scale(slope: FloatArray) -> float:
    """A size that makes the steepest slope one, so that the optimiser's tolerances mean the same everywhere."""
    return float(np.abs(slope).max()) or 1.0
