"""Leverage: the margin against small finite changes, cuts against solves, the fast form against the exact one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from economies import HORIZONS, economies, random_economy, random_shock
from hypothesis import given, settings
from hypothesis import strategies as st

from amur.adjoint import RealIncome, gradients
from amur.economy import Economy, load_economy
from amur.ensemble import Place
from amur.errors import MeasureError, ScenarioError
from amur.leverage import (
    SIDES,
    Party,
    Setting,
    World,
    asymmetry,
    cells,
    chokepoints,
    closed_form_cut,
    compute_part,
    default_economy,
    exact_cut,
    exposure,
    fast_rows,
    first_order_cut,
    leverage,
    leverage_matrix,
    marginal,
    overview,
    pair_draws,
    parties,
    party,
    rank_correlation,
    sector_cuts,
    share_rise,
    survey,
    with_draws,
)
from amur.models.shock import LongRun, Shock, ShortRun
from amur.solver import Anderson, solve

SAME = 1e-9  # two roads to one number, solves at 1e-12
SMALL = 1e-4  # a change this small leaves second-order terms of the same relative size
EXACT = Anderson(atol=1e-12)
PUBLISHED = 5e-5  # the notes print 2.40 and 0.32, 1.28 and 0.26 percent


def pair_of(economy: Economy) -> tuple[Party, Party]:
    return party(economy, economy.regions[0]), party(economy, economy.regions[1])


def rows_of(rows, **wanted):
    return [row for row in rows if all(getattr(row, key) == value for key, value in wanted.items())]


# -- the margin --------------------------------------------------------------------------------------------------


@settings(max_examples=20)
@given(economies, st.sampled_from(HORIZONS), st.sampled_from(SIDES), st.integers(0, 10_000))
def test_marginal_loss_is_the_small_finite_loss(economy, horizon, side, seed):
    base = random_shock(economy, seed)
    q = solve(economy, base, EXACT, horizon=horizon)
    a, b = pair_of(economy)
    found = marginal(q, a, b)
    chosen = cells(economy, a, b, side)
    dearer = replace(base, cost_hat=base.cost_hat * np.exp(SMALL * chosen))
    after = solve(economy, dearer, EXACT, horizon=horizon)
    (row,) = rows_of(found, user=a.code, side=side, instrument="friction", sector="total")
    for loss, region in ((row.loss, 1), (row.own_loss, 0)):
        finite = -np.log(after.real_income_hat[region] / q.real_income_hat[region])
        assert abs(finite * 0.01 / SMALL - loss) < 10 * SMALL * 0.01 + 1e-9
    real = q.real_income_hat * economy.income * economy.unit_usd
    assert row.loss_usd == pytest.approx(row.loss * real[1])
    assert row.own_loss_usd == pytest.approx(row.own_loss * real[0])


@given(economies, st.integers(0, 10_000))
@settings(max_examples=20)
def test_marginal_tax_is_a_duty_on_what_is_bought_and_a_tax_on_what_is_sold(economy, seed):
    q = solve(economy, random_shock(economy, seed), EXACT)
    a, b = pair_of(economy)
    found = marginal(q, a, b)
    mine, theirs = gradients(q, (RealIncome((a.code,)), RealIncome((b.code,))))
    (sold,) = rows_of(found, user=a.code, side="exports", instrument="tax", sector="total")
    (bought,) = rows_of(found, user=a.code, side="imports", instrument="tax", sector="total")
    assert sold.loss == pytest.approx(-0.01 * theirs.export_tax[0, 1].sum(), abs=1e-12)
    assert sold.own_loss == pytest.approx(-0.01 * mine.export_tax[0, 1].sum(), abs=1e-12)
    assert bought.loss == pytest.approx(-0.01 * theirs.tariff[1, 0].sum(), abs=1e-12)
    assert bought.own_loss == pytest.approx(-0.01 * mine.tariff[1, 0].sum(), abs=1e-12)


@given(economies, st.integers(0, 10_000))
@settings(max_examples=20)
def test_sides_and_sectors_add_up(economy, seed):
    q = solve(economy, random_shock(economy, seed), EXACT)
    a, b = pair_of(economy)
    found = marginal(q, a, b)
    for user in (a.code, b.code):
        for instrument in ("friction", "tax"):
            total = {
                side: rows_of(found, user=user, side=side, instrument=instrument, sector="total")[0] for side in SIDES
            }
            assert total["both"].loss == pytest.approx(total["exports"].loss + total["imports"].loss, abs=1e-14)
            for side in SIDES:
                parts = rows_of(found, user=user, side=side, instrument=instrument)[1:]
                assert sum(row.own_loss for row in parts) == pytest.approx(total[side].own_loss, abs=1e-14)
                assert {row.sector for row in parts} == set(economy.sectors)


def test_ratios_are_missing_where_the_user_gains():
    economy = random_economy(3, 2, 5)
    (row,) = rows_of(
        marginal(solve(economy, Shock(), EXACT), *pair_of(economy)),
        user="R0",
        side="imports",
        instrument="tax",
        sector="total",
    )
    gaining, losing = replace(row, own_loss=-1.0, own_loss_usd=-2.0), replace(row, own_loss=0.5, own_loss_usd=0.5)
    assert gaining.ratio is None
    assert gaining.ratio_usd is None
    assert losing.ratio == pytest.approx(2 * row.loss)
    assert losing.to_dict()["ratio_usd"] == pytest.approx(2 * row.loss_usd)


# -- the matrix --------------------------------------------------------------------------------------------------


@given(economies, st.integers(0, 10_000), st.sampled_from(HORIZONS))
@settings(max_examples=20)
def test_matrix_holds_the_marginal_losses_of_every_pair(economy, seed, horizon):
    q = solve(economy, random_shock(economy, seed), EXACT, horizon=horizon)
    matrix = leverage_matrix(q)
    a, b = pair_of(economy)
    for row in rows_of(marginal(q, a, b), instrument="friction", sector="total"):
        user, target = economy.region(row.user), economy.region(row.target)
        scale = np.abs(matrix.slopes.of_importer).max()
        assert abs(matrix.slopes.loss_matrix(row.side)[target, user] - row.loss) < SAME * scale
        assert abs(matrix.slopes.own_matrix(row.side)[target, user] - row.own_loss) < SAME * scale
    assert not np.diag(matrix.pairs).any()
    assert np.array_equal(matrix.pairs, matrix.slopes.loss_matrix("both"))


@given(economies)
@settings(max_examples=10)
def test_matrix_by_exporter_sums_what_it_sells_to_all(economy):
    q = solve(economy, Shock(), EXACT)
    matrix = leverage_matrix(q)
    slopes = gradients(q, tuple(RealIncome((code,)) for code in economy.regions))
    for hurt, slope in enumerate(slopes):
        abroad = slope.cost.sum(axis=2)
        np.fill_diagonal(abroad, 0)
        assert np.allclose(matrix.by_exporter[hurt], -0.01 * abroad.sum(axis=1), atol=1e-10)


def test_leverage_does_not_depend_on_units_or_labels():
    economy = random_economy(4, 2, 9)
    order = [2, 0, 3, 1]
    other = replace(
        economy,
        regions=tuple(economy.regions[k] for k in order),
        pi=economy.pi[np.ix_(order, order)],
        tariff=economy.tariff[np.ix_(order, order)],
        gamma=economy.gamma[order],
        beta=economy.beta[order],
        alpha=economy.alpha[order],
        expenditure=economy.expenditure[order] * 1000,
        va=economy.va[order] * 1000,
        deficit=economy.deficit[order] * 1000,
        unit_usd=1e6,
    )
    before, after = (leverage_matrix(solve(e, Shock(), EXACT)).pairs for e in (economy, other))
    assert np.allclose(after, before[np.ix_(order, order)], atol=1e-11)
    mine = marginal(solve(economy, Shock(), EXACT), *pair_of(economy))
    theirs = marginal(solve(other, Shock(), EXACT), party(other, "R0"), party(other, "R1"))
    assert [row.loss_usd for row in mine] == pytest.approx(
        [row.loss_usd for row in theirs], abs=1e-6 * economy.unit_usd
    )


def halved(economy: Economy) -> Economy:
    """The first region split into two identical halves that trade with each other as it did with itself."""
    at = [0, *range(len(economy.regions))]
    half = np.array([0.5, 0.5, *np.ones(len(economy.regions) - 1)])
    return replace(
        economy,
        regions=("R0a", "R0b", *economy.regions[1:]),
        pi=economy.pi[np.ix_(at, at)] * half[:, None, None],
        tariff=economy.tariff[np.ix_(at, at)],
        gamma=economy.gamma[at],
        beta=economy.beta[at],
        alpha=economy.alpha[at],
        expenditure=economy.expenditure[at] * half[:, None],
        va=economy.va[at] * half,
        deficit=economy.deficit[at] * half,
    )


@pytest.mark.parametrize("horizon", [LongRun(), ShortRun()], ids=str)
def test_leverage_does_not_change_when_a_country_is_split_in_two(horizon):
    economy = random_economy(4, 2, 14)
    split = halved(economy)
    halves = Party("R0", ("R0a", "R0b"))
    whole = marginal(solve(economy, Shock(), EXACT, horizon=horizon), *pair_of(economy))
    parts = marginal(solve(split, Shock(), EXACT, horizon=horizon), halves, party(split, "R1"))
    for one, two in zip(whole, parts, strict=True):
        assert (one.loss, one.own_loss) == pytest.approx((two.loss, two.own_loss), abs=1e-11)
    world = {"closure": "share_of_income", "horizon": horizon}
    cut = exact_cut(World(economy, **world), *pair_of(economy), EXACT)
    cut_split = exact_cut(World(split, **world), halves, party(split, "R1"), EXACT)
    assert [row.loss for row in cut] == pytest.approx([row.loss for row in cut_split], abs=1e-9)
    assert [row.loss_usd for row in cut] == pytest.approx([row.loss_usd for row in cut_split], rel=1e-7)


# -- the cut -----------------------------------------------------------------------------------------------------


def test_exact_cut_is_the_ban_on_each_side():
    economy = random_economy(4, 3, 30)
    a, b = pair_of(economy)
    found = exact_cut(World(economy), a, b, EXACT)
    bans = {"both": [(0, 1), (1, 0)], "exports": [(0, 1)], "imports": [(1, 0)]}
    for side, closed in bans.items():
        cost = economy.full(1.0)
        for pair in closed:
            cost[pair] = np.inf
        after = solve(economy, Shock(cost_hat=cost), EXACT)
        (mine,) = rows_of(found, country="R0", side=side)
        (theirs,) = rows_of(
            found, country="R1", side={"both": "both", "exports": "imports", "imports": "exports"}[side]
        )
        assert mine.loss == pytest.approx(1 - after.real_income_hat[0], abs=SAME)
        assert theirs.loss == pytest.approx(1 - after.real_income_hat[1], abs=SAME)
        assert mine.loss_usd == pytest.approx(mine.loss * economy.income[0] * economy.unit_usd)
    assert [row.country for row in found] == ["R0"] * 3 + ["R1"] * 3


def test_first_order_cut_is_the_slope_of_shutting_a_little():
    economy = random_economy(4, 3, 31)
    a, b = pair_of(economy)
    q = solve(economy, Shock(), EXACT)
    found = first_order_cut(q, a, b)
    taste = economy.full(1.0)
    taste[1, 0] = 1 - SMALL
    after = solve(economy, Shock(taste_hat=taste), EXACT)
    (mine,) = rows_of(found, country="R0", side="imports", sector="total")
    (theirs,) = rows_of(found, country="R1", side="exports", sector="total")
    assert -np.log(after.real_income_hat[0]) / SMALL == pytest.approx(mine.loss, rel=10 * SMALL)
    assert -np.log(after.real_income_hat[1]) / SMALL == pytest.approx(theirs.loss, rel=10 * SMALL)
    by_sector = [row.loss for row in rows_of(found, country="R0", side="imports") if row.sector != "total"]
    assert sum(by_sector) == pytest.approx(mine.loss)


@pytest.mark.parametrize(
    ("closure", "horizon"),
    [("fixed", LongRun()), ("share_of_income", LongRun()), ("balanced", LongRun()), ("fixed", ShortRun())],
)
def test_cuts_of_single_sectors_are_bans_of_that_sector(closure, horizon):
    economy = random_economy(4, 3, 32)
    a, b = pair_of(economy)
    found = sector_cuts(World(economy, closure, horizon), a, b)
    cost = economy.full(1.0)
    cost[1, 0, 2] = np.inf
    after = solve(economy, Shock(cost_hat=cost), EXACT, closure=closure, horizon=horizon)
    (mine,) = rows_of(found, country="R0", side="imports", sector="S2")
    (theirs,) = rows_of(found, country="R1", side="exports", sector="S2")
    assert mine.loss == pytest.approx(1 - after.real_income_hat[0], abs=1e-8)
    assert theirs.loss == pytest.approx(1 - after.real_income_hat[1], abs=1e-8)
    assert len(found) == 12


def test_sectors_without_trade_are_not_cut():
    economy = random_economy(4, 2, 33, gaps=True)  # region 2 never makes sector 0, region 1 never buys it
    found = sector_cuts(World(economy), party(economy, "R0"), party(economy, "R2"))
    assert {(row.side, row.sector) for row in found if row.country == "R0"} == {
        ("exports", "S0"),
        ("exports", "S1"),
        ("imports", "S1"),
    }


def test_a_cut_without_equilibrium_keeps_its_reason():
    economy = random_economy(2, 1, 3)  # two countries: cut off, their deficits cannot stay
    found = exact_cut(World(economy), *pair_of(economy))
    (row,) = rows_of(found, country="R0", side="both")
    assert row.loss is None
    assert row.loss_usd is None
    assert "must be zero" in row.reason
    balanced = exact_cut(World(economy, closure="balanced"), *pair_of(economy))
    assert all(row.loss is not None for row in rows_of(balanced, side="both"))


def test_closed_form_looks_at_imports_and_refuses_an_only_supplier():
    economy = random_economy(3, 2, 40)
    found = closed_form_cut(economy, *pair_of(economy))
    assert {row.side for row in found} == {"imports"}
    assert all(row.loss is not None and row.loss > 0 for row in found)
    for at, row in enumerate(found):
        assert row.loss_usd == pytest.approx(row.loss * economy.income[at] * economy.unit_usd)
    pi = np.zeros_like(economy.pi)
    pi[0, 1], pi[1, 0], pi[2, 2] = 1, 1, 1
    lone = replace(
        economy,
        pi=pi,
        tariff=np.zeros_like(pi),
        deficit=np.zeros(3),
    )
    stuck = closed_form_cut(lone, *pair_of(lone))
    assert stuck[0].loss is None
    assert "no finite price" in stuck[0].reason


def test_a_share_of_nine_tenths_costs_43_percent_more_than_eight_tenths():
    rise = share_rise(0.8, 0.9)
    assert rise.share_growth == pytest.approx(0.125)
    assert rise.loss_growth == pytest.approx(0.4306765581)  # ln 0.1 / ln 0.2 − 1
    for sigma in (2.0, 4.0, 6.0):
        before, after = (-np.log(1 - share) / (sigma - 1) for share in (0.8, 0.9))
        assert after / before - 1 == pytest.approx(rise.loss_growth)
    with pytest.raises(MeasureError, match="between 0 and 1"):
        share_rise(0.8, 1.0)


# -- the fast form -----------------------------------------------------------------------------------------------


def plain_armington(regions: int, seed: int) -> Economy:
    """One sector, no inputs, no duties, balanced trade: where the fast form is exact."""
    draw = np.random.default_rng(seed)
    flows = draw.uniform(0.2, 1, (regions, regions)) + np.diag(draw.uniform(1, 3, regions))
    for _ in range(500):  # scale rows and columns until sales equal purchases
        flows = flows * np.sqrt(flows.sum(axis=0) / flows.sum(axis=1))[:, None]
        flows = flows * np.sqrt(flows.sum(axis=1) / flows.sum(axis=0))[None, :]
    spending = flows.sum(axis=0)
    ones = np.ones((regions, 1))
    return Economy(
        name="plain",
        regions=tuple(f"R{k}" for k in range(regions)),
        sectors=("S",),
        pi=(flows / spending)[:, :, None],
        gamma=np.zeros((regions, 1, 1)),
        beta=ones,
        alpha=ones,
        va=spending,
        deficit=np.zeros(regions),
        tariff=np.zeros((regions, regions, 1)),
        theta=draw.uniform(2, 8, 1),
        expenditure=spending[:, None],
        unit_usd=1e9,
    )


@given(st.integers(2, 6), st.integers(0, 1000))
@settings(max_examples=20)
def test_fast_exposure_is_exact_in_a_plain_armington_world(regions, seed):
    economy = plain_armington(regions, seed)
    q = solve(economy, Shock(), EXACT)
    fast, exact = exposure(economy), leverage_matrix(q)
    assert np.allclose(-0.01 * fast.costs, exact.by_exporter, atol=1e-10)
    slopes = gradients(q, tuple(RealIncome((code,)) for code in economy.regions))
    assert np.allclose(fast.productivity, [slope.productivity[:, 0] for slope in slopes], atol=1e-8)


def test_fast_exposure_orders_the_bundled_world_much_as_the_exact_matrix():
    economy = load_economy("icio-2022")
    fast, exact = exposure(economy), leverage_matrix(solve(economy, Shock()))
    off = ~np.eye(len(economy.regions), dtype=bool)
    ranks = [np.argsort(np.argsort(m[off])) for m in (-fast.costs, exact.by_exporter)]
    assert np.corrcoef(*ranks)[0, 1] > 0.75


def test_the_elasticity_of_what_nobody_trades_does_not_matter_to_the_fast_form():
    economy = random_economy(3, 2, 12)
    pi = economy.pi.copy()
    pi[:, :, 1] = np.eye(3)
    home = replace(economy, pi=pi)
    other = home.with_theta(home.theta * [1, 5])
    assert np.allclose(exposure(home).costs, exposure(other).costs, rtol=0, atol=1e-12)
    dearer = home.with_theta(home.theta * [2, 1])
    assert not np.allclose(exposure(home).costs, exposure(dearer).costs, rtol=0, atol=1e-3)


# -- the report --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def russia_china():
    return compute_part(Setting("icio-2022", "FGH22", "fixed", "long"), "RUS", "CHN")


def test_cutting_russia_and_china_gives_the_published_losses(russia_china):
    losses = {(row.country, row.side): row.loss for row in russia_china.exact}
    assert losses["RUS", "both"] == pytest.approx(0.0240, abs=PUBLISHED)
    assert losses["CHN", "both"] == pytest.approx(0.0032, abs=PUBLISHED)
    closed = {row.country: row.loss for row in russia_china.closed_form}
    assert closed["RUS"] == pytest.approx(0.0128, abs=PUBLISHED)
    assert closed["CHN"] == pytest.approx(0.0026, abs=PUBLISHED)
    dollars = {row.country: row.loss_usd for row in russia_china.exact if row.side == "both"}
    assert 7 < losses["RUS", "both"] / losses["CHN", "both"] < 14
    assert 0.5 < dollars["RUS"] / dollars["CHN"] < 2


def test_a_bloc_is_its_members(russia_china):
    economy = load_economy("icio-2022")
    europe, russia = parties(economy, "EU27", "Russia")
    assert len(europe.regions) == 27
    assert (europe.code, russia.code) == ("EU27", "RUS")
    q = solve(economy, Shock())
    (row,) = rows_of(marginal(q, europe, russia), user="EU27", side="exports", instrument="friction", sector="total")
    (slope,) = gradients(q, (RealIncome(("RUS",)),))
    members = [economy.region(code) for code in europe.regions]
    assert row.loss == pytest.approx(-0.01 * slope.cost[members, economy.region("RUS")].sum(), rel=1e-8)


def test_report_of_an_economy_of_ones_own(tmp_path):
    path = random_economy(4, 2, 50).save(tmp_path / "own.npz")
    seen = []
    found = leverage("R0", "R1", economies=[str(path)], advance=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]
    assert [part.setting.horizon for part in found.parts] == ["long", "short"]
    lines = overview(found)
    assert {(row.country, row.side, row.horizon) for row in lines} == {
        (country, side, horizon) for country in ("R0", "R1") for side in SIDES for horizon in ("long", "short")
    }
    for row in lines:
        assert row.cut == found.loss(row.country, horizon=row.horizon, side=row.side)
        assert row.cut_low == row.cut == row.cut_high  # one set of elasticities
        assert (row.closed_form is None) == (row.side != "imports" or row.horizon == "short")
    choke = chokepoints(found.default, "R0", most=2)
    assert len(choke) == 2
    assert choke[0][2] >= choke[1][2]
    assert choke[0][2] == max(row.loss for row in found.default.sectors if row.country == "R0")
    record = found.to_dict()
    assert [row["code"] for row in record["pair"]] == ["R0", "R1"]
    assert {"exact", "first_order", "closed_form"} <= record["cut"].keys()
    assert {row["horizon"] for row in record["marginal"]} == {"long", "short"}


def test_spans_cover_the_sets_of_elasticities(tmp_path):
    economy = random_economy(3, 2, 51)
    both = replace(economy, theta_set="FGH22", theta_sets={"FGH22": economy.theta, "FGO": economy.theta * 2})
    found = leverage("R0", "R1", economies=[str(both.save(tmp_path / "two.npz"))], closure="share_of_income")
    (span,) = rows_of(found.spans(), country="R0", side="both", horizon="long")
    losses = [found.parts[k].exact[0].loss for k in (0, 2)]
    assert [found.parts[k].setting.theta for k in (0, 2)] == ["FGH22", "FGO"]
    assert (span.loss, span.low, span.high) == (losses[0], min(losses), max(losses))
    assert span.low < span.high


def test_draws_give_the_cut_under_every_set_of_elasticities(tmp_path):
    economy = random_economy(4, 2, 52)
    draws = economy.theta * np.exp(np.random.default_rng(1).normal(0, 0.2, (6, 2)))
    path = replace(economy, theta_draws=draws).save(tmp_path / "drawn.npz")
    found = with_draws(leverage("R0", "R1", economies=[str(path)]), 6)
    pair = pair_of(economy)
    losses = {code: [] for code in ("R0", "R1")}
    for theta in draws:
        for row in exact_cut(World(economy.with_theta(theta)), *pair, EXACT):
            if row.side == "both":
                losses[row.country].append(row.loss)
    assert found.draws["solved"] == 6
    for row in found.draws["losses"]:
        assert row["quantiles"]["0.5"] == pytest.approx(np.median(losses[row["country"]]), abs=1e-8)
        assert row["probability_of_loss"] == pytest.approx(np.mean(np.array(losses[row["country"]]) > 0))
    more = np.mean(np.array(losses["R0"]) > np.array(losses["R1"]))
    assert found.draws["probability_first_loses_more"] == pytest.approx(more)
    assert [row["country"] for row in found.draws["drivers"]] == ["R0", "R1"]
    assert found.to_dict()["draws"]["count"] == 6


def test_overlapping_and_unknown_parties_are_refused():
    economy = load_economy("icio-2022")
    with pytest.raises(ScenarioError, match="overlap"):
        parties(economy, "EU27", "Germany")
    with pytest.raises(ScenarioError, match="Atlantis"):
        parties(economy, "Atlantis", "RUS")


# -- many ties ---------------------------------------------------------------------------------------------------


def with_codes(seed: int, regions: int = 4) -> Economy:
    """A random economy whose regions bear the names of real countries; DEU and FRA are in a bloc."""
    economy = random_economy(regions, 2, seed)
    return replace(economy, regions=("RUS", "CHN", "DEU", "FRA")[:regions])


def same_rows(some, others, keys) -> None:
    """Rows that agree in everything that says what they are about, to the digit that two roads agree to."""
    numbers = {tuple(getattr(row, key) for key in keys): row for row in others}
    assert len(numbers) >= len(some) > 0
    for row in some:
        other = numbers[tuple(getattr(row, key) for key in keys)]
        for key, value in vars(row).items():
            if isinstance(value, float):
                assert value == pytest.approx(getattr(other, key), rel=1e-6, abs=1e-9), (key, row)
            else:
                assert value == getattr(other, key)


@pytest.mark.parametrize("name", ["RUS", "EU27"])
def test_a_survey_holds_what_each_tie_gives_by_itself(tmp_path, name):
    path = str(with_codes(61).save(tmp_path / "own.npz"))
    seen = []
    found = survey(name, economies=[path], advance=lambda done, total: seen.append(done / total))
    assert seen == sorted(seen)
    assert seen[-1] == 1
    others = [code for code in ("CHN", "DEU", "FRA", "RUS") if code not in found.a.regions]
    assert {row.other for row in found.parts[0].exact if row.country == name} == set(others)
    for other in others:
        alone = leverage(name, other, economies=[path])
        for mine, theirs in zip(found.parts, alone.parts, strict=True):
            assert mine.setting == theirs.setting
            pair = {name, other}
            totals = [row for row in theirs.marginal if row.instrument == "friction" and row.sector == "total"]
            margins = [row for row in mine.marginal if {row.user, row.target} == pair]
            same_rows(margins, totals, ("user", "target", "side"))
            assert len(margins) == 6
            for kind in ("exact", "first_order", "closed_form"):
                some = [row for row in getattr(mine, kind) if {row.country, row.other} == pair]
                whole = [row for row in getattr(theirs, kind) if row.sector == "total"]
                if kind == "closed_form" and mine.setting.horizon == "short":
                    assert some == whole == []
                else:
                    same_rows(some, whole, ("country", "other", "side"))
    assert found.to_dict()["pair"][0]["code"] == name


def test_everybody_over_everybody_holds_every_tie(tmp_path):
    economy = with_codes(62)
    both = replace(economy, theta_set="FGH22", theta_sets={"FGH22": economy.theta, "FGO": economy.theta * 2})
    path = str(both.save(tmp_path / "own.npz"))
    found = survey("all", economies=[path])
    assert [part.setting.theta for part in found.parts] == ["FGH22", "FGH22"]
    assert found.a is None
    assert len(found.parts[0].exact) == 12
    assert found.parts[1].exact == ()
    one = survey("DEU", economies=[path])
    for number, kind in ((0, "marginal"), (1, "marginal"), (0, "first_order"), (1, "first_order"), (0, "closed_form")):
        keys = ("user", "target", "side") if kind == "marginal" else ("country", "other", "side")
        part = next(item for item in one.parts if item.setting == found.parts[number].setting)
        same_rows(getattr(part, kind), getattr(found.parts[number], kind), keys)
    same_rows(one.parts[0].exact, found.parts[0].exact, ("country", "other", "side"))
    assert len(found.parts[1].marginal) == 36
    assert [row["code"] for row in found.to_dict()["pair"]] == ["all", "all"]


def test_first_order_cuts_in_a_matrix_are_those_of_each_pair():
    economy = random_economy(4, 3, 63)
    q = solve(economy, Shock(), EXACT, horizon=ShortRun())
    slopes = leverage_matrix(q).slopes
    for row in first_order_cut(q, *pair_of(economy)):
        if row.sector == "total":
            hurt, by = economy.region(row.country), economy.region(row.other)
            seen = {"both": "both", "exports": "imports", "imports": "exports"}[row.side]
            assert slopes.cut_matrix(seen)[hurt, by] == pytest.approx(row.loss, abs=1e-8)


def test_fast_rows_hold_both_matrices():
    economy = random_economy(4, 2, 64)
    rows = fast_rows(economy, "all")
    exact, fast = leverage_matrix(solve(economy, Shock(), EXACT)), exposure(economy)
    assert len(rows) == 12
    for row in rows:
        at = economy.region(row.hurt), economy.region(row.by)
        assert row.exact == pytest.approx(exact.by_exporter[at], abs=1e-9)
        assert row.fast == pytest.approx(-0.01 * fast.costs[at])
    assert [row.exact for row in rows] == sorted((row.exact for row in rows), reverse=True)
    assert [row.hurt for row in fast_rows(economy, "R1")] == [row.hurt for row in rows if row.by == "R1"]
    same = [replace(row, fast=row.exact**3) for row in rows]
    assert rank_correlation(same) == pytest.approx(1)
    assert rank_correlation([replace(row, fast=-row.exact) for row in rows]) == pytest.approx(-1)


def test_asymmetry_tells_who_loses_the_larger_part(tmp_path):
    path = str(random_economy(3, 2, 65).save(tmp_path / "own.npz"))
    found = leverage("R0", "R1", economies=[path])
    both = asymmetry(found)
    losses = {row.country: row for row in found.default.exact if row.side == "both"}
    more = max(losses, key=lambda code: losses[code].loss)
    assert both.more == more
    assert both.less != more
    assert both.times == pytest.approx(both.loss_more / both.loss_less)
    assert (both.usd_more, both.usd_less) == (losses[more].loss_usd, losses[both.less].loss_usd)
    assert replace(both, loss_less=-0.1).times is None
    assert replace(both, loss_less=0.0).times is None
    part = replace(found.default, exact=tuple(replace(row, loss=None) for row in found.default.exact))
    assert asymmetry(replace(found, parts=(part,))) is None


def test_rows_take_baselines_and_draws_from_their_own_places(tmp_path):
    economy = random_economy(3, 2, 66)
    paths = [str(economy.save(tmp_path / "a.npz")), str(economy.with_theta(economy.theta * 2).save(tmp_path / "b.npz"))]
    found = leverage("R0", "R1", economies=paths)
    drawn = with_draws(found, economy.theta * np.linspace(0.8, 1.2, 21)[:, None], Place(workers=1))
    rows = overview(drawn)
    assert [(row.economy, row.horizon) for row in rows[::6]] == [
        (path, horizon) for path in paths for horizon in ("long", "short")
    ]
    told = {row["country"]: row["quantiles"] for row in drawn.draws["losses"]}
    for row in rows:
        first = row.economy == paths[0]
        assert (row.cut_low is not None) == first
        has = first and row.horizon == "long" and row.side == "both"
        assert (row.drawn_low, row.drawn_high) == (
            (told[row.country]["0.05"], told[row.country]["0.95"]) if has else (None, None)
        )
        part = next(p for p in found.parts if (p.setting.economy, p.setting.horizon) == (row.economy, row.horizon))
        (hit,) = rows_of(part.marginal, user=row.country, side=row.side, instrument="friction", sector="total")
        assert (row.one_percent, row.other_one_percent) == (hit.own_loss, hit.loss)
        assert (row.one_percent_usd, row.other_one_percent_usd) == (hit.own_loss_usd, hit.loss_usd)
        assert (row.ratio, row.ratio_usd) == (hit.ratio, hit.ratio_usd)
        (first_order,) = rows_of(part.first_order, country=row.country, side=row.side, sector="total")
        assert row.first_order == first_order.loss


def test_settings_and_rows_of_the_record(tmp_path):
    economy = random_economy(3, 2, 67)
    both = replace(economy, theta_set="FGH22", theta_sets={"FGH22": economy.theta, "FGO": economy.theta * 2})
    paths = [str(both.save(tmp_path / f"{name}.npz")) for name in "ab"]
    found = leverage("R0", "R1", economies=paths, closure="share_of_income")
    settings_of = [(part.setting.economy, part.setting.theta, part.setting.horizon) for part in found.parts]
    assert settings_of == [
        (path, theta, horizon)
        for path, thetas in zip(paths, (("FGH22", "FGO"), ("FGH22",)), strict=True)
        for theta in thetas
        for horizon in ("long", "short")
    ]
    assert {part.setting.closure for part in found.parts} == {"share_of_income"}
    told = found.to_dict()
    assert told["settings"] == [part.setting.to_dict() for part in found.parts]
    # Single sectors only in the default setting, on both horizons at the margin and to first order.
    for part in found.parts:
        default = part.setting.economy == paths[0] and part.setting.theta == "FGH22"
        for kind, rows in (("marginal", told["marginal"]), ("first_order", told["cut"]["first_order"])):
            mine = [row for row in rows if part.setting.to_dict().items() <= row.items()]
            whole = [row for row in getattr(part, kind) if default or row.sector == "total"]
            assert len(mine) == len(whole) > 0
            assert [row["sector"] for row in mine] == [row.sector for row in whole]
        exact = [row for row in told["cut"]["exact"] if part.setting.to_dict().items() <= row.items()]
        assert len(exact) == len(part.exact) + len(part.sectors)
        assert bool(part.sectors) == (part is found.default)
        closed = [row for row in told["cut"]["closed_form"] if part.setting.to_dict().items() <= row.items()]
        assert len(closed) == (2 if part.setting.horizon == "long" else 0)
    assert [party["outside"] for party in told["pair"]] == [[], []]
    assert told["pair"][1]["income_usd"] == pytest.approx(economy.income[1] * economy.unit_usd)
    assert {row["interval_kind"] for row in told["cut"]["range_over_elasticities"]} == {"elasticity"}
    assert found.part("short") is found.parts[1]
    assert np.array_equal(default_economy(paths).theta, economy.theta)


def test_draws_for_a_pair_are_made_where_there_are_some(tmp_path):
    economy = random_economy(3, 2, 68)
    plain = str(economy.save(tmp_path / "plain.npz"))
    drawn = replace(economy, theta_draws=np.repeat(economy.theta[None], 150, axis=0))
    with_some = str(drawn.save(tmp_path / "drawn.npz"))
    assert pair_draws([plain]) is None
    assert pair_draws([with_some], 0) is None
    assert len(pair_draws([with_some])) == 100
    assert len(pair_draws([with_some], 7)) == 7
    (tmp_path / "mine.csv").write_text("sector,standard_error\nS0,0.5\n")
    assert len(pair_draws([plain], None, str(tmp_path / "mine.csv"))) == 100
