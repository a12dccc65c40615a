"""Checks A10 to A15: errors, files, politeness, robots.txt, search."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urljoin

from deployments.doctor.findings import Diagnosis, ok, wrong
from deployments.doctor.live_page import REPORT, breaks, differs
from deployments.doctor.visits import Visits
from ofsted.site.addresses import host_of
from ofsted.site.answers import name_of, say
from ofsted.site.client import user_agent
from ofsted.site.files import flaw_of
from ofsted.site.model import Answered, Entry
from ofsted.site.robots import rules
from ofsted.site.search import AUTHORITIES
from ofsted.text import fold, say_day

AUTHORITIES_KNOWN = 153
DEAD = "50004190"  # of 2012; listed for years while its file was gone
NOBODY = "79999"
EDGE = 1024
OK, PARTIAL, NOT_FOUND, FORBIDDEN = 200, 206, 404, 403


def _a10_missing(visits: Visits) -> Iterator[Diagnosis]:
    """A wrong code, a URN that nobody has, and a malformed one."""
    urn, code = visits.authority.urn, visits.authority.code
    for what, address in (
        ("wrong code", visits.addresses.provider(urn, 21)),
        ("unknown URN", visits.addresses.provider(NOBODY, code)),
        ("malformed URN", visits.addresses.provider("x", code)),
    ):
        answered = visits.visit(address)
        said = f"{what}: {say(answered.status, answered.body)}"
        if answered.status == NOT_FOUND:
            yield ok("A10", said)
        else:
            yield differs("A10", said, '404, "Page not found"')


def _a11_file(visits: Visits) -> Iterator[Diagnosis]:
    entry = _newest(visits)
    if entry is None or entry.file_id is None:
        return
    address = visits.addresses.file(entry.file_id)
    answered = visits.visit(address, {"Accept-Encoding": "identity"})
    said = f"{address}: {answered.status}, {len(answered.body):,} bytes, {_headers(answered)}"
    if flaw := _flaw(answered):
        yield wrong("A11", f"{said}; {flaw}; expected: a complete PDF", REPORT)
        return
    yield ok("A11", said)
    if fold(answered.headers.get("Content-Type", "")).partition(";")[0] != "application/pdf":
        stated = answered.headers.get("Content-Type", "none")
        yield differs("A11", f"Content-Type {stated}", "application/pdf; not relied on")
    if answered.address != answered.asked:
        yield differs("A11", f"redirected to {answered.address}", "no redirect")
    part = visits.visit(address, {"Accept-Encoding": "identity", "Range": "bytes=0-99"})
    what = "supported" if part.status == PARTIAL else f"not supported ({part.status})"
    yield ok("A11", f"Range requests: {what}")


def _headers(answered: Answered) -> str:
    names = ("Content-Type", "Content-Disposition", "Content-Length", "ETag", "Last-Modified")
    return "; ".join(f"{name}: {answered.headers.get(name, 'none')}" for name in names)


def _flaw(answered: Answered) -> str:
    """Why it is not a complete PDF; empty: it is one."""
    if answered.status != OK:
        return f'not available: "{name_of(answered.body)}"'
    if b"%PDF-" not in answered.body[:EDGE]:
        return f'not a PDF: "{name_of(answered.body)}"'
    return "incomplete" if flaw_of(answered.body) else ""


def _a12_missing_file(visits: Visits) -> Iterator[Diagnosis]:
    answered = visits.visit(visits.addresses.file(DEAD))
    said = f"{DEAD}: {say(answered.status, answered.body)}"
    if b"%PDF-" in answered.body[:EDGE]:
        yield differs("A12", f"{DEAD}: a PDF", "a file that is no longer available")
    elif "report not found" in fold(name_of(answered.body)) and answered.status in {OK, NOT_FOUND}:
        yield ok("A12", said)
    else:
        yield differs("A12", said, '404 or 200 with "Report not found"')


def _a14_robots(visits: Visits) -> Iterator[Diagnosis]:
    page = visits.addresses.provider(visits.authority.urn, visits.authority.code)
    seen: dict[str, Answered] = {}
    for address in (page, visits.addresses.file(DEAD)):
        host = host_of(address)
        seen[host] = seen.get(host) or visits.visit(urljoin(address, "/robots.txt"))
        yield _robots(visits, seen[host], address)


def _robots(visits: Visits, answered: Answered, address: str) -> Diagnosis:
    text = answered.body.decode("utf-8", "replace") if answered.status == OK else ""
    asked = rules(text, user_agent(visits.context.settings.contact), address)
    said = f"{answered.asked}: {say(answered.status, answered.body)}"
    if not asked.allowed:
        return breaks("A14", f"{said}, forbids {address}", "allowed")
    if asked.pause > visits.context.settings.ofsted.gap:
        came = f"{said}, asks for {asked.pause:.0f} s between requests"
        return differs("A14", came, "no delay; the delay is obeyed")
    return ok("A14", f"{said}, allows {address}")


def _a15_search(visits: Visits) -> Iterator[Diagnosis]:
    found = list(visits.context.site.search(**AUTHORITIES))
    if len(found) != AUTHORITIES_KNOWN:
        yield differs("A15", f"{len(found)} authorities", str(AUTHORITIES_KNOWN))
    else:
        yield ok("A15", f"{len(found)} authorities")
    authority = visits.authority
    ours = next((each for each in found if each.urn == authority.urn), None)
    if ours is None or ours.code != authority.code:
        came = f"{authority.urn} is {'not found' if ours is None else f'at {ours.address}'}"
        yield differs("A15", came, f"at {visits.addresses.provider(authority.urn, authority.code)}")
        return
    newest = _newest(visits)
    if newest is None or newest.published is None:
        return
    listed = say_day(newest.published)
    latest = say_day(ours.latest_report) if ours.latest_report else "no date"
    if latest == listed:
        yield ok("A15", f'"Latest report" is {latest}, the date of the newest listed report')
    else:
        yield differs(
            "A15", f'"Latest report" is {latest}', f"{listed}, the date of the newest listed report"
        )


def _a13_politeness(visits: Visits) -> Iterator[Diagnosis]:
    """Whether the other checks were refused; no User-Agent but our own is ever tried."""
    agent = user_agent(visits.context.settings.contact)
    turned_away = [each.asked for each in visits.answers if each.status == FORBIDDEN]
    turned_away += [error.asked for error in visits.refusals if error.came.startswith("429")]
    if turned_away:
        yield breaks("A13", f'"{agent}" is blocked at {", ".join(turned_away)}', "not blocked")
        return
    hosts = sorted({host_of(each.address) for each in visits.answers if each.status == OK})
    if hosts:
        yield ok("A13", f'"{agent}" is accepted by {", ".join(hosts)}')


def _newest(visits: Visits) -> Entry | None:
    """The row with the latest day whose link is to a file."""
    entries = visits.sight.entries if visits.sight else ()
    dated = [entry for entry in entries if entry.published and entry.file_id]
    return max(dated, key=lambda entry: str(entry.published), default=None)


CHECKS: tuple[Callable[[Visits], Iterator[Diagnosis]], ...] = (
    _a10_missing,
    _a11_file,
    _a12_missing_file,
    _a14_robots,
    _a15_search,
    _a13_politeness,
)
