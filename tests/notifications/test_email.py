from __future__ import annotations

import dataclasses
import re
import ssl
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header

import pytest

from notifications import email, text
from notifications.email import EmailServer, smtp
from notifications.message import MessageContext
from notifications.recipients import Recipient
from notifications.send_results import SendResult
from notifications.senders import Envelope, channel_client, message_id
from notifications.tls import tls_context
from notifications.words import of_events
from tests.notifications.samples import SUTTON_2025
from tests.sinks import DROP, HANG, EmailSink, closed_port

SENDER = "Ofsted Watch <ofsted-watch@example.gov.uk>"
O_NEIL = "mary.o'neil@example.org"
AT = datetime(2025, 7, 29, 8, 30, tzinfo=UTC)
MESSAGE = of_events.message(SUTTON_2025, MessageContext("scrutiny"))


def letter(**more) -> bytes:
    values = {"message_id": "<e1.abc@example.gov.uk>", "date": AT, **more}
    return email.render(MESSAGE, sender=SENDER, to=O_NEIL, **values)


def server(sink: EmailSink, **more) -> EmailServer:
    values = {"security": sink.security, "sender": SENDER, **more}
    return EmailServer(sink.server, sink.port, **values)


def send(sink: EmailSink, content: bytes | None = None, *, ca: bool = True, **more) -> SendResult:
    recipient = Recipient("scrutiny", "email", O_NEIL)
    one = channel_client(
        recipient,
        email=server(sink, **more),
        message_context=MessageContext("scrutiny"),
        ca_file=sink.ca_file if ca else None,
    )
    return one.send(content or letter())


def test_the_email_has_the_headers_that_keep_machines_quiet_and_threads_whole():
    got = message_from_bytes(letter(follows="<e0.abc@example.gov.uk>"), policy=policy.default)
    assert {name: str(value) for name, value in got.items() if "MIME" not in name} == {
        "Content-Type": str(got["Content-Type"]),
        "From": SENDER,
        "To": O_NEIL,
        "Subject": "Sutton: leaders' impact lowered, Outstanding to Good; overall Good",
        "Date": "Tue, 29 Jul 2025 08:30:00 +0000",
        "Message-ID": "<e1.abc@example.gov.uk>",
        "In-Reply-To": "<e0.abc@example.gov.uk>",
        "References": "<e0.abc@example.gov.uk>",
        "List-Id": "Ofsted Watch <ofsted-watch.example.gov.uk>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }


def test_long_ids_are_not_broken_into_encoded_words():
    follows = f"<{'a' * 60}@example.gov.uk>"
    assert f"References: {follows}\r\n".encode() in letter(follows=follows)


def test_both_parts_are_quoted_printable_and_the_text_is_the_twin():
    got = message_from_bytes(letter(), policy=policy.default)
    parts = list(got.iter_parts())
    assert [part["Content-Transfer-Encoding"] for part in parts] == ["quoted-printable"] * 2
    assert parts[0].get_content().replace("\r\n", "\n") == text.render(MESSAGE)
    assert max(map(len, letter().split(b"\r\n\r\n", 1)[1].splitlines())) <= 76


def test_the_same_values_give_the_same_bytes():
    assert letter() == letter()


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_an_email_arrives_as_it_was_stored_at_an_address_with_an_apostrophe(security):
    users = None if security == "none" else {"bot@example.org": "p@ss/w%rd#1"}
    login = {} if users is None else {"username": "bot@example.org", "password": "p@ss/w%rd#1"}
    with EmailSink(security=security, users=users) as sink:
        attempt = send(sink, **login)
        [mailed] = sink.messages
    assert attempt == SendResult("sent", "end of data", 250, "2.0.0 kept")
    assert mailed.rcpt_tos == (O_NEIL,)
    assert mailed.mail_from == "ofsted-watch@example.gov.uk"
    assert mailed.content == letter()
    assert mailed.encrypted is (security != "none")


def test_a_line_that_is_a_dot_arrives_as_one():
    content = b"Subject: dots\r\n\r\n.\r\n..\r\nend\r\n"
    with EmailSink() as sink:
        assert send(sink, content).result == "sent"
        assert sink.messages[0].content == content


@pytest.mark.parametrize(
    ("stage", "answer", "outcome", "code", "lasting"),
    [
        ("CONNECT", "421 4.3.2 busy", "later", 421, True),
        ("CONNECT", "554 no", "channel_down", 554, True),
        ("EHLO", "421 4.3.2 later", "later", 421, True),
        ("MAIL", "451 4.3.0 later", "later", 451, True),
        ("MAIL", "452 4.3.1 disk", "later", 452, True),
        ("MAIL", "550 5.1.8 no such sender", "channel_down", 550, True),
        ("MAIL", "552 5.3.4 too big", "refused", 552, False),
        ("MAIL", "530 5.7.0 log in first", "channel_down", 530, True),
        ("RCPT", "450 4.2.0 greylisted", "later", 450, True),
        ("RCPT", "452 4.2.2 full", "refused", 452, False),
        ("RCPT", "552 5.2.2 full", "refused", 552, False),
        ("RCPT", "550 5.1.1 no such user", "refused", 550, True),
        ("RCPT", "550 5.7.1 not allowed", "refused", 550, False),
        ("RCPT", "550 5.7.606 banned address", "channel_down", 550, True),
        ("DATA", "451 4.3.0 later", "later", 451, True),
        ("DATA", "554 5.5.1 no valid recipients", "refused", 554, True),
        ("END", "451 4.7.1 later", "later", 451, True),
        ("END", "554 5.6.0 malformed", "refused", 554, True),
        ("END", "550 5.7.1 looks like spam", "refused", 550, False),
        ("END", "552 5.3.4 too big", "refused", 552, False),
        ("QUIT", "500 what", "sent", 250, True),
        ("QUIT", DROP, "sent", 250, True),
    ],
)
def test_what_a_server_says_decides_how_an_attempt_ends(stage, answer, outcome, code, lasting):
    with EmailSink() as sink:
        sink.answers[stage] = answer
        attempt = send(sink)
    assert (attempt.result, attempt.code, attempt.lasting) == (outcome, code, lasting)
    if outcome != "sent":
        assert attempt.words == answer.partition(" ")[2]


@pytest.mark.parametrize(
    ("stage", "named"),
    [("CONNECT", "banner"), ("EHLO", "EHLO"), ("MAIL", "MAIL"), ("RCPT", "RCPT"), ("DATA", "DATA")],
)
@pytest.mark.parametrize("fault", [DROP, HANG])
def test_silence_before_the_final_dot_means_later(stage, named, fault, monkeypatch):
    monkeypatch.setattr(smtp, "REPLY", 0.1)
    monkeypatch.setattr(smtp, "GOODBYE", 0.1)
    with EmailSink() as sink:
        sink.answers[stage] = fault
        attempt = send(sink)
        assert not sink.messages
    assert (attempt.result, attempt.stage) == ("later", named)


@pytest.mark.parametrize("fault", [DROP, HANG])
def test_silence_after_the_final_dot_means_unknown_since_the_server_has_it(fault, monkeypatch):
    monkeypatch.setattr(smtp, "AFTER_DATA", 0.2)
    monkeypatch.setattr(smtp, "GOODBYE", 0.1)
    with EmailSink() as sink:
        sink.answers["END"] = fault
        attempt = send(sink)
        assert len(sink.messages) == 1
    assert (attempt.result, attempt.stage) == ("unknown", "end of data")


def test_an_attempt_that_takes_too_long_is_left():
    talk = smtp._Connection(EmailServer("x", 1, "none"), ssl.create_default_context())
    talk.began -= smtp.BEFORE_DOT + 1
    with pytest.raises(TimeoutError):
        talk.step("MAIL")
    total = smtp.BEFORE_DOT + smtp.AFTER_DATA + smtp.GOODBYE + 0.0
    assert total < 240


def test_no_server_means_later():
    with closed_port() as port:
        attempt = channel_client(
            Recipient("s", "email", O_NEIL),
            email=EmailServer("127.0.0.1", port, "none", sender=SENDER),
            message_context=MessageContext("s"),
            ca_file=None,
        ).send(letter())
    assert (attempt.result, attempt.stage) == ("later", "connect")


def test_a_wrong_password_takes_the_channel_down_and_is_not_shown():
    with EmailSink(security="starttls", users={"bot": "right"}) as sink:
        attempt = send(sink, username="bot", password="wr0ng")
    assert (attempt.result, attempt.stage, attempt.code) == ("channel_down", "AUTH", 535)
    assert "wr0ng" not in str(attempt)


def test_a_password_outside_ascii_takes_the_channel_down_and_is_not_shown():
    with EmailSink(security="starttls", users={"bot": "right"}) as sink:
        attempt = send(sink, username="bot", password="p\u00a3und")
    assert (attempt.result, attempt.stage) == ("channel_down", "AUTH")
    assert "und" not in attempt.words


def test_microsofts_end_of_passwords_is_known_and_advised_on():
    said = "550 5.7.30 Basic authentication is not supported for Client Submission"
    with EmailSink(security="starttls", users={"bot": "right"}) as sink:
        sink.answers["AUTH"] = said
        attempt = send(sink, username="bot", password="right")
    assert attempt.result == "channel_down"
    assert "relay by connector" in attempt.words
    assert "smtp.hve.mx.microsoft" in attempt.words


def test_a_log_in_that_fails_for_now_means_later():
    with EmailSink(security="starttls", users={"bot": "right"}) as sink:
        sink.answers["AUTH"] = "454 4.7.0 temporary failure"
        attempt = send(sink, username="bot", password="right")
    assert (attempt.result, attempt.code) == ("later", 454)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_is_not_proved_takes_the_channel_down(security):
    with EmailSink(security=security) as sink:
        attempt = send(sink, ca=False)
        assert not sink.messages
    assert (attempt.result, attempt.stage) == ("channel_down", "TLS")
    assert "certificate" in attempt.words.lower()


def test_encryption_is_never_silently_dropped():
    with EmailSink(security="none") as sink:
        attempt = send(sink, security="starttls")
        assert not sink.messages
    assert (attempt.result, attempt.stage) == ("channel_down", "STARTTLS")


def test_a_password_is_not_sent_where_the_server_takes_none():
    with EmailSink(security="none") as sink:
        attempt = send(sink, username="bot", password="s3cret")
        assert not sink.messages
    assert (attempt.result, attempt.stage) == ("channel_down", "AUTH")


def test_a_missing_authority_file_takes_the_channel_down(tmp_path):
    recipient = Recipient("s", "email", O_NEIL)
    one = channel_client(
        recipient,
        email=EmailServer("127.0.0.1", 1, "tls", sender=SENDER),
        message_context=MessageContext("s"),
        ca_file=tmp_path / "none.pem",
    )
    assert one.send(letter()).result == "channel_down"


def test_an_attempts_words_are_one_short_line():
    with EmailSink() as sink:
        sink.answers["RCPT"] = "550 5.1.1 " + "no\tsuch user " * 40
        attempt = send(sink)
    assert len(attempt.words) <= 300
    assert attempt.words.isprintable()


def test_a_server_does_not_show_its_password():
    assert "s3cret" not in repr(EmailServer("h", 25, "none", "u", "s3cret", SENDER))


def test_a_stamp_and_its_id_fit_a_header():
    assert message_id("01K5ABCDEFGHJKMNPQRSTVWXYZ", "scrutiny", "example.gov.uk") == (
        "<01K5ABCDEFGHJKMNPQRSTVWXYZ.20c7b7b9@example.gov.uk>"
    )
    for token in ("7", "x" * 80, "with blank", "<evil>\r\n"):
        for domain in ("example.gov.uk", "ofsted-watch." + "long." * 20 + "gov.uk"):
            one = message_id(token, "scrutiny", domain)
            assert len(one) < 60
            assert one.count("@") == 1
            assert one.isprintable()
            assert " " not in one
            assert one != message_id(token, "other", domain)


def test_a_channel_client_renders_what_it_sends():
    with EmailSink() as sink:
        one = channel_client(
            Recipient("scrutiny", "email", O_NEIL),
            email=server(sink),
            message_context=MessageContext("scrutiny"),
            ca_file=None,
        )
        envelope = Envelope("e1", "<e1.abc@example.gov.uk>", AT)
        assert one.render(SUTTON_2025, envelope) == letter()
        assert (one.name, one.domain) == ("email", "example.gov.uk")


@pytest.mark.parametrize(
    "subject",
    [
        "M\u00e1ire: gr\u00fc\u00dfe",
        "Kingston upon Hull, City of: leaders\u2019 impact lowered, Good to Requires improvement",
        "Ynys M\u00f4n " * 6,
        "\u4f60\u597d" * 39,
        "x" * 78,
    ],
    ids=["short", "ASCII but one", "words", "no blank", "ASCII"],
)
@pytest.mark.parametrize(
    "name",
    ["Ofsted Watch", "Gwasanaeth \u00e2\u0175 " * 4, "\u017d" * 60],
    ids=["ASCII", "words", "no blank"],
)
def test_headers_outside_ascii_arrive_as_they_were_in_words_of_75_characters(subject, name):
    changed = dataclasses.replace(MESSAGE, subject=subject.strip())
    sender = f"{name.strip()} <ofsted-watch@example.gov.uk>"
    follows = f"<{'a' * 44}@example.gov.uk>"
    content = email.render(
        changed, sender=sender, to=O_NEIL, message_id=follows, date=AT, follows=follows
    )
    head = content.partition(b"\r\n\r\n")[0]
    for line in head.split(b"\r\n"):
        assert all(len(word) <= 75 for word in re.findall(rb"=\?[^?]+\?[bqBQ]\?[^?]*\?=", line))
        assert len(line) <= 76 or b"=?" not in line
    got = message_from_bytes(content, policy=policy.default)
    assert got["Subject"] == changed.subject
    raw = message_from_bytes(content)["From"]  # its own parser of phrases adds blanks
    assert " ".join(str(make_header(decode_header(raw))).split()) == sender
    assert got["Message-ID"] == got["References"] == got["In-Reply-To"] == follows
    assert tls_context(None).check_hostname
