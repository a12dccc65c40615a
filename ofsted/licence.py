"""The licence under which Ofsted publishes, as every message and table of ours names it."""

from __future__ import annotations

NOT_OFSTED = "Ofsted Watch is not an Ofsted service."
_LICENCE = (
    "Contains public sector information licensed under the Open Government Licence v3.0. "
    "Source: {source}. " + NOT_OFSTED
)


def licence_of(source: str) -> str:
    """The sentences, for what comes from this source."""
    return _LICENCE.format(source=source)


LICENCE_OF_ALL = licence_of(  # where reports of several kinds stand together
    "Ofsted, and for joint inspections the Care Quality Commission, HM Inspectorate of "
    "Constabulary and Fire & Rescue Services and HM Inspectorate of Probation"
)
