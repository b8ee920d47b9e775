"""Twins: two figures of one sentence that were read as the same thing, so that one of them was not understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from amur.claims.link import Linked, by_sentence
from amur.claims.verdict import Judgement

# What the data say of a figure outlasts a doubt about its twin; what they merely fail to bear out does not.
_DOUBTFUL = ("contradicted", "outside_data", "supported_only_for", "roles_swapped")


def twins(items: Sequence[Linked]) -> frozenset[str]:
    """The claims that share every slot but the value with another of their sentence.

    Nobody gives two figures for one thing in one breath: something tells them apart that was not read.
    """
    found: set[str] = set()
    told = (item for item in items if item.reading.value is not None and item.reading.modality == "outcome")
    for group in by_sentence(told).values():
        for one, other in combinations(group, 2):
            if _slots(one) == _slots(other) and not _overlap(one, other):
                found |= {one.key, other.key}
    return frozenset(found)


def doubted(judged: Mapping[str, Judgement], unsure: frozenset[str]) -> dict[str, Judgement]:
    """The verdicts, with those of twins taken back that rest on a reading that fits one of the two at most."""
    return {
        key: replace(one, code="underspecified", edit=None, detail="twice", others=())
        if key in unsure and one.code in _DOUBTFUL and one.evidence
        else one
        for key, one in judged.items()
    }


def _slots(item: Linked) -> object:
    reading, statement = item.reading, item.links[0].statement
    ends = (reading.subject, reading.object)
    against = statement.against.name if statement is not None and statement.against is not None else ""
    return (
        reading.measure,
        frozenset(ends) if reading.flow == "total" and reading.measure != "share" else ends,
        reading.flow,
        reading.product,
        reading.period,
        reading.base,
        reading.unit,
        reading.concept,
        against,
    )


def _overlap(one: Linked, other: Linked) -> bool:
    first, second = one.reading, other.reading
    if None in (first.low, first.high, second.low, second.high):
        return True
    return max(first.low or 0.0, second.low or 0.0) <= min(first.high or 0.0, second.high or 0.0)
