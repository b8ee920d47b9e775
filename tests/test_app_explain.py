"""The page that explains a change, with its span in the address."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_app import Asker

from amur.app.explain import FLOWS, Span, span_of
from amur.changes.explain import explain_change
from amur.errors import InputError


@pytest.fixture(scope="module")
def ask() -> Iterator[Asker]:
    asker = Asker()
    yield asker
    asker.close()


@given(st.integers(1995, 2030), st.integers(1, 9), st.sampled_from(FLOWS))
def test_a_span_is_the_same_after_an_address(start: int, years: int, flow: str) -> None:
    from urllib.parse import parse_qsl

    span = Span(str(start), str(start + years), flow)
    assert span_of(dict(parse_qsl(span.query()))) == span


@given(st.dictionaries(st.sampled_from(["from", "to", "flow"]), st.text(max_size=12)))
def test_whatever_an_address_holds_there_is_a_span_or_one_clear_sentence(fields: dict[str, str]) -> None:
    try:
        span = span_of(fields)
    except InputError as error:
        assert str(error)
    else:
        assert span.is_open or span.end


def test_the_form_leads_to_the_address_that_can_be_shared(ask: Asker) -> None:
    how = {"a": "Sweden", "b": "Germany", "from": "2019", "to": "2021", "flow": "exports"}
    found = ask.get("/en/explain/find", params=how)
    assert found.headers["location"] == "/en/explain/SWE/DEU?from=2019&to=2021&flow=exports"
    missed = ask.get("/en/explain/find", params={**how, "to": ""})
    assert missed.status_code == 404
    assert "Give both" in missed.text
    assert 'value="Sweden"' in missed.text


def test_a_span_that_was_chosen_is_explained_as_by_the_command(ask: Asker) -> None:
    told = ask.get("/sv/explain/SWE/DEU.json?from=2019&to=2021").json()
    wanted = explain_change("SWE", "DEU", start=2019, end=2021).to_dict("sv")
    assert told == json.loads(json.dumps(wanted))
    lines = list(csv.DictReader(io.StringIO(ask.get("/sv/explain/SWE/DEU.csv?from=2019&to=2021").text)))
    assert {line["cause"] for line in lines}


@pytest.mark.parametrize("query", ["", "?from=2019&to=2021"])
def test_the_page_keeps_its_span_in_every_address(ask: Asker, query: str) -> None:
    page = ask.get(f"/en/explain/SWE/DEU{query}")
    assert page.status_code == 200
    assert f'href="/sv/explain/SWE/DEU{query}"'.replace("&", "&amp;") in page.text
    picture = re.findall(r'data-picture="([^"]+)"', page.text)[0].replace("&amp;", "&")
    assert picture.endswith(f".html{query}")
    assert "<svg" in ask.get(picture).text
    assert ask.get(picture.replace(".html", ".xlsx")).content.startswith(b"PK")


def test_a_span_backwards_or_without_data_is_refused_with_a_reason(ask: Asker) -> None:
    assert "does not come after" in ask.get("/en/explain/SWE/DEU?from=2021&to=2019").json()["detail"]
    assert ask.get("/en/explain/SWE/DEU?from=1901&to=1902").status_code == 404
    assert ask.get("/en/explain/SWE/DEU?from=2021").status_code == 422


def test_a_page_as_a_file_is_sent_whole_and_needs_no_server(ask: Asker) -> None:
    file = ask.get("/sv/explain/SWE/DEU.html?from=2019&to=2021")
    assert file.headers["content-disposition"] == 'attachment; filename="amur-explain-SWE-DEU.html"'
    assert '<html lang="sv">' in file.text
    assert "/static/" not in file.text
    assert "<svg" in file.text
    sent = ask.post("/en/check.html", data={"text": "Trade between China and Russia was $245 billion in 2024."})
    assert sent.headers["content-disposition"] == 'attachment; filename="amur-check.html"'
    assert "http-equiv" in sent.text
