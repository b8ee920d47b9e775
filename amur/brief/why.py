"""Chapter: why trade moved, as far as the data carry, with the list of what they cannot tell."""

from __future__ import annotations

from amur.brief.pair import Chapter, Pair
from amur.pages.explanation import why_it_moved


def why_chapter(pair: Pair) -> Chapter:
    """Price, quantity and mix; shares; rerouting; season; and what stays untold."""
    found = why_it_moved(pair.a.code, pair.b.code, pair.text, data=pair.data)
    return Chapter("why", pair.text("brief.why.title"), found.parts, found.origins)
