"""One example of every framework and kind, as a PDF: read to what a person has checked."""

import json
from typing import get_args

import pytest

from ofsted.reports.frameworks import FAMILIES
from ofsted.reports.model import Kind
from ofsted.reports.read import read
from tests.examples import EXAMPLES, pdf_of

pytest.importorskip("typst", reason="the demo extra makes the PDFs")

NAMES = {example.stem: example for example in EXAMPLES}


def reading_of(name, *, tags=True):
    return read(pdf_of(NAMES[name].read_text(encoding="utf-8"), tags=tags))


@pytest.mark.parametrize("name", NAMES)
def test_an_example_reads_to_what_was_checked(name):
    found = json.loads(json.dumps(reading_of(name).as_json()))
    del found["sha256"], found["parser_version"]
    expected = NAMES[name].with_suffix(".json")
    if not expected.exists():
        new = expected.with_suffix(".json.new")
        new.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        pytest.fail(f"{expected.name} is missing: check {new.name}, then rename it")
    assert found == json.loads(expected.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_without_its_tags_an_example_is_read_alike_or_doubted(name):
    reading = reading_of(name, tags=False)
    assert reading.status != "read" or reading.facts() == reading_of(name).facts()


def test_every_framework_has_an_example():
    frameworks = {framework for family in FAMILIES for framework in family.FRAMEWORKS}
    assert {name.partition("-")[0] for name in NAMES} >= frameworks


def test_every_kind_has_an_example():
    kinds = {json.loads(one.with_suffix(".json").read_text("utf-8"))["kind"] for one in EXAMPLES}
    assert kinds == set(get_args(Kind))


def test_an_example_is_of_the_framework_that_it_is_named_by():
    for name, example in NAMES.items():
        found = json.loads(example.with_suffix(".json").read_text("utf-8"))
        assert (found["framework"] or found["kind"]) == name.partition("-")[0]
