"""When the same bytes of a page mean that nothing follows: each reason against it, alone."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from ofsted.provider_key import ProviderKey
from storage.page_checks import page_before

SUTTON = ProviderKey("44", "80515")
NOT_QUIET = {  # what is so -> the statement that makes it so
    "the page is not ok": "UPDATE provider SET state = 'suspect'",
    "a check of it failed": "UPDATE provider SET failure_since = '2025-07-28 08:00:00'",
    "the last check did not see the list": "UPDATE page_check SET result = 'unreachable'",
    "the last check never ended": "UPDATE page_check SET result = NULL, ended_at = NULL",
    "it was read over a day ago": "UPDATE listing SET seen_at = '2025-07-27 08:59:00'",
    "a wrong clock read it in the future": "UPDATE listing SET seen_at = '2025-07-29 09:00:00'",
    "its bytes are not known": "UPDATE listing SET sha256 = ''",
    "a person has accepted its list": "INSERT INTO app_state VALUES ('accepted 44:80515', 'now')",
    "reissued files wait": "INSERT INTO app_state VALUES ('reissued 44:80515', '[1]')",
    "a row is gone": "UPDATE report SET listed = false",
    "a row is only assumed": "UPDATE report_alias SET assumed_since = '2025-07-28 09:00:00'",
    "a file is due": "UPDATE report SET next_fetch = '2025-07-28 09:00:00'",
    "a file was never asked for": "UPDATE report SET next_fetch = NULL",
    "a file is missing": "UPDATE report SET status = 'missing'",
    "a file fails": "UPDATE report SET failing_since = '2025-07-28 09:00:00'",
    "a report is not announced": "UPDATE report SET baseline = false",
}
QUIET = {
    "it is as it was": "UPDATE report SET title = title",
    "no reissued file waits": "INSERT INTO app_state VALUES ('reissued 44:80515', '[]')",
    "another page's list was accepted": "INSERT INTO app_state VALUES ('accepted 44:1', 'now')",
    "its withdrawn report was announced": (
        "UPDATE report SET listed = false, withdrawal_announced = true"
    ),
    "a report of a link elsewhere has no file to fetch": (
        "UPDATE report SET file_id = NULL, next_fetch = NULL, status = 'missing'"
    ),
}


def known_bytes(installation, statement):
    """By a database in which this is so, for as long as it is asked: nothing is kept of it."""
    with Session(installation.context().database.engine) as session:
        session.execute(text(statement))
        return page_before(session, SUTTON, installation.now).quiet_sha256


@pytest.mark.both_databases
@pytest.mark.parametrize("reason", NOT_QUIET)
def test_a_page_for_which_something_waits_is_read_whatever_its_bytes(installation, reason):
    assert known_bytes(installation, NOT_QUIET[reason]) == ""


@pytest.mark.both_databases
@pytest.mark.parametrize("reason", QUIET)
def test_nothing_follows_from_the_same_bytes_where_nothing_waits(installation, reason):
    assert len(known_bytes(installation, QUIET[reason])) == 64
