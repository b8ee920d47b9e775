"""How routes answer: where a request stands, what is kept, what is made anew, and the files of a chart."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.responses import Response

from amur.app.problems import MissingError
from amur.app.settings import Settings
from amur.app.shell import CHART_TYPES, Drawn, Where, chart_bytes, tag
from amur.app.work import Desk, Shelf
from amur.text import LANGUAGES

HTML = "text/html; charset=utf-8"
TYPES = {"html": HTML, "json": "application/json", "csv": "text/csv; charset=utf-8", "yaml": "application/yaml"}


def where_of(request: Request) -> Where | None:
    """Where a request for a page stands; None where its address is of no page."""
    language, _, path = request.url.path.lstrip("/").partition("/")
    if language not in LANGUAGES:
        return None
    return Where(language, path, request.url.query)  # type: ignore[arg-type]


def asked(request: Request) -> dict[str, str]:
    """The fields of the address, without those left empty."""
    return dict(parse_qsl(request.url.query, max_num_fields=60))


def asked_where(request: Request) -> Where:
    """The same, for a route of a page. Raises MissingError where the language is none."""
    where = where_of(request)
    if where is None:
        raise MissingError(f"There is no page at {request.url.path[:200]}. Begin at /en/ or /sv/.")
    return where


def state_of(request: Request) -> tuple[Desk, Shelf[Drawn], Settings]:
    """Where work is done, the pages with their charts, and the limits."""
    state = request.app.state
    return state.desk, state.pages, state.settings


async def kept(
    request: Request, key: Hashable, work: Callable[[], bytes], *, kind: str = HTML, quick: bool = False
) -> Response:
    """An answer that only address and data decide: not made where the reader has it, else kept once it is made."""
    mark = tag(key)
    headers = {"etag": mark, "cache-control": "no-cache"}
    if mark in (item.strip() for item in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    body = await state_of(request)[0].do(work, quick=quick)
    return Response(body, headers=headers, media_type=kind)


def attached(response: Response, kind: str, name: str) -> Response:
    """The same; a whole page is sent as a file, since its style and script are inside it."""
    if kind == "html":
        response.headers["content-disposition"] = f'attachment; filename="amur-{name}.html"'
    return response


async def fresh(request: Request, work: Callable[[], Any], *, kind: str = HTML, quick: bool = False) -> Response:
    """An answer that is made each time, and kept nowhere."""
    body = await state_of(request)[0].do(work, quick=quick)
    return Response(body, headers={"cache-control": "no-store"}, media_type=kind)


async def chart_answer(request: Request, key: tuple[str, ...], file: str, page: Callable[[], Drawn]) -> Response:
    """A chart of a page: its picture for the page, or a file of it."""
    name, _, kind = file.rpartition(".")
    if kind not in CHART_TYPES:
        raise MissingError(f"A chart has no file of the kind '{kind[:20]}'. Use one of: {', '.join(CHART_TYPES)}.")
    where = asked_where(request)

    def make() -> bytes:
        record = page().charts.get(name)
        if record is None:
            raise MissingError(f"The page has no chart '{name[:80]}'.")
        return chart_bytes(record, kind, where.text)

    return await kept(request, (*key, "chart", file), make, kind=CHART_TYPES[kind])


def chosen(makers: dict[str, Callable[[], bytes]], kind: str) -> Callable[[], bytes]:
    """What makes a page's twin of a kind. Raises MissingError where there is none."""
    if kind not in makers:
        known = ", ".join(f".{name}" for name in makers if name)
        raise MissingError(f"The page has no twin '.{kind[:20]}'. Use {known}.")
    return makers[kind]
