"""The archive: whether every document in the database is there, byte for byte."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select

from deployments.doctor.findings import Diagnosis, ok, wrong
from flows.context.context import AppContext
from notifications.words.plain import several
from storage import models
from storage.archive import MEDIA_TYPES

SHOWN = 5


def examine(context: AppContext) -> Iterator[Diagnosis]:
    """Each document checked against its SHA-256 and size."""
    with context.database.read() as session:
        documents = session.scalars(select(models.Document)).all()
    missing, damaged, size = [], [], 0
    for each in documents:
        path = _path(context, each)
        if path is None or not path.is_file():
            missing.append(each.sha256)
        elif not _is_whole(path, each):
            damaged.append(str(path))
        size += each.bytes
    if missing:
        to_do = (
            "restore them from a backup; those of authorities that are still on Ofsted's site are "
            "downloaded again within a week"
        )
        yield wrong(
            "archive", f"{several(len(missing), 'document')} missing: {_some(missing)}", to_do
        )
    if damaged:
        to_do = "move them away, then restore them as for missing documents"
        yield wrong(
            "archive", f"{several(len(damaged), 'document')} damaged: {_some(damaged)}", to_do
        )
    if not missing and not damaged:
        found = f"{several(len(documents), 'document')}, {size / 1e6:,.1f} MB, all intact"
        yield ok("archive", f"{found}, in {context.archive.folder}")


def _path(context: AppContext, document: models.Document) -> Path | None:
    if document.media_type not in MEDIA_TYPES:
        return None
    return context.archive.path(document.sha256, document.media_type)


def _is_whole(path: Path, document: models.Document) -> bool:
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return False
    return sha256 == document.sha256 and path.stat().st_size == document.bytes


def _some(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
