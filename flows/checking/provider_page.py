"""The page of a provider in an area: what it lists is recorded, and what is new is announced.

A row of the search only says that there is something new, with one day for whatever number of
documents; the page says what. Each document is announced once, by its file id.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from flows.alerting.announce import announce, provider_of
from flows.checking.area_diff import PageToOpen
from flows.checking.one_check import OneCheck
from flows.checking.withheld import nameless, withhold
from flows.context.context import AppContext
from flows.settings.watched import WatchedArea
from flows.step import StepFailed
from notifications import events as ev
from ofsted.authorities import bare, by_bare_name
from ofsted.errors import SiteError, Unreachable
from ofsted.provider_key import ProviderKey
from ofsted.provider_types import provider_type
from ofsted.site.addresses import Addresses
from ofsted.site.model import Entry, Listing
from storage import areas, models
from storage.areas import SEARCH, Place

log = logging.getLogger(__name__)

LATE = timedelta(days=60)  # published so long before the last good check of the list
ANNOUNCED_UNSEEN_AFTER = timedelta(hours=1)  # what the search shows and the page does not
TRIES = 2  # of the page, before that
GIVEN_UP_AFTER = timedelta(days=7)
FROM_THE_SEARCH = "Document"  # its title, as nothing more is known of it


@dataclass(frozen=True, slots=True)
class AreaSoFar:
    """What had been seen of an area before this check."""

    area: WatchedArea
    first_day: date | None  # of its first complete list; None: this is the first check
    last_good: datetime | None


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document that was announced. No name: what is kept of a check is shown for years."""

    id: str | None  # file id, else link
    title: str
    published: date | None
    kind: str  # of its provider


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of one page."""

    asked: PageToOpen
    new: tuple[NewDocument, ...] = ()
    failure: SiteError | None = None  # it could not be read
    lags: bool = False  # it does not list yet what the search shows


def open_page(check: OneCheck, so_far: AreaSoFar, asked: PageToOpen) -> Opened:
    """Read a provider's page and record what is on it; a failure is recorded, too."""
    context, key = check.announcer.context, asked.key
    with context.database.read() as session:
        place = areas.place(session, so_far.area.dfe_code, key)
        known = [each.file_id for each in areas.documents_of(session, key).values()]
    names = [each for each in known if each]
    listing = context.step(
        "open page", partial(_listing, context, place, names), about=f"{key.code}/{key.urn}"
    )
    if isinstance(listing, StepFailed):
        return _record_failure(check, so_far, asked, listing.error)
    for warning in (*listing.warnings, *_elsewhere(so_far.area, place, listing)):
        log.warning("provider %s: %s", key, warning)
    with context.database.write() as session:
        check.hold.check(session)
        return _PageRecorder(session, check, so_far, asked, place, listing).record()


def _listing(
    context: AppContext, place: Place, known: Sequence[str]
) -> Listing | StepFailed[SiteError]:
    key = place.key
    try:
        return context.site.listing(key.urn, int(key.code), name=place.name, known=known)
    except SiteError as error:
        log.info("provider %s: %s", key, error)
        return StepFailed(error)


def _elsewhere(area: WatchedArea, place: Place, listing: Listing) -> Iterator[str]:
    """What its page says of where it is, if that is not the area whose search shows it."""
    named = by_bare_name().get(bare(listing.local_authority or ""))
    if named and named.dfe_code != area.dfe_code and not place.is_extra:
        yield f"found in the search of {area.short_name}, but its page says {named.name}"


def _record_failure(
    check: OneCheck, so_far: AreaSoFar, asked: PageToOpen, error: SiteError
) -> Opened:
    with check.announcer.context.database.write() as session:
        check.hold.check(session)
        place = areas.place(session, so_far.area.dfe_code, asked.key)
        now = check.announcer.now
        if place.gone_since is not None and not isinstance(error, Unreachable):
            log.info("provider %s: closed, and its page is no longer there", asked.key)
            areas.change_place(session, so_far.area.dfe_code, asked.key, waiting_since=None)
            return Opened(asked)
        since = place.waiting_since or now
        new = _announce_unseen(session, check, so_far, asked, place)
        if now - since >= GIVEN_UP_AFTER:
            log.warning("provider %s: given up until its row in the search changes", asked.key)
            waiting: dict[str, object] = {
                "waiting_since": None,
                "tries": 0,
                "failure": None,
                "latest_report": asked.newest if asked.has_row else place.latest_report,
            }
        else:
            waiting = {"waiting_since": since, "tries": place.tries + 1, "failure": str(error)}
        areas.change_place(session, so_far.area.dfe_code, asked.key, **waiting)
    return Opened(asked, new, failure=error)


def _announce_unseen(
    session: Session, check: OneCheck, so_far: AreaSoFar, asked: PageToOpen, place: Place
) -> tuple[NewDocument, ...]:
    """What the search shows for an hour and the page does not: readers are told that much."""
    now, day = check.announcer.now, asked.newest
    waited = place.waiting_since is not None and now - place.waiting_since >= ANNOUNCED_UNSEEN_AFTER
    if day is None or day == place.latest_report or not waited or place.tries + 1 < TRIES:
        return ()
    if any(each.published == day for each in areas.documents_of(session, asked.key).values()):
        return ()  # of that day it is known what there is, or that there is something
    key = f"{SEARCH}{day.isoformat()}"
    page = _page_of(check.announcer.context, asked.key)
    document = models.ListedDocument(
        code=asked.key.code,
        urn=asked.key.urn,
        key=key,
        title=FROM_THE_SEARCH,
        published=day,
        link=page,
        baseline=False,
        first_seen=now,
    )
    session.add(document)
    session.flush()
    return (_announce(session, check, so_far, place, document),)


@dataclass(frozen=True, slots=True)
class _PageRecorder:
    """Records one page, in one transaction."""

    session: Session
    check: OneCheck
    so_far: AreaSoFar
    asked: PageToOpen
    place: Place
    listing: Listing

    @property
    def _now(self) -> datetime:
        return self.check.announcer.now

    def record(self) -> Opened:
        place = self._take_details()
        documents = areas.documents_of(self.session, self.asked.key)
        entries = {entry.key: entry for entry in self.listing.entries}
        new = []
        for entry in sorted(entries.values(), key=lambda entry: entry.published or date.max):
            document = documents.get(entry.key) or self._of_the_search(entry, documents)
            if document is not None:
                self._take_known(document, entry)
                continue
            is_old = self._was_there_before(entry, documents)
            document = areas.add_document(
                self.session, self.asked.key, entry, self._now, baseline=is_old
            )
            if not is_old and areas.is_known_elsewhere(self.session, document):
                document.baseline = True
            if not document.baseline:
                new.append(_announce(self.session, self.check, self.so_far, place, document))
        for key, document in documents.items():
            if document.key not in entries and not key.startswith(SEARCH):
                document.gone_since = document.gone_since or self._now
        return self._end(new, place)

    def _take_details(self) -> Place:
        """The name that the page gives, where it may, and of one without a row its type."""
        page, place, code = self.listing, self.place, self.so_far.area.dfe_code
        changed: dict[str, object] = {"is_withheld": page.is_withheld}
        if page.is_withheld and place.name:
            withhold(self.session, self.asked.key, place.kind)
        if place.is_extra:
            type_ = provider_type(self.asked.key.code, page.kind)
            changed |= {"kind": page.kind or type_.one, "provider_type": type_.name}
            changed["name"] = None if page.is_withheld else page.name
        areas.change_place(self.session, code, self.asked.key, **changed)
        return areas.place(self.session, code, self.asked.key)

    def _of_the_search(
        self, entry: Entry, documents: dict[str, models.ListedDocument]
    ) -> models.ListedDocument | None:
        """What was announced by the search alone, and is on the page now: of that day, once."""
        return documents.pop(f"{SEARCH}{entry.published}", None) if entry.published else None

    def _take_known(self, document: models.ListedDocument, entry: Entry) -> None:
        if document.key.startswith(SEARCH) and entry.file_id:
            document.next_fetch = self._now
        for name, value in areas.entry_values(entry).items():
            setattr(document, name, value)
        document.gone_since = None

    def _was_there_before(self, entry: Entry, documents: dict[str, models.ListedDocument]) -> bool:
        """Whether an entry of a page that is read for the first time is no news.

        It is no news if it is dated before the area's first check; one of that same day may have
        come after the check. One that is newer than the day that the row had at the first check
        was not there then, whatever its date. One without a date is news only if nothing else
        explains the row.
        """
        place, first_day = self.place, self.so_far.first_day
        lately = (key for key, each in documents.items() if each.first_seen >= place.first_seen)
        if place.opened_at is not None or any(not key.startswith(SEARCH) for key in lately):
            return False  # it was read before, for this area or another
        if first_day is None or (place.is_extra and place.first_seen == self._now):
            return True
        if place.is_extra or place.latest_report is not None:  # else it came into the list later
            first_day = local_day(self.check.announcer.context, place.first_seen)
        if entry.published is None:
            return not self._lags
        was_newer = place.latest_report is not None and entry.published > place.latest_report
        return entry.published < first_day and not was_newer

    @property
    def _lags(self) -> bool:
        """Whether the page has nothing of the day that the search shows, or later."""
        days = [entry.published for entry in self.listing.entries if entry.published]
        return self.asked.newest is not None and max(days, default=date.min) < self.asked.newest

    def _end(self, new: Sequence[NewDocument], place: Place) -> Opened:
        code = self.so_far.area.dfe_code
        lags = self._lags and all(each.published for each in new)
        changed: dict[str, object] = {"opened_at": self._now, "failure": None}
        if lags:
            unseen = _announce_unseen(self.session, self.check, self.so_far, self.asked, place)
            new, lags = [*new, *unseen], not unseen
        if lags:
            changed |= {"waiting_since": place.waiting_since or self._now, "tries": place.tries + 1}
        else:
            newest = self.asked.newest if self.asked.has_row else place.latest_report
            changed |= {"waiting_since": None, "tries": 0, "latest_report": newest}
        areas.change_place(self.session, code, self.asked.key, **changed)
        return Opened(self.asked, tuple(new), lags=lags)


def _announce(
    session: Session,
    check: OneCheck,
    so_far: AreaSoFar,
    place: Place,
    document: models.ListedDocument,
) -> NewDocument:
    """Record the event of one document; its file is fetched after that."""
    context, now = check.announcer.context, check.announcer.now
    since = so_far.last_good
    is_late = bool(document.published and since and document.published < (since - LATE).date())
    event = ev.DocumentListed(
        provider=place_of(context, place),
        areas=councils_of(session, context, place.key),
        kind=place.kind,
        provider_type=place.provider_type,
        report=ev.Report(
            title=document.title,
            published=document.published,
            link=document.link,
            file_id=document.file_id,
        ),
        grade=document.grade,
        is_late=is_late,
        is_listed_on_page=not document.key.startswith(SEARCH),
        is_withheld=place.name is None,
    )
    subject = document.key if document.file_id else f"{place.key} {document.key}"
    announce(
        session,
        context,
        event,
        subject=f"document:{subject}",
        cause="listed",
        at=now,
        provider=place.key,
    )
    document.announced_at = now
    document.next_fetch = now if document.file_id else None
    return NewDocument(
        document.file_id or document.link, document.title, document.published, place.kind
    )


def councils_of(session: Session, context: AppContext, key: ProviderKey) -> tuple[ev.Provider, ...]:
    """The councils in whose areas a provider is watched."""
    found = areas.places_of(session, key)
    return tuple(
        provider_of(context, each.authority)
        for each in context.settings.areas
        if (place := found.get(each.dfe_code))
        and each.scope.has(key, place.provider_type, is_extra=place.is_extra)
    )


def place_of(context: AppContext, place: Place) -> ev.Provider:
    """A provider of an area, as people know it."""
    provider = ev.Provider(
        code=place.key.code,
        urn=place.key.urn,
        name=place.name or "",
        short_name=place.name or "",
        page=_page_of(context, place.key),
    )
    return provider if place.name else nameless(provider, place.kind)


def _page_of(context: AppContext, key: ProviderKey) -> str:
    return Addresses(reports=context.settings.ofsted.reports).provider(key.urn, int(key.code))


def local_day(context: AppContext, at: datetime) -> date:
    """The day of a time, where the schedule is at home."""
    return at.astimezone(ZoneInfo(context.settings.schedule.timezone)).date()
