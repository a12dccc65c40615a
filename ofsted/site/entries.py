"""The rows of a provider's list (site contract, section 4.2).

Seen on reports.ofsted.gov.uk, 2018 to November 2026: a report is `a.publication-link` with the
title as its text and, in an inner `span.nonvisual`, `<title>, pdf - 29 July 2025`, which is the day
of publication. The day above the row (`p.timeline__date`) is one of the inspection. A day of the
timeline may also be a status event without a link (`Opened`), or link to another host.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile

from bs4.element import PageElement, Tag

from ofsted.site.addresses import Addresses, host_of
from ofsted.site.answers import Page, UnverifiedPage
from ofsted.site.model import Entry
from ofsted.site.titles import spoken_of, spoken_parts, text_of, title_and_grade, words_of
from ofsted.text import find_day, fold, say_day

REPORT_LINK = "publication-link"
DAY = "timeline__day"
INSPECTED = "timeline__date"

_EVENTS = {"opened", "registered", "closed", "reopened", "proposed to open", "proposed to close"}
_FIRST_YEAR, _FIRST_YEAR_OF_OTHERS = 2000, 1992


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows in the page's order, each once, and warnings about the list."""

    entries: tuple[Entry, ...]
    warnings: tuple[str, ...]


class RowReader:
    """Parses the rows of one page.

    Args:
        page: as it came; part of every error.
        main: the element that contains the list.
        addresses: the site, to recognise links to files.
        today: a later day of publication gives a warning.
        of_authority: an authority always has reports; another provider may have none yet.
    """

    def __init__(
        self,
        page: Page,
        main: Tag,
        addresses: Addresses,
        today: date,
        *,
        of_authority: bool = True,
    ) -> None:
        self._page = page
        self._main = main
        self._addresses = addresses
        self._today = today
        self._of_authority = of_authority
        self._first_year = _FIRST_YEAR if of_authority else _FIRST_YEAR_OF_OTHERS

    def rows(self) -> Rows:
        """All rows, with warnings.

        Raises:
            UnverifiedPage: the layout is not the known one, or a row cannot be parsed.
        """
        links = self._main.find_all("a", class_=REPORT_LINK)
        self._refuse_unknown_files(links)
        entries: dict[str, Entry] = {}
        warnings = []
        for entry in self._found():
            first = entries.get(entry.key)
            if first is None:
                entries[entry.key] = entry
            else:
                entries[entry.key], differs = _merged(first, entry)
                warnings += differs
        return Rows(tuple(entries.values()), tuple(warnings))

    def _refuse_unknown_files(self, links: Iterable[Tag]) -> None:
        """Refuse a page with a link to a file that is in no row: the layout has changed."""
        known = {href for link in links if (href := self._href(link))}
        known_ids = {self._addresses.file_id(href) for href in known} - {None}
        drifted = {}
        for anchor in self._main.find_all("a", href=True):
            href = self._href(anchor)
            if href is None or not self._addresses.on_files_host(href):
                continue
            file_id = self._addresses.file_id(href)
            if file_id not in known_ids:
                drifted[href] = file_id or href
        if drifted:
            raise UnverifiedPage(
                self._page,
                f"changed layout, {len(drifted)} links to files outside the rows we recognise: "
                + ", ".join(list(drifted.values())[:20]),
                "nothing was changed; these may be new reports, so open the page in a browser",
            )
        if not known and not self._may_be_empty():
            raise UnverifiedPage(
                self._page,
                "no reports listed",
                "nothing was changed, as the page may be incomplete; open it in a browser",
            )

    def _may_be_empty(self) -> bool:
        """A provider that has not been inspected has a timeline with its registration alone."""
        return not self._of_authority and self._main.find("li", class_=DAY) is not None

    def _found(self) -> Iterator[Entry]:
        """The rows in the page's order; a report may be there twice.

        The timeline's come first: a block above it that repeats the newest may word it otherwise.
        """
        elements = self._main.find_all(["a", "li"], class_=[REPORT_LINK, DAY])
        for element in sorted(elements, key=_is_outside_timeline):
            if element.name == "a":
                yield self._report(element)
            elif element.find("a", class_=REPORT_LINK) is None:
                entry = self._other(element)
                if entry is not None:
                    yield entry

    def _report(self, link: Tag) -> Entry:
        scope = _scope(link, self._main)
        href = self._href(link)
        spoken = spoken_of(link)
        title, grade = title_and_grade(link, spoken)
        if not title:
            raise UnverifiedPage(self._page, f"a row without a title ({href})")
        times = _times(link, scope)
        published, warnings = self._published(link, spoken, times)
        return Entry(
            title=title,
            published=published,
            link=href,
            file_id=self._addresses.file_id(href) if href else None,
            inspected=_inspected(link, scope),
            warnings=tuple(warnings),
            grade=grade,
        )

    def _other(self, day: Tag) -> Entry | None:
        """A row without a report's link; None for a status event, or where there is no title."""
        heading = day.find(class_="event__title")
        title = words_of(heading or day)
        hrefs = (self._href(anchor) for anchor in day.find_all("a", href=True))
        link = next((href for href in hrefs if href), None)
        is_event = fold(title) in _EVENTS or any(
            name.startswith(f"{DAY}--") for name in day.get_attribute_list("class") if name
        )
        if not title or (link is None and is_event):
            return None
        published, warnings = self._published(None, "", _times(None, day))
        return Entry(
            title=title,
            published=published,
            link=link,
            inspected=_inspected(None, day),
            warnings=tuple(warnings),
        )

    def _published(
        self, link: Tag | None, spoken: str, times: list[Tag]
    ) -> tuple[date | None, list[str]]:
        """The day of publication: from the link's hidden text, else as marked, else labelled."""
        rest = spoken_parts(spoken)[1]
        stated = find_day(rest)
        marked = next((find_day(text_of(time)) for time in times if time.has_attr("pubdate")), None)
        labelled = next((find_day(text_of(time)) for time in times if _says_published(time)), None)
        last = find_day(text_of(times[-1])) if times and link and link.find("time") else None
        day = stated or marked or labelled or last
        warnings = []
        if stated and marked and stated != marked:
            warnings.append(
                f"two publication dates: {say_day(stated)} in its link, {say_day(marked)} beside it"
            )
        if rest and not stated:
            warnings.append(f'not a date: "{rest}"')
        if day and (day.year < self._first_year or day > self._today):
            warnings.append(f"unlikely publication date, {say_day(day)}")
        return day, warnings

    def _href(self, anchor: Tag) -> str | None:
        """Where an anchor leads, absolute; None within the same page, and without a web address."""
        href = str(anchor.get("href") or "")
        if not href.strip() or href.strip().startswith("#"):
            return None
        absolute = self._addresses.absolute(href, self._page.address)
        return absolute if absolute and host_of(absolute) else None


def _is_outside_timeline(element: Tag) -> bool:
    return element.name == "a" and element.find_parent("li", class_=DAY) is None


def _scope(link: Tag, main: Tag) -> Tag:
    """The largest element, up to the list item, that contains this report's link alone."""
    scope = link
    for parent in link.parents:
        if parent is main or len(parent.find_all("a", class_=REPORT_LINK, limit=2)) > 1:
            break
        scope = parent
        if parent.name == "li":
            break
    return scope


def _times(link: Tag | None, scope: Tag) -> list[Tag]:
    """The `time` elements that may give the publication: not the timeline's, none in the link."""
    times = scope.find_all("time") if scope is not link else _times_behind(scope)
    return [
        time
        for time in times
        if time.find_parent(class_=INSPECTED) is None
        and (link is None or not any(parent is link for parent in time.parents))
    ]


def _times_behind(link: Tag) -> list[Tag]:
    """For reports that share one block: the `time` elements between this link and the next."""
    behind = takewhile(lambda element: not _is_report_link(element), link.next_siblings)
    tags = [element for element in behind if isinstance(element, Tag)]
    return [
        time for tag in tags for time in ([tag] if tag.name == "time" else tag.find_all("time"))
    ]


def _is_report_link(element: PageElement) -> bool:
    return isinstance(element, Tag) and REPORT_LINK in element.get_attribute_list("class")


def _inspected(link: Tag | None, scope: Tag) -> date | None:
    """The timeline's day; where there is none, the day inside the link."""
    day = scope if link is None else link.find_parent("li", class_=DAY) or scope
    timeline = day.find(class_=INSPECTED)
    if timeline is not None:
        return find_day(text_of(timeline))
    inner = link.find("time") if link else None
    return find_day(text_of(inner)) if inner else None


def _says_published(time: Tag) -> bool:
    before = time.find_previous(string=lambda text: bool(text and text.strip()))
    return before is not None and fold(str(before)).rstrip(" :").endswith("published")


def _merged(first: Entry, again: Entry) -> tuple[Entry, list[str]]:
    """A row that is on the page twice: the second fills what the first leaves out."""
    merged = replace(
        first,
        published=first.published or again.published,
        inspected=first.inspected or again.inspected,
        grade=first.grade or again.grade,
    )
    differs = again.published not in {None, merged.published} or again.title != merged.title
    said = f"{again.title}, {say_day(again.published) if again.published else 'no date'}"
    return merged, [f"listed twice, the second time as {said}"] if differs else []
