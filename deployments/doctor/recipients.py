"""The recipients: whether each could be reached. No message is sent to anybody."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from requests.utils import get_environ_proxies, select_proxy

from deployments.doctor.findings import Diagnosis, note, ok, wrong
from flows.context.context import AppContext, email_server
from notifications.email.server import EmailServer
from notifications.recipients import Recipient, channel_key
from notifications.words.service import delivery_by
from storage import channel_outages, deliveries, digests, restored


def examine(context: AppContext) -> Iterator[Diagnosis]:
    """The mail server once, each webhook's host, each Apprise address, the outbox."""
    server = email_server(context.settings)
    if server is not None and any(each.via == "email" for each in context.recipients):
        yield _email(server, context)
    for recipient in context.recipients:
        yield from _recipient(recipient)
    yield from _down(context)
    yield from _delayed(context)


def _email(server: EmailServer, context: AppContext) -> Diagnosis:
    """Connect, encrypt, log in, say goodbye."""
    from notifications.email.smtp import greet
    from notifications.tls import tls_context

    where = f"{server.server}:{server.port} ({server.security})"
    try:
        tls = tls_context(context.settings.authority_file)
    except OSError as error:
        return wrong("email", f"ca_file cannot be used: {error.strerror}", "use a PEM file")
    attempt = greet(server, tls)
    if attempt.result == "sent":
        login = f", logs in as {server.username}" if server.username else ", no login"
        return ok("email", f"{where} answers{login}")
    found = f"{where}: {attempt.stage}: {attempt.code or ''} {attempt.words}".replace(":  ", ": ")
    return wrong("email", found, "correct [email] in the settings")


def _recipient(recipient: Recipient) -> Iterator[Diagnosis]:
    subject = f"recipient {recipient.name}"
    match recipient.via:
        case "email":
            yield ok(subject, "mailbox not verified until a message is sent")
        case "teams":
            yield _webhook(subject, recipient.address)
            if not recipient.quiet_notice:
                yield note(
                    subject,
                    "no quiet notices: Microsoft turns off workflows that have not run for 90 days",
                    "set quiet_notice = true, or make sure the workflow's owner has a licence",
                )
        case "apprise":
            yield ok(subject, "address accepted by Apprise; nothing was sent")
        case "outbox":
            yield _outbox(subject, Path(recipient.address))


def _webhook(subject: str, address: str) -> Diagnosis:
    host = urlsplit(address).hostname or ""
    if select_proxy(address, get_environ_proxies(address, no_proxy=None)):
        return ok(subject, f"{host}, through the proxy set in the environment; nothing was sent")
    try:
        socket.getaddrinfo(host, None)
    except OSError as error:
        to_do = "check this machine's DNS, and that the whole address was copied"
        return wrong(subject, f"host {host} not found: {error.strerror}", to_do)
    return ok(subject, f"host {host} found; nothing was sent")


def _outbox(subject: str, folder: Path) -> Diagnosis:
    place = next(each for each in (folder, *folder.parents) if each.exists())
    if os.access(place, os.W_OK):
        return note(
            subject,
            f"messages are written to {folder}",
            "to send email or Teams messages, add [[recipients]] to the settings",
        )
    return wrong(subject, f"{place} is not writable", "check its owner and permissions")


def _down(context: AppContext) -> Iterator[Diagnosis]:
    names = {channel_key(each) for each in context.recipients}
    with context.database.read() as session:
        down = channel_outages.open_outages(session)
    for name, channel in down.items():
        if name in names:
            since = f"{channel.down_since:%d %B %Y %H:%M} UTC"
            to_do = "check its settings; run `ofsted-watch test-alert NAME` to see whether it works"
            found = f"{delivery_by(name)} has been failing since {since}: {channel.words}"
            yield wrong("channel", found, to_do)


def _delayed(context: AppContext) -> Iterator[Diagnosis]:
    with context.database.read() as session:
        late = deliveries.delayed(session, context.clock.now())
        failing = digests.all_failing(session)
        held = restored.on_hold(session)
    if held:
        to_do = "`ofsted-watch messages` shows them; `messages retry` or `messages cancel` decides"
        found = f"{held[0]} on hold since a restore: they may have been sent after the backup"
        yield wrong("messages", found, to_do)
    for name in dict.fromkeys(each.recipient for each in late):
        its = [each for each in late if each.recipient == name]
        since = f"{min(each.since for each in its):%d %B %Y %H:%M} UTC"
        found = f"{len(its)} delayed, the oldest since {since}: {its[-1].error or 'no attempt yet'}"
        yield wrong(f"messages to {name}", found, "run `ofsted-watch send` and see what it says")
    for name, each in failing.items():
        found = f"the digest has been failing since {each.since:%d %B %Y %H:%M} UTC"
        yield wrong(f"messages to {name}", found, "see the log for the error and please report it")
