"""What a simulation says in words: its shocks, its assumptions, and its numbers as figures that explain themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from amur.economy import THETA_SETS, load_economy
from amur.figures import Figure
from amur.kit import Shown
from amur.models.shock import Roy, ShortRun
from amur.outcome import Outcome
from amur.scenario import Ban, Barrier, ExportTax, Instrument, Productivity, Scenario, Tariff, Transport
from amur.scenario.instruments import Bilateral
from amur.simulate import Run, Simulation, label, lowered, run_name, sector_label
from amur.text import Text

_SELECTORS = {"all": "all", "goods": "goods", "services": "services"}
_AMOUNTS = {
    "set": "percent",
    "add": "points",
    "multiply": "number",
    "linear_cut": "percent",
    "maximum_rate": "percent",
    "swiss_coefficient": "number",
    "change": "percent",
    "volume": "percent",
    "price": "percent",
}


def shock_words(instrument: Instrument, text: Text) -> str:
    """One instrument as a phrase: `Import ban on crude oil and gas: Russia → European Union`."""
    kind = instrument.instrument
    if isinstance(instrument, Productivity):
        flows = text(
            "simulate.shock.industries",
            sectors=_listed(instrument.sectors, instrument.except_sectors, text, sectors=True),
            countries=_listed(instrument.countries, instrument.except_countries, text),
        )
    else:
        flows = _flows(instrument, text)
    if isinstance(instrument, Transport):
        number = text.number(instrument.days, digits=0 if instrument.days == round(instrument.days) else 1)
        cost = text.percent(instrument.cost_per_day)
        words = text("simulate.shock.transport.days", n=instrument.days, number=number, cost=cost, flows=flows)
    elif isinstance(instrument, Ban):
        words = text(f"simulate.shock.ban.{kind}", flows=flows)
    else:
        choice = _choice(instrument)
        amount = _amount(kind, choice, getattr(instrument, choice), text)
        words = text(f"simulate.shock.{kind}.{choice}", amount=amount, flows=flows)
    escapes = getattr(instrument, "escapes", 0.0)
    return text("simulate.shock.escapes", what=words, share=text.percent(escapes)) if escapes else words


def assumptions(simulation: Simulation, text: Text) -> list[tuple[str, str]]:
    """Terms and sentences: baseline, elasticities, closure, horizons, unit of account, and what is left out."""
    scenario, first = simulation.scenario, simulation.runs[0].setting
    economy = load_economy(first.economy)
    baseline = text(
        "simulate.say.baseline",
        economy=economy.name,
        regions=len(economy.regions),
        sectors=len(economy.sectors),
        year=str(economy.year or "–"),
    )
    updates = dict.fromkeys(run.setting.economy for run in simulation.runs if run.setting.departs == "economy")
    baseline = " ".join([baseline, *(text("simulate.say.baseline_update", economy=name) for name in updates)])
    sets = dict.fromkeys(run.setting.theta for run in simulation.runs)
    listed = "; ".join(f"{name} ({THETA_SETS[name].source})" if name in THETA_SETS else name for name in sets)
    terms = [
        ("baseline", baseline),
        ("theta", text("simulate.say.theta", sets=listed)),
        ("closure", text(f"simulate.say.closure_{first.closure}")),
    ]
    said = {"long": text("simulate.say.long"), "short": _short_run(scenario, text)}
    terms += [(horizon, said[horizon]) for horizon in dict.fromkeys(run.setting.horizon for run in simulation.runs)]
    terms += [("numeraire", text("simulate.say.numeraire")), ("not_model", text("simulate.say.not_model"))]
    return [(text(f"simulate.term.{term}"), words) for term, words in terms]


def told(figure: Figure, run: Run, text: Text) -> Figure:
    """A figure of a run whose method stands in the reader's language."""
    return replace(figure, basis=run_name(run.setting, text))


def size(figure: Figure, text: Text, *, digits: int = 2) -> Shown:
    """A change written without its sign, for sentences whose verb says the direction."""
    return Shown(figure, text.percent(abs(figure.value), digits=digits))


def change(figure: Figure, text: Text, *, digits: int = 2) -> Shown:
    """A change written with its sign."""
    return Shown(figure, text.percent(figure.value, digits=digits, sign=True))


def model_figure(outcome: Outcome, measure: str, subject: str, value: float) -> Figure:
    """A number of the page that is in no table, such as a sum over countries."""
    template = outcome.figure("real_income_change", outcome.economy.regions[0])
    unit = "USD" if measure.endswith("_usd") else "fraction"
    return replace(
        template,
        measure=measure,
        subject=subject,
        value=value,
        unit=unit,
        currency="USD" if unit == "USD" else "",
        derivation=None,
    )


def _flows(instrument: Bilateral, text: Text) -> str:
    return text(
        "simulate.shock.both_ways" if instrument.both_ways else "simulate.shock.selection",
        sectors=_listed(instrument.sectors, instrument.except_sectors, text, sectors=True),
        exporters=_listed(instrument.exporters, instrument.except_exporters, text),
        importers=_listed(instrument.importers, instrument.except_importers, text),
    )


def _listed(names: Sequence[str], exceptions: Sequence[str] | None, text: Text, *, sectors: bool = False) -> str:
    what = ", ".join(_one(name, text, sectors=sectors) for name in names)
    if not exceptions:
        return what
    return text(
        "simulate.shock.except",
        what=what,
        exceptions=", ".join(_one(name, text, sectors=sectors) for name in exceptions),
    )


def _one(name: str, text: Text, *, sectors: bool) -> str:
    if sectors and name == "all":
        return text("simulate.shock.everything")
    if name in _SELECTORS:
        return text(f"simulate.shock.{_SELECTORS[name]}")
    return lowered(sector_label(name, text)) if sectors else label(name, text)


def _choice(instrument: Instrument) -> str:
    if isinstance(instrument, Tariff | Barrier | ExportTax):
        return instrument.choice
    return {"preference": "change", "productivity": "change", "quota": "volume", "price_cap": "price"}[
        instrument.instrument
    ]


def _amount(kind: str, choice: str, value: float, text: Text) -> str:
    style = _AMOUNTS[choice]
    if style == "points":
        return text.percent(value, sign=True) if kind == "barrier" else text.points(value, sign=False)
    if style == "number":
        return text.number(value, digits=2)
    return text.percent(value, sign=choice == "change")


def _short_run(scenario: Scenario, text: Text) -> str:
    horizon = scenario.horizon_of("short")
    settings = horizon if isinstance(horizon, ShortRun) else ShortRun()
    if isinstance(settings.labour, Roy):
        labour = text("simulate.say.labour_part", kappa=text.number(settings.labour.kappa))
    else:
        labour = text(f"simulate.say.labour_{settings.labour}")
    return text(
        "simulate.say.short",
        labour=labour,
        eps_va=text.number(settings.eps_va),
        eps_inputs=text.number(settings.eps_inputs),
        eps_final=text.number(settings.eps_final),
        scale=text.number(settings.theta_scale),
    )
