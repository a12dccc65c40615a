"""Checks U1 to U5, U9 and U12: the search by area, of which least is known; nine requests.

What they ask is in the area contract, section 11. Most of what comes is neither right nor wrong,
and worth a report all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from deployments.doctor.findings import Diagnosis, ok
from deployments.doctor.live_page import differs
from deployments.doctor.visits import Visits, kind_of
from notifications.words.plain import LONDON, several
from ofsted.errors import UnexpectedResponse
from ofsted.site.addresses import QueryValue
from ofsted.site.answers import Page
from ofsted.site.model import Found
from ofsted.site.search import read_results
from ofsted.text import fold, say_day

RATINGS = frozenset({"outstanding", "good", "requires improvement", "inadequate"})
SUTTON = "319"
SERVED = "2742517"  # supported accommodation in Sutton; its provider is registered in Brent
SCHOOLS = frozenset({20, 21, 22, 23, 24, 25, 28})  # state-funded, mostly: those of the figures
COMPARED = 10
FEW = 20  # rows, where the type codes are all that is asked for
UNKNOWN_TYPES: tuple[Mapping[str, QueryValue], ...] = (
    {"level_1_types": 3, "level_2_types": [8]},
    {"level_1_types": 3, "level_2_types": [9]},
    {"level_1_types": 3, "level_2_types": [10]},
    {"level_1_types": 3, "level_2_types": [11]},
    {"level_1_types": 2},
    {"level_1_types": 4},
)


def _u1_area(visits: Visits) -> Iterator[Diagnosis]:
    """The page is believed only if it shows that it searched in this area and is in order."""
    if visits.dfe_code is None:
        return
    area = visits.context.site.newest_in_area(visits.dfe_code)
    visits.newest_in_area = area.found
    providers = several(area.total, "open provider")
    what = f"{providers} in the area of {visits.authority.name} ({visits.dfe_code})"
    if area.total:
        yield ok("U1", f"{what}, newest first")
    else:
        yield differs("U1", what, "441 were seen of one council in September 2026")


def _u2_kinds(visits: Visits) -> Iterator[Diagnosis]:
    found = visits.newest_in_area
    withheld = sum(each.is_withheld for each in found)
    if found:
        yield ok(
            "U2",
            f"type codes and categories: {_kinds(found)}; {several(withheld, 'name')} withheld",
        )


def _u3_premises(visits: Visits) -> Iterator[Diagnosis]:
    """Whether a provider is found in the area of its premises that is registered elsewhere."""
    if visits.dfe_code != SUTTON or not visits.newest_in_area:
        return
    ours = next((each for each in _search(visits, q=SERVED) if each.urn == SERVED), None)
    if ours is None:
        yield ok("U3", f"no answer: the search does not find URN {SERVED}")
        return
    here = _search(visits, q=SERVED, **{"local_authority[0]": SUTTON})
    is_here = any(each.key == ours.key for each in here)
    yield ok(
        "U3",
        f"URN {SERVED} ({kind_of(ours)}), with premises in Sutton and registered in Brent, is "
        f"{'in' if is_here else 'not in'} Sutton's area",
    )


def _u4_ratings(visits: Visits) -> Iterator[Diagnosis]:
    ratings = Counter(each.rating or "none" for each in visits.newest_in_area)
    unknown = [each for each in ratings if each != "none" and fold(each) not in RATINGS]
    if unknown:
        yield differs("U4", f"ratings: {_counted(ratings)}", "the four words, or none")
    elif ratings:
        yield ok("U4", f"ratings: {_counted(ratings)}")


def _u5_types(visits: Visits) -> Iterator[Diagnosis]:
    """The type codes behind the values of the search form that are not known."""
    for query in UNKNOWN_TYPES if visits.newest_in_area else ():
        asked = ", ".join(f"{name}={value}" for name, value in query.items())
        try:
            yield ok("U5", f"{asked}: {_kinds(_search(visits, **query)) or 'nothing found'}")
        except UnexpectedResponse as refusal:
            yield differs("U5", f"{asked}: {refusal.came}", "a page of results")


def _u9_figures(visits: Visits) -> Iterator[Diagnosis]:
    """The figures are on another site: a person compares them."""
    schools = [each for each in visits.newest_in_area if each.code in SCHOOLS]
    days = [f"{each.urn} {say_day(each.latest_report)}" for each in schools if each.latest_report]
    if days:
        yield ok(
            "U9",
            "compare with the publication dates in Ofsted's monthly figures for state-funded "
            f"schools on GOV.UK, which were a day earlier: {'; '.join(days[:COMPARED])}",
        )


def _u12_hour(visits: Visits) -> Iterator[Diagnosis]:
    now = visits.context.clock.now().astimezone(LONDON)
    if visits.newest_in_area:
        today = sum(each.latest_report == now.date() for each in visits.newest_in_area)
        yield ok(
            "U12", f"at {now:%H:%M} on {say_day(now.date())}: {several(today, 'row')} of today"
        )


def _search(visits: Visits, **query: QueryValue) -> tuple[Found, ...]:
    """The first of what a search finds; one request."""
    address = visits.addresses.search({**query, "start": 0, "rows": FEW})
    answered = visits.visit(address)
    page = Page(answered.asked, answered.address, answered.body)
    return read_results(page, visits.addresses).found


def _kinds(found: Iterable[Found]) -> str:
    return _counted(Counter(kind_of(each) for each in found))


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{what} ({number})" for what, number in counts.most_common())


CHECKS: tuple[Callable[[Visits], Iterator[Diagnosis]], ...] = (
    _u1_area,
    _u2_kinds,
    _u3_premises,
    _u4_ratings,
    _u5_types,
    _u9_figures,
    _u12_hour,
)
