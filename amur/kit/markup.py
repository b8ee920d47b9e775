"""Templates with automatic escaping, and the parts that all components are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import count
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from amur.errors import OutputError

_SLUG = re.compile(r"[a-z][a-z0-9-]*")
_NUMBERED = re.compile(r'(id|aria-describedby)="tip-~"')
_ID = re.compile(r' id="([^"]*)"')


@cache
def environment() -> Environment:
    """The templates of the kit: everything is escaped, and an unknown name is an error.

    Pages of an app may extend `page.html` (blocks `head` and `main`) by a loader of their own.
    """
    return Environment(
        loader=PackageLoader("amur.kit", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def part(name: str, *values: Any) -> Markup:
    """One of the macros in `templates/parts.html`, filled."""
    return Markup(getattr(_parts(), name)(*values))


@cache
def _parts() -> Any:
    return environment().get_template("parts.html").module


def slug(name: str) -> str:
    """The name, if it can be an id, an address fragment and part of a file name."""
    if not _SLUG.fullmatch(name):
        raise OutputError(f"'{name}' cannot name a part of a page. Use small letters, digits and hyphens.")
    return name


def joined(parts: Iterable[str]) -> Markup:
    """Parts of a page, one after the other; plain text is escaped."""
    return Markup("\n").join(parts)


def with_ids(html: str, *, first: int = 1) -> str:
    """Number the notes of figures, so that each number points at its own.

    Components write `tip-~` twice, at the number and at its note; quotes are escaped in all text, so
    what matches can only come from them. A fragment sent later starts at another `first`.
    """
    numbers = count(2 * first)
    return _NUMBERED.sub(lambda found: f'{found[1]}="tip-{next(numbers) // 2}"', html)


def refuse_same_ids(html: str) -> None:
    """Raise OutputError where two parts of a page have one id."""
    ids: Sequence[str] = _ID.findall(html)
    if len(ids) != len(set(ids)):
        twice = sorted({name for name in ids if ids.count(name) > 1})
        raise OutputError(f"The page has the id {', '.join(twice)} twice. Give its charts and tables different names.")
