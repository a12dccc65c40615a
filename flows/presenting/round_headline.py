"""What a round found, in the few words that fit a run's state."""

from __future__ import annotations

from collections.abc import Sequence

from flows.checking.check import CheckResult
from ofsted.short_names import short_name, slug
from ofsted.text import uncapital

NAMED = 3  # new reports; the others are counted
QUIET = {"skipped": "Already looked", "busy": "Busy"}
TAG, TAGGED = "ofsted-watch", 20  # of every run; authorities that a run is tagged with
TROUBLE = ("unreachable", "unrecognised", "suspect")


def headline(rounds: Sequence[CheckResult]) -> str:
    """`Nothing new`, or `1 new report: Sutton, children's services inspection`."""
    said = [*_new(rounds), *_those(rounds, "First look", ("first",))]
    said += _those(rounds, "Not seen", TROUBLE)
    if said:
        return "; ".join(said)
    results = {each.result for each in rounds}
    return QUIET.get(results.pop(), "Nothing new") if len(results) == 1 else "Nothing new"


def tags(rounds: Sequence[CheckResult]) -> list[str]:
    """The authorities that were looked at; of many, those where something was found."""
    announced = rounds if len(rounds) <= TAGGED else [each for each in rounds if _is_named(each)]
    return [TAG, *(slug(short_name(each.name)) for each in announced)]


def _is_named(checked: CheckResult) -> bool:
    return checked.result in {"changed", "first", *TROUBLE}


def _new(rounds: Sequence[CheckResult]) -> list[str]:
    changed = [each for each in rounds if each.result in {"changed", "suspect"}]
    named = [
        f"{short_name(each.name)}, {uncapital(announced.title)}"
        for each in changed
        for announced in each.new
    ]
    if not named:
        return _those(rounds, "Changed", ("changed",))
    more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    reports = "1 new report" if len(named) == 1 else f"{len(named)} new reports"
    return [f"{reports}: {'; '.join(named[:NAMED])}{more}"]


def _those(rounds: Sequence[CheckResult], what: str, results: tuple[str, ...]) -> list[str]:
    places = [short_name(each.name) for each in rounds if each.result in results]
    return [f"{what}: {', '.join(places)}"] if places else []
