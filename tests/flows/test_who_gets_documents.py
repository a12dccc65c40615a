"""Documents of an area reach the people who chose them: a real borough, mailboxes and a channel."""

from __future__ import annotations

import json
from datetime import date

import pytest

from deployments.demo.fake_borough import SUTTON
from deployments.demo.fake_ofsted import Listed
from deployments.demo.fake_ofsted_faults import status
from tests.installation import OPERATORS, PAGE, SCRUTINY, forget, pdf

TODAY = date(2025, 7, 28)  # when the installation begins
HOME_URN = "SC012345"
WITHHELD = f"Children's Home, name withheld by Ofsted (URN {HOME_URN})"


def _reader(name, *types, **more):
    return {
        "name": name,
        "email": f"{name}@example.gov.uk",
        "provider_types": [*types],
        **more,
    }


EVERYONE = [
    SCRUTINY,
    _reader("schools", "schools"),
    _reader("both", "authorities", "schools"),
    _reader("all", "all"),
    _reader("concerns", "all", alert_on="concerns"),
    _reader("weekly", "schools", "children's homes", frequency="weekly monday 08:00"),
    OPERATORS,
]


def listed(file_id, title="School inspection", day=TODAY, **more):
    return Listed(title, day, file_id, data=pdf(f"A report {file_id}"), **more)


@pytest.fixture
def borough(installation):
    """Sutton, two schools and a children's home without a name; everyone is to be welcomed."""
    site = installation.fake_ofsted
    site.providers["80515"].area = SUTTON
    for urn, name in (("100001", "Acorn School"), ("100002", "Beech School")):
        site.provider(
            urn,
            name,
            code=21,
            reports=[listed(f"60{urn[-1]}", day=date(2025, 6, 1))],
            area=SUTTON,
            category="Primary",
        )
    site.provider(
        HOME_URN,
        "Quiet House",
        code=2,
        reports=[listed("700", "Full inspection", date(2025, 5, 1))],
        area=SUTTON,
        category="Children's Home",
        kind="Children's Home",
        is_withheld=True,
    )
    installation.settings["watch"] = [{"area": "Sutton", "exclude": ["childminders"]}]
    channel = installation.settings["recipients"][1] | {"provider_types": ["all"]}
    installation.settings["recipients"] = [*EVERYONE, channel]
    installation.later(minutes=1)
    installation.round()
    return installation


def _text(email):
    return " ".join(email.get_body(("plain",)).get_content().split())


def _rounds(borough, number=1):
    for _ in range(number):
        borough.later(hours=1, minutes=5)
        borough.round()


def test_each_is_welcomed_to_what_it_will_get(borough):
    (schools,) = borough.emails_to("schools")
    assert "alerts about new Ofsted documents on schools in Sutton." in _text(schools)
    assert "a grade is shown only if Ofsted lists one" in _text(schools)
    assert "judgement" not in _text(schools)
    (both,) = borough.emails_to("both")
    assert "We will also alert you when Ofsted lists a new document on schools in Sutton." in _text(
        both
    )
    assert "Sutton: Ofsted's page lists" in _text(both)
    (everything,) = borough.emails_to("all")
    assert "documents on all other providers except childminders in Sutton." in _text(everything)
    (concerns,) = borough.emails_to("concerns")
    assert 'lists the lowest grade, "not met", or serious or widespread weaknesses' in _text(
        concerns
    )


def test_each_gets_the_documents_that_it_chose_and_the_council_s_readers_none(borough):
    forget(borough)
    borough.fake_ofsted.publish("100001", listed("50300001"))
    borough.fake_ofsted.publish(HOME_URN, listed("50300002", "Full inspection", grade="Inadequate"))
    _rounds(borough)
    subject = "Sutton: Acorn School, school inspection"
    home = "Sutton: lowest grade (Inadequate): Children's Home SC012345, name withheld"
    assert borough.subjects("schools") == borough.subjects("both") == [subject]
    assert sorted(borough.subjects("all")) == sorted([subject, home])
    assert borough.subjects("concerns") == [home]
    assert borough.subjects("scrutiny") == borough.subjects("weekly") == []
    assert borough.subjects("it") == []
    posted = json.dumps(borough.cards)
    assert WITHHELD in posted
    assert "Quiet House" not in posted


def test_a_digest_groups_documents_by_kind_and_says_nothing_of_the_council(borough):
    forget(borough)
    borough.fake_ofsted.publish("100001", listed("50300001"))
    borough.fake_ofsted.publish("100002", listed("50300003", "Academy conversion letter"))
    borough.fake_ofsted.publish(HOME_URN, listed("50300002", "Full inspection", grade="Inadequate"))
    _rounds(borough)
    borough.at("2025-08-04 07:00")
    borough.round()
    (digest,) = borough.emails_to("weekly")
    assert (
        digest["Subject"] == "Sutton: 3 new documents, 1 with the lowest grade, since 28 July 2025"
    )
    said = _text(digest)
    for words in (
        "3 new documents on schools and children's homes in Sutton since 28 July 2025",
        "Schools: - Acorn School: school inspection, 28 July 2025",
        "- Beech School: academy conversion letter, 28 July 2025",
        f"Children's homes: - {WITHHELD}: full inspection, 28 July 2025. Lowest grade: Inadequate",
        "We have checked Ofsted's list",
        "Ofsted's search: ",
    ):
        assert words in said
    assert "udgement" not in said
    assert PAGE not in said


def test_a_digest_and_a_quiet_notice_are_about_the_pages_that_their_recipient_chose(borough):
    forget(borough)
    borough.fake_ofsted.misbehave(PAGE, status(404))  # the council's own page alone
    for _ in range(3):
        borough.later(days=10, hours=1)
        borough.round()
    (notice,) = borough.emails_to("schools")
    assert "about providers in Sutton since 28 July 2025; monitoring is working normally" in (
        _text(notice)
    )
    assert "No alerts about providers in Sutton" in _text(borough.emails_to("weekly")[0])
    (lost,) = borough.emails_to("both")
    assert "No successful check: Sutton since" in _text(lost)
