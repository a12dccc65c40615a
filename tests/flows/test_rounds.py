"""A round goes on whatever happens in it, and says what it found."""

import shutil

import pytest

from deployments.standin_faults import status
from flows.look import Ask, _begin, look
from flows.round import StillCheckingError, go_round, in_order, round_under_way
from storage import rounds
from tests.sinks import Answer, WebhookSink
from tests.town import ELSEWHERE, PAGE, REPORT_2025, utc


@pytest.fixture
def heartbeat(town):
    """An address that is called after each good look; gives the calls."""
    town.settings["heartbeat"] = f"{town.base}/alive"
    return lambda: [seen for seen in town.standin.requests if seen.path == "/alive"]


def test_the_heartbeat_is_called_after_each_good_look_and_after_no_other(town, heartbeat):
    scheduled = town.now
    town.later(minutes=5)
    town.look()
    assert len(heartbeat()) == 1
    town.look(scheduled=scheduled)  # skipped
    town.standin.misbehave(PAGE, status(404))
    town.look()
    assert len(heartbeat()) == 1


@pytest.mark.parametrize(
    ("answer", "is_heard"),
    [
        pytest.param(Answer(200, "<html><title>Web filter</title></html>"), False, id="a web page"),
        pytest.param(Answer(200, "OK"), True, id="200"),
        pytest.param(Answer(204), True, id="204"),
    ],
)
def test_a_web_page_is_no_answer_to_a_heartbeat(town, caplog, answer, is_heard):
    with WebhookSink(to_get=answer) as elsewhere:
        town.settings["heartbeat"] = elsewhere.url
        town.look()
    assert ("the heartbeat was not heard: answer 200, a web page" in caplog.text) is not is_heard
    assert elsewhere.gets == 1


def test_a_heartbeat_that_nobody_hears_changes_nothing(town):
    town.settings["heartbeat"] = "http://127.0.0.1:9/alive"
    assert town.look().outcome == "unchanged"


def test_a_look_that_breaks_off_is_said_and_repeated(town):
    """The archive cannot be written: a folder stands where a file should."""
    archive = town.folder / "data" / "archive"
    shutil.rmtree(archive / "arriving", ignore_errors=True)
    (archive / "arriving").write_text("in the way")
    town.settings["watch"] = [
        {"urn": 80515, "code": 44, "name": "London Borough of Sutton"},
        {"urn": 80456, "code": 44, "name": "Camden"},
    ]
    town.standin.provider("80456", "Camden", reports=[ELSEWHERE])
    town.publish(REPORT_2025)
    sutton, camden = town.round().looked
    assert (sutton.outcome, sutton.state) == ("failed", "failing")
    assert "the look broke off ([Errno 17] File exists" in sutton.message
    assert camden.outcome == "first"
    (archive / "arriving").unlink()
    assert town.round().looked[0].outcome == "changed"
    assert town.news == ["report_published"]


def _of(town, moment, *, urns=("80515",)):
    """A scheduled round of that moment."""
    tools = town.tools()
    return go_round(tools, [tools.watch(urn) for urn in urns], Ask(scheduled=utc(moment)))


def test_a_scheduled_round_ends_at_once_while_another_is_under_way(town):
    tools = town.tools()
    with round_under_way(tools, Ask(scheduled=town.now)):
        with pytest.raises(StillCheckingError, match="still checking"):
            _of(town, "2025-07-28 09:15")
        assert town.look().outcome == "unchanged"  # a person's own waits for pages alone
    assert _of(town, "2025-07-28 09:15").looked[0].outcome == "unchanged"


def test_a_round_is_written_down_until_it_ends_however_it_ends(town):
    def under_way():
        with town.tools().database.read() as session:
            return len(rounds.open_rounds(session))

    with round_under_way(town.tools(), Ask()):
        assert under_way() == 1
    with pytest.raises(KeyError), round_under_way(town.tools(), Ask()):
        raise KeyError
    assert under_way() == 0


@pytest.mark.parametrize(("every", "is_noted"), [(0.0, True), (60.0, False)])
def test_progress_is_written_down_but_not_too_often(town, monkeypatch, every, is_noted):
    monkeypatch.setattr("flows.round.PROGRESS_EVERY", every)
    with round_under_way(town.tools(), Ask()) as tools:
        look(tools.watch("80515"), tools, Ask())
        with tools.database.read() as session:
            (found,) = rounds.open_rounds(session)
            assert (found.progress_at > found.began_at) is is_noted


def test_an_authority_whose_look_kills_the_process_comes_last_and_operators_hear_of_it(town):

    town.settings["watch"] = [
        {"urn": 80515, "name": "London Borough of Sutton"},
        {"urn": 80456, "name": "Camden"},
    ]
    town.standin.provider("80456", "Camden", reports=[ELSEWHERE])

    def killed():
        """A look at Sutton that began and never ended."""
        tools = town.tools()
        with tools.database.write() as session:
            _begin(session, tools, tools.watch("80515"), Ask(), town.now)

    def order():
        tools = town.tools()
        return [watch.name for watch in in_order(tools, tools.settings.watch)]

    assert order() == ["London Borough of Sutton", "Camden"]
    killed()
    assert order() == ["Camden", "London Borough of Sutton"]
    for _ in range(5):
        town.later(minutes=20)
        killed()
    assert "look_failed" in town.news
    assert "interrupted" in town.news_of("look_failed")["trouble"]
    town.later(minutes=15)
    town.round()
    assert town.news[-1] == "look_recovered"
    assert order() == ["London Borough of Sutton", "Camden"]
