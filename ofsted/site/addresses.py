"""The addresses of Ofsted's two hosts, and what a link on a page leads to.

Source: site contract, sections 2 and 6; reports.ofsted.gov.uk and files.ofsted.gov.uk as seen up to
November 2026. Both bases can point at a fake site, with a port and a path in front. Its pages still
name the real files host, and a file is then fetched from the fake site by its id.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlencode, urljoin, urlsplit

from ofsted.provider_key import ProviderKey

REPORTS = "https://reports.ofsted.gov.uk"
FILES = "https://files.ofsted.gov.uk"
ROWS = 100  # of a page of results; the site cuts more to 100
FILES_HOSTS = frozenset({"files.ofsted.gov.uk:443", "files.api.ofsted.gov.uk:443"})
_FILES_LINKS = FILES_HOSTS | {"files.ofsted.gov.uk:80", "files.api.ofsted.gov.uk:80"}

_PORTS = {"http": 80, "https": 443}
_FILE_PATH = re.compile(r"/v1/file/(?P<id>[0-9]{1,18})/?")
_PROVIDER_PATH = re.compile(r"/provider/(?P<code>[0-9]{1,4})/(?P<urn>[A-Za-z0-9]{1,20})/?")

QueryValue = str | int | Sequence[str | int]


def split(address: str) -> SplitResult | None:
    """The parts of an absolute http or https address; None for anything else.

    None also for an address with `@` or a backslash, where programs disagree which host is meant.
    """
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises ValueError where it is not a number
    except ValueError:
        return None
    is_plain = not set(parts.netloc) & set("@\\")
    return parts if parts.scheme in _PORTS and parts.hostname and is_plain else None


def host_of(address: str) -> str:
    """`name:port` of an address, in lower case; empty where it has none."""
    parts = split(address)
    return f"{parts.hostname}:{parts.port or _PORTS[parts.scheme]}" if parts else ""


def path_of(address: str) -> str:
    """The path of an address; empty where it has none."""
    parts = split(address)
    return parts.path if parts else ""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The site as configured.

    Args:
        reports: base of the pages.
        files: base of the reports' files.
        allow_private: leave plain http as it is, for test sites.
    """

    reports: str = REPORTS
    files: str = FILES
    allow_private: bool = False

    def provider(self, urn: str, code: int) -> str:
        """The address of a provider's page."""
        return f"{self.reports.rstrip('/')}/provider/{code}/{quote(urn, safe='')}"

    def file(self, file_id: str) -> str:
        """The address that a file is fetched from."""
        return f"{self.files.rstrip('/')}/v1/file/{quote(file_id, safe='')}"

    def search(self, query: Mapping[str, QueryValue]) -> str:
        """The address of a page of results; a list becomes `name[]=...` for each of its values."""
        pairs = [
            pair
            for name, value in query.items()
            for pair in (
                [(name, str(value))]
                if isinstance(value, str | int)
                else [(f"{name}[]", str(one)) for one in value]
            )
        ]
        return f"{self.reports.rstrip('/')}/search?{urlencode(pairs)}"

    def area(self, dfe_code: str, start: int = 0) -> str:
        """The address of a page of an area's open providers, those with the newest documents first.

        Args:
            dfe_code: of the area's authority, as `ofsted.Authority.dfe_code`: 319 is Sutton.
            start: how many rows to leave out.
        """
        return self.search(
            {
                "local_authority[0]": dfe_code,
                "status[0]": 1,
                "sort": "date",
                "order": "desc",
                "rows": ROWS,
                "start": start,
            }
        )

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that may be asked, redirects included."""
        ours = {host_of(self.reports), host_of(self.files)} - {""}
        return frozenset(ours | FILES_HOSTS if ours & FILES_HOSTS else ours)

    def absolute(self, href: str, page: str) -> str | None:
        """A link on a page as an absolute address; None where it leads to no web address.

        Plain http to one of Ofsted's hosts becomes https, unless test sites are allowed.
        """
        try:
            address = urljoin(page, href.strip())
        except ValueError:
            return None
        parts = split(address)
        if parts is None or any(sign.isspace() for sign in address):
            return None
        if parts.scheme == "http" and not self.allow_private:
            secure = parts._replace(scheme="https").geturl()
            return secure if self._is_ofsteds(secure) else address
        return address

    def _is_ofsteds(self, address: str) -> bool:
        return host_of(address) in self.hosts | FILES_HOSTS

    def on_files_host(self, link: str) -> bool:
        """Whether a link leads to the files host; where both hosts are one, by its path."""
        host = host_of(link)
        if host in _FILES_LINKS:
            return True
        if host != host_of(self.files):
            return False
        return host != host_of(self.reports) or "/v1/file/" in path_of(link)

    def file_id(self, link: str) -> str | None:
        """The digits of a link to a file; None for any other link."""
        if not self.on_files_host(link):
            return None
        bases = {""} if host_of(link) in _FILES_LINKS else {"", path_of(self.files).rstrip("/")}
        found = (_FILE_PATH.fullmatch(_after(base, path_of(link))) for base in bases)
        return next((match["id"] for match in found if match), None)

    def provider_key(self, address: str) -> ProviderKey | None:
        """The provider whose page an address is; None for any other address."""
        if host_of(address) != host_of(self.reports):
            return None
        base = path_of(self.reports).rstrip("/")
        found = _PROVIDER_PATH.fullmatch(_after(base, path_of(address)))
        return ProviderKey(str(int(found["code"])), found["urn"]) if found else None


def _after(base: str, path: str) -> str:
    return path.removeprefix(base) if path.startswith(f"{base}/") else ""
