"""Finds and reads the settings; each error says in one line what is wrong."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from flows.settings.clock import Clock
from flows.settings.fields import SECRET_ADDRESS, Secret
from flows.settings.model import PREFIX, Settings
from flows.settings.renamed import new_name
from flows.settings.table import Fault, faults_of, settings_of, table_of

CONFIG_VARIABLE = PREFIX + "CONFIG"
CLOCK_VARIABLE = PREFIX + "CLOCK"
OFFSET_VARIABLE = PREFIX + "CLOCK_OFFSET"  # seconds; set by `up` for its processes
ORIGIN_VARIABLE = PREFIX + "CONFIG_ORIGIN"  # the file that `up` copied for us; empty: none
SERVICE_VARIABLE = PREFIX + "SERVICE"  # id of the service that started this process
INSTALLATION_VARIABLE = PREFIX + "INSTALLATION"  # whose run it is; set by its deployment
FOLDER_VARIABLE = PREFIX + "FOLDER"  # what relative paths start from; set by `up`
PLACES = (Path("ofsted-watch.toml"), Path("/etc/ofsted-watch.toml"))
_OURS = {
    CONFIG_VARIABLE,
    CLOCK_VARIABLE,
    OFFSET_VARIABLE,
    FOLDER_VARIABLE,
    ORIGIN_VARIABLE,
    SERVICE_VARIABLE,
    INSTALLATION_VARIABLE,
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
    written = _read(file) if file else {}
    values = _merged(written, _variables())
    try:
        settings = table_of(Settings).read(values)
    except ValueError as error:
        raise SettingsError(_in_one_line(faults_of(error, values), file, written)) from None
    origin, folder = _origin(file, given)
    settings = replace(settings, file=origin, folder=folder)
    _no_unknown_variables(settings)
    return replace(settings, database=_database(settings), heartbeat=_heartbeat(settings))


def values(given: str | None = None) -> dict[str, Any]:
    """What the file and the environment set, as TOML gives it, secrets included.

    Raises:
        SettingsError: as `load`.
    """
    load(given)  # refuses what cannot be understood
    file = find_file(given)
    return _merged(_read(file) if file else {}, _variables())


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
        return tomllib.loads(file.read_bytes().decode())
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read: {error.strerror}") from None
    except ValueError as error:  # TOML's own, and UTF-8's
        raise SettingsError(f"{file}: is not valid TOML: {error}") from None


def _variables() -> dict[str, Any]:
    """What the environment sets, in the form that a file would give it.

    In the environment all is text, of which the fields know what it stands for.
    """
    found, known = dict[str, Any](), settings_of(Settings)
    ours = (each for each in os.environ if each.upper().startswith(PREFIX))
    for variable in sorted(ours, key=str.upper):  # a table first, and then its fields
        name, _, inner = variable.upper().removeprefix(PREFIX).lower().partition("__")
        kind = known[name].kind if name in known else None
        if kind is None or (inner and not kind.table):
            continue
        text = os.environ[variable]
        try:
            value = kind.of_text({inner: text} if inner else text)
        except ValueError as error:
            raise SettingsError(f"environment: {variable}: {error}") from None
        if value is not None:  # JSON's null: as if it were not set
            found = _merged(found, {name: value})
    return found


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Tables joined, field by field; else what is above counts."""
    merged = {**below, **above}
    for name in below.keys() & above.keys():
        if isinstance(below[name], Mapping) and isinstance(above[name], Mapping):
            merged[name] = _merged(below[name], above[name])
    return merged


def _in_one_line(found: tuple[Fault, ...], file: Path | None, written: Mapping[str, Any]) -> str:
    """The first problem, old names before all others; and how many more there are."""
    first = min(found, key=lambda each: new_name(each.place, each.value) is None)
    in_file = bool(written) and (not first.place or first.place[0] in written)
    where = str(file) if in_file else f"environment {PREFIX}..."
    field = ".".join(map(str, first.place)) + ": " if first.place else ""
    words = new_name(first.place, first.value) or first.words
    more = f" (and {len(found) - 1} more)" if found[1:] else ""
    return f"{where}: {field}{words}{more}"


def _database(settings: Settings) -> str:
    """The database's address, also where a variable or a file holds it."""
    variable, file = settings.database_env, settings.database_file
    return secret("database", settings.database, variable, file, settings.base)


def _heartbeat(settings: Settings) -> str:
    """The heartbeat's address, also where a variable or a file holds it."""
    variable, file = settings.heartbeat_env, settings.heartbeat_file
    address = secret("heartbeat", settings.heartbeat, variable, file, settings.base)
    try:
        return SECRET_ADDRESS.read(address)
    except ValueError as error:
        raise SettingsError(f"heartbeat: {error}") from None


def _no_unknown_variables(settings: Settings) -> None:
    named = variables_named(settings)
    for variable in os.environ:
        if not variable.upper().startswith(PREFIX) or variable.upper() in _OURS:
            continue
        if variable in named:
            continue
        field = variable.upper().removeprefix(PREFIX).split("__")[0].lower()
        if field not in settings_of(Settings):
            if renamed := new_name([field], None):
                raise SettingsError(f"environment: {variable}: {renamed}")
            near = get_close_matches(field, settings_of(Settings), 1)
            advice = f"did you mean {PREFIX}{near[0].upper()}?" if near else "remove it"
            raise SettingsError(f"environment: {variable}: unknown field; {advice}")


def variables_named(settings: Settings) -> frozenset[str]:
    """The variables that the settings take a secret from, by any `..._env`."""
    tables = (settings, settings.prefect, settings.ui, settings.email, *settings.recipients)
    parts = [part for part in tables if part]
    fields_of = ((part, each.name) for part in parts for each in fields(part))
    names = (getattr(part, name) for part, name in fields_of if name.endswith("_env"))
    return frozenset(name for name in names if name)


def secret(
    what: str, value: Secret | str | None, variable: str | None, file: str | None, base: Path
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
    return value.value if isinstance(value, Secret) else (value or "")


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
        or (settings.heartbeat and not (settings.heartbeat_env or settings.heartbeat_file))
        or ("@" in settings.database and not (settings.database_env or settings.database_file))
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
        parsed = datetime.fromisoformat(moment or "")
    except ValueError:
        raise SettingsError(
            f"environment: {CLOCK_VARIABLE}: {moment!r} is not a time; give 2025-07-29T09:30:00Z"
        ) from None
    return Clock.set_to(parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC))
