"""The list of an area compared with the providers known there: pure, no database, no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from flows.settings.watched import AreaScope
from ofsted.provider_key import AUTHORITY, ProviderKey
from ofsted.provider_types import provider_type
from ofsted.site.model import Found
from storage.areas import NewPlace, Place

A_FEW = 5  # rows that may change at once in a way that all of them should not
NEWEST = 100  # rows of the list's first page, the only one that most checks see
# A row does not change for a second document of the same day, so these pages are opened daily.
STILL_RECENT = timedelta(days=3)
# A provider that closes leaves the list, and its last report may come after that: half of them
# come within 40 days of the inspection, 9 in 10 within 62 (area contract, section 8).
AFTER_CLOSING = timedelta(days=90)
TRIED_AT_EACH_CHECK = timedelta(days=2)  # a page that cannot be read; after that daily


@dataclass(frozen=True, slots=True)
class AreaList:
    """What a check saw of an area's list.

    Attributes:
        found: the rows.
        is_whole: whether they are all; else the newest.
        is_first: whether nothing was known of this area, so that this is the baseline.
        now: when it began.
        today: that day in the area.
        taken_in: types of provider that the settings left out until now. What the list shows of
            them is the baseline, too.
    """

    found: Sequence[Found]
    is_whole: bool
    is_first: bool
    now: datetime
    today: date
    taken_in: frozenset[str] = frozenset()

    def is_baseline(self, type_name: str) -> bool:
        """Whether all that it shows of a type of provider was there before."""
        return self.is_first or type_name in self.taken_in


@dataclass(frozen=True, slots=True)
class PageToOpen:
    """A provider's page that may list something new.

    Attributes:
        has_row: whether its row was seen; else it is opened for another reason.
        newest: the day that the row gives its newest document; None: it gives none.
        is_prompted: whether one of the newest rows says that there is something new. What other
            pages show, these rows have missed.
    """

    key: ProviderKey
    has_row: bool = False
    newest: date | None = None
    is_prompted: bool = False


@dataclass(frozen=True, slots=True)
class AreaDiff:
    """What a check of an area shows of its providers, and which pages are to be opened."""

    new: list[NewPlace] = field(default_factory=list)
    changed: dict[ProviderKey, dict[str, object]] = field(default_factory=dict)
    withdrawn: dict[ProviderKey, str] = field(default_factory=dict)  # now nameless, with its kind
    to_open: dict[ProviderKey, PageToOpen] = field(default_factory=dict)


def diff_area(seen: AreaList, known: Mapping[ProviderKey, Place], scope: AreaScope) -> AreaDiff:
    """Compare an area's list with what is known.

    The authority's own row is left out, as its page is watched by itself, and so are the types of
    provider that the settings exclude.
    """
    diff = AreaDiff()
    rows = {row.key: row for row in seen.found}
    for number, (key, row) in enumerate(rows.items()):
        type_name = provider_type(key.code, row.category).name
        if key.code == AUTHORITY or type_name in scope.exclude:
            continue
        _compare_row(diff, seen, row, known.get(key))
        if not seen.is_baseline(type_name) and _may_have_news(seen, row, known.get(key)):
            is_prompted = number < NEWEST and _is_news(row, known.get(key))
            diff.to_open[key] = PageToOpen(
                key, has_row=True, newest=row.latest_report, is_prompted=is_prompted
            )
    for place in known.values():
        if scope.has(place.key, place.provider_type, is_extra=place.is_extra):
            _follow_up(diff, seen, place, is_listed=place.key in rows)
        elif place.waiting_since is not None:  # else each check would read the list for it
            diff.changed[place.key] = {"waiting_since": None, "tries": 0, "failure": None}
    _add_extras(diff, seen, known, scope)
    return diff


def is_undated(rows: Sequence[Found], known: Mapping[ProviderKey, Place]) -> bool:
    """Whether the list has lost the days by which news is recognised, as in a new layout."""
    if not any(row.latest_report for row in rows):
        return True
    lost = [
        row
        for row in rows
        if row.latest_report is None and row.key in known and known[row.key].latest_report
    ]
    return len(lost) > A_FEW


def _compare_row(diff: AreaDiff, seen: AreaList, row: Found, place: Place | None) -> None:
    key, type_ = row.key, provider_type(row.code, row.category)
    kind = row.category or type_.one
    name = None if row.is_withheld or (place and place.is_withheld) else row.name
    # Later the day is recorded only once the provider's page was read for it.
    is_baseline = seen.is_baseline(type_.name)
    first_day = row.latest_report if is_baseline else None
    if place is None:
        diff.new.append(
            NewPlace(
                key=key, name=name, kind=kind, provider_type=type_.name, latest_report=first_day
            )
        )
        return
    is_now: dict[str, object] = {
        "name": name,
        "kind": kind,
        "provider_type": type_.name,
        "is_extra": False,  # it is in the search now
        "gone_since": None,
    }
    if is_baseline:
        is_now["latest_report"] = first_day
    if is_baseline and not seen.is_first:  # it was known before it was left out: as if it were new
        is_now |= {"first_seen": seen.now, "opened_at": None}
    if changed := {name: value for name, value in is_now.items() if getattr(place, name) != value}:
        diff.changed[key] = changed
    if place.name and name is None:
        diff.withdrawn[key] = kind


def _is_news(row: Found, place: Place | None) -> bool:
    """An earlier day, or none any more, is news as well: something is no longer listed."""
    return row.latest_report != (place.latest_report if place else None)


def _may_have_news(seen: AreaList, row: Found, place: Place | None) -> bool:
    if place and place.waiting_since is not None:
        return _is_tried_now(seen, place.waiting_since)
    is_recent = (
        seen.is_whole
        and row.latest_report is not None
        and seen.today - row.latest_report <= STILL_RECENT
    )
    return is_recent or _is_news(row, place)


def _follow_up(diff: AreaDiff, seen: AreaList, place: Place, *, is_listed: bool) -> None:
    """Open pages that no row asks for, and record which providers have left the list."""
    has_left = seen.is_whole and not is_listed and not place.is_extra
    if has_left and place.gone_since is None:
        diff.changed[place.key] = {"gone_since": seen.now}
    closed_since = (place.gone_since or seen.now) if has_left else None
    waits = place.waiting_since is not None and _is_tried_now(seen, place.waiting_since)
    is_closed = closed_since is not None and seen.now - closed_since < AFTER_CLOSING
    if not seen.is_first and (waits or is_closed):
        diff.to_open.setdefault(place.key, PageToOpen(place.key))


def _is_tried_now(seen: AreaList, waiting_since: datetime) -> bool:
    return seen.is_whole or seen.now - waiting_since < TRIED_AT_EACH_CHECK


def _add_extras(
    diff: AreaDiff, seen: AreaList, known: Mapping[ProviderKey, Place], scope: AreaScope
) -> None:
    """Those that are registered elsewhere have no row: their pages are opened once a day."""
    new = {place.key for place in diff.new}
    for page in scope.extra_providers:
        if page.key not in known and page.key not in new:
            type_ = provider_type(page.key.code, None)
            diff.new.append(
                NewPlace(
                    key=page.key,
                    name=None,
                    kind=type_.one,
                    provider_type=type_.name,
                    is_extra=True,
                )
            )
        place = known.get(page.key)
        if seen.is_whole or place is None or place.opened_at is None:
            diff.to_open.setdefault(page.key, PageToOpen(page.key))
