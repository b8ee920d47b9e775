"""Examples of what the API answers, and the description of its jobs, for OpenAPI."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "examples.json"
"""Real answers, shortened; made by `tools/build_examples.py`."""

Responses = dict[int | str, dict[str, Any]]

_PROBLEM_SCHEMA = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
    "required": ["type", "title", "status", "detail"],
}
_JOB_SCHEMA = {
    "type": "object",
    "properties": {
        "job": {"type": "string"},
        "state": {"type": "string", "enum": ["waiting", "working", "done", "failed", "stopped"]},
        "ahead": {"type": "integer", "description": "Jobs that come before it."},
        "done": {"type": "integer", "description": "Parts that are finished."},
        "total": {"type": ["integer", "null"], "description": "Parts in all, where they can be counted."},
        "address": {"type": "string"},
        "result": {"type": ["string", "null"], "description": "Where the result is, once it is there."},
    },
    "required": ["job", "state", "ahead", "done", "total", "address", "result"],
}
_PROBLEMS = {
    400: ("The request cannot be read.", "Invalid request", "invalid"),
    404: ("The name or the data are not there.", "Code", "code"),
    409: ("The job has no result: it goes on still, or was stopped.", "Stopped", "stopped"),
    422: ("The request cannot be understood, or has no answer.", "Scenario", "scenario"),
    500: ("No answer within the solver's tolerance.", "Not converged", "not-converged"),
    503: ("Too much waits already; ask again after the seconds of Retry-After.", "Busy", "busy"),
}


@cache
def _examples() -> dict[str, Any]:
    return json.loads(_FILE.read_text(encoding="utf-8"))


def problems(*statuses: int) -> Responses:
    """The problem details of some statuses."""
    found: Responses = {}
    for status in statuses:
        words, title, kind = _PROBLEMS[status]
        example = {"type": f"urn:amur:problem:{kind}", "title": title, "status": status, "detail": words}
        content = {"application/problem+json": {"schema": _PROBLEM_SCHEMA, "example": example}}
        found[status] = {"description": words, "content": content}
    return found


def answered(name: str) -> Responses:
    """An answer with its example, and with the tag that tells whether the data have changed."""
    tag = {"description": "Changes with the vintage of the data.", "schema": {"type": "string"}}
    content = {"application/json": {"schema": {"type": "object"}, "example": _examples()[name]}}
    return {
        200: {"description": "The answer.", "headers": {"ETag": tag}, "content": content},
        304: {"description": "The answer is still the one with the tag that was sent in If-None-Match."},
    }


def made(name: str) -> Responses:
    """The answer to what was sent; or a job, for those who prefer not to wait."""
    content = {"application/json": {"schema": {"type": "object"}, "example": _examples()[name]}}
    return {
        200: {"description": "The answer.", "content": content},
        202: {
            "description": "With `Prefer: respond-async`: a job, whose address is in Location.",
            "headers": {"Location": {"schema": {"type": "string"}}},
            "content": {"application/json": {"schema": _JOB_SCHEMA, "example": _job("working")}},
        },
    }


def _job(state: str) -> dict[str, object]:
    address = "/api/v1/jobs/kW2vYp0sJm1xQe8L"
    done = 4 if state == "done" else 1
    result = f"{address}/result" if state == "done" else None
    return {"job": address.rsplit("/", 1)[1], "state": state, "ahead": 0, "done": done, "total": 4,
            "address": address, "result": result}  # fmt: skip


def job_paths() -> dict[str, Any]:
    """The addresses of jobs, which are answered before the app."""
    name = {
        "name": "job", "in": "path", "required": True, "example": _job("done")["job"],
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,40}$"},
    }  # fmt: skip
    told = _operation("How far a job is", "done", name)
    stopped = _operation("Stop a job; its work ends", "stopped", name)
    result = {
        "summary": "The result of a job",
        "parameters": [name],
        "responses": {
            "200": {
                "description": "What the request would have been answered.",
                "content": {"application/json": {"schema": {"type": "object"}, "example": _examples()["simulate"]}},
            },
            **{str(status): words for status, words in problems(404, 409, 422, 500, 503).items()},
        },
    }
    return {
        "/api/v1/jobs/{job}": {"get": told, "delete": stopped},
        "/api/v1/jobs/{job}/result": {"get": result},
    }


def _operation(summary: str, state: str, name: dict[str, object]) -> dict[str, object]:
    content = {"application/json": {"schema": _JOB_SCHEMA, "example": _job(state)}}
    found = {"200": {"description": "The job.", "content": content}}
    return {"summary": summary, "parameters": [name], "responses": found | {"404": problems(404)[404]}}
