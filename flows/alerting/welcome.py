"""The first message to each recipient: what is watched and where it stands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from flows.alerting.announce import announce, finding_of, provider_of, report_of
from flows.context.context import AppContext
from flows.context.planned import next_check
from flows.settings.model import WatchedAuthority
from notifications import events as ev
from notifications.recipients import Recipient
from ofsted.provider_key import ProviderKey
from storage import queries
from storage.report_snapshots import ReportSnapshot, report_snapshots

AT_LATEST = timedelta(hours=24)


def first_welcomes(
    session: Session, context: AppContext, keys: Collection[ProviderKey], now: datetime
) -> list[Recipient]:
    """Whom the next sending welcomes, if these pages are seen before it."""
    return [each for each in context.recipients if _is_next(session, context, each, keys, now)]


def _is_next(
    session: Session,
    context: AppContext,
    recipient: Recipient,
    keys: Collection[ProviderKey],
    now: datetime,
) -> bool:
    subject = f"recipient:{recipient.name}"
    if queries.was_announced(session, "welcome", subject):
        return queries.is_untried(session, "welcome", subject)
    known = queries.provider_states(session)
    states = {
        authority.key: known.get(authority.key) for authority in context.authorities_of(recipient)
    }
    unseen = [key for key, state in states.items() if not _seen(state) and key not in keys]
    return not unseen or _is_time([*states.values()], now)


def welcome_all(session: Session, context: AppContext, now: datetime) -> None:
    """Welcome, once ever, each recipient all of whose authorities have had a successful check.

    At latest a day after the first check of one of them.
    """
    for recipient in context.recipients:
        subject = f"recipient:{recipient.name}"
        if queries.was_announced(session, "welcome", subject):
            continue
        event = _welcome(session, context, recipient, now)
        if event is not None:
            announce(session, context, event, subject=subject, cause="first", at=now)


def _welcome(
    session: Session, context: AppContext, recipient: Recipient, now: datetime
) -> ev.Welcome | None:
    authorities = context.authorities_of(recipient)
    known = queries.provider_states(session)
    states = [known.get(authority.key) for authority in authorities]
    seen = [authority for authority, state in zip(authorities, states, strict=True) if _seen(state)]
    if len(seen) < len(authorities) and not _is_time(states, now):
        return None
    return ev.Welcome(
        recipient=recipient.name,
        to=recipient.audience,
        alert_on=recipient.alert_on,
        frequency=recipient.frequency,
        quiet_notice=recipient.quiet_notice,
        watched=tuple(_watched(session, context, authority) for authority in seen),
        unseen=tuple(
            provider_of(context, authority) for authority in authorities if authority not in seen
        ),
        next_check=next_check(session, now),
    )


def _is_time(states: Sequence[queries.ProviderState | None], now: datetime) -> bool:
    began = [state.since for state in states if state]
    return bool(began) and now - min(began) >= AT_LATEST


def _seen(state: queries.ProviderState | None) -> bool:
    return state is not None and state.last_successful_check is not None


def _watched(
    session: Session, context: AppContext, authority: WatchedAuthority
) -> ev.AuthorityStanding:
    reports = [report for report in report_snapshots(session, authority.key) if report.listed]
    newest = _newest_graded(reports)
    return ev.AuthorityStanding(
        provider=provider_of(context, authority),
        reports=len(reports),
        newest=report_of(newest) if newest else None,
        found=finding_of(newest) if newest else None,
    )


def _newest_graded(reports: Sequence[ReportSnapshot]) -> ReportSnapshot | None:
    graded = [report for report in reports if report.reading and report.reading.judgements]
    return max(graded, key=lambda report: report.order, default=None)
