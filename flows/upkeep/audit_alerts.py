"""Notifies operators of each discrepancy once, and remembers it until it is put right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from flows.alerting.announce import announce
from flows.context.context import AppContext
from flows.upkeep.audit import AuditFindings, Discrepancy, findings
from notifications import events as ev
from storage import models

NAMED = 20  # discrepancies in one message; the others are counted


@dataclass(frozen=True, slots=True)
class AuditResult:
    """What an audit found, and how many of the discrepancies are new."""

    found: AuditFindings
    announced: int

    @property
    def is_well(self) -> bool:
        """Whether there is no discrepancy."""
        return not self.found.discrepancies

    @property
    def has_failed(self) -> bool:
        """Whether there is a discrepancy; `flows.step.StepResult` asks for it."""
        return not self.is_well

    def in_words(self) -> str:
        """How much was audited, and a line for each discrepancy."""
        return "\n".join(
            [
                self.found.in_words(),
                *(discrepancy.words for discrepancy in self.found.discrepancies),
            ]
        )


def audit(context: AppContext) -> AuditResult:
    """Audit, and record an event for operators if there are new discrepancies."""
    with context.database.read() as session:
        found = findings(session, context)
        remembered = set(session.scalars(select(models.AuditDiscrepancy.key)))
    if remembered == {discrepancy.key for discrepancy in found.discrepancies}:
        return AuditResult(found, 0)
    with context.database.write() as session:
        found = findings(session, context)
        return AuditResult(found, _announce(session, context, found))


def _announce(session: Session, context: AppContext, found: AuditFindings) -> int:
    now = context.clock.now()
    put_right = models.AuditDiscrepancy.key.not_in(
        [discrepancy.key for discrepancy in found.discrepancies]
    )
    session.execute(delete(models.AuditDiscrepancy).where(put_right))
    new = [
        discrepancy
        for discrepancy in found.discrepancies
        if _remember(session, discrepancy, now) and discrepancy.announced
    ]
    if new:
        event = ev.AuditFailed(
            number=len(new), discrepancies=tuple(discrepancy.words for discrepancy in new[:NAMED])
        )
        cause = f"{now.isoformat()} {new[0].key}"
        announce(session, context, event, subject="service", cause=cause[:200], at=now)
    return len(new)


def _remember(session: Session, discrepancy: Discrepancy, now: datetime) -> bool:
    """Remember a discrepancy; False if it is known, or another process is announcing it."""
    if session.get(models.AuditDiscrepancy, discrepancy.key) is not None:
        return False
    try:
        with session.begin_nested():
            session.add(
                models.AuditDiscrepancy(key=discrepancy.key, words=discrepancy.words, found_at=now)
            )
    except IntegrityError:
        return False
    return True
