"""The artifacts in Prefect's UI: written, kept up to date, and removed; and its progress bars."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import cast
from uuid import UUID

from prefect import get_client
from prefect.artifacts import Artifact as PrefectArtifact
from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.client.schemas.objects import Artifact as ArtifactResponse
from prefect.exceptions import ObjectNotFound

from flows.context.context import AppContext
from flows.presenting.artifact import Artifact, is_old

log = logging.getLogger(__name__)

PROGRESS_STEP = 0.05  # of the whole: how often a progress bar is written


def write_pages(
    context: AppContext, pages: Iterable[Artifact] = (), refreshed: Iterable[Artifact] = ()
) -> None:
    """Write these artifacts; Prefect tries again. One that cannot be written fails no run.

    Args:
        pages: all of them are written.
        refreshed: those alone that have changed, are missing or were written long ago.
    """
    written, maybe = [*pages], [*refreshed]

    def write() -> None:
        _write(written)
        _write(each for each in maybe if not _is_fresh(each))

    _isolated(context, write)


def remove_pages(context: AppContext, keys: Iterable[str]) -> None:
    """Remove artifacts with all their versions, where they are there."""
    gone = [*keys]

    def remove() -> None:
        for key in gone:
            _remove(key)

    if gone:
        _isolated(context, remove)


def _isolated(context: AppContext, write: Callable[[], None]) -> None:
    try:
        context.step("write pages", write)
    except Exception:
        log.exception("the pages in the Prefect UI could not be written")


def _remove(key: str) -> None:
    """Delete all versions of an artifact; Prefect gives at most 200 at a time."""
    every = ArtifactFilter(key=ArtifactFilterKey(any_=[key]))
    with get_client(sync_client=True) as client:
        while found := client.read_artifacts(artifact_filter=every):
            for each in found:
                with suppress(ObjectNotFound):  # another run may be at it
                    client.delete_artifact(each.id)


def _is_fresh(page: Artifact) -> bool:
    shown = _shown(page.key)
    link = _shown(_link_key(page)) if page.link else shown
    return bool(shown and shown.data == page.markdown) and all(
        each and each.created and not is_old(each.created) for each in (shown, link)
    )


def _shown(key: str) -> ArtifactResponse | None:
    """The newest artifact of a key; None: there is none."""
    found = PrefectArtifact.get(key)
    return cast("ArtifactResponse | None", found)  # a coroutine in asynchronous flows alone


def _link_key(page: Artifact) -> str:
    return f"{page.key}-pdf"


def _write(pages: Iterable[Artifact]) -> None:
    for page in pages:
        if page.is_only:
            _remove(page.key)
        create_markdown_artifact(page.markdown, key=page.key, description=page.description)
        if page.link:
            create_link_artifact(
                page.link,
                link_text="Report (PDF)",
                key=_link_key(page),
                description=page.description,
            )


def write_table(key: str, rows: list[dict[str, str]], description: str) -> None:
    """Write a table artifact; not retried, as the next run writes it again."""
    try:
        create_table_artifact(rows, key=key, description=description)
    except Exception:
        log.exception("the table %s could not be written", key)


class ProgressBar:
    """A progress artifact of a long run, written at each twentieth."""

    def __init__(self, description: str) -> None:
        self._description = description
        self._id: UUID | None = None
        self._written = 0.0

    def show(self, done: int, of: int) -> None:
        """Show how many are done. A failure is logged and stops nothing."""
        share = done / of if of else 1.0
        if self._id is not None and share < 1.0 and share - self._written < PROGRESS_STEP:
            return
        description = f"{self._description}: {done} of {of}"
        try:
            if self._id is None:
                made = create_progress_artifact(100 * share, description=description)
                self._id = cast("UUID", made)  # a coroutine in asynchronous flows alone
            else:
                update_progress_artifact(self._id, 100 * share, description=description)
        except Exception:
            log.warning("the progress bar could not be written", exc_info=True)
        self._written = share
