"""Why a country's real income changes: an exact decomposition, and the paper's to first order.

Exact. In log points, with hats for new over old:

    ln real income = ln I_hat - ln P_hat
    ln I_hat       = (change of value added + duties + export taxes + deficit) / L(I', I)
    ln P_hat       = sum_k a_k ln p_k
    ln p_s         = sum_i o_i (ln c_i + ln d_i + ln(1+t')/(1+t) + ln(1+x) - ln b_i / theta) - ln(kept) / theta
    ln c_s         = b_s ln w_s + sum_k g_ks ln p_k - ln A_s                       (own industries)

L is the logarithmic mean; a, o, b, g are Sato–Vartia weights of final shares, suppliers, value added and inputs,
with which a CES index is exactly log-linear; `kept` is the baseline share of the suppliers that still sell.
Own costs are solved for, so that every change is traced to wages, foreign sellers or the policy itself:

    terms_of_trade     own value added's part of income, less own wages and foreign sellers' prices in P
    duties_paid        own duties in P                            tariff_revenue     in I
    trade_costs        barriers and transport in P                lost_suppliers     banned flows in P
    foreign_export_taxes  in P                                    export_tax_revenue in I
    productivity, preferences  in P                               transfer           the trade deficit in I

The parts are scaled from log points to the change itself, so that they sum to `real_income_change`. With all
changes small, `terms_of_trade` is the textbook one in value added: own factors sold less foreign goods bought.
"""

from __future__ import annotations

import numpy as np

from amur.changes.lmdi import log_mean
from amur.economy.baseline import FloatArray
from amur.outcome.weights import exact_weights
from amur.solver import Equilibrium

PARTS = (
    "terms_of_trade",
    "duties_paid",
    "tariff_revenue",
    "trade_costs",
    "lost_suppliers",
    "foreign_export_taxes",
    "export_tax_revenue",
    "productivity",
    "preferences",
    "transfer",
)
"""Names of the parts, in the order in which they are shown."""


def exact_parts(equilibrium: Equilibrium) -> dict[str, FloatArray]:
    """Parts [region] that sum to the exact change of real income, by name."""
    economy = equilibrium.economy
    mean_income = log_mean(equilibrium.income_new, economy.income)
    in_price = _price_parts(equilibrium)
    parts = {
        "terms_of_trade": (equilibrium.va_new - economy.va) / mean_income
        - in_price["own_wages"]
        - in_price["foreign_sellers"],
        "duties_paid": -in_price["duties"],
        "tariff_revenue": (equilibrium.tariff_revenue_new - economy.tariff_revenue) / mean_income,
        "trade_costs": -in_price["trade_costs"],
        "lost_suppliers": -in_price["lost_suppliers"],
        "foreign_export_taxes": -in_price["export_taxes"],
        "export_tax_revenue": equilibrium.export_tax_revenue_new / mean_income,
        "productivity": -in_price["productivity"],
        "preferences": -in_price["preferences"],
        "transfer": (equilibrium.deficit_new - economy.deficit) / mean_income,
    }
    # The log mean of the ratio and one turns log points into the change itself without a residual.
    scale = log_mean(equilibrium.real_income_hat, np.ones_like(mean_income))
    return {name: parts[name] * scale for name in PARTS}


def first_order_parts(equilibrium: Equilibrium) -> dict[str, FloatArray]:
    """Caliendo and Parro's linear decomposition [region]: terms of trade and volume of trade, as shares of income.

    Terms of trade: exports times the change of own costs less imports times the change of foreign costs. Volume of
    trade: baseline duties times the change of real imports. It is a first-order approximation at baseline
    tariffs and not the change of real income; with large shocks the two differ in size and even in sign.
    Source: Caliendo and Parro (2015), equation 17.
    """
    economy = equilibrium.economy
    foreign = ~np.eye(len(economy.regions), dtype=bool)[:, :, None]
    flows = economy.trade * foreign
    cost = equilibrium.c_hat - 1
    exported = (flows.sum(axis=1) * cost).sum(axis=1)
    imported = (flows * cost[:, None, :]).sum(axis=(0, 2))
    new = np.divide(equilibrium.trade_new, economy.trade, out=np.ones_like(flows), where=flows > 0)
    volume = economy.tariff * flows * ((new - 1) - cost[:, None, :])
    terms = (exported - imported) / economy.income
    volumes = volume.sum(axis=(0, 2)) / economy.income
    return {"terms_of_trade": terms, "volume_of_trade": volumes, "total": terms + volumes}


def _price_parts(equilibrium: Equilibrium) -> dict[str, FloatArray]:
    """Parts [region] of the log change of the final price index, by cause."""
    names, direct = _direct_parts(equilibrium)
    economy, joint, sweep = equilibrium.economy, equilibrium.joint, equilibrium.sweep
    _, gamma_new = joint.model.cost_shares(sweep.nest, sweep.log_p)
    home = np.einsum("nns->ns", _supplier_weights(equilibrium)[0])
    inputs = _bundle_weights(economy.gamma, gamma_new) * _bundle_share(equilibrium)[:, None, :]
    system = np.eye(len(economy.sectors)) - home[:, :, None] * np.swapaxes(inputs, 1, 2)
    prices = np.linalg.solve(system, direct)
    final = exact_weights(economy.alpha, joint.model.final_shares(sweep.log_p).T, axis=1)
    return dict(zip(names, (final[:, :, None] * prices).sum(axis=1).T, strict=True))


def _direct_parts(equilibrium: Equilibrium) -> tuple[tuple[str, ...], FloatArray]:
    """What moves the price of each [region, sector] before own inputs are traced: the causes' names and effects."""
    economy, shock = equilibrium.economy, equilibrium.shock
    weights, kept = _supplier_weights(equilibrium)
    foreign = weights * ~np.eye(len(economy.regions), dtype=bool)[:, :, None]
    home = np.einsum("nns->ns", weights)
    theta = equilibrium.joint.kernel.theta[:, 0]
    zero = np.zeros_like(home)
    duties = np.log((1 + equilibrium.tariff_new) / (1 + economy.tariff))
    causes = {
        "own_wages": home * (1 - _bundle_share(equilibrium)) * np.log(equilibrium.sector_wage_hat),
        "foreign_sellers": (foreign * np.log(equilibrium.c_hat)[:, None, :]).sum(axis=0),
        "duties": (weights * duties).sum(axis=0),
        "trade_costs": zero if shock.cost_hat is None else (weights * _log_where_finite(shock.cost_hat)).sum(axis=0),
        "export_taxes": zero
        if shock.export_tax_new is None
        else (weights * np.log1p(shock.export_tax_new)).sum(axis=0),
        "productivity": zero if shock.productivity_hat is None else -home * np.log(shock.productivity_hat),
        "preferences": zero
        if shock.taste_hat is None
        else -(weights * _log_where_finite(shock.taste_hat)).sum(axis=0) / theta,
        "lost_suppliers": -np.log(kept) / theta,
    }
    return tuple(causes), np.stack(list(causes.values()), axis=2)


def _supplier_weights(equilibrium: Equilibrium) -> tuple[FloatArray, FloatArray]:
    """Exact weights [exporter, importer, sector] of the suppliers that remain, and their baseline share."""
    old, new = equilibrium.economy.pi, equilibrium.pi_new
    remains = (old > 0) & (new > 0)
    kept = (old * remains).sum(axis=0)
    safe = np.where(kept > 0, kept, 1.0)
    return exact_weights(old * remains / safe, new * remains, axis=0), safe


def _bundle_share(equilibrium: Equilibrium) -> FloatArray:
    """Exact weight [region, sector] of the bundle of inputs in unit cost."""
    joint, sweep, old = equilibrium.joint, equilibrium.sweep, equilibrium.economy.beta
    new = joint.model.cost_shares(sweep.nest, sweep.log_p)[0].T
    shares = exact_weights(np.stack([old, 1 - old]), np.stack([new, 1 - new]), axis=0)
    return shares[1]


def _bundle_weights(old: FloatArray, new: FloatArray) -> FloatArray:
    """Exact weights [region, input, user] of the inputs inside the bundle."""
    sums = [
        np.where(array.sum(axis=1, keepdims=True) > 0, array.sum(axis=1, keepdims=True), 1.0) for array in (old, new)
    ]
    return exact_weights(old / sums[0], new / sums[1], axis=1)


def _log_where_finite(factor: FloatArray) -> FloatArray:
    """Log of a factor; zero in flows that are closed, whose loss is counted by itself."""
    open_ = np.isfinite(factor) & (factor > 0)
    return np.log(np.where(open_, factor, 1.0))
