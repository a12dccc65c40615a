"""Fixtures: the two sites, each made once a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.installation import Installation, an_installation
from tests.website import sites


@contextmanager
def _site(folder: Path, happened: Callable[[Installation], None]) -> Iterator[Path]:
    with an_installation(folder) as installation:
        happened(installation)
        yield installation.folder / "data" / "website"


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the site of Sutton alone."""
    with _site(tmp_path_factory.mktemp("alone"), sites.alone) as folder:
        yield folder


@pytest.fixture(scope="session")
def several(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the site of several councils where much has happened."""
    with _site(tmp_path_factory.mktemp("several"), sites.several) as folder:
        yield folder
