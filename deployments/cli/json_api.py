"""The JSON answers (`--json`), on which programs rely: keys never change their meaning."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from notifications.recipients import Recipient, channel_key
from ofsted.lowest_grades import is_lowest

if TYPE_CHECKING:
    from deployments.cli.inspections import AuthorityHistory
    from deployments.cli.overview import AreaState, AuthorityState, ChannelState, Overview
    from deployments.cli.test_alert import TestAlert
    from flows.alerting.sending import SendTotals
    from flows.checking.one_check import CheckResult
    from flows.upkeep.audit import AuditFindings
    from flows.upkeep.seeds import Imported
    from storage import models
    from storage.listed_documents import DocumentLine
    from storage.queries import EventLine, SendLine
    from storage.report_queries import ComparedReport, InspectionLine, ReportLine

Json = dict[str, Any]


def day(value: date | None) -> str | None:
    """`2025-07-29`."""
    return value.isoformat() if value else None


def time(value: datetime | None) -> str | None:
    """`2025-07-29T09:30:00Z`, to the second."""
    if value is None:
        return None
    return value.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def checks(checked: Iterable[CheckResult], sendings: Iterable[SendLine]) -> Json:
    """`check --json`."""
    found = [*checked]
    return {
        "authorities": [{"code": each.code, **_check(each)} for each in found if not each.is_area],
        "areas": [_check(each) for each in found if each.is_area],
        "sent": [
            {"recipient": each.recipient, "event": each.event, "result": each.result}
            for each in sendings
        ],
        "still_checking": any(each.result == "busy" for each in found),
    }


def _check(checked: CheckResult) -> Json:
    return {
        "urn": checked.urn,
        "state": checked.state,
        "result": checked.result,
        "listed": checked.listed,
        "new": [report.id for report in checked.new],
        "summary": checked.message,
    }


def send_totals(totals: SendTotals) -> Json:
    """`send --json`: how many attempts ended how."""
    return {"results": {**totals.outcomes}}


def reports(found: Iterable[ReportLine]) -> Json:
    """`reports --json`."""
    return {"reports": [_report(each) for each in found]}


def _report(report: ReportLine) -> Json:
    return {
        "urn": report.urn,
        "file_id": report.file_id,
        "title": report.title,
        "published": day(report.published),
        "link": report.link,
        "kind": report.kind,
        "status": report.status,
        "listed": report.listed,
        "first_seen": time(report.first_seen),
        "baseline": report.baseline,
        "versions": [
            {
                "sha256": each.sha256,
                "media_type": each.media_type,
                "bytes": each.bytes,
                "first_seen": time(each.first_seen),
                "source": each.source,
            }
            for each in report.versions
        ],
    }


def documents(found: Iterable[DocumentLine]) -> Json:
    """`documents --json`."""
    return {
        "documents": [
            {
                "authority": each.authority,
                "dfe_code": each.dfe_code,
                "provider_type": each.provider_type,
                "kind": each.kind,
                "code": each.provider.code,
                "urn": each.provider.urn,
                "name": each.name,
                "name_withheld": each.is_withheld,
                "title": each.title,
                "published": day(each.published),
                "inspected": day(each.inspected),
                "grade": each.grade,
                "lowest_grade": is_lowest(each.grade),
                "file_id": each.file_id,
                "link": each.link,
                "sha256": each.sha256,
                "listed": each.gone_since is None,
                "first_seen": time(each.first_seen),
                "baseline": each.baseline,
            }
            for each in found
        ]
    }


def history(found: Iterable[AuthorityHistory]) -> Json:
    """`history --json`."""
    return {
        "authorities": [
            {
                "code": str(each.authority.code),
                "urn": each.authority.urn,
                "name": each.authority.name,
                "inspections": [*map(_inspection, each.inspections)],
            }
            for each in found
        ]
    }


def _inspection(inspection: InspectionLine) -> Json:
    report = inspection.report
    sources = {each.source for each in report.versions} | (
        {"ofsted"} if report.ever_listed else set()
    )
    return {
        "kind": report.kind,
        "framework": report.framework,
        "first_day": day(report.first_day),
        "last_day": day(report.last_day),
        "status": report.status,
        "judgements": [asdict(each) for each in inspection.judgements],
        "outcome": report.outcome,
        "title": report.title,
        "published": day(report.published),
        "file_id": report.file_id,
        "link": report.link,
        "listed": report.listed,
        "sources": sorted(sources),
        "comparison": _comparison(inspection.compared),
    }


def _comparison(compared: tuple[ComparedReport, ...]) -> Json | None:
    """Of several predecessors the first is named above, and each with its own rows."""
    if not compared:
        return None
    first = compared[0]
    return {
        "with": first.file_id or first.link,
        "with_urn": first.urn,
        "with_authority": first.authority,
        "with_published": day(first.published),
        "rows": [
            {
                "key": line.key,
                "label": line.label,
                "grade": line.grade,
                "before": line.previous_grade,
                "relation": line.relation,
                "direction": line.direction,
                "with_urn": one.urn,
                "with_authority": one.authority,
            }
            for one in compared
            for line in one.lines
        ],
    }


def events(found: Iterable[EventLine]) -> Json:
    """`events --json`."""
    return {
        "events": [
            {
                "id": each.id,
                "at": time(each.at),
                "type": each.type,
                "audience": each.audience,
                "urn": each.provider.urn if each.provider else None,
                "file_id": each.file_id,
                "summary": each.summary,
                "recipients": json.loads(each.recipients),
                "deliveries": {**each.deliveries},
            }
            for each in found
        ]
    }


def messages(found: Iterable[models.Delivery], recipients: Iterable[Recipient]) -> Json:
    """`messages --json`; the channel of a recipient who is gone is null."""
    channels = {each.name: channel_key(each) for each in recipients}
    return {
        "messages": [
            {
                "id": each.id,
                "event": each.event_id,
                "recipient": each.recipient,
                "via": each.via,
                "channel": channels.get(each.recipient),
                "state": each.state,
                "attempts": each.attempts,
                "due_at": time(each.due_at),
                "sent_at": time(each.sent_at),
                "message_id": each.message_id,
                "error": each.error,
                "on_hold_since": time(each.on_hold_since),
            }
            for each in found
        ]
    }


def status(found: Overview) -> Json:
    """`status --json`."""
    planned = found.service.planned
    next_check = time(planned.next_check if planned else None)
    return {
        "version": found.version,
        "parser_version": found.parser_version,
        "database": found.database,
        "authorities": [_authority(each, next_check) for each in found.authorities],
        "areas": [_area(each, next_check) for each in found.areas],
        "messages": asdict(found.messages),
        "channels": [*map(_channel, found.channels)],
        "recipients": [
            {
                "name": each.name,
                "via": each.via,
                "audience": each.audience,
                "alert_on": each.alert_on,
                "frequency": each.frequency,
                "provider_types": [*each.types_in_order],
            }
            for each in found.recipients
        ],
        "service": {
            "up": found.service.is_up,
            "ui": found.ui,
            "prefect": found.prefect.api_url if found.prefect else "own",
            "next_planned": next_check,
            "paused_since": time(planned.paused_since if planned else None),
        },
        "problems": [asdict(each) for each in found.problems],
    }


def _authority(found: AuthorityState, next_check: str | None) -> Json:
    page = found.page
    return {
        "code": str(found.authority.code),
        "urn": found.authority.urn,
        "name": found.authority.name,
        "state": found.state,
        "since": time(page.since) if page else None,
        "last_successful_check": time(page.last_successful_check) if page else None,
        "next_check": next_check,
        "reports": found.reports.listed,
        "unread": found.reports.unread,
        "doubtful": found.reports.doubtful,
    }


def _area(found: AreaState, next_check: str | None) -> Json:
    page = found.page
    return {
        "urn": found.area.urn,
        "dfe_code": found.area.dfe_code,
        "name": found.area.short_name,
        "state": found.state,
        "since": time(page.since) if page else None,
        "last_successful_check": time(page.last_successful_check) if page else None,
        "next_check": next_check,
        "providers": found.counts.providers,
        "documents": found.counts.documents,
        "whole_list_read": time(found.counts.walked_at),
    }


def _channel(found: ChannelState) -> Json:
    state = "down" if found.down_since else "ok"
    return {"name": found.name, "state": state, "since": time(found.down_since), "why": found.why}


def audit(found: AuditFindings) -> Json:
    """`audit --json`."""
    return {
        "rows": found.rows,
        "documents": found.documents,
        "events": found.events,
        "deliveries": found.deliveries,
        "discrepancies": [{"key": each.key, "words": each.words} for each in found.discrepancies],
    }


def seeds(found: Iterable[Imported]) -> Json:
    """`import-seeds --json`."""
    return {
        "seeds": [
            {
                "name": each.name,
                "urn": each.urn,
                "file_id": each.file_id,
                "status": each.status,
                "result": each.result,
            }
            for each in found
        ]
    }


def test_alerts(found: Iterable[TestAlert]) -> Json:
    """`test-alert --json`."""
    return {
        "recipients": [
            {
                "name": each.recipient,
                "via": each.via,
                "result": each.result,
                "subject": each.subject,
                "words": each.words,
                "files": [*map(str, each.files)],
            }
            for each in found
        ]
    }
