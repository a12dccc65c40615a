"""The framework of a document, recognised by its content alone.

The title that the site lists is the same for reports of 2013, SIF and ILACS. A new
framework is a module with `FRAMEWORKS`, `recognises` and `read`, a line here, and an example
(docs/reading.md).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from ofsted.reports import area_send, ilacs, jtai, looked_after, lscb, sif, visits
from ofsted.reports.blocks import Document
from ofsted.reports.facts import DocumentFacts
from ofsted.reports.head import doubts_of_provider
from ofsted.reports.kinds import by_title, is_monitoring


class Framework(Protocol):
    """One family of reports."""

    @property
    def FRAMEWORKS(self) -> tuple[str, ...]:  # noqa: N802 -- a constant of its module
        """The names of the frameworks that it reads."""
        ...

    def recognises(self, document: Document) -> bool:
        """Whether the document is of this family, by its content."""
        ...

    def read(self, document: Document) -> DocumentFacts:
        """The facts of a document that is of this family."""
        ...


FAMILIES: tuple[Framework, ...] = (ilacs, sif, looked_after, lscb, area_send, visits, jtai)
_MONITORING: tuple[Framework, ...] = (visits,)  # the only follow-ups that are read


def read_document(document: Document) -> DocumentFacts:
    """The facts of a document; only its kind where no framework recognises it."""
    for framework in _MONITORING if is_monitoring(document) else FAMILIES:
        if framework.recognises(document):
            found = framework.read(document)
            return replace(found, doubts=(*found.doubts, *doubts_of_provider(found.provider)))
    return by_title(document)
