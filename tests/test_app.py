"""The app asked without a browser: pages and their twins, the lab, the API, and what a stranger may try."""

from __future__ import annotations

import asyncio
import csv
import html
import io
import json
import re
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from amur.app import Settings, create_app
from amur.app.draft import KINDS, Draft, Row, draft_of, rows_of
from amur.app.work import Shelf
from amur.errors import InputError, ScenarioError
from amur.scenario import load_scenario, read_scenario, shipped_scenarios
from amur.simulate import Plan, simulate

# A run begun near its solution and one begun far from it stop within the solver's tolerance of each other.
SOLVER = 1e-7
PAGE = {"accept": "text/html"}
ONE = "scenario=us-60-china"


class Asker:
    """Requests to an app in one event loop, without a network."""

    def __init__(self, settings: Settings | None = None, base: str = "http://127.0.0.1") -> None:
        # A thread of its own: a browser test in the same process leaves a loop running in the main one.
        self.thread = ThreadPoolExecutor(1)
        self.runner = self.thread.submit(asyncio.Runner).result()
        self.app = create_app(settings)
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url=base, timeout=120)

    def get(self, address: str, **how: Any) -> httpx.Response:
        return self._run(self.client.get(address, **how))

    def post(self, address: str, **how: Any) -> httpx.Response:
        return self._run(self.client.post(address, **how))

    def ask(self, method: str, address: str) -> httpx.Response:
        return self._run(self.client.request(method, address))

    def close(self) -> None:
        self._run(self.client.aclose())
        self.app.state.desk.close()
        self.thread.submit(self.runner.close).result()
        self.thread.shutdown()

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.thread.submit(self.runner.run, work).result()


@pytest.fixture(scope="module")
def ask() -> Iterator[Asker]:
    asker = Asker()
    yield asker
    asker.close()


# ── pages ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["", "explain", "leverage", "world", "lab", "check", "sources", "methods"])
@pytest.mark.parametrize("language", ["en", "sv"])
def test_a_page_is_in_its_language_links_what_works_and_keeps_the_page_when_languages_are_switched(
    ask: Asker, language: str, path: str
) -> None:
    answer = ask.get(f"/{language}/{path}")
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    other = "sv" if language == "en" else "en"
    assert f'href="/{other}/{path}" hreflang="{other}"' in answer.text
    own = {link for link in re.findall(r'href="(/[^"?#]*)', answer.text) if not link.startswith("/static")}
    # Pages of pairs and powers have tests of their own.
    for link in own - {f"/{language}/triangle"}:
        if link.count("/") < 3:
            assert ask.get(link).status_code == 200, link


def test_no_page_holds_inline_script_or_style_or_asks_another_host(ask: Asker) -> None:
    for address in ("/en/", f"/en/lab?{ONE}", "/sv/check"):
        answer = ask.get(address)
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert not re.search(r"<script(?![^>]* src=)|<style| style=|\son[a-z]+=", answer.text)
        assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"[^>]*(?:stylesheet|script)', answer.text) == []


def test_the_front_leads_to_the_reader_s_language(ask: Asker) -> None:
    assert ask.get("/", headers={"accept-language": "sv-SE,sv;q=0.9"}).headers["location"] == "/sv/"
    assert ask.get("/", headers={"accept-language": "fi"}).headers["location"] == "/en/"


def test_a_search_leads_to_the_pair_and_a_miss_suggests_the_nearest(ask: Asker) -> None:
    found = ask.get("/sv/pair", params={"a": "Sverige", "b": "Germany"})
    assert (found.status_code, found.headers["location"]) == (303, "/sv/pair/SWE/DEU")
    missed = ask.get("/en/pair", params={"a": "Sweden", "b": "Germny<b>"})
    assert missed.status_code == 404
    assert "Germany" in missed.text
    assert "<b>" not in missed.text.split("<main")[1]


def test_the_page_of_a_pair_has_twins_and_every_chart_its_files(ask: Asker) -> None:
    page = ask.get("/en/pair/UZB/CHN")
    assert page.status_code == 200
    pictures = re.findall(r'data-picture="([^"]+)"', page.text)
    data = ask.get("/en/pair/UZB/CHN.json").json()
    assert data["pair"] == ["UZB", "CHN"]
    names = [chart["name"] for chart in data["charts"]]
    drawn_later = re.findall(r'data-picture="([^"]+)"', ask.get("/en/pair/UZB/CHN/why/part").text)
    on_pages = [picture.rsplit("/", 1)[1].removesuffix(".html") for picture in (*pictures, *drawn_later)]
    assert set(on_pages) <= set(names)
    assert {name.split("-")[0] for name in set(names) - set(on_pages)} <= {"view"}
    rows = list(csv.DictReader(io.StringIO(ask.get("/en/pair/UZB/CHN.csv").text)))
    assert {row["chart"] for row in rows} == set(names)
    drawn = ask.get(pictures[0])
    assert drawn.text.count("<svg") == 2
    for kind, start in (("png", b"\x89PNG"), ("svg", b"<svg"), ("csv", b""), ("xlsx", b"PK")):
        answer = ask.get(f"/en/pair/UZB/CHN/chart/{names[0]}.{kind}")
        assert answer.status_code == 200
        assert answer.content.startswith(start)
    assert ask.get("/en/pair/UZB/CHN/chart/nothing.png").status_code == 404
    assert ask.get(f"/en/pair/UZB/CHN/chart/{names[0]}.exe").status_code == 404


def test_what_the_reader_has_is_not_sent_again(ask: Asker) -> None:
    first = ask.get("/en/methods")
    again = ask.get("/en/methods", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert ask.get("/sv/methods").headers["etag"] != first.headers["etag"]


def test_sources_and_methods_have_twins(ask: Asker) -> None:
    assert {"key", "licence", "vintage"} <= ask.get("/en/sources.json").json()["sources"][0].keys()
    rows = list(csv.DictReader(io.StringIO(ask.get("/sv/methods.csv").text)))
    assert "share" in {row["name"] for row in rows}


# ── the lab ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", shipped_scenarios())
def test_a_shipped_scenario_survives_the_way_through_an_address(name: str) -> None:
    draft = draft_of([("scenario", name)])
    again = draft_of(parse_qsl(draft.query()))
    assert again.query() == draft.query()
    assert again.scenario() == load_scenario(name)


@given(
    kind=st.sampled_from(sorted(KINDS)),
    value=st.floats(0.05, 0.5),
    both=st.booleans(),
    sectors=st.sampled_from(["goods", "C29", "B06, C19"]),
)
def test_any_row_is_the_same_shock_after_an_address(kind: str, value: float, both: bool, sectors: str) -> None:
    one_way = KINDS[kind].instrument in ("price_cap", "productivity")
    fields = {"kind": kind, "from": "CHN", "to": "USA", "sectors": sectors, "value": f"{value:.3g}"}
    draft = Draft(rows=(Row(fields | ({"both": "1"} if both and not one_way else {})),))
    made = draft_of(parse_qsl(draft.query())).scenario()
    assert made.shocks == draft.scenario().shocks
    assert draft_of(parse_qsl(Draft(rows=rows_of(made)).query())).scenario().shocks == made.shocks


@given(st.dictionaries(st.from_regex(r"s[0-9]{1,3}\.(kind|from|to|value)|scenario|theta|x", fullmatch=True), st.text()))
def test_whatever_an_address_holds_there_is_a_draft_or_one_clear_sentence(fields: dict[str, str]) -> None:
    try:
        draft_of(list(fields.items())).scenario()
    except InputError as error:
        assert str(error)


def test_a_slider_gets_what_simulate_gets(ask: Asker) -> None:
    shocks = "s1.kind=tariff.set&s1.from=CHN&s1.to=USA&s1.sectors=goods&s1.value="
    for value in ("0.2", "0.6"):
        ask.get(f"/en/lab/part?{shocks}{value}")
    got = ask.get(f"/en/lab.json?{shocks}0.6").json()["runs"][0]["tables"]["country"]
    plan = Plan(("icio-2022",), ("FGH22",), ("fixed",), ("long",))
    outcome = simulate(load_scenario("us-60-china"), plan).runs[0].outcome
    assert outcome is not None
    wanted = {row["country"]: row["real_income_change"] for row in outcome.countries().to_dicts()}
    for row in got:
        assert row["real_income_change"] == pytest.approx(wanted[row["country"]], abs=SOLVER)


def test_the_scenario_as_a_file_is_the_scenario(ask: Asker) -> None:
    text = ask.get("/en/lab.yaml?s1.kind=import_ban&s1.from=RUS&s1.to=EU&s1.sectors=B06").text
    assert read_scenario(text).shocks[0].instrument == "import_ban"
    assert yaml.safe_load(ask.get(f"/en/lab.yaml?{ONE}").text)["title"]["sv"]


def test_changes_are_added_and_removed_without_script(ask: Asker) -> None:
    more = ask.get(f"/en/lab?{ONE}&more=1").headers["location"]
    assert "s2.kind=" in more
    assert "s2.kind=" not in ask.get(f"{more}&drop=2").headers["location"]


def test_the_lab_says_what_is_wrong_with_a_shock(ask: Asker) -> None:
    answer = ask.get("/en/lab?s1.kind=tariff.set&s1.from=Chna&s1.to=USA&s1.sectors=goods&s1.value=0.5")
    assert answer.status_code == 200
    assert "Chna" in answer.text.split('class="notice')[1].split("</p>")[0]
    assert ask.get("/en/lab/part?s1.kind=tariff.set&s1.from=Chna&s1.to=USA").status_code in (404, 422)


# ── the API ─────────────────────────────────────────────────────────────────────────────────────


def test_the_api_describes_itself_with_examples(ask: Asker) -> None:
    described = ask.get("/api/v1/openapi.json").json()
    assert all(path.startswith("/api/v1/") for path in described["paths"])
    for path in ("/api/v1/simulate", "/api/v1/check"):
        assert described["paths"][path]["post"]["requestBody"]["content"]["application/json"]["examples"]


def test_a_measure_is_the_same_as_in_python(ask: Asker) -> None:
    from amur.indicators import Query, measure

    got = ask.get("/api/v1/measure/share/SWE/DEU", params={"period": "2022"}).json()["figures"]
    wanted = [figure.to_dict() for figure in measure("share", "SWE", "DEU", Query(period="2022"))]
    assert got == json.loads(json.dumps(wanted))


@pytest.mark.parametrize(
    ("address", "status", "kind"),
    [
        ("/api/v1/measure/share/SWE/Germny", 404, "code"),
        ("/api/v1/measure/shre/SWE/DEU", 422, "measure"),
        ("/api/v1/measure/share/SWE/DEU?period=when", 422, "period"),
        ("/api/v1/measure/share/SWE/DEU?flow=up", 422, "invalid"),
        ("/api/v1/nothing", 404, ""),
    ],
)
def test_errors_are_problem_details(ask: Asker, address: str, status: int, kind: str) -> None:
    answer = ask.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["type"] == (f"urn:amur:problem:{kind}" if kind else "about:blank")
    assert problem["detail"]


def test_the_api_solves_a_scenario_that_is_written_out(ask: Asker) -> None:
    shock = {"instrument": "tariff", "exporters": "CHN", "importers": "USA", "sectors": "C29", "set": 1.0}
    body = {"scenario": {"title": "Cars", "shocks": [shock]}, "thetas": ["FGH22"], "closures": ["fixed"],
            "horizons": ["long"], "economies": ["icio-2022"]}  # fmt: skip
    answer = ask.post("/api/v1/simulate", json=body)
    assert answer.status_code == 200
    run = answer.json()["runs"][0]
    assert run["converged"]
    assert max(run["residual"].values()) < SOLVER


# ── safety ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "body",
    [
        {"scenario": "/etc/passwd"},
        {"scenario": "../pyproject.toml"},
        {"scenario": {"title": "x", "economy": "/etc", "shocks": [{"instrument": "ban", "exporters": "RUS",
                                                                     "importers": "CHN", "sectors": "all"}]}},
        {"scenario": "us-60-china", "economies": ["/etc/hostname"]},
        {"scenario": "us-60-china", "economies": ["icio-2022"] * 2000},
        {"scenario": {"title": "x", "shocks": [{"instrument": "ban"}] * 1000}},
    ],
)  # fmt: skip
def test_no_request_reaches_a_file_or_asks_without_measure(ask: Asker, body: dict[str, Any]) -> None:
    answer = ask.post("/api/v1/simulate", json=body)
    assert answer.status_code in (404, 422)
    assert "root:" not in answer.text


@pytest.mark.parametrize(
    "path", ["/static/../settings.py", "/static/%2e%2e/settings.py", "/en/../../etc/passwd", "/en/%2e%2e%2fetc/passwd"]
)
def test_no_path_leads_out(ask: Asker, path: str) -> None:
    assert ask.get(path).status_code == 404


def test_a_yaml_bomb_is_refused_before_it_unfolds() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{n}: &{n} [*{p}, *{p}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True))
    with pytest.raises(ScenarioError, match="aliases"):
        read_scenario(bomb)


def test_sizes_have_limits(ask: Asker) -> None:
    assert ask.post("/en/check", content=b"text=" + b"x" * 10_000_000).status_code == 413
    assert ask.get("/en/lab?" + "x" * 20_000).status_code == 414
    assert ask.get("/en/lab?s1.kind=ban&s1.from=" + "A" * 1000).status_code == 422
    assert ask.get("/en/lab?" + "&".join(f"s{n}.kind=ban" for n in range(20))).status_code == 422
    assert ask.ask("DELETE", "/en/").status_code == 405


def test_a_body_that_never_ends_is_given_up() -> None:
    asker = Asker(Settings(body_seconds=0.2))

    async def drip() -> Any:
        while True:
            yield b"x"
            await asyncio.sleep(0.05)

    answer = asker.post("/en/check", content=drip())
    asker.close()
    assert answer.status_code == 408


def test_other_machines_need_a_token() -> None:
    with pytest.raises(InputError, match="token"):
        Settings(host="0.0.0.0")
    asker = Asker(Settings(host="0.0.0.0", token="geheim"), base="http://amur.example")
    assert asker.get("/en/").status_code == 401
    assert asker.get("/en/?token=wrong").status_code == 401
    assert asker.get("/health").status_code == 200
    entered = asker.get("/en/lab?scenario=cut-rus-chn&token=geheim")
    assert entered.headers["location"] == "/en/lab?scenario=cut-rus-chn"
    assert "HttpOnly" in entered.headers["set-cookie"]
    assert asker.get("/en/").status_code == 200
    asker.client.cookies.clear()
    assert asker.get("http://amur.example//evil.example/?token=geheim").headers["location"].startswith("/evil")
    asker.client.cookies.clear()
    assert asker.get("/en/", headers={"authorization": "Bearer geheim"}).status_code == 200
    asker.close()


def test_a_name_that_is_not_this_machine_s_is_refused(ask: Asker) -> None:
    assert ask.get("/en/", headers={"host": "evil.example"}).status_code == 421
    assert ask.get("/en/", headers={"host": "localhost:8000"}).status_code == 200


def test_head_is_a_get_without_its_body(ask: Asker) -> None:
    answer = ask.ask("HEAD", "/en/")
    assert (answer.status_code, answer.content) == (200, b"")


def test_the_page_of_an_error_is_in_the_reader_s_language(ask: Asker) -> None:
    answer = ask.get("/sv/pair/SWE/Tykland", headers=PAGE)
    assert answer.status_code == 404
    assert "Finns inte" in answer.text
    assert "Tykland" in answer.text


# ── what is kept ────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.tuples(st.integers(0, 9), st.binary(max_size=40)), max_size=40), st.integers(1, 100))
def test_a_shelf_never_holds_more_than_its_size(items: list[tuple[int, bytes]], size: int) -> None:
    shelf: Shelf[bytes] = Shelf(size, weight=len)
    last: dict[int, bytes] = {}
    for key, item in items:
        shelf.put(key, item)
        if len(item) <= size:
            last[key] = item
        held = [found for n in range(10) if (found := shelf.find(n)) is not None]
        assert sum(map(len, held)) <= size
    for key, item in last.items():
        assert shelf.find(key) in (None, item)


def test_only_two_files_are_served_and_both_are_the_app_s(root: Path) -> None:
    from amur.app.shell import static_files

    assert set(static_files()) == {"amur.css", "amur.js"}
    script = static_files()["amur.js"][0].decode()
    for word in ("eval(", "innerHTML", "new Function", "document.write"):
        assert word not in script


def test_a_report_on_a_short_text_has_an_address_that_makes_it_again(ask: Asker) -> None:
    words = "BEIJING, January 15, 2025. China's trade with Russia rose by 1.9% to $244.8bn in 2024."
    sent = ask.post("/en/check", data={"text": words}).text
    address = re.search(r'<a href="(/en/check\?text=[^"]+)">Address of this report', sent)
    assert address
    again = ask.get(html.unescape(address[1])).text
    assert again.count("supported") == sent.count("supported") > 0
    twin = ask.get(html.unescape(address[1]).replace("/check?", "/check.json?"))
    assert len(twin.json()["documents"][0]["claims"]) == 2
    long = ask.post("/en/check", data={"text": words + " Nothing else was said of it." * 400}).text
    assert "The text is too long for an address" in long
    assert "Address of this report" not in long
    assert "Address of this report" not in ask.get("/en/check").text
