"""The command line: parse, call, print. Everything heavy is imported inside the command that needs it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

if TYPE_CHECKING:
    from amur.figures import Figure

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
DataOption = Annotated[Path | None, typer.Option("--data", help="Flows or facts of your own, CSV or Parquet.")]


def main() -> None:
    """Run a command; an error is one sentence on standard error and an exit code."""
    from amur.errors import AmurError

    try:
        app()
    except AmurError as error:
        sys.stderr.write(f"amur: {error}\n")
        sys.exit(error.exit_code)
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
    from amur.indicators import measures as registry

    rows = [measure.to_dict(lang) for measure in registry()]
    show(rows, {"measures": rows}, form=form, out=out)


@app.command()
def measure(
    name: Annotated[str, typer.Argument(help="A measure, such as share; `amur measures` lists them.")],
    a: CountryA,
    b: CountryB,
    flow: Annotated[str, typer.Option(help="exports, imports or total, as seen from A.")] = "total",
    period: Annotated[
        str, typer.Option(help="Such as 2024, 2025-H1, 2025-01/2025-07; the newest where left out.")
    ] = "",
    product: Annotated[str, typer.Option(help="A product or sector; goods in total where left out.")] = "",
    data: DataOption = None,
    form: FormatOption = "table",
    explain: Annotated[bool, typer.Option("--explain", help="Print the arithmetic of each figure.")] = False,
    out: OutOption = None,
) -> None:
    """Print a measure for a pair, from every source that has it, the preferred one first."""
    from amur.indicators import Query
    from amur.indicators import measure as compute

    figures = compute(name, a, b, Query(flow=flow, period=period or None, product=product, data=data))
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
    lang: LangOption = "en",
    form: PageFormatOption = "table",
    out: OutOption = None,
) -> None:
    """Solve a scenario: what happens to every country when a tie is taxed, capped, banned or cut."""
    from amur.simulate import Plan, notes, overview, rows
    from amur.simulate import simulate as run
    from amur.text import Text

    plan = Plan(_listed(economy), _listed(theta), cast("Any", _listed(closure)), cast("Any", _listed(horizon)))
    simulation = run(scenario, plan, advance=progress("solving"))
    text = Text(lang)
    if form == "html" or (out is not None and out.suffix == ".html"):
        from amur.pages.simulation import write_result_page

        path = write_result_page(simulation, out or f"{simulation.scenario.name}.html", lang=lang)
        sys.stderr.write(f"Wrote {path}\n")
    elif form == "table":
        show(overview(simulation, text), None, form=form, out=out)
        for note in notes(simulation, text):
            sys.stderr.write(f"{note}\n")
    else:
        show(rows(simulation), simulation.to_dict() if form == "json" else None, form=cast("Format", form), out=out)
    if simulation.unconverged:
        raise typer.Exit(3)
    if simulation.unmet:
        raise typer.Exit(1)


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


@app.command()
def explain(
    what: Annotated[Literal["trade"], typer.Argument(help="What moved: trade.")],
    a: CountryA,
    b: CountryB,
    start: Annotated[str, typer.Option("--from", help="The period before, such as 2021.")],
    end: Annotated[str, typer.Option("--to", help="The period after, such as 2022.")],
    flow: Annotated[Literal["total", "exports", "imports"], typer.Option(help="As seen from A.")] = "total",
    lang: LangOption = "en",
    data: DataOption = None,
    form: PageFormatOption = "table",
    out: OutOption = None,
) -> None:
    """Say why trade moved: price, volume, mix, partner, and what the data cannot tell."""
    from amur.changes.explain import explain_change

    found = explain_change(a, b, start=start, end=end, flow=flow, data=data)
    if form == "html" or (out is not None and out.suffix == ".html"):
        from amur.pages.explanation import write_explanation_page

        path = write_explanation_page(found, out or f"explain-{found.a}-{found.b}.html", lang=lang, data=data)
        sys.stderr.write(f"Wrote {path}\n")
        return
    show(found.rows(lang), found.to_dict(lang), form=cast("Format", form), out=out)


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

    if fail_on not in ("", "contradicted"):
        raise InputError(f"--fail-on takes contradicted, not '{fail_on}'.")
    report = test(_contents(texts), date=date or None, lang=lang or None, against=against)
    if form == "html" or (out is not None and out.suffix == ".html"):
        from amur.pages.check import write_report_page

        path = write_report_page(report, out or f"check-{texts[0].stem}.html")
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
    a: CountryA,
    b: CountryB,
    economy: Annotated[
        str, typer.Option(help="Baselines, with commas between; icio-2022 and its update by default.")
    ] = "",
    draws: Annotated[int, typer.Option(help="Solve the cut under so many published draws of the elasticities.")] = 0,
    form: FormatOption = "table",
    out: OutOption = None,
) -> None:
    """Say what each side loses when the tie is cut, exactly and at the margin, on both horizons."""
    from amur.leverage import leverage as measure_leverage
    from amur.leverage import overview, with_draws

    found = measure_leverage(a, b, economies=_listed(economy) or (), advance=progress("solving"))
    if draws:
        found = with_draws(found, draws, advance=progress("drawing"))
    show([dict(vars(row)) for row in overview(found)], found.to_dict(), form=form, out=out)


@app.command()
def design(
    file: Annotated[Path, typer.Argument(help="A design file: coalition, target, instruments, bounds.")],
    form: FormatOption = "table",
    out: OutOption = None,
) -> None:
    """Find the tariffs, export taxes and bans that hurt a target most for what they cost."""
    from amur.design import design_policy

    study = design_policy(file)
    found = study.to_dict()
    levers = cast("dict[str, Any]", found["design"])["levers"]
    show([lever for lever in levers if lever["setting"]], found, form=form, out=out)


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
