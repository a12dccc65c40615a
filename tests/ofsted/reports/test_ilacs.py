"""ILACS, on the seeds and on what would make a careful person doubt them."""

from datetime import date

import pytest

from ofsted.reports.model import Improvement, Inspector, Judgement
from ofsted.reports.read import read

IN_CARE = "The experiences and progress of children in care"
LEADERS = "The impact of leaders on social work practice with children and families"


def read_text(text):
    return read(text.encode())


def whats(reading):
    return [doubt.what.split(";")[0] for doubt in reading.doubts]


def test_sutton_2025_is_read_from_its_text(sutton_2025):
    reading = read_text(sutton_2025)
    assert (reading.status, reading.kind, reading.framework) == ("read", "ilacs", "ilacs_2023")
    assert reading.title == (
        "Inspection of London Borough of Sutton local authority children’s services"
    )
    assert reading.provider == "London Borough of Sutton"
    assert (reading.first_day, reading.last_day) == (date(2025, 6, 16), date(2025, 6, 20))
    assert reading.inspectors == (Inspector("Gareth Dakin", "His Majesty’s Inspector", "Ofsted"),)
    assert reading.judgements == (
        Judgement("leaders", LEADERS, "Good", "good"),
        Judgement(
            "help_and_protection",
            "The experiences and progress of children who need help and protection",
            "Good",
            "good",
        ),
        Judgement("in_care", IN_CARE, "Good", "good"),
        Judgement(
            "care_leavers",
            "The experiences and progress of children care leavers",
            "Good",
            "good",
        ),
        Judgement("overall", "Overall effectiveness", "Good", "good"),
    )
    assert [improvement.text[:44] for improvement in reading.improvements] == [
        "The quality and consistency of response to c",
        "The effectiveness of the initial response to",
        "The quality and robustness of leaders and ma",
    ]
    assert reading.doubts == ()


def test_sutton_2021_is_read_from_its_text(sutton_2021):
    reading = read_text(sutton_2021)
    assert (reading.status, reading.framework) == ("read", "ilacs_2018")
    assert reading.provider == "Sutton"
    assert (reading.first_day, reading.last_day) == (date(2021, 12, 6), date(2021, 12, 10))
    assert [(one.key, one.grade) for one in reading.judgements] == [
        ("leaders", "outstanding"),
        ("help_and_protection", "good"),
        ("care_and_care_leavers", "good"),
        ("overall", "good"),
    ]
    assert reading.improvements[0] == Improvement(
        "improvement",
        "The quality of practice and earlier planning to meet the needs of care leavers.",
    )
    assert len(reading.improvements) == 2


@pytest.mark.parametrize("seed", ["sutton_2025", "sutton_2021"])
@pytest.mark.parametrize("maker", ["tagged_pdf", "untagged_pdf"])
def test_a_seed_reads_to_the_same_facts_from_a_pdf(seed, maker, request):
    pytest.importorskip("typst", reason="the demo extra makes the PDFs")
    from deployments.demo import pdfs

    text = request.getfixturevalue(seed)
    from_text, from_pdf = read_text(text), read(getattr(pdfs, maker)(text))
    assert from_pdf.facts() == from_text.facts()
    assert {judgement.page for judgement in from_pdf.judgements} == {1}
    assert {judgement.page for judgement in from_text.judgements} == {None}


def test_the_form_of_2026_is_known_by_the_missing_row(sutton_2025):
    text = sutton_2025.replace("Overall effectiveness Good", "")
    reading = read_text(text.replace("16 June to 20 June 2025", "15 June to 19 June 2026"))
    assert (reading.status, reading.framework) == ("read", "ilacs_2026")


def test_a_row_that_is_missing_before_2026_may_be_lost(sutton_2025):
    reading = read_text(sutton_2025.replace("Overall effectiveness Good", ""))
    assert (reading.status, reading.framework) == ("doubtful", "ilacs_2026")
    assert whats(reading) == [
        "no row for overall effectiveness, which reports gave until April 2026"
    ]


def test_overall_lies_within_the_grades_it_rests_on(sutton_2025):
    reading = read_text(
        sutton_2025.replace("Overall effectiveness Good", "Overall effectiveness Inadequate")
    )
    assert reading.status == "doubtful"
    assert whats(reading) == ["overall effectiveness is outside the range of the other grades"]


def test_a_label_without_a_grade_is_doubted(sutton_2021):
    text = sutton_2021.replace("Overall effectiveness\tGood", "Overall effectiveness\n\nThe end.")
    reading = read_text(text.replace("6 to 10 December 2021", "8 to 12 June 2026"))
    assert reading.status == "doubtful"
    assert "a judgement label appears next to the table without a grade" in whats(reading)


@pytest.mark.parametrize(
    ("old", "new", "doubts"),
    [
        (
            "practice with children and families \n\nGood",
            "practice with children and families \n\nOutstanding",
            ["the judgement table and the headings in the report disagree"],
        ),
        (
            "protection: good",
            "protection",
            ["no heading in the report gives this grade"],
        ),
        (
            "protection: good",
            "protection: splendid",
            ["the judgement table and the headings in the report disagree"],
        ),
        (
            "Overall effectiveness Good",
            "Overall impression Good",
            ["unknown label", "no heading in the report gives this grade"],
        ),
        (
            "The experiences and progress of \nchildren in care \n\nGood",
            "",
            ["the judgement table does not have the rows of any known ILACS form"],
        ),
        (
            "Overall effectiveness Good",
            "Overall effectiveness Good\n\nOverall effectiveness Inadequate",
            ["overall is in the judgement table more than once"],
        ),
        (
            "16 June to 20 June 2025",
            "in the summer of 2025",
            ["the days of the inspection cannot be read"],
        ),
        (
            "Inspection dates: 16 June to 20 June 2025",
            "Inspection dates: 16 June 2025 to 20 June 2024",
            ["the last day is before the first"],
        ),
        (
            "Inspection dates: 16 June to 20 June 2025",
            "Inspection dates: 16 June 2024 to 20 June 2025",
            ["16 June 2024 to 20 June 2025 is longer than any inspection"],
        ),
    ],
)
def test_doubt_is_said_and_never_cancelled(sutton_2025, old, new, doubts):
    assert old in sutton_2025
    reading = read_text(sutton_2025.replace(old, new))
    assert (reading.status, whats(reading)) == ("doubtful", doubts)
    assert all(doubt.lines for doubt in reading.doubts)


def test_an_unknown_grade_word_is_kept_as_printed_and_has_no_grade(sutton_2021):
    reading = read_text(sutton_2021.replace("families\tOutstanding", "families\tExcellent"))
    assert reading.status == "doubtful"
    assert reading.judgements[0] == Judgement("leaders", LEADERS, "Excellent", None)
    assert reading.doubts[0].lines == (f"{LEADERS}: Excellent",)


def test_the_doubt_of_an_unknown_label_names_the_nearest_known(sutton_2021):
    reading = read_text(
        sutton_2021.replace("Overall effectiveness\t", "Overall effectivness of services\t")
    )
    assert reading.doubts[0].what == (
        "unknown label; the nearest known is 'Overall effectiveness'; "
        "if it means the same, add the line Label('overall', 'Overall effectivness of services', "
        "'where it was seen') to ofsted/reports/words.py"
    )
    assert not reading.framework_suspected


def test_the_doubt_of_an_unknown_grade_word_names_the_nearest_known(sutton_2021):
    reading = read_text(sutton_2021.replace("effectiveness\tGood", "effectiveness\tGoodish"))
    assert reading.doubts[0].what == (
        "unknown grade word; the nearest known is 'Good'; if it means the same, add the line "
        "GradeWord('Goodish', 'good', 'where it was seen') to ofsted/reports/words.py"
    )


def test_several_unknown_labels_suggest_a_new_framework(sutton_2021):
    reading = read_text(
        sutton_2021.replace("The experiences and progress of children who", "How children who")
        .replace("The experiences and progress of children in", "How children in")
        .replace("The impact of leaders", "Leadership")
    )
    assert reading.status == "doubtful"
    assert reading.framework is None
    assert reading.framework_suspected
    assert [judgement.printed for judgement in reading.judgements] == [
        "Outstanding",
        "Good",
        "Good",
        "Good",
    ]


def test_without_its_table_a_report_is_unread_with_a_doubt(sutton_2021):
    head, _, rest = sutton_2021.partition("Judgement\tGrade")
    reading = read_text(head + rest.partition("Overall effectiveness\tGood")[2])
    assert (reading.status, reading.kind, reading.judgements) == ("unread", "ilacs", ())
    assert whats(reading) == ["no judgement table"]


def test_a_grade_in_prose_or_a_running_header_is_no_judgement(sutton_2025):
    prose = (
        "\n\nAt the last inspection the experiences and progress of children in care were judged "
        "to be outstanding. Overall effectiveness was inadequate.\n\n"
        "Inspection of Merton local authority children’s services\n6 to 12 May 2021\n\n"
    )
    at = sutton_2025.index("What needs to improve?")
    assert read_text(sutton_2025[:at] + prose + sutton_2025[at:]).facts() == (
        read_text(sutton_2025).facts()
    )


def test_two_leads_are_both_read(sutton_2021):
    two = (
        "Lead inspector: Rebecca Quested, His Majesty’s Inspector, and Matthew Reed, "
        "His Majesty’s Inspector"
    )
    line = "Lead inspector: Brenda McLaughlin, Her Majesty's Inspector"
    assert read_text(sutton_2021.replace(line, two)).inspectors == (
        Inspector("Rebecca Quested", "His Majesty’s Inspector", "Ofsted"),
        Inspector("Matthew Reed", "His Majesty’s Inspector", "Ofsted"),
    )
    none = read_text(sutton_2021.replace(line, ""))
    assert (none.status, none.inspectors) == ("read", ())


def test_the_layout_before_november_2021_names_the_authority_above_the_title(sutton_2021):
    reading = read_text(
        sutton_2021.replace(
            "Inspection of Sutton local authority children's services",
            "London Borough of Sutton\n\nInspection of children’s social care services",
        )
    )
    assert reading.title == "Inspection of children’s social care services"
    assert reading.provider == "London Borough of Sutton"


def test_a_trust_may_stand_for_the_council(sutton_2021):
    reading = read_text(
        sutton_2021.replace(
            "Inspection of Sutton local authority children's services",
            "Inspection of Bradford Children and Families Trust",
        )
    )
    assert (reading.kind, reading.status) == ("ilacs", "read")
    assert reading.provider == "Bradford Children and Families Trust"


def test_a_table_under_another_header_is_found_by_its_first_label(sutton_2021):
    reading = read_text(sutton_2021.replace("Judgement\tGrade", "What we judged\tHow it is"))
    assert reading.facts() == read_text(sutton_2021).facts()


def test_a_title_on_the_line_of_the_days_is_still_the_title(sutton_2021):
    title = "Inspection of Sutton local authority children's services"
    reading = read_text(sutton_2021.replace(f"{title}\n", f"{title} "))
    assert (reading.status, reading.provider) == ("read", "Sutton")
    assert reading.first_day == date(2021, 12, 6)


def test_two_lines_of_days_that_differ_are_doubted(sutton_2021):
    line = "Inspection dates: 6 to 10 December 2021"
    reading = read_text(sutton_2021.replace(line, f"{line}\n\nInspection dates: 5 May 2020"))
    assert whats(reading) == ["two lines give different days"]


def test_the_number_of_a_footnote_is_no_part_of_label_grade_or_name(sutton_2021):
    reading = read_text(
        sutton_2021.replace("effectiveness\tGood", "effectiveness1\tGood2").replace(
            "Brenda McLaughlin,", "Brenda McLaughlin3,"
        )
    )
    assert reading.facts() == read_text(sutton_2021).facts()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Lead inspector: Julie Knight\n\nHer Majesty’s Inspector", ["Julie Knight"]),
        ("Lead inspector: Máire Atherton HMI", ["Máire Atherton"]),
        ("Lead inspector: Jenny- ellen Scotland, HMI", ["Jenny-ellen Scotland"]),
        ("Lead inspectors: A. Person and B. Person", ["A. Person", "B. Person"]),
        ("Lead inspector: A. Person HMI, B. Person HMI", ["A. Person", "B. Person"]),
        ("Lead inspectors: Ann Lee, HMI\n\nJo Bo, HMI", ["Ann Lee", "Jo Bo"]),
        ("Lead inspector: Ann Lee, HMI\n\nLead inspector: Jo Bo, HMI", ["Ann Lee", "Jo Bo"]),
        ("Lead inspectors: Ann Lee & Jo Bo, His Majesty’s Inspectors", ["Ann Lee", "Jo Bo"]),
        ("Lead inspector: Anne d’Arcy; Senior HMI, Ofsted", ["Anne d’Arcy"]),
        ("Lead inspector: Ann Lee, HMI, Social Care", ["Ann Lee"]),
        ("Lead inspector: Ann le Bon, Her Majesty Inspector", ["Ann le Bon"]),
        ("Lead inspector: Jo Bloggs, Regional Director", ["Jo Bloggs"]),
        ("Lead inspector: Jo Bloggs, HMI and 5 others", []),
        ("Lead inspector: to be confirmed", []),
        ("Lead inspector: Judgement", []),
    ],
)
def test_who_leads_is_named_in_many_ways(sutton_2021, line, names):
    old = "Lead inspector: Brenda McLaughlin, Her Majesty's Inspector"
    assert [one.name for one in read_text(sutton_2021.replace(old, line)).inspectors] == names


@pytest.mark.parametrize("verb", [" is", " are", " were judged to be", " –", ":"])
def test_a_heading_of_the_body_says_its_grade_with_or_without_a_verb(sutton_2021, verb):
    text = sutton_2021.replace(
        "need help and protection: good", f"need help and protection{verb} good"
    )
    assert text.count(f"{verb} good")
    assert read_text(text).status == "read"


def test_a_provider_that_holds_other_words_is_doubted(sutton_2021):
    reading = read_text(
        sutton_2021.replace(
            "Inspection of Sutton local authority children's services",
            "Sutton is good. Inspection of children’s social care services",
        )
    )
    assert whats(reading) == ["the provider's name cannot be separated from the words beside it"]


def test_the_authority_may_stand_below_the_title(sutton_2021):
    text = sutton_2021.replace(
        "Inspection of Sutton local authority children's services",
        "Inspection of children’s social care services1\n\nSutton",
    )
    reading = read_text(text)
    assert (reading.title, reading.provider) == (
        "Inspection of children’s social care services",
        "Sutton",
    )


def test_a_trust_for_childrens_services_keeps_its_name(sutton_2021):
    name = "Doncaster Children’s Services Trust"
    text = sutton_2021.replace("Inspection of Sutton local", f"Inspection of {name} local")
    assert read_text(text).provider == name


@pytest.mark.parametrize(
    "heading",
    [
        "Experiences and progress of children who need help and protection remain good",
        "The experiences of children who need help and protection:good",
        "The experiences and progress of children who need help or protection: judged as good 1",
    ],
)
def test_a_heading_with_a_slip_is_a_witness(sutton_2021, heading):
    old = "The experiences and progress of children who need help and protection: good"
    assert read_text(sutton_2021.replace(old, heading)).status == "read"
    other = heading.replace("good", "inadequate")
    assert read_text(sutton_2021.replace(old, other)).status == "doubtful"


def test_a_heading_cut_in_two_keeps_its_list(sutton_2021):
    found = read_text(sutton_2021.replace("What needs to improve", "What needs\n\nto improve"))
    assert found.improvements == read_text(sutton_2021).improvements != ()


def test_a_provider_with_figures_is_doubted(sutton_2021):
    text = sutton_2021.replace("Inspection of Sutton local", "Inspection of 16 June Sutton local")
    assert whats(read_text(text)) == [
        "the provider's name cannot be separated from the words beside it"
    ]


NEW_WORDS = {"Outstanding": "Exceptional", "Good": "Strong standard", ": good": ": strong standard"}


def in_new_words(text):
    for old, new in NEW_WORDS.items():
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("seed", ["sutton_2025", "sutton_2021"])
def test_where_all_grades_are_new_words_each_is_doubted_by_name(request, seed):
    text = request.getfixturevalue(seed)
    known = read_text(text)
    reading = read_text(in_new_words(text))
    assert reading.status == "doubtful"
    assert [(one.key, one.label, one.grade) for one in reading.judgements] == [
        (one.key, one.label, None) for one in known.judgements
    ]
    assert {one.printed for one in reading.judgements} <= set(NEW_WORDS.values())
    doubts = [doubt for doubt in reading.doubts if doubt.what.startswith("unknown grade word")]
    assert len(doubts) == len(known.judgements)
    assert "add the line GradeWord('Strong standard', " in doubts[-1].what


def test_one_new_word_among_known_ones_is_doubted_by_name(sutton_2021):
    reading = read_text(sutton_2021.replace("Outstanding", "Exceptional"))
    assert "unknown grade word" in whats(reading)
    assert [one.grade for one in reading.judgements] == [None, "good", "good", "good"]
