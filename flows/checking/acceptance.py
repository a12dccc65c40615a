"""A person's decision that a suspect list is right (`ofsted-watch accept`)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from flows.context.context import AppContext
from flows.settings.watched import Watched, WatchedAuthority
from ofsted.provider_key import ProviderKey
from storage import models, queries, record

STATE = "accepted "  # prefix of the name in `app_state`; `44:80515` follows
LASTS = timedelta(days=1)


class NothingSuspectError(Exception):
    """The authority's list is not suspect."""


def accept(context: AppContext, authority: WatchedAuthority) -> tuple[Watched, ...]:
    """Let the next successful check within a day take a list as it is, whatever is missing.

    Returns:
        What was suspect: the authority's page, the list of its area, or both.

    Raises:
        NothingSuspectError: no list was suspect when it was last seen.
    """
    lists: tuple[Watched, ...] = (authority, *context.settings.areas_of([authority]))
    with context.database.write() as session:
        suspect = tuple(each for each in lists if queries.is_suspect(session, each.key))
        if not suspect:
            nor = ", nor is its area's list of providers" if len(lists) > 1 else ""
            raise NothingSuspectError(
                f"nothing to accept: the report list of {authority.name} ({authority.urn}) "
                f"is not suspect{nor}"
            )
        for each in suspect:
            record.set_state(session, f"{STATE}{each.key}", context.clock.now().isoformat())
    return suspect


def is_accepted(session: Session, key: ProviderKey, now: datetime) -> bool:
    """Whether a person accepted the list within the last day; an older decision has expired."""
    at = record.get_state(session, f"{STATE}{key}")
    return at is not None and abs(now - datetime.fromisoformat(at)) <= LASTS


def consume_acceptance(session: Session, key: ProviderKey) -> None:
    """Delete the acceptance after the check that used it; the next check needs a new one."""
    session.execute(delete(models.AppState).where(models.AppState.name == f"{STATE}{key}"))
