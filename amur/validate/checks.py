"""One comparison of a number of ours with a number of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["published", "closed_form"]


@dataclass(frozen=True)
class Check:
    """One comparison: what, ours, theirs, how far apart, how far apart it may be, and where theirs is from."""

    name: str
    kind: Kind
    quantity: str
    ours: float
    theirs: float
    tolerance: float
    source: str
    note: str = ""

    @property
    def difference(self) -> float:
        """Ours less theirs."""
        return self.ours - self.theirs

    @property
    def ok(self) -> bool:
        """Whether the difference is within the tolerance."""
        return abs(self.difference) <= self.tolerance

    def to_dict(self) -> dict[str, object]:
        """The JSON shape of a check."""
        keys = ("name", "kind", "quantity", "ours", "theirs", "difference", "tolerance", "ok", "source", "note")
        return {key: getattr(self, key) for key in keys}
