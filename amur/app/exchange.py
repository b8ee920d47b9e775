"""A request and its answer as plain values, so that they can pass through a queue or a pipe."""

from __future__ import annotations

import json
import logging
import struct
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = tuple[tuple[str, str], ...]

_LOG = logging.getLogger(__name__)
_CARRIED = ("accept", "content-type", "host", "if-none-match")
"""Request headers that an answer may depend on; the rest stays at the door."""
_HEAD = struct.Struct(">II")
MOST_BYTES = 1 << 30
"""No frame is longer: a length beyond it means that the pipe holds something else."""


@dataclass(frozen=True)
class Asked:
    """A request: what decides its answer."""

    method: str
    path: str
    query: str = ""
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str:
        """A header by its name in small letters; empty where it was not sent."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def address(self) -> str:
        """Path and query."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def wants_page(self) -> bool:
        """Whether a reader's browser goes to this address. Scripts that fetch a piece of a page ask for no XHTML."""
        return "application/xhtml+xml" in self.header("accept")


@dataclass(frozen=True)
class Answer:
    """A response."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str:
        """A header by its name in small letters."""
        return next((value for key, value in self.headers if key == name), "")


def asked_of(scope: Scope, body: bytes) -> Asked:
    """The request of an ASGI scope whose body has been read."""
    found = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
    # Only the front page chooses by it; elsewhere it would only part answers that are alike.
    carried = (*_CARRIED, "accept-language") if scope["path"] == "/" else _CARRIED
    headers = tuple((name, found[name]) for name in carried if name in found)
    query = scope.get("query_string", b"").decode("latin-1")
    return Asked(scope["method"], scope["path"], query, headers, body)


async def ask(app: App, asked: Asked) -> Answer:
    """What an ASGI app answers, whole."""
    scope: Scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http",
        "method": asked.method, "path": asked.path, "raw_path": asked.path.encode("utf-8"), "root_path": "",
        "query_string": asked.query.encode("latin-1"), "client": None, "server": None, "state": {},
        "headers": [(key.encode("latin-1"), value.encode("latin-1")) for key, value in asked.headers],
    }  # fmt: skip
    told = [{"type": "http.request", "body": asked.body, "more_body": False}]
    status, headers, parts = 500, (), []

    async def receive() -> Message:
        return told.pop() if told else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = tuple((k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in message.get("headers", ()))
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    try:
        await app(scope, receive, send)
    except Exception:  # noqa: BLE001
        # A fault of the program: the app has answered 500 by now, and the log is the place for the rest.
        _LOG.exception("%s %s failed", asked.method, asked.path)
    return Answer(status, headers, b"".join(parts))


# ── frames ──────────────────────────────────────────────────────────────────────────────────────


def packed(head: Mapping[str, object], body: bytes = b"") -> bytes:
    """A frame for a pipe: two lengths, a JSON object, and bytes."""
    words = json.dumps(head, ensure_ascii=False).encode("utf-8")
    return _HEAD.pack(len(words), len(body)) + words + body


HEAD_SIZE = _HEAD.size


def lengths(head: bytes) -> tuple[int, int]:
    """The lengths that a frame begins with. Raises ValueError where they are none."""
    words, body = _HEAD.unpack(head)
    if words + body > MOST_BYTES:
        raise ValueError(f"A frame of {words + body:,} bytes is none.")
    return words, body


def question(number: int, asked: Asked) -> bytes:
    """The frame that asks."""
    head = {"ask": number, "method": asked.method, "path": asked.path, "query": asked.query, "headers": asked.headers}
    return packed(head, asked.body)


def asked_in(head: Mapping[str, Any], body: bytes) -> Asked:
    """What a frame asks."""
    return Asked(head["method"], head["path"], head["query"], tuple((k, v) for k, v in head["headers"]), body)


def reply(number: int, answer: Answer) -> bytes:
    """The frame that answers."""
    return packed({"answer": number, "status": answer.status, "headers": answer.headers}, answer.body)


def answer_in(head: Mapping[str, Any], body: bytes) -> Answer:
    """What a frame answers."""
    return Answer(head["status"], tuple((k, v) for k, v in head["headers"]), body)
