"""Filling open places: from the sentence, from who is quoted, from what the text spoke of before."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from amur.claims.frames import FlowPhrase, Frame
from amur.claims.memory import Context
from amur.claims.scene import Place, Scene, before_articles
from amur.claims.site import Governed
from amur.claims.zones import Zone

_PARTNERED = ("trade", "investment", "projects", "transport", "border", "settlement", "tourism", "tariff", "loans")
_WANTED = {"exports": {"to"}, "imports": {"from"}, "total": {"with", "to"}, "balance": {"with", "to"}}
_ANYWHERE = {"in", "to", "with", "from", "on"}


def complete(context: Context, governed: Governed, zone: Zone) -> tuple[Frame, tuple[str, ...]]:
    """The frame with its open places filled, and the slots that the sentence itself did not fill."""
    frame, assumed = governed.frame, []
    overall = _says_overall(context.scene) or _says_world(context.scene, governed, zone)
    if frame.concept == "trade" and not frame.object and overall:
        frame = replace(frame, total=True)
    if frame.total and frame.flow == "total" and not frame.subject and not frame.object and _both_ways_told(context):
        frame = replace(frame, total=False)
    if governed.terms == "opinion":
        return frame, ()
    if governed.terms == "share" and frame.own and not frame.kind and not frame.subject and not frame.object:
        return _their_share(context, frame)
    frame = _from_sentence(context, governed, zone, frame)
    if frame.both or _says_both(context.scene):
        frame = _both(context, frame, assumed)
    if not frame.subject:
        code = _subject_from_text(context, frame)
        if code:
            frame = replace(frame, subject=code)
            # Of the two that the sentence has just spoken of, it is the other one.
            told = frame.concept == "trade" and context.memory.fresh and {code, frame.object} == {*context.memory.pair}
            assumed = assumed if told else [*assumed, "subject"]
    is_share = governed.terms == "share"
    if is_share and not frame.object and context.scene.of("pair_own") and _was_named(context, frame):
        frame, assumed = replace(frame, object=context.memory.mentioned), [*assumed, "object"]
    if not frame.object and (is_share or not frame.total) and frame.concept in _PARTNERED:
        code = _object_from_text(context, governed, frame)
        if code:
            frame, assumed = replace(frame, object=code), [*assumed, "object"]
    if frame.object and frame.object == frame.subject:
        frame = replace(frame, object="")
    flows = ("exports", "imports", "total", "balance")
    if not frame.object and not is_share and (frame.total or frame.product == "arms") and frame.flow in flows:
        frame = replace(frame, object="WLD")
    return frame, tuple(assumed)


def _from_sentence(context: Context, governed: Governed, zone: Zone, frame: Frame) -> Frame:
    """The frame with the places that the sentence itself gives."""
    is_open = not frame.subject and not frame.object
    if frame.flow == "total" and is_open:
        frame = _between_behind(context.scene, frame)
    elif is_open and governed.phrase is not None and governed.phrase.there:
        frame = _there(context, frame, governed.phrase)
    elif governed.phrase is not None and governed.phrase.there and frame.subject and not frame.object:
        before = (p.code for p in reversed(context.scene.places) if p.first < governed.phrase.head.first)
        frame = replace(frame, object=next((code for code in before if code != frame.subject), ""))
    if is_open and frame.flow in ("exports", "imports") and governed.phrase is not None and not frame.subject:
        frame = _routed(context, frame, governed.phrase.head.first)
        frame = frame if frame.subject else _other_way(context, frame, governed.phrase)
    if not frame.subject:
        frame = replace(frame, subject=_subject_in_sentence(context, governed, zone))
    if not frame.object:
        frame = replace(frame, object=_partner_in_sentence(context, frame, zone))
    return frame


def _says_overall(scene: Scene) -> bool:
    """'Totalt gav handeln ett överskott': a sentence that opens with the sum of all partners."""
    return scene.is_word("overall", 0)


def _was_named(context: Context, frame: Frame) -> bool:
    """'China remained on top. Its share of Russian trade …': whose share it is was named first before."""
    first = context.scene.of("pair_own")[0].first
    alone = not any(place.first < first for place in context.scene.places)
    return alone and context.memory.mentioned not in ("", "WLD", frame.subject)


def _says_world(scene: Scene, governed: Governed, zone: Zone) -> bool:
    """'Its surplus with the rest of the world', 'exporten till omvärlden': all partners."""
    sizes = {len(words.split()) for words in scene.words("the_world")}
    for at in range(min(zone.first, governed.first), zone.quantity.first):
        said = any(scene.text(at, at + size) in scene.words("the_world") for size in sizes)
        if said and scene.roles_before(at) & {"to", "with", "from"}:
            return True
    return False


def _both_ways_told(context: Context) -> bool:
    """Whether total trade is the sum of the two directions between the pair that was just told of."""
    memory = context.memory
    return memory.age_of_number <= 1 and all(memory.pair) and "WLD" not in memory.pair


def _routed(context: Context, frame: Frame, head: int) -> Frame:
    """'From Sweden to Kyrgyzstan exports rose': the two that stand before their noun, each by its preposition."""
    scene = context.scene
    since = max((p.head.first for p in context.flows if p.head.first < head), default=-1)
    places = [p for p in scene.places if since < p.first < head]
    before = [(p.code, scene.roles_before(before_articles(scene, p.first))) for p in places]
    source = next((code for code, roles in before if "from" in roles), "")
    target = next((code for code, roles in before if "to" in roles), "")
    if not source or not target or source == target:
        return frame
    ends = (source, target) if frame.flow == "exports" else (target, source)
    return replace(frame, subject=ends[0], object=ends[1])


def _other_way(context: Context, frame: Frame, phrase: FlowPhrase) -> Frame:
    """'Exports from China fell, and shipments the other way rose': the two last told of, exchanged."""
    scene, last = context.scene, context.memory.governed.frame if context.memory.governed else None
    behind = range(phrase.head.last, min(phrase.head.last + 3, len(scene.tokens)))
    sizes = {len(words.split()) for words in scene.words("other_way")}
    said = any(scene.text(at, at + size) in scene.words("other_way") for at in behind for size in sizes)
    if not said or last is None or last.flow != frame.flow or not last.subject or last.object in ("", "WLD"):
        return frame
    return replace(frame, subject=last.object, object=last.subject)


def _there(context: Context, frame: Frame, phrase: FlowPhrase) -> Frame:
    """'The US remained the main market even though exports there fell': the partner is the place named before.

    The place right before a verb is who does it: '… from China, and the bloc sold goods for €213bn there'.
    """
    before = [p for p in context.scene.places if p.first < phrase.head.first]
    acts = bool(before) and phrase.is_verb and before[-1].last == phrase.head.first
    acts = acts and not before[-1].genitive and not is_governed(context.scene, before[-1])
    actor = before.pop().code if acts else ""
    told = context.memory.governed.frame if context.memory.governed and context.memory.age_of_number == 0 else None
    if not before and not actor and told is not None and told.subject and told.object not in ("", "WLD"):
        # What a tariff is on is sold to who levies it.
        turned = told.concept == "tariff" and frame.flow == "exports"
        ends = (told.object, told.subject) if turned else (told.subject, told.object)
        return replace(frame, subject=ends[0], object=ends[1])
    near = next((p.code for p in reversed(before) if p.code != actor), context.memory.mentioned)
    options = (actor, context.memory.subject, *context.memory.pair)
    subject = next((code for code in options if code and code not in (near, "WLD")), "")
    near = next((code for code in context.memory.pair if code != actor), near) if near == actor else near
    return replace(frame, subject=subject, object=near) if near and subject else frame


def _between_behind(scene: Scene, frame: Frame) -> Frame:
    """'Trade reached $130bn between Russia and China': the two behind the number."""
    named = next(
        ((a, b) for a, b in pairwise(scene.places) if "between" in scene.roles_before(before_articles(scene, a.first))),
        None,
    )
    return replace(frame, subject=named[0].code, object=named[1].code) if named is not None else frame


def _their_share(context: Context, frame: Frame) -> tuple[Frame, tuple[str, ...]]:
    """'Their share is more than half': of those last spoken of, in what the other country buys."""
    numerator, pair = context.memory.mentioned or context.memory.subject, spoken_pair(context)
    whole = next((code for code in pair if code != numerator), "") if numerator in pair else ""
    return replace(frame, subject=whole, object=numerator), ("subject", "object")


def _both(context: Context, frame: Frame, assumed: list[str]) -> Frame:
    pair = spoken_pair(context)
    if not frame.subject and not frame.object:
        assumed += ["subject", "object"]
        return replace(frame, subject=pair[0], object=pair[1])
    if not frame.object and frame.subject in pair:
        assumed.append("object")
        return replace(frame, object=next((code for code in pair if code != frame.subject), ""))
    return frame


def is_governed(scene: Scene, place: Place) -> bool:
    """Whether a preposition leads to a place, so that it is no subject."""
    at = before_articles(scene, place.first)
    if at > 0 and (scene.is_word("and", at - 1) or scene.tokens[at - 1].text == ","):
        before = scene.place_ends.get(at - 1)
        return before is not None and is_governed(scene, before)
    return at > 0 and bool(scene.roles_before(at))


def _subject_in_sentence(context: Context, governed: Governed, zone: Zone) -> str:
    """The subject of the clause, or else the one whose office or statistics are quoted."""
    scene, frame = context.scene, governed.frame
    if governed.terms in ("share", "product_share"):
        return _owner_in_sentence(context, frame)
    if governed.phrase is not None and governed.phrase.such:
        return ""
    first, last = context.speaker_span
    signs = [
        at for at in range(zone.quantity.first) if scene.tokens[at].text in (":", ";") and at not in scene.in_place
    ]
    start = signs[-1] if signs and signs[-1] > 3 else 0
    for place in scene.places:
        if not start <= place.first < zone.quantity.first or place.code == frame.object or place.genitive:
            continue
        if is_governed(scene, place) or first <= place.first < last or place.code.startswith("outside"):
            continue
        if _dominates(scene, place):
            continue
        if place.form == "adj" and frame.concept == "trade" and not _is_actor(scene, place.last):
            continue
        return place.code
    if governed.terms == "tariff" and context.speaker_place != frame.object:
        return context.speaker_place
    told = context.memory.age_of_number <= 2 and (not frame.object or frame.object in context.memory.pair)
    if context.speaker_place and context.speaker_place != frame.object and not told:
        return context.speaker_place
    if frame.own or governed.terms == "tariff":
        return ""
    return _office(context, frame) or _only_owner(context, frame)


def _only_owner(context: Context, frame: Frame) -> str:
    """'Salmon, Norway's third largest export, was sold for 12bn': the one that owns, if no other place is named."""
    places = context.scene.places
    owners = {place.code for place in places if place.genitive} - {frame.object}
    alone = len(owners) == 1 and {place.code for place in places} <= owners | {frame.object}
    return owners.pop() if alone and frame.flow in ("exports", "imports") else ""


def _owner_in_sentence(context: Context, frame: Frame) -> str:
    """Whose whole a share is of, where its noun has no owner: a genitive elsewhere in the sentence."""
    owner = next((p.code for p in context.scene.places if p.genitive and p.code != frame.object), "")
    if owner:
        return owner
    scene = context.scene
    free = [p for p in scene.places if p.form != "adj" and not is_governed(scene, p)]
    return free[0].code if free and free[0].code != frame.object else ""


def _dominates(scene: Scene, place: Place) -> bool:
    """'China dominates on the import side', 'dominerar Kina': the partner, and not whose trade it is."""
    return scene.is_word("dominates", place.last) or scene.is_word("dominates", place.first - 1)


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
        if place.code != frame.subject and _dominates(scene, place):
            return place.code
        if (
            not zone.first <= place.first < max(zone.last, zone.quantity.last)
            or place.code == frame.subject
            or place.genitive
        ):
            continue
        at = before_articles(scene, place.first)
        if at and scene.roles_before(at) & wanted and not scene.is_word("and", at - 1):
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
    topic, pair = context.memory.topic, context.memory.pair
    if all(pair) and "WLD" not in pair and not (context.memory.bilateral and set(pair) != set(topic[:2])):
        return pair
    return (topic[0], topic[1]) if len(topic) > 1 else ("", "")


def _subject_from_text(context: Context, frame: Frame) -> str:
    """The country that the text before was about, unless it is the partner."""
    memory, pair = context.memory, context.memory.pair
    main = memory.topic[0] if memory.topic and memory.topic[0] in pair else ""
    if frame.object and frame.object in pair:
        options = (*pair, memory.subject, *memory.topic[:2])
    elif main and not frame.own and frame.object and frame.flow in ("exports", "imports"):
        options = (main, memory.subject, pair[0])
    elif memory.age <= 4:
        options = (memory.subject, pair[0], *memory.topic[:2])
    else:
        options = (*memory.topic[:1], memory.subject, *memory.topic[1:2])
    return next((code for code in options if code and code not in (frame.object, "WLD")), "")


def _object_from_text(context: Context, governed: Governed, frame: Frame) -> str:
    """The partner of the statement before; all the world where a country's trade is told without one."""
    memory = context.memory
    is_trade = frame.flow in ("exports", "imports", "total", "balance") and frame.concept == "trade"
    owned = governed.phrase is not None and (governed.phrase.owner is not None or bool(governed.phrase.pair))
    recent = memory.fresh or memory.age_of_number <= 1 or (memory.age <= 1 and not owned)
    if governed.terms in ("share", "product_share") and not memory.fresh and not memory.bilateral:
        return ""
    if recent and frame.subject in memory.pair and all(memory.pair):
        return next(code for code in memory.pair if code != frame.subject)
    if memory.bilateral and frame.subject in memory.topic[:2] and not (owned and is_trade and memory.age > 9):
        return next(code for code in memory.topic[:2] if code != frame.subject)
    last = memory.governed.frame if memory.governed is not None else None
    if (
        frame.concept == "investment"
        and last is not None
        and last.concept == "investment"
        and last.object != frame.subject
    ):
        return last.object
    if is_trade and governed.terms == "flow" and frame.subject:
        return "WLD"
    return ""


def complete_market(context: Context, frame: Frame) -> tuple[Frame, tuple[str, ...]]:
    """A market with its country, and whose goods are sold on it."""
    pair = spoken_pair(context)
    if frame.subject and not frame.object and frame.subject in pair:
        return replace(frame, object=next(code for code in pair if code != frame.subject)), ("object",)
    if frame.object and not frame.subject and frame.object in pair:
        return replace(frame, subject=next(code for code in pair if code != frame.object)), ("subject",)
    return frame, ()
