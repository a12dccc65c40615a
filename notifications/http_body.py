"""The beginning of an HTTP answer's body, and whether it is a web page."""

from __future__ import annotations

import re
from time import monotonic

import requests
from urllib3.exceptions import HTTPError

ENOUGH = 20_000  # bytes
PATIENCE = 5.0  # seconds for a slow body, checked after each piece

_HTML = re.compile(
    r"(?is)\A\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b"
)
_UNSEEN = re.compile(r"(?is)<(script|style)\b.*?(</\1\s*>|\Z)|<!--.*?(-->|\Z)")
_TITLE = re.compile(r"(?is)<title[^>]*>(.*?)(</title|\Z)")
_TAG = re.compile(r"(?s)<[^>]*>")


def beginning(answer: requests.Response) -> str | None:
    """The beginning of a streamed answer's body; None: the connection broke."""
    until = monotonic() + PATIENCE
    found = b""
    try:
        while len(found) < ENOUGH and monotonic() < until:
            piece = answer.raw.read1(ENOUGH, decode_content=True)
            if not piece:
                break
            found += piece
    except (OSError, HTTPError):
        return None
    return found.decode("utf-8", "replace").lstrip("\ufeff")


def is_web_page(answer: requests.Response, body: str) -> bool:
    """Whether it is HTML, as of proxies and log-in pages, by its type or its beginning."""
    stated = answer.headers.get("Content-Type", "").casefold()
    return "html" in stated.partition(";")[0] or bool(_HTML.match(body))


def title_of(page: str) -> str:
    """The title of a web page; empty where it has none."""
    found = _TITLE.search(page)
    return " ".join(found[1].split()) if found else ""


def visible_text(page: str) -> str:
    """The visible text of a web page."""
    return " ".join(_TAG.sub(" ", _UNSEEN.sub(" ", page)).split())
