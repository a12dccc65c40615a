"""Two readings held against each other by the lineage table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Relation = Literal["same", "successor", "split", "merged", "ended", "not_judged", "new"]
Direction = Literal["raised", "lowered", "unchanged"]


@dataclass(frozen=True, slots=True)
class Row:
    """One judgement of the newer report, or one that the newer report no longer gives."""

    key: str
    label: str  # as the newer report prints it; for what it no longer gives, as the older did
    grade: str | None  # canonical; an Area SEND outcome in its own words; None: not given now
    before: str | None  # canonical, likewise
    relation: Relation
    direction: Direction | None
    printed: str | None = None  # the grade as printed now
    printed_before: str | None = None  # and as printed before
    reason: str = ""  # why they may or may not be held against each other, in words


@dataclass(frozen=True, slots=True)
class Comparison:
    """A reading held against an earlier one of its lineage."""

    rows: tuple[Row, ...]
