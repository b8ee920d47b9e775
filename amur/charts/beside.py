"""A second process that draws while the first computes, so that a page of many charts is made on two cores.

The renderer holds Python's lock, so threads would not help. Inside `drawing_beside()` work is announced with
`announce`, and whoever needs a picture takes it with `taken`: finished pictures come from the second process,
work that it has not begun is left to the caller. Without a second process everything is simply drawn in place.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Literal

import vl_convert

Kind = Literal["svg", "png"]
Task = tuple[Kind, str]

AHEAD = 2
"""Tasks that the second process holds at once: one in work and one to go on with."""


def draw(kind: Kind, body: str, settings: dict[str, Any]) -> bytes:
    """One picture: an SVG from a Vega-Lite specification, or a PNG from an SVG."""
    if kind == "svg":
        return vl_convert.vegalite_to_svg(body, allowed_base_urls=[], **settings).encode("utf-8")
    return vl_convert.svg_to_png(body, **settings)


class _Beside:
    """The second process, the tasks that wait, and the pictures that are done (None where it failed)."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "amur.charts.beside"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.changed = threading.Condition()
        self.waiting: deque[tuple[Task, dict[str, Any]]] = deque()
        self.begun: deque[Task] = deque()
        self.done: dict[Task, bytes | None] = {}
        self.alive = True
        # Writing and reading each have a thread of their own: pipes are small, and either side may have to wait.
        self.threads = [threading.Thread(target=work, daemon=True) for work in (self._write, self._listen)]
        for thread in self.threads:
            thread.start()

    def announce(self, task: Task, settings: dict[str, Any]) -> None:
        with self.changed:
            known = task in self.done or task in self.begun or any(task == item for item, _ in self.waiting)
            if self.alive and not known:
                self.waiting.append((task, settings))
                self.changed.notify_all()

    def taken(self, task: Task) -> bytes | None:
        with self.changed:
            for item in self.waiting:
                if item[0] == task:
                    self.waiting.remove(item)
                    return None
            self.changed.wait_for(lambda: task not in self.begun)
            return self.done.get(task)

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
                task, settings = self.waiting.popleft()
                self.begun.append(task)
            line = json.dumps({"kind": task[0], "body": task[1], "settings": settings}) + "\n"
            try:
                self.process.stdin.write(line.encode("utf-8"))  # type: ignore[union-attr]
                self.process.stdin.flush()  # type: ignore[union-attr]
            except OSError:
                self._stop()

    def _listen(self) -> None:
        for line in self.process.stdout:  # type: ignore[union-attr]
            with self.changed:
                if self.begun:
                    self.done[self.begun.popleft()] = b64decode(line) or None
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


def announce(kind: Kind, body: str, settings: dict[str, Any]) -> None:
    """Say that a picture will be needed."""
    if _OPEN:
        _OPEN[-1].announce((kind, body), settings)


def drawn(kind: Kind, body: str, settings: dict[str, Any]) -> bytes:
    """A picture: from the second process where it drew it, else drawn now. Raises ValueError as the renderer does."""
    found = _OPEN[-1].taken((kind, body)) if _OPEN else None
    return found if found is not None else draw(kind, body, settings)


def main() -> None:
    """Draw what comes in, line by line; an empty line stands for a picture that cannot be drawn."""
    for line in sys.stdin:
        task = json.loads(line)
        try:
            picture = draw(task["kind"], task["body"], task["settings"])
        except ValueError:
            picture = b""
        sys.stdout.write(b64encode(picture).decode("ascii") + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
