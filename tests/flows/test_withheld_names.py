"""A name that Ofsted withholds, or withdraws, is given nowhere from then on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from deployments.demo.fake_borough import SUTTON
from deployments.demo.fake_ofsted import Listed
from tests.installation import REPORT_2025, pdf

NAME = "Quiet House"
URN = "SC012345"
STANDS_FOR_IT = f"name withheld by Ofsted (URN {URN})"


@pytest.fixture
def borough(installation):
    """Sutton, a children's home of which a document was announced, and who waits for a digest."""
    site = installation.fake_ofsted
    installation.list(REPORT_2025)
    site.providers["80515"].area = SUTTON
    site.provider(
        URN,
        NAME,
        code=2,
        reports=[Listed("Full inspection", date(2025, 5, 1), "700")],
        area=SUTTON,
        category="Children's Home",
        kind="Children's Home",
    )
    installation.settings["watch"] = [{"area": "Sutton"}]
    for name, frequency in (("at once", "immediate"), ("daily", "daily 08:00")):
        installation.settings["recipients"].append(
            {
                "name": name,
                "email": f"{name.replace(' ', '')}@example.gov.uk",
                "provider_types": ["all"],
                "frequency": frequency,
            }
        )
    installation.round()
    site.publish(URN, Listed("Full inspection", date(2025, 7, 28), "50300001", data=pdf("Home")))
    installation.later(hours=2)
    return installation


def kept(borough):
    """All that our database has, as text, but emails that were sent and pages that came."""
    tables = borough.sql("SELECT name FROM sqlite_master WHERE type = 'table'")
    found = []
    for (table,) in tables:
        if table in {"page_cache", "delivery"}:
            continue
        found += [f"{table}: {row}" for row in borough.sql(f'SELECT * FROM "{table}"')]  # noqa: S608
    pending = borough.sql("SELECT content FROM delivery WHERE state = 'pending'")
    return "\n".join([*found, *map(str, pending)])


def naming(borough):
    """The lines of that which give the name."""
    return [line for line in kept(borough).splitlines() if NAME in line]


def test_a_name_that_is_withdrawn_is_kept_nowhere_from_then_on(borough):
    borough.round()
    assert naming(borough)
    borough.fake_ofsted.withhold(URN)
    borough.later(hours=2)
    borough.round()
    assert naming(borough) == []
    assert STANDS_FOR_IT in kept(borough)


def test_a_name_in_what_failed_is_kept_nowhere_either(borough):
    """The file cannot be had, and the page of the error has the name."""
    site = borough.fake_ofsted
    site.change(URN, "50300001", data=None)
    borough.round()
    site.misbehave(f"/provider/2/{URN}", _another_page)
    site.publish(URN, Listed("Monitoring visit", date(2025, 7, 29), "50300002", data=pdf("Home")))
    for _ in range(2):
        borough.later(hours=2)
        borough.round()
    assert {"file_unavailable", "page_check_failed"} <= {*borough.event_types}
    assert len(naming(borough)) > 3
    site.withhold(URN)
    site.behave()
    borough.later(hours=2)
    borough.round()
    assert naming(borough) == []


def test_a_message_that_waits_is_made_anew_without_the_name(borough):
    borough.email.answers["RCPT"] = "451 4.3.0 try later"
    borough.round()
    borough.fake_ofsted.withhold(URN)
    borough.email.answers.clear()
    borough.later(hours=2)
    borough.round()
    (sent,) = [mail for mail in borough.emails_to("atonce") if "28 July" in str(mail)]
    assert NAME not in str(sent)
    assert f"URN {URN}" in str(sent)


def test_a_digest_gives_no_name_that_was_withdrawn_before_it(borough):
    borough.round()
    borough.fake_ofsted.withhold(URN)
    borough.at("2025-07-29 07:30")
    borough.round()
    digest = borough.emails_to("daily")[-1]
    assert NAME not in str(digest)
    assert f"URN {URN}" in str(digest)


def test_what_operators_were_told_of_its_file_and_of_messages_about_it_is_without_the_name(borough):
    borough.fake_ofsted.change(URN, "50300001", data=None)
    borough.email.answers["RCPT atonce@example.gov.uk"] = "550 5.1.1 no such mailbox"
    for _ in range(3):
        borough.round()
        borough.later(hours=1)
    assert {"file_unavailable", "delivery_failed"} <= set(borough.event_types)
    told = [each.summary + each.payload for each in borough.events if each.audience == "operators"]
    assert NAME in "".join(told)
    borough.fake_ofsted.withhold(URN)
    borough.later(hours=2)
    borough.round()
    assert NAME not in kept(borough)


def test_a_name_is_withheld_under_the_type_that_the_provider_had_before_too(borough):
    site = borough.fake_ofsted
    site.provider("100001", "Oak School", code=21, area=SUTTON)
    borough.round()
    moved = replace(site.providers[URN], code=14, kind="Secure home")
    del site.providers[URN]
    site.providers[moved.key] = moved
    borough.later(days=1)
    borough.round()
    moved.is_withheld = True
    borough.later(days=1)
    borough.round()
    assert naming(borough) == []


def test_a_page_that_withholds_the_name_counts_although_the_search_gives_it(borough):
    page = borough.fake_ofsted.providers[URN]
    page.is_withheld = True
    borough.fake_ofsted.misbehave("/search", _with_the_name)
    borough.round()
    borough.later(hours=2)
    borough.round()
    assert naming(borough) == []


def _with_the_name(reply):
    from deployments.demo.fake_ofsted_faults import edited

    return edited(f">{URN}</a>", f">{NAME}</a>")(reply)


def _another_page(reply):
    from deployments.demo.fake_ofsted_faults import edited

    return edited(f"URN: {URN}", "URN: SC999999")(reply)
