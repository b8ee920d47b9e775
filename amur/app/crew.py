"""Who does the work: threads of this process, or processes of their own that outlive the requests."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from amur.app.exchange import HEAD_SIZE, Answer, App, answer_in, ask, lengths, packed, question
from amur.app.office import Job
from amur.app.problems import LostError
from amur.app.settings import Settings
from amur.progress import listening

_LOG = logging.getLogger(__name__)
_ALONE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"), "1")
"""There is a process for each core, so threads inside one would only wait for each other: half the time of a page."""
_RESTART_SECONDS = 1.0
_QUICK_END = 2.0
"""A process that ends sooner than so many seconds after its start waits before it is started again."""
WORKER_FIELDS = ("text_characters", "kept_records", "warm")
"""What a worker needs to know of the settings; the token stays here."""
WORKER = (sys.executable, "-m", "amur.app.worker")


class Threads:
    """The work is done by the app itself, in the threads of its desk."""

    def __init__(self, app: App, settings: Settings) -> None:
        """`app` answers each request; one place more than threads is for quick work."""
        self._app, self.size = app, settings.workers + 1

    async def run(self, place: int, job: Job) -> Answer:
        """What the app answers; the work in it tells the job how far it is."""
        with listening(job):
            return await ask(self._app, job.asked)

    def stop(self, place: int, job: Job) -> None:
        """The job's state has told the thread: its work ends at the next step that asks."""

    def start(self) -> None:
        """The app is there."""

    async def close(self) -> None:
        """The app's desk is closed by its owner."""


class Processes:
    """Each place is a process with the app in it, which is fed through a pipe and ends when the pipe does."""

    def __init__(self, settings: Settings, command: Sequence[str] = WORKER) -> None:
        """Nothing is started yet; `command` starts one process."""
        self.size = settings.processes
        self._workers = [_Worker(settings, command) for _ in range(self.size)]
        self._starting: asyncio.Task[None] | None = None

    @property
    def alive(self) -> int:
        """How many processes take work."""
        return sum(worker.ready.is_set() for worker in self._workers)

    @property
    def pids(self) -> list[int]:
        """The numbers of the processes."""
        return [worker.pid for worker in self._workers if worker.pid]

    def start(self) -> None:
        """Start all processes, one after the other, so that the first reader does not wait for all of them."""
        self._starting = asyncio.ensure_future(self._start())

    async def _start(self) -> None:
        for worker in self._workers:
            worker.start()
            await worker.ready.wait()

    async def run(self, place: int, job: Job) -> Answer:
        """What the process of a place answers. Raises LostError where it ends before that."""
        return await self._workers[place].run(job)

    def stop(self, place: int, job: Job) -> None:
        """Tell the process; where the work goes on nevertheless, end it, and start another."""
        self._workers[place].stop(job)

    async def close(self) -> None:
        """End all processes."""
        if self._starting is not None:
            self._starting.cancel()
        await asyncio.gather(*(worker.close() for worker in self._workers))


class _Worker:
    """One process, started again whenever it ends."""

    def __init__(self, settings: Settings, command: Sequence[str]) -> None:
        self._settings, self._command = settings, command
        self.ready = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._number = 0
        self._current: tuple[int, Job, asyncio.Future[Answer]] | None = None

    @property
    def pid(self) -> int:
        """The number of the process; 0 while there is none."""
        return self._process.pid if self._process is not None and self._process.returncode is None else 0

    def start(self) -> None:
        """Keep a process running from now on."""
        self._keeper = asyncio.ensure_future(self._keep())

    async def run(self, job: Job) -> Answer:
        """Ask, and wait for the answer or the end of the process."""
        await self.ready.wait()
        if job.is_finished:
            raise LostError("The work was called off before it began.")
        self._number += 1
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._current = (self._number, job, future)
        self._write(question(self._number, job.asked))
        try:
            return await future
        finally:
            self._current = None

    def stop(self, job: Job) -> None:
        """Ask for an end, and see to it."""
        if self._current is None or self._current[1] is not job:
            return
        number = self._current[0]
        self._write(packed({"stop": number}))
        asyncio.get_running_loop().call_later(self._settings.grace_seconds, self._end, number)

    async def close(self) -> None:
        """End the process for good."""
        if self._keeper is not None:
            self._keeper.cancel()
        await self._kill()

    async def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    def _end(self, number: int) -> None:
        if self._current is not None and self._current[0] == number and self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    def _write(self, frame: bytes) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(frame)

    async def _keep(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            try:
                await self._live()
            except (OSError, ValueError):
                # No process could be started, or what came from it was no frame.
                _LOG.exception("A worker process is of no use, and another is started.")
                await self._kill()
            self.ready.clear()
            if self._current is not None and not self._current[2].done():
                self._current[2].set_exception(LostError("The process that did the work has ended. Ask again."))
            if clock() - began < _QUICK_END:
                await asyncio.sleep(_RESTART_SECONDS)

    async def _live(self) -> None:
        """One process from start to end."""
        self._process = process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env={**_ALONE, **os.environ},
        )  # fmt: skip
        self._write(packed({"settings": {name: getattr(self._settings, name) for name in WORKER_FIELDS}}))
        pipe = process.stdout
        if pipe is None:
            return
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                words, body = lengths(await pipe.readexactly(HEAD_SIZE))
                head = json.loads(await pipe.readexactly(words))
                self._read(head, await pipe.readexactly(body))
        await process.wait()
        _LOG.info("A worker process has ended with %s.", process.returncode)

    def _read(self, head: Mapping[str, Any], body: bytes) -> None:
        if "ready" in head:
            self.ready.set()
            return
        if self._current is None or self._current[0] != head.get("answer", head.get("progress")):
            return
        _, job, future = self._current
        if "answer" in head:
            if not future.done():
                future.set_result(answer_in(head, body))
        elif not job.is_finished:
            job.done, job.total = head["done"], head["total"]
