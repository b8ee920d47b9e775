"""Charts on a page: finding, picture, data, downloads, and the sentence to copy with its source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from markupsafe import Markup

from amur.charts.beside import Order, announce, drawn
from amur.charts.rendering import Draw, Legend, Rendered, render
from amur.kit.downloads import Download, FileKind, drawn_on_demand, link, of_bytes, of_text
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
    return _whole(record, text, drawn(_order(record, text)), address)


def _whole(record: Chart, text: Text, rendered: Rendered, address: Address | None) -> Markup:
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


class Gallery:
    """Charts of one page, which may be drawn on a second core from the moment they are added.

    See `amur.charts.beside.drawing_beside`; where a server shows charts, nothing is drawn ahead.
    """

    def __init__(self, text: Text) -> None:
        self._text = text
        self._orders: list[tuple[Chart, Order]] = []

    def add(self, record: Chart) -> None:
        order = _order(record, self._text)
        self._orders.append((record, order))
        if not is_served():
            announce(order)

    def shown(self) -> list[Markup]:
        """The charts as markup, in the order in which they were added."""
        if is_served():
            return [chart(record, self._text) for record, _ in self._orders]
        return [_whole(record, self._text, drawn(order), None) for record, order in self._orders]


def charts(some: Sequence[Chart], text: Text) -> list[Markup]:
    """The charts of a page in order, drawn on two cores where a second was offered."""
    gallery = Gallery(text)
    for record in some:
        gallery.add(record)
    return gallery.shown()


def _order(record: Chart, text: Text) -> Order:
    return Order(record.draw, text.language, legend(record, text))


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
        drawn_on_demand("PNG", name=name, label=label),
        of_text("SVG", rendered.svg_file, name=name, label=label),
        of_text("CSV", table_csv(record.table), name=name, label=label),
        of_bytes("XLSX", workbook, name=name, label=label),
    )


def _about(record: Chart, text: Text) -> list[str]:
    return [record.finding.plain, source_line(record.origins, text)]
