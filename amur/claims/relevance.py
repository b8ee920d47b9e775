"""Which numbers are claims on trade and ties, and which are pages, ages, votes or share prices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from amur.claims.frames import FlowPhrase
from amur.claims.scene import Scene
from amur.claims.site import Governed
from amur.claims.units import Quantity, borrow_unit, name_currency
from amur.claims.zones import Zone, preposition

# A bare number behind "to" is in the unit of a count before it only if it is no year's day, rank or share.
_LEAST_COUNT = 100
_LIST_REACH = 6
_COUNTABLE = ("exports", "imports", "total", "settlement", "investment", "transport")


def usable_quantities(
    scene: Scene, earlier: Quantity | None, scaled: Quantity | None, spoken: Iterable[str] = ()
) -> list[Quantity]:
    """The quantities that can be claims; a bare number borrows the unit of one before where it stands like it.

    `earlier` is the last number of the text before, `scaled` the last that was told in millions or more;
    `spoken` are the countries spoken of, for a currency that several share.
    """
    found: list[Quantity] = []
    countries = [*(place.code for place in scene.places), *spoken]
    for quantity in scene.quantities:
        here: Quantity | None = name_currency(quantity, countries, scene.lang)
        if quantity.kind == "physical" and _is_package(scene, quantity):
            continue
        if quantity.kind == "bare" and (bags := _packed(scene, quantity)) is not None:
            here = bags
        elif quantity.kind == "bare":
            other = found[-1] if found else earlier
            if found and _is_next_in_list(scene, quantity, found[-1]):
                here = borrow_unit(quantity, found[-1])
                found.append(here)
                continue
            if found and quantity.number.scale > 1 and _is_count_again(scene, quantity, found[-1]):
                found.append(replace(quantity, kind="count", unit=found[-1].unit))
                continue
            if quantity.number.scale > 1 and (other is None or not _is_scaled(other)):
                other = next((q for q in reversed(found) if _is_scaled(q)), scaled)
            here = _borrowed(scene, quantity, other, in_sentence=bool(found))
        if here is not None and here.kind == "money" and found and _is_price_again(scene, here, found[-1]):
            here = replace(here, unit=found[-1].unit)
        if here is not None and here.kind != "ordinal" and not _is_stopped(scene, here):
            found.append(here)
    return found


def _is_count_again(scene: Scene, here: Quantity, before: Quantity) -> bool:
    """'From 138 million bottles in 2021 to 192 million in 2024'."""
    return before.kind == "count" and bool(before.unit) and preposition(scene, here) in ("from", "to")


def _is_next_in_list(scene: Scene, here: Quantity, before: Quantity) -> bool:
    """'Germany with 9.9 percent and the US with 8.4': a bare decimal of another place in a list of shares."""
    place = scene.place_ends.get(here.first - 1)
    decimal = here.number.kind == "digits" and not here.number.integer and here.value < 100
    return (
        before.kind == "fraction"
        and decimal
        and place is not None
        and scene.is_word("at", here.first - 1)
        and here.first - before.last <= _LIST_REACH
    )


def _is_price_again(scene: Scene, here: Quantity, before: Quantity) -> bool:
    """'From 30 dollars a barrel to about 3 dollars': a sum behind a price of the same currency."""
    priced = before.unit.partition("/")
    same = bool(priced[2]) and priced[0] == here.currency and "/" not in here.unit and here.number.scale == 1
    return same and preposition(scene, here) in ("from", "to")


def _is_package(scene: Scene, quantity: Quantity) -> bool:
    """Whether a weight only says how goods are packed: '4.1 million 60-kg bags'."""
    hyphened = scene.tokens[quantity.number.last].text == "-" if quantity.number.last < quantity.last else False
    return hyphened and any(other.last == quantity.first for other in scene.quantities)


def _packed(scene: Scene, quantity: Quantity) -> Quantity | None:
    """A count of packages, with the noun behind their weight as its unit."""
    weight = next((q for q in scene.quantities if q.first == quantity.last and q.kind == "physical"), None)
    if weight is None or not _is_package(scene, weight) or weight.last >= len(scene.tokens):
        return None
    noun = scene.tokens[weight.last]
    return replace(quantity, kind="count", unit=noun.low, last=weight.last + 1) if noun.kind == "w" else None


def _is_scaled(quantity: Quantity) -> bool:
    return quantity.kind in ("money", "physical") and quantity.number.scale > 1


def _borrowed(scene: Scene, here: Quantity, other: Quantity | None, *, in_sentence: bool) -> Quantity | None:
    if (
        other is None
        or here.number.kind not in ("digits", "words")
        or (here.number.kind == "words" and here.value <= 1)
    ):
        return None
    scaled = other.number.scale > 1
    if here.number.scale > 1:
        return borrow_unit(here, other) if other.kind in ("money", "physical") and scaled else None
    if not in_sentence or preposition(scene, here) not in ("from", "to"):
        return None
    behind = next((q for q in scene.quantities if 0 <= q.first - here.last <= 1), None)
    if behind is not None and behind.kind == "time":
        return None  # 'from three to twenty days'
    if other.kind == "money" and scaled:
        return borrow_unit(here, other) if here.value < 1000 else None
    if other.kind == "count" and other.unit and here.value >= _LEAST_COUNT:
        return replace(here, kind="count", unit=other.unit)
    if other.kind == "fraction":
        return borrow_unit(here, other) if here.value <= 100 else None
    return None


def _is_stopped(scene: Scene, quantity: Quantity) -> bool:
    """Whether the words around a number say that it is no quantity: a page, an age, an article, a vote."""
    before = scene.ending("stop_before", quantity.first)
    if before is not None and quantity.kind not in ("money", "fraction", "pp"):
        return True
    for at in (quantity.number.last, quantity.last):
        hyphen = at + 1 < len(scene.tokens) and scene.tokens[at].text == "-"
        if scene.at("stop_after", at) is not None or (hyphen and scene.at("stop_after", at + 1) is not None):
            return True
    if quantity.kind == "fraction" and quantity.number.kind == "fraction" and _is_of_number(scene, quantity):
        return True
    if quantity.number.open_above and quantity.kind == "fraction":
        return not _is_majority_of_trade(scene, quantity)
    if quantity.kind == "time":
        return not _is_waiting(scene)
    if quantity.kind == "physical" and quantity.unit in ("km", "m2"):
        return not any(mark.key == "border" for mark in scene.of("head"))
    return quantity.kind in ("multiple", "ratio") and _is_set_phrase(scene, quantity)


def _is_of_number(scene: Scene, quantity: Quantity) -> bool:
    """'Half of the 30 percent that he threatened', 'every third Turk': no share of anything traded."""
    at = quantity.last + scene.is_word("of", quantity.last)
    while scene.is_word("articles", at):
        at += 1
    of_firms = any(scene.is_word("firms", step) for step in (quantity.last, quantity.last + 1))
    numbered = of_firms or (
        any(q.first == at and q.kind == "fraction" for q in scene.quantities) and at > quantity.last
    )
    known = any(scene.at(kind, quantity.last) is not None for kind in ("head", "product")) or (
        quantity.last in scene.place_at
        or scene.is_word("of", quantity.last)
        or scene.is_word("units_of", quantity.last)
    )
    return numbered or (scene.is_word("every", quantity.first) and not known)


def _is_majority_of_trade(scene: Scene, quantity: Quantity) -> bool:
    """'Most of Russia's trade', not 'the most important' or 'most business people'."""
    near = [m for m in scene.of("head") if quantity.last <= m.first <= quantity.last + 5 and m.form == "noun"]
    return not scene.is_word("not_majority", quantity.first - 1) and any(m.key in _COUNTABLE for m in near)


def _is_waiting(scene: Scene) -> bool:
    """Whether a sentence is about how long it takes to pass a border."""
    heads = [mark for mark in scene.of("head") if mark.key == "border"]
    said = any(scene.is_word("waiting", at) for mark in heads for at in range(mark.first, mark.last))
    return said or (bool(heads) and any(mark.key == "norm" for mark in scene.of("modality")))


def _is_set_phrase(scene: Scene, quantity: Quantity) -> bool:
    """'Double-digit', 'dual use', 'double standards' are no multiples."""
    at = quantity.last
    hyphened = at < len(scene.tokens) and scene.tokens[at].text == "-" and scene.is_word("set_phrase_hyphened", at + 1)
    return hyphened or scene.is_word("set_phrase", at)


def _is_of_several(scene: Scene, zone: Zone, governed: Governed) -> bool:
    """'Iraq and Malaysia together supply 36%': a figure of several partners is that of none of them."""
    zone_words = range(zone.first, max(zone.until, zone.quantity.last))
    if not any(scene.is_word("together", at) for at in zone_words):
        return False
    ends = {governed.frame.subject, governed.frame.object}
    beside = [p for p in scene.places if zone.first <= p.first < zone.quantity.first and not p.genitive]
    several = any(scene.is_word("and", one.last) or scene.tokens[one.last].text == "," for one in beside[:-1])
    return several and len({p.code for p in beside} & ends) == 1 and len({p.code for p in beside} - ends) >= 1


def _is_firms_share(scene: Scene, governed: Governed) -> bool:
    """'Volkswagen's market share in China': the share of a firm, not of a country."""
    if scene.text(governed.first, governed.first + 2) not in scene.words("market_share"):
        return False
    sign, owner = governed.first - 1, governed.first - 2
    owned = owner >= 0 and scene.tokens[sign].low in scene.lexicon.grammar["genitives"]
    return owned and scene.tokens[owner].text[0].isupper() and owner not in scene.in_place


def _is_of_company(scene: Scene, zone: Zone) -> bool:
    """'29% of ASML's sales': a share of what a firm sells."""
    at = zone.quantity.last
    if not scene.is_word("of", at):
        return False
    for owner in (at + 1, at + 2):
        if scene.is_word("company", owner + 2) and scene.tokens[owner + 1].low in scene.lexicon.grammar["genitives"]:
            return scene.tokens[owner].text[0].isupper() and owner not in scene.in_place
    return False


def is_off_topic(scene: Scene, zone: Zone, governed: Governed, flows: tuple[FlowPhrase, ...]) -> bool:
    """Whether a number is about something else: inflation, a share price, a vote."""
    if governed.terms == "share" and (_is_of_company(scene, zone) or _is_firms_share(scene, governed)):
        return True
    if scene.is_word("securities", 0) and not any(p.concept in _COUNTABLE for p in flows):
        return True
    if _is_of_several(scene, zone, governed):
        return True
    marks = [mark.first for mark in scene.of("offtopic")]
    if not marks:
        return False
    heads = [p for p in flows if not p.is_verb or p.concept in ("exports", "imports", "investment")]
    heads = [p for p in heads if p.concept not in ("share", "opinion", "gdp", "border", "market")]
    if not heads and (governed.carried or governed.terms == "flow"):
        return True
    quantity = zone.quantity
    after = next((at for at in marks if 0 <= at - quantity.last <= 4), None)
    if after is not None and governed.first < after and governed.last <= after:
        return not any(quantity.last <= p.head.first < after for p in heads)
    left = [at for at in marks if zone.first <= at < quantity.first]
    own = [p.head.first for p in heads if zone.first <= p.head.first < quantity.first]
    return bool(left) and (not own or max(left) > max(own))
