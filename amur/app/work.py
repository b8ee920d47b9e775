"""Bounded work: a few threads, a line of limited length, one computation for many who ask the same, kept answers."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Generic, TypeVar

from amur.app.problems import BusyError, TooSlowError
from amur.app.settings import Settings

T = TypeVar("T")


class Shelf(Generic[T]):
    """The newest things that were made, by key, at most `size` of weight; safe for threads.

    Two who ask for one key at the same time get one making.
    """

    def __init__(self, size: int, *, weight: Callable[[T], int] = lambda _: 1) -> None:
        """An empty shelf."""
        self._size, self._weight, self._used = size, weight, 0
        self._items: OrderedDict[Hashable, T] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> T | None:
        """What stands under a key, or None."""
        with self._lock:
            if key in self._items:
                self._items.move_to_end(key)
                return self._items[key]
        return None

    def put(self, key: Hashable, item: T) -> None:
        """Place something, and drop the oldest until all fits; what is larger than the shelf is not kept."""
        weight = self._weight(item)
        if weight > self._size:
            return
        with self._lock:
            if key in self._items:
                self._used -= self._weight(self._items.pop(key))
            self._items[key] = item
            self._used += weight
            while self._used > self._size:
                _, old = self._items.popitem(last=False)
                self._used -= self._weight(old)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What stands under a key; made and placed there where it is missing."""
        found = self.find(key)
        if found is not None:
            return found
        with self._lock:
            turn = self._making.setdefault(key, threading.Lock())
        with turn:
            try:
                found = self.find(key)
                if found is None:
                    found = make()
                    self.put(key, found)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return found


class Desk:
    """Where requests wait for work to be done.

    Work that nobody waits for any more when its turn comes is not begun. Quick work, such as the move of a slider,
    has a thread of its own, so that a page being drawn does not hold it up.
    """

    def __init__(self, settings: Settings) -> None:
        """Threads start when the first work comes."""
        self._settings = settings
        self._slow = ThreadPoolExecutor(settings.workers, thread_name_prefix="amur-page")
        self._fast = ThreadPoolExecutor(1, thread_name_prefix="amur-quick")
        self._waiting, self._count = 0, threading.Lock()
        self._same: dict[Hashable, asyncio.Task[bytes]] = {}
        self.kept: Shelf[bytes] = Shelf(settings.kept_bytes, weight=len)

    @property
    def waiting(self) -> int:
        """How much work is done or waits."""
        return self._waiting

    async def do(self, work: Callable[[], T], *, quick: bool = False) -> T:
        """The result of `work`, done in a thread.

        Raises BusyError where the line is full, TooSlowError after the time limit.
        """
        if self._waiting >= self._settings.waiting + self._settings.workers:
            raise BusyError(f"{self._waiting} tasks wait already. Try again in a moment.")
        pool = self._fast if quick else self._slow
        with self._count:
            self._waiting += 1
        future: Future[T] = pool.submit(copy_context().run, work)
        future.add_done_callback(self._done)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._settings.seconds)
        except TimeoutError:
            raise TooSlowError(
                f"The answer was not ready within {self._settings.seconds:g} seconds. Ask for less, or try again."
            ) from None

    async def kept_or_done(self, key: Hashable, work: Callable[[], bytes], *, quick: bool = False) -> bytes:
        """The same for an answer that stays as it is: kept, or made once for all who ask for it now."""
        found = self.kept.find(key)
        if found is not None:
            return found
        task = self._same.get(key)
        if task is None:
            task = asyncio.ensure_future(self.do(work, quick=quick))
            self._same[key] = task
            task.add_done_callback(lambda done: self._settle(key, done))
        # The others still want it when one of them goes away.
        return await asyncio.shield(task)

    def close(self) -> None:
        """Begin nothing more."""
        for pool in (self._slow, self._fast):
            pool.shutdown(wait=False, cancel_futures=True)

    def _done(self, _: Future[T]) -> None:
        with self._count:
            self._waiting -= 1

    def _settle(self, key: Hashable, done: asyncio.Task[bytes]) -> None:
        self._same.pop(key, None)
        if not done.cancelled() and done.exception() is None:
            self.kept.put(key, done.result())
