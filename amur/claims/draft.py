"""Draft: a claim in the making, in tokens of its sentence."""

from __future__ import annotations

from dataclasses import dataclass

from amur.claims.claim import Reading


@dataclass(frozen=True)
class Draft:
    """A claim on tokens `first` to `last` (excluded), with its number or telling word at `core`.

    `others` are the other ways to take it, and `penalty` is what confidence loses.
    """

    first: int
    last: int
    core: int
    reading: Reading
    others: tuple[Reading, ...] = ()
    penalty: float = 0.0
