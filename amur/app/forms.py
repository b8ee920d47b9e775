"""Plain forms, whose address is the address of the page that they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from amur.app.home import place_names
from amur.app.shell import Where, part


@dataclass(frozen=True)
class Option:
    """One entry of a choice."""

    value: str
    label: str


@dataclass(frozen=True)
class Field:
    """A field: a place to name, words, a choice where it has `options`, or a slider where it has a `span`."""

    name: str
    label: str
    value: str = ""
    options: tuple[Option, ...] = ()
    span: tuple[int, int] | None = None
    place: bool = False
    required: bool = False
    listed: tuple[str, ...] = ()
    numeric: bool = False


def form(where: Where, action: str, fields: Sequence[Field], button: str, *, anchor: str = "ask") -> Markup:
    """A form that sends its fields in the address; `anchor` is its id on the page."""
    places = place_names(where.language) if any(field.place for field in fields) else ()
    return part("ask", where.text, action=action, fields=fields, button=button, places=places, anchor=anchor)
