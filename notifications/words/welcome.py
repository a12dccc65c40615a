"""The first message to a recipient: what is watched, how things stand, when the next look is."""

from __future__ import annotations

from collections.abc import Iterator

from notifications.digest_schedule import digest_time
from notifications.events import AuthorityStanding, Welcome
from notifications.message import Message, MessageContext, Section, Table
from notifications.words.footer import licence, links, ours, why
from notifications.words.labels import badge, in_subject
from notifications.words.plain import days, listed, moment, place_in_words, plain, several
from notifications.words.sections import section, titled
from notifications.words.subjects import OURS, subject
from notifications.words.tables import alone

_READERS = {
    "all": ("You will hear when a new report is published, with what changed in its judgements."),
    "changes": (
        "You will hear when a new report changes a judgement, or may do so and could not be read."
    ),
    "concerns": (
        "You will hear when a new report lowers a judgement, finds anything inadequate or asks "
        "for priority action, or may do so and could not be read."
    ),
}
_OPERATORS = (
    "You will hear when something needs attention: a page that cannot be seen, a report that "
    "cannot be read, a message that does not arrive."
)
_FALLS = (
    "A judgement that falls, and a report that cannot be read for sure, are told at once all the "
    "same."
)

TABLES = 3  # authorities whose judgements are shown in full


def message(event: Welcome, message_context: MessageContext) -> Message:
    """What a recipient may expect from now on."""
    places = [plain(one.provider.short_name, 60) for one in event.watched]
    places += [plain(one.short_name, 60) for one in event.unseen]
    count = several(len(places), "authority", "authorities")
    few = len(event.watched) <= TABLES
    return Message(
        subject=subject(OURS, f"watching {listed(places)}", f"watching {count}"),
        headline=f"Ofsted watch now watches Ofsted's reports on {_what(event, count)} for you.",
        kind=event.type,
        paragraphs=tuple(filter(None, _paragraphs(event, few=few))),
        tables=tuple(table for one in event.watched for table in _table(one)) if few else (),
        sections=_sections(event, few=few),
        links=links(event.watched[0].provider)
        if len(places) == 1 and event.watched
        else ours(message_context),
        evidence="Read by a program. The reports are what counts.",
        licence=licence(),
        why=why(message_context),
        test=message_context.test,
    )


def _what(event: Welcome, count: str) -> str:
    providers = [*(one.provider for one in event.watched), *event.unseen]
    names = [place_in_words(one.name) for one in providers]
    return listed(names) if len(names) <= TABLES else count


def _paragraphs(event: Welcome, *, few: bool) -> tuple[str, ...]:
    unseen = listed([place_in_words(one.name) for one in event.unseen[:10]])
    rest = f" and {len(event.unseen) - 10} more" if len(event.unseen) > 10 else ""  # noqa: PLR2004
    return (
        " ".join(_promises(event)),
        *(_standing(one) for one in event.watched if few),
        f"Not seen yet: {unseen}{rest}. The look at it is tried again." if unseen else "",
    )


def _promises(event: Welcome) -> Iterator[str]:
    """What is told, when, and what silence means."""
    if event.to != "operators":
        yield _READERS[event.alert_on]
    if event.to != "readers":
        yield _OPERATORS
    digest = digest_time(event.frequency)
    if digest:
        yield f"It is summed up for you {digest}, also when nothing happened."
        if event.to != "operators":
            yield _FALLS
    else:
        line = ", but for a line after 30 days" if event.quiet_notice else ""
        yield f"Otherwise there is silence{line}."
    if event.next_check:
        yield f"The next look is at {moment(event.next_check)}."


def _standing(one: AuthorityStanding) -> str:
    where = plain(one.provider.short_name, 60)
    count = several(one.reports, "report") if one.reports else "no report"
    listed_now = f"{where}: Ofsted's page lists {count}."
    if one.newest is None or one.found is None:
        return listed_now
    held = days(one.found.first_day, one.found.last_day)
    inspected = f", inspected {held}" if held else ""
    read = "" if one.found.status == "read" else " It is not yet read, so no grade is given here."
    return f"{listed_now} The newest with judgements: {titled(one.newest)}{inspected}.{read}"


def _table(one: AuthorityStanding) -> tuple[Table, ...]:
    if one.found is None or one.found.status != "read":
        return ()
    place = plain(one.provider.short_name, 60)
    return tuple(
        Table(
            caption=f"{place}: {table.caption[:1].lower()}{table.caption[1:]}",
            rows=table.rows,
            compared=False,
            head=table.head,
        )
        for table in alone(one.found)
    )


def _sections(event: Welcome, *, few: bool) -> tuple[Section, ...]:
    if few:
        return ()
    return section("The newest judgements", [_line(one) for one in event.watched], most=200)


def _line(one: AuthorityStanding) -> str:
    place = plain(one.provider.short_name, 60)
    found = one.found
    if found is None or found.status != "read" or not found.judgements:
        return f"{place}: none known yet"
    held = days(found.first_day, found.last_day)
    grades = [
        f"{in_subject(each.key, each.label)} {shown.words}"
        for each in found.judgements
        if (shown := badge(each.grade, each.printed))
    ]
    return f"{place}{f' ({held})' if held else ''}: {'; '.join(grades)}"
