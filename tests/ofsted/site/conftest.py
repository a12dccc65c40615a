"""A fake of Ofsted's site on loopback, with Sutton's page as it is known."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from deployments.demo.fake_ofsted import FakeOfsted, Listed, ProviderPage
from ofsted.errors import SiteError
from ofsted.site import Listing, Site

PATH = "/provider/44/80515"
PDF = b"%PDF-1.7\n1 0 obj\n" + b"0123456789abcdef" * 4096 + b"\nendobj\nstartxref\n9\n%%EOF\n"

SUTTON = [
    Listed(published=date(2025, 7, 29), file_id="50283346", inspected=date(2025, 6, 16), data=PDF),
    Listed("Joint area child protection inspection", date(2023, 9, 1), "50227080"),
    Listed(published=date(2022, 2, 1), file_id="50176759", inspected=date(2021, 12, 6), data=PDF),
    Listed(published=date(2017, 2, 13), file_id="2760992"),
]


@dataclass
class Place:
    """The fake Ofsted, running, and where."""

    fake_ofsted: FakeOfsted
    base: str

    def site(self, **options) -> Site:
        """A client of the fake Ofsted, without pauses."""
        return Site(
            **{"reports": self.base, "files": self.base, "gap": 0, "allow_private": True, **options}
        )

    def listing(self, **options) -> Listing:
        with self.site() as site:
            return site.listing("80515", **options)

    def asked(self, path: str) -> list[dict[str, str]]:
        """The headers of each request for a path."""
        return [seen.headers for seen in self.fake_ofsted.requests if seen.path == path]


@pytest.fixture
def place() -> Iterator[Place]:
    fake_ofsted = FakeOfsted()
    fake_ofsted.provider("80515", "London Borough of Sutton", reports=SUTTON)
    with fake_ofsted.running() as base:
        yield Place(fake_ofsted, base)


@pytest.fixture
def sutton(place: Place) -> ProviderPage:
    """Sutton's page, to be changed."""
    return place.fake_ofsted.providers["80515"]


@pytest.fixture
def to(tmp_path: Path) -> Path:
    """Where a download goes."""
    return tmp_path / "report.pdf"


@pytest.fixture
def failed(place: Place) -> Callable[..., tuple[SiteError, int]]:
    """How a check with a fault fails, and how often the page was asked for."""

    def fail(how=None, **options) -> tuple[SiteError, int]:
        if how:
            place.fake_ofsted.misbehave(PATH, how)
        with place.site(**options) as site, pytest.raises(SiteError) as failure:
            site.listing(80515)
        return failure.value, len(place.asked(PATH))

    return fail
