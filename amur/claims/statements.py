"""Ranks and statements without a number → drafts."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from amur.claims.claim import Concept, Reading
from amur.claims.clock import fiscal_clock
from amur.claims.draft import Draft
from amur.claims.frames import Frame
from amur.claims.memory import Context
from amur.claims.numbers import Number
from amur.claims.places import complete, complete_market, spoken_pair
from amur.claims.ranks import Rank
from amur.claims.readings import flow_name, settle_period
from amur.claims.site import Governed
from amur.claims.slots import find_modality
from amur.claims.timing import Timing, find_timing
from amur.claims.trends import Trend
from amur.claims.units import Quantity
from amur.claims.zones import Zone

_REACH = 12
_OPENING = 2  # 'For Sweden, …', 'För svensk del …': whose trade a sentence looks at stands first


def draft_rank(context: Context, rank: Rank) -> Draft | None:
    """The draft of a rank; None where one of the two countries stays unknown."""
    frame, assumed = rank.frame, []
    passed = {p.code for p in context.scene.places if context.scene.is_word("ranked_after", p.first - 1)}
    pair = (*(code for code in spoken_pair(context) if code not in passed), *context.memory.pair, *context.memory.topic)
    if not frame.object:
        options = (context.memory.subject, *pair) if rank.own else pair
        # 'Norway was the largest buyer and took 11% of Swedish exports': whose list it is stands beside.
        beside = (p.owner.code for p in context.flows if p.owner is not None and p.head.first > rank.last)
        seen = (
            p.code for p in context.scene.places if p.first <= _OPENING and context.scene.is_word("for", p.first - 1)
        )
        owners = [p.owner.code for p in context.flows if p.owner is not None and p.head.first < rank.first]
        options = (*seen, *(owners[-1:] if rank.own else ()), *beside, *options)
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
    goods = [key for p in context.flows if p.head.first < rank.first for key in p.products if key != "total"]
    if frame.product == "total" and goods:
        frame = replace(frame, product=goods[-1])
    timing = _timing_of_words(context, rank.first, rank.last)
    modality = find_modality(context.scene, 0, rank.last, rank.core)
    period, period_assumed = settle_period(context, timing, modality, frame)
    reading = Reading(
        measure="rank",
        subject=frame.subject,
        object=frame.object,
        flow=flow_name(frame),
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
    refers = any(mark.means == "then" for mark in context.scene.times)
    told = context.memory.timing
    if refers and context.memory.fresh and told is not None:
        return Timing(told.period)
    return find_timing(context.scene, [zone], 0, clock, link="", earlier=told if refers else None)


def draft_trend(context: Context, trend: Trend) -> Draft | None:
    """The draft of a statement without a number; None where it is about no place."""
    scene = context.scene
    frame, assumed = _trend_frame(context, trend)
    if not frame.subject and not frame.object:
        return None
    timing = _timing_of_words(context, trend.first, trend.last)
    modality = find_modality(
        scene, max(0, trend.first - _REACH), min(len(scene.tokens), trend.last + _REACH), trend.last
    )
    period, period_assumed = settle_period(context, timing, modality, frame)
    reading = Reading(
        measure=trend.measure,
        subject=frame.subject,
        object=frame.object,
        flow=flow_name(frame),
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
