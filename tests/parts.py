"""Parts of the machine that only some tests need: where they are, and what follows without them."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import NoReturn

import pytest


def lacking(part: str, undone: str) -> NoReturn:
    """A test that lacks a part fails where CI is set; elsewhere it is skipped, and that is said."""
    if os.environ.get("CI"):
        pytest.fail(f"{part} is missing")
    pytest.skip(f"{undone}: {part} is missing")


def program(*names: str, package: str, undone: str) -> str:
    """The first of these that is on PATH.

    Args:
        names: under which it may be known.
        package: Debian's, which brings it.
        undone: what is not tested without it, in capitals.
    """
    found = next(filter(None, map(shutil.which, names)), None)
    return found or lacking(f"{names[0]} (Debian package {package})", undone)


def needs_namespaces(*kinds: str) -> tuple[str, ...]:
    """What a program is put under to be on a machine of its own, as far as these kinds go."""
    under = ("unshare", "--user", "--map-root-user", *kinds)
    if subprocess.run([*under, "true"], check=False, capture_output=True).returncode:
        lacking("unshare, allowed to whoever runs the tests", "NO MACHINE APART WAS TRIED")
    return under
