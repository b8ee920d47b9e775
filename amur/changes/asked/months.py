"""Month by month: price and quantity against the year before, the share and why it moved, raw and adjusted."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from amur.changes.asked.answer import Answer, Asked, Change, Remark, fraction
from amur.changes.asked.own import months_of, own_pair, values_by
from amur.changes.monthly import Monthly, monthly
from amur.changes.priced import Priced, priced_rows, split_months
from amur.changes.reported_months import adjusted_pair, monthly_pair, season_of
from amur.changes.reported_shares import import_shares_by_month
from amur.changes.season import Adjusted, season_rows
from amur.errors import NoDataError
from amur.periods import Period

Columns = dict[str, dict[str, object]]


def answer(asked: Asked) -> Answer:
    """One row a month with all that the data carry for the pair, in the direction that they carry it.

    Amounts by cause are dollars against the same month a year before; `value`, `adjusted` and `trend` are in
    `currency`; growth in January and February is that of both together.
    """
    a, b = asked.pair("months")
    rows: Columns = {}
    remarks: list[Remark] = []
    origins: list[str] = []
    for exporter, importer in ((a, b), (b, a)):
        _priced(asked, exporter, importer, rows=rows, remarks=remarks, origins=origins)
    _season(asked, (a, b), rows=rows, remarks=remarks, origins=origins)
    if asked.data is None:
        _shares((a, b), rows, remarks)
    kept = {label: row for label, row in rows.items() if _inside(asked, label)}
    if not kept:
        raise NoDataError(f"No table holds trade of {a} with {b} by month in the span asked for. See: amur coverage.")
    return Answer(
        "months",
        tuple({"period": label, **kept[label]} for label in sorted(kept)),
        tuple(remarks),
        (),
        tuple(dict.fromkeys(origins)),
    )


def _inside(asked: Asked, label: str) -> bool:
    month = Period.parse(label)
    return (asked.start is None or month.start >= asked.start.start) and (
        asked.end is None or month.end <= asked.end.end
    )


def _priced(
    asked: Asked, exporter: str, importer: str, *, rows: Columns, remarks: list[Remark], origins: list[str]
) -> None:
    known = priced_rows(exporter, importer, data=asked.data).drop_nulls("quantity")
    labels = [label for label in sorted(set(known["period"])) if Period.parse(label).months == 1]
    inside = [Period.parse(label) for label in labels if _inside(asked, label)]
    found = split_months(exporter, importer, months=inside, data=asked.data)
    for item in found:
        rows.setdefault(item.after.label, {}).update(_causes(item))
    if found:
        origins += found[-1].origins
        remarks.append(_price_remark(found[-1]))


def _causes(item: Priced) -> dict[str, object]:
    parts: dict[str, object] = {part.cause: part.value for part in item.split.parts}
    return {"priced_change": item.split.change, **parts, "coverage": item.coverage}


def _price_remark(item: Priced) -> Remark:
    part = {piece.cause: Change(piece.value, "USD") for piece in item.split.parts}
    places = {"exporter": item.exporter, "importer": item.importer}
    return Remark("month_price", places, {"month": item.after, "price": part["price"], "quantity": part["quantity"]})


def _season(asked: Asked, pair: tuple[str, str], *, rows: Columns, remarks: list[Remark], origins: list[str]) -> None:
    found = _series(asked, pair)
    if found is None:
        return
    exporter, importer, currency, series, result = found
    if result is None:
        months = dict(zip(series.months.tolist(), series.values.tolist(), strict=True))
        told: Iterable[dict[str, object]] = [
            {"period": f"{n // 12}-{n % 12 + 1:02d}", "raw": value} for n, value in months.items()
        ]
    else:
        told = season_rows(result)
    for row in told:
        kept = {name: value for name, value in row.items() if name not in ("period", "raw")}
        rows.setdefault(str(row["period"]), {}).update({"value": row["raw"], "currency": currency, **kept})
    places = {"exporter": exporter, "importer": importer}
    remarks.append(Remark("season" if result else "no_season", places, {"n": len(series.values)}))
    if result and result.window:
        effect = {item.name: item for item in result.effects}["new_year"]
        values = {"days": result.window.delay, "effect": fraction(effect.value)}
        remarks.append(Remark("new_year", places, values))


Season = tuple[str, str, str, Monthly, Adjusted | None]


def _series(asked: Asked, pair: tuple[str, str]) -> Season | None:
    a, b = pair
    if asked.data is None:
        reported = monthly_pair(a, b)
        if reported is None:
            return None
        return reported.exporter, reported.importer, reported.currency, reported.series, adjusted_pair(a, b)
    exporter, importer = (b, a) if asked.flow == "imports" else (a, b)
    table: pl.DataFrame = own_pair(asked.data, exporter, importer)
    months_of(table, asked.data)
    series = monthly(f"{exporter} to {importer}", values_by(table).items())
    return exporter, importer, "USD", series, season_of(series)


def _shares(pair: tuple[str, str], rows: Columns, remarks: list[Remark]) -> None:
    for importer, exporter in (pair, pair[::-1]):
        try:
            table = import_shares_by_month(importer, exporter)
        except NoDataError:
            continue
        for row in table.iter_rows(named=True):
            kept = {f"share_{name}" if name != "share" else name: row[name] for name in _SHARE}
            rows.setdefault(row["period"], {}).update(kept)
        last = table.row(-1, named=True)
        values = {"share": fraction(last["share"])} | {name: Change(last[name]) for name in _SHARE[1:]}
        places = {"importer": importer, "exporter": exporter}
        remarks.append(Remark("month_share", places, {"month": Period.parse(last["period"]), **values}))


_SHARE = ("share", "change", "own", "others")
