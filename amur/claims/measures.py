"""What a number measures: growth or level, share or change, and with which sign."""

from __future__ import annotations

from dataclasses import dataclass

from amur.claims.claim import Measure
from amur.claims.lexicon import Mark
from amur.claims.scene import Scene
from amur.claims.site import Governed
from amur.claims.units import Quantity
from amur.claims.zones import Zone, cue_after, cue_before, is_beside, more_before, preposition

# A multiple in words ("doubled") is as precise as this part of itself.
MULTIPLE_HALF_WIDTH = 0.05
# "Doubled" is said of what grew up to two and a half times; beyond, one would say "more than doubled".
UP_TO_NEXT = 0.5

_CARRIED = ("growth", "share", "tariff_rate", "product_share", "share_of_gdp")
_GROWING = ("trade", "investment", "transport", "projects", "tourism", "market")


@dataclass(frozen=True)
class Measured:
    """A measure with its sign (0 where none is said), and the words that decided."""

    measure: Measure
    sign: int
    link: str
    cue: Mark | None = None


def measure_number(scene: Scene, zone: Zone, governed: Governed, before: Measured | None) -> Measured:
    """The measure of a number; `before` is that of the number before, which a parallel one repeats."""
    quantity = zone.quantity
    cue, behind, link = cue_before(scene, zone), cue_after(scene, zone), preposition(scene, quantity)
    sign = _sign(cue, behind, quantity)
    if quantity.kind == "pp":
        return Measured("change", sign or (before.sign if before else 0), link, cue)
    if quantity.kind == "fraction":
        measure, sign = _of_fraction(scene, zone, governed, cue, behind, before=before)
        return Measured(measure, sign, link, cue)
    if quantity.kind == "multiple":
        grows = governed.terms in ("flow", "share") and governed.frame.concept in _GROWING
        grows = grows and not _is_growth_of_growth(scene, zone)
        return Measured("growth" if grows else "ratio", -1 if quantity.value < 1 else 1, link, cue)
    if quantity.kind == "ratio":
        return Measured("ratio", 0, link, cue)
    if quantity.kind == "money" and "/" in quantity.unit:
        return Measured("price", sign, link, cue)
    measure = _level_or_change(scene, zone, governed, cue, behind)
    # 'Rose by 3bn to 9bn and those from B by 7.5%': the direction goes on past the level that was reached.
    return Measured(measure, sign or (before.sign if before is not None and link == "to" else 0), link, cue)


def _sign(cue: Mark | None, behind: Mark | None, quantity: Quantity) -> int:
    mark = behind if behind is not None else cue
    if quantity.value < 0:
        return -1
    return 0 if mark is None else {"up": 1, "down": -1}.get(mark.key, 1)


def _of_fraction(
    scene: Scene, zone: Zone, governed: Governed, cue: Mark | None, behind: Mark | None, *, before: Measured | None
) -> tuple[Measure, int]:
    terms, link = governed.terms, preposition(scene, zone.quantity)
    sign = _sign(cue, behind, zone.quantity)
    if terms == "tariff":
        return "tariff_rate", 0
    if terms in ("product_share", "share_of_gdp"):
        return terms, 0  # type: ignore[return-value]
    if terms == "opinion" and cue is not None and cue.form == "noun" and link == "of":
        return "growth", sign
    if terms in ("opinion", "settlement"):
        return "share", 0
    if behind is not None and terms == "flow":
        return "growth", sign
    if terms == "share":
        moved = cue is not None and is_beside(scene, cue, zone.quantity) and link not in ("to", "from")
        own = governed.phrase is not None and cue is not None and cue.first >= governed.first
        grows = moved and (own or (governed.carried and link == "by" and cue is not None and cue.form == "verb"))
        return ("growth", sign) if grows else ("share", 0)
    levels = ("share", "tariff_rate", "product_share", "share_of_gdp")
    if link == "from" and before is not None and before.measure in levels:
        return before.measure, 0
    of_whole = scene.is_word("of", zone.quantity.last) and not (
        cue is not None and is_beside(scene, cue, zone.quantity)
    )
    if of_whole and terms == "flow" and not _has_plus(scene, zone.quantity):
        return "share", 0
    if cue is not None or zone.quantity.value < 0 or _has_plus(scene, zone.quantity):
        return "growth", sign or 1
    if link == "by" and before is not None and before.sign:
        # 'Imports from A rose by 3bn and those from B by 7.5%'
        return "growth", before.sign
    if before is not None and before.measure in _CARRIED:
        return before.measure, 1 if before.measure == "growth" and link in ("to", "from") else before.sign
    return "share", 0


def _is_growth_of_growth(scene: Scene, zone: Zone) -> bool:
    """'Growth is set to halve': a multiple of a rate is no growth of the flow."""
    return any(
        mark.form == "noun" and scene.tokens[mark.first].low.endswith(tuple(scene.words("growth_ends")))
        for mark in scene.between("cue", zone.first, zone.quantity.first)
    )


def _has_plus(scene: Scene, quantity: Quantity) -> bool:
    return scene.tokens[quantity.first].text == "+" or scene.is_word("plus", quantity.first)


def _level_or_change(scene: Scene, zone: Zone, governed: Governed, cue: Mark | None, behind: Mark | None) -> Measure:
    quantity, link = zone.quantity, preposition(scene, zone.quantity)
    level = _level(quantity, governed)
    if level == "count":
        return "count"
    if more_before(scene, zone) is not None or (behind is not None and behind.form == "noun"):
        return "change"
    if link in ("to", "from") or cue is None or not _acts_on(scene, cue, quantity, link):
        return level
    return "change"


def _acts_on(scene: Scene, cue: Mark, quantity: Quantity, link: str) -> bool:
    """Whether a word of direction acts on a sum: 'fell by 3bn', 'rose 3bn', 'an increase of 300m'."""
    if link == "by":
        return True
    if link == "of":
        return cue.form == "noun" and quantity.first - cue.last <= 4
    return cue.form == "verb" and is_beside(scene, cue, quantity)


def _level(quantity: Quantity, governed: Governed) -> Measure:
    if quantity.kind == "money":
        balances: dict[str, Measure] = {"deficit": "deficit", "surplus": "surplus"}
        return "value" if governed.terms == "tariff" else balances.get(governed.frame.kind, "value")
    if quantity.kind == "count":
        moved = governed.frame.flow in ("exports", "imports", "total")
        return "quantity" if moved and quantity.unit not in ("projects", "companies", "jobs", "persons") else "count"
    if quantity.kind == "time":
        return "duration"
    places: dict[str, Measure] = {"km": "distance", "m2": "area"}
    return places.get(quantity.unit, "quantity")


def signed_value(quantity: Quantity, measured: Measured) -> tuple[float, float, str]:
    """Value, half width and unit in their final form: growth signed, a multiple as growth where it is one."""
    value, half = quantity.value, quantity.half
    if quantity.kind == "multiple":
        half = MULTIPLE_HALF_WIDTH * value
        return (value - 1, half, "fraction") if measured.measure == "growth" else (value, half, "ratio")
    if measured.measure in ("growth", "change") and measured.sign < 0 and value > 0:
        value = -value
    return value, half, quantity.unit
