"""The files of new documents in an area: kept in the archive, and not read.

They grow into a collection of each kind for a parser to come. Nobody waits for them: a document
is announced by what its provider's page says.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from flows.alerting.announce import announce
from flows.checking.download import PDF, THEN, TRIED_AT_EACH_CHECK
from flows.checking.one_check import OneCheck
from flows.checking.provider_page import councils_of, place_of
from flows.checking.record import UNAVAILABLE_AFTER
from flows.context.context import AppContext
from flows.settings.watched import WatchedArea
from flows.step import StepFailed
from notifications import events as ev
from ofsted.errors import SiteError
from ofsted.site.model import Download
from storage import areas, models
from storage.record import Bytes, add_file

log = logging.getLogger(__name__)

MOST = 50  # files in one check; the next goes on
GIVEN_UP_AFTER = timedelta(days=30)


def fetch_files(check: OneCheck, area: WatchedArea) -> int:
    """Fetch the files that are due; gives how many failed for the first time."""
    context, now = check.announcer.context, check.announcer.now
    with context.database.read() as session:
        due = areas.due_files(session, area.dfe_code, now, MOST)
    newly_failed = 0
    for document_id in due:
        newly_failed += _fetch(check, area, document_id)
        context.progress()
    return newly_failed


def _fetch(check: OneCheck, area: WatchedArea, document_id: int) -> bool:
    """Fetch one file; whether it failed for the first time."""
    context, now = check.announcer.context, check.announcer.now
    with context.database.read() as session:
        document = session.get_one(models.ListedDocument, document_id)
        link, about = document.link or "", document.file_id or ""
    with context.archive.incoming() as path:
        came = context.step("download", partial(_download, context, link, path), about=about)
        if not isinstance(came, StepFailed):
            context.archive.keep(path, PDF)
    with context.database.write() as session:
        check.hold.check(session)
        document = session.get_one(models.ListedDocument, document_id)
        if not isinstance(came, StepFailed):
            add_file(session, Bytes(came.sha256, came.bytes, PDF), now)
            document.sha256 = came.sha256
            document.failing_since = document.failing_why = document.next_fetch = None
            return False
        is_new = document.failing_since is None
        since = document.failing_since = document.failing_since or now
        document.failing_why = came.in_words()
        is_young = now - since < TRIED_AT_EACH_CHECK
        document.next_fetch = now if is_young else now + THEN
        if now - since >= GIVEN_UP_AFTER:
            document.next_fetch = None
        if now - since >= UNAVAILABLE_AFTER:
            _announce_unavailable(session, check, area, document)
        return is_new


def _download(context: AppContext, link: str, path: Path) -> Download | StepFailed[SiteError]:
    try:
        return context.site.download(link, path)
    except SiteError as error:
        log.warning("%s: the file could not be downloaded: %s", link, error)
        return StepFailed(error)


def _announce_unavailable(
    session: Session, check: OneCheck, area: WatchedArea, document: models.ListedDocument
) -> None:
    context = check.announcer.context
    place = areas.place(session, area.dfe_code, document.provider_key)
    since = document.failing_since or check.announcer.now
    event = ev.FileUnavailable(
        provider=place_of(context, place),
        report=ev.Report(
            title=document.title,
            published=document.published,
            link=document.link,
            file_id=document.file_id,
        ),
        failure=document.failing_why or "",
        since=since,
        kind=place.kind,
        areas=councils_of(session, context, place.key),
    )
    announce(
        session,
        context,
        event,
        subject=f"document:{document.key}",
        cause=since.isoformat(),
        at=check.announcer.now,
        provider=place.key,
    )
