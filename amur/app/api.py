"""The API under /api/v1: the names of the Python package, plain JSON, problem details where something is wrong."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Hashable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from amur.app.examples import answered, job_paths, made, problems
from amur.app.problems import MissingError
from amur.app.shell import tag
from amur.app.work import Desk
from amur.changes.explain import explain_change
from amur.coverage import coverage, described_sources
from amur.economy import bundled_economies
from amur.errors import ClaimsError, ScenarioError
from amur.indicators import Query as Asked
from amur.measuring import measure, measures
from amur.output import as_json
from amur.scenario import load_scenario, make_scenario, shipped_scenarios
from amur.simulate import Plan, simulate

Lang = Literal["en", "sv"]
_JSON = "application/json"
_LONGEST_NAME = 80
router = APIRouter(responses=problems(400, 404, 422, 500, 503))

_NAMED = {"max_length": _LONGEST_NAME, "pattern": r"^[^\x00-\x1f/]+$"}
PlaceA = Annotated[str, Path(description="Country or bloc: a code or a name.", examples=["RUS"], **_NAMED)]
PlaceB = Annotated[str, Path(description="Its partner.", examples=["CHN"], **_NAMED)]


class MeasureQuery(BaseModel):
    """How a measure is asked for; the newest period and goods in total where left out."""

    flow: Literal["exports", "imports", "total"] = "total"
    period: Annotated[str, Field(description="Such as 2024, 2025-H1 or 2025-01/2025-07.", max_length=40)] = ""
    product: Annotated[str, Field(description="A product or sector.", max_length=_LONGEST_NAME)] = ""
    lang: Lang = "en"


@router.get("/openapi.json", include_in_schema=False)
async def get_openapi(request: Request) -> Response:
    """The description of this API, with the addresses of jobs, which are answered before the app."""
    app = request.app

    def described() -> dict[str, Any]:
        found = app.openapi()
        return found | {"paths": found["paths"] | job_paths()}

    return await _answer(request, "openapi", described)


async def _answer(request: Request, key: Hashable, work: Callable[[], object]) -> Response:
    """JSON that address and data alone decide, with the tag of the data's vintage."""
    mark = tag("api", key)
    headers = {"etag": mark, "cache-control": "no-cache"}
    if mark in (item.strip() for item in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    desk: Desk = request.app.state.desk
    body = await desk.do(lambda: as_json(work()).encode("utf-8"))
    return Response(body, headers=headers, media_type=_JSON)


# ── measure ─────────────────────────────────────────────────────────────────────────────────────


@router.get("/measures", summary="The measures and their definitions", responses=answered("measures"))
async def list_measures(request: Request, lang: Lang = "en") -> Response:
    """Every measure with definition, formula, unit, denominator and source."""
    return await _answer(request, ("measures", lang), lambda: {"measures": [item.to_dict(lang) for item in measures()]})


@router.get("/measure/{name}/{a}/{b}", summary="A measure for a pair", responses=answered("measure"))
async def get_measure(
    request: Request,
    name: Annotated[str, Path(examples=["share"], **_NAMED)],
    a: PlaceA,
    b: PlaceB,
    asked: Annotated[MeasureQuery, Query()],
) -> Response:
    """Figures from every source that has the measure, the preferred one first, each with interval and origins."""
    query = Asked(flow=asked.flow, period=asked.period or None, product=asked.product, language=asked.lang)
    return await _answer(
        request,
        ("measure", name, a, b, asked.model_dump_json()),
        lambda: {"figures": measure(name, a, b, query)},
    )


@router.get("/coverage/{a}/{b}", summary="What data exist for a pair", responses=answered("coverage"))
async def get_coverage(request: Request, a: PlaceA, b: PlaceB) -> Response:
    """One row for each source and measure, with first and last period."""
    return await _answer(request, ("coverage", a, b), lambda: coverage(a, b))


@router.get("/explain/{a}/{b}", summary="Why trade moved", responses=answered("explain"))
async def get_explain(
    request: Request,
    a: PlaceA,
    b: PlaceB,
    start: Annotated[str, Query(max_length=40, examples=["2021"])],
    end: Annotated[str, Query(max_length=40, examples=["2022"])],
    flow: Literal["exports", "imports", "total"] = "total",
    lang: Lang = "en",
) -> Response:
    """The change from `start` to `end` in parts: price, quantity, mix, partners, as far as the data carry."""
    return await _answer(
        request,
        ("explain", a, b, start, end, flow, lang),
        lambda: explain_change(a, b, start=start, end=end, flow=flow).to_dict(lang),
    )


@router.get(
    "/sources", summary="The data files with producer, licence, vintage and coverage", responses=answered("sources")
)
async def list_sources(request: Request) -> Response:
    """Every origin."""
    return await _answer(request, "sources", lambda: {"sources": described_sources()})


# ── simulate ────────────────────────────────────────────────────────────────────────────────────


class SimulateRequest(BaseModel):
    """A scenario by the name of one that ships, or written out as a scenario file has it; and the runs to make."""

    model_config = ConfigDict(extra="forbid")

    scenario: str | dict[str, Any] = Field(description="A shipped name such as cut-rus-chn, or a whole scenario.")
    economies: Annotated[list[str], Field(max_length=4)] | None = None
    thetas: Annotated[list[str], Field(max_length=4)] | None = None
    closures: Annotated[list[Literal["fixed", "share_of_income", "balanced", "component_balanced"]],
                        Field(max_length=4)] | None = None  # fmt: skip
    horizons: Annotated[list[Literal["long", "short"]], Field(max_length=2)] | None = None


_SIMULATE = {
    "shipped": {"summary": "A scenario that ships", "value": {"scenario": "us-60-china", "horizons": ["long"]}},
    "own": {
        "summary": "One written out",
        "value": {
            "scenario": {
                "title": "A duty on Chinese cars",
                "shocks": [
                    {"instrument": "tariff", "exporters": "CHN", "importers": "USA", "sectors": "C29", "set": 1.0}
                ],
            },
            "thetas": ["FGH22"],
            "closures": ["fixed"],
            "horizons": ["long"],
        },
    },
}


@router.get("/scenarios", summary="The scenarios that ship", responses=answered("scenarios"))
async def list_scenarios(request: Request) -> Response:
    """Each by name, as its file holds it."""
    return await _answer(
        request, "scenarios", lambda: {"scenarios": [load_scenario(name).to_dict() for name in shipped_scenarios()]}
    )


@router.post("/simulate", summary="What happens when a tie is taxed, capped, banned or cut", responses=made("simulate"))
async def post_simulate(
    request: Request,
    asked: Annotated[SimulateRequest, Body(openapi_examples=_SIMULATE)],  # type: ignore[arg-type]
) -> Response:
    """Solve a scenario in every run of the plan; each run carries its certificate and its tables."""
    known = bundled_economies()
    for name in asked.economies or ():
        _require_known_economy(name, known)

    def work() -> object:
        scenario = _scenario(asked.scenario)
        _require_known_economy(scenario.economy, known)
        plan = Plan(*(_listed(item) for item in (asked.economies, asked.thetas, asked.closures, asked.horizons)))  # type: ignore[arg-type]
        return simulate(scenario, plan)

    return await _answer(request, ("simulate", hashlib.sha256(await request.body()).hexdigest()), work)


def _listed(values: list[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)


def _scenario(given: str | dict[str, Any]) -> Any:
    if isinstance(given, dict):
        if len(given.get("shocks") or ()) > _MOST_SHOCKS:
            raise ScenarioError(f"A request takes at most {_MOST_SHOCKS} shocks. Use the command line for more.")
        return make_scenario(given)
    # Only names: a request never leads to a file.
    if given not in shipped_scenarios():
        raise MissingError(
            f"No scenario is called '{given[:60]}'. Those that ship are: {', '.join(shipped_scenarios())}."
        )
    return load_scenario(given)


_MOST_SHOCKS = 40


def _require_known_economy(name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        raise ScenarioError(f"'{name[:60]}' is no baseline of this server. Use one of: {', '.join(known)}.")


# ── check ───────────────────────────────────────────────────────────────────────────────────────


class CheckRequest(BaseModel):
    """Texts to check against the data and against each other."""

    model_config = ConfigDict(extra="forbid")

    texts: Annotated[list[str], Field(min_length=1, max_length=10)]
    date: datetime.date | None = Field(None, description="Day of publication, where the texts do not show it.")
    of: Literal["en", "sv", "de", "ru", "zh"] | None = Field(None, description="Language of the texts.")
    lang: Lang = Field("en", description="Language of the sentences in the report.")


_CHECK = {
    "one": {
        "summary": "One text",
        "value": {"texts": ["Trade between China and Russia fell by 8.1% in the first seven months of 2025."]},
    }
}


@router.post("/check", summary="Whether the figures in a text hold", responses=made("check"))
async def post_check(
    request: Request,
    asked: Annotated[CheckRequest, Body(openapi_examples=_CHECK)],  # type: ignore[arg-type]
) -> Response:
    """Every claim with its reading, verdict, arithmetic, evidence and cheapest repair. Texts are not kept."""
    from amur.claims.check import check

    limit = request.app.state.settings.text_characters
    size = sum(map(len, asked.texts))
    if size > limit:
        raise ClaimsError(f"The texts have {size:,} characters, and {limit:,} are taken at once. Send fewer.")
    desk: Desk = request.app.state.desk
    work = lambda: as_json(check(asked.texts, date=asked.date, lang=asked.of).to_dict(asked.lang))  # noqa: E731
    body = await desk.do(work)
    return Response(body, headers={"cache-control": "no-store"}, media_type=_JSON)
