"""The reports of the authorities that were there before another one, as far as we know them.

Nothing is fetched for this: a predecessor's reports are here because its page is, or was, watched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ofsted.provider_key import ProviderKey
from ofsted.successions import Succession, may_have_successors, predecessors, successors
from storage import queries
from storage.report_snapshots import ReportSnapshot, report_snapshots


@dataclass(frozen=True, slots=True)
class PredecessorReports:
    """One predecessor with all its reports that we know, at least one."""

    succession: Succession
    reports: tuple[ReportSnapshot, ...]


def predecessor_reports(session: Session, provider: ProviderKey) -> tuple[PredecessorReports, ...]:
    """Of each predecessor of an authority; for one without any, nothing is asked."""
    if not predecessors(provider):
        return ()
    names = queries.provider_names(session)
    keys = {key for one in predecessors(provider) for key in _pages_of(one, names)}
    reports = [report for key in sorted(keys) for report in report_snapshots(session, key)]
    return among(provider, reports, names)


def among(
    provider: ProviderKey, reports: Sequence[ReportSnapshot], names: Mapping[ProviderKey, str]
) -> tuple[PredecessorReports, ...]:
    """The same out of reports that are at hand.

    Args:
        names: what the pages call their providers.
    """
    found = []
    for one in predecessors(provider):
        pages = _pages_of(one, names)
        if known := tuple(report for report in reports if report.provider_key in pages):
            found.append(PredecessorReports(one, known))
    return tuple(found)


def successors_of(session: Session, provider: ProviderKey) -> tuple[ProviderKey, ...]:
    """Authorities whose comparisons may show a report of this provider; mostly none."""
    if not may_have_successors(provider):
        return ()
    return successors(provider, queries.provider_name(session, provider))


def _pages_of(one: Succession, names: Mapping[ProviderKey, str]) -> frozenset[ProviderKey]:
    return frozenset(key for key, name in names.items() if one.is_page(key, name))
