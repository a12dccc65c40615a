"""A check of a provider's page: fetch, diff, download, read, compare, record."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial

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
from flows.checking.one_check import (
    CheckEnding,
    CheckFound,
    CheckRequest,
    CheckResult,
    NewReport,
    OneCheck,
    check_once,
)
from flows.checking.quarantine import quarantine_page
from flows.checking.record import ListedReport, Recorder, row_of
from flows.comparing.comparison_rows import update_successors
from flows.context.context import AppContext, record_page_name, with_names
from flows.settings.watched import WatchedAuthority
from notifications.words.plain import several
from ofsted.errors import SiteError
from ofsted.site.model import Listing
from storage import queries, record
from storage.leases import Hold
from storage.page_checks import UnchangedEnd, end_unchanged, known_files
from storage.report_snapshots import ReportSnapshot, report_snapshots

log = logging.getLogger(__name__)


def check_page(authority: WatchedAuthority, context: AppContext, ask: CheckRequest) -> CheckResult:
    """Check one provider's page now and record what follows.

    Nothing is raised for what the site does: the result says it.

    Raises:
        storage.database.DatabaseTroubleError: nothing can be written down.
    """
    return check_once(authority, context, ask, partial(_check, authority))


def _check(authority: WatchedAuthority, check: OneCheck) -> CheckResult:
    announcer, hold = check.announcer, check.hold
    context, now = announcer.context, announcer.now
    try:
        listing = context.site.listing_if_changed(
            authority.urn,
            authority.code,
            sha256=check.before.quiet_sha256,
            name=authority.name,
            known=partial(_known_files, context, authority),
        )
    except SiteError as error:
        kept = quarantine_page(context, authority.key, error, now)
        with context.database.write() as session:
            hold.check(session)
            return CheckEnding(session, announcer, check.check_id).failed(error, kept)
    if listing is None:
        return _unchanged(announcer, hold, check.check_id, check.before.listed)
    announcer = Announcer(
        context, authority.with_page_name(listing.name), now, cause=announcer.cause
    )
    return _take_in(listing, announcer, hold, check.check_id)


def _known_files(context: AppContext, authority: WatchedAuthority) -> list[str]:
    """File ids of the provider's reports; one of them on a page helps to prove the page."""
    with context.database.read() as session:
        return known_files(session, authority.key)


def _unchanged(announcer: Announcer, hold: Hold, check_id: int, listed: int) -> CheckResult:
    """The end of most checks by far: the very bytes that the last one proved and took in."""
    authority = announcer.watched
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
    context, key = announcer.context, announcer.watched.key
    for warning in listing.warnings:
        log.warning("%s: %s", announcer.watched.name, warning)
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
        ending = CheckEnding(session, announcer, check_id)
        if is_suspect:
            return _suspect(ending, recorder, diff, len(listing.entries))
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
        checked = _good(ending, recorder, len(listing.entries), is_first=is_first)
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


def _good(ending: CheckEnding, recorder: Recorder, listed: int, *, is_first: bool) -> CheckResult:
    page_health.record_success(ending.session, ending.announcer)
    words, count = recorder.in_words(), several(listed, "report")
    found = _found(recorder, listed)
    if is_first:
        message = f"first check: {count} found, recorded as the baseline (no alerts sent)"
        return ending.end("ok", "first", message, found)
    message = f"{count} listed, {words or 'nothing new'}"
    return ending.end("ok", "changed" if words else "unchanged", message, found)


def _suspect(
    ending: CheckEnding, recorder: Recorder, diff: ListingDiff, listed: int
) -> CheckResult:
    page_health.record_suspect(ending.session, ending.announcer, diff)
    message = (
        f"{listed} listed; over half of the list is missing or re-dated, so changes are held "
        f"until it is back or you run `ofsted-watch accept {ending.announcer.watched.urn}`"
    )
    return ending.end("suspect", "suspect", message, _found(recorder, listed))


def _found(recorder: Recorder, listed: int) -> CheckFound:
    new = tuple(
        NewReport(
            id=entry.file_id or entry.link,
            title=entry.title,
            published=entry.published.isoformat() if entry.published else None,
            status=status,
        )
        for entry, status in recorder.new
    )
    return CheckFound(listed, new, recorder.newly_failed)
