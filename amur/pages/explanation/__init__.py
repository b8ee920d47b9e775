"""The chapter and the page that say why trade moved."""

from __future__ import annotations

from amur.pages.explanation.answers import answer_page, write_answer_page
from amur.pages.explanation.chapter import Why, why_it_moved, why_parts
from amur.pages.explanation.page import (
    explanation_page,
    explanation_record,
    why_record,
    write_explanation_page,
)

__all__ = [
    "Why",
    "answer_page",
    "explanation_page",
    "explanation_record",
    "why_it_moved",
    "why_parts",
    "why_record",
    "write_answer_page",
    "write_explanation_page",
]
