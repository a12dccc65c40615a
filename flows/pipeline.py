"""A round: a look at each authority in turn, then sending what is owed."""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import psutil
import requests

from basics.safe_http import PrivateAddressError, session
from flows.alerting.sending import SendTotals, send_due
from flows.checking.check import CheckRequest, CheckResult, check_page
from flows.context.context import AppContext
from flows.settings import load
from flows.settings.model import WatchedAuthority
from flows.upkeep.audit_alerts import AuditResult, audit
from flows.upkeep.reparse_archive import reread_when_due
from flows.upkeep.seeds import import_when_due
from notifications.http_body import beginning, is_web_page
from storage import queries, rounds
from storage.database import DatabaseTroubleError
from storage.leases import BusyError, leased

log = logging.getLogger(__name__)

CLAIM = "round"
PROGRESS_EVERY = 15.0  # seconds; more often it is not written down
STILL_CHECKING = "still checking: an earlier round has not finished"

HEARTBEAT_SECONDS = 10
GOOD = {"unchanged", "changed", "first"}  # outcomes of a look that saw the whole list


@dataclass(frozen=True, slots=True)
class RoundResult:
    """What a round came to."""

    checked: tuple[CheckResult, ...]
    send_totals: SendTotals
    audited: AuditResult | None = None

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong that this round can know."""
        return all(each.is_well for each in self.checked)


class StillCheckingError(Exception):
    """A scheduled round is under way; a later one has nothing to do."""


def run_round(
    context: AppContext,
    authorities: Iterable[WatchedAuthority],
    ask: CheckRequest,
    *,
    on_check: Callable[[CheckResult], None] = lambda _checked: None,
    send: bool = True,
) -> RoundResult:
    """Look at each authority in turn, in this process, and send what is due.

    Args:
        on_look: called after each look, for progress.
        send: off: nothing is sent; what is due stays due.

    Raises:
        StillCheckingError: a scheduled round is under way, and this would be another.
    """
    with round_under_way(context, ask) as ours:
        import_when_due(ours)
        reread_when_due(ours)
        checked = []
        for authority in in_order(ours, authorities):
            checked.append(check_page(authority, ours, ask))
            ours.progress()
            call_heartbeat(ours, checked[-1])
            on_check(checked[-1])
        send_totals = send_due(ours) if send else SendTotals(Counter())
        return RoundResult(tuple(checked), send_totals, audit_after(ours, checked, send=send))


@contextlib.contextmanager
def round_under_way(context: AppContext, ask: CheckRequest) -> Iterator[AppContext]:
    """A round, written down with its progress; gives tools that note it.

    Runs that are due while a round takes long would pile up, each a process of its own: of
    scheduled rounds there is one. What a person asks for waits for single pages instead.

    Raises:
        StillCheckingError: a scheduled round is under way, and this would be another.
    """
    with contextlib.ExitStack() as held:
        if ask.scheduled is not None:
            try:
                held.enter_context(leased(context.database, CLAIM))
            except BusyError:
                raise StillCheckingError(STILL_CHECKING) from None
        me = psutil.Process()
        service = os.environ.get(load.SERVICE_VARIABLE)
        maker = rounds.RoundOwner(me.pid, me.create_time(), ask.run, service)
        with context.database.write() as session:
            number = rounds.begin(session, maker, context.clock.now())
        try:
            yield replace(context, progress=_Progress(context, number).note)
        finally:
            with contextlib.suppress(DatabaseTroubleError), context.database.write() as session:
                rounds.end(session, number, context.clock.now())


class _Progress:
    """What a round has got to; written down now and then."""

    def __init__(self, context: AppContext, number: int) -> None:
        self._context, self._number = context, number
        self._noted = time.monotonic()

    def note(self) -> None:
        """The round got further."""
        if time.monotonic() - self._noted < PROGRESS_EVERY:
            return
        self._noted = time.monotonic()
        with (
            contextlib.suppress(DatabaseTroubleError),
            self._context.database.write() as session,
        ):
            rounds.record_progress(session, self._number, self._context.clock.now())


def in_order(
    context: AppContext, authorities: Iterable[WatchedAuthority]
) -> list[WatchedAuthority]:
    """Those whose last look never ended come last.

    What kills a process (a page or file that takes all memory) would otherwise keep all that
    come after it from ever being looked at.
    """
    given = list(authorities)
    with context.database.read() as session:
        broken_off = {
            authority.urn
            for authority in given
            if (newest := queries.newest_check(session, authority.urn)) and newest.ended_at is None
        }
    return sorted(given, key=lambda authority: authority.urn in broken_off)


def audit_after(
    context: AppContext, checked: Iterable[CheckResult], *, send: bool = True
) -> AuditResult | None:
    """The check, after a good look, and sending what it tells; None: no look was good."""
    if not any(each.result in GOOD for each in checked):
        return None
    try:
        audited = audit(context)
    except Exception:  # it stands beside the looks and breaks none
        log.exception("the audit failed")
        return None
    if audited.announced and send:
        send_due(context)
    return audited


def call_heartbeat(context: AppContext, checked: CheckResult) -> None:
    """After a good look, call the address by which others notice our silence."""
    address = context.settings.heartbeat
    if not address or checked.state != "ok" or checked.result in {"busy", "skipped"}:
        return
    try:
        _call(address, context)
    except PrivateAddressError:
        log.warning("the heartbeat call failed: its address is private (`allow_private`)")
    except _HeartbeatError as error:
        log.warning("the heartbeat call failed: %s", error)
    except (requests.RequestException, OSError) as error:
        log.warning("the heartbeat call failed: %s", type(error).__name__)


class _HeartbeatError(Exception):
    """Something answered, and not as it should."""


def _call(address: str, context: AppContext) -> None:
    """Any 2xx is good but a web page, as a proxy answers; no redirect is followed."""
    settings = context.settings
    with (
        session(
            settings.authority_file,
            allow_private=settings.allow_private,
            seconds=HEARTBEAT_SECONDS,
        ) as ours,
        ours.get(address, timeout=HEARTBEAT_SECONDS, allow_redirects=False, stream=True) as answer,
    ):
        if not 200 <= answer.status_code < 300:  # noqa: PLR2004 - RFC 9110
            raise _HeartbeatError(f"status {answer.status_code}")
        if is_web_page(answer, beginning(answer) or ""):
            raise _HeartbeatError(
                f"status {answer.status_code} with a web page, so something else answered"
            )
