"""What every page of the site has: a proper end, a title with the site's name, a main part.

Source: site contract, section 3; seen on every page up to August 2026.
"""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag
from bs4.exceptions import ParserRejectedMarkup

from ofsted.site.answers import Page, UnverifiedPage
from ofsted.text import clean, fold, squeeze

# An `</html>` within a comment or script is not the end of the page.
_MARKER = re.compile(
    rb"<!--|<(?P<raw>script|style)\b|(?P<begin><html(?=[\s>]))|(?P<end></html\s{0,99}>)",
    re.IGNORECASE,
)
_RAW_END = re.compile(rb"</(?:script|style)\b", re.IGNORECASE)
_IGNORED = re.compile(rb"\s+|<!--|</(?:body|html)\s{0,99}>", re.IGNORECASE)
_SHOWN = 80  # characters of what follows the end
_MOST_PARTS = 6_000  # tags of a page; the search's page of 100 results has some 2,000
_DEEPEST = 100  # tags within tags; real pages have some 20
_SHELL, _BETWEEN = "find an inspection report", " |-"
_SURROUNDINGS = ("header", "footer", ".header", ".footer", ".banners", ".cookie-banner")


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
    name, shell, behind = title.rpartition(_SHELL)
    if not shell or behind.strip(_BETWEEN) != "ofsted":
        raise UnverifiedPage(page, "its title is not that of a page on Ofsted's site")
    return name.rstrip(_BETWEEN)
