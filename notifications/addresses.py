"""What a recipient's address must be: a mailbox, a Teams workflow, or an Apprise service.

Errors name the recipient and never carry an address or its secrets. Source of the
Teams rules: Microsoft's pages on Workflows webhooks, July 2024 to July 2026.
"""

from __future__ import annotations

from email.errors import HeaderParseError
from email.headerregistry import Address
from email.policy import SMTP
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, urlsplit

from ofsted.text import clean, squeeze

RETIRED_HOST = ".webhook.office.com"
OLD_HOST = ".logic.azure.com"
WORKFLOW_HOSTS = (OLD_HOST, ".environment.api.powerplatform.com")

RETIRED = (
    "its Teams address was retired by Microsoft in 2026",
    "create a workflow 'Send webhook alerts to a channel' and use its address",
)
ELSEWHERE = {
    **dict.fromkeys(("mailto", "mailtos", "owemail"), "use `email` for a mailbox"),
    **dict.fromkeys(("workflow", "workflows", "owteams"), "use `teams` for a Teams channel"),
    "msteams": RETIRED[1],
    **dict.fromkeys(
        ("dbus", "qt", "kde", "glib", "gio", "gnome", "macosx", "windows", "syslog", "blink1"),
        "use a service that reaches people elsewhere: this one only acts on this machine",
    ),
}


class BadRecipient(ValueError):  # noqa: N818 - the name that callers know
    """A recipient that cannot be used as it is in the settings.

    Args:
        name: the recipient's name, as in the settings.
        what: what is wrong, without the address.
        advice: what would be right.
    """

    def __init__(self, name: str, what: str, advice: str) -> None:
        super().__init__(name, what, advice)
        self.name = name
        self.what = what
        self.advice = advice

    def __str__(self) -> str:
        return squeeze(clean(f"recipient {self.name!r}: {self.what}; {self.advice}"))


class Flaw(Exception):  # noqa: N818 - becomes a BadRecipient where the name is known
    """What is wrong with an address, and what would be right."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(what, advice)
        self.what = what
        self.advice = advice


def mailbox(text: str) -> Address:
    """The one mailbox that a text names, with or without a display name.

    Raises:
        Flaw: it is not exactly one valid address (RFC 5322), or has characters that no email
            header may have.
    """
    advice = "give one address such as mary.o'neil@example.gov.uk"
    if clean(text) != text or not text.isprintable():
        raise Flaw("its email address contains control characters", advice)
    if not text.rpartition("<")[2].isascii():
        raise Flaw(
            "its email address contains letters outside ASCII", f"{advice}, in plain letters"
        )
    try:
        header = SMTP.header_factory("To", text)
        found: tuple[Address, ...] = header.addresses
    except (HeaderParseError, ValueError, IndexError):
        raise Flaw("its email address cannot be read", advice) from None
    if len(found) != 1:
        raise Flaw(f"its email field contains {len(found) or 'no'} addresses", advice)
    [address] = found
    if not address.username or not address.domain or header.defects:
        raise Flaw("its email address is not valid", advice)
    if len(address.addr_spec) > 254:  # noqa: PLR2004 - RFC 5321
        raise Flaw("its email address is longer than 254 characters", advice)
    return address


def workflow(address: str, *, allow_private: bool) -> tuple[str, ...]:
    """Check a Teams workflow's address, which is used unchanged.

    Returns:
        Warnings.

    Raises:
        Flaw: it is not https, not on a host of Power Automate, or without its signature.
    """
    advice = "copy the whole address of the workflow 'Send webhook alerts to a channel'"
    url = _split(address, advice)
    host = url.hostname or ""
    if f".{host}".endswith(RETIRED_HOST):
        raise Flaw(*RETIRED)
    known = host.endswith(WORKFLOW_HOSTS)
    if url.scheme != "https" and not (allow_private and url.scheme == "http" and loopback(host)):
        raise Flaw("its Teams address does not begin with https://", advice)
    if not known and not allow_private:
        raise Flaw(f"its Teams address is not on any of {', '.join(WORKFLOW_HOSTS)}", advice)
    if known and not any(parse_qs(url.query).get("sig", ())):
        raise Flaw("its Teams address has no `sig`", advice)
    if host.endswith(OLD_HOST):
        return ("its Teams address is in the format that Microsoft ended on 30 November 2025",)
    return ()


def service(address: str, *, allow_private: bool) -> tuple[str, ...]:
    """Check an Apprise address.

    Returns:
        Warnings.

    Raises:
        Flaw: its plugin does not load or has no target, or we do not send by its kind.
    """
    schema, mark, _ = address.partition("://")
    schema = schema.casefold()
    _refuse({schema})
    from notifications.apprise_channel import load, parse_names

    plugin = load(address)
    kind = f"{schema}:// address" if mark and schema.isalnum() else "address"
    if plugin is None or not plugin.enabled:
        raise Flaw(f"Apprise cannot use its {kind}", "see Apprise's page on that service")
    _refuse({*plugin.schemas()})
    if not len(plugin):
        raise Flaw(f"its {kind} names no target to send to", "add a target to it")
    if schema in parse_names(plugin.protocol) and not allow_private:
        return (f"messages to its {kind} are sent unencrypted",)
    return ()


def folder(address: str) -> tuple[str, ...]:
    """Check the outbox's folder.

    Returns:
        No warnings.

    Raises:
        Flaw: it is a file.
    """
    if not address or Path(address).is_file():
        raise Flaw("its outbox is not a folder", "name a folder")
    return ()


def loopback(host: str) -> bool:
    """Whether a host is this machine, by its name or address; nothing is resolved."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _split(address: str, advice: str) -> SplitResult:
    if not address.isascii() or not address.isprintable() or " " in address:
        raise Flaw("its Teams address contains spaces or characters outside ASCII", advice)
    try:
        url = urlsplit(address)
        url.port  # noqa: B018 - raises where the port is none
    except ValueError:
        raise Flaw("its Teams address cannot be read", advice) from None
    if not url.hostname or url.username or url.password:
        raise Flaw("its Teams address is not valid", advice)
    return url


def _refuse(schemas: set[str]) -> None:
    for schema in sorted(schemas & ELSEWHERE.keys()):
        raise Flaw(f"`{schema}` addresses are not supported here", ELSEWHERE[schema])
