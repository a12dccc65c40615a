"""What Prefect has planned: asked of it by the service, and kept here for mails and pages.

The schedule in the settings says what is wanted. Whether it will happen, only the one
who does it knows; so nothing that people read computes a next check from the settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from flows.settings.model import Settings
from storage.deliveries import SERVICE_STARTED
from storage.record import get_state, set_state

STATE = "planned"
ALIVE = "service alive at"  # written down by each turn of its loop
REFUSED = "settings refused"  # why changed settings were not taken over; empty: they were
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
        """Deployments that are switched on and have no run ahead."""
        if self.asked_at - self.service_since < FIRST_PLANS:
            return ()
        return tuple(
            each.deployment
            for each in self.plans
            if each.next_run is None and each.paused_since is None
        )


_PLANNED = TypeAdapter(Planned)


@dataclass(frozen=True, slots=True)
class ServiceState:
    """The service on this data folder, as `status`, `doctor` and the health page see it."""

    is_up: bool
    ever_ran: bool
    planned: Planned | None  # None: not up, or Prefect does not answer
    silent_since: datetime | None = None  # it is there, and its loop has not turned since
    settings_refused: str | None = None  # why the service goes on with earlier settings


def service_claim(settings: Settings) -> str:
    """What a running service holds, so that there is one for a data folder."""
    return f"service {settings.data}"


def record_planned(session: Session, planned: Planned) -> None:
    """Write down what Prefect said."""
    set_state(session, STATE, _PLANNED.dump_json(planned).decode())


def last_planned(session: Session) -> Planned | None:
    """What Prefect said last, however long ago; None: it was never asked."""
    found = get_state(session, STATE)
    return _PLANNED.validate_json(found) if found else None


def planned_now(session: Session, now: datetime) -> Planned | None:
    """What Prefect said within the last minutes; None: no service asks it."""
    found = last_planned(session)
    return found if found and abs(now - found.asked_at) < BELIEVED_FOR else None


def next_check(session: Session, now: datetime) -> datetime | None:
    """The next check that is surely planned, for what is sent to people; None: not known."""
    planned = planned_now(session, now)
    upcoming = planned.next_check if planned else None
    return upcoming if upcoming and upcoming > now else None


def service_by_state(session: Session, now: datetime) -> ServiceState:
    """The service as it wrote itself down, for a process that does not ask Prefect."""
    planned = planned_now(session, now)
    return ServiceState(
        is_up=planned is not None,
        ever_ran=get_state(session, SERVICE_STARTED) is not None,
        planned=planned,
        silent_since=_silent_since(session, now),
        settings_refused=get_state(session, REFUSED) or None,
    )


def record_alive(session: Session, now: datetime) -> None:
    """The service's loop turns."""
    set_state(session, ALIVE, now.isoformat())


def _silent_since(session: Session, now: datetime) -> datetime | None:
    """When the service's loop last turned, where that is long ago; None: just now, or never."""
    noted_at = get_state(session, ALIVE)
    turned = datetime.fromisoformat(noted_at) if noted_at else None
    return turned if turned and now - turned >= BELIEVED_FOR else None
