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


@pytest.mark.parametrize(
    ("code", "category", "type_"),
    [
        (21, "Local authority maintained school", "schools"),
        (2, "Local authority children's home", "children's homes"),
        (99, "Local authority fostering agency", "fostering and adoption"),
        (99, "Local authority children's services", "other"),
    ],
)
def test_what_an_authority_runs_is_not_the_authority_whose_reports_all_get(code, category, type_):
    assert provider_type(code, category).name == type_
