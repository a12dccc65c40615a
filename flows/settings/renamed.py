"""Names of the first version's settings that have new ones: refused, and the new one is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_FIELDS: Mapping[str, str] = {  # places without the numbers of lists
    "public_url": "public_url is now url in [ui]",
    "site": "[site] is now [ofsted]",
    "mail": "[mail] is now [email]",
    "schedule.looks": "looks is now checks",
    "recipients.hears": "hears is now alert_on",
    "recipients.when": "when is now frequency",
    "recipients.sign_of_life": "sign_of_life is now quiet_notice",
}
_VALUES: Mapping[str, Mapping[str, str]] = {
    "recipients.alert_on": {"changed": "changes", "declined": "concerns"},
    "recipients.frequency": {"at once": "immediate"},
}


def new_name(place: Sequence[int | str], value: object) -> str | None:
    """What a field, or a value that is refused there, is called now; None: it is no old name."""
    names = [part for part in place if isinstance(part, str)]
    field = ".".join(names)
    if field in _FIELDS:
        return _FIELDS[field]
    new = _VALUES.get(field, {}).get(value) if isinstance(value, str) else None
    return new and f'"{value}" is now "{new}"'
