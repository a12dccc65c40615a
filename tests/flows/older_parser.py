"""Puts what an earlier parser found and announced into an installation's database."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from flows.comparing.comparison_rows import update_all_comparisons
from storage import models
from storage.record import reading_from_json, record_reading
from storage.report_snapshots import report_snapshots
from tests.installation import Installation


def lay_down(installation: Installation, file_id: str, **fields: Any) -> None:
    """An earlier version (0) read all documents alike, but for one report these fields otherwise.

    Args:
        fields: of the reading's JSON; a judgement's grade by its key.
    """
    with installation.context().database.write() as session:
        (report,) = (each for each in report_snapshots(session) if each.file_id == file_id)
        for row in session.scalars(select(models.Reading)):
            row.parser = "0"
            if row.sha256 in {each.sha256 for each in report.versions}:
                found = _otherwise(json.loads(row.found), fields)
                reading = reading_from_json(
                    json.dumps({**found, "parser_version": "0", "text": row.text})
                )
                record_reading(session, reading, row.made_at)
                row.facts_sha256 = "0" * 64
        update_all_comparisons(session, report_snapshots(session))


def lay_down_announced(installation: Installation, file_id: str, **grades: str) -> None:
    """And readers were sent that, about this report and of those compared with it."""
    lay_down(installation, file_id, **grades)
    with installation.context().database.write() as session:
        for event in session.scalars(select(models.Event)):
            event.payload = json.dumps(_announced(json.loads(event.payload), file_id, grades))


def _announced(event: dict[str, Any], file_id: str, grades: dict[str, str]) -> dict[str, Any]:
    for shown in (event, *event.get("watched", ())):
        report = shown.get("report") or shown.get("newest") or {}
        if report.get("file_id") == file_id and shown.get("found"):
            shown["found"] = _otherwise(shown["found"], grades)
    previous = (event.get("previous") or {}).get("report", {})
    for row in event.get("rows", ()):
        if previous.get("file_id") == file_id and row["key"] in grades:
            row["before"], row["printed_before"] = _grade(grades[row["key"]])
    for before in event.get("predecessors", ()):
        if before["inspection"]["report"]["file_id"] == file_id and before["found"]:
            before["found"] = _otherwise(before["found"], grades)
    return event


def _otherwise(found: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    keys = {each["key"] for each in found["judgements"]}
    judgements = [
        each | dict(zip(("grade", "printed"), _grade(fields[each["key"]]), strict=True))
        if each["key"] in fields
        else each
        for each in found["judgements"]
    ]
    others = {name: value for name, value in fields.items() if name not in keys}
    return found | {"judgements": judgements} | others


def _grade(printed: str) -> tuple[str, str]:
    return printed.lower().replace(" to be good", "").replace(" ", "_"), printed
