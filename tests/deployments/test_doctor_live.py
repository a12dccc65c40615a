"""`doctor --live` names what differs on the site from what the parser expects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from deployments.demo.fake_ofsted import FakeOfsted
from deployments.demo.fake_ofsted_faults import (
    announced,
    challenge,
    cut,
    dead_file,
    edited,
    instead,
    not_found,
    redirect,
    reset,
    slim_error,
    status,
    typed,
)
from deployments.demo.fake_ofsted_pages import Listed, ProviderPage
from deployments.doctor import Diagnosis
from deployments.doctor.live import examine_site
from flows.context.context import AppContext, open_context
from flows.settings import load
from tests.installation import JOINT_2023, PAGE, REPORT_2022, REPORT_2025, toml

SUTTON = [REPORT_2025, replace(JOINT_2023, data=REPORT_2025.data), REPORT_2022]
FILE = "/v1/file/50283346"
SUTTONS_AREA = "319"
Change = Callable[["Site"], None]


@dataclass
class Site:
    """A fake site with Sutton's three known reports and all authorities, and who checks at it."""

    fake_ofsted: FakeOfsted
    context: AppContext

    @property
    def page(self) -> ProviderPage:
        return self.fake_ofsted.providers["80515"]

    def differing(self) -> list[Diagnosis]:
        return [each for each in examine_site(self.context) if each.state != "ok"]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("live")
    fake_ofsted = FakeOfsted()
    with fake_ofsted.running() as base:
        file = folder / "ofsted-watch.toml"
        site = {"reports": base, "files": base, "gap": 0}
        file.write_text(toml({"allow_private": True, "ofsted": site}))
        context = open_context(load.load(str(file)))
        yield Site(fake_ofsted, context)
        context.site.close()
        context.database.close()


@pytest.fixture
def site(opened: Site) -> Site:
    opened.fake_ofsted.behave()
    opened.fake_ofsted.providers.clear()
    opened.fake_ofsted.provider(
        "80515", "London Borough of Sutton", reports=[*SUTTON], area=SUTTONS_AREA
    )
    opened.fake_ofsted.crowd(153)
    opened.fake_ofsted.requests.clear()
    return opened


def listing(*rows: Listed) -> Change:
    def change(site: Site) -> None:
        site.page.reports = [*rows, *SUTTON[len(rows) :]]

    return change


def row(**fields: object) -> Change:
    return listing(replace(REPORT_2025, **fields))


def shown(**fields: object) -> Change:
    def change(site: Site) -> None:
        for name, value in fields.items():
            setattr(site.page, name, value)

    return change


def fault(how: object, path: str = PAGE) -> Change:
    return lambda site: site.fake_ofsted.misbehave(path, how)


INSPECTED = row(variant="V2", inspected=date(2025, 6, 16))


def test_a_site_as_it_is_expected_to_be_differs_in_nothing(site):
    found = list(examine_site(site.context))
    assert [each for each in found if each.state != "ok"] == []
    subjects = [each.subject for each in found]
    known = {"clock", *(f"A{number}" for number in range(1, 16))}
    assert set(subjects) == known | {"U1", "U2", "U3", "U4", "U5", "U11", "U12"}
    assert next(each.found for each in found if each.subject == "U1") == (
        "1 open provider in the area of London Borough of Sutton (319), newest first"
    )


def test_it_asks_about_thirty_times_and_the_page_once(site):
    site.differing()
    paths = [seen.path for seen in site.fake_ofsted.requests]
    assert paths.count(PAGE) == 1
    assert len(paths) <= 25


VARIANTS: dict[str, tuple[Change, str, str]] = {
    "PDF instead of pdf": (row(file_type="PDF"), "", ""),
    "no metadata": (row(variant="V1a"), "A3", "1 of shape V1a"),
    "no day in the link": (row(variant="V1b"), "A5", "1 of 3 links without a date"),
    "a day inside the link": (
        row(variant="V2", inspected=date(2025, 6, 16)),
        "A3",
        "1 of shape V2",
    ),
    "a status event": (listing(Listed("Opened", variant="event")), "A4", "not listed: 50283346"),
    "a row without a link": (
        listing(Listed("A letter", date(2025, 7, 29), variant="plain")),
        "A4",
        'rows that link to another site: "A letter" (no link)',
    ),
    "a link to another host": (
        listing(Listed("A letter", date(2025, 7, 29), link="https://www.gov.uk/letter")),
        "A4",
        'rows that link to another site: "A letter" (https://www.gov.uk/letter)',
    ),
    "another day beside the link": (
        row(marked=date(2025, 7, 30)),
        "A5",
        "time[pubdate] gives another date",
    ),
    "a grade behind a title": (row(grade="Good"), "A6", "grades after titles"),
    "a title not known": (row(title="Thematic review"), "A9", 'unknown titles: "Thematic review"'),
    "another order": (row(published=date(2020, 7, 29)), "A7", "not newest first"),
    "another id": (row(file_id="50300000"), "A4", "not listed: 50283346"),
    "no URN": (shown(subheading=""), "A2", "URN: 80515 is not on the page"),
    "another URN": (shown(subheading="URN: 80429"), "A4", "the page of URN 80429, not 80515"),
    "another canonical": (
        shown(canonical="https://reports.ofsted.gov.uk/provider/44/80429"),
        "A4",
        "the page of URN 80429, not 80515",
    ),
    "blocks of ratings": (shown(graded=True), "A6", "rating blocks"),
    "the newest above the list": (shown(latest_block=True), "A8", "listed twice"),
    "an empty list": (shown(reports=[]), "A3", "no a.publication-link, 0 links to files (none)"),
    "the page is gone": (fault(not_found), "A1", '404, 1,469 bytes, "Page not found"; expected'),
    "an application error": (fault(slim_error), "A1", "500"),
    "turned away": (fault(status(403)), "A13", "is blocked at"),
    "too many requests": (fault(status(429)), "A13", "is blocked at"),
    "a challenge": (fault(challenge), "A2", "expected: a title that ends"),
    "half a page": (fault(cut(0.5)), "A2", "no complete HTML page"),
    "a broken answer": (fault(reset()), "A1", "the connection broke during the response"),
    "a length that is wrong": (fault(announced(100)), "A1", "incomplete"),
    "a redirect": (fault(redirect("/provider/44/70003")), "A1", "redirected to"),
    "a redirect to elsewhere": (
        fault(redirect("https://www.example.gov.uk/")),
        "A1",
        "redirect to another site, https://www.example.gov.uk/",
    ),
    "another type": (fault(typed("text/plain")), "A1", "Content-Type text/plain"),
    "links renamed": (
        fault(edited("publication-link", "report-link")),
        "A3",
        "3 links to files (50283346, 50227080, 50176759)",
    ),
    "a timeline renamed": (fault(edited("timeline__day", "day")), "A3", "no ol.timeline > li"),
    "several pages": (
        fault(edited("<h2", '<div class="pagination">1 of 2</div><h2')),
        "A8",
        "a list split over several pages",
    ),
    "a button for more": (
        fault(edited('<ol class="timeline">', '<button>Show more</button><ol class="timeline">')),
        "A8",
        'a control that shows more: "Show more"',
    ),
    "wrong addresses answered": (
        fault(instead(b"<html></html>"), "/provider/21/80515"),
        "A10",
        "wrong code: 200",
    ),
    "a file that is dead": (fault(dead_file(200), FILE), "A11", "not a PDF"),
    "a file of another type": (
        row(media_type="application/octet-stream"),
        "A11",
        "Content-Type application/octet-stream",
    ),
    "a file that is cut": (fault(cut(0.9), FILE), "A11", "incomplete"),
    "a file elsewhere": (fault(redirect("/v1/file/50176759"), FILE), "A11", "redirected to"),
    "a dead file that lives": (
        fault(instead(REPORT_2025.data, "application/pdf"), "/v1/file/50004190"),
        "A12",
        "50004190: a PDF",
    ),
    "no search": (fault(status(404), "/search"), "A15", "404"),
    "search renamed": (
        fault(
            lambda reply: replace(reply, body=reply.body.replace(b"search-result__title", b"x")),
            "/search",
        ),
        "",
        "",
    ),
    "a newer report in the search": (
        lambda site: site.fake_ofsted.misbehave(
            "/search", edited("29 July 2025", "30 July 2025"), times=1
        ),
        "A15",
        '"Latest report" is 30 July 2025; expected: 29 July 2025',
    ),
    "an area that is not applied": (
        fault(
            lambda reply: replace(reply, body=reply.body.replace(b"local_auth", b"x")), "/search"
        ),
        "U1",
        "a search in no area, where 319 was asked for",
    ),
    "a borough without providers": (
        shown(area=""),
        "U1",
        "0 open providers in the area of London Borough of Sutton (319); expected:",
    ),
    "a new rating": (
        shown(rating="Exceptional"),
        "U4",
        "ratings: Exceptional (1); expected: the four words, or none",
    ),
    "fewer authorities": (
        lambda site: site.fake_ofsted.providers.pop("70005") and None,
        "A15",
        "152 authorities; expected: 153",
    ),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_what_differs_is_named(site, name):
    change, subject, words = VARIANTS[name]
    change(site)
    differing = site.differing()
    assert words in " ".join(each.found for each in differing if each.subject == subject)
    assert bool(differing) == bool(subject), differing


def test_what_the_parser_cannot_read_is_wrong_and_what_it_copes_with_a_note(site):
    site.page.graded = True
    assert {each.state for each in site.differing()} == {"note"}
    site.fake_ofsted.misbehave(PAGE, edited("publication-link", "report-link"))
    assert {each.state for each in site.differing() if each.subject in {"A3", "A4"}} == {"wrong"}


def test_what_robots_txt_forbids_is_named_and_not_asked_for(installation):
    installation.fake_ofsted.robots = "User-agent: *\nDisallow: /provider/\n"
    installation.sql("DELETE FROM http_host")
    answer = installation.cli("doctor", "--live")
    assert answer.exit_code == 1
    said = " ".join(answer.stdout.split())
    assert f"wrong A1: forbidden by the site's robots.txt ({installation.base}{PAGE})" in said
    assert "A14 wrong: " in answer.stdout
    assert not [
        seen for seen in installation.fake_ofsted.requests if seen.path.startswith("/provider/")
    ]


def test_a_site_that_does_not_answer_is_named_once_and_nobody_is_well(installation):
    installation.fake_ofsted.misbehave("*", status(503))
    answer = installation.cli("doctor", "--live")
    assert answer.exit_code == 1
    report = answer.stdout.split("ready to paste into a report:\n\n")[1]
    assert report.count("A1 wrong: ") == 1
    assert "A13" not in answer.stdout


def test_what_differs_stands_together_at_the_end_to_be_pasted(installation):
    installation.fake_ofsted.misbehave(PAGE, edited("publication-link", "report-link"))
    answer = installation.cli("doctor", "--live")
    assert answer.exit_code == 1
    report = answer.stdout.split("ready to paste into a report:\n\n")[1].splitlines()
    assert report[0].startswith("versions ok: ofsted-watch ")
    assert "A3 wrong: no a.publication-link, 1 links to files (50176759)" in "\n".join(report)
    installation.at("2025-07-29 09:30")
    installation.fake_ofsted.behave()
    installation.fake_ofsted.crowd(153)
    installation.fake_ofsted.providers["80515"].area = SUTTONS_AREA
    installation.publish(replace(JOINT_2023, data=REPORT_2025.data))
    installation.publish(REPORT_2025)
    said = installation.cli("doctor", "--live").stdout
    assert (
        "\nWhat is not yet known about Ofsted's site. Please include it in your report:\n\n"
        "U1 ok: 1 open" in said
    )
    assert said.endswith("\nOfsted's site is as the parser expects.\n")
