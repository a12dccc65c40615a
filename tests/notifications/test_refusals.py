"""A refusal that concerns us stops the channel; others concern one recipient or message."""

import pytest

from tests.notifications.test_email import send
from tests.sinks import EmailSink

OF_US = [
    "504 5.5.2 <councilbox>: Helo command rejected: need fully-qualified hostname",
    "501 5.5.2 <box_1>: Helo command rejected: Invalid name",
    "450 4.7.1 <box>: Helo command rejected: Host not found",
    "550 HELO/EHLO argument does not resolve",
    "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.7]",
    "554 5.7.1 <unknown[192.0.2.7]>: Client host rejected: Access denied",
    "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org",
    "553 5.7.1 <ofsted-watch@example.gov.uk>: Sender address rejected: not owned by user bot",
    "450 4.1.8 <ofsted-watch@example.gov.uk>: Sender address rejected: Domain not found",
    "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
    "554 5.2.252 SendAsDenied; bot@example.gov.uk not allowed to send as watch@example.gov.uk",
    "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied",
    "550 Sender verify failed",
    "553 5.1.8 <watch@example.gov.uk>... Domain of sender address does not exist",
    "554 5.7.1 <mary.o'neil@example.org>: Relay access denied",
    "454 4.7.1 <mary.o'neil@example.org>: Relay access denied",
    "550 5.7.1 Relaying denied. Proper authentication required.",
    "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
    "550 relay not permitted",
    "550 5.7.64 TenantAttribution; Relay Access Denied",
    "550 5.7.606 Access denied, banned sending IP [192.0.2.7]",
    "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP.",
    "550 5.7.26 This mail is unauthenticated: SPF [example.gov.uk] did not pass",
    "550 5.7.23 <x@example.org>: Recipient address rejected: Message rejected due to: SPF fail",
    "550 5.7.1 The IP you're using to send mail is not authorized to send email directly",
    "550 5.7.25 The sending address does not have a PTR record",
    "554 You are not allowed to connect",
    "550 5.4.5 Daily user sending limit exceeded",
]
OF_THEM = [
    ("550 5.1.1 <mary.o'neil@example.org>: Recipient address rejected: User unknown", True),
    ("550 5.1.1 <m@example.org>: User unknown in relay recipient table", True),
    ("550 5.4.1 Recipient address rejected: Access denied. [LO2GBR01.PROD.OUTLOOK.COM]", True),
    ("550 No such user here: relay.client.example.org", True),
    ("550 <helo@example.org>: no such user", True),
    ("550 5.7.1 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required", False),
    ("550 5.7.1 sender not permitted to write to this distribution list", False),
    ("550 5.7.1 looks like spam; the sender should write to postmaster", False),
    ("552 5.3.4 Message size exceeds fixed limit", False),
    ("552 5.2.2 <m@example.org>: mailbox full, over quota", False),
]


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "END"])
@pytest.mark.parametrize("answer", OF_US)
def test_what_refuses_us_is_the_channels_at_whatever_step_and_with_whatever_code(stage, answer):
    with EmailSink() as sink:
        sink.answers[stage] = answer
        attempt = send(sink)
    assert attempt.result == "channel_down"


@pytest.mark.parametrize(("answer", "lasting"), OF_THEM)
def test_what_speaks_of_a_recipient_or_a_message_is_the_deliverys(answer, lasting):
    with EmailSink() as sink:
        sink.answers["RCPT"] = answer
        attempt = send(sink)
    assert (attempt.result, attempt.lasting) == ("refused", lasting)


@pytest.mark.parametrize(
    "answer",
    [
        "451 4.7.1 Greylisting in action for your server, please come back later",
        "421 4.7.0 Too many connections from your IP",
        "451 4.7.650 The mail server [192.0.2.7] has been temporarily rate limited",
        "450 4.2.0 <m@example.org>: Recipient address rejected: Greylisted",
    ],
)
def test_not_now_is_later_whomever_it_speaks_of(answer):
    with EmailSink() as sink:
        sink.answers["RCPT"] = answer
        assert send(sink).result == "later"


@pytest.mark.parametrize("stage", ["CONNECT", "EHLO", "MAIL"])
def test_a_refusal_before_a_recipient_is_named_is_the_channels(stage):
    with EmailSink() as sink:
        sink.answers |= {stage: "554 no", "HELO": "554 no"}
        assert send(sink).result == "channel_down"


def test_the_name_of_the_settings_is_said_in_ehlo():
    with EmailSink() as sink:
        assert send(sink, helo="watch.example.gov.uk").result == "sent"
        assert send(sink).result == "sent"
    ours, the_machines = sink.hellos
    assert ours == "watch.example.gov.uk"
    assert the_machines not in {"", ours}
