"""A comparison's rows as a table with footnotes; a report's judgements as a table alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from notifications import message
from notifications.events import AboutReport, Finding, Predecessor, Previous
from notifications.message import Footnote, GradeBadge, Table
from notifications.words.labels import FRAMEWORKS, badge, graded, short_label, spell_out
from notifications.words.plain import listed, month, plain, sentence
from ofsted.compare import ComparisonLine

CHANGES = {
    "split": "judged together before",
    "merged": "now judged together",
    "ended": "no longer given",
    "not_judged": "not judged this time",
    "new": "first time given",
}

AREA_SEND = "Area SEND"  # the one row of an inspection that gives an outcome and no grades
# reasons, or beginnings of reasons, that the change or the sentence above the table gives already
_HEADS = frozenset({"compared across frameworks", "no longer given"})
_PLAIN = frozenset({"no longer given", "not judged this time", "given for the first time"})


def change(row: ComparisonLine) -> str:
    """`lowered`, `raised`, `unchanged`, or the words for a row without a direction."""
    if row.direction:
        return row.direction
    if row.key == "outcome":
        return "unchanged" if row.grade == row.before else "changed"
    return CHANGES.get(row.relation, "")


@dataclass(frozen=True, slots=True)
class _Notes:
    """Footnotes in the order of their rows; rows with the same text share one."""

    texts: tuple[str, ...]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        return cls(tuple(dict.fromkeys(filter(None, texts))))

    def mark(self, text: str) -> str:
        """`*` where there is one footnote, else `*1`, `*2`."""
        if not text:
            return ""
        return "*" if len(self.texts) == 1 else f"*{self.texts.index(text) + 1}"

    def all(self) -> tuple[Footnote, ...]:
        return tuple(Footnote(self.mark(text), text) for text in self.texts)


def compared(event: AboutReport, previous: Previous) -> tuple[Table, tuple[Footnote, ...]]:
    """The table of a comparison, each row with both grades and the change, and its footnotes."""
    notes = _Notes.of(_note(row, event.rows, previous) for row in event.rows)
    rows = tuple(
        message.TableLine(
            label=_label(row),
            now=badge(row.grade, row.printed),
            before=badge(row.before, row.printed_before),
            change=change(row),
            note=notes.mark(_note(row, event.rows, previous)),
        )
        for row in event.rows
    )
    table = Table(
        caption=_caption(event.found, previous), rows=rows, compared=True, head=_head(event)
    )
    return table, notes.all()


def of_predecessor(one: Predecessor) -> tuple[Table, ...]:
    """The newest judgements of an authority that was there before, under its name."""
    if one.found is None:
        return ()
    day = one.found.last_day or one.found.first_day
    dated = f", {month(day)}" if day else ""
    caption = f"{one.name}{dated} (not compared)"
    return tuple(replace(table, caption=caption) for table in alone(one.found))


def alone(found: Finding) -> tuple[Table, ...]:
    """A report's own judgements or outcome; empty where it gives none."""
    rows = [
        message.TableLine(label=short_label(one.label), now=badge(one.grade, one.printed))
        for one in found.judgements
    ]
    if found.outcome:
        rows.append(message.TableLine(label=AREA_SEND, now=badge(found.outcome, None)))
    head, what = ("Judgement", "Judgements") if found.judgements else ("Inspection", "Outcome")
    day = found.last_day or found.first_day
    caption = f"{what}, {month(day)}" if day else what
    table = Table(caption=caption, rows=tuple(rows), compared=False, head=head)
    return (table,) if rows else ()


def as_printed(found: Finding) -> tuple[Table, ...]:
    """The judgements of an unknown framework: full labels, and no colours."""
    rows = tuple(
        message.TableLine(label=plain(one.label, 160), now=GradeBadge(plain(one.printed, 160)))
        for one in found.judgements
    )
    table = Table(caption="As printed in the report", rows=rows, compared=False, head="Label")
    return (table,) if rows else ()


def across_frameworks(event: AboutReport, previous: Previous) -> str:
    """A sentence where the two were made under different frameworks; else empty."""
    if not any(row.relation == "successor" for row in event.rows):
        return ""
    before = FRAMEWORKS.get(previous.framework or "")
    now = FRAMEWORKS.get(event.found.framework or "")
    if not before or not now:
        return "They were made under different frameworks."
    return f"Compared across frameworks: then {before}, now {now}."


def _label(row: ComparisonLine) -> str:
    return AREA_SEND if row.key == "outcome" else short_label(row.label)


def _head(event: AboutReport) -> str:
    return "Judgement" if graded(event.found.kind) else "Inspection"


def _caption(found: Finding, previous: Previous) -> str:
    then, now = previous.last_day or previous.first_day, found.last_day or found.first_day
    what = "Judgements" if graded(found.kind) else "Outcomes"
    return f"{what}, {month(then)} and {month(now)}" if then and now else f"{what}, before and now"


def _note(row: ComparisonLine, rows: Sequence[ComparisonLine], previous: Previous) -> str:
    if row.relation == "split":
        return _split_note(rows, previous)
    if row.relation == "same" or row.reason in _PLAIN:
        return ""
    head, colon, reason = row.reason.partition(": ")
    said = reason if colon and head in _HEADS else row.reason
    return "" if said.endswith("in both") else sentence(spell_out(said))


def _split_note(rows: Sequence[ComparisonLine], previous: Previous) -> str:
    day = previous.last_day or previous.first_day or previous.report.published
    when = f"In {day.year}" if day else "At the previous inspection"
    keys = [row.key for row in rows if row.relation == "split"]
    own = "Care leavers" if "care_leavers" in keys else listed([_label(rows[0])])
    return (
        f"{when} one judgement covered children in care and care leavers together. "
        f"{own} now have a judgement of their own."
    )
