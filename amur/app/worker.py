"""A process that answers requests one by one, through its standard input and output, until its input ends."""

from __future__ import annotations

import asyncio
import json
import os
import queue
import signal
import threading
import time
from collections.abc import Iterator
from functools import partial
from typing import Any, BinaryIO

from amur.app.exchange import HEAD_SIZE, Answer, App, Asked, ask, asked_in, lengths, packed, reply
from amur.app.settings import Settings
from amur.errors import StoppedError
from amur.indicators.ledger import many_pairs
from amur.progress import listening

_TELL_SECONDS = 0.1
"""Progress is told no more often."""

Frame = tuple[dict[str, Any], bytes]


class Told:
    """Sends the progress of one request after the other, and knows which of them was called off."""

    def __init__(self, out: BinaryIO) -> None:
        """Frames go to `out`."""
        self._out, self._number, self._last = out, 0, 0.0
        self._stopped: set[int] = set()

    def begin(self, number: int) -> None:
        """The request with this number is next."""
        self._number, self._last = number, 0.0

    def end(self) -> None:
        """It is answered."""
        self._stopped.discard(self._number)

    def stop(self, number: int) -> None:
        """A request was called off, which may be over by now."""
        self._stopped.add(number)

    def advance(self, done: int, total: int) -> None:
        """Send progress. Raises StoppedError where nobody waits any more."""
        self.still_wanted()
        now = time.monotonic()
        if now - self._last >= _TELL_SECONDS:
            self._last = now
            send(self._out, packed({"progress": self._number, "done": done, "total": total}))

    def still_wanted(self) -> None:
        """Raise StoppedError where nobody waits any more."""
        if self._number in self._stopped:
            raise StoppedError("The work was stopped because nobody waits for it any more.")


def send(out: BinaryIO, frame: bytes) -> None:
    """Write a frame whole."""
    out.write(frame)
    out.flush()


def frames(source: BinaryIO) -> Iterator[Frame]:
    """The frames of a pipe until it ends."""
    while len(head := source.read(HEAD_SIZE)) == HEAD_SIZE:
        words, body = lengths(head)
        yield json.loads(source.read(words)), source.read(body)


def main() -> None:
    """Answer until the pipe ends. The pipe is standard output; what else would be printed there goes to the log."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out, source = os.fdopen(os.dup(1), "wb"), os.fdopen(os.dup(0), "rb")
    os.dup2(2, 1)
    first = next(frames(source), None)
    if first is None:
        return
    line: queue.SimpleQueue[Frame] = queue.SimpleQueue()
    told = Told(out)
    threading.Thread(target=_listen, args=(source, line, told), daemon=True).start()
    from amur.app.server import inner_app

    settings = Settings(workers=0, **first[0]["settings"])
    app = inner_app(settings)
    send(out, packed({"ready": True}))
    loop = asyncio.new_event_loop()
    if settings.warm:
        _warm(app, loop, line)
    while True:
        head, body = line.get()
        told.begin(head["ask"])
        answer = loop.run_until_complete(_answer(app, asked_in(head, body), told))
        told.end()
        send(out, reply(head["ask"], answer))


def _listen(source: BinaryIO, line: queue.SimpleQueue[Frame], told: Told) -> None:
    """Pass requests on, note those that are called off, and end the process with its pipe."""
    for head, body in frames(source):
        if "stop" in head:
            told.stop(head["stop"])
        else:
            line.put((head, body))
    os._exit(0)


async def _answer(app: App, asked: Asked, told: Told) -> Answer:
    # Readers ask for many pairs, so tables are made once for all of them.
    with listening(told), many_pairs():
        return await ask(app, asked)


def _warm(app: App, loop: asyncio.AbstractEventLoop, line: queue.SimpleQueue[Frame]) -> None:
    """Load what the first reader would wait for, one thing after the other, until there is a request."""
    from amur.charts.rendering import warm_up

    for step in (*(partial(_load, app, loop, asked) for asked in warming()), warm_up):
        if not line.empty():
            return
        step()


def _load(app: App, loop: asyncio.AbstractEventLoop, asked: Asked) -> None:
    with many_pairs():
        loop.run_until_complete(ask(app, asked))


def warming() -> tuple[Asked, ...]:
    """Requests that load data, models and grammars."""
    from amur.app.home import EXAMPLES
    from amur.scenario import shipped_scenarios

    a, b = EXAMPLES[0]
    words = b"text=Trade+grew+by+5%25+in+2024+to+%24200+billion."
    form = (("content-type", "application/x-www-form-urlencoded"),)
    return (
        Asked("GET", f"/en/pair/{a}/{b}"),
        Asked("GET", "/en/lab", f"scenario={shipped_scenarios()[0]}"),
        Asked("POST", "/en/check", "", form, words),
    )


if __name__ == "__main__":
    main()
