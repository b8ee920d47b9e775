"""What a number is about: the frame that governs it, and on what terms.

The nearest head before a number governs it, unless what follows does: a whole (*27 % of all Russian
exports*), a noun (*a 9 % drop in exports*), a tariff. Where a zone has no head of its own the frame is
carried over from the number before, with the places that are named anew.
"""

from __future__ import annotations

from dataclasses import replace

from amur.claims.frames import FLOW_HEADS, FlowPhrase, Frame, frame_of
from amur.claims.scene import Place, Scene, before_articles
from amur.claims.shares import by_share_word
from amur.claims.site import SHARE_TERMS, Governed, Site, governed_by, stands_alone
from amur.claims.units import Quantity
from amur.claims.wholes import of_whole
from amur.claims.zones import cue_before

_NEAR = 5
_SIGNS = frozenset((",", ";", "("))

# Heads that govern only some kinds of number; those not listed govern all, and these none: share, opinion, gdp.
_KINDS: dict[str, tuple[str, ...]] = {
    "share": (),
    "opinion": (),
    "gdp": (),
    "border": ("time", "physical", "count"),
    "transport": ("physical", "count", "multiple", "fraction"),
    "tourism": ("count", "fraction"),
    "tariff": ("fraction", "pp", "multiple", "money"),
    "projects": ("money", "count"),
}


def govern(site: Site) -> Governed | None:
    """The frame of a number, or None where nothing in the sentence or before says what it is about."""
    kind = site.zone.quantity.kind
    if (resumed := _resumed(site)) is not None:
        return governed_by(resumed)
    if kind in ("fraction", "pp"):
        return (
            _opinion(site)
            or _tariff(site)
            or _of_which(site)
            or of_whole(site)
            or by_share_word(site)
            or _supplied(site)
            or _flow(site)
        )
    if kind == "ratio":
        compared = by_share_word(site)
        if compared is not None and not (site.before is not None and _is_yardstick(site.scene, compared)):
            return compared
    return _flow(site)


def _is_yardstick(scene: Scene, compared: Governed) -> bool:
    """Whether a share is only what another is compared with: 'comparable to Mexico's share'."""
    return bool(scene.roles_before(compared.first))


# ── a flow ──────────────────────────────────────────────────────────────────────────────────────


def _flow(site: Site) -> Governed | None:
    zone = site.zone
    usable = [p for p in site.flows if _governs(p, zone.quantity) and p.head.first not in site.shares.consumed]
    usable = [p for p in usable if not _is_left_behind(site, p)]
    left = [p for p in usable if zone.first <= p.head.first < site.last]
    if not left and any(p.concept == "gdp" and zone.first <= p.head.first < site.first for p in site.flows):
        return None
    right = [p for p in usable if site.last <= p.head.first < zone.last and not _is_of_relative(site, p)]
    if not left and zone.quantity.kind == "multiple":
        # 'Plans to double its trade with Kazakhstan to $10bn': the noun belongs to the multiple first.
        right = right or [p for p in usable if p.first - site.last in (0, 1) and p.head.first < zone.until]
    chosen = _preferred(left, zone.quantity) if left else _attached(site, right)
    if chosen is not None:
        supplied = next((p for p in right if p.concept in ("exports", "imports") and p.is_verb), None)
        if chosen.concept in ("deficit", "surplus", "balance") and (traded := _traded(chosen, left)) is not None:
            frame = replace(frame_of(traded), flow="balance", kind=chosen.concept)
            return Governed(frame, "flow", traded.first, chosen.last, phrase=traded)
        if chosen.concept in ("deficit", "surplus", "balance") and (goods := _traded_goods(chosen, left)):
            return replace(governed_by(chosen), frame=replace(frame_of(chosen), product=goods))
        return governed_by(supplied if chosen.concept == "projects" and supplied is not None else chosen)
    if (described := _described(site, usable)) is not None:
        return governed_by(described)
    if site.before is not None and not (site.before.carried and right):
        return _carry(site, site.before)
    beyond = [p for p in usable if site.last <= p.head.first < zone.until]
    return governed_by((right or beyond)[0]) if right or beyond else None


def _is_of_relative(site: Site, phrase: FlowPhrase) -> bool:
    """'… and $15.9bn with Italy, which mainly buys oil': a verb that tells of the place before it."""
    between = range(site.last, phrase.head.first)
    return phrase.is_verb and any(
        site.scene.is_word("relative", at) and site.scene.tokens[at - 1].text == "," for at in between
    )


def _resumed(site: Site) -> FlowPhrase | None:
    """'India's exports to the US, which make up a fifth of its sales, dropped 12%': the noun before the aside."""
    scene = site.scene
    closes = next((at for at in range(site.first - 1, 1, -1) if scene.tokens[at].text == ","), 0)
    cue = scene.at("cue", closes + 1)
    if not closes or closes in scene.inside_number or cue is None or cue.form != "verb" or cue.key == "level":
        return None
    for phrase in site.flows:
        opens = phrase.last
        aside = opens + 1 < closes and scene.tokens[opens].text == "," and scene.is_word("relative", opens + 1)
        if aside and not phrase.is_verb and not any(scene.tokens[at].text == "," for at in range(opens + 1, closes)):
            return phrase
    return None


def _described(site: Site, usable: list[FlowPhrase]) -> FlowPhrase | None:
    """'India's exports to the US, which were worth 87bn in 2024, …': the noun right before a relative clause."""
    scene, first = site.scene, site.zone.first
    opens = first > 0 and scene.tokens[first].text == "," and scene.is_word("relative", first + 1)
    if not opens or any(first < place.first < site.first for place in scene.places):
        return None
    return next((p for p in reversed(usable) if p.head.first < first <= p.last + 1 and not p.is_verb), None)


def _is_left_behind(site: Site, phrase: FlowPhrase) -> bool:
    """Whether a tariff stood in an aside that a comma closed: 'imports, rushed in before the tariffs, fell by 68%'."""
    scene = site.scene
    if phrase.concept != "tariff" or not any(
        p.concept in FLOW_HEADS and p.head.first < phrase.head.first for p in site.flows
    ):
        return False
    for at in range(phrase.head.last, site.first):
        cue = scene.at("cue", at + 1)
        if scene.tokens[at].text == "," and cue is not None and cue.form == "verb":
            return True
    return False


def _traded(balance: FlowPhrase, left: list[FlowPhrase]) -> FlowPhrase | None:
    """The trade that a balance without places is of: 'trade with countries outside the EU gave a surplus of …'."""
    if _has_places(balance) or balance.own:
        return None
    trade = [p for p in left if p.head.first < balance.head.first and p.concept == "total" and not p.is_verb]
    return trade[-1] if trade and _has_places(trade[-1]) else None


def _governs(phrase: FlowPhrase, quantity: Quantity) -> bool:
    """Whether a head can be what a number of this kind is about."""
    if phrase.concept == "settlement":
        return quantity.kind == "fraction" or not phrase.is_verb
    if phrase.concept == "price":
        return "/" in quantity.unit or quantity.kind in ("fraction", "multiple")
    return phrase.concept not in _KINDS or quantity.kind in _KINDS[phrase.concept]


def _preferred(left: list[FlowPhrase], quantity: Quantity) -> FlowPhrase:
    """The nearest head; a noun with places wins over a bare verb behind it."""
    nearest, before = left[-1], left[-2] if len(left) > 1 else None
    if before is None or (quantity.kind == "count" and nearest.concept == "projects"):
        return nearest
    if nearest.is_verb and not before.is_verb and not _has_places(nearest):
        return before
    is_side = nearest.concept in ("market", "projects", "price") and quantity.kind == "fraction"
    return before if is_side and before.concept in FLOW_HEADS else nearest


def _traded_goods(balance: FlowPhrase, left: list[FlowPhrase]) -> str:
    """'In trade in services the EU has a deficit of …': what the trade that a balance is of is in."""
    trade = [p for p in left if p.head.first < balance.head.first and p.concept == "total"]
    product = frame_of(trade[-1]).product if trade and not balance.products else "total"
    return "" if product == "total" else product


def _has_places(phrase: FlowPhrase) -> bool:
    groups = (phrase.to, phrase.source, phrase.with_, phrase.between, phrase.of, phrase.inside)
    return phrase.owner is not None or any(groups)


def _attached(site: Site, right: list[FlowPhrase]) -> FlowPhrase | None:
    """A head right behind the number: '$3bn of exports', 'a 9% drop in exports to Norway'."""
    for phrase in right[:2]:
        between = site.scene.tokens[site.last : phrase.first]
        if len(between) <= _NEAR and not any(token.text in _SIGNS for token in between):
            return phrase
    return None


def _of_which(site: Site) -> Governed | None:
    """'Imports were $170m, of which China delivered 70%': a part of the flow told before."""
    before, scene, first = site.before, site.scene, site.zone.first
    starts = any(
        scene.text(at, at + 2) in scene.words("of_which") or scene.is_word("of_which", at) for at in (first, first + 1)
    )
    if before is None or before.terms != "flow" or not starts or before.frame.flow not in ("exports", "imports"):
        return None
    place = next((p for p in scene.places if first <= p.first < site.first and not p.genitive), None)
    if place is None or place.code == before.frame.subject:
        return None
    frame = replace(before.frame, object=place.code)
    return replace(before, frame=frame, terms="share", first=first, last=site.last, carried=True, numerator_first=True)


def _supplied(site: Site) -> Governed | None:
    """'France delivered 33% and Israel 13%' behind a share: further shares of the same whole."""
    before, verb = site.before, site.verb_left("exports", "imports")
    if before is None or before.terms != "share" or verb is None or verb.owner is None or verb.to or verb.products:
        return None
    if site.zone.quantity.kind != "fraction" or cue_before(site.scene, site.zone) is not None:
        return None
    supplier = verb.owner.code
    if before.frame.flow != ("imports" if verb.concept == "exports" else "exports"):
        return None
    frame = replace(before.frame, object=supplier)
    return replace(before, frame=frame, first=verb.first, last=site.last, carried=True, numerator_first=True)


# ── carried over ────────────────────────────────────────────────────────────────────────────────


def _carry(site: Site, before: Governed) -> Governed:
    """The frame of the number before, with the places and the product named anew in this zone."""
    frame = before.frame
    if frame.concept == "settlement" and site.zone.quantity.kind == "money":
        frame, before = replace(frame, concept="trade"), replace(before, terms="flow")
    if frame.kind == "part":
        return replace(before, first=site.first, last=site.last, carried=True)
    listed = _named_before_bracket(site) if before.terms in SHARE_TERMS or before.numerator_first else ""
    for place, role in _new_places(site, before.last if before.numerator_first else 0):
        if place.code == listed:
            continue
        if role == "whole":
            frame = replace(frame, subject=place.code, object="" if frame.object == place.code else frame.object)
            before = replace(before, numerator_first=True)
        elif role == "subject" and not (before.terms in SHARE_TERMS and before.numerator_first):
            frame = replace(frame, subject=place.code, object="" if frame.object == place.code else frame.object)
        elif place.code != frame.subject or role == "subject":
            frame = replace(frame, object=place.code)
    frame = replace(frame, product=_new_product(site, before) or frame.product)
    if listed not in ("", frame.subject):
        frame = replace(frame, object=listed)
    if before.terms == "share" and frame.flow and _moves_in_volume(site):
        before = replace(before, terms="flow")
    aside = before.aside or any(_is_passed(site.scene, p) for p in site.scene.places if p.last <= site.first)
    return replace(before, frame=frame, first=site.first, last=site.last, carried=True, aside=aside)


def _moves_in_volume(site: Site) -> bool:
    """'Its share was 19%. But the volume rose by 18%': it is the flow that moves."""
    cue = cue_before(site.scene, site.zone)
    return cue is not None and any(site.scene.is_word("volume", at) for at in range(site.zone.first, cue.first))


def _named_before_bracket(site: Site) -> str:
    """'Three times the share of the United States (12%)': a share in brackets is of the place right before them."""
    opens = site.first - 1
    if opens < 1 or site.scene.tokens[opens].text != "(":
        return ""
    place = site.scene.place_ends.get(opens)
    return place.code if place is not None else ""


def _is_passed(scene: Scene, place: Place) -> bool:
    """'The third largest market, after Germany (10%) and Norway (11%)': others in a ranking."""
    return scene.is_word("ranked_after", before_articles(scene, place.first) - 1) or _is_behind(scene, place)


def _of_total(site: Site) -> bool:
    """Whether what was told before is trade both ways, which one has *with* a partner."""
    return site.before is not None and site.before.frame.flow in ("total", "balance")


def _is_behind(scene: Scene, place: Place) -> bool:
    """'… with $2.4bn, ahead of Peru with $1.9bn'."""
    at = before_articles(scene, place.first)
    return bool({scene.text(at - size, at) for size in (1, 2) if at >= size} & scene.words("ranked_before"))


def _new_product(site: Site, before: Governed) -> str:
    """A product named before the number in its zone, or right behind it."""
    zone = site.zone
    products = [m for m in site.scene.between("product", zone.first, zone.last) if m.key != "total"]
    if before.terms == "product_share" and not products and (goods := _looked_at(site.scene)):
        return goods
    named_first = [m for m in products if m.last <= site.first]
    if named_first and before.terms in ("flow", *SHARE_TERMS) and (zone.first == 0 or zone.after_cut):
        return named_first[-1].key
    beside = bool(products) and abs(products[0].first - site.last) <= 3 and zone.after_cut
    return products[0].key if beside and before.terms == "flow" else ""


def _looked_at(scene: Scene) -> str:
    """'For active ingredients the figure is 18%': goods that no list names, in front of a sentence."""
    if not scene.is_word("for", 0) or len(scene.tokens) < _NEAR or 1 in scene.place_at:
        return ""
    token = scene.tokens[1]
    return token.low if token.kind == "w" and not scene.is_word("articles", 1) else ""


def _new_places(site: Site, since: int) -> list[tuple[Place, str]]:
    """Places that a zone without head names: a bare one before the number is a subject, others are partners."""
    found: list[tuple[Place, str]] = []
    for place in site.scene.places:
        if not max(site.zone.first, since) <= place.first < site.zone.last or site.is_speaker(place):
            continue
        if place.genitive:
            if place.first < site.first and stands_alone(site.scene, place):
                found.append((place, "subject"))
            continue
        role = site.scene.roles_before(place.first)
        if place.last <= site.first and (_is_behind(site.scene, place) or _makes_up(site, place)):
            found.append((place, "object"))
        elif _is_seen_from(site.scene, place):
            found.append((place, "whole"))
        elif place.last <= site.first and (_comes_next(site.scene, place) or _is_with_one(site.scene, place)):
            found.append((place, "object"))
        elif place.first >= site.first:
            leads = {"to", "from", "with"} if _of_total(site) else {"to", "from"}
            if role & leads and place.first - site.last <= 4 and not _is_of_next(site, place):
                found.append((place, "object"))
        elif not role - {"with"} and not place.is_adjective:
            found.append((place, "subject"))
        elif role & {"to", "from", "with"} or site.scene.is_word("followed", place.first - 2):
            found.append((place, "object"))
    return found


def _makes_up(site: Site, place: Place) -> bool:
    """'Kazakhstan made up $43.8bn of that': one of the partners of whom the sum was told."""
    verb = site.verb_left("share")
    return site.zone.quantity.kind == "money" and verb is not None and verb.first in (place.first, place.last)


def _is_of_next(site: Site, place: Place) -> bool:
    """'To the US went 14.7% and to the EU 14.4%': a place that leads to the next number."""
    joined = any(site.scene.is_word("and", at) for at in range(site.last, place.first))
    return joined and any(0 <= q.first - place.last <= 1 for q in site.scene.quantities)


def _is_seen_from(scene: Scene, place: Place) -> bool:
    """'For China, Russia accounts for 4%': whose trade the share is of."""
    before = place.first - 1
    opens = before == 0 or (before > 0 and scene.tokens[before - 1].text in (";", ","))
    return before >= 0 and opens and scene.is_word("for", before)


def _comes_next(scene: Scene, place: Place) -> bool:
    """'Russia came second with $27.8bn': another partner in a list, not another country's trade."""
    if scene.is_word("next", 0) and scene.is_word("came", place.first - 1):
        return True
    return scene.is_word("came", place.last) and any(
        q.kind == "ordinal" and q.first in (place.last + 1, place.last + 2) for q in scene.quantities
    )


def _is_with_one(scene: Scene, place: Place) -> bool:
    """'The one with China', 'det med Kina': the same of another partner."""
    at = place.first - 2
    return at >= 0 and "with" in scene.roles_at(place.first - 1) and scene.is_word("stands_for", at)


# ── tariffs and opinions ────────────────────────────────────────────────────────────────────────


def _tariff(site: Site) -> Governed | None:
    heads = [p for p in site.flows if p.concept == "tariff" and not _is_left_behind(site, p)]
    if not heads or _is_part_of_flow(site) or site.zone.quantity.number.kind == "fraction":
        return None
    behind = next((p for p in heads if 0 <= p.head.first - site.last <= 3), None)
    if behind is not None:
        return _of_tariff(site, behind)
    topics = ("tariff", "share", *FLOW_HEADS)
    left = [p for p in site.flows if p.head.first < site.first and p.concept in topics]
    left = [p for p in left if not _is_left_behind(site, p)]
    left = [p for p in left if site.zone.first <= p.head.first or not site.zone.after_cut]
    nearest = next((p for p in reversed(left) if not (p.is_verb and p.concept == "share")), None)
    if nearest is None:
        return None
    around = next((t for t in heads if t.head.first < nearest.head.first < t.last + 1), None)
    tariff = nearest if nearest.concept == "tariff" else around
    return _of_tariff(site, tariff) if tariff is not None else None


def _is_part_of_flow(site: Site) -> bool:
    """'Duties on 99% of Indian exports': the number is a part of the exports."""
    at = site.last
    goods = any(at < mark.first <= at + 3 for mark in site.scene.of("product") if mark.key == "total")
    moved = any(p.concept in FLOW_HEADS and at < p.head.first <= at + 6 for p in site.flows)
    return site.scene.is_word("of", at) and (goods or moved)


def _of_tariff(site: Site, tariff: FlowPhrase) -> Governed:
    """The frame of a tariff; 'Swiss exports to the US now face a tariff' says who taxes whom."""
    frame = frame_of(tariff)
    flows = (p for p in site.flows if p.concept in ("exports", "imports") and not p.is_verb)
    faced = next((p for p in flows if p.head.first < tariff.head.first), None)
    if faced is not None and not frame.subject and not frame.object:
        inner = frame_of(faced)
        inner = inner if inner.flow == "imports" else inner.mirrored()
        product = inner.product if frame.product == "total" else frame.product
        frame = replace(frame, subject=inner.subject, object=inner.object, product=product)
    return Governed(frame, "tariff", tariff.first, tariff.last, phrase=tariff)


def _opinion(site: Site) -> Governed | None:
    """What a share of the people of a country thinks: '61% of Australians said …'."""
    scene, before = site.scene, site.before
    polled = [p for p in site.flows if p.concept == "opinion"]
    people = _people_behind(site)
    noun = any(not p.is_verb for p in polled)
    told = before is not None and before.terms == "opinion"
    goes_on = told and not site.flows and not scene.places
    follows = told and (bool(polled) or goes_on)
    thinks = any(p.is_verb and 0 <= p.head.first - site.last <= 1 for p in polled)
    if not (noun or people is not None or follows or thinks):
        return None
    if people is None and not noun and not thinks and any(p.concept in FLOW_HEADS for p in site.flows):
        return None
    if before is not None and before.terms == "opinion" and not scene.places:
        return replace(before, carried=True, first=site.first, last=site.last)
    subject = people or next((p for p in scene.places if _is_people(scene, p)), None)
    code = subject.code if subject is not None else before.frame.subject if before is not None and follows else ""
    code = code or site.people
    others = [p for p in scene.places if p.code != code]
    near = [p.code for p in others if site.zone.first <= p.first < site.first]
    partner = near[-1] if near else others[0].code if others else ""
    return Governed(Frame("opinion", "", code, partner), "opinion", site.first, site.last)


def _people_behind(site: Site) -> Place | None:
    """The people of whom a fraction says or thinks something."""
    scene, at = site.scene, site.last
    if not scene.is_word("of", at):
        return None
    place = next((p for p in scene.places if p.first in (at + 1, at + 2) and _is_people(scene, p)), None)
    marks = (*scene.of("who_verbs"), *(m for m in scene.of("head") if m.key == "opinion"))
    thinks = place is not None and any(place.last <= m.first <= place.last + 2 for m in marks)
    return place if thinks else None


def _is_people(scene: Scene, place: Place) -> bool:
    word = scene.tokens[place.last - 1].low
    return place.form == "demonym" and word.endswith(tuple(scene.words("people_ends")))
