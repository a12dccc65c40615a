"""A message as HTML that Outlook displays: one table 600 wide, all styles inline, no images."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from notifications.message import Message, Tone
from notifications.text import TEST_LINE

if TYPE_CHECKING:
    from jinja2 import Environment, Template

# tone -> (text, background); the grade is always there in words too
BADGES: dict[Tone, tuple[str, str]] = {
    "outstanding": ("#FFFFFF", "#1D4F91"),
    "good": ("#FFFFFF", "#1B6B3A"),
    "requires_improvement": ("#1F1F1F", "#F2C14E"),
    "inadequate": ("#FFFFFF", "#8C1D18"),
    "other": ("#1F1F1F", "#D9DCDF"),
}
LIGHT = {"ink": "#1F1F1F", "muted": "#505A5F", "link": "#1D4F91", "ground": "#FFFFFF"}
DARK = {"ink": "#F1F1F1", "muted": "#B4BCC0", "link": "#9CC3FF", "ground": "#1E1E1E"}
LINE = "#B1B4B6"
LONGEST_BADGE = 40  # letters; what is longer is a statement and no grade


def render(message: Message) -> str:
    """The message as one HTML document. Every text of it is escaped."""
    return _template().render(
        message=message,
        badges=BADGES,
        light=LIGHT,
        dark=DARK,
        line=LINE,
        longest_badge=LONGEST_BADGE,
        test_line=TEST_LINE,
        title=message.subject.removeprefix("Test: "),
    )


@cache
def _template() -> Template:
    return environment().get_template("email.html")


@cache
def environment() -> Environment:
    """Templates in which every text is escaped and no name may be missing."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
