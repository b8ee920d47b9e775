"""Draw the pictures of the README with Amur itself.

python tools/build_images.py
"""

from __future__ import annotations

from pathlib import Path

from amur.brief import make_pair
from amur.brief.dependence import dependence_chapter
from amur.kit import Chart, chart_file

FOLDER = Path(__file__).parent.parent / "docs" / "images"


def main() -> None:
    """Write each picture."""
    pair = make_pair("RUS", "CHN")
    record = next(part for part in dependence_chapter(pair).parts if isinstance(part, Chart))
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "brief-dependence.png").write_bytes(chart_file(record, "PNG", pair.text))


if __name__ == "__main__":
    main()
