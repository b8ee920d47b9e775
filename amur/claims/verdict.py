"""Verdicts: what the data say of a claim, under which reading, and what small change would make it true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from amur.claims.amounts import Statement
from amur.claims.claim import Reading
from amur.claims.edits import Edit, edits
from amur.claims.evidence import Evidence, Knowledge
from amur.claims.link import Link, Linked
from amur.intervals import Interval

Code = Literal[
    "supported",
    "supported_within_rounding",
    "supported_only_for",
    "contradicted",
    "inconsistent_with",
    "roles_swapped",
    "conversion",
    "mixed_currency",
    "level_growth_confusion",
    "unit_confusion",
    "different_concept",
    "not_an_outcome",
    "underspecified",
    "outside_data",
]
CODES: tuple[Code, ...] = get_args(Code)

Fit = Literal["equal", "within", "open", "off"]

# How sure a verdict is, given that the claim was read right, by how the figure behind it came about.
_SURENESS: Mapping[str, float] = {
    "published": 0.97,
    "implied": 0.93,
    "computed": 0.85,
    "converted": 0.8,
    "table": 0.7,
    "other concept": 0.85,
}
_SEARCHED = 0.75
# How sure it is still, where nothing is known of the reading that the text names, or another one had to be taken.
_ALONE = 0.6
_OTHER_READING = 0.85
# Natures of evidence that stand for what somebody published, so that a match to the digit is no accident.
FIRSTHAND = ("published", "implied", "computed")
# A figure found by trying many readings proves something only if it was printed with this many digits;
# where nothing is known of the reading that the text names, with one more.
_TELLING_DIGITS = 2
# What floating-point arithmetic adds to a value.
_ROUNDING_ERROR = 1e-9
# What it adds to a unit of the last digit.
_UNIT_ERROR = 1e-6
# A unit of the last digit larger than this part of the number is no slip of rounding.
_COARSE = 0.05

_OUTCOME_OF: Mapping[str, Code] = {
    "roles": "roles_swapped",
    "flow": "supported_only_for",
    "base": "supported_only_for",
    "period": "supported_only_for",
    "currency": "mixed_currency",
    "unit": "unit_confusion",
    "sign": "contradicted",
    "digits": "contradicted",
    "scale": "contradicted",
}


@dataclass(frozen=True)
class Judgement:
    """A verdict on one claim: its code, under which link, on what evidence, with which repair.

    `detail` names the sentence that explains it; `others` are the keys of claims that it rests on.
    """

    code: Code
    link: Link
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    edit: Edit | None = None
    detail: str = ""
    others: tuple[str, ...] = ()


def judge(item: Linked, knowledge: Knowledge) -> Judgement:
    """The verdict that the data give on a claim with a number, before claims are set against each other."""
    first = item.links[0]
    if item.reading.modality != "outcome":
        return _no_outcome(item, knowledge)
    if first.statement is None:
        return _judgement("underspecified" if _says_too_little(item.reading) else "outside_data", item, first)
    tried = [(link, *_weigh(link, knowledge)) for link in item.links if link.statement]
    for wanted in ("equal", "within"):
        for link, fit, evidence in tried:
            if fit == wanted:
                return _supported(item, link, fit, evidence)
    return _unsupported(item, knowledge, tried)


def _supported(item: Linked, link: Link, fit: Fit, evidence: tuple[Evidence, ...]) -> Judgement:
    code: Code = "supported" if fit == "equal" else "supported_within_rounding"
    if link is item.links[0]:
        return _judgement(code, item, link, evidence)
    found = _judgement(code, item, link, evidence, detail="reading")
    return replace(found, confidence=round(_OTHER_READING * found.confidence, 2))


def _unsupported(
    item: Linked, knowledge: Knowledge, tried: Sequence[tuple[Link, Fit, tuple[Evidence, ...]]]
) -> Judgement:
    near = _another_concept(item, tried) or near_miss(item, knowledge)
    if near is not None:
        return near
    known = [(link, fit, evidence) for link, fit, evidence in tried if evidence]
    if not known:
        return _judgement("underspecified" if _says_too_little(item.reading) else "outside_data", item, item.links[0])
    if _too_open(item.reading) and all(fit == "off" for _, fit, _ in known):
        return _judgement("underspecified", item, known[0][0], known[0][2], detail="context")
    for link, fit, evidence in known:
        if fit == "open":
            return _judgement("outside_data", item, link, evidence, detail="undecided")
    link, _, evidence = known[0]
    if link is not item.links[0] and _exchanged(link.reading, item.reading):
        # As it was most likely meant nothing is known, and the other way round it was hardly meant.
        return _judgement("outside_data", item, item.links[0])
    if _another_base(item, tried, link):
        return _judgement("outside_data", item, link, evidence, detail="base")
    return _judgement("contradicted", item, link, evidence)


def _exchanged(one: Reading, other: Reading) -> bool:
    """Whether two readings are of the two directions of a trade."""
    return (one.subject, one.object) == (other.object, other.subject) and one.subject != one.object


def _another_base(item: Linked, tried: Sequence[tuple[Link, Fit, tuple[Evidence, ...]]], link: Link) -> bool:
    """Whether the figure that is known counts from one of several possible years, and of another nothing is known."""
    known = link.reading
    return any(
        other.reading.base != known.base and replace(other.reading, base=known.base) == known and not evidence
        for other, _, evidence in tried
    )


def _another_concept(item: Linked, tried: Sequence[tuple[Link, Fit, tuple[Evidence, ...]]]) -> Judgement | None:
    """A number that is known, but as a target, a forecast or somebody's conversion."""
    for link, _, evidence in tried:
        for one in evidence:
            if one.nature == "other concept" and _names(link, one):
                code: Code = "conversion" if one.figure.basis.startswith("conversion") else "different_concept"
                return _judgement(code, item, link, (one, *(other for other in evidence if other is not one)))
    return None


def _names(link: Link, one: Evidence) -> bool:
    """Whether a claim prints just this number; what is "more than" something names no number."""
    statement = link.statement
    return statement is not None and statement.interval.high < float("inf") and fit(statement, one) == "equal"


def _no_outcome(item: Linked, knowledge: Knowledge) -> Judgement:
    """A target, forecast, norm or opinion is no outcome; what came of it is shown beside."""
    link = item.links[0]
    evidence = knowledge.evidence(link.statement, tables=False) if link.statement else ()
    outcomes = tuple(one for one in evidence if one.nature != "other concept")
    return Judgement("not_an_outcome", link, item.claim.confidence, outcomes, detail=item.reading.modality)


def _judgement(
    code: Code, item: Linked, link: Link, evidence: tuple[Evidence, ...] = (), *, detail: str = ""
) -> Judgement:
    sureness = _SURENESS[evidence[0].nature] if evidence else 0.9
    return Judgement(code, link, round(sureness * item.claim.confidence, 2), evidence, detail=detail)


def _says_too_little(reading: Reading) -> bool:
    """Whether neither the sentence nor the text around it says when or of whom; of loads and queues, what it takes."""
    vague = reading.concept not in ("trade", "dependence") and _too_open(reading)
    return reading.period is None or not reading.subject or vague


def _too_open(reading: Reading) -> bool:
    """Whether the text itself says too little of when, and of whom, for any figure to answer."""
    if "period" not in reading.assumed and reading.period is not None:
        return not reading.subject
    return any(slot in reading.assumed or not getattr(reading, slot) for slot in ("subject", "object"))


# ── how a figure fits ───────────────────────────────────────────────────────────────────────────


def _weigh(link: Link, knowledge: Knowledge) -> tuple[Fit, tuple[Evidence, ...]]:
    """How the data fit a reading: by the sharpest evidence there is, published figures before tables."""
    if link.statement is None:
        return "open", ()
    found = knowledge.evidence(link.statement, tables=False)
    sharp = [one for one in found if one.nature in ("published", "implied") and not one.near]
    if not sharp:
        found = knowledge.evidence(link.statement)
    vague = [one for one in found if one.nature == "published" and one.near and fit(link.statement, one) == "equal"]
    # A rate in yuan and one in dollars are two numbers, and a text seldom says which of them it prints.
    told = {one.currency for one in sharp}
    beside = [one for one in found if one.nature == "computed" and one.currency and one.currency not in told]
    plain = [one for one in ([*sharp, *vague, *beside] if sharp else found) if one.nature != "other concept"]
    if not plain:
        return "open", found
    fits: dict[int, Fit] = {id(one): fit(link.statement, one) for one in plain}
    ranked = sorted(plain, key=lambda one: _ORDER.index(fits[id(one)]))
    return fits[id(ranked[0])], tuple(dict.fromkeys((*ranked, *found)))


_ORDER: tuple[Fit, ...] = ("equal", "within", "open", "off")


def fit(statement: Statement, evidence: Evidence) -> Fit:
    """How a figure fits what is claimed.

    `equal`: it rounds to what is printed, or lies where the words say; `within`: the rounding of both, a cut
    instead of a rounded digit, or the distance that sources of its kind keep explains the difference;
    `open`: such sources are too far apart to tell; `off`: it is another number.
    """
    claimed, value = statement.interval, evidence.figure.value
    slack = _ROUNDING_ERROR * abs(value)
    if claimed.widen(slack).contains(value):
        return "equal"
    known = evidence.figure.interval or Interval.point(value)
    # Roundings that only touch (125.4 and 125.5) stand for one number in no case but a tie.
    shared = min(claimed.high, known.high) - max(claimed.low, known.low)
    if shared > slack or _is_one_digit_off(statement, value):
        return "within"
    distance = max(claimed.low - value, value - claimed.high)
    if distance <= evidence.near:
        return "within"
    return "open" if distance <= evidence.far else "off"


def _is_one_digit_off(statement: Statement, value: float) -> bool:
    """Whether less than one unit of the last printed digit is missing: 66 for 66.7, or 191 for 190.3.

    Writers cut digits off, round up, and quote a release that was revised since.
    """
    unit, printed = statement.interval.width, statement.figure.value
    return abs(value - printed) < unit * (1 - _UNIT_ERROR) and unit < _COARSE * abs(printed)


# ── near misses ─────────────────────────────────────────────────────────────────────────────────


def near_miss(item: Linked, knowledge: Knowledge) -> Judgement | None:
    """The first small change under which published figures bear the claim out to the digit."""
    link = item.links[0]
    if link.statement is None or not _tells(link.statement) or not knowledge.is_published_on(link.statement.figure):
        return None
    for edit in _slips(link.statement):
        edited = replace(link.statement, figure=edit.figure)
        found = [one for one in knowledge.evidence(edited, tables=False) if one.nature in FIRSTHAND]
        equal = [one for one in found if fit(edited, one) == "equal"]
        if equal and _allowed(edit, link.statement):
            known = knowledge.evidence(link.statement)
            if not known and not _tells(link.statement, _TELLING_DIGITS + 1):
                continue
            actual = tuple(one for one in known if one not in equal)
            confidence = round((_SEARCHED if known else _ALONE) * item.claim.confidence, 2)
            detail = edit.kind if known else "alone"
            return Judgement(_code_of(edit), link, confidence, (*equal, *actual), edit, detail=detail)
    return None


def _slips(statement: Statement) -> Iterator[Edit]:
    """Small edits in the order in which they explain a wrong figure best."""
    every = list(edits(statement.figure, relation=statement.relation))
    yield from sorted(every, key=lambda edit: _LIKELIHOOD.index(edit.kind))


_LIKELIHOOD = ("roles", "base", "digits", "period", "sign", "scale", "flow", "currency", "unit")


def _tells(statement: Statement, least: int = _TELLING_DIGITS) -> bool:
    printed = statement.figure.printed
    digits = printed.replace(".", "").lstrip("0") if "." in printed else printed.strip("0")
    return len(digits) >= least or statement.interval.high == float("inf")


def _allowed(edit: Edit, statement: Statement) -> bool:
    """Open-ended claims are true of too many figures: only another base is worth a word."""
    return edit.kind == "base" or statement.interval.high < float("inf")


def _code_of(edit: Edit) -> Code:
    mirrored = {"exports": "imports", "imports": "exports"}
    if edit.kind == "flow" and mirrored.get(str(edit.before)) == edit.after:
        return "roles_swapped"
    return _OUTCOME_OF[edit.kind]
