"""What is done once a night, step after step."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from flows import feed, holes, search_page, tidying
from flows.tools import Tools

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """What one step came to."""

    words: str
    is_well: bool = True


@dataclass(frozen=True, slots=True)
class Night:
    """What all steps came to, by their names."""

    done: dict[str, Done]

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong that this night can know."""
        return all(each.is_well for each in self.done.values())

    @property
    def headline(self) -> str:
        """`All well`, or what is not, in a line."""
        wrong = [f"{name}: {each.words}" for name, each in self.done.items() if not each.is_well]
        return "; ".join(wrong) or "All well"

    def in_words(self) -> str:
        """A line a step."""
        return "\n".join(f"{name}: {each.words}" for name, each in self.done.items())


def _check(tools: Tools) -> Done:
    checked = holes.check(tools)
    return Done(checked.in_words(), checked.is_well)


def _search_page(tools: Tools) -> Done:
    return Done(search_page.ask(tools))


def _feed(tools: Tools) -> Done:
    return Done("written anew" if feed.refresh(tools, anew=True) else "not written")


def _tidying(tools: Tools) -> Done:
    return Done(tidying.tidy(tools).in_words())


STEPS: dict[str, Callable[[Tools], Done]] = {
    "check": _check,
    "search page": _search_page,
    "feed": _feed,
    "tidying": _tidying,
}


def nightly(tools: Tools) -> Night:
    """Take every step; one that breaks off holds back no other. Safe to repeat."""
    return Night({name: _carefully(step, tools) for name, step in STEPS.items()})


def _carefully(step: Callable[[Tools], Done], tools: Tools) -> Done:
    try:
        return step(tools)
    except Exception as error:
        log.exception("a step of the night broke off")
        return Done(f"broke off ({type(error).__name__})", is_well=False)
