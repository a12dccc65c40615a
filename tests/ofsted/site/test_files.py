"""A report's file is accepted only if complete, and nothing is left of any other."""

import gzip
import hashlib
import time
from dataclasses import replace

import pytest

from deployments.demo.fake_ofsted_faults import (
    Reply,
    announced,
    cut,
    dead_file,
    drip,
    instead,
    not_found,
    redirect,
    reset,
    status,
    typed,
)
from ofsted.errors import Refused, SiteError, UnexpectedResponse, Unreachable
from ofsted.site.model import Download

from .conftest import PDF

FILE = "/v1/file/50283346"
LINK = "https://files.ofsted.gov.uk/v1/file/50283346"


@pytest.fixture
def failed(place, to):
    """How a download with a fault fails."""

    def fail(how, **options) -> SiteError:
        place.fake_ofsted.misbehave(FILE, how)
        with place.site(**options) as site, pytest.raises(SiteError) as failure:
            site.download(LINK, to)
        assert not to.exists()
        return failure.value

    return fail


@pytest.mark.parametrize("link", [LINK, "50283346", LINK.replace("https", "http")])
def test_a_file_is_fetched_by_its_id_from_the_configured_host(place, to, link):
    with place.site() as site:
        download = site.download(link, to)
    assert to.read_bytes() == PDF
    assert download == Download(
        link, to, hashlib.sha256(PDF).hexdigest(), len(PDF), "application/pdf"
    )


def test_a_download_takes_the_place_of_an_older_file(place, to):
    to.write_bytes(b"old" * 100_000)
    with place.site() as site:
        site.download(LINK, to)
    assert to.read_bytes() == PDF


@pytest.mark.parametrize("media_type", ["application/octet-stream", "text/html"])
def test_the_named_type_is_not_believed(place, to, media_type):
    place.fake_ofsted.misbehave(FILE, typed(media_type))
    with place.site() as site:
        assert site.download(LINK, to).media_type == media_type


END = b"\nstartxref\n9\n%%EOF\n"
BODY = PDF.removesuffix(END)
LINEARIZED = b"%PDF-1.7\n1 0 obj\n<</Linearized 1>>\nendobj\nstartxref\n0\n%%EOF\n"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(PDF + bytes(2_000), id="zeros"),
        pytest.param(PDF + b"\r\n" * 100_000, id="blanks"),
        pytest.param(PDF + b"<script>/* a proxy's */</script>" * 100, id="script"),
        pytest.param(PDF + b"% signed %%EO" * 500, id="comments"),
        pytest.param(PDF + bytes(range(256)) * 100, id="bytes"),
        pytest.param(PDF + b"x" * 3_000 + b"%%EOF", id="second end"),
        pytest.param(PDF + b"2 0 obj\n1\nendobj" + END, id="update"),
        pytest.param(LINEARIZED + b"2 0 obj\n1\nendobj" + END + bytes(9_999), id="linearized"),
        pytest.param(BODY + b"\rstartxref\r\n123 \r\n%%EOF", id="returns"),
        pytest.param(BODY + b"\nstartxref 123 %%EOF", id="one line"),
    ],
)
def test_a_complete_file_is_accepted_whatever_follows_its_end(place, to, body):
    place.fake_ofsted.misbehave(FILE, instead(body, "application/pdf"))
    with place.site() as site:
        assert site.download(LINK, to).bytes == len(body)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(BODY, id="no end"),
        pytest.param(BODY + b"\nstartxref\n9\n%%EO", id="a byte short"),
        pytest.param(BODY + b"\nstartxref\n" + bytes(2_000), id="zeros for an end"),
        pytest.param(LINEARIZED + b"2 0 obj\n<</Length 99>>\nstream\nabc", id="first end alone"),
        pytest.param(LINEARIZED + b"2 0 obj\n1\nendobj\n", id="objects behind the end"),
        pytest.param(PDF + b"2 0 obj\n1\nendobj\nxref\n0 1", id="half an update"),
        pytest.param(PDF + b"xref\r\n0 0\r\ntrailer", id="half a second end"),
        pytest.param(PDF + b"trailer\r\n<</Size 9", id="half a trailer"),
        pytest.param(PDF + b"\nstartxref\n1234", id="a second end without its sign"),
    ],
)
def test_a_cut_file_is_refused_also_where_an_earlier_end_is_in_it(failed, body):
    assert "an incomplete PDF" in failed(instead(body, "application/pdf")).came


@pytest.mark.parametrize("shape", [b"startxref ", b"1 ", b"1", b" ", b"%%EOF", b"startxref\n1\n"])
def test_a_file_made_to_be_searched_for_ever_is_refused_soon(failed, shape):
    body = b"%PDF-1.7\n" + shape * (8_000_000 // len(shape))
    began = time.process_time()
    assert "incomplete" in failed(instead(body)).came
    assert time.process_time() - began < 5


def test_a_file_is_asked_for_with_what_was_said_of_it(place, to):
    with place.site() as site:
        first = site.download(LINK, to)
        assert site.download_if_changed(LINK, to, first.validators) is None
        assert to.read_bytes() == PDF
        place.fake_ofsted.change("80515", "50283346", data=PDF + b"%")
        again = site.download_if_changed(LINK, to, first.validators)
    assert (again.bytes, to.read_bytes()) == (len(PDF) + 1, PDF + b"%")
    assert [seen.get("If-None-Match") for seen in place.asked(FILE)] == [
        None,
        first.validators.etag,
        first.validators.etag,
    ]


@pytest.mark.parametrize(
    ("headers", "sent"),
    [
        ({"ETag": 'W/"a"'}, {"If-None-Match": 'W/"a"'}),
        ({"Last-Modified": "Tue, 29 Jul 2025 08:00:00 GMT"}, {"If-Modified-Since"}),
        ({"ETag": '"a"', "Last-Modified": "x"}, {"If-None-Match", "If-Modified-Since"}),
        ({"ETag": '"' + "a" * 5_000 + '"'}, set()),
        ({"ETag": '"caf\u00e9"', "Last-Modified": "a\x0bb"}, set()),
        ({}, set()),
    ],
)
def test_what_was_said_is_sent_back_as_it_is_or_not_at_all(place, to, headers, sent):
    def named(reply: Reply) -> Reply:
        return replace(reply, headers={**reply.headers, **headers})

    place.fake_ofsted.misbehave(FILE, named)
    with place.site() as site:
        first = site.download(LINK, to)
        assert site.download_if_changed(LINK, to, first.validators) is not None
    asked = place.asked(FILE)[-1]
    assert {name for name in asked if name.startswith("If-")} == set(sent)
    assert asked["Accept-Encoding"] == "identity"


def test_not_modified_is_no_answer_to_whoever_has_nothing(failed):
    assert "304" in failed(status(304)).came


def test_blanks_before_the_beginning_and_behind_the_end_are_borne(place, to):
    body = b"\xef\xbb\xbf\r\n" + PDF + b"\r\n" * 100
    place.fake_ofsted.misbehave(FILE, instead(body))
    with place.site() as site:
        assert site.download(LINK, to).bytes == len(body)


@pytest.mark.parametrize("length", [-1, 0])
def test_a_packed_body_is_unpacked_and_its_length_is_that_of_the_packed_one(place, to, length):
    packed = gzip.compress(PDF)

    def pack(_: Reply) -> Reply:
        reply = Reply(packed, headers={"Content-Encoding": "gzip"})
        return replace(reply, announced=length) if length < 0 else reply

    place.fake_ofsted.misbehave(FILE, pack)
    with place.site() as site:
        assert site.download(LINK, to).sha256 == hashlib.sha256(PDF).hexdigest()


@pytest.mark.parametrize(
    ("how", "kind", "came"),
    [
        (dead_file(404), Refused, '404, 1,489 bytes, "Report not found"'),
        (
            dead_file(200),
            UnexpectedResponse,
            '"Report not found", not a PDF (text/html; charset=UTF-8)',
        ),
        (not_found, Refused, '"Page not found"'),
        (status(403), Refused, "403"),
        (status(503, "Service Unavailable"), Unreachable, "503, 19 bytes"),
        (instead(b"", "application/pdf"), UnexpectedResponse, "an empty file"),
        (instead(b"x" * 2000 + PDF), UnexpectedResponse, "not a PDF"),
        (cut(0.99), UnexpectedResponse, "an incomplete PDF"),
        (announced(-10), UnexpectedResponse, "an incomplete PDF"),
        (announced(10), UnexpectedResponse, "10 bytes short of the announced length"),
        (reset(0.5), Unreachable, "Connection reset by peer"),
        (
            redirect("https://example.org/report.pdf"),
            Refused,
            "redirect to another site, https://example.org",
        ),
        (redirect("https://files.ofsted.gov.uk/v1/file/1"), Refused, "redirect to another site"),
        (redirect(LINK), Refused, "redirect to another site"),
        (redirect("file:///etc/passwd"), Refused, "redirect to another site"),
        (status(204), UnexpectedResponse, "204"),
        (status(304), UnexpectedResponse, "304"),
        (status(302), UnexpectedResponse, "302"),
    ],
)
def test_anything_but_a_complete_pdf_is_refused_and_nothing_stays(failed, how, kind, came):
    failure = failed(how)
    assert type(failure) is kind
    assert came in failure.came


def test_a_broken_download_is_begun_anew(place, to):
    place.fake_ofsted.misbehave(FILE, reset(0.5), times=2)
    with place.site() as site:
        assert site.download(LINK, to).bytes == len(PDF)
    assert to.read_bytes() == PDF


def test_a_redirect_on_the_same_host_is_followed(place, to):
    place.fake_ofsted.misbehave("/v1/file/7", redirect(FILE))
    with place.site() as site:
        assert site.download("7", to).link == "7"


def test_a_file_that_is_too_large_is_given_up_while_it_comes(failed):
    assert "more than 50,000 bytes" in failed(lambda reply: reply, file_limit=50_000).came


def test_a_packed_file_is_measured_unpacked(failed):
    packed = gzip.compress(b"%PDF-1.7" + bytes(5_000_000))
    how = instead(packed)
    failure = failed(
        lambda reply: how(reply).named("Content-Encoding", "gzip"), file_limit=1_000_000
    )
    assert "more than 1,000,000 bytes" in failure.came


def test_a_body_that_cannot_be_unpacked_is_refused(failed):
    failure = failed(lambda reply: reply.named("Content-Encoding", "gzip"))
    assert "cannot be decompressed" in failure.came


def test_a_slow_drip_ends_in_time_and_is_not_tried_again(place, failed):
    failure = failed(drip(piece=16, pause=0.02), timeout=0.3)
    assert type(failure) is Unreachable
    assert "took too long" in failure.came
    assert len(place.asked(FILE)) == 1


def test_a_link_that_is_not_on_the_files_host_is_not_fetched(place, to):
    with place.site() as site, pytest.raises(Refused, match="not a link to Ofsted's files host"):
        site.download("https://www.gov.uk/report.pdf", to)
    assert place.fake_ofsted.requests == []


def test_a_place_that_cannot_be_written_is_the_callers_trouble_not_the_sites(place, tmp_path):
    with place.site() as site, pytest.raises(FileNotFoundError):
        site.download(LINK, tmp_path / "none" / "report.pdf")
