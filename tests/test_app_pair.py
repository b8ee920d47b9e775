"""The page of a pair follows what its address chooses: years, flow, sectors and third parties."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_app import Asker

from amur.app.pair import FLOWS, Chosen, chosen_of
from amur.errors import InputError
from amur.indicators import Query, measure


@pytest.fixture(scope="module")
def ask() -> Iterator[Asker]:
    asker = Asker()
    yield asker
    asker.close()


@given(
    st.integers(1995, 2012) | st.none(),
    st.integers(2013, 2024) | st.none(),
    st.sampled_from(FLOWS),
    st.lists(st.sampled_from(["C29", "B06", "C20"]), unique=True),
    st.lists(st.sampled_from(["USA", "EU27", "IND"]), unique=True),
)
def test_a_choice_is_the_same_after_an_address(since, until, flow: str, sectors, thirds) -> None:
    chosen = Chosen(since, until, flow, tuple(sectors), tuple(thirds))
    assert chosen_of(dict(parse_qsl(chosen.query())), "RUS", "CHN") == chosen


@given(st.dictionaries(st.sampled_from(["from", "to", "flow", "sectors", "third"]), st.text(max_size=12)))
def test_whatever_an_address_holds_there_is_a_choice_or_one_clear_sentence(fields: dict[str, str]) -> None:
    try:
        chosen_of(fields, "RUS", "CHN")
    except InputError as error:
        assert str(error)


def test_the_charts_follow_years_flow_sectors_and_third_parties(ask: Asker) -> None:
    query = "from=2015&to=2019&flow=exports&sectors=C29%2CC20&third=NOR"
    page = ask.get(f"/en/pair/SWE/DEU?{query}")
    assert page.status_code == 200
    assert f'href="/sv/pair/SWE/DEU?{query}"'.replace("&", "&amp;") in page.text
    data = ask.get(f"/en/pair/SWE/DEU.json?{query}").json()
    charts = {chart["name"]: chart["rows"] for chart in data["charts"]}
    assert {row["period"] for row in charts["view-level"]} == {str(year) for year in range(2015, 2020)}
    assert {row["series"] for row in charts["view-shares-swe"]} == {"Germany", "Norway"}
    assert len(charts["sectors-swe"]) == 2
    assert {row["row"] for row in charts["share-matrix"]} == {"Sweden", "Germany", "Norway"}
    wanted = measure("exports", "SWE", "DEU", Query(flow="exports", period=2017, source="icio"))[0]
    assert any(row["figure"] == pytest.approx(wanted.value) for row in charts["view-level"] if row["period"] == "2017")


def test_names_in_the_form_lead_to_codes_in_the_address(ask: Asker) -> None:
    found = ask.get("/en/pair/SWE/DEU", params={"third": "Norway, usa", "from": "", "flow": "total"})
    assert (found.status_code, found.headers["location"]) == (303, "/en/pair/SWE/DEU?third=NOR%2CUSA")


@pytest.mark.parametrize("bad", ["from=x", "from=2020&to=2010", "third=SWE", "third=Norwy", "sectors=C99", "flow=up"])
def test_a_choice_that_cannot_be_shown_comes_back_to_the_form_with_the_reason(ask: Asker, bad: str) -> None:
    answer = ask.get(f"/sv/pair/SWE/DEU?{bad}")
    assert answer.status_code == 404
    assert 'class="notice' in answer.text
    assert ask.get(f"/sv/pair/SWE/DEU.json?{bad}").status_code in (404, 422)


def test_years_without_data_leave_a_page_that_says_so(ask: Asker) -> None:
    page = ask.get("/en/pair/SWE/NOR?from=1950&to=1960")
    assert page.status_code == 200
    assert "no data for this choice" in ask.get("/en/pair/SWE/NOR/view/part?from=1950&to=1960").text


@pytest.mark.parametrize("what", ["why", "view"])
def test_what_comes_later_is_also_a_page_of_its_own(ask: Asker, what: str) -> None:
    page = ask.get("/en/pair/SWE/DEU?flow=imports").text
    later = {address.replace("&amp;", "&") for address in re.findall(r'data-later="([^"]+)"', page)}
    address = next(item for item in later if f"/{what}/part" in item)
    part = ask.get(address)
    assert part.status_code == 200
    assert "<html" not in part.text
    own = ask.get(address.replace("/part", ""))
    assert "<html" in own.text
    assert 'href="/en/pair/SWE/DEU' in own.text
    picture = re.findall(r'data-picture="([^"]+)"', part.text)[0].replace("&amp;", "&")
    assert "<svg" in ask.get(picture).text
    ids = re.findall(r' id="(tip-\d+)"', part.text)
    assert not set(ids) & set(re.findall(r' id="(tip-\d+)"', page))
