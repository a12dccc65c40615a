"""Reports as PDF, made from the seeds' texts."""

import ctypes
from collections import Counter
from importlib.resources import files

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from deployments.demo.pdfs import report_blocks, tagged_pdf, untagged_pdf

SEEDS = {
    name: files("seeds").joinpath(f"sutton-{name}-ilacs.txt").read_text("utf-8")
    for name in ("2021", "2025")
}
ROWS = {
    "2021": [
        ("The impact of leaders on social work practice with children and families", "Outstanding"),
        ("The experiences and progress of children who need help and protection", "Good"),
        ("The experiences and progress of children in care and care leavers", "Good"),
        ("Overall effectiveness", "Good"),
    ],
    "2025": [
        ("The impact of leaders on social work practice with children and families", "Good"),
        ("The experiences and progress of children who need help and protection", "Good"),
        ("The experiences and progress of children in care", "Good"),
        ("The experiences and progress of children care leavers", "Good"),
        ("Overall effectiveness", "Good"),
    ],
}
REQUIRES_IMPROVEMENT = """
Inspection of Sutton local authority children\u2019s
services
Inspection dates: 1 to 5 June 2026
Lead inspector: A. Person, His Majesty\u2019s Inspector
Judgement Grade

The impact of leaders on social work practice with
children and families
Requires improvement
to be good
The experiences and progress of care leavers Inadequate

The good work goes on.
"""


def _tags(data: bytes) -> Counter[str]:
    """The element types of page 1's structure tree."""
    seen: Counter[str] = Counter()

    def walk(element) -> None:
        size = pdfium.FPDF_StructElement_GetType(element, None, 0)
        name = ctypes.create_string_buffer(size)
        pdfium.FPDF_StructElement_GetType(element, name, size)
        seen[name.raw[:-2].decode("utf-16-le")] += 1
        for number in range(pdfium.FPDF_StructElement_CountChildren(element)):
            child = pdfium.FPDF_StructElement_GetChildAtIndex(element, number)
            if child:
                walk(child)

    document = pypdfium2.PdfDocument(data)
    tree = pdfium.FPDF_StructTree_GetForPage(document[0])
    for number in range(pdfium.FPDF_StructTree_CountChildren(tree)):
        walk(pdfium.FPDF_StructTree_GetChildAtIndex(tree, number))
    pdfium.FPDF_StructTree_Close(tree)
    return seen


def _words(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)


def _rows(text: str) -> list[tuple[str, str]]:
    return next(block["rows"] for block in report_blocks(text) if block["kind"] == "judgements")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_judgement_table_is_rebuilt_as_printed(seed):
    assert _rows(SEEDS[seed]) == ROWS[seed]


def test_a_grade_that_wraps_is_one_grade():
    assert [grade for _, grade in _rows(REQUIRES_IMPROVEMENT)] == [
        "Requires improvement to be good",
        "Inadequate",
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_page_one_of_a_tagged_report_has_a_real_table(seed):
    tags = _tags(tagged_pdf(SEEDS[seed]))
    rows = len(ROWS[seed])
    assert (tags["Table"], tags["TR"], tags["TH"], tags["TD"]) == (1, rows + 1, 2, rows * 2)
    assert tags["H1"] == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_an_untagged_report_has_the_same_words_and_no_tags(seed):
    untagged = untagged_pdf(SEEDS[seed])
    assert _words(untagged) == _words(tagged_pdf(SEEDS[seed]))
    assert _tags(untagged) == Counter()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_report_has_several_pages_and_every_numbered_paragraph(seed):
    data = tagged_pdf(SEEDS[seed])
    numbers = [
        item["number"]
        for block in report_blocks(SEEDS[seed])
        if block["kind"] == "numbered"
        for item in block["items"]
    ]
    assert len(pypdfium2.PdfDocument(data)) > 3
    assert numbers == list(range(1, {"2021": 37, "2025": 60}[seed]))


def test_curly_quotes_stay_and_running_footers_go():
    paragraphs = [block.get("text", "") for block in report_blocks(SEEDS["2025"])]
    assert "Lead inspector: Gareth Dakin, His Majesty\u2019s Inspector" in paragraphs
    assert not any("16 to 20 June 2025" in text for text in paragraphs)
    assert not any(text.isdigit() for text in paragraphs)


def test_the_same_text_gives_the_same_bytes():
    assert tagged_pdf(SEEDS["2021"]) == tagged_pdf(SEEDS["2021"])
    assert untagged_pdf(SEEDS["2021"]) == untagged_pdf(SEEDS["2021"])


def test_a_title_of_ones_own_is_the_documents_title():
    document = pypdfium2.PdfDocument(tagged_pdf(SEEDS["2021"], title="A title & more"))
    assert document.get_metadata_value("Title") == "A title & more"


def test_markup_in_a_text_is_only_text():
    hostile = '#panic("no") *bold* $x$ <label> @ref \\ `raw` "quote"\n\n#import "x"'
    assert '#panic("no") *bold* $x$ <label> @ref \\ `raw` "quote"' in _words(tagged_pdf(hostile))


def test_a_text_without_a_table_is_paragraphs():
    kinds = [block["kind"] for block in report_blocks("Dear Director\n\n1. One.\n2. Two.\n")]
    assert kinds == ["paragraph", "numbered"]
