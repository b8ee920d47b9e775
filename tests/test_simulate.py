"""Simulations: which runs are made, what each carries, and how they are printed."""

from __future__ import annotations

import json

import pytest

from amur.economy import load_economy
from amur.errors import EconomyError, MeasureError, NoEquilibriumError, NotConvergedError, ScenarioError
from amur.outcome import compare
from amur.output import as_json
from amur.pages.simulation import write_result_page
from amur.pages.simulation.words import shock_words
from amur.scenario import Instrument, load_scenario, read_scenario
from amur.simulate import (
    RUN_TABLES,
    Plan,
    Setting,
    column_heads,
    expected_rows,
    notes,
    overview,
    percent_digits,
    rows,
    settings,
    simulate,
    stranded,
)
from amur.solver import Anderson, solve
from amur.text import Text

HEAD = "title: {en: A cut, sv: Ett brott}\n"
CUT = "shocks:\n  - {instrument: ban, exporters: RUS, importers: CHN, sectors: all, both_ways: true}\n"
ALONE = """shocks:
  - {instrument: ban, exporters: RUS, importers: all, except_importers: RUS, sectors: all, both_ways: true}
"""


@pytest.fixture(scope="module")
def cut():
    """All the runs of a real scenario, its updated baseline included."""
    return simulate("cut-rus-chn")


@pytest.fixture(scope="module")
def stopped():
    """A scenario with buyers that are left with little, and members that the table lacks."""
    text = HEAD + "shocks:\n  - {instrument: import_ban, exporters: EAEU, importers: EU, sectors: B06}\n"
    return simulate(read_scenario(text), Plan(economies=("icio-2022",), thetas=("FGH22",), closures=("fixed",)))


# ── which runs ──────────────────────────────────────────────────────────────────────────────────


def test_one_choice_at_a_time_stands_beside_the_default():
    made = settings(load_scenario("cut-rus-chn"), Plan())
    assert made == (
        Setting("icio-2022", "FGH22", "fixed", "long"),
        Setting("icio-2022", "FGH22", "fixed", "short"),
        Setting("icio-2022", "FGO", "fixed", "long", "theta"),
        Setting("icio-2022", "FGO", "fixed", "short", "theta"),
        Setting("icio-2022", "FGH22", "balanced", "long", "closure"),
        Setting("icio-2022", "FGH22", "balanced", "short", "closure"),
        Setting("icio-2022-rus-2023", "FGH22", "fixed", "long", "economy"),
        Setting("icio-2022-rus-2023", "FGH22", "fixed", "short", "economy"),
    )


def test_a_plan_replaces_the_scenario_s_choices():
    plan = Plan(economies=("icio-2022",), thetas=("CP", "LL"), closures=("balanced",), horizons=("short",))
    assert settings(load_scenario("cut-rus-chn"), plan) == (
        Setting("icio-2022", "CP", "balanced", "short"),
        Setting("icio-2022", "LL", "balanced", "short", "theta"),
    )


def test_the_scenario_s_own_choices_come_first():
    scenario = read_scenario(HEAD + "theta: U4\nclosure: balanced\nhorizons: [short, long]\n" + CUT)
    made = settings(scenario, Plan(economies=("icio-2022",)))
    assert [(item.theta, item.closure, item.horizon) for item in made] == [
        ("U4", "balanced", "short"),
        ("U4", "balanced", "long"),
    ]


def test_an_economy_of_one_s_own_has_its_own_elasticities_first(tmp_path):
    base = load_economy("icio-2022")
    merged = {"A": base.regions[:40], "B": base.regions[40:-1]}
    own = base.aggregate(regions=merged, sectors={"all": base.sectors}).with_theta([4.0])
    path = own.save(tmp_path / "own.npz")
    text = (
        HEAD
        + f"economy: {path}\nshocks:\n  - {{instrument: barrier, exporters: A, importers: B, sectors: all, add: 0.2}}\n"
    )
    simulation = simulate(read_scenario(text))
    assert [run.setting.theta for run in simulation.runs[:4]] == ["own", "own", "FGH22", "FGH22"]
    assert len(simulation.runs) == 6
    assert simulation.default().outcome is not None
    table = overview(simulation, Text("en"))
    assert {row["Country"] for row in table} == {"A", "B", "Rest of the world"}


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ({"closures": ("loose",)}, "Unknown closure 'loose'"),
        ({"horizons": ("mid",)}, "Unknown horizon 'mid'"),
        ({"thetas": ()}, "The list of thetas is empty"),
        ({"economies": ("a", "a")}, "names one twice"),
    ],
)
def test_a_plan_that_means_nothing_is_refused(plan, message):
    with pytest.raises(ScenarioError, match=message):
        Plan(**plan)


def test_unknown_elasticities_and_economies_are_refused():
    with pytest.raises(EconomyError, match="no elasticities named 'X'"):
        simulate("cut-rus-chn", Plan(thetas=("X",)))
    with pytest.raises(EconomyError, match="no economy 'nowhere'"):
        simulate("cut-rus-chn", Plan(economies=("nowhere",)))


# ── what runs carry ─────────────────────────────────────────────────────────────────────────────


def test_a_run_is_the_plain_solve_of_its_setting(cut):
    scenario = load_scenario("cut-rus-chn")
    for run in cut.runs:
        setting = run.setting
        economy = load_economy(setting.economy).with_theta(setting.theta)
        solved = solve(economy, scenario, closure=setting.closure, horizon=scenario.horizon_of(setting.horizon))
        assert run.equilibrium is not None
        assert run.equilibrium.real_income_hat == pytest.approx(solved.real_income_hat, abs=1e-9)
        plain = compare(solved.economy, solved)
        assert run.outcome is not None
        assert (run.outcome.touched == plain.touched).all()


def test_progress_is_told_after_each_run():
    told = []
    plan = Plan(economies=("icio-2022",), thetas=("FGH22",), closures=("fixed",), horizons=("long",))
    simulate("cut-rus-chn", plan, advance=lambda done, total: told.append((done, total)))
    assert told == [(1, 1)]


def test_a_figure_spans_the_sets_of_elasticities(cut):
    for horizon in ("long", "short"):
        figure = cut.figure("real_income_change", "RUS", horizon=horizon)
        values = [run.outcome.figure("real_income_change", "RUS").value for run in cut.beside(horizon)]
        assert figure.value == values[0]
        assert (figure.low, figure.high) == (min(values[:2]), max(values[:2]))
        assert figure.interval_kind == "elasticity"
    single = simulate("cut-rus-chn", Plan(economies=("icio-2022",), thetas=("FGH22",), horizons=("long",)))
    assert single.figure("real_income_change", "RUS").interval_kind == "none"
    with pytest.raises(MeasureError, match="no run for the horizon 'short'"):
        single.figure("real_income_change", "RUS", horizon="short")


def test_json_has_the_agreed_shape(cut):
    record = json.loads(as_json(cut.to_dict()))
    assert set(record) == {"scenario", "runs", "expectations"}
    assert record["scenario"]["name"] == "cut-rus-chn"
    assert record["scenario"]["shocks"][0]["instrument"] == "ban"
    assert record["scenario"]["outside"] == []
    assert len(record["runs"]) == 8
    first, last = record["runs"][0], record["runs"][-1]
    assert (first["economy"], first["theta"], first["closure"], first["horizon"]) == (
        "icio-2022",
        "FGH22",
        "fixed",
        "long",
    )
    assert first["converged"] is True
    assert set(first["residual"]) == {"goods", "labour", "payments"}
    assert max(first["residual"].values()) < 1e-10
    assert first["steps"] > 0
    assert first["seconds"] > 0
    assert first["reason"] == ""
    assert first["limits"] == []
    assert set(first["tables"]) == set(RUN_TABLES)
    assert set(last["tables"]) == {"country", "bloc", "flow"}
    country = first["tables"]["country"]
    assert len(country) == 81
    assert {"country", "real_income_change", "nominal_income_change", "real_wage_change", "price_index_change"} <= set(
        country[0]
    )
    flows = first["tables"]["flow"]
    assert set(flows[0]) == {"exporter", "importer", "sector", "value_baseline", "value_new"}
    hit = [row for row in flows if (row["exporter"], row["importer"], row["sector"]) == ("RUS", "CHN", "B06")]
    assert hit[0]["value_new"] == 0
    assert hit[0]["value_baseline"] == pytest.approx(34.6e9, rel=0.01)
    assert sum(row["sector"] == "total" for row in flows) > 6000
    assert all(row["sector"] != "total" for row in last["tables"]["flow"])
    assert [met["ok"] for met in record["expectations"]] == [True, True]


def test_limits_are_part_of_a_run():
    plan = Plan(economies=("icio-2022",), thetas=("FGH22",), closures=("fixed",), horizons=("long",))
    run = simulate("russia-vehicle-quota", plan).to_dict()["runs"][0]
    assert run["limits"][0]["kind"] == "quota"
    assert run["limits"][0]["reached"] == pytest.approx(0.5)
    assert run["limits"][0]["binds"]


def test_expectations_are_compared_with_what_came_out():
    lines = "expect:\n  - {measure: real_income_change, country: RUS, value: -0.024, tolerance: 0.001, horizon: long}\n"
    lines += "  - {measure: real_income_change, country: RUS, value: 0.5, tolerance: 0.1, theta: FGO}\n"
    plan = Plan(economies=("icio-2022",), closures=("fixed",), horizons=("long",))
    simulation = simulate(read_scenario(HEAD + CUT + lines), plan)
    met = simulation.expectations
    assert [item.ok for item in met] == [True, False]
    assert simulation.unmet == (met[1],)
    assert met[1].to_dict()["ours"] == pytest.approx(-0.01283, abs=1e-4)
    other = simulate(read_scenario(HEAD + CUT + lines.replace("RUS", "XXX")), plan)
    with pytest.raises(MeasureError, match="no row for country XXX"):
        _ = other.expectations


def test_an_expectation_about_a_run_that_was_not_made_is_neither_met_nor_unmet():
    plan = Plan(economies=("icio-2022",), thetas=("CP",), closures=("fixed",), horizons=("short",))
    simulation = simulate("cut-rus-chn", plan)
    assert [item.ok for item in simulation.expectations] == [None, None]
    assert simulation.unmet == ()
    assert simulation.to_dict()["expectations"][0]["ok"] is None


# ── no equilibrium ──────────────────────────────────────────────────────────────────────────────


def test_a_run_without_equilibrium_keeps_its_reason_and_the_others_go_on():
    simulation = simulate(read_scenario(HEAD + ALONE), Plan(economies=("icio-2022",), horizons=("long",)))
    by_closure = {run.setting.closure: run for run in simulation.runs if run.setting.theta == "FGH22"}
    assert by_closure["fixed"].outcome is None
    assert "RUS trades with nobody else" in by_closure["fixed"].reason
    assert by_closure["fixed"].converged
    assert by_closure["balanced"].outcome is not None
    record = by_closure["fixed"].to_dict()
    assert record["converged"] is False
    assert record["tables"] == {}
    assert record["residual"] is None
    assert simulation.unconverged == ()
    assert "no equilibrium" in overview(simulation, Text("en"))[0].values()
    assert any("Long run, FGH22 has no result" in note for note in notes(simulation, Text("en")))
    with pytest.raises(NoEquilibriumError, match="trades with nobody else"):
        simulation.figure("real_income_change", "RUS")
    assert [row["country"] for row in expected_rows(simulation)].count("") == 2
    assert rows(simulation)[0]["reason"].startswith("After the bans RUS")


def test_where_no_run_has_an_equilibrium_the_reason_is_raised():
    with pytest.raises(NoEquilibriumError, match="RUS trades with nobody else"):
        simulate(read_scenario(HEAD + ALONE), Plan(economies=("icio-2022",), closures=("fixed",), horizons=("long",)))


def test_a_default_that_does_not_converge_is_raised_and_others_are_kept():
    plan = Plan(economies=("icio-2022",), thetas=("FGH22",), closures=("fixed",), horizons=("long", "short"))
    with pytest.raises(NotConvergedError):
        simulate("cut-rus-chn", plan, method=Anderson(max_steps=5))
    kept = simulate("cut-rus-chn", plan, method=Anderson(max_steps=45))
    assert [run.converged for run in kept.runs] == [True, False]
    assert kept.unconverged == (kept.runs[1],)
    assert "residual" in kept.runs[1].reason


# ── printing ────────────────────────────────────────────────────────────────────────────────────


def test_the_overview_has_a_column_for_every_run(cut):
    table = overview(cut, Text("en"))
    assert len(table) == 81
    assert table[0] == {
        "Country": "Russia",
        "long run, FGH22": "−2.40%",
        "short run, FGH22": "−5.67%",
        "long run, FGO": "−1.28%",
        "short run, FGO": "−3.27%",
        "long run, balanced trade": "−1.97%",
        "short run, balanced trade": "−4.71%",
        "long run, icio-2022-rus-2023": table[0]["long run, icio-2022-rus-2023"],
        "short run, icio-2022-rus-2023": table[0]["short run, icio-2022-rus-2023"],
    }
    swedish = overview(cut, Text("sv"))
    assert swedish[0]["Land"] == "Ryssland"
    assert swedish[0]["lång sikt, FGH22"] == "−2,40\u00a0%"
    assert column_heads(cut, Text("sv"))[4] == "lång sikt, balanserad handel"


def test_rows_for_files_carry_their_setting(cut):
    found = rows(cut)
    assert len(found) == 8 * 81
    assert list(found[0])[:5] == ["economy", "theta", "closure", "horizon", "country"]
    assert {row["theta"] for row in found} == {"FGH22", "FGO"}
    assert {row["bloc"] for row in rows(cut, "bloc")} >= {"EU", "WLD"}


@pytest.mark.parametrize(
    ("values", "digits"),
    [([0.05, -0.3], 2), ([0.012], 2), ([-0.0031], 3), ([2e-5], 5), ([1e-12], 6), ([0.0], 2), ([], 2)],
)
def test_decimals_follow_the_largest_change(values, digits):
    assert percent_digits(values) == digits


def test_notes_tell_of_lacking_members_and_of_buyers_left_with_little(stopped):
    told = notes(stopped, Text("en"))
    assert any("includes Armenia, Kyrgyzstan, which the table" in note for note in told)
    assert any("less than 10% of their suppliers in a sector: Slovakia (crude oil and gas)" in note for note in told)
    found = stranded(stopped.default())
    assert found[0].country == "SVK"
    assert found[0].share_left < 0.1
    swedish = notes(stopped, Text("sv"))
    assert any("Slovakien (råolja och naturgas)" in note for note in swedish)


def test_notes_tell_the_shadow_prices_of_limits():
    plan = Plan(economies=("icio-2022",), thetas=("FGH22",), closures=("fixed",))
    told = notes(simulate("russia-vehicle-quota", plan), Text("en"))
    assert told[0].startswith(
        "Long run, FGH22: the quota of 50% of the baseline volume on motor vehicles from China to Russia"
    )
    assert "goes to the importer" in told[0]
    capped = notes(simulate("oil-price-cap", plan), Text("en"))
    assert any("the cap at 90% of the baseline price on crude oil and gas from Russia binds" in note for note in capped)
    slack = read_scenario(
        HEAD
        + """shocks:
  - {instrument: quota, exporters: CHN, importers: RUS, sectors: C29, volume: 2, rent: lost}
"""
    )
    assert any("does not bind" in note for note in notes(simulate(slack, plan), Text("en")))


EVERY_INSTRUMENT = """shocks:
  - {instrument: tariff, exporters: [CHN, EU], importers: USA, sectors: goods, add: 0.25, escapes: 0.1}
  - {instrument: tariff, exporters: MEX, importers: USA, sectors: C29, set: 0.1}
  - {instrument: tariff, exporters: CAN, importers: USA, sectors: C29, swiss_coefficient: 0.08}
  - {instrument: barrier, exporters: all, except_exporters: GBR, importers: GBR, sectors: all, add: 0.05}
  - {instrument: barrier, exporters: RUS, importers: CHN, sectors: services, multiply: 1.5, both_ways: true}
  - {instrument: transport, exporters: CHN, importers: DEU, sectors: goods, days: 14, cost_per_day: 0.01}
  - {instrument: export_tax, exporters: IDN, importers: all, except_importers: IDN, sectors: B07, set: 0.2}
  - {instrument: export_ban, exporters: CHN, importers: JPN, sectors: B07}
  - {instrument: preference, exporters: FRA, importers: DEU, sectors: C10T12, change: -0.2}
  - {instrument: productivity, countries: UKR, sectors: all, change: -0.1}
  - {instrument: quota, exporters: CHN, importers: RUS, sectors: C29, volume: 0.5, rent: importer}
  - {instrument: price_cap, exporters: RUS, importers: G7, sectors: B06, price: 0.9}
"""
SAID = (
    "Duty raised by 25.0 percentage points on all goods: China, European Union → United States; 10.0% of the trade "
    "escapes",
    "Duty set to 10.0% on motor vehicles: Mexico → United States",
    "Duty cut by the Swiss formula with coefficient 0.08 on motor vehicles: Canada → United States",
    "Cost of trade changed by +5.0% of value on goods and services: all countries except United Kingdom → United "
    "Kingdom",
    "Cost of trade multiplied by 1.50 on services: Russia ↔ China",
    "14 days more in transit at 1.0% of value a day on all goods: China → Germany",
    "Export tax of 20.0% on metal ores: Indonesia → all countries except Indonesia",
    "Export ban on metal ores: China → Japan",
    "Buyers' liking changed by −20.0% for food, drink and tobacco: France → Germany",
    "Productivity changed by −10.0% in goods and services: Ukraine",
    "Quota at 50.0% of the baseline volume on motor vehicles: China → Russia",
    "Price cap at 90.0% of the baseline price on crude oil and gas: Russia → G7",
)


def said(instruments: tuple[Instrument, ...], language: str) -> tuple[str, ...]:
    return tuple(shock_words(item, Text(language)).replace("\u00a0", " ") for item in instruments)


def test_every_instrument_is_put_in_words():
    shocks = read_scenario(HEAD + EVERY_INSTRUMENT).shocks
    assert said(shocks, "en") == SAID
    swedish = said(shocks, "sv")
    assert len(set(swedish)) == len(shocks)
    assert not set(swedish) & set(SAID)
    assert swedish[4] == "Handelskostnaden multipliceras med 1,50 på tjänster: Ryssland ↔ Kina"


def test_the_result_page_shows_every_run_country_and_part(cut, tmp_path):
    language = "sv"
    path = write_result_page(cut, tmp_path / "page.html", lang=language)
    page, text = path.read_text(encoding="utf-8"), Text(language)
    assert f'<html lang="{language}"' in page
    assert cut.scenario.title.in_language(language) in page
    for code in load_economy("icio-2022").regions:
        assert text.country(code)[1:].replace("'", "&#39;") in page, code
    for head in column_heads(cut, text):
        assert head in page
    for part in ("terms_of_trade", "lost_suppliers", "tariff_revenue", "first_order_total"):
        assert text(f"simulate.part.{part}") in page
    for chapter in ("gains", "map", "trade", "detours", "sectors", "why", "choices", "assumptions"):
        assert f'id="{chapter}"' in page
    assert "amur simulate cut-rus-chn" in page
    assert len(page) < 3_000_000


def test_the_result_page_of_one_horizon_and_of_a_scenario_with_limits(tmp_path):
    simulation = simulate("oil-price-cap", Plan(economies=("icio-2022",), thetas=("FGH22",), closures=("fixed",)))
    assert [run.outcome is None for run in simulation.runs] == [False, True]
    page = write_result_page(simulation, tmp_path / "page.html").read_text(encoding="utf-8")
    assert "Long run, FGH22 has no result. The solver says" in page
    assert "The buyers hold back demand by a wedge of" in page
    assert '<html lang="en"' in page
    assert Text("en").country("SWE") in page


def test_the_result_page_shows_another_run_where_no_default_has_an_equilibrium(tmp_path):
    plan = Plan(economies=("icio-2022",), thetas=("FGH22",), horizons=("long",))
    simulation = simulate(read_scenario(HEAD + ALONE), plan)
    page = write_result_page(simulation, tmp_path / "page.html").read_text(encoding="utf-8")
    assert "Long run, FGH22 has no result." in page
    assert "Largest loss, long run, balanced trade" in page
