"""The page of a check: each text with its claims marked where they stand, and the verdict beside."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from markupsafe import Markup, escape

from amur import kit
from amur.claims.claim import Document
from amur.claims.evidence import Knowledge
from amur.claims.report import (
    Checked,
    Report,
    arithmetic_of,
    meaning_of,
    repair_of,
    sentence_of,
    shown_evidence,
)
from amur.claims.telling import clash_arithmetic, clash_sentence, insight_sentence, note_sentence, repair_sentence
from amur.claims.verdict import Code
from amur.claims.wording import Teller
from amur.errors import OriginError
from amur.kit import Column, Page, Section, Table
from amur.origins import Origin, origin
from amur.output import write_file
from amur.pages.readings import readings_of, switch
from amur.text import Text

# How a verdict looks: holds, fails, or cannot be told. The word beside always says which.
_LOOKS: dict[Code, str] = {
    "supported": "holds",
    "supported_within_rounding": "holds",
    "supported_only_for": "partly",
    "contradicted": "fails",
    "inconsistent_with": "fails",
    "roles_swapped": "fails",
    "conversion": "partly",
    "mixed_currency": "partly",
    "level_growth_confusion": "fails",
    "unit_confusion": "fails",
    "different_concept": "partly",
    "not_an_outcome": "open",
    "underspecified": "open",
    "outside_data": "open",
}
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
_TAG = re.compile(r"<[^<>]*>")
_STRIPPED = "html_stripped"
# A long line that ends without a paragraph was broken by the page it was set on, unless a list goes on below.
_SET_BREAK = re.compile(r"(?<=[^\n]{45})\n(?=\s*[^\s•*–—\-\d])")
_LONGEST_TITLE = 90


def write_report_page(
    report: Report, path: str | Path, *, lang: str | None = None, knowledge: Knowledge | None = None
) -> Path:
    """Write the page of a report to `path`, whole or not at all; in the language of its first text by default.

    With `knowledge`, the data that the texts were held against, the reader can switch between a claim's readings.
    """
    return write_file(path, report_page(report, Text(lang or report.language), knowledge))


def report_page(report: Report, text: Text, knowledge: Knowledge | None = None) -> str:
    """The page as one self-contained HTML file."""
    return kit.render_page(report_record(report, text, knowledge), text)


def report_record(report: Report, text: Text, knowledge: Knowledge | None = None) -> Page:
    """The page as a record, which a file and the app render alike.

    With `knowledge`, the data that the texts were held against, the reader can switch between a claim's readings.
    """
    count = len(report.claims)
    standfirst = text("check.page.standfirst", n=count) if count else text("check.page.standfirst_none")
    return Page(
        title=text("check.title"),
        description=standfirst,
        sections=tuple(_sections(report, text, knowledge)),
        origins=_origins(report),
        cite=text("check.page.cite"),
        rebuild=f"amur check article.txt --lang {text.language} -o page.html",
    )


def _sections(report: Report, text: Text, knowledge: Knowledge | None) -> Iterator[Section]:
    teller = report.teller(text.language)
    for number, document in enumerate(report.documents):
        claims = report.of_document(number)
        title = _short(" ".join(document.title.split())) or text("check.page.document", n=number + 1)
        parts: list[str] = [kit.paragraph(text("check.page.legend"))] if claims else []
        parts += [_passage(passage, teller, knowledge) for passage in _passages(document, claims)]
        if not claims:
            parts.insert(0, kit.notice(text("check.page.none_found"), kind="info"))
        yield Section(f"text-{number + 1}", title, tuple(parts))
    if report.clashes:
        parts = [_clash(report, index, teller) for index in range(len(report.clashes))]
        yield Section("conflicts", text("check.page.conflicts"), tuple(parts))
    if report.insights:
        told = [Markup("<p>{}</p>").format(insight_sentence(teller, one)) for one in report.insights]
        yield Section("insights", text("check.page.insights"), tuple(told))
    if report.notes:
        told = [Markup("<p>{}</p>").format(note_sentence(teller, one)) for one in report.notes]
        yield Section("notes", text("check.page.notes"), tuple(told))
    if report.claims:
        yield Section("all-claims", text("check.page.table"), (kit.table(_table(report, text), text, quiet=True),))


def _short(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1].rstrip() + "…"


def _table(report: Report, text: Text) -> Table:
    heads = ("claim", "words", "verdict", "confidence", "sentence", "repair", "source")
    columns = tuple(
        Column(name, text(f"check.page.{name}"), "percent" if name == "confidence" else "text", digits=0)
        for name in heads
    )
    return Table("claims", text("check.page.table"), columns, report.rows(text.language))


def _origins(report: Report) -> tuple[Origin, ...]:
    found: dict[str, Origin] = {}
    for claim in report.claims:
        for one in shown_evidence(claim):
            for key in one.figure.origins:
                try:
                    found.setdefault(key, origin(key))
                except OriginError:
                    # The user's own file has no origin among the shipped ones.
                    continue
    return tuple(found.values())


# ── the text with its marks ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Passage:
    """A paragraph of a text and the claims that end in it."""

    document: Document
    start: int
    end: int
    claims: tuple[Checked, ...]


def _passages(document: Document, claims: Sequence[Checked]) -> Iterator[_Passage]:
    """The paragraphs of a text; a claim belongs to the one where its words end."""
    start = 0
    for gap in (*_PARAGRAPH.finditer(document.source), None):
        end = gap.start() if gap else len(document.source)
        inside = tuple(claim for claim in claims if start < claim.item.claim.end <= end)
        if document.source[start:end].strip():
            yield _Passage(document, start, end, inside)
        start = gap.end() if gap else end


def _passage(passage: _Passage, teller: Teller, knowledge: Knowledge | None) -> Markup:
    """A paragraph with its marks, and the verdicts on its claims beside."""
    words = Markup('<p class="words">{}</p>').format(Markup("").join(_marked(passage, teller)))
    if not passage.claims:
        return Markup('<div class="passage">{}</div>').format(words)
    cards = Markup("\n").join(_card(claim, teller, knowledge) for claim in passage.claims)
    return Markup('<div class="passage">{}<ol class="verdicts">{}</ol></div>').format(words, cards)


def _marked(passage: _Passage, teller: Teller) -> Iterator[Markup]:
    """The words of a paragraph: marked where claims stand, with a link to each verdict behind its claim."""
    spans = [(max(one.item.claim.start, passage.start), one.item.claim.end, one) for one in passage.claims]
    cuts = sorted({passage.start, passage.end, *(place for start, end, _ in spans for place in (start, end))})
    for start, end in pairwise(cuts):
        words = _shown(passage.document, start, end)
        covering = [claim for first, last, claim in spans if first <= start and end <= last]
        if covering:
            yield Markup('<span class="said {}">{}</span>').format(_LOOKS[covering[-1].code], words)
        else:
            yield escape(words)
        for _, last, claim in spans:
            if last == end:
                yield _reference(claim, teller)


def _shown(document: Document, start: int, end: int) -> str:
    words = document.source[start:end]
    if _STRIPPED in document.notes:
        words = html.unescape(_TAG.sub(" ", words))
    return _SET_BREAK.sub(" ", words)


def _reference(claim: Checked, teller: Teller) -> Markup:
    """The link from a claim to its verdict, which says the verdict to those who do not see the mark."""
    name, number = _name(claim), claim.key.split(".")[-1]
    verdict = teller.text(f"check.code.{claim.code}")
    said = f"{teller.text('check.page.claim')} {number}: {verdict}"
    return Markup('<a class="ref" id="mark-{0}" href="#claim-{0}" aria-label="{1}">{2}</a>').format(name, said, number)


def _name(claim: Checked) -> str:
    return claim.key.replace(".", "-")


# ── verdicts ────────────────────────────────────────────────────────────────────────────────────


def _card(claim: Checked, teller: Teller, knowledge: Knowledge | None) -> Markup:
    """A verdict: its name, the sentence to print, the cheapest repair, the evidence and the arithmetic."""
    text = teller.text
    number = claim.key.split(".")[-1]
    said = sentence_of(claim, teller)
    back = Markup('<a href="#mark-{}" aria-label="{}">{}</a>').format(_name(claim), text("check.page.back"), number)
    verdict = Markup('<b>{}</b> <span class="sure">{}</span>').format(
        text(f"check.code.{claim.code}"), _sure(claim, text)
    )
    rows = [Markup('<p class="code">{} {}</p>').format(back, verdict)]
    rows.append(Markup("<p>{}</p>").format(said))
    if repair := repair_of(claim, teller):
        rows.append(Markup('<p class="repair"><b>{}:</b> {}</p>').format(text("check.page.repair"), repair))
    rows.append(_details(claim, teller))
    if knowledge is not None:
        rows.append(switch(claim, readings_of(claim, teller, knowledge), teller))
    rows.append(_copy(said, text))
    looks = _LOOKS[claim.code]
    return Markup('<li class="{}" id="claim-{}" tabindex="-1">{}</li>').format(
        looks, _name(claim), Markup("\n").join(rows)
    )


def _sure(claim: Checked, text: Text) -> str:
    return f"{text.percent(claim.judgement.confidence, digits=0)} {text('check.page.sure')}"


def _details(claim: Checked, teller: Teller) -> Markup:
    """Arithmetic and evidence, folded away; each number of the evidence explains itself."""
    text = teller.text
    meaning = meaning_of(claim, teller)
    inside = [Markup("<p>{}: {}</p>").format(text("check.page.reading"), meaning)] if meaning else []
    inside += (
        [Markup('<pre tabindex="0">{}</pre>').format(arithmetic_of(claim, teller))]
        if arithmetic_of(claim, teller)
        else []
    )
    shown = shown_evidence(claim)
    if shown:
        numbers = Markup(", ").join(kit.figure(one.figure, text) for one in shown)
        inside.append(Markup("<p>{}: {}</p>").format(text("check.page.evidence"), numbers))
    others = len(claim.item.links) - 1
    if others > 0:
        inside.append(Markup("<p>{}</p>").format(text("check.page.other_readings", n=others)))
    if not inside:
        return Markup("")
    label = text("check.page.arithmetic")
    hidden = Markup('<span class="unseen">: {}</span>').format(claim.key)
    return Markup("<details><summary>{}{}</summary>{}</details>").format(label, hidden, Markup("\n").join(inside))


def _copy(said: str, text: Text) -> Markup:
    """The button that copies the sentence; it shows where scripts run."""
    button = Markup(
        '<button type="button" class="plain" hidden data-copy="{}" data-done="{}" data-failed="{}">{}</button>'
    ).format(said, text("kit.chart.copied"), text("kit.chart.copy_failed"), text("kit.chart.copy"))
    return Markup('<div class="tools">{}<span class="copied" role="status"></span></div>').format(button)


def _clash(report: Report, index: int, teller: Teller) -> Markup:
    """Claims that cannot hold together: the sentence, who they are, every smallest repair, the arithmetic."""
    clash, text = report.clashes[index], teller.text
    links = Markup(", ").join(
        Markup('<a href="#claim-{}">{}</a>').format(key.replace(".", "-"), key) for key in _known(clash.claims, report)
    )
    repairs = Markup("").join(Markup("<li>{}</li>").format(repair_sentence(teller, one)) for one in clash.repairs)
    listed = Markup("<ul>{}</ul>").format(repairs) if clash.repairs else Markup("")
    arithmetic = clash_arithmetic(teller, clash)
    sums = Markup('<pre tabindex="0">{}</pre>').format(arithmetic) if arithmetic else Markup("")
    head = f"{text.sentence(f'check.code.{clash.code}')}: {text(f'check.identity.{clash.identity}')}"
    return Markup('<article class="clash"><h3>{}</h3><p>{}</p><p>{}: {}</p>{}{}</article>').format(
        head, clash_sentence(teller, clash), text("check.page.claims"), links, listed, sums
    )


def _known(keys: Iterable[str], report: Report) -> list[str]:
    return [key for key in keys if key in report.linked]
