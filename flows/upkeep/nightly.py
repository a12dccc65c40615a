"""The nightly maintenance, step by step."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from flows.context.context import AppContext
from flows.publishing import website
from flows.upkeep import audit_alerts, retention

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """The result of one step."""

    words: str
    is_well: bool = True


@dataclass(frozen=True, slots=True)
class Night:
    """The results of all steps, by their names."""

    done: dict[str, Done]

    @property
    def is_well(self) -> bool:
        """Whether every step succeeded and found nothing wrong."""
        return all(each.is_well for each in self.done.values())

    @property
    def headline(self) -> str:
        """`All well`, or what is wrong, in one line."""
        wrong = [f"{name}: {each.words}" for name, each in self.done.items() if not each.is_well]
        return "; ".join(wrong) or "All well"

    def in_words(self) -> str:
        """A line for each step."""
        return "\n".join(f"{name}: {each.words}" for name, each in self.done.items())


def _audit(context: AppContext) -> Done:
    audited = audit_alerts.audit(context)
    return Done(audited.in_words(), audited.is_well)


def _website(context: AppContext) -> Done:
    published = website.refresh(context, anew=True)
    if not published.has_failed:
        published += website.refresh_downloads(context, anew=True)
    return Done(published.in_words(), not published.has_failed)


def _retention(context: AppContext) -> Done:
    return Done(retention.purge(context).in_words())


STEPS: dict[str, Callable[[AppContext], Done]] = {
    "audit": _audit,
    "website": _website,
    "clean-up": _retention,
}


def nightly(context: AppContext) -> Night:
    """Do every step; one that fails stops no other. Safe to repeat."""
    return Night({name: _isolated(step, context) for name, step in STEPS.items()})


def _isolated(step: Callable[[AppContext], Done], context: AppContext) -> Done:
    try:
        return step(context)
    except Exception as error:
        log.exception("a step of the nightly maintenance failed")
        return Done(f"failed ({type(error).__name__})", is_well=False)
