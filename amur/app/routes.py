"""The addresses of the pages: each leads to a page, its twins as data, and the files of its charts."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from amur.app import checking, home, lab, pair, tables
from amur.app.draft import Draft, changed, draft_of
from amur.app.problems import MissingError
from amur.app.settings import Settings
from amur.app.shell import (
    CHART_TYPES,
    Drawn,
    Where,
    chart_bytes,
    show,
    static_files,
    tag,
)
from amur.app.work import Desk, Shelf
from amur.coverage import described_sources
from amur.errors import AmurError, ScenarioError
from amur.indicators import measures
from amur.kit import Section
from amur.output import as_csv, as_json
from amur.simulate import rows
from amur.text import LANGUAGES

__all__ = ["Section", "router", "show", "where_of"]

router = APIRouter()

HTML = "text/html; charset=utf-8"
TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8", "yaml": "application/yaml"}
_PLAIN = frozenset({"", "lab", "check", "sources", "methods"})


def where_of(request: Request) -> Where | None:
    """Where a request for a page stands; None where its address is of no page."""
    language, _, path = request.url.path.lstrip("/").partition("/")
    if language not in LANGUAGES:
        return None
    return Where(language, path, request.url.query)  # type: ignore[arg-type]


def _where(request: Request) -> Where:
    where = where_of(request)
    if where is None:
        raise MissingError(f"There is no page at {request.url.path[:200]}. Begin at /en/ or /sv/.")
    return where


def _state(request: Request) -> tuple[Desk, Shelf[Drawn], Settings]:
    state = request.app.state
    return state.desk, state.pages, state.settings


async def _kept(
    request: Request, key: Hashable, work: Callable[[], bytes], *, kind: str = HTML, quick: bool = False
) -> Response:
    """An answer that only address and data decide: not made where the reader has it, else kept once it is made."""
    mark = tag(key)
    headers = {"etag": mark, "cache-control": "no-cache"}
    if mark in (item.strip() for item in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    body = await _state(request)[0].kept_or_done(key, work, quick=quick)
    return Response(body, headers=headers, media_type=kind)


async def _fresh(request: Request, work: Callable[[], Any], *, kind: str = HTML, quick: bool = False) -> Response:
    body = await _state(request)[0].do(work, quick=quick)
    return Response(body, headers={"cache-control": "no-store"}, media_type=kind)


# ── home, static files, health ──────────────────────────────────────────────────────────────────


@router.get("/")
async def front(request: Request) -> Response:
    """To the language that the reader prefers."""
    wanted = [word.split(";")[0].strip()[:2].lower() for word in request.headers.get("accept-language", "").split(",")]
    language = next((word for word in wanted if word in LANGUAGES), LANGUAGES[0])
    return RedirectResponse(f"/{language}/", 307)


@router.get("/health")
async def health(request: Request) -> dict[str, object]:
    """That the server answers, how much it has to do, and that it holds its data."""
    return {"status": "ok", "waiting": _state(request)[0].waiting}


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
    _where(request)
    return RedirectResponse(f"/{language}/", 307)


@router.get("/{language}/")
async def home_route(request: Request, language: str) -> Response:
    """The first page."""
    where = _where(request)
    return await _kept(request, ("home", language), lambda: show(home.home_page(where).page, where), quick=True)


# ── a pair ──────────────────────────────────────────────────────────────────────────────────────


@router.get("/{language}/pair")
async def pair_search(request: Request, language: str, a: str = "", b: str = "") -> Response:
    """From two names to the page of the pair, or back to the form with what is wrong."""
    where = _where(request)
    if not (a and b):
        return RedirectResponse(f"/{language}/", 303)
    try:
        first, second = home.find_pair(a[:80], b[:80])
    except AmurError as error:
        trouble = str(error)
        body = show(home.home_page(Where(where.language, ""), a[:80], b[:80], trouble).page, where)
        return Response(body, 404, media_type=HTML)
    return RedirectResponse(where.address(f"pair/{first}/{second}"), 303)


def _pair(request: Request, where: Where, a: str, b: str) -> Drawn:
    pages = _state(request)[1]
    return pages.get(("pair", where.language, a, b), lambda: pair.pair_page(where, a, b))


@router.get("/{language}/pair/{a}/{b}")
async def pair_route(request: Request, language: str, a: str, b: str) -> Response:
    """The page of a pair, or with .json or .csv at the end its data."""
    where = _where(request)
    other, _, kind = b.partition(".")
    if not home.is_pair(a, other):
        first, second = home.find_pair(a[:80], other[:80])
        return RedirectResponse(where.address(f"pair/{first}/{second}{'.' + kind if kind else ''}"), 303)
    makers: dict[str, Callable[[], bytes]] = {
        "": lambda: show(_pair(request, where, a, other).page, where),
        "json": lambda: pair.pair_json(_pair(request, where, a, other), a, other),
        "csv": lambda: pair.pair_csv(_pair(request, where, a, other)),
    }
    make = _chosen(makers, kind)
    return await _kept(request, ("pair", language, a, other, kind, where.query), make, kind=TYPES.get(kind, HTML))


@router.get("/{language}/pair/{a}/{b}/chart/{file}")
async def pair_chart(request: Request, language: str, a: str, b: str, file: str) -> Response:
    """A chart of a pair: its picture for the page, or a file of it."""
    where = _where(request)
    home.find_pair(a, b)
    page = Where(where.language, f"pair/{a}/{b}")
    return await _chart(request, ("pair", language, a, b), file, lambda: _pair(request, page, a, b))


async def _chart(request: Request, key: tuple[str, ...], file: str, page: Callable[[], Drawn]) -> Response:
    name, _, kind = file.rpartition(".")
    if kind not in CHART_TYPES:
        raise MissingError(f"A chart has no file of the kind '{kind[:20]}'. Use one of: {', '.join(CHART_TYPES)}.")
    where = _where(request)

    def make() -> bytes:
        record = page().charts.get(name)
        if record is None:
            raise MissingError(f"The page has no chart '{name[:80]}'.")
        return chart_bytes(record, kind, where.text)

    return await _kept(request, (*key, "chart", file), make, kind=CHART_TYPES[kind])


def _chosen(makers: dict[str, Callable[[], bytes]], kind: str) -> Callable[[], bytes]:
    if kind not in makers:
        known = ", ".join(f".{name}" for name in makers if name)
        raise MissingError(f"The page has no twin '.{kind[:20]}'. Use {known}.")
    return makers[kind]


# ── the lab ─────────────────────────────────────────────────────────────────────────────────────


def _draft(request: Request) -> Draft:
    return draft_of(parse_qsl(request.url.query, max_num_fields=200))


@router.get("/{language}/lab")
async def lab_route(request: Request, language: str) -> Response:
    """The form and its result; adding and removing a shock leads to the address of the new draft."""
    where, asked = _where(request), dict(parse_qsl(request.url.query, max_num_fields=200))
    draft = _draft(request)
    if asked.get("more") or asked.get("drop"):
        drop = int(asked["drop"]) if asked.get("drop", "").isdecimal() else 0
        after = changed(draft, more=bool(asked.get("more")), drop=drop)
        return RedirectResponse(f"{where.address('lab')}?{after.query()}", 303)
    starts = request.app.state.starts
    work = lambda: show(lab.lab_page(where, draft, starts).page, where)  # noqa: E731
    return await _kept(request, ("lab", language, where.query), work, quick=True)


@router.get("/{language}/lab/part")
async def lab_part(request: Request, language: str, size: str = "") -> Response:
    """The result alone, as a slider asks for it; drawn for one `size` of page where that is named."""
    where, draft = _where(request), _draft(request)
    if not draft.is_ready:
        raise ScenarioError("Name who sells and who buys in every shock.")
    starts = request.app.state.starts
    work = lambda: lab.part_html(where, draft, starts, size)  # noqa: E731
    return await _kept(request, ("part", language, draft.query(), size[:5]), work, quick=True)


@router.get("/{language}/lab.{kind}")
async def lab_file(request: Request, language: str, kind: str) -> Response:
    """The draft as a scenario file, or its one run as data."""
    draft, starts = _draft(request), request.app.state.starts
    makers: dict[str, Callable[[], bytes]] = {
        "yaml": lambda: lab.draft_yaml(draft),
        "json": lambda: as_json(lab.solve_draft(draft, starts)).encode("utf-8"),
        "csv": lambda: as_csv(rows(lab.solve_draft(draft, starts))).encode("utf-8"),
    }
    response = await _kept(request, ("lab", kind, draft.query()), _chosen(makers, kind), kind=TYPES.get(kind, HTML))
    if kind == "yaml":
        response.headers["content-disposition"] = f'attachment; filename="{draft.base or "scenario"}.yaml"'
    return response


@router.get("/{language}/lab/chart/{file}")
async def lab_chart(request: Request, language: str, file: str) -> Response:
    """A file of the chart in the lab."""
    where, draft, starts = _where(request), _draft(request), request.app.state.starts
    name = file.rpartition(".")[0]

    def page() -> Drawn:
        return Drawn(home.home_page(where).page, {name: lab.quick_chart(where, draft, name, starts)})

    return await _chart(request, ("lab", language, draft.query()), file, page)


def _result(request: Request, where: Where) -> Drawn:
    draft = _draft(request)
    key = ("result", where.language, draft.query())
    return _state(request)[1].get(key, lambda: lab.result_page(where, draft))


@router.get("/{language}/lab/result")
async def result_route(request: Request, language: str) -> Response:
    """The full page of a result, as `amur simulate -o` writes it."""
    where, draft = _where(request), _draft(request)
    make = lambda: show(_result(request, where).page, where)  # noqa: E731
    return await _kept(request, ("result", language, draft.query()), make)


@router.get("/{language}/lab/result.{kind}")
async def result_file(request: Request, language: str, kind: str) -> Response:
    """Every run as data."""
    draft = _draft(request)
    makers: dict[str, Callable[[], bytes]] = {
        "json": lambda: as_json(lab.solve_fully(draft)).encode("utf-8"),
        "csv": lambda: as_csv(rows(lab.solve_fully(draft))).encode("utf-8"),
    }
    key = ("result", kind, draft.query())
    return await _kept(request, key, _chosen(makers, kind), kind=TYPES.get(kind, HTML))


@router.get("/{language}/lab/result/chart/{file}")
async def result_chart(request: Request, language: str, file: str) -> Response:
    """A chart of the full page."""
    where = Where(_where(request).language, "lab/result", request.url.query)
    return await _chart(request, ("result", language, _draft(request).query()), file, lambda: _result(request, where))


# ── check ───────────────────────────────────────────────────────────────────────────────────────


async def _form(request: Request) -> dict[str, str]:
    body = (await request.body()).decode("utf-8", "replace")
    try:
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=20))
    except ValueError as error:
        raise MissingError("The form has too many fields.") from error


@router.get("/{language}/check")
async def check_route(request: Request, language: str) -> Response:
    """The empty form."""
    where = _where(request)
    return await _kept(
        request, ("check", language), lambda: show(checking.check_form(where, {}).page, where), quick=True
    )


@router.post("/{language}/check")
async def check_sent(request: Request, language: str) -> Response:
    """The report on the text that was sent."""
    where, given, settings = _where(request), await _form(request), _state(request)[2]
    return await _fresh(request, lambda: show(checking.check_page(where, given, settings).page, where))


@router.post("/{language}/check.{kind}")
async def check_file(request: Request, language: str, kind: str) -> Response:
    """The same as data."""
    given, settings = await _form(request), _state(request)[2]
    if kind not in ("json", "csv"):
        raise MissingError(f"A report has no twin '.{kind[:20]}'. Use .json or .csv.")
    work = lambda: checking.report_file(checking.check_text(given, settings), kind, language)  # noqa: E731
    response = await _fresh(request, work, kind=TYPES[kind])
    response.headers["content-disposition"] = f'attachment; filename="amur-check.{kind}"'
    return response


# ── sources and methods ─────────────────────────────────────────────────────────────────────────


@router.get("/{language}/sources")
async def sources_route(request: Request, language: str) -> Response:
    """What Amur holds."""
    where = _where(request)
    return await _kept(request, ("sources", language), lambda: show(tables.sources_page(where).page, where))


@router.get("/{language}/methods")
async def methods_route(request: Request, language: str) -> Response:
    """How Amur counts."""
    where = _where(request)
    return await _kept(request, ("methods", language), lambda: show(tables.methods_page(where).page, where))


@router.get("/{language}/{name}.{kind}")
async def table_file(request: Request, language: str, name: str, kind: str) -> Response:
    """Sources and methods as data."""
    where = _where(request)
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
    return await _kept(request, (name, kind, language), _chosen(makers, kind), kind=TYPES.get(kind, HTML))
