"""create_app: the app put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from amur.app import api, routes
from amur.app.crew import Threads
from amur.app.exchange import Answer, Asked, Receive, Scope, Send, asked_of
from amur.app.front import Front
from amur.app.guard import Guard
from amur.app.office import Office
from amur.app.settings import Settings
from amur.app.telling import error_told, problem_told
from amur.app.work import Desk, Shelf
from amur.errors import AmurError

DESCRIPTION = (
    "Measure, simulate and check economic dependence between countries. Names are those of the Python package; "
    "rates and shares are fractions. Errors are problem details as in RFC 9457."
)


class App:
    """The app as an ASGI callable, behind its guard and its line of jobs; `state` holds its parts."""

    def __init__(self, settings: Settings) -> None:
        """The work is done in threads of this process."""
        inner = inner_app(settings)
        self.state = inner.state
        self.front = Front(Office(Threads(inner, settings), settings), settings, inner)
        self._guard = Guard(self.front, settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        await self._guard(scope, receive, send)


def create_app(settings: Settings | None = None) -> App:
    """The app with all its limits, in one process; nothing heavy is loaded before the first request."""
    return App(settings or Settings())


def inner_app(settings: Settings) -> FastAPI:
    """Pages and API alone, without what stands before them."""
    desk = Desk(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        desk.close()

    app = FastAPI(
        title="Amur", version=_version(), description=DESCRIPTION, lifespan=lifespan,
        openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False,
    )  # fmt: skip
    app.state.settings, app.state.desk = settings, desk
    app.state.pages, app.state.starts = Shelf(settings.kept_records), Shelf(24)
    app.include_router(api.router, prefix="/api/v1")
    app.include_router(routes.router, include_in_schema=False)
    app.add_exception_handler(AmurError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(UnicodeError, _unwritable)
    app.add_exception_handler(Exception, _failed)
    return app


def _version() -> str:
    try:
        return version("amur")
    except PackageNotFoundError:
        return "dev"


# ── errors ──────────────────────────────────────────────────────────────────────────────────────


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, AmurError):
        return await _failed(request, error)
    return _response(error_told(_asked(request), error))


async def _invalid(request: Request, error: Exception) -> Response:
    found = error.errors() if isinstance(error, RequestValidationError) else []
    faults = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in found[:5]]
    detail = "; ".join(faults) or "The request cannot be read."
    return _response(problem_told(_asked(request), 422, "Invalid request", detail, kind="invalid"))


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        return await _failed(request, error)
    words = str(error.detail)
    detail = "Nothing is found at this address." if error.status_code == 404 else words
    response = _response(problem_told(_asked(request), error.status_code, words, detail))
    response.headers.update(dict(error.headers or {}))
    return response


async def _unwritable(request: Request, _: Exception) -> Response:
    """JSON can escape half a character, which no text that is written holds."""
    detail = "The request holds a character that no text can hold, such as half of a pair of surrogates. Take it out."
    return _response(problem_told(_asked(request), 422, "Invalid request", detail, kind="invalid"))


async def _failed(request: Request, _: Exception) -> Response:
    detail = "The request failed here. The log of the server says why."
    return _response(problem_told(_asked(request), 500, "Internal error", detail))


def _asked(request: Request) -> Asked:
    return asked_of(request.scope, b"")


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, dict(answer.headers))
