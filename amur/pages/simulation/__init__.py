"""The result page of a simulation."""

from __future__ import annotations

from amur.pages.simulation.page import result_page, result_record, write_result_page

__all__ = ["result_page", "result_record", "write_result_page"]
