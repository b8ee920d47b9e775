"""Ask the API for the examples in its own description, and shorten them.

python tools/build_examples.py
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from amur.app import examples
from amur.app.exchange import Asked, ask
from amur.app.settings import Settings
from amur.output import write_file

FILE = Path(examples.__file__).with_suffix(".json")
JSON = (("content-type", "application/json"),)
CHECKED = b'{"texts": ["Trade between China and Russia fell by 8.1% in the first seven months of 2025."]}'
SOLVED = b'{"scenario": "us-60-china", "thetas": ["FGH22"], "closures": ["fixed"], "horizons": ["long"]}'
ASKED = {
    "measures": Asked("GET", "/api/v1/measures"),
    "measure": Asked("GET", "/api/v1/measure/share/RUS/CHN", "period=2022"),
    "coverage": Asked("GET", "/api/v1/coverage/RUS/CHN"),
    "explain": Asked("GET", "/api/v1/explain/RUS/CHN", "start=2021&end=2022"),
    "sources": Asked("GET", "/api/v1/sources"),
    "scenarios": Asked("GET", "/api/v1/scenarios"),
    "simulate": Asked("POST", "/api/v1/simulate", "", JSON, SOLVED),
    "check": Asked("POST", "/api/v1/check", "", JSON, CHECKED),
}
_DEEPEST = 7


def shortened(value: Any, depth: int = 0) -> Any:
    """The value with the first items of every list, numbers of six digits, and nothing below the seventh level."""
    if isinstance(value, dict):
        return {key: shortened(item, depth + 1) for key, item in value.items()} if depth < _DEEPEST else {}
    if isinstance(value, list):
        most = 1 if isinstance(next(iter(value), None), dict) else 3
        return [shortened(item, depth + 1) for item in value[:most]]
    return float(f"{value:.6g}") if isinstance(value, float) else value


async def answers() -> dict[str, Any]:
    """The shortened answer to each request."""
    from amur.app.server import inner_app

    app = inner_app(Settings(workers=0))
    return {name: shortened(json.loads((await ask(app, asked)).body)) for name, asked in ASKED.items()}


def main() -> None:
    """Write them beside the API."""
    if not FILE.exists():
        write_file(FILE, json.dumps(dict.fromkeys(ASKED)))
    write_file(FILE, json.dumps(asyncio.run(answers()), ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
