"""Councils and regions are found by what people write; what is no name is never guessed."""

import subprocess
import sys

import pytest

import ofsted
from ofsted import UnknownName, authorities, authority
from ofsted.authorities import bare, by_bare_name, named_other
from ofsted.authority_names import (
    _ALIASES,
    aliases,
    in_region,
    nearest,
    other_names,
    region,
    regions,
    search,
)
from ofsted.short_names import short_name

WRITTEN = {
    "London Borough of Sutton": "80515",
    "Sutton Council": "80515",
    "LB Sutton": "80515",
    "Sutton LBC": "80515",
    "sutton children's services": "80515",
    "  SUTTON\u00a0 council ": "80515",
    "80515": "80515",
    "Royal Borough of Kingston upon Thames": "80545",
    "Kingston": "80545",
    "kingston-on-thames": "80545",
    "Kingston\u2011upon\u2011Thames": "80545",
    "RBK": "80545",
    "Hull": "80477",
    "Kingston upon Hull": "80477",
    "City of Bristol": "80441",
    "Bristol, City of": "80441",
    "bristol": "80441",
    "St. Helens": "80560",
    "St Helens": "80560",
    "Saint Helen\u2019s MBC": "80560",
    "BCP": "2532287",
    "Bournemouth Christchurch & Poole": "2532287",
    "Poole": "2532287",
    "RBKC": "80544",
    "B&NES": "80427",
    "Bath": "80427",
    "bath & north-east somerset": "80427",
    "Telford": "80570",
    "Stoke": "80564",
    "Stoke on Trent": "80564",
    "Newcastle": "80525",
    "Southend": "80559",
    "Durham": "80465",
    "County Durham": "80465",
    "Durham County Council": "80465",
    "Herefordshire, County of": "80474",
    "Isles of Scilly": "80455",
    "Council of the Isles of Scilly": "80455",
    "Isle of Wight": "80419",
    "East Riding": "80466",
    "Brighton": "80438",
    "Blackburn": "80430",
    "Windsor": "80546",
    "The Royal Borough of Windsor & Maidenhead": "80546",
    "Dorset": "2532283",
    "York": "80453",
    "City of York": "80453",
    "North Yorkshire": "80530",
    "N. Yorks": "80530",
    "Nottingham": "80533",
    "Nottingham City Council": "80533",
    "Notts": "80534",
    "Nottinghamshire County Council": "80534",
    "Leicester": "80482",
    "Leicestershire": "80483",
    "Derby": "80459",
    "Derbyshire": "80460",
    "Cambridgeshire": "80445",
    "Cambs": "80445",
    "South Glos": "80556",
    "West Northants": "2637548",
    "Bedford": "80428",
    "the City of London Corporation": "80450",
    "City of Westminster": "80519",
    "Richmond": "80513",
    "Hammersmith & Fulham": "80497",
    "the Wirral": "80581",
}
SEVERAL = {
    "Cheshire": ("Cheshire East", "Cheshire West and Chester"),
    "Northamptonshire County Council": ("North Northamptonshire", "West Northamptonshire"),
    "Cumbria": ("Cumberland", "Westmorland and Furness"),
    "Sussex": ("East Sussex", "West Sussex"),
    "Tyneside": ("North Tyneside", "South Tyneside"),
    "Beds": ("Bedford Borough", "Central Bedfordshire", "Luton"),
}
UNKNOWN = {  # a name, and the nearest
    "Suton": ("Sutton",),
    "Kignston upon Thames": ("Kingston upon Thames",),
    "Nothumberland": ("Northumberland",),
    "Hamlets": ("Tower Hamlets",),
    "Northampton": ("North Northamptonshire", "West Northamptonshire"),
    "Cumbira": ("Cumbria",),
    "Norwich": (),
    "Council": (),
    "": (),
}
REGIONS = {
    "London": "London",
    "Greater London": "London",
    "Yorkshire": "Yorkshire and the Humber",
    "Yorkshire & Humber": "Yorkshire and the Humber",
    "yorkshire and the humber": "Yorkshire and the Humber",
    "East of England": "East of England",
    "the North-East": "North East",
    "North East England": "North East",
    "South East region": "South East",
    "W Mids": "West Midlands",
}


def style_variants(name: str) -> list[str]:
    """A name as councils, departments and hurried people write it."""
    plain = short_name(name)
    return [
        plain,
        name.upper(),
        f" {name.lower()} ",
        name.replace(" and ", " & "),
        name.replace(", ", " "),
        name.replace("-", " "),
        name.replace("-", "\u2013"),
        name.replace(" ", "-"),
        name.replace(".", ""),
        name.replace("upon", "on"),
        *(f"{plain} {tail}" for tail in ("Council", "City Council", "County Council", "MBC")),
        *(f"{head} {plain}" for head in ("London Borough of", "City of", "the County of", "RB")),
    ]


@pytest.mark.parametrize("each", authorities(), ids=lambda each: each.name)
def test_authorities_is_found_by_its_names_in_every_style(each):
    written = [each.urn, *(v for name in (each.name, *each.also) for v in style_variants(name))]
    assert {ofsted.authority(one) for one in written} == {each}
    assert {authority(one) for one in other_names(each)} <= {each}


@pytest.mark.parametrize("written", WRITTEN)
def test_a_council_is_found_as_people_write_it(written):
    assert authority(written).urn == WRITTEN[written]


@pytest.mark.parametrize("written", SEVERAL)
def test_a_name_of_several_is_refused_with_all_of_them(written):
    with pytest.raises(UnknownName, match="is not one authority") as refusal:
        authority(written)
    assert refusal.value.candidates == SEVERAL[written]
    assert tuple(each.name for each in search(written)) == SEVERAL[written]


@pytest.mark.parametrize("written", UNKNOWN)
def test_an_unknown_name_is_refused_with_the_nearest(written):
    with pytest.raises(UnknownName, match="is not an authority") as refusal:
        authority(written)
    assert refusal.value.candidates == UNKNOWN[written]


def slip(name: str) -> str:
    """A name with the two letters in the middle of its longest word changed over."""
    longest = max(name.split(), key=len)
    at = len(longest) // 2
    return name.replace(
        longest, longest[: at - 1] + longest[at] + longest[at - 1] + longest[at + 1 :]
    )


def test_a_name_with_two_letters_changed_over_has_the_right_one_as_nearest():
    written = {each.name: slip(short_name(each.name)) for each in authorities()}
    wrong = {name: one for name, one in written.items() if name not in nearest(one)}
    assert {name for name, one in wrong.items() if one != short_name(name)} == {"City of London"}


def test_a_region_is_no_council_though_one_is_called_like_it():
    for written in ("London", "West Midlands", "Yorkshire"):
        with pytest.raises(UnknownName, match="is a region of"):
            authority(written)
    assert authority("City of London").name == "City of London"


def test_the_error_is_a_sentence():
    with pytest.raises(UnknownName) as refusal:
        authority("Cheshire")
    said = "'Cheshire' is not one authority (split in 2009): name Cheshire East or Cheshire West"
    assert str(refusal.value) == f"{said} and Chester"
    with pytest.raises(UnknownName) as refusal:
        authority("Suton")
    assert str(refusal.value) == "'Suton' is not an authority (did you mean Sutton?)"


def test_no_alias_is_a_name_already_and_each_is_written_once():
    rows = _ALIASES.read_text().splitlines()[1:]
    assert len(aliases()) == len(rows)
    assert not aliases().keys() & by_bare_name().keys()
    assert not {bare(name) for name in REGIONS} & aliases().keys()


def test_no_two_authorities_share_a_name():
    named = {(bare(name), each) for each in authorities() for name in (each.name, *each.also)}
    assert len(by_bare_name()) == len(named)


def test_what_people_merely_say_raises_no_doubt_about_a_report():
    assert named_other("Kingston", "80477") is None
    assert named_other("Kingston upon Thames", "80477") == "Kingston upon Thames"


@pytest.mark.parametrize("written", REGIONS)
def test_a_region_is_found_as_people_write_it(written):
    assert region(written) == REGIONS[written]


def test_the_regions_hold_authorities_once():
    assert sum(len(in_region(name)) for name in regions()) == len(authorities()) == 153
    assert [region(name) for name in regions()] == [*regions()]


def test_an_unknown_region_names_the_nearest_or_all():
    with pytest.raises(UnknownName, match=r"'Londn' is not a region \(did you mean London\?\)"):
        region("Londn")
    with pytest.raises(UnknownName, match=r"did you mean South East or South West\?"):
        region("South")
    with pytest.raises(UnknownName, match="the regions are: East Midlands, East of England, "):
        region("Wales")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("kingston", ["Kingston Upon Hull, City of", "Kingston upon Thames"]),
        ("york", ["East Riding of Yorkshire", "North Yorkshire", "York"]),
        ("helen", ["St. Helens"]),
        ("RBKC", ["Kensington and Chelsea"]),
        ("e09000029", ["Sutton"]),
        ("319", ["Sutton"]),
        ("tower sutton", []),
        ("", []),
    ],
)
def test_words_find_all_that_they_may_be_about(words, found):
    assert [each.name for each in search(words)] == found


def test_the_words_of_a_region_find_its_authorities_and_those_named_like_it():
    names = [each.name for each in search("north east")]
    assert {"Gateshead", "North East Lincolnshire", "Bath and North East Somerset"} <= {*names}
    assert "Sutton" not in names


def test_the_list_is_not_read_before_someone_asks():
    script = "import ofsted.authority_names\nprint(ofsted.authorities.cache_info().currsize)"
    command = [sys.executable, "-c", script]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "0\n"
