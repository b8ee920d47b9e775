"""Check: texts in, a report out. Reading, linking, data, identities, verdicts, in this order."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from amur import arithmetic
from amur.claims.claim import Document
from amur.claims.comparisons import multiples, with_comparands
from amur.claims.edits import Edit
from amur.claims.evidence import Evidence, Knowledge
from amur.claims.exchanged import exchange_rates
from amur.claims.insights import Note, change_of_share, insights, notes
from amur.claims.link import Linked, by_sentence, figure_of, link_document, stated
from amur.claims.predicates import judge_predicate
from amur.claims.reader import read
from amur.claims.report import Checked, Report
from amur.claims.rescan import with_deficits
from amur.claims.settle import Clash, Clashes, clashes, distinct, readings_of, resettled
from amur.claims.twins import doubted, twins
from amur.claims.verdict import Code, Judgement, judge
from amur.errors import ClaimsError
from amur.figures import Figure
from amur.intervals import Interval
from amur.progress import each

Texts = str | bytes | Sequence[str | bytes] | Mapping[str, str | bytes]

# A claim that was read with less confidence than this is judged, but not held against others.
_SURE_ENOUGH = 0.6
_WRONG = frozenset({"contradicted", "inconsistent_with", "roles_swapped", "conversion"})
_NO_STATEMENTS = frozenset({"different_concept", "not_an_outcome", "underspecified", "unit_confusion"})


def check(
    texts: Texts, *, date: datetime.date | str | None = None, lang: str | None = None, against: str | Path | None = None
) -> Report:
    """Test every statistical claim of one or several texts against the data and against each other.

    `texts` is a text, several of them, or texts by title. `date` is the day of publication and `lang` their
    language where the texts do not show them. `against` is a file of flows or facts of the user's own that
    takes the place of the bundled data, or `nothing`, to set the claims against each other only.
    Offline and deterministic. Raises ClaimsError for what is no text.
    """
    documents = tuple(read(text, date=date, lang=lang, title=title) for title, text in _titled(texts))
    knowledge = Knowledge(against)
    items = tuple(item for number, document in enumerate(documents) for item in _linked(document, number))
    unsure = twins(items)
    judged = doubted(_judged(items, knowledge), unsure)
    usable = [item for item in items if item.key not in unsure and _is_usable(item, judged[item.key])]
    sought = clashes(items, usable, judged, knowledge)
    settled = resettled(judged, sought.found)
    deciding = _deciding(sought.found)
    firm = [item for item in usable if settled[item.key].code not in _WRONG]
    said = distinct(stated(firm, readings_of(settled)))
    return Report(
        documents=documents,
        claims=tuple(
            Checked(item, after, deciding.get((item.key, after.code)) if after.code != judged[item.key].code else None)
            for item, after in ((item, settled[item.key]) for item in items)
        ),
        clashes=sought.found,
        insights=insights(said, items),
        notes=(*notes(items), *_on_left_out(items, sought)),
    )


def _linked(document: Document, number: int) -> tuple[Linked, ...]:
    return with_deficits(with_comparands(link_document(document, number)))


def _titled(texts: Texts) -> list[tuple[str | None, str | bytes]]:
    if isinstance(texts, str | bytes):
        return [(None, texts)]
    named = list(texts.items()) if isinstance(texts, Mapping) else [(None, text) for text in texts]
    if not named:
        raise ClaimsError("There is no text to check. Give at least one.")
    return list(named)


# ── verdicts of the data ────────────────────────────────────────────────────────────────────────


def _judged(items: Sequence[Linked], knowledge: Knowledge) -> dict[str, Judgement]:
    found = {
        item.key: judge_predicate(item, knowledge) if item.reading.value is None else judge(item, knowledge)
        for item in each(items)
    }
    _keep_directions(items, found, knowledge)
    _hold_multiples(items, found)
    _part_projects(items, found)
    _tell_points_from_percent(items, found)
    exchange_rates(items, found, knowledge)
    return found


def _keep_directions(items: Sequence[Linked], judged: dict[str, Judgement], knowledge: Knowledge) -> None:
    """Within a sentence the countries keep their places: where one flow is exchanged, the next is not turned to fit."""
    exchanged = {item.sentence for item in items if judged[item.key].code == "roles_swapped"}
    for item in items:
        used = judged[item.key].link.reading
        turned = (
            (used.subject, used.object) == (item.reading.object, item.reading.subject) != (used.object, used.subject)
        )
        if turned and item.sentence in exchanged:
            straight = tuple(link for link in item.links if link.reading.subject == item.reading.subject)
            judged[item.key] = judge(replace(item, links=straight), knowledge)


def _hold_multiples(items: Sequence[Linked], judged: dict[str, Judgement]) -> None:
    """Two shares that no data hold, but whose ratio is the multiple that the text names."""
    by_key = {item.key: item for item in items}
    for multiple in multiples(items):
        pair = (by_key[multiple.first], by_key[multiple.second])
        ratio = arithmetic.ratio(*(replace(figure_of(item.reading), currency="") for item in pair))
        for item, other in (pair, pair[::-1]):
            before = judged[item.key]
            if multiple.holds and before.code in ("outside_data", "underspecified"):
                judged[item.key] = replace(
                    before,
                    code="supported",
                    evidence=(Evidence(ratio, "computed"),),
                    detail="multiple",
                    others=(other.key,),
                )


def _tell_points_from_percent(items: Sequence[Linked], judged: dict[str, Judgement]) -> None:
    """A change of a share that is right in the other unit: 13 per cent for 13 points between two shares."""
    beside = by_sentence(items)
    for item in items:
        moved = item.reading
        if moved.value is None or moved.measure not in ("growth", "change", "share"):
            continue
        shares = _shares_beside(item, beside[item.sentence])
        if shares is None:
            continue
        points, percent = change_of_share(*shares)
        in_points = moved.unit == "pp"
        right, other = (points, percent) if in_points else (percent, points)
        if not _fits(item, right) and _fits(item, other):
            names = ("points", "percent") if in_points else ("percent", "points")
            evidence = (Evidence(points, "computed"), Evidence(percent, "computed"))
            judged[item.key] = replace(
                judged[item.key],
                code="unit_confusion",
                evidence=evidence,
                edit=Edit("unit", figure_of(moved), *names),
                detail="unit",
            )


def _fits(item: Linked, figure: Figure) -> bool:
    """Whether a change lies within the rounding of what is claimed, whichever way it is signed."""
    stated = figure_of(item.reading).interval
    found = figure.interval or Interval.point(figure.value)
    return stated is not None and (stated.overlaps(found) or stated.overlaps(-found))


def _shares_beside(item: Linked, beside: Sequence[Linked]) -> tuple[Figure, Figure] | None:
    """The two shares, old and new, between which the same sentence says that a share moved."""
    moved = item.reading
    near = [
        other
        for other in beside
        if other.key != item.key
        and other.reading.measure == "share"
        and other.reading.value
        and other.reading.period is not None
        and (other.reading.subject, other.reading.object) == (moved.subject, moved.object)
    ]
    if len(near) != 2 or near[0].reading.period == near[1].reading.period:
        return None
    old, new = sorted((figure_of(other.reading) for other in near), key=lambda figure: str(figure.period))
    return old, new


def _part_projects(items: Sequence[Linked], judged: dict[str, Judgement]) -> None:
    """What projects are said to be worth is no investment made, however the sentence puts it."""
    beside = by_sentence(items)
    worth = [item for item in items if item.reading.measure == "value"]
    pipelines = {item.key for item in worth if _is_pipeline(item, beside[item.sentence])}
    stocks: dict[object, Linked] = {}
    for item in worth:
        if item.reading.concept == "investment" and item.key not in pipelines:
            stocks.setdefault(_of_whom(item), item)
    for item in worth:
        if item.key not in pipelines or item.reading.modality != "outcome":
            continue
        stock = stocks.get(_of_whom(item))
        evidence, others = (), ()
        if stock is not None:
            figures = (replace(figure_of(one.reading), currency="") for one in (item, stock))
            evidence, others = (Evidence(arithmetic.ratio(*figures), "computed"),), (stock.key,)
        judged[item.key] = replace(
            judged[item.key], code="different_concept", evidence=evidence, edit=None, detail="projects", others=others
        )


def _of_whom(item: Linked) -> object:
    """The two countries of an amount, and its currency."""
    return frozenset((item.reading.subject, item.reading.object)), item.reading.currency


def _is_pipeline(item: Linked, beside: Sequence[Linked]) -> bool:
    """Whether an amount is of projects: by its concept, or because the same sentence counts them."""
    if item.reading.concept == "projects":
        return True
    return item.reading.concept == "investment" and any(other.reading.unit == "projects" for other in beside)


# ── clashes ─────────────────────────────────────────────────────────────────────────────────────


def _is_usable(item: Linked, judgement: Judgement) -> bool:
    """Whether a claim may be held against others: read with some confidence, and about what it seems to be."""
    return judgement.code not in _NO_STATEMENTS and item.claim.confidence >= _SURE_ENOUGH


def _on_left_out(items: Sequence[Linked], sought: Clashes) -> tuple[Note, ...]:
    """A note that not all clashes are told, on the first and the last claim of those that are."""
    if sought.complete:
        return ()
    told = {key for clash in sought.found if clash.members for key in clash.claims}
    keys = [item.key for item in items if item.key in told] or [item.key for item in items]
    return (Note("left_out", (keys[0], keys[-1])),)


def _deciding(found: Sequence[Clash]) -> dict[tuple[str, Code], Clash]:
    """The first clash that gives a claim a verdict, by the two."""
    return {(key, clash.code): clash for clash in reversed(found) for key in clash.culprits}
