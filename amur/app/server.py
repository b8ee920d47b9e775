"""create_app and serve: the app put together, and started."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from amur.app import api, routes
from amur.app.guard import SENT_ALWAYS, Guard
from amur.app.problems import BusyError, kind_of, problem_bytes, status_of, title_of
from amur.app.settings import Settings
from amur.app.work import Desk, Shelf
from amur.errors import AmurError
from amur.kit import Page, notice

DESCRIPTION = (
    "Measure, simulate and check economic dependence between countries. Names are those of the Python package; "
    "rates and shares are fractions. Errors are problem details as in RFC 9457."
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The app with all its limits; nothing heavy is loaded before the first request."""
    chosen = settings or Settings()
    desk = Desk(chosen)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        desk.close()

    app = FastAPI(
        title="Amur", version=_version(), description=DESCRIPTION, lifespan=lifespan,
        openapi_url="/api/v1/openapi.json", docs_url=None, redoc_url=None, redirect_slashes=False,
    )  # fmt: skip
    app.state.settings, app.state.desk = chosen, desk
    app.state.pages, app.state.starts = Shelf(chosen.kept_records), Shelf(24)
    app.include_router(api.router, prefix="/api/v1")
    app.include_router(routes.router, include_in_schema=False)
    app.add_exception_handler(AmurError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _failed)
    app.add_middleware(Guard, settings=chosen)
    return app


def serve(*, host: str = "127.0.0.1", port: int = 8000, token: str | None = None) -> None:
    """Serve until stopped. Raises InputError where other machines could ask and no token is given."""
    import uvicorn

    settings = Settings(host=host, port=port, token=token)
    uvicorn.run(
        create_app(settings), host=host, port=port, log_level="warning", access_log=False, server_header=False,
        timeout_keep_alive=5, limit_concurrency=256, h11_max_incomplete_event_size=32_768, http="h11", ws="none",
    )  # fmt: skip


def _version() -> str:
    try:
        return version("amur")
    except PackageNotFoundError:
        return "dev"


# ── errors ──────────────────────────────────────────────────────────────────────────────────────


async def _refused(request: Request, error: Exception) -> Response:
    status = status_of(error) if isinstance(error, AmurError) else 500
    return _told(request, status, title_of(error), str(error), kind=kind_of(error))


async def _invalid(request: Request, error: Exception) -> Response:
    found = error.errors() if isinstance(error, RequestValidationError) else []
    faults = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in found[:5]]
    return _told(request, 422, "Invalid request", "; ".join(faults) or "The request cannot be read.", kind="invalid")


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    words = error.detail if isinstance(error, HTTPException) else ""
    response = _told(request, status, str(words), "Nothing is found at this address." if status == 404 else str(words))
    response.headers.update(headers)
    return response


async def _failed(request: Request, _: Exception) -> Response:
    response = _told(request, 500, "Internal error", "The request failed here. The log of the server says why.")
    # This answer is made outside the guard.
    response.headers.update({name.decode("ascii"): value.decode("ascii") for name, value in SENT_ALWAYS})
    return response


def _told(request: Request, status: int, title: str, detail: str, *, kind: str = "") -> Response:
    """A problem for programs, a page for readers."""
    headers: dict[str, Any] = {"retry-after": "2"} if kind == kind_of(BusyError()) else {}
    where = routes.where_of(request)
    wants_page = where is not None and "text/html" in request.headers.get("accept", "")
    if where is None or not wants_page:
        body = problem_bytes(status, title, detail, kind=kind)
        return Response(body, status, headers, media_type="application/problem+json")
    text = where.text
    key = {404: "missing", 503: "busy"}.get(status, "failed" if status >= 500 else "refused")
    page = Page(
        title=text(f"app.error.{key}"),
        description=text(f"app.error.{key}_words"),
        sections=(routes.Section("what", text("app.error.what"), (notice(detail),)),),
    )
    return Response(routes.show(page, where), status, headers, media_type="text/html")
