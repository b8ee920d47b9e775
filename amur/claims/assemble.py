"""Assembly: the numbers, frames, times and slots of a sentence → readings, with the memory of the text."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

from amur.claims.claim import Modality, Qualifier, Reading
from amur.claims.clock import Clock, fiscal_clock
from amur.claims.draft import Draft
from amur.claims.frames import Frame
from amur.claims.govern import govern
from amur.claims.measures import UP_TO_NEXT, Measured, measure_number, signed_value
from amur.claims.memory import Context, Memory, remember_number, remember_sentence
from amur.claims.phrases import find_flows
from amur.claims.places import complete
from amur.claims.ranks import find_ranks
from amur.claims.readings import concept_of, flow_name, other_readings, settle_base, settle_period
from amur.claims.relevance import is_off_topic, usable_quantities
from amur.claims.scene import Scene
from amur.claims.settlements import find_currency
from amur.claims.shares import find_shares
from amur.claims.site import Governed, Site
from amur.claims.slots import find_modality, find_qualifier, interval
from amur.claims.speakers import find_speaker
from amur.claims.statements import draft_rank, draft_trend
from amur.claims.timing import Timing, find_timing, is_aside, sentence_clock
from amur.claims.trends import find_trends
from amur.claims.units import Quantity
from amur.claims.zones import Zone, find_zones
from amur.periods import Period

_LONGEST_QUOTE = 30
# Nobody tells the trade of a country in sums below this: smaller ones are prices and figures of speech.
_LEAST_TRADE = 10_000
_FAR_FROM_RANK = 14
_TO_ITS_LEVEL = 3  # tokens from 'rose by 5%' to the level that it rose to
_GOODS_OF_UNIT = {"m3": "gas", "bbl": "oil", "bbl/d": "oil"}
_REFERRING = ("then", "mom", "qoq", "month_before", "quarter_before")
_OLDEST_FRAME = 2  # sentences after which a frame is no longer carried over


def read_sentence(scene: Scene, clock: Clock, memory: Memory, paragraph: int) -> tuple[list[Draft], Memory]:
    """The claims of a sentence, and the memory with which the next one is read."""
    context = _context(scene, clock, replace(memory, opens=paragraph != memory.paragraph))
    placed = find_ranks(scene)
    inside = {step for rank in placed for step in range(rank.core, rank.last)}
    context = replace(context, flows=tuple(p for p in context.flows if p.head.first not in inside))
    ranks = [draft for rank in placed if (draft := draft_rank(context, rank)) is not None]
    numbers, context = _numbers(_with_rank(context, ranks), ranks)
    counted = [(draft.first, draft.last) for draft in numbers]
    beside = _of_the_time_of(context, numbers)
    trends = [
        draft
        for trend in find_trends(scene, context.flows, counted)
        if (draft := draft_trend(beside, trend)) is not None
    ]
    found = sorted((*numbers, *ranks, *trends), key=lambda draft: (draft.core, draft.first))
    return found, remember_sentence(context, numbers, trends, paragraph)


def _of_the_time_of(context: Context, numbers: list[Draft]) -> Context:
    """The context in which a statement without a number is of the time of the numbers beside it."""
    told = (draft.reading.period for draft in numbers if draft.reading.modality == "outcome")
    period = next((period for period in told if period is not None), None)
    return context if period is None else replace(context, memory=replace(context.memory, timing=Timing(period)))


def _context(scene: Scene, clock: Clock, memory: Memory) -> Context:
    speaker = find_speaker(scene)
    name, place = speaker.name, next((p.code for p in scene.places if speaker.first <= p.first < speaker.last), "")
    if not name and _quotes_before(scene):
        name, place = memory.speaker, memory.speaker_place
    flows = tuple(p for p in find_flows(scene) if not speaker.first <= p.head.first < speaker.last or p.is_verb)
    clock = sentence_clock(scene, clock, memory.year)
    return Context(scene, flows, clock, replace(memory, fresh=False), name, place, (speaker.first, speaker.last))


def _quotes_before(scene: Scene) -> bool:
    """Whether a sentence goes on with the words of whoever spoke before: 'he said', an opening quotation mark."""
    tokens = scene.tokens
    opens = bool(tokens) and tokens[0].text in '“”"«»„–' and tokens[0].kind == "p"
    return (
        opens
        or any(
            any(scene.is_word("speaker_pronouns", at) for at in range(mark.first - 3, mark.last + 1))
            for mark in scene.of("who_verbs")
            if mark.first not in scene.place_ends
        )
        or any(scene.is_word("speaker_pronouns", mark.last) for mark in scene.of("who_before"))
    )


# ── numbers ─────────────────────────────────────────────────────────────────────────────────────


def _numbers(context: Context, ranks: list[Draft]) -> tuple[list[Draft], Context]:
    """The claims that the numbers of a sentence make, and the context with what they leave in memory."""
    scene, memory = context.scene, context.memory
    zones = find_zones(
        scene,
        context.flows,
        usable_quantities(
            scene, memory.quantity, memory.scaled if memory.age_of_number <= 2 else None, _spoken_of(memory)
        ),
    )
    shares = find_shares(scene, context.flows)
    remembered = None
    if memory.governed is not None and memory.age <= _OLDEST_FRAME and _leans_back(context):
        remembered = replace(memory.governed, first=0, last=0)
    before, measured, timing = remembered, memory.measured if remembered else None, None
    drafts: list[Draft] = []
    for number, zone in enumerate(zones):
        before = _after_rank(scene, ranks, zone, before, zones[number - 1].quantity.last if number else 0)
        governed = govern(Site(scene, context.flows, shares, zone, before, memory.people, context.speaker_span))
        if governed is None or is_off_topic(scene, zone, governed, context.flows):
            continue
        now_measured = measure_number(scene, zone, governed, measured)
        clock = _fiscal(context, governed.frame)
        refers = any(mark.means in _REFERRING for mark in scene.times)
        earlier = timing or (memory.timing if refers or (governed.carried and before is remembered) else None)
        dated = governed.terms == "tariff"
        now = find_timing(scene, zones, number, clock, link=now_measured.link, earlier=earlier, dated=dated)
        now = _against_the_older(scene, now, earlier, now_measured, governed)
        draft = _draft(context, zone, governed, now, now_measured)
        if draft is None:
            continue
        drafts.append(draft)
        measured, before = now_measured, replace(governed, frame=_frame_of(draft.reading, governed.frame))
        if not _is_passing(scene, zones, number, now, draft.reading.period):
            is_start = earlier is not None and timing is None and now.period == earlier.comparand is not None
            starts = now_measured.link == "from"
            timing = earlier if is_start else _later(timing, now, draft.reading.period, clock.today, starts=starts)
        lasting = _lasting(scene, timing, clock, context.memory.timing)
        if now.unknown:
            timing, lasting = None, None
        passing = governed.frame.concept == "border" or draft.reading.modality in ("target", "forecast", "hypothetical")
        lasting = context.memory.timing if passing else lasting
        if timing is None and now.base is not None and draft.reading.period is not None:
            lasting = Timing(_end_of(draft.reading.period, clock.today), assumed=("period",))
        context = replace(context, memory=remember_number(context.memory, before, measured, zone.quantity, lasting))
    return drafts, context


def _spoken_of(memory: Memory) -> tuple[str, ...]:
    """The countries whose currency a bare name such as kronor means: of the last claim, then of the text."""
    return (memory.subject, *memory.pair) if memory.subject and memory.age_of_number <= _OLDEST_FRAME else ()


def _leans_back(context: Context) -> bool:
    """Whether a sentence goes on about what the one before spoke of, by a pronoun or for want of a subject."""
    scene = context.scene
    if scene.of("anaphor_nouns") or any(p.such or p.own for p in context.flows):
        return True
    if any(_is_pronoun(scene, mark.first) for mark in scene.of("anaphor_pronouns")):
        return True
    if not context.flows and any(mark.key == "target" for mark in scene.of("modality")):
        return True
    share_verb = any(p.is_verb and p.concept == "share" for p in context.flows)
    polled = any(p.concept == "opinion" for p in context.flows)
    if any(p.concept == "share" and not p.is_verb for p in context.flows):
        return True
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
    return verb or scene.is_word("pronoun_verbs", at + 1) or (before is not None and before.form == "verb")


def _starts_with_link(scene: Scene) -> bool:
    """'To Kazakhstan it rose …', 'For magnesium …', 'By contrast, …': a sentence that opens with a preposition."""
    first = next((at for at, token in enumerate(scene.tokens) if token.kind == "w"), 0)
    return bool(scene.roles_at(first)) or scene.is_word("opens_back", first)


def _with_rank(context: Context, ranks: list[Draft]) -> Context:
    """A rank says whose trade the sentence is about: 'Norway is Sweden's main partner: exports there …'."""
    if not ranks or ranks[-1].reading.concept != "trade" or ranks[-1].reading.object == "WLD":
        return context
    reading = ranks[-1].reading
    dated = any(mark.role == "period" for mark in context.scene.times)
    memory = replace(
        context.memory,
        subject=reading.object,
        pair=(reading.object, reading.subject),
        timing=context.memory.timing if dated else Timing(reading.period, assumed=("period",)),
        age=0,
        age_of_number=0,
    )
    return replace(context, memory=memory)


def _after_rank(scene: Scene, ranks: list[Draft], zone: Zone, before: Governed | None, since: int) -> Governed | None:
    """A rank right before a share says whose it is: 'Germany's largest partner, with 9% of trade'."""
    rank = next(
        (draft for draft in reversed(ranks) if since <= draft.first and draft.last <= zone.quantity.first), None
    )
    kind = zone.quantity.kind
    if (
        rank is None
        or kind not in ("fraction", "money", "physical", "count")
        or zone.quantity.first - rank.last > _FAR_FROM_RANK
    ):
        return before
    reading = rank.reading
    frame = Frame(reading.concept, reading.flow, reading.object, reading.subject, reading.product)
    passed = _passed(scene, rank.last, zone.quantity.first)
    frame = replace(frame, object=passed) if passed not in ("", frame.subject) else frame
    if before is not None and frame.product == "total" and kind == "physical":
        frame = replace(frame, product=before.frame.product)
    terms = "share" if kind == "fraction" else "flow"
    return Governed(frame, terms, rank.first, rank.last, numerator_first=True, aside=bool(passed))


def _passed(scene: Scene, first: int, last: int) -> str:
    """Who follows in a ranking: 'the largest buyer, ahead of Turkey with 12%', 'followed by India with 9%'."""
    for place in scene.places:
        before = {scene.text(place.first - size, place.first) for size in (1, 2) if place.first - size >= first}
        if first <= place.first < last and before & scene.words("ranked_before"):
            return place.code
    return ""


def _fiscal(context: Context, frame: Frame) -> Clock:
    """The clock with the fiscal year of the subject, or else of the partner or the speaker."""
    for code in (frame.subject, frame.object, context.speaker_place, context.memory.subject):
        clock = fiscal_clock(context.clock, code)
        if clock is not context.clock:
            return clock
    return context.clock


def _later(timing: Timing | None, now: Timing, told: Period | None, today: date | None, *, starts: bool) -> Timing:
    """The timing to go on with: that of the newest period, not of what it was compared with."""
    timing = _with_comparand(timing, now, told, starts=starts)
    told = told.shift_years(1) if told is not None and starts and "period" in now.assumed else told
    comparand = timing.comparand if timing is not None else None
    if timing is None or timing.period is None or (today is not None and timing.period.start > today):
        return replace(now, period=told, comparand=comparand)
    if told is None or told.end < timing.period.end:
        return timing
    older = timing.period if timing.period.end < told.start and "period" not in timing.assumed else comparand
    return replace(now, period=told, comparand=older)


def _end_of(window: Period, today: date | None) -> Period:
    """The newest year of a window that was over on the day of the text: what has grown since then is now so large."""
    newest = min(window.end, today) if today else window.end
    return Period.of_year(newest.year - ((newest.month, newest.day) != (12, 31)))


def _against_the_older(
    scene: Scene, now: Timing, earlier: Timing | None, measured: Measured, governed: Governed
) -> Timing:
    """'In 2021 it was 23bn, last year 3bn, a fall of 90%': a change told in sum is from the older of the two.

    So is one 'over the same time' as what was told before.
    """
    if measured.measure != "growth" or earlier is None or earlier.comparand is None:
        return now
    in_sum = (measured.cue is not None and measured.cue.form == "noun") or measured.link == "by"
    if in_sum and governed.carried and now.base is None and (now.carried or now.period == earlier.period):
        return replace(now, base=earlier.comparand)
    meanwhile = any(mark.means == "then" and not mark.get("shift") for mark in scene.times)
    if meanwhile and earlier.period is not None and now.period in (None, earlier.period):
        return replace(now, period=earlier.period, base=earlier.comparand)
    return now


def _with_comparand(timing: Timing | None, now: Timing, told: Period | None, *, starts: bool) -> Timing | None:
    """The timing with what the newest figure is compared with: an older period that the sentence itself names."""
    if told is None or "period" in now.assumed:
        return timing
    if timing is None or timing.period is None:
        return Timing(comparand=told) if starts else timing
    return replace(timing, comparand=told) if told.end < timing.period.start else timing


def _is_passing(scene: Scene, zones: list[Zone], number: int, now: Timing, told: Period | None) -> bool:
    """Whether the period of a number says nothing of the next one: a window since then, or a time set in commas."""
    if now.base is not None and told is not None and told.start == now.base.start and told.kind == "years":
        return True
    after = zones[number + 1].quantity.first if number + 1 < len(zones) else None
    mark = next((m for m in reversed(scene.times) if m.role == "period" and m.first < (after or 0)), None)
    return mark is not None and after is not None and is_aside(scene, mark.first, after)


def _lasting(scene: Scene, timing: Timing | None, clock: Clock, before: Timing | None) -> Timing | None:
    """The timing to be remembered: what is told next is seldom about the future, or the year before for comparison."""
    period = timing.period if timing is not None else None
    if period is None or (clock.today is not None and period.start > clock.today):
        return before
    told = [mark for mark in scene.times if mark.role == "period"]
    looks_back = bool(told) and all(scene.is_word("ago", mark.last - 1) for mark in told)
    if looks_back and before is not None and before.period is not None and period.end < before.period.end:
        return before
    is_comparison = (
        period.kind not in ("year", "years")
        and before is not None
        and before.period is not None
        and before.period.shift_years(-1) == period
    )
    return before if is_comparison else timing


def _frame_of(reading: Reading, frame: Frame) -> Frame:
    if reading.measure == "ratio":
        return frame
    return replace(frame, subject=reading.subject, object=reading.object, product=reading.product)


def _draft(context: Context, zone: Zone, governed: Governed, timing: Timing, measured: Measured) -> Draft | None:
    scene, quantity = context.scene, zone.quantity
    frame, assumed = _filled_frame(context, zone, governed, measured)
    last = context.memory.quantity
    again = last is not None and last.kind == "count" and last.unit == quantity.unit
    if not _is_worth_telling(frame, replace(governed, carried=governed.carried and not again), quantity, assumed):
        return None
    qualifier, start = find_qualifier(scene, quantity)
    value, half, unit = signed_value(quantity, measured)
    qualifier, low, high = _bounds(quantity, measured, value, half, qualifier)
    modality = find_modality(scene, *_clause_of(scene, zone), quantity.first)
    modality = "outcome" if governed.terms == "opinion" else modality
    timing, words = _over_window(timing, measured), (zone.first, zone.until)
    starts = measured.link == "from"
    period, period_assumed = settle_period(context, timing, modality, frame, starts=starts, zone=words)
    period = _of_the_months_of_its_base(timing, period, period_assumed)
    modality = _ahead(context, modality, period)
    base, base_assumed = settle_base(measured, timing, period)
    reading = Reading(
        measure=measured.measure,
        subject=frame.subject,
        object=frame.object,
        flow=flow_name(frame),
        product=frame.product,
        value=value,
        low=low,
        high=high,
        unit=unit,
        currency=quantity.currency
        or (find_currency(scene, context.memory.currency) if governed.terms == "settlement" else ""),
        period=period,
        base=base,
        modality=modality,
        qualifier=qualifier,
        attributed_to=context.speaker or _still_says(context, governed),
        concept=concept_of(frame, governed),
        direction=measured.sign or None if measured.measure in ("growth", "change") else None,
        assumed=tuple(dict.fromkeys((*assumed, *period_assumed, *base_assumed))),
        counted=_counted(scene, zone, frame) if measured.measure == "growth" else "",
    )
    first, last_token = _quote(zone, governed, measured, start)
    others = other_readings(reading, timing, governed)
    return Draft(first, last_token, quantity.first, reading, others, 0.1 * len(reading.assumed) + 0.05 * bool(others))


def _filled_frame(
    context: Context, zone: Zone, governed: Governed, measured: Measured
) -> tuple[Frame, tuple[str, ...]]:
    """What a number is about, with every place and product that can be had, and the slots that were assumed."""
    scene, unit = context.scene, zone.quantity.unit
    frame, assumed = complete(context, governed, zone)
    frame = _compared(scene, zone, governed, frame, measured)
    frame = _respectively(scene, governed, zone, _with_product_behind(scene, zone, governed, frame))
    if governed.terms == "tariff" and not frame.object and scene.of("pair_all"):
        frame = replace(frame, object="WLD")
    if frame.product == "total" and frame.concept == "trade" and unit in _GOODS_OF_UNIT:
        frame = replace(frame, product=_GOODS_OF_UNIT[unit])
    return frame, assumed


def _bounds(
    quantity: Quantity, measured: Measured, value: float, half: float, qualifier: Qualifier
) -> tuple[Qualifier, float, float]:
    """The qualifier and the bounds of a value: 'most of' is open above, and doubled may be up to tripled."""
    low, high = interval(value, half, qualifier)
    if quantity.kind == "multiple" and measured.measure == "growth" and qualifier == "" and value >= 1:
        high = max(high, value + UP_TO_NEXT)
    if quantity.number.open_above:
        return ("more_than", value, 1.0) if quantity.kind == "fraction" else ("at_least", value, math.inf)
    return qualifier, low, high


def _over_window(timing: Timing, measured: Measured) -> Timing:
    """What is added up between two months is of all of them; only what grew is of the last."""
    window = timing.window
    summed = window is not None and (window.months or 12) < 12 and measured.measure not in ("growth", "change")
    return replace(timing, period=window) if summed else timing


def _of_the_months_of_its_base(timing: Timing, period: Period | None, assumed: tuple[str, ...]) -> Period | None:
    """'… though still 8.6% lower than in July 2024', where seven months were told before: July of the year told."""
    base = timing.base
    if period is None or base is None or base.kind not in ("month", "quarter") or base.kind == period.kind:
        return period
    told = "period" not in assumed and not timing.carried
    part = period.kind in ("ytd", "months", "half", "quarter") and base.end.year == period.end.year - 1
    return period if told or not part else base.shift_years(1)


def _still_says(context: Context, governed: Governed) -> str:
    """Whose figures a sentence goes on with, that takes apart what the one before in its paragraph has told."""
    memory = context.memory
    goes_on = governed.carried and not memory.opens and memory.spoke and governed.terms == "flow"
    return memory.speaker if goes_on else ""


def _counted(scene: Scene, zone: Zone, frame: Frame) -> str:
    """In what the goods that grew are counted: 'the value fell 20% to $25bn', '49 million tonnes, 10% less'."""
    if frame.product == "total" or frame.concept != "trade":
        return ""
    quantity = zone.quantity
    levels = [q for q in scene.quantities if q.kind in ("money", "physical") and "/" not in q.unit]
    units = {kind: next((q.currency or q.unit for q in levels if q.kind == kind), "") for kind in ("money", "physical")}
    said = [at for at in range(zone.first, zone.until) if scene.is_word("value", at) or scene.is_word("volume", at)]
    if said:
        return units["money"] or "USD" if scene.is_word("value", said[-1]) else units["physical"] or "volume"
    level = next((q for q in levels if 0 <= q.first - quantity.last <= _TO_ITS_LEVEL), None)
    level = level or next((q for q in reversed(levels) if q.last <= quantity.first), None)
    return (level.currency or level.unit) if level is not None else ""


def _ahead(context: Context, modality: Modality, period: Period | None) -> Modality:
    """What is told of a time that has not come is foreseen at best."""
    today = context.clock.today
    if modality != "outcome" or period is None or today is None or period.start <= today:
        return modality
    scene = context.scene
    return "target" if any(scene.is_word("agreeing", at) for at in range(len(scene.tokens))) else "forecast"


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
    if governed.phrase is None or not any(scene.is_word("respectively", at) for at in range(len(scene.tokens))):
        return frame
    phrase = governed.phrase
    partners = next((found for found in (phrase.to, phrase.source, phrase.with_) if len(found) > 1), ())
    alike = [q.first for q in scene.quantities if q.kind == zone.quantity.kind]
    place = alike.index(zone.quantity.first) if zone.quantity.first in alike else 0
    return replace(frame, object=partners[place].code) if place < len(partners) else frame


def _after_comparison(scene: Scene, at: int, first: int) -> bool:
    return any(scene.is_word("comparison", step) for step in range(first - 2, at))


def _with_product_behind(scene: Scene, zone: Zone, governed: Governed, frame: Frame) -> Frame:
    """The product right behind a number, where the head names none: 'four times as much soy'."""
    if frame.product == "total" and zone.quantity.unit.startswith("bbl") and frame.concept == "trade":
        return replace(frame, product="crude_oil")
    if frame.product != "total" or frame.concept not in ("trade", "investment", "tariff"):
        return frame
    front = next((m for m in scene.of("product") if m.first <= 1 and m.key != "total"), None)
    sold = governed.phrase is not None and governed.phrase.is_verb and governed.phrase.owner is None
    if front is not None and (sold or zone.quantity.kind == "physical"):
        return replace(frame, product=front.key)  # 'Salmon, …, was sold for 12bn'
    end = min(zone.last, zone.quantity.last + 5)
    mark = next((m for m in scene.between("product", zone.quantity.first, end) if m.key != "total"), None)
    return replace(frame, product=mark.key) if mark is not None else frame


def _is_worth_telling(frame: Frame, governed: Governed, quantity: Quantity, assumed: tuple[str, ...]) -> bool:
    if not frame.subject and not frame.object:
        return False
    if quantity.kind == "time":
        return governed.frame.concept == "border"
    if quantity.kind == "money" and "/" not in quantity.unit and quantity.value < _LEAST_TRADE:
        return False
    if frame.concept == "loans" and {"subject", "object"} & set(assumed):
        return False
    return (
        quantity.kind != "count" or not governed.carried or quantity.unit == "vehicles" or frame.concept == "projects"
    )


# ── time and modality ───────────────────────────────────────────────────────────────────────────


def _clause_of(scene: Scene, zone: Zone) -> tuple[int, int]:
    """The words in which modality is sought: the zone, from the last strong break before the number."""
    first = zone.first if zone.after_cut else 0
    if zone.first > 0 and scene.is_word("joins_clause", zone.first) and not scene.is_word("relative", zone.first + 1):
        first = 0
    closed = False
    for at in range(zone.quantity.first - 1, first, -1):
        token = scene.tokens[at]
        if token.text == "," and at not in scene.inside_number:
            if scene.is_word("relative", at + 1) and not closed:
                first = at
                break
            closed = True
        if token.text in (";", ":") or (scene.is_word("contrast", at) and not scene.is_word("if", at)):
            first = at
            break
    return first, zone.last
