"""The facts table of the data build: one row for each published figure, printed digits kept."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import polars as pl
from data_writing import write_parquet

from amur.intervals import Interval
from amur.periods import Period

COLUMNS = (
    "id", "subject", "object", "measure", "flow", "product", "concept", "label", "printed", "scale", "value", "unit",
    "currency", "period", "base_period", "reporter", "marks", "source_title", "source_url", "confidence", "note",
    "origin",
)  # fmt: skip

# Printed unit → scale to the stored unit, stored unit, currency.
UNITS: dict[str, tuple[float, str, str]] = {
    "%": (0.01, "fraction", ""),
    "% ad valorem per day": (0.01, "fraction per day", ""),
    "trn RUB": (1e12, "RUB", "RUB"),
    "bn USD": (1e9, "USD", "USD"),
    "mn USD": (1e6, "USD", "USD"),
    "bn EUR": (1e9, "EUR", "EUR"),
    "bn USD/yr": (1e9, "USD per year", "USD"),
    "USD bn": (1e9, "USD", "USD"),
    "USD bn (press conversion)": (1e9, "USD", "USD"),
    "CNY bn": (1e9, "CNY", "CNY"),
    "CNY tn": (1e12, "CNY", "CNY"),
    "USD/bbl": (1.0, "USD per barrel", "USD"),
    "RUB": (1.0, "RUB", "RUB"),
    "Mt": (1e6, "t", ""),
    "bcm": (1e9, "m3", ""),
    "mb/d": (1e6, "barrels per day", ""),
    "thousand": (1e3, "units", ""),
    "units": (1.0, "units", ""),
    "HS6": (1.0, "codes", ""),
}
REPORTERS = {"press_of_GACC": "GACC", "press_of_CBR": "CBR", "press_of_IMF": "IMF", "press_of_company": "Gazprom",
             "press_of_ministry": "Russian government"}  # fmt: skip
NAMED_IN_NOTE = {"EDB": "EDB", "BOFIT": "BOFIT", "CBR": "CBR", "European Commission": "European Commission",
                 "Eurostat release": "Eurostat", "Gazprom": "Gazprom", "FCS": "FCS"}  # fmt: skip
PLACES = {"Europe": "Europe", "Eurasian region (12, EDB)": "Eurasian region (12)"}
NAMED_IN_LABEL = {"COFER": "IMF", "SWIFT": "SWIFT", "CBR": "CBR"}
# A number is vague where its own note begins so, or quotes the source so; other words are about other numbers.
VAGUE = re.compile(r"^(about|almost|close to|approximately|at least)\b|\"(about|over|more than|less than)\b", re.I)
ABOUT_ANOTHER = re.compile(r"^([A-Z]{3}): ")
SEASONS = {"spring": ("03", "05"), "summer": ("06", "08"), "autumn": ("09", "11")}

# A cell is a text or a number; which, the column decides, so the rows are checked as a table and not by type.
Row = dict[str, Any]
Labels = dict[tuple[str, str], dict[str, str]]


def build_facts(shared: Path, out: Path, tools: Path) -> None:
    """Write `facts.parquet` from the customs rows, the fact tables, the votes and the hand-kept extras."""
    with (tools / "fact_labels.csv").open(encoding="utf-8") as stream:
        labels = {(row["table"], row["label"]): row for row in csv.DictReader(stream)}
    rows = [
        *_numbered("gacc", _customs(pl.read_parquet(shared / "trade/gacc_russia_china_reported.parquet"))),
        *_numbered("other", _others(pl.read_parquet(shared / "trade/reported_figures_other.parquet"), labels)),
    ]
    readers = {
        "facts_currency": _currency,
        "facts_energy": _energy,
        "facts_fdi": _investment,
        "facts_arms_sipri": _arms,
        "facts_products_chn_rus": _goods,
        "facts_logistics": _logistics,
    }
    for table, reader in readers.items():
        source = pl.read_parquet(shared / f"ties/{table}.parquet")
        key = table.removeprefix("facts_").removesuffix("_chn_rus").removesuffix("_sipri")
        rows += _numbered(key, _from_table(table, source, labels, reader))
    rows += _numbered("opinion", _opinion(pl.read_parquet(shared / "ties/facts_opinion.parquet")))
    rows += _numbered("gsdb", _sanction_cases(pl.read_parquet(shared / "ties/facts_gsdb.parquet")))
    rows += _numbered("unga", _resolutions(pl.read_parquet(shared / "ties/unga_ukraine_resolutions_summary.parquet")))
    rows += _numbered("extra", _extras(out / "facts_extra.csv"))
    _mark_repeats(rows)
    frame = pl.DataFrame(
        rows, schema={name: pl.Float64 if name in ("scale", "value") else pl.String for name in COLUMNS}
    )
    write_parquet(frame, out / "facts.parquet")


# ── customs ─────────────────────────────────────────────────────────────────────────────────────


def _customs(table: pl.DataFrame) -> Iterator[Row]:
    for source in table.iter_rows(named=True):
        first, last = source["period_start"], source["period_end"]
        period = Period.parse(first if first == last else f"{first}/{last}")
        printed = {
            "turnover": _shortest(source["total_usd_bn"]),
            "exports": _shortest(source["china_exports_usd_bn"]),
            "imports": _shortest(source["china_imports_usd_bn"]),
        }
        marks = "parts do not add up" if _parts_differ(printed) else ""
        note = _gap_note(source) if marks else ""
        url = source["source_url"].split(" ")[0]
        shared = {"subject": "CHN", "object": "RUS", "product": "total", "period": period.label, "base_period": "",
                  "reporter": "GACC", "source_title": _host(url), "source_url": url, "confidence": "press_of_GACC",
                  "origin": "facts-gacc"}  # fmt: skip
        for measure, text in printed.items():
            if text is not None:
                flow = "total" if measure == "turnover" else measure
                yield shared | _money(text) | {
                    "measure": measure, "flow": flow, "concept": "flow", "label": measure, "marks": marks, "note": note,
                }  # fmt: skip
        if source["yoy_total_pct"] is not None:
            yield shared | _number(_shortest(source["yoy_total_pct"]) or "", "%") | {
                "measure": "growth", "flow": "total", "concept": "outcome", "label": "growth on the year before",
                "base_period": period.shift_years(-1).label, "currency": "USD", "marks": "", "note": "",
            }  # fmt: skip


def _parts_differ(printed: dict[str, str | None]) -> bool:
    """Whether total and parts disagree by more than the rounding of all three allows."""
    if any(text is None for text in printed.values()):
        return False
    total, exports, imports = (Interval.of_printed(text) for text in printed.values() if text)
    return not total.overlaps(exports + imports)


def _gap_note(source: Row) -> str:
    return (
        f"As published the total {source['total_usd_bn']} differs from exports {source['china_exports_usd_bn']} plus "
        f"imports {source['china_imports_usd_bn']} by more than rounding (bn USD)."
    )


# ── the fact tables ─────────────────────────────────────────────────────────────────────────────


def _from_table(table: str, source: pl.DataFrame, labels: Labels, reader: Callable[[Row], Row]) -> Iterator[Row]:
    for item in source.iter_rows(named=True):
        own = reader(item)
        label = labels[table, own["label"]]
        period, marks = _period(str(own.pop("period_text")))
        note = item["note"] or ""
        yield {
            "measure": label["measure"] or _by_unit(item["unit"]),
            "flow": label["flow"], "product": label["product"], "concept": _concept(label["concept"], item),
            "period": period, "base_period": "", "reporter": _reporter(item, str(own["label"]), note),
            "marks": "; ".join([*marks, *_vagueness(note, own), *_confidence_marks(item["confidence"])]),
            "source_title": _host(item["source_url"]), "source_url": item["source_url"],
            "confidence": item["confidence"], "note": note, "origin": f"facts-{_key(table)}",
        } | _number(_shortest(item["value"]) or "", item["unit"]) | own  # fmt: skip


def _currency(item: Row) -> Row:
    subject, _, partner = str(item["country"]).partition("-")
    return {"label": item["indicator"], "subject": subject, "object": partner, "period_text": item["period"]}


def _energy(item: Row) -> Row:
    own: Row = {"label": item["indicator"], "period_text": item["period"]}
    supplier, buyer = _place(item["supplier"]), _place(item["buyer"])
    seen_from_supplier = any(
        word in str(item["indicator"]) for word in ("exports", "export revenue", "shipments", "Urals")
    )
    subject, partner = (supplier, buyer) if seen_from_supplier else (buyer, supplier)
    return own | {"subject": subject, "object": partner}


def _investment(item: Row) -> Row:
    return {"label": item["measure"], "subject": _place(item["investor"]), "object": _place(item["host"]),
            "period_text": item["period"]}  # fmt: skip


def _arms(item: Row) -> Row:
    subject, partner = item["actor"], item["partner"]
    if "importer" in str(item["measure"]):
        subject, partner = partner, subject
    base = str(item["base_window"] or "")
    return {"label": item["measure"], "subject": subject, "object": partner, "period_text": item["window"],
            "base_period": _period(base)[0] if base else "", "reporter": "SIPRI"}  # fmt: skip


def _goods(item: Row) -> Row:
    from_china = not str(item["item"]).startswith(("China share", "Chinese brands"))
    subject, partner = ("CHN", "RUS") if from_china else ("RUS", "CHN")
    own: Row = {"label": item["item"], "subject": subject, "object": partner, "period_text": item["period"]}
    if str(item["item"]).startswith("growth"):
        own["base_period"] = "2022"
    return own


def _logistics(item: Row) -> Row:
    crossing = any(word in str(item["indicator"]) for word in ("truck", "rail", "train"))
    return {"label": item["indicator"], "subject": "RUS" if crossing else "", "object": "CHN" if crossing else "",
            "period_text": item["period"] or ""}  # fmt: skip


def _others(table: pl.DataFrame, labels: Labels) -> Iterator[Row]:
    partners = {
        "russia_china_trade": "RUS",
        "china_asean_trade": "ASEAN",
        "china_eu_trade": "EU",
        "china_us_trade": "USA",
    }
    for item in table.iter_rows(named=True):
        label = labels["reported_figures_other", item["metric"]]
        conversion = "press conversion" in item["unit"]
        yield {
            "subject": "CHN", "object": partners.get(item["metric"], "RUS"),
            "measure": label["measure"] or _by_unit(item["unit"]), "flow": label["flow"], "product": label["product"],
            "concept": "conversion" if conversion else label["concept"], "label": item["metric"].replace("_", " "),
            "period": _period(item["period"])[0], "base_period": "", "reporter": "" if conversion else "GACC",
            "marks": "press conversion" if conversion else "", "source_title": _host(item["source_url"]),
            "source_url": item["source_url"], "confidence": "press" if conversion else "press_of_GACC",
            "note": item["note"], "origin": "facts-other",
        } | _number(_shortest(item["value"]) or "", item["unit"])  # fmt: skip


def _opinion(table: pl.DataFrame) -> Iterator[Row]:
    for item in table.iter_rows(named=True):
        period, marks = _period(item["period"])
        sample = f"n = {item['n']:.0f}" if item["n"] is not None else "n not seen"
        marks += ["level not seen"] if item["percent"] is None else []
        partner = next((code for word, code in (("China", "CHN"), ("Russia", "RUS"), ("US ", "USA"))
                        if word in item["question"]), "")  # fmt: skip
        yield {
            "subject": item["population"], "object": partner, "measure": "poll_share", "flow": "",
            "product": item["question"], "concept": "poll", "label": item["question"], "period": period,
            "base_period": "", "reporter": item["pollster"],
            "marks": "; ".join([*marks, *_confidence_marks(item["confidence"])]),
            "source_title": _host(item["source_url"]), "source_url": item["source_url"],
            "confidence": item["confidence"],
            "note": "; ".join(part for part in (sample, item["mode"], item["note"]) if part), "origin": "facts-opinion",
        } | _number(_shortest(item["percent"]) or "", "%")  # fmt: skip


def _sanction_cases(table: pl.DataFrame) -> Iterator[Row]:
    for item in table.iter_rows(named=True):
        yield {
            "subject": "WLD", "object": "", "measure": "count", "flow": "", "product": "sanction cases",
            "concept": "count", "label": item["release"], "base_period": "",
            "period": f"{item['year_from']}/{item['year_to']}",
            "reporter": "Global Sanctions Data Base", "marks": "", "source_title": _host(item["source_url"]),
            "source_url": item["source_url"], "confidence": item["confidence"], "note": item["note"],
            "origin": "facts-gsdb", "printed": str(item["cases"]), "scale": 1.0, "value": float(item["cases"]),
            "unit": "cases", "currency": "",
        }  # fmt: skip


def _resolutions(table: pl.DataFrame) -> Iterator[Row]:
    for item in table.iter_rows(named=True):
        positions = "; ".join(f"{code} {item[key]}" for code, key in
                              (("CHN", "china"), ("RUS", "russia"), ("USA", "usa")) if item[key])  # fmt: skip
        for answer in ("yes", "no", "abstain", "absent"):
            if item[answer] is not None:
                count = str(int(item[answer]))
                yield {
                    "subject": "WLD", "object": "", "measure": f"votes_{answer}", "flow": "",
                    "product": item["resolution"], "concept": "vote", "label": item["subject"],
                    "period": item["date"], "base_period": "",
                    "reporter": "UN General Assembly", "marks": "", "source_title": _host(item["source_url"]),
                    "source_url": item["source_url"], "confidence": item["confidence"],
                    "note": "; ".join(part for part in (positions, item["note"]) if part), "origin": "facts-unga",
                    "printed": count, "scale": 1.0, "value": float(count), "unit": "states", "currency": "",
                }  # fmt: skip


def _extras(file: Path) -> Iterator[Row]:
    with file.open(encoding="utf-8") as stream:
        for item in csv.DictReader(stream):
            scale = float(item.pop("scale"))
            yield item | {"scale": scale, "value": float(Decimal(item["printed"])) * scale, "origin": "facts-extra"}


# ── cells ───────────────────────────────────────────────────────────────────────────────────────


def _numbered(key: str, rows: Iterator[Row]) -> list[Row]:
    return [{"id": f"{key}-{number:03d}", **row} for number, row in enumerate(rows, start=1)]


def _mark_repeats(rows: list[Row]) -> None:
    """Mark figures of one reporter for the same thing and period: both stay, readers choose."""
    same = ("subject", "object", "measure", "flow", "product", "concept", "period", "base_period", "currency",
            "reporter", "label", "unit")  # fmt: skip
    counts = Counter(tuple(row[name] for name in same) for row in rows)
    for row in rows:
        if counts[tuple(row[name] for name in same)] > 1:
            row["marks"] = "; ".join(part for part in (row["marks"], "several figures for this period") if part)


def _shortest(value: float | None) -> str | None:
    """The shortest text that reads back as the value: the files lost trailing zeros, so none are invented."""
    if value is None:
        return None
    text = repr(float(value))
    return text.removesuffix(".0") if "e" not in text else format(Decimal(text), "f")


def _money(text: str) -> Row:
    return _number(text, "bn USD")


def _number(text: str, unit: str) -> Row:
    scale, stored, currency = UNITS.get(unit, (1.0, unit, ""))
    value = float(Decimal(text)) * scale if text else None
    return {"printed": text, "scale": scale, "value": value, "unit": stored, "currency": currency}


def _by_unit(unit: str) -> str:
    return "value" if UNITS.get(unit, (0, "", ""))[2] else "quantity"


def _place(name: object) -> str:
    return PLACES.get(str(name or ""), str(name or ""))


def _key(table: str) -> str:
    return table.removeprefix("facts_").removesuffix("_chn_rus").removesuffix("_sipri")


def _host(url: str) -> str:
    return urlsplit(url).netloc.removeprefix("www.")


def _reporter(item: Row, label: str, note: str) -> str:
    named = next((name for word, name in NAMED_IN_NOTE.items() if note.startswith(word)), None)
    named = named or next((name for word, name in NAMED_IN_LABEL.items() if word in label), None)
    return named or REPORTERS.get(str(item["confidence"]), _host(str(item["source_url"])))


def _concept(concept: str, item: Row) -> str:
    return "forecast" if item["confidence"] == "forecast" else concept


def _vagueness(note: str, own: Row) -> list[str]:
    about = ABOUT_ANOTHER.match(note)
    if about and about[1] not in (own["subject"], own["object"]):
        return []
    return ["approximate"] if VAGUE.search(note) else []


def _confidence_marks(confidence: object) -> list[str]:
    return {"press_weak": ["weak source"], "derived": ["derived"], "forecast": ["forecast"]}.get(str(confidence), [])


def _period(text: str) -> tuple[str, list[str]]:
    """A period label, and marks where the source's own wording leaves the period open."""
    marks = ["period inferred"] if "inferred" in text else []
    text = re.sub(r"\s*\(.*inferred\)", "", text).strip()
    if match := re.fullmatch(r"FY(\d{4})-(\d\d)", text):
        start = int(match[1])
        return Period.of_months((start, 4), (start + 1, 3)).label, marks
    if match := re.fullmatch(r"(\d{4})-(spring|summer|autumn)", text):
        first, last = SEASONS[match[2]]
        return Period.parse(f"{match[1]}-{first}/{match[1]}-{last}").label, [*marks, "period approximate"]
    if match := re.fullmatch(r"(\d\d)(\d\d)-(\d\d)", text):
        # Five-year windows such as 2015-19; a year and a month never has a "month" above 12 here.
        return (f"{text[:4]}/{match[1]}{match[3]}" if int(match[3]) > 12 else Period.parse(text).label), marks
    if match := re.fullmatch(r"(\d{4})-(\d{4})", text):
        return f"{match[1]}/{match[2]}", marks
    if match := re.fullmatch(r"(\d{4}-\d\d)\.\.(\d\d)", text):
        return Period.parse(f"{match[1]}/{match[1][:4]}-{match[2]}").label, marks
    if match := re.fullmatch(r"(\d{4})-(\d\d)/(\d\d)", text):
        return Period.parse(f"{match[1]}-{match[2]}/{match[1]}-{match[3]}").label, marks
    if match := re.fullmatch(r"(\d{4})-(\d\d-\d\d)/(\d\d-\d\d)", text):
        return Period.parse(f"{match[1]}-{match[2]}/{match[1]}-{match[3]}").label, marks
    if match := re.fullmatch(r"(?:undated )?\(?(\d{4})(?:-(\d\d)\)| \((?:undated|before)\))", text):
        last = f"/{match[1][:2]}{match[2]}" if match[2] else ""
        return f"{match[1]}{last}", [*marks, "undated"]
    return (Period.parse(text).label if text else ""), marks
