"""Lists: what must improve, why a report could not be read reliably, what differs."""

from __future__ import annotations

from collections.abc import Sequence

from notifications.events import Difference, Finding, Report
from notifications.message import ListItem, Section
from notifications.words.labels import short_label
from notifications.words.plain import plain, quotation, sentence
from ofsted.reports.model import Improvement, ImprovementKind
from ofsted.text import say_day

MOST = 20  # items of one section; a letter of 2016 has 42
_ADVICE = "; the nearest known is"  # where it begins, after an unknown label or grade word
LONGEST_BARE = 60  # letters of what differs, without quotation marks

_HEADINGS: tuple[tuple[ImprovementKind, str], ...] = (
    ("priority_action", "Areas for priority action, in {whose} words"),
    ("improvement", "What needs to improve, in {whose} words"),
    ("recommendation", "Recommendations, in {whose} words"),
)


def section(heading: str, items: Sequence[str | ListItem], most: int = MOST) -> tuple[Section, ...]:
    """One section, or none where there are no items."""
    if not items:
        return ()
    all_items = tuple(ListItem(each) if isinstance(each, str) else each for each in items)
    return (Section(heading=heading, items=all_items).cut(most),)


def improvements(found: Finding, *, whole: bool = False) -> tuple[Section, ...]:
    """What the report says must improve, as printed; priority actions first.

    Args:
        found: the reading.
        whole: every item to its end, with the page that it is printed on; else what a message
            has room for.
    """
    joint = found.kind in {"jtai", "area_send", "local_area_send"}
    whose = "the inspectors'" if joint else "Ofsted's"
    return tuple(
        one
        for kind, heading in _HEADINGS
        for one in section(
            heading.format(whose=whose),
            [_item(item, whole=whole) for item in found.improvements if item.kind == kind],
            most=len(found.improvements) if whole else MOST,
        )
    )


def _item(item: Improvement, *, whole: bool) -> str:
    text = plain(item.text, len(item.text)) if whole else quotation(item.text)
    responsible = f" (Responsible: {plain(item.body, 200)}.)" if item.body else ""
    page = f" (page {item.page})" if whole and item.page else ""
    return f"{text}{responsible}{page}"


def doubts(
    found: Finding, *, table_shown: bool = False, with_advice: bool = False
) -> tuple[Section, ...]:
    """Why a reading is doubtful or unread, with the report's own lines.

    Args:
        found: the reading.
        table_shown: the unknown rows of its table are shown already, and left out here.
        with_advice: say what to add to the parser; operators want it, readers do not.
    """
    shown = {f"{one.label}: {one.printed}" for one in found.unknown if table_shown}
    items = []
    for doubt in found.doubts:
        if doubt.lines and shown.issuperset(doubt.lines):
            continue
        lines = " / ".join(f'"{plain(line, 200)}"' for line in doubt.lines[:6])
        what = sentence(doubt.what if with_advice else doubt.what.partition(_ADVICE)[0])
        items.append(f"{what.rstrip('.')}: {lines}" if lines else what)
    why = "could not be read" if found.status == "unread" else "could not be read reliably"
    lined = ", with the lines in question" * any(doubt.lines for doubt in found.doubts)
    return section(f"Why it {why}{lined}", items)


def differences(found: Sequence[Difference]) -> tuple[Section, ...]:
    """What differs in a replaced file."""
    return section("What differs", [_difference(one) for one in found])


def _difference(one: Difference) -> str:
    """`Children in care: was Good, now Inadequate`; `What needs to improve, removed: "..."`."""
    what = _named(one)
    was, now = (quotation(side, 300) if side else "not given" for side in (one.was, one.now))
    if max(len(was), len(now)) <= LONGEST_BARE:
        return f"{what}: was {was}, now {now}"
    if one.was and one.now:
        return f'{what}: was "{was}", now "{now}"'
    return f'{what}, removed: "{was}"' if one.was else f'{what}, added: "{now}"'


def _named(one: Difference) -> str:
    return sentence(short_label(one.what)).rstrip(".")


def corrections(found: Sequence[Difference], *, certain: bool) -> tuple[Section, ...]:
    """What we reported, and what the report gives; `certain` False: it cannot be read reliably."""
    none = "the report gives none" if certain else "we cannot confirm what the report gives"
    items = [
        f"{_named(one)}: we reported {plain(one.was or 'not given', 120)}; "
        + (f"the report gives {plain(one.now, 120)}" if one.now else none)
        for one in found
    ]
    return section("What we reported, and what is correct", items)


def reports(heading: str, listed: Sequence[Report]) -> tuple[Section, ...]:
    """Reports by title and day."""
    return section(heading, [titled(one) for one in listed])


def titled(report: Report) -> str:
    """`"Children's services inspection", published 29 July 2025`."""
    title = f'"{plain(report.title, 200)}"'
    if report.published is None:
        return f"{title}, without a publication date"
    return f"{title}, published {say_day(report.published)}"
