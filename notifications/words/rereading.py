"""What operators hear of the reader: a framework it does not know, and what it reads anew."""

from __future__ import annotations

import shlex
from itertools import islice

from notifications.message import Mark, Row, Table
from notifications.news import Changed, Difference, FrameworkSuspected, Reread
from notifications.words.labels import KINDS, likely_kind
from notifications.words.passages import doubts, passage, titled
from notifications.words.plain import place_in_words, plain, several
from notifications.words.said import Said
from notifications.words.tables import as_printed
from ofsted.text import say_day

ROWS = 40  # differences shown in one message


def framework_suspected(news: FrameworkSuspected) -> Said:
    labels = several(len(news.found.unknown), "label")
    return Said(
        subjects=(f"a new framework is suspected, {labels} unknown", "new framework suspected"),
        headline=f"A report's table has {labels} that no framework known here has: perhaps a new "
        "framework.",
        paragraphs=(
            f"First seen on {place_in_words(news.first_at.name)}'s page: {titled(news.first)}.",
            (
                "You hear this once for all reports that print these labels. Readers get each of "
                'them with its table as printed, as "new framework, not comparable".'
            ),
        ),
        to_do="read the report. If its framework is new, the reader has to be taught it; after "
        "the upgrade all reports are read again by themselves, and readers hear what they say.",
        tables=as_printed(news.found),
        passages=doubts(news.found),
    )


def reread(news: Reread) -> Said:
    count, told = len(news.changed), [one for one in news.changed if one.told]
    reports = several(count, "report")
    wrong = f", {len(told)} told with another grade" if told else ""
    left_out = max(0, sum(len(one.differences) for one in news.changed) - ROWS)
    return Said(
        subjects=(f"{reports} read differently now{wrong}", f"{reports} read differently now"),
        headline=f"Version {plain(news.parser, 20)} of the reader has read the archive again "
        f"({several(news.documents, 'document')}) and finds something else in {reports}.",
        paragraphs=(
            "Readers have been told nothing but of reports that can be read for the first time.",
            f"Not shown: {several(left_out, 'more difference')}." if left_out else "",
        ),
        to_do=_CORRECT
        if told
        else "look at what differs; if the new reading is wrong, send the "
        "report's link to the project.",
        tables=_differing(news),
        passages=passage("Told to readers with another grade", list(map(_command, told))),
    )


_CORRECT = (
    "hold each report that was told with another grade against its PDF. Where the new reading is "
    "right, run the command beside it: readers are told what was said and what is right. "
    "Without --confirm it shows what they would get."
)


def _differing(news: Reread) -> tuple[Table, ...]:
    rows = (_row(one, each) for one in news.changed for each in one.differences)
    shown = tuple(islice(rows, ROWS))
    table = Table(caption="What is read differently", rows=shown, compared=True, head="Report")
    return (table,) if shown else ()


def _row(one: Changed, difference: Difference) -> Row:
    noun = KINDS[likely_kind("unknown", one.report.title)].noun
    day = f" of {say_day(one.report.published)}" if one.report.published else ""
    label = f"{plain(one.provider.place, 60)}, {noun}{day}: {plain(difference.what, 120)}"
    return Row(label=label, before=_mark(difference.was), now=_mark(difference.now))


def _mark(said: str | None) -> Mark:
    return Mark(plain(said or "not given", 160))


def _command(one: Changed) -> str:
    """To be pasted: what stands in it comes from the page, so it is quoted."""
    known_by = plain(one.report.file_id or one.report.link or "", 400)
    where = plain(one.provider.place, 60)
    command = f"ofsted-watch correct {shlex.quote(known_by)} --confirm"
    return f"{command} ({where}, {titled(one.report)})"
