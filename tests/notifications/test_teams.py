from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from notifications.message import MessageContext
from notifications.recipients import Recipient
from notifications.send_results import SendResult
from notifications.senders import ChannelClient, Envelope, channel_client
from notifications.teams import post
from tests.notifications.samples import SUTTON_2025
from tests.sinks import DROP, HANG, Answer, WebhookSink, closed_port

ENVELOPE = Envelope("e1", "<e1.abc@example.gov.uk>", datetime(2025, 7, 29, tzinfo=UTC))


def channel(url: str, ca_file) -> ChannelClient:
    recipient = Recipient("channel", "teams", url)
    return channel_client(
        recipient,
        email=None,
        message_context=MessageContext("channel"),
        ca_file=ca_file,
        allow_private=True,
    )


def send(sink: WebhookSink, *answers: Answer) -> SendResult:
    sink.answers = list(answers)
    one = channel(sink.url, sink.ca_file)
    return one.send(one.render(SUTTON_2025, ENVELOPE))


@pytest.fixture(scope="module")
def webhook():
    with WebhookSink() as sink:
        yield sink


@pytest.fixture
def sink(webhook):
    webhook.posts.clear()
    return webhook


def test_the_card_arrives_as_it_was_stored_at_the_whole_address(sink):
    one = channel(sink.url, sink.ca_file)
    content = one.render(SUTTON_2025, ENVELOPE)
    assert one.send(content) == SendResult("sent", "post", 202)
    [posted] = sink.posts
    assert posted.body == content
    assert sink.url.endswith(posted.path)
    assert posted.headers["User-Agent"] == "Ofsted Watch"
    assert one.name == "teams: channel"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, "unknown"),
        (201, "unknown"),
        (202, "unknown"),
        (204, "unknown"),
        (302, "channel_down"),
        (308, "channel_down"),
        (401, "channel_down"),
        (403, "channel_down"),
        (404, "channel_down"),
        (408, "later"),
        (410, "channel_down"),
        (418, "refused"),
        (429, "later"),
        (500, "later"),
        (503, "later"),
    ],
)
def test_an_answer_decides_how_an_attempt_ends(sink, status, outcome):
    headers = {"Location": "https://login.example.org/"} if status in {302, 308} else {}
    attempt = send(sink, Answer(status, "" if status == 204 else "because", headers))
    assert (attempt.result, attempt.code) == (outcome, status)
    assert len(sink.posts) == 1


BLOCK_PAGE = "<!DOCTYPE html><html><head><title>Web filter</title></head><body>No.</body></html>"
OFF = (
    '{"error":{"code":"WorkflowTriggerIsNotEnabled","message":"Could not execute workflow \'a\' '
    "trigger 'manual' with state '{state}': trigger is not enabled.\"}}"
)
CONNECTOR = (
    "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error "
)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param(Answer(202), "sent", id="accepted"),
        pytest.param(Answer(200), "sent", id="200 and empty"),
        pytest.param(Answer(200, "1"), "sent", id="JSON, a number"),
        pytest.param(Answer(200, '{"status": "posted", "errors": []}'), "sent", id="JSON"),
        pytest.param(
            Answer(200, '{"statusCode":200,"reasonPhrase":"OK","isSuccessStatusCode":true}'),
            "sent",
            id="JSON of a response",
        ),
        pytest.param(Answer(200, BLOCK_PAGE), "channel_down", id="a block page"),
        pytest.param(Answer(202, BLOCK_PAGE), "channel_down", id="a block page with 202"),
        pytest.param(Answer(201, BLOCK_PAGE), "channel_down", id="a block page with 201"),
        pytest.param(
            Answer(200, "Blocked", {"Content-Type": "text/html; charset=utf-8"}),
            "channel_down",
            id="HTML by its type alone",
        ),
        pytest.param(
            Answer(200, "<html><body>Please try again later</body></html>"),
            "later",
            id="a page that says later",
        ),
        pytest.param(Answer(200, "Access denied by policy"), "channel_down", id="text, an error"),
        pytest.param(Answer(200, f"{CONNECTOR}429 with ContextId 1"), "later", id="429 in 200"),
        pytest.param(Answer(200, f"{CONNECTOR}503 with ContextId 1"), "later", id="503 in 200"),
        pytest.param(
            Answer(200, f"{CONNECTOR}400 with ContextId 1"), "channel_down", id="400 in 200"
        ),
        pytest.param(Answer(200, '{"error": {"code": "x"}}'), "channel_down", id="JSON, an error"),
        pytest.param(Answer(200, '{"success": false}'), "channel_down", id="JSON, no success"),
        pytest.param(Answer(200, '{"statusCode": 503}'), "later", id="JSON, 503"),
        pytest.param(Answer(200, '{"message": "rate limit hit"}'), "later", id="JSON, a limit"),
        pytest.param(Answer(400, OFF.replace("{state}", "Disabled")), "channel_down", id="off"),
        pytest.param(Answer(400, OFF.replace("{state}", "Deleted")), "channel_down", id="deleted"),
        pytest.param(Answer(400, BLOCK_PAGE), "channel_down", id="a page with 400"),
        pytest.param(
            Answer(400, '{"error":{"code":"OwnerHasNoLicense"}}'), "channel_down", id="no licence"
        ),
        pytest.param(
            Answer(400, '{"error":{"code":"SomethingNew"}}'), "channel_down", id="unknown error"
        ),
        pytest.param(
            Answer(401, '{"error":{"code":"DirectApiAuthorizationRequired"}}'),
            "channel_down",
            id="not open to anyone",
        ),
        pytest.param(Answer(407, "Proxy"), "channel_down", id="a proxy that wants a login"),
        pytest.param(Answer(503, BLOCK_PAGE), "later", id="503 with a page"),
    ],
)
def test_only_what_power_automate_says_is_sent_and_the_flows_faults_are_the_channels(
    sink, answer, outcome
):
    assert send(sink, answer).result == outcome
    assert len(sink.posts) == 1


@pytest.mark.parametrize(
    "said",
    [
        '{"error":{"code":"InvalidRequestContent","message":"The input body for trigger"}}',
        '{"error":{"code":"TriggerInputSchemaMismatch"}}',
        "",
    ],
)
def test_a_400_that_speaks_of_the_card_refuses_the_card(sink, said):
    assert send(sink, Answer(400, said), Answer(400, said)).result == "refused"
    assert len(sink.posts) == 2


def test_a_web_page_is_named_by_its_title(sink):
    assert send(sink, Answer(200, BLOCK_PAGE)).words == (
        '200, a web page titled "Web filter", not Power Automate\'s answer'
    )


@pytest.mark.parametrize(
    ("said", "seconds"), [("7", 7.0), ("x", None), ("-1", None), ("9999999", None), ("", None)]
)
def test_how_long_to_wait_is_kept_where_it_is_said(sink, said, seconds):
    assert send(sink, Answer(429, headers={"Retry-After": said})).retry_after == seconds


def test_how_long_to_wait_may_be_said_as_a_time(sink):
    at = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert 3500 < send(sink, Answer(429, headers={"Retry-After": at})).retry_after <= 3600
    past = format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)
    assert send(sink, Answer(429, headers={"Retry-After": past})).retry_after is None


@pytest.mark.parametrize("status", [400, 413])
def test_a_card_that_is_refused_goes_once_more_as_plain_text(sink, status):
    assert send(sink, Answer(status, "bad card")).result == "sent"
    rich, plain = (post_.json["attachments"][0]["content"] for post_ in sink.posts)
    assert rich["version"] == "1.4"
    [sentence, *links] = plain["body"]
    assert sentence["text"].startswith("Ofsted published a new inspection report")
    assert links[0]["inlines"][0]["text"] == (
        "Report (PDF): https://files.ofsted.gov.uk/v1/file/50283346"
    )


def test_a_card_that_is_refused_twice_is_refused(sink):
    attempt = send(sink, Answer(400, "bad card"), Answer(400, "bad again"))
    assert attempt == SendResult("refused", "post", 400, "Bad Request bad again")
    assert len(sink.posts) == 2


def test_silence_after_the_body_went_out_is_unknown(sink, monkeypatch):
    assert send(sink, Answer(body=DROP)).result == "unknown"
    monkeypatch.setattr(post, "TIMEOUT", (1.0, 0.2))
    assert send(sink, Answer(body=HANG)).result == "unknown"
    assert len(sink.posts) == 2


def test_no_connection_means_later():
    with closed_port() as port:
        attempt = channel(f"https://127.0.0.1:{port}/?sig=S3", None).send(b"{}")
    assert attempt.result == "later"
    assert "S3" not in attempt.words


def test_a_certificate_that_is_not_proved_takes_the_channel_down(sink):
    one = channel(sink.url, None)
    attempt = one.send(one.render(SUTTON_2025, ENVELOPE))
    assert attempt.result == "channel_down"
    assert not sink.posts


def test_a_missing_authority_file_takes_the_channel_down(sink, tmp_path):
    assert channel(sink.url, tmp_path / "none").send(b"{}").result == "channel_down"


def test_what_the_other_side_says_is_kept_short_and_without_secrets(sink):
    said = f"no\x00 flow\r\nat {sink.url} " + "x" * 4000
    attempt = send(sink, Answer(404, said))
    assert "s3cr3t" not in attempt.words
    assert len(attempt.words) <= 300
    assert attempt.words.isprintable()


def test_a_test_is_marked_on_the_card(sink):
    recipient = Recipient("channel", "teams", sink.url)
    message_context = dataclasses.replace(MessageContext("channel"), test=True)
    one = channel_client(
        recipient,
        email=None,
        message_context=message_context,
        ca_file=sink.ca_file,
        allow_private=True,
    )
    card = json.loads(one.render(SUTTON_2025, ENVELOPE))["attachments"][0]["content"]
    assert card["body"][0]["inlines"][0]["text"] == "This is a test. Nothing new has happened."
    assert card["body"][1]["text"].startswith("Test: Sutton")
