"""The feeds of the website, over time."""

import feedparser
import pytest

from flows.upkeep.nightly import nightly
from tests.installation import ELSEWHERE, REPORT_2025


@pytest.fixture
def path(installation):
    return installation.folder / "data" / "website" / "feed.xml"


def read(path):
    got = feedparser.parse(path.read_bytes())
    assert not got.bozo
    return got


def test_before_the_first_alert_the_feed_is_there_and_empty(installation, path):
    installation.check()
    assert read(path).entries == []
    assert read(path).feed.title == "Ofsted Watch: reports on Sutton"


@pytest.mark.both_databases
def test_alerts_to_readers_are_in_the_feed_and_operators_messages_and_welcomes_are_not(
    installation, path
):
    installation.at("2025-07-29 09:30")
    installation.publish(REPORT_2025)
    installation.change("50176759", data=b"not a report")
    installation.check()
    [entry] = read(path).entries
    assert entry.title == "Sutton: leaders' impact lowered, Outstanding to Good; overall Good"
    assert entry.updated == "2025-07-29T09:30:00Z"


def test_ids_are_fixed_at_the_first_start_whatever_the_address_becomes(announced, tmp_path):
    path = announced.folder / "data" / "website" / "feed.xml"
    announced.check()
    before = read(path)
    announced.settings["ui"] = {"url": "https://elsewhere.example.gov.uk"}
    nightly(announced.context())
    after = read(path)
    assert before.feed.id == after.feed.id == "tag:example.gov.uk,2025:feed"
    assert [each.id for each in before.entries] == [each.id for each in after.entries]
    assert before.entries[0].id.startswith("tag:example.gov.uk,2025:event:")


def test_the_feed_is_replaced_whole_and_only_when_something_was_announced(announced):
    path = announced.folder / "data" / "website" / "feed.xml"
    announced.check()
    was, first = path.read_bytes(), path.stat()
    announced.checks(2, hours=1)
    assert path.stat().st_mtime_ns == first.st_mtime_ns
    announced.list(REPORT_2025)
    announced.checks(4, hours=12)
    assert b"withdrawn" in path.read_bytes()
    assert b"withdrawn" not in was
    assert sorted(each.name for each in path.parent.glob(".*.part")) == []


def test_each_authority_has_a_feed_of_its_own_with_ids_of_its_own(announced):
    announced.fake_ofsted.provider("80476", "Kent County Council", reports=[ELSEWHERE])
    announced.settings["watch"] = [{"urn": 80515}, {"urn": 80476}]
    announced.round()
    folder = announced.folder / "data" / "website"
    sutton, kent, all_of_them = (
        read(folder / name) for name in ("sutton/feed.xml", "kent/feed.xml", "feed.xml")
    )
    assert [each.title for each in sutton.entries] == [each.title for each in all_of_them.entries]
    assert kent.entries == []
    assert len({sutton.feed.id, kent.feed.id, all_of_them.feed.id}) == 3
