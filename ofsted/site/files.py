"""Downloads a report's file, and accepts it only if it is a complete PDF.

Four links of 2012 stayed listed for years and were answered with an HTML page, "Report not found".
A PDF cut to 99 % often still opens; a linearised one (7 of 138 real files) has an end marker near
its beginning too, and Word writes a second one after the first. So a file is accepted with `%PDF-`
within its first 1,024 bytes, with every announced byte, and with no PDF object after its last
`startxref ... %%EOF`. Anything else may follow: zeros, a comment, what a proxy adds.
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

_HEADER_WITHIN = 1024  # bytes
_DESCRIBED = 64 * 1024  # bytes of a wrong answer that its description is made from
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
        to: path to write, replacing what is there; flushed to disk; removed after a failure.
        link: as the page has it, for the result.
        limit: most bytes.
        known: validators of the last download; None: fetch it in any case.

    Returns:
        None if it has not changed since then; nothing is written.

    Raises:
        SiteError: there is no file, or it is not a complete PDF.
    """
    conditions = _conditions(known)
    try:
        return client.ask(address, _writer(to, link, limit, conditions), lambda _: conditions)
    except BaseException:  # Ctrl-C too
        to.unlink(missing_ok=True)
        raise


def _conditions(known: Validators | None) -> dict[str, str]:
    """Headers: uncompressed, so that the announced length is the file's; and conditional."""
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
            beginning, flaw = _inspect(file.fileno(), size)
        media_type = answer.headers.get("Content-Type")
        if flaw:
            came = f"{say(answer.status, beginning, size)}, {flaw} ({media_type})"
            raise UnexpectedResponse(answer.asked, came, "listed, but not available yet")
        return Download(
            link, to, digest.hexdigest(), size, media_type, validators_of(answer.headers)
        )

    return write


def _inspect(file: int, size: int) -> tuple[bytes, str]:
    """The beginning of a file, and what is wrong with it."""
    if not size:  # an empty file cannot be mapped
        return b"", flaw_of(b"")
    with mmap.mmap(file, 0, access=mmap.ACCESS_READ) as content:
        return content[:_DESCRIBED], flaw_of(content)


def flaw_of(content: bytes | mmap.mmap) -> str:
    """Why a file is not a complete PDF; empty if it is one."""
    if not len(content):
        return "an empty file"
    if b"%PDF-" not in content[:_HEADER_WITHIN]:
        return "not a PDF"
    end = 0
    for found in _END.finditer(content):
        end = found.end()
    return "an incomplete PDF" if not end or _PART.search(content, end) else ""


def validators_of(headers: Mapping[str, str]) -> Validators:
    """The ETag and Last-Modified of an answer, each only if it can be sent back as it is."""
    etag, last_modified = (
        value if _can_be_sent(value) else None
        for value in (headers.get(name, "") for name in ("ETag", "Last-Modified"))
    )
    return Validators(etag, last_modified)


def _can_be_sent(value: str) -> bool:
    return 0 < len(value) <= _LONGEST_VALIDATOR and value.isascii() and value.isprintable()
