"""What Prefect has planned: the service asks Prefect and stores the answer for messages and pages.

The schedule in the settings says what is wanted, and only Prefect knows what will happen. So
nothing that people read computes the next check from the settings.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from sqlalchemy.orm import Session

from flows.settings.model import Settings
from storage import leases
from storage.deliveries import SERVICE_STARTED
from storage.record import get_state, get_states, set_state

STATE = "planned"
ALIVE = "service alive at "  # and its id: updated by the service's main loop
REFUSED = "settings refused "  # and its id: why changed settings are not in use; empty: they are
OF_A_SERVICE = (STATE, ALIVE, REFUSED)  # facts about one that runs: no use elsewhere
SERVICES = "service "  # and its id: the lease of each service that runs
SERVICE_ID = Path("prefect", "service-id")  # in the data folder
BELIEVED_FOR = timedelta(minutes=5)  # the service asks every half minute
FIRST_PLANS = timedelta(minutes=2)  # after a start, in which Prefect may not have planned yet
CHECKS = "check-for-reports"  # the deployment that makes the rounds
SINCE = "ofsted-watch.since"  # label of a run that `up` starts: when it was due


@dataclass(frozen=True, slots=True)
class Plan:
    """What Prefect has planned for one deployment that has a schedule."""

    deployment: str
    next_run: datetime | None  # by our clock; None: none is planned
    paused_since: datetime | None = None  # a person switched it off; None: it is on
    lacking: datetime | None = None  # a time that its schedule asks for soon and is not planned


@dataclass(frozen=True, slots=True)
class Planned:
    """What Prefect has planned, of all deployments that have a schedule."""

    asked_at: datetime
    service_since: datetime
    plans: tuple[Plan, ...]

    @property
    def next_check(self) -> datetime | None:
        """When the next round of checks begins; None: none is planned."""
        return next((each.next_run for each in self.plans if each.deployment == CHECKS), None)

    @property
    def paused_since(self) -> datetime | None:
        """Since when a person has paused the checks; None: they are not."""
        return next((each.paused_since for each in self.plans if each.deployment == CHECKS), None)

    @property
    def unplanned(self) -> tuple[str, ...]:
        """Deployments that are not paused and have no planned run."""
        return tuple(each.deployment for each in self._expected if each.next_run is None)

    @property
    def lacking(self) -> tuple[tuple[str, datetime], ...]:
        """Deployments with planned runs to which none is added any more, and which lacks first."""
        return tuple(
            (each.deployment, each.lacking)
            for each in self._expected
            if each.next_run is not None and each.lacking is not None
        )

    @property
    def _expected(self) -> tuple[Plan, ...]:
        """Those that Prefect should have planned by now."""
        if self.asked_at - self.service_since < FIRST_PLANS:
            return ()
        return tuple(each for each in self.plans if each.paused_since is None)


@dataclass(frozen=True, slots=True)
class ServiceState:
    """The service on this data folder, as `status`, `doctor` and the health page see it.

    Others may run on other machines, with the same database and Prefect server.
    """

    is_up: bool
    planned: Planned | None  # None: not up, or Prefect does not answer
    last_planned: Planned | None = None  # Prefect's last answer, however old
    started: datetime | None = None  # when a service last started; None: this one never ran
    silent_since: datetime | None = None  # its main loop has not run since; None: it runs
    settings_refused: str | None = None  # why the service keeps the earlier settings
    others_run: bool = False  # on other machines

    @property
    def ever_ran(self) -> bool:
        """Whether there was ever one here."""
        return self.started is not None


def service_id(settings: Settings) -> str:
    """The id of the service on this data folder; empty: none was ever started on it.

    Several machines may have one database, and their data folders the same path.
    """
    try:
        return (settings.data / SERVICE_ID).read_text(encoding="utf-8")
    except OSError:
        return ""


def service_claim(settings: Settings) -> str:
    """The name of the lease that allows one service for each data folder."""
    return SERVICES + service_id(settings)


def record_planned(session: Session, planned: Planned) -> None:
    """Record Prefect's answer."""
    set_state(session, STATE, msgspec.json.encode(planned).decode())


def last_planned(session: Session) -> Planned | None:
    """Prefect's last answer, however old; None: it was never asked."""
    return _answer(get_state(session, STATE))


def planned_now(session: Session, now: datetime) -> Planned | None:
    """Prefect's answer of the last 5 minutes; None: no service asks it."""
    return _if_recent(last_planned(session), now)


def _answer(found: str | None) -> Planned | None:
    return msgspec.json.decode(found, type=Planned) if found else None


def _if_recent(found: Planned | None, now: datetime) -> Planned | None:
    return found if found and abs(now - found.asked_at) < BELIEVED_FOR else None


def next_check(session: Session, now: datetime) -> datetime | None:
    """The next planned check, for messages; None: not known."""
    planned = planned_now(session, now)
    upcoming = planned.next_check if planned else None
    return upcoming if upcoming and upcoming > now else None


def service_by_state(session: Session, settings: Settings, now: datetime) -> ServiceState:
    """The state that the service has recorded, for a process that does not ask Prefect."""
    ours = service_id(settings)
    found = get_states(session, STATE, SERVICE_STARTED, REFUSED + ours, ALIVE + ours)
    planned, alive = _answer(found.get(STATE)), found.get(ALIVE + ours)
    recent = _if_recent(planned, now)
    started = found.get(SERVICE_STARTED) if alive else None
    return ServiceState(
        is_up=recent is not None,
        planned=recent,
        last_planned=planned,
        started=datetime.fromisoformat(started) if started else None,
        silent_since=_silent_since(alive, now),
        settings_refused=found.get(REFUSED + ours) or None,
    )


def service_by_claims(session: Session, settings: Settings, now: datetime) -> ServiceState:
    """The same, but by the processes that live: whether it is up, and whether others are."""
    up = leases.held(session, SERVICES).keys()
    ours = service_claim(settings)
    noted = service_by_state(session, settings, now)
    return replace(noted, is_up=ours in up, planned=None, others_run=bool(up - {ours}))


def record_alive(session: Session, settings: Settings, now: datetime) -> None:
    """Record that the service's main loop runs."""
    set_state(session, ALIVE + service_id(settings), now.isoformat())


def record_refused(session: Session, settings: Settings, why: str) -> None:
    """Record why changed settings are not in use; empty: they are."""
    set_state(session, REFUSED + service_id(settings), why)


def _silent_since(noted_at: str | None, now: datetime) -> datetime | None:
    """When the main loop last ran, if over 5 minutes ago; None: just now, or never."""
    turned = datetime.fromisoformat(noted_at) if noted_at else None
    return turned if turned and now - turned >= BELIEVED_FOR else None
