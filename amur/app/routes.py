"""The addresses of the pages: each leads to a page, its twins as data, and the files of its charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from amur.app import checking, home, lab_routes, pair_routes, study_routes, tables, world_routes
from amur.app.answers import HTML, TYPES, asked, asked_where, chosen, fresh, kept, state_of, where_of
from amur.app.problems import MissingError
from amur.app.shell import show, static_files
from amur.coverage import described_sources
from amur.kit import Section
from amur.measuring import measures
from amur.output import as_csv, as_json
from amur.text import LANGUAGES

__all__ = ["Section", "router", "show", "where_of"]

router = APIRouter()

# ── home, static files ──────────────────────────────────────────────────────────────────


@router.get("/")
async def front(request: Request) -> Response:
    """To the language that the reader prefers."""
    wanted = [word.split(";")[0].strip()[:2].lower() for word in request.headers.get("accept-language", "").split(",")]
    language = next((word for word in wanted if word in LANGUAGES), LANGUAGES[0])
    return RedirectResponse(f"/{language}/", 307)


@router.get("/static/{name}")
async def static(name: str) -> Response:
    """Style and script, by name from memory."""
    found = static_files().get(name)
    if found is None:
        raise MissingError(f"There is no file '{name[:80]}'.")
    return Response(found[0], headers={"cache-control": "public, max-age=31536000, immutable"}, media_type=found[1])


@router.get("/{language}")
async def bare_route(request: Request, language: str) -> Response:
    """A language without its slash."""
    asked_where(request)
    return RedirectResponse(f"/{language}/", 307)


@router.get("/{language}/")
async def home_route(request: Request, language: str) -> Response:
    """The first page."""
    where = asked_where(request)
    return await kept(request, ("home", language), lambda: show(home.home_page(where).page, where), quick=True)


router.include_router(pair_routes.router)
router.include_router(lab_routes.router)
router.include_router(study_routes.router)
router.include_router(world_routes.router)

# ── check ───────────────────────────────────────────────────────────────────────────────────────


async def _form(request: Request) -> dict[str, str]:
    body = (await request.body()).decode("utf-8", "replace")
    try:
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=20))
    except ValueError as error:
        raise MissingError("The form has too many fields.") from error


@router.get("/{language}/check")
async def check_route(request: Request, language: str) -> Response:
    """The empty form; with a text in the address, which may be shared, the report on it."""
    where, given, settings = asked_where(request), asked(request), state_of(request)[2]
    if given.get("text"):
        return await fresh(request, lambda: show(checking.check_page(where, given, settings).page, where))
    return await kept(
        request, ("check", language), lambda: show(checking.check_form(where, {}).page, where), quick=True
    )


@router.post("/{language}/check")
async def check_sent(request: Request, language: str) -> Response:
    """The report on the text that was sent."""
    where, given, settings = asked_where(request), await _form(request), state_of(request)[2]
    return await fresh(request, lambda: show(checking.check_page(where, given, settings).page, where))


@router.get("/{language}/check.{kind}")
async def check_twin(request: Request, language: str, kind: str) -> Response:
    """The report on a text in the address, as data."""
    return await _check_file(request, language, kind, asked(request))


@router.post("/{language}/check.{kind}")
async def check_file(request: Request, language: str, kind: str) -> Response:
    """The report on the text that was sent, as data."""
    return await _check_file(request, language, kind, await _form(request))


async def _check_file(request: Request, language: str, kind: str, given: Mapping[str, str]) -> Response:
    settings = state_of(request)[2]
    if kind not in ("json", "csv", "html"):
        raise MissingError(f"A report has no twin '.{kind[:20]}'. Use .json, .csv or .html.")
    work = lambda: checking.report_file(checking.check_text(given, settings), kind, language)  # noqa: E731
    response = await fresh(request, work, kind=TYPES[kind])
    response.headers["content-disposition"] = f'attachment; filename="amur-check.{kind}"'
    return response


# ── sources and methods ─────────────────────────────────────────────────────────────────────────


@router.get("/{language}/sources")
async def sources_route(request: Request, language: str) -> Response:
    """What Amur holds."""
    where = asked_where(request)
    return await kept(request, ("sources", language), lambda: show(tables.sources_page(where).page, where))


@router.get("/{language}/methods")
async def methods_route(request: Request, language: str) -> Response:
    """How Amur counts."""
    where = asked_where(request)
    return await kept(request, ("methods", language), lambda: show(tables.methods_page(where).page, where))


@router.get("/{language}/{name}.{kind}")
async def table_file(request: Request, language: str, name: str, kind: str) -> Response:
    """Sources and methods as data."""
    where = asked_where(request)
    content: dict[str, Callable[[], list[dict[str, Any]]]] = {
        "sources": described_sources,
        "methods": lambda: [item.to_dict(where.language) for item in measures()],
    }
    if name not in content:
        raise MissingError(f"There is no page '{name[:80]}'.")
    key = "measures" if name == "methods" else name
    makers: dict[str, Callable[[], bytes]] = {
        "json": lambda: as_json({key: content[name]()}).encode("utf-8"),
        "csv": lambda: as_csv(content[name]()).encode("utf-8"),
    }
    return await kept(request, (name, kind, language), chosen(makers, kind), kind=TYPES.get(kind, HTML))
