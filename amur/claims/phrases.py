"""Flow phrases: a head such as *exports*, *handeln* or *sold* with what owns it and what follows it."""

from __future__ import annotations

from dataclasses import replace

from amur.claims.frames import FLOW_HEADS, FlowPhrase
from amur.claims.lexicon import Mark
from amur.claims.scene import Place, Scene, before_articles

_LONGEST_LEFT = 9
_LONGEST_RIGHT = 28
_FARTHEST_SUBJECT = 24
_MOST_BESIDE_GOODS = 4
_SHORTEST_GOODS = 4
_STRONG_SIGNS = frozenset((";", ":", "—", "?", "!", "•"))
_INSIDE_NAMES = frozenset(("-", "–", "'", "’", "'s", "’s", "&", "%", "”", "“", '"'))


def find_flows(scene: Scene) -> tuple[FlowPhrase, ...]:
    """The flow phrases of a sentence in order of their heads, without words that are part of another phrase."""
    heads = [mark for mark in scene.of("head") if mark.first not in scene.in_time]
    kept: list[Mark] = []
    for mark in sorted(heads, key=lambda m: (m.first, -(m.last - m.first), m.form != "noun", m.key != "share")):
        if not kept or mark.first >= kept[-1].last:
            kept.append(_as_used(scene, _as_taken(scene, mark, heads), heads))
    phrases = [_phrase(scene, mark) for mark in kept if not _is_part_of_name(scene, mark)]
    return tuple(phrase for phrase in phrases if not _is_idle(phrase, phrases))


def _as_taken(scene: Scene, mark: Mark, heads: list[Mark]) -> Mark:
    """'Took 5 tonnes' imports, 'took 5 percent' has a share."""
    if mark.key != "share" or mark.form != "verb" or _takes_fraction(scene, mark):
        return mark
    return next((m for m in heads if (m.first, m.last, m.key) == (mark.first, mark.last, "imports")), mark)


def _takes_fraction(scene: Scene, mark: Mark) -> bool:
    """Whether a verb such as 'took' has a share as its object, or else an amount."""
    after = next((q for q in scene.quantities if q.first >= mark.last), None)
    return after is None or after.kind == "fraction" or after.first - mark.last > 6


def _is_part_of_name(scene: Scene, mark: Mark) -> bool:
    """Whether a head belongs to another word: trade minister, export ban, free trade."""
    return any(other.first <= mark.first < other.last for other in scene.of("not_head"))


def _is_idle(phrase: FlowPhrase, phrases: list[FlowPhrase]) -> bool:
    """Goods that go nowhere, or that another head already moves, are no phrase of their own."""
    if phrase.concept != "flow":
        return False
    inside = any(p is not phrase and p.first <= phrase.head.first < max(p.last, p.head.last + 3) for p in phrases)
    return inside or not (phrase.source or phrase.to)


def _as_used(scene: Scene, mark: Mark, heads: list[Mark]) -> Mark:
    """Noun or verb where a word can be both: 'exports' behind a bare name and before an object is a verb."""
    same = [other for other in heads if other.first == mark.first and other.last == mark.last]
    verbs = [other for other in same if other.form == "verb"]
    nouns = [other for other in same if other.form == "noun"]
    if not verbs or not nouns:
        return mark
    before = scene.tokens[mark.first - 1] if mark.first else None
    if before is not None and (before.low in scene.words("before_verb")):
        return verbs[0]
    named = next((place for place in scene.places if place.last == mark.first and not place.genitive), None)
    is_object = scene.at("product", mark.last) is not None or any(q.first == mark.last for q in scene.quantities)
    if named is not None and not named.is_adjective and (is_object or scene.is_word("after_verb", mark.last)):
        return verbs[0]
    return nouns[0]


def _phrase(scene: Scene, head: Mark) -> FlowPhrase:
    first = scene.tokens[head.first].low
    leg = next((leg for leg in ("export", "import") if first.startswith(leg)), "")
    phrase = FlowPhrase(head, head.first, head.last, leg=f"{leg}s" if leg else "")
    phrase = _compound_parts(scene, phrase)
    phrase = _look_left_of_verb(scene, phrase) if phrase.is_verb else _look_left(scene, phrase)
    return _look_right(scene, phrase)


def _compound_parts(scene: Scene, phrase: FlowPhrase) -> FlowPhrase:
    """Product or partner written in one word with the head: kolexport, Kinahandeln."""
    head = phrase.head
    product = scene.at("product", head.first)
    if product is not None and product.form == "stem" and product.last == head.last:
        phrase = replace(phrase, products=(product.key,))
    place = next((p for p in scene.places if p.first == head.first and p.form == "compound"), None)
    return replace(phrase, with_=(place,)) if place is not None else phrase


def _look_left(scene: Scene, phrase: FlowPhrase) -> FlowPhrase:
    """The owner of a noun: Russia's total energy exports, den ryska exporten, China–Russia trade."""
    at = phrase.head.first - 1
    products, total, unknown = list(phrase.products), phrase.total, ""
    for _ in range(_LONGEST_LEFT):
        if at < 0 or at in scene.in_time:
            break
        place = scene.place_ends.get(at + 1)
        if place is not None:
            if not _owns(scene, place, phrase):
                break
            goods = tuple(products) or ((unknown,) if unknown else ())
            return _with_owner(scene, replace(phrase, products=goods, total=total), place)
        if (mark := scene.ending("product", at + 1)) is not None:
            products.insert(0, mark.key)
            phrase = replace(phrase, first=mark.first)
            at = mark.first - 1
            continue
        if scene.ending("pair_own", at + 1) is not None:
            return replace(phrase, first=at, own=True, products=tuple(products), total=total)
        if (mark := scene.ending("pair_both", at + 1)) is not None:
            phrase = replace(phrase, both=True, first=mark.first)
            at = mark.first - 1
            continue
        if scene.is_word("such", at):
            return replace(phrase, first=at, such=True, products=tuple(products), total=total)
        if not _may_stand_before(scene, at):
            break
        total = total or scene.is_word("total", at)
        named = (
            scene.lang == "en"
            and phrase.concept in ("exports", "imports")
            and _is_unlisted(scene, at, "no_goods_before")
        )
        unknown = unknown or (scene.tokens[at].low if named else "")
        at -= 1
    return replace(phrase, products=tuple(products), total=total)


def _named_goods(scene: Scene, at: int) -> str:
    """Goods that no list names, behind *of*: 'exports of tomatoes'."""
    return scene.tokens[at].low if _is_unlisted(scene, at, "no_goods_after") else ""


def _limits_goods(scene: Scene, at: int) -> bool:
    """Whether an adjective that no list holds says which goods: 'exports of advanced goods' are not all exports."""
    token = scene.tokens[at]
    plain = any(scene.is_word(name, at) for name in ("no_goods_after", "no_goods_before", "total", "of", "articles"))
    kinds = ("product", "place", "role", "clause", "cue", "qualifier", "modality", "head", "superlative", "pair_both")
    known = any(mark.first <= at < mark.last for kind in kinds for mark in scene.of(kind))
    return token.kind == "w" and token.text.islower() and not plain and not known and scene.is_word("of", at - 1)


def _is_unlisted(scene: Scene, at: int, plain: str) -> bool:
    """Whether a word by a head can name goods that no list holds: 'tomato exports' are not all exports."""
    token = scene.tokens[at]
    if token.kind != "w" or not token.text.islower() or len(token.text) < _SHORTEST_GOODS:
        return False
    kinds = ("product", "place", "role", "clause", "cue", "qualifier", "modality", "head", "superlative", "pair_both")
    known = any(mark.first <= at < mark.last for kind in kinds for mark in scene.of(kind))
    ends = token.low.endswith(tuple(scene.words("no_goods_ends")))
    inside = at in scene.in_time or any(q.first <= at < q.last for q in scene.quantities)
    return not (known or ends or inside or scene.is_word(plain, at) or scene.is_word("total", at))


def _owns(scene: Scene, place: Place, phrase: FlowPhrase) -> bool:
    """Whether a place before a noun owns it; a bare name does so only right before it: US exports."""
    written = "".join(token.text for token in scene.tokens[place.first : place.last] if token.kind == "w")
    if place.genitive or (place.is_adjective and not (written.isupper() and len(written) <= 3)):
        return True
    between = range(place.last, phrase.head.first)
    return all(
        scene.tokens[at].text in ("-", "–", "/")
        or scene.is_word("total", at)
        or any(mark.first <= at < mark.last for kind in ("product", "head") for mark in scene.of(kind))
        for at in between
    )


def _with_owner(scene: Scene, phrase: FlowPhrase, place: Place) -> FlowPhrase:
    before = scene.tokens[place.first - 1].text if place.first else ""
    joined = scene.is_word("and", place.first - 1)
    hyphened = place.last < phrase.head.first and scene.tokens[place.last].text == "-" and not place.genitive
    if hyphened and place.last + 1 == phrase.head.first and (phrase.concept != "total" or scene.lang == "sv"):
        return replace(phrase, first=place.first, with_=(place,))
    if before in ("-", "–", "—", "/") or (joined and not place.genitive):
        other = scene.place_ends.get(place.first - 1)
        if other is not None and other.code != place.code:
            return replace(phrase, first=other.first, pair=(other, place))
    if joined:
        other = scene.place_ends.get(place.first - 1) or scene.place_ends.get(place.first - 2)
        if other is not None and other.genitive and other.code != place.code and phrase.concept == "total":
            return replace(phrase, first=other.first, pair=(other, place))
    return replace(phrase, first=place.first, owner=place)


def _may_stand_before(scene: Scene, at: int) -> bool:
    """Whether a word can stand between an owner and its noun: an adjective, an article, a hyphen, and."""
    token = scene.tokens[at]
    if token.text in _INSIDE_NAMES:
        return True
    if any(q.first <= at < q.last for q in scene.quantities):
        return True
    if token.kind != "w" or scene.is_word("no_adjective", at):
        return False
    cue = scene.at("cue", at)
    if cue is not None and cue.form == "verb":
        return token.low.endswith(tuple(scene.words("participle_ends")))
    binds = any(scene.at(kind, at) is not None for kind in ("clause", "role")) and not scene.is_word("and", at)
    if binds or any(scene.at(kind, at) is not None for kind in ("who_verbs", "modality")):
        return False
    head = scene.at("head", at)
    return head is None or (head.form == "noun" and head.key in (*FLOW_HEADS, "investment", "tariff", "market"))


def _look_left_of_verb(scene: Scene, phrase: FlowPhrase) -> FlowPhrase:
    """The one who sells, buys or invests: the last place named before the verb that no preposition governs."""
    at = phrase.head.first - 1
    while at >= 0 and phrase.head.first - at <= _FARTHEST_SUBJECT:
        if scene.tokens[at].text in _STRONG_SIGNS:
            break
        place = scene.place_ends.get(at + 1)
        if place is not None:
            governed = _is_led_to(scene, before_articles(scene, place.first))
            goods = [m for m in scene.of("product") if m.first >= place.last and m.last <= phrase.head.first]
            if (
                place.is_adjective
                and goods
                and phrase.concept in ("exports", "imports")
                and _is_only_goods(scene, place, phrase)
            ):
                return replace(phrase, first=place.first, of=(place,), products=tuple(m.key for m in goods))
            firms = place.is_adjective and scene.is_word("firms", place.last)
            if not governed and (firms or not (place.genitive or (place.is_adjective and place.form == "adj"))):
                return replace(phrase, owner=_first_before_comma(scene, place, phrase) or place)
            at = place.first - 1
            continue
        if scene.is_word("contrast", at):
            break
        at -= 1
    return phrase


def _is_led_to(scene: Scene, at: int) -> bool:
    """Whether a preposition leads to what starts at a token; *and* does so only from one place to the next."""
    if scene.is_word("and", at - 1):
        return at - 1 in scene.place_ends
    return bool(scene.roles_before(at))


def _is_only_goods(scene: Scene, place: Place, phrase: FlowPhrase) -> bool:
    """Whether only goods stand between an adjective and a verb: 'Peruvian copper shipped to China'."""
    between = range(place.last, phrase.head.first)
    return len(between) <= _MOST_BESIDE_GOODS and all(
        scene.is_word("beside_goods", at) or any(m.first <= at < m.last for m in scene.of("product")) for at in between
    )


def _first_before_comma(scene: Scene, near: Place, phrase: FlowPhrase) -> Place | None:
    """Behind a comma the verb goes with the subject of the sentence, not with the place last named.

    Unless it is the verb of a relative clause: 'Italy, which sold 65 billion'.
    """
    relative = phrase.head.first - 1
    if scene.is_word("relative", relative) and relative - 1 == near.last and scene.tokens[near.last].text == ",":
        return None
    if not any(scene.tokens[at].text == "," for at in range(near.last, phrase.head.first)):
        return None
    return next(
        (
            place
            for place in scene.places
            if place.first < near.first
            and not place.genitive
            and place.form != "adj"
            and not (place.first and scene.roles_before(place.first))
        ),
        None,
    )


def _look_right(scene: Scene, phrase: FlowPhrase) -> FlowPhrase:
    """The partners behind the head, each by its preposition, and the product."""
    at, roles, state = phrase.head.last, frozenset[str](), _Right(phrase)
    if phrase.concept in ("dependence",) and phrase.is_verb:
        roles = frozenset(("on",))
    limit = min(len(scene.tokens), phrase.head.last + _LONGEST_RIGHT)
    while at < limit:
        if at in scene.inside_number:
            state.count_goods(scene, at)
            at += 1
            continue
        if state.stops(scene, at):
            break
        if at in scene.time_at:
            at, roles = scene.time_at[at].last, frozenset()
            continue
        place = scene.place_at.get(at)
        if place is not None:
            if state.belongs_elsewhere(scene, place):
                break
            state.add(scene, place, roles)
            at = place.last
            continue
        product = scene.at("product", at)
        if product is not None:
            state.add_product(scene, product, roles)
            at = product.last
            continue
        found = scene.roles_at(at)
        goods = at > phrase.head.last and not state.phrase.products and state.phrase.concept in ("exports", "imports")
        if goods and scene.is_word("of", at - 1) and (noun := _named_goods(scene, at)):
            state.phrase = replace(state.phrase, products=(noun,))
        if found:
            roles = found if not scene.is_word("and", at) else frozenset()
            longest = max((m.last for m in scene.of("role") if m.first == at), default=at + 1)
            at = longest
            continue
        there = scene.at("pair_there", at)
        if there is not None and (phrase.is_verb or at == phrase.head.last or (roles and at == phrase.head.last + 1)):
            state.phrase = replace(state.phrase, there=True, last=there.last)
        if scene.at("pair_both", at) is not None and not scene.is_word("both_adjectives", at):
            state.phrase = replace(state.phrase, both=True, last=at + 1)
        at += 1
    return state.phrase


class _Right:
    """What has been gathered to the right of a head."""

    def __init__(self, phrase: FlowPhrase) -> None:
        self.phrase = phrase
        self.previous: tuple[str, int] | None = None

    def stops(self, scene: Scene, at: int) -> bool:
        token = scene.tokens[at]
        if token.text in _STRONG_SIGNS or (token.text in "()[]" and not self.phrase.is_verb):
            return True
        if token.text == ",":
            return not self._goes_on(scene, at)
        joined = (
            any(scene.is_word(name, at - 1) for name in ("and", "or", "nearly")) or scene.tokens[at - 1].text == ","
        )
        if joined and not self.phrase.is_verb and any(q.first == at for q in scene.quantities):
            return True
        clause = scene.at("clause", at)
        if clause is not None and clause.key == "breaks" and not scene.roles_at(at):
            return True
        head = scene.at("head", at)
        if head is not None and head.first > self.phrase.head.first and self._is_new_phrase(scene, head):
            return True
        if self.phrase.is_verb:
            return False
        cue, who = scene.at("cue", at), scene.at("who_verbs", at)
        if cue is not None and cue.form == "verb" and not scene.is_word("worth", at):
            return cue.key != "level" or not scene.is_word("flat_goods", at)
        return who is not None and not scene.is_word("noun_or_verb", at)

    def _goes_on(self, scene: Scene, at: int) -> bool:
        """Whether a comma only parts the places of a list."""
        return (
            self.previous is not None
            and self.previous[1] == at
            and at + 1 in scene.place_at
            and any(scene.is_word("and", step) for step in range(at + 2, at + 8))
            and not any(q.first <= at + 4 and q.last >= at for q in scene.quantities)
        )

    def _is_new_phrase(self, scene: Scene, head: Mark) -> bool:
        concept = self.phrase.concept
        if head.form == "noun" and concept in ("deficit", "surplus", "balance") and head.key == "total":
            return False
        if concept == "tariff" and head.key in ("exports", "imports"):
            return not (scene.roles_before(head.first) or scene.roles_before(head.first - 1))
        if head.key == "flow" or (head.key == "market" and self.phrase.is_verb):
            return False
        if head.form == "verb" and head.key in ("share", "opinion", "transport"):
            return not self.phrase.is_verb
        if (
            concept in ("settlement", "loans", "dependence", "share", "transport", "price", "projects")
            and head.form == "noun"
        ):
            return concept not in ("dependence",) or head.key not in ("imports", "exports")
        if head.form == "noun" and head.key == concept and head.key != "share":
            return head.first > self.phrase.head.last + 4
        return head.key in (*FLOW_HEADS, "investment", "tariff", "share", "settlement")

    def belongs_elsewhere(self, scene: Scene, place: Place) -> bool:
        """Whether a place is the owner of another noun: 'exports to Norway and Sweden's imports'."""
        if not place.genitive:
            return False
        return self.phrase.concept not in ("deficit", "surplus", "balance")

    def add(self, scene: Scene, place: Place, roles: frozenset[str]) -> None:
        """Take a place into the slot that its preposition gives it, or that of the place it is listed with."""
        if not roles and self.previous and place.first - self.previous[1] <= 2:
            slot: str | None = self.previous[0]
        else:
            slot = None if self._takes_levier(place, roles) else self._slot(scene, place, roles)
        if slot is None:
            return
        self.phrase = replace(self.phrase, last=place.last, **{slot: (*getattr(self.phrase, slot), place)})
        self.previous = (slot, place.last)

    def _takes_levier(self, place: Place, roles: frozenset[str]) -> bool:
        """Whether a place is the one that sets a tariff: 'the tariff imposed by Turkey'."""
        sets = self.phrase.concept == "tariff" and "by" in roles and not place.is_adjective and "on" not in roles
        if sets:
            self.phrase = replace(self.phrase, owner=self.phrase.owner or place)
        return sets

    def _slot(self, scene: Scene, place: Place, roles: frozenset[str]) -> str | None:
        concept = self.phrase.concept
        if "between" in roles:
            return "between"
        if concept in ("tariff", "dependence") and roles & {"on", "with", "to", "of", "by", "from"}:
            return "on"
        if "from" in roles:
            return "source"
        if "with" in roles and ("to" not in roles or concept in ("deficit", "surplus", "balance", "total")):
            return "with_"
        if "to" in roles:
            return "to"
        if "of" in roles and (place.is_adjective or concept == "exports"):
            return "of"
        if "by" in roles:
            return "to" if concept == "imports" else "source"
        if roles & {"in", "of"}:
            return "inside"
        if "via" in roles:
            return None
        if roles:
            return "on"
        near = place.first - self.phrase.head.last <= 1
        if self.phrase.is_verb and near and not place.is_adjective and not place.genitive:
            # 'Sålde Polen' may ask who sold; 'sold Poland' says to whom.
            if self.phrase.owner is None and (scene.lang == "sv" or concept != "exports"):
                self.phrase = replace(self.phrase, owner=place)
                return None
            return "to" if concept == "exports" else None
        return "of" if place.is_adjective else None

    def count_goods(self, scene: Scene, at: int) -> None:
        """'Exports of 45 controlled items': some goods, and not all."""
        phrase = self.phrase
        if phrase.products or phrase.concept not in ("exports", "imports") or not scene.is_word("of", at - 1):
            return
        behind = range(at + 1, min(at + 5, len(scene.tokens)))
        noun = next((scene.tokens[step].low for step in behind if scene.is_word("goods_nouns", step)), "")
        if noun:
            self.phrase = replace(phrase, products=(noun,))

    def add_product(self, scene: Scene, mark: Mark, roles: frozenset[str]) -> None:
        phrase = self.phrase
        if mark.key != "total" and {*phrase.products} & scene.words("goods_nouns"):
            phrase = replace(phrase, products=())
        near = mark.first - phrase.head.last <= 12
        fits = not roles or roles & {"of", "from"} or phrase.concept in ("dependence", "tariff", "market")
        if near and fits and mark.key not in phrase.products:
            limited = mark.key == "total" and not phrase.products and _limits_goods(scene, mark.first - 1)
            key = scene.tokens[mark.first - 1].low if limited else mark.key
            self.phrase = replace(phrase, products=(*phrase.products, key), last=max(phrase.last, mark.last))
        if self.previous and self.previous[0] == "of":
            self.previous = None
