"""Store: shipped tables by name, one database for all threads."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from amur import store
from amur.errors import StoreError


def test_every_table_opens_and_has_rows() -> None:
    for table in store.tables():
        assert table.origins
        assert len(store.table(table.name).head(1).collect()) == 1, table.name


def test_an_unknown_table_names_the_nearest() -> None:
    with pytest.raises(StoreError, match="wdi_gdp_population"):
        store.table("wdi_gdp")


def test_threads_share_the_database() -> None:
    def count(_: int) -> int:
        return len(store.table("ecb_fx_monthly").collect())

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(count, range(12))) == {count(0)}


def test_nothing_is_printed_when_the_process_ends() -> None:
    code = "from amur import store; store.table('currencies').collect()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == done.stderr == ""


def test_known_values_of_reference_tables() -> None:
    gdp = store.rows("SELECT gdp_usd FROM read_parquet('{data}/trade/wdi_gdp_population.parquet') "
                     "WHERE iso3 = 'RUS' AND year = 2023")  # fmt: skip
    assert gdp[0]["gdp_usd"] == pytest.approx(2.02e12, rel=0.005)
    brent = store.rows(
        "SELECT count(*) AS n, max(month) AS last FROM read_parquet('{data}/ties/eia_oil_spot_monthly.parquet')"
    )
    assert brent == [{"n": 958, "last": "2026-07"}]
    share = store.rows("SELECT share FROM read_parquet('{data}/trade/comtrade_shares_china_hs6.parquet') "
                       "WHERE hs6 = '270900' AND year = 2024 AND exporter = 'RUS'")  # fmt: skip
    assert share[0]["share"] == pytest.approx(0.192, abs=0.0006)
