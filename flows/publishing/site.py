"""The files of the whole site, in the order in which they are written: pages before lists."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sqlalchemy.orm import Session

from flows.context.context import AppContext
from flows.context.shown_areas import shown_areas
from flows.publishing import area_pages, authority_pages, feeds, overview_pages
from flows.settings.watched import WatchedAuthority
from notifications.words.plain import moment, plain
from ofsted.provider_key import ProviderKey
from ofsted.short_names import short_name
from storage import queries
from storage import tables as stored
from website import addresses
from website.pages import Layout, Output, file, made_of, page, static
from website.tables import TABLES, as_csv, as_json, as_workbook

WORKBOOK, JSON = "tables/ofsted-watch.xlsx", "tables/ofsted-watch.json"
DOWNLOADS = (JSON, WORKBOOK)  # made after alerts are sent, since it takes longer than all else


def outputs(
    session: Session,
    context: AppContext,
    authorities: Mapping[ProviderKey, WatchedAuthority],
    feed_tag: feeds.Tag,
    unchanged: Collection[ProviderKey],
) -> Iterator[Output]:
    """Every file of the site but `downloads`, and but those in the folders of what is unchanged.

    Args:
        authorities: whose pages the site has.
        unchanged: those of whom nothing has changed.
    """
    around = layout(context)
    watched = {each.key for each in context.settings.watch}
    areas = {each.authority.key: each for each in context.settings.areas}
    now = context.clock.now()
    yield from static()
    for key, authority in authorities.items():
        is_alone = watched == {key}
        if key in unchanged and not is_alone:
            continue
        data = authority_pages.read_authority(
            session, context, authority, is_watched=key in watched
        )
        yield from authority_pages.report_pages(data, around)
        yield feeds.feed_of(
            context, feed_tag, authority, queries.events_of_reports(session, key, feeds.MOST)
        )
        if area := areas.get(key):
            yield from area_pages.outputs(session, context, feed_tag, area, around)
        for path in (addresses.authority(key), *([addresses.INDEX] if is_alone else ())):
            yield authority_pages.authority_page(data, path, around, now, has_area=key in areas)
    names = {key: each.name for key, each in authorities.items() if key in watched}
    overview = overview_pages.read_overview(session, names)
    yield from overview_pages.changes_pages(overview, around, now)
    newest = [
        each
        for each in queries.newest_of_reports(session, most=feeds.MOST)
        if each.provider in names
    ]
    yield feeds.feed_of_all(context, feed_tag, newest, f"Ofsted Watch: reports on {_on(context)}")
    for name, rows in _tables(session, context):
        yield file(f"tables/{name}.csv", as_csv(TABLES[name], rows))
    yield overview_pages.about_page(context, names, around)
    yield page(addresses.NOT_FOUND, "not_found", None, around)
    if len(watched) > 1:
        yield overview_pages.authorities_page(context, overview, around)


def layout(context: AppContext) -> Layout:
    """What stands around every page."""
    watched = context.settings.watch
    is_alone = len(watched) == 1
    has_area = is_alone and bool(context.settings.areas)
    title = (
        f"Ofsted Watch: {plain(short_name(watched[0].name), 80)}" if is_alone else "Ofsted Watch"
    )
    return Layout(
        title=title,
        menu=(
            ("Judgements" if is_alone else "All councils", addresses.INDEX),
            *(((area_pages.MENU, addresses.area_page(watched[0].key)),) if has_area else ()),
            ("What changed", addresses.CHANGES),
            ("About and downloads", addresses.ABOUT),
        ),
        feed=addresses.FEED,
        written=moment(context.clock.now()),
        url=context.settings.website.url,
    )


def _on(context: AppContext) -> str:
    watched = context.settings.watch
    return short_name(watched[0].name) if len(watched) == 1 else f"{len(watched)} councils"


def downloads(session: Session, context: AppContext) -> Iterator[Output]:
    """All tables as one file."""
    rows = dict(_tables(session, context))
    content = as_json(rows)
    yield file(JSON, content)
    yield made_of(WORKBOOK, content, lambda: as_workbook(rows))


def _tables(session: Session, context: AppContext) -> Iterator[tuple[str, list[stored.TableRow]]]:
    """The tables that the site has, with their rows."""
    settings = context.settings
    watched, areas = {each.key for each in settings.watch}, shown_areas(settings.areas)
    for name in overview_pages.tables(settings):
        yield name, stored.rows(session, name, watched, areas)
