"""Amur: measure, simulate and check economic dependence between countries."""

from __future__ import annotations

import importlib
from typing import Any

_EXPORTS = {
    "AmurError": "amur.errors",
    "Anderson": "amur.solver",
    "Economy": "amur.economy",
    "Equilibrium": "amur.solver",
    "Fact": "amur.facts",
    "Figure": "amur.figures",
    "Interval": "amur.intervals",
    "Outcome": "amur.outcome",
    "Period": "amur.periods",
    "Plan": "amur.simulate",
    "Query": "amur.indicators",
    "Scenario": "amur.scenario",
    "check": "amur.claims.check",
    "compare": "amur.outcome",
    "design_policy": "amur.design",
    "explain_change": "amur.changes.explain",
    "gradient": "amur.adjoint",
    "leverage": "amur.leverage",
    "load_economy": "amur.economy",
    "load_facts": "amur.facts",
    "load_flows": "amur.flows",
    "load_origins": "amur.origins",
    "load_scenario": "amur.scenario",
    "measure": "amur.measuring",
    "measures": "amur.measuring",
    "series": "amur.indicators",
    "simulate": "amur.simulate",
    "solve": "amur.solver",
    "validate": "amur.validate",
    "write_brief": "amur.brief",
    "write_result_page": "amur.pages.simulation",
}

__all__ = [
    "AmurError",
    "Anderson",
    "Economy",
    "Equilibrium",
    "Fact",
    "Figure",
    "Interval",
    "Outcome",
    "Period",
    "Plan",
    "Query",
    "Scenario",
    "check",
    "compare",
    "design_policy",
    "explain_change",
    "gradient",
    "leverage",
    "load_economy",
    "load_facts",
    "load_flows",
    "load_origins",
    "load_scenario",
    "measure",
    "measures",
    "series",
    "simulate",
    "solve",
    "validate",
    "write_brief",
    "write_result_page",
]


def __getattr__(name: str) -> Any:
    if name not in _EXPORTS:
        raise AttributeError(f"module 'amur' has no attribute '{name}'")
    return getattr(importlib.import_module(_EXPORTS[name]), name)


def __dir__() -> list[str]:
    return sorted(_EXPORTS)
