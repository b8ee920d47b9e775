"""The addresses of the world page: the map, its parts, and the matrix."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from amur.app import world
from amur.app.answers import HTML, TYPES, asked, asked_where, chart_answer, chosen, kept, state_of
from amur.app.shell import Drawn, Where, show
from amur.errors import AmurError
from amur.output import as_csv, as_json

router = APIRouter()


def _page(request: Request, where: Where, wanted: world.Asked) -> Drawn:
    pages = state_of(request)[1]
    return pages.get(("world", where.language, wanted), lambda: world.world_page(where, wanted))


def _matrix(request: Request, where: Where, wanted: world.Asked) -> Drawn:
    pages = state_of(request)[1]
    return pages.get(("matrix", where.language, wanted), lambda: world.matrix_page(where, wanted))


@router.get("/{language}/world")
async def world_route(request: Request, language: str) -> Response:
    """A measure across the world; names lead to the address of their codes."""
    where, given = asked_where(request), asked(request)
    try:
        wanted = world.asked_of(given)
    except AmurError as error:
        trouble = str(error)
        work = lambda: show(world.trouble_page(where, given, trouble), where)  # noqa: E731
        response = await kept(request, ("world", language, where.query), work, quick=True)
        response.status_code = 404 if response.status_code == 200 else response.status_code
        return response
    if given and where.query != wanted.address():
        return RedirectResponse(f"{where.address('world')}?{wanted.address()}", 303)
    make = lambda: show(_page(request, where, wanted).page, where)  # noqa: E731
    return await kept(request, ("world", language, where.query), make)


@router.get("/{language}/world/part")
async def world_part(request: Request, language: str, size: str = "") -> Response:
    """The map alone, as the slider asks for it; drawn for one `size` of page where that is named."""
    where, wanted = asked_where(request), world.asked_of(asked(request))
    work = lambda: world.world_part(where, wanted, size)  # noqa: E731
    return await kept(request, ("world part", language, wanted, size[:5]), work, quick=True)


@router.get("/{language}/world.{kind}")
async def world_file(request: Request, language: str, kind: str) -> Response:
    """The figures of the map as data."""
    wanted = world.asked_of(asked(request))
    makers: dict[str, Callable[[], bytes]] = {
        "json": lambda: as_json(world.world_data(wanted, language)).encode("utf-8"),
        "csv": lambda: as_csv(world.world_rows(wanted, language)).encode("utf-8"),
    }
    return await kept(request, ("world", kind, language, wanted), chosen(makers, kind), kind=TYPES.get(kind, HTML))


@router.get("/{language}/world/chart/{file}")
async def world_chart(request: Request, language: str, file: str) -> Response:
    """The map as a picture or file."""
    where, wanted = asked_where(request), world.asked_of(asked(request))
    there = Where(where.language, "world", wanted.address())
    return await chart_answer(request, ("world", language, str(wanted)), file, lambda: _page(request, there, wanted))


@router.get("/{language}/world/matrix")
async def matrix_route(request: Request, language: str) -> Response:
    """The matrix as a page of its own."""
    where, wanted = asked_where(request), world.asked_of(asked(request))
    make = lambda: show(_matrix(request, where, wanted).page, where)  # noqa: E731
    return await kept(request, ("matrix", language, where.query), make)


@router.get("/{language}/world/matrix/part")
async def matrix_part(request: Request, language: str) -> Response:
    """The matrix as the world page fetches it."""
    where, wanted = asked_where(request), world.asked_of(asked(request))
    return await kept(request, ("matrix part", language, wanted), lambda: world.matrix_part(where, wanted))


@router.get("/{language}/world/matrix.{kind}")
async def matrix_file(request: Request, language: str, kind: str) -> Response:
    """The matrix as data."""
    where, wanted = asked_where(request), world.asked_of(asked(request))
    makers: dict[str, Callable[[], bytes]] = {
        "json": lambda: as_json({"cells": world.matrix_rows(wanted, where.text)}).encode("utf-8"),
        "csv": lambda: as_csv(world.matrix_rows(wanted, where.text)).encode("utf-8"),
    }
    return await kept(request, ("matrix", kind, language, wanted), chosen(makers, kind), kind=TYPES.get(kind, HTML))


@router.get("/{language}/world/matrix/chart/{file}")
async def matrix_chart(request: Request, language: str, file: str) -> Response:
    """The matrix as a picture or file."""
    where, wanted = asked_where(request), world.asked_of(asked(request))
    there = Where(where.language, "world/matrix", wanted.address())
    return await chart_answer(request, ("matrix", language, str(wanted)), file, lambda: _matrix(request, there, wanted))
