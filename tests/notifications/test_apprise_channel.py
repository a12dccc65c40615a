from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

import pytest
from apprise.plugins.base import NotifyBase

from notifications import redaction
from notifications.email import EmailServer
from notifications.email.plugin import Email
from notifications.message import MessageContext
from notifications.recipients import Recipient
from notifications.send_results import SendResult
from notifications.senders import ChannelClient, Envelope, channel_client
from notifications.teams.plugin import Teams
from tests.notifications.hostile import hostile
from tests.notifications.samples import SUTTON_2025
from tests.sinks import Answer, WebhookSink, closed_port

ENVELOPE = Envelope("e1", "<e1.abc@example.gov.uk>", datetime(2025, 7, 29, 8, 30, tzinfo=UTC))


def service(address: str) -> ChannelClient:
    recipient = Recipient("phone", "apprise", address)
    return channel_client(
        recipient, email=None, message_context=MessageContext("phone"), ca_file=None
    )


@pytest.fixture
def sink():
    with WebhookSink(Answer(200)) as one:
        yield one


def jsons(sink: WebhookSink) -> str:
    return f"jsons://127.0.0.1:{sink.port}/hook?verify=no"


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_any_other_service_gets_the_subject_and_the_text(sink):
    one = service(jsons(sink))
    assert one.send(one.render(SUTTON_2025, ENVELOPE)) == SendResult("sent", "notify")
    [posted] = sink.posts
    assert posted.json["title"].startswith("Sutton: leaders' impact lowered")
    assert "Outstanding -> Good (lowered)" in posted.json["message"]
    assert one.name == "apprise: phone"


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_a_service_that_says_no_is_tried_later(sink):
    sink.default = Answer(500)
    one = service(jsons(sink))
    assert one.send(one.render(SUTTON_2025, ENVELOPE)).result == "later"
    with closed_port() as port:
        other = service(f"jsons://127.0.0.1:{port}/S3")
        assert other.send(other.render(SUTTON_2025, ENVELOPE)).result == "later"


def test_an_address_that_does_not_load_takes_the_channel_down():
    one = service("S3")
    assert one.send(one.render(SUTTON_2025, ENVELOPE)).result == "channel_down"


def test_a_text_is_cut_to_what_the_service_takes_with_the_link_kept():
    whole = json.loads(service("jsons://localhost").render(SUTTON_2025, ENVELOPE))
    assert "Licence v3.0" in whole["body"]
    short = json.loads(
        service("pover://" + "u" * 30 + "@" + "t" * 30).render(SUTTON_2025, ENVELOPE)
    )
    assert len(short["body"]) <= 1024
    assert short["body"].endswith("...\nhttps://files.ofsted.gov.uk/v1/file/50283346")


def test_nobody_is_mentioned_by_what_a_title_holds():
    content = json.loads(service("jsons://localhost").render(hostile(SUTTON_2025), ENVELOPE))
    assert "<" not in content["body"] + content["title"]
    assert "@everyone" not in content["body"] + content["title"]


OUR_PLUGINS = {
    "email": lambda port: Email(
        b"S3",
        "s3@example.org",
        EmailServer("127.0.0.1", port, "none", "s3", "S3", "s3@h.org"),
        None,
    ),
    "teams": lambda port: Teams(
        b"{}", f"https://127.0.0.1:{port}/?sig=S3", None, allow_private=True
    ),
}


@pytest.mark.parametrize("name", OUR_PLUGINS)
def test_our_own_plugins_are_sent_by_apprise_and_show_no_address(name, caplog):
    with closed_port() as port, caplog.at_level(logging.DEBUG):
        plugin = OUR_PLUGINS[name](port)
        assert isinstance(plugin, NotifyBase)
        assert (plugin.result.result, plugin.result.stage) == ("later", "not tried")
        assert plugin.notify(body="x") is False
    assert (plugin.result.result, plugin.result.stage != "not tried") == ("later", True)
    assert len(plugin) == 1
    assert "s3" not in f"{plugin} {plugin!r} {plugin.url()} {caplog.text}".casefold()


def test_the_outbox_holds_an_email_and_a_card_and_nothing_else(tmp_path):
    folder = tmp_path / "out"
    recipient = Recipient("outbox", "outbox", str(folder))
    one = channel_client(
        recipient, email=None, message_context=MessageContext("outbox"), ca_file=None
    )
    content = one.render(SUTTON_2025, ENVELOPE)
    assert one.send(content) == SendResult("sent", "write")
    assert one.send(content) == SendResult("sent", "write")
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["20250729T083000Z-e1.eml", "20250729T083000Z-e1.json"]
    assert b"Subject: Sutton: leaders' impact" in (folder / names[0]).read_bytes()
    assert json.loads((folder / names[1]).read_text())["type"] == "message"
    assert one.name == "outbox"


def test_an_outbox_that_cannot_be_written_is_tried_later(tmp_path):
    (tmp_path / "file").touch()
    recipient = Recipient("outbox", "outbox", str(tmp_path / "file"))
    one = channel_client(
        recipient, email=None, message_context=MessageContext("outbox"), ca_file=None
    )
    assert one.send(one.render(SUTTON_2025, ENVELOPE)).result == "later"


def test_an_events_name_cannot_leave_the_outbox(tmp_path):
    recipient = Recipient("outbox", "outbox", str(tmp_path / "out"))
    one = channel_client(
        recipient, email=None, message_context=MessageContext("outbox"), ca_file=None
    )
    one.send(one.render(SUTTON_2025, Envelope("../../x/\r\ny", "<a@b>", ENVELOPE.at)))
    assert {path.parent for path in tmp_path.rglob("*.eml")} == {tmp_path / "out"}


@pytest.mark.parametrize(
    ("said", "masked"),
    [
        ("https://h/w?sp=a&sig=S3cret&x=1", "https://h/w?sp=***&sig=***&x=1"),
        ("smtp://bot:p@ss@mail.example.org", "smtp://***"),
        ("https://u:S3@h.org/x", "https://***@h.org/x"),
        ("ntfys://token@h/topic is down", "ntfys://*** is down"),
        ("550 5.1.1 no such user", "550 5.1.1 no such user"),
    ],
)
def test_secrets_are_masked(said, masked):
    assert redaction.mask(said) == masked


def test_the_loggers_of_our_carriers_print_no_secret(caplog):
    redaction.quieten()
    redaction.quieten()
    address = "https://prod.logic.azure.com/workflows/id?sig=S3cret"
    for name in redaction.LOGGERS:
        logger = logging.getLogger(name)
        logger.debug("asked %s", address)
        logger.warning("asked %s", address)
        logger.error("failed", exc_info=ValueError(address))
    assert "S3cret" not in caplog.text
    assert "workflows/id" not in caplog.text
    assert caplog.text.count("asked") == len(redaction.LOGGERS)
