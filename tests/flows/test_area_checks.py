"""Every provider of a borough: what its pages list anew is announced once, by file id."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from deployments.demo.fake_borough import SUTTON
from deployments.demo.fake_ofsted import Listed
from deployments.demo.fake_ofsted_faults import Reply, edited, redirect, status
from tests.installation import REPORT_2025, pdf

SCHOOL, NURSERY, CHILDMINDER, HOME = 21, 16, 17, 2
TODAY = date(2025, 7, 28)  # when the installation begins
ALL = {"name": "all", "email": "all@example.gov.uk", "provider_types": ["all"]}
HOME_URN = "SC012345"
GONE = status(404)(Reply())


def listed(day, file_id, title="Inspection report", **more):
    return Listed(title, day, file_id, data=pdf(f"A report {file_id}"), **more)


@pytest.fixture
def borough(installation):
    """Sutton with 13 other providers, each with a document of June, and a first check."""
    site = installation.fake_ofsted
    installation.list(REPORT_2025)
    site.providers["80515"].area = SUTTON
    for number in range(12):
        day = date(2025, 6, 12) - timedelta(days=number)
        site.provider(
            str(100_000 + number),
            f"Oak School {number}",
            code=SCHOOL,
            reports=[listed(day, str(600 + number), "School inspection")],
            area=SUTTON,
            category="Primary",
        )
    site.provider(
        HOME_URN,
        "Quiet House",
        code=HOME,
        reports=[listed(date(2025, 5, 1), "700", "Full inspection")],
        area=SUTTON,
        category="Children's Home",
        kind="Children's Home",
    )
    installation.settings["watch"] = [{"area": "Sutton"}]
    installation.settings["recipients"].append(ALL)
    installation.round()
    site.requests.clear()
    installation.later(hours=1)
    return installation


def area(borough):
    """A round a good hour later; gives the result of the borough's check."""
    borough.later(hours=1, minutes=5)
    return borough.round().checks[-1]


def announced(borough):
    """File ids and links of the documents that were announced, in order."""
    found = borough.sql("SELECT payload FROM event WHERE type = 'document_listed' ORDER BY id")
    reports = [json.loads(payload)["report"] for (payload,) in found]
    return [report["file_id"] or report["published"] for report in reports]


def opened(borough):
    """The providers' pages that were asked for, but the authority's."""
    paths = [seen.path for seen in borough.fake_ofsted.requests]
    return [path for path in paths if path.startswith("/provider/") and "/44/" not in path]


def searches(borough):
    return [seen.target for seen in borough.fake_ofsted.requests if seen.path == "/search"]


def test_the_first_check_takes_the_list_as_known_and_opens_no_page(borough):
    result = borough.sql("SELECT result, message FROM page_check WHERE code = 'area'")
    assert result == [
        (
            "first",
            "first check: 14 providers found, recorded as the baseline (no alerts sent)",
        )
    ]
    assert (announced(borough), opened(borough)) == ([], [])
    assert len(borough.sql("SELECT * FROM area_provider")) == 13


def test_a_quiet_check_is_one_request_and_says_that_nothing_is_new(borough):
    for _ in range(2):
        result = area(borough)
    assert (result.result, result.message) == ("unchanged", "14 providers listed, nothing new")
    assert (len(searches(borough)), opened(borough)) == (2, [])


@pytest.mark.both_databases
def test_a_new_document_is_announced_once_and_its_file_is_kept_unread(borough):
    borough.fake_ofsted.publish("100003", listed(TODAY, "50300001"))
    result = area(borough)
    assert result.message == "14 providers listed, 1 new document (Primary: inspection report)"
    for _ in range(3):
        assert area(borough).result == "unchanged"
    assert announced(borough) == ["50300001"]
    ((sha256,),) = borough.sql("SELECT sha256 FROM listed_document WHERE file_id = '50300001'")
    archive = borough.context().archive
    assert archive.read(sha256, "application/pdf") == pdf("A report 50300001")
    assert (sha256,) not in borough.sql("SELECT sha256 FROM reading")
    # what was on its page before is kept as known, without its file
    assert borough.sql("SELECT file_id, baseline, sha256 FROM listed_document ORDER BY id") == [
        ("603", 1, None),
        ("50300001", 0, sha256),
    ]


def test_two_documents_of_one_provider_on_one_day_are_two_events(borough):
    borough.fake_ofsted.publish("100003", listed(TODAY, "50300001"))
    borough.fake_ofsted.publish("100003", listed(TODAY, "50300002", "Monitoring visit"))
    area(borough)
    assert sorted(announced(borough)) == ["50300001", "50300002"]


def test_a_second_document_of_the_day_changes_no_row_and_is_found_the_next_day(borough):
    borough.fake_ofsted.publish("100003", listed(TODAY, "50300001"))
    area(borough)
    borough.fake_ofsted.publish("100003", listed(TODAY, "50300002"))
    assert area(borough).result == "unchanged"
    borough.at("2025-07-29 05:10")
    result = borough.round().checks[-1]
    assert announced(borough) == ["50300001", "50300002"]
    assert "1 of these found only by the daily reading of the whole list" in result.message


def test_of_the_day_of_the_first_check_a_document_may_have_come_after_it(borough):
    """The school's row had this day before, and does not change."""
    borough.fake_ofsted.provider(
        "200001", "New School", code=SCHOOL, reports=[listed(TODAY, "800")], area=SUTTON
    )
    older = listed(TODAY - timedelta(days=1), "799")
    borough.fake_ofsted.providers["200001"].reports.append(older)
    area(borough)
    assert announced(borough) == ["800"]  # dated before that day: it was there


def test_what_is_newer_than_the_row_of_the_first_check_was_not_there_whatever_its_day(borough):
    borough.fake_ofsted.publish("100003", listed(date(2025, 7, 20), "50300001"))
    area(borough)
    assert announced(borough) == ["50300001"]


def test_a_document_of_any_day_is_news_on_a_page_that_was_read_before(borough):
    borough.fake_ofsted.publish("100003", listed(TODAY, "50300001"))
    area(borough)
    page = borough.fake_ofsted.providers["100003"]
    page.reports.append(listed(date(2025, 3, 1), "50299999"))
    borough.at("2025-07-29 05:10")
    borough.round()
    late = borough.sql("SELECT payload FROM event WHERE type = 'document_listed' ORDER BY id")
    assert [json.loads(payload)["is_late"] for (payload,) in late] == [False, True]


@pytest.mark.both_databases
def test_a_document_on_two_pages_is_announced_once(borough):
    """A residential special school has a page as a school and one as a home."""
    for urn in ("100003", HOME_URN):
        borough.fake_ofsted.publish(urn, listed(TODAY, "50300001"))
    area(borough)
    assert announced(borough) == ["50300001"]
    assert len(borough.sql("SELECT * FROM listed_document WHERE file_id = '50300001'")) == 2


def test_the_same_number_of_two_kinds_is_two_providers(borough):
    site = borough.fake_ofsted
    site.provider(
        "100003",
        "Acorn Nursery",
        code=NURSERY,
        reports=[listed(TODAY, "900")],
        area=SUTTON,
        category="Childcare on non-domestic premises",
    )
    area(borough)
    found = borough.sql("SELECT code, name FROM area_provider WHERE urn = '100003' ORDER BY code")
    assert found == [("16", "Acorn Nursery"), ("21", "Oak School 3")]
    assert announced(borough) == ["900"]


def test_a_conversion_letter_without_a_day_explains_why_the_row_has_changed(borough):
    letter = Listed("Academy conversion letter", None, "50300001", data=pdf("A letter"))
    page = borough.fake_ofsted.providers["100003"]
    page.reports.insert(0, letter)
    page.latest = TODAY
    area(borough)
    area(borough)
    assert announced(borough) == ["50300001"]


@pytest.mark.both_databases
def test_a_row_ahead_of_its_page_is_announced_by_the_search_after_an_hour_and_not_again(borough):
    page = borough.fake_ofsted.providers["100003"]
    page.latest = TODAY
    result = area(borough)
    assert result.message.endswith("1 page behind the search, to be read again")
    assert announced(borough) == []
    area(borough)
    assert announced(borough) == [TODAY.isoformat()]
    page.reports.insert(0, listed(TODAY, "50300001"))
    borough.at("2025-07-29 05:10")
    borough.round()
    area(borough)
    assert announced(borough) == [TODAY.isoformat()]
    kept = "SELECT key, baseline, sha256 IS NOT NULL FROM listed_document WHERE NOT baseline"
    assert borough.sql(kept) == [("file:50300001", 0, 1)]


def test_a_page_that_cannot_be_read_is_a_fault_until_it_can_and_readers_hear_of_its_row(borough):
    site = borough.fake_ofsted
    site.publish("100003", listed(TODAY, "50300001"))
    site.misbehave("/provider/21/100003", status(503))
    result = area(borough)
    assert (result.result, result.is_well) == ("unreachable", False)
    area(borough)
    assert announced(borough) == [TODAY.isoformat()]
    assert "page_check_failed" in borough.event_types
    site.behave()
    assert area(borough).state == "ok"
    assert announced(borough) == [TODAY.isoformat()]
    assert "page_check_recovered" in borough.event_types


def test_a_page_that_fails_when_nothing_is_new_is_a_fault_and_no_news(borough):
    """It is opened since its row, known from the first check, is of these days."""
    site = borough.fake_ofsted
    site.provider("200001", "New School", code=SCHOOL, reports=[listed(TODAY, "800")], area=SUTTON)
    area(borough)
    assert announced(borough) == ["800"]
    site.misbehave("/provider/21/200001", status(503))
    borough.at("2025-07-29 05:10")
    borough.round()
    for _ in range(2):
        assert area(borough).result == "unreachable"
    assert announced(borough) == ["800"]


def test_a_page_that_cannot_be_read_is_over_only_once_it_was_read(borough):
    page = f"/provider/{SCHOOL}/100003"
    borough.fake_ofsted.publish("100003", listed(TODAY, "50300001"))
    borough.fake_ofsted.misbehave(page, status(404))
    area(borough)
    area(borough)
    assert borough.event_types.count("page_check_failed") == 1
    borough.later(days=3)
    assert area(borough).state == "unreachable"
    assert area(borough).state == "ok"  # it is tried once a day by now
    assert "page_check_recovered" not in borough.event_types
    borough.fake_ofsted.behave()
    borough.later(days=1)
    assert area(borough).state == "ok"
    assert borough.event_types.count("page_check_recovered") == 1


def test_one_page_that_cannot_be_read_holds_no_other_back(borough):
    site = borough.fake_ofsted
    for urn in ("100003", "100004"):
        site.publish(urn, listed(TODAY, f"50{urn}"))
    site.misbehave("/provider/21/100003", status(503))
    area(borough)
    assert announced(borough) == ["50100004"]


def test_a_search_that_ignores_the_area_is_a_fault_and_never_news(borough):
    site = borough.fake_ofsted
    site.provider("999", "Elsewhere School", code=SCHOOL, reports=[listed(TODAY, "901")])
    site.ignore_area(times=1)
    result = area(borough)
    assert (result.result, announced(borough)) == ("unrecognised", [])
    assert "a search in no area" in result.message
    assert area(borough).result == "unchanged"
    assert borough.sql("SELECT * FROM area_provider WHERE urn = '999'") == []


def test_a_number_that_falls_is_not_believed_until_a_person_says_so(borough):
    site = borough.fake_ofsted
    for number in range(7):
        site.close(str(100_000 + number))
    site.publish("100011", listed(TODAY, "50300001"))
    result = area(borough)
    assert (result.state, announced(borough)) == ("suspect", [])
    assert "shows 7 providers, 7 fewer than before" in result.message
    assert borough.cli("accept", "Sutton").exit_code == 0
    assert area(borough).state == "ok"
    assert announced(borough) == ["50300001"]


def test_a_list_without_the_days_of_its_reports_is_not_believed(borough):
    borough.fake_ofsted.misbehave("/search", edited("Latest report", "Last visit"))
    result = area(borough)
    assert (result.state, opened(borough)) == ("suspect", [])
    assert "does not give the days of the latest reports" in result.message


def test_a_list_that_changes_while_it_is_read_is_a_fault_and_its_first_rows_count(borough):
    site = borough.fake_ofsted
    for number in range(100):
        reports = [listed(date(2024, 1, 1), str(2000 + number))]
        site.provider(
            str(300_000 + number), f"S {number}", code=SCHOOL, reports=reports, area=SUTTON
        )
    borough.at("2025-07-29 05:10")
    site.publish("100003", listed(date(2025, 7, 29), "50300001"))

    def closes():
        if len(searches(borough)) == 2:
            site.close("300001")

    site.before_each = closes
    result = borough.round().checks[-1]
    assert result.result == "unrecognised"
    assert "results, where" in result.message
    assert announced(borough) == ["50300001"]
    assert area(borough).state == "ok"  # and the whole list is read


def test_a_later_page_of_the_list_that_fails_is_a_fault_and_its_first_rows_count(borough):
    site = borough.fake_ofsted
    for number in range(100):
        reports = [listed(date(2024, 1, 1), str(2000 + number))]
        site.provider(
            str(300_000 + number), f"S {number}", code=SCHOOL, reports=reports, area=SUTTON
        )
    borough.at("2025-07-29 05:10")
    site.publish("100003", listed(date(2025, 7, 29), "50300001"))
    site.misbehave("/search", lambda reply: reply if b"pagination__next" in reply.body else GONE)
    result = borough.round().checks[-1]
    assert (result.result, announced(borough)) == ("unreachable", ["50300001"])
    assert "the whole list could not be read: 404" in result.message


def test_the_whole_list_is_read_once_a_day_in_the_first_round(borough):
    site = borough.fake_ofsted
    for number in range(120):
        reports = [listed(date(2024, 1, 1), str(2000 + number))]
        site.provider(
            str(300_000 + number), f"S {number}", code=SCHOOL, reports=reports, area=SUTTON
        )
    last = site.providers["300119"]
    last.reports = [listed(date(2023, 1, 1), "2119")]
    area(borough)
    seen = len(borough.sql("SELECT * FROM area_provider"))
    assert seen == 99  # of the first page, without Sutton
    site.requests.clear()
    borough.at("2025-07-29 05:10")
    borough.round()
    assert len(borough.sql("SELECT * FROM area_provider")) == 133
    assert len(searches(borough)) == 2
    area(borough)
    assert len(searches(borough)) == 3
    site.publish("300119", listed(date(2023, 2, 1), "2999"))  # far down the list
    assert area(borough).result == "unchanged"
    borough.at("2025-07-30 05:10")
    assert "1 of these found only by" in borough.round().checks[-1].message
    assert announced(borough) == ["2999"]


def test_a_provider_that_closes_is_no_news_and_its_last_report_is(borough):
    borough.fake_ofsted.close(HOME_URN)
    borough.at("2025-07-29 05:10")
    borough.round()
    assert announced(borough) == []
    borough.at("2025-08-20 05:10")
    borough.fake_ofsted.publish(HOME_URN, listed(date(2025, 8, 19), "50300001"))
    borough.round()
    assert announced(borough) == ["50300001"]


@pytest.mark.parametrize("instead", [status(404), redirect("/provider/21/100001")])
def test_a_closed_provider_whose_page_is_no_longer_there_is_no_fault(borough, instead):
    borough.fake_ofsted.close(HOME_URN)
    borough.fake_ofsted.misbehave(f"/provider/{HOME}/{HOME_URN}", instead)
    for day in (29, 30):
        borough.at(f"2025-07-{day} 05:10")
        assert borough.round().checks[-1].state == "ok"
    assert f"/provider/{HOME}/{HOME_URN}" in opened(borough)


@pytest.mark.parametrize("category", ["Childminder", "Childcare and early education"])
def test_a_childminder_who_is_left_out_is_nowhere_whatever_the_search_calls_it(borough, category):
    borough.settings["watch"] = [{"area": "Sutton", "exclude": ["childminders"]}]
    borough.fake_ofsted.provider(
        "EY400001",
        "Pat Smith",
        code=CHILDMINDER,
        reports=[listed(TODAY, "902")],
        area=SUTTON,
        category=category,
    )
    assert area(borough).message == "15 providers listed, nothing new"
    assert borough.sql("SELECT * FROM area_provider WHERE code = '17'") == []


def test_a_type_that_is_no_longer_left_out_begins_with_what_is_there(borough):
    site = borough.fake_ofsted
    childminder = {"code": CHILDMINDER, "area": SUTTON, "category": "Childminder"}
    watch = {"area": "Sutton", "exclude": ["childminders"]}
    site.provider("EY400001", "Pat", reports=[listed(date(2025, 5, 1), "902")], **childminder)
    borough.at("2025-07-29 05:10")
    borough.round()
    borough.settings["watch"] = [watch]
    borough.at("2025-07-30 05:10")
    borough.round()
    before = len(announced(borough))
    site.provider("EY400002", "Sam", reports=[listed(date(2025, 8, 4), "903")], **childminder)
    site.publish("EY400001", listed(date(2025, 8, 5), "904"))
    borough.at("2025-08-20 05:10")
    borough.round()
    assert len(announced(borough)) == before
    borough.settings["watch"] = [watch | {"exclude": []}]
    area(borough)
    area(borough)
    assert len(announced(borough)) == before
    for urn, file_id in (("EY400001", "905"), ("EY400002", "906")):
        site.publish(urn, listed(date(2025, 8, 21), file_id))
    borough.at("2025-08-21 12:00")
    borough.round()
    assert sorted(announced(borough)[before:]) == ["905", "906"]


@pytest.mark.both_databases
def test_providers_that_are_registered_elsewhere_are_read_once_a_day(borough):
    site = borough.fake_ofsted
    old = listed(date(2025, 2, 1), "903", "Full inspection")
    site.provider(
        "2742517",
        "Anchor Living",
        code=99,
        reports=[old],
        area="304",
        kind="Supported accommodation",
    )
    address = f"{borough.base}/provider/99/2742517"
    borough.settings["watch"] = [{"area": "Sutton", "extra_providers": [address]}]
    area(borough)
    assert announced(borough) == []
    site.publish("2742517", listed(TODAY, "904", "Full inspection"))
    assert area(borough).result == "unchanged"
    borough.at("2025-07-29 05:10")
    borough.round()
    assert announced(borough) == ["904"]
    found = borough.sql("SELECT name, provider_type FROM area_provider WHERE code = '99'")
    assert found == [("Anchor Living", "supported accommodation")]


def test_a_provider_that_the_settings_name_no_longer_is_not_read_although_its_page_waited(borough):
    site = borough.fake_ofsted
    site.provider("2742517", "Anchor Living", code=99, reports=[listed(date(2025, 2, 1), "903")])
    address = f"{borough.base}/provider/99/2742517"
    borough.settings["watch"] = [{"area": "Sutton", "extra_providers": [address]}]
    area(borough)
    site.misbehave("/provider/99/2742517", status(503))
    borough.at("2025-07-29 05:10")
    assert borough.round().checks[-1].result == "unreachable"
    site.behave()
    site.publish("2742517", listed(TODAY, "904"))
    borough.settings["watch"] = [{"area": "Sutton"}]
    assert area(borough).result == "unchanged"
    assert announced(borough) == []
    waiting = "SELECT urn FROM area_provider WHERE waiting_since IS NOT NULL"
    assert borough.sql(waiting) == []


def test_an_area_alone_watches_the_council_itself_and_its_row_is_no_provider(borough):
    borough.publish(listed(TODAY, "50300009", "Focused visit"))
    borough.round()
    assert announced(borough) == []
    assert "report_published" in borough.event_types
    assert borough.sql("SELECT * FROM area_provider WHERE code = '44'") == []


def test_a_file_that_cannot_be_had_is_tried_again_and_operators_hear_of_it(borough):
    site = borough.fake_ofsted
    site.publish("100003", Listed("Inspection report", TODAY, "50300001"))
    assert area(borough).newly_failed == 1
    assert announced(borough) == ["50300001"]
    area(borough)
    area(borough)
    assert borough.event_types.count("file_unavailable") == 1
    site.change("100003", "50300001", data=pdf("A report"))
    area(borough)
    kept = borough.sql("SELECT sha256 IS NOT NULL FROM listed_document WHERE file_id = '50300001'")
    assert kept == [(1,)]


def test_a_page_that_kills_each_check_holds_no_other_back(borough, monkeypatch):
    from flows.checking import area as area_check

    for number in (3, 4):
        borough.fake_ofsted.publish(f"10000{number}", listed(TODAY, f"5030000{number}"))
    real, killers = area_check.open_page, []

    def dies(check, so_far, asked):
        killers.append(asked.key)
        if asked.key == killers[0]:
            raise KeyboardInterrupt
        return real(check, so_far, asked)

    monkeypatch.setattr(area_check, "open_page", dies)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            area(borough)
    assert len(announced(borough)) == 1
    monkeypatch.undo()
    for _ in range(2):
        area(borough)
    assert sorted(announced(borough)) == ["50300003", "50300004"]
