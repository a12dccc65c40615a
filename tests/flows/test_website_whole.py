"""The website as it is written change by change is the one that would be written at once."""

import posixpath
import re
from dataclasses import replace
from datetime import date

from deployments.demo.fake_ofsted import Listed
from deployments.demo.fake_ofsted_faults import status
from flows.checking.check import check_page
from flows.checking.one_check import CheckRequest
from flows.publishing import website
from storage.data_state import data_states
from tests.flows.test_predecessors import CUMBRIA, FURNESS, JOINT, NAMES, of_before
from tests.installation import (
    ELSEWHERE,
    LETTER,
    PAGE,
    REPORT_2022,
    REPORT_2025,
    TEXT_2025,
    TEXT_DOUBTFUL,
    pdf,
)

WHEN = re.compile(rb"This page was written at [^<]*")
LINK = re.compile(rb'(?:href|src)="(?!#|[a-z]+:)([^"#]+)')
URL = "https://example.gov.uk/ofsted"


def files(folder):
    """What is in each file, but for when it was written."""
    return {
        path.relative_to(folder).as_posix(): WHEN.sub(b"", path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".written.json"
    }


def written(installation):
    return files(installation.folder / "data" / "website")


def at_once(installation, name):
    """The files of a website that is written into a new folder."""
    folder, before = installation.folder / name, installation.settings["website"]
    installation.settings["website"] = before | {"folder": str(folder)}
    assert installation.cli("website").exit_code == 0
    installation.settings["website"] = before
    return files(folder)


def broken_links(found):
    """Which pages lead to what is not there."""
    return [
        (path, link.decode())
        for path, content in found.items()
        if path.endswith(".html")
        for link in LINK.findall(content)
        if posixpath.normpath(posixpath.join(posixpath.dirname(path), link.decode())) not in found
    ]


def test_after_every_change_each_file_says_what_it_would_if_it_were_written_anew(new_installation):
    site = new_installation.fake_ofsted
    site.provider("80476", "Kent County Council", reports=[ELSEWHERE])
    site.provider(FURNESS, NAMES[FURNESS], reports=[JOINT])
    site.provider(CUMBRIA, NAMES[CUMBRIA], reports=[of_before(CUMBRIA)])
    new_installation.settings |= {
        "watch": [{"authority": "Kent"}, {"urn": FURNESS}, {"urn": CUMBRIA}, {"urn": "80515"}],
        "website": {"url": URL},
    }
    row = Listed("A row without a link", date(2025, 7, 2))
    letter = Listed("A letter", date(2025, 7, 1), link="https://www.gov.uk/letter")
    moved = replace(letter, title="The letter", link="https://www.gov.uk/moved")
    kept = replace(moved, link=None, file_id="60000001", data=pdf(LETTER))
    renumbered = replace(REPORT_2025, file_id="50290000", title="Inspection")
    doubtful = replace(renumbered, published=date(2025, 7, 30), data=pdf(TEXT_DOUBTFUL))
    lists = [
        (REPORT_2022,),
        (REPORT_2025, row, letter, REPORT_2022),
        (REPORT_2025, letter, REPORT_2022),
        (REPORT_2025, row, REPORT_2022),  # one is gone, another is back
        (REPORT_2025, replace(row, title="A row"), moved, REPORT_2022),
        (renumbered, replace(row, title="A row"), kept, REPORT_2022),
        (doubtful, row, kept, REPORT_2022),
    ]
    ever = set()
    for number, listed in enumerate(lists):
        new_installation.list(*listed)
        new_installation.later(days=number)
        new_installation.round()
        found = written(new_installation)
        assert found == at_once(new_installation, f"{number}")
        assert broken_links(found) == []
        ever |= {path for path in found if "/report-" in path}
        assert ever <= {*found}  # alerts link to what was there
    site.publish(CUMBRIA, of_before(CUMBRIA, TEXT_2025, "2"))
    site.misbehave(PAGE, status(503))
    for number in range(3):
        new_installation.later(hours=2)
        new_installation.round()
        assert written(new_installation) == at_once(new_installation, f"bad-{number}")
    site.behave()
    new_installation.round()
    assert written(new_installation) == at_once(new_installation, "good")


def test_a_report_recorded_while_pages_are_made_is_on_none_of_them_until_the_next_writing(
    announced, monkeypatch
):
    announced.fake_ofsted.provider("80476", "Kent County Council", reports=[ELSEWHERE])
    announced.settings |= {
        "watch": [{"authority": "Kent"}, {"authority": "Sutton"}],
        "website": {"url": URL},
    }
    announced.round()
    announced.later(hours=1)
    announced.publish(replace(ELSEWHERE, link="https://www.gov.uk/another"))
    context = announced.context()
    reads = []

    def recorded_after(session):
        """What is known; then another process records a report."""
        found = data_states(session)
        reads.append(found)
        if len(reads) == 2:  # once it is decided that there is something to write
            check_page(context.authority("80515"), context, CheckRequest())
        return found

    announced.sql("UPDATE provider SET state = 'unreachable' WHERE urn = '80476'")
    monkeypatch.setattr(website, "data_states", recorded_after)
    website.refresh(context)
    monkeypatch.undo()
    assert len(reads) == 2
    assert broken_links(written(announced)) == []
