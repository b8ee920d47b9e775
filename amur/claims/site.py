"""Site: all that decides what one number is about; Governed: the decision."""

from __future__ import annotations

from dataclasses import dataclass, replace

from amur.claims.frames import FlowPhrase, Frame, frame_of
from amur.claims.scene import Place, Scene, before_articles
from amur.claims.zones import Zone

SHARE_TERMS = ("share", "product_share", "share_of_gdp")
_SIGNS = frozenset((",", ";", "(", ")", ":"))


@dataclass(frozen=True)
class Governed:
    """The frame of a number; `terms` is how the number enters: as `flow`, `share`, `tariff`, `opinion` …

    `first` and `last` are the tokens it was read from. `numerator_first` says that a subject named anew
    would replace the partner and not the owner of the whole; `carried` that the frame comes from an
    earlier number or sentence; `aside` that the text does not go on with it.
    """

    frame: Frame
    terms: str
    first: int
    last: int
    numerator_first: bool = False
    carried: bool = False
    phrase: FlowPhrase | None = None
    aside: bool = False


@dataclass(frozen=True)
class Shares:
    """The share phrases of a sentence: their heads with the flow phrase that is the whole, and heads used so."""

    wholes: dict[int, FlowPhrase]
    consumed: frozenset[int]


@dataclass(frozen=True)
class Site:
    """A number in its zone, with the flow phrases of the sentence, and what governed the number before."""

    scene: Scene
    flows: tuple[FlowPhrase, ...]
    shares: Shares
    zone: Zone
    before: Governed | None = None
    people: str = ""
    spoken: tuple[int, int] = (0, 0)

    @property
    def first(self) -> int:
        """Where the number begins."""
        return self.zone.quantity.first

    @property
    def last(self) -> int:
        """The token behind the number and its unit."""
        return self.zone.quantity.last

    def is_speaker(self, place: Place) -> bool:
        """Whether a place is part of the name of who is quoted."""
        return self.spoken[0] <= place.first < self.spoken[1]

    def left(self, *concepts: str) -> list[FlowPhrase]:
        """The noun phrases of some concepts that stand in the zone before the number."""
        return [p for p in self.flows if self._is_left(p) and p.concept in concepts and not p.is_verb]

    def verb_left(self, *concepts: str) -> FlowPhrase | None:
        """The nearest verb of some concepts in the zone before the number."""
        found = [p for p in self.flows if self._is_left(p) and p.concept in concepts and p.is_verb]
        return found[-1] if found else None

    def _is_left(self, phrase: FlowPhrase) -> bool:
        return self.zone.first <= phrase.head.first < self.first

    def owner_between(self, first: int, last: int) -> Place | None:
        """The place in a span that owns or qualifies a noun: a genitive or an adjective."""
        return next((p for p in self.scene.places if first <= p.first < last and (p.genitive or p.is_adjective)), None)

    def product_between(self, first: int, last: int, default: str = "") -> str:
        """The first specific product named in a span."""
        marks = (m for m in self.scene.of("product") if first <= m.first < last and m.key != "total")
        return next((m.key for m in marks), default)


def subject_place(site: Site, *, exclude: str = "") -> Place | None:
    """The place that is the subject before a number: the first in its zone that no preposition governs."""
    weak: Place | None = None
    for place in site.scene.places:
        if not site.zone.first <= place.first < site.first or place.code == exclude or site.is_speaker(place):
            continue
        if place.code.startswith("outside"):
            continue
        if site.scene.roles_before(before_articles(site.scene, place.first)) - {"with"}:
            continue
        if not place.genitive and place.form != "adj":
            return place
        weak = weak or place
    return weak


def stands_alone(scene: Scene, place: Place) -> bool:
    """Whether a genitive stands without its noun: 'Armenia's has grown fivefold', 'against America's 51 percent'."""
    at = place.last
    while at < len(scene.tokens) and scene.tokens[at].text.startswith(("'", "’")):
        at += 1
    if at >= len(scene.tokens):
        return False
    if scene.at("qualifier", at) is not None or any(q.first == at for q in scene.quantities):
        return True
    cue = scene.at("cue", at)
    return scene.is_word("has", at) or (cue is not None and cue.form == "verb")


def clause_subject(site: Site) -> str:
    """The subject of the whole sentence before a number."""
    place = subject_place(replace(site, zone=replace(site.zone, first=0)))
    return place.code if place is not None else ""


def is_parted(scene: Scene, first: int, last: int) -> bool:
    """Whether a verb or a sign stands between two heads."""
    for at in range(first, last):
        if at in scene.in_place:
            continue
        cue = scene.at("cue", at)
        is_verb = cue is not None and cue.form == "verb" and not scene.is_word("worth", at)
        if is_verb or scene.tokens[at].text in _SIGNS:
            return True
    return False


def governed_by(phrase: FlowPhrase) -> Governed:
    """What a flow phrase alone says of a number it governs."""
    terms = phrase.concept if phrase.concept in ("tariff", "settlement") else "flow"
    return Governed(frame_of(phrase), terms, phrase.first, phrase.last, phrase=phrase)


def code_of(*groups: tuple[Place, ...]) -> str:
    """The code of the first place of the first group that has one."""
    return next((group[0].code for group in groups if group), "")
