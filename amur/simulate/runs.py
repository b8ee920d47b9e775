"""simulate(scenario): every run of the plan, each solved to an equilibrium or with the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from amur.economy import Economy, load_economy
from amur.errors import MeasureError, NoEquilibriumError, NotConvergedError
from amur.figures import Figure, with_interval
from amur.intervals import Interval
from amur.outcome import Outcome, compare
from amur.progress import advance as told
from amur.quotas import Bound, LimitedEquilibrium, solve_compiled
from amur.scenario import Compiled, Expectation, HorizonName, Scenario, at_horizon, load_scenario
from amur.simulate.plan import Plan, Setting, settings
from amur.solver import Anderson, Equilibrium, purge_deficits

Advance = Callable[[int, int], None]

RUN_TABLES = ("country", "bloc", "sector", "flow", "welfare", "diversion", "leakage")
"""The tables that the default runs carry in JSON, with all pairs of countries in `flow`."""
BESIDE_TABLES = ("country", "bloc", "flow")
"""Those that the runs beside them carry, with only the flows in `flow` that the scenario hits."""


@dataclass(frozen=True, eq=False)
class Run:
    """One setting and what came of it: an outcome, or the reason why there is none.

    `bounds` are the quotas and price caps in the equilibrium, each with its wedge.
    """

    setting: Setting
    outcome: Outcome | None = None
    compiled: Compiled | None = None
    bounds: tuple[Bound, ...] = ()
    reason: str = ""
    converged: bool = True

    @property
    def equilibrium(self) -> Equilibrium | None:
        """The equilibrium with its certificate."""
        return self.outcome.equilibrium if self.outcome else None

    def to_dict(self) -> dict[str, object]:
        """The shape of one run in `amur simulate --format json`."""
        setting, solved = self.setting, self.equilibrium
        record: dict[str, object] = {
            "economy": setting.economy,
            "theta": setting.theta,
            "closure": setting.closure,
            "horizon": setting.horizon,
            "departs": setting.departs,
            "converged": self.converged and solved is not None,
            "residual": None,
            "steps": None,
            "seconds": None,
            "reason": self.reason,
            "tables": {},
        }
        if solved is None or self.outcome is None:
            return record
        residual = solved.residual
        return record | {
            "residual": {"goods": residual.goods, "labour": residual.labour, "payments": residual.payments},
            "walras": solved.walras,
            "steps": solved.steps,
            "seconds": solved.seconds,
            "limits": [bound.to_dict() for bound in self.bounds],
            "tables": json_tables(self.outcome, whole=not setting.departs),
        }


@dataclass(frozen=True)
class Met:
    """An expectation of a scenario beside what came out.

    `made` says whether the run it is about was made; `ours` is None where it was not, or has no equilibrium.
    """

    expectation: Expectation
    made: bool
    ours: float | None = None

    @property
    def ok(self) -> bool | None:
        """Whether it holds within its tolerance; None where its run was not made."""
        if not self.made:
            return None
        return self.ours is not None and abs(self.ours - self.expectation.value) <= self.expectation.tolerance

    def to_dict(self) -> dict[str, object]:
        """The expectation with `ours` and `ok`."""
        return self.expectation.model_dump(mode="json", exclude_none=True) | {"ours": self.ours, "ok": self.ok}


@dataclass(frozen=True, eq=False)
class Simulation:
    """A scenario and all its runs, the default ones first."""

    scenario: Scenario
    runs: tuple[Run, ...]

    def default(self, horizon: HorizonName | None = None) -> Run:
        """The default run, of a horizon if one is named. Raises MeasureError where that was not run."""
        for run in self.runs:
            if not run.setting.departs and horizon in (None, run.setting.horizon):
                return run
        raise MeasureError(f"The simulation has no run for the horizon '{horizon}'. Ask for it with horizons.")

    def beside(self, horizon: HorizonName) -> tuple[Run, ...]:
        """All runs of a horizon, the default first."""
        return tuple(run for run in self.runs if run.setting.horizon == horizon)

    @property
    def unsolved(self) -> tuple[Run, ...]:
        """Runs without an equilibrium, each with its reason."""
        return tuple(run for run in self.runs if run.outcome is None)

    @property
    def unconverged(self) -> tuple[Run, ...]:
        """Runs that stopped short of the tolerance: the command line ends with exit code 3."""
        return tuple(run for run in self.runs if not run.converged)

    @cached_property
    def expectations(self) -> tuple[Met, ...]:
        """What the scenario expects, beside what came out in the run that each expectation is about."""
        if not self.scenario.expect:
            return ()
        own = settings(self.scenario, Plan())[0]
        return tuple(self._met(item, own) for item in self.scenario.expect)

    @property
    def unmet(self) -> tuple[Met, ...]:
        """Expectations that do not hold."""
        return tuple(met for met in self.expectations if met.ok is False)

    def figure(self, measure: str, country: str, *, horizon: HorizonName | None = None) -> Figure:
        """A number of the default run, with an interval over the sets of elasticities that were run.

        The interval is no confidence interval: it spans the published sets, all with the default closure.
        """
        first = self.default(horizon)
        if first.outcome is None:
            raise NoEquilibriumError(first.reason)
        figure = first.outcome.figure(measure, country)
        values = [figure.value] + [
            run.outcome.figure(measure, country).value
            for run in self.beside(first.setting.horizon)
            if run.setting.departs == "theta" and run.outcome is not None
        ]
        return figure if len(values) == 1 else with_interval(figure, Interval(min(values), max(values)), "elasticity")

    def to_dict(self) -> dict[str, object]:
        """The JSON of `amur simulate`: the scenario and its runs, the default first."""
        compiled = next((run.compiled for run in self.runs if run.compiled), None)
        outside = [] if compiled is None else [{"bloc": o.bloc, "members": list(o.members)} for o in compiled.outside]
        return {
            "scenario": self.scenario.to_dict() | {"outside": outside},
            "runs": [run.to_dict() for run in self.runs],
            "expectations": [met.to_dict() for met in self.expectations],
        }

    def _met(self, item: Expectation, own: Setting) -> Met:
        """An expectation judged in its run; what it leaves out is the scenario's `own` default."""
        wanted = (
            item.economy or own.economy,
            item.theta or own.theta,
            item.closure or own.closure,
            item.horizon or own.horizon,
        )
        for run in self.runs:
            setting = run.setting
            if (setting.economy, setting.theta, setting.closure, setting.horizon) == wanted:
                found = run.outcome.figure(item.measure, item.country).value if run.outcome else None
                return Met(item, made=True, ours=found)
        return Met(item, made=False)


def simulate(
    scenario: Scenario | str | Path,
    plan: Plan = Plan(),  # noqa: B008
    *,
    method: Anderson = Anderson(),  # noqa: B008
    advance: Advance | None = None,
) -> Simulation:
    """Solve a scenario in every run of a plan.

    A run whose closure and bans contradict each other, or that does not converge, keeps its reason and the
    others go on; the error is raised only where no run is left, or the default itself did not converge.
    `advance(done, total)` is called after each run.
    """
    chosen = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    planned = settings(chosen, plan)
    economies = {name: load_economy(name) for name in dict.fromkeys(setting.economy for setting in planned)}
    runs: list[Run] = []
    for number, setting in enumerate(planned):
        runs.append(_run(chosen, setting, economies[setting.economy], method))
        told(number + 1, len(planned))
        if advance:
            advance(number + 1, len(planned))
    simulation = Simulation(chosen, tuple(runs))
    _require_result(simulation)
    return simulation


def solve_run(
    economy: Economy,
    scenario: Scenario,
    setting: Setting,
    method: Anderson = Anderson(),  # noqa: B008
) -> tuple[LimitedEquilibrium, Compiled]:
    """The equilibrium of one setting with its limits, and the compiled scenario; raises where there is none."""
    horizon = scenario.horizon_of(setting.horizon)
    base = purge_deficits(economy) if setting.closure == "balanced" else economy
    compiled = scenario.compiled(at_horizon(base, horizon))
    return solve_compiled(base, compiled, method, closure=setting.closure, horizon=horizon), compiled


def _run(scenario: Scenario, setting: Setting, economy: Economy, method: Anderson) -> Run:
    try:
        limited, compiled = solve_run(economy.with_theta(setting.theta), scenario, setting, method)
    except NoEquilibriumError as error:
        return Run(setting, reason=str(error))
    except NotConvergedError as error:
        return Run(setting, reason=str(error), converged=False)
    solved = limited.equilibrium
    return Run(setting, compare(solved.economy, solved, touched=compiled.touched), compiled, limited.bounds)


def _require_result(simulation: Simulation) -> None:
    first = simulation.runs[0]
    if not first.converged:
        raise NotConvergedError(first.reason)
    if all(run.outcome is None for run in simulation.runs):
        raise NoEquilibriumError(first.reason)


def json_tables(outcome: Outcome, *, whole: bool) -> dict[str, list[dict[str, object]]]:
    """Tables as rows; `whole` gives all of them and every pair, otherwise countries, blocs and the flows hit."""
    found = {
        name: outcome.table(name).to_dicts() for name in (RUN_TABLES if whole else BESIDE_TABLES) if name != "flow"
    }
    columns = ["exporter", "importer", "sector", "value_baseline", "value_new"]
    flows = outcome.flows("touched").select(columns).to_dicts()
    return found | {"flow": outcome.flows("pairs").select(columns).to_dicts() + flows if whole else flows}
