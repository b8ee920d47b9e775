"""The API met by requests that its own description allows, and by some that it does not.

AMUR_FUZZ=200 makes so many requests of each operation instead of the few of the default suite.
"""

from __future__ import annotations

import asyncio
import datetime
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from amur.app import Settings
from amur.app.exchange import Answer, Asked, ask
from amur.app.server import inner_app

EXAMPLES = int(os.environ.get("AMUR_FUZZ", "4"))
"""Requests of each operation."""
WHOLE = "AMUR_FUZZ" in os.environ
"""Whether every value at the edge of what the description allows, and just beyond it, is asked as well."""
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
# A scenario may be well formed and yet be solved by no step within the tolerance; that is told as described.
UNSOLVED = "urn:amur:problem:not-converged"
BASE = "http://127.0.0.1"

APP = inner_app(Settings(workers=0))


def told(asked: Asked) -> Answer:
    """What the app answers, in a loop of its own, away from the main thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, ask(APP, asked)).result()


def described() -> dict[str, Any]:
    return json.loads(told(Asked("GET", "/api/v1/openapi.json")).body)


schema = schemathesis.openapi.from_dict(described())


@schema.exclude(path_regex="/jobs/").parametrize()
@settings(
    max_examples=EXAMPLES, phases=[Phase.explicit, Phase.generate] if WHOLE else [Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)  # fmt: skip
def test_what_the_description_allows_is_answered_as_it_says(case: schemathesis.Case) -> None:
    prepared = requests.Request(**case.as_transport_kwargs(base_url=BASE)).prepare()
    parts, body = urlsplit(prepared.url), prepared.body or b""
    headers = tuple((name.lower(), str(value)) for name, value in prepared.headers.items())
    content = body.encode("utf-8") if isinstance(body, str) else body
    answer = told(Asked(prepared.method, unquote(parts.path), parts.query, headers, content))
    response = httpx.Response(
        answer.status, headers=list(answer.headers), content=answer.body,
        request=httpx.Request(prepared.method, prepared.url, content=content),
    )  # fmt: skip
    response.elapsed = datetime.timedelta()
    checks = CHECKS if UNSOLVED in response.text else [not_a_server_error, *CHECKS]
    case.validate_response(response, checks=checks)


# ── the description itself ──────────────────────────────────────────────────────────────────────


def operations() -> list[tuple[str, dict[str, Any]]]:
    found = described()["paths"].items()
    return [(f"{method} {path}", item) for path, methods in found for method, item in methods.items()]


@pytest.mark.parametrize(("name", "operation"), operations())
def test_every_operation_has_examples(name: str, operation: dict[str, Any]) -> None:
    content = operation["responses"]["200"]["content"]["application/json"]
    assert content["example"]
    assert operation["summary"]
    for parameter in operation.get("parameters", ()):
        known = {"example", "examples"} & (parameter.keys() | parameter["schema"].keys())
        assert known or not parameter.get("required"), parameter["name"]
    if "requestBody" in operation:
        assert operation["requestBody"]["content"]["application/json"]["examples"]


ANSWERED = {
    "measures": Asked("GET", "/api/v1/measures"),
    "measure": Asked("GET", "/api/v1/measure/share/RUS/CHN", "period=2022"),
    "coverage": Asked("GET", "/api/v1/coverage/RUS/CHN"),
    "sources": Asked("GET", "/api/v1/sources"),
    "scenarios": Asked("GET", "/api/v1/scenarios"),
}


@pytest.mark.parametrize("name", sorted(ANSWERED))
def test_the_examples_are_of_the_shape_of_what_is_answered(name: str) -> None:
    from amur.app.examples import answered

    example = answered(name)[200]["content"]["application/json"]["example"]
    assert same_shape(example, json.loads(told(ANSWERED[name]).body)), "Run tools/build_examples.py."


def same_shape(example: Any, real: Any) -> bool:
    """Whether all keys of the real answer are those of the example, level by level."""
    if isinstance(example, dict) and isinstance(real, dict):
        return not example or (
            example.keys() == real.keys() and all(same_shape(example[key], real[key]) for key in example)
        )
    if isinstance(example, list) and isinstance(real, list):
        return all(same_shape(*pair) for pair in zip(example, real, strict=False))
    return True


def test_what_a_program_has_is_not_sent_again_until_the_data_change(monkeypatch: pytest.MonkeyPatch) -> None:
    first = told(ANSWERED["measures"])
    tag = first.header("etag")
    again = told(replace(ANSWERED["measures"], headers=(("if-none-match", tag),)))
    assert (again.status, again.body, again.header("etag")) == (304, b"", tag)
    monkeypatch.setattr("amur.app.shell.vintage", lambda: "of next year")
    newer = told(replace(ANSWERED["measures"], headers=(("if-none-match", tag),)))
    assert (newer.status, newer.body) == (200, first.body)
    assert newer.header("etag") != tag


# ── what nobody described ───────────────────────────────────────────────────────────────────────


@settings(max_examples=25)
@given(
    method=st.sampled_from(["GET", "POST"]),
    path=st.sampled_from(["/en/lab", "/en/lab/part", "/en/pair", "/sv/check", "/api/v1/check", "/api/v1/simulate",
                          "/en/lab.yaml", "/en/lab/chart/gains.png", "/en/pair/SWE/DEU"]),
    query=st.lists(st.tuples(st.sampled_from(["scenario", "s1.kind", "s1.from", "s1.value", "a", "b", "theta", "x"]),
                             st.text(max_size=12)), max_size=4),
    body=st.binary(max_size=60),
    kind=st.sampled_from(["application/json", "application/x-www-form-urlencoded", "text/plain", ""]),
)  # fmt: skip
def test_whatever_is_sent_there_is_an_answer_that_is_no_failure(
    method: str, path: str, query: list[tuple[str, str]], body: bytes, kind: str
) -> None:
    asked = Asked(method, path, str(httpx.QueryParams(query)), (("content-type", kind),), body)
    assert told(asked).status < 500


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"scenario":' * 20_000,
        b'{"scenario": {"title": "x", "shocks": [{"instrument": "tariff", "exporters": "CHN", "importers": "USA",'
        b' "sectors": "all", "set": 1e999}]}}',
        b'{"scenario": {"title": "x", "shocks": [{"instrument": "tariff", "exporters": "CHN", "importers": "USA",'
        b' "sectors": "all", "set": NaN}]}}',
        b'{"scenario": "\\ud800"}',
        b'{"texts": ["\\u0000"]}',
        b"\xff\xfe\x00",
    ],
)
def test_hostile_json_is_refused_in_words(body: bytes) -> None:
    for path in ("/api/v1/simulate", "/api/v1/check"):
        answer = told(Asked("POST", path, "", (("content-type", "application/json"),), body))
        if answer.status != 200:
            assert answer.status < 500
            assert json.loads(answer.body)["detail"]
