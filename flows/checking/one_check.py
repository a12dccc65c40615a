"""A check of a page, whatever is on it: one at a time, from its beginning to its recorded end.

Every step is safe to repeat, by anyone, at any time: the page's lease allows one check at a
time, and what was recorded before is not recorded again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from sqlalchemy.orm import Session

from flows.alerting.announce import Announcer
from flows.checking import page_health
from flows.context.context import AppContext
from flows.settings.watched import Watched
from ofsted.errors import SiteError, UnexpectedResponse
from ofsted.provider_key import AREA, AUTHORITY, ProviderKey
from storage import models, queries
from storage.ahead import SKEW
from storage.database import DatabaseError
from storage.leases import BusyError, Hold, LeaseLostError, leased
from storage.page_checks import LastCheck, PageBefore, begin_check, page_before

log = logging.getLogger(__name__)

CheckResultKind = Literal[
    "unchanged", "changed", "first", "unreachable", "unrecognised", "suspect", "busy", "skipped"
]
INTERRUPTED = "the last check of this page was interrupted before it ended"
PATIENCE = 600.0  # seconds that a check which a person asked for waits for another one's end


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """Who asks for a check. A scheduled one is skipped if a check began after its time."""

    scheduled: datetime | None = None  # by our clock; None: a person asked
    run: str | None = None  # the Prefect flow run


@dataclass(frozen=True, slots=True)
class NewReport:
    """A new report in one line."""

    id: str | None  # file id, else link
    title: str
    published: str | None
    status: str


@dataclass(frozen=True, slots=True)
class CheckFound:
    """What a check found: how much is listed, what is new of it, and which files failed."""

    listed: int | None = None
    new: tuple[NewReport, ...] = ()
    newly_failed: int = 0  # files that this check tried and that failed for the first time


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one check."""

    urn: str
    name: str
    state: str
    result: CheckResultKind
    listed: int | None
    message: str
    began_at: datetime
    new: tuple[NewReport, ...] = ()
    newly_failed: int = 0  # files that this check tried and that failed for the first time
    code: str = AUTHORITY

    @property
    def provider_key(self) -> ProviderKey:
        """Whose page was checked."""
        return ProviderKey(self.code, self.urn)

    @property
    def is_area(self) -> bool:
        """Whether the list of an area was checked, whose authority has this URN."""
        return self.code == AREA

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong that this check can know."""
        return (
            self.state == "ok"
            and not self.newly_failed
            and self.result not in {"unreachable", "unrecognised", "suspect", "busy"}
        )

    @property
    def has_failed(self) -> bool:
        """Whether something is wrong with the page; that another check runs does not count."""
        return not self.is_well and self.result not in {"busy", "skipped"}

    def in_words(self) -> str:
        """`message`, under the name that `flows.step.StepResult` asks for."""
        return self.message


def check_once(watched: Watched, context: AppContext, ask: CheckRequest, do: Check) -> CheckResult:
    """Check one page now, alone, and record what follows.

    Nothing is raised for what the site does: the result says it.

    Args:
        do: fetches the page, records what is on it and ends the check.

    Raises:
        storage.database.DatabaseTroubleError: nothing can be written down.
    """
    begun: list[_Begun] = []

    def begin(session: Session) -> None:
        begun.append(_begin(session, context, watched, ask))

    try:
        wait = PATIENCE if ask.scheduled is None else 0.0
        name = f"provider {watched.key}"
        with leased(context.database, name, wait=wait, first=begin) as hold:
            if begun[-1].check_id is None:
                return _unchecked(
                    watched, context, "skipped", "already checked since its scheduled time"
                )
            return _check_to_the_end(watched, context, begun[-1], hold, do)
    except (BusyError, LeaseLostError) as error:
        return _unchecked(watched, context, "busy", str(error))


@dataclass(frozen=True, slots=True)
class OneCheck:
    """A check under way: with whose page and the time, and the lock that allows it alone."""

    announcer: Announcer
    hold: Hold
    check_id: int
    before: PageBefore


Check = Callable[[OneCheck], CheckResult]


@dataclass(frozen=True, slots=True)
class _Begun:
    """A check that was written down as begun, and how the page stood before it."""

    now: datetime
    before: PageBefore
    check_id: int | None  # None: not begun, since one is fresh enough


def _begin(session: Session, context: AppContext, watched: Watched, ask: CheckRequest) -> _Begun:
    """In the transaction that takes the lease: whoever has it has begun, and nobody else has."""
    now = context.clock.now()
    before = page_before(session, watched.key, now)
    if _is_fresh(before.last, ask, now):
        return _Begun(now, before, None)
    if not before.is_known:
        session.add(models.Provider(code=watched.key.code, urn=watched.urn, since=now))
        session.flush()
    if before.last is not None and before.last.ended_at is None:
        _record_interrupted(session, context, watched, before.last, now)
    return _Begun(now, before, begin_check(session, watched.key, ask.run, now))


def _is_fresh(last: LastCheck | None, ask: CheckRequest, now: datetime) -> bool:
    if ask.scheduled is None or last is None or last.ended_at is None:
        return False
    # one that began in the future did so by a wrong clock, and stands for no other
    return ask.scheduled <= last.began_at <= now + SKEW


def _record_interrupted(
    session: Session,
    context: AppContext,
    watched: Watched,
    last: LastCheck,
    now: datetime,
) -> None:
    """Whoever made the last check is dead, since we hold the lease.

    What kills each check of this page (its size, a monstrous file) is a trouble of the page, and
    operators are notified of it.
    """
    row = session.get_one(models.PageCheck, last.id)
    row.result, row.message = "unreachable", INTERRUPTED
    announcer = Announcer(context, watched, now, cause=_cause(last.id, now))
    page_health.record_failure(session, announcer, "unreachable", INTERRUPTED)


def _cause(check_id: int, began_at: datetime) -> str:
    """A check as the cause of an event; after a restore its number alone may be another's."""
    return f"check:{check_id} {began_at.isoformat()}"


def _check_to_the_end(
    watched: Watched, context: AppContext, begun: _Begun, hold: Hold, do: Check
) -> CheckResult:
    """Check one provider; any error is recorded for this check and stops no other provider.

    The next check tries again. Nothing is recorded once the lease is lost.
    """
    assert begun.check_id is not None  # noqa: S101  # it has begun
    announcer = Announcer(context, watched, begun.now, cause=_cause(begun.check_id, begun.now))
    try:
        return do(OneCheck(announcer, hold, begun.check_id, begun.before))
    except (DatabaseError, LeaseLostError):
        raise  # nothing can be written down, of this provider or another; or nothing may be
    except OSError as error:
        why = f"{error}; check that the disk of data_dir has free space"
    except Exception as error:
        log.exception("%s: the check failed", watched.name)
        why = f"{type(error).__name__}: {error}"
    message = (
        f"the check failed ({why}); what it recorded is kept, and the next check will try again"
    )
    with context.database.write() as session:
        hold.check(session)
        return CheckEnding(session, announcer, begun.check_id).broken_off(message)


def _unchecked(
    watched: Watched, context: AppContext, result: CheckResultKind, message: str
) -> CheckResult:
    with context.database.read() as session:
        state = queries.provider_state(session, watched.key)
    known = state.state if state else "new"
    now = context.clock.now()
    return CheckResult(
        watched.urn, watched.name, known, result, None, message, now, code=watched.key.code
    )


@dataclass(frozen=True, slots=True)
class CheckEnding:
    """Records the result of a check, in the check's last transaction."""

    session: Session
    announcer: Announcer
    check_id: int

    def failed(self, error: SiteError, kept: Path | None) -> CheckResult:
        """The page could not be had, or is not proven; `kept` is the copy of it."""
        result: Literal["unreachable", "unrecognised"] = (
            "unrecognised" if isinstance(error, UnexpectedResponse) else "unreachable"
        )
        page_health.record_failure(self.session, self.announcer, result, str(error), kept)
        message = f"{error}; a copy of the page was saved as {kept}" if kept else str(error)
        log.info("%s: %s", self.announcer.watched.name, message)
        return self.end(result, result, message)

    def broken_off(self, message: str) -> CheckResult:
        """The check could not go on."""
        page_health.record_failure(self.session, self.announcer, "unreachable", message)
        return self.end("unreachable", "unreachable", message)

    def end(
        self, state: str, result: CheckResultKind, message: str, found: CheckFound | None = None
    ) -> CheckResult:
        """Record how it ended."""
        found = found or CheckFound()
        ended = self.session.get_one(models.PageCheck, self.check_id)
        ended.ended_at = self.announcer.context.clock.now()
        ended.result, ended.listed, ended.message = result, found.listed, message
        ended.new = json.dumps([asdict(report) for report in found.new])
        ended.newly_failed = found.newly_failed
        self.session.flush()
        return CheckResult(
            urn=self.announcer.watched.urn,
            name=self.announcer.watched.name,
            state=state,
            result=result,
            listed=found.listed,
            message=message,
            began_at=self.announcer.now,
            new=found.new,
            newly_failed=found.newly_failed,
            code=self.announcer.watched.key.code,
        )
