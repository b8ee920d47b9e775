"""Claims: statistical statements in a text, read by rule and without a network."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amur.claims.claim import Claim, Document, Reading
    from amur.claims.reader import read

__all__ = ["Claim", "Document", "Reading", "read"]

_HOME = {"Claim": "claim", "Document": "claim", "Reading": "claim", "read": "reader"}


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
