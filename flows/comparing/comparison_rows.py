"""Rewrites the table `comparison` in the same transaction as the change that affects it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy.orm import Session

from flows.comparing.predecessors import (
    PredecessorReports,
    among,
    predecessor_reports,
    successors_of,
)
from flows.comparing.previous import compare_with_previous
from ofsted.provider_key import ProviderKey
from ofsted.successions import successors
from storage import queries
from storage.report_snapshots import ReportSnapshot, report_snapshots
from storage.standing import Compared, put_comparisons, put_standing


def update_comparisons(session: Session, provider: ProviderKey) -> None:
    """Write what stands of a provider's reports, and what each is compared with.

    Where others have taken over from it, their comparisons too: they may show these reports.
    """
    _update_page(session, provider)
    for successor in successors_of(session, provider):
        _update_page(session, successor)


def update_successors(session: Session, provider: ProviderKey, name: str) -> None:
    """Compare the reports of those anew that have taken over from a provider of this name."""
    for successor in successors(provider, name):
        _update_page(session, successor)


def _update_page(session: Session, provider: ProviderKey) -> None:
    page, before = report_snapshots(session, provider), predecessor_reports(session, provider)
    put_standing(session, page)
    put_comparisons(session, dict(_compared(page, before)))


def update_all_comparisons(session: Session, reports: Iterable[ReportSnapshot]) -> None:
    """The same of all providers at once, whose reports these all are."""
    pages: defaultdict[ProviderKey, list[ReportSnapshot]] = defaultdict(list)
    for report in reports:
        pages[report.provider_key].append(report)
    every = [report for page in pages.values() for report in page]
    put_standing(session, every)
    names = queries.provider_names(session)
    compared = (
        line for key, page in pages.items() for line in _compared(page, among(key, every, names))
    )
    put_comparisons(session, dict(compared))


def _compared(
    page: Sequence[ReportSnapshot], before: Sequence[PredecessorReports]
) -> Iterator[tuple[int, list[Compared]]]:
    """Each report's number and its lines; of several predecessors one after the other."""
    for report in page:
        found = compare_with_previous(report, page, before)
        beside = [(found.previous, found.comparison)]
        beside += [(one.newest, one.comparison) for one in found.predecessors]
        yield (
            report.id,
            [
                Compared(other.id, row)
                for other, comparison in beside
                if other is not None and comparison is not None
                for row in comparison.rows
            ],
        )
