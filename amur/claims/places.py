"""Filling open places: from the sentence, from who is quoted, from what the text spoke of before."""

from __future__ import annotations

from dataclasses import dataclass, replace

from amur.claims.frames import FlowPhrase, Frame
from amur.claims.govern import Governed
from amur.claims.scene import Place, Scene
from amur.claims.timing import Timing
from amur.claims.units import Quantity
from amur.claims.when import Clock
from amur.claims.zones import Zone

_PARTNERED = ("trade", "investment", "projects", "transport", "border", "settlement", "tourism", "tariff", "loans")
_ARTICLES = ("the", "den", "det", "de")
_WANTED = {"exports": {"to"}, "imports": {"from"}, "total": {"with", "to"}, "balance": {"with", "to"}}
_ANYWHERE = {"in", "to", "with", "from", "on"}


@dataclass(frozen=True)
class Memory:
    """What the text has been speaking of up to a sentence; `age` counts sentences since the last figure."""

    governed: Governed | None = None
    measured: object = None
    quantity: Quantity | None = None
    timing: Timing | None = None
    year: int | None = None
    pair: tuple[str, str] = ("", "")
    subject: str = ""
    people: str = ""
    currency: str = ""
    speaker: str = ""
    speaker_place: str = ""
    paragraph: int = -1
    age: int = 9
    topic: tuple[str, ...] = ()


@dataclass(frozen=True)
class Context:
    """All that is fixed while one number or statement is read."""

    scene: Scene
    flows: tuple[FlowPhrase, ...]
    clock: Clock
    memory: Memory
    speaker: str
    speaker_place: str


def complete(context: Context, governed: Governed, zone: Zone) -> tuple[Frame, tuple[str, ...]]:
    """The frame with its open places filled, and the slots that the sentence itself did not fill."""
    frame, assumed = governed.frame, []
    if governed.terms == "opinion":
        return frame, ()
    if not frame.subject:
        frame = replace(frame, subject=_subject_in_sentence(context, governed, zone))
    if not frame.object:
        frame = replace(frame, object=_partner_in_sentence(context, frame, zone))
    if frame.both or _says_both(context.scene):
        frame = _both(context, frame, assumed)
    if not frame.subject:
        code = _subject_from_text(context, frame)
        if code:
            frame, assumed = replace(frame, subject=code), [*assumed, "subject"]
    if not frame.object and not frame.total and frame.concept in _PARTNERED:
        code = _object_from_text(context, frame)
        if code:
            frame, assumed = replace(frame, object=code), [*assumed, "object"]
    if not frame.object and (frame.total or frame.product == "arms") and frame.flow in ("exports", "imports", "total"):
        frame = replace(frame, object="WLD")
    return frame, tuple(assumed)


def _both(context: Context, frame: Frame, assumed: list[str]) -> Frame:
    pair = spoken_pair(context)
    if not frame.subject and not frame.object:
        assumed += ["subject", "object"]
        return replace(frame, subject=pair[0], object=pair[1])
    if not frame.object and frame.subject in pair:
        assumed.append("object")
        return replace(frame, object=next((code for code in pair if code != frame.subject), ""))
    return frame


def before_articles(scene: Scene, at: int) -> int:
    """The place before the articles that end at a token."""
    while at > 0 and scene.tokens[at - 1].low in _ARTICLES:
        at -= 1
    return at


def is_governed(scene: Scene, place: Place) -> bool:
    """Whether a preposition leads to a place, so that it is no subject."""
    at = before_articles(scene, place.first)
    return at > 0 and bool(scene.roles_at(at - 1) - {"with"})


def _subject_in_sentence(context: Context, governed: Governed, zone: Zone) -> str:
    """The subject of the clause, or else the one whose office or statistics are quoted."""
    scene, frame = context.scene, governed.frame
    for place in scene.places:
        if place.first >= zone.quantity.first or place.code == frame.object or place.genitive:
            continue
        if is_governed(scene, place):
            continue
        if place.form == "adj" and frame.concept == "trade" and not _is_actor(scene, place.last):
            continue
        return place.code
    if context.speaker_place and context.speaker_place != frame.object:
        return context.speaker_place
    if frame.own or governed.terms == "tariff":
        return ""
    return _office(context, frame)


def _is_actor(scene: Scene, at: int) -> bool:
    """Whether a noun behind an adjective acts for the country: officials, customs, companies, the ministry."""
    return any(mark.first in (at, at + 1) for kind in ("who_people", "who_data_words") for mark in scene.of(kind))


def _office(context: Context, frame: Frame) -> str:
    """The country of an office named anywhere in the sentence: 'Argentina's statistics agency'."""
    scene = context.scene
    for place in scene.places:
        owns = place.code != frame.object and (place.genitive or place.is_adjective)
        if owns and (_is_actor(scene, place.last) or _is_actor(scene, place.last + 1)):
            return place.code
    return ""


def _partner_in_sentence(context: Context, frame: Frame, zone: Zone) -> str:
    """A partner behind the number, or the country that reports: '… rose 5% to Norway', 'Turkish data showed'."""
    scene = context.scene
    wanted = _WANTED.get(frame.flow, _ANYWHERE)
    for place in scene.places:
        if place.first < zone.first or place.code == frame.subject or place.genitive:
            continue
        at = before_articles(scene, place.first)
        if at and scene.roles_at(at - 1) & wanted and scene.tokens[at - 1].low not in ("and", "och"):
            return place.code
    named = list(dict.fromkeys(place.code for place in scene.places))
    if frame.flow == "total" and len(named) == 2 and frame.subject in named:
        return next(code for code in named if code != frame.subject)
    if frame.concept == "investment" and context.speaker_place and context.speaker_place != frame.subject:
        return context.speaker_place
    return ""


def _says_both(scene: Scene) -> bool:
    return bool(scene.of("pair_both"))


def spoken_pair(context: Context) -> tuple[str, str]:
    """The two countries that are meant: both named in the sentence, or last spoken of, or the topic."""
    places = context.scene.places
    named = list(dict.fromkeys(p.code for p in places if p.form != "capital" or len(places) == 2))
    if len(named) == 2:
        return named[0], named[1]
    if all(context.memory.pair):
        return context.memory.pair
    topic = context.memory.topic
    return (topic[0], topic[1]) if len(topic) > 1 else ("", "")


def _subject_from_text(context: Context, frame: Frame) -> str:
    memory = context.memory
    if frame.object in memory.pair:
        options = (*memory.pair, *memory.topic[:2])
    else:
        options = (memory.subject, *memory.topic[:2], *memory.pair)
    return next((code for code in options if code and code != frame.object), "")


def _object_from_text(context: Context, frame: Frame) -> str:
    for pair in (context.memory.pair, context.memory.topic[:2]):
        if len(pair) == 2 and frame.subject in pair and all(pair):
            return next(code for code in pair if code != frame.subject)
    return ""


def complete_market(context: Context, frame: Frame) -> tuple[Frame, tuple[str, ...]]:
    """A market with its country, and whose goods are sold on it."""
    pair = spoken_pair(context)
    if frame.subject and not frame.object and frame.subject in pair:
        return replace(frame, object=next(code for code in pair if code != frame.subject)), ("object",)
    if frame.object and not frame.subject and frame.object in pair:
        return replace(frame, subject=next(code for code in pair if code != frame.object)), ("subject",)
    return frame, ()
