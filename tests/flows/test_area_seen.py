"""What operators see of a borough: status, health, artifacts, headlines, Prefect events, audit."""

from dataclasses import replace
from datetime import date

import pytest

from deployments.cli.overview import overview
from deployments.demo.fake_ofsted import Listed
from deployments.demo.fake_ofsted_faults import status
from deployments.service.metrics import State, exposition
from flows.alerting.digests import standings
from flows.context.planned import service_by_state
from flows.presenting import artifacts, prefect_events
from flows.presenting.area_pages import unwatched
from flows.presenting.problems import known_now
from flows.presenting.round_headline import headline, tags
from flows.upkeep.overdue import notice_overdue
from storage import ahead, areas
from tests.installation import forget, pdf, utc

AREA = "319"
SCHOOL, NURSERY, HOME = "100000", "EY400000", "SC023666"
KINDS = {
    SCHOOL: (21, "Primary", "Hill Primary School"),
    NURSERY: (16, "Childcare on non-domestic premises", "Acorn Nursery"),
    HOME: (2, "Children's Home", ""),
}
NEW = Listed("School inspection", date(2025, 7, 28), "50300001", data=pdf("A report"))
INADEQUATE = Listed(
    "Full inspection", date(2025, 7, 28), "50300002", data=pdf("A report"), grade="Inadequate"
)


@pytest.fixture
def borough(installation):
    """Sutton with a school, a nursery and a home without a name; the baseline is taken."""
    site = installation.fake_ofsted
    site.providers["80515"].area = AREA
    for number, (urn, (code, kind, name)) in enumerate(KINDS.items()):
        site.provider(
            urn,
            name,
            code=code,
            reports=[Listed("Inspection", date(2025, 6, 1 + number), str(600 + number))],
            area=AREA,
            category=kind,
            kind=kind,
            local_authority="Sutton",
            is_withheld=not name,
        )
    installation.settings["watch"] = [{"area": "Sutton"}]
    installation.round()
    installation.later(hours=3)
    forget(installation)
    return installation


def publish(borough, **new):
    """Each on the page of its provider; gives the checks of the round that finds them."""
    for urn, document in new.items():
        borough.fake_ofsted.publish(urn.removeprefix("of_"), document)
    return borough.round().checks


def pages(borough):
    return {each.key: each.markdown for each in artifacts.everything(borough.context())}


@pytest.mark.both_databases
def test_status_has_a_line_for_the_borough_beside_its_authority(borough):
    publish(borough, of_100000=NEW)
    answer = borough.ask("status")
    assert [each["name"] for each in answer["authorities"]] == ["London Borough of Sutton"]
    (area,) = answer["areas"]
    assert {**area, "since": None, "last_successful_check": None, "whole_list_read": None} == {
        "urn": "80515",
        "dfe_code": AREA,
        "name": "Sutton",
        "state": "ok",
        "since": None,
        "last_successful_check": None,
        "next_check": None,
        "providers": 4,
        "documents": 1,
        "whole_list_read": None,
    }
    assert "All providers in" in borough.cli("status").stdout
    assert "Sutton (80515)" in borough.cli("status").stdout


def test_status_says_which_types_of_provider_a_recipient_has_chosen(borough):
    borough.settings["recipients"][0]["provider_types"] = ["schools"]
    first, *_ = borough.ask("status")["recipients"]
    assert first["provider_types"] == ["schools"]
    assert "all (schools)" in borough.cli("status").stdout


@pytest.mark.both_databases
def test_a_check_names_the_providers_of_new_documents_as_they_are_known_now(borough):
    borough.fake_ofsted.publish(SCHOOL, NEW)
    borough.fake_ofsted.publish(HOME, INADEQUATE)
    said = borough.cli("check", "--yes")
    assert (
        "  new: Hill Primary School: school inspection, published 28 Jul 2025: listed\n"
        in said.stdout
    )
    assert "new: Children's Home, name withheld by Ofsted (URN SC023666): " in said.stdout


def test_a_document_on_another_site_is_known_by_its_link(borough):
    link = "https://www.gov.uk/government/publications/letter"
    borough.fake_ofsted.publish(SCHOOL, Listed("Letter", date(2025, 7, 28), link=link))
    result = borough.round().checks[-1]
    assert [each.id for each in result.new] == [link]
    with borough.context().database.read() as session:
        assert areas.names_of(session, [link]) == {link: ("Hill Primary School", "Primary")}


def test_the_borough_has_a_key_of_its_own_in_the_json_of_a_check(borough):
    borough.fake_ofsted.publish(SCHOOL, NEW)
    answer = borough.ask("check")
    assert [each["code"] for each in answer["authorities"]] == ["44"]
    (area,) = answer["areas"]
    assert (area["urn"], area["result"], area["listed"]) == ("80515", "changed", 4)
    assert area["new"] == ["50300001"]


def test_accepting_sutton_takes_whichever_of_its_lists_is_suspect(borough):
    assert "nor is its area's list of providers" in borough.cli("accept", "Sutton").stderr
    others = [str(200_000 + number) for number in range(6)]
    for urn in others:
        row = Listed("Inspection", date(2025, 5, 1), urn)
        borough.fake_ofsted.provider(urn, f"Nursery {urn}", code=16, area=AREA, reports=[row])
    borough.later(days=1)
    borough.round()
    for urn in others:
        borough.fake_ofsted.close(urn)
    borough.later(days=1)
    (_, checked) = borough.round().checks
    assert checked.result == "suspect"
    (problem,) = borough.ask("status")["problems"]
    assert problem["what"].startswith("all providers in Sutton: suspect since ")
    said = borough.cli("accept", "Sutton")
    assert said.stdout.startswith("all providers in Sutton (80515): accepted; ")
    (_, checked) = borough.round().checks
    assert (checked.result, checked.state) == ("unchanged", "ok")


@pytest.mark.both_databases
def test_the_page_of_the_borough_lists_new_documents_by_kind_and_month(borough):
    checks = publish(borough, of_100000=NEW, of_SC023666=INADEQUATE)
    assert headline(checks) == "2 new documents in Sutton"
    assert tags(checks) == ["ofsted-watch", "sutton"]
    page = pages(borough)["sutton-area"]
    assert "4 providers, watched since 28 July 2025." in page
    assert "| Schools | 1 |" in page
    assert "Hill Primary School" in page
    assert "Children's Home, name withheld by Ofsted (URN SC023666)" in page
    assert "Inadequate, the lowest" in page
    assert "Inspection" not in page.replace("School inspection", "")  # the baseline is no news
    assert "Hill Primary School" in pages(borough)["news"]
    assert "all providers in Sutton | ok |" in pages(borough)["health"]


def test_a_name_that_ofsted_withdraws_is_in_no_page_after_the_next_check(borough):
    publish(borough, of_EY400000=NEW)
    assert "Acorn" in pages(borough)["sutton-area"]
    borough.later(days=1)
    borough.fake_ofsted.withhold(NURSERY)
    found = [*artifacts.naming_providers(borough.context(), borough.round().checks)]
    assert [each.key for each in found] == ["sutton-area", "news"]
    assert all(each.is_only for each in found)
    assert not any("Acorn" in each.markdown for each in found)
    assert any("name withheld by Ofsted (URN EY400000)" in each.markdown for each in found)


def test_the_page_of_a_borough_that_is_no_longer_watched_is_removed(borough):
    assert unwatched(borough.context()) == []
    borough.settings["watch"] = [{"authority": "Sutton"}]
    assert unwatched(borough.context()) == ["sutton-area"]


def test_a_document_is_a_prefect_event_of_its_provider_related_to_the_borough(borough):
    context = borough.context()
    for each in prefect_events.unsent(context):
        prefect_events.record_sent(context, each)
    publish(borough, of_100000=NEW)
    (event,) = prefect_events.unsent(borough.context())
    assert (event.name, event.resource) == (
        "ofsted-watch.document-listed",
        "ofsted.provider.21.100000",
    )
    assert event.related == [
        {
            "prefect.resource.id": "ofsted.area.80515",
            "prefect.resource.role": "area",
            "prefect.resource.name": "Sutton",
        }
    ]


def test_a_list_that_cannot_be_read_is_said_of_the_list_with_its_address(borough):
    borough.fake_ofsted.misbehave("/search", status(503))
    borough.checks(3, hours=1)
    event = borough.event_of("page_check_failed")
    assert event["provider"]["page"].startswith(f"{borough.base}/search?local_authority")
    (failed,) = borough.emails_to("it")
    assert failed["Subject"].startswith("Sutton: list of providers unavailable since ")
    text = " ".join(failed.get_body(("plain",)).get_content().split())
    assert (
        "Ofsted's list of all providers in Sutton, or the page of one of them, is unavailable."
        in text
    )
    *_, sent = prefect_events.unsent(borough.context())
    assert sent.resource == "ofsted.area.80515"
    borough.fake_ofsted.behave()
    borough.checks(1, hours=1)
    recovered = borough.subjects("it")[-1]
    assert recovered.startswith("Sutton: list of providers available again after ")


def test_overdue_checks_of_a_borough_are_named_with_its_authority(borough):
    borough.settings["schedule"] = {"checks": ["*/15 * * * *"]}
    borough.later(hours=2)
    assert notice_overdue(borough.context(), utc("2025-07-28 08:00"), lambda: "a pause")
    assert borough.event_of("checks_overdue")["authorities"] == ["Sutton"]
    answer = borough.ask("status")
    assert [each["state"] for each in answer["authorities"] + answer["areas"]] == ["overdue"] * 2


@pytest.mark.parametrize(
    ("types", "codes"), [([], ["44"]), (["schools"], ["area"]), (["all"], ["44", "area"])]
)
def test_a_recipient_of_documents_is_told_how_the_list_of_the_borough_stands(borough, types, codes):
    borough.settings["recipients"][0]["provider_types"] = types
    context = borough.context()
    with context.database.read() as session:
        found = standings(session, context, context.recipients[0])
    assert [each.provider.code for each in found] == codes
    assert all(each.is_ok for each in found)


@pytest.mark.both_databases
def test_the_audit_finds_a_document_that_was_not_announced(borough):
    publish(borough, of_100000=NEW)
    assert "1 document" in borough.cli("audit").stdout
    assert borough.discrepancies == []
    borough.sql("UPDATE event SET urn = '1' WHERE type = 'document_listed'")
    (found,) = borough.discrepancies
    assert found == (
        "provider 100000 (type 21): 1 new document found on 28 July 2025, at least one of them not "
        "announced"
    )
    borough.has_discrepancies = True


@pytest.mark.both_databases
def test_the_audit_finds_a_provider_whose_newest_day_no_document_has(borough):
    publish(borough, of_100000=NEW)
    borough.sql("UPDATE area_provider SET latest_report = '2025-07-30' WHERE urn = '100000'")
    (found,) = borough.discrepancies
    assert found.endswith(
        "the search shows a document of 30 July 2025, but none as new as that was recorded"
    )
    borough.has_discrepancies = True


@pytest.mark.both_databases
def test_times_of_a_wrong_clock_in_a_borough_are_brought_back(borough):
    borough.sql("UPDATE area_provider SET waiting_since = '2027-01-01 00:00:00.000000'")
    with borough.context().database.read() as session:
        (found,) = ahead.find(session, borough.now)
    assert found.what == "a provider's page waiting since"
    with borough.context().database.write() as session:
        ahead.bring_back(session, borough.now)
        assert ahead.find(session, borough.now) == []


def test_a_backup_holds_the_borough(borough, tmp_path):
    publish(borough, of_100000=NEW)
    read = ("SELECT * FROM area", "SELECT * FROM area_provider", "SELECT * FROM listed_document")
    before = [{*borough.sql(each)} for each in read]
    file = tmp_path / "backup.tar"
    assert borough.cli("backup", str(file)).exit_code == 0
    borough.settings["data_dir"] = "restored"
    assert borough.cli("restore", str(file)).exit_code == 0
    assert [{*borough.sql(each)} for each in read] == before
    assert borough.cli("doctor").stdout.count("documents, ") == 1


def test_what_is_only_listed_is_neither_read_again_nor_reported_as_unread(borough):
    publish(borough, of_100000=NEW)
    assert borough.sql("SELECT count(*) FROM listed_document WHERE sha256 IS NOT NULL") == [(1,)]
    answer = borough.ask("reread", "--dry-run")
    assert answer["documents"] == 0
    assert borough.ask("status")["problems"] == []


def test_a_name_that_ofsted_withdraws_is_in_no_event_about_a_file_either(borough):
    publish(borough, of_EY400000=replace(NEW, data=None))
    borough.checks(2, hours=1)
    assert borough.event_of("file_unavailable")["provider"]["name"] == "Acorn Nursery"
    (told,) = borough.emails_to("it")
    assert told["Subject"] == "Acorn Nursery: cannot download the file of a new document"
    borough.later(days=1)
    borough.fake_ofsted.withhold(NURSERY)
    borough.round()
    assert "Acorn" not in borough.cli("events", "--json").stdout
    assert "Acorn" not in str(borough.event_of("file_unavailable"))


def test_doctor_names_the_list_with_the_pages_that_are_checked(borough):
    said = " ".join(borough.cli("doctor").stdout.split())
    assert "is valid; 1 authority and all providers in Sutton watched" in said
    assert "all providers in Sutton: last check Mon 28 July 2025" in said
    assert "a round of 2 pages takes at least" in said


def test_the_figures_for_monitoring_tell_the_list_from_the_page_by_its_code(borough):
    context = borough.context()
    with context.database.read() as session:
        known = known_now(session, context)
        service = service_by_state(session, context.settings, context.clock.now())
    found = overview(context, None, service, known, [])
    text = exposition(State(found, {}, [])).decode()
    for code in ("44", "area"):
        labels = f'authority="Sutton",code="{code}",state="ok",urn="80515"'
        assert f"ofsted_watch_page_state{{{labels}}} 1.0" in text
