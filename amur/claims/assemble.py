"""Assembly: the numbers, frames, times and slots of a sentence → readings, with the memory of the text."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import cast

from amur.claims.claim import Concept, Flow, Modality, Reading
from amur.claims.frames import FlowPhrase, Frame, find_flows, frame_of
from amur.claims.govern import Governed, find_shares, govern
from amur.claims.measures import Measured, measure_number, signed_value
from amur.claims.numbers import Number
from amur.claims.places import Context, Memory, complete, complete_market, spoken_pair
from amur.claims.ranks import Rank, find_ranks
from amur.claims.relevance import is_off_topic, usable_quantities
from amur.claims.scene import Scene
from amur.claims.settlements import find_currency
from amur.claims.slots import find_attribution, find_modality, find_qualifier, interval
from amur.claims.timing import Timing, find_timing, sentence_clock
from amur.claims.trends import Trend, find_trends
from amur.claims.units import Quantity
from amur.claims.when import Clock, fiscal_clock, resolve
from amur.claims.zones import Zone, find_zones
from amur.periods import Period

_TRADE_CONCEPTS = ("trade", "investment", "projects", "settlement", "transport", "loans", "dependence")
_LONGEST_QUOTE = 30
_LAST_YEAR_UNTIL = 2  # what is told without a date in January or February is about the year before
_VERBS_BEHIND = frozenset(
    "har hade var är blev blir kan kunde ska skulle innebär innebar motsvarar motsvarade betyder gör kom uppgick uppgår "
    "steg sjönk föll ökade minskade låg ligger nådde".split()
)
_PRONOUNS = ("he", "she", "him", "her", "they", "han", "hon", "honom", "henne", "de")


@dataclass(frozen=True)
class Draft:
    """A claim in the making: its tokens and its readings."""

    first: int
    last: int
    core: int
    reading: Reading
    others: tuple[Reading, ...] = ()
    penalty: float = 0.0


def read_sentence(scene: Scene, clock: Clock, memory: Memory, paragraph: int) -> tuple[list[Draft], Memory]:
    """The claims of a sentence, and the memory with which the next one is read."""
    context = _context(scene, clock, memory)
    placed = find_ranks(scene)
    inside = {step for rank in placed for step in range(rank.core, rank.last)}
    context = replace(context, flows=tuple(p for p in context.flows if p.head.first not in inside))
    ranks = [draft for rank in placed if (draft := _rank_draft(context, rank)) is not None]
    numbers, context = _numbers(_with_rank(context, ranks), ranks)
    counted = [(draft.first, draft.last) for draft in numbers]
    trends = [
        draft
        for trend in find_trends(scene, context.flows, counted)
        if (draft := _trend_draft(context, trend)) is not None
    ]
    found = sorted((*numbers, *ranks, *trends), key=lambda draft: (draft.core, draft.first))
    return found, _remember(context, numbers, trends, paragraph)


def _context(scene: Scene, clock: Clock, memory: Memory) -> Context:
    speaker, first, last = find_attribution(scene)
    place = next((p.code for p in scene.places if first <= p.first < last), "")
    if not speaker and _quotes_before(scene):
        speaker, place = memory.speaker, memory.speaker_place
    flows = tuple(p for p in find_flows(scene) if not first <= p.head.first < last or p.is_verb)
    clock = sentence_clock(scene, clock, memory.year)
    return Context(scene, flows, clock, replace(memory, fresh=False), speaker, place, (first, last))


def _quotes_before(scene: Scene) -> bool:
    """Whether a sentence goes on with the words of whoever spoke before: 'he said', an opening quotation mark."""
    tokens = scene.tokens
    opens = bool(tokens) and tokens[0].text in '“”"«»„–' and tokens[0].kind == "p"
    return (
        opens
        or any(
            any(token.low in _PRONOUNS for token in tokens[max(0, mark.first - 3) : mark.last + 1])
            for mark in scene.of("who_verbs")
        )
        or any(mark.last < len(tokens) and tokens[mark.last].low in _PRONOUNS for mark in scene.of("who_before"))
    )


# ── numbers ─────────────────────────────────────────────────────────────────────────────────────


def _numbers(context: Context, ranks: list[Draft]) -> tuple[list[Draft], Context]:
    """The claims that the numbers of a sentence make, and the context with what they leave in memory."""
    scene, memory = context.scene, context.memory
    zones = find_zones(scene, context.flows, usable_quantities(scene, memory.quantity))
    shares = find_shares(scene, context.flows)
    remembered = None
    if memory.governed is not None and memory.age <= 2 and _leans_back(context):
        remembered = replace(memory.governed, first=0, last=0)
    before, measured, timing = remembered, cast("Measured | None", memory.measured) if remembered else None, None
    drafts: list[Draft] = []
    for number, zone in enumerate(zones):
        before = _after_rank(ranks, zone, before, zones[number - 1].quantity.last if number else 0)
        governed = govern(scene, context.flows, shares, zone, before=before, people=memory.people)
        if governed is None or is_off_topic(scene, zone, governed, context.flows):
            continue
        now_measured = measure_number(scene, zone, governed, measured)
        clock = _fiscal(context, governed.frame)
        refers = any(mark.means == "then" for mark in scene.times)
        earlier = timing or (memory.timing if refers or (governed.carried and before is remembered) else None)
        dated = governed.terms == "tariff"
        now = find_timing(scene, zones, number, clock, link=now_measured.link, earlier=earlier, dated=dated)
        draft = _draft(context, zone, governed, now, now_measured)
        if draft is None:
            continue
        drafts.append(draft)
        measured, before = now_measured, replace(governed, frame=_frame_of(draft.reading, governed.frame))
        timing = _later(timing, now, draft.reading.period, starts=now_measured.link == "from")
        context = replace(context, memory=_with_number(context.memory, before, measured, zone.quantity, timing))
    return drafts, context


def _leans_back(context: Context) -> bool:
    """Whether a sentence goes on about what the one before spoke of, by a pronoun or for want of a subject of its own."""
    scene = context.scene
    if scene.of("anaphor_nouns") or any(p.such or p.own for p in context.flows):
        return True
    if any(_is_pronoun(scene, mark.first) for mark in scene.of("anaphor_pronouns")):
        return True
    share_verb = any(p.is_verb and p.concept == "share" for p in context.flows)
    polled = any(p.concept == "opinion" for p in context.flows)
    topical = any(p.concept not in ("share", "opinion", "gdp", "border") for p in context.flows)
    named = any(p.form in ("name", "metonym") and not p.genitive for p in scene.places)
    starts_with_time = bool(scene.times) and scene.times[0].first <= 1 and not topical
    return share_verb or polled or topical or named or starts_with_time or _starts_with_link(scene)


def _is_pronoun(scene: Scene, at: int) -> bool:
    """Whether a word such as Swedish *den* stands for a noun here and is no article."""
    if scene.lang != "sv":
        return True
    follows = scene.tokens[at + 1] if at + 1 < len(scene.tokens) else None
    if follows is None or follows.kind == "p" or scene.roles_at(at + 1):
        return True
    cue = scene.at("cue", at + 1)
    head = scene.at("head", at + 1)
    verb = (cue is not None and cue.form == "verb") or (head is not None and head.form == "verb")
    before = scene.at("cue", at - 1) if at else None
    return verb or follows.low in _VERBS_BEHIND or (before is not None and before.form == "verb")


def _starts_with_link(scene: Scene) -> bool:
    """'To Kazakhstan it rose …', 'For magnesium …', 'By contrast, …': a sentence that opens with a preposition."""
    first = next((at for at, token in enumerate(scene.tokens) if token.kind == "w"), 0)
    opens = scene.tokens[first].low if scene.tokens else ""
    return bool(scene.roles_at(first)) or opens in (
        "for",
        "in",
        "för",
        "i",
        "under",
        "and",
        "och",
        "but",
        "men",
        "half",
        "hälften",
    )


def _with_rank(context: Context, ranks: list[Draft]) -> Context:
    """A rank says whose trade the sentence is about: 'Norway is Sweden's main partner: exports there …'."""
    if not ranks or ranks[-1].reading.concept != "trade" or ranks[-1].reading.object == "WLD":
        return context
    reading = ranks[-1].reading
    memory = replace(
        context.memory, subject=reading.object, pair=(reading.object, reading.subject), age=0, age_of_number=0
    )
    return replace(context, memory=memory)


def _after_rank(ranks: list[Draft], zone: Zone, before: Governed | None, since: int) -> Governed | None:
    """A rank right before a share says whose it is: 'Germany's largest partner, with 9% of trade'."""
    rank = next(
        (draft for draft in reversed(ranks) if since <= draft.first and draft.last <= zone.quantity.first), None
    )
    kind = zone.quantity.kind
    if rank is None or kind not in ("fraction", "money", "physical", "count") or zone.quantity.first - rank.last > 14:
        return before
    reading = rank.reading
    frame = Frame(reading.concept, reading.flow, reading.object, reading.subject, reading.product)
    terms = "share" if kind == "fraction" else "flow"
    return Governed(frame, terms, rank.first, rank.last, numerator_first=True)


def _fiscal(context: Context, frame: Frame) -> Clock:
    """The clock with the fiscal year of the subject, or else of the partner or the speaker."""
    for code in (frame.subject, frame.object, context.speaker_place, context.memory.subject):
        clock = fiscal_clock(context.clock, code)
        if clock is not context.clock:
            return clock
    return context.clock


def _later(timing: Timing | None, now: Timing, told: Period | None, *, starts: bool) -> Timing:
    """The timing to go on with: that of the newest period, not of what it was compared with."""
    told = told.shift_years(1) if told is not None and starts else told
    if timing is not None and timing.period is not None and (told is None or told.end < timing.period.end):
        return timing
    return replace(now, period=told)


def _frame_of(reading: Reading, frame: Frame) -> Frame:
    if reading.measure == "ratio":
        return frame
    return replace(frame, subject=reading.subject, object=reading.object, product=reading.product)


def _with_number(
    memory: Memory, governed: Governed, measured: Measured, quantity: Quantity, timing: Timing | None
) -> Memory:
    frame = governed.frame
    told = frame.concept in _TRADE_CONCEPTS and governed.terms not in ("tariff", "opinion") and bool(frame.subject)
    is_flow = told and measured.measure != "ratio"
    return replace(
        memory,
        governed=governed,
        measured=measured,
        quantity=quantity,
        timing=timing,
        pair=(frame.subject, frame.object) if is_flow and frame.object else memory.pair,
        subject=frame.subject if is_flow else memory.subject,
        fresh=True,
    )


def _draft(context: Context, zone: Zone, governed: Governed, timing: Timing, measured: Measured) -> Draft | None:
    scene, quantity = context.scene, zone.quantity
    frame, assumed = complete(context, governed, zone)
    frame = _compared(scene, zone, governed, frame, measured)
    frame = _respectively(scene, governed, zone, _with_product_behind(scene, zone, frame))
    if governed.terms == "tariff" and not frame.object and scene.of("pair_all"):
        frame = replace(frame, object="WLD")
    if not _is_worth_telling(frame, governed, quantity):
        return None
    qualifier, start = find_qualifier(scene, quantity)
    value, half, unit = signed_value(quantity, measured)
    low, high = interval(value, half, qualifier)
    if quantity.number.open_above:
        fraction = quantity.kind == "fraction"
        qualifier, low, high = ("more_than", value, 1.0) if fraction else ("at_least", value, math.inf)
    modality = find_modality(scene, *_clause_of(scene, zone), quantity.first)
    if governed.terms == "opinion":
        modality = "outcome"
    period, period_assumed = _period(context, timing, modality, frame, starts=measured.link == "from")
    base, base_assumed = _base(measured, timing, period)
    reading = Reading(
        measure=measured.measure,
        subject=frame.subject,
        object=frame.object,
        flow=_flow_name(frame),
        product=frame.product,
        value=value,
        low=low,
        high=high,
        unit=unit,
        currency=find_currency(scene, context.memory.currency) if governed.terms == "settlement" else quantity.currency,
        period=period,
        base=base,
        modality=modality,
        qualifier=qualifier,
        attributed_to=context.speaker,
        concept=_concept(frame, governed),
        direction=measured.sign or None if measured.measure in ("growth", "change") else None,
        assumed=tuple(dict.fromkeys((*assumed, *period_assumed, *base_assumed))),
    )
    first, last = _quote(zone, governed, measured, start)
    others = _others(reading, timing, governed)
    return Draft(first, last, quantity.first, reading, others, 0.1 * len(reading.assumed) + 0.05 * bool(others))


def _quote(zone: Zone, governed: Governed, measured: Measured, start: int) -> tuple[int, int]:
    """The words that carry the claim: from its head or word of direction to its unit or denominator."""
    quantity = zone.quantity
    first = min(start, quantity.first)
    moved = measured.measure in ("growth", "change") and measured.cue is not None
    if moved and measured.cue is not None and measured.cue.first >= zone.first and first - measured.cue.first <= 8:
        first = min(first, measured.cue.first)
    if governed.phrase is not None and zone.first <= governed.first < first <= governed.first + _LONGEST_QUOTE:
        first = governed.first
    is_share = governed.terms == "share" and not governed.carried
    last = governed.last if is_share and 0 < governed.last - quantity.last <= 20 else quantity.last
    return first, max(last, quantity.last)


def _compared(scene: Scene, zone: Zone, governed: Governed, frame: Frame, measured: Measured) -> Frame:
    """A ratio between two countries: 'half that of China', 'twice what it put into Kazakhstan'."""
    if measured.measure != "ratio":
        return frame
    end = max(zone.last, zone.until)
    behind = [p for p in scene.places if zone.quantity.last <= p.first < end and p.code != frame.subject]
    compared = next((p for p in behind if _after_comparison(scene, p.first, zone.quantity.last)), None)
    if compared is None:
        return frame
    if governed.terms == "share":
        return replace(frame, subject=frame.object or frame.subject, object=compared.code)
    return replace(frame, object=compared.code)


def _respectively(scene: Scene, governed: Governed, zone: Zone, frame: Frame) -> Frame:
    """'… to Japan and Britain were worth 3.1bn and 4.4bn respectively': the n-th number has the n-th partner."""
    if governed.phrase is None or not any(token.low in ("respectively", "respektive") for token in scene.tokens):
        return frame
    phrase = governed.phrase
    partners = next((found for found in (phrase.to, phrase.source, phrase.with_) if len(found) > 1), ())
    alike = [q.first for q in scene.quantities if q.kind == zone.quantity.kind]
    place = alike.index(zone.quantity.first) if zone.quantity.first in alike else 0
    return replace(frame, object=partners[place].code) if place < len(partners) else frame


def _after_comparison(scene: Scene, at: int, first: int) -> bool:
    words = {token.low for token in scene.tokens[max(0, first - 2) : at]}
    return bool(words & {"than", "as", "som", "än", "of", "that", "what", "vad"})


def _with_product_behind(scene: Scene, zone: Zone, frame: Frame) -> Frame:
    """The product right behind a number, where the head names none: 'four times as much soy'."""
    if frame.product == "total" and zone.quantity.unit.startswith("bbl") and frame.concept == "trade":
        return replace(frame, product="crude_oil")
    if frame.product != "total" or frame.concept not in ("trade", "investment", "tariff"):
        return frame
    end = min(zone.last, zone.quantity.last + 5)
    mark = next((m for m in scene.between("product", zone.quantity.first, end) if m.key != "total"), None)
    return replace(frame, product=mark.key) if mark is not None else frame


def _flow_name(frame: Frame) -> Flow:
    known = frame.concept in ("trade", "settlement") and frame.flow in ("exports", "imports", "total", "balance")
    return cast(Flow, frame.flow) if known else ""


def _concept(frame: Frame, governed: Governed) -> Concept:
    terms: dict[str, Concept] = {"opinion": "opinion", "tariff": "tariff", "settlement": "settlement"}
    other = frame.concept if frame.concept not in ("dependence", "price") else "trade"
    return terms.get(governed.terms, cast(Concept, other))


def _is_worth_telling(frame: Frame, governed: Governed, quantity: Quantity) -> bool:
    if not frame.subject and not frame.object:
        return False
    if quantity.kind == "time":
        return governed.frame.concept == "border"
    return (
        quantity.kind != "count" or not governed.carried or quantity.unit == "vehicles" or frame.concept == "projects"
    )


# ── time and modality ───────────────────────────────────────────────────────────────────────────


def _clause_of(scene: Scene, zone: Zone) -> tuple[int, int]:
    """The words in which modality is sought: the zone, from the last strong break before the number."""
    first = zone.first if zone.after_cut else 0
    if zone.first > 0 and scene.tokens[zone.first].low in (
        ",",
        "and",
        "och",
        "or",
        "eller",
        "to",
        "till",
        "(",
        "–",
        "-",
    ):
        first = 0
    for at in range(zone.quantity.first - 1, first, -1):
        token = scene.tokens[at]
        if token.text in (";", ":") or token.low in ("but", "men", "while", "medan", "whereas", "although"):
            first = at
            break
    return first, zone.last


def _period(
    context: Context, timing: Timing, modality: Modality, frame: Frame, *, starts: bool = False
) -> tuple[Period | None, tuple[str, ...]]:
    """The period of a claim: as said, else that of the figure before on the same pair, else the document's year.

    The first number of a range (`starts`) then lies a year before.
    """
    today = context.clock.today
    if timing.period is not None:
        says_now = any(m.means == "rel" and m.get("shift") == 0 for m in context.scene.times)
        running = today is not None and timing.period == Period.of_year(today.year)
        if today is not None and running and says_now and modality in ("outcome", "negated") and today.month > 1:
            return Period.year_to_date(today.year, today.month - 1), ("period",)
        return timing.period, timing.assumed
    if modality in ("target", "forecast"):
        return None, ()
    if timing.base is not None and timing.base.kind == "year" and today is not None:
        after = timing.base.shift_years(1)
        if after.start.year in (today.year, today.year - 1):
            return after, ("period",)
    memory = context.memory
    last = memory.timing.period if memory.timing is not None and not context.scene.of("now") else None
    same = {frame.subject, frame.object} <= {*memory.pair, "WLD", ""} and (memory.age <= 1 or memory.fresh)
    if last is not None and same and frame.concept in ("trade", "investment", "settlement"):
        return last.shift_years(-1) if starts else last, ("period",)
    if today is None:
        return None, ()
    if frame.concept == "projects":
        return Period.of_month(today.year, today.month), ("period",)
    current = today.year - (today.month <= _LAST_YEAR_UNTIL)
    return Period.of_year(current - starts), ("period",)


def _base(measured: Measured, timing: Timing, period: Period | None) -> tuple[Period | None, tuple[str, ...]]:
    if measured.measure not in ("growth", "change", "ratio"):
        return None, ()
    if timing.base is not None and timing.base != period:
        parts = period is not None and period.months is not None and period.months < 12
        if period is not None and parts and timing.base.kind == "year" and timing.base.end < period.start:
            return period.shift_years(timing.base.start.year - period.start.year), ("base",)
        return timing.base, ()
    if measured.measure in ("growth", "change") and period is not None and period.kind != "years":
        return period.shift_years(-1), ("base",)
    return None, ()


def _others(reading: Reading, timing: Timing, governed: Governed) -> tuple[Reading, ...]:
    """The other ways to take a claim, most plausible first."""
    found: list[Reading] = []
    window = timing.window if timing.window != reading.period else None
    if window is not None and window.months:
        found.append(replace(reading, period=window, base=window.shift_years(-(window.months // 12))))
    if "base" in reading.assumed and reading.period is not None and reading.period.kind in ("month", "quarter"):
        found.append(replace(reading, base=reading.period.previous()))
    if reading.measure == "growth" and governed.terms == "share":
        found.append(replace(reading, measure="change", unit="pp"))
    if reading.measure == "growth" and reading.value is not None and reading.value >= 1:
        found.append(_as_ratio(reading))
    if reading.unit == "JPY":
        found.append(replace(reading, unit="CNY", currency="CNY"))
    if (
        reading.concept == "trade"
        and {"subject", "object"} & set(reading.assumed)
        and reading.flow in ("exports", "imports")
    ):
        found.append(replace(reading, subject=reading.object, object=reading.subject))
    return tuple(found)


def _as_ratio(reading: Reading) -> Reading:
    more = [None if number is None else number + 1 for number in (reading.value, reading.low, reading.high)]
    return replace(reading, measure="ratio", unit="ratio", value=more[0], low=more[1], high=more[2])


# ── ranks and trends ────────────────────────────────────────────────────────────────────────────


def _rank_draft(context: Context, rank: Rank) -> Draft | None:
    frame, assumed = rank.frame, []
    pair = (*spoken_pair(context), *context.memory.topic)
    if not frame.object:
        options = (context.memory.subject, *pair) if rank.own else pair
        frame = replace(
            frame, object=next((code for code in options if code and code not in (frame.subject, "WLD")), "")
        )
        assumed.append("object")
    if not frame.subject:
        options = (context.memory.subject, *pair)
        frame = replace(frame, subject=next((code for code in options if code and code != frame.object), ""))
        assumed.append("subject")
    if not frame.subject or not frame.object:
        return None
    timing = _timing_of_words(context, rank.first, rank.last)
    modality = find_modality(context.scene, 0, rank.last, rank.core)
    period, period_assumed = _period(context, timing, modality, frame)
    reading = Reading(
        measure="rank",
        subject=frame.subject,
        object=frame.object,
        flow=_flow_name(frame),
        product=frame.product,
        value=float(rank.value),
        low=float(rank.value),
        high=float(rank.value),
        unit="rank",
        period=period,
        modality=modality,
        attributed_to=context.speaker,
        concept=cast(Concept, frame.concept),
        assumed=(*assumed, *period_assumed),
    )
    return Draft(rank.first, rank.last, rank.core, reading, (), 0.1 * len(reading.assumed))


def _stand_in(first: int, last: int) -> Quantity:
    """A place for a claim without a number among the numbers."""
    return Quantity(first, last, Number(first, last, 0.0, 0.0, "words"), "bare", 0.0, 0.0)


def _timing_of_words(context: Context, first: int, last: int) -> Timing:
    """The timing of a claim without a number: the period nearest to its words, and the base if one is named."""
    size = len(context.scene.tokens)
    zone = Zone(_stand_in(max(first, last - 1), last), 0, size, after_cut=True, until=size)
    clock = fiscal_clock(context.clock, context.memory.subject)
    return find_timing(context.scene, [zone], 0, clock, link="", earlier=None)


def _trend_draft(context: Context, trend: Trend) -> Draft | None:
    scene = context.scene
    frame, assumed = _trend_frame(context, trend)
    if not frame.subject and not frame.object:
        return None
    timing = _timing_of_words(context, trend.first, trend.last)
    modality = find_modality(scene, max(0, trend.first - 12), min(len(scene.tokens), trend.last + 12), trend.last)
    period, period_assumed = _period(context, timing, modality, frame)
    reading = Reading(
        measure=trend.measure,
        subject=frame.subject,
        object=frame.object,
        flow=_flow_name(frame),
        product=frame.product,
        period=period,
        base=timing.base,
        modality=modality,
        attributed_to=context.speaker,
        concept=cast(Concept, frame.concept if frame.concept != "dependence" else "trade"),
        direction=trend.direction,
        assumed=(*assumed, *period_assumed),
    )
    return Draft(trend.first, trend.last, trend.last, reading, (), 0.15 + 0.1 * len(reading.assumed))


def _trend_frame(context: Context, trend: Trend) -> tuple[Frame, tuple[str, ...]]:
    if trend.measure == "saturation":
        return complete_market(context, trend.frame)
    size = len(context.scene.tokens)
    zone = Zone(_stand_in(trend.last, trend.last), 0, size, after_cut=True, until=size)
    return complete(context, Governed(trend.frame, "flow", trend.first, trend.last, phrase=trend.phrase), zone)


# ── memory ──────────────────────────────────────────────────────────────────────────────────────


def _remember(context: Context, numbers: list[Draft], trends: list[Draft], paragraph: int) -> Memory:
    """What the next sentence may refer to."""
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
    told = memory.fresh or named_flow is not None or any(d.reading.concept in _TRADE_CONCEPTS for d in trends)
    named = list(dict.fromkeys(p.code for p in scene.places if p.form in ("name", "metonym", "leader", "region")))
    is_quiet = not told and memory.age > 4
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
        if not phrase.is_verb and frame.concept == "trade" and frame.flow and frame.subject and frame.object:
            return frame
    return None


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


def phrases_of(scene: Scene) -> tuple[FlowPhrase, ...]:
    """The flow phrases of a sentence, for inspection."""
    return find_flows(scene)
