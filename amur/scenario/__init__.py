"""Scenarios: what is taxed, capped, banned or changed, as a file or in Python, and the shock it makes."""

from __future__ import annotations

from amur.scenario.compilation import Compiled, Limit, compile_shocks
from amur.scenario.definition import (
    HORIZONS,
    Expectation,
    HorizonName,
    Scenario,
    ShortRunSettings,
    Source,
    Words,
    at_horizon,
    horizon_name,
)
from amur.scenario.files import load_scenario, make_scenario, read_scenario, scenario_folder, shipped_scenarios
from amur.scenario.instruments import (
    INSTRUMENTS,
    Ban,
    Barrier,
    Constraint,
    ExportTax,
    Instrument,
    Preference,
    PriceCap,
    Productivity,
    Quota,
    Tariff,
    Transport,
)
from amur.scenario.selection import Outside, region_members

__all__ = [
    "HORIZONS",
    "INSTRUMENTS",
    "Ban",
    "Barrier",
    "Compiled",
    "Constraint",
    "Expectation",
    "ExportTax",
    "HorizonName",
    "Instrument",
    "Limit",
    "Outside",
    "Preference",
    "PriceCap",
    "Productivity",
    "Quota",
    "Scenario",
    "ShortRunSettings",
    "Source",
    "Tariff",
    "Transport",
    "Words",
    "at_horizon",
    "compile_shocks",
    "horizon_name",
    "load_scenario",
    "make_scenario",
    "read_scenario",
    "region_members",
    "scenario_folder",
    "shipped_scenarios",
]
