"""A message as HTML that Outlook draws: one table 600 wide, all styles inline, no images."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from notifications.message import Message, Tone
from notifications.text import TEST_LINE

if TYPE_CHECKING:
    from jinja2 import Template

# tone -> (text, ground); the words are always beside the colour
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


def render(message: Message) -> str:
    """The message as one HTML document. Every text of it is escaped."""
    return _template().render(
        message=message,
        badges=BADGES,
        light=LIGHT,
        dark=DARK,
        line=LINE,
        test_line=TEST_LINE,
        title=message.subject.removeprefix("Test: "),
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = Path(__file__).with_name("templates")
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    ).get_template("mail.html")
