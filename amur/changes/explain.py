"""Explain a change of trade: gather what the data carry into parts, and name what they cannot tell."""

from __future__ import annotations

from pathlib import Path

from amur import codes
from amur.changes.events import find_events
from amur.changes.explain_blocks import carried_years, diversion_blocks, routing_blocks, sector_blocks, share_blocks
from amur.changes.explain_value import fisher_parts, priced_directions, value_parts
from amur.changes.explanation import Block, Explanation, Untold
from amur.changes.pairs import Flow, Pair, level_change
from amur.changes.priced import Priced
from amur.errors import MeasureError, NoDataError
from amur.periods import Period, as_period


def explain_change(
    a: str,
    b: str,
    *,
    start: Period | str | int,
    end: Period | str | int,
    flow: Flow = "total",
    data: str | Path | None = None,
) -> Explanation:
    """Why the trade of `a` with `b` moved from `start` to `end`, as far as the data carry.

    `flow` is seen from `a`. The main block splits the change of value into price, quantity, mix, entry and
    exit where quantities exist, and into directions and a rest elsewhere; further blocks decompose both
    countries' shares, by own growth and others' fall and by sector, and what was replaced or rerouted.
    With `data`, the user's own table takes the place of the bundled ones. Raises CodeError, PeriodError
    and, where nothing at all is known, NoDataError.
    """
    pair = Pair(codes.place(a).code, codes.place(b).code, flow, as_period(start), as_period(end), data)
    if pair.before.start >= pair.after.start:
        raise MeasureError(
            f"{pair.after.label} does not come after {pair.before.label}. Give the earlier period first (--from, --to)."
        )
    change = level_change(pair, flow)
    priced, untold = priced_directions(pair)
    main = Block("value", change, value_parts(pair, change, priced))
    more = (*share_blocks(pair), *sector_blocks(pair), *diversion_blocks(pair), *routing_blocks(pair))
    if change is None and not main.parts and not more:
        raise NoDataError(
            f"No source holds trade of {pair.a} with {pair.b} in both {pair.before.label} and {pair.after.label}. "
            f"{_known_direction(pair)}See: amur coverage {pair.a} {pair.b}"
        )
    span = Period(pair.before.start, pair.after.end)
    return Explanation(
        a=pair.a,
        b=pair.b,
        flow=flow,
        main=main,
        cross_checks=tuple(part for item in priced for part in fisher_parts(pair, item)),
        more=more,
        events=find_events(pair.a, pair.b, period=span),
        untold=(*untold, *_limits(pair, main, priced, more)),
    )


def _known_direction(pair: Pair) -> str:
    """One direction that can be explained where the trade both ways cannot."""
    for _, _, flow in pair.directions():
        if flow != pair.flow and level_change(pair, flow) is not None:
            return f"One direction is known: --flow {flow}. "
    return ""


def _limits(pair: Pair, main: Block, priced: tuple[Priced, ...], more: tuple[Block, ...]) -> tuple[Untold, ...]:
    """What the data cannot tell beyond missing quantities."""
    names = {"a": pair.a, "b": pair.b}
    out: list[Untold] = []
    if main.change is None:
        out.append(Untold("no_change", names, values={"before": pair.before, "after": pair.after}))
    for item in priced:
        places = {"exporter": item.exporter, "importer": item.importer}
        if item.coverage is not None:
            names_of = tuple(
                name for name, split in zip(item.split.goods.products, item.split.is_split, strict=True) if split
            )
            share = f"{100 * item.coverage:.0f}"
            out.append(Untold("coverage", places, names_of, values={"share": share, "period": item.after}))
        if item.split.signs_differ:
            out.append(Untold("signs_differ", places))
        if item.split.heterogeneous_share > 0:
            out.append(Untold("heterogeneous", places))
    if any(part.cause in ("rest", "unpriced") for part in main.parts):
        out.append(Untold("rest", names))
    if main.change is not None and main.change.currency:
        out.append(Untold("currency", currency=main.change.currency))
    out += _nowcast_limits(pair, more)
    if pair.data is None:
        out.append(Untold("no_products", names))
        if any(block.name == "listed_goods" for block in more):
            out.append(Untold("onward"))
    out.append(Untold("events"))
    return tuple(out)


def _nowcast_limits(pair: Pair, more: tuple[Block, ...]) -> list[Untold]:
    """Countries whose years in the input-output tables carry an older structure forward."""
    if not any(block.is_nowcast for block in more):
        return []
    return [Untold("nowcast", {"country": place}, periods=years) for place, years in carried_years(pair).items()]
