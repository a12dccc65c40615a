"""Whether two rows of a page are one inspection, by what was read in their files."""

from __future__ import annotations

from ofsted.reports.model import Reading


def same_inspection(one: Reading | None, other: Reading | None) -> bool:
    """Whether two readings are of one inspection for sure."""
    return _days(one) is not None and _days(one) == _days(other)


def proves_another(one: Reading | None, other: Reading | None) -> bool:
    """Whether two readings are of two inspections for sure."""
    return None not in (_days(one), _days(other)) and _days(one) != _days(other)


def _days(reading: Reading | None) -> tuple[object, object, object] | None:
    """Kind and days, which together no two inspections of a provider share."""
    if reading is None or reading.kind == "unknown" or not (reading.first_day and reading.last_day):
        return None
    return (reading.kind, reading.first_day, reading.last_day)
