"""What can go wrong at the real site, to order: each fault turns a good answer into a bad one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from deployments.demo.fake_ofsted_pages import notice

HTML = "text/html; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the fake site sends, and how badly."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    announced: int | None = None  # Content-Length; None: the true one; negative: none at all
    reset_after: int | None = None  # bytes of the body before the connection is reset
    pause: float = 0.0  # seconds between pieces
    piece: int = 64 * 1024  # bytes

    def named(self, name: str, value: str) -> Reply:
        """The same with one header more, or another value for it."""
        return replace(self, headers={**self.headers, name: value})


Fault = Callable[[Reply], Reply]


def page_of(body: bytes, status: int = 200) -> Reply:
    """A plain page."""
    return Reply(body, status, {"Content-Type": HTML})


def not_found(reply: Reply) -> Reply:
    """The shell, `Page not found`."""
    del reply
    return page_of(notice("Page not found", "Sorry, we could not find that page."), 404)


def dead_file(status: int = 404) -> Fault:
    """`Report not found`: seen with 404, and under `.pdf` names with 200."""
    text = "Sorry, the document you requested no longer exists."
    return lambda _: page_of(notice("Report not found", text), status)


def slim_error(reply: Reply) -> Reply:
    """The page of the framework below, as seen in 2018-19."""
    del reply
    body = b"<html><head><title>Slim Application Error</title></head><body><h1>Slim Application "
    return page_of(body + b"Error</h1><p>A website error has occurred.</p></body></html>", 500)


def status(number: int, text: str = "", *, retry_after: int | str | None = None) -> Fault:
    """A bare status, such as 503 `Service Unavailable`, 403 or 429."""
    headers = {"Content-Type": "text/plain"}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return lambda _: Reply(text.encode(), number, headers)


def challenge(reply: Reply) -> Reply:
    """200, tiny, with a script: not seen at this site, usual elsewhere."""
    del reply
    script = b"<script>document.cookie='seen=1';location.reload()</script>"
    return page_of(b"<!DOCTYPE html><html><head>" + script + b"</head><body></body></html>")


def cut(share: float = 0.9) -> Fault:
    """Only the first part, honestly announced: half a page, or half a PDF."""
    return lambda reply: replace(reply, body=reply.body[: int(len(reply.body) * share)])


def reset(share: float = 0.5) -> Fault:
    """The connection is reset in the middle of the body."""
    return lambda reply: replace(reply, reset_after=int(len(reply.body) * share))


def announced(difference: int) -> Fault:
    """A Content-Length that is too long, or too short if negative."""
    return lambda reply: replace(reply, announced=len(reply.body) + difference)


def drip(piece: int = 1, pause: float = 0.1) -> Fault:
    """A few bytes at a time."""
    return lambda reply: replace(reply, piece=piece, pause=pause)


def redirect(to: str, number: int = 302) -> Fault:
    """To another address, of this host or a foreign one."""
    return lambda _: Reply(status=number, headers={"Location": to})


def typed(media_type: str) -> Fault:
    """The same bytes under another Content-Type."""
    return lambda reply: reply.named("Content-Type", media_type)


def instead(body: bytes, media_type: str = HTML) -> Fault:
    """Other bytes altogether: another provider's page, HTML for a PDF."""
    return lambda _: Reply(body, 200, {"Content-Type": media_type})


def edited(old: str, new: str) -> Fault:
    """The page with one thing changed everywhere, such as a class name: layout drift.

    A page without that thing is a mistake of the caller's, and answered with nothing.
    """

    def edit(reply: Reply) -> Reply:
        if old.encode() not in reply.body:
            raise ValueError(old)
        return replace(reply, body=reply.body.replace(old.encode(), new.encode()))

    return edit
