"""What the commands print for people."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import click

from deployments.cli import render_history
from deployments.cli.tables import Column, day, moment, safe, say, table, width
from flows.checking.check import CheckResult
from notifications.words.plain import lasting
from storage.queries import SendLine

Json = dict[str, Any]
_UNSENT = {
    "later": "it will be tried again",
    "refused": "refused",
    "channel_down": "the channel is down; it will be tried again hourly",
    "unknown": "no clear answer, so it may have arrived",
}


def as_json(answer: Json) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def check(checked: CheckResult) -> None:
    """A line a provider and a line a new report."""
    click.echo(f"{safe(checked.name)} ({checked.urn}): {safe(checked.message)}")
    if checked.result == "first":
        return
    for announced in checked.new:
        published = f", published {announced.published}" if announced.published else ""
        click.echo(f"  new: {safe(announced.title)}{published}: {announced.status}")


def sent(sendings: Sequence[SendLine]) -> None:
    """A line a message: to whom, and what became of it."""
    for each in sendings:
        if each.result == "sent":
            click.echo(f"sent to {safe(each.recipient)}: {safe(each.summary)}")
        else:
            said = f"not sent to {each.recipient}: {each.summary}: {_UNSENT[each.result]}"
            click.echo(safe(f"{said} ({each.words})" if each.words else said))
    if not sendings:
        click.echo("no messages were sent: none was due")


def reports(answer: Json) -> None:
    """Every report known, by authority."""
    if not answer["reports"]:
        click.echo("no report is known yet; `ofsted-watch look` finds them")
    heads = (Column("Published"), Column("Title", wraps=True), Column("Status"), Column("File"))
    for urn, found in groupby(answer["reports"], key=lambda each: each["urn"]):
        click.echo(f"URN {safe(urn)}")
        given = [*found]
        table(
            heads,
            (
                (
                    day(each["published"]),
                    each["title"],
                    each["status"] if each["listed"] else f"{each['status']}\nnot listed",
                    each["file_id"] or "elsewhere",
                )
                for each in given
            ),
        )
        for each in given:
            if each["file_id"] is None:
                click.echo(f"elsewhere: {safe(each['link'] or 'no link')}")


def history(answer: Json) -> None:
    """Judgements through time."""
    render_history.draw(answer)


def events(answer: Json) -> None:
    """What people were or will be told."""
    table(
        (
            Column("Id"),
            Column("At"),
            Column("What", wraps=True),
            Column("For"),
            Column("Recipients", wraps=True),
            Column("Messages"),
        ),
        (
            (
                each["id"],
                moment(each["at"]),
                f"{safe(each['summary'])}\n{each['type']}",
                each["audience"],
                "\n".join(each["recipients"]) or "-",
                _counted(each["deliveries"]),
            )
            for each in answer["events"]
        ),
    )


def _counted(messages: dict[str, int]) -> str:
    return "\n".join(f"{number} {state}" for state, number in messages.items() if number) or "-"


def messages(answer: Json) -> None:
    """What is owed and was sent; below it, what the other side said of what failed."""
    given = answer["deliveries"]
    table(
        (
            Column("Id"),
            Column("Event"),
            Column("Recipient", wraps=True),
            Column("By"),
            Column("State"),
            Column("Tries"),
            Column("Sent, or due"),
        ),
        (
            (
                *(each[key] for key in ("id", "event", "recipient", "via", "state")),
                each["attempts"],
                moment(each["sent_at"] or each["due_at"]),
            )
            for each in given
        ),
    )
    for each in given:
        if each["error"]:
            say(f"{each['id']}: {each['error']}")


def status(answer: Json) -> None:
    """One screen."""
    service = answer["service"]
    up = f"up, {service['ui']}" if service["up"] else "not running"
    say(f"ofsted-watch {answer['version']}, reader {answer['parser']}; service {up}")
    if service["up"]:
        say(f"judgements, reports, news and health: {service['artifacts']}")
    say(f"database {answer['database']}")
    say(_planned(service))
    click.echo()
    table(
        (
            Column("Authority", wraps=True),
            Column("Page"),
            Column("Last good look"),
            Column("Reports"),
        ),
        (
            (
                f"{each['name']} ({each['urn']})",
                each["state"],
                _seen(each),
                _reports(each),
            )
            for each in answer["providers"]
        ),
    )
    click.echo()
    pending, late = answer["deliveries"], answer["messages"]["delayed"]
    delayed = f" ({late} delayed by 2 hours or more)" if late else ""
    say(f"deliveries: {pending['pending']} waiting{delayed}, {pending['unreachable']} failed")
    for problem in answer["problems"]:
        say(f"problem: {problem['what']}")
        if problem["advice"]:
            say(f"  what to do: {problem['advice']}")
    announced = ("name", "via", "audience", "alert_on", "frequency")
    table(
        (
            Column("Recipient", wraps=True),
            *map(Column, ("By", "Audience", "Hears", "When")),
        ),
        ([each[key] for key in announced] for each in answer["recipients"]),
    )


def _planned(service: Json) -> str:
    """The next check as Prefect has it, or why there is none."""
    if service["paused_since"]:
        return f"next check: none, paused since {moment(service['paused_since'])}"
    if service["next_planned"]:
        return f"next check: {moment(service['next_planned'])}"
    return "next check: none planned"


def _seen(provider: Json) -> str:
    """`29 Jul 2025 10:30`, and below it `3 hours ago`."""
    at, seconds = provider["last_successful_check"], provider["last_good_look_age"]
    if at is None or seconds is None:
        return "-"
    then = datetime.fromisoformat(at)
    return f"{moment(at)}\n{lasting(then, then + timedelta(seconds=seconds))} ago"


def _reports(provider: Json) -> str:
    counted = ((provider[key], key) for key in ("unread", "doubtful"))
    return "\n".join([str(provider["reports"]), *(f"{n} {key}" for n, key in counted if n)])


def finding(found: Json) -> None:
    """A line, and beneath it what to do."""
    _beneath(f"{found['state']:<6} ", f"{found['subject']}: {found['found']}")
    if found["to_do"]:
        _beneath(" " * 9, f"what to do: {found['to_do']}")


def _beneath(head: str, words: str) -> None:
    """Words wrapped, all their lines after the first beneath one another."""
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


def differences(found: Sequence[Json]) -> None:
    """What differs on the site, as a person may paste it into a report."""
    about = [each for each in found if each["subject"] in {"versions", "reader"}]
    lines = [each for each in found if re.fullmatch(r"A\d+", each["subject"])]
    differing = [each for each in lines if each["state"] != "ok"]
    if not differing:
        click.echo("\nThe site is as the parser believes.")
        return
    click.echo("\nWhat differs from what the parser believes, to paste into a report:\n")
    page = lines[:1] if lines[0]["state"] == "ok" else []  # what differs is shown anyway
    for each in [*about, *page, *differing]:
        click.echo(f"{each['subject']} {each['state']}: {safe(each['found'])}")


def reading(found: Json) -> None:
    """What is in one document."""
    click.echo(f"{safe(found['file'])}: {found['status']}, {found['kind']}")
    for what in ("title", "provider", "first_day", "last_day", "outcome", "theme"):
        if found[what]:
            click.echo(f"  {what.replace('_', ' ')}: {safe(found[what])}")
    for each in found["inspectors"]:
        about = ", ".join(safe(each[what]) for what in ("name", "role", "body") if each[what])
        click.echo(f"  lead inspector: {about}")
    for each in found["judgements"]:
        click.echo(f"  {safe(each['label'])}: {safe(each['printed'])}{_page(each)}")
    for each in found["improvements"]:
        click.echo(f"  {each['kind'].replace('_', ' ')}: {safe(each['text'])}{_page(each)}")
    for each in found["doubts"]:
        click.echo(f"  doubt: {safe(each['what'])}")
        for line in each["lines"]:
            click.echo(f"    {safe(line)}")


def _page(part: Json) -> str:
    return f" (page {part['page']})" if part["page"] else ""
