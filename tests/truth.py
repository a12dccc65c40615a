"""The shared corpus of real reports and what is true of them.

The reports are Ofsted's and are not in this repository: the corpus lies beside it in
`../shared/corpus`, or where `OFSTED_WATCH_CORPUS` says.
"""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BESIDE = Path(__file__).parents[2] / "shared"

# Kinds and frameworks of the truth tables that have another name in our JSON.
_KINDS = {"not_a_pdf": "unknown", "jar_progress": "unknown", "jtai_letter": "jtai"}
_FRAMEWORKS = {"lscb_review_2013": "lscb_2013"}
_ERAS = {
    "jtai_2016_2021": "jtai_2016",
    "jtai_2022": "jtai_2022",
    "area_send_2023": "area_send_2023",
}
# Reports whose improvements the tables count wrongly, as their pages show.
SLIPS = {
    "2014-08-08_80426_barnsley_sif.pdf": "17 strengths of pages 7 and 8 are counted",
    "2015-11-27_80462_doncaster_sif.pdf": "five of the board's nine on pages 39 and 40 are missing",
}
_BOARD = {("sif", "lscb"): "Local Safeguarding Children Board"}
_ADEQUATE = {"adequate": ""}  # known, and outside the four words


@dataclass(frozen=True)
class Judged:
    key: str
    label: str
    printed: str
    grade: str | None


@dataclass(frozen=True)
class Item:
    kind: str
    begins: str  # its first 60 characters
    body: str | None = None


@dataclass(frozen=True)
class Truth:
    """What is true of one file; None: not in the tables, so not asked."""

    path: Path
    kind: str
    framework: str | None
    provider: str | None
    first_day: str | None
    last_day: str | None
    inspectors: tuple[str, ...]
    role: str | None = None
    judgements: tuple[Judged, ...] = ()
    outcome: str | None = None
    theme: str | None = None
    improvements: tuple[Item, ...] | None = None


def corpus() -> Path | None:
    """Where the corpus lies; None where it does not."""
    named = os.environ.get("OFSTED_WATCH_CORPUS")
    place = Path(named) if named else _BESIDE / "corpus"
    return place if place.is_dir() else None


def corpus_is_required() -> bool:
    """Whether it must be there: on CI, where the place for it is."""
    return bool(os.environ.get("CI")) and _BESIDE.is_dir()


def truths(place: Path) -> Iterator[Truth]:
    """What is true of every file of the corpus."""
    yield from _childrens_services(place)
    yield from _visits(place)
    yield from _joint(place)


def _childrens_services(place: Path) -> Iterator[Truth]:
    judgements = _by_file(place / "csc_truth_judgements.csv")
    improvements = _by_file(place / "csc_truth_improvements.csv")
    for row in _rows(place / "csc_truth_reports.csv"):
        # the improvements of 2013 are not in the tables
        counted = row["kind"] != "looked_after_2013" and row["file"] not in SLIPS
        role, _, second = row["inspector_title"].partition(", and ")
        yield Truth(
            path=place / "pdf" / row["file"],
            kind=_KINDS.get(row["kind"], row["kind"]),
            framework=_FRAMEWORKS.get(row["framework"], row["framework"]) or None,
            provider=row["provider"] or None,
            first_day=row["first_day"] or None,
            last_day=row["last_day"] or None,
            inspectors=tuple(filter(None, (row["inspector"], second.partition(",")[0]))),
            role=role or None,
            judgements=tuple(
                Judged(
                    one["key"],
                    one["label_as_printed"],
                    one["grade_as_printed"],
                    _ADEQUATE.get(one["grade"], one["grade"]) or None,
                )
                for one in judgements[row["file"]]
            ),
            improvements=tuple(
                Item(one["section"], one["first60"], _BOARD.get((row["kind"], one["body"])))
                for one in improvements[row["file"]]
            )
            if counted
            else None,
        )


def _visits(place: Path) -> Iterator[Truth]:
    actions = _by_file(place / "focused_truth_actions.csv")
    for row in _rows(place / "focused_truth_reports.csv"):
        yield Truth(
            path=place / "pdf" / row["file"],
            kind="focused_visit",
            framework="ilacs_visit",
            provider=row["provider"] or None,
            first_day=row["first_day"],
            last_day=row["last_day"],
            inspectors=(row["lead"],),
            role=row["lead_title"],
            theme=row["theme"] or None,
            improvements=tuple(Item(one["type"], one["first60"]) for one in actions[row["file"]]),
        )


def _joint(place: Path) -> Iterator[Truth]:
    actions = _by_file(place / "joint_truth_actions.csv")
    for row in _rows(place / "joint_truth_reports.csv"):
        kind = _KINDS.get(row["kind"], row["kind"])
        send = kind == "area_send"
        leads = [lead.partition(" (")[0] for lead in row["leads"].split("; ") if lead]
        yield Truth(
            path=place / "pdf" / row["file"],
            kind=kind,
            framework=_ERAS.get(row["era"]),
            provider=row["provider"] or None,
            first_day=row["first_day"] or None,
            last_day=row["last_day"] or None,
            inspectors=tuple(leads),
            outcome=row["outcome_code"] if send else None,
            theme=row["theme"] or None,
            improvements=tuple(
                Item(one["type"], one["first60"], one["body"] or None)
                for one in actions[row["file"]]
            ),
        )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _by_file(path: Path) -> defaultdict[str, list[dict[str, str]]]:
    found: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _rows(path):
        found[row["file"]].append(row)
    return found
