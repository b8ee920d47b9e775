"""Time the solver against its yardsticks: `./dev bench solver [--rounds N] [--slow]`.

One process, one thread, interleaved rounds, medians of processor time, which a loaded machine does not blur. Sizes:
synthetic 31 × 40, 77 × 45 and 160 × 65 under a trade war (+25 points) and under two-bloc decoupling, and the real
81 × 28 table with Russia and China cut apart. Every line prints the residual that each algorithm reached and how far
its wages are from ours. Exit 1 where ours takes more than 1.10 of the yardstick's time.

The damped algorithm of the literature and gegravity (one sector, when it is installed) run once; `--slow` lets the
damped one run at the larger sizes too.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import numpy as np
from peers import gegravity_installed, one_sector, time_gegravity
from synthetic import decoupling, synthetic_economy, trade_war
from yardstick import Outcome, damped, joint_anderson

from amur.economy import Economy, load_economy
from amur.models.shock import Shock
from amur.solver import one_thread, solve

ALLOWED = 1.10
SIZES = ((31, 40), (77, 45), (160, 65))
DAMPED_CELLS = 31 * 31 * 40
PEER_REGIONS = 31
TARGETS = {"81 × 28": 0.03, "77 × 45": 0.06, "160 × 65": 0.15}


@dataclass(frozen=True)
class Case:
    """An economy and a shock to time."""

    size: str
    shock_name: str
    economy: Economy
    shock: Shock


@dataclass(frozen=True)
class Timing:
    """Median seconds of processor and of wall time, and what was reached."""

    cpu: float
    wall: float
    outcome: Outcome


def cases() -> list[Case]:
    """The real case and the synthetic ones."""
    found = []
    real = load_economy("icio-2022")
    cost = real.full(1.0)
    russia, china = real.region("RUS"), real.region("CHN")
    cost[russia, china], cost[china, russia] = np.inf, np.inf
    found.append(Case("81 × 28", "RUS–CHN cut", real, Shock(cost_hat=cost)))
    for regions, sectors in SIZES:
        economy = synthetic_economy(regions, sectors).require_balance()
        for name, shock in (("trade war", trade_war(economy)), ("two blocs", decoupling(economy))):
            found.append(Case(f"{regions} × {sectors}", name, economy, shock))
    return found


def ours(economy: Economy, shock: Shock) -> Outcome:
    """The solver as a user calls it, certificate included."""
    found = solve(economy, shock)
    return Outcome(np.log(found.w_hat), found.residual.worst, found.steps)


def interleave(algorithms: list[Callable[[Economy, Shock], Outcome]], case: Case, rounds: int) -> list[Timing]:
    """Median times of the algorithms, run in turn so that the machine's mood hits all alike."""
    cpu: list[list[float]] = [[] for _ in algorithms]
    wall: list[list[float]] = [[] for _ in algorithms]
    outcomes = [algorithm(case.economy, case.shock) for algorithm in algorithms]
    for turn in range(rounds):
        order = range(len(algorithms)) if turn % 2 == 0 else reversed(range(len(algorithms)))
        for at in order:
            began, began_cpu = time.perf_counter(), time.process_time()
            outcomes[at] = algorithms[at](case.economy, case.shock)
            cpu[at].append(time.process_time() - began_cpu)
            wall[at].append(time.perf_counter() - began)
    return [Timing(median(cpu[k]), median(wall[k]), outcomes[k]) for k in range(len(algorithms))]


def report(case: Case, name: str, timing: Timing, reference: Outcome) -> None:
    """One line of the table."""
    distance = float(np.abs(timing.outcome.log_w - reference.log_w).max())
    print(
        f"{case.size:>9}  {case.shock_name:<12} {name:<22} {timing.cpu:8.4f} {timing.wall:8.4f}"
        f" {timing.outcome.steps:6d} {timing.outcome.residual:9.1e} {distance:9.1e}"
    )


def peer_line() -> str:
    """The one-sector peer, once, where it is installed."""
    if not gegravity_installed():
        return "gegravity (one sector): not installed, left out"
    timing = time_gegravity(one_sector(PEER_REGIONS))
    return (
        f"gegravity, {PEER_REGIONS} regions × 1 sector, wall seconds: baseline {timing.baseline:.2f} + simulation "
        f"{timing.simulation:.2f}; ours {timing.ours:.4f}; prices differ by {timing.largest_gap:.1e}, since its system "
        "keeps the output shares of the baseline"
    )


def main() -> int:
    """Run every case; 1 when one is too slow."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--slow", action="store_true", help="the damped algorithm at every size")
    arguments = options.parse_args()
    print(f"{'size':>9}  {'shock':<12} {'algorithm':<22} {'cpu s':>8} {'wall s':>8} {'sweeps':>6} residual   to ours")
    too_slow = []
    with one_thread():
        for case in cases():
            mine, yardstick = interleave([ours, joint_anderson], case, arguments.rounds)
            report(case, "ours", mine, mine.outcome)
            report(case, "yardstick", yardstick, mine.outcome)
            ratio = mine.cpu / yardstick.cpu
            target = TARGETS.get(case.size)
            print(f"{'':>24}ours / yardstick = {ratio:.2f}" + (f"; target {target:.2f} s" if target else ""))
            if ratio > ALLOWED:
                too_slow.append(f"{case.size} {case.shock_name}: {ratio:.2f}")
            if arguments.slow or case.economy.pi.size <= DAMPED_CELLS:
                began, began_cpu = time.perf_counter(), time.process_time()
                outcome = damped(case.economy, case.shock)
                spent = Timing(time.process_time() - began_cpu, time.perf_counter() - began, outcome)
                report(case, "damped (literature)", spent, mine.outcome)
    print(peer_line())
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    if too_slow:
        print(f"slower than {ALLOWED:.2f} × the yardstick: " + "; ".join(too_slow))
    return 1 if too_slow else 0


if __name__ == "__main__":
    sys.exit(main())
