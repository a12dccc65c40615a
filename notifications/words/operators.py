"""News for those who run it: what happened, what came, since when, what to do."""

from __future__ import annotations

from notifications.message import Frame, Message
from notifications.news import (
    ChannelDown,
    ChannelUp,
    CheckFailed,
    ChecksOverdue,
    DeliveryDelayed,
    DeliveryFailed,
    DetailsEdited,
    DocumentsRestamped,
    FileDead,
    FrameworkSuspected,
    ListingSuspect,
    LookFailed,
    LookRecovered,
    Provider,
    RecipientRemoved,
    Report,
    ReportDoubtful,
    ReportRenumbered,
    ReportUnread,
    Reread,
    RunFailed,
    RunRecovered,
)
from notifications.words import pages, rereading, service
from notifications.words.closing import licence, links, ours, unfit_address, why
from notifications.words.labels import likely_kind
from notifications.words.said import Said
from notifications.words.subjects import OURS, subject

AboutPage = LookFailed | LookRecovered | ListingSuspect
AboutDocument = (
    FileDead | ReportDoubtful | ReportUnread | ReportRenumbered | DocumentsRestamped | DetailsEdited
)
AboutReading = FrameworkSuspected | Reread
AboutSending = DeliveryFailed | DeliveryDelayed | ChannelDown | ChannelUp | RecipientRemoved
AboutUs = ChecksOverdue | RunFailed | RunRecovered | AboutSending | CheckFailed
ForOperators = AboutPage | AboutDocument | AboutReading | AboutUs


def message(news: ForOperators, frame: Frame) -> Message:
    """What happened and what to do about it."""
    said = _said(news)
    provider: Provider | None = getattr(news, "provider", None)
    report: Report | None = getattr(news, "report", None)
    theirs = links(provider, report) if provider else ()
    if isinstance(news, FrameworkSuspected):
        theirs = links(news.first_at, news.first)
    return Message(
        subject=subject(provider.place if provider else OURS, *said.subjects),
        headline=said.headline,
        kind=news.type,
        paragraphs=tuple(
            filter(
                None,
                (
                    *said.paragraphs,
                    unfit_address(report) if report else "",
                    f"What to do: {said.to_do}",
                ),
            )
        ),
        tables=said.tables,
        passages=said.passages,
        links=(*theirs, *ours(frame)),
        licence=licence(likely_kind("unknown", report.title) if report else "ilacs"),
        why=why(frame),
        test=frame.test,
    )


def _said(news: ForOperators) -> Said:  # noqa: C901, PLR0911, PLR0912 - one line a type
    match news:
        case LookFailed():
            return pages.look_failed(news)
        case LookRecovered():
            return pages.look_recovered(news)
        case ListingSuspect():
            return pages.listing_suspect(news)
        case FileDead():
            return pages.file_dead(news)
        case ReportDoubtful():
            return pages.report_doubtful(news)
        case ReportUnread():
            return pages.report_unread(news)
        case FrameworkSuspected():
            return rereading.framework_suspected(news)
        case Reread():
            return rereading.reread(news)
        case ReportRenumbered():
            return pages.report_renumbered(news)
        case DocumentsRestamped():
            return pages.documents_restamped(news)
        case DetailsEdited():
            return pages.details_edited(news)
        case ChecksOverdue():
            return service.checks_overdue(news)
        case RunFailed():
            return service.run_failed(news)
        case RunRecovered():
            return service.run_recovered(news)
        case DeliveryFailed():
            return service.delivery_failed(news)
        case DeliveryDelayed():
            return service.delivery_delayed(news)
        case ChannelDown():
            return service.channel_down(news)
        case ChannelUp():
            return service.channel_up(news)
        case RecipientRemoved():
            return service.recipient_removed(news)
        case CheckFailed():
            return service.check_failed(news)
