"""A second process that draws while the first computes, so that a page of many charts is made on two cores.

The renderer holds Python's lock, so threads would not help. Inside `drawing_beside()` charts are announced with
`announce`, and whoever needs one takes it with `drawn`: finished ones come from the second process, one that it
has not begun is drawn by the caller. Without a second process everything is simply drawn in place.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Any

from amur.text import Text

AHEAD = 2
"""Orders that the second process holds at once: one in work and one to go on with."""
_SIZE = 8


@dataclass(frozen=True, eq=False)
class Order:
    """A chart to draw: what draws it on a canvas, the reader's language, and the words around it."""

    draw: Callable[..., Any]
    language: str
    legend: Any

    def fill(self) -> Any:
        """The chart as pictures."""
        from amur.charts.rendering import render

        return render(self.draw, Text(self.language), legend=self.legend)


class _Beside:
    """The second process, the orders that wait, and the charts that are done (None where one failed)."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from amur.charts.beside import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.changed = threading.Condition()
        self.waiting: deque[tuple[int, bytes]] = deque()
        self.begun: deque[int] = deque()
        self.done: dict[int, Any] = {}
        self.known: dict[int, Order] = {}
        self.alive = True
        # Writing and reading each have a thread of their own: pipes are small, and either side may have to wait.
        self.threads = [threading.Thread(target=work, daemon=True) for work in (self._write, self._listen)]
        for thread in self.threads:
            thread.start()

    def announce(self, order: Order) -> None:
        with suppress(pickle.PicklingError, AttributeError, TypeError):
            packed = pickle.dumps(order)
            with self.changed:
                if self.alive:
                    self.known[id(order)] = order
                    self.waiting.append((id(order), packed))
                    self.changed.notify_all()

    def taken(self, order: Order) -> Any:
        number = id(order)
        with self.changed:
            for item in self.waiting:
                if item[0] == number:
                    self.waiting.remove(item)
                    return None
            self.changed.wait_for(lambda: number not in self.begun)
            return self.done.get(number)

    def close(self) -> None:
        self._stop()
        self.process.kill()
        self.process.wait()
        for thread in self.threads:
            thread.join()
        for pipe in (self.process.stdin, self.process.stdout):
            # What was still to be written has nobody to read it.
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]

    def _write(self) -> None:
        while True:
            with self.changed:
                self.changed.wait_for(lambda: not self.alive or (self.waiting and len(self.begun) < AHEAD))
                if not self.alive:
                    return
                number, packed = self.waiting.popleft()
                self.begun.append(number)
            try:
                _send(self.process.stdin, packed)  # type: ignore[arg-type]
            except OSError:
                self._stop()

    def _listen(self) -> None:
        while (packed := _receive(self.process.stdout)) is not None:  # type: ignore[arg-type]
            chart = pickle.loads(packed)  # noqa: S301 from our own process, over a pipe nobody else holds
            with self.changed:
                if self.begun:
                    self.done[self.begun.popleft()] = chart
                self.changed.notify_all()
        self._stop()

    def _stop(self) -> None:
        with self.changed:
            self.alive = False
            self.waiting.clear()
            self.begun.clear()
            self.changed.notify_all()


_OPEN: list[_Beside] = []


@contextmanager
def drawing_beside() -> Iterator[None]:
    """Draw on a second core inside; nothing changes where there is none, or where no process can be started."""
    beside = None
    if (os.cpu_count() or 1) > 1 and not _OPEN:
        with suppress(OSError):
            beside = _Beside()
            _OPEN.append(beside)
    try:
        yield
    finally:
        if beside is not None:
            _OPEN.remove(beside)
            beside.close()


def announce(order: Order) -> None:
    """Say that a chart will be needed."""
    if _OPEN:
        _OPEN[-1].announce(order)


def drawn(order: Order) -> Any:
    """The pictures of a chart: from the second process where it drew them, else drawn now.

    Raises OutputError as `render` does.
    """
    found = _OPEN[-1].taken(order) if _OPEN else None
    return order.fill() if found is None else found


def _send(pipe: IO[bytes], packed: bytes) -> None:
    pipe.write(len(packed).to_bytes(_SIZE, "big") + packed)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes | None:
    """The next message, None at the end."""
    size = pipe.read(_SIZE)
    return pipe.read(int.from_bytes(size, "big")) if len(size) == _SIZE else None


def main() -> None:
    """Draw what comes in, one order at a time; None stands for a chart that cannot be drawn."""
    from amur.charts.rendering import warm_up
    from amur.errors import AmurError

    warm_up()
    while (packed := _receive(sys.stdin.buffer)) is not None:
        order = pickle.loads(packed)  # noqa: S301 from the process that started this one
        try:
            chart = order.fill()
        except AmurError:
            chart = None
        _send(sys.stdout.buffer, pickle.dumps(chart))
