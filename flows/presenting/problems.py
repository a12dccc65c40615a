"""What needs attention now, in words: why `status` exits with 1, and what `health` lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from flows.context.context import AppContext
from flows.context.planned import CHECKS, ServiceState, service_by_state
from flows.publishing import website
from flows.settings.model import Settings
from flows.upkeep.audit import Discrepancy, find_discrepancies
from notifications.words.plain import moment, several
from notifications.words.service import delivery_by
from ofsted.provider_key import ProviderKey
from ofsted.short_names import short_name
from storage import ahead, channel_outages, deliveries, digests, models, queries, restored
from storage.queries import ProviderState
from storage.report_queries import unread_since

UNREAD_COUNTS_FOR = timedelta(days=30)
FAILED_COUNTS_FOR = timedelta(days=30)
EACH, NAMED = 10, 3  # pages with a problem each; of more, those that are named
RUNS = {
    CHECKS: "checks",
    "send-alerts": "sending",
    "nightly-maintenance": "the nightly maintenance",
}
_NOT_RUNNING = (
    "the service is not running, so no checks are made",
    "start it; if checks are started another way, set `checks = []` under [schedule]",
)
_NOT_HERE = (
    "the service is not running on this machine; checks are made by another machine",
    "start it; until then nothing takes over if the other machine fails",
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that needs attention, and what a person can do."""

    what: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What the database says now, queried once for all that show it."""

    states: Mapping[ProviderKey, ProviderState]
    discrepancies: tuple[Discrepancy, ...]
    messages: queries.DeliveryCounts
    late: Sequence[deliveries.Delayed]
    on_hold: tuple[int, datetime] | None  # how many messages, and since when
    failing_digests: Mapping[str, digests.Failing]  # by recipient
    channels_down: Mapping[str, models.ChannelOutage]  # by channel
    ahead: Sequence[ahead.Ahead]


def known_now(session: Session, context: AppContext) -> Known:
    """Query the database."""
    now = context.clock.now()
    return Known(
        states=queries.provider_states(session),
        discrepancies=find_discrepancies(session, context),
        messages=queries.delivery_counts(session, since=now - FAILED_COUNTS_FOR),
        late=deliveries.delayed(session, now),
        on_hold=restored.on_hold(session),
        failing_digests=digests.all_failing(session),
        channels_down=channel_outages.open_outages(session),
        ahead=ahead.find(session, now),
    )


def problems(
    context: AppContext, service: ServiceState | None = None, known: Known | None = None
) -> tuple[Problem, ...]:
    """The problems; empty if all is well.

    Args:
        service: its state as just asked of Prefect; None: the state that it has recorded.
        known: what the database says; None: it is queried here.
    """
    now = context.clock.now()
    with context.database.read() as session:
        known = known or known_now(session, context)
        return (
            *service_problems(
                context.settings, service or service_by_state(session, context.settings, now)
            ),
            *_pages(known, context),
            *_reports(session, context, now),
            *_sending(known),
            *_website(context.settings),
            *(
                Problem(
                    f"{each.what} is in the future ({moment(each.at)}): the clock was wrong",
                    "check this machine's clock; nothing is held back by such a time",
                )
                for each in known.ahead
            ),
            *(Problem(f"discrepancy: {each.words}") for each in known.discrepancies),
        )


def service_problems(settings: Settings, service: ServiceState) -> Iterator[Problem]:
    """Problems of the service; with an empty schedule something else starts the checks."""
    if not service.is_up:
        if service.ever_ran and settings.schedule.checks:
            yield Problem(*(_NOT_HERE if service.others_run else _NOT_RUNNING))
        return
    if service.silent_since is not None:
        yield Problem(
            f"the service is running but has done nothing since {moment(service.silent_since)}",
            "restart it; see its log for the cause",
        )
    if service.settings_refused:
        yield Problem(
            f"the changed settings are not in use: {service.settings_refused}",
            "correct the settings file; until then the service keeps the earlier settings",
        )
    if service.planned is None:
        url = settings.prefect.api_url
        yield Problem(
            "the service is running but Prefect does not answer",
            f"check the Prefect server at {url}; checks and messages go on without it"
            if url
            else "wait a minute; if this continues, restart the service",
        )
        return
    for plan in service.planned.plans:
        if plan.paused_since is not None:
            yield Problem(
                f"{RUNS.get(plan.deployment, plan.deployment)} paused since "
                f"{moment(plan.paused_since)} by a person in the Prefect UI",
                f"resume the deployment {plan.deployment!r} there",
            )
    for name in service.planned.unplanned:
        yield Problem(
            f"Prefect has no run planned for {RUNS.get(name, name)}",
            "run `ofsted-watch doctor`, and restart the service",
        )
    for name, due in service.planned.lacking:
        yield Problem(
            f"Prefect has stopped planning {RUNS.get(name, name)}: there is no run for "
            f"{moment(due)}, which the schedule asks for",
            "wait ten minutes after a fault of Redis or the database; if this continues, restart "
            "the Prefect server (checks that are due are started all the same)",
        )


def _pages(known: Known, context: AppContext) -> Iterator[Problem]:
    """One for each page; where many are not well, one for each state."""
    ill: dict[str, list[tuple[str, ProviderState]]] = {}
    for page in context.settings.pages:
        state = known.states.get(page.key)
        if state and state.state not in {"ok", "new"}:
            ill.setdefault(state.state, []).append((short_name(page.name), state))
    for name, pages in ill.items():
        together = [pages] if len(pages) > EACH else [[page] for page in pages]
        yield from (Problem(_page_problem(name, each)) for each in together)


def _page_problem(state: str, pages: Sequence[tuple[str, ProviderState]]) -> str:
    """`Sutton: unreachable since 29 July 2025: no answer`, or how many pages."""
    names = [name for name, _ in pages]
    if len(names) > NAMED:
        names = [f"{len(names)} pages ({', '.join(names[:NAMED])} and others)"]
    since = moment(min(page.since for _, page in pages))
    failures = {page.failure for _, page in pages}
    why = failures.pop() if len(failures) == 1 else None
    return f"{', '.join(names)}: {state} since {since}{f': {why}' if why else ''}"


def _reports(session: Session, context: AppContext, now: datetime) -> Iterator[Problem]:
    watched = {authority.key: short_name(authority.name) for authority in context.settings.watch}
    for key, title in unread_since(session, now - UNREAD_COUNTS_FOR):
        if key in watched:
            yield Problem(f"{watched[key]}: a report could not be read: {title}")


def _website(settings: Settings) -> Iterator[Problem]:
    if failing := website.failing(settings):
        yield Problem(f"the website is out of date since {moment(failing.since)}: {failing.why}")


def _sending(known: Known) -> Iterator[Problem]:
    for name, failing in known.failing_digests.items():
        yield Problem(f"the digest for {name} has been failing since {moment(failing.since)}")
    for name, channel in known.channels_down.items():
        yield Problem(
            f"{delivery_by(name)} has been failing since {moment(channel.down_since)}: "
            f"{channel.words}",
            "check its settings, then run `ofsted-watch test-alert` with the name of a recipient",
        )
    if known.on_hold:
        number, restored_at = known.on_hold
        yield Problem(
            f"{several(number, 'message')} on hold since the restore of {moment(restored_at)}: "
            "what was pending when the backup was made may have been sent since",
            "run `ofsted-watch messages` to see them, then `messages retry` or `messages cancel` "
            "with their numbers",
        )
    if known.late:
        since = moment(min(each.since for each in known.late))
        yield Problem(
            f"{several(len(known.late), 'message')} delayed by 2 hours or more, since {since}"
        )
    ended = known.messages.lately
    if failed := ended.get("refused", 0) + ended.get("expired", 0):
        yield Problem(f"{several(failed, 'message')} could not be delivered in the last 30 days")
