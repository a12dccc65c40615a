"""The audit: what is public compared with what was recorded and sent.

It starts from the rows of the page as the last successful check saw them, and reads the tables
with its own queries. It uses none of the code that compares, records or sends, so that it finds
mistakes there.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, defer

from flows.context.context import AppContext
from flows.context.planned import SERVICES
from flows.settings.watched import WatchedAuthority
from flows.upkeep.audit_areas import AreaFindings, audit_areas
from notifications.recipients import channel_key
from notifications.words.plain import several
from ofsted.provider_key import ProviderKey
from ofsted.short_names import short_name
from ofsted.text import say_day
from storage import models
from storage.ahead import SKEW
from storage.deliveries import SERVICE_STARTED, under_way
from storage.leases import held
from storage.record import get_state

RECENT = timedelta(days=60)  # how far back new reports and events are audited
OVERDUE = timedelta(hours=2)  # a due delivery without an attempt for so long is a discrepancy
FILE_MAY_FAIL = timedelta(hours=1)  # before readers are sent "not yet read"
FIRST = ("report_published", "report_listed_late")  # types of the first alert about a report


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Something public that was not recorded or announced, or an overdue delivery."""

    key: str  # identifies it
    words: str
    # False: only shown, since it is itself about a message on discrepancies
    announced: bool = True


@dataclass(frozen=True, slots=True)
class AuditFindings:
    """How much was audited, and the discrepancies found."""

    rows: int  # of the authorities' pages
    documents: int  # new ones in areas, of the last 60 days
    events: int  # of the last 60 days
    deliveries: int  # of these events
    discrepancies: tuple[Discrepancy, ...]

    def in_words(self) -> str:
        """`nothing missing (12 reports, 30 events, 41 messages)`, `1 discrepancy (...)`.

        Documents are counted where there are some.
        """
        found = several(len(self.discrepancies), "discrepancy", "discrepancies")
        audited = ", ".join(
            (
                several(self.rows, "report"),
                *([several(self.documents, "document")] if self.documents else []),
                several(self.events, "event"),
                several(self.deliveries, "message"),
            )
        )
        return f"{found if self.discrepancies else 'nothing missing'} ({audited})"


def findings(session: Session, context: AppContext) -> AuditFindings:
    """Every discrepancy there is now, and how much was audited; changes nothing."""
    recent = models.Event.at >= context.clock.now() - RECENT
    events = select(func.count()).select_from(models.Event).where(recent)
    deliveries = select(func.count()).select_from(models.Delivery).join(models.Event).where(recent)
    lists, areas = _lists(session, context), _areas(session, context)
    return AuditFindings(
        rows=sum(len(each.rows) for each in lists),
        documents=areas.documents,
        events=session.scalar(events) or 0,
        deliveries=session.scalar(deliveries) or 0,
        discrepancies=_discrepancies(session, context, lists, areas),
    )


def find_discrepancies(session: Session, context: AppContext) -> tuple[Discrepancy, ...]:
    """Every discrepancy there is now; changes nothing."""
    return _discrepancies(session, context, _lists(session, context), _areas(session, context))


def _lists(session: Session, context: AppContext) -> list[_ListAudit]:
    tables = _Tables(session, context)
    return [_ListAudit(tables, authority) for authority in context.settings.watch]


def _areas(session: Session, context: AppContext) -> AreaFindings:
    codes = [each.dfe_code for each in context.settings.areas]
    return audit_areas(session, codes, context.clock.now() - RECENT)


def _discrepancies(
    session: Session, context: AppContext, lists: Sequence[_ListAudit], areas: AreaFindings
) -> tuple[Discrepancy, ...]:
    of_lists = (discrepancy for each in lists for discrepancy in each.discrepancies())
    of_areas = (Discrepancy(key, words) for key, words in areas.missing)
    return (*of_lists, *of_areas, *_Pending(session, context).overdue())


class _Tables:
    """What the tables say about all watched providers, queried once for all of them."""

    def __init__(self, session: Session, context: AppContext) -> None:
        self.session = session
        self.keys = [authority.key for authority in context.settings.watch]
        self.recent = context.clock.now() - RECENT
        listings = select(models.Listing).where(models.is_of_any(models.Listing, self.keys))
        self.listings = {each.provider_key: each for each in session.scalars(listings)}
        self.recorded = self._recorded()
        self.new_reports = self._new_reports()
        announced = select(models.Event.report_id).where(models.Event.type.in_(FIRST))
        new = [each.report.id for reports in self.new_reports.values() for each in reports]
        announced = announced.where(models.Event.report_id.in_(new))
        self.announced = {*session.scalars(announced)} if new else set()

    def _recorded(self) -> defaultdict[ProviderKey, set[str]]:
        """Every name (`_name`) under which the reports on each page are known."""
        report, address = models.Report, models.ReportAlias
        query = select(
            report.code,
            report.urn,
            report.file_id,
            report.link,
            report.title,
            report.published,
            address.key,
        ).outerjoin(address, address.report_id == report.id)
        found: defaultdict[ProviderKey, set[str]] = defaultdict(set)
        on_the_page = query.where(models.is_of_any(report, self.keys), report.listed)
        for each in self.session.execute(on_the_page):
            now = _name(each.file_id, each.link, each.title, _day(each.published))
            found[ProviderKey(each.code, each.urn)] |= {now, each.key or now}
        return found

    def _new_reports(self) -> defaultdict[ProviderKey, list[_NewReport]]:
        """The listed reports first seen in the last 60 days that are not baseline.

        A report seen after the first successful check is not baseline, even if its row says so.
        """
        report, first_checks = models.Report, self._first_checks()
        came = exists().where(
            models.Version.report_id == report.id, models.Version.source == "ofsted"
        )
        query = select(report, came).where(
            models.is_of_any(report, self.keys), report.listed, report.first_seen >= self.recent
        )
        found: defaultdict[ProviderKey, list[_NewReport]] = defaultdict(list)
        for each, has_come in self.session.execute(query.order_by(report.id)):
            first = first_checks.get(each.provider_key)
            if not each.baseline or (first is not None and each.first_seen > first):
                found[each.provider_key].append(_NewReport(each, has_come))
        return found

    def _first_checks(self) -> dict[ProviderKey, datetime]:
        """When each provider's first successful check began; it is among its oldest rows."""
        check, page = models.PageCheck, models.Provider
        began = (
            select(check.began_at)
            .where(check.code == page.code, check.urn == page.urn, check.result == "first")
            .order_by(check.id)
            .limit(1)
            .correlate(page)
            .scalar_subquery()
        )
        query = select(page.code, page.urn, began.label("began"))
        rows = self.session.execute(query.where(models.is_of_any(page, self.keys)))
        return {ProviderKey(row.code, row.urn): row.began for row in rows if row.began}


@dataclass(frozen=True, slots=True)
class _NewReport:
    """A report that is no baseline."""

    report: models.Report
    has_come: bool  # its file, from Ofsted's site


class _ListAudit:
    """One provider's rows, and the reports recorded of it."""

    def __init__(self, tables: _Tables, authority: WatchedAuthority) -> None:
        self.tables = tables
        self.key = authority.key
        self.short_name = short_name(authority.name)
        kept = tables.listings.get(authority.key)
        self.seen_at = kept.seen_at if kept else None
        self.rows: list[dict[str, Any]] = json.loads(kept.rows) if kept else []

    def discrepancies(self) -> Iterator[Discrepancy]:
        """Rows that are not recorded, and reports that nobody was alerted to."""
        recorded = self.tables.recorded[self.key]
        for row in self.rows:
            name = _name(row["file_id"], row["link"], row["title"], row["published"])
            if name not in recorded:
                yield self._discrepancy(f"row {self.key} {name}", row, "but was not recorded")
        for new in self.tables.new_reports[self.key]:
            report = new.report
            row = {"title": report.title, "published": _day(report.published)}
            if not self._may_be_waited_for(new) and report.id not in self.tables.announced:
                yield self._discrepancy(
                    f"report {report.id} not announced", row, "but no alert was made for it"
                )

    def _discrepancy(self, key: str, row: dict[str, Any], words: str) -> Discrepancy:
        published = row["published"]
        day = f", published {say_day(date.fromisoformat(published))}," if published else ""
        return Discrepancy(key, f'{self.short_name}: "{row["title"]}"{day} is on the page {words}')

    def _may_be_waited_for(self, new: _NewReport) -> bool:
        """Whether its alert may still wait: its file has not yet failed for an hour."""
        report = new.report
        if new.has_come or report.file_id is None:
            return False
        failing = report.failing_since or report.first_seen
        return self.seen_at is None or self.seen_at - failing < FILE_MAY_FAIL


def _name(file_id: str | None, link: str | None, title: str, published: str | None) -> str:
    """What a row is known by."""
    if file_id:
        return f"file:{file_id}"
    return f"link:{link}" if link else f"row:{title.casefold()}|{published or ''}"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


class _Pending:
    """The pending deliveries, and the reasons for which one may rightly be late."""

    def __init__(self, session: Session, context: AppContext) -> None:
        self.session = session
        self.now = context.clock.now()
        self.recipients = {each.name: each for each in context.recipients}
        self.context = context

    @cached_property
    def started(self) -> datetime | None:
        """Asked only where a delivery is late."""
        return _up_since(self.session, self.context)

    @cached_property
    def under_way(self) -> dict[int, datetime]:
        """Likewise."""
        return under_way(self.session)

    def overdue(self) -> Iterator[Discrepancy]:
        """Deliveries that have been due for two hours without a known reason."""
        query = (
            select(models.Delivery, models.Event.type, models.Event.summary)
            .outerjoin(models.Event)
            .where(
                models.Delivery.state == "pending",
                models.Delivery.on_hold_since.is_(None),  # a person decides
                models.Delivery.due_at <= self.now - OVERDUE,
                models.Delivery.recipient.in_(self.recipients),  # others: cancelled after a day
            )
            .order_by(models.Delivery.id)
            .options(defer(models.Delivery.content))
        )
        for delivery, type_, summary in self.session.execute(query):
            if self._is_overdue(delivery):
                about = f'"{summary}"' if summary else "a message whose event is missing,"
                words = (
                    f"{about} to {delivery.recipient} (message {delivery.id}) has been due since "
                    f"{delivery.due_at:%d %B %Y %H:%M} UTC without an attempt"
                )
                yield Discrepancy(f"delivery {delivery.id} overdue", words, type_ != "audit_failed")

    def _is_overdue(self, delivery: models.Delivery) -> bool:
        """Whether nothing explains the delay: channel up, earlier message sent, none sending it."""
        first, channel = delivery.thread_root, channel_key(self.recipients[delivery.recipient])
        claimed = self.under_way.get(delivery.id)
        is_under_way = claimed is not None and datetime.now(UTC) - claimed < OVERDUE
        if is_under_way or (first is not None and first.state == "pending"):
            return False
        if self.session.get(models.ChannelOutage, channel) is not None:
            return False
        ends = first.ended_at if first else None
        return self._is_long_ago(delivery.due_at, ends, self._last_down(channel))

    def _is_long_ago(self, *since: datetime | None) -> bool:
        """Whether it could have been sent for two hours, counted from the latest of these times."""
        return self.now - max(time for time in (*since, self.started) if time) >= OVERDUE

    def _last_down(self, channel: str) -> datetime | None:
        """When an attempt last found the channel down; its messages became sendable after that."""
        names = [name for name, each in self.recipients.items() if channel_key(each) == channel]
        return self.session.scalar(
            select(func.max(models.Attempt.at))
            .join(models.Delivery, models.Delivery.id == models.Attempt.delivery_id)
            .where(models.Delivery.recipient.in_(names), models.Attempt.result == "channel_down")
        )


def _up_since(session: Session, context: AppContext) -> datetime | None:
    """When a service started, if one runs: it may still be sending what became due before."""
    started = get_state(session, SERVICE_STARTED)
    if started is None or not held(session, SERVICES):
        return None
    began = datetime.fromisoformat(started)
    return began if began <= context.clock.now() + SKEW else None
