"""What the world page is asked for: a measure, a place to compare with, a year, a flow and goods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlencode

from amur import codes
from amur.app.across import Across, View, across, fullest_year, years_across
from amur.app.forms import Option
from amur.app.home import EXAMPLES
from amur.errors import MeasureError
from amur.indicators import Measure, Query
from amur.measuring import find_measure
from amur.simulate import sector_label
from amur.text import Text

FLOWS = ("total", "exports", "imports")
_BY_SECTOR = frozenset({"rca"})
"""Measures that are of one sector, so that a map needs one."""


@dataclass(frozen=True)
class Asked:
    """What the page shows, as its address holds it."""

    measure: Measure
    subject: str
    view: View
    year: int
    flow: str
    product: str

    @property
    def query(self) -> Query:
        """The question to the registry."""
        return Query(flow="total" if self.measure.flow else self.flow, period=self.year, product=self.product)

    def address(self) -> str:
        """Its place in an address, defaults left out."""
        pairs = [
            ("measure", self.measure.name),
            ("subject", self.subject if self.measure.pair else ""),
            ("view", "" if self.view == "of" or not self.measure.pair else self.view),
            ("year", str(self.year)),
            ("flow", "" if self.flow == "total" or self.measure.flow else self.flow),
            ("product", self.product),
        ]
        return urlencode([pair for pair in pairs if pair[1]])


def asked_of(given: Mapping[str, str]) -> Asked:
    """What an address asks for. Raises MeasureError or CodeError that name the field and the remedy."""
    measure = find_measure(given.get("measure", "")[:60] or "share")
    subject = codes.place(given.get("subject", "")[:80].strip() or EXAMPLES[0][1]).code if measure.pair else ""
    view, flow = given.get("view", "") or "of", given.get("flow", "") or "total"
    if view not in ("of", "with"):
        raise MeasureError(f"'{view[:40]}' is no view. Use one of: of, with.")
    if flow not in FLOWS:
        raise MeasureError(f"'{flow[:40]}' is no flow. Use one of: {', '.join(FLOWS)}.")
    product = given.get("product", "")[:20]
    if product not in (option.value for option in products("en")):
        raise MeasureError(f"'{product}' is no sector of this page. Choose one from the list.")
    if measure.name in _BY_SECTOR and not product:
        product = _sectors()[0]
    return Asked(measure, subject, view, _year(given.get("year", "")), flow, product)  # type: ignore[arg-type]


def _year(raw: str) -> int:
    years = years_across()
    if not raw:
        return fullest_year()
    if not raw.isdecimal() or int(raw[:6]) not in years:
        raise MeasureError(
            f"There is no table of the world for '{raw[:20]}'. Use a year from {years[0]} to {years[-1]}."
        )
    return int(raw)


@lru_cache(maxsize=1)
def _sectors() -> tuple[str, ...]:
    return tuple(item.code for item in codes.sectors() if item.is_goods)


def products(language: str) -> tuple[Option, ...]:
    """Goods, services, both, or one sector of goods."""
    text = Text(language)
    first = [Option(code, text(f"app.world.product_{code or 'goods'}")) for code in ("", "services", "all")]
    return (*first, *(Option(code, f"{code} {sector_label(code, text)}") for code in _sectors()))


@lru_cache(maxsize=128)
def values_of(asked: Asked, language: str) -> Across:
    """The figures for the map."""
    return across(asked.measure, asked.subject, replace(asked.query, language=language), view=asked.view)
