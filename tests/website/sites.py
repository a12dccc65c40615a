"""Two small real sites: of one council, and of several where much has happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from deployments.demo.fake_ofsted import Listed
from deployments.demo.fake_ofsted_faults import status
from flows.upkeep.reparse_archive import reread
from tests.borough import NEW, NURSERY, SCHOOL, show_borough
from tests.borough import SUTTON as AREA
from tests.flows.older_parser import lay_down_announced
from tests.flows.test_predecessors import CUMBRIA, FURNESS, named, watch
from tests.installation import (
    ELSEWHERE,
    JOINT_2023,
    LETTER,
    REPORT_2022,
    REPORT_2025,
    SCRUTINY,
    TEXT_2021,
    TEXT_2025,
    TEXT_2026,
    TEXT_INADEQUATE,
    Installation,
    announce_2025,
    pdf,
)
from tests.security.words import TITLE

SUTTON, BEXLEY = "80515", "80488"
VISIT = Listed(
    "Children's services focused visit",
    date(2025, 11, 3),
    "50290001",
    data=pdf(LETTER.replace("a visit", "leaving care")),
)
REPLACED, WITHDRAWN, DOUBTFUL = "50290002", "50290003", "50290004"
OLD, RENUMBERED = "50290005", "50290006"


def alone(installation: Installation) -> None:
    """Sutton alone, with its report of July 2025."""
    announce_2025(installation)


def several(installation: Installation) -> None:
    """What can happen to a report and to a page, once each."""
    fake = installation.fake_ofsted
    installation.settings["recipients"] = [SCRUTINY]  # a webhook is sent to slowly
    fake.provider(BEXLEY, "Bexley", reports=[_of("Bexley", TEXT_2021, REPORT_2022, OLD)])
    watch(installation, SUTTON, BEXLEY, CUMBRIA, FURNESS)
    of_cumbria = replace(REPORT_2022, file_id="50290007", data=pdf(named(CUMBRIA, TEXT_2021)))
    fake.providers[CUMBRIA].reports = [of_cumbria]
    installation.list(JOINT_2023, REPORT_2022)
    _round(installation, "2025-07-28 09:00")
    installation.publish(ELSEWHERE)
    installation.publish(REPORT_2025)
    for title in (TITLE, "W" * 5000):
        fake.publish(
            FURNESS, replace(ELSEWHERE, title=title, link=f"{ELSEWHERE.link}/{len(title)}")
        )
    of_furness = replace(REPORT_2025, file_id="50290008", data=pdf(named(FURNESS, TEXT_2025)))
    fake.publish(FURNESS, of_furness)
    _round(installation, "2025-07-29 09:30")
    _correct(installation)
    fake.change(BEXLEY, OLD, file_id=RENUMBERED)
    fake.publish(BEXLEY, _of("Bexley", TEXT_2025, REPORT_2025, REPLACED))
    installation.publish(VISIT)
    installation.publish(
        replace(VISIT, file_id=WITHDRAWN, published=date(2025, 11, 4), data=pdf(LETTER))
    )
    _round(installation, "2025-11-04 09:30")
    fake.change(BEXLEY, REPLACED, data=pdf(TEXT_INADEQUATE.replace("Sutton", "Bexley")))
    fake.providers[SUTTON].reports = [
        each for each in fake.providers[SUTTON].reports if each.file_id != WITHDRAWN
    ]
    for day in (14, 15, 16):
        _round(installation, f"2025-11-{day} 09:30")
    doubtful = TEXT_2026.replace("families: outstanding", "families: good")
    installation.publish(Listed(published=date(2026, 7, 1), file_id=DOUBTFUL, data=pdf(doubtful)))
    _round(installation, "2026-07-01 09:30")
    fake.misbehave(fake.providers[BEXLEY].path, status(503))
    watch(installation, SUTTON, BEXLEY, FURNESS)
    installation.settings["watch"][0] = {"area": "Sutton", "exclude": ["colleges"]}
    show_borough(fake)
    fake.provider("900001", TITLE, code=16, reports=[VISIT], area=AREA, category=TITLE)
    _round(installation, "2026-07-02 09:30")
    for key, document in NEW.items():
        fake.publish(key, replace(document, published=date(2026, 7, 2)))
    _round(installation, "2026-07-02 12:30")
    fake.publish(SCHOOL, replace(VISIT, title=TITLE, published=date(2026, 7, 3), file_id="2"))
    fake.publish("900001", replace(VISIT, title=TITLE, published=date(2026, 7, 3), file_id="3"))
    fake.withdraw(NURSERY, NEW[NURSERY].file_id)
    _round(installation, "2026-07-03 12:30")


def _of(name: str, text: str, like: Listed, file_id: str) -> Listed:
    return replace(like, file_id=file_id, data=pdf(text.replace("Sutton", name)))


def _correct(installation: Installation) -> None:
    """A wrong grade was sent, and is corrected."""
    lay_down_announced(installation, "50283346", leaders="Outstanding")
    reread(installation.context())
    installation.later(minutes=5)
    assert installation.cli("correct", "50283346", "--confirm").exit_code == 0


def _round(installation: Installation, at: str) -> None:
    installation.at(at)
    installation.round()
