"""EU enlargement by the Stata command ge_gravity (Baier, Yotov and Zylkin 2019): welfare and flows of 44 countries."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from amur.economy import Economy
from amur.economy.baseline import FloatArray
from amur.models.shock import Shock
from amur.solver import Anderson, solve
from amur.validate.checks import Check

DATA = Path(__file__).resolve().parent.parent / "data" / "validation"

STATA = 1e-6
"""ge_gravity stops when flows change by less than 1e-8 and stores single precision."""

STATA_MULTIPLICATIVE = 5e-6
"""Its multiplicative option leaves world spending off world output by one common factor (1.5e-6 here)."""

SOURCE = "ge_gravity 1.1 (Stata), EU enlargement, theta 4, year 2000"


def ge_gravity_checks() -> Iterable[Check]:
    """The eight largest gains under both closures, and the worst of all welfare changes and flows."""
    import polars as pl

    table = pl.read_parquet(DATA / "ge_gravity_eu.parquet")
    economy = Economy.from_flows(table, theta=4.0, name="ge-gravity-2000", unit_usd=1e6)
    at = [economy.region(code) for code in table["exporter"]], [economy.region(code) for code in table["importer"]]
    theirs = {}
    for column in ("eu_effect", "w_eu", "X_eu", "w_mult", "X_mult"):
        theirs[column] = np.zeros((len(economy.regions),) * 2)
        theirs[column][at] = table[column].to_numpy()
    joined = theirs["eu_effect"] * ~np.eye(len(economy.regions), dtype=bool)
    shock = Shock(taste_hat=np.exp(joined)[:, :, None])
    additive = solve(economy, shock, Anderson(atol=1e-12))
    ratio = solve(economy, shock, Anderson(atol=1e-12), closure="share_of_income")
    for code in _largest_gains(economy, theirs["w_eu"][:, 0], count=8):
        at_home = economy.region(code)
        ours, wanted = float(additive.real_income_hat[at_home]), float(theirs["w_eu"][at_home, 0])
        yield _published(f"{code}: change of real income, additive deficits", ours, wanted, STATA)
        ours, wanted = float(ratio.real_wage_hat[at_home]), float(theirs["w_mult"][at_home, 0])
        yield _published(f"{code}: change of real wage, multiplicative deficits", ours, wanted, STATA_MULTIPLICATIVE)
    for label, found, wanted, tolerance in (
        ("welfare of 44 countries, additive", additive.real_income_hat, theirs["w_eu"][:, 0], STATA),
        ("1,936 flows, additive", additive.trade_new[:, :, 0], theirs["X_eu"], STATA),
        ("welfare of 44 countries, multiplicative", ratio.real_wage_hat, theirs["w_mult"][:, 0], STATA_MULTIPLICATIVE),
        ("1,936 flows, multiplicative", ratio.trade_new[:, :, 0], theirs["X_mult"], STATA_MULTIPLICATIVE),
    ):
        quotient = (found / wanted).ravel()
        furthest = float(quotient[np.argmax(np.abs(quotient - 1))])
        yield _published(f"{label}: ratio of ours to theirs where furthest apart", furthest, 1.0, tolerance)


def _published(quantity: str, ours: float, theirs: float, tolerance: float) -> Check:
    return Check("ge-gravity", "published", quantity, ours, theirs, tolerance, SOURCE)


def _largest_gains(economy: Economy, welfare: FloatArray, *, count: int) -> list[str]:
    return [economy.regions[at] for at in np.argsort(-welfare)[:count]]
