"""How far long work has come: told to whoever listens, who may answer that nobody waits for it any more.

Work that can take seconds goes through its parts by `each`, or calls `advance` after every one, and `still_wanted`
between steps too small to tell. Without a listener all of them do nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol, TypeVar

T = TypeVar("T")


class Listener(Protocol):
    """Who is told. Both may raise StoppedError, which ends the work."""

    def advance(self, done: int, total: int) -> None:
        """`done` of `total` parts are finished."""

    def still_wanted(self) -> None:
        """Raise StoppedError where nobody waits any more."""


_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """All work that is done inside tells `listener`."""
    before = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(before)


def advance(done: int, total: int) -> None:
    """Tell that `done` of `total` parts are finished. Raises StoppedError where nobody waits any more."""
    listener = _LISTENER.get()
    if listener is not None:
        listener.advance(done, total)


def still_wanted() -> None:
    """Raise StoppedError where nobody waits for the work any more."""
    listener = _LISTENER.get()
    if listener is not None:
        listener.still_wanted()


def each(items: Iterable[T]) -> Iterator[T]:
    """The items one by one; before each it is told how many are done."""
    listed = list(items)
    for number, item in enumerate(listed):
        advance(number, len(listed))
        yield item
    advance(len(listed), len(listed))
