"""What a first report's message says of the councils that were there before."""

from __future__ import annotations

from collections.abc import Sequence

from notifications.events import AboutReport, Predecessor
from notifications.words.plain import days, place_in_words, plain, sentence
from ofsted.text import say_day


def predecessors(event: AboutReport) -> str:
    """When those before were last inspected, and why their grades are or are not shown."""
    shown = [one for one in event.predecessors if one.found]
    hidden = [one for one in event.predecessors if one.not_shown]
    parts = [
        f"This is the first report of this kind on {place_in_words(event.provider.short_name)}.",
        *_last_inspected(shown, alone=len(event.predecessors) == 1),
        *map(_not_shown, hidden),
    ]
    return " ".join(parts)


def _last_inspected(shown: Sequence[Predecessor], *, alone: bool) -> Sequence[str]:
    if not shown:
        return ()
    which = "Its predecessor" if alone else "One of its predecessors"
    if len(shown) == 1:
        [one] = shown
        return (
            f"{which}, {place_in_words(one.name)}, was last inspected {_when(one)}.",
            "Its grades are shown for information and are not compared.",
        )
    each = "; ".join(f"{place_in_words(one.name)}, {_when(one)}" for one in shown)
    return (
        f"Its predecessors were last inspected as follows: {each}.",
        "Their grades are shown for information and are not compared.",
    )


def _when(one: Predecessor) -> str:
    before, published = one.inspection, one.inspection.report.published
    held = days(before.first_day, before.last_day)
    dated = f"published {say_day(published)}" if published else ""
    if held and dated:
        return f"{held} ({dated})"
    return held or f"(report {dated or 'without a date'})"


def _not_shown(one: Predecessor) -> str:
    published = one.inspection.report.published
    day = f", published {say_day(published)}," if published else ""
    why = plain(one.not_shown or "")
    return sentence(
        f"the last report on its predecessor {place_in_words(one.name)}{day} {why}, so its "
        "grades are not shown"
    )
