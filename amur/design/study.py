"""design_policy(file): the whole answer — policy, frontier, leakage, co-ordination, retaliation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from amur.design.file import DesignFile, load_design
from amur.design.games import Player, World, best_response
from amur.design.levers import Lever, make_levers
from amur.design.optimise import Design, design
from amur.design.problem import Evaluator
from amur.errors import PolicyError

Advance = Callable[[int, int], None]


@dataclass(frozen=True)
class Leak:
    """What becomes of a trade that is hit, in dollars: what the target bought from (or sold to) the coalition before
    and after, and how much more of the same sectors it then buys from (or sells to) third countries."""

    direction: str
    before_usd: float
    after_usd: float
    third_usd: float

    @property
    def share(self) -> float | None:
        """Part of the lost trade that third countries replace; None where none was lost."""
        lost = self.before_usd - self.after_usd
        return self.third_usd / lost if lost > 0 else None


@dataclass(frozen=True)
class Coordination:
    """The joint design beside each member designing alone under the same bound on its own loss.

    `apart` is the target's loss when all the separate policies are in force together, `together` that of the joint
    one; `burdens` is each member's loss when they act apart, by name.
    """

    together: float
    apart: float
    burdens: dict[str, float]


@dataclass(frozen=True)
class Retaliation:
    """The target's best answer with its own tariffs, and the losses after it."""

    policy: dict[str, float]
    target_loss: float
    own_loss: float


@dataclass(frozen=True, eq=False)
class Study:
    """The answer of `amur design`; the parts that the file does not ask for are empty."""

    file: DesignFile
    design: Design
    frontier: tuple[Design, ...]
    leakage: tuple[Leak, ...]
    coordination: Coordination | None
    retaliation: Retaliation | None

    def to_dict(self) -> dict[str, object]:
        """Plain data for JSON; losses are log points of real income."""
        return {
            "design": {"title": self.file.title, **_design_dict(self.design)},
            "frontier": [_design_dict(item) for item in self.frontier],
            "leakage": [{**vars(leak), "share": leak.share} for leak in self.leakage],
            "coordination": None if self.coordination is None else dict(vars(self.coordination)),
            "retaliation": None if self.retaliation is None else dict(vars(self.retaliation)),
        }


def design_policy(source: str | Path | DesignFile, *, advance: Advance | None = None) -> Study:
    """Find the policy that a file describes, with everything that it asks for beside it."""
    file = source if isinstance(source, DesignFile) else load_design(source)
    problem = file.problem()
    todo = 1 + len(file.frontier) + bool(file.coordination) + bool(file.retaliation)
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if advance:
            advance(done, todo)

    best = design(problem, file.goal, file.bound)
    step()
    frontier, near = [], best.policy
    for bound in sorted(file.frontier):
        frontier.append(design(problem, file.goal, bound, starts=(near,)))
        near = frontier[-1].policy
        step()
    together = apart = None
    if file.coordination:
        together = _coordination(file, best)
        step()
    if file.retaliation:
        apart = _retaliation(best, file.retaliation)
        step()
    return Study(file, best, tuple(frontier), leakage(best), together, apart)


def leakage(found: Design) -> tuple[Leak, ...]:
    """How far third countries take the place of the coalition in the sectors that the policy hits."""
    economy, problem = found.problem.economy, found.problem
    touched = np.zeros(len(economy.sectors), dtype=bool)
    for lever, setting in zip(problem.levers.items, found.policy, strict=True):
        if setting != 0:
            touched |= lever.cells.any(axis=(0, 1))
    target = [economy.region(code) for code in problem.target]
    members = [economy.region(code) for code in problem.coalition]
    thirds = [k for k in range(len(economy.regions)) if k not in {*target, *members}]
    unit = economy.unit_usd
    leaks = []
    for direction, axes in (("imports", (1, 0)), ("exports", (0, 1))):
        old, new = (
            np.moveaxis(flows[:, :, touched], (0, 1), axes) for flows in (economy.trade, found.equilibrium.trade_new)
        )
        # Now [target's side, other side, sector].
        with_members = np.ix_(target, members)
        before, after = (float(flows[with_members].sum()) * unit for flows in (old, new))
        third = float((new - old)[np.ix_(target, thirds)].sum()) * unit
        leaks.append(Leak(direction, before, after, third))
    return tuple(leaks)


def _coordination(file: DesignFile, joint: Design) -> Coordination:
    """Each member's own design under the same bound, then all of them together."""
    problem = joint.problem
    if file.goal != "most_harm":
        raise PolicyError("Co-ordination is compared for goal: most_harm, where every member has the same bound.")
    whole = np.clip(np.zeros(len(problem.levers.items)), problem.levers.lower, problem.levers.upper)
    for member, regions in file.members(problem.economy).items():
        mine = [lever.actor == member for lever in problem.levers.items]
        if not any(mine):
            continue
        alone = replace(problem, coalition=regions, levers=problem.levers.only(mine))
        whole[np.array(mine)] = design(alone, "most_harm", file.bound).policy
    groups = file.members(problem.economy)
    evaluator = Evaluator(problem, (problem.target, *groups.values()))
    losses = evaluator.losses(whole)
    return Coordination(joint.target_loss, float(losses[0]), dict(zip(groups, map(float, losses[1:]), strict=True)))


def _retaliation(found: Design, highest: float) -> Retaliation:
    """The target answers with tariffs on all that it buys from the coalition, by sector, up to `highest`."""
    problem, economy = found.problem, found.problem.economy
    cells = np.zeros(economy.pi.shape, dtype=bool)
    cells[np.ix_([economy.region(c) for c in problem.coalition], [economy.region(c) for c in problem.target])] = True
    name = " ".join(problem.target)
    numbers = np.arange(len(economy.sectors))
    answer = make_levers(
        economy,
        [
            Lever("tariff", name, "coalition", sector, cells & (numbers == at), 0.0, highest)
            for at, sector in enumerate(economy.sectors)
        ],
    )
    attacker = Player("coalition", problem.coalition, problem.levers)
    defender = Player(name, problem.target, answer)
    world = World(problem.closure, problem.horizon)
    settings = best_response((attacker, defender), (found.policy, np.zeros(len(answer.items))), 1, world=world)
    everything = problem.with_levers(problem.levers.join(answer))
    losses = Evaluator(everything, (problem.target, problem.coalition)).losses(np.concatenate([found.policy, settings]))
    rates = {lever.sector: float(rate) for lever, rate in zip(answer.items, settings, strict=True)}
    return Retaliation(rates, float(losses[0]), float(losses[1]))


def _design_dict(found: Design) -> dict[str, object]:
    return {
        "goal": found.goal,
        "bound": found.bound,
        "binds": found.binds,
        "target_loss": found.target_loss,
        "own_loss": found.own_loss,
        "shadow_price": found.shadow_price,
        "stationarity": found.stationarity,
        "solves": found.solves,
        "levers": [
            {
                "kind": lever.kind,
                "actor": lever.actor,
                "partner": lever.partner,
                "sector": lever.sector,
                "setting": float(setting),
                "lower": lever.lower,
                "upper": lever.upper,
                "at": place,
            }
            for lever, setting, place in zip(found.problem.levers.items, found.policy, found.places(), strict=True)
        ],
    }
