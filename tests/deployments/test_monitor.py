"""What other programs are answered about the service, by real requests on loopback."""

import json
import socket
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text as sql

from deployments.demo.fake_ofsted_faults import status
from deployments.service.monitor import Monitor, Questions
from tests.installation import REPORT_2025


def free_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def ask(address, path, method="GET"):
    """The status, the media type and the text of an answer."""
    request = urllib.request.Request(f"http://{address}{path}", method=method)
    until = time.monotonic() + 10
    while True:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return answer.status, answer.headers["Content-Type"], answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.headers["Content-Type"], refused.read().decode()
        except urllib.error.URLError:  # its thread is starting
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


@contextmanager
def monitored(installation, *, is_live=lambda: True, context=None):
    """Gives the address, and what was said."""
    address, said = free_address(), []
    monitor = Monitor(Questions(is_live, context or installation.context), said.append)
    monitor.keep(address)
    try:
        yield address, said
    finally:
        monitor.stop()


def figures(text):
    """Each figure by its name and labels."""
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.parametrize(("is_live", "code"), [(True, 200), (False, 503)])
def test_it_is_live_while_the_loop_turns_and_a_worker_lives(installation, is_live, code):
    with monitored(installation, is_live=lambda: is_live) as (address, _):
        assert ask(address, "/health/live")[0] == code


def test_health_is_what_status_says_with_200_while_all_is_well(installation):
    with monitored(installation) as (address, said):
        code, media_type, text = ask(address, "/health")
    assert (code, media_type) == (200, "application/json")
    shown = installation.ask("status")
    assert json.loads(text).keys() == shown.keys()
    assert json.loads(text)["authorities"] == shown["authorities"]
    assert said == [f"for your monitoring: http://{address}/health"]


def test_health_is_503_with_the_problem_while_a_page_cannot_be_checked(installation):
    installation.fake_ofsted.misbehave("/provider/44/80515", status(503))
    installation.checks(3, hours=1)
    with monitored(installation) as (address, _):
        code, _, text = ask(address, "/health")
    assert code == 503
    assert "unreachable" in json.loads(text)["problems"][0]["what"]


def test_the_figures_have_the_age_of_the_last_good_check_and_the_messages_by_channel(installation):
    installation.has_discrepancies = True  # a message is late
    installation.email.answers["CONNECT"] = "421 4.3.2 not now"
    installation.publish(REPORT_2025)
    installation.check()
    installation.later(hours=3)
    with monitored(installation) as (address, _):
        code, media_type, text = ask(address, "/metrics")
    found = figures(text)
    assert (code, media_type.partition(";")[0]) == (200, "text/plain")
    sutton = ("44", "80515", "Sutton")
    age = ("ofsted_watch_last_successful_check_age_seconds", *sorted(sutton))
    assert found[age] == pytest.approx(3 * 3600, abs=60)
    assert found["ofsted_watch_page_state", *sorted((*sutton, "ok"))] == 1
    assert found["ofsted_watch_messages_pending", "email"] == 1
    assert found["ofsted_watch_messages_delayed", "email"] == 1
    assert found["ofsted_watch_messages_pending", "teams: channel"] == 0
    assert found["ofsted_watch_channel_down", "email"] == 0
    assert found["ofsted_watch_problems",] >= 1
    assert "ofsted_watch_build_info{" in text


def test_a_page_that_was_never_checked_is_older_than_any_limit(new_installation):
    new_installation.context()
    with monitored(new_installation) as (address, _):
        found = figures(ask(address, "/metrics")[2])
    [age] = [value for key, value in found.items() if key[0].endswith("check_age_seconds")]
    assert age == float("inf")


def test_a_channel_that_is_down_is_a_figure(installation):
    installation.email.answers["MAIL"] = "535 5.7.8 no"
    installation.publish(REPORT_2025)
    installation.check()
    with monitored(installation) as (address, _):
        found = figures(ask(address, "/metrics")[2])
    down = found["ofsted_watch_channel_down", "email"]
    assert down == len(installation.sql("SELECT name FROM channel_outage"))


def test_a_database_that_fails_is_an_answer_and_no_end(installation):
    context = installation.context()
    with context.database.write() as session:
        session.execute(sql("ALTER TABLE provider RENAME TO elsewhere"))
    try:
        with monitored(installation, context=lambda: context) as (address, _):
            for path in ("/health", "/metrics"):
                code, _, text = ask(address, path)
                assert code == 503
                assert "Traceback" not in text
            assert ask(address, "/health/live")[0] == 200
    finally:
        with context.database.write() as session:
            session.execute(sql("ALTER TABLE elsewhere RENAME TO provider"))


@pytest.mark.parametrize(
    ("path", "method", "code"),
    [("/", "GET", 404), ("/metrics/..", "GET", 404), ("/health", "POST", 405)],
)
def test_there_is_nothing_else_to_ask(installation, path, method, code):
    with monitored(installation) as (address, _):
        assert ask(address, path, method)[0] == code


def test_changed_settings_move_it_and_empty_ones_end_it(installation):
    first, second, said = free_address(), free_address(), []
    monitor = Monitor(Questions(lambda: True, installation.context), said.append)
    try:
        for address in (first, second):
            monitor.keep(address)
            assert ask(address, "/health/live")[0] == 200
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", int(first.rpartition(":")[2])))
        monitor.keep("")
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", int(second.rpartition(":")[2])))
    finally:
        monitor.stop()


def test_an_address_that_another_program_has_is_one_line_and_is_tried_again(installation):
    said = []
    monitor = Monitor(Questions(lambda: True, installation.context), said.append)
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        monitor.keep(address)
        monitor.keep(address)
        [line] = said
        assert "another program is using this address; choose another port" in line
    try:
        monitor.keep(address)
        assert ask(address, "/health/live")[0] == 200
    finally:
        monitor.stop()


def test_no_secret_is_answered(installation):
    with monitored(installation) as (address, _):
        text = ask(address, "/health")[2] + ask(address, "/metrics")[2]
    assert installation.teams.url not in text
