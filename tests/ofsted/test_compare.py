from dataclasses import replace

import pytest

import ofsted
from ofsted.compare import LINKS, ComparisonLine, compare, lineage
from ofsted.reports.model import GRADES, Judgement, Reading

WORDS = {
    "outstanding": "Outstanding",
    "good": "Good",
    "requires_improvement": "Requires improvement to be good",
    "inadequate": "Inadequate",
    None: "Not judged",
}


def reading(kind, framework, status="read", outcome=None, **grades):
    judgements = tuple(
        Judgement(key, f"{kind} {key}", WORDS[grade], grade) for key, grade in grades.items()
    )
    return Reading(
        "", "1", status, kind, framework=framework, judgements=judgements, outcome=outcome
    )


SIF = reading(
    "sif",
    "sif_2013",
    overall="good",
    help_and_protection="good",
    looked_after="requires_improvement",
    adoption="outstanding",
    care_leavers="inadequate",
    leadership="good",
    lscb="good",
)
ILACS_2018 = reading(
    "ilacs",
    "ilacs_2018",
    leaders="outstanding",
    help_and_protection="good",
    care_and_care_leavers="good",
    overall="good",
)
ILACS_2023 = reading(
    "ilacs",
    "ilacs_2023",
    leaders="good",
    help_and_protection="good",
    in_care="outstanding",
    care_leavers="good",
    overall="good",
)
ILACS_2026 = reading(
    "ilacs",
    "ilacs_2026",
    leaders="good",
    help_and_protection="inadequate",
    in_care="outstanding",
    care_leavers="good",
)


def short(newer, older):
    return [
        (row.key, row.before, row.grade, row.relation, row.direction)
        for row in compare(newer, older).rows
    ]


def test_the_seeds_compare_as_the_design_says(sutton_seeds):
    newer, older = sutton_seeds
    assert short(newer, older) == [
        ("leaders", "outstanding", "good", "same", "lowered"),
        ("help_and_protection", "good", "good", "same", "unchanged"),
        ("in_care", "good", "good", "split", "unchanged"),
        ("care_leavers", "good", "good", "split", "unchanged"),
        ("overall", "good", "good", "same", "unchanged"),
    ]
    assert compare(newer, older).rows[2] == ComparisonLine(
        key="in_care",
        label="The experiences and progress of children in care",
        grade="good",
        before="good",
        relation="split",
        direction="unchanged",
        printed="Good",
        printed_before="Good",
        reason="judged together with care leavers before",
    )


def test_ilacs_2018_looks_back_to_sif():
    assert short(ILACS_2018, SIF) == [
        ("leaders", "good", "outstanding", "successor", "raised"),
        ("help_and_protection", "good", "good", "successor", "unchanged"),
        ("care_and_care_leavers", "requires_improvement", "good", "successor", "raised"),
        ("overall", "good", "good", "successor", "unchanged"),
        ("adoption", "outstanding", None, "ended", None),
        ("care_leavers", "inadequate", None, "merged", None),
        ("lscb", "good", None, "ended", None),
    ]


def test_ilacs_2023_is_compared_with_sif_with_care_leavers_judged_separately():
    assert short(ILACS_2023, SIF)[2:] == [
        ("in_care", "requires_improvement", "outstanding", "successor", "raised"),
        ("care_leavers", "inadequate", "good", "successor", "raised"),
        ("overall", "good", "good", "successor", "unchanged"),
        ("adoption", "outstanding", None, "ended", None),
        ("lscb", "good", None, "ended", None),
    ]


def test_overall_effectiveness_has_ended():
    rows = compare(ILACS_2026, ILACS_2023).rows
    assert short(ILACS_2026, ILACS_2023)[1:2] == [
        ("help_and_protection", "good", "inadequate", "same", "lowered")
    ]
    assert rows[-1] == ComparisonLine(
        key="overall",
        label="ilacs overall",
        grade=None,
        before="good",
        relation="ended",
        direction=None,
        printed_before="Good",
        reason="no longer given: overall effectiveness ended in April 2026",
    )


def test_a_re_inspection_does_not_judge_the_board():
    again = replace(SIF, judgements=SIF.judgements[:-1])
    assert short(again, SIF)[-1] == ("lscb", "good", None, "not_judged", None)


def test_what_was_never_given_before_is_new():
    assert short(SIF, replace(SIF, judgements=SIF.judgements[:-1]))[-1] == (
        "lscb",
        None,
        "good",
        "new",
        None,
    )


@pytest.mark.parametrize("now", GRADES)
@pytest.mark.parametrize("before", GRADES)
def test_direction_follows_the_order_of_the_four_words(now, before):
    newer = reading("ilacs", "ilacs_2018", overall=now)
    older = reading("ilacs", "ilacs_2018", overall=before)
    order = GRADES.index(now) - GRADES.index(before)
    wanted = {True: "unchanged", order > 0: "lowered", order < 0: "raised"}[True]
    wanted = "unchanged" if order == 0 else wanted
    assert short(newer, older) == [("overall", before, now, "same", wanted)]


def test_a_grade_outside_the_four_words_has_no_direction():
    newer = reading("sif", "sif_2013", adoption=None)
    older = reading("sif", "sif_2013", adoption="good")
    assert short(newer, older) == [("adoption", "good", None, "same", None)]
    assert compare(newer, older).rows[0].printed == "Not judged"
    assert short(older, newer) == [("adoption", None, "good", "same", None)]


def test_area_send_has_one_row_in_the_words_of_its_outcome():
    newer = reading("area_send", "area_send_2023", outcome="inconsistent")
    older = reading("area_send", "area_send_2023", outcome="widespread_systemic_failings")
    assert short(newer, older) == [
        ("outcome", "widespread_systemic_failings", "inconsistent", "same", None)
    ]


@pytest.mark.parametrize("status", ["doubtful", "unread"])
def test_what_is_not_read_is_compared_with_nothing(status):
    with pytest.raises(ValueError, match=f"a {status} reading is compared with nothing"):
        compare(replace(ILACS_2023, status=status), ILACS_2018)
    with pytest.raises(ValueError, match=f"a {status} reading is compared with nothing"):
        compare(ILACS_2023, replace(ILACS_2018, status=status))


@pytest.mark.parametrize("kind", ["jtai", "focused_visit", "looked_after_2013", "lscb_review"])
def test_other_kinds_are_of_no_lineage(kind):
    assert lineage(kind) is None
    with pytest.raises(ValueError, match="not of one lineage"):
        compare(reading(kind, None), reading(kind, None))


def test_lineages():
    assert lineage("ilacs") == lineage("sif") != lineage("area_send") is not None
    with pytest.raises(ValueError, match="not of one lineage"):
        compare(ILACS_2023, reading("area_send", "area_send_2023", outcome="inconsistent"))


def test_every_link_gives_its_reason():
    assert all(link.reason for link in LINKS)


def test_the_function_is_public_although_its_module_has_its_name():
    assert ofsted.compare is compare
