from pathlib import Path

import pytest

from ofsted.reports.read import read

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture(scope="session")
def sutton_seeds():
    """Sutton's readings of 2025 and 2021."""
    return read(SEEDS / "sutton-2025-ilacs.txt"), read(SEEDS / "sutton-2021-ilacs.txt")
