"""Messages to operators about an authority's page and the documents on it."""

from __future__ import annotations

from notifications import redaction
from notifications.events import (
    DetailsEdited,
    FilesReissued,
    FileUnavailable,
    ListingSuspect,
    PageCheckFailed,
    PageCheckRecovered,
    Provider,
    Report,
    ReportDoubtful,
    ReportRenumbered,
    ReportUnread,
)
from notifications.words.labels import KINDS, likely_kind
from notifications.words.plain import lasting, listed, moment, place_in_words, plain, several
from notifications.words.sections import doubts, reports, titled
from notifications.words.wording import Wording, reported
from ofsted.provider_key import AREA


def _page(provider: Provider) -> str:
    if _is_area(provider):
        return f"Ofsted's list of {plain(provider.name)}"
    return f"Ofsted's page for {place_in_words(provider.name)}"


def _page_noun(provider: Provider) -> str:
    return "list of providers" if _is_area(provider) else "page"


def _is_area(provider: Provider) -> bool:
    """Whether it stands for an area: its list, and the providers' pages that a check reads."""
    return provider.code == AREA


_PAGE_CHECK_FAILED = {
    "unreachable": ("unavailable", "is unavailable"),
    "unrecognised": (
        "not recognised",
        "responds, but we cannot confirm that it is {whole}",
    ),
}


def page_check_failed(event: PageCheckFailed) -> Wording:
    short, long = _PAGE_CHECK_FAILED[event.state]
    short = f"{_page_noun(event.provider)} {short}"
    seen = moment(event.last_successful_check) if event.last_successful_check else ""
    page, whole, advice = _page(event.provider), "the full list of reports", ""
    if _is_area(event.provider):
        page, whole = f"{page}, or the page of one of them,", "complete"
    if _is_area(event.provider) and event.state == "unrecognised":
        advice = (
            " If many providers have left the list and it is right, run "
            f"'ofsted-watch accept {plain(event.provider.urn, 20)}'."
        )
    return Wording(
        subjects=(f"{short} since {moment(event.since)}", short),
        headline=f"{page} {long.format(whole=whole)}. This began at {moment(event.since)}.",
        paragraphs=(
            reported("What we received", event.failure),
            f"A copy of the page has been saved as {plain(event.quarantined)}."
            if event.quarantined
            else "",
            f"Last successful check: {seen}." if seen else "No check has succeeded yet.",
            (
                "Whatever we received has been ignored; existing data is unchanged and we will "
                "keep trying."
            ),
        ),
        to_do="open the page in a browser. If it opens there, run 'ofsted-watch doctor --live'; "
        f"if not, wait: we will notify you when the page is available again.{advice}",
    )


def page_check_recovered(event: PageCheckRecovered) -> Wording:
    lasted = lasting(event.since, event.until)
    return Wording(
        subjects=(f"{_page_noun(event.provider)} available again after {lasted}",),
        headline=f"{_page(event.provider)} has been available again since {moment(event.until)}.",
        paragraphs=(f"We could not check it from {moment(event.since)}, for {lasted}.",),
        to_do="nothing. This check has found anything published in the meantime.",
    )


def listing_suspect(event: ListingSuspect) -> Wording:
    gone, redated = len(event.gone), len(event.redated)
    counts = [f"{gone} missing"] * bool(gone) + [f"{redated} re-dated"] * bool(redated)
    what = f"{listed(counts) or 'many changes'} of {several(event.known, 'report')}"
    return Wording(
        subjects=(f"unexpected change to the list: {what}", "unexpected change to the list"),
        headline=f"{_page(event.provider)} has changed unexpectedly: {what}.",
        paragraphs=(
            (
                "Readers have not been alerted to this. They are still alerted to reports newer "
                "than all known ones; everything else is held until the list is back or you "
                "accept the change."
            ),
        ),
        to_do="open the page. If the list is right as it is now, run "
        f"'ofsted-watch accept {plain(event.provider.urn, 20)}'; readers are then alerted that the "
        "missing reports were withdrawn.",
        sections=(
            *reports("Missing", event.gone),
            *reports("With a different date", event.redated),
        ),
    )


def _noun(report: Report) -> str:
    return KINDS[likely_kind("unknown", report.title)].noun


def file_unavailable(event: FileUnavailable) -> Wording:
    is_read = event.kind is None
    noun = _noun(event.report) if is_read else "document"
    return Wording(
        subjects=(f"cannot download the file of a new {noun}",),
        headline=f"We cannot download the file of {titled(event.report)}, or it is incomplete.",
        paragraphs=(
            reported("What we received", event.failure),
            (
                f"First tried at {moment(event.since)}. We will try at each check for two days, "
                "then daily. "
                + (
                    "Readers are alerted to the report without a summary."
                    if is_read
                    else "Readers have already been alerted to the document."
                )
            ),
        ),
        to_do=f"open the {'report' if is_read else 'document'}'s address in a browser. If it opens "
        "there, run 'ofsted-watch doctor --live'; if not, wait.",
    )


def report_doubtful(event: ReportDoubtful) -> Wording:
    return Wording(
        subjects=(f"{_noun(event.report)} could not be read reliably",),
        headline=f"{titled(event.report)}, was read, but the results are uncertain.",
        paragraphs=(
            (
                "Readers are alerted to the report with the reason and without any grade. No later "
                "report is compared with it."
            ),
        ),
        to_do="read the report. If the layout is new, the parser needs updating: keep the file as "
        "a sample. After an upgrade, 'ofsted-watch reread' reads it again.",
        sections=doubts(event.found, with_advice=True),
    )


def report_unread(event: ReportUnread) -> Wording:
    return Wording(
        subjects=(f"{_noun(event.report)} could not be read",),
        headline=f"{titled(event.report)}, could not be read, although its kind is supported.",
        paragraphs=("Readers are alerted to the report without a summary.",),
        to_do="read the report. If the layout is new, the parser needs updating: keep the file as "
        "a sample. After an upgrade, 'ofsted-watch reread' reads it again.",
        sections=doubts(event.found, with_advice=True),
    )


def report_renumbered(event: ReportRenumbered) -> Wording:
    now = plain(event.report.file_id or "none", 120)
    was = plain(redaction.mask(event.was), 120)
    return Wording(
        subjects=(f"{_noun(event.report)} has a new number; content unchanged",),
        headline=f"{titled(event.report)}, is listed under a new number. Its content is unchanged.",
        paragraphs=(f"Its number was {was} and is now {now}. Readers are not alerted.",),
        to_do="nothing.",
    )


def files_reissued(event: FilesReissued) -> Wording:
    files = several(len(event.reports), "file")
    return Wording(
        subjects=(f"{files} reissued by Ofsted; content unchanged",),
        headline=f"Ofsted has reissued {files} for {place_in_words(event.provider.name)}. "
        "The content is unchanged.",
        paragraphs=("We keep the earlier files as well. Readers are not alerted.",),
        to_do="nothing.",
        sections=reports("Reissued", event.reports),
    )


def details_edited(event: DetailsEdited) -> Wording:
    return Wording(
        subjects=(f"title or date of a known {_noun(event.report)} changed",),
        headline=(
            f"{_page(event.provider)} now shows a known report with a different title or date."
        ),
        paragraphs=(
            f"It was {titled(event.was)}.",
            f"It is now {titled(event.report)}.",
            "The content of the report is unchanged. Readers are not alerted.",
        ),
        to_do="nothing.",
    )
