"""One check of a provider's page: fetch, diff, download, read, compare, record.

Every step is safe to repeat, by anyone, at any time: the provider's lease allows
one check at a time, and what was recorded before is not recorded again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Literal

from sqlalchemy.orm import Session

from flows.alerting.announce import Announcer
from flows.alerting.welcome import welcome_all
from flows.checking import page_health
from flows.checking.acceptance import consume_acceptance, is_accepted
from flows.checking.diff import (
    MOST_NEW_WHILE_SUSPECT,
    ListingDiff,
    diff_listing,
    is_pending,
    newer_than_all,
)
from flows.checking.download import Downloads, needs_download
from flows.checking.quarantine import quarantine_page
from flows.checking.record import ListedReport, Recorder, row_of
from flows.comparing.comparison_rows import update_successors
from flows.context.context import AppContext, record_page_name, with_names
from flows.settings.watched import WatchedAuthority
from notifications.words.plain import several
from ofsted.errors import SiteError, UnexpectedResponse
from ofsted.provider_key import AUTHORITY, ProviderKey
from ofsted.site.model import Listing
from storage import models, queries, record
from storage.ahead import SKEW
from storage.database import DatabaseError
from storage.leases import BusyError, Hold, LeaseLostError, leased
from storage.page_checks import (
    LastCheck,
    PageBefore,
    UnchangedEnd,
    begin_check,
    end_unchanged,
    known_files,
    page_before,
)
from storage.report_snapshots import ReportSnapshot, report_snapshots

log = logging.getLogger(__name__)

CheckResultKind = Literal[
    "unchanged", "changed", "first", "unreachable", "unrecognised", "suspect", "busy", "skipped"
]
INTERRUPTED = "the last check of this page was interrupted before it ended"
PATIENCE = 600.0  # seconds that a check which a person asked for waits for another one's end


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """Who asks for a check. A scheduled one is skipped if a check began after its time."""

    scheduled: datetime | None = None  # by our clock; None: a person asked
    run: str | None = None  # the Prefect flow run


@dataclass(frozen=True, slots=True)
class NewReport:
    """A new report in one line."""

    id: str | None  # file id, else link
    title: str
    published: str | None
    status: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one check."""

    urn: str
    name: str
    state: str
    result: CheckResultKind
    listed: int | None
    message: str
    began_at: datetime
    new: tuple[NewReport, ...] = ()
    newly_failed: int = 0  # files that this check tried and that failed for the first time
    code: str = AUTHORITY

    @property
    def provider_key(self) -> ProviderKey:
        """Whose page was checked."""
        return ProviderKey(self.code, self.urn)

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong that this check can know."""
        return (
            self.state == "ok"
            and not self.newly_failed
            and self.result not in {"unreachable", "unrecognised", "suspect", "busy"}
        )

    @property
    def has_failed(self) -> bool:
        """Whether something is wrong with the page; that another check runs does not count."""
        return not self.is_well and self.result not in {"busy", "skipped"}

    def in_words(self) -> str:
        """`message`, under the name that `flows.step.StepResult` asks for."""
        return self.message


def check_page(authority: WatchedAuthority, context: AppContext, ask: CheckRequest) -> CheckResult:
    """Check one provider's page now and record what follows.

    Nothing is raised for what the site does: the result says it.

    Raises:
        storage.database.DatabaseTroubleError: nothing can be written down.
    """
    begun: list[_Begun] = []

    def begin(session: Session) -> None:
        begun.append(_begin(session, context, authority, ask))

    try:
        wait = PATIENCE if ask.scheduled is None else 0.0
        name = f"provider {authority.key}"
        with leased(context.database, name, wait=wait, first=begin) as hold:
            if begun[-1].check_id is None:
                return _unchecked(
                    authority, context, "skipped", "already checked since its scheduled time"
                )
            return _check_to_the_end(authority, context, begun[-1], hold)
    except (BusyError, LeaseLostError) as error:
        return _unchecked(authority, context, "busy", str(error))


@dataclass(frozen=True, slots=True)
class _Begun:
    """A check that was written down as begun, and how the page stood before it."""

    now: datetime
    before: PageBefore
    check_id: int | None  # None: not begun, since one is fresh enough


def _begin(
    session: Session, context: AppContext, authority: WatchedAuthority, ask: CheckRequest
) -> _Begun:
    """In the transaction that takes the lease: whoever has it has begun, and nobody else has."""
    now = context.clock.now()
    before = page_before(session, authority.key, now)
    if _is_fresh(before.last, ask, now):
        return _Begun(now, before, None)
    if not before.is_known:
        session.add(models.Provider(code=authority.key.code, urn=authority.urn, since=now))
        session.flush()
    if before.last is not None and before.last.ended_at is None:
        _record_interrupted(session, context, authority, before.last, now)
    return _Begun(now, before, begin_check(session, authority.key, ask.run, now))


def _is_fresh(last: LastCheck | None, ask: CheckRequest, now: datetime) -> bool:
    if ask.scheduled is None or last is None or last.ended_at is None:
        return False
    # one that began in the future did so by a wrong clock, and stands for no other
    return ask.scheduled <= last.began_at <= now + SKEW


def _record_interrupted(
    session: Session,
    context: AppContext,
    authority: WatchedAuthority,
    last: LastCheck,
    now: datetime,
) -> None:
    """Whoever made the last check is dead, since we hold the lease.

    What kills each check of this page (its size, a monstrous file) is a trouble of the page, and
    operators are notified of it.
    """
    row = session.get_one(models.PageCheck, last.id)
    row.result, row.message = "unreachable", INTERRUPTED
    announcer = Announcer(context, authority, now, cause=_cause(last.id, now))
    page_health.record_failure(session, announcer, "unreachable", INTERRUPTED)


def _cause(check_id: int, began_at: datetime) -> str:
    """A check as the cause of an event; after a restore its number alone may be another's."""
    return f"check:{check_id} {began_at.isoformat()}"


def _check_to_the_end(
    authority: WatchedAuthority, context: AppContext, begun: _Begun, hold: Hold
) -> CheckResult:
    """Check one provider; any error is recorded for this check and stops no other provider.

    The next check tries again. Nothing is recorded once the lease is lost.
    """
    assert begun.check_id is not None  # noqa: S101  # it has begun
    announcer = Announcer(context, authority, begun.now, cause=_cause(begun.check_id, begun.now))
    try:
        return _check(announcer, hold, begun.check_id, begun.before)
    except (DatabaseError, LeaseLostError):
        raise  # nothing can be written down, of this provider or another; or nothing may be
    except OSError as error:
        why = f"{error}; check that the disk of data_dir has free space"
    except Exception as error:
        log.exception("%s: the check failed", authority.name)
        why = f"{type(error).__name__}: {error}"
    message = (
        f"the check failed ({why}); what it recorded is kept, and the next check will try again"
    )
    with context.database.write() as session:
        hold.check(session)
        return _CheckRecorder(session, announcer, begun.check_id).broken_off(message)


def _unchecked(
    authority: WatchedAuthority, context: AppContext, result: CheckResultKind, message: str
) -> CheckResult:
    with context.database.read() as session:
        state = queries.provider_state(session, authority.key)
    known = state.state if state else "new"
    now = context.clock.now()
    return CheckResult(
        authority.urn, authority.name, known, result, None, message, now, code=authority.key.code
    )


def _check(announcer: Announcer, hold: Hold, check_id: int, before: PageBefore) -> CheckResult:
    authority, context, now = announcer.authority, announcer.context, announcer.now
    try:
        listing = context.site.listing_if_changed(
            authority.urn,
            authority.code,
            sha256=before.quiet_sha256,
            name=authority.name,
            known=partial(_known_files, context, authority),
        )
    except SiteError as error:
        kept = quarantine_page(context, authority.key, error, now)
        with context.database.write() as session:
            hold.check(session)
            return _CheckRecorder(session, announcer, check_id).failed(error, kept)
    if listing is None:
        return _unchanged(announcer, hold, check_id, before.listed)
    announcer = Announcer(
        context, authority.with_page_name(listing.name), now, cause=announcer.cause
    )
    return _take_in(listing, announcer, hold, check_id)


def _known_files(context: AppContext, authority: WatchedAuthority) -> list[str]:
    """File ids of the provider's reports; one of them on a page helps to prove the page."""
    with context.database.read() as session:
        return known_files(session, authority.key)


def _unchanged(announcer: Announcer, hold: Hold, check_id: int, listed: int) -> CheckResult:
    """The end of most checks by far: the very bytes that the last one proved and took in."""
    authority = announcer.authority
    message = f"{several(listed, 'report')} listed, nothing new"
    end = UnchangedEnd(check_id, listed, message, announcer.now, announcer.context.clock.now())
    with announcer.context.database.write() as session:
        hold.check_and_end(session)
        end_unchanged(session, authority.key, end)
    return CheckResult(
        urn=authority.urn,
        name=authority.name,
        state="ok",
        result="unchanged",
        listed=listed,
        message=message,
        began_at=announcer.now,
        code=authority.key.code,
    )


def _take_in(listing: Listing, announcer: Announcer, hold: Hold, check_id: int) -> CheckResult:
    context, key = announcer.context, announcer.authority.key
    for warning in listing.warnings:
        log.warning("%s: %s", announcer.authority.name, warning)
    with context.database.read() as session:
        reports = report_snapshots(session, key)
        before = queries.provider_state(session, key)
        accepted = is_accepted(session, key, announcer.now)
    diff = diff_listing(listing, reports)
    is_suspect = diff.suspect and not accepted
    listed_reports = _fetch(diff, reports, announcer, is_suspect=is_suspect)
    recorder = Recorder(announcer, hold, before.last_successful_check if before else None)
    for listed_report in listed_reports:
        do = partial(recorder.record, listed_report, diff.gone)
        context.step("record", do, about=listed_report.entry.file_id or listed_report.entry.title)
    with context.database.write() as session:
        hold.check(session)
        ending = _CheckRecorder(session, announcer, check_id, len(listing.entries), recorder)
        if is_suspect:
            return ending.suspect(diff)
        recorder.finish(session, diff, accepted=accepted)
        record.record_listing(
            session,
            key,
            [row_of(e, key) for e in listing.entries],
            announcer.now,
            listing.sha256,
        )
        consume_acceptance(session, key)
        is_first = before is None or before.last_successful_check is None
        checked = ending.good(is_first=is_first)
        record_page_name(session, key, listing.name)
        update_successors(session, key, listing.name)  # by its name it may be a predecessor
        if is_first:  # of the last authority that a recipient waits for
            welcome_all(session, with_names(session, context), announcer.now)
    return checked


def _fetch(
    diff: ListingDiff, reports: Sequence[ReportSnapshot], announcer: Announcer, *, is_suspect: bool
) -> list[ListedReport]:
    """Download and read the files that are needed; gives the rows in the order of recording."""
    seeds = {key: report for report in reports for key in report.keys if not report.ever_listed}
    rows = [(entry, seeds.get(entry.key)) for entry in diff.new]
    if is_suspect:
        newer = [row for row in rows if newer_than_all(row[0], reports)]
        rows = newer[:MOST_NEW_WHILE_SUSPECT]
        rows += [row for row in diff.known if is_pending(*row)]
    else:
        rows += diff.known
    with Downloads(announcer.context, announcer.now) as downloads:
        begun = []
        for entry, report in rows:
            wanted = needs_download(report, entry, announcer.now)
            begun.append((entry, report, downloads.begin(entry, report) if wanted else None))
            announcer.context.progress()
        listed_reports = []
        for entry, report, finish in begun:
            listed_reports.append(ListedReport(entry, report, finish() if finish else None))
            announcer.context.progress()
    to_record = [each for each in listed_reports if not each.says_nothing]
    return sorted(to_record, key=lambda each: each.order)


@dataclass(frozen=True, slots=True)
class _CheckRecorder:
    """Records the result of a check, in the check's last transaction."""

    session: Session
    announcer: Announcer
    check_id: int
    listed: int | None = None
    recorder: Recorder | None = None

    def good(self, *, is_first: bool) -> CheckResult:
        page_health.record_success(self.session, self.announcer)
        words = self.recorder.in_words() if self.recorder else ""
        found = several(self.listed or 0, "report")
        if is_first:
            return self._end(
                "ok",
                "first",
                f"first check: {found} found, recorded as the baseline (no alerts sent)",
            )
        result: CheckResultKind = "changed" if words else "unchanged"
        return self._end("ok", result, f"{found} listed, {words or 'nothing new'}")

    def suspect(self, diff: ListingDiff) -> CheckResult:
        page_health.record_suspect(self.session, self.announcer, diff)
        message = (
            f"{self.listed} listed; over half of the list is missing or re-dated, so changes are "
            f"held until it is back or you run `ofsted-watch accept {self.announcer.authority.urn}`"
        )
        return self._end("suspect", "suspect", message)

    def failed(self, error: SiteError, kept: Path | None) -> CheckResult:
        result: CheckResultKind = (
            "unrecognised" if isinstance(error, UnexpectedResponse) else "unreachable"
        )
        state = "unrecognised" if result == "unrecognised" else "unreachable"
        page_health.record_failure(self.session, self.announcer, state, str(error), kept)
        message = f"{error}; a copy of the page was saved as {kept}" if kept else str(error)
        log.info("%s: %s", self.announcer.authority.name, message)
        return self._end(state, result, message)

    def broken_off(self, message: str) -> CheckResult:
        page_health.record_failure(self.session, self.announcer, "unreachable", message)
        return self._end("unreachable", "unreachable", message)

    def _end(self, state: str, result: CheckResultKind, message: str) -> CheckResult:
        new = tuple(
            NewReport(
                id=entry.file_id or entry.link,
                title=entry.title,
                published=entry.published.isoformat() if entry.published else None,
                status=status,
            )
            for entry, status in (self.recorder.new if self.recorder else ())
        )
        ended = self.session.get_one(models.PageCheck, self.check_id)
        ended.ended_at = self.announcer.context.clock.now()
        ended.result, ended.listed, ended.message = result, self.listed, message
        ended.new = json.dumps([asdict(report) for report in new])
        ended.newly_failed = self.recorder.newly_failed if self.recorder else 0
        self.session.flush()
        return CheckResult(
            urn=self.announcer.authority.urn,
            name=self.announcer.authority.name,
            state=state,
            result=result,
            listed=self.listed,
            message=message,
            began_at=self.announcer.now,
            new=new,
            newly_failed=ended.newly_failed,
            code=self.announcer.authority.key.code,
        )
