"""Why a table shows no grade for a judgement, in the words of every table of ours."""

from __future__ import annotations

from collections.abc import Collection

IN_DOUBT, NOT_GIVEN = "not read reliably", "not given"
_TOGETHER = "care_and_care_leavers"
# key -> (a key that is given in its place, what is said then)
_INSTEAD = {
    "in_care": (_TOGETHER, "graded together with care leavers"),
    "care_leavers": (_TOGETHER, "graded together with children in care"),
    _TOGETHER: ("in_care", "graded separately"),
}
_NO_LONGER = {("overall", "ilacs_2026"): "no longer given"}
SAID_INSTEAD = {said for _, said in _INSTEAD.values()} | {*_NO_LONGER.values()}


def why_no_grade(key: str, given: Collection[str], framework: str | None) -> str:
    """Why a report that was read reliably has no grade under a key.

    Args:
        key: of the judgement.
        given: the keys of the judgements that the report gives.
        framework: by which it was inspected.
    """
    other, said = _INSTEAD.get(key, ("", ""))
    if other in given:
        return said
    return _NO_LONGER.get((key, framework or ""), NOT_GIVEN)
