"""How two readings differ, in words: of two documents, or by two versions of the parser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from notifications.events import Difference
from notifications.words.labels import short_label
from ofsted.reports.model import UNKNOWN, Judgement, Reading
from ofsted.text import say_day

ABOUT = {  # a field of a reading -> what it is
    "status": "reading status",
    "kind": "kind of report",
    "framework": "framework",
    "title": "title in the report",
    "provider": "authority as printed",
    "theme": "focus of the visit or inspection",
}


def of_documents(old: Reading, new: Reading) -> tuple[Difference, ...]:
    """How two documents of one report differ; empty unless both are read."""
    if new.status != "read" or old.status != "read":
        return ()
    return _those(*_facts(old, new))


def of_readings(old: Reading, new: Reading) -> tuple[Difference, ...]:
    """How two readings of one document differ; empty where they are the same."""
    if old.status == new.status and _facts_of(old) == _facts_of(new):
        return ()
    about = [
        _difference(what, getattr(old, name), getattr(new, name)) for name, what in ABOUT.items()
    ]
    found = _those(*about, *_facts(old, new))
    return found or (_difference("roles, bodies or kinds of item", "as before", "other"),)


def _facts_of(reading: Reading) -> object:
    return replace(reading, status="read").facts()


def _those(*found: Difference) -> tuple[Difference, ...]:
    return tuple(each for each in found if each.was != each.now)


def _facts(old: Reading, new: Reading) -> Iterator[Difference]:
    yield from _judgements(old, new)
    yield _difference("inspection days", _days(old), _days(new))
    yield _difference("outcome", old.outcome, new.outcome)
    yield _difference("lead inspectors", _inspectors(old), _inspectors(new))
    yield from _improvements(old, new)


def _difference(what: str, was: str | None, now: str | None) -> Difference:
    return Difference(what=what, was=was, now=now)


def _judgements(old: Reading, new: Reading) -> Iterator[Difference]:
    before, after = ({_key(each): each for each in one.judgements} for one in (old, new))
    for key in dict.fromkeys((*after, *before)):
        was, now = before.get(key), after.get(key)
        label = short_label((now or was or after[key]).label)
        if was and now and was.label != now.label and was.printed == now.printed:
            yield _difference(f"{label}: label", was.label, now.label)
        else:
            yield _difference(label, was.printed if was else None, now.printed if now else None)


def _key(judgement: Judgement) -> str:
    """The judgement's key; for an unknown one, its label, as several may be unknown."""
    return judgement.label if judgement.key == UNKNOWN else judgement.key


def _days(reading: Reading) -> str | None:
    days = [say_day(day) for day in (reading.first_day, reading.last_day) if day]
    return " to ".join(days) or None


def _inspectors(reading: Reading) -> str | None:
    return ", ".join(each.name for each in reading.inspectors) or None


def _improvements(old: Reading, new: Reading) -> Iterator[Difference]:
    """Each item that only one of the two has."""
    was, now = ([each.text for each in reading.improvements] for reading in (old, new))
    what = "what needs to improve"
    yield from (_difference(what, text, None) for text in was if text not in now)
    yield from (_difference(what, None, text) for text in now if text not in was)
