"""What operators hear of an authority's page and of the documents on it."""

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
from notifications.words.said import Said, reported
from notifications.words.sections import doubts, reports, titled


def _page(provider: Provider) -> str:
    return f"Ofsted's page for {place_in_words(provider.name)}"


_PAGE_CHECK_FAILED = {
    "unreachable": ("page cannot be reached", "cannot be reached"),
    "unrecognised": (
        "page is not the list we know",
        "answers, but not with the list that we can prove to be its reports",
    ),
}


def page_check_failed(event: PageCheckFailed) -> Said:
    short, long = _PAGE_CHECK_FAILED[event.state]
    seen = moment(event.last_successful_check) if event.last_successful_check else ""
    return Said(
        subjects=(f"{short} since {moment(event.since)}", short),
        headline=f"{_page(event.provider)} {long}, since {moment(event.since)}.",
        paragraphs=(
            reported("What came", event.failure),
            f"The page that came is kept as {plain(event.quarantined)}."
            if event.quarantined
            else "",
            f"The last good look was at {seen}." if seen else "There has been no good look yet.",
            (
                "Nothing that came is believed: what was known stands, and each further look tries "
                "again."
            ),
        ),
        to_do="open the page in a browser. If it opens there, run 'ofsted-watch doctor --live'; "
        "if not, wait: you will hear when it is well again.",
    )


def page_check_recovered(event: PageCheckRecovered) -> Said:
    lasted = lasting(event.since, event.until)
    return Said(
        subjects=(f"page is well again after {lasted}",),
        headline=f"{_page(event.provider)} is well again since {moment(event.until)}.",
        paragraphs=(f"It could not be seen from {moment(event.since)}, for {lasted}.",),
        to_do="nothing. What was published meanwhile has been found by this look.",
    )


def listing_suspect(event: ListingSuspect) -> Said:
    gone, redated = len(event.gone), len(event.redated)
    counts = [f"{gone} gone"] * bool(gone) + [f"{redated} re-dated"] * bool(redated)
    what = f"{listed(counts) or 'much changed'} of {several(event.known, 'report')}"
    return Said(
        subjects=(f"list of reports is suspect: {what}", "list of reports is suspect"),
        headline=f"{_page(event.provider)} has changed more at once than is likely: {what}.",
        paragraphs=(
            (
                "Nobody is told of it. Reports newer than every known one are told all the same; "
                "everything else is held until the list is back or you accept it."
            ),
        ),
        to_do="look at the page. If the list is right as it is now, run "
        f"'ofsted-watch accept {plain(event.provider.urn, 20)}'; what is gone is then told as "
        "withdrawn.",
        sections=(*reports("Gone", event.gone), *reports("With another day", event.redated)),
    )


def _noun(report: Report) -> str:
    return KINDS[likely_kind("unknown", report.title)].noun


def file_unavailable(event: FileUnavailable) -> Said:
    return Said(
        subjects=(f"file of a listed {_noun(event.report)} does not come",),
        headline=f"The file of {titled(event.report)}, does not come or is not whole.",
        paragraphs=(
            reported("What came", event.failure),
            (
                f"First tried at {moment(event.since)}. It is tried at each look for two days, "
                "then daily. Readers are told of the report without what it says."
            ),
        ),
        to_do="open the report's address in a browser. If it opens there, run "
        "'ofsted-watch doctor --live'; if not, wait.",
    )


def report_doubtful(event: ReportDoubtful) -> Said:
    return Said(
        subjects=(f"{_noun(event.report)} read with doubt",),
        headline=f"{titled(event.report)}, was read, and what was found is in doubt.",
        paragraphs=(
            (
                "Readers are told of the report, with the doubt and without any grade. No later "
                "report is compared with it."
            ),
        ),
        to_do="read the report. If it is laid out in a new way, the reader has to be taught it: "
        "keep the file as a sample; 'ofsted-watch reread' reads it again after an upgrade.",
        sections=doubts(event.found),
    )


def report_unread(event: ReportUnread) -> Said:
    return Said(
        subjects=(f"{_noun(event.report)} could not be read",),
        headline=f"{titled(event.report)}, could not be read, although we read its kind.",
        paragraphs=("Readers are told of the report without what it says.",),
        to_do="read the report. If it is laid out in a new way, the reader has to be taught it: "
        "keep the file as a sample; 'ofsted-watch reread' reads it again after an upgrade.",
        sections=doubts(event.found),
    )


def report_renumbered(event: ReportRenumbered) -> Said:
    now = plain(event.report.file_id or "none", 120)
    was = plain(redaction.mask(event.was), 120)
    return Said(
        subjects=(f"{_noun(event.report)} has a new number and says the same",),
        headline=f"{titled(event.report)}, is listed under another number and says the same.",
        paragraphs=(f"Its number was {was} and is {now}. Readers are not told.",),
        to_do="nothing.",
    )


def files_reissued(event: FilesReissued) -> Said:
    files = several(len(event.reports), "file")
    return Said(
        subjects=(f"{files} made anew by Ofsted, saying the same",),
        headline=f"{_page(event.provider)} gives {files} with other bytes that say the same.",
        paragraphs=("The earlier files are kept beside the new ones. Readers are not told.",),
        to_do="nothing.",
        sections=reports("Made anew", event.reports),
    )


def details_edited(event: DetailsEdited) -> Said:
    return Said(
        subjects=(f"title or day of a known {_noun(event.report)} edited",),
        headline=f"{_page(event.provider)} gives a known report another title or day.",
        paragraphs=(
            f"It was {titled(event.was)}.",
            f"It is {titled(event.report)}.",
            "What the report says is the same. Readers are not told.",
        ),
        to_do="nothing.",
    )
