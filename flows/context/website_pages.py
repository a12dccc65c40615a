"""The website as messages and the feed link to it: only to pages that are there at that moment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flows.settings.model import Settings
from notifications.events import Provider, Report
from ofsted.provider_key import AUTHORITY, ProviderKey
from website import addresses


@dataclass(frozen=True, slots=True)
class WebsitePages:
    """Where readers reach the website, and where it is written."""

    url: str
    folder: Path

    def start(self) -> str:
        return self._existing(addresses.INDEX)

    def changes(self) -> str:
        return self._existing(addresses.CHANGES)

    def authority(self, provider: Provider) -> str:
        return self._existing(addresses.authority(_key(provider)))

    def area(self, provider: Provider) -> str:
        """The page of the area of an authority, which stands for it here."""
        return self._existing(addresses.area_page(ProviderKey(AUTHORITY, provider.urn)))

    def report(self, provider: Provider, report: Report) -> str:
        """The page of a report under the id that it had when the event happened."""
        page = addresses.report(
            _key(provider), report.file_id, report.link, report.title, report.published
        )
        return self._existing(page)

    def address(self, page: str) -> str:
        """`https://example.gov.uk/ofsted/feed.xml`, also of a page that is yet to be written."""
        return f"{self.url}/{page}"

    def _existing(self, page: str) -> str:
        try:
            is_there = (self.folder / page).is_file()
        except OSError:  # the folder may not be read
            is_there = False
        return self.address(page) if is_there else ""


def website_pages(settings: Settings) -> WebsitePages | None:
    """The website's pages; None: the settings do not say where readers reach it."""
    url = settings.website.url
    return WebsitePages(url, settings.website_folder) if url else None


def _key(provider: Provider) -> ProviderKey:
    return ProviderKey(provider.code, provider.urn)
