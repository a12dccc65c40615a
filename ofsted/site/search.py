"""The search page: which providers there are, and when each last had a report.

Source: site contract, section 5; seen 2023 to August 2026. All authorities: `level_1_types=3`,
`level_2_types[]=12`, 153 results on two pages, since `rows` above 100 is cut to 100. The number of
results is on the page twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from bs4 import Tag

from ofsted.provider_key import is_bare_urn
from ofsted.site.addresses import ROWS, Addresses, QueryValue, path_of
from ofsted.site.answers import Page, UnverifiedPage
from ofsted.site.model import Found
from ofsted.site.shell import main_of, shell_name, soup
from ofsted.text import clean, find_day, fold, squeeze

AUTHORITIES: Mapping[str, QueryValue] = {"level_1_types": 3, "level_2_types": [12]}

_COUNT = re.compile(r"^[0-9][0-9,]*$")


@dataclass(frozen=True, slots=True)
class Results:
    """One page of results, and how many there are on all pages.

    Attributes:
        applied: the query of each of the page's links to the same search in another order, or to
            its email alerts, else to its other pages: what the site searched for, whatever it was
            asked.
    """

    total: int
    found: tuple[Found, ...]
    applied: tuple[Mapping[str, Sequence[str]], ...]


def search(
    fetch: Callable[[str], Page], addresses: Addresses, query: Mapping[str, QueryValue]
) -> Iterator[Found]:
    """All results of a query, fetched page by page, each provider once.

    Args:
        fetch: gives the page at an address.
        addresses: the site.
        query: the site's own names and values; `start` and `rows` are set here.

    Raises:
        UnverifiedPage: a page is not one of results, or the pages do not add up.
    """
    seen: dict[str, Found] = {}
    start = 0
    while True:
        page = fetch(addresses.search({"q": "", **query, "start": start, "rows": ROWS}))
        results = read_results(page, addresses)
        new = [found for found in results.found if found.address not in seen]
        seen |= {found.address: found for found in new}
        yield from new
        start += len(results.found)
        if start >= results.total:
            break
        if not results.found:
            raise UnverifiedPage(
                page, f"no results after {start}, although {results.total} were announced"
            )
    if len(seen) != results.total:
        raise UnverifiedPage(
            page, f"{len(seen)} providers, although {results.total} were announced"
        )


def read_results(page: Page, addresses: Addresses) -> Results:
    """Parse one page of results.

    Raises:
        UnverifiedPage: it is not a page of results as we know it.
    """
    tree = soup(page)
    if not re.match(r"search\b", shell_name(page, tree)):
        raise UnverifiedPage(page, "not a page of search results")
    main = main_of(tree)
    counts = {_text(count) for count in main.select("strong.results-count")}
    if len(counts) != 1 or not all(_COUNT.match(count) for count in counts):
        printed = ", ".join(sorted(counts)) or "none"
        raise UnverifiedPage(page, f"no single number of results (found {printed})")
    items = main.select("li.search-result")
    return Results(
        total=int(counts.pop().replace(",", "")),
        found=tuple(_found(page, item, addresses) for item in items),
        applied=tuple(_queries(main)),
    )


def _queries(main: Tag) -> Iterator[Mapping[str, Sequence[str]]]:
    """Those of the addresses by which a person sorts the results or subscribes to them.

    Of a page that has neither, those that lead to its other pages.
    """
    sorting = [str(each["value"]) for each in main.select("select option[value*='/search?']")]
    alerts = [str(each["href"]) for each in main.select("a[href*='/search/subscribe?']")]
    onward = (str(each["href"]) for each in main.select(".pagination a[href*='?']"))
    for address in (sorting + alerts) or onward:
        yield parse_qs(urlsplit(address).query)


def _found(page: Page, item: Tag, addresses: Addresses) -> Found:
    anchor = item.select_one('.search-result__title a[href], a[href*="/provider/"]')
    address = addresses.absolute(str(anchor["href"]), page.address) if anchor else None
    key = addresses.provider_key(address) if address else None
    if anchor is None or address is None or key is None:
        raise UnverifiedPage(page, f"a result that does not lead to a provider: {_text(item)[:80]}")
    labels = dict(_labelled(item))
    urn = labels.get("urn", key.urn)
    if urn.upper() != key.urn.upper():
        raise UnverifiedPage(page, f"a result with two URNs, {urn} and {path_of(address)}")
    name = _text(anchor)
    return Found(
        urn=key.urn,
        code=int(key.code),
        name=name,
        address=address,
        category=labels.get("category"),
        latest_report=find_day(labels.get("latest report", "")),
        rating=labels.get("rating"),
        is_withheld=is_bare_urn(name, key.urn),
    )


def _labelled(item: Tag) -> Iterator[tuple[str, str]]:
    """`Category: Local authority` and the like, by label."""
    for info in item.select(".search-result__provider-info li"):
        label, _, value = _text(info).partition(":")
        yield fold(label), squeeze(value)


def _text(tag: Tag) -> str:
    return squeeze(clean(tag.get_text(" ")))
