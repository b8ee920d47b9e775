"""Whole processes from a cold start, beside the floor that Python and the libraries themselves need.

    ./dev bench start

Targets (2 cores): help 0.2 s, `import amur` 0.15 s, a scenario well under 1 s, a brief 6 s.
Quote the ratio to the floor run beside it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

LIBRARIES = "import altair, babel.numbers, duckdb, jinja2, narwhals, polars, vl_convert, xlsxwriter"
DRAW = f"{LIBRARIES}; vl_convert.vegalite_to_svg({{'data': {{'values': [{{}}]}}, 'mark': 'point'}})"
COMMANDS = {
    "python alone": "pass",
    "import amur": "import amur",
    "typer alone": "import typer",
    "amur --help": "import sys; sys.argv = ['amur', '--help']; from amur.cli import main; main()",
    "libraries of a scenario": "import numpy, pydantic, rich.table, typer, yaml",
    "amur simulate cut-rus-chn": "import sys; sys.argv = ['amur', 'simulate', 'cut-rus-chn']; "
    "from amur.cli import main; main()",
    "libraries and one picture": DRAW,
    "amur brief RUS CHN": "import sys; sys.argv = ['amur', 'brief', 'RUS', 'CHN', '-o', 'brief.html']; "
    "from amur.cli import main; main()",
    "amur brief SWE DEU": "import sys; sys.argv = ['amur', 'brief', 'SWE', 'DEU', '-o', 'brief.html']; "
    "from amur.cli import main; main()",
}


@pytest.mark.parametrize("name", COMMANDS)
def test_start(name: str, benchmark: Any, tmp_path: Path) -> None:
    """One cold process."""
    command = [sys.executable, "-c", COMMANDS[name]]

    def once() -> None:
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)

    benchmark.pedantic(once, rounds=3 if "brief" in name else 7, warmup_rounds=1)
