"""`amur leverage`, `amur design` and draws of `amur simulate`: what they print, and one sentence where they cannot."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from economies import random_economy
from typer.testing import CliRunner, Result

from amur.cli import app
from amur.errors import InputError
from amur.leverage import leverage, overview, share_rise, with_draws
from amur.output import as_json
from amur.text import Text

CODES = ("RUS", "CHN", "DEU", "FRA")
DESIGN = """
coalition: [CHN, DEU]
target: RUS
bound: 0.002
instruments: [{instrument: tariff, by: member}, {instrument: export_tax, sectors: S0}]
frontier: [0.001]
coordination: true
retaliation: 0.3
"""
DUTY = """
title: duty
shocks: [{instrument: tariff, exporters: RUS, importers: CHN, sectors: all, add: 0.1}]
"""


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def shown(*words: object) -> str:
    done = run(*words)
    assert done.exit_code == 0, done.output
    return done.stdout


def rows_of(*words: object) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(shown(*words, "-f", "csv"))))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world of one's own with names of real countries, and files of elasticities, a design and a scenario."""
    folder = tmp_path_factory.mktemp("own")
    economy = replace(random_economy(4, 2, 70), regions=CODES)
    economy.save(folder / "own.npz")
    factors = np.exp(np.random.default_rng(2).normal(0, 0.2, (60, 2)))
    rows = "\n".join(f"{a},{b}" for a, b in economy.theta * factors)
    (folder / "draws.csv").write_text(f"S0,S1\n{rows}\n")
    (folder / "errors.csv").write_text("sector,standard_error\nS0,0.4\n")
    (folder / "design.yaml").write_text(f"{DESIGN}economy: {folder / 'own.npz'}\n")
    (folder / "short.yaml").write_text(
        (folder / "design.yaml").read_text().replace("coordination: true\nretaliation: 0.3\n", "")
    )
    (folder / "duty.yaml").write_text(f"{DUTY}economy: {folder / 'own.npz'}\n")
    return folder


# -- a pair ------------------------------------------------------------------------------------------------------


def test_a_pair_is_printed_with_interval_and_kind(folder: Path) -> None:
    words = ("leverage", "RUS", "CHN", "--economy", folder / "own.npz")
    done = run(*words, "--elasticities", folder / "draws.csv", "--draws", 60, "--workers", 1)
    found = leverage("RUS", "CHN", economies=[str(folder / "own.npz")])
    text = Text("en")
    for row in overview(found):
        assert text.percent(row.cut or 0, digits=2) in done.stdout
        assert text.percent(row.other_one_percent, digits=4) in done.stdout
    assert "the middle 90% of 60 draws" in done.stdout
    assert "% of 60 draws" in done.stderr
    assert "80 to 90%, the share grows by 12.5%" in done.stderr
    assert "by 43%" in done.stderr
    assert "no bound" in done.stderr
    for title in ("leverage.caption.cut", "leverage.caption.one_percent", "leverage.caption.sectors"):
        assert text(title) in done.stdout
        assert Text("sv")(title) in shown(*words, "--draws", 0, "--lang", "sv")


def test_json_has_the_shape_and_csv_the_same_numbers(folder: Path) -> None:
    words = ("leverage", "RUS", "CHN", "--economy", folder / "own.npz")
    record = json.loads(shown(*words, "-f", "json"))
    assert {"pair", "marginal", "cut", "draws"} <= record.keys()
    assert {"exact", "first_order", "closed_form"} <= record["cut"].keys()
    assert [party["code"] for party in record["pair"]] == ["RUS", "CHN"]
    assert record["draws"] == {}  # a world of one's own has no published draws
    assert record["share_rise"]["loss_growth"] == pytest.approx(share_rise(0.8, 0.9).loss_growth)
    rows = rows_of(*words)
    assert len(rows) == 12
    for row in rows:
        (cut,) = (
            item["loss"]
            for item in record["cut"]["exact"]
            if (item["country"], item["side"], item["horizon"], item["sector"])
            == (row["country"], row["side"], row["horizon"], "total")
        )
        assert float(row["cut"]) == pytest.approx(cut, rel=1e-5)
        (hit,) = (
            item
            for item in record["marginal"]
            if (item["user"], item["side"], item["horizon"], item["sector"], item["instrument"])
            == (row["country"], row["side"], row["horizon"], "total", "friction")
        )
        assert float(row["other_one_percent"]) == pytest.approx(hit["loss"], rel=1e-4)
        assert float(row["ratio"]) == pytest.approx(hit["ratio"], rel=1e-4)
        assert float(row["ratio_usd"]) == pytest.approx(hit["ratio_usd"], rel=1e-4)


def test_draws_are_the_same_wherever_they_run_and_go_on_from_a_folder(folder: Path, tmp_path: Path) -> None:
    words = ("leverage", "RUS", "CHN", "--economy", folder / "own.npz", "-f", "json", "--draws", 60)
    words = (*words, "--elasticities", folder / "draws.csv")
    alone = shown(*words, "--workers", 1)
    assert shown(*words, "--workers", 2, "--folder", tmp_path / "kept") == alone
    assert len(list((tmp_path / "kept").rglob("*.npz"))) == 2
    assert shown(*words, "--workers", 1, "--folder", tmp_path / "kept") == alone
    told = json.loads(alone)["draws"]
    assert told["count"] == told["solved"] == 60
    assert told["interval_kind"] == "elasticity"


def test_published_draws_are_the_default() -> None:
    record = json.loads(shown("leverage", "RUS", "CHN", "--economy", "icio-2022", "--workers", 1, "-f", "json"))
    assert record["draws"]["count"] == 100
    low, high = (record["draws"]["losses"][0]["quantiles"][key] for key in ("0.05", "0.95"))
    assert 0.015 < low < 0.0240 < high < 0.05
    assert [item["country"] for item in record["draws"]["drivers"]] == ["RUS", "CHN"]


def test_a_bloc_names_the_members_that_the_table_lacks(folder: Path) -> None:
    done = run("leverage", "EU27", "RUS", "--economy", folder / "own.npz")
    assert done.exit_code == 0
    assert "EU27 includes" in done.stderr
    assert "Italy" in done.stderr
    found = leverage("EU27", "RUS", economies=[str(folder / "own.npz")])
    assert found.a.regions == ("DEU", "FRA")
    drawn = with_draws(found, np.repeat(found.default.setting.load().theta[None], 3, axis=0))
    assert [item["country"] for item in json.loads(as_json(drawn.draws))["drivers"]] == ["EU27", "RUS"]


def test_a_tie_without_equilibrium_says_why(tmp_path: Path) -> None:
    path = random_economy(2, 1, 3).save(tmp_path / "two.npz")
    done = run("leverage", "R0", "R1", "--economy", path)
    assert done.exit_code == 0
    assert "The tie cannot be cut here" in done.stderr


# -- many ties, the fast form, three powers ----------------------------------------------------------------------


def test_all_ties_of_one_and_of_everybody(folder: Path) -> None:
    economy = ("--economy", folder / "own.npz")
    mine = rows_of("leverage", "RUS", *economy)
    assert mine == rows_of("leverage", "RUS", "all", *economy) == rows_of("leverage", "all", "RUS", *economy)
    assert len(mine) == 2 * 3 * 2
    everybody = rows_of("leverage", "all", *economy)
    assert len(everybody) == 4 * 3
    pair = {(r["country"], r["other"]): r for r in everybody}
    for row in mine:
        if row["horizon"] == "long":
            other = pair[row["country"], row["other"]]
            for key in ("cut", "first_order", "one_percent", "other_one_percent", "ratio"):
                assert float(row[key]) == pytest.approx(float(other[key]), rel=1e-4), key
    table = run("leverage", "all", *economy)
    assert "Every tie" in table.stdout
    assert "JSON and CSV hold sides" in table.stderr
    assert "short run" in run("leverage", "RUS", *economy).stdout


def test_the_fast_form_stands_beside_the_exact(folder: Path) -> None:
    done = run("leverage", "RUS", "--fast", "--economy", folder / "own.npz")
    assert done.exit_code == 0
    assert "rank correlation" in done.stderr
    rows = rows_of("leverage", "all", "--fast", "--economy", folder / "own.npz")
    assert len(rows) == 12
    exact = [float(row["exact"]) for row in rows]
    assert exact == sorted(exact, reverse=True)


def test_three_powers_make_a_triangle(tmp_path: Path) -> None:
    words = ("leverage", "RUS", "CHN", "USA")
    assert "20.4%" in shown(*words)
    rows = rows_of(*words)
    (share,) = (
        row for row in rows if (row["subject"], row["object"], row["measure"]) == ("Russia", "China", "share_total")
    )
    assert float(share["value"]) == pytest.approx(0.2035, abs=5e-5)
    record = json.loads(shown(*words, "-f", "json"))
    assert record["places"] == ["RUS", "CHN", "USA"]
    assert record.keys() >= {"measures", "trade", "concentration", "cut", "alignment"}
    page = tmp_path / "triangle.html"
    assert run(*words, "-o", page, "--lang", "sv").exit_code == 0
    assert Text("sv")("leverage.triangle.alignment") in page.read_text(encoding="utf-8")


# -- pages and designs -------------------------------------------------------------------------------------------


def test_pages_are_written(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    words = ("--economy", folder / "own.npz", "--design", folder / "short.yaml", "-o", page)
    assert run("leverage", "RUS", "CHN", *words).exit_code == 0
    written = page.read_text(encoding="utf-8")
    text = Text("en")
    for key in ("leverage.page.pair", "leverage.page.world", "design.page.frontier", "leverage.caption.one_percent"):
        assert text(key) in written
    assert run("design", folder / "design.yaml", "-o", page, "--lang", "sv").exit_code == 0
    written = page.read_text(encoding="utf-8")
    for key in ("frontier", "around", "answer"):
        assert Text("sv")(f"design.page.{key}") in written


def test_a_page_has_a_frontier_without_a_design_file_and_is_made_without_equilibrium(
    folder: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    assert run("leverage", "RUS", "CHN", "--economy", folder / "own.npz", "-o", page).exit_code == 0
    assert Text("en")("design.page.frontier") in page.read_text(encoding="utf-8")
    two = random_economy(2, 1, 3).save(tmp_path / "two.npz")
    assert run("leverage", "R0", "R1", "--economy", two, "-o", page).exit_code == 0
    assert Text("en")("design.page.frontier") not in page.read_text(encoding="utf-8")


def test_a_design_is_printed_with_its_price(folder: Path) -> None:
    done = run("design", folder / "design.yaml")
    assert done.exit_code == 0, done.output
    text = Text("en")
    for key in ("policy", "leakage", "coordination", "retaliation"):
        assert text(f"design.caption.{key}") in done.stdout
    record = json.loads(shown("design", folder / "short.yaml", "-f", "json"))
    assert text.percent(record["design"]["target_loss"], digits=3) in done.stderr
    rows = rows_of("design", folder / "short.yaml")
    settings = [item["setting"] for item in record["design"]["levers"]]
    assert [float(row["setting"]) for row in rows] == pytest.approx(settings, rel=1e-5)


# -- draws of a scenario -----------------------------------------------------------------------------------------


def test_a_scenario_is_drawn(folder: Path) -> None:
    words = ("simulate", folder / "duty.yaml", "--draws", 40, "--elasticities", folder / "draws.csv", "--workers", 1)
    record = json.loads(shown(*words, "-f", "json"))
    told = {item["country"]: item for item in record["draws"]["countries"]}
    assert record["draws"]["count"] == 40
    assert told.keys() == set(CODES)
    rows = [row for row in rows_of(*words) if row["real_income_p50"]]
    assert {row["country"] for row in rows} == set(CODES)
    assert {row["horizon"] for row in rows} == {"long"}
    for row in rows:
        quantiles = told[row["country"]]["quantiles"]["real_income_change"]
        for key, name in (("0.05", "p05"), ("0.5", "p50"), ("0.95", "p95")):
            assert float(row[f"real_income_{name}"]) == pytest.approx(quantiles[key], rel=1e-4)
        assert float(row["probability_of_loss"]) == told[row["country"]]["probability_of_loss"]
    done = run(*words, "--range", "shocks.0.add=0.05:0.3", "--seed", 3)
    assert "Elasticity that drives it" in done.stdout
    assert "over 40 draws" in done.stderr


def test_ranges_alone_and_standard_errors(folder: Path) -> None:
    words = ("simulate", folder / "duty.yaml", "--workers", 1, "-f", "json")
    held = json.loads(shown(*words, "--draws", 10, "--elasticities", "fixed", "--range", "shocks.0.add=0.05:0.3"))
    first = held["draws"]["countries"][0]
    assert first["drivers"] == []
    assert first["quantiles"]["real_income_change"]["0.05"] < first["quantiles"]["real_income_change"]["0.95"]
    drawn = json.loads(shown(*words, "--elasticities", folder / "errors.csv"))
    assert drawn["draws"]["count"] == 100
    assert drawn["draws"]["countries"][0]["drivers"][0]["sectors"] == ["S0"]


# -- wrong input -------------------------------------------------------------------------------------------------

PAIR = ("leverage", "RUS", "CHN", "--economy", "own.npz")
BAD_FILES = {
    "negative.csv": "S0\n3\n-0.5\n",
    "words.csv": "S0\nmuch\n",
    "unknown.csv": "S9\n3\n",
    "spread.csv": "sector,standard_error\nS0,-1\n",
    "spreads.csv": "sector,standard_error\nS0,wide\n",
}


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("leverage", "RUS", "RUS"), "overlap"),
        (("leverage", "EU27", "Germany"), "overlap"),
        (("leverage", "RUS", "Atlantis"), "Atlantis"),
        (("leverage", "RUS", "CHN", "Russia"), "three places"),
        ((*PAIR, "--draws", "5"), "no published draws"),
        (("leverage", "RUS", "CHN", "--economy", "icio-2022", "--draws", "1001"), "the published ones are 1000"),
        ((*PAIR, "--draws", "-3"), "at least one"),
        ((*PAIR, "--draws", "2", "--elasticities", "negative.csv"), "Draw 2 has the trade elasticity -0.5 in S0"),
        ((*PAIR, "--draws", "9", "--elasticities", "draws.csv", "--workers", "0"), "workers=0"),
        ((*PAIR, "--draws", "99", "--elasticities", "draws.csv"), "are 60"),
        ((*PAIR, "--elasticities", "words.csv"), "'much' in row 1 of the column S0"),
        ((*PAIR, "--elasticities", "unknown.csv"), "no sector 'S9'"),
        ((*PAIR, "--elasticities", "spread.csv"), "must be zero or more"),
        ((*PAIR, "--elasticities", "spreads.csv"), "'wide' in row 1"),
        ((*PAIR, "--elasticities", "nowhere.csv"), "cannot be read"),
        ((*PAIR, "--draws", "9", "--elasticities", "draws.csv", "--folder", "own.npz"), "cannot be made"),
        (("leverage", "RUS", "--draws", "5"), "one pair"),
        (("leverage", "RUS", "CHN", "USA", "--design", "design.yaml"), "one pair"),
        (("leverage", "all", "-o", "page.html"), "two places"),
        (("leverage", "RUS", "CHN", "--economy", "nowhere.npz"), "nowhere"),
        (("design", "nowhere.yaml"), "cannot be read"),
        (("simulate", "duty.yaml", "--draws", "4", "-o", "page.html"), "no draws"),
        (("simulate", "duty.yaml", "--range", "shocks.7.add=0:1", "--elasticities", "fixed"), "is not a number"),
        (("simulate", "duty.yaml", "--range", "shocks.0.add=1", "--elasticities", "fixed"), "cannot be read"),
        (("simulate", "duty.yaml", "--draws", "4", "--elasticities", "negative.csv"), "Draw 2 has"),
    ],
)
def test_bad_input_is_one_sentence(folder: Path, monkeypatch, words: tuple[str, ...], part: str) -> None:
    monkeypatch.chdir(folder)
    for name, content in BAD_FILES.items():
        Path(name).write_text(content)
    refused(words, part)


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("bound: 0.9\ngoal: least_cost", "the most is"),
        ("target: CHN", "CHN cannot be in the coalition and the target"),
        ("instruments: []", "line 5, instruments"),
        ("instruments: [{instrument: tariff, sectors: S9}]", "S9"),
        ("instruments: [{instrument: embargo}]", "instrument 1, instrument: Input should be"),
        ("coalition: []", "coalition"),
        ("retaliation: -1", "retaliation"),
        ("purpose: glory", "purpose"),
    ],
)
def test_designs_that_cannot_be_say_why(folder: Path, tmp_path: Path, line: str, part: str) -> None:
    keys = [entry.partition(":")[0] for entry in line.splitlines()]
    kept = [entry for entry in DESIGN.splitlines() if entry.partition(":")[0] not in [*keys, "coordination"]]
    file = tmp_path / "design.yaml"
    file.write_text("\n".join([*kept, line, f"economy: {folder / 'own.npz'}"]))
    refused(("design", str(file)), part.replace("line 5", f"line {len(kept) + 1}"))


def refused(words: tuple[str, ...], part: str) -> None:
    """The command ends with an error that the command line prints as one sentence, with exit code 2."""
    error = run(*words).exception
    assert isinstance(error, InputError), repr(error)
    assert error.exit_code == 2
    assert part in str(error)
    assert "\n" not in str(error)
