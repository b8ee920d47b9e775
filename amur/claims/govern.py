"""What a number is about: the frame that governs it, and on what terms.

The nearest head before a number governs it, unless what follows does: a denominator (*27 % of all
Russian exports*), a noun (*a 9 % drop in exports*), a tariff. Where a zone has no head of its own the
frame is carried over from the number before, with the subject replaced if a new one is named.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from amur.claims.frames import FlowPhrase, Frame, frame_of
from amur.claims.lexicon import Mark
from amur.claims.scene import Place, Scene
from amur.claims.units import Quantity
from amur.claims.zones import Zone

_FLOW_HEADS = ("exports", "imports", "total", "flow", "balance", "deficit", "surplus")
_MONEY_HEADS = (*_FLOW_HEADS, "investment", "projects", "loans", "price", "settlement", "transport", "tariff", "market")
_SHARE_TERMS = ("share", "product_share", "share_of_gdp")
_OF = frozenset(("of", "av"))
_THEM = frozenset("it them these those that this det den dem dessa detta".split())
_UNITS_OF = frozenset("krona kronor dollar dollars euro euros tonne ton barrel barrels fat".split())


@dataclass(frozen=True)
class Governed:
    """The frame of a number; `terms` is how it enters: as `flow`, `share`, `tariff`, `opinion` …

    `numerator_is_subject` says which place a carried-over frame would replace; `first` and `last` are
    the tokens it was read from; `carried` says that it comes from an earlier number or sentence.
    """

    frame: Frame
    terms: str
    first: int
    last: int
    numerator_first: bool = False
    carried: bool = False
    phrase: FlowPhrase | None = None


@dataclass(frozen=True)
class Shares:
    """The share phrases of a sentence: their heads with the flow phrase that is the denominator."""

    denominators: dict[int, FlowPhrase]
    consumed: frozenset[int]


def find_shares(scene: Scene, flows: tuple[FlowPhrase, ...]) -> Shares:
    """Pair each share noun with the flow it is a share of: *the share of X in Y's imports*."""
    denominators: dict[int, FlowPhrase] = {}
    consumed: set[int] = set()
    for number, phrase in enumerate(flows):
        if phrase.is_verb or phrase.concept not in (
            "share",
            "settlement",
            "dependence",
            "deficit",
            "surplus",
            "balance",
        ):
            continue
        for step, after in enumerate(flows[number + 1 : number + 4], number + 2):
            if after.is_verb or after.concept not in (*_FLOW_HEADS, "investment", "settlement", "market"):
                break
            beside = phrase.concept not in ("deficit", "surplus", "balance") or after.concept == "total"
            if (
                after.head.first - phrase.head.last > 12
                or not beside
                or _parted(scene, phrase.head.last, after.head.first)
            ):
                break
            consumed.add(after.head.first)
            legs = [p for p in flows[step : step + 1] if p.concept in ("exports", "imports", "total") and not p.is_verb]
            if after.concept == "settlement" and legs and legs[0].head.first - after.head.last <= 6:
                after = legs[0]
                consumed.add(after.head.first)
            denominators[phrase.head.first] = after
            break
    return Shares(denominators, frozenset(consumed))


def _parted(scene: Scene, first: int, last: int) -> bool:
    """Whether a verb or a sign stands between two heads."""
    for at in range(first, last):
        cue = scene.at("cue", at)
        if at in scene.in_place:
            continue
        if scene.tokens[at].text in (",", ";", "(", ")", ":"):
            return True
        if cue is not None and cue.form == "verb" and scene.tokens[at].low != "worth":
            return True
    return False


# ── which frame ─────────────────────────────────────────────────────────────────────────────────


def govern(
    scene: Scene,
    flows: tuple[FlowPhrase, ...],
    shares: Shares,
    zone: Zone,
    *,
    before: Governed | None,
    people: str = "",
) -> Governed | None:
    """The frame of a number, or None where nothing in the sentence or before says what it is about.

    `before` is what governed the number before, `people` the country whose people were last spoken of.
    """
    kind = zone.quantity.kind
    if kind in ("fraction", "pp"):
        return (
            _opinion(scene, flows, zone, before, people)
            or _tariff(scene, flows, zone)
            or _of_denominator(scene, flows, zone, before)
            or _by_share_word(scene, flows, shares, zone, before)
            or _flow(scene, flows, shares, zone, before=before)
        )
    if kind == "ratio":
        compared = _by_share_word(scene, flows, shares, zone, before)
        if compared is not None and not (before is not None and _is_yardstick(scene, compared)):
            return compared
    return _flow(scene, flows, shares, zone, before=before)


def _is_yardstick(scene: Scene, compared: Governed) -> bool:
    """Whether a share is only what another is compared with: 'comparable to Mexico's share'."""
    return bool(scene.roles_before(compared.first)) if compared.first else False


def _usable(phrase: FlowPhrase, quantity: Quantity) -> bool:
    concept = phrase.concept
    if concept in ("share", "opinion", "gdp"):
        return False
    if concept == "settlement":
        return quantity.kind == "fraction" or not phrase.is_verb
    if concept == "border":
        return quantity.kind in ("time", "physical", "count")
    if concept == "transport":
        return quantity.kind in ("physical", "count", "multiple", "fraction")
    if concept == "price":
        return "/" in quantity.unit or quantity.kind in ("fraction", "multiple")
    if concept == "tourism":
        return quantity.kind in ("count", "fraction")
    if concept == "tariff":
        return quantity.kind in ("fraction", "pp", "multiple", "money")
    if concept == "projects":
        return quantity.kind in ("money", "count")
    return True


def _flow(
    scene: Scene, flows: tuple[FlowPhrase, ...], shares: Shares, zone: Zone, *, before: Governed | None
) -> Governed | None:
    usable = [p for p in flows if _usable(p, zone.quantity) and p.head.first not in shares.consumed]
    left = [p for p in usable if zone.first <= p.head.first < zone.quantity.last]
    right = [p for p in usable if zone.quantity.last <= p.head.first < zone.last]
    if left:
        chosen = _preferred(left, zone.quantity)
        supplied = next((p for p in right if p.concept in ("exports", "imports") and p.is_verb), None)
        return _governed(supplied if chosen.concept == "projects" and supplied is not None else chosen)
    attached = _attached(scene, right, zone)
    if attached is not None:
        supplied = next((p for p in right if p.concept in ("exports", "imports") and p.is_verb), None)
        return _governed(supplied if attached.concept == "projects" and supplied is not None else attached)
    if before is not None and not before.carried and _leans_back(scene, zone):
        return _carry(scene, zone, before)
    if right:
        return _governed(right[0])
    if before is not None:
        return _carry(scene, zone, before)
    beyond = [p for p in usable if zone.quantity.last <= p.head.first < zone.until]
    return _governed(beyond[0]) if beyond else None


def _leans_back(scene: Scene, zone: Zone) -> bool:
    return True


def _preferred(left: list[FlowPhrase], quantity: Quantity) -> FlowPhrase:
    """The nearest head; a noun with places wins over a bare verb behind it."""
    nearest = left[-1]
    if quantity.kind == "count" and nearest.concept == "projects" and len(left) > 1:
        return nearest
    if nearest.is_verb and len(left) > 1 and not left[-2].is_verb and not _has_partner(nearest):
        return left[-2]
    if nearest.concept in ("market", "projects", "price") and len(left) > 1 and quantity.kind == "fraction":
        return left[-2] if left[-2].concept in _FLOW_HEADS else nearest
    return nearest


def _has_partner(phrase: FlowPhrase) -> bool:
    return bool(
        phrase.to or phrase.source or phrase.with_ or phrase.between or phrase.of or phrase.inside or phrase.owner
    )


def _attached(scene: Scene, right: list[FlowPhrase], zone: Zone) -> FlowPhrase | None:
    """A head right behind the number: '$3bn of exports', 'a 9% drop in exports to Norway'."""
    for phrase in right[:2]:
        gap = phrase.first - zone.quantity.last
        if gap <= 5 and not any(
            scene.tokens[at].text in (",", ";", "(") for at in range(zone.quantity.last, phrase.first)
        ):
            return phrase
    return None


def _governed(phrase: FlowPhrase, terms: str = "flow") -> Governed:
    frame = frame_of(phrase)
    if phrase.concept == "tariff":
        terms = "tariff"
    elif phrase.concept == "settlement":
        terms = "settlement"
    return Governed(frame, terms, phrase.first, phrase.last, phrase=phrase)


def _carry(scene: Scene, zone: Zone, before: Governed) -> Governed:
    """The frame of the number before, with the places named anew in this zone."""
    frame, named = before.frame, _new_places(scene, zone, before.last if before.numerator_first else 0)
    for place, role in named:
        if role == "subject":
            if before.terms in _SHARE_TERMS and before.numerator_first:
                frame = replace(frame, object=place.code)
            else:
                frame = replace(frame, subject=place.code, object="" if frame.object == place.code else frame.object)
        elif place.code != frame.subject:
            frame = replace(frame, object=place.code)
    products = [m for m in scene.between("product", zone.first, zone.last) if m.key != "total"]
    named_first = [m for m in products if m.last <= zone.quantity.first]
    if named_first and before.terms in ("flow", *_SHARE_TERMS) and (zone.first == 0 or zone.after_cut):
        frame = replace(frame, product=named_first[-1].key)
    elif products and before.terms == "flow" and abs(products[0].first - zone.quantity.last) <= 3 and zone.after_cut:
        frame = replace(frame, product=products[0].key)
    return replace(before, frame=frame, first=zone.quantity.first, last=zone.quantity.last, carried=True)


def _new_places(scene: Scene, zone: Zone, since: int) -> list[tuple[Place, str]]:
    """Places that a zone without head names: a bare one before the number is a subject, others are partners."""
    found: list[tuple[Place, str]] = []
    for place in scene.places:
        if not max(zone.first, since) <= place.first < zone.last:
            continue
        role = scene.roles_before(place.first) if place.first else frozenset()
        if place.genitive:
            continue
        if place.first < zone.quantity.first:
            if not role - {"with"} and not place.is_adjective:
                found.append((place, "subject"))
            elif role & {"to", "from", "with"}:
                found.append((place, "object"))
        elif role & {"to", "from"} and place.first - zone.quantity.last <= 4:
            found.append((place, "object"))
    return found


# ── shares ──────────────────────────────────────────────────────────────────────────────────────


def _of_denominator(
    scene: Scene, flows: tuple[FlowPhrase, ...], zone: Zone, before: Governed | None
) -> Governed | None:
    """'27% of all Russian exports', 'en tredjedel av Irlands export', '86% of its oil', '1% of GDP'."""
    at = zone.quantity.last
    if at >= len(scene.tokens):
        return None
    inside = scene.tokens[at - 1].low in _OF
    if (
        scene.tokens[at].low in _UNITS_OF
        and at + 1 < len(scene.tokens)
        and scene.tokens[at + 1].low in (*_OF, "i", "in")
    ):
        at += 1
    elif not inside and scene.tokens[at].low not in _OF and not _is_bare_whole(scene, zone, at):
        return None
    start = at if inside or _is_bare_whole(scene, zone, at) else at + 1
    if zone.quantity.number.kind == "fraction" and any(p.head.first == at for p in flows):
        start = at
    phrase = next((p for p in flows if start <= p.head.first <= start + 9 and not p.is_verb), None)
    moved = next(
        (p for p in flows if start <= p.head.first <= start + 5 and p.is_verb and p.concept in ("exports", "imports")),
        None,
    )
    if phrase is None and moved is not None:
        phrase = moved
        made = next((m for m in scene.of("product") if start <= m.first <= start + 1 and m.key != "total"), None)
        if made is not None and zone.quantity.number.kind == "fraction":
            return _of_sourced(scene, zone, start, made) or _share_of(scene, flows, zone, phrase, before)
    if phrase is not None and _parted(scene, start, phrase.head.first):
        phrase = None
    if phrase is not None and phrase.concept == "gdp":
        return _gdp(scene, flows, zone, phrase, before)
    if phrase is not None and phrase.concept == "settlement":
        legs = (p for p in flows if p.concept in ("exports", "imports", "total") and not p.is_verb)
        leg = next((p for p in legs if 0 < p.head.first - phrase.head.last <= 6), None)
        if leg is not None:
            return Governed(replace(frame_of(leg), concept="settlement"), "settlement", zone.quantity.first, leg.last)
    if phrase is not None and phrase.concept in (*_FLOW_HEADS, "settlement", "investment", "transport", "market"):
        return _share_of(scene, flows, zone, phrase, before)
    if before is not None and start < len(scene.tokens) and scene.tokens[start].low in _THEM:
        place = _subject_place(scene, zone, exclude=before.frame.subject)
        frame = replace(before.frame, object=place.code) if place is not None else before.frame
        return Governed(frame, "share", zone.quantity.first, start + 1, numerator_first=True)
    return (
        _of_product(scene, flows, zone, start, before)
        or _of_elliptical(scene, flows, zone, start, before)
        or _of_owner(scene, flows, zone, start, before)
    )


def _is_bare_whole(scene: Scene, zone: Zone, at: int) -> bool:
    """'Var femte exportkrona': a fraction in words right before the noun it is part of."""
    head = scene.at("head", at)
    in_ten = zone.quantity.last - zone.quantity.first >= 3 and scene.at("product", at) is not None
    noun = head is not None and head.form == "noun"
    return zone.quantity.number.kind == "fraction" and (noun or in_ten)


def _of_owner(
    scene: Scene, flows: tuple[FlowPhrase, ...], zone: Zone, start: int, before: Governed | None
) -> Governed | None:
    """'65% of the EU's consumption of lithium': a whole that is no flow, but somebody's."""
    place = next((p for p in scene.places if start <= p.first <= start + 2 and (p.genitive or p.is_adjective)), None)
    left = [p for p in flows if p.head.first < zone.quantity.first and p.concept in _FLOW_HEADS and not p.is_verb]
    told = before.frame if before is not None and before.terms in _SHARE_TERMS else None
    if place is None or not (left or told):
        return None
    frame = replace(frame_of(left[-1]) if left else told or Frame(), subject=place.code)
    product = next(
        (m.key for m in scene.of("product") if start < m.first <= start + 8 and m.key != "total"), frame.product
    )
    first = left[-1].first if left else zone.quantity.first
    return Governed(replace(frame, product=product), "share", first, place.last)


def _gdp(
    scene: Scene, flows: tuple[FlowPhrase, ...], zone: Zone, phrase: FlowPhrase, before: Governed | None
) -> Governed:
    numerator = [p for p in flows if p.head.first < zone.quantity.first and p.concept in (*_FLOW_HEADS, "investment")]
    owner = phrase.owner.code if phrase.owner else ""
    if numerator:
        frame = frame_of(numerator[-1])
    elif before is not None:
        frame = before.frame
    else:
        frame = Frame()
    if frame.concept == "trade" and owner and not frame.subject:
        frame = replace(frame, subject=owner, object=frame.object if frame.object != owner else "")
    return Governed(frame, "share_of_gdp", zone.quantity.first, phrase.last)


def _share_of(
    scene: Scene, flows: tuple[FlowPhrase, ...], zone: Zone, phrase: FlowPhrase, before: Governed | None
) -> Governed:
    base = frame_of(phrase)
    settled = any(p.concept == "settlement" and p.head.first > zone.quantity.last for p in flows)
    if phrase.concept == "settlement" or (settled and base.flow == "total"):
        return Governed(replace(base, concept="settlement"), "settlement", zone.quantity.first, phrase.last)
    numerator, product, subject_like = _numerator(scene, flows, zone, phrase, base)
    if product and base.subject and (base.object or not numerator):
        frame = replace(base, product=product)
        return Governed(frame, "product_share", zone.quantity.first, phrase.last)
    subject = base.subject
    if not numerator and before is not None and before.frame.subject and subject in ("", before.frame.subject):
        goes_on = zone.first > 0 or before.numerator_first
        if goes_on and before.frame.object and not product and before.frame.flow:
            return Governed(
                replace(before.frame, flow=base.flow or before.frame.flow), "share", zone.quantity.first, phrase.last
            )
    if product and not numerator and not subject:
        return Governed(replace(base, product=product), "product_share", zone.quantity.first, phrase.last)
    if not subject and base.flow == "imports" and base.object and numerator:
        subject = numerator
        numerator = base.object
    frame = replace(base, subject=subject, object=numerator or base.object)
    if phrase.own and not subject:
        frame = replace(frame, subject=_clause_subject(scene, zone), own=True)
        if frame.object == frame.subject:
            frame = replace(frame, object="")
    return Governed(frame, "share", zone.quantity.first, phrase.last, numerator_first=subject_like)


def _numerator(
    scene: Scene, flows: tuple[FlowPhrase, ...], zone: Zone, phrase: FlowPhrase, base: Frame
) -> tuple[str, str, bool]:
    """Whose share it is: the country, or the product; and whether it is the subject of the clause."""
    after = _partner_after(scene, phrase.last, zone.last, exclude=base.subject)
    if after:
        return after, "", False
    left = [
        p
        for p in flows
        if zone.first <= p.head.first < zone.quantity.first and p.concept in _FLOW_HEADS and not p.is_verb
    ]
    if left:
        frame = frame_of(left[-1])
        partner = next((code for code in (frame.object, frame.subject) if code and code != base.subject), "")
        if partner:
            return partner, "", False
        if frame.product != "total":
            return "", frame.product, False
    place = _subject_place(scene, zone, exclude=base.subject)
    product = next(
        (m.key for m in reversed(list(scene.between("product", zone.first, zone.quantity.first))) if m.key != "total"),
        "",
    )
    if place is not None and place.is_adjective and product:
        return place.code, "", False
    if place is not None:
        return place.code, "", True
    return "", product, False


def _partner_after(scene: Scene, first: int, last: int, *, exclude: str) -> str:
    """The place behind 'went to', 'came from', 'to', 'from' after a denominator."""
    verbs = {m.last: m for m in scene.of("head") if m.key == "share" and m.form == "verb"}
    for place in scene.places:
        if not first <= place.first < last or place.code == exclude:
            continue
        at = place.first
        while at > first and scene.tokens[at - 1].low in ("the", "den", "det"):
            at -= 1
        if at in verbs or scene.roles_before(at) & {"to", "from"}:
            return place.code
    return ""


def _subject_place(scene: Scene, zone: Zone, *, exclude: str = "") -> Place | None:
    """The place that is the subject before a number: the first in its zone that no preposition governs."""
    weak: Place | None = None
    for place in scene.places:
        if not zone.first <= place.first < zone.quantity.first or place.code == exclude:
            continue
        at = place.first
        while at > 0 and scene.tokens[at - 1].low in ("the", "den", "det"):
            at -= 1
        if at and scene.roles_before(at) - {"with"}:
            continue
        if place.genitive or place.form == "adj":
            weak = weak or place
            continue
        return place
    return weak


def _clause_subject(scene: Scene, zone: Zone) -> str:
    place = _subject_place(scene, replace(zone, first=0))
    return place.code if place is not None else ""


def _of_product(
    scene: Scene, flows: tuple[FlowPhrase, ...], zone: Zone, start: int, before: Governed | None
) -> Governed | None:
    """'Slovakia gets 86% of its oil from Russia': the denominator is what one country buys or sells of a product."""
    mark = next((m for m in scene.of("product") if start <= m.first <= start + 5 and m.key != "total"), None)
    verb = next(
        (
            p
            for p in reversed(flows)
            if p.is_verb and p.concept in ("exports", "imports") and p.head.first < zone.quantity.first
        ),
        None,
    )
    if mark is not None and verb is None:
        return _of_sourced(scene, zone, start, mark)
    if mark is None or verb is None:
        return None
    own = any(start <= m.first < mark.first for m in scene.of("pair_own"))
    if own and before is not None and before.terms == "share" and zone.after_cut and zone.first > 0:
        return replace(before, frame=replace(before.frame, product=mark.key), first=zone.quantity.first, last=mark.last)
    place = next((p for p in scene.places if start <= p.first < mark.first and (p.genitive or p.is_adjective)), None)
    frame = replace(frame_of(verb), product=mark.key)
    if place is not None and not own:
        flow = "imports" if verb.concept == "exports" else "exports"
        numerator = verb.owner.code if verb.owner else frame.subject
        frame = Frame(flow=flow, subject=place.code, object=numerator, product=mark.key)
    return Governed(frame, "share", verb.first, max(mark.last, verb.last), phrase=verb)


def _of_sourced(scene: Scene, zone: Zone, start: int, product: Mark) -> Governed | None:
    """'94% of Germany's rare earths come from China': no noun of trade, but a source or a destination."""
    for place in scene.places:
        if place.first < product.last:
            continue
        at = place.first - (scene.tokens[place.first - 1].low in ("the", "den", "det"))
        roles = scene.roles_before(at)
        sourced = bool(roles & {"from", "via"})
        if not sourced and "to" not in roles:
            continue
        owner = next(
            (p for p in scene.places if start <= p.first < product.first and (p.genitive or p.is_adjective)), None
        )
        if owner is None:
            between = (p for p in scene.places if product.last <= p.first < place.first)
            owner = next((p for p in between if "in" in scene.roles_before(p.first)), None)
        flow = "imports" if sourced else "exports"
        frame = Frame("trade", flow, owner.code if owner else "", place.code, product.key, own=owner is None)
        return Governed(frame, "share", zone.quantity.first, place.last)
    return None


def _of_elliptical(
    scene: Scene, flows: tuple[FlowPhrase, ...], zone: Zone, start: int, before: Governed | None
) -> Governed | None:
    """'… and Russia for 4 percent of China's': the noun is that of the share before."""
    place = next((p for p in scene.places if start <= p.first <= start + 2), None)
    if place is None or not place.genitive or before is None or before.terms not in _SHARE_TERMS:
        return None
    numerator = _subject_place(scene, zone, exclude=place.code)
    frame = replace(before.frame, subject=place.code, object=numerator.code if numerator else before.frame.subject)
    return Governed(frame, before.terms, zone.first, place.last, numerator_first=True)


def _by_share_word(
    scene: Scene, flows: tuple[FlowPhrase, ...], shares: Shares, zone: Zone, before: Governed | None
) -> Governed | None:
    """A share noun before the number: 'Russia's share of Serbian imports was 5.4%'."""
    heads = [
        p for p in flows if zone.first <= p.head.first < zone.quantity.first and p.head.first not in shares.consumed
    ]
    nearest = next(
        (p for p in reversed(heads) if p.concept in (*_MONEY_HEADS, "share", "dependence", "settlement")), None
    )
    while nearest is not None and nearest.is_verb and nearest.concept in ("share", "exports", "imports", "settlement"):
        heads = heads[: heads.index(nearest)]
        nearest = next(
            (p for p in reversed(heads) if p.concept in (*_MONEY_HEADS, "share", "dependence", "settlement")), None
        )
    if nearest is None or nearest.concept not in ("share", "dependence"):
        return _by_share_verb(scene, flows, shares, zone)
    denominator = shares.denominators.get(nearest.head.first)
    if nearest.concept == "dependence":
        return _dependence(nearest, denominator)
    if denominator is None:
        return _bare_share(scene, nearest, zone, before)
    base = frame_of(denominator)
    if denominator.concept == "investment" and denominator.source:
        host = _code_of(denominator.inside) or _code_of(denominator.to)
        return Governed(
            replace(base, subject=host, object=denominator.source[0].code), "share", nearest.first, denominator.last
        )
    settled = _is_settlement(scene, nearest, denominator)
    if settled:
        return Governed(replace(base, concept="settlement"), "settlement", nearest.first, denominator.last)
    numerator = _share_owner(scene, nearest, exclude=base.subject)
    product = (
        base.product if base.product != "total" else (frame_of(nearest).product if numerator or nearest.of else "total")
    )
    bare_product = _share_product(scene, nearest)
    if not numerator and bare_product:
        return Governed(replace(base, product=bare_product), "product_share", nearest.first, denominator.last)
    if bare_product and product == "total":
        product = bare_product
    frame = replace(base, object=numerator or base.object, product=product)
    return Governed(frame, "share", nearest.first, denominator.last, phrase=denominator)


def _is_settlement(scene: Scene, share: FlowPhrase, denominator: FlowPhrase) -> bool:
    return any(
        share.head.last <= mark.first < denominator.head.last + 2 and mark.key == "settlement"
        for mark in scene.of("head")
    )


def _dependence(nearest: FlowPhrase, denominator: FlowPhrase | None) -> Governed:
    frame = frame_of(nearest)
    if denominator is not None:
        inner = frame_of(denominator)
        frame = replace(
            frame,
            flow=inner.flow or frame.flow,
            product=inner.product if inner.product != "total" else frame.product,
            object=frame.object or inner.object,
        )
    last = denominator.last if denominator is not None else nearest.last
    return Governed(frame, "share", nearest.first, last, phrase=nearest)


def _share_owner(scene: Scene, share: FlowPhrase, *, exclude: str) -> str:
    """Whose share: the owner of the noun, or the place behind 'of'."""
    for place in (share.owner, *share.of, *share.source, *share.inside):
        if place is not None and place.code != exclude:
            return place.code
    before = scene.place_ends.get(share.first)
    if before is not None and before.is_adjective and before.code != exclude:
        return before.code
    return ""


def _share_product(scene: Scene, share: FlowPhrase) -> str:
    return next((key for key in share.products if key != "total"), "")


def _bare_share(scene: Scene, share: FlowPhrase, zone: Zone, before: Governed | None) -> Governed | None:
    """A share whose whole is not in the sentence: 'their share is more than 50%'."""
    frame = frame_of(share)
    owner = share.owner.code if share.owner else ""
    partner = _code_of(share.of) or _code_of(share.source)
    investment = any(m.key == "investment" for m in scene.of("head") if abs(m.first - share.head.first) <= 4)
    concept = "investment" if investment else "trade"
    if share.own and (before is None or before.frame.concept != "trade"):
        return Governed(Frame("trade", "imports", own=True), "share", share.first, zone.quantity.last)
    if before is not None and share.own:
        frame = before.frame.mirrored() if before.frame.flow == "exports" else before.frame
    elif before is not None:
        frame = replace(
            before.frame,
            object=owner or partner or before.frame.object,
            subject=before.frame.subject if before.frame.subject != (owner or partner) else before.frame.object,
        )
    else:
        frame = replace(frame, subject="", object=owner or partner)
    if investment:
        frame = replace(frame, concept=concept, flow="")
    return Governed(frame, "share", share.first, zone.quantity.last, carried=before is not None)


def _code_of(places: tuple[Place, ...]) -> str:
    return places[0].code if places else ""


def _by_share_verb(scene: Scene, flows: tuple[FlowPhrase, ...], shares: Shares, zone: Zone) -> Governed | None:
    """'utgjorde handeln med EU 37 procent', 'exports to China, which account for 19%': a flow with a share verb."""
    verb = next(
        (
            p
            for p in reversed(flows)
            if p.is_verb and p.concept == "share" and zone.first <= p.head.first < zone.quantity.first
        ),
        None,
    )
    if verb is None or scene.tokens[verb.head.first].low in ("has", "have", "had", "har", "hade", "tar", "tog"):
        return None
    flow = next(
        (
            p
            for p in reversed(flows)
            if not p.is_verb and p.concept in _FLOW_HEADS and zone.first <= p.head.first < zone.quantity.first
        ),
        None,
    )
    if flow is None:
        return None
    return Governed(frame_of(flow), "share", min(verb.first, flow.first), zone.quantity.last, phrase=flow)


# ── tariffs and opinions ────────────────────────────────────────────────────────────────────────


def _tariff(scene: Scene, flows: tuple[FlowPhrase, ...], zone: Zone) -> Governed | None:
    heads = [p for p in flows if p.concept == "tariff"]
    if not heads:
        return None
    at = zone.quantity.last
    if (
        at < len(scene.tokens)
        and scene.tokens[at].low in _OF
        and any(p.concept in _FLOW_HEADS and at < p.head.first <= at + 6 for p in flows)
    ):
        return None
    behind = next((p for p in heads if 0 <= p.head.first - zone.quantity.last <= 3), None)
    if behind is not None:
        return _tariff_frame(scene, flows, behind)
    left = [
        p
        for p in flows
        if p.head.first < zone.quantity.first and (p.concept in ("tariff", "share") or p.concept in _FLOW_HEADS)
    ]
    left = [p for p in left if zone.first <= p.head.first or not zone.after_cut]
    nearest = next((p for p in reversed(left) if not (p.is_verb and p.concept == "share")), None)
    if nearest is None:
        return None
    inside = next((t for t in heads if t.head.first < nearest.head.first < t.last + 1), None)
    tariff = nearest if nearest.concept == "tariff" else inside
    return _tariff_frame(scene, flows, tariff) if tariff is not None else None


def _tariff_frame(scene: Scene, flows: tuple[FlowPhrase, ...], tariff: FlowPhrase) -> Governed:
    frame = frame_of(tariff)
    faced = next(
        (
            p
            for p in flows
            if not p.is_verb and p.concept in ("exports", "imports") and p.head.first < tariff.head.first
        ),
        None,
    )
    if faced is not None and not frame.subject and not frame.object:
        inner = frame_of(faced)
        taxed, taxing = (inner.subject, inner.object) if inner.flow == "exports" else (inner.object, inner.subject)
        product = inner.product if frame.product == "total" else frame.product
        frame = replace(frame, subject=taxing, object=taxed, product=product)
    return Governed(frame, "tariff", tariff.first, tariff.last, phrase=tariff)


def _opinion(
    scene: Scene, flows: tuple[FlowPhrase, ...], zone: Zone, before: Governed | None, people_before: str
) -> Governed | None:
    polled = [p for p in flows if p.concept == "opinion"]
    at = zone.quantity.last
    people = None
    if at < len(scene.tokens) and scene.tokens[at].low in _OF:
        people = next((p for p in scene.places if p.first in (at + 1, at + 2) and _is_people(scene, p)), None)
    if people is not None and not any(
        people.last <= m.first <= people.last + 2
        for m in (*scene.of("who_verbs"), *scene.of("head"))
        if m.key in ("verbs", "opinion")
    ):
        people = None
    noun = any(not p.is_verb for p in polled)
    follows = before is not None and before.terms == "opinion" and bool(polled)
    if not (noun or people is not None or follows) or not (polled or people):
        return None
    if people is None and not noun and any(p.concept in _FLOW_HEADS for p in flows):
        return None
    if before is not None and before.terms == "opinion" and not scene.places:
        return replace(before, carried=True, first=zone.quantity.first, last=zone.quantity.last)
    subject = people or next((p for p in scene.places if _is_people(scene, p)), None)
    code = subject.code if subject is not None else (before.frame.subject if before is not None and follows else "")
    if not code:
        code = people_before
    others = [p.code for p in scene.places if p.code != code]
    near = [p.code for p in scene.places if p.code != code and zone.first <= p.first < zone.quantity.first]
    object_ = near[-1] if near else others[0] if others else ""
    return Governed(Frame("opinion", "", code, object_), "opinion", zone.quantity.first, zone.quantity.last)


def _is_people(scene: Scene, place: Place) -> bool:
    word = scene.tokens[place.last - 1].low
    return place.form == "demonym" and word.endswith(("s", "na", "ar", "er", "män", "ese", "ish", "are"))
