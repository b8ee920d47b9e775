"""Score of the claim reader, by slot, phenomenon and language.

    python -m tests.claims.score                   the project's own sentences
    python -m tests.claims.score DIR               the documents and gold claims of DIR
    python -m tests.claims.score --markdown        the tables of docs/check.md

A gold claim is found when a claim of the reader has its value and unit (one claim to one claim); slots
are counted where the gold fills them. A false claim is a number of the reader that is no gold value.
"""

from __future__ import annotations

import json
import math
import re
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from amur.claims import Claim, Reading, read
from amur.errors import PeriodError
from amur.periods import Period

CORPUS = Path(__file__).parent / "corpus"
DEFAULT_DATE = "2025-09-15"
SLOTS = (
    "value", "unit", "measure", "subject", "object", "flow", "product", "period", "base",
    "modality", "qualifier", "attributed_to", "concept", "direction",
)  # fmt: skip
_KEYS = {
    "t": "period", "b": "base", "p": "product", "q": "qualifier", "mod": "modality", "by": "attributed_to",
    "c": "concept", "d": "direction",
}  # fmt: skip


@dataclass(frozen=True)
class Gold:
    """A claim as annotated: only the filled slots."""

    slots: dict[str, str]

    @property
    def value(self) -> float | None:
        """Its value, or None for a claim without a number."""
        return float(self.slots["value"]) if "value" in self.slots else None


@dataclass(frozen=True)
class Case:
    """A text with its claims."""

    name: str
    phenomenon: str
    lang: str
    text: str
    date: str
    gold: tuple[Gold, ...]


@dataclass
class Tally:
    """Right and filled by slot, gold claims found and wanted, claims made and false."""

    right: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    found: int = 0
    wanted: int = 0
    made: int = 0
    false: int = 0
    misses: list[str] = field(default_factory=list)

    def rate(self, *slots: str) -> float:
        """The part of filled slots that is right; 1 where none is filled."""
        filled = sum(self.filled[slot] for slot in slots)
        return sum(self.right[slot] for slot in slots) / filled if filled else 1.0

    @property
    def precision(self) -> float:
        """The part of the numbers claimed that are in the gold."""
        return 1 - self.false / self.made if self.made else 1.0


# ── own sentences ───────────────────────────────────────────────────────────────────────────────


def parse_gold(line: str) -> Gold:
    """A gold claim in the corpus notation, explained at the top of corpus/en.toml."""
    words = line.split()
    head, rest = words[:5], words[5:]
    names = ("value", "unit", "measure", "subject", "object", "flow")
    texts = (*head[:3], *head[3].split(">"), head[4])
    slots = {slot: text for slot, text in zip(names, texts, strict=True) if text != "-"}
    for pair in rest:
        key, _, text = pair.partition("=")
        slots[_KEYS[key]] = text
    if "concept" not in slots:
        slots["concept"] = "market" if slots.get("measure") == "saturation" else "trade"
    if "value" in slots and "modality" not in slots:
        slots["modality"] = "outcome"
    if "value" in slots and "qualifier" not in slots:
        slots["qualifier"] = ""
    return Gold(slots)


def load_cases(name: str) -> list[Case]:
    """The cases of a corpus file; `distractors` holds both languages and no claims."""
    with (CORPUS / f"{name}.toml").open("rb") as stream:
        tables = tomllib.load(stream)
    cases: list[Case] = []
    for phenomenon, entries in tables.items():
        for number, entry in enumerate(entries, 1):
            lang = phenomenon if name.startswith("distractors") else name[:2]
            label = f"distractor_{entry['kind']}" if "kind" in entry else phenomenon
            gold = tuple(parse_gold(line) for line in entry.get("claims", ()))
            cases.append(
                Case(f"{lang}-{label}-{number}", label, lang, entry["text"], entry.get("date", DEFAULT_DATE), gold)
            )
    return cases


def score_cases(cases: Iterable[Case], *, by_phenomenon: bool = False) -> dict[str, Tally]:
    """Tallies over cases, together under `all` or by phenomenon."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for case in cases:
        claims = read(case.text, date=case.date, lang=case.lang).claims
        keys = ("all", case.phenomenon) if by_phenomenon else ("all",)
        for key in keys:
            _score_case(case, claims, tallies[key])
    return dict(tallies)


def _score_case(case: Case, claims: tuple[Claim, ...], tally: Tally) -> None:
    free = list(claims)
    for gold in case.gold:
        tally.wanted += 1
        claim = _match(gold, free)
        if claim is None:
            tally.misses.append(f"{case.name}: not found {gold.slots} in {case.text!r}")
            for slot in gold.slots:
                tally.filled[slot] += 1
            continue
        free.remove(claim)
        tally.found += 1
        for slot, text in gold.slots.items():
            tally.filled[slot] += 1
            if _agrees(slot, text, gold, claim.reading):
                tally.right[slot] += 1
            else:
                got = _slot_text(claim.reading, slot)
                tally.misses.append(f"{case.name}: {slot} {got!r} for {text!r} in {case.text!r}")
    tally.made += sum(claim.reading.value is not None for claim in claims)
    for claim in free:
        if claim.reading.value is not None and claim.reading.measure != "rank":
            tally.false += 1
            tally.misses.append(f"{case.name}: false {claim.reading.value} {claim.reading.unit} {claim.quote!r}")


def _match(gold: Gold, claims: list[Claim]) -> Claim | None:
    for claim in claims:
        if gold.value is None:
            if claim.reading.value is None and claim.reading.measure == gold.slots.get("measure"):
                return claim
        elif _same_value(gold, claim.reading):
            return claim
    return None


def _same_value(gold: Gold, reading: Reading) -> bool:
    if reading.value is None or gold.value is None:
        return False
    return math.isclose(reading.value, gold.value, rel_tol=1e-3, abs_tol=1e-9) and reading.unit == gold.slots["unit"]


def _agrees(slot: str, text: str, gold: Gold, reading: Reading) -> bool:
    two_sided = reading.flow == "total" or reading.concept == "settlement"
    if slot in ("subject", "object") and two_sided and reading.measure not in ("share", "product_share"):
        return text in (reading.subject, reading.object)
    if slot == "attributed_to":
        return text.lower() in reading.attributed_to.lower()
    if slot == "value":
        return True
    return _slot_text(reading, slot) == text


def _slot_text(reading: Reading, slot: str) -> str:
    value = getattr(reading, slot)
    if isinstance(value, Period):
        return value.label
    return "" if value is None else str(value)


# ── gold documents ──────────────────────────────────────────────────────────────────────────────

_UNITS = {
    "percent": ("fraction", 0.01), "percent of GDP": ("fraction", 0.01), "percent tariff": ("fraction", 0.01),
    "percent of votes": ("fraction", 0.01), "bn USD": ("USD", 1e9), "m USD": ("USD", 1e6), "bn EUR": ("EUR", 1e9),
    "trn CNY": ("CNY", 1e12), "m tonnes": ("t", 1e6), "ratio": ("ratio", 1), "times": ("ratio", 1),
    "times smaller": ("ratio", 1), "rank": ("rank", 1), "projects": ("projects", 1), "km": ("km", 1),
    "m2": ("m2", 1), "persons": ("persons", 1), "minutes": ("min", 1),
}  # fmt: skip
_MINUTES = {"min": 1, "h": 60, "d": 1440}


def score_documents(folder: Path) -> tuple[Tally, list[str]]:
    """The score on the quantities marked `scored` of a folder with `seeds/*.txt` and `claims/seed-claims.jsonl`."""
    lines = [json.loads(line) for line in (folder / "claims/seed-claims.jsonl").read_text("utf-8").splitlines()]
    tally = Tally()
    for name in sorted({line["seed_file"] for line in lines}):
        text = (folder / "seeds" / name).read_text("utf-8")
        here = [line for line in lines if line["seed_file"] == name]
        claims = list(read(text).claims)
        _score_document(text, here, claims, tally)
    slots = ("value", "unit", "period", "subject", "object")
    table = [f"{slot:10} {tally.right[slot]:4}/{tally.filled[slot]:<4} {tally.rate(slot):.3f}" for slot in slots]
    return tally, [*table, f"precision  {tally.made - tally.false}/{tally.made} {tally.precision:.3f}"]


def _score_document(text: str, lines: list[dict], claims: list[Claim], tally: Tally) -> None:
    flat, places = _flatten(text)
    taken: set[str] = set()
    for line in lines:
        if not line.get("scored"):
            continue
        tally.wanted += 1
        spans = _spans(flat, places, line["quote"])
        near = [c for c in claims if any(c.start < b and a < c.end for a, b in spans)]
        hits = [c for c in near if c.id not in taken and _same_quantity(line, c)]
        best = max(hits, key=lambda c: _overlap(c, spans), default=None)
        _count_line(line, best, tally)
        if best is not None:
            taken.add(best.id)
    values = [line for line in lines if line["value"] is not None]
    for claim in claims:
        if claim.reading.value is None:
            continue
        tally.made += 1
        if claim.reading.measure == "rank" and claim.reading.value == 1:
            continue
        if not any(_same_quantity(line, claim) for line in values):
            tally.false += 1
            tally.misses.append(f"false: {claim.quote!r} {claim.reading.value} {claim.reading.unit}")


def _count_line(line: dict, claim: Claim | None, tally: Tally) -> None:
    wanted = {"value": line["value"], "unit": line["unit"], "period": _gold_period(line["period"]),
              "subject": _gold_place(line["subject"]), "object": _gold_place(line["object"])}  # fmt: skip
    for slot, gold in wanted.items():
        if gold in (None, ""):
            continue
        tally.filled[slot] += 1
        if claim is not None and _gold_agrees(slot, gold, line, claim.reading):
            tally.right[slot] += 1
        else:
            got = _slot_text(claim.reading, slot) if claim is not None else "(not found)"
            tally.misses.append(f"{line['id']} {slot}: {got} for {gold} | {line['quote']}")
    tally.found += claim is not None


def _gold_agrees(slot: str, gold: object, line: dict, reading: Reading) -> bool:
    if slot in ("value", "unit"):
        return True
    if slot == "period":
        return _same_period(str(gold), reading.period)
    if gold == reading.currency and reading.concept == "settlement":
        return True
    if reading.concept in _SYMMETRIC or (reading.concept == "trade" and reading.measure in _TWO_SIDED):
        return gold in (reading.subject, reading.object)
    return gold == (reading.subject if slot == "subject" else reading.object)


# A flow between two countries may be told from either side; shares, ranks and ratios may not.
_TWO_SIDED = ("value", "growth", "quantity", "change", "count")
_SYMMETRIC = ("settlement", "border", "projects", "transport")


def _same_period(gold: str, period: Period | None) -> bool:
    """Equal; or, where the gold leaves open which of two years in a row is meant, either of them."""
    if period is None:
        return False
    wanted = Period.parse(gold)
    undecided = wanted.kind == "years" and wanted.months == 24
    return period == wanted or (undecided and wanted.contains(period))


def _same_quantity(line: dict, claim: Claim) -> bool:
    """Whether a claim has the value and unit of a gold line; doubling is +100 percent or twice."""
    if claim.reading.value is None or line["value"] is None:
        return False
    unit, scale = _UNITS.get(line["unit"], ("", 1))
    value = line["value"] * scale
    if unit == "min":
        minutes = claim.reading.value * _MINUTES.get(claim.reading.unit, 0)
        return math.isclose(minutes, value, rel_tol=1e-3)
    if not unit:
        return claim.reading.value == value
    options = (claim.reading, *(other for other in claim.other_readings if other.measure == "ratio"))
    return any(o.unit == unit and o.value is not None and math.isclose(o.value, value, rel_tol=1e-3) for o in options)


def _gold_period(text: str) -> str | None:
    match = re.match(r"(\d{4}(?:-\d\d(?:-\d\d)?)?)(?:/(\d{4}(?:-\d\d)?))?(?=$| )", text)
    if match is None or text.startswith("before"):
        return None
    try:
        return Period.parse(match.group(0)).label
    except PeriodError:
        return None


def _gold_place(text: str) -> str | None:
    first = re.split(r"[ ;]", text)[0].strip()
    if re.fullmatch(r"[A-Z]{3}|EU", first):
        return first
    if first == "world":
        return "WLD"
    if first == "Tatarstan":
        return first
    return None


def _flatten(text: str) -> tuple[str, list[int]]:
    """Letters and digits only, with their places, so that quotes are found across line ends."""
    kept = [(char.lower(), at) for at, char in enumerate(text) if char.isalnum() or char in "%$€"]
    return "".join(char for char, _ in kept), [at for _, at in kept]


def _spans(flat: str, places: list[int], quote: str) -> list[tuple[int, int]]:
    needle = _flatten(quote)[0]
    found, at = [], flat.find(needle)
    while at >= 0 and needle:
        found.append((places[at], places[at + len(needle) - 1] + 1))
        at = flat.find(needle, at + 1)
    return found


def _overlap(claim: Claim, spans: list[tuple[int, int]]) -> int:
    return max((min(claim.end, b) - max(claim.start, a) for a, b in spans), default=0)


# ── printing ────────────────────────────────────────────────────────────────────────────────────


def report(tallies: dict[str, Tally]) -> str:
    """A table: one line a phenomenon, recall, precision and the rate of each slot."""
    lines = [f"{'phenomenon':28} found      prec  " + " ".join(f"{slot[:7]:>7}" for slot in SLOTS)]
    for name, tally in sorted(tallies.items(), key=lambda item: item[0] != "all"):
        rates = " ".join(f"{tally.rate(slot):7.2f}" if tally.filled[slot] else f"{'-':>7}" for slot in SLOTS)
        lines.append(f"{name:28} {tally.found:3}/{tally.wanted:<3}   {tally.precision:5.2f}  {rates}")
    return "\n".join(lines)


SETS = {
    "en": "own sentences, English", "sv": "own sentences, Swedish",
    "en_heldout": "held out, English", "sv_heldout": "held out, Swedish",
    "en_articles": "articles, English", "sv_articles": "articles, Swedish",
    "en_unseen": "articles written last, English", "sv_unseen": "articles written last, Swedish",
}  # fmt: skip
_SHOWN = ("value", "unit", "measure", "subject", "object", "flow", "product", "period", "base", "modality", "qualifier")


def markdown() -> str:
    """Two tables: each set by slot, and the own sentences by phenomenon and language."""
    every = {name: score_cases(load_cases(name), by_phenomenon=True) for name in SETS}
    lines = ["| set | found | precision | " + " | ".join(_SHOWN) + " |", "|" + "---|" * (len(_SHOWN) + 3)]
    for name, title in SETS.items():
        tally = every[name]["all"]
        rates = " | ".join(f"{100 * tally.rate(slot):.0f}" for slot in _SHOWN)
        lines.append(f"| {title} | {tally.found} of {tally.wanted} | {100 * tally.precision:.0f} | {rates} |")
    counts = {name: Counter(case.phenomenon for case in load_cases(name)) for name in ("en", "sv")}
    lines += ["", "| phenomenon | English: sentences, slots right | Swedish: sentences, slots right |", "|---|---|---|"]
    for phenomenon in sorted(counts["en"]):
        cells = (f"{counts[name][phenomenon]}, {_slots_right(every[name][phenomenon])}" for name in ("en", "sv"))
        lines.append(f"| {phenomenon.replace('_', ' ')} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _slots_right(tally: Tally) -> str:
    return f"{sum(tally.right.values())} of {sum(tally.filled.values())}"


def main(arguments: list[str]) -> int:
    """Print the scores; the exit code is 0."""
    verbose = "-v" in arguments
    folders = [argument for argument in arguments if not argument.startswith("-")]
    out = sys.stdout.write
    if "--markdown" in arguments:
        out(markdown() + "\n")
        return 0
    if folders and Path(folders[0]).is_dir():
        tally, table = score_documents(Path(folders[0]))
        out("\n".join([*table, *(tally.misses if verbose else ())]) + "\n")
        return 0
    names = folders or ["en", "sv", "distractors"]
    for name in names:
        tallies = score_cases(load_cases(name), by_phenomenon=True)
        out(f"── {name}\n{report(tallies)}\n")
        if verbose:
            out("\n".join(tallies["all"].misses) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
