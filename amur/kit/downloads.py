"""Files inside a page, as data addresses with sensible names."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Literal

FileKind = Literal["PNG", "SVG", "CSV", "JSON", "XLSX"]

_TYPES: dict[FileKind, str] = {
    "PNG": "image/png",
    "SVG": "image/svg+xml",
    "CSV": "text/csv;charset=utf-8",
    "JSON": "application/json",
    "XLSX": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Download:
    """A link to a file: its kind, address, file name, and what a screen reader says.

    Without an address the page's script draws the file from the SVG beside it when it is asked for.
    """

    kind: FileKind
    href: str
    file: str
    label: str


def of_bytes(kind: FileKind, content: bytes, *, name: str, label: str) -> Download:
    """A file inside the page."""
    href = f"data:{_TYPES[kind]};base64,{base64.b64encode(content).decode('ascii')}"
    return link(kind, href, name=name, label=label)


def of_text(kind: FileKind, content: str, *, name: str, label: str) -> Download:
    """A text file inside the page."""
    return of_bytes(kind, content.encode("utf-8"), name=name, label=label)


def drawn_on_demand(kind: FileKind, *, name: str, label: str) -> Download:
    """A file that the reader's browser makes; hidden where no script runs."""
    return link(kind, "", name=name, label=label)


def link(kind: FileKind, href: str, *, name: str, label: str) -> Download:
    """A file at an address, as a server offers it."""
    return Download(kind, href, f"amur-{name}.{kind.lower()}", f"{kind}: {label}")
