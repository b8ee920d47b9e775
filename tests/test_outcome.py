"""Outcomes: tables agree with their definitions cell by cell, and the parts of welfare add up exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from economies import HORIZONS, economies, random_economy, random_shock
from hypothesis import given
from hypothesis import strategies as st

from amur.economy import Economy, load_economy
from amur.errors import MeasureError, ScenarioError
from amur.models.shock import LongRun, Shock, ShortRun
from amur.outcome import PARTS, TABLES, compare, exact_parts, first_order_parts, unit_of
from amur.outcome.tables import bloc_members, terms_of_trade
from amur.outcome.weights import exact_weights
from amur.scenario import load_scenario
from amur.solver import Anderson, solve
from amur.validate.caliendo_parro import nafta

SUMS = 1e-8  # equilibria are solved to 1e-11; powers up to 9 and sums of a few parts amplify
NEUTRAL = 1e-9  # a neutral shock leaves hats within 1e-12; ratios of small flows amplify
ROUNDING = 1e-12  # sums of doubles
FINE = Anderson(atol=1e-11)

seeds = st.integers(0, 10_000)


def banned(economy: Economy, seed: int) -> Shock:
    """A mild shock to everything, with one flow closed that leaves buyer and seller others."""
    shock = random_shock(economy, seed)
    assert shock.cost_hat is not None
    cost = shock.cost_hat.copy()
    cost[0, 1] = np.inf
    return replace(shock, cost_hat=cost)


@pytest.fixture(scope="module")
def solved():
    economy = random_economy(4, 3, 11)
    return solve(economy, banned(economy, 3), FINE)


@pytest.fixture(scope="module")
def outcome(solved):
    return compare(solved.economy, solved)


@pytest.fixture(scope="module")
def real():
    economy = load_economy("icio-2022")
    return compare(economy, solve(economy, load_scenario("eu-stops-russian-oil-gas")))


# ── exact parts ─────────────────────────────────────────────────────────────────────────────────


@given(economies, seeds, st.sampled_from(HORIZONS), st.sampled_from(("fixed", "share_of_income", "balanced")))
def test_exact_parts_sum_to_the_change_of_real_income(economy, seed, horizon, closure):
    q = solve(economy, random_shock(economy, seed), FINE, horizon=horizon, closure=closure)
    total = sum(exact_parts(q).values())
    assert np.abs(total - (q.real_income_hat - 1)).max() < SUMS


@given(seeds, st.sampled_from(HORIZONS))
def test_exact_parts_sum_where_suppliers_are_lost(seed, horizon):
    economy = random_economy(4, 2, seed)
    q = solve(economy, banned(economy, seed), FINE, horizon=horizon)
    parts = exact_parts(q)
    assert np.abs(sum(parts.values()) - (q.real_income_hat - 1)).max() < SUMS
    assert parts["lost_suppliers"][1] < -1e-4


def test_each_instrument_is_found_in_its_own_part():
    economy = random_economy(4, 3, 7)
    every = np.zeros(economy.tariff.shape)
    every[0, 1] = 1
    cases = {
        "trade_costs": Shock(cost_hat=1 + 0.3 * every),
        "duties_paid": Shock(tariff_new=economy.tariff + 0.3 * every),
        "lost_suppliers": Shock(cost_hat=np.where(every > 0, np.inf, 1.0)),
        "foreign_export_taxes": Shock(export_tax_new=0.3 * every),
        "productivity": Shock(productivity_hat=1 - 0.2 * every[:, 1]),
        "preferences": Shock(taste_hat=1 - 0.5 * every),
    }
    direct = set(cases)
    for name, shock in cases.items():
        parts = exact_parts(solve(economy, shock, FINE))
        moved = {other for other in direct if np.abs(parts[other]).max() > 1e-6}
        assert moved == {name}
        if name != "productivity":
            # Buyers of the flow pay; who buys from the buyer pays less.
            assert np.abs(parts[name]).argmax() == 1
        assert parts[name].min() < 0
        assert np.abs(parts["transfer"]).max() < 0.1


def test_revenue_parts_are_revenue_over_income():
    economy = random_economy(3, 2, 21)
    shock = Shock(tariff_new=economy.tariff * 1.3, export_tax_new=np.full_like(economy.tariff, 1e-4))
    q = solve(economy, shock, FINE)
    parts = exact_parts(q)
    gain = (q.tariff_revenue_new - economy.tariff_revenue) / economy.income
    assert parts["tariff_revenue"] == pytest.approx(gain, rel=0.1)
    assert parts["export_tax_revenue"] == pytest.approx(q.export_tax_revenue_new / economy.income, rel=0.1)
    shifted = solve(economy, shock, FINE, closure="share_of_income")
    moved = (shifted.deficit_new - economy.deficit) / economy.income
    assert exact_parts(shifted)["transfer"] == pytest.approx(moved, rel=0.1, abs=1e-6)


def test_exact_weights_make_a_ces_index_log_linear():
    draw = np.random.default_rng(4)
    old = draw.dirichlet(np.ones(5))
    price = np.exp(draw.normal(0, 1, 5))
    for sigma in (0.2, 0.999999, 1.000001, 3.0, 9.0):
        index = (old * price ** (1 - sigma)).sum() ** (1 / (1 - sigma))
        new = old * (price / index) ** (1 - sigma)
        weights = exact_weights(old, new, axis=0)
        assert weights.sum() == pytest.approx(1, abs=ROUNDING)
        assert (weights * np.log(price)).sum() == pytest.approx(np.log(index), abs=1e-9)
    assert (exact_weights(np.zeros(3), np.zeros(3), axis=0) == 0).all()


# ── the paper's first order ─────────────────────────────────────────────────────────────────────


def test_first_order_approaches_exact_as_the_shock_shrinks():
    economy = random_economy(4, 3, 2)
    errors = []
    for size in (1e-2, 1e-3):
        q = solve(economy, Shock(tariff_new=economy.tariff * (1 + size)), Anderson(atol=1e-13))
        errors.append(np.abs(first_order_parts(q)["total"] - (q.real_income_hat - 1)).max())
    # A first-order formula errs by the square of the shock.
    assert 50 < errors[0] / errors[1] < 200


# Caliendo and Parro (2015), Table 2: welfare, terms of trade, volume of trade, in percent.
NAFTA = {"MEX": (1.31, -0.41, 1.72), "CAN": (-0.06, -0.11, 0.04), "USA": (0.08, 0.04, 0.04)}
PRINTED = 0.006  # percentage points: half a unit of the printed digit, and a little slack in the data's seven digits


def test_first_order_parts_are_the_published_ones_and_exact_ones_are_not():
    q = nafta()
    first, exact = first_order_parts(q), exact_parts(q)
    for code, printed in NAFTA.items():
        at = q.economy.region(code)
        ours = [100 * first[name][at] for name in ("total", "terms_of_trade", "volume_of_trade")]
        assert ours == pytest.approx(printed, abs=PRINTED)
    mexico = q.economy.region("MEX")
    assert 100 * sum(exact.values())[mexico] == pytest.approx(0.007, abs=0.001)
    assert sum(exact.values()) == pytest.approx(q.real_income_hat - 1, abs=SUMS)


def test_first_order_parts_follow_the_paper_cell_by_cell(solved):
    economy, parts = solved.economy, first_order_parts(solved)
    c, flows = solved.c_hat - 1, economy.trade
    for n in range(4):
        terms = volume = 0.0
        for s in range(3):
            for i in range(4):
                if i != n:
                    terms += flows[n, i, s] * c[n, s] - flows[i, n, s] * c[i, s]
                    change = solved.trade_new[i, n, s] / flows[i, n, s] - 1
                    volume += economy.tariff[i, n, s] * flows[i, n, s] * (change - c[i, s])
        assert parts["terms_of_trade"][n] == pytest.approx(terms / economy.income[n], rel=1e-9)
        assert parts["volume_of_trade"][n] == pytest.approx(volume / economy.income[n], rel=1e-9)
        assert parts["total"][n] == pytest.approx((terms + volume) / economy.income[n], rel=1e-9)


# ── tables ──────────────────────────────────────────────────────────────────────────────────────


def test_country_table_holds_its_definitions(solved, outcome):
    economy, table = solved.economy, outcome.countries()
    assert table["country"].to_list() == list(economy.regions)
    prices = np.broadcast_to(solved.c_hat[:, None, :], economy.trade.shape) * (1 + solved.shock.export_tax_new)
    for n in range(4):
        row = table.row(n, named=True)
        others = [k for k in range(4) if k != n]
        unit = economy.unit_usd
        assert row["nominal_income_change"] == pytest.approx(solved.income_new[n] / economy.income[n] - 1)
        assert row["price_index_change"] == pytest.approx(solved.P_hat[n] - 1)
        real = (1 + row["nominal_income_change"]) / (1 + row["price_index_change"]) - 1
        assert row["real_income_change"] == pytest.approx(real)
        assert row["real_income_change_usd"] == pytest.approx(real * economy.income[n] * unit)
        assert row["income_baseline_usd"] == pytest.approx(economy.income[n] * unit)
        assert row["wage_change"] == pytest.approx(solved.w_hat[n] - 1)
        assert row["real_wage_change"] == pytest.approx(solved.w_hat[n] / solved.P_hat[n] - 1)
        assert row["tariff_revenue_baseline_usd"] == pytest.approx(economy.tariff_revenue[n] * unit)
        assert row["tariff_revenue_new_usd"] == pytest.approx(solved.tariff_revenue_new[n] * unit)
        assert row["export_tax_revenue_new_usd"] == pytest.approx(solved.export_tax_revenue_new[n] * unit)
        assert row["deficit_baseline_usd"] == pytest.approx(economy.deficit[n] * unit)
        assert row["deficit_new_usd"] == pytest.approx(solved.deficit_new[n] * unit)
        exports, imports = economy.trade[n, others].sum(), economy.trade[others, n].sum()
        assert row["exports_baseline_usd"] == pytest.approx(exports * unit)
        assert row["imports_baseline_usd"] == pytest.approx(imports * unit)
        assert row["exports_new_usd"] == pytest.approx(solved.trade_new[n, others].sum() * unit)
        assert row["imports_new_usd"] == pytest.approx(solved.trade_new[others, n].sum() * unit)
        out = (solved.trade_new[n, others] / prices[n, others]).sum() / exports - 1
        into = (solved.trade_new[others, n] / prices[others, n]).sum() / imports - 1
        assert row["export_volume_change"] == pytest.approx(out)
        assert row["import_volume_change"] == pytest.approx(into)
        index = []
        for old, new, price in (
            (economy.trade[n, others], solved.trade_new[n, others], prices[n, others]),
            (economy.trade[others, n], solved.trade_new[others, n], prices[others, n]),
        ):
            index.append(((old / old.sum() + new / new.sum()) / 2 * np.log(price)).sum())
        assert row["terms_of_trade_change"] == pytest.approx(np.exp(index[0] - index[1]) - 1)


def test_deficits_and_trade_agree_with_each_other(outcome):
    table = outcome.countries()
    for when in ("baseline", "new"):
        gap = table[f"imports_{when}_usd"] - table[f"exports_{when}_usd"] - table[f"deficit_{when}_usd"]
        assert gap.abs().max() < 1e-7 * table["exports_baseline_usd"].sum()


def test_sector_table_holds_its_definitions(solved, outcome):
    economy, table = solved.economy, outcome.sectors()
    assert table.shape[0] == 12
    for at, row in enumerate(table.iter_rows(named=True)):
        n, s = divmod(at, 3)
        others = [k for k in range(4) if k != n]
        unit = economy.unit_usd
        assert (row["country"], row["sector"]) == (economy.regions[n], economy.sectors[s])
        assert row["output_baseline_usd"] == pytest.approx(economy.output[n, s] * unit)
        assert row["output_new_usd"] == pytest.approx(solved.output[n, s] * unit)
        volume = solved.output[n, s] / solved.c_hat[n, s] / economy.output[n, s] - 1
        assert row["output_volume_change"] == pytest.approx(volume)
        assert row["producer_price_change"] == pytest.approx(solved.c_hat[n, s] - 1)
        assert row["price_change"] == pytest.approx(solved.p_hat[n, s] - 1)
        assert row["home_share_baseline"] == pytest.approx(economy.pi[n, n, s])
        assert row["home_share_new"] == pytest.approx(solved.pi_new[n, n, s])
        assert row["exports_baseline_usd"] == pytest.approx(economy.trade[n, others, s].sum() * unit)
        assert row["imports_baseline_usd"] == pytest.approx(economy.trade[others, n, s].sum() * unit)
        assert row["exports_new_usd"] == pytest.approx(solved.trade_new[n, others, s].sum() * unit)
        assert row["imports_new_usd"] == pytest.approx(solved.trade_new[others, n, s].sum() * unit)


def test_what_is_never_made_or_bought_has_no_change_of_price():
    economy = random_economy(4, 3, 9, gaps=True)
    table = compare(economy, solve(economy, random_shock(economy, 1))).sectors()
    never_made = table.filter(country="R2", sector="S0").row(0, named=True)
    never_bought = table.filter(country="R1", sector="S0").row(0, named=True)
    assert never_made["producer_price_change"] is None
    assert never_made["output_volume_change"] is None
    assert never_bought["price_change"] is None
    assert never_bought["output_volume_change"] is not None


def test_flows_by_sector_add_up_to_pairs_and_shares_to_one(outcome):
    pairs, cells = outcome.flows("pairs"), outcome.flows("sectors")
    assert pairs.shape[0] == 12
    assert cells.shape[0] == 36
    summed = cells.group_by("exporter", "importer").agg(pl.sum("value_baseline"), pl.sum("value_new"))
    joined = pairs.join(summed, on=["exporter", "importer"])
    assert (joined["value_baseline"] / joined["value_baseline_right"] - 1).abs().max() < ROUNDING
    new = joined.filter(pl.col("value_new") > 0)
    assert (new["value_new"] / new["value_new_right"] - 1).abs().max() < ROUNDING
    for table, keys in ((pairs, ["importer"]), (cells, ["importer", "sector"])):
        shares = table.group_by(keys).agg(pl.sum("share_of_imports_baseline"), pl.sum("share_of_imports_new"))
        assert (shares["share_of_imports_baseline"] - 1).abs().max() < ROUNDING
        assert (shares["share_of_imports_new"] - 1).abs().max() < ROUNDING
    assert pairs["sector"].unique().to_list() == ["total"]


def test_a_banned_flow_is_zero_and_hit_flows_are_those_of_the_shock(solved, outcome):
    row = outcome.flows("pairs").filter(exporter="R0", importer="R1").row(0, named=True)
    assert row["value_new"] == 0
    assert row["volume_change"] == -1
    assert row["share_of_imports_new"] == 0
    assert outcome.flows("touched").shape[0] == 36
    only = solved.shock.cost_hat == np.inf
    assert compare(solved.economy, solved, touched=only).flows("touched")["importer"].unique().to_list() == ["R1"]


def test_volumes_are_values_at_baseline_prices(solved, outcome):
    row = outcome.flows("sectors").filter(exporter="R2", importer="R3", sector="S1").row(0, named=True)
    price = solved.c_hat[2, 1] * (1 + solved.shock.export_tax_new[2, 3, 1])
    value = row["value_new"] / row["value_baseline"]
    assert row["volume_change"] == pytest.approx(value / price - 1)


def test_no_shock_changes_nothing_in_any_table():
    economy = random_economy(3, 3, 8)
    result = compare(economy, solve(economy, Shock()))
    assert not result.touched.any()
    for name in ("country", "sector", "flow", "bloc", "welfare"):
        table = result.table(name)
        for column in table.columns:
            if column.endswith("_change") or column in PARTS:
                assert table[column].abs().max() < NEUTRAL, (name, column)
            if column.endswith("_new_usd"):
                before = (
                    table[column.replace("_new_", "_baseline_")] if "export_tax" not in column else 0 * table[column]
                )
                assert (table[column] - before).abs().max() < NEUTRAL * economy.unit_usd * economy.va.sum()
    assert result.leakage().is_empty()
    assert result.diversion().is_empty()


def test_money_doubled_changes_no_rate():
    economy = random_economy(3, 2, 14)
    double = replace(economy, va=2 * economy.va, deficit=2 * economy.deficit, expenditure=2 * economy.expenditure)
    shock = random_shock(economy, 5)
    one, two = (compare(e, solve(e, shock, FINE)) for e in (economy, double))
    for name in TABLES:
        a, b = one.table(name), two.table(name)
        for column in a.columns:
            if not a.schema[column].is_numeric():
                continue
            scale = 2.0 if unit_of(column) == "USD" else 1.0
            assert np.allclose(scale * a[column].to_numpy(), b[column].to_numpy(), rtol=1e-6, atol=1e-9), (name, column)


def test_renaming_countries_permutes_the_tables():
    economy = random_economy(4, 2, 6)
    order = [2, 0, 3, 1]
    shock = random_shock(economy, 2)
    both = np.ix_(order, order)
    moved = replace(
        economy,
        regions=tuple(economy.regions[k] for k in order),
        pi=economy.pi[both],
        tariff=economy.tariff[both],
        gamma=economy.gamma[order],
        beta=economy.beta[order],
        alpha=economy.alpha[order],
        va=economy.va[order],
        deficit=economy.deficit[order],
        expenditure=economy.expenditure[order],
    )
    other = Shock(
        shock.cost_hat[both],
        shock.tariff_new[both],
        shock.export_tax_new[both],
        shock.productivity_hat[order],
        shock.taste_hat[both],
    )
    first, second = compare(economy, solve(economy, shock, FINE)), compare(moved, solve(moved, other, FINE))
    for name, keys in (("country", ["country"]), ("welfare", ["country"]), ("sector", ["country", "sector"])):
        a, b = first.table(name).sort(keys), second.table(name).sort(keys)
        assert a.select(keys).equals(b.select(keys))
        numbers = a.drop(keys).columns
        assert np.allclose(a[numbers].to_numpy(), b[numbers].to_numpy(), rtol=1e-7, atol=1e-9)


# ── blocs, diversion, leakage ───────────────────────────────────────────────────────────────────


def test_blocs_weigh_members_by_baseline_income(real):
    economy, solved, table = real.economy, real.equilibrium, real.blocs()
    assert table["bloc"].to_list()[-1] == "WLD"
    union = [economy.region(code) for code in ("AUT", "BEL", "BGR", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN",
             "FRA", "GRC", "HRV", "HUN", "IRL", "ITA", "LTU", "LUX", "LVA", "MLT", "NLD", "POL", "PRT", "ROU", "SVK",
             "SVN", "SWE")]  # fmt: skip
    row = table.filter(bloc="EU").row(0, named=True)
    assert row["members"] == 27
    weight = economy.income[union] / economy.income[union].sum()
    assert row["real_income_change"] == pytest.approx((weight * (solved.real_income_hat[union] - 1)).sum())
    rest = [k for k in range(81) if k not in union]
    assert row["exports_new_usd"] == pytest.approx(solved.trade_new[np.ix_(union, rest)].sum() * 1e6)
    assert row["imports_baseline_usd"] == pytest.approx(economy.trade[np.ix_(rest, union)].sum() * 1e6)
    assert row["exports_baseline_usd"] == pytest.approx(economy.trade[np.ix_(union, rest)].sum() * 1e6)
    assert row["imports_new_usd"] == pytest.approx(solved.trade_new[np.ix_(rest, union)].sum() * 1e6)
    after = solved.trade_new[np.ix_(union, union)].sum() - sum(solved.trade_new[k, k].sum() for k in union)
    assert row["trade_within_new_usd"] == pytest.approx(after * 1e6)
    assert row["nominal_income_change"] == pytest.approx(
        solved.income_new[union].sum() / economy.income[union].sum() - 1
    )
    assert row["real_income_change_usd"] == pytest.approx(row["real_income_change"] * economy.income[union].sum() * 1e6)
    inside = economy.trade[np.ix_(union, union)].sum() - sum(economy.trade[k, k].sum() for k in union)
    assert row["trade_within_baseline_usd"] == pytest.approx(inside * 1e6)
    world = table.filter(bloc="WLD").row(0, named=True)
    assert world["real_income_change_usd"] == pytest.approx(real.countries()["real_income_change_usd"].sum())
    assert world["exports_new_usd"] == 0


def test_equal_blocs_are_listed_once_and_small_ones_not():
    members = bloc_members(("SWE", "FIN", "USA", "CAN", "MEX"))
    assert "USMCA" in members
    assert "EU" in members
    assert "BRICS" not in members
    assert members["EU"].tolist() == [True, True, False, False, False]
    assert len({tuple(mask) for mask in members.values()}) == len(members)


def test_diversion_counts_flows_that_are_not_hit(real):
    economy, change = real.economy, real.equilibrium.trade_new - real.economy.trade
    russia, germany = economy.region("RUS"), economy.region("DEU")
    sectors = [economy.sector("B06"), economy.sector("C19")]
    table = real.diversion()
    buyer = table.filter(country="DEU", role="importer").row(0, named=True)
    lost = economy.trade[russia, germany, sectors].sum()
    assert buyer["sectors"] == 2
    assert buyer["value_new"] == 0
    assert buyer["lost"] == pytest.approx(lost * 1e6)
    third = [k for k in range(81) if k not in (russia, germany)]
    assert buyer["third_countries"] == pytest.approx(change[np.ix_(third, [germany], sectors)].sum() * 1e6)
    assert buyer["home"] == pytest.approx(change[germany, germany, sectors].sum() * 1e6)
    seller = table.filter(role="exporter")
    assert seller["country"].to_list() == ["RUS"]
    outside = [k for k in range(81) if k != russia and not real.touched[russia, k].any()]
    expected = change[np.ix_([russia], outside, sectors)].sum() * 1e6
    assert seller["third_countries"].item() == pytest.approx(expected)
    assert seller["lost"].item() == pytest.approx(table.filter(role="importer")["lost"].sum())


def test_leakage_is_the_smaller_of_what_comes_and_goes(real):
    economy, change = real.economy, real.equilibrium.trade_new - real.economy.trade
    russia, india = economy.region("RUS"), economy.region("IND")
    union = np.flatnonzero(real.touched[russia].any(axis=1))
    bound = bought = sold = 0.0
    for code in ("B06", "C19"):
        s = economy.sector(code)
        comes, goes = change[russia, india, s], change[india, union, s].sum()
        bought, sold = bought + comes, sold + goes
        bound += min(max(comes, 0), max(goes, 0))
    row = real.leakage().filter(country="IND").row(0, named=True)
    assert row["more_from_exporters"] == pytest.approx(bought * 1e6)
    assert row["more_to_importers"] == pytest.approx(sold * 1e6)
    assert row["leakage_upper"] == pytest.approx(bound * 1e6)
    table = real.leakage()
    assert table["leakage_upper"].is_sorted(descending=True)
    assert "DEU" not in table["country"].to_list()
    assert "RUS" not in table["country"].to_list()


def test_diversion_and_leakage_hold_their_definitions_cell_by_cell():
    economy = random_economy(5, 2, 17)
    touched = np.zeros(economy.tariff.shape, dtype=bool)
    touched[0, 1, 0] = touched[0, 2, 0] = touched[3, 1, 1] = True
    q = solve(economy, Shock(cost_hat=np.where(touched, 1.8, 1.0)), FINE)
    result, unit = compare(economy, q), economy.unit_usd
    old, change = economy.trade, q.trade_new - economy.trade
    assert (result.touched == touched).all()
    found = {(row["country"], row["role"]): row for row in result.diversion().to_dicts()}
    assert set(found) == {("R1", "importer"), ("R2", "importer"), ("R0", "exporter"), ("R3", "exporter")}
    for (code, role), row in found.items():
        k = int(code[1])
        hit = touched[:, k] if role == "importer" else touched[k]
        flows, moved = (old[:, k], change[:, k]) if role == "importer" else (old[k], change[k])
        sectors = [s for s in range(2) if hit[:, s].any()]
        others = [i for i in range(5) if i != k]
        assert row["sectors"] == len(sectors)
        assert row["value_baseline"] == pytest.approx(flows[hit].sum() * unit)
        assert row["value_new"] == pytest.approx((flows + moved)[hit].sum() * unit)
        assert row["lost"] == pytest.approx(-moved[hit].sum() * unit)
        third = sum(moved[i, s] for i in others for s in sectors if not hit[i, s])
        assert row["third_countries"] == pytest.approx(third * unit)
        assert row["home"] == pytest.approx(sum(change[k, k, s] for s in sectors) * unit)
    expected = {}
    for k in range(5):
        bound = 0.0
        for s in range(2):
            sellers = [i for i in range(5) if touched[i, :, s].any() and i != k and not touched[i, k, s]]
            buyers = [n for n in range(5) if touched[:, n, s].any() and n != k and not touched[k, n, s]]
            comes, goes = change[sellers, k, s].sum(), change[k, buyers, s].sum()
            bound += min(max(comes, 0), max(goes, 0))
        if bound > 0:
            expected[f"R{k}"] = pytest.approx(bound * unit)
    table = result.leakage()
    assert dict(zip(table["country"], table["leakage_upper"], strict=True)) == expected
    assert expected


# ── figures and long tables ─────────────────────────────────────────────────────────────────────


def test_a_figure_explains_itself(real):
    figure = real.figure("real_income_change", "RUS")
    assert figure.value == pytest.approx(real.equilibrium.real_income_hat[real.economy.region("RUS")] - 1)
    assert (figure.unit, figure.subject, figure.interval_kind) == ("fraction", "RUS", "none")
    assert figure.period is not None
    assert figure.period.label == "2022"
    assert figure.origins == real.economy.origins
    assert figure.basis == "model: icio-2022, FGH22, long run, deficits fixed"
    assert "(1 + −5.78 %) / (1 + −4.23 %) − 1 = −1.62 %" in figure.explain()
    assert real.figure("real_wage_change", "RUS").derivation.inputs[0].measure == "wage_change"


def test_figures_are_found_in_every_table(real):
    flow = real.figure("value_new", "RUS", partner="CHN", sector="B06")
    assert (flow.unit, flow.currency, flow.object, flow.product, flow.flow) == ("USD", "USD", "CHN", "B06", "exports")
    total = real.figure("value_baseline", "RUS", partner="CHN")
    assert total.value > flow.value
    assert real.figure("output_volume_change", "NOR", sector="B06").value > 0
    assert real.figure("terms_of_trade", "RUS").value < 0
    with pytest.raises(MeasureError, match="has no measure 'welfare'"):
        real.figure("welfare", "RUS")
    with pytest.raises(MeasureError, match="no row for country XXX"):
        real.figure("real_income_change", "XXX")
    with pytest.raises(MeasureError, match="no table 'x'"):
        real.table("x")


@pytest.mark.parametrize("name", TABLES)
def test_long_tables_carry_unit_method_and_origins(real, name):
    table = real.long(name)
    assert set(table.columns) >= {"measure", "value", "unit", "method", "origins"}
    assert set(table["unit"].unique()) <= {"USD", "fraction", "count"}
    assert table["method"].unique().to_list() == [real.method]
    assert table["origins"][0] == "; ".join(real.economy.origins)


def test_long_tables_keep_the_keys_that_name_a_row(real):
    flow = real.long("flow").filter(measure="value_new").row(0, named=True)
    sector = "" if flow["sector"] == "total" else flow["sector"]
    assert flow["value"] == real.figure("value_new", flow["exporter"], partner=flow["importer"], sector=sector).value
    assert not {"exporter", "importer"} & set(real.long("flow")["measure"])
    assert not {"country", "role"} & set(real.long("diversion")["measure"])


@pytest.mark.parametrize("key", ["exporter", "importer", "sector"])
def test_a_key_of_a_row_is_no_measure(real, key):
    with pytest.raises(MeasureError, match=f"has no measure '{key}'") as refused:
        real.figure(key, "RUS", partner="CHN", sector="B06")
    assert not {"exporter", "importer", "sector"} & set(str(refused.value).partition("It has: ")[2].split(", "))


def test_only_changes_of_a_country_are_derived(real):
    assert real.figure("real_income_change", "RUS").derivation is not None
    assert real.figure("nominal_income_change", "RUS").derivation is None
    assert real.figure("value_new", "RUS", partner="CHN").derivation is None
    assert real.figure("value_new", "RUS", partner="CHN").object == "CHN"
    assert real.figure("output_volume_change", "NOR", sector="B06").derivation is None


def test_method_names_the_horizon_and_closure():
    economy = random_economy(2, 2, 1)
    q = solve(economy, random_shock(economy, 1), horizon=ShortRun(), closure="share_of_income")
    assert compare(economy, q).method == f"model: {economy.name}, own, short run, deficits share_of_income"
    assert q.horizon != LongRun()


def test_an_outcome_of_another_economy_is_refused(solved):
    with pytest.raises(ScenarioError, match="was solved on"):
        compare(random_economy(5, 3, 1), solved)


def test_terms_of_trade_of_two_countries_are_each_other_s_inverse():
    economy = random_economy(2, 2, 3)
    index = terms_of_trade(solve(economy, random_shock(economy, 9)))
    assert index[0] * index[1] == pytest.approx(1)
