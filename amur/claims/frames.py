"""Flow phrases → frames: who trades with whom, in which direction, seen from whom.

What a phrase leaves open stays open here; it is filled later from the sentence, from who is quoted or
from the text before, and said to be so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from amur.claims.lexicon import Mark
from amur.claims.scene import Place

FLOW_HEADS = ("exports", "imports", "total", "balance", "deficit", "surplus", "flow")
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
    there: bool = False

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
    if phrase.concept == "surplus" and phrase.owner is None and phrase.to and not phrase.with_:
        # 'The surplus went to Russia': who has it.
        return replace(frame, flow="balance", subject=phrase.to[0].code, object="")
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
