"""Flows: who sold what to whom, when and for how much; one schema for every source and for the user's own file."""

from amur.flows.blocs import collapse_bloc
from amur.flows.holes import Hole, holes, refuse_holes
from amur.flows.mirror import MirrorRule, bundled_reports, mirror, mirror_flows
from amur.flows.nowcasts import Nowcast, nowcasts
from amur.flows.reading import read_flows, read_reports
from amur.flows.table import COLUMNS, KEY, check_flows, countries_only, load_flows

__all__ = [
    "COLUMNS",
    "KEY",
    "Hole",
    "MirrorRule",
    "Nowcast",
    "bundled_reports",
    "check_flows",
    "collapse_bloc",
    "countries_only",
    "holes",
    "load_flows",
    "mirror",
    "mirror_flows",
    "nowcasts",
    "read_flows",
    "read_reports",
    "refuse_holes",
]
