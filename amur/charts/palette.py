"""The colours of charts and pages: each token has one colour on light ground and one on dark.

Charts are drawn in the light colours, each of which belongs to one token only; a page then replaces
them by `var(--token)`, so that one drawing serves both themes. The eight categories keep a CIE76
distance above 12 (the first four above 20) for normal sight and for protan, deutan and tritan
sight (Machado, Oliveira and Fernandes 2009), and a contrast of 3:1 or more against both grounds;
`tests/test_charts_palette.py` measures it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from amur.errors import OutputError

Theme = Literal["light", "dark"]
Scheme = Literal["sequential", "diverging"]


@dataclass(frozen=True)
class Colour:
    """One token's colour on light ground and on dark, as `#rrggbb`."""

    light: str
    dark: str


TOKENS: Mapping[str, Colour] = MappingProxyType(
    {
        # ground and lettering
        "bg": Colour("#fcfbf8", "#11181f"),
        "surface": Colour("#ffffff", "#18212a"),
        "sunken": Colour("#f3f1eb", "#0c1217"),
        "ink": Colour("#16212b", "#e9eef2"),
        "muted": Colour("#53606b", "#a5b2bd"),
        "rule": Colour("#dad7ce", "#2e3a45"),
        "baseline": Colour("#7b858d", "#7e8c98"),
        "accent": Colour("#0b5a83", "#7cc4f2"),
        "void": Colour("#e5e2da", "#2a343e"),
        # categories; the first two are the subject and the object, the last the third parties
        "c1": Colour("#004c7c", "#58b3fc"),
        "c2": Colour("#af3b26", "#fc8a6b"),
        "c3": Colour("#1c845f", "#64edbf"),
        "c4": Colour("#8a5bbb", "#a975ba"),
        "c5": Colour("#966900", "#e8bb4a"),
        "c6": Colour("#6291c0", "#b5dcf7"),
        "c7": Colour("#99215d", "#fc8ebd"),
        "c8": Colour("#66737f", "#838f97"),
        # steps from little to much
        "s1": Colour("#e4eff4", "#203442"),
        "s2": Colour("#b9d3e2", "#29495d"),
        "s3": Colour("#8eb8d1", "#326079"),
        "s4": Colour("#5e9dbf", "#397391"),
        "s5": Colour("#437a9b", "#649ab8"),
        "s6": Colour("#285878", "#8cbedb"),
        "s7": Colour("#0a3957", "#b4e4ff"),
        # steps from loss (first) over nothing (fourth) to gain (last)
        "d1": Colour("#8d2a12", "#ff9d80"),
        "d2": Colour("#c57157", "#c0664d"),
        "d3": Colour("#e8b29e", "#7b4538"),
        "d4": Colour("#f0ede6", "#2b343b"),
        "d5": Colour("#a9c6d8", "#315974"),
        "d6": Colour("#5e8eb2", "#4b8bb6"),
        "d7": Colour("#004a76", "#82caff"),
        # lettering on the steps
        "on-low": Colour("#16212c", "#f1f5f8"),
        "on-mid": Colour("#16212d", "#0d141a"),
        "on-high": Colour("#fefefe", "#0d141b"),
    }
)

SUBJECT, OBJECT, THIRD = "c1", "c2", "c8"
CATEGORIES = ("c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8")
STEPS: Mapping[Scheme, tuple[str, ...]] = MappingProxyType(
    {"sequential": tuple(f"s{n}" for n in range(1, 8)), "diverging": tuple(f"d{n}" for n in range(1, 8))}
)
# lettering that keeps 4.5:1 on each step and category in both themes
ON: Mapping[str, str] = MappingProxyType(
    {f"s{n}": "on-low" if n <= 4 else "on-high" for n in range(1, 8)}
    | {f"c{n}": "on-mid" if n == 6 else "on-high" for n in range(1, 9)}
    | {"d1": "on-high", "d2": "on-mid", "d3": "on-low", "d4": "on-low", "d5": "on-low", "d6": "on-mid", "d7": "on-high"}
)


def ink(token: str) -> str:
    """The colour that charts draw a token in: its colour on light ground."""
    if token not in TOKENS:
        raise OutputError(f"There is no colour token '{token}'. Use one of {', '.join(TOKENS)}.")
    return TOKENS[token].light


def token_of(colour: str) -> str | None:
    """The token that a light colour `#rrggbb` belongs to, or None."""
    return _BY_LIGHT.get(colour.lower())


def assign(series: Sequence[str], roles: Mapping[str, str] | None = None) -> dict[str, str]:
    """A token for each series: its role where it has one, else the next category not taken by a role.

    Raises OutputError where the series outnumber the categories, since two alike colours mislead.
    """
    given = {name: token for name, token in (roles or {}).items() if name in series}
    free = [token for token in CATEGORIES if token not in given.values()]
    rest = [name for name in series if name not in given]
    if len(rest) > len(free):
        raise OutputError(
            f"{len(series)} series need more than the {len(CATEGORIES)} colours that can be told apart. "
            "Group the smallest into one."
        )
    chosen = given | dict(zip(rest, free, strict=False))
    return {name: chosen[name] for name in series}


_BY_LIGHT = {colour.light: token for token, colour in TOKENS.items()}
