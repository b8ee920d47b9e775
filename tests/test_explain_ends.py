"""The ends of a change: from which source, whose report comes first, and the longest series by month."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from amur.changes import pairs, reported_months
from amur.changes.pairs import Flow, Pair, amount, both_ends, level_change, share_ends
from amur.figures import Figure
from amur.indicators import Query
from amur.periods import Period

YEAR = Period.of_year


def pair(flow: Flow = "exports", data: Path | None = None) -> Pair:
    return Pair("SWE", "NOR", flow, YEAR(2021), YEAR(2022), data)


def figure(value: float, **more: Any) -> Figure:
    usual: dict[str, Any] = {"measure": "exports", "subject": "SWE", "object": "NOR", "flow": "exports", "unit": "USD"}
    return Figure(**usual | {"currency": "USD", "origins": ("tables",), "value": value} | more)


# ── the ends of a change ────────────────────────────────────────────────────────────────────────


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[Figure, ...]]:
    """What the measures answer, by period."""
    told: dict[str, tuple[Figure, ...]] = {}

    def answer(measure: str, a: str, b: str, query: Query) -> SimpleNamespace:
        assert isinstance(query.period, Period)
        return SimpleNamespace(figures=[replace(item, measure=measure) for item in told.get(query.period.label, ())])

    monkeypatch.setattr(pairs, "answers", answer)
    return told


def ended(period: int, value: float, reporter: str, *origins: str, **more: Any) -> Figure:
    return figure(value, period=YEAR(period), reporter=reporter, origins=origins, **more)


def values(both: tuple[Figure, Figure] | None) -> tuple[float, float] | None:
    return None if both is None else (both[0].value, both[1].value)


def test_both_ends_are_of_one_source(answered: dict[str, tuple[Figure, ...]]) -> None:
    def ends(**more: Any) -> tuple[float, float] | None:
        return values(both_ends("exports", pair(), "SWE", "NOR", Query(), **more))

    assert ends() is None
    answered["2021"] = (
        ended(2021, 1, "OECD", "oecd-icio"),
        ended(2021, 2, "Customs", "a"),
        ended(2021, 3, "Bank", "c"),
    )
    answered["2022"] = (
        ended(2022, 10, "OECD", "oecd-icio"),
        ended(2022, 30, "Bank", "c"),
        ended(2022, 20, "Customs", "b"),
    )
    # What was observed goes before the model, and of these the first of the later period.
    assert ends() == (3, 30)
    assert ends(like=ended(2022, 0, "Customs", "b")) == (2, 20) and ends(like=ended(2022, 0, "OECD")) == (1, 10)
    assert ends(like=ended(2022, 0, "Nobody")) is None
    answered["2022"] += (ended(2022, 31, "Bank", "d"),)
    assert ends(like=ended(2022, 0, "Bank", "d")) == (3, 31) and ends(like=ended(2022, 0, "Bank", "c")) == (3, 30)
    change = level_change(pair(), "exports")
    assert change is not None and change.value == 27 and (change.period, change.base_period) == (YEAR(2022), YEAR(2021))
    answered["2021"] = (ended(2021, 1, "OECD", "oecd-icio"),)
    assert ends() == (1, 10) and level_change(replace(pair(), before=YEAR(2000)), "exports") is None


def test_ends_of_another_currency_good_or_table_do_not_match() -> None:
    one = ended(2021, 1, "Customs", "a")
    assert pairs._alike(one, ended(2022, 2, "Customs", "b"))
    for other in ({"currency": "EUR"}, {"product": "C26"}):
        assert not pairs._alike(one, ended(2022, 2, "Customs", "a", **other))
    assert not pairs._alike(one, ended(2022, 2, "Bank", "a"))
    # Without a reporter only the table tells that two figures are of one source.
    assert pairs._alike(ended(2021, 1, "", "a"), ended(2022, 2, "", "a"))
    assert not pairs._alike(ended(2021, 1, "", "a"), ended(2022, 2, "", "b"))


def test_a_share_is_first_that_of_the_subjects_own_report(
    answered: dict[str, tuple[Figure, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    answered["2021"], answered["2022"] = (ended(2021, 1, "Bank", "c"),), (ended(2022, 2, "Bank", "c"),)
    own = {2021: ended(2021, 5, "Eurostat", "e"), 2022: ended(2022, 6, "Eurostat", "e")}
    monkeypatch.setattr(pairs, "share_figure", lambda _, __, period: own.get(period.year))

    def ends(asked: Pair, flow: Flow = "exports", **more: Any) -> tuple[float, float] | None:
        return values(share_ends(asked, "SWE", "NOR", flow=flow, **more))

    assert ends(pair()) == (5, 6) == ends(pair(), like=own[2022])
    assert ends(pair(), "imports") == (1, 2) == ends(pair(), "total") == ends(pair(data=Path("x")))
    assert ends(pair(), like=ended(2022, 0, "Bank", "c")) == (1, 2)
    for year in (2021, 2022):
        kept = own.pop(year)
        assert ends(pair()) == (1, 2)
        own[year] = kept


def test_directions_are_named_as_the_first_place_calls_them() -> None:
    out, back = ("SWE", "NOR", "exports"), ("NOR", "SWE", "imports")
    assert pair("total").directions() == (out, back)
    assert pair("exports").directions() == (out,) and pair("imports").directions() == (back,)
    told = amount(pair(), "rest", 4.0, "exports", None)
    assert (told.unit, told.currency, told.origins, told.value) == ("USD", "USD", (), 4)
    like = figure(1.0, unit="EUR", currency="EUR", reporter="Bank")
    assert amount(pair(), "rest", 4.0, "exports", like).reporter == "Bank"
    assert pairs.MIRRORED == {"exports": "imports", "imports": "exports", "total": "total"}
    assert pairs.MEASURES == {"total": "turnover", "exports": "exports", "imports": "imports"}
    assert pairs.FLOWS[0] == "total" and set(pairs.FLOWS) == set(pairs.MEASURES)


# ── months ──────────────────────────────────────────────────────────────────────────────────────


def test_the_longest_complete_monthly_series_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def months(
        exporter: str, importer: str, labels: list[str], size: float, product: str = "total"
    ) -> list[tuple[Any, ...]]:
        return [(exporter, importer, product, label, size, "SEK" if size < 5 else "EUR") for label in labels]

    year, half = ([month.label for month in Period.parse(span).split_months()] for span in ("2021", "2021-H1"))
    rows = {
        "long": months("SWE", "NOR", half, 1), "back": months("NOR", "SWE", year, 7),
        "yearly": months("SWE", "NOR", [*year, "2022-01"], 2), "partial": months("SWE", "NOR", [*year, "2022-01"], 3),
        "gaps": [*months("SWE", "DNK", [*half[:2], *half[3:]], 1), *months("SWE", "FIN", half[:1], 1),
                 *months("SWE", "ISL", half[:2], 4), *months("SWE", "ISL", year, 9, "24")],
    }  # fmt: skip
    names = ("exporter", "importer", "product", "period", "value", "currency")
    tables = {key: pl.DataFrame(table, schema=list(names), orient="row") for key, table in rows.items()}
    known = [SimpleNamespace(key=key, origin=f"o-{key}", frequency="year" if key == "yearly" else "month",
                             complete=key != "partial") for key in rows]  # fmt: skip
    monkeypatch.setattr(reported_months, "sources", lambda: known)
    monkeypatch.setattr(reported_months, "load_flows", lambda key: nw.from_native(tables[key].lazy()))
    caches = (reported_months.monthly_pair, reported_months._pairs, reported_months.adjusted_pair)
    for cache in caches:
        cache.cache_clear()
    found = reported_months.monthly_pair("SWE", "NOR")
    assert found is not None and (found.exporter, found.importer, found.currency) == ("NOR", "SWE", "EUR")
    assert found.origin == "o-back" and len(found.series.values) == 12
    two = reported_months.monthly_pair("SWE", "ISL")
    assert two is not None and two.series.values.tolist() == [4, 4] and two.currency == "SEK"
    # A series with a gap, of one month, or of nobody, is none.
    assert [reported_months.monthly_pair("SWE", place) for place in ("DNK", "FIN", "BRA")] == [None] * 3
    assert reported_months.adjusted_pair("SWE", "NOR") is None is reported_months.adjusted_pair("SWE", "BRA")
    for cache in caches:
        cache.cache_clear()
