"""How the checks of the pages went, in words: for digests and quiet notices."""

from __future__ import annotations

from collections.abc import Sequence

from notifications.events import Digest, PageStanding, Provider, QuietNotice
from notifications.words.plain import listed, moment, place_in_words, plain, several
from ofsted.provider_key import AREA

MOST = 10  # authorities by name
LONGEST = 40  # what a subject line is about


def in_short(places: Sequence[str]) -> str:
    """`Sutton`, `Sutton and Kent`, `12 authorities`, as they fit a subject line."""
    those = list(dict.fromkeys(plain(one, 60) for one in places))
    short = listed(those)
    fits = len(short) <= LONGEST
    return short if fits else several(len(those), "authority", "authorities")


def names(standings: Sequence[PageStanding]) -> str:
    """`the London Borough of Sutton`, `12 authorities`."""
    if len(standings) > MOST:
        urns = {one.provider.urn for one in standings}  # an area has that of its authority
        return several(len(urns), "authority", "authorities")
    return listed([_place(one.provider) for one in standings])


def _place(provider: Provider) -> str:
    """`the London Borough of Sutton`; of an area, `providers in Sutton`."""
    if provider.code == AREA:
        return f"providers in {plain(provider.short_name, 60)}"
    return place_in_words(provider.name)


def state(event: Digest | QuietNotice) -> str:
    """The number of checks, the last successful one, pages without one, and the next check."""
    return " ".join(
        filter(
            None,
            (
                _checked(event),
                _successful(event.standings),
                _unsuccessful(event.standings),
                _next(event),
            ),
        )
    )


def _checked(event: Digest | QuietNotice) -> str:
    one, since = len(event.standings) == 1, moment(event.since)
    is_area = one and event.standings[0].provider.code == AREA
    page = "Ofsted's list" if is_area else "the page"
    if not event.checks:
        return f"We have not checked {page}{'' if one else 's'} since {since}."
    if one:
        times = "once" if event.checks == 1 else f"{event.checks} times"
        return f"We have checked {page} {times} since {since}."
    made = several(event.checks, "check")
    return f"We have made {made} of {len(event.standings)} pages since {since}."


def _successful(standings: Sequence[PageStanding]) -> str:
    last = [
        one.last_successful_check for one in standings if one.is_ok and one.last_successful_check
    ]
    if not last:
        return ""
    if len(last) == 1 and len(standings) == 1:
        return f"Last successful check: {moment(last[0])}."
    which = "Each page" if len(last) == len(standings) else several(len(last), "page")
    were = "was" if which.endswith("page") else "were"
    return f"{which} {were} last checked successfully at {moment(min(last))} or later."


def _unsuccessful(standings: Sequence[PageStanding]) -> str:
    lost = [one for one in standings if not one.is_ok or one.last_successful_check is None]
    since = [
        f"{_called(one.provider)} "
        + (f"since {moment(one.last_successful_check)}" if one.last_successful_check else "so far")
        for one in lost[:MOST]
    ]
    more = f" and {len(lost) - MOST} more" if len(lost) > MOST else ""
    return f"No successful check: {listed(since)}{more}." if lost else ""


def _called(provider: Provider) -> str:
    """`Sutton`; of an area, `all providers in Sutton`."""
    return plain(provider.name if provider.code == AREA else provider.short_name, 80)


def _next(event: Digest | QuietNotice) -> str:
    return f"Next check: {moment(event.next_check)}." if event.next_check else ""
