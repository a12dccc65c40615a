"""Thirty days of a borough of 441 providers: each document announced once, to the right people."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from deployments.demo.fake_borough import SUTTON, TWIN, fake_borough
from deployments.demo.fake_ofsted import Listed
from ofsted.provider_key import ProviderKey
from tests.installation import REPORT_2025, pdf

pytestmark = [pytest.mark.system, pytest.mark.long(25)]
FIRST = date(2025, 8, 1)
DAYS = 30
PEOPLE = (
    {"name": "heads", "provider_types": ["schools"]},
    {
        "name": "homes",
        "provider_types": ["children's homes", "supported accommodation"],
        "frequency": "daily 08:00",
    },
    {"name": "lead member", "provider_types": ["all"], "frequency": "weekly monday 08:00"},
)
# day of the month -> providers with a new document: type, URN, and what is special about it
PLAN = {
    1: [("21", "100000", "")],
    2: [("23", "101002", "")],
    4: [("2", "SC023666", ""), ("16", "100001", "")],
    5: [("21", "100004", "two"), ("21", "100004", "two")],
    6: [("17", "EY400003", "")],
    7: [("99", "2742001", "")],
    8: [("21", "100006", "letter")],
    9: [("16", "100010", "late")],
    11: [("16", "100012", ""), ("17", "2500003", "")],
    12: [("25", "102001", "")],
    13: [("27", "103001", "")],
    14: [("31", "130000", "")],
    15: [("2", "SC023667", "")],
    18: [("16", TWIN, ""), ("21", TWIN, "")],
    19: [("21", "100008", "withdrawn later")],
    20: [("23", "101004", "")],
    21: [("17", "EY400010", "")],
    22: [("16", "100020", "")],
    25: [("21", "100010", "")],
    26: [("99", "2742003", "")],
    28: [("16", "100022", "")],
}
IGNORED_ON = 20  # the search answers with all of England, once
WITHDRAWN_ON = 24
SCHOOLS, HOMES = {"21", "23", "25"}, {"2", "99"}


def test_each_document_of_a_month_is_announced_once_and_to_the_right_people(installation):
    site = installation.fake_ofsted
    installation.list(REPORT_2025)
    site.providers["80515"].area = SUTTON
    fake_borough(site, FIRST - timedelta(days=10))
    site.provider("900", "Elsewhere School", code=21, reports=[Listed("Inspection", FIRST, "9")])
    installation.settings["watch"] = [{"area": "Sutton"}]
    for each in PEOPLE:
        email = f"{each['name'].replace(' ', '')}@example.gov.uk"
        installation.settings["recipients"].append({"email": email, **each})
    installation.at("2025-07-31 12:00")
    installation.round()
    published = []
    for day in range(DAYS):
        today = FIRST + timedelta(days=day)
        _round_at(installation, today, 6)
        for number, (code, urn, special) in enumerate(PLAN.get(today.day, ())):
            file_id = f"503{today.day:02}{number:03}"
            site.publish(ProviderKey(code, urn), _document(today, file_id, special))
            published.append((code, file_id))
        if today.day == WITHDRAWN_ON:
            site.withdraw("100008", "50319000")
        if today.day == IGNORED_ON:
            site.ignore_area(times=1)
        if today.day in {*PLAN, IGNORED_ON, WITHDRAWN_ON}:
            _round_at(installation, today, 12)
        if today.day == IGNORED_ON:
            _round_at(installation, today, 13)
    _round_at(installation, FIRST + timedelta(days=DAYS), 6)

    assert len(published) == 25
    events = [json.loads(row) for (row,) in installation.sql(LISTED)]
    announced = Counter(each["report"]["file_id"] for each in events)
    assert announced == Counter(file_id for _, file_id in published)
    of = {
        kind: {f for code, f in published if code in kind}
        for kind in map(frozenset, (SCHOOLS, HOMES))
    }
    assert _told(installation, "heads") == Counter(of[frozenset(SCHOOLS)])
    assert _told(installation, "homes") == Counter(of[frozenset(HOMES)])
    until_monday = {f for _, f in published if f < "50325"}
    assert set(_told(installation, "leadmember")) >= until_monday
    assert _told(installation, "scrutiny") == Counter()
    (gone,) = installation.sql(
        "SELECT gone_since IS NOT NULL FROM listed_document WHERE file_id = '50319000'"
    )
    assert gone == (1,)


LISTED = "SELECT payload FROM event WHERE type = 'document_listed' ORDER BY id"


def _round_at(installation, day, hour):
    installation.now = datetime(day.year, day.month, day.day, hour, 10, tzinfo=UTC)
    installation.round()


def _document(today, file_id, special):
    title = "Academy conversion letter" if special == "letter" else "Inspection report"
    published = today - timedelta(days=3) if special == "late" else today
    return Listed(title, published, file_id, data=pdf("A report"))


def _told(installation, name):
    """File ids in all emails to someone, by how many emails link to each."""
    found = Counter()
    for mail in installation.emails_to(name):
        text = mail.get_body(("plain",)).get_content()
        found.update(set(re.findall(r"/v1/file/(503\d{5})", text)))
    return found
