"""What all pages share: addresses, languages, navigation, style and script, and charts drawn when asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader
from markupsafe import Markup, escape

from amur import kit
from amur.kit import Page
from amur.origins import load_origins
from amur.text import LANGUAGES, Language, Text, entries

if TYPE_CHECKING:
    # Drawing is loaded where something is drawn, so that a process which only passes pages on stays light.
    from amur.kit import Chart

_STATIC = Path(__file__).parent / "static"
NAVIGATION = (
    ("home", ""),
    ("world", "world"),
    ("explain", "explain"),
    ("leverage", "leverage"),
    ("lab", "lab"),
    ("check", "check"),
    ("sources", "sources"),
    ("methods", "methods"),
)
"""The pages in the masthead: key of their name, and address below the language."""
_BELOW = {"pair": "", "triangle": "leverage"}
"""Pages that are found through another one of the masthead."""


@dataclass(frozen=True)
class Where:
    """Where a page stands: its language, its path below the language, and its query as it was asked."""

    language: Language
    path: str
    query: str = ""

    @property
    def text(self) -> Text:
        """The catalogue in the page's language."""
        return text_in(self.language)

    def address(self, path: str | None = None, language: str = "") -> str:
        """The address of a page in this language or another; of this one with its query where no path is given."""
        below = self.path if path is None else path
        query = f"?{self.query}" if path is None and self.query else ""
        return f"/{language or self.language}/{quote(below)}{query}"


@dataclass(frozen=True)
class Drawn:
    """A page with the charts on it, by name, so that their pictures and files can be made when they are asked for."""

    page: Page
    charts: dict[str, Chart] = field(default_factory=dict)


@cache
def text_in(language: str) -> Text:
    """One catalogue object a language."""
    return Text(language)


def show(page: Page, where: Where) -> bytes:
    """A page as the server sends it: with navigation, the language switch, and style and script as files."""
    text = where.text
    first = where.path.split("/")[0]
    navigation = tuple(
        kit.Link(where.address(path), text(f"app.nav.{name}"), current=path == _BELOW.get(first, first))
        for name, path in NAVIGATION
    )
    languages = kit.language_links([(language, where.address(language=language)) for language in LANGUAGES], text)
    full = replace(page, navigation=navigation, languages=languages, home=where.address(""))
    return kit.render_page(full, text, assets=assets()).encode("utf-8")


def part(name: str, text: Text, **values: Any) -> Markup:
    """One of the app's own templates, filled."""
    return Markup(_templates().get_template(f"{name}.html").render(text=text, **values))


@cache
def _templates() -> Environment:
    return kit.environment().overlay(loader=PackageLoader("amur.app", "templates"))


# ── style, script, vintage ──────────────────────────────────────────────────────────────────────


@cache
def static_files() -> dict[str, tuple[bytes, str]]:
    """The files that pages link to, whole, by name; nothing else is served from a folder."""
    style = kit.style() + (_STATIC / "app.css").read_text(encoding="utf-8")
    own = ((_STATIC / name).read_text(encoding="utf-8") for name in ("app.js", "work.js"))
    script = "\n".join((kit.script(), *own))
    return {
        "amur.css": (style.encode("utf-8"), "text/css; charset=utf-8"),
        "amur.js": (script.encode("utf-8"), "text/javascript; charset=utf-8"),
    }


@cache
def assets() -> kit.Assets:
    """Style and script, whose addresses change with their content."""
    return kit.linked(*(f"/static/{name}?v={_digest(body)}" for name, (body, _) in static_files().items()))


@cache
def vintage() -> str:
    """What a page is made of besides its address: the data as shipped, the words, the style and the version."""
    parts = [f"{item.key}:{item.checksum}" for item in load_origins().values()]
    parts += [str(sorted(entries(language).items(), key=lambda item: item[0])) for language in LANGUAGES]
    parts += [_digest(body) for body, _ in static_files().values()]
    return _digest("\n".join(parts).encode("utf-8"))


def tag(*about: object) -> str:
    """The entity tag of an answer that depends on its address and the data alone."""
    return f'W/"{_digest("|".join([vintage(), *map(str, about)]).encode("utf-8"))}"'


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


# ── charts ──────────────────────────────────────────────────────────────────────────────────────


def collecting(found: dict[str, Chart], address: str, query: str = "") -> kit.Served:
    """Charts as links below `address`; each is noted in `found`, and its picture drawn when the page asks for it."""
    end = f"?{escape(query)}" if query else ""
    failed = text_in(address.split("/")[1])("app.picture_failed")

    def picture(record: Chart) -> dict[str, Markup]:
        found[record.name] = record
        base = f"{address}/chart/{record.name}"
        words = record.alt or f"{record.title}. {record.finding.plain}"
        # Without script the picture is an image in the colours of the light theme.
        lazy = Markup(
            '<div class="drawing" data-picture="{base}.html{end}" data-failed="{failed}"></div>'
            '<noscript><img loading="lazy" src="{base}.svg{end}" alt="{words}"></noscript>'
        ).format(base=base, end=Markup(end), words=words, failed=failed)
        return {"large": lazy, "small": Markup('<div class="drawing"></div>')}

    return kit.Served(
        lambda name, kind: f"{address}/chart/{name}.{kind.lower()}{'?' + query if query else ''}", picture
    )


def at_once(found: dict[str, Chart], address: str, query: str, size: str, text: Text) -> kit.Served:
    """As `collecting`, but the pictures for pages of one `size` stand in the markup, as what follows a slider wants.

    Another `size` than `large` or `small` leaves the pictures to be asked for.
    """
    later = collecting(found, address, query)
    if size not in ("large", "small"):
        return later

    def now(record: Chart) -> dict[str, Markup]:
        from amur.charts import NARROW, WIDE
        from amur.charts.rendering import picture
        from amur.kit.charting import legend

        found[record.name] = record
        width = WIDE if size == "large" else NARROW
        svg = picture(record.draw, text, legend=legend(record, text), width=width)
        return {"large": Markup(), "small": Markup(), size: Markup(svg)}

    return kit.Served(later.address, now)


def fragment(markup: Markup, *, first: int = 5000) -> bytes:
    """A part of a page that is sent alone; its notes are numbered from `first`, so that none is on the page already."""
    return kit.with_ids(markup, first=first).encode("utf-8")


def pictures(record: Chart, text: Text) -> bytes:
    """A chart's pictures for large and small pages, in the colours of the theme."""
    from amur.charts.rendering import render
    from amur.kit.charting import legend

    drawn = render(record.draw, text, legend=legend(record, text))
    return f'<div class="large">{drawn.svg_page}</div><div class="small">{drawn.svg_phone}</div>'.encode()


def chart_bytes(record: Chart, kind: str, text: Text) -> bytes:
    """A chart's picture or file by the ending of its address."""
    if kind == "html":
        return pictures(record, text)
    return kit.chart_file(record, kind.upper(), text)  # type: ignore[arg-type]


CHART_TYPES = {
    "html": "text/html; charset=utf-8",
    "png": "image/png",
    "svg": "image/svg+xml",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def twin_links(where: Where, address: str, kinds: Sequence[str] = ("json", "csv"), query: str = "") -> Markup:
    """Links to the same page as data."""
    end = f"?{query}" if query else ""
    links = [(kind.upper(), f"{address}.{kind}{end}") for kind in kinds]
    return part("twins", where.text, links=links)
