"""A round goes on whatever happens in it, and says what it found."""

import shutil

import pytest

from deployments.standin_faults import status
from tests.town import ELSEWHERE, PAGE, REPORT_2025


@pytest.fixture
def heartbeat(town):
    """An address that is called after each good look; gives the calls."""
    town.settings["heartbeat"] = f"{town.base}/alive"
    return lambda: [seen for seen in town.standin.requests if seen.path == "/alive"]


def test_the_heartbeat_is_called_after_each_good_look_and_after_no_other(town, heartbeat):
    scheduled = town.now
    town.later(minutes=5)
    town.look()
    assert len(heartbeat()) == 1
    town.look(scheduled=scheduled)  # skipped
    town.standin.misbehave(PAGE, status(404))
    town.look()
    assert len(heartbeat()) == 1


def test_a_heartbeat_that_nobody_hears_changes_nothing(town):
    town.settings["heartbeat"] = "http://127.0.0.1:9/alive"
    assert town.look().outcome == "unchanged"


def test_a_look_that_breaks_off_is_said_and_repeated(town):
    """The archive cannot be written: a folder stands where a file should."""
    archive = town.folder / "data" / "archive"
    shutil.rmtree(archive / "arriving", ignore_errors=True)
    (archive / "arriving").write_text("in the way")
    town.settings["watch"] = [
        {"urn": 80515, "code": 44, "name": "London Borough of Sutton"},
        {"urn": 80456, "code": 44, "name": "Camden"},
    ]
    town.standin.provider("80456", "Camden", reports=[ELSEWHERE])
    town.publish(REPORT_2025)
    sutton, camden = town.round().looked
    assert (sutton.outcome, sutton.state) == ("failed", "failing")
    assert "the look broke off ([Errno 17] File exists" in sutton.message
    assert camden.outcome == "first"
    (archive / "arriving").unlink()
    assert town.round().looked[0].outcome == "changed"
    assert town.news == ["report_published"]
