"""Scenarios: a file says exactly what it means, and what it cannot mean is refused at its line."""

from __future__ import annotations

import datetime
import re

import numpy as np
import pytest
from economies import random_economy
from hypothesis import given
from hypothesis import strategies as st

from amur.economy import Economy, load_economy
from amur.errors import ScenarioError
from amur.models.shock import LongRun, Roy, ShortRun
from amur.scenario import (
    Ban,
    Barrier,
    ExportTax,
    Preference,
    PriceCap,
    Productivity,
    Quota,
    Scenario,
    Tariff,
    Transport,
    at_horizon,
    compile_shocks,
    load_scenario,
    make_scenario,
    read_scenario,
    shipped_scenarios,
)
from amur.scenario.document import parse
from amur.scenario.instruments import INSTRUMENTS
from amur.solver import solve

ROUNDING = 1e-12  # a few roundings of doubles around one
HEAD = "title: Test\nshocks:\n"
BAN = "  - instrument: ban\n    exporters: RUS\n    importers: CHN\n    sectors: all\n    both_ways: true\n"
EXPECT = "expect:\n  - {{measure: x, country: RUS, value: 1, tolerance: {}, horizon: {}}}\n"


def tariff_lines(value: str) -> str:
    return BAN.replace("ban", "tariff") + f"    {value}\n"


@pytest.fixture(scope="module")
def icio() -> Economy:
    return load_economy("icio-2022")


@pytest.fixture(scope="module")
def small() -> Economy:
    return random_economy(4, 3, 5)


def compiled(economy: Economy, *instruments):
    return compile_shocks(economy, instruments, theta=economy.theta)


def shock_of(economy: Economy, *instruments):
    return compiled(economy, *instruments).shock


# ── reading ─────────────────────────────────────────────────────────────────────────────────────


def test_plain_scalars_mean_what_yaml_1_2_says() -> None:
    data = parse("a: NO\nb: 1e-3\nc: .5\nd:\ne: ~\nf: [yes, -2, 0x1]\ng: 2022-06-03\nh: true\ni: -.inf\nj: '7'\n").data
    assert data == {
        "a": "NO",
        "b": 0.001,
        "c": 0.5,
        "d": None,
        "e": None,
        "f": ["yes", -2, "0x1"],
        "g": "2022-06-03",
        "h": True,
        "i": -np.inf,
        "j": "7",
    }


def test_a_document_knows_the_line_of_every_value() -> None:
    document = parse("a: 1\nshocks:\n  - x: 1\n    y: 2\n  - x: 3\n", "file.yaml")
    assert document.where(("shocks", 1, "x")) == "file.yaml, line 5, shock 2, x"
    assert document.where(("shocks", 0, "y", "deeper")) == "file.yaml, line 4, shock 1, y, deeper"
    assert document.where(()) == "file.yaml"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: 1\nb: 2\na: 3\n", "line 3: the key 'a' stands twice"),
        ("a: &x 1\nb: *x\n", "line 2, column 4 is not valid YAML: aliases"),
        ("a: [1\n", "is not valid YAML"),
        ("a: 1\n\tb: 2\n", "line 2"),
        ("a: !!python/object:os.system x\n", "the tag"),
        ("a: 1\n---\nb: 2\n", "line 2"),
        ("? [1]\n: 2\n", "line 1: a key must be a word"),
        (f"a: {'9' * 5000}\n", "is not a value of the kind 'int'"),
        ("", "is empty"),
        ("[" * 5000, "nested too deeply"),
        ("a: " + "x" * 300_000, "at most 200,000"),
    ],
)
def test_malformed_yaml_is_refused_at_its_line(text: str, fault: str) -> None:
    with pytest.raises(ScenarioError, match=None) as caught:
        parse(text)
    assert fault in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + BAN.replace("both_ways", "both_way"), "line 7, shock 1, both_way: is not a field here. Did you mean"),
        (HEAD + BAN.replace("ban", "bann"), "line 3, shock 1: 'bann' is no instrument. Use one of: tariff, "),
        (HEAD + BAN.replace("instrument: ban", "a: 1"), "line 3, shock 1: the field 'instrument' is missing"),
        (HEAD + BAN.replace("    sectors: all\n", ""), "line 3, shock 1, sectors: is missing. Add it."),
        (HEAD + BAN + "closures: fixed\n", "line 8, closures: is not a field here. Did you mean closure?"),
        (HEAD + BAN + "closure: fix\n", "line 8, closure: 'fix' is not understood. Use one of: 'fixed'"),
        (HEAD + BAN + "horizons: [long, mid]\n", "line 8, horizon 2: 'mid' is not understood"),
        (HEAD + BAN + "horizons: [long, long]\n", "line 8, horizons: a horizon stands twice"),
        (HEAD + BAN.replace("true", "maybe"), "line 7, shock 1, both_ways: 'maybe' does not do"),
        (HEAD + tariff_lines("set: 25"), "line 8, shock 1, set: rates are fractions, and 25 would be 2,500 %;"),
        (HEAD + tariff_lines("set: -0.1"), "line 8, shock 1, set: -0.1 does not do"),
        (HEAD + tariff_lines("set: 25%"), "line 8, shock 1, set: '25%' does not do"),
        (HEAD + tariff_lines("set: true"), "line 8, shock 1, set: True does not do"),
        (HEAD + tariff_lines("set: .nan"), "line 8, shock 1, set: nan does not do"),
        (HEAD + tariff_lines("set: 0.1\n    add: 0.1"), "line 3, shock 1: give exactly one of set, add,"),
        (HEAD + BAN.replace("ban", "tariff"), "line 3, shock 1: give exactly one of set, add,"),
        (HEAD + tariff_lines("linear_cut: 0"), "line 8, shock 1, linear_cut: 0 does not do"),
        (HEAD + tariff_lines("swiss_coefficient: 0"), "line 8, shock 1, swiss_coefficient: 0 does not do"),
        (HEAD + BAN + "    escapes: 1\n", "line 8, shock 1, escapes: 1 does not do"),
        (HEAD + BAN.replace("RUS", "[RUS, RUS]"), "line 4, shock 1, exporters: a name stands twice"),
        (HEAD + BAN.replace("RUS", "[]"), "line 4, shock 1, exporters: name one code"),
        (HEAD + BAN.replace("RUS", "[7]"), "line 4, shock 1, exporters: each name must be text"),
        (HEAD.replace("Test", "[]") + BAN, "line 1, title"),
        (HEAD.replace("title: Test\n", "") + BAN, "title: is missing"),
        ("title: x\nshocks: []\n", "line 2, shocks: [] does not do; it needs at least one item"),
        ("title: x\nshocks: ban\n", "line 2, shocks: 'ban' does not do; each shock is a table of fields"),
        ("title: {en: x}\nshocks:\n" + BAN, "line 1, title, sv: is missing"),
        (HEAD + BAN + "source:\n  - {title: x, address: foo}\n", "line 9, source 1, address: 'foo' does not do; give"),
        (HEAD + BAN + "date: 3 June\n", "line 8, date: write a day as 2022-06-03"),
        (HEAD + BAN + "short_run: {labour: 0.5}\n", "line 8, short_run, labour"),
        (HEAD + BAN + "short_run: {eps_va: 0}\n", "line 8, short_run, eps_va: 0 does not do"),
        (HEAD + BAN + EXPECT.format(0, "long"), "line 9, expect 1, tolerance: 0 does not do"),
        (HEAD + BAN + "horizons: [long]\n" + EXPECT.format(1, "short"), "expect asks for the horizon short"),
        ("- a\n", "does not hold keys and values"),
    ],
)  # fmt: skip
def test_a_field_that_cannot_be_understood_is_named_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(text, file="s.yaml")
    assert str(caught.value).startswith("s.yaml")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_more_faults_are_counted() -> None:
    with pytest.raises(ScenarioError, match=r"\(1 more fault in the file\.\)"):
        read_scenario(HEAD + BAN.replace("both_ways", "x") + "y: 1\n")


def test_all_that_a_scenario_may_say_is_read() -> None:
    scenario = read_scenario(
        "title: {en: A, sv: B}\ndescription: C\nname: own\ndate: 2022-06-03\neconomy: mine\ntheta: FGO\n"
        "closure: balanced\nhorizons: short\nshort_run: {labour: 2, eps_va: 0.4}\n"
        "source: {title: T, address: https://example.org, date: 2021-01-01}\nshocks:\n" + BAN
    )
    assert scenario.title.in_language("sv") == "B"
    assert scenario.description is not None
    assert scenario.description.in_language("sv") == "C"
    assert (scenario.name, scenario.date) == ("own", datetime.date(2022, 6, 3))
    assert (scenario.economy, scenario.theta, scenario.closure) == ("mine", ("FGO",), "balanced")
    assert scenario.horizon == ShortRun(eps_va=0.4, labour=Roy(2.0))
    assert scenario.horizon_of("long") == LongRun()
    assert scenario.source[0].address == "https://example.org"
    assert scenario.to_dict()["shocks"][0]["instrument"] == "ban"  # type: ignore[index]


def test_plain_data_are_understood_or_refused_by_field() -> None:
    ban = {"instrument": "ban", "exporters": ["RUS"], "importers": "CHN", "sectors": "all"}
    assert make_scenario({"title": "T", "shocks": [ban]}, name="own").label == "own"
    with pytest.raises(ScenarioError, match=r"^scenario, shock 2, both_ways: 'x' does not do"):
        make_scenario({"title": "T", "shocks": [ban, {**ban, "both_ways": "x"}]})
    with pytest.raises(ScenarioError, match=r"^scenario, shock 1, sectors: is missing"):
        make_scenario({"title": "T", "shocks": [{key: ban[key] for key in ban if key != "sectors"}]})


def test_a_scenario_is_frozen_and_made_in_python_as_well() -> None:
    scenario = Scenario(title="T", shocks=(Ban(exporters="RUS", importers="CHN", sectors="all"),))  # type: ignore[arg-type]
    assert scenario.shocks[0].exporters == ("RUS",)  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="frozen"):
        scenario.closure = "balanced"  # type: ignore[misc]


def test_every_instrument_is_listed() -> None:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(HEAD + BAN.replace("ban", "x"))
    assert all(name in str(caught.value) for name in INSTRUMENTS)


def test_scenarios_are_found_by_name_and_path_and_misses_suggest_the_nearest(tmp_path) -> None:
    assert load_scenario("cut-rus-chn").name == "cut-rus-chn"
    assert load_scenario("scenarios/cut-rus-chn.yaml") == load_scenario("cut-rus-chn")
    own = tmp_path / "own.yaml"
    own.write_text(HEAD + BAN, encoding="utf-8")
    assert load_scenario(own).name == "own"
    with pytest.raises(ScenarioError, match="Did you mean cut-rus-chn"):
        load_scenario("cut-rus-chin")
    with pytest.raises(ScenarioError, match="no scenario file"):
        load_scenario(tmp_path / "missing.yaml")
    own.write_bytes(b"title: \xff\xfe")
    with pytest.raises(ScenarioError, match="UTF-8"):
        load_scenario(own)
    assert "us-10-baseline" in shipped_scenarios()


# ── selection ───────────────────────────────────────────────────────────────────────────────────


def test_a_flow_selection_is_exporters_by_importers_by_sectors_less_exceptions(small: Economy) -> None:
    chosen = Barrier(
        exporters=("R0", "R1"), importers=("all",), sectors=("all",), except_importers=("R3",), except_sectors=("S1",),
        multiply=2.0,
    )  # fmt: skip
    cost = shock_of(small, chosen).cost_hat
    assert cost is not None
    for i in range(4):
        for n in range(4):
            for s in range(3):
                hit = i in (0, 1) and n != 3 and s != 1 and i != n
                assert cost[i, n, s] == (2.0 if hit else 1.0)


def test_both_ways_adds_the_way_back_with_the_same_exceptions(small: Economy) -> None:
    chosen = Ban(exporters=("all",), importers=("R0",), sectors=("S2",), except_exporters=("R0", "R1"), both_ways=True)
    touched = compiled(small, chosen).touched
    pairs = {(int(i), int(n)) for i, n, _ in np.argwhere(touched)}
    assert pairs == {(2, 0), (3, 0), (0, 2), (0, 3)}


def test_blocs_are_read_at_the_date_of_the_policy(icio: Economy) -> None:
    text = HEAD + BAN.replace("CHN", "EU").replace("RUS", "USA").replace("    both_ways: true\n", "")
    now = read_scenario(text).compiled(icio).touched.any(axis=(0, 2))
    then = read_scenario(text + "date: 2019-06-01\n").compiled(icio).touched.any(axis=(0, 2))
    britain = icio.region("GBR")
    assert not now[britain]
    assert then[britain]
    assert now.sum() == 27
    assert then.sum() == 28


def test_members_that_the_table_lacks_are_told(icio: Economy) -> None:
    outside = read_scenario(HEAD + BAN.replace("RUS", "EAEU")).compiled(icio).outside
    assert [(item.bloc, item.members) for item in outside] == [("EAEU", ("ARM", "KGZ"))]


def test_names_groups_and_kinds_of_sectors_are_understood(icio: Economy) -> None:
    def sectors(name: str) -> set[str]:
        lines = HEAD + BAN.replace("all", name)
        touched = read_scenario(lines).compiled(icio).touched.any(axis=(0, 1))
        return {code for code, hit in zip(icio.sectors, touched, strict=True) if hit}

    assert sectors("C29") == sectors("Motor vehicles") == sectors("motorfordon") == {"C29"}
    assert sectors("Energy extraction") == {"B05", "B06"}
    assert sectors("services") == {"SERV"}
    assert len(sectors("goods")) == 27
    assert sectors("[C26, goods]") == sectors("goods")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (BAN.replace("RUS", "RUZ"), "No country or bloc is called 'RUZ'. Did you mean RUS"),
        (BAN.replace("RUS", "SYR"), "SYR (Syria) is not a region of icio-2022. It is part of ROW there"),
        (
            BAN.replace("RUS", "WLD"),
            "WLD selects nothing in icio-2022: it is a reported total without a list of members",
        ),
        (BAN.replace("RUS", "CHN"), "exporters and importers leave no pair of different countries"),
        (BAN.replace("all", "C99"), "No sector is called 'C99'. Did you mean C19"),
        (BAN + "    except_exporters: USA\n", "the exception USA is not among RUS"),
        (BAN + "    except_exporters: RUS\n", "the exceptions leave nothing of RUS"),
        (BAN + "    except_sectors: all\n", "the exceptions leave nothing of all"),
        (BAN.replace("all", "C29") + "    except_sectors: C28\n", "the exception C28 is not among C29"),
    ],
)
def test_a_selection_that_is_nothing_is_refused_with_its_shock(icio: Economy, lines: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(HEAD + lines, file="s.yaml").compiled(icio)
    assert str(caught.value).startswith("s.yaml, line 3, shock 1 (ban): ")
    assert message in str(caught.value)


def test_kinds_of_sectors_that_an_economy_lacks_are_refused(small: Economy) -> None:
    with pytest.raises(ScenarioError, match="has no services"):
        compiled(small, Ban(exporters=("R0",), importers=("R1",), sectors=("services",)))
    with pytest.raises(ScenarioError, match="C29 is not a sector of random"):
        compiled(small, Ban(exporters=("R0",), importers=("R1",), sectors=("C29",)))


# ── what instruments do ─────────────────────────────────────────────────────────────────────────

PAIR = {"exporters": ("R0",), "importers": ("R1",), "sectors": ("all",)}


@pytest.mark.parametrize(
    ("rule", "value", "formula"),
    [
        ("set", 0.4, lambda t: 0 * t + 0.4),
        ("add", 0.25, lambda t: t + 0.25),
        ("multiply", 0.5, lambda t: 0.5 * t),
        ("linear_cut", 0.3, lambda t: 0.7 * t),
        ("maximum_rate", 0.01, lambda t: np.where(t > 0.01, 0.01, t)),
        ("swiss_coefficient", 0.08, lambda t: 0.08 * t / (0.08 + t)),
    ],
)
def test_tariff_rules_follow_their_formulas(small: Economy, rule: str, value: float, formula) -> None:
    shock = shock_of(small, Tariff(**PAIR, **{rule: value}))
    expected = small.tariff.copy()
    expected[0, 1] = formula(small.tariff[0, 1])
    assert shock.tariff_new == pytest.approx(expected, abs=ROUNDING)
    assert shock.cost_hat is None
    assert shock.export_tax_new is None


@pytest.mark.parametrize(
    ("instrument", "factor"),
    [
        (Barrier(**PAIR, multiply=1.7), 1.7),
        (Barrier(**PAIR, add=0.1), 1.1),
        (Barrier(**PAIR, add=-0.1), 0.9),
        (Transport(**PAIR, days=14, cost_per_day=0.01), 1.14),
        (Transport(**PAIR, days=-5, cost_per_day=0.02), 0.9),
        (Ban(**PAIR), np.inf),
        (Ban(instrument="export_ban", **PAIR), np.inf),
    ],
)
def test_costs_move_by_their_factor_and_nothing_else(small: Economy, instrument, factor: float) -> None:
    shock = shock_of(small, instrument)
    assert shock.cost_hat is not None
    assert shock.cost_hat[0, 1] == pytest.approx(factor)
    assert (np.delete(shock.cost_hat.reshape(16, -1), 1, axis=0) == 1).all()
    assert shock.tariff_new is None


def test_export_taxes_and_subsidies_start_from_nothing(small: Economy) -> None:
    tax = shock_of(small, ExportTax(**PAIR, set=0.2)).export_tax_new
    subsidy = shock_of(small, ExportTax(**PAIR, add=-0.1), ExportTax(**PAIR, add=-0.05)).export_tax_new
    assert tax is not None
    assert subsidy is not None
    assert tax[0, 1] == pytest.approx(0.2)
    assert subsidy[0, 1] == pytest.approx(-0.15)
    assert tax.sum() == pytest.approx(0.2 * 3)


def test_productivity_multiplies_by_country_and_sector(small: Economy) -> None:
    chosen = Productivity(countries=("R1", "R2"), sectors=("S0",), except_countries=("R2",), change=-0.1)
    result = compiled(small, chosen, Productivity(countries=("R1",), sectors=("all",), change=0.5))
    expected = np.ones((4, 3))
    expected[1] = 1.5
    expected[1, 0] = 0.9 * 1.5
    assert result.shock.productivity_hat == pytest.approx(expected)
    assert (result.industries == (expected != 1)).all()


def test_preferences_move_demand_and_no_price_index_at_old_prices(small: Economy) -> None:
    taste = shock_of(small, Preference(**PAIR, change=-0.5)).taste_hat
    assert taste is not None
    assert (small.pi * taste).sum(axis=0) == pytest.approx(np.ones((4, 3)), abs=ROUNDING)
    assert taste[0, 1] / taste[2, 1] == pytest.approx(0.5 * np.ones(3))
    assert (taste[:, 0] == 1).all()


def test_preferences_may_not_leave_a_buyer_without_a_seller(small: Economy) -> None:
    alone = random_economy(2, 1, 3)
    pi = alone.pi.copy()
    pi[:, 0] = [[0.0], [1.0]]
    only = Economy(**{**{name: getattr(alone, name) for name in alone.__dataclass_fields__}, "pi": pi})
    with pytest.raises(ScenarioError, match="no supplier of S0"):
        compiled(only, Preference(exporters=("R1",), importers=("R0",), sectors=("all",), change=-1))


def test_shocks_are_taken_in_order(small: Economy) -> None:
    raised = shock_of(small, Tariff(**PAIR, set=0.2), Tariff(**PAIR, add=0.1), Tariff(**PAIR, multiply=2)).tariff_new
    capped = shock_of(
        small, Tariff(**PAIR, set=0.2), Tariff(**PAIR, maximum_rate=0.15), Tariff(**PAIR, add=0.1)
    ).tariff_new
    assert raised is not None
    assert capped is not None
    assert raised[0, 1] == pytest.approx(0.6)
    assert capped[0, 1] == pytest.approx(0.25)


@given(st.lists(st.floats(0.3, 3), min_size=2, max_size=4), st.randoms())
def test_barriers_multiply_in_any_order(factors: list[float], order) -> None:
    economy = random_economy(3, 2, 1)
    shuffled = list(factors)
    order.shuffle(shuffled)
    if abs(np.prod(factors) - 1) < 1e-6 or min(abs(f - 1) for f in factors) == 0:
        return
    made = [shock_of(economy, *(Barrier(**PAIR, multiply=f) for f in some)).cost_hat for some in (factors, shuffled)]
    assert made[0] == pytest.approx(made[1])
    assert made[0][0, 1, 0] == pytest.approx(np.prod(factors))


# ── partial compliance ──────────────────────────────────────────────────────────────────────────


def test_a_ban_that_a_share_escapes_leaves_that_share(small: Economy) -> None:
    shock = shock_of(small, Ban(**PAIR, escapes=0.2))
    assert shock.cost_hat is not None
    assert shock.cost_hat[0, 1] ** -small.theta == pytest.approx(0.2 * np.ones(3))
    assert shock.tariff_new is None


@given(st.integers(0, 500), st.floats(0, 0.95), st.floats(0, 0.95), st.floats(0, 0.95))
def test_parts_of_a_flow_are_merged_exactly(seed: int, first: float, second: float, third: float) -> None:
    """Spending, its part net of duty, and what sellers receive are the sums over all combinations of escaping."""
    economy = random_economy(3, 2, seed)
    shock = shock_of(
        economy,
        Tariff(**PAIR, add=0.3, escapes=first),
        Barrier(**PAIR, multiply=1.4, escapes=second),
        ExportTax(**PAIR, set=0.2, escapes=third),
    )
    t0, theta = economy.tariff[0, 1], economy.theta
    sums = np.zeros((3, 2))
    for weight_t, t in ((1 - first, t0 + 0.3), (first, t0)):
        for weight_d, d in ((1 - second, 1.4), (second, 1.0)):
            for weight_x, x in ((1 - third, 0.2), (third, 0.0)):
                value = weight_t * weight_d * weight_x * (d * (1 + t) / (1 + t0) * (1 + x)) ** -theta
                sums += value / np.array([1 + 0 * t, 1 + t, (1 + t) * (1 + x)])
    tariff = economy.tariff if shock.tariff_new is None else shock.tariff_new
    assert shock.cost_hat is not None
    assert shock.export_tax_new is not None
    t, x, d = tariff[0, 1], shock.export_tax_new[0, 1], shock.cost_hat[0, 1]
    merged = (d * (1 + t) / (1 + t0) * (1 + x)) ** -theta
    assert merged == pytest.approx(sums[0], rel=1e-10)
    assert merged / (1 + t) == pytest.approx(sums[1], rel=1e-10)
    assert merged / ((1 + t) * (1 + x)) == pytest.approx(sums[2], rel=1e-10)
    untouched = np.ones((3, 3), dtype=bool)
    untouched[0, 1] = False
    assert (tariff[untouched] == economy.tariff[untouched]).all()
    assert (shock.cost_hat[untouched] == 1).all()


def test_how_parts_merge_follows_the_elasticities_of_the_horizon(small: Economy) -> None:
    scenario = Scenario(title="T", shocks=(Ban(**PAIR, escapes=0.2),))  # type: ignore[arg-type]
    short = ShortRun(theta_scale=0.5)
    cost = scenario.shock(at_horizon(small, short)).cost_hat
    assert cost is not None
    assert cost[0, 1] ** (-0.5 * small.theta) == pytest.approx(0.2 * np.ones(3))
    solved = solve(small, scenario, horizon=short)
    assert solved.shock.cost_hat == pytest.approx(cost)


def test_more_escape_hurts_less(small: Economy) -> None:
    hurt = [
        solve(small, Scenario(title="T", shocks=(Tariff(**PAIR, add=1.0, escapes=share),))).trade_new[0, 1].sum()  # type: ignore[arg-type]
        for share in (0.0, 0.3, 0.6)
    ]
    assert hurt == sorted(hurt)
    assert hurt[0] < small.trade[0, 1].sum()


# ── contradictions and nothing at all ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("instruments", "message"),
    [
        ((Ban(**PAIR), Ban(**PAIR)), "shock 2: changes nothing in R0→R1 S0 and 2 more"),
        ((Ban(**PAIR), Tariff(**PAIR, set=0.5)), "shock 2: changes nothing"),
        ((Tariff(**PAIR, set=0.5), Ban(**PAIR)), "shock 1: has no effect, because another shock bans"),
        ((Barrier(**PAIR, multiply=2), Ban(**PAIR)), "shock 1: has no effect"),
        ((Preference(**PAIR, change=-0.5), Ban(**PAIR)), "shock 1: has no effect"),
        (
            (Tariff(**PAIR, set=0.5), Tariff(**PAIR, set=0.6)),
            "shock 2: contradicts shock 1: it sets the tariff on R0→R1 S0",
        ),
        ((Tariff(**PAIR, add=0.5), Tariff(**PAIR, set=0.6)), "shock 2: contradicts shock 1"),
        ((ExportTax(**PAIR, set=0.5), ExportTax(**PAIR, set=0.6)), "contradicts shock 1: it sets the export tax"),
        ((Barrier(**PAIR, multiply=2), Barrier(**PAIR, multiply=0.5)), "The shocks cancel out"),
        ((Barrier(**PAIR, multiply=1),), "shock 1: changes nothing"),
        ((Transport(**PAIR, days=0, cost_per_day=0.01),), "shock 1: changes nothing"),
        ((Tariff(**PAIR, multiply=1),), "shock 1: changes nothing"),
        ((Tariff(**PAIR, maximum_rate=5),), "shock 1: changes nothing"),
        ((Preference(**PAIR, change=0),), "shock 1: changes nothing, since its change is zero"),
        ((Productivity(countries=("R0",), sectors=("S0",), change=0),), "shock 1: changes nothing"),
        ((Tariff(**PAIR, add=-0.9),), "makes the duty on R0→R1 S0 and 2 more negative"),
        ((ExportTax(**PAIR, add=-0.6), ExportTax(**PAIR, add=-0.6)), "makes the export subsidy on R0→R1 S0"),
    ],
)
def test_shocks_without_effect_and_contradictions_are_refused(small: Economy, instruments, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        compiled(small, *instruments)
    assert message in str(caught.value)


def test_a_tariff_on_what_a_ban_lets_escape_has_an_effect(small: Economy) -> None:
    after = shock_of(small, Ban(**PAIR, escapes=0.1), Tariff(**PAIR, set=0.5))
    assert after.tariff_new is not None
    assert after.tariff_new[0, 1] == pytest.approx(0.5)


def test_a_ban_of_some_of_the_flows_leaves_the_other_shock_its_effect(small: Economy) -> None:
    wide = Tariff(exporters=("R0",), importers=("R1", "R2"), sectors=("all",), set=0.5)
    assert compiled(small, wide, Ban(**PAIR)).touched.any(axis=2).sum() == 2


def test_flows_without_trade_are_not_touched() -> None:
    economy = random_economy(3, 2, 4, gaps=True)
    with pytest.raises(ScenarioError, match="there is no trade in the flows it names"):
        compiled(economy, Ban(exporters=("R2",), importers=("R0",), sectors=("S0",)))
    assert not compiled(economy, Ban(exporters=("R2",), importers=("R0",), sectors=("all",))).touched[2, 0, 0]


def test_saving_more_time_than_a_voyage_takes_is_refused() -> None:
    with pytest.raises(ValueError, match="less than nothing"):
        Transport(**PAIR, days=-200, cost_per_day=0.01)


def test_productivity_counts_only_where_something_is_made() -> None:
    economy = random_economy(3, 2, 4, gaps=True)
    assert not compiled(economy, Productivity(countries=("R2",), sectors=("all",), change=0.1)).industries[2, 0]
    with pytest.raises(ScenarioError, match="nothing is produced there"):
        compiled(economy, Productivity(countries=("R2",), sectors=("S0",), change=0.1))


def test_limits_on_different_flows_stand_beside_each_other(small: Economy) -> None:
    there = Quota(exporters=("R0", "R1"), importers=("R2",), sectors=("S0",), volume=0.5, rent="lost")
    back = Quota(exporters=("R2",), importers=("R0",), sectors=("S0",), volume=0.5, rent="lost")
    cap = PriceCap(exporters=("R3",), importers=("R0", "R1"), sectors=("S1",), price=0.9)
    limits = compiled(small, there, back, cap).limits
    assert [(limit.number, int(limit.cells.sum())) for limit in limits] == [(0, 2), (1, 1), (2, 2)]
    with pytest.raises(ScenarioError, match="caps more than one price"):
        compiled(small, PriceCap(exporters=("R3",), importers=("R0",), sectors=("S0", "S1"), price=0.9))


def test_the_lowest_duty_that_would_come_out_is_told(small: Economy) -> None:
    lowest = small.tariff[0, 1].min() - 0.9
    with pytest.raises(ScenarioError, match=re.escape(f"negative ({lowest:.4g})")):
        compiled(small, Tariff(**PAIR, add=-0.9))


def test_too_many_escapes_are_refused(small: Economy) -> None:
    compiled(small, *(Barrier(**PAIR, multiply=1.1, escapes=0.1) for _ in range(5)))
    with pytest.raises(ScenarioError, match="sixth shock from which a share escapes"):
        compiled(small, *(Barrier(**PAIR, multiply=1.1, escapes=0.1) for _ in range(6)))


def test_a_scenario_with_a_limit_says_how_to_solve_it(icio: Economy) -> None:
    with pytest.raises(ScenarioError, match=r"amur\.quotas\.solve_with_limits"):
        solve(icio, load_scenario("russia-vehicle-quota"))


def test_solve_takes_closure_and_horizon_from_the_scenario(small: Economy) -> None:
    scenario = Scenario(
        title="T",  # type: ignore[arg-type]
        shocks=(Barrier(**PAIR, multiply=2),),
        closure="share_of_income",
        horizons=("short", "long"),
    )
    solved = solve(small, scenario)
    assert solved.closure == "share_of_income"
    assert solved.horizon == ShortRun()
