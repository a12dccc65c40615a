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

from flows import configuration
from flows.deliver import Delivered, deliver
from flows.holes import Checked, check
from flows.look import Ask, Looked, look
from flows.reread import reread_when_due
from flows.seeding import import_when_due
from flows.settings import Watch
from flows.tools import Tools
from notifications.http_body import beginning, is_web_page
from ofsted.connections import PrivateAddressError, session
from storage import queries, rounds
from storage.database import DatabaseTroubleError
from storage.leases import BusyError, leased

log = logging.getLogger(__name__)

CLAIM = "round"
PROGRESS_EVERY = 15.0  # seconds; more often it is not written down
STILL_CHECKING = "still checking: an earlier round has not ended"

HEARTBEAT_SECONDS = 10
GOOD = {"unchanged", "changed", "first"}  # outcomes of a look that saw the whole list


@dataclass(frozen=True, slots=True)
class Round:
    """What a round came to."""

    looked: tuple[Looked, ...]
    delivered: Delivered
    checked: Checked | None = None

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong that this round can know."""
        return all(each.is_well for each in self.looked)


class StillCheckingError(Exception):
    """A scheduled round is under way; a later one has nothing to do."""


def go_round(
    tools: Tools,
    watches: Iterable[Watch],
    ask: Ask,
    *,
    on_look: Callable[[Looked], None] = lambda _looked: None,
    send: bool = True,
) -> Round:
    """Look at each authority in turn, in this process, and send what is due.

    Args:
        on_look: called after each look, for progress.
        send: off: nothing is sent; what is due stays due.

    Raises:
        StillCheckingError: a scheduled round is under way, and this would be another.
    """
    with round_under_way(tools, ask) as ours:
        import_when_due(ours)
        reread_when_due(ours)
        looked = []
        for watch in in_order(ours, watches):
            looked.append(look(watch, ours, ask))
            ours.progress()
            call_heartbeat(ours, looked[-1])
            on_look(looked[-1])
        delivered = deliver(ours) if send else Delivered(Counter())
        return Round(tuple(looked), delivered, check_after(ours, looked, send=send))


@contextlib.contextmanager
def round_under_way(tools: Tools, ask: Ask) -> Iterator[Tools]:
    """A round, written down with its progress; gives tools that note it.

    Runs that are due while a round takes long would pile up, each a process of its own: of
    scheduled rounds there is one. What a person asks for waits for single pages instead.

    Raises:
        StillCheckingError: a scheduled round is under way, and this would be another.
    """
    with contextlib.ExitStack() as held:
        if ask.scheduled is not None:
            try:
                held.enter_context(leased(tools.database, CLAIM))
            except BusyError:
                raise StillCheckingError(STILL_CHECKING) from None
        me = psutil.Process()
        service = os.environ.get(configuration.SERVICE_VARIABLE)
        maker = rounds.Maker(me.pid, me.create_time(), ask.run, service)
        with tools.database.write() as session:
            number = rounds.begin(session, maker, tools.clock.now())
        try:
            yield replace(tools, progress=_Progress(tools, number).note)
        finally:
            with contextlib.suppress(DatabaseTroubleError), tools.database.write() as session:
                rounds.end(session, number, tools.clock.now())


class _Progress:
    """What a round has got to; written down now and then."""

    def __init__(self, tools: Tools, number: int) -> None:
        self._tools, self._number = tools, number
        self._noted = time.monotonic()

    def note(self) -> None:
        """The round got further."""
        if time.monotonic() - self._noted < PROGRESS_EVERY:
            return
        self._noted = time.monotonic()
        with (
            contextlib.suppress(DatabaseTroubleError),
            self._tools.database.write() as session,
        ):
            rounds.note_progress(session, self._number, self._tools.clock.now())


def in_order(tools: Tools, watches: Iterable[Watch]) -> list[Watch]:
    """Those whose last look never ended come last.

    What kills a process (a page or file that takes all memory) would otherwise keep all that
    come after it from ever being looked at.
    """
    given = list(watches)
    with tools.database.read() as session:
        broken_off = {
            watch.urn
            for watch in given
            if (newest := queries.newest_look(session, watch.urn)) and newest.ended_at is None
        }
    return sorted(given, key=lambda watch: watch.urn in broken_off)


def check_after(tools: Tools, looked: Iterable[Looked], *, send: bool = True) -> Checked | None:
    """The check, after a good look, and sending what it tells; None: no look was good."""
    if not any(each.outcome in GOOD for each in looked):
        return None
    try:
        checked = check(tools)
    except Exception:  # it stands beside the looks and breaks none
        log.exception("the check broke off")
        return None
    if checked.told and send:
        deliver(tools)
    return checked


def call_heartbeat(tools: Tools, looked: Looked) -> None:
    """After a good look, call the address by which others notice our silence."""
    address = tools.settings.heartbeat
    if not address or looked.state != "well" or looked.outcome in {"busy", "skipped"}:
        return
    try:
        _call(address, tools)
    except PrivateAddressError:
        log.warning("the heartbeat was not heard: its address is private (`allow_private`)")
    except _UnheardError as error:
        log.warning("the heartbeat was not heard: %s", error)
    except (requests.RequestException, OSError) as error:
        log.warning("the heartbeat was not heard: %s", type(error).__name__)


class _UnheardError(Exception):
    """Something answered, and not as it should."""


def _call(address: str, tools: Tools) -> None:
    """Any 2xx is good but a web page, as a proxy answers; no redirect is followed."""
    settings = tools.settings
    with (
        session(
            settings.authority_file,
            allow_private=settings.allow_private,
            seconds=HEARTBEAT_SECONDS,
        ) as ours,
        ours.get(address, timeout=HEARTBEAT_SECONDS, allow_redirects=False, stream=True) as answer,
    ):
        if not 200 <= answer.status_code < 300:  # noqa: PLR2004 - RFC 9110
            raise _UnheardError(f"answer {answer.status_code}")
        if is_web_page(answer, beginning(answer) or ""):
            raise _UnheardError(f"answer {answer.status_code}, a web page: something else answered")
