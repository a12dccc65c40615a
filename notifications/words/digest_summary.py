"""What a digest says of all that is in it: its subject line and its first sentence.

Reports of authorities and documents that are only listed are counted apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from notifications.events import Digest
from notifications.urgency import Urgency
from notifications.words.digest_documents import (
    NAMED,
    NAMED_IN_SUBJECT,
    counted,
    marked,
    of_concern,
)
from notifications.words.digest_lists import URGENT, ItemMessage, documents_of, reports_of
from notifications.words.page_checks import in_short, names
from notifications.words.plain import LONDON, day_of, listed, moment, several
from notifications.words.subjects import OURS, subject

Said = Sequence[ItemMessage]


def subject_line(event: Digest, fresh: Said, already_sent: Said) -> str:
    """The subject of a digest of several events, or of none."""
    when = f"since {since(event)}"
    if not fresh:
        nothing = "no further alerts" if already_sent else "no alerts"
        return subject(_about(already_sent), f"{nothing} {when}")
    return subject(_about(fresh), *_choices(fresh, when))


def headline(event: Digest, fresh: Said, already_sent: Said) -> str:
    """The first sentence of a digest of several events, or of none."""
    when = f"since {moment(event.since) if event.period == 'hourly' else day_of(event.since)}"
    if fresh:
        parts = list(_parts(fresh))
        parted = f": {listed(parts)}" if parts else ""
        return f"{' and '.join(_placed(fresh))} {when}{parted}."
    if already_sent:
        return f"No alerts {when}, apart from those you have already received."
    return f"No alerts about {names(event.standings)} {when}."


def since(event: Digest) -> str:
    """`28 July 2025`; of an hourly digest `10:00`, with the day where it was another."""
    if event.period != "hourly":
        return day_of(event.since)
    same_day = day_of(event.since) == day_of(event.until or event.since)
    return f"{event.since.astimezone(LONDON):%H:%M}" if same_day else moment(event.since)


def _choices(fresh: Said, when: str) -> Iterator[str]:
    """For the subject, from the fullest to the shortest."""
    reports, documents = reports_of(fresh), documents_of(fresh)
    about_reports = (_counted(reports), next(_urgent(reports), "")) if reports else ("", "")
    for named, mark in (
        (NAMED_IN_SUBJECT, marked(documents)),
        (0, marked(documents)),
        (0, of_concern(documents)),
    ):
        about_documents = (counted(documents, named), mark) if documents else ("", "")
        yield from _full((about_reports, about_documents), when)
    if notes := [*filter(None, (about_reports[1], of_concern(documents, "document")))]:
        yield "; ".join(notes)
    counts = (about_reports[0], counted(documents, 0) if documents else "")
    yield f"{', '.join(filter(None, counts))} {when}"


def _full(sums: Sequence[tuple[str, str]], when: str) -> tuple[str, str]:
    """Numbers, each with the most important thing about them; with the time and without."""
    parts = [", ".join(filter(None, each)) for each in sums if any(each)]
    has_notes = any(note for _, note in sums)
    full = ("; " if has_notes else ", ").join(parts)
    return f"{full}{',' * has_notes} {when}", full


def _parts(fresh: Said) -> Iterator[str]:
    reports, documents = reports_of(fresh), documents_of(fresh)
    yield from _urgent(reports)
    if raised := sum(one.is_raised for one in reports):
        yield f"{raised} with a judgement raised"
    if lowest := marked(documents, noun="document" if reports else ""):
        yield lowest


def _placed(fresh: Said) -> Iterator[str]:
    """`1 new report on Sutton`, `12 new documents on schools in Sutton`."""
    if reports := reports_of(fresh):
        about = _about(reports)
        yield f"{_counted(reports)}{f' on {about}' if about != OURS else ''}"
    if documents := documents_of(fresh):
        places = [one for one in fresh if one.document]
        yield f"{counted(documents, NAMED)} in {_about(places)}"


def _counted(reports: Said) -> str:
    """`2 new reports`, `3 alerts`."""
    new = all(one.item.event.type == "report_published" for one in reports)
    return several(len(reports), "new report" if new else "alert")


def _urgent(reports: Said) -> Iterator[str]:
    """`3 with a judgement lowered`, `1 could not be read reliably`, the most urgent first."""
    counts = Counter(one.urgency for one in reports)
    return (f"{counts[each]} {URGENT[each].clause}" for each in Urgency if counts[each])


def _about(said: Said) -> str:
    """The places that the subject line names, or the service."""
    about = list(dict.fromkeys(place for one in said for place in one.places))
    return in_short(about) if about and all(about) else OURS
