"""Rerun published tables and closed forms, and put ours beside theirs; a difference is shown, never hidden.

    for check in validate():           # all, or validate("ge-gravity")
        ...                            # check.quantity, check.ours, check.theirs, check.ok

`published` are numbers that others printed or computed; `closed_form` are our own derivations that the solver does
not use. Values are in percent where the quantity says so, otherwise fractions or ratios.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from amur.economy import Economy, load_economy, read_economy
from amur.economy.baseline import BoolArray, FloatArray
from amur.economy.tables import IoTable, economy_from_io_table, purge_negative_final
from amur.errors import InputError
from amur.models.shock import Shock, ShortRun
from amur.solver import Anderson, Equilibrium, purge_deficits, solve

Kind = Literal["published", "closed_form"]

DATA = Path(__file__).resolve().parent / "data" / "validation"

PRINTED = 0.006
"""Percentage points. The tables are printed to 0.01, so 0.005 is rounding; the rest is slack in their seven digits."""

STATA = 1e-6
"""ge_gravity stops when flows change by less than 1e-8 and stores single precision."""

STATA_MULTIPLICATIVE = 5e-6
"""Its multiplicative option leaves world spending off world output by one common factor (1.5e-6 here)."""

CLOSED = 1e-8
"""Closed forms are exact; solves stop at 1e-12 and prices multiply that by small numbers."""

LIMIT = 1e-9
"""The Cobb–Douglas, mobile-labour limit of the short run against the long run."""

PLAUSIBLE = 0.5
"""Percentage points. Another vintage and another list of sectors and countries: plausibility, not reproduction."""

NAFTA = ("MEX", "CAN", "USA")


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


def validate(*names: str) -> tuple[Check, ...]:
    """Every check, or those of the named comparisons; see `comparisons`."""
    unknown = [name for name in names if name not in _COMPARISONS]
    if unknown:
        raise InputError(f"There is no comparison {unknown[0]!r}. Use one of {', '.join(_COMPARISONS)}.")
    return tuple(check for name in names or _COMPARISONS for check in _COMPARISONS[name]())


def comparisons() -> tuple[str, ...]:
    """Names of the comparisons that `validate` knows."""
    return tuple(_COMPARISONS)


# -- Caliendo and Parro (2015) -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class LinearWelfare:
    """The paper's linear accounting of welfare, in percent of income, by region and group of partners."""

    terms_of_trade: FloatArray
    volume_of_trade: FloatArray


def linear_welfare(equilibrium: Equilibrium, partners: BoolArray) -> LinearWelfare:
    """Terms and volume of trade with some partners, Caliendo and Parro (2015) equations 16 and 17.

    Changes are `hat - 1`, weights and tariffs those of the baseline. Their sum over all partners is the paper's
    headline welfare; it is not the exact change of real income, from which it departs when tariffs fall far.
    """
    economy = equilibrium.economy
    trade = economy.trade * ~np.eye(len(economy.regions), dtype=bool)[:, :, None]
    cost = equilibrium.c_hat - 1
    growth = np.divide(equilibrium.trade_new, economy.trade, out=np.ones_like(trade), where=economy.trade > 0) - 1
    exports = np.einsum("ins,is,n->i", trade, cost, partners.astype(float))
    imports = np.einsum("ins,is,i->n", trade, cost, partners.astype(float))
    volume = np.einsum("ins,ins,i->n", economy.tariff * trade, growth - cost[:, None, :], partners.astype(float))
    scale = 100 / economy.income
    return LinearWelfare((exports - imports) * scale, volume * scale)


@lru_cache(maxsize=1)
def nafta() -> Equilibrium:
    """NAFTA's tariff cuts from 1993 to 2005 in a world whose deficits were purged first, as in the paper."""
    file = DATA / "caliendo_parro_1993.npz"
    economy = purge_deficits(read_economy(file).require_balance())
    with np.load(file, allow_pickle=False) as archive:
        later = archive["tariff_2005"]
    members = np.isin(economy.regions, NAFTA)
    inside = (members[:, None] & members[None, :])[:, :, None]
    return solve(economy, Shock(tariff_new=np.where(inside, later, economy.tariff)), Anderson(atol=1e-12))


def _check_caliendo_parro() -> Iterable[Check]:
    equilibrium = nafta()
    ours = _nafta_values(equilibrium)
    exact = 100 * (equilibrium.real_income_hat - 1)
    with (DATA / "published.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        region, variable = row["region"], row["variable"]
        at = equilibrium.economy.region(region)
        note = ""
        if variable == "welfare_total_linear_pct":
            note = (
                f"exact real income in the same equilibrium: {exact[at]:+.3f} %. The printed figure weighs the growth "
                "of imports by the tariffs of 1993 throughout, although they fall on the way."
            )
        yield Check(
            name="caliendo-parro",
            kind="published",
            quantity=f"Table {row['table']}, {region}: {_LABELS[variable]} (%)",
            ours=float(ours[variable][at]),
            theirs=float(row["value"]),
            tolerance=PRINTED,
            source="Caliendo and Parro (2015), Review of Economic Studies 82(1)",
            note=note,
        )


_LABELS = {
    "welfare_total_linear_pct": "welfare, linear formula",
    "terms_of_trade_pct": "terms of trade",
    "volume_of_trade_pct": "volume of trade",
    "real_wage_pct": "real wages",
    "tot_nafta_pct": "terms of trade with NAFTA",
    "tot_row_pct": "terms of trade with the rest",
    "vot_nafta_pct": "volume of trade with NAFTA",
    "vot_row_pct": "volume of trade with the rest",
    "imports_benchmark": "growth of imports from NAFTA partners",
}


def _nafta_values(equilibrium: Equilibrium) -> Mapping[str, FloatArray]:
    """Our value of each printed variable, by region."""
    economy = equilibrium.economy
    members = np.isin(economy.regions, NAFTA)
    inside, outside = linear_welfare(equilibrium, members), linear_welfare(equilibrium, ~members)
    foreign = members[:, None] & ~np.eye(len(members), dtype=bool)
    before = np.einsum("ins,in->n", economy.trade, foreign.astype(float))
    after = np.einsum("ins,in->n", equilibrium.trade_new, foreign.astype(float))
    terms = inside.terms_of_trade + outside.terms_of_trade
    volume = inside.volume_of_trade + outside.volume_of_trade
    return {
        "welfare_total_linear_pct": terms + volume,
        "terms_of_trade_pct": terms,
        "volume_of_trade_pct": volume,
        "real_wage_pct": 100 * (equilibrium.real_wage_hat - 1),
        "tot_nafta_pct": inside.terms_of_trade,
        "tot_row_pct": outside.terms_of_trade,
        "vot_nafta_pct": inside.volume_of_trade,
        "vot_row_pct": outside.volume_of_trade,
        "imports_benchmark": 100 * (after / before - 1),
    }


# -- ge_gravity (Stata) ------------------------------------------------------------------------------------------


def _check_ge_gravity() -> Iterable[Check]:
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
    source = "ge_gravity 1.1 (Stata), EU enlargement, theta 4, year 2000"
    for code in _largest_gains(economy, theirs["w_eu"][:, 0], count=8):
        region = economy.region(code)
        yield Check(
            "ge-gravity", "published", f"{code}: change of real income, additive deficits",
            float(additive.real_income_hat[region]), float(theirs["w_eu"][region, 0]), STATA, source,
        )  # fmt: skip
        yield Check(
            "ge-gravity", "published", f"{code}: change of real wage, multiplicative deficits",
            float(ratio.real_wage_hat[region]), float(theirs["w_mult"][region, 0]), STATA_MULTIPLICATIVE, source,
        )  # fmt: skip
    for label, found, wanted, tolerance in (
        ("welfare of 44 countries, additive", additive.real_income_hat, theirs["w_eu"][:, 0], STATA),
        ("1,936 flows, additive", additive.trade_new[:, :, 0], theirs["X_eu"], STATA),
        ("welfare of 44 countries, multiplicative", ratio.real_wage_hat, theirs["w_mult"][:, 0], STATA_MULTIPLICATIVE),
        ("1,936 flows, multiplicative", ratio.trade_new[:, :, 0], theirs["X_mult"], STATA_MULTIPLICATIVE),
    ):
        worst = np.unravel_index(int(np.argmax(np.abs(found / wanted - 1))), np.shape(wanted))
        yield Check(
            "ge-gravity", "published", f"{label}: ratio of ours to theirs where furthest apart",
            float((found / wanted)[worst]), 1.0, tolerance, source,
        )  # fmt: skip


def _largest_gains(economy: Economy, welfare: FloatArray, *, count: int) -> list[str]:
    return [economy.regions[at] for at in np.argsort(-welfare)[:count]]


# -- closed forms ------------------------------------------------------------------------------------------------


def closed_autarky(economy: Economy) -> FloatArray:
    """Real income in autarky over that of the baseline, region by region, without solving.

    With home share `h = pi[n,n,s]`, prices relative to the wage solve `u = -log(h)/theta + gamma' u`; duties vanish:

        real income = (va / income) exp(-sum_k alpha_k u_k)

    Arkolakis, Costinot and Rodríguez-Clare (2012) with inputs and tariff revenue; regions without a home supplier
    have none (NaN).
    """
    home = np.einsum("nns->ns", economy.pi)
    with np.errstate(divide="ignore"):
        own = np.where(economy.expenditure > 0, -np.log(home) / economy.theta, 0.0)
    possible = np.isfinite(own).all(axis=1)
    identity = np.eye(len(economy.sectors))
    system = identity - economy.gamma.transpose(0, 2, 1)
    prices = np.linalg.solve(system, np.where(possible[:, None], own, 0.0)[:, :, None])[:, :, 0]
    loss = np.exp(-(economy.alpha * prices).sum(axis=1)) * economy.va / economy.income
    return np.where(possible, loss, np.nan)


def closed_real_wage(equilibrium: Equilibrium) -> FloatArray:
    """Real wage over baseline from home shares alone: the sufficient statistic of the long run.

    `u = (log h' - log h)/theta + gamma' u`, real wage = exp(-sum_k alpha_k u_k); NaN where a home share is zero.
    """
    economy = equilibrium.economy
    old, new = (np.einsum("nns->ns", shares) for shares in (economy.pi, equilibrium.pi_new))
    used = (old > 0) & (new > 0)
    own = np.log(np.where(used, new, 1.0) / np.where(used, old, 1.0)) / economy.theta
    system = np.eye(len(economy.sectors)) - economy.gamma.transpose(0, 2, 1)
    prices = np.linalg.solve(system, own[:, :, None])[:, :, 0]
    complete = (used | (economy.expenditure == 0)).all(axis=1)
    return np.where(complete, np.exp(-(economy.alpha * prices).sum(axis=1)), np.nan)


def without_inputs(economy: Economy) -> Economy:
    """The same flows and duties in a world that uses no inputs: output is value added, spending is final."""
    spending = economy.expenditure
    return replace(
        economy,
        name=f"{economy.name}, without inputs",
        gamma=np.zeros_like(economy.gamma),
        beta=np.ones_like(economy.beta),
        alpha=spending / spending.sum(axis=1, keepdims=True),
        va=economy.output.sum(axis=1),
    )


def autarky(economy: Economy) -> Equilibrium:
    """Every region that can live alone is cut off from everybody; deficits were purged first.

    Regions without a home supplier of something they buy trade on among themselves; where that leaves them without
    any supplier, the largest one stays with them.
    """
    balanced = purge_deficits(economy)
    alone = np.isfinite(closed_autarky(balanced))
    while True:
        rest = ~alone
        unsupplied = (balanced.pi[rest].sum(axis=0)[rest] == 0) & (balanced.expenditure[rest] > 0)
        if not unsupplied.any():
            break
        sold = np.einsum("ins,ns->i", balanced.trade[:, rest], unsupplied.astype(float))
        alone[np.argmax(np.where(alone, sold, -1.0))] = False
    cost = balanced.full(1.0)
    cost[alone[:, None] | alone[None, :]] = np.inf
    cost[np.arange(len(alone)), np.arange(len(alone))] = 1.0
    return solve(balanced, Shock(cost_hat=cost), Anderson(atol=1e-12), closure="balanced")


def autarky_checks(economy: Economy, name: str, source: str) -> Iterable[Check]:
    """Autarky against its closed form: one sector, many sectors, with inputs."""
    one = economy.aggregate(sectors={"ALL": economy.sectors})
    variants = {
        "one sector, no inputs": without_inputs(one),
        "one sector, inputs": one,
        "all sectors, no inputs": without_inputs(economy),
        "all sectors, inputs": economy,
    }
    for label, variant in variants.items():
        equilibrium = autarky(variant)
        home = np.einsum("nns->ns", equilibrium.pi_new)
        cut_off = ((home == 1) | (variant.expenditure == 0)).all(axis=1)
        wanted = np.where(cut_off, closed_autarky(equilibrium.economy), np.nan)
        ratio = np.where(np.isfinite(wanted), equilibrium.real_income_hat / wanted, 1.0)
        worst = int(np.argmax(np.abs(ratio - 1)))
        count = int(np.isfinite(wanted).sum())
        yield Check(
            name, "closed_form", f"autarky of {count} regions, {label}: ratio of ours to the closed form, worst region",
            float(ratio[worst]), 1.0, CLOSED, source,
        )  # fmt: skip


def _check_closed_forms() -> Iterable[Check]:
    economy = load_economy("icio-2022")
    source = "Arkolakis, Costinot and Rodríguez-Clare (2012) with inputs and duties, derived in amur/validate.py"
    yield from autarky_checks(economy, "closed-forms", source)
    first, second = economy.regions[np.argmax(economy.deficit)], economy.regions[np.argmin(economy.deficit)]
    cost = economy.full(1.0)
    cost[economy.region(first), economy.region(second)] = np.inf
    cost[economy.region(second), economy.region(first)] = np.inf
    cut = solve(economy, Shock(cost_hat=cost), Anderson(atol=1e-12))
    wanted = closed_real_wage(cut)
    known = np.isfinite(wanted)
    ratio = cut.real_wage_hat[known] / wanted[known]
    yield Check(
        "closed-forms", "closed_form",
        f"real wages of {int(known.sum())} regions from home shares when {first} and {second} stop trading: ratio, worst",
        float(ratio[np.argmax(np.abs(ratio - 1))]), 1.0, CLOSED, source,
    )  # fmt: skip
    limit = ShortRun(eps_va=1, eps_inputs=1, eps_final=1, labour="mobile", theta_scale=1)
    short = solve(economy, Shock(cost_hat=cost), Anderson(atol=1e-12), horizon=limit)
    gap = np.abs(short.real_income_hat / cut.real_income_hat - 1).max()
    yield Check(
        "closed-forms", "closed_form", "short run at unit elasticities and mobile labour against the long run, worst region",
        float(1 + gap), 1.0, LIMIT, "limit of the nested CES, amur/models/short_run.py",
    )  # fmt: skip


# -- comparisons on material that may not ship -------------------------------------------------------------------


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


def acceptance_checks(folder: Path, coalition: Iterable[str]) -> tuple[Check, ...]:
    """Comparisons on tables that may not ship; `coalition` lists who doubles barriers with Russia."""
    wiod = wiod_2008(folder)
    checks = list(autarky_checks(wiod, "wiod-2008", f"closed forms on WIOD 2013 release, 2008. {wiod.note}"))
    economy = felbermayr_2014(folder)
    target = economy.region("RUS")
    members = np.isin(economy.regions, list(coalition))
    cost = economy.full(1.0)
    cost[members, target] = 2.0
    cost[target, members] = 2.0
    equilibrium = solve(economy, Shock(cost_hat=cost))
    checks.append(
        Check(
            "west-russia-2014", "published", "RUS: real income when barriers with the West double (%)",
            100 * float(equilibrium.real_income_hat[target] - 1), -4.8, PLAUSIBLE,
            "abstract of “Trade decoupling from Russia”",
            "plausibility only: all 50 sectors here, duties as shipped with the replication files",
        )
    )  # fmt: skip
    return tuple(checks)


_COMPARISONS: dict[str, Callable[[], Iterable[Check]]] = {
    "caliendo-parro": _check_caliendo_parro,
    "ge-gravity": _check_ge_gravity,
    "closed-forms": _check_closed_forms,
}
