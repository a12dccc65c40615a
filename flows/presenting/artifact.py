"""An artifact: a page in Prefect's UI, in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# Prefect deletes artifacts with their runs: ours after 30 days, another one perhaps after 7.
REWRITTEN_AFTER = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Artifact:
    """A page in Markdown under a key that never changes."""

    key: str
    markdown: str
    description: str
    link: str = ""  # of the report's file, for a link artifact beside the page
    is_only: bool = False  # no older version stays: it may hold a name that Ofsted withholds now


def is_old(written: datetime) -> bool:
    """Whether an artifact is to be written again, though it has not changed."""
    return written < datetime.now(UTC) - REWRITTEN_AFTER


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of Markdown as a table; the first is its head."""
    lines = [rows[0], ("---",) * len(rows[0]), *rows[1:]]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
