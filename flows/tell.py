"""News made out of what was found, and who is to hear it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from flows.lineage import hold_against_earlier
from flows.places import place
from flows.settings import Watch
from flows.tools import Tools
from notifications import news as n
from notifications.recipients import hearers, hears_at_once
from notifications.words import summary
from ofsted.reports.model import Reading
from ofsted.site.addresses import Addresses
from ofsted.text import fold
from storage import queries
from storage.known import KnownReport, known_reports
from storage.record import Hearer, Telling, tell


@dataclass(frozen=True)
class Teller:
    """Writes down news of one provider, at the time and for the cause of one look."""

    tools: Tools
    watch: Watch
    now: datetime
    cause: str

    @cached_property
    def provider(self) -> n.Provider:
        """The provider, as people know it."""
        return provider_of(self.tools, self.watch)

    def of_provider(self, session: Session, news: n.News, cause: str | None = None) -> bool:
        """Write down news of the provider's page; False if it was written down before."""
        return self._tell(session, news, f"provider:{self.watch.urn}", cause)

    def of_report(
        self,
        session: Session,
        news: n.News,
        report: KnownReport,
        cause: str | None = None,
        also: frozenset[str] = frozenset(),
    ) -> bool:
        """Write down news of a report; False if it was written down before.

        Args:
            also: who hears it beside those whom the first event named and those who chose it.
        """
        return self._tell(session, news, f"report:{report.id}", cause, report.id, also=also)

    def of_framework(self, session: Session, news: n.FrameworkSuspected) -> bool:
        """Write down once, for all reports with these unknown labels, that they are unknown."""
        labels = sorted({fold(one.label) for one in news.found.unknown})
        shape = hashlib.sha256("\n".join(labels).encode()).hexdigest()
        return self._tell(session, news, f"framework:{shape}", "labels")

    def about(self, session: Session, report: KnownReport) -> dict[str, Any]:
        """The fields of `AboutReport`: what was read, beside the inspection before."""
        held = hold_against_earlier(report, known_reports(session, report.urn))
        return {
            "provider": self.provider,
            "report": report_of(report),
            "found": finding_of(report),
            "earlier": earlier_of(held.earlier) if held.earlier else None,
            "rows": held.comparison.rows if held.comparison else (),
            "not_compared": held.why_not,
            "earlier_in_doubt": held.earlier_in_doubt,
        }

    def _tell(
        self,
        session: Session,
        news: n.News,
        subject: str,
        cause: str | None,
        report_id: int | None = None,
        *,
        also: frozenset[str] = frozenset(),
    ) -> bool:
        if report_id is not None and news.audience == "readers":
            first = queries.first_event_about(session, report_id)
            also |= frozenset(json.loads(first.hearers)) if first else frozenset()
        event = record_news(
            session,
            self.tools,
            news,
            subject=subject,
            cause=cause or self.cause,
            at=self.now,
            urn=self.watch.urn,
            report_id=report_id,
            also=also,
        )
        return event is not None


def record_news(
    session: Session,
    tools: Tools,
    news: n.News,
    *,
    subject: str,
    cause: str,
    at: datetime,
    urn: str | None = None,
    report_id: int | None = None,
    also: frozenset[str] = frozenset(),
) -> int | None:
    """Write down an event and what is owed for it; gives its id.

    Args:
        subject: what it is about, such as `report:12`.
        cause: with its type and subject, what makes it one event.
        also: recipients that hear it whatever they chose, such as those of the first event.

    Returns:
        The event's id; None if it was written down before.
    """
    chosen = {recipient.name for recipient in hearers(news, tools.recipients)} | also
    heard_by = tuple(
        Hearer(
            name=recipient.name,
            channel=recipient.channel,
            due_at=at if hears_at_once(recipient, news) else None,
            in_digest=recipient.digest is not None and not isinstance(news, n.Personal),
        )
        for recipient in tools.recipients
        if recipient.name in chosen
    )
    telling = Telling(
        type=news.type,
        audience=news.audience,
        subject=subject,
        cause=cause,
        summary=summary(news),
        news=n.to_json(news),
        hearers=heard_by,
        urn=urn,
        report_id=report_id,
    )
    event = tell(session, telling, at)
    return event.id if event else None


def provider_of(tools: Tools, watch: Watch) -> n.Provider:
    """A watched authority, as people know it."""
    page = Addresses(reports=tools.settings.site.reports).provider(watch.urn, watch.code)
    return n.Provider(urn=watch.urn, name=watch.name, place=place(watch.name), page=page)


def report_of(report: KnownReport) -> n.Report:
    """A report, as the site lists it."""
    return n.Report(
        title=report.title, published=report.published, link=report.link, file_id=report.file_id
    )


def earlier_of(report: KnownReport) -> n.Earlier:
    """The inspection that another is held against."""
    reading = report.reading
    return n.Earlier(
        report=report_of(report),
        framework=reading.framework if reading else None,
        first_day=reading.first_day if reading else None,
        last_day=reading.last_day if reading else None,
    )


def finding_of(report: KnownReport) -> n.Finding:
    """What was read in a report, or why nothing was."""
    reading = report.reading
    if reading is None:
        return n.Finding(status="missing" if report.file_id else "elsewhere")
    return finding(reading)


def finding(reading: Reading) -> n.Finding:
    """What was read in a document."""
    return n.Finding(
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
