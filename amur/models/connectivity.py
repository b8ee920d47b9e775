"""Whether an equilibrium can exist: what the trade graph after bans allows, found before solving."""

from __future__ import annotations

import numpy as np

from amur.economy.baseline import BoolArray, Economy, FloatArray, sector_first
from amur.errors import NoEquilibriumError
from amur.models.closure import IntArray, spread_within
from amur.models.shock import Closure, Horizon, Shock, ShortRun

ZERO_DEFICIT = 1e-9
"""Deficits of a component that sum to less than this share of its value added count as zero."""


def open_links(economy: Economy, shock: Shock) -> BoolArray:
    """Cells `[sector, exporter, importer]` in which something is still sold after the shock's bans."""
    links = (sector_first(economy.pi) > 0) & (economy.expenditure.T[:, None, :] > 0)
    if shock.cost_hat is not None:
        links &= np.isfinite(sector_first(shock.cost_hat))
    if shock.taste_hat is not None:
        links &= sector_first(shock.taste_hat) > 0
    return links


def has_bans(shock: Shock) -> bool:
    """Whether the shock closes any cell altogether."""
    if shock.cost_hat is not None and shock.cost_hat.max() == np.inf:
        return True
    return shock.taste_hat is not None and shock.taste_hat.min() == 0


def components(links: BoolArray) -> IntArray:
    """Label of each region's component in the graph whose edges are pairs that trade in either direction."""
    trades = _pairs(links)
    return _labels(trades | trades.T)


def require_suppliers(economy: Economy, links: BoolArray) -> None:
    """Raise when a region that buys from a sector has no supplier left: its price would be infinite."""
    stranded = (~links.any(axis=1)).T & (economy.expenditure > 0)
    if stranded.any():
        named = [f"{economy.regions[n]} in {economy.sectors[s]}" for n, s in np.argwhere(stranded)[:5]]
        raise NoEquilibriumError(
            f"No supplier is left for {', '.join(named)}{_more(int(stranded.sum()))}: the price would be infinite. "
            "Leave a supplier out of the ban, or let a share of the trade escape it."
        )


def require_buyers(economy: Economy, links: BoolArray, horizon: Horizon) -> None:
    """Raise when labour that cannot leave its industry has no buyer left: its wage would be zero."""
    if not isinstance(horizon, ShortRun) or horizon.labour == "mobile":
        return
    stranded = (~links.any(axis=2)).T & (economy.va_by_sector > 0)
    if stranded.any():
        named = [f"{economy.regions[n]} in {economy.sectors[s]}" for n, s in np.argwhere(stranded)[:5]]
        raise NoEquilibriumError(
            f"No buyer is left for {', '.join(named)}{_more(int(stranded.sum()))}, and labour cannot leave the "
            "industry: its wage would be zero. Use the long run or mobile labour, or let a share escape the ban."
        )


def require_payable_deficits(economy: Economy, links: BoolArray, closure: Closure) -> None:
    """Raise when fixed deficits contradict the trade graph.

    Deficits of a component must sum to zero; a group that sells nothing to the rest must have a deficit, one that
    buys nothing from the rest a surplus.
    """
    if closure == "share_of_income":
        return
    labels = components(links)
    if closure != "component_balanced":
        for label in np.argsort(np.bincount(labels)):  # the smallest first: that is the one cut off
            _require_zero(economy, labels == label)
    deficit = spread_within(economy, labels) if closure == "component_balanced" else economy.deficit
    _require_one_way_signs(economy, _pairs(links), deficit)


def _require_zero(economy: Economy, member: BoolArray) -> None:
    total = float(economy.deficit[member].sum())
    if abs(total) <= ZERO_DEFICIT * float(economy.va[member].sum()):
        return
    raise NoEquilibriumError(
        f"After the bans {_named(economy, member)} trades with nobody else, but its fixed trade deficit is "
        f"{_billions(economy, total)}; cut off, it must be zero. Use closure 'component_balanced', 'share_of_income' "
        "or 'balanced'."
    )


def _require_one_way_signs(economy: Economy, trades: BoolArray, deficit: FloatArray) -> None:
    """Check every group that is closed under selling: a region together with all whom its goods reach."""
    reach = _reachable(trades)
    for region in range(len(economy.regions)):
        member = reach[region]
        if member.all():
            continue
        rest = ~member
        bought = bool(trades[np.ix_(rest, member)].any())
        total = float(deficit[member].sum())
        if bought and total <= ZERO_DEFICIT * float(economy.va[member].sum()):
            smaller, sign = (member, total) if member.sum() <= rest.sum() else (rest, -total)
            what = (
                "sells nothing to the rest of the world but buys from it"
                if smaller is member
                else ("buys nothing from the rest of the world but sells to it")
            )
            raise NoEquilibriumError(
                f"After the bans {_named(economy, smaller)} {what}, which its trade deficit of "
                f"{_billions(economy, sign)} does not allow. Use closure 'share_of_income', or lift the ban one way."
            )


def _pairs(links: BoolArray) -> BoolArray:
    """`[exporter, importer]`: who sells anything to whom."""
    return np.asarray(links.any(axis=0))


def _labels(adjacent: BoolArray) -> IntArray:
    """Component labels of a symmetric graph."""
    labels = np.full(len(adjacent), -1, dtype=np.intp)
    for region in range(len(adjacent)):
        if labels[region] >= 0:
            continue
        label = labels.max() + 1
        frontier = np.zeros(len(adjacent), dtype=bool)
        frontier[region] = True
        while frontier.any():
            labels[frontier] = label
            frontier = adjacent[frontier].any(axis=0) & (labels < 0)
    return labels


def _reachable(trades: BoolArray) -> BoolArray:
    """`[from, to]`: whom a region's goods reach, directly or through others; itself included."""
    reach = trades | np.eye(len(trades), dtype=bool)
    while True:
        # A product of truth values needs no linear algebra library, whose threads cost more than they bring here.
        further = reach @ reach
        if (further == reach).all():
            return reach
        reach = further


def _named(economy: Economy, member: BoolArray) -> str:
    names = [code for code, inside in zip(economy.regions, member, strict=True) if inside]
    return ", ".join(names[:6]) + _more(len(names), shown=6)


def _more(count: int, shown: int = 5) -> str:
    return f" and {count - shown} more" if count > shown else ""


def _billions(economy: Economy, value: float) -> str:
    return f"{value * economy.unit_usd / 1e9:+,.1f} bn USD"
