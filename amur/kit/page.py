"""Whole pages: one self-contained file, or the same page served with its style and script as files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from markupsafe import Markup

from amur.figures import Figure
from amur.kit import assets as kit_assets
from amur.kit.assets import Assets
from amur.kit.markup import environment, part, refuse_same_ids, slug, with_ids
from amur.kit.numbers import Sentence, Shown, figure
from amur.kit.sources import origin_entry
from amur.origins import Origin
from amur.periods import Period
from amur.text import Language, Text

NAME = "Amur"


@dataclass(frozen=True)
class Link:
    """An entry of the navigation or of the language switch."""

    href: str
    label: str
    current: bool = False
    language: str = ""


@dataclass(frozen=True)
class Section:
    """A chapter: an id, a heading and its parts in order (plain text is escaped)."""

    name: str
    title: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class KeyFigure:
    """One entry of the headline strip: what it is, the number, and one line beside it."""

    label: str
    value: Figure | Shown | None
    aside: str = ""


@dataclass(frozen=True)
class Page:
    """A page: title, standfirst, key figures, sections, and a foot that says whose data and how to rebuild it."""

    title: str
    description: str
    sections: tuple[Section, ...]
    eyebrow: str = ""
    headline: tuple[KeyFigure, ...] = ()
    newest: Period | None = None
    origins: tuple[Origin, ...] = ()
    cite: str = ""
    rebuild: str = ""
    languages: tuple[Link, ...] = ()
    navigation: tuple[Link, ...] = ()
    home: str = ""


def render_page(page: Page, text: Text, *, assets: Assets | None = None, template: str = "page.html") -> str:
    """The page as HTML; without `assets` style and script are inside it, allowed by their hashes."""
    for section in page.sections:
        slug(section.name)
    shown = {
        **{name: getattr(page, name) for name in page.__dataclass_fields__},
        "headline": headline(page.headline, text) if page.headline else Markup(),
        "origins": [origin_entry(origin, text) for origin in page.origins],
        "sections": [_chapter(section) for section in page.sections],
    }
    html = (
        environment()
        .get_template(template)
        .render(
            page=shown,
            text=text,
            assets=assets or kit_assets.inline(),
            themes=_themes(text),
            version=_version(),
            name=NAME,
        )
    )
    refuse_same_ids(html := with_ids(html))
    return html


def headline(items: Sequence[KeyFigure], text: Text) -> Markup:
    """The strip of key figures; one without value says that it is missing."""
    shown = [
        {
            "label": item.label,
            "value": figure(item.value, text) if item.value is not None else text("kit.figure.missing"),
            "aside": item.aside,
        }
        for item in items
    ]
    return part("strip", shown, text("kit.key_figures"))


def paragraph(words: str | Sentence) -> Markup:
    """A paragraph of running text."""
    return Markup("<p>{}</p>").format(words)


def notice(words: str | Sentence, *, kind: str = "missing") -> Markup:
    """A box with one sentence: what is `missing` and why, or `info`."""
    return part("notice", words, kind)


def definitions(items: Sequence[tuple[str, str | Sentence]]) -> Markup:
    """Terms and what they mean."""
    return part("terms", list(items))


def language_links(addresses: Sequence[tuple[Language, str]], text: Text) -> tuple[Link, ...]:
    """The language switch: each language in its own name, with the address of the page in it."""
    return tuple(
        Link(address, Text(language)("kit.language"), current=language == text.language, language=language)
        for language, address in addresses
    )


def _chapter(section: Section) -> dict[str, object]:
    return {"name": section.name, "title": section.title, "parts": section.parts}


def _themes(text: Text) -> str:
    return json.dumps({name: text(f"kit.theme_{name}") for name in ("auto", "light", "dark")}, ensure_ascii=False)


def _version() -> str:
    try:
        return version("amur")
    except PackageNotFoundError:
        # Run from a checkout that was not installed.
        return "dev"
