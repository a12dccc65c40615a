"""Events whose every text was written by someone who means harm."""

from __future__ import annotations

import dataclasses
from typing import Any

from notifications.events import Event
from tests.notifications.samples import every

OURS = frozenset(
    {
        *("type", "status", "kind", "state", "relation", "direction", "grade", "before"),
        *("outcome", "urn", "key", "framework", "to", "alert_on", "period", "frequency"),
    }
)
HARM = (
    "<script>alert(1)</script><img src=x onerror=alert(1)> [go](javascript:alert(1)) "
    "![p](https://evil.example/p.png) <at>everyone</at> @everyone `code` **bold** _it_ | cell | "
    "\r\nBcc: evil@evil.example\r\n\r\n<h1>x</h1>\x00\x07\x1b[31m\u202egnp\u2066\u200b\u2028\ud800"
    "{{ 7*7 }} {% raw %} &amp; # head\n- item\n1. one http://evil.example www.evil.example "
)
LONG = HARM + "x" * 5_000 + " y" * 2_500


def hostile(event: Event, harm: str = LONG) -> Event:
    """The same event, each of its texts replaced."""
    replaced: Event = _replace(event, harm)
    return replaced


def every_hostile() -> tuple[Event, ...]:
    return tuple(hostile(event) for event in every())


def _replace(value: Any, harm: str) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: _replace(getattr(value, field.name), harm)
            for field in dataclasses.fields(value)
            if field.name not in OURS or field.name == "words"
        }
        return dataclasses.replace(value, **changed)
    if isinstance(value, tuple):
        return tuple(_replace(item, harm) for item in value)
    return harm if isinstance(value, str) else value
