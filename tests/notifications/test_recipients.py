from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from notifications.events import (
    ChannelDown,
    ChecksOverdue,
    DeliveryDelayed,
    DeliveryFailed,
    Finding,
    ReportPublished,
    ReportWithdrawn,
    Welcome,
)
from notifications.recipients import BadRecipient, Recipient, check, is_immediate, recipients_of
from ofsted.reports.model import Improvement, Judgement
from tests.notifications.samples import (
    AT,
    DOUBTFUL,
    REPORT_2025,
    SUTTON,
    SUTTON_2025,
    UNREAD,
    every,
    published,
    row,
    with_rows,
)

CHOICES = ("all", "changes", "concerns")


def of_type(type_: str) -> Any:
    return next(event for event in every() if event.type == type_)


def reader(name: str = "r", **more: Any) -> Recipient:
    return Recipient(name, "email", f"{name}@example.org", **more)


READERS = tuple(reader(choice, alert_on=choice) for choice in CHOICES)


def choices(event: Any) -> list[str]:
    return [one.name for one in recipients_of(event, READERS)]


def visit(**found: Any) -> ReportPublished:
    report = published().report
    title = "Children's services focused visit"
    values = {"status": "unread", **found}
    return ReportPublished(
        provider=SUTTON,
        report=type(report)(title=title, published=report.published, link=report.link),
        found=Finding(**values),
    )


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (SUTTON_2025, ["all", "changes", "concerns"]),  # a judgement lowered
        (with_rows(row("leaders", before="inadequate")), ["all", "changes"]),
        (with_rows(row("leaders")), ["all"]),
        (with_rows(row("leaders", before=None, relation="new")), ["all", "changes"]),
        (with_rows(row("overall", grade=None, relation="ended")), ["all", "changes"]),
        (with_rows(row("care_leavers", grade=None, relation="merged")), ["all", "changes"]),
        (with_rows(row("in_care", relation="split")), ["all", "changes"]),
        (with_rows(row("lscb", grade=None, relation="not_judged")), ["all"]),
        (with_rows(), ["all", "changes"]),  # nothing to compare with
        (published(found=DOUBTFUL, rows=()), list(CHOICES)),
        (published(found=UNREAD, rows=()), list(CHOICES)),
        (published(found=Finding(status="missing"), rows=()), list(CHOICES)),
        (published(found=Finding(status="elsewhere"), rows=()), list(CHOICES)),
        (published(rows=(), previous_in_doubt=True), list(CHOICES)),
        (visit(kind="focused_visit"), ["all"]),
        (visit(status="missing"), ["all"]),
        (visit(kind="focused_visit", status="doubtful"), ["all"]),
        (
            visit(
                kind="focused_visit",
                status="read",
                improvements=(Improvement(kind="priority_action", text="Now."),),
            ),
            ["all", "concerns"],
        ),
        (visit(kind="area_send", status="read", outcome="inconsistent"), ["all"]),
        (
            visit(kind="area_send", status="read", outcome="widespread_systemic_failings"),
            ["all", "concerns"],
        ),
        (ReportWithdrawn(provider=SUTTON, report=REPORT_2025, gone_since=AT), ["all"]),
    ],
)
def test_each_choice_gets_what_it_asked_for(event, expected):
    assert choices(event) == expected


def test_an_inadequate_that_stays_inadequate_reaches_who_asked_for_concerns():
    judgement = Judgement("overall", "Overall effectiveness", "Inadequate", "inadequate")
    same = row("overall", grade="inadequate", before="inadequate")
    assert choices(with_rows(same, judgements=(judgement,))) == ["all", "concerns"]


def test_a_changed_area_send_outcome_reaches_who_asked_for_changes():
    found = {"kind": "area_send", "outcome": "inconsistent", "judgements": ()}
    moved = row("outcome", grade="inconsistent", before="typically_positive", direction=None)
    still = row("outcome", grade="inconsistent", before="inconsistent", direction=None)
    assert choices(with_rows(moved, **found)) == ["all", "changes"]
    assert choices(with_rows(still, **found)) == ["all"]


def test_readers_are_alerted_to_reports_operators_to_faults_and_both_to_both():
    people = (reader("r"), reader("o", audience="operators"), reader("b", audience="both"))
    alerted = {event.type: [one.name for one in recipients_of(event, people)] for event in every()}
    readers = {kind for kind, names in alerted.items() if names == ["r", "b"]}
    operators = {kind for kind, names in alerted.items() if names == ["o", "b"]}
    assert readers == {
        "report_published",
        "report_listed_late",
        "report_read",
        "report_replaced",
        "correction",
        "report_withdrawn",
        "report_returned",
    }
    assert alerted["document_listed"] == []  # unless they chose its type of provider
    assert len(readers) + len(operators) + 4 == len(alerted)  # and what is one recipient's own


def test_only_the_authorities_asked_for_are_announced():
    elsewhere = reader("elsewhere", authorities=frozenset({"80544"}))
    here = reader("here", authorities=frozenset({"80515"}))
    assert recipients_of(SUTTON_2025, (elsewhere, here)) == (here,)


def test_operators_are_notified_of_the_service_whatever_their_authorities():
    one = reader("o", audience="operators", authorities=frozenset({"1"}), alert_on="concerns")
    assert recipients_of(ChecksOverdue(authorities=("Sutton",), since=AT, why=""), (one,)) == (one,)


def test_a_welcome_goes_to_the_one_it_names():
    event = Welcome(recipient="changes", watched=())
    assert choices(event) == ["changes"]


def test_trouble_with_a_channel_is_reported_through_another_channel():
    email = reader("email", audience="operators")
    teams = Recipient("teams", "teams", "https://x", audience="operators")
    broken = ChannelDown(channel="email", recipients=(), words="535", since=AT)
    failed = DeliveryFailed(recipient="teams", subject="s", state="refused", words="")
    assert recipients_of(broken, (email, teams)) == (teams,)
    delayed = DeliveryDelayed(recipient="teams", subject="s", since=AT, words="")
    assert (
        recipients_of(failed, (email, teams)) == recipients_of(delayed, (email, teams)) == (email,)
    )


@pytest.mark.parametrize(
    "address",
    [
        "scrutiny@example.gov.uk",
        "mary.o'neil@example.org",
        "Mary O'Neil <mary.o'neil@example.org>",
        "a+b@example.org",
        "clerk@localhost",
    ],
)
def test_a_mailbox_is_taken_as_it_is(address):
    assert check(Recipient("m", "email", address), allow_private=False) == ()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "scrutiny",
        "a@b.org, c@d.org",
        "@b.org",
        "a@",
        "a b@c.org",
        "o\u2019neil@example.org",
        "a@b.org\r\nBcc: x@y.org",
        "a@b.org\x00",
        "a@b.org\u202e",
        "a@b.org\nx",
        f"{'a' * 250}@b.org",
    ],
)
def test_what_is_not_one_mailbox_is_refused(address):
    with pytest.raises(BadRecipient) as refused:
        check(Recipient("m", "email", address), allow_private=True)
    assert "m" in str(refused.value)
    assert "\n" not in str(refused.value)


NEW = "https://default1.00.environment.api.powerplatform.com:443/powerautomate/x/invoke?sig=S3"
OLD = "https://prod-1.uksouth.logic.azure.com:443/workflows/a/triggers/manual/paths/invoke?sig=S3"


def teams(address: str, *, allow_private: bool = False) -> tuple[str, ...]:
    return check(Recipient("t", "teams", address), allow_private=allow_private)


def test_a_workflow_is_taken_and_its_old_form_warned_of():
    assert teams(NEW) == ()
    assert "30 November 2025" in teams(OLD)[0]


def test_stand_ins_are_taken_only_with_allow_private():
    for address in ("https://127.0.0.1:9/x", "http://127.0.0.1:9/x", "https://chat.example.org/"):
        assert teams(address, allow_private=True) == ()
        with pytest.raises(BadRecipient):
            teams(address)
    with pytest.raises(BadRecipient):
        teams("http://chat.example.org/", allow_private=True)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://x.webhook.office.com/webhookb2/S3", "retired by Microsoft in 2026"),
        (NEW.partition("?")[0], "no `sig`"),
        (NEW.replace("https", "http"), "does not begin with https"),
        ("https://logic.azure.com.example.org/?sig=S3", "not on any of"),
        ("https://user:S3@prod.logic.azure.com/?sig=S3", "not valid"),
        (f"{NEW}\r\nHost: x", "characters outside"),
        ("https://[::1/?sig=S3", "cannot be read"),
        ("https://a.logic.azure.com:x/?sig=S3", "cannot be read"),
        ("S3", "not valid"),
    ],
)
def test_what_is_no_workflow_is_refused_without_its_secret(address, said):
    with pytest.raises(BadRecipient, match=said) as refused:
        teams(address)
    assert "S3" not in str(refused.value)


def apprise(address: str) -> tuple[str, ...]:
    return check(Recipient("a", "apprise", address), allow_private=False)


def test_a_service_that_loads_is_taken_and_an_unencrypted_one_warned_of():
    assert apprise("ntfys://ntfy.example.org/topic") == ()
    assert apprise("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#news") == ()
    assert "unencrypted" in apprise("ntfy://ntfy.example.org/topic")[0]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mailto://u:S3@example.org", "use `email`"),
        ("owemail://u:S3@example.org", "use `email`"),
        ("workflows://host/S3/S3", "use `teams`"),
        (f"{OLD}&api-version=2016-06-01&sp=1&sv=1.0", "use `teams`"),
        ("msteams://S3", "workflow"),
        ("dbus://", "acts on this machine"),
        ("syslog://S3", "acts on this machine"),
        ("S3", "cannot use its address"),
        ("slack://S3", "cannot use its slack:// address"),
    ],
)
def test_what_is_no_service_is_refused_without_its_secret(address, said, caplog):
    with pytest.raises(BadRecipient, match=said) as refused:
        apprise(address)
    assert "S3" not in str(refused.value)
    assert "S3" not in caplog.text


@pytest.mark.parametrize(
    ("event", "waits"),
    [
        (with_rows(row("leaders", before="requires_improvement")), True),
        (with_rows(row("leaders", grade="inadequate", before="good")), False),
        (SUTTON_2025, False),  # one judgement lowered
        (published(found=UNREAD, rows=()), False),
        (published(found=DOUBTFUL, rows=()), False),
        (visit(status="read", kind="focused_visit"), True),
        (visit(status="unread", kind="focused_visit"), True),
        (with_rows(outcome="inconsistent", kind="area_send", judgements=()), True),
        (with_rows(outcome="widespread_systemic_failings", kind="area_send"), False),
        (of_type("correction"), False),
        (of_type("report_withdrawn"), True),
        (of_type("page_check_failed"), True),
        (of_type("welcome"), False),
        (of_type("digest"), False),
        (of_type("quiet_notice"), False),
    ],
)
def test_what_cannot_wait_is_immediate_for_recipients_of_digests_too(event, waits):
    assert is_immediate(reader(frequency="weekly monday 08:00"), event) is not waits
    assert is_immediate(reader(), event)


def test_an_outbox_is_a_folder(tmp_path):
    assert check(Recipient("o", "outbox", str(tmp_path)), allow_private=False) == ()
    (tmp_path / "file").touch()
    with pytest.raises(BadRecipient, match="folder"):
        check(Recipient("o", "outbox", str(tmp_path / "file")), allow_private=False)


def test_an_address_is_not_shown_by_repr():
    assert "S3" not in repr(Recipient("t", "teams", NEW))


def test_asking_who_is_alerted_imports_neither_apprise_nor_jinja():
    code = (
        "import sys, notifications.recipients, notifications.senders\n"
        "import notifications.words.of_events\n"
        "assert not {'apprise', 'jinja2'} & sys.modules.keys()\n"
        "from notifications.recipients import Recipient, check\n"
        "check(Recipient('m', 'mail', 'a@b.org'), allow_private=False)\n"
        "assert 'apprise' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
