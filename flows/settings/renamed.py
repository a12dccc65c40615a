"""Settings of the first version that have new names: refused, with the new name in the error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_FIELDS: Mapping[str, str] = {  # field, without the index of a list item -> what to say
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
    """What to say of an old name of a field or value; None: it is not an old name."""
    names = [part for part in place if isinstance(part, str)]
    field = ".".join(names)
    if field in _FIELDS:
        return _FIELDS[field]
    new = _VALUES.get(field, {}).get(value) if isinstance(value, str) else None
    return new and f'"{value}" is now "{new}"'
