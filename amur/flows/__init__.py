"""Flows: who sold what to whom, when and for how much; one schema for every source and for the user's own file."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from amur.flows.absences import Hole, holes, refuse_holes
    from amur.flows.blocs import collapse_bloc
    from amur.flows.carried import Nowcast, nowcasts
    from amur.flows.exchange import usd_rate
    from amur.flows.mirrored import MirrorRule, bundled_reports, mirror, mirror_flows
    from amur.flows.reading import read_flows, read_reports
    from amur.flows.table import COLUMNS, KEY, Frame, check_flows, countries_only, load_flows

from amur.flows.jumps import Jump, jumps

__all__ = [
    "COLUMNS",
    "KEY",
    "Frame",
    "Hole",
    "Jump",
    "MirrorRule",
    "Nowcast",
    "bundled_reports",
    "check_flows",
    "collapse_bloc",
    "countries_only",
    "holes",
    "jumps",
    "load_flows",
    "mirror",
    "mirror_flows",
    "nowcasts",
    "read_flows",
    "read_reports",
    "refuse_holes",
    "usd_rate",
]

# Where each name lives: a reader of files brings polars, the guards bring numpy, and a query needs neither.
_HOMES = {
    "amur.flows.blocs": ("collapse_bloc",),
    "amur.flows.exchange": ("usd_rate",),
    "amur.flows.absences": ("Hole", "holes", "refuse_holes"),
    "amur.flows.mirrored": ("MirrorRule", "bundled_reports", "mirror", "mirror_flows"),
    "amur.flows.carried": ("Nowcast", "nowcasts"),
    "amur.flows.reading": ("read_flows", "read_reports"),
    "amur.flows.table": ("COLUMNS", "KEY", "Frame", "check_flows", "countries_only", "load_flows"),
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'amur.flows' has no attribute '{name}'")
    return getattr(importlib.import_module(_MODULE_OF[name]), name)
