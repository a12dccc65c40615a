"""Where each page of the site is. A page keeps its address, since alerts and papers name it."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import cache

from ofsted.authorities import authorities
from ofsted.provider_key import ProviderKey
from ofsted.short_names import short_name, slug

INDEX, ABOUT, CHANGES, FEED = "index.html", "about.html", "changes.html", "feed.xml"
AREA = "area.html"  # in an authority's folder
NOT_FOUND = "404.html"  # served where there is no page, at any depth
REPORTS = "report-*.html"  # the pages of reports, in an authority's folder
_OF_LINK = 12  # characters of a link's hash: enough for the reports of one authority


def folder(key: ProviderKey) -> str:
    """`sutton`; of a page that is not an authority's in the list, `provider-44-99999`.

    The name is the list's, not that of the page, which may change.
    """
    return _folders().get(key) or slug(f"provider-{key.code}-{key.urn}")


@cache
def _folders() -> dict[ProviderKey, str]:
    return {ProviderKey(each.code, each.urn): slug(short_name(each.name)) for each in authorities()}


def authority(key: ProviderKey) -> str:
    """`sutton/index.html`."""
    return f"{folder(key)}/{INDEX}"


def area_page(key: ProviderKey) -> str:
    """`sutton/area.html`: what is listed of all other providers there."""
    return f"{folder(key)}/{AREA}"


def feed(key: ProviderKey) -> str:
    """`sutton/feed.xml`."""
    return f"{folder(key)}/{FEED}"


def area_feed(key: ProviderKey) -> str:
    """`sutton/area.xml`."""
    return f"{folder(key)}/area.xml"


def report(
    key: ProviderKey, file_id: str | None, link: str | None, title: str, published: date | None
) -> str:
    """`sutton/report-50283346.html`; of one without a file, by its link, else by title and day."""
    other = link or f"{title.casefold()}|{published or ''}"
    name = slug(file_id or "") or hashlib.sha256(other.encode()).hexdigest()[:_OF_LINK]
    return f"{folder(key)}/report-{name}.html"


def report_of_row(key: ProviderKey, row: str) -> str:
    """The same, by what identifies a row of the list (`Entry.key`): `file:50283346`."""
    kind, _, name = row.partition(":")
    return report(key, name if kind == "file" else None, name, "", None)
