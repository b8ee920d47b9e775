"""Amur: measure, simulate and check economic dependence between countries."""

from __future__ import annotations

import importlib
from typing import Any

_EXPORTS = {
    "AmurError": "amur.errors",
    "Figure": "amur.figures",
    "Interval": "amur.intervals",
    "Period": "amur.periods",
}

__all__ = sorted(_EXPORTS)


def __getattr__(name: str) -> Any:
    if name not in _EXPORTS:
        raise AttributeError(f"module 'amur' has no attribute '{name}'")
    return getattr(importlib.import_module(_EXPORTS[name]), name)


def __dir__() -> list[str]:
    return __all__
