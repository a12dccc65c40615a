"""What a round is doing and what it found, in the few words that fit a run's name."""

from __future__ import annotations

from collections.abc import Sequence

from flows.checking.one_check import CheckResult
from flows.settings.watched import WatchedAuthority
from notifications.words.plain import listed, several
from ofsted.short_names import short_name, slug
from ofsted.text import uncapital

NAMED = 3  # new reports, and authorities; the others are counted
QUIET = {"skipped": "Already checked", "busy": "Another check is running"}
TAG, TAGGED = "ofsted-watch", 10  # of every run; authorities that a run is tagged with at most
TROUBLE = ("unreachable", "unrecognised", "suspect")


def under_way(authorities: Sequence[WatchedAuthority]) -> str:
    """`checking Sutton`, `checking 3 authorities`: a round's name until it has ended."""
    names = [short_name(each.name) for each in authorities]
    return f"checking {names[0] if len(names) == 1 else several(len(names), '', 'authorities')}"


def headline(rounds: Sequence[CheckResult]) -> str:
    """`Nothing new`, or `1 new report: Sutton, children's services inspection`."""
    said = [*_new(rounds), *_documents(rounds), *_those(rounds, "First check", ("first",))]
    said += _those(rounds, "Needs attention", TROUBLE)
    if said:
        return "; ".join(said)
    results = {each.result for each in rounds}
    return QUIET.get(results.pop(), "Nothing new") if len(results) == 1 else "Nothing new"


def tags(rounds: Sequence[CheckResult]) -> list[str]:
    """The authorities that were checked; of many, those where something was found."""
    announced = [each for each in rounds if not each.is_area]
    if len(announced) > TAGGED:
        there = {each.urn for each in rounds if each.is_area and _is_named(each)}
        announced = [each for each in announced if _is_named(each) or each.urn in there]
    return [TAG, *authority_tags([each.name for each in announced])]


def authority_tags(names: Sequence[str]) -> list[str]:
    """The short names of authorities; none of more than can be read."""
    return [slug(short_name(name)) for name in names] if len(names) <= TAGGED else []


def _is_named(checked: CheckResult) -> bool:
    return checked.result in {"changed", "first", *TROUBLE}


def _new(rounds: Sequence[CheckResult]) -> list[str]:
    changed = [
        each for each in rounds if each.result in {"changed", "suspect"} and not each.is_area
    ]
    named = [
        f"{short_name(each.name)}, {uncapital(report.title)}"
        for each in changed
        for report in each.new
    ]
    if not named:
        return _those(changed, "Changed", ("changed",))
    more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    reports = "1 new report" if len(named) == 1 else f"{len(named)} new reports"
    return [f"{reports}: {'; '.join(named[:NAMED])}{more}"]


def _documents(rounds: Sequence[CheckResult]) -> list[str]:
    """`2 new documents in Sutton`: the providers' names may be withheld tomorrow."""
    names = {each.urn: each.name for each in rounds if not each.is_area}  # of the authorities
    new = {names.get(each.urn, each.name): len(each.new) for each in rounds if each.is_area}
    places = [name for name, number in new.items() if number]
    if not places:
        return []
    more = [f"{len(places) - NAMED} more"] * (len(places) > NAMED)
    where = listed([*map(short_name, places[:NAMED]), *more])
    return [f"{several(sum(new.values()), 'new document')} in {where}"]


def _those(rounds: Sequence[CheckResult], what: str, results: tuple[str, ...]) -> list[str]:
    places = [short_name(each.name) for each in rounds if each.result in results]
    left_out = len(places) - NAMED
    if left_out > 1:
        places = [f"{', '.join(places[:NAMED])} and {left_out} more"]
    return [f"{what}: {', '.join(places)}"] if places else []
