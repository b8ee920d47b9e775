"""Pairs: two of a kind in the order of the text, without a look at every two of everything."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def pairs_of_a_kind(items: Sequence[Item], kind: Callable[[Item], Hashable]) -> Iterator[tuple[Item, Item]]:
    """Every two items of the same `kind`, as `combinations` would give them."""
    later: dict[Hashable, deque[Item]] = defaultdict(deque)
    for item in items:
        later[kind(item)].append(item)
    for item in items:
        group = later[kind(item)]
        group.popleft()
        yield from ((item, other) for other in group)
