"""Subject lines: the fact first, the authority before it, at most 78 characters.

If any judgement changed, the most serious change is named: lowered before raised before new. One
change is named with both grades, several are counted. A report whose status is not `read` never
shows a grade here.
"""

from __future__ import annotations

from collections.abc import Sequence

from notifications.events import AboutReport, Correction, Finding, ReportReplaced
from notifications.words.labels import (
    KINDS,
    OUTCOMES,
    badge,
    graded,
    in_subject,
    likely_kind,
    short_label,
)
from notifications.words.plain import cut, plain, several
from ofsted.compare import ComparisonLine
from ofsted.reports.model import Kind

LIMIT = 78
_IN_LINE = frozenset({"ilacs", "sif"})  # kinds whose reports are compared with each other
OURS = "Ofsted Watch"


def subject(about: str, *choices: str) -> str:
    """`Sutton: ...` with the first of the choices that fits; else the last one, cut at a word."""
    head = f"{plain(about, 40)}: "
    lines = [head + plain(choice, 200) for choice in choices]
    return next((line for line in lines if len(line) <= LIMIT), cut(lines[-1], LIMIT))


# type of event -> (the report where no grade is shown, what comes before its grades)
_OPENINGS = {
    "report_published": ("new {noun}", ""),
    "report_listed_late": ("older {noun} listed late", "older report listed late"),
    "report_read": ("{noun} now read", "now read"),
    "report_replaced": ("{noun} replaced", "report replaced"),
    "correction": ("correction to {noun}", "correction"),
}


def about_report(event: AboutReport) -> str:
    """The subject of an event about one report."""
    return subject(event.provider.short_name, *map(_shortened, _facts(event)))


def _shortened(fact: str) -> str:
    """With the one long grade shortened, as subjects have it."""
    return fact.replace("equires improvement to be good", "equires improvement")


def _facts(event: AboutReport) -> Sequence[str]:
    """Choices for the subject, from the fullest to the shortest."""
    called, before = _OPENINGS[getattr(event, "type", "report_published")]
    kind = likely_kind(event.found.kind, event.report.title)
    thing = called.format(noun=KINDS[kind].noun)
    if event.found.status != "read":
        return (_unread(event, thing, kind),)
    if isinstance(event, Correction):
        return (*_corrected(event), thing)
    if isinstance(event, ReportReplaced) and (said := _replaced(event)):
        return said
    if graded(kind):
        return _graded(event, before) or (thing,)
    if event.found.outcome in OUTCOMES:
        outcome = OUTCOMES[event.found.outcome][1]
        return tuple(f"{what}, {outcome}" for what in (thing, "area SEND inspection", "area SEND"))
    actions = sum(one.kind == "priority_action" for one in event.found.improvements)
    return (f"{thing}, {several(actions, 'priority action')}" if actions else thing,)


def _corrected(event: Correction) -> Sequence[str]:
    """`correction: leaders' impact is Good, not Outstanding; overall Good`."""
    tail = _overall(event)
    said = f"correction to {several(len(event.said), 'grade')}"
    if len(event.said) == 1 and event.said[0].was and event.said[0].now:
        [one] = event.said
        name = _named(event.found, one.what)
        said = f"correction: {name} is {one.now}, not {one.was}"
        tail = "" if name == "overall" else tail
    return (f"{said}; {tail}", said) if tail else (said,)


def _replaced(event: ReportReplaced) -> Sequence[str]:
    """`report replaced, leaders' impact is Good, was Inadequate; overall Good`."""
    labels = {short_label(one.label) for one in event.found.judgements}
    other = [one for one in event.differences if one.what in labels and one.was and one.now]
    if not other:
        return ()
    if len(other) > 1:
        return tuple(_ending("report replaced, its grades differ", _overall(event)))
    name = _named(event.found, other[0].what)
    now = f"report replaced, {name} is {other[0].now}"
    tail = "" if name == "overall" else _overall(event)
    return (
        *_ending(f"{now}, was {other[0].was}", tail),
        *_ending(now, tail),
        f"report replaced, {name} differs",
    )


def _ending(said: str, tail: str) -> Sequence[str]:
    return (f"{said}; {tail}",) if tail else (said,)


def _named(found: Finding, what: str) -> str:
    """A judgement in the middle of a sentence, by its short label."""
    names = {short_label(one.label): in_subject(one.key, one.label) for one in found.judgements}
    return names.get(what, what)


def _unread(event: AboutReport, thing: str, kind: Kind) -> str:
    if event.found.new_framework:
        return f"{thing}, new framework, not comparable"
    if event.found.status != "unread" or event.found.doubts or graded(kind):
        return f"{thing}, not yet read"
    return f"{thing}, {plain(event.report.title, 60)}" if kind == "unknown" else thing


def _graded(event: AboutReport, before: str) -> Sequence[str]:
    moved = _most_serious_first(event.rows)
    tail = "" if len(moved) == 1 and moved[0].key == "overall" else _overall(event)
    if len(moved) == 1:
        graded_facts, bare = _one(moved[0])
    else:
        graded_facts, bare = (), (_counted(moved),) if moved else _still(event)
    return (  # first drop the overall grade, then that of the changed judgement
        *_with(before, graded_facts[:2], tail),
        *_with(before, graded_facts),
        *_with(before, bare, tail),
        *_with(before, bare),
    )


def _with(before: str, facts: Sequence[str], tail: str = "") -> tuple[str, ...]:
    lines = (
        "; ".join(filter(None, (", ".join(filter(None, (before, fact))), tail))) for fact in facts
    )
    return tuple(filter(None, lines))


def _most_serious_first(rows: Sequence[ComparisonLine]) -> list[ComparisonLine]:
    lowered = [row for row in rows if row.direction == "lowered"]
    raised = [row for row in rows if row.direction == "raised"]
    new = [row for row in rows if row.relation == "new"]
    return lowered + raised + new


def _how(row: ComparisonLine) -> str:
    return row.direction or "new"


def _one(row: ComparisonLine) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What moved with its grade, from the fullest to the shortest; and without."""
    name = in_subject(row.key, row.label)
    now, before = badge(row.grade, row.printed), badge(row.before, row.printed_before)
    said = f"{name} {row.direction}" if row.direction else f"{name} judged for the first time"
    if not now:
        return (), (said,)
    if not before:
        return (f"{said}, {now.words}",), (said,)
    to_now = f"{row.direction} to {now.words}"
    full = f"{said}, {before.words} to {now.words}"
    return (full, f"{name} {to_now}", f"1 judgement {to_now}", to_now), (said,)


def _counted(moved: Sequence[ComparisonLine]) -> str:
    kinds = [_how(row) for row in moved]
    counts = {how: kinds.count(how) for how in dict.fromkeys(kinds)}
    [(first, count), *rest] = counts.items()
    return ", ".join(
        [f"{several(count, 'judgement')} {first}", *(f"{many} {how}" for how, many in rest)]
    )


def _still(event: AboutReport) -> tuple[str, ...]:
    if event.rows:
        ended = _ended(event.rows)
        return ("no judgement raised or lowered" if ended else "no judgement changed",)
    if getattr(event, "type", "") != "report_published":
        return ("",)
    new = f"new {KINDS[event.found.kind].noun}"
    if event.predecessors:
        return ("first graded inspection", new)
    if event.previous or event.not_compared or event.previous_in_doubt:
        return (f"{new}, not compared", new)
    return ("first report under this framework", new) if event.found.kind in _IN_LINE else (new,)


def _ended(rows: Sequence[ComparisonLine]) -> bool:
    return any(row.relation in {"ended", "merged"} for row in rows)


def _overall(event: AboutReport) -> str:
    grade = overall(event.found)
    if grade:
        return f"overall {grade}"
    ended = any(row.key == "overall" and row.relation == "ended" for row in event.rows)
    return "overall no longer given" if ended else ""


def overall(found: Finding) -> str:
    """The overall judgement in Ofsted's words; empty where the report gives none."""
    [*given] = (one for one in found.judgements if one.key == "overall")
    shown = badge(given[0].grade, given[0].printed) if given else None
    return shown.words if shown else ""
