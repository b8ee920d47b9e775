"""Exchanged figures: two rates of one sentence that the data bear out only in each other's place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from amur.claims.amounts import Statement
from amur.claims.edits import Edit
from amur.claims.evidence import Evidence, Knowledge
from amur.claims.link import Linked, by_sentence
from amur.claims.verdict import Judgement, fit

_MIRRORED = {"exports": "imports", "imports": "exports"}
_UNBORNE = ("contradicted", "underspecified", "outside_data")
_TOLD = (*_UNBORNE, "roles_swapped")


def exchange_rates(items: Sequence[Linked], judged: dict[str, Judgement], knowledge: Knowledge) -> None:
    """Mark two rates of the two directions of one trade, or two countries' shares of each other's, that are exchanged.

    Rates that rest on revised levels seldom agree to the digit, so that no search for a single slip finds them.
    """
    told = (item for item in items if judged[item.key].code in _TOLD and judged[item.key].evidence)
    for group in by_sentence(told).values():
        for one, other in combinations(group, 2):
            first, second = one.links[0].statement, other.links[0].statement
            if (
                first is None
                or second is None
                or not (_are_opposite(first, second) or _are_of_each_other(first, second))
            ):
                continue
            if not any(judged[item.key].code in _UNBORNE for item in (one, other)):
                continue
            turned = [_turned(first, knowledge), _turned(second, knowledge)]
            if all(turned):
                for item, beside, evidence in ((one, other, turned[0]), (other, one, turned[1])):
                    judged[item.key] = _swapped(item, beside, evidence, judged[item.key])


def _are_opposite(one: Statement, other: Statement) -> bool:
    """Whether two growth rates over the same span are of the two directions of one trade."""
    first, second = one.figure, other.figure
    if (one.relation, other.relation, one.kind, other.kind) != ("growth", "growth", "trade", "trade"):
        return False
    if (first.period, first.base_period, first.product) != (second.period, second.base_period, second.product):
        return False
    flow = second.flow if (first.subject, first.object) == (second.subject, second.object) else ""
    flow = _MIRRORED.get(second.flow, "") if (first.subject, first.object) == (second.object, second.subject) else flow
    return first.flow in _MIRRORED and flow == _MIRRORED[first.flow]


def _are_of_each_other(one: Statement, other: Statement) -> bool:
    """Whether two shares are those of two countries in each other's trade."""
    first, second = one.figure, other.figure
    shares = (one.relation, other.relation, first.flow, second.flow) == ("share", "share", "total", "total")
    alike = (first.period, first.product) == (second.period, second.product)
    return shares and alike and (first.subject, first.object) == (second.object, second.subject)


def _turned(statement: Statement, knowledge: Knowledge) -> tuple[Evidence, ...]:
    """What bears a rate out for the other direction; nothing where the data do not."""
    figure = statement.figure
    mirrored = replace(statement, figure=replace(figure, subject=figure.object, object=figure.subject))
    found = knowledge.evidence(mirrored)
    return tuple(one for one in found if one.nature != "other concept" and fit(mirrored, one) in ("equal", "within"))


def _swapped(item: Linked, other: Linked, evidence: tuple[Evidence, ...], before: Judgement) -> Judgement:
    link = item.links[0]
    assert link.statement is not None
    figure = link.statement.figure
    ends = (figure.subject, figure.object)
    edit = Edit("roles", replace(figure, subject=ends[1], object=ends[0]), ends, ends[::-1])
    return replace(
        before,
        code="roles_swapped",
        link=link,
        evidence=(*evidence, *(one for one in before.evidence if one not in evidence)),
        edit=edit,
        detail="roles",
        others=(other.key,),
    )
