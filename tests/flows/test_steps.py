"""The steps of a round, as whoever shows them is handed them."""

from dataclasses import dataclass, field

from deployments.demo.fake_ofsted_faults import status
from flows.checking.one_check import CheckRequest
from flows.pipeline import run_round
from flows.step import StepResult
from tests.installation import ELSEWHERE, REPORT_2025


@dataclass
class Shown:
    """A step that writes down what it was asked to show, and how it ended."""

    names: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    def __call__(self, kind, do, *, about="", tags=()):  # noqa: ARG002 - as a `Step` is called
        name = f"{kind} {about}".strip()
        self.names.append(name)
        value = do()
        if isinstance(value, StepResult) and value.has_failed:
            self.failed[name] = value.in_words()
        return value


def shown_of(installation):
    shown, context = Shown(), installation.context()
    run_round(context, context.settings.watch, CheckRequest(), shown)
    return shown


def test_a_new_report_is_shown_step_by_step(installation):
    installation.at("2025-07-29 09:30")
    installation.publish(REPORT_2025)
    assert shown_of(installation).names == [
        "check page Sutton",
        "download 50283346",
        "read 50283346",
        "record 50283346",
        "write website",
        "send to scrutiny (attempt 1)",
        "send to channel (attempt 1)",
        "write downloads",
        "audit",
    ]


def test_a_quiet_round_shows_the_check_and_the_audit(installation):
    installation.check()
    installation.later(minutes=15)
    shown = shown_of(installation)
    assert (shown.names, shown.failed) == (["check page Sutton", "audit"], {})


def test_a_step_that_failed_says_so_in_the_other_sides_words(installation):
    installation.later(minutes=15)
    installation.fake_ofsted.misbehave("/provider/44/80515", status(503))
    shown = shown_of(installation)
    assert [*shown.failed] == ["check page Sutton"]
    assert "503" in shown.failed["check page Sutton"]


def test_of_many_pages_twenty_share_a_step_and_a_fault_or_change_has_its_own(installation):
    urns = [str(70_001 + number) for number in range(24)]
    for urn in urns:
        installation.fake_ofsted.provider(urn, f"Borough of Number {urn}", reports=[ELSEWHERE])
    installation.settings["watch"] = [{"urn": 80515}, *({"urn": int(urn)} for urn in urns)]
    first = shown_of(installation).names
    assert first[:2] == ["check pages 1-20 of 25", "check pages 21-25 of 25"]
    assert not [name for name in first if name.startswith(("check page ", "download", "record"))]
    installation.later(minutes=15)
    installation.publish(REPORT_2025)
    installation.fake_ofsted.misbehave(f"/provider/44/{urns[-1]}", status(503))
    shown = shown_of(installation)
    pages = [name for name in shown.names if name.startswith("check page")]
    assert [name for name in pages if "of 25" in name] == first[:2]
    assert next(name for name in pages if "of 25" not in name) == "check page Sutton"
    assert len(pages) == 4
    assert len(shown.failed) == 1
