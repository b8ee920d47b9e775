"""Questions of `amur explain` beside why trade moved: by month, by sector, by basket, and on the user's own table."""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import Literal, get_args

from amur.changes.asked.answer import Answer, Asked
from amur.errors import MeasureError

Question = Literal[
    "months",
    "shares",
    "dependence",
    "complexity",
    "baskets",
    "rerouting",
    "gaps",
    "events",
    "twin",
    "premium",
    "saturation",
    "mirror",
]
QUESTIONS: tuple[Question, ...] = get_args(Question)


def ask(question: Question, asked: Asked) -> Answer:
    """Answer a question about `asked.a` (and `asked.b`) on the bundled data or on the user's own table.

    Raises MeasureError for a question that there is not, and the errors of the data where they do not suffice.
    """
    if question not in QUESTIONS:
        raise MeasureError(f"There is no question '{question}'. Ask trade or one of {', '.join(QUESTIONS)}.")
    module = importlib.import_module(f"amur.changes.asked.{question}")
    return replace(module.answer(asked), command=asked.command(question))


__all__ = ["QUESTIONS", "Answer", "Asked", "Question", "ask"]
