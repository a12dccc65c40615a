"""The artifacts in Prefect's UI, written from our own database each time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from flows.checking.one_check import CheckResult
from flows.comparing.history_table import history_table
from flows.context.context import AppContext
from flows.context.message_context import message_context
from flows.context.planned import next_check
from flows.presenting.area_pages import area_page
from flows.presenting.artifact import Artifact, table
from flows.presenting.problems import known_now, problems
from flows.settings.watched import WatchedAuthority
from notifications import events as ev
from notifications import markdown
from notifications.markdown import escape
from notifications.message import Link
from notifications.words import of_events
from notifications.words.footer import LICENCE, fit
from notifications.words.labels import SHORT_FRAMEWORKS, badge
from notifications.words.plain import LONDON, moment, plain, several
from ofsted.licence import LICENCE_OF_ALL
from ofsted.provider_key import ProviderKey
from ofsted.short_names import short_name, slug
from storage import queries, report_queries
from storage.queries import EventLine
from storage.report_queries import ReportLine

WINDOW = timedelta(days=365)  # of the alerts in `news`
MOST = 200  # lines in `news`
CHANGES = {"first", "changed", "suspect"}  # after these, all of a page's artifacts are rewritten


def after_checks(context: AppContext, checked: Sequence[CheckResult]) -> Iterator[Artifact]:
    """The artifacts to write after a round of checks."""
    changed = [each for each in checked if each.result in CHANGES]
    for each in changed:
        if each.is_area:
            continue
        yield from judgements(context, context.watched_here(each.provider_key))
        yield from reports(context, since=each.began_at, provider=each.provider_key)
    if changed:
        yield news(context)
    yield health(context)


def naming_providers(context: AppContext, checked: Sequence[CheckResult]) -> Iterator[Artifact]:
    """The artifacts that name the providers of areas, after a check of these.

    They are compared after each: a check may find that Ofsted withholds a name from now on.
    """
    keys = {each.provider_key for each in checked if each.is_area}
    areas = [each for each in context.settings.areas if each.key in keys]
    if areas:
        yield from (area_page(context, each) for each in areas)
        yield news(context)


def round_table(checks: Sequence[CheckResult]) -> list[dict[str, str]]:
    """A line for each page of a long round, those with changes or faults first."""
    quiet_last = sorted(checks, key=lambda each: each.result in {"unchanged", "skipped"})
    return [
        {
            "Authority": plain(short_name(each.name)),
            "Result": each.result,
            "Reports listed": "" if each.listed is None or each.is_area else str(each.listed),
            "What was found": plain(each.message),
        }
        for each in quiet_last
    ]


def everything(context: AppContext) -> Iterator[Artifact]:
    """All artifacts; of reports the newest of each authority, and those of the last 12 months."""
    for authority in context.settings.watch:
        yield from judgements(context, authority)
    with context.database.read() as session:
        found = queries.newest_of_reports(session, since=context.clock.now() - WINDOW)
        newest = queries.newest_of_each_provider(session)
    watched = {each.key for each in context.settings.watch}
    found += (each for each in newest if each.provider in watched)
    yield from _reports(context, found)
    yield from (area_page(context, each) for each in context.settings.areas)
    yield news(context)
    yield health(context)


def judgements(context: AppContext, authority: WatchedAuthority) -> Iterator[Artifact]:
    """An authority's judgements over time; nothing where none are known."""
    with context.database.read() as session:
        found = report_queries.inspections(session, [authority.key])
    known = [each for each in reversed(found) if each.judgements]  # oldest to newest
    if not known:
        return
    drawn = history_table(known)
    rows = [
        ("Judgement", *map(escape, drawn.heads)),
        *((escape(line.label), *map(_cell, line.cells)) for line in drawn.lines),
    ]
    foot = [
        ("Framework", *(_framework(each.framework) for each in drawn.inspections)),
        ("Report", *(_link(each.report) for each in drawn.inspections)),
    ]
    text = (
        f"## {escape(authority.name)}: judgements over time\n\n{table(rows + foot)}\n\n"
        "Where no grade is shown, the cell gives the reason. See each report's page for how it was "
        f"compared.\n\n{escape(LICENCE)}\n"
    )
    name = short_name(authority.name)
    yield Artifact(f"{slug(name)}-judgements", text, f"{escape(name)}: judgements over time")


def reports(
    context: AppContext, since: datetime, provider: ProviderKey | None = None
) -> Iterator[Artifact]:
    """Each report that readers were alerted to since then, as in its latest alert."""
    with context.database.read() as session:
        found = queries.newest_of_reports(session, since=since)
    wanted = (each for each in found if provider is None or each.provider == provider)
    yield from _reports(context, wanted)


def _reports(context: AppContext, found: Iterable[EventLine]) -> Iterator[Artifact]:
    """An artifact of each report, by the first of its alerts."""
    announced: set[int | None] = set()
    for event in found:
        if event.report_id in announced:
            continue
        announced.add(event.report_id)
        event_of_it = ev.from_json(event.payload)
        whose = getattr(event_of_it, "provider", None)
        where = slug(whose.short_name) if whose else "authority"
        message = of_events.message(event_of_it, message_context(context.settings))
        number = slug(event.file_id or str(event.report_id))
        report: ev.Report | None = getattr(event_of_it, "report", None)
        link = report.link if report and report.link and fit(report.link) else ""
        yield Artifact(
            f"{where}-report-{number}", markdown.render(message), escape(event.summary), link
        )


def news(context: AppContext) -> Artifact:
    """The alerts to readers of the last 12 months, the newest first."""
    now = context.clock.now()
    with context.database.read() as session:
        found = queries.alerts_to_readers(session, since=now - WINDOW)
    rows = [("Date", "Alert", "Link"), *map(_announced, found[:MOST])]
    left_out = f"\n\nand {len(found) - MOST} older alerts" if len(found) > MOST else ""
    body = table(rows) + left_out if found else "No alerts were sent in this period."
    text = f"## Alerts sent in the last 12 months\n\n{body}\n\n{escape(LICENCE_OF_ALL)}\n"
    described = f"Alerts sent in the last 12 months: {len(found)}"
    return Artifact("news", text, described, is_only=bool(context.settings.areas))


def health(context: AppContext) -> Artifact:
    """The state of all checks and messages, now."""
    now = context.clock.now()
    with context.database.read() as session:
        known = known_now(session, context)
        upcoming = next_check(session, now)
    waiting = known.messages.ever.get("pending", 0)
    wrong = problems(context, known=known)
    headline = _attention(len(wrong)) if wrong else "All well"
    heads = ("Authority", "Page", "Last successful check")
    planned = escape(moment(upcoming)) if upcoming else "none planned"
    rows = [
        heads,
        *(_page_line(each.name, known.states.get(each.key)) for each in context.settings.pages),
    ]
    text = (
        f"## {headline}\n\nAs of {escape(moment(now))}.\n\n"
        + "".join(f"- {escape(each.what)}\n" for each in wrong)
        + f"\n{table(rows)}\n\nNext check (planned by Prefect): {planned}\n\n"
        f"Messages pending: {waiting}\n\n{escape(LICENCE)}\n"
    )
    return Artifact("health", text, headline)


def _attention(count: int) -> str:
    return f"{several(count, 'issue')} need{'s' * (count == 1)} attention"


def _cell(said: str) -> str:
    """A cell of the table: a grade with its colour, or the reason why there is none."""
    return markdown.grade(badge(None, said))


def _framework(name: str | None) -> str:
    return escape(SHORT_FRAMEWORKS.get(name or "", name or "not known"))


def _link(report: ReportLine) -> str:
    if not report.link or not fit(report.link):
        return "no link"
    published = f"published {report.published:%d %B %Y}" if report.published else "report"
    return markdown.link(Link(published.replace(" 0", " "), report.link))


def _announced(event: EventLine) -> tuple[str, str, str]:
    happened = ev.from_json(event.payload)
    report: ev.Report | None = getattr(happened, "report", None)
    link = report.link if report and report.link and fit(report.link) else None
    label = "document" if isinstance(happened, ev.DocumentListed) else "report"
    return (
        f"{event.at.astimezone(LONDON):%d %B %Y}".removeprefix("0"),
        escape(event.summary),
        markdown.link(Link(label, link)) if link else "no link",
    )


def _page_line(name: str, state: queries.ProviderState | None) -> tuple[str, ...]:
    seen = state.last_successful_check if state else None
    return (
        escape(short_name(name)),
        state.state if state else "not yet checked",
        escape(moment(seen)) if seen else "none yet",
    )
