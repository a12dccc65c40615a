"""Checks U1 to U4: the search by area, of which least is known; one request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from deployments.doctor.findings import Diagnosis, ok
from deployments.doctor.live_page import differs
from deployments.doctor.visits import Visits
from notifications.words.plain import several
from ofsted.authorities import authorities
from ofsted.site.model import Found
from ofsted.text import fold

RATINGS = frozenset({"outstanding", "good", "requires improvement", "inadequate"})


def _u1_area(visits: Visits) -> Iterator[Diagnosis]:
    """The page is believed only if it shows that it searched in this area and is in order."""
    code = next((one.dfe_code for one in authorities() if one.urn == visits.authority.urn), None)
    if code is None:
        return
    area = visits.context.site.newest_in_area(code)
    providers = several(area.total, "open provider")
    what = f"{providers} in the area of {visits.authority.name} ({code})"
    if area.total:
        yield ok("U1", f"{what}, newest first")
    else:
        yield differs("U1", what, "441 were seen of one council in September 2026")
    yield from _kinds(area.found)
    yield from _ratings(area.found)


def _kinds(found: Iterable[Found]) -> Iterator[Diagnosis]:
    kinds = Counter(f"{each.code} {each.category or 'without a category'}" for each in found)
    withheld = sum(each.is_withheld for each in found)
    if kinds:
        yield ok(
            "U2",
            f"type codes and categories: {_counted(kinds)}; {several(withheld, 'name')} withheld",
        )


def _ratings(found: Iterable[Found]) -> Iterator[Diagnosis]:
    ratings = Counter(each.rating or "none" for each in found)
    unknown = [each for each in ratings if each != "none" and fold(each) not in RATINGS]
    if unknown:
        yield differs("U4", f"ratings: {_counted(ratings)}", "the four words, or none")
    elif ratings:
        yield ok("U4", f"ratings: {_counted(ratings)}")


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{what} ({number})" for what, number in counts.most_common())


CHECKS: tuple[Callable[[Visits], Iterator[Diagnosis]], ...] = (_u1_area,)
