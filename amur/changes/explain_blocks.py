"""Further blocks of an explanation: both countries' shares, by sector, what was replaced, listed goods."""

from __future__ import annotations

from amur.arithmetic import subtract
from amur.changes.dependence_tables import YEARS, sector_pair_flows
from amur.changes.diversion import TradeChange, replacement
from amur.changes.explanation import Block, Part
from amur.changes.pairs import MIRRORED, Flow, Pair, both_ends
from amur.changes.rerouted import destinations, first_event, route
from amur.changes.share_tables import sector_parts, share_changes
from amur.changes.shares import decompose_share
from amur.errors import CodeError, FlowsError, MeasureError, NoDataError
from amur.figures import Figure
from amur.indicators import Query
from amur.periods import Period

MODEL = "oecd-icio"
_ROUTED = "EU27"


# ── shares ──────────────────────────────────────────────────────────────────────────────────────


def share_blocks(pair: Pair) -> tuple[Block, ...]:
    """Own growth and others' fall behind the share of each country in the other's trade."""
    blocks = []
    for subject, other in ((pair.a, pair.b), (pair.b, pair.a)):
        flow: Flow = pair.flow if subject == pair.a else MIRRORED[pair.flow]
        block = _share_block(pair, subject, other, flow)
        if block:
            blocks.append(block)
    return tuple(blocks)


def _share_block(pair: Pair, subject: str, other: str, flow: Flow) -> Block | None:
    both = both_ends("share", pair, subject, other, Query(flow=flow, data=pair.data))
    if both is None:
        return None
    amounts = [_part_and_whole(figure) for figure in both]
    if amounts[0] is None or amounts[1] is None:
        return None
    (part0, whole0), (part1, whole1) = amounts[0], amounts[1]
    try:
        result = decompose_share((part0, part1), (max(whole0 - part0, 0.0), max(whole1 - part1, 0.0)))
    except MeasureError:
        return None
    change = subtract(both[1], both[0], period=pair.after)
    parts = []
    for cause, value in (("own", result.own), ("others", result.others)):
        figure = Figure(
            measure=f"explain_{cause}",
            subject=subject,
            object=other,
            flow=flow,
            product=both[1].product,
            period=pair.after,
            base_period=pair.before,
            value=value,
            unit="fraction",
            reporter=both[1].reporter,
            origins=both[1].origins,
            note=both[1].note,
        )
        parts.append(Part(cause, figure, "logit", 1.0))
    return Block("share", change, tuple(parts))


def _part_and_whole(figure: Figure) -> tuple[float, float] | None:
    derivation = figure.derivation
    if derivation is None or len(derivation.inputs) != 2:
        return None
    part, whole = (item.value for item in derivation.inputs)
    return (part, whole) if 0 <= part <= whole else None


def sector_blocks(pair: Pair) -> tuple[Block, ...]:
    """Within and between sectors, for years that the input-output tables hold."""
    if pair.data is not None or any(period.kind != "year" for period in (pair.before, pair.after)):
        return ()
    if any(period.year not in YEARS for period in (pair.before, pair.after)):
        return ()
    blocks = []
    for subject, other in ((pair.a, pair.b), (pair.b, pair.a)):
        flow: Flow = pair.flow if subject == pair.a else MIRRORED[pair.flow]
        try:
            flows = sector_pair_flows(subject, other, years=(pair.before.year, pair.after.year))
            table = share_changes(flows, before=pair.before, after=pair.after, flow=flow)
            parts = sector_parts(table, subject, other).parts
        except (NoDataError, FlowsError, CodeError):
            continue
        blocks.append(
            _sector_block(pair, subject, other, flow, (float(parts.within.sum()), float(parts.between.sum())))
        )
    return tuple(blocks)


def _sector_block(pair: Pair, subject: str, other: str, flow: Flow, sums: tuple[float, float]) -> Block:
    def told(cause: str, value: float) -> Figure:
        return Figure(
            measure=f"explain_{cause}",
            subject=subject,
            object=other,
            flow=flow,
            product="goods",
            period=pair.after,
            base_period=pair.before,
            value=value,
            unit="fraction",
            reporter="OECD",
            origins=(MODEL,),
        )

    parts = tuple(
        Part(cause, told(cause, value), "midpoint", 1.0)
        for cause, value in zip(("within", "between"), sums, strict=True)
    )
    return Block("sectors", told("share_change", sum(sums)), parts)


# ── replaced, rerouted ──────────────────────────────────────────────────────────────────────────


def diversion_blocks(pair: Pair) -> tuple[Block, ...]:
    """How much of the EU's lost sales to a sanctioned country the other's rise equals."""
    if pair.data is not None:
        return ()
    blocks = []
    for exporter, importer, flow in pair.directions():
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
            flow=MIRRORED[flow] if importer == pair.b else flow,
            period=pair.after,
            base_period=pair.before,
            value=result.total,
            unit="ratio",
            origins=tuple(dict.fromkeys((*won[1].origins, *lost[1].origins))),
        )
        gain, loss = subtract(won[1], won[0], period=pair.after), subtract(lost[1], lost[0], period=pair.after)
        parts = (Part("gained", gain, "difference"), Part("lost", loss, "difference"))
        blocks.append(Block("replacement", figure, parts, exact=False))
    return tuple(blocks)


def routing_blocks(pair: Pair) -> tuple[Block, ...]:
    """Listed goods from the EU to one of the two, against untouched goods, over the months that the table holds."""
    if pair.data is not None:
        return ()
    blocks = []
    for place in dict.fromkeys((pair.a, pair.b)):
        if place not in destinations():
            continue
        found = route(_ROUTED, place)
        if not Period(pair.before.start, pair.after.end).overlaps(found.after):
            continue
        blocks.append(_routing_block(place, found.before, found.after, (found.ratio, found.control_ratio)))
    return tuple(blocks)


def _routing_block(place: str, before: Period, after: Period, ratios: tuple[float, float | None]) -> Block:
    def told(cause: str, value: float) -> Figure:
        return Figure(
            measure=f"explain_{cause}",
            subject=_ROUTED,
            object=place,
            flow="exports",
            period=after,
            base_period=before,
            value=value,
            unit="ratio",
            reporter="Eurostat",
            origins=("eurostat-cn8", "eurostat-total-hs27"),
        )

    listed, control = ratios
    parts = [Part("listed", told("listed", listed), "ratio")]
    if control is not None:
        parts.append(Part("untouched", told("untouched", control), "ratio"))
    return Block("listed_goods", told("listed", listed), tuple(parts), exact=False)


def sanctioned_by(exporter: str, place: str) -> bool:
    """Whether the registry has sanctions of `exporter` on `place`."""
    try:
        first_event(exporter, place)
    except MeasureError:
        return False
    return True
