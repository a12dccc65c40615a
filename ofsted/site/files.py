"""A report's file: taken only if it is a whole PDF.

Four dead links of 2012 stayed listed for years and answered with a page of HTML, "Report not
found"; a PDF that is cut to 99 % often still opens. So: `%PDF-` within the first 1,024 bytes,
`%%EOF` within the last 1,024 (so in all 138 real files looked at), and every announced byte.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from ofsted.errors import Strange
from ofsted.site.answers import say
from ofsted.site.client import Client, expect_ok
from ofsted.site.model import Download
from ofsted.site.wire import Answer

_EDGE = 1024
_SAID = 64 * 1024


def download(client: Client, address: str, to: Path, *, link: str, limit: int) -> Download:
    """Fetch a file.

    Args:
        client: asks for it.
        address: where it is fetched from.
        to: where it is written, over what is there; flushed to disk; gone again after a failure.
        link: what the page says, for the result.
        limit: bytes.

    Raises:
        SiteError: there is no file, or it is not a whole PDF.
    """
    try:
        return client.ask(address, _writer(to, link, limit), _plainly)
    except BaseException:  # also Ctrl-C: nothing half-written stays
        to.unlink(missing_ok=True)
        raise


def _plainly(_address: str) -> dict[str, str]:
    """As the file is; its announced length then is the file's."""
    return {"Accept-Encoding": "identity"}


def _writer(to: Path, link: str, limit: int) -> Callable[[Answer], Download]:
    def write(answer: Answer) -> Download:
        expect_ok(answer)
        digest, size, head, tail = sha256(), 0, b"", b""
        with to.open("wb") as file:
            for chunk in answer.chunks(limit):
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
                head = (head + chunk)[:_SAID] if len(head) < _SAID else head
                tail = (tail + chunk)[-_EDGE:]
            file.flush()
            os.fsync(file.fileno())
        media_type = answer.headers.get("Content-Type")
        wrong = _what_is_wrong(head, tail)
        if wrong:
            came = f"{say(answer.status, head, size)}, {wrong} ({media_type})"
            raise Strange(answer.asked, came, "listed, but not available yet")
        return Download(link, to, digest.hexdigest(), size, media_type)

    return write


def _what_is_wrong(head: bytes, tail: bytes) -> str:
    """Empty for a whole PDF."""
    if not head:
        return "an empty file"
    if b"%PDF-" not in head[:_EDGE]:
        return "not a PDF"
    return "" if b"%%EOF" in tail else "a PDF that is cut off"
