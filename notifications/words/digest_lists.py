"""The lists of a digest: what is urgent by what it is, the rest by regions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from notifications.events import AboutReport, DigestItem, DocumentListed
from notifications.message import Link, ListItem, Message, Section
from notifications.urgency import Urgency, urgency
from notifications.words.document import areas
from notifications.words.plain import cut, day_of, plain
from notifications.words.regions import OTHER, by_region, region
from notifications.words.sections import section
from ofsted.text import say_day

MOST = 160  # lines of one list; England has 153 authorities
LABEL = 80  # letters of a link
# beginnings of the paragraphs that an event's line in the digest includes
KEPT_IN_LINE = ("What to do: ", "Ofsted's page lists it as ")


class _Words(NamedTuple):
    heading: str
    clause: str  # after a number of reports


URGENT = {
    Urgency.LOWERED: _Words("Judgements lowered", "with a judgement lowered"),
    Urgency.INADEQUATE: _Words(
        "Inadequate, or widespread and systemic failings", "inadequate or with widespread failings"
    ),
    Urgency.CORRECTED: _Words("Corrections of what we sent", "corrected"),
    Urgency.UNCERTAIN: _Words("Could not be read reliably", "not read reliably"),
}


@dataclass(frozen=True, slots=True)
class ItemMessage:
    """One event, and its own message."""

    item: DigestItem
    message: Message

    @property
    def short_name(self) -> str:
        """The provider it is about; empty where it is about our service."""
        provider = getattr(self.item.event, "provider", None)
        return plain(provider.short_name, 60) if provider else ""

    @property
    def document(self) -> DocumentListed | None:
        """The document that it is about; None: it is about something else."""
        event = self.item.event
        return event if isinstance(event, DocumentListed) else None

    @property
    def places(self) -> tuple[str, ...]:
        """What a subject line names: the authority, or the areas that a document is in."""
        return tuple(areas(self.document)) if self.document else (self.short_name,)

    @property
    def region(self) -> str:
        """Of the authority it is about."""
        provider = getattr(self.item.event, "provider", None)
        return region(provider) if provider else OTHER

    @property
    def urgency(self) -> Urgency | None:
        """Why it comes first; None: it does not."""
        return urgency(self.item.event)

    @property
    def is_raised(self) -> bool:
        """Whether a judgement is higher than before, and nothing is urgent about it."""
        event = self.item.event
        return (
            isinstance(event, AboutReport)
            and self.urgency is None
            and any(row.direction == "raised" for row in event.rows)
        )

    @property
    def day(self) -> str:
        return day_of(self.item.at)

    @property
    def sentence(self) -> str:
        """The headline, what to do, and the title that distinguishes it from similar events."""
        more = (one for one in self.message.paragraphs if one.startswith(KEPT_IN_LINE))
        return " ".join((self.message.headline, *more))

    @property
    def link(self) -> Link | None:
        """To the report that it is about, named by authority, title and day."""
        event = self.item.event
        if not isinstance(event, AboutReport) or not self.message.links:
            return None
        title, day = plain(event.report.title, 60), event.report.published
        named = f"{self.short_name}: {title}{f', {say_day(day)}' if day else ''}"
        return replace(self.message.links[0], label=cut(named, LABEL))

    def in_short(self, *, titled: bool, dated: bool) -> str:
        """The subject; with the report's title and day where they are wanted, and known."""
        report = getattr(self.item.event, "report", None)
        title = f'"{plain(report.title, 100)}"' if titled and report else ""
        day = say_day(report.published) if dated and report and report.published else ""
        more = ", ".join(filter(None, (title, day)))
        return f"{self.message.subject} ({more})" if more else self.message.subject


def documents_of(said: Sequence[ItemMessage]) -> list[DocumentListed]:
    """The documents among these."""
    return [one.document for one in said if one.document]


def reports_of(said: Sequence[ItemMessage]) -> list[ItemMessage]:
    """All but the documents."""
    return [one for one in said if not one.document]


def lists(
    fresh: Sequence[ItemMessage],
    heading: str,
    *,
    is_long: bool,
    dated: bool,
    linked: Collection[Link],
) -> tuple[tuple[Section, ...], tuple[Section, ...]]:
    """What is urgent, by what it is; and the rest, by regions where there are several.

    Args:
        fresh: in the order in which they are to stand.
        heading: of a list that is the only one.
        is_long: each report is in one line, which has its link.
        dated: such a line has the report's day.
        linked: reports that have their link elsewhere, in a digest that is not long.
    """
    subjects = Counter(one.message.subject for one in fresh)

    def item(one: ItemMessage) -> ListItem:
        in_line = is_long and one.item.event.audience == "readers"
        titled = subjects[one.message.subject] > 1
        said = one.in_short(titled=titled, dated=dated) if in_line else one.sentence
        if one.link is None or one.link in linked:
            return ListItem(said, name=one.short_name)
        label = one.short_name if in_line else f"{one.short_name} report"
        return ListItem(said, replace(one.link, label=label), one.short_name)

    first = tuple(
        each
        for why in Urgency
        for each in section(
            URGENT[why].heading, [item(one) for one in fresh if one.urgency is why], MOST
        )
    )
    others = [one for one in fresh if not one.urgency]
    grouped = by_region(others, _region_of_reports)
    alone = "Other reports" if first else heading
    rest = tuple(
        each
        for name, those in grouped.items()
        for each in section(name if len(grouped) > 1 else alone, [item(one) for one in those], MOST)
    )
    return first, rest


def _region_of_reports(one: ItemMessage) -> str:
    """Operators are notified of the service as a whole, wherever the pages are."""
    return one.region if one.item.event.audience == "readers" else OTHER
