"""All of England: the list of authorities, one screen of 153, and tags that can be read."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import yaml
from click.testing import CliRunner

from deployments.cli import render
from deployments.cli.main import main
from deployments.cli.overview import overview
from deployments.service.register import declaration
from flows.context.planned import ServiceState
from flows.presenting.problems import known_now, problems
from ofsted import authorities
from ofsted.authority_names import in_region, regions
from storage.queries import ProviderState

EVERYWHERE = [{"everywhere": True}]
STOPPED = ServiceState(is_up=False, planned=None)


@pytest.fixture
def england(new_installation):
    """An installation that watches every authority; nothing is checked yet."""
    new_installation.settings["watch"] = EVERYWHERE
    return new_installation


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """Ask `authorities`, with these settings, at 80 columns; no data folder is there."""
    monkeypatch.setenv("COLUMNS", "80")

    def ask(*words, settings='[[watch]]\nregion = "London"\n'):
        file = tmp_path / "ofsted-watch.toml"
        file.write_text(settings)
        answer = CliRunner().invoke(main, ["--config", str(file), "authorities", *words])
        assert [each.name for each in tmp_path.iterdir()] == [file.name]
        return answer

    return ask


def test_all_authorities_are_listed_with_what_is_watched(asked):
    answer = asked("--json")
    assert answer.exit_code == 0
    found = {each["urn"]: each for each in json.loads(answer.stdout)["authorities"]}
    assert found.keys() == {each.urn for each in authorities()}
    assert found["80544"] == {
        "code": "44",
        "urn": "80544",
        "name": "Kensington and Chelsea",
        "other_names": ["Kensington", "Chelsea", "K&C", "RBKC"],
        "dfe_code": "207",
        "ons_code": "E09000020",
        "region": "London",
        "predecessors": [],
        "watched": True,
    }
    cumbria = {"name": "Cumbria County Council", "urn": None, "until": "2023-04-01"}
    assert found["2733690"]["predecessors"] == [cumbria]
    watched = [each for each in found.values() if each["watched"]]
    assert {each["region"] for each in watched} == {"London"}
    assert len(watched) == 33


def test_a_council_that_is_no_more_is_named_with_its_successors(asked):
    shown = asked("cumbria").stdout
    assert "Cumberland took over from Cumbria County Council on 1 April 2023." in shown
    assert "Westmorland and Furness took over from Cumbria County Council" in shown


def test_the_list_fits_80_columns_and_breaks_no_name(asked):
    shown = asked().stdout
    assert all(len(line) <= 80 for line in shown.splitlines())
    words = {word for each in authorities() for word in re.findall(r"\w+", each.name)}
    assert words <= set(re.findall(r"\w+", shown))


@pytest.mark.parametrize(
    ("words", "first_column"),
    [
        (["kingston"], ["Kingston Upon Hull, City of", "Kingston upon Thames"]),
        (["tower", "hamlets"], ["Tower Hamlets"]),
        (["the", "South", "West"], [each.name for each in in_region("South West")]),
        (["E09000029"], ["Sutton"]),
    ],
)
def test_words_are_a_name_a_region_or_a_code(asked, words, first_column):
    found = json.loads(asked(*words, "--json").stdout)["authorities"]
    assert [each["name"] for each in found] == first_column


def test_every_region_lists_all_its_authorities(asked):
    for name in regions():
        found = json.loads(asked(name, "--json").stdout)["authorities"]
        assert {each.name for each in in_region(name)} <= {each["name"] for each in found}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Suton", "'Suton' is neither an authority nor a region (did you mean Sutton?)"),
        ("Wales", "'Wales' is neither an authority nor a region; run `ofsted-watch authorities` t"),
    ],
)
def test_words_that_match_nothing_end_with_1_and_the_nearest(asked, words, said):
    answer = asked(words)
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert answer.stderr.startswith(f"ofsted-watch: {said}")
    assert json.loads(asked(words, "--json").stdout) == {"authorities": []}


def test_the_list_is_there_for_those_whose_settings_have_a_wrong_name(asked):
    answer = asked("kent", "--json", settings='[[watch]]\nauthority = "Kant"\n')
    (kent,) = json.loads(answer.stdout)["authorities"]
    assert (answer.exit_code, kent["name"], kent["watched"]) == (0, "Kent", None)
    assert "'Kant' is not an authority (did you mean Kent?)" in answer.stderr


@pytest.mark.both_databases
def test_a_check_takes_one_authority_of_a_region_by_any_name_and_then_calls_it_as_its_page_does(
    new_installation,
):
    new_installation.settings["watch"] = [{"authority": "LB Sutton"}, {"region": "London"}]
    answer = new_installation.cli("check", "--no-prefect", "--yes", "--authority", "sutton lbc")
    assert answer.stdout.startswith("London Borough of Sutton (80515): ")


def shown(england, capsys, states, *, every=False):
    """What `status` prints of these states of pages; the others are ok."""
    context = england.context()
    now = context.clock.now()
    with context.database.read() as session:
        known = known_now(session, context)
    for each in context.settings.watch:
        state = states.get(each.name, "ok")
        known.states[each.key] = ProviderState(
            *each.key, state, now - timedelta(hours=2), now, None, None, 0, None, 0
        )
    wrong = problems(context, STOPPED, known)
    render.status(overview(context, None, STOPPED, known, wrong), every=every)
    return capsys.readouterr().out


def test_status_of_all_of_england_is_one_screen(england, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    ill = {"Kent": "unreachable", "Bournemouth, Christchurch and Poole": "suspect"}
    said = shown(england, capsys, ill | {"Sutton": "new"})
    assert re.search(r"^Kent \(80476\) +unreachable ", said, re.MULTILINE)
    assert "(80515)" not in said
    assert "\nand 150 authorities ok, 1 authority new (`status --all` shows them)\n" in said
    assert "problem: Kent: unreachable since " in said
    assert len(said.splitlines()) < 24
    assert all(len(line) <= 80 or "sqlite:" in line for line in said.splitlines())


def test_status_of_all_of_england_is_one_screen_also_when_the_site_is_down(england, capsys):
    said = shown(england, capsys, {each.name: "unreachable" for each in authorities()})
    assert len(re.findall(r" unreachable +28 Jul", said)) == 20
    assert "and 133 authorities unreachable" in said
    names = "Barking and Dagenham, Barnet, Barnsley and others"
    assert said.count("problem: ") == 1
    assert f"problem: 153 pages ({names})" in " ".join(said.split())


def test_status_shows_every_one_when_asked(england, capsys):
    said = shown(england, capsys, {}, every=True)
    assert len(re.findall(r"\(\d+\) +ok", said)) > 140  # some names take two lines
    assert "--all" not in said


def test_status_in_json_has_every_one(england):
    england.context()
    assert len(england.ask("status")["authorities"]) == 153


@pytest.mark.parametrize(("number", "tagged"), [(1, 1), (10, 10), (11, 0), (153, 0)])
def test_a_deployment_has_no_more_tags_than_can_be_read(england, number, tagged):
    settings = england.context().settings
    settings = replace(settings, watch=settings.watch[:number])
    declared = yaml.safe_load(declaration(settings, "an-id"))
    (checks,) = (d for d in declared["deployments"] if d["name"] == "check-for-reports")
    assert len(checks["tags"]) == 1 + tagged
