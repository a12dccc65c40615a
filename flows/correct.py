"""A grade that readers were told and that proves wrong: what was told, and correcting it.

Only a person corrects. Nothing here is sent by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from flows.lineage import Held, hold_against_earlier
from flows.tell import Teller, finding_of
from flows.tools import Tools
from notifications import news as n
from notifications.words.labels import mark, short_label
from ofsted.compare import Row
from ofsted.text import fold
from storage import models, queries
from storage.known import KnownReport, known_reports


class NothingToCorrectError(Exception):
    """No report is known by that name, or nothing wrong was told of it."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What readers are told, or would be."""

    report: KnownReport
    news: n.Correction
    hearers: tuple[str, ...]
    event: int | None  # None: nothing was written down


class _Told(NamedTuple):
    """What readers were last told of a report."""

    at: datetime
    cause: str  # of a correction of it: by this there is one and no second
    found: n.Finding
    earlier: n.Earlier | None = None
    rows: tuple[Row, ...] = ()
    to: frozenset[str] = frozenset()  # those whom a welcome told so


class _Grade(NamedTuple):
    label: str
    words: str
    same_by: str  # by this two are the same grade


def correct(tools: Tools, known_by: str, urn: str | None = None, *, confirm: bool) -> Corrected:
    """Tell readers of a corrected grade; without `confirm` only find out what they would be told.

    Args:
        known_by: the report's file id, or its link.
        urn: on whose page, where several list it.
        confirm: write the event down, and what is owed for it.

    Raises:
        NothingToCorrectError: there is no such report, or nothing wrong was told of it.
        SettingsError: its authority is not watched.
    """
    with tools.database.write() as session:
        report = _find(session, known_by, urn)
        teller = Teller(tools, tools.watch(report.urn), tools.clock.now(), cause="correct")
        held = hold_against_earlier(report, known_reports(session, report.urn))
        told, said = _wrong(session, report, held)
        if told is None:
            raise NothingToCorrectError(
                f"{known_by}: readers were told no grade but those that it is read with now"
            )
        news = n.Correction(**teller.about(session, report), said=said)
        also = _welcomed_wrongly(session, report, held)
        teller.of_report(session, news, report, told.cause, also=also)
        session.get_one(models.Report, report.id).told_status = news.found.status
        event = queries.events_about(session, report.id)[-1]
        hearers = tuple(json.loads(event.hearers))
        if not confirm:
            session.rollback()
    return Corrected(report, news, hearers, event.id if confirm else None)


def _find(session: Session, known_by: str, urn: str | None) -> KnownReport:
    names = {f"file:{known_by}", f"link:{known_by}"}
    found = [each for each in known_reports(session, urn) if names & each.keys]
    if not found:
        raise NothingToCorrectError(
            f"no report is known by {known_by!r}; `ofsted-watch reports` shows all"
        )
    if len(found) > 1:
        pages = ", ".join(each.urn for each in found)
        raise NothingToCorrectError(f"{known_by} is on the pages of {pages}; say which by --urn")
    return found[0]


def wrongly_told(
    session: Session, report: KnownReport, reports: Sequence[KnownReport]
) -> tuple[n.Difference, ...]:
    """The grades that readers were last told of a report and that it is not read with now.

    Those of the inspection before are among them, as long as that is the same document.

    Args:
        reports: all of its page, as they are read now.
    """
    return _wrong(session, report, hold_against_earlier(report, reports))[1]


def _wrong(
    session: Session, report: KnownReport, held: Held
) -> tuple[_Told | None, tuple[n.Difference, ...]]:
    for told in _tellings(session, report):
        if said := _differing(told, report, held):
            return told, said
    return None, ()


def _tellings(session: Session, report: KnownReport) -> Iterator[_Told]:
    """The last news of it; where there was none, each welcome that showed it."""
    for event in reversed(queries.events_about(session, report.id)):
        news = n.from_json(event.news)
        if isinstance(news, n.AboutReport):
            yield _Told(event.at, f"event:{event.id}", news.found, news.earlier, news.rows)
            return
    yield from _welcomes(session, report)


def _welcomes(session: Session, report: KnownReport) -> Iterator[_Told]:
    for event in queries.events(session, type_="welcome"):
        news = n.from_json(event.news)
        if not isinstance(news, n.Welcome) or news.to == "operators":
            continue
        for one in news.watched:
            if one.found and one.newest and _is(report, one.newest, one.provider.urn):
                to = frozenset({news.recipient})
                yield _Told(event.at, "welcome", one.found, to=to)


def _welcomed_wrongly(session: Session, report: KnownReport, held: Held) -> frozenset[str]:
    welcomes = _welcomes(session, report)
    return frozenset().union(*(one.to for one in welcomes if _differing(one, report, held)))


def _is(report: KnownReport, said: n.Report, urn: str) -> bool:
    return (report.urn, report.file_id, report.link) == (urn, said.file_id, said.link)


def _differing(told: _Told, report: KnownReport, held: Held) -> tuple[n.Difference, ...]:
    found = finding_of(report)
    own = _other(_grades(told.found), _grades(found))
    if found.status != "read" or not _same_earlier(told, held):
        return own
    rows = held.comparison.rows if held.comparison else ()
    return (*own, *_other(_before(told.rows), _before(rows)))


def _other(was: dict[str, _Grade], now: dict[str, _Grade]) -> tuple[n.Difference, ...]:
    return tuple(
        n.Difference(what=one.label, was=one.words, now=now[key].words if key in now else None)
        for key, one in was.items()
        if key not in now or one.same_by != now[key].same_by
    )


def _grades(found: n.Finding) -> dict[str, _Grade]:
    """The grades that a finding gives as certain, and its outcome."""
    if found.status != "read":
        return {}
    given = {one.key: _grade(one.label, one.grade, one.printed) for one in found.judgements}
    if found.outcome:
        given["outcome"] = _grade("Outcome", found.outcome, None)
    return given


def _before(rows: Sequence[Row]) -> dict[str, _Grade]:
    """The grades of the inspection before, as a comparison gives them."""
    return {
        row.key: _grade(f"{short_label(row.label)}, before", row.before, row.printed_before)
        for row in rows
        if row.before or row.printed_before
    }


def _grade(label: str, grade: str | None, printed: str | None) -> _Grade:
    shown = mark(grade, printed)
    return _Grade(short_label(label), shown.words if shown else "", grade or fold(printed or ""))


def _same_earlier(told: _Told, held: Held) -> bool:
    """Whether the inspection before is the one that it was told against, and its file too."""
    earlier = held.earlier
    if told.earlier is None or earlier is None or earlier.site_version is None:
        return False
    was = told.earlier.report
    same = (was.file_id, was.link) == (earlier.file_id, earlier.link)
    return same and earlier.site_version.first_seen <= told.at
