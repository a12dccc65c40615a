"""Ofsted's site: a provider's list of reports, the search, and the reports' files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from ofsted.errors import Refused, UnexpectedResponse
from ofsted.provider_key import ProviderKey
from ofsted.site.addresses import FILES, REPORTS, Addresses, QueryValue
from ofsted.site.model import (
    Answered,
    AreaPage,
    Download,
    Entry,
    Found,
    Listing,
    Validators,
)
from ofsted.site.politeness import ClientState, InMemoryState

if TYPE_CHECKING:
    from ofsted.site.answers import Page
    from ofsted.site.client import Client

__all__ = [
    "Answered",
    "AreaPage",
    "ClientState",
    "Download",
    "Entry",
    "Found",
    "Listing",
    "Site",
    "Validators",
]
T = TypeVar("T")


class Site:
    """Ofsted's two hosts. Only the methods use the network, and they keep the rules of politeness.

    Args:
        reports: base of the pages.
        files: base of the reports' files.
        gap: least seconds between requests to one host.
        timeout: seconds for one complete answer.
        page_limit: most bytes of a page.
        file_limit: most bytes of a file.
        contact: an address or page for the User-Agent.
        ca_file: PEM file of a certificate authority to trust in addition to the usual ones.
        allow_private: allow plain http and private addresses, for test sites.
        state: what is remembered between requests; None: in memory, while this object lives.
        clock: gives the present, for warnings about dates; None: the machine's clock.
    """

    def __init__(
        self,
        *,
        reports: str = REPORTS,
        files: str = FILES,
        gap: float = 1.0,
        timeout: float = 60.0,
        page_limit: int = 5_000_000,
        file_limit: int = 30_000_000,
        contact: str = "",
        ca_file: Path | None = None,
        allow_private: bool = False,
        state: ClientState | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self._addresses = Addresses(reports, files, allow_private)
        self._state: ClientState = state or InMemoryState()
        self._gap = gap
        self._timeout = timeout
        self._page_limit = page_limit
        self._file_limit = file_limit
        self._contact = contact
        self._ca_file = ca_file
        self._clock = clock or (lambda: datetime.now(UTC))
        self._opened: Client | None = None

    def listing(
        self,
        urn: str | int,
        code: int = 44,
        *,
        name: str | None = None,
        known: Collection[str] = (),
    ) -> Listing:
        """A provider's list of reports, once the page has proven to be its complete list.

        Args:
            urn: the provider's URN.
            code: Ofsted's number for the type of provider; 44: children's services of an authority.
            name: what we call it; proves the page where that shows no URN.
            known: file ids listed before; they prove it likewise.

        Raises:
            Unreachable: no answer, or "not now".
            Refused: 4xx, robots.txt, or a redirect to elsewhere.
            UnexpectedResponse: an answer without the proof; `answers.UnverifiedPage` has the page.
        """
        listing = self.listing_if_changed(urn, code, name=name, known=lambda: known)
        assert listing is not None  # noqa: S101  # only a known digest gives nothing
        return listing

    def listing_if_changed(
        self,
        urn: str | int,
        code: int = 44,
        *,
        sha256: str = "",
        name: str | None = None,
        known: Callable[[], Collection[str]] = tuple,
    ) -> Listing | None:
        """A provider's list of reports, unless its page is the same to the byte as one read before.

        Args:
            urn: as for `listing`, like `code` and `name`.
            sha256: `Listing.sha256` of that page; empty: read it in any case.
            known: gives file ids listed before; asked only where the page is read.

        Returns:
            None if the page is the same.

        Raises:
            SiteError: as `listing`.
        """

        def read(page: Page) -> Listing:
            from ofsted.site.pages import Expected, read_listing

            expected = Expected(str(urn), code, name, known())
            return read_listing(page, expected, self._addresses, self._clock().date())

        return self._read_if_changed(self._addresses.provider(str(urn), code), sha256, read)

    def _read_if_changed(self, address: str, sha256: str, read: Callable[[Page], T]) -> T | None:
        """What is read from a page; None if it is the same to the byte as one read before."""
        page = self._client.page(address)
        if sha256 and hashlib.sha256(page.body).hexdigest() == sha256:
            self._client.cache(page)  # as proven as the one that it is the same as
            return None
        try:
            value = read(page)
        except UnexpectedResponse:
            if not page.from_cache:
                raise
            page = self._client.page(address, fresh=True)
            value = read(page)
        self._client.cache(page)
        return value

    def search(self, **query: QueryValue) -> Iterator[Found]:
        """The providers that a search finds, fetched page by page.

        Args:
            query: the site's own names and values; a list becomes `name[]`.
                `search(**AUTHORITIES)` of `ofsted.site.search` finds all authorities.

        Raises:
            SiteError: as `listing`; also midway, when the pages do not add up.
        """
        from ofsted.site.search import search

        yield from search(self._client.page, self._addresses, query)

    def newest_in_area(self, dfe_code: str, known: Collection[ProviderKey] = ()) -> AreaPage:
        """The providers of an area with the newest documents, at most 100; one request.

        Args:
            dfe_code: of the area's authority, as `ofsted.Authority.dfe_code`: 319 is Sutton.
            known: providers that were there before; where there are any, one must be among these.

        Raises:
            SiteError: as `listing`; UnexpectedResponse also where the page is not of this area.
        """
        newest = self.newest_in_area_if_changed(dfe_code, known=lambda: known)
        assert newest is not None  # noqa: S101  # only a known digest gives nothing
        return newest

    def newest_in_area_if_changed(
        self,
        dfe_code: str,
        *,
        sha256: str = "",
        known: Callable[[], Collection[ProviderKey]] = tuple,
    ) -> AreaPage | None:
        """As `newest_in_area`, unless the page is the same to the byte as one read before.

        Args:
            dfe_code: as for `newest_in_area`.
            sha256: `AreaPage.sha256` of that page; empty: read it in any case.
            known: gives providers that were there before; asked only where the page is read.

        Returns:
            None if the page is the same.

        Raises:
            SiteError: as `newest_in_area`.
        """

        def read(page: Page) -> AreaPage:
            from ofsted.site.area import read_newest

            return read_newest(page, self._addresses, dfe_code, known())

        return self._read_if_changed(self._addresses.area(dfe_code), sha256, read)

    def area(self, dfe_code: str, first: AreaPage | None = None) -> tuple[Found, ...]:
        """All open providers of an area, those with the newest documents first.

        Args:
            dfe_code: as for `newest_in_area`.
            first: what that gave just now; None: it is fetched.

        Raises:
            SiteError: as `newest_in_area`; also where the list changes while it is read.
        """
        from ofsted.site.area import whole_area

        first = first or self.newest_in_area(dfe_code)
        return whole_area(self._client.page, self._addresses, dfe_code, first)

    def download(self, link: str, to: Path) -> Download:
        """Download a report's file, accepting only a complete PDF.

        Args:
            link: as the list has it, or a file id; fetched from the configured files host.
            to: path to write; the file is there only after success.

        Raises:
            Unreachable: no answer, or "not now".
            Refused: 4xx (the file is unavailable), or a link that is not on the files host.
            UnexpectedResponse: an answer that is not a complete PDF.
        """
        fetched = self.download_if_changed(link, to, None)
        assert fetched is not None  # noqa: S101  # only a request with conditions gives nothing
        return fetched

    def download_if_changed(self, link: str, to: Path, known: Validators | None) -> Download | None:
        """Download a report's file unless the site says that it has not changed.

        Args:
            link: as for `download`.
            to: likewise; not touched if the file has not changed.
            known: `Download.validators` of the last download; None: fetch it in any case.

        Returns:
            None if the file has not changed.

        Raises:
            SiteError: as `download`.
        """
        from ofsted.site.files import download

        file_id = link if link.isdecimal() else self._addresses.file_id(link)
        if file_id is None:
            raise Refused(link, "not a link to Ofsted's files host", "open it in a browser")
        address = self._addresses.file(file_id)
        return download(self._client, address, to, link=link, limit=self._file_limit, known=known)

    def visit(self, address: str, headers: Mapping[str, str] | None = None) -> Answered:
        """Whatever an address of the two hosts answers, without any proof: for diagnosis only.

        Args:
            address: absolute; redirects are followed within the two hosts.
            headers: to send in addition to the usual ones.

        Raises:
            Unreachable: no answer, or "not now" (429, 5xx).
            Refused: robots.txt, or a redirect to elsewhere.
            UnexpectedResponse: a body that is incomplete or too long.
        """
        from ofsted.site.client import any_answer

        extra = headers or {}
        return self._client.ask(address, any_answer(address, self._file_limit), lambda _: extra)

    @property
    def _client(self) -> Client:
        if self._opened is None:
            from ofsted.site.client import Client

            self._opened = Client(
                self._addresses,
                self._state,
                contact=self._contact,
                gap=self._gap,
                timeout=self._timeout,
                page_limit=self._page_limit,
                ca_file=self._ca_file,
            )
        return self._opened

    def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
