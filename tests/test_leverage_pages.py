"""Pages of leverage, triangle and alignment: they hold the numbers they were given, in both languages."""

from __future__ import annotations

import polars as pl
import pytest
from economies import random_economy

from amur.design import DesignFile, LeverGroup, design_policy
from amur.errors import MeasureError
from amur.leverage import leverage
from amur.pages import alignment, triangle
from amur.pages.leverage import leverage_record, sides_table, write_leverage_page
from amur.text import Text

DATA = alignment.DATA


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    return str(random_economy(4, 2, 70).save(tmp_path_factory.mktemp("own") / "own.npz"))


@pytest.fixture(scope="module")
def found(own):
    return leverage("R0", "R1", economies=[own])


@pytest.mark.parametrize("lang", ["en", "sv"])
def test_leverage_page_holds_its_losses(found, own, tmp_path, lang):
    file = DesignFile(
        coalition=("R1",),
        target=("R0",),
        bound=0.002,
        instruments=(LeverGroup(instrument="tariff"),),
        economy=own,
        frontier=(0.001,),
    )
    page = write_leverage_page(found, tmp_path / "page.html", lang=lang, study=design_policy(file)).read_text()
    text = Text(lang)
    for code in ("R0", "R1"):
        assert text.percent(found.loss(code), digits=2) in page
    for section in ("pair", "sectors", "world", "frontier", "method"):
        assert text(f"{'design' if section == 'frontier' else 'leverage'}.page.{section}") in page


def test_sides_table_has_a_row_for_each_side_and_horizon(found):
    table = sides_table(found, Text("en"))
    assert len(table.rows) == 12
    first = table.rows[0]
    assert first["cut"] == found.default.exact[0].loss
    assert first["cut_usd"] == found.default.exact[0].loss_usd


def test_headline_shows_both_parties_on_both_horizons(found):
    page = leverage_record(found, Text("en"))
    assert [item.value.figure.value for item in page.headline] == [
        found.loss(code, horizon=horizon) for horizon in ("long", "short") for code in ("R0", "R1")
    ]


def test_a_tie_that_cannot_be_cut_says_why_on_the_page(tmp_path):
    path = str(random_economy(2, 1, 3).save(tmp_path / "two.npz"))
    page = write_leverage_page(leverage("R0", "R1", economies=[path]), tmp_path / "page.html").read_text()
    assert "cut off, it must be zero" in page


def test_vote_agreement_is_the_mean_over_members_and_years():
    votes = pl.read_parquet(DATA / "trade" / "un_vote_agreement_1946_2019.parquet")
    years = votes.filter(pl.col("year").is_between(2011, 2019) & (pl.col("partner") == "USA"))
    russia = years.filter(pl.col("iso3") == "RUS")["agreement"].to_list()
    assert len(russia) == 9
    assert alignment.vote_agreement("RUS", "USA") == pytest.approx(sum(russia) / 9)
    assert alignment.vote_agreement("USA", "RUS") == pytest.approx(alignment.vote_agreement("RUS", "USA"), abs=1e-9)
    germany = years.filter(pl.col("iso3") == "DEU")["agreement"].mean()
    europe = alignment.vote_agreement("EU27", "USA")
    assert europe != pytest.approx(germany, abs=1e-4)
    assert europe == pytest.approx(alignment.vote_agreement("USA", "EU27"))
    assert alignment.vote_agreement("BRA", "ARG") is None


def test_ideal_distance_is_between_final_vote_points_of_2024():
    points = pl.read_parquet(DATA / "ties" / "un_ideal_points_1946_2024.parquet").filter(pl.col("year") == 2024)
    at = dict(zip(points["iso3c"], points["idealpointfp"], strict=True))
    assert alignment.ideal_distance("RUS", "USA") == pytest.approx(abs(at["RUS"] - at["USA"]), rel=1e-6)
    assert alignment.ideal_distance("RUS", "CHN") == alignment.ideal_distance("CHN", "RUS")
    assert alignment.ideal_distance("RUS", "TWN") is None


def test_triangle_page_shows_every_pair():
    page = triangle.triangle_record(Text("sv"), ("RUS", "CHN", "USA"))
    assert [section.name for section in page.sections] == ["dependence", "cut", "alignment"]
    cut = triangle.cut_table(("RUS", "CHN", "USA"), Text("en"))
    losses = {(row["subject"], row["object"]): row["loss"] for row in cut.rows}
    assert losses["Russia", "China"] == pytest.approx(0.0240, abs=5e-5)
    assert len(losses) == 6
    assert len(triangle.alignment_table(("RUS", "CHN", "USA"), Text("en")).rows) == 3


def test_two_places_are_no_triangle():
    with pytest.raises(MeasureError, match="three places"):
        triangle.triangle_record(Text("en"), ("RUS", "CHN", "Russia"))
