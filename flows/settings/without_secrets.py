"""The settings as a backup keeps them: a TOML file without any secret in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flows.settings import load
from flows.settings.model import Settings
from flows.settings.table import SettingsTable, settings_of

LEFT_OUT = "# left out, as it is a secret: "


@dataclass(frozen=True, slots=True)
class PublicSettings:
    """Settings without secrets, and the names of those that were left out."""

    text: str
    left_out: tuple[str, ...]


def public_settings(config: str | None) -> PublicSettings:
    """What file and environment set now. A name of a variable or file is no secret.

    Raises:
        SettingsError: they cannot be understood.
    """
    left_out: list[str] = []
    found = _public(Settings, load.values(config), "", left_out)
    lines = [*(f"{LEFT_OUT}{name}" for name in left_out), *_lines(found, "")]
    return PublicSettings("\n".join(lines) + "\n", tuple(left_out))


def left_out_of(text: str) -> tuple[str, ...]:
    """The names of the secrets that were left out of such a file."""
    begun = (line for line in text.splitlines() if line.startswith(LEFT_OUT))
    return tuple(line.removeprefix(LEFT_OUT) for line in begun)


def _public(
    table: type[SettingsTable], values: Mapping[str, Any], place: str, left_out: list[str]
) -> dict[str, Any]:
    found, known = dict[str, Any](), settings_of(table)
    for name, value in values.items():
        setting, where = known[name], f"{place}{name}"
        inner = setting.kind.table
        if setting.is_secret:
            left_out += [where] if value else []
        elif inner is None:
            found[name] = value
        elif isinstance(value, Mapping):
            found[name] = _public(inner, value, f"{where}.", left_out)
        else:
            found[name] = [
                _public(inner, each, f"{where}: {each.get('name', number)}: ", left_out)
                for number, each in enumerate(value, 1)
            ]
    return found


def _lines(values: Mapping[str, Any], name: str) -> Iterator[str]:
    """Plain values first, then tables, then lists of tables."""
    inner = {key: value for key, value in values.items() if _is_table(value) or _are_tables(value)}
    for key, value in values.items():
        if key not in inner and value is not None:
            yield f"{key} = {_value(value)}"
    for key, value in inner.items():
        head = f"{name}{key}"
        for table in value if isinstance(value, list) else [value]:
            yield ""
            yield f"[[{head}]]" if isinstance(value, list) else f"[{head}]"
            yield from _lines(table, f"{head}.")


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)


def _are_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_table, value))


def _value(value: object) -> str:
    """JSON's texts, numbers, booleans and lists are TOML's, but for one control character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
