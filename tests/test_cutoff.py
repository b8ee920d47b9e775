"""The closed form of a cut: against its definition, against hand sums, and the known values of the bundled economy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from amur import codes
from amur.cutoff import (
    MEASURE,
    MEASURE_WITHOUT_LINKS,
    MEASURES,
    closed_form,
    first_look,
    first_look_by_sector,
    losses_over_draws,
)
from amur.economy import Economy, load_economy
from amur.errors import MeasureError, NoDataError, NoEquilibriumError
from amur.indicators.question import Query, ask
from amur.measuring import find_measure, measure, measures
from amur.periods import Period
from amur.text import LANGUAGES

CLOSE = 1e-12  # one small linear system
PRINTED = 5e-5  # half a unit of the last digit of 1.28 %


@pytest.fixture(scope="module")
def economy() -> Economy:
    return load_economy("icio-2022")


def small(share: float = 0.2, theta: float = 4.0) -> Economy:
    """Two regions and two sectors; AAA buys `share` of its first good from BBB, and the second good uses the first."""
    pi = np.array([[[1 - share, 1.0], [0.0, 0.0]], [[share, 0.0], [1.0, 1.0]]])
    gamma = np.array([[[0.0, 0.5], [0.0, 0.0]], [[0.0, 0.5], [0.0, 0.0]]])
    alpha = np.array([[0.4, 0.6], [0.4, 0.6]])
    return Economy(
        name="small",
        regions=("AAA", "BBB"),
        sectors=("raw", "made"),
        pi=pi,
        gamma=gamma,
        beta=1 - gamma.sum(axis=1),
        alpha=alpha,
        va=np.array([1.0, 1.0]),
        deficit=np.zeros(2),
        tariff=np.zeros((2, 2, 2)),
        theta=np.full(2, theta),
        expenditure=np.ones((2, 2)),
    )


def test_loss_by_hand() -> None:
    """Raw dearer by z; made goods, all from home and half raw, by z / 2: loss 0.4 z + 0.6 z / 2."""
    loss = closed_form(small(), "AAA", "BBB")
    z = -np.log(0.8) / 4
    assert loss.total == pytest.approx(0.4 * z + 0.6 * 0.5 * z, rel=CLOSE)
    assert loss.direct == pytest.approx(0.4 * z, rel=CLOSE)
    assert loss.by_sector == pytest.approx([0.7 * z, 0.0], rel=CLOSE)
    assert loss.share == pytest.approx([0.2, 0.0])
    nothing = closed_form(small(), "BBB", "AAA")
    assert (nothing.total, nothing.direct) == (0.0, 0.0)


def test_loss_falls_with_theta_and_rises_with_the_share() -> None:
    assert closed_form(small(theta=8.0), "AAA", "BBB").total == pytest.approx(
        closed_form(small(), "AAA", "BBB").total / 2
    )
    assert closed_form(small(share=0.3), "AAA", "BBB").total > closed_form(small(), "AAA", "BBB").total


def test_a_sole_supplier_has_no_finite_price() -> None:
    with pytest.raises(NoEquilibriumError, match="AAA buys all its raw from BBB"):
        closed_form(small(share=1.0), "AAA", "BBB")


@pytest.mark.parametrize(
    ("subject", "partner", "total", "direct"), [("RUS", "CHN", 0.0128, 0.0079), ("CHN", "RUS", 0.0026, 0.0004)]
)
def test_known_values(economy: Economy, subject: str, partner: str, total: float, direct: float) -> None:
    loss = closed_form(economy, subject, partner)
    assert loss.total == pytest.approx(total, abs=PRINTED)
    assert loss.direct == pytest.approx(direct, abs=PRINTED)


def test_the_matrix_form_is_its_series(economy: Economy) -> None:
    """(I − A)⁻¹ z = z + A z + A² z + …, which is how a rise of prices passes from round to round."""
    n, m = economy.region("SWE"), economy.region("DEU")
    z = -np.log1p(-economy.pi[m, n]) / economy.theta
    passed_on = economy.pi[n, n][:, None] * economy.gamma[n].T
    price, term = z.copy(), z
    for _ in range(300):
        term = passed_on @ term
        price += term
    loss = closed_form(economy, "SWE", "DEU")
    assert loss.total == pytest.approx(float(economy.alpha[n] @ price), rel=1e-10)
    assert loss.by_sector.sum() == pytest.approx(loss.total, rel=CLOSE)
    assert loss.direct < loss.total


def test_figures_carry_the_range_over_elasticities(economy: Economy) -> None:
    figures = first_look("RUS", "CHN", thetas=("FGH22", "LL", "Shap"))
    head, direct, *each = figures
    draws = each.pop()
    assert (head.measure, direct.measure) == (MEASURE, MEASURE_WITHOUT_LINKS)
    assert head.interval_kind == direct.interval_kind == draws.interval_kind == "elasticity"
    values = [figure.value for figure in each]
    assert len(values) == 3
    assert (head.value, head.low, head.high) == (values[0], min(values), max(values))
    assert min(values) < head.value < max(values)
    assert [figure.interval_kind for figure in each] == ["none"] * 3
    assert head.unit == "fraction"
    assert head.origins == ("oecd-icio-calibration",)
    assert "not a bound" in head.basis
    assert draws.low is not None
    assert draws.high is not None
    assert draws.low < draws.value < draws.high


def test_one_set_alone_claims_no_range() -> None:
    head = first_look("SWE", "DEU", thetas=("FGO",))[0]
    assert head.interval_kind == "none"


def test_draws_are_the_closed_form_under_each_draw(economy: Economy) -> None:
    assert economy.theta_draws is not None
    losses = losses_over_draws(economy, "RUS", "CHN")
    assert len(losses) == len(economy.theta_draws)
    third = closed_form(economy.with_theta(economy.theta_draws[2]), "RUS", "CHN")
    assert losses[2] == pytest.approx(third.total, rel=CLOSE)
    with pytest.raises(NoDataError, match="no draws"):
        losses_over_draws(small(), "AAA", "BBB")


def test_a_nowcast_year_is_said_in_both_languages() -> None:
    for language in LANGUAGES:
        basis = first_look("RUS", "CHN", thetas=("FGH22",), language=language)[0].basis
        assert ("nowcast" in basis) == (language == "en")
        assert ("framskrivning" in basis) == (language == "sv")
    assert "nowcast" not in first_look("SWE", "DEU", thetas=("FGH22",))[0].basis


def test_sectors_add_up_to_the_loss(economy: Economy) -> None:
    rows = first_look_by_sector("RUS", "CHN")
    losses = [float(row["loss"]) for row in rows]
    assert sum(losses) == pytest.approx(closed_form(economy, "RUS", "CHN").total, rel=CLOSE)
    assert losses == sorted(losses, reverse=True)
    assert {row["sector"] for row in rows} == set(economy.sectors)


def test_a_bloc_is_merged_into_one_region(economy: Economy) -> None:
    merged = first_look("EU27", "CHN", thetas=("FGH22",))[0]
    assert (merged.subject, merged.object) == ("EU27", "CHN")
    members = sorted(codes.bloc("EU27").members)
    one = economy.aggregate(regions={"EU27": members})
    assert merged.value == pytest.approx(closed_form(one, "EU27", "CHN").total, rel=CLOSE)
    assert merged.value < max(closed_form(economy, code, "CHN").total for code in members)


def test_places_that_overlap_or_are_missing_are_named() -> None:
    with pytest.raises(MeasureError, match="DEU and EU27 overlap"):
        first_look("DEU", "EU27")
    with pytest.raises(NoDataError, match="no region UZB"):
        first_look("UZB", "CHN")


def test_the_measures_of_the_closed_form_answer() -> None:
    question = ask("SWE", "DEU", Query())
    for item in MEASURES:
        figures = item.compute(question).figures
        assert figures
        assert {figure.measure for figure in figures} == {item.name}
        assert item.words("definition", "sv") != item.words("definition", "en")


def test_a_sector_bought_from_the_partner_alone_is_named_and_an_unused_one_is_no_matter() -> None:
    with pytest.raises(NoEquilibriumError, match="AAA buys all its raw from BBB"):
        closed_form(small(1.0), "AAA", "BBB")
    no_inputs = {"gamma": np.zeros((2, 2, 2)), "beta": np.ones((2, 2))}
    unused = replace(small(1.0), alpha=np.array([[0.0, 1.0], [0.4, 0.6]]), **no_inputs)
    assert closed_form(unused, "AAA", "BBB").total == 0


def test_draws_are_those_of_the_pair_and_their_middle_90_percent_is_printed(economy: Economy) -> None:
    median = first_look("RUS", "CHN", economy=economy)[-1]
    values = losses_over_draws(economy, "RUS", "CHN")
    assert median.value == pytest.approx(np.median(values), rel=CLOSE)
    assert (median.low, median.high) == pytest.approx(tuple(np.quantile(values, (0.05, 0.95))), rel=CLOSE)
    turned = first_look("CHN", "RUS", economy=economy)[-1]
    assert turned.value == pytest.approx(np.median(losses_over_draws(economy, "CHN", "RUS")), rel=CLOSE)


def test_one_set_of_elasticities_gives_no_interval_and_two_give_their_span(economy: Economy) -> None:
    one = first_look("RUS", "CHN", economy=economy, thetas=("FGH22",))[0]
    assert (one.low, one.high, one.interval_kind) == (None, None, "none")
    two = first_look("RUS", "CHN", economy=economy, thetas=("FGH22", "FGO"))[0]
    each = [closed_form(economy.with_theta(name), "RUS", "CHN").total for name in ("FGH22", "FGO")]
    assert (two.low, two.high) == (min(each), max(each))


def test_an_economy_without_a_year_is_no_nowcast(economy: Economy) -> None:
    assert first_look("RUS", "CHN", economy=economy)[0].basis.startswith("a nowcast")
    assert first_look("RUS", "CHN", economy=replace(economy, year=None))[0].basis.startswith("closed form")
    assert first_look("RUS", "CHN", economy=replace(economy, name="mine"))[0].basis.startswith("closed form")


@pytest.mark.parametrize("asked", [{"data": "x.csv"}, {"source": "icio"}, {"product": "C26"}, {"base": 2020}])
def test_what_the_closed_form_cannot_take_is_refused(asked: dict[str, Any]) -> None:
    question = replace(
        ask("SWE", "DEU", Query()), query=Query(**asked), base=Period.of_year(2020) if "base" in asked else None
    )
    with pytest.raises(MeasureError, match="Leave data, source, product and base out"):
        MEASURES[0].compute(question)


def test_another_year_is_answered_with_the_year_there_is() -> None:
    found = measure(MEASURE, "SWE", "DEU", Query(period=2022))
    assert {figure.period for figure in found} == {Period.of_year(2022)}
    with pytest.raises(NoDataError, match="first_look is known for 2022 alone"):
        measure(MEASURE, "SWE", "DEU", Query(period=2021))


def test_every_measure_has_a_name_of_its_own_and_a_miss_suggests_the_nearest() -> None:
    names = [item.name for item in measures()]
    assert len(set(names)) == len(names)
    assert {MEASURE, MEASURE_WITHOUT_LINKS, "share", "turnover"} <= set(names)
    with pytest.raises(MeasureError, match="Did you mean first_look"):
        find_measure("firstlook")
