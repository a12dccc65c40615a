"""The website's folder, as answers to readers' requests.

Starlette's own StaticFiles looks at a file and opens it later: a page replaced in between comes cut
off, with the ETag of the one before. Here a file is opened first, and all that is said of it is of
what was opened. So each answer is one state of one page.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import stat
from hashlib import blake2b
from io import FileIO
from pathlib import Path, PurePath

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from website.addresses import INDEX

NOT_FOUND = "404.html"  # in the folder, if there is one
# Not by the machine's tables, which differ.
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/atom+xml; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".txt": "text/plain; charset=utf-8",
}
ANY_TYPE = "application/octet-stream"
# What a file or folder of ours may be called: nothing hidden, and nothing that leads elsewhere.
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}")
# Why a file is not there for readers; ELOOP: it is a symbolic link.
ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EACCES, errno.EPERM, errno.ENXIO}
PART = 64 * 1024  # bytes sent at once
LATER = {"Retry-After": "60"}

log = logging.getLogger(__name__)


class Website:
    """The folder as an ASGI application: its files and each folder's `index.html`, read only.

    Args:
        folder: may be written later, and anew at any time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._logged: set[int | None] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        answer = await run_in_threadpool(self._answer, scope)
        await answer(scope, receive, send)

    def _answer(self, scope: Scope) -> Response:
        if scope["method"] not in {"GET", "HEAD"}:
            words = "This website can only be read."
            return _page(405, "Not allowed", words, {"Allow": "GET, HEAD"})
        try:
            return self._found(scope["path"], Headers(scope=scope)) or self._missing()
        except OSError as error:
            if error.errno not in self._logged:  # once, however often it is asked for
                self._logged.add(error.errno)
                log.error("%s cannot be read: %s", self._folder, error.strerror)  # noqa: TRY400
            return _page(503, "Try again later", "This page cannot be shown at the moment.", LATER)

    def _found(self, path: str, asked: Headers) -> Response | None:
        """The file at this path; for a folder its index, or the way there."""
        *folders, name = path[1:].split("/")
        names = [*folders, name] if name else folders
        if not path.startswith("/") or not all(map(NAME.fullmatch, names)):
            return None
        file = self._open(*names) if name else None
        index = None if file else self._open(*names, INDEX)
        if index and name:
            index.close()
            # Relative: neither a forged host name nor a proxy's own path leads it astray.
            return Response(status_code=301, headers={"Location": f"{name}/"})
        file = file or index
        if file and file.is_known(asked):
            file.close()
            return Response(status_code=304, headers={"ETag": file.etag})
        return file

    def _missing(self) -> Response:
        """That there is no such page, or none at all yet."""
        if page := self._open(NOT_FOUND):
            page.status_code = 404
            return page
        if index := self._open(INDEX):
            index.close()
            return _page(404, "Page not found", "There is no page at this address.", {})
        words = "The website has not been written yet. Try again in a few minutes."
        return _page(503, "Not written yet", words, LATER)

    def _open(self, *names: str) -> OpenedFile | None:
        """Open a file, and go through no symbolic link on the way down; None: there is none.

        Raises:
            OSError: there is one, and it cannot be read.
        """
        handle = -1
        try:
            handle = os.open(self._folder, os.O_RDONLY)
            for name in names:
                above = handle
                # A pipe would be waited for, if opening it were not without blocking.
                handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=above)
                os.close(above)
        except OSError as error:
            if handle >= 0:
                os.close(handle)
            if error.errno in ABSENT:
                return None
            raise
        if stat.S_ISREG(os.fstat(handle).st_mode):
            return OpenedFile(handle, names[-1])
        os.close(handle)
        return None


class OpenedFile(Response):
    """Sends a file as it was opened: one that is replaced meanwhile still comes to its end.

    Ranges are not heeded, which HTTP leaves to us: the files are small.

    Args:
        handle: of the open file.
        name: by whose ending its media type is known.
    """

    def __init__(self, handle: int, name: str) -> None:
        found = os.fstat(handle)
        self._file = FileIO(handle)
        self._size = found.st_size
        # Of two states of one page within a second, or of one size, each has its own; and it is
        # hashed, since the number of an inode is nobody's business.
        state = (found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_size)
        self.etag = f'"{blake2b(repr(state).encode(), digest_size=12).hexdigest()}"'
        self.status_code, self.background = 200, None
        self.media_type = MEDIA_TYPES.get(PurePath(name).suffix, ANY_TYPE)
        self.init_headers({"Content-Length": str(self._size), "ETag": self.etag})
        self.close = self._file.close

    def is_known(self, asked: Headers) -> bool:
        """Whether who asks has this very state. If-Modified-Since, in whole seconds, cannot say."""
        known = ",".join(asked.getlist("If-None-Match")).split(",")
        return not {"*", self.etag}.isdisjoint(tag.strip().removeprefix("W/") for tag in known)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it in parts, of which one at a time is in memory."""
        del receive
        with self._file:
            start = {"type": "http.response.start", "status": self.status_code}
            await send({**start, "headers": self.raw_headers})
            left = self._size if scope["method"] == "GET" else 0
            more = True
            while more:
                part = await run_in_threadpool(self._file.read, min(PART, left))
                left -= len(part)
                # Where another program cut the file, the answer breaks off, as it must not end.
                more = left > 0 and part != b""
                await send({"type": "http.response.body", "body": part, "more_body": left > 0})


def _page(status: int, heading: str, words: str, headers: dict[str, str]) -> Response:
    """A page of one sentence, for where the folder has none."""
    html = (
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{heading}</title>'
        f'<link rel="icon" href="data:,"></head><body><main><h1>{heading}</h1><p>{words}</p></main>'
        "</body></html>\n"
    )
    return Response(html, status, headers, MEDIA_TYPES[".html"])
