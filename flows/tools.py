"""What every step works with, made once from the settings."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from sqlalchemy.orm import Session

from flows import configuration
from flows.clock import Clock
from flows.configuration import SettingsError
from flows.settings import Recipient as RecipientSettings
from flows.settings import Settings, Watch
from notifications.addresses import Flaw, mailbox
from notifications.mail.server import MailServer
from notifications.recipients import BadRecipient, Recipient, check
from ofsted import Site
from storage.archive import Archive
from storage.database import Database, make_folder, open_database
from storage.manners import KeptManners
from storage.record import note, noted

OUTBOX = "outbox"
_CHANNELS = {"email": "mail", "teams": "teams", "apprise": "apprise"}


@dataclass(frozen=True)
class Tools:
    """Settings, the present, the database, the archive, the site and the recipients."""

    settings: Settings
    clock: Clock
    database: Database
    archive: Archive
    recipients: tuple[Recipient, ...]
    progress: Callable[[], None] = lambda: None  # called whenever work got further

    @cached_property
    def site(self) -> Site:
        """Ofsted's site, with manners kept in the database."""
        site = self.settings.site
        return Site(
            reports=site.reports,
            files=site.files,
            gap=site.gap,
            timeout=site.timeout,
            page_limit=int(site.page_limit_mb * 1_000_000),
            file_limit=int(site.file_limit_mb * 1_000_000),
            contact=self.settings.contact,
            ca_file=self.settings.authority_file,
            allow_private=self.settings.allow_private,
            memory=KeptManners(self.database),
            clock=self.clock.now,
        )

    def watch(self, urn: str) -> Watch:
        """The watched authority with this URN.

        Raises:
            SettingsError: it is not watched.
        """
        for watch in self.settings.watch:
            if watch.urn == urn:
                return watch
        known = ", ".join(watch.urn for watch in self.settings.watch)
        raise SettingsError(f"{urn} is not watched; watched are: {known}")

    def name_of(self, urn: str) -> str:
        """An authority's name; of one that is not watched, its number."""
        return next((each.name for each in self.settings.watch if each.urn == urn), f"URN {urn}")

    def heard_by(self, recipient: Recipient) -> tuple[Watch, ...]:
        """The authorities that a recipient hears of."""
        return tuple(
            watch
            for watch in self.settings.watch
            if not recipient.authorities or watch.urn in recipient.authorities
        )


NAME = "name of "


def keep_name(session: Session, urn: str, name: str) -> None:
    """Write down what an authority's page calls it."""
    note(session, NAME + urn, name)


def with_names(session: Session, tools: Tools) -> Tools:
    """The same, where authorities without a name in the settings have that of their pages."""
    watches = tuple(
        watch.called(noted(session, NAME + watch.urn)) for watch in tools.settings.watch
    )
    return replace(tools, settings=tools.settings.model_copy(update={"watch": watches}))


def named(tools: Tools) -> Tools:
    """As `with_names`, by what is known now."""
    with tools.database.read() as session:
        return with_names(session, tools)


def open_tools(settings: Settings, *, migrate: bool = False, make: bool = True) -> Tools:
    """Everything made ready.

    Args:
        migrate: bring a database of an earlier version to this one.
        make: data folder, database and archive are made where they are missing; off: nothing is.

    Raises:
        SettingsError: a recipient cannot be used, or the clock is set where it may not be.
        storage.database.MissingDatabaseError: there is none, and `make` is off.
        storage.database.DatabaseError: the database cannot be used.
    """
    return _open(settings, settings.data, settings.database_address, migrate=migrate, make=make)


@contextmanager
def passing_tools(settings: Settings) -> Iterator[Tools]:
    """The same on an empty database that goes with the block: for what needs none of its own.

    Raises:
        SettingsError: as `open_tools`.
    """
    with tempfile.TemporaryDirectory(prefix="ofsted-watch-") as folder:
        tools = _open(settings, Path(folder), f"sqlite:///{folder}/passing.sqlite")
        try:
            yield tools
        finally:
            tools.database.close()


def _open(
    settings: Settings, folder: Path, address: str, *, migrate: bool = False, make: bool = True
) -> Tools:
    clock = configuration.clock(settings)
    recipients = read_recipients(settings)
    mail_server(settings)
    ui_login(settings)
    if make:
        make_folder(folder)
    database = open_database(address, migrate=migrate, make=make)
    archive = Archive(folder / "archive")
    if make:
        archive.make()
    tools = Tools(
        settings=settings,
        clock=clock,
        database=database,
        archive=archive,
        recipients=recipients,
    )
    return named(tools)


def with_settings(tools: Tools, settings: Settings) -> Tools:
    """The same by other settings, whose data folder and database are the same.

    Raises:
        SettingsError: a recipient or a secret cannot be used.
    """
    recipients = read_recipients(settings)
    mail_server(settings)
    return named(
        Tools(
            settings=settings,
            clock=tools.clock,
            database=tools.database,
            archive=tools.archive,
            recipients=recipients,
        )
    )


def mail_server(settings: Settings) -> MailServer | None:
    """The mail server from the settings, with its password.

    Raises:
        SettingsError: the sender is no address, or the password's variable or file is missing.
    """
    given = settings.mail
    if given is None:
        return None
    password = configuration.secret(
        "mail: password", given.password, given.password_env, given.password_file, settings.base
    )
    try:
        mailbox(given.sender)
    except Flaw as flaw:
        raise SettingsError(
            f"{settings.file or 'settings'}: mail.sender: {flaw.what}; {flaw.advice}"
        ) from None
    return MailServer(
        server=given.server,
        port=given.port,
        security=given.security,
        username=given.username,
        password=password,
        sender=given.sender,
        helo=given.helo,
    )


def ui_login(settings: Settings) -> str:
    """`user:password` of the Prefect UI and its API; empty: none is asked for.

    Raises:
        SettingsError: it is of another form, or its variable or file is missing; never shows it.
    """
    given = settings.ui
    login = configuration.secret(
        "ui: auth", given.auth, given.auth_env, given.auth_file, settings.base
    )
    user, _, password = login.partition(":")
    plain = login.isascii() and login.isprintable()
    if login and not (user and password and plain):
        raise SettingsError(
            f"{settings.file or 'settings'}: ui.auth: is no login; "
            "give `user:password` in plain letters, digits and signs"
        )
    return login


def read_recipients(settings: Settings) -> tuple[Recipient, ...]:
    """Who is told; the outbox while nobody is set.

    Raises:
        SettingsError: an address is missing or cannot be used; never shows it.
    """
    if not settings.recipients:
        folder = settings.data / "outbox"
        return (Recipient(OUTBOX, "outbox", str(folder), audience="both"),)
    return tuple(_recipient(settings, given) for given in settings.recipients)


def recipient_warnings(settings: Settings) -> Iterator[str]:
    """What a person should know of recipients that can be used."""
    for recipient in read_recipients(settings):
        for warning in check(recipient, allow_private=settings.allow_private):
            yield f"recipient {recipient.name!r}: {warning}"


def _recipient(settings: Settings, given: RecipientSettings) -> Recipient:
    kind = given.address_field.split("_")[0]
    address = configuration.secret(
        f"recipient {given.name!r}",
        getattr(given, kind),
        getattr(given, f"{kind}_env"),
        getattr(given, f"{kind}_file"),
        settings.base,
    )
    recipient = Recipient(
        name=given.name,
        channel=_CHANNELS[kind],  # type: ignore[arg-type]
        address=address,
        audience=given.audience,
        hears=given.hears,
        when=given.when,
        authorities=frozenset(given.authorities),
        sign_of_life=given.sign_of_life,
    )
    try:
        check(recipient, allow_private=settings.allow_private)
    except BadRecipient as error:
        raise SettingsError(f"{settings.file or 'settings'}: {error}") from None
    return recipient
