"""Plain forms, whose address is the address of the page that they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from amur.app.home import place_names
from amur.app.shell import Where, part
from amur.simulate import capital
from amur.text import Text

FLOWS = ("total", "exports", "imports")


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


def flow_options(text: Text, place: str = "") -> tuple[Option, ...]:
    """The flows to choose from, seen from a place where one is known."""
    if not place:
        return tuple(Option(flow, text(f"app.flow.{flow}")) for flow in FLOWS)
    ways = (Option(flow, capital(text(f"app.flow.{flow}_of", a_s=text.genitive(place)))) for flow in FLOWS[1:])
    return (Option(FLOWS[0], text(f"app.flow.{FLOWS[0]}")), *ways)


def form(where: Where, action: str, fields: Sequence[Field], button: str, *, anchor: str = "ask") -> Markup:
    """A form that sends its fields in the address; `anchor` is its id on the page."""
    places = place_names(where.language) if any(field.place for field in fields) else ()
    return part("ask", where.text, action=action, fields=fields, button=button, places=places, anchor=anchor)
