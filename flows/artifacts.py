"""What Prefect's UI shows beside its runs, made out of our own database at each writing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flows.grid import grid
from flows.look import Looked
from flows.places import place, slug
from flows.planned import next_check
from flows.problems import problems
from flows.settings import Watch
from flows.tools import Tools
from notifications import markdown, words
from notifications import news as n
from notifications.markdown import escape
from notifications.message import Frame, Link
from notifications.words.closing import LICENCE, LICENCE_OF_ALL, fit
from notifications.words.labels import SHORT_FRAMEWORKS
from notifications.words.plain import LONDON, lasting, moment
from ofsted.reports.model import Judgement, Reading
from storage import queries
from storage.known import KnownReport, known_reports
from storage.queries import EventShown

WINDOW = timedelta(days=365)  # of the news
MOST = 200  # lines of the news
CHANGES = {"first", "changed", "suspect"}  # outcomes after which more than `health` is rewritten


@dataclass(frozen=True, slots=True)
class Artifact:
    """A page in Markdown under a key that stays."""

    key: str
    markdown: str
    description: str


@dataclass(frozen=True, slots=True)
class _Column:
    """An inspection in the grid."""

    report: KnownReport
    last_day: date | None
    published: date | None
    status: str
    framework: str | None
    judgements: Sequence[Judgement]


def after_looks(tools: Tools, looked: Sequence[Looked]) -> Iterator[Artifact]:
    """What is to be written after a round of looks."""
    changed = [each for each in looked if each.outcome in CHANGES]
    for each in changed:
        yield from judgements(tools, tools.watch(each.urn))
        yield from reports(tools, since=each.began_at, urn=each.urn)
    if changed:
        yield news(tools)
    yield health(tools)


def everything(tools: Tools) -> Iterator[Artifact]:
    """All of it: Prefect forgets what is old."""
    for watch in tools.settings.watch:
        yield from judgements(tools, watch)
    yield from reports(tools, since=tools.clock.now() - WINDOW)
    yield news(tools)
    yield health(tools)


def judgements(tools: Tools, watch: Watch) -> Iterator[Artifact]:
    """An authority's judgements through time; nothing where none are known."""
    with tools.database.read() as session:
        found = known_reports(session, watch.urn)
    newest_first = sorted(found, key=lambda each: each.order, reverse=True)
    columns = [_column(each, each.reading) for each in newest_first if each.reading]
    known = [each for each in columns if each.judgements]
    if not known:
        return
    drawn = grid(known)
    rows = [
        ("Judgement", *drawn.heads),
        *((line.label, *line.cells) for line in drawn.lines),
    ]
    foot = [
        ("Framework", *(_framework(each.framework) for each in known)),
        ("Report", *(_link(each.report) for each in known)),
    ]
    table = _table([tuple(map(escape, row)) for row in rows] + foot)
    text = (
        f"## {escape(watch.name)}: judgements through time\n\n{table}\n\n"
        "An empty place says why. How two inspections may be held against each other stands in "
        f"each report's own page.\n\n{escape(LICENCE)}\n"
    )
    name = place(watch.name)
    yield Artifact(f"{slug(name)}-judgements", text, f"{name}: judgements through time")


def reports(tools: Tools, since: datetime, urn: str | None = None) -> Iterator[Artifact]:
    """Each report that readers were told of since then, as it was told last."""
    with tools.database.read() as session:
        found = queries.newest_of_reports(session, since=since)
    told: set[int | None] = set()
    for event in found:
        if event.report_id in told or (urn is not None and event.urn != urn):
            continue
        told.add(event.report_id)
        news_of_it = n.from_json(event.news)
        provider = getattr(news_of_it, "provider", None)
        where = slug(provider.place) if provider else "authority"
        message = words.message(news_of_it, Frame(recipient=""))
        number = slug(event.file_id or str(event.report_id))
        yield Artifact(f"{where}-report-{number}", markdown.render(message), event.summary)


def news(tools: Tools) -> Artifact:
    """What readers were told in the last twelve months, the newest first."""
    now = tools.clock.now()
    with tools.database.read() as session:
        found = queries.newest_of_reports(session, since=now - WINDOW)
    rows = [("Told", "What", "Report"), *map(_told, found[:MOST])]
    left_out = f"\n\nand {len(found) - MOST} older" if len(found) > MOST else ""
    body = _table(rows) + left_out if found else "Nothing was told in this time."
    text = f"## News of the last twelve months\n\n{body}\n\n{escape(LICENCE_OF_ALL)}\n"
    return Artifact("news", text, f"What readers were told in twelve months: {len(found)}")


def health(tools: Tools) -> Artifact:
    """How well all is seen and sent, now."""
    now = tools.clock.now()
    with tools.database.read() as session:
        waiting = queries.deliveries_by_state(session).get("waiting", 0)
        upcoming = next_check(session, now)
    wrong = problems(tools)
    headline = f"{len(wrong)} thing{'s' * (len(wrong) > 1)} to see to" if wrong else "All well"
    heads = ("Authority", "Page", "Last good look")
    planned = escape(moment(upcoming)) if upcoming else "none planned"
    rows = [heads, *(_seen(tools, watch, now) for watch in tools.settings.watch)]
    text = (
        f"## {headline}\n\nAs of {escape(moment(now))}.\n\n"
        + "".join(f"- {escape(each.what)}\n" for each in wrong)
        + f"\n{_table(rows)}\n\nNext check, as Prefect has planned it: {planned}\n\n"
        f"Messages waiting: {waiting}\n\n{escape(LICENCE)}\n"
    )
    return Artifact("health", text, headline)


def _column(report: KnownReport, reading: Reading) -> _Column:
    return _Column(
        report=report,
        last_day=reading.last_day,
        published=report.published,
        status=reading.status,
        framework=reading.framework,
        judgements=reading.judgements,
    )


def _framework(name: str | None) -> str:
    return escape(SHORT_FRAMEWORKS.get(name or "", name or "not known"))


def _link(report: KnownReport) -> str:
    if not report.link or not fit(report.link):
        return "no link"
    published = f"published {report.published:%d %B %Y}" if report.published else "report"
    return markdown.link(Link(published.replace(" 0", " "), report.link))


def _told(event: EventShown) -> tuple[str, str, str]:
    report: n.Report | None = getattr(n.from_json(event.news), "report", None)
    link = report.link if report and report.link and fit(report.link) else None
    return (
        f"{event.at.astimezone(LONDON):%d %B %Y}".removeprefix("0"),
        escape(event.summary),
        markdown.link(Link("report", link)) if link else "no link",
    )


def _seen(tools: Tools, watch: Watch, now: datetime) -> tuple[str, ...]:
    with tools.database.read() as session:
        state = queries.provider_state(session, watch.urn)
    seen = state.last_good_look if state else None
    return (
        escape(place(watch.name)),
        state.state if state else "not seen yet",
        f"{escape(moment(seen))}, {lasting(seen, now)} ago" if seen else "none yet",
    )


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of Markdown as a table; the first is its head."""
    lines = [rows[0], ("---",) * len(rows[0]), *rows[1:]]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
