"""Write scenarios/*.expected.csv: what each shipped scenario gives, for the tests to hold the solver to.

    python tools/build_expected.py [NAME ...]

Run it only when a change is meant to move the numbers, and show old and new in the changelog.
"""

from __future__ import annotations

import sys

from amur.output import as_csv, write_file
from amur.scenario import scenario_folder, shipped_scenarios
from amur.simulate import Plan, expected_rows, simulate


def main(names: list[str]) -> None:
    """Write the expected results of the named scenarios, or of all."""
    for name in names or shipped_scenarios():
        simulation = simulate(name, Plan(economies=("icio-2022",)))
        path = scenario_folder() / f"{name}.expected.csv"
        write_file(path, as_csv(expected_rows(simulation)))
        print(f"{path.name}: {len(simulation.runs)} runs, {len(simulation.unsolved)} without an equilibrium")


if __name__ == "__main__":
    main(sys.argv[1:])
