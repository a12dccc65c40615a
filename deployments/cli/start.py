"""The entry point: Ctrl-C while the program is still loading also ends in one word."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line."""
    try:
        from deployments.cli.main import main as command_line
    except KeyboardInterrupt:
        sys.exit("Aborted!")
    command_line()
