"""A message before it is rendered as an email, a card or anything else.

Every text in a message is plain: cleaned, on one line, not yet escaped for any medium.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Protocol

from notifications.events.parts import Provider, Report

Tone = Literal["outstanding", "good", "requires_improvement", "inadequate", "other"]


class Website(Protocol):
    """Our website: the whole address of each page; empty while it does not have that page."""

    def start(self) -> str: ...

    def changes(self) -> str: ...

    def authority(self, provider: Provider) -> str: ...

    def area(self, provider: Provider) -> str: ...

    def report(self, provider: Provider, report: Report) -> str: ...


@dataclass(frozen=True, slots=True)
class MessageContext:
    """What a message says of its recipient and of this installation.

    `recipient` is empty where nobody is written to: in the feed and in Prefect's UI.
    `ui_url` is the Prefect UI's, and empty for readers, who are never sent there.
    `contact` is an email address or a page. A test is marked as one, everywhere. `website` is
    None where readers cannot reach it.
    """

    recipient: str
    ui_url: str = ""
    contact: str = ""
    test: bool = False
    website: Website | None = None


@dataclass(frozen=True, slots=True)
class GradeBadge:
    """A grade as it is shown: Ofsted's words, and a tone, which is never shown without them."""

    words: str
    tone: Tone = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLine:
    """One judgement. `note` marks its footnote, on the earlier grade where there is one."""

    label: str
    now: GradeBadge | None
    before: GradeBadge | None = None
    change: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Judgements, before and now, or now alone."""

    caption: str
    rows: tuple[TableLine, ...]
    compared: bool
    head: str = "Judgement"

    @property
    def heads(self) -> tuple[str, ...]:
        return (self.head, "Before", "Now") if self.compared else (self.head, self.given)

    @property
    def given(self) -> str:
        """The heading of the column with the grade or outcome."""
        return "Outcome" if self.head == "Inspection" else "Grade"


@dataclass(frozen=True, slots=True)
class Footnote:
    """The text of a mark in a table."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link. `url` is https, or http to a test site on this machine.

    `is_ours`: to our website, or to the Prefect UI; it may be http, as on an intranet.
    """

    label: str
    url: str
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class ListItem:
    """One item of a section. `name` stands for it where it is left out, such as `Sutton`.

    If the text begins with the link's label, that is where the link is; else it is at the end.
    """

    text: str
    link: Link | None = None
    name: str = ""

    @property
    def around(self) -> tuple[str, str]:
        """The text before its link, and after it."""
        if self.link and self.text.startswith(self.link.label):
            return "", self.text.removeprefix(self.link.label)
        return f"{self.text} " if self.link else self.text, ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with items: quotations from a report, or a list of ours."""

    heading: str
    items: tuple[ListItem, ...]
    left_out: tuple[ListItem, ...] = ()

    def cut(self, most: int) -> Section:
        """With at most so many items; the others are left out."""
        left_out = (*self.items[most:], *self.left_out)
        return replace(self, items=self.items[:most], left_out=left_out)

    @property
    def rest(self) -> str:
        """What is left out, in words: by name, or by number where it has none; empty: nothing."""
        if not self.left_out:
            return ""
        names = dict.fromkeys(each.name for each in self.left_out)
        where = f": {', '.join(names)}" if all(names) else ", see the report"
        return f"and {len(self.left_out)} more{where}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to one recipient.

    `headline` is the message in one sentence, and what a preview shows. `kind` is the type of
    the event. `leading` comes before the tables. Every part but the first four may be empty.
    """

    subject: str
    headline: str
    kind: str
    why: str
    paragraphs: tuple[str, ...] = ()
    leading: tuple[Section, ...] = ()
    tables: tuple[Table, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    sections: tuple[Section, ...] = ()
    links: tuple[Link, ...] = ()
    evidence: str = ""
    licence: str = ""
    test: bool = False
