"""A designed policy in words: what it does, and what its bound is worth."""

from __future__ import annotations

from amur.design.study import Study
from amur.text import Text


def design_notes(study: Study, text: Text) -> list[str]:
    """What the policy does, and what its bound is worth."""
    found = study.design
    losses = {"own": text.percent(found.own_loss, digits=3), "target": text.percent(found.target_loss, digits=3)}
    said = [text.sentence("design.say.frontier", **losses)]
    if found.shadow_price is None:
        said.append(text("design.note.no_price"))
    elif found.binds:
        said.append(text(f"design.note.{found.goal}", price=text.number(found.shadow_price, digits=3)))
    else:
        said.append(text("design.note.slack"))
    return [*said, text("design.note.local")]


__all__ = ["design_notes"]
