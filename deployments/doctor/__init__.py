"""Looking after an installation: what is well, what is worth knowing, what is wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from deployments.doctor import archive, database, machine, recipients, schedules, settings
from deployments.doctor.findings import Finding, wrong
from flows.settings import Settings
from flows.tools import Tools, open_tools
from storage.database import DatabaseError

__all__ = ["Finding", "examine"]

log = logging.getLogger(__name__)

ASK = "mend what is wrong above, then ask again; if nothing is, please report it"


def examine(given: Settings, *, live: bool = False) -> Iterator[Finding]:
    """Every finding, one after the other as they come; sends nothing to anybody.

    Args:
        live: also ask Ofsted's site (the one in the settings) whether it is as we believe.

    Raises:
        SettingsError: a recipient cannot be used, or a secret is missing.
    """
    yield from settings.examine(given)
    yield from machine.examine(given)
    try:
        tools = open_tools(given)
    except (DatabaseError, OSError) as error:
        yield database.unusable(error)
        return
    try:
        yield from _with_tools(tools, live=live)
    finally:
        tools.site.close()
        tools.database.close()


def _with_tools(tools: Tools, *, live: bool) -> Iterator[Finding]:
    for part in (database, archive, recipients, schedules):
        yield from _carefully(part.examine, tools)
    if live:
        from deployments.doctor.live import examine_site

        yield from _carefully(examine_site, tools)


def _carefully(part: Callable[[Tools], Iterator[Finding]], tools: Tools) -> Iterator[Finding]:
    """What stops one part holds back no other."""
    try:
        yield from part(tools)
    except Exception as error:
        name = part.__module__.rpartition(".")[2]
        log.debug("%s: broke off", name, exc_info=True)
        yield wrong(name, f"could not be looked at further: {type(error).__name__}", ASK)
