"""Charts on a page: finding, picture, data, downloads, and the sentence to copy with its source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from markupsafe import Markup

from amur.charts.rendering import Draw, Legend, Rendered, announce_png, render
from amur.kit.downloads import Download, FileKind, link, of_bytes, of_text
from amur.kit.markup import part, slug
from amur.kit.numbers import Sentence
from amur.kit.sources import source_line
from amur.kit.tables import Table, table, table_csv, table_xlsx
from amur.origins import Origin
from amur.text import Text

Address = Callable[[str, FileKind], str]
"""Where a server offers a chart's file: (name, kind) to an address."""

_KINDS: tuple[FileKind, ...] = ("PNG", "SVG", "CSV", "XLSX")


@dataclass(frozen=True)
class Chart:
    """One chart: what it shows, what it finds (computed from the numbers), how to draw it, its data.

    `alt` describes the picture to those who cannot see it; where it is empty the finding does.
    """

    name: str
    title: str
    finding: Sentence
    draw: Draw
    table: Table
    origins: tuple[Origin, ...] = ()
    alt: str = ""
    note: str = ""


@dataclass(frozen=True)
class Served:
    """How a server shows charts: where their files are, and what stands in the place of each picture.

    `picture` gives the markup for `large` and `small` pages, such as an image that is drawn when it is asked for.
    """

    address: Address
    picture: Callable[[Chart], Mapping[str, Markup]]


_SERVED: ContextVar[Served | None] = ContextVar("served", default=None)


@contextmanager
def served(how: Served) -> Iterator[None]:
    """All charts that are made inside are shown as a server shows them, whichever page they are part of."""
    before = _SERVED.set(how)
    try:
        yield
    finally:
        _SERVED.reset(before)


def is_served() -> bool:
    """Whether charts are shown as a server shows them."""
    return _SERVED.get() is not None


def chart(record: Chart, text: Text, *, address: Address | None = None) -> Markup:
    """A chart as markup; its files are inside the page, or at the addresses of a server."""
    how = _SERVED.get()
    if how is not None and address is None:
        return _framed(record, text, how.picture(record), _linked(record, how.address))
    rendered = render(record.draw, text, legend=legend(record, text))
    svg = {"large": Markup(rendered.svg_page), "small": Markup(rendered.svg_phone)}
    links = _inside(record, rendered, text) if address is None else _linked(record, address)
    return _framed(record, text, svg, links)


def _linked(record: Chart, address: Address) -> tuple[Download, ...]:
    name, label = record.name, record.title
    return tuple(link(kind, address(name, kind), name=name, label=label) for kind in _KINDS)


def _framed(record: Chart, text: Text, svg: Mapping[str, Markup], links: Sequence[Download]) -> Markup:
    source = source_line(record.origins, text)
    words = {
        "source": source,
        "sentence": f"{record.finding.plain} {source}".strip(),
        "done": text("kit.chart.copied"),
        "failed": text("kit.chart.copy_failed"),
        "button": text("kit.chart.copy"),
        "lead": text("kit.chart.download", title=record.title),
        "show": text("kit.chart.show_data"),
    }
    return part("chart", record, svg, words, links, table(record.table, text, downloads=False, quiet=True))


def charts(some: Sequence[Chart], text: Text, *, address: Address | None = None) -> list[Markup]:
    """The charts of a page in order; their PNG files are drawn on a second core where one was offered."""
    if address is None and _SERVED.get() is None:
        for record in some:
            announce_png(render(record.draw, text, legend=legend(record, text)).svg_file)
    return [chart(record, text, address=address) for record in some]


def legend(record: Chart, text: Text) -> Legend:
    """The words around a chart's picture."""
    return Legend(
        name=slug(record.name),
        title=record.finding.plain,
        description=record.alt or f"{record.title}. {record.finding.plain}",
        source=source_line(record.origins, text),
    )


def chart_file(record: Chart, kind: FileKind, text: Text) -> bytes:
    """One of a chart's files, as a server sends it."""
    if kind == "CSV":
        return table_csv(record.table).encode("utf-8")
    if kind == "XLSX":
        return table_xlsx(record.table, text, about=_about(record, text))
    rendered = render(record.draw, text, legend=legend(record, text))
    return rendered.png if kind == "PNG" else rendered.svg_file.encode("utf-8")


def _inside(record: Chart, rendered: Rendered, text: Text) -> tuple[Download, ...]:
    workbook = table_xlsx(record.table, text, about=_about(record, text))
    name, label = record.name, record.title
    return (
        of_bytes("PNG", rendered.png, name=name, label=label),
        of_text("SVG", rendered.svg_file, name=name, label=label),
        of_text("CSV", table_csv(record.table), name=name, label=label),
        of_bytes("XLSX", workbook, name=name, label=label),
    )


def _about(record: Chart, text: Text) -> list[str]:
    return [record.finding.plain, source_line(record.origins, text)]
