"""What a stranger may try: scripts in texts, names and fields, endless bodies, matrices of a thousand countries."""

from __future__ import annotations

import ast
import asyncio
import html
import re
from collections.abc import AsyncIterator, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_app import Asker

from amur.app import Settings
from amur.app.running import impatient
from amur.errors import InputError

SCRIPTS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "</textarea><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% for x in [] %}",
    "javascript:alert(1)",
    "<!--<script>",
    "&lt;script&gt;",
)
ADDRESSES = frozenset({"href", "src", "action", "formaction", "data"})


class Found(HTMLParser):
    """What of a page a browser would run: scripts with content, handlers, and addresses of code."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.wrong: list[str] = []
        self._inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._inside = tag if tag in ("script", "style") else ""
        for name, value in attrs:
            leads = (value or "").strip().lower()
            code = name in ADDRESSES and leads.startswith(("javascript:", "vbscript:", "data:text/html"))
            if name.startswith("on") or code or name in ("style", "srcdoc"):
                self.wrong.append(f"{tag} {name}={value}")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside and data.strip():
            self.wrong.append(f"{self._inside}: {data[:40]}")


@pytest.fixture(scope="module")
def ask() -> Iterator[Asker]:
    asker = Asker()
    yield asker
    asker.close()


def article(words: str) -> str:
    return f"{words} Trade between China and Russia fell by 8.1% in 2025. {words} It was $5 billion {words} in 2024."


@pytest.mark.parametrize("words", SCRIPTS)
def test_a_script_in_an_article_is_text_on_the_page(ask: Asker, words: str) -> None:
    page = ask.post("/en/check", data={"text": article(words), "of": "en"})
    assert page.status_code == 200
    found = Found(page.text)
    assert found.wrong == []
    assert found.tags.count("script") == 1
    assert words in html.unescape(re.sub(r"</?(?:mark|a|span|sup|wbr)\b[^>]*>", "", page.text))
    assert page.headers["content-security-policy"].count("unsafe") == 0


@pytest.mark.parametrize("words", SCRIPTS)
def test_a_script_in_an_address_is_text_on_the_page(ask: Asker, words: str) -> None:
    asked = [
        "/en/pair?" + urlencode({"a": words, "b": words}),
        "/sv/lab?" + urlencode({"s1.kind": "ban", "s1.from": words, "s1.to": words, "s1.sectors": words}),
        "/en/lab?" + urlencode({"s1.kind": words, "scenario": words, "theta": words}),
        "/en/lab/part?" + urlencode({"s1.kind": "ban", "s1.from": words, "s1.to": "USA"}),
        f"/en/{quote(words, safe='')}",
        f"/en/pair/{quote(words, safe='')}/CHN",
        f"/en/work/{quote(words, safe='')}",
    ]
    for address in asked:
        page = ask.get(address, headers={"accept": "text/html"})
        assert page.status_code < 500, address
        if "text/html" in page.headers.get("content-type", ""):
            assert Found(page.text).wrong == [], address
        else:
            assert page.headers["content-type"] in ("application/problem+json", "application/json"), address
        assert page.headers["x-content-type-options"] == "nosniff"


@settings(max_examples=8)
@given(words=st.text(alphabet="<>\"'&/=() {}%scriptonimgv:\n", max_size=60))
def test_no_text_becomes_part_of_the_page(ask: Asker, words: str) -> None:
    page = ask.post("/en/check", data={"text": article(words), "of": "en"})
    assert page.status_code == 200
    assert Found(page.text).wrong == []


@pytest.mark.parametrize(
    "path",
    [
        "/static/..%2f..%2fsettings.py",
        "/static/%2e%2e/%2e%2e/errors.py",
        "/static//etc/passwd",
        "/en/pair/..%2f..%2f/CHN",
        "/en/lab/chart/..%2f..%2fx.png",
        "/en/lab.%2e%2e",
        "/api/v1/measure/..%2f..%2fetc/RUS/CHN",
        "/en/pair/RUS/CHN/chart/%2e%2e%2f%2e%2e%2fx.svg",
        "/en/work/..%2f..%2fx",
        "/en/../../../etc/passwd",
        "/en/lab?scenario=../../pyproject.toml",
        "/en/lab.yaml?scenario=/etc/passwd",
        "/en/lab?scenario=us-60-china&economy=../../etc/passwd",
    ],
)
def test_no_address_reaches_a_file(ask: Asker, path: str) -> None:
    answer = ask.get(path)
    assert answer.status_code in (303, 404, 409, 422), path
    for secret in ("root:", "[project]", "class Settings"):
        assert secret not in answer.text


def test_nothing_that_is_sent_can_become_code() -> None:
    import amur.app

    banned = {"pickle", "marshal", "shelve", "dill", "joblib", "eval", "exec", "compile", "__import__"}
    for path in Path(amur.app.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [node.func.id] if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else []
            assert not banned & set(names), f"{path.name}: {names}"


# ── sizes ───────────────────────────────────────────────────────────────────────────────────────


def test_ten_million_bytes_are_refused_with_and_without_a_length(ask: Asker) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(160):
            sent += 65_536
            yield b"x" * 65_536

    whole = ask.post("/api/v1/check", content=b"x" * 10_000_000, headers={"content-type": "application/json"})
    assert whole.status_code == 413
    streamed = ask.post("/en/check", content=endless())
    assert streamed.status_code == 413
    assert sent < 2_000_000
    assert ask.get("/health").json()["status"] == "ok"


THOUSAND = [f"X{number:03d}" for number in range(1000)]


@pytest.mark.parametrize(
    "scenario",
    [
        {"title": "x", "shocks": [{"instrument": "ban", "exporters": THOUSAND, "importers": THOUSAND}]},
        {"title": "x", "shocks": [{"instrument": "tariff", "exporters": "all", "importers": "all", "sectors": "all",
                                   "set": 0.1}] * 1000},
        {"title": "x", "economy": "icio-2022", "pi": [[0.0] * 1000] * 100, "shocks": []},
        {"title": "x" * 100_000, "shocks": [{"instrument": "ban", "exporters": "RUS", "importers": "CHN"}]},
        {"title": dict.fromkeys(THOUSAND, "x"), "shocks": []},
    ],
)  # fmt: skip
def test_matrices_of_a_thousand_countries_are_refused_before_any_work(ask: Asker, scenario: dict[str, Any]) -> None:
    answer = ask.post("/api/v1/simulate", json={"scenario": scenario})
    assert answer.status_code in (404, 422)
    assert len(answer.text) < 20_000


def test_a_matrix_of_a_thousand_runs_is_refused(ask: Asker) -> None:
    for name in ("economies", "thetas", "closures", "horizons"):
        answer = ask.post("/api/v1/simulate", json={"scenario": "us-60-china", name: ["x"] * 1000})
        assert answer.status_code == 422


def test_yaml_has_no_way_in(ask: Asker) -> None:
    bomb = "a: &a [x,x]\n" + "".join(f"{b}: &{b} [*{a},*{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    tagged = "!!python/object/apply:os.system ['true']"
    for words in (bomb, tagged):
        assert ask.post("/api/v1/simulate", json={"scenario": words}).status_code == 404
        assert ask.post("/api/v1/simulate", content=words).status_code == 422
        assert ask.get("/en/lab?" + urlencode({"scenario": words[:300]})).status_code == 422


# ── who may ask ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "amur.example"])
def test_an_address_that_others_reach_needs_a_token(host: str) -> None:
    with pytest.raises(InputError, match="token"):
        Settings(host=host)
    assert not Settings(host=host, token="geheim").is_local


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.7", "::1", "localhost"])
def test_loopback_needs_none(host: str) -> None:
    assert Settings(host=host).is_local


def test_the_default_is_loopback() -> None:
    assert Settings().host == "127.0.0.1"


def test_without_the_token_nothing_but_health_is_told() -> None:
    asker = Asker(Settings(host="0.0.0.0", token="geheim"), base="http://amur.example")
    for address in ("/en/", "/static/amur.js", "/api/v1/openapi.json", "/en/work/x", "/api/v1/jobs/x", "/nothing"):
        answer = asker.get(address)
        assert answer.status_code == 401, address
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "geheim" not in answer.text
    for wrong in ("", "geheim ", "GEHEIM", "geheimx", "\u00e9"):
        header = {"authorization": f"Bearer {wrong}".encode()}
        assert asker.get("/en/", headers=header).status_code == (200 if wrong.strip() == "geheim" else 401)
    assert asker.get("/health").json()["status"] == "ok"
    asker.close()


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_elsewhere_cannot_send_work_here(ask: Asker, site: str) -> None:
    headers = {"sec-fetch-site": site}
    assert ask.post("/en/check", data={"text": "x"}, headers=headers).status_code == 403
    assert ask.get("/en/", headers=headers).status_code == 200
    assert ask.post("/en/check", data={"text": "x"}, headers={"sec-fetch-site": "same-origin"}).status_code == 200


def test_every_answer_carries_the_policy(ask: Asker) -> None:
    for address in ("/en/", "/static/amur.js", "/health", "/nothing", "/api/v1/measures", "/en/lab?" + "x" * 20_000):
        headers = ask.get(address).headers
        assert "default-src 'none'" in headers["content-security-policy"], address
        assert headers["referrer-policy"] == "no-referrer", address


# ── slow clients ────────────────────────────────────────────────────────────────────────────────


class Wire(asyncio.Transport):
    """A connection that remembers whether it was broken off."""

    def __init__(self) -> None:
        super().__init__()
        self.aborted = asyncio.Event()

    def abort(self) -> None:
        self.aborted.set()

    def is_closing(self) -> bool:
        return self.aborted.is_set()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def write(self, data: bytes | bytearray | memoryview) -> None:
        pass

    def close(self) -> None:
        pass


def connection(limits: Settings) -> tuple[Any, Wire]:
    """A server's side of a new connection."""
    import uvicorn
    from uvicorn.server import ServerState

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(3600)

    found = impatient(limits)(config=uvicorn.Config(app), server_state=ServerState(), app_state={})  # type: ignore[call-arg]
    wire = Wire()
    found.connection_made(wire)
    return found, wire


def alone(scene: Any) -> None:
    asker = Asker()
    asker._run(scene())
    asker.close()


def test_a_head_that_never_ends_is_broken_off() -> None:
    async def scene() -> None:
        server, wire = connection(Settings(head_seconds=0.02))
        server.data_received(b"GET / HTTP/1.1\r\nhost: x\r\n")
        await asyncio.wait_for(wire.aborted.wait(), 60)

    alone(scene)


def test_a_whole_head_is_not_broken_off() -> None:
    async def scene() -> None:
        server, wire = connection(Settings(head_seconds=0.02))
        server.data_received(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        await asyncio.sleep(0.06)
        assert not wire.aborted.is_set()
        server.connection_lost(None)

    alone(scene)


def test_an_answer_that_nobody_takes_is_broken_off_and_one_that_is_taken_is_not() -> None:
    async def scene() -> None:
        server, wire = connection(Settings(unread_seconds=0.02))
        server.pause_writing()
        server.resume_writing()
        await asyncio.sleep(0.06)
        assert not wire.aborted.is_set()
        server.pause_writing()
        await asyncio.wait_for(wire.aborted.wait(), 60)
        server.connection_lost(None)

    alone(scene)
