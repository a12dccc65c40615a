"""What is read in a document: the public values of this library."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal, get_args

PARSER = "2"  # raised with every change of what is read out of the same file

Status = Literal["read", "doubtful", "unread"]
Kind = Literal[
    "ilacs",
    "sif",
    "looked_after_2013",
    "lscb_review",
    "focused_visit",
    "monitoring_visit",
    "jtai",
    "area_send",
    "local_area_send",
    "letter",
    "unknown",
]
Grade = Literal["outstanding", "good", "requires_improvement", "inadequate"]
ImprovementKind = Literal["improvement", "priority_action", "recommendation"]

GRADES: tuple[Grade, ...] = get_args(Grade)  # best first

UNKNOWN = "unknown"  # the key of a judgement whose label is not known

GRADED_KINDS: frozenset[Kind] = frozenset({"ilacs", "sif", "looked_after_2013", "lscb_review"})


@dataclass(frozen=True, slots=True)
class Inspector:
    """A lead inspector, as printed."""

    name: str
    role: str | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """One grade as a report prints it."""

    key: str
    label: str  # as printed
    printed: str  # as printed
    grade: Grade | None  # None: a word outside the four
    page: int | None = None  # None: the document is a text


@dataclass(frozen=True, slots=True)
class Improvement:
    """One thing that the report says must improve, as printed."""

    kind: ImprovementKind
    text: str
    body: str | None = None  # who is responsible, where the report says so
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a reading may be wrong, with the lines of the report in question."""

    what: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What one version of the parser found in one document.

    `text` is the document's folded text, by which two documents are compared where the
    status is not `read`. It is not part of the JSON.
    """

    sha256: str
    parser_version: str
    status: Status
    kind: Kind
    framework: str | None = None
    title: str | None = None
    provider: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    inspectors: tuple[Inspector, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    outcome: str | None = None
    theme: str | None = None
    improvements: tuple[Improvement, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    pages: int | None = None
    text: str = field(default="", repr=False)

    @property
    def graded(self) -> bool:
        """Whether reports of this kind carry grades."""
        return self.kind in GRADED_KINDS

    @property
    def unread_by_kind(self) -> bool:
        """Whether it is unread only because this version does not read its kind: no fault."""
        return self.status == "unread" and not self.doubts

    @property
    def framework_suspected(self) -> bool:
        """Whether several labels of one table are unknown: perhaps a new framework."""
        return sum(judgement.key == UNKNOWN for judgement in self.judgements) > 1

    def facts(self) -> dict[str, Any]:
        """The values that are equal exactly where two documents have the same content.

        Everything read but pages and doubts; the folded text where the status is not `read`.
        """
        if self.status != "read":
            return {"text": self.text}
        found = asdict(self)
        for name in ("sha256", "parser_version", "status", "doubts", "pages", "text"):
            del found[name]
        for part in (*found["judgements"], *found["improvements"]):
            del part["page"]
        return found

    def as_json(self) -> dict[str, Any]:
        """The shape of `read --json`, less the file's name."""
        found = asdict(self)
        for name in ("pages", "text"):
            del found[name]
        for name in ("first_day", "last_day"):
            found[name] = found[name] and found[name].isoformat()
        return found
