import pytest

from ofsted.errors import Unreadable
from ofsted.reports.limits import Limits
from ofsted.reports.plain import read_plain


def blocks(text):
    return [(block.mark, block.text) for block in read_plain(text.encode(), Limits()).blocks]


def test_wrapped_lines_become_one_block_and_bullets_their_own():
    assert blocks("A line\nthat wraps.\n◼ One bullet\nover two lines.\n◼ Another.\n") == [
        ("", "A line that wraps."),
        ("◼", "One bullet over two lines."),
        ("◼", "Another."),
    ]


def test_a_line_left_short_after_a_full_stop_ends_its_block():
    text = (
        "These arrangements have led to a small minority of children\nnot receiving help.\n"
        " What needs to improve?\n\nNext."
    )
    assert [found for _, found in blocks(text)] == [
        "These arrangements have led to a small minority of children not receiving help.",
        "What needs to improve?",
        "Next.",
    ]


def test_fields_stand_alone():
    text = "Inspection of London Borough of\nSutton\nInspection dates: 16 to\n20 June 2025\n"
    assert [found for _, found in blocks(text)] == [
        "Inspection of London Borough of Sutton",
        "Inspection dates: 16 to 20 June 2025",
    ]


def test_tabs_part_the_cells_of_a_row():
    found = read_plain(b"Judgement\tGrade\nOverall effectiveness\tGood\n", Limits()).blocks
    assert [(block.text, block.cell.row, block.cell.column) for block in found] == [
        ("Judgement", 1, 0),
        ("Grade", 1, 1),
        ("Overall effectiveness", 2, 0),
        ("Good", 2, 1),
    ]


def test_page_numbers_and_the_headers_beside_them_go_and_what_they_cut_is_joined():
    text = (
        "Good\n\nGood\n\nMeetings are timely\n\nInspection of Sutton\n16 to 20 June 2025\n\n3\n\n"
        "for most children.\n\nInspection of Sutton\n16 to 20 June 2025\n\n4\n\nThe end."
    )
    assert [found for _, found in blocks(text)] == [
        "Good",
        "Good",
        "Meetings are timely for most children.",
        "The end.",
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b" \n\n ", "empty"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "HTML"),
        (b"\xef\xbb\xbf\n <HTML lang='en'>", "HTML"),
        (b"\xff\xfe\x80", "UTF-8"),
        (b"zero\x00bytes", "zero bytes"),
        (b"x" * 101, "characters"),
    ],
)
def test_what_is_no_text_is_refused_in_words(content, why):
    with pytest.raises(Unreadable, match=why):
        read_plain(content, Limits(characters=100))
