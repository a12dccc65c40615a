"""What people see beside a run: judgements through time, and each new report."""

from __future__ import annotations

from collections.abc import Iterator

from flows.look import Looked
from flows.tools import Tools
from notifications import news as n
from notifications.markdown import escape
from notifications.words.labels import mark, short_label
from ofsted.reports.model import Reading
from storage import queries
from storage.known import KnownReport, known_reports

LICENCE = (
    "Contains public sector information licensed under the Open Government Licence v3.0. "
    "Source: Ofsted. Not an Ofsted service."
)


def judgements(tools: Tools, urn: str) -> list[dict[str, str]]:
    """A row a judgement, a column an inspection, newest first; cells are Markdown."""
    with tools.database.read() as session:
        reports = sorted(known_reports(session, urn), key=lambda each: each.order, reverse=True)
    columns = [
        (_column(report, reading), reading)
        for report in reports
        if (reading := report.reading) and reading.judgements
    ]
    newest_label: dict[str, str] = {}
    for _, reading in columns:
        for judgement in reading.judgements:
            newest_label.setdefault(judgement.key, short_label(judgement.label))
    return [
        {
            "Judgement": escape(label),
            **{head: _cell(reading, key) for head, reading in columns},
        }
        for key, label in newest_label.items()
    ]


def _column(report: KnownReport, reading: Reading) -> str:
    day = reading.last_day or report.published
    doubt = "" if reading.status == "read" else " (doubtful)"
    return escape(f"{day:%B %Y}{doubt}" if day else f"{report.title}{doubt}")


def _cell(reading: Reading, key: str) -> str:
    found = next((each for each in reading.judgements if each.key == key), None)
    said = mark(found.grade, found.printed) if found else None
    return escape(said.words) if said else "not given"


def new_reports(tools: Tools, looked: Looked) -> Iterator[tuple[str, str, str]]:
    """Key, markdown and description of each report that this look told readers of."""
    from notifications import markdown, words
    from notifications.message import Frame

    with tools.database.read() as session:
        found = queries.events(session, since=looked.began_at, audience="readers")
    for event in found:
        if event.urn != looked.urn or event.report_id is None:
            continue
        news = n.from_json(event.news)
        message = words.message(news, Frame(recipient="", public_url=tools.settings.public_url))
        key = f"report-{event.file_id or event.report_id}"
        yield key, markdown.render(message), event.summary
