"""What the commands print for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import click

from flows.look import Looked
from ofsted.text import clean

GRADES = {
    "outstanding": "Outstanding",
    "good": "Good",
    "requires_improvement": "Requires improvement to be good",
    "inadequate": "Inadequate",
}
Json = dict[str, Any]


def as_json(answer: Json) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def safe(text: object) -> str:
    """Text from outside for a terminal: one line, nothing that moves a cursor."""
    return " ".join(clean(str(text)).split())


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table that fits the terminal; words wrap."""
    from rich.console import Console
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        drawn.add_column(head, overflow="fold")
    for row in rows:
        drawn.add_row(*(safe(cell if cell is not None else "-") for cell in row))
    Console(soft_wrap=False, highlight=False, markup=False).print(drawn)


def _time(value: str | None) -> str:
    """`2025-07-29 09:30`, UTC."""
    return value[:16].replace("T", " ") if value else "-"


def look(looked: Looked) -> None:
    """A line a provider and a line a new report."""
    click.echo(f"{safe(looked.name)} ({looked.urn}): {safe(looked.message)}")
    if looked.outcome == "first":
        return
    for told in looked.new:
        published = f", published {told.published}" if told.published else ""
        click.echo(f"  new: {safe(told.title)}{published}: {told.status}")


def reports(answer: Json) -> None:
    """Every report known."""
    heads = ("URN", "Published", "Title", "Kind", "Status", "Listed", "File")
    table(
        heads,
        (
            (
                each["urn"],
                each["published"],
                each["title"],
                each["kind"],
                each["status"],
                "yes" if each["listed"] else "no",
                each["file_id"] or each["link"],
            )
            for each in answer["reports"]
        ),
    )


def history(answer: Json) -> None:
    """Judgements through time, newest first."""
    for provider in answer["providers"]:
        click.echo(f"{safe(provider['name'])} ({provider['urn']})")
        for each in provider["inspections"]:
            _inspection(each)


def _inspection(each: Json) -> None:
    click.echo()
    days = f", inspected {each['first_day']} to {each['last_day']}" if each["first_day"] else ""
    click.echo(f"{each['published'] or 'undated'}  {safe(each['title'])}{days}")
    if each["status"] != "read":
        click.echo(f"  {each['status']} ({each['kind']}): {each['link'] or 'no link'}")
    compared = {row["key"]: row for row in (each["comparison"] or {"rows": []})["rows"]}
    for judgement in each["judgements"]:
        change = _change(compared.pop(judgement["key"], None))
        click.echo(f"  {safe(judgement['label'])}: {safe(judgement['printed'])}{change}")
    for row in compared.values():
        before = GRADES.get(row["before"], row["before"])
        relation = row["relation"].replace("_", " ")
        click.echo(f"  {safe(row['label'])}: {relation} (was {before})")


def _change(row: Json | None) -> str:
    if row is None or row["before"] is None:
        return ""
    before = GRADES.get(row["before"], row["before"])
    how = [row["direction"] or "", "" if row["relation"] == "same" else row["relation"]]
    return f" (was {before}; {', '.join(filter(None, how))})"


def events(answer: Json) -> None:
    """What people were or will be told."""
    table(
        ("Id", "At", "Type", "For", "What", "Sent", "Waiting", "Failed"),
        (
            (
                each["id"],
                _time(each["at"]),
                each["type"],
                each["audience"],
                each["summary"],
                each["deliveries"]["sent"],
                each["deliveries"]["waiting"],
                each["deliveries"]["refused"] + each["deliveries"]["expired"],
            )
            for each in answer["events"]
        ),
    )


def deliveries(answer: Json) -> None:
    """What is owed and was sent."""
    keys = ("id", "event", "recipient", "channel", "state", "attempts")
    table(
        ("Id", "Event", "Recipient", "By", "State", "Tries", "Due", "Sent", "Error"),
        (
            (
                *(each[key] for key in keys),
                _time(each["due_at"]),
                _time(each["sent_at"]),
                each["error"],
            )
            for each in answer["deliveries"]
        ),
    )


def status(answer: Json) -> None:
    """One screen."""
    service = answer["service"]
    up = f"up, {service['ui']}" if service["up"] else "not running"
    click.echo(f"ofsted-watch {answer['version']}, reader {answer['parser']}; service {up}")
    click.echo(f"database {safe(answer['database'])}")
    click.echo()
    table(
        ("URN", "Name", "State", "Last good look", "Next look", "Reports", "Unread", "Doubtful"),
        (
            (
                *(each[key] for key in ("urn", "name", "state")),
                _time(each["last_good_look"]),
                _time(each["next_look"]),
                *(each[key] for key in ("reports", "unread", "doubtful")),
            )
            for each in answer["providers"]
        ),
    )
    for each in answer["providers"]:
        if each["trouble"]:
            click.echo(f"{safe(each['name'])}: {safe(each['trouble'])}")
    click.echo()
    owed = answer["deliveries"]
    click.echo(f"deliveries: {owed['waiting']} waiting, {owed['failed']} failed")
    for name, words in answer["broken"].items():
        click.echo(f"broken: {safe(name)}: {safe(words)}")
    told = ("name", "channel", "audience", "hears", "when")
    table(
        ("Recipient", "By", "Audience", "Hears", "When"),
        ([each[key] for key in told] for each in answer["recipients"]),
    )


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
