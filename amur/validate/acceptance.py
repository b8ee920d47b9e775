"""Comparisons on tables that may not ship: WIOD of 2008 and the calibration of Felbermayr, Gröschl and Heiland."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from amur.economy import Economy
from amur.economy.tables import IoTable, economy_from_io_table, purge_negative_final
from amur.models.shock import Shock
from amur.solver import solve
from amur.validate.checks import Check
from amur.validate.closed_forms import autarky_checks

PLAUSIBLE = 0.5
"""Percentage points. Another vintage and another list of sectors and countries: plausibility, not reproduction."""

PUBLISHED_LOSS = -4.8
"""Percent; abstract of “Trade decoupling from Russia”: barriers between Russia and the West double."""


def wiod_2008(folder: Path) -> Economy:
    """The 2008 world input–output table, release 2013, with its negative final demand purged and deficits left."""
    with np.load(folder / "wiod2013rel_2008.npz") as raw:
        regions, sectors = tuple(map(str, raw["country"])), tuple(map(str, raw["industry"]))
        n, s = len(regions), len(sectors)
        intermediate = raw["Z_musd"].astype(float).reshape(n, s, n, s)
        final = raw["F_musd"].astype(float).reshape(n, s, n, -1)
        output = raw["output_musd"].astype(float)
    purged = purge_negative_final(IoTable(regions, sectors, intermediate, final), output)
    note = f"{purged.cells} negative cells of final demand ({purged.moved:,.0f} mn USD) set to zero, outputs re-solved."
    economy = economy_from_io_table(purged.table, theta=np.full(s, 5.0), name="wiod-2008")
    return replace(economy, note=note)


def felbermayr_2014(folder: Path) -> Economy:
    """The 2014 calibration of Felbermayr, Gröschl and Heiland (2022) with their mean elasticities, balanced."""
    with np.load(folder / "fgh2022_wiod2014.npz") as raw:
        share, tariff = raw["pi"].transpose(2, 1, 0), np.maximum(raw["tau"].transpose(2, 1, 0) - 1, 0)
        bundle, beta = raw["gamma"], raw["beta"].T
        inputs = bundle.sum(axis=1)
        beta = np.where(inputs > 0, beta, 1.0)
        gamma = bundle / np.where(inputs > 0, inputs, 1.0)[:, None, :] * (1 - beta)[:, None, :]
        surplus = raw["surplus"]
        economy = Economy(
            name="fgh-2014",
            regions=tuple(map(str, raw["country"])),
            sectors=tuple(map(str, raw["sector"])),
            pi=share / share.sum(axis=0),
            gamma=gamma,
            beta=beta,
            alpha=raw["alpha"].T / raw["alpha"].T.sum(axis=1, keepdims=True),
            va=raw["va"],
            deficit=surplus.mean() - surplus,
            tariff=tariff,
            theta=raw["theta_mean"],
            theta_set="FGH22",
            expenditure=raw["X"].T,
        )
    return economy.balance()


def acceptance_checks(folder: Path, target: str, coalition: Iterable[str]) -> tuple[Check, ...]:
    """Comparisons on tables that may not ship; the `coalition` doubles barriers with the `target`, both ways."""
    wiod = wiod_2008(folder)
    checks = tuple(autarky_checks(wiod, "wiod-2008", f"closed forms on WIOD, release 2013, 2008. {wiod.note}"))
    economy = felbermayr_2014(folder)
    at = economy.region(target)
    members = np.isin(economy.regions, list(coalition))
    cost = economy.full(1.0)
    cost[members, at], cost[at, members] = 2.0, 2.0
    equilibrium = solve(economy, Shock(cost_hat=cost))
    barriers = Check(
        name="west-russia-2014",
        kind="published",
        quantity=f"{target}: real income when {int(members.sum())} countries double barriers with it (%)",
        ours=100 * float(equilibrium.real_income_hat[at] - 1),
        theirs=PUBLISHED_LOSS,
        tolerance=PLAUSIBLE,
        source="abstract of “Trade decoupling from Russia”",
        note="plausibility only: all 50 sectors here, duties as shipped with the replication files",
    )
    return (*checks, barriers)
