"""Altair, imported when the first chart is drawn: it takes most of a second, and another process may draw."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair as alt
else:

    class _Later:
        """Stands for Altair until one of its names is asked for."""

        def __getattr__(self, name: str) -> Any:
            return getattr(import_module("altair"), name)

    alt = _Later()

__all__ = ["alt"]
