"""Outcomes: what an equilibrium changes, for whom and why."""

from __future__ import annotations

from amur.outcome.comparison import TABLES, Outcome, compare, shocked_flows, unit_of
from amur.outcome.welfare import PARTS, exact_parts, first_order_parts

__all__ = ["PARTS", "TABLES", "Outcome", "compare", "exact_parts", "first_order_parts", "shocked_flows", "unit_of"]
