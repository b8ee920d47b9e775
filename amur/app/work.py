"""Work done in a few threads, and what is kept of it."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Generic, TypeVar

from amur.app.settings import Settings

T = TypeVar("T")


class Shelf(Generic[T]):
    """The newest things that were made, by key, at most `size` of weight; safe for threads.

    Two who ask for one key at the same time get one making.
    """

    def __init__(self, size: int, *, weight: Callable[[T], int] = lambda _: 1) -> None:
        """An empty shelf."""
        self._size, self._weight, self._used = size, weight, 0
        self._items: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> T | None:
        """What stands under a key, or None."""
        with self._lock:
            if key in self._items:
                self._items.move_to_end(key)
                return self._items[key][0]
        return None

    def put(self, key: Hashable, item: T) -> None:
        """Place something, and drop the oldest until all fits; what is larger than the shelf is not kept."""
        weight = self._weight(item)
        if weight > self._size:
            return
        with self._lock:
            if key in self._items:
                self._used -= self._items.pop(key)[1]
            self._items[key] = item, weight
            self._used += weight
            while self._used > self._size:
                _, (_, old) = self._items.popitem(last=False)
                self._used -= old

    def drop(self, key: Hashable) -> None:
        """Forget what stands under a key."""
        with self._lock:
            if key in self._items:
                self._used -= self._items.pop(key)[1]

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
    """Where the work of requests is done: in threads, or in place where the process has nothing else to do.

    Quick work, such as the move of a slider, has a thread of its own, so that a page being drawn does not hold it up.
    """

    def __init__(self, settings: Settings) -> None:
        """Threads start when the first work comes."""
        workers = settings.workers
        self._slow = ThreadPoolExecutor(workers, thread_name_prefix="amur-page") if workers else None
        self._fast = ThreadPoolExecutor(1, thread_name_prefix="amur-quick") if workers else None

    async def do(self, work: Callable[[], T], *, quick: bool = False) -> T:
        """The result of `work`."""
        pool = self._fast if quick else self._slow
        if pool is None:
            return work()
        return await asyncio.wrap_future(pool.submit(copy_context().run, work))

    def close(self) -> None:
        """Begin nothing more."""
        for pool in (self._slow, self._fast):
            if pool is not None:
                pool.shutdown(wait=False, cancel_futures=True)
