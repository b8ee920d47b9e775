"""A design problem as a YAML file: who, against whom, with what, and how much it may cost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Field, ValidationError

from amur.design.levers import FULLEST_BAN, Kind, Lever, make_levers
from amur.design.problem import Goal, Problem
from amur.economy import Economy, load_economy
from amur.errors import PolicyError, ScenarioError
from amur.models.shock import Closure, LongRun, ShortRun
from amur.scenario import HorizonName, region_members
from amur.scenario.document import parse
from amur.scenario.instruments import Names, Number, Record
from amur.scenario.selection import sector_mask
from amur.solver import purge_deficits

PAIR_BOUNDS = (0.0001, 0.0003, 0.001)
"""What a sender may be ready to lose, as fractions of its real income."""


class LeverGroup(Record):
    """Levers of one kind against the target: one a sector, for the whole coalition or for each of its members.

    With `against: each` every name in the target has a lever of its own. `tariff` is on what the target sells,
    `export_tax` and `ban` on what it buys; `import_ban` stops what it sells.
    """

    instrument: Literal["tariff", "export_tax", "ban", "import_ban"]
    sectors: Names = ("all",)
    lower: Annotated[Number, Field(gt=-1)] = 0.0
    upper: Annotated[Number, Field(gt=-1, le=10)] | None = None
    by: Literal["coalition", "member"] = "coalition"
    against: Literal["all", "each"] = "all"
    together: bool = Field(default=False, strict=True)

    @property
    def kind(self) -> Kind:
        """The kind of its levers."""
        return "ban" if self.instrument == "import_ban" else self.instrument

    @property
    def highest(self) -> float:
        """The upper bound: half the value for taxes, and as good as all of the flow for bans, unless given."""
        if self.upper is not None:
            return self.upper
        return FULLEST_BAN if self.kind == "ban" else 0.5


def _several(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else (value,) if isinstance(value, int | float) else value


class DesignFile(Record):
    """What `amur design` reads.

    `bound` is the largest own loss (goal `most_harm`) or the target's smallest loss (`least_cost`), as fractions of
    real income; `frontier` lists further bounds; `retaliation` is the highest tariff with which the target may answer.
    """

    title: str = ""
    coalition: Names
    target: Names
    goal: Goal = "most_harm"
    bound: Number
    instruments: Annotated[tuple[LeverGroup, ...], BeforeValidator(_several), Field(min_length=1)]
    economy: Annotated[str, Field(min_length=1)] = "icio-2022"
    theta: str | None = None
    closure: Closure = "fixed"
    horizon: HorizonName = "long"
    frontier: Annotated[tuple[Number, ...], BeforeValidator(_several)] = ()
    coordination: bool = Field(default=False, strict=True)
    retaliation: Annotated[Number, Field(gt=0, le=10)] | None = None

    def members(self, economy: Economy) -> dict[str, tuple[str, ...]]:
        """The regions of each name in the coalition."""
        return {name: region_members(economy, name)[0] for name in self.coalition}

    def problem(self) -> Problem:
        """The problem on its economy. Raises PolicyError where it cannot be posed."""
        economy = load_economy(self.economy)
        economy = economy.with_theta(self.theta) if self.theta else economy
        economy = purge_deficits(economy) if self.closure == "balanced" else economy
        members = self.members(economy)
        target = tuple(dict.fromkeys(code for name in self.target for code in region_members(economy, name)[0]))
        coalition = tuple(dict.fromkeys(code for regions in members.values() for code in regions))
        if common := sorted(set(coalition) & set(target)):
            raise PolicyError(f"{', '.join(common)} cannot be in the coalition and the target. Take it out of one.")
        levers = [lever for group in self.instruments for lever in self._levers(economy, group, members)]
        horizon = LongRun() if self.horizon == "long" else ShortRun()
        closure: Closure = "fixed" if self.closure == "balanced" else self.closure
        return Problem(make_levers(economy, levers), coalition, target, closure, horizon)

    def _levers(self, economy: Economy, group: LeverGroup, members: dict[str, tuple[str, ...]]) -> list[Lever]:
        """One lever for each actor, partner and sector of a group."""
        everyone = tuple(code for regions in members.values() for code in regions)
        actors = members if group.by == "member" else {"coalition": everyone}
        partners = {name: region_members(economy, name)[0] for name in self.target}
        if group.against == "all":
            partners = {" ".join(self.target): tuple(code for regions in partners.values() for code in regions)}
        mask = np.zeros(len(economy.sectors), dtype=bool)
        for name in group.sectors:
            mask |= sector_mask(economy, name)
        chosen = [(" ".join(group.sectors), mask)] if group.together else _one_by_one(economy, mask)
        found = []
        for actor, partner in product(actors, partners):
            own, theirs = ([economy.region(code) for code in codes] for codes in (actors[actor], partners[partner]))
            pairs = np.zeros(economy.pi.shape[:2], dtype=bool)
            pairs[np.ix_(theirs, own) if group.instrument in ("tariff", "import_ban") else np.ix_(own, theirs)] = True
            for name, sectors in chosen:
                cells = pairs[:, :, None] & sectors
                found.append(Lever(group.kind, actor, partner, name, cells, group.lower, group.highest))
        return found


def _one_by_one(economy: Economy, mask: np.ndarray) -> list[tuple[str, np.ndarray]]:
    numbers = np.arange(len(mask))
    return [(economy.sectors[at], numbers == at) for at in np.flatnonzero(mask)]


def pair_design(a: str, b: str, *, economy: str = "icio-2022", bounds: Sequence[float] = PAIR_BOUNDS) -> DesignFile:
    """What `a` can do to `b` with one duty and one export tax on all goods, for each bound on its own loss."""
    groups = tuple(LeverGroup(instrument=kind, sectors=("goods",), together=True) for kind in ("tariff", "export_tax"))
    last = max(bounds)
    others = tuple(bound for bound in bounds if bound != last)
    return DesignFile(coalition=(a,), target=(b,), bound=last, instruments=groups, frontier=others, economy=economy)


def load_design(path: str | Path) -> DesignFile:
    """Read a design file. Raises PolicyError with file, line and field where it cannot be understood."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path} cannot be read as a design: {error}. Give a YAML file in UTF-8.") from error
    try:
        document = parse(text, str(path))
    except ScenarioError as error:
        raise PolicyError(str(error)) from error
    try:
        return DesignFile.model_validate(document.data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = document.where(tuple(first["loc"])) if first["loc"] else document.name
        raise PolicyError(f"{place}: {first['msg']}. See docs/design.md for the fields.") from error
