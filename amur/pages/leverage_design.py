"""The page of a designed policy: what it costs, its levers, its frontier, and what becomes of the trade."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from amur import kit
from amur.design import Study, design_notes
from amur.figures import Figure
from amur.kit import Column, KeyFigure, Page, Section, Shown, Table
from amur.kit.tables import table_cells
from amur.origins import Origin, known_origins
from amur.output import write_file
from amur.pages.leverage import frontier_section, frontier_table, levers_list, levers_table
from amur.simulate import capital, label, sector_label
from amur.text import Text


def write_design_page(study: Study, path: str | Path, *, lang: str = "en") -> Path:
    """Write the page to `path`, whole or not at all."""
    text = Text(lang)
    return write_file(path, kit.render_page(design_record(study, text), text))


def design_record(study: Study, text: Text) -> Page:
    """The page as a record."""
    names = {"coalition": _names(study.file.coalition, text), "target": _names(study.file.target, text)}
    first = _policy(study, text) if not study.frontier else frontier_section(study, text)
    notes = design_notes(study, text)
    # The frontier's own finding says the first of them.
    said = tuple(kit.paragraph(note) for note in (notes[1:] if study.frontier else notes))
    sections = [Section(first.name, first.title, (*said, *first.parts)), _around(study, text)]
    if study.coordination or study.retaliation:
        sections.append(_answer(study, text))
    return Page(
        title=study.file.title or text("design.page.title", target=names["target"]),
        description=text("design.page.description", **names),
        sections=tuple(sections),
        eyebrow=text("design.page.eyebrow"),
        headline=_headline(study, names["target"], text),
        origins=_origins(study),
        cite=text("design.page.cite", **names, economy=study.file.economy),
        rebuild=f"amur design design.yaml --lang {text.language} -o design.html",
    )


def design_tables(study: Study, text: Text) -> tuple[Table, ...]:
    """Every table of the page, the levers that are pulled first."""
    levers = levers_list(study, text)
    pulled = replace(levers, caption=text("design.caption.policy"), rows=[row for row in levers.rows if row["setting"]])
    found = [pulled, *([frontier_table(study, text)] if study.frontier else []), leakage_table(study, text)]
    found += [coordination_table(study, text)] if study.coordination else []
    found += [retaliation_table(study, text)] if study.retaliation else []
    return tuple(found)


def design_cells(study: Study, text: Text) -> list[tuple[str, list[dict[str, str]]]]:
    """Titles and cells of the tables, as the page writes them, for a terminal."""
    return [(table.caption, table_cells(table, text)) for table in design_tables(study, text)]


def leakage_table(study: Study, text: Text) -> Table:
    """The target's trade with the coalition in the sectors hit, and how far third countries replace it."""
    rows = [
        {**vars(leak), "direction": text(f"design.direction.{leak.direction}"), "share": leak.share}
        for leak in study.leakage
    ]
    money = (("before_usd", "before"), ("after_usd", "after"), ("third_usd", "third"))
    columns = (
        Column("direction", text("design.table.direction")),
        *(Column(key, text(f"design.table.{head}"), "money", unit="USD") for key, head in money),
        Column("share", text("design.table.leak"), "percent"),
    )
    return Table("design-leakage", text("design.caption.leakage"), columns, rows)


def coordination_table(study: Study, text: Text) -> Table:
    """The target's loss when members act together and apart, and what acting apart costs each."""
    found = study.coordination
    rows: list[dict[str, object]] = []
    if found is not None:
        rows = [
            {"who": text("design.table.target_together"), "loss": found.together},
            {"who": text("design.table.target_apart"), "loss": found.apart},
        ]
        rows += [
            {"who": text("design.table.member", member=label(name, text)), "loss": burden}
            for name, burden in found.burdens.items()
        ]
    return Table("design-coordination", text("design.caption.coordination"), _loss_columns(text), rows)


def retaliation_table(study: Study, text: Text) -> Table:
    """The losses after the target's best answer, and the duties of the answer."""
    found = study.retaliation
    rows: list[dict[str, object]] = []
    if found is not None:
        rows = [
            {"who": text("design.table.target_after"), "loss": found.target_loss},
            {"who": text("design.table.own_after"), "loss": found.own_loss},
        ]
        rows += [
            {"who": text("design.table.answer", sector=sector_label(sector, text)), "loss": rate}
            for sector, rate in sorted(found.policy.items(), key=lambda item: -item[1])
            if rate > 0
        ]
    return Table("design-retaliation", text("design.caption.retaliation"), _loss_columns(text), rows)


def _loss_columns(text: Text) -> tuple[Column, ...]:
    return Column("who", text("design.table.who")), Column("loss", text("design.table.loss"), "percent", digits=3)


def _policy(study: Study, text: Text) -> Section:
    return Section("policy", text("design.page.policy"), (levers_table(study, text),))


def _around(study: Study, text: Text) -> Section:
    return Section("around", text("design.page.around"), (kit.table(leakage_table(study, text), text),))


def _answer(study: Study, text: Text) -> Section:
    tables = [coordination_table(study, text)] if study.coordination else []
    tables += [retaliation_table(study, text)] if study.retaliation else []
    return Section("answer", text("design.page.answer"), tuple(kit.table(table, text) for table in tables))


def _headline(study: Study, target: str, text: Text) -> tuple[KeyFigure, ...]:
    found = study.design
    items = (
        (text("design.page.key_target", target=target), "target_loss", found.target_loss),
        (text("design.page.key_own"), "own_loss", found.own_loss),
    )
    return tuple(
        KeyFigure(
            capital(name),
            Shown(
                Figure(
                    measure=measure,
                    subject=" ".join(study.file.target if measure == "target_loss" else study.file.coalition),
                    value=loss,
                    unit="fraction",
                    basis=f"{study.file.economy}, {found.problem.economy.theta_set}",
                    origins=tuple(item.key for item in _origins(study)),
                ),
                text.percent(loss, digits=3),
            ),
            text(f"simulate.horizon.{study.file.horizon}"),
        )
        for name, measure, loss in items
    )


def _names(codes: tuple[str, ...], text: Text) -> str:
    return text("leverage.triangle.and").join(label(code, text) for code in codes)


def _origins(study: Study) -> tuple[Origin, ...]:
    return known_origins(study.design.problem.economy.origins)


__all__ = [
    "coordination_table",
    "design_cells",
    "design_record",
    "design_tables",
    "leakage_table",
    "retaliation_table",
    "write_design_page",
]
