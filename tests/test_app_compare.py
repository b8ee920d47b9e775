"""Two scenarios side by side, each with choices of its own, in one address."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from test_app import Asker

from amur.scenario import load_scenario
from amur.simulate import Plan, simulate

# Runs begun at different starts stop within the solver's tolerance of each other.
SOLVER = 1e-7
OWN = "s1.kind=tariff.set&s1.from=CHN&s1.to=USA&s1.sectors=goods&s1.value=0.3"


@pytest.fixture(scope="module")
def ask() -> Iterator[Asker]:
    asker = Asker()
    yield asker
    asker.close()


def address(one: str, other: str, kind: str = "") -> str:
    return f"/en/lab/compare{kind}?{urlencode([('one', one), ('other', other)])}"


def test_the_two_are_what_each_is_alone_and_the_difference_is_theirs(ask: Asker) -> None:
    rows = ask.get(address("scenario=us-60-china", "scenario=us-60-china&horizon=short", ".json")).json()["countries"]
    found = {row["country"]: row for row in rows}
    for side, horizon in (("one", "long"), ("other", "short")):
        plan = Plan(("icio-2022",), ("FGH22",), ("fixed",), (horizon,))  # type: ignore[arg-type]
        outcome = simulate(load_scenario("us-60-china"), plan).runs[0].outcome
        assert outcome is not None
        for row in outcome.countries().to_dicts():
            assert found[row["country"]][side] == pytest.approx(row["real_income_change"], abs=SOLVER)
    assert all(row["difference"] == row["other"] - row["one"] for row in rows)


def test_a_scenario_beside_itself_differs_nowhere(ask: Asker) -> None:
    rows = csv.DictReader(io.StringIO(ask.get(address(OWN, OWN, ".csv")).text))
    assert all(abs(float(row["difference"])) < SOLVER for row in rows)


def test_what_the_form_chose_becomes_the_address_of_the_two(ask: Asker) -> None:
    form = {"one": "scenario=us-60-china", "one.horizon": "short", "other": OWN, "other.theta": "FGO"}
    found = ask.get("/en/lab/compare", params=form)
    assert found.status_code == 303
    page = ask.get(found.headers["location"])
    assert page.status_code == 200
    assert "horizon%3Dshort" in found.headers["location"]
    assert 'value="short" selected' in page.text
    assert 'value="FGO" selected' in page.text
    assert page.text.count('<dl class="strip"') == 2
    picture = re.findall(r'data-picture="([^"]+)"', page.text)[0].replace("&amp;", "&")
    assert ask.get(picture).text.count("<svg") == 2


def test_the_lab_leads_there_and_back_and_keeps_the_other(ask: Asker) -> None:
    page = ask.get(f"/en/lab?{OWN}&{urlencode([('against', 'scenario=cut-rus-chn')])}")
    link = re.findall(r'href="(/en/lab/compare[^"]+)"', page.text)[0].replace("&amp;", "&")
    assert link.endswith("other=scenario%3Dcut-rus-chn")
    assert 'name="against" value="scenario=cut-rus-chn"' in page.text
    page = ask.get(link, follow_redirects=True)
    back = page.text
    assert "against=scenario%3Dcut-rus-chn" in back


@pytest.mark.parametrize(
    ("one", "status"),
    [("scenario=nothing", 404), ("s1.kind=ban", 404), ("&".join(f"s{n}.kind=ban" for n in range(250)), 404)],
)
def test_what_cannot_be_compared_comes_back_to_the_form_with_the_reason(ask: Asker, one: str, status: int) -> None:
    answer = ask.get(address(one, OWN))
    assert answer.status_code == status
    assert 'class="notice' in answer.text


def test_one_without_a_result_leaves_the_other(ask: Asker) -> None:
    page = ask.get(address("s1.kind=tariff.set&s1.from=Chna&s1.to=USA", OWN))
    assert page.status_code == 200
    assert "Chna" in page.text
    assert page.text.count('<dl class="strip"') == 1
    assert ask.get(address("s1.kind=tariff.set&s1.from=Chna&s1.to=USA", OWN, ".json")).status_code == 422
