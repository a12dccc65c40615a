"""Checks U6 to U8, U10 and U11: pages of providers other than authorities; five requests at most.

As for the search by area, whatever comes is worth a report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from itertools import dropwhile, takewhile

from deployments.doctor.findings import Diagnosis, note, ok
from deployments.doctor.live_page import variant_of
from deployments.doctor.visits import Sample, Visits, kind_of
from notifications.words.plain import several
from ofsted.site.addresses import host_of
from ofsted.site.client import user_agent
from ofsted.site.model import Found
from ofsted.site.robots import rules
from ofsted.text import fold, say_day, squeeze

CARD, LIST = "inspection report:", "all reports"  # how their headings begin
AREAS = ("Inclusion", "Achievement", "Curriculum and teaching", "Leadership and governance")
DOT = "rounded-full"  # the class of one, in the page or in its escaped part
REFUSALS = ("403", "429")
OK, FORBIDDEN = 200, 403
SHOWN = 12
MOST_SAMPLES = 5
WANTED = frozenset({2, 16, 17, 21})  # children's homes, nurseries, childminders, primary schools


def _u8_rows(visits: Visits) -> Iterator[Diagnosis]:
    """Of each type the page of the provider with the newest document; the other checks use it."""
    newest: dict[int, Found] = {}
    for found in visits.newest_in_area:
        if found.code != visits.authority.code and found.latest_report:
            newest.setdefault(found.code, found)
    wanted = sorted(newest.values(), key=lambda found: found.code not in WANTED)
    for found in wanted[:MOST_SAMPLES]:
        sight = visits.sample(found)
        if sight is None or sight.refusal is not None:
            why = sight.refusal.came if sight and sight.refusal else "not a complete page"
            yield note("U8", f"the parser rejects a page of {kind_of(found)}: {why}")
            continue
        shapes = Counter(variant_of(link) for link in sight.main.select("a.publication-link"))
        said = ", ".join(f"{count} of shape {shape}" for shape, count in shapes.items())
        files = sum(entry.file_id is not None for entry in sight.entries)
        yield ok("U8", f"rows of {kind_of(found)}: {said or 'none'}; {several(files, 'file')}")


def _u6_cards(visits: Visits) -> Iterator[Diagnosis]:
    cards = [each for each in visits.samples if _card_headings(each)]
    for each in cards:
        main = each.sight.main
        text = main.get_text(" ")
        areas = [area for area in AREAS if area in text]
        dots = len(main.select(f".{DOT}")) + text.count(DOT)
        yield ok(
            "U6",
            f"report card of {each.kind}: headings {_quoted(_card_headings(each))}; areas as text: "
            f"{', '.join(areas) or 'none'}; {several(dots, 'dot')}; "
            f"{'partly' if '<div' in text else 'not'} escaped",
        )
    if visits.samples and not cards:
        yield ok("U6", f"no report card on {several(len(visits.samples), 'page')}")


def _u7_titles(visits: Visits) -> Iterator[Diagnosis]:
    for each in visits.samples:
        titles = Counter(
            entry.title + (f": {entry.grade}" if entry.grade else "")
            for entry in each.sight.entries
        )
        if titles:
            yield ok("U7", f"titles of {each.kind}: {_quoted(titles)}")


def _u10_days(visits: Visits) -> Iterator[Diagnosis]:
    """Whether "Latest report" is the day of the first entry, also where that is a letter."""
    for each in visits.samples:
        for entry in each.sight.entries[:1]:
            row, page = _day(each.found.latest_report), _day(entry.published)
            yield ok(
                "U10",
                f'{each.kind}: "Latest report" {row}; first entry "{entry.title}", {page}',
            )


def _u11_politeness(visits: Visits) -> Iterator[Diagnosis]:
    if visits.dfe_code is None:
        return
    refused = sum(error.came.startswith(REFUSALS) for error in visits.refusals)
    refused += sum(answered.status == FORBIDDEN for answered in visits.answers)
    gap = visits.context.settings.ofsted.gap
    yield ok("U11", f"{several(refused, 'refusal')} (403, 429), {gap:g} s between requests")
    search = visits.addresses.area(visits.dfe_code)
    for answered in visits.answers:
        if answered.asked.endswith("/robots.txt") and host_of(answered.asked) == host_of(search):
            text = answered.body.decode("utf-8", "replace") if answered.status == OK else ""
            asked = rules(text, user_agent(visits.context.settings.contact), search)
            yield ok("U11", f"robots.txt {'allows' if asked.allowed else 'forbids'} {search}")
            return


def _card_headings(sample: Sample) -> list[str]:
    """From that of the card to that of the list: what is further down may name a childminder."""
    found = (squeeze(each.get_text(" ")) for each in sample.sight.main.select("h2, h3"))
    of_card = dropwhile(lambda text: not fold(text).startswith(CARD), found)
    return [*takewhile(lambda text: fold(text) != LIST, of_card)]


def _day(day: date | None) -> str:
    return say_day(day) if day else "without a day"


def _quoted(texts: list[str] | Counter[str]) -> str:
    shown = [f'"{text}"' for text in texts][:SHOWN]
    more = f" and {len(texts) - SHOWN} more" if len(texts) > SHOWN else ""
    return ", ".join(shown) + more


CHECKS: tuple[Callable[[Visits], Iterator[Diagnosis]], ...] = (
    _u8_rows,
    _u6_cards,
    _u7_titles,
    _u10_days,
    _u11_politeness,
)
