"""The app: measure, simulate and check in a browser, with an API of the same names as Python's."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from amur.app.running import serve
    from amur.app.server import create_app
    from amur.app.settings import Settings

_EXPORTS = {"Settings": "settings", "create_app": "server", "serve": "running"}

__all__ = ["Settings", "create_app", "serve"]


def __getattr__(name: str) -> Any:
    if name not in _EXPORTS:
        raise AttributeError(f"module 'amur.app' has no attribute '{name}'")
    return getattr(import_module(f"amur.app.{_EXPORTS[name]}"), name)


def __dir__() -> list[str]:
    return __all__
