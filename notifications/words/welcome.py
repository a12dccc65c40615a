"""The first message to a recipient: what it gets, the latest judgements, the next check."""

from __future__ import annotations

from collections.abc import Iterator

from notifications.digest_schedule import digest_time
from notifications.events import AuthorityStanding, Provider, Welcome
from notifications.message import Link, Message, MessageContext, Section, Table
from notifications.words.digest_documents import in_words
from notifications.words.footer import SEE_REPORTS, licence, links, on_areas, on_website, ui, why
from notifications.words.labels import badge, in_subject
from notifications.words.plain import days, listed, moment, place_in_words, plain, several
from notifications.words.sections import section, titled
from notifications.words.subjects import OURS, subject
from notifications.words.tables import alone
from ofsted.provider_key import AREA
from ofsted.provider_types import AUTHORITIES, OTHER, TYPES

_READERS = {
    "all": (
        "We will alert you when a new report is published, with a summary of any changed "
        "judgements."
    ),
    "changes": (
        "We will alert you when a new report changes a judgement, or when we cannot read a report "
        "that might."
    ),
    "concerns": (
        "We will alert you when a new report lowers a judgement, finds anything inadequate or asks "
        "for priority action, or when we cannot read a report that might."
    ),
}
_DOCUMENTS = "We will {also}alert you when Ofsted lists {new} on {kinds} in {areas}."
_NEW = "a new document"
_MARKED = 'the lowest grade, "not met", or serious or widespread weaknesses for a new document'
_DOCUMENTS_NOT_READ = "We do not read these documents: a grade is shown only if Ofsted lists one."
_OPERATORS = (
    "You will be alerted if something needs attention: a page is unavailable, a report cannot be "
    "read, or a message is not delivered."
)
_LOWERED = (
    "You will still be alerted immediately if a judgement is lowered or a report could not be "
    "read reliably."
)
_HOURLY = "At each full hour you will receive one message about everything since the last."
_LOWERED_FIRST = ", lowered judgements first"

_QUIET_NOTICE = ", except with a short confirmation after 30 days that monitoring is still running"

_NOT_READ = " We have not been able to read it yet, so no grades are shown."
FEW = 2  # kinds of providers that are named as left out
TABLES = 3  # authorities whose judgements are shown in full


def message(event: Welcome, message_context: MessageContext) -> Message:
    """The message of a welcome."""
    few = len(event.watched) <= TABLES
    return Message(
        subject=subject(OURS, *(f"you are subscribed to {what}" for what in _what_in_short(event))),
        headline=f"You are now subscribed to alerts about {', and '.join(_what(event))}.",
        kind=event.type,
        paragraphs=tuple(filter(None, _paragraphs(event, few=few))),
        tables=tuple(table for one in event.watched for table in _table(one)) if few else (),
        sections=_sections(event, few=few),
        links=_links(event, message_context),
        evidence=SEE_REPORTS * bool(event.watched),
        licence=licence(),
        why=why(message_context),
        test=message_context.test,
    )


def _links(event: Welcome, message_context: MessageContext) -> tuple[Link, ...]:
    areas = on_areas(message_context, event.areas)
    if len(event.watched) == 1 and not event.unseen:
        provider = event.watched[0].provider
        return (*links(provider), *on_website(message_context, provider), *areas)
    if _gets_reports(event) or not areas:
        return (*on_website(message_context), *areas, *ui(message_context))
    return areas


def _gets_reports(event: Welcome) -> bool:
    """Of authorities, or of what goes wrong with them."""
    return event.to != "readers" or AUTHORITIES.name in event.provider_types


def _what_in_short(event: Welcome) -> Iterator[str]:
    """`reports on Sutton`, for the subject; the fullest first."""
    areas = [one.short_name for one in event.areas]
    if not _gets_reports(event):
        yield f"documents on {_kinds(event)} in {listed(areas)}"
        yield f"documents on providers in {listed(areas)}"
        yield f"documents on providers in {several(len(areas), 'area')}"
        return
    providers = _authorities(event)
    names = listed([plain(one.short_name, 60) for one in providers])
    count = several(len(providers), "authority", "authorities")
    what = "reports and documents for" if areas else "reports on"
    yield f"{what} {names}"
    yield f"{what} {count}"


def _what(event: Welcome) -> Iterator[str]:
    if _gets_reports(event):
        names = [place_in_words(one.name) for one in _authorities(event)]
        count = several(len(names), "authority", "authorities")
        yield f"Ofsted reports on {listed(names) if len(names) <= TABLES else count}"
    if event.areas:
        yield f"new Ofsted documents on {_kinds(event)} in {_areas(event)}"


def _authorities(event: Welcome) -> list[Provider]:
    return [
        *(one.provider for one in event.watched),
        *(one for one in event.unseen if one.code != AREA),
    ]


def _areas(event: Welcome) -> str:
    names = [plain(one.short_name, 60) for one in event.areas]
    return listed(names) if len(names) <= TABLES else several(len(names), "area")


def _kinds(event: Welcome) -> str:
    """`schools and nurseries`; where few kinds are left out, `all providers except childminders`.

    "Other providers" are not named as left out, since nobody could tell what the others are.
    """
    kinds = [each.name for each in TYPES if each is not AUTHORITIES]
    chosen = [in_words(name) for name in kinds if name in event.provider_types]
    left_out = [in_words(name) for name in kinds if name not in event.provider_types]
    if len(left_out) > FEW or in_words(OTHER.name) in left_out:
        return listed(chosen)
    every = "all other providers" if _gets_reports(event) else "all providers"
    return f"{every} except {listed(left_out)}" if left_out else every


def _paragraphs(event: Welcome, *, few: bool) -> tuple[str, ...]:
    unseen = listed([place_in_words(one.name) for one in event.unseen[:10]])
    rest = f" and {len(event.unseen) - 10} more" if len(event.unseen) > 10 else ""  # noqa: PLR2004
    return (
        " ".join(_promises(event)),
        *(_standing(one) for one in event.watched if few),
        f"Not yet checked: {unseen}{rest}. We will keep trying." if unseen else "",
    )


def _promises(event: Welcome) -> Iterator[str]:
    """Which alerts come, when, and what it means if none does."""
    if event.to != "operators":
        yield from _promises_to_readers(event)
    if event.to != "readers":
        yield _OPERATORS
    digest = digest_time(event.frequency)
    is_graded = event.to != "operators" and _gets_reports(event)
    if digest and digest.holds_everything:
        yield f"{_HOURLY.rstrip('.')}{_LOWERED_FIRST}." if is_graded else _HOURLY
    elif digest:
        nothing = "nothing has changed" if _gets_reports(event) else "there is nothing new"
        yield f"You will receive a summary {digest}, even if {nothing}."
        if is_graded:
            yield _LOWERED
    if digest is None or digest.only_with_news:
        yield f"If there is no news we will not contact you{_QUIET_NOTICE * event.quiet_notice}."
    if event.next_check:
        yield f"Next check: {moment(event.next_check)}."


def _promises_to_readers(event: Welcome) -> Iterator[str]:
    if _gets_reports(event):
        yield _READERS[event.alert_on]
    if event.areas:
        yield _DOCUMENTS.format(
            also="also " * _gets_reports(event),
            new=_MARKED if event.alert_on == "concerns" else _NEW,
            kinds=_kinds(event),
            areas=_areas(event),
        )
        yield _DOCUMENTS_NOT_READ


def _standing(one: AuthorityStanding) -> str:
    where = plain(one.provider.short_name, 60)
    count = several(one.reports, "report") if one.reports else "no reports"
    listed_now = f"{where}: Ofsted's page lists {count}."
    if one.newest is None or one.found is None:
        return listed_now
    held = days(one.found.first_day, one.found.last_day)
    inspected = f", inspected {held}" if held else ""
    read = "" if one.found.status == "read" else _NOT_READ
    return f"{listed_now} The latest with judgements is {titled(one.newest)}{inspected}.{read}"


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
    return section("Latest judgements", [_line(one) for one in event.watched], most=200)


def _line(one: AuthorityStanding) -> str:
    place = plain(one.provider.short_name, 60)
    found = one.found
    if found is None or found.status != "read" or not found.judgements:
        return f"{place}: no judgements recorded yet"
    held = days(found.first_day, found.last_day)
    grades = [
        f"{in_subject(each.key, each.label)} {shown.words}"
        for each in found.judgements
        if (shown := badge(each.grade, each.printed))
    ]
    return f"{place}{f' ({held})' if held else ''}: {'; '.join(grades)}"
