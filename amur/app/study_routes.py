"""The addresses of studies: leverage of a pair, the triangle of powers, and why trade moved."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from amur.app import explain, home
from amur.app import leverage as lever
from amur.app.answers import HTML, TYPES, asked, asked_where, attached, chart_answer, chosen, kept, state_of
from amur.app.shell import Drawn, Where, show
from amur.errors import AmurError
from amur.leverage import overview
from amur.output import as_csv, as_json
from amur.pages.triangle_rows import triangle_data, triangle_rows

router = APIRouter()


# ── leverage ────────────────────────────────────────────────────────────────────────────────────


def _everybody(request: Request, where: Where) -> Drawn:
    pages = state_of(request)[1]
    return pages.get(("leverage", where.language), lambda: lever.leverage_home(where, {}))


@router.get("/{language}/leverage")
async def leverage_route(request: Request, language: str) -> Response:
    """Everybody over everybody, and the forms."""
    where = asked_where(request)
    return await kept(request, ("leverage", language), lambda: show(_everybody(request, where).page, where))


@router.get("/{language}/leverage.{kind}")
async def leverage_file(request: Request, language: str, kind: str) -> Response:
    """The whole matrix as data."""
    makers: dict[str, Callable[[], bytes]] = {
        "json": lambda: as_json({"pairs": lever.everybody_rows()}).encode("utf-8"),
        "csv": lambda: as_csv(lever.everybody_rows()).encode("utf-8"),
    }
    return await kept(request, ("leverage", kind), chosen(makers, kind), kind=TYPES.get(kind, HTML))


@router.get("/{language}/leverage/chart/{file}")
async def leverage_everybody_chart(request: Request, language: str, file: str) -> Response:
    """The picture of the matrix."""
    where = asked_where(request)
    return await chart_answer(request, ("leverage", language), file, lambda: _everybody(request, where))


@router.get("/{language}/leverage/find")
async def leverage_find(request: Request, language: str, a: str = "", b: str = "") -> Response:
    """From two names to their page, or back to the form with what is wrong."""
    where = asked_where(request)
    try:
        first, second = home.find_pair(a[:80], b[:80])
    except AmurError as error:
        trouble, there = str(error), Where(where.language, "leverage")
        given = {"a": a[:80], "b": b[:80]}
        response = await kept(
            request, ("leverage", language, a[:80], b[:80]),
            lambda: show(lever.leverage_home(there, given, trouble).page, there),
        )  # fmt: skip
        response.status_code = 404 if response.status_code == 200 else response.status_code
        return response
    return RedirectResponse(where.address(f"leverage/{first}/{second}"), 303)


def _pair_leverage(request: Request, where: Where, a: str, b: str) -> Drawn:
    pages = state_of(request)[1]
    return pages.get(("leverage", where.language, a, b), lambda: lever.leverage_page(where, a, b))


@router.get("/{language}/leverage/{a}/{b}")
async def leverage_pair(request: Request, language: str, a: str, b: str) -> Response:
    """The leverage of a pair, or with .json or .csv at the end its data."""
    where = asked_where(request)
    other, _, kind = b.partition(".")
    if not home.is_pair(a, other):
        first, second = home.find_pair(a[:80], other[:80])
        return RedirectResponse(where.address(f"leverage/{first}/{second}{'.' + kind if kind else ''}"), 303)
    makers: dict[str, Callable[[], bytes]] = {
        "": lambda: show(_pair_leverage(request, where, a, other).page, where),
        "html": lambda: lever.leverage_file(a, other, language),
        "json": lambda: as_json(lever.leverage_of(a, other).to_dict()).encode("utf-8"),
        "csv": lambda: as_csv([dict(vars(row)) for row in overview(lever.leverage_of(a, other))]).encode("utf-8"),
    }
    make = chosen(makers, kind)
    response = await kept(request, ("leverage", language, a, other, kind), make, kind=TYPES.get(kind, HTML))
    return attached(response, kind, f"leverage-{a}-{other}")


@router.get("/{language}/leverage/{a}/{b}/chart/{file}")
async def leverage_chart(request: Request, language: str, a: str, b: str, file: str) -> Response:
    """A chart of the leverage of a pair."""
    where = Where(asked_where(request).language, f"leverage/{a}/{b}")
    home.find_pair(a, b)
    key = ("leverage", language, a, b)
    return await chart_answer(request, key, file, lambda: _pair_leverage(request, where, a, b))


def _frontier(request: Request, where: Where, a: str, b: str) -> Drawn:
    pages = state_of(request)[1]
    return pages.get(("frontier", where.language, a, b), lambda: lever.frontier_page(where, a, b))


@router.get("/{language}/leverage/{a}/{b}/frontier")
@router.get("/{language}/leverage/{a}/{b}/frontier.{kind}")
async def frontier_route(request: Request, language: str, a: str, b: str, kind: str = "") -> Response:
    """What hurting the other costs, at best."""
    where = asked_where(request)
    if not home.is_pair(a, b):
        first, second = home.find_pair(a[:80], b[:80])
        return RedirectResponse(where.address(f"leverage/{first}/{second}/frontier{'.' + kind if kind else ''}"), 303)
    makers: dict[str, Callable[[], bytes]] = {
        "": lambda: show(_frontier(request, where, a, b).page, where),
        "json": lambda: as_json(lever.frontier_of(a, b).to_dict()).encode("utf-8"),
        "csv": lambda: as_csv(lever.frontier_rows(a, b)).encode("utf-8"),
    }
    make = chosen(makers, kind)
    return await kept(request, ("frontier", language, a, b, kind), make, kind=TYPES.get(kind, HTML))


@router.get("/{language}/leverage/{a}/{b}/frontier/chart/{file}")
async def frontier_chart(request: Request, language: str, a: str, b: str, file: str) -> Response:
    """A chart of the frontier."""
    where = Where(asked_where(request).language, f"leverage/{a}/{b}/frontier")
    home.find_pair(a, b)
    return await chart_answer(request, ("frontier", language, a, b), file, lambda: _frontier(request, where, a, b))


# ── three powers ────────────────────────────────────────────────────────────────────────────────


def _triangle(request: Request, where: Where, places: tuple[str, ...]) -> Drawn:
    pages = state_of(request)[1]
    return pages.get(("triangle", where.language, *places), lambda: lever.triangle_page(where, places))


@router.get("/{language}/triangle")
async def triangle_route(request: Request, language: str) -> Response:
    """Three or four powers; names lead to the address of their codes."""
    where, given = asked_where(request), asked(request)
    if not given:
        return RedirectResponse(where.address("leverage") + "#powers", 303)
    try:
        places = lever.find_places(given)
    except AmurError as error:
        trouble, there = str(error), Where(where.language, "leverage")
        response = await kept(request, ("triangle", language, str(sorted(given.items()))),
                              lambda: show(lever.leverage_home(there, given, trouble).page, there))  # fmt: skip
        response.status_code = 404 if response.status_code == 200 else response.status_code
        return response
    if where.query != lever.triangle_query(places):
        return RedirectResponse(lever.triangle_address(where, places), 303)
    make = lambda: show(_triangle(request, where, places).page, where)  # noqa: E731
    return await kept(request, ("triangle", language, *places), make)


@router.get("/{language}/triangle.{kind}")
async def triangle_file(request: Request, language: str, kind: str) -> Response:
    """The tables of the triangle as data."""
    where, places = asked_where(request), lever.find_places(asked(request))
    makers: dict[str, Callable[[], bytes]] = {
        "json": lambda: as_json(triangle_data(places, where.text)).encode("utf-8"),
        "csv": lambda: as_csv(triangle_rows(places, where.text)).encode("utf-8"),
    }
    return await kept(request, ("triangle", kind, language, *places), chosen(makers, kind), kind=TYPES.get(kind, HTML))


@router.get("/{language}/triangle/chart/{file}")
async def triangle_chart(request: Request, language: str, file: str) -> Response:
    """The chart of the triangle."""
    where, places = asked_where(request), lever.find_places(asked(request))
    there = Where(where.language, "triangle", where.query)
    return await chart_answer(request, ("triangle", language, *places), file, lambda: _triangle(request, there, places))


# ── why it moved ────────────────────────────────────────────────────────────────────────────────


@router.get("/{language}/explain")
async def explain_route(request: Request, language: str) -> Response:
    """The form for a pair and a span."""
    where = asked_where(request)
    return await kept(
        request, ("explain", language), lambda: show(explain.explain_home(where, {}).page, where), quick=True
    )


@router.get("/{language}/explain/find")
async def explain_find(request: Request, language: str) -> Response:
    """From names and a span to their page, or back to the form with what is wrong."""
    where, given = asked_where(request), asked(request)
    try:
        first, second = home.find_pair(given.get("a", "")[:80], given.get("b", "")[:80])
        span = explain.span_of(given)
    except AmurError as error:
        trouble, there = str(error), Where(where.language, "explain")
        work = lambda: show(explain.explain_home(there, given, trouble).page, there)  # noqa: E731
        response = await kept(request, ("explain", language, str(sorted(given.items()))), work, quick=True)
        response.status_code = 404 if response.status_code == 200 else response.status_code
        return response
    query = span.query()
    return RedirectResponse(where.address(f"explain/{first}/{second}") + (f"?{query}" if query else ""), 303)


def _explained(request: Request, where: Where, a: str, b: str, span: explain.Span) -> Drawn:
    pages = state_of(request)[1]
    key = ("explain", where.language, a, b, span)
    return pages.get(key, lambda: explain.explain_page(where, a, b, span))


@router.get("/{language}/explain/{a}/{b}")
async def explain_pair(request: Request, language: str, a: str, b: str) -> Response:
    """Why the trade of a pair moved, or with .json or .csv at the end its data."""
    where, span = asked_where(request), explain.span_of(asked(request))
    other, _, kind = b.partition(".")
    if not home.is_pair(a, other):
        first, second = home.find_pair(a[:80], other[:80])
        tail = ("." + kind if kind else "") + (f"?{where.query}" if where.query else "")
        return RedirectResponse(where.address(f"explain/{first}/{second}") + tail, 303)
    makers: dict[str, Callable[[], bytes]] = {
        "": lambda: show(_explained(request, where, a, other, span).page, where),
        "html": lambda: explain.explain_file(where, a, other, span),
        "json": lambda: explain.explain_json(where, a, other, span),
        "csv": lambda: explain.explain_csv(where, a, other, span),
    }
    make = chosen(makers, kind)
    key = ("explain", language, a, other, kind, span.query())
    return attached(await kept(request, key, make, kind=TYPES.get(kind, HTML)), kind, f"explain-{a}-{other}")


@router.get("/{language}/explain/{a}/{b}/chart/{file}")
async def explain_chart(request: Request, language: str, a: str, b: str, file: str) -> Response:
    """A chart of the explanation."""
    where, span = asked_where(request), explain.span_of(asked(request))
    home.find_pair(a, b)
    there = Where(where.language, f"explain/{a}/{b}", span.query())
    key = ("explain", language, a, b, span.query())
    return await chart_answer(request, key, file, lambda: _explained(request, there, a, b, span))
