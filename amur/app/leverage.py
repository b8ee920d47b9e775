"""Who can hurt whom: everybody over everybody, a pair with its frontier, and three or four powers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np
from markupsafe import Markup

from amur import codes, kit
from amur.app.forms import Field, form
from amur.app.shell import Drawn, Where, collecting, part, twin_links
from amur.app.squares import drawn_matrix
from amur.charts import Axis
from amur.design import DesignFile, LeverGroup, Study, design_policy
from amur.economy import Economy, load_economy
from amur.errors import MeasureError
from amur.indicators.ledger import refuse_overlap
from amur.kit import Chart, Column, Page, Section, Table, notice, served
from amur.leverage import Leverage, Matrix, leverage, leverage_matrix
from amur.models.shock import Shock
from amur.origins import origin
from amur.pages.leverage import frontier_section, leverage_record
from amur.pages.triangle import triangle_record
from amur.simulate import capital, label
from amur.solver import solve
from amur.text import Text

ECONOMY = "icio-2022"
IN_MATRIX = 10
"""So many of the largest economies have a square in the picture; the table has all."""

EXAMPLES = (("RUS", "CHN"), ("USA", "CHN"), ("SWE", "DEU"), ("EU27", "USA"))
POWERS = (("RUS", "CHN", "USA", "EU27"), ("SWE", "DEU", "NOR"), ("IND", "CHN", "USA"))
BOUNDS = (0.0001, 0.0003, 0.001)
"""What the sender is ready to lose, as fractions of its real income: the points of a frontier."""


# ── everybody ───────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=1)
def world_matrix() -> tuple[Economy, Matrix]:
    """The baseline and what one per cent more cost of any tie does to everybody."""
    economy = load_economy(ECONOMY)
    return economy, leverage_matrix(solve(economy, Shock()))


def leverage_home(where: Where, given: Mapping[str, str], trouble: str = "") -> Drawn:
    """Forms for a pair and for three powers, and the matrix of all countries."""
    text, found = where.text, dict[str, Chart]()
    address = where.address("leverage")
    with served(collecting(found, address)):
        everybody = kit.chart(_matrix_chart(text), text)
    names = ("a", "b")
    pair = form(where, where.address("leverage/find"), _places(names, given, text, 2), text("app.leverage.go"),
                anchor="pair-form")  # fmt: skip
    powers = form(where, where.address("triangle"), _places(("a", "b", "c", "d"), given, text, 3),
                  text("app.triangle.go"), anchor="powers-form")  # fmt: skip
    pairs = [
        (text("app.home.pair", a=capital(label(a, text)), b=label(b, text)), where.address(f"leverage/{a}/{b}"))
        for a, b in EXAMPLES
    ]
    triangles = [(_names(places, text), triangle_address(where, places)) for places in POWERS]
    world = (everybody, kit.table(ranking(text), text, downloads=False), twin_links(where, address))
    page = Page(
        title=text("app.leverage.title"),
        description=text("app.leverage.description"),
        sections=(
            Section("pair", text("app.leverage.pair"), (
                *((notice(trouble),) if trouble else ()), pair, part("links", text, links=pairs))),
            Section("powers", text("app.triangle.choose"), (powers, part("links", text, links=triangles))),
            Section("world", text("leverage.page.world"), world),
        ),
        origins=tuple(origin(key) for key in world_matrix()[0].origins),
    )  # fmt: skip
    return Drawn(page, found)


def _names(places: tuple[str, ...], text: Text) -> str:
    return capital(text("leverage.triangle.and").join(label(code, text) for code in places))


def _places(names: tuple[str, ...], given: Mapping[str, str], text: Text, required: int) -> list[Field]:
    return [
        Field(
            name,
            text("app.leverage.place" if number <= required else "app.leverage.more", n=number),
            given.get(name, "")[:80],
            place=True,
            required=number <= required,
        )
        for number, name in enumerate(names, start=1)
    ]


def _matrix_chart(text: Text) -> Chart:
    economy, matrix = world_matrix()
    picked = [economy.regions[k] for k in np.argsort(-economy.income) if economy.regions[k] != "ROW"][:IN_MATRIX]
    rows = [
        {
            "codes": (hurt, by),
            "row": capital(label(hurt, text)),
            "column": capital(label(by, text)),
            "value": _loss(matrix, hurt, by),
        }
        for hurt in picked
        for by in picked
        if hurt != by
    ]
    worst = max(rows, key=lambda row: row["value"])
    title = text("leverage.chart.matrix_title")
    words = {"hurt": worst["row"], "by": worst["column"], "loss": text.percent(worst["value"], digits=3)}
    columns = (
        Column("row", text("leverage.table.hurt")),
        Column("column", text("leverage.table.by")),
        Column("value", text("leverage.table.one_percent"), "percent", digits=4),
    )
    return Chart(
        name="leverage-everybody",
        title=title,
        finding=kit.sentence(text.sentence("leverage.say.matrix", **words)),
        draw=partial(drawn_matrix, rows, axis=Axis(text("leverage.chart.matrix_axis"), "fraction", digits=3)),
        table=Table("leverage-everybody-data", title, columns, rows),
        origins=tuple(origin(key) for key in economy.origins),
        note=text("app.leverage.largest", n=IN_MATRIX),
    )


def _loss(matrix: Matrix, hurt: str, by: str) -> float:
    return float(matrix.pairs[matrix.regions.index(hurt), matrix.regions.index(by)])


def ranking(text: Text) -> Table:
    """Every country: whose dearer trade hurts it most, and whom its own hurts most."""
    _, matrix = world_matrix()
    losses = np.where(np.eye(len(matrix.regions), dtype=bool), -np.inf, matrix.pairs)
    rows = [
        {
            "country": capital(label(code, text)),
            "by": capital(label(matrix.regions[int(losses[n].argmax())], text)),
            "loss": float(losses[n].max()),
            "hurts": capital(label(matrix.regions[int(losses[:, n].argmax())], text)),
            "their": float(losses[:, n].max()),
        }
        for n, code in enumerate(matrix.regions)
    ]
    columns = (
        Column("country", text("simulate.table.country")),
        Column("by", text("app.leverage.by")),
        Column("loss", text("app.leverage.loss"), "percent", digits=4),
        Column("hurts", text("app.leverage.hurts")),
        Column("their", text("app.leverage.their"), "percent", digits=4),
    )
    ordered = sorted(rows, key=lambda row: -row["loss"])
    return Table("leverage-ranking", text("app.leverage.ranking"), columns, ordered)


def everybody_rows() -> list[dict[str, object]]:
    """The whole matrix, one row an ordered pair."""
    _, matrix = world_matrix()
    return [
        {"hurt": hurt, "by": by, "loss_per_one_percent": _loss(matrix, hurt, by)}
        for hurt in matrix.regions
        for by in matrix.regions
        if hurt != by
    ]


# ── a pair ──────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=32)
def leverage_of(a: str, b: str) -> Leverage:
    """Leverage between two places, on both horizons and the baselines that ship."""
    return leverage(a, b)


def leverage_page(where: Where, a: str, b: str) -> Drawn:
    """The page of `amur leverage -o`, with ways on."""
    text, found = where.text, dict[str, Chart]()
    address = where.address(f"leverage/{a}/{b}")
    with served(collecting(found, address)):
        page = leverage_record(leverage_of(a, b), text)
    more = Section(
        "further",
        text("app.pair.further"),
        (_further(where, a, b), twin_links(where, address, kinds=("json", "csv", "html"))),
    )
    return Drawn(replace(page, sections=(*page.sections, more)), found)


def leverage_file(a: str, b: str, language: str) -> bytes:
    """The same page as one file that needs no server."""
    text = Text(language)
    return kit.render_page(leverage_record(leverage_of(a, b), text), text).encode("utf-8")


def _further(where: Where, a: str, b: str) -> Markup:
    text = where.text
    names = {"a": label(a, text), "b": label(b, text)}
    turned = {"a": names["b"], "b": names["a"]}
    frontiers = [
        (capital(text("app.leverage.slow", what=text("app.leverage.frontier", **said))), where.address(path))
        for said, path in ((names, f"leverage/{a}/{b}/frontier"), (turned, f"leverage/{b}/{a}/frontier"))
    ]
    links = [
        *frontiers,
        (text("app.leverage.measured"), where.address(f"pair/{a}/{b}")),
        (text("app.pair.cut"), where.address("") + f"lab?s1.kind=ban&s1.from={a}&s1.to={b}&s1.both=1&s1.sectors=all"),
    ]
    return part("links", text, links=links)


@lru_cache(maxsize=16)
def frontier_of(a: str, b: str) -> Study:
    """What `a` can do to `b` with one duty and one export tax on all goods, by what it costs `a` itself."""
    groups = tuple(
        LeverGroup(instrument=kind, sectors=("goods",), together=True)  # type: ignore[arg-type]
        for kind in ("tariff", "export_tax")
    )
    file = DesignFile(coalition=(a,), target=(b,), bound=BOUNDS[-1], instruments=groups, frontier=BOUNDS[:-1])
    return design_policy(file)


def frontier_rows(a: str, b: str) -> list[dict[str, object]]:
    """The points of the frontier, one a row, with the setting of each lever."""
    study = frontier_of(a, b)
    return [
        {
            "own_loss": item.own_loss,
            "target_loss": item.target_loss,
            **{
                lever.kind: float(setting)
                for lever, setting in zip(item.problem.levers.items, item.policy, strict=True)
            },
        }
        for item in (*study.frontier, study.design)
    ]


def frontier_page(where: Where, a: str, b: str) -> Drawn:
    """The frontier of one side against the other, with the levers that make it."""
    text, found = where.text, dict[str, Chart]()
    address = where.address(f"leverage/{a}/{b}/frontier")
    names = {"a": label(a, text), "b": label(b, text)}
    with served(collecting(found, address)):
        section = frontier_section(frontier_of(a, b), text)
    links = part("links", text, links=[(text("app.leverage.back"), where.address(f"leverage/{a}/{b}"))])
    page = Page(
        title=capital(text("app.leverage.frontier", **names)),
        description=text.sentence("app.leverage.frontier_words", **names),
        eyebrow=text("leverage.page.eyebrow"),
        sections=(section, Section("further", text("app.pair.further"), (links, twin_links(where, address)))),
        origins=tuple(origin(key) for key in world_matrix()[0].origins),
    )
    return Drawn(page, found)


# ── three powers ────────────────────────────────────────────────────────────────────────────────


def find_places(given: Mapping[str, str]) -> tuple[str, ...]:
    """The codes of the places a form names. Raises CodeError, or MeasureError for fewer than three or overlapping."""
    named = [given[name][:80] for name in ("a", "b", "c", "d") if given.get(name, "").strip()]
    places = tuple(dict.fromkeys(codes.place(name).code for name in named))
    if len(places) < 3:
        raise MeasureError(f"Three different places are needed, and there are {len(places)}. Name one more.")
    for number, one in enumerate(places):
        for other in places[:number]:
            refuse_overlap(codes.place(one), codes.place(other))
    return places


def triangle_address(where: Where, places: tuple[str, ...]) -> str:
    """The one address of three or four powers."""
    return where.address("triangle") + "?" + triangle_query(places)


def triangle_query(places: tuple[str, ...]) -> str:
    """Its query."""
    return "&".join(f"{name}={code}" for name, code in zip("abcd", places, strict=False))


def triangle_page(where: Where, places: tuple[str, ...]) -> Drawn:
    """The triangle page with the form to choose other powers."""
    text, found = where.text, dict[str, Chart]()
    address, query = where.address("triangle"), triangle_query(places)
    with served(collecting(found, address, query)):
        page = triangle_record(text, places)
    given = {name: capital(label(code, text)) for name, code in zip("abcd", places, strict=False)}
    again = form(where, address, _places(("a", "b", "c", "d"), given, text, 3), text("app.triangle.go"),
                 anchor="powers-form")  # fmt: skip
    pairs = [
        (text("app.home.pair", a=capital(label(a, text)), b=label(b, text)), where.address(f"leverage/{a}/{b}"))
        for number, a in enumerate(places)
        for b in places[number + 1 :]
    ]
    chosen = Section("powers", text("app.triangle.choose"), (again,))
    links = part("links", text, links=pairs)
    more = Section("further", text("app.pair.further"), (links, twin_links(where, address, query=query)))
    return Drawn(replace(page, sections=(chosen, *page.sections, more)), found)
