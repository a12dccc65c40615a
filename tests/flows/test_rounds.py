"""A round goes on whatever happens in it, and says what it found."""

import shutil

import pytest

from deployments.demo.fake_ofsted_faults import status
from flows.checking.one_check import CheckRequest, _begin
from flows.pipeline import StillCheckingError, _check, in_order, round_under_way, run_round
from storage import rounds
from tests.installation import ELSEWHERE, PAGE, REPORT_2025, utc
from tests.sinks import Answer, WebhookSink


@pytest.fixture
def heartbeat(installation):
    """An address that is called after each successful check; gives the calls."""
    installation.settings["heartbeat"] = f"{installation.base}/alive"
    return lambda: [seen for seen in installation.fake_ofsted.requests if seen.path == "/alive"]


def test_the_heartbeat_is_called_after_each_good_check_and_after_no_other(installation, heartbeat):
    scheduled = installation.now
    installation.later(minutes=5)
    installation.check()
    assert len(heartbeat()) == 1
    installation.check(scheduled=scheduled)  # skipped
    installation.fake_ofsted.misbehave(PAGE, status(404))
    installation.check()
    assert len(heartbeat()) == 1


@pytest.mark.parametrize(
    ("answer", "is_alerted"),
    [
        pytest.param(Answer(200, "<html><title>Web filter</title></html>"), False, id="a web page"),
        pytest.param(Answer(200, "OK"), True, id="200"),
        pytest.param(Answer(204), True, id="204"),
    ],
)
def test_a_web_page_is_no_answer_to_a_heartbeat(installation, caplog, answer, is_alerted):
    with WebhookSink(to_get=answer) as elsewhere:
        installation.settings["heartbeat"] = elsewhere.url
        installation.check()
    assert (
        "the heartbeat call failed: status 200 with a web page" in caplog.text
    ) is not is_alerted
    assert elsewhere.gets == 1


def test_a_heartbeat_that_nobody_answers_changes_nothing(installation):
    installation.settings["heartbeat"] = "http://127.0.0.1:9/alive"
    assert installation.check().result == "unchanged"


def test_a_check_that_breaks_off_is_said_and_repeated(installation):
    """The archive cannot be written: a folder stands where a file should."""
    archive = installation.folder / "data" / "archive"
    shutil.rmtree(archive / "incoming", ignore_errors=True)
    (archive / "incoming").write_text("in the way")
    installation.settings["watch"] = [
        {"urn": 80515, "code": 44, "name": "London Borough of Sutton"},
        {"urn": 80456, "code": 44, "name": "Camden"},
    ]
    installation.fake_ofsted.provider("80456", "Camden", reports=[ELSEWHERE])
    installation.publish(REPORT_2025)
    sutton, camden = installation.round().checks
    assert (sutton.result, sutton.state) == ("unreachable", "unreachable")
    assert "the check failed ([Errno 17] File exists" in sutton.message
    assert camden.result == "first"
    (archive / "incoming").unlink()
    assert installation.round().checks[0].result == "changed"
    assert installation.event_types == ["report_published"]


def _of(installation, moment, *, urns=("80515",)):
    """A scheduled round of that moment."""
    context = installation.context()
    return run_round(
        context, [context.authority(urn) for urn in urns], CheckRequest(scheduled=utc(moment))
    )


@pytest.mark.both_databases
def test_a_scheduled_round_ends_at_once_while_another_is_under_way(installation):
    context = installation.context()
    with round_under_way(context, CheckRequest(scheduled=installation.now)):
        with pytest.raises(StillCheckingError, match="still checking"):
            _of(installation, "2025-07-28 09:15")
        assert installation.check().result == "unchanged"  # a person's own waits for pages alone
    assert _of(installation, "2025-07-28 09:15").checks[0].result == "unchanged"


@pytest.mark.both_databases
def test_a_round_is_written_down_until_it_ends_however_it_ends(installation):
    def under_way():
        with installation.context().database.read() as session:
            return len(rounds.open_rounds(session))

    with round_under_way(installation.context(), CheckRequest()):
        assert under_way() == 1
    with pytest.raises(KeyError), round_under_way(installation.context(), CheckRequest()):
        raise KeyError
    assert under_way() == 0


@pytest.mark.parametrize(("every", "is_noted"), [(0.0, True), (60.0, False)])
def test_progress_is_written_down_but_not_too_often(installation, monkeypatch, every, is_noted):
    monkeypatch.setattr("flows.pipeline.PROGRESS_EVERY", every)
    with round_under_way(installation.context(), CheckRequest()) as context:
        _check(context, context.authority("80515"), CheckRequest(), lambda _result: None)
        with context.database.read() as session:
            (found,) = rounds.open_rounds(session)
            assert (found.progress_at > found.began_at) is is_noted


@pytest.mark.both_databases
def test_an_authority_whose_check_kills_the_process_comes_last_and_operators_are_notified_of_it(
    installation,
):

    installation.settings["watch"] = [
        {"urn": 80515, "name": "London Borough of Sutton"},
        {"urn": 80456, "name": "Camden"},
    ]
    installation.fake_ofsted.provider("80456", "Camden", reports=[ELSEWHERE])

    def killed():
        """A check of Sutton that began and never ended."""
        context = installation.context()
        with context.database.write() as session:
            _begin(session, context, context.authority("80515"), CheckRequest())

    def order():
        context = installation.context()
        return [authority.name for authority in in_order(context, context.settings.watch)]

    assert order() == ["London Borough of Sutton", "Camden"]
    killed()
    assert order() == ["Camden", "London Borough of Sutton"]
    for _ in range(5):
        installation.later(minutes=20)
        killed()
    assert "page_check_failed" in installation.event_types
    assert "interrupted" in installation.event_of("page_check_failed")["failure"]
    installation.later(minutes=15)
    installation.round()
    assert installation.event_types[-1] == "page_check_recovered"
    assert order() == ["London Borough of Sutton", "Camden"]
