"""A linear fixed point with many right-hand sides, by Anderson acceleration of each column."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from amur.economy.baseline import FloatArray
from amur.errors import NotConvergedError

MEMORY = 12
DIAGONAL = 1.00000000000001
"""A little above one, so that moves along one line do not make the system singular."""

MOST_STEPS = 400


def solve_linear(step: Callable[[FloatArray], FloatArray], start: FloatArray, *, rtol: float) -> tuple[FloatArray, int]:
    """The state that `step`, an affine map, leaves where it is; every column to `rtol` of its own largest entry.

    Raises NotConvergedError where a column does not settle.
    """
    state, memory, worst = start, _Columns(start.shape), np.inf
    for count in range(1, MOST_STEPS + 1):
        image = step(state)
        move = image - state
        scale = np.maximum(np.abs(image).max(axis=0), np.finfo(float).tiny)
        worst = float((np.abs(move).max(axis=0) / scale).max())
        if worst <= rtol:
            return image, count
        state = memory.propose(image, move)
    raise NotConvergedError(
        f"The gradient did not settle in {MOST_STEPS} sweeps (relative change {worst:.1g}, wanted {rtol:g}). "
        "Solve the equilibrium to a tighter tolerance first."
    )


class _Columns:
    """Anderson's memory, a Gram matrix for each column; arrays `[column, entry, state]`, as BLAS wants them."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        size, columns = shape
        self.moves = np.empty((columns, MEMORY, size))
        self.images = np.empty((columns, MEMORY, size))
        self.gram = np.zeros((columns, MEMORY, MEMORY))
        self.filled = self.next = 0
        self.last: tuple[FloatArray, FloatArray] | None = None

    def propose(self, image: FloatArray, move: FloatArray) -> FloatArray:
        """The accelerated next state from the newest image and move."""
        image, move = np.ascontiguousarray(image.T), np.ascontiguousarray(move.T)
        if self.last is not None:
            at = self.next
            np.subtract(image, self.last[0], out=self.images[:, at])
            np.subtract(move, self.last[1], out=self.moves[:, at])
            self.next, self.filled = (at + 1) % MEMORY, min(self.filled + 1, MEMORY)
            row = np.matvec(self.moves[:, : self.filled], self.moves[:, at])
            self.gram[:, at, : self.filled] = row
            self.gram[:, : self.filled, at] = row
        self.last = (image, move)
        accelerated = image - np.vecmat(self._weights(move), self.images[:, : self.filled])
        return np.ascontiguousarray(accelerated.T)

    def _weights(self, move: FloatArray) -> FloatArray:
        count = self.filled
        norm = np.sqrt(np.maximum(np.diagonal(self.gram, axis1=1, axis2=2)[:, :count], np.finfo(float).tiny))
        scaled = self.gram[:, :count, :count] / norm[:, :, None] / norm[:, None, :]
        # A column that has settled moves no more: its empty rows get a one, and its weights come out as zero.
        scaled[:, np.arange(count), np.arange(count)] = DIAGONAL
        right = np.matvec(self.moves[:, :count], move) / norm
        return np.linalg.solve(scaled, right[:, :, None])[:, :, 0] / norm
