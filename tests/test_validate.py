"""Published tables and closed forms come out; the checks themselves can fail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from economies import economies, random_economy, random_shock
from hypothesis import given
from hypothesis import strategies as st

from amur.codes import bloc
from amur.errors import InputError
from amur.models.shock import Shock
from amur.solver import Anderson, solve
from amur.validate import Check, comparisons, validate
from amur.validate.acceptance import acceptance_checks
from amur.validate.caliendo_parro import linear_welfare, nafta
from amur.validate.closed_forms import autarky_checks, closed_real_wage

FIRST_ORDER = 0.02  # a linear formula and an exact number agree to second order in a shock of one per cent


@pytest.fixture(scope="module")
def checks() -> tuple[Check, ...]:
    return validate()


def test_every_comparison_is_within_its_tolerance(checks):
    wrong = [f"{c.quantity}: {c.ours:.6g} against {c.theirs:.6g}" for c in checks if not c.ok]
    assert wrong == []


def test_at_least_thirty_published_numbers_and_closed_forms_apart(checks):
    published = [c for c in checks if c.kind == "published"]
    assert len(published) >= 30
    assert len({c.quantity for c in checks}) == len(checks)
    assert {c.kind for c in checks} == {"published", "closed_form"}
    assert {c.name for c in checks} == set(comparisons())


def test_printed_cells_are_compared_with_the_printed_value(checks):
    by_quantity = {c.quantity: c for c in checks}
    headline = by_quantity["Table 2, MEX: welfare, linear formula (%)"]
    assert headline.theirs == 1.31
    assert headline.tolerance == 0.006
    assert "+0.007 %" in headline.note
    assert by_quantity["Table 11, MEX: growth of imports from NAFTA partners (%)"].theirs == 118.28
    exact = 100 * (nafta().real_income_hat - 1)
    found = {code: exact[nafta().economy.region(code)] for code in ("MEX", "CAN", "USA")}
    assert found == pytest.approx({"MEX": 0.007, "CAN": -0.110, "USA": 0.074}, abs=5e-4)


def test_a_check_fails_when_it_should():
    check = Check("n", "published", "q", ours=1.0, theirs=1.1, tolerance=0.05, source="s")
    assert not check.ok
    assert check.difference == pytest.approx(-0.1)
    assert replace(check, tolerance=0.11).ok
    assert not replace(check, ours=float("nan")).ok
    shape = ("name", "kind", "quantity", "ours", "theirs", "difference", "tolerance", "ok", "source", "note")
    assert tuple(check.to_dict()) == shape
    assert check.to_dict()["ok"] is False


def test_comparisons_by_name():
    assert {c.name for c in validate("ge-gravity")} == {"ge-gravity"}
    with pytest.raises(InputError, match=r"no comparison 'ricardo'. Use one of caliendo-parro"):
        validate("ricardo")


@given(st.integers(3, 5), st.integers(1, 4), st.integers(0, 10_000))
def test_autarky_has_its_closed_form_in_any_economy(regions, sectors, seed):
    economy = random_economy(regions, sectors, seed)
    for check in autarky_checks(economy, "random", "closed form"):
        assert check.ok, (check.quantity, check.difference)


@given(economies, st.integers(0, 10_000))
def test_home_shares_tell_the_real_wage_after_any_shock_to_trade(economy, seed):
    shock = random_shock(economy, seed)
    own = np.arange(len(economy.regions))
    taste = shock.taste_hat.copy()
    taste[own, own] = 1
    abroad = Shock(cost_hat=shock.cost_hat, tariff_new=shock.tariff_new, taste_hat=taste)
    q = solve(economy, abroad, Anderson(atol=1e-12))
    wanted = closed_real_wage(q)
    known = np.isfinite(wanted)
    assert np.allclose(q.real_wage_hat[known], wanted[known], rtol=1e-9)


def test_linear_welfare_is_the_first_order_of_the_exact():
    economy = random_economy(4, 3, 5)
    gaps = []
    for size in (1e-2, 1e-3):
        tariff = economy.tariff.copy()
        tariff[:, 0] += size
        tariff[0, 0] = 0
        q = solve(economy, Shock(tariff_new=tariff), Anderson(atol=1e-13))
        linear = linear_welfare(q, np.ones(4, dtype=bool))
        exact = 100 * (q.real_income_hat - 1)
        gaps.append(np.abs(exact - linear.terms_of_trade - linear.volume_of_trade).max())
    assert gaps[1] < FIRST_ORDER * gaps[0]  # ten times smaller a shock, a hundred times smaller a gap
    assert gaps[1] < FIRST_ORDER * np.abs(exact).max()


@pytest.mark.shared
def test_tables_that_may_not_ship(shared_folder):
    west = bloc("WEST").members
    for check in acceptance_checks(shared_folder / "validation", "RUS", west):
        assert check.ok, (check.quantity, check.ours, check.theirs)
