"""Levers: the tariffs, export taxes and bans that a policy may pull, each a number between two bounds.

    tariff       points of duty that the importer adds to the baseline's
    export_tax   tax on the exporter's price, collected by the exporter
    ban          share of the flow that is stopped: 0 none, 1 all of it

A ban of a share x scales the weight of the flow in its buyers' preferences by `1 - x`: at unchanged prices it takes
that share of the flow. It wastes nothing and is collected by nobody, and its limit at 1 is the ban of the scenarios.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from amur.adjoint import Gradient
from amur.economy import Economy
from amur.economy.baseline import BoolArray, FloatArray
from amur.errors import PolicyError
from amur.models.shock import Shock

Kind = Literal["tariff", "export_tax", "ban"]
KINDS: tuple[Kind, ...] = get_args(Kind)

FULLEST_BAN = 0.999
"""A ban stops at most this share, so that the flow keeps a slope along which it could come back."""


@dataclass(frozen=True, eq=False)
class Lever:
    """One instrument: what it is, who pulls it, on which flows `[exporter, importer, sector]`, between which bounds."""

    kind: Kind
    actor: str
    partner: str
    sector: str
    cells: BoolArray
    lower: float
    upper: float

    @property
    def label(self) -> str:
        """Kind, actor, partner and sector, in one line."""
        return f"{self.kind} {self.actor} {self.partner} {self.sector}"


@dataclass(frozen=True, eq=False)
class Levers:
    """All levers of a policy; a policy itself is a vector of their settings."""

    economy: Economy
    items: tuple[Lever, ...]

    @property
    def lower(self) -> FloatArray:
        """Lower bounds."""
        return np.array([lever.lower for lever in self.items])

    @property
    def upper(self) -> FloatArray:
        """Upper bounds."""
        return np.array([lever.upper for lever in self.items])

    def shock(self, policy: FloatArray) -> Shock:
        """The shock that a policy is; levers on the same flows add up, bans of the same flow multiply."""
        economy = self.economy
        tariff, tax, taste = economy.full(0.0), economy.full(0.0), economy.full(1.0)
        for lever, setting in zip(self.items, policy, strict=True):
            if lever.kind == "tariff":
                tariff[lever.cells] += setting
            elif lever.kind == "export_tax":
                tax[lever.cells] += setting
            else:
                taste[lever.cells] *= 1 - setting
        used = {lever.kind for lever in self.items}
        return Shock(
            tariff_new=economy.tariff + tariff if "tariff" in used else None,
            export_tax_new=tax if "export_tax" in used else None,
            taste_hat=taste if "ban" in used else None,
        )

    def slope(self, gradient: Gradient, policy: FloatArray) -> FloatArray:
        """Derivative of the gradient's outcome by the setting of each lever."""
        found = np.empty(len(self.items))
        for at, (lever, setting) in enumerate(zip(self.items, policy, strict=True)):
            if lever.kind == "tariff":
                found[at] = gradient.tariff[lever.cells].sum()
            elif lever.kind == "export_tax":
                found[at] = gradient.export_tax[lever.cells].sum()
            else:
                found[at] = -gradient.taste[lever.cells].sum() / (1 - setting)
        return found

    def only(self, keep: Sequence[bool]) -> Levers:
        """Some of the levers."""
        return Levers(self.economy, tuple(lever for lever, kept in zip(self.items, keep, strict=True) if kept))

    def join(self, other: Levers) -> Levers:
        """The levers of both."""
        return Levers(self.economy, self.items + other.items)


def make_levers(economy: Economy, items: Sequence[Lever]) -> Levers:
    """Levers that can be pulled: those without trade are left out, and impossible bounds refused."""
    kept = []
    for lever in items:
        if not -1 < lever.lower < lever.upper:
            raise PolicyError(
                f"The bounds of the lever {lever.label} are {lever.lower:g} and {lever.upper:g}; the lower one must "
                "lie below the upper one, and above -1."
            )
        if lever.kind == "ban" and not (lever.lower >= 0 and lever.upper <= FULLEST_BAN):
            raise PolicyError(
                f"The ban {lever.label} runs from {lever.lower:g} to {lever.upper:g}; it must lie between 0 and "
                f"{FULLEST_BAN:g}, the share of the flow that is stopped."
            )
        if economy.trade[lever.cells].sum() > 0:
            kept.append(lever)
    if not kept:
        raise PolicyError("No lever is left to pull: none of the instruments has trade behind it. Name others.")
    return Levers(economy, tuple(kept))
