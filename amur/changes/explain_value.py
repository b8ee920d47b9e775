"""The change of value: price, quantity and mix where quantities exist, directions and a rest elsewhere."""

from __future__ import annotations

from amur.changes.explanation import Part, Untold
from amur.changes.lmdi import contributions
from amur.changes.pairs import Flow, Pair, amount, level_change, share_ends
from amur.changes.priced import Priced, priced_rows, split_pair
from amur.errors import NoDataError
from amur.figures import Figure, IntervalKind
from amur.periods import Period

_NOTHING = 1e-9


def priced_directions(pair: Pair) -> tuple[tuple[Priced, ...], tuple[Untold, ...]]:
    """The splits of the directions that have quantities, and what is missing in the others."""
    found, untold = [], []
    for exporter, importer, _ in pair.directions():
        try:
            found.append(split_pair(exporter, importer, before=pair.before, after=pair.after, data=pair.data))
        except NoDataError:
            untold.append(_missing_quantities(pair, exporter, importer))
    return tuple(found), tuple(untold)


def _missing_quantities(pair: Pair, exporter: str, importer: str) -> Untold:
    rows = priced_rows(exporter, importer, data=pair.data)
    known = rows.drop_nulls("quantity")
    places = {"exporter": exporter, "importer": importer}
    if known.is_empty():
        return Untold("no_quantities", places)
    first, last = Period.parse(str(known["period"].min())), Period.parse(str(known["period"].max()))
    values = {"first": first, "last": last, "before": pair.before, "after": pair.after}
    return Untold("quantities_end", places, tuple(sorted(set(known["product"]))), values=values)


def value_parts(pair: Pair, change: Figure | None, priced: tuple[Priced, ...]) -> tuple[Part, ...]:
    """Parts of the change of value; with a known change they sum to it."""
    splits = {(item.exporter, item.importer): item for item in priced}
    parts: list[Part] = []
    unexplained = change.value if change else 0.0  # same either way
    for exporter, importer, flow in pair.directions():
        usable = level_change(pair, flow, like=change) if change and pair.flow == "total" else change
        split = splits.get((exporter, importer))
        if split:
            parts += _split_parts(pair, split, flow)
            rest = usable.value - split.split.change if usable else None
            unexplained -= split.split.change + (rest or 0.0)
            if rest is not None and abs(rest) > _NOTHING * abs(split.split.change):
                parts.append(Part("unpriced", amount(pair, "unpriced", rest, flow, usable), "residual", None))
        elif usable and pair.flow == "total":
            published = any(key.startswith("facts") for key in usable.origins)
            parts.append(Part(flow, usable, "published" if published else "table"))
            unexplained -= usable.value
    if change and not parts:
        return _market_parts(pair, change)
    if change and abs(unexplained) > _NOTHING * max(abs(change.value), 1.0):
        cause = "rounding" if abs(unexplained) <= _rounding(change, *(part.figure for part in parts)) else "rest"
        parts.append(Part(cause, amount(pair, cause, unexplained, pair.flow, change), "residual"))
    return tuple(parts)


def _market_parts(pair: Pair, change: Figure) -> tuple[Part, ...]:
    """The subject's whole flow and the object's share in it: what can be said of any flow with a known total."""
    both = share_ends(pair, pair.a, pair.b, flow=pair.flow, like=change)
    sides = [figure.derivation for figure in both] if both else []
    amounts = [[item.value for item in side.inputs] for side in sides if side and len(side.inputs) == 2]
    if len(amounts) < 2 or any(not 0 <= part <= whole or whole <= 0 for part, whole in amounts):
        return ()
    before, after = ([[whole], [part / whole]] for part, whole in amounts)
    market, share = contributions(before, after)[:, 0].tolist()
    values = {"market": market, "share_of_market": share}
    return tuple(
        Part(cause, amount(pair, cause, value, pair.flow, change), "lmdi", 1.0) for cause, value in values.items()
    )


def _rounding(*figures: Figure) -> float:
    """How far rounded figures may fail to add up."""
    return sum(item.interval.width / 2 for item in figures if item.interval and item.interval_kind == "rounding")


def _split_parts(pair: Pair, priced: Priced, flow: Flow) -> list[Part]:
    found = []
    for cause in priced.split.parts:
        if cause.value == 0 and cause.cause in ("entry", "exit", "unsplit", "mix"):
            continue
        kind: IntervalKind = "estimate" if cause.low < cause.high else "none"
        bounds = (cause.low, cause.high) if kind == "estimate" else (None, None)
        figure = Figure(
            measure=f"explain_{cause.cause}",
            subject=pair.a,
            object=pair.b,
            flow=flow,
            period=pair.after,
            base_period=pair.before,
            value=cause.value,
            low=bounds[0],
            high=bounds[1],
            interval_kind=kind,
            unit="USD",
            currency="USD",
            origins=priced.origins,
        )
        method = "lmdi" if cause.cause in ("price", "quantity", "mix") else "count"
        found.append(Part(cause.cause, figure, method, priced.coverage))
    return found


def fisher_parts(pair: Pair, priced: Priced) -> list[Part]:
    """Price and volume by Fisher's index numbers, beside LMDI."""
    fisher = priced.split.fisher
    if fisher is None:
        return []
    flow: Flow = "exports" if priced.exporter == pair.a else "imports"
    found = []
    for cause, value in (("price", fisher.price_part), ("volume", fisher.volume_part)):
        template = amount(pair, cause, value, flow, None)
        figure = Figure(**{**template.__dict__, "origins": priced.origins})
        found.append(Part(cause, figure, "fisher", priced.coverage))
    return found
