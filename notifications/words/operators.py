"""Messages to operators: what happened, since when, and what to do."""

from __future__ import annotations

from notifications.events import (
    AuditFailed,
    ChannelDown,
    ChannelUp,
    ChecksOverdue,
    DeliveryDelayed,
    DeliveryFailed,
    DetailsEdited,
    FilesReissued,
    FileUnavailable,
    FrameworkSuspected,
    ListingSuspect,
    PageCheckFailed,
    PageCheckRecovered,
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
from notifications.message import Link, Message, MessageContext
from notifications.words import pages, rereading, service
from notifications.words.footer import licence, links, on_website, ui, unfit_address, why
from notifications.words.labels import likely_kind
from notifications.words.subjects import OURS, subject
from notifications.words.wording import Wording

AboutPage = PageCheckFailed | PageCheckRecovered | ListingSuspect
AboutDocument = (
    FileUnavailable
    | ReportDoubtful
    | ReportUnread
    | ReportRenumbered
    | FilesReissued
    | DetailsEdited
)
AboutReading = FrameworkSuspected | Reread
AboutSending = DeliveryFailed | DeliveryDelayed | ChannelDown | ChannelUp | RecipientRemoved
AboutUs = ChecksOverdue | RunFailed | RunRecovered | AboutSending | AuditFailed
ForOperators = AboutPage | AboutDocument | AboutReading | AboutUs


def message(event: ForOperators, message_context: MessageContext) -> Message:
    """What happened and what to do about it."""
    wording = _wording(event)
    provider: Provider | None = getattr(event, "provider", None)
    report: Report | None = getattr(event, "report", None)
    about = (provider, report)
    if isinstance(event, FrameworkSuspected):
        about = (event.first_at, event.first)
    return Message(
        subject=subject(provider.short_name if provider else OURS, *wording.subjects),
        headline=wording.headline,
        kind=event.type,
        paragraphs=tuple(
            filter(
                None,
                (
                    *wording.paragraphs,
                    unfit_address(report) if report else "",
                    f"What to do: {wording.to_do}",
                ),
            )
        ),
        tables=wording.tables,
        sections=wording.sections,
        links=(*_pages(message_context, *about), *ui(message_context)),
        licence=licence(likely_kind("unknown", report.title) if report else "ilacs"),
        why=why(message_context),
        test=message_context.test,
    )


def _pages(
    message_context: MessageContext, provider: Provider | None, report: Report | None
) -> tuple[Link, ...]:
    """Ofsted's pages; of a report ours too, which shows what readers see of it."""
    if provider is None:
        return ()
    summary = on_website(message_context, provider, report) if report else ()
    return (*links(provider, report), *summary)


def _wording(event: ForOperators) -> Wording:  # noqa: C901, PLR0911, PLR0912 - one line a type
    match event:
        case PageCheckFailed():
            return pages.page_check_failed(event)
        case PageCheckRecovered():
            return pages.page_check_recovered(event)
        case ListingSuspect():
            return pages.listing_suspect(event)
        case FileUnavailable():
            return pages.file_unavailable(event)
        case ReportDoubtful():
            return pages.report_doubtful(event)
        case ReportUnread():
            return pages.report_unread(event)
        case FrameworkSuspected():
            return rereading.framework_suspected(event)
        case Reread():
            return rereading.reread(event)
        case ReportRenumbered():
            return pages.report_renumbered(event)
        case FilesReissued():
            return pages.files_reissued(event)
        case DetailsEdited():
            return pages.details_edited(event)
        case ChecksOverdue():
            return service.checks_overdue(event)
        case RunFailed():
            return service.run_failed(event)
        case RunRecovered():
            return service.run_recovered(event)
        case DeliveryFailed():
            return service.delivery_failed(event)
        case DeliveryDelayed():
            return service.delivery_delayed(event)
        case ChannelDown():
            return service.channel_down(event)
        case ChannelUp():
            return service.channel_up(event)
        case RecipientRemoved():
            return service.recipient_removed(event)
        case AuditFailed():
            return service.audit_failed(event)
