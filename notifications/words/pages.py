"""What operators hear of an authority's page and of the documents on it."""

from __future__ import annotations

from notifications import quiet
from notifications.news import (
    DetailsEdited,
    DocumentsRestamped,
    FileDead,
    ListingSuspect,
    LookFailed,
    LookRecovered,
    Provider,
    Report,
    ReportDoubtful,
    ReportRenumbered,
    ReportUnread,
)
from notifications.words.labels import KINDS, likely_kind
from notifications.words.passages import doubts, reports, titled
from notifications.words.plain import lasting, listed, moment, place_in_words, plain, several
from notifications.words.said import Said, told


def _page(provider: Provider) -> str:
    return f"Ofsted's page for {place_in_words(provider.name)}"


_LOOK_FAILED = {
    "failing": ("page cannot be reached", "cannot be reached"),
    "strange": (
        "page is not the list we know",
        "answers, but not with the list that we can prove to be its reports",
    ),
}


def look_failed(news: LookFailed) -> Said:
    short, long = _LOOK_FAILED[news.state]
    seen = moment(news.last_good_look) if news.last_good_look else ""
    return Said(
        subjects=(f"{short} since {moment(news.since)}", short),
        headline=f"{_page(news.provider)} {long}, since {moment(news.since)}.",
        paragraphs=(
            told("What came", news.trouble),
            f"The page that came is kept as {plain(news.kept)}." if news.kept else "",
            f"The last good look was at {seen}." if seen else "There has been no good look yet.",
            (
                "Nothing that came is believed: what was known stands, and each further look tries "
                "again."
            ),
        ),
        to_do="open the page in a browser. If it opens there, run 'ofsted-watch doctor --live'; "
        "if not, wait: you will hear when it is well again.",
    )


def look_recovered(news: LookRecovered) -> Said:
    lasted = lasting(news.since, news.until)
    return Said(
        subjects=(f"page is well again after {lasted}",),
        headline=f"{_page(news.provider)} is well again since {moment(news.until)}.",
        paragraphs=(f"It could not be seen from {moment(news.since)}, for {lasted}.",),
        to_do="nothing. What was published meanwhile has been found by this look.",
    )


def listing_suspect(news: ListingSuspect) -> Said:
    gone, redated = len(news.gone), len(news.redated)
    counts = [f"{gone} gone"] * bool(gone) + [f"{redated} re-dated"] * bool(redated)
    what = f"{listed(counts) or 'much changed'} of {several(news.known, 'report')}"
    return Said(
        subjects=(f"list of reports is suspect: {what}", "list of reports is suspect"),
        headline=f"{_page(news.provider)} has changed more at once than is likely: {what}.",
        paragraphs=(
            (
                "Nobody is told of it. Reports newer than every known one are told all the same; "
                "everything else is held until the list is back or you accept it."
            ),
        ),
        to_do="look at the page. If the list is right as it is now, run "
        f"'ofsted-watch accept {plain(news.provider.urn, 20)}'; what is gone is then told as "
        "withdrawn.",
        passages=(*reports("Gone", news.gone), *reports("With another day", news.redated)),
    )


def _noun(report: Report) -> str:
    return KINDS[likely_kind("unknown", report.title)].noun


def file_dead(news: FileDead) -> Said:
    return Said(
        subjects=(f"file of a listed {_noun(news.report)} does not come",),
        headline=f"The file of {titled(news.report)}, does not come or is not whole.",
        paragraphs=(
            told("What came", news.trouble),
            (
                f"First tried at {moment(news.since)}. It is tried at each look for two days, "
                "then daily. Readers are told of the report without what it says."
            ),
        ),
        to_do="open the report's address in a browser. If it opens there, run "
        "'ofsted-watch doctor --live'; if not, wait.",
    )


def report_doubtful(news: ReportDoubtful) -> Said:
    return Said(
        subjects=(f"{_noun(news.report)} read with doubt",),
        headline=f"{titled(news.report)}, was read, and what was found is in doubt.",
        paragraphs=(
            (
                "Readers are told of the report, with the doubt and without any grade. No later "
                "report is compared with it."
            ),
        ),
        to_do="read the report. If it is laid out in a new way, the reader has to be taught it: "
        "keep the file as a sample; 'ofsted-watch reread' reads it again after an upgrade.",
        passages=doubts(news.found),
    )


def report_unread(news: ReportUnread) -> Said:
    return Said(
        subjects=(f"{_noun(news.report)} could not be read",),
        headline=f"{titled(news.report)}, could not be read, although we read its kind.",
        paragraphs=("Readers are told of the report without what it says.",),
        to_do="read the report. If it is laid out in a new way, the reader has to be taught it: "
        "keep the file as a sample; 'ofsted-watch reread' reads it again after an upgrade.",
        passages=doubts(news.found),
    )


def report_renumbered(news: ReportRenumbered) -> Said:
    now = plain(news.report.file_id or "none", 120)
    was = plain(quiet.mask(news.was), 120)
    return Said(
        subjects=(f"{_noun(news.report)} has a new number and says the same",),
        headline=f"{titled(news.report)}, is listed under another number and says the same.",
        paragraphs=(f"Its number was {was} and is {now}. Readers are not told.",),
        to_do="nothing.",
    )


def documents_restamped(news: DocumentsRestamped) -> Said:
    files = several(len(news.reports), "file")
    return Said(
        subjects=(f"{files} made anew by Ofsted, saying the same",),
        headline=f"{_page(news.provider)} gives {files} with other bytes that say the same.",
        paragraphs=("The earlier files are kept beside the new ones. Readers are not told.",),
        to_do="nothing.",
        passages=reports("Made anew", news.reports),
    )


def details_edited(news: DetailsEdited) -> Said:
    return Said(
        subjects=(f"title or day of a known {_noun(news.report)} edited",),
        headline=f"{_page(news.provider)} gives a known report another title or day.",
        paragraphs=(
            f"It was {titled(news.was)}.",
            f"It is {titled(news.report)}.",
            "What the report says is the same. Readers are not told.",
        ),
        to_do="nothing.",
    )
