"""Where draws of elasticities come from: rows by lot or in order, standard errors, files, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from economies import random_economy

from amur.economy import Economy
from amur.ensemble import (
    Driver,
    Drivers,
    Ensemble,
    Place,
    Request,
    Settings,
    from_standard_errors,
    published_draws,
    read_standard_errors,
    run_ensemble,
)
from amur.ensemble.elasticities import draws_from_file, require_draws
from amur.ensemble.request import driver_words
from amur.errors import EconomyError
from amur.models.shock import Shock
from amur.text import Text

NOISE = 5  # standard errors that a mean or spread of draws may be off


@pytest.fixture
def economy() -> Economy:
    """Two sectors with the elasticities 3 and 5, and seven published draws."""
    draws = np.arange(1.0, 15).reshape(7, 2)
    return replace(random_economy(3, 2, 1), theta=np.array([3.0, 5.0]), theta_draws=draws)


# -- rows --------------------------------------------------------------------------------------------------------


def test_all_rows_come_in_order_and_some_by_lot(economy):
    every = economy.theta_draws
    assert every is not None
    assert np.array_equal(published_draws(economy, 7), every)
    assert np.array_equal(published_draws(economy, 7, seed=9), every)
    assert published_draws(economy, 1).shape == (1, 2)
    three = published_draws(economy, 3)
    assert np.array_equal(three, published_draws(economy, 3, seed=0))
    assert sorted(three[:, 0]) == list(three[:, 0])
    assert len({*three[:, 0]}) == 3
    assert any(not np.array_equal(three, published_draws(economy, 3, seed=seed)) for seed in (1, 2, 3))
    assert all(np.array_equal(published_draws(economy, 6, seed=k), Request(6, seed=k).thetas(economy)) for k in (0, 1))


@pytest.mark.parametrize(
    ("count", "why"), [(8, "8 draws were asked for, and the published ones are 7"), (0, "at least one"), (-1, "at le")]
)
def test_more_rows_than_there_are_or_none_cannot_be_had(economy, count, why):
    with pytest.raises(EconomyError, match=why):
        published_draws(economy, count)


# -- standard errors ---------------------------------------------------------------------------------------------


def test_draws_have_the_mean_and_spread_that_were_given(economy):
    count = 40_000
    draws = from_standard_errors(economy, {"S0": 1.5, "S1": 0.5}, count, means={"S0": 2.0}, seed=3)
    for values, mean, error in ((draws[:, 0], 2.0, 1.5), (draws[:, 1], 5.0, 0.5)):
        assert abs(values.mean() - mean) < NOISE * error / np.sqrt(count)
        assert values.std() == pytest.approx(error, rel=0.05)
        logs = np.log(values)
        spread = np.sqrt(np.log(1 + (error / mean) ** 2))
        assert logs.std() == pytest.approx(spread, rel=NOISE / np.sqrt(2 * count))
        assert abs(((logs - logs.mean()) ** 3).mean()) < NOISE * spread**3 * np.sqrt(6 / count)
    assert abs(np.corrcoef(draws.T)[0, 1]) < NOISE / np.sqrt(count)


def test_standard_errors_that_are_left_out_are_zero(economy):
    draws = from_standard_errors(economy, {"S1": 0.5}, 4)
    assert np.array_equal(draws[:, 0], [3.0] * 4)
    assert np.array_equal(draws, from_standard_errors(economy, {"S1": 0.5}, 4, seed=0))
    assert not np.array_equal(draws, from_standard_errors(economy, {"S1": 0.5}, 4, seed=1))
    assert np.array_equal(from_standard_errors(economy, {"S0": 0.0}, 1, means={"S1": 4.0}), [[3.0, 4.0]])


@pytest.mark.parametrize(
    ("errors", "means", "count", "why"),
    [
        ({"S0": -1.0}, None, 3, "error of S0 is -1.0"),
        ({"S0": -1.0, "S1": -2.0}, None, 3, "error of S1 is -2.0"),
        ({"S0": 0.5, "S1": np.inf}, None, 3, "error of S1 is inf"),
        ({"S0": np.nan, "S1": -1.0}, None, 3, "error of S0 is nan"),
        ({"S0": 0.5}, {"S7": 1.0}, 3, "S7"),
        ({"S0": 0.5}, None, 0, "at least one"),
    ],
)
def test_standard_errors_that_cannot_be(economy, errors, means, count, why):
    with pytest.raises(EconomyError, match=why):
        from_standard_errors(economy, errors, count, means=means)


# -- files -------------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path):
    def write(text: str) -> str:
        (tmp_path / "draws.csv").write_text(text)
        return str(tmp_path / "draws.csv")

    return write


def test_a_file_of_rows_fills_the_sectors_that_it_names(economy, file):
    path = file("S1\n2\n4.5\n6\n")
    assert np.array_equal(draws_from_file(economy, path, 3), [[3, 2], [3, 4.5], [3, 6]])
    two = draws_from_file(economy, path, 2)
    assert np.array_equal(two, draws_from_file(economy, path, 2, seed=0))
    assert set(two[:, 1]) < {2, 4.5, 6}
    with pytest.raises(EconomyError, match=r"4 draws were asked for, and the rows of .*draws\.csv are 3"):
        draws_from_file(economy, path, 4)


def test_a_file_of_standard_errors_is_drawn_from(economy, file):
    path = file("sector,standard_error,theta\nS1,0.5,4\n")
    assert read_standard_errors(path) == ({"S1": 0.5}, {"S1": 4})
    drawn = draws_from_file(economy, path, 5, seed=2)
    assert np.array_equal(drawn, from_standard_errors(economy, {"S1": 0.5}, 5, means={"S1": 4}, seed=2))
    assert np.array_equal(
        draws_from_file(economy, path, 5), from_standard_errors(economy, {"S1": 0.5}, 5, means={"S1": 4}, seed=0)
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("sector,S0\nS0,1\n", r"lacks the columns \['standard_error'\]"),
        ("standard_error,S0\n1,1\n", r"lacks the columns \['sector'\]"),
        ("S0,S1\n1,much\n2,1\n", r"has 'much' in row 1 of the column S1"),
        ("S0,S1\n1,3\n2,\n", r"has None in row 2 of the column S1"),
        ("S0,S1\n1,3\n2,0\n", r"Draw 2 has the trade elasticity 0 in S1"),
        ("S0,S1\n", "at least one row"),
    ],
)
def test_files_that_cannot_be_drawn_from(economy, file, text, why):
    with pytest.raises(EconomyError, match=why):
        draws_from_file(economy, file(text), 1)


@pytest.mark.parametrize(
    ("draws", "why"),
    [
        (np.ones(2), r"the shape \(2,\)"),
        (np.ones((1, 3)), r"the shape \(1, 3\)"),
        (np.ones((0, 2)), r"the shape \(0, 2\)"),
        (np.ones((1, 2, 1)), r"the shape \(1, 2, 1\)"),
        (np.array([[1, 2], [np.inf, 2]]), "Draw 2 has the trade elasticity inf in S0"),
        (np.array([[1, -2], [0, 2]]), "Draw 1 has the trade elasticity -2 in S1"),
        (np.array([[1, np.nan]]), "Draw 1 has the trade elasticity nan in S1"),
    ],
)
def test_draws_that_the_model_cannot_take(economy, draws, why):
    with pytest.raises(EconomyError, match=why):
        require_draws(economy, draws)


def test_draws_that_the_model_can_take_are_taken_as_they_are(economy):
    draws = np.array([[1e-3, 1.0], [0.5, 40]])
    assert np.array_equal(require_draws(economy, draws), draws)


# -- what drives the answer --------------------------------------------------------------------------------------


def drawn(thetas: np.ndarray, incomes: np.ndarray) -> Ensemble:
    """An ensemble with the real income of R0 given for each draw."""
    economy = random_economy(3, 2, 1)
    cost = economy.full(1.0)
    cost[0, 1] = 1.5
    here = Settings("share_of_income", place=Place(workers=1))
    work = replace(run_ensemble(economy, Shock(cost_hat=cost), economy.theta[None], here).work, thetas=thetas)
    values = np.zeros((len(thetas), 3, 3))
    values[:, 0, 0] = incomes
    return Ensemble(work, values, ("",) * len(thetas))


@pytest.mark.parametrize("count", [1, 3, 10, 11])
def test_an_elasticity_that_is_not_drawn_is_no_driver_however_it_rounds(count):
    incomes = np.linspace(-0.02, -0.01, count)
    for theta in (3.0, 4.9, 7.3):  # the mean of ten times one third is not one third
        held = drawn(np.full((count, 2), theta), incomes).drivers("R0")
        assert held.drivers == ()
        assert held.explained == 0
    one = np.full((count, 2), 4.9)
    one[:, 1] += np.arange(count)
    told = drawn(one, incomes).drivers("R0")
    assert [driver.sectors for driver in told.drivers] == ([("S1",)] if count > 1 else [])
    assert [driver.index for driver in told.drivers] == pytest.approx([1.0] * len(told.drivers))


def test_incomes_that_do_not_move_are_explained_by_nothing():
    thetas = np.array([3.0, 5.0]) + np.arange(10.0)[:, None]
    told = drawn(thetas, np.full(10, -0.01)).drivers("R0")
    assert told.drivers
    assert told.explained == 0
    assert {driver.by_draws for driver in told.drivers} == {0.0}


def test_the_part_of_a_driver_is_its_covariance_with_all_of_them():
    draw = np.random.default_rng(4)
    thetas = np.array([3.0, 5.0]) + draw.uniform(0, 1, (30, 2))
    found = drawn(thetas, draw.uniform(-0.03, 0.0, 30))
    told = found.drivers("R0")
    slopes = {driver.sectors[0]: driver.slope for driver in told.drivers}
    parts = {name: slopes[name] / thetas[:, k] for k, name in enumerate(("S0", "S1"))}
    together = parts["S0"] + parts["S1"]
    outcome = np.log1p(found.draws("R0"))
    for driver in told.drivers:
        part = parts[driver.sectors[0]]
        assert driver.index == pytest.approx(np.cov(part, together, ddof=0)[0, 1] / together.var())
        assert driver.by_draws == pytest.approx(np.corrcoef(part, outcome)[0, 1] ** 2)
    assert told.explained == pytest.approx(np.corrcoef(together, outcome)[0, 1] ** 2)
    assert told.drivers[0].index > told.drivers[1].index


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "S0: 25%"), (3, "S0, S1, S2: 25%"), (4, "S0, S1, S2 and 1 more: 25%"), (6, "S0, S1, S2 and 3 more: 25%")],
)
def test_a_driver_names_three_sectors_and_counts_the_rest(count, said):
    first = Driver(tuple(f"S{k}" for k in range(count)), 1.0, 0.25, 0.2)
    second = replace(first, sectors=("S9",), index=0.1)
    assert driver_words(Drivers("R0", (first, second), 1.0), Text("en")) == said
