"""The kinds of values that settings have, each refused in words that help."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flows.settings.table import Kind, UnfitError
from notifications.digest_schedule import digest_time
from ofsted.provider_key import AUTHORITY, ProviderKey

_BOOLEANS = {
    **dict.fromkeys(("true", "1", "yes", "on", "t", "y"), True),
    **dict.fromkeys(("false", "0", "no", "off", "f", "n"), False),
}


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that is shown only to who asks for its `value`."""

    value: str = field(repr=False)

    def __bool__(self) -> bool:
        return bool(self.value)


def _of_type(words: str, *types: type) -> Callable[[Any], Any]:
    """Takes values of these very types: `True` is no number."""

    def read(value: Any) -> Any:
        if type(value) not in types:
            raise UnfitError(f"input should be {words}")
        return value

    return read


def _from_text(make: Callable[[str], object]) -> Callable[[Any], object]:
    """Makes something of a text that it can be made of, and leaves all else, to be refused."""

    def of_text(value: Any) -> object:
        try:
            return make(value) if isinstance(value, str) else value
        except ValueError:
            return value

    return of_text


def _between(least: float, most: float, above: float | None) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:  # "not", since no number (nan) is neither more nor less
        if not value >= least:
            raise UnfitError(f"input should be greater than or equal to {least}")
        if above is not None and not value > above:
            raise UnfitError(f"input should be greater than {above}")
        if not value <= most:
            raise UnfitError(f"input should be less than or equal to {most}")
        return value

    return check


def whole_number(least: int, most: int) -> Kind[int]:
    """A whole number between these, both included."""
    kind: Kind[int] = Kind(_of_type("a valid integer", int), _from_text(int))
    return kind.then(_between(least, most, None))


def number(most: float, *, above: float | None = None) -> Kind[float]:
    """A number from 0, or above another one, up to `most`."""
    kind: Kind[float] = Kind(_of_type("a valid number", int, float), _from_text(float))
    return kind.then(_between(0, most, above)).then(float)


def text_of_length(least: int, most: int) -> Kind[str]:
    """A text of so many characters."""

    def check(value: str) -> str:
        if len(value) < least:
            raise UnfitError(f"string should have at least {least} character")
        if len(value) > most:
            raise UnfitError(f"string should have at most {most} characters")
        return value

    return TEXT.then(check)


def one_of(*values: str) -> Kind[Any]:
    """One of some words."""
    *others, last = map(repr, values)

    def read(value: Any) -> Any:
        if value not in values:
            raise UnfitError(f"input should be {', '.join(others)} or {last}")
        return value

    return Kind(read)


def one_type_of(*names: str) -> Kind[str]:
    """One of some types of provider; the nearest is named where another word is given."""

    def check(value: str) -> str:
        if value in names:
            return value
        near = get_close_matches(value.casefold(), names, 1)
        said = f"did you mean {near[0]}?" if near else f"choose from: {', '.join(names)}"
        raise ValueError(f"{value!r} is not a provider type ({said})")

    return TEXT.then(check)


def is_urn(value: str) -> bool:
    """Whether it has the form of a URN, such as `80515` or `SC012345`."""
    return re.fullmatch(r"[A-Za-z]{0,2}[0-9]{4,9}", value) is not None


def _urn(value: str) -> str:
    if not is_urn(value):
        raise ValueError(f"{value!r} is not a URN")
    return value


@dataclass(frozen=True, slots=True)
class ProviderPage:
    """The address of a provider's page on Ofsted's site."""

    address: str
    key: ProviderKey


def _provider_page(value: str) -> ProviderPage:
    """An address such as https://reports.ofsted.gov.uk/provider/2/SC123456."""
    host, _, rest = value.partition("/provider/")
    found = re.fullmatch(r"([0-9]{1,4})/([A-Za-z0-9]{1,20})/?", rest)
    if not host.startswith(("https://", "http://")) or not found:
        raise ValueError(
            f"{value!r} is not the address of a provider's page, such as "
            "https://reports.ofsted.gov.uk/provider/2/SC123456"
        )
    key = ProviderKey(str(int(found[1])), found[2].upper())
    if key.code == AUTHORITY:
        raise ValueError(
            f"{value!r} is the page of an authority; give it a [[watch]] table of its own"
        )
    return ProviderPage(value, key)


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


_LONGEST_ADDRESS = 250  # characters; those of pages come behind it
_NOT_IN_ADDRESSES = set(" \"'<>\\^`{|}")


def _address(value: str) -> str:
    """Where a site begins: what is put behind it makes the addresses of its pages."""
    if not value:
        return value
    if not value.startswith(("https://", "http://")):
        raise ValueError(f"{value!r} does not begin with https://")
    try:
        parts = urlsplit(value)
        has_host = bool(parts.hostname) and parts.port != 0  # to ask for the port is to check it
    except ValueError:
        has_host = False
    if "@" in value.partition("://")[2].partition("/")[0]:  # not shown: it may be a password
        raise ValueError("contains a user name")
    if not has_host:
        raise ValueError(f"{value!r} has no valid host or port")
    if "?" in value or "#" in value:
        raise ValueError(f"{value!r} has a part that begins with ? or #")
    if not value.isascii() or not value.isprintable() or set(value) & _NOT_IN_ADDRESSES:
        raise ValueError(f"{value!r} has spaces, quotes or letters outside ASCII")
    if len(value) > _LONGEST_ADDRESS:
        raise ValueError(f"has more than {_LONGEST_ADDRESS} characters")
    return value.rstrip("/")


def _listening_address(value: str) -> str:
    """`127.0.0.1:4280`, `[::1]:4280`."""
    if value and not re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}", value):
        raise ValueError(f"{value!r} is not an address and a port")
    if value and not 0 < int(value.rpartition(":")[2]) < 65536:  # noqa: PLR2004  # the last port
        raise ValueError(f"{value!r} has no port from 1 to 65535")
    return value


def _pool_name(value: str) -> str:
    """A name that Prefect and a command line take for a work pool."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}", value):
        raise ValueError(f"{value!r} is not the name of a work pool")
    if value.lower().startswith("prefect"):
        raise ValueError(f"{value!r} begins with `prefect`, which Prefect keeps for itself")
    return value


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


TEXT: Kind[str] = Kind(_of_type("a valid string", str))
TRUE_OR_FALSE: Kind[bool] = Kind(
    _of_type("a valid boolean", bool), lambda value: _BOOLEANS.get(str(value).lower(), value)
)
PATH = TEXT.then(Path)
SECRET = TEXT.then(Secret)
NAME_OR_NUMBER: Kind[str] = Kind(_of_type("a valid string", str, int)).then(str)
URN = NAME_OR_NUMBER.then(_urn)
PROVIDER_PAGE = TEXT.then(_provider_page)
TIME_ZONE = TEXT.then(_timezone)
CRON = TEXT.then(_cron)
WEB_ADDRESS = TEXT.then(_address)
POOL_NAME = TEXT.then(_pool_name)
LISTENING_ADDRESS = TEXT.then(_listening_address)
FREQUENCY = TEXT.then(_frequency)
HELO = TEXT.then(_helo)
SECRET_ADDRESS = TEXT.then(_secret_address)
