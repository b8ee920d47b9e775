"""serve: the app started, with processes that do the work and a front that stays ready to answer."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from amur.app.crew import Processes
from amur.app.front import Front
from amur.app.guard import Guard
from amur.app.office import Office
from amur.app.settings import Settings

MOST_PROCESSES = 4
_CONNECTIONS = 256


def serve(*, host: str = "127.0.0.1", port: int = 8000, token: str | None = None) -> None:
    """Serve until stopped. Raises InputError where other machines could ask and no token is given."""
    run(Settings(host=host, port=port, token=token))


def run(settings: Settings) -> None:
    """Serve until stopped, with one process a core where the settings name no number."""
    chosen = settings if settings.processes else replace(settings, processes=processes())
    server = uvicorn.Server(config(chosen))
    server.run()


def processes() -> int:
    """How many processes do the work: one a core, and no more than a machine for one reader needs."""
    return max(1, min(os.cpu_count() or 1, MOST_PROCESSES))


def config(settings: Settings) -> uvicorn.Config:
    """The server's own settings: short patience with clients that send or read slowly, and no more than it can hold."""
    office = Office(Processes(settings), settings)
    return uvicorn.Config(
        Guard(Front(office, settings), settings), host=settings.host, port=settings.port, http=impatient(settings),
        ws="none", lifespan="on", log_level="warning", access_log=False, server_header=False, timeout_keep_alive=5,
        limit_concurrency=_CONNECTIONS, h11_max_incomplete_event_size=32_768, timeout_graceful_shutdown=3,
    )  # fmt: skip


def impatient(settings: Settings) -> type[asyncio.Protocol]:
    """A protocol that ends connections which bring no whole head in time, or leave an answer unread."""

    class Impatient(H11Protocol):
        _head: asyncio.TimerHandle | None = None
        _unread: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._head = self.loop.call_later(settings.head_seconds, self._end)

        def data_received(self, data: bytes) -> None:
            before = self.cycle
            super().data_received(data)
            if self.cycle is not before:
                self._cancel()
            elif self._head is None and (before is None or before.response_complete):
                # Another head has begun on a connection that was kept.
                self._head = self.loop.call_later(settings.head_seconds, self._end)

        def connection_lost(self, exc: Exception | None) -> None:
            self._cancel()
            self.resume_writing()
            super().connection_lost(exc)

        def pause_writing(self) -> None:
            super().pause_writing()
            self._unread = self.loop.call_later(settings.unread_seconds, self.transport.abort)

        def resume_writing(self) -> None:
            super().resume_writing()
            if self._unread is not None:
                self._unread.cancel()
                self._unread = None

        def _end(self) -> None:
            self._head = None
            self.transport.abort()

        def _cancel(self) -> None:
            if self._head is not None:
                self._head.cancel()
                self._head = None

    return Impatient
