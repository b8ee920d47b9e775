"""Which statements cannot all hold: provably smallest sets, and the range that statements imply.

Everything is linear over positive rationals, so the solver's answers are exact. The smallest sets are
found by the duality of conflicts and corrections: a smallest set of statements that meets every known
correction (a set whose removal restores consistency) is either itself a conflict, and then no smaller
one exists, or it shows a new correction. Looking for a correction, each statement that clashes with
those before it shows a minimal conflict as well, so that where nearly all figures contradict each other
a few looks are enough.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import z3

from amur.claims.amounts import Alternative, Amount, Bound, Quantity, spoken_of
from amur.intervals import Interval

_Choices = Mapping[tuple[str, str], str]

# Milliseconds for one question to the solver: linear systems of this size take well below one.
_PATIENCE = 2000
# What the search for the smallest conflicts of a system may cost: its questions, each times the statements in the
# system, and the sets that it tries for the next question.
_MOST_WORK = 6_000
_MOST_TRIES = 20_000
# A single rate of exchange is a pair of bounds, which cannot contradict each other.
_BOUNDS_OF_A_RATE = 2
# No conflict between statements is smaller.
_PAIR = 2
# How many times what is told is enough not to look for smaller ones; among more statements than `_MANY`, once.
_PLENTY = 2
_MANY = 48


@dataclass(frozen=True)
class Cores:
    """Minimal conflicting sets, smallest first; `complete` says that none smaller is left out."""

    sets: tuple[frozenset[str], ...] = ()
    complete: bool = True


@dataclass(frozen=True)
class System:
    """Statements by key, each with its readings, and relations that hold whatever is said."""

    stated: Mapping[str, tuple[Alternative, ...]]
    relations: tuple[Bound, ...] = ()

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """Every quantity that is spoken of, in the order of first mention."""
        return tuple(dict.fromkeys((*spoken_of(self.stated.values()), *_in_bounds(self.relations))))

    @cached_property
    def sound(self) -> System:
        """The same without relations that contradict each other, whatever is said: the least certain datum goes first.

        Definitions (a year is its months) cannot contradict each other; measured rates of exchange can.
        """
        if sum(bound.doubt > 0 for bound in self.relations) <= _BOUNDS_OF_A_RATE:
            return self
        held = {str(index): bound for index, bound in enumerate(self.relations)}
        solver = _Solver(System({name: (Alternative((bound,)),) for name, bound in held.items()}))
        while core := solver.smallest_within(tuple(held)):
            worst = held[max(core, key=lambda name: (held[name].doubt, int(name)))]
            held = {name: bound for name, bound in held.items() if not _is_same_datum(bound, worst)}
        return self if len(held) == len(self.relations) else System(self.stated, tuple(held.values()))

    def consistent(self, keys: Iterable[str] | None = None) -> bool:
        """Whether the statements of `keys` (all by default) can hold at once."""
        return not _Solver(self).conflicts_among(self.stated if keys is None else keys)

    def conflict_among(self, keys: Iterable[str]) -> tuple[str, ...]:
        """A conflicting subset of the statements of `keys`, not yet minimal; empty where they can hold at once."""
        return _Solver(self).conflicts_among(keys)

    def smallest_conflicts(self, *, limit: int = 12, largest: int | None = None) -> tuple[frozenset[str], ...]:
        """The minimal conflicting sets, smallest first: at most `limit`, none with more than `largest` members."""
        return self.cores(limit=limit, largest=largest).sets

    def cores(self, *, limit: int = 12, largest: int | None = None, most: int | None = None) -> Cores:
        """The smallest conflicts as in `smallest_conflicts`; where there are plenty, the first `most` of the text."""
        return _Search(self, largest or len(self.stated)).cores(limit, max(limit, most or 0))

    def implied(self, top: Amount, bottom: Amount = (), *, keys: Iterable[str] | None = None) -> Interval | None:
        """The range of `top`, or of top / bottom, under the statements of `keys`; None if these conflict."""
        chosen = {key: self.stated[key] for key in (self.stated if keys is None else keys)}
        system = System(chosen, self.relations)
        span = _range(system, top, bottom)
        return _range(system.sound, top, bottom) if span is None and system.sound is not system else span


def _in_bounds(bounds: Iterable[Bound]) -> Iterable[Quantity]:
    return (quantity for bound in bounds for quantity, _ in bound.terms)


def _is_same_datum(one: Bound, other: Bound) -> bool:
    """Whether two bounds are the two ends of one relation."""
    return one.name == other.name and {q for q, _ in one.terms} == {q for q, _ in other.terms}


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
        self.asked = 0
        self._load(system)

    def _load(self, system: System) -> None:
        self.system = system
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
        # To derive bounds ahead of need costs more here than it saves.
        self.solver.set("arith.propagation_mode", 0)
        self.solver.from_string("\n".join(lines))
        self.switches = {key: z3.Bool(name) for key, name in switched.items()}
        self.keys = {switch.get_id(): key for key, switch in self.switches.items()}

    def conflicts_among(self, keys: Iterable[str]) -> tuple[str, ...]:
        """A conflicting subset, not yet minimal; empty where the statements can all hold."""
        chosen = tuple(keys)
        core = self._core(chosen)
        if core is not None and not core and self.system.sound is not self.system:
            # The relations contradict each other with no statement: without that the statements may hold or not.
            self._load(self.system.sound)
            core = self._core(chosen)
        return core or ()

    def smallest_within(self, keys: Iterable[str]) -> tuple[str, ...]:
        """A minimal conflict within the statements, the earlier ones rather than the later; empty where they hold."""
        core = self.conflicts_among(keys)
        for key in reversed(core):
            if key in core and len(core) > 1:
                core = self.conflicts_among(other for other in core if other != key) or core
        return core

    def _core(self, chosen: tuple[str, ...]) -> tuple[str, ...] | None:
        """The statements that the proof of a contradiction uses; None where there is no such proof."""
        self.asked += 1
        context, solver = self.solver.ctx.ref(), self.solver.solver
        # The switches are of the right sort and need no cast one by one.
        on = (z3.Ast * len(chosen))(*(self.switches[key].as_ast() for key in chosen))
        # An unknown answer (out of patience) is not a conflict: only a proof counts.
        if z3.Z3_solver_check_assumptions(context, solver, len(chosen), on) != z3.Z3_L_FALSE:
            return None
        switches: Any = self.solver.unsat_core()
        core = {self.keys[switch.get_id()] for switch in switches}
        return tuple(key for key in chosen if key in core)


# ── the search ──────────────────────────────────────────────────────────────────────────────────


class _Search:
    """The search for minimal conflicts of one system; sets of statements are the bits of a number, in their order."""

    def __init__(self, system: System, largest: int) -> None:
        self.solver = _Solver(system)
        self.keys = tuple(system.stated)
        self.bits = {key: 1 << index for index, key in enumerate(self.keys)}
        self.every = (1 << len(self.keys)) - 1
        self.largest = largest
        self.conflicts: list[int] = []
        self.corrections: list[int] = []
        self.tries = 0

    def cores(self, limit: int, most: int) -> Cores:
        """The `limit` smallest conflicts; where there are plenty, the first `most` that the text runs into."""
        plenty = self._read_on(limit, most)
        complete = not plenty and self._completed(limit)
        told = [one for one in self.conflicts if one.bit_count() <= self.largest]
        if plenty:
            told = told[:most]
        told.sort(key=lambda one: (one.bit_count(), [index for index in range(len(self.keys)) if one >> index & 1]))
        return Cores(tuple(frozenset(self._named(one)) for one in told[: most if plenty else limit]), complete)

    def _count(self, size: int) -> int:
        """How many conflicts of at most that many statements are known."""
        return sum(one.bit_count() <= size for one in self.conflicts)

    def _read_on(self, limit: int, most: int) -> bool:
        """Take up one statement after the other, but none that clashes with those before; True for plenty of clashes.

        A proof of a contradiction in all that waits says up to where to read before the next clash at the latest.
        """
        kept, waiting = 0, self.every
        while waiting:
            ahead = waiting
            while core := self._known_within(kept | ahead) or self._asked(kept | ahead):
                ahead &= (1 << (core.bit_length() - 1)) - 1
            kept |= ahead
            waiting &= ~ahead
            if waiting:
                # The first that waits now clashes with what is kept.
                clashing = waiting & -waiting
                waiting ^= clashing
                self._clash(kept | clashing)
                if self._is_plenty(limit) and self._count(self.largest) > most:
                    break
        if self.conflicts:
            self.corrections.append(self.every & ~kept)
        return self._is_plenty(limit)

    def _is_plenty(self, limit: int) -> bool:
        """Whether so many conflicts are known that no smaller ones need be sought."""
        enough = limit if len(self.keys) > _MANY else _PLENTY * limit
        return self._count(_PAIR) > limit or self._count(self.largest) > enough

    def _completed(self, limit: int) -> bool:
        """Look for the smallest other conflicts up to `limit`; False where there are too many sets to try."""
        size = 1
        while self.conflicts and size <= self.largest and self._count(size) < limit:
            candidate = self._meeting_all(size)
            if candidate is None:
                size += 1
            elif not self._clash(candidate):
                self.corrections.append(self._correction(candidate))
            if self.solver.asked * len(self.keys) > _MOST_WORK or self.tries > _MOST_TRIES:
                return False
        return True

    def _named(self, chosen: int) -> tuple[str, ...]:
        return tuple(key for key, bit in self.bits.items() if chosen & bit)

    def _known_within(self, chosen: int) -> int:
        """A known conflict within the statements; 0 for none."""
        return next((one for one in self.conflicts if not one & ~chosen), 0)

    def _asked(self, chosen: int) -> int:
        """A conflict within the statements, not yet minimal; 0 for none."""
        return sum(self.bits[key] for key in self.solver.conflicts_among(self._named(chosen)))

    def _clash(self, chosen: int) -> int:
        """A minimal conflict within the statements: a known one, or else one to be known from now on; 0 for none."""
        known = self._known_within(chosen)
        if known:
            return known
        found = sum(self.bits[key] for key in self.solver.smallest_within(self._named(chosen)))
        if found:
            self.conflicts.append(found)
        return found

    def _correction(self, candidate: int) -> int:
        """What must go when `candidate` and as much as possible beside it is kept, the later statement first."""
        kept, gone = self.every, 0
        while clash := self._clash(kept):
            last = 1 << ((clash & ~candidate).bit_length() - 1)
            kept, gone = kept ^ last, gone | last
        # What clashed with a statement that went later on may come back.
        for bit in self.bits.values():
            if gone & bit and not self._clash(kept | bit):
                kept |= bit
        return self.every & ~kept

    def _meeting_all(self, size: int) -> int | None:
        """A set of that many statements that meets every correction and holds no known conflict; None for none."""
        return self._extended(0, 0, size)

    def _extended(self, chosen: int, barred: int, left: int) -> int | None:
        """The set with at most `left` more of those that are not barred."""
        self.tries += 1
        open_ones = [one & ~barred for one in self.corrections if not one & chosen]
        if not open_ones:
            return chosen
        if _disjoint(open_ones) > left or self.tries > _MOST_TRIES:
            return None
        if left == 1:
            # The last one must meet them all.
            narrowest = self.every
            for one in open_ones:
                narrowest &= one
        else:
            narrowest = min(open_ones, key=int.bit_count)
        for bit in _bits(narrowest):
            more = chosen | bit
            if not any(not one & ~more for one in self.conflicts):
                found = self._extended(more, barred, left - 1)
                if found is not None:
                    return found
            barred |= bit
        return None


def _bits(chosen: int) -> Iterator[int]:
    """The members of a set, each as a set of its own, in their order."""
    while chosen:
        first = chosen & -chosen
        yield first
        chosen ^= first


def _disjoint(sets: Sequence[int]) -> int:
    """How many sets at least it takes to meet all: those that share nothing, counted from the smallest."""
    met, count = 0, 0
    for one in sorted(sets, key=int.bit_count):
        if not one & met:
            met |= one
            count += 1
    return count


def _choices(system: System) -> _Choices:
    """A switch for every unit of every choice."""
    found = dict.fromkeys(
        (reading.choice, reading.unit) for readings in system.stated.values() for reading in readings if reading.choice
    )
    return {pair: f"c{index}" for index, pair in enumerate(found)}


def _declared(choices: _Choices) -> list[str]:
    """The switches, at most one of each choice on."""
    lines = [f"(declare-const {name} Bool)" for name in choices.values()]
    rivals: dict[str, list[str]] = {}
    for (choice, _), name in choices.items():
        lines += [f"(assert (not (and {other} {name})))" for other in rivals.setdefault(choice, [])]
        rivals[choice].append(name)
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
    found = [end for way in ways for end in _extremes(system, top, bottom, way)]
    return Interval(min(found), max(found)) if found else None


def _extremes(system: System, top: Amount, bottom: Amount, sign: int) -> tuple[float, ...]:
    """The least and the largest quotient, where `bottom` is of this sign; nothing where the statements conflict."""
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
    # Each end by itself.
    optimizer.set("priority", "box")
    optimizer.from_string("\n".join(lines))
    optimizer.add((_signed(bottom, names) if bottom else z3.Real("scale")) == sign)
    goal = sign * _signed(top, names)
    ends = (optimizer.minimize(goal), optimizer.maximize(goal))
    if optimizer.check() != z3.sat:
        return ()
    size = 1 if bottom else _size(top[0][0])
    return _as_float(optimizer.lower(ends[0])) * size, _as_float(optimizer.upper(ends[1])) * size


def _signed(amount: Amount, names: Mapping[Quantity, str]) -> Any:
    return z3.Sum([sign * z3.Real(names[quantity]) for quantity, sign in amount])


def _as_float(value: Any) -> float:
    if z3.is_rational_value(value) or z3.is_int_value(value):
        return float(Fraction(value.as_string()))
    return -math.inf if str(value).startswith("-") else math.inf
