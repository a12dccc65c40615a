"""What `up` prints of checks: a line where one found something, or went better or worse."""

from __future__ import annotations

from collections.abc import Iterator

from flows.context.context import AppContext, named
from flows.presenting.round_headline import TROUBLE
from ofsted.provider_key import ProviderKey
from storage import queries

QUIET = {"unchanged", "changed", "first"}  # results that "nothing new" may follow without a word


class CheckLines:
    """Knows which checks it has spoken of, and what it said of each page last.

    Args:
        context: by whose database the checks from now on are found.
    """

    def __init__(self, context: AppContext) -> None:
        with context.database.read() as session:
            newest = queries.newest_check(session)
        self._last_check = newest.id if newest else 0
        self._said: dict[ProviderKey, str] = {}

    def new(self, context: AppContext) -> Iterator[str]:
        """A line for each check that ended since and is worth one."""
        with context.database.read() as session:
            ended = queries.checks_after(session, self._last_check)
        if not ended:
            return
        context = named(context)
        for check in ended:
            self._last_check = check.id
            said_before = self._said.get(check.provider_key, "unchanged")
            said = check.message if check.result in TROUBLE else str(check.result)
            self._said[check.provider_key] = said
            if said not in {said_before, "unchanged"} or said_before not in {said, *QUIET}:
                yield f"{context.name_of(check.provider_key)} ({check.urn}): {check.message}"
