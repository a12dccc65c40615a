"""The message about a document that is listed in an area, and what a digest says of one.

We have not read the document. So we never call it an inspection: some are letters.
"""

from __future__ import annotations

from collections.abc import Iterator

from notifications.events import DocumentListed
from notifications.message import Link, Message, MessageContext
from notifications.words import page_checks
from notifications.words.footer import licence, links, on_areas, unfit_address, why
from notifications.words.labels import GRADES, badge
from notifications.words.plain import listed, plain
from notifications.words.sections import section, titled
from notifications.words.subjects import subject
from ofsted.lowest_grades import is_lowest
from ofsted.text import fold, say_day, uncapital

_NOT_READ = "We have not read this document: please open it to see what it says."
_NOT_FOUND = (  # its page does not list it, or could not be read
    "Please check the provider's page. You will not receive another alert about this document."
)
_LATE = "It is not a new document: it was published some time ago."
_LONGEST_MARK = 40  # characters of a subject, which is to name the provider as well
# besides those of authorities: of report cards, and of before 2012; anything else is an outcome
_OTHER_GRADES = frozenset(
    {
        *("exceptional", "strong standard", "expected standard", "needs attention"),
        *("urgent improvement", "insufficient evidence", "satisfactory"),
    }
)


def message(event: DocumentListed, message_context: MessageContext) -> Message:
    """The message about one document."""
    return Message(
        subject=subject(page_checks.in_short(areas(event)), *_facts(event)),
        headline=f"{name(event)}: {_what_is_listed(event)}.",
        kind=event.type,
        paragraphs=tuple(filter(None, _paragraphs(event))),
        leading=section("As Ofsted lists it", _details(event)),
        links=(
            *links(event.provider, event.report, label=_link_label(event)),
            *on_areas(message_context, event.areas),
        ),
        licence=licence(),
        why=why(message_context),
        test=message_context.test,
    )


def areas(event: DocumentListed) -> list[str]:
    """The short names of the areas that its provider is in."""
    return [plain(area.short_name, 60) for area in event.areas]


def name(event: DocumentListed) -> str:
    """Of its provider, or the words that stand for one that Ofsted withholds."""
    return plain(event.provider.name, 200)


def grade_noun(event: DocumentListed) -> str:
    """`grade`; `outcome` where the words are no grade, as in "Not met"."""
    words = fold(event.grade or "")
    return "grade" if words in GRADES or words in _OTHER_GRADES else "outcome"


def line(event: DocumentListed, *, with_area: bool) -> str:
    """A document in one line, which begins with its provider's name."""
    where = f", {listed(areas(event))}" if with_area else ""
    day = say_day(event.report.published) if event.report.published else ""
    if not event.is_listed_on_page:
        dated = f" of {day}" if day else ""
        return (
            f"{name(event)}{where}: document{dated} in Ofsted's search, not yet found on its page"
        )
    what = ", ".join(filter(None, (_title(event), day, "" if is_marked(event) else _grade(event))))
    late = " (older, listed late)" if event.is_late else ""
    mark = f". {_in_words(event)}" if is_marked(event) else ""
    return f"{name(event)}{where}: {what}{late}{mark}"


def in_short(event: DocumentListed) -> str:
    """Its provider, where there is no room for more, with a mark in words."""
    return f"{name(event)} ({_grade(event)})" if is_marked(event) else name(event)


def is_marked(event: DocumentListed) -> bool:
    """Whether it is marked, in words: the grade that Ofsted lists is the lowest there is."""
    return is_lowest(event.grade)


def _title(event: DocumentListed) -> str:
    return uncapital(plain(event.report.title, 100))


def _grade(event: DocumentListed) -> str:
    """As the page prints it, in one spelling; empty where it lists none."""
    shown = badge(None, event.grade)
    return plain(shown.words, 100) if shown else ""


def _facts(event: DocumentListed) -> list[str]:
    """Choices for the subject, from the fullest to the shortest."""
    names = [name(event)]
    if event.is_withheld:
        names.append(f"{plain(event.kind, 60)} {plain(event.provider.urn, 20)}, name withheld")
    return [f"{before}{who}{after}" for before, after in _around(event) for who in names]


def _around(event: DocumentListed) -> Iterator[tuple[str, str]]:
    """What stands in the subject before the name and after it; the fullest first."""
    title, grade = _title(event), _grade(event)
    if not event.is_listed_on_page:
        yield "", ", new document not yet found on its page"
        yield "", ", new document not yet found"
    elif event.is_late:
        yield "older document listed late: ", f", {title}"
        yield "older document: ", ""
    elif is_marked(event):
        mark = f"lowest grade ({grade})" if grade_noun(event) == "grade" else _outcome(grade)
        yield f"{mark}: ", f", {title}"
        yield f"{mark}: ", ""
    else:
        yield "", ", ".join(("", *filter(None, (title, grade))))
        yield "", f", {grade or title}"
        yield "", ""


def _outcome(words: str) -> str:
    """As printed, as "Not met" says of itself what it is; of a whole sentence, only its place."""
    return words if len(words) <= _LONGEST_MARK else "lowest outcome"


def _what_is_listed(event: DocumentListed) -> str:
    if not event.is_listed_on_page:
        day = event.report.published
        dated = f"a document published on {say_day(day)}" if day else "a new document"
        return f"Ofsted's search shows {dated} that we have not found on the provider's page yet"
    new = "now lists an older document" if event.is_late else "lists a new document"
    return f"Ofsted's page {new}, {titled(event.report)}{_with_grade(event)}"


def _with_grade(event: DocumentListed) -> str:
    if not (grade := _grade(event)):
        return ""
    if is_marked(event):
        return f", with the lowest {grade_noun(event)}, {grade}"
    return f", with the {grade_noun(event)} {grade}"


def _paragraphs(event: DocumentListed) -> tuple[str, ...]:
    if not event.is_listed_on_page:
        return (_NOT_FOUND,)
    return (_LATE if event.is_late else "", _NOT_READ, unfit_address(event.report))


def _details(event: DocumentListed) -> list[str]:
    found = areas(event)
    day = say_day(event.report.published) if event.report.published else "no date given"
    details = [
        f"Kind of provider: {plain(event.kind, 100)}",
        f"Area{'s' * (len(found) > 1)}: {listed(found)}",
    ]
    if event.is_listed_on_page:
        details.append(f"Document: {plain(event.report.title, 200)}")
    details.append(f"Published: {day}")
    if event.is_listed_on_page:
        details.append(_in_words(event))
    return details


def _in_words(event: DocumentListed) -> str:
    """`Grade: Good`, `Lowest grade: Inadequate`, `Grade: none listed`."""
    noun = grade_noun(event)
    named = f"Lowest {noun}" if is_marked(event) else noun.capitalize()
    return f"{named}: {_grade(event)}" if _grade(event) else "Grade: none listed"


def _link_label(event: DocumentListed) -> str:
    """Some are letters, and a link that leads elsewhere may be to a page."""
    return "Document (PDF)" if event.report.file_id else "Document"


def link(event: DocumentListed, message: Message) -> Link | None:
    """To the document, or to where it is listed, named by its provider."""
    return Link(name(event), message.links[0].url) if message.links else None
