"""Finds and reads the settings; each error says in one line what is wrong."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pydantic_settings
from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from flows.settings.clock import Clock
from flows.settings.model import (
    PREFIX,
    EmailSettings,
    Fields,
    OfstedSettings,
    RecipientSettings,
    ScheduleSettings,
    Settings,
    UiSettings,
)
from flows.settings.renamed import new_name
from flows.settings.watched import WatchTable

CONFIG_VARIABLE = PREFIX + "CONFIG"
CLOCK_VARIABLE = PREFIX + "CLOCK"
OFFSET_VARIABLE = PREFIX + "CLOCK_OFFSET"  # seconds; set by `up` for its processes
ORIGIN_VARIABLE = PREFIX + "CONFIG_ORIGIN"  # the file that `up` copied for us; empty: none
SERVICE_VARIABLE = PREFIX + "SERVICE"  # id of the service that started this process
FOLDER_VARIABLE = PREFIX + "FOLDER"  # what relative paths start from; set by `up`
PLACES = (Path("ofsted-watch.toml"), Path("/etc/ofsted-watch.toml"))
_OURS = {
    CONFIG_VARIABLE,
    CLOCK_VARIABLE,
    OFFSET_VARIABLE,
    FOLDER_VARIABLE,
    ORIGIN_VARIABLE,
    SERVICE_VARIABLE,
}


class SettingsError(Exception):
    """Settings that cannot be understood.

    One line: file, field, what is wrong, what would be right.
    """


def find_file(given: str | None, environment: Mapping[str, str] = os.environ) -> Path | None:
    """The settings file by `--config`, the environment, the working folder, /etc; else None.

    Raises:
        SettingsError: a file was named and is not there.
    """
    named = given or environment.get(CONFIG_VARIABLE)
    if named:
        path = Path(named).expanduser()
        if not path.exists():
            raise SettingsError(f"{path}: file not found; `ofsted-watch init {path}` creates one")
        return path.absolute()
    places = [environment.get(FOLDER_VARIABLE, "") / place for place in PLACES]
    return next((place.absolute() for place in places if place.exists()), None)


def load(given: str | None = None) -> Settings:
    """The settings from the file (see `find_file`) and the environment.

    Raises:
        SettingsError: what is wrong, in one line.
    """
    file = find_file(given)
    values = _read(file) if file else {}
    try:
        settings = Settings(**values)
    except ValidationError as error:
        where = str(file) if _stands_in(values, error) else f"environment {PREFIX}..."
        raise SettingsError(_in_one_line(error.errors(include_url=False), where)) from None
    except pydantic_settings.SettingsError as error:
        raise SettingsError(f"environment: {error}; give JSON for lists and tables") from None
    settings._file, settings._folder = _origin(file, given)  # noqa: SLF001  # set once, here
    _no_unknown_variables(settings)
    return settings


def _origin(file: Path | None, given: str | None) -> tuple[Path | None, Path]:
    """The original settings file, even if this process reads a copy of it; and its folder."""
    origin, folder = os.environ.get(ORIGIN_VARIABLE), os.environ.get(FOLDER_VARIABLE)
    if given is None and origin is not None and folder is not None:
        return (Path(origin) if origin else None), Path(folder)
    return file, file.parent if file else Path(folder or "").absolute()


def _read(file: Path) -> dict[str, Any]:
    if not file.is_file():  # anything else would be read as an empty file
        raise SettingsError(f"{file}: not a file; give the path of a settings file")
    try:
        source = pydantic_settings.TomlConfigSettingsSource(Settings, file)
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read: {error.strerror}") from None
    except ValueError as error:  # TOML's own, and UTF-8's
        raise SettingsError(f"{file}: is not valid TOML: {error}") from None
    values = dict(source.toml_data)
    _no_wrong_types(file, values)
    return values


def _no_wrong_types(file: Path, values: dict[str, Any]) -> None:
    """Check types strictly: TOML has types (no port is "587"), the environment only text."""
    try:
        Fields.model_validate_json(json.dumps(values, default=str), strict=True)
    except ValidationError as error:
        whole = ("missing", "value_error", "too_short")  # the environment may still complete these
        found = [each for each in error.errors(include_url=False) if each["type"] not in whole]
        if found:
            raise SettingsError(_in_one_line(found, str(file))) from None


def _stands_in(values: dict[str, Any], error: ValidationError) -> bool:
    place = error.errors()[0]["loc"]
    return bool(values) and (not place or str(place[0]) in values)


def _in_one_line(found: Sequence[ErrorDetails], where: str) -> str:
    own = [each for each in found if not _follows(each, found)]
    own.sort(key=lambda each: new_name(_place(each), each["input"]) is None)
    first, more = own[0], len(own) - 1
    place = _place(first)
    field = "".join(f"{part}: " for part in [".".join(map(str, place))] if part)
    tail = f" (and {more} more)" if more else ""
    return f"{where}: {field}{_what(first, place)}{tail}"


def _place(error: ErrorDetails) -> list[int | str]:
    return [part for part in error["loc"] if not str(part).startswith("function-")]


def _follows(error: ErrorDetails, found: Sequence[ErrorDetails]) -> bool:
    """Whether a list counts as too short only because its items are wrong."""
    place = error["loc"]
    inside = (each["loc"] for each in found if len(each["loc"]) > len(place))
    return error["type"] == "too_short" and any(loc[: len(place)] == place for loc in inside)


def _what(error: ErrorDetails, place: list[int | str]) -> str:
    if renamed := new_name(place, error["input"]):
        return renamed
    model, field = _described(place)
    kind = error["type"]
    if kind == "extra_forbidden":
        known = sorted(model.model_fields)
        near = get_close_matches(str(place[-1]), known, 1)
        advice = f"did you mean {near[0]!r}?" if near else f"known fields: {', '.join(known)}"
        return f"unknown field; {advice}"
    if kind == "value_error":
        return str(error["msg"]).removeprefix("Value error, ") + (
            f"; give {field}" if field else ""
        )
    if kind == "missing":
        return f"missing; give {field or 'a value'}"
    came = f" (found {error['input']!r})" if _may_be_shown(error["input"], place) else ""
    return f"{error['msg'].lower()}{came}; give {field or 'such a value'}"


def _may_be_shown(value: object, place: list[int | str]) -> bool:
    """Whether a value can be shown, as it holds no secret; a whole table might."""
    of_a_part = bool(place) and str(place[-1]) in _PARTS
    plain = isinstance(value, str | int | float) and not of_a_part
    return plain and _SECRETS.isdisjoint(map(str, place))


def _described(place: list[int | str]) -> tuple[type[BaseModel], str]:
    """The model that holds the field at `place`, and the description of that field."""
    names = [part for part in place if isinstance(part, str)]
    model = _PARTS.get(names[0], Fields) if len(names) > 1 else Fields
    field = model.model_fields.get(names[-1]) if names else None
    whole_part = len(names) == 1 and isinstance(place[-1], int)
    return model, "" if field is None or whole_part else field.description or ""


_SECRETS = frozenset({"password", "teams", "apprise", "auth", "heartbeat", "database"})
_PARTS: dict[str, type[BaseModel]] = {
    "watch": WatchTable,
    "schedule": ScheduleSettings,
    "ofsted": OfstedSettings,
    "ui": UiSettings,
    "email": EmailSettings,
    "recipients": RecipientSettings,
}


def _no_unknown_variables(settings: Settings) -> None:
    named = variables_named(settings)
    for variable in os.environ:
        if not variable.upper().startswith(PREFIX) or variable.upper() in _OURS:
            continue
        if variable in named:
            continue
        field = variable.upper().removeprefix(PREFIX).split("__")[0].lower()
        if field not in Settings.model_fields:
            if renamed := new_name([field], None):
                raise SettingsError(f"environment: {variable}: {renamed}")
            near = get_close_matches(field, list(Settings.model_fields), 1)
            advice = f"did you mean {PREFIX}{near[0].upper()}?" if near else "remove it"
            raise SettingsError(f"environment: {variable}: unknown field; {advice}")


def variables_named(settings: Settings) -> frozenset[str]:
    """The environment variables that the settings name in any `..._env` field."""
    return frozenset(_named_in(settings.model_dump()))


def _named_in(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            if str(key).endswith("_env") and isinstance(each, str) and each:
                yield each
            yield from _named_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _named_in(each)


def secret(
    what: str, value: SecretStr | str | None, variable: str | None, file: str | None, base: Path
) -> str:
    """A secret: from the named variable, else from the named file, else the value itself.

    Raises:
        SettingsError: the variable or the file is not there or empty; never shows the secret.
    """
    if variable:
        found = os.environ.get(variable, "").strip()
        if not found:
            raise SettingsError(f"{what}: environment variable {variable} is not set")
        return found
    if file:
        path = base / Path(file).expanduser()
        try:
            found = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"{what}: {path} cannot be read ({error}); put the value in that file"
            ) from None
        if not found:
            raise SettingsError(f"{what}: {path} is empty; put the value in that file")
        return found
    return value.get_secret_value() if isinstance(value, SecretStr) else (value or "")


def warnings(settings: Settings) -> Iterator[str]:
    """Warnings about settings that are valid."""
    file = settings.file
    if file and _holds_secrets(settings) and file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        yield f"{file} contains secrets and other users can read it; run `chmod 600 {file}`"
    if not settings.recipients:
        yield f"no recipients are set: alerts are written to {settings.data / 'outbox'}"


def _holds_secrets(settings: Settings) -> bool:
    """Whether the settings file contains secrets; a heartbeat's address counts as one."""
    return bool(
        (settings.email and settings.email.password)
        or settings.ui.auth
        or settings.heartbeat
        or "@" in settings.database
        or any(each.teams or each.apprise for each in settings.recipients)
    )


def lack_of_operators(settings: Settings) -> str | None:
    """A warning if recipients are set but none is notified of problems; else None."""
    if not settings.recipients:
        return None
    if any(recipient.audience == "operators" for recipient in settings.recipients):
        return None
    return 'no recipient has audience = "operators": nobody will be notified of problems'


def clock(settings: Settings) -> Clock:
    """The present, by `OFSTED_WATCH_CLOCK` where that is allowed.

    Raises:
        SettingsError: it is set without `allow_private`, or is no UTC time.
    """
    moment, offset = os.environ.get(CLOCK_VARIABLE), os.environ.get(OFFSET_VARIABLE)
    if not moment and not offset:
        return Clock()
    if not settings.allow_private:
        raise SettingsError(
            f"environment: {CLOCK_VARIABLE}: only with allow_private = true (for tests); unset it"
        )
    try:
        if offset:
            return Clock(timedelta(seconds=float(offset)))
        parsed = TypeAdapter(datetime).validate_python(moment)
    except ValueError:
        raise SettingsError(
            f"environment: {CLOCK_VARIABLE}: {moment!r} is not a time; give 2025-07-29T09:30:00Z"
        ) from None
    return Clock.set_to(parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC))
