"""Addresses of the two hosts, and what a link on a page means."""

import pytest

from ofsted.site.addresses import Addresses, ProviderKey, host_of

REAL = Addresses()
FAKE_OFSTED = Addresses("http://127.0.0.1:80", "http://127.0.0.1", allow_private=True)
BEHIND = Addresses("https://proxy.example/reports", "https://proxy.example:8443/files/")
PAGE = "https://reports.ofsted.gov.uk/provider/44/80515"


def test_addresses_are_those_of_the_real_site():
    assert REAL.provider("80515", 44) == PAGE
    assert REAL.file("50283346") == "https://files.ofsted.gov.uk/v1/file/50283346"
    query = {"q": "", "level_1_types": 3, "level_2_types": [12], "start": 0, "rows": 100}
    assert REAL.search(query) == (
        "https://reports.ofsted.gov.uk/search"
        "?q=&level_1_types=3&level_2_types%5B%5D=12&start=0&rows=100"
    )


def test_a_base_may_have_a_port_and_a_path():
    assert BEHIND.provider("SC023666", 2) == "https://proxy.example/reports/provider/2/SC023666"
    assert BEHIND.file("1") == "https://proxy.example:8443/files/v1/file/1"
    assert BEHIND.file_id("https://proxy.example:8443/files/v1/file/1") == "1"
    assert BEHIND.provider_key("https://proxy.example/reports/provider/2/SC023666") == ProviderKey(
        "2", "SC023666"
    )


@pytest.mark.parametrize("addresses", [REAL, FAKE_OFSTED, BEHIND])
@pytest.mark.parametrize("host", ["files.ofsted.gov.uk", "files.api.ofsted.gov.uk"])
def test_the_real_names_of_the_files_host_are_always_known(addresses, host):
    assert addresses.file_id(f"https://{host}/v1/file/50283346") == "50283346"


@pytest.mark.parametrize(
    "link",
    [
        "https://www.gov.uk/v1/file/50283346",
        "https://reports.ofsted.gov.uk/v1/file/50283346",
        "https://files.ofsted.gov.uk/v1/file/50283346.pdf",
        "https://files.ofsted.gov.uk/v1/file/five",
        "https://files.ofsted.gov.uk.example/v1/file/50283346",
        "https://user@www.gov.uk/files.ofsted.gov.uk/v1/file/1",
        "",
    ],
)
def test_other_links_have_no_file_id(link):
    assert REAL.file_id(link) is None


def test_where_both_hosts_are_one_only_the_path_announces_a_file():
    assert FAKE_OFSTED.file_id("http://127.0.0.1/v1/file/7") == "7"
    assert not FAKE_OFSTED.on_files_host("http://127.0.0.1/provider/44/80515")


@pytest.mark.parametrize(
    ("href", "absolute"),
    [
        ("/provider/44/1", "https://reports.ofsted.gov.uk/provider/44/1"),
        ("http://files.ofsted.gov.uk/v1/file/1", "https://files.ofsted.gov.uk/v1/file/1"),
        ("//files.ofsted.gov.uk/v1/file/1", "https://files.ofsted.gov.uk/v1/file/1"),
        (" https://www.gov.uk/a ", "https://www.gov.uk/a"),
        ("http://www.gov.uk/a", "http://www.gov.uk/a"),
        ("mailto:a@b.c", None),
        ("javascript:alert(1)", None),
        ("http://[", None),
        ("https://www.gov.uk:port/", None),
    ],
)
def test_links_become_absolute_and_ofsteds_own_become_https(href, absolute):
    assert REAL.absolute(href, PAGE) == absolute


def test_a_stand_ins_http_stays():
    assert FAKE_OFSTED.absolute("http://127.0.0.1/v1/file/1", PAGE) == "http://127.0.0.1/v1/file/1"


def test_default_ports_are_the_same_host():
    assert host_of("https://Files.Ofsted.Gov.UK/x") == host_of("https://files.ofsted.gov.uk:443/")


def test_only_the_configured_hosts_may_be_asked_and_the_files_hosts_old_name():
    assert REAL.hosts == {
        "reports.ofsted.gov.uk:443",
        "files.ofsted.gov.uk:443",
        "files.api.ofsted.gov.uk:443",
    }
    assert FAKE_OFSTED.hosts == {"127.0.0.1:80"}


@pytest.mark.parametrize(
    "address",
    [
        "https://www.gov.uk/provider/44/80515",
        "https://reports.ofsted.gov.uk/provider/44/80515/more",
        "https://reports.ofsted.gov.uk/search",
        "https://reports.ofsted.gov.uk/provider/ELS/80515",
    ],
)
def test_other_addresses_are_no_providers(address):
    assert REAL.provider_key(address) is None
