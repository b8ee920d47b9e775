"""The smallest edits of a conflict's statements that let all of them hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations, permutations

from amur.arithmetic import convert
from amur.claims.amounts import ANY, Quantity, Statement, sides
from amur.claims.conflict import System
from amur.claims.edits import Edit, edits
from amur.claims.relations import Rates, joined, no_rates, units_of
from amur.errors import AmurError
from amur.figures import Figure
from amur.intervals import Interval

# A repair must be open to contradiction: where the other statements leave this much room, relative to
# the value, moving a figure there only takes it out of reach.
_CHECKABLE = 0.5
# Edits that leave all but the value of a figure as it is.
_OF_A_VALUE = frozenset({"values", "digits", "sign", "scale", "rate"})
# What turning exact ranges into floats adds to a value.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Repair:
    """A way to make a conflict go away: the edit of each statement that it touches."""

    kind: str
    edits: tuple[tuple[str, Edit], ...]

    @property
    def cost(self) -> int:
        """One for each slip; an exchange of two values is one slip."""
        return self.edits[0][1].cost


def implied(statement: Statement, others: Sequence[Statement], *, rates: Rates = no_rates) -> Interval | None:
    """The range that `others` leave for the figure of `statement`; None where they contradict each other.

    A rate without a currency is tried in each that is in use; the one that says most counts.
    """
    return sharpest(implied_in_each(statement, others, rates=rates))


def implied_in_each(
    statement: Statement, others: Sequence[Statement], *, rates: Rates = no_rates
) -> tuple[Interval | None, ...]:
    """The range that `others` leave for the figure of `statement`, in each unit in which it may be read."""
    units = units_of((*others, statement))[statement.key]
    return tuple(_implied_in(unit, statement, others, rates) for unit in units)


def sharpest(spans: Iterable[Interval | None]) -> Interval | None:
    """The narrowest of some ranges, of which any may be unknown."""
    return min((span for span in spans if span is not None), key=lambda span: span.width, default=None)


def _implied_in(unit: str, statement: Statement, others: Sequence[Statement], rates: Rates) -> Interval | None:
    left, right = sides(statement, unit)
    held = System(*joined(others, about=(statement, unit), rates=rates))
    if statement.relation in ("change", "share change"):
        return held.implied((*left, *((quantity, -sign) for quantity, sign in right)))
    span = held.implied(left, right)
    return span - 1.0 if span is not None and statement.relation == "growth" else span


@dataclass(frozen=True)
class Trouble:
    """A smallest conflict and what it stands among.

    `around` are statements in no conflict: a repair may not contradict them. `beside` are all other statements:
    a member's value may stand in the place of one of them. `spans` are the ranges that the other members leave
    for each, in each unit; `cores` are other smallest conflicts.
    """

    members: tuple[Statement, ...]
    around: tuple[Statement, ...] = ()
    beside: tuple[Statement, ...] = ()
    spans: Mapping[str, Sequence[Interval | None]] = field(default_factory=dict)
    cores: tuple[frozenset[str], ...] = ()
    rates: Rates = no_rates

    @cached_property
    def every(self) -> Mapping[str, Statement]:
        """All statements of it by key."""
        return {item.key: item for item in (*self.beside, *self.members)}

    @cached_property
    def _stuck(self) -> frozenset[str]:
        """A conflict among what stands around; empty for none."""
        return frozenset(
            System(*joined((*self.members, *self.around), rates=self.rates)).conflict_among(
                item.key for item in self.around
            )
        )

    def is_stuck(self, repair: Repair) -> bool:
        """Whether what stands around cannot hold in itself, whatever the repair does."""
        stuck = self._stuck
        if not stuck or not stuck.isdisjoint(key for key, _ in repair.edits):
            return False
        # Other places and periods may have a rate without a currency read in further ones.
        return repair.kind in _OF_A_VALUE or all(ANY not in self.every[key].units for key in stuck)

    def may_hold(self, repair: Repair) -> bool:
        """Whether the members may hold with a repaired value, as far as what each implies for the others says."""
        (key, edit), *exchanged = repair.edits
        spans = self.spans.get(key, ())
        if edit.kind not in _OF_A_VALUE or not spans or None in spans:
            return True
        if exchanged:
            other = exchanged[0][0]
            units = units_of(self.members)
            beside = units_of((*self.members, self.every[other]))
            if other in self.spans or any(beside[item.key] != units[item.key] for item in self.members):
                return True
        stated = replace(self.every[key], figure=edit.figure).interval
        room = _ROUNDING * (1 + abs(edit.figure.value))
        return any(span is not None and span.widen(room).overlaps(stated) for span in spans)


def smallest_repairs(trouble: Trouble) -> tuple[Repair, ...]:
    """All repairs of the least cost after which the members and what stands around them hold together.

    Where no slip explains the conflict, a claim is taken back.
    """
    best: list[Repair] = []
    seen: set[object] = set()
    members, rates = trouble.members, trouble.rates
    candidates = (*_exchanges(members, trouble.beside), *_slips(members), *_conversions(members, rates))
    for repair in sorted(candidates, key=lambda item: item.cost):
        if best and repair.cost > best[0].cost:
            break
        outcome = tuple((key, _outcome(edit.figure)) for key, edit in repair.edits)
        if outcome in seen:
            continue
        seen.add(outcome)
        if trouble.may_hold(repair) and _mends(repair, trouble):
            best.append(repair)
    return tuple(best) or _withdrawals(trouble)


def _outcome(figure: Figure) -> object:
    where = (figure.subject, figure.object, figure.flow, figure.period, figure.base_period)
    return (*where, figure.currency, figure.value)


def _exchanges(members: Sequence[Statement], beside: Sequence[Statement]) -> Iterator[Repair]:
    """Values of two statements the other way round, at least one of them in the conflict."""
    claims = [item for item in members if _open(item)]
    for one, other in (*combinations(claims, 2), *((one, other) for one in claims for other in beside)):
        if one.key != other.key and _open(other) and _alike(one, other):
            yield Repair("values", ((one.key, _given(one, other)), (other.key, _given(other, one))))


def _open(statement: Statement) -> bool:
    """Whether a statement may be wrong: it is no data, nor borne out by them."""
    return not (statement.given or statement.firm)


def _given(one: Statement, other: Statement) -> Edit:
    """One statement's figure with the value of another."""
    return Edit("values", _with_value(one.figure, other.figure), one.figure.value, other.figure.value)


def _alike(one: Statement, other: Statement) -> bool:
    """Whether two values could have been mixed up: same kind and unit, same release, rates over the same span."""
    same = one.relation == other.relation and one.figure.unit == other.figure.unit and one.series == other.series
    spans = [(item.figure.period, item.figure.base_period) for item in (one, other)]
    return same and one.figure.value != other.figure.value and (one.relation == "level" or spans[0] == spans[1])


def _slips(members: Sequence[Statement]) -> Iterator[Repair]:
    for item in members:
        if _open(item):
            yield from (Repair(edit.kind, ((item.key, edit),)) for edit in edits(item.figure, relation=item.relation))


def _conversions(members: Sequence[Statement], rates: Rates) -> Iterator[Repair]:
    """An amount converted anew from the one in the other currency, at the mean rate of its period."""
    for source, other in permutations([item for item in members if item.relation == "level"], 2):
        figure, period = other.figure, other.figure.period
        if not _open(other) or period is None or not figure.currency or figure.currency == source.figure.currency:
            continue
        rate = rates(source.figure.currency, figure.currency, period)
        if rate is not None:
            converted = convert(source.figure, rate, figure.currency)
            after = replace(figure, value=converted.value, low=converted.low, high=converted.high, printed="")
            kind = converted.interval_kind
            yield Repair("rate", ((other.key, Edit("rate", replace(after, interval_kind=kind), figure.value, rate)),))


def _with_value(figure: Figure, source: Figure) -> Figure:
    return replace(
        figure,
        value=source.value,
        low=source.low,
        high=source.high,
        interval_kind=source.interval_kind,
        printed=source.printed,
    )


def _mends(repair: Repair, trouble: Trouble) -> bool:
    """Whether the edited statements hold with all others, which could have contradicted them."""
    figures = {key: edit.figure for key, edit in repair.edits}
    rates = trouble.rates
    try:
        involved = {item.key: item for item in trouble.members} | {key: trouble.every[key] for key in figures}
        edited = [replace(item, figure=figures.get(item.key, item.figure)) for item in involved.values()]
        around = [item for item in trouble.around if item.key not in involved]
        inside = {item.key for item in trouble.members}
        touched = [item for item in edited if item.key in figures and item.key in inside]
        if not all(_connected(item, (*edited, *around)) for item in touched) or not _hold(edited, rates):
            return False
        if around and (trouble.is_stuck(repair) or not _hold((*edited, *around), rates)):
            return False
        return all(_checkable(item, [*_others(item, edited), *_near(item, around)], rates) for item in touched)
    except AmurError:
        # An edit may lead out of what can be computed, such as before the first calendar year.
        return False


def _hold(statements: Sequence[Statement], rates: Rates) -> bool:
    return System(*joined(statements, rates=rates)).consistent()


def _connected(statement: Statement, members: Sequence[Statement]) -> bool:
    """Whether other members speak of all that the statement speaks of, at least at overlapping times."""
    units = units_of(members)
    others = [quantity for item in members if item is not statement for quantity in _quantities(item, units[item.key])]
    return all(any(_meet(mine, other) for other in others) for mine in _quantities(statement, units[statement.key][:1]))


def _quantities(statement: Statement, units: Sequence[str]) -> list[Quantity]:
    return [quantity for unit in units for side in sides(statement, unit) for quantity, _ in side]


def _meet(one: Quantity, other: Quantity) -> bool:
    """Whether the same two places trade in both, in periods that share a day, whatever the product and unit."""
    if one.kind != other.kind or (one.source, one.target) != (other.source, other.target):
        return False
    return one.period is None or other.period is None or one.period.overlaps(other.period)


def _others(statement: Statement, members: Sequence[Statement]) -> list[Statement]:
    return [item for item in members if item is not statement]


def _near(statement: Statement, around: Sequence[Statement]) -> list[Statement]:
    """Those that speak of the same amounts as the statement."""
    units = units_of((*around, statement))
    mine = _quantities(statement, units[statement.key])
    return [
        item
        for item in around
        if any(_meet(one, other) for one in _quantities(item, units[item.key]) for other in mine)
    ]


def _checkable(statement: Statement, others: Sequence[Statement], rates: Rates) -> bool:
    """Whether the others leave the statement little room."""
    span = implied(statement, others, rates=rates)
    if span is None:
        return False
    size = 1.0 if statement.relation == "growth" else abs(statement.figure.value)
    return span.width <= _CHECKABLE * size


def _withdrawals(trouble: Trouble) -> tuple[Repair, ...]:
    """Each claim whose withdrawal lets all that is said hold; where none does, each claim of the conflict."""
    claims = [item for item in trouble.members if _open(item)]
    # Another conflict remains, whichever claim is taken back that it does not hold.
    alone = [item for item in claims if all(item.key in core for core in trouble.cores if core <= trouble.every.keys())]
    every = tuple(trouble.every.values())
    enough = [item for item in alone if _hold([other for other in every if other is not item], trouble.rates)]
    return tuple(
        Repair("withdraw", ((item.key, Edit("withdraw", item.figure, item.figure.value, "")),))
        for item in enough or claims
    )
