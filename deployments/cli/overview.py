"""What `status` shows, gathered as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

from sqlalchemy.orm import Session

from deployments.service.prefect_server import ServerState, ask_existing_server
from flows.context.context import AppContext
from flows.context.planned import ServiceState
from flows.presenting.problems import Known, Problem
from flows.settings.watched import WatchedArea, WatchedAuthority
from notifications.recipients import Recipient, channel_key
from ofsted.provider_key import ProviderKey
from ofsted.reports.model import PARSER
from storage import areas, report_queries
from storage.areas import AreaCounts
from storage.queries import ProviderState
from storage.report_queries import ReportCounts


@dataclass(frozen=True, slots=True)
class AuthorityState:
    """One watched page, and the reports that are listed there."""

    authority: WatchedAuthority
    page: ProviderState | None  # None: never checked
    reports: ReportCounts

    @property
    def key(self) -> ProviderKey:
        """What distinguishes it from any other page."""
        return self.authority.key

    @property
    def state(self) -> str:
        """`ok`, or what is wrong with the page; `new`: never checked."""
        return self.page.state if self.page else "new"


@dataclass(frozen=True, slots=True)
class AreaState:
    """The list of an area, its providers, and what was newly listed on their pages."""

    area: WatchedArea
    page: ProviderState | None  # None: never checked
    counts: AreaCounts

    @property
    def key(self) -> ProviderKey:
        """What distinguishes it from any other page."""
        return self.area.key

    @property
    def authority(self) -> WatchedAuthority:
        """Whose area it is."""
        return self.area.authority

    @property
    def state(self) -> str:
        """As of an authority's page."""
        return self.page.state if self.page else "new"


@dataclass(frozen=True, slots=True)
class MessageCounts:
    """How many messages have not arrived."""

    pending: int
    delayed: int  # of those, by 2 hours or more
    refused: int
    expired: int


@dataclass(frozen=True, slots=True)
class ChannelState:
    """One channel; both fields are empty while it works."""

    name: str
    down_since: datetime | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """The state of everything at one moment."""

    at: datetime
    version: str
    parser_version: str
    database: str
    authorities: tuple[AuthorityState, ...]
    areas: tuple[AreaState, ...]
    messages: MessageCounts
    channels: tuple[ChannelState, ...]
    recipients: tuple[Recipient, ...]
    service: ServiceState
    ui: str | None  # address of the service's UI; None: it is not up
    prefect: ServerState | None  # of somebody else; None: the service brings its own
    problems: Sequence[Problem]


def overview(
    context: AppContext,
    ui: str | None,
    service: ServiceState,
    known: Known,
    problems: Sequence[Problem],
) -> Overview:
    """The state of everything now; a Prefect server that somebody else runs is asked for its.

    Args:
        ui: address of the service's UI; None: it is not up.
        service: its state, as just asked of Prefect.
        known: what the database says, as just queried.
        problems: what is wrong.
    """
    now, prefect = context.clock.now(), ask_existing_server(context)
    with context.database.read() as session:
        counts = report_queries.report_counts(session)
        return Overview(
            at=now,
            version=version("ofsted-watch"),
            parser_version=PARSER,
            database=context.database.name,
            authorities=tuple(
                AuthorityState(
                    authority,
                    known.states.get(authority.key),
                    counts.get(authority.key, ReportCounts()),
                )
                for authority in context.settings.watch
            ),
            areas=_areas(session, context, known),
            messages=_messages(known),
            channels=_channels(known, context.recipients),
            recipients=tuple(context.recipients),
            service=service,
            ui=ui,
            prefect=prefect,
            problems=problems,
        )


def _areas(session: Session, context: AppContext, known: Known) -> tuple[AreaState, ...]:
    counts = areas.area_counts(session) if context.settings.areas else {}
    return tuple(
        AreaState(each, known.states.get(each.key), counts.get(each.dfe_code, AreaCounts()))
        for each in context.settings.areas
    )


def _messages(known: Known) -> MessageCounts:
    counted = known.messages.ever
    return MessageCounts(
        pending=counted.get("pending", 0),
        delayed=len(known.late),
        refused=counted.get("refused", 0),
        expired=counted.get("expired", 0),
    )


def _channels(known: Known, recipients: Sequence[Recipient]) -> tuple[ChannelState, ...]:
    down = known.channels_down
    return tuple(
        ChannelState(name, down[name].down_since, down[name].words)
        if name in down
        else ChannelState(name)
        for name in dict.fromkeys(map(channel_key, recipients))
    )
