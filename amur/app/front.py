"""What stands between the guard and the app: kept answers, the line of jobs, and news of those that take long."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Hashable
from dataclasses import replace
from urllib.parse import quote

from amur.app.exchange import Answer, App, Asked, Message, Receive, Scope, Send, asked_of
from amur.app.office import Job, Office
from amur.app.problems import MissingError, TooSlowError
from amur.app.settings import Settings
from amur.app.telling import JSON, error_told, job_answer, problem_told, progress_told, where_at
from amur.app.work import Shelf
from amur.errors import AmurError, StoppedError

_PAGE_JOB = re.compile(r"^/([a-z]{2})/work/([\w-]{1,40})(/stop)?$")
_API_JOB = re.compile(r"^/api/v1/jobs/([\w-]{1,40})(/result)?$")


class Front:
    """ASGI app. Every request becomes a job of the office, unless its answer is kept."""

    def __init__(self, office: Office, settings: Settings, app: App | None = None) -> None:
        """`app` is told of start and end, where it is part of this process."""
        self.office, self._settings, self._app = office, settings, app
        self.kept: Shelf[Answer] = Shelf(settings.kept_bytes, weight=lambda answer: len(answer.body))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or live through start and end."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        asked = asked_of(scope, await _body(receive))
        try:
            answer = await self._answer(asked, receive, prefers=_header(scope, b"prefer"))
        except AmurError as error:
            answer = error_told(asked, error)
        if answer is not None:
            await _send(answer, send)

    # ── start and end ───────────────────────────────────────────────────────────────────────────

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is not None:
            await self._app(scope, receive, send)
            return
        await receive()
        self.office.crew.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.office.close()
        await send({"type": "lifespan.shutdown.complete"})

    # ── answers ─────────────────────────────────────────────────────────────────────────────────

    async def _answer(self, asked: Asked, receive: Receive, prefers: str) -> Answer | None:
        if asked.path == "/health":
            return self._health()
        if found := _PAGE_JOB.match(asked.path):
            return self._page_job(asked, found[2], stop=found[3] is not None)
        if found := _API_JOB.match(asked.path):
            return self._api_job(asked, found[1], result=found[2] is not None)
        return await self._asked(asked, receive, prefers)

    async def _asked(self, asked: Asked, receive: Receive, prefers: str) -> Answer | None:
        key = _key(asked)
        kept = self.kept.find(key)
        if kept is not None:
            return _unless_known(kept, asked)
        job = self.office.find(key) or self.office.begin(_whole(asked), key)
        if asked.path.startswith("/api/") and "respond-async" in prefers:
            job.is_watched = False
            self.office.name(job)
            return job_answer(job, self.office.ahead(job), status=202)
        where = where_at(asked) if asked.wants_page else None
        try:
            answer = await self._wait(job, receive, self._settings.patience if where else self._settings.seconds)
        except StoppedError:
            if where is None:
                raise
            return progress_told(job, 0, where, status=409)
        if answer is None:
            if where is None:
                self._give_up(job)
                raise TooSlowError(f"The answer was not ready within {self._settings.seconds:g} seconds. Ask for less.")
            self.office.name(job)
            if asked.method == "POST":
                return _elsewhere(f"/{where.language}/work/{job.id}")
            return progress_told(job, self.office.ahead(job), where)
        if _may_be_kept(asked, answer):
            self.kept.put(key, answer)
        return _unless_known(answer, asked)

    async def _wait(self, job: Job, receive: Receive, seconds: float) -> Answer | None:
        """The answer, or None where it is not there in time or the reader has gone."""
        gone = asyncio.ensure_future(_gone(receive))
        job.readers += 1
        try:
            await asyncio.wait({job.result, gone}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            job.readers -= 1
            gone.cancel()
        if job.result.done():
            return job.result.result()
        if gone.done():
            self.office.left(job)
            # Nobody reads this.
            return Answer(499)
        return None

    def _give_up(self, job: Job) -> None:
        if not job.readers and not job.is_named:
            self.office.stop(job)

    def _health(self) -> Answer:
        office = self.office
        alive = getattr(office.crew, "alive", office.crew.size)
        found = {
            "status": "ok" if alive else "starting",
            "waiting": office.waiting,
            "working": office.working,
            "workers": alive,
        }
        return Answer(200, (("content-type", JSON), ("cache-control", "no-store")), json.dumps(found).encode("ascii"))

    # ── jobs with an address ────────────────────────────────────────────────────────────────────

    def _page_job(self, asked: Asked, name: str, *, stop: bool) -> Answer:
        where, job = where_at(asked), self.office.named(name)
        if where is None or job is None or (stop and asked.method != "POST"):
            raise MissingError("There is no such work. It may have been finished long ago; ask for its page again.")
        if stop:
            self.office.stop(job)
            return _elsewhere(f"/{where.language}/work/{job.id}")
        self._seen(job)
        if job.state == "done":
            return _elsewhere(job.asked.address) if job.asked.method == "GET" else job.result.result()
        if job.state == "failed":
            job.result.result()
        return progress_told(job, self.office.ahead(job), where, status=200 if job.is_finished else 202)

    def _api_job(self, asked: Asked, name: str, *, result: bool) -> Answer:
        job = self.office.named(name)
        if job is None:
            raise MissingError(f"There is no job '{name}'. It may have been finished long ago; ask anew.")
        if asked.method == "DELETE" and not result:
            self.office.stop(job)
        elif asked.method != "GET":
            return problem_told(asked, 405, "Method not allowed", "Use GET, or DELETE to stop a job.")
        self._seen(job)
        if not result:
            return job_answer(job, self.office.ahead(job))
        if not job.is_finished:
            return problem_told(
                asked, 409, "Not finished", f"The job is {job.state}. Ask for {job.id} until it is done."
            )
        return job.result.result()

    def _seen(self, job: Job) -> None:
        self.office.name(job)
        if job.state == "done" and _may_be_kept(job.asked, job.result.result()):
            self.kept.put(job.key, job.result.result())


# ── requests and answers ────────────────────────────────────────────────────────────────────────


def _key(asked: Asked) -> Hashable:
    """Requests of one key have one answer. What is sent has none but its own."""
    if asked.method != "GET":
        return object()
    return asked.address, "text/html" in asked.header("accept"), asked.header("accept-language")


def _whole(asked: Asked) -> Asked:
    """A request for the whole answer: others may wait for the same who do not have it yet."""
    return replace(asked, headers=tuple(item for item in asked.headers if item[0] != "if-none-match"))


def _may_be_kept(asked: Asked, answer: Answer) -> bool:
    """Whether an answer stays as it is while the server runs: it has a tag, or says so itself."""
    lasting = answer.header("etag") or "immutable" in answer.header("cache-control")
    return asked.method == "GET" and answer.status == 200 and bool(lasting)


def _unless_known(answer: Answer, asked: Asked) -> Answer:
    tag = answer.header("etag")
    if tag and tag in (item.strip() for item in asked.header("if-none-match").split(",")):
        kept = tuple(item for item in answer.headers if item[0] in ("etag", "cache-control"))
        return Answer(304, kept)
    return answer


def _elsewhere(address: str) -> Answer:
    # Two slashes at the front would lead to another host.
    address = f"/{address.lstrip('/')}"
    return Answer(303, (("location", quote(address, safe="/?&=%.,:;+-_~!*'()@")), ("cache-control", "no-store")))


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1").lower() for key, value in scope["headers"] if key == name), "")


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _gone(receive: Receive) -> None:
    """Returns when the reader has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(answer: Answer, send: Send) -> None:
    headers = [
        (key.encode("latin-1"), value.encode("latin-1")) for key, value in answer.headers if key != "content-length"
    ]
    headers.append((b"content-length", str(len(answer.body)).encode("ascii")))
    start: Message = {"type": "http.response.start", "status": answer.status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": answer.body})
