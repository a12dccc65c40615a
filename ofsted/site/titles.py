"""The words of a report's link: its title, the grade listed there, and the text for screen readers.

Seen up to August 2026 (site contract, section 4.3; area contract, sections 3.2 and 3.3): a school's
link is `Full inspection: <strong>Good</strong>`, and its hidden text `Full inspection, PDF - 18
March 2014`, without the grade. Where a link holds its own `<time>` and `.filetype`, no grade.
"""

from __future__ import annotations

import re
from itertools import takewhile

from bs4 import Tag

from ofsted.site.grade_words import is_grade, split_grade
from ofsted.text import clean, find_day, squeeze

_ASIDE = {"nonvisual", "filetype"}
_BOLD = ("strong", "b")
_FLAGS = re.IGNORECASE | re.DOTALL
_SPOKEN = re.compile(r"^(?P<title>.*),\s*(?:pdf|docx?|odt|html?)\b(?P<rest>.*)$", _FLAGS)
_SPOKEN_BARE = re.compile(r"^(?P<title>.*\S)\s+[-\u2010-\u2015]\s+(?P<rest>\d.*)$", _FLAGS)
_FILE_TYPE = re.compile(r"\s*,\s*pdf$", _FLAGS)
_EMPTY = re.compile(r"\(\s*\)")  # what is left of `(<time>...</time>)`
_LONGEST_GRADE = 300  # characters; supported accommodation's are whole sentences


def spoken_of(link: Tag) -> str:
    """The link's text for screen readers; empty where it has none."""
    spoken = link.find(class_="nonvisual")
    return text_of(spoken) if spoken else ""


def spoken_parts(spoken: str) -> tuple[str, str]:
    """The title, and the rest, which is the day of publication or empty."""
    found = _SPOKEN.match(spoken) or _SPOKEN_BARE.match(spoken)
    return (
        (found["title"], found["rest"].strip(" -\u2010\u2011\u2012\u2013\u2014"))
        if found
        else (spoken, "")
    )


def title_and_grade(link: Tag, spoken: str) -> tuple[str, str | None]:
    """The title, and the grade that the entry itself lists, as printed.

    Bold words behind the title's colon are a grade whatever they say, but for a day; plain ones
    there, and bold ones elsewhere in the link, only where `grade_words` has them.
    """
    bold = words_of(found) if (found := link.find(_BOLD)) else ""
    title = words_of(link) or spoken_parts(spoken)[0] or bold
    title, grade = split_grade(_EMPTY.sub("", title).strip())
    if grade is None and (title.endswith(":") or is_grade(bold)):
        may_be_one = 0 < len(bold) <= _LONGEST_GRADE and find_day(bold) is None
        grade = bold if may_be_one else None
    return _FILE_TYPE.sub("", title).strip(" :,-\u2013"), grade


def words_of(tag: Tag) -> str:
    """A tag's own text, without asides: file types, days, grades and words for screen readers."""
    strings = (
        str(text)
        for text in tag.strings
        if not any(
            _is_aside(parent) for parent in takewhile(lambda one: one is not tag, text.parents)
        )
    )
    return squeeze(clean(" ".join(strings)))


def text_of(tag: Tag) -> str:
    """All of a tag's text, on one line."""
    return squeeze(clean(tag.get_text(" ")))


def _is_aside(tag: Tag) -> bool:
    return tag.name in {"time", *_BOLD} or bool(
        _ASIDE & {name for name in tag.get_attribute_list("class") if name}
    )
