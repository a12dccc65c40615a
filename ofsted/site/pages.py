"""A provider's page: first the proof that it is the right and complete page, then its list.

The shell (title, heading, the list's links; site contract, section 3) was seen on all 153
authorities' pages up to August 2026. What was only seen on other providers' pages (the URN below
the heading, the timeline's classes, the canonical address) counts as proof where it is there; a
page without it is not refused for that.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from bs4 import BeautifulSoup, Tag

from ofsted.provider_key import AUTHORITY, ProviderKey, is_bare_urn
from ofsted.site.addresses import Addresses
from ofsted.site.answers import Page, UnverifiedPage
from ofsted.site.entries import RowReader, Rows
from ofsted.site.model import Listing
from ofsted.site.shell import after_end, main_of, shell_name, soup
from ofsted.text import clean, fold, squeeze

_OTHER_PAGES = re.compile(r"(?:report|page|document) not found\b|search(?: results)?$|error\b")
_URN = re.compile(r"\burn\b[\s):-]*(?:number|no\.?)?[\s:-]*([a-z]{0,2}[0-9]{4,10})\b")
_CANONICAL = re.compile(r"/provider/(?P<code>[^/]+)/(?P<urn>[A-Za-z0-9]+)/?(?:[?#].*)?$")
_LABEL_AND_VALUE = 2
_STYLE_WORDS = re.compile(
    r"\b(?:the|london|royal|borough|of|city|council|county|metropolitan|district|unitary)\b"
)


@dataclass(frozen=True, slots=True)
class Expected:
    """The provider whose page is expected.

    Args:
        urn: digits; letters and digits for providers other than authorities.
        code: Ofsted's number for the type of provider.
        name: as we call it; a proof only where the page shows no URN at all.
        known: file ids listed before; a proof likewise.
    """

    urn: str
    code: int
    name: str | None = None
    known: Collection[str] = ()

    @property
    def is_authority(self) -> bool:
        """Whether it is an authority, of whose page more is asked."""
        return str(self.code) == AUTHORITY


def read_listing(page: Page, expected: Expected, addresses: Addresses, today: date) -> Listing:
    """The provider's complete list.

    Args:
        page: as it came, answered with 200.
        expected: the provider whose page it should be.
        addresses: the site.
        today: a later day of publication gives a warning.

    Raises:
        UnverifiedPage: it is not proven to be this provider's page, or its complete list.
    """
    tree = soup(page)
    _prove_address(page, expected, addresses)
    name_in_title = shell_name(page, tree)
    if _OTHER_PAGES.match(name_in_title):
        raise UnverifiedPage(page, "not a provider's page", "check the provider's URN and code")
    main = main_of(tree)
    _refuse_other_urns(page, expected, _urns_that_must_be_ours(expected, main))
    if canonical := _canonical(tree):
        _refuse_other_urns(page, expected, {canonical.urn})
        _refuse_other_code(page, expected, canonical)
    if main.select_one(".pagination, .pagination__next, [rel~=next]"):
        raise UnverifiedPage(page, "a list split over several pages, which we do not expect")
    reader = RowReader(page, main, addresses, today, of_authority=expected.is_authority)
    rows = reader.rows()
    _prove_provider(page, expected, main, rows)
    name = _heading(main) or name_in_title
    details = _details(main)
    return Listing(
        urn=expected.urn,
        code=expected.code,
        name=name,
        address=page.address,
        entries=rows.entries,
        sha256=sha256(page.body).hexdigest(),
        warnings=(*rows.warnings, *filter(None, (after_end(page),))),
        kind=details.get("type"),
        local_authority=details.get("local authority"),
        is_withheld=is_bare_urn(name, expected.urn),
    )


def _details(main: Tag) -> Mapping[str, str]:
    """What the page says of the provider, by folded label: `<span>Type: </span><span>...</span>`.

    Not seen on authorities' pages. Where a label is there twice, the first counts.
    """
    details: dict[str, str] = {}
    for item in main.find_all("li"):
        parts = item.find_all("span", recursive=False)
        if len(parts) != _LABEL_AND_VALUE:
            continue
        label, value = (squeeze(clean(part.get_text(" "))) for part in parts)
        if label.endswith(":") and value:
            details.setdefault(fold(label).rstrip(" :"), value)
    return details


def _prove_address(page: Page, expected: Expected, addresses: Addresses) -> None:
    key = addresses.provider_key(page.address)
    if key is None or (key.urn.upper(), key.code) != (expected.urn.upper(), str(expected.code)):
        raise UnverifiedPage(
            page, f"redirected to {page.address}", "check the provider's URN and code"
        )


def _refuse_other_urns(page: Page, expected: Expected, named: set[str]) -> None:
    others = named - {expected.urn.upper()}
    if others:
        raise UnverifiedPage(
            page,
            f"the page of URN {', '.join(sorted(others))}, not {expected.urn}",
            "nothing was changed; check the provider's URN and code",
        )


def _refuse_other_code(page: Page, expected: Expected, canonical: ProviderKey) -> None:
    """Refuse the page of another type, which may have the same URN; `ELS` and `CARE` are none."""
    if canonical.code.isdecimal() and canonical.code != str(expected.code):
        raise UnverifiedPage(
            page,
            f"the page of a provider of type {canonical.code}, not {expected.code}",
            "nothing was changed; check the provider's URN and code",
        )


def _prove_provider(page: Page, expected: Expected, main: Tag, rows: Rows) -> None:
    """Prove the page by its URN; where it prints none, by a known report or the name."""
    printed = _urns_in_title_block(main) or _urns(main)
    if expected.urn.upper() in printed:
        return
    listed = {entry.file_id for entry in rows.entries if entry.file_id}
    heading = _heading(main)
    known = (
        not listed.isdisjoint(expected.known)
        or _same_name(heading, expected.name)
        or (not expected.is_authority and is_bare_urn(heading, expected.urn))
    )
    if printed or not known:
        raise UnverifiedPage(
            page, f"no URN {expected.urn} on the page, and nothing we know of this provider"
        )


def _urns_that_must_be_ours(expected: Expected, main: Tag) -> set[str]:
    """The URNs in the title block.

    Beside its own, a provider other than an authority may name a second one there: a residential
    special school that of its education, say.
    """
    named = _urns_in_title_block(main)
    ours = expected.urn.upper()
    return {ours} if ours in named and not expected.is_authority else named


def _urns_in_title_block(main: Tag) -> set[str]:
    block = main.select_one(".title-block")
    return _urns(block) if block else set()


def _urns(tag: Tag) -> set[str]:
    return {urn.upper() for urn in _URN.findall(fold(tag.get_text(" ")))}


def _canonical(tree: BeautifulSoup) -> ProviderKey | None:
    """The provider in the canonical address; None where there is none."""
    link = tree.find("link", rel="canonical")
    found = _CANONICAL.search(str(link.get("href") or "")) if link else None
    return ProviderKey(found["code"], found["urn"].upper()) if found else None


def _heading(main: Tag) -> str:
    heading = main.select_one("h1.heading--title") or main.find("h1")
    return squeeze(clean(heading.get_text(" "))) if heading else ""


def _same_name(heading: str, name: str | None) -> bool:
    """Whether two names are of one authority: `London Borough of Sutton`, `Sutton`."""
    ours, theirs = (_bare(name or ""), _bare(heading))
    return bool(ours) and ours == theirs


def _bare(name: str) -> str:
    return squeeze(_STYLE_WORDS.sub(" ", fold(name).replace("&", "and")))
