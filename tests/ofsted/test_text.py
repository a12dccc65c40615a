"""What is removed from text that others wrote, before a person or a program sees it."""

from __future__ import annotations

import sys
import unicodedata

from ofsted.text import clean

KEPT = "\t\n"
VISIBLE = "ARABIC", "SYRIAC", "KAITHI"  # marks around numbers that can be seen


def test_nothing_invisible_is_left_but_tabs_and_newlines():
    others = [chr(number) for number in range(sys.maxunicode + 1)]
    invisible = [
        each
        for each in others
        if (
            unicodedata.category(each) in {"Cc", "Cf", "Cs"}
            and each not in KEPT
            and not unicodedata.name(each, "").startswith(VISIBLE)
        )
        or each == "\N{ARABIC LETTER MARK}"
    ]
    assert len(invisible) > 2_000
    assert [each for each in invisible if clean(f"a{each}b") != "ab"] == []


def test_what_people_write_is_left():
    for text in (
        "Mary O\u2019Neil \u2013 \u00a35",
        "na\u00efve\tcaf\u00e9\n",
        "\u0627\u0644",
        "\U0001f600",
    ):
        assert clean(text) == text
