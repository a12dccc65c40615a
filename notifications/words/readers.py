"""Messages to readers about a report that was withdrawn, or is listed again."""

from __future__ import annotations

from notifications.events import ReportReturned, ReportWithdrawn
from notifications.message import Message, MessageContext
from notifications.words.footer import licence, links, on_website, unfit_address, why
from notifications.words.labels import KINDS, likely_kind
from notifications.words.plain import moment, place_in_words
from notifications.words.sections import titled
from notifications.words.subjects import subject
from ofsted.text import say_day


def message(event: ReportWithdrawn | ReportReturned, message_context: MessageContext) -> Message:
    """The message about a report that is no longer listed, or is listed again."""
    kind = likely_kind("unknown", event.report.title)
    noun = KINDS[kind].noun
    day = event.report.published
    dated = f", published {say_day(day)}" if day else ""
    verb, said = _withdrawn(event) if isinstance(event, ReportWithdrawn) else _RETURNED
    where = place_in_words(event.provider.name)
    return Message(
        subject=subject(event.provider.short_name, f"{noun} {verb}{dated}", f"{noun} {verb}"),
        headline=f"Ofsted's page for {where} {said[0]}: {titled(event.report)}.",
        kind=event.type,
        paragraphs=tuple(filter(None, (said[1], unfit_address(event.report)))),
        links=(
            *links(event.provider, event.report),
            *on_website(message_context, event.provider, event.report),
        ),
        licence=licence(kind),
        why=why(message_context),
        test=message_context.test,
    )


_RETURNED = (
    "is back",
    (
        "again lists a report that had been removed from it",
        "We had reported it as withdrawn. Please refer to the published report.",
    ),
)


def _withdrawn(event: ReportWithdrawn) -> tuple[str, tuple[str, str]]:
    return (
        "withdrawn",
        (
            "no longer lists a report",
            (
                f"It has been missing since {moment(event.gone_since)}. Ofsted gives no reason on "
                "the page, and the link may no longer work. We keep a copy of the file."
            ),
        ),
    )
