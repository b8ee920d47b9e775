"""Economic complexity of countries in one year: whose exports are many and rare."""

from __future__ import annotations

import narwhals as nw
import numpy as np

from amur import codes
from amur.changes.asked.answer import Answer, Asked, Remark
from amur.changes.asked.own import one_year
from amur.changes.complexity import complexity
from amur.changes.dependence_tables import YEARS, sector_flows
from amur.errors import NoDataError


def answer(asked: Asked) -> Answer:
    """Complexity and diversity of every country in the year of `asked.end`, the most complex first."""
    place = codes.place(asked.a).code
    if asked.data is not None:
        flows, problems = one_year(asked.data, asked.end)
        label, origin = flows["period"][0], f"user:{asked.data.name}"
    else:
        label = asked.end.label if asked.end else str(YEARS[-1])
        if label not in {str(year) for year in YEARS}:
            raise NoDataError(f"Exports by sector are known for {YEARS[0]} to {YEARS[-1]}, not for {label} (--to).")
        frame = sector_flows(int(label)).filter(nw.col("exporter") != "ROW", nw.col("importer") != "ROW")
        flows, problems, origin = frame.lazy().collect("polars").to_native(), (), "oecd-icio"
    found = complexity(flows.select("exporter", "importer", "product", "value_usd"))
    order = [int(k) for k in np.argsort(-found.eci) if np.isfinite(found.eci[k])]
    rows = tuple(
        {
            "country": found.countries[k],
            "rank": rank,
            "complexity": float(found.eci[k]),
            "diversity": int(found.diversity[k]),
        }
        for rank, k in enumerate(order, start=1)
    )
    own = next((row for row in rows if row["country"] == place), None)
    if own is None:
        raise NoDataError(f"The table has no exports of {place} in {label}, or none with an advantage.")
    values = {"rank": own["rank"], "n": len(rows), "goods": len(found.products), "year": label}
    return Answer("complexity", rows, (Remark("complexity", {"place": place}, values),), problems, (origin,))
