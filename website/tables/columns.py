"""The tables, with what each column holds.

Names and order are what people's own files and programs hold on to: a later version adds columns at
the end only. The views of the database have the same names; docs/tables.md explains both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "day", "time", "number", "yes_no"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column; a cell of any kind may be blank."""

    name: str
    kind: Kind  # a time is in UTC, to the second
    explained: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table; a row has a value or None for each of its columns, in their order."""

    name: str
    explained: str
    columns: tuple[Column, ...]


_GRADE = "outstanding, good, requires_improvement or inadequate"
_KINDS: Mapping[str, Kind] = {  # all others are text
    **dict.fromkeys(("published", "first_day", "last_day", "previous_last_day"), "day"),
    "inspected": "day",
    **dict.fromkeys(("page", "position", "priority_actions", "improvements"), "number"),
    **dict.fromkeys(("raised", "lowered"), "number"),
    **dict.fromkeys(("listed", "baseline"), "yes_no"),
    "first_seen": "time",
}
_EXPLAINED = {
    "authority": "the authority's name as the Office for National Statistics writes it",
    "urn": "Ofsted's number for the authority",
    "dfe_code": "the authority's code at the Department for Education; blank: not one of England's "
    "authorities of today",
    "ons_code": "the authority's code at the Office for National Statistics; blank: likewise",
    "region": "the region of England; blank: likewise",
    "published": "when Ofsted published the report; blank: Ofsted's page gives no date",
    "first_day": "first day of the inspection; blank: not read",
    "last_day": "last day of the inspection; blank: not read",
    "kind": "ilacs, sif, focused_visit, jtai, area_send and others; unknown: not recognised",
    "framework": "by which it was inspected; blank: none, or not read",
    "title": "as Ofsted lists the report",
    "status": "read; doubtful: it could not be read reliably; unread: it could not be read; "
    "missing: there is no file",
    "key": "the judgement, by a word that never changes",
    "label": "the judgement, as printed",
    "grade": f"{_GRADE}; blank: not read reliably, or another word is printed",
    "printed": "the grade, as printed; blank: not read reliably",
    "page": "page of the report that it is printed on; blank: we hold the report as text",
    "previous_grade": "at the previous inspection; blank: not given then, or not compared",
    "previous_last_day": "last day of the previous inspection; blank: not compared",
    "relation": "how the two grades may be compared; blank: not compared",
    "direction": "raised, lowered or unchanged; blank: the two cannot be compared",
    "file_id": "Ofsted's number for the file; blank: the report is on another site",
    "link": "address of the report; blank: Ofsted's page gives none",
    "sha256": "checksum of the document that was read; blank: there is none",
    "first_seen": "when we first saw the report, in UTC",
    "parser_version": "version of our parser that read the document; blank: there is none",
    "previous_authority": "whose the previous inspection was; blank: not compared",
    "previous_urn": "Ofsted's number for that authority; blank: not compared",
    "outcome": "of an area SEND inspection; blank: another kind, or not read reliably",
    "theme": "of a visit or joint inspection; blank: none given",
    "lead_inspector": "name of the lead inspector; several are separated by ; blank: not read",
    "priority_actions": "how many the report gives; blank: not read reliably",
    "improvements": "how many others the report gives; blank: not read reliably",
    "listed": "whether Ofsted's page lists the report now",
    "baseline": "whether Ofsted's page listed it before our first successful check",
    "item_kind": "improvement, priority_action or recommendation",
    "position": "place in the report's own order, from 1",
    "body": "who must act; blank: the report names nobody",
    "text": "what must improve, in the report's words",
    "overall": f"overall effectiveness: {_GRADE}; if blank, why_blank says why",
    "leaders": "impact of leaders: likewise",
    "help_and_protection": "children who need help and protection: likewise",
    "in_care": "children in care: likewise",
    "care_leavers": "care leavers: likewise",
    "care_and_care_leavers": "children in care and care leavers, graded together: likewise",
    "raised": "how many judgements are higher than at the previous inspection; blank: not compared",
    "lowered": "how many are lower; blank: not compared",
    "why_blank": "why a column of this line is blank, column by column",
    "provider_type": "schools, nurseries, childminders, children's homes and others; other: not "
    "recognised",
    "code": "the type of provider, by the number in the address of its page; code and URN together "
    "identify a provider",
    "name": "of the provider, as Ofsted shows it now; if Ofsted withholds it, words that say so",
    "inspected": "day of the inspection; blank: Ofsted's page gives none",
}
_OTHERWISE = {  # a column that says something else in one table
    ("latest", "status"): "of the report, as in the other tables; none: no graded inspection is "
    "known",
    ("latest", "link"): "address of the report; blank: Ofsted's page gives none, or there is no "
    "report",
    ("documents", "authority"): "the council in whose area the provider is, or that it serves",
    ("documents", "urn"): "Ofsted's number for the provider",
    ("documents", "dfe_code"): "the council's code at the Department for Education",
    ("documents", "kind"): "of provider, as Ofsted prints it",
    ("documents", "published"): "when Ofsted published the document; blank: Ofsted's page gives no "
    "date",
    ("documents", "title"): "as Ofsted lists the document",
    ("documents", "grade"): "as Ofsted's list prints it; blank: the list gives none, whatever the "
    "document says",
    ("documents", "listed"): "whether the provider's page listed it when we last opened it",
    (
        "documents",
        "baseline",
    ): "whether it was there before we began to watch the area, or was known "
    "from another page; no alert was sent",
    (
        "documents",
        "file_id",
    ): "Ofsted's number for the file; blank: it is on another site, or there is none",
    ("documents", "link"): "address of the document; blank: Ofsted's page gives none",
    ("documents", "sha256"): "checksum of the file, by which it is kept in the archive; blank: not "
    "downloaded",
    ("documents", "first_seen"): "when we first saw the document, in UTC",
}
_WHOSE = "authority urn dfe_code ons_code region"
_INSPECTED = f"{_WHOSE} published first_day last_day kind framework title status"
_LINES = {
    "judgements": "One line for each judgement in a report.",
    "reports": "One line for each report.",
    "improvements": "One line for each thing that a report says must improve. A report that was "
    "not read reliably has none.",
    "latest": "One line for each council: the newest inspection with grades that Ofsted's page "
    "lists. If that was not read reliably, it has no grade.",
    "documents": "One line for each document that Ofsted lists on schools, childcare, social care "
    "and others in an area that is watched. The documents are not read.",
}
_COLUMNS = {
    "judgements": f"{_INSPECTED} key label grade printed page previous_grade previous_last_day "
    "relation direction file_id link sha256 first_seen parser_version previous_authority "
    "previous_urn",
    "reports": f"{_INSPECTED} outcome theme lead_inspector priority_actions improvements listed "
    "baseline file_id link sha256 first_seen parser_version",
    "improvements": "authority urn published last_day kind title item_kind position body text page "
    "file_id link",
    "latest": f"{_WHOSE} framework last_day published overall leaders help_and_protection in_care "
    "care_leavers care_and_care_leavers previous_last_day raised lowered link status why_blank",
    "documents": "authority dfe_code provider_type kind code urn name published title inspected "
    "grade listed baseline file_id link sha256 first_seen",
}


def _columns(table: str, names: str) -> Iterator[Column]:
    for name in names.split():
        explained = _OTHERWISE.get((table, name), _EXPLAINED[name])
        yield Column(name, _KINDS.get(name, "text"), explained)


TABLES: Mapping[str, Table] = {
    name: Table(name, _LINES[name], tuple(_columns(name, names)))
    for name, names in _COLUMNS.items()
}
