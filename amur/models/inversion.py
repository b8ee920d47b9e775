"""Moving named pairs of a baseline to observed flows: the cost change of each pair under which the model's own
equilibrium reproduces the target.

Symbols (`[exporter, importer]`, goods sectors only):

    kappa      change of cost of the pair, the same in every goods sector; 1 on all pairs that are not targeted
    M          goods flow in the model at basic prices, home sales included where summed over exporters
    B          observed goods flow in US dollars; missing is missing, never zero
    C          pairs with a positive flow in both
    phi        sum over C of M0 / sum over C of B                    (M0: baseline)

Targets:

    level      M[i,n] = phi B[i,n]
    share      M[i,n] / sum_j M[j,n] = s[i,n] r[n],   s = B[i,n] / sum over C of B[j,n],
               r = baseline share of the origins in C in n's purchases of goods

Deficits keep their value (numeraire: world value added). The unknowns join the state of the joint map and move by
`log(M / target) / theta_bar`, with `theta_bar` the pair's flow-weighted elasticity. One cost for all goods moves
sectors with a high theta most: the mix of goods inside an updated pair is not data. The update's own change of
welfare is not identified (other normalisations reach the same shares) and is not to be read off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from amur.economy.baseline import BoolArray, Economy, FloatArray, sector_last
from amur.errors import EconomyError
from amur.models.closure import FixedDeficit
from amur.models.fixed_point import FixedPoint, Settings, accelerate
from amur.models.joint import JointMap, Sweep, build_joint_map
from amur.models.shock import NO_SHOCK, LongRun

TargetKind = Literal["level", "share"]

TOLERANCE = 1e-11
"""Residual of the joint system; targets are met to the same order."""

LARGEST_LOG_COST = 4.0
"""A pair whose cost would have to change by more than a factor of 55 has a target that the model cannot explain."""


@dataclass(frozen=True)
class Targets:
    """What to reproduce: observed goods flows in US dollars, which pairs of them, and in what sense.

    `flows` maps (exporter, importer) to US dollars and holds all that the source holds, since ratios and shares need
    its totals; `pairs` lists those to be moved. A pair that the source lacks cannot be listed.
    """

    flows: Mapping[tuple[str, str], float]
    pairs: tuple[tuple[str, str], ...]
    kind: TargetKind = "level"


@dataclass(frozen=True, eq=False)
class Update:
    """An updated economy and how it was reached.

    `log_cost` [exporter, importer]: log change of cost, zero on pairs without target. `phi`: world goods in the table
    over world goods in the source. `gap`: largest log distance to a target.
    """

    economy: Economy
    log_cost: FloatArray
    state: FloatArray
    phi: float
    gap: float
    steps: int


def pairs_of(code: str, flows: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Every pair of the source in which a country exports or imports."""
    return tuple(sorted({pair for pair in flows if code in pair and pair[0] != pair[1]}))


def invert(economy: Economy, targets: Targets) -> Update:
    """Find the costs that reproduce the targets, and the economy they lead to.

    Raises `EconomyError` that names the pairs which the source lacks or whose target cannot be met.
    """
    problem = _pose(economy, targets)
    found = _iterate(problem)
    log_kappa = found.state[-len(problem.target) :]
    far = _far(problem, found)
    if far.any() or not found.converged:
        raise EconomyError(_refusal(problem, log_kappa, far))
    log_cost = np.zeros((len(economy.regions),) * 2)
    log_cost[problem.exporter, problem.importer] = log_kappa
    state = found.state[: -len(problem.target)]
    joint = _with_costs(problem, log_kappa)
    return Update(
        economy=_moved(economy, joint, state, f"Named pairs moved to observed goods flows ({targets.kind})."),
        log_cost=log_cost,
        state=state,
        phi=problem.phi,
        gap=float(np.abs(problem.gap(joint.sweep(state), joint)).max()),
        steps=found.steps,
    )


def unreachable(economy: Economy, targets: Targets) -> tuple[tuple[str, str], ...]:
    """The pairs whose target would need a cost change beyond `LARGEST_LOG_COST`; none when all can be met."""
    problem = _pose(economy, targets)
    return tuple(targets.pairs[k] for k in np.flatnonzero(_far(problem, _iterate(problem))))


def _iterate(problem: _Problem) -> FixedPoint:
    """Iterate the joint map with the pairs' costs as further unknowns."""
    joint = _with_costs(problem, np.zeros_like(problem.target))
    start = np.concatenate([joint.start(), np.zeros_like(problem.target)])
    with np.errstate(all="ignore"):
        return accelerate(_step(problem), start, Settings(atol=TOLERANCE, memory=20, max_steps=3000))


def _far(problem: _Problem, found: FixedPoint) -> BoolArray:
    """Which pairs would need too large a change of cost."""
    return np.abs(found.state[-len(problem.target) :]) > LARGEST_LOG_COST


def write_update(update: Update, path: Path, note: str) -> None:
    """Store an update compactly: the cost changes and the state of the equilibrium, not the whole table."""
    exporter, importer = np.nonzero(update.log_cost)
    np.savez_compressed(
        path,
        allow_pickle=False,
        exporter=np.array(update.economy.regions)[exporter],
        importer=np.array(update.economy.regions)[importer],
        log_cost=update.log_cost[exporter, importer],
        state=update.state,
        phi=np.array(update.phi),
        note=np.array(note),
    )


def read_update(base: Economy, path: Path, *, name: str) -> Economy:
    """The updated economy from its base and a file of `write_update`; refused when they do not fit."""
    with np.load(path, allow_pickle=False) as archive:
        arrays = {key: archive[key] for key in archive.files}
    exporter = np.array([base.region(str(code)) for code in arrays["exporter"]])
    importer = np.array([base.region(str(code)) for code in arrays["importer"]])
    cost = base.full(1.0)
    cost[exporter[:, None], importer[:, None], np.flatnonzero(base.goods)] = np.exp(arrays["log_cost"])[:, None]
    joint = _long_run(base, cost)
    if arrays["state"].shape != joint.start().shape:
        raise EconomyError(f"{path.name} belongs to another baseline than {base.name!r}. Build it anew.")
    updated = replace(_moved(base, joint, arrays["state"], ""), name=name, note=str(arrays["note"]))
    return updated.require_balance()


@dataclass(frozen=True)
class _Problem:
    """The targeted pairs by position, and what is wanted of each."""

    economy: Economy
    exporter: np.ndarray
    importer: np.ndarray
    target: FloatArray
    theta: FloatArray
    kind: TargetKind
    phi: float

    def gap(self, now: Sweep, joint: JointMap) -> FloatArray:
        """Log of the model's flow or share over its target."""
        goods = self.economy.goods
        cells = joint.kernel.border_full()[goods][:, self.exporter, self.importer]
        flow = (cells * now.a[goods][:, self.exporter] * now.x[goods][:, self.importer]).sum(axis=0)
        if self.kind == "share":
            paid = now.spending.copy()
            paid[joint.kernel.taxed] = now.x[joint.kernel.taxed] * now.duty_sum
            flow = flow / paid[goods].sum(axis=0)[self.importer]
        return np.log(flow / self.target)


def _pose(economy: Economy, targets: Targets) -> _Problem:
    """Turn targets into numbers, refusing those that the source lacks or that exceed what a country makes."""
    observed = np.full((len(economy.regions),) * 2, np.nan)
    for (exporter, importer), value in targets.flows.items():
        if exporter in economy.regions and importer in economy.regions and exporter != importer:
            observed[economy.region(exporter), economy.region(importer)] = value
    baseline = economy.trade[:, :, economy.goods].sum(axis=2)
    both = (observed > 0) & (baseline > 0)
    pairs = [(economy.region(exporter), economy.region(importer)) for exporter, importer in targets.pairs]
    absent = [targets.pairs[k] for k, pair in enumerate(pairs) if not both[pair]]
    if absent or not pairs:
        shown = ", ".join(f"{a}→{b}" for a, b in absent[:6]) or "none"
        raise EconomyError(
            f"These pairs have no positive goods flow in both the source and economy {economy.name!r}: {shown}. "
            "Missing is not zero: leave them out of the targets."
        )
    exporter, importer = (np.array(side) for side in zip(*pairs, strict=True))
    phi = float(baseline[both].sum() * economy.unit_usd / observed[both].sum())
    if targets.kind == "level":
        target = phi * observed[exporter, importer] / economy.unit_usd
        _refuse_entrepots(economy, exporter, target, baseline)
    else:
        known = np.where(both, observed, 0.0)
        reach = np.where(both, baseline, 0.0).sum(axis=0) / baseline.sum(axis=0)
        target = (known / np.where(both.any(axis=0), known.sum(axis=0), 1.0))[exporter, importer] * reach[importer]
    flows = economy.trade[:, :, economy.goods][exporter, importer]
    theta = flows @ economy.theta[economy.goods] / flows.sum(axis=1)
    return _Problem(economy, exporter, importer, target, theta, targets.kind, phi)


def _refuse_entrepots(economy: Economy, exporter: np.ndarray, target: FloatArray, baseline: FloatArray) -> None:
    """Refuse exporters whose targets alone exceed the goods that they make."""
    made = baseline.sum(axis=1)
    wanted = np.bincount(exporter, weights=target, minlength=len(made))
    beyond = wanted > made
    if beyond.any():
        names = ", ".join(code for code, over in zip(economy.regions, beyond, strict=True) if over)
        raise EconomyError(
            f"The targets ask {names} to export more goods than it makes in economy {economy.name!r}: re-exports are "
            "in the source but not in the table. Leave these pairs out, or use kind='share'."
        )


def _step(problem: _Problem) -> Callable[[FloatArray], tuple[FloatArray, float]]:
    """The joint map with the pairs' costs as further unknowns."""
    count = len(problem.target)

    def step(state: FloatArray) -> tuple[FloatArray, float]:
        log_kappa = state[-count:]
        joint = _with_costs(problem, log_kappa)
        now = joint.sweep(state[:-count])
        after, residual = joint.advance(state[:-count], now)
        gap = problem.gap(now, joint)
        worst = max(residual, float(np.abs(gap).max()))
        moved = np.concatenate([after, log_kappa + gap / problem.theta])
        return moved, worst if np.isfinite(worst) else np.inf

    return step


def _with_costs(problem: _Problem, log_kappa: FloatArray) -> JointMap:
    economy = problem.economy
    cost = economy.full(1.0)
    cost[problem.exporter[:, None], problem.importer[:, None], np.flatnonzero(economy.goods)] = np.exp(log_kappa)[
        :, None
    ]
    return _long_run(economy, cost)


def _long_run(economy: Economy, cost: FloatArray) -> JointMap:
    shock = replace(NO_SHOCK, cost_hat=cost)
    return build_joint_map(economy, shock, FixedDeficit(economy.deficit), LongRun())


def _moved(economy: Economy, joint: JointMap, state: FloatArray, remark: str) -> Economy:
    """The equilibrium at a state as a baseline."""
    now = joint.sweep(state)
    return replace(
        economy,
        name=f"{economy.name}, updated",
        pi=sector_last(joint.new_shares(now)),
        va=joint.model.labour_value(now.nest, now.output),
        expenditure=now.spending.T,
        note=f"{economy.note} {remark}".strip(),
    )


def _refusal(problem: _Problem, log_kappa: FloatArray, far: BoolArray) -> str:
    """Name the pairs whose target cannot be met."""
    regions = problem.economy.regions
    order = np.argsort(-np.abs(log_kappa))[:6]
    named = ", ".join(
        f"{regions[problem.exporter[k]]}→{regions[problem.importer[k]]} (cost × {np.exp(log_kappa[k]):.3g})"
        for k in order
        if far[k] or not far.any()
    )
    return (
        f"These targets cannot be met by economy {problem.economy.name!r}: {named}. Leave the pairs out, or use the "
        "other kind of target."
    )
