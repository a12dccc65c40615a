"""SIF, on a report cut to its bones; the real ones are scored in test_corpus.py."""

import re
from dataclasses import replace
from datetime import date

import pytest

from ofsted.reports.blocks import Document
from ofsted.reports.frameworks import read_document
from ofsted.reports.limits import Limits
from ofsted.reports.model import Improvement, Inspector, Judgement
from ofsted.reports.read import open_document, read

REPORT = """London Borough of Sutton

Inspection of services for children in need of help and protection, children looked after and \
care leavers

and

Review of the effectiveness of the Local Safeguarding Children Board1

Inspection date: 14 November 2016 to 8 December 2016

Report published: 13 February 2017

Children’s services in Sutton are good

1. Children who need help and protection\tGood
2. Children looked after and achieving permanence\tGood
2.1 Adoption performance\tGood
2.2 Experiences and progress of care leavers\tRequires improvement
3. Leadership, management and governance\tGood

Executive summary

In 2012 children’s services in Sutton were inadequate.

Recommendations

1. Ensure that plans are clear.

◼ a part of the first

2. Improve the quality of pathway plans.

Summary for children and young people

◼ Services are good.

The experiences and progress of children who need help and protection\tGood

Inspection findings

3. Children are safe. (Recommendation)

The experiences and progress of children looked after and achieving permanence\tGood

The graded judgement for adoption performance is that it is good

The graded judgement about the experience and progress of care leavers is that it requires \
improvement

Leadership, management and governance\tGood

The Local Safeguarding Children Board (LSCB)

The Local Safeguarding Children Board is good

Recommendations

4. Ensure that the board hears children.

Inspection findings – the Local Safeguarding Children Board

5. The board works well.

An LSCB that is good

An LSCB requires improvement if it does not yet demonstrate the characteristics of good.

Information about this inspection

Lead inspector: Marcie Taylor HMI

Deputy lead inspector: Brenda McLaughlin
"""


def read_text(text=REPORT):
    return read(text.encode())


def whats(reading):
    return [doubt.what.split(";")[0] for doubt in reading.doubts]


def test_a_report_is_read_with_the_boards_review():
    reading = read_text()
    assert (reading.status, reading.kind, reading.framework) == ("read", "sif", "sif_2013")
    assert reading.provider == "London Borough of Sutton"
    assert reading.title.startswith("Inspection of services for children in need of help")
    assert reading.title.endswith("Local Safeguarding Children Board")
    assert (reading.first_day, reading.last_day) == (date(2016, 11, 14), date(2016, 12, 8))
    assert reading.inspectors == (Inspector("Marcie Taylor", "HMI", "Ofsted"),)
    assert reading.judgements == (
        Judgement("overall", "Children’s services in Sutton are good", "good", "good"),
        Judgement(
            "help_and_protection", "1. Children who need help and protection", "Good", "good"
        ),
        Judgement(
            "looked_after", "2. Children looked after and achieving permanence", "Good", "good"
        ),
        Judgement("adoption", "2.1 Adoption performance", "Good", "good"),
        Judgement(
            "care_leavers",
            "2.2 Experiences and progress of care leavers",
            "Requires improvement",
            "requires_improvement",
        ),
        Judgement("leadership", "3. Leadership, management and governance", "Good", "good"),
        Judgement("lscb", "The Local Safeguarding Children Board is good", "good", "good"),
    )


def test_recommendations_are_the_numbered_items_the_boards_apart():
    assert read_text().improvements == (
        Improvement("recommendation", "Ensure that plans are clear."),
        Improvement("recommendation", "Improve the quality of pathway plans."),
        Improvement(
            "recommendation",
            "Ensure that the board hears children.",
            "Local Safeguarding Children Board",
        ),
    )


def test_before_mid_2015_priority_actions_and_areas_for_improvement_stand_apart():
    text = REPORT.replace(
        "Recommendations\n\n1.",
        "What does the local authority need to improve?\n\nPriority and immediate action\n\n"
        "The inspection did not find any areas for priority and immediate action.\n\n"
        "Areas for improvement\n\nLeadership, management and governance\n\n1.",
    )
    found = read_text(text.replace("Recommendations\n\n4.", "Priority and immediate action\n\n4."))
    assert [(one.kind, one.body is None) for one in found.improvements] == [
        ("improvement", True),
        ("improvement", True),
        ("priority_action", False),
    ]


@pytest.mark.parametrize(
    ("sentence", "printed", "grade"),
    [
        (
            "The overall judgement is requires improvement",
            "requires improvement",
            "requires_improvement",
        ),
        (
            "The overall judgement is that children’s services require improvement",
            "require improvement",
            "requires_improvement",
        ),
        (
            "The overall judgement is that children’s service requires improvement.",
            "requires improvement",
            "requires_improvement",
        ),
        (
            "Children’s services in the Borough of Redcar and Cleveland area are outstanding",
            "outstanding",
            "outstanding",
        ),
        (
            "Children’s services in Sutton requires improvement to be good",
            "requires improvement to be good",
            "requires_improvement",
        ),
        ("Children’s services in Sutton are Good", "Good", "good"),
    ],
)
def test_the_overall_sentence_has_many_forms(sentence, printed, grade):
    text = REPORT.replace("Children’s services in Sutton are good", sentence)
    assert read_text(text).judgements[0] == Judgement("overall", sentence, printed, grade)


@pytest.mark.parametrize(
    ("old", "new", "doubts"),
    [
        (
            "protection\tGood\n2.",
            "protection\tInadequate\n2.",
            [
                "the judgement table and the headings in the report disagree",
                "overall must be inadequate exactly when a main area is",
            ],
        ),
        (
            "services in Sutton are good",
            "services in Sutton are inadequate",
            ["overall must be inadequate exactly when a main area is"],
        ),
        (
            "Children’s services in Sutton are good",
            "",
            ["no sentence gives the overall judgement"],
        ),
        (
            "performance is that it is good",
            "performance is that it is outstanding",
            ["the judgement table and the headings in the report disagree"],
        ),
        (
            "The graded judgement for adoption performance is that it is good",
            "",
            ["no heading in the report gives this grade"],
        ),
        (
            "The Local Safeguarding Children Board is good",
            "The Local Safeguarding Children Board is fine",
            ["the title names the board's review"],
        ),
        (
            "5. The board",
            "The effectiveness of the Local Safeguarding Children Board (LSCB) is inadequate\n\n5.",
            ["the sentences on the board give different grades"],
        ),
        (
            "2.1 Adoption performance\tGood\n",
            "",
            ["the judgement table lacks adoption"],
        ),
    ],
)
def test_doubt_is_said_and_never_cancelled(old, new, doubts):
    assert old in REPORT
    reading = read_text(REPORT.replace(old, new))
    assert (reading.status, whats(reading)) == ("doubtful", doubts)


def test_an_area_that_was_not_judged_needs_no_heading():
    reading = read_text(
        REPORT.replace("performance\tGood", "performance\tNot judged").replace(
            "The graded judgement for adoption performance is that it is good",
            "The graded judgement for adoption performance",
        )
    )
    assert reading.status == "read"
    assert reading.judgements[3] == Judgement(
        "adoption", "2.1 Adoption performance", "Not judged", None
    )


def test_a_re_inspection_has_no_board():
    text = REPORT.replace("Inspection of services", "Re-inspection of services").replace(
        "and\n\nReview of the effectiveness of the Local Safeguarding Children Board1\n\n", ""
    )
    text = text.replace("The Local Safeguarding Children Board is good\n\n", "")
    reading = read_text(text)
    assert reading.status == "read"
    assert "lscb" not in {judgement.key for judgement in reading.judgements}


def test_without_its_table_a_report_is_unread_with_a_doubt():
    before, _, rest = REPORT.partition("1. Children who need")
    reading = read_text(before + rest.partition("governance\tGood\n")[2])
    assert (reading.status, reading.kind, reading.judgements) == ("unread", "sif", ())
    assert whats(reading) == ["no judgement table"]


def test_a_sentence_cut_before_its_grade_is_whole():
    text = REPORT.replace(
        "Children’s services in Sutton are good",
        "Children’s services in Sutton require improvement\n\nto be good",
    ).replace("Board is good", "Board is\n\nrequires improvement")
    overall, *_, board = read_text(text).judgements
    assert overall.printed == "require improvement to be good"
    assert (board.key, board.printed) == ("lscb", "requires improvement")


@pytest.mark.parametrize(
    "sentence",
    [
        "The effectiveness of the Local Safeguarding Children Board (LSCB) is good",
        "The judgement for the effectiveness of the Local Safeguarding Children is that it is good",
        "The Local Safeguarding Children’s Board is judged to be good",
        "The Local Safeguarding Children is good",
        "The Sutton Safeguarding Children Board (SSCB) is good",
        "The Local Safeguarding Children Board1 is good",
        "The Local Safeguarding Children\n\nBoard (LSCB) is good",
        "The graded judgement for the LSCB is that it is good",
        "The overall effectiveness of the Local Safeguarding Board is good",
    ],
)
def test_the_boards_sentence_has_many_forms(sentence):
    text = REPORT.replace("The Local Safeguarding Children Board is good", sentence)
    whole = sentence.replace("\n\n", " ")
    assert read_text(text).judgements[-1] == Judgement("lscb", whole, "good", "good")


def test_a_heading_over_a_grade_in_the_glossary_is_no_judgement_of_the_board():
    text = REPORT.replace("The Local Safeguarding Children Board is good\n\n", "").replace(
        "An LSCB that is good",
        "The Local Safeguarding Children Board\n\nGood\n\nAn LSCB that is good",
    )
    reading = read_text(text)
    assert "lscb" not in {judgement.key for judgement in reading.judgements}
    assert reading.status == "doubtful"


@pytest.mark.parametrize(
    "printed", ["Re-inspection", "Reinspection", "Re–inspection", "Re - inspection"]
)
def test_a_re_inspection_is_written_in_many_ways_and_is_no_part_of_the_name(printed):
    text = REPORT.replace("Inspection of services", f"{printed} of services")
    assert read_text(text).provider == "London Borough of Sutton"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (
            "Lead inspector on site: Pietro Battista\n\nReport author: Sean Tarpey",
            "Pietro Battista",
        ),
        ("Lead inspector – Marcie Taylor, HMI", "Marcie Taylor"),
        ("Lead inspector: Marcie Taylor Deputy lead inspector: A. Person", "Marcie Taylor"),
        ("Lead inspector: see below\n\nLead inspector: Marcie Taylor", "Marcie Taylor"),
    ],
)
def test_the_lead_inspector_is_named_in_many_ways(line, name):
    text = REPORT.replace("Lead inspector: Marcie Taylor HMI", line)
    assert [one.name for one in read_text(text).inspectors] == [name]


def test_a_board_without_recommendations_has_none():
    text = REPORT.replace(
        "4. Ensure that the board hears children.", "There are no recommendations for the SSCB."
    )
    assert {one.body for one in read_text(text).improvements} == {None}


def test_grades_over_two_lines_are_whole_and_a_sentence_below_is_no_row():
    text = REPORT.replace(
        "care leavers\tRequires improvement\n", "care leavers\tRequires\nimprovement\n"
    )
    text = text.replace(
        "governance\tGood\n\nExecutive",
        "governance\tGood\nThe board’s effectiveness is good\n\nExecutive",
    )
    reading = read_text(text)
    assert reading.status == "read"
    assert reading.judgements == read_text().judgements


@pytest.mark.parametrize(
    "sentence",
    [
        "The graded judgment about care leavers is that they require improvement to be good.",
        "The judgement for the experience and progress of care leavers requires improvement",
        "The graded judgement about care leavers requires improvement. They are known well.",
        "Experiences and progress of care leavers\tRequires improvement",
    ],
)
def test_the_sentence_on_care_leavers_has_many_forms(sentence):
    old = (
        "The graded judgement about the experience and progress of care leavers is that it "
        "requires improvement"
    )
    assert read_text(REPORT.replace(old, sentence)).status == "read"
    other = re.sub("(?i)requires? improvement(?: to be good)?", "is good", sentence)
    assert read_text(REPORT.replace(old, other)).status == "doubtful"


def test_bullets_are_items_as_far_as_the_first_number():
    text = REPORT.replace(
        "1. Ensure that plans are clear.\n\n◼ a part of the first\n\n2. Improve",
        "◼ Ensure that plans are clear.\n\n◼ Improve",
    ).replace("Summary for children and young people", "What we saw\n\n7. Plans are clear.")
    assert [one.text for one in read_text(text).improvements][:2] == [
        "Ensure that plans are clear.",
        "Improve the quality of pathway plans.",
    ]


def test_a_sentence_that_begins_like_a_heading_is_none():
    text = REPORT.replace(
        "Inspection findings\n\n3.",
        "Recommendations from audits are followed up well by all of the managers here.\n\n3.",
    )
    assert read_text(text).improvements == read_text().improvements


def test_none_is_no_priority_action():
    text = REPORT.replace(
        "Recommendations\n\n4.", "Priority and immediate action\n\n4. None.\n\n5."
    )
    assert [one.text for one in read_text(text).improvements][2:] == [
        "Ensure that the board hears children."
    ]


def test_the_overall_sentence_may_stand_below_the_table():
    blocks = [replace(one, page=1) for one in open_document(REPORT.encode(), Limits()).blocks]
    overall = next(one for one in blocks if one.text == "Children’s services in Sutton are good")
    blocks.remove(overall)
    last = max(index for index, one in enumerate(blocks[:20]) if one.cell)
    blocks.insert(last + 1, overall)
    found = read_document(Document(tuple(blocks), pages=1))
    assert found.judgements[0] == Judgement("overall", overall.text, "good", "good", 1)
    blocks[last + 1] = replace(overall, page=2)
    found = read_document(Document(tuple(blocks), pages=2))
    assert [doubt.what for doubt in found.doubts] == ["no sentence gives the overall judgement"]


FIRST = "1. Children who need help and protection\tGood\n"
NOTE = "A note of more than twenty words stands between the first row of the table and the others, "


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(FIRST, f"{FIRST}\n{NOTE}as a page may have it.\n\n", id="a note between"),
        pytest.param(FIRST, FIRST.replace("\t", " ") + "\n", id="a paragraph"),
        pytest.param(FIRST, FIRST.replace("\t", "\n\n") + "\n", id="two paragraphs"),
        pytest.param(
            f"Children’s services in Sutton are good\n\n{FIRST}",
            f"{FIRST}\nChildren’s services in Sutton are good\n\n",
            id="before the overall sentence",
        ),
    ],
)
def test_a_table_whose_first_row_stands_apart_is_whole(old, new):
    assert old in REPORT
    reading = read_text(REPORT.replace(old, new))
    assert reading.status == "read"
    assert reading.judgements == read_text().judgements


def test_a_row_apart_is_compared_with_the_body_like_any():
    apart = f"{FIRST.replace('Good', 'Inadequate')}\n{NOTE}as a page may have it.\n\n"
    reading = read_text(REPORT.replace(FIRST, apart))
    assert "the judgement table and the headings in the report disagree" in whats(reading)


@pytest.mark.parametrize(
    ("sentence", "printed"),
    [
        ("Children’s services require improvement to be good", "require improvement to be good"),
        ("Children’s services requires improvement", "requires improvement"),
        ("Children’s services require improvement\n\nto be good", "require improvement to be good"),
        ("Overall, children’s services in Sutton are outstanding", "outstanding"),
        ("Children’s social care services are judged to be good.", "good"),
    ],
)
def test_an_overall_sentence_need_not_name_the_authority(sentence, printed):
    reading = read_text(REPORT.replace("Children’s services in Sutton are good", sentence))
    assert (reading.status, reading.judgements[0].key) == ("read", "overall")
    assert reading.judgements[0].printed == printed


BOARD = "The Local Safeguarding Children Board is "


@pytest.mark.parametrize(
    "heading",
    ["Priority actions", "Priority action", "Priority and immediate action", "Immediate actions"],
)
@pytest.mark.parametrize("mark", ["{}.", "◼"])
def test_priority_actions_of_an_inadequate_board_are_its_own(heading, mark):
    acts = [f"{mark.format(n)} {act}" for n, act in enumerate(("Act now.", "Hold to account."), 6)]
    chapter = "\n\n".join([f"{BOARD}inadequate", "Executive summary", heading, *acts])
    reading = read_text(REPORT.replace(f"{BOARD}good", chapter))
    board = "Local Safeguarding Children Board"
    assert reading.improvements[2:] == (
        Improvement("priority_action", "Act now.", board),
        Improvement("priority_action", "Hold to account.", board),
        Improvement("recommendation", "Ensure that the board hears children.", board),
    )


@pytest.mark.parametrize(
    ("said", "denies"),
    [
        ("No areas were identified for immediate improvement.", True),
        ("No areas for immediate improvement were identified.", True),
        ("No areas were identified as requiring priority action.", True),
        ("There are no areas requiring immediate action at this time.", True),
        ("Inspectors did not identify any areas requiring immediate action.", True),
        ("This inspection has not identified any priority actions.", True),
        ("No priority or immediate actions were identified.", True),
        ("The inspection found no areas for priority action.", True),
        ("None identified.", True),
        ("No action is taken when children go missing.", False),
        ("No areas of the service are without immediate risk.", False),
        ("Ensure that no actions are left without an owner, as a priority.", False),
        ("None of the plans are clear.", False),
        ("The board did not find any evidence of immediate action.", False),
    ],
)
def test_what_says_that_there_are_no_priority_actions_is_none(said, denies):
    section = f"Priority and immediate action\n\n1. {said}\n\nRecommendations\n\n1. Ensure"
    reading = read_text(REPORT.replace("Recommendations\n\n1. Ensure", section, 1))
    found = [one.text for one in reading.improvements if one.kind == "priority_action"]
    assert found == ([] if denies else [said])


def test_where_all_grades_are_new_words_each_is_doubted_by_name():
    reading = read_text(re.sub(r"\t(Good|Requires improvement)", "\tStrong standard", REPORT))
    assert reading.status == "doubtful"
    assert whats(reading).count("unknown grade word") == 5
