"""The addresses of the lab: the form, its result, the full page, and all of them as files."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from amur.app import compare, home, lab
from amur.app.answers import HTML, TYPES, asked, asked_where, attached, chart_answer, chosen, kept, state_of
from amur.app.draft import Draft, changed, draft_of
from amur.app.shell import Drawn, Where, show
from amur.errors import AmurError, ScenarioError
from amur.output import as_csv, as_json
from amur.simulate import rows

router = APIRouter()


def _draft(request: Request) -> Draft:
    return draft_of(parse_qsl(request.url.query, max_num_fields=200))


@router.get("/{language}/lab")
async def lab_route(request: Request, language: str) -> Response:
    """The form and its result; adding and removing a shock leads to the address of the new draft."""
    where, fields = asked_where(request), dict(parse_qsl(request.url.query, max_num_fields=200))
    draft = _draft(request)
    if fields.get("more") or fields.get("drop"):
        drop = int(fields["drop"]) if fields.get("drop", "").isdecimal() else 0
        after = changed(draft, more=bool(fields.get("more")), drop=drop)
        against = f"&{urlencode([('against', fields['against'])])}" if fields.get("against") else ""
        return RedirectResponse(f"{where.address('lab')}?{after.query()}{against}", 303)
    starts = request.app.state.starts
    work = lambda: show(lab.lab_page(where, draft, starts).page, where)  # noqa: E731
    return await kept(request, ("lab", language, where.query), work, quick=True)


@router.get("/{language}/lab/part")
async def lab_part(request: Request, language: str, size: str = "") -> Response:
    """The result alone, as a slider asks for it; drawn for one `size` of page where that is named."""
    where, draft = asked_where(request), _draft(request)
    if not draft.is_ready:
        raise ScenarioError("Name who sells and who buys in every shock.")
    starts = request.app.state.starts
    work = lambda: lab.part_html(where, draft, starts, size)  # noqa: E731
    return await kept(request, ("part", language, where.query, size[:5]), work, quick=True)


@router.get("/{language}/lab.{kind}")
async def lab_file(request: Request, language: str, kind: str) -> Response:
    """The draft as a scenario file, or its one run as data."""
    draft, starts = _draft(request), request.app.state.starts
    makers: dict[str, Callable[[], bytes]] = {
        "yaml": lambda: lab.draft_yaml(draft),
        "json": lambda: as_json(lab.solve_draft(draft, starts)).encode("utf-8"),
        "csv": lambda: as_csv(rows(lab.solve_draft(draft, starts))).encode("utf-8"),
    }
    response = await kept(request, ("lab", kind, draft.query()), chosen(makers, kind), kind=TYPES.get(kind, HTML))
    if kind == "yaml":
        response.headers["content-disposition"] = f'attachment; filename="{draft.base or "scenario"}.yaml"'
    return response


@router.get("/{language}/lab/chart/{file}")
async def lab_chart(request: Request, language: str, file: str) -> Response:
    """A file of the chart in the lab."""
    where, draft, starts = asked_where(request), _draft(request), request.app.state.starts
    name = file.rpartition(".")[0]

    def page() -> Drawn:
        return Drawn(home.home_page(where).page, {name: lab.quick_chart(where, draft, name, starts)})

    return await chart_answer(request, ("lab", language, draft.query()), file, page)


def _result(request: Request, where: Where) -> Drawn:
    draft = _draft(request)
    key = ("result", where.language, draft.query())
    return state_of(request)[1].get(key, lambda: lab.result_page(where, draft))


@router.get("/{language}/lab/result")
async def result_route(request: Request, language: str) -> Response:
    """The full page of a result, as `amur simulate -o` writes it."""
    where, draft = asked_where(request), _draft(request)
    make = lambda: show(_result(request, where).page, where)  # noqa: E731
    return await kept(request, ("result", language, draft.query()), make)


@router.get("/{language}/lab/result.{kind}")
async def result_file(request: Request, language: str, kind: str) -> Response:
    """Every run as data."""
    draft = _draft(request)
    makers: dict[str, Callable[[], bytes]] = {
        "html": lambda: lab.result_file(draft, language),
        "json": lambda: as_json(lab.solve_fully(draft)).encode("utf-8"),
        "csv": lambda: as_csv(rows(lab.solve_fully(draft))).encode("utf-8"),
    }
    key = ("result", kind, language, draft.query())
    response = await kept(request, key, chosen(makers, kind), kind=TYPES.get(kind, HTML))
    return attached(response, kind, draft.base or "scenario")


@router.get("/{language}/lab/result/chart/{file}")
async def result_chart(request: Request, language: str, file: str) -> Response:
    """A chart of the full page."""
    where = Where(asked_where(request).language, "lab/result", request.url.query)
    key = ("result", language, _draft(request).query())
    return await chart_answer(request, key, file, lambda: _result(request, where))


# ── two side by side ────────────────────────────────────────────────────────────────────────────


def _compared(request: Request, where: Where, pair: compare.Pair) -> Drawn:
    key = ("compare", where.language, pair.query())
    return state_of(request)[1].get(key, lambda: compare.compare_page(where, pair, request.app.state.starts))


@router.get("/{language}/lab/compare")
async def compare_route(request: Request, language: str) -> Response:
    """Two scenarios side by side; what a form chose leads to the address of the two drafts."""
    where, given = asked_where(request), asked(request)
    try:
        pair = compare.pair_of(given)
    except AmurError as error:
        trouble = str(error)
        work = lambda: show(compare.trouble_page(where, trouble), where)  # noqa: E731
        response = await kept(request, ("compare", language, where.query), work, quick=True)
        response.status_code = 404 if response.status_code == 200 else response.status_code
        return response
    if where.query != pair.query():
        return RedirectResponse(f"{where.address('lab/compare')}?{pair.query()}", 303)
    make = lambda: show(_compared(request, where, pair).page, where)  # noqa: E731
    return await kept(request, ("compare", language, pair.query()), make)


@router.get("/{language}/lab/compare.{kind}")
async def compare_file(request: Request, language: str, kind: str) -> Response:
    """Every country in both as data."""
    pair = compare.pair_of(asked(request))
    starts = request.app.state.starts
    makers: dict[str, Callable[[], bytes]] = {
        "json": lambda: as_json(
            {"one": pair.one.query(), "other": pair.other.query(), "countries": compare.compare_rows(pair, starts)}
        ).encode("utf-8"),
        "csv": lambda: as_csv(compare.compare_rows(pair, starts)).encode("utf-8"),
    }
    key = ("compare", kind, pair.query())
    return await kept(request, key, chosen(makers, kind), kind=TYPES.get(kind, HTML))


@router.get("/{language}/lab/compare/chart/{file}")
async def compare_chart(request: Request, language: str, file: str) -> Response:
    """The chart of the two."""
    where = asked_where(request)
    pair = compare.pair_of(asked(request))
    there = Where(where.language, "lab/compare", pair.query())
    return await chart_answer(
        request, ("compare", language, pair.query()), file, lambda: _compared(request, there, pair)
    )
