"""The office: requests stand in one line of limited length, few are worked on at a time, and any can be called off.

Those who ask for the same at the same time share one job. A job whose last reader has gone away is stopped. Long
jobs never take all places, quick ones go first, and what belongs together goes to the same place, where the page
that a chart is part of, or the equilibrium that the next begins from, is at hand.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from amur.app.exchange import Answer, Asked
from amur.app.problems import BusyError, TooSlowError
from amur.app.settings import Settings
from amur.app.work import Shelf
from amur.errors import AmurError, StoppedError

State = Literal["waiting", "working", "done", "failed", "stopped"]
FINISHED: frozenset[State] = frozenset({"done", "failed", "stopped"})
QUICK, PAGE, PICTURE, LONG = range(4)
"""Lanes in the order in which they are served; what comes first in one is served first in it."""

_QUICK = re.compile(r"^/(?:static/.*|[a-z]{2}/?|[a-z]{2}/(?:(?:lab|world|world/matrix)/part|pair)|)$")
_LONG = re.compile(
    r"^/(?:api/v1/(?:simulate|explain/.*)|[a-z]{2}/(?:lab/result|leverage|triangle|explain|world)(?:\.[a-z]+|/.*)?)$"
)
_PICTURE = re.compile(r"/chart/[^/]*$")
_LONG_BODY = 20_000
_PART = re.compile(r"/(?:chart/.*|part$)|\.[a-z]+$")
_SIZE = re.compile(r"&?\bsize=\w*")
_LOYAL_SECONDS = (0.1, 1.0, 1.0, 1.0)
"""By lane: so long a job waits for the place where what it belongs to was made, while another place is free."""
_MOST_FAMILIES = 2000


@dataclass(eq=False)
class Job:
    """A request that is being answered, who waits for it, and how far it has come."""

    asked: Asked
    key: Hashable
    lane: int
    family: str
    result: asyncio.Future[Answer]
    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    state: State = "waiting"
    done: int = 0
    total: int = 0
    readers: int = 0
    is_named: bool = False
    """Whether somebody was given its address, and so may come back for it."""
    is_watched: bool = True
    """Whether it is stopped when nobody comes back for long."""
    place: int | None = None
    born: float = field(default_factory=time.monotonic)
    seen: float = field(default_factory=time.monotonic)

    @property
    def is_finished(self) -> bool:
        """Whether nothing more happens to it."""
        return self.state in FINISHED

    def advance(self, done: int, total: int) -> None:
        """Note progress. Raises StoppedError where it was called off."""
        self.done, self.total = done, total
        self.still_wanted()

    def still_wanted(self) -> None:
        """Raise StoppedError where it was called off or given up."""
        if self.is_finished:
            raise StoppedError("The work was stopped because nobody waits for it any more.")


class Crew(Protocol):
    """Who does the work, in numbered places."""

    size: int

    async def run(self, place: int, job: Job) -> Answer:
        """The answer to a job; returns only when its place is free again."""
        ...

    def stop(self, place: int, job: Job) -> None:
        """Have the work of a job that has been called off end soon."""
        ...

    def start(self) -> None:
        """Begin."""
        ...

    async def close(self) -> None:
        """End all work."""
        ...


class Office:
    """The line before a crew."""

    def __init__(self, crew: Crew, settings: Settings) -> None:
        """Nothing runs before the first request."""
        self.crew, self._settings = crew, settings
        self._free = list(range(crew.size))
        self._line: list[Job] = []
        self._open: dict[Hashable, Job] = {}
        self._named: Shelf[Job] = Shelf(settings.kept_bytes, weight=_weight)
        self._homes: OrderedDict[str, int] = OrderedDict()
        self._running: set[asyncio.Task[None]] = set()
        self._again: asyncio.TimerHandle | None = None
        self._long = 0

    @property
    def waiting(self) -> int:
        """How many jobs stand in line."""
        return len(self._line)

    @property
    def working(self) -> int:
        """How many jobs are being worked on."""
        return len(self._running)

    def find(self, key: Hashable) -> Job | None:
        """The job that already answers such a request."""
        return self._open.get(key)

    def named(self, name: str) -> Job | None:
        """A job by the name that it was given out under."""
        return self._named.find(name)

    def name(self, job: Job) -> None:
        """Give a job an address, under which it can be found while it is kept; or note that somebody came back."""
        if not job.is_named:
            self._watch(job)
        job.is_named, job.seen = True, time.monotonic()
        self._named.put(job.id, job)

    def ahead(self, job: Job) -> int:
        """How many stand before a job in the line."""
        order = sorted(self._line, key=_turn)
        return order.index(job) if job in order else 0

    def begin(self, asked: Asked, key: Hashable) -> Job:
        """A new job in the line. Raises BusyError where the line is full."""
        if len(self._line) >= self._settings.waiting:
            raise BusyError(f"{len(self._line)} tasks wait already. Try again in a moment.")
        job = Job(asked, key, lane_of(asked), family_of(asked), asyncio.get_running_loop().create_future())
        # Nobody may be left to read how it ended.
        job.result.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._open[key] = job
        self._line.append(job)
        self._dispatch()
        return job

    def left(self, job: Job) -> None:
        """A reader has gone; the last one's going ends the work, unless somebody may come back for it."""
        if job.readers == 0 and not job.is_named:
            self.stop(job)

    def stop(self, job: Job, error: AmurError | None = None) -> None:
        """Call a job off: who waits for it is told, and its work ends."""
        if job.is_finished:
            return
        was, job.state = job.state, "stopped" if error is None else "failed"
        self._open.pop(job.key, None)
        job.result.set_exception(error or StoppedError("The work was stopped."))
        if was == "waiting":
            self._line.remove(job)
        elif job.place is not None:
            self.crew.stop(job.place, job)

    def _watch(self, job: Job) -> None:
        """Stop a job with an address when nobody comes back to it."""
        wait = self._settings.forsaken_seconds - (time.monotonic() - job.seen) if job.is_named else None
        if wait is not None and wait <= 0 and not job.readers:
            self.stop(job)
        elif job.is_watched and not job.is_finished:
            later = max(wait or 0.0, 0.0) or self._settings.forsaken_seconds
            asyncio.get_running_loop().call_later(later, self._watch, job)

    async def close(self) -> None:
        """Call everything off."""
        for job in list(self._open.values()):
            self.stop(job)
        await self.crew.close()

    # ── the line ────────────────────────────────────────────────────────────────────────────────

    def _dispatch(self) -> None:
        """Give free places to those in line, until none fits."""
        self._again = None
        while found := next(((place, job) for place in self._free if (job := self._next(place))), None):
            place, job = found
            self._free.remove(place)
            self._line.remove(job)
            self._long += job.lane == LONG
            self._settle_at(place, job.family)
            task = asyncio.ensure_future(self._work(place, job))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    def _next(self, place: int) -> Job | None:
        """Who in the line goes to a free place: the first who may, and who has no better place to wait for."""
        now = time.monotonic()
        for job in sorted(self._line, key=_turn):
            if job.lane == LONG and self._long >= max(1, self.crew.size - 1):
                continue
            home = self._homes.get(job.family, place)
            wait = job.born + _LOYAL_SECONDS[job.lane] - now
            if home == place or (home not in self._free and wait <= 0):
                return job
            if home not in self._free and self._again is None:
                self._again = asyncio.get_running_loop().call_later(wait, self._dispatch)
        return None

    async def _work(self, place: int, job: Job) -> None:
        job.state, job.place = "working", place
        limit = asyncio.get_running_loop().call_later(self._limit(job), self._expire, job)
        try:
            answer = await self.crew.run(place, job)
        except AmurError as error:
            if not job.is_finished:
                self.stop(job, error)
        else:
            if not job.is_finished:
                job.state = "done"
                job.result.set_result(answer)
                if job.is_named:
                    self._named.put(job.id, job)
                    asyncio.get_running_loop().call_later(self._settings.named_seconds, self._named.drop, job.id)
        finally:
            limit.cancel()
            self._long -= job.lane == LONG
            if self._open.get(job.key) is job:
                del self._open[job.key]
            self._free.append(place)
            self._dispatch()

    def _settle_at(self, place: int, family: str) -> None:
        self._homes[family] = place
        self._homes.move_to_end(family)
        while len(self._homes) > _MOST_FAMILIES:
            self._homes.popitem(last=False)

    def _limit(self, job: Job) -> float:
        return self._settings.long_seconds if job.lane == LONG else self._settings.seconds

    def _expire(self, job: Job) -> None:
        limit = self._limit(job)
        self.stop(job, TooSlowError(f"The answer was not ready within {limit:g} seconds. Ask for less, or try again."))


def _turn(job: Job) -> tuple[int, float]:
    return job.lane, job.born


def _weight(job: Job) -> int:
    """Bytes that a job holds, of which its answer is most."""
    return len(job.asked.body) + (len(job.result.result().body) if job.state == "done" else 0)


def lane_of(asked: Asked) -> int:
    """Which lane a request stands in; a long text, a study of a tie and a result with many runs may take long."""
    if _QUICK.match(asked.path):
        return QUICK
    if _PICTURE.search(asked.path):
        return PICTURE
    return LONG if len(asked.body) > _LONG_BODY or _LONG.match(asked.path) else PAGE


def family_of(asked: Asked) -> str:
    """What a request belongs to: a page with its parts, charts and twins; everything of the lab."""
    path = _PART.sub("", asked.path)
    return "lab" if path.split("/")[2:3] == ["lab"] else f"{path}?{_SIZE.sub('', asked.query)}"
