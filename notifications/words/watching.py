"""How well the pages were seen meanwhile, in words: for digests and signs of life."""

from __future__ import annotations

from collections.abc import Sequence

from notifications.news import Digest, Seen, SignOfLife
from notifications.words.plain import listed, moment, place_in_words, plain, several

MOST = 10  # authorities by name
LONGEST = 40  # what a subject line is about


def in_short(places: Sequence[str]) -> str:
    """`Sutton`, `Sutton and Kent`, `12 authorities`, as they fit a subject line."""
    short = listed([plain(one, 60) for one in places])
    fits = len(short) <= LONGEST
    return short if fits else several(len(places), "authority", "authorities")


def names(seen: Sequence[Seen]) -> str:
    """`the London Borough of Sutton`, `12 authorities`."""
    if len(seen) > MOST:
        return several(len(seen), "authority", "authorities")
    return listed([place_in_words(one.provider.name) for one in seen])


def state(news: Digest | SignOfLife) -> str:
    """How often it was looked, when each page was last seen, which are not, when it goes on."""
    return " ".join(
        filter(None, (_looked(news), _well(news.seen), _unwell(news.seen), _next(news)))
    )


def _looked(news: Digest | SignOfLife) -> str:
    times = "once" if news.looks == 1 else f"{news.looks} times"
    since = f"Since {moment(news.since)} Ofsted watch has"
    pages = f" at {len(news.seen)} pages in all" if len(news.seen) > 1 else ""
    return f"{since} looked {times}{pages}." if news.looks else f"{since} not looked."


def _well(seen: Sequence[Seen]) -> str:
    last = [one.last_good_look for one in seen if one.is_well and one.last_good_look]
    if not last:
        return ""
    if len(last) == 1 and len(seen) == 1:
        return f"The page was last seen whole at {moment(last[0])}."
    which = "Each page" if len(last) == len(seen) else several(len(last), "page")
    were = "was" if which.endswith("page") else "were"
    return f"{which} {were} last seen whole at {moment(min(last))} or later."


def _unwell(seen: Sequence[Seen]) -> str:
    lost = [one for one in seen if not one.is_well or one.last_good_look is None]
    since = [
        f"{plain(one.provider.place, 60)} "
        + (f"since {moment(one.last_good_look)}" if one.last_good_look else "never yet")
        for one in lost[:MOST]
    ]
    more = f" and {len(lost) - MOST} more" if len(lost) > MOST else ""
    return f"Not seen whole: {listed(since)}{more}." if lost else ""


def _next(news: Digest | SignOfLife) -> str:
    return f"The next look is at {moment(news.next_look)}." if news.next_look else ""
