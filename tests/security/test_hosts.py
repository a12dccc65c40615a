"""We go nowhere but to the hosts we know, on public addresses, whoever leads us astray."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from basics.safe_http import PrivateAddressError, is_public, session
from deployments.demo.fake_ofsted import FakeOfsted
from deployments.demo.fake_ofsted_faults import redirect
from flows.pipeline import call_heartbeat
from notifications.message import MessageContext
from notifications.recipients import Recipient
from notifications.senders import channel_client
from ofsted.errors import Refused
from ofsted.site import Site
from ofsted.site.addresses import Addresses, host_of
from tests.sinks import ca_file, tls_context

OURS = "reports.ofsted.gov.uk"
PUBLIC = "93.184.215.14"
PRIVATE = [
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.5.5", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1", "::127.0.0.1"),
]
ASTRAY = [
    "https://evil.example/provider/44/80515",
    f"https://evil.example\\@{OURS}/provider/44/80515",
    f"https://{OURS}@evil.example/provider/44/80515",
    f"https://{OURS}:443@evil.example/",
    f"https://someone@{OURS}/provider/44/80515",
    f"https://{OURS}.evil.example/provider/44/80515",
    f"https://{OURS}%2eevil.example/",
    f"https://{OURS}\t.evil.example/",
    f"https://{OURS}:8443/provider/44/80515",
    f"http://{OURS}:8080/provider/44/80515",
    f"https://evil.example#@{OURS}/",
    "//evil.example/provider/44/80515",
    "http://169.254.169.254/latest/meta-data/",
    "http://127.0.0.1:4200/api/deployments/",
    "http://[::ffff:127.0.0.1]/",
    "file:///etc/passwd",
    "ftp://files.ofsted.gov.uk/v1/file/1",
    "javascript:alert(1)",
    "https://[",
]


@contextmanager
def resolving(monkeypatch, *answers: str) -> Iterator[list[str]]:
    """A name server that gives these addresses in turn, the last for ever; what was asked."""
    plain, left, asked = socket.getaddrinfo, [*answers], []

    def resolve(host, port, *args, **kwargs):
        if host is None or str(host)[:1].isdigit() or ":" in str(host):
            return plain(host, port, *args, **kwargs)
        asked.append(host)
        found = left.pop(0) if len(left) > 1 else left[0]
        return plain(found, port, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", resolve)
        yield asked


@pytest.fixture(scope="module")
def fake_ofsted() -> Iterator[FakeOfsted]:
    """Sutton's page behind TLS as a private machine would serve it; `base` is set on it."""
    fake_ofsted = FakeOfsted()
    fake_ofsted.provider("80515", "London Borough of Sutton")
    with fake_ofsted.running(tls=tls_context()) as base:
        fake_ofsted.base = base
        yield fake_ofsted


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_of_the_whole_internet_is_private(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:21f::1", "::ffff:93.184.215.14"])
def test_an_address_of_the_whole_internet_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_to_a_private_address_is_not_asked(monkeypatch, address):
    with (
        resolving(monkeypatch, address),
        Site(gap=0) as site,
        pytest.raises(Refused, match="private network address"),
    ):
        site.listing(80515)


def test_a_file_is_not_fetched_from_a_private_address(monkeypatch, tmp_path):
    with (
        resolving(monkeypatch, "10.1.2.3"),
        Site(gap=0) as site,
        pytest.raises(Refused, match=r"private network address 10\.1\.2\.3"),
    ):
        site.download("50283346", tmp_path / "report.pdf")
    assert not (tmp_path / "report.pdf").exists()


def test_a_name_that_turns_private_between_two_questions_is_not_asked(monkeypatch, fake_ofsted):
    """DNS rebinding: public when it is looked up, this machine when it is called."""
    port = urlsplit(fake_ofsted.base).port
    fake_ofsted.requests.clear()
    with resolving(monkeypatch, PUBLIC, "127.0.0.1") as asked, session(ca_file()) as ours:
        with pytest.raises(PrivateAddressError, match=r"127\.0\.0\.1"):
            ours.get(f"https://localhost.example:{port}/provider/44/80515", timeout=5)
        assert len(asked) == 2
    assert fake_ofsted.requests == []


@pytest.mark.parametrize("where", ASTRAY)
def test_a_redirect_to_elsewhere_is_not_followed(fake_ofsted, where):
    """The fake site is the only known host here; what leads to the real one leads away too."""
    fake_ofsted.misbehave("/provider/44/80515", redirect(where))
    ours = Site(
        reports=fake_ofsted.base,
        files=fake_ofsted.base,
        gap=0,
        allow_private=True,
        ca_file=ca_file(),
    )
    with ours as site, pytest.raises(Refused, match="not followed"):
        site.listing(80515)


@pytest.mark.parametrize("where", ASTRAY)
def test_an_address_that_leads_astray_is_on_none_of_our_hosts(where):
    addresses = Addresses()
    absolute = addresses.absolute(where, f"https://{OURS}/provider/44/80515")
    assert absolute is None or host_of(absolute) not in addresses.hosts


def test_a_redirect_to_plain_http_of_ours_is_followed_by_https_alone():
    page = f"https://{OURS}/provider/44/80515"
    assert Addresses().absolute(f"http://{OURS}/x", page) == f"https://{OURS}/x"


@given(
    st.lists(
        st.sampled_from([OURS, "evil.example", "https:", "//", "/", "\\", "@", ":443", "?", "#"]),
        max_size=8,
    ).map("".join)
)
def test_whoever_sends_the_request_sees_the_host_that_we_checked(location):
    addresses = Addresses()
    absolute = addresses.absolute(location, f"https://{OURS}/provider/44/80515")
    if absolute is None or host_of(absolute) not in addresses.hosts:
        return
    sent = requests.Request("GET", absolute).prepare().url
    assert urlsplit(str(sent)).hostname == OURS


def test_a_webhook_on_a_private_address_is_not_posted_to(monkeypatch):
    address = "https://prod-1.uksouth.logic.azure.com/workflows/a?sig=S3CRET"
    ours = channel_client(
        Recipient("channel", "teams", address),
        email=None,
        message_context=MessageContext("channel"),
        ca_file=None,
    )
    with resolving(monkeypatch, "10.0.0.9"):
        attempt = ours.send(b"{}")
    assert (attempt.result, attempt.stage) == ("channel_down", "post")
    assert "private network" in attempt.words
    assert "S3CRET" not in attempt.words


def test_a_heartbeat_on_a_private_address_is_not_called(installation, caplog):
    with FakeOfsted().running(tls=tls_context()) as base:
        checked = installation.check()
        heartbeat = f"{base}/ping?key=S3CRET"
        installation.settings |= {"recipients": [], "heartbeat": heartbeat, "allow_private": False}
        call_heartbeat(installation.context(), [checked])
    assert "its address is private" in caplog.text
    assert "S3CRET" not in caplog.text


def test_a_heartbeat_is_not_led_elsewhere(installation, caplog):
    elsewhere = FakeOfsted()
    elsewhere.misbehave("/ping", redirect("/other"))
    with elsewhere.running() as base:
        installation.settings["heartbeat"] = f"{base}/ping?key=S3CRET"
        installation.check()
    assert [seen.path for seen in elsewhere.requests] == ["/ping"]
    assert "the heartbeat call failed" in caplog.text
    assert "S3CRET" not in caplog.text


def test_ca_file_comes_beside_the_usual_authorities_for_heartbeats_too(
    installation, monkeypatch, tmp_path
):
    alerted = FakeOfsted()
    alerted.misbehave("/ping", lambda reply: reply.named("X", "y"))
    usual = tmp_path / "usual.pem"
    usual.write_bytes(ca_file().read_bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(usual))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(usual))
    with alerted.running(tls=tls_context()) as base:
        installation.settings["heartbeat"] = f"{base}/ping"
        installation.settings["ca_file"] = str(ssl.get_default_verify_paths().cafile or usual)
        installation.check()
    assert [seen.path for seen in alerted.requests] == ["/ping"]
