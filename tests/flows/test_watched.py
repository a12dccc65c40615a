"""What is watched is said by name, region, URN or `everywhere`; recipients choose among it so."""

import subprocess
import sys
from pathlib import Path

import pytest

from flows.context.context import open_context, read_recipients
from flows.settings import load
from flows.settings.load import SettingsError
from ofsted import authorities
from ofsted.authority_names import in_region

SUTTON, KENT = '[[watch]]\nauthority = "Sutton"\n', '[[watch]]\nauthority = "Kent"\n'
BY_URN = "[[watch]]\nurn = 80515\n"
PERSON = '[[recipients]]\nname = "scrutiny"\nteams = "https://teams.test/hook"\n'
NOTHING = "watch.0: says nothing to watch; give exactly one of authority, region, everywhere = true"

WRONG = {  # settings: the line that says so, after the file's name
    "[[watch]]\ncode = 44": NOTHING,
    "[[watch]]\neverywhere = false": NOTHING,
    f'{BY_URN}authority = "Sutton"': "watch.0: has authority and urn; give exactly one of",
    f'{KENT}region = "London"': "watch.0: has authority and region; give exactly one of",
    f'{KENT}name = "K"': "watch.0: name can stand only beside urn; remove it, or give urn instead",
    "[[watch]]\neverywhere = true\ncode = 44": "watch.0: code can stand only beside urn",
    "[[watch]]\neverywhere = 1": "watch.0.everywhere: input should be a valid boolean (found 1)",
    '[[watch]]\nareas = "Sutton"': "watch.0.areas: unknown field; did you mean 'area'?",
    "[[watch]]\nauthority = 80515": "watch.0.authority: input should be a valid string (found",
    '[[watch]]\nauthority = "Suton"': (
        "watch.0.authority: 'Suton' is not an authority (did you mean Sutton?); "
        'give a name that `ofsted-watch authorities` lists, such as "Sutton"'
    ),
    f'{BY_URN}[[watch]]\nauthority = "Cheshire"': (
        "watch.1.authority: 'Cheshire' is not one authority (split in 2009): name Cheshire East or "
        "Cheshire West and Chester; give a name"
    ),
    '[[watch]]\nauthority = "Yorkshire"': (
        "watch.0.authority: 'Yorkshire' is a region; write region = 'Yorkshire'; give"
    ),
    '[[watch]]\nregion = "Kent"': "watch.0.region: 'Kent' is an authority; write authority =",
    '[[watch]]\nregion = "Londn"': (
        "watch.0.region: 'Londn' is not a region (did you mean London?); give a region that"
    ),
    '[[watch]]\nregion = "Wales"': "watch.0.region: 'Wales' is not a region; the regions are: East",
    f'{BY_URN}name = "A"\n{BY_URN}name = "B"': "watch: urn 80515 has two names, A and B; give one",
    f'{PERSON}authorities = ["Kent"]': (
        "recipient 'scrutiny': authorities: Kent is not watched; add a [[watch]] table for it"
    ),
    f'{PERSON}authorities = ["North East"]': "authorities: North East is not watched; add a",
    f'{PERSON}authorities = ["Suton"]': (
        "recipient 'scrutiny': authorities: 'Suton' is neither an authority nor a region "
        "(did you mean Sutton?); give"
    ),
    f'{PERSON}authorities = ["Londn"]': "nor a region (did you mean London?); give names",
    f'{PERSON}authorities = ["Cheshire"]': "authorities: 'Cheshire' is not one authority",
}


@pytest.fixture
def read(tmp_path):
    """Read these settings."""

    def read(text: str):
        file = tmp_path / "ofsted-watch.toml"
        file.write_text(f"allow_private = true\n{text}", encoding="utf-8")
        file.chmod(0o600)
        return load.load(str(file))

    return read


@pytest.fixture
def names(read):
    """The names of what these settings watch."""
    return lambda text: [each.name for each in read(text).watch]


def limited_to(settings) -> frozenset[str]:
    (recipient,) = read_recipients(settings)
    return recipient.authorities


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_said_with_file_field_and_what_would_be_right(read, tmp_path, text):
    with pytest.raises(SettingsError) as refusal:
        read(text)
    said = str(refusal.value)
    assert said.startswith(f"{tmp_path / 'ofsted-watch.toml'}: ")
    assert "\n" not in said
    assert WRONG[text] in said


def test_a_council_is_watched_by_its_name_as_people_write_it(read):
    (sutton,) = read('[[watch]]\nauthority = "LB of sutton"').watch
    assert (sutton.key, sutton.name) == (("44", "80515"), "Sutton")


def test_its_page_names_it_and_the_settings_name_goes_before_that(read):
    listed, named = read(f'{SUTTON}[[watch]]\nurn = 80476\nname = "Our Kent"').watch
    assert listed.with_page_name("London Borough of Sutton").name == "London Borough of Sutton"
    assert named.with_page_name("Kent County Council").name == "Our Kent"


def test_a_region_is_all_its_authorities_by_name(names):
    found = names('[[watch]]\nregion = "yorkshire & humber"')
    assert found == [each.name for each in in_region("Yorkshire and the Humber")] == sorted(found)


def test_everywhere_is_authorities(names):
    assert names("[[watch]]\neverywhere = true") == [each.name for each in authorities()]


def test_tables_add_up_in_their_order_and_double_ones_are_one(names):
    found = names(f'{KENT}[[watch]]\nregion = "London"\n{BY_URN}{SUTTON}{KENT}')
    assert found == ["Kent", *(each.name for each in in_region("London"))]


@pytest.mark.parametrize("order", ["before", "after"])
def test_a_name_of_the_settings_is_kept_beside_everywhere(names, order):
    own, whole = f'{BY_URN}name = "Our council"\n', "[[watch]]\neverywhere = true\n"
    found = names(own + whole if order == "before" else whole + own)
    assert len(found) == 153
    assert found.index("Our council") == (0 if order == "before" else found.index("Swindon") - 1)


def test_a_provider_of_another_type_with_the_same_urn_is_another(read):
    found = read(f"{SUTTON}{BY_URN}code = 16").watch
    assert [str(each.key) for each in found] == ["44:80515", "16:80515"]


def test_the_environment_takes_names_too(read, monkeypatch):
    monkeypatch.setenv("OFSTED_WATCH_WATCH", '[{"region": "London"}, {"authority": "Kent"}]')
    assert len(read("").watch) == 34
    monkeypatch.setenv("OFSTED_WATCH_WATCH", '[{"authority": "Kant"}]')
    with pytest.raises(SettingsError, match=r"environment .*: watch.0.authority: 'Kant' is not"):
        read("")


@pytest.mark.parametrize(
    ("written", "urns"),
    [
        (["Sutton"], {"80515"}),
        (["RBKC", 80515], {"80544", "80515"}),
        (["80476"], {"80476"}),
        (["Our home"], {"SC012345"}),
        (["South East", "Sutton"], {"80515", *(each.urn for each in in_region("South East"))}),
        ([], set()),
    ],
)
def test_a_recipient_is_limited_to_names_regions_and_urns(read, written, urns):
    home = '[[watch]]\nurn = "SC012345"\nname = "Our home"\n'
    text = f'{KENT}[[watch]]\nregion = "London"\n{home}{PERSON}authorities = {written}'
    assert limited_to(read(text)) == urns


def test_a_region_of_a_recipient_may_be_watched_in_part(read):
    settings = read(f'{SUTTON}{KENT}{PERSON}authorities = ["London"]')
    context = open_context(settings)
    (recipient,) = context.recipients
    assert [each.name for each in context.authorities_of(recipient)] == ["Sutton"]


@pytest.mark.parametrize("given", ["80544", "RBKC", "kensington & chelsea", "My Chelsea"])
def test_a_command_takes_any_name_of_what_is_watched(read, given):
    context = open_context(read(f'{SUTTON}[[watch]]\nurn = 80544\nname = "My Chelsea"'))
    assert context.authority(given).urn == "80544"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("Kent", "Kent is not watched; watched: Sutton (80515), Merton (80510)"),
        ("Suton", "Suton is not watched (did you mean Sutton?); watched: "),
        ("Cheshire", "'Cheshire' is not one authority (split in 2009): name Cheshire East or"),
    ],
)
def test_a_command_refuses_what_is_not_watched(read, given, said):
    context = open_context(read(f'{SUTTON}[[watch]]\nauthority = "Merton"'))
    with pytest.raises(SettingsError) as refusal:
        context.authority(given)
    assert str(refusal.value).startswith(said)


def test_of_many_that_are_watched_ten_are_named(read):
    context = open_context(read("[[watch]]\neverywhere = true"))
    with pytest.raises(SettingsError, match=r"143 more \(`ofsted-watch authorities` lists them\)$"):
        context.authority("70001")


def test_settings_with_urns_alone_do_not_read_the_list(tmp_path):
    file = tmp_path / "ofsted-watch.toml"
    file.write_text(f'{BY_URN}name = "Sutton"\n{PERSON}authorities = [80515, "Sutton"]')
    script = (
        "import sys, ofsted\nfrom flows.settings import load\n"
        "load.load(sys.argv[1])\nprint(ofsted.authorities.cache_info().currsize)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(file)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "0\n"
