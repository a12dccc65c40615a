"""Whatever the site does wrong: no news of it, the last state stands, and whoever asked hears."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from deployments.standin_faults import (
    Reply,
    announced,
    challenge,
    cut,
    drip,
    edited,
    instead,
    not_found,
    redirect,
    reset,
    slim_error,
    status,
)
from deployments.standin_pages import ProviderPage, notice, search_page
from flows.study import KEPT, LARGEST
from tests.town import PAGE, REPORT_2025

IN_AN_HOUR = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
SHELL = b"<!DOCTYPE html><html><head><title>Find an Inspection Report - Ofsted</title></head>"
GONE_CLASSES = edited("publication-link", "card__link")
GONE_LINKS = edited('href="https://files.ofsted.gov.uk/v1/file/50176759"', 'data-file="50176759"')


def thirty_megabytes(reply: Reply) -> Reply:
    return instead(reply.body.replace(b"</main>", b"<p>more</p>" * 2_800_000 + b"</main>"))(reply)


FAULTS = {
    "403": (status(403), "failing", "403"),
    "404, the provider is gone": (not_found, "failing", '"Page not found"'),
    "429": (status(429), "failing", "429"),
    "429, wait in seconds": (status(429, retry_after=120), "failing", "429"),
    "429, wait until a time": (status(429, retry_after=IN_AN_HOUR), "failing", "429"),
    "500": (slim_error, "failing", '"Slim Application Error"'),
    "503": (status(503, "Service Unavailable"), "failing", "503"),
    "reset": (reset(), "failing", "a broken answer"),
    "slow drip": (drip(8, 0.02), "failing", "takes too long"),
    "redirect off the host": (redirect("https://example.com/"), "failing", "https://example.com/"),
    "loop": (redirect(PAGE), "failing", "redirects in a circle"),
    "cut short": (cut(0.9), "strange", "cut off"),
    "shorter than announced": (announced(100), "strange", "cut off"),
    "challenge": (challenge, "strange", "not one of Ofsted's site"),
    "empty shell": (instead(SHELL + b"<body></body></html>"), "strange", "no report is listed"),
    "maintenance page": (instead(notice("Maintenance", "Back soon.")), "strange", '"Maintenance"'),
    "search page": (instead(search_page([], {})), "strange", "not a provider's page"),
    "classes gone": (GONE_CLASSES, "strange", "layout drift"),
    "links gone": (GONE_LINKS, "strange", "no report is listed"),
    "30 MB": (thirty_megabytes, "strange", "more than 5,000,000 bytes"),
    "another provider": (edited("URN: 80515", "URN: 80429"), "strange", "the page of URN 80429"),
    "another code": (redirect("/provider/43/80515"), "strange", "redirected to"),
    "packed badly": (lambda reply: reply.named("Content-Encoding", "gzip"), "strange", "unpacked"),
}


@pytest.mark.parametrize(("fault", "state", "said"), FAULTS.values(), ids=FAULTS)
def test_a_page_that_cannot_be_had_or_believed_is_no_news(town, fault, state, said):
    if said == "takes too long":
        town.settings["site"]["timeout"] = 0.5
    town.standin.providers["43"] = ProviderPage("80515", "London Borough of Sutton", 43)
    town.standin.misbehave(PAGE, fault)
    before = town.reports
    looked = town.cli("look", "--plain", "--json")
    assert looked.exit_code == 1
    assert f'"state": "{state}"' in looked.stdout
    assert said.replace('"', '\\"') in looked.stdout
    assert (town.news, town.reports) == ([], before)
    assert town.mail.messages == town.teams.posts == []


def test_every_way_of_failing_in_turn_is_one_trouble_with_one_end(town):
    for fault, *_ in list(FAULTS.values())[5:8] + list(FAULTS.values())[11:14]:
        town.standin.misbehave(PAGE, fault)
        town.looks(1, minutes=30)
    assert town.news == ["look_failed"]
    town.standin.behave()
    town.looks(2, minutes=35)
    assert town.news == ["look_failed", "look_recovered"]
    (_, over) = town.subjects("it")
    assert "well again after 3 hours" in over


def test_a_maintenance_banner_on_a_page_that_is_right_changes_nothing(town):
    town.standin.providers["80515"].banner = "maintenance"
    town.publish(REPORT_2025)
    assert (town.look().state, town.news) == ("well", ["report_published"])


def test_a_page_by_turns_well_and_failing_is_told_of_only_while_it_lasts(town):
    for _ in range(4):
        town.standin.misbehave(PAGE, challenge, times=1)
        assert not town.looks(1, minutes=45).is_well
        assert town.looks(1, minutes=45).is_well
    assert town.news == []


def test_a_wrong_not_modified_hides_nothing_for_more_than_an_hour(town):
    town.look()
    town.publish(REPORT_2025)
    town.standin.misbehave(PAGE, status(304))
    assert town.look().outcome == "unchanged"
    town.sql("UPDATE page SET read_at = '2020-01-01 00:00:00'")
    assert (town.look().outcome, town.news) == ("strange", [])
    town.standin.behave()
    assert (town.look().outcome, town.news) == ("changed", ["report_published"])


def _kept(town):
    return sorted((town.folder / "data" / "unproven").iterdir())


def test_a_page_that_is_not_believed_is_kept_for_study_and_named(town):
    town.standin.misbehave(PAGE, challenge)
    looked = town.look()
    (page,) = _kept(town)
    assert page.read_bytes() == challenge(Reply()).body
    assert f"; the page is kept as {page}" in looked.message
    town.looks(1, hours=2)
    assert _kept(town) == [page]  # the same page, once
    assert town.news_of("look_failed")["kept"] == str(page)
    text = town.mails_to("it")[0].get_body(("plain",)).get_content()
    assert page.name in "".join(text.split())


def test_of_the_pages_kept_for_study_few_stay_and_none_is_large(town):
    for number in range(KEPT + 2):
        town.standin.misbehave(PAGE, instead(b"<html>%d" % number + b"x" * 2 * LARGEST))
        town.looks(1, minutes=15)
    pages = _kept(town)
    assert [page.read_bytes()[:7] for page in pages] == [b"<html>%d" % n for n in range(2, 7)]
    assert {page.stat().st_size for page in pages} == {LARGEST}


def test_no_page_that_failed_to_come_and_none_where_there_is_no_room_is_kept(town):
    town.standin.misbehave(PAGE, status(503))
    assert "kept" not in town.look().message
    (town.folder / "data" / "unproven").write_text("in the way")
    town.standin.misbehave(PAGE, challenge)
    looked = town.look()
    assert (looked.outcome, "kept" in looked.message) == ("strange", False)
