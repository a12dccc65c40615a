"""A round: a check of each authority's page in turn, of their areas, the website, then sending.

Its order is only here.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import psutil

from flows.alerting.sending import SendTotals, send_due
from flows.checking.area import check_area
from flows.checking.check import check_page
from flows.checking.one_check import CheckRequest, CheckResult
from flows.context.context import AppContext, named
from flows.publishing.website import refresh, refresh_downloads
from flows.settings import load
from flows.settings.watched import WatchedArea, WatchedAuthority
from flows.step import Step, do_now
from flows.upkeep import heartbeat
from flows.upkeep.audit_alerts import AuditResult, audit
from flows.upkeep.reparse_archive import reread_when_due
from flows.upkeep.seeds import import_when_due
from ofsted.short_names import short_name, slug
from storage import queries, rounds
from storage.database import DatabaseTroubleError
from storage.leases import BusyError, leased

log = logging.getLogger(__name__)

CLAIM = "round"
PROGRESS_EVERY = 15.0  # seconds between two records of progress
STILL_CHECKING = "still checking: an earlier round has not finished"
EACH_ALONE, TOGETHER = 10, 20  # up to 10 pages: a step for each; more: 20 pages to a step

SAW_A_LIST = {"unchanged", "changed", "first"}  # results of successful checks
QUIET = {"unchanged", "first", "busy", "skipped"}  # results that need no step of their own

OnCheck = Callable[[CheckResult], None]
Page = TypeVar("Page", WatchedAuthority, WatchedArea)


@dataclass(frozen=True, slots=True)
class RoundResult:
    """The result of a round."""

    checks: tuple[CheckResult, ...]
    sent: SendTotals
    audited: AuditResult | None = None  # None: no check was successful, or nothing was sent

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong that this round can know."""
        pages = all(each.is_well or each.result in {"busy", "skipped"} for each in self.checks)
        return pages and (self.audited is None or self.audited.is_well)

    def in_words(self) -> str:
        """A line for each page, and what the audit found."""
        lines = [f"{each.name}: {each.message}" for each in self.checks]
        if self.audited is not None and not self.audited.is_well:
            lines.append(self.audited.in_words())
        return "\n".join(lines)


class StillCheckingError(Exception):
    """A scheduled round is under way; a later one has nothing to do."""


def run_round(
    context: AppContext,
    authorities: Iterable[WatchedAuthority],
    request: CheckRequest,
    step: Step = do_now,
    *,
    on_check: OnCheck = lambda _result: None,
    send: bool = True,
) -> RoundResult:
    """Check each authority's page in turn, write the website, and send what is due.

    Args:
        authorities: whose pages to check, and whose areas where these are watched; those whose
            last check never ended come last.
        step: calls each step; in a flow it shows the step as a Prefect task.
        on_check: called after each check, for progress.
        send: False: send nothing; what is due stays due.

    Raises:
        StillCheckingError: a scheduled round is under way, and this would be another.
        storage.database.DatabaseTroubleError: nothing can be recorded.
    """
    with round_under_way(replace(context, step=step), request) as ours:
        import_when_due(ours)
        reread_when_due(ours)
        ordered = in_order(ours, authorities)
        checks = _check_all(ours, ordered, request, on_check)
        checks += _check_areas(ours, ordered, request, on_check)
        as_called_now = named(ours)  # with the names that the checks found on the pages
        refresh(as_called_now)  # before alerts link to its pages
        sent = send_due(as_called_now) if send else SendTotals(Counter())
        refresh_downloads(as_called_now)
        audited = _audit_after(as_called_now, checks, send=send)
        call_heartbeat(ours, checks)
        return RoundResult(tuple(checks), sent, audited)


@contextlib.contextmanager
def round_under_way(context: AppContext, request: CheckRequest) -> Iterator[AppContext]:
    """Record a round and its progress; gives a context that records progress.

    Only one scheduled round runs at a time: otherwise, runs would pile up behind a long round. A
    round that a person asks for may run beside it, and waits for each page.

    Raises:
        StillCheckingError: a scheduled round is under way, and this would be another.
    """
    with contextlib.ExitStack() as claims:
        if request.scheduled is not None:
            try:
                claims.enter_context(leased(context.database, CLAIM))
            except BusyError:
                raise StillCheckingError(STILL_CHECKING) from None
        me = psutil.Process()
        service = os.environ.get(load.SERVICE_VARIABLE)
        owner = rounds.RoundOwner(me.pid, me.create_time(), request.run, service)
        with context.database.write() as session:
            number = rounds.begin(session, owner, context.clock.now())
        try:
            yield replace(context, progress=_Progress(context, number).record)
        finally:
            with contextlib.suppress(DatabaseTroubleError), context.database.write() as session:
                rounds.end(session, number, context.clock.now())


class _Progress:
    """Records the progress of a round, at most every 15 seconds."""

    def __init__(self, context: AppContext, number: int) -> None:
        self._context, self._number = context, number
        self._recorded = time.monotonic()

    def record(self) -> None:
        """Record that the round made progress."""
        if time.monotonic() - self._recorded < PROGRESS_EVERY:
            return
        self._recorded = time.monotonic()
        with (
            contextlib.suppress(DatabaseTroubleError),
            self._context.database.write() as session,
        ):
            rounds.record_progress(session, self._number, self._context.clock.now())


def in_order(context: AppContext, pages: Iterable[Page]) -> list[Page]:
    """The pages, those whose last check never ended at the end.

    A page or file that kills the process each time (by its use of memory) would otherwise keep
    all later pages from being checked.
    """
    given = list(pages)
    with context.database.read() as session:
        newest = queries.newest_checks(session)
    broken_off = {key for key, check in newest.items() if check.ended_at is None}
    return sorted(given, key=lambda page: page.key in broken_off)


def _check_all(
    context: AppContext,
    authorities: Sequence[WatchedAuthority],
    request: CheckRequest,
    on_check: OnCheck,
) -> list[CheckResult]:
    """Check each page in its own step, or, if there are many, twenty pages in one.

    153 steps cost 1.4 s and 3 MB of Prefect's database in each round.
    """
    if len(authorities) <= EACH_ALONE:
        results = []
        for authority in authorities:
            check = partial(_check, context, authority, request, on_check)
            results.append(_step_of_page(context, authority.name, check))
        return results
    groups = range(0, len(authorities), TOGETHER)
    return [
        result
        for first in groups
        for result in context.step(
            "check pages",
            partial(_check_group, context, authorities, first, request, on_check),
            about=f"{first + 1}-{min(first + TOGETHER, len(authorities))} of {len(authorities)}",
        )
    ]


def _check_areas(
    context: AppContext,
    authorities: Collection[WatchedAuthority],
    request: CheckRequest,
    on_check: OnCheck,
) -> list[CheckResult]:
    """Check the areas of these authorities, each in its own step."""
    results = []
    areas = context.settings.areas_of(authorities)
    for area in in_order(context, areas) if len(areas) > 1 else areas:
        check = partial(check_area, area, context, request)
        result = context.step(
            "check area", check, about=area.short_name, tags=[slug(area.short_name)]
        )
        context.progress()
        on_check(result)
        results.append(result)
    return results


def _step_of_page(context: AppContext, name: str, do: Callable[[], CheckResult]) -> CheckResult:
    where = short_name(name)
    return context.step("check page", do, about=where, tags=[slug(where)])


def _check(
    context: AppContext,
    authority: WatchedAuthority,
    request: CheckRequest,
    on_check: OnCheck,
) -> CheckResult:
    result = check_page(authority, context, request)
    context.progress()
    on_check(result)
    return result


def _check_group(
    context: AppContext,
    authorities: Sequence[WatchedAuthority],
    first: int,
    request: CheckRequest,
    on_check: OnCheck,
) -> list[CheckResult]:
    """Check some pages; one with a change or a fault gets its own step after its check.

    A page that was never checked successfully brings its whole baseline, whose downloads are not
    shown as steps.
    """
    with context.database.read() as session:
        states = queries.provider_states(session)
    results = []
    for authority in authorities[first : first + TOGETHER]:
        state = states.get(authority.key)
        is_new = state is None or state.last_successful_check is None
        quietly = replace(context, step=do_now) if is_new else context
        result = _check(quietly, authority, request, on_check)
        if not result.is_well or result.result not in QUIET:
            _step_of_page(context, result.name, partial(_as_it_is, result))
        results.append(result)
    return results


def _as_it_is(result: CheckResult) -> CheckResult:
    return result


def _audit_after(
    context: AppContext, checks: Iterable[CheckResult], *, send: bool
) -> AuditResult | None:
    """After a successful check: audit, and send what the audit announces."""
    if not any(each.result in SAW_A_LIST for each in checks):
        return None
    try:
        audited = context.step("audit", partial(audit, context))
    except Exception:  # a failed audit must not fail the round
        log.exception("the audit failed")
        return None
    if audited.announced and send:
        send_due(context)
    return audited


def call_heartbeat(context: AppContext, checks: Sequence[CheckResult]) -> None:
    """Call the heartbeat if every page is `ok`; a failed call is only logged."""
    made = [each for each in checks if each.result not in {"busy", "skipped"}]
    if not context.settings.heartbeat or not made or any(each.state != "ok" for each in checks):
        return
    try:
        context.step("call heartbeat", partial(heartbeat.call, context))
    except heartbeat.HeartbeatError as error:
        log.warning("the heartbeat call failed: %s", error)
