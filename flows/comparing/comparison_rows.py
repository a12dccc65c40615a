"""The lines of `comparison`, made anew in the transaction of what they follow from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy.orm import Session

from flows.comparing.previous import compare_with_previous
from ofsted.provider_key import ProviderKey
from storage.report_snapshots import ReportSnapshot, report_snapshots
from storage.standing import Compared, put_comparisons, put_standing


def update_comparisons(session: Session, provider: ProviderKey) -> None:
    """Write what stands of a provider's reports, and what each is compared with."""
    update_all_comparisons(session, report_snapshots(session, provider))


def update_all_comparisons(session: Session, reports: Iterable[ReportSnapshot]) -> None:
    """The same of several providers at once, whose reports these all are."""
    pages: defaultdict[ProviderKey, list[ReportSnapshot]] = defaultdict(list)
    for report in reports:
        pages[report.provider_key].append(report)
    put_standing(session, [report for page in pages.values() for report in page])
    compared = {report.id: _compared(report, page) for page in pages.values() for report in page}
    put_comparisons(session, compared)


def _compared(report: ReportSnapshot, page: list[ReportSnapshot]) -> Compared | None:
    held = compare_with_previous(report, page)
    if held.comparison is None or held.previous is None:
        return None
    return Compared(held.previous.id, held.comparison.rows)
