"""The recipients: whether each could be reached. No message is sent to anybody."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from requests.utils import get_environ_proxies, select_proxy

from deployments.doctor.findings import Finding, note, ok, wrong
from flows.tools import Tools, mail_server
from notifications.mail.server import MailServer
from notifications.outcomes import Outcome
from notifications.recipients import Recipient, way_name
from notifications.words.service import delivery_by
from storage import deliveries, digests, ways


def examine(tools: Tools) -> Iterator[Finding]:
    """The mail server once, each webhook's host, each Apprise address, the outbox."""
    server = mail_server(tools.settings)
    if server is not None and any(each.channel == "mail" for each in tools.recipients):
        yield _mail(server, tools)
    for recipient in tools.recipients:
        yield from _recipient(recipient)
    yield from _down(tools)
    yield from _delayed(tools)


def _mail(server: MailServer, tools: Tools) -> Finding:
    """Connect, encrypt, log in, say goodbye."""
    from notifications.mail.smtp import greet
    from notifications.tls import tls_context

    where = f"{server.server}:{server.port} ({server.security})"
    try:
        context = tls_context(tools.settings.authority_file)
    except OSError as error:
        return wrong("mail", f"ca_file cannot be used: {error.strerror}", "give a file in PEM form")
    attempt = greet(server, context)
    if attempt.outcome is Outcome.SENT:
        login = f", logs in as {server.username}" if server.username else ", without login"
        return ok("mail", f"{where} answers{login}")
    found = f"{where}: {attempt.stage}: {attempt.code or ''} {attempt.words}".replace(":  ", ": ")
    return wrong("mail", found, "put [mail] in the settings right")


def _recipient(recipient: Recipient) -> Iterator[Finding]:
    subject = f"recipient {recipient.name}"
    match recipient.channel:
        case "mail":
            yield ok(subject, "a mailbox; whether it exists is seen when a message goes")
        case "teams":
            yield _webhook(subject, recipient.address)
            if not recipient.sign_of_life:
                yield note(
                    subject,
                    "no sign of life: Microsoft turns off workflows that do not run for 90 days",
                    "set sign_of_life = true, or see that the workflow's owner has a licence",
                )
        case "apprise":
            yield ok(subject, "Apprise can use its address; nothing was sent")
        case "outbox":
            yield _outbox(subject, Path(recipient.address))


def _webhook(subject: str, address: str) -> Finding:
    host = urlsplit(address).hostname or ""
    if select_proxy(address, get_environ_proxies(address, no_proxy=None)):
        return ok(subject, f"{host}, by the proxy of the environment; nothing was sent")
    try:
        socket.getaddrinfo(host, None)
    except OSError as error:
        to_do = "see the machine's DNS, and that the address is copied whole"
        return wrong(subject, f"its host {host} is not found: {error.strerror}", to_do)
    return ok(subject, f"its host {host} is found; nothing was sent")


def _outbox(subject: str, folder: Path) -> Finding:
    place = next(each for each in (folder, *folder.parents) if each.exists())
    if os.access(place, os.W_OK):
        return note(subject, f"messages are written to {folder}", "add [[recipients]]")
    return wrong(subject, f"{place} cannot be written", "see its owner and rights")


def _down(tools: Tools) -> Iterator[Finding]:
    names = {way_name(each) for each in tools.recipients}
    with tools.database.read() as session:
        down = ways.broken(session)
    for name, way in down.items():
        if name in names:
            since = f"{way.broken_since:%d %B %Y %H:%M} UTC"
            to_do = (
                "check its settings; `test-alert` with a recipient's name shows whether it works"
            )
            found = f"{delivery_by(name)} has been failing since {since}: {way.words}"
            yield wrong("channel", found, to_do)


def _delayed(tools: Tools) -> Iterator[Finding]:
    with tools.database.read() as session:
        late = deliveries.late(session, tools.clock.now())
        failing = digests.all_failing(session)
    for name in dict.fromkeys(each.recipient for each in late):
        its = [each for each in late if each.recipient == name]
        since = f"{min(each.since for each in its):%d %B %Y %H:%M} UTC"
        found = f"{len(its)} delayed, the oldest since {since}: {its[-1].error or 'not tried'}"
        yield wrong(f"messages to {name}", found, "`ofsted-watch deliver`; then see its answer")
    for name, each in failing.items():
        found = f"the digest could not be made since {each.since:%d %B %Y %H:%M} UTC"
        yield wrong(f"messages to {name}", found, "see the log for the error, and please report it")
