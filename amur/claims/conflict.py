"""Which statements cannot all hold: provably smallest sets, and the range that statements imply.

Everything is linear over positive rationals, so the solver's answers are exact. The smallest set is
found by the duality of conflicts and corrections: a smallest set of statements that meets every known
correction (a set whose removal restores consistency) is either itself a conflict, and then no smaller
one exists, or it shows a new correction.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import z3

from amur.claims.amounts import Alternative, Amount, Bound, Quantity, spoken_of
from amur.intervals import Interval

_Choices = Mapping[tuple[str, str], str]

# Milliseconds for one question to the solver: linear systems of this size take well below one.
_PATIENCE = 2000


@dataclass(frozen=True)
class System:
    """Statements by key, each with its readings, and relations that hold whatever is said."""

    stated: Mapping[str, tuple[Alternative, ...]]
    relations: tuple[Bound, ...] = ()

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """Every quantity that is spoken of, in the order of first mention."""
        return tuple(dict.fromkeys((*spoken_of(self.stated.values()), *_in_bounds(self.relations))))

    def consistent(self, keys: Iterable[str] | None = None) -> bool:
        """Whether the statements of `keys` (all by default) can hold at once."""
        return not _Solver(self).conflicts_among(self.stated if keys is None else keys)

    def smallest_conflicts(self, *, limit: int = 12, largest: int | None = None) -> tuple[frozenset[str], ...]:
        """The minimal conflicting sets, smallest first: at most `limit`, none with more than `largest` members."""
        keys = tuple(self.stated)
        return _smallest_conflicts(_Solver(self), keys, limit=limit, largest=largest or len(keys))

    def implied(self, top: Amount, bottom: Amount = (), *, keys: Iterable[str] | None = None) -> Interval | None:
        """The range of `top`, or of top / bottom, under the statements of `keys`; None if these conflict."""
        chosen = {key: self.stated[key] for key in (self.stated if keys is None else keys)}
        return _range(System(chosen, self.relations), top, bottom)


def _in_bounds(bounds: Iterable[Bound]) -> Iterable[Quantity]:
    return (quantity for bound in bounds for quantity, _ in bound.terms)


def components(stated: Mapping[str, tuple[Alternative, ...]], relations: Sequence[Bound]) -> tuple[System, ...]:
    """The system in parts that share no quantity, so that each can be solved alone."""
    parent: dict[object, object] = {}

    def root(item: object) -> object:
        parent.setdefault(item, item)
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    def join(items: Iterable[object]) -> None:
        roots = [root(item) for item in items]
        for other in roots[1:]:
            parent[other] = roots[0]

    for readings in stated.values():
        join((*spoken_of([readings]), *(reading.choice for reading in readings if reading.choice)))
    for bound in relations:
        join(_in_bounds([bound]))
    groups: dict[object, tuple[dict[str, tuple[Alternative, ...]], list[Bound]]] = {}
    for key, readings in stated.items():
        if named := spoken_of([readings]):
            groups.setdefault(root(named[0]), ({}, []))[0][key] = readings
    for bound in relations:
        home = root(bound.terms[0][0])
        if home in groups:
            groups[home][1].append(bound)
    return tuple(System(found, tuple(held)) for found, held in groups.values())


# ── the solver ──────────────────────────────────────────────────────────────────────────────────


class _Solver:
    """One incremental solver in which each statement hangs on a switch."""

    def __init__(self, system: System) -> None:
        names = {quantity: f"q{index}" for index, quantity in enumerate(system.quantities)}
        switched = {key: f"s{index}" for index, key in enumerate(system.stated)}
        lines = [f"(declare-const {name} Real) (assert (> {name} 0))" for name in names.values()]
        lines += [f"(declare-const {name} Bool)" for name in switched.values()]
        lines += [f"(assert {line})" for bound in system.relations for line in _written(bound, names)]
        choices = _choices(system)
        lines += _declared(choices)
        for key, readings in system.stated.items():
            lines.append(f"(assert (=> {switched[key]} {_any_of(readings, names, choices)}))")
        self.solver = z3.SolverFor("QF_LRA")
        self.solver.set("timeout", _PATIENCE)
        self.solver.from_string("\n".join(lines))
        self.switches = {key: z3.Bool(name) for key, name in switched.items()}
        self.keys = {switch.get_id(): key for key, switch in self.switches.items()}

    def conflicts_among(self, keys: Iterable[str]) -> tuple[str, ...]:
        """A conflicting subset, not yet minimal; empty where the statements can all hold."""
        chosen = tuple(keys)
        # An unknown answer (out of patience) is not a conflict: only a proof counts.
        if self._check(chosen) != z3.Z3_L_FALSE:
            return ()
        switches: Any = self.solver.unsat_core()
        core = {self.keys[switch.get_id()] for switch in switches}
        return tuple(key for key in chosen if key in core) or chosen

    def _check(self, chosen: tuple[str, ...]) -> int:
        """The solver's answer with these switches on, which are of the right sort and need no cast one by one."""
        on = (z3.Ast * len(chosen))(*(self.switches[key].as_ast() for key in chosen))
        return z3.Z3_solver_check_assumptions(self.solver.ctx.ref(), self.solver.solver, len(chosen), on)


def _smallest_conflicts(
    solver: _Solver, keys: tuple[str, ...], *, limit: int, largest: int
) -> tuple[frozenset[str], ...]:
    if not solver.conflicts_among(keys):
        return ()
    conflicts: list[tuple[str, ...]] = []
    hitting = _HittingSets(keys)
    for _ in range(40 * limit):
        candidate = hitting.smallest()
        if candidate is None or len(candidate) > largest or len(conflicts) == limit:
            break
        if solver.conflicts_among(candidate):
            conflicts.append(candidate)
            hitting.block(candidate)
            continue
        correction = _correction(solver, keys, candidate)
        if not correction:
            break
        hitting.meet(correction)
    place = {key: index for index, key in enumerate(keys)}
    conflicts.sort(key=lambda core: (len(core), [place[key] for key in core]))
    return tuple(frozenset(core) for core in conflicts)


def _correction(solver: _Solver, keys: tuple[str, ...], candidate: tuple[str, ...]) -> tuple[str, ...]:
    """What must go when `candidate` and as much as possible beside it is kept."""
    kept = dict.fromkeys(candidate)
    waiting = [key for key in keys if key not in kept]
    doubtful = []
    while core := solver.conflicts_among((*kept, *waiting)):
        clashing = [key for key in waiting if key in core]
        waiting.remove(clashing[-1])
        if len(clashing) > 1:
            # It clashes with others that wait, not with what is kept: it may come back when they are gone.
            doubtful.append(clashing[-1])
    kept.update(dict.fromkeys(waiting))
    for key in doubtful:
        if not solver.conflicts_among((*kept, key)):
            kept[key] = None
    return tuple(key for key in keys if key not in kept)


class _HittingSets:
    """Smallest sets that meet every correction and contain no known conflict."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.solver = z3.Solver()
        self.chosen = {key: z3.Bool(f"h{index}") for index, key in enumerate(keys)}
        self.size = 1

    def meet(self, correction: tuple[str, ...]) -> None:
        self.solver.add(z3.Or(*(self.chosen[key] for key in correction)))

    def block(self, conflict: tuple[str, ...]) -> None:
        self.solver.add(z3.Or(*(z3.Not(self.chosen[key]) for key in conflict)))

    def smallest(self) -> tuple[str, ...] | None:
        """The next candidate; sizes only grow, since conditions are only added."""
        while self.size <= len(self.chosen):
            self.solver.push()
            self.solver.add(z3.AtMost(*self.chosen.values(), self.size))
            found = self.solver.check() == z3.sat
            model = self.solver.model() if found else None
            self.solver.pop()
            if model is not None:
                return tuple(key for key, switch in self.chosen.items() if z3.is_true(model[switch]))
            self.size += 1
        return None


def _choices(system: System) -> _Choices:
    """A switch for every unit of every choice."""
    found = dict.fromkeys(
        (reading.choice, reading.unit) for readings in system.stated.values() for reading in readings if reading.choice
    )
    return {pair: f"c{index}" for index, pair in enumerate(found)}


def _declared(choices: _Choices) -> list[str]:
    """The switches, at most one of each choice on."""
    lines = [f"(declare-const {name} Bool)" for name in choices.values()]
    for (one, name), (other, rival) in itertools.combinations(choices.items(), 2):
        if one[0] == other[0]:
            lines.append(f"(assert (not (and {name} {rival})))")
    return lines


def _any_of(
    readings: tuple[Alternative, ...], names: Mapping[Quantity, str], choices: _Choices, scale: str = ""
) -> str:
    written = []
    for reading in readings:
        lines = [line for bound in reading.bounds for line in _written(bound, names, scale)]
        chosen = [choices[reading.choice, reading.unit]] if reading.choice else []
        written.append("(and true " + " ".join((*chosen, *lines)) + ")")
    return "(or " + " ".join(written) + ")"


def _written(bound: Bound, names: Mapping[Quantity, str], scale: str = "") -> list[str]:
    """The bound in the solver's own notation, which it reads far faster than objects are built."""
    total = "(+ 0.0 " + " ".join(f"(* {_number(weight)} {names[quantity]})" for quantity, weight in bound.terms) + ")"
    ends = ((">=", bound.low), ("<=", bound.high))
    size = _size(bound.terms[0][0])
    return [f"({sign} {total} {_times(end / size, scale)})" for sign, end in ends if end is not None]


def _size(quantity: Quantity) -> int:
    """The unit in which the solver counts a quantity: its rationals are fast while they fit a machine word."""
    return 1 if quantity.unit == "fraction" else 10**9


def _times(value: Fraction, scale: str) -> str:
    return f"(* {_number(value)} {scale})" if scale else _number(value)


def _number(value: Fraction) -> str:
    sign, size = ("(- {})", -value) if value < 0 else ("{}", value)
    return sign.format(f"(/ {size.numerator}.0 {size.denominator}.0)")


# ── implied ranges ──────────────────────────────────────────────────────────────────────────────


def _range(system: System, top: Amount, bottom: Amount) -> Interval | None:
    """The range of a quotient of sums: the system is scaled so that the denominator is 1, or −1 for a deficit."""
    ways = (1, -1) if any(sign < 0 for _, sign in bottom) else (1,)
    lows = [_extreme(system, top, bottom, way, largest=False) for way in ways]
    highs = [_extreme(system, top, bottom, way, largest=True) for way in ways]
    found = [end for end in (*lows, *highs) if end is not None]
    return Interval(min(found), max(found)) if found else None


def _extreme(system: System, top: Amount, bottom: Amount, sign: int, *, largest: bool) -> float | None:
    named = dict.fromkeys((*system.quantities, *(quantity for quantity, _ in (*top, *bottom))))
    names = {quantity: f"q{index}" for index, quantity in enumerate(named)}
    lines = ["(declare-const scale Real) (assert (>= scale 0))"]
    lines += [f"(declare-const {name} Real) (assert (>= {name} 0))" for name in names.values()]
    lines += [f"(assert {line})" for bound in system.relations for line in _written(bound, names, "scale")]
    choices = _choices(system)
    lines += _declared(choices)
    lines += [f"(assert {_any_of(readings, names, choices, 'scale')})" for readings in system.stated.values()]
    optimizer = z3.Optimize()
    optimizer.set("timeout", _PATIENCE)
    optimizer.from_string("\n".join(lines))
    optimizer.add((_signed(bottom, names) if bottom else z3.Real("scale")) == sign)
    goal = sign * _signed(top, names)
    handle = optimizer.maximize(goal) if largest else optimizer.minimize(goal)
    if optimizer.check() != z3.sat:
        return None
    found = _as_float(optimizer.upper(handle) if largest else optimizer.lower(handle))
    return found if bottom else found * _size(top[0][0])


def _signed(amount: Amount, names: Mapping[Quantity, str]) -> Any:
    return z3.Sum([sign * z3.Real(names[quantity]) for quantity, sign in amount])


def _as_float(value: Any) -> float:
    if z3.is_rational_value(value) or z3.is_int_value(value):
        return float(Fraction(value.as_string()))
    return -math.inf if str(value).startswith("-") else math.inf
