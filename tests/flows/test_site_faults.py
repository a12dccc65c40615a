"""Whatever the site does wrong, readers get nothing, and the last known state is kept."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from deployments.demo.fake_ofsted_faults import (
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
from deployments.demo.fake_ofsted_pages import notice, search_page
from flows.checking.quarantine import KEPT, LARGEST
from tests.installation import PAGE, REPORT_2025

IN_AN_HOUR = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
SHELL = b"<!DOCTYPE html><html><head><title>Find an Inspection Report - Ofsted</title></head>"
GONE_CLASSES = edited("publication-link", "card__link")
GONE_LINKS = edited('href="https://files.ofsted.gov.uk/v1/file/50176759"', 'data-file="50176759"')


def thirty_megabytes(reply: Reply) -> Reply:
    return instead(reply.body.replace(b"</main>", b"<p>more</p>" * 2_800_000 + b"</main>"))(reply)


FAULTS = {
    "403": (status(403), "unreachable", "403"),
    "404, the provider is gone": (not_found, "unreachable", '"Page not found"'),
    "429": (status(429), "unreachable", "429"),
    "429, wait in seconds": (status(429, retry_after=120), "unreachable", "429"),
    "429, wait until a time": (status(429, retry_after=IN_AN_HOUR), "unreachable", "429"),
    "500": (slim_error, "unreachable", '"Slim Application Error"'),
    "503": (status(503, "Service Unavailable"), "unreachable", "503"),
    "reset": (reset(), "unreachable", "the connection broke during the response"),
    "slow drip": (drip(8, 0.02), "unreachable", "took too long"),
    "redirect off the host": (
        redirect("https://example.com/"),
        "unreachable",
        "https://example.com/",
    ),
    "loop": (redirect(PAGE), "unreachable", "circular redirect"),
    "cut short": (cut(0.9), "unrecognised", "incomplete"),
    "shorter than announced": (announced(100), "unrecognised", "incomplete"),
    "challenge": (challenge, "unrecognised", "not that of a page on Ofsted's site"),
    "empty shell": (instead(SHELL + b"<body></body></html>"), "unrecognised", "no reports listed"),
    "maintenance page": (
        instead(notice("Maintenance", "Back soon.")),
        "unrecognised",
        '"Maintenance"',
    ),
    "search page": (instead(search_page([], {})), "unrecognised", "not a provider's page"),
    "classes gone": (GONE_CLASSES, "unrecognised", "changed layout"),
    "links gone": (GONE_LINKS, "unrecognised", "no reports listed"),
    "30 MB": (thirty_megabytes, "unrecognised", "more than 5,000,000 bytes"),
    "another provider": (
        edited("URN: 80515", "URN: 80429"),
        "unrecognised",
        "the page of URN 80429",
    ),
    "another code": (redirect("/provider/43/80515"), "unrecognised", "redirected to"),
    "packed badly": (
        lambda reply: reply.named("Content-Encoding", "gzip"),
        "unrecognised",
        "decompressed",
    ),
}


@pytest.mark.parametrize(("fault", "state", "said"), FAULTS.values(), ids=FAULTS)
def test_a_page_that_is_unreachable_or_unrecognised_makes_no_event_for_readers(
    installation, fault, state, said
):
    if said == "took too long":
        installation.settings["ofsted"]["timeout"] = 0.5
    installation.fake_ofsted.provider("80515", "London Borough of Sutton", code=43)
    installation.fake_ofsted.misbehave(PAGE, fault)
    before = installation.reports
    checked = installation.cli("check", "--no-prefect", "--json")
    assert checked.exit_code == 1
    assert f'"state": "{state}"' in checked.stdout
    assert said.replace('"', '\\"') in checked.stdout
    assert (installation.event_types, installation.reports) == ([], before)
    assert installation.email.messages == installation.teams.posts == []


def test_failures_of_every_kind_in_turn_are_one_failure_with_one_recovery(installation):
    for fault, *_ in list(FAULTS.values())[5:8] + list(FAULTS.values())[11:14]:
        installation.fake_ofsted.misbehave(PAGE, fault)
        installation.checks(1, minutes=30)
    assert installation.event_types == ["page_check_failed"]
    installation.fake_ofsted.behave()
    installation.checks(2, minutes=35)
    assert installation.event_types == ["page_check_failed", "page_check_recovered"]
    (_, over) = installation.subjects("it")
    assert "page available again after 3 hours" in over


def test_a_maintenance_banner_on_a_page_that_is_right_changes_nothing(installation):
    installation.fake_ofsted.providers["80515"].banner = "maintenance"
    installation.publish(REPORT_2025)
    assert (installation.check().state, installation.event_types) == ("ok", ["report_published"])


def test_a_page_by_turns_well_and_failing_is_reported_only_while_it_lasts(installation):
    for _ in range(4):
        installation.fake_ofsted.misbehave(PAGE, challenge, times=1)
        assert not installation.checks(1, minutes=45).is_well
        assert installation.checks(1, minutes=45).is_well
    assert installation.event_types == []


def test_a_wrong_not_modified_hides_nothing_for_more_than_an_hour(installation):
    installation.check()
    installation.publish(REPORT_2025)
    installation.fake_ofsted.misbehave(PAGE, status(304))
    assert installation.check().result == "unchanged"
    installation.sql("UPDATE page_cache SET read_at = '2020-01-01 00:00:00'")
    assert (installation.check().result, installation.event_types) == ("unrecognised", [])
    installation.fake_ofsted.behave()
    assert (installation.check().result, installation.event_types) == (
        "changed",
        ["report_published"],
    )


def _kept(installation):
    return sorted((installation.folder / "data" / "quarantine").iterdir())


@pytest.mark.both_databases
def test_a_page_that_is_not_believed_is_quarantined_and_named(installation):
    installation.fake_ofsted.misbehave(PAGE, challenge)
    checked = installation.check()
    (page,) = _kept(installation)
    assert page.read_bytes() == challenge(Reply()).body
    assert f"; a copy of the page was saved as {page}" in checked.message
    installation.checks(1, hours=2)
    assert _kept(installation) == [page]  # the same page, once
    assert installation.event_of("page_check_failed")["quarantined"] == str(page)
    text = installation.emails_to("it")[0].get_body(("plain",)).get_content()
    assert page.name in "".join(text.split())


def test_of_the_pages_quarantined_few_stay_and_none_is_large(installation):
    for number in range(KEPT + 2):
        installation.fake_ofsted.misbehave(PAGE, instead(b"<html>%d" % number + b"x" * 2 * LARGEST))
        installation.checks(1, minutes=15)
    pages = _kept(installation)
    assert [page.read_bytes()[:7] for page in pages] == [b"<html>%d" % n for n in range(2, 7)]
    assert {page.stat().st_size for page in pages} == {LARGEST}


def test_no_page_that_failed_to_come_and_none_where_there_is_no_room_is_kept(installation):
    installation.fake_ofsted.misbehave(PAGE, status(503))
    assert "kept" not in installation.check().message
    (installation.folder / "data" / "quarantine").write_text("in the way")
    installation.fake_ofsted.misbehave(PAGE, challenge)
    checked = installation.check()
    assert (checked.result, "kept" in checked.message) == ("unrecognised", False)
