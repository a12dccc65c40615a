"""The fake of Ofsted's site behaves as the real one is known to."""

import csv
import shutil
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
import requests

from deployments.demo.fake_ofsted import FakeOfsted, Listed, folder
from deployments.demo.fake_ofsted_faults import status
from ofsted.provider_key import ProviderKey
from ofsted.site import Site

PDF = b"%PDF-1.7\nstartxref\n0\n%%EOF"
REPORT = Listed(published=date(2025, 7, 29), file_id="50283346", data=PDF)


@pytest.fixture
def fake_ofsted() -> FakeOfsted:
    fake_ofsted = FakeOfsted()
    fake_ofsted.provider("80515", "London Borough of Sutton", reports=[REPORT])
    return fake_ofsted


@pytest.fixture
def base(fake_ofsted) -> Iterator[str]:
    with fake_ofsted.running() as base:
        yield base


def _listed(base: str) -> list[tuple[str | None, date | None]]:
    with Site(reports=base, files=base, gap=0, allow_private=True) as site:
        return [(entry.file_id, entry.published) for entry in site.listing(80515).entries]


def test_a_published_report_stands_at_the_top_at_once(fake_ofsted, base):
    assert _listed(base) == [("50283346", date(2025, 7, 29))]
    fake_ofsted.publish("80515", Listed(published=date(2026, 11, 20), file_id="50320000"))
    assert [file_id for file_id, _ in _listed(base)] == ["50320000", "50283346"]


def test_a_row_can_change_and_go(fake_ofsted, base):
    fake_ofsted.publish("80515", Listed(published=date(2026, 11, 20), file_id="50320000"))
    fake_ofsted.change("80515", "50283346", file_id="50283347", published=date(2025, 7, 30))
    assert _listed(base)[1] == ("50283347", date(2025, 7, 30))
    fake_ofsted.withdraw("80515", "50283347")
    assert [file_id for file_id, _ in _listed(base)] == ["50320000"]


def test_pages_print_links_to_the_real_files_host_unless_configured_otherwise(fake_ofsted, base):
    page = f"{base}/provider/44/80515"
    assert (
        'href="https://files.ofsted.gov.uk/v1/file/50283346"' in requests.get(page, timeout=5).text
    )
    fake_ofsted.files = base
    assert f'href="{base}/v1/file/50283346"' in requests.get(page, timeout=5).text


def test_markup_is_as_the_real_site_writes_it(base):
    text = requests.get(f"{base}/provider/44/80515", timeout=5).text
    assert "Children&#039;s services inspection, pdf - 29 July 2025" in text
    assert (
        "<title>London Borough of Sutton - Open - Find an Inspection Report - Ofsted</title>"
        in text
    )


@pytest.mark.parametrize(
    ("path", "number", "heading"),
    [
        ("/provider/21/80515", 404, "Page not found"),
        ("/nowhere", 404, "Page not found"),
        ("/v1/file/50004178", 404, "Report not found"),
        ("/robots.txt", 404, "Page not found"),
        ("/", 200, "A fake Ofsted site"),
    ],
)
def test_what_is_not_there_is_said_in_the_sites_shell(base, path, number, heading):
    answer = requests.get(f"{base}{path}", timeout=5)
    assert answer.status_code == number
    assert heading in answer.text
    assert answer.text.endswith("</html>")


@pytest.mark.parametrize(
    ("query", "results", "onward"),
    [
        ("", 10, True),
        ("rows=100", 100, True),
        ("rows=200", 100, True),
        ("rows=100&start=100", 53, False),
        ("q=sutton", 1, False),
        ("q=80515&rows=100", 1, False),
    ],
)
def test_search_pages_hold_ten_results_or_as_many_as_asked_but_never_over_a_hundred(
    fake_ofsted, base, query, results, onward
):
    fake_ofsted.crowd(153)
    text = requests.get(f"{base}/search?{query}", timeout=5).text
    assert text.count('<li class="search-result">') == results
    assert ("pagination__next" in text) is onward
    assert text.count("js-results-count") == 2


def test_a_fault_lasts_as_often_as_asked_and_until_it_is_ended(fake_ofsted, base):
    def answers(number: int) -> list[int]:
        page = f"{base}/provider/44/80515"
        return [requests.get(page, timeout=5).status_code for _ in range(number)]

    fake_ofsted.misbehave("*", status(503), times=2)
    assert answers(3) == [503, 503, 200]
    fake_ofsted.misbehave("/provider/44/80515", status(403))
    assert answers(2) == [403, 403]
    fake_ofsted.behave()
    assert answers(1) == [200]


def test_requests_are_recorded(fake_ofsted, base):
    requests.get(f"{base}/search?q=a", headers={"X-Why": "because"}, timeout=5)
    (seen,) = fake_ofsted.requests
    assert (seen.path, seen.target, seen.headers["X-Why"]) == ("/search", "/search?q=a", "because")


def test_an_unchanged_page_is_answered_without_its_body(fake_ofsted, base):
    page = f"{base}/provider/44/80515"
    tag = requests.get(page, timeout=5).headers["ETag"]
    again = requests.get(page, headers={"If-None-Match": tag}, timeout=5)
    assert (again.status_code, again.content) == (304, b"")
    fake_ofsted.conditional = False
    assert "ETag" not in requests.get(page, headers={"If-None-Match": tag}, timeout=5).headers


def test_two_hosts_can_be_two_ports(fake_ofsted, base, tmp_path):
    with fake_ofsted.running() as second:
        assert second != base
        site = Site(reports=base, files=second, gap=0, allow_private=True)
        with site:
            assert site.download(site.listing(80515).entries[0].link, tmp_path / "a.pdf").bytes


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    for name in ("index.csv", "sutton-2021-ilacs.txt", "sutton-2025-ilacs.txt"):
        (tmp_path / name).write_bytes(files("seeds").joinpath(name).read_bytes())
    return tmp_path


def test_a_folder_of_reports_is_shown_newest_first_and_texts_become_pdfs(fake_ofsted, base, seeds):
    fake_ofsted.providers.clear()
    folder(fake_ofsted, seeds)
    assert _listed(base) == [
        ("50283346", date(2025, 7, 29)),
        ("50176759", date(2022, 2, 1)),
    ]
    assert requests.get(f"{base}/v1/file/50176759", timeout=5).content.startswith(b"%PDF-")


def test_a_line_added_to_a_folders_index_is_a_new_report(fake_ofsted, base, seeds):
    fake_ofsted.providers.clear()
    fake_ofsted.before_each = lambda: folder(fake_ofsted, seeds)
    assert len(_listed(base)) == 2
    shutil.copy(seeds / "sutton-2025-ilacs.txt", seeds / "new.txt")
    with (seeds / "index.csv").open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    row = {"file": "new.txt", "urn": "80515", "published": "2026-11-20", "file_id": "50320000"}
    with (seeds / "index.csv").open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, columns).writerow(row | {"title": "Children's services inspection"})
    assert _listed(base)[0] == ("50320000", date(2026, 11, 20))


def test_a_provider_is_found_by_type_and_urn_and_by_its_urn_alone(fake_ofsted):
    nursery = fake_ofsted.provider("80515", "Nursery", code=16)
    assert fake_ofsted.providers[ProviderKey("16", "80515")] is nursery
    assert fake_ofsted.providers["80515"].code == 44
    assert "80515" in fake_ofsted.providers
    assert "80516" not in fake_ofsted.providers
    fake_ofsted.providers.pop("80515")
    assert fake_ofsted.providers["80515"] is nursery
