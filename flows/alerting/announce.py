"""Records events with their deliveries: what happened, and who is alerted to it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from flows.comparing.previous import ComparisonResult, PredecessorResult, compare_known
from flows.context.context import AppContext
from flows.settings.watched import Watched, WatchedArea
from notifications import events as ev
from notifications.recipients import is_immediate, recipients_of
from ofsted.provider_key import ProviderKey
from ofsted.reports.model import Reading
from ofsted.short_names import short_name
from ofsted.site.addresses import Addresses
from ofsted.text import fold
from storage import queries
from storage.record import NewEvent, Subscriber, record_event
from storage.report_snapshots import ReportSnapshot


@dataclass(frozen=True)
class Announcer:
    """Records events about one provider, with the time and the cause of one check."""

    context: AppContext
    watched: Watched
    now: datetime
    cause: str

    @cached_property
    def provider(self) -> ev.Provider:
        """The provider, as people know it."""
        return provider_of(self.context, self.watched)

    def of_provider(self, session: Session, event: ev.Event, cause: str | None = None) -> bool:
        """Record an event about the provider's page; False if it was recorded before."""
        return self._announce(session, event, f"provider:{self.watched.key}", cause)

    def of_report(
        self,
        session: Session,
        event: ev.Event,
        report: ReportSnapshot,
        cause: str | None = None,
        also: frozenset[str] = frozenset(),
    ) -> bool:
        """Record an event about a report; False if it was recorded before.

        Args:
            also: more recipients, besides those of the first event and those who chose it.
        """
        return self._announce(session, event, f"report:{report.id}", cause, report.id, also=also)

    def of_framework(self, session: Session, event: ev.FrameworkSuspected) -> bool:
        """Record the event once for all reports that have these unknown labels."""
        labels = sorted({fold(one.label) for one in event.found.unknown})
        shape = hashlib.sha256("\n".join(labels).encode()).hexdigest()
        return self._announce(session, event, f"framework:{shape}", "labels")

    def about(self, session: Session, report: ReportSnapshot) -> dict[str, Any]:
        """The fields of `AboutReport`: what was read, beside the inspection before."""
        return about(self.provider, report, compare_known(session, report))

    def _announce(
        self,
        session: Session,
        event: ev.Event,
        subject: str,
        cause: str | None,
        report_id: int | None = None,
        *,
        also: frozenset[str] = frozenset(),
    ) -> bool:
        if report_id is not None and event.audience == "readers":
            first = queries.first_event_about(session, report_id)
            also |= frozenset(json.loads(first.recipients)) if first else frozenset()
        event_id = announce(
            session,
            self.context,
            event,
            subject=subject,
            cause=cause or self.cause,
            at=self.now,
            provider=self.watched.key,
            report_id=report_id,
            also=also,
        )
        return event_id is not None


def about(
    provider: ev.Provider, report: ReportSnapshot, compared: ComparisonResult
) -> dict[str, Any]:
    """The fields of `AboutReport`: what was read, beside the inspection before."""
    return {
        "provider": provider,
        "report": report_of(report),
        "found": finding_of(report),
        "previous": previous_of(compared.previous) if compared.previous else None,
        "rows": compared.comparison.rows if compared.comparison else (),
        "not_compared": compared.why_not,
        "previous_in_doubt": compared.previous_in_doubt,
        "predecessors": tuple(map(predecessor_of, compared.predecessors)),
    }


def announce(
    session: Session,
    context: AppContext,
    event: ev.Event,
    *,
    subject: str,
    cause: str,
    at: datetime,
    provider: ProviderKey | None = None,
    report_id: int | None = None,
    also: frozenset[str] = frozenset(),
) -> int | None:
    """Record an event and its deliveries; gives the event's id.

    Args:
        subject: what it is about, such as `report:12`.
        cause: events of the same type, subject and cause are one event, recorded once.
        also: recipients that get it whatever they chose, such as those of the first event.

    Returns:
        The event's id; None if it was recorded before.
    """
    from notifications.words.of_events import (
        summary,  # all that messages say: not needed while all is quiet
    )

    chosen = {recipient.name for recipient in recipients_of(event, context.recipients)} | also
    subscribers = tuple(
        Subscriber(
            name=recipient.name,
            via=recipient.via,
            due_at=at if is_immediate(recipient, event) else None,
            in_digest=recipient.digest is not None and not isinstance(event, ev.Personal),
        )
        for recipient in context.recipients
        if recipient.name in chosen
    )
    new_event = NewEvent(
        type=event.type,
        audience=event.audience,
        subject=subject,
        cause=cause,
        summary=summary(event),
        payload=ev.to_json(event),
        recipients=subscribers,
        provider=provider,
        report_id=report_id,
    )
    row = record_event(session, new_event, at)
    return row.id if row else None


def provider_of(context: AppContext, watched: Watched) -> ev.Provider:
    """An authority or an area that is watched, as people know it."""
    site = Addresses(reports=context.settings.ofsted.reports)
    if isinstance(watched, WatchedArea):
        name, page = watched.short_name, site.area(watched.dfe_code, 0)
    else:
        name, page = short_name(watched.name), site.provider(watched.urn, watched.code)
    return ev.Provider(
        code=watched.key.code, urn=watched.urn, name=watched.name, short_name=name, page=page
    )


def report_of(report: ReportSnapshot) -> ev.Report:
    """A report, as the site lists it."""
    return ev.Report(
        title=report.title, published=report.published, link=report.link, file_id=report.file_id
    )


def previous_of(report: ReportSnapshot) -> ev.Previous:
    """The inspection that another is compared with."""
    reading = report.reading
    return ev.Previous(
        report=report_of(report),
        framework=reading.framework if reading else None,
        first_day=reading.first_day if reading else None,
        last_day=reading.last_day if reading else None,
    )


def predecessor_of(result: PredecessorResult) -> ev.Predecessor:
    """The newest inspection of an authority that was there before another."""
    newest = result.newest
    return ev.Predecessor(
        urn=newest.urn,
        name=result.succession.name,
        short_name=result.succession.short_name,
        inspection=previous_of(newest),
        found=finding_of(newest) if result.comparison else None,
        not_shown=result.why_not,
    )


def finding_of(report: ReportSnapshot) -> ev.Finding:
    """What was read in a report, or why nothing was."""
    reading = report.reading
    if reading is None:
        return ev.Finding(status="missing" if report.file_id else "elsewhere")
    return finding(reading)


def finding(reading: Reading) -> ev.Finding:
    """What was read in a document."""
    return ev.Finding(
        status=reading.status,
        kind=reading.kind,
        framework=reading.framework,
        first_day=reading.first_day,
        last_day=reading.last_day,
        judgements=reading.judgements,
        outcome=reading.outcome,
        theme=reading.theme,
        improvements=reading.improvements,
        doubts=reading.doubts,
    )
