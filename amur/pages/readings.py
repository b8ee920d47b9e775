"""The readings of a claim, each with the verdict that it would have, to switch between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from markupsafe import Markup

from amur.claims.evidence import Knowledge
from amur.claims.link import Link
from amur.claims.report import Checked, arithmetic_of, sentence_of
from amur.claims.verdict import Code, judge
from amur.claims.wording import Teller

MOST = 5
"""So many readings are shown; the others are seldom meant."""


@dataclass(frozen=True)
class Reading:
    """A reading in words, with its verdict, the sentence that tells it, and the arithmetic."""

    words: str
    code: Code
    sentence: str
    arithmetic: str


def readings_of(claim: Checked, teller: Teller, knowledge: Knowledge) -> tuple[Reading, ...]:
    """The reading that the verdict took, then the others with the verdict that each would have by itself.

    Those that would be told in the same words are one. Empty where there is only one, or none that data can answer.
    """
    used = claim.judgement.link
    if used.statement is None or claim.item.reading.value is None:
        return ()
    first = Reading(_words(used, teller), claim.code, sentence_of(claim, teller), arithmetic_of(claim, teller))
    found = {first.words: first}
    for link in claim.item.links:
        if link.statement is not None and link != used and len(found) < MOST and _compares(link):
            words = _words(link, teller)
            if words not in found:
                found[words] = _alone(claim, link, words, teller, knowledge)
    return tuple(found.values()) if len(found) > 1 else ()


def _alone(claim: Checked, link: Link, words: str, teller: Teller, knowledge: Knowledge) -> Reading:
    """What the data say of one reading by itself, once the reader takes all that it assumes as meant."""
    meant = replace(link, reading=replace(link.reading, assumed=()))
    item = replace(claim.item, claim=replace(claim.item.claim, reading=meant.reading), links=(meant,))
    judged = Checked(item, judge(item, knowledge))
    return Reading(words, judged.code, sentence_of(judged, teller), arithmetic_of(judged, teller))


def _compares(link: Link) -> bool:
    """Whether growth runs between spans of one kind: half a year against a whole one is nobody's meaning."""
    period, base = link.reading.period, link.reading.base
    return period is None or base is None or period.kind == base.kind


def _words(link: Link, teller: Teller) -> str:
    """What a reading takes the words to say, as a clause: `trade between Russia and China was …`."""
    if link.statement is None:
        return ""
    words = teller.fact(link.statement.figure, link.statement)
    return words[:1].upper() + words[1:]


def switch(claim: Checked, readings: tuple[Reading, ...], teller: Teller) -> Markup:
    """The readings as a choice: the one that is chosen shows its verdict. It needs no script."""
    if not readings:
        return Markup("")
    name = claim.key.replace(".", "-")
    legend = teller.text("check.page.readings", n=claim.key.split(".")[-1])
    options = Markup("\n").join(_options(name, readings, teller))
    return Markup('<fieldset class="readings"><legend>{}</legend>{}</fieldset>').format(legend, options)


def _options(name: str, readings: tuple[Reading, ...], teller: Teller) -> Iterator[Markup]:
    for number, item in enumerate(readings, start=1):
        chosen = Markup(" checked") if number == 1 else Markup("")
        sums = Markup('<pre tabindex="0">{}</pre>').format(item.arithmetic) if item.arithmetic else Markup("")
        yield Markup(
            '<div class="option"><input type="radio" name="reading-{name}" id="reading-{name}-{number}"{chosen}>'
            '<label for="reading-{name}-{number}">{words}</label>'
            '<div class="panel"><p><b>{verdict}.</b> {sentence}</p>{sums}</div></div>'
        ).format(
            name=name,
            number=number,
            chosen=chosen,
            words=item.words,
            verdict=teller.text(f"check.code.{item.code}"),
            sentence=item.sentence,
            sums=sums,
        )


__all__ = ["Reading", "readings_of", "switch"]
