"""What people see beside a run: judgements through time, and each new report."""

from __future__ import annotations

from collections.abc import Iterator

from flows.look import Looked
from flows.tools import Tools
from notifications import news as n
from ofsted.reports.model import Reading
from storage import queries
from storage.known import KnownReport, known_reports

LICENCE = (
    "Contains public sector information licensed under the Open Government Licence v3.0. "
    "Source: Ofsted. Not an Ofsted service."
)


def judgements(tools: Tools, urn: str) -> list[dict[str, str]]:
    """A row a judgement, a column an inspection, oldest first."""
    with tools.database.read() as session:
        reports = sorted(known_reports(session, urn), key=lambda report: report.order)
    graded = [(report, report.reading) for report in reports if report.reading]
    columns = [
        (_column(report, reading), reading) for report, reading in graded if reading.judgements
    ]
    labels = {
        judgement.key: judgement.label for _, reading in columns for judgement in reading.judgements
    }
    return [
        {"Judgement": label, **{head: _cell(reading, key) for head, reading in columns}}
        for key, label in labels.items()
    ]


def _column(report: KnownReport, reading: Reading) -> str:
    day = reading.last_day or report.published
    doubt = "" if reading.status == "read" else " (doubtful)"
    return f"{day:%B %Y}{doubt}" if day else f"{report.title}{doubt}"


def _cell(reading: Reading, key: str) -> str:
    return next((each.printed for each in reading.judgements if each.key == key), "-")


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
