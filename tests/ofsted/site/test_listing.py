"""What a provider's page lists, in every shape that is known."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from deployments.demo.fake_ofsted import Listed
from deployments.demo.fake_ofsted_faults import edited
from ofsted.site.model import Entry

DAY = date(2025, 7, 29)
VISIT = date(2025, 6, 16)
GOV_UK = "https://www.gov.uk/government/publications/sutton"


def report(**fields) -> Listed:
    return Listed(**{"published": DAY, "inspected": VISIT, "file_id": "50283346", **fields})


@pytest.fixture
def only(place, sutton):
    """The one entry that a page with this one row gives."""

    def read(row: Listed, **options) -> Entry:
        sutton.reports = [row]
        (entry,) = place.listing(**options).entries
        return entry

    return read


def test_suttons_page_is_read_completely_and_in_its_order(place):
    listing = place.listing()
    assert (listing.urn, listing.code, listing.name) == ("80515", 44, "London Borough of Sutton")
    assert listing.address == f"{place.base}/provider/44/80515"
    assert listing.warnings == ()
    assert [(entry.file_id, entry.published, entry.inspected) for entry in listing.entries] == [
        ("50283346", date(2025, 7, 29), date(2025, 6, 16)),
        ("50227080", date(2023, 9, 1), None),
        ("50176759", date(2022, 2, 1), date(2021, 12, 6)),
        ("2760992", date(2017, 2, 13), None),
    ]


def test_an_authoritys_row_is_read_with_both_its_days(only):
    assert only(report()) == Entry(
        title="Children's services inspection",
        published=DAY,
        link="https://files.ofsted.gov.uk/v1/file/50283346",
        file_id="50283346",
        inspected=VISIT,
    )


@pytest.mark.parametrize("file_type", ["pdf", "PDF"])
@pytest.mark.parametrize("variant", ["V1", "V1a", "V2"])
def test_every_variant_of_a_row_gives_the_same_entry(only, variant, file_type):
    entry = only(report(variant=variant, file_type=file_type))
    assert entry == only(report())


def test_a_link_that_says_no_day_leaves_it_unknown(only):
    entry = only(report(title="Academy conversion letter", variant="V1b"))
    assert (entry.title, entry.published, entry.warnings) == (
        "Academy conversion letter",
        None,
        (),
    )


def test_the_inspections_day_is_never_taken_for_the_publications(only):
    entry = only(report(published=None, variant="V1"))
    assert (entry.published, entry.inspected) == (None, VISIT)


def test_two_days_of_publication_that_differ_are_warned_of_and_the_links_stands(only):
    entry = only(report(marked=date(2025, 7, 28)))
    assert entry.published == DAY
    (warning,) = entry.warnings
    assert warning == "two publication dates: 29 July 2025 in its link, 28 July 2025 beside it"


@pytest.mark.parametrize(
    ("shown", "title"),
    [
        ("Children's services inspection,  PDF", "Children's services inspection"),
        (
            "Single inspection of LA children's services as pdf",
            "Single inspection of LA children's services as pdf",
        ),
        ("Children\u2019s services focused visit", "Children\u2019s services focused visit"),
        ("Bournemouth, Christchurch & Poole review", "Bournemouth, Christchurch & Poole review"),
        ("Something  Ofsted\u00a0never said", "Something Ofsted never said"),
        ("Visit\u202e to \u200bSutton", "Visit to Sutton"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("Inspection of 12 June 2024, part 2", "Inspection of 12 June 2024, part 2"),
    ],
)
def test_titles_are_as_shown_but_for_the_file_type(only, shown, title):
    entry = only(report(title=shown))
    assert (entry.title, entry.published, entry.warnings) == (title, DAY, ())


def test_a_grade_beside_the_title_is_not_part_of_it(only):
    entry = only(report(title="Full inspection", grade="Good"))
    assert (entry.title, entry.grade) == ("Full inspection", "Good")
    entry = only(report(title="Full inspection: requires improvement"))
    assert (entry.title, entry.grade) == ("Full inspection", "requires improvement")


def test_a_title_that_stands_only_in_the_words_for_screen_readers_is_taken_from_there(place, only):
    shown = "\n    Children&#039;s services inspection\n    <span"
    place.fake_ofsted.misbehave("/provider/44/80515", edited(shown, "\n    <span"))
    assert only(report()).title == "Children's services inspection"


def test_events_without_a_link_are_no_rows(place, sutton):
    sutton.reports += [
        Listed("Opened", variant="event"),
        Listed("Registered", inspected=date(2010, 4, 1), variant="event"),
        Listed("Closed", variant="plain"),
    ]
    assert len(place.listing().entries) == 4


def test_rows_that_lead_elsewhere_or_nowhere_are_rows(place, sutton):
    sutton.reports += [
        Listed("Improvement notice", DAY, link=GOV_UK, variant="plain", inspected=VISIT),
        Listed("Statement of action", DAY, link=GOV_UK + "/statement"),
        Listed("A letter to come", DAY, variant="plain"),
    ]
    entries = place.listing().entries[4:]
    assert [(e.title, e.published, e.link, e.file_id) for e in entries] == [
        ("Improvement notice", DAY, GOV_UK, None),
        ("Statement of action", DAY, GOV_UK + "/statement", None),
        ("A letter to come", DAY, None, None),
    ]
    assert entries[0].inspected == VISIT


def test_a_key_fits_an_index_however_long_the_title_or_link():
    title, link = "x" * 10_000, "https://www.gov.uk/" + "x" * 10_000
    keys = {
        Entry(said, None, where).key
        for said in (title, title + "y")
        for where in (None, link, link + "y")
    }
    assert len(keys) == 4
    assert all(len(key) < 600 for key in keys)


def test_a_block_that_repeats_the_newest_report_makes_no_second_row(place, sutton):
    plain = place.listing()
    sutton.latest_block = True
    listing = place.listing()
    assert (listing.entries, listing.warnings) == (plain.entries, ())


def test_a_report_that_is_listed_twice_and_differently_is_warned_of(place, sutton):
    sutton.reports.append(report(title="Children's services inspection (corrected)"))
    listing = place.listing()
    assert len(listing.entries) == 4
    assert listing.warnings == (
        "listed twice, the second time as Children's services inspection (corrected), 29 July 2025",
    )


@pytest.mark.parametrize("banner", ["maintenance", "consultation", "effectiveness"])
def test_banners_change_nothing(place, sutton, banner):
    plain = place.listing().entries
    sutton.banner = banner
    assert place.listing().entries == plain


def test_a_schools_rating_blocks_change_nothing(place, sutton):
    plain = place.listing().entries
    sutton.graded = True
    assert place.listing().entries == plain


def test_several_reports_of_one_day_keep_their_own_days(place, sutton):
    other = Listed("Joint area child protection inspection", date(2023, 9, 1), "50227080")
    sutton.reports = [report(), other]
    row_ends = edited('</span>\n</div></li>\n          <li class="timeline__day">', "</span></div>")
    place.fake_ofsted.misbehave(sutton.path, row_ends)
    first, second = place.listing().entries
    assert (first.published, first.inspected) == (DAY, VISIT)
    assert second.published == date(2023, 9, 1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<ol class="timeline">', '<ol class="list">'),
        ('class="timeline__day"', 'class="item"'),
        ('<li class="timeline__day">', "<div>"),
        ('<main id="main" tabindex="-1">', '<div id="content">'),
        ("<main id=", "<main class="),
        ("title-block", "heading-block"),
        ('a class="publication-link" target="_blank"', 'a data-x="1" class="publication-link big"'),
        (' class="event__metadata"', ""),
        ("<time pubdate>", "<time>"),
    ],
)
def test_what_was_only_inferred_refuses_nothing_when_it_is_absent(place, old, new):
    expected = [(entry.file_id, entry.published) for entry in place.listing().entries]
    place.fake_ofsted.misbehave("/provider/44/80515", edited(old, new))
    entries = place.listing().entries
    assert [(entry.file_id, entry.published) for entry in entries] == expected


@pytest.mark.parametrize(
    "said", [", pdf - 29 July 2025", ", PDF \u2013 29th July\u00a02025", ", pdf 29 July 2025"]
)
def test_the_day_in_a_link_may_be_written_in_several_ways(place, only, said):
    place.fake_ofsted.misbehave("/provider/44/80515", edited(", pdf - 29 July 2025", said))
    assert only(report(variant="V1a")).published == DAY


def test_a_day_that_is_none_is_warned_of_and_left_unknown(place, only):
    place.fake_ofsted.misbehave("/provider/44/80515", edited("29 July 2025", "31 Juni 2025"))
    entry = only(report())
    assert (entry.published, entry.warnings) == (None, ('not a date: "31 Juni 2025"',))


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2025, 7, 30)])
def test_unlikely_days_of_publication_are_warned_of(place, sutton, day):
    sutton.reports = [report(published=day)]
    with place.site(clock=lambda: datetime(2025, 7, 29, 12, tzinfo=UTC)) as site:
        (entry,) = site.listing(80515).entries
    assert entry.published == day
    assert "unlikely publication date" in entry.warnings[0]


def test_links_of_the_configured_files_host_are_files_too(place, only):
    place.fake_ofsted.files = place.base
    assert only(report()).file_id == "50283346"


def test_a_vanished_row_is_not_the_listings_business(place, sutton):
    sutton.reports = sutton.reports[:1]
    assert len(place.listing().entries) == 1


def test_providers_with_letters_or_seven_digits_are_read(place):
    for urn, code in (("SC023666", 2), ("2532287", 44)):
        place.fake_ofsted.provider(urn, "Some & Other", code=code, reports=[replace(report())])
        with place.site() as site:
            assert site.listing(urn, code).name == "Some & Other"
