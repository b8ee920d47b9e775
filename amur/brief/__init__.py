"""The brief: one self-contained page on a pair of countries, for any pair and in either language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path

from markupsafe import Markup

from amur import codes
from amur.brief.about import about_chapter
from amur.brief.asymmetry import asymmetry_chapter
from amur.brief.cut import cut_chapter
from amur.brief.dependence import dependence_chapter
from amur.brief.pair import Chapter, Choice, Pair, Table, sector_flows
from amur.brief.replaced import replaced_chapter
from amur.brief.sectors import most_dependent, sector_name, sector_shares, sectors_chapter
from amur.brief.turnover import dated, newest_growth, preferred_by_year, reporter_name, turnover_chapter
from amur.brief.why import why_chapter
from amur.charts.beside import drawing_beside
from amur.coverage import coverage
from amur.errors import OutputError
from amur.figures import Figure
from amur.indicators.ledger import refuse_overlap
from amur.kit import Chart, Gallery, KeyFigure, Page, Section, Shown, is_served, render_page, table
from amur.origins import known_origins
from amur.output import write_file
from amur.progress import each
from amur.text import LANGUAGES, Text

CHAPTERS: tuple[Callable[[Pair], Chapter], ...] = (
    turnover_chapter,
    dependence_chapter,
    asymmetry_chapter,
    sectors_chapter,
    replaced_chapter,
    why_chapter,
    cut_chapter,
    about_chapter,
)


def write_brief(
    a: str, b: str, file: str | Path | None = None, *, lang: str = "en", data: str | Path | None = None
) -> Path:
    """Write the brief on two countries or blocs; `brief-A-B.html` in the working directory where no file is named.

    Raises CodeError for an unknown place, MeasureError for two that overlap, FlowsError or FactsError for `data`
    that cannot be read, OutputError where the file cannot be written. The file is whole or is not there.
    """
    pair = make_pair(a, b, lang=lang, data=data)
    target = Path(file) if file is not None else Path(f"brief-{pair.a.code}-{pair.b.code}.html")
    if target.is_dir() or not (target.parent or Path()).is_dir():
        raise OutputError(f"Cannot write '{target}': name a file in a folder that exists.")
    return write_file(target, brief_page(pair))


def make_pair(
    a: str, b: str, *, lang: str = "en", data: str | Path | None = None, choice: Choice | None = None
) -> Pair:
    """The pair of a brief, its places looked up and checked."""
    first, second = codes.place(a), codes.place(b)
    refuse_overlap(first, second)
    return Pair(first, second, Text(lang), None if data is None else Path(data), choice or Choice())


def brief_page(pair: Pair) -> str:
    """The brief as one self-contained HTML page."""
    return render_page(brief_of(pair), pair.text)


def brief_of(pair: Pair, later: Mapping[str, Markup] | None = None) -> Page:
    """The page record: key figures, chapters with their charts drawn, sources, and how to rebuild it.

    Chapters named in `later` are not made; what stands there under their names stands in their place.
    """
    text = pair.text
    # A server draws each chart when it is asked for.
    with nullcontext() if is_served() else drawing_beside():
        gallery = Gallery(text)
        chapters = list(_chapters(pair, gallery, later or {}))
        drawn = _drawn(pair, chapters, gallery)
    sections = tuple(
        Section(item.name, item.title, tuple(drawn.get(id(part), part) for part in item.parts))  # type: ignore[misc]
        for item in chapters
    )
    keys = dict.fromkeys(key for item in chapters for key in item.origins)
    names = {"a": text.the(pair.a.code), "b": text.the(pair.b.code)}
    newest = coverage(pair.a.code, pair.b.code, data=pair.data).newest
    return Page(
        title=text.sentence("brief.title", **names),
        eyebrow=text("brief.eyebrow"),
        description=text.sentence("brief.description", **names),
        sections=sections,
        headline=_headline(pair),
        newest=newest,
        origins=known_origins(keys),
        cite=text("brief.cite", **names),
        rebuild=_rebuild(pair),
    )


def _chapters(pair: Pair, gallery: Gallery, later: Mapping[str, Markup]) -> Iterator[Chapter]:
    """The chapters; the charts of each can be drawn while the next is computed."""
    for build in each(CHAPTERS):
        name = build.__name__.removesuffix("_chapter")
        if name in later:
            yield Chapter(name, pair.text(f"brief.{name}.title"), (later[name],))
            continue
        chapter = build(pair)
        for part in chapter.parts:
            if isinstance(part, Chart):
                gallery.add(part)
        yield chapter


def _drawn(pair: Pair, chapters: list[Chapter], gallery: Gallery) -> Mapping[int, str]:
    """Markup of every chart and table, by identity."""
    parts = [part for item in chapters for part in item.parts]
    tables = {id(part): table(part, pair.text) for part in parts if isinstance(part, Table)}
    records = [part for part in parts if isinstance(part, Chart)]
    return tables | dict(zip(map(id, records), gallery.shown(), strict=True))


def _headline(pair: Pair) -> tuple[KeyFigure, ...]:
    text = pair.text
    levels = preferred_by_year(pair.over_time("turnover", pair.a.code, pair.b.code))
    level = list(levels.values())[-1] if levels else None
    growth = next(iter(newest_growth(pair)), None)
    items = [
        KeyFigure(text("brief.key.turnover"), _short(pair, level), _when(pair, level)),
        KeyFigure(text("brief.key.growth"), _percent(pair, growth), _when(pair, growth)),
    ]
    for one, other in pair.both_ways:
        share = pair.first("share", one, other)
        label = text("brief.key.share", a_s=text.genitive(one), b_s=text.genitive(other))
        items.append(KeyFigure(label, share, _when(pair, share)))
    ratio = pair.first("asymmetry_ratio", pair.a.code, pair.b.code)
    items.append(KeyFigure(text("brief.key.asymmetry"), ratio, _when(pair, ratio)))
    items += [item for way in pair.both_ways if (item := _most_dependent(pair, way)) is not None]
    return tuple(items)


def _most_dependent(pair: Pair, way: tuple[str, str]) -> KeyFigure | None:
    found = sector_flows(pair)
    if found is None:
        return None
    ledger, period, flows = found
    item = most_dependent(sector_shares(pair, flows, way, ledger, period))
    if item is None:
        return None
    label = pair.text("brief.key.sector", a=pair.text.the(way[0]), b=pair.text.the(way[1]))
    return KeyFigure(label, item.share, f"{sector_name(pair, item.product)}, {dated(pair, item.share)}")


def _short(pair: Pair, level: Figure | None) -> Shown | None:
    """An amount with one decimal, whose words may stand on two lines."""
    if level is None:
        return None
    return Shown(level, pair.text.money(level.value, level.currency).replace("\u00a0", " "))


def _percent(pair: Pair, growth: Figure | None) -> Figure | Shown | None:
    """Growth as printed, else with one decimal."""
    if growth is None or growth.printed:
        return growth
    return Shown(growth, pair.text.percent(growth.value))


def _when(pair: Pair, figure: Figure | None) -> str:
    if figure is None or figure.period is None:
        return ""
    return ", ".join(word for word in (dated(pair, figure), reporter_name(pair, figure)) if word)


def _rebuild(pair: Pair) -> str:
    """The command that makes this page again."""
    language = "" if pair.text.language == LANGUAGES[0] else f" --lang {pair.text.language}"
    data = "" if pair.data is None else f" --data {pair.data.name}"
    return f"amur brief {pair.a.code} {pair.b.code}{language}{data}"
