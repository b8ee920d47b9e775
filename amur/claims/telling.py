"""Telling what claims say to each other: clashes with their arithmetic and repairs, insights, notes."""

from __future__ import annotations

from dataclasses import replace

from amur.claims.amounts import Statement
from amur.claims.edits import Edit
from amur.claims.identities import Implication
from amur.claims.insights import Insight, Note
from amur.claims.link import Linked
from amur.claims.repair import Repair
from amur.claims.settle import Clash
from amur.claims.wording import Teller
from amur.figures import Figure
from amur.periods import Period


def clash_sentence(teller: Teller, clash: Clash, key: str = "") -> str:
    """A clash as a sentence ready to print, told of the claim `key` (its first culprit where left out)."""
    claims = teller.claims
    about = claims[key or next(iter((*clash.culprits, *clash.claims)))]
    tellers = {
        "mixed_currency": _mixed,
        "conversion": _conversion,
        "roles_swapped": _exchanged,
        "inconsistent_with": _inconsistent,
    }
    told = tellers[clash.code](teller, clash, about)
    return told[:1].upper() + told[1:]


def _others(teller: Teller, clash: Clash, about: Linked) -> str:
    named = [teller.quoted(teller.claims[key]) for key in clash.claims if key != about.key and key in teller.claims]
    return ", ".join(named)


def _inconsistent(teller: Teller, clash: Clash, about: Linked) -> str:
    text = teller.text
    if not clash.members:
        others = ", ".join(teller.quote(teller.claims[key]) for key in clash.claims if key != about.key)
        return text(f"check.verdict.inconsistent_{clash.identity}", quote=teller.quote(about), others=others)
    return text(
        "check.verdict.inconsistent_with",
        claimed=teller.quoted(about),
        others=_others(teller, clash, about),
        arithmetic=_implied_for(teller, clash, about.key),
    ).rstrip()


def _exchanged(teller: Teller, clash: Clash, about: Linked) -> str:
    partner = next((key for key in clash.culprits if key != about.key), about.key)
    return teller.text(
        "check.verdict.roles_clash",
        claimed=teller.quoted(about),
        other=teller.quoted(teller.claims[partner]),
        arithmetic=_proof(teller, clash, about.key),
    )


def _proof(teller: Teller, clash: Clash, key: str) -> str:
    """The line of arithmetic that shows an exchange: the borrowed weight, else the claim itself, else its partner."""
    members = {item.key: item for item in clash.members}
    borrowed = [item.key for item in clash.members if item.assumes]
    shown = next((one for one in (*borrowed, key, *clash.culprits) if one in members), "")
    return _implied_for(teller, clash, shown)


def _conversion(teller: Teller, clash: Clash, about: Linked) -> str:
    text = teller.text
    source = next((item for item in clash.members if item.key != about.key), None)
    if source is None or len(clash.figures) < 2:
        return _inconsistent(teller, clash, about)
    stated, mean, *published = clash.figures
    converted = _at_rate(source.figure, mean)
    if converted is None:
        return _inconsistent(teller, clash, about)
    customs = text("check.verdict.conversion_customs", rate=_rate(teller, published[0])) if published else ""
    return text(
        "check.verdict.conversion",
        claimed=teller.claimed(about),
        other=teller.number(source.figure),
        text_rate=_rate(teller, stated),
        period=_span(teller, mean.period),
        mean_rate=_rate(teller, mean),
        converted=teller.number(_rounded(converted, about)),
        customs=customs,
    )


def _at_rate(amount: Figure, rate: Figure) -> Figure | None:
    """The amount in the other currency of a rate, which is units of its object for one of its subject."""
    if amount.currency == rate.object:
        value, currency = amount.value / rate.value, rate.subject
    elif amount.currency == rate.subject:
        value, currency = amount.value * rate.value, rate.object
    else:
        return None
    bare = {"low": None, "high": None, "interval_kind": "none", "printed": ""}
    return replace(amount, value=value, unit=currency, currency=currency, **bare)


def _rounded(figure: Figure, about: Linked) -> Figure:
    """A converted amount with as many digits as the claim has."""
    statement = about.links[0].statement
    printed = statement.figure if statement else figure
    width = printed.interval.width if printed.interval else 0.0
    return replace(figure, low=figure.value, high=figure.value + width, interval_kind="rounding", printed="")


def _rate(teller: Teller, figure: Figure) -> str:
    text = teller.text
    shown = text.number(figure.value, digits=3 if figure.value >= 1 else 4)
    one = f"common.currency_one.{figure.subject}"
    other = text(one) if text.has(one) else text.currency(figure.subject)
    return text("check.verdict.rate", number=shown, currency=text.currency(figure.object), other=other)


def _mixed(teller: Teller, clash: Clash, about: Linked) -> str:
    implied, growth = clash.figures
    text = teller.text
    return text(
        "check.verdict.mixed_currency",
        claimed=teller.claimed(about),
        own=text.currency(growth.currency),
        other=text.currency(implied.currency),
        implied=teller.number(replace(implied, currency="")),
        base=_span(teller, implied.base_period),
        period=_span(teller, implied.period),
    )


# ── arithmetic ──────────────────────────────────────────────────────────────────────────────────


def clash_arithmetic(teller: Teller, clash: Clash) -> str:
    """Every statement of a clash with its range and what all the others imply for it, one a line."""
    if clash.code == "conversion" and clash.figures:
        return "\n".join(
            (*_lines(teller, clash), *(f"{_rate(teller, item)} ({_whose(teller, item)})" for item in clash.figures))
        )
    if clash.code == "mixed_currency":
        return clash.figures[0].explain(teller.number)
    return "\n".join(_lines(teller, clash))


def _whose(teller: Teller, figure: Figure) -> str:
    return teller.text("check.text") if figure.reporter == "text" else teller.source(figure)


def _lines(teller: Teller, clash: Clash) -> list[str]:
    members = {item.key: item for item in clash.members}
    return [_line(teller, item, members[item.key]) for item in clash.implications]


def _line(teller: Teller, item: Implication, statement: Statement) -> str:
    text = teller.text
    stated, implied = teller.span(statement, item.stated), teller.span(statement, item.implied)
    figure = statement.figure
    if item.key in teller.claims:
        return text("check.clash.implies", quote=teller.quote(teller.claims[item.key]), stated=stated, implied=implied)
    if statement.assumes:
        return text(
            "check.clash.weight",
            a=teller.place(figure.subject),
            b=teller.place(figure.object),
            base=_span(teller, figure.period),
            period=_span(teller, Period.parse(figure.note)),
            stated=stated,
            implied=implied,
        )
    what = text("check.clash.data", fact=teller.fact(figure, statement))
    return text("check.clash.implies_data", what=what, stated=stated, implied=implied)


def _span(teller: Teller, period: Period | None) -> str:
    return teller.period(period) if period else ""


def _implied_for(teller: Teller, clash: Clash, key: str) -> str:
    members = {item.key: item for item in clash.members}
    lines = [_line(teller, item, members[item.key]) for item in clash.implications if item.key == key]
    return lines[0] if lines else ""


# ── repairs ─────────────────────────────────────────────────────────────────────────────────────


def repair_sentence(teller: Teller, repair: Repair) -> str:
    """A repair as an instruction to the writer."""
    key, edit = repair.edits[0]
    if repair.kind == "values":
        before, after = (teller.quoted(teller.claims[name]) for name, _ in repair.edits)
        return teller.text("check.repair.values", before=before, after=after)
    return edit_sentence(teller, edit, teller.claims.get(key))


def edit_sentence(teller: Teller, edit: Edit, item: Linked | None = None) -> str:
    """One edit as an instruction to the writer."""
    if edit.kind == "scale":
        return _rescaled(teller, float(str(edit.after)))
    template = teller.text.template(f"check.repair.{edit.kind}")
    before = teller.quoted(item) if edit.kind == "withdraw" and item else teller.slot(edit.before)
    after = teller.number(edit.figure) if edit.kind in ("digits", "rate") else teller.slot(edit.after)
    if edit.kind == "digits" and item is not None:
        before = teller.claimed(item)
    values = {name: value for name, value in (("before", before), ("after", after)) if f"{{{name}}}" in template}
    return teller.text(f"check.repair.{edit.kind}", **values)


def _rescaled(teller: Teller, factor: float) -> str:
    key, size = ("scale", factor) if factor >= 1 else ("scale_down", 1 / factor)
    return teller.text(f"check.repair.{key}", after=teller.text.number(size, digits=0))


# ── insights and notes ──────────────────────────────────────────────────────────────────────────


def insight_sentence(teller: Teller, insight: Insight) -> str:
    """What a derived figure says."""
    text, figure = teller.text, insight.figure
    if insight.kind == "between":
        value = teller.number(figure)
        if insight.second is None:
            return text("check.insight.between", value=value, period=_span(teller, figure.period))
        growth = teller.number(insight.second)
        return text("check.insight.between_growth", value=value, period=_span(teller, figure.period), growth=growth)
    inputs = figure.derivation.inputs if figure.derivation else ()
    first, second = (teller.number(item) for item in inputs)
    if insight.kind == "asymmetry":
        return text("check.insight.asymmetry", big=first, small=second, ratio=teller.number(figure))
    percent = teller.number(insight.second) if insight.second else ""
    return text("check.insight.share_change", old=second, new=first, points=teller.number(figure), percent=percent)


def note_sentence(teller: Teller, note: Note) -> str:
    """Why two claims do not conflict."""
    first, second = (teller.claims[key] for key in note.claims)
    about = {"what_first": _series(teller, first), "what_second": _series(teller, second)}
    series = about if note.kind == "different_series" else {}
    return teller.text(f"check.note.{note.kind}", first=teller.quote(first), second=teller.quote(second), **series)


def _series(teller: Teller, item: Linked) -> str:
    reading = item.reading
    period = teller.period(reading.period) if reading.period else ""
    return teller.text("check.note.series", flow=teller.slot(reading.flow or "total"), period=period)
