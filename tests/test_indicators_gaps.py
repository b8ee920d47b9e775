"""Flows that a yearly table lacks for a year: what they spoil is refused by name, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from amur import codes
from amur.errors import NoDataError
from amur.indicators import Query, measure
from amur.indicators.gaps import MATTERS, missing_flows, missing_partners
from amur.indicators.ledger import Ledger, ledgers
from amur.indicators.registry import answers
from amur.periods import Period

Y2020, Y2021 = Period.of_year(2020), Period.of_year(2021)
RUS, DEU, CHN = (codes.place(code) for code in ("RUS", "DEU", "CHN"))

# exporter, importer: values in 2020 and 2021, in million dollars. Germany sells Russia next to nothing in 2021.
FLOWS = {
    ("DEU", "RUS"): (80.0, 2.0),
    ("RUS", "DEU"): (70.0, 72.0),
    ("CHN", "RUS"): (50.0, 55.0),
    ("RUS", "CHN"): (40.0, 41.0),
    ("CHN", "DEU"): (90.0, 95.0),
    ("DEU", "CHN"): (85.0, 88.0),
}


def table(path: Path, **changed: tuple[float, float]) -> Path:
    rows = ["exporter,importer,product,period,value,currency"]
    for (exporter, importer), known in FLOWS.items():
        values = changed.get(f"{exporter}_{importer}", known)
        rows += [
            f"{exporter},{importer},total,{year},{value * 1e6},USD"
            for year, value in zip((2020, 2021), values, strict=True)
        ]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def ledger_of(path: Path) -> Ledger:
    return ledgers(path)[0]


def test_the_bundled_table_lacks_belarus_in_russia_s_trade_of_2011() -> None:
    icio = next(item for item in ledgers() if item.key == "icio")
    assert missing_partners(icio, RUS, "total", Period.of_year(2011)) == ("BLR",)
    assert missing_partners(icio, RUS, "imports", Period.of_year(2011)) == ("BLR", "KAZ")
    assert missing_partners(icio, RUS, "exports", Period.of_year(2011)) == ()
    assert missing_partners(icio, RUS, "total", Period.of_year(2013)) == ()
    with pytest.raises(NoDataError, match=r"BLR sold to RUS is all but missing in 2011 \(57 mn USD, 20,426 mn"):
        measure("share", "RUS", "CHN", Query(period=2011, source="icio"))
    with pytest.raises(NoDataError, match="lacks a flow"):
        measure("exports", "BLR", "RUS", Query(period=2011, source="icio"))
    assert measure("share", "RUS", "CHN", Query(period=2011, source="icio", flow="exports"))
    assert measure("share", "RUS", "CHN", Query(period=2013, source="icio"))


def test_only_the_totals_that_hold_the_flow_are_refused(tmp_path: Path) -> None:
    path = table(tmp_path / "flows.csv")
    ledger = ledger_of(path)
    assert missing_partners(ledger, RUS, "imports", Y2021) == ("DEU",)
    assert missing_partners(ledger, RUS, "exports", Y2021) == ()
    assert missing_partners(ledger, DEU, "exports", Y2021) == ("RUS",)
    assert missing_partners(ledger, CHN, "total", Y2021) == ()
    assert missing_partners(ledger, RUS, "imports", Y2020) == ()
    found = answers("share", "RUS", "CHN", Query(period=2021, flow="imports", data=path))
    assert found.figures == ()
    assert "cannot give the imports of RUS in 2021" in " ".join(found.refusals)
    assert answers("share", "RUS", "CHN", Query(period=2021, flow="exports", data=path)).figures
    assert answers("imports", "RUS", "CHN", Query(period=2021, data=path)).figures
    assert answers("exports", "DEU", "RUS", Query(period=2021, data=path)).figures == ()
    assert answers("hhi", "RUS", "", Query(period=2021, flow="imports", data=path)).figures == ()


def test_a_missing_flow_that_weighs_next_to_nothing_is_let_pass(tmp_path: Path) -> None:
    large = table(tmp_path / "large.csv", CHN_RUS=(81 / MATTERS, 81 / MATTERS))
    assert missing_flows(ledger_of(large), RUS, "imports", Y2021) == ()
    assert [jump.importer for jump in missing_flows(ledger_of(large), DEU, "exports", Y2021)] == ["RUS"]


def test_a_bloc_lacks_what_its_members_lack_but_not_what_passes_inside(tmp_path: Path) -> None:
    ledger = ledger_of(table(tmp_path / "flows.csv"))
    assert missing_partners(ledger, codes.place("EU27"), "exports", Y2021) == ("RUS",)
    inside = ledger_of(table(tmp_path / "inside.csv", DEU_RUS=(80.0, 80.0)).rename(tmp_path / "inside2.csv"))
    assert missing_partners(inside, codes.place("EU27"), "exports", Y2021) == ()
    swapped = table(tmp_path / "swapped.csv")
    swapped.write_text(swapped.read_text(encoding="utf-8").replace("RUS", "FRA"), encoding="utf-8")
    assert missing_partners(ledger_of(swapped), codes.place("FRA"), "imports", Y2021) == ("DEU",)
    assert missing_flows(ledger_of(swapped), codes.place("EU27"), "total", Y2021) == ()


def test_months_and_tables_of_one_reporter_are_never_called_gaps(tmp_path: Path) -> None:
    ledger = ledger_of(table(tmp_path / "flows.csv"))
    assert missing_flows(replace(ledger, frequency="month"), RUS, "imports", Y2021) == ()
    assert missing_flows(replace(ledger, totals="importer"), RUS, "imports", Y2021) == ()
