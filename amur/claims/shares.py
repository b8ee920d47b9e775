"""Shares told by a noun or verb before the number: 'Russia's share of Serbian imports was 5.4%'."""

from __future__ import annotations

from dataclasses import replace

from amur.claims.frames import FLOW_HEADS, FlowPhrase, Frame, frame_of
from amur.claims.scene import Scene
from amur.claims.site import Governed, Shares, Site, code_of, is_parted

_TOPICS = (*FLOW_HEADS, "investment", "projects", "loans", "price", "settlement", "transport", "tariff", "market")
_WITH_WHOLE = ("share", "settlement", "dependence", "deficit", "surplus", "balance")
_PASSED_VERBS = ("share", "exports", "imports", "settlement")
_REACH = 12
_REACH_OF_LEG = 6


def find_shares(scene: Scene, flows: tuple[FlowPhrase, ...]) -> Shares:
    """Pair each share noun with the flow it is a share of: *the share of X in Y's imports*."""
    wholes: dict[int, FlowPhrase] = {}
    consumed: set[int] = set()
    for number, phrase in enumerate(flows):
        if phrase.is_verb or phrase.concept not in _WITH_WHOLE or number + 1 == len(flows):
            continue
        whole = flows[number + 1]
        if not _is_whole_of(scene, phrase, whole):
            continue
        consumed.add(whole.head.first)
        leg = flows[number + 2] if number + 2 < len(flows) else None
        if whole.concept == "settlement" and leg is not None and _is_leg(whole, leg):
            whole = leg
            consumed.add(leg.head.first)
        wholes[phrase.head.first] = whole
    return Shares(wholes, frozenset(consumed))


def _is_whole_of(scene: Scene, share: FlowPhrase, whole: FlowPhrase) -> bool:
    if whole.is_verb or whole.concept not in (*FLOW_HEADS, "investment", "settlement", "market"):
        return False
    of_balance = share.concept in ("deficit", "surplus", "balance")
    near = whole.head.first - share.head.last <= _REACH
    return (
        near
        and (not of_balance or whole.concept == "total")
        and not is_parted(scene, share.head.last, whole.head.first)
    )


def _is_leg(settlement: FlowPhrase, leg: FlowPhrase) -> bool:
    near = leg.head.first - settlement.head.last <= _REACH_OF_LEG
    return near and leg.concept in ("exports", "imports", "total") and not leg.is_verb


def by_share_word(site: Site) -> Governed | None:
    """The frame of a fraction by a share noun before it, or by a share verb; None where there is neither."""
    share = _nearest(site)
    if share is None or share.concept not in ("share", "dependence"):
        return _by_verb(site)
    whole = site.shares.wholes.get(share.head.first)
    if share.concept == "dependence":
        return _dependence(share, whole)
    return _bare(site, share) if whole is None else _share(site, share, whole)


def _nearest(site: Site) -> FlowPhrase | None:
    """The nearest head before the number that can be its topic; verbs that only tell a share are passed over."""
    for phrase in reversed(site.flows):
        if not site.zone.first <= phrase.head.first < site.first or phrase.head.first in site.shares.consumed:
            continue
        if phrase.concept not in (*_TOPICS, "share", "dependence"):
            continue
        if not (phrase.is_verb and phrase.concept in _PASSED_VERBS):
            return phrase
    return None


def _share(site: Site, share: FlowPhrase, whole: FlowPhrase) -> Governed:
    base = frame_of(whole)
    if whole.concept == "investment" and whole.source:
        host = code_of(whole.inside, whole.to)
        return Governed(replace(base, subject=host, object=whole.source[0].code), "share", share.first, whole.last)
    if _is_of_settlement(site.scene, share, whole):
        return Governed(replace(base, concept="settlement"), "settlement", share.first, whole.last)
    numerator = _owner(site.scene, share, exclude=base.subject)
    product = next((key for key in share.products if key != "total"), "")
    if product and not numerator:
        return Governed(replace(base, product=product), "product_share", share.first, whole.last)
    if numerator and base.subject and base.object not in ("", numerator) and base.flow in FLOW_HEADS:
        # 'Poland's share of EU exports to Ukraine': a part of the flow between two others.
        return Governed(replace(base, kind="part"), "product_share", share.first, whole.last)
    frame = replace(base, object=numerator or base.object)
    told = site.before.frame if site.before is not None and site.before.terms == "share" else None
    if share.own and told is not None and told.subject and told.object and not base.subject and not numerator:
        # 'Russia's share of EU imports fell …, while its share of exports …': the same two, the other flow.
        frame = replace(told, flow=base.flow, product=base.product)
    if product and base.product == "total":
        frame = replace(frame, product=product)
    return Governed(frame, "share", share.first, whole.last, numerator_first=bool(numerator), phrase=whole)


def _is_of_settlement(scene: Scene, share: FlowPhrase, whole: FlowPhrase) -> bool:
    settled = (mark.first for mark in scene.of("head") if mark.key == "settlement")
    return any(share.head.last <= at < whole.head.last + 2 for at in settled)


def _dependence(share: FlowPhrase, whole: FlowPhrase | None) -> Governed:
    frame = frame_of(share)
    if whole is None:
        return Governed(frame, "share", share.first, share.last, phrase=share)
    inner = frame_of(whole)
    frame = replace(
        frame,
        flow=inner.flow or frame.flow,
        product=inner.product if inner.product != "total" else frame.product,
        object=frame.object or inner.object,
    )
    return Governed(frame, "share", share.first, whole.last, phrase=share)


def _owner(scene: Scene, share: FlowPhrase, *, exclude: str) -> str:
    """Whose share: the owner of the noun, the place behind 'of', or an adjective of the goods before it."""
    for place in (share.owner, *share.of, *share.source, *share.inside):
        if place is not None and place.code != exclude:
            return place.code
    before = scene.place_ends.get(share.first)
    return before.code if before is not None and before.is_adjective and before.code != exclude else ""


def _bare(site: Site, share: FlowPhrase) -> Governed:
    """A share whose whole is not in the sentence: 'their share is more than 50%'."""
    before = site.before
    if share.own and (before is None or before.frame.concept != "trade"):
        return Governed(Frame("trade", "imports", own=True), "share", share.first, site.last)
    partner = (share.owner.code if share.owner else "") or code_of(share.of, share.source)
    if before is None:
        frame = replace(frame_of(share), subject="", object=partner)
    elif share.own:
        frame = before.frame.mirrored() if before.frame.flow == "exports" else before.frame
    else:
        told = before.frame
        subject = told.subject if told.subject != partner else told.object
        frame = replace(told, object=partner or told.object, subject=subject)
    if any(m.key == "investment" and abs(m.first - share.head.first) <= 4 for m in site.scene.of("head")):
        frame = replace(frame, concept="investment", flow="")
    product = site.product_between(site.zone.first, share.first)
    if product and before is not None:
        frame = replace(frame, product=product)
    owned = share.owner is not None
    return Governed(frame, "share", share.first, site.last, numerator_first=owned, carried=before is not None)


def _product_by_verb(site: Site, verb: FlowPhrase) -> Governed | None:
    """'Soy alone made up a third': a product's part of the flow that was told before."""
    product, before = site.product_between(site.zone.first, verb.head.first), site.before
    if (
        before is None
        or product in ("", before.frame.product)
        or before.frame.concept != "trade"
        or not before.frame.subject
    ):
        return None
    return Governed(replace(before.frame, product=product), "product_share", verb.first, site.last)


def _by_verb(site: Site) -> Governed | None:
    """'Trade with the EU made up 37 percent', 'exports to China, which account for 19%': a flow with a share verb."""
    verb, flows = site.verb_left("share"), site.left(*FLOW_HEADS)
    if verb is None or site.scene.is_word("has", verb.head.first):
        return None
    if not flows:
        return _product_by_verb(site, verb)
    flow = flows[-1]
    return Governed(frame_of(flow), "share", min(verb.first, flow.first), site.last, phrase=flow)
