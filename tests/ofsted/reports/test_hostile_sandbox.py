"""Hostile files, all through `read_apart`: each costs itself alone, and none becomes a grade."""

import re
import zlib

import pytest

import ofsted
from ofsted.reports.limits import Limits

from .test_hostile import CATALOGUE, LOCKED, PAGE, PAGES, TEXT, noise, pages_of, pdf

REPORT = """Inspection of Exampleshire local authority children’s services
Inspection dates: 16 to 20 June 2025
Judgement Grade
Overall effectiveness Good"""

# A font whose letters stand for other letters: it shows `Good` and says `Poor`.
MAPPED = (
    b"begincmap 1 begincodespacerange <00> <FF> endcodespacerange "
    b"4 beginbfchar <47> <0050> <6F> <006F> <64> <0072> <2E> <002E> endbfchar endcmap"
)


def pdf_with_a_lying_font():
    stream = b"BT /F 12 Tf 50 700 Td (Good) Tj ET"
    font = b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>endobj\n"
    lie = b"6 0 obj<</Length %d>>stream\n%s\nendstream endobj\n" % (len(MAPPED), MAPPED)
    content = b"4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n" % (len(stream), stream)
    page = PAGE[: PAGE.index(b"5 0 obj")]
    objects = CATALOGUE + PAGES + page + font + lie + content
    return b"%PDF-1.5\n" + objects + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def nested_forms(depth):
    """A page that draws a form that draws a form ..."""
    page = (
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</XObject<</X 10 0 R>>>>>>endobj\n"
        b"4 0 obj<</Length 5>>stream\n/X Do\nendstream endobj\n"
    )
    forms = b"".join(
        b"%d 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>"
        b"/Length 5>>stream\n/X Do\nendstream endobj\n" % (number, number + 1)
        for number in range(10, 10 + depth)
    )
    return b"%PDF-1.5\n" + CATALOGUE + PAGES + page + forms + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def packed_often(before, part, times, after):
    """What zlib makes of a part that repeats itself, packed once: a flush makes it stand alone."""
    check = zlib.adler32(before)
    for _ in range(times):
        check = zlib.adler32(part, check)
    check = zlib.adler32(after, check).to_bytes(4, "big")

    def raw(data, end):
        packer = zlib.compressobj(9, wbits=-15)
        return packer.compress(data) + packer.flush(end)

    whole = raw(before, zlib.Z_FULL_FLUSH) + raw(part, zlib.Z_FULL_FLUSH) * times
    return b"\x78\xda" + whole + raw(after, zlib.Z_FINISH) + check


def bomb(unit, times, before=b"", after=b""):
    """A PDF whose one page is a stream that repeats itself."""
    packed = packed_often(before, unit * 1000, times // 1000, after)
    content = b"4 0 obj<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\n"
    objects = CATALOGUE + PAGES + PAGE + content % (len(packed), packed)
    return b"%PDF-1.5\n" + objects + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def deep_brackets(depth):
    objects = CATALOGUE + PAGES + PAGE + b"4 0 obj" + b"[" * depth + b"]" * depth + b"endobj\n"
    return b"%PDF-1.5\n" + objects + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def deep_tree(depth):
    """A structure tree of one element inside the other."""
    catalogue = (
        b"1 0 obj<</Type/Catalog/Pages 2 0 R/StructTreeRoot 9 0 R"
        b"/MarkInfo<</Marked true>>>>endobj\n"
        b"9 0 obj<</Type/StructTreeRoot/K 10 0 R>>endobj\n"
    )
    tree = b"".join(
        b"%d 0 obj<</S/Div/P %d 0 R/K %d 0 R/Pg 3 0 R>>endobj\n" % (n, n - 1, n + 1)
        for n in range(10, 10 + depth)
    )
    return pdf(TEXT).replace(CATALOGUE, catalogue + tree)


WHOLE = pdf(TEXT)
HOSTILE = {
    "nothing": lambda: b"",
    "zero bytes": lambda: bytes(5000),
    "noise": lambda: noise(5000),
    "noise behind a PDF's sign": lambda: b"%PDF-1.7\n" + noise(5000),
    "an HTML page": lambda: b"<!DOCTYPE html>\n<html><title>Good</title></html>",
    "half a file": lambda: WHOLE[: len(WHOLE) // 2],
    "a locked file": lambda: pdf(TEXT, trailer=LOCKED),
    "5,000 pages": lambda: pdf(TEXT, pages=pages_of(5000)),
    "a stream of 600 MB": lambda: bomb(b" " * 1000, 600_000),
    "3 million operators": lambda: bomb(b"(Good) Tj ", 3_000_000, b"BT /F 1 Tf ", b"ET"),
    "deep brackets": lambda: deep_brackets(200_000),
    "forms in forms": lambda: nested_forms(3000),
    "elements in elements": lambda: deep_tree(5000),
    "a lying font": pdf_with_a_lying_font,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_costs_itself_alone_and_is_no_grade(name, tmp_path):
    file = tmp_path / "hostile.pdf"
    file.write_bytes(HOSTILE[name]())
    seed = tmp_path / "report.txt"
    seed.write_text(REPORT, encoding="utf-8")
    reading = ofsted.read_apart(file, Limits(seconds=3))
    assert (reading.status, reading.judgements) == ("unread", ())
    assert ofsted.read_apart(seed).kind == "ilacs"


def test_a_lying_font_is_read_as_it_says():
    reading = ofsted.read(pdf_with_a_lying_font())
    assert reading.text == "poor"


def test_a_pdf_with_a_report_is_read_under_the_same_limits(tmp_path):
    pytest.importorskip("typst", reason="the demo extra makes the PDFs")
    from tests.examples import EXAMPLES, pdf_of

    example = next(one for one in EXAMPLES if one.stem == "ilacs_2023")
    file = tmp_path / "report.pdf"
    file.write_bytes(pdf_of(example.read_text(encoding="utf-8")))
    assert ofsted.read_apart(file).status == "read"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_real_shape_cut_short_is_unread_or_says_nothing_new(share, tmp_path):
    pytest.importorskip("typst", reason="the demo extra makes the PDFs")
    from tests.examples import EXAMPLES, pdf_of

    example = next(one for one in EXAMPLES if one.stem == "sif_2013")
    whole = pdf_of(example.read_text(encoding="utf-8"))
    file = tmp_path / "cut.pdf"
    file.write_bytes(whole[: int(len(whole) * share)])
    reading = ofsted.read_apart(file)
    printed = {one.printed for one in ofsted.read(whole).judgements}
    assert {one.printed for one in reading.judgements} <= printed
    assert reading.status == "unread" or reading.facts() == ofsted.read(whole).facts()
    assert re.search("cannot be read|died", reading.doubts[0].what) or not reading.doubts
