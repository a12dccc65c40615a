"""The settings. docs/settings.md describes the fields."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from flows.settings.fields import (
    Cron,
    Frequency,
    Helo,
    NameOrNumber,
    Part,
    SecretAddress,
    TimeZone,
    WebAddress,
)
from flows.settings.watched import Watch, WatchedAuthority, urns_of
from notifications.digest_schedule import CHOICES, IMMEDIATE

PREFIX = "OFSTED_WATCH_"


class ScheduleSettings(Part):
    """When to check."""

    checks: tuple[Cron, ...] = Field(
        ("*/15 7-19 * * mon-fri", "10 5,21 * * *"),
        description='a list of cron expressions, such as ["*/15 7-19 * * mon-fri"]; '
        "[] if something other than this service starts the checks",
    )
    timezone: TimeZone = Field("Europe/London", description='a time zone, such as "Europe/London"')


class OfstedSettings(Part):
    """Ofsted's site, and how politely we use it."""

    reports: WebAddress = Field(
        "https://reports.ofsted.gov.uk", description="the address of the reports site"
    )
    files: WebAddress = Field(
        "https://files.ofsted.gov.uk", description="the address of the files host"
    )
    gap: float = Field(1.0, ge=0, le=3600, description="seconds between requests, such as 1.0")
    timeout: float = Field(60.0, gt=0, le=3600, description="seconds for one file, such as 60.0")
    page_limit_mb: float = Field(5, gt=0, le=1000, description="megabytes, such as 5")
    file_limit_mb: float = Field(30, gt=0, le=1000, description="megabytes, such as 30")


class EmailSettings(Part):
    """The email server that takes our email."""

    server: str = Field(description='the email server\'s name, such as "smtp.example.gov.uk"')
    port: int = Field(587, ge=1, le=65535, description="its port, such as 587")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description='"starttls", "tls" or "none"'
    )
    username: str = ""
    password: SecretStr | None = None
    password_env: str = ""
    password_file: str = ""
    sender: str = Field(
        description='who it comes from, such as "Ofsted Watch <ofsted-watch@example.gov.uk>"'
    )
    helo: Helo = Field(
        "",
        description='the name given in EHLO, such as "watch.example.gov.uk"',
    )


class UiSettings(Part):
    """The Prefect UI, for operators: where they reach it, and its login as `up` starts it."""

    url: WebAddress = Field("", description="the address at which operators reach the Prefect UI")
    auth: SecretStr | None = Field(None, description='"user:password"')
    auth_env: str = Field("", description="the name of an environment variable")
    auth_file: str = Field("", description="a file")


_ONE_ADDRESS = "exactly one of email, teams, apprise (each also as ..._env, ..._file)"


class RecipientSettings(Part):
    """Someone who gets alerts."""

    name: str = Field(min_length=1, max_length=100, description='a name, such as "scrutiny"')
    email: str | None = None
    email_env: str | None = None
    email_file: str | None = None
    teams: SecretStr | None = None
    teams_env: str | None = None
    teams_file: str | None = None
    apprise: SecretStr | None = None
    apprise_env: str | None = None
    apprise_file: str | None = None
    audience: Literal["readers", "operators"] = Field(
        "readers", description='"readers" or "operators"'
    )
    alert_on: Literal["all", "changes", "concerns"] = Field(
        "all", description='"all", "changes" or "concerns"'
    )
    frequency: Frequency = Field(IMMEDIATE, description=CHOICES)
    authorities: tuple[NameOrNumber, ...] = Field(
        (), description='a list of names, regions or URNs, such as ["Sutton"]'
    )
    quiet_notice: bool = Field(True, description="true or false")

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        given = [name for name in _ADDRESS_FIELDS if getattr(self, name) is not None]
        if len(given) != 1:
            found = "none" if not given else " and ".join(given)
            raise ValueError(f"recipient {self.name!r} has {found}; give {_ONE_ADDRESS}")
        return self

    @property
    def address_field(self) -> str:
        """The one field that is given, such as `teams_env`."""
        return next(name for name in _ADDRESS_FIELDS if getattr(self, name) is not None)


_ADDRESS_FIELDS = tuple(
    kind + suffix for kind in ("email", "teams", "apprise") for suffix in ("", "_env", "_file")
)
SUTTON = WatchedAuthority(urn="80515", name="London Borough of Sutton")


class Fields(Part):
    """All that can be set; the defaults watch Sutton and write alerts to the outbox."""

    data_dir: Path = Field(Path("data"), description="a folder")
    database: str = Field(
        "", repr=False, description="an SQLAlchemy address, or leave empty for SQLite"
    )
    contact: str = Field("", description="an email address or web page")
    heartbeat: SecretAddress = Field(
        "", repr=False, description="an address to call after each successful round"
    )
    ca_file: Path | None = Field(None, description="a file with certificates (PEM)")
    import_seeds: bool = Field(True, description="true or false")
    allow_private: bool = Field(False, description="true or false")
    watch: Watch = Field((SUTTON,), validate_default=False, description="[[watch]] tables")
    schedule: ScheduleSettings = ScheduleSettings()
    ofsted: OfstedSettings = OfstedSettings()
    ui: UiSettings = UiSettings()
    email: EmailSettings | None = None
    recipients: tuple[RecipientSettings, ...] = Field((), description="[[recipients]] tables")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        _no_twice("recipients: name", [recipient.name for recipient in self.recipients])
        for recipient in self.recipients:
            for written in recipient.authorities:
                _is_watched(recipient.name, written, self.watch)
            if recipient.address_field.startswith("email") and self.email is None:
                raise ValueError(
                    f"recipient {recipient.name!r} has an email address, but there is no [email] "
                    "table; add one with server and sender"
                )
        return self


class Settings(Fields, BaseSettings):
    """The settings from the file and the environment."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    _file: Path | None = None
    _folder: Path | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment, then the file that `load` named."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    @property
    def file(self) -> Path | None:
        """The settings file; None: the defaults."""
        return self._file

    @property
    def base(self) -> Path:
        """What relative paths start from: the settings file's folder, else the working folder."""
        return self._folder or Path.cwd()

    @property
    def data(self) -> Path:
        """The data folder, absolute."""
        return (self.base / self.data_dir.expanduser()).resolve()

    @property
    def authority_file(self) -> Path | None:
        """The extra certificate authority's file, absolute."""
        return (self.base / self.ca_file.expanduser()).resolve() if self.ca_file else None

    @property
    def database_address(self) -> str:
        """The SQLAlchemy address of our database."""
        return self.database or f"sqlite:///{self.data / 'ofsted-watch.sqlite'}"


def _no_twice(what: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{what}: {', '.join(twice)} given more than once")


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
