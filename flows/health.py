"""How well a provider's page is seen, and when operators hear of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from flows.sift import Sifted
from flows.tell import Teller, report_of
from notifications import news as n
from storage import models

LOOKS_BEFORE_TELLING = 2
TIME_BEFORE_TELLING = timedelta(hours=1)
TOLD_AGAIN = (timedelta(hours=24), timedelta(days=7))  # then weekly


def fell_ill(
    session: Session, teller: Teller, state: str, trouble: str, kept: Path | None = None
) -> None:
    """A look failed. Operators hear after two looks and an hour, again after a day, then weekly.

    Args:
        trouble: what came, in words.
        kept: where the page that came lies, for study.
    """
    provider = session.get_one(models.Provider, teller.watch.urn)
    _set_state(provider, state, teller.now)
    provider.trouble = trouble
    provider.trouble_since = provider.trouble_since or teller.now
    provider.trouble_looks += 1
    if not _is_to_be_told(provider, teller.now):
        return
    news = n.LookFailed(
        provider=teller.provider,
        state="strange" if state == "strange" else "failing",
        trouble=trouble,
        since=provider.trouble_since,
        last_good_look=provider.last_good_look,
        kept=str(kept) if kept else None,
    )
    provider.trouble_tellings += 1
    cause = f"{provider.trouble_since.isoformat()} {provider.trouble_tellings}"
    teller.of_provider(session, news, cause)
    provider.trouble_told = teller.now


def _is_to_be_told(provider: models.Provider, now: datetime) -> bool:
    if provider.trouble_told is None:
        since = provider.trouble_since or now
        lasted = now - since >= TIME_BEFORE_TELLING
        return lasted and provider.trouble_looks >= LOOKS_BEFORE_TELLING
    wait = TOLD_AGAIN[min(provider.trouble_tellings, len(TOLD_AGAIN)) - 1]
    return now - provider.trouble_told >= wait


def is_well(session: Session, teller: Teller) -> None:
    """A good look; operators who heard of trouble hear that it is over."""
    provider = session.get_one(models.Provider, teller.watch.urn)
    if provider.trouble_told is not None and provider.trouble_since is not None:
        news = n.LookRecovered(
            provider=teller.provider, since=provider.trouble_since, until=teller.now
        )
        teller.of_provider(session, news)
    _set_state(provider, "well", teller.now)
    provider.last_good_look = teller.now
    provider.trouble = provider.trouble_since = provider.trouble_told = None
    provider.trouble_looks = provider.trouble_tellings = 0


def is_suspect(session: Session, teller: Teller, sifted: Sifted) -> None:
    """Much of a list is gone or re-dated at once: held until it is back or accepted.

    Told once; once a day where the list is whole and not by turns.
    """
    provider = session.get_one(models.Provider, teller.watch.urn)
    gone = [report for report in sifted.gone if report.listed]
    redated = [report for entry, report in sifted.known if entry.published != report.published]
    news = n.ListingSuspect(
        provider=teller.provider,
        known=sum(report.listed for _, report in sifted.known) + len(gone),
        gone=tuple(map(report_of, gone)),
        redated=tuple(map(report_of, redated)),
    )
    seen = provider.last_good_look
    teller.of_provider(session, news, cause=seen.date().isoformat() if seen else "none yet")
    if provider.trouble_told is None:  # the page was seen: what failed before is over
        provider.trouble_since, provider.trouble_looks = None, 0
    _set_state(provider, "suspect", teller.now)
    provider.trouble = "much of the list is gone or re-dated at once"


def _set_state(provider: models.Provider, state: str, now: datetime) -> None:
    if provider.state != state:
        provider.state, provider.since = state, now
