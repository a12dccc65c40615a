"""The JSON shapes that programs hold on to (`--json`); keys never change meaning."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import Any

from deployments.service import artifact_pages
from flows.checking.check import CheckResult
from flows.comparing.previous import compare_with_previous
from flows.context.context import AppContext
from flows.context.planned import ServiceState
from flows.presenting.problems import Problem
from flows.settings.model import WatchedAuthority
from flows.upkeep.audit import AuditFindings, find_discrepancies
from notifications.recipients import channel_key
from storage import ahead, channel_outages, digests, models, queries
from storage import deliveries as deliveries_of
from storage.queries import SendLine
from storage.report_snapshots import ReportSnapshot, report_snapshots

Json = dict[str, Any]
_STATES = {"pending": "pending", "cancelled": "cancelled"}  # as the JSON of events has them
_RESULTS = {"channel_down": "channel_down"}


def day(value: date | None) -> str | None:
    """`2025-07-29`."""
    return value.isoformat() if value else None


def time(value: datetime | None) -> str | None:
    """`2025-07-29T09:30:00Z`, to the second."""
    if value is None:
        return None
    return value.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def checks(checked: Iterable[CheckResult], sendings: Iterable[SendLine]) -> Json:
    """`look --json`."""
    return {
        "providers": [
            {
                "urn": each.urn,
                "state": each.state,
                "outcome": each.result,
                "listed": each.listed,
                "new": [announced.id for announced in each.new],
                "message": each.message,
            }
            for each in checked
        ],
        "sent": [
            {"recipient": each.recipient, "event": each.event, "result": result(each)}
            for each in sendings
        ],
    }


def result(sending: SendLine) -> str:
    """`sent`, `later`, `refused`, `channel_down` or `unknown`."""
    return _RESULTS.get(sending.result, sending.result)


def reports(context: AppContext, urn: str | None = None) -> Json:
    """`reports --json`."""
    if urn:
        context.authority(urn)
    with context.database.read() as session:
        found = report_snapshots(session, urn)
    return {"reports": [_report(each) for each in found]}


def _report(report: ReportSnapshot) -> Json:
    reading = report.reading
    return {
        "urn": report.urn,
        "file_id": report.file_id,
        "title": report.title,
        "published": day(report.published),
        "link": report.link,
        "kind": reading.kind if reading else "unknown",
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


def history(context: AppContext, urn: str | None = None) -> Json:
    """`history --json`."""
    authorities = [context.authority(urn)] if urn else context.settings.watch
    return {"providers": [_provider_history(context, authority) for authority in authorities]}


def _provider_history(context: AppContext, authority: WatchedAuthority) -> Json:
    with context.database.read() as session:
        found = report_snapshots(session, authority.urn)
    newest_first = sorted(found, key=lambda report: report.order, reverse=True)
    return {
        "urn": authority.urn,
        "name": authority.name,
        "inspections": [_inspection(each, found) for each in newest_first],
    }


def _inspection(report: ReportSnapshot, reports: Sequence[ReportSnapshot]) -> Json:
    reading = report.reading
    read = reading.as_json() if reading else {}
    sources = {each.source for each in report.versions} | (
        {"ofsted"} if report.ever_listed else set()
    )
    return {
        "kind": read.get("kind", "unknown"),
        "framework": read.get("framework"),
        "first_day": read.get("first_day"),
        "last_day": read.get("last_day"),
        "status": report.status,
        "judgements": list(read.get("judgements", ())),
        "outcome": read.get("outcome"),
        "title": report.title,
        "published": day(report.published),
        "file_id": report.file_id,
        "link": report.link,
        "listed": report.listed,
        "sources": sorted(sources),
        "comparison": _comparison(report, reports),
    }


def _comparison(report: ReportSnapshot, reports: Sequence[ReportSnapshot]) -> Json | None:
    compared = compare_with_previous(report, reports)
    if compared.comparison is None or compared.previous is None:
        return None
    return {
        "with": compared.previous.file_id or compared.previous.link,
        "with_published": day(compared.previous.published),
        "rows": [
            {
                "key": row.key,
                "label": row.label,
                "grade": row.grade,
                "before": row.before,
                "relation": row.relation,
                "direction": row.direction,
            }
            for row in compared.comparison.rows
        ],
    }


def events(context: AppContext, since: datetime | None = None, audience: str | None = None) -> Json:
    """`events --json`."""
    with context.database.read() as session:
        found = queries.events(session, since=since, audience=audience)
    return {
        "events": [
            {
                "id": each.id,
                "at": time(each.at),
                "type": each.type,
                "audience": each.audience,
                "urn": each.urn,
                "file_id": each.file_id,
                "summary": each.summary,
                "recipients": json.loads(each.recipients),
                "deliveries": {
                    _STATES.get(state, state): count for state, count in each.deliveries.items()
                },
            }
            for each in found
        ]
    }


def messages(context: AppContext) -> Json:
    """`deliveries --json`."""
    with context.database.read() as session:
        found = queries.deliveries(session)
    return {"deliveries": [_delivery(each) for each in found]}


def _delivery(delivery: models.Delivery) -> Json:
    return {
        "id": delivery.id,
        "event": delivery.event_id,
        "recipient": delivery.recipient,
        "via": delivery.via,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "due_at": time(delivery.due_at),
        "sent_at": time(delivery.sent_at),
        "message_id": delivery.message_id,
        "error": delivery.error,
    }


def status(
    context: AppContext, ui: str | None, service: ServiceState, problems: Iterable[Problem]
) -> Json:
    """`status --json`.

    Args:
        ui: address of the service's UI; None: it is not up.
        service: as Prefect was asked just now.
        problems: what is wrong.
    """
    from ofsted.reports.read import PARSER

    now = context.clock.now()
    with context.database.read() as session:
        counted = queries.deliveries_by_state(session)
        broken = channel_outages.open_outages(session)
        discrepancies = find_discrepancies(session, context).discrepancies
        delayed = deliveries_of.delayed(session, now)
        future = ahead.find(session, now)
        digests_failing = digests.all_failing(session)
    return {
        "version": version("ofsted-watch"),
        "parser": PARSER,
        "database": context.database.name,
        "providers": [
            _provider_status(context, authority, now, service)
            for authority in context.settings.watch
        ],
        "deliveries": {
            "pending": counted.get("pending", 0),
            "unreachable": counted.get("refused", 0) + counted.get("expired", 0),
        },
        "messages": {
            "pending": counted.get("pending", 0),
            "delayed": len(delayed),
            "refused": counted.get("refused", 0),
            "expired": counted.get("expired", 0),
        },
        "recipients": [
            {
                "name": each.name,
                "via": each.via,
                "audience": each.audience,
                "alert_on": each.alert_on,
                "frequency": each.frequency,
            }
            for each in context.recipients
        ],
        "service": {
            "up": service.is_up,
            "ui": ui,
            "artifacts": artifact_pages.address(ui) if ui else None,
            "prefect": "own",
            "next_planned": time(service.planned.next_check if service.planned else None),
            "paused_since": time(service.planned.paused_since if service.planned else None),
        },
        "problems": [{"what": each.what, "advice": each.advice} for each in problems],
        "channels": [
            _channel(name, broken.get(name))
            for name in dict.fromkeys(map(channel_key, context.recipients))
        ],
        "channel_down": {name: channel.words for name, channel in broken.items()},
        "failing_digests": [
            {"recipient": name, "since": time(each.since)} for name, each in digests_failing.items()
        ],
        "future_times": [{"what": each.what, "at": time(each.at)} for each in future],
        "holes": [discrepancy.words for discrepancy in discrepancies],
    }


def _channel(name: str, down: models.ChannelOutage | None) -> Json:
    return {
        "name": name,
        "state": "down" if down else "ok",
        "since": time(down.down_since) if down else None,
        "why": down.words if down else None,
    }


def audit(found: AuditFindings) -> Json:
    """`check --json`."""
    return {
        "rows": found.rows,
        "events": found.events,
        "deliveries": found.deliveries,
        "holes": [
            {"key": discrepancy.key, "words": discrepancy.words}
            for discrepancy in found.discrepancies
        ],
    }


def _provider_status(
    context: AppContext, authority: WatchedAuthority, now: datetime, service: ServiceState
) -> Json:
    with context.database.read() as session:
        state = queries.provider_state(session, authority.urn)
        found = [each for each in report_snapshots(session, authority.urn) if each.listed]
    seen = state.last_successful_check if state else None
    return {
        "urn": authority.urn,
        "name": authority.name,
        "state": state.state if state else "new",
        "since": time(state.since) if state else None,
        "last_successful_check": time(seen),
        "last_good_look_age": int((now - seen).total_seconds()) if seen else None,
        "next_check": time(service.planned.next_check if service.planned else None),
        "reports": len(found),
        "unread": sum(1 for each in found if each.status in {"unread", "missing"}),
        "doubtful": sum(1 for each in found if each.status == "doubtful"),
        "failure": state.failure if state else None,
    }
