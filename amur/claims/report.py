"""Report: every claim with its verdict, the clashes between claims, what they imply; as JSON and as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from amur.claims.claim import Document, Reading
from amur.claims.edits import Edit
from amur.claims.evidence import Evidence
from amur.claims.insights import Insight, Note
from amur.claims.link import Linked
from amur.claims.repair import Repair
from amur.claims.settle import Clash
from amur.claims.telling import (
    clash_arithmetic,
    clash_sentence,
    edit_sentence,
    insight_sentence,
    note_sentence,
    repair_sentence,
)
from amur.claims.verdict import Code, Judgement
from amur.claims.wording import Teller
from amur.text import LANGUAGES, Language, Text

_MOST_EVIDENCE = 4


@dataclass(frozen=True)
class Checked:
    """A claim with its verdict; `clash` is the clash that decided it, where one did."""

    item: Linked
    judgement: Judgement
    clash: Clash | None = None

    @property
    def key(self) -> str:
        """The id of the claim among all documents."""
        return self.item.key

    @property
    def code(self) -> Code:
        """The verdict."""
        return self.judgement.code


@dataclass(frozen=True)
class Report:
    """The outcome of a check: documents with their claims in order, clashes, insights and notes."""

    documents: tuple[Document, ...]
    claims: tuple[Checked, ...]
    clashes: tuple[Clash, ...] = ()
    insights: tuple[Insight, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def language(self) -> Language:
        """The language to tell the report in: that of the first text, English where there is none for it."""
        return "sv" if self.documents and self.documents[0].lang == "sv" else "en"

    @property
    def contradicted(self) -> bool:
        """Whether any claim is contradicted by the data or by the others."""
        return any(claim.code in ("contradicted", "inconsistent_with", "roles_swapped") for claim in self.claims)

    def of_document(self, number: int) -> tuple[Checked, ...]:
        """The claims of one document, in the order of the text."""
        return tuple(claim for claim in self.claims if claim.item.document == number)

    @cached_property
    def linked(self) -> Mapping[str, Linked]:
        """All claims by their id."""
        return {claim.key: claim.item for claim in self.claims}

    def teller(self, language: str | None = None) -> Teller:
        """What tells the report in a language."""
        return Teller(Text(language or self.language), self.linked)

    # ── as data ─────────────────────────────────────────────────────────────────────────────────

    def to_dict(self, language: str | None = None) -> dict[str, object]:
        """The JSON shape of a check; sentences in `language`, and in every language under `sentences`."""
        teller = self.teller(language)
        tellers = {name: self.teller(name) for name in LANGUAGES}
        return {
            "language": teller.text.language,
            "documents": [
                {**_about(document), "claims": [_claim(one, teller, tellers) for one in self.of_document(number)]}
                for number, document in enumerate(self.documents)
            ],
            "conflicts": [_conflict(clash, teller, tellers) for clash in self.clashes],
            "insights": [_insight(insight, teller, tellers) for insight in self.insights],
            "notes": [
                {
                    "kind": note.kind,
                    "claims": list(note.claims),
                    "sentence": note_sentence(teller, note),
                    "sentences": {name: note_sentence(one, note) for name, one in tellers.items()},
                }
                for note in self.notes
            ],
        }

    def rows(self, language: str | None = None) -> list[dict[str, object]]:
        """One row a claim, for tables and CSV."""
        teller = self.teller(language)
        return [
            {
                "claim": claim.key,
                "words": teller.quote(claim.item),
                "meaning": meaning_of(claim, teller),
                "verdict": teller.text(f"check.code.{claim.code}"),
                "code": claim.code,
                "confidence": claim.judgement.confidence,
                "sentence": sentence_of(claim, teller),
                "arithmetic": arithmetic_of(claim, teller),
                "repair": repair_of(claim, teller),
                "source": _sources(claim, teller),
            }
            for claim in self.claims
        ]


# ── one claim ───────────────────────────────────────────────────────────────────────────────────


def meaning_of(claim: Checked, teller: Teller) -> str:
    """What the words were taken to mean: as a sentence, or where no figure can answer, of whom and when."""
    link = claim.judgement.link
    reading, statement = link.reading, link.statement
    if statement is not None and reading.subject and claim.item.reading.value is not None:
        told = teller.fact(statement.figure, statement)
        return told[:1].upper() + told[1:]
    places = tuple(code for code in (reading.subject, reading.object) if code)
    parts = [teller.slot(places) if places else "", teller.period(reading.period) if reading.period else ""]
    return ", ".join(part for part in parts if part)


def sentence_of(claim: Checked, teller: Teller) -> str:
    """The sentence that tells a verdict."""
    if claim.clash is not None:
        return clash_sentence(teller, claim.clash, claim.key)
    return teller.sentence(claim.item, claim.judgement)


def arithmetic_of(claim: Checked, teller: Teller) -> str:
    """What the verdict was computed from, as one would write it on paper."""
    if claim.clash is not None:
        return clash_arithmetic(teller, claim.clash)
    lines = []
    statement = claim.judgement.link.statement
    if statement is not None:
        lines.append(f"{teller.claimed(claim.item)} {teller.span(statement, statement.interval)}")
    lines += [one.figure.explain(teller.number).splitlines()[0] for one in shown_evidence(claim)]
    return "\n".join(lines)


def repair_of(claim: Checked, teller: Teller) -> str:
    """The cheapest repair as an instruction; empty where none is known."""
    if claim.clash is not None and claim.clash.repairs:
        return " ".join(
            repair_sentence(teller, repair) for repair in claim.clash.repairs if _touches(repair, claim.key)
        )
    edit = claim.judgement.edit
    return edit_sentence(teller, edit, claim.item) if edit else ""


def _touches(repair: Repair, key: str) -> bool:
    return any(name == key for name, _ in repair.edits)


def shown_evidence(claim: Checked) -> tuple[Evidence, ...]:
    """The evidence worth showing, the deciding figure first."""
    return claim.judgement.evidence[:_MOST_EVIDENCE]


def _sources(claim: Checked, teller: Teller) -> str:
    shown = shown_evidence(claim)
    return teller.source(*(one.figure for one in shown)) if shown else ""


def _about(document: Document) -> dict[str, object]:
    described = document.to_dict()
    described.pop("claims")
    return described


def _claim(claim: Checked, teller: Teller, tellers: Mapping[str, Teller]) -> dict[str, object]:
    item, judgement = claim.item, claim.judgement
    others = [reading for reading in _readings(item) if reading != judgement.link.reading]
    return {
        "id": claim.key,
        "quote": item.claim.quote,
        "start": item.claim.start,
        "end": item.claim.end,
        "context": item.claim.sentence,
        "reading": judgement.link.reading.to_dict(),
        "other_readings": [reading.to_dict() for reading in others],
        "verdict": claim.code,
        "confidence": judgement.confidence,
        "arithmetic": arithmetic_of(claim, teller),
        "repair": _repair(claim, teller),
        "sentence": sentence_of(claim, teller),
        "sentences": {name: sentence_of(claim, one) for name, one in tellers.items()},
        "evidence": [one.figure.to_dict() for one in shown_evidence(claim)],
        "conflicts_with": list(judgement.others),
    }


def _readings(item: Linked) -> list[Reading]:
    return list(dict.fromkeys((item.claim.reading, *(link.reading for link in item.links))))


def _repair(claim: Checked, teller: Teller) -> dict[str, object] | None:
    edit = claim.judgement.edit
    if edit is None:
        return None
    told = repair_of(claim, teller) or edit_sentence(teller, edit, claim.item)
    return {"kind": edit.kind, "before": _plain(edit.before), "after": _plain(edit.after), "sentence": told}


def _plain(value: object) -> object:
    if isinstance(value, str | int | float) or value is None:
        return value
    if isinstance(value, tuple):
        return [str(item) for item in value]
    return getattr(value, "value", None) if hasattr(value, "interval_kind") else str(value)


# ── clashes and insights ────────────────────────────────────────────────────────────────────────


def _conflict(clash: Clash, teller: Teller, tellers: Mapping[str, Teller]) -> dict[str, object]:
    borrowed = next((item.figure.note for item in clash.members if item.assumes), "")
    return {
        "claims": list(clash.claims),
        "verdict": clash.code,
        "identity": clash.identity,
        "arithmetic": clash_arithmetic(teller, clash),
        "repairs": [
            {
                "kind": repair.kind,
                "cost": repair.cost,
                "edits": [_edit(key, edit) for key, edit in repair.edits],
                "sentence": repair_sentence(teller, repair),
            }
            for repair in clash.repairs
        ],
        "sentence": clash_sentence(teller, clash),
        "sentences": {name: clash_sentence(one, clash) for name, one in tellers.items()},
        "data": [item.figure.to_dict() for item in clash.members if item.given and not item.assumes],
        "figures": [figure.to_dict() for figure in clash.figures],
        "borrowed_from": borrowed or None,
    }


def _edit(key: str, edit: Edit) -> dict[str, object]:
    return {"claim": key, "kind": edit.kind, "before": _plain(edit.before), "after": _plain(edit.after)}


def _insight(insight: Insight, teller: Teller, tellers: Mapping[str, Teller]) -> dict[str, object]:
    return {
        **insight.figure.to_dict(),
        "kind": insight.kind,
        "claims": list(insight.claims),
        "beside": insight.second.to_dict() if insight.second else None,
        "sentence": insight_sentence(teller, insight),
        "sentences": {name: insight_sentence(one, insight) for name, one in tellers.items()},
    }
