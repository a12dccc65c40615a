import random
import zlib

import pytest

import ofsted
from ofsted.reports.limits import Limits
from ofsted.reports.read import read

CATALOGUE = b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
PAGES = b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
PAGE = (
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
    b"/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
    b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
)


def pdf(stream, *, trailer=b"", pages=PAGES):
    """A PDF of one page, as small as PDFium takes it."""
    packed = zlib.compress(stream, 9)
    body = b"4 0 obj<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\n"
    objects = CATALOGUE + pages + PAGE + body % (len(packed), packed)
    return b"%PDF-1.5\n" + objects + b"trailer<</Root 1 0 R" + trailer + b">>\n%%EOF\n"


TEXT = b"BT /F 12 Tf 50 700 Td (Overall effectiveness Good) Tj ET\n"
LOCKED = b"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O(%s)/U(%s)>>" % (
    b"o" * 32,
    b"u" * 32,
)


def pages_of(count):
    return b"2 0 obj<</Type/Pages/Kids[%s]/Count %d>>endobj\n" % (b"3 0 R " * count, count)


def noise(size):
    return random.Random(20250729).randbytes(size)  # noqa: S311 -- the same noise each time


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is empty"),
        (noise(5000), "neither a PDF nor a text"),
        (b"%PDF-1.7\n" + noise(5000), "it cannot be opened"),
        (b"<!DOCTYPE html>\n<html><title>Error</title></html>", "an HTML page"),
        (pdf(TEXT)[:60], "it cannot be opened"),
        (pdf(TEXT, trailer=LOCKED), "password"),
        (pdf(b"0 0 m 10 10 l S\n"), "no text"),
        (pdf(TEXT, pages=pages_of(2000)), "2000 pages"),
        (pdf(TEXT, pages=pages_of(150)), "characters"),
    ],
)
def test_a_file_that_is_no_report_is_unread_with_words_and_never_a_grade(content, why):
    reading = read(content, limits=Limits(characters=2000))
    assert (reading.status, reading.kind, reading.judgements) == ("unread", "unknown", ())
    assert why in reading.doubts[0].what
    assert not reading.unread_by_kind


def test_a_pdf_that_is_no_report_is_unread_by_kind():
    reading = read(pdf(TEXT))
    assert (reading.status, reading.kind, reading.doubts) == ("unread", "unknown", ())
    assert (reading.pages, reading.text) == (1, "overall effectiveness good")


def test_a_file_that_is_too_large_is_not_opened():
    reading = read(b"x" * 101, limits=Limits(size=100))
    assert reading.doubts[0].what == "the file cannot be read: it has 101 bytes; 100 are read"


def test_the_doubt_names_the_file(tmp_path):
    path = tmp_path / "50004190.pdf"
    path.write_bytes(b"<html>")
    assert read(path).doubts[0].what.startswith("50004190.pdf cannot be read: it is an HTML page")


def test_a_missing_file_is_an_error_of_the_caller(tmp_path):
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "absent.pdf")
    with pytest.raises(FileNotFoundError):
        ofsted.read_apart(tmp_path / "absent.pdf")


def test_a_bomb_ends_within_its_limits(tmp_path):
    bomb = tmp_path / "bomb.pdf"
    bomb.write_bytes(pdf(b"BT /F 1 Tf " + b"(Good) Tj " * 300_000 + b"ET"))
    assert bomb.stat().st_size < 20_000
    reading = ofsted.read_apart(bomb, Limits(seconds=2))
    assert (reading.status, reading.judgements) == ("unread", ())
    assert "within 2 seconds" in reading.doubts[0].what or "died" in reading.doubts[0].what
