"""The tables of a result page: every country in every run, blocs, flows, diversion, sectors, parts, certificate."""

from __future__ import annotations

from collections.abc import Sequence

from amur.kit import Column, Table
from amur.outcome import PARTS
from amur.pages.simulation.pictures import Solved, largest_flows
from amur.simulate import Simulation, capital, label, run_name, sector_label
from amur.text import Text

_FLOWS = 60
_SECTORS = 60
_FIRST_ORDER = ("first_order_terms_of_trade", "first_order_volume_of_trade", "first_order_total")


def countries_table(simulation: Simulation, text: Text) -> Table:
    """The change of real income of every country in every run; runs without equilibrium are empty."""
    columns = [Column("country", text("simulate.table.country"))]
    cells: dict[str, dict[str, float]] = {}
    for number, run in enumerate(simulation.runs):
        columns.append(Column(f"run{number}", run_name(run.setting, text), "percent", digits=2))
        if run.outcome is None:
            continue
        for code, value in run.outcome.countries().select("country", "real_income_change").rows():
            cells.setdefault(code, {})[f"run{number}"] = value
    first = next(f"run{n}" for n, run in enumerate(simulation.runs) if run.outcome)
    rows = [
        {"country": capital(label(code, text))} | cells[code] for code in sorted(cells, key=lambda c: cells[c][first])
    ]
    return Table("countries", text("simulate.page.all_countries"), tuple(columns), rows)


def blocs_table(shown: Sequence[Solved], text: Text) -> Table:
    """Blocs and the world, every horizon beside each other."""
    rows: dict[str, dict[str, object]] = {}
    columns = [
        Column("bloc", text("simulate.table.bloc")),
        Column("members", text("simulate.table.members"), "number", digits=0),
    ]
    for item in shown:
        columns.append(Column(f"change_{item.horizon}", item.name(text), "percent", digits=2))
        for row in item.outcome.blocs().to_dicts():
            line = rows.setdefault(row["bloc"], {"bloc": capital(label(row["bloc"], text)), "members": row["members"]})
            line[f"change_{item.horizon}"] = row["real_income_change"]
    return Table("blocs", text("simulate.page.all_blocs"), tuple(columns), list(rows.values()))


def flows_table(shown: Sequence[Solved], text: Text) -> Table:
    """The pairs whose trade changes most in the first horizon, before and after in each."""
    first = largest_flows(shown[0].outcome, _FLOWS)
    after = {item.horizon: item.outcome.flows("pairs").select("exporter", "importer", "value_new") for item in shown}
    new = {name: {(e, m): value for e, m, value in table.rows()} for name, table in after.items()}
    rows = [
        {
            "exporter": capital(label(row["exporter"], text)),
            "importer": capital(label(row["importer"], text)),
            "before": row["value_baseline"],
            "change": row["value_new"] / row["value_baseline"] - 1,
        }
        | {f"after_{name}": values[row["exporter"], row["importer"]] for name, values in new.items()}
        for row in first.to_dicts()
    ]
    columns = (
        Column("exporter", text("simulate.table.exporter")),
        Column("importer", text("simulate.table.importer")),
        Column("before", text("simulate.table.before"), "money", unit="USD", digits=2),
        *(Column(f"after_{item.horizon}", _after(item, text), "money", unit="USD", digits=2) for item in shown),
        Column("change", f"{text('simulate.table.change')}, {shown[0].name(text)}", "percent"),
    )
    return Table("flows", text("simulate.caption.flows"), columns, rows, note=text("simulate.say.volumes"))


def diversion_table(item: Solved, text: Text) -> Table:
    """What replaces the trade that is hit, for each importer and exporter."""
    table = item.outcome.diversion().sort("lost", descending=True)
    rows = [
        row | {"country": capital(label(row["country"], text)), "role": text(f"simulate.role.{row['role']}")}
        for row in table.to_dicts()
    ]
    columns = (
        Column("country", text("simulate.table.country")),
        Column("role", text("simulate.table.role")),
        Column("value_baseline", text("simulate.table.before"), "money", unit="USD", digits=2),
        Column("value_new", text("simulate.table.after"), "money", unit="USD", digits=2),
        Column("third_countries", text("simulate.table.elsewhere"), "money", unit="USD", digits=2),
        Column("home", text("simulate.table.home"), "money", unit="USD", digits=2),
    )
    caption = text("simulate.caption.diversion", horizon=item.name(text))
    return Table(f"diversion-{item.horizon}", caption, columns, rows)


def leakage_table(item: Solved, text: Text) -> Table:
    """Every third country through which hit trade may leak."""
    rows = [row | {"country": capital(label(row["country"], text))} for row in item.outcome.leakage().to_dicts()]
    columns = (
        Column("country", text("simulate.table.country")),
        Column("more_from_exporters", text("simulate.table.bought"), "money", unit="USD", digits=2),
        Column("more_to_importers", text("simulate.table.sold"), "money", unit="USD", digits=2),
        Column("leakage_upper", text("simulate.table.leakage"), "money", unit="USD", digits=2),
    )
    caption = text("simulate.caption.leakage", horizon=item.name(text))
    return Table(f"leakage-{item.horizon}", caption, columns, rows, note=text("simulate.say.leakage"))


def sectors_table(shown: Sequence[Solved], text: Text) -> Table:
    """The country–sector cells whose output changes most in value in the first horizon, and prices in each."""
    import polars as pl

    change = (pl.col("output_new_usd") - pl.col("output_baseline_usd")).abs()
    first = shown[0].outcome.sectors().sort(change, descending=True).head(_SECTORS)
    measures = ("output_volume_change", "price_change")
    cells = {
        item.horizon: {row["country"] + row["sector"]: row for row in item.outcome.sectors().to_dicts()}
        for item in shown
    }
    rows = []
    for row in first.to_dicts():
        line = {
            "country": capital(label(row["country"], text)),
            "sector": sector_label(row["sector"], text),
            "before": row["output_baseline_usd"],
        }
        for name, found in cells.items():
            line |= {f"{measure}_{name}": found[row["country"] + row["sector"]][measure] for measure in measures}
        rows.append(line)
    columns = [
        Column("country", text("simulate.table.country")),
        Column("sector", text("simulate.table.sector")),
        Column("before", text("simulate.table.before"), "money", unit="USD"),
    ]
    for measure, head in zip(measures, ("output", "price"), strict=True):
        columns += [
            Column(f"{measure}_{item.horizon}", f"{text(f'simulate.table.{head}')}, {item.name(text)}", "percent")
            for item in shown
        ]
    return Table("sectors-all", text("simulate.caption.sectors"), tuple(columns), rows)


def welfare_table(item: Solved, text: Text) -> Table:
    """The exact parts for every country, and the first-order ones beside; parts that are zero everywhere left out."""
    table = item.outcome.welfare().sort("real_income_change", "country")
    used = [name for name in PARTS if (table[name].abs() > 0).any()]
    columns = [Column("country", text("simulate.table.country"))]
    columns.append(Column("real_income_change", text("simulate.part.total"), "percent", digits=3))
    columns += [Column(name, text(f"simulate.part.{name}"), "percent", digits=3) for name in (*used, *_FIRST_ORDER)]
    rows = [row | {"country": capital(label(row["country"], text))} for row in table.to_dicts()]
    caption = text("simulate.caption.welfare", horizon=item.name(text))
    return Table(f"welfare-{item.horizon}", caption, tuple(columns), rows, note=text("simulate.say.exact"))


def _after(item: Solved, text: Text) -> str:
    return f"{text('simulate.table.after')}, {item.name(text)}"


def certificate_table(simulation: Simulation, text: Text) -> Table:
    """What is left of each condition in every run."""
    rows: list[dict[str, object]] = []
    for run in simulation.runs:
        row: dict[str, object] = {"run": run_name(run.setting, text)}
        if run.equilibrium is not None:
            solved = run.equilibrium
            residual = {name: getattr(solved.residual, name) for name in ("goods", "labour", "payments")}
            row |= {name: f"{value:.1e}" for name, value in residual.items()}
            row |= {"walras": f"{abs(solved.walras):.1e}", "steps": solved.steps}
        else:
            row |= {"goods": text("simulate.table.none")}
        rows.append(row)
    heads: Sequence[str] = ("goods", "labour", "payments", "walras")
    columns = [Column("run", text("simulate.table.run"))]
    columns += [Column(name, text(f"simulate.certificate.{name}")) for name in heads]
    columns.append(Column("steps", text("simulate.certificate.steps"), "number", digits=0))
    return Table("certificate", text("simulate.caption.certificate"), tuple(columns), rows)
