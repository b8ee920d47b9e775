"""The page where a text is checked: paste it or drop a file, and read the verdicts beside the words."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from markupsafe import Markup

from amur.app.settings import Settings
from amur.app.shell import Drawn, Where, part, text_in
from amur.errors import AmurError, ClaimsError
from amur.kit import Page, Section, notice
from amur.output import as_csv, as_json

if TYPE_CHECKING:
    from amur.claims.report import Report

LONGEST_ADDRESS = 8_000
"""Characters of an address that holds a text; servers and mail programs cut longer ones."""
LANGUAGES = ("", "en", "sv", "de", "ru", "zh")


def check_form(where: Where, given: Mapping[str, str], trouble: str = "") -> Drawn:
    """The empty form, or the one that was sent with what was wrong about it."""
    text = where.text
    form = _form(where, given)
    parts = (notice(trouble), form) if trouble else (form,)
    return Drawn(
        Page(
            title=text("app.check.title"),
            description=text("app.check.description"),
            sections=(
                Section("text", text("app.check.text"), parts),
                Section("how", text("app.check.how"), (part("words", text, words=text("app.check.how_words")),)),
            ),
        )
    )


def check_page(where: Where, given: Mapping[str, str], settings: Settings) -> Drawn:
    """The report on a text, with the form below it to change and check again."""
    from amur.claims.evidence import Knowledge
    from amur.pages.check import report_record

    try:
        report = check_text(given, settings)
    except AmurError as error:
        return check_form(where, given, str(error))
    page = report_record(report, where.text, Knowledge())
    again = Section("again", where.text("app.check.again"), (_form(where, given),))
    return Drawn(replace(page, sections=(*page.sections, again), rebuild=""))


def check_text(given: Mapping[str, str], settings: Settings) -> Report:
    """The report on the text of a form. Raises ClaimsError for one that is missing, too long, or wrongly dated."""
    from amur.claims.check import check

    words = given.get("text", "")
    if not words.strip():
        raise ClaimsError("There is no text. Paste one, or drop a file on the field.")
    if len(words) > settings.text_characters:
        raise ClaimsError(
            f"The text has {len(words):,} characters, and {settings.text_characters:,} are taken at once. Split it."
        )
    lang = given.get("of", "")
    if lang not in LANGUAGES:
        raise ClaimsError(f"'{lang[:20]}' is no language that is read. Use one of: {', '.join(LANGUAGES[1:])}.")
    return check(words, date=_day(given.get("date", "")), lang=lang or None)


def _day(raw: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(raw) if raw else None
    except ValueError as error:
        raise ClaimsError(f"'{raw[:40]}' is no day. Write it as 2025-08-21.") from error


def report_file(report: Report, kind: str, language: str) -> bytes:
    """The report as JSON, as CSV with one row a claim, or as a page that needs no server."""
    if kind == "html":
        from amur.pages.check import report_page

        return report_page(report, text_in(language)).encode("utf-8")
    content = as_json(report.to_dict(language)) if kind == "json" else as_csv(report.rows(language))
    return content.encode("utf-8")


def _form(where: Where, given: Mapping[str, str]) -> Markup:
    action = where.address("check")
    told = urlencode({name: given[name] for name in ("text", "date", "of") if given.get(name)})
    address = f"{action}?{told}" if given.get("text") and len(told) <= LONGEST_ADDRESS else ""
    return part("check", where.text, action=action, given=given, languages=LANGUAGES, address=address, sent=bool(told))
