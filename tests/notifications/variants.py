"""What each type of event can look like, beyond its one sample: for the gallery and the tests.

What is true of Sutton is the seeds'. Everything else is about Exampleshire, which is no
council, so that nobody reads a grade here that was never given.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import ofsted
import seeds
from notifications.events import (
    AuthorityStanding,
    Difference,
    Digest,
    DigestItem,
    Event,
    Finding,
    PageCheckFailed,
    PageStanding,
    Predecessor,
    Previous,
    Provider,
    QuietNotice,
    Report,
    ReportListedLate,
    ReportPublished,
    ReportRead,
    ReportReplaced,
    ReportReturned,
    ReportWithdrawn,
    Welcome,
)
from ofsted.compare import compare
from ofsted.reports.model import GRADES, UNKNOWN, Doubt, Improvement, Judgement, Kind, Reading
from tests.notifications.samples import (
    AT,
    EARLIER,
    FOUND_2025,
    IMPROVEMENTS,
    LABELS,
    LATER,
    REPORT_2021,
    REPORT_2025,
    SUTTON,
)

EXAMPLE = Provider(
    urn="80999",
    name="Exampleshire County Council",
    short_name="Exampleshire",
    page="https://reports.ofsted.gov.uk/provider/44/80999",
)
TOGETHER = "The experiences and progress of children in care and care leavers"
KEYS = {
    "ilacs_2018": (
        ("leaders", LABELS["leaders"]),
        ("help_and_protection", LABELS["help_and_protection"]),
        ("care_and_care_leavers", TOGETHER),
        ("overall", LABELS["overall"]),
    ),
    "ilacs_2023": tuple(LABELS.items()),
    "ilacs_2026": tuple(item for item in LABELS.items() if item[0] != "overall"),
    "sif_2013": (
        ("overall", "The overall judgement is that children's services require improvement"),
        ("help_and_protection", "Children who need help and protection"),
        ("looked_after", "Children looked after and achieving permanence"),
        ("adoption", "Adoption performance"),
        ("care_leavers", "Experiences and progress of care leavers"),
        ("leadership", "Leadership, management and governance"),
        ("lscb", "The effectiveness of the Local Safeguarding Children Board"),
    ),
}
PRINTED = dict(
    zip(
        GRADES,
        ("Outstanding", "Good", "Requires improvement to be good", "Inadequate"),
        strict=True,
    )
)
LETTERS = dict(zip("OGRI", GRADES, strict=True))


def reading(framework: str, grades: str, last: date, **more: Any) -> Reading:
    """A reading of a framework with grades by their first letters, in its order."""
    judgements = tuple(
        Judgement(key, label, PRINTED[LETTERS[letter]], LETTERS[letter], page=1)
        for (key, label), letter in zip(KEYS[framework], grades, strict=False)
    )
    kind: Kind = "sif" if framework == "sif_2013" else "ilacs"
    values = {"judgements": judgements, "improvements": FOUND_2025.improvements, **more}
    days = {"first_day": last - timedelta(days=4), "last_day": last}
    return Reading("0" * 64, "1", "read", kind, framework, **days, **values)


def found(one: Reading) -> Finding:
    """The same as it is in events."""
    names = [each.name for each in dataclasses.fields(Finding)]
    return Finding(**{name: getattr(one, name) for name in names})


def report(
    published: date | None, file_id: str, title: str = "Children's services inspection"
) -> Report:
    link = f"https://files.ofsted.gov.uk/v1/file/{file_id}"
    return Report(title=title, published=published, link=link, file_id=file_id)


NEW, OLD = date(2026, 3, 6), date(2023, 2, 10)
NEW_REPORT, OLD_REPORT = (
    report(date(2026, 4, 20), "59999902"),
    report(date(2023, 3, 24), "59999901"),
)


def compared(now: Reading, before: Reading, kind: type[Any] = ReportPublished, **more: Any) -> Any:
    """An event of a report compared with the previous one, by the lineage table itself."""
    previous = Previous(
        report=OLD_REPORT,
        framework=before.framework,
        first_day=before.first_day,
        last_day=before.last_day,
    )
    rows = compare(now, before).rows
    about = {"provider": EXAMPLE, "report": NEW_REPORT, "found": found(now)}
    return kind(**about, previous=previous, rows=rows, **more)


def ilacs(framework: str, grades: str, before: str, of: str = "ilacs_2018") -> ReportPublished:
    """An inspection against the one before it, both by the letters of their grades."""
    event: ReportPublished = compared(reading(framework, grades, NEW), reading(of, before, OLD))
    return event


def alone(
    what: Finding, title: str = "Children's services inspection", **more: Any
) -> ReportPublished:
    """A report that is compared with nothing."""
    listed = dataclasses.replace(NEW_REPORT, title=title)
    return ReportPublished(provider=EXAMPLE, report=listed, found=what, **more)


def outcome(words: str, before: str) -> ReportPublished:
    """An area SEND inspection against the one before it."""
    now, then = (
        Reading("0" * 64, "1", "read", "area_send", "area_send_2023", outcome=each, **days(last))
        for each, last in ((words, NEW), (before, OLD))
    )
    recommended = Improvement(
        "recommendation",
        "Leaders should improve the timeliness of education, health and care plans.",
        "Exampleshire County Council and the integrated care board",
        page=3,
    )
    event: ReportPublished = compared(dataclasses.replace(now, improvements=(recommended,)), then)
    listed = dataclasses.replace(event.report, title="Area SEND full inspection")
    return dataclasses.replace(event, report=listed)


def days(last: date) -> dict[str, date]:
    return {"first_day": last - timedelta(days=4), "last_day": last}


def variants() -> dict[str, Event]:
    """By name; the names are those of the gallery's pages."""
    return dict(
        (*_compared(), *_alone(), *_not_read(), *_changed(), *_welcomes(), *_sums(), *_operators())
    )


def _compared() -> Iterator[tuple[str, Event]]:
    yield "one judgement raised", ilacs("ilacs_2023", "GGGGG", "RGGGG", of="ilacs_2023")
    yield "overall alone raised", ilacs("ilacs_2023", "GGGGG", "GGGGR", of="ilacs_2023")
    yield "several lowered to inadequate", ilacs("ilacs_2023", "IIRGI", "GGGGG", of="ilacs_2023")
    yield "some raised, one lowered", ilacs("ilacs_2023", "GGRGG", "RGGRR", of="ilacs_2023")
    yield "unchanged", ilacs("ilacs_2023", "GGGGG", "GGGGG", of="ilacs_2023")
    yield "unchanged, requires improvement", ilacs("ilacs_2023", "RRRRR", "RRRRR", of="ilacs_2023")
    yield "split", ilacs("ilacs_2023", "GGRGG", "GGGG")
    yield "overall ended", ilacs("ilacs_2026", "GGGG", "GGGGG", of="ilacs_2023")
    yield "overall ended, one lowered", ilacs("ilacs_2026", "RGGG", "GGGGG", of="ilacs_2023")
    yield "across frameworks", ilacs("ilacs_2018", "GGGG", "RRRGRRR", of="sif_2013")
    yield "one new, one not judged", ilacs("sif_2013", "RRRGR", "RRRG", of="sif_2013")
    yield "not judged this time", ilacs("sif_2013", "RRRGRR", "RRRGRRR", of="sif_2013")
    yield "area SEND, another outcome", outcome("inconsistent", "typically_positive")
    yield "area SEND, the same outcome", outcome("inconsistent", "inconsistent")


def _alone() -> Iterator[tuple[str, Event]]:
    yield (
        "Sutton's first of its framework",
        ReportPublished(
            provider=SUTTON,
            report=REPORT_2021,
            found=found(ofsted.read(seeds.folder() / "sutton-2021-ilacs.txt")),
        ),
    )
    yield "first of its framework", alone(found(reading("ilacs_2026", "GGRG", NEW)))
    yield from _after_others()
    doubt = {
        "previous_in_doubt": True,
        "not_compared": "the previous report could not be read reliably",
    }
    now = found(reading("ilacs_2023", "GGGGG", NEW))
    yield "the one before in doubt", alone(now, previous=EARLIER, **doubt)
    visit = Finding(
        status="read",
        kind="focused_visit",
        framework="ilacs_2023",
        theme="the local authority's arrangements for children in need and child protection",
        improvements=FOUND_2025.improvements[:2],
        **days(NEW),
    )
    title = "Children's services focused visit"
    yield "letter without grades", alone(visit, title)
    action = Improvement("priority_action", IMPROVEMENTS[1], page=2)
    yield (
        "letter with priority action",
        alone(dataclasses.replace(visit, improvements=(action, *visit.improvements)), title),
    )
    monitoring = dataclasses.replace(visit, kind="monitoring_visit", improvements=())
    yield "monitoring visit", alone(monitoring, "Monitoring visit")
    joint = Finding(
        status="read",
        kind="jtai",
        theme="the front door",
        improvements=tuple(
            Improvement("improvement", each, body="the partnership", page=2)
            for each in IMPROVEMENTS
        ),
        **days(NEW),
    )
    yield "joint targeted area inspection", alone(joint, "Joint area child protection inspection")
    send = Finding(
        status="read",
        kind="area_send",
        outcome="widespread_systemic_failings",
        improvements=(action,),
        **days(NEW),
    )
    yield "area SEND, first", alone(send, "Area SEND full inspection")


def _after_others() -> Iterator[tuple[str, Event]]:
    """First reports of a council that others were split or merged into."""
    now = found(reading("ilacs_2023", "GGGGG", NEW))
    former = _before("Formershire", "80998", reading("sif_2013", "RRGORRR", OLD))
    late = _before("Oldborough", "80997", reading("ilacs_2018", "OOOO", OLD))
    unsure = dataclasses.replace(late, found=None, not_shown="could not be read reliably")
    yield "first, after one council", alone(now, predecessors=(former,))
    yield "first, after two councils", alone(now, predecessors=(former, late))
    yield "first, after two councils, one in doubt", alone(now, predecessors=(former, unsure))
    yield "first, after a council in doubt", alone(now, predecessors=(unsure,))


def _before(name: str, urn: str, one: Reading) -> Predecessor:
    """The last inspection of a council that is no more."""
    held = {"first_day": one.first_day, "last_day": one.last_day}
    return Predecessor(
        urn=urn,
        name=f"{name} County Council",
        short_name=name,
        inspection=Previous(report=OLD_REPORT, framework=one.framework, **held),
        found=found(one),
    )


def _not_read() -> Iterator[tuple[str, Event]]:
    labels = (("The impact of leaders", "Secure"), ("The reach of early help", "Strong standard"))
    strange = tuple(Judgement(UNKNOWN, label, printed, None, 1) for label, printed in labels)
    lines = tuple(f"{label}: {printed}" for label, printed in labels)
    unknown = _doubtful(Doubt("unknown labels", lines), judgements=strange)
    apart = Doubt(
        "the table and the heading do not agree",
        ("Children in care: Good", "The experiences and progress of children in care: outstanding"),
    )
    yield "new framework, not comparable", alone(unknown)
    yield "doubtful", alone(_doubtful(apart))
    no_table = Doubt("no table of judgements was found")
    yield "unread", alone(Finding(status="unread", kind="ilacs", doubts=(no_table,)))
    yield "file missing", alone(Finding(status="missing"))
    yield "a kind not read", alone(Finding(status="unread"), "Adoption support agency report")
    elsewhere = alone(Finding(status="elsewhere"), "Joint area child protection inspection")
    link = "https://www.gov.uk/government/publications/letter-to-exampleshire"
    listed = dataclasses.replace(elsewhere.report, link=link, file_id=None)
    yield "elsewhere", dataclasses.replace(elsewhere, report=listed)
    bare = dataclasses.replace(listed, link=None, published=None)
    yield "no link, no day", dataclasses.replace(elsewhere, report=bare)


def _doubtful(doubt: Doubt, judgements: tuple[Judgement, ...] = ()) -> Finding:
    given = judgements or reading("ilacs_2023", "GGOGG", NEW).judgements
    return Finding(status="doubtful", kind="ilacs", judgements=given, doubts=(doubt,), **days(NEW))


def _changed() -> Iterator[tuple[str, Event]]:
    now, before = reading("ilacs_2023", "GGRGG", NEW), reading("ilacs_2018", "GGGG", OLD)
    yield "read later", compared(now, before, ReportRead)
    yield "listed late, compared", compared(now, before, ReportListedLate)
    differs = (
        Difference(what="Children in care", was="Good", now="Requires improvement to be good"),
        Difference(what="What needs to improve, 3", was=IMPROVEMENTS[2], now=None),
    )
    yield "replaced", compared(now, before, ReportReplaced, differences=differs)
    unread = Finding(status="unread", kind="ilacs", doubts=(Doubt("no table of judgements"),))
    about = {"provider": EXAMPLE, "report": NEW_REPORT}
    yield "replaced, not yet read", ReportReplaced(**about, found=unread)
    undated = {"provider": EXAMPLE, "report": dataclasses.replace(NEW_REPORT, published=None)}
    yield "withdrawn, without a day", ReportWithdrawn(**undated, gone_since=AT)
    yield "returned, without a day", ReportReturned(**undated)


def _sums() -> Iterator[tuple[str, Event]]:
    here = PageStanding(provider=EXAMPLE, last_successful_check=LATER, is_ok=True)
    lost = PageStanding(provider=SUTTON, last_successful_check=AT, is_ok=False)
    weekly = {"period": "weekly", "since": AT, "checks": 263, "next_check": LATER}
    announced = [DigestItem(at=LATER, event=event) for _, event in (*_compared(), *_not_read())]
    one, two, *_ = announced
    fell = DigestItem(
        at=AT, event=ilacs("ilacs_2023", "IIRGI", "GGGGG", of="ilacs_2023"), already_sent=True
    )
    digests = {
        "one report": ((one,), (here,)),
        "two reports": ((one, two), (here,)),
        "two reports, one apart": ((one, fell, announced[6]), (here, lost)),
        "many": ((*announced, fell), (here, lost)),
        "sent apart alone": ((fell,), (here,)),
        "nothing new": ((), (here,)),
        "nothing new, one not seen": ((), (here, lost)),
    }
    for name, (happened, seen) in digests.items():
        yield (
            f"digest, {name}",
            Digest(recipient="region", items=happened, standings=seen, **weekly),
        )
    yield (
        "digest, the last",
        Digest(recipient="region", standings=(here,), **weekly | {"period": "last"}),
    )
    failed = (DigestItem(at=AT, event=event) for _, event in _operators())
    yield (
        "digest, operators",
        Digest(recipient="it", items=(*failed, fell), standings=(lost,), **weekly),
    )
    silent = {"recipient": "region", "since": AT, "checks": 1120, "next_check": LATER}
    yield "sign of life, one not seen", QuietNotice(standings=(here, lost), **silent)


def _welcomes() -> Iterator[tuple[str, Event]]:
    names = ["Barking and Dagenham", "Croydon", "Kingston upon Thames", "Merton", "Newham"]
    others = [dataclasses.replace(EXAMPLE, urn=str(n), name=f"{name} (example)", short_name=name)
              for n, name in enumerate(names)]  # fmt: skip
    seen = found(reading("ilacs_2023", "GGRGG", NEW))
    sutton = AuthorityStanding(provider=SUTTON, reports=4, newest=REPORT_2025, found=FOUND_2025)
    many = [
        AuthorityStanding(provider=each, reports=3, newest=NEW_REPORT, found=seen)
        for each in others
    ]
    none = AuthorityStanding(provider=EXAMPLE, reports=0)
    yield "welcome, many", Welcome(recipient="region", watched=(sutton, *many), next_check=LATER)
    yield (
        "welcome, one unseen",
        Welcome(recipient="region", watched=(sutton, none), unseen=(others[0],), next_check=LATER),
    )
    yield (
        "welcome, weekly",
        Welcome(
            recipient="region", watched=(sutton,), frequency="weekly monday 08:00", next_check=LATER
        ),
    )
    yield (
        "welcome, hourly",
        Welcome(recipient="region", watched=(sutton,), frequency="hourly", next_check=LATER),
    )
    yield (
        "welcome, operators",
        Welcome(recipient="it", watched=(sutton,), to="operators", next_check=LATER),
    )
    yield (
        "welcome, declined only",
        Welcome(recipient="clerk", watched=(sutton,), alert_on="concerns", next_check=LATER),
    )


def _operators() -> Iterator[tuple[str, Event]]:
    yield (
        "page cannot be reached",
        PageCheckFailed(
            provider=EXAMPLE,
            state="unreachable",
            failure="no answer within 30 s from https://reports.ofsted.gov.uk/provider/44/80999",
            since=AT,
            last_successful_check=None,
        ),
    )
