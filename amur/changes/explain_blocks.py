"""Further blocks of an explanation: both countries' shares, by sector, what was replaced, listed goods."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from amur import codes
from amur.changes.dependence_tables import SOURCE, YEARS, SectorTrade, sector_trade
from amur.changes.diversion import TradeChange, replacement
from amur.changes.explanation import Block, Part
from amur.changes.pairs import MIRRORED, MODEL, Flow, Pair, both_ends, difference, share_ends
from amur.changes.rerouted import (
    Rerouting,
    Route,
    all_routes,
    destinations,
    first_event,
    ratio_over_baskets,
    route,
)
from amur.changes.shares import decompose_share, within_between
from amur.errors import MeasureError, NoDataError
from amur.figures import Figure
from amur.indicators import Query
from amur.indicators.ledger import carried_forward, ledgers
from amur.periods import Period

_ROUTED = "EU27"
_ROUTE_ORIGINS = ("eurostat-cn8", "eurostat-total-hs27")


# ── shares ──────────────────────────────────────────────────────────────────────────────────────


def share_blocks(pair: Pair) -> tuple[Block, ...]:
    """Own growth and others' fall behind the share of each country in the other's trade."""
    blocks = (_share_block(pair, subject, other, flow) for subject, other, flow in _both_sides(pair))
    return tuple(block for block in blocks if block)


def _both_sides(pair: Pair) -> tuple[tuple[str, str, Flow], ...]:
    return (pair.a, pair.b, pair.flow), (pair.b, pair.a, MIRRORED[pair.flow])


def _share_block(pair: Pair, subject: str, other: str, flow: Flow) -> Block | None:
    both = share_ends(pair, subject, other, flow=flow)
    if both is None:
        return None
    before, after = (_part_and_rest(figure) for figure in both)
    if before is None or after is None:
        return None
    result = decompose_share((before[0], after[0]), (before[1], after[1]))
    last = both[1]
    parts = tuple(
        Part(cause, replace(_told(pair, cause, value, last), note=last.note), "logit", 1.0)
        for cause, value in (("own", result.own), ("others", result.others))
    )
    change = difference(pair, both[0], last)
    return Block("share", change, parts, is_nowcast=_is_carried(pair, last))


def _told(pair: Pair, cause: str, value: float, like: Figure) -> Figure:
    """A number of an explanation about the same flow, from the same source as `like`."""
    return Figure(
        measure=f"explain_{cause}",
        subject=like.subject,
        object=like.object,
        flow=like.flow,
        product=like.product,
        period=pair.after,
        base_period=pair.before,
        value=value,
        unit="fraction",
        reporter=like.reporter,
        origins=like.origins,
    )


def _is_carried(pair: Pair, like: Figure) -> bool:
    """Whether a figure from the model carries the structure of one of the two forward."""
    return MODEL in like.origins and bool(carried_years(pair))


def carried_years(pair: Pair) -> dict[str, tuple[Period, ...]]:
    """The years asked for, by country, whose structure the input-output tables carry forward."""
    ledger = next(item for item in ledgers() if item.key == SOURCE)
    found: dict[str, tuple[Period, ...]] = {}
    for place in (pair.a, pair.b):
        for period in (pair.before, pair.after):
            for country in carried_forward(ledger, codes.place(place), period):
                found[country] = (*found.get(country, ()), period)
    return found


def _part_and_rest(figure: Figure) -> tuple[float, float] | None:
    """The amounts behind a share; None where it was published as such, or does not lie between 0 and 1."""
    derivation = figure.derivation
    if derivation is None or len(derivation.inputs) != 2:
        return None
    part, whole = (item.value for item in derivation.inputs)
    return (part, whole - part) if 0 <= part <= whole and whole > 0 else None


def sector_blocks(pair: Pair) -> tuple[Block, ...]:
    """Within and between sectors, for years that the input-output tables hold."""
    years = [period.year for period in (pair.before, pair.after) if period.kind == "year"]
    if pair.data is not None or len(years) < 2 or not set(years) <= set(YEARS):
        return ()
    blocks = []
    for subject, other, flow in _both_sides(pair):
        try:
            sides = [sector_trade(subject, other, year=year) for year in years]
        except NoDataError:
            continue
        blocks.append(_sector_block(pair, (subject, other, flow), sides))
    return tuple(blocks)


def _sector_block(pair: Pair, who: tuple[str, str, Flow], sides: list[SectorTrade]) -> Block:
    subject, other, flow = who
    products = sorted({name for side in sides for name in side.products})
    own, everybody = zip(*(_amounts(side, products, flow) for side in sides), strict=True)
    parts = within_between(own[0], own[1], all_before=everybody[0], all_after=everybody[1])
    like = Figure("", subject, other, flow, "goods", reporter="OECD", origins=(MODEL,))
    sums = {"within": float(parts.within.sum()), "between": float(parts.between.sum())}
    return Block(
        "sectors",
        _told(pair, "share_change", parts.change, like),
        tuple(Part(cause, _told(pair, cause, value, like), "midpoint", 1.0) for cause, value in sums.items()),
        is_nowcast=_is_carried(pair, like),
    )


def _amounts(side: SectorTrade, products: list[str], flow: Flow) -> tuple[np.ndarray, np.ndarray]:
    """With the object and with all, by sector; a sector without a row did not trade."""
    names = ("exports", "imports") if flow == "total" else (flow,)
    place = {name: k for k, name in enumerate(products)}
    own, everybody = np.zeros(len(products)), np.zeros(len(products))
    where = [place[name] for name in side.products]
    for name in names:
        own[where] += getattr(side, name)
        everybody[where] += getattr(side, f"{name}_all")
    return own, everybody


# ── replaced, rerouted ──────────────────────────────────────────────────────────────────────────


def diversion_blocks(pair: Pair) -> tuple[Block, ...]:
    """How much of the EU's lost sales to a sanctioned country the other's rise equals."""
    if pair.data is not None:
        return ()
    blocks = []
    for exporter, importer, _ in pair.directions():
        if importer not in destinations() or exporter == _ROUTED:
            continue
        lost = both_ends("exports", pair, _ROUTED, importer, Query(flow="exports"))
        won = both_ends("exports", pair, exporter, importer, Query(flow="exports"))
        if lost is None or won is None or MODEL in (*lost[1].origins, *won[1].origins):
            continue
        fall = TradeChange.of([lost[0].value], [lost[1].value])
        rise = TradeChange.of([won[0].value], [won[1].value])
        try:
            result = replacement(fall, rise)
        except MeasureError:
            continue
        figure = Figure(
            measure="explain_replacement",
            subject=importer,
            object=exporter,
            flow="imports",
            period=pair.after,
            base_period=pair.before,
            value=result.total,
            unit="ratio",
            origins=tuple(dict.fromkeys((*won[1].origins, *lost[1].origins))),
        )
        gain, loss = difference(pair, *won), difference(pair, *lost)
        parts = (Part("gained", gain, "difference"), Part("lost", loss, "difference"))
        blocks.append(Block("replacement", figure, parts, exact=False))
    return tuple(blocks)


def routing_blocks(pair: Pair) -> tuple[Block, ...]:
    """Listed goods from the EU to one of the two beside untouched goods, and the bounds of transit to it."""
    if pair.data is not None:
        return ()
    blocks: list[Block] = []
    for place in (pair.a, pair.b):
        if place not in destinations():
            continue
        found = route(_ROUTED, place)
        if Period(pair.before.start, pair.after.end).overlaps(found.after):
            blocks.append(_listed_block(found, _judged(place)))
            if is_sanctioned(place):
                blocks.append(_transit_block(place))
    return tuple(blocks)


def _judged(place: str) -> Rerouting | None:
    """The route to a neighbour of a sanctioned country; None for the sanctioned one, and where it was refused."""
    final = next((name for name in destinations() if is_sanctioned(name)), place)
    routes = all_routes(_ROUTED, final=final).found if final != place else ()
    return next((item for item in routes if item.route.importer == place), None)


def is_sanctioned(place: str) -> bool:
    """Whether the registry has sanctions of the EU on a country."""
    try:
        first_event(_ROUTED, place)
    except MeasureError:
        return False
    return True


def _listed_block(found: Route, judged: Rerouting | None) -> Block:
    """After over before with the span over lists, beside untouched goods; for a neighbour, the excess over these."""
    lists = ratio_over_baskets(found.exporter, found.importer).span
    like = Figure(
        measure="explain_listed",
        subject=found.exporter,
        object=found.importer,
        flow="exports",
        product=found.basket,
        period=found.after,
        base_period=found.before,
        value=found.ratio,
        low=lists.low,
        high=lists.high,
        interval_kind="sources",
        unit="ratio",
        reporter="Eurostat",
        origins=_ROUTE_ORIGINS,
    )
    parts = [Part("listed", like, "over_lists")]
    if found.control_ratio is not None:
        bare = replace(like, low=None, high=None, interval_kind="none")
        parts.append(Part("untouched", replace(bare, measure="explain_untouched", value=found.control_ratio), "ratio"))
    departure = judged.controlled() if judged else None
    if judged and departure:
        span = departure.excess_interval
        excess = replace(
            like,
            measure="explain_excess",
            period=Period(judged.event.start, found.after.end),
            base_period=None,
            value=departure.excess,
            low=span.low,
            high=span.high,
            interval_kind="estimate",
            unit="EUR",
            currency="EUR",
        )
        parts.append(Part("excess", excess, "control"))
    return Block("listed_goods", like, tuple(parts), exact=False)


def _transit_block(final: str) -> Block:
    """Bounds of what went on to a sanctioned country through each neighbour; never one number."""
    parts = []
    for item in all_routes(_ROUTED, final=final).found:
        bounds = Figure(
            measure="explain_transit",
            subject=item.route.importer,
            object=final,
            flow="exports",
            product=item.route.basket,
            period=Period(item.event.start, item.route.after.end),
            value=item.transit.high,
            low=item.transit.low,
            high=item.transit.high,
            interval_kind="estimate",
            unit="EUR",
            currency="EUR",
            reporter="Eurostat",
            origins=_ROUTE_ORIGINS,
        )
        parts.append(Part("transit", bounds, "bounds"))
    return Block("transit", None, tuple(parts), exact=False)
