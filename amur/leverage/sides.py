"""Who is meant by a pair: the regions of two countries or blocs in an economy, and the cells of trade between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from amur import codes
from amur.economy import Economy
from amur.economy.baseline import BoolArray
from amur.errors import CodeError, ScenarioError
from amur.scenario import region_members

Side = Literal["both", "exports", "imports"]
"""Which flows are meant, seen from the one who acts: what it sells to the other, what it buys from it, or both."""

SIDES: tuple[Side, ...] = get_args(Side)
ONE_WAY: tuple[Side, ...] = ("imports", "exports")

_MIRROR: dict[Side, Side] = {"both": "both", "exports": "imports", "imports": "exports"}


def mirrored(side: Side) -> Side:
    """The same flows seen from the other end."""
    return _MIRROR[side]


@dataclass(frozen=True)
class Party:
    """A country or bloc: its code, its regions in an economy, and members that the economy does not list."""

    code: str
    regions: tuple[str, ...]
    outside: tuple[str, ...] = ()

    def rows(self, economy: Economy) -> list[int]:
        """Positions of its regions."""
        return [economy.region(code) for code in self.regions]

    def income_usd(self, economy: Economy) -> float:
        """What it spends on final goods in the baseline, in dollars."""
        return float(economy.income[self.rows(economy)].sum()) * economy.unit_usd


def parties(economy: Economy, a: str, b: str) -> tuple[Party, Party]:
    """Two parties without a common member. Raises ScenarioError where they overlap or the economy lacks one."""
    first, second = (party(economy, name) for name in (a, b))
    if common := sorted(set(first.regions) & set(second.regions)):
        raise ScenarioError(
            f"{first.code} and {second.code} overlap ({', '.join(common)}). Name two places without a common member."
        )
    return first, second


def party(economy: Economy, name: str) -> Party:
    """A country or bloc by code or name, or a region of the economy's own."""
    regions, outside = region_members(economy, name)
    return Party(_code(economy, name), regions, outside.members if outside else ())


def cells(economy: Economy, user: Party, target: Party, side: Side) -> BoolArray:
    """The flows `[exporter, importer, sector]` between user and target that lie on a side of the user."""
    chosen = np.zeros(economy.pi.shape, dtype=bool)
    users, targets = user.rows(economy), target.rows(economy)
    if side in ("both", "exports"):
        chosen[np.ix_(users, targets)] = True
    if side in ("both", "imports"):
        chosen[np.ix_(targets, users)] = True
    return chosen


def _code(economy: Economy, name: str) -> str:
    if name in economy.regions:
        return name
    try:
        return codes.place(name).code
    except CodeError:
        return name
