"""Measures of who depends on whom: as tables over flows of any engine, and as figures with their sources."""
