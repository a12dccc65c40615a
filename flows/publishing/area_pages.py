"""The page of a whole area, and its feed: what Ofsted lists for the providers there, unread.

It has what was published since we began. What was there before is known only of providers whose
pages were opened since, and a part of it would look like all of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import groupby

from sqlalchemy.orm import Session

from flows.alerting.announce import provider_of
from flows.context.context import AppContext
from flows.context.shown_areas import shown_area
from flows.publishing import feeds
from flows.settings.watched import WatchedArea
from notifications.words.footer import fit
from notifications.words.labels import badge
from notifications.words.plain import day_of, listed, moment, month, plain, several
from ofsted.lowest_grades import is_lowest
from ofsted.provider_types import AUTHORITIES, OTHER, TYPES, ProviderType
from ofsted.site.addresses import Addresses
from ofsted.text import say_day
from storage import listed_documents as stored
from storage import queries
from storage.listed_documents import AreaState, DocumentLine
from website import addresses
from website.area_values import AreaPage, DocumentEntry, DocumentMonth, TypeLine
from website.pages import Layout, Output, page
from website.values import Cell, Notice

MENU = "All providers"
MOST = 500  # documents on the page; more would be slow to open on a phone
LATE = timedelta(days=60)  # from the day that a document is dated to the day that we see it


def outputs(
    session: Session,
    context: AppContext,
    feed_tag: feeds.Tag,
    area: WatchedArea,
    layout: Layout,
) -> Iterator[Output]:
    """The page of an area; then its feed, whose entries link to a page only once it is there."""
    key, shown = area.authority.key, shown_area(area)
    state = stored.area_state(session, area.dfe_code, shown)
    found = stored.listed_documents(session, {area.dfe_code: shown})
    documents = [each for each in found if not each.baseline]
    provider = provider_of(context, area)
    site = Addresses(reports=context.settings.ofsted.reports)
    values = AreaPage(
        name=plain(area.authority.name, 80),
        short=plain(provider.short_name, 80),
        council_page=addresses.authority(key),
        feed=addresses.area_feed(key),
        table="tables/documents.csv",
        total=several(sum(state.providers.values()) - state.extra, "provider"),
        extra=state.extra,
        since=day_of(state.first_listed) if state.first_listed else "",
        read=moment(state.walked_at) if state.walked_at else "",
        left_out=listed([_words(each) for each in TYPES if each.name in shown.left_out]),
        notices=tuple(_notices(state, queries.provider_state(session, area.key))),
        types=tuple(_types(state, documents)),
        documents=len(documents),
        months=tuple(_months(documents[:MOST], site)),
        ofsteds_list=provider.page if fit(provider.page) else "",
    )
    yield page(addresses.area_page(key), "area", values, layout)
    events = stored.events_of_area(session, area.dfe_code, shown, feeds.MOST)
    yield feeds.feed_of_area(context, feed_tag, area, events)


def _notices(state: AreaState, checked: queries.ProviderState | None) -> Iterator[Notice]:
    if state.first_listed is None:
        yield Notice(
            "Ofsted's list has not been read yet.",
            "Documents that Ofsted publishes are shown here once we have read all of it.",
        )
    elif checked and checked.state in {"unreachable", "unrecognised", "suspect"}:
        yield Notice(
            f"We have not been able to read Ofsted's list since {moment(checked.since)}.",
            "Newer documents may be missing here.",
        )


def _types(state: AreaState, documents: Iterable[DocumentLine]) -> Iterator[TypeLine]:
    """A line for each type of which there is a provider or a document."""
    counted = Counter(each.provider_type for each in documents)
    for each in TYPES:
        providers = state.providers.get(each.name, 0)
        if each is not AUTHORITIES and (providers or counted[each.name]):
            yield TypeLine(
                provider_type=each.name,
                name=_capital(_words(each)),
                providers=providers,
                documents=counted[each.name],
            )


def _words(provider_type: ProviderType) -> str:
    return "other providers" if provider_type is OTHER else provider_type.name


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _months(documents: Sequence[DocumentLine], site: Addresses) -> Iterator[DocumentMonth]:
    for first, of_month in groupby(documents, key=lambda each: each.day.replace(day=1)):
        yield DocumentMonth(name=month(first), lines=tuple(_line(each, site) for each in of_month))


def _line(document: DocumentLine, site: Addresses) -> DocumentEntry:
    key = document.provider
    provider_page = site.provider(key.urn, int(key.code))
    return DocumentEntry(
        name=plain(document.name, 120),
        urn="" if document.is_withheld else key.urn,
        page=provider_page if fit(provider_page) else "",
        kind=plain(document.kind, 80),
        provider_type=document.provider_type,
        title=plain(document.title, 120),
        day=say_day(document.published) if document.published else "",
        link=document.link if document.link and fit(document.link) else "",
        grade=_grade(document.grade),
        is_lowest=is_lowest(document.grade),
        notes=tuple(_notes(document)),
    )


def _grade(printed: str | None) -> Cell:
    shown = badge(None, printed)
    if shown is None:
        return Cell("no grade listed")
    return Cell(shown.words, "inadequate" if is_lowest(printed) else shown.tone)


def _notes(document: DocumentLine) -> Iterator[str]:
    if document.gone_since:
        yield f"No longer on Ofsted's page, as of {day_of(document.gone_since)}."
    elif not document.is_on_page:
        yield "In Ofsted's search, but not yet on the provider's page."
    if document.published and document.first_seen.date() - document.published > LATE:
        yield f"Listed late: we first saw it on {day_of(document.first_seen)}."
