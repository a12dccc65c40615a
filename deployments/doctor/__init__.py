"""Looking after an installation: what is well, what is worth knowing, what is wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator

from deployments.doctor import archive, database, machine, recipients, schedules, settings
from deployments.doctor.findings import Finding, wrong
from flows.settings import Settings
from flows.tools import Tools, open_tools, passing_tools
from storage.database import DatabaseError, MissingDatabaseError

__all__ = ["Finding", "examine"]

Part = Callable[[Tools], Iterator[Finding]]

log = logging.getLogger(__name__)

ASK = "mend what is wrong above, then ask again; if nothing is, please report it"


def examine(given: Settings, *, live: bool = False) -> Iterator[Finding]:
    """Every finding, one after the other as they come; sends nothing to anybody, makes nothing.

    Args:
        live: also ask Ofsted's site (the one in the settings) whether it is as we believe.

    Raises:
        SettingsError: a recipient cannot be used, or a secret is missing.
        MissingDatabaseError: there is none yet; all that can be examined without it was.
    """
    yield from settings.examine(given)
    yield from machine.examine(given)
    try:
        tools = open_tools(given, make=False)
    except MissingDatabaseError as error:
        yield database.unusable(error)
        with passing_tools(given) as tools:
            yield from _with_tools(tools, (recipients.examine, schedules.examine), live=live)
        raise
    except (DatabaseError, OSError) as error:
        yield database.unusable(error)
        return
    parts = (database.examine, archive.examine, recipients.examine, schedules.examine)
    try:
        yield from _with_tools(tools, parts, live=live)
    finally:
        tools.database.close()


def _with_tools(tools: Tools, parts: Iterable[Part], *, live: bool) -> Iterator[Finding]:
    try:
        for part in parts:
            yield from _carefully(part, tools)
        if live:
            from deployments.doctor.live import examine_site

            yield from _carefully(examine_site, tools)
    finally:
        tools.site.close()


def _carefully(part: Part, tools: Tools) -> Iterator[Finding]:
    """What stops one part holds back no other."""
    try:
        yield from part(tools)
    except Exception as error:
        name = part.__module__.rpartition(".")[2]
        log.debug("%s: broke off", name, exc_info=True)
        yield wrong(name, f"could not be looked at further: {type(error).__name__}", ASK)
