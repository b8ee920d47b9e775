"""Style and script of a page, inline or as files of a server, and the policy that allows just these."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from amur.charts.palette import TOKENS, Theme

_FOLDER = Path(__file__).parent / "static"

SERVER_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The content-security policy that a server sends with pages whose style and script are files."""


@dataclass(frozen=True)
class Assets:
    """Where a page finds its style and script: inside itself, or at an address of the same server."""

    style: str = ""
    script: str = ""
    policy: str = ""
    style_href: str = ""
    script_href: str = ""


@cache
def style() -> str:
    """The one stylesheet: colours from the palette, then `static/page.css`."""
    # The print rule names the root three times, so that a chosen theme cannot outrank it.
    dark = f"color-scheme:dark;{_variables('dark')}"
    parts = [
        f":root{{color-scheme:light;{_variables('light')}}}",
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}",
        f":root[data-theme=dark]{{{dark}}}",
        f"@media print{{:root:root:root{{color-scheme:light;{_variables('light')}}}}}",
        re.sub(r"/\*.*?\*/\s*", "", (_FOLDER / "page.css").read_text(encoding="utf-8"), flags=re.DOTALL),
    ]
    return "".join(parts)


@cache
def script() -> str:
    """The one script, `static/page.js`, without its comments and indentation."""
    text = (_FOLDER / "page.js").read_text(encoding="utf-8")
    return re.sub(r"\n\s+", "\n", re.sub(r"/\*.*?\*/\s*", "", text, flags=re.DOTALL))


@cache
def inline() -> Assets:
    """Style and script inside the page, allowed by their hashes; nothing else is allowed, from anywhere."""
    policy = (
        f"default-src 'none'; style-src '{_hash(style())}'; script-src '{_hash(script())}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return Assets(style=style(), script=script(), policy=policy)


def linked(style_href: str, script_href: str) -> Assets:
    """Style and script as files of the server, which sends `SERVER_POLICY` as a header."""
    return Assets(style_href=style_href, script_href=script_href)


def _variables(theme: Theme) -> str:
    return "".join(f"--{name}:{getattr(colour, theme)};" for name, colour in TOKENS.items())


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
