"""Quotas and price caps: limits hold, a wedge stands only where its limit binds, and the rent is where it is said."""

from __future__ import annotations

import numpy as np
import pytest
from economies import random_economy
from hypothesis import given, settings
from hypothesis import strategies as st

from amur.economy import Economy, load_economy
from amur.errors import NoEquilibriumError, NotConvergedError, ScenarioError
from amur.models.shock import LongRun, ShortRun
from amur.outcome import exact_parts
from amur.quotas import TOLERANCE, solve_with_limits
from amur.scenario import Barrier, PriceCap, Quota, Scenario, Tariff
from amur.solver import Anderson, solve

HELD = 5 * TOLERANCE  # limits are held to 1e-9 in logs; the equilibria to 1e-10
SAME = 1e-7  # two solves with wedges that agree to 1e-9, times elasticities up to 9
PAIR = {"exporters": ("R0",), "importers": ("R1",), "sectors": ("S0",)}


def scenario(*shocks, **fields) -> Scenario:
    return Scenario(title="T", shocks=shocks, **fields)  # type: ignore[arg-type]


def delivered(solved, exporter: int, importer: int, sector: int) -> float:
    """Volume delivered over the baseline's, from the definitions."""
    value = solved.trade_new[exporter, importer, sector] / solved.economy.trade[exporter, importer, sector]
    tax = 0 if solved.shock.export_tax_new is None else solved.shock.export_tax_new[exporter, importer, sector]
    cost = 1 if solved.shock.cost_hat is None else solved.shock.cost_hat[exporter, importer, sector]
    return value / solved.c_hat[exporter, sector] / (1 + tax) / cost


@pytest.fixture(scope="module")
def small() -> Economy:
    return random_economy(4, 3, 5)


@given(
    st.integers(0, 300),
    st.floats(0.2, 1.3),
    st.sampled_from(("importer", "exporter", "lost")),
    st.sampled_from((LongRun(), ShortRun())),
)
@settings(max_examples=40)
def test_a_quota_holds_and_its_wedge_stands_only_where_it_binds(seed, volume, rent, horizon):
    economy = random_economy(3, 2, seed)
    found = solve_with_limits(economy, scenario(Quota(**PAIR, volume=volume, rent=rent)), horizon=horizon)
    bound, reached = found.bounds[0], delivered(found.equilibrium, 0, 1, 0)
    assert bound.reached == pytest.approx(reached, rel=1e-12)
    assert bound.wedge >= 0
    assert reached <= volume * (1 + HELD)
    if volume < 1:
        assert bound.binds
        assert reached == pytest.approx(volume, rel=HELD)
    else:
        assert not bound.binds
        assert bound.rent_usd == 0
        assert np.abs(found.equilibrium.real_income_hat - 1).max() < 1e-9


def test_a_quota_is_the_tariff_that_gives_its_volume(small):
    duty = solve(small, scenario(Tariff(**PAIR, add=0.4)))
    volume = delivered(duty, 0, 1, 0)
    found = solve_with_limits(small, scenario(Quota(**PAIR, volume=volume, rent="importer")))
    wedge = (1 + small.tariff[0, 1, 0] + 0.4) / (1 + small.tariff[0, 1, 0]) - 1
    assert found.bounds[0].wedge == pytest.approx(wedge, rel=SAME)
    assert found.equilibrium.real_income_hat == pytest.approx(duty.real_income_hat, rel=SAME)


def test_who_keeps_the_rent_is_who_has_it(small):
    found = {
        rent: solve_with_limits(small, scenario(Quota(**PAIR, volume=0.5, rent=rent)))
        for rent in ("importer", "exporter", "lost")
    }
    unit = small.unit_usd
    flow = {rent: item.equilibrium.trade_new[0, 1, 0] for rent, item in found.items()}
    wedge = {rent: item.bounds[0].wedge for rent, item in found.items()}
    rate = found["importer"].equilibrium.tariff_new[0, 1, 0]
    paid = flow["importer"] * (1 + rate)
    without = flow["importer"] * (1 + small.tariff[0, 1, 0])
    assert found["importer"].bounds[0].rent_usd == pytest.approx((paid - without) * unit)
    tax = found["exporter"].equilibrium.export_tax_revenue_new[0]
    assert found["exporter"].bounds[0].rent_usd == pytest.approx(tax * unit)
    assert tax == pytest.approx(flow["exporter"] * wedge["exporter"] / (1 + wedge["exporter"]))
    lost = found["lost"].equilibrium
    assert lost.shock.cost_hat is not None
    assert lost.shock.cost_hat[0, 1, 0] == pytest.approx(1 + wedge["lost"])
    assert lost.export_tax_revenue_new.sum() == 0
    assert {item.bounds[0].rent_to for item in found.values()} == {"importer", "exporter", "lost"}
    income = {rent: item.equilibrium.real_income_hat for rent, item in found.items()}
    assert income["importer"][1] > income["lost"][1]
    assert income["exporter"][0] > income["lost"][0]
    assert income["exporter"][0] > income["importer"][0]


def test_tighter_quotas_have_higher_shadow_prices(small):
    wedges = [
        solve_with_limits(small, scenario(Quota(**PAIR, volume=volume, rent="importer"))).bounds[0].wedge
        for volume in (0.9, 0.6, 0.3, 0.05)
    ]
    assert wedges == sorted(wedges)
    assert wedges[0] > 0


def test_each_flow_has_its_own_quota_or_all_share_one(small):
    wide = {"exporters": ("R0",), "importers": ("R1", "R2"), "sectors": ("all",), "volume": 0.6, "rent": "importer"}
    each = solve_with_limits(small, scenario(Quota(**wide)))
    together = solve_with_limits(small, scenario(Quota(**wide, scope="together")))
    assert len(each.bounds) == 6
    assert all(bound.reached == pytest.approx(0.6, rel=HELD) for bound in each.bounds)
    assert {(bound.exporter, bound.importer, bound.sector) for bound in each.bounds} == {
        ("R0", n, s) for n in ("R1", "R2") for s in ("S0", "S1", "S2")
    }
    assert len(together.bounds) == 1
    solved = together.equilibrium
    volumes = [delivered(solved, 0, n, s) * small.trade[0, n, s] for n in (1, 2) for s in range(3)]
    assert sum(volumes) / small.trade[0, 1:3].sum() == pytest.approx(0.6, rel=HELD)
    assert together.bounds[0].importer == "R1 R2"
    assert max(volumes) / min(volumes) > 1.01


def test_a_quota_beside_another_shock_counts_what_arrives(small):
    both = scenario(Barrier(**PAIR, multiply=1.05), Quota(**PAIR, volume=0.5, rent="lost"))
    found = solve_with_limits(small, both)
    assert delivered(found.equilibrium, 0, 1, 0) == pytest.approx(0.5, rel=HELD)
    assert found.equilibrium.shock.cost_hat is not None
    assert found.equilibrium.shock.cost_hat[0, 1, 0] == pytest.approx(1.05 * (1 + found.bounds[0].wedge))
    assert found.bounds[0].number == 2
    slack = solve_with_limits(small, scenario(Barrier(**PAIR, multiply=5), Quota(**PAIR, volume=0.9, rent="lost")))
    alone = solve(small, scenario(Barrier(**PAIR, multiply=5)))
    assert not slack.bounds[0].binds
    assert slack.equilibrium.real_income_hat == pytest.approx(alone.real_income_hat, abs=1e-9)


def test_parts_of_welfare_add_up_with_a_quota(small):
    for rent in ("importer", "exporter", "lost"):
        solved = solve_with_limits(
            small, scenario(Quota(**PAIR, volume=0.5, rent=rent)), horizon=ShortRun()
        ).equilibrium
        assert sum(exact_parts(solved).values()) == pytest.approx(solved.real_income_hat - 1, abs=1e-8)


# ── price caps ──────────────────────────────────────────────────────────────────────────────────

CAP = {"exporters": ("RUS",), "importers": ("G7", "EU"), "sectors": ("B06",)}


@pytest.fixture(scope="module")
def icio() -> Economy:
    return load_economy("icio-2022")


def test_a_price_cap_holds_the_seller_s_price_for_every_buyer(icio):
    found = solve_with_limits(icio, scenario(PriceCap(**CAP, price=0.95)), horizon=ShortRun())
    solved, bound = found.equilibrium, found.bounds[0]
    russia, oil = icio.region("RUS"), icio.sector("B06")
    assert solved.c_hat[russia, oil] == pytest.approx(0.95, rel=HELD)
    assert bound.binds
    assert bound.rent_to == "importer"
    duty = (1 + solved.tariff_new[russia, :, oil]) / (1 + icio.tariff[russia, :, oil]) - 1
    buyers = duty > 0
    assert duty[buyers] == pytest.approx(bound.wedge)
    assert buyers.sum() == len(bound.importer.split())
    assert not buyers[icio.region("CHN")]
    assert solved.real_income_hat[russia] < 1
    assert solved.real_income_hat[icio.region("IND")] > 1
    paid = solved.trade_new[russia, buyers, oil] * (1 + solved.tariff_new[russia, buyers, oil])
    assert bound.rent_usd == pytest.approx((paid * bound.wedge / (1 + bound.wedge)).sum() * 1e6)


def test_a_cap_above_the_price_has_no_wedge(icio):
    found = solve_with_limits(icio, scenario(PriceCap(**CAP, price=1.1)), horizon=ShortRun())
    assert not found.bounds[0].binds
    assert np.abs(found.equilibrium.real_income_hat - 1).max() < 1e-9


def test_a_cap_out_of_reach_says_how_far_the_price_can_fall(icio):
    with pytest.raises(NoEquilibriumError, match=r"down to 0\.5 of its baseline: with almost no trade left it is 0\.7"):
        solve_with_limits(icio, scenario(PriceCap(**CAP, price=0.5)), horizon=ShortRun())


def test_two_caps_hold_at_once(icio):
    fuel = PriceCap(**{**CAP, "sectors": ("C19",)}, price=0.97)
    found = solve_with_limits(icio, scenario(PriceCap(**CAP, price=0.96), fuel), horizon=ShortRun())
    assert [bound.reached for bound in found.bounds] == pytest.approx([0.96, 0.97], rel=HELD)


# ── refusals, closures ──────────────────────────────────────────────────────────────────────────


def test_limits_that_overlap_or_mean_nothing_are_refused(small):
    quota = Quota(**PAIR, volume=0.5, rent="importer")
    with pytest.raises(ScenarioError, match="limits R0→R1 S0, as shock 1 does"):
        solve_with_limits(small, scenario(quota, quota))
    with pytest.raises(ScenarioError, match="caps more than one price"):
        solve_with_limits(
            small, scenario(PriceCap(exporters=("R0", "R1"), importers=("R2",), sectors=("S0",), price=0.9))
        )
    with pytest.raises(ValueError, match="goes one way"):
        PriceCap(**PAIR, price=0.9, both_ways=True)


def test_closure_and_horizon_are_the_scenario_s_unless_given(small):
    chosen = scenario(Quota(**PAIR, volume=0.5, rent="importer"), closure="balanced", horizons=("short",))
    own = solve_with_limits(small, chosen)
    assert own.equilibrium.closure == "balanced"
    assert own.equilibrium.horizon == ShortRun()
    assert not own.equilibrium.economy.deficit.any()
    other = solve_with_limits(small, chosen, closure="fixed", horizon=LongRun())
    assert other.equilibrium.closure == "fixed"
    assert other.equilibrium.horizon == LongRun()


def test_without_limits_it_is_the_plain_solve(small):
    plain = scenario(Barrier(**PAIR, multiply=1.5))
    found = solve_with_limits(small, plain)
    assert found.bounds == ()
    assert found.equilibrium.real_income_hat == pytest.approx(solve(small, plain).real_income_hat, abs=1e-12)


def test_a_bound_is_plain_data(small):
    record = solve_with_limits(small, scenario(Quota(**PAIR, volume=0.5, rent="lost"))).bounds[0].to_dict()
    assert record["kind"] == "quota"
    assert record["binds"] is True
    assert (record["limit"], record["rent_to"], record["sector"]) == (0.5, "lost", "S0")


def test_a_solver_that_stops_short_says_so(small):
    with pytest.raises(NotConvergedError):
        solve_with_limits(small, scenario(Quota(**PAIR, volume=0.5, rent="lost")), Anderson(max_steps=2))
