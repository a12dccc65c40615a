"""Corrections of wrong grades that readers were sent (`ofsted-watch correct`).

Only a person starts a correction; none is sent automatically.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from flows.alerting.announce import Announcer, finding_of
from flows.comparing.predecessors import among
from flows.comparing.previous import ComparisonResult, compare_known, compare_with_previous
from flows.context.context import AppContext
from notifications import events as ev
from notifications.words.labels import badge, short_label
from ofsted.compare import ComparisonLine
from ofsted.successions import predecessors
from ofsted.text import fold
from storage import models, queries
from storage.report_snapshots import ReportSnapshot, report_snapshots


class NothingToCorrectError(Exception):
    """There is no such report, or readers were sent no wrong grade of it."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What readers are sent, or would be."""

    report: ReportSnapshot
    event: ev.Correction
    recipients: tuple[str, ...]
    row: int | None  # id of the event; None: nothing was recorded


class _Announced(NamedTuple):
    """What readers were last sent about a report."""

    at: datetime
    cause: str  # of the correction, so that it is recorded only once
    found: ev.Finding
    previous: ev.Previous | None = None
    rows: tuple[ComparisonLine, ...] = ()
    predecessors: tuple[ev.Predecessor, ...] = ()
    to: frozenset[str] = frozenset()  # those whom a welcome said so


class _Grade(NamedTuple):
    label: str
    words: str
    same_by: str  # two grades are the same if this is equal


def correct(
    context: AppContext, known_by: str, urn: str | None = None, *, confirm: bool
) -> Corrected:
    """Send readers a correction; without `confirm`, only find out what they would be sent.

    Args:
        known_by: the report's file id, or its link.
        urn: of the authority, where several list the report.
        confirm: record the event and its deliveries.

    Raises:
        NothingToCorrectError: there is no such report, or no wrong grade of it was sent.
        SettingsError: its authority is not watched.
    """
    with context.database.write() as session:
        report = _find(session, known_by, urn)
        announcer = Announcer(
            context, context.watched_here(report.provider_key), context.clock.now(), cause="correct"
        )
        compared = compare_known(session, report)
        announced, said = _wrong(session, report, compared)
        if announced is None:
            raise NothingToCorrectError(
                f"{known_by}: nothing to correct: readers have already been sent the current grades"
            )
        event = ev.Correction(**announcer.about(session, report), said=said)
        also = _welcomed_wrongly(session, report, compared)
        announcer.of_report(session, event, report, announced.cause, also=also)
        session.get_one(models.Report, report.id).announced_status = event.found.status
        row = queries.events_about(session, report.id)[-1]
        recipients = tuple(json.loads(row.recipients))
        if not confirm:
            session.rollback()
    return Corrected(report, event, recipients, row.id if confirm else None)


def _find(session: Session, known_by: str, urn: str | None) -> ReportSnapshot:
    names = {f"file:{known_by}", f"link:{known_by}"}
    found = [
        each for each in report_snapshots(session) if names & each.keys and urn in {None, each.urn}
    ]
    if not found:
        raise NothingToCorrectError(
            f"no report has the file id or link {known_by!r}; `ofsted-watch reports` lists them all"
        )
    if len(found) > 1:
        pages = ", ".join(each.urn for each in found)
        raise NothingToCorrectError(
            f"{known_by} is on the pages of {pages}; choose one with --authority"
        )
    return found[0]


def wrongly_announced(
    session: Session, report: ReportSnapshot, reports: Sequence[ReportSnapshot]
) -> tuple[ev.Difference, ...]:
    """The grades that readers were last sent and that the current reading does not give.

    Includes those of the previous inspection, as long as that is the same document.

    Args:
        reports: all that are known, as they are read now.
    """
    key = report.provider_key
    page = [each for each in reports if each.provider_key == key]
    before = among(key, reports, queries.provider_names(session)) if predecessors(key) else ()
    return _wrong(session, report, compare_with_previous(report, page, before))[1]


def _wrong(
    session: Session, report: ReportSnapshot, compared: ComparisonResult
) -> tuple[_Announced | None, tuple[ev.Difference, ...]]:
    for announced in _announcements(session, report):
        if said := _differing(announced, report, compared):
            return announced, said
    return None, ()


def _announcements(session: Session, report: ReportSnapshot) -> Iterator[_Announced]:
    """The last alert about a report; where there was none, each welcome that showed it."""
    for row in reversed(queries.events_about(session, report.id)):
        event = ev.from_json(row.payload)
        if isinstance(event, ev.AboutReport):
            yield _Announced(
                row.at,
                f"row:{row.id}",
                event.found,
                event.previous,
                event.rows,
                event.predecessors,
            )
            return
    yield from _welcomes(session, report)


def _welcomes(session: Session, report: ReportSnapshot) -> Iterator[_Announced]:
    for row in queries.events(session, types=["welcome"]):
        event = ev.from_json(row.payload)
        if not isinstance(event, ev.Welcome) or event.to == "operators":
            continue
        for one in event.watched:
            if one.found and one.newest and _is(report, one.newest, one.provider):
                to = frozenset({event.recipient})
                yield _Announced(row.at, "welcome", one.found, to=to)


def _welcomed_wrongly(
    session: Session, report: ReportSnapshot, compared: ComparisonResult
) -> frozenset[str]:
    welcomes = _welcomes(session, report)
    return frozenset().union(*(one.to for one in welcomes if _differing(one, report, compared)))


def _is(report: ReportSnapshot, said: ev.Report, whose: ev.Provider) -> bool:
    is_its = report.provider_key == (whose.code, whose.urn)
    return is_its and (report.file_id, report.link) == (said.file_id, said.link)


def _differing(
    announced: _Announced, report: ReportSnapshot, compared: ComparisonResult
) -> tuple[ev.Difference, ...]:
    found = finding_of(report)
    own = _other(_grades(announced.found), _grades(found))
    if found.status == "read":
        own = (*own, *_of_predecessors(announced, compared))
    if found.status != "read" or not _same_earlier(announced, compared):
        return own
    rows = compared.comparison.rows if compared.comparison else ()
    return (*own, *_other(_before(announced.rows), _before(rows)))


def _of_predecessors(announced: _Announced, compared: ComparisonResult) -> Iterator[ev.Difference]:
    """Grades of the authorities before, as they were sent and as they are read now."""
    now = {one.newest.urn: one for one in compared.predecessors}
    for sent in announced.predecessors:
        result = now.get(sent.urn)
        if sent.found is None or result is None:
            continue
        if _is_same_file(announced, sent.inspection, result.newest):
            for one in _other(_grades(sent.found), _grades(finding_of(result.newest))):
                yield replace(one, what=f"{sent.short_name}, before: {one.what}")


def _other(was: dict[str, _Grade], now: dict[str, _Grade]) -> tuple[ev.Difference, ...]:
    return tuple(
        ev.Difference(what=one.label, was=one.words, now=now[key].words if key in now else None)
        for key, one in was.items()
        if key not in now or one.same_by != now[key].same_by
    )


def _grades(found: ev.Finding) -> dict[str, _Grade]:
    """The grades that a finding gives as certain, and its outcome."""
    if found.status != "read":
        return {}
    given = {one.key: _grade(one.label, one.grade, one.printed) for one in found.judgements}
    if found.outcome:
        given["outcome"] = _grade("Outcome", found.outcome, None)
    return given


def _before(rows: Sequence[ComparisonLine]) -> dict[str, _Grade]:
    """The grades of the previous inspection, as a comparison gives them."""
    return {
        row.key: _grade(f"{short_label(row.label)}, before", row.before, row.printed_before)
        for row in rows
        if row.before or row.printed_before
    }


def _grade(label: str, grade: str | None, printed: str | None) -> _Grade:
    shown = badge(grade, printed)
    return _Grade(short_label(label), shown.words if shown else "", grade or fold(printed or ""))


def _same_earlier(announced: _Announced, compared: ComparisonResult) -> bool:
    """Whether the inspection before is the one that it was compared with, and its file too."""
    if announced.previous is None or compared.previous is None:
        return False
    return _is_same_file(announced, announced.previous, compared.previous)


def _is_same_file(announced: _Announced, sent: ev.Previous, known: ReportSnapshot) -> bool:
    """Whether an inspection that was sent is this report, and its file the one of then."""
    if known.site_version is None:
        return False
    same = (sent.report.file_id, sent.report.link) == (known.file_id, known.link)
    return same and known.site_version.first_seen <= announced.at
