"""Claims without a number that later checks need: trends, records, saturation, balance, 'first decline since'."""

from __future__ import annotations

from dataclasses import dataclass, replace

from amur.claims.claim import Measure
from amur.claims.frames import FlowPhrase, Frame, frame_of
from amur.claims.lexicon import Mark
from amur.claims.scene import Scene

_SUBJECTS = ("exports", "imports", "total", "flow", "investment", "market", "dependence", "deficit", "surplus")
_REACH = 9


@dataclass(frozen=True)
class Trend:
    """What is said of a frame without a number; `direction` is 1, −1 or 0."""

    frame: Frame
    measure: Measure
    direction: int | None
    first: int
    last: int
    phrase: FlowPhrase | None = None


def find_trends(scene: Scene, flows: tuple[FlowPhrase, ...], counted: list[tuple[int, int]]) -> list[Trend]:
    """The statements on trade in a sentence that no number of it (`counted`, as token spans) already makes."""
    found: list[Trend] = []
    found.extend(_saturation(scene, flows))
    for phrase in flows:
        if phrase.is_verb or phrase.concept not in _SUBJECTS:
            continue
        trend = _of_phrase(scene, phrase, counted)
        if trend is not None:
            found.append(trend)
    return found


def _saturation(scene: Scene, flows: tuple[FlowPhrase, ...]) -> list[Trend]:
    """Whose market is full, of whose goods; the role must be read, not only the word."""
    marks = [mark for mark in scene.of("trend") if mark.key == "saturation"]
    if not marks:
        return []
    mark = marks[0]
    markets = [p for p in flows if p.concept == "market" and not p.is_verb]
    if markets:
        market = min(markets, key=lambda p: abs(p.head.first - mark.first))
        frame = _market_frame(scene, market)
        first, last = min(mark.first, market.first), max(mark.last, market.last)
        return [Trend(frame, "saturation", None, first, last, market)]
    inside = next((p for p in scene.places if p.first > mark.last and not p.is_adjective), None)
    goods = next((p for p in scene.places if p.first >= mark.last and p.is_adjective), None)
    if inside is None and goods is None:
        return []
    frame = Frame("market", "", inside.code if inside else "", goods.code if goods else "")
    last = max(p.last for p in (inside, goods) if p is not None)
    return [Trend(frame, "saturation", None, mark.first, last)]


def _market_frame(scene: Scene, market: FlowPhrase) -> Frame:
    subject = market.owner.code if market.owner else ""
    goods = next((p.code for p in (*market.of, *market.to, *market.on, *market.source) if p.code != subject), "")
    if not goods:
        near = (p for p in scene.places if 0 <= p.first - market.head.last <= 3 and p.is_adjective)
        goods = next((p.code for p in near if p.code != subject), "")
    return replace(frame_of(market), concept="market", flow="", subject=subject, object=goods)


def _of_phrase(scene: Scene, phrase: FlowPhrase, counted: list[tuple[int, int]]) -> Trend | None:
    first, last = _clause(scene, phrase)
    if any(first <= start < last for start, _ in counted):
        return _record_beside_number(scene, phrase, first, last)
    frame = frame_of(phrase)
    marks = [m for m in scene.of("trend") if first <= m.first < last]
    named = {m.key: m for m in reversed(marks)}
    cue = _cue(scene, phrase, first, last)
    if "balance" in named and phrase.concept == "total":
        return _trend(scene, phrase, replace(frame, flow="balance"), "balance", 0, named["balance"])
    for key in ("first_decline", "first_rise"):
        if key in named:
            return _trend(scene, phrase, frame, key, -1 if key == "first_decline" else 1, named[key])  # type: ignore[arg-type]
    if "first_time" in named and cue is not None:
        measure: Measure = "first_decline" if cue.key == "down" else "first_rise"
        return _trend(scene, phrase, frame, measure, -1 if cue.key == "down" else 1, named["first_time"])
    if "record" in named:
        growth = cue is not None and cue.form == "noun" and cue.first >= named["record"].first
        return _trend(scene, phrase, frame, "record", 1 if growth else None, named["record"])
    if cue is not None:
        return _trend(scene, phrase, frame, "trend", {"up": 1, "down": -1}.get(cue.key, 0), cue)
    for key, direction in (("down", -1), ("up", 1)):
        if key in named:
            return _trend(scene, phrase, frame, "trend", direction, named[key])
    return None


def _record_beside_number(scene: Scene, phrase: FlowPhrase, first: int, last: int) -> Trend | None:
    record = next((m for m in scene.of("trend") if m.key == "record" and first <= m.first < last), None)
    if record is None or phrase.concept not in ("exports", "imports", "total", "flow", "investment"):
        return None
    cue = scene.at("cue", record.last) or scene.at("cue", record.first)
    growth = cue is not None and cue.form == "noun" and cue.key == "up"
    return _trend(scene, phrase, frame_of(phrase), "record", 1 if growth else None, record)


def _trend(
    scene: Scene, phrase: FlowPhrase, frame: Frame, measure: Measure, direction: int | None, mark: Mark
) -> Trend | None:
    if phrase.concept == "market" and measure != "saturation":
        frame = replace(frame, concept="market")
    return Trend(frame, measure, direction, min(phrase.first, mark.first), max(phrase.last, mark.last), phrase)


def _clause(scene: Scene, phrase: FlowPhrase) -> tuple[int, int]:
    """The words around a phrase up to the next sign or joining word on either side."""
    first, last = phrase.first, phrase.last
    while (
        first > 0
        and phrase.first - first < _REACH + 6
        and scene.tokens[first - 1].text not in (";", ":", "(", "–", "—")
    ):
        clause = scene.at("clause", first - 1)
        if clause is not None and clause.key == "breaks" and not scene.roles_before(first):
            break
        first -= 1
    while (
        last < len(scene.tokens)
        and last - phrase.last < _REACH + 6
        and scene.tokens[last].text not in (";", ":", ")", "–", "—")
    ):
        clause = scene.at("clause", last)
        if clause is not None and clause.key == "breaks" and not scene.roles_at(last):
            break
        last += 1
    return first, last


def _cue(scene: Scene, phrase: FlowPhrase, first: int, last: int) -> Mark | None:
    """The word of direction that governs a phrase: a verb behind it, or a noun right before it."""
    for mark in scene.of("cue"):
        if mark.key == "level" or mark.first in scene.in_time or mark.form == "more":
            continue
        if mark.form == "verb" and phrase.last <= mark.first < last and mark.first - phrase.last <= _REACH:
            return mark
    for mark in reversed(scene.of("cue")):
        if mark.key == "level" or mark.form == "more" or mark.first in scene.in_time:
            continue
        if first <= mark.first < phrase.head.first and phrase.first - mark.last <= 4:
            return mark
    inside = [
        m
        for m in scene.of("cue")
        if m.form == "noun" and m.key != "level" and phrase.last <= m.first <= phrase.last + 3
    ]
    return inside[0] if inside else None
