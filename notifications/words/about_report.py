"""Messages about one report: published, listed late, read later, replaced, corrected."""

from __future__ import annotations

from notifications.events import AboutReport, Correction, Finding, ReportReplaced
from notifications.message import Footnote, Message, MessageContext, Section, Table
from notifications.words import subjects
from notifications.words.footer import (
    evidence,
    licence,
    links,
    on_website,
    unfit_address,
    why,
)
from notifications.words.labels import KINDS, OUTCOMES, badge, graded, likely_kind, short_label
from notifications.words.plain import days, number, place_in_words, plain, sentence
from notifications.words.predecessors import predecessors
from notifications.words.sections import corrections, differences, doubts, improvements
from notifications.words.tables import (
    across_frameworks,
    alone,
    as_printed,
    compared,
    of_predecessor,
)
from ofsted.reports.model import Kind
from ofsted.text import say_day, uncapital

# type of event -> the beginning of the first sentence, with a date and without
_BEGINNINGS = {
    "report_published": (
        "Ofsted published a new {thing} on {day}",
        "Ofsted's page lists a new {thing}, without a publication date",
    ),
    "report_listed_late": (
        "Ofsted's page now lists an older {thing}, published on {day}",
        "Ofsted's page now lists another {thing}, without a publication date",
    ),
    "report_read": (
        "We have now read the {thing} that Ofsted published on {day}",
        "We have now read the {thing} that Ofsted lists without a publication date",
    ),
    "report_replaced": (
        "Ofsted has replaced the {thing} published on {day}",
        "Ofsted has replaced the {thing} listed without a publication date",
    ),
    "correction": (
        "We reported an incorrect grade for the {thing} published on {day}",
        "We reported an incorrect grade for the {thing} listed without a publication date",
    ),
    "correction in doubt": (
        "We are withdrawing our earlier summary of the {thing} published on {day}",
        "We are withdrawing our earlier summary of the {thing} listed without a publication date",
    ),
}
_REMARKS = {
    "report_listed_late": "It was not on the page before, but it is not a new report.",
    "report_replaced": "The new file differs in content from the previous one.",
    "correction": "The error was in our automated reading of the report, not in Ofsted's report.",
}
_NOT_READ = {
    "doubtful": (
        "We could not read the grades reliably, so no grades or comparison are shown. Please "
        "read the report."
    ),
    "unread": (
        "The report could not be read with confidence, so no grades or comparison are shown. "
        "Please read the report."
    ),
    "missing": (
        "The report could not yet be downloaded from Ofsted's site. We will keep trying and let "
        "you know."
    ),
    "elsewhere": (
        "It is published on another website, so we have not downloaded it. Please read it there."
    ),
    "no link": "The page gives no link to the report, so we could not read it.",
}
_NEW_FRAMEWORK = (
    "Several judgements are not in any inspection framework we recognise. They are shown as "
    "printed, without a comparison. Please read the report."
)
_NO_GRADES: dict[Kind, str] = {
    "focused_visit": "Focused visit letters do not give grades.",
    "monitoring_visit": "Monitoring visit letters do not give grades.",
    "jtai": "Joint targeted area inspections do not give grades.",
    "local_area_send": "Inspections of this kind did not give grades.",
}
_NOT_OUR_KIND = "We do not yet read reports of this kind automatically. Please read the report."


def message(event: AboutReport, message_context: MessageContext) -> Message:
    """The message about a report: its content, and what changed in its judgements."""
    kind = likely_kind(event.found.kind, event.report.title)
    tables, footnotes = _tables(event)
    return Message(
        subject=subjects.about_report(event),
        headline=_headline(event, kind),
        kind=getattr(event, "type", ""),
        paragraphs=tuple(filter(None, _paragraphs(event, kind))),
        leading=_changed(event),
        tables=tables,
        footnotes=footnotes,
        sections=_sections(event),
        links=(
            *links(event.provider, event.report, label=_link_label(event)),
            *on_website(message_context, event.provider, event.report),
        ),
        evidence=evidence(event.found),
        licence=licence(kind),
        why=why(message_context),
        test=message_context.test,
    )


def _link_label(event: AboutReport) -> str:
    return "Report" if event.found.status == "elsewhere" else "Report (PDF)"


def _headline(event: AboutReport, kind: Kind) -> str:
    with_day, without = _BEGINNINGS[_beginning(event)]
    thing = KINDS[kind].full.format(where=place_in_words(event.provider.name))
    day = event.report.published
    pattern = with_day if day else without
    beginning = pattern.format(thing=thing, day=say_day(day) if day else "")
    if event.found.status == "read":
        clause = what_it_says(event)
        return f"{beginning}: {clause}." if clause else f"{beginning}."
    if event.found.new_framework:
        return f"{beginning}. New framework, not comparable."
    if _not_our_kind(event.found) or event.found.status == "elsewhere":
        return f"{beginning}."
    return f"{beginning}. We have not been able to read it yet."


def _beginning(event: AboutReport) -> str:
    if isinstance(event, Correction) and event.found.status != "read":
        return "correction in doubt"
    return getattr(event, "type", "report_published")


def _not_our_kind(found: Finding) -> bool:
    return found.status == "unread" and not found.doubts


def what_it_says(event: AboutReport) -> str:
    """What the judgements of a report that was read say, in half a sentence."""
    if not event.rows:
        return _first_clause(event.found)
    if not graded(event.found.kind):
        return _outcome(event.found)
    overall = _overall(event)
    moves = _moves(event, closing=not overall)
    return f"{moves}, and {overall}" if overall else moves


def _first_clause(found: Finding) -> str:
    overall = subjects.overall(found)
    if overall:
        return f"{_overall_name(found)} is {overall}"
    if found.judgements:
        count = len(found.judgements)
        return f"it gives {number(count)} judgement{'s' * (count > 1)}"
    return _outcome(found)


def _overall_name(found: Finding) -> str:
    """`overall effectiveness`; `the overall judgement` where the report prints it so."""
    labels = (short_label(one.label) for one in found.judgements if one.key == "overall")
    return "the overall judgement" if "Overall judgement" in labels else "overall effectiveness"


def _outcome(found: Finding) -> str:
    words = OUTCOMES.get(found.outcome or "", (plain(found.outcome or ""),))[0]
    return words[:1].lower() + words[1:]


def _moves(event: AboutReport, *, closing: bool) -> str:
    lower = sum(row.direction == "lowered" for row in event.rows)
    higher = sum(row.direction == "raised" for row in event.rows)
    new = sum(row.relation == "new" for row in event.rows)
    if not lower and not higher:
        said = "no judgement is lower or higher than at the previous inspection"
    else:
        first, second = ("lower", "higher") if lower else ("higher", "lower")
        count, rest = (lower, higher) if lower else (higher, lower)
        joint = " and" if closing and not new else ","
        than = f"{_judgements(count)} {first} than at the previous inspection"
        said = f"{than}{joint} {_count(rest)} {second}"
    return f"{said}, {_count(new)} given for the first time" if new else said


def _judgements(count: int) -> str:
    return f"{number(count)} judgement{' is' if count == 1 else 's are'}"


def _count(count: int) -> str:
    return "none is" if not count else f"{number(count)} {'is' if count == 1 else 'are'}"


def _overall(event: AboutReport) -> str:
    row = next((row for row in event.rows if row.key == "overall"), None)
    if row is None:
        return ""
    now, before = badge(row.grade, row.printed), badge(row.before, row.printed_before)
    if row.relation == "ended":
        return "overall effectiveness is no longer given"
    if now is None:
        return ""
    name = _overall_name(event.found)
    if row.direction in {"raised", "lowered"} and before:
        return f"{name} has been {row.direction} from {before.words} to {now.words}"
    return f"{name} {'remains' if row.direction else 'is'} {now.words}"


def _paragraphs(event: AboutReport, kind: Kind) -> tuple[str, ...]:
    found = event.found
    remark = _REMARKS.get(getattr(event, "type", ""), "")
    if found.status == "read":
        return (remark, _when(event, kind), _theme(found, kind), _NO_GRADES.get(kind, ""))
    day = event.report.published
    dated = f", dated {say_day(day)}" if day else ""
    return (
        remark,
        _why_not_read(event),
        f'Ofsted\'s page lists it as "{plain(event.report.title, 200)}"{dated}.',
        unfit_address(event.report),
    )


def _why_not_read(event: AboutReport) -> str:
    found = event.found
    if _not_our_kind(found):
        return _NOT_OUR_KIND
    if found.new_framework:
        return _NEW_FRAMEWORK
    no_link = found.status == "elsewhere" and not event.report.link
    return _NOT_READ["no link" if no_link else found.status]


def _when(event: AboutReport, kind: Kind) -> str:
    held = days(event.found.first_day, event.found.last_day)
    inspected = f"{'Visited' if 'visit' in kind else 'Inspected'} {held}." if held else ""
    return " ".join(filter(None, (inspected, _compared_with(event))))


def _compared_with(event: AboutReport) -> str:
    previous = event.previous
    if previous is None or not event.rows:
        return _why_not(event)
    published = previous.report.published
    before = days(previous.first_day, previous.last_day)
    dated = f"published {say_day(published)}" if published else ""
    older = f"{before} ({dated})" if before and dated else before or f"the report {dated}".rstrip()
    return f"Compared with {older}. {across_frameworks(event, previous)}".strip()


def _why_not(event: AboutReport) -> str:
    if event.not_compared:
        return f"Not compared: {uncapital(sentence(event.not_compared))}"
    if event.previous_in_doubt:
        return "Not compared: the previous inspection could not be read reliably."
    if event.predecessors:
        return predecessors(event)
    first = event.found.judgements and event.previous is None
    return "There is no earlier inspection to compare it with." if first else ""


def _theme(found: Finding, kind: Kind) -> str:
    theme = plain(found.theme or "", 600).rstrip(" .")
    return f"Focus of the {'visit' if 'visit' in kind else 'inspection'}: {theme}." if theme else ""


def _tables(event: AboutReport) -> tuple[tuple[Table, ...], tuple[Footnote, ...]]:
    if event.found.new_framework:
        return as_printed(event.found), ()
    if event.found.status != "read":
        return (), ()
    if event.previous and event.rows:
        table, footnotes = compared(event, event.previous)
        return (table,), footnotes
    shown = (table for one in event.predecessors for table in of_predecessor(one))
    return (*alone(event.found), *shown), ()


def _sections(event: AboutReport) -> tuple[Section, ...]:
    if event.found.status == "read":
        return improvements(event.found)
    return doubts(event.found, table_shown=event.found.new_framework)


def _changed(event: AboutReport) -> tuple[Section, ...]:
    match event:
        case ReportReplaced():
            return differences(event.differences)
        case Correction():
            return corrections(event.said, certain=event.found.status == "read")
    return ()
