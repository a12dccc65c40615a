"""What docs/website.md gives to other web servers is what ours does."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from website.server import HEADERS
from website.static_files import MEDIA_TYPES

PAGE = (Path(__file__).parents[2] / "docs" / "website.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
OF_FOLDERS = {kind: text for kind, text in BLOCKS if "Content-Security-Policy" in text}
LINES = {
    "nginx": 'add_header {} "{}" always;',
    "apache": 'Header always set {} "{}"',
    "xml": '<add name="{}" value="{}" />',
}


@pytest.mark.parametrize("kind", LINES)
def test_each_is_given_every_header_and_no_other(kind):
    said = re.findall(r"^ +(?:add_header|Header|<add name).*$", OF_FOLDERS[kind], re.MULTILINE)
    assert [line.strip() for line in said] == [LINES[kind].format(*each) for each in HEADERS]


def test_the_types_are_ours():
    said = dict(re.findall(r"^ +([a-z]+/\S+) (\w+);$", OF_FOLDERS["nginx"], re.MULTILINE))
    assert len(said) == 8
    for media_type, ending in said.items():
        assert media_type == MEDIA_TYPES[f".{ending}"].partition(";")[0]


def test_what_is_for_iis_is_xml():
    assert ET.fromstring(OF_FOLDERS["xml"]).tag == "configuration"  # noqa: S314 - our own
