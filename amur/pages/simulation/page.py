"""The result page of a simulation: one self-contained file in the reader's language."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from markupsafe import Markup

from amur import kit
from amur.figures import Figure
from amur.kit import Chart, KeyFigure, Page, Section, Table
from amur.output import write_file
from amur.pages.simulation import lists, pictures
from amur.pages.simulation.pictures import Solved, page_origins, solved_runs
from amur.pages.simulation.words import assumptions, change, model_figure, shock_words, told
from amur.simulate import Simulation, label, notes
from amur.text import Text


def write_result_page(simulation: Simulation, path: str | Path, *, lang: str = "en") -> Path:
    """Write the page to `path`, whole or not at all."""
    return write_file(path, result_page(simulation, Text(lang)))


def result_page(simulation: Simulation, text: Text) -> str:
    """The page as one self-contained HTML file."""
    return kit.render_page(result_record(simulation, text), text)


def result_record(simulation: Simulation, text: Text) -> Page:
    """The page as a record, which a file and the app render alike."""
    shown = solved_runs(simulation)
    scenario = simulation.scenario
    language = text.language
    title = scenario.title.in_language(language)
    description = scenario.description.in_language(language) if scenario.description else title
    economy = simulation.runs[0].setting.economy
    return Page(
        title=title,
        description=description,
        sections=_sections(simulation, shown, text),
        eyebrow=text("simulate.page.eyebrow"),
        headline=_headline(simulation, shown, text),
        origins=page_origins(*(run.outcome for run in simulation.runs if run.outcome), maps=True),
        cite=text("simulate.page.cite", title=title, economy=economy),
        rebuild=f"amur simulate {scenario.name or 'scenario.yaml'} --lang {language} -o page.html",
    )


def _headline(simulation: Simulation, shown: tuple[Solved, ...], text: Text) -> tuple[KeyFigure, ...]:
    """The largest loss and gain of each horizon, and the trade that is hit."""
    items: list[KeyFigure] = []
    for item in shown:
        ranked = item.ranked["country"].to_list()
        for kind, code in (("loser", ranked[0]), ("gainer", ranked[-1])):
            figure, sets = _over_sets(simulation, item, code)
            key = "aside_country" if figure.interval else "aside_country_single"
            aside = text(f"simulate.page.{key}", country=label(code, text), sets=", ".join(sets))
            name = text(f"simulate.page.{kind}", horizon=item.name(text))
            items.append(KeyFigure(name, change(told(figure, item.run, text), text), aside))
    return (*items, *(_hit_figure(item, text) for item in shown[:1] if item.outcome.touched.any()))


def _over_sets(simulation: Simulation, item: Solved, code: str) -> tuple[Figure, list[str]]:
    """A country's change of real income, over the sets of elasticities where the run is the default."""
    setting = item.run.setting
    if setting.departs:
        return item.outcome.figure("real_income_change", code), [setting.theta]
    sets = [run.setting.theta for run in simulation.beside(setting.horizon) if run.outcome]
    return simulation.figure("real_income_change", code, horizon=setting.horizon), list(dict.fromkeys(sets))


def _hit_figure(item: Solved, text: Text) -> KeyFigure:
    """What becomes of the flows that the scenario names."""
    flows = item.outcome.flows("touched")
    before, after = float(flows["value_baseline"].sum()), float(flows["value_new"].sum())
    figure = told(model_figure(item.outcome, "hit_trade_change", "WLD", after / before - 1), item.run, text)
    now = text.money(after, "USD", digits=1 if after else 0)
    return KeyFigure(
        text("simulate.page.hit", horizon=item.name(text)),
        change(figure, text, digits=1),
        text("simulate.page.aside_hit", n=len(flows), value=now),
    )


def _sections(simulation: Simulation, shown: tuple[Solved, ...], text: Text) -> tuple[Section, ...]:
    drawn = {name: kit.chart(chart, text) for name, chart in _charts(simulation, shown, text).items()}

    def section(name: str, *parts: Markup) -> Section:
        charts = [markup for chart, markup in drawn.items() if chart.split("-")[0] == name]
        return Section(name, text(f"simulate.page.{name}"), (*charts, *parts))

    gains = section("gains", folded(lists.countries_table(simulation, text), text))
    warnings = (kit.notice(words, kind="info") for words in notes(simulation, text))
    return (
        replace(gains, parts=(*warnings, *gains.parts)),
        section("map", kit.table(lists.blocs_table(shown, text), text)),
        section("trade", folded(lists.flows_table(shown, text), text)),
        section("detours", *_detours(shown, text)),
        section("sectors", folded(lists.sectors_table(shown, text), text)),
        section("why", *(folded(lists.welfare_table(item, text), text) for item in shown)),
        section("choices"),
        section("assumptions", *_assumptions(simulation, text)),
    )


def folded(table: Table, text: Text) -> Markup:
    """A long table behind its caption, which opens it."""
    return Markup("<details><summary>{}</summary>{}</details>").format(
        table.caption, kit.table(table, text, quiet=True)
    )


def _charts(simulation: Simulation, shown: tuple[Solved, ...], text: Text) -> dict[str, Chart]:
    first = shown[0]
    made: list[Chart | None] = [
        pictures.gains_chart(shown, text),
        *(pictures.map_chart(item, text) for item in shown),
        pictures.trade_chart(first, text),
        pictures.leak_chart(first, text),
        pictures.sector_chart(shown, text),
        *(pictures.why_chart(item, text) for item in shown),
        *(pictures.choices_chart(simulation, item, text) for item in shown),
    ]
    return {chart.name: chart for chart in made if chart is not None}


def _detours(shown: tuple[Solved, ...], text: Text) -> list[Markup]:
    found = []
    for item in shown:
        if item.outcome.touched.any():
            found.append(folded(lists.diversion_table(item, text), text))
        if not item.outcome.leakage().is_empty():
            found.append(folded(lists.leakage_table(item, text), text))
    return found


def _assumptions(simulation: Simulation, text: Text) -> list[Markup]:
    scenario = simulation.scenario
    shocks = "; ".join(shock_words(item, text) for item in scenario.shocks)
    terms = [(text("simulate.term.shocks"), shocks), *assumptions(simulation, text)]
    sources = Markup("; ").join(
        Markup('<a href="{}">{}</a>').format(item.address, item.title) for item in scenario.source
    )
    if sources:
        terms.insert(1, (text("simulate.term.policy"), sources))
    return [kit.definitions(terms), kit.table(lists.certificate_table(simulation, text), text)]
