"""A provider's page: first the proof that it is the one, whole, then its list.

The shell (title, heading, the list's links) was seen on all 153 authorities' pages up to August
2026. What was only seen on other providers' pages (the URN below the heading, the timeline's
classes, the address of the page as canonical) helps where it is there and refuses nothing where it
is not.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from bs4 import BeautifulSoup, Tag
from bs4.exceptions import ParserRejectedMarkup

from ofsted.site.addresses import Addresses
from ofsted.site.answers import Page, UnverifiedPage
from ofsted.site.entries import RowReader, Rows
from ofsted.site.model import Listing
from ofsted.text import clean, fold, squeeze

# What a page's own end is looked for among: an end within a comment or script is none.
_TURN = re.compile(
    rb"<!--|<(?P<raw>script|style)\b|(?P<begin><html(?=[\s>]))|(?P<end></html\s{0,99}>)",
    re.IGNORECASE,
)
_RAW_END = re.compile(rb"</(?:script|style)\b", re.IGNORECASE)
_NOTHING = re.compile(rb"\s+|<!--|</(?:body|html)\s{0,99}>", re.IGNORECASE)
_SHOWN = 80  # characters of what stands behind the end
_LONGEST_TITLE = 1000
_MOST_PARTS = 6_000  # tags of a page; the search's page of 100 results has some 2,000
_DEEPEST = 100  # tags within tags; real pages have some 20
_SHELL = re.compile(r"(?P<name>.*?)[\s|-]*find an inspection report[\s|-]*ofsted$")
_OTHER_PAGES = re.compile(r"(?:report|page|document) not found\b|search(?: results)?$|error\b")
_URN = re.compile(r"\burn\b[\s):-]*(?:number|no\.?)?[\s:-]*([a-z]{0,2}[0-9]{4,10})\b")
_CANONICAL = re.compile(r"/provider/[^/]+/([A-Za-z0-9]+)/?(?:[?#].*)?$")
_FURNITURE = ("header", "footer", ".header", ".footer", ".banners", ".cookie-banner")
_STYLE_WORDS = re.compile(
    r"\b(?:the|london|royal|borough|of|city|council|county|metropolitan|district|unitary)\b"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose page it should be.

    Args:
        urn: digits, or letters and digits for providers that are no authorities.
        code: Ofsted's number for the type of provider.
        name: as we call it; a proof only where the page shows no URN at all.
        known: file ids listed before; likewise.
    """

    urn: str
    code: int
    name: str | None = None
    known: Collection[str] = ()


def soup(page: Page) -> BeautifulSoup:
    """The page as a tree; a page that ends early or is no HTML is refused."""
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
    """Rows are looked for within rows, so that time grows with the square of both."""
    level: list[Tag] = [tree]
    parts = 0
    for _ in range(_DEEPEST):
        level = [part for tag in level for part in tag.children if isinstance(part, Tag)]
        parts += len(level)
        if parts > _MOST_PARTS:
            return True
    return bool(level)


def _text(body: bytes) -> str:
    """UTF-8, as every page seen was, whatever it says of itself; Windows' signs if most are."""
    text = body.decode("utf-8-sig", "replace")
    broken = text.count("\ufffd")
    if broken and 2 * broken > len(text) - len(text.encode("ascii", "ignore")):
        text = body.decode("cp1252", "replace")
    return text.replace("\0", "")  # the parser ends at the first one


def _ends(body: bytes) -> list[int]:
    """Where a page ends, behind its `</html>`; where it has several, each of them.

    Scripts and comments aside. None where another page begins first: a page that was cut, with
    a proxy's page of an error behind it, has an end that is not its own.
    """
    ends: list[int] = []
    begun, at = False, 0
    while at >= 0 and (turn := _TURN.search(body, at)):
        at = turn.end()
        if turn["end"]:
            ends.append(at)
        elif turn["begin"] and begun:
            break
        elif turn["begin"]:
            begun = True
        elif turn["raw"]:
            closed = _RAW_END.search(body, at)
            at = closed.end() if closed else -1
        else:
            at = body.find(b"-->", at)
    return ends


def behind_end(page: Page) -> str:
    """What stands behind a page's end, in words, such as a script that a proxy adds.

    It is no part of the page, and no reason to doubt what the page proves of itself.
    Empty where nothing stands there but blanks and comments.
    """
    body = page.body
    at = next(iter(_ends(body)), len(body))
    while at >= 0 and (nothing := _NOTHING.match(body, at)):
        at = body.find(b"-->", nothing.end()) if nothing[0] == b"<!--" else nothing.end()
        at += len(b"-->") if nothing[0] == b"<!--" and at >= 0 else 0
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
    for part in body.select(", ".join(_FURNITURE)):
        part.decompose()
    return body


def shell_name(page: Page, tree: BeautifulSoup) -> str:
    """The page's name in its title, folded; refuses a title that is not the site's."""
    title = fold(tree.title.get_text(" ")) if tree.title else ""
    found = _SHELL.match(title[:_LONGEST_TITLE])
    if found is None:
        raise UnverifiedPage(page, "its title is not that of a page on Ofsted's site")
    return found["name"]


def read_listing(page: Page, wanted: Wanted, addresses: Addresses, today: date) -> Listing:
    """The provider's whole list.

    Args:
        page: as it came, answered with 200.
        wanted: whose it should be.
        addresses: the site.
        today: days of publication after it are warned of.

    Raises:
        Unproven: it is not surely this provider's page, or not surely its whole list.
    """
    tree = soup(page)
    _prove_place(page, wanted, addresses)
    name_in_title = shell_name(page, tree)
    if _OTHER_PAGES.match(name_in_title):
        raise UnverifiedPage(page, "not a provider's page", "check the provider's URN and code")
    canonical = _canonical(tree)
    main = main_of(tree)
    _refuse_another(page, wanted, main, canonical)
    if main.select_one(".pagination, .pagination__next, [rel~=next]"):
        raise UnverifiedPage(page, "a list split over several pages, which we do not expect")
    rows = RowReader(page, main, addresses, today).rows()
    _prove_provider(page, wanted, main, rows)
    return Listing(
        urn=wanted.urn,
        code=wanted.code,
        name=_heading(main) or name_in_title,
        address=page.address,
        entries=rows.entries,
        sha256=sha256(page.body).hexdigest(),
        warnings=(*rows.warnings, *filter(None, (behind_end(page),))),
    )


def _prove_place(page: Page, wanted: Wanted, addresses: Addresses) -> None:
    where = addresses.provider_of(page.address)
    if where is None or (where.urn.upper(), where.code) != (wanted.urn.upper(), wanted.code):
        raise UnverifiedPage(
            page, f"redirected to {page.address}", "check the provider's URN and code"
        )


def _refuse_another(page: Page, wanted: Wanted, main: Tag, canonical: str | None) -> None:
    """Any other URN where the page says whose it is."""
    said = _urns_in_title_block(main) | ({canonical} if canonical else set())
    others = said - {wanted.urn.upper()}
    if others:
        raise UnverifiedPage(
            page,
            f"the page of URN {', '.join(sorted(others))}, not {wanted.urn}",
            "nothing was changed; check the provider's URN and code",
        )


def _prove_provider(page: Page, wanted: Wanted, main: Tag, rows: Rows) -> None:
    """The URN says whose page it is; where none is printed, a known report or the name does."""
    printed = _urns_in_title_block(main) or _urns(main)
    if wanted.urn.upper() in printed:
        return
    listed = {entry.file_id for entry in rows.entries if entry.file_id}
    known = not listed.isdisjoint(wanted.known) or _same_name(_heading(main), wanted.name)
    if printed or not known:
        raise UnverifiedPage(
            page, f"no URN {wanted.urn} on the page, and nothing we know of this provider"
        )


def _urns_in_title_block(main: Tag) -> set[str]:
    block = main.select_one(".title-block")
    return _urns(block) if block else set()


def _urns(tag: Tag) -> set[str]:
    return {urn.upper() for urn in _URN.findall(fold(tag.get_text(" ")))}


def _canonical(tree: BeautifulSoup) -> str | None:
    """The URN of the page's canonical address; None where that is the generic one, or absent."""
    link = tree.find("link", rel="canonical")
    found = _CANONICAL.search(str(link.get("href") or "")) if link else None
    return found[1].upper() if found else None


def _heading(main: Tag) -> str:
    heading = main.select_one("h1.heading--title") or main.find("h1")
    return squeeze(clean(heading.get_text(" "))) if heading else ""


def _same_name(heading: str, name: str | None) -> bool:
    """Whether two names are one, whatever the style: `London Borough of Sutton`, `Sutton`."""
    ours, theirs = (_bare(name or ""), _bare(heading))
    return bool(ours) and ours == theirs


def _bare(name: str) -> str:
    return squeeze(_STYLE_WORDS.sub(" ", fold(name).replace("&", "and")))
