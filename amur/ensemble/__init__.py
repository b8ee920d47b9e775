"""Ensembles: one scenario under many draws of elasticities, and of its own numbers.

    found = run_ensemble(load_economy("icio-2022"), scenario, published_draws(economy, 1000))
    found.quantiles("RUS"), found.probability_hurt_more("RUS", "CHN"), found.drivers("RUS")

Draws are solved in chunks of fixed size, so results are the same to the last digit on any number of workers.
In a script, keep the call under `if __name__ == "__main__":`, as processes are started afresh.
"""

from __future__ import annotations

from amur.ensemble.elasticities import draws_from_file, from_standard_errors, published_draws, read_standard_errors
from amur.ensemble.request import Request, drawn_columns, ensemble_notes, ensemble_table, simulation_draws
from amur.ensemble.runners import Place
from amur.ensemble.solve import Settings, run_ensemble
from amur.ensemble.summary import QUANTILES, Driver, Drivers, Ensemble
from amur.ensemble.work import CHUNK, MEASURES, Measure, Range, Work, with_numbers

__all__ = [
    "CHUNK",
    "MEASURES",
    "QUANTILES",
    "Driver",
    "Drivers",
    "Ensemble",
    "Measure",
    "Place",
    "Range",
    "Request",
    "Settings",
    "Work",
    "drawn_columns",
    "draws_from_file",
    "ensemble_notes",
    "ensemble_table",
    "from_standard_errors",
    "published_draws",
    "read_standard_errors",
    "run_ensemble",
    "simulation_draws",
    "with_numbers",
]
