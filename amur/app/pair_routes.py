"""The addresses of a pair: the page, its parts that come later, its charts and its twins."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from amur.app import home, pair
from amur.app.answers import HTML, TYPES, asked, asked_where, attached, chart_answer, chosen, kept, state_of
from amur.app.shell import Drawn, Where, show
from amur.errors import AmurError

router = APIRouter()


@router.get("/{language}/pair")
async def pair_search(request: Request, language: str, a: str = "", b: str = "") -> Response:
    """From two names to the page of the pair, or back to the form with what is wrong."""
    where = asked_where(request)
    if not (a and b):
        return RedirectResponse(f"/{language}/", 303)
    try:
        first, second = home.find_pair(a[:80], b[:80])
    except AmurError as error:
        trouble = str(error)
        body = show(home.home_page(Where(where.language, ""), a[:80], b[:80], trouble).page, where)
        return Response(body, 404, media_type=HTML)
    return RedirectResponse(where.address(f"pair/{first}/{second}"), 303)


def _pair(request: Request, where: Where, a: str, b: str, wanted: pair.Chosen) -> Drawn:
    pages = state_of(request)[1]
    return pages.get(("pair", where.language, a, b, wanted), lambda: pair.pair_page(where, a, b, wanted))


@router.get("/{language}/pair/{a}/{b}")
async def pair_route(request: Request, language: str, a: str, b: str) -> Response:
    """The page of a pair, or with .json or .csv at the end its data."""
    where, given = asked_where(request), asked(request)
    other, _, kind = b.partition(".")
    end = f"?{where.query}" if where.query else ""
    if not home.is_pair(a, other):
        first, second = home.find_pair(a[:80], other[:80])
        return RedirectResponse(where.address(f"pair/{first}/{second}{'.' + kind if kind else ''}") + end, 303)
    try:
        wanted = pair.chosen_of(given, a, other)
    except AmurError as error:
        if kind:
            raise
        trouble = str(error)
        there = Where(where.language, f"pair/{a}/{other}")
        work = lambda: show(pair.trouble_page(there, a, other, trouble), there)  # noqa: E731
        response = await kept(request, ("pair", language, a, other, where.query), work)
        response.status_code = 404 if response.status_code == 200 else response.status_code
        return response
    if not kind and where.query != wanted.query():
        tail = f"?{wanted.query()}" if wanted.query() else ""
        return RedirectResponse(where.address(f"pair/{a}/{other}") + tail, 303)
    makers: dict[str, Callable[[], bytes]] = {
        "": lambda: show(_pair(request, where, a, other, wanted).page, where),
        "html": lambda: pair.pair_file(where, a, other, wanted),
        "json": lambda: pair.pair_json(where, a, other, wanted),
        "csv": lambda: pair.pair_csv(where, a, other, wanted),
    }
    key = ("pair", language, a, other, kind, wanted.query())
    response = await kept(request, key, chosen(makers, kind), kind=TYPES.get(kind, HTML))
    return attached(response, kind, f"{a}-{other}")


@router.get("/{language}/pair/{a}/{b}/chart/{file}")
async def pair_chart(request: Request, language: str, a: str, b: str, file: str) -> Response:
    """A chart of a pair: its picture for the page, or a file of it."""
    where = asked_where(request)
    home.find_pair(a, b)
    wanted = pair.chosen_of(asked(request), a, b)
    there = Where(where.language, f"pair/{a}/{b}", wanted.query())
    key = ("pair", language, a, b, wanted.query())
    return await chart_answer(request, key, file, lambda: _pair(request, there, a, b, wanted))


# ── why it moved ────────────────────────────────────────────────────────────────────────────────


def _why(request: Request, where: Where, a: str, b: str) -> Drawn:
    pages = state_of(request)[1]
    return pages.get(("why", where.language, a, b), lambda: pair.why_page(where, a, b))


@router.get("/{language}/pair/{a}/{b}/why")
async def why_route(request: Request, language: str, a: str, b: str) -> Response:
    """The chapter on why trade moved as a page of its own."""
    where = asked_where(request)
    home.find_pair(a, b)
    return await kept(request, ("why", language, a, b), lambda: show(_why(request, where, a, b).page, where))


@router.get("/{language}/pair/{a}/{b}/why/part")
async def why_part(request: Request, language: str, a: str, b: str) -> Response:
    """The same as the page of the pair fetches it."""
    where = asked_where(request)
    home.find_pair(a, b)
    return await kept(request, ("why part", language, a, b), lambda: pair.why_part(where, a, b))


@router.get("/{language}/pair/{a}/{b}/why/chart/{file}")
async def why_chart(request: Request, language: str, a: str, b: str, file: str) -> Response:
    """A chart of the chapter."""
    where = Where(asked_where(request).language, f"pair/{a}/{b}/why")
    home.find_pair(a, b)
    return await chart_answer(request, ("why", language, a, b), file, lambda: _why(request, where, a, b))


# ── what was chosen ─────────────────────────────────────────────────────────────────────────────


def _view(request: Request, where: Where, a: str, b: str, wanted: pair.Chosen) -> Drawn:
    pages = state_of(request)[1]
    return pages.get(("view", where.language, a, b, wanted), lambda: pair.view_page(where, a, b, wanted))


@router.get("/{language}/pair/{a}/{b}/view")
async def view_route(request: Request, language: str, a: str, b: str) -> Response:
    """The charts of the flow chosen as a page of their own."""
    where = asked_where(request)
    home.find_pair(a, b)
    wanted = pair.chosen_of(asked(request), a, b)
    make = lambda: show(_view(request, where, a, b, wanted).page, where)  # noqa: E731
    return await kept(request, ("view", language, a, b, wanted.query()), make)


@router.get("/{language}/pair/{a}/{b}/view/part")
async def view_part(request: Request, language: str, a: str, b: str) -> Response:
    """The same as the page of the pair fetches it."""
    where = asked_where(request)
    home.find_pair(a, b)
    wanted = pair.chosen_of(asked(request), a, b)
    key = ("view part", language, a, b, wanted.query())
    return await kept(request, key, lambda: pair.view_part(where, a, b, wanted))


@router.get("/{language}/pair/{a}/{b}/view/chart/{file}")
async def view_chart(request: Request, language: str, a: str, b: str, file: str) -> Response:
    """A chart of the flow chosen."""
    where = asked_where(request)
    home.find_pair(a, b)
    wanted = pair.chosen_of(asked(request), a, b)
    there = Where(where.language, f"pair/{a}/{b}/view", wanted.query())
    key = ("view", language, a, b, wanted.query())
    return await chart_answer(request, key, file, lambda: _view(request, there, a, b, wanted))
