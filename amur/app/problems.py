"""Problems as RFC 9457 has them: one JSON object with type, title, status and what to do."""

from __future__ import annotations

import json
import re

from amur.errors import (
    AmurError,
    CodeError,
    InputError,
    NoDataError,
    NoEquilibriumError,
    StoppedError,
)

_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")


class BusyError(AmurError):
    """More work waits than may stand in line; the request can be repeated."""


class TooSlowError(AmurError):
    """The answer was not ready within the time that a request may take."""


class LostError(AmurError):
    """The process that did the work ended before its time."""


class MissingError(InputError):
    """An address that leads nowhere."""


def problem(status: int, title: str, detail: str, *, kind: str = "") -> dict[str, object]:
    """The members of a problem; `kind` names the error, and makes the type."""
    return {
        "type": f"urn:amur:problem:{kind}" if kind else "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
    }


def problem_bytes(status: int, title: str, detail: str, *, kind: str = "") -> bytes:
    """The same as bytes to send."""
    return json.dumps(problem(status, title, detail, kind=kind), ensure_ascii=False).encode("utf-8")


def status_of(error: AmurError) -> int:
    """The status of an error: 404 where a name or its data are missing, 422 for what cannot be understood."""
    if isinstance(error, BusyError | TooSlowError | LostError):
        return 503
    if isinstance(error, StoppedError):
        return 409
    if isinstance(error, MissingError | CodeError | NoDataError):
        return 404
    return 422 if isinstance(error, InputError | NoEquilibriumError) else 500


def kind_of(error: Exception) -> str:
    """`no-data` for NoDataError."""
    return _WORDS.sub("-", type(error).__name__.removesuffix("Error")).lower()


def title_of(error: Exception) -> str:
    """`No data` for NoDataError."""
    words = kind_of(error).replace("-", " ")
    return words[:1].upper() + words[1:]
