"""Memory: what a text has been speaking of, and the context in which one sentence is read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from amur.claims.clock import Clock, resolve
from amur.claims.draft import Draft
from amur.claims.frames import FlowPhrase, Frame, frame_of
from amur.claims.measures import Measured
from amur.claims.scene import Scene
from amur.claims.settlements import find_currency
from amur.claims.site import Governed
from amur.claims.timing import Timing
from amur.claims.units import Quantity

_TRADE_CONCEPTS = ("trade", "investment", "projects", "settlement", "transport", "loans", "dependence")
_QUIET = 4  # sentences without a statement on trade after which the places named count again


@dataclass(frozen=True)
class Memory:
    """What the text has been speaking of up to a sentence.

    `pair` is the subject and partner of the last statement on trade; the partner is `WLD` where it was
    about all of a country's trade. `age` counts sentences since that statement, `age_of_number` since
    the last one with a number. `opens` says that the sentence now read is the first of its paragraph,
    `bilateral` that the text is about the first two of `topic`; `spoke` that the last sentence named its source.
    """

    governed: Governed | None = None
    measured: Measured | None = None
    quantity: Quantity | None = None
    scaled: Quantity | None = None
    timing: Timing | None = None
    year: int | None = None
    pair: tuple[str, str] = ("", "")
    subject: str = ""
    people: str = ""
    mentioned: str = ""
    currency: str = ""
    speaker: str = ""
    speaker_place: str = ""
    spoke: bool = False
    paragraph: int = -1
    age: int = 9
    age_of_number: int = 9
    fresh: bool = False
    opens: bool = False
    topic: tuple[str, ...] = ()
    bilateral: bool = False


@dataclass(frozen=True)
class Context:
    """All that is fixed while one number or statement is read."""

    scene: Scene
    flows: tuple[FlowPhrase, ...]
    clock: Clock
    memory: Memory
    speaker: str
    speaker_place: str
    speaker_span: tuple[int, int] = (0, 0)


def remember_number(
    memory: Memory, governed: Governed, measured: Measured, quantity: Quantity, timing: Timing | None
) -> Memory:
    """The memory after a number of the sentence, for the next one in it."""
    frame = governed.frame
    told = frame.concept in _TRADE_CONCEPTS and governed.terms not in ("tariff", "opinion") and bool(frame.subject)
    is_flow = told and measured.measure != "ratio" and not (governed.carried and governed.terms == "share")
    is_flow = is_flow and not governed.aside
    return replace(
        memory,
        governed=memory.governed if governed.aside and memory.governed is not None else governed,
        measured=measured,
        quantity=quantity,
        scaled=quantity if quantity.kind in ("money", "physical") and quantity.number.scale > 1 else memory.scaled,
        timing=timing,
        pair=(frame.subject, frame.object) if is_flow and frame.object else memory.pair,
        subject=frame.subject if is_flow else memory.subject,
        fresh=True,
    )


def remember_sentence(context: Context, numbers: list[Draft], trends: list[Draft], paragraph: int) -> Memory:
    """The memory after a sentence, for the next one."""
    scene, memory = context.scene, context.memory
    named_flow = None
    if not numbers:
        memory = _with_statement(memory, trends)
        named_flow = None if trends else _named_flow(context)
    if named_flow is not None:
        memory = replace(
            memory,
            governed=Governed(named_flow, "flow", 0, 0),
            measured=None,
            pair=(named_flow.subject, named_flow.object),
            subject=named_flow.subject,
            timing=_timing_of_heading(context) or memory.timing,
        )
    if not numbers and named_flow is None and (month := _month_in_front(context)) is not None:
        memory = replace(memory, timing=month)
    told = memory.fresh or named_flow is not None or any(d.reading.concept in _TRADE_CONCEPTS for d in trends)
    named = list(dict.fromkeys(p.code for p in scene.places if p.form in ("name", "metonym", "leader", "region")))
    is_quiet = not told and memory.age > _QUIET
    years = [mark.get("year") for mark in scene.times if mark.get("year") and mark.role == "period"]
    recent = memory.paragraph >= paragraph - 2
    people = next((p.code for p in scene.places if p.form == "demonym" and not p.genitive), memory.people)
    return replace(
        memory,
        pair=(named[0], named[1]) if is_quiet and len(named) == 2 else memory.pair,
        subject=named[0] if is_quiet and named else memory.subject,
        people=people,
        mentioned=scene.places[0].code if scene.places else memory.mentioned,
        currency=find_currency(scene, memory.currency),
        speaker=context.speaker or memory.speaker,
        spoke=bool(context.speaker),
        speaker_place=context.speaker_place if context.speaker else memory.speaker_place,
        year=years[-1] if years else memory.year if recent else None,
        age=0 if told else memory.age + 1,
        age_of_number=0 if memory.fresh else memory.age_of_number + 1,
        fresh=False,
        paragraph=paragraph,
    )


def _named_flow(context: Context) -> Frame | None:
    """The trade between two countries that a heading or a sentence without figures names."""
    for phrase in reversed(context.flows):
        frame = frame_of(phrase)
        if frame.object and not phrase.is_verb and frame.flow in ("exports", "imports"):
            frame = frame.filled(context.memory.subject, "")
        if not phrase.is_verb and frame.concept == "trade" and frame.flow and frame.subject and frame.object:
            return frame
    return None


def _month_in_front(context: Context) -> Timing | None:
    """'July brought some relief.': what follows is told of that month."""
    mark = context.scene.times[0] if context.scene.times else None
    if mark is None or mark.first > 1 or mark.means != "month" or mark.role != "period":
        return None
    period = resolve(mark, context.clock).period
    return Timing(period) if period is not None else None


def _timing_of_heading(context: Context) -> Timing | None:
    mark = next((m for m in context.scene.times if m.role == "period"), None)
    period = resolve(mark, context.clock).period if mark is not None else None
    return Timing(period) if period is not None else None


def _with_statement(memory: Memory, trends: list[Draft]) -> Memory:
    """The memory after a statement without a number, such as a heading: what is told next may be about it."""
    draft = next((d for d in reversed(trends) if d.reading.concept == "trade" and d.reading.flow), None)
    if draft is None or draft.reading.modality != "outcome" or "object" in draft.reading.assumed:
        return memory
    reading = draft.reading
    frame = Frame("trade", reading.flow, reading.subject, reading.object, reading.product)
    stated = reading.period is not None and "period" not in reading.assumed
    return replace(
        memory,
        governed=Governed(frame, "flow", draft.first, draft.last),
        measured=None,
        timing=Timing(reading.period) if stated else memory.timing,
        pair=(reading.subject, reading.object) if reading.subject and reading.object else memory.pair,
        subject=reading.subject or memory.subject,
    )
