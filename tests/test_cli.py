"""The command line: what it prints, what it writes, and one sentence with an exit code when it cannot."""

from __future__ import annotations

import errno
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from amur import output
from amur.cli import app, main
from amur.errors import AmurError, OutputError

AMUR = [sys.executable, "-c", "from amur.cli import main; main()"]


def run(words: str) -> Result:
    return CliRunner().invoke(app, shlex.split(words), catch_exceptions=True)


def as_process(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*AMUR, *words], capture_output=True, text=True, cwd=cwd, check=False)


def test_help_lists_only_commands_that_work() -> None:
    shown = run("--help").output
    for command in ("brief", "measures", "measure", "coverage", "sources", "simulate", "validate"):
        assert f"  {command} " in shown
        assert run(f"{command} --help").exit_code == 0


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("measure", "share", "RUS", "Chna"), "Did you mean"),
        (("measure", "shre", "RUS", "CHN"), "share"),
        (("measure", "share", "RUS", "RUS"), "RUS"),
        (("measure", "share", "RUS", "CHN", "--period", "2025-13"), "2025-13"),
        (("measure", "share", "RUS", "CHN", "--period", "1999"), "1999"),
        (("measure", "share", "RUS", "CHN", "--flow", "sideways"), "sideways"),
        (("measure", "share", "RUS", "CHN", "--data", "nothing.csv"), "nothing.csv"),
        (("coverage", "Korea", "CHN"), "more than one country"),
        (("sources", "show", "nothing"), "nothing"),
        (("brief", "RUS", "CHN", "-o", "no/such/folder/page.html"), "folder"),
        (("simulate", "no-such-scenario"), "no-such-scenario"),
        (("simulate", "cut-rus-chn", "--theta", "XYZ"), "XYZ"),
        (("validate", "nothing"), "nothing"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_two(words: tuple[str, ...], part: str, tmp_path: Path) -> None:
    done = as_process(*words, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert part in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("amur: ")
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_formats_hold_the_same_numbers() -> None:
    shape = json.loads(run("measure share RUS CHN --period 2022 --format json").output)
    rows = run("measure share RUS CHN --period 2022 --format csv").output.splitlines()
    assert len(shape["figures"]) == len(rows) - 1
    assert rows[0].startswith("measure,subject,object,flow,product,period,value,low,high")
    value = float(rows[1].split(",")[6])
    assert shape["figures"][0]["value"] == pytest.approx(value, rel=1e-5)
    assert "0.2035" in run("measure share RUS CHN --period 2022").output


def test_the_arithmetic_is_printed_on_request() -> None:
    shown = run("measure implied_growth CHN RUS --period 2025-07 --explain").output
    assert "−2.2 % [−2.9, −1.5]" in shown
    assert "125.8 billion USD − 106.48 billion USD" in shown


def test_simulation_and_its_json_shape() -> None:
    done = run("simulate cut-rus-chn --horizon long --theta FGH22 --economy icio-2022 --closure fixed --format json")
    shape = json.loads(done.stdout)
    assert shape["runs"][0]["converged"] is True
    russia = next(row for row in shape["runs"][0]["tables"]["country"] if row["country"] == "RUS")
    assert -0.03 < russia["real_income_change"] < -0.02
    wanted = {"economy", "theta", "closure", "horizon", "converged", "residual", "steps", "seconds", "tables"}
    assert wanted <= shape["runs"][0].keys()


def test_sources_say_producer_licence_and_vintage() -> None:
    shape = json.loads(run("sources list --format json").output)
    assert len(shape["sources"]) > 40
    for source in shape["sources"]:
        assert source["producer"]
        assert source["licence"]
        assert source["licence_status"] in ("read", "recalled")


def test_a_pipe_that_closes_early_is_no_error() -> None:
    command = f"{shlex.join(AMUR)} sources list --format json | head -c 10"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert "Traceback" not in done.stderr


# ── files ───────────────────────────────────────────────────────────────────────────────────────


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "table.csv"
    output.write_file(target, "old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="no space left"):
        output.write_file(target, "new")
    assert target.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]


def test_a_missing_locale_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from babel import Locale, UnknownLocaleError

    from amur import text

    def missing(*_: str) -> Locale:
        raise UnknownLocaleError("sv_SE")

    text._locale.cache_clear()
    monkeypatch.setattr(text, "Locale", missing)
    with pytest.raises(AmurError, match="no locale data for 'sv'"):
        text.Text("sv")
    text._locale.cache_clear()


def test_tables_keep_their_columns_and_numbers() -> None:
    rows = [{"name": "a,b", "value": 1.23456789}, {"name": "c", "value": None, "more": True}]
    assert output.as_csv(rows).splitlines() == ["name,value,more", '"a,b",1.23457,', "c,,True"]
    shown = output.as_table(rows, title="Things", width=60)
    assert shown.splitlines()[0].strip() == "Things"
    assert "1.23457" in shown
    assert json.loads(output.as_json({"x": float("nan"), "y": (1, 2)})) == {"x": None, "y": [1, 2]}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["brief", "RUS", "CHN", "--lang", "fi"], "'fi' is not one of 'en', 'sv'. See amur brief --help."),
        (["brief", "RUS"], "Missing argument 'B'. See amur brief --help."),
        (["nothing"], "No such command 'nothing'. See amur --help."),
        (["brief", "RUS", "CHN", "--zzz"], "No such option: --zzz. See amur brief --help."),
    ],
)
def test_words_that_a_command_does_not_take_are_answered_in_one_sentence(
    words: list[str], says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["amur", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    printed = capsys.readouterr()
    assert ended.value.code == 2
    assert printed.out == ""
    assert printed.err.startswith("amur: ")
    assert printed.err.endswith(f"{says}\n")
    assert printed.err.count("\n") == 1
