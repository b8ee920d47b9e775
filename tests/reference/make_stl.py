"""Write stl.csv: a monthly series decomposed by statsmodels' STL, a port of the original programme.

    python make_stl.py          (needs numpy and statsmodels; made with statsmodels 0.15.0)

The series is invented: a trend, a season that changes, noise and three outliers.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from statsmodels.tsa.seasonal import STL


def series() -> np.ndarray:
    rng = np.random.default_rng(17)
    month = np.arange(155)
    season = (1 + month / 200) * 0.2 * np.sin(2 * np.pi * month / 12 + 0.4) + 0.1 * np.cos(np.pi * month / 3)
    values = 10 + 0.004 * month + 0.3 * np.sin(month / 25) + season + rng.normal(0, 0.04, 155)
    values[[40, 85, 120]] += (-0.9, 0.7, -0.6)
    return values.round(6)


def main() -> None:
    values = series()
    plain = STL(values, period=12, seasonal=7).fit()
    robust = STL(values, period=12, seasonal=13, trend=25, robust=True).fit()
    level = STL(values, period=12, seasonal=25, trend=21, seasonal_deg=0, robust=True).fit()
    columns = [values, plain.seasonal, plain.trend, robust.seasonal, robust.trend, level.seasonal, level.trend]
    head = ["value"] + [f"{kind}_{part}" for kind in ("plain", "robust", "level") for part in ("seasonal", "trend")]
    with (Path(__file__).parent / "stl.csv").open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(head)
        writer.writerows([[f"{x:.12g}" for x in row] for row in np.column_stack(columns)])


if __name__ == "__main__":
    main()
