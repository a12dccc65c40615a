"""The state of a provider's page, and when operators are notified of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from flows.alerting.announce import Announcer, report_of
from flows.checking.diff import ListingDiff
from notifications import events as ev
from storage import models

CHECKS_BEFORE_NOTICE = 2
TIME_BEFORE_NOTICE = timedelta(hours=1)
NOTIFIED_AGAIN = (timedelta(hours=24), timedelta(days=7))  # then weekly


def record_failure(
    session: Session,
    announcer: Announcer,
    state: str,
    failure: str,
    quarantined: Path | None = None,
) -> None:
    """Record that a check failed, and notify operators when that is due.

    They are notified once the page has failed for two checks and an hour, again 24 hours after
    that, then weekly.

    Args:
        failure: what was received, in words.
        quarantined: path of the saved copy of the page; None: there is none.
    """
    provider = session.get_one(models.Provider, announcer.watched.key)
    _set_state(provider, state, announcer.now)
    provider.failure = failure
    provider.failure_since = provider.failure_since or announcer.now
    provider.failure_checks += 1
    if not _is_notice_due(provider, announcer.now):
        return
    event = ev.PageCheckFailed(
        provider=announcer.provider,
        state="unreachable" if state == "unreachable" else "unrecognised",
        failure=failure,
        since=provider.failure_since,
        last_successful_check=provider.last_successful_check,
        quarantined=str(quarantined) if quarantined else None,
    )
    provider.failure_notices += 1
    cause = f"{provider.failure_since.isoformat()} {provider.failure_notices}"
    announcer.of_provider(session, event, cause)
    provider.failure_notified = announcer.now


def _is_notice_due(provider: models.Provider, now: datetime) -> bool:
    if provider.failure_notified is None:
        since = provider.failure_since or now
        lasted = now - since >= TIME_BEFORE_NOTICE
        return lasted and provider.failure_checks >= CHECKS_BEFORE_NOTICE
    wait = NOTIFIED_AGAIN[min(provider.failure_notices, len(NOTIFIED_AGAIN)) - 1]
    return now - provider.failure_notified >= wait


def record_success(session: Session, announcer: Announcer, *, is_over: bool = True) -> None:
    """Record a successful check; operators notified of a failure are notified that it is over.

    Args:
        is_over: False: what failed before was not tried this time.
    """
    provider = session.get_one(models.Provider, announcer.watched.key)
    _set_state(provider, "ok", announcer.now)
    provider.last_successful_check = announcer.now
    if not is_over:
        return
    if provider.failure_notified is not None and provider.failure_since is not None:
        event = ev.PageCheckRecovered(
            provider=announcer.provider, since=provider.failure_since, until=announcer.now
        )
        announcer.of_provider(session, event)
    provider.failure = provider.failure_since = provider.failure_notified = None
    provider.failure_checks = provider.failure_notices = 0


def record_suspect(session: Session, announcer: Announcer, diff: ListingDiff) -> None:
    """Record that over half of a list is gone or re-dated: held until it is back or accepted.

    Operators are notified once; if the list alternates between complete and suspect, at most once
    for each day on which it was last complete.
    """
    provider = session.get_one(models.Provider, announcer.watched.key)
    gone = [report for report in diff.gone if report.listed]
    redated = [report for entry, report in diff.known if entry.published != report.published]
    event = ev.ListingSuspect(
        provider=announcer.provider,
        known=sum(report.listed for _, report in diff.known) + len(gone),
        gone=tuple(map(report_of, gone)),
        redated=tuple(map(report_of, redated)),
    )
    seen = provider.last_successful_check
    announcer.of_provider(session, event, cause=seen.date().isoformat() if seen else "none yet")
    if provider.failure_notified is None:  # the page was seen: what failed before is over
        provider.failure_since, provider.failure_checks = None, 0
    _set_state(provider, "suspect", announcer.now)
    provider.failure = "much of the list is missing or re-dated at once"


def _set_state(provider: models.Provider, state: str, now: datetime) -> None:
    if provider.state != state:
        provider.state, provider.since = state, now
