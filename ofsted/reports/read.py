"""Reads a file in this process."""

from __future__ import annotations

import hashlib
from os import PathLike
from pathlib import Path

from ofsted.errors import Unreadable
from ofsted.reports.blocks import Document
from ofsted.reports.frameworks import read_document
from ofsted.reports.limits import Limits
from ofsted.reports.model import PARSER, Doubt, Reading

_PDF_SIGN = b"%PDF-"
_SIGN_WITHIN = 1024  # bytes that PDF viewers allow before it


def read(
    source: str | PathLike[str] | bytes, *, name: str | None = None, limits: Limits | None = None
) -> Reading:
    """Read a report in this process.

    For files from outside use `read_apart`: a file can crash PDFium, and the process with it.

    Args:
        source: a path, or the bytes of a file: a PDF, or a report's text in UTF-8.
        name: what to call the file in a doubt; None: the path's last part.
        limits: of size, pages and characters; None: the usual ones.

    Returns:
        A reading of every file; that of a file that cannot be read has the status `unread`
        and a doubt that says why.

    Raises:
        OSError: there is no such file, or it may not be opened.
    """
    content, label = _content(source, name)
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        document = open_document(content, limits or Limits())
    except Unreadable as error:
        return unreadable(sha256, f"{label} cannot be read: {error}")
    found = read_document(document)
    return Reading(
        sha256=sha256,
        parser_version=PARSER,
        status=found.status,
        kind=found.kind,
        framework=found.framework,
        title=found.title,
        provider=found.provider,
        first_day=found.first_day,
        last_day=found.last_day,
        inspectors=found.inspectors,
        judgements=found.judgements,
        outcome=found.outcome,
        theme=found.theme,
        improvements=found.improvements,
        doubts=found.doubts,
        pages=document.pages,
        text=document.text,
    )


def open_document(content: bytes, limits: Limits) -> Document:
    """The blocks of a PDF, or of a text.

    Raises:
        Unreadable: it is neither, it is damaged, or it exceeds a limit.
    """
    if len(content) > limits.size:
        raise Unreadable(f"it has {len(content)} bytes; {limits.size} are read")
    if _PDF_SIGN in content[:_SIGN_WITHIN]:
        from ofsted.reports.pdf import read_pdf  # PDFium, only where there is a PDF

        return read_pdf(content, limits)
    from ofsted.reports.plain import read_plain

    return read_plain(content, limits)


def unreadable(sha256: str, why: str) -> Reading:
    """The reading of a file that could not be read."""
    return Reading(sha256, PARSER, "unread", "unknown", doubts=(Doubt(why),))


def _content(source: str | PathLike[str] | bytes, name: str | None) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        return source, name or "the file"
    path = Path(source)
    return path.read_bytes(), name or path.name
