"""Subject lines: the fact first, the authority before it, at most 78 characters.

If any judgement changed, the most serious is said: lowered before raised before new. One
change is named with both grades, several are counted. A report that is not surely read
never shows a grade here.
"""

from __future__ import annotations

from collections.abc import Sequence

from notifications.news import AboutReport, Correction, Finding, ReportReplaced
from notifications.words.labels import (
    KINDS,
    OUTCOMES,
    graded,
    in_subject,
    likely_kind,
    mark,
    short_label,
)
from notifications.words.plain import cut, plain, several
from ofsted.compare import Row
from ofsted.reports.model import Kind

LIMIT = 78
_IN_LINE = frozenset({"ilacs", "sif"})  # kinds whose reports are held against each other
OURS = "Ofsted watch"


def subject(about: str, *choices: str) -> str:
    """`Sutton: ...` with the first of the choices that fits; else the last one, cut at a word."""
    head = f"{plain(about, 40)}: "
    lines = [head + plain(choice, 200) for choice in choices]
    return next((line for line in lines if len(line) <= LIMIT), cut(lines[-1], LIMIT))


# type of news -> (the report where nothing more is said of it, what stands before its grades)
_OPENINGS = {
    "report_published": ("new {noun}", ""),
    "report_listed_late": ("older {noun} listed late", "older report listed late"),
    "report_read": ("{noun} now read", "now read"),
    "report_replaced": ("{noun} replaced", "report replaced"),
    "correction": ("correction to {noun}", "correction"),
}


def about_report(news: AboutReport) -> str:
    """The subject of news of one report, by what became of it and what it says."""
    return subject(news.provider.place, *map(_in_few, _facts(news)))


def _in_few(fact: str) -> str:
    """The one grade that is long, as it is said in subjects."""
    return fact.replace("equires improvement to be good", "equires improvement")


def _facts(news: AboutReport) -> Sequence[str]:
    """From the fullest to the shortest."""
    called, before = _OPENINGS[getattr(news, "type", "report_published")]
    kind = likely_kind(news.found.kind, news.report.title)
    thing = called.format(noun=KINDS[kind].noun)
    if news.found.status != "read":
        return (_unread(news, thing, kind),)
    if isinstance(news, Correction):
        return (*_corrected(news), thing)
    if isinstance(news, ReportReplaced) and (said := _replaced(news)):
        return said
    if graded(kind):
        return _graded(news, before) or (thing,)
    if news.found.outcome in OUTCOMES:
        outcome = OUTCOMES[news.found.outcome][1]
        return tuple(f"{what}, {outcome}" for what in (thing, "area SEND inspection", "area SEND"))
    actions = sum(one.kind == "priority_action" for one in news.found.improvements)
    return (f"{thing}, {several(actions, 'priority action')}" if actions else thing,)


def _corrected(news: Correction) -> Sequence[str]:
    """`correction: leaders' impact is Good, not Outstanding; overall Good`."""
    tail = _overall(news)
    said = f"correction to {several(len(news.said), 'grade')}"
    if len(news.said) == 1 and news.said[0].was and news.said[0].now:
        [one] = news.said
        name = _named(news.found, one.what)
        said = f"correction: {name} is {one.now}, not {one.was}"
        tail = "" if name == "overall" else tail
    return (f"{said}; {tail}", said) if tail else (said,)


def _replaced(news: ReportReplaced) -> Sequence[str]:
    """`report replaced, leaders' impact is Good, was Inadequate; overall Good`."""
    labels = {short_label(one.label) for one in news.found.judgements}
    other = [one for one in news.differences if one.what in labels and one.was and one.now]
    if not other:
        return ()
    if len(other) > 1:
        return tuple(_ending("report replaced, its grades differ", _overall(news)))
    name = _named(news.found, other[0].what)
    now = f"report replaced, {name} is {other[0].now}"
    tail = "" if name == "overall" else _overall(news)
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


def _unread(news: AboutReport, thing: str, kind: Kind) -> str:
    if news.found.new_framework:
        return f"{thing}, new framework, not comparable"
    if news.found.status != "unread" or news.found.doubts or graded(kind):
        return f"{thing}, not yet read"
    return f"{thing}, {plain(news.report.title, 60)}" if kind == "unknown" else thing


def _graded(news: AboutReport, before: str) -> Sequence[str]:
    moved = _most_serious_first(news.rows)
    tail = "" if len(moved) == 1 and moved[0].key == "overall" else _overall(news)
    if len(moved) == 1:
        graded_facts, bare = _one(moved[0])
    else:
        graded_facts, bare = (), (_counted(moved),) if moved else _still(news)
    return (  # the grade of what moved before the overall one, and that before the bare fact
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


def _most_serious_first(rows: Sequence[Row]) -> list[Row]:
    lowered = [row for row in rows if row.direction == "lowered"]
    raised = [row for row in rows if row.direction == "raised"]
    new = [row for row in rows if row.relation == "new"]
    return lowered + raised + new


def _how(row: Row) -> str:
    return row.direction or "new"


def _one(row: Row) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What moved with its grade, from the fullest to the shortest; and without."""
    name = in_subject(row.key, row.label)
    now, before = mark(row.grade, row.printed), mark(row.before, row.printed_before)
    said = f"{name} {row.direction}" if row.direction else f"{name} judged for the first time"
    if not now:
        return (), (said,)
    if not before:
        return (f"{said}, {now.words}",), (said,)
    to_now = f"{row.direction} to {now.words}"
    full = f"{said}, {before.words} to {now.words}"
    return (full, f"{name} {to_now}", f"1 judgement {to_now}", to_now), (said,)


def _counted(moved: Sequence[Row]) -> str:
    kinds = [_how(row) for row in moved]
    counts = {how: kinds.count(how) for how in dict.fromkeys(kinds)}
    [(first, count), *rest] = counts.items()
    return ", ".join(
        [f"{several(count, 'judgement')} {first}", *(f"{many} {how}" for how, many in rest)]
    )


def _still(news: AboutReport) -> tuple[str, ...]:
    if news.rows:
        ended = _ended(news.rows)
        return ("no judgement raised or lowered" if ended else "no judgement changed",)
    if getattr(news, "type", "") != "report_published":
        return ("",)
    new = f"new {KINDS[news.found.kind].noun}"
    if news.earlier or news.not_compared or news.earlier_in_doubt:
        return (f"{new}, not compared", new)
    return ("first report under this framework", new) if news.found.kind in _IN_LINE else (new,)


def _ended(rows: Sequence[Row]) -> bool:
    return any(row.relation in {"ended", "merged"} for row in rows)


def _overall(news: AboutReport) -> str:
    grade = overall(news.found)
    if grade:
        return f"overall {grade}"
    ended = any(row.key == "overall" and row.relation == "ended" for row in news.rows)
    return "overall no longer given" if ended else ""


def overall(found: Finding) -> str:
    """The overall judgement in Ofsted's words; empty where the report gives none."""
    [*given] = (one for one in found.judgements if one.key == "overall")
    shown = mark(given[0].grade, given[0].printed) if given else None
    return shown.words if shown else ""
