"""A small borough in the fake site: a school and a nursery of one URN, a home, a childminder."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from deployments.demo.fake_ofsted import FakeOfsted, Listed
from ofsted.provider_key import ProviderKey
from tests.installation import Installation, forget, pdf

SUTTON = "319"
SCHOOL, NURSERY = ProviderKey("21", "100001"), ProviderKey("16", "100001")
HOME, CHILDMINDER = ProviderKey("2", "SC123456"), ProviderKey("17", "2500001")
NAMES = {
    SCHOOL: ("Cheam Fields Primary Academy", "Primary"),
    NURSERY: ("Little Acorns", "Childcare on non-domestic premises"),
    HOME: ("", "Children's Home"),
    CHILDMINDER: ("Ann Other", "Childminder"),
}
KNOWN = Listed("Full inspection", date(2023, 3, 1), "50100000")
INSPECTED = Listed("School inspection", date(2025, 7, 28), "50290101", data=pdf("A report"))
LOWEST = replace(INSPECTED, title="Full inspection", file_id="50290102", grade="Inadequate")
VISIT = replace(INSPECTED, title="Monitoring visit", file_id="50290103")
MINDED = replace(INSPECTED, title="Inspection report", file_id="50290104", grade="Good")
NEW = {SCHOOL: INSPECTED, NURSERY: LOWEST, HOME: VISIT, CHILDMINDER: MINDED}


def show_borough(fake_ofsted: FakeOfsted, area: str = SUTTON) -> None:
    """Each has one document, which is old."""
    for number, (key, (name, kind)) in enumerate(NAMES.items()):
        fake_ofsted.provider(
            key.urn,
            name,
            code=int(key.code),
            reports=[replace(KNOWN, file_id=f"5010000{number}")],
            area=area,
            category=kind,
            kind=kind,
            local_authority="Sutton",
            is_withheld=not name,
        )


def watch_borough(installation: Installation) -> None:
    """Sutton and its borough are watched, and were checked once."""
    show_borough(installation.fake_ofsted)
    installation.fake_ofsted.providers["80515"].area = SUTTON
    installation.settings["watch"] = [{"area": "Sutton"}]
    installation.round()
    forget(installation)


def publish_all(installation: Installation) -> None:
    """One new document on each page, and the check that finds them."""
    installation.at("2025-07-28 12:30")
    for key, document in NEW.items():
        installation.fake_ofsted.publish(key, document)
    installation.round()
