"""A check of a provider's page, as it begins, and as it ends where the page is what it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Update, and_, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from ofsted.provider_key import ProviderKey
from storage import models
from storage.ahead import SKEW

READ_AGAIN = timedelta(days=1)  # a page of the same bytes, by whatever version of us read it last


@dataclass(frozen=True, slots=True)
class LastCheck:
    """The newest check of a page."""

    id: int
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class PageBefore:
    """What is known of a page before a check of it."""

    is_known: bool  # False: never checked
    last: LastCheck | None
    listed: int  # rows on it, as the newest check counted them
    quiet_sha256: str  # of the page's bytes: if they come again, nothing follows; empty: no such


def page_before(session: Session, provider: ProviderKey, now: datetime) -> PageBefore:
    """In one statement: how a page stands, and whether anything waits for its next check.

    Nothing follows from the same bytes where the page is well, its last check ended, it was read
    within a day, no person has accepted a suspect list, no row is gone or assumed, and no file is
    to be fetched or announced: as `flows.checking` would find.
    """
    check = aliased(models.PageCheck)
    page, listing = models.Provider, models.Listing
    newest = (
        select(func.max(models.PageCheck.id))
        .where(models.is_of(models.PageCheck, provider))
        .scalar_subquery()
    )
    is_quiet = and_(
        page.state == "ok",
        page.failure_since.is_(None),
        check.result.in_(("unchanged", "changed", "first")),
        listing.seen_at > now - READ_AGAIN,
        listing.seen_at <= now + SKEW,
        ~exists().where(models.is_of(models.Report, provider), _waits(now)),
        ~exists().where(
            models.AppState.name.in_((f"accepted {provider}", f"reissued {provider}")),
            models.AppState.value != "[]",
        ),
    )
    query = (
        select(
            check.id,
            check.began_at,
            check.ended_at,
            listing.sha256,
            check.listed,
            is_quiet.label("is_quiet"),
        )
        .select_from(page)
        .outerjoin(check, check.id == newest)
        .outerjoin(listing, and_(listing.code == page.code, listing.urn == page.urn))
        .where(models.is_of(page, provider))
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return PageBefore(is_known=False, last=None, listed=0, quiet_sha256="")
    last = LastCheck(row.id, row.began_at, row.ended_at) if row.id is not None else None
    quiet = (row.sha256 or "") if row.is_quiet else ""
    return PageBefore(is_known=True, last=last, listed=row.listed or 0, quiet_sha256=quiet)


def _waits(now: datetime) -> ColumnElement[bool]:
    """That a report is to be fetched, announced or counted at the next check."""
    report, alias = models.Report, models.ReportAlias
    is_gone = report.ever_listed & ~report.listed & ~report.withdrawal_announced
    is_due = or_(report.next_fetch.is_(None), report.next_fetch <= now)
    is_assumed = exists().where(alias.report_id == report.id, alias.assumed_since.is_not(None))
    on_the_page = or_(
        report.file_id.is_not(None) & or_(is_due, report.status == "missing"),
        report.failing_since.is_not(None),
        ~report.baseline & report.announced_at.is_(None),
    )
    return or_(is_gone, is_assumed, report.listed & on_the_page)


def begin_check(session: Session, provider: ProviderKey, run: str | None, now: datetime) -> int:
    """Write down that a check begins; gives its number."""
    row = insert(models.PageCheck).values(
        code=provider.code,
        urn=provider.urn,
        run=run,
        began_at=now,
        new="[]",
        newly_failed=0,
        message="",
    )
    return int(session.execute(row.returning(models.PageCheck.id)).scalar_one())


@dataclass(frozen=True, slots=True)
class UnchangedEnd:
    """How a check ends that found the bytes that were known."""

    check_id: int
    listed: int
    message: str
    began_at: datetime
    ended_at: datetime


def end_unchanged(session: Session, provider: ProviderKey, end: UnchangedEnd) -> None:
    """Write down that a check found the bytes that were known, and that nothing follows."""
    page, check = models.Provider, models.PageCheck
    values: tuple[Update, ...] = (
        update(page).where(models.is_of(page, provider)).values(last_successful_check=end.began_at),
        update(check)
        .where(check.id == end.check_id)
        .values(ended_at=end.ended_at, result="unchanged", listed=end.listed, message=end.message),
    )
    for each in values:
        session.execute(each.execution_options(synchronize_session=False))


def known_files(session: Session, provider: ProviderKey) -> list[str]:
    """File ids of a provider's reports."""
    report = models.Report
    query = select(report.file_id).where(models.is_of(report, provider))
    return [each for each in session.scalars(query) if each]
