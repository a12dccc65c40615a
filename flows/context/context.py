"""What every step works with, created once from the settings."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

from sqlalchemy.orm import Session

import ofsted
from flows.settings import load
from flows.settings.clock import Clock
from flows.settings.load import SettingsError
from flows.settings.model import EVERY, RecipientSettings, Settings
from flows.settings.watched import Watched, WatchedArea, WatchedAuthority, urns_of
from flows.step import Step, do_now
from notifications.addresses import Flaw, mailbox
from notifications.email.server import EmailServer
from notifications.recipients import EVERY_TYPE, BadRecipient, Recipient, check
from ofsted import Site, UnknownName
from ofsted.provider_key import ProviderKey
from ofsted.provider_types import AUTHORITIES
from ofsted.short_names import short_name
from ofsted.text import fold
from storage import models, queries
from storage.archive import Archive
from storage.database import Database, DatabaseError, make_folder, open_database
from storage.http_state import HttpState

OUTBOX = "outbox"
RESTORING = "restore.part"  # a folder in the data folder until a restore is finished
NAMED = 10  # authorities in an error; the others are counted
_VIAS = {"email": "email", "teams": "teams", "apprise": "apprise"}


@dataclass(frozen=True)
class AppContext:
    """Settings, the present, the database, the archive, the site and the recipients."""

    settings: Settings
    clock: Clock
    database: Database
    archive: Archive
    recipients: tuple[Recipient, ...]
    progress: Callable[[], None] = lambda: None  # called whenever some work is done
    step: Step = do_now  # does a step, and shows it where there is somewhere to show it

    _sites: list[Site] = field(default_factory=list, repr=False, compare=False)

    @property
    def site(self) -> Site:
        """Ofsted's site; pauses, robots.txt and cached pages are kept in the database.

        It is one, also for what `replace` makes of this: its connections and its certificates,
        which take longer to load than a page to check, serve every page of a round.
        """
        if not self._sites:
            self._sites.append(self._site())
        return self._sites[0]

    def _site(self) -> Site:
        site = self.settings.ofsted
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
            state=HttpState(self.database),
            clock=self.clock.now,
        )

    def authority(self, given: str) -> WatchedAuthority:
        """The watched authority that a person means by a URN or a name, as people write it.

        Raises:
            SettingsError: it is not watched, or it stands for several.
        """
        found = [each for each in self.settings.watch if each.is_called(given)]
        if not found:
            urn = self._urn_by_list(given)
            found = [each for each in self.settings.watch if each.urn == urn]
        if len(found) == 1:
            return found[0]
        if found:
            pages = ", ".join(str(authority.key) for authority in found)
            raise SettingsError(f"{given} matches several watched providers: {pages}")
        raise self._not_watched(given)

    def _urn_by_list(self, given: str) -> str | None:
        """By the list of all authorities; None: it has no such name."""
        try:
            return ofsted.authority(given).urn
        except UnknownName as error:
            if error.are_exact:
                raise SettingsError(str(error)) from None
            return None

    def watched(self, key: ProviderKey) -> WatchedAuthority | None:
        """The watched authority with this key; None: it is not watched."""
        return next((authority for authority in self.settings.watch if authority.key == key), None)

    def watched_here(self, key: ProviderKey) -> WatchedAuthority:
        """The same.

        Raises:
            SettingsError: it is not watched.
        """
        if (authority := self.watched(key)) is None:
            raise self._not_watched(key.urn)
        return authority

    def _not_watched(self, given: str) -> SettingsError:
        watch = self.settings.watch
        known = {name: each for each in watch for name in each.called}
        nearest = [] if given.isdigit() else get_close_matches(fold(given), known, n=1)
        hint = f" (did you mean {short_name(known[nearest[0]].name)}?)" if nearest else ""
        named = [f"{short_name(each.name)} ({each.urn})" for each in watch[:NAMED]]
        if len(watch) > NAMED:
            named.append(f"{len(watch) - NAMED} more (`ofsted-watch authorities` lists them)")
        return SettingsError(f"{given} is not watched{hint}; watched: {', '.join(named)}")

    def name_of(self, key: ProviderKey) -> str:
        """What a page is called; of one that is not watched, its number."""
        names = (page.name for page in self.settings.pages if page.key == key)
        return next(names, f"URN {key.urn}")

    def authorities_of(self, recipient: Recipient) -> tuple[WatchedAuthority, ...]:
        """The authorities that a recipient has chosen, for their reports or for their areas."""
        return tuple(
            authority
            for authority in self.settings.watch
            if not recipient.authorities or authority.urn in recipient.authorities
        )

    def areas_of(self, recipient: Recipient) -> tuple[WatchedArea, ...]:
        """The areas whose documents a recipient is alerted to."""
        authorities = self.authorities_of(recipient) if recipient.gets_documents else ()
        return self.settings.areas_of(authorities)

    def pages_of(self, recipient: Recipient) -> tuple[Watched, ...]:
        """The pages that a recipient's alerts come from; never none."""
        authorities = self.authorities_of(recipient)
        chosen = authorities if recipient.gets_reports else ()
        return (*chosen, *self.areas_of(recipient)) or authorities


def record_page_name(session: Session, provider: ProviderKey, name: str) -> None:
    """Record the name that an authority's page gives it."""
    session.get_one(models.Provider, provider).name = name


def with_names(session: Session, context: AppContext) -> AppContext:
    """The context with page names for authorities that have no name in the settings."""
    names = queries.provider_names(session)
    authorities = tuple(
        authority.with_page_name(names.get(authority.key)) for authority in context.settings.watch
    )
    return replace(context, settings=replace(context.settings, watch=authorities))


def named(context: AppContext) -> AppContext:
    """`with_names`, in a session of its own."""
    with context.database.read() as session:
        return with_names(session, context)


def open_context(settings: Settings, *, migrate: bool = False, make: bool = True) -> AppContext:
    """Open database and archive, and check the recipients and secrets.

    Args:
        migrate: update a database of an earlier version.
        make: create the data folder, database and archive if they are missing.

    Raises:
        SettingsError: a recipient cannot be used, or the clock is set where it may not be.
        storage.database.MissingDatabaseError: there is none, and `make` is off.
        storage.database.DatabaseError: the database cannot be used.
    """
    return _open(settings, settings.data, settings.database_address, migrate=migrate, make=make)


@contextmanager
def temporary_context(settings: Settings) -> Iterator[AppContext]:
    """A context on an empty database that is deleted at the end of the block.

    Raises:
        SettingsError: as `open_context`.
    """
    with tempfile.TemporaryDirectory(prefix="ofsted-watch-") as folder:
        context = _open(settings, Path(folder), f"sqlite:///{folder}/passing.sqlite")
        try:
            yield context
        finally:
            context.database.close()


def _open(
    settings: Settings, folder: Path, address: str, *, migrate: bool = False, make: bool = True
) -> AppContext:
    clock = load.clock(settings)
    recipients = read_recipients(settings)
    email_server(settings)
    ui_login(settings)
    prefect_login(settings)
    prefect_key(settings)
    if (folder / RESTORING).exists():
        raise DatabaseError(
            f"a restore into {folder} is under way or was broken off; run `ofsted-watch restore` "
            f"with the same file again, or remove {folder} to begin without it"
        )
    if make:
        make_folder(folder)
    database = open_database(address, migrate=migrate, make=make)
    archive = Archive(folder / "archive")
    if make:
        archive.make()
    context = AppContext(
        settings=settings,
        clock=clock,
        database=database,
        archive=archive,
        recipients=recipients,
    )
    return named(context)


def with_settings(context: AppContext, settings: Settings) -> AppContext:
    """The context with changed settings; data folder and database must be the same.

    Raises:
        SettingsError: a recipient or a secret cannot be used.
    """
    recipients = read_recipients(settings)
    email_server(settings)
    return named(replace(context, settings=settings, recipients=recipients, _sites=[]))


def email_server(settings: Settings) -> EmailServer | None:
    """The email server from the settings, with its password.

    Raises:
        SettingsError: the sender is no address, or the password's variable or file is missing.
    """
    given = settings.email
    if given is None:
        return None
    password = load.secret(
        "email: password", given.password, given.password_env, given.password_file, settings.base
    )
    try:
        mailbox(given.sender)
    except Flaw as flaw:
        raise SettingsError(
            f"{settings.file or 'settings'}: email.sender: {flaw.what}; {flaw.advice}"
        ) from None
    return EmailServer(
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
    login = load.secret("ui: auth", given.auth, given.auth_env, given.auth_file, settings.base)
    return _login("ui.auth", login, settings)


def prefect_login(settings: Settings) -> str:
    """`user:password` of the Prefect server in the settings; empty: none is asked for.

    Raises:
        SettingsError: as `ui_login`.
    """
    given = settings.prefect
    login = load.secret("prefect: auth", None, given.auth_env, given.auth_file, settings.base)
    return _login("prefect.auth", login, settings)


def prefect_key(settings: Settings) -> str:
    """The API key of the Prefect Cloud workspace in the settings; empty: there is none.

    Raises:
        SettingsError: its variable or file is missing; never shows it.
    """
    given = settings.prefect
    return load.secret(
        "prefect: api_key", None, given.api_key_env, given.api_key_file, settings.base
    )


def _login(field_name: str, login: str, settings: Settings) -> str:
    user, _, password = login.partition(":")
    plain = login.isascii() and login.isprintable()
    if login and not (user and password and plain):
        raise SettingsError(
            f"{settings.file or 'settings'}: {field_name}: not a valid login; "
            "give `user:password` in plain letters, digits and signs"
        )
    return login


def read_recipients(settings: Settings) -> tuple[Recipient, ...]:
    """Who gets alerts; the outbox while nobody is set.

    Raises:
        SettingsError: an address is missing or cannot be used; never shows it.
    """
    if not settings.recipients:
        folder = settings.data / "outbox"
        everything = Recipient(
            OUTBOX, "outbox", str(folder), audience="both", provider_types=EVERY_TYPE
        )
        return (everything,)
    return tuple(_recipient(settings, given) for given in settings.recipients)


def recipient_warnings(settings: Settings) -> Iterator[str]:
    """What a person should know of recipients that can be used."""
    for recipient in read_recipients(settings):
        for warning in check(recipient, allow_private=settings.allow_private):
            yield f"recipient {recipient.name!r}: {warning}"


def _types(given: Collection[str]) -> frozenset[str]:
    """None chosen: authorities alone, so that a new area surprises nobody."""
    return EVERY_TYPE if EVERY in given else frozenset(given) or frozenset({AUTHORITIES.name})


def _recipient(settings: Settings, given: RecipientSettings) -> Recipient:
    kind = given.address_field.split("_")[0]
    address = load.secret(
        f"recipient {given.name!r}",
        getattr(given, kind),
        getattr(given, f"{kind}_env"),
        getattr(given, f"{kind}_file"),
        settings.base,
    )
    recipient = Recipient(
        name=given.name,
        via=_VIAS[kind],  # type: ignore[arg-type]
        address=address,
        audience=given.audience,
        alert_on=given.alert_on,
        frequency=given.frequency,
        authorities=frozenset().union(
            *(urns_of(written, settings.watch) for written in given.authorities)
        ),
        provider_types=_types(given.provider_types),
        quiet_notice=given.quiet_notice,
    )
    try:
        check(recipient, allow_private=settings.allow_private)
    except BadRecipient as error:
        raise SettingsError(f"{settings.file or 'settings'}: {error}") from None
    return recipient
