"""What cannot wait for a daily or weekly digest, and comes first in an hourly one."""

from __future__ import annotations

from enum import IntEnum

from notifications.events import AboutReport, Correction, Event
from ofsted.reports.model import GRADED_KINDS
from ofsted.text import fold

GRADED_TITLE = "children's services inspection"


class Urgency(IntEnum):
    """Why an event cannot wait, the most urgent first."""

    LOWERED = 1  # a judgement is lower than at the previous inspection
    INADEQUATE = 2  # or widespread and systemic failings; nothing is lower
    CORRECTED = 3  # a grade that we sent was wrong
    UNCERTAIN = 4  # it carries grades that could not be read for sure


def urgency(event: Event) -> Urgency | None:
    """Why an event cannot wait; None: it can."""
    if not isinstance(event, AboutReport):
        return None
    if isinstance(event, Correction):
        return Urgency.CORRECTED
    if event.found.status != "read":
        return Urgency.UNCERTAIN if carries_grades(event) or is_concern(event) else None
    if _is_lowered(event):
        return Urgency.LOWERED
    return Urgency.INADEQUATE if is_concern(event) else None


def carries_grades(event: AboutReport) -> bool:
    """By its kind; by its title where the kind is not known, as when the file is missing."""
    if event.found.kind == "unknown":
        return GRADED_TITLE in fold(event.report.title)
    return event.found.kind in GRADED_KINDS


def is_concern(event: AboutReport) -> bool:
    """Whether a judgement is lowered, any is inadequate, or failings are widespread."""
    return (
        _is_lowered(event)
        or any(judgement.grade == "inadequate" for judgement in event.found.judgements)
        or event.found.outcome == "widespread_systemic_failings"
    )


def _is_lowered(event: AboutReport) -> bool:
    return any(row.direction == "lowered" for row in event.rows)
