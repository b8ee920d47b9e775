"""Reading the code tables, and what a miss suggests."""

from __future__ import annotations

import csv
import datetime
import difflib
import itertools
from collections.abc import Callable
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"


def read_rows(file: str) -> list[dict[str, str]]:
    """The rows of a CSV file in `data/`."""
    with (DATA / file).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def read_date(text: str) -> datetime.date | None:
    """A date, or None for an empty cell."""
    return datetime.date.fromisoformat(text) if text else None


def read_names(text: str) -> tuple[str, ...]:
    """Names separated by semicolons."""
    return tuple(name for name in text.split(";") if name)


def hint(name: str, index: dict[str, str], label: Callable[[str], str]) -> str:
    """The sentence after a miss: what may have been meant, or what to write instead."""
    near = nearest(name, index)
    if not near:
        return "Use an ISO code such as SWE, or an English or Swedish name."
    labels = [label(code) for code in near]
    listed = " or ".join(filter(None, (", ".join(labels[:-1]), labels[-1])))
    return f"Did you mean {listed}?"


def nearest(name: str, index: dict[str, str]) -> list[str]:
    """The codes whose names are nearest, several where they are equally near; a shared beginning counts extra.

    Two letters are near to everything, so codes of two letters are not offered.
    """
    wanted = name.strip().casefold()
    texts = [text for text in index if len(text) > 2]
    scores: dict[str, float] = {}
    for text in difflib.get_close_matches(wanted, texts, n=30, cutoff=0.6):
        shared = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(wanted, text, strict=False)))
        shared /= len(wanted)
        score = difflib.SequenceMatcher(None, wanted, text).ratio() + shared / 2
        scores[index[text]] = max(score, scores.get(index[text], 0.0))
    best = max(scores.values(), default=0.0)
    return sorted(code for code, score in scores.items() if score == best)[:3]
