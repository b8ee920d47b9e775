"""Sources and licences as a reader sees them."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from amur.origins import Origin
from amur.text import Text


def source_line(origins: Sequence[Origin], text: Text) -> str:
    """One line below a chart or table: `Source: producer, title (vintage); …`; empty without origins."""
    if not origins:
        return ""
    names = "; ".join(dict.fromkeys(_named(origin) for origin in origins))
    return text("kit.source_line", names=names)


def source_note(origins: Sequence[Origin], text: Text) -> Markup:
    """The same as a paragraph."""
    return Markup('<p class="source">{}</p>').format(source_line(origins, text))


def origin_entry(origin: Origin, text: Text) -> Markup:
    """One origin in the list at the foot: producer, title, vintage, licence and whether it was read."""
    status = text("kit.licence.read" if origin.licence_read else "kit.licence.recalled")
    title = origin.title
    if origin.address.startswith(("https://", "http://")):
        title = Markup('<a href="{}" rel="noreferrer">{}</a>').format(origin.address, origin.title)
    vintage = f" ({origin.vintage})" if origin.vintage else ""
    return Markup("{}: {}{}. {} ({}).").format(origin.producer, title, vintage, origin.licence, status)


def _named(origin: Origin) -> str:
    return f"{origin.producer}, {origin.title}" + (f" ({origin.vintage})" if origin.vintage else "")
