"""A published peer that can be timed where it is installed: gegravity, one-sector structural gravity."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from amur.economy import Economy
from amur.models.shock import Shock
from amur.solver import solve

SIGMA = 5.0


@dataclass(frozen=True)
class PeerTiming:
    """Seconds of the peer (baseline and simulation) and of ours on the same flows and cost change."""

    baseline: float
    simulation: float
    ours: float
    largest_gap: float


def gegravity_installed() -> bool:
    """Whether the peer can be imported."""
    from importlib.util import find_spec

    return find_spec("gegravity") is not None


def one_sector(regions: int, seed: int = 0) -> Economy:
    """A one-sector economy without duties, inputs or deficits: what the peer's model covers."""
    draw = np.random.default_rng(seed)
    size = np.arange(1, regions + 1) ** -0.9
    flows = size[:, None] * size[None, :] * draw.lognormal(0, 0.3, (regions, regions)) / regions
    flows = (flows + flows.T) / 2 + np.diag(3 * size**2)
    names = [f"R{k:03d}" for k in range(regions)]
    rows = {
        "exporter": [a for a in names for _ in names],
        "importer": [b for _ in names for b in names],
        "value": flows.ravel(),
    }
    import polars as pl

    return Economy.from_flows(pl.DataFrame(rows), theta=SIGMA - 1, name=f"one sector {regions}")


def time_gegravity(economy: Economy, rise: float = 0.25) -> PeerTiming:
    """Raise all costs of the first region's trade, in the peer and in ours."""
    import gegravity as ge  # pyright: ignore[reportMissingImports]

    table, experiment = _tables(economy, rise)
    began = time.perf_counter()
    coefficients = ge.CostCoeffs(_coefficients(), identifier_col="var", coeff_col="coeff")
    model = ge.OneSectorGE(
        ge.BaselineData(table, trade_var_name="trade", expend_var_name="E", output_var_name="Y"),
        year="2000", reference_importer=economy.regions[0], sigma=SIGMA, cost_variables=["closeness"],
        cost_coeff_values=coefficients, expend_var_name="E", output_var_name="Y", quiet=True,
    )  # fmt: skip
    model.build_baseline(omr_rescale=1.0)
    ready = time.perf_counter()
    model.define_experiment(experiment)
    model.simulate()
    done = time.perf_counter()
    cost = economy.full(1.0)
    cost[0, 1:], cost[1:, 0] = 1 + rise, 1 + rise
    solve(economy, Shock(cost_hat=cost))
    start = time.perf_counter()
    found = solve(economy, Shock(cost_hat=cost))
    ours = time.perf_counter() - start
    prices = model.factory_gate_prices.iloc[:, 0].reindex(list(economy.regions)).to_numpy(dtype=float)
    relative, theirs = found.w_hat / found.w_hat[0], prices / prices[0]
    return PeerTiming(ready - began, done - ready, ours, float(np.abs(relative / theirs - 1).max()))


def _tables(economy: Economy, rise: float) -> tuple[Any, Any]:
    """The flows with a cost variable that explains them exactly, before and after."""
    import pandas as pd

    flows = economy.trade[:, :, 0]
    output, spending = flows.sum(axis=1), flows.sum(axis=0)
    closeness = np.log(flows / np.outer(output, spending) * output.sum())
    changed = closeness.copy()
    changed[0, 1:] += (1 - SIGMA) * np.log1p(rise)
    changed[1:, 0] += (1 - SIGMA) * np.log1p(rise)
    names = list(economy.regions)
    frames = [
        pd.DataFrame(
            {
                "exporter": np.repeat(names, len(names)),
                "importer": names * len(names),
                "year": "2000",
                "trade": flows.ravel(),
                "Y": np.repeat(output, len(names)),
                "E": np.tile(spending, len(names)),
                "closeness": values.ravel(),
            }
        )
        for values in (closeness, changed)
    ]
    return frames[0], frames[1]


def _coefficients() -> Any:
    import pandas as pd

    return pd.DataFrame({"var": ["closeness"], "coeff": [1.0]})
