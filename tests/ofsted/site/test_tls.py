"""Certificates are checked; one more authority can be trusted beside the usual ones."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from ofsted.errors import Unreachable

from .conftest import Place


@dataclass
class Secure:
    """The fake Ofsted behind TLS, and the file of the authority that signed it."""

    base: str
    ca_file: Path


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(place: Place, authority: trustme.CA, tmp_path: Path) -> Iterator[Secure]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with place.fake_ofsted.running(tls=context) as base:
        yield Secure(base, tmp_path / "ca.pem")


def test_a_site_signed_by_the_authority_of_ca_file_is_trusted(place, secure, to):
    with place.site(reports=secure.base, files=secure.base, ca_file=secure.ca_file) as site:
        entry = site.listing(80515).entries[0]
        assert site.download(entry.link, to).bytes == to.stat().st_size


def test_a_site_signed_by_nobody_we_trust_is_not_asked_twice(place, secure):
    with (
        place.site(reports=secure.base) as site,
        pytest.raises(Unreachable, match="no trusted connection") as failure,
    ):
        site.listing(80515)
    assert "`ca_file`" in failure.value.advice
    assert place.fake_ofsted.requests == []


def test_ca_file_comes_beside_the_authorities_of_the_environment(
    place, secure, monkeypatch, tmp_path
):
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(secure.ca_file))
    with place.site(reports=secure.base, ca_file=other) as site:
        assert len(site.listing(80515).entries) == 4
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other))
    with place.site(reports=secure.base, ca_file=secure.ca_file) as site:
        assert len(site.listing(80515).entries) == 4
