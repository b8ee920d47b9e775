"""Leverage: who can hurt whom, how much, and at what cost to himself.

found = leverage("RUS", "CHN")            # margin, exact cut, first order and closed form, both horizons
matrix = leverage_matrix(equilibrium)     # all countries over all, from one linear solve
everybody = survey("RUS")                 # one country or bloc over all others; "all" over all
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
    pair_cuts,
    sector_cuts,
    share_rise,
)
from amur.leverage.exposure import Exposure, exposure
from amur.leverage.printed import drawn_notes, drawn_spans, fast_notes, fast_table, notes, tables
from amur.leverage.records import Part, Setting, Span, default_economy
from amur.leverage.report import Leverage, compute_part, drawn_losses, leverage, pair_draws, with_draws
from amur.leverage.rows import Asymmetry, Row, asymmetry, chokepoints, overview
from amur.leverage.sides import SIDES, Party, Side, cells, parties, party
from amur.leverage.slopes import Marginal, Matrix, PairSlopes, leverage_matrix, marginal, pair_slopes
from amur.leverage.survey import FastRow, Survey, fast_rows, rank_correlation, survey

__all__ = [
    "SIDES",
    "Asymmetry",
    "CutLoss",
    "Exposure",
    "FastRow",
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
    "Survey",
    "World",
    "asymmetry",
    "cells",
    "chokepoints",
    "closed_form_cut",
    "compute_part",
    "default_economy",
    "drawn_losses",
    "drawn_notes",
    "drawn_spans",
    "exact_cut",
    "exposure",
    "fast_notes",
    "fast_rows",
    "fast_table",
    "first_order_cut",
    "leverage",
    "leverage_matrix",
    "marginal",
    "notes",
    "overview",
    "pair_cuts",
    "pair_draws",
    "pair_slopes",
    "parties",
    "party",
    "rank_correlation",
    "sector_cuts",
    "share_rise",
    "survey",
    "tables",
    "with_draws",
]
