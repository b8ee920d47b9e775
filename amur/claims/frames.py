"""Flow phrases → frames: who trades with whom, in which direction, seen from whom.

A frame is read off the words around a head such as *exports*, *handeln* or *sold*: what owns it, what
follows behind *to*, *from*, *with*, *between*. What the phrase leaves open stays open here; the reader
fills it from the sentence, the attribution or the text before, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from amur.claims.lexicon import Mark
from amur.claims.scene import Place, Scene

_LONGEST_LEFT = 9
_LONGEST_RIGHT = 28
_FLOWS = ("exports", "imports", "total", "balance", "deficit", "surplus", "flow")
_CONCEPTS = {
    "exports": "trade",
    "imports": "trade",
    "total": "trade",
    "flow": "trade",
    "balance": "trade",
    "deficit": "trade",
    "surplus": "trade",
    "share": "trade",
    "gdp": "trade",
    "price": "trade",
}
_SUCH = frozenset("such these those said dessa sådana sådan samma same".split())
_STRONG_SIGNS = frozenset((";", ":", "—", "?", "!", "•"))
_TOTAL_WORDS = frozenset(
    "total overall all entire global worldwide totala totalt hela sammanlagda samlade all världsomspännande".split()
)


@dataclass(frozen=True)
class FlowPhrase:
    """A head with what stands around it; `first` to `last` is its extent."""

    head: Mark
    first: int
    last: int
    owner: Place | None = None
    own: bool = False
    both: bool = False
    to: tuple[Place, ...] = ()
    source: tuple[Place, ...] = ()
    with_: tuple[Place, ...] = ()
    between: tuple[Place, ...] = ()
    of: tuple[Place, ...] = ()
    on: tuple[Place, ...] = ()
    inside: tuple[Place, ...] = ()
    pair: tuple[Place, ...] = ()
    products: tuple[str, ...] = ()
    total: bool = False
    leg: str = ""
    such: bool = False

    @property
    def concept(self) -> str:
        """The concept that its head belongs to."""
        return self.head.key

    @property
    def is_verb(self) -> bool:
        """Whether its head is a verb."""
        return self.head.form == "verb"


@dataclass(frozen=True)
class Frame:
    """What a figure is about; an empty slot is open."""

    concept: str = "trade"
    flow: str = ""
    subject: str = ""
    object: str = ""
    product: str = "total"
    kind: str = ""
    both: bool = False
    own: bool = False
    total: bool = False

    def filled(self, subject: str, object_: str) -> Frame:
        """The frame with its open places filled; a place is never its own partner."""
        new_subject = self.subject or (subject if subject != self.object else "")
        new_object = self.object or (object_ if object_ != new_subject else "")
        return replace(self, subject=new_subject, object=new_object)

    def mirrored(self) -> Frame:
        """The same flow seen from the other side."""
        flows = {"exports": "imports", "imports": "exports"}
        return replace(self, flow=flows.get(self.flow, self.flow), subject=self.object, object=self.subject)


def find_flows(scene: Scene) -> tuple[FlowPhrase, ...]:
    """The flow phrases of a sentence in order of their heads, without words that are part of another phrase."""
    heads = [mark for mark in scene.of("head") if mark.first not in scene.in_time]
    kept: list[Mark] = []
    for mark in sorted(heads, key=lambda m: (m.first, -(m.last - m.first), m.form != "noun", m.key != "share")):
        if kept and mark.first < kept[-1].last:
            continue
        if mark.key == "share" and mark.form == "verb" and not _takes_fraction(scene, mark):
            mark = next((m for m in heads if (m.first, m.last, m.key) == (mark.first, mark.last, "imports")), mark)
        kept.append(_as_used(scene, mark, heads))
    phrases = [_phrase(scene, mark) for mark in kept if not _is_part_of_name(scene, mark)]
    return tuple(phrase for phrase in phrases if not _is_idle(phrase, phrases))


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
    if before is not None and (
        before.low in ("to", "will", "would", "could", "they", "we", "it", "not", "and", "att", "vi")
    ):
        return verbs[0] if before.low != "and" else nouns[0]
    named = next((place for place in scene.places if place.last == mark.first and not place.genitive), None)
    follows = scene.tokens[mark.last].low if mark.last < len(scene.tokens) else ""
    is_object = scene.at("product", mark.last) is not None or any(q.first == mark.last for q in scene.quantities)
    if (
        named is not None
        and not named.is_adjective
        and (is_object or follows in ("about", "more", "most", "over", "some"))
    ):
        return verbs[0]
    return nouns[0]


# ── around the head ─────────────────────────────────────────────────────────────────────────────


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
    products, total = list(phrase.products), phrase.total
    for _ in range(_LONGEST_LEFT):
        if at < 0 or at in scene.in_time:
            break
        place = scene.place_ends.get(at + 1)
        if place is not None:
            if not _owns(scene, place, phrase):
                break
            return _with_owner(scene, replace(phrase, products=tuple(products), total=total), place)
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
        if scene.tokens[at].low in _SUCH:
            return replace(phrase, first=at, such=True, products=tuple(products), total=total)
        if not _may_stand_before(scene, at):
            break
        total = total or scene.tokens[at].low in _TOTAL_WORDS
        at -= 1
    return replace(phrase, products=tuple(products), total=total)


def _owns(scene: Scene, place: Place, phrase: FlowPhrase) -> bool:
    """Whether a place before a noun owns it; a bare name does so only right before it: US exports."""
    written = "".join(token.text for token in scene.tokens[place.first : place.last] if token.kind == "w")
    if place.genitive or (place.is_adjective and not (written.isupper() and len(written) <= 3)):
        return True
    between = range(place.last, phrase.head.first)
    return all(
        scene.tokens[at].text in ("-", "–", "/")
        or scene.tokens[at].low in _TOTAL_WORDS
        or any(mark.first <= at < mark.last for kind in ("product", "head") for mark in scene.of(kind))
        for at in between
    )


def _with_owner(scene: Scene, phrase: FlowPhrase, place: Place) -> FlowPhrase:
    before = scene.tokens[place.first - 1].text if place.first else ""
    hyphened = place.last < phrase.head.first and scene.tokens[place.last].text == "-" and not place.genitive
    if hyphened and place.last + 1 == phrase.head.first and phrase.concept != "total":
        return replace(phrase, first=place.first, with_=(place,))
    if before in ("-", "–", "—", "/") or (before.lower() in ("and", "och") and not place.genitive):
        other = scene.place_ends.get(place.first - 1)
        if other is not None and other.code != place.code:
            return replace(phrase, first=other.first, pair=(other, place))
    if before.lower() in ("and", "och"):
        other = scene.place_ends.get(place.first - 1) or scene.place_ends.get(place.first - 2)
        if other is not None and other.genitive and other.code != place.code and phrase.concept == "total":
            return replace(phrase, first=other.first, pair=(other, place))
    return replace(phrase, first=place.first, owner=place)


def _may_stand_before(scene: Scene, at: int) -> bool:
    """Whether a word can stand between an owner and its noun: an adjective, an article, a hyphen, and."""
    token = scene.tokens[at]
    if token.text in ("-", "–", "'", "’", "'s", "’s", "&", "%", "”", "“", '"'):
        return True
    if any(q.first <= at < q.last for q in scene.quantities):
        return True
    if token.kind != "w" or token.low in _NO_ADJECTIVE:
        return False
    if scene.at("cue", at) is not None and scene.at("cue", at).form == "verb":  # type: ignore[union-attr]
        return token.low.endswith(("ing", "ande"))
    if scene.at("who_verbs", at) is not None or scene.at("clause", at) is not None and token.low not in ("and", "och"):
        return False
    is_role = scene.at("role", at) is not None and token.low not in ("and", "och")
    if is_role or scene.at("modality", at) is not None:
        return False
    head = scene.at("head", at)
    return head is None or (head.form == "noun" and head.key in (*_FLOWS, "investment", "tariff", "market"))


_NO_ADJECTIVE = frozenset(
    "of to in from with by for on at as than that is are was were has have had been be will would can could may might "
    "its their which who it they he she but if av till i från med för på än att är var har hade ska skulle kan kunde "
    "som det de han hon dess deras men om blev blir reached nådde uppgick hit saw show shows recorded".split()
)


def _look_left_of_verb(scene: Scene, phrase: FlowPhrase) -> FlowPhrase:
    """The one who sells, buys or invests: the last place named before the verb that no preposition governs."""
    at = phrase.head.first - 1
    while at >= 0 and phrase.head.first - at <= 24:
        if scene.tokens[at].text in _STRONG_SIGNS:
            break
        place = scene.place_ends.get(at + 1)
        if place is not None:
            governed = place.first and (scene.roles_before(place.first) or _article_after_role(scene, place.first - 1))
            goods = [m for m in scene.of("product") if m.first >= place.last and m.last <= phrase.head.first]
            if (
                place.is_adjective
                and goods
                and phrase.concept in ("exports", "imports")
                and _is_only_goods(scene, place, phrase)
            ):
                return replace(phrase, first=place.first, of=(place,), products=tuple(m.key for m in goods))
            if not governed and not (place.genitive or (place.is_adjective and place.form == "adj")):
                return replace(phrase, owner=_first_before_comma(scene, place, phrase) or place)
            at = place.first - 1
            continue
        if scene.tokens[at].low in ("while", "whereas", "but", "medan", "men", "if", "om"):
            break
        at -= 1
    return phrase


def _is_only_goods(scene: Scene, place: Place, phrase: FlowPhrase) -> bool:
    """Whether only goods stand between an adjective and a verb: 'Peruvian copper shipped to China'."""
    between = scene.tokens[place.last : phrase.head.first]
    return len(between) <= 4 and all(
        token.low in ("som", "that", "which", "och", "and", "såldes", "was", "were", "är", "has", "been")
        or any(m.first <= at < m.last for m in scene.of("product"))
        for at, token in enumerate(between, place.last)
    )


def _first_before_comma(scene: Scene, near: Place, phrase: FlowPhrase) -> Place | None:
    """Behind a comma the verb goes with the subject of the sentence, not with the place last named."""
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


def _article_after_role(scene: Scene, at: int) -> bool:
    return at > 0 and scene.tokens[at].low in ("the", "den", "det") and bool(scene.roles_before(at))


def _look_right(scene: Scene, phrase: FlowPhrase) -> FlowPhrase:
    """The partners behind the head, each by its preposition, and the product."""
    at, roles, state = phrase.head.last, frozenset[str](), _Right(phrase)
    if phrase.concept in ("dependence",) and phrase.is_verb:
        roles = frozenset(("on",))
    limit = min(len(scene.tokens), phrase.head.last + _LONGEST_RIGHT)
    while at < limit:
        if at in scene.inside_number:
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
            state.add_product(product, roles)
            at = product.last
            continue
        found = scene.roles_at(at)
        if found:
            roles = found if scene.tokens[at].low not in ("and", "och") else frozenset()
            longest = max((m.last for m in scene.of("role") if m.first == at), default=at + 1)
            at = longest
            continue
        if scene.at("pair_both", at) is not None and scene.tokens[at].low not in ("bilateral", "mutual"):
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
        joined = at > 0 and scene.tokens[at - 1].low in ("and", "och", "or", "eller", ",", "nearly", "nästan")
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
        if cue is not None and cue.form == "verb" and token.low not in ("worth", "valued", "värda", "värt", "at", "up"):
            return cue.key != "level" or token.low not in ("total", "totalt", "sammanlagt")
        return who is not None and token.low not in _NOUN_OR_VERB

    def _goes_on(self, scene: Scene, at: int) -> bool:
        """Whether a comma only parts the places of a list."""
        return (
            self.previous is not None
            and self.previous[1] == at
            and at + 1 in scene.place_at
            and any(scene.tokens[step].low in ("and", "och") for step in range(at + 2, min(at + 8, len(scene.tokens))))
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
        return head.key in (*_FLOWS, "investment", "tariff", "share", "settlement")

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
            slot = self._slot(place, roles)
        if slot is None:
            return
        self.phrase = replace(self.phrase, last=place.last, **{slot: (*getattr(self.phrase, slot), place)})
        self.previous = (slot, place.last)

    def _slot(self, place: Place, roles: frozenset[str]) -> str | None:
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
            if self.phrase.owner is None:
                self.phrase = replace(self.phrase, owner=place)
                return None
            return "to" if concept == "exports" else None
        return "of" if place.is_adjective else None

    def add_product(self, mark: Mark, roles: frozenset[str]) -> None:
        phrase = self.phrase
        near = mark.first - phrase.head.last <= 12
        fits = not roles or roles & {"of", "from"} or phrase.concept in ("dependence", "tariff", "market")
        if near and fits and mark.key not in phrase.products:
            self.phrase = replace(phrase, products=(*phrase.products, mark.key), last=max(phrase.last, mark.last))
        if self.previous and self.previous[0] == "of":
            self.previous = None


_NOUN_OR_VERB = frozenset("data report reports estimate put puts found find show".split())


# ── meaning ─────────────────────────────────────────────────────────────────────────────────────


def frame_of(phrase: FlowPhrase) -> Frame:
    """The frame that a flow phrase spells out by itself."""
    concept = _CONCEPTS.get(phrase.concept, phrase.concept)
    frame = Frame(
        concept=concept,
        product=_product(phrase),
        kind=phrase.concept,
        both=phrase.both,
        own=phrase.own,
        total=phrase.total,
    )
    return _MEANINGS.get(phrase.concept, _plain)(phrase, frame)


def _product(phrase: FlowPhrase) -> str:
    specific = [key for key in phrase.products if key != "total"]
    return specific[0] if specific else "total"


def _code(*options: Place | tuple[Place, ...] | None) -> str:
    for option in options:
        if isinstance(option, Place):
            return option.code
        if option:
            return option[0].code
    return ""


def _exports(phrase: FlowPhrase, frame: Frame) -> Frame:
    pair = phrase.between or phrase.pair
    if len(pair) >= 2:
        return replace(frame, flow="exports", subject=pair[0].code, object=pair[1].code)
    exporter = _code(phrase.source, phrase.owner, phrase.of)
    importer = _code(phrase.to, phrase.with_, phrase.inside, phrase.on)
    if exporter and exporter == importer:
        exporter = _code(phrase.owner, phrase.of)
    return replace(frame, flow="exports", subject=exporter, object=importer if importer != exporter else "")


def _imports(phrase: FlowPhrase, frame: Frame) -> Frame:
    importer = _code(phrase.owner, phrase.to, phrase.inside)
    exporter = _code(phrase.source, phrase.of, phrase.with_)
    if exporter == importer:
        importer = _code(phrase.to, phrase.inside)
    return replace(frame, flow="imports", subject=importer, object=exporter)


def _total(phrase: FlowPhrase, frame: Frame) -> Frame:
    pair = phrase.between or phrase.pair
    if len(pair) >= 2:
        return replace(frame, flow="total", subject=pair[0].code, object=pair[1].code)
    if phrase.source and phrase.to:
        return replace(frame, flow="exports", subject=_code(phrase.source), object=_code(phrase.to))
    owner = _code(phrase.owner, phrase.of)
    partner = _code(phrase.with_, phrase.to, phrase.between)
    return replace(frame, flow="total", subject=owner, object=partner if partner != owner else "")


def _settlement(phrase: FlowPhrase, frame: Frame) -> Frame:
    frame = _plain(phrase, frame)
    pair = phrase.between or phrase.pair
    if len(pair) < 2 and phrase.owner is not None:
        frame = replace(frame, subject=phrase.owner.code, object="")
    return replace(frame, flow=phrase.leg or "total")


def _flow(phrase: FlowPhrase, frame: Frame) -> Frame:
    if not phrase.source and not phrase.to:
        return replace(frame, flow="")
    return replace(frame, flow="exports", subject=_code(phrase.source, phrase.owner), object=_code(phrase.to))


def _balance(phrase: FlowPhrase, frame: Frame) -> Frame:
    partner = _code(phrase.with_, phrase.to, phrase.source, phrase.on)
    owner = _code(phrase.owner) or next((p.code for p in phrase.inside if p.code != partner), "")
    return replace(frame, flow="balance", subject=owner, object=partner if partner != owner else "")


def _investment(phrase: FlowPhrase, frame: Frame) -> Frame:
    pair = phrase.between or phrase.pair
    if len(pair) >= 2:
        return replace(frame, subject=pair[0].code, object=pair[1].code)
    investor = _code(phrase.source, phrase.owner, phrase.of)
    return replace(frame, subject=investor, object=_code(phrase.inside, phrase.to, phrase.on))


def _tariff(phrase: FlowPhrase, frame: Frame) -> Frame:
    target = _code(phrase.on, phrase.source, phrase.of, phrase.with_, phrase.to)
    owner = _code(phrase.owner)
    return replace(frame, subject=owner, object=target if target != owner else "")


def _dependence(phrase: FlowPhrase, frame: Frame) -> Frame:
    partner = _code(phrase.on, phrase.source, phrase.of, phrase.with_)
    return replace(frame, concept="trade", flow="imports", subject=_code(phrase.owner), object=partner)


def _plain(phrase: FlowPhrase, frame: Frame) -> Frame:
    pair = phrase.between or phrase.pair
    if len(pair) >= 2:
        return replace(frame, subject=pair[0].code, object=pair[1].code)
    subject = _code(phrase.owner, phrase.inside if phrase.concept == "market" else None)
    partner = _code(phrase.to, phrase.with_, phrase.source, phrase.of, phrase.inside, phrase.on)
    return replace(frame, subject=subject, object=partner if partner != subject else "")


_MEANINGS = {
    "exports": _exports,
    "imports": _imports,
    "total": _total,
    "flow": _flow,
    "balance": _balance,
    "deficit": _balance,
    "surplus": _balance,
    "investment": _investment,
    "tariff": _tariff,
    "dependence": _dependence,
    "settlement": _settlement,
}
