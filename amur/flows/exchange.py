"""Exchange rates: dollars for one unit of a currency, from the ECB's monthly means and nothing else."""

from __future__ import annotations

from functools import cache

from amur import store
from amur.periods import Period


def usd_rate(currency: str, period: Period) -> float | None:
    """USD for one unit of `currency`: the mean of the monthly means over the period's months.

    The cross rate of a month is the dollar's rate to the euro over the currency's. None where the table
    lacks a month (the rouble after March 2022), where the period is not made of whole months, or where the
    currency is not in the table.
    """
    if currency == "USD":
        return 1.0
    rates = _monthly(currency)
    months = [month.label for month in period.split_months()] if period.months else []
    if not months or any(month not in rates for month in months):
        return None
    return sum(rates[month] for month in months) / len(months)


@cache
def _monthly(currency: str) -> dict[str, float]:
    column = f"eur_{currency.lower()}"
    table = store.table("ecb_fx_monthly")
    if currency != "EUR" and column not in table.collect_schema().names():
        return {}
    wanted = ["month", "eur_usd"] if currency == "EUR" else ["month", "eur_usd", column]
    rows = table.select(wanted).drop_nulls().collect()
    per_euro = [1.0] * len(rows) if currency == "EUR" else rows[column].to_list()
    cells = zip(rows["month"].to_list(), rows["eur_usd"].to_list(), per_euro, strict=True)
    return {month: usd / other for month, usd, other in cells}
