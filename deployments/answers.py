"""The JSON shapes that programs hold on to (`--json`); keys never change meaning."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import Any

from deployments import artifact_pages
from flows.check import Found, find
from flows.lineage import hold_against_earlier
from flows.look import Looked
from flows.planned import ServiceState
from flows.problems import Problem
from flows.search_page import Witnessed, witnessed
from flows.settings import Watch
from flows.tools import Tools
from notifications.recipients import way_name
from storage import ahead, digests, models, queries, ways
from storage import deliveries as deliveries_of
from storage.known import KnownReport, known_reports
from storage.queries import Sending

Json = dict[str, Any]
_STATES = {"waiting": "pending", "settled": "cancelled"}  # as the JSON of events has them
_RESULTS = {"broken": "channel_down"}


def day(value: date | None) -> str | None:
    """`2025-07-29`."""
    return value.isoformat() if value else None


def time(value: datetime | None) -> str | None:
    """`2025-07-29T09:30:00Z`, to the second."""
    if value is None:
        return None
    return value.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def looks(looked: Iterable[Looked], sendings: Iterable[Sending]) -> Json:
    """`look --json`."""
    return {
        "providers": [
            {
                "urn": each.urn,
                "state": each.state,
                "outcome": each.outcome,
                "listed": each.listed,
                "new": [told.id for told in each.new],
                "message": each.message,
            }
            for each in looked
        ],
        "sent": [
            {"recipient": each.recipient, "event": each.event, "result": result(each)}
            for each in sendings
        ],
    }


def result(sending: Sending) -> str:
    """`sent`, `later`, `refused`, `channel_down` or `unknown`."""
    return _RESULTS.get(sending.outcome, sending.outcome)


def reports(tools: Tools, urn: str | None = None) -> Json:
    """`reports --json`."""
    if urn:
        tools.watch(urn)
    with tools.database.read() as session:
        found = known_reports(session, urn)
    return {"reports": [_report(each) for each in found]}


def _report(report: KnownReport) -> Json:
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
        "history": report.history,
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


def history(tools: Tools, urn: str | None = None) -> Json:
    """`history --json`."""
    watches = [tools.watch(urn)] if urn else tools.settings.watch
    return {"providers": [_provider_history(tools, watch) for watch in watches]}


def _provider_history(tools: Tools, watch: Watch) -> Json:
    with tools.database.read() as session:
        found = known_reports(session, watch.urn)
    newest_first = sorted(found, key=lambda report: report.order, reverse=True)
    return {
        "urn": watch.urn,
        "name": watch.name,
        "inspections": [_inspection(each, found) for each in newest_first],
    }


def _inspection(report: KnownReport, reports: Sequence[KnownReport]) -> Json:
    reading = report.reading
    read = reading.as_json() if reading else {}
    sources = {each.source for each in report.versions} | (
        {"site"} if report.ever_listed else set()
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


def _comparison(report: KnownReport, reports: Sequence[KnownReport]) -> Json | None:
    held = hold_against_earlier(report, reports)
    if held.comparison is None or held.earlier is None:
        return None
    return {
        "with": held.earlier.file_id or held.earlier.link,
        "with_published": day(held.earlier.published),
        "rows": [
            {
                "key": row.key,
                "label": row.label,
                "grade": row.grade,
                "before": row.before,
                "relation": row.relation,
                "direction": row.direction,
            }
            for row in held.comparison.rows
        ],
    }


def events(tools: Tools, since: datetime | None = None, audience: str | None = None) -> Json:
    """`events --json`."""
    with tools.database.read() as session:
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
                "recipients": json.loads(each.hearers),
                "deliveries": {
                    _STATES.get(state, state): count for state, count in each.deliveries.items()
                },
            }
            for each in found
        ]
    }


def deliveries(tools: Tools) -> Json:
    """`deliveries --json`."""
    with tools.database.read() as session:
        found = queries.deliveries(session)
    return {"deliveries": [_delivery(each) for each in found]}


def _delivery(delivery: models.Delivery) -> Json:
    return {
        "id": delivery.id,
        "event": delivery.event_id,
        "recipient": delivery.recipient,
        "channel": delivery.channel,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "due_at": time(delivery.due_at),
        "sent_at": time(delivery.sent_at),
        "message_id": delivery.message_id,
        "error": delivery.error,
    }


def status(
    tools: Tools, ui: str | None, service: ServiceState, problems: Iterable[Problem]
) -> Json:
    """`status --json`.

    Args:
        ui: address of the service's UI; None: it is not up.
        service: as Prefect was asked just now.
        problems: what is wrong.
    """
    from ofsted.reports.read import PARSER

    now = tools.clock.now()
    with tools.database.read() as session:
        counted = queries.deliveries_by_state(session)
        broken = ways.broken(session)
        holes = find(session, tools).holes
        delayed = deliveries_of.late(session, now)
        future = ahead.find(session, now)
        digests_failing = digests.all_failing(session)
    return {
        "version": version("ofsted-watch"),
        "parser": PARSER,
        "database": tools.database.name,
        "providers": [
            _provider_status(tools, watch, now, service) for watch in tools.settings.watch
        ],
        "deliveries": {
            "waiting": counted.get("waiting", 0),
            "failed": counted.get("refused", 0) + counted.get("expired", 0),
        },
        "messages": {
            "pending": counted.get("waiting", 0),
            "delayed": len(delayed),
            "refused": counted.get("refused", 0),
            "expired": counted.get("expired", 0),
        },
        "recipients": [
            {
                "name": each.name,
                "channel": each.channel,
                "audience": each.audience,
                "hears": each.hears,
                "when": each.when,
            }
            for each in tools.recipients
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
            for name in dict.fromkeys(map(way_name, tools.recipients))
        ],
        "broken": {name: way.words for name, way in broken.items()},
        "failing_digests": [
            {"recipient": name, "since": time(each.since)} for name, each in digests_failing.items()
        ],
        "future_times": [{"what": each.what, "at": time(each.at)} for each in future],
        "holes": [hole.words for hole in holes],
    }


def _channel(name: str, down: models.Way | None) -> Json:
    return {
        "name": name,
        "state": "down" if down else "ok",
        "since": time(down.broken_since) if down else None,
        "why": down.words if down else None,
    }


def check(found: Found) -> Json:
    """`check --json`."""
    return {
        "rows": found.rows,
        "events": found.events,
        "deliveries": found.deliveries,
        "holes": [{"key": hole.key, "words": hole.words} for hole in found.holes],
    }


def _provider_status(tools: Tools, watch: Watch, now: datetime, service: ServiceState) -> Json:
    with tools.database.read() as session:
        state = queries.provider_state(session, watch.urn)
        found = [each for each in known_reports(session, watch.urn) if each.listed]
        search = witnessed(session, watch.urn)
    seen = state.last_good_look if state else None
    return {
        "urn": watch.urn,
        "name": watch.name,
        "state": state.state if state else "new",
        "since": time(state.since) if state else None,
        "last_good_look": time(seen),
        "last_good_look_age": int((now - seen).total_seconds()) if seen else None,
        "next_look": time(service.planned.next_check if service.planned else None),
        "reports": len(found),
        "unread": sum(1 for each in found if each.status in {"unread", "missing"}),
        "doubtful": sum(1 for each in found if each.status == "doubtful"),
        "trouble": state.trouble if state else None,
        "search_page": _search_page(search) if search else None,
    }


def _search_page(found: Witnessed) -> Json:
    """The day of the newest report, by the search page and by our list."""
    return {"at": time(found.at), "latest": day(found.latest), "ours": day(found.ours)}
