"""Settings and fixtures that every test shares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Derandomised, so that a failure seen once is seen again; slow first imports are not a fault of the code.
settings.register_profile(
    "amur", deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("amur")

ROOT = Path(__file__).parent.parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests on material that may not ship run only when its folder is named."""
    named = os.environ.get("AMUR_SHARED")
    for item in items:
        if "shared" in item.keywords and not named:
            item.add_marker(pytest.mark.skip(reason="needs material that may not ship: ./dev acceptance DIR"))


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """The folder named by `./dev acceptance DIR`."""
    return Path(os.environ["AMUR_SHARED"])


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the checkout."""
    return ROOT
