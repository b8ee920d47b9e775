"""Calibrated baselines: the Economy, its files, its elasticities, and how to merge, balance and update it."""

from __future__ import annotations

from amur.economy.baseline import Economy
from amur.economy.elasticities import DEFAULT_THETA_SET, THETA_SETS, ThetaSet
from amur.economy.files import bundled_economies, load_economy, read_economy, theta_draws

__all__ = [
    "DEFAULT_THETA_SET",
    "THETA_SETS",
    "Economy",
    "ThetaSet",
    "bundled_economies",
    "load_economy",
    "read_economy",
    "theta_draws",
]
