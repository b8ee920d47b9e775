"""The charts of a result page, each with the sentence that it shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from amur import charts, codes, kit
from amur.charts import Axis, Classes, Key
from amur.errors import CodeError, OriginError
from amur.kit import Chart, Column, Sentence, Table
from amur.origins import Origin, origin
from amur.outcome import PARTS, Outcome
from amur.pages.simulation.words import change, model_figure, size, told
from amur.simulate import Run, Simulation, capital, label, lowered, run_name, sector_label
from amur.text import Text

if TYPE_CHECKING:
    import polars as pl

_EACH_END = 6
_PAIRS = 12
_SECTORS = 12
_DETOURS = 10
_NEGLIGIBLE = 1e-5
"""A part smaller than this share of the whole is left out of the waterfall."""
_MAP_ORIGIN = "world-atlas-110m"
_OUTPUT = "output_volume_change"
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Solved:
    """A run that has an equilibrium: what the page is about, one for each horizon."""

    run: Run
    outcome: Outcome

    @property
    def horizon(self) -> str:
        """`long` or `short`."""
        return self.run.setting.horizon

    def name(self, text: Text) -> str:
        """The horizon in words, with what departs from the default."""
        setting = self.run.setting
        return run_name(setting, text) if setting.departs else text(f"simulate.horizon.{setting.horizon}")

    @cached_property
    def ranked(self) -> pl.DataFrame:
        """Countries by change of real income, the largest loss first."""
        return self.outcome.countries().sort("real_income_change", "country")


def solved_runs(simulation: Simulation) -> tuple[Solved, ...]:
    """The default run of each horizon; where no default has an equilibrium, the first run that has one."""
    solved = [Solved(run, run.outcome) for run in simulation.runs if run.outcome]
    defaults = [item for item in solved if not item.run.setting.departs]
    first: dict[str, Solved] = {}
    for item in defaults or solved:
        first.setdefault(item.horizon, item)
    return tuple(first.values())


def page_origins(*outcomes: Outcome, maps: bool = False) -> tuple[Origin, ...]:
    """Whose data the baselines hold, as far as origins are known for them; with those of the outlines for `maps`."""
    found: dict[str, Origin] = {}
    keys = dict.fromkeys(key for outcome in outcomes for key in outcome.economy.origins)
    for key in [*keys, *([_MAP_ORIGIN] if maps else [])]:
        try:
            found[key] = origin(key)
        except OriginError:
            # A user's own economy may name sources that Amur does not ship.
            continue
    return tuple(found.values())


# ── who gains and who loses ─────────────────────────────────────────────────────────────────────


def gains_chart(shown: Sequence[Solved], text: Text) -> Chart:
    """The largest losses and gains, both horizons beside each other where both are solved."""
    picked = _extremes(shown)
    rows = [
        {
            "label": capital(label(code, text)),
            **{item.horizon: item.outcome.figure("real_income_change", code).value for item in shown},
        }
        for code in picked
    ]
    axis = Axis(text("simulate.chart.gains_axis"), "fraction")
    return Chart(
        name="gains-largest",
        title=text("simulate.chart.gains_title"),
        finding=gains_sentence(shown, text),
        draw=_two_ends(rows, shown, axis, text),
        table=_horizon_table("gains-data", text("simulate.chart.gains_title"), rows, shown, text),
        origins=page_origins(shown[0].outcome),
    )


def gains_sentence(shown: Sequence[Solved], text: Text) -> Sentence:
    """Who loses and who gains most, a sentence for each horizon."""
    sentences = [_gains_of(item, text) for item in shown]
    markup = sentences[0].markup
    for more in sentences[1:]:
        markup = markup + " " + more.markup
    return Sentence(" ".join(item.plain for item in sentences), markup)


def map_chart(item: Solved, text: Text) -> Chart | None:
    """Every country by its change of real income; None where no region is a country."""
    table = item.outcome.countries().select("country", "real_income_change")
    rows = [{"country": c, "value": v} for c, v in table.rows() if _is_country(c)]
    if not rows:
        return None
    falls = sum(value < 0 for _, value in table.rows())
    world = item.outcome.blocs().filter(bloc="WLD")["real_income_change"].item()
    figure = told(model_figure(item.outcome, "world_change", "WLD", world), item.run, text)
    finding = kit.finding(
        text,
        "simulate.finding.map",
        {"n": falls, "all": len(table), "horizon": item.name(text), "world": change(figure, text)},
    )
    title = text("simulate.chart.map_title", horizon=item.name(text))
    classes = _map_classes([row["value"] for row in rows])
    axis = Axis(text("simulate.chart.gains_axis"), "fraction", digits=_bound_digits(classes))
    named = [{"country": label(row["country"], text), "value": row["value"]} for row in rows]
    columns = (
        Column("country", text("simulate.table.country")),
        Column("value", text("simulate.table.change"), "percent", digits=2),
    )
    return Chart(
        name=f"map-{item.horizon}",
        title=title,
        finding=finding,
        draw=partial(charts.world_map, rows, axis=axis, classes=classes),
        table=Table(f"map-{item.horizon}-data", title, columns, named),
        origins=page_origins(item.outcome, maps=True),
    )


def choices_chart(simulation: Simulation, item: Solved, text: Text) -> Chart | None:
    """The country that loses most, under every choice of the horizon; None where only one run is solved."""
    code = item.ranked["country"][0]
    runs = [run for run in simulation.beside(item.run.setting.horizon) if run.outcome]
    if len(runs) < 2:
        return None
    figures = [told(run.outcome.figure("real_income_change", code), run, text) for run in runs if run.outcome]
    rows = [{"label": run_name(run.setting, text), "value": f.value} for run, f in zip(runs, figures, strict=True)]
    low, high = min(figures, key=lambda f: f.value), max(figures, key=lambda f: f.value)
    finding = kit.finding(
        text,
        "simulate.finding.choices",
        {
            "country": text.the(code) if _is_country(code) else code,
            "horizon": item.name(text),
            "low": change(low, text),
            "high": change(high, text),
        },
    )
    title = text("simulate.chart.choices_title", country=label(code, text))
    columns = (Column("label", text("simulate.table.run")), Column("value", title, "percent", digits=2))
    return Chart(
        name=f"choices-{item.horizon}",
        title=f"{title}, {item.name(text)}",
        finding=finding,
        draw=partial(charts.bars, rows, axis=Axis(text("simulate.chart.choices_axis"), "fraction")),
        table=Table(f"choices-{item.horizon}-data", title, columns, rows),
        origins=page_origins(*(run.outcome for run in runs if run.outcome)),
    )


# ── trade, sectors, causes ──────────────────────────────────────────────────────────────────────


def trade_chart(item: Solved, text: Text) -> Chart:
    """The pairs of countries whose trade changes most in value."""
    table = largest_flows(item.outcome, _PAIRS)
    arrow = [
        text("simulate.chart.trade_label", exporter=capital(label(e, text)), importer=label(m, text))
        for e, m in zip(table["exporter"], table["importer"], strict=True)
    ]
    rows = [{"label": name, "value": value} for name, value in zip(arrow, table["change"], strict=True)]
    exporter, importer = table["exporter"][0], table["importer"][0]
    before, after = (
        told(item.outcome.figure(name, exporter, partner=importer), item.run, text)
        for name in ("value_baseline", "value_new")
    )
    finding = kit.finding(
        text,
        "simulate.finding.trade",
        {
            "exporter": _the(exporter, text),
            "importer": _the(importer, text),
            "before": before,
            "after": after,
            "horizon": item.name(text),
        },
    )
    title = text("simulate.chart.trade_title", horizon=item.name(text))
    columns = (Column("label", title), Column("value", text("simulate.table.change"), "money", unit="USD"))
    return Chart(
        name=f"trade-{item.horizon}",
        title=title,
        finding=finding,
        draw=partial(charts.bars, rows, axis=Axis(text("simulate.chart.trade_axis"), "USD")),
        table=Table(f"trade-{item.horizon}-data", title, columns, rows),
        origins=page_origins(item.outcome),
    )


def leak_chart(item: Solved, text: Text) -> Chart | None:
    """The third countries through which most may leak; None where no trade can."""
    table = item.outcome.leakage()
    if table.is_empty():
        return None
    top = table.head(_DETOURS)
    rows = [
        {"label": capital(label(c, text)), "value": v}
        for c, v in zip(top["country"], top["leakage_upper"], strict=True)
    ]
    first, total = table["country"][0], float(table["leakage_upper"].sum())
    figures = [
        told(model_figure(item.outcome, "leakage_upper_usd", who, value), item.run, text)
        for who, value in ((first, rows[0]["value"]), ("WLD", total))
    ]
    finding = kit.finding(
        text,
        "simulate.finding.leak",
        {"country": _the(first, text), "value": figures[0], "sum": figures[1], "horizon": item.name(text)},
    )
    title = text("simulate.chart.leak_title", horizon=item.name(text))
    columns = (
        Column("label", text("simulate.table.country")),
        Column("value", text("simulate.table.leakage"), "money", unit="USD"),
    )
    return Chart(
        name=f"detours-{item.horizon}",
        title=title,
        finding=finding,
        draw=partial(charts.bars, rows, axis=Axis(text("simulate.chart.leak_axis"), "USD")),
        table=Table(f"detours-{item.horizon}-data", title, columns, rows),
        origins=page_origins(item.outcome),
        note=text("simulate.say.leakage"),
    )


def sector_chart(shown: Sequence[Solved], text: Text) -> Chart:
    """Output by sector in the country that loses most: the sectors with the largest change in value."""
    import polars as pl

    item, code = shown[0], shown[0].ranked["country"][0]
    change_usd = (pl.col("output_new_usd") - pl.col("output_baseline_usd")).abs()
    mine = item.outcome.sectors().filter(pl.col("country") == code, pl.col("output_volume_change").is_not_null())
    picked = mine.sort(change_usd, descending=True).head(_SECTORS).sort("output_volume_change")["sector"].to_list()
    rows: list[dict[str, object]] = [
        {
            "label": sector_label(sector, text),
            **{other.horizon: other.outcome.figure(_OUTPUT, code, sector=sector).value for other in shown},
        }
        for sector in picked
    ]
    most = max(picked, key=lambda sector: abs(item.outcome.figure(_OUTPUT, code, sector=sector).value))
    figure = told(item.outcome.figure(_OUTPUT, code, sector=most), item.run, text)
    finding = kit.finding(
        text,
        "simulate.finding.sectors",
        {
            "country": _the(code, text),
            "sector": lowered(sector_label(most, text)),
            "change": change(figure, text, digits=1),
            "horizon": item.name(text),
        },
    )
    title = text("simulate.chart.sectors_title", country=label(code, text))
    axis = Axis(text("simulate.chart.sectors_axis"), "fraction")
    return Chart(
        name="sectors-chart",
        title=title,
        finding=finding,
        draw=_two_ends(rows, shown, axis, text),
        table=_horizon_table("sectors-data", title, rows, shown, text),
        origins=page_origins(item.outcome),
    )


def why_chart(item: Solved, text: Text) -> Chart:
    """The exact parts of the change in the country that loses most, as a waterfall."""
    code = item.ranked["country"][0]
    row = item.outcome.welfare().filter(country=code).row(0, named=True)
    total = row["real_income_change"]
    parts = {name: row[name] for name in PARTS if abs(row[name]) >= _NEGLIGIBLE * abs(total)}
    rows = [{"label": text(f"simulate.part.{name}"), "value": value, "kind": "part"} for name, value in parts.items()]
    rows.append({"label": text("simulate.part.total"), "value": total, "kind": "total"})
    largest = max(parts, key=lambda name: abs(parts[name]))
    figures = {
        name: told(item.outcome.figure(measure, code), item.run, text)
        for name, measure in (("total", "real_income_change"), ("amount", largest))
    }
    finding = kit.finding(
        text,
        "simulate.finding.why",
        {
            "country": _the(code, text),
            "part": lowered(text(f"simulate.part.{largest}")),
            "total": change(figures["total"], text),
            "amount": change(figures["amount"], text),
            "horizon": item.name(text),
        },
    )
    title = text("simulate.chart.why_title", country=label(code, text), horizon=item.name(text))
    columns = (Column("label", title), Column("value", text("simulate.table.change"), "percent", digits=3))
    return Chart(
        name=f"why-{item.horizon}",
        title=title,
        finding=finding,
        draw=partial(charts.waterfall, rows, axis=Axis(text("simulate.chart.why_axis"), "fraction")),
        table=Table(f"why-{item.horizon}-data", title, columns, rows),
        origins=page_origins(item.outcome),
    )


def largest_flows(outcome: Outcome, count: int) -> pl.DataFrame:
    """The pairs with the largest changes of trade in value, with the column `change`."""
    import polars as pl

    flows = outcome.flows("pairs").with_columns((pl.col("value_new") - pl.col("value_baseline")).alias("change"))
    order = [pl.col("change").abs(), pl.col("exporter"), pl.col("importer")]
    return flows.sort(order, descending=[True, False, False]).head(count)


# ── shared ──────────────────────────────────────────────────────────────────────────────────────


def _gains_of(item: Solved, text: Text) -> Sentence:
    table = item.ranked
    loser, gainer = table["country"][0], table["country"][-1]
    worst, best = (told(item.outcome.figure("real_income_change", code), item.run, text) for code in (loser, gainer))
    words: dict[str, object] = {"horizon": item.name(text)}
    if worst.value < 0:
        words |= {"loser": _the(loser, text), "loss": size(worst, text)}
    if best.value > 0:
        words |= {"gainer": _the(gainer, text), "gain": size(best, text)}
    key = "loses_and_gains" if len(words) == 5 else "only_loses" if worst.value < 0 else "only_gains"
    return kit.finding(text, f"simulate.finding.{key}", words)


def _extremes(shown: Sequence[Solved]) -> list[str]:
    """The countries with the largest losses and gains in any horizon, worst of the first horizon first."""
    picked: dict[str, None] = {}
    for item in shown:
        ranked = item.ranked["country"].to_list()
        half = _EACH_END if len(shown) == 1 else _EACH_END - 1
        picked |= dict.fromkeys([*ranked[:half], *ranked[-half:]])
    order = {code: at for at, code in enumerate(shown[0].ranked["country"].to_list())}
    return sorted(picked, key=lambda code: order[code])


def _two_ends(rows: list[dict[str, object]], shown: Sequence[Solved], axis: Axis, text: Text) -> charts.Draw:
    if len(shown) == 1:
        single = [{"label": row["label"], "value": row[shown[0].horizon]} for row in rows]
        return partial(charts.bars, single, axis=axis)
    pairs = [{"label": row["label"], "start": row[shown[0].horizon], "end": row[shown[1].horizon]} for row in rows]
    keys = tuple(
        Key(item.name(text), token) for item, token in zip(shown, (charts.SUBJECT, charts.OBJECT), strict=True)
    )
    return partial(charts.dumbbell, pairs, axis=axis, ends=(keys[0], keys[1]))


def _horizon_table(
    name: str, caption: str, rows: list[dict[str, object]], shown: Sequence[Solved], text: Text
) -> Table:
    columns = [Column("label", caption)]
    columns += [Column(item.horizon, item.name(text), "percent", digits=2) for item in shown]
    return Table(name, caption, tuple(columns), rows)


def _map_classes(values: Sequence[float]) -> Classes:
    """Class bounds around zero that give each side the middle and the far of its own changes."""
    sizes = sorted(abs(value) for value in values)
    bounds = sorted({_rounded(sizes[int(share * (len(sizes) - 1))]) for share in (0.4, 0.7, 0.93)} - {0.0})
    return Classes((*(-b for b in reversed(bounds)), *bounds), "diverging")


def _bound_digits(classes: Classes) -> int:
    """Decimals in percent with which the smallest bound, of one digit, can be read."""
    smallest = min((abs(bound) for bound in classes.bounds), default=0.01)
    return min(6, max(0, -math.floor(math.log10(100 * smallest) + _ROUNDING)))


def _rounded(value: float) -> float:
    """One significant digit, so that the key of the map can be read."""
    return float(f"{value:.0e}")


def _is_country(code: str) -> bool:
    try:
        codes.country(code)
    except CodeError:
        return False
    return True


def _the(code: str, text: Text) -> str:
    try:
        return text.the(code)
    except CodeError:
        return code
