"""One event of every type, and Sutton's as the seeds have it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from typing import Any

from notifications.events import (
    AuditFailed,
    AuthorityStanding,
    ChangedReading,
    ChannelDown,
    ChannelUp,
    ChecksOverdue,
    Correction,
    DeliveryDelayed,
    DeliveryFailed,
    DetailsEdited,
    Difference,
    Digest,
    DigestItem,
    DocumentListed,
    Event,
    FilesReissued,
    FileUnavailable,
    Finding,
    FrameworkSuspected,
    ListingSuspect,
    PageCheckFailed,
    PageCheckRecovered,
    PageStanding,
    Previous,
    Provider,
    QuietNotice,
    RecipientRemoved,
    Report,
    ReportDoubtful,
    ReportListedLate,
    ReportPublished,
    ReportRead,
    ReportRenumbered,
    ReportReplaced,
    ReportReturned,
    ReportUnread,
    ReportWithdrawn,
    Reread,
    RunFailed,
    RunRecovered,
    Welcome,
)
from ofsted.compare import ComparisonLine
from ofsted.reports.model import Doubt, Improvement, Judgement

SUTTON = Provider(
    urn="80515",
    name="London Borough of Sutton",
    short_name="Sutton",
    page="https://reports.ofsted.gov.uk/provider/44/80515",
)
REPORT_2025 = Report(
    title="Children's services inspection",
    published=date(2025, 7, 29),
    link="https://files.ofsted.gov.uk/v1/file/50283346",
    file_id="50283346",
)
REPORT_2021 = Report(
    title="Children's services inspection",
    published=date(2022, 2, 1),
    link="https://files.ofsted.gov.uk/v1/file/50176759",
    file_id="50176759",
)
LABELS = {
    "leaders": "The impact of leaders on social work practice with children and families",
    "help_and_protection": (
        "The experiences and progress of children who need help and protection"
    ),
    "in_care": "The experiences and progress of children in care",
    "care_leavers": "The experiences and progress of children care leavers",
    "overall": "Overall effectiveness",
}
IMPROVEMENTS = (
    (
        "The quality and consistency of response to children who are looked after who go missing "
        "from home (Outcome 4, National Framework)."
    ),
    (
        "The effectiveness of the initial response to children who are at risk of physical harm "
        "(Outcome 1, National Framework)."
    ),
    (
        "The quality and robustness of leaders and managers\u2019 oversight of discrete areas of "
        "practice where there is not effective social work (Enabler 2, National Framework)."
    ),
)
FOUND_2025 = Finding(
    status="read",
    kind="ilacs",
    framework="ilacs_2023",
    first_day=date(2025, 6, 16),
    last_day=date(2025, 6, 20),
    judgements=tuple(
        Judgement(key=key, label=label, printed="Good", grade="good")
        for key, label in LABELS.items()
    ),
    improvements=tuple(Improvement(kind="improvement", text=text) for text in IMPROVEMENTS),
)
EARLIER = Previous(
    report=REPORT_2021,
    framework="ilacs_2018",
    first_day=date(2021, 12, 6),
    last_day=date(2021, 12, 10),
)


def row(
    key: str, grade: str | None = "good", before: str | None = "good", **more: Any
) -> ComparisonLine:
    """A row of Sutton 2025, unless given otherwise."""
    order = ("outstanding", "good", "requires_improvement", "inadequate")
    direction = None
    if grade in order and before in order:
        step = order.index(grade) - order.index(before)
        direction = "lowered" if step > 0 else "raised" if step < 0 else "unchanged"
    values = {"relation": "same", "direction": direction, **more}
    return ComparisonLine(key=key, label=LABELS.get(key, key), grade=grade, before=before, **values)


ROWS = (
    row("leaders", before="outstanding"),
    row("help_and_protection"),
    row("in_care", relation="split", reason="judged together with care leavers before"),
    row("care_leavers", relation="split", reason="judged together with children in care before"),
    row("overall"),
)
SUTTON_2025 = ReportPublished(
    provider=SUTTON, report=REPORT_2025, found=FOUND_2025, previous=EARLIER, rows=ROWS
)
LISTED = DocumentListed(
    provider=Provider(
        code="16",
        urn="EY999901",
        name="Acorns Example Nursery",
        short_name="Acorns Example Nursery",
        page="https://reports.ofsted.gov.uk/provider/16/EY999901",
    ),
    areas=(SUTTON,),
    kind="Childcare on non-domestic premises",
    provider_type="nurseries",
    report=Report(
        title="Full inspection",
        published=date(2026, 6, 5),
        link="https://files.ofsted.gov.uk/v1/file/59999001",
        file_id="59999001",
    ),
    grade="Good",
)
DOUBTFUL = Finding(
    status="doubtful",
    kind="ilacs",
    framework="ilacs_2023",
    judgements=FOUND_2025.judgements,
    doubts=(
        Doubt(
            "the table and the heading do not agree",
            ("Overall effectiveness Good", "Children in care: outstanding"),
        ),
    ),
)
LABELS_2030 = {
    "The strength of families": "Strong",
    "The reach of early help": "Developing",
    "Overall effectiveness": "Good",
}
NEW_FRAMEWORK = Finding(
    status="doubtful",
    kind="ilacs",
    judgements=tuple(
        Judgement("overall" if label.startswith("Overall") else "unknown", label, printed, None)
        for label, printed in LABELS_2030.items()
    ),
    doubts=tuple(
        Doubt("unknown label; the nearest known is 'Overall effectiveness'", (f"{label}: {word}",))
        for label, word in list(LABELS_2030.items())[:2]
    ),
)
UNREAD = Finding(status="unread", kind="ilacs", doubts=(Doubt("no table of judgements"),))
AT = datetime(2025, 7, 29, 8, 30, tzinfo=UTC)
LATER = datetime(2025, 7, 30, 13, 45, tzinfo=UTC)


SEEN = PageStanding(provider=SUTTON, last_successful_check=LATER, is_ok=True)


def every() -> tuple[Event, ...]:
    """One of each type, in the order of the modules of events."""
    about = {"provider": SUTTON, "report": REPORT_2025}
    return (
        SUTTON_2025,
        ReportListedLate(**about, found=FOUND_2025),
        ReportRead(**about, found=FOUND_2025, previous=EARLIER, rows=ROWS),
        ReportReplaced(
            **about,
            found=FOUND_2025,
            previous=EARLIER,
            rows=ROWS,
            differences=(Difference(what="Overall effectiveness", was="Outstanding", now="Good"),),
        ),
        Correction(
            **about,
            found=FOUND_2025,
            previous=EARLIER,
            rows=ROWS,
            said=(
                Difference(
                    what="Impact of leaders on social work practice", was="Outstanding", now="Good"
                ),
            ),
        ),
        ReportWithdrawn(**about, gone_since=AT),
        ReportReturned(**about),
        LISTED,
        Welcome(
            recipient="scrutiny",
            watched=(
                AuthorityStanding(provider=SUTTON, reports=4, newest=REPORT_2025, found=FOUND_2025),
            ),
            next_check=LATER,
        ),
        Digest(
            recipient="scrutiny",
            period="weekly",
            since=AT,
            items=(
                DigestItem(at=AT, event=SUTTON_2025, already_sent=True),
                DigestItem(at=LATER, event=ReportReturned(**about)),
                DigestItem(at=LATER, event=ReportRead(**about, found=FOUND_2025)),
            ),
            checks=263,
            standings=(SEEN,),
            next_check=LATER,
        ),
        QuietNotice(
            recipient="scrutiny", since=AT, checks=1120, standings=(SEEN,), next_check=LATER
        ),
        FileUnavailable(**about, failure="404 Not Found", since=AT),
        ReportDoubtful(**about, found=DOUBTFUL),
        ReportUnread(**about, found=UNREAD),
        FrameworkSuspected(first_at=SUTTON, first=REPORT_2025, found=NEW_FRAMEWORK),
        ReportRenumbered(**about, was="50283345"),
        FilesReissued(provider=SUTTON, reports=(REPORT_2025, REPORT_2021)),
        DetailsEdited(**about, was=dataclasses.replace(REPORT_2025, published=date(2025, 7, 28))),
        Reread(
            parser="2",
            documents=14,
            changed=(
                ChangedReading(
                    provider=SUTTON,
                    report=REPORT_2025,
                    differences=(
                        Difference(what="Overall effectiveness", was="Outstanding", now="Good"),
                    ),
                    announced=True,
                ),
                ChangedReading(
                    provider=SUTTON,
                    report=REPORT_2021,
                    differences=(
                        Difference(what="reading", was="doubtful", now="read"),
                        Difference(what="lead inspectors", was=None, now="Brenda McLaughlin"),
                    ),
                ),
            ),
        ),
        PageCheckFailed(
            provider=SUTTON,
            state="unrecognised",
            failure='200, 1,912 bytes, title "Service unavailable"',
            since=AT,
            last_successful_check=AT,
        ),
        PageCheckRecovered(provider=SUTTON, since=AT, until=LATER),
        ChecksOverdue(
            authorities=("Sutton", "Kent"), since=AT, why="the schedule is paused in the Prefect UI"
        ),
        RunFailed(flow="watch", run="27 Nov 09:30 Nothing new", why="the worker died", at=AT),
        RunRecovered(flow="watch", since=AT, until=LATER),
        ListingSuspect(provider=SUTTON, known=4, gone=(REPORT_2021, REPORT_2025)),
        DeliveryFailed(
            recipient="scrutiny",
            subject="Sutton: no judgement changed; overall Good",
            state="refused",
            words="550 5.1.1 no such user",
        ),
        DeliveryDelayed(
            recipient="scrutiny",
            subject="Sutton: no judgement changed; overall Good",
            since=AT,
            words="450 4.2.0 greylisted",
        ),
        ChannelDown(
            channel="teams: channel",
            recipients=("channel",),
            words="404 WorkflowNotFound",
            since=AT,
        ),
        ChannelUp(channel="email", recipients=("scrutiny",), since=AT, until=LATER),
        RecipientRemoved(recipient="scrutiny", pending=2),
        AuditFailed(
            number=3,
            discrepancies=(
                (
                    'Sutton: "Joint inspection", published 29 July 2025, is on the page but was '
                    "not recorded"
                ),
                (
                    '"Sutton: no judgement changed" to scrutiny (message 12) is marked as sent, '
                    "but no attempt is recorded"
                ),
            ),
        ),
    )


def published(**changes: Any) -> ReportPublished:
    """Sutton 2025 with other values."""
    return dataclasses.replace(SUTTON_2025, **changes)


def with_rows(*rows: ComparisonLine, **found: Any) -> ReportPublished:
    return published(rows=rows, found=dataclasses.replace(FOUND_2025, **found))
