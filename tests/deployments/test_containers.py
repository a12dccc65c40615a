"""The image and compose.yaml: they name what is there, keep hashes, and are closed in."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from deployments.service import environment
from deployments.service.prefect_server import own_server
from flows.settings import load

HOME = Path(__file__).parents[2]
CONTAINERFILE = (HOME / "deployments" / "Containerfile").read_text().replace("\\\n", " ")
COMPOSE = yaml.safe_load((HOME / "deployments" / "compose.yaml").read_text())
PYPROJECT = tomllib.loads((HOME / "pyproject.toml").read_text())
SERVICES = COMPOSE["services"]
OURS = SERVICES["ofsted-watch"]["environment"]
USER = "10001"


def instructions(name):
    return re.findall(rf"^{name} +(.+)$", CONTAINERFILE, re.MULTILINE)


def image_environment():
    return dict(re.findall(r"(\w+)=(\S+)", " ".join(instructions("ENV"))))


def test_its_python_is_one_that_we_run_on():
    base = re.search(r"BASE=\S+/python:([\d.]+)-slim", CONTAINERFILE)
    assert base is not None
    assert SpecifierSet(PYPROJECT["project"]["requires-python"]).contains(base[1])


def test_what_the_wheel_is_made_of_is_copied_into_the_stage_that_builds_it():
    packages = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    copied = " ".join(instructions("COPY")).split()
    assert [each for each in packages if each not in copied] == []


def test_every_package_comes_with_its_hash_and_our_wheel_brings_none():
    installs = re.findall(r"install --no-cache-dir (.+?)(?: && |$)", CONTAINERFILE, re.MULTILINE)
    assert len(installs) == 3
    *locked, wheel = [each.split() for each in installs]
    for words in locked:
        assert {"--require-hashes", "--only-binary", "-r"} <= {*words}
    assert wheel == ["--no-deps", "/dist/*.whl"]


def test_of_what_was_built_the_image_takes_the_installation_alone():
    assert re.findall(r"^COPY --from=build (.+)$", CONTAINERFILE, re.MULTILINE) == [
        "/opt/ofsted-watch /opt/ofsted-watch"
    ]
    assert "venv --without-pip /opt/ofsted-watch" in CONTAINERFILE


def test_it_runs_as_a_user_without_rights_who_owns_the_data_folder():
    assert instructions("USER") == [f"{USER}:{USER}"]
    data = image_environment()["OFSTED_WATCH_DATA_DIR"]
    assert instructions("VOLUME") == instructions("WORKDIR")[1:] == [data]
    made = instructions("RUN")[-1]
    assert f"--uid {USER} " in made
    assert f"install -d -o ofsted-watch -g ofsted-watch -m 700 {data}" in made


def test_its_health_is_asked_where_the_service_answers():
    serve = image_environment()["OFSTED_WATCH_MONITOR__SERVE"]
    (check,) = instructions("HEALTHCHECK")
    command = json.loads(check[check.index("[") :])
    assert f"'http://{serve}/health/live', timeout=" in command[2]
    assert OURS["OFSTED_WATCH_MONITOR__SERVE"].rpartition(":")[2] == serve.rpartition(":")[2]


def test_every_variable_of_ours_is_a_setting_with_a_value_that_fits(tmp_path, monkeypatch):
    secret, config = tmp_path / "secret", tmp_path / "ofsted-watch.toml"
    secret.write_text("user:password")
    config.touch()
    page = (HOME / "docs" / "containers.md").read_text()
    shown = dict(re.findall(r"-e (OFSTED_WATCH_\w+)=(\S+)", page))
    ours = {name for name in image_environment() if name.startswith("OFSTED_WATCH_")}
    for name, value in (image_environment() | OURS | shown).items():
        if name in ours | {*OURS, *shown}:
            monkeypatch.setenv(name, str(secret) if name.endswith("_FILE") else value)
    settings = load.load(str(config))
    assert str(settings.data) == "/var/lib/ofsted-watch"
    assert settings.prefect.api_url == "http://prefect:4200/api"
    assert settings.website.serve == "0.0.0.0:4280"


@pytest.mark.parametrize("name", SERVICES)
def test_each_container_is_closed_in_and_starts_again(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"
    assert service["init"] is True
    assert service["stop_grace_period"] == "60s"
    assert not {"privileged", "cap_add", "network_mode", "devices"} & {*service}
    assert name == "ofsted-watch" or "healthcheck" in service  # its image has one


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_open_to_this_machine_alone_and_those_of_the_databases_to_nobody(name):
    service = SERVICES[name]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    if name in {"postgres", "redis"}:
        assert "ports" not in service
        assert [*service["networks"]] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_secrets_are_files_that_neither_git_nor_the_image_gets():
    named = {secret for service in SERVICES.values() for secret in service.get("secrets", ())}
    assert named == {*COMPOSE["secrets"]}
    page = (HOME / "docs" / "containers.md").read_text()
    for name, secret in COMPOSE["secrets"].items():
        assert secret == {"file": f"./secrets/{name}"}
        assert f"> {name}\n" in page
    for ignore, pattern in (
        (".gitignore", "/deployments/{}/"),
        (".dockerignore", "deployments/{}"),
    ):
        kept_out = (HOME / ignore).read_text().splitlines()
        assert pattern.format("secrets") in kept_out
        assert pattern.format("settings") in kept_out


def test_volumes_and_files_that_are_mounted_are_there():
    mounts = [mount.split(":") for each in SERVICES.values() for mount in each.get("volumes", ())]
    named = {source for source, *_ in mounts if not source.startswith(".")}
    assert named == {*COMPOSE["volumes"]}
    files = [source for source, *_ in mounts if source.startswith("./") and "." in source[2:]]
    assert [file for file in files if not (HOME / "deployments" / file).exists()] == []


def test_the_prefect_server_is_set_up_as_the_one_that_up_starts(installation):
    context = installation.context()
    own = environment.of_the_server(context, own_server(context.settings, "127.0.0.1", 4200))
    theirs = SERVICES["prefect"]["environment"]
    otherwise = {"PREFECT_HOME", "PREFECT_SERVER_UI_STATIC_DIRECTORY"}  # places
    common = own.keys() & theirs.keys() - otherwise
    assert len(common) > 8
    assert {name: theirs[name] for name in common} == {name: own[name] for name in common}
