from pathlib import Path

import pytest

from tests.truth import corpus, corpus_is_required

SEEDS = Path(__file__).parents[3] / "seeds"


@pytest.fixture(scope="session")
def sutton_2025():
    """The text of Sutton's report of 2025: raw, with page furniture and wrapped lines."""
    return (SEEDS / "sutton-2025-ilacs.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def sutton_2021():
    """The text of Sutton's report of 2021: cleaned, a line a paragraph."""
    return (SEEDS / "sutton-2021-ilacs.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def real_reports():
    """The folder of the shared corpus."""
    place = corpus()
    if place is None and corpus_is_required():
        pytest.fail("../shared is here and ../shared/corpus is not: real reports go unread")
    if place is None:
        pytest.skip("NO REAL REPORTS WERE READ: ../shared/corpus is not here (OFSTED_WATCH_CORPUS)")
    return place
