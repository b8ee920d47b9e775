"""Leverage: who can hurt whom, how much, and at what cost to himself.

found = leverage("RUS", "CHN")            # margin, exact cut, first order and closed form, both horizons
matrix = leverage_matrix(equilibrium)     # all countries over all, from one linear solve
fast = exposure(economy)                  # the closed-form exposure matrix, one sector
"""

from __future__ import annotations

from amur.leverage.cut import (
    CutLoss,
    ShareRise,
    World,
    closed_form_cut,
    exact_cut,
    first_order_cut,
    sector_cuts,
    share_rise,
)
from amur.leverage.exposure import Exposure, exposure
from amur.leverage.report import (
    Leverage,
    Part,
    Row,
    Setting,
    Span,
    chokepoints,
    compute_part,
    drawn_losses,
    leverage,
    overview,
    with_draws,
)
from amur.leverage.sides import SIDES, Party, Side, cells, parties, party
from amur.leverage.slopes import Marginal, Matrix, PairSlopes, leverage_matrix, marginal, pair_slopes

__all__ = [
    "SIDES",
    "CutLoss",
    "Exposure",
    "Leverage",
    "Marginal",
    "Matrix",
    "PairSlopes",
    "Part",
    "Party",
    "Row",
    "Setting",
    "ShareRise",
    "Side",
    "Span",
    "World",
    "cells",
    "chokepoints",
    "closed_form_cut",
    "compute_part",
    "drawn_losses",
    "exact_cut",
    "exposure",
    "first_order_cut",
    "leverage",
    "leverage_matrix",
    "marginal",
    "overview",
    "pair_slopes",
    "parties",
    "party",
    "sector_cuts",
    "share_rise",
    "with_draws",
]
