"""Pages of providers other than authorities, in every shape that is known.

Shapes R1 to R6 are those of the area contract, section 3.3; R3 was seen whole.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import cycle

import pytest

from deployments.demo.fake_ofsted import Listed
from deployments.demo.fake_ofsted_faults import edited
from deployments.demo.fake_ofsted_pages import BANDS, Card
from ofsted.errors import UnexpectedResponse
from ofsted.site.grade_words import GRADES

PRIMARY, NURSERY, SPECIAL, HOME = 21, 16, 25, 2
DAY, VISIT = date(2025, 5, 6), date(2025, 3, 18)
OPENED = Listed("Opened", variant="event")
REGISTERED = Listed("Registration", inspected=date(2024, 10, 4), variant="registered")
AREAS = {
    "Inclusion": "Strong standard",
    "Curriculum and teaching": "Expected standard",
    "Achievement": "Expected standard",
    "Leadership and governance": "Needs attention",
}


def report(title: str = "School inspection", **fields) -> Listed:
    shown = {"published": DAY, "inspected": VISIT, "file_id": "50276206", "file_type": "PDF"}
    return Listed(title, **{**shown, **fields})


@pytest.fixture
def show(place):
    """Shows a provider."""

    def show(*reports: Listed, code: int = PRIMARY, urn: str = "116780", **shown):
        name = shown.pop("name", "Abberley Parochial VC Primary School")
        return place.fake_ofsted.provider(urn, name, code=code, reports=reports, **shown)

    return show


@pytest.fixture
def listing(place):
    """What the client makes of a provider's page."""

    def read(page, **options):
        with place.site(**options) as site:
            return site.listing(page.urn, page.code)

    return read


@pytest.fixture
def refusal(listing):
    """Why it does not believe a page."""

    def read(page) -> str:
        with pytest.raises(UnexpectedResponse) as refused:
            listing(page)
        return refused.value.came

    return read


@pytest.fixture
def only(show, listing):
    """The one entry that a school's page with this one row gives."""

    def read(row: Listed):
        (entry,) = listing(show(row, OPENED)).entries
        return entry

    return read


@pytest.fixture
def titled(show, listing):
    """The titles and grades of a page with these rows."""

    def read(rows: list[Listed]) -> list[tuple[str, str | None]]:
        shown = [replace(row, file_id=str(number)) for number, row in enumerate(rows)]
        return [(each.title, each.grade) for each in listing(show(*shown)).entries]

    return read


SCHOOL = [
    report(),
    report(published=date(2023, 11, 27), inspected=date(2023, 10, 11), file_id="50233913"),
    report("Short inspection", published=date(2018, 6, 5), file_id="2777285"),
    report("Full inspection", published=date(2014, 3, 18), file_id="2347589", grade="Good"),
    report("Interim assessment", published=date(2012, 3, 20), file_id="1929463"),
    report("Full inspection", published=date(2009, 9, 10), file_id="927437", grade="Satisfactory"),
    report("Full inspection", published=date(2000, 5, 12), file_id="766407"),
    OPENED,
]


def test_a_schools_page_is_read_completely_with_the_grades_of_its_entries_alone(show, listing):
    page = show(
        *SCHOOL,
        judgements={"Quality of education": "Outstanding", "Personal development": "Inadequate"},
        trust="",
        kind="Primary",
        local_authority="Worcestershire",
    )
    read = listing(page)
    assert (read.name, read.kind, read.local_authority, read.is_withheld, read.warnings) == (
        "Abberley Parochial VC Primary School",
        "Primary",
        "Worcestershire",
        False,
        (),
    )
    assert [(each.file_id, each.title, each.published, each.grade) for each in read.entries] == [
        ("50276206", "School inspection", DAY, None),
        ("50233913", "School inspection", date(2023, 11, 27), None),
        ("2777285", "Short inspection", date(2018, 6, 5), None),
        ("2347589", "Full inspection", date(2014, 3, 18), "Good"),
        ("1929463", "Interim assessment", date(2012, 3, 20), None),
        ("927437", "Full inspection", date(2009, 9, 10), "Satisfactory"),
        ("766407", "Full inspection", date(2000, 5, 12), None),
    ]


def test_blanks_in_class_names_as_the_site_writes_them_change_nothing(place, show, listing):
    page = show(*SCHOOL, kind="Primary")
    plain = listing(page).entries
    place.fake_ofsted.misbehave(
        page.path, edited('class="timeline__day"', 'class="timeline__day        "')
    )
    assert listing(page).entries == plain


def test_a_page_without_details_says_nothing_of_its_kind(show, listing):
    read = listing(show(report()))
    assert (read.kind, read.local_authority) == (None, None)


def test_a_grade_in_bold_is_taken_as_printed_whatever_it_says(titled):
    grades = [*GRADES, "Requires Improvement", "Splendid", "Met, in part"]
    rows = [report("Full inspection", grade=grade) for grade in grades]
    assert titled(rows) == [("Full inspection", grade) for grade in grades]


def test_a_grade_in_plain_text_is_taken_where_the_word_is_known(titled):
    grades = [*GRADES, "not met (WITH ACTIONS)"]
    rows = [report(f"Full inspection: {grade}") for grade in grades]
    assert titled(rows) == [("Full inspection", grade) for grade in grades]


def test_words_that_are_no_grade_of_the_entry_stay_in_its_title(titled):
    titles = [
        "Full inspection: splendid",
        "Good practice visit",
        "Monitoring visit: areas graded needs attention",
        "Grades: Outstanding, Good, Requires improvement, Inadequate",
        "Inspection of Outstanding",
    ]
    assert titled([report(title) for title in titles]) == [(title, None) for title in titles]


def test_a_bold_grade_without_a_colon_counts_where_the_word_is_known(place, only):
    page = "/provider/21/116780"
    place.fake_ofsted.misbehave(page, edited(": <strong>", " <strong>"))
    assert only(report("Full inspection", grade="Good")).grade == "Good"
    assert only(report("Full inspection", grade="of all pupils")).grade is None


def test_a_day_in_bold_is_no_grade(only):
    entry = only(report("Inspection report", grade="18 March 2025"))
    assert (entry.title, entry.grade) == ("Inspection report", None)


def test_a_sentence_as_a_grade_is_one_and_a_whole_page_of_bold_is_none(only):
    sentence = "Inconsistent quality of service delivery adversely affects some children."
    assert only(report(grade=sentence)).grade == sentence
    assert only(report(grade="Good " * 100)).grade is None


@pytest.mark.parametrize("is_escaped", [True, False])
@pytest.mark.parametrize(("band", "safeguarding"), [*zip(BANDS, cycle(["met", "not met"]))])
def test_a_report_card_gives_no_entry_and_no_grade(show, listing, band, safeguarding, is_escaped):
    card = Card(VISIT, AREAS | {"Inclusion": band}, safeguarding, band, is_escaped)
    rows = (report("Full inspection"), report("Full inspection", file_id="2600000"), REGISTERED)
    page = show(*rows, code=NURSERY, urn="2821756", card=card, kind="Childcare")
    read = listing(page)
    assert [(each.file_id, each.title, each.grade) for each in read.entries] == [
        ("50276206", "Full inspection", None),
        ("2600000", "Full inspection", None),
    ]
    assert (read.warnings, read.kind) == ((), "Childcare")


def test_a_report_card_without_a_timeline_is_refused(place, show, refusal):
    page = show(report(), code=NURSERY, card=Card(VISIT, AREAS))
    place.fake_ofsted.misbehave(
        page.path, lambda reply: type(reply)(_without_timeline(reply.body), headers=reply.headers)
    )
    assert "no reports listed" in refusal(page)


def _without_timeline(body: bytes) -> bytes:
    before, _, rest = body.partition(b'<ol class="timeline">')
    return before + rest.partition(b"</ol>")[2]


def test_a_report_that_its_card_links_too_is_called_as_in_the_timeline(place, show, listing):
    page = show(report(), report("Old", file_id="1"), code=NURSERY, card=Card(VISIT, AREAS))
    link = (
        '<a class="publication-link" href="https://files.ofsted.gov.uk/v1/file/50276206">Read</a>'
    )
    place.fake_ofsted.misbehave(page.path, edited("<h3>Our", f"{link}<h3>Our"))
    titles = [(each.title, each.published) for each in listing(page).entries]
    assert titles == [("School inspection", DAY), ("Old", DAY)]


def test_a_file_that_only_the_card_links_is_a_changed_layout(place, show, refusal):
    page = show(report(), code=NURSERY, card=Card(VISIT, AREAS))
    link = '<a href="https://files.ofsted.gov.uk/v1/file/50309999">Read the report</a>'
    place.fake_ofsted.misbehave(page.path, edited("<h3>Our", f"{link}<h3>Our"))
    assert "changed layout, 1 links to files outside the rows we recognise: 50309999" in refusal(
        page
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("School inspection <time>", "School inspection <time>"),
        (
            "School inspection <time>18 March 2025</time>",
            "School inspection (<time>18 March 2025</time>)",
        ),
        (
            "School inspection <time>18 March 2025</time>",
            "<time>18 March 2025</time>: School inspection",
        ),
        ('<span class="filetype">PDF</span>', '(<span class="filetype">PDF</span>)'),
        ('<span class="filetype">PDF</span>', ""),
        ("Report published <time>", "<time>"),
    ],
)
def test_a_link_with_its_own_day_and_file_type_is_read(place, show, listing, old, new):
    page = show(report(variant="V2"), OPENED)
    place.fake_ofsted.misbehave(page.path, edited(old, new))
    (entry,) = listing(page).entries
    assert (entry.title, entry.published, entry.inspected, entry.grade) == (
        "School inspection",
        DAY,
        VISIT,
        None,
    )


def test_a_childrens_home_is_read(show, listing):
    page = show(
        report("Full inspection", variant="V1a"),
        report("Monitoring visit", variant="V1a", file_id="50293150", published=date(2024, 12, 31)),
        REGISTERED,
        code=HOME,
        urn="2766766",
        name="Oak House",
        kind="Children's Home",
        local_authority="Lancashire",
    )
    read = listing(page)
    assert [(each.title, each.published) for each in read.entries] == [
        ("Full inspection", DAY),
        ("Monitoring visit", date(2024, 12, 31)),
    ]
    assert (read.kind, read.local_authority) == ("Children's Home", "Lancashire")


@pytest.mark.parametrize("heading", ["URN: SC023666", "URN SC023666", "SC023666", "sc023666"])
def test_a_home_whose_name_is_withheld_is_its_urn(place, show, listing, heading):
    page = show(report(variant="V1a"), code=HOME, urn="SC023666", is_withheld=True)
    place.fake_ofsted.misbehave(page.path, edited("URN: SC023666</h1>", f"{heading}</h1>"))
    assert (listing(page).name, listing(page).is_withheld) == (heading, True)


def test_a_bare_urn_without_the_word_is_proof_for_a_home_and_not_for_an_authority(
    place, show, listing, refusal
):
    def bare(page):
        place.fake_ofsted.misbehave(page.path, edited(f"URN: {page.urn}", page.urn))
        return page

    assert listing(bare(show(report(), code=HOME, urn="SC023666", is_withheld=True))).is_withheld
    assert "no URN 80569" in refusal(bare(show(report(), code=44, urn="80569", is_withheld=True)))


@pytest.mark.parametrize("variant", ["V1", "V1b"])
def test_a_conversion_letter_is_an_entry_with_or_without_a_day(show, listing, variant):
    letter = report("Academy conversion letter", variant=variant, inspected=None)
    (entry,) = listing(show(letter, OPENED)).entries
    assert (entry.title, entry.published, entry.grade) == (
        "Academy conversion letter",
        DAY if variant == "V1" else None,
        None,
    )


BESIDE = "URN: 116780 Linked education URN: 125463"


def test_a_residential_special_school_may_name_a_second_urn(show, listing, refusal):
    page = show(report(), code=SPECIAL, subheading=BESIDE)
    assert listing(page).urn == "116780"
    page.subheading = "URN: 125463"
    assert "the page of URN 125463, not 116780" in refusal(page)


def test_an_authority_may_not(show, refusal):
    page = show(report(), code=44, subheading=BESIDE)
    assert "the page of URN 125463, not 116780" in refusal(page)


def test_the_page_of_a_school_with_the_same_urn_as_a_nursery_is_refused(show, refusal):
    page = show(
        report(), code=NURSERY, canonical="https://reports.ofsted.gov.uk/provider/21/116780"
    )
    assert "the page of a provider of type 21, not 16" in refusal(page)


@pytest.mark.parametrize("family", ["ELS", "CARE"])
def test_a_canonical_address_of_the_old_form_has_no_type(show, listing, family):
    old = (
        f"http://reports.ofsted.gov.uk/inspection-reports/find-inspection-report/provider/{family}"
    )
    assert listing(show(report(), canonical=f"{old}/116780")).urn == "116780"


def test_a_provider_that_has_not_been_inspected_has_an_empty_list(show, listing, refusal):
    assert listing(show(REGISTERED, code=HOME)).entries == ()
    assert "no reports listed" in refusal(show(code=HOME))
    assert "no reports listed" in refusal(show(REGISTERED, code=44, urn="80569"))


def test_an_entry_dated_ahead_or_without_a_day_is_an_entry(show, listing):
    ahead = report(published=date(2026, 9, 4), file_id="1")
    undated = report(published=None, file_id="2")
    old = report(published=date(1996, 6, 14), file_id="3")
    page = show(ahead, undated, old)
    entries = listing(page, clock=lambda: datetime(2026, 9, 3, tzinfo=UTC)).entries
    assert [(each.published, each.warnings) for each in entries] == [
        (date(2026, 9, 4), ("unlikely publication date, 4 September 2026",)),
        (None, ()),
        (date(1996, 6, 14), ()),
    ]


def test_a_file_that_is_listed_twice_is_one_entry(show, listing):
    read = listing(show(report(), report("Monitoring visit")))
    assert [each.title for each in read.entries] == ["School inspection"]
    assert read.warnings == ("listed twice, the second time as Monitoring visit, 6 May 2025",)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<b>Bright</b> & 'Sons'", "<b>Bright</b> & 'Sons'"),
        ("Oak\u202e esuoH\u2066 \u200bHouse", "Oak esuoH House"),
        ("St Mary\u2019s  \u2013 Caf\u00e9", "St Mary\u2019s \u2013 Caf\u00e9"),
        ("Long " * 4000, ("Long " * 4000).strip()),
    ],
)
def test_any_name_is_text_on_one_line(show, listing, name, shown):
    page = show(report(), name=name, kind="<i>Primary\u202e</i>", local_authority="Sutton & more")
    read = listing(page)
    assert (read.name, read.kind, read.local_authority) == (
        shown,
        "<i>Primary</i>",
        "Sutton & more",
    )


def test_three_hundred_entries_are_read(show, listing):
    rows = [
        report(published=DAY - timedelta(days=number), file_id=str(1000 + number))
        for number in range(300)
    ]
    assert len(listing(show(*rows, kind="Primary")).entries) == 300
