"""Websites for messages to link to: one has every page, one has none."""

from __future__ import annotations

from dataclasses import dataclass

from notifications.events import Provider, Report

URL = "https://watch.example.gov.uk"


@dataclass(frozen=True)
class WholeWebsite:
    """Each page at an address like that of the real one."""

    url: str = URL

    def start(self) -> str:
        return f"{self.url}/index.html"

    def changes(self) -> str:
        return f"{self.url}/changes.html"

    def authority(self, provider: Provider) -> str:
        return f"{self.url}/{provider.short_name.lower()}/index.html"

    def area(self, provider: Provider) -> str:
        return f"{self.url}/{provider.short_name.lower()}/area.html"

    def report(self, provider: Provider, report: Report) -> str:
        return f"{self.url}/{provider.short_name.lower()}/report-{report.file_id}.html"


class EmptyWebsite:
    """No page was written yet."""

    def start(self) -> str:
        return ""

    def changes(self) -> str:
        return ""

    def authority(self, _provider: Provider) -> str:
        return ""

    def area(self, _provider: Provider) -> str:
        return ""

    def report(self, _provider: Provider, _report: Report) -> str:
        return ""
