"""The leverage and triangle pages of the app: forms, pages, twins and files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import pytest
from test_app import Asker

from amur.app import leverage as lever
from amur.design import DesignFile, LeverGroup, design_policy
from amur.economy import load_economy
from amur.leverage import leverage_matrix
from amur.models.shock import Shock
from amur.solver import solve

# The page prints what the same function returns, to the last bit that JSON keeps.
EXACT = 1e-12


@pytest.fixture(scope="module")
def ask() -> Iterator[Asker]:
    asker = Asker()
    yield asker
    asker.close()


def rows(body: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body)))


def test_the_matrix_on_the_page_is_the_matrix_of_the_model(ask: Asker) -> None:
    matrix = leverage_matrix(solve(load_economy("icio-2022"), Shock()))
    pairs = ask.get("/en/leverage.json").json()["pairs"]
    found = {(row["hurt"], row["by"]): row["loss_per_one_percent"] for row in pairs}
    assert len(rows(ask.get("/en/leverage.csv").text)) == len(pairs)
    assert len(found) == len(matrix.regions) * (len(matrix.regions) - 1)
    for hurt, by in (("RUS", "CHN"), ("CHN", "RUS"), ("SWE", "DEU")):
        at = matrix.regions.index(hurt), matrix.regions.index(by)
        assert found[hurt, by] == pytest.approx(matrix.pairs[at], rel=EXACT)


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_matrix_can_be_sorted_and_searched_and_its_picture_is_drawn(ask: Asker, language: str) -> None:
    page = ask.get(f"/{language}/leverage").text
    assert "data-sortable" in page
    assert 'type="search"' in page
    picture = re.findall(r'data-picture="([^"]+)"', page)[0]
    assert ask.get(picture).text.count("<svg") == 2


def test_names_lead_to_the_pair_and_a_miss_comes_back_to_the_form(ask: Asker) -> None:
    found = ask.get("/en/leverage/find", params={"a": "Russia", "b": "China"})
    assert (found.status_code, found.headers["location"]) == (303, "/en/leverage/RUS/CHN")
    missed = ask.get("/en/leverage/find", params={"a": "Russia", "b": "Chna<i>"})
    assert missed.status_code == 404
    assert 'value="Russia"' in missed.text
    assert "<i>" not in missed.text
    assert ask.get("/sv/leverage/Sverige/DEU.csv").headers["location"] == "/sv/leverage/SWE/DEU.csv"


def test_a_pair_has_its_page_twins_and_ways_on(ask: Asker) -> None:
    page = ask.get("/sv/leverage/RUS/CHN")
    assert page.status_code == 200
    assert 'href="/en/leverage/RUS/CHN" hreflang="en"' in page.text
    assert "/sv/leverage/CHN/RUS/frontier" in page.text
    told = ask.get("/en/leverage/RUS/CHN.json").json()
    assert [side["code"] for side in told["pair"]] == ["RUS", "CHN"]
    lines = rows(ask.get("/en/leverage/RUS/CHN.csv").text)
    assert {line["horizon"] for line in lines} == {"long", "short"}
    name = re.findall(r'data-picture="/sv/leverage/RUS/CHN/chart/([a-z-]+)\.html"', page.text)[0]
    assert ask.get(f"/sv/leverage/RUS/CHN/chart/{name}.csv").status_code == 200


def test_the_frontier_has_its_points_its_levers_and_its_twins(ask: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    # The page's own two levers take half a minute; one on one sector takes a second and has the same shape.
    group = LeverGroup(instrument="tariff", sectors=("C29",), together=True)
    file = DesignFile(coalition=("SWE",), target=("NOR",), bound=0.00005, instruments=(group,), frontier=(0.00001,))
    study = design_policy(file)
    monkeypatch.setattr(lever, "frontier_of", lambda a, b: study)
    page = ask.get("/sv/leverage/SWE/NOR/frontier")
    assert page.status_code == 200
    picture = re.findall(r'data-picture="([^"]+)"', page.text)[0]
    assert "<svg" in ask.get(picture).text
    points = rows(ask.get("/sv/leverage/SWE/NOR/frontier.csv").text)
    losses = [(float(point["own_loss"]), float(point["target_loss"])) for point in points]
    assert losses == sorted(losses)
    assert len(losses) == 2
    assert ask.get("/en/leverage/SWE/NOR/frontier.json").json()["design"]
    assert ask.get("/en/leverage/Sverige/NOR/frontier").headers["location"] == "/en/leverage/SWE/NOR/frontier"


def test_three_powers_are_chosen_by_name_and_shared_by_code(ask: Asker) -> None:
    found = ask.get("/en/triangle", params={"a": "Sweden", "b": "NOR", "c": "Denmark", "d": ""})
    assert (found.status_code, found.headers["location"]) == (303, "/en/triangle?a=SWE&b=NOR&c=DNK")
    page = ask.get(found.headers["location"])
    assert page.status_code == 200
    assert 'href="/sv/triangle?a=SWE&amp;b=NOR&amp;c=DNK"' in page.text
    data = ask.get("/en/triangle.json?a=SWE&b=NOR&c=DNK").json()
    assert data["places"] == ["SWE", "NOR", "DNK"]
    assert len(data["measures"]["rows"]) == 6
    assert {row["table"] for row in rows(ask.get("/en/triangle.csv?a=SWE&b=NOR&c=DNK").text)} == set(data) - {"places"}
    picture = re.findall(r'data-picture="([^"]+)"', page.text)[0].replace("&amp;", "&")
    assert "<svg" in ask.get(picture).text


@pytest.mark.parametrize("query", ["a=SWE&b=NOR", "a=SWE&b=EU27&c=USA", "a=SWE&b=NOR&c=Nowhere"])
def test_powers_that_make_no_triangle_come_back_to_the_form_with_the_reason(ask: Asker, query: str) -> None:
    answer = ask.get(f"/en/triangle?{query}")
    assert answer.status_code == 404
    assert 'class="notice' in answer.text
