"""Plain functions on plain values: no database, no network."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from flows.checking.diff import diff_listing, known_under_another_key, newer_than_all
from flows.checking.download import DownloadFailed, needs_download, next_fetch
from flows.checking.one_check import CheckResult, NewReport
from flows.presenting.round_headline import headline, under_way
from flows.settings.model import SUTTON, ScheduleSettings
from flows.settings.schedule import last_due
from ofsted.reports.model import Reading
from ofsted.short_names import short_name
from ofsted.site.model import Entry, Listing
from storage.report_snapshots import ReportSnapshot, VersionSnapshot
from tests.installation import utc

NOW = utc("2025-07-29 09:30")
READING = Reading(
    "a" * 64, "1", "read", "ilacs", first_day=date(2025, 6, 16), last_day=date(2025, 6, 20)
)
ENTRY = Entry("Children's services inspection", date(2025, 7, 29), "https://x/1", "1")


def known(number=1, reading=None, **fields):
    """A report that is listed under its number."""
    version = (
        VersionSnapshot(f"{number}" * 64, "application/pdf", 9, "ofsted", NOW, reading, "")
        if reading
        else None
    )
    nothing = dict.fromkeys(
        (
            "gone_since",
            "announced_at",
            "announced_status",
            "next_fetch",
            "failing_since",
            "failing_why",
        )
    )
    values = {
        "id": number,
        "code": "44",
        "urn": "80515",
        "keys": frozenset({f"file:{number}"}),
        "title": ENTRY.title,
        "published": ENTRY.published,
        "link": f"https://x/{number}",
        "file_id": str(number),
        "baseline": False,
        "first_seen": NOW,
        "listed": True,
        "ever_listed": True,
        "missed_checks": 0,
        "withdrawal_announced": False,
        "versions": (version,) if version else (),
        "assumed": {},
    }
    return ReportSnapshot(**(nothing | values | fields))


def listing(*entries):
    return Listing("80515", 44, "Sutton", "https://x", entries, "0" * 64)


def entry(number, **fields):
    return replace(ENTRY, link=f"https://x/{number}", file_id=str(number), **fields)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("London Borough of Sutton", "Sutton"),
        ("Royal Borough of Kensington and Chelsea", "Kensington and Chelsea"),
        ("Kent County Council", "Kent"),
        ("The City of York Council", "York"),
        ("Bristol City Council", "Bristol"),
        ("Kingston Upon Hull, City of", "Kingston Upon Hull"),
        ("City of London", "City of London"),
        ("City of London Corporation", "City of London"),
        ("Isles of Scilly", "Isles of Scilly"),
        ("Wolverhampton City", "Wolverhampton City"),
    ],
)
def test_the_short_name_of_an_authority(name, short):
    assert short_name(name) == short


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2025-07-29 09:31", "2025-07-29 09:30"),  # a Tuesday, in summer time
        ("2025-07-29 09:30", "2025-07-29 09:30"),  # due this very moment
        ("2025-07-29 20:09", "2025-07-29 18:45"),  # before 21:10 local comes 19:45
        ("2025-01-14 21:09", "2025-01-14 19:45"),  # in winter
        ("2025-08-02 09:00", "2025-08-02 04:10"),  # a Saturday
        ("2025-10-26 05:09", "2025-10-25 20:10"),  # the night when the clocks go back
        ("2025-03-30 04:09", "2025-03-29 21:10"),  # and forward
    ],
)
def test_the_last_check_that_was_due_is_by_local_time(now, then):
    assert last_due(ScheduleSettings(), utc(now)) == utc(then)


def test_where_nothing_is_scheduled_nothing_was_due():
    assert last_due(ScheduleSettings(checks=()), NOW) is None


def _checked(outcome, *titles, name="London Borough of Sutton"):
    new = tuple(NewReport(str(number), title, None, "read") for number, title in enumerate(titles))
    return CheckResult("80515", name, "ok", outcome, 2, "", NOW, new)


@pytest.mark.parametrize(
    ("checked", "said"),
    [
        ([_checked("unchanged")], "Nothing new"),
        ([_checked("skipped")], "Already checked"),
        ([_checked("busy")], "Another check is running"),
        ([_checked("unchanged"), _checked("skipped")], "Nothing new"),
        ([_checked("first")], "First check: Sutton"),
        ([_checked("first")] * 153, "First check: Sutton, Sutton, Sutton and 150 more"),
        ([_checked("unreachable")], "Needs attention: Sutton"),
        (
            [_checked("changed", "Children's services inspection")],
            "1 new report: Sutton, children's services inspection",
        ),
        ([_checked("changed")], "Changed: Sutton"),
        (
            [
                _checked("changed", "Focused visit"),
                _checked("unrecognised", name="Kent County Council"),
            ],
            "1 new report: Sutton, focused visit; Needs attention: Kent",
        ),
        (
            [_checked("changed", *["Visit"] * 5)],
            "5 new reports: Sutton, visit; Sutton, visit; Sutton, visit and 2 more",
        ),
    ],
)
def test_a_run_is_named_by_what_it_found(checked, said):
    assert headline(checked) == said


def test_a_run_that_is_under_way_is_named_by_what_it_checks():
    assert under_way([SUTTON]) == "checking Sutton"
    assert under_way([SUTTON] * 3) == "checking 3 authorities"


def test_a_file_is_wanted_when_it_is_new_and_then_weekly():
    assert needs_download(None, ENTRY, NOW)
    assert not needs_download(None, replace(ENTRY, file_id=None), NOW)
    kept = known(reading=READING, next_fetch=NOW + timedelta(hours=1))
    assert not needs_download(kept, ENTRY, NOW)
    assert needs_download(kept, ENTRY, NOW + timedelta(hours=1))


def test_a_missing_file_is_wanted_at_each_check_for_two_days_and_then_daily():
    dead = known(failing_since=NOW, next_fetch=NOW + timedelta(hours=72))
    assert needs_download(dead, ENTRY, NOW + timedelta(hours=47))
    assert not needs_download(dead, ENTRY, NOW + timedelta(hours=49))
    assert needs_download(dead, ENTRY, NOW + timedelta(hours=72))
    assert next_fetch(DownloadFailed("404"), 1, NOW) == NOW + timedelta(days=1)


def test_a_row_is_new_known_or_gone():
    found = diff_listing(listing(entry(1), entry(3)), [known(1), known(2)])
    assert [each.file_id for each in found.new] == ["3"]
    assert [(each.file_id, report.id) for each, report in found.known] == [("1", 1)]
    assert [report.id for report in found.gone] == [2]
    assert not found.suspect


def test_a_row_of_a_seed_alone_is_new_and_a_seed_is_never_gone():
    seed = known(1, listed=False, ever_listed=False)
    assert [each.file_id for each in diff_listing(listing(entry(1)), [seed]).new] == ["1"]
    assert diff_listing(listing(), [seed]).gone == ()


def test_what_was_announced_as_withdrawn_is_not_gone_again():
    assert diff_listing(listing(), [known(1, listed=False, withdrawal_announced=True)]).gone == ()


def test_a_list_is_suspect_when_over_half_of_four_or_more_is_gone_or_redated():
    four = [known(number, published=date(2020 + number, 1, 1)) for number in range(1, 5)]
    rows = [entry(number, published=date(2020 + number, 1, 1)) for number in range(1, 5)]
    assert not diff_listing(listing(*rows[:2]), four).suspect
    assert diff_listing(listing(*rows[:1]), four).suspect
    assert not diff_listing(listing(*rows[:1]), four[:3]).suspect
    redated = [replace(row, published=date(2025, 1, 1)) for row in rows[:2]]
    assert diff_listing(listing(*redated, rows[2]), four).suspect
    moved = [replace(row, file_id=f"9{row.file_id}") for row in rows]
    assert not diff_listing(listing(*moved), four).suspect


def test_what_was_gone_before_makes_no_list_suspect():
    reports = [known(number, listed=number == 1) for number in range(1, 6)]
    assert not diff_listing(listing(entry(1)), reports).suspect


def test_newer_than_all_is_by_the_day():
    assert newer_than_all(entry(2, published=date(2025, 7, 30)), [known(1)])
    assert not newer_than_all(entry(2), [known(1)])
    assert not newer_than_all(entry(2, published=None), [known(1)])


def _is(entry, sha256=None, reading=None, reports=(), gone=()):
    found = known_under_another_key(entry, sha256, reading, reports=reports, gone=gone)
    return found.id if found else None


OTHER = replace(READING, first_day=date(2021, 12, 6), last_day=date(2021, 12, 10))


def test_a_row_is_a_known_report_by_its_bytes():
    assert _is(entry(2), "1" * 64, OTHER, [known(1, READING)]) == 1
    assert _is(entry(2), "2" * 64, OTHER, [known(1, READING)]) is None


def test_a_row_is_a_known_report_by_kind_and_both_days():
    assert _is(entry(2), "2" * 64, READING, [known(1, READING)]) == 1
    assert _is(entry(2), None, replace(READING, kind="sif"), [known(1, READING)]) is None
    assert _is(entry(2), None, replace(READING, last_day=None), [known(1, READING)]) is None
    unknown = replace(READING, kind="unknown")
    assert _is(entry(2), None, unknown, [known(1, unknown)]) is None


def test_a_row_is_a_gone_one_by_title_and_day_until_its_file_proves_another():
    gone = known(1, READING)
    assert _is(entry(2), None, None, [gone], [gone]) == 1
    assert _is(entry(2), "2" * 64, OTHER, [gone], [gone]) is None
    assert _is(entry(2, title="Another"), None, None, [gone], [gone]) is None
    assert _is(entry(2), None, None, [gone], []) is None  # still listed: another report
