"""The end of every message: links, source, licence, and why the recipient gets it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from basics.web_addresses import plain_parts
from notifications.addresses import loopback
from notifications.events import Finding, Provider, Report
from notifications.message import Link, MessageContext
from notifications.words.labels import KINDS, graded
from notifications.words.plain import listed, plain
from ofsted.licence import licence_of
from ofsted.provider_key import AREA
from ofsted.reports.model import Kind

LICENCE = licence_of("Ofsted")
_SEE_REPORT = "Please refer to the published report."
AREAS = 3  # links to their pages in one message
SEE_REPORTS = (  # where several reports are summed up
    "These summaries were produced automatically. Please refer to the published reports."
)


def links(
    provider: Provider, report: Report | None = None, *, label: str = "Report (PDF)"
) -> tuple[Link, ...]:
    """Links to the report and the provider's page, where their addresses are safe to follow."""
    page = "Ofsted's search" if provider.code == AREA else "Ofsted's page"
    wanted = ((label, report.link if report else None), (page, provider.page))
    return tuple(Link(label, url) for label, url in wanted if url and fit(url))


def site(provider: Provider) -> tuple[Link, ...]:
    """A link to the site that an authority's page is on, where every report can be found."""
    parts = urlsplit(provider.page) if fit(provider.page) else None
    return (Link("Ofsted's site", f"{parts.scheme}://{parts.netloc}"),) if parts else ()


def on_website(
    message_context: MessageContext, provider: Provider | None = None, report: Report | None = None
) -> tuple[Link, ...]:
    """A link to our page on a report; without one on its authority; without that to the start."""
    website = message_context.website
    if website is None:
        return ()
    if provider and provider.code == AREA:
        return on_areas(message_context, [provider])
    if provider and report:
        return _ours("Our summary", website.report(provider, report))
    if provider:
        return _ours("All judgements", website.authority(provider))
    return _ours("All authorities", website.start())


def on_areas(message_context: MessageContext, areas: Sequence[Provider]) -> tuple[Link, ...]:
    """Links to our pages on what is listed in these areas; none where there are many."""
    website = message_context.website
    if website is None or len(areas) > AREAS:
        return ()
    labels = [f"All documents, {plain(area.short_name, 60)}" for area in areas]
    if len(areas) == 1:
        labels = ["All documents"]
    return tuple(
        link
        for label, area in zip(labels, areas, strict=True)
        for link in _ours(label, website.area(area))
    )


def what_changed(message_context: MessageContext) -> tuple[Link, ...]:
    """A link to our page with the changes of all authorities."""
    website = message_context.website
    return _ours("What changed", website.changes()) if website else ()


def ui(message_context: MessageContext) -> tuple[Link, ...]:
    """A link to the Prefect UI, for operators."""
    return _ours("Ofsted Watch", message_context.ui_url)


def _ours(label: str, url: str) -> tuple[Link, ...]:
    return (Link(label, url, is_ours=True),) if fit(url, is_ours=True) else ()


def fit(url: str, *, is_ours: bool = False) -> bool:
    """Whether a link is safe to follow: https, or http to a test site on this machine.

    Args:
        url: the link's address.
        is_ours: it is from the settings and was not fetched, so that http is taken from any host.
    """
    parts = plain_parts(url)
    if parts is None:
        return False
    is_http_allowed = is_ours or loopback(parts.hostname or "")
    return parts.scheme == "https" or (parts.scheme == "http" and is_http_allowed)


def unfit_address(report: Report) -> str:
    """A sentence with an address that is shown and not linked; empty where there is none."""
    if not report.link or fit(report.link):
        return ""
    return f"The page gives this address, not linked here for safety: {plain(report.link, 200)}"


def evidence(found: Finding) -> str:
    """Where the summary comes from; empty where none is given, as the message says why."""
    if found.status != "read":
        return ""
    if not graded(found.kind) or not found.judgements:
        return f"This summary was produced automatically from the report. {_SEE_REPORT}"
    pages = sorted({one.page for one in found.judgements if one.page})
    where = f", page{'s' * (len(pages) > 1)} {listed([str(page) for page in pages])}" * bool(pages)
    witnesses = KINDS[found.kind].witnesses
    return (
        f"This summary was produced automatically from the report ({witnesses}{where}). "
        f"{_SEE_REPORT}"
    )


def licence(kind: Kind = "ilacs") -> str:
    return licence_of(KINDS[kind].source)


def why(message_context: MessageContext) -> str:
    """Why a recipient gets the message, and how to unsubscribe; empty without a recipient."""
    if not message_context.recipient:
        return ""
    host = _host(message_context)
    at = f" at {host}" if host else ""
    name = plain(message_context.recipient, 80)
    contact = plain(message_context.contact.removeprefix("mailto:"), 200)
    return (
        f'You are receiving this because "{name}" is on the Ofsted Watch list{at}. '
        f"To unsubscribe, {_stop(contact)}."
    )


def _host(message_context: MessageContext) -> str:
    if message_context.ui_url:
        return urlsplit(message_context.ui_url).hostname or ""
    return (
        plain(message_context.contact.rpartition("@")[2], 80)
        if "@" in message_context.contact
        else ""
    )


def _stop(contact: str) -> str:
    if not contact:
        return "contact whoever runs this service"
    return f"see {contact}" if contact.startswith("http") else f"email {contact}"
