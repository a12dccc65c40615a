"""Checks A1 to A9: the provider's page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import pairwise

from bs4 import Tag

from deployments.doctor.findings import Diagnosis, note, ok, wrong
from deployments.doctor.visits import Sight, Visits
from flows.settings.model import SUTTON
from notifications.words.labels import likely_kind
from notifications.words.plain import several
from ofsted.errors import SiteError
from ofsted.site.answers import say
from ofsted.text import clean, find_day, fold, squeeze

REPORT = "report this with these lines; until it is fixed no wrong grades are sent"
KNOWN = ("50283346", "50227080", "50176759")  # Sutton's, of 2025, 2023 and 2022
SHELL = "Find an Inspection Report - Ofsted"
AWRY = 60.0  # seconds between the site's clock and ours, above which ours is wrong
SHOWN = 8


def differs(subject: str, came: str, expected: str) -> Diagnosis:
    """A difference that the parser copes with."""
    return note(subject, f"{came}; expected: {expected}")


def breaks(subject: str, came: str, expected: str) -> Diagnosis:
    """A difference that stops the parser."""
    return wrong(subject, f"{came}; expected: {expected}", REPORT)


def _a1_answer(visits: Visits) -> Iterator[Diagnosis]:
    answered = visits.page
    if isinstance(answered, SiteError):
        raise answered
    names = ("Content-Type", "Cache-Control", "ETag", "Last-Modified", "Server")
    headers = "; ".join(f"{name}: {answered.headers.get(name, 'none')}" for name in names)
    said = f"{answered.asked}: {say(answered.status, answered.body)}"
    if answered.status != 200:  # noqa: PLR2004  # RFC 9110
        yield breaks("A1", said, "200")
    elif answered.address != answered.asked:
        yield breaks("A1", f"{said}, redirected to {answered.address}", "200 without redirect")
    else:
        yield ok("A1", f"{said}; {headers}")
    stated = fold(answered.headers.get("Content-Type", ""))
    if not stated.startswith("text/html") or "utf-8" not in stated:
        yield differs("A1", f"Content-Type {stated or 'none'}", "text/html in UTF-8")


def _clock(visits: Visits) -> Iterator[Diagnosis]:
    if isinstance(visits.page, SiteError):
        return
    stated = visits.page.headers.get("Date", "")
    try:
        ahead = (datetime.now(UTC) - parsedate_to_datetime(stated)).total_seconds()
    except (ValueError, TypeError):
        yield note("clock", f"Ofsted's site gave no time ({stated!r})")
        return
    found = f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} the clock of Ofsted's site"
    if abs(ahead) > AWRY:
        yield wrong("clock", found, "correct this machine's clock, for example with NTP")
    else:
        yield ok("clock", found)


def _a2_head(visits: Visits) -> Iterator[Diagnosis]:
    sight = visits.sight
    if isinstance(visits.page, SiteError):
        return
    if sight is None:
        yield breaks("A2", "no complete HTML page", "a complete page of the site")
        return
    title = _text(sight.tree.title)
    link = sight.tree.find("link", rel="canonical")
    canonical = str(link.get("href") or "") if link else "none"
    heading, below = _first(sight.main, "h1"), _first(sight.main, ".title-block__subheading")
    said = f'title "{title}", h1 "{heading}", below it "{below}", canonical {canonical}'
    if not title.endswith(SHELL):
        yield breaks("A2", said, f'a title that ends "{SHELL}"')
    else:
        yield ok("A2", said)
    if sight.behind:
        yield differs("A2", sight.behind, "nothing")
    yield from _urn(visits, sight)


def _urn(visits: Visits, sight: Sight) -> Iterator[Diagnosis]:
    wanted = f"urn: {visits.authority.urn}".casefold()
    if wanted in fold(_first(sight.main, ".title-block")):
        yield ok("A2", f"URN: {visits.authority.urn} is in the title block")
    elif wanted in fold(sight.main.get_text(" ")):
        yield differs(
            "A2", f"URN: {visits.authority.urn} is elsewhere on the page", "in the title block"
        )
    else:
        yield differs("A2", f"URN: {visits.authority.urn} is not on the page", "in the title block")


def _a3_list(visits: Visits) -> Iterator[Diagnosis]:
    if (sight := visits.sight) is None:
        return
    links = _links(sight)
    days = sight.main.select("ol.timeline > li.timeline__day")
    if not links:
        files = [a for a in sight.main.select("a[href]") if "/v1/file/" in str(a["href"])]
        named = ", ".join(str(a["href"]).rpartition("/")[2] for a in files[:SHOWN])
        came = f"no a.publication-link, {len(files)} links to files ({named or 'none'})"
        yield breaks("A3", came, "a.publication-link")
        return
    variants = Counter(map(variant_of, links))
    said = ", ".join(f"{count} of shape {name}" for name, count in variants.items())
    if not days:
        yield differs("A3", f"no ol.timeline > li.timeline__day; {said}", "a timeline")
    elif set(variants) != {"V1"}:
        yield differs("A3", f"{len(days)} days, {said}", "all of shape V1")
    else:
        yield ok("A3", f"ol.timeline > li.timeline__day, {len(days)} of them; {said}")


def _a4_rows(visits: Visits) -> Iterator[Diagnosis]:
    if (sight := visits.sight) is None:
        return
    if sight.refusal is not None:
        yield wrong("A4", f"the parser rejects the list: {sight.refusal.came}", REPORT)
        return
    ids = {entry.file_id for entry in sight.entries}
    yield ok("A4", f"the parser accepts the list: {several(len(sight.entries), 'row')}")
    missing = (
        [each for each in KNOWN if each not in ids] if visits.authority.urn == SUTTON.urn else []
    )
    if missing:
        yield differs("A4", f"not listed: {', '.join(missing)}", "Sutton's three known reports")
    elsewhere = [entry for entry in sight.entries if entry.file_id is None]
    if elsewhere:
        led = "; ".join(f'"{entry.title}" ({entry.link or "no link"})' for entry in elsewhere)
        yield differs("A4", f"rows that link to another site: {led}", "every row links to a file")
    for entry in sight.entries:
        if entry.warnings:
            yield note("A4", f'"{entry.title}": {"; ".join(entry.warnings)}')


def _a5_dates(visits: Visits) -> Iterator[Diagnosis]:
    if (sight := visits.sight) is None or not (links := _links(sight)):
        return
    spoken = [_first(link, ".nonvisual") for link in links]
    undated = [text for text in spoken if find_day(text) is None]
    if undated:
        came = f"{len(undated)} of {len(links)} links without a date in span.nonvisual"
        yield differs("A5", f"{came} ({_some(undated)})", "`title, pdf - 29 July 2025`")
    words = Counter(word for text in spoken for word in (", pdf - ", ", PDF - ") if word in text)
    said = ", ".join(f"`{word}` {count} times" for word, count in words.items())
    unequal = [text for link, text in zip(links, spoken, strict=True) if _unequal(link, text)]
    if unequal:
        yield differs("A5", f"time[pubdate] gives another date than {_some(unequal)}", "the same")
    if not undated and not unequal:
        yield ok("A5", f"each link gives its publication date, as time[pubdate] does; {said}")


def _a6_grades(visits: Visits) -> Iterator[Diagnosis]:
    if (sight := visits.sight) is None:
        return
    graded = [_text(link) for link in _links(sight) if link.find("strong")]
    if graded:
        yield differs("A6", f"grades after titles: {_some(graded)}", "none; they are not read")
    blocks = sight.main.select(".latest-rating, .subjudgements__overall, .rating-scale")
    if blocks:
        yield differs("A6", f"{len(blocks)} rating blocks", "none; they are not read")
    if not graded and not blocks:
        yield ok("A6", "no grades on the page")


def _a7_order(visits: Visits) -> Iterator[Diagnosis]:
    if (sight := visits.sight) is None or sight.refusal:
        return
    days = [entry.published for entry in sight.entries if entry.published]
    if all(newer >= older for newer, older in pairwise(days)):
        yield ok("A7", "newest first, by publication date")
    else:
        yield differs("A7", "not newest first", "newest first; the order is not used")


def _a8_whole(visits: Visits) -> Iterator[Diagnosis]:
    if (sight := visits.sight) is None:
        return
    paging = sight.main.select(".pagination, .pagination__next, [rel~=next]")
    more = [_text(each) for each in sight.main.select("a, button") if _is_more(_text(each))]
    lists = sight.main.select("ol.timeline")
    files = Counter(str(link.get("href")) for link in _links(sight))
    twice = [href for href, count in files.items() if count > 1]
    if paging:
        yield breaks("A8", "a list split over several pages", "the whole list on one page")
    if more:
        yield breaks(
            "A8", f"a control that shows more: {_some(more)}", "the whole list on one page"
        )
    if len(lists) > 1:
        yield differs("A8", f"{len(lists)} lists", "one")
    if twice:
        yield differs(
            "A8", f"listed twice: {_some(twice)}", "each report once; one alert is sent for it"
        )
    if not (paging or more or len(lists) > 1 or twice):
        yield ok("A8", f"one list of {len(files)} reports, no paging")


def _a9_titles(visits: Visits) -> Iterator[Diagnosis]:
    if (sight := visits.sight) is None or sight.refusal:
        return
    titles = Counter(entry.title for entry in sight.entries)
    unknown = [title for title in titles if likely_kind("unknown", title) == "unknown"]
    said = ", ".join(f'{count} "{title}"' for title, count in titles.items())
    if unknown:
        yield differs("A9", f"unknown titles: {_some(unknown)}", "titles that the parser knows")
    else:
        yield ok("A9", said)


def _links(sight: Sight) -> list[Tag]:
    return list(sight.main.select("a.publication-link"))


def variant_of(link: Tag) -> str:
    """The shape of a row, by the names that were given to those seen: V1 to V2."""
    day = link.find_parent("li", class_="timeline__day") or link.parent or link
    if link.find("time"):
        return "V2"
    if day.select_one(".event__metadata time"):
        return "V1"
    if find_day(_first(link, ".nonvisual")) is None:
        return "V1b"
    times = [time for time in day.find_all("time") if not time.find_parent(class_="timeline__date")]
    return "V1a" if times else "unknown"


def _unequal(link: Tag, spoken: str) -> bool:
    day = link.find_parent("li", class_="timeline__day") or link.parent
    marked = day.select_one("time[pubdate]") if day else None
    return marked is not None and find_day(_text(marked)) != find_day(spoken)


def _is_more(text: str) -> bool:
    return fold(text).startswith(("show more", "load more", "view more", "show all", "older"))


def _first(tag: Tag, selector: str) -> str:
    return _text(tag.select_one(selector))


def _text(tag: Tag | None) -> str:
    return squeeze(clean(tag.get_text(" ")))[:200] if tag else ""


def _some(texts: list[str]) -> str:
    more = f" and {len(texts) - SHOWN} more" if len(texts) > SHOWN else ""
    return "; ".join(f'"{text}"' for text in texts[:SHOWN]) + more


CHECKS: tuple[Callable[[Visits], Iterator[Diagnosis]], ...] = (
    _a1_answer,
    _clock,
    _a2_head,
    _a3_list,
    _a4_rows,
    _a5_dates,
    _a6_grades,
    _a7_order,
    _a8_whole,
    _a9_titles,
)
