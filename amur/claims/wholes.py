"""What a fraction is of, where its whole follows: '27% of all Russian exports', '86% of its oil', '1% of GDP'."""

from __future__ import annotations

from dataclasses import replace

from amur.claims.frames import FLOW_HEADS, FlowPhrase, Frame, frame_of
from amur.claims.lexicon import Mark
from amur.claims.scene import Place, before_articles
from amur.claims.site import SHARE_TERMS, Governed, Site, clause_subject, is_parted, subject_place

_WHOLES = (*FLOW_HEADS, "settlement", "investment", "transport", "market")
_REACH = 9
_REACH_OF_VERB = 5
_REACH_OF_LEG = 6


def of_whole(site: Site) -> Governed | None:
    """The frame of a fraction by the words behind it; None where no 'of' follows, or nothing known."""
    start = _start(site)
    if start is None:
        return None
    sourced = _of_moved_goods(site, start)
    if sourced is not None:
        return sourced
    phrase = _whole_behind(site, start)
    if phrase is not None and phrase.concept == "gdp":
        return _of_gdp(site, phrase)
    if phrase is not None and phrase.concept == "settlement" and (leg := _settled_leg(site, phrase)) is not None:
        return Governed(replace(frame_of(leg), concept="settlement"), "settlement", site.first, leg.last)
    if phrase is not None and phrase.concept in _WHOLES:
        return _share_of(site, phrase)
    if site.before is not None and _is_them(site, start):
        return _of_them(site, site.before, start)
    return _of_product(site, start) or _of_elliptical(site, start) or _of_owner(site, start)


def _start(site: Site) -> int | None:
    """Where the words for the whole begin, behind 'of'."""
    scene, at = site.scene, site.last
    if at >= len(scene.tokens):
        return None
    if scene.is_word("units_of", at) and (scene.is_word("of", at + 1) or scene.is_word("in", at + 1)):
        return at + 2
    if scene.is_word("of", at - 1) or _is_bare_whole(site, at):
        return at
    return at + 1 if scene.is_word("of", at) else None


def _is_bare_whole(site: Site, at: int) -> bool:
    """'Var femte exportkrona', 'four in ten cars': a fraction in words right before the noun it is part of."""
    head, quantity = site.scene.at("head", at), site.zone.quantity
    in_ten = quantity.last - quantity.first >= 3 and site.scene.at("product", at) is not None
    noun = head is not None and head.form == "noun"
    return quantity.number.kind == "fraction" and (noun or in_ten)


def _whole_behind(site: Site, start: int) -> FlowPhrase | None:
    nouns = (p for p in site.flows if start <= p.head.first <= start + _REACH and not p.is_verb)
    phrase = next(nouns, None) or _moved(site, start)
    return None if phrase is not None and is_parted(site.scene, start, phrase.head.first) else phrase


def _moved(site: Site, start: int) -> FlowPhrase | None:
    """A whole told by a verb: '80 percent of all that Russia sells to China'."""
    verbs = (p for p in site.flows if p.is_verb and p.concept in ("exports", "imports"))
    return next((p for p in verbs if start <= p.head.first <= start + _REACH_OF_VERB), None)


def _of_moved_goods(site: Site, start: int) -> Governed | None:
    """'Four in ten cars sold in Russia were made in China': goods, a place of sale and a source."""
    made = next((m for m in site.scene.of("product") if start <= m.first <= start + 1 and m.key != "total"), None)
    in_words = site.zone.quantity.number.kind == "fraction"
    if made is None or not in_words or _moved(site, start) is None:
        return None
    nouns = [p for p in site.flows if start <= p.head.first <= start + _REACH and not p.is_verb]
    return None if nouns else _of_sourced(site, start, made)


def _settled_leg(site: Site, phrase: FlowPhrase) -> FlowPhrase | None:
    """The flow whose payments are meant: 'payments for Brazil's exports'."""
    legs = (p for p in site.flows if p.concept in ("exports", "imports", "total") and not p.is_verb)
    return next((p for p in legs if 0 < p.head.first - phrase.head.last <= _REACH_OF_LEG), None)


def _of_gdp(site: Site, phrase: FlowPhrase) -> Governed:
    numerators = [p for p in site.flows if p.head.first < site.first and p.concept in (*FLOW_HEADS, "investment")]
    owner = phrase.owner.code if phrase.owner else ""
    frame = frame_of(numerators[-1]) if numerators else site.before.frame if site.before is not None else Frame()
    if frame.concept == "trade" and owner and not frame.subject:
        frame = replace(frame, subject=owner, object=frame.object if frame.object != owner else "")
    return Governed(frame, "share_of_gdp", site.first, phrase.last)


def _is_them(site: Site, start: int) -> bool:
    """Whether 'of it' ends there and is no article, as Swedish 'av den ryska oljan'."""
    scene, after = site.scene, start + 1
    goes_on = after in scene.place_at or any(scene.at(kind, after) is not None for kind in ("product", "head"))
    return scene.is_word("them", start) and not goes_on


def _of_them(site: Site, before: Governed, start: int) -> Governed:
    """'… with Germany taking 18% of it': the whole is what the number before was about."""
    place = subject_place(site, exclude=before.frame.subject)
    frame = replace(before.frame, object=place.code) if place is not None else before.frame
    return Governed(frame, "share", site.first, start + 1, numerator_first=True)


# ── a flow as the whole ─────────────────────────────────────────────────────────────────────────


def _share_of(site: Site, phrase: FlowPhrase) -> Governed:
    base = frame_of(phrase)
    settled = any(p.concept == "settlement" and p.head.first > site.last for p in site.flows)
    if phrase.concept == "settlement" or (settled and base.flow == "total"):
        return Governed(replace(base, concept="settlement"), "settlement", site.first, phrase.last)
    if base.flow == "exports" and site.scene.is_word("supply", phrase.head.first) and not base.object:
        base = replace(base, flow="imports")
    numerator, product, is_subject = _numerator(site, phrase, base)
    if product and (base.object or not numerator) and base.subject:
        return Governed(replace(base, product=product), "product_share", site.first, phrase.last)
    told = _told_before(site, base) if not numerator and not product else None
    if told is not None:
        return Governed(told, "share", site.first, phrase.last)
    if product and not numerator:
        return Governed(replace(base, product=product), "product_share", site.first, phrase.last)
    if base.subject and base.object and phrase.concept == "transport":
        return Governed(base, "share", site.first, phrase.last)
    moved = any(site.scene.is_word("moves", at) for at in range(site.zone.first, site.first))
    bilateral = base.subject and base.object and base.object != numerator and not moved
    if bilateral and base.flow in ("exports", "imports", "total"):
        return Governed(replace(base, kind="part"), "product_share", site.first, phrase.last)
    frame = replace(base, object=numerator or base.object)
    if not base.subject and base.flow == "imports" and base.object and numerator:
        frame = replace(base, subject=numerator, object=base.object)
    if phrase.own and not base.subject and numerator and site.verb_left("share") is not None:
        # 'The US accounted for 31% of the island's sales': who owns the whole was named before.
        frame = replace(frame, own=True)
    elif phrase.own and not base.subject:
        subject = clause_subject(site)
        frame = replace(frame, subject=subject, own=True, object="" if frame.object == subject else frame.object)
    before = site.before
    bare = frame.product == "total" and not (base.subject or base.object or phrase.total)
    if bare and before is not None and before.terms == "share" and before.frame.product != "total":
        # 'The biggest buyer of Australian coal, taking 36% of shipments': shipments of what was named.
        frame = replace(frame, product=before.frame.product)
    if not frame.subject and before is not None and before.terms == "share" and before.frame.object == frame.object:
        # '45 percent of the EU's imports of gas and 16 percent of imports of oil': one whole, told once.
        frame = replace(frame, subject=before.frame.subject)
    return Governed(frame, "share", site.first, phrase.last, numerator_first=is_subject)


def _told_before(site: Site, base: Frame) -> Frame | None:
    """Subject and partner of the number before, where the whole names neither: '…, or 8% of total imports'."""
    before = site.before
    if before is None or not (site.zone.first > 0 or (before.numerator_first and before.last > 0)):
        return None
    frame = before.frame
    if not (frame.subject and frame.object and frame.flow) or base.subject not in ("", frame.subject):
        return None
    product = base.product if base.product != "total" else frame.product
    return replace(frame, flow=base.flow or frame.flow, product=product)


def _numerator(site: Site, phrase: FlowPhrase, base: Frame) -> tuple[str, str, bool]:
    """Whose share it is: the country, or the product; and whether it is the subject of the clause."""
    after = _partner_after(site, phrase.last, exclude=base.subject)
    if after:
        return after, "", False
    if left := site.left(*FLOW_HEADS):
        frame = frame_of(left[-1])
        partner = next((code for code in (frame.object, frame.subject) if code and code != base.subject), "")
        if partner or frame.product != "total":
            return partner, "" if partner else frame.product, False
    place = subject_place(site, exclude=base.subject)
    marks = [m for m in site.scene.between("product", site.zone.first, site.first) if m.key != "total"]
    if place is not None:
        return place.code, "", not (place.is_adjective and marks)
    return "", marks[-1].key if marks else "", False


def _partner_after(site: Site, first: int, *, exclude: str) -> str:
    """The place behind 'went to', 'came from', 'to', 'from' after a whole."""
    scene = site.scene
    verbs = {m.last for m in scene.of("head") if m.key == "share" and m.form == "verb"}
    for place in scene.places:
        if not first <= place.first < site.zone.last or place.code == exclude:
            continue
        at = before_articles(scene, place.first)
        if at in verbs or scene.roles_before(at) & {"to", "from"}:
            return place.code
    return ""


# ── other wholes ────────────────────────────────────────────────────────────────────────────────


def _of_product(site: Site, start: int) -> Governed | None:
    """'Slovakia gets 86% of its oil from Russia': the whole is what one country buys or sells of a product."""
    scene = site.scene
    mark = next((m for m in scene.of("product") if start <= m.first <= start + 5 and m.key != "total"), None)
    verbs = [p for p in site.flows if p.is_verb and p.concept in ("exports", "imports") and p.head.first < site.first]
    if mark is None:
        return None
    own, before = any(start <= m.first < mark.first for m in scene.of("pair_own")), site.before
    if own and before is not None and before.terms == "share" and site.zone.after_cut and site.zone.first > 0:
        return replace(before, frame=replace(before.frame, product=mark.key), first=site.first, last=mark.last)
    if not verbs:
        return _of_sourced(site, start, mark)
    verb, place = verbs[-1], site.owner_between(start, mark.first)
    frame = replace(frame_of(verb), product=mark.key)
    if verb.owner is None and not frame.subject and (buyer := subject_place(site, exclude=place.code if place else "")):
        frame = replace(frame, subject=buyer.code)
    if place is not None and not own:
        flow = "imports" if verb.concept == "exports" else "exports"
        numerator = verb.owner.code if verb.owner else frame.subject
        frame = Frame(flow=flow, subject=place.code, object=numerator, product=mark.key)
    return Governed(frame, "share", verb.first, max(mark.last, verb.last), phrase=verb)


def _of_sourced(site: Site, start: int, product: Mark) -> Governed | None:
    """'94% of Germany's rare earths come from China': no noun of trade, but a source or a destination."""
    scene = site.scene
    for place in scene.places:
        if place.first >= max(site.zone.last, product.last + 1):
            break
        roles = scene.roles_before(before_articles(scene, place.first)) if place.first >= product.last else frozenset()
        if not roles & {"from", "via", "to"}:
            continue
        owner = site.owner_between(start, product.first)
        if owner is None:
            between = (p for p in scene.places if product.last <= p.first < place.first)
            owner = next((p for p in between if "in" in scene.roles_before(p.first)), None)
        flow = "imports" if roles & {"from", "via"} else "exports"
        frame = Frame("trade", flow, owner.code if owner else "", place.code, product.key, own=owner is None)
        return Governed(frame, "share", site.first, place.last)
    return None


def _of_elliptical(site: Site, start: int) -> Governed | None:
    """'… and Russia for 4 percent of China's': the noun is that of the share before."""
    place = next((p for p in site.scene.places if start <= p.first <= start + 2), None)
    before = site.before
    if place is None or not place.genitive or before is None or before.terms not in SHARE_TERMS:
        return None
    if site.product_between(place.last, place.last + 3):
        return None
    numerator = subject_place(site, exclude=place.code)
    frame = replace(before.frame, subject=place.code, object=numerator.code if numerator else before.frame.subject)
    return Governed(frame, before.terms, site.zone.first, place.last, numerator_first=True)


def _of_owner(site: Site, start: int) -> Governed | None:
    """'65% of the EU's consumption of lithium': a whole that is no flow, but somebody's."""
    place = site.owner_between(start, start + 3)
    left = [p for p in site.flows if p.head.first < site.first and p.concept in FLOW_HEADS and not p.is_verb]
    told = site.before.frame if site.before is not None and site.before.terms in SHARE_TERMS else None
    if place is None:
        return None
    if not left and ((supplied := _of_demand(site, start, place)) is not None or told is None):
        return supplied
    frame = replace(frame_of(left[-1]) if left else told or Frame(), subject=place.code)
    product = site.product_between(start + 1, start + _REACH)
    if product:
        frame = replace(frame, product=product, concept="trade", flow=frame.flow or "imports")
    return Governed(frame, "share", left[-1].first if left else site.first, place.last)


def _of_demand(site: Site, start: int, owner: Place) -> Governed | None:
    """'Norway covers a third of Europe's gas demand': what a country uses, by who supplies it."""
    supplier, product = subject_place(site, exclude=owner.code), site.product_between(start + 1, start + _REACH)
    if supplier is None or not product:
        return None
    frame = Frame("trade", "imports", owner.code, supplier.code, product)
    return Governed(frame, "share", site.first, owner.last, numerator_first=True)
