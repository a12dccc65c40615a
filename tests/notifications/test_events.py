from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from notifications.events import VERSION, Event, from_json, to_json
from notifications.words.of_events import summary
from tests.notifications.samples import every

SAMPLES = Path(__file__).parent / "events-v1"
NAMES = {kind.__dataclass_fields__["type"].default for kind in get_args(Event)}


@pytest.mark.parametrize("event", every(), ids=lambda event: event.type)
def test_an_event_comes_back_from_json_unchanged(event):
    assert from_json(to_json(event)) == event


def test_there_is_a_sample_of_every_type_of_event():
    assert {event.type for event in every()} == NAMES
    assert {path.stem for path in SAMPLES.glob("*.json")} == NAMES


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_what_version_1_stored_is_read(path):
    """Never rewritten: an upgrade must not strand what is waiting."""
    stored = json.loads(path.read_text())
    event = from_json(path.read_text())
    assert stored["version"] == 1
    assert event.type == path.stem
    assert {field.name for field in fields(event)} >= stored.keys() - {"version"}
    assert summary(event)


def test_what_is_no_event_is_refused():
    digest = next(each for each in every() if each.type == "digest" and each.items)
    welcome = json.loads(to_json(next(each for each in every() if each.type == "welcome")))
    within = json.loads(to_json(digest))
    within["items"][0]["event"] = welcome
    for body, words in (
        (welcome | {"type": "farewell"}, "an unknown type: farewell"),
        (welcome | {"unseen": 5}, "unseen"),
        (within, "events of type welcome are not part of digests"),
    ):
        with pytest.raises(ValueError, match=words):
            from_json(json.dumps(body))


def test_an_event_of_a_later_version_is_refused():
    later = to_json(every()[0]).replace(f'"version": {VERSION}', f'"version": {VERSION + 1}')
    with pytest.raises(ValueError, match="supports versions up to"):
        from_json(later)
