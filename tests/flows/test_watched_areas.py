"""A council's whole area is watched by its name; recipients choose among its providers."""

from __future__ import annotations

import pytest

from flows.context.context import open_context, read_recipients
from flows.settings import load
from flows.settings.load import SettingsError
from ofsted.provider_key import ProviderKey
from ofsted.provider_types import TYPES

AREA = '[[watch]]\narea = "Sutton"\n'
KENT = '[[watch]]\nauthority = "Kent"\n'
PERSON = '[[recipients]]\nname = "early years"\nteams = "https://teams.test/hook"\n'
SITE = "https://reports.ofsted.gov.uk"
HOME = f"{SITE}/provider/2/SC123456"
NO_AREA = (
    "is watched, so there are only authorities' reports; give area under [[watch]], or remove "
    "provider_types"
)
TYPE_OF_RECIPIENT = "recipients.0.provider_types.0"

WRONG = {  # settings: the line that says so, after the file's name
    '[[watch]]\narea = "Suton"': "watch.0.area: 'Suton' is not an authority (did you mean Sutton?)",
    '[[watch]]\narea = "London"': (
        "watch.0.area: 'London' is a region, and area takes one authority; give the name"
    ),
    f'{AREA}authority = "Sutton"': "watch.0: has authority and area; give exactly one of",
    f'{KENT}exclude = ["schools"]': (
        "watch.0: exclude can stand only beside area; remove it, or give area instead of authority"
    ),
    f'{KENT}exclude = ["schools"]\nextra_providers = ["{HOME}"]': (
        "watch.0: exclude and extra_providers can stand only beside area; remove them, or give"
    ),
    f'{AREA}name = "Our borough"': "watch.0: name can stand only beside urn",
    f'{AREA}exclude = ["childmindrs"]': (
        "watch.0.exclude.0: 'childmindrs' is not a provider type (did you mean childminders?); give"
    ),
    f'{AREA}exclude = ["authorities"]': (
        "watch.0.exclude.0: authorities cannot be left out: the authority's own page is always"
    ),
    f'{AREA}exclude = "schools"': "watch.0.exclude: input should be a list (found 'schools')",
    f'{AREA}extra_providers = ["SC123456"]': (
        "watch.0.extra_providers.0: 'SC123456' is not the address of a provider's page, such as "
        f"{HOME}"
    ),
    f'{AREA}extra_providers = ["{SITE}/provider/44/80510"]': (
        f"watch.0.extra_providers.0: '{SITE}/provider/44/80510' is the page of an authority; give "
        "it a [[watch]] table of its own"
    ),
    f'{AREA}extra_providers = ["https://example.org/provider/2/SC123456"]': (
        f"watch: extra_providers: 'https://example.org/provider/2/SC123456' is not on {SITE}; give"
    ),
    f'{AREA}exclude = ["schools"]\n{AREA}exclude = ["colleges"]': (
        "watch: the area of Sutton is given twice, with different exclude or extra_providers; give "
        "it once"
    ),
    f'{AREA}{PERSON}provider_types = ["nursries"]': (
        f"{TYPE_OF_RECIPIENT}: 'nursries' is not a provider type (did you mean nurseries?); give"
    ),
    f'{AREA}{PERSON}provider_types = ["xyz"]': (
        f"{TYPE_OF_RECIPIENT}: 'xyz' is not a provider type (choose from: authorities, schools, "
    ),
    f'{PERSON}provider_types = ["schools"]': (
        f"recipient 'early years': provider_types: no area {NO_AREA}"
    ),
    f'{AREA}{KENT}{PERSON}authorities = ["Kent"]\nprovider_types = ["schools"]': (
        f"recipient 'early years': provider_types: no area of its authorities {NO_AREA}"
    ),
    f'{AREA}exclude = ["schools", "colleges"]\n{PERSON}provider_types = ["schools"]': (
        "recipient 'early years': provider_types: exclude under [[watch]] leaves out schools; "
        "remove it from one of the two"
    ),
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


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_said_with_file_field_and_what_would_be_right(read, tmp_path, text):
    with pytest.raises(SettingsError) as refusal:
        read(text)
    said = str(refusal.value)
    assert said.startswith(f"{tmp_path / 'ofsted-watch.toml'}: ")
    assert "\n" not in said
    assert WRONG[text] in said


def test_an_area_is_watched_with_its_councils_own_page(read):
    settings = read(f'{AREA}exclude = ["childminders"]\nextra_providers = ["{HOME}", "{HOME}/"]')
    (sutton,) = settings.watch
    (area,) = settings.areas
    assert sutton.key == ("44", "80515")
    assert (area.key, area.dfe_code, area.name) == (
        ("area", "80515"),
        "319",
        "all providers in Sutton",
    )
    assert area.scope.exclude == {"childminders"}
    assert [page.key for page in area.scope.extra_providers] == [ProviderKey("2", "SC123456")]


def test_an_area_adds_to_whatever_else_chooses_its_council(read):
    own = '[[watch]]\nurn = 80515\nname = "Our council"\n'
    for text in (own + AREA, AREA + own, f'[[watch]]\nregion = "London"\n{AREA}{own}'):
        settings = read(text)
        (area,) = settings.areas
        assert area.authority.name == "Our council"
        assert [each.urn for each in settings.watch].count("80515") == 1
    assert len(read(AREA + AREA).areas) == 1


@pytest.mark.parametrize(
    ("written", "types"),
    [
        ([], {"authorities"}),
        (["schools"], {"schools"}),
        (["authorities", "schools"], {"authorities", "schools"}),
        (["all"], {each.name for each in TYPES}),
    ],
)
def test_a_recipient_gets_the_types_of_provider_it_names_and_else_authorities(read, written, types):
    (recipient,) = read_recipients(read(f"{AREA}{PERSON}provider_types = {written}"))
    assert recipient.provider_types == types


def test_authorities_and_all_can_be_chosen_where_no_area_is_watched(read):
    for chosen in ("authorities", "all"):
        assert read(f'{KENT}{PERSON}provider_types = ["{chosen}"]').recipients


@pytest.mark.parametrize(
    ("more", "pages"),
    [
        ("", ["Sutton", "Kent"]),
        ('provider_types = ["schools"]', ["all providers in Sutton"]),
        ('provider_types = ["all"]', ["Sutton", "Kent", "all providers in Sutton"]),
        ('provider_types = ["all"]\nauthorities = ["Kent"]', ["Kent"]),
        (
            'provider_types = ["all"]\nauthorities = ["Sutton"]',
            ["Sutton", "all providers in Sutton"],
        ),
        ('audience = "operators"', ["Sutton", "Kent", "all providers in Sutton"]),
    ],
)
def test_a_recipient_is_concerned_with_the_pages_that_its_alerts_come_from(read, more, pages):
    context = open_context(read(f"{AREA}{KENT}{PERSON}{more}"))
    (recipient,) = context.recipients
    assert [page.name for page in context.pages_of(recipient)] == pages


def test_the_outbox_gets_documents_too(read):
    context = open_context(read(AREA))
    (outbox,) = context.recipients
    assert [page.name for page in context.pages_of(outbox)] == ["Sutton", "all providers in Sutton"]
