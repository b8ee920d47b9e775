"""What a request is told that gets no page of its own: problems, and how far its work has come."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from amur.app.exchange import Answer, Asked
from amur.app.problems import BusyError, kind_of, problem_bytes, status_of, title_of
from amur.errors import AmurError
from amur.text import LANGUAGES

if TYPE_CHECKING:
    from markupsafe import Markup

    from amur.app.office import Job
    from amur.app.shell import Where

JSON = "application/json"
PROBLEM = "application/problem+json"
HTML = "text/html; charset=utf-8"
_AGAIN_SECONDS = 2
_NOW: tuple[str, str] = ("cache-control", "no-store")


def where_at(asked: Asked) -> Where | None:
    """Where a request for a page stands; None where its address is of no page."""
    from amur.app.shell import Where

    language, _, path = asked.path.lstrip("/").partition("/")
    return Where(language, path, asked.query) if language in LANGUAGES else None  # type: ignore[arg-type]


# ── problems ────────────────────────────────────────────────────────────────────────────────────


def error_told(asked: Asked, error: AmurError) -> Answer:
    """An error of Amur as an answer."""
    return problem_told(asked, status_of(error), title_of(error), str(error), kind=kind_of(error))


def problem_told(asked: Asked, status: int, title: str, detail: str, *, kind: str = "") -> Answer:
    """A problem for programs, a page for readers."""
    headers: list[tuple[str, str]] = [_NOW]
    if kind == kind_of(BusyError()):
        headers.append(("retry-after", str(_AGAIN_SECONDS)))
    where = where_at(asked)
    if where is None or "text/html" not in asked.header("accept"):
        headers.append(("content-type", PROBLEM))
        return Answer(status, tuple(headers), problem_bytes(status, title, detail, kind=kind))
    return Answer(status, (*headers, ("content-type", HTML)), _problem_page(where, status, detail))


def _problem_page(where: Where, status: int, detail: str) -> bytes:
    from amur.app.shell import show
    from amur.kit import Page, Section, notice

    text = where.text
    key = {404: "missing", 503: "busy"}.get(status, "failed" if status >= 500 else "refused")
    page = Page(
        title=text(f"app.error.{key}"),
        description=text(f"app.error.{key}_words"),
        sections=(Section("what", text("app.error.what"), (notice(detail),)),),
    )
    return show(page, where)


# ── work that goes on ───────────────────────────────────────────────────────────────────────────


def job_told(job: Job, ahead: int) -> dict[str, object]:
    """How a job stands, as data: waiting, working, done, failed or stopped; where its result is, once it is done."""
    address = f"/api/v1/jobs/{job.id}"
    return {
        "job": job.id,
        "state": job.state,
        "ahead": ahead,
        "done": job.done,
        "total": job.total or None,
        "address": address,
        "result": f"{address}/result" if job.state == "done" else None,
    }


def job_answer(job: Job, ahead: int, *, status: int = 200) -> Answer:
    """The same as an answer."""
    body = json.dumps(job_told(job, ahead)).encode("utf-8")
    headers = (_NOW, ("content-type", JSON), ("location", f"/api/v1/jobs/{job.id}"))
    return Answer(status, headers if status == 202 else headers[:2], body)


def progress_told(job: Job, ahead: int, where: Where, *, status: int = 202) -> Answer:
    """A page that shows how far a job is, with a button that stops it. It asks again by itself, script or not."""
    from amur.app.shell import show
    from amur.kit import Page, Section

    text = where.text
    running = not job.is_finished
    state = "stopped" if job.is_finished else job.state
    page = Page(
        title=text(f"work.{state}.title"),
        description=text(f"work.{state}.words"),
        sections=(Section("progress", text("work.progress"), (_progress(job, ahead, where),)),),
    )
    body = show(page, where)
    if running:
        again = f'<noscript><meta http-equiv="refresh" content="{_AGAIN_SECONDS}"></noscript></head>'
        body = body.replace(b"</head>", again.encode("ascii"), 1)
    return Answer(status, (_NOW, ("content-type", HTML)), body)


def _progress(job: Job, ahead: int, where: Where) -> Markup:
    from amur.app.shell import part

    address = f"/{where.language}/work/{job.id}"
    asked = job.asked.address if job.asked.method == "GET" else job.asked.path.split(".")[0]
    again = f"/{asked.lstrip('/')}"
    return part("work", where.text, job=job, ahead=ahead, address=address, again=again)
