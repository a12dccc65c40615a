"""The artifact of an area: what its providers' pages have newly listed, by kind and by month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from flows.alerting.announce import provider_of
from flows.context.context import AppContext
from flows.context.message_context import message_context
from flows.context.shown_areas import shown_areas
from flows.presenting.artifact import Artifact, table
from flows.settings.watched import WatchedArea
from notifications import markdown
from notifications.markdown import escape
from notifications.message import Link
from notifications.words.footer import LICENCE, fit, on_areas
from notifications.words.labels import badge
from notifications.words.plain import day_of, moment, plain, several
from ofsted import authorities
from ofsted.lowest_grades import is_lowest
from ofsted.provider_types import TYPES
from ofsted.short_names import short_name, slug
from ofsted.text import say_day
from storage import areas, queries
from storage.listed_documents import DocumentLine, listed_documents
from storage.queries import ProviderState

WINDOW = timedelta(days=365)
MONTHS = 6  # columns of the table
NEWEST = 20  # documents of each kind; the others are counted


def area_page(context: AppContext, area: WatchedArea) -> Artifact:
    """What is new of an area's providers within a year, and the state of their list."""
    today = context.clock.now().date()
    with context.database.read() as session:
        state = queries.provider_state(session, area.key)
        before = areas.area_before(session, area.dfe_code, context.clock.now())
        listed = listed_documents(session, shown_areas([area]))
    found = [each for each in listed if not each.baseline and each.day > today - WINDOW]
    providers = several(before.total or 0, "provider")
    since = f", watched since {day_of(before.first_listed)}" if before.first_listed else ""
    name, provider = area.short_name, provider_of(context, area)
    links = (
        Link("All providers, on Ofsted's site", provider.page),
        *on_areas(message_context(context.settings), [provider]),
    )
    parts = [
        f"## All providers in {escape(name)}: new documents",
        escape(f"{providers}{since}. We list the documents and do not read them."),
        escape(_state(state)),
        *_documents(found, today),
        " \N{MIDDLE DOT} ".join(map(markdown.link, links)),
        escape(LICENCE),
    ]
    described = f"{name}: {several(len(found), 'new document')} on all providers in 12 months"
    return Artifact(_key(name), "\n\n".join(parts) + "\n", escape(described), is_only=True)


def unwatched(context: AppContext) -> list[str]:
    """The keys of the artifacts of areas that were watched and are no longer."""
    watched = {each.dfe_code for each in context.settings.areas}
    with context.database.read() as session:
        gone = areas.known_areas(session) - watched
    names = [each.name for each in authorities() if each.dfe_code in gone]
    return [_key(short_name(name)) for name in names]


def _key(name: str) -> str:
    return f"{slug(name)}-area"


def _state(state: ProviderState | None) -> str:
    if state is None or state.last_successful_check is None:
        return "The list has not been read successfully yet."
    if state.state in {"ok", "overdue"}:
        return "The list was read successfully at the last check."
    why = plain(state.failure or "", 300)
    return f"The list is {state.state}, since {moment(state.since)}: {why}"


def _documents(found: Sequence[DocumentLine], today: date) -> Iterator[str]:
    if not found:
        yield "No new documents in the last 12 months, or since we began to watch the area."
        return
    every = {
        kind.name: [each for each in found if each.provider_type == kind.name] for kind in TYPES
    }
    by_kind = {kind: documents for kind, documents in every.items() if documents}
    yield _by_month(by_kind, today)
    for kind, documents in by_kind.items():
        yield f"### {escape(kind.capitalize())}"
        yield table([_HEADS, *map(_row, documents[:NEWEST])])
        if len(documents) > NEWEST:
            yield f"and {len(documents) - NEWEST} more"


_HEADS = ("Published", "Document", "Grade listed", "Provider")


def _by_month(by_kind: dict[str, list[DocumentLine]], today: date) -> str:
    """How many documents of each kind, of twelve months and of each of the last ones."""
    months = [_months_before(today, number) for number in range(MONTHS)]
    rows = [("Kind of provider", "12 months", *(f"{first:%b %Y}" for first in months))]
    for kind, documents in by_kind.items():
        counts = Counter(each.day.replace(day=1) for each in documents)
        rows.append(
            (
                escape(kind.capitalize()),
                str(len(documents)),
                *(str(counts[first] or "") for first in months),
            )
        )
    return table(rows)


def _months_before(day: date, number: int) -> date:
    """The first day of a month, so many months earlier."""
    years, month_index = divmod(day.year * 12 + day.month - 1 - number, 12)
    return date(years, month_index + 1, 1)


def _row(document: DocumentLine) -> tuple[str, ...]:
    title = plain(document.title, 100)
    title = title if document.is_on_page else f"{title}, only in Ofsted's search"
    link = document.link if document.link and fit(document.link) else None
    shown = markdown.link(Link(title, link)) if link else escape(title)
    gone = " (no longer listed)" if document.gone_since else ""
    return (
        escape(say_day(document.published)) if document.published else "no date",
        f"{shown}{gone}",
        _grade(document.grade),
        escape(plain(document.name, 200)),
    )


def _grade(printed: str | None) -> str:
    """As the entry prints it, with a mark in words where it is the lowest there is."""
    if not printed:
        return ""
    mark = ", the lowest" if is_lowest(printed) else ""
    return f"{markdown.grade(badge(None, printed))}{mark}"
