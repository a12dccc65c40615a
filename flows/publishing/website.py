"""When the website is written: whenever what it shows has changed, and each night whole."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from basics.atomic_write import write_atomically
from flows.alerting.sending import SendTotals, send_due
from flows.context.context import AppContext, with_names
from flows.context.shown_areas import shown_areas
from flows.settings.model import Settings
from flows.settings.watched import WatchedAuthority
from notifications.words.plain import several
from ofsted.provider_key import ProviderKey
from ofsted.site.client import user_agent
from ofsted.successions import may_have_successors, predecessors, successors
from storage import queries, rounds
from storage.data_state import data_states
from storage.database import DatabaseTroubleError
from storage.leases import BusyError, LeaseLostError, leased
from storage.listed_documents import area_states
from website import addresses
from website.folder import WebsiteError, Written, read_manifest, write
from website.pages import code

log = logging.getLogger(__name__)

CLAIM = "website"
FAILED = "website-failed.json"  # in the data folder
WAITED = 60.0  # seconds for another process that is writing it
AROUND = "all"  # the part of the state that every page shows
DOWNLOADED = "downloads"  # the part that says of what state the downloads are
Writing = Callable[..., Written]


@dataclass(frozen=True, slots=True)
class Published:
    """What became of the website; nothing, where nothing had changed."""

    written: Written | None = None
    failure: str = ""

    @property
    def has_failed(self) -> bool:
        """Whether it could not be written."""
        return bool(self.failure)

    def __add__(self, other: Published) -> Published:
        """Of two writings after each other."""
        both = [each.written for each in (self, other) if each.written]
        files, removed = (sum(getattr(one, name) for one in both) for name in ("files", "removed"))
        return Published(Written(files, removed), self.failure or other.failure)

    def in_words(self) -> str:
        """`12 files written, 1 removed`, `up to date`, or why it could not be written."""
        if self.failure:
            return self.failure
        if self.written is None or self.written == Written():
            return "up to date"
        removed = f", {self.written.removed} removed" if self.written.removed else ""
        return f"{several(self.written.files, 'file')} written{removed}"


def refresh(context: AppContext, *, anew: bool = False) -> Published:
    """Write what has changed since it was last written; a failure is recorded, and ends nothing.

    Args:
        anew: write every page: each night, and when a person asks for it.
    """
    with context.database.read() as session:
        state, _ = _state(session, context)
    shown = _shown(context)
    shown.pop(DOWNLOADED, None)
    if not anew and shown == state:
        return Published()
    return context.step("write website", partial(_isolated, context, _write, anew=anew))


def refresh_downloads(context: AppContext, *, anew: bool = False) -> Published:
    """Write all tables as one file, if they have changed; as `refresh`.

    This takes as long as all pages together, and no alert links to it.
    """
    shown = _shown(context)
    if not anew and (not shown or shown.get(DOWNLOADED) == _all_of(shown)):
        return Published()
    return context.step("write downloads", partial(_isolated, context, _write_downloads, anew=anew))


def publish_and_send(context: AppContext) -> SendTotals:
    """Write the website, then send what is due: alerts link to pages that are there."""
    refresh(context)
    sent = send_due(context)
    refresh_downloads(context)
    return sent


def publish_changes(context: AppContext, service: str) -> None:
    """Write what the runs of other machines have changed: each machine has its own folder.

    Args:
        service: the id of ours; a round of ours that is under way writes the website itself.
    """
    with context.database.read() as session:
        now = context.clock.now()
        ours = [each for each in rounds.open_rounds(session) if each.service == service]
        if any(rounds.makes_progress(each, now) for each in ours):
            return
        context = with_names(session, context)
    refresh(context)
    refresh_downloads(context)


def _isolated(context: AppContext, write_it: Writing, *, anew: bool = False) -> Published:
    try:
        with leased(context.database, CLAIM, wait=WAITED):
            written = write_it(context, anew=anew)
    except (WebsiteError, BusyError) as error:
        log.warning("%s", error)
        _record_failure(context, str(error))
        return Published(failure=str(error))
    except (DatabaseTroubleError, LeaseLostError):
        raise
    except Exception as error:  # one page that cannot be made must not hold back alerts
        log.exception("the website could not be written")
        failure = f"the website could not be written ({type(error).__name__}); see the log"
        _record_failure(context, failure)
        return Published(failure=failure)
    (context.settings.data / FAILED).unlink(missing_ok=True)
    return Published(written)


def _write(context: AppContext, *, anew: bool) -> Written:
    from flows.publishing import feeds, site  # templates and words: not needed while all is quiet

    feed_tag = feeds.tag(context)
    before = {} if anew else _shown(context)
    with context.database.read() as session:  # of the state that is noted, and of no newer one
        state, authorities = _state(session, context)
        same = {key for key in authorities if before.get(str(key)) == state[str(key)]}
        if before.get(AROUND) != state[AROUND]:
            same = set()
        folders = {addresses.folder(key) for key in same}

        def unchanged(path: str) -> bool:
            return path in site.DOWNLOADS or path.partition("/")[0] in folders

        if DOWNLOADED in before:
            state[DOWNLOADED] = before[DOWNLOADED]
        outputs = site.outputs(session, context, authorities, feed_tag, same)
        folder = context.settings.website_folder
        return write(folder, outputs, state, unchanged=unchanged, anew=anew)


def _write_downloads(context: AppContext, *, anew: bool) -> Written:
    from flows.publishing import site

    shown = _shown(context)
    state = shown | {DOWNLOADED: _all_of(shown)}
    with context.database.read() as session:
        outputs = site.downloads(session, context)
        folder = context.settings.website_folder
        return write(folder, outputs, state, unchanged=lambda _path: True, anew=anew)


def _shown(context: AppContext) -> dict[str, str]:
    """The state that the site shows."""
    return read_manifest(context.settings.website_folder).state


def _all_of(state: Mapping[str, str]) -> str:
    kept = {name: value for name, value in state.items() if name != DOWNLOADED}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def _state(
    session: Session, context: AppContext
) -> tuple[dict[str, str], Mapping[ProviderKey, WatchedAuthority]]:
    """What the site would show, in short, and whose pages it has."""
    known = data_states(session)
    authorities = _authorities(session, context, known)
    settings = context.settings
    around = (
        code(),
        user_agent(),  # our version: another one may word things differently
        settings.website.url,
        settings.contact,
        settings.ofsted.reports,
        [(str(key), each.name) for key, each in authorities.items()],
        len(settings.watch),
        [str(each.key) for each in settings.areas],  # of which there are links on many pages
    )
    state = {AROUND: json.dumps(around)}
    for key in authorities:
        shown = [key, *(each for each in authorities if key in _successors(each, authorities))]
        state[str(key)] = "; ".join(known.get(each, "") for each in shown)
    in_areas = area_states(session, shown_areas(settings.areas))
    for area in settings.areas:  # whose page and feed are in the authority's folder
        state[str(area.authority.key)] += f"; {known.get(area.key)} {in_areas[area.dfe_code]}"
    return state, authorities


def _successors(
    key: ProviderKey, authorities: Mapping[ProviderKey, WatchedAuthority]
) -> tuple[ProviderKey, ...]:
    return successors(key, authorities[key].name) if may_have_successors(key) else ()


def _authorities(
    session: Session, context: AppContext, known: Mapping[ProviderKey, str]
) -> dict[ProviderKey, WatchedAuthority]:
    """Those that are watched, and those before them whose reports theirs show."""
    watched = {each.key: each for each in context.settings.watch}
    if not any(predecessors(key) for key in watched):
        return watched
    names = queries.provider_names(session)
    before = {
        key: WatchedAuthority(key.urn, names[key], int(key.code))
        for key in sorted(set(known) & set(names) - set(watched))
        if not watched.keys().isdisjoint(successors(key, names[key]))
    }
    return before | watched


@dataclass(frozen=True, slots=True)
class Failing:
    """Since when the website could not be written, and why the last time."""

    since: datetime
    why: str


def failing(settings: Settings) -> Failing | None:
    """Since when it could not be written; None: it could be.

    It is in a file, as is the website: each machine writes its own.
    """
    try:
        found = json.loads((settings.data / FAILED).read_text(encoding="utf-8"))
        return Failing(datetime.fromisoformat(found["since"]), str(found["why"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _record_failure(context: AppContext, why: str) -> None:
    before = failing(context.settings)
    since = before.since if before else context.clock.now()
    found = json.dumps({"since": since.isoformat(), "why": why})
    with contextlib.suppress(OSError):  # the disk may be full: the log has it
        write_atomically(context.settings.data / FAILED, found.encode())
