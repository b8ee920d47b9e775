"""Settling: claims set against each other, and verdicts that change when one of them must be wrong.

The data speak first. Then all figures are joined by their identities, once alone and once with the few
published figures that link them (the growth of a country's whole trade beside two shares of it). What
cannot hold together is a clash, with the verdict of those claims that its smallest repair touches.
Claims about trends, roles and currencies clash without numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from amur import arithmetic
from amur.claims.amounts import Statement, base_of, sides
from amur.claims.evidence import Knowledge
from amur.claims.identities import Conflict, Found, Implication, Web
from amur.claims.link import Link, Linked, stated
from amur.claims.pairs import pairs_of_a_kind
from amur.claims.repair import Repair, implied
from amur.claims.services import from_both_sides
from amur.claims.verdict import FIRSTHAND, Code, Judgement
from amur.errors import AmurError
from amur.figures import Figure
from amur.periods import Period

Judgements = Mapping[str, Judgement]

# Verdicts of the data that a clash does not change; a clash that explains a contradiction does.
_FIRM = frozenset(
    {
        "supported",
        "supported_only_for",
        "roles_swapped",
        "conversion",
        "different_concept",
        "not_an_outcome",
        "unit_confusion",
        "level_growth_confusion",
    }
)
_BORNE_OUT = ("supported", "supported_within_rounding")
_EXPLAINS = frozenset({"roles_swapped", "conversion", "mixed_currency"})
# How many statements are set against each other at once, and how many conflicts are told at most.
_STRETCH = 240
MOST_CONFLICTS = 60
_MIRRORED = {"exports": "imports", "imports": "exports"}


@dataclass(frozen=True)
class Clash:
    """Claims that cannot all be right: by which identity, with which arithmetic, mended by how little.

    `members` are the statements in it, data and borrowed weights included; they are empty for a clash of
    words. `figures` are further numbers that explain it, such as rates of exchange. `culprits` are the
    claims whose verdict it changes.
    """

    code: Code
    identity: str
    claims: tuple[str, ...]
    culprits: tuple[str, ...]
    members: tuple[Statement, ...] = ()
    implications: tuple[Implication, ...] = ()
    repairs: tuple[Repair, ...] = ()
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class Clashes:
    """The clashes of some texts; `complete` says that all were sought and told."""

    found: tuple[Clash, ...]
    complete: bool = True


def clashes(items: Sequence[Linked], usable: Sequence[Linked], judged: Judgements, knowledge: Knowledge) -> Clashes:
    """The clashes among the claims, of numbers no more than are told, and whether these are all."""
    said = [_anchored(item, judged) for item in distinct(stated(usable, readings_of(judged)))]
    by_key = {item.key: item for item in items}
    conflicts = _conflicts(said, knowledge)
    numeric = [
        _numeric(conflict, judged, knowledge)
        for conflict in conflicts.conflicts
        if not _only_revised(conflict)
        and not from_both_sides(
            by_key[one.key] for one in conflict.members if one.relation == "level" and one.key in by_key
        )
    ]
    return Clashes((*numeric, *_mixed_currencies(said), *_forecasts(items), *_markets(items)), conflicts.complete)


def _conflicts(said: Sequence[Statement], knowledge: Knowledge) -> Found:
    """Conflicts among the statements; in a text of many, among those that stand within a stretch of it.

    Stretches overlap by half, so that no two neighbours are parted, and time grows with the length of the text.
    """
    told: dict[frozenset[str], Conflict] = {}
    complete = True
    for start in range(0, max(1, len(said) - _STRETCH // 2), _STRETCH // 2):
        part = said[start : start + _STRETCH]
        web = Web([*part, *_linking_data(part, knowledge)], rates=knowledge.rates)
        found = web.found(most=MOST_CONFLICTS - len(told), known=told)
        told |= {frozenset(conflict.keys): conflict for conflict in found.conflicts}
        complete = complete and found.complete
        if len(told) >= MOST_CONFLICTS and not complete:
            break
    return Found(tuple(told.values()), complete)


def readings_of(judged: Judgements) -> dict[str, Link]:
    """The reading in which each claim is held against others: the one that the data bear out, where there is one."""
    return {key: _borne_out(one) for key, one in judged.items()}


def _anchored(statement: Statement, judged: Judgements) -> Statement:
    """A statement that published figures bear out is firm: no conflict is mended by changing it."""
    judgement = judged.get(statement.key)
    if judgement is None or judgement.code not in _BORNE_OUT or not judgement.evidence:
        return statement
    return replace(statement, firm=judgement.evidence[0].nature in FIRSTHAND)


def _only_revised(conflict: Conflict) -> bool:
    """Whether each claim of a conflict is as published: releases are revised, and the text is not to blame."""
    return all(item.given or item.firm for item in conflict.members)


def _borne_out(judgement: Judgement) -> Link:
    link, edit = judgement.link, judgement.edit
    if judgement.code != "supported_only_for" or edit is None or link.statement is None:
        return link
    return replace(link, statement=replace(link.statement, figure=edit.figure))


def resettled(judged: Judgements, found: Iterable[Clash]) -> dict[str, Judgement]:
    """The verdicts after the clashes: what the data settle stands, what they leave open follows the clash."""
    after = dict(judged)
    for clash in found:
        for key in clash.claims:
            if key not in after:
                continue
            before, others = after[key], tuple(other for other in clash.claims if other != key)
            if key in clash.culprits and _yields(before, clash):
                edit = next((edit for repair in clash.repairs for one, edit in repair.edits if one == key), before.edit)
                after[key] = replace(before, code=clash.code, edit=edit, detail=clash.identity, others=others)
            elif not before.others:
                after[key] = replace(before, others=others)
    return after


def _yields(before: Judgement, clash: Clash) -> bool:
    """Whether a verdict gives way: to an explanation unless it is as good itself, to a bare clash only if open.

    Two forecasts that exclude each other are worth more than that they are forecasts.
    """
    if clash.code == "mixed_currency" or (not clash.members and before.code == "not_an_outcome"):
        return True
    if clash.code in _EXPLAINS:
        return before.code not in _FIRM
    return before.code not in _FIRM and before.code not in _EXPLAINS and before.code != "contradicted"


# ── clashes of numbers ──────────────────────────────────────────────────────────────────────────

_DATA = "data:"


def _numeric(conflict: Conflict, judged: Judgements, knowledge: Knowledge) -> Clash:
    code = _code_of(conflict)
    edited = {key for repair in conflict.repairs for key, _ in repair.edits}
    named = (*conflict.claims, *sorted(edited.difference(conflict.claims)))
    touched = tuple(key for key in named if key in edited)
    culprits = touched if code != "conversion" else _converted_one(touched, judged)
    return Clash(
        code=code,
        identity=conflict.identity,
        claims=conflict.claims,
        culprits=culprits,
        members=conflict.members,
        implications=conflict.implications,
        repairs=conflict.repairs,
        figures=_exchange_rates(conflict, knowledge) if code == "conversion" else (),
    )


def _code_of(conflict: Conflict) -> Code:
    if conflict.identity == "conversion":
        return "conversion"
    repair = conflict.repairs[0] if conflict.repairs else None
    if repair is not None and repair.kind == "values" and _opposite(*(edit.figure for _, edit in repair.edits)):
        return "roles_swapped"
    return "roles_swapped" if repair is not None and repair.kind == "roles" else "inconsistent_with"


def _opposite(one: Figure, other: Figure) -> bool:
    """Whether two figures are of the two directions of one trade."""
    if {one.subject, one.object} != {other.subject, other.object}:
        return False
    seen = other.flow if one.subject == other.subject else _MIRRORED.get(other.flow, other.flow)
    return one.flow in _MIRRORED and seen == _MIRRORED[one.flow]


def _converted_one(touched: Sequence[str], judged: Judgements) -> tuple[str, ...]:
    """Which of two amounts was converted wrongly: the one that the data do not bear out, else the later one."""
    doubtful = [key for key in touched if key in judged and judged[key].code not in _BORNE_OUT]
    return tuple((doubtful or list(touched))[-1:])


def _exchange_rates(conflict: Conflict, knowledge: Knowledge) -> tuple[Figure, ...]:
    """The rate that two amounts imply, the mean rate of the period, and the rate that published amounts imply."""
    levels = [item for item in conflict.members if item.relation == "level"]
    if len(levels) != 2 or levels[0].figure.period is None:
        return ()
    one, other = sorted(levels, key=lambda item: -item.figure.value)
    currencies = other.figure.currency, one.figure.currency
    found = [_rate(one.figure, other.figure, "text")]
    mean = knowledge.rates(*currencies, levels[0].figure.period)
    published = [
        next((e.figure for e in knowledge.evidence(item, tables=False) if e.nature == "published"), None)
        for item in (one, other)
    ]
    found += [mean] if mean else []
    if published[0] is not None and published[1] is not None:
        found.append(_rate(published[0], published[1], published[0].reporter))
    return tuple(found)


def _rate(amount: Figure, other: Figure, reporter: str) -> Figure:
    """How much of one currency stands for one unit of the other."""
    bare = [replace(item, unit="", currency="") for item in (amount, other)]
    quotient = arithmetic.ratio(bare[0], bare[1], measure="exchange_rate")
    return replace(
        quotient, subject=other.currency, object=amount.currency, flow="", unit=amount.currency, reporter=reporter
    )


def distinct(said: Iterable[Statement]) -> list[Statement]:
    """Each statement once, however often it is printed; those that no identity can use are left out."""
    found: dict[object, Statement] = {}
    for item in said:
        try:
            what = (item.relation, item.kind, *sides(item, item.units[0]), item.interval)
        except AmurError:
            # The flow or the period of a reading may not be one of an amount.
            continue
        found.setdefault(what, item)
    return list(found.values())


def _linking_data(said: Sequence[Statement], knowledge: Knowledge) -> list[Statement]:
    """How a country's whole flow grew, wherever two shares of it in different periods are stated."""
    shares: dict[tuple[str, str, str], set[Period]] = {}
    for item in said:
        figure = item.figure
        if item.relation == "share" and item.kind == "trade" and item.against is None and figure.period:
            shares.setdefault((figure.subject, figure.flow, figure.product), set()).add(figure.period)
    found = []
    for (subject, flow, product), periods in shares.items():
        for base, period in combinations(sorted(periods), 2):
            about = Figure("growth", subject, "WLD", flow, product, period, unit="fraction", base_period=base)
            asked = Statement(f"{_DATA}{subject}:{flow}:{period}", about, "growth", given=True, series=_DATA)
            published = [one for one in knowledge.evidence(asked, tables=False) if one.nature == "published"]
            found += [
                replace(asked, figure=replace(about, currency=one.currency, **_number(one.figure)))
                for one in published[:1]
            ]
    return found


def _number(figure: Figure) -> dict[str, object]:
    return {
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "interval_kind": figure.interval_kind,
        "printed": figure.printed,
        "reporter": figure.reporter,
        "origins": figure.origins,
        "note": figure.note,
    }


# ── clashes of currencies ───────────────────────────────────────────────────────────────────────


def _mixed_currencies(said: Sequence[Statement]) -> Iterator[Clash]:
    """Growth of a series in one currency beside levels in another that imply a different rate."""
    levels = [item for item in said if item.relation == "level" and item.figure.currency]
    by_place: dict[object, list[Statement]] = {}
    for item in levels:
        by_place.setdefault(_place(item, item.figure.period), []).append(item)
    for growth in said:
        if growth.relation != "growth" or growth.kind != "trade" or growth.against is not None:
            continue
        news, olds = (
            [item for item in by_place.get(_place(growth, period), ()) if _same_flow(item, growth)]
            for period in (growth.figure.period, base_of(growth.figure))
        )
        own = _own_currency(growth, news) if olds else ""
        for new, old in ((a, b) for a in news for b in olds if own):
            currency = new.figure.currency
            if currency == own or old.figure.currency != currency:
                continue
            span = implied(growth, [new, old])
            if span is not None and not span.overlaps(growth.interval):
                keys = (growth.key, new.key, old.key)
                figure = arithmetic.growth(replace(new.figure, printed=""), replace(old.figure, printed=""))
                pair = (replace(figure, currency=currency), replace(growth.figure, currency=own))
                yield Clash("mixed_currency", "currency of growth", keys, keys[:1], (growth, new, old), figures=pair)
                break


def _place(statement: Statement, period: Period | None) -> object:
    """Of whom and when a statement is."""
    return frozenset((statement.figure.subject, statement.figure.object)), period


def _own_currency(growth: Statement, levels: Sequence[Statement]) -> str:
    """The currency of a growth rate: stated, else that of the first of the `levels` of its period in the same text."""
    if growth.figure.currency:
        return growth.figure.currency
    return next((item.figure.currency for item in levels if item.series == growth.series), "")


def _same_flow(one: Statement, other: Statement) -> bool:
    return (
        one.kind == other.kind
        and sides(one, "")[0]
        == sides(replace(other, relation="level", figure=replace(other.figure, period=one.figure.period)), "")[0]
    )


# ── clashes of words ────────────────────────────────────────────────────────────────────────────


def _forecasts(items: Sequence[Linked]) -> Iterator[Clash]:
    """One text, one speaker: growth and decline expected of the same flow."""
    expected = [
        item for item in items if item.reading.measure == "trend" and item.reading.modality == "forecast"
    ]  # fmt: skip
    for one, other in pairs_of_a_kind(expected, lambda it: (it.document, it.reading.flow, it.reading.product)):
        first, second = one.reading, other.reading
        said_by = {first.attributed_to, second.attributed_to} - {""}
        opposed = first.direction != second.direction and None not in (first.direction, second.direction)
        if opposed and len(said_by) < 2 and {first.subject, first.object} & {second.subject, second.object} - {""}:
            keys = (one.key, other.key)
            yield Clash("inconsistent_with", "trend", keys, keys)


def _markets(items: Sequence[Linked]) -> Iterator[Clash]:
    """One text: the market of A full of goods from B, and the market of B full."""
    full = [item for item in items if item.reading.measure == "saturation"]
    for one, other in combinations(full, 2):
        first, second = one.reading, other.reading
        exchanged = first.subject == second.object or second.subject == first.object
        if one.document == other.document and first.subject != second.subject and exchanged:
            keys = (one.key, other.key)
            yield Clash("inconsistent_with", "roles", keys, keys)
