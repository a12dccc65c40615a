"""One look at a provider's page: fetch, sift, keep, read, compare, record.

Every step is safe to repeat, by anyone, at any time: the provider's lease allows
one look at a time, and what was recorded before is not recorded again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from sqlalchemy.orm import Session

from flows import health
from flows.acceptance import is_accepted, use_up
from flows.arrivals import Arrival, Recorder, row_of
from flows.keep import is_wanted, keep
from flows.settings import Watch
from flows.sift import MOST_NEW_WHILE_SUSPECT, Sifted, is_owed, newer_than_all, sift
from flows.study import keep_for_study
from flows.tell import Teller
from flows.tools import Tools, keep_name, with_names
from flows.welcome import welcome_all
from ofsted.errors import SiteError, Strange
from ofsted.site.model import Listing
from storage import models, queries, record
from storage.ahead import SKEW
from storage.database import DatabaseError
from storage.known import KnownReport, known_reports
from storage.leases import BusyError, Hold, LeaseLostError, leased

log = logging.getLogger(__name__)

Outcome = Literal[
    "unchanged", "changed", "first", "failed", "strange", "suspect", "busy", "skipped"
]
INTERRUPTED = "the last check of this page was interrupted before it ended"
PATIENCE = 600.0  # seconds that a look which a person asked for waits for another one's end


@dataclass(frozen=True, slots=True)
class Ask:
    """Who wants a look. A scheduled one is skipped where a look began since its time."""

    scheduled: datetime | None = None  # by our clock; None: a person asked
    run: str | None = None  # the Prefect flow run


@dataclass(frozen=True, slots=True)
class Told:
    """A new report in one line."""

    id: str | None  # file id, else link
    title: str
    published: str | None
    status: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look came to."""

    urn: str
    name: str
    state: str
    outcome: Outcome
    listed: int | None
    message: str
    began_at: datetime
    new: tuple[Told, ...] = ()
    newly_failed: int = 0  # files that this look tried and that failed for the first time

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong that this look can know."""
        return (
            self.state == "well"
            and not self.newly_failed
            and self.outcome not in {"failed", "strange", "suspect", "busy"}
        )


def look(watch: Watch, tools: Tools, ask: Ask) -> Looked:
    """Look at one provider's page now and record what follows.

    Nothing is raised for what the site does: the outcome says it.

    Raises:
        storage.database.DatabaseTroubleError: nothing can be written down.
    """
    try:
        wait = PATIENCE if ask.scheduled is None else 0.0
        with leased(tools.database, f"provider {watch.urn}", wait=wait) as hold:
            if _is_fresh(watch, tools, ask):
                return _without_looking(watch, tools, "skipped", "a look began since its time")
            return _look_to_the_end(watch, tools, ask, hold)
    except (BusyError, LeaseLostError) as error:
        return _without_looking(watch, tools, "busy", str(error))


def _look_to_the_end(watch: Watch, tools: Tools, ask: Ask, hold: Hold) -> Looked:
    """What goes wrong with one provider, whatever it is, stops no other; the next look repeats.

    The end is written down for this very look, and only while it is ours to look.
    """
    now = tools.clock.now()
    with tools.database.write() as session:
        hold.check(session)
        look_id = _begin(session, tools, watch, ask, now)
    teller = Teller(tools, watch, now, cause=f"look:{look_id}")
    try:
        return _look(teller, hold, look_id)
    except (DatabaseError, LeaseLostError):
        raise  # nothing can be written down, of this provider or another; or nothing may be
    except OSError as error:
        why = f"{error}; see that the disk of data_dir has room"
    except Exception as error:
        log.exception("%s: the look broke off", watch.name)
        why = f"{type(error).__name__}: {error}"
    message = f"the look broke off ({why}); what was recorded stands, the next look repeats it"
    with tools.database.write() as session:
        hold.check(session)
        return _Ending(session, teller, look_id).broken_off(message)


def _is_fresh(watch: Watch, tools: Tools, ask: Ask) -> bool:
    if ask.scheduled is None:
        return False
    with tools.database.read() as session:
        newest = queries.newest_look(session, watch.urn)
    if newest is None or newest.ended_at is None:
        return False
    # one that began in the future did so by a wrong clock, and stands for no other
    return ask.scheduled <= newest.began_at <= tools.clock.now() + SKEW


def _without_looking(watch: Watch, tools: Tools, outcome: Outcome, message: str) -> Looked:
    with tools.database.read() as session:
        state = queries.provider_state(session, watch.urn)
    known = state.state if state else "new"
    now = tools.clock.now()
    return Looked(watch.urn, watch.name, known, outcome, None, message, now)


def _look(teller: Teller, hold: Hold, look_id: int) -> Looked:
    watch, tools, now = teller.watch, teller.tools, teller.now
    try:
        listing = tools.site.listing(
            watch.urn, watch.code, name=watch.name, known=_known_files(tools, watch)
        )
    except SiteError as error:
        kept = keep_for_study(tools, watch.urn, error, now)
        with tools.database.write() as session:
            hold.check(session)
            return _Ending(session, teller, look_id).failed(error, kept)
    teller = Teller(tools, watch.called(listing.name), now, cause=teller.cause)
    return _take_in(listing, teller, hold, look_id)


def _known_files(tools: Tools, watch: Watch) -> list[str]:
    """File ids of the provider's reports: one of them on a page helps to prove it."""
    with tools.database.read() as session:
        return [each.file_id for each in known_reports(session, watch.urn) if each.file_id]


def _begin(session: Session, tools: Tools, watch: Watch, ask: Ask, now: datetime) -> int:
    if session.get(models.Provider, watch.urn) is None:
        session.add(models.Provider(urn=watch.urn, since=now))
        session.flush()
    before = queries.newest_look(session, watch.urn)
    if before is not None and before.ended_at is None:
        # Whoever made it is dead, since we hold the lease. What kills each look at this page
        # (its size, a monstrous file) is a trouble of the page, and operators hear of it.
        before.outcome, before.message = "failed", INTERRUPTED
        teller = Teller(tools, watch, now, cause=f"look:{before.id}")
        health.fell_ill(session, teller, "failing", INTERRUPTED)
    started = models.Look(urn=watch.urn, run=ask.run, began_at=now)
    session.add(started)
    session.flush()
    return started.id


def _take_in(listing: Listing, teller: Teller, hold: Hold, look_id: int) -> Looked:
    tools, urn = teller.tools, teller.watch.urn
    for warning in listing.warnings:
        log.warning("%s: %s", teller.watch.name, warning)
    with tools.database.read() as session:
        reports = known_reports(session, urn)
        before = queries.provider_state(session, urn)
        accepted = is_accepted(session, urn, teller.now)
    sifted = sift(listing, reports)
    is_suspect = sifted.suspect and not accepted
    arrivals = _fetch(sifted, reports, teller, is_suspect=is_suspect)
    recorder = Recorder(teller, hold, before.last_good_look if before else None)
    for arrival in arrivals:
        recorder.record(arrival, sifted.gone)
    with tools.database.write() as session:
        hold.check(session)
        ending = _Ending(session, teller, look_id, len(listing.entries), recorder)
        if is_suspect:
            return ending.suspect(sifted)
        recorder.finish(session, sifted, accepted=accepted)
        record.keep_listing(session, urn, [row_of(e, urn) for e in listing.entries], teller.now)
        use_up(session, urn)
        looked = ending.good(is_first=before is None or before.last_good_look is None)
        keep_name(session, urn, listing.name)
        welcome_all(session, with_names(session, tools), teller.now)
    return looked


def _fetch(
    sifted: Sifted, reports: Sequence[KnownReport], teller: Teller, *, is_suspect: bool
) -> list[Arrival]:
    """Fetch and read what is wanted; in the order in which it is to be recorded."""
    seeds = {key: report for report in reports for key in report.keys if not report.ever_listed}
    rows = [(entry, seeds.get(entry.key)) for entry in sifted.new]
    if is_suspect:
        newer = [row for row in rows if newer_than_all(row[0], reports)]
        rows = newer[:MOST_NEW_WHILE_SUSPECT]
        rows += [row for row in sifted.known if is_owed(*row)]
    else:
        rows += sifted.known
    arrivals = []
    for entry, report in rows:
        wanted = is_wanted(report, entry, teller.now)
        kept = keep(entry, report, teller.tools, teller.now) if wanted else None
        arrivals.append(Arrival(entry, report, kept))
        teller.tools.progress()
    told = [arrival for arrival in arrivals if not arrival.says_nothing]
    return sorted(told, key=lambda arrival: arrival.order)


@dataclass(frozen=True, slots=True)
class _Ending:
    """The end of a look, within the last transaction of it."""

    session: Session
    teller: Teller
    look_id: int
    listed: int | None = None
    recorder: Recorder | None = None

    def good(self, *, is_first: bool) -> Looked:
        health.is_well(self.session, self.teller)
        words = self.recorder.in_words() if self.recorder else ""
        listed = f"{self.listed} report{'' if self.listed == 1 else 's'} listed"
        if is_first:
            return self._end("well", "first", f"first look: {listed}, taken as history")
        outcome: Outcome = "changed" if words else "unchanged"
        return self._end("well", outcome, f"{listed}, {words or 'nothing new'}")

    def suspect(self, sifted: Sifted) -> Looked:
        health.is_suspect(self.session, self.teller, sifted)
        message = (
            f"{self.listed} listed, over half of the list gone or re-dated: held until it is back, "
            f"or until `ofsted-watch accept {self.teller.watch.urn}`"
        )
        return self._end("suspect", "suspect", message)

    def failed(self, error: SiteError, kept: Path | None) -> Looked:
        outcome: Outcome = "strange" if isinstance(error, Strange) else "failed"
        state = "strange" if outcome == "strange" else "failing"
        health.fell_ill(self.session, self.teller, state, str(error), kept)
        message = f"{error}; the page is kept as {kept}" if kept else str(error)
        log.info("%s: %s", self.teller.watch.name, message)
        return self._end(state, outcome, message)

    def broken_off(self, message: str) -> Looked:
        health.fell_ill(self.session, self.teller, "failing", message)
        return self._end("failing", "failed", message)

    def _end(self, state: str, outcome: Outcome, message: str) -> Looked:
        new = tuple(
            Told(
                id=entry.file_id or entry.link,
                title=entry.title,
                published=entry.published.isoformat() if entry.published else None,
                status=status,
            )
            for entry, status in (self.recorder.new if self.recorder else ())
        )
        ended = self.session.get_one(models.Look, self.look_id)
        ended.ended_at = self.teller.tools.clock.now()
        ended.outcome, ended.listed, ended.message = outcome, self.listed, message
        ended.new = json.dumps([asdict(told) for told in new])
        ended.newly_failed = self.recorder.newly_failed if self.recorder else 0
        self.session.flush()
        return Looked(
            urn=self.teller.watch.urn,
            name=self.teller.watch.name,
            state=state,
            outcome=outcome,
            listed=self.listed,
            message=message,
            began_at=self.teller.now,
            new=new,
            newly_failed=ended.newly_failed,
        )
