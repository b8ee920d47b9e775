"""The leverage page: what each side of a tie loses, by side and sector, who can hurt whom, and a policy's frontier."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from markupsafe import Markup

from amur import charts, kit
from amur.charts import Axis
from amur.design import Study
from amur.economy import load_economy
from amur.figures import Figure, with_interval
from amur.intervals import Interval
from amur.kit import Chart, Column, KeyFigure, Page, Section, Shown, Table
from amur.leverage import (
    Leverage,
    Matrix,
    Span,
    asymmetry,
    chokepoints,
    drawn_notes,
    drawn_spans,
    leverage_matrix,
    overview,
    share_rise,
)
from amur.models.shock import Shock
from amur.origins import Origin, known_origins
from amur.output import write_file
from amur.simulate import capital, label, lowered, sector_label
from amur.solver import solve
from amur.text import Text

_IN_MATRIX = 12
_SECTORS = 8


def write_leverage_page(found: Leverage, path: str | Path, *, lang: str = "en", study: Study | None = None) -> Path:
    """Write the page to `path`, whole or not at all; `study` adds the frontier of a designed policy."""
    text = Text(lang)
    return write_file(path, kit.render_page(leverage_record(found, text, study=study), text))


def leverage_record(found: Leverage, text: Text, *, study: Study | None = None) -> Page:
    """The page as a record, which a file and the app render alike."""
    names = {"a": label(found.a.code, text), "b": label(found.b.code, text)}
    sections = [_pair(found, text), _sectors(found, text), _world(found, text)]
    if study is not None and study.frontier:
        sections.append(frontier_section(study, text))
    return Page(
        title=text("leverage.page.title", **names),
        description=text("leverage.page.description", **names),
        sections=(*sections, _method(text)),
        eyebrow=text("leverage.page.eyebrow"),
        headline=_headline(found, text),
        origins=_origins(found),
        cite=text("leverage.page.cite", **names, economy=found.default.setting.economy),
        rebuild=f"amur leverage {found.a.code} {found.b.code} --lang {text.language} -o leverage.html",
    )


# ── the pair ────────────────────────────────────────────────────────────────────────────────────


def _pair(found: Leverage, text: Text) -> Section:
    rows = [
        {
            "label": f"{capital(label(span.country, text))}, {text(f'simulate.horizon.{span.horizon}')}",
            "value": span.loss,
            "low": span.low if span.low < span.high else None,
            "high": span.high if span.low < span.high else None,
        }
        for span in _spans(found)
    ]
    title = text("leverage.chart.pair_title")
    columns = (
        Column("label", text("simulate.table.country")),
        Column("value", text("leverage.table.cut"), "percent", digits=2),
        Column("low", text("leverage.table.low"), "percent", digits=2),
        Column("high", text("leverage.table.high"), "percent", digits=2),
    )
    parts: list[Markup] = []
    if rows:
        chart = Chart(
            name="leverage-pair",
            title=title,
            finding=_finding(found, text),
            draw=partial(charts.bars, rows, axis=Axis(text("leverage.chart.loss_axis"), "fraction")),
            table=Table("leverage-pair-data", title, columns, rows),
            origins=_origins(found),
        )
        parts.append(kit.chart(chart, text))
    reasons = dict.fromkeys(row.reason for part in found.parts for row in part.exact if row.reason)
    parts += [kit.notice(text("leverage.say.reason", reason=reason)) for reason in reasons]
    parts += [kit.paragraph(said) for said in (*drawn_spans(found, text), *drawn_notes(found, text))]
    baselines = dict.fromkeys(part.setting.economy for part in found.parts)
    tables = [pick(found, text, economy=economy) for pick in (sides_table, margin_table) for economy in baselines]
    tables.insert(len(baselines), first_look_table(found, text))
    return Section("pair", text("leverage.page.pair"), (*parts, *(kit.table(table, text) for table in tables)))


def sides_table(found: Leverage, text: Text, *, economy: str = "") -> Table:
    """Every party, side and horizon on a baseline, the default unless named: the cut, its range and first order."""
    name, default = economy or found.default.setting.economy, found.default.setting.economy
    share = ["cut_low", "cut_high", "first_order"] if name == default else ["first_order"]
    heads = {"cut_low": "low", "cut_high": "high"}
    columns = (
        *_row_columns(text("simulate.table.country"), text),
        Column("cut", text("leverage.table.loss"), "percent", digits=2),
        Column("cut_usd", text("leverage.table.loss"), "money", unit="USD"),
        *(Column(key, text(f"leverage.table.{heads.get(key, key)}"), "percent", digits=2) for key in share),
    )
    caption = text("leverage.caption.cut_on", economy=name)
    note = text("leverage.say.sides") if name == default else ""
    return Table(_table_name("sides", name, default), caption, columns, _named_rows(found, text, name), note=note)


def margin_table(found: Leverage, text: Text, *, economy: str = "") -> Table:
    """The same for one percent: what it does to the other, what it costs the one who uses it, and the ratios."""
    name, default = economy or found.default.setting.economy, found.default.setting.economy
    columns = (
        *_row_columns(text("leverage.table.by_whom"), text),
        Column("other_one_percent", text("leverage.table.other_loss"), "percent", digits=4),
        Column("one_percent", text("leverage.table.own_loss"), "percent", digits=4),
        Column("ratio", text("leverage.table.ratio"), "number", digits=2),
        Column("other_one_percent_usd", text("leverage.table.other_loss"), "money", unit="USD", digits=2),
        Column("one_percent_usd", text("leverage.table.own_loss"), "money", unit="USD", digits=2),
        Column("ratio_usd", text("leverage.table.ratio_usd"), "number", digits=2),
    )
    caption = text("leverage.caption.one_percent_on", economy=name)
    return Table(_table_name("margin", name, default), caption, columns, _named_rows(found, text, name))


def first_look_table(found: Leverage, text: Text) -> Table:
    """What each loses when its purchases alone stop, in the long run: exact, first order and closed form."""
    rows = [
        {"country": capital(label(row.country, text)), "cut": row.cut, "first_order": row.first_order}
        | {"closed_form": row.closed_form, "economy": row.economy}
        for row in overview(found)
        if (row.side, row.horizon) == ("imports", "long")
    ]
    columns = (
        Column("country", text("simulate.table.country")),
        Column("economy", text("leverage.table.economy")),
        *(
            Column(key, text(f"leverage.table.{key}"), "percent", digits=2)
            for key in ("cut", "first_order", "closed_form")
        ),
    )
    return Table("leverage-first-look", text("leverage.caption.first_look"), columns, rows)


def _row_columns(who: str, text: Text) -> tuple[Column, ...]:
    return Column("country", who), *(Column(key, text(f"leverage.table.{key}")) for key in ("side", "horizon"))


def _table_name(kind: str, economy: str, default: str) -> str:
    return f"leverage-{kind}" if economy == default else f"leverage-{kind}-{Path(economy).stem}"


def _named_rows(found: Leverage, text: Text, economy: str) -> list[dict[str, object]]:
    return [
        {
            **vars(row),
            "country": capital(label(row.country, text)),
            "side": text(f"leverage.side.{row.side}"),
            "horizon": text(f"simulate.horizon.{row.horizon}"),
        }
        for row in overview(found)
        if row.economy == economy
    ]


def _finding(found: Leverage, text: Text) -> kit.Sentence:
    """Who loses the larger part, how many times the other's, and what it is in money."""
    both = asymmetry(found)
    if both is None or both.times is None:
        more, less = (both.more, both.less) if both else (found.a.code, found.b.code)
        return kit.sentence(text("leverage.say.no_ratio", a=label(more, text), b=label(less, text)))
    return kit.finding(
        text,
        "leverage.say.pair",
        {
            "more": label(both.more, text),
            "less": label(both.less, text),
            "loss": _shown(found, both.more, both.loss_more, text),
            "other": _shown(found, both.less, both.loss_less, text),
            "times": text.number(both.times),
            "money_more": text.money(both.usd_more, "USD"),
            "money_less": text.money(both.usd_less, "USD"),
        },
    )


def _headline(found: Leverage, text: Text) -> tuple[KeyFigure, ...]:
    items = []
    for span in _spans(found):
        figure = _figure(found, span.country, span.loss)
        if span.low < span.high:
            figure = with_interval(figure, Interval(span.low, span.high), "elasticity")
        name = text("leverage.page.key", country=label(span.country, text))
        aside = text(f"simulate.horizon.{span.horizon}")
        items.append(KeyFigure(capital(name), Shown(figure, text.percent(span.loss, digits=2)), aside))
    return tuple(items)


def _spans(found: Leverage) -> list[Span]:
    return [span for span in found.spans() if span.side == "both"]


def _figure(found: Leverage, code: str, loss: float) -> Figure:
    other = found.b.code if code == found.a.code else found.a.code
    return Figure(
        measure="cut_loss",
        subject=code,
        object=other,
        value=loss,
        unit="fraction",
        basis=f"{found.default.setting.economy}, {found.default.setting.theta}",
        origins=tuple(item.key for item in _origins(found)),
    )


def _shown(found: Leverage, code: str, loss: float, text: Text) -> Shown:
    return Shown(_figure(found, code, loss), text.percent(loss, digits=2))


# ── chokepoints, the world, the frontier ────────────────────────────────────────────────────────


def _sectors(found: Leverage, text: Text) -> Section:
    parts = []
    for party in (found.a, found.b):
        worst = [item for item in chokepoints(found.default, party.code, most=_SECTORS) if item[2] > 0]
        rows = [
            {"label": f"{sector_label(sector, text)}: {text(f'leverage.side.{side}')}", "value": loss}
            for side, sector, loss in worst
        ]
        if not rows:
            continue
        title = text("leverage.chart.sectors_title", country=label(party.code, text))
        side, sector, loss = worst[0]
        finding = kit.finding(
            text,
            "leverage.say.sector",
            {
                "country": label(party.code, text),
                "sector": lowered(sector_label(sector, text)),
                "side": text(f"leverage.side.{side}"),
                "loss": _shown(found, party.code, loss, text),
            },
        )
        columns = (
            Column("label", text("simulate.table.sector")),
            Column("value", text("leverage.table.cut"), "percent", digits=3),
        )
        chart = Chart(
            name=f"leverage-sectors-{party.code.lower()}",
            title=title,
            finding=finding,
            draw=partial(charts.bars, rows, axis=Axis(text("leverage.chart.loss_axis"), "fraction")),
            table=Table(f"leverage-sectors-{party.code.lower()}-data", title, columns, rows),
            origins=_origins(found),
        )
        parts.append(kit.chart(chart, text))
    rise = share_rise(0.8, 0.9)
    told = text(
        "leverage.say.rise", share=text.percent(rise.share_growth), loss=text.percent(rise.loss_growth, digits=0)
    )
    return Section("sectors", text("leverage.page.sectors"), (*parts, kit.paragraph(told)))


def _world(found: Leverage, text: Text) -> Section:
    economy = load_economy(found.default.setting.economy).with_theta(found.default.setting.theta)
    matrix = leverage_matrix(solve(economy, Shock()))
    largest = [economy.regions[k] for k in np.argsort(-economy.income)][:_IN_MATRIX]
    picked = list(dict.fromkeys([*found.a.regions[:1], *found.b.regions[:1], *largest]))[:_IN_MATRIX]
    at = {code: economy.region(code) for code in picked}
    rows = [
        {
            "row": capital(label(hurt, text)),
            "column": capital(label(by, text)),
            "value": float(matrix.pairs[at[hurt], at[by]]),
        }
        for hurt in picked
        for by in picked
        if hurt != by
    ]
    title = text("leverage.chart.matrix_title")
    worst = max(rows, key=lambda row: float(row["value"]))
    finding = kit.sentence(
        text.sentence(
            "leverage.say.matrix",
            hurt=worst["row"],
            by=worst["column"],
            loss=text.percent(float(worst["value"]), digits=3),
        )
    )
    columns = (
        Column("row", text("leverage.table.hurt")),
        Column("column", text("leverage.table.by")),
        Column("value", text("leverage.table.one_percent"), "percent", digits=4),
    )
    chart = Chart(
        name="leverage-matrix",
        title=title,
        finding=finding,
        draw=partial(charts.matrix, rows, axis=Axis(text("leverage.chart.matrix_axis"), "fraction", digits=3)),
        table=Table("leverage-matrix-data", title, columns, rows),
        origins=_origins(found),
    )
    return Section(
        "world",
        text("leverage.page.world"),
        (kit.chart(chart, text), kit.table(world_table(found, matrix, text), text)),
    )


def world_table(found: Leverage, matrix: Matrix, text: Text) -> Table:
    """Every region: what one percent on its trade with each party costs it, and what it costs the party."""
    regions, columns = matrix.regions, [Column("country", text("simulate.table.country"))]
    rows = {code: {"country": capital(label(code, text))} for code in regions}
    for party in (found.a, found.b):
        own = [regions.index(code) for code in party.regions]
        columns.append(Column(party.code, capital(label(party.code, text)), "percent", digits=4))
        for at, code in enumerate(regions):
            if code not in party.regions:
                rows[code][party.code] = float(matrix.pairs[at, own].sum())  # type: ignore[assignment]
    ordered = sorted(rows.values(), key=lambda row: -float(row.get(found.b.code) or 0.0))
    return Table("leverage-world", text("leverage.caption.world"), tuple(columns), ordered)


def frontier_section(study: Study, text: Text) -> Section:
    """The chapter on a designed policy: the target's loss for each own loss, and where the levers stand."""
    points: Sequence = [*study.frontier, study.design]
    rows = [
        {"x": item.own_loss, "y": item.target_loss, "chosen": item is study.design, "label": ""}
        for item in sorted(points, key=lambda item: item.own_loss)
    ]
    title = text("design.chart.frontier_title")
    found = study.design
    finding = kit.sentence(
        text.sentence(
            "design.say.frontier",
            own=text.percent(found.own_loss, digits=3),
            target=text.percent(found.target_loss, digits=3),
        )
    )
    chart = Chart(
        name="design-frontier",
        title=title,
        finding=finding,
        draw=partial(
            charts.frontier,
            rows,
            x=Axis(text("design.table.own"), "fraction"),
            y=Axis(text("design.table.target"), "fraction"),
        ),
        table=frontier_table(study, text),
    )
    return Section("frontier", text("design.page.frontier"), (kit.chart(chart, text), levers_table(study, text)))


def levers_table(study: Study, text: Text) -> Markup:
    """Every lever of the policy and where it stands."""
    return kit.table(levers_list(study, text), text)


def levers_list(study: Study, text: Text) -> Table:
    """Every lever of the policy and where it stands, as a record."""
    found = study.design
    rows = [
        {
            "kind": text(f"design.kind.{lever.kind}"),
            "actor": label(lever.actor, text) if lever.actor != "coalition" else text("design.table.coalition"),
            "partner": ", ".join(capital(label(name, text)) for name in lever.partner.split()),
            "sector": sector_label(lever.sector, text),
            "setting": float(setting),
            "at": text(f"design.at.{place}"),
        }
        for lever, setting, place in zip(found.problem.levers.items, found.policy, found.places(), strict=True)
    ]
    columns = (
        Column("kind", text("design.table.kind")),
        Column("actor", text("design.table.actor")),
        Column("partner", text("design.table.partner")),
        Column("sector", text("simulate.table.sector")),
        Column("setting", text("design.table.setting"), "percent", digits=1),
        Column("at", text("design.table.at")),
    )
    return Table("design-levers", text("design.caption.levers"), columns, rows)


def frontier_table(study: Study, text: Text) -> Table:
    """The target's loss for each own loss, with the price of the bound, as a record."""
    points = sorted((*study.frontier, study.design), key=lambda item: item.own_loss)
    rows = [
        {
            "x": item.own_loss,
            "y": item.target_loss,
            "price": item.shadow_price,
            "which": text("design.table.this") if item is study.design else "",
        }
        for item in points
    ]
    columns = (
        Column("x", text("design.table.own"), "percent", digits=3),
        Column("y", text("design.table.target"), "percent", digits=3),
        Column("price", text("design.table.price"), "number", digits=3),
        Column("which", text("design.table.chosen")),
    )
    return Table("design-frontier-data", text("design.chart.frontier_title"), columns, rows)


def _method(text: Text) -> Section:
    terms = ("margin", "exact", "first_order", "closed_form", "sides", "interval", "not_model")
    items = [(text(f"leverage.term.{name}"), text(f"leverage.method.{name}")) for name in terms]
    return Section("method", text("leverage.page.method"), (kit.definitions(items),))


def _origins(found: Leverage) -> tuple[Origin, ...]:
    return known_origins(key for part in found.parts for key in load_economy(part.setting.economy).origins)


__all__ = [
    "first_look_table",
    "frontier_section",
    "frontier_table",
    "leverage_record",
    "levers_list",
    "levers_table",
    "margin_table",
    "sides_table",
    "world_table",
    "write_leverage_page",
]
