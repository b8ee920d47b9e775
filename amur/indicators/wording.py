"""What figures say of themselves: basis and notes, in the reader's language, out of what is known of their source."""

from __future__ import annotations

from collections.abc import Iterable

from amur import codes, facts
from amur.indicators.ledger import SERVICES, Ledger
from amur.indicators.values import MIRRORED
from amur.origins import load_origins
from amur.periods import Period
from amur.text import Text


def table_name(ledger: Ledger, text: Text) -> str:
    """What a ledger is called in a sentence."""
    key = f"measures.table.{ledger.key}.name"
    return text(key) if text.has(key) else ledger.key


def table_basis(ledger: Ledger, text: Text) -> str:
    """How a ledger values and counts goods."""
    key = f"measures.table.{ledger.key}.basis"
    if text.has(key):
        return text(key)
    return text("measures.basis.own_data")


def producer(key: str) -> str:
    """Who made the data of an origin; empty for the user's own."""
    origin = load_origins().get(key)
    return origin.producer if origin else ""


def vintage(key: str) -> str:
    """The release of an origin's data; the key itself, which names the file, for the user's own."""
    origin = load_origins().get(key)
    return origin.vintage if origin else key


def goods_basis(label: str, text: Text) -> str:
    """Which goods are counted, where that is not all of them."""
    if label in ("", "total"):
        return ""
    if label == "goods":
        return text("measures.basis.goods")
    if label in (SERVICES, "SERV"):
        return text("measures.basis.services")
    if label == "all":
        return text("measures.basis.everything")
    return text("measures.basis.sector", sector=product_name(label, text))


def product_name(label: str, text: Text) -> str:
    """The name of a sector in the reader's language; other product codes stand as they are."""
    names = {item.code: item.name(text.language) for item in codes.sectors()}
    return f"{label} {names[label]}" if label in names else label


def nowcast_basis(members: tuple[str, ...], period: Period, text: Text) -> str:
    """That a value is no observation, where the structure of a country was carried forward; else empty."""
    if not members:
        return ""
    listed = joined([text.genitive(code) for code in members], text)
    return text("measures.basis.nowcast", countries=listed, year=text.period(period))


def bloc_basis(places: Iterable[codes.Place], text: Text) -> str:
    """That trade inside a bloc is left out, and where its members are not known by date."""
    said = []
    for place in places:
        if isinstance(place, codes.Bloc):
            said.append(text("measures.basis.intra_bloc", bloc=text.the(place.code)))
            if not place.dates_known and place.kind != "aggregate":
                said.append(text("measures.basis.bloc_undated", bloc=text.the(place.code)))
    return together(*said)


def fact_basis(fact: facts.Fact, text: Text) -> str:
    """Who says it, and how goods are valued where an office counted them."""
    if fact.measure == "share":
        return text("measures.basis.as_stated", reporter=reporter_name(fact.reporter, text))
    valued = customs_basis(fact.reporter, fact.subject, fact.flow, text)
    if fact.measure != "growth":
        return valued
    stated = text("measures.basis.in_currency", currency=text.currency(fact.currency)) if fact.currency else ""
    return together(valued, stated or text("measures.basis.unstated_currency"))


def customs_basis(reporter: str, subject: str, flow: str, text: Text) -> str:
    """How an office values a flow of `subject`: what the one country calls exports the other counts as imports."""
    office = facts.reporters().get(reporter)
    name = reporter_name(reporter, text)
    if office is None or office.kind not in ("customs", "statistical office"):
        return text("measures.basis.as_stated", reporter=name)
    own = flow if office.place in ("", subject) or flow not in MIRRORED else MIRRORED[flow]
    counted = "total" if own == "balance" else own
    return together(text("measures.basis.as_reported", reporter=name), text(f"measures.basis.customs_{counted}"))


def reporter_name(code: str, text: Text) -> str:
    """The name of whoever published a figure, as it stands within a sentence of the reader's language."""
    known = facts.reporters().get(code)
    return known.the(text.language) if known else code


def together(*parts: str) -> str:
    """Parts of a basis as one line; empty ones fall away."""
    return "; ".join(part for part in parts if part)


def joined(items: list[str], text: Text) -> str:
    """A list as a reader writes it: `A, B and C`."""
    if len(items) < 2:
        return "".join(items)
    return text("measures.list.last", first=", ".join(items[:-1]), last=items[-1])
