"""What is handed on to Prefect's processes, and what is not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from deployments.service import environment
from deployments.service.prefect_server import PrefectServer
from deployments.service.settings_view import SettingsView
from flows.context.context import AppContext, open_context
from flows.presenting import artifact
from flows.settings import load
from flows.settings.load import SettingsError
from flows.settings.model import Settings

OWN = PrefectServer("http://127.0.0.1:4200/api", "http://127.0.0.1:4200")
ANOTHERS = (
    *("PREFECT_API_URL", "PREFECT_API_KEY", "PREFECT_HOME", "PREFECT_PROFILE"),
    *("PREFECT_SERVER_DATABASE_CONNECTION_URL", "PREFECT_API_DATABASE_CONNECTION_URL"),
    *("PREFECT_LOGGING_SETTINGS_PATH", "PREFECT_WORKER_QUERY_SECONDS", "prefect_debug_mode"),
    *("PREFECT__FLOW_RUN_ID", "PREFECT_SOMETHING_TO_COME", "PREFECT_SERVER_API_AUTH_STRING"),
)
EMAIL = """\
[email]
server = "mail.example.org"
sender = "w@example.org"
password_env = "MAIL_SECRET"
[[recipients]]
name = "phone"
apprise_env = "Ofsted_Phone"
"""


@pytest.fixture(autouse=True)
def _bare(monkeypatch, tmp_path):
    for name in ("PYTHONPATH", "NO_PROXY", "no_proxy", *environment.not_handed_on(Settings())):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MAIL_SECRET", "a-secret")
    monkeypatch.setenv("Ofsted_Phone", "json://127.0.0.1/a-secret")
    monkeypatch.chdir(tmp_path)


def context(folder: Path, text: str = "") -> AppContext:
    (folder / "ofsted-watch.toml").write_text(text)
    return open_context(load.load(str(folder / "ofsted-watch.toml")))


@pytest.mark.parametrize("name", ANOTHERS)
def test_no_variable_of_another_prefect_is_handed_on(monkeypatch, tmp_path, name):
    monkeypatch.setenv(name, "another")
    opened = context(tmp_path)
    for made in (environment.of_the_server(opened, OWN), environment.of_the_worker(opened, OWN)):
        assert "another" not in made.values()
    assert environment.not_handed_on(opened.settings) == (name,)


@pytest.mark.parametrize(
    "name",
    [
        *("PATH", "HOME", "TZ", "LC_TIME", "LANG", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR"),
        *("REQUESTS_CA_BUNDLE", "LD_LIBRARY_PATH"),
    ],
)
def test_what_the_machine_is_like_is_known_to_all(monkeypatch, tmp_path, name):
    monkeypatch.setenv(name, "as here")
    opened = context(tmp_path)
    assert environment.of_the_server(opened, OWN)[name] == "as here"
    assert environment.of_the_worker(opened, OWN)[name] == "as here"


@pytest.mark.parametrize("name", ["MAIL_SECRET", "Ofsted_Phone", "OFSTED_WATCH_CONTACT", "PGHOST"])
def test_what_flow_runs_need_of_our_settings_is_not_for_the_server(monkeypatch, tmp_path, name):
    value = {"MAIL_SECRET": "a-secret", "Ofsted_Phone": "json://127.0.0.1/a-secret"}.get(name, "x")
    monkeypatch.setenv(name, value)
    opened = context(tmp_path, EMAIL)
    assert environment.of_the_worker(opened, OWN)[name] == value
    assert name not in environment.of_the_server(opened, OWN)


def test_a_secret_that_no_setting_names_is_handed_to_nobody(monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-another")
    assert "of-another" not in environment.of_the_worker(context(tmp_path, EMAIL), OWN).values()


@pytest.mark.parametrize("proxy", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_runs_go_by_the_proxy_and_talk_to_prefect_and_the_server_to_others_by_none(
    monkeypatch, tmp_path, proxy
):
    monkeypatch.setenv(proxy, "http://proxy.example.org:8080")
    monkeypatch.setenv("NO_PROXY", "intranet.example.org")
    opened = context(tmp_path)
    worker, server = environment.of_the_worker(opened, OWN), environment.of_the_server(opened, OWN)
    assert worker[proxy] == "http://proxy.example.org:8080"
    assert server[proxy] == "http://127.0.0.1:9"
    for made in (worker, server):
        assert made["no_proxy"] == made["NO_PROXY"]
        assert made["NO_PROXY"] == "intranet.example.org,127.0.0.1,localhost,::1"


def test_a_secret_in_a_variable_of_prefects_is_refused_in_a_line_that_says_what_to_do(
    monkeypatch, tmp_path
):
    monkeypatch.setenv("PREFECT_MAIL_SECRET", "a-secret")
    opened = context(tmp_path, EMAIL.replace("MAIL_SECRET", "PREFECT_MAIL_SECRET"))
    with pytest.raises(SettingsError, match=r"PREFECT_MAIL_SECRET .* another name") as refused:
        environment.of_the_worker(opened, OWN)
    assert "a-secret" not in str(refused.value)


def test_without_a_settings_file_runs_go_by_the_folder_that_up_was_started_in(
    monkeypatch, tmp_path
):
    monkeypatch.setenv("OFSTED_WATCH_CA_FILE", "ca.pem")
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    here.mkdir()
    elsewhere.mkdir()
    monkeypatch.chdir(here)
    settings = load.load()
    context = open_context(settings)
    SettingsView(context)
    for name, value in environment.of_the_worker(context, OWN).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(elsewhere)
    again = load.load()
    assert (again.file, again.data, again.authority_file) == (
        None,
        here / "data",
        here / "ca.pem",
    )
    (here / "ofsted-watch.toml").write_text('contact = "later@example.org"')
    assert load.load().contact == ""  # until `up` is started anew


def test_old_runs_are_deleted_and_the_pages_they_wrote_are_written_again_long_before(tmp_path):
    server = environment.of_the_server(context(tmp_path), OWN)
    deleted = "PREFECT_SERVER_SERVICES_DB_VACUUM_"
    assert server[f"{deleted}ENABLED"] == "events,flow_runs,orphans"
    kept = timedelta(seconds=int(server[f"{deleted}RETENTION_PERIOD"]))
    assert 2 * artifact.REWRITTEN_AFTER < kept == timedelta(days=30)


def test_their_working_directory_is_empty_whatever_was_left_there(tmp_path):
    environment.prepare(tmp_path)
    (environment.folder(tmp_path) / ".env").write_text("PREFECT_API_URL=http://127.0.0.1:9")
    environment.prepare(tmp_path)
    assert list(environment.folder(tmp_path).iterdir()) == []
