"""What a digest says of documents: how many, on which kinds of provider, and a line for each.

They are grouped by the kind of provider; those that are marked come first in their group.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from notifications.events import DocumentListed
from notifications.message import ListItem, Message, Section
from notifications.words import document
from notifications.words.plain import listed, several
from notifications.words.sections import section
from ofsted.provider_types import BY_NAME, OTHER, TYPES

Listed = tuple[DocumentListed, Message]  # a document, and the message about it alone

NOT_READ = "We have not read the documents: please open them to see what they say."
NAMED = 3  # kinds of providers in a sentence
NAMED_IN_SUBJECT = 2
_IN_WORDS = {OTHER.name: "other providers"}


def lists(documents: Sequence[Listed], most: int) -> tuple[Section, ...]:
    """A section for each kind of provider, in their usual order, with a line for each document.

    Args:
        documents: in any order.
        most: lines of all sections together; documents beyond that are named at the end of theirs.
    """
    with_area = len({tuple(document.areas(event)) for event, _ in documents}) > 1
    return tuple(_lists(sorted(documents, key=_order), most, with_area=with_area))


def counted(events: Sequence[DocumentListed], named: int) -> str:
    """`2 new documents on schools, nurseries and others`.

    Args:
        events: the documents.
        named: how many kinds of providers are named; 0: none.
    """
    is_any_late = any(event.is_late for event in events)
    count = several(len(events), "document" if is_any_late else "new document")
    kinds = [in_words(name) for name in _kinds(events)]
    if len(kinds) > named > 0:
        kinds = [*kinds[:named], "others"]
    return f"{count} on {listed(kinds)}" if named else count


def marked(events: Sequence[DocumentListed], noun: str = "") -> str:
    """`2 with the lowest grade or outcome`; empty where none is marked.

    Args:
        events: the documents.
        noun: what to call them; empty: the words before it have said so.
    """
    found = [event for event in events if document.is_marked(event)]
    lowest = " or ".join(sorted({document.grade_noun(event) for event in found}))
    return f"{_number(found, noun)} with the lowest {lowest}" if found else ""


def of_concern(events: Sequence[DocumentListed], noun: str = "") -> str:
    """The same in fewer words, those of the settings: `2 of concern`."""
    found = [event for event in events if document.is_marked(event)]
    return f"{_number(found, noun)} of concern" if found else ""


def _number(events: Sequence[DocumentListed], noun: str) -> str:
    return several(len(events), noun) if noun else str(len(events))


def in_words(kind: str) -> str:
    """A kind of provider in the middle of a sentence: `schools`, `other providers`."""
    return _IN_WORDS.get(kind, kind)


def _kinds(events: Sequence[DocumentListed]) -> list[str]:
    found = {_kind(event) for event in events}
    return [each.name for each in TYPES if each.name in found]


def _kind(event: DocumentListed) -> str:
    """One of `ofsted.provider_types`, whatever a later version called it."""
    return event.provider_type if event.provider_type in BY_NAME else OTHER.name


def _order(one: Listed) -> tuple[bool, list[str], str, str]:
    event, _ = one
    day = event.report.published
    return (
        not document.is_marked(event),
        document.areas(event),
        document.name(event).casefold(),
        day.isoformat() if day else "",
    )


def _lists(documents: Sequence[Listed], most: int, *, with_area: bool) -> Iterator[Section]:
    for kind in _kinds([event for event, _ in documents]):
        items = [
            ListItem(
                document.line(event, with_area=with_area),
                document.link(event, message),
                document.in_short(event),
            )
            for event, message in documents
            if _kind(event) == kind
        ]
        heading = in_words(kind)
        yield from section(f"{heading[:1].upper()}{heading[1:]}", items, max(0, most))
        most -= len(items)
