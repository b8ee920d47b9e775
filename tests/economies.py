"""Small random economies and shocks, and the equilibrium conditions written out plainly for the tests to check."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from amur.economy.baseline import Economy, FloatArray
from amur.models.shock import LongRun, Roy, Shock, ShortRun
from amur.solver import Equilibrium


def random_economy(regions: int, sectors: int, seed: int, *, gaps: bool = False) -> Economy:
    """A balanced economy with duties, deficits and input links; with `gaps` some cells are never made or bought."""
    draw = np.random.default_rng(seed)
    pi = draw.uniform(0.05, 1, (regions, regions, sectors))
    pi[np.arange(regions), np.arange(regions)] += draw.uniform(0.5, 3, (regions, sectors))
    beta = draw.uniform(0.3, 0.8, (regions, sectors))
    gamma = draw.uniform(0.01, 1, (regions, sectors, sectors))
    alpha = draw.uniform(0.1, 1, (regions, sectors))
    if gaps and sectors > 1 and regions > 2:
        alpha[1, 0], gamma[1, 0, :] = 0, 0  # region 1 never buys sector 0 …
        pi[2, :, 0] = 0  # … region 2 never makes it …
        beta[0, 1], gamma[0, :, 1] = 1, 0  # … and region 0 makes sector 1 without inputs
    total = gamma.sum(axis=1, keepdims=True)
    gamma *= (1 - beta)[:, None, :] / np.where(total > 0, total, 1)
    tariff = draw.uniform(0, 0.3, (regions, regions, sectors)) * (draw.uniform(size=(1, 1, sectors)) < 0.7)
    tariff[np.arange(regions), np.arange(regions)] = 0
    pi /= pi.sum(axis=0)
    alpha /= alpha.sum(axis=1, keepdims=True)
    income = draw.uniform(1, 10, regions)
    for _ in range(4):  # a few rounds towards balanced trade leave moderate deficits
        spending, va, revenue = _levels(pi / (1 + tariff), gamma, beta, alpha, income)
        deficit = income - va - revenue
        income = va + revenue + 0.4 * deficit
    spending, va, revenue = _levels(pi / (1 + tariff), gamma, beta, alpha, income)
    return Economy(
        name=f"random {regions}x{sectors} #{seed}",
        regions=tuple(f"R{k}" for k in range(regions)),
        sectors=tuple(f"S{k}" for k in range(sectors)),
        pi=pi,
        gamma=gamma,
        beta=beta,
        alpha=alpha,
        va=va,
        deficit=income - va - revenue,
        tariff=tariff,
        theta=draw.uniform(1.2, 9, sectors),
        expenditure=spending,
        unit_usd=1e9,
    )


def _levels(
    border: FloatArray, gamma: FloatArray, beta: FloatArray, alpha: FloatArray, income: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Spending, value added and duties that follow from final spending, by one dense linear solve."""
    n, s = beta.shape
    made = np.einsum("ims,st->ismt", border, np.eye(s)).reshape(n * s, n * s)
    used = np.einsum("nks,nm->nkms", gamma, np.eye(n)).reshape(n * s, n * s)
    spending = np.linalg.solve(np.eye(n * s) - used @ made, (alpha * income[:, None]).ravel())
    output = (made @ spending).reshape(n, s)
    spending = spending.reshape(n, s)
    return spending, (beta * output).sum(axis=1), (spending * (1 - border.sum(axis=0))).sum(axis=1)


def random_shock(economy: Economy, seed: int) -> Shock:
    """Every instrument at once, mildly."""
    draw = np.random.default_rng(seed)
    n, s = len(economy.regions), len(economy.sectors)
    own = np.arange(n)
    cost = np.exp(draw.normal(0, 0.2, (n, n, s)))
    tariff = economy.tariff + draw.uniform(0, 0.3, (n, n, s))
    tax = draw.uniform(-0.1, 0.2, (n, n, s))
    for array, neutral in ((cost, 1.0), (tariff, 0.0), (tax, 0.0)):
        array[own, own] = neutral
    return Shock(
        cost_hat=cost,
        tariff_new=tariff,
        export_tax_new=tax,
        productivity_hat=np.exp(draw.normal(0, 0.1, (n, s))),
        taste_hat=np.exp(draw.normal(0, 0.1, (n, n, s))),
    )


HORIZONS = (
    LongRun(),
    ShortRun(),
    ShortRun(labour="mobile"),
    ShortRun(eps_va=0.8, eps_inputs=1.0, eps_final=1.0, labour=Roy(3.0), theta_scale=0.8),
    ShortRun(eps_va=1.0, eps_inputs=0.5, eps_final=1.3),
)

economies = st.builds(
    random_economy,
    regions=st.integers(2, 5),
    sectors=st.integers(1, 4),
    seed=st.integers(0, 10_000),
    gaps=st.booleans(),
)


def power_mean(weights: FloatArray, values: FloatArray, elasticity: float) -> float:
    """CES price index of changes: weights sum to one."""
    if elasticity == 1:
        return float(np.exp((weights * np.log(values)).sum()))
    return float((weights * values ** (1 - elasticity)).sum() ** (1 / (1 - elasticity)))


def plain_conditions(q: Equilibrium) -> dict[str, float]:
    """Every condition of the equilibrium, cell by cell from the definitions; each should be zero.

    Nothing here is shared with the solver: shares are formed outright, and sums are loops.
    """
    e, shock, horizon = q.economy, q.shock, q.horizon
    n_regions, n_sectors = len(e.regions), len(e.sectors)
    long = isinstance(horizon, LongRun)
    theta = e.theta if long else e.theta * horizon.theta_scale
    eps_va, eps_in, eps_c = (1, 1, 1) if long else (horizon.eps_va, horizon.eps_inputs, horizon.eps_final)
    ones = np.ones_like(e.pi)
    cost = ones if shock.cost_hat is None else shock.cost_hat
    duty = e.tariff if shock.tariff_new is None else shock.tariff_new
    tax = 0 * ones if shock.export_tax_new is None else shock.export_tax_new
    z = np.ones_like(e.beta) if shock.productivity_hat is None else shock.productivity_hat
    taste = ones if shock.taste_hat is None else shock.taste_hat
    kappa = cost * (1 + duty) / (1 + e.tariff) * (1 + tax)
    gap = dict.fromkeys(("price", "cost", "share", "sales", "goods", "labour", "payments", "index"), 0.0)

    weight = e.pi * taste * (q.c_hat[:, None, :] * kappa) ** -theta
    price = weight.sum(axis=0)
    bought = e.expenditure > 0
    gap["price"] = np.abs(np.where(bought, np.where(bought, price, 1) ** (-1 / theta) / q.p_hat - 1, 0)).max()
    share = weight / np.where(bought, price, 1)
    gap["share"] = np.abs(share - q.pi_new).max()
    flow = share * q.expenditure / (1 + duty)
    gap["sales"] = np.abs(flow - q.trade_new).max() / q.output.sum(axis=1).min()
    received = (flow / (1 + tax)).sum(axis=1)
    gap["sales"] = max(gap["sales"], np.abs(received - q.output).max() / q.output.sum(axis=1).min())

    value_added = np.zeros(n_regions)
    for n in range(n_regions):
        final = e.alpha[n] * (q.p_hat[n] / power_mean(e.alpha[n], q.p_hat[n], eps_c)) ** (1 - eps_c)
        demand = final * q.income_new[n]
        labour = np.zeros(n_sectors)
        for s in range(n_sectors):
            beta, mu = e.beta[n, s], 1 - e.beta[n, s]
            bundle = power_mean(e.gamma[n, :, s] / mu, q.p_hat[n], eps_in) if mu > 1e-12 else 1.0
            unit = power_mean(np.array([beta, mu]), np.array([q.sector_wage_hat[n, s], bundle]), eps_va)
            gap["cost"] = max(gap["cost"], abs(unit / z[n, s] / q.c_hat[n, s] - 1))
            labour[s] = beta * (q.sector_wage_hat[n, s] / unit) ** (1 - eps_va) * q.output[n, s]
            inputs = e.gamma[n, :, s] * (bundle / unit) ** (1 - eps_va) * (q.p_hat[n] / bundle) ** (1 - eps_in)
            demand = demand + inputs * q.output[n, s]
        gap["goods"] = max(gap["goods"], np.abs(demand - q.expenditure[n]).max() / q.expenditure[n].sum())
        value_added[n] = labour.sum()
        gap["labour"] = max(gap["labour"], _labour_gap(q, n, labour))
        index = power_mean(e.alpha[n], q.p_hat[n], eps_c)
        gap["index"] = max(gap["index"], abs(index / q.P_hat[n] - 1))

    duties = (flow * duty).sum(axis=(0, 2))
    taxes = (flow * tax / (1 + tax)).sum(axis=(1, 2))
    deficit = flow.sum(axis=(0, 2)) - flow.sum(axis=(1, 2))
    size = value_added
    gap["payments"] = max(
        np.abs((deficit - q.deficit_new) / size).max(),
        np.abs((duties - q.tariff_revenue_new) / size).max(),
        np.abs((taxes - q.export_tax_revenue_new) / size).max(),
        np.abs((value_added + duties + taxes + deficit - q.income_new) / size).max(),
        abs(value_added.sum() / e.va.sum() - 1),
    )
    return {key: float(value) for key, value in gap.items()}


def _labour_gap(q: Equilibrium, n: int, labour: FloatArray) -> float:
    """Distance from clearing of one region's labour market, under the horizon's labour market."""
    e, horizon = q.economy, q.horizon
    wages = q.sector_wage_hat[n]
    if isinstance(horizon, LongRun) or horizon.labour == "mobile":
        spread = float(np.abs(wages / wages[0] - 1).max())
        return max(spread, abs(labour.sum() / (wages[0] * e.va[n]) - 1), abs(q.w_hat[n] / wages[0] - 1))
    before = e.va_by_sector[n]
    at_work = before > 0
    kappa = horizon.labour.kappa if isinstance(horizon.labour, Roy) else 1.0
    mean = ((before / e.va[n] * wages**kappa).sum()) ** (1 / kappa)
    supply = before * wages**kappa * mean ** (1 - kappa)
    gap = np.abs(labour[at_work] / supply[at_work] - 1).max()
    return max(float(gap), abs(mean / q.w_hat[n] - 1))
