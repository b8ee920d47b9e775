"""Finding a policy: sequential quadratic programming (SciPy's SLSQP) with the exact gradient of the equilibrium."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize, root

from amur.design.problem import Evaluator, Goal, Problem
from amur.economy.baseline import FloatArray
from amur.errors import NotConvergedError, PolicyError
from amur.models.closure import IntArray
from amur.solver import Equilibrium

FTOL = 1e-9
"""Relative to the steepest slope; solves are an order more exact than this asks."""

CLIMB_FTOL = 1e-12

FEW = 6
"""Up to so many free levers an optimum without a constraint is made sharp by finding the root of its slopes."""

MOST_ROUNDS = 200

NEAR = 0.01
"""How far the root of the slopes may lie from where the search ended."""

SLACK = 1e-7
"""How far a bound on a loss may be missed, in log points."""

AT_BOUND = 1e-6
"""A lever this close to a bound, as a part of its range, is at it."""

STATIONARY = 1e-3
"""What may be left of the slope along free levers, relative to the steepest slope, for a policy to count as found."""


@dataclass(frozen=True, eq=False)
class Design:
    """A policy and what it does.

    `policy` holds the settings of the levers in order. Losses are log points of real income. `shadow_price` is what
    one more unit of own loss buys of the target's (for `least_cost`: what one more unit of the target's loss costs),
    zero where the bound does not bind and None where no lever is free to tell. `stationarity` is what is left of the
    slopes along the free levers, relative to the steepest.
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
        reached = self.own_loss if self.goal == "most_harm" else self.target_loss
        return abs(reached - self.bound) <= 10 * SLACK

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
    begin = [calm, (low + high) / 2, *starts]
    found = [_search(evaluator, goal, bound, np.clip(start, low, high)) for start in begin]
    feasible = [policy for policy in found if _violation(evaluator, goal, bound, policy) <= SLACK]
    if not feasible:
        raise PolicyError(_infeasible(evaluator, goal, bound))
    sign = -1 if goal == "most_harm" else 1
    best = min(feasible, key=lambda policy: sign * evaluator.losses(policy)[0 if goal == "most_harm" else 1])
    return _described(evaluator, goal, bound, best)


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
    steep = (evaluator.slopes(point)[group][own] for point in (start, whole((low + high) / 2)))
    scale = max(_scale(slope) for slope in steep)
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
    margin = AT_BOUND * (levers.upper - levers.lower)
    free = own[((policy > levers.lower + margin) & (policy < levers.upper - margin))[own]]
    if not 0 < len(free) <= FEW:
        return policy

    def moved(x: FloatArray) -> FloatArray:
        sharp = policy.copy()
        sharp[free] = np.clip(x, levers.lower[free], levers.upper[free])
        return sharp

    scale = _scale(evaluator.slopes(levers.upper)[group])
    found = root(lambda x: evaluator.slopes(moved(x))[group][free] / scale, policy[free], tol=1e-9)
    near = np.abs(found.x - policy[free]).max() <= NEAR
    return moved(found.x) if found.success and near else policy


def _search(evaluator: Evaluator, goal: Goal, bound: float, start: FloatArray) -> FloatArray:
    """Where SLSQP ends from one start."""
    wanted, held = (0, 1) if goal == "most_harm" else (1, 0)
    sign = -1 if goal == "most_harm" else 1
    slopes = evaluator.slopes(start)
    scale, hold = _scale(slopes[wanted]), _scale(slopes[held])
    # Feasible where `way * (loss - bound)` is not below zero.
    way = -1 if goal == "most_harm" else 1
    constraint: dict[str, object] = {
        "type": "ineq",
        "fun": lambda x: way * (evaluator.losses(x)[held] - bound) / hold,
        "jac": lambda x: way * evaluator.slopes(x)[held] / hold,
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


def _violation(evaluator: Evaluator, goal: Goal, bound: float, policy: FloatArray) -> float:
    target, own = evaluator.losses(policy)
    return max(0.0, own - bound if goal == "most_harm" else bound - target)


def _infeasible(evaluator: Evaluator, goal: Goal, bound: float) -> str:
    """What could be reached, where the bound cannot."""
    levers = evaluator.problem.levers
    middle = (levers.lower + levers.upper) / 2
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


def _described(evaluator: Evaluator, goal: Goal, bound: float, policy: FloatArray) -> Design:
    target, own = (float(loss) for loss in evaluator.losses(policy))
    slopes = evaluator.slopes(policy)
    wanted, held = (slopes[0], slopes[1]) if goal == "most_harm" else (slopes[1], slopes[0])
    free = np.array([place == "free" for place in _places(evaluator.problem, policy)])
    bound_here = abs((own if goal == "most_harm" else target) - bound) <= 10 * SLACK
    price: float | None = 0.0
    if bound_here:
        price = float(wanted[free] @ held[free] / (held[free] @ held[free])) if free.any() else None
    left = wanted - (price or 0.0) * held if price is not None else np.zeros_like(wanted)
    stationarity = float(np.abs(left[free]).max(initial=0.0) / np.abs(wanted).max())
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
        target_loss=target,
        own_loss=own,
        shadow_price=price,
        stationarity=stationarity,
        solves=evaluator.solves,
        equilibrium=evaluator.solve(policy),
    )


def _places(problem: Problem, policy: FloatArray) -> list[str]:
    low, high = problem.levers.lower, problem.levers.upper
    near = AT_BOUND * (high - low)
    at = np.where(policy <= low + near, "lower", np.where(policy >= high - near, "upper", "free"))
    return [str(place) for place in at]


def _scale(slope: FloatArray) -> float:
    """A size that makes the steepest slope one, so that the optimiser's tolerances mean the same everywhere."""
    return float(np.abs(slope).max()) or 1.0
