"""The command line: parse, call, print. Everything heavy is imported inside the command that needs it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

if TYPE_CHECKING:
    from amur.ensemble import Ensemble
    from amur.figures import Figure
    from amur.leverage import Leverage, Survey
    from amur.simulate import Simulation
    from amur.text import Text

app = typer.Typer(
    name="amur",
    help="Measure, simulate and check economic dependence between countries.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Lang = Literal["en", "sv"]
Format = Literal["table", "json", "csv"]

CountryA = Annotated[
    str, typer.Argument(metavar="A", help="Country or bloc: a code or a name, such as RUS or Sverige.")
]
CountryB = Annotated[str, typer.Argument(metavar="B", help="Its partner.")]
LangOption = Annotated[Lang, typer.Option("--lang", help="Language of what a reader sees.")]
FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How to print the table.")]
PageFormatOption = Annotated[
    Literal["table", "json", "csv", "html"], typer.Option("--format", "-f", help="How to print the result.")
]
OutOption = Annotated[Path | None, typer.Option("--output", "-o", help="File to write; printed where left out.")]
WorkersOption = Annotated[int | None, typer.Option(help="Processes for the draws; one a core where left out.")]
ClusterOption = Annotated[str, typer.Option(help="Address of a Dask scheduler on which the draws are solved.")]
FolderOption = Annotated[
    Path | None, typer.Option(help="Folder that keeps finished draws, so that a stopped run goes on.")
]
ElasticitiesOption = Annotated[
    str, typer.Option(help="CSV of standard errors by sector, or of draws; the published draws where left out.")
]
DataOption = Annotated[Path | None, typer.Option("--data", help="Flows or facts of your own, CSV or Parquet.")]
_UsageError = cast("type[typer.BadParameter]", typer.BadParameter.__base__)  # Typer exports only a kind of it


def main() -> None:
    """Run a command; an error is one sentence on standard error and an exit code."""
    from amur.errors import AmurError

    try:
        sys.exit(app(standalone_mode=False))
    except AmurError as error:
        sys.stderr.write(f"amur: {error}\n")
        sys.exit(error.exit_code)
    except _UsageError as error:
        said = error.format_message().replace("Value error, ", "").rstrip(".")
        sys.stderr.write(f"amur: {said}. See {error.ctx.command_path if error.ctx else 'amur'} --help.\n")
        sys.exit(error.exit_code)
    except typer.Abort:
        sys.exit(130)
    except BrokenPipeError:
        # The reader of the pipe has seen enough, as `head` does.
        sys.stderr.close()
        sys.exit(0)


def show(rows: Sequence[Mapping[str, Any]], whole: object, *, form: Format, out: Path | None = None) -> None:
    """Print rows as a table or CSV, or the whole record as JSON; to a file where one is named."""
    from amur.output import as_csv, as_json, as_table, write_file

    content = {"table": lambda: as_table(rows), "json": lambda: as_json(whole), "csv": lambda: as_csv(rows)}[form]()
    if out is None:
        sys.stdout.write(content)
    else:
        write_file(out, content)
        sys.stderr.write(f"Wrote {out}\n")


def figure_rows(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """Figures as flat rows, for tables and CSV."""
    return [
        {
            "measure": figure.measure,
            "subject": figure.subject,
            "object": figure.object,
            "flow": figure.flow,
            "product": figure.product,
            "period": figure.period.label if figure.period else "",
            "value": figure.value,
            "low": figure.low,
            "high": figure.high,
            "interval": figure.interval_kind,
            "unit": figure.unit,
            "basis": figure.basis,
            "reporter": figure.reporter,
            "origins": " ".join(figure.origins),
            "note": figure.note,
        }
        for figure in figures
    ]


def progress(task: str) -> Callable[[int, int], None]:
    """A progress bar on standard error for work that takes longer than a moment; silent in a pipe."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    bar = Progress(console=console, transient=True, disable=not console.is_terminal)
    bar.start()
    identity = bar.add_task(task, total=None)

    def advance(done: int, total: int) -> None:
        bar.update(identity, completed=done, total=total)
        if done >= total:
            bar.stop()

    return advance


@app.command()
def brief(
    a: CountryA,
    b: CountryB,
    lang: LangOption = "en",
    out: OutOption = None,
    data: DataOption = None,
) -> None:
    """Write one self-contained HTML page on a pair of countries."""
    from amur.brief import write_brief

    path = write_brief(a, b, out, lang=lang, data=data)
    sys.stderr.write(f"Wrote {path}\n")


@app.command()
def measures(lang: LangOption = "en", form: FormatOption = "table", out: OutOption = None) -> None:
    """List the measures with their definitions."""
    from amur.measuring import measures as registry

    rows = [measure.to_dict(lang) for measure in registry()]
    show(rows, {"measures": rows}, form=form, out=out)


@app.command()
def measure(
    name: Annotated[str, typer.Argument(help="A measure, such as share; `amur measures` lists them.")],
    a: CountryA,
    b: Annotated[str, typer.Argument(help="Its partner; measures of one country do without.")] = "",
    flow: Annotated[str, typer.Option(help="exports, imports or total, as seen from A.")] = "total",
    period: Annotated[
        str, typer.Option(help="Such as 2024, 2025-H1, 2025-01/2025-07; the newest where left out.")
    ] = "",
    base: Annotated[
        str, typer.Option(help="The period that growth is counted from; a year before where left out.")
    ] = "",
    product: Annotated[str, typer.Option(help="A product or sector; goods in total where left out.")] = "",
    source: Annotated[str, typer.Option(help="One table of flows alone, such as icio, or facts.")] = "",
    data: DataOption = None,
    lang: LangOption = "en",
    form: FormatOption = "table",
    explain: Annotated[bool, typer.Option("--explain", help="Print the arithmetic of each figure.")] = False,
    out: OutOption = None,
) -> None:
    """Print a measure for a pair, from every source that has it, the preferred one first."""
    from amur.indicators import Query
    from amur.measuring import measure as compute

    query = Query(
        flow=flow,
        period=period or None,
        product=product,
        base=base or None,
        source=source,
        data=data,
        language=lang,
    )
    figures = compute(name, a, b, query)
    if explain:
        sys.stdout.write("\n\n".join(figure.explain() for figure in figures) + "\n")
        return
    show(figure_rows(figures), {"figures": figures}, form=form, out=out)


@app.command()
def coverage(
    a: CountryA, b: CountryB, data: DataOption = None, form: FormatOption = "table", out: OutOption = None
) -> None:
    """Say what data exist for a pair, from which source, to which month."""
    from amur.coverage import coverage as cover

    found = cover(a, b, data=data).to_dict()
    rows = [{**row, "missing": ", ".join(row["missing"])} for row in found["rows"]]  # type: ignore[union-attr,index]
    show(rows, found, form=form, out=out)


sources = typer.Typer(help="What data Amur holds, which vintage, whose licence.", invoke_without_command=True)
app.add_typer(sources, name="sources")


@sources.callback()
def sources_default(context: typer.Context) -> None:
    """List the sources."""
    if context.invoked_subcommand is None:
        sources_list()


@sources.command("list")
def sources_list(form: FormatOption = "table", out: OutOption = None) -> None:
    """List the data files with producer, licence and vintage."""
    from amur.coverage import described_sources

    records = described_sources()
    columns = ("key", "producer", "licence", "licence_status", "vintage", "file")
    show([{key: record.get(key) for key in columns} for record in records], {"sources": records}, form=form, out=out)


@sources.command("show")
def sources_show(key: str, form: FormatOption = "table", out: OutOption = None) -> None:
    """Show all that is known of one source."""
    from amur.origins import origin

    record = origin(key).to_dict()
    show([{"field": name, "value": value} for name, value in record.items()], record, form=form, out=out)


@app.command()
def simulate(
    scenario: Annotated[
        str, typer.Argument(help="A scenario file, or the name of one that ships, such as cut-rus-chn.")
    ],
    economy: Annotated[
        str, typer.Option(help="Baselines, with commas between; icio-2022 and its update by default.")
    ] = "",
    theta: Annotated[str, typer.Option(help="Sets of trade elasticities, such as FGH22,FGO.")] = "",
    horizon: Annotated[str, typer.Option(help="long, short, or both with a comma between.")] = "",
    closure: Annotated[str, typer.Option(help="fixed, share_of_income, balanced, component_balanced.")] = "",
    draws: Annotated[int, typer.Option(help="Solve the default run under so many draws of the elasticities.")] = 0,
    elasticities: ElasticitiesOption = "",
    ranges: Annotated[
        list[str] | None, typer.Option("--range", help="Draw a number of the scenario too: shocks.0.add=0.1:0.4.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of what is drawn.")] = 0,
    workers: WorkersOption = None,
    cluster: ClusterOption = "",
    folder: FolderOption = None,
    lang: LangOption = "en",
    form: PageFormatOption = "table",
    out: OutOption = None,
) -> None:
    """Solve a scenario: what happens to every country when a tie is taxed, capped, banned or cut."""
    from amur.errors import InputError
    from amur.simulate import Plan, notes, overview, rows
    from amur.simulate import simulate as run
    from amur.text import Text

    plan = Plan(_listed(economy), _listed(theta), cast("Any", _listed(closure)), cast("Any", _listed(horizon)))
    page = form == "html" or (out is not None and out.suffix == ".html")
    drawn = bool(draws or elasticities or ranges)
    if page and drawn:
        raise InputError("A page shows no draws. Leave out --draws, or print a table, JSON or CSV.")
    simulation = run(scenario, plan, advance=progress("solving"))
    text = Text(lang)
    if page:
        from amur.pages.simulation import write_result_page

        path = write_result_page(simulation, out or f"{simulation.scenario.name}.html", lang=lang)
        sys.stderr.write(f"Wrote {path}\n")
    elif drawn:
        from amur.ensemble import Place, Request, simulation_draws

        request = Request(draws or 100, elasticities, tuple(ranges or ()), seed)
        place = Place(workers, cluster or None, folder)
        _show_draws(
            simulation, simulation_draws(simulation, request, place, advance=progress("drawing")), text, form, out
        )
    elif form == "table":
        show(overview(simulation, text), None, form=form, out=out)
        _say(notes(simulation, text), form)
    else:
        show(rows(simulation), simulation.to_dict() if form == "json" else None, form=cast("Format", form), out=out)
    if simulation.unconverged:
        raise typer.Exit(3)
    if simulation.unmet:
        raise typer.Exit(1)


def _show_draws(simulation: Simulation, drawn: Ensemble, text: Text, form: str, out: Path | None) -> None:
    """A simulation with the draws of its default run beside it."""
    from amur.ensemble import drawn_columns, ensemble_notes, ensemble_table
    from amur.simulate import notes, overview, rows

    tables = [("", overview(simulation, text)), ensemble_table(drawn, text)] if form == "table" else []
    flat = drawn_columns(drawn, rows(simulation)) if form == "csv" else []
    whole = simulation.to_dict() | {"draws": drawn.to_dict(drawn.regions)} if form == "json" else None
    _show_tables(tables, flat, whole, form=form, out=out)
    _say([*notes(simulation, text), *ensemble_notes(drawn, text)], form)


@app.command()
def validate(
    name: Annotated[str, typer.Argument(help="One comparison; all where left out.")] = "",
    form: FormatOption = "table",
    out: OutOption = None,
) -> None:
    """Rerun published tables and closed forms, ours beside theirs; exit code 1 where one fails."""
    from amur.validate import validate as rerun

    checks = [check.to_dict() for check in rerun(*([name] if name else []))]
    columns = ("name", "kind", "quantity", "ours", "theirs", "difference", "tolerance", "ok")
    rows = checks if form == "csv" else [{key: check[key] for key in columns} for check in checks]
    show(rows, {"checks": checks}, form=form, out=out)
    failed = [check for check in checks if not check["ok"]]
    published = sum(check["kind"] == "published" for check in checks)
    sys.stderr.write(
        f"{len(checks) - len(failed)} of {len(checks)} checks hold; {published} of them are published numbers.\n"
    )
    if failed:
        raise typer.Exit(1)


def _listed(words: str) -> tuple[str, ...] | None:
    """Words with commas between as a tuple; None where nothing was given."""
    return tuple(word.strip() for word in words.split(",") if word.strip()) or None


# As in amur.changes.asked, which is too heavy to import for --help; a test holds the two together.
What = Literal["trade", "months", "shares", "dependence", "complexity", "baskets", "rerouting", "gaps", "events",
               "twin", "premium", "saturation", "mirror"]  # fmt: skip


@app.command()
def explain(
    what: Annotated[What, typer.Argument(help="trade, or one side of it; docs/explain.md says which data each needs.")],
    a: CountryA,
    b: Annotated[str, typer.Argument(metavar="[B]", help="Its partner; not needed by all questions.")] = "",
    start: Annotated[str, typer.Option("--from", help="The period before, such as 2021.")] = "",
    end: Annotated[str, typer.Option("--to", help="The period after, such as 2022.")] = "",
    flow: Annotated[Literal["total", "exports", "imports"], typer.Option(help="As seen from A.")] = "total",
    basket: Annotated[str, typer.Option(help="A list of goods, such as CHPL or CHPL/1.")] = "",
    lang: LangOption = "en",
    data: DataOption = None,
    form: PageFormatOption = "table",
    out: OutOption = None,
) -> None:
    """Say why trade moved: price, volume, mix, partner, and what the data cannot tell."""
    if what != "trade":
        _answer(what, (a, b, start, end, flow, basket, data), lang=lang, form=form, out=out)
        return
    from amur.changes.explain import explain_change
    from amur.errors import MeasureError

    if not (b and start and end):
        raise MeasureError("Trade moves between two places and two periods. Name B, --from and --to.")
    found = explain_change(a, b, start=start, end=end, flow=flow, data=data)
    if form == "html" or (out is not None and out.suffix == ".html"):
        from amur.pages.explanation import write_explanation_page

        path = write_explanation_page(found, out or f"explain-{found.a}-{found.b}.html", lang=lang, data=data)
        sys.stderr.write(f"Wrote {path}\n")
        return
    show(found.rows(lang), found.to_dict(lang), form=cast("Format", form), out=out)


def _answer(what: Any, asked: tuple[Any, ...], *, lang: str, form: str, out: Path | None) -> None:
    """Print the rows of a question; its sentences stand on standard error beside a table, and inside JSON."""
    from amur.changes.asked import Asked, ask

    found = ask(what, Asked.read(*asked))
    if form == "html" or (out is not None and out.suffix == ".html"):
        from amur.pages.explanation import write_answer_page

        path = write_answer_page(
            found, out or "-".join(filter(None, ("explain", what, *asked[:2]))) + ".html", lang=lang
        )
        sys.stderr.write(f"Wrote {path}\n")
        return
    rows = found.shown() if form == "table" and out is None else found.rows
    show(rows, found.to_dict(lang), form=cast("Format", form), out=out)
    if form == "table":
        more = [] if len(rows) == len(found.rows) else [f"{len(rows)} of {len(found.rows)} rows; --format csv has all."]
        sys.stderr.write("".join(f"{sentence}\n" for sentence in [*found.sentences(lang), *more]))


@app.command()
def check(
    texts: Annotated[list[Path], typer.Argument(metavar="FILE…", help="One or several texts; - reads standard input.")],
    date: Annotated[
        str, typer.Option(help="Day of publication, such as 2025-08-21, where the text does not say.")
    ] = "",
    lang: Annotated[str, typer.Option(help="Language of the text, en or sv; found where left out.")] = "",
    against: Annotated[Path | None, typer.Option("--data", help="Flows or facts of your own to check against.")] = None,
    fail_on: Annotated[
        str, typer.Option("--fail-on", help="contradicted: exit code 1 where a figure does not hold.")
    ] = "",
    form: PageFormatOption = "table",
    out: OutOption = None,
) -> None:
    """Test every figure in a text against the data and against the others."""
    from amur.claims.check import check as test
    from amur.errors import InputError
    from amur.text import Text

    if fail_on not in ("", "contradicted"):
        raise InputError(f"--fail-on takes contradicted, not '{fail_on}'.")
    report = test(_contents(texts), date=date or None, lang=lang or None, against=against)
    if not report.claims:
        sys.stderr.write(f"{Text(report.language)('check.page.none_found')}\n")
    if form == "html" or (out is not None and out.suffix == ".html"):
        from amur.claims.evidence import Knowledge
        from amur.pages.check import write_report_page

        path = write_report_page(report, out or f"check-{texts[0].stem}.html", knowledge=Knowledge(against))
        sys.stderr.write(f"Wrote {path}\n")
    else:
        show(report.rows(), report.to_dict(), form=cast("Format", form), out=out)
    if fail_on and report.contradicted:
        raise typer.Exit(1)


def _contents(paths: Sequence[Path]) -> dict[str, bytes]:
    """The bytes of each file by its name; two files of one name keep their folders."""
    from amur.errors import ClaimsError

    found: dict[str, bytes] = {}
    for path in paths:
        try:
            content = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        except OSError as error:
            raise ClaimsError(f"Cannot read '{path}': {error.strerror}. Name a text file.") from error
        found[path.name if path.name not in found else str(path)] = content
    return found


@app.command()
def leverage(
    places: Annotated[
        list[str],
        typer.Argument(metavar="A [B…]", help="Two countries or blocs; one for all its ties, all for everybody's."),
    ],
    economy: Annotated[
        str, typer.Option(help="Baselines, with commas between; icio-2022 and its update by default.")
    ] = "",
    draws: Annotated[
        int | None, typer.Option(help="Draws of the elasticities for a pair; 100 where published, 0 for none.")
    ] = None,
    elasticities: ElasticitiesOption = "",
    workers: WorkersOption = None,
    cluster: ClusterOption = "",
    folder: FolderOption = None,
    fast: Annotated[bool, typer.Option("--fast", help="The fast closed form beside the exact matrix.")] = False,
    policy: Annotated[Path | None, typer.Option("--design", help="A design whose frontier the page shows.")] = None,
    lang: LangOption = "en",
    form: PageFormatOption = "table",
    out: OutOption = None,
) -> None:
    """Say what each side loses when a tie is cut or made dearer; three places or more make a triangle."""
    from amur.errors import InputError
    from amur.text import Text

    text, baselines = Text(lang), _listed(economy) or ()
    page = form == "html" or (out is not None and out.suffix == ".html")
    alone = next((place for place in places if place != "all"), "all") if len(places) == 1 or "all" in places else ""
    pair = len(places) == 2 and not alone and not fast
    if not pair and (draws or elasticities or cluster or policy):
        raise InputError("Draws and designs are for one pair. Name two places, or leave these options out.")
    if page and (fast or alone):
        raise InputError("A page is made for two places, or for three and more. Name another place.")
    if fast:
        from amur.leverage import default_economy, fast_notes, fast_rows, fast_table

        found = fast_rows(default_economy(baselines), alone or places[0])
        _show_tables([fast_table(found, text)], [vars(row) for row in found], {"fast": found}, form=form, out=out)
        _say(fast_notes(found, text), form)
    elif pair:
        from amur.ensemble import Place
        from amur.leverage import leverage as measure_leverage
        from amur.leverage import pair_draws, with_draws

        place, thetas = Place(workers, cluster or None, folder), pair_draws(baselines, draws, elasticities)
        ties = measure_leverage(*places, economies=baselines, advance=progress("solving"))
        if thetas is not None and ties.loss(ties.a.code) is not None:
            ties = with_draws(ties, thetas, place, advance=progress("drawing"))
        if page:
            _leverage_page(ties, policy, out, lang)
        else:
            _show_ties(ties, text, form, out)
    elif alone:
        from amur.leverage import survey

        _show_ties(survey(alone, economies=baselines, advance=progress("solving")), text, form, out)
    else:
        _triangle(places, text, form if not page else "html", out)


def _triangle(places: Sequence[str], text: Text, form: str, out: Path | None) -> None:
    """Three powers or more: the page, its tables, or its numbers."""
    from amur.pages.triangle import write_triangle_page
    from amur.pages.triangle_rows import triangle_cells, triangle_data, triangle_rows

    if form == "html":
        path = write_triangle_page(out or "triangle.html", places, lang=text.language)
        sys.stderr.write(f"Wrote {path}\n")
        return
    tables = triangle_cells(places, text) if form == "table" else []
    rows = triangle_rows(places, text) if form == "csv" else []
    _show_tables(tables, rows, triangle_data(places, text) if form == "json" else None, form=form, out=out)


def _leverage_page(ties: Leverage, policy: Path | None, out: Path | None, lang: Lang) -> None:
    """The page of a pair, with the frontier of a design, or of the less hurt side against the other."""
    from amur.design import design_policy, pair_design
    from amur.leverage import asymmetry
    from amur.pages.leverage import write_leverage_page

    both, economy = asymmetry(ties), ties.default.setting.economy
    source = policy or (both and pair_design(both.less, both.more, economy=economy))
    study = design_policy(source, advance=progress("designing")) if source else None
    path = out or Path(f"leverage-{ties.a.code}-{ties.b.code}.html")
    sys.stderr.write(f"Wrote {write_leverage_page(ties, path, lang=lang, study=study)}\n")


def _show_ties(found: Leverage | Survey, text: Text, form: str, out: Path | None) -> None:
    from amur.leverage import notes, overview, tables

    rows = [dict(vars(row)) for row in overview(found)] if form == "csv" else []
    _show_tables(tables(found, text) if form == "table" else [], rows, found, form=form, out=out)
    _say(notes(found, text), form)


def _show_tables(
    tables: Sequence[tuple[str, Sequence[Mapping[str, Any]]]],
    rows: Sequence[Mapping[str, Any]],
    whole: object,
    *,
    form: str,
    out: Path | None,
) -> None:
    """Print tables with their titles, or rows as CSV, or the whole record as JSON; to a file where one is named."""
    from amur.output import as_table, write_file

    if form != "table":
        show(rows, whole, form=cast("Format", form), out=out)
        return
    content = "\n".join(as_table(cells, title=title) for title, cells in tables)
    if out is None:
        sys.stdout.write(content)
    else:
        write_file(out, content)
        sys.stderr.write(f"Wrote {out}\n")


def _say(notes: Sequence[str], form: str) -> None:
    """What stands beside a table, on standard error."""
    if form == "table":
        sys.stderr.write("".join(f"{note}\n" for note in notes))


@app.command()
def design(
    file: Annotated[Path, typer.Argument(help="A design file: coalition, target, instruments, bounds.")],
    lang: LangOption = "en",
    form: PageFormatOption = "table",
    out: OutOption = None,
) -> None:
    """Find the tariffs, export taxes and bans that hurt a target most for what they cost."""
    from amur.design import design_notes, design_policy
    from amur.pages.leverage_design import design_cells, write_design_page
    from amur.text import Text

    text = Text(lang)
    study = design_policy(file, advance=progress("designing"))
    if form == "html" or (out is not None and out.suffix == ".html"):
        path = write_design_page(study, out or file.with_suffix(".html").name, lang=lang)
        sys.stderr.write(f"Wrote {path}\n")
        return
    found = study.to_dict()
    levers = cast("dict[str, Any]", found["design"])["levers"]
    _show_tables(design_cells(study, text), levers, found, form=form, out=out)
    _say(design_notes(study, text), form)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; only this machine by default.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    token: Annotated[str, typer.Option(help="Required of every reader where other machines may ask.")] = "",
) -> None:
    """Open the web app on this machine."""
    from amur.app import serve as run

    sys.stderr.write(f"Amur listens on http://{host}:{port} (stop with Ctrl+C)\n")
    run(host=host, port=port, token=token or None)
