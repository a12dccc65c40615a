"""What the commands print for people."""

from __future__ import annotations

import json
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from deployments.cli.tables import Column, day, moment, safe, say, table, width
from notifications.words.plain import lasting, several
from ofsted.provider_types import AUTHORITIES, TYPES

if TYPE_CHECKING:
    from deployments.cli.inspections import AuthorityHistory
    from deployments.cli.overview import AreaState, AuthorityState, Overview
    from deployments.cli.test_alert import TestAlert
    from deployments.doctor.findings import Diagnosis
    from flows.checking.one_check import CheckResult
    from flows.context.planned import ServiceState
    from flows.upkeep.seeds import Imported
    from notifications.recipients import Recipient
    from ofsted.reports.model import Improvement, Judgement, Reading
    from storage import models
    from storage.listed_documents import DocumentLine
    from storage.queries import EventLine, SendLine
    from storage.report_queries import ReportLine

Json = Mapping[str, Any]
ON_ONE_SCREEN = 20  # authorities; of more, those that are ok are counted
VIA = {"email": "email", "teams": "Teams", "apprise": "Apprise", "outbox": "outbox folder"}
_UNSENT = {
    "later": "will be retried",
    "refused": "refused",
    "channel_down": "the channel is down; will be retried every hour",
    "unknown": "no clear answer, so it may have arrived",
    "shown": "dry run, not sent",
}
_IMPORTED = {
    "imported": "imported into the baseline",
    "joined": "added to the report listed on Ofsted's site",
    "known": "already imported",
}


def as_json(answer: Json) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def check(checked: CheckResult, names: Mapping[str | None, tuple[str, str]]) -> None:
    """A line for the authority or its area, and one for each new report or document.

    Args:
        names: of the providers of new documents, by file id or link, with their kinds.
    """
    click.echo(f"{safe(checked.name)} ({checked.urn}): {safe(checked.message)}")
    if checked.result == "first":
        return
    for report in checked.new:
        what = report.title
        if report.id in names:
            name, kind = names[report.id]
            what = f"{name}: {what.removeprefix(f'{kind}: ')}"
        dated = (
            f", published {day(date.fromisoformat(report.published))}" if report.published else ""
        )
        click.echo(f"  new: {safe(what)}{dated}: {report.status}")


def sent(sendings: Sequence[SendLine]) -> None:
    """A line for each message: to whom, and what became of it."""
    for each in sendings:
        if each.result == "sent":
            click.echo(f"sent to {safe(each.recipient)}: {safe(each.summary)}")
        else:
            said = f"not sent to {each.recipient}: {each.summary}: {_UNSENT[each.result]}"
            click.echo(safe(f"{said} ({each.words})" if each.words else said))
    if not sendings:
        click.echo("no messages were due")


def test_alerts(found: Iterable[TestAlert]) -> None:
    """A line for each recipient and each file; subject and text after a dry run."""
    for each in found:
        result = _UNSENT.get(each.result, each.result)
        click.echo(f"{safe(each.recipient)} ({VIA[each.via]}): {result}")
        if each.result == "shown":
            click.echo(f"Subject: {each.subject}\n")
        for line in filter(None, (each.words, *map(str, each.files))):
            click.echo(line)


def seeds(found: Iterable[Imported]) -> None:
    """A line for each seed."""
    for each in found:
        click.echo(f"{safe(each.name)}: {_IMPORTED[each.result]} ({each.status})")


def reports(found: Sequence[ReportLine]) -> None:
    """Every report known, by authority."""
    if not found:
        click.echo("no reports known yet; run `ofsted-watch check` to find them")
    heads = (Column("Published"), Column("Title", wraps=True), Column("Status"), Column("File"))
    for urn, of_one in groupby(found, key=lambda each: each.urn):
        click.echo(f"URN {safe(urn)}")
        given = [*of_one]
        table(
            heads,
            (
                (
                    day(each.published),
                    each.title,
                    each.status if each.listed else f"{each.status}\nnot listed",
                    each.file_id or "elsewhere",
                )
                for each in given
            ),
        )
        for each in given:
            if each.file_id is None:
                click.echo(f"elsewhere: {safe(each.link or 'no link')}")


def documents(found: Sequence[DocumentLine]) -> None:
    """What is listed on the other providers in an area."""
    from deployments.cli import render_documents

    render_documents.draw(found)


def history(found: Sequence[AuthorityHistory]) -> None:
    """Judgements over time."""
    from deployments.cli import render_history

    render_history.draw(found)


def events(found: Sequence[EventLine]) -> None:
    """What people were or will be alerted to."""
    if not found:
        click.echo("no events yet")
        return
    table(
        (
            Column("ID"),
            Column("Date"),
            Column("Event", wraps=True),
            Column("Audience"),
            Column("Recipients", wraps=True),
            Column("Messages"),
        ),
        (
            (
                each.id,
                moment(each.at),
                f"{safe(each.summary)}\n{each.type}",
                each.audience,
                "\n".join(json.loads(each.recipients)) or "-",
                _counted(each.deliveries),
            )
            for each in found
        ),
    )


def _counted(messages: Mapping[str, int]) -> str:
    counted = (f"{n} {state}" for state, n in messages.items() if n)
    return "\n".join(counted) or "-"


def messages(found: Sequence[models.Delivery]) -> None:
    """What is pending and was sent; below it, what the other side said of what failed."""
    if not found:
        click.echo("no messages yet")
        return
    table(
        (
            Column("ID"),
            Column("Event"),
            Column("Recipient", wraps=True),
            Column("Via"),
            Column("State"),
            Column("Attempts"),
            Column("Sent or due"),
        ),
        (
            (
                each.id,
                each.event_id,
                each.recipient,
                VIA[each.via],
                "on hold" if each.on_hold_since else each.state,
                each.attempts,
                moment(each.sent_at or each.due_at),
            )
            for each in found
        ),
    )
    for each in found:
        if each.error:
            say(f"{each.id}: {each.error}")


def status(found: Overview, *, every: bool) -> None:
    """One screen: of many authorities those that are not ok; or `every` one."""
    say(f"Ofsted Watch {found.version}, parser {found.parser_version}")
    say(f"service: {_service(found)}")
    if found.ui:
        from deployments.service import artifact_pages

        say(f"judgements, reports, news and health: {artifact_pages.address(found.ui)}")
    if found.prefect:
        say(f"Prefect: {found.prefect.wrong or found.prefect.in_words()}")
    say(f"database: {found.database}")
    say(f"next check: {_next_check(found.service)}")
    click.echo()
    _authorities(found, every=every)
    if found.areas:
        from deployments.cli import render_areas

        click.echo()
        render_areas.status(found, every=every)
    click.echo()
    counted = found.messages
    delayed = f" ({counted.delayed} delayed by 2 hours or more)" if counted.delayed else ""
    say(
        f"messages: {counted.pending} pending{delayed}, {counted.refused} refused, "
        f"{counted.expired} expired"
    )
    for problem in found.problems:
        say(f"problem: {problem.what}")
        if problem.advice:
            say(f"  what to do: {problem.advice}")
    table(
        (
            Column("Recipient", wraps=True),
            *map(Column, ("Via", "Audience")),
            Column("Alerts", wraps=True),
            Column("Frequency"),
        ),
        (
            (each.name, VIA[each.via], each.audience, _alerts(each, found), each.frequency)
            for each in found.recipients
        ),
    )


def _alerts(recipient: Recipient, found: Overview) -> str:
    """`changes`; where an area is watched and its providers are chosen, `all (schools)`."""
    types = recipient.types_in_order
    if not found.areas or recipient.audience == "operators" or types == (AUTHORITIES.name,):
        return recipient.alert_on
    return f"{recipient.alert_on} ({', '.join(types) if len(types) < len(TYPES) else 'all types'})"


def _authorities(found: Overview, *, every: bool) -> None:
    """A line an authority, and a line that counts those that are left out."""
    shown = [*found.authorities]
    if not every and len(shown) > ON_ONE_SCREEN:
        shown = [each for each in shown if each.state not in {"ok", "new"}][:ON_ONE_SCREEN]
    if shown:
        table(
            (
                Column("Authority", wraps=True),
                Column("Page"),
                Column("Last successful check"),
                Column("Reports"),
            ),
            (
                (
                    f"{each.authority.name} ({each.authority.urn})",
                    each.state,
                    last_successful_check(each, found),
                    _reports(each),
                )
                for each in shown
            ),
        )
    keys = {each.authority.key for each in shown}
    left = Counter(each.state for each in found.authorities if each.authority.key not in keys)
    if left:
        counted = (f"{several(n, 'authority', 'authorities')} {state}" for state, n in left.items())
        more = f"{'and ' if shown else ''}{', '.join(counted)}"
        say(f"{more} (`status --all` shows them)")


def _service(found: Overview) -> str:
    if not found.service.is_up:
        return "not running"
    return f"running, {found.ui}" if found.ui else "running"


def _next_check(service: ServiceState) -> str:
    """The next check as Prefect has it, or why there is none."""
    planned = service.planned
    if planned and planned.paused_since:
        return f"none, paused since {moment(planned.paused_since)}"
    return moment(planned.next_check) if planned and planned.next_check else "none planned"


def last_successful_check(found: AuthorityState | AreaState, of_all: Overview) -> str:
    """`29 Jul 2025 10:30`, and below it `3 hours ago`."""
    at = found.page.last_successful_check if found.page else None
    return f"{moment(at)}\n{lasting(at, of_all.at)} ago" if at else "-"


def _reports(found: AuthorityState) -> str:
    counted = ((found.reports.unread, "unread"), (found.reports.doubtful, "doubtful"))
    return "\n".join([str(found.reports.listed), *(f"{n} {name}" for n, name in counted if n)])


def finding(found: Diagnosis) -> None:
    """A line, and beneath it what to do."""
    _beneath(f"{found.state:<6} ", f"{found.subject}: {found.found}")
    if found.to_do:
        _beneath(" " * 9, f"what to do: {found.to_do}")


def _beneath(head: str, words: str) -> None:
    """Print words wrapped at the terminal's width, with a hanging indent."""
    text = safe(words)
    click.echo(
        textwrap.fill(
            text,
            width(),
            initial_indent=head,
            subsequent_indent=" " * 9,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def differences(found: Sequence[Diagnosis]) -> None:
    """What is not known of the site, and what differs on it, to be pasted into a report."""
    unknown = [each for each in found if re.fullmatch(r"U\d+", each.subject)]
    if unknown:
        click.echo(
            "\nWhat is not yet known about Ofsted's site. Please include it in your report:\n"
        )
    for each in unknown:
        click.echo(f"{each.subject} {each.state}: {safe(each.found)}")
    about = [each for each in found if each.subject in {"versions", "parser"}]
    lines = [each for each in found if re.fullmatch(r"A\d+", each.subject)]
    differing = [each for each in lines if each.state != "ok"]
    if not differing:
        click.echo("\nOfsted's site is as the parser expects.")
        return
    click.echo("\nDifferences from what the parser expects, ready to paste into a report:\n")
    page = lines[:1] if lines[0].state == "ok" else []  # what differs is shown anyway
    for each in [*about, *page, *differing]:
        click.echo(f"{each.subject} {each.state}: {safe(each.found)}")


def reading(file: str, found: Reading) -> None:
    """What is in one document."""
    click.echo(f"{safe(file)}: {found.status}, {found.kind}")
    for what in ("title", "provider", "first_day", "last_day", "outcome", "theme"):
        if value := getattr(found, what):
            shown = day(value) if isinstance(value, date) else value
            click.echo(f"  {what.replace('_', ' ')}: {safe(shown)}")
    for inspector in found.inspectors:
        about = (inspector.name, inspector.role, inspector.body)
        click.echo(f"  lead inspector: {', '.join(safe(part) for part in about if part)}")
    for judgement in found.judgements:
        click.echo(f"  {safe(judgement.label)}: {safe(judgement.printed)}{_page(judgement)}")
    for each in found.improvements:
        click.echo(f"  {each.kind.replace('_', ' ')}: {safe(each.text)}{_page(each)}")
    for doubt in found.doubts:
        click.echo(f"  doubt: {safe(doubt.what)}")
        for line in doubt.lines:
            click.echo(f"    {safe(line)}")


def _page(part: Judgement | Improvement) -> str:
    return f" (page {part.page})" if part.page else ""
