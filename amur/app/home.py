"""The first page: a pair to look up, and the verbs."""

from __future__ import annotations

from functools import lru_cache

from amur import codes
from amur.app.shell import Drawn, Where, part
from amur.errors import CodeError, MeasureError
from amur.indicators.ledger import refuse_overlap
from amur.kit import Page, Section, notice
from amur.text import Language

EXAMPLES = (("RUS", "CHN"), ("USA", "CHN"), ("SWE", "DEU"), ("EU27", "USA"), ("JPN", "KOR"), ("BRA", "ARG"))
"""Pairs to begin with; any others do as well."""

VERBS = (("measure", "#pair"), ("simulate", "lab"), ("check", "check"))


def home_page(where: Where, a: str = "", b: str = "", trouble: str = "") -> Drawn:
    """The page, with what was typed and what was wrong with it, where something was."""
    text = where.text
    examples = [
        (text("app.home.pair", a=text.country(one), b=text.country(other)), where.address(f"pair/{one}/{other}"))
        for one, other in EXAMPLES
    ]
    form = part(
        "home", text, action=where.address("pair"), a=a, b=b, places=place_names(where.language), examples=examples
    )
    verbs = [
        {
            "name": text(f"app.verb.{name}"),
            "words": text(f"app.verb.{name}_words"),
            "href": path if path.startswith("#") else where.address(path),
        }
        for name, path in VERBS
    ]
    parts = (notice(trouble), form) if trouble else (form,)
    page = Page(
        title=text("app.home.title"),
        description=text("app.home.description"),
        sections=(
            Section("pair", text("app.home.search"), parts),
            Section("verbs", text("app.home.verbs"), (part("verbs", text, verbs=verbs),)),
        ),
    )
    return Drawn(page)


@lru_cache(maxsize=4)
def place_names(language: Language) -> tuple[str, ...]:
    """The names of all places, in the order of the alphabet."""
    found = {item.name(language) for item in (*codes.countries(), *codes.blocs())}
    return tuple(sorted(found))


def find_pair(a: str, b: str) -> tuple[str, str]:
    """The codes of two places that were typed. Raises CodeError or MeasureError with the remedy."""
    first, second = codes.place(a), codes.place(b)
    refuse_overlap(first, second)
    return first.code, second.code


def is_pair(a: str, b: str) -> bool:
    """Whether the two are codes of a pair as addresses have them."""
    try:
        return find_pair(a, b) == (a, b)
    except (CodeError, MeasureError):
        return False
