"""Every provider of a borough: what its pages list anew is announced once, by file id."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from deployments.demo.fake_ofsted import Listed
from storage import models
from tests.installation import REPORT_2025, pdf

SUTTON = "319"
SCHOOL, NURSERY, CHILDMINDER, HOME = 21, 16, 17, 2
EVERYTHING = {"name": "all", "email": "all@example.gov.uk", "provider_types": ["all"]}


@pytest.fixture
def borough(installation):
    """Sutton and 12 providers in its borough."""
    site = installation.fake_ofsted
    installation.list(REPORT_2025)
    site.providers["80515"].area = SUTTON
    for number in range(12):
        code = (SCHOOL, NURSERY, HOME)[number % 3]
        page = site.provider(
            str(100_000 + number),
            f"Place {number}",
            code=code,
            reports=[
                Listed("Inspection", date(2025, 6, 1) - timedelta(days=number), str(600 + number))
            ],
        )
        page.area = SUTTON
    installation.settings["watch"] = [{"area": "Sutton"}]
    installation.settings["recipients"].append(EVERYTHING)
    return installation


def documents(installation):
    with installation.context().database.read() as session:
        query = select(models.Event).where(models.Event.type == "document_listed")
        return [each.summary for each in session.scalars(query.order_by(models.Event.id))]


def test_the_first_check_takes_the_list_as_known_and_alerts_nobody(borough):
    checks = borough.round().checks
    assert checks[1].result == "first"
    assert (
        checks[1].message
        == "first check: 13 providers found, recorded as the baseline (no alerts sent)"
    )
    assert documents(borough) == []
    asked = [
        each.path for each in borough.fake_ofsted.requests if each.path.startswith("/provider")
    ]
    assert {*asked} == {"/provider/44/80515"}


def test_a_new_document_is_announced_once_and_its_file_is_kept(borough):
    borough.round()
    borough.later(hours=3)
    new = Listed("Inspection report", date(2025, 7, 28), "50300001", data=pdf("A report"))
    borough.fake_ofsted.publish("100001", new)
    result = borough.round().checks[1]
    print(result)
    for _ in range(3):
        borough.later(hours=3)
        print(borough.round().checks[1].message)
    print(documents(borough))
    assert len(documents(borough)) == 1
