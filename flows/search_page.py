"""The search page's "Latest report" held against our list: a second witness, for `status` alone.

What day it shows is not known for sure (check A15 of `doctor --live`), so nobody is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from flows.context.context import AppContext
from ofsted.errors import SiteError
from ofsted.site.model import Found
from ofsted.site.search import AUTHORITIES
from storage import models
from storage.record import get_state, set_state

NOTE = "search page "  # and the URN


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What the search page said of one authority, beside the newest report of our list."""

    at: datetime
    latest: date | None  # None: it names no day, or not this authority
    ours: date


_WITNESSED = TypeAdapter(Witnessed)


def ask(context: AppContext) -> str:
    """Ask the search page for all authorities and note what it says of ours; gives that in words.

    Where it does not answer, what was noted before stands.
    """
    try:
        found = {each.urn: each for each in context.site.search(**AUTHORITIES)}
    except SiteError as error:
        return f"not seen: {error}"
    with context.database.write() as session:
        differing = [
            authority.name
            for authority in context.settings.watch
            if not _agrees(session, authority.urn, found.get(authority.urn), context.clock.now())
        ]
    return f"differs from our list: {', '.join(differing)}" if differing else "agrees with our list"


def _agrees(session: Session, urn: str, found: Found | None, now: datetime) -> bool:
    """Note both days; before anything is known of an authority, there is nothing to hold."""
    newest = select(func.max(models.Report.published)).where(
        models.Report.urn == urn, models.Report.listed
    )
    ours = session.scalar(newest)
    if ours is None:
        return True
    latest = found.latest_report if found else None
    set_state(session, NOTE + urn, _WITNESSED.dump_json(Witnessed(now, latest, ours)).decode())
    return latest == ours


def witnessed(session: Session, urn: str) -> Witnessed | None:
    """What was noted last; None: the search page was not asked yet."""
    found = get_state(session, NOTE + urn)
    return _WITNESSED.validate_json(found) if found else None
