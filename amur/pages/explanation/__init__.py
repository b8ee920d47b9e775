"""The chapter and the page that say why trade moved."""

from __future__ import annotations

from amur.pages.explanation.chapter import Why, why_it_moved, why_parts
from amur.pages.explanation.page import explanation_page, write_explanation_page

__all__ = ["Why", "explanation_page", "why_it_moved", "why_parts", "write_explanation_page"]
