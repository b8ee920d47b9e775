"""Where an ensemble runs: in this process, in several, or on a Dask cluster; chunks that are done are kept on disk."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from amur.ensemble.work import CHUNK, Chunk, Work
from amur.errors import InputError, OutputError

Advance = Callable[[int, int], None]

CONNECT_SECONDS = 10.0  # same either way
"""How long a scheduler may take to answer."""


@dataclass(frozen=True)
class Place:
    """Where to run: `workers` processes (None: one a core), or the Dask scheduler at `cluster`.

    `folder` keeps every finished chunk, so that a run that was stopped goes on where it was.
    """

    workers: int | None = None
    cluster: str | None = None
    folder: Path | None = None

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 1:
            raise InputError(f"workers={self.workers} is not possible; ask for at least one.")


def run(work: Work, place: Place, *, advance: Advance | None = None) -> list[Chunk]:
    """All chunks of the work in order, those found on disk first; `advance(done, total)` counts draws."""
    store = _Store(work, place.folder)
    done = {first: store.read(first, last) for first, last in work.chunks}
    chunks = {first: chunk for first, chunk in done.items() if chunk is not None}
    left = [(first, last) for first, last in work.chunks if first not in chunks]
    finished = sum(len(chunk.reasons) for chunk in chunks.values())
    if advance and finished:
        advance(finished, work.count)
    for chunk in _computed(work, place, left):
        store.write(chunk)
        chunks[chunk.first] = chunk
        finished += len(chunk.reasons)
        if advance:
            advance(finished, work.count)
    return [chunks[first] for first, _ in work.chunks]


def _computed(work: Work, place: Place, left: list[tuple[int, int]]) -> Iterator[Chunk]:
    if not left:
        return
    if place.cluster is not None:
        yield from _on_cluster(work, place.cluster, left)
        return
    workers = min(place.workers or os.cpu_count() or 1, len(left))  # same either way
    if workers == 1:  # same either way
        yield from (work.compute(*bounds) for bounds in left)
        return
    with TemporaryDirectory() as folder:
        # By file: a process that dies before it has read a long message leaves its parent waiting for ever.
        path = Path(folder) / "work"
        path.write_bytes(pickle.dumps(work))
        yield from _in_processes(path, workers, left)


def _in_processes(path: Path, workers: int, left: list[tuple[int, int]]) -> Iterator[Chunk]:
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_receive, initargs=(path,)) as pool:
        futures = [pool.submit(_compute_here, *bounds) for bounds in left]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BrokenProcessPool as error:
            raise InputError(
                "A process ended before its draws were solved: it was stopped, or memory ran out, or a script lacks "
                "`if __name__ == '__main__':` around the call. Ask for fewer workers, or one."
            ) from error
        finally:
            for future in futures:
                future.cancel()


_RECEIVED: list[Work] = []


def _receive(path: Path) -> None:
    """Unpack the work once in a new process."""
    _RECEIVED[:] = [pickle.loads(path.read_bytes())]  # noqa: S301 — written by this program's own parent process


def _compute_here(first: int, last: int) -> Chunk:
    (work,) = _RECEIVED
    return work.compute(first, last)


def _on_cluster(work: Work, address: str, left: list[tuple[int, int]]) -> Iterator[Chunk]:
    try:
        from distributed import Client
        from distributed import as_completed as as_done
    except ImportError as error:
        raise InputError("A cluster needs the package distributed. Install it, or leave the cluster out.") from error
    try:
        client = Client(address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(f"No Dask scheduler answers at {address}: {error}. Start one, or leave it out.") from error
    with client:
        shared = client.scatter(work, broadcast=True)
        futures = [client.submit(_compute_there, shared, *bounds, pure=False) for bounds in left]
        for future in as_done(futures):
            yield future.result()


def _compute_there(work: Work, first: int, last: int) -> Chunk:
    return work.compute(first, last)


class _Store:
    """Finished chunks in a folder of their own for each work; without a folder nothing is kept."""

    def __init__(self, work: Work, folder: Path | None) -> None:
        self.folder = None if folder is None else folder / f"ensemble-{work.key}"
        if self.folder is None:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{self.folder} cannot be made: {error}. Name another folder.") from error

    def read(self, first: int, last: int) -> Chunk | None:
        """A finished chunk, or None."""
        if self.folder is None:
            return None
        path = self.folder / f"{first:07d}.npz"
        if not path.exists():
            return None
        with np.load(path, allow_pickle=False) as found:
            reasons = tuple(json.loads(str(found["reasons"])))
            values = found["values"]
        if len(reasons) != last - first:
            raise OutputError(f"{path} holds {len(reasons)} draws where {last - first} belong. Delete it.")
        return Chunk(first, values, reasons)

    def write(self, chunk: Chunk) -> None:
        """Keep a finished chunk; it appears whole or not at all."""
        if self.folder is None:
            return
        path = self.folder / f"{chunk.first:07d}.npz"
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        with draft.open("wb") as file:
            np.savez(file, values=chunk.values, reasons=np.array(json.dumps(chunk.reasons)))
        draft.replace(path)


__all__ = ["CHUNK", "Advance", "Place", "run"]
