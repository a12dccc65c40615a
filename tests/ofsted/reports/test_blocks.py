from collections import Counter

import pytest

from ofsted.reports.blocks import (
    BREAK,
    BULLET,
    DASH,
    DOT,
    Block,
    Cell,
    Document,
    finish,
    join_hyphens,
    rows,
)


@pytest.mark.parametrize(
    ("printed", "mark", "text"),
    [
        ("◼ Permanence planning.", BULLET, "Permanence planning."),
        ("\uf06e\tPA capacity.", BULLET, "PA capacity."),
        ("\uf0be 41 live in homes", DASH, "41 live in homes"),
        ("\x83 a progress report of 2009", DOT, "a progress report of 2009"),
        ("- The quality of practice", DASH, "The quality of practice"),
        ("12. Thresholds are understood", "12.", "Thresholds are understood"),
        ("2.1 Adoption performance", "2.1", "Adoption performance"),
        ("■ Placement sufficiency", BULLET, "Placement sufficiency"),
        ("\N{BULLET OPERATOR} Plans", DOT, "Plans"),
        ("* Plans", DOT, "Plans"),
        ("o Plans", DASH, "Plans"),
        ("\N{EM DASH} Plans", DASH, "Plans"),
        ("7) Plans", "7)", "Plans"),
        ("7.Plans", "7.", "Plans"),
        ("7.5 million", "7.5", "million"),
        ("of plans", "", "of plans"),
        ("14 November 2016 to 8 December", "", "14 November 2016 to 8 December"),
        ("-based practice", "", "-based practice"),
    ],
)
def test_bullets_and_numbers_are_parted_from_their_text(printed, mark, text):
    (block,) = finish([Block(printed, 1)])
    assert (block.mark, block.text) == (mark, text)


def test_a_hyphen_at_a_line_end_stays_unless_the_word_is_written_without_elsewhere():
    spellings = Counter({"children": 3, "well-considered": 1})
    assert join_hyphens(f"chil{BREAK}dren", spellings) == "children"
    assert join_hyphens(f"well{BREAK} considered", spellings) == "well-considered"
    assert join_hyphens(f"front{BREAK}door", spellings) == "front-door"
    assert join_hyphens(f"dash {BREAK}", spellings) == "dash -"


def test_what_a_page_break_cuts_is_joined_over_a_footnote():
    found = finish(
        [
            Block("◼ Strategy meetings are", 2, "item"),
            Block("1 The framework is on gov.uk.", 2, "note"),
            Block("timely for most children.", 3, "item"),
            Block("A new paragraph.", 3),
        ]
    )
    assert [block.text for block in found] == [
        "Strategy meetings are timely for most children.",
        "1 The framework is on gov.uk.",
        "A new paragraph.",
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Block("It is complete.", 1), Block("the next", 2)),
        (Block("Not complete", 1), Block("Heading", 2)),
        (Block("Not complete", 1), Block("◼ bullet", 2)),
        (Block("Same page", 1), Block("goes on", 1)),
        (Block("One column", 1, cell=Cell(1, 0)), Block("another", 2, cell=Cell(2, 1))),
    ],
)
def test_nothing_else_is_joined(before, after):
    assert len(finish([before, after])) == 2


def test_unseen_signs_and_white_space_go():
    (block,) = finish(
        [Block("  Good\u200b \u00a0 to\u202e be\u00ad \n good ", 1), Block(" ", 1)][:1]
    )
    assert block.text == "Good to be good"
    assert finish([Block(" \u200b ", 1)]) == ()


def test_rows_hold_the_cells_that_have_text():
    blocks = [
        Block("Adoption performance", 1, mark="2.1", cell=Cell(4, 1)),
        Block("Requires", 1, cell=Cell(4, 2)),
        Block("improvement", 1, cell=Cell(4, 2)),
        Block("not in a table", 1),
    ]
    (row,) = rows(blocks)
    assert row.cells == ("2.1 Adoption performance", "Requires improvement")
    assert (row.page, row.blocks) == (1, 3)


def test_the_text_of_a_document_is_folded_and_its_body_is_free_of_contents_and_notes():
    document = Document(
        (
            Block("Recommendations 8", 2, "contents"),
            Block("1 A note", 2, "note"),
            Block("Text’s", 3),
        )
    )
    assert document.text == "recommendations 8\n1 a note\ntext's"
    assert [block.text for block in document.body] == ["Text’s"]
