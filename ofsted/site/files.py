"""A report's file: taken only if it is a whole PDF.

Four dead links of 2012 stayed listed for years and answered with a page of HTML, "Report not
found"; a PDF that is cut to 99 % often still opens, one made for the web (7 of 138 real files) has
an end near its beginning too, and Word writes a second end behind the first. So: `%PDF-` within
the first 1,024 bytes, every announced byte, and behind the last `startxref ... %%EOF` no part of a
PDF. Anything else may follow it: zeros, a comment, what a proxy adds.
"""

from __future__ import annotations

import mmap
import os
import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

from ofsted.errors import UnexpectedResponse
from ofsted.site.answers import say
from ofsted.site.client import Client, expect_ok
from ofsted.site.model import Download, Validators
from ofsted.site.transport import Answer

_EDGE = 1024
_SAID = 64 * 1024
_LONGEST_VALIDATOR = 500
_BLANKS = rb"[\0\s]{1,64}"
_END = re.compile(rb"startxref" + _BLANKS + rb"\d{1,20}" + _BLANKS + rb"%%EOF")
_PART = re.compile(
    rb"\d" + _BLANKS + rb"\d{1,10}" + _BLANKS + rb"obj\b|\bendobj\b|\bstartxref\b"
    rb"|\bxref" + _BLANKS + rb"\d|\btrailer[\0\s]{0,64}<<"
)


def download(
    client: Client,
    address: str,
    to: Path,
    *,
    link: str,
    limit: int,
    known: Validators | None = None,
) -> Download | None:
    """Fetch a file.

    Args:
        client: asks for it.
        address: where it is fetched from.
        to: where it is written, over what is there; flushed to disk; gone again after a failure.
        link: what the page says, for the result.
        limit: bytes.
        known: what the site said of the file when it was last fetched; None: fetch it anyhow.

    Returns:
        None: it has not changed since then, and nothing is written.

    Raises:
        SiteError: there is no file, or it is not a whole PDF.
    """
    conditions = _conditions(known)
    try:
        return client.ask(address, _writer(to, link, limit, conditions), lambda _: conditions)
    except BaseException:  # also Ctrl-C: nothing half-written stays
        to.unlink(missing_ok=True)
        raise


def _conditions(known: Validators | None) -> dict[str, str]:
    """As the file is, so that its announced length is the file's; and only if it is another."""
    wanted = {
        "Accept-Encoding": "identity",
        "If-None-Match": known and known.etag,
        "If-Modified-Since": known and known.last_modified,
    }
    return {name: value for name, value in wanted.items() if value}


def _writer(
    to: Path, link: str, limit: int, conditions: Mapping[str, str]
) -> Callable[[Answer], Download | None]:
    def write(answer: Answer) -> Download | None:
        if answer.status == HTTPStatus.NOT_MODIFIED and len(conditions) > 1:
            return None
        expect_ok(answer)
        digest, size = sha256(), 0
        with to.open("w+b") as file:
            for chunk in answer.chunks(limit):
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
            file.flush()
            os.fsync(file.fileno())
            said, flaw = _said(file.fileno(), size)
        media_type = answer.headers.get("Content-Type")
        if flaw:
            came = f"{say(answer.status, said, size)}, {flaw} ({media_type})"
            raise UnexpectedResponse(answer.asked, came, "listed, but not available yet")
        return Download(
            link, to, digest.hexdigest(), size, media_type, validators_of(answer.headers)
        )

    return write


def _said(file: int, size: int) -> tuple[bytes, str]:
    """A file's beginning, and what is wrong with it."""
    if not size:  # which cannot be mapped
        return b"", flaw_of(b"")
    with mmap.mmap(file, 0, access=mmap.ACCESS_READ) as content:
        return content[:_SAID], flaw_of(content)


def flaw_of(content: bytes | mmap.mmap) -> str:
    """Why a file is no whole PDF; empty: it is one."""
    if not len(content):
        return "an empty file"
    if b"%PDF-" not in content[:_EDGE]:
        return "not a PDF"
    end = 0
    for found in _END.finditer(content):
        end = found.end()
    return "an incomplete PDF" if not end or _PART.search(content, end) else ""


def validators_of(headers: Mapping[str, str]) -> Validators:
    """What an answer says of its file, as far as it may be sent back as it is."""
    said = (headers.get(name, "") for name in ("ETag", "Last-Modified"))
    etag, last_modified = (
        value if _can_be_sent(value) and len(value) <= _LONGEST_VALIDATOR else None
        for value in said
    )
    return Validators(etag, last_modified)


def _can_be_sent(value: str) -> bool:
    return bool(value) and value.isascii() and value.isprintable()
