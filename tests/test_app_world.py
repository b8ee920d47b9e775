"""The world page: any measure, one source, every place with a value or without one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_app import Asker

from amur.app.across import across, years_across
from amur.app.world import asked_of
from amur.errors import InputError
from amur.indicators import Query
from amur.measuring import find_measure, measure, measures

# One table made for all pairs and one made for each add the same numbers in another order.
ROUNDING = 1e-12


@pytest.fixture(scope="module")
def ask() -> Iterator[Asker]:
    asker = Asker()
    yield asker
    asker.close()


@pytest.mark.parametrize("name", ["share", "rank", "complementarity", "grubel_lloyd", "trade_intensity", "hhi"])
def test_a_value_on_the_map_is_the_value_of_the_pair(name: str) -> None:
    item = find_measure(name)
    query = Query(period=2021)
    found = across(item, "SWE" if item.pair else "", query)
    for other in ("DEU", "CHN", "USA"):
        pair = ("SWE", other) if item.pair else (other, "")
        wanted = measure(name, *pair, Query(period=2021, source=found.source))[0]
        assert found.figures[other].value == pytest.approx(wanted.value, rel=ROUNDING)


def test_seen_from_the_others_the_subject_is_the_partner() -> None:
    found = across(find_measure("share"), "CHN", Query(period=2022), view="with")
    wanted = measure("share", "KAZ", "CHN", Query(period=2022, source=found.source))[0]
    assert found.figures["KAZ"].value == pytest.approx(wanted.value, rel=ROUNDING)
    assert "CHN" not in found.figures


def test_members_of_a_bloc_have_no_value_with_it() -> None:
    found = across(find_measure("exports"), "EU27", Query(period=2022))
    assert "USA" in found.figures
    assert "SWE" not in found.figures


@given(
    st.sampled_from(measures()),
    st.sampled_from(["RUS", "SWE", "EU27"]),
    st.sampled_from(["of", "with"]),
    st.sampled_from(years_across()),
    st.sampled_from(["total", "exports", "imports"]),
)
def test_what_is_asked_is_the_same_after_an_address(item, subject: str, view: str, year: int, flow: str) -> None:
    fields = {"measure": item.name, "subject": subject, "view": view, "year": str(year), "flow": flow}
    asked = asked_of(fields)
    again = asked_of(dict(parse_qsl(asked.address())))
    assert again.address() == asked.address()
    assert (again.query, again.subject) == (asked.query, asked.subject)


@given(st.dictionaries(st.sampled_from(["measure", "subject", "view", "year", "flow", "product"]), st.text(max_size=9)))
def test_whatever_an_address_holds_there_is_a_question_or_one_clear_sentence(fields: dict[str, str]) -> None:
    try:
        assert asked_of(fields).measure
    except InputError as error:
        assert str(error)


@pytest.mark.parametrize("item", measures(), ids=lambda item: item.name)
def test_every_measure_of_the_registry_has_its_page(ask: Asker, item) -> None:
    address = asked_of({"measure": item.name, "subject": "CHN"}).address()
    page = ask.get(f"/sv/world?{address}")
    assert page.status_code == 200
    data = ask.get(f"/sv/world.json?{address}").json()
    shown = 'data-picture="' in page.text
    assert shown == bool(data["figures"])
    assert shown or data["reasons"]
    places = {figure["place"] for figure in data["figures"]}
    assert not places & set(data["no_data"])


def test_a_name_leads_to_the_code_and_a_miss_comes_back_to_the_form(ask: Asker) -> None:
    found = ask.get("/en/world", params={"measure": "share", "subject": "Sweden", "year": "2020"})
    assert (found.status_code, found.headers["location"]) == (303, "/en/world?measure=share&subject=SWE&year=2020")
    for bad in ({"subject": "Swedn"}, {"year": "1900"}, {"year": "9" * 50}, {"measure": "shre"}, {"product": "<b>"}):
        answer = ask.get("/en/world", params=bad)
        assert answer.status_code == 404
        assert 'class="notice' in answer.text
        assert "<b>" not in answer.text


def test_the_slider_gets_the_map_with_its_picture_and_the_twins_of_its_year(ask: Asker) -> None:
    part = ask.get("/en/world/part?measure=share&subject=RUS&year=2015&size=large")
    assert part.text.count("<svg") == 1
    assert "year=2015" in part.text
    rows = list(csv.DictReader(io.StringIO(ask.get("/en/world.csv?measure=share&subject=RUS&year=2015").text)))
    assert {row["year"] for row in rows} == {"2015"}
    assert sum(float(row["value"]) for row in rows if row["value"]) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("name", ["share", "hhi"])
def test_the_matrix_comes_after_the_page_and_is_a_page_of_its_own(ask: Asker, name: str) -> None:
    subject = "&subject=RUS" if name == "share" else ""
    page = ask.get(f"/en/world?measure={name}{subject}&year=2022")
    later = re.findall(r'data-later="([^"]+)"', page.text)[0].replace("&amp;", "&")
    part = ask.get(later)
    assert part.status_code == 200
    picture = re.findall(r'data-picture="([^"]+)"', part.text)[0].replace("&amp;", "&")
    assert "<svg" in ask.get(picture).text
    assert ask.get(later.replace("/part", "")).status_code == 200
    cells = ask.get(later.replace("matrix/part", "matrix.json")).json()["cells"]
    assert len(cells) == (10 * 9 if name == "share" else 10 * len(years_across()))


def test_a_country_without_data_says_why(ask: Asker) -> None:
    page = ask.get("/en/world?measure=share&subject=RUS&year=2023")
    assert page.status_code == 200
    assert "missing and not zero" in page.text
