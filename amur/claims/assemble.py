"""Assembly: the numbers, frames, times and slots of a sentence → readings, with the memory of the text."""

from __future__ import annotations

from dataclasses import dataclass, replace

from amur.claims.claim import Measure, Modality, Reading
from amur.claims.frames import FlowPhrase, Frame, find_flows
from amur.claims.govern import Governed, find_shares, govern
from amur.claims.lexicon import Mark
from amur.claims.ranks import Rank, find_ranks
from amur.claims.scene import Scene
from amur.claims.slots import find_attribution, find_modality, find_qualifier, interval
from amur.claims.timing import Timing, find_timing, sentence_clock
from amur.claims.trends import Trend, find_trends
from amur.claims.units import Quantity, borrow_unit
from amur.claims.when import Clock, fiscal_clock
from amur.claims.zones import Zone, cue_after, cue_before, find_zones, is_beside, more_before, preposition
from amur.periods import Period

# Multiples in words ("doubled") are as precise as this part of themselves.
MULTIPLE_HALF_WIDTH = 0.05

_TRADE_CONCEPTS = ("trade", "investment", "projects", "settlement", "opinion", "transport", "loans", "dependence")


@dataclass(frozen=True)
class Memory:
    """What the text has been speaking of up to a sentence."""

    governed: Governed | None = None
    measure: str = ""
    sign: int = 0
    quantity: Quantity | None = None
    timing: Timing | None = None
    year: int | None = None
    pair: tuple[str, str] = ("", "")
    subject: str = ""
    paragraph: int = -1
    age: int = 0
    topic: tuple[str, ...] = ()
    speaker: str = ""


@dataclass(frozen=True)
class Draft:
    """A claim in the making: its tokens and its readings."""

    first: int
    last: int
    core: int
    reading: Reading
    others: tuple[Reading, ...] = ()
    penalty: float = 0.0


@dataclass(frozen=True)
class _Context:
    """All that is fixed while one sentence is read."""

    scene: Scene
    flows: tuple[FlowPhrase, ...]
    clock: Clock
    memory: Memory
    speaker: str
    speaker_place: str


def read_sentence(scene: Scene, clock: Clock, memory: Memory, paragraph: int) -> tuple[list[Draft], Memory]:
    """The claims of a sentence, and the memory with which the next one is read."""
    flows = find_flows(scene)
    speaker, first, last = find_attribution(scene)
    place = next((p.code for p in scene.places if first <= p.first < last), "")
    context = _Context(scene, flows, sentence_clock(scene, clock, memory.year), memory, speaker, place)
    drafts, memory_after = _numbers(context, paragraph)
    counted = [(draft.first, draft.last) for draft in drafts]
    ranks = [_rank_draft(context, rank) for rank in find_ranks(scene)]
    trends = [draft for trend in find_trends(scene, flows, counted) if (draft := _trend_draft(context, trend))]
    every = sorted([*drafts, *(draft for draft in ranks if draft), *trends], key=lambda draft: (draft.core, draft.first))
    return every, _remember(context, memory_after, every, paragraph)


# ── numbers ─────────────────────────────────────────────────────────────────────────────────────


def _numbers(context: _Context, paragraph: int) -> tuple[list[Draft], Memory]:
    scene, memory = context.scene, context.memory
    quantities = _usable_quantities(scene, memory)
    zones = find_zones(scene, context.flows, quantities)
    shares = find_shares(scene, context.flows)
    before = memory.governed if _may_look_back(scene, memory, paragraph) else None
    measure, sign, timing, drafts = memory.measure if before else "", memory.sign if before else 0, None, []
    for number, zone in enumerate(zones):
        governed = govern(scene, context.flows, shares, zone, before=before)
        if governed is None or _is_off_topic(scene, zone, governed, context.flows):
            continue
        link = preposition(scene, zone.quantity)
        year_clock = fiscal_clock(context.clock, governed.frame.subject or context.speaker_place)
        earlier = timing or (memory.timing if governed.carried and before is memory.governed else None)
        now = find_timing(scene, zones, number, year_clock, link=link, earlier=earlier)
        draft, measure, sign = _draft(context, zone, governed, now, link=link, last=(measure, sign))
        if draft is None:
            continue
        drafts.append(draft)
        before = replace(governed, frame=_frame_of(draft.reading, governed.frame))
        timing = now if link != "from" or timing is None else timing
        timing = replace(timing, period=now.period or timing.period) if link != "from" else timing
        memory = replace(memory, governed=before, measure=measure, sign=sign, quantity=zone.quantity, timing=timing)
    return drafts, memory


def _frame_of(reading: Reading, frame: Frame) -> Frame:
    return replace(frame, subject=reading.subject, object=reading.object, product=reading.product)


def _may_look_back(scene: Scene, memory: Memory, paragraph: int) -> bool:
    """Whether a sentence may go on about what the one before spoke of."""
    return memory.governed is not None and memory.age <= 2


def _usable_quantities(scene: Scene, memory: Memory) -> list[Quantity]:
    """The quantities that can be claims; a bare number borrows the unit of the one before where it stands like it."""
    found: list[Quantity] = []
    last = memory.quantity
    for quantity in scene.quantities:
        here = quantity
        if here.kind == "bare":
            here = _borrowed(scene, here, found[-1] if found else last, in_sentence=bool(found))  # type: ignore[assignment]
            if here is None:
                continue
        if here.kind == "ordinal" or _is_stopped(scene, here):
            continue
        found.append(here)
    return found


def _borrowed(scene: Scene, here: Quantity, other: Quantity | None, *, in_sentence: bool) -> Quantity | None:
    if other is None or here.number.kind not in ("digits", "words"):
        return None
    if here.number.scale > 1:
        return borrow_unit(here, other) if other.kind in ("money", "physical") and other.number.scale > 1 else None
    link = preposition(scene, here)
    if not in_sentence or link not in ("from", "to") or other.kind not in ("money", "fraction", "physical"):
        return None
    if other.kind == "money" and other.number.scale > 1:
        return borrow_unit(here, other) if here.value < 1000 else None
    if other.kind == "fraction":
        return borrow_unit(here, other) if here.value <= 100 else None
    return None


def _is_stopped(scene: Scene, quantity: Quantity) -> bool:
    """Whether the words around a number say that it is no quantity: a page, an age, an article, a vote."""
    before = scene.ending("stop_before", quantity.first)
    if before is not None and quantity.kind not in ("money", "fraction", "pp"):
        return True
    for at in (quantity.number.last, quantity.last):
        if scene.at("stop_after", at) is not None:
            return True
        if at + 1 < len(scene.tokens) and scene.tokens[at].text == "-" and scene.at("stop_after", at + 1) is not None:
            return True
    if quantity.kind == "time":
        return not _is_waiting(scene)
    if quantity.kind == "physical" and quantity.unit in ("km", "m2"):
        return not any(mark.key == "border" for mark in scene.of("head"))
    return quantity.kind in ("multiple", "ratio") and _is_set_phrase(scene, quantity)


def _is_waiting(scene: Scene) -> bool:
    heads = [mark for mark in scene.of("head") if mark.key == "border"]
    return bool(heads) and any(mark.key == "norm" for mark in scene.of("modality")) or any(
        "wait" in scene.tokens[mark.first].low
        or "vänt" in scene.tokens[mark.first].low
        or scene.tokens[mark.first].low in ("kö", "köer", "queue", "queues", "stand", "står", "checkpoint", "checkpoints")
        for mark in heads
    )


def _is_set_phrase(scene: Scene, quantity: Quantity) -> bool:
    """'Double-digit', 'dual use', 'double standards' are no multiples."""
    after = scene.tokens[quantity.last].low if quantity.last < len(scene.tokens) else ""
    following = scene.tokens[quantity.last + 1].low if quantity.last + 1 < len(scene.tokens) else ""
    if after == "-" and following in ("digit", "check", "edged", "use"):
        return True
    return after in ("standards", "taxation", "counting", "användningsområden", "standard", "agent")


def _is_off_topic(scene: Scene, zone: Zone, governed: Governed, flows: tuple[FlowPhrase, ...]) -> bool:
    """Whether a number is about something else: inflation, a share price, a vote."""
    marks = [mark for mark in scene.of("offtopic")]
    if not marks:
        return False
    heads = [p for p in flows if not p.is_verb or p.concept in ("exports", "imports", "investment")]
    if governed.carried and not heads:
        return True
    after = [m for m in marks if 0 <= m.first - zone.quantity.last <= 4]
    if after and governed.first < after[0].first and governed.last <= after[0].first:
        return not any(zone.quantity.last <= p.head.first < after[0].first for p in heads)
    left = [m.first for m in marks if zone.first <= m.first < zone.quantity.first]
    if not left:
        return governed.carried and governed.phrase is None and not heads
    own = [p.head.first for p in heads if zone.first <= p.head.first < zone.quantity.first]
    return not own or max(left) > max(own)


# ── one number ──────────────────────────────────────────────────────────────────────────────────


def _draft(
    context: _Context, zone: Zone, governed: Governed, timing: Timing, *, link: str, last: tuple[str, int]
) -> tuple[Draft | None, str, int]:
    scene, quantity = context.scene, zone.quantity
    cue, behind = cue_before(scene, zone), cue_after(scene, zone)
    measure, sign = _measure(context, zone, governed, cue, behind, link=link, last=last)
    frame, assumed = complete(context, governed, zone)
    if not _is_worth_telling(context, frame, governed, quantity):
        return None, measure, sign
    qualifier, start = find_qualifier(scene, quantity)
    value, half, unit = _signed_value(quantity, measure, sign)
    low, high = interval(value, half, qualifier)
    if quantity.number.open_above:
        qualifier, low, high = "more_than", value, 1.0
    modality = find_modality(scene, *_clause_of(scene, zone), zone.quantity.first)
    period, period_assumed = _period(context, timing, modality, governed)
    base, base_assumed = _base(measure, timing, period, link)
    window = _window_reading(measure, timing)
    reading = Reading(
        measure=measure,
        subject=frame.subject,
        object=frame.object,
        flow=_flow_name(frame, measure),
        product=frame.product,
        value=value,
        low=low,
        high=high,
        unit=unit,
        currency=quantity.currency,
        period=period,
        base=base,
        modality=modality,
        qualifier=qualifier,
        attributed_to=context.speaker or context.memory.speaker,
        concept=_concept(frame, governed),
        direction=sign if measure in ("growth", "change") and sign else None,
        assumed=tuple(dict.fromkeys((*assumed, *period_assumed, *base_assumed))),
    )
    first = min(start, quantity.first)
    near = cue if cue is not None and cue.first >= zone.first else None
    if near is not None and first - near.first <= 8:
        first = min(first, near.first)
    if governed.phrase is not None and zone.first <= governed.first < first and first - governed.first <= 30:
        first = governed.first
    end = max(quantity.last, governed.last if governed.terms == "share" and governed.last - quantity.last <= 20 else 0)
    draft = Draft(first, end, quantity.first, reading, _others(reading, window, governed), 0.1 * len(reading.assumed))
    return draft, measure, sign


def _flow_name(frame: Frame, measure: str) -> str:  # noqa: ANN201
    if frame.concept not in ("trade", "settlement"):
        return ""
    return frame.flow if frame.flow in ("exports", "imports", "total", "balance") else ""


def _concept(frame: Frame, governed: Governed) -> str:
    return {"opinion": "opinion", "tariff": "tariff", "settlement": "settlement"}.get(governed.terms, frame.concept)


def _is_worth_telling(context: _Context, frame: Frame, governed: Governed, quantity: Quantity) -> bool:
    if not frame.subject and not frame.object:
        return False
    if quantity.kind == "count" and governed.carried and governed.frame.concept == "trade" and quantity.unit != "vehicles":
        return False
    if quantity.kind in ("time",) and governed.frame.concept != "border":
        return False
    return True


def _signed_value(quantity: Quantity, measure: str, sign: int) -> tuple[float, float, str]:
    """The value in its final unit: growth signed, a multiple as growth where it is one."""
    value, half = quantity.value, quantity.half
    if quantity.kind == "multiple":
        half = MULTIPLE_HALF_WIDTH * value
        if measure == "growth":
            return value - 1, half, "fraction"
        return value, half, "ratio"
    if measure in ("growth", "change") and sign < 0 and value > 0:
        value = -value
    return value, half, quantity.unit


def _measure(
    context: _Context,
    zone: Zone,
    governed: Governed,
    cue: Mark | None,
    behind: Mark | None,
    *,
    link: str,
    last: tuple[str, int],
) -> tuple[Measure, int]:
    quantity, scene = zone.quantity, context.scene
    sign = _sign(cue, behind, link, quantity)
    kind = quantity.kind
    if kind == "pp":
        return "change", sign or last[1]
    if kind == "fraction":
        return _fraction_measure(scene, zone, governed, cue, behind, link=link, last=last, sign=sign)
    if kind == "multiple":
        growing = governed.frame.concept in ("trade", "investment", "transport", "projects") and governed.terms == "flow"
        return ("growth" if growing or governed.terms == "share" else "ratio"), (-1 if quantity.value < 1 else 1)
    if kind == "ratio":
        return "ratio", 0
    if "/" in quantity.unit and quantity.kind == "money":
        return "price", sign
    return _level_or_change(context, zone, governed, cue, behind, link=link, sign=sign), sign


def _sign(cue: Mark | None, behind: Mark | None, link: str, quantity: Quantity) -> int:
    mark = behind if behind is not None else cue
    if quantity.value < 0:
        return -1
    if mark is None:
        return 0
    return {"up": 1, "down": -1}.get(mark.key, 1)


def _fraction_measure(
    scene: Scene,
    zone: Zone,
    governed: Governed,
    cue: Mark | None,
    behind: Mark | None,
    *,
    link: str,
    last: tuple[str, int],
    sign: int,
) -> tuple[Measure, int]:
    terms = governed.terms
    if terms in ("product_share", "share_of_gdp"):
        return terms, 0  # type: ignore[return-value]
    if terms == "tariff":
        return "tariff_rate", 0
    if terms in ("opinion", "settlement"):
        return "share", 0
    if behind is not None and terms == "flow":
        return "growth", sign
    if terms == "share":
        grows = cue is not None and is_beside(scene, cue, zone.quantity) and link not in ("to", "from")
        if grows and governed.phrase is not None and cue is not None and cue.first >= governed.first:
            return "growth", sign
        return "share", 0
    if cue is not None or zone.quantity.value < 0 or _has_plus(scene, zone.quantity):
        return "growth", sign or 1
    if last[0] in ("growth", "share", "tariff_rate", "product_share"):
        return last[0], last[1]  # type: ignore[return-value]
    return "share", 0


def _has_plus(scene: Scene, quantity: Quantity) -> bool:
    return scene.tokens[quantity.first].text == "+" or scene.tokens[quantity.first].low == "plus"


def _level_or_change(
    context: _Context,
    zone: Zone,
    governed: Governed,
    cue: Mark | None,
    behind: Mark | None,
    *,
    link: str,
    sign: int,
) -> Measure:
    scene, quantity = context.scene, zone.quantity
    level = _level_name(quantity, governed)
    if quantity.kind == "count" and level == "count":
        return "count"
    if more_before(scene, zone) is not None:
        return "change"
    if behind is not None and behind.form == "noun":
        return "change"
    if link in ("to", "from"):
        return level
    if cue is None or not is_beside_or_by(scene, cue, quantity, link):
        return level
    if cue.form == "noun" and link not in ("of", "by"):
        return level
    if scene.tokens[cue.first].low in ("plus", "minus", "lost", "tappade", "tappat") and cue.form == "noun":
        return level
    return "change"


def is_beside_or_by(scene: Scene, cue: Mark, quantity: Quantity, link: str) -> bool:
    """Whether a word of direction acts on a sum: 'fell by 3bn', 'rose 3bn', 'an increase of 300m'."""
    if link == "by":
        return True
    if link == "of":
        return quantity.first - cue.last <= 4
    return is_beside(scene, cue, quantity)


def _level_name(quantity: Quantity, governed: Governed) -> Measure:
    if quantity.kind == "money":
        if governed.terms == "tariff":
            return "value"
        return {"deficit": "deficit", "surplus": "surplus"}.get(governed.frame.kind, "value")  # type: ignore[return-value]
    if quantity.kind == "count":
        moved = governed.frame.flow in ("exports", "imports", "total") and quantity.unit not in ("projects", "companies", "jobs")
        return "quantity" if moved else "count"
    if quantity.kind == "time":
        return "duration"
    return {"km": "distance", "m2": "area"}.get(quantity.unit, "quantity")  # type: ignore[return-value]


# ── places ──────────────────────────────────────────────────────────────────────────────────────


def complete(context: _Context, governed: Governed, zone: Zone) -> tuple[Frame, tuple[str, ...]]:
    """The frame with its open places filled from the sentence, the speaker and the text before."""
    scene, frame, assumed = context.scene, governed.frame, []
    if governed.terms == "opinion":
        return frame, ()
    if not frame.subject:
        frame = replace(frame, subject=_subject_in_sentence(context, governed, zone))
    if not frame.object:
        frame = replace(frame, object=_partner_in_sentence(context, governed, zone))
    pair = _pair(context)
    if frame.both or _says_both(scene, zone):
        if not frame.subject and not frame.object:
            frame = replace(frame, subject=pair[0], object=pair[1])
            assumed += ["subject", "object"]
        elif not frame.object:
            frame = replace(frame, object=next((code for code in pair if code != frame.subject), ""))
            assumed.append("object")
    if not frame.subject:
        code = _subject_from_text(context, frame)
        if code:
            frame = replace(frame, subject=code)
            assumed.append("subject")
    if not frame.object and not frame.total and _takes_partner(frame, governed):
        code = _object_from_text(context, frame)
        if code:
            frame = replace(frame, object=code)
            assumed.append("object")
    if not frame.object and (frame.total or frame.product == "arms") and frame.flow in ("exports", "imports", "total"):
        frame = replace(frame, object="WLD")
    return frame, tuple(assumed)


def _takes_partner(frame: Frame, governed: Governed) -> bool:
    return frame.concept in ("trade", "investment", "projects", "transport", "border", "settlement", "tourism", "tariff")


def _subject_in_sentence(context: _Context, governed: Governed, zone: Zone) -> str:
    """The subject of the clause, or else the one whose office or statistics are quoted."""
    scene, frame = context.scene, governed.frame
    for place in scene.places:
        if place.first >= zone.quantity.first or place.code in (frame.object,) or place.genitive:
            continue
        at = place.first
        while at > 0 and scene.tokens[at - 1].low in ("the", "den", "det"):
            at -= 1
        if at and scene.roles_at(at - 1) - {"with"}:
            continue
        if place.form == "adj" and frame.concept == "trade" and not _is_actor(scene, place.last):
            continue
        return place.code
    if context.speaker_place and context.speaker_place != frame.object:
        return context.speaker_place
    if governed.frame.own or governed.terms == "tariff":
        return ""
    return _unused_owner(context, frame)


def _is_actor(scene: Scene, at: int) -> bool:
    """Whether a noun behind an adjective acts for the country: officials, customs, companies, the ministry."""
    return any(mark.first in (at, at + 1) for kind in ("who_people", "who_data_words") for mark in scene.of(kind))


def _unused_owner(context: _Context, frame: Frame) -> str:
    """A genitive or adjective of an office elsewhere in the sentence: 'Argentina's statistics agency'."""
    scene = context.scene
    for place in scene.places:
        if place.code != frame.object and (place.genitive or place.is_adjective):
            if _is_actor(scene, place.last) or _is_actor(scene, place.last + 1):
                return place.code
    return ""


def _partner_in_sentence(context: _Context, governed: Governed, zone: Zone) -> str:
    """A partner behind the number: '… rose 5% to Norway', '31 projects worth $5.7 billion in Egypt'."""
    scene, frame = context.scene, governed.frame
    wanted = {
        "exports": {"to"},
        "imports": {"from"},
        "total": {"with", "to"},
        "balance": {"with", "to"},
    }.get(frame.flow, {"in", "to", "with", "from", "on"})
    for place in scene.places:
        if place.first < zone.first or place.code == frame.subject or place.genitive:
            continue
        at = place.first
        while at > 0 and scene.tokens[at - 1].low in ("the", "den", "det"):
            at -= 1
        if at and scene.roles_at(at - 1) & wanted and scene.tokens[at - 1].low not in ("and", "och"):
            return place.code
    if any(scene.tokens[m.first].low in ("därifrån", "dit") for m in scene.of("pair_there")):
        return context.memory.governed.frame.object if context.memory.governed else ""
    return ""


def _says_both(scene: Scene, zone: Zone) -> bool:
    return any(True for _ in scene.between("pair_both", 0, len(scene.tokens)))


def _pair(context: _Context) -> tuple[str, str]:
    """The two countries that are meant: both named in the sentence, or last spoken of, or the topic."""
    named = list(dict.fromkeys(p.code for p in context.scene.places if p.form != "capital" or len(context.scene.places) == 2))
    if len(named) == 2:
        return named[0], named[1]
    if all(context.memory.pair):
        return context.memory.pair
    topic = context.memory.topic
    return (topic[0], topic[1]) if len(topic) > 1 else ("", "")


def _subject_from_text(context: _Context, frame: Frame) -> str:
    memory = context.memory
    options = (*memory.pair, *memory.topic[:2]) if frame.object in memory.pair else (memory.subject, *memory.topic[:2], *memory.pair)
    return next((code for code in options if code and code != frame.object), "")


def _object_from_text(context: _Context, frame: Frame) -> str:
    memory = context.memory
    for pair in (memory.pair, memory.topic[:2]):
        if len(pair) == 2 and frame.subject in pair and all(pair):
            return next(code for code in pair if code != frame.subject)
    return ""


# ── time and modality ───────────────────────────────────────────────────────────────────────────


def _clause_of(scene: Scene, zone: Zone) -> tuple[int, int]:
    """The words in which modality is sought: the zone, from the last strong break before the number."""
    first = 0 if not zone.after_cut else zone.first
    if zone.first > 0 and scene.tokens[zone.first].low in (",", "and", "och", "or", "eller", "to", "till"):
        first = 0
    for at in range(zone.quantity.first - 1, first, -1):
        token = scene.tokens[at]
        if token.text in (";", ":") or token.low in ("but", "men", "while", "medan", "whereas", "although"):
            first = at
            break
    return first, zone.last


def _period(
    context: _Context, timing: Timing, modality: Modality, governed: Governed
) -> tuple[Period | None, tuple[str, ...]]:
    period, assumed = timing.period, timing.assumed
    today = context.clock.today
    if period is not None:
        ongoing = today is not None and period == Period.of_year(today.year) and modality in ("outcome", "negated")
        says_now = any(m.means == "rel" and m.get("shift") == 0 for m in context.scene.times)
        if ongoing and says_now and today is not None and today.month > 1:
            return Period.year_to_date(today.year, today.month - 1), ("period",)
        return period, assumed
    if modality in ("target", "forecast", "norm"):
        return None, assumed
    remembered = context.memory.timing
    if governed.carried and remembered is not None and remembered.period is not None:
        return remembered.period, ("period",)
    return (Period.of_year(today.year), ("period",)) if today is not None else (None, ())


def _base(measure: str, timing: Timing, period: Period | None, link: str) -> tuple[Period | None, tuple[str, ...]]:
    if timing.base is not None and timing.base != period:
        return timing.base, ()
    if measure in ("growth", "change") and period is not None and period.kind != "years":
        return period.shift_years(-1), ("base",)
    return None, ()


def _window_reading(measure: str, timing: Timing) -> Period | None:
    return timing.window if timing.window != timing.period else None


def _others(reading: Reading, window: Period | None, governed: Governed) -> tuple[Reading, ...]:
    """The other ways to take a claim, most plausible first."""
    found: list[Reading] = []
    if window is not None:
        years = window.months // 12 if window.months else 1
        found.append(replace(reading, period=window, base=window.shift_years(-years)))
    if "base" in reading.assumed and reading.period is not None and reading.period.kind in ("month", "quarter"):
        found.append(replace(reading, base=reading.period.previous()))
    if reading.measure == "growth" and governed.terms == "share":
        found.append(replace(reading, measure="change", unit="pp"))
    if reading.measure == "growth" and reading.value is not None and reading.unit == "fraction" and reading.value >= 1:
        found.append(_as_ratio(reading))
    if reading.unit == "JPY":
        found.append(replace(reading, unit="CNY", currency="CNY"))
    if reading.flow == "exports" and "subject" in reading.assumed and reading.object:
        found.append(replace(reading, flow="imports"))
    return tuple(found)


def _as_ratio(reading: Reading) -> Reading:
    def more(number: float | None) -> float | None:
        return None if number is None else number + 1

    return replace(
        reading, measure="ratio", unit="ratio", value=more(reading.value), low=more(reading.low), high=more(reading.high)
    )


# ── ranks and trends ────────────────────────────────────────────────────────────────────────────


def _rank_draft(context: _Context, rank: Rank) -> Draft | None:
    frame, assumed = rank.frame, []
    pair = _pair(context)
    if not frame.object:
        code = next((c for c in (*pair, *context.memory.topic) if c and c != frame.subject), "")
        frame = replace(frame, object=code)
        assumed.append("object")
    if not frame.subject:
        code = next((c for c in (context.memory.subject, *pair) if c and c != frame.object), "")
        frame = replace(frame, subject=code)
        assumed.append("subject")
    if not frame.subject or not frame.object:
        return None
    timing = find_timing_simple(context, rank.first, rank.last)
    modality = find_modality(context.scene, 0, rank.last, rank.core)
    period, period_assumed = _period(context, timing, modality, Governed(frame, "flow", rank.first, rank.last))
    reading = Reading(
        measure="rank",
        subject=frame.subject,
        object=frame.object,
        flow=_flow_name(frame, "rank"),
        product=frame.product,
        value=float(rank.value),
        low=float(rank.value),
        high=float(rank.value),
        unit="rank",
        period=period,
        modality=modality,
        attributed_to=context.speaker,
        concept=frame.concept,
        assumed=(*assumed, *period_assumed),
    )
    return Draft(rank.first, rank.last, rank.core, reading, (), 0.1 * len(reading.assumed))


def find_timing_simple(context: _Context, first: int, last: int) -> Timing:
    """The timing of a claim without a number: the period nearest to its words, and the base if one is named."""
    scene = context.scene
    stand_in = next((q for q in scene.quantities if first <= q.first < last), None)
    pseudo = stand_in or (scene.quantities[0] if scene.quantities else None)
    if pseudo is None:
        from amur.claims.numbers import Number

        number = Number(last - 1, last, 0.0, 0.0, "words")
        pseudo = Quantity(last - 1, last, number, "bare", 0.0, 0.0)
    else:
        pseudo = replace(pseudo, first=max(first, last - 1), last=last)
    zone = Zone(pseudo, 0, len(scene.tokens), after_cut=True)
    return find_timing(scene, [zone], 0, context.clock, link="", earlier=None)


def _trend_draft(context: _Context, trend: Trend) -> Draft | None:
    frame, assumed = _complete_trend(context, trend)
    if not frame.subject and not frame.object:
        return None
    timing = find_timing_simple(context, trend.first, trend.last)
    modality = find_modality(context.scene, max(0, trend.first - 12), min(len(context.scene.tokens), trend.last + 12), trend.last)
    period, period_assumed = _period(context, timing, modality, Governed(frame, "flow", trend.first, trend.last))
    reading = Reading(
        measure=trend.measure,
        subject=frame.subject,
        object=frame.object,
        flow=_flow_name(frame, trend.measure),
        product=frame.product,
        period=period,
        base=timing.base,
        modality=modality,
        attributed_to=context.speaker or context.memory.speaker,
        concept=frame.concept,
        direction=trend.direction,
        assumed=(*assumed, *period_assumed),
    )
    return Draft(trend.first, trend.last, trend.last, reading, (), 0.15 + 0.1 * len(reading.assumed))


def _complete_trend(context: _Context, trend: Trend) -> tuple[Frame, tuple[str, ...]]:
    number = trend.last
    from amur.claims.numbers import Number

    stand_in = Quantity(number, number, Number(number, number, 0.0, 0.0, "words"), "bare", 0.0, 0.0)
    zone = Zone(stand_in, 0, len(context.scene.tokens), after_cut=True)
    governed = Governed(trend.frame, "flow", trend.first, trend.last, phrase=trend.phrase)
    if trend.measure == "saturation":
        return _complete_market(context, trend.frame)
    return complete(context, governed, zone)


def _complete_market(context: _Context, frame: Frame) -> tuple[Frame, tuple[str, ...]]:
    pair = _pair(context)
    if frame.subject and not frame.object and frame.subject in pair:
        return replace(frame, object=next(code for code in pair if code != frame.subject)), ("object",)
    if frame.object and not frame.subject and frame.object in pair:
        return replace(frame, subject=next(code for code in pair if code != frame.object)), ("subject",)
    return frame, ()


# ── memory ──────────────────────────────────────────────────────────────────────────────────────


def _remember(context: _Context, memory: Memory, drafts: list[Draft], paragraph: int) -> Memory:
    """What the next sentence may refer to."""
    told = [draft for draft in drafts if draft.reading.concept in _TRADE_CONCEPTS]
    pair, subject = memory.pair, memory.subject
    if told:
        reading = told[-1].reading
        if reading.subject and reading.object and reading.object != "WLD":
            pair = (reading.subject, reading.object)
        subject = reading.subject or subject
    else:
        named = list(dict.fromkeys(p.code for p in context.scene.places if p.form in ("name", "metonym", "leader")))
        pair = (named[0], named[1]) if len(named) == 2 else pair
        subject = named[0] if named else subject
    years = [mark.get("year") for mark in context.scene.times if mark.get("year") and mark.role == "period"]
    counted = any(draft.reading.value is not None for draft in drafts)
    return replace(
        memory,
        pair=pair,
        subject=subject,
        year=years[-1] if years else memory.year if memory.paragraph >= paragraph - 2 else None,
        age=0 if counted else memory.age + 1,
        paragraph=paragraph,
    )
