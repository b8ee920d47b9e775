"""A real server with its processes: where it listens, and what ends when it or its work is killed."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import httpx
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amur.app import Settings
from amur.app.crew import Processes
from amur.app.exchange import Answer, Asked, answer_in, asked_in, question, reply
from amur.app.office import Office
from amur.app.problems import LostError
from amur.app.worker import Told, frames
from amur.errors import StoppedError
from amur.progress import each, listening, still_wanted

# What a busy machine may take to start a process and load its data; seconds.
PATIENCE = 100.0
PAGE = {"accept": "text/html"}
# An article so long that nobody waits for it.
LONG = "Trade between China and Russia fell by 8.1% in 2025. Exports from India to Japan rose to $5 billion in 2024.\n"


class Running:
    """A server in a process of its own."""

    def __init__(self) -> None:
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        """On the same port as before."""
        limits = f"port={self.port}, processes=1, head_seconds=0.5, body_seconds=0.5, grace_seconds=0.2, warm=False"
        code = f"from amur.app import Settings\nfrom amur.app.running import run\nrun(Settings({limits}))"
        self.process = subprocess.Popen([sys.executable, "-c", code])
        until(lambda: self.health().get("workers") == 1)

    def health(self) -> dict[str, object]:
        try:
            return httpx.get(f"{self.base}/health").json()
        except httpx.HTTPError:
            return {}

    def workers(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()


def until(fact: Callable[[], bool]) -> None:
    """Wait for something to be true."""
    end = time.monotonic() + PATIENCE
    while not fact():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    running = Running()
    yield running
    running.process.terminate()
    running.process.wait()


def test_it_answers_pages_from_its_processes_and_says_how_it_is(server: Running) -> None:
    with httpx.Client(base_url=server.base, timeout=PATIENCE) as client:
        page = client.get("/en/methods", headers=PAGE)
        assert page.status_code == 200
        assert "default-src 'none'" in page.headers["content-security-policy"]
        again = client.get("/en/methods", headers={"if-none-match": page.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert client.get("/health").json() == {"status": "ok", "waiting": 0, "working": 0, "workers": 1}
        assert client.get("/en/pair/SWE/Tykland", headers=PAGE).status_code == 404


def test_only_this_machine_can_reach_it(server: Running) -> None:
    listening = {
        link.laddr.ip for link in psutil.Process(server.process.pid).net_connections("tcp") if link.status == "LISTEN"
    }
    assert listening == {"127.0.0.1"}
    assert httpx.get(f"{server.base}/en/", headers={"host": "evil.example"}).status_code == 421


@pytest.mark.parametrize("sent", [b"GET /health HTTP/1.1\r\nhost: ", b"", b"\x16\x03\x01"])
def test_a_client_that_is_slow_to_ask_is_let_go(server: Running, sent: bytes) -> None:
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)) as line:
        line.sendall(sent)
        try:
            while line.recv(4096):
                pass
        except ConnectionResetError:
            pass
    assert server.health()["status"] == "ok"


def test_a_body_that_is_slow_to_come_is_let_go(server: Running) -> None:
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)) as line:
        line.sendall(b"POST /en/check HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\ntext=")
        assert line.recv(4096).startswith(b"HTTP/1.1 408")


def test_work_ends_when_its_reader_goes_away(server: Running) -> None:
    worker = server.workers()[0]
    with httpx.Client(base_url=server.base, timeout=0.3) as client, pytest.raises(httpx.TimeoutException):
        client.post("/api/v1/check", json={"texts": [LONG * 800]})
    # Work that does not end by itself ends with its process.
    until(lambda: server.health().get("working") == 0 or not worker.is_running())


# ── a crew with processes that need no data ─────────────────────────────────────────────────────

ECHO = """
import json, os, struct, sys, time
source, out = os.fdopen(0, "rb"), os.fdopen(1, "wb")
def send(head, body=b""):
    words = json.dumps(head).encode()
    out.write(struct.pack(">II", len(words), len(body)) + words + body)
    out.flush()
send({"ready": True})
while len(head := source.read(8)) == 8:
    words, body = struct.unpack(">II", head)
    asked, sent = json.loads(source.read(words)), source.read(body)
    if "ask" not in asked:
        continue
    number, path = asked["ask"], asked["path"]
    if path == "/die":
        os._exit(3)
    if path == "/babble":
        out.write(b"\\xff" * 64)
        out.flush()
        continue
    send({"progress": number, "done": 1, "total": 2})
    while path == "/wait":
        time.sleep(0.01)
    send({"answer": number, "status": 200, "headers": [["x-path", path]]}, sent)
"""


def with_crew(scene: Callable[[Office, Processes], Coroutine[Any, Any, None]]) -> None:
    """Play a scene before processes of that kind, in a thread of its own."""

    async def whole() -> None:
        limits = Settings(processes=1, grace_seconds=0.05)
        crew = Processes(limits, (sys.executable, "-c", ECHO))
        office = Office(crew, limits)
        crew.start()
        await asyncio.wait_for(scene(office, crew), PATIENCE)
        await office.close()
        assert crew.pids == []

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, whole()).result()


def test_a_process_is_asked_tells_how_far_it_is_and_answers() -> None:
    async def scene(office: Office, crew: Processes) -> None:
        job = office.begin(Asked("POST", "/en/check", body=b"words"), 1)
        answer = await job.result
        assert (answer.status, answer.header("x-path"), answer.body) == (200, "/en/check", b"words")
        assert (job.done, job.total) == (1, 2)

    with_crew(scene)


@pytest.mark.parametrize("path", ["/die", "/babble"])
def test_a_process_that_ends_or_makes_no_sense_is_replaced_and_its_reader_is_told(path: str) -> None:
    async def scene(office: Office, crew: Processes) -> None:
        with pytest.raises(LostError):
            await office.begin(Asked("GET", path), 1).result
        assert (await office.begin(Asked("GET", "/en/"), 2).result).status == 200

    with_crew(scene)


def test_work_that_does_not_end_when_it_is_told_to_ends_with_its_process() -> None:
    async def scene(office: Office, crew: Processes) -> None:
        job = office.begin(Asked("GET", "/wait"), 1)
        while not job.total:
            await asyncio.sleep(0.01)
        before = crew.pids
        office.stop(job)
        with pytest.raises(StoppedError):
            await job.result
        assert (await office.begin(Asked("GET", "/en/"), 2).result).status == 200
        assert crew.pids != before

    with_crew(scene)


def test_a_worker_tells_how_far_it_is_and_ends_only_what_was_called_off() -> None:
    out = io.BytesIO()
    told = Told(out)
    told.stop(4)
    told.begin(3)
    with listening(told):
        assert list(each("ab")) == ["a", "b"]
        told.stop(3)
        with pytest.raises(StoppedError):
            still_wanted()
        told.end()
        told.begin(4)
        with pytest.raises(StoppedError):
            list(each("ab"))
        told.begin(5)
        still_wanted()
    out.seek(0)
    heads = [head for head, _ in frames(out)]
    # News of one request comes no more often than ten times a second.
    assert heads[0] == {"progress": 3, "done": 0, "total": 2}
    assert {head["progress"] for head in heads} == {3}


@given(st.binary(max_size=200), st.text(max_size=20), st.sampled_from(["GET", "POST"]))
def test_a_request_is_the_same_behind_the_pipe(body: bytes, words: str, method: str) -> None:
    asked = Asked(method, f"/en/{words}", "a=1", (("accept", "*/*"),), body)
    answer = Answer(200, (("x-words", words),), body)
    pipe = io.BytesIO(question(7, asked) + reply(7, answer))
    (first, sent), (second, came) = frames(pipe)
    assert (first["ask"], asked_in(first, sent)) == (7, asked)
    assert (second["answer"], answer_in(second, came)) == (7, answer)


# ── the end of a server ─────────────────────────────────────────────────────────────────────────


def test_a_server_that_is_killed_leaves_nothing_behind_and_starts_clean(server: Running) -> None:
    workers = server.workers()
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    until(lambda: not any(worker.is_running() and worker.status() != psutil.STATUS_ZOMBIE for worker in workers))
    server.start()
    assert httpx.get(f"{server.base}/en/methods", timeout=PATIENCE).status_code == 200
