"""The first message to each recipient: what is watched, and the latest judgements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from flows.alerting.announce import announce, finding_of, provider_of, report_of
from flows.context.context import AppContext
from flows.context.planned import next_check
from flows.settings.watched import WatchedArea
from notifications import events as ev
from notifications.recipients import Recipient
from ofsted.provider_key import ProviderKey
from storage import queries
from storage.report_queries import ReportCounts, newest_graded, report_counts
from storage.report_snapshots import snapshots_of_reports

AT_LATEST = timedelta(hours=24)


def first_welcomes(
    session: Session, context: AppContext, keys: Collection[ProviderKey], now: datetime
) -> list[Recipient]:
    """Who gets a welcome at the next sending, if these pages are checked successfully before.

    With an authority's page, the area of that authority is checked.
    """
    areas = {area.key for area in context.settings.areas if area.authority.key in keys}
    checked = {*keys, *areas}
    return [each for each in context.recipients if _is_next(session, context, each, checked, now)]


def _is_next(
    session: Session,
    context: AppContext,
    recipient: Recipient,
    keys: Collection[ProviderKey],
    now: datetime,
) -> bool:
    subject = _subject(recipient)
    if queries.was_announced(session, "welcome", subject):
        return queries.is_untried(session, "welcome", subject)
    known = queries.provider_states(session)
    states = {page.key: known.get(page.key) for page in context.pages_of(recipient)}
    unseen = [key for key, state in states.items() if not _seen(state) and key not in keys]
    return not unseen or _is_time([*states.values()], now)


def welcome_all(session: Session, context: AppContext, now: datetime) -> None:
    """Send each recipient its only welcome, once all its pages were checked successfully.

    A day after the first check of one of them it is sent in any case.
    """
    welcomed = queries.subjects_announced(session, "welcome")
    waiting = [each for each in context.recipients if _subject(each) not in welcomed]
    if not waiting:
        return
    known = queries.provider_states(session)
    ready = [each for each in waiting if _is_ready(context, each, known, now)]
    if not ready:
        return
    seen = {key for key, state in known.items() if _seen(state)}
    standing, next_one = _standing(session, context, seen), next_check(session, now)
    for recipient in ready:
        event = _welcome(context, recipient, standing, seen, next_one)
        announce(session, context, event, subject=_subject(recipient), cause="first", at=now)


def _subject(recipient: Recipient) -> str:
    return f"recipient:{recipient.name}"


def _is_ready(
    context: AppContext,
    recipient: Recipient,
    known: Mapping[ProviderKey, queries.ProviderState],
    now: datetime,
) -> bool:
    states = [known.get(page.key) for page in context.pages_of(recipient)]
    return all(_seen(state) for state in states) or _is_time(states, now)


def _standing(
    session: Session, context: AppContext, seen: Collection[ProviderKey]
) -> dict[ProviderKey, ev.AuthorityStanding]:
    """How each authority that was seen stands, with its newest graded report."""
    counts, newest = report_counts(session), newest_graded(session)
    reports = {each.provider_key: each for each in snapshots_of_reports(session, newest.values())}
    return {
        authority.key: ev.AuthorityStanding(
            provider=provider_of(context, authority),
            reports=counts.get(authority.key, ReportCounts()).listed,
            newest=report_of(report) if (report := reports.get(authority.key)) else None,
            found=finding_of(report) if report else None,
        )
        for authority in context.settings.watch
        if authority.key in seen
    }


def _welcome(
    context: AppContext,
    recipient: Recipient,
    standing: Mapping[ProviderKey, ev.AuthorityStanding],
    seen: Collection[ProviderKey],
    next_one: datetime | None,
) -> ev.Welcome:
    pages = context.pages_of(recipient)
    areas = context.areas_of(recipient) if recipient.audience != "operators" else ()
    return ev.Welcome(
        recipient=recipient.name,
        to=recipient.audience,
        alert_on=recipient.alert_on,
        frequency=recipient.frequency,
        quiet_notice=recipient.quiet_notice,
        watched=tuple(standing[each.key] for each in pages if each.key in standing),
        unseen=tuple(provider_of(context, each) for each in pages if each.key not in seen),
        next_check=next_one,
        provider_types=tuple(sorted(_types_of(recipient, areas))),
        areas=tuple(provider_of(context, area.authority) for area in areas),
    )


def _types_of(recipient: Recipient, areas: Sequence[WatchedArea]) -> frozenset[str]:
    """The types of provider that it chose, but for those that are left out of all its areas."""
    if not areas:
        return recipient.provider_types
    left_out = frozenset.intersection(*(area.scope.exclude for area in areas))
    return recipient.provider_types - left_out


def _is_time(states: Sequence[queries.ProviderState | None], now: datetime) -> bool:
    began = [state.since for state in states if state]
    return bool(began) and now - min(began) >= AT_LATEST


def _seen(state: queries.ProviderState | None) -> bool:
    return state is not None and state.last_successful_check is not None
