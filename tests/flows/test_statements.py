"""How many SQL statements it takes: a figure that may fall, and rises with what changed alone."""

import pytest

from tests.installation import Installation

STATUS = 20
QUIET_CHECK = {"sqlite": 12, "postgresql": 19}  # of one more authority; PostgreSQL asks who lives


def authority(installation: Installation, number: int) -> None:
    """So many authorities beside Sutton, all of them checked and ok."""
    urns = [str(80001 + each) for each in range(number)]
    rows = installation.fake_ofsted.providers["80515"].reports
    for urn in urns:
        installation.fake_ofsted.provider(urn, f"Borough of {urn}", reports=[*rows])
    installation.settings["watch"] = [{"urn": urn} for urn in ("80515", *urns)]
    installation.round()
    installation.later(minutes=15)


def sent_by_status(installation: Installation) -> int:
    with installation.statements() as sent:
        assert installation.cli("status").exit_code == 0
    return len(sent)


def sent_by_a_round(installation: Installation) -> int:
    with installation.statements() as sent:
        assert {each.result for each in installation.round().checks} == {"unchanged"}
    installation.later(minutes=15)
    return len(sent)


def test_status_asks_no_more_for_more_authorities(installation):
    one = sent_by_status(installation)
    authority(installation, 4)
    assert sent_by_status(installation) <= one + 1  # versions of reports, of which one may be new
    assert one <= STATUS


def test_a_quiet_check_of_one_more_authority_asks_no_more_than_it_did(installation, databases):
    authority(installation, 1)
    two = sent_by_a_round(installation)
    authority(installation, 4)
    assert sent_by_a_round(installation) <= two + 3 * QUIET_CHECK[databases.name]


@pytest.mark.parametrize("command", ["reports", "history", "audit"])
def test_what_is_shown_takes_as_many_statements_for_five_authorities_as_for_one(
    installation, command
):
    with installation.statements() as for_one:
        installation.cli(command)
    authority(installation, 4)
    with installation.statements() as for_five:
        installation.cli(command)
    assert len(for_five) <= len(for_one) + 1
