"""The search by area: every open provider of an area, those with the newest documents first.

One row a provider, with one day however many documents appeared: it says that there is something
new, and the provider's page says what. The filter goes by where a provider is registered, so that
supported accommodation in the area may be missing.

Source: area contract, sections 2 and 9; the search of a whole area seen in September 2026.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from hashlib import sha256

from ofsted.errors import UnexpectedResponse
from ofsted.provider_key import ProviderKey
from ofsted.site.addresses import ROWS, Addresses
from ofsted.site.answers import Page, UnverifiedPage
from ofsted.site.model import AreaPage, Found
from ofsted.site.search import read_results

MOST = 10_000  # providers: of the largest areas a few times as many, of England a tenth
_FILTER = re.compile(r"local_authority(\[\d*\])?")


def read_newest(
    page: Page, addresses: Addresses, dfe_code: str, known: Collection[ProviderKey]
) -> AreaPage:
    """The first page of the list, proven as by `read_area`.

    Args:
        page: as it came.
        addresses: the site.
        dfe_code: of the authority.
        known: providers that were there before; where there are any, one must be there still.

    Raises:
        UnverifiedPage: as `read_area`; or none of the known providers is there.
    """
    area = read_area(page, addresses, dfe_code, 0)
    _prove_known(page, area.found, known)
    return area


def read_area(page: Page, addresses: Addresses, dfe_code: str, start: int) -> AreaPage:
    """One page of the list, once it has proven to be that of this area and to be whole.

    Raises:
        UnverifiedPage: it is not a page of results, it is of another area or of all, a row is
            missing, or the rows are not in order.
    """
    results = read_results(page, addresses)
    if results.total > MOST:
        raise UnverifiedPage(page, f"{results.total} providers, more than any area has")
    applied = {_areas(query) for query in results.applied}
    if applied != {(dfe_code,)}:
        shown = sorted({code for codes in applied for code in codes})
        what = f"a search in area {', '.join(shown)}" if shown else "a search in no area"
        raise UnverifiedPage(page, f"{what}, where {dfe_code} was asked for")
    rows = min(ROWS, max(0, results.total - start))
    if len(results.found) != rows:
        raise UnverifiedPage(
            page, f"{len(results.found)} rows, where {rows} of {results.total} should be"
        )
    days = [each.latest_report for each in results.found if each.latest_report]
    if days != sorted(days, reverse=True):
        raise UnverifiedPage(page, "rows that are not in the order of their newest reports")
    return AreaPage(results.total, results.found, sha256(page.body).hexdigest())


def whole_area(
    fetch: Callable[[str], Page], addresses: Addresses, dfe_code: str, first: AreaPage
) -> tuple[Found, ...]:
    """All providers of an area: those of its first page, and the others fetched page by page.

    Args:
        fetch: gives the page at an address.
        addresses: the site.
        dfe_code: of the authority.
        first: the first page, just read.

    Raises:
        UnverifiedPage: as `read_area`; or the list changed while it was read, which shows as
            another number of results or as a provider that stands on two pages.
        UnexpectedResponse: a provider stands on its only page twice.
    """
    seen = {each.key: each for each in first.found}
    for start in range(ROWS, first.total, ROWS):
        page = fetch(addresses.area(dfe_code, start))
        area = read_area(page, addresses, dfe_code, start)
        if area.total != first.total:
            raise UnverifiedPage(
                page, f"{area.total} results, where the page before gave {first.total}"
            )
        seen |= {each.key: each for each in area.found}
        if len(seen) != min(start + ROWS, area.total):
            raise UnverifiedPage(page, "a provider that was on an earlier page as well")
    if len(seen) != first.total:
        raise UnexpectedResponse(addresses.area(dfe_code), "a provider that is listed twice")
    return tuple(seen.values())


def _prove_known(page: Page, found: Iterable[Found], known: Collection[ProviderKey]) -> None:
    if known and {each.key for each in found}.isdisjoint(known):
        raise UnverifiedPage(page, f"none of the {len(known)} providers known before")


def _areas(query: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    return tuple(
        value for name, values in query.items() if _FILTER.fullmatch(name) for value in values
    )
