"""Sutton's real reports, as its page lists them: from the page to one email and one card."""

from dataclasses import replace
from datetime import date

import pytest

from deployments.demo.fake_ofsted import Listed
from tests.flows.test_new_reports import TRUE_ROWS
from tests.installation import REPORT_2022, REPORT_2025, forget

LISTED = [
    Listed("Joint area child protection inspection", date(2023, 9, 1), "50227080"),
    replace(REPORT_2022, data=None),
    Listed("Children's services focused visit", date(2018, 7, 19), "50004359"),
    Listed("Children's services inspection", date(2017, 2, 13), "2760992"),
]
FILES = ["2023-09-01_80515_sutton_jtai", "2022-02-01_80515_sutton_ilacs"]
FILES += ["2018-07-19_80515_sutton_focused_visit", "2017-02-13_80515_sutton_sif"]


@pytest.fixture
def sutton(new_installation, real_reports):
    """The page of June 2025."""

    def data(name):
        return (real_reports / "pdf" / f"{name}.pdf").read_bytes()

    new_installation.list(
        *(replace(row, data=data(name)) for row, name in zip(LISTED, FILES, strict=True))
    )
    new_installation.newest = replace(REPORT_2025, data=data("2025-07-29_80515_sutton_ilacs"))
    return new_installation


def test_the_report_of_july_2025_is_one_email_and_one_card_with_the_true_table(sutton):
    assert sutton.check().result == "first"
    assert set(sutton.event_types) == {"welcome"}
    forget(sutton)
    sutton.checks(1, minutes=15)
    assert (sutton.event_types, sutton.email.messages, sutton.cards) == ([], [], [])

    sutton.at("2025-07-29 09:30")
    sutton.publish(sutton.newest)
    sutton.check()
    assert sutton.event_types == ["report_published"]
    assert (len(sutton.emails_to("scrutiny")), len(sutton.cards)) == (1, 1)
    newest, joint, older, visit, first = sutton.inspections
    assert [each["kind"] for each in (newest, joint, older, visit, first)] == [
        "ilacs",
        "jtai",
        "ilacs",
        "focused_visit",
        "sif",
    ]
    names = ("key", "grade", "before", "relation", "direction")
    rows = [tuple(row[name] for name in names) for row in newest["comparison"]["rows"]]
    assert rows == TRUE_ROWS
    assert newest["comparison"]["with"] == "50176759"
    assert older["comparison"]["with"] == "2760992"
    assert {row["relation"] for row in older["comparison"]["rows"]} >= {"successor", "ended"}
    assert (joint["comparison"], visit["comparison"], first["comparison"]) == (None, None, None)
