"""What an ensemble solves: one world, many draws, cut into chunks that any worker can take."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from amur.economy import Economy
from amur.economy.baseline import FloatArray
from amur.ensemble.batch import can_batch, solve_batch
from amur.errors import InputError, NoEquilibriumError, NotConvergedError, ScenarioError
from amur.models.shock import Closure, Horizon, LongRun, Shock
from amur.quotas import solve_compiled
from amur.scenario import Scenario, at_horizon
from amur.solver import Anderson, Equilibrium, one_thread, purge_deficits, solve

CHUNK = 50  # same either way
"""Draws in a chunk: the same whatever the number of workers, so that results are the same to the last digit."""

Measure = Literal["real_income_change", "real_wage_change", "price_index_change"]
MEASURES: tuple[Measure, ...] = ("real_income_change", "real_wage_change", "price_index_change")

METHOD = Anderson(atol=1e-10)


@dataclass(frozen=True)
class Range:
    """A number of a scenario that is drawn evenly between two bounds, such as `shocks.0.add` from 0.1 to 0.4."""

    path: str
    low: float
    high: float

    @classmethod
    def parse(cls, text: str) -> Range:
        """Read `shocks.0.add=0.1:0.4`."""
        path, _, bounds = text.partition("=")
        low, _, high = bounds.partition(":")
        try:
            found = cls(path.strip(), float(low), float(high))
        except ValueError as error:
            raise ScenarioError(f"The range {text!r} cannot be read; write shocks.0.add=0.1:0.4.") from error
        if not found.low <= found.high:
            raise ScenarioError(f"The range {text!r} runs from high to low; write the lower bound first.")
        return found

    def draw(self, count: int, *, seed: int) -> FloatArray:
        """Values, one a draw; each path has a stream of its own."""
        own = int.from_bytes(hashlib.sha256(self.path.encode()).digest()[:4], "big")
        return np.random.default_rng((seed, own)).uniform(self.low, self.high, count)


@dataclass(frozen=True, eq=False)
class Work:
    """An ensemble before it is solved: draws of elasticities `[draw, sector]`, and of a scenario's numbers by path."""

    economy: Economy
    scenario: Scenario | Shock
    thetas: FloatArray
    closure: Closure
    horizon: Horizon
    numbers: Mapping[str, FloatArray]

    @property
    def count(self) -> int:
        """Number of draws."""
        return len(self.thetas)

    @property
    def chunks(self) -> list[tuple[int, int]]:
        """First draw and the one after the last, of each chunk."""
        return [(first, min(first + CHUNK, self.count)) for first in range(0, self.count, CHUNK)]

    @cached_property
    def key(self) -> str:
        """A fingerprint of everything that the results depend on."""
        digest = hashlib.sha256()
        economy = self.economy
        arrays = [getattr(economy, name) for name in ("pi", "gamma", "beta", "alpha", "va", "deficit", "tariff")]
        arrays += [economy.expenditure, economy.theta, self.thetas, *(self.numbers[k] for k in sorted(self.numbers))]
        if isinstance(self.scenario, Shock):
            arrays += [values for values in vars(self.scenario).values() if values is not None]
            said = ",".join(name for name, values in vars(self.scenario).items() if values is not None)
        else:
            said = self.scenario.model_dump_json(exclude={"expect"})
        for array in arrays:
            digest.update(np.ascontiguousarray(array, dtype=np.float64).tobytes())
        labels = (economy.regions, economy.sectors, sorted(self.numbers), self.closure, repr(self.horizon), said, CHUNK)
        digest.update(repr(labels).encode())
        return digest.hexdigest()[:24]

    @cached_property
    def central(self) -> Equilibrium:
        """The equilibrium at the economy's own elasticities and the scenario as it is written."""
        return self._solve(self.economy, self.scenario, None)

    def compute(self, first: int, last: int) -> Chunk:
        """Solve the draws from `first` up to `last`."""
        count = last - first
        values = np.full((count, len(MEASURES), len(self.economy.regions)), np.nan)
        reasons = [""] * count
        left = np.ones(count, dtype=bool)
        shocks = self._shocks(first, last)
        if shocks is not None and can_batch(self.economy, shocks):
            left = ~self._batch(first, last, shocks, values)
        for local in np.flatnonzero(left):
            draw = first + int(local)
            try:
                chosen = self.scenario if isinstance(self.scenario, Shock) else self._drawn(self.scenario, draw)
                solved = self._solve(self._with_theta(draw), chosen, self.central)
                values[local] = _measures(solved)
            except (NoEquilibriumError, NotConvergedError) as error:
                reasons[local] = str(error)
        return Chunk(first, values, tuple(reasons))

    def _batch(self, first: int, last: int, shocks: list[Shock], values: FloatArray) -> np.ndarray:
        """Solve what can be solved together; returns which draws were."""
        central = self.central
        with one_thread():
            found = solve_batch(
                central.economy,
                self.thetas[first:last],
                shocks,
                central.joint.rule,
                atol=METHOD.atol,
                start=central.state,
            )
        economy, solved = central.economy, found.solved
        price = np.exp(np.einsum("sn,msn->mn", economy.alpha.T, found.log_price))
        wage = np.exp(found.log_wage)
        rows = np.stack([found.income / economy.income / price - 1, wage / price - 1, price - 1], axis=1)
        values[solved] = rows[solved]
        return solved

    def _shocks(self, first: int, last: int) -> list[Shock] | None:
        """The shocks of a batch, one for all or one a draw; None where draws must be solved one by one."""
        if not isinstance(self.horizon, LongRun) or self.closure == "balanced":
            return None
        scenario = self.scenario
        if isinstance(scenario, Shock):
            return [scenario.checked(self.economy)]
        if scenario.has_limits:
            return None
        leaks = [getattr(item, "escapes", 0) for item in scenario.shocks]  # same either way
        if not self.numbers and not any(leaks):
            return [scenario.shock(self.economy).checked(self.economy)]
        found = []
        for draw in range(first, last):
            economy = self._with_theta(draw)
            found.append(self._drawn(scenario, draw).shock(economy).checked(economy))
        return found

    def _with_theta(self, draw: int) -> Economy:
        return self.economy.with_theta(self.thetas[draw])

    def _drawn(self, scenario: Scenario, draw: int) -> Scenario:
        """The scenario with the numbers of a draw in it."""
        numbers = {path: float(values[draw]) for path, values in self.numbers.items()}
        return with_numbers(scenario, numbers) if numbers else scenario

    def _solve(self, economy: Economy, scenario: Scenario | Shock, near: Equilibrium | None) -> Equilibrium:
        method = METHOD
        if near is not None and self.closure != "balanced":  # same either way
            method = replace(METHOD, start=near)
        if isinstance(scenario, Shock):
            return solve(economy, scenario, method, closure=self.closure, horizon=self.horizon)
        base = purge_deficits(economy) if self.closure == "balanced" else economy
        compiled = scenario.compiled(at_horizon(base, self.horizon))
        if not compiled.limits:
            return solve(economy, compiled.shock, method, closure=self.closure, horizon=self.horizon)
        return solve_compiled(base, compiled, METHOD, closure=self.closure, horizon=self.horizon).equilibrium


@dataclass(frozen=True, eq=False)
class Chunk:
    """Results of consecutive draws: `values` [draw, measure, region], and why a draw has none."""

    first: int
    values: FloatArray
    reasons: tuple[str, ...]


def with_numbers(scenario: Scenario, numbers: Mapping[str, float]) -> Scenario:
    """A scenario with some of its numbers replaced; a path is `shocks.0.add`."""
    document: Any = scenario.model_dump(mode="json", exclude_none=True, exclude_unset=True)
    for path, value in numbers.items():
        *way, last = path.split(".")
        place: Any = document
        try:
            for step in way:
                place = place[int(step)] if isinstance(place, list) else place[step]
            known = isinstance(place[last], int | float) and not isinstance(place[last], bool)
        except (KeyError, IndexError, TypeError, ValueError):
            known = False
        if not known or not isinstance(place, dict):
            raise ScenarioError(
                f"{path} is not a number of the scenario {scenario.label!r}. Count shocks from 0: shocks.0.add."
            )
        place[last] = value
    try:
        return Scenario.model_validate(document)
    except (ValueError, InputError) as error:
        shown = ", ".join(f"{path} = {value:g}" for path, value in numbers.items())
        raise ScenarioError(f"The scenario cannot take {shown}: {error}") from error


def _measures(solved: Equilibrium) -> FloatArray:
    return np.stack([solved.real_income_hat - 1, solved.real_wage_hat - 1, solved.P_hat - 1])
