"""Checks an installation: what is ok, what is worth knowing, what is wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator

from deployments.doctor import (
    archive,
    database,
    machine,
    recipients,
    schedules,
    settings,
    website,
)
from deployments.doctor.findings import Diagnosis, wrong
from flows.context.context import AppContext, open_context, temporary_context
from flows.settings.model import Settings
from storage.database import DatabaseError, MissingDatabaseError

__all__ = ["Diagnosis", "examine"]

Part = Callable[[AppContext], Iterator[Diagnosis]]

WITHOUT_DATABASE: tuple[Part, ...] = (recipients.examine, schedules.examine, website.examine)

log = logging.getLogger(__name__)

ASK = "fix what is wrong above, then run doctor again; if nothing is wrong, please report this"


def examine(given: Settings, *, live: bool = False) -> Iterator[Diagnosis]:
    """Give each finding as soon as it is there; sends nothing to anyone, creates nothing.

    Args:
        live: also check that Ofsted's site (the one in the settings) is as the parser expects.

    Raises:
        SettingsError: a recipient cannot be used, or a secret is missing.
        MissingDatabaseError: there is none yet; all that can be examined without it was.
    """
    yield from settings.examine(given)
    yield from machine.examine(given)
    try:
        context = open_context(given, make=False)
    except MissingDatabaseError as error:
        yield database.unusable(error)
        with temporary_context(given) as context:
            yield from _with_context(context, WITHOUT_DATABASE, live=live)
        raise
    except (DatabaseError, OSError) as error:
        yield database.unusable(error)
        return
    parts = (database.examine, archive.examine, *WITHOUT_DATABASE)
    try:
        yield from _with_context(context, parts, live=live)
    finally:
        context.database.close()


def _with_context(context: AppContext, parts: Iterable[Part], *, live: bool) -> Iterator[Diagnosis]:
    try:
        for part in parts:
            yield from _isolated(part, context)
        if live:
            from deployments.doctor.live import examine_site

            yield from _isolated(examine_site, context)
    finally:
        context.site.close()


def _isolated(part: Part, context: AppContext) -> Iterator[Diagnosis]:
    """The findings of one part; an error becomes a finding and stops no other part."""
    try:
        yield from part(context)
    except Exception as error:
        name = part.__module__.rpartition(".")[2]
        log.debug("%s: broke off", name, exc_info=True)
        yield wrong(name, f"could not be checked: {type(error).__name__}", ASK)
