"""Ofsted's site compared with what the parser expects: checks A1 to A15, U1 to U12, politely.

What the parser expects was gathered from public evidence up to November 2026, without the live
site; this asks the site itself. Some 30 requests, a gap apart, within robots.txt, by the client
that makes the checks. Where something differs, the line says what came and what was expected; of
what is not yet known (U), it says what came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from deployments.doctor import live_area, live_others, live_page, live_site
from deployments.doctor.findings import Diagnosis, note, wrong
from deployments.doctor.visits import Visits
from flows.context.context import AppContext
from ofsted.errors import SiteError

Check = Callable[[Visits], Iterator[Diagnosis]]

CHECKS: tuple[Check, ...] = (
    *live_page.CHECKS,
    *live_site.CHECKS,
    *live_area.CHECKS,
    *live_others.CHECKS,
)
VITAL = frozenset({"A1", "A11"})  # without these answers no check can succeed
VITAL_FOR_AREAS = frozenset({"U1"})  # nor of an area, where one is watched
TO_DO = "open the address in a browser on this machine to see what it shows"


def examine_site(context: AppContext, checks: Iterable[Check] = CHECKS) -> Iterator[Diagnosis]:
    """Make each check in turn; one that gets no answer stops no other."""
    visits = Visits(context)
    for check in checks:
        yield from _isolated(check, visits)


def _isolated(check: Check, visits: Visits) -> Iterator[Diagnosis]:
    try:
        yield from check(visits)
    except SiteError as error:
        visits.refusals.append(error)
        name = check.__name__.strip("_").partition("_")[0].upper()
        vital = VITAL | VITAL_FOR_AREAS if visits.context.settings.areas else VITAL
        yield (wrong if name in vital else note)(name, str(error), TO_DO)
