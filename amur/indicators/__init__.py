"""Measures of who depends on whom: as tables over flows of any engine, and as figures with their sources."""

from __future__ import annotations

from amur.indicators.explained import measures_markdown
from amur.indicators.question import Answers, Query
from amur.indicators.reasons import carried_countries, missing_data, why_different
from amur.indicators.registry import Measure, answers, find_measure, matrix, measure, measures, series
from amur.indicators.sectors import SectorRow, sector_rows

__all__ = [
    "Answers",
    "Measure",
    "Query",
    "SectorRow",
    "answers",
    "carried_countries",
    "find_measure",
    "matrix",
    "measure",
    "measures",
    "measures_markdown",
    "missing_data",
    "sector_rows",
    "series",
    "why_different",
]
