"""Leverage on the screen: every cell is the number it stands for, and every limit of a table is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from economies import random_economy

from amur.ensemble import Place
from amur.leverage import FastRow, Leverage, Survey, asymmetry, leverage, overview, survey, with_draws
from amur.leverage.printed import MOST, drawn_notes, drawn_spans, fast_notes, fast_table, notes, tables
from amur.leverage.records import spans
from amur.leverage.rows import Row, chokepoints
from amur.simulate import capital, label, lowered, sector_label
from amur.text import Text

TEXT = Text("en")
CODES = ("RUS", "CHN", "DEU")


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two baselines of the same places, the second with elasticities twice as high."""
    folder = tmp_path_factory.mktemp("worlds")
    economy = replace(random_economy(3, 2, 71), regions=CODES)
    second = economy.with_theta(economy.theta * 2)
    return [str(world.save(folder / f"{name}.npz")) for name, world in (("a", economy), ("b", second))]


@pytest.fixture(scope="module")
def found(paths: list[str]) -> Leverage:
    return leverage("RUS", "CHN", economies=paths)


@pytest.fixture(scope="module")
def drawn(found: Leverage) -> Leverage:
    theta = found.default.setting.load().theta
    return with_draws(found, theta * np.linspace(0.7, 1.4, 15)[:, None], Place(workers=1))


@pytest.fixture(scope="module")
def many(paths: list[str]) -> Survey:
    return survey("RUS", economies=paths)


def two(value: float | None) -> str:
    return "" if value is None else TEXT.percent(value, digits=2)


def told_of(found: Leverage) -> dict[str, Any]:
    return cast("dict[str, Any]", found.draws)


def rows_and_cells(found: Leverage, number: int) -> list[tuple[Row, dict[str, str]]]:
    return list(zip(overview(found), tables(found, TEXT)[number][1], strict=True))


# -- a pair ------------------------------------------------------------------------------------------------------


def test_every_cell_of_the_cut_is_its_number(found: Leverage) -> None:
    for row, shown in rows_and_cells(found, 0):
        assert list(shown.values()) == [
            capital(label(row.country, TEXT)),
            TEXT(f"leverage.side.{row.side}"),
            TEXT(f"simulate.horizon.{row.horizon}"),
            row.economy,
            two(row.cut),
            "",
            TEXT.money(row.cut_usd or 0, "USD"),
            two(row.first_order),
            two(row.closed_form),
        ]
    assert any(row.closed_form is None for row, _ in rows_and_cells(found, 0))
    assert any(row.closed_form is not None for row, _ in rows_and_cells(found, 0))


def test_intervals_stand_where_there_are_draws_or_sets_that_differ(paths: list[str], drawn: Leverage) -> None:
    head = TEXT("leverage.table.interval")
    for row, shown in rows_and_cells(drawn, 0):
        if row.drawn_low is None or row.drawn_high is None:
            assert shown[head] == ""
        else:
            ends = {"low": TEXT.number(100 * row.drawn_low, digits=2), "high": two(row.drawn_high)}
            assert shown[head] == TEXT("leverage.interval.draws", **ends, n=15)
    economy = drawn.default.setting.load()
    sets = replace(economy, theta_set="FGH22", theta_sets={"FGH22": economy.theta, "FGO": economy.theta * 3})
    path = str(sets.save(Path(paths[0]).parent / "sets.npz"))
    both = leverage("RUS", "CHN", economies=[path])
    told = [(row, shown[head]) for row, shown in rows_and_cells(both, 0)]
    assert all(cell.endswith("%") or "%" in cell for _, cell in told)
    for row, cell in told:
        assert row.cut_low is not None
        assert row.cut_high is not None
        ends = {"low": TEXT.number(100 * row.cut_low, digits=2), "high": two(row.cut_high)}
        assert cell == TEXT("leverage.interval.sets", **ends)
    twice = with_draws(both, economy.theta * np.linspace(0.7, 1.4, 15)[:, None], Place(workers=1))
    first = tables(twice, TEXT)[0][1][0][head]
    assert first == "; ".join((told[0][1], tables(drawn, TEXT)[0][1][0][head])), (
        "the span over sets stands first, the draws after it"
    )


def test_every_cell_of_one_percent_is_its_number(found: Leverage) -> None:
    for row, shown in rows_and_cells(found, 1):
        assert list(shown.values()) == [
            capital(label(row.country, TEXT)),
            TEXT(f"leverage.side.{row.side}"),
            TEXT(f"simulate.horizon.{row.horizon}"),
            row.economy,
            TEXT.percent(row.other_one_percent, digits=4),
            TEXT.percent(row.one_percent, digits=4),
            "" if row.ratio is None else TEXT.number(row.ratio, digits=2),
            TEXT.money(row.other_one_percent_usd, "USD"),
            TEXT.money(row.one_percent_usd, "USD"),
            "" if row.ratio_usd is None else TEXT.number(row.ratio_usd, digits=2),
        ]


def test_chokepoints_are_the_sectors_whose_cut_hurts_most(found: Leverage) -> None:
    shown = [list(cells.values()) for cells in tables(found, TEXT)[2][1]]
    assert shown == [
        [
            capital(label(code, TEXT)),
            sector_label(sector, TEXT),
            TEXT(f"leverage.side.{side}"),
            TEXT.percent(loss, digits=3),
        ]
        for code in ("RUS", "CHN")
        for side, sector, loss in chokepoints(found.default, code)
    ]
    assert 0 < len(chokepoints(found.default, "RUS", most=3)) == 3
    row = next(row for row in found.default.sectors if row.country == "RUS")
    seven = tuple(replace(row, sector=f"S{k}", loss=k / 100) for k in range(7))
    worst = chokepoints(replace(found.default, sectors=seven), "RUS")
    assert worst == [(row.side, f"S{k}", k / 100) for k in (6, 5, 4, 3, 2)]
    bare = replace(found, parts=tuple(replace(part, sectors=()) for part in found.parts))
    assert len(tables(bare, TEXT)) == 2


def test_notes_tell_both_losses_the_draws_and_the_rise(found: Leverage, drawn: Leverage) -> None:
    both = asymmetry(found)
    assert both is not None
    assert both.times is not None
    pair = TEXT.sentence(
        "leverage.say.pair",
        more=label(both.more, TEXT),
        less=label(both.less, TEXT),
        loss=two(both.loss_more),
        other=two(both.loss_less),
        times=TEXT.number(both.times),
        money_more=TEXT.money(both.usd_more, "USD"),
        money_less=TEXT.money(both.usd_less, "USD"),
    )
    said = notes(found, TEXT)
    assert said[0] == pair
    assert drawn_notes(found, TEXT) == []
    assert drawn_spans(found, TEXT) == []
    told = told_of(drawn)
    lines = drawn_notes(drawn, TEXT)
    more = TEXT.percent(told["probability_first_loses_more"], digits=0)
    assert lines[0] == TEXT.sentence("leverage.note.draws", n=15, more=more, a=label("RUS", TEXT), b=label("CHN", TEXT))
    assert len(lines) == 3
    for line, item in zip(lines[1:], told["drivers"], strict=True):
        first = item["drivers"][0]
        assert first["index"] >= max(other["index"] for other in item["drivers"])
        assert line == TEXT.sentence(
            "leverage.note.driver",
            country=label(item["country"], TEXT),
            sectors=", ".join(lowered(sector_label(code, TEXT)) for code in first["sectors"]),
            part=TEXT.percent(first["index"], digits=0),
        )
    assert [line for line in notes(drawn, TEXT) if line not in said] == lines
    without = replace(drawn, draws={**told, "drivers": [{**item, "drivers": []} for item in told["drivers"]]})
    assert drawn_notes(without, TEXT) == lines[:1]


def test_spans_of_draws_are_their_ends_in_percent(drawn: Leverage) -> None:
    lines = drawn_spans(drawn, TEXT)
    assert lines == [
        TEXT.sentence(
            "leverage.note.span",
            country=label(item["country"], TEXT),
            low=TEXT.number(100 * item["quantiles"]["0.05"], digits=2),
            high=two(item["quantiles"]["0.95"]),
            n=15,
        )
        for item in told_of(drawn)["losses"]
    ]


def test_a_party_that_does_not_lose_has_no_ratio_to_tell(found: Leverage) -> None:
    part = found.default
    gained = tuple(replace(row, loss=-0.01) if row.country == "CHN" else row for row in part.exact)
    told = replace(found, parts=(replace(part, exact=gained), *found.parts[1:]))
    assert notes(found, TEXT)[1:] == notes(told, TEXT)


def test_one_setting_alone_is_enough(found: Leverage) -> None:
    alone = replace(found, parts=found.parts[:1])
    assert overview(alone) == tuple(
        row for row in overview(found) if (row.economy, row.horizon) == (found.parts[0].setting.economy, "long")
    )
    assert {(span.low, span.high) for span in spans(alone.parts)} == {
        (row.loss, row.loss) for row in alone.default.exact
    }
    pair = cast("list[dict[str, object]]", Survey(None, alone.parts).to_dict()["pair"])
    assert pair[0]["regions"] == list(CODES)


# -- many ties ---------------------------------------------------------------------------------------------------


def test_ties_stand_by_the_loss_in_the_default_setting(many: Survey) -> None:
    default = many.parts[0].setting.economy
    mine = [row for row in overview(many) if row.side == "both" and row.economy == default]
    long = sorted((row for row in mine if row.horizon == "long"), key=lambda row: -(row.cut or 0))
    short = {(row.country, row.other): row.cut for row in mine if row.horizon == "short"}
    ((title, shown),) = tables(many, TEXT)
    assert title == TEXT("leverage.caption.survey")
    assert [list(cells.values()) for cells in shown] == [
        [
            capital(label(row.country, TEXT)),
            capital(label(row.other, TEXT)),
            two(row.cut),
            two(row.first_order),
            TEXT.money(row.cut_usd or 0, "USD"),
            TEXT.percent(row.one_percent, digits=4),
            TEXT.percent(row.other_one_percent, digits=4),
            two(short[row.country, row.other]),
        ]
        for row in long
    ]
    assert len(shown) == 4
    without = replace(many, parts=many.parts[:1])
    assert TEXT("leverage.table.cut_short") not in tables(without, TEXT)[0][1][0]


def test_ties_without_equilibrium_stand_by_what_one_percent_costs(many: Survey) -> None:
    part = many.parts[0]
    cut = tuple(replace(row, loss=None, loss_usd=None, reason="nobody sells") for row in part.exact)
    lost = replace(many, parts=(replace(part, exact=cut),))
    shown = tables(lost, TEXT)[0][1]
    assert [cells[TEXT("leverage.table.cut")] for cells in shown] == [""] * 4
    costs = [row.one_percent for row in overview(lost) if row.side == "both"]
    assert [cells[TEXT("leverage.table.one_percent")] for cells in shown] == [
        TEXT.percent(cost, digits=4) for cost in sorted(costs, reverse=True)
    ]
    assert TEXT.sentence("leverage.say.reason", reason="nobody sells") in notes(lost, TEXT)


def test_a_table_of_many_says_what_it_leaves_out(tmp_path: Path) -> None:
    left_out = "leverage.note.left_out"
    for regions, ties in ((21, 40), (22, 42)):
        path = str(random_economy(regions, 1, 72).save(tmp_path / f"{regions}.npz"))
        found = survey("R0", economies=[path])
        assert len(tables(found, TEXT)[0][1]) == MOST == 40
        assert (TEXT(left_out, shown=40, n=ties) in notes(found, TEXT)) == (ties > 40)


def test_the_fast_table_holds_the_first_forty() -> None:
    rows = [FastRow("RUS", "CHN", (50 - k) * 1e-4, (50 - k) * 2e-4) for k in range(43)]
    title, shown = fast_table(rows, TEXT)
    assert title == TEXT("leverage.caption.fast")
    assert len(shown) == 40
    assert [list(cells.values()) for cells in shown[:2]] == [
        ["Russia", "China", "0.5000%", "1.0000%"],
        ["Russia", "China", "0.4900%", "0.9800%"],
    ]
    told = TEXT.sentence("leverage.note.fast", correlation="1.00")
    assert fast_notes(rows, TEXT) == [told, TEXT("leverage.note.left_out", shown=40, n=43)]
    assert fast_notes(rows[:40], TEXT) == [told]
    opposite = [replace(row, fast=-row.fast) for row in rows[:40]]
    assert fast_notes(opposite, TEXT) == [TEXT.sentence("leverage.note.fast", correlation="−1.00")]


def test_no_draw_counts_as_a_loss_where_a_tie_is_no_tie(tmp_path: Path) -> None:
    economy = random_economy(3, 1, 73)
    pi = economy.pi.copy()
    for a, b in ((0, 1), (1, 0)):
        pi[b, b] += pi[a, b]
        pi[a, b] = 0
    base = replace(economy, pi=pi).balance()
    path = str(base.save(tmp_path / "apart.npz"))
    found = leverage("R0", "R1", economies=[path])
    told = told_of(with_draws(found, base.theta * np.linspace(0.8, 1.2, 5)[:, None], Place(workers=1)))
    assert told["probability_first_loses_more"] == 0
    assert [item["probability_of_loss"] for item in told["losses"]] == [0, 0]
