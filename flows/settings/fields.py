"""The kinds of values that settings have, each refused in words that help."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from notifications.digest_schedule import digest_time


def _text(value: object) -> object:
    return str(value) if isinstance(value, int) else value


def is_urn(value: str) -> bool:
    """Whether it has the form of a URN, such as `80515` or `SC012345`."""
    return re.fullmatch(r"[A-Za-z]{0,2}[0-9]{4,9}", value) is not None


def _urn(value: str) -> str:
    if not is_urn(value):
        raise ValueError(f"{value!r} is not a URN")
    return value


def _cron(value: str) -> str:
    from cronsim import CronSim, CronSimError

    try:
        CronSim(value, datetime.now(UTC))
    except CronSimError as error:
        raise ValueError(f"{value!r} is not a cron expression ({error})") from error
    return value


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{value!r} is not a time zone") from error
    return value


def _address(value: str) -> str:
    if value and not value.startswith(("https://", "http://")):
        raise ValueError(f"{value!r} does not begin with https://")
    return value.rstrip("/")


def _secret_address(value: str) -> str:
    """As `_address`, in words that do not show the value."""
    if value and not value.startswith(("https://", "http://")):
        raise ValueError("does not begin with https://")
    return value


def _helo(value: str) -> str:
    """What may stand in EHLO: a name, or an address in brackets."""
    if value and not re.fullmatch(
        r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[A-Za-z0-9.:]+\]", value
    ):
        raise ValueError(f"{value!r} is not a host name")
    return value


def _frequency(value: str) -> str:
    digest_time(value)
    return value


NameOrNumber = Annotated[str, BeforeValidator(_text)]
Urn = Annotated[str, BeforeValidator(_text), AfterValidator(_urn)]
TimeZone = Annotated[str, AfterValidator(_timezone)]
Cron = Annotated[str, AfterValidator(_cron)]
WebAddress = Annotated[str, AfterValidator(_address)]
Frequency = Annotated[str, AfterValidator(_frequency)]
Helo = Annotated[str, AfterValidator(_helo)]
SecretAddress = Annotated[str, AfterValidator(_secret_address)]


class Part(BaseModel):
    """A table of the settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)
