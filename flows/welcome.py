"""The first message to each recipient: what is watched and where it stands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from flows.planned import next_check
from flows.settings import Watch
from flows.tell import finding_of, provider_of, record_news, report_of
from flows.tools import Tools
from notifications import news as n
from notifications.recipients import Recipient
from storage import queries
from storage.known import KnownReport, known_reports

AT_LATEST = timedelta(hours=24)


def first_welcomes(
    session: Session, tools: Tools, urns: Collection[str], now: datetime
) -> list[Recipient]:
    """Whom the next sending welcomes, if these pages are seen before it."""
    return [each for each in tools.recipients if _is_next(session, tools, each, urns, now)]


def _is_next(
    session: Session, tools: Tools, recipient: Recipient, urns: Collection[str], now: datetime
) -> bool:
    subject = f"recipient:{recipient.name}"
    if queries.was_told(session, "welcome", subject):
        return queries.is_untried(session, "welcome", subject)
    states = {
        watch.urn: queries.provider_state(session, watch.urn) for watch in tools.heard_by(recipient)
    }
    unseen = [urn for urn, state in states.items() if not _seen(state) and urn not in urns]
    return not unseen or _is_time([*states.values()], now)


def welcome_all(session: Session, tools: Tools, now: datetime) -> None:
    """Welcome, once ever, each recipient all of whose authorities have had a good look.

    At latest a day after the first look at one of them.
    """
    for recipient in tools.recipients:
        subject = f"recipient:{recipient.name}"
        if queries.was_told(session, "welcome", subject):
            continue
        news = _welcome(session, tools, recipient, now)
        if news is not None:
            record_news(session, tools, news, subject=subject, cause="first", at=now)


def _welcome(
    session: Session, tools: Tools, recipient: Recipient, now: datetime
) -> n.Welcome | None:
    watches = tools.heard_by(recipient)
    states = [queries.provider_state(session, watch.urn) for watch in watches]
    seen = [watch for watch, state in zip(watches, states, strict=True) if _seen(state)]
    if len(seen) < len(watches) and not _is_time(states, now):
        return None
    return n.Welcome(
        recipient=recipient.name,
        to=recipient.audience,
        hears=recipient.hears,
        when=recipient.when,
        sign_of_life=recipient.sign_of_life,
        watched=tuple(_watched(session, tools, watch) for watch in seen),
        unseen=tuple(provider_of(tools, watch) for watch in watches if watch not in seen),
        next_look=next_check(session, now),
    )


def _is_time(states: Sequence[queries.ProviderState | None], now: datetime) -> bool:
    began = [state.since for state in states if state]
    return bool(began) and now - min(began) >= AT_LATEST


def _seen(state: queries.ProviderState | None) -> bool:
    return state is not None and state.last_good_look is not None


def _watched(session: Session, tools: Tools, watch: Watch) -> n.Watched:
    reports = [report for report in known_reports(session, watch.urn) if report.listed]
    newest = _newest_graded(reports)
    return n.Watched(
        provider=provider_of(tools, watch),
        reports=len(reports),
        newest=report_of(newest) if newest else None,
        found=finding_of(newest) if newest else None,
    )


def _newest_graded(reports: Sequence[KnownReport]) -> KnownReport | None:
    graded = [report for report in reports if report.reading and report.reading.judgements]
    return max(graded, key=lambda report: report.order, default=None)
