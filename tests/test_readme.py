"""The README's commands and its Python run as printed; examples and generated pages are up to date."""

from __future__ import annotations

import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from amur.cli import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
COMMANDS = [
    line.split("#")[0].strip()
    for language, block in BLOCKS
    if language == "sh"
    for line in block.splitlines()
    if line.startswith("amur ")
]
ARTICLE = "BEIJING, August 20, 2025. China's trade with Russia fell by 9.1% to $106.48bn in the first half of 2025."
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_runs(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "article.txt").write_text(ARTICLE, encoding="utf-8")
    done = CliRunner().invoke(app, shlex.split(command)[1:])
    assert done.exit_code == 0, done.output


def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code = next(block for language, block in BLOCKS if language == "python")
    script = tmp_path / "readme.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    assert (tmp_path / "brief.html").stat().st_size > 100_000


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(path), run_name="__main__")


def test_the_readme_names_files_that_exist() -> None:
    for link in re.findall(r"\]\(([^)]+)\)", README):
        assert link.startswith("http") or (ROOT / link).exists(), link


def test_generated_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "tools/build_docs.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_development_script_says_what_it_does() -> None:
    done = subprocess.run(["bash", "dev"], cwd=ROOT, capture_output=True, text=True, check=True)
    for command in ("brief", "test", "lint", "bench", "mutants", "docs", "acceptance"):
        assert command in done.stdout
