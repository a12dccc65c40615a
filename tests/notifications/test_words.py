from __future__ import annotations

import dataclasses
import re
from datetime import date
from pathlib import Path

import pytest

import ofsted
import seeds
from notifications import text
from notifications.events import (
    AboutReport,
    AuthorityStanding,
    Difference,
    Finding,
    Provider,
    ReportListedLate,
    ReportReplaced,
    ReportUnread,
    Welcome,
)
from notifications.message import MessageContext
from notifications.words import of_events, plain
from notifications.words.labels import IN_SUBJECT, short_label
from ofsted.reports.model import Doubt, Improvement, Judgement
from tests.notifications import boroughs
from tests.notifications.samples import (
    DOUBTFUL,
    EARLIER,
    FOUND_2025,
    LABELS,
    REPORT_2025,
    ROWS,
    SUTTON,
    SUTTON_2025,
    UNREAD,
    every,
    published,
    row,
    with_rows,
)
from tests.notifications.variants import variants

GOLDEN = Path(__file__).parent / "golden" / "sutton-2025.txt"
CONTEXT = MessageContext("scrutiny", ui_url="https://example.gov.uk")


def said(event, message_context: MessageContext = CONTEXT) -> str:
    return text.render(of_events.message(event, message_context))


def flat(event) -> str:
    return " ".join(said(event).split())


def as_mail(event) -> str:
    return f"Subject: {of_events.message(event, CONTEXT).subject}\n\n{said(event)}"


def test_suttons_report_of_2025_is_announced_in_these_words():
    assert as_mail(SUTTON_2025) == GOLDEN.read_text()


def test_the_seeds_themselves_make_the_same_words():
    folder = Path(str(seeds.folder()))
    older = ofsted.read(folder / "sutton-2021-ilacs.txt")
    newer = ofsted.read(folder / "sutton-2025-ilacs.txt")
    facts = {field.name: getattr(newer, field.name) for field in dataclasses.fields(Finding)}
    event = published(found=Finding(**facts), rows=ofsted.compare(newer, older).rows)
    assert as_mail(event) == GOLDEN.read_text()


@pytest.mark.parametrize(
    ("event", "subject"),
    [
        (with_rows(*ROWS[1:]), "no judgement changed; overall Good"),
        (
            with_rows(row("leaders"), row("overall", before="requires_improvement")),
            "overall raised, Requires improvement to Good",
        ),
        (
            with_rows(
                row("leaders", before="inadequate"),
                row("in_care", before="inadequate"),
                row("care_leavers", before="outstanding"),
            ),
            "1 judgement lowered, 2 raised; overall Good",
        ),
        (
            with_rows(row("leaders"), row("care_leavers", before=None, relation="new")),
            "care leavers judged for the first time, Good; overall Good",
        ),
        (
            with_rows(
                row("leaders"),
                row("overall", grade=None, relation="ended", direction=None),
                judgements=FOUND_2025.judgements[:-1],
            ),
            "no judgement raised or lowered; overall no longer given",
        ),
        (with_rows(), "new inspection report, not compared; overall Good"),
        (published(rows=(), previous=None), "first report under this framework; overall Good"),
        (
            published(
                rows=(),
                previous=None,
                found=dataclasses.replace(
                    FOUND_2025,
                    judgements=(
                        Judgement(
                            "overall",
                            LABELS["overall"],
                            "Requires improvement to be good",
                            "requires_improvement",
                        ),
                    ),
                ),
            ),
            "first report under this framework; overall Requires improvement",
        ),
        (published(found=DOUBTFUL, rows=()), "new inspection report, not yet read"),
        (published(found=Finding(status="unread"), rows=()), "new inspection report, not yet read"),
        (published(found=UNREAD, rows=()), "new inspection report, not yet read"),
        (
            published(found=Finding(status="missing"), rows=()),
            "new inspection report, not yet read",
        ),
    ],
)
def test_the_subject_says_the_fact_after_the_authority(event, subject):
    assert of_events.summary(event) == f"Sutton: {subject}"


def kind(title: str, **found) -> AboutReport:
    values = {"status": "read", **found}
    return published(
        report=dataclasses.replace(REPORT_2025, title=title),
        found=Finding(first_day=date(2025, 6, 16), **values),
        rows=(),
        previous=None,
    )


FALLEN = ("Requires improvement to be good", "requires_improvement")


@pytest.mark.parametrize("place", ["Sutton", "Bournemouth, Christchurch and Poole"])
@pytest.mark.parametrize("overall", ["good", "requires_improvement"])
@pytest.mark.parametrize("key", [key for key in IN_SUBJECT if key != "capacity"])
def test_the_grade_to_which_a_judgement_falls_is_never_left_out_of_the_subject(place, overall, key):
    fallen = dataclasses.replace(
        row(key, before="good", grade="requires_improvement"), printed=FALLEN[0]
    )
    event = dataclasses.replace(
        with_rows(
            *([fallen] if key == "overall" else [fallen, row("overall")]),
            judgements=(Judgement("overall", LABELS["overall"], overall, overall),),
        ),
        provider=dataclasses.replace(SUTTON, short_name=place),
    )
    subject = of_events.summary(event)
    assert "Requires improvement" in subject.partition("; overall")[0]
    assert "lowered" in subject
    assert "..." not in subject
    assert len(subject) <= 78


def test_a_fall_to_requires_improvement_is_said_with_both_grades_and_the_overall_one():
    fallen = dataclasses.replace(
        row("leaders", before="good", grade="requires_improvement"), printed=FALLEN[0]
    )
    assert of_events.summary(with_rows(fallen, row("overall"))) == (
        "Sutton: leaders' impact lowered, Good to Requires improvement; overall Good"
    )


@pytest.mark.parametrize(
    ("event", "subject", "sentence"),
    [
        (
            kind("Children's services focused visit", kind="focused_visit", status="unread"),
            "new focused visit letter",
            (
                "a new letter on a focused visit to children's services in the London Borough of "
                "Sutton on 29 July 2025. We do not yet read reports of this kind automatically. "
                "Please read the report. Ofsted's page lists it as \"Children's services "
                'focused visit", dated 29 July 2025.'
            ),
        ),
        (
            kind(
                "Children's services focused visit",
                kind="focused_visit",
                theme="children in care",
                improvements=(Improvement("priority_action", "Visits to children."),),
            ),
            "new focused visit letter, 1 priority action",
            (
                "Visited 16 June 2025. Focus of the visit: children in care. Focused visit "
                "letters do not give grades. Areas for priority action, in Ofsted's words: - "
                "Visits to children."
            ),
        ),
        (
            kind(
                "Area SEND full inspection",
                kind="area_send",
                outcome="widespread_systemic_failings",
                improvements=(Improvement("priority_action", "Plans.", body="The council"),),
            ),
            "new area SEND inspection report, widespread and/or systemic failings",
            (
                "29 July 2025: there are widespread and/or systemic failings leading to "
                "significant concerns. Inspected 16 June 2025. Area SEND: There are widespread "
                "and/or systemic failings leading to significant concerns Areas for priority "
                "action, in the inspectors' words: - Plans. (Responsible: The council.)"
            ),
        ),
        (
            kind("Area SEND full inspection", kind="area_send", outcome="typically_positive"),
            "area SEND inspection, typically positive experiences and outcomes",
            "29 July 2025: the arrangements typically lead to positive experiences and outcomes.",
        ),
        (
            kind("Joint area child protection inspection", status="unread"),
            "new joint targeted area inspection",
            "Source: Ofsted, the Care Quality Commission, HM Inspectorate of Constabulary",
        ),
        (
            kind("Something quite new", status="unread"),
            "new report, Something quite new",
            "Ofsted published a new report about the London Borough of Sutton on 29 July 2025.",
        ),
    ],
)
def test_reports_of_other_kinds_are_announced_in_their_own_terms(event, subject, sentence):
    assert of_events.summary(event) == f"Sutton: {subject}"
    assert sentence in flat(event)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("London Borough of Sutton", "the London Borough of Sutton"),
        ("Kingston Upon Hull, City of", "the City of Kingston Upon Hull"),
        ("Bournemouth, Christchurch and Poole", "Bournemouth, Christchurch and Poole"),
        ("Derbyshire", "Derbyshire"),
    ],
)
def test_an_authority_stands_in_a_sentence_as_people_say_it(name, said):
    assert plain.place_in_words(name) == said


def test_a_doubtful_report_is_announced_with_its_lines_and_without_a_grade():
    event = published(found=DOUBTFUL, rows=ROWS)
    announced = flat(event)
    assert (
        "29 July 2025. We have not been able to read it yet. We could not read the grades"
        in announced
    )
    assert (
        "Why it could not be read reliably, with the lines in question: - The table and"
        in announced
    )
    assert '"Overall effectiveness Good" / "Children in care: outstanding"' in announced
    assert "Judgement" not in announced
    assert "https://files.ofsted.gov.uk/v1/file/50283346" in announced
    assert "table and headings" not in announced


def test_a_report_elsewhere_is_announced_with_its_link_and_one_without_a_link_says_so():
    gone = Finding(status="elsewhere")
    away = dataclasses.replace(REPORT_2025, link="https://www.gov.uk/report", file_id=None)
    announced = flat(published(report=away, found=gone, rows=()))
    assert "It is published on another website, so we have not downloaded it." in announced
    assert "Report: https://www.gov.uk/report" in announced
    none = dataclasses.replace(REPORT_2025, link=None, file_id=None)
    assert "The page gives no link to the report, so we could not read it." in flat(
        published(report=none, found=gone, rows=())
    )


@pytest.mark.parametrize("link", ["http://example.org/a", "javascript:alert(1)", "https://a@b/"])
def test_an_address_that_is_not_fit_is_shown_and_not_linked(link):
    event = published(
        report=dataclasses.replace(REPORT_2025, link=link),
        found=Finding(status="elsewhere"),
        rows=(),
    )
    message = of_events.message(event, CONTEXT)
    assert [one.url for one in message.links] == [SUTTON.page]
    assert f"The page gives this address, not linked here for safety: {link}" in flat(event)


def test_a_test_sites_links_on_this_machine_are_kept():
    page = "http://127.0.0.1:8000/provider/44/80515"
    event = published(provider=dataclasses.replace(SUTTON, page=page))
    assert page in [one.url for one in of_events.message(event, CONTEXT).links]


def test_why_nothing_is_compared_is_said():
    doubt = published(rows=(), previous=None, previous_in_doubt=True)
    assert "Not compared: the previous inspection could not be read reliably." in flat(doubt)
    why = published(rows=(), not_compared="the report before is not yet read")
    assert "Not compared: the report before is not yet read." in flat(why)
    first = published(rows=(), previous=None)
    assert "There is no earlier inspection to compare it with." in flat(first)


def test_what_differs_stands_before_the_judgements_and_names_what_was_removed():
    long = "The timeliness of visits to children who are in care and live out of the area."
    event = ReportReplaced(
        provider=SUTTON,
        report=REPORT_2025,
        found=FOUND_2025,
        differences=(
            Difference(what=LABELS["in_care"], was="Good", now="Inadequate"),
            Difference(what="what needs to improve", was=long, now=None),
        ),
    )
    announced = flat(event)
    assert (
        "- Children in care: was Good, now Inadequate - What needs to improve, removed" in announced
    )
    assert f'removed: "{long}"' in announced
    assert announced.index("What differs") < announced.index("Children in care: Good")


@pytest.mark.parametrize(
    ("type_", "subject"),
    [
        ("channel_down", 'Ofsted Watch: Teams delivery to "channel" is failing'),
        ("channel_up", "Ofsted Watch: email delivery is working again"),
        ("delivery_delayed", "Ofsted Watch: messages to scrutiny are delayed"),
    ],
)
def test_a_channel_is_named_as_people_name_it(type_, subject):
    event = next(each for each in every() if each.type == type_)
    assert of_events.summary(event) == subject


def test_a_comparison_across_frameworks_says_so_in_words():
    event = published(
        previous=dataclasses.replace(EARLIER, framework="sif_2013"),
        rows=(
            row(
                "leaders",
                before="requires_improvement",
                printed_before="Requires improvement",
                relation="successor",
                reason="compared across frameworks: SIF judged leadership",
            ),
            row("overall", relation="successor", reason="compared across frameworks: in both"),
            row(
                "adoption",
                grade=None,
                relation="ended",
                direction=None,
                reason="no longer given: adoption was judged apart only until 2018",
            ),
        ),
    )
    announced = flat(event)
    assert (
        "Compared across frameworks: then the single inspection framework of 2013, now" in announced
    )
    assert "*1 The single inspection framework of 2013 judged leadership." in announced
    assert "*2 Adoption was judged apart only until 2018." in announced
    assert "Requires improvement*1 -> Good (raised)" in announced
    assert "Good*2 before (no longer given)" in announced
    for abbreviation in ("SIF", "ILACS", " RI "):
        assert abbreviation not in announced


@pytest.mark.parametrize(
    ("rows", "clause"),
    [
        (
            (row("leaders", before="good"),),
            "no judgement is lower or higher than at the previous inspection.",
        ),
        (
            (row("leaders", before="outstanding"),),
            "one judgement is lower than at the previous inspection and none is higher.",
        ),
        (
            (row("leaders", before="inadequate"), row("overall", before="inadequate")),
            (
                "two judgements are higher than at the previous inspection, none is lower, and "
                "overall effectiveness has been raised from Inadequate to Good."
            ),
        ),
        (
            (row("overall", grade=None, relation="ended", direction=None),),
            (
                "no judgement is lower or higher than at the previous inspection, and overall "
                "effectiveness is no longer given."
            ),
        ),
    ],
)
def test_the_first_sentence_counts_what_moved(rows, clause):
    assert clause in flat(with_rows(*rows))


def test_pages_of_the_grades_are_named_where_the_report_has_pages():
    judgements = tuple(dataclasses.replace(one, page=1) for one in FOUND_2025.judgements)
    found = dataclasses.replace(FOUND_2025, judgements=judgements)
    assert "from the report (table and headings, page 1). Please refer to" in flat(
        published(found=found)
    )


def test_an_older_report_is_named_as_old():
    event = ReportListedLate(provider=SUTTON, report=REPORT_2025, found=FOUND_2025)
    assert of_events.summary(event) == "Sutton: older report listed late; overall Good"
    assert "It was not on the page before, but it is not a new report." in flat(event)


def test_a_report_without_a_day_is_announced_without_one():
    event = published(report=dataclasses.replace(REPORT_2025, published=None))
    assert "Ofsted's page lists a new inspection report" in flat(event)
    assert "None" not in flat(event)


def test_a_test_says_that_it_is_one():
    message_context = dataclasses.replace(CONTEXT, test=True)
    message = of_events.message(SUTTON_2025, message_context)
    assert message.subject.startswith("Test: Sutton: ")
    assert said(SUTTON_2025, message_context).startswith(
        "This is a test. Nothing new has happened.\n"
    )
    assert len(message.subject) <= 78


@pytest.mark.parametrize("event", every(), ids=lambda event: event.type)
def test_every_subject_fits_and_every_text_keeps_to_its_columns(event):
    place = "Bournemouth, Christchurch and Poole"
    if hasattr(event, "provider"):
        provider = dataclasses.replace(event.provider, name=place, short_name=place)
        event = dataclasses.replace(event, provider=provider)
    assert len(of_events.summary(event)) <= 78
    assert "\n" not in of_events.summary(event)
    for line in said(event).splitlines():
        assert len(line) <= 78
        assert line == line.rstrip()


@pytest.mark.parametrize("event", every(), ids=lambda event: event.type)
def test_operators_get_what_to_do_and_no_message_poses_as_ofsteds_service(event):
    announced = flat(event)
    assert announced.endswith("Ofsted Watch is not an Ofsted service.")
    assert ("What to do: " in announced) is (event.audience == "operators")
    assert 'You are receiving this because "scrutiny" is on the Ofsted Watch list at' in announced


# The first version's own words for things that have a name. "whoever" has its one place.
HOUSE_WORDS = re.compile(
    r"\b(told|hears?|heard|tell you|look(s|ed)?(?! after)|held against|in doubt|with doubt"
    r"|a program|mend|owed|holes?|settled?|got this|You get this|at once)\b"
)


EVERYTHING = {each.type: each for each in every()} | variants() | boroughs.variants()


@pytest.mark.parametrize("name", EVERYTHING)
def test_messages_speak_plain_english(name):
    event = EVERYTHING[name]
    assert not HOUSE_WORDS.search(flat(event))
    assert not HOUSE_WORDS.search(of_events.summary(event))


def test_sober_words_are_never_these():
    announced = " ".join(flat(event).lower() for event in every())
    for word in ("downgraded", "failed to", "worse", "alert!", " ri "):
        assert word not in announced


def test_a_welcome_to_many_gives_a_line_each_with_all_judgements():
    watched = tuple(
        AuthorityStanding(
            provider=Provider(
                urn=str(n), name=f"Place {n}", short_name=f"Place {n}", page="https://x"
            ),
            reports=1,
            newest=REPORT_2025,
            found=FOUND_2025,
        )
        for n in range(5)
    )
    event = Welcome(recipient="r", watched=watched, unseen=(SUTTON,), to="operators")
    assert (
        of_events.summary(event) == "Ofsted Watch: you are subscribed to reports on 6 authorities"
    )
    announced = flat(event)
    assert (
        "- Place 3 (16 to 20 June 2025): leaders' impact Good; help and protection Good"
        in announced
    )
    assert "Not yet checked: the London Borough of Sutton. We will keep trying." in announced
    assert "You will be alerted if something needs attention" in announced
    assert "We will alert you when a new report" not in announced


def test_an_unread_report_is_announced_to_operators_with_the_doubt():
    event = ReportUnread(provider=SUTTON, report=REPORT_2025, found=UNREAD)
    assert "Why it could not be read:\n- No table of judgements." in said(event)


def test_how_to_stop_names_whoever_answers():
    for contact, stop in (
        ("", "contact whoever runs this service."),
        ("it@example.gov.uk", "email it@example.gov.uk."),
        ("mailto:it@example.gov.uk", "email it@example.gov.uk."),
        ("https://example.gov.uk/help", "see https://example.gov.uk/help."),
    ):
        assert f"To unsubscribe, {stop}" in " ".join(
            said(SUTTON_2025, MessageContext("x", "", contact)).split()
        )


@pytest.mark.parametrize(
    ("first", "last", "words_"),
    [
        (date(2025, 6, 16), date(2025, 6, 20), "16 to 20 June 2025"),
        (date(2024, 4, 29), date(2024, 5, 3), "29 April to 3 May 2024"),
        (date(2023, 12, 4), date(2024, 1, 8), "4 December 2023 to 8 January 2024"),
        (date(2016, 7, 28), None, "28 July 2016"),
        (None, None, ""),
    ],
)
def test_days_are_said_as_ofsted_says_them(first, last, words_):
    assert plain.days(first, last) == words_


def test_labels_are_shortened_by_a_list_and_else_kept():
    assert short_label(f"{LABELS['care_leavers']} ") == "Care leavers"
    assert short_label("2.2 Experiences and progress of Care Leavers") == "Care leavers"
    assert short_label("Children\u2019s services in Sutton are") == "Overall judgement"
    assert short_label("Something new") == "Something new"


def test_long_quotations_end_at_a_sentence():
    quoted = plain.quotation("One sentence. " * 100)
    assert quoted.endswith("One sentence. ...")
    assert len(quoted) <= 704


def test_a_grade_outside_the_four_words_is_shown_as_printed():
    judgement = Judgement("adoption", "Adoption performance", "Not Judged", None)
    found = dataclasses.replace(FOUND_2025, judgements=(judgement,))
    assert "Adoption performance:  Not Judged" in said(published(found=found, rows=()))


def test_many_doubts_and_improvements_are_cut_with_their_number():
    many = tuple(Improvement("improvement", f"Number {n}.") for n in range(30))
    found = dataclasses.replace(FOUND_2025, improvements=many)
    assert "- and 10 more, see the report" in said(published(found=found))
    doubts = tuple(Doubt(f"doubt {n}") for n in range(25))
    found = dataclasses.replace(DOUBTFUL, doubts=doubts)
    assert "- and 5 more, see the report" in said(published(found=found))
