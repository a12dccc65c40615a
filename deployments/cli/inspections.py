"""What `history` shows, gathered as values: each inspection with its comparison."""

from __future__ import annotations

from dataclasses import dataclass

from flows.context.context import AppContext
from flows.settings.watched import WatchedAuthority
from storage import report_queries
from storage.report_queries import InspectionLine


@dataclass(frozen=True, slots=True)
class AuthorityHistory:
    """The inspections of one authority, the newest first."""

    authority: WatchedAuthority
    inspections: tuple[InspectionLine, ...]


def histories(context: AppContext, name: str | None = None) -> list[AuthorityHistory]:
    """The inspections of one authority, by name or URN, or of all that are watched.

    Raises:
        SettingsError: this authority is not watched.
    """
    authorities = [context.authority(name)] if name else [*context.settings.watch]
    with context.database.read() as session:
        found = report_queries.inspections(session, [each.key for each in authorities])
    return [
        AuthorityHistory(
            authority, tuple(each for each in found if each.report.provider_key == authority.key)
        )
        for authority in authorities
    ]
