"""Messages to operators about an unknown framework, and about reports read differently."""

from __future__ import annotations

import shlex
from itertools import islice

from notifications.events import ChangedReading, Difference, FrameworkSuspected, Reread
from notifications.message import GradeBadge, Table, TableLine
from notifications.words.labels import KINDS, likely_kind
from notifications.words.plain import place_in_words, plain, several
from notifications.words.sections import doubts, section, titled
from notifications.words.tables import as_printed
from notifications.words.wording import Wording
from ofsted.text import say_day

ROWS = 40  # differences shown in one message


def framework_suspected(event: FrameworkSuspected) -> Wording:
    labels = several(len(event.found.unknown), "label")
    return Wording(
        subjects=(f"possible new inspection framework, {labels} unknown", "possible new framework"),
        headline=f"A report's table has {labels} that we do not recognise from any inspection "
        "framework. There may be a new one.",
        paragraphs=(
            f"First seen on {place_in_words(event.first_at.name)}'s page: {titled(event.first)}.",
            (
                "We notify you once for all reports that print these labels. Readers are alerted "
                'to each report with its table as printed, marked "new framework, not comparable".'
            ),
        ),
        to_do="read the report. If its framework is new, the parser needs updating. After the "
        "upgrade all reports are read again automatically, and readers are alerted to what they "
        "say.",
        tables=as_printed(event.found),
        sections=doubts(event.found, with_advice=True),
    )


def reread(event: Reread) -> Wording:
    count, announced = len(event.changed), [one for one in event.changed if one.announced]
    reports = several(count, "report")
    wrong = f", {len(announced)} sent with a different grade" if announced else ""
    left_out = max(0, sum(len(one.differences) for one in event.changed) - ROWS)
    return Wording(
        subjects=(f"{reports} read differently now{wrong}", f"{reports} read differently now"),
        headline=f"Version {plain(event.parser, 20)} of the parser has read the archive again "
        f"({several(event.documents, 'document')}) and reads {reports} differently.",
        paragraphs=(
            "Readers have been alerted only to reports that could be read for the first time.",
            f"Not shown: {several(left_out, 'more difference')}." if left_out else "",
        ),
        to_do=_CORRECT
        if announced
        else "review the differences; if the new reading is wrong, send the "
        "report's link to the project.",
        tables=_differing(event),
        sections=section("Sent to readers with a different grade", list(map(_command, announced))),
    )


_CORRECT = (
    "compare each report that was sent with a different grade with its PDF. Where the new reading "
    "is right, run the command beside it to send readers a correction. Without --confirm it shows "
    "what they would receive."
)


def _differing(event: Reread) -> tuple[Table, ...]:
    rows = (_row(one, each) for one in event.changed for each in one.differences)
    shown = tuple(islice(rows, ROWS))
    table = Table(caption="What is read differently", rows=shown, compared=True, head="Report")
    return (table,) if shown else ()


def _row(one: ChangedReading, difference: Difference) -> TableLine:
    noun = KINDS[likely_kind("unknown", one.report.title)].noun
    day = f" of {say_day(one.report.published)}" if one.report.published else ""
    label = f"{plain(one.provider.short_name, 60)}, {noun}{day}: {plain(difference.what, 120)}"
    return TableLine(label=label, before=_mark(difference.was), now=_mark(difference.now))


def _mark(said: str | None) -> GradeBadge:
    return GradeBadge(plain(said or "not given", 160))


def _command(one: ChangedReading) -> str:
    """A command to paste; what comes from the page is quoted for the shell."""
    known_by = plain(one.report.file_id or one.report.link or "", 400)
    where = plain(one.provider.short_name, 60)
    command = f"ofsted-watch correct {shlex.quote(known_by)} --confirm"
    return f"{command} ({where}, {titled(one.report)})"
