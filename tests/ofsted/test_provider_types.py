"""A provider's type: by what is printed of it, and where that says little, by its page's code."""

from __future__ import annotations

import pytest

from ofsted.provider_types import provider_type


@pytest.mark.parametrize(
    ("code", "category", "type_"),
    [
        (17, "Childcare and early education", "childminders"),
        (17, "Childcare on domestic premises", "other childcare"),
        (16, "Childcare and early education", "nurseries"),
        (16, None, "nurseries"),
        (15, "Childcare", "other childcare"),
        (27, "Special school", "independent schools"),
        (1, "Independent boarding school", "independent schools"),
        (46, "Academy", "colleges"),
        (21, "Academy", "schools"),
        (99, "Academy", "schools"),
        (99, "Childcare", "other childcare"),
        (99, "Secure training centre", "children's homes"),
        (99, None, "other"),
    ],
)
def test_general_words_do_not_outweigh_the_code_and_particular_ones_do(code, category, type_):
    assert provider_type(code, category).name == type_
