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
from bs4.exceptions import ParserRejectedMarkup

from ofsted.provider_key import AUTHORITY, ProviderKey, is_bare_urn
from ofsted.site.addresses import Addresses
from ofsted.site.answers import Page, UnverifiedPage
from ofsted.site.entries import RowReader, Rows
from ofsted.site.model import Listing
from ofsted.text import clean, fold, squeeze

# An `</html>` within a comment or script is not the end of the page.
_MARKER = re.compile(
    rb"<!--|<(?P<raw>script|style)\b|(?P<begin><html(?=[\s>]))|(?P<end></html\s{0,99}>)",
    re.IGNORECASE,
)
_RAW_END = re.compile(rb"</(?:script|style)\b", re.IGNORECASE)
_IGNORED = re.compile(rb"\s+|<!--|</(?:body|html)\s{0,99}>", re.IGNORECASE)
_SHOWN = 80  # characters of what follows the end
_LONGEST_TITLE = 1000
_MOST_PARTS = 6_000  # tags of a page; the search's page of 100 results has some 2,000
_DEEPEST = 100  # tags within tags; real pages have some 20
_SHELL = re.compile(r"(?P<name>.*?)[\s|-]*find an inspection report[\s|-]*ofsted$")
_OTHER_PAGES = re.compile(r"(?:report|page|document) not found\b|search(?: results)?$|error\b")
_URN = re.compile(r"\burn\b[\s):-]*(?:number|no\.?)?[\s:-]*([a-z]{0,2}[0-9]{4,10})\b")
_CANONICAL = re.compile(r"/provider/(?P<code>[^/]+)/(?P<urn>[A-Za-z0-9]+)/?(?:[?#].*)?$")
_LABEL_AND_VALUE = 2
_SURROUNDINGS = ("header", "footer", ".header", ".footer", ".banners", ".cookie-banner")
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


def soup(page: Page) -> BeautifulSoup:
    """Parse a page.

    Raises:
        UnverifiedPage: it is not HTML, is incomplete, or is too large or too deeply nested.
    """
    if b"<html" not in page.body[:2048].lower():
        raise UnverifiedPage(page, "not an HTML page")
    ends = _ends(page.body)
    if not ends:
        raise UnverifiedPage(page, "an incomplete page", "try again later")
    try:
        tree = BeautifulSoup(_text(page.body[: ends[-1]]), "lxml")
    except ParserRejectedMarkup as refusal:
        raise UnverifiedPage(page, f"HTML that cannot be parsed ({refusal})") from refusal
    if _is_too_much(tree):
        raise UnverifiedPage(page, "a page too large or too deeply nested to be read")
    return tree


def _is_too_much(tree: BeautifulSoup) -> bool:
    """Whether parsing would take too long: rows are searched within rows, in quadratic time."""
    level: list[Tag] = [tree]
    parts = 0
    for _ in range(_DEEPEST):
        level = [part for tag in level for part in tag.children if isinstance(part, Tag)]
        parts += len(level)
        if parts > _MOST_PARTS:
            return True
    return bool(level)


def _text(body: bytes) -> str:
    """Decode as UTF-8, as every page seen was, whatever it declares; else as Windows-1252."""
    text = body.decode("utf-8-sig", "replace")
    broken = text.count("\ufffd")
    if broken and 2 * broken > len(text) - len(text.encode("ascii", "ignore")):
        text = body.decode("cp1252", "replace")
    return text.replace("\0", "")  # the parser stops at the first one


def _ends(body: bytes) -> list[int]:
    """The offsets after each `</html>` that is not in a script or comment.

    Empty where another page begins first: an incomplete page followed by a proxy's error page has
    an end that is not its own.
    """
    ends: list[int] = []
    has_begun, at = False, 0
    while at >= 0 and (marker := _MARKER.search(body, at)):
        at = marker.end()
        if marker["end"]:
            ends.append(at)
        elif marker["begin"] and has_begun:
            break
        elif marker["begin"]:
            has_begun = True
        elif marker["raw"]:
            closed = _RAW_END.search(body, at)
            at = closed.end() if closed else -1
        else:
            at = body.find(b"-->", at)
    return ends


def after_end(page: Page) -> str:
    """A warning about content after a page's end, such as a script that a proxy adds.

    It is not part of the page, and no reason to refuse it. Empty where nothing follows but blanks
    and comments.
    """
    body = page.body
    at = next(iter(_ends(body)), len(body))
    while at >= 0 and (ignored := _IGNORED.match(body, at)):
        at = body.find(b"-->", ignored.end()) if ignored[0] == b"<!--" else ignored.end()
        at += len(b"-->") if ignored[0] == b"<!--" and at >= 0 else 0
    if not 0 <= at < len(body):
        return ""
    text = squeeze(clean(body[at : at + 4 * _SHOWN].decode("utf-8", "replace")))
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}\u2026"
    return f"{len(body) - at:,} more bytes follow the end of the page: {shown}"


def main_of(tree: BeautifulSoup) -> Tag:
    """`main#main`, or the body without what surrounds it."""
    main = tree.find("main", id="main") or tree.find("main")
    if main is not None:
        return main
    body = tree.body or tree
    for part in body.select(", ".join(_SURROUNDINGS)):
        part.decompose()
    return body


def shell_name(page: Page, tree: BeautifulSoup) -> str:
    """The page's name in its title, folded (`ofsted.text.fold`).

    Raises:
        UnverifiedPage: the title is not that of a page on Ofsted's site.
    """
    title = fold(tree.title.get_text(" ")) if tree.title else ""
    found = _SHELL.match(title[:_LONGEST_TITLE])
    if found is None:
        raise UnverifiedPage(page, "its title is not that of a page on Ofsted's site")
    return found["name"]


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
