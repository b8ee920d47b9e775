"""Leverage for the screen: tables as the language writes them, and what a reader must know beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from amur.leverage.cut import share_rise
from amur.leverage.report import Leverage
from amur.leverage.rows import Row, asymmetry, chokepoints, overview
from amur.leverage.survey import FastRow, Survey, rank_correlation
from amur.simulate import capital, label, lowered, sector_label
from amur.text import Text

Table = tuple[str, list[dict[str, str]]]
"""A title, and rows of cells by head."""

MOST = 40
"""Ties that a table of many shows, the greatest losses first."""


def tables(found: Leverage | Survey, text: Text) -> list[Table]:
    """What `amur leverage` prints: the cut, one percent, and chokepoints; or the ties of a survey."""
    if isinstance(found, Survey):
        return [_many(found, text)]
    rows = overview(found)
    shown = [(text("leverage.caption.cut"), [_cut_row(row, found, text) for row in rows])]
    shown.append((text("leverage.caption.one_percent"), [_one_percent_row(row, text) for row in rows]))
    worst = [(party.code, item) for party in (found.a, found.b) for item in chokepoints(found.default, party.code)]
    if worst:
        shown.append((text("leverage.caption.sectors"), [_sector_row(code, item, text) for code, item in worst]))
    return shown


def fast_table(rows: Sequence[FastRow], text: Text) -> Table:
    """The fast exposure beside the exact one, the greatest first."""
    shown = [
        {
            text("leverage.table.hurt"): capital(label(row.hurt, text)),
            text("leverage.table.by_sales"): capital(label(row.by, text)),
            text("leverage.table.exact"): text.percent(row.exact, digits=4),
            text("leverage.table.fast"): text.percent(row.fast, digits=4),
        }
        for row in rows[:MOST]
    ]
    return text("leverage.caption.fast"), shown


def fast_notes(rows: Sequence[FastRow], text: Text) -> list[str]:
    """How near the fast form comes."""
    told = text.number(rank_correlation(rows), digits=2)
    return [text.sentence("leverage.note.fast", correlation=told), *_left_out(len(rows), text)]


def notes(found: Leverage | Survey, text: Text) -> list[str]:
    """What a reader must know beside the numbers."""
    said = []
    for party in (found.a, found.b) if isinstance(found, Leverage) else (found.a,):
        if party is not None and party.outside:
            listed = ", ".join(label(code, text) for code in party.outside)
            said.append(text.sentence("simulate.note.outside", bloc=label(party.code, text), members=listed))
    reasons = dict.fromkeys(row.reason for part in found.parts for row in part.exact if row.reason)
    said += [text.sentence("leverage.say.reason", reason=reason) for reason in reasons]
    if isinstance(found, Survey):
        return [*said, text("leverage.note.survey"), *_left_out(len(_one_side(found)), text)]
    said += [
        *_asymmetry(found, text),
        text.sentence("leverage.note.interval"),
        *drawn_notes(found, text),
        text("leverage.note.closed_form"),
    ]
    rise = share_rise(0.8, 0.9)
    growth = {"share": text.percent(rise.share_growth), "loss": text.percent(rise.loss_growth, digits=0)}
    return [*said, text("leverage.say.rise", **growth)]


def _cut_row(row: Row, found: Leverage, text: Text) -> dict[str, str]:
    return {
        text("simulate.table.country"): capital(label(row.country, text)),
        text("leverage.table.side"): text(f"leverage.side.{row.side}"),
        text("leverage.table.horizon"): text(f"simulate.horizon.{row.horizon}"),
        text("leverage.table.economy"): row.economy,
        text("leverage.table.cut"): _percent(row.cut, text),
        text("leverage.table.interval"): _interval(row, found, text),
        text("leverage.table.cut_usd"): _money(row.cut_usd, text),
        text("leverage.table.first_order"): _percent(row.first_order, text),
        text("leverage.table.closed_form"): _percent(row.closed_form, text),
    }


def _interval(row: Row, found: Leverage, text: Text) -> str:
    """The interval of a loss with its kind: over sets of elasticities, and over draws."""
    said = []
    for kind, low, high in (("sets", row.cut_low, row.cut_high), ("draws", row.drawn_low, row.drawn_high)):
        if low is not None and high is not None and low < high:
            ends = {"low": text.number(100 * low, digits=2), "high": text.percent(high, digits=2)}
            count = {"n": found.draws["solved"]} if kind == "draws" else {}
            said.append(text(f"leverage.interval.{kind}", **ends, **count))
    return "; ".join(said)


def _one_percent_row(row: Row, text: Text) -> dict[str, str]:
    return {
        text("leverage.table.user"): capital(label(row.country, text)),
        text("leverage.table.side"): text(f"leverage.side.{row.side}"),
        text("leverage.table.horizon"): text(f"simulate.horizon.{row.horizon}"),
        text("leverage.table.economy"): row.economy,
        text("leverage.table.other_loss"): text.percent(row.other_one_percent, digits=4),
        text("leverage.table.own_loss"): text.percent(row.one_percent, digits=4),
        text("leverage.table.ratio"): _number(row.ratio, text),
        text("leverage.table.other_loss_usd"): _money(row.other_one_percent_usd, text),
        text("leverage.table.own_loss_usd"): _money(row.one_percent_usd, text),
        text("leverage.table.ratio_usd"): _number(row.ratio_usd, text),
    }


def _sector_row(code: str, item: tuple[str, str, float], text: Text) -> dict[str, str]:
    side, sector, loss = item
    return {
        text("simulate.table.country"): capital(label(code, text)),
        text("simulate.table.sector"): sector_label(sector, text),
        text("leverage.table.side"): text(f"leverage.side.{side}"),
        text("leverage.table.cut"): text.percent(loss, digits=3),
    }


def _many(found: Survey, text: Text) -> Table:
    """A line a tie, seen from who is hurt: the cut and one percent on both directions, in the default setting."""
    short = {
        (row.country, row.other): row.cut
        for row in overview(found)
        if (row.side, row.horizon, row.economy) == ("both", "short", found.parts[0].setting.economy)
    }
    rows = []
    for row in _one_side(found)[:MOST]:
        cells = {
            text("leverage.table.hurt"): capital(label(row.country, text)),
            text("leverage.table.by"): capital(label(row.other, text)),
            text("leverage.table.cut"): _percent(row.cut, text),
            text("leverage.table.first_order"): _percent(row.first_order, text),
            text("leverage.table.cut_usd"): _money(row.cut_usd, text),
            text("leverage.table.one_percent"): text.percent(row.one_percent, digits=4),
            text("leverage.table.costs_other"): text.percent(row.other_one_percent, digits=4),
        }
        if short:
            cells[text("leverage.table.cut_short")] = _percent(short.get((row.country, row.other)), text)
        rows.append(cells)
    return text("leverage.caption.survey"), rows


def _one_side(found: Survey) -> list[Row]:
    """The ties of the default setting, the greatest loss first."""
    default = found.parts[0].setting
    rows = [
        row
        for row in overview(found)
        if (row.side, row.horizon, row.economy) == ("both", default.horizon, default.economy)
    ]
    return sorted(rows, key=lambda row: -(row.cut if row.cut is not None else row.one_percent))


def _left_out(count: int, text: Text) -> list[str]:
    return [text("leverage.note.left_out", shown=MOST, n=count)] if count > MOST else []


def _asymmetry(found: Leverage, text: Text) -> list[str]:
    """Percent against dollars, where both sides lose."""
    both = asymmetry(found)
    if both is None or both.times is None:
        return []
    words = {
        "more": label(both.more, text),
        "less": label(both.less, text),
        "loss": text.percent(both.loss_more, digits=2),
        "other": text.percent(both.loss_less, digits=2),
        "times": text.number(both.times),
        "money_more": text.money(both.usd_more, "USD"),
        "money_less": text.money(both.usd_less, "USD"),
    }
    return [text.sentence("leverage.say.pair", **words)]


def drawn_notes(found: Leverage, text: Text) -> list[str]:
    """How sure the order is over the draws, and which elasticity drives each loss."""
    if not found.draws:
        return []
    names = {"a": label(found.a.code, text), "b": label(found.b.code, text)}
    more = text.percent(cast("float", found.draws["probability_first_loses_more"]), digits=0)
    said = [text.sentence("leverage.note.draws", n=found.draws["solved"], more=more, **names)]
    for item in cast("list[dict[str, Any]]", found.draws["drivers"]):
        if item["drivers"]:
            first = item["drivers"][0]
            sectors = ", ".join(lowered(sector_label(code, text)) for code in first["sectors"])
            part = text.percent(first["index"], digits=0)
            named = label(item["country"], text)
            said.append(text.sentence("leverage.note.driver", country=named, sectors=sectors, part=part))
    return said


def drawn_spans(found: Leverage, text: Text) -> list[str]:
    """Between which losses the middle ninety percent of the draws lie, for each party."""
    return [
        text.sentence(
            "leverage.note.span",
            country=label(row.country, text),
            low=text.number(100 * row.drawn_low, digits=2),
            high=text.percent(row.drawn_high, digits=2),
            n=found.draws["solved"],
        )
        for row in overview(found)
        if row.drawn_low is not None and row.drawn_high is not None
    ]


def _percent(value: float | None, text: Text) -> str:
    return "" if value is None else text.percent(value, digits=2)


def _number(value: float | None, text: Text) -> str:
    return "" if value is None else text.number(value, digits=2)


def _money(value: float | None, text: Text) -> str:
    return "" if value is None else text.money(value, "USD")


__all__ = ["drawn_notes", "drawn_spans", "fast_notes", "fast_table", "notes", "tables"]
