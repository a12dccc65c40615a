"""The settings. docs/settings.md describes the fields."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flows.settings.fields import (
    CRON,
    FREQUENCY,
    HELO,
    LISTENING_ADDRESS,
    NAME_OR_NUMBER,
    PATH,
    POOL_NAME,
    SECRET,
    SECRET_ADDRESS,
    TEXT,
    TIME_ZONE,
    TRUE_OR_FALSE,
    WEB_ADDRESS,
    Secret,
    number,
    one_of,
    one_type_of,
    text_of_length,
    whole_number,
)
from flows.settings.table import SettingsTable, list_of, needed, setting, table_of
from flows.settings.watched import WATCH, Watched, WatchedArea, WatchedAuthority, urns_of
from notifications.digest_schedule import CHOICES, IMMEDIATE
from ofsted.provider_types import AUTHORITIES, BY_NAME
from ofsted.site.addresses import Addresses

PREFIX = "OFSTED_WATCH_"
EVERY = "all"  # of `provider_types`: all of them
_VARIABLE, _FILE = "the name of an environment variable", "a file"  # that holds the value


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSettings(SettingsTable):
    """When to check."""

    checks: tuple[str, ...] = setting(
        list_of(CRON),
        'a list of cron expressions, such as ["*/15 7-19 * * mon-fri"]; '
        "[] if something other than this service starts the checks",
        ("*/15 7-19 * * mon-fri", "10 5,21 * * *"),
    )
    timezone: str = setting(TIME_ZONE, 'a time zone, such as "Europe/London"', "Europe/London")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfstedSettings(SettingsTable):
    """Ofsted's site, and how politely we use it."""

    reports: str = setting(
        WEB_ADDRESS, "the address of the reports site", "https://reports.ofsted.gov.uk"
    )
    files: str = setting(
        WEB_ADDRESS, "the address of the files host", "https://files.ofsted.gov.uk"
    )
    gap: float = setting(number(3600), "seconds between requests, such as 1.0", 1.0)
    timeout: float = setting(number(3600, above=0), "seconds for one file, such as 60.0", 60.0)
    page_limit_mb: float = setting(number(1000, above=0), "megabytes, such as 5", 5)
    file_limit_mb: float = setting(number(1000, above=0), "megabytes, such as 30", 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailSettings(SettingsTable):
    """The email server that takes our email."""

    server: str = needed(TEXT, 'the email server\'s name, such as "smtp.example.gov.uk"')
    port: int = setting(whole_number(1, 65535), "its port, such as 587", 587)
    security: Literal["starttls", "tls", "none"] = setting(
        one_of("starttls", "tls", "none"), '"starttls", "tls" or "none"', "starttls"
    )
    username: str = setting(TEXT, "the name to log in with", "")
    password: Secret | None = setting(SECRET, "the password to log in with", None, secret=True)
    password_env: str = setting(TEXT, _VARIABLE, "")
    password_file: str = setting(TEXT, _FILE, "")
    sender: str = needed(
        TEXT, 'who it comes from, such as "Ofsted Watch <ofsted-watch@example.gov.uk>"'
    )
    helo: str = setting(HELO, 'the name given in EHLO, such as "watch.example.gov.uk"', "")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefectSettings(SettingsTable):
    """A Prefect server that somebody else runs; without its address, `up` starts its own."""

    api_url: str = setting(
        WEB_ADDRESS, 'the address of its API, such as "https://prefect.example.gov.uk/api"', ""
    )
    api_key_env: str = setting(TEXT, _VARIABLE, "")
    api_key_file: str = setting(TEXT, _FILE, "")
    auth_env: str = setting(TEXT, _VARIABLE, "")
    auth_file: str = setting(TEXT, _FILE, "")
    work_pool: str = setting(
        POOL_NAME, 'the name of a work pool, such as "ofsted-watch"', "ofsted-watch"
    )

    def agree(self, given: Collection[str]) -> None:
        """Refuse a login without a server, and two of them."""
        del given
        logins = [self.api_key_env or self.api_key_file, self.auth_env or self.auth_file]
        if any(logins) and not self.api_url:
            raise ValueError(
                "a login is given without api_url; give the address of the server's API, "
                "or the login of the server that `up` starts under [ui]"
            )
        if all(logins):
            raise ValueError("give an API key (Prefect Cloud) or a login, not both")


@dataclass(frozen=True, slots=True, kw_only=True)
class UiSettings(SettingsTable):
    """The Prefect UI, for operators: where they reach it, and its login as `up` starts it."""

    url: str = setting(WEB_ADDRESS, "the address at which operators reach the Prefect UI", "")
    auth: Secret | None = setting(SECRET, '"user:password"', None, secret=True)
    auth_env: str = setting(TEXT, _VARIABLE, "")
    auth_file: str = setting(TEXT, _FILE, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebsiteSettings(SettingsTable):
    """The website for readers: where it is written, where they reach it, who serves it."""

    folder: Path | None = setting(PATH, "a folder", None)
    url: str = setting(WEB_ADDRESS, "the address at which readers reach the website", "")
    serve: str = setting(
        LISTENING_ADDRESS, 'an address and a port, such as "127.0.0.1:4280"; or leave empty', ""
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorSettings(SettingsTable):
    """Where other programs ask how the service is."""

    serve: str = setting(
        LISTENING_ADDRESS, 'an address and a port, such as "127.0.0.1:4281"; or leave empty', ""
    )


_ONE_ADDRESS = "exactly one of email, teams, apprise (each also as ..._env, ..._file)"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientSettings(SettingsTable):
    """Someone who gets alerts."""

    name: str = needed(text_of_length(1, 100), 'a name, such as "scrutiny"')
    email: str | None = setting(TEXT, "an email address", None)
    email_env: str | None = setting(TEXT, _VARIABLE, None)
    email_file: str | None = setting(TEXT, _FILE, None)
    teams: Secret | None = setting(SECRET, "a webhook's address", None, secret=True)
    teams_env: str | None = setting(TEXT, _VARIABLE, None)
    teams_file: str | None = setting(TEXT, _FILE, None)
    apprise: Secret | None = setting(SECRET, "an Apprise address", None, secret=True)
    apprise_env: str | None = setting(TEXT, _VARIABLE, None)
    apprise_file: str | None = setting(TEXT, _FILE, None)
    audience: Literal["readers", "operators"] = setting(
        one_of("readers", "operators"), '"readers" or "operators"', "readers"
    )
    alert_on: Literal["all", "changes", "concerns"] = setting(
        one_of("all", "changes", "concerns"), '"all", "changes" or "concerns"', "all"
    )
    frequency: str = setting(FREQUENCY, CHOICES, IMMEDIATE)
    authorities: tuple[str, ...] = setting(
        list_of(NAME_OR_NUMBER), 'a list of names, regions or URNs, such as ["Sutton"]', ()
    )
    provider_types: tuple[str, ...] = setting(
        list_of(one_type_of(*BY_NAME, EVERY)), 'a list, such as ["authorities", "schools"]', ()
    )
    quiet_notice: bool = setting(TRUE_OR_FALSE, "true or false", default=True)

    def agree(self, given: Collection[str]) -> None:
        """Refuse other than one address."""
        del given
        found = [name for name in _ADDRESS_FIELDS if getattr(self, name) is not None]
        if len(found) != 1:
            has = " and ".join(found) or "none"
            raise ValueError(f"recipient {self.name!r} has {has}; give {_ONE_ADDRESS}")

    @property
    def address_field(self) -> str:
        """The one field that is given, such as `teams_env`."""
        return next(name for name in _ADDRESS_FIELDS if getattr(self, name) is not None)


_ADDRESS_FIELDS = tuple(
    kind + suffix for kind in ("email", "teams", "apprise") for suffix in ("", "_env", "_file")
)
SUTTON = WatchedAuthority(urn="80515", name="London Borough of Sutton")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(SettingsTable):
    """What is set; the defaults watch Sutton and write alerts to the outbox.

    Attributes:
        file: the settings file; None: the defaults.
        folder: that of the settings file, where there is one.
    """

    data_dir: Path = setting(PATH, "a folder", Path("data"))
    database: str = setting(
        TEXT, "an SQLAlchemy address, or leave empty for SQLite", "", secret=True
    )
    database_env: str = setting(TEXT, _VARIABLE, "")
    database_file: str = setting(TEXT, _FILE, "")
    contact: str = setting(TEXT, "an email address or web page", "")
    heartbeat: str = setting(
        SECRET_ADDRESS, "an address to call after each successful round", "", secret=True
    )
    heartbeat_env: str = setting(TEXT, _VARIABLE, "")
    heartbeat_file: str = setting(TEXT, _FILE, "")
    ca_file: Path | None = setting(PATH, "a file with certificates (PEM)", None)
    import_seeds: bool = setting(TRUE_OR_FALSE, "true or false", default=True)
    allow_private: bool = setting(TRUE_OR_FALSE, "true or false", default=False)
    watch: tuple[WatchedAuthority, ...] = setting(WATCH, "[[watch]] tables", (SUTTON,))
    schedule: ScheduleSettings = setting(
        table_of(ScheduleSettings), "a [schedule] table", ScheduleSettings()
    )
    ofsted: OfstedSettings = setting(
        table_of(OfstedSettings), "an [ofsted] table", OfstedSettings()
    )
    prefect: PrefectSettings = setting(
        table_of(PrefectSettings), "a [prefect] table", PrefectSettings()
    )
    ui: UiSettings = setting(table_of(UiSettings), "a [ui] table", UiSettings())
    website: WebsiteSettings = setting(
        table_of(WebsiteSettings), "a [website] table", WebsiteSettings()
    )
    monitor: MonitorSettings = setting(
        table_of(MonitorSettings), "a [monitor] table", MonitorSettings()
    )
    email: EmailSettings | None = setting(table_of(EmailSettings), "an [email] table", None)
    recipients: tuple[RecipientSettings, ...] = setting(
        list_of(table_of(RecipientSettings)), "[[recipients]] tables", ()
    )
    file: Path | None = None
    folder: Path | None = None

    def agree(self, given: Collection[str]) -> None:
        """Refuse recipients with one name, without a way to them, or of what nobody watches."""
        del given
        if self.prefect.api_url and (self.ui.auth or self.ui.auth_env or self.ui.auth_file):
            raise ValueError(
                "[ui] has the login of a server that `up` starts, and [prefect] api_url names "
                "another one; give its login in `auth_env` or `auth_file` under [prefect]"
            )
        for area in self.areas:
            _are_on_the_site(area, self.ofsted.reports)
        _no_twice("recipients: name", [recipient.name for recipient in self.recipients])
        for recipient in self.recipients:
            for written in recipient.authorities:
                _is_watched(recipient.name, written, self.watch)
            _are_listed(recipient, self.watch, self.areas)
            if recipient.address_field.startswith("email") and self.email is None:
                raise ValueError(
                    f"recipient {recipient.name!r} has an email address, but there is no [email] "
                    "table; add one with server and sender"
                )

    @property
    def areas(self) -> tuple[WatchedArea, ...]:
        """The areas that are watched as a whole."""
        return tuple(WatchedArea(each, each.area) for each in self.watch if each.area)

    @property
    def pages(self) -> tuple[Watched, ...]:
        """All pages that are checked: the authorities', then the lists of areas."""
        return (*self.watch, *self.areas)

    def areas_of(self, authorities: Iterable[WatchedAuthority]) -> tuple[WatchedArea, ...]:
        """The areas of some authorities, where they are watched."""
        keys = {each.key for each in authorities}
        return tuple(each for each in self.areas if each.authority.key in keys)

    @property
    def base(self) -> Path:
        """What relative paths start from: the settings file's folder, else the working folder."""
        return self.folder or Path.cwd()

    @property
    def data(self) -> Path:
        """The data folder, absolute."""
        return (self.base / self.data_dir.expanduser()).resolve()

    @property
    def authority_file(self) -> Path | None:
        """The extra certificate authority's file, absolute."""
        return (self.base / self.ca_file.expanduser()).resolve() if self.ca_file else None

    @property
    def website_folder(self) -> Path:
        """Where the website is written, absolute."""
        given = self.website.folder or Path()
        return (
            self.data / "website" if given == Path() else (self.base / given.expanduser()).resolve()
        )

    @property
    def database_address(self) -> str:
        """The SQLAlchemy address of our database."""
        return self.database or f"sqlite:///{self.data / 'ofsted-watch.sqlite'}"


def _no_twice(what: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{what}: {', '.join(twice)} given more than once")


def _are_on_the_site(area: WatchedArea, reports: str) -> None:
    """Refuse a page that is elsewhere than the site that is asked."""
    site = Addresses(reports=reports)
    for page in area.scope.extra_providers:
        if site.provider_key(page.address) is None:
            raise ValueError(
                f"watch: extra_providers: {page.address!r} is not on {reports}; give the address "
                "of the provider's page there"
            )


def _are_listed(
    recipient: RecipientSettings,
    watched: tuple[WatchedAuthority, ...],
    areas: tuple[WatchedArea, ...],
) -> None:
    """Refuse a choice that would let a recipient wait for alerts that never come."""
    wanted = set(recipient.provider_types) - {AUTHORITIES.name, EVERY}
    if not wanted:
        return
    field = f"recipient {recipient.name!r}: provider_types"
    urns = {urn for written in recipient.authorities for urn in urns_of(written, watched)}
    theirs = [area for area in areas if not urns or area.urn in urns]
    if not theirs:
        which = "no area" if not areas else "no area of its authorities"
        raise ValueError(
            f"{field}: {which} is watched, so there are only authorities' reports; give area under "
            "[[watch]], or remove provider_types"
        )
    if left_out := wanted.intersection(*(area.scope.exclude for area in theirs)):
        raise ValueError(
            f"{field}: exclude under [[watch]] leaves out {', '.join(sorted(left_out))}; remove "
            "it from one of the two"
        )


def _is_watched(recipient: str, written: str, watched: tuple[WatchedAuthority, ...]) -> None:
    """Refuse what a recipient asks for and nobody watches, or what is no name."""
    field = f"recipient {recipient!r}: authorities"
    try:
        wanted = urns_of(written, watched)
    except ValueError as error:
        raise ValueError(
            f"{field}: {error}; give names, regions or URNs of what is watched"
        ) from None
    if wanted.isdisjoint(each.urn for each in watched):
        raise ValueError(f"{field}: {written} is not watched; add a [[watch]] table for it")
