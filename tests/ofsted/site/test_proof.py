"""A page is accepted only with proof; anything else is refused in words that help."""

import pickle
from dataclasses import replace

import pytest

from deployments.demo.fake_ofsted_faults import (
    Reply,
    challenge,
    cut,
    dead_file,
    edited,
    instead,
    redirect,
)
from deployments.demo.fake_ofsted_pages import REAL_FILES, notice, provider_page, search_page
from ofsted import errors
from ofsted.site.answers import UnverifiedPage, name_of

from .conftest import PATH


@pytest.fixture
def refused(place):
    """How a page with a fault is refused."""

    def refuse(how, **options) -> UnverifiedPage:
        place.fake_ofsted.misbehave(PATH, how)
        with pytest.raises(UnverifiedPage) as refusal:
            place.listing(**options)
        return refusal.value

    return refuse


def test_a_refusal_says_what_was_asked_what_came_and_what_to_do(place, refused):
    refusal = refused(instead(notice("Service unavailable", "Come back later.")))
    assert refusal.asked == f"{place.base}{PATH}"
    assert refusal.came.startswith("no reports listed: 200, ")
    assert "nothing was changed" in refusal.advice
    assert b"Come back later." in refusal.page.body


def test_a_refusal_can_be_passed_to_another_process(refused):
    refusal = refused(challenge)
    copy = pickle.loads(pickle.dumps(refusal))  # noqa: S301 -- our own
    assert (str(copy), copy.page) == (str(refusal), refusal.page)


@pytest.mark.parametrize(
    ("how", "found"),
    [
        (dead_file(200), "not a provider's page"),
        (instead(notice("Page not found", "Sorry.")), "not a provider's page"),
        (instead(search_page([], {})), "not a provider's page"),
        (challenge, "its title is not that of a page on Ofsted's site"),
        (instead(b""), "not an HTML page"),
        (instead(b'{"reports": []}', "application/json"), "not an HTML page"),
        (cut(0.5), "an incomplete page"),
        (cut(0.999), "an incomplete page"),
        (edited("Find an Inspection Report", "Find something"), "its title is not"),
        (edited("timeline", "timeline pagination"), "a list split over"),
        (edited("All reports", '<a rel="next" href="?page=2">More</a>'), "a list split"),
        (edited("Children&#039;s services inspection", " "), "a row without a title"),
        (edited("/v1/file/50227080", "/v1/file/latest"), "changed layout"),
    ],
)
def test_an_answer_that_is_not_the_list_is_refused(refused, how, found):
    assert found in refused(how).came


def test_a_list_without_reports_is_refused_and_not_taken_for_empty(sutton, refused):
    sutton.reports = []
    assert "no reports listed" in refused(lambda reply: reply).came


def test_when_class_names_are_gone_the_links_that_are_there_are_named(refused):
    refusal = refused(edited("publication-link", "document-link"))
    assert (
        "changed layout, 4 links to files outside the rows we recognise: 50283346" in refusal.came
    )
    assert "new reports" in refusal.advice


def test_a_file_that_is_listed_outside_the_rows_is_drift(refused):
    more = '<p><a href="https://files.ofsted.gov.uk/v1/file/50999999">New</a></p></main>'
    assert (
        "1 links to files outside the rows we recognise: 50999999"
        in refused(edited("</main>", more)).came
    )


def test_a_file_that_is_linked_again_outside_the_rows_is_none(place):
    again = '<p><a href="http://files.ofsted.gov.uk/v1/file/50283346/">Newest</a></p></main>'
    place.fake_ofsted.misbehave(PATH, edited("</main>", again))
    assert len(place.listing().entries) == 4


def test_links_outside_the_main_part_do_not_count(place):
    outside = '<footer><a href="https://files.ofsted.gov.uk/v1/file/1">Guide</a>'
    place.fake_ofsted.misbehave(PATH, edited("<footer", outside + "<footer"))
    assert len(place.listing().entries) == 4


def test_another_providers_page_at_our_address_is_refused(place, refused):
    place.fake_ofsted.provider("80569", "Tameside", reports=[])
    other = place.fake_ofsted.answer("/provider/44/80569", {}).body
    assert "the page of URN 80569, not 80515" in refused(instead(other)).came


@pytest.mark.parametrize(
    "subheading",
    ["URN: 80569", "URN: 80515 (formerly URN: 80569)", "urn 2532287", "Urn number: SC023666"],
)
def test_any_other_urn_in_the_title_block_is_refused(sutton, refused, subheading):
    sutton.subheading = subheading
    assert "not 80515" in refused(lambda reply: reply).came


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("URN: 80515", "urn\u00a0:  80515"),
        ("URN: 80515", "<span>URN:</span> <strong>80515</strong>"),
        ("URN: 80515", "Unique reference number (URN) 80515"),
        ("URN: 80515", "URN\u00a080515"),
        ("URN: 80515", "URN \u2013 80515"),
        ('subheading">URN: 80515</p>', 'subheading"></p></div></div><p>URN: 80515</p><div><div>'),
    ],
)
def test_our_urn_may_be_written_in_several_ways_and_places(place, old, new):
    place.fake_ofsted.misbehave(PATH, edited(old, new))
    assert place.listing().urn == "80515"


def test_without_any_urn_a_known_report_or_the_name_is_proof(place, sutton, refused):
    sutton.subheading = ""
    assert "no URN 80515" in refused(lambda reply: reply).came
    assert "no URN 80515" in refused(lambda reply: reply, name="Surrey", known=["1"]).came
    place.fake_ofsted.behave()
    assert place.listing(known=["50176759"]).urn == "80515"
    place.fake_ofsted.misbehave(
        PATH, edited("We do not say when.", "No URN of 2024 or turn 80569.")
    )
    for name in ("London Borough of Sutton", "Sutton", "Sutton  Council"):
        assert place.listing(name=name).urn == "80515"


def test_a_name_that_has_only_words_of_style_proves_nothing(sutton, refused):
    sutton.subheading, sutton.name = "", "London Borough"
    assert "no URN" in refused(lambda reply: reply, name="City of London").came


def test_where_another_urn_is_printed_neither_report_nor_name_is_proof(sutton, refused):
    sutton.subheading = ""
    elsewhere = edited("We do not say when.", "See URN: 80569")
    assert "no URN" in refused(elsewhere, name=sutton.name, known=["50176759"]).came


@pytest.mark.parametrize(
    "canonical",
    [
        None,
        "https://reports.ofsted.gov.uk/provider/44/80515",
        "http://reports.ofsted.gov.uk/inspection-reports/find-inspection-report/provider/ELS/80515",
    ],
)
def test_a_canonical_address_that_is_generic_or_ours_refuses_nothing(place, sutton, canonical):
    sutton.canonical = canonical
    assert place.listing().urn == "80515"


def test_a_canonical_address_of_another_provider_is_refused(sutton, refused):
    sutton.canonical = "https://reports.ofsted.gov.uk/provider/44/80569"
    assert "the page of URN 80569" in refused(lambda reply: reply).came


def test_a_redirect_to_another_provider_is_refused(place, refused):
    place.fake_ofsted.provider("80569", "Tameside", reports=[])
    assert "redirected to" in refused(redirect("/provider/44/80569")).came


def test_the_old_form_of_address_leads_to_the_page(place):
    old = "/inspection-reports/find-inspection-report/provider/ELS/80515"
    place.fake_ofsted.misbehave(old, redirect(PATH, 301))
    place.fake_ofsted.misbehave(PATH, redirect(old), times=1)
    with pytest.raises(errors.Refused, match="circular"):
        place.listing()
    assert place.listing().urn == "80515"


@pytest.mark.parametrize(
    "title",
    [
        "London Borough of Sutton \u2013 Open \u2014 Find an Inspection Report \u2013 Ofsted",
        "London Borough of Sutton -\u00a0Find an  inspection report | Ofsted",
        "Searching Minds Nursery - Open - Find an Inspection Report - Ofsted",
    ],
)
def test_a_title_may_have_other_dashes_and_blanks(place, title):
    shown = "London Borough of Sutton - Open - Find an Inspection Report - Ofsted"
    place.fake_ofsted.misbehave(PATH, edited(shown, title))
    assert place.listing().urn == "80515"


@pytest.mark.parametrize("end", ["</HTML >\n\n", "</html><!-- a --><!-- b -->\n"])
def test_comments_and_blanks_may_follow_the_end(place, end):
    place.fake_ofsted.misbehave(PATH, edited("</html>", end))
    assert place.listing().urn == "80515"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("<script src='/p.js'></script>", "29 more bytes follow the end of the page: <script"),
        ("<!-- a --> <div>Seen by a proxy</div>", "26 more bytes follow"),
        ("\n</body></html>\n<img src=x>", "11 more bytes follow"),
        ("Seen\u202e by\0", "Seen by"),
        ("<script>let end = '</html>'</script>", "36 more bytes follow"),
        ("<!DOCTYPE html><html><body>Bad gateway</body></html>", "Bad gateway"),
        ("<!-- -->" * 100_000 + "x", "1 more bytes follow the end of the page: x"),
        ("<!-- " * 100_000, None),
        ("\r\n<!-- seen at 9:00 -->\n", None),
        ("</body></html>", None),
    ],
)
def test_what_follows_the_end_is_said_and_the_proven_list_believed(place, more, said):
    place.fake_ofsted.misbehave(PATH, edited("</html>", f"</html>{more}"))
    listing = place.listing()
    assert len(listing.entries) == 4
    assert said in listing.warnings[0] if said else not listing.warnings


def test_what_follows_the_end_is_no_part_of_the_list(place):
    more = '<a class="publication-link" href="https://files.ofsted.gov.uk/v1/file/1">New</a>'
    place.fake_ofsted.misbehave(PATH, edited("</html>", f"</html>{more}"))
    assert len(place.listing().entries) == 4


@pytest.mark.parametrize(
    "error",
    [
        "<html><body>Bad gateway</body></html>",
        "<script>document.write('</html>')</script>",
        "<!-- </html> -->",
        "<script>let end = '</html>'",
    ],
)
def test_an_end_that_is_not_the_pages_own_does_not_hide_that_it_is_cut(place, refused, error):
    def cut_short(reply: Reply) -> Reply:
        start, _, _ = reply.body.partition(b"50227080")
        return replace(reply, body=start + b'">' + error.encode())

    assert "an incomplete page" in refused(cut_short).came


def test_null_bytes_do_not_hide_what_follows_them(place):
    place.fake_ofsted.misbehave(PATH, edited("All reports", "All\0 reports"))
    assert len(place.listing().entries) == 4


@pytest.mark.parametrize("charset", ["windows-1252", "utf-7", "none", "\x01"])
def test_pages_are_utf_8_whatever_they_say_of_themselves(place, sutton, charset):
    sutton.reports = [replace(sutton.reports[0], title="Children\u2019s caf\u00e9")]
    place.fake_ofsted.misbehave(PATH, edited('charset="utf-8"', f"charset={charset}"))
    assert place.listing().entries[0].title == "Children\u2019s caf\u00e9"


def test_a_page_that_is_not_utf_8_is_read_with_windows_signs(place, sutton):
    sutton.reports = [replace(sutton.reports[0], title="Children\u2019s caf\u00e9")]
    in_windows_signs = provider_page(sutton, REAL_FILES).decode().encode("cp1252")
    place.fake_ofsted.misbehave(PATH, instead(in_windows_signs))
    assert place.listing().entries[0].title == "Children\u2019s caf\u00e9"


def test_one_broken_sign_does_not_spoil_the_others(place, sutton):
    sutton.reports = [replace(sutton.reports[0], title="Children\u2019s caf\u00e9")]
    broken = provider_page(sutton, REAL_FILES).replace("\u00e9".encode(), b"\xe9")
    place.fake_ofsted.misbehave(PATH, instead(broken))
    assert place.listing().entries[0].title == "Children\u2019s caf\ufffd"


def test_a_page_is_named_by_its_heading_or_title_in_one_short_line():
    assert name_of(b"<title>A &amp; B</title><h1> </h1>") == "A & B"
    assert name_of(b"<h1>One\n <b>two</b></h1>") == "One two"
    assert name_of(b"<h1>" + b"x" * 500 + b"</h1>") == "x" * 80 + "\u2026"
    assert name_of(Reply().body) == ""
