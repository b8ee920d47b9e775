"""compare(economy, equilibrium): what changed, as tidy tables and as Figures that can be asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from amur.economy import Economy
from amur.economy.baseline import BoolArray
from amur.errors import MeasureError, ScenarioError
from amur.figures import Derivation, Figure
from amur.models.shock import LongRun
from amur.outcome.diversion import diversion_table, leakage_table
from amur.outcome.tables import (
    Detail,
    bloc_table,
    country_columns,
    country_table,
    flow_table,
    sector_table,
    welfare_table,
)
from amur.periods import Period
from amur.solver import Equilibrium

if TYPE_CHECKING:
    import polars as pl

TABLES = ("country", "sector", "flow", "bloc", "welfare", "diversion", "leakage")
"""The tables of an outcome, by the names that the command line and JSON use."""

_KEYS = {
    "country": ("country",),
    "sector": ("country", "sector"),
    "flow": ("exporter", "importer", "sector"),
    "bloc": ("bloc",),
    "welfare": ("country",),
    "diversion": ("country", "role"),
    "leakage": ("country",),
}
_AMOUNTS = {
    *("value_baseline", "value_new", "lost", "third_countries", "home"),
    *("more_from_exporters", "more_to_importers", "leakage_upper"),
}


@dataclass(frozen=True, eq=False)
class Outcome:
    """A baseline and its equilibrium side by side. Every table is computed when first asked for."""

    equilibrium: Equilibrium
    touched: BoolArray

    @property
    def economy(self) -> Economy:
        """The baseline that changes refer to; under closure `balanced` the world without deficits."""
        return self.equilibrium.economy

    def countries(self) -> pl.DataFrame:
        """One row a country: real and nominal income, wages, prices, revenue, terms of trade, trade."""
        return self._countries

    def sectors(self) -> pl.DataFrame:
        """One row a country and sector: output, prices, home share, exports, imports."""
        return self._sectors

    def flows(self, detail: Detail = "pairs") -> pl.DataFrame:
        """One row a bilateral flow; `detail` is `pairs`, `sectors` (every flow) or `touched` (those hit)."""
        return flow_table(self.equilibrium, self.touched, detail)

    def blocs(self) -> pl.DataFrame:
        """One row a bloc, and the world."""
        return bloc_table(self.equilibrium)

    def welfare(self) -> pl.DataFrame:
        """One row a country: exact parts of the change in real income, and the paper's first-order ones."""
        return self._welfare

    def diversion(self) -> pl.DataFrame:
        """One row for each country hit, as importer or exporter: what replaces the trade that is lost."""
        return diversion_table(self.equilibrium, self.touched)

    def leakage(self) -> pl.DataFrame:
        """One row for each third country through which hit trade may leak, with an upper bound."""
        return leakage_table(self.equilibrium, self.touched)

    def table(self, name: str) -> pl.DataFrame:
        """A table by its name in TABLES."""
        makers = {
            "country": self.countries,
            "sector": self.sectors,
            "flow": self.flows,
            "bloc": self.blocs,
            "welfare": self.welfare,
            "diversion": self.diversion,
            "leakage": self.leakage,
        }
        if name not in makers:
            raise MeasureError(f"There is no table '{name}' of an outcome. Use one of: {', '.join(TABLES)}.")
        return makers[name]()

    @cached_property
    def _countries(self) -> pl.DataFrame:
        return country_table(self.equilibrium)

    @cached_property
    def _country_rows(self) -> dict[str, dict[str, object]]:
        """The rows of the country table by country, of which pages ask for many one by one."""
        columns = country_columns(self.equilibrium)
        return {
            country: {name: column[place] for name, column in columns.items()}
            for place, country in enumerate(self.economy.regions)
        }

    @cached_property
    def _sectors(self) -> pl.DataFrame:
        return sector_table(self.equilibrium)

    @cached_property
    def _welfare(self) -> pl.DataFrame:
        return welfare_table(self.equilibrium)

    @cached_property
    def real_income_changes(self) -> dict[str, float]:
        """The change of real income of every country, a fraction of the baseline, without the table around it."""
        gains = (self.equilibrium.real_income_hat - 1).tolist()
        return dict(zip(self.economy.regions, gains, strict=True))

    @cached_property
    def method(self) -> str:
        """Baseline, elasticities, horizon and closure, as figures carry them in `basis`."""
        solved = self.equilibrium
        horizon = "long run" if isinstance(solved.horizon, LongRun) else "short run"
        return f"model: {self.economy.name}, {self.economy.theta_set}, {horizon}, deficits {solved.closure}"

    # -- figures ---------------------------------------------------------------------------------------------

    def figure(self, measure: str, country: str, *, partner: str = "", sector: str = "") -> Figure:
        """One number of the tables with its unit, method and origins.

        With a country alone it is from the country table (or welfare), with `sector` from the sector table,
        with `partner` from the flows of `country` as exporter to `partner` (all sectors unless one is named).
        """
        if partner:
            row = _row(self._flows_for(sector), {"exporter": country, "importer": partner, "sector": sector or "total"})
        elif sector:
            row = _row(self._sectors, {"country": country, "sector": sector})
        elif measure in self._country_rows.get(country, {}):
            row = self._country_rows[country]
        else:
            row = _row(self._welfare, {"country": country})
        keys = {"country", "sector", "exporter", "importer"}
        if measure not in row or measure in keys:
            known = ", ".join(name for name in row if name not in keys)
            raise MeasureError(f"The outcome has no measure '{measure}' here. It has: {known}.")
        return self._figure(measure, row, sector=sector, derivation=self._derivation(measure, country, partner, sector))

    def long(self, name: str) -> pl.DataFrame:
        """A table in long form: keys, measure, value, unit, method and origins."""
        import polars as pl

        keys = list(_KEYS[name])
        table = self.table(name)
        numbers = [column for column in table.columns if column not in keys and table.schema[column].is_numeric()]
        units = {column: unit_of(column) for column in numbers}
        return table.unpivot(numbers, index=keys, variable_name="measure", value_name="value").with_columns(
            pl.col("measure").replace_strict(units).alias("unit"),
            pl.lit(self.method).alias("method"),
            pl.lit("; ".join(self.economy.origins)).alias("origins"),
        )

    def _flows_for(self, sector: str) -> pl.DataFrame:
        return self.flows("sectors" if sector else "pairs")

    def _derivation(self, measure: str, country: str, partner: str, sector: str) -> Derivation | None:
        """How a change follows from two other numbers of the same row, where it does."""
        if partner or sector or measure not in _DERIVED:
            return None
        formula, names = _DERIVED[measure]
        return Derivation("deflation", tuple(self.figure(name, country) for name in names), formula)

    def _figure(self, measure: str, row: dict[str, object], *, sector: str, derivation: Derivation | None) -> Figure:
        value = row[measure]
        money = unit_of(measure) == "USD"
        return Figure(
            measure=measure,
            subject=str(row.get("country") or row.get("exporter")),
            object=str(row.get("importer") or ""),
            flow="exports" if "importer" in row else "",
            product=sector or "total",
            period=Period.of_year(self.economy.year) if self.economy.year else None,
            value=np.nan if value is None else float(value),  # type: ignore[arg-type]
            unit=unit_of(measure),
            currency="USD" if money else "",
            basis=self.method,
            derivation=derivation,
            origins=self.economy.origins,
        )


_DERIVED = {
    "real_income_change": ("(1 + {0}) / (1 + {1}) − 1", ("nominal_income_change", "price_index_change")),
    "real_wage_change": ("(1 + {0}) / (1 + {1}) − 1", ("wage_change", "price_index_change")),
}


def unit_of(measure: str) -> str:
    """The unit of a column: USD, count or fraction."""
    if measure.endswith("_usd") or measure in _AMOUNTS:
        return "USD"
    return "count" if measure in ("members", "sectors") else "fraction"


def compare(economy: Economy, equilibrium: Equilibrium, *, touched: BoolArray | None = None) -> Outcome:
    """What an equilibrium changes against its baseline.

    `touched` [exporter, importer, sector] are the flows that the policy names; without it they are those whose
    cost, duty or export tax the shock changes. Raises ScenarioError where `economy` is not the one solved.
    """
    base = equilibrium.economy
    if (economy.regions, economy.sectors) != (base.regions, base.sectors):
        raise ScenarioError(f"The equilibrium was solved on {base.name}, not on {economy.name}. Compare it with that.")
    return Outcome(equilibrium, shocked_flows(equilibrium) if touched is None else touched)


def shocked_flows(equilibrium: Equilibrium) -> BoolArray:
    """Flows with trade whose cost, duty or export tax the shock changes."""
    economy, shock = equilibrium.economy, equilibrium.shock
    hit = np.zeros(economy.tariff.shape, dtype=bool)
    for array, neutral in ((shock.cost_hat, 1.0), (shock.tariff_new, economy.tariff), (shock.export_tax_new, 0.0)):
        if array is not None:
            hit |= array != neutral
    return hit & (economy.trade > 0)


def _row(table: pl.DataFrame, keys: dict[str, str]) -> dict[str, object]:
    import polars as pl

    found = table.filter(*[pl.col(name) == value for name, value in keys.items()])
    if found.is_empty():
        listed = ", ".join(f"{name} {value}" for name, value in keys.items())
        raise MeasureError(f"The outcome has no row for {listed}. Check the codes against its economy.")
    return found.row(0, named=True)
