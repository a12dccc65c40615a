"""A certificate or password that has run out: said plainly, and made good by a new one."""

import ssl
from datetime import UTC, datetime

import pytest
import trustme

from tests.installation import REPORT_2025, SCRUTINY
from tests.sinks import EmailSink, ca_file

PAST = datetime(2020, 1, 1, tzinfo=UTC)
HOST = "127.0.0.1"


class Site:
    """Ofsted's site by HTTPS, with one certificate after the other."""

    def __init__(self, installation):
        self.installation = installation
        self.file = installation.folder / "ca.pem"
        self.authority = trustme.CA()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

    def present(self, authority, **limits):
        """Its certificate from now on."""
        authority.issue_cert(HOST, **limits).configure_cert(self.context)

    def trust(self, authority):
        """What `ca_file` in the settings has from now on."""
        known = ca_file().read_bytes()  # of the webhook
        self.file.write_bytes(known + authority.cert_pem.bytes())


@pytest.fixture
def site(installation):
    found = Site(installation)
    found.present(found.authority)
    found.trust(found.authority)
    with installation.fake_ofsted.running(tls=found.context) as base:
        installation.settings["ofsted"] |= {"reports": base, "files": base}
        installation.settings["ca_file"] = str(found.file)
        assert installation.check().result == "unchanged"
        yield found


def expire(site):
    site.present(site.authority, not_before=PAST, not_after=PAST.replace(month=2))
    return lambda: site.present(site.authority)


def change_authority(site):
    other = trustme.CA()
    site.present(other)
    return lambda: site.trust(other)


@pytest.mark.parametrize(
    ("run_out", "said"), [(expire, "certificate has expired"), (change_authority, "certificate")]
)
def test_a_site_whose_certificate_is_not_proved_is_unreachable_until_it_is(
    installation, site, run_out, said
):
    put_right = run_out(site)
    installation.publish(REPORT_2025)
    installation.at("2025-07-29 09:30")
    checked = installation.check()
    assert (checked.result, checked.listed) == ("unreachable", None)
    assert said in checked.message
    installation.checks(2, hours=1)
    assert installation.event_types == ["page_check_failed"]
    put_right()
    assert installation.checks(1, minutes=15).result == "changed"
    assert sorted(installation.event_types[1:]) == ["page_check_recovered", "report_published"]
    assert len(installation.emails_to("scrutiny")) == len(installation.cards) == 1


def test_a_password_that_has_expired_holds_everything_back_until_the_settings_have_the_new_one(
    installation,
):
    with EmailSink(security="tls", users={"watch": "of spring"}) as server:
        installation.settings["email"] |= {
            "port": server.port,
            "security": "tls",
            "username": "watch",
            "password": "of spring",
        }
        operators = {"name": "it", "teams": installation.teams.url, "audience": "operators"}
        installation.settings["recipients"] = [SCRUTINY, operators]
        server.users = {"watch": "of summer"}
        installation.at("2025-07-29 09:30")
        installation.publish(REPORT_2025)
        installation.check()
        installation.checks(5, hours=4)
        assert installation.event_types == ["report_published", "channel_down"]
        [channel] = [each for each in installation.ask("status")["channels"] if each["why"]]
        assert (channel["name"], channel["state"]) == ("email", "down")
        assert channel["why"] == "5.7.8 Authentication credentials invalid"
        assert "email delivery is failing" in str(installation.cards[-1])
        assert server.messages == []
        installation.settings["email"]["password"] = "of summer"
        installation.checks(1, minutes=61)
        [sent] = server.messages
        assert sent.login == "watch"
        assert installation.event_types[2:] == ["channel_up"]
        assert installation.cli("status").exit_code == 0
