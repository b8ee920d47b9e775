"""Identities between statements: which of them cannot all hold, by what arithmetic, mended by how little.

Growth links levels, parts add up, shares grow as their part grows relative to the whole, the months of
a year sum to it, and a currency is another times its rate. All of these are linear in the quantities
behind the figures, once each figure is an interval; so one exact solver covers them all, and a
contradiction is a provably smallest set of statements. What the others imply for each is its explanation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from amur.claims.amounts import WORLD, Statement, base_of
from amur.claims.conflict import System, components
from amur.claims.relations import CURRENCY, PARTNER, PRODUCT, TIME, Rates, joined, no_rates
from amur.claims.repair import Repair, Trouble, implied, implied_in_each, sharpest, smallest_repairs
from amur.claims.stand_ins import stand_ins
from amur.intervals import Interval

Identity = Literal[
    "weighted growth",
    "growth of a share",
    "growth and levels",
    "one base, several growth rates",
    "year to date",
    "parts and total",
    "part of a whole",
    "conversion",
    "ratio",
    "one amount, two figures",
]

# Larger conflicts exist, but no reader can check one with more figures in it than this.
_LARGEST = 5


@dataclass(frozen=True)
class Implication:
    """What all the other statements of a conflict imply for one of them."""

    key: str
    stated: Interval
    implied: Interval | None


@dataclass(frozen=True)
class Conflict:
    """A smallest set of statements that cannot all hold, and every repair of the least cost."""

    members: tuple[Statement, ...]
    identity: Identity
    implications: tuple[Implication, ...]
    repairs: tuple[Repair, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The statements in it, data and borrowed weights included."""
        return tuple(item.key for item in self.members)

    @property
    def claims(self) -> tuple[str, ...]:
        """The keys of what is claimed: those in it and those behind a borrowed weight."""
        said = [item.key for item in self.members if not item.given]
        behind = [key for item in self.members for key in item.assumes]
        return tuple(dict.fromkeys((*said, *behind)))


@dataclass(frozen=True)
class Found:
    """Conflicts, few statements first; `complete` says that there are no others."""

    conflicts: tuple[Conflict, ...]
    complete: bool = True


class Web:
    """Statements joined by every identity that connects them."""

    def __init__(self, statements: Iterable[Statement], *, rates: Rates = no_rates) -> None:
        """Join the statements, and weights borrowed where growth of a whole and its parts needs them.

        Where data contradict each other, whatever is claimed, the least certain of them are left out.
        """
        said = tuple({item.key: item for item in statements}.values())
        self.rates = rates
        every = {item.key: item for item in (*said, *stand_ins(said))}
        data = [item for item in every.values() if item.given]
        believed = {item.key for item in _agreeing(data, rates)}
        self.statements: Mapping[str, Statement] = {
            key: item for key, item in every.items() if key in believed or not item.given
        }

    @cached_property
    def systems(self) -> tuple[System, ...]:
        """The statements as bounds on quantities, in parts that do not touch each other."""
        return components(*joined(tuple(self.statements.values()), rates=self.rates))

    def conflicts(self, *, limit: int = 8) -> tuple[Conflict, ...]:
        """The smallest conflicts with two claims or more, each with its smallest repairs; few statements first."""
        return self.found(limit=limit).conflicts

    def found(
        self, *, limit: int = 8, most: int | None = None, known: Mapping[frozenset[str], Conflict] | None = None
    ) -> Found:
        """The smallest conflicts: at most `limit` in each system, and `most` beside those that are `known`.

        A larger conflict that holds the culprit of a smaller one says nothing new and is left out.
        """
        # Nobody contradicts himself with one figure.
        several = (system for system in self.systems if len(system.stated) > 1)
        by_system = [system.cores(limit=limit, largest=_LARGEST, most=most) for system in several]
        cores = tuple(core for found in by_system for core in found.sets)
        troubled = frozenset(key for core in cores for key in core)
        told: dict[frozenset[str], Conflict] = {}
        left = len(cores) if most is None else most
        for found in by_system:
            culprits: dict[str, int] = {}
            for core in found.sets:
                claimed = sum(not self.statements[key].given for key in core)
                if claimed < 2 or any(culprits.get(key, len(core)) < len(core) for key in core):
                    continue
                conflict = (known or {}).get(core)
                if conflict is None:
                    if not left:
                        return Found(_fewest_first(told), complete=False)
                    left -= 1
                    conflict = self._conflict(core, cores, troubled)
                told[core] = conflict
                if len(conflict.repairs) == 1:
                    culprits.update((key, len(core)) for key, _ in conflict.repairs[0].edits if key not in culprits)
        return Found(_fewest_first(told), all(found.complete for found in by_system))

    def implied(self, key: str, *, by: Iterable[str] | None = None) -> Interval | None:
        """The range that other statements (all by default) imply for the figure of `key`."""
        others = [item for item in self.statements.values() if item.key != key and (by is None or item.key in by)]
        return implied(self.statements[key], others, rates=self.rates)

    def _conflict(self, core: frozenset[str], cores: tuple[frozenset[str], ...], troubled: frozenset[str]) -> Conflict:
        members = tuple(item for key, item in self.statements.items() if key in core)
        beside = [
            item
            for item in self.statements.values()
            if item.key not in core and any(_akin(item, member) for member in members)
        ]
        spans = {item.key: implied_in_each(item, _others(item, members), rates=self.rates) for item in members}
        trouble = Trouble(
            members=members,
            around=tuple(item for item in beside if item.key not in troubled),
            beside=tuple(beside),
            spans=spans,
            cores=cores,
            rates=self.rates,
        )
        return Conflict(
            members=members,
            identity=name_identity(members, rates=self.rates),
            implications=tuple(Implication(item.key, item.interval, sharpest(spans[item.key])) for item in members),
            repairs=smallest_repairs(trouble),
        )


def _fewest_first(told: Mapping[frozenset[str], Conflict]) -> tuple[Conflict, ...]:
    return tuple(sorted(told.values(), key=lambda item: len(item.keys)))


def _agreeing(data: Sequence[Statement], rates: Rates) -> list[Statement]:
    """The data without those that contradict others: a borrowed weight goes first, then the widest range."""
    kept = list(data)
    while len(kept) > 1:
        clashing = System(*joined(kept, rates=rates)).smallest_conflicts(limit=1)
        if not clashing:
            break
        kept.remove(max((item for item in kept if item.key in clashing[0]), key=_doubt))
    return kept


def _doubt(datum: Statement) -> tuple[bool, float]:
    """How uncertain a datum is, next to others."""
    span = datum.interval
    return bool(datum.assumes), span.width / (abs(span.low) + abs(span.high) or 1.0)


def _akin(one: Statement, other: Statement) -> bool:
    """Whether two statements are on one kind of amount of one pair, or of one country with the world."""
    places = [{item.figure.subject, item.figure.object} for item in (one, other)]
    world = any(WORLD in named for named in places)
    return one.kind == other.kind and (places[0] == places[1] or (world and bool((places[0] & places[1]) - {WORLD})))


def _others(item: Statement, members: Sequence[Statement]) -> list[Statement]:
    return [other for other in members if other is not item]


# ── naming ──────────────────────────────────────────────────────────────────────────────────────


def name_identity(members: Sequence[Statement], *, rates: Rates = no_rates) -> Identity:
    """The identity that a smallest conflict breaks, from the relations that it needs and what it joins."""
    kinds = [item.relation for item in members if not item.assumes]
    grown = kinds.count("growth")
    if set(kinds) == {"level"}:
        return _name_of_levels(members, rates)
    if any(item.assumes for item in members) or _are_legs([item for item in members if item.relation == "growth"]):
        return "weighted growth"
    if ({"share", "growth"} <= set(kinds)) or "share change" in kinds:
        return "growth of a share"
    if grown and "level" in kinds:
        return "one base, several growth rates" if grown > 1 else "growth and levels"
    return "ratio" if {"ratio", "share"} & set(kinds) else "one amount, two figures"


def _are_legs(rates: Sequence[Statement]) -> bool:
    """Whether growth rates are those of a whole and its parts, all over one span."""
    spans = {(item.figure.period, base_of(item.figure)) for item in rates if item.figure.period}
    return len(rates) > 2 and len(spans) == 1 and len({item.figure.flow for item in rates}) > 1


def _name_of_levels(members: Sequence[Statement], rates: Rates) -> Identity:
    def needed(name: str) -> bool:
        stated, held = joined(members, rates=rates)
        return System(stated, tuple(bound for bound in held if bound.name != name)).consistent()

    if needed(CURRENCY):
        return "conversion"
    if needed(TIME):
        return "year to date"
    if needed(PRODUCT) or needed(PARTNER):
        return "part of a whole"
    flows = {item.figure.flow for item in members}
    return "parts and total" if len(flows) > 1 else "one amount, two figures"
