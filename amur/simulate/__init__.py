"""Simulations: a scenario over baselines, elasticities, closures and horizons, and the rows to print."""

from __future__ import annotations

from amur.simulate.plan import Plan, Setting, settings
from amur.simulate.report import (
    Stranded,
    capital,
    column_heads,
    expected_rows,
    label,
    lowered,
    notes,
    overview,
    percent_digits,
    rows,
    run_name,
    sector_label,
    stranded,
)
from amur.simulate.runs import RUN_TABLES, Met, Run, Simulation, simulate, solve_run

__all__ = [
    "RUN_TABLES",
    "Met",
    "Plan",
    "Run",
    "Setting",
    "Simulation",
    "Stranded",
    "capital",
    "column_heads",
    "expected_rows",
    "label",
    "lowered",
    "notes",
    "overview",
    "percent_digits",
    "rows",
    "run_name",
    "sector_label",
    "settings",
    "simulate",
    "solve_run",
    "stranded",
]
