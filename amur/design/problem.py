"""The problem and its numbers: what a policy does to the target and to those who make it, and the slopes of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from amur.adjoint import Gradient, RealIncome, value_of, weights_of
from amur.design.levers import Levers
from amur.economy import Economy
from amur.economy.baseline import FloatArray
from amur.errors import PolicyError
from amur.models.shock import Closure, Horizon, LongRun
from amur.solver import Anderson, Equilibrium, solve

Goal = Literal["most_harm", "least_cost"]
"""`most_harm`: the target's loss is made as large as the bound on own loss allows. `least_cost`: the own loss as
small as the target's wanted loss allows."""

RTOL = 1e-9
"""Relative tolerance of the gradients that guide the search."""


@dataclass(frozen=True, eq=False)
class Problem:
    """Who pulls which levers against whom, and how far the world adjusts; `levers.economy` is the baseline.

    `coalition` and `target` are regions. Losses are falls of the log of real income, added up over regions at
    baseline prices.
    """

    levers: Levers
    coalition: tuple[str, ...]
    target: tuple[str, ...]
    closure: Closure = "fixed"
    horizon: Horizon = field(default_factory=LongRun)

    def __post_init__(self) -> None:
        if not self.coalition or not self.target:
            raise PolicyError("A design needs a coalition and a target. Name at least one region for each.")
        if common := sorted(set(self.coalition) & set(self.target)):
            raise PolicyError(f"{', '.join(common)} cannot be in the coalition and the target. Take it out of one.")
        if not self.levers.items:
            raise PolicyError("A design needs at least one lever. Name an instrument.")
        if self.closure == "balanced":
            raise PolicyError("Closure 'balanced' moves the baseline; purge its deficits first, and use 'fixed'.")

    @property
    def economy(self) -> Economy:
        """The baseline."""
        return self.levers.economy

    def with_levers(self, levers: Levers) -> Problem:
        """The same problem with other levers."""
        return replace(self, levers=levers)


class Evaluator:
    """Solves policies and remembers the last one: each solve starts from the one before."""

    def __init__(self, problem: Problem, groups: Sequence[tuple[str, ...]]) -> None:
        self.problem, self.targets = problem, tuple(RealIncome(regions) for regions in groups)
        self.solves = 0
        self._last: tuple[FloatArray, Equilibrium] | None = None
        self._slopes: FloatArray | None = None
        self.zero = np.array([value_of(self.solve(np.zeros(len(problem.levers.items))), t) for t in self.targets])

    def solve(self, policy: FloatArray) -> Equilibrium:
        """The equilibrium under a policy."""
        if self._last is not None and np.array_equal(self._last[0], policy):
            return self._last[1]
        problem = self.problem
        method = Anderson(atol=1e-11, start=self._last[1] if self._last else None)
        found = solve(
            problem.economy, problem.levers.shock(policy), method, closure=problem.closure, horizon=problem.horizon
        )
        self.solves += 1
        self._last, self._slopes = (policy.copy(), found), None
        return found

    def losses(self, policy: FloatArray) -> FloatArray:
        """Loss of each group: the fall of its log real income from where no lever is pulled."""
        found = self.solve(policy)
        return self.zero - np.array([value_of(found, target) for target in self.targets])

    def slopes(self, policy: FloatArray) -> FloatArray:
        """`[group, lever]`: derivative of each loss by each lever."""
        found = self.solve(policy)
        if self._slopes is None:
            weights, steps = weights_of(found, self.targets, rtol=RTOL)
            each = (Gradient(target, found, weights, at, steps) for at, target in enumerate(self.targets))
            self._slopes = -np.array([self.problem.levers.slope(slope, policy) for slope in each])
        return self._slopes
