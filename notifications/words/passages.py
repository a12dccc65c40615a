"""What stands as a list: what must improve, why a reading is in doubt, what differs."""

from __future__ import annotations

from collections.abc import Sequence

from notifications.message import Passage
from notifications.news import Difference, Finding, Report
from notifications.words.plain import plain, quotation
from ofsted.reports.model import Improvement, ImprovementKind
from ofsted.text import say_day

MOST = 20  # items of one passage; a letter of 2016 can hold 42

_HEADINGS: tuple[tuple[ImprovementKind, str], ...] = (
    ("priority_action", "Areas for priority action, in {whose} words"),
    ("improvement", "What needs to improve, in {whose} words"),
    ("recommendation", "Recommendations, in {whose} words"),
)


def passage(heading: str, items: Sequence[str], most: int = MOST) -> tuple[Passage, ...]:
    """One passage, or none where nothing is to be said."""
    if not items:
        return ()
    left_out = max(0, len(items) - most)
    return (Passage(heading=heading, items=tuple(items[:most]), more=left_out),)


def improvements(found: Finding) -> tuple[Passage, ...]:
    """What the report wants improved, as printed; priority actions first."""
    joint = found.kind in {"jtai", "area_send", "local_area_send"}
    whose = "the inspectors'" if joint else "Ofsted's"
    return tuple(
        one
        for kind, heading in _HEADINGS
        for one in passage(
            heading.format(whose=whose),
            [_item(item) for item in found.improvements if item.kind == kind],
        )
    )


def _item(item: Improvement) -> str:
    text = quotation(item.text)
    return f"{text} (Responsible: {plain(item.body, 200)}.)" if item.body else text


def doubts(found: Finding) -> tuple[Passage, ...]:
    """Why a reading is in doubt, with the report's own lines."""
    items = []
    for doubt in found.doubts:
        lines = " / ".join(f'"{plain(line, 200)}"' for line in doubt.lines[:6])
        what = plain(doubt.what).rstrip(" .:")
        items.append(f"{what}: {lines}" if lines else what)
    return passage("Why it is in doubt, with the lines of the report", items)


def differences(found: Sequence[Difference]) -> tuple[Passage, ...]:
    """What a replaced file says differently."""
    return passage("What differs", [_difference(one) for one in found])


def _difference(one: Difference) -> str:
    was, now = (quotation(side, 300) if side else "nothing" for side in (one.was, one.now))
    return f"{plain(one.what, 120)}: was {was}, now {now}"


def reports(heading: str, listed: Sequence[Report]) -> tuple[Passage, ...]:
    """Reports by title and day."""
    return passage(heading, [titled(one) for one in listed])


def titled(report: Report) -> str:
    """`"Children's services inspection", published 29 July 2025`."""
    title = f'"{plain(report.title, 200)}"'
    if report.published is None:
        return f"{title}, without a day of publication"
    return f"{title}, published {say_day(report.published)}"
