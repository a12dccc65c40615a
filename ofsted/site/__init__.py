"""Ofsted's site: a provider's list of reports, the search, and the reports' files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ofsted.errors import Refused, UnexpectedResponse
from ofsted.site.addresses import FILES, REPORTS, Addresses, QueryValue
from ofsted.site.model import Answered, Download, Entry, Found, Listing, Validators
from ofsted.site.politeness import Memory, ShortMemory

if TYPE_CHECKING:
    from ofsted.site.client import Client

__all__ = ["Answered", "Download", "Entry", "Found", "Listing", "Memory", "Site", "Validators"]


class Site:
    """Ofsted's two hosts, asked politely. Made quickly; the network is used by its methods alone.

    Args:
        reports: base of the pages.
        files: base of the reports' files.
        gap: seconds between requests to one host, at least.
        timeout: seconds for one whole answer.
        page_limit: bytes of a page.
        file_limit: bytes of a file.
        contact: an address or page for the User-Agent.
        ca_file: PEM file of a certificate authority to trust beside the usual ones.
        allow_private: take plain http and private addresses (stand-ins).
        memory: what outlives one request; None: as long as this object.
        clock: the present, for judging days; None: the machine's.
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
        memory: Memory | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self._addresses = Addresses(reports, files, allow_private)
        self._memory: Memory = memory or ShortMemory()
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
        """A provider's whole list, proven.

        Args:
            urn: the provider.
            code: Ofsted's number for its type; 44: children's services of an authority.
            name: what we call it; proves the page where that shows no URN.
            known: file ids listed before; likewise.

        Raises:
            Unreachable: no answer, or "not now".
            Refused: 4xx, robots.txt, or a redirect to elsewhere.
            Strange: an answer without the proof (`answers.Unproven`, which has the page).
        """
        from ofsted.site.pages import Wanted, read_listing

        wanted = Wanted(str(urn), code, name, known)
        address = self._addresses.provider(wanted.urn, code)
        today = self._clock().date()
        page = self._client.page(address)
        try:
            listing = read_listing(page, wanted, self._addresses, today)
        except UnexpectedResponse:
            if not page.remembered:
                raise
            page = self._client.page(address, fresh=True)
            listing = read_listing(page, wanted, self._addresses, today)
        self._client.keep(page)
        return listing

    def search(self, **query: QueryValue) -> Iterator[Found]:
        """All providers that a search finds, page after page.

        Args:
            query: the site's own names and values; a list becomes `name[]`.
                `search(**AUTHORITIES)` of `ofsted.site.search` finds all authorities.

        Raises:
            SiteError: as `listing`; also in the middle, when the pages do not add up.
        """
        from ofsted.site.search import search

        yield from search(self._client.page, self._addresses, query)

    def download(self, link: str, to: Path) -> Download:
        """A report's file, if it is a whole PDF.

        Args:
            link: as the list has it, or a file id; fetched from the configured files host.
            to: where it is written; there after success alone.

        Raises:
            Unreachable: no answer, or "not now".
            Refused: 4xx (a dead file), or a link that is not on the files host.
            Strange: an answer that is no whole PDF.
        """
        fetched = self.download_if_changed(link, to, None)
        assert fetched is not None  # noqa: S101  # only a request with conditions gives nothing
        return fetched

    def download_if_changed(self, link: str, to: Path, known: Validators | None) -> Download | None:
        """A report's file, unless the site says that it has not changed.

        Args:
            link: as for `download`.
            to: likewise; not touched where there is nothing new.
            known: of the file when it was last fetched (`Download.validators`).

        Returns:
            None: it has not changed.

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
        """What an address of the two hosts answers, to be looked at and never believed.

        Args:
            address: absolute; redirects are followed within the two hosts.
            headers: to send beside the usual ones.

        Raises:
            Unreachable: no answer, or "not now" (429, 5xx).
            Refused: robots.txt, or a redirect to elsewhere.
            Strange: a body that is cut off, or too long.
        """
        from ofsted.site.client import visited

        sent = headers or {}
        return self._client.ask(address, visited(address, self._file_limit), lambda _: sent)

    @property
    def _client(self) -> Client:
        if self._opened is None:
            from ofsted.site.client import Client

            self._opened = Client(
                self._addresses,
                self._memory,
                contact=self._contact,
                gap=self._gap,
                timeout=self._timeout,
                page_limit=self._page_limit,
                ca_file=self._ca_file,
            )
        return self._opened

    def close(self) -> None:
        """Let go of the connections."""
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
