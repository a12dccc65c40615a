"""A check of an area: its list says which providers have something new, their pages say what.

Most checks ask for one page, of the newest 100 rows. Once a day the whole list is read, which finds
what those rows have missed, and which providers are new or gone. The first time is the baseline.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Literal

from sqlalchemy.orm import Session

from flows.checking import page_health
from flows.checking.acceptance import consume_acceptance, is_accepted
from flows.checking.area_diff import (
    A_FEW,
    AreaDiff,
    AreaList,
    PageToOpen,
    diff_area,
    is_undated,
)
from flows.checking.area_files import fetch_files
from flows.checking.one_check import (
    CheckEnding,
    CheckFound,
    CheckRequest,
    CheckResult,
    CheckResultKind,
    NewReport,
    OneCheck,
    check_once,
)
from flows.checking.provider_page import (
    AreaSoFar,
    NewDocument,
    Opened,
    local_day,
    open_page,
)
from flows.checking.quarantine import quarantine_page
from flows.checking.withheld import withhold
from flows.context.context import AppContext
from flows.settings.watched import WatchedArea
from notifications.words.plain import several
from ofsted.errors import SiteError, UnexpectedResponse
from ofsted.provider_key import ProviderKey
from ofsted.site.model import Found
from ofsted.text import uncapital
from storage import areas, queries
from storage.areas import AreaBefore
from storage.record import delete_state, get_state, set_state

log = logging.getLogger(__name__)

OPENING = "opening in "  # prefix of the name in `app_state`; `area:80515` follows
MOST_PAGES = 100  # providers' pages in one check, at one request a second; the next goes on
MANY = 150  # providers that may come between two checks; of a large area a third
NAMED = 5  # new documents in the result's line; the others are counted


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a check has seen of the list."""

    found: Sequence[Found]
    total: int
    is_whole: bool
    sha256: str  # of the first page
    failure: SiteError | None = None  # why it is not whole although it is time for that


def check_area(area: WatchedArea, context: AppContext, ask: CheckRequest) -> CheckResult:
    """Check the list of an area now and record what follows.

    Nothing is raised for what the site does: the result says it.

    Raises:
        storage.database.DatabaseTroubleError: nothing can be written down.
    """
    return check_once(area, context, ask, partial(_check, area))


def _check(area: WatchedArea, check: OneCheck) -> CheckResult:
    context, now = check.announcer.context, check.announcer.now
    with context.database.read() as session:
        before = areas.area_before(session, area.dfe_code, now)
        extra = {page.key for page in area.scope.extra_providers}
        if extra and not extra <= areas.opened(session, area.dfe_code):
            before = replace(before, sha256="")  # the settings name a new one
        accepted = is_accepted(session, area.key, now)
    try:
        is_whole_due = _is_whole_due(context, check, area, before)
        seen = _see(context, area, before, is_whole_due=is_whole_due)
    except SiteError as error:
        kept = quarantine_page(context, area.key, error, now)
        with context.database.write() as session:
            check.hold.check(session)
            return CheckEnding(session, check.announcer, check.check_id).failed(error, kept)
    if seen is None:
        return _end(area, check, before, _Found(None, (), CheckFound(before.total)))
    if not accepted and (why := _suspicion(context, area, before, seen)):
        return _suspect(check, area, why, seen.total)
    return _take_in(area, check, before, seen)


def _is_whole_due(
    context: AppContext, check: OneCheck, area: WatchedArea, before: AreaBefore
) -> bool:
    """Once a day, in the first round of the day; and for a type that is no longer left out."""
    if before.walked_at is None or before.left_out - area.scope.exclude:
        return True
    return local_day(context, before.walked_at) != local_day(context, check.announcer.now)


def _see(
    context: AppContext, area: WatchedArea, before: AreaBefore, *, is_whole_due: bool
) -> _Seen | None:
    """Read the list, or the newest of it; None: the same bytes as before, and nothing waits."""

    def known() -> list[ProviderKey]:
        with context.database.read() as session:
            return areas.provider_keys(session, area.dfe_code)

    page = context.site.newest_in_area_if_changed(
        area.dfe_code, sha256="" if is_whole_due else before.sha256, known=known
    )
    if page is None:
        return None
    first = _Seen(page.found, page.total, is_whole=False, sha256=page.sha256)
    if not is_whole_due:
        return first
    try:
        return replace(first, found=context.site.area(area.dfe_code, page), is_whole=True)
    except SiteError as error:
        if before.first_listed is None:
            raise
        # A later page that fails, or changes, would keep all news back for as long as it does.
        log.warning("%s: %s", area.name, error)
        return replace(first, failure=error)


def _suspicion(context: AppContext, area: WatchedArea, before: AreaBefore, seen: _Seen) -> str:
    """Why the list is not accepted as it is, in words; empty: it is accepted."""
    if seen.total == 0:
        return "the search shows no provider at all"
    more = seen.total - (before.total or seen.total)
    shows = f"the search shows {seen.total} providers"
    if -more > max(A_FEW, (seen.total - more) // 50):
        return f"{shows}, {-more} fewer than before"
    if more > max(MANY, seen.total // 3):  # as if it were of another area, too
        return f"{shows}, {more} more than before"
    with context.database.read() as session:
        known = areas.places(session, area.dfe_code)
    return "the search does not give the days of the latest reports" * is_undated(seen.found, known)


def _suspect(check: OneCheck, area: WatchedArea, why: str, total: int) -> CheckResult:
    message = (
        f"{why}, so changes are held until it is as before or you run "
        f"`ofsted-watch accept {area.urn}`"
    )
    with check.announcer.context.database.write() as session:
        check.hold.check(session)
        page_health.record_failure(session, check.announcer, "suspect", message)
        ending = CheckEnding(session, check.announcer, check.check_id)
        return ending.end("suspect", "suspect", message, CheckFound(total))


def _take_in(area: WatchedArea, check: OneCheck, before: AreaBefore, seen: _Seen) -> CheckResult:
    context, now = check.announcer.context, check.announcer.now
    so_far = _so_far(context, area, before)
    scope, taken_in = area.scope, before.left_out - area.scope.exclude
    if taken_in and not seen.is_whole:  # only a whole list tells what of them was there before
        scope, taken_in = replace(scope, exclude=scope.exclude | taken_in), frozenset()
    with context.database.write() as session:
        check.hold.check(session)
        areas.put_area(session, area.dfe_code)
        known = areas.places(session, area.dfe_code)
        rows = AreaList(
            seen.found,
            is_whole=seen.is_whole,
            is_first=before.first_listed is None,
            now=now,
            today=local_day(context, now),
            taken_in=taken_in,
        )
        diff = diff_area(rows, known, scope)
        _record_places(session, area, diff, now)
    opened = _open_pages(check, area, so_far, [*diff.to_open.values()])
    newly_failed = fetch_files(check, area)
    with context.database.write() as session:
        check.hold.check(session)
        row = areas.put_area(session, area.dfe_code)
        row.first_listed = row.first_listed or now
        row.total = seen.total
        row.sha256 = seen.sha256 if len(opened) == len(diff.to_open) else None
        if seen.is_whole:
            row.walked_at = now
            row.left_out = "\n".join(sorted(scope.exclude))
        consume_acceptance(session, area.key)
        delete_state(session, f"{OPENING}{area.key}")
    new = tuple(_line(each) for page in opened for each in page.new)
    return _end(
        area, check, before, _Found(seen, opened, CheckFound(seen.total, new, newly_failed))
    )


def _open_pages(
    check: OneCheck, area: WatchedArea, so_far: AreaSoFar, pages: Sequence[PageToOpen]
) -> list[Opened]:
    """Open each page, the one at which the last check was killed at the end.

    A page that kills the process each time, by its use of memory, would otherwise keep all later
    ones from being opened.
    """
    context, opened = check.announcer.context, []
    with context.database.read() as session:
        broken_off = get_state(session, f"{OPENING}{area.key}")
    for asked in sorted(pages, key=lambda page: str(page.key) == broken_off)[:MOST_PAGES]:
        with context.database.write() as session:
            check.hold.check(session)
            set_state(session, f"{OPENING}{area.key}", str(asked.key))
        opened.append(open_page(check, so_far, asked))
        context.progress()
    return opened


def _so_far(context: AppContext, area: WatchedArea, before: AreaBefore) -> AreaSoFar:
    with context.database.read() as session:
        state = queries.provider_state(session, area.key)
    first = before.first_listed
    return AreaSoFar(
        area,
        first_day=local_day(context, first) if first else None,
        last_good=state.last_successful_check if state else None,
    )


def _record_places(session: Session, area: WatchedArea, diff: AreaDiff, now: datetime) -> None:
    areas.add_places(session, area.dfe_code, diff.new, now)
    for key, kind in diff.withdrawn.items():  # first: it looks for the name that was there
        withhold(session, key, kind)
    for key, changed in diff.changed.items():
        areas.change_place(session, area.dfe_code, key, **changed)


def _line(document: NewDocument) -> NewReport:
    published = document.published
    return NewReport(
        id=document.id,
        title=f"{document.kind}: {uncapital(document.title)}",
        published=published.isoformat() if published else None,
        status="listed",
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What a check found, and what it could not read."""

    seen: _Seen | None  # None: the list is what it was
    opened: Sequence[Opened]
    found: CheckFound

    @property
    def error(self) -> SiteError | None:
        """The first page that could not be read: of the list, else of a provider."""
        failures = (
            self.seen.failure if self.seen else None,
            *(each.failure for each in self.opened),
        )
        return next(filter(None, failures), None)

    def in_words(self, *, is_first: bool) -> str:
        """The check's message. It names no provider: Ofsted may withhold a name tomorrow."""
        return "; ".join(self._parts(is_first=is_first))

    def _parts(self, *, is_first: bool) -> Iterator[str]:
        count = several(self.found.listed or 0, "provider")
        if is_first:
            yield f"first check: {count} found, recorded as the baseline (no alerts sent)"
        else:
            yield f"{count} listed, {self._new()}"
        if self.seen and self.seen.is_whole and (missed := self._missed()):
            yield f"{missed} of these found only by the daily reading of the whole list"
        if self.seen and self.seen.failure:
            yield f"the whole list could not be read: {self.seen.failure}"
        if lagging := sum(each.lags for each in self.opened):
            yield f"{several(lagging, 'page')} behind the search, to be read again"
        if failed := [each for each in self.opened if each.failure]:
            pages = several(len(failed), "provider's page", "providers' pages")
            yield f"{pages} could not be read: {failed[0].failure}"

    def _new(self) -> str:
        new = self.found.new
        if not new:
            return "nothing new"
        rest = f" and {len(new) - NAMED} more" if len(new) > NAMED else ""
        named = ", ".join(each.title for each in new[:NAMED])
        return f"{several(len(new), 'new document')} ({named}{rest})"

    def _missed(self) -> int:
        return sum(len(each.new) for each in self.opened if not each.asked.is_prompted)


def _end(area: WatchedArea, check: OneCheck, before: AreaBefore, found: _Found) -> CheckResult:
    """Record how the check ended: badly where a page could not be read, whatever else it found."""
    is_first = before.first_listed is None
    message, error, announcer = found.in_words(is_first=is_first), found.error, check.announcer
    page = announcer.watched.key
    kept = quarantine_page(announcer.context, page, error, announcer.now) if error else None
    with announcer.context.database.write() as session:
        check.hold.check(session)
        ending = CheckEnding(session, announcer, check.check_id)
        if error is not None:
            state: Literal["unrecognised", "unreachable"] = (
                "unrecognised" if isinstance(error, UnexpectedResponse) else "unreachable"
            )
            page_health.record_failure(session, announcer, state, message, kept)
            return ending.end(state, state, message, found.found)
        is_over = found.seen is None or not areas.has_unread(session, area.dfe_code)
        page_health.record_success(session, announcer, is_over=is_over)
        result: CheckResultKind = "changed" if found.found.new else "unchanged"
        return ending.end("ok", "first" if is_first else result, message, found.found)
