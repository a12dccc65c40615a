"""Prefect's own command line, which `up` starts, without the newer of Prefect's two UIs.

That one asks its makers' host for settings whatever is switched off. Prefect mounts no UI that
was not built into it, and says nothing of it: so this one was not.
"""

from __future__ import annotations

from pathlib import Path

import prefect


def main() -> None:
    """Run the command line with the words that it was given."""
    prefect.__ui_v2_static_path__ = Path("left-out")
    from prefect.cli import app

    app()


if __name__ == "__main__":
    main()
