"""What a round found, in the few words that fit a run's state."""

from __future__ import annotations

from collections.abc import Sequence

from flows.look import Looked
from flows.places import place, slug
from ofsted.text import uncapital

NAMED = 3  # new reports; the others are counted
QUIET = {"skipped": "Already looked", "busy": "Busy"}
TAG, TAGGED = "ofsted-watch", 20  # of every run; authorities that a run is tagged with
TROUBLE = ("failed", "strange", "suspect")


def headline(rounds: Sequence[Looked]) -> str:
    """`Nothing new`, or `1 new report: Sutton, children's services inspection`."""
    said = [*_new(rounds), *_those(rounds, "First look", ("first",))]
    said += _those(rounds, "Not seen", TROUBLE)
    if said:
        return "; ".join(said)
    outcomes = {each.outcome for each in rounds}
    return QUIET.get(outcomes.pop(), "Nothing new") if len(outcomes) == 1 else "Nothing new"


def tags(rounds: Sequence[Looked]) -> list[str]:
    """The authorities that were looked at; of many, those where something was found."""
    told = rounds if len(rounds) <= TAGGED else [each for each in rounds if _is_told(each)]
    return [TAG, *(slug(place(each.name)) for each in told)]


def _is_told(looked: Looked) -> bool:
    return looked.outcome in {"changed", "first", *TROUBLE}


def _new(rounds: Sequence[Looked]) -> list[str]:
    changed = [each for each in rounds if each.outcome in {"changed", "suspect"}]
    named = [
        f"{place(each.name)}, {uncapital(told.title)}" for each in changed for told in each.new
    ]
    if not named:
        return _those(rounds, "Changed", ("changed",))
    more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    reports = "1 new report" if len(named) == 1 else f"{len(named)} new reports"
    return [f"{reports}: {'; '.join(named[:NAMED])}{more}"]


def _those(rounds: Sequence[Looked], what: str, outcomes: tuple[str, ...]) -> list[str]:
    places = [place(each.name) for each in rounds if each.outcome in outcomes]
    return [f"{what}: {', '.join(places)}"] if places else []
