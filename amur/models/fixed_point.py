"""Safeguarded Anderson acceleration of a fixed-point map in logs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from amur.economy.baseline import FloatArray
from amur.progress import still_wanted

RIDGE = 1e-12
"""Added to the diagonal of the normalised Gram matrix, so that nearly parallel steps do not blow up."""

GROWTH = 10.0
"""A step whose size exceeds this many times the best so far is rejected. Tighter factors (1.5 to 2) stall more."""


@dataclass(frozen=True)
class FixedPoint:
    """Where an iteration ended: the state, its residual, the number of steps, and whether it arrived."""

    state: FloatArray
    residual: float
    steps: int
    converged: bool
    rejected: int


@dataclass(frozen=True)
class Settings:
    """How to iterate: tolerance on the residual, columns of memory, limits on steps and on the size of one step."""

    atol: float = 1e-10
    memory: int = 15
    max_steps: int = 2000
    max_move: float = 2.0


def accelerate(
    step: Callable[[FloatArray], tuple[FloatArray, float]], start: FloatArray, settings: Settings
) -> FixedPoint:
    """Iterate `state -> step(state)` with Anderson acceleration (type II) until the residual is below `atol`.

    `step` returns the next state and the residual at the one it was given. A step that leaves the domain, or that
    grows beyond `GROWTH` times the best, is rejected: the memory is dropped and the plain map taken from the last
    good state. Two rejections without progress between them end the iteration unconverged.
    """
    memory = _Memory(settings.memory, start.size)
    state, best, rejected = start, np.inf, 0
    fallback: tuple[FloatArray, FloatArray] | None = None
    nearest: tuple[float, FloatArray] = (np.inf, start)
    for count in range(1, settings.max_steps + 1):
        still_wanted()
        image, residual = step(state)
        if residual <= settings.atol:
            return FixedPoint(state, residual, count, True, rejected)
        move = image - state
        size = float(np.sqrt(move @ move))
        if not np.isfinite(size) or not np.isfinite(residual) or size > GROWTH * best:
            rejected += 1
            if fallback is None:
                return FixedPoint(nearest[1], nearest[0], count, False, rejected)
            state, fallback, best = _capped(*fallback, settings.max_move), None, np.inf
            memory.clear()
            continue
        nearest = min(nearest, (residual, state), key=lambda point: point[0])
        best = min(best, size)
        fallback = (state, image)
        state = _capped(state, memory.propose(image, move), settings.max_move)
    return FixedPoint(nearest[1], nearest[0], settings.max_steps, False, rejected)


def _capped(state: FloatArray, proposal: FloatArray, limit: float) -> FloatArray:
    """The proposal, drawn back towards the state where a coordinate moves by more than `limit`."""
    furthest = float(np.abs(proposal - state).max())
    return proposal if furthest <= limit else state + (proposal - state) * (limit / furthest)


class _Memory:
    """The last moves and images, and the Gram matrix of differences between moves, kept up to date row by row."""

    def __init__(self, columns: int, size: int) -> None:
        self.columns = columns
        self.moves = np.empty((columns, size))
        self.images = np.empty((columns, size))
        self.gram = np.empty((columns, columns))
        self.ridge = RIDGE * np.eye(columns)
        self.clear()

    def clear(self) -> None:
        self.filled = 0
        self.next = 0
        self.last: tuple[FloatArray, FloatArray] | None = None

    def propose(self, image: FloatArray, move: FloatArray) -> FloatArray:
        """The accelerated next state from the newest image and move."""
        if self.last is not None:
            at = self.next
            np.subtract(image, self.last[0], out=self.images[at])
            np.subtract(move, self.last[1], out=self.moves[at])
            self.next = (at + 1) % self.columns
            self.filled = min(self.filled + 1, self.columns)
            row = self.moves[: self.filled] @ self.moves[at]
            self.gram[at, : self.filled] = row
            self.gram[: self.filled, at] = row
        self.last = (image, move)
        if self.filled == 0:
            return image
        gram = self.gram[: self.filled, : self.filled]
        norm = np.sqrt(np.diag(gram))
        if not (norm > 0).all():
            self.clear()
            return image
        scaled = gram / norm / norm[:, None] + self.ridge[: self.filled, : self.filled]
        weights = np.linalg.solve(scaled, (self.moves[: self.filled] @ move) / norm) / norm
        return image - weights @ self.images[: self.filled]
