"""Prefect's own command line, as `up` starts it, without the newer of Prefect's two UIs.

The newer UI calls its makers' host for settings, whatever is switched off. Prefect silently
skips a UI whose files are missing, so we point it to a path that does not exist.
"""

from __future__ import annotations

from pathlib import Path

import prefect


def main() -> None:
    """Run Prefect's command line with this process's arguments."""
    prefect.__ui_v2_static_path__ = Path("left-out")
    from prefect.cli import app

    app()


if __name__ == "__main__":
    main()
