"""What `history` shows, gathered as values: each inspection with its comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flows.comparing.previous import ComparisonResult, compare_with_previous
from flows.context.context import AppContext
from flows.settings.model import WatchedAuthority
from ofsted.reports.model import Judgement, Reading
from storage.report_snapshots import ReportSnapshot, report_snapshots


@dataclass(frozen=True, slots=True)
class Inspection:
    """A report of an inspection, what was read in it, and the one before it."""

    report: ReportSnapshot
    reading: Reading | None  # None: there is no document
    compared: ComparisonResult

    @property
    def last_day(self) -> date | None:
        """Of the inspection."""
        return self.reading.last_day if self.reading else None

    @property
    def published(self) -> date | None:
        """As the page says."""
        return self.report.published

    @property
    def status(self) -> str:
        """`read`, `doubtful`, `unread` or `missing`."""
        return self.reading.status if self.reading else "missing"

    @property
    def framework(self) -> str | None:
        """By which it was inspected."""
        return self.reading.framework if self.reading else None

    @property
    def judgements(self) -> Sequence[Judgement]:
        """As printed."""
        return self.reading.judgements if self.reading else ()


@dataclass(frozen=True, slots=True)
class AuthorityHistory:
    """The inspections of one authority, the newest first."""

    authority: WatchedAuthority
    inspections: tuple[Inspection, ...]


def histories(context: AppContext, urn: str | None = None) -> list[AuthorityHistory]:
    """Of one authority, or of all that are watched.

    Raises:
        SettingsError: this authority is not watched.
    """
    authorities = [context.authority(urn)] if urn else context.settings.watch
    return [_history(context, authority) for authority in authorities]


def _history(context: AppContext, authority: WatchedAuthority) -> AuthorityHistory:
    with context.database.read() as session:
        found = report_snapshots(session, authority.urn)
    newest_first = sorted(found, key=lambda report: report.order, reverse=True)
    return AuthorityHistory(
        authority,
        tuple(
            Inspection(each, each.reading, compare_with_previous(each, found))
            for each in newest_first
        ),
    )
