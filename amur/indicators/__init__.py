"""Measures of who depends on whom: as tables over flows of any engine, and as figures with their sources."""

from __future__ import annotations

from amur.indicators.question import Answers, Query
from amur.indicators.registry import Measure, answers, find_measure, matrix, measure, measures, series

__all__ = ["Answers", "Measure", "Query", "answers", "find_measure", "matrix", "measure", "measures", "series"]
