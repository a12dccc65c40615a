"""A listed report whose file fails is still announced, late rather than never."""

from dataclasses import replace

import pytest

from deployments.demo.fake_ofsted_faults import announced, cut, dead_file, instead, reset, status
from tests.installation import REPORT_2025, TEXT_2025, pdf

FILE = "/v1/file/50283346"


@pytest.fixture
def dead(installation):
    """Sutton lists the report of July 2025 and its file is dead."""
    installation.at("2025-07-29 09:30")
    installation.publish(replace(REPORT_2025, data=None))
    return installation


@pytest.mark.parametrize("number", [200, 404])
def test_a_missing_file_is_announced_after_an_hour_as_not_yet_read(dead, number):
    dead.fake_ofsted.misbehave(FILE, dead_file(number))
    checked = dead.check()
    assert (checked.result, checked.newly_failed, checked.is_well) == ("changed", 1, False)
    assert dead.event_types == []
    checked = dead.checks(3, minutes=15)
    assert (checked.newly_failed, checked.is_well) == (0, True)
    assert dead.event_types == []

    dead.checks(3, minutes=15)
    assert sorted(dead.event_types) == ["file_unavailable", "report_published"]
    assert dead.event_of("report_published")["found"]["status"] == "missing"
    assert "not yet read" in dead.subjects("scrutiny")[0]
    assert len(dead.emails_to("it")) == 1
    dead.checks(2, hours=30)
    assert sorted(dead.event_types) == ["file_unavailable", "report_published"]


@pytest.mark.both_databases
def test_it_is_announced_as_read_once_it_lives(dead):
    dead.check()
    dead.checks(1, minutes=61)
    dead.change("50283346", data=pdf(TEXT_2025))
    dead.checks(2, minutes=15)
    assert dead.event_types == ["file_unavailable", "report_published", "report_read"]
    rows = [(row["key"], row["direction"]) for row in dead.event_of("report_read")["rows"]]
    assert rows[0] == ("leaders", "lowered")
    first, second = dead.emails_to("scrutiny")
    assert second["In-Reply-To"] == first["Message-ID"]
    assert len(dead.cards) == 2


def test_a_file_that_lives_within_the_hour_is_announced_once_and_nobody_is_alerted_that_it_failed(
    dead,
):
    dead.check()
    dead.later(minutes=45)
    dead.change("50283346", data=pdf(TEXT_2025))
    dead.check()
    assert dead.event_types == ["report_published"]
    assert dead.event_of("report_published")["found"]["status"] == "read"


def test_after_sixty_days_it_is_read_in_silence(dead):
    dead.check()
    dead.checks(1, minutes=61)
    dead.later(days=61)
    dead.change("50283346", data=pdf(TEXT_2025))
    dead.check()
    assert dead.event_types == ["file_unavailable", "report_published"]
    assert dead.reports[-1]["status"] == "read"


def test_it_is_tried_at_each_check_for_two_days_and_then_daily(dead):
    def asked():
        return sum(seen.path == FILE for seen in dead.fake_ofsted.requests)

    dead.checks(4, hours=11)
    assert asked() == 4
    dead.checks(2, hours=6)  # the last within two days of the first
    after = asked()
    assert after == 6
    dead.checks(3, hours=7)
    assert asked() == after
    dead.checks(1, hours=5)
    assert asked() == after + 1


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(cut(0.99), id="cut"),
        pytest.param(reset(), id="reset"),
        pytest.param(announced(100), id="announced longer"),
        pytest.param(status(500), id="server error"),
        pytest.param(instead(b"<html>%PDF- %%EOF</html>" * 100), id="html"),
        pytest.param(instead(b"%PDF-1.7\n" + bytes(range(256)) * 9 + b"%%EOF\n"), id="random"),
        pytest.param(instead(b""), id="empty"),
    ],
)
def test_what_is_no_whole_pdf_is_a_failed_download(dead, fault):
    dead.change("50283346", data=pdf(TEXT_2025))
    dead.fake_ofsted.misbehave(FILE, fault)
    checked = dead.check()
    assert checked.newly_failed == 1
    assert dead.reports[-1]["status"] == "missing"
    assert dead.reports[-1]["versions"] == []
    assert list((dead.folder / "data" / "archive" / "incoming").iterdir()) == []


def test_status_counts_it_until_it_is_read(dead):
    dead.check()
    status = dead.ask("status")
    assert status["authorities"][0]["unread"] == 1
    assert dead.cli("status").exit_code == 1
    dead.change("50283346", data=pdf(TEXT_2025))
    dead.check()
    assert dead.cli("status").exit_code == 0
