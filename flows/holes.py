"""Telling operators of each hole once, and remembering it until it is mended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from flows.check import Found, Hole, find
from flows.tell import record_news
from flows.tools import Tools
from notifications import news as n
from storage import models

NAMED = 20  # holes in one message; the others are counted


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found, and of how many holes operators hear now."""

    found: Found
    told: int

    @property
    def is_well(self) -> bool:
        """Whether there is no hole."""
        return not self.found.holes

    def in_words(self) -> str:
        """How much was held against what, and a line a hole."""
        return "\n".join([self.found.in_words(), *(hole.words for hole in self.found.holes)])


def check(tools: Tools) -> Checked:
    """Look for holes, and write down an event for operators if there are new ones."""
    with tools.database.read() as session:
        found = find(session, tools)
        remembered = set(session.scalars(select(models.Hole.key)))
    if remembered == {hole.key for hole in found.holes}:
        return Checked(found, 0)
    with tools.database.write() as session:
        found = find(session, tools)
        return Checked(found, _tell(session, tools, found))


def _tell(session: Session, tools: Tools, found: Found) -> int:
    now = tools.clock.now()
    mended = models.Hole.key.not_in([hole.key for hole in found.holes])
    session.execute(delete(models.Hole).where(mended))
    new = [hole for hole in found.holes if _remember(session, hole, now) and hole.told]
    if new:
        news = n.CheckFailed(number=len(new), holes=tuple(hole.words for hole in new[:NAMED]))
        cause = f"{now.isoformat()} {new[0].key}"
        record_news(session, tools, news, subject="service", cause=cause[:200], at=now)
    return len(new)


def _remember(session: Session, hole: Hole, now: datetime) -> bool:
    """False if it was known, or somebody else is just telling it."""
    if session.get(models.Hole, hole.key) is not None:
        return False
    try:
        with session.begin_nested():
            session.add(models.Hole(key=hole.key, words=hole.words, found_at=now))
    except IntegrityError:
        return False
    return True
